// What the browser tests stand on: a server with the strict policy, a Chromium, and a page that
// records every violation of the policy, every error and every request to somewhere else.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { extname, join, normalize } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { samples } from '../../www/src/samples.js';

export const root = fileURLToPath(new URL('../../', import.meta.url));
export const require = createRequire(join(root, 'www/package.json'));
const { chromium } = require('playwright-core');

/** DESIGN invariant 3. */
export const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; "
  + "worker-src 'self' blob:; img-src 'self' data:; manifest-src 'self'";

const TYPES = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm', '.webmanifest': 'application/manifest+json', '.json': 'application/json',
};

/** Serves a folder with the policy on every answer; what lies below a prefix of `mounts` comes from the folder there. */
export async function serveFolder(folder, port = 0, mounts = {}) {
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, 'http://local').pathname));
    const prefix = Object.keys(mounts).find((one) => path.startsWith(one));
    const [from, name] = prefix === undefined ? [folder, path] : [mounts[prefix], path.slice(prefix.length)];
    const file = join(from, name === '' || name.endsWith('/') ? `${name}index.html` : name);
    try {
      const body = await readFile(file);
      response.writeHead(200, { 'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream', 'Content-Security-Policy': POLICY });
      response.end(body);
    } catch {
      response.writeHead(404, { 'Content-Security-Policy': POLICY });
      response.end();
    }
  });
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${server.address().port}/`;
  return { address, close: () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }) };
}

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync',
    ],
  });
}

/** Opens a page that keeps what went wrong in `faults`. */
export async function open(browser, address, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, permissions: ['clipboard-read', 'clipboard-write'], ...options });
  const page = await context.newPage();
  const faults = [];
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    const url = request.url();
    if (new URL(url).origin !== new URL(address).origin && !/^(blob|data):/.test(url)) faults.push(`request to ${url}`);
  });
  await page.addInitScript(() => {
    globalThis.violations = [];
    document.addEventListener('securitypolicyviolation', (event) => {
      globalThis.violations.push(`${event.violatedDirective}: ${event.blockedURI || event.sourceFile}`);
    });
  });
  await page.goto(address);
  return { page, faults, close: () => context.close() };
}

/** Keeps the workers that the page makes from its next load on in `workers`. */
export const keepWorkers = (page) => page.addInitScript(() => {
  const { Worker } = globalThis;
  globalThis.workers = [];
  globalThis.Worker = class extends Worker {
    constructor(...args) {
      super(...args);
      globalThis.workers.push(this);
    }
  };
});

/** What a browser tells of a worker that ran out of memory. */
export const killWorker = (page) => page.evaluate(() => globalThis.workers.at(-1).dispatchEvent(new ErrorEvent('error', { message: 'out of memory', cancelable: true })));

/** Asserts nothing: returns what axe finds that is serious or worse. */
export async function seriousFindings(page) {
  await page.evaluate(await readFile(require.resolve('axe-core/axe.min.js'), 'utf8'));
  return page.evaluate(async () => {
    const { violations } = await globalThis.axe.run(document, { resultTypes: ['violations'] });
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ target, any, all }) => `${JSON.stringify(target)} ${[...any, ...all][0]?.message ?? ''}`).slice(0, 3).join(', ')}`);
  });
}

export const VERDICT = 'kqlens-verdict #headline';
export const patience = { timeout: 30_000 };

/** A server and a browser for the tests of a file. */
export function pages() {
  const stand = {};
  before(async () => {
    stand.server = await serveFolder(join(root, 'www/dist'));
    stand.browser = await launch();
  });
  after(async () => {
    await stand.browser?.close();
    await stand.server?.close();
  });
  /** Serves again at the same address. */
  stand.restart = async () => {
    stand.server = await serveFolder(join(root, 'www/dist'), Number(new URL(stand.server.address).port));
  };
  /** Runs a test on a fresh page; at its end nothing may have gone wrong behind it. */
  const onPage = (name, run, options) => test(name, { timeout: 120_000 }, async () => {
    const { page, faults, close } = await open(stand.browser, stand.server.address, options);
    try {
      await run(page);
      assert.deepEqual(await page.evaluate(() => globalThis.violations), [], 'violations of the policy');
      assert.deepEqual(faults, []);
    } finally {
      await close();
    }
  });
  return { stand, onPage };
}

export async function loadSample(page, { id }) {
  await page.click(`[data-sample=${id}]`);
  await page.waitForSelector(VERDICT, patience);
}

/** Presses *Use it* of the first finding, which may be open. */
export async function useFinding(page) {
  const card = page.locator('kqlens-finding').first();
  if (await card.locator('.head').getAttribute('aria-expanded') === 'false') await card.locator('.head').click();
  await card.locator('#use').click(patience);
  await page.locator('kqlens-handoff dialog[open]').waitFor(patience);
}

/** The tab of queries over the rows of a sample. */
export async function openQuery(page, sample = samples[0]) {
  await loadSample(page, sample);
  await page.getByRole('tab', { name: 'Query', exact: true }).click();
  await page.locator('kqlens-editor .cm-content').waitFor(patience);
}

/** Puts a text in the place of what is in the editor, without what typing would add. */
export async function writeQuery(page, text) {
  await page.locator('kqlens-editor .cm-content').click();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText(text);
  await page.keyboard.press('Escape');
}

export async function runQuery(page, text) {
  if (text !== undefined) await writeQuery(page, text);
  await page.keyboard.press('Shift+Enter');
}

/** The text of an element, that of the shadow roots in it too. */
export function wordsOf(locator) {
  return locator.evaluate((root) => {
    const words = (node) => {
      if (node.nodeType === Node.TEXT_NODE) return node.data;
      if (node instanceof HTMLStyleElement || (node instanceof HTMLElement && node.hidden)) return '';
      return [...(node.shadowRoot ?? node).childNodes].map(words).join('');
    };
    return words(root);
  });
}

/** Drops files on the window, as a user does. */
export async function drop(page, files) {
  await page.evaluate((items) => {
    const transfer = new DataTransfer();
    for (const { name, text } of items) transfer.items.add(new File([text], name));
    for (const type of ['dragenter', 'dragover', 'drop']) {
      window.dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
    }
  }, files);
}
