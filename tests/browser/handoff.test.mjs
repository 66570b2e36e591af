// *Use it*: a query on its way to the portal, to a rule, to a workbook; and links on their way back.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe } from 'node:test';
import { samples } from '../../www/src/samples.js';
import { loadSample, openQuery, pages, patience, seriousFindings, useFinding, wordsOf, writeQuery } from './harness.mjs';

const [certificate, tokens] = samples;
const { onPage } = pages();
const WORKSPACE = '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/logs';
const QUERY = 'ApiManagementGatewayLogs\n| where ResponseCode >= 500 // "größe" ${x}';

const handoff = (page) => page.locator('kqlens-handoff');
const field = (page, name) => handoff(page).locator(`#field-${name}`);
const way = (page, name) => handoff(page).getByRole('tab', { name, exact: true });
const text = (page) => handoff(page).locator('#file pre');
/** What the engine makes of a request, to compare. */
const made = (page, name, request) => page.evaluate(([called, asked]) => document.querySelector('kqlens-app').session.engine.call('handoff', called, asked), [name, request]);

/** Adds a dimension to the form, by its rows. */
async function watch(page, { name, operator, values = [] }) {
  const dimensions = field(page, 'dimensions');
  await dimensions.locator('#add').click();
  const row = dimensions.locator('.row').last();
  const [column] = [row.getByLabel('Name of the dimension')];
  if (await column.evaluate(({ tagName }) => tagName === 'SELECT')) await column.selectOption(name);
  else {
    await column.fill(name);
    await column.press('Enter');
  }
  if (operator) await row.getByLabel('Include or exclude').selectOption(operator);
  for (const value of values) {
    await row.getByLabel('Add a value').fill(value);
    await row.getByLabel('Add a value').press('Enter');
  }
}
/** Waits until the text is that of what the engine makes of a request. */
async function shows(page, name, request) {
  const { files } = await made(page, name, request);
  await page.waitForFunction((wanted) => document.querySelector('kqlens-app').shadowRoot.querySelector('kqlens-handoff').shadowRoot.querySelector('#file pre')?.textContent === wanted, files[0].text, patience);
}

/** The first finding of a sample, on its way out. */
async function useSample(page) {
  await loadSample(page, certificate);
  await useFinding(page);
  return page.evaluate(() => document.querySelector('kqlens-app').session.report.findings[0]);
}

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
    const needs = { 'Open in Data Explorer': { cluster: 'help', database: 'Samples' }, 'Activity alert': { name: 'Changes' }, 'Action group': { name: 'On call', emails: 'on-call@contoso.com' }, 'Dashboard part': { workspace: WORKSPACE }, 'Own table by the Logs Ingestion API': { name: 'Failures' } };
    for (const name of ['Open in Data Explorer', 'Alert rule', 'Metric alert', 'Activity alert', 'Action group', 'Workbook', 'Saved search', 'Query pack', 'Dashboard part', 'Table of Data Explorer', 'Own table by the Logs Ingestion API']) {
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
    const { title, kql } = await useSample(page);
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

  onPage('hands a query over a table of ours on as a workspace has it, and offers its columns', async (page) => {
    await loadSample(page, tokens);
    await page.getByRole('tab', { name: 'Conversations' }).click();
    await page.locator('kqlens-conversations').getByRole('button', { name: 'Tokens and cost', exact: true }).click(patience);
    await page.locator('kqlens-spend').getByRole('button', { name: 'Show KQL', exact: true }).first().click(patience);
    const { kql, workspace } = await page.evaluate(() => document.querySelector('kqlens-app').session.kql);
    assert.match(kql, /\bLlmCalls\b/);
    await page.locator('kqlens-app #use-kql').click();
    await way(page, 'Alert rule').click();
    await handoff(page).getByText('Query as it is handed over').click();
    assert.equal(await handoff(page).locator('pre.query').textContent(), workspace.resourceSpecific);
    await handoff(page).locator('#field-measure-offers option').first().waitFor({ ...patience, state: 'attached' });
    await text(page).waitFor(patience);
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

describe('the replay of an alert rule', () => {
  const replay = (page) => handoff(page).locator('kqlens-back-test');
  const begin = (page) => replay(page).locator('#replay').click();
  const summary = (page, words) => replay(page).locator('#summary', { hasText: words }).waitFor(patience);
  /** How often the numbers were asked for. */
  const asked = (page) => page.evaluate(() => globalThis.replays);
  const rows = (page) => replay(page).locator('tbody tr').count();
  const openRule = async (page, query) => {
    await useQuery(page, query);
    await page.evaluate(() => {
      const { engine } = document.querySelector('kqlens-app').session;
      const run = engine.backTest.bind(engine);
      globalThis.replays = 0;
      engine.backTest = (...args) => {
        globalThis.replays += 1;
        return run(...args);
      };
    });
    await way(page, 'Alert rule').click();
  };

  onPage('shows when it was raised; another threshold, typed or dragged, asks for no number again', async (page) => {
    await openRule(page);
    await watch(page, { name: 'ApiId' });
    await begin(page);
    await summary(page, 'Raised 2 times in 36 evaluations of 2 combinations of values.');
    await replay(page).locator('.uplot canvas').waitFor(patience);
    const [first] = await page.evaluate(async (query) => {
      const report = await document.querySelector('kqlens-app').session.engine.backTest({ name: 'r', query, dimensions: [{ name: 'ApiId' }] });
      return report.firings();
    }, QUERY);
    const row = await replay(page).locator('tbody tr').first().innerText();
    assert.ok(row.includes(first.values[0]) && row.includes(first.fired.slice(11, 19)) && row.includes(String(first.peak)), row);
    assert.equal(await asked(page), 2, 'once by the page, once by this test');
    // Every number of one of the two is below it.
    await field(page, 'threshold').fill('32');
    await summary(page, 'Raised 1 time');
    await field(page, 'threshold').fill('500');
    await summary(page, 'Raised 0 times');
    assert.equal(await rows(page), 0);
    await field(page, 'threshold').fill('10');
    await summary(page, 'Raised 2 times');
    // To the top of the chart, which is above every number.
    await replay(page).locator('.u-over').scrollIntoViewIfNeeded();
    const place = await replay(page).locator('.u-over').boundingBox();
    const at = await replay(page).evaluate((element) => {
      const canvas = element.shadowRoot.querySelector('.uplot canvas');
      const pen = canvas.getContext('2d', { willReadFrequently: true });
      // The handle of the line: the column eight pixels from the right end of the plot.
      const over = element.shadowRoot.querySelector('.u-over');
      const x = (over.offsetLeft + over.offsetWidth - 8) * devicePixelRatio;
      const found = [];
      for (let y = over.offsetTop; y < over.offsetTop + over.offsetHeight; y++) {
        const [red, green, , alpha] = pen.getImageData(x, y * devicePixelRatio, 1, 1).data;
        // A band has the colour too, and less of it.
        if (red > 150 && green < 60 && alpha > 200) found.push(y - over.offsetTop);
      }
      return found[Math.floor(found.length / 2)];
    });
    assert.ok(at > 0, 'the line is drawn');
    await page.mouse.move(place.x + 100, place.y + at);
    await page.mouse.down();
    await page.mouse.move(place.x + 100, place.y + at / 2, { steps: 4 });
    await page.mouse.move(place.x + 100, place.y + 2, { steps: 4 });
    await page.mouse.up();
    await summary(page, 'Raised 0 times');
    assert.ok(Number(await field(page, 'threshold').inputValue()) > 32);
    assert.equal(await asked(page), 2);
    await text(page).getByText(`threshold: ${await field(page, 'threshold').inputValue()}`).waitFor(patience);
    // Other numbers are asked for by a press.
    await field(page, 'windowMinutes').selectOption('15');
    await replay(page).getByText('The rule was changed since').waitFor(patience);
    await begin(page);
    await replay(page).getByText('The rule was changed since').waitFor({ state: 'detached', ...patience });
    assert.equal(await asked(page), 3);
    assert.deepEqual(await seriousFindings(page), []);
  });

  onPage('takes dimensions that are added, changed and taken away by keys, and offers columns and values', async (page) => {
    await openRule(page);
    const dimensions = field(page, 'dimensions');
    await dimensions.locator('#add').focus();
    await page.keyboard.press('Enter');
    await dimensions.locator('#name-0:focus').waitFor(patience);
    await dimensions.locator('#names-0 option[value=ApiId]').waitFor({ ...patience, state: 'attached' });
    await page.keyboard.type('ApiId');
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Tab');
    await dimensions.locator('#values-0 option[value=ledger]').waitFor({ ...patience, state: 'attached' });
    await page.keyboard.type('ledger');
    await page.keyboard.press('Enter');
    await page.keyboard.type('orders');
    await page.keyboard.press('Tab');
    const rule = { name: await field(page, 'name').inputValue(), query: QUERY, scope: await field(page, 'scope').inputValue() };
    await shows(page, 'alertRule', { ...rule, dimensions: [{ name: 'ApiId', operator: 'Exclude', values: ['ledger', 'orders'] }] });
    await dimensions.locator('#value-0').focus();
    await page.keyboard.press('Backspace');
    await shows(page, 'alertRule', { ...rule, dimensions: [{ name: 'ApiId', operator: 'Exclude', values: ['ledger'] }] });
    await begin(page);
    await summary(page, 'of 1 combination of values');
    await dimensions.locator('#operator-0').selectOption('Include');
    await begin(page);
    await page.waitForFunction(() => document.querySelector('kqlens-app').shadowRoot.querySelector('kqlens-handoff').shadowRoot.querySelector('kqlens-back-test').report?.groups[0]?.values[0] === 'ledger', null, patience);
    // A dimension that the answer does not have is told at its row.
    await watch(page, { name: 'Nowhere' });
    await begin(page);
    await replay(page).getByRole('alert').getByText('Dimensions:').waitFor(patience);
    await dimensions.getByRole('button', { name: 'Remove dimension 2' }).click();
    await dimensions.locator('#name-0:focus').waitFor(patience);
    await dimensions.getByRole('button', { name: 'Remove ledger' }).click();
    await begin(page);
    await summary(page, 'of 2 combinations of values');
    assert.deepEqual(await seriousFindings(page), []);
  });

  onPage('shows the numbers behind its chart as a table, page by page', async (page) => {
    await openRule(page);
    await field(page, 'threshold').fill('50');
    await begin(page);
    await replay(page).locator('#as-table').click();
    const table = replay(page).locator('.numbers');
    const cells = () => table.locator('tbody tr').evaluateAll((lines) => lines.map((line) => [...line.cells].map((cell) => cell.textContent)));
    const { evaluations, numbers, firings } = await page.evaluate(async (query) => {
      const report = await document.querySelector('kqlens-app').session.engine.backTest({ name: 'r', query, threshold: 50 });
      return { evaluations: report.evaluations, numbers: report.groups[0].numbers, firings: await report.firings() };
    }, QUERY);
    const isRaised = (iso) => firings.some(({ fired, resolved }) => fired <= iso && (resolved === null || iso < resolved));
    assert.deepEqual(await cells(), evaluations.map((iso, at) => [iso.slice(0, 19).replace('T', ' '), String(numbers[at]), isRaised(iso) ? 'yes' : '']));
    assert.ok(firings.length > 0 && evaluations.some((iso) => !isRaised(iso)));
    await field(page, 'threshold').fill('500');
    await summary(page, 'Raised 0 times');
    assert.ok((await cells()).every(([, , raised]) => raised === ''));
    // Without a state an alert is of its evaluation alone.
    await field(page, 'muteMinutes').fill('30');
    await field(page, 'threshold').fill('50');
    await begin(page);
    const met = numbers.filter((n) => n > 50).length;
    await summary(page, `Raised ${met} times`);
    assert.equal((await cells()).filter(([, , raised]) => raised === 'yes').length, met);
    assert.ok((await replay(page).locator('.scroll').last().locator('tbody tr').first().innerText()).includes('–\t–'));
    await field(page, 'muteMinutes').fill('');
    await replay(page).locator('#as-table').click();
    await replay(page).locator('.uplot canvas').waitFor(patience);
    await replay(page).locator('#as-table').click();
    // A day before is a row, so that there is an evaluation for each minute since.
    await page.evaluate(() => document.querySelector('kqlens-app').loadText(JSON.stringify([{ TenantId: 't', TimeGenerated: '2026-03-02T08:00:00Z', ApiId: 'early', ResponseCode: 500, Type: 'ApiManagementGatewayLogs' }])));
    await field(page, 'frequencyMinutes').selectOption('1');
    await begin(page);
    await summary(page, '1,620 evaluations');
    assert.equal((await cells()).length, 500);
    await replay(page).getByText('1 to 500 of 1,620 evaluations').waitFor(patience);
    assert.equal(await replay(page).locator('#earlier').isDisabled(), true);
    await replay(page).locator('#later').click();
    await replay(page).getByText('501 to 1,000 of 1,620 evaluations').waitFor(patience);
    assert.equal((await cells())[0][0], '2026-03-02 16:21:00');
    assert.deepEqual(await seriousFindings(page), []);
  });

  onPage('that cannot be says why, at the field; a long one is cancelled', async (page) => {
    await openRule(page);
    await field(page, 'aggregation').selectOption('Total');
    await begin(page);
    await replay(page).getByRole('alert').getByText('Column of the number: Total of which column is not said').waitFor(patience);
    await handoff(page).locator('#field-measure-help.bad').waitFor(patience);
    await page.keyboard.press('Escape');
    await writeQuery(page, 'ApiManagementGatewayLogs\n| join kind=inner ApiManagementGatewayLogs on ApiId\n| summarize n = count() by ApiId');
    await page.locator('kqlens-query #use').click();
    await way(page, 'Alert rule').click();
    await field(page, 'windowMinutes').selectOption('2880');
    await field(page, 'frequencyMinutes').selectOption('1');
    await begin(page);
    await replay(page).locator('progress').waitFor(patience);
    await replay(page).locator('#cancel').click();
    await replay(page).locator('#replay').waitFor(patience);
    assert.equal(await replay(page).locator('#summary').count(), 0);
    await page.keyboard.press('Escape');
    await writeQuery(page, 'print 1');
    await page.locator('kqlens-query #use').click();
    await way(page, 'Alert rule').click();
    await begin(page);
    await replay(page).getByRole('alert').getByText('reads no table that is loaded').waitFor(patience);
  });
});

describe('alerts on metrics and activities', () => {
  const rows = (page) => handoff(page).locator('kqlens-metric-rows');
  const GROUP = '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Insights/actionGroups/on-call';
  const SERVICE = '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.ApiManagement/service/contoso';
  const setUpAlerts = async (page) => {
    await page.keyboard.press('F1');
    await page.locator('kqlens-palette [role=option]').first().waitFor(patience);
    await page.keyboard.type('set up alerts');
    await page.keyboard.press('Enter');
    await handoff(page).locator('dialog[open]').waitFor(patience);
  };

  onPage('are made without rows and without a query, each error at its field; who is told is the same for all', async (page) => {
    await page.getByText('Engine ready').waitFor(patience);
    await setUpAlerts(page);
    await handoff(page).getByRole('heading', { name: 'Set up logging and alerts' }).waitFor(patience);
    await handoff(page).getByText('Still needed: Name.').waitFor(patience);
    await rows(page).getByText('With rows loaded').waitFor(patience);
    await field(page, 'name').fill('Failures');
    await field(page, 'service').fill(SERVICE);
    await field(page, 'actionGroups').fill(`${GROUP}\n`);
    await field(page, 'stateful').uncheck();
    await watch(page, { name: 'LastErrorReason', operator: 'Exclude', values: ['OperationNotFound', 'größe, "x"'] });
    const rule = { name: 'Failures', service: SERVICE, actionGroups: [GROUP], stateful: false, dimensions: [{ name: 'LastErrorReason', operator: 'Exclude', values: ['OperationNotFound', 'größe, "x"'] }] };
    await shows(page, 'metricAlert', rule);
    // A time has neither codes nor a sum.
    await field(page, 'aggregation').selectOption('Maximum');
    await field(page, 'metric').selectOption('Capacity');
    await field(page, 'dimensions').locator('#help.bad', { hasText: '`Capacity` has no dimension `LastErrorReason`: Location' }).waitFor(patience);
    assert.equal(await field(page, 'dimensions').locator('[aria-invalid=true]').count(), 2);
    await field(page, 'dimensions').getByRole('button', { name: 'Remove dimension 1' }).click();
    await field(page, 'dimensions').locator('#add:focus').waitFor(patience);
    await shows(page, 'metricAlert', { ...rule, dimensions: [], metric: 'Capacity', aggregation: 'Maximum' });
    await handoff(page).getByText('v2 tiers').waitFor(patience);
    await field(page, 'metric').selectOption('Duration');
    assert.deepEqual(await field(page, 'aggregation').locator('option').allTextContents(), ['Average', 'Maximum', 'Minimum']);
    await field(page, 'metric').selectOption('Requests');
    await field(page, 'aggregation').selectOption('Minimum');
    await field(page, 'metric').selectOption('Capacity');
    await shows(page, 'metricAlert', { ...rule, dimensions: [], metric: 'Capacity' });
    await field(page, 'frequencyMinutes').selectOption('30');
    await handoff(page).locator('#field-windowMinutes-help.bad', { hasText: 'the window is shorter' }).waitFor(patience);
    await way(page, 'Activity alert').click();
    assert.deepEqual([await field(page, 'service').inputValue(), await field(page, 'actionGroups').inputValue()], [SERVICE, `${GROUP}\n`]);
    await field(page, 'name').fill('Changes');
    await field(page, 'operations').fill('Microsoft.ApiManagement/service/apis/write\nwrite');
    await handoff(page).locator('#field-operations-help.bad', { hasText: '`write` is no operation' }).waitFor(patience);
    await field(page, 'operations').fill('Microsoft.ApiManagement/service/apis/write');
    await field(page, 'statuses').fill('Succeeded\nFailed');
    await shows(page, 'activityAlert', { name: 'Changes', service: SERVICE, actionGroups: [GROUP], operations: ['Microsoft.ApiManagement/service/apis/write'], statuses: ['Succeeded', 'Failed'] });
    await field(page, 'actionGroups').fill('on-call');
    await handoff(page).locator('#field-actionGroups-help.bad').waitFor(patience);
    await way(page, 'Action group').click();
    await field(page, 'name').fill('On call');
    await handoff(page).locator('#field-emails-help.bad', { hasText: 'the group tells nobody' }).waitFor(patience);
    await field(page, 'emails').fill('on-call@contoso.com');
    await field(page, 'webhooks').fill('http://contoso.com');
    await handoff(page).locator('#field-webhooks-help.bad', { hasText: 'https://' }).waitFor(patience);
    await field(page, 'webhooks').fill('https://contoso.com/hook');
    await shows(page, 'actionGroup', { name: 'On call', emails: ['on-call@contoso.com'], webhooks: ['https://contoso.com/hook'] });
    await handoff(page).getByRole('tab', { name: 'ARM', exact: true }).click();
    assert.equal(JSON.parse(await text(page).textContent()).resources[0].type, 'Microsoft.Insights/actionGroups');
    assert.deepEqual(await seriousFindings(page), []);
  });

  onPage('offer what the engine takes, for each metric', async (page) => {
    await page.getByText('Engine ready').waitFor(patience);
    await setUpAlerts(page);
    await field(page, 'name').fill('r');
    const refused = [];
    for (const metric of await field(page, 'metric').locator('option').evaluateAll((options) => options.map(({ value }) => value))) {
      await field(page, 'metric').selectOption(metric);
      const aggregations = await field(page, 'aggregation').locator('option').evaluateAll((options) => options.map(({ value }) => value));
      await field(page, 'dimensions').locator('#add').click();
      const names = await field(page, 'dimensions').locator('#name-0 option').allTextContents();
      await field(page, 'dimensions').locator('#remove-0').click();
      assert.ok(aggregations.length > 1 && names.length > 0);
      for (const aggregation of aggregations) {
        await made(page, 'metricAlert', { name: 'r', metric, aggregation, dimensions: names.map((name) => ({ name })) }).catch(({ message }) => refused.push(message));
      }
      const wrong = await made(page, 'metricAlert', { name: 'r', metric, dimensions: [{ name: 'ApiId' }] }).catch(({ message }) => message);
      assert.ok(String(wrong).includes(`has no dimension`), 'what is refused is seen');
    }
    assert.deepEqual(refused, []);
  });

  onPage('begin at a finding with its codes and reasons; the rows stand beside them by both rules; the replay is that of the log', async (page) => {
    const finding = await useSample(page);
    await way(page, 'Metric alert').click();
    await rows(page).locator('#watched', { hasText: `choose ${finding.count} requests of the rows; the finding has ${finding.count}.` }).waitFor(patience);
    const [service, dimensions] = [await field(page, 'service').inputValue(), [{ name: 'GatewayResponseCode', values: ['500'] }, { name: 'LastErrorReason', values: ['BackendConnectionFailure'] }]];
    assert.match(service, /microsoft\.apimanagement\/service/i);
    await shows(page, 'metricAlert', { name: await field(page, 'name').inputValue(), service, description: finding.meaning, dimensions });
    const numbers = () => rows(page).locator('tbody tr').evaluateAll((lines) => lines.map((line) => [...line.cells].map((cell) => cell.textContent.trim())));
    const failed = async () => (await numbers()).find(([name]) => name === 'Failed');
    assert.deepEqual(await failed(), ['Failed', '746', '147', 'Watch 500', '746', '147', 'Watch 500']);
    // Without dimensions it is what the report says of all requests.
    await field(page, 'dimensions').locator('#remove-1').click();
    await field(page, 'dimensions').locator('#remove-0').click();
    const { metrics } = await page.evaluate(() => document.querySelector('kqlens-app').session.report);
    await rows(page).locator('#watched', { hasText: 'choose 4,800 requests' }).waitFor(patience);
    assert.deepEqual((await numbers()).map(([name, now, , , then]) => [name.toLowerCase(), Number(now.replace(',', '')), Number(then.replace(',', ''))]),
      ['successful', 'unauthorized', 'failed', 'other'].map((name) => [name, metrics.workbook[name], metrics.documented2017[name]]));
    await rows(page).getByRole('button', { name: 'Watch 401: Unauthorized, Rule of the workbook' }).click();
    await rows(page).locator('#watched', { hasText: `choose ${metrics.workbook.unauthorized} requests` }).waitFor(patience);
    await rows(page).locator('#show-kql').click();
    const dialog = page.locator('kqlens-app dialog.kql');
    const kql = await dialog.locator('pre').textContent();
    assert.match(kql, /Code in \(304, 307\)/);
    await dialog.getByRole('button', { name: 'Close' }).click();
    const answer = await page.evaluate(async (query) => {
      const result = await document.querySelector('kqlens-app').session.engine.query(query);
      return result.rows(0, result.rowCount);
    }, kql);
    assert.deepEqual(answer.filter(([, name]) => name === 'Unauthorized').map(([, , most, n]) => [String(most), String(n)]), [(await numbers())[1].slice(4, 6).reverse(), (await numbers())[1].slice(1, 3).reverse()]);
    await rows(page).locator('#replay').click();
    const summary = rows(page).locator('#summary');
    await summary.waitFor(patience);
    const wanted = await page.evaluate(async () => {
      const report = await document.querySelector('kqlens-app').session.engine.backTest({
        name: 'r', query: 'ApiManagementGatewayLogs | where ResponseCode == 401 | extend Code = "401"', windowMinutes: 15, dimensions: [{ name: 'Code' }],
      });
      return { firings: await report.firings(), evaluations: report.evaluations.length, peak: Math.max(...report.groups[0].numbers) };
    });
    assert.ok(wanted.firings.length > 0);
    assert.match(await summary.textContent(), new RegExp(`Raised ${wanted.firings.length} times? in ${wanted.evaluations} evaluations`));
    await field(page, 'threshold').fill(String(wanted.peak));
    await rows(page).locator('#summary', { hasText: 'Raised 0 times' }).waitFor(patience);
    await shows(page, 'metricAlert', { name: await field(page, 'name').inputValue(), service, description: finding.meaning, dimensions: [{ name: 'GatewayResponseCode', values: ['401'] }], threshold: wanted.peak });
    // What the rows do not tell is said.
    await field(page, 'aggregation').selectOption('Maximum');
    await rows(page).locator('#untold', { hasText: 'only their sum can be replayed' }).waitFor(patience);
    assert.equal(await rows(page).locator('#replay').count(), 0);
    await field(page, 'dimensions').locator('#remove-0').click();
    await field(page, 'metric').selectOption('BackendDuration');
    await rows(page).locator('#replay').click();
    await rows(page).locator('#summary').waitFor(patience);
    assert.equal(await rows(page).locator('#classes').count(), 0, 'a time has no classes');
    // What the service told itself is replayed as it is, without dimensions.
    const own = async (metric, aggregation, threshold) => {
      await field(page, 'metric').selectOption(metric);
      await field(page, 'aggregation').selectOption(aggregation);
      await field(page, 'threshold').fill(String(threshold));
      await rows(page).getByText('The numbers are those that the service told each minute').waitFor(patience);
      await rows(page).locator('#replay').click();
      const { n, evaluations } = await page.evaluate(async ([name, column, least]) => {
        const query = `AzureMetrics | where MetricName == "${name}" | project TimeGenerated, Number = ${column}`;
        const report = await document.querySelector('kqlens-app').session.engine.backTest({ name: 'r', query, windowMinutes: 15, aggregation: column, measure: 'Number', threshold: least });
        return { n: (await report.firings()).length, evaluations: report.evaluations.length };
      }, [metric, aggregation, threshold]);
      await rows(page).locator('#summary', { hasText: `Raised ${n} time${n === 1 ? '' : 's'} in ${evaluations} evaluations.` }).waitFor(patience);
      return n;
    };
    assert.ok(await own('Capacity', 'Average', 30) > 0);
    assert.equal(await own('Requests', 'Total', 1_000_000), 0);
    await field(page, 'metric').selectOption('Capacity');
    await field(page, 'dimensions').locator('#add').click();
    await rows(page).locator('#untold', { hasText: 'do not tell this metric' }).waitFor(patience);
    assert.deepEqual(await seriousFindings(page), []);
  });
});

describe('an activity alert over rows of the activity log', () => {
  onPage('offers what was done to the service', async (page) => {
    await useSample(page);
    await way(page, 'Activity alert').click();
    await field(page, 'name').fill('Changes');
    const done = 'Microsoft.ApiManagement/service/certificates/delete';
    await handoff(page).getByRole('button', { name: `Add ${done}` }).click();
    assert.equal(await field(page, 'operations').inputValue(), done);
    await handoff(page).getByRole('button', { name: `Add ${done}` }).waitFor({ state: 'detached', ...patience });
    await shows(page, 'activityAlert', { name: 'Changes', service: await field(page, 'service').inputValue(), operations: [done] });
    await handoff(page).getByRole('button', { name: /^Add .*policies/ }).click();
    assert.equal((await field(page, 'operations').inputValue()).split('\n').length, 2);
    assert.equal(await handoff(page).locator('.more').count(), 0);
    assert.deepEqual(await seriousFindings(page), []);
  });
});

describe('a metric alert from a finding', () => {
  const CASES = [
    [certificate, 'backend.404', { dimensions: [{ name: 'GatewayResponseCode', values: ['404'] }, { name: 'BackendResponseCode', values: ['404'] }] }],
    [tokens, 'ai.token-limit-tpm', { dimensions: [{ name: 'GatewayResponseCode', values: ['429'] }, { name: 'LastErrorReason', values: ['OpenAITokenLimitExceeded'] }] }],
    [tokens, 'latency.backend', { metric: 'BackendDuration' }],
    [tokens, 'mcp.log-error', {}],
  ];
  for (const [sample, signature, rule] of CASES) {
    onPage(`has of ${signature} what the metric has`, async (page) => {
      await loadSample(page, sample);
      const finding = await page.evaluate((id) => {
        const { session } = document.querySelector('kqlens-app');
        const found = session.report.findings.find((one) => one.signature === id);
        session.useIt({ title: found.title, kql: found.kql.resourceSpecific, finding: found });
        return found;
      }, signature);
      await handoff(page).locator('dialog[open]').waitFor(patience);
      await way(page, 'Metric alert').click();
      await page.waitForFunction(() => document.querySelector('kqlens-app').shadowRoot.querySelector('kqlens-handoff').shadowRoot.querySelector('#field-description').value !== '', null, patience);
      const service = await field(page, 'service').inputValue();
      await shows(page, 'metricAlert', { name: await field(page, 'name').inputValue(), ...(service === '' ? {} : { service }), description: finding.meaning, ...rule });
    });
  }

  onPage('counts the rows of its own service, where the rows are of several', async (page) => {
    await page.getByText('Engine ready').waitFor(patience);
    const idOf = (name) => `/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.ApiManagement/service/${name}`;
    const rows = ['east', 'east', 'west'].map((name, at) => ({ TenantId: 't', TimeGenerated: `2026-03-03T08:0${at}:30Z`, CorrelationId: `${at}`, ResponseCode: 500, _ResourceId: idOf(name), Type: 'ApiManagementGatewayLogs' }));
    await page.evaluate((text) => document.querySelector('kqlens-app').loadText(text), JSON.stringify(rows));
    await page.evaluate((service) => document.querySelector('kqlens-app').session.useIt({ way: 'metricAlert', request: { name: 'r', service } }), idOf('WEST'));
    const beside = handoff(page).locator('kqlens-metric-rows');
    await beside.locator('#watched', { hasText: 'choose 1 request of the rows' }).waitFor(patience);
    assert.equal(await beside.getByText('The rows are of').count(), 0);
    await field(page, 'service').fill(idOf('north'));
    await beside.locator('#watched', { hasText: 'choose 3 requests of the rows' }).waitFor(patience);
    await beside.getByText('The rows are of 2 services').waitFor(patience);
  });

  onPage('over rows of Application Insights watches what those rows have, and says what they lack', async (page) => {
    await page.getByText('Engine ready').waitFor(patience);
    const rows = [200, 200, 302, 404, 500, 503].map((code, at) => ({ TenantId: 't', TimeGenerated: `2026-03-03T08:0${at}:30Z`, Id: `${at}`, Name: 'GET orders', ResultCode: String(code), DurationMs: 10 * at, SDKVersion: 'apim:0.1', Type: 'AppRequests' }));
    await page.evaluate((text) => document.querySelector('kqlens-app').loadText(text), JSON.stringify(rows));
    await page.evaluate(() => document.querySelector('kqlens-app').session.useIt({ way: 'metricAlert', request: { name: 'r', windowMinutes: 5, dimensions: [{ name: 'GatewayResponseCodeCategory', values: ['3xx', '5xx'] }] } }));
    const beside = handoff(page).locator('kqlens-metric-rows');
    await beside.locator('#watched', { hasText: 'choose 3 requests' }).waitFor(patience);
    const numbers = await beside.locator('tbody tr').evaluateAll((lines) => lines.map((line) => [...line.cells].map((cell) => cell.textContent.trim())));
    // By the rule of 2017 an answer of 302 is neither.
    assert.deepEqual(numbers, [
      ['Successful', '1', '1', 'Watch 200, 302', '0', '0', 'Watch 200'], ['Unauthorized', '0', '0', '–', '0', '0', '–'],
      ['Failed', '2', '1', 'Watch 500, 503', '2', '1', 'Watch 500, 503'], ['Other', '0', '0', 'Watch 404', '1', '1', 'Watch 302, 404'],
    ]);
    await beside.locator('#replay').click();
    await beside.locator('#summary', { hasText: 'of 2 combinations of values' }).waitFor(patience);
    await field(page, 'dimensions').locator('#name-0').selectOption('LastErrorReason');
    await beside.locator('#untold', { hasText: 'do not tell LastErrorReason' }).waitFor(patience);
    await field(page, 'dimensions').locator('#remove-0').click();
    // What is replayed is read, and opens in the Query view in the place of the dialog.
    await field(page, 'metric').selectOption('Duration');
    await beside.locator('#show-replayed').click();
    await page.locator('kqlens-app #open-query').click();
    await page.waitForFunction(() => document.querySelector('kqlens-app').session.queries?.active.text === 'AppRequests\n| project TimeGenerated, Milliseconds = DurationMs', null, patience);
    assert.equal(await handoff(page).locator('dialog[open]').count(), 0);
  });
});

describe('a link that somebody else keeps', () => {
  const banner = (page) => page.locator('kqlens-app [aria-label="Query from a link"]');
  const link = (page, request = {}) => made(page, 'portalLink', { query: QUERY, resource: WORKSPACE, timeSpan: 'PT6H', ...request }).then(({ url }) => url);
  const paste = (page, locator, content) => locator.evaluate((element, given) => {
    const transfer = new DataTransfer();
    transfer.setData('text/plain', given);
    element.dispatchEvent(new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true, composed: true, cancelable: true }));
  }, content);

  onPage('pasted on the page is shown with its place and time, not run, and asks nothing of its address', async (page) => {
    await page.getByText('Engine ready').waitFor(patience);
    await paste(page, page.locator('body'), `  ${await link(page)}\n`);
    await banner(page).waitFor(patience);
    const said = await wordsOf(banner(page));
    assert.match(said, /not run by itself.*"größe" \$\{x\}/s);
    assert.ok(said.includes(`Over ${WORKSPACE}`) && said.includes('Time span PT6H'), said);
    await loadSample(page, certificate);
    await banner(page).getByRole('button', { name: 'Open in Query' }).click();
    await page.locator('kqlens-editor .cm-content', { hasText: 'größe' }).waitFor(patience);
    assert.deepEqual(await page.evaluate(() => {
      const { text, answer } = document.querySelector('kqlens-app').session.queries.active;
      return [text, answer];
    }), [QUERY, null]);
    const { url } = await made(page, 'adxLink', { query: QUERY, cluster: 'help', database: 'Samples' });
    await paste(page, page.locator('body'), url);
    await banner(page).getByText('Over help.kusto.windows.net, database Samples').waitFor(patience);
    await banner(page).getByRole('button', { name: 'Dismiss the query' }).click();
    for (const [other, words] of [['https://example.com/?query=print%201', 'nothing is known of links to `example.com`'], ['https://portal.azure.com/#home', 'The link cannot be read'], [`${(await link(page)).slice(0, 320)}`, 'The link cannot be read']]) {
      await paste(page, page.locator('body'), other);
      await page.locator('.notice', { hasText: words }).waitFor(patience);
      assert.equal(await banner(page).count(), 0);
      await page.getByRole('button', { name: 'Dismiss' }).click();
    }
    assert.equal(await page.evaluate(() => document.querySelector('kqlens-app').session.sources.length), certificate.files().length, 'a link is no log');
  });

  onPage('pasted into an empty tab is its query; among other text it stays a text', async (page) => {
    await openQuery(page, certificate);
    const url = await link(page);
    const editor = page.locator('kqlens-editor .cm-content');
    await writeQuery(page, '// see');
    await editor.click();
    await page.keyboard.press('Control+End');
    await paste(page, editor, url);
    await page.waitForFunction((given) => document.querySelector('kqlens-app').session.queries.active.text === `// see${given}`, url, patience);
    assert.equal(await banner(page).count(), 0);
    await page.locator('kqlens-query #new').click();
    await paste(page, editor, url);
    await banner(page).waitFor(patience);
    await banner(page).getByRole('button', { name: 'Open in Query' }).click();
    await page.waitForFunction((query) => document.querySelector('kqlens-app').session.queries.active.text === query, QUERY, patience);
  });

  onPage('gives its place and its time span at a press: remembered, and a condition of the query', async (page) => {
    await page.getByText('Engine ready').waitFor(patience);
    const received = () => page.evaluate(() => document.querySelector('kqlens-app').session.received?.kql);
    const SERVICE = WORKSPACE.replace('Microsoft.OperationalInsights/workspaces/logs', 'Microsoft.ApiManagement/service/contoso');
    /** Pastes a link, takes over what it says, and tells what became of it. */
    const taken = async (request) => {
      await paste(page, page.locator('body'), request.cluster ? (await made(page, 'adxLink', request)).url : await link(page, request));
      await banner(page).locator('#take-over').click(patience);
      await banner(page).locator('#take-over').waitFor({ state: 'detached', ...patience });
      return [await received(), await banner(page).locator('.from').allTextContents()];
    };
    const remembered = (...places) => `Remembered for all ways on: ${places.join(', ')}`;
    assert.deepEqual(await taken({ tenant: 'contoso.onmicrosoft.com' }), [QUERY.replace('\n', '\n| where TimeGenerated > ago(6h)\n'), [remembered(WORKSPACE, 'contoso.onmicrosoft.com', 'public'), 'Time span PT6H: now a condition of the query']]);
    await banner(page).locator('#dismiss-received:focus').waitFor(patience);
    const places = () => page.evaluate(() => JSON.parse(localStorage.getItem('kqlens.places')));
    assert.deepEqual(await places(), { workspace: WORKSPACE, tenant: 'contoso.onmicrosoft.com', cloud: 'public' });
    const bounded = 'ApiManagementGatewayLogs | where TimeGenerated > ago(1h) | summarize count() by bin(TimeGenerated, 5m)';
    assert.deepEqual(await taken({ query: bounded, resource: SERVICE }), [bounded, [remembered(SERVICE, 'public'), 'Time span PT6H: the query has a condition on time, which stays as it is']]);
    assert.deepEqual((await places()).workspace, WORKSPACE, 'what the link does not say stays');
    assert.equal((await places()).service, SERVICE);
    const query = (text, timeSpan) => taken({ query: text, timeSpan }).then(([kql]) => kql);
    assert.equal(await query('ApiManagementGatewayLogs', 'P1DT2H'), 'ApiManagementGatewayLogs\n| where TimeGenerated > ago(26h)');
    assert.equal(await query('let rows = ApiManagementGatewayLogs | where ApiId == "größe";\nrows | summarize count() by bin(TimeGenerated, 1h)', '2026-03-03T08:00:00Z/2026-03-03T09:30:00Z'),
      'let rows = ApiManagementGatewayLogs | where TimeGenerated >= datetime(2026-03-03T08:00:00.000Z) and TimeGenerated < datetime(2026-03-03T09:30:00.000Z) | where ApiId == "größe";\nrows | summarize count() by bin(TimeGenerated, 1h)');
    assert.deepEqual(await taken({ query: 'print 1' }), ['print 1', [remembered(WORKSPACE, 'public'), 'Time span PT6H: there is no place in the query where it could stand']]);
    assert.deepEqual(await taken({ query: 'print 1', cluster: 'help', database: 'Samples' }), ['print 1', [remembered('help.kusto.windows.net', 'Samples', 'public')]]);
    assert.deepEqual(await seriousFindings(page), []);
    // It runs as it stands.
    await loadSample(page, certificate);
    await taken({ query: 'ApiManagementGatewayLogs | count', timeSpan: '2026-03-03T08:00:00Z/2026-03-03T09:00:00Z' });
    await banner(page).locator('#received:focus').waitFor(patience);
    await page.keyboard.press('Enter');
    await page.locator('kqlens-query #run').click(patience);
    await page.locator('kqlens-result [role=gridcell]:not(.waiting)', { hasText: /^1,?600$/ }).waitFor(patience);
  });

  onPage('is opened from the palette, by keys alone', async (page) => {
    await loadSample(page, certificate);
    const url = await link(page);
    await page.keyboard.press('F1');
    await page.locator('kqlens-palette [role=option]').first().waitFor(patience);
    await page.keyboard.type('open a link');
    await page.keyboard.press('Enter');
    const dialog = page.locator('kqlens-open-link');
    await dialog.locator('dialog[open]').waitFor(patience);
    await page.keyboard.insertText('print 1');
    await page.keyboard.press('Enter');
    await dialog.getByRole('alert').getByText('The link cannot be read').waitFor(patience);
    assert.deepEqual(await seriousFindings(page), []);
    await page.keyboard.press('Control+a');
    await page.keyboard.insertText(url);
    await page.keyboard.press('Enter');
    await banner(page).waitFor(patience);
    assert.equal(await dialog.locator('dialog[open]').count(), 0);
  });
});

describe('the ways on look and work the same', () => {
  for (const [name, width, options] of [['in the dark', 1280, { colorScheme: 'dark' }], ['in forced colours at 400 pixels', 400, { forcedColors: 'active' }], ['at 320 pixels', 320, {}]]) {
    onPage(`${name}, by keys alone`, async (page) => {
      await openQuery(page, certificate);
      await writeQuery(page, QUERY);
      await page.keyboard.press('F1');
      await page.locator('kqlens-palette [role=option]').first().waitFor(patience);
      await page.keyboard.type('use the query');
      await page.keyboard.press('Enter');
      await handoff(page).locator('dialog[open]').waitFor(patience);
      await page.keyboard.press('Tab');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      await handoff(page).getByRole('tab', { name: 'Alert rule', selected: true }).waitFor(patience);
      await replayed(page);
      const room = await handoff(page).locator('#way').evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth);
      assert.ok(room <= 0, `${room} pixels too wide`);
      assert.deepEqual(await seriousFindings(page), []);
      await page.keyboard.press('Escape');
      assert.equal(await handoff(page).locator('dialog[open]').count(), 0);
    }, { viewport: { width, height: 800 }, ...options });
  }

  for (const [name, options] of [['in the light', {}], ['in the dark', { colorScheme: 'dark' }], ['in forced colours at 400 pixels', { forcedColors: 'active', viewport: { width: 400, height: 800 } }], ['in the dark at 320 pixels', { colorScheme: 'dark', viewport: { width: 320, height: 700 } }]]) {
    onPage(`all of them, and links, are readable ${name}`, async (page) => {
      await useSample(page);
      const isWhole = async (what, inner) => {
        const room = await inner.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth);
        assert.ok(room <= 0, `${what}: ${room} pixels too wide`);
        assert.deepEqual(await seriousFindings(page), [], what);
      };
      for (const one of await handoff(page).locator('.ways [role=tab]').all()) {
        await one.click();
        const title = await one.textContent();
        if (title === 'Alert rule') await watch(page, { name: 'ApiId', values: ['ledger', 'payments-v2'] });
        if (title === 'Metric alert') await handoff(page).locator('#watched').waitFor(patience);
        if (title.endsWith(' alert') || title === 'Alert rule') {
          await field(page, 'name').fill('x');
          await text(page).waitFor(patience);
        }
        if (await handoff(page).locator('#replay').count() > 0) {
          await replayed(page);
          await handoff(page).locator('#as-table').click();
        }
        await isWhole(title, handoff(page).locator('#way'));
      }
      await way(page, 'Action group').click();
      await field(page, 'name').fill('x');
      await handoff(page).locator('#field-emails-help.bad').waitFor(patience);
      await isWhole('an error', handoff(page).locator('#way'));
      await page.keyboard.press('Escape');
      await page.evaluate(() => document.querySelector('kqlens-app').openLink());
      const dialog = page.locator('kqlens-open-link');
      await dialog.locator('textarea').fill('print 1');
      await dialog.locator('textarea').press('Enter');
      await dialog.getByRole('alert').waitFor(patience);
      await isWhole('a link that is none', dialog.locator('dialog'));
      const { url } = await made(page, 'portalLink', { query: QUERY, resource: WORKSPACE, timeSpan: 'P1D' });
      await dialog.locator('textarea').fill(url);
      await dialog.locator('textarea').press('Enter');
      const banner = page.locator('kqlens-app [aria-label="Query from a link"]');
      await banner.locator('#take-over').waitFor(patience);
      await isWhole('a link', page.locator('html'));
      assert.ok(await banner.locator('code').evaluate(({ clientWidth }) => clientWidth) > 180, 'the query is read in lines, not in letters');
      await banner.locator('#take-over').click();
      await banner.getByText('now a condition of the query').waitFor(patience);
      await isWhole('what became of it', page.locator('html'));
    }, options);
  }

  onPage('on paper is the page alone, whatever dialog stands over it', async (page) => {
    await useSample(page);
    const seen = (name) => page.evaluate((element) => document.querySelector('kqlens-app').shadowRoot.querySelector(element).shadowRoot.querySelector('dialog').checkVisibility(), name);
    const print = async (name) => {
      await page.locator(name).locator('dialog[open]').waitFor(patience);
      assert.equal(await seen(name), true);
      await page.emulateMedia({ media: 'print' });
      assert.equal(await seen(name), false, name);
      assert.equal(await page.locator('kqlens-verdict #headline').isVisible(), true);
      await page.emulateMedia({ media: null });
      assert.equal(await seen(name), true);
      await page.keyboard.press('Escape');
    };
    await print('kqlens-handoff');
    for (const [words, name] of [['set up alerts', 'kqlens-handoff'], ['open a link', 'kqlens-open-link'], ['check my set-up', 'kqlens-check-setup']]) {
      await page.keyboard.press('F1');
      await page.locator('kqlens-palette [role=option]').first().waitFor(patience);
      await page.keyboard.type(words);
      await page.keyboard.press('Enter');
      await print(name);
    }
  });

  async function replayed(page) {
    await handoff(page).locator('#replay').focus();
    await page.keyboard.press('Enter');
    await handoff(page).locator('kqlens-back-test .uplot canvas').waitFor(patience);
  }
});
