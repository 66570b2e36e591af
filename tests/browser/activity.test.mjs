// What stands beside the rows: who changed what, on the timeline and in its own list, and the metrics
// of the service.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { samples } from '../../www/src/samples.js';
import { VERDICT, drop, loadSample, pages, patience, runQuery, seriousFindings } from './harness.mjs';

const [certificate] = samples;
const { onPage } = pages();
const [gateway, activityLog, metrics] = certificate.files();

const changes = (page) => page.locator('kqlens-activity tbody tr');

describe('beside the rows', () => {
  onPage('the last change before a failure began is told, with the failures before and after each', async (page) => {
    await loadSample(page, certificate);
    await changes(page).nth(1).waitFor(patience);
    assert.match(await page.locator('kqlens-activity .told').innerText(), /^3 min before .* began, ops@shop\.example changed something: Delete certificate \(service\/apim-shop\/certificates\/shop-ca-2024\)/i);
    const [first, second] = await changes(page).allInnerTexts();
    assert.match(first, /08:41:00\s+deploy@shop\.example\s+Create or update API policy\s+.*orders\s+Succeeded\s+0\.0 %\s+0\.0 %/i);
    assert.match(second, /09:32:00\s+ops@shop\.example\s+Delete certificate.*Succeeded\s+0\.0 %\s+\d\d %/is);
    assert.equal(await page.locator('kqlens-activity .rose').count(), 1);

    // An operation is told of when it begins and when it ends.
    await changes(page).nth(1).locator('button').click();
    const rows = page.locator('kqlens-rows kqlens-grid');
    await rows.getByText('Started').waitFor(patience);
    await rows.getByText('Succeeded').waitFor();
    await page.keyboard.press('Escape');

    await page.locator('kqlens-activity').getByRole('button', { name: 'Show KQL' }).click();
    await page.locator('kqlens-kql pre', { hasText: 'AzureActivity' }).last().waitFor();
  });

  onPage('a bar of the timeline tells who changed something meanwhile', async (page) => {
    await loadSample(page, certificate);
    await changes(page).nth(1).waitFor(patience);
    const chart = page.locator('kqlens-timeline .u-over');
    const box = await chart.boundingBox();
    // The change is at 92 of 180 minutes.
    await chart.hover({ position: { x: box.width * (92 / 180), y: box.height / 2 } });
    await page.locator('kqlens-timeline .at', { hasText: 'changed by ops@shop.example: Delete certificate' }).waitFor(patience);
  });

  onPage('the load of the service and the requests it counted stand beside the rows, as chart and as table', async (page) => {
    // Every tenth request is not in the export.
    const lines = gateway.text.trimEnd().split('\n');
    await drop(page, [{ name: gateway.name, text: lines.filter((_, at) => at % 10 !== 3).join('\n') }, metrics]);
    await page.waitForSelector(VERDICT, patience);
    const views = page.locator('kqlens-service-metrics');
    await views.locator('.u-over').nth(1).waitFor(patience);
    assert.match(await views.locator('.told').innerText(), /counted 4,800 requests, here are 4,320 rows .* sampling/);
    assert.deepEqual(await views.locator('section').first().locator('.legend span').allInnerTexts(), ['Capacity, average', 'Capacity, maximum']);
    for (const at of [0, 1]) await views.locator('section').nth(at).getByRole('button', { name: 'View as table' }).click();
    assert.match(await views.locator('section').nth(1).locator('thead').innerText(), /Requests\s+Rows here/);
    const [time, service, here] = (await views.locator('section').nth(1).locator('tbody tr').first().innerText()).split('\t').map((cell) => cell.trim());
    assert.match(time, /08:00:00$/);
    assert.ok(Number(service) > Number(here) && Number(here) > 0, `${service} ${here}`);
    assert.equal(await page.locator('kqlens-activity table').count(), 0);
  });

  onPage('an activity log alone is listed; without one there is nothing of it', async (page) => {
    await drop(page, [activityLog]);
    await changes(page).nth(1).waitFor(patience);
    assert.equal(await page.locator('kqlens-activity thead th').count(), 5);
    assert.equal(await page.locator('kqlens-timeline section').count(), 0);
  });

  onPage('what ends later than the logs does not move what is recent in them', async (page) => {
    await drop(page, [gateway, { name: activityLog.name, text: activityLog.text.replaceAll('2026-03-03T09', '2026-05-01T09') }]);
    await page.waitForSelector(VERDICT, patience);
    await page.getByRole('tab', { name: 'Query', exact: true }).click();
    await page.locator('kqlens-editor .cm-content').waitFor(patience);
    await runQuery(page, 'print Recent = format_datetime(now(), "yyyy-MM-dd")');
    await page.locator('kqlens-result [role=gridcell]').filter({ hasText: '2026-03-03' }).waitFor(patience);
  });

  for (const colorScheme of ['light', 'dark']) {
    onPage(`nothing serious of axe, ${colorScheme}`, async (page) => {
      await page.emulateMedia({ colorScheme });
      await loadSample(page, certificate);
      await page.locator('kqlens-service-metrics .u-over').nth(1).waitFor(patience);
      assert.deepEqual(await seriousFindings(page), []);
    });
  }
});
