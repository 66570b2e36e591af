// A host that gives the page other words before the element is in it.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { loadSample, pages, patience, runQuery, VERDICT, wordsOf } from './harness.mjs';
import { samples } from '../../www/src/samples.js';

const [certificate] = samples;
const { onPage } = pages();

/** Puts a new element in the place of that of the page, in other words. */
const translated = (page) => page.evaluate(async () => {
  const { texts, translate } = await import('/kqlens-app.js');
  document.querySelector('kqlens-app').remove();
  translate({
    start: { title: 'Was ist kaputt?', samples: { certificate: { title: 'Ein Zertifikat wurde getauscht' } } },
    words: { showKql: 'KQL zeigen', run: 'Ausführen', rows: 'no text with values', close: () => 'no plain text' },
    verdict: { outcomes: { Failed: 'Gescheitert' }, finding: { showRows: (n) => `${n} Zeilen zeigen` } },
    query: { sides: { recipes: 'Rezepte' }, result: { firstOf: (n, of) => `Die ersten ${n} von ${of} Zeilen.` } },
    nowhere: { at: 'all' },
    charts: { kinds: { nothing: 'unknown' } },
  });
  const app = document.createElement('kqlens-app');
  document.body.append(app);
  await app.updateComplete;
  const { nowhere, charts, words } = await texts();
  return { nowhere: String(nowhere), hasUnknown: 'nothing' in charts.kinds, rows: words.rows(2), close: words.close };
});

describe('translation', () => {
  onPage('stands in what is there and in what is loaded later; what does not fit is ignored', async (page) => {
    assert.deepEqual(await translated(page), { nowhere: 'undefined', hasUnknown: false, rows: '2 rows', close: 'Close' });
    const start = await wordsOf(page.locator('kqlens-start'));
    assert.match(start, /Was ist kaputt\?/);
    assert.match(start, /Ein Zertifikat wurde getauscht/);
    assert.match(start, /Choose files/, 'what is not translated stays');
    await loadSample(page, certificate);
    assert.ok(await page.locator(VERDICT).count() > 0);
    await page.locator('kqlens-timeline').getByRole('button', { name: 'Gescheitert' }).waitFor(patience);
    await page.locator('kqlens-timeline').getByRole('button', { name: 'KQL zeigen' }).waitFor(patience);
    await page.locator('kqlens-finding').getByRole('button', { name: /^\d+ Zeilen zeigen$/ }).waitFor(patience);
    await page.click('kqlens-app #tab-query');
    const query = page.locator('kqlens-query');
    await query.getByRole('button', { name: 'Rezepte' }).waitFor(patience);
    await query.getByRole('button', { name: 'Ausführen' }).waitFor(patience);
    await query.locator('.cm-content').waitFor(patience);
    await runQuery(page, 'range n from 1 to 60000 step 1');
    await query.getByText('Die ersten 50000 von 60000 Zeilen.').waitFor(patience);
  });
});
