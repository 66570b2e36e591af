// The element in pages that are not ours, each under the policy of its host.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { samples } from '../../www/src/samples.js';
import { launch, open, patience, root, serveFolder } from './harness.mjs';

const [certificate, , dirty] = samples;
let server;
let browser;

before(async () => {
  server = await serveFolder(join(root, 'www/examples'), 0, { '/kqlens/': join(root, 'www/dist'), '/npm/': join(root, 'target/npm/kqlens/dist') });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.close();
});

describe('in a plain page', () => {
  test('two elements stand side by side, each for itself, and leave the page as it was', { timeout: 120_000 }, async () => {
    const { page, faults, close } = await open(browser, `${server.address}plain.html`);
    try {
      await page.getByText('west is ready').waitFor(patience);
      await page.getByText('north is ready').waitFor(patience);
      const [{ name, text }] = certificate.files();
      await page.evaluate(async ([file, content]) => (await import('/plain.js')).read('west', file, content), [name, text]);
      await page.locator('#west').getByText('4,800').first().waitFor(patience);
      assert.equal(await page.locator('#north kqlens-start').count(), 1, 'the other one is empty still');
      const [, other] = dirty.files();
      await page.evaluate(async ([file, content]) => (await import('/plain.js')).read('north', file, content), [other.name, other.text]);
      await page.locator('#north kqlens-sources').getByText('app-requests.csv').first().waitFor(patience);
      assert.equal(await page.locator('#west kqlens-sources').getByText('app-requests.csv').count(), 0);
      const asked = await page.evaluate(async () => {
        const app = document.querySelector('#west');
        const told = [];
        app.addEventListener('result', ({ detail }) => told.push(detail));
        const { columns, rows } = await app.run('ApiManagementGatewayLogs | summarize Failures = countif(ResponseCode == 500)');
        const refused = await app.run('Nothing').catch(({ code }) => code);
        const state = app.save();
        return { columns, rows, told: told.length, refused, state, back: app.restore(state), wrong: [null, {}, { ...state, version: 2 }, { ...state, tab: '<b>' }, { ...state, queries: [1] }].map((one) => app.restore(one)) };
      });
      assert.deepEqual([asked.columns, asked.rows, asked.told], [[{ name: 'Failures', type: 'long' }], [[746]], 1]);
      assert.match(asked.refused, /^KQL/);
      assert.deepEqual([asked.back, asked.wrong], [true, [false, false, false, false, false]]);
      assert.deepEqual(asked.state, { version: 1, theme: 'light', tab: 'verdict', queries: [] });
      const look = await page.evaluate(() => ({
        body: getComputedStyle(document.body).fontFamily,
        heading: getComputedStyle(document.querySelector('h1')).fontFamily,
        inside: getComputedStyle(document.querySelector('#west').shadowRoot.querySelector('#clear')).textTransform,
        sheets: document.styleSheets.length + document.adoptedStyleSheets.length,
        schemes: [...document.querySelectorAll('kqlens-app')].map((app) => getComputedStyle(app).colorScheme),
      }));
      assert.match(look.body, /Georgia/);
      assert.match(look.heading, /Georgia/);
      assert.equal(look.inside, 'none', 'styles of the page stay outside');
      assert.equal(look.sheets, 1, 'and none come from inside');
      assert.deepEqual(look.schemes, ['light', 'dark']);
      assert.deepEqual(await page.evaluate(() => globalThis.violations), []);
      assert.deepEqual(faults, []);
    } finally {
      await close();
    }
  });
});

/** Opens the plain page of examples; at its end nothing may have gone wrong behind it. */
const onPlain = (name, run) => test(name, { timeout: 120_000 }, async () => {
  const { page, faults, close } = await open(browser, `${server.address}plain.html`);
  try {
    await page.getByText('north is ready').waitFor(patience);
    await run(page, faults);
    assert.deepEqual(await page.evaluate(() => globalThis.violations), []);
    assert.deepEqual(faults, []);
  } finally {
    await close();
  }
});
const set = (page, id, attributes) => page.evaluate(([name, all]) => {
  for (const [key, value] of Object.entries(all)) document.querySelector(`#${name}`)[value === null ? 'removeAttribute' : 'setAttribute'](key, value);
}, [id, attributes]);

describe('attributes and properties of the element', () => {
  onPlain('density makes rows and controls lower, and the grid shows more of them', async (page) => {
    await page.evaluate(async ([{ name, text }]) => document.querySelector('#west').load([new File([text], name)]), certificate.files());
    await page.evaluate(() => document.querySelector('#west').session.showRows({ title: 'many', kql: 'range Row from 1 to 5000 step 1' }));
    const rows = page.locator('#west kqlens-grid .row');
    await rows.first().waitFor(patience);
    const grid = page.locator('#west kqlens-grid [role=grid]');
    const heights = async () => [(await rows.nth(1).boundingBox()).height, (await page.locator('#west #clear').boundingBox()).height];
    assert.deepEqual(await heights(), [28, 32]);
    await grid.evaluate((view) => { view.scrollTop = 28 * 1000; });
    await page.locator('#west kqlens-grid [aria-rowindex="1002"]').waitFor(patience);
    await set(page, 'west', { density: 'compact' });
    await page.waitForFunction(() => document.querySelector('#west').shadowRoot.querySelector('kqlens-rows').shadowRoot.querySelector('kqlens-grid').rowHeight === 22, null, patience);
    assert.deepEqual(await heights(), [22, 28]);
    await page.waitForFunction(() => {
      const view = document.querySelector('#west').shadowRoot.querySelector('kqlens-rows').shadowRoot.querySelector('kqlens-grid').shadowRoot.querySelector('.view');
      return view.scrollTop === 22 * 1000;
    }, null, patience);
    await grid.focus();
    await page.keyboard.press('Control+End');
    await page.locator('#west kqlens-grid [role=gridcell]', { hasText: '5000' }).waitFor(patience);
  });

  onPlain('lang writes numbers and times; a language that is none is English', async (page) => {
    await set(page, 'west', { lang: 'de' });
    await page.evaluate(async ([{ name, text }]) => document.querySelector('#west').load([new File([text], name)]), certificate.files());
    await page.locator('#west').getByText('4.800').first().waitFor(patience);
    await page.locator('#west kqlens-sources').getByText(/\b\d+\.\d+\.2026/).first().waitFor(patience);
    for (const lang of ['not a language', 'xx', '<b>', 'en']) {
      await set(page, 'west', { lang });
      await page.locator('#west').getByText('4,800').first().waitFor(patience);
      await set(page, 'west', { lang: 'de' });
      await page.locator('#west').getByText('4.800').first().waitFor(patience);
    }
  });

  onPlain('readonly adds, removes and writes nothing, and queries are run', async (page) => {
    await set(page, 'west', { readonly: '' });
    await page.locator('#west').getByText('Nothing is loaded').waitFor(patience);
    assert.equal(await page.locator('#west kqlens-start').count(), 0);
    await page.evaluate(async ([{ name, text }]) => document.querySelector('#west').load([new File([text], name)]), certificate.files());
    await page.locator('#west').getByText('4,800').first().waitFor(patience);
    for (const control of ['#add', '#clear', 'kqlens-sources .source > .bar > button']) assert.equal(await page.locator(`#west ${control}`).count(), 0, control);
    await page.locator('#west #share').click();
    await page.locator('#west kqlens-share #html').waitFor(patience);
    assert.equal(await page.locator('#west kqlens-share #workspaces').count(), 0);
    await page.keyboard.press('Escape');
    await page.evaluate(() => {
      const app = document.querySelector('#west');
      app.query = 'print Answer = 6 * 7';
      app.session.showTab('query');
    });
    await page.locator('#west kqlens-editor .cm-content', { hasText: 'print Answer' }).click(patience);
    await page.keyboard.press('Shift+Enter');
    await page.locator('#west kqlens-result [role=gridcell]', { hasText: '42' }).waitFor(patience);
    await page.evaluate(() => document.querySelector('#west').session.mask({ keep: [] }));
    await page.waitForTimeout(600);
    assert.deepEqual(await page.evaluate(() => Object.keys(localStorage)), []);
    await set(page, 'west', { readonly: null });
    await page.locator('#west #add').waitFor(patience);
  });

  onPlain('query and files are read and set', async (page) => {
    const asked = await page.evaluate(async () => {
      const app = document.querySelector('#west');
      const before = [app.query, app.files.length];
      app.query = 'print 1';
      const held = app.query;
      app.files = [new File(['{"Level":"a"}\n{"Level":"b"}\n'], 'first.json')];
      app.files = [new File(['{"Level":"c"}\n'], 'second.json')];
      return { before, held };
    });
    assert.deepEqual(asked, { before: ['', 0], held: 'print 1' });
    await page.locator('#west kqlens-sources').getByText('second.json').first().waitFor(patience);
    assert.deepEqual(await page.evaluate(async () => Promise.all(document.querySelector('#west').files.map(async (file) => [file.name, await file.text()]))), [['second.json', '{"Level":"c"}\n']]);
    await page.evaluate(() => document.querySelector('#west').session.showTab('query'));
    await page.locator('#west kqlens-editor .cm-content', { hasText: 'print 1' }).waitFor(patience);
    await page.evaluate(() => { document.querySelector('#west').query = 'print 2'; });
    await page.locator('#west kqlens-editor .cm-content', { hasText: 'print 2' }).waitFor(patience);
    assert.equal(await page.evaluate(() => document.querySelector('#west').query), 'print 2');
  });

  onPlain('src is read from the own origin, and from no other', async (page, faults) => {
    const [{ text }] = certificate.files();
    await page.route('**/PT1H.json', (route) => route.fulfill({ body: text }));
    await set(page, 'west', { src: 'PT1H.json' });
    await page.locator('#west').getByText('4,800').first().waitFor(patience);
    for (const [src, words] of [['https://evil.example/x.json', 'lies on another origin'], ['http://[', 'is no address'], ['data:text/plain,x', 'lies on another origin'], ['missing.json', 'the server answers 404']]) {
      await set(page, 'north', { src });
      await page.locator('#north').getByText(words).waitFor(patience);
    }
    assert.equal(await page.locator('#north kqlens-start').count(), 1);
    // The browser tells the console of a 404 by itself.
    faults.splice(0, faults.length, ...faults.filter((fault) => !/404/.test(fault)));
    await page.route('**/elsewhere.json', (route) => route.fulfill({ status: 302, headers: { location: 'https://evil.example/x.json' } }));
    await set(page, 'north', { src: 'elsewhere.json' });
    await page.locator('#north').getByText('sends elsewhere').waitFor(patience);
    faults.splice(0, faults.length, ...faults.filter((fault) => !/evil\.example|ERR_|Failed to load/.test(fault)));
    await page.evaluate(() => { globalThis.violations = []; });
  });

  onPlain('a page dresses the parts', async (page) => {
    const names = await page.evaluate(() => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync('#west::part(header) { background: rgb(1, 2, 3); } #west::part(footer) { display: none; }');
      document.adoptedStyleSheets = [sheet];
      const root = document.querySelector('#west').shadowRoot;
      return [getComputedStyle(root.querySelector('header')).backgroundColor, getComputedStyle(root.querySelector('footer')).display];
    });
    assert.deepEqual(names, ['rgb(1, 2, 3)', 'none']);
  });
});

describe('in a blade of the Azure portal', () => {
  const PORTAL = 'https://portal.azure.com';
  /** Where the frame lies: over https, as the portal asks. */
  const FRAME = 'https://kqlens.example';

  /** A page at the portal's address (or another) that holds the frame and keeps what it says. */
  async function framed(at, claimed, run) {
    const context = await browser.newContext({ serviceWorkers: 'block' });
    try {
      await context.route(`${FRAME}/**`, async (route) => {
        const { pathname } = new URL(route.request().url());
        const answer = await fetch(new URL(pathname, server.address));
        await route.fulfill({ status: answer.status, headers: Object.fromEntries(answer.headers), body: Buffer.from(await answer.arrayBuffer()) });
      });
      await context.route(`${at}/**`, (route) => route.fulfill({
        contentType: 'text/html',
        body: `<!doctype html><title>host</title><iframe src="${FRAME}/portal-frame.html?trustedAuthority=${encodeURIComponent(claimed)}" style="width:1200px;height:800px"></iframe>
          <script>globalThis.said = []; addEventListener('message', ({ origin, data }) => said.push({ origin, ...data }));</script>`,
      }));
      const page = await context.newPage();
      await page.goto(`${at}/blade`);
      const frame = page.frameLocator('iframe');
      await frame.getByText('Engine ready').waitFor(patience);
      const post = (message) => page.evaluate((data) => document.querySelector('iframe').contentWindow.postMessage(data, '*'), message);
      await run({ page, frame, post, said: () => page.evaluate(() => globalThis.said) });
    } finally {
      await context.close();
    }
  }

  test('it shakes hands, follows the theme, and reads what the extension gives it', { timeout: 120_000 }, () => framed(PORTAL, PORTAL, async ({ page, frame, post, said }) => {
    await page.waitForFunction(() => globalThis.said.some(({ kind }) => kind === 'initializationcomplete'), null, patience);
    const words = await said();
    assert.deepEqual(words.slice(0, 2).map(({ kind }) => kind), ['ready', 'revealcontent']);
    assert.ok(words.every(({ signature, origin }) => signature === 'FxFrameBlade' && origin === FRAME));
    await post({ signature: 'FxFrameBlade', kind: 'themeChanged', data: { mode: 'dark' } });
    await frame.locator('kqlens-app[theme=dark]').waitFor({ ...patience, state: 'attached' });
    const [{ name, text }] = certificate.files();
    await post({ signature: 'FxFrameBlade', kind: 'load', data: { name, text } });
    await frame.getByText('4,800').first().waitFor(patience);
    await page.waitForFunction(() => globalThis.said.some(({ kind, data }) => kind === 'statechange' && data.state === 'ready'), null, patience);
  }));

  test('it neither talks nor listens to anybody else', { timeout: 120_000 }, async () => {
    await framed('https://evil.example', PORTAL, async ({ page, frame, post, said }) => {
      await post({ signature: 'FxFrameBlade', kind: 'themeChanged', data: { mode: 'dark' } });
      await post({ signature: 'FxFrameBlade', kind: 'load', data: { name: 'x.json', text: '{"a":1}' } });
      await page.waitForTimeout(500);
      assert.deepEqual(await said(), [], 'what is meant for the portal reaches the portal alone');
      assert.notEqual(await frame.locator('kqlens-app').getAttribute('theme'), 'dark');
      assert.equal(await frame.locator('kqlens-start').count(), 1);
    });
    await framed('https://evil.example', 'https://evil.example', async ({ page, said }) => {
      await page.waitForTimeout(300);
      assert.deepEqual(await said(), []);
    });
  });
});

describe('in a frame of another origin', () => {
  const HOST = 'https://portal.example';
  const FRAME = 'https://kqlens.example';

  /** The example at the address of a host, around the page on an origin of its own that is told of `hosts`. */
  async function framed(at, hosts, run) {
    const context = await browser.newContext({ serviceWorkers: 'block', viewport: { width: 1280, height: 900 } });
    const faults = [];
    try {
      const pass = (folder) => async (route) => {
        const { pathname } = new URL(route.request().url());
        const answer = await fetch(new URL(folder + pathname.slice(1), server.address));
        const headers = Object.fromEntries(answer.headers);
        if (folder === '') headers['content-security-policy'] = `${headers['content-security-policy']}; frame-src ${FRAME}`;
        let body = Buffer.from(await answer.arrayBuffer());
        if (pathname.endsWith('frame.html')) body = Buffer.from(body.toString().replace('./kqlens/index.html', `${FRAME}/index.html?${hosts.map((host) => `host=${encodeURIComponent(host)}`).join('&')}`));
        // Who else is named stands in the address already.
        if (pathname.endsWith('frame.js') && hosts.length > 0) body = Buffer.from(body.toString().replace("address.searchParams.set('host', location.origin);", ''));
        await route.fulfill({ status: answer.status, headers, body });
      };
      await context.route(`${FRAME}/**`, pass('kqlens/'));
      await context.route(`${at}/**`, pass(''));
      const page = await context.newPage();
      page.on('pageerror', ({ message }) => faults.push(message));
      await page.addInitScript(() => {
        globalThis.said = [];
        addEventListener('message', ({ origin, data }) => globalThis.said.push({ origin, data }));
      });
      await page.goto(`${at}/frame.html`);
      const frame = page.frameLocator('iframe');
      await frame.getByText('Engine ready').waitFor(patience);
      const post = (message) => page.evaluate((data) => document.querySelector('iframe').contentWindow.postMessage(data, '*'), message);
      const ask = (type, fields) => page.evaluate(async ([name, rest]) => (await import('/frame.js')).ask(name, rest).catch(({ code }) => ({ refused: code })), [type, fields]);
      await run({ page, frame, post, ask, said: () => page.evaluate(() => globalThis.said) });
      assert.deepEqual(faults, []);
    } finally {
      await context.close();
    }
  }

  test('the host loads, asks, colours, keeps and restores', { timeout: 120_000 }, () => framed(HOST, [], async ({ page, frame, ask, said }) => {
    await page.locator('#ask').click(patience);
    await page.getByText('2 failures').waitFor(patience);
    await frame.getByText('export.json').first().waitFor(patience);
    const events = (await said()).filter(({ data }) => data.event);
    assert.ok(events.every(({ origin }) => origin === FRAME));
    assert.equal(events[0].data.event, 'ready');
    assert.ok(events.some(({ data }) => data.event === 'statechange' && data.detail === 'ready'));
    const [result] = events.filter(({ data }) => data.event === 'result');
    assert.deepEqual([result.data.detail.rowCount, result.data.detail.columns.length, 'rows' in result.data.detail], [1, 1, false], 'counts and columns, no rows');
    assert.equal((await ask('run', { kql: 'ApiManagementGatewayLogs', maxRows: 2 })).rows.length, 2);
    assert.match((await ask('run', { kql: 'Nothing' })).refused, /^KQL/);
    assert.equal(await ask('theme', { theme: 'dark' }), true);
    await frame.locator('kqlens-app[theme=dark]').waitFor({ ...patience, state: 'attached' });
    const state = await ask('save', {});
    assert.deepEqual(state, { version: 1, theme: 'dark', tab: 'verdict', queries: [] });
    assert.equal(await ask('restore', { state: { ...state, tab: 'query', queries: ['print 42'] } }), true);
    await frame.locator('kqlens-editor .cm-content', { hasText: 'print 42' }).waitFor(patience);
    assert.deepEqual((await ask('loadText', { text: '{"a":1}\n{"a":2}' })).map(({ state: end, rows }) => [end, rows]), [['done', 2]]);
  }));

  test('what is malformed is refused or ignored, and harms nothing', { timeout: 120_000 }, () => framed(HOST, ['https://other.example', HOST], async ({ post, ask, said }) => {
    const before = (await said()).length;
    for (const message of [null, 7, 'load', [], {}, { kqlens: 2, id: 1, type: 'save' }, { kqlens: 1, type: 'save' }, { kqlens: 1, id: {}, type: 'save' }, { kqlens: 1, id: 'x'.repeat(101), type: 'save' }]) await post(message);
    for (const [type, fields, code] of [
      ['__proto__', {}, 'unknown-type'], ['toString', {}, 'unknown-type'], ['eval', { code: '1' }, 'unknown-type'], ['load', {}, 'bad-message'], ['load', { files: [1] }, 'bad-message'],
      ['load', { files: [{ name: 'x' }] }, 'bad-message'], ['loadText', { text: 5 }, 'bad-message'], ['run', {}, 'bad-message'], ['run', { kql: 'print 1', maxRows: -1 }, 'bad-message'],
      ['run', { kql: 'print 1', maxRows: 1e9 }, 'bad-message'], ['theme', { theme: '<b>' }, 'bad-message'], ['restore', { state: { version: 9 } }, 'bad-message'],
    ]) assert.deepEqual(await ask(type, fields), { refused: code }, type);
    const answers = (await said()).slice(before).filter(({ data }) => !data.event);
    assert.equal(answers.length, 12, 'what is no message has no answer');
    assert.deepEqual((await ask('run', { kql: 'print 1' })).rows, [[1]]);
  }));

  for (const [who, hosts] of [['another host', [HOST]], ['a wildcard', ['*']], ['the origin null', ['null']], ['no origin', ['https://evil.example/path', 'javascript:1', 'evil.example']]]) {
    test(`a page that is not the host hears nothing and is not heard: the address names ${who}`, { timeout: 120_000 }, () => framed('https://evil.example', hosts, async ({ page, frame, post, said }) => {
      await post({ kqlens: 1, id: 1, type: 'loadText', text: '{"a":1}' });
      await post({ kqlens: 1, id: 2, type: 'theme', theme: 'dark' });
      await post({ kqlens: 1, id: 3, type: 'save' });
      await page.waitForTimeout(500);
      assert.deepEqual(await said(), []);
      assert.notEqual(await frame.locator('kqlens-app').getAttribute('theme'), 'dark');
      assert.equal(await frame.locator('kqlens-start').count(), 1);
    }));
  }
});

/** Opens a page under the policy of its host, and keeps what it violates. */
async function under(policy, path, prepare, run) {
  const context = await browser.newContext({ serviceWorkers: 'block' });
  try {
    await context.route(`${server.address}**`, async (route) => {
      const answer = await fetch(route.request().url());
      const headers = { ...Object.fromEntries(answer.headers), 'content-security-policy': policy };
      await route.fulfill({ status: answer.status, headers, body: Buffer.from(await answer.arrayBuffer()) });
    });
    const page = await context.newPage();
    await page.addInitScript(() => {
      globalThis.violations = [];
      document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => globalThis.violations.push(`${violatedDirective}: ${blockedURI}`));
    });
    await page.addInitScript(prepare);
    await page.goto(`${server.address}${path}`);
    await page.getByText('Engine ready').waitFor(patience);
    await run(page);
    assert.deepEqual(await page.evaluate(() => globalThis.violations), []);
  } finally {
    await context.close();
  }
}

describe('in a web view of VS Code', () => {
  test('the engine runs in a worker made of one file, and the theme of the editor is followed', { timeout: 120_000 }, () => under(
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; worker-src blob:; img-src 'self' data:",
    'vscode.html',
    () => { globalThis.posted = []; globalThis.acquireVsCodeApi = () => ({ postMessage: (message) => globalThis.posted.push(message) }); },
    async (page) => {
      assert.deepEqual(await page.evaluate(() => globalThis.posted), [{ type: 'ready' }]);
      assert.equal(await page.locator('kqlens-app').getAttribute('theme'), 'dark');
      const [{ name, text }] = certificate.files();
      await page.evaluate((message) => window.postMessage(message, '*'), { type: 'load', name, text });
      await page.getByText('4,800').first().waitFor(patience);
      await page.evaluate(() => { document.body.className = 'vscode-high-contrast-light'; });
      await page.locator('kqlens-app[theme=light]').waitFor({ ...patience, state: 'attached' });
    },
  ));
});

describe('in an extension of Azure DevOps', () => {
  test('the variables of the theme reach into the element', { timeout: 120_000 }, () => under(
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; worker-src 'self'; img-src 'self' data:",
    'azure-devops.html',
    () => {},
    async (page) => {
      assert.equal(await page.locator('kqlens-app').getAttribute('theme'), 'light');
      await page.evaluate(() => {
        document.documentElement.style.setProperty('--background-color', 'rgb(20, 20, 20)');
        document.documentElement.style.setProperty('--text-primary-color', 'rgb(230, 230, 230)');
        window.dispatchEvent(new CustomEvent('themeApplied'));
      });
      await page.locator('kqlens-app[theme=dark]').waitFor({ ...patience, state: 'attached' });
      const [{ name, text }] = certificate.files();
      await page.evaluate(async ([file, content]) => document.querySelector('kqlens-app').load([new File([content], file)]), [name, text]);
      await page.getByText('4,800').first().waitFor(patience);
      const card = await page.evaluate(() => getComputedStyle(document.querySelector('kqlens-app').shadowRoot.querySelector('header')).backgroundColor);
      assert.equal(card, 'rgb(20, 20, 20)');
    },
  ));
});
