// The form of a query: it follows the text, writes it, and says what it cannot show.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { samples } from '../../www/src/samples.js';
import { loadSample, pages, patience, seriousFindings, writeQuery as write } from './harness.mjs';

const [certificate] = samples;
const { onPage } = pages();
const builder = (page) => page.locator('kqlens-builder');
const text = (page) => page.evaluate(() => document.querySelector('kqlens-app').session.queries.active.text);

async function openForm(page) {
  await loadSample(page, certificate);
  await page.getByRole('tab', { name: 'Query', exact: true }).click();
  await page.locator('kqlens-query').getByRole('button', { name: 'Form', exact: true }).click();
  await builder(page).locator('#table').waitFor(patience);
}

/** Waits until the text of the query says so. */
const says = (page, pattern) => page.waitForFunction((source) => new RegExp(source).test(document.querySelector('kqlens-app').session.queries.active.text), pattern.source, patience);

/** What the keys go to, by its label. */
const focused = (page) => page.evaluate(() => {
  let { activeElement } = document;
  while (activeElement?.shadowRoot?.activeElement) ({ activeElement } = activeElement.shadowRoot);
  return activeElement?.getAttribute('aria-label');
});

/** Quicker than a hand: a row that was just added is typed into at once. */
async function fill(page, label, value) {
  await builder(page).getByLabel(label, { exact: true }).fill(value);
  await builder(page).getByLabel(label, { exact: true }).press('Tab');
}

describe('the form of a query', () => {
  onPage('a query is built without typing KQL, and runs', async (page) => {
    await openForm(page);
    await builder(page).locator('.add-filter').click();
    await fill(page, 'Column of filter 1', 'ResponseCode');
    await builder(page).getByLabel('Operator of filter 1').selectOption('>=');
    await fill(page, 'Value of filter 1', '400');
    await says(page, /\| where ResponseCode >= 400/);
    assert.equal(await focused(page), 'Remove filter 1', 'who types in the form goes on in it');
    await builder(page).locator('.add-filter').click();
    await fill(page, 'Column of filter 2', 'ApiId');
    await fill(page, 'Value of filter 2', 'payments-v2');
    await says(page, /\| where ApiId == "payments-v2"/);
    await builder(page).locator('.add-group').click();
    await fill(page, 'Group 1', 'LastErrorReason');
    await builder(page).locator('.add-measure').click();
    await says(page, /\| summarize count\(\) by LastErrorReason/);
    await page.locator('kqlens-query #run').click();
    await page.locator('kqlens-result [role=gridcell]:not(.waiting)').filter({ hasText: 'BackendConnectionFailure' }).waitFor(patience);
    await builder(page).getByLabel('Remove filter 2').click();
    await says(page, /^(?![^]*ApiId ==)/);
    assert.deepEqual(await seriousFindings(page), []);
  });

  onPage('the form follows the text', async (page) => {
    await openForm(page);
    await write(page, 'ApiManagementGatewayLogs\n| where ResponseCode == 500 and isnotempty(BackendId)\n| summarize Failures = count() by ApiId\n| order by Failures desc\n| take 7\n| render barchart');
    await builder(page).getByLabel('Value of filter 1', { exact: true }).waitFor(patience);
    assert.equal(await builder(page).getByLabel('Operator of filter 2').inputValue(), 'isnotempty');
    assert.equal(await builder(page).getByLabel('Measure 1', { exact: true }).inputValue(), 'Failures = count()');
    assert.equal(await builder(page).locator('#limit').inputValue(), '7');
    await builder(page).getByRole('button', { name: 'Largest first' }).click();
    await says(page, /order by Failures asc/);
  });

  onPage('what the form cannot show is said, and the text stays', async (page) => {
    await openForm(page);
    const query = 'ApiManagementGatewayLogs\n| join kind=inner (ApiManagementGatewayLogs) on CorrelationId';
    await write(page, query);
    await builder(page).getByText('The form cannot show this query').waitFor(patience);
    await builder(page).getByRole('button', { name: 'Show where' }).click();
    assert.equal(await text(page), query);
    await write(page, 'ApiManagementGatewayLogs\n| take 3');
    await builder(page).locator('#limit').waitFor(patience);
    await fill(page, 'Rows at most', '');
    await builder(page).locator('.add-measure').click();
    await fill(page, 'Measure 1', 'count(');
    await builder(page).locator('.failure').waitFor(patience);
    assert.match(await text(page), /^ApiManagementGatewayLogs/);
  });
});
