// The page in headless Chromium: reading 100 MB to the verdict beside plain JavaScript, scrolling a
// million rows, and brushing a million rows. Writes a section of RESULTS.md; numbers of this kind are told, not gated.
//
// page.mjs READ MILLION: folders with a gateway.jsonl, as `cargo xtask bench` makes them.
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { launch, open, root, serveFolder, VERDICT } from '../browser/harness.mjs';

const [folder, million] = process.argv.slice(2);
if (million === undefined) throw new Error('usage: page.mjs READ MILLION');
const file = join(folder, 'gateway.jsonl');
const RESULTS = join(root, 'tests/bench/RESULTS.md');
const HEADING = '## The page';
const LONG_MS = 50;
const patience = { timeout: 120_000 };

/** What the main thread did while something ran: frames and tasks of more than 50 ms. */
async function watched(page, run) {
  await page.evaluate(() => {
    const watch = { frames: [], tasks: [], last: performance.now(), isOn: true };
    globalThis.watch = watch;
    const observer = new PerformanceObserver((list) => watch.tasks.push(...list.getEntries().map(({ duration }) => duration)));
    observer.observe({ type: 'longtask' });
    const frame = (now) => {
      watch.frames.push(now - watch.last);
      watch.last = now;
      if (watch.isOn) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  const started = performance.now();
  await run();
  const elapsed_ms = performance.now() - started;
  const { frames, tasks } = await page.evaluate(() => {
    globalThis.watch.isOn = false;
    return globalThis.watch;
  });
  frames.sort((a, b) => a - b);
  const at = (share) => frames[Math.min(frames.length - 1, Math.floor(share * frames.length))];
  return { elapsed_ms, n_frames: frames.length, p50_ms: at(0.5), p95_ms: at(0.95), worst_ms: frames.at(-1), tasks: tasks.filter((ms) => ms > LONG_MS) };
}

/** Plain JavaScript doing the least of it: read, parse, count the failures by reason. */
function plain(input) {
  return input.evaluate(async ({ files: [file] }) => {
    const started = performance.now();
    const reasons = new Map();
    for (const line of (await file.text()).split('\n')) {
      if (line === '') continue;
      const { properties } = JSON.parse(line);
      if (properties.responseCode >= 400) {
        const reason = `${properties.responseCode} ${properties.lastError?.reason}`;
        reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      }
    }
    return performance.now() - started;
  });
}

/** Hands a file to the page; the time from when the page has it to the end of the triage. */
async function read(page, path) {
  await page.evaluate(() => {
    const { session } = document.querySelector('kqlens-app');
    globalThis.triaged_ms = new Promise((done) => {
      let started;
      session.addEventListener('change', () => {
        if (session.isReading) started ??= performance.now();
        if (started !== undefined && session.report) done(performance.now() - started);
      });
    });
  });
  await page.locator('input[type=file]').first().setInputFiles(path);
  return page.evaluate(() => globalThis.triaged_ms);
}

/** Brushes half of the time of the rows, some times; how long each question took, and all of them. */
async function brushed(page, n_times) {
  await page.getByRole('tab', { name: 'Explore' }).click();
  await page.waitForFunction(() => {
    const explore = document.querySelector('kqlens-app').renderRoot.querySelector('kqlens-explore')?.renderRoot.querySelector('kqlens-brush')?.explore;
    globalThis.explore = explore;
    return explore && !explore.isAsking;
  }, null, patience);
  return page.evaluate(async (times) => {
    const { engine, sources: [{ timeRange }] } = globalThis.explore.session;
    const [questions_ms, all_ms] = [[], []];
    const request = engine.request.bind(engine);
    engine.request = async (op, ...rest) => {
      const started = performance.now();
      const answer = await request(op, ...rest);
      if (op === 'query') questions_ms.push(performance.now() - started);
      return answer;
    };
    const [from, to] = [Date.parse(timeRange.from), Date.parse(timeRange.to)];
    for (let time = 0; time < times; time++) {
      const started = performance.now();
      const from_ms = from + (to - from) * 0.05 * time;
      globalThis.explore.brush({ from_ms, to_ms: from_ms + (to - from) / 2 });
      while (globalThis.explore.isAsking) await new Promise((resolve) => setTimeout(resolve, 2));
      all_ms.push(performance.now() - started);
    }
    return { questions_ms: questions_ms.sort((a, b) => a - b), all_ms: all_ms.sort((a, b) => a - b) };
  }, n_times);
}

const server = await serveFolder(join(root, 'www/dist'));
const browser = await launch();
try {
  const { size } = await stat(file);
  const speed = (ms) => `${(size / ms / 1000).toFixed(0)} MB/s`;
  const { page, close } = await open(browser, server.address);
  await page.addInitScript(() => addEventListener('ready', () => { globalThis.ready_ms = performance.now(); }));
  await page.reload();
  await page.getByText('Engine ready').waitFor(patience);
  const [paint_ms, ready_ms] = await page.evaluate(() => [performance.getEntriesByName('first-contentful-paint')[0].startTime, globalThis.ready_ms]);
  let triaged_ms = 0;
  const reading = await watched(page, async () => {
    triaged_ms = await read(page, file);
    await page.waitForSelector(VERDICT, patience);
  });
  const beside = await page.evaluateHandle(() => Object.assign(document.createElement('input'), { type: 'file' }));
  await page.evaluate((element) => document.body.append(element), beside);
  await beside.setInputFiles(file);
  const plain_ms = await plain(beside);
  await page.evaluate((element) => element.remove(), beside);

  await page.evaluate(() => document.querySelector('kqlens-app').session.showRows({
    title: 'A million rows',
    kql: 'range Row from 1 to 1000000 step 1 | extend Name = strcat("row ", Row), Half = Row / 2.0, When = datetime(2026-01-01) + Row * 1s',
  }));
  const view = page.locator('kqlens-rows kqlens-grid .view');
  await view.locator('[role=gridcell]:not(.waiting)').first().waitFor(patience);
  const scrolling = await watched(page, () => view.evaluate(async (element) => {
    const n_steps = 300;
    const end = element.scrollHeight - element.clientHeight;
    for (let step = 1; step <= n_steps; step++) {
      // A flick of a wheel, then on through the whole of it.
      element.scrollTop = step < n_steps / 2 ? step * 120 : (end * (step - n_steps / 2)) / (n_steps / 2);
      await new Promise(requestAnimationFrame);
    }
  }));
  await close();

  const other = await open(browser, server.address);
  await read(other.page, join(million, 'gateway.jsonl'));
  await other.page.waitForSelector(VERDICT, patience);
  let brush = { questions_ms: [], all_ms: [] };
  const brushing = await watched(other.page, async () => { brush = await brushed(other.page, 5); });
  await other.close();

  const middle = (sorted) => sorted[Math.floor(sorted.length / 2)];
  const tasks = ({ tasks: long }) => (long.length === 0 ? 'none' : `${long.length}, the longest ${Math.max(...long).toFixed(0)} ms`);
  const frames = ({ p50_ms, p95_ms, worst_ms }) => `${p50_ms.toFixed(1)} / ${p95_ms.toFixed(1)} / ${worst_ms.toFixed(1)}`;
  const today = new Date().toISOString().slice(0, 10);
  const section = `${HEADING}

Headless Chromium on this machine, the built page from disk (\`cargo xtask bench page\`, ${today}). First paint ${paint_ms.toFixed(0)} ms after the navigation began, the engine ready ${(ready_ms - paint_ms).toFixed(0)} ms after that.

| work | time | speed | tasks over ${LONG_MS} ms on the main thread | frames, ms: half / 95 % / worst |
|---|---:|---:|---:|---:|
| ${(size / 1e6).toFixed(0)} MB of JSON lines, from the file to the triage | ${triaged_ms.toFixed(0)} ms | ${speed(triaged_ms)} | ${tasks(reading)} | ${frames(reading)} |
| the same file in plain JavaScript: text, JSON.parse, count of failures | ${plain_ms.toFixed(0)} ms | ${speed(plain_ms)} | one of all its time | |
| scrolling through a million rows, ${scrolling.n_frames} frames | ${scrolling.elapsed_ms.toFixed(0)} ms | | ${tasks(scrolling)} | ${frames(scrolling)} |
| brushing the time of a million rows: one panel, half / worst of ${brush.questions_ms.length} | ${middle(brush.questions_ms).toFixed(0)} / ${brush.questions_ms.at(-1).toFixed(0)} ms | | ${tasks(brushing)} | ${frames(brushing)} |
| and all ${Math.round(brush.questions_ms.length / brush.all_ms.length)} panels of it | ${middle(brush.all_ms).toFixed(0)} ms | | | |
`;
  const results = await readFile(RESULTS, 'utf8');
  const start = results.indexOf(`\n${HEADING}\n`);
  const before = start < 0 ? `${results.trimEnd()}\n` : results.slice(0, start);
  const rest = start < 0 ? '' : results.slice(start + 1);
  const next = rest.indexOf('\n## ', HEADING.length);
  await writeFile(RESULTS, `${before}\n${section}${next < 0 ? '' : rest.slice(next)}`);
  console.log(section);
} finally {
  await browser.close();
  await server.close();
}
