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
