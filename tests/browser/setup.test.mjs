// *Set up logging* and *Check my set-up*: settings that close a gap of the log, and those that are pasted.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { samples } from '../../www/src/samples.js';
import { loadSample, pages, patience, seriousFindings } from './harness.mjs';

const [certificate] = samples;
const { onPage } = pages();
const SERVICE = '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.ApiManagement/service/contoso';

const handoff = (page) => page.locator('kqlens-handoff');
const field = (page, name) => handoff(page).locator(`#field-${name}`);
const way = (page, name) => handoff(page).getByRole('tab', { name, exact: true });
const text = (page) => handoff(page).locator('#file pre');
const made = (page, name, request) => page.evaluate(([called, asked]) => document.querySelector('kqlens-app').session.engine.call('handoff', called, asked), [name, request]);
const shows = async (page, name, request) => {
  const { files } = await made(page, name, request);
  await page.waitForFunction((wanted) => document.querySelector('kqlens-app').shadowRoot.querySelector('kqlens-handoff').shadowRoot.querySelector('#file pre')?.textContent === wanted, files[0].text, patience);
};

async function act(page, words) {
  await page.keyboard.press('F1');
  await page.keyboard.type(words);
  await page.keyboard.press('Enter');
}

describe('Set up logging', () => {
  onPage('makes each setting of what is typed, without rows and by keys', async (page) => {
    await page.getByText('Engine ready').waitFor(patience);
    await act(page, 'set up logging');
    await handoff(page).getByRole('heading', { name: 'Set up logging' }).waitFor(patience);
    assert.deepEqual(await handoff(page).locator('.ways [role=tab]').allTextContents(), ['Diagnostic setting', 'Diagnostic entity', 'Application Insights logger', 'Metric policy']);
    await field(page, 'service').fill(SERVICE);
    await field(page, 'categories').fill('GatewayLogs\nGatewayLlmLogs');
    await field(page, 'dedicated').uncheck();
    await shows(page, 'diagnosticSetting', { service: SERVICE, categories: ['GatewayLogs', 'GatewayLlmLogs'], dedicated: false });
    await field(page, 'categories').fill('GatewayLogs\nGatewayLogz');
    await handoff(page).locator('#field-categories-help.bad').waitFor(patience);
    await way(page, 'Diagnostic setting').focus();
    await page.keyboard.press('ArrowDown');
    await way(page, 'Diagnostic entity').and(page.locator('[aria-selected=true]')).waitFor(patience);
    await field(page, 'entity').selectOption('azuremonitor');
    await field(page, 'alwaysLogErrors').uncheck();
    await field(page, 'llm').check();
    await field(page, 'requestBytes').fill('1024');
    await field(page, 'headers').fill('User-Agent');
    await shows(page, 'diagnostic', { service: SERVICE, entity: 'azuremonitor', alwaysLogErrors: false, llm: { requestBytes: 1024 }, headers: ['User-Agent'] });
    await field(page, 'requestBytes').fill('-1');
    await handoff(page).locator('#field-requestBytes-help.bad').waitFor(patience);
    await way(page, 'Application Insights logger').click();
    await field(page, 'identity').selectOption('none');
    await field(page, 'connectionString').fill('InstrumentationKey=planted-secret;IngestionEndpoint=https://westeurope-1.in.applicationinsights.azure.com/');
    await handoff(page).locator('.made pre').first().waitFor(patience);
    await way(page, 'Metric policy').click();
    await handoff(page).getByText('Still needed: Dimensions.').waitFor(patience);
    await field(page, 'dimensions').fill('API ID\nTeam = @(context.Request.Headers.GetValueOrDefault("x-team", "a=b"))');
    await shows(page, 'tokenMetricPolicy', { dimensions: [{ name: 'API ID' }, { name: 'Team', value: '@(context.Request.Headers.GetValueOrDefault("x-team", "a=b"))' }] });
    assert.match(await text(page).textContent(), /x-team/);
    assert.deepEqual(await page.evaluate(() => Object.values(localStorage).filter((kept) => kept.includes('planted-secret'))), [], 'no secret is kept');
    assert.deepEqual(await seriousFindings(page), []);
  });

  onPage('begins at what the export cannot tell, with the names of the rows', async (page) => {
    await loadSample(page, certificate);
    const gaps = await page.evaluate(() => document.querySelector('kqlens-app').session.report.cannotConclude);
    const fixable = gaps.filter(({ fix }) => fix);
    assert.ok(fixable.length > 0);
    const limits = page.locator('kqlens-verdict .limits');
    await limits.locator('summary').click();
    assert.equal(await limits.getByRole('button', { name: 'Set it up' }).count(), fixable.length);
    for (const [at, { fix }] of fixable.entries()) {
      await limits.getByRole('button', { name: 'Set it up' }).nth(at).click();
      await handoff(page).locator('dialog[open]').waitFor(patience);
      await shows(page, fix.artefact, fix.request);
      assert.equal(await field(page, 'service').inputValue(), fix.request.service ?? '');
      await page.keyboard.press('Escape');
    }
    // A query has its own ways on again.
    const card = page.locator('kqlens-finding').first();
    if (await card.locator('.head').getAttribute('aria-expanded') === 'false') await card.locator('.head').click();
    await card.locator('#use').click();
    await way(page, 'Alert rule').waitFor(patience);
    assert.equal(await way(page, 'Diagnostic setting').count(), 0);
  });
});
