// *Set up logging* and *Check my set-up*: settings that close a gap of the log, and those that are pasted.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { samples } from '../../www/src/samples.js';
import { loadSample, pages, patience, seriousFindings, useFinding } from './harness.mjs';

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
    assert.deepEqual(await handoff(page).locator('.ways [role=tab]').allTextContents(), ['Diagnostic setting', 'Diagnostic entity', 'Application Insights logger', 'Metric policy', 'Metric alert', 'Activity alert', 'Action group']);
    await field(page, 'service').fill(SERVICE);
    await field(page, 'categories').fill('GatewayLogs\nGatewayLlmLogs');
    await field(page, 'dedicated').uncheck();
    await shows(page, 'diagnosticSetting', { service: SERVICE, categories: ['GatewayLogs', 'GatewayLlmLogs'], dedicated: false });
    await field(page, 'categories').fill('GatewayLogs\nGatewayLogz');
    await handoff(page).locator('#field-categories-help.bad').waitFor(patience);
    await way(page, 'Diagnostic setting').focus();
    await page.keyboard.press('ArrowDown');
    await way(page, 'Diagnostic entity').and(page.locator('[aria-selected=true]')).waitFor(patience);
    assert.equal(await field(page, 'llm').count(), 0, 'Application Insights has no messages of models');
    await field(page, 'correlation').selectOption('Legacy');
    await field(page, 'entity').selectOption('azuremonitor');
    assert.equal(await field(page, 'correlation').count(), 0, 'Azure Monitor has no correlation');
    await field(page, 'alwaysLogErrors').uncheck();
    await field(page, 'llm').check();
    await field(page, 'requestBytes').fill('1024');
    await field(page, 'headers').fill('User-Agent');
    await shows(page, 'diagnostic', { service: SERVICE, entity: 'azuremonitor', alwaysLogErrors: false, llm: { requestBytes: 1024 }, headers: ['User-Agent'] });
    await field(page, 'requestBytes').fill('-1');
    await handoff(page).locator('#field-requestBytes-help.bad').waitFor(patience);
    await way(page, 'Application Insights logger').click();
    await field(page, 'identity').selectOption('userAssigned');
    await handoff(page).getByText('Still needed: Client id.').waitFor(patience);
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
    await useFinding(page);
    await way(page, 'Alert rule').waitFor(patience);
    assert.equal(await way(page, 'Diagnostic setting').count(), 0);
  });
});

describe('Check my set-up', () => {
  const check = (page) => page.locator('kqlens-check-setup');
  const place = (page) => check(page).locator('textarea');
  const finding = (page, code) => check(page).locator('.finding', { has: page.getByText(code, { exact: true }) });
  const selected = (page) => place(page).evaluate(({ value, selectionStart, selectionEnd }) => value.slice(selectionStart, selectionEnd));
  const KEY = '11111111-2222-3333-4444-555555555555';
  const LOGGER = `{
  "name": "größe <b>logger",
  "properties": {
    "loggerType": "applicationInsights",
    "credentials": { "instrumentationKey": "${KEY}", "identityClientId": "systemAssigned" },
  }
}`;

  onPage('says of a logger what it is, what is wrong, worst first, where and why; fixes it; by keys', async (page) => {
    await page.getByText('Engine ready').waitFor(patience);
    await act(page, 'check my set-up');
    await check(page).getByText('What is pasted on this page is checked as it is typed.').waitFor(patience);
    await page.keyboard.insertText(LOGGER);
    await check(page).getByText('1 setting understood').waitFor(patience);
    assert.match(await check(page).locator('.part').textContent(), /Logger größe <b>logger/);
    assert.match(await check(page).locator('.part dl').textContent(), /instrumentationKey/);
    const wanted = await page.evaluate((given) => document.querySelector('kqlens-app').session.engine.call('handoff', 'checkSetup', given), LOGGER);
    const shown = await check(page).locator('.finding').evaluateAll((found) => found.map(({ className }) => className.split(' ').at(-1)));
    assert.equal(shown.length, wanted.findings.length);
    assert.deepEqual(shown, [...shown].sort((a, b) => ['error', 'warning', 'info', 'hint'].indexOf(a) - ['error', 'warning', 'info', 'hint'].indexOf(b)));
    assert.equal(new Set(shown).size, 3, 'errors, warnings and information');
    await finding(page, 'SET0101').getByText(`Line 5, column ${LOGGER.split('\n')[4].length}`).waitFor(patience);
    await finding(page, 'SET0203').locator('.to').focus();
    await page.keyboard.press('Enter');
    assert.equal(await selected(page), '"systemAssigned"');
    assert.deepEqual(await seriousFindings(page), []);
    await finding(page, 'SET0101').locator('.apply').click();
    await finding(page, 'SET0101').waitFor({ state: 'detached', ...patience });
    assert.equal(JSON.parse(await place(page).inputValue()).properties.loggerType, 'applicationInsights');
    await check(page).getByText('Applied: Delete the comma.').waitFor(patience);
    await finding(page, 'SET0203').locator('.apply').click();
    await finding(page, 'SET0203').waitFor({ state: 'detached', ...patience });
    assert.match(await place(page).inputValue(), /"SystemAssigned"/);
    await check(page).locator('#copy button').click();
    await check(page).getByText('Copied').waitFor(patience);
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(copied, /^# Check my set-up\n[^]*Line 5, column[^]*\(SET0301\)/);
    assert.match(copied, /\\<b\\>logger/);
    assert.ok(!copied.includes(KEY));
    assert.deepEqual(await page.evaluate((key) => Object.values({ ...localStorage, ...sessionStorage }).filter((kept) => kept.includes(key)), KEY), []);
    assert.equal(await page.evaluate(() => document.querySelector('kqlens-app').session.sources.length), 0, 'a set-up is no log');
  });

  onPage('has words for what is empty, broken, huge; reads files; leads to what makes a setting', async (page) => {
    await page.locator('kqlens-start #check-setup').click();
    await place(page).fill('{ "a": ');
    await finding(page, 'SET0108').waitFor(patience);
    await check(page).getByText('No setting was recognised.').waitFor(patience);
    await place(page).fill(' \n');
    await check(page).getByText('What is pasted on this page').waitFor(patience);
    assert.equal(await check(page).locator('.finding').count(), 0);
    await place(page).fill('ä'.repeat(500_001));
    await check(page).getByRole('alert').getByText('at most').waitFor(patience);
    const file = (name, content) => ({ name, mimeType: 'application/json', buffer: Buffer.from(content) });
    await check(page).locator('#file').setInputFiles(file('logger.bicep', "resource logger 'Microsoft.ApiManagement/service/loggers@2024-05-01' = {\r\n  parent: 'service'\r\n  name: 'logger'\r\n  properties: {\r\n    loggerType: 'applicationInsights'\r\n  }\r\n}\r\n"));
    await finding(page, 'SET0201').getByText('Line 2, column').waitFor(patience);
    await finding(page, 'SET0201').locator('.to').click();
    assert.match(await selected(page), /'service'/);
    assert.equal(await check(page).getByRole('alert').count(), 0);
    // A template and its parameters are read together, and a policy beside them.
    const percentage = '"[parameters(\'kept\')]"';
    const template = `{ "parameters": { "kept": { "type": "int", "defaultValue": 100 } }, "resources": [{ "type": "Microsoft.ApiManagement/service/diagnostics", "apiVersion": "2024-05-01", "name": "contoso/applicationinsights", "properties": { "loggerId": "/loggers/ai", "sampling": { "percentage": ${percentage} } } }] }`;
    const policy = '<policies><inbound><emit-metric name="n"><dimension name="Team" /></emit-metric></inbound></policies>';
    await check(page).locator('#file').setInputFiles([file('template.json', template), file('parameters.json', '{ "parameters": { "kept": { "value": 5 } } }'), file('policy.xml', policy)]);
    await finding(page, 'SET0410').getByText('Line 3, column').waitFor(patience);
    await finding(page, 'SET0401').locator('.to').click();
    assert.equal(await selected(page), percentage);
    await finding(page, 'SET0404').locator('.apply').click();
    await finding(page, 'SET0404').waitFor({ state: 'detached', ...patience });
    assert.match(await place(page).inputValue(), /"metrics": true/);
    await check(page).locator('#file').setInputFiles(file('all.json', ' '.repeat(1_000_001)));
    await check(page).getByRole('alert').getByText('at most').waitFor(patience);
    assert.equal(await check(page).locator('.finding').count(), 0);
    // What is dropped or pasted beside the field is a set-up too, and no log.
    const give = (locator, type, content) => locator.evaluate((element, [event, given]) => {
      const data = new DataTransfer();
      if (event === 'paste') data.setData('text/plain', given);
      else data.items.add(new File([given], 'logger.json'));
      const options = { bubbles: true, composed: true, cancelable: true };
      element.dispatchEvent(event === 'paste' ? new ClipboardEvent(event, { clipboardData: data, ...options }) : new DragEvent(event, { dataTransfer: data, ...options }));
    }, [type, content]);
    await give(place(page), 'dragenter', LOGGER);
    await give(place(page), 'drop', LOGGER);
    await finding(page, 'SET0301').waitFor(patience);
    assert.equal(await place(page).inputValue(), LOGGER);
    await give(check(page).locator('.answer'), 'paste', '{ "a": 1 }');
    await finding(page, 'SET0107').waitFor(patience);
    assert.deepEqual(await page.evaluate(() => [document.querySelector('kqlens-app').session.phase, document.querySelector('kqlens-app').hasAttribute('dropping')]), ['empty', false]);
    await check(page).locator('#make').click();
    await handoff(page).getByRole('heading', { name: 'Set up logging' }).waitFor(patience);
    assert.equal(await check(page).locator('dialog[open]').count(), 0);
  });

  for (const [name, options] of [['dark', { colorScheme: 'dark' }], ['in forced colours', { forcedColors: 'active' }], ['at 400 pixels', { viewport: { width: 400, height: 800 } }]]) {
    onPage(`is readable ${name}`, async (page) => {
      await page.locator('kqlens-start #check-setup').click();
      await place(page).fill(LOGGER);
      await finding(page, 'SET0101').waitFor(patience);
      assert.deepEqual(await seriousFindings(page), []);
      const { width, inner } = await check(page).locator('dialog').evaluate(({ scrollWidth, clientWidth }) => ({ width: scrollWidth, inner: clientWidth }));
      assert.ok(width <= inner, `${width} in ${inner}`);
      await finding(page, 'SET0301').locator('.to').click();
      assert.ok((await selected(page)).includes(KEY) || (await selected(page)) !== '');
    }, options);
  }
});
