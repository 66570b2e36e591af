// `cargo xtask screenshots`: every view of the page, light and dark, wide and narrow, for eyes to look at.
//
// screenshots.mjs OUT: writes OUT/NAME-SCHEME-WIDTH.png. A view is a name and the way to it from the start.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { samples } from '../../www/src/samples.js';
import { launch, loadSample, open, patience, root, serveFolder, useFinding } from './harness.mjs';

const [certificate, tokens, dirty] = samples;

const conversations = async (page, view) => {
  await loadSample(page, tokens);
  await page.getByRole('tab', { name: 'Conversations' }).click();
  await page.locator('kqlens-calls [role=gridcell]:not(.waiting)').first().waitFor(patience);
  if (view) await page.locator('kqlens-conversations').getByRole('button', { name: view, exact: true }).click();
};

/** How each view is come to. */
const VIEWS = {
  start: async () => {},
  verdict: (page) => loadSample(page, certificate),
  dirty: (page) => loadSample(page, dirty),
  kql: async (page) => {
    await loadSample(page, certificate);
    await page.getByRole('button', { name: 'Show KQL' }).first().click();
  },
  rows: async (page) => {
    await loadSample(page, certificate);
    await page.evaluate(() => document.querySelector('kqlens-app').session.showRows({ title: 'All requests', kql: 'ApiManagementGatewayLogs | order by TimeGenerated asc' }));
    await page.locator('kqlens-rows [role=gridcell]:not(.waiting)').nth(8).click(patience);
  },
  explore: async (page) => {
    await loadSample(page, certificate);
    await page.getByRole('tab', { name: 'Explore' }).click();
    await page.waitForTimeout(1500);
  },
  query: async (page) => {
    await loadSample(page, certificate);
    await page.getByRole('tab', { name: 'Query', exact: true }).click();
    await page.locator('kqlens-query #run').click(patience);
    await page.locator('kqlens-result [role=gridcell]:not(.waiting)').first().waitFor(patience);
  },
  form: async (page) => {
    await VIEWS.query(page);
    await page.locator('kqlens-query').getByRole('button', { name: 'Form', exact: true }).click();
    await page.locator('kqlens-builder #table').waitFor(patience);
  },
  handoff: async (page) => {
    await loadSample(page, certificate);
    await useFinding(page);
    await page.locator('kqlens-handoff #way-alertRule').click(patience);
    await page.locator('kqlens-back-test #replay').click(patience);
    await page.locator('kqlens-back-test .uplot').waitFor(patience);
    await page.locator('kqlens-back-test').evaluate((element) => element.scrollIntoView());
  },
  'metric-alert': async (page) => {
    await loadSample(page, certificate);
    await useFinding(page);
    await page.locator('kqlens-handoff #way-metricAlert').click(patience);
    await page.locator('kqlens-metric-rows #watched').waitFor(patience);
    await page.locator('kqlens-handoff #field-dimensions').evaluate((element) => element.scrollIntoView());
  },
  share: async (page) => {
    await loadSample(page, certificate);
    await page.locator('#share').click();
    await page.locator('kqlens-share dialog[open]').waitFor(patience);
  },
  workspaces: async (page) => {
    await page.locator('kqlens-start #workspaces').click();
    await page.locator('kqlens-workspaces #all').waitFor(patience);
  },
  help: async (page) => {
    await page.locator('#help').click();
    await page.locator('kqlens-help #search').waitFor(patience);
  },
  'check-setup': async (page) => {
    await page.locator('kqlens-start #check-setup').click();
    await page.locator('kqlens-check-setup textarea').fill('{\n  "name": "logger",\n  "properties": {\n    "loggerType": "applicationInsights",\n    "credentials": { "identityClientId": "systemAssigned" },\n  }\n}');
    await page.locator('kqlens-check-setup .finding').first().waitFor(patience);
  },
  'why-nothing': async (page) => {
    await loadSample(page, certificate);
    await page.evaluate(() => document.querySelector('kqlens-app').session.whyNothing({ title: 'Calls by get', kql: 'ApiManagementGatewayLogs\n| where ResponseCode >= 500 and Method == "get"' }));
    await page.locator('kqlens-empty h3').waitFor(patience);
  },
  'set-up': async (page) => {
    await loadSample(page, certificate);
    await page.locator('kqlens-verdict .limits summary').click();
    await page.getByRole('button', { name: 'Set it up' }).first().click();
    await page.locator('kqlens-handoff #file pre').waitFor(patience);
  },
  palette: async (page) => {
    await page.keyboard.press('F1');
    await page.locator('kqlens-palette [role=option]').first().waitFor(patience);
  },
  calls: (page) => conversations(page),
  conversation: async (page) => {
    await conversations(page);
    await page.locator('kqlens-calls [role=gridcell]:not(.waiting)').first().click();
    await page.locator('kqlens-conversation .message').first().waitFor(patience);
  },
  spend: (page) => conversations(page, 'Tokens and cost'),
  limits: (page) => conversations(page, 'Limits and problems'),
  mcp: (page) => conversations(page, 'MCP'),
  websocket: (page) => conversations(page, 'WebSocket'),
};

const out = process.argv[2];
if (out === undefined) throw new Error('usage: screenshots.mjs OUT');
await mkdir(out, { recursive: true });
const server = await serveFolder(join(root, 'www/dist'));
const browser = await launch();
try {
  for (const colorScheme of ['light', 'dark']) {
    for (const width of [1280, 400]) {
      for (const [name, show] of Object.entries(VIEWS)) {
        const { page, close } = await open(browser, server.address, { colorScheme, viewport: { width, height: 900 } });
        try {
          await show(page);
          // Charts come when they are drawn, and fade in; nothing tells when the last has.
          await page.waitForTimeout(600);
          await page.screenshot({ path: join(out, `${name}-${colorScheme}-${width}.png`), fullPage: true });
        } finally {
          await close();
        }
      }
      console.log(`${Object.keys(VIEWS).length} views, ${colorScheme}, ${width} pixels wide`);
    }
  }
} finally {
  await browser.close();
  await server.close();
}
