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
  server = await serveFolder(join(root, 'www/examples'), 0, { '/kqlens/': join(root, 'www/dist') });
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
