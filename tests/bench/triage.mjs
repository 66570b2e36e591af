// triage.mjs FILE RUNS: reading a file and triaging it with all signatures, in milliseconds.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [file, runs] = process.argv.slice(2);
const bytes = readFileSync(file);
const cold = performance.now();
const { Dataset } = await import(pathToFileURL(`${process.env.KQLENS_PACKAGE}/dist/node.js`));
const triage_ms = [];
let cold_ms = 0;
for (let run = 0; run < Number(runs); run++) {
  const dataset = new Dataset();
  const writer = dataset.open({ name: 'bench' });
  for (let at = 0; at < bytes.length; at += 8 << 20) writer.push(bytes.subarray(at, at + (8 << 20)));
  writer.finish();
  const start = performance.now();
  dataset.triage({ now: '2026-03-03T12:00:00Z' });
  triage_ms.push(performance.now() - start);
  if (run === 0) cold_ms = performance.now() - cold;
  dataset.free();
}
triage_ms.sort((a, b) => a - b);
console.log(JSON.stringify({ bytes: bytes.length, triage_ms: triage_ms[triage_ms.length >> 1], cold_ms }));
