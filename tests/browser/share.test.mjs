// What leaves the page and what comes by a link.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe } from 'node:test';
import { gzipSync } from 'node:zlib';
import { plantedSecrets, samples } from '../../www/src/samples.js';
import { drop, launch, loadSample, open, pages, patience, seriousFindings, wordsOf } from './harness.mjs';

const [certificate, tokens] = samples;
const { stand, onPage } = pages();
const QUERY = 'ApiManagementGatewayLogs\n| where Url has "größe" // <b>not bold</b>\n| count';

const fragment = (text) => `#v1;q=${gzipSync(text).toString('base64url')};view=query`;
const notice = (page) => page.locator('kqlens-app [aria-label="Query from a link"]');

async function openShare(page) {
  await page.locator('#share').click();
  await page.locator('kqlens-share dialog[open]').waitFor(patience);
}

async function downloaded(page, press) {
  const [file] = await Promise.all([page.waitForEvent('download', patience), press()]);
  return readFile(await file.path(), 'utf8');
}

describe('a link', () => {
  onPage('holds the query and no data, and comes back on another page, not run', async (page) => {
    await loadSample(page, certificate);
    await page.getByRole('tab', { name: 'Query', exact: true }).click();
    await page.locator('kqlens-editor .cm-content').click(patience);
    await page.keyboard.press('Control+A');
    await page.keyboard.insertText(QUERY);
    await openShare(page);
    await page.locator('kqlens-share #link button').click();
    await page.locator('kqlens-share #link', { hasText: 'Copied' }).waitFor(patience);
    const link = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(link, /#v1;q=[\w-]+;view=query$/);
    assert.ok(link.length < 400);
    const other = await open(stand.browser, link);
    try {
      assert.match(await wordsOf(notice(other.page)), /not run by itself.*<b>not bold<\/b>/s);
      assert.equal(new URL(other.page.url()).hash, '', 'a reload does not bring it back');
      await loadSample(other.page, certificate);
      await notice(other.page).getByRole('button', { name: 'Open in Query' }).click();
      await other.page.locator('kqlens-editor .cm-content', { hasText: 'größe' }).waitFor(patience);
      assert.equal(await other.page.evaluate(() => document.querySelector('kqlens-app').session.queries.active.answer), null);
      assert.deepEqual(other.faults, []);
    } finally {
      await other.close();
    }
  });

  onPage('that is broken, hostile or too long is said, and the page goes on', async (page) => {
    const good = fragment(QUERY);
    const wrong = [
      '#v1', '#v1;', '#v1;q=', '#v1;q=%%%', `#v1;q=${'A'.repeat(70_000)}`, '#v2;q=abc', good.slice(0, 40), `${good.slice(0, 20)}xx${good.slice(22)}`,
      fragment('x'.repeat(5_000_000)), fragment('   '), `${good}%E0%A4%A`, '#v1;q=__proto__;constructor=1', '#v1;view=<img src=x onerror=alert(1)>',
    ];
    for (const hash of wrong) {
      await page.evaluate((value) => { location.hash = value; }, hash);
      await page.getByText('The link cannot be read').waitFor(patience);
      await page.getByRole('button', { name: 'Dismiss' }).click();
      assert.equal(await notice(page).count(), 0, hash.slice(0, 60));
    }
    for (const hash of ['#section', '#', '#v', '#vx;q=1']) await page.evaluate((value) => { location.hash = value; }, hash);
    await loadSample(page, certificate);
    assert.equal(await page.getByText('The link cannot be read').count(), 0);
  });
});

describe('a link to a recipe', () => {
  const region = (page) => page.locator('kqlens-app [aria-label="Recipe from a link"]');
  const field = (page, name) => page.locator(`kqlens-recipes [name=${name}]`);

  onPage('opens it with its parameters filled in, not run, and is made from it again', async (page) => {
    const other = await open(stand.browser, `${stand.server.address}#v1;r=traffic-share;p.api=${encodeURIComponent('pay <b>"; x')}`);
    try {
      await region(other.page).waitFor(patience);
      assert.match(await wordsOf(region(other.page)), /not run by itself.*api = pay <b>"; x/s);
      assert.equal(new URL(other.page.url()).hash, '');
      await loadSample(other.page, certificate);
      await region(other.page).getByRole('button', { name: 'Open in Query' }).click();
      await field(other.page, 'api').waitFor(patience);
      assert.equal(await field(other.page, 'api').inputValue(), 'pay <b>"; x');
      assert.equal(await other.page.evaluate(() => document.querySelector('kqlens-app').session.queries.active.answer), null);
      await field(other.page, 'api').fill('payments-v2');
      await other.page.locator('kqlens-recipes #link-recipe button').click();
      await other.page.locator('kqlens-recipes #link-recipe', { hasText: 'Copied' }).waitFor(patience);
      const link = await other.page.evaluate(() => navigator.clipboard.readText());
      assert.match(link, /#v1;r=traffic-share;p\.api=payments-v2$/);
      await other.page.evaluate((hash) => { location.hash = hash; }, new URL(link).hash);
      await region(other.page).getByRole('button', { name: 'Open in Query' }).click();
      await other.page.locator('kqlens-recipes #run-recipe').click();
      await other.page.locator('kqlens-result [role=gridcell]').first().waitFor(patience);
      assert.deepEqual(other.faults, []);
    } finally {
      await other.close();
    }
    await page.getByText('Engine ready').waitFor(patience);
    for (const hash of ['#v1;r=', '#v1;r=no-such-recipe', '#v1;r=__proto__', '#v1;r=<b>', '#v1;r=traffic-share;p.nothing=1', '#v1;r=traffic-share;p.api=%E0%A4%A', `#v1;r=traffic-share;p.api=${'x'.repeat(2001)}`,
      `#v1;r=traffic-share;${Array.from({ length: 31 }, (_, at) => `p.a${at}=1`).join(';')}`, '#v1;r=traffic-share;p.=1', '#v1;r=traffic-share;p.__proto__=1']) {
      await page.evaluate((value) => { location.hash = value; }, hash);
      await page.getByText('The link cannot be read').waitFor(patience);
      await page.getByRole('button', { name: 'Dismiss' }).click();
      assert.equal(await region(page).count(), 0, hash.slice(0, 60));
    }
  });
});

describe('a report', () => {
  onPage('as a file opens without the page, asks for nothing, and says what broke', async (page) => {
    await loadSample(page, certificate);
    await page.locator('kqlens-timeline .uplot').waitFor(patience);
    await page.locator('kqlens-activity tbody tr').nth(1).waitFor(patience);
    await openShare(page);
    assert.deepEqual(await seriousFindings(page), []);
    const html = await downloaded(page, () => page.locator('kqlens-share #html').click());
    assert.match(html, /^<!doctype html>/);
    assert.doesNotMatch(html, /<script|<link|<img|src=|url\(/);
    const browser = await launch();
    try {
      const context = await browser.newContext();
      const report = await context.newPage();
      const asked = [];
      report.on('request', (request) => asked.push(request.url()));
      await report.setContent(html);
      assert.deepEqual(asked, []);
      assert.ok((await report.locator('svg rect').count()) > 50, 'the timeline');
      assert.equal(await report.locator('svg line').count(), 2, 'the changes on it');
      assert.match(await report.locator('body').innerText(), /Who changed what[^]*09:32:00 hidden-\w+: Delete certificate[^]*0\.0 % failed before, \d+ % after/);
      assert.match(await report.locator('body').innerText(), /4,800 requests[^]*certificate[^]*ApiManagementGatewayLogs[^]*PT1H\.json/i);
      assert.deepEqual(await seriousFindings(report), []);
    } finally {
      await browser.close();
    }
    const markdown = await downloaded(page, () => page.locator('kqlens-share #markdown').click());
    assert.match(markdown, /^# What broke\n\n4,800 requests[^]*```kusto\nApiManagementGatewayLogs/);
    assert.match(markdown, /\n## Who changed what\n\n- .*hidden-\w+: Create or update API policy.*\n- .*Delete certificate/);
    assert.doesNotMatch(markdown, /ops@shop/);
  });

  onPage('holds no secret unless the masks are taken off, and no text of a message', async (page) => {
    await loadSample(page, tokens);
    await openShare(page);
    for (const way of ['html', 'markdown']) {
      const text = await downloaded(page, () => page.locator(`kqlens-share #${way}`).click());
      assert.deepEqual(plantedSecrets.filter((secret) => text.includes(secret)), []);
      assert.doesNotMatch(text, /Where is order/);
    }
    await page.locator('kqlens-share #ticket button').click();
    await page.locator('kqlens-share #ticket', { hasText: 'Copied' }).waitFor(patience);
    assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^# What broke/);
  });

  onPage('shows what a log holds as text', async (page) => {
    const row = JSON.parse(certificate.files()[0].text.split('\n').find((line) => line.includes('RemoteCertificate')));
    row.properties.lastError.message += ' <script>alert(1)</script>';
    row.properties.apiId = '<img src=x onerror=alert(2)>';
    await drop(page, [{ name: '<b>evil</b>.json', text: JSON.stringify(row) }]);
    await page.locator('kqlens-verdict #headline').waitFor(patience);
    await openShare(page);
    const html = await downloaded(page, () => page.locator('kqlens-share #html').click());
    assert.doesNotMatch(html, /<script|<img|<b>evil/);
    assert.match(html, /&lt;b&gt;evil/);
  });
});
