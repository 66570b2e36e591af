// chunks.mjs FILE: reading a file of any size in chunks, with what the process then holds beside what
// it held before. The file itself is never in memory as a whole.
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const { Dataset } = await import(pathToFileURL(`${process.env.KQLENS_PACKAGE}/dist/node.js`));
const [path] = process.argv.slice(2);
const chunk = new Uint8Array(8 << 20);
const bytes = statSync(path).size;
const dataset = new Dataset();
const file = openSync(path, 'r');
const before = process.memoryUsage().rss;
const start = performance.now();
const writer = dataset.open({ name: 'bench' });
for (let n; (n = readSync(file, chunk, 0, chunk.length, null)) > 0;) writer.push(chunk.subarray(0, n));
const { rows, rejects } = writer.finish();
const ms = performance.now() - start;
closeSync(file);
console.log(JSON.stringify({ bytes, rows, rejects: rejects.count, ms, held_per_byte: (process.memoryUsage().rss - before) / bytes }));
