// *Use it*: a query on its way to the portal, to a rule, to a workbook; and links on their way back.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe } from 'node:test';
import { samples } from '../../www/src/samples.js';
import { loadSample, openQuery, pages, patience, seriousFindings, wordsOf, writeQuery } from './harness.mjs';

const [certificate] = samples;
const { onPage } = pages();
const WORKSPACE = '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/logs';
const QUERY = 'ApiManagementGatewayLogs\n| where ResponseCode >= 500 // "größe" ${x}';

const handoff = (page) => page.locator('kqlens-handoff');
const field = (page, name) => handoff(page).locator(`#field-${name}`);
const way = (page, name) => handoff(page).getByRole('tab', { name, exact: true });
const text = (page) => handoff(page).locator('#file pre');
/** What the engine makes of a request, to compare. */
const made = (page, name, request) => page.evaluate(([called, asked]) => document.querySelector('kqlens-app').session.engine.call('handoff', called, asked), [name, request]);

async function useQuery(page, query = QUERY) {
  await openQuery(page, certificate);
  await writeQuery(page, query);
  await page.locator('kqlens-query #use').click();
  await handoff(page).locator('dialog[open]').waitFor(patience);
}

describe('Use it', () => {
  onPage('makes a link of the open query, which reads back byte for byte, and opens by a press alone', async (page) => {
    await useQuery(page);
    assert.match(await wordsOf(handoff(page).locator('#way')), /Nothing is sent/);
    // The rows say the service, whose logs are opened where no workspace is known.
    await page.waitForFunction(() => document.querySelector('kqlens-app').shadowRoot.querySelector('kqlens-handoff').shadowRoot.querySelector('#field-resource').value !== '', null, patience);
    assert.match(await field(page, 'resource').inputValue(), /\/providers\/microsoft\.apimanagement\/service\//i);
    await field(page, 'resource').fill(WORKSPACE);
    await field(page, 'timeSpan').fill('P1D');
    const open = handoff(page).locator('#open-link');
    await page.waitForFunction(() => document.querySelector('kqlens-app').shadowRoot.querySelector('kqlens-handoff').shadowRoot.querySelector('#open-link')?.href.endsWith('/timespan/P1D'), null, patience);
    assert.deepEqual([await open.getAttribute('target'), await open.getAttribute('rel')], ['_blank', 'noopener noreferrer']);
    const read = await made(page, 'decodeLink', await open.getAttribute('href'));
    assert.deepEqual([read.query, read.scope, read.timeSpan], [QUERY, [WORKSPACE], 'P1D']);
    await field(page, 'resource').fill('logs');
    await handoff(page).locator('#field-resource-help.bad', { hasText: 'an id is /subscriptions/' }).waitFor(patience);
    assert.equal(await field(page, 'resource').getAttribute('aria-invalid'), 'true');
    assert.equal(await open.count(), 0, 'no link to what cannot be');
  });

  onPage('gives what the engine gives, in each format, to copy and to save', async (page) => {
    await useQuery(page);
    await field(page, 'resource').fill(WORKSPACE);
    await way(page, 'Saved search').click();
    await field(page, 'title').fill('Failures "größe"');
    assert.equal(await field(page, 'workspace').inputValue(), WORKSPACE, 'the same for all ways');
    const { files } = await made(page, 'savedSearch', { title: 'Failures "größe"', query: QUERY, workspace: WORKSPACE });
    await text(page).getByText('Failures').waitFor(patience);
    assert.equal(await text(page).textContent(), files[0].text);
    await handoff(page).getByRole('tab', { name: 'Bicep' }).focus();
    await page.keyboard.press('ArrowRight');
    await handoff(page).getByRole('tab', { name: 'ARM', selected: true }).waitFor(patience);
    assert.equal(await text(page).textContent(), files[1].text);
    await handoff(page).locator('#copy-file button').click();
    await handoff(page).getByText('Copied').waitFor(patience);
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), files[1].text);
    const [file] = await Promise.all([page.waitForEvent('download', patience), handoff(page).locator('#download-file').click()]);
    assert.equal(file.suggestedFilename(), files[1].name);
    assert.equal(await readFile(await file.path(), 'utf8'), files[1].text);
  });

  onPage('has every way on, each with a text that is there or the fields it needs', async (page) => {
    await useQuery(page);
    const needs = { 'Open in Data Explorer': { cluster: 'help', database: 'Samples' }, 'Dashboard part': { workspace: WORKSPACE }, 'Own table by the Logs Ingestion API': { name: 'Failures' } };
    for (const name of ['Open in Data Explorer', 'Alert rule', 'Workbook', 'Saved search', 'Query pack', 'Dashboard part', 'Table of Data Explorer', 'Own table by the Logs Ingestion API']) {
      await way(page, name).click();
      for (const [id, value] of Object.entries(needs[name] ?? {})) await field(page, id).fill(value);
      await handoff(page).locator('.made pre').first().waitFor(patience);
      assert.deepEqual(await handoff(page).locator('[aria-invalid=true]').count(), 0, name);
    }
    await way(page, 'Open in Data Explorer').click();
    await field(page, 'database').fill('');
    await handoff(page).getByText('Still needed: Database.').waitFor(patience);
    assert.deepEqual(await seriousFindings(page), []);
  });

  onPage('begins at a finding and at a recipe, in both spellings of a workspace', async (page) => {
    await loadSample(page, certificate);
    const { title, kql } = await page.evaluate(() => document.querySelector('kqlens-app').session.report.findings[0]);
    const card = page.locator('kqlens-finding').first();
    if (await card.locator('.head').getAttribute('aria-expanded') === 'false') await card.locator('.head').click();
    await card.locator('#use').click();
    await handoff(page).getByRole('heading', { name: title }).waitFor(patience);
    await way(page, 'Alert rule').click();
    await text(page).waitFor(patience);
    await handoff(page).getByText('Query as it is handed over').click();
    await handoff(page).getByRole('button', { name: 'AzureDiagnostics' }).click();
    await handoff(page).locator('pre.query', { hasText: 'AzureDiagnostics' }).waitFor(patience);
    assert.equal(await handoff(page).locator('pre.query').textContent(), kql.azureDiagnostics);
    await page.waitForFunction(() => document.querySelector('kqlens-app').shadowRoot.querySelector('kqlens-handoff').shadowRoot.querySelector('#file pre')?.textContent.includes('AzureDiagnostics'), null, patience);
    await page.keyboard.press('Escape');
    await handoff(page).locator('dialog[open]').waitFor({ state: 'detached', ...patience });
    await page.getByRole('tab', { name: 'Query', exact: true }).click();
    await page.getByRole('button', { name: 'Recipes', exact: true }).click();
    await page.locator('kqlens-recipes .card > button').first().click();
    await page.locator('kqlens-recipes #use-recipe:enabled').click();
    await handoff(page).locator('dialog[open]').waitFor(patience);
    const recipe = await page.locator('kqlens-recipes .card.open > button').textContent();
    await handoff(page).getByRole('heading', { name: recipe.trim() }).waitFor(patience);
    await handoff(page).locator('pre.query', { hasText: 'AzureDiagnostics' }).waitFor(patience);
    await handoff(page).getByRole('button', { name: 'Resource-specific' }).click();
    assert.equal(await handoff(page).locator('pre.query').textContent(), await page.locator('kqlens-recipes pre').textContent());
  });

  onPage('remembers where the data is on this device, and nothing of the query', async (page) => {
    await useQuery(page);
    await field(page, 'resource').fill(WORKSPACE);
    await field(page, 'tenant').fill('contoso.onmicrosoft.com');
    const kept = await page.evaluate(() => JSON.parse(localStorage.getItem('kqlens.places')));
    assert.deepEqual(kept, { workspace: WORKSPACE, tenant: 'contoso.onmicrosoft.com' });
    await page.reload();
    await openQuery(page, certificate);
    await page.locator('kqlens-query #use').click();
    await handoff(page).locator('#open-link').waitFor(patience);
    assert.equal(await field(page, 'resource').inputValue(), WORKSPACE);
  });
});
