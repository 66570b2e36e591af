// Understanding rows: one record whole, and the tab that narrows, compares and groups.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { samples } from '../../www/src/samples.js';
import { drop, loadSample, pages, patience, seriousFindings, wordsOf } from './harness.mjs';

const [certificate, tokens] = samples;
const { onPage } = pages();

const record = (page) => page.locator('kqlens-rows kqlens-record aside');

async function openRecord(page, kql) {
  await page.evaluate((request) => document.querySelector('kqlens-app').session.showRows(request), { title: 'rows', kql });
  await page.locator('kqlens-rows [role=gridcell]:not(.waiting)').first().click();
  await record(page).waitFor(patience);
}

describe('a record', () => {
  onPage('its address, headers, times and JSON paths, each as what it is', async (page) => {
    const [{ text }] = certificate.files();
    const row = JSON.parse(text.split('\n')[0]);
    Object.assign(row.properties, {
      url: 'https://api.shop.example/orders/7%20a?region=eu&page=2', totalTime: 100, backendTime: 60, clientTime: 10, cacheTime: 0,
      requestHeaders: { 'X-Trace': 'abc', Accept: '*/*' }, backendRequestBody: '{"items":[{"sku":"K-1"}],"odd key":true}',
    });
    row.durationMs = 100;
    await drop(page, [{ name: 'one.json', text: `${JSON.stringify(row)}\n` }]);
    await page.locator('kqlens-verdict h1, kqlens-verdict #headline').first().waitFor(patience);
    await openRecord(page, 'ApiManagementGatewayLogs');
    const words = await wordsOf(record(page));
    assert.match(words, /Path, part 2\s*7 a/);
    assert.match(words, /\?region\s*eu/);
    assert.match(words, /X-Trace\s*abc/);
    assert.match(words, /Where 100 ms went/);
    assert.match(words, /Gateway\s*30 ms/, 'the gateway has the rest');
    assert.match(words, /Backend\s*60 ms/);
    assert.match(words, /parse_json\(BackendRequestBody\)\.items\[0\]\.sku\s*K-1/);
    const path = record(page).locator('.path', { hasText: 'odd key' });
    await record(page).locator('details', { hasText: 'odd key' }).locator('summary').click();
    await path.getByRole('button').click();
    await path.getByText('Copied').waitFor(patience);
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert.equal(copied, 'parse_json(BackendRequestBody)["odd key"]');
    const value = await page.evaluate(async (kql) => {
      const result = await document.querySelector('kqlens-app').session.engine.query(`ApiManagementGatewayLogs | project ${kql}`);
      return (await result.rows(0, 1))[0][0];
    }, copied);
    assert.equal(value, true, 'the path is KQL');
    assert.deepEqual(await seriousFindings(page), []);
  });

  onPage('everything of the same request, from every table, and a way back', async (page) => {
    await loadSample(page, tokens);
    await openRecord(page, 'ApiManagementGatewayLlmLog | join kind=leftsemi (ApiManagementGatewayLogs) on CorrelationId');
    const kin = record(page).locator('.kin li');
    await kin.first().waitFor(patience);
    const tables = await kin.allInnerTexts();
    assert.ok(tables.some((line) => line.startsWith('ApiManagementGatewayLogs')) && tables.some((line) => line.startsWith('ApiManagementGatewayLlmLog')), tables.join('\n'));
    await kin.filter({ hasText: 'ApiManagementGatewayLogs' }).first().getByRole('button').click();
    await page.locator('kqlens-record aside[aria-label=ApiManagementGatewayLogs]').waitFor(patience);
    assert.match(await wordsOf(record(page)), /TotalTime/);
    await record(page).getByRole('button', { name: /Show \d+ rows in the grid/ }).click();
    await page.locator('kqlens-rows [role=columnheader]').first().waitFor(patience);
    await page.waitForFunction((n) => document.querySelector('kqlens-app').shadowRoot.querySelector('kqlens-rows').shadowRoot.querySelector('kqlens-grid')
      ?.shadowRoot.querySelector('[role=grid]').getAttribute('aria-rowcount') === String(n + 1), tables.length, patience);
    await page.locator('kqlens-rows #back').click();
  });
});

const tab = (page) => page.locator('kqlens-explore');
const brush = (page) => page.locator('kqlens-brush');
const asked = (page) => page.waitForFunction(() => document.querySelector('kqlens-app').shadowRoot.querySelector('kqlens-explore')
  ?.shadowRoot.querySelector('kqlens-facets, kqlens-changes, kqlens-messages, kqlens-events')?.explore.isAsking === false, null, patience);
const rowsIn = async (page) => Number(/([\d,]+) rows?/.exec(await brush(page).locator('[role=status]').innerText())[1].replaceAll(',', ''));

async function explore(page, sample = certificate) {
  await loadSample(page, sample);
  await page.getByRole('tab', { name: 'Explore' }).click();
  await tab(page).locator('kqlens-facets li').first().waitFor(patience);
  await asked(page);
}

/** The answer of the engine itself, to hold the page against. */
const ask = (page, kql) => page.evaluate(async (text) => {
  const result = await document.querySelector('kqlens-app').session.engine.query(text);
  return result.rows(0, 1000);
}, kql);

const facet = (page, name) => page.locator(`kqlens-facets section[aria-label=${name}]`);

describe('exploring', () => {
  onPage('a facet has the counts of the table; a value narrows everything, and its chip undoes it', async (page) => {
    await explore(page);
    const [[all]] = await ask(page, 'ApiManagementGatewayLogs | count');
    assert.equal(await rowsIn(page), all);
    const [[code, n]] = await ask(page, 'ApiManagementGatewayLogs | where ResponseCode >= 500 | summarize n = count() by ResponseCode | order by n desc');
    const line = facet(page, 'ResponseCode').locator('li', { hasText: String(code) });
    assert.match(await line.innerText(), new RegExp(n.toLocaleString('en-US')));
    await line.locator('.value').click();
    await asked(page);
    assert.equal(await rowsIn(page), n);
    const [[backend, most]] = await ask(page, `ApiManagementGatewayLogs | where ResponseCode == ${code} | summarize n = count() by BackendId | order by n desc`);
    assert.match(await facet(page, 'BackendId').locator('li').first().innerText(), new RegExp(`${backend}[\\s\\S]*${most.toLocaleString('en-US')}`));
    await tab(page).locator('.chips button').first().click();
    await asked(page);
    assert.equal(await rowsIn(page), all);
    await facet(page, 'ResponseCode').getByRole('button', { name: `Without ResponseCode ${code}` }).click();
    await asked(page);
    assert.equal(await rowsIn(page), all - n);
    assert.ok(await facet(page, 'TotalTime').locator('li').count() > 2, 'numbers are bars');
    const bar = facet(page, 'TotalTime').locator('li').nth(1);
    const inBar = Number((await bar.locator('.number').innerText()).replaceAll(',', ''));
    await bar.locator('.value').click();
    await asked(page);
    assert.equal(await rowsIn(page), inBar);
  });

  onPage('a span drawn on the time line narrows the facets; what changed in it is what broke', async (page) => {
    await explore(page);
    const all = await rowsIn(page);
    const box = await brush(page).locator('.chart').boundingBox();
    await page.mouse.move(box.x + box.width * 0.7, box.y + 40);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.9, box.y + 40, { steps: 12 });
    await page.mouse.up();
    await asked(page);
    const kept = await rowsIn(page);
    assert.ok(kept > 0 && kept < all, `${kept} of ${all}`);
    const codes = (await facet(page, 'ResponseCode').locator('li .number').allInnerTexts()).map((text) => Number(text.replaceAll(',', '')));
    assert.equal(codes.reduce((sum, n) => sum + n, 0), kept, 'the facets are of the span');

    await tab(page).locator('#ask-changes').click();
    await asked(page);
    const lines = page.locator('kqlens-changes tbody tr');
    await lines.first().waitFor(patience);
    const first = await lines.allInnerTexts();
    const sizes = first.map((text) => Number(/([+−]) ?([\d.]+|< 0\.1) pp/.exec(text)?.[2] ?? 0));
    assert.deepEqual(sizes, [...sizes].sort((a, b) => b - a), 'what contributes most is first');
    assert.match(first.slice(0, 12).join('\n'), /ResponseCode\s*(500|502|503)|BackendConnectionFailure/);
    await lines.first().getByRole('button', { name: /Show KQL/ }).click();
    const kql = await page.locator('dialog.kql kqlens-kql pre').innerText();
    const [[, inA, inB]] = await ask(page, kql);
    assert.ok(inA >= 0 && inB >= 0 && inA + inB > 0, 'the KQL of a line is a query with its numbers');
    await page.keyboard.press('Escape');
    await brush(page).locator('#whole').click();
    await page.locator('kqlens-changes').getByText('Draw a span').waitFor(patience);
  });

  onPage('two choices are compared: what was kept, and what is chosen then', async (page) => {
    await explore(page);
    const [one, other] = (await ask(page, 'ApiManagementGatewayLogs | summarize n = count() by ApiId | order by n desc, ApiId asc')).map(([api]) => api);
    await facet(page, 'ApiId').locator('li', { hasText: one }).locator('.value').click();
    await tab(page).locator('#ask-changes').click();
    await page.locator('kqlens-changes #keep').click();
    await tab(page).locator('.chips button').first().click();
    await tab(page).locator('#ask-facets').click();
    await asked(page);
    await facet(page, 'ApiId').locator('li', { hasText: other }).locator('.value').click();
    await tab(page).locator('#ask-changes').click();
    await asked(page);
    const slices = await page.locator('kqlens-changes .slices').innerText();
    assert.ok(slices.includes(`ApiId: ${one}`) && slices.includes(`ApiId: ${other}`), slices);
    const lines = await page.locator('kqlens-changes tbody tr').allInnerTexts();
    assert.ok(lines.some((text) => text.includes(one) && /100 %\s+0\.0 %/.test(text)), lines[0]);
    assert.ok(lines.some((text) => text.includes(other) && /0\.0 %\s+100 %/.test(text)), lines[0]);
  });

  onPage('messages by their pattern, and the rows of one', async (page) => {
    await page.getByText('Engine ready').waitFor(patience);
    const [{ text }] = certificate.files();
    const record = JSON.parse(text.split('\n')[0]);
    const said = (n) => `Timeout of 10.1.2.${n} after ${n * 7} ms at https://h${n}.shop.example/x, id 0f8fad5b-d9cb-469f-a165-7086772${n}950e`;
    const rows = Array.from({ length: 10 }, (_, n) => JSON.stringify({
      ...record, time: `2026-03-03T08:00:0${n}Z`, properties: { ...record.properties, responseCode: 500, lastError: { source: 'x', reason: 'Timeout', message: said(n) } },
    }));
    await drop(page, [{ name: 'said.json', text: `${rows.join('\n')}\n` }]);
    await page.getByRole('tab', { name: 'Explore' }).click(patience);
    await tab(page).locator('#ask-messages').click(patience);
    await asked(page);
    await page.locator('kqlens-messages #column').selectOption('LastErrorMessage');
    const line = page.locator('kqlens-messages li', { hasText: 'Timeout of' });
    await line.first().waitFor(patience);
    assert.equal(await line.count(), 1);
    assert.match(await line.innerText(), /^10\s/);
    assert.equal(await line.locator('code').innerText(), 'Timeout of <address> after <n> ms at <host>/x, id <id>');
    await line.getByRole('button', { name: 'Rows' }).click();
    await page.locator('kqlens-rows [role=gridcell]:not(.waiting)').first().waitFor(patience);
    assert.equal(await page.locator('kqlens-rows [role=grid]').getAttribute('aria-rowcount'), '11');
  });

  onPage('throttled and refused requests per backend over time', async (page) => {
    await explore(page, tokens);
    await page.locator('kqlens-explore #table').selectOption('ApiManagementGatewayLogs');
    await tab(page).locator('#ask-events').click();
    await asked(page);
    const [[n]] = await ask(page, 'ApiManagementGatewayLogs | where ResponseCode == 429 | count');
    const lines = page.locator('kqlens-events li', { hasText: 'Throttled' });
    await lines.first().waitFor(patience);
    const counts = (await lines.getByRole('button').allInnerTexts()).map((text) => Number(text.replace(' rows', '').replaceAll(',', '')));
    assert.equal(counts.reduce((sum, one) => sum + one, 0), n);
    await lines.first().getByRole('button').click();
    await page.locator('kqlens-rows [role=gridcell]:not(.waiting)').first().waitFor(patience);
    assert.equal(await page.locator('kqlens-rows [role=grid]').getAttribute('aria-rowcount'), String(counts[0] + 1));
  });

  onPage('the sliders draw a span without a pointer', async (page) => {
    await explore(page);
    const all = await rowsIn(page);
    await brush(page).locator('#from').focus();
    await page.keyboard.press('ArrowRight');
    await asked(page);
    assert.ok((await rowsIn(page)) < all);
    assert.match(await brush(page).locator('#from').getAttribute('aria-valuetext'), /^\d{4}-/);
  });

  for (const colorScheme of ['light', 'dark']) {
    onPage(`axe finds nothing serious, nothing overflows, ${colorScheme}`, async (page) => {
      await explore(page);
      await facet(page, 'ResponseCode').locator('.value').first().click();
      for (const question of ['facets', 'changes', 'messages', 'events']) {
        await tab(page).locator(`#ask-${question}`).click();
        await asked(page);
        assert.deepEqual(await seriousFindings(page), [], question);
        for (const width of [1280, 400]) {
          await page.setViewportSize({ width, height: 900 });
          assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)) <= 0, `${question}, ${width}`);
        }
        await page.setViewportSize({ width: 1280, height: 900 });
      }
    }, { colorScheme, reducedMotion: 'reduce' });
  }
});
