// *Use it*: a query on its way to the portal, to a rule, to a workbook; and links on their way back.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe } from 'node:test';
import { samples } from '../../www/src/samples.js';
import { loadSample, openQuery, pages, patience, seriousFindings, wordsOf, writeQuery } from './harness.mjs';

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
    await field(page, 'dimensions').fill('ApiId');
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
    assert.equal(await page.evaluate(() => document.querySelector('kqlens-app').session.sources.length), 1, 'a link is no log');
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

  async function replayed(page) {
    await handoff(page).locator('#replay').focus();
    await page.keyboard.press('Enter');
    await handoff(page).locator('kqlens-back-test .uplot canvas').waitFor(patience);
  }
});
