// Conversations with language models: found, read, hidden, counted, and exported without secrets.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'node:test';
import { ledger, plantedSecrets, samples } from '../../www/src/samples.js';
import { VERDICT, drop, keepWorkers, killWorker, loadSample, pages, patience, seriousFindings, wordsOf } from './harness.mjs';

const [certificate, tokens] = samples;
const { onPage } = pages();

async function openConversations(page) {
  await loadSample(page, tokens);
  await page.getByRole('tab', { name: 'Conversations' }).click();
  await firstCell(page).waitFor(patience);
}

const firstCell = (page) => page.locator('kqlens-calls kqlens-grid [role=gridcell]:not(.waiting)').first();
const conversation = (page) => page.locator('kqlens-conversation article');
const status = (page) => page.locator('kqlens-calls [role=status]');

/** Searches a phrase of one call, and opens it. */
async function openCallWith(page, phrase) {
  await page.locator('kqlens-calls #search').fill(phrase);
  await page.waitForFunction(() => /^1 of /.test(document.querySelector('kqlens-app').shadowRoot.querySelector('kqlens-conversations').shadowRoot
    .querySelector('kqlens-calls').shadowRoot.querySelector('[role=status]').textContent), null, patience);
  await firstCell(page).click();
  await page.locator('kqlens-conversation .message').first().waitFor(patience);
}

/** What a button hands to the browser as a file. */
async function downloaded(page, press) {
  const [file] = await Promise.all([page.waitForEvent('download', patience), press()]);
  return readFile(await file.path(), 'utf8');
}

const secretsIn = (text) => plantedSecrets.filter((secret) => text.includes(secret) || text.includes(JSON.stringify(secret).slice(1, -1)));

describe('conversations', () => {
  onPage('search a phrase, read the conversation, hide the text, export without a secret', async (page) => {
    await openConversations(page);
    await openCallWith(page, 'upload job fails');
    const said = await wordsOf(conversation(page));
    assert.match(said, /You help developers of the shop/);
    assert.ok(said.includes(plantedSecrets[0]), 'on the local screen the text is whole');
    assert.equal(await page.locator('kqlens-conversation mark.hit').first().innerText(), 'upload job fails');
    const secret = page.locator('kqlens-conversation mark:not(.hit)').first();
    await secret.waitFor(patience);
    assert.ok((await secret.getAttribute('title')).length > 3, 'a mark says what it is');

    await page.locator('#hide').check();
    await page.getByText('Text hidden').first().waitFor(patience);
    await page.locator('kqlens-calls kqlens-grid [role=columnheader]', { hasText: 'Text' }).waitFor({ state: 'detached' });
    const hidden = await wordsOf(page.locator('kqlens-app'));
    assert.match(hidden, /Text hidden/);
    assert.doesNotMatch(hidden, /developers of the shop|fails\. These/);
    await page.locator('kqlens-conversation #copy button').click();
    await page.locator('kqlens-conversation #copy', { hasText: 'Copied' }).waitFor(patience);
    assert.doesNotMatch(await page.evaluate(() => navigator.clipboard.readText()), /developers of the shop|fails\. These/);
    await page.locator('#hide').uncheck();

    await page.locator('#export').click();
    const dialog = page.locator('kqlens-export dialog');
    assert.equal(await dialog.locator('#mask').isChecked(), true);
    assert.equal(await dialog.locator('#text').isChecked(), false, 'text stays here unless it is said otherwise');
    const silent = await downloaded(page, () => dialog.locator('#jsonl').click());
    assert.equal(silent.trim().split('\n').length, ledger().total.calls);
    assert.doesNotMatch(silent, /developers of the shop/);
    await dialog.locator('#text').check();
    for (const way of ['jsonl', 'markdown']) {
      const text = await downloaded(page, () => dialog.locator(`#${way}`).click());
      assert.match(text, /You help developers of the shop/, way);
      assert.deepEqual(secretsIn(text), [], way);
    }
    const sums = await downloaded(page, () => dialog.locator('#sums').click());
    assert.match(sums, /gpt-4o-2024-11-20/);
    assert.deepEqual(secretsIn(sums), []);
    await dialog.locator('#mask').uncheck();
    const open = await downloaded(page, () => dialog.locator('#jsonl').click());
    assert.ok(secretsIn(open).length >= 15, 'the secrets are in what is exported, or the check above would be idle');
  });

  onPage('copies are masked, and rows leave without the text of messages', async (page) => {
    await openConversations(page);
    await openCallWith(page, 'upload job fails');
    await page.locator('kqlens-conversation #copy button').click();
    await page.locator('kqlens-conversation #copy', { hasText: 'Copied' }).waitFor(patience);
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(copied, /You help developers of the shop/);
    assert.deepEqual(secretsIn(copied), []);
    await page.locator('kqlens-conversation').getByRole('button', { name: 'Rows', exact: true }).click();
    await page.locator('kqlens-rows [role=gridcell]:not(.waiting)').first().waitFor(patience);
    const rows = await downloaded(page, () => page.locator('kqlens-rows').getByRole('button', { name: 'JSON' }).click());
    assert.doesNotMatch(rows, /developers of the shop/);
  });

  onPage('the numbers are those of the ledger', async (page) => {
    await openConversations(page);
    const { total, model, subscription } = ledger();
    const number = (n) => n.toLocaleString('en-US');
    const figures = await page.locator('kqlens-conversations .figures').innerText();
    assert.ok(figures.includes(number(total.calls)) && figures.includes(number(total.totalTokens)), figures);
    await page.getByRole('button', { name: 'Tokens and cost' }).click();
    const table = page.locator('kqlens-spend table').first();
    for (const [dimension, sums] of [['model', model], ['subscription', subscription]]) {
      await page.locator('kqlens-spend #by').selectOption(dimension);
      const [largest, { calls, totalTokens }] = Object.entries(sums).sort(([, a], [, b]) => b.totalTokens - a.totalTokens)[0];
      await table.locator('tr', { hasText: largest }).waitFor(patience);
      const row = await table.locator('tr', { hasText: largest }).innerText();
      assert.ok(row.includes(number(calls)) && row.includes(number(totalTokens)), row);
    }
    await page.locator('kqlens-series canvas').first().waitFor(patience);
    await page.locator('kqlens-spend').getByRole('button', { name: 'Show KQL' }).first().click();
    const kql = page.locator('dialog.kql kqlens-kql pre');
    assert.match(await kql.innerText(), /^LlmCalls\b/);
    await page.locator('dialog.kql').getByRole('button', { name: 'Resource-specific' }).click();
    assert.match(await kql.innerText(), /ApiManagementGatewayLlmLog/);
  });

  onPage('filters narrow the list; a keyboard alone opens a call and comes back', async (page) => {
    await openConversations(page);
    await page.locator('kqlens-calls #model').selectOption('text-embedding-3-large');
    const { calls } = ledger().model['text-embedding-3-large'];
    await page.getByText(`${calls} of `).waitFor(patience);
    await page.locator('#all').click();
    assert.equal(await page.locator('kqlens-calls #model').inputValue(), '', 'what is cleared looks cleared');
    await page.locator('kqlens-calls #completeness').selectOption('cannotTell');
    await page.getByText(/^\d+ of /).waitFor(patience);
    assert.ok(Number((await status(page).innerText()).split(' ')[0].replace(',', '')) < 100);
    const grid = page.locator('kqlens-calls kqlens-grid [role=grid]');
    await grid.focus();
    await page.keyboard.press('Enter');
    await page.locator('kqlens-conversation h3:focus').waitFor(patience);
    await page.keyboard.press('Escape');
    await page.locator('kqlens-calls kqlens-grid [role=grid]:focus').waitFor(patience);
  });

  onPage('text of a log is text: marks are seen, markup is not run, a picture is not loaded', async (page) => {
    await openConversations(page);
    await openCallWith(page, 'alert(1)');
    const text = page.locator('kqlens-conversation kqlens-text').first();
    assert.match(await wordsOf(text), /<img src=x onerror=alert\(1\)> see javascript:alert\(1\)/);
    assert.match(await page.locator('kqlens-calls kqlens-grid [role=gridcell]', { hasText: '<img' }).innerText(), /⟨BEL⟩/);
    assert.deepEqual((await text.locator('.control').allInnerTexts()).slice(0, 2), ['RLO', 'PDF']);
    assert.equal(await page.locator('kqlens-conversation img, kqlens-conversation a').count(), 0);
    await openCallWith(page, 'broken on this picture');
    assert.match(await page.locator('kqlens-conversation .media').innerText(), /Image\s*image\/png, [\d.]+ kB/);
  });

  onPage('prices: what is wrong is said, what is right is used, kept and forgotten', async (page) => {
    await openConversations(page);
    const use = async (text) => {
      await page.locator('kqlens-prices textarea').fill(text);
      await page.getByRole('button', { name: 'Use these prices' }).click();
    };
    await page.locator('kqlens-conversations #prices').click();
    await use('{"currency":"EUR","prices":[{"model":"gpt-4o-2024-11-20","prompt":1,"completion":2}]}');
    await page.locator('kqlens-prices [role=alert]').waitFor(patience);
    await use(JSON.stringify({ currency: 'EUR', prices: [{ modelPattern: 'gpt.*', per: 1_000_000, prompt: 2, completion: 8 }] }));
    await page.getByText('kept on this device').last().waitFor(patience);
    await page.keyboard.press('Escape');
    const { model } = ledger();
    const priced = ['gpt-4o-2024-11-20', 'gpt-4.1-mini-2025-04-14'].map((name) => model[name]);
    const cost = priced.reduce((sum, { promptTokens, completionTokens }) => sum + promptTokens * 2 + completionTokens * 8, 0) / 1_000_000;
    await page.locator('kqlens-conversations .figures', { hasText: `${cost.toFixed(2)} EUR` }).waitFor(patience);
    assert.match(await page.evaluate(() => localStorage.getItem('kqlens.prices')), /gpt\.\*/);
    await page.locator('kqlens-conversations #prices').click();
    await page.locator('#forget').click();
    await page.waitForFunction(() => localStorage.getItem('kqlens.prices') === null);
  });

  onPage('rules of masking: switched off, added, refused, kept', async (page) => {
    await openConversations(page);
    await openCallWith(page, 'connected from');
    const marks = async () => (await page.locator('kqlens-conversation mark').allInnerTexts()).join('\n');
    await page.locator('kqlens-conversation mark', { hasText: 'maria.keller@' }).first().waitFor(patience);
    const masking = page.locator('kqlens-masking');
    await page.locator('kqlens-conversations #masking').click();
    const use = async (rules) => {
      await masking.locator('#own').fill(rules);
      await masking.getByRole('button', { name: 'Use these rules' }).click();
    };
    await use('[{"id":"customer","pattern":"Mari(a"}]');
    await masking.locator('[role=alert]').waitFor(patience);
    await masking.getByLabel(/mail/i).first().uncheck();
    await use('[{"id":"customer","title":"Name of a customer","pattern":["Maria Keller"]}]');
    await masking.locator('[role=status]').waitFor(patience);
    await page.keyboard.press('Escape');
    await page.locator('kqlens-conversation mark', { hasText: 'Maria Keller' }).first().waitFor(patience);
    assert.doesNotMatch(await marks(), /maria\.keller@/);
    await page.locator('kqlens-conversation #copy button').click();
    await page.locator('kqlens-conversation #copy', { hasText: 'Copied' }).waitFor(patience);
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert.ok(copied.includes('maria.keller@') && !copied.includes('Maria Keller'), copied.slice(0, 400));
    await page.reload();
    await openConversations(page);
    await openCallWith(page, 'connected from');
    await page.locator('kqlens-conversation mark', { hasText: 'Maria Keller' }).first().waitFor(patience);
  });

  onPage('tools, sessions and connections beside the calls', async (page) => {
    await openConversations(page);
    await page.getByRole('button', { name: 'MCP', exact: true }).click();
    await page.locator('kqlens-agents td', { hasText: 'refund_order' }).first().waitFor(patience);
    await page.locator('kqlens-agents td', { hasText: 'ToolExecutionError' }).first().waitFor(patience);
    await page.getByRole('button', { name: 'WebSocket', exact: true }).click();
    await page.locator('kqlens-web-sockets td', { hasText: 'ConnectionEstablished' }).waitFor(patience);
    await page.locator('kqlens-web-sockets').getByRole('button', { name: 'ConnectionEstablished' }).click();
    await page.locator('kqlens-rows [role=gridcell]:not(.waiting)').first().waitFor(patience);
  });

  onPage('logged bodies of a gateway row are read as a conversation', async (page) => {
    const [{ text }] = certificate.files();
    const record = JSON.parse(text.split('\n')[0]);
    Object.assign(record.properties, {
      requestBody: JSON.stringify({ model: 'claude', max_tokens: 100, system: 'Be brief.', messages: [{ role: 'user', content: 'Hello there' }] }),
      responseBody: JSON.stringify({ type: 'message', role: 'assistant', content: [{ type: 'text', text: 'Good day.' }], stop_reason: 'end_turn' }),
    });
    await drop(page, [{ name: 'bodies.json', text: `${JSON.stringify(record)}\n` }]);
    await page.locator('kqlens-sources').getByRole('button', { name: 'ApiManagementGatewayLogs' }).click();
    await page.locator('kqlens-rows [role=gridcell]:not(.waiting)').first().click();
    await page.getByRole('button', { name: 'Read as a conversation' }).click();
    const said = page.locator('kqlens-rows kqlens-conversation');
    await said.locator('.message').nth(2).waitFor(patience);
    assert.match(await wordsOf(said), /Be brief\.[^]*Hello there[^]*Good day\./);
    await said.locator('h3').focus();
    await page.keyboard.press('Escape');
    await page.locator('kqlens-rows aside').waitFor(patience);
  });

  onPage('a limit that is typed, a problem that is followed, tabs by arrow keys', async (page) => {
    await openConversations(page);
    await page.getByRole('button', { name: 'Limits and problems' }).click();
    await page.locator('#limit').fill('25000');
    await page.locator('kqlens-limits th', { hasText: 'Minutes above' }).waitFor(patience);
    assert.match(await page.locator('kqlens-limits').locator('tr', { hasText: 'mini-eu' }).first().innerText(), /\d+ %/);
    await page.locator('kqlens-limits').getByRole('button', { name: 'Show the calls with header-missing' }).click();
    await page.getByText('1 of ').waitFor(patience);
    await firstCell(page).click();
    await page.locator('kqlens-conversation .problems').waitFor(patience);
    await page.getByRole('tab', { name: 'Conversations' }).focus();
    for (let step = 0; step < 3; step++) await page.keyboard.press('ArrowLeft');
    await page.locator('kqlens-verdict').waitFor(patience);
    assert.equal(await page.getByRole('tab', { name: 'What broke' }).getAttribute('aria-selected'), 'true');
    for (let step = 0; step < 3; step++) await page.keyboard.press('ArrowRight');
    await page.locator('kqlens-conversation .problems').waitFor(patience);
  });

  onPage('putting many calls together is cancelled, and done when it is asked for again', async (page) => {
    const { text } = tokens.files().find(({ name }) => name === 'llm-query.json');
    const response = JSON.parse(text);
    const [table] = response.tables;
    const id = table.columns.findIndex(({ name }) => name === 'CorrelationId');
    const copies = Array.from({ length: 40 }, (_, copy) => table.rows.map((row) => row.toSpliced(id, 1, `${copy}-${row[id]}`)));
    const folder = await mkdtemp(join(tmpdir(), 'kqlens-'));
    const file = join(folder, 'many.json');
    await writeFile(file, JSON.stringify({ tables: [{ ...table, rows: copies.flat() }] }));
    await page.setInputFiles('#files', file);
    await page.waitForSelector(VERDICT, { timeout: 90_000 });
    await page.evaluate(async () => {
      const app = document.querySelector('kqlens-app').shadowRoot;
      app.querySelector('#tab-conversations').click();
      const cancel = () => app.querySelector('kqlens-conversations')?.shadowRoot?.querySelector('#cancel');
      while (!cancel()) await new Promise((resolve) => setTimeout(resolve));
      cancel().click();
    });
    await page.getByText('were not put together').waitFor(patience);
    await page.getByRole('button', { name: 'Put the calls together' }).click();
    await firstCell(page).waitFor(patience);
    await rm(folder, { recursive: true });
  });

  onPage('an engine that died puts the calls together again', async (page) => {
    await keepWorkers(page);
    await page.reload();
    await openConversations(page);
    await openCallWith(page, 'upload job fails');
    const figures = await page.locator('kqlens-conversations .figures').innerText();
    await killWorker(page);
    await page.getByText('was restarted').waitFor(patience);
    await page.getByText('1 of ').waitFor(patience);
    assert.equal(await page.locator('kqlens-conversations .figures').innerText(), figures);
    await firstCell(page).click();
    await page.locator('kqlens-conversation .message').first().waitFor(patience);
  });

  onPage('without calls there is no tab of conversations', async (page) => {
    await drop(page, certificate.files());
    await page.locator('kqlens-finding').first().waitFor(patience);
    assert.equal(await page.getByRole('tab', { name: 'Conversations' }).count(), 0);
  });

  for (const colorScheme of ['light', 'dark']) {
    onPage(`axe finds nothing serious, ${colorScheme}`, async (page) => {
      const check = async (state) => assert.deepEqual(await seriousFindings(page), [], state);
      await openConversations(page);
      await check('calls');
      await openCallWith(page, 'upload job fails');
      await page.locator('kqlens-conversation mark:not(.hit)').first().waitFor(patience);
      await check('a conversation');
      await page.locator('#hide').check();
      await page.getByText('Text hidden').first().waitFor(patience);
      await check('hidden text');
      await page.locator('#export').click();
      await check('export');
      await page.keyboard.press('Escape');
      await page.locator('kqlens-conversations #prices').click();
      await check('prices');
      await page.keyboard.press('Escape');
      await page.locator('kqlens-conversations #masking').click();
      await page.locator('kqlens-masking li').first().waitFor(patience);
      await check('masking');
      await page.keyboard.press('Escape');
      for (const view of ['Tokens and cost', 'Limits and problems', 'MCP', 'WebSocket']) {
        await page.getByRole('button', { name: view, exact: true }).click();
        await page.locator('kqlens-conversations table').first().waitFor(patience);
        await check(view);
      }
    }, { colorScheme, reducedMotion: 'reduce' });
  }

  for (const width of [400, 1280]) {
    onPage(`nothing overflows at ${width} pixels`, async (page) => {
      const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      await openConversations(page);
      assert.ok((await overflow()) <= 0, 'calls');
      await openCallWith(page, 'upload job fails');
      assert.ok((await overflow()) <= 0, 'a conversation');
      for (const view of ['Tokens and cost', 'Limits and problems', 'MCP', 'WebSocket']) {
        await page.getByRole('button', { name: view, exact: true }).click();
        await page.locator('kqlens-conversations table').first().waitFor(patience);
        assert.ok((await overflow()) <= 0, view);
      }
    }, { viewport: { width, height: 900 } });
  }
});
