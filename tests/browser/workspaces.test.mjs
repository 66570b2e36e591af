// Workspaces on the device: kept when asked, opened, deleted; storage that is full, forbidden or of
// another version has its words.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe } from 'node:test';
import { samples } from '../../www/src/samples.js';
import { loadSample, pages, patience, seriousFindings, VERDICT } from './harness.mjs';

const [certificate] = samples;
const { onPage } = pages();
const dialog = (page) => page.locator('kqlens-workspaces dialog');

async function openFromStart(page) {
  await page.locator('kqlens-start #workspaces').click();
  await dialog(page).locator('#all').waitFor(patience);
}

async function keep(page, name, withFiles) {
  await page.locator('#share').click();
  await page.locator('kqlens-share #workspaces').click();
  await dialog(page).locator('#name').fill(name);
  if (withFiles) await dialog(page).locator('#files').check();
  await dialog(page).locator('#save').click();
}

describe('workspaces on this device', () => {
  onPage('files and queries come back after a reload, and everything can be deleted', async (page) => {
    await loadSample(page, certificate);
    await page.getByRole('tab', { name: 'Query', exact: true }).click();
    await page.locator('kqlens-editor .cm-content').click(patience);
    await page.keyboard.press('Control+A');
    await page.keyboard.insertText('print kept = 42');
    await page.keyboard.press('Escape');
    await keep(page, 'Monday <b>night</b>', true);
    await dialog(page).getByText('Monday <b>night</b>').waitFor(patience);
    assert.deepEqual(await seriousFindings(page), []);
    await page.evaluate(() => localStorage.clear());
    await page.reload();
    await openFromStart(page);
    await dialog(page).getByText(`${certificate.files().length} files, `).waitFor(patience);
    await dialog(page).locator('.open').click();
    await page.waitForSelector(VERDICT, patience);
    await page.getByText('4,800').first().waitFor(patience);
    await page.getByRole('tab', { name: 'Query', exact: true }).click();
    await page.locator('kqlens-editor .cm-content', { hasText: 'print kept = 42' }).waitFor(patience);
    await page.reload();
    await openFromStart(page);
    await dialog(page).locator('#all').click();
    await dialog(page).getByRole('button', { name: 'Delete everything, really' }).click();
    await dialog(page).getByText('Nothing is kept yet').waitFor(patience);
    assert.deepEqual(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('kqlens.'))), []);
  });

  onPage('what another version kept is listed and deleted, not opened', async (page) => {
    await page.evaluate(() => new Promise((resolve, reject) => {
      const opening = indexedDB.open('kqlens', 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore('workspaces', { keyPath: 'id', autoIncrement: true });
      opening.onsuccess = () => {
        const transaction = opening.result.transaction('workspaces', 'readwrite');
        for (const one of [{ version: 99, name: 'Future' }, {}, { version: 1, files: 'no list', queries: 7 }]) transaction.objectStore('workspaces').add(one);
        transaction.oncomplete = resolve;
        transaction.onabort = reject;
      };
    }));
    await openFromStart(page);
    await dialog(page).getByText('Kept by another version').first().waitFor(patience);
    assert.equal(await dialog(page).locator('li').count(), 3);
    assert.equal(await dialog(page).locator('.open').count(), 0);
    await dialog(page).getByRole('button', { name: 'Delete Future' }).click();
    await dialog(page).getByText('Future').waitFor({ ...patience, state: 'detached' });
  });

  for (const [name, words] of [['QuotaExceededError', /storage of this browser is full/], ['SecurityError', /keeps nothing for this page/]]) {
    onPage(`${name} has its words, and nothing is lost`, async (page) => {
      await loadSample(page, certificate);
      await page.evaluate((error) => { IDBObjectStore.prototype.add = () => { throw new DOMException('no', error); }; }, name);
      await keep(page, 'x', true);
      await dialog(page).getByText(words).waitFor(patience);
      await page.keyboard.press('Escape');
      assert.equal(await page.getByText('4,800').first().isVisible(), true);
    });
  }
});

describe('settings as a file', () => {
  const look = (page) => page.evaluate(() => {
    const { theme, density, session } = document.querySelector('kqlens-app');
    return { theme, density, isTextHidden: session.isTextHidden, isMerging: session.isMerging, masking: session.masking, prices: session.prices, places: session.places };
  });
  const PLACES = { workspace: '/subscriptions/x', location: 'westeurope' };
  const OWN = { keep: ['email'], rules: [{ id: 'order', pattern: 'order-[0-9]+' }] };

  async function take(page, content) {
    await openFromStart(page);
    const [chooser] = await Promise.all([page.waitForEvent('filechooser', patience), dialog(page).locator('#import-settings').click()]);
    await chooser.setFiles({ name: 'mine.json', mimeType: 'application/json', buffer: Buffer.from(content) });
  }

  onPage('goes from one page to another, and holds no query and no row', async (page) => {
    await page.getByText('Engine ready').waitFor(patience);
    const before = await look(page);
    const prices = await page.evaluate(async (masking) => {
      const app = document.querySelector('kqlens-app');
      const table = JSON.stringify({ currency: 'EUR', prices: [{ model: 'gpt-4o', per: 1000, prompt: 1, completion: 2 }] });
      app.changeTheme('dark');
      app.changeDensity('compact');
      app.session.hideText(true);
      await app.session.merge(false);
      await app.session.mask(masking);
      app.session.usePrices(table);
      app.session.remember({ workspace: '/subscriptions/x', location: 'westeurope' });
      app.query = 'print secret = 7';
      return table;
    }, OWN);
    await openFromStart(page);
    const [file] = await Promise.all([page.waitForEvent('download', patience), dialog(page).locator('#export-settings').click()]);
    const text = await readFile(await file.path(), 'utf8');
    assert.deepEqual(JSON.parse(text), { kqlens: 'settings', version: 1, theme: 'dark', density: 'compact', isTextHidden: true, isMerging: false, masking: OWN, prices, places: PLACES });
    await page.evaluate(() => localStorage.clear());
    await page.reload();
    await page.getByText('Engine ready').waitFor(patience);
    assert.deepEqual(await look(page), before);
    await take(page, text);
    await page.getByText('The settings of mine.json are used').waitFor(patience);
    const after = { theme: 'dark', density: 'compact', isTextHidden: true, isMerging: false, masking: OWN, prices, places: PLACES };
    assert.deepEqual(await look(page), after);
    await page.reload();
    await page.getByText('Engine ready').waitFor(patience);
    await page.waitForFunction(() => document.querySelector('kqlens-app').session.masking.rules?.length === 1, null, patience);
    assert.deepEqual(await look(page), { ...after, isTextHidden: false, isMerging: true }, 'what the page stores comes back');
  });

  onPage('that is broken or foreign has its words, and changes nothing', async (page) => {
    await page.getByText('Engine ready').waitFor(patience);
    const before = await look(page);
    const good = { kqlens: 'settings', version: 1, theme: 'dark', density: 'compact', isTextHidden: true, isMerging: false, masking: OWN, prices: null };
    for (const [content, words] of [
      ['{', 'is no JSON'], ['null', 'holds no settings'], ['[]', 'holds no settings'], ['{"kqlens":"settings","version":2}', 'another version'], [' '.repeat(1_000_001), 'too large'],
      [{ ...good, theme: 'pink' }, '`theme`'], [{ ...good, density: 1 }, '`density`'], [{ ...good, isMerging: 'no' }, '`isMerging`'], [{ ...good, masking: null }, '`masking`'],
      [{ ...good, masking: { rules: [{ id: 'x', pattern: '(' }] } }, 'a rule of masking'], [{ ...good, prices: '???' }, 'the prices in it'], [{ ...good, prices: 5 }, '`prices`'],
      [{ ...good, places: { workspace: 1 } }, '`places`'], [{ ...good, places: { other: 'x' } }, '`places`'], [{ ...good, places: [] }, '`places`'],
    ]) {
      await take(page, typeof content === 'string' ? content : JSON.stringify(content));
      await page.locator('.notice', { hasText: words }).waitFor(patience);
      assert.deepEqual(await look(page), before, words);
      await page.getByRole('button', { name: 'Dismiss' }).click();
    }
  });
});
