// *My query returns nothing*: one step at a time, with what the loaded rows, the query and whoever looks say.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { samples } from '../../www/src/samples.js';
import { loadSample, openQuery, pages, patience, runQuery, seriousFindings } from './harness.mjs';

const [certificate] = samples;
const { onPage } = pages();
const WORKSPACE = '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/logs';
const GET = 'ApiManagementGatewayLogs\n| where ResponseCode >= 100 and Method == "get"';

const dialog = (page) => page.locator('kqlens-empty');
const heading = (page) => dialog(page).locator('h3');
const stop = (page, name) => dialog(page).locator('ol button', { hasText: name });
const shows = (page, title) => dialog(page).locator('h3', { hasText: title }).waitFor(patience);
const made = (page, name, request) => page.evaluate(([called, asked]) => document.querySelector('kqlens-app').session.engine.call('handoff', called, asked), [name, request]);

async function act(page, words) {
  await page.keyboard.press('F1');
  await page.locator('kqlens-palette input:focus').waitFor(patience);
  await page.keyboard.type(words);
  await page.keyboard.press('Enter');
}

/** Asks of a typed query, where nothing is loaded. */
async function ask(page, kql) {
  await page.getByText('Engine ready').waitFor(patience);
  await act(page, 'returns nothing');
  await dialog(page).locator('textarea').fill(kql);
  await dialog(page).getByRole('button', { name: 'Begin' }).click();
  await heading(page).waitFor(patience);
}

/** Asks of a query that found nothing. */
async function askFrom(page, kql) {
  await openQuery(page, certificate);
  await runQuery(page, kql);
  await page.locator('kqlens-result #why-nothing').click(patience);
  await heading(page).waitFor(patience);
}

describe('My query returns nothing', () => {
  onPage('settles by the loaded rows what they can, and begins at what they deny', async (page) => {
    await askFrom(page, GET);
    await shows(page, 'Names and spelling');
    const { steps } = await made(page, 'emptyAnswer', { query: GET });
    assert.deepEqual(await dialog(page).locator('ol button').allTextContents().then((all) => all.map((one) => one.trim().replace(/,.*/, ''))), [...steps.map(({ title }) => title), 'Result']);
    const states = await dialog(page).locator('ol button').evaluateAll((all) => all.map(({ className }) => className));
    const settled = Object.fromEntries(steps.map(({ id }, at) => [id, states[at]]));
    assert.deepEqual(settled, { category: 'yes', mode: '', workspace: settled.workspace, network: '', time: settled.time, delay: '', sampling: '', names: 'no', stages: 'no' });
    assert.notEqual(settled.time, '', 'the rows have a time');
    // Each condition is counted, the wrong one is told with the spelling that the rows have.
    const cells = await dialog(page).locator('.known tbody tr').evaluateAll((rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent)));
    assert.equal(cells.length, 2);
    assert.deepEqual(cells.map(([, rows]) => rows === '0'), [false, true]);
    assert.match(await dialog(page).locator('.doubts').textContent(), /Method is GET in [\d,]+ loaded rows?, not get/);
    assert.match(await dialog(page).locator('.meaning').textContent(), /== and in tell case apart/);
    await dialog(page).locator('.correct').click();
    await dialog(page).locator('dialog[open]').waitFor({ state: 'detached', ...patience });
    assert.equal(await page.evaluate(() => document.querySelector('kqlens-app').session.queries.active.text), GET.replace('"get"', '"GET"'));
    await page.locator('kqlens-query #run').click();
    await page.locator('kqlens-result kqlens-grid').waitFor(patience);
  });

  onPage('shows the rows that a filter dropped', async (page) => {
    await askFrom(page, 'ApiManagementGatewayLogs | where ResponseCode == 299');
    await stop(page, 'The stages').click();
    await dialog(page).locator('#dropped').click();
    const rows = page.locator('kqlens-rows dialog[open]');
    await rows.waitFor(patience);
    assert.match(await rows.locator('h2').textContent(), /where ResponseCode == 299/);
  });

  onPage('goes on by what is answered, back, and to the setting that would change it', async (page) => {
    await ask(page, 'ApiManagementGatewayLlmLog | where ModelName == "gpt"');
    assert.equal(await dialog(page).locator('.known').count(), 0, 'no rows are loaded');
    await dialog(page).getByRole('button', { name: 'It has rows' }).click();
    await shows(page, 'The table they are in');
    await dialog(page).getByRole('button', { name: 'Skip' }).click();
    await shows(page, 'The workspace');
    await dialog(page).locator('#back').click();
    await shows(page, 'The table they are in');
    await dialog(page).getByRole('button', { name: 'It has none' }).click();
    await dialog(page).locator('.meaning').waitFor(patience);
    assert.match(await dialog(page).locator('.meaning pre').textContent(), /AzureDiagnostics[^]*modelName_s == "gpt"/);
    const { steps } = await made(page, 'emptyAnswer', { query: 'ApiManagementGatewayLlmLog | where ModelName == "gpt"' });
    const { fix } = steps.find(({ id }) => id === 'mode');
    await dialog(page).locator('#set-up').click();
    const handoff = page.locator('kqlens-handoff');
    await handoff.locator('dialog[open]').waitFor(patience);
    assert.equal(await dialog(page).locator('dialog[open]').count(), 0);
    assert.equal(await handoff.locator('#field-categories').inputValue(), 'GatewayLlmLogs');
    const { files } = await made(page, fix.artefact, fix.request);
    await handoff.locator('#file pre').waitFor(patience);
    assert.equal(await handoff.locator('#file pre').textContent(), files[0].text);
  });

  onPage('tells in the end what said no, and copies all of it as Markdown', async (page) => {
    const kql = 'ApiManagementGatewayLogs | where TimeGenerated > ago(-1d)';
    await ask(page, kql);
    await shows(page, 'The time');
    assert.match(await dialog(page).locator('.doubts').textContent(), /TimeGenerated > ago\(-1d\) this asks for rows of the future/);
    await dialog(page).getByRole('button', { name: 'It has none' }).click();
    await stop(page, 'The network').click();
    await dialog(page).getByRole('button', { name: 'Yes', exact: true }).click();
    await stop(page, 'Result').click();
    assert.match(await dialog(page).locator('.step').textContent(), /1 step said no[^]*The time/);
    await dialog(page).locator('#copy button').click();
    await dialog(page).getByText('Copied').waitFor(patience);
    const text = await page.evaluate(() => navigator.clipboard.readText());
    const { steps } = await made(page, 'emptyAnswer', { query: kql });
    for (const [at, { title, ifNo }] of steps.entries()) {
      assert.ok(text.includes(`## ${at + 1}. ${title}\n`), title);
      assert.equal(text.includes(ifNo), title === 'The time', title);
    }
    assert.ok(text.includes('**Answer:** this is it') && text.includes('**Answer:** fine') && text.includes('**Answer:** open') && text.includes(kql));
  });

  onPage('opens the query of a step where the workspace is remembered', async (page) => {
    await page.evaluate((workspace) => localStorage.setItem('kqlens.places', JSON.stringify({ workspace })), WORKSPACE);
    await page.reload();
    await ask(page, 'ApiManagementGatewayLogs');
    const link = dialog(page).locator('#open-link');
    await link.waitFor(patience);
    const { steps } = await made(page, 'emptyAnswer', { query: 'ApiManagementGatewayLogs', workspace: WORKSPACE });
    const opened = await made(page, 'decodeLink', await link.getAttribute('href'));
    assert.equal(opened.query, steps[0].kql);
    assert.deepEqual(opened.scope, [WORKSPACE]);
    assert.equal(await link.getAttribute('rel'), 'noopener noreferrer');
    await stop(page, 'The network').click();
    await link.waitFor({ state: 'detached', ...patience });
  });

  onPage('is a way on of a query, with its steps', async (page) => {
    await openQuery(page, certificate);
    await runQuery(page, GET);
    await page.locator('kqlens-query #use').click();
    const handoff = page.locator('kqlens-handoff');
    await handoff.getByRole('tab', { name: 'It returns nothing there' }).click();
    await handoff.locator('h3', { hasText: 'Names and spelling' }).waitFor(patience);
    assert.deepEqual(await handoff.locator('summary').allTextContents(), ['Query']);
    assert.deepEqual(await seriousFindings(page), []);
    await handoff.locator('.correct').click();
    await handoff.locator('dialog[open]').waitFor({ state: 'detached', ...patience });
  });

  onPage('is gone through by keys, and a text stays text', async (page) => {
    const hostile = 'ApiManagementGatewayLogs\n| where ApiId == " <img src=x onerror=alert(1)>"';
    await page.getByText('Engine ready').waitFor(patience);
    await page.locator('kqlens-app #help').focus();
    await act(page, 'returns nothing');
    await dialog(page).locator('textarea:focus').waitFor(patience);
    await page.keyboard.insertText(hostile);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await shows(page, 'Names and spelling');
    await stop(page, 'The time').focus();
    await page.keyboard.press('Enter');
    await shows(page, 'The time');
    await stop(page, 'Names and spelling').focus();
    await page.keyboard.press('Enter');
    await shows(page, 'Names and spelling');
    assert.equal(await page.evaluate(() => document.querySelector('kqlens-app').shadowRoot.querySelector('kqlens-empty').shadowRoot.querySelector('kqlens-empty-steps').shadowRoot.activeElement?.tagName), 'H3');
    assert.match(await dialog(page).locator('.doubts').textContent(), /<img src=x onerror=alert\(1\)>/);
    assert.equal(await dialog(page).locator('img').count(), 0);
    for (let n = 0; n < 12; n++) {
      await page.keyboard.press('Tab');
      const id = await page.evaluate(() => document.querySelector('kqlens-app').shadowRoot.querySelector('kqlens-empty').shadowRoot.querySelector('kqlens-empty-steps').shadowRoot.activeElement?.id);
      if (id === 'no') break;
      assert.ok(n < 11, 'the answer is reached by Tab');
    }
    await page.keyboard.press('Space');
    await dialog(page).locator('.meaning').waitFor(patience);
    await page.keyboard.press('Escape');
    await dialog(page).locator('dialog[open]').waitFor({ state: 'detached', ...patience });
    assert.equal(await page.evaluate(() => document.querySelector('kqlens-app').shadowRoot.activeElement?.id), 'help');
  });

  for (const [theme, width] of [['light', 1280], ['dark', 1280], ['light', 400], ['dark', 320]]) {
    onPage(`can be read in ${theme} at ${width} px`, async (page) => {
      await loadSample(page, certificate);
      await page.evaluate(([name, kql]) => {
        const app = document.querySelector('kqlens-app');
        app.theme = name;
        app.session.whyNothing({ title: 'A query', kql });
      }, [theme, `${GET}\n| where TimeGenerated > ago(-1d)\n| take 0`]);
      await heading(page).waitFor(patience);
      for (const title of ['The rows are sent', 'The table they are in', 'The network', 'The time', 'Names and spelling', 'The stages', 'Result']) {
        await stop(page, title).click();
        await shows(page, title);
        if (title !== 'Result') await dialog(page).locator('#no').click();
        assert.deepEqual(await seriousFindings(page), [], title);
        const { scroll, client } = await dialog(page).locator('dialog').evaluate(({ scrollWidth, clientWidth }) => ({ scroll: scrollWidth, client: clientWidth }));
        assert.ok(scroll <= client, `${title} is ${scroll} px wide, and there are ${client}`);
      }
    }, { viewport: { width, height: 900 } });
  }
});
