// The Query view: tabs, the editor and what it says, the answer in its views, recipes.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe } from 'node:test';
import { samples } from '../../www/src/samples.js';
import { VERDICT, loadSample, openQuery, pages, patience, runQuery as run, seriousFindings, wordsOf, writeQuery as write } from './harness.mjs';

const [certificate] = samples;
const { onPage } = pages();
const GATEWAY = 'ApiManagementGatewayLogs';

const editor = (page) => page.locator('kqlens-editor .cm-content');
const status = (page) => page.locator('kqlens-result .strip [role=status]');
const result = (page) => page.locator('kqlens-result');
const textOf = async (page) => (await editor(page).locator('.cm-line').allInnerTexts()).map((line) => line.replace(/\n$/, '')).join('\n');

/** What a button hands to the browser as a file. */
async function downloaded(page, press) {
  const [file] = await Promise.all([page.waitForEvent('download', patience), press()]);
  return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) };
}

describe('the editor', () => {
  onPage('Shift+Enter runs the query under the caret; blank lines part queries, declarations go on', async (page) => {
    await openQuery(page);
    await run(page, `${GATEWAY}\n| count\n\nlet least = 3;\n\nprint a = least, b = 2`);
    await status(page).filter({ hasText: '1 row · 2 columns' }).waitFor(patience);
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('Control+Enter');
    await status(page).filter({ hasText: '1 row · 1 column' }).waitFor(patience);
    assert.equal(await page.locator('kqlens-result kqlens-grid [role=gridcell]').first().innerText(), '4800');
  });

  onPage('tokens have colours, of all queries, and keep them while more is typed', async (page) => {
    await openQuery(page);
    await write(page, `// all\n${GATEWAY}\n| where Url has "x" // part\n\n${GATEWAY}\n| take 5`);
    await page.locator('kqlens-editor .kql-operator', { hasText: 'take' }).waitFor(patience);
    await page.locator('kqlens-editor .kql-comment', { hasText: 'part' }).waitFor(patience);
    assert.deepEqual(await page.locator('kqlens-editor .kql-operator').allInnerTexts(), ['where', 'take']);
    assert.deepEqual(await page.locator('kqlens-editor .kql-comment').allInnerTexts(), ['// all', '// part']);
    assert.deepEqual(await page.locator('kqlens-editor .kql-string').allInnerTexts(), ['"x"']);
    const counts = await page.evaluate(async () => {
      const editor = document.querySelector('kqlens-app').shadowRoot.querySelector('kqlens-query').shadowRoot.querySelector('kqlens-editor').shadowRoot;
      const seen = [];
      const watch = new MutationObserver(() => seen.push(editor.querySelectorAll('.kql-operator').length));
      watch.observe(editor, { childList: true, subtree: true });
      globalThis.seen = seen;
      return seen.length;
    });
    assert.equal(counts, 0);
    await page.keyboard.press('Control+End');
    await page.keyboard.type('00 // more', { delay: 15 });
    const seen = await page.evaluate(() => globalThis.seen);
    assert.ok(seen.length > 0 && seen.every((n) => n === 2), `operators lost their colour: ${seen}`);
  });

  onPage('problems are marked and listed; F8 goes to them, Ctrl+. mends them', async (page) => {
    await openQuery(page);
    await write(page, `${GATEWAY}\n| where responsecode == 200\n| where Nothing == 1`);
    await page.locator('kqlens-editor .cm-lintRange-error').nth(1).waitFor(patience);
    await page.locator('kqlens-problems summary').click();
    await page.locator('kqlens-problems li').first().waitFor(patience);
    assert.match(await wordsOf(page.locator('kqlens-problems')), /2 errors.*no column is called responsecode.*line 2/s);
    await editor(page).click();
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('F8');
    await page.keyboard.press('F8');
    await page.keyboard.press('Control+.');
    await page.locator('kqlens-problems .pill', { hasText: '1 error' }).waitFor(patience);
    assert.match(await textOf(page), /where ResponseCode == 200/);
    await page.keyboard.press('Control+z');
    await page.locator('kqlens-problems .pill', { hasText: '2 errors' }).waitFor(patience);
    await page.locator('kqlens-problems .fix').click();
    await page.locator('kqlens-problems .pill', { hasText: '1 error' }).waitFor(patience);
    await page.locator('kqlens-problems li button', { hasText: 'column Nothing' }).click();
    await page.keyboard.type('Method');
    assert.match(await textOf(page), /where Method == 1/, 'a problem of the list leads to its place');
  });

  onPage('completion, call help, rename, format, comment', async (page) => {
    await openQuery(page);
    await write(page, `${GATEWAY}\n| where `);
    await page.keyboard.type('ResponseC');
    const options = page.locator('kqlens-editor .cm-tooltip-autocomplete li');
    await options.filter({ hasText: 'ResponseCode' }).first().waitFor(patience);
    await page.waitForTimeout(150);
    await page.keyboard.press('Enter');
    assert.match(await textOf(page), /\| where ResponseCode$/);
    await page.keyboard.type(' > strlen(');
    await page.locator('kqlens-editor .kql-signature', { hasText: 'strlen(' }).waitFor(patience);
    await write(page, 'let limit_ = 5;\nprint limit_');
    await page.keyboard.press('F2');
    const name = page.getByLabel('New name of limit_');
    await name.fill('a b');
    await page.keyboard.press('Enter');
    await page.locator('kqlens-editor .kql-rename [role=alert]', { hasText: 'bare name' }).waitFor(patience);
    await name.fill('most');
    await page.keyboard.press('Enter');
    await name.waitFor({ state: 'detached' });
    assert.equal(await textOf(page), 'let most = 5;\nprint most');
    await write(page, `${GATEWAY}|where ResponseCode==200|take 5`);
    await page.keyboard.press('Shift+Alt+F');
    await page.locator('kqlens-editor .cm-line', { hasText: '| take 5' }).waitFor(patience);
    assert.equal(await textOf(page), `${GATEWAY}\n| where ResponseCode == 200\n| take 5`);
    await page.keyboard.press('Control+/');
    await page.locator('kqlens-editor .cm-line', { hasText: '// | take 5' }).waitFor(patience);
  });

  onPage('hover tells what a name is; sentences follow the caret', async (page) => {
    await openQuery(page);
    await write(page, `${GATEWAY}\n| where ResponseCode >= 500\n| summarize Failed = count() by ApiId`);
    const steps = page.locator('kqlens-explain li');
    await steps.nth(2).waitFor(patience);
    assert.match(await page.locator('kqlens-explain li.here').innerText(), /ApiId/);
    await page.keyboard.press('Control+Home');
    await page.locator('kqlens-explain li.here', { hasText: 'Takes the rows' }).waitFor(patience);
    await page.locator('kqlens-editor .kql-function').first().hover();
    await page.locator('kqlens-editor .cm-tooltip-hover', { hasText: 'count' }).waitFor(patience);
    await page.keyboard.press('Shift+Enter');
    await page.locator('kqlens-explain li', { hasText: '4,800 →' }).waitFor(patience);
  });

  onPage('tabs: new, named by the first line, closed, opened again, and kept on the device', async (page) => {
    await openQuery(page);
    await write(page, '// Slow ones\nprint 1');
    await page.getByRole('tab', { name: 'Slow ones' }).waitFor(patience);
    await page.keyboard.press('Control+j');
    await page.keyboard.type('print 2');
    await page.getByRole('tab', { name: 'print 2' }).waitFor(patience);
    await page.keyboard.press('Control+Alt+BracketLeft');
    assert.match(await textOf(page), /Slow ones/);
    await page.keyboard.press('Control+z');
    assert.doesNotMatch(await textOf(page), /print 2/, 'each tab has its own history');
    await page.keyboard.press('Control+y');
    await page.locator('kqlens-query .tab', { hasText: 'Slow ones' }).locator('.close').click();
    assert.equal(await page.getByRole('tab', { name: 'Slow ones' }).count(), 0);
    await page.locator('kqlens-query #reopen').click();
    await page.getByRole('tab', { name: 'Slow ones' }).waitFor(patience);
    await page.waitForTimeout(600);
    await page.reload();
    await openQuery(page);
    assert.deepEqual((await page.locator('kqlens-query .tab .name').allInnerTexts()).map((name) => name.trim()), ['Slow ones', 'print 2']);
  });
});

describe('the answer', () => {
  onPage('without rows it names the filter, shows what it dropped, and takes it out', async (page) => {
    await openQuery(page);
    await run(page, `${GATEWAY}\n| where Method == "GET"\n| where ResponseCode == 777 and Method == "GET"\n| project ApiId`);
    await result(page).getByText('No row matches').waitFor(patience);
    assert.match(await result(page).locator('.empty').innerText(), /where ResponseCode == 777 and Method == "GET" dropped (\d,\d\d\d) of \1 rows/);
    await result(page).getByRole('button', { name: 'Show dropped rows' }).click();
    await page.locator('kqlens-rows [role=columnheader]', { hasText: 'DroppedBy' }).waitFor({ ...patience, state: 'attached' });
    await page.locator('kqlens-rows').getByRole('button', { name: 'Close' }).first().click();
    await result(page).getByRole('button', { name: 'Take this filter out' }).click();
    assert.equal(await textOf(page), `${GATEWAY}\n| where Method == "GET"\n| project ApiId`);
  });

  onPage('an error stands beside the old answer; what only a service can run is told apart', async (page) => {
    await openQuery(page);
    await run(page, 'print Kept = 1');
    await status(page).filter({ hasText: '1 row' }).waitFor(patience);
    await run(page, 'Missing | count');
    await result(page).locator('.empty.error', { hasText: 'there is no table `Missing`' }).waitFor(patience);
    assert.match(await wordsOf(page.locator('kqlens-result kqlens-grid')), /Kept/);
    await run(page, 'externaldata(a: string) ["https://example.org/a.csv"]');
    await result(page).getByText('The query is right, but not for here').waitFor(patience);
    await result(page).getByRole('button', { name: 'Copy for Azure Data Explorer' }).waitFor(patience);
  });

  onPage('rows that are cut are told, and loaded when asked; Esc cancels', async (page) => {
    await openQuery(page);
    await run(page, 'range n from 1 to 60000 step 1');
    await result(page).getByText('The first 50,000 of 60,000 rows.').waitFor(patience);
    await page.locator('kqlens-query #preview').click();
    await result(page).getByText('The first 50 of 60,000 rows.').waitFor(patience);
    await result(page).getByRole('button', { name: /^Load all/ }).click();
    await status(page).filter({ hasText: '60,000 rows' }).waitFor(patience);
    await write(page, 'range n from 1 to 20000000 step 1\n| extend h = hash_sha256(tostring(n))\n| summarize count() by substring(h, 0, 3)');
    await page.keyboard.press('Shift+Enter');
    await result(page).getByRole('button', { name: 'Cancel' }).waitFor(patience);
    await page.keyboard.press('Escape');
    await result(page).getByText('The query was cancelled.').waitFor(patience);
    assert.match(await status(page).innerText(), /60,000 rows/, 'the answer before it stays');
  });

  onPage('render draws each kind; the legend filters; the numbers are there as a table, the picture as a file', async (page) => {
    await openQuery(page);
    const chart = page.locator('kqlens-chart');
    await run(page, `${GATEWAY}\n| summarize Requests = count() by bin(TimeGenerated, 10m), ApiId\n| render timechart with (title="By API")`);
    await chart.locator('.place canvas').waitFor(patience);
    await chart.getByText('By API').waitFor(patience);
    await chart.locator('.legend button', { hasText: 'orders' }).click();
    assert.equal(await chart.locator('.legend [aria-pressed=false]').count(), 1);
    await chart.locator('#as-table').check();
    assert.equal(await chart.locator('th', { hasText: 'orders' }).count(), 0, 'what the legend hides is hidden in the table');
    assert.equal(await chart.locator('tbody tr').count(), 18);
    await chart.locator('#as-table').uncheck();
    await chart.locator('.place canvas').waitFor(patience);
    const png = await downloaded(page, () => chart.locator('#png').click());
    assert.deepEqual([...png.bytes.subarray(1, 4)], [...Buffer.from('PNG')]);

    await run(page, 'datatable(Api: string, Good: long, Bad: long) ["orders", 30, 10, "<b>", 5, 0]\n| render columnchart');
    await chart.locator('.shapes rect').nth(2).waitFor(patience);
    assert.deepEqual(await chart.locator('.shapes rect title').evaluateAll((all) => all.map((title) => title.textContent.trim())),
      ['orders, Good: 30', '<b>, Good: 5', 'orders, Bad: 10', '<b>, Bad: 0']);
    const heights = () => chart.locator('.shapes rect').evaluateAll((all) => all.map((rect) => Number(rect.getAttribute('height'))));
    const [good, , bad] = await heights();
    assert.ok(Math.abs(good / bad - 3) < 0.01, 'heights are as the numbers are');
    await chart.locator('#stacked').check();
    const svg = await downloaded(page, () => chart.locator('#svg').click());
    const text = svg.bytes.toString();
    assert.match(text, /<rect[^>]*fill="(?:rgb|color|light)/);
    assert.match(text, /&lt;b&gt;/);
    for (const [kind, shape, n] of [['Bar', 'rect', 4], ['Pie', 'path.slice', 2], ['Card', 'text.big', 2]]) {
      await chart.locator('#kind').selectOption({ label: kind });
      await page.waitForFunction(([shape, n]) => document.querySelector('kqlens-app').shadowRoot.querySelector('kqlens-query').shadowRoot.querySelector('kqlens-result')
        .shadowRoot.querySelector('kqlens-chart').shadowRoot.querySelectorAll(`.shapes ${shape}`).length === n, [shape, n], patience);
    }
    await run(page, 'print Word = "no number"\n| render piechart');
    await chart.getByText('Nothing to draw').waitFor(patience);
  });

  onPage('an anomaly chart marks what is marked; more points than can be seen are told', async (page) => {
    await openQuery(page);
    const chart = page.locator('kqlens-chart');
    await run(page, 'range n from 1 to 12000 step 1\n| extend t = datetime(2026-01-01) + n * 1s, v = n % 100, odd = iff(n == 7, 1, 0)\n| project t, v, odd\n| render anomalychart with (anomalycolumns=odd)');
    await chart.getByText(/of 12,000 points are drawn/).waitFor(patience);
    await run(page, 'range n from 1 to 9 step 1\n| project t = datetime(2026-01-01) + n * 1s, v = n, odd = iff(n == 7, 1, 0)\n| render anomalychart with (anomalycolumns=odd)');
    await chart.locator('#as-table').check();
    await chart.locator('td', { hasText: '7 (anomaly)' }).waitFor(patience);
    assert.equal(await chart.locator('td', { hasText: 'anomaly' }).count(), 1);
  });

  onPage('statistics count each column over the whole query; the plan tells rows and shows what a filter dropped', async (page) => {
    await openQuery(page);
    await run(page, 'datatable(Name: string, Size: long) ["a", 1, "a", 2, "", 3, "b", 4]\n| where Size < 4');
    await status(page).filter({ hasText: '3 rows' }).waitFor(patience);
    await page.getByRole('button', { name: 'Statistics' }).click();
    const row = page.locator('kqlens-statistics tbody tr', { hasText: 'Name' });
    await row.locator('li').first().waitFor(patience);
    assert.match(await row.innerText(), /string\s+1 \(33 %\)\s+2\s+a\s+a\s+67 %/);
    await page.getByRole('button', { name: 'Plan' }).click();
    const stage = page.locator('kqlens-plan tbody tr', { hasText: 'where Size < 4' });
    assert.match(await stage.innerText(), /4\s+3/);
    await stage.getByRole('button', { name: '1 dropped: show them' }).click();
    await page.locator('kqlens-rows [role=gridcell]:not(.waiting)', { hasText: 'Size < 4' }).waitFor(patience);
  });

  onPage('now() is the newest row, so that ago() finds rows of an old export', async (page) => {
    await openQuery(page);
    await run(page, `${GATEWAY}\n| where TimeGenerated > ago(1h)\n| count`);
    await result(page).getByText('the newest row that is loaded').waitFor(patience);
    assert.notEqual(await result(page).locator('kqlens-grid [role=gridcell]').first().innerText(), '0');
  });

  onPage('a value of the grid goes on as a filter of the query, or as a group', async (page) => {
    await openQuery(page);
    await run(page, `${GATEWAY}\n| summarize Requests = count() by ApiId, Method // each\n| render columnchart\n\nprint 1`);
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('Shift+Enter');
    await page.locator('kqlens-chart .shapes').waitFor(patience);
    await page.getByRole('button', { name: 'Table', exact: true }).click();
    const act = (detail) => page.locator('kqlens-result kqlens-grid').evaluate((grid, detail) => grid.dispatchEvent(new CustomEvent('cell', { detail, bubbles: true, composed: true })), detail);
    await act({ action: 'filter', column: 'Method', cell: 'GET', kql: 'Method == "GET"' });
    await status(page).filter({ hasText: '6 rows' }).waitFor(patience);
    assert.equal(await textOf(page), `${GATEWAY}\n| summarize Requests = count() by ApiId, Method\n| where Method == "GET" // each\n| render columnchart\n\nprint 1`);
    await page.getByRole('button', { name: 'Table', exact: true }).click();
    await act({ action: 'rows', column: 'ApiId', cell: 'orders', kql: 'ApiId == "orders"' });
    await page.locator('kqlens-rows').getByText('1 row ·').waitFor(patience);
  });

  onPage('an answer of several tables shows each', async (page) => {
    await openQuery(page);
    await run(page, 'range n from 1 to 9 step 1\n| fork (where n > 5) (count)');
    await status(page).filter({ hasText: '4 rows' }).waitFor(patience);
    await result(page).locator('#table').selectOption({ index: 1 });
    await status(page).filter({ hasText: '1 row ·' }).waitFor(patience);
    await result(page).locator('kqlens-grid [role=gridcell]', { hasText: '9' }).waitFor(patience);
    await run(page, 'range n from 8 to 11 step 1\n| extend n = iff(n == 9, long(null), n)\n| fork (where true) (count)');
    await status(page).filter({ hasText: '4 rows' }).waitFor(patience);
    const cells = (...values) => page.waitForFunction((wanted) => {
      const grid = document.querySelector('kqlens-app').shadowRoot.querySelector('kqlens-query').shadowRoot.querySelector('kqlens-result').shadowRoot.querySelector('kqlens-grid').shadowRoot;
      return [...grid.querySelectorAll('[role=gridcell]')].map((cell) => cell.innerText.trim()).join() === wanted;
    }, values.join(), patience);
    await cells(8, '', 10, 11);
    const sort = () => result(page).locator('kqlens-grid [role=columnheader] button').click();
    await sort();
    await cells('', 8, 10, 11);
    await sort();
    await cells(11, 10, 8, '');
    await sort();
    await cells(8, '', 10, 11);
    await result(page).locator('#table').selectOption({ index: 1 });
    await cells(4);
    await run(page, 'print 1');
    await result(page).locator('#table').waitFor({ ...patience, state: 'detached' });
  });

  onPage('F6 goes from the editor to what is beside it and to the answer, and back', async (page) => {
    await openQuery(page);
    await run(page, 'print 1');
    await status(page).filter({ hasText: '1 row' }).waitFor(patience);
    const focused = () => page.evaluate(() => {
      let at = document.activeElement;
      while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
      return at?.getAttribute('role') ?? at?.localName;
    });
    await editor(page).click();
    await page.keyboard.press('F6');
    assert.equal(await focused(), 'aside');
    await page.keyboard.press('F6');
    await page.keyboard.press('F6');
    assert.equal(await focused(), 'grid');
    await page.keyboard.press('F6');
    assert.equal(await focused(), 'textbox');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    assert.notEqual(await focused(), 'textbox', 'Escape and then Tab leaves the editor');
  });

  onPage('an engine that stops keeps the query, says so, and runs again', async (page) => {
    await openQuery(page);
    await run(page, `${GATEWAY}\n| count`);
    await status(page).filter({ hasText: '1 row' }).waitFor(patience);
    await page.workers()[0].evaluate(() => { setTimeout(() => { throw new Error('stopped for a test'); }); });
    await result(page).getByText('The engine stopped and was restarted. The query is kept; run it again.').waitFor(patience);
    await page.locator('kqlens-app').getByText('Engine ready').waitFor(patience);
    assert.match(await textOf(page), /count/);
    await page.locator('kqlens-query #run').click();
    await status(page).filter({ hasText: '1 row' }).waitFor(patience);
    assert.equal(await page.locator('kqlens-result kqlens-grid [role=gridcell]').first().innerText(), '4800');
  });

  onPage('Show KQL opens in a tab', async (page) => {
    await loadSample(page, certificate);
    await page.locator('kqlens-timeline').getByRole('button', { name: 'Show KQL' }).click();
    await page.getByRole('button', { name: 'Open in Query' }).click();
    await editor(page).waitFor(patience);
    assert.match(await textOf(page), /summarize Requests = count\(\) by bin\(TimeGenerated/);
    assert.equal(await page.locator('dialog.kql').isVisible(), false);
  });

  for (const [name, options] of Object.entries({ light: { colorScheme: 'light' }, dark: { colorScheme: 'dark' }, 'forced colours': { forcedColors: 'active' } })) {
    onPage(`axe has nothing serious to say of any state, ${name}`, async (page) => {
      await openQuery(page);
      const states = [
        ['an error', `${GATEWAY}\n| where responsecode == 1`, 'kqlens-problems li'],
        ['no row', `${GATEWAY}\n| where ResponseCode == 1`, 'kqlens-result .empty'],
        ['not for here', 'externaldata(a: string) ["x"]', 'kqlens-result .empty[role=alert]'],
        ['rows', `${GATEWAY}\n| take 10`, 'kqlens-result kqlens-grid [role=gridcell]:not(.waiting)'],
        ['columns', `${GATEWAY}\n| summarize Requests = count(), Failed = countif(ResponseCode >= 400) by ApiId\n| render columnchart`, 'kqlens-chart .shapes'],
        ['lines', `${GATEWAY}\n| summarize count() by bin(TimeGenerated, 10m), ApiId\n| render timechart`, 'kqlens-chart canvas'],
      ];
      for (const [state, text, shown] of states) {
        await run(page, text);
        await page.locator(shown).first().waitFor(patience);
        assert.deepEqual(await seriousFindings(page), [], state);
      }
      for (const [view, shown] of [['Statistics', 'kqlens-statistics tbody tr'], ['Plan', 'kqlens-plan tbody tr'], ['Recipes', 'kqlens-recipes .card'], ['Recent', 'kqlens-recent li']]) {
        await page.getByRole('button', { name: view, exact: true }).click();
        await page.locator(shown).first().waitFor(patience);
        if (view === 'Recipes') await page.locator('kqlens-recipes .card > button').first().click();
        assert.deepEqual(await seriousFindings(page), [], view);
      }
    }, options);
  }
});

describe('recipes and recent queries', () => {
  onPage('a recipe is searched, filled in with a value of the rows, run, and copied for a workspace', async (page) => {
    await openQuery(page);
    await page.getByRole('button', { name: 'Recipes' }).click();
    const list = page.locator('kqlens-recipes');
    await list.getByLabel('Search the recipes').fill('happened to this one request');
    await list.locator('.card > button').first().click();
    await list.getByText(/`correlation_id` requires a value/).waitFor(patience);
    assert.equal(await list.locator('#run-recipe').isDisabled(), true);
    const offered = list.locator('#offers-correlation_id option');
    await offered.first().waitFor({ ...patience, state: 'attached' });
    const id = await offered.first().getAttribute('value');
    await list.locator('input[name=correlation_id]').fill(id);
    await list.locator('pre', { hasText: id }).waitFor(patience);
    await list.getByRole('button', { name: 'Copy for AzureDiagnostics' }).click();
    await list.getByRole('button', { name: 'Copied' }).waitFor(patience);
    assert.match(await page.evaluate(() => navigator.clipboard.readText()), /AzureDiagnostics[\s\S]*correlationId_g|AzureDiagnostics[\s\S]*CorrelationId/);
    await list.locator('#run-recipe').click();
    await status(page).filter({ hasText: '1 row ·' }).waitFor(patience);
    assert.match(await textOf(page), /^\/\/ What happened to this one request\?/);
    await list.locator('#insert-recipe').click();
    assert.equal((await textOf(page)).match(/What happened/g).length, 2, 'inserted below what is there');
  });

  onPage('recipes over tables that are not loaded are hidden, or say what they need', async (page) => {
    await openQuery(page);
    await page.getByRole('button', { name: 'Recipes' }).click();
    const list = page.locator('kqlens-recipes');
    await list.locator('.card').first().waitFor(patience);
    const here = await list.locator('.card').count();
    assert.equal(await list.locator('.missing', { hasText: 'not loaded here' }).count(), 0);
    await list.locator('#all').check();
    assert.ok((await list.locator('.card').count()) > here);
    await list.getByText(/Needs ApiManagementGatewayLlmLog, not loaded here/).first().waitFor(patience);
    await list.getByLabel('Search the recipes').fill('nothing has these words');
    await list.getByText('No recipe has these words.').waitFor(patience);
  });

  onPage('queries that ran are kept on the device until they are forgotten', async (page) => {
    await openQuery(page);
    await run(page, 'print Kept = 1');
    await status(page).filter({ hasText: '1 row' }).waitFor(patience);
    await page.reload();
    await openQuery(page);
    await page.getByRole('button', { name: 'Recent' }).click();
    await page.locator('kqlens-recent li', { hasText: 'print Kept = 1' }).waitFor(patience);
    await page.locator('kqlens-recent #forget').click();
    await page.getByText('Queries that were run are listed here').waitFor(patience);
    assert.equal(await page.evaluate(() => localStorage.getItem('kqlens.recent')), null);
  });
});
