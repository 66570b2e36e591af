// The grid: a selection that is copied without secrets, columns that move and hide, marks, a search,
// and what is done with a cell.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { plantedSecrets, samples } from '../../www/src/samples.js';
import { drop, loadSample, pages, patience, seriousFindings } from './harness.mjs';

const [certificate] = samples;
const { onPage } = pages();

const grid = (page) => page.locator('kqlens-rows kqlens-grid [role=grid]');
const cell = (page, row, column) => page.locator(`kqlens-rows [aria-rowindex="${row + 2}"] [role=gridcell][aria-colindex="${column + 1}"]`);
const headers = (page) => page.locator('kqlens-rows [role=columnheader]').allInnerTexts();
const said = (page) => page.locator('kqlens-rows kqlens-grid .foot [role=status]');
const clipboard = (page) => page.evaluate(() => navigator.clipboard.readText());

async function showRows(page, kql, title = 'rows') {
  await page.getByText('Engine ready').waitFor(patience);
  await page.evaluate((request) => document.querySelector('kqlens-app').session.showRows(request), { title, kql });
  await page.locator('kqlens-rows [role=gridcell]:not(.waiting)').first().waitFor(patience);
  await grid(page).focus();
}

async function copyAs(page, title) {
  await page.keyboard.press('Control+Shift+C');
  await page.locator('kqlens-rows kqlens-menu').getByRole('menuitem', { name: `Copy as ${title}` }).click();
  await said(page).getByText('Copied').waitFor(patience);
  return clipboard(page);
}

const TYPED = `datatable(Big: long, Text: string, When: datetime, Bag: dynamic, Real: real, Flag: bool)
[
    9007199254740993, "a\\"b", datetime(2026-01-02T03:04:05.1234567Z), dynamic({"k": [1, "x"]}), 0.5, true,
    long(null), "=1+1", datetime(null), dynamic(null), real(nan), false
]`;

describe('the grid', () => {
  onPage('a range is copied as text, JSON, Markdown and a datatable that is the same table again', async (page) => {
    await showRows(page, TYPED);
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Control+c');
    await said(page).getByText('Copied 2 rows of 6 columns').waitFor(patience);
    const lines = (await clipboard(page)).split('\n');
    assert.equal(lines[0].split('\t').length, 6);
    assert.ok(lines[1].includes('9007199254740993'), lines[1]);
    assert.ok(lines.at(-1).includes("'=1+1"), 'no cell is a formula');
    assert.equal(JSON.parse(await copyAs(page, 'JSON'))[0].Text, 'a"b');
    assert.match(await copyAs(page, 'Markdown'), /^\| Big \|/);
    const again = await copyAs(page, 'KQL datatable()');
    const same = await page.evaluate(async ([one, other]) => {
      const { engine } = document.querySelector('kqlens-app').session;
      const rows = async (kql) => JSON.stringify(await (await engine.query(`${kql}\n| project Big, Text, When, Bag, Real, Flag`)).rows(0, 10));
      return [await rows(one), await rows(other)];
    }, [TYPED, again]);
    assert.equal(same[0], same[1], again);
  });

  onPage('secrets are masked in what is copied, unless that is switched off', async (page) => {
    const secret = plantedSecrets[0];
    await showRows(page, `print Text = strcat("key ", ${JSON.stringify(secret)})`);
    await page.keyboard.press('Control+c');
    await said(page).getByText('Copied').waitFor(patience);
    assert.ok(!(await clipboard(page)).includes(secret));
    await page.locator('kqlens-rows').getByLabel('Mask secrets').uncheck();
    await grid(page).focus();
    await page.keyboard.press('Control+c');
    await said(page).getByText('Copied').waitFor(patience);
    assert.ok((await clipboard(page)).includes(secret));
  });

  onPage('arrows with Shift, a drag and Shift with a click select; columns move, hide and stay', async (page) => {
    await showRows(page, 'range A from 1 to 50 step 1 | extend B = A * 2, C = A * 3, D = strcat("d", A)');
    for (const key of ['Shift+ArrowDown', 'Shift+ArrowDown', 'Shift+ArrowRight']) await page.keyboard.press(key);
    await said(page).getByText('3 × 2 columns selected').waitFor(patience);
    await page.keyboard.press('Control+c');
    await said(page).getByText('Copied').waitFor(patience);
    assert.equal(await clipboard(page), 'A\tB\n1\t2\n2\t4\n3\t6');

    const [from, to] = [await cell(page, 4, 1).boundingBox(), await cell(page, 6, 2).boundingBox()];
    await page.mouse.move(from.x + 5, from.y + 5);
    await page.mouse.down();
    await page.mouse.move(to.x + 5, to.y + 5, { steps: 4 });
    await page.mouse.up();
    await said(page).getByText('3 × 2 columns selected').waitFor(patience);
    assert.equal(await page.locator('kqlens-rows aside').count(), 0, 'a drag opens nothing');

    assert.deepEqual(await headers(page), ['A', 'B', 'C', 'D']);
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('Alt+ArrowRight');
    assert.deepEqual(await headers(page), ['B', 'A', 'C', 'D']);
    const [d, b] = [await page.locator('kqlens-rows [role=columnheader]').nth(3).boundingBox(), await page.locator('kqlens-rows [role=columnheader]').first().boundingBox()];
    await page.mouse.move(d.x + 30, d.y + 10);
    await page.mouse.down();
    await page.mouse.move(b.x + 10, b.y + 10, { steps: 5 });
    await page.mouse.up();
    assert.deepEqual(await headers(page), ['D', 'B', 'A', 'C']);
    assert.equal(await cell(page, 0, 0).innerText(), 'd1', 'the cells go along');
    await grid(page).focus();
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Shift+Enter');
    await page.getByRole('menuitem', { name: 'Hide D' }).click();
    assert.deepEqual(await headers(page), ['B', 'A', 'C']);
    await page.getByRole('button', { name: 'Show 1 hidden column' }).click();
    assert.equal((await headers(page)).length, 4);
  });

  onPage('errors, warnings and hits: the keys go from one to the next', async (page) => {
    await showRows(page, 'range Row from 0 to 9999 step 1 | extend ResponseCode = case(Row == 4000, 503, Row == 7000, 404, Row == 8000, 500, 200), Text = strcat("row ", Row)');
    await page.getByRole('button', { name: '2 errors' }).waitFor(patience);
    const at = () => page.locator('kqlens-rows [role=row][aria-selected=true]').getAttribute('aria-rowindex');
    const go = async (key, row) => {
      await page.keyboard.press(key);
      await page.locator(`kqlens-rows [role=row][aria-selected=true][aria-rowindex="${row + 2}"]`).waitFor(patience);
    };
    await go('e', 4000);
    await go('e', 8000);
    await go('E', 4000);
    await go('w', 7000);
    await page.keyboard.press('/');
    await page.keyboard.type('row 99');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: '111 rows with it' }).waitFor(patience);
    assert.equal(await at(), String(9900 + 2), 'the next hit from where the cursor is');
    await go('n', 9901);
    await go('N', 9900);
    await page.keyboard.press('m');
    await page.getByText('Row 9,901 has a bookmark').waitFor(patience);
    await go('e', 4000);
    await page.keyboard.press('m');
    await page.getByRole('button', { name: '2 bookmarks' }).waitFor(patience);
    await go('u', 9900);
    await go('u', 4000);
    await go('U', 9900);
    await page.keyboard.press('m');
    await page.getByRole('button', { name: '1 bookmark', exact: true }).waitFor(patience);
    assert.equal(await page.locator('kqlens-rows [role=row].kept').count(), 0, 'the row that had one');
    const inked = await page.locator('kqlens-rows canvas.marks').evaluate((canvas) => {
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      return data.filter((_, byte) => byte % 4 === 3).some((alpha) => alpha > 0);
    });
    assert.ok(inked, 'the bar of marks is drawn');
  });

  onPage('a value becomes a filter, an exclusion, a grouping, and a group its rows', async (page) => {
    await drop(page, certificate.files());
    await page.locator('kqlens-verdict #headline').waitFor(patience);
    await showRows(page, 'ApiManagementGatewayLogs | project TimeGenerated, ResponseCode, ApiId', 'Requests');
    const rows = async () => Number(await grid(page).getAttribute('aria-rowcount')) - 1;
    const all = await rows();
    const act = async (name) => {
      await page.locator('kqlens-rows kqlens-menu').getByRole('menuitem', { name }).click();
      await page.locator('kqlens-rows [role=gridcell]:not(.waiting)').first().waitFor(patience);
    };
    const settle = (check) => page.waitForFunction(([before, how]) => {
      const shown = document.querySelector('kqlens-app').shadowRoot.querySelector('kqlens-rows').shadowRoot.querySelector('kqlens-grid')?.shadowRoot.querySelector('[role=grid]');
      const n = Number(shown?.getAttribute('aria-rowcount')) - 1;
      return how === 'fewer' ? n > 0 && n < before : n === before;
    }, check, patience);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Shift+F10');
    await act('Add as filter');
    await settle([all, 'fewer']);
    const kept = await rows();
    await page.locator('kqlens-rows #back').click();
    await settle([all, 'same']);
    await cell(page, 0, 1).click({ button: 'right' });
    await act('Exclude');
    await settle([all - kept, 'same']);
    await page.locator('kqlens-rows #back').click();
    await settle([all, 'same']);
    await grid(page).focus();
    await page.keyboard.press('Shift+F10');
    await act('Group by ResponseCode');
    await page.locator('kqlens-rows [role=columnheader]', { hasText: 'Count' }).waitFor(patience);
    await grid(page).focus();
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('Shift+F10');
    assert.deepEqual(await seriousFindings(page), [], 'the menu');
    await act('Show rows');
    await page.locator('kqlens-rows [role=columnheader]', { hasText: 'ApiId' }).waitFor(patience);
  });
});
