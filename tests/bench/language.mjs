// language.mjs PACKAGE ORACLE CORPUS RECIPES: kqlens beside Microsoft's language service, the same
// texts in this one process: reading (tokens and tree), and reading with analysis against a schema.
// Writes tests/bench/LANGUAGE.md.
//
// CORPUS: lines of queries; taken are those without templates that Microsoft's parser accepts.
// RECIPES: the folder of `schema.json` and `texts.jsonl` (example `recipes`). Both sides are warmed
// alike: each goes over all texts as often before anything is measured, and in turns afterwards. A
// text's time is the median of its runs; what is told are medians over the texts.
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';

const [packageFolder, oracle, corpusFile, recipes] = process.argv.slice(2);
const load = (file) => import(pathToFileURL(file).href);
const microsoft = await load(join(oracle, 'language.mjs'));
const { ready, kql } = await load(join(packageFolder, 'dist/node.js'));
await ready();

const N_TEXTS = 200;
const N_WARMING = 20;
const N_RUNS = 11;

const lines = (text) => text.trim().split('\n').map((line) => JSON.parse(line));
const some = (texts) => texts.filter((_, at) => at % Math.max(1, Math.floor(texts.length / N_TEXTS)) === 0);
const corpus = some(lines(gunzipSync(readFileSync(corpusFile)).toString())
  .filter((one) => one.dialect === 'kql' && one.official_ok && !one.templated)
  .map((one) => one.query));
const ours = some(lines(readFileSync(join(recipes, 'texts.jsonl'), 'utf8')).map((one) => one.query));
const names = microsoft.database(JSON.parse(readFileSync(join(recipes, 'schema.json'), 'utf8')));

const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];

function time(work, text) {
  const start = performance.now();
  // The service breaks down on some texts; that takes its time as well.
  try { work(text); } catch { }
  return performance.now() - start;
}

/** Medians over the texts: the time of either side, and how much faster the first is on the same text. */
function compare(texts, ...sides) {
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
  return [median(mine), median(others), median(mine.map((ms, at) => others[at] / ms))];
}

const read = [(text) => kql.parse(text), (text) => microsoft.parse(text)];
const check = [(text) => kql.check(text), (text) => microsoft.bind(text, names)];
const report = [
  '# Results of `cargo xtask bench --language`',
  '',
  `${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus()[0].model.trim()} × ${cpus().length}. Medians over the texts; ratios hold, times drift.`,
  '',
  '| work | texts | characters | kqlens, ms | Microsoft\'s service, ms | faster on the same text |',
  '|---|---:|---:|---:|---:|---:|',
];
for (const [work, texts, sides] of [
  ['read the corpus', corpus, read],
  ['read and check the corpus', corpus, check],
  ['read and check the recipes', ours, check],
]) {
  process.stderr.write(`  ${work}\n`);
  const [mine, other, ratio] = compare(texts, ...sides);
  report.push(`| ${work} | ${texts.length} | ${median(texts.map((text) => text.length))} | ${mine.toFixed(4)} | ${other.toFixed(3)} | ${ratio.toFixed(0)} × |`);
}
console.log(report.join('\n'));
writeFileSync(join(fileURLToPath(new URL('.', import.meta.url)), 'LANGUAGE.md'), `${report.join('\n')}\n`);
