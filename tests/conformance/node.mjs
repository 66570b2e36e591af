// node node.mjs PACKAGE CASES.jsonl RESULTS.jsonl: runs the cases in the packed module and compares
// with the answers of the native engine, value by value; the last digit of a logarithm is that of the
// platform's library. Prints `WASM same as native SAME / ALL`.

import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, casesFile, resultsFile] = process.argv.slice(2);
if (resultsFile === undefined) {
  console.error('usage: node node.mjs PACKAGE CASES.jsonl RESULTS.jsonl');
  process.exit(2);
}
const { Dataset } = await import(pathToFileURL(join(resolve(folder), 'dist/node.js')));
const lines = (file) => readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line));
const native = new Map(lines(resultsFile).map((result) => [result.id, result]));

/** Equal values; reals up to their last digit. */
function equal(a, b) {
  if (typeof a === 'number' && typeof b === 'number') {
    return a === b || (!Number.isInteger(a) && Math.abs(a - b) <= 1e-15 * Math.abs(a) * 4);
  }
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) return a === b;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && equal(a[key], b[key]));
}

const dataset = new Dataset();
let [same, all] = [0, 0];
for (const { id, query } of lines(casesFile)) {
  let answer;
  try {
    const result = dataset.query(query, { now: '2026-01-01T00:00:00Z' });
    answer = { id, ...JSON.parse(result.toJson({ redact: false })) };
    result.free();
  } catch (error) {
    answer = { id, error: `${error.code} ${error.message}` };
  }
  all += 1;
  const expected = native.get(id);
  const isSame = answer.error !== undefined && expected?.error !== undefined
    ? answer.error.slice(0, 7) === expected.error.slice(0, 7)
    : expected !== undefined && equal(answer, expected);
  if (isSame) same += 1;
  else console.log(`  ${id}: ${JSON.stringify(answer).slice(0, 300)} instead of ${JSON.stringify(expected)?.slice(0, 300)}`);
}
console.log(`WASM same as native ${same} / ${all}`);
