// The page around the element: keys, the palette, and opening without a network.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { samples } from '../../www/src/samples.js';
import { loadSample, pages, patience, seriousFindings, VERDICT } from './harness.mjs';

const [certificate] = samples;
const { stand, onPage } = pages();
const palette = (page) => page.locator('kqlens-palette');

describe('the shell', () => {
  onPage('F1 finds an action by some of its letters and does it', async (page) => {
    await page.getByText('Engine ready').waitFor(patience);
    await page.keyboard.press('F1');
    await palette(page).getByRole('option').first().waitFor(patience);
    assert.deepEqual(await seriousFindings(page), []);
    assert.equal(await palette(page).getByText('Share: link').count(), 0, 'what has nothing to work on is not there');
    await page.keyboard.type('smpl cert');
    assert.deepEqual(await palette(page).getByRole('option').allInnerTexts(), ['Sample: a certificate was rotated']);
    await page.keyboard.press('Enter');
    await page.waitForSelector(VERDICT, patience);
    await page.keyboard.press('Control+Shift+P');
    await palette(page).getByText('Share: link').waitFor(patience);
    await page.keyboard.type('no such thing');
    await palette(page).getByText('No action is called so').waitFor(patience);
    await page.keyboard.press('Escape');
    await palette(page).getByRole('combobox').waitFor({ state: 'detached' });
    await page.keyboard.press('F1');
    await palette(page).getByRole('option').first().waitFor(patience);
    await page.keyboard.type('dark');
    await page.keyboard.press('Enter');
    await page.locator('kqlens-app[theme=dark]').waitFor({ ...patience, state: 'attached' });
  });

  onPage('what is typed while the palette is loaded is kept, and done', async (page) => {
    let give;
    const gate = new Promise((resolve) => { give = resolve; });
    await page.route('**/palette-*.js', async (route) => {
      await gate;
      await route.continue();
    });
    await page.keyboard.press('F1');
    await page.keyboard.type('smpl certx');
    await page.keyboard.press('Backspace');
    await page.keyboard.press('Enter');
    assert.equal(await palette(page).count(), 0);
    give();
    await page.waitForSelector(VERDICT, patience);
    assert.equal(await palette(page).locator('dialog').count(), 0);
    await page.keyboard.press('F1');
    await palette(page).getByText('Share: link').waitFor(patience);
  }, { serviceWorkers: 'block' });

  onPage('? shows the keys, but not while something is typed; Ctrl+O asks for files', async (page) => {
    await page.locator('body').press('?');
    await palette(page).getByText('Run the query under the caret').waitFor(patience);
    assert.deepEqual(await seriousFindings(page), []);
    await page.keyboard.press('Escape');
    await loadSample(page, certificate);
    await page.getByRole('tab', { name: 'Query', exact: true }).click();
    await page.locator('kqlens-editor .cm-content').click(patience);
    await page.keyboard.type('?');
    await page.keyboard.press('Escape');
    assert.equal(await palette(page).locator('dialog').count(), 0);
    const [chooser] = await Promise.all([page.waitForEvent('filechooser', patience), page.keyboard.press('Control+O')]);
    assert.ok(chooser.isMultiple());
  });

  for (const theme of ['hc-light', 'hc-dark']) {
    onPage(`high contrast (${theme}) can be read`, async (page) => {
      await page.evaluate((name) => document.querySelector('kqlens-app').changeTheme(name), theme);
      await loadSample(page, certificate);
      assert.deepEqual(await seriousFindings(page), []);
      const [ink, ground] = await page.evaluate(() => {
        const { color, backgroundColor } = getComputedStyle(document.querySelector('kqlens-app').shadowRoot.querySelector('header'));
        return [color, backgroundColor];
      });
      assert.deepEqual([ink, ground].sort(), ['rgb(0, 0, 0)', 'rgb(255, 255, 255)']);
    });
  }

  onPage('help comes from the catalogues, and finds in them', async (page) => {
    await page.getByText('Engine ready').waitFor(patience);
    await page.locator('#help').click();
    const help = page.locator('kqlens-help');
    await help.getByText(/Failures that are recognised: 1\d\d entries/).waitFor(patience);
    assert.match(await help.locator('dialog').innerText(), /1,\d{3} of 1,168 recorded cases/);
    assert.deepEqual(await seriousFindings(page), []);
    await help.locator('#search').fill('token-per-minute');
    await help.getByText('Gateway token-per-minute limit reached').waitFor(patience);
    await help.locator('#search').fill('no such thing');
    await help.getByText('Nothing is called so').waitFor(patience);
  });

  onPage('the printed page is light, whole and without controls, and the screen is as it was before', async (page) => {
    await page.evaluate(() => document.querySelector('kqlens-app').changeTheme('dark'));
    await loadSample(page, certificate);
    await page.locator('kqlens-timeline canvas').waitFor(patience);
    const state = () => page.evaluate(() => {
      const app = document.querySelector('kqlens-app').shadowRoot;
      const inside = (name) => app.querySelector(name).shadowRoot;
      const findings = [...inside('kqlens-verdict').querySelectorAll('kqlens-finding')].map((finding) => finding.shadowRoot);
      const shown = (element) => element.checkVisibility();
      const canvas = inside('kqlens-timeline').querySelector('canvas');
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      // Red as on a light page; where bars meet, a pixel may have any colour.
      let n_red = 0;
      for (let at = 0; at < data.length; at += 4) if (data[at] === 197 && data[at + 1] === 15 && data[at + 2] === 31) n_red += 1;
      const pre = findings[0].querySelector('kqlens-kql').shadowRoot.querySelector('pre');
      return {
        ink: getComputedStyle(inside('kqlens-verdict').querySelector('h1')).color,
        open: findings.filter((finding) => shown(finding.querySelector('.body'))).length,
        findings: findings.length,
        controls: [app.querySelector('header'), app.querySelector('.tabs'), inside('kqlens-timeline').querySelector('.bar button'), inside('kqlens-sources').querySelector('.bar > button')].filter(shown).length,
        isCut: pre.scrollHeight > pre.clientHeight + 1,
        limits: shown(inside('kqlens-verdict').querySelector('details li')),
        isLight: n_red > 1000,
      };
    });
    const before = await state();
    assert.deepEqual(before, { ink: 'rgb(255, 255, 255)', open: 1, findings: before.findings, controls: 4, isCut: true, limits: false, isLight: false });
    // The browser tells the page before it prints; what is on paper by then is what is printed.
    await page.evaluate(() => window.dispatchEvent(new Event('beforeprint')));
    await page.emulateMedia({ media: 'print' });
    assert.deepEqual(await state(), { ink: 'rgb(26, 26, 26)', open: before.findings, findings: before.findings, controls: 0, isCut: false, limits: true, isLight: true });
    await page.emulateMedia({ media: null });
    await page.evaluate(() => window.dispatchEvent(new Event('afterprint')));
    await page.locator('kqlens-timeline canvas').waitFor(patience);
    assert.deepEqual(await state(), before);
    const told = page.evaluate(() => new Promise((resolve) => { addEventListener('beforeprint', () => resolve(document.querySelector('kqlens-app').printing)); }));
    assert.ok((await page.pdf({ preferCSSPageSize: true })).length > 50_000);
    assert.equal(await told, true);
  });

  onPage('the address names an export beside the page, and none elsewhere', async (page) => {
    const [{ text }] = certificate.files();
    await page.route('**/exports/PT1H.json', (route) => route.fulfill({ body: text }));
    await page.goto(`${stand.server.address}?src=exports/PT1H.json`);
    await page.getByText('4,800').first().waitFor(patience);
    await page.goto(`${stand.server.address}?src=https://evil.example/x.json`);
    await page.getByText('lies on another origin').waitFor(patience);
  }, { serviceWorkers: 'block' });

  onPage('what another app shares is read, and kept nowhere', async (page) => {
    await page.getByText('Engine ready').waitFor(patience);
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null, null, patience);
    const { share_target: target } = await page.evaluate(async () => (await fetch(document.querySelector('link[rel=manifest]').href)).json());
    /** Sends what the system sends to the address that the manifest names. */
    const share = (files, text) => Promise.all([page.waitForURL(/\/$/, patience), page.evaluate(([{ action, method, enctype, params }, items, words]) => {
      const form = Object.assign(document.createElement('form'), { action, method, enctype });
      const transfer = new DataTransfer();
      for (const { name, text: content } of items) transfer.items.add(new File([content], name));
      const field = Object.assign(document.createElement('input'), { type: 'file', name: params.files[0].name, multiple: true });
      field.files = transfer.files;
      form.append(field, Object.assign(document.createElement('textarea'), { name: params.text, value: words }));
      document.body.append(form);
      form.submit();
    }, [target, files, text])]);
    await share([...certificate.files(), { name: 'größe ü.json', text: '{"a":1}' }], '');
    await page.waitForSelector(VERDICT, patience);
    await page.locator('kqlens-sources').getByText('größe ü.json').first().waitFor(patience);
    await page.getByText('4,800').first().waitFor(patience);
    assert.deepEqual(await page.evaluate(async () => (await caches.keys()).filter((name) => name === 'kqlens-shared')), []);
    assert.equal(new URL(page.url()).search, '');
    await share([], '{"b":1}\n{"b":2}');
    await page.locator('kqlens-sources').getByText('shared text').first().waitFor(patience);
    await share([], '  ');
    await page.getByText('What was shared did not arrive').waitFor(patience);
    await loadSample(page, certificate);
  });

  onPage('the page opens without a network once it was there, and works', async (page) => {
    await page.getByText('Engine ready').waitFor(patience);
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null, null, patience);
    await stand.server.close();
    try {
      await page.reload();
      await page.getByText('Engine ready').waitFor(patience);
      await loadSample(page, certificate);
      await page.getByRole('tab', { name: 'Query', exact: true }).click();
      await page.locator('kqlens-editor .cm-content').waitFor(patience);
    } finally {
      await stand.restart();
    }
  });
});
