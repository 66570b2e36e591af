// The page as a user has it: built, served under the strict policy, in a headless Chromium.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { appendFile, mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { samples } from '../../www/src/samples.js';
import { VERDICT, drop, keepWorkers, killWorker, loadSample, open, pages, patience, root, seriousFindings, serveFolder } from './harness.mjs';

const [certificate, tokens, dirty] = samples;
const { stand, onPage } = pages();

const kqlOf = (page) => page.locator('kqlens-finding').first().locator('kqlens-kql pre');

describe('the page', () => {
  onPage('drop a file, see the verdict, open a finding, copy its KQL', async (page) => {
    await drop(page, certificate.files());
    await page.waitForSelector(VERDICT, patience);
    const first = page.locator('kqlens-finding').first();
    const words = await first.locator('article').innerText();
    assert.match(words, /tls\.trust-callback/);
    assert.match(words, /RemoteCertificateValidationCallback/);
    const second = page.locator('kqlens-finding').nth(1);
    await second.locator('button.head').click();
    await second.locator('kqlens-kql pre').waitFor();
    const shown = await kqlOf(page).innerText();
    await first.locator('kqlens-copy button').click();
    await first.locator('kqlens-copy', { hasText: 'Copied' }).waitFor();
    assert.equal((await page.evaluate(() => navigator.clipboard.readText())).trim(), shown.trim());
    await first.getByRole('button', { name: 'AzureDiagnostics' }).click();
    await page.waitForFunction(() => /^AzureDiagnostics/.test(
      document.querySelector('kqlens-app').shadowRoot.querySelector('kqlens-verdict').shadowRoot.querySelector('kqlens-finding')
        .shadowRoot.querySelector('kqlens-kql').shadowRoot.querySelector('pre')?.textContent ?? ''));
  });

  onPage('the verdict of a sample stands within a second of its click', async (page) => {
    await page.waitForFunction(() => /Engine ready/.test(document.querySelector('kqlens-app').shadowRoot.querySelector('footer').textContent));
    const took_ms = await page.evaluate(async ([id, headline]) => {
      const app = document.querySelector('kqlens-app').shadowRoot;
      const [verdict, inside] = headline.split(' ');
      const start = performance.now();
      app.querySelector('kqlens-start').shadowRoot.querySelector(`[data-sample=${id}]`).click();
      while (!app.querySelector(verdict)?.shadowRoot?.querySelector(inside)) await new Promise((resolve) => setTimeout(resolve, 5));
      return performance.now() - start;
    }, [certificate.id, VERDICT]);
    console.log(`click to verdict: ${took_ms.toFixed(0)} ms`);
    // The machine of the tests is shared; a user's is not. What is held here is the order of it.
    assert.ok(took_ms < 4000, `${took_ms} ms`);
  });

  onPage('panels answer with the numbers of the sample, and show their KQL', async (page) => {
    await loadSample(page, certificate);
    const classes = page.locator('kqlens-metrics li');
    await classes.first().waitFor();
    const numbers = (await page.locator('kqlens-metrics li .number:not(.soft)').allInnerTexts()).map((text) => Number(text.replaceAll(',', '')));
    assert.equal(numbers.reduce((sum, n) => sum + n, 0), 4800);
    await page.locator('kqlens-timeline canvas').waitFor();
    await page.locator('kqlens-timeline').getByRole('button', { name: 'Show KQL' }).click();
    const kql = await page.locator('dialog.kql kqlens-kql pre').innerText();
    assert.match(kql, /^ApiManagementGatewayLogs\n/);
    assert.match(kql, /summarize Requests = count\(\) by bin\(TimeGenerated, /);
    await page.keyboard.press('Escape');
    await page.locator('kqlens-timeline').getByRole('button', { name: 'View as table' }).click();
    await page.locator('kqlens-timeline table tbody tr').first().waitFor();
    const api = page.locator('kqlens-top[kind=api] tbody tr').first();
    assert.match(await api.innerText(), /payments-v2|ledger/);
  });

  onPage('the rows behind a number: grid, keyboard, detail, sorting', async (page) => {
    await loadSample(page, certificate);
    await page.locator('kqlens-finding').first().locator('#rows').click();
    const grid = page.locator('kqlens-grid [role=grid]');
    await grid.waitFor();
    await page.locator('kqlens-grid [role=gridcell]:not(.waiting)').first().waitFor();
    const rows = Number(await grid.getAttribute('aria-rowcount')) - 1;
    assert.ok(rows > 100, `${rows} rows`);
    await grid.focus();
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowRight', 'Enter']) await page.keyboard.press(key);
    await page.locator('kqlens-rows aside[aria-label="Row 3"]').waitFor();
    await page.keyboard.press('Control+End');
    await page.locator(`kqlens-rows aside[aria-label="Row ${rows}"]`).waitFor(patience);
    await page.locator('kqlens-grid [role=columnheader] button').first().click();
    await page.locator('kqlens-grid [aria-sort=ascending]').waitFor();
    await page.keyboard.press('Escape');
    await grid.waitFor({ state: 'detached' });
  });

  onPage('a grid of three million rows reaches its last row', async (page) => {
    await page.evaluate(() => document.querySelector('kqlens-app').session.showRows({
      title: 'many', kql: 'range Row from 1 to 3000000 step 1',
    }));
    const grid = page.locator('kqlens-grid [role=grid]');
    await grid.waitFor(patience);
    await grid.focus();
    await page.keyboard.press('Control+End');
    await page.locator('kqlens-grid [role=gridcell]', { hasText: '3000000' }).waitFor(patience);
    await page.keyboard.press('Control+Home');
    await page.locator('kqlens-grid [aria-rowindex="2"]').waitFor(patience);
  });

  onPage('a long read is cancelled, and what was loaded before stays', async (page) => {
    await loadSample(page, tokens);
    const before = await page.locator('kqlens-sources li.source').count();
    const folder = await mkdtemp(join(tmpdir(), 'kqlens-'));
    const file = join(folder, 'long.jsonl');
    const [{ text }] = certificate.files();
    for (let piece = 0; piece < 80; piece++) await appendFile(file, text);
    const part = page.evaluate(async () => {
      const app = document.querySelector('kqlens-app').shadowRoot;
      const seen = (selector) => app.querySelector('kqlens-reading').shadowRoot.querySelector(selector);
      while (!(seen('progress')?.value > 0)) await new Promise((resolve) => setTimeout(resolve));
      seen('#cancel').click();
      return seen('progress').value / seen('progress').max;
    });
    await page.setInputFiles('#more', file);
    assert.ok((await part) < 1, 'it was still being read');
    await page.getByText('Reading was cancelled').waitFor(patience);
    await page.waitForSelector(VERDICT, patience);
    assert.equal(await page.locator('kqlens-sources li.source').count(), before);
    await rm(folder, { recursive: true });
  });

  onPage('files that change or vanish while they are read are named, and the others are read', async (page) => {
    const folder = await mkdtemp(join(tmpdir(), 'kqlens-'));
    const [long, gone, good] = ['long.jsonl', 'gone.jsonl', 'good.jsonl'].map((name) => join(folder, name));
    const [{ text }] = certificate.files();
    for (let piece = 0; piece < 60; piece++) await appendFile(long, text);
    await writeFile(gone, text);
    await writeFile(good, text);
    await page.exposeFunction('spoil', async () => {
      await rm(gone);
      await truncate(long, 1000);
    });
    await loadSample(page, tokens);
    const spoiled = page.evaluate(async () => {
      const app = document.querySelector('kqlens-app').shadowRoot;
      const progress = () => app.querySelector('kqlens-reading').shadowRoot.querySelector('progress');
      while (!(progress()?.value > 0)) await new Promise((resolve) => setTimeout(resolve));
      await globalThis.spoil();
    });
    await page.setInputFiles('#more', [long, gone, good]);
    await spoiled;
    await page.getByText('long.jsonl cannot be read: it changed or vanished while it was read').waitFor(patience);
    await page.getByText('gone.jsonl cannot be read: it changed or vanished while it was read').waitFor(patience);
    const sources = page.locator('kqlens-sources');
    await sources.getByText('good.jsonl').first().waitFor(patience);
    assert.equal(await sources.getByText('long.jsonl').count(), 0, 'no row of it is kept');
    await page.locator('kqlens-finding').first().waitFor(patience);
    await rm(folder, { recursive: true });
  });

  onPage('a folder is read with all that is in it', async (page) => {
    const folder = await mkdtemp(join(tmpdir(), 'kqlens-'));
    const record = (at) => JSON.stringify({ category: 'GatewayLogs', time: '2026-03-03T09:00:00Z', properties: { responseCode: 200, method: 'GET', url: `https://gateway.example/${at}` } });
    for (let hour = 0; hour < 130; hour++) {
      const inside = join(folder, 'export', `d=${hour % 7}`, `h=${hour}`);
      await mkdir(inside, { recursive: true });
      await writeFile(join(inside, 'PT1H.json'), record(hour));
    }
    for (let at = 0; at < 230; at++) await writeFile(join(folder, 'export', `flat-${at}.json`), record(at));
    await writeFile(join(folder, 'export', '.DS_Store'), 'not for us');
    await mkdir(join(folder, 'empty'));
    const browser = await page.context().newCDPSession(page);
    const dropPath = async (path) => {
      const data = { items: [], files: [path], dragOperationsMask: 1 };
      for (const type of ['dragEnter', 'dragOver', 'drop']) await browser.send('Input.dispatchDragEvent', { type, x: 400, y: 300, data });
    };
    await dropPath(join(folder, 'export'));
    await page.waitForFunction(() => document.querySelector('kqlens-app').session.phase === 'ready', null, { timeout: 60_000 });
    const [n_sources, rows, name] = await page.evaluate(() => {
      const { sources } = document.querySelector('kqlens-app').session;
      return [sources.length, sources.reduce((sum, source) => sum + source.rows, 0), sources[0].name];
    });
    assert.deepEqual([n_sources, rows, name], [360, 360, 'export/d=0/h=0/PT1H.json']);
    await dropPath(join(folder, 'empty'));
    await page.getByText('There is no file in what was dropped').waitFor(patience);
    await rm(folder, { recursive: true });
  });

  onPage('pasted rows are read', async (page) => {
    const [{ text }] = certificate.files();
    await page.evaluate((lines) => {
      const transfer = new DataTransfer();
      transfer.setData('text/plain', lines);
      document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true, composed: true }));
    }, text.split('\n').slice(2500, 3000).join('\n'));
    await page.waitForSelector(VERDICT, patience);
    assert.match(await page.locator('kqlens-sources section').innerText(), /pasted-1/);
  });

  onPage('a dirty export: its rejects are shown with their text', async (page) => {
    await loadSample(page, dirty);
    const sources = page.locator('kqlens-sources');
    await sources.locator('summary').first().click();
    assert.match(await sources.locator('section').innerText(), /export resumed after a timeout/);
  });

  onPage('log text is never markup', async (page) => {
    const [{ text }] = certificate.files();
    const record = JSON.parse(text.split('\n')[0]);
    record.properties.apiId = '<img src=x onerror=alert(1)>';
    record.properties.responseCode = 500;
    await drop(page, [{ name: '<b>name</b>.json', text: `${JSON.stringify(record)}\n`.repeat(20) }]);
    await page.waitForSelector(VERDICT, patience);
    await page.locator('kqlens-top[kind=api] tbody tr').first().waitFor();
    assert.match(await page.locator('kqlens-top[kind=api] section').innerText(), /<img src=x/);
    assert.equal(await page.locator('img, kqlens-sources b').count(), 0);
  });

  for (const [name, text] of [['empty.json', ''], ['picture.png', '\u0089PNG\r\n\u001a\n\u0000\u0000'], ['words.txt', 'nothing to see here']]) {
    onPage(`${name} gives an answer in words and the page goes on`, async (page) => {
      await drop(page, [{ name, text }]);
      await page.locator('.notice p, kqlens-sources li.source, kqlens-verdict h1').first().waitFor(patience);
      await drop(page, certificate.files());
      await page.locator('kqlens-finding').first().waitFor(patience);
    });
  }

  onPage('a file that is loaded twice counts once, or twice', async (page) => {
    await drop(page, certificate.files());
    await page.waitForSelector(VERDICT, patience);
    const headline = await page.locator(VERDICT).innerText();
    const [{ name, text }] = certificate.files();
    await drop(page, [{ name: `copy of ${name}`, text }]);
    await page.getByText('that earlier sources have too, counted once').waitFor(patience);
    await page.waitForSelector(VERDICT, patience);
    assert.equal(await page.locator(VERDICT).innerText(), headline);
    await page.getByLabel('Count rows that several sources have once').uncheck();
    await page.getByText('counted once').waitFor({ ...patience, state: 'detached' });
    await page.locator('kqlens-verdict').getByText('9,600').first().waitFor(patience);
  });

  test('the built files work below any path of a plain static server', { timeout: 120_000 }, async () => {
    const server = await serveFolder(tmpdir(), 0, { '/tools/logs/kqlens/': join(root, 'www/dist') });
    const { page, faults, close } = await open(stand.browser, `${server.address}tools/logs/kqlens/`);
    try {
      await loadSample(page, certificate);
      await page.getByRole('tab', { name: 'Query' }).click();
      await page.locator('kqlens-editor .cm-content').waitFor(patience);
      await page.evaluate(() => navigator.serviceWorker.ready);
      assert.deepEqual(faults, []);
    } finally {
      await close();
      await server.close();
    }
  });

  test('a dead worker is replaced and the sources are read again', { timeout: 120_000 }, async () => {
    const { page, close } = await open(stand.browser, stand.server.address);
    try {
      await keepWorkers(page);
      await page.reload();
      await loadSample(page, certificate);
      const headline = await page.locator(VERDICT).innerText();
      await killWorker(page);
      await page.getByText('was restarted').waitFor(patience);
      await page.waitForSelector(VERDICT, patience);
      assert.equal(await page.locator(VERDICT).innerText(), headline);
      assert.equal(await page.evaluate(() => globalThis.workers.length), 2);
    } finally {
      await close();
    }
  });
});

describe('after the engine stopped', () => {
  test('a file that is gone is named, and the others are read again', { timeout: 120_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kqlens-'));
    const [gone, kept] = ['gone.jsonl', 'kept.jsonl'].map((name) => join(folder, name));
    await writeFile(gone, '{"a":1}\n{"a":2}');
    await writeFile(kept, certificate.files()[0].text);
    const { page, close } = await open(stand.browser, stand.server.address);
    try {
      await keepWorkers(page);
      await page.reload();
      await page.setInputFiles('kqlens-start #files', [gone, kept]);
      await page.waitForSelector(VERDICT, patience);
      await rm(gone);
      await killWorker(page);
      await page.getByText('gone.jsonl could not be read again').waitFor(patience);
      await page.waitForSelector(VERDICT, patience);
      assert.deepEqual(await page.locator('kqlens-sources .source .name').allInnerTexts(), ['kept.jsonl']);
    } finally {
      await close();
      await rm(folder, { recursive: true });
    }
  });
});

describe('for everybody', () => {
  for (const colorScheme of ['light', 'dark']) {
    onPage(`axe finds nothing serious, ${colorScheme}`, async (page) => {
      assert.deepEqual(await seriousFindings(page), [], 'start');
      await loadSample(page, dirty);
      await page.locator('kqlens-timeline canvas').waitFor(patience);
      assert.deepEqual(await seriousFindings(page), [], 'verdict');
      await page.locator('kqlens-metrics').getByRole('button', { name: 'Show KQL' }).click();
      assert.deepEqual(await seriousFindings(page), [], 'KQL');
      await page.keyboard.press('Escape');
      await page.locator('kqlens-finding').first().locator('#rows').click();
      await page.locator('kqlens-grid [role=gridcell]:not(.waiting)').first().click();
      await page.locator('kqlens-rows aside').waitFor();
      assert.deepEqual(await seriousFindings(page), [], 'rows');
    }, { colorScheme, reducedMotion: 'reduce' });
  }

  for (const width of [320, 400, 800, 1280, 2560]) {
    onPage(`nothing overflows at ${width} pixels`, async (page) => {
      const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.ok((await overflow()) <= 0, 'start');
      await loadSample(page, certificate);
      await page.locator('kqlens-timeline canvas').waitFor(patience);
      assert.ok((await overflow()) <= 0, 'verdict');
    }, { viewport: { width, height: 900 } });
  }

  onPage('a keyboard alone gets from the start to the KQL', async (page) => {
    const focused = () => page.evaluate(() => {
      let element = document.activeElement;
      while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
      return element?.getAttribute('data-sample') ?? element?.className ?? '';
    });
    const tabTo = async (wanted) => {
      for (let step = 0; step < 60; step++) {
        if ((await focused()) === wanted) return;
        await page.keyboard.press('Tab');
      }
      assert.fail(`no way to ${wanted}`);
    };
    await tabTo('certificate');
    await page.keyboard.press('Enter');
    await page.waitForSelector(VERDICT, patience);
    await tabTo('head');
    const head = page.locator('kqlens-finding').first().locator('button.head');
    assert.equal(await head.getAttribute('aria-expanded'), 'true');
    await page.keyboard.press('Enter');
    assert.equal(await head.getAttribute('aria-expanded'), 'false');
    await page.keyboard.press('Enter');
    await kqlOf(page).waitFor();
  });
});
