// language.mjs PACKAGE ORACLE SUITES SCHEMA: kqlens beside Microsoft's language service on the same
// texts in this one process: reading (tokens and tree), and reading with analysis against a schema.
//
// Texts: the untemplated queries of the corpus that Microsoft's parser accepts. Both sides are warmed
// alike: each reads all texts as often before anything is measured. A text's time is the median of its
// runs, for which the sides take turns; then medians over the texts.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';

const [packageFolder, oracle, suites, schemaFile] = process.argv.slice(2);
const load = (file) => import(pathToFileURL(file).href);
const microsoft = await load(join(oracle, 'language.mjs'));
const { ready, kql } = await load(join(packageFolder, 'dist/node.js'));
await ready();

const N_TEXTS = Number(process.env.NT ?? 300);
const N_WARMING = Number(process.env.NW ?? 20);
const N_RUNS = Number(process.env.NR ?? 11);

const read = (file) => gunzipSync(readFileSync(join(suites, 'corpus', file))).toString().trim().split('\n').map((line) => JSON.parse(line));
const all = read('dev.jsonl.gz').filter((one) => one.dialect === 'kql' && one.official_ok && !one.templated).map((one) => one.query);
const step = Math.max(1, Math.floor(all.length / N_TEXTS));
const texts = all.filter((_, at) => at % step === 0);
const names = microsoft.database(JSON.parse(readFileSync(schemaFile, 'utf8')));

const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];

function time(work, text) {
  const start = performance.now();
  // The service breaks down on some texts; that takes its time as well.
  try { work(text); } catch { }
  return performance.now() - start;
}

/** Medians over the texts: the time of either side, and how much faster ours is on the same text. */
function compare(ours, theirs) {
  const sides = [ours, theirs];
  const runs = sides.map(() => texts.map(() => []));
  for (let round = -N_WARMING; round < N_RUNS; round += 1) {
    for (const [side, work] of sides.entries()) {
      for (const [at, text] of texts.entries()) {
        const ms = time(work, text);
        if (round >= 0) runs[side][at].push(ms);
      }
    }
  }
  const [mine, others] = runs.map((side) => side.map(median));
  return { ours_ms: median(mine), theirs_ms: median(others), ratio: median(mine.map((ms, at) => others[at] / ms)) };
}

console.log(JSON.stringify({
  n_texts: texts.length,
  n_characters: median(texts.map((text) => text.length)),
  parse: compare(kql.parse, microsoft.parse),
  check: compare((text) => kql.check(text), (text) => microsoft.bind(text, names)),
}));
