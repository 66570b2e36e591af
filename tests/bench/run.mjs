// run.mjs PACKAGE PEERS READ QUERY: measures kqlens and the peers side by side, prints ratios, and
// writes tests/bench/RESULTS.md. Every contender is measured by the peers' own harness, in a process
// of its own; an answer that differs from plain JavaScript's fails the run.
import { execFileSync } from 'node:child_process';
import { copyFileSync, openSync, readFileSync, readSync, closeSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [kqlens, peers, read, query] = process.argv.slice(2);
const here = fileURLToPath(new URL('.', import.meta.url));
const env = { ...process.env, PEERS: peers, KQLENS_PACKAGE: kqlens };
copyFileSync(join(here, 'kqlens.mjs'), join(peers, 'kqlens.mjs'));

function measure(who, shape, folder, runs) {
  process.stderr.write(`  ${who}, ${shape}\n`);
  const out = execFileSync(process.execPath, ['--expose-gc', '--max-old-space-size=14000', join(peers, 'run.mjs'), who, shape, folder, String(runs)], { env, maxBuffer: 1 << 26 });
  const answer = JSON.parse(out.toString().trim().split('\n').at(-1));
  if (answer.error) process.stderr.write(`    ${who}: ${answer.error}\n`);
  return answer;
}

const times = (a, b) => (a && b ? `${(a / b).toFixed(1)} ×` : '–');
const lines = [];
const say = (line) => { console.log(line); lines.push(line); };
let isWrong = false;

say('# Results of `cargo xtask bench`');
say('');
say(`${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus()[0].model.trim()} × ${cpus().length}, ${Math.round(totalmem() / 2 ** 30)} GiB. Medians; ratios hold, milliseconds drift.`);
say('');
say('## W1: bytes to typed columns');
say('');
say('| shape | contender | MB/s | kqlens is faster | peak bytes per input byte |');
say('|---|---|---:|---:|---:|');
for (const [shape, rivals] of [['jsonl', ['plain', 'duckdb-wasm']], ['rest', ['plain', 'duckdb-wasm']], ['csv', ['udsv', 'duckdb-wasm']]]) {
  const ours = measure('kqlens', shape, read, 5);
  say(`| ${shape} | kqlens | ${ours.mb_s ?? ours.error} | | ${ours.peak_per_byte ?? '–'} |`);
  for (const rival of rivals) {
    const theirs = measure(rival, shape, read, 3);
    say(`| ${shape} | ${rival} | ${theirs.mb_s ?? theirs.error} | ${times(ours.mb_s, theirs.mb_s)} | ${theirs.peak_per_byte ?? '–'} |`);
    if (ours.rows !== theirs.rows) {
      isWrong = true;
      say(`\n**${shape}: kqlens has ${ours.rows} rows, ${rival} ${theirs.rows}.**\n`);
    }
  }
}

say('');
say('Read from disk in chunks of 8 MiB; what the process holds afterwards, beside what it held before:');
say('');
say('| file | MB | rows | MB/s | bytes held per input byte |');
say('|---|---:|---:|---:|---:|');
for (const name of ['gateway.jsonl', 'gateway.rest.json', 'gateway.csv']) {
  process.stderr.write(`  kqlens, ${name} in chunks\n`);
  const large = JSON.parse(execFileSync(process.execPath, [join(here, 'chunks.mjs'), join(query, name)], { env }).toString());
  say(`| ${name} | ${(large.bytes / 1e6).toFixed(0)} | ${large.rows.toLocaleString('en-US')} | ${(large.bytes / large.ms / 1e3).toFixed(0)} | ${large.held_per_byte.toFixed(2)} |`);
}

say('');
say('## W2 to W5: queries');
say('');
const contenders = ['kqlens', 'plain', 'duckdb-wasm'].map((who) => [who, measure(who, 'jsonl', query, 1)]);
const [[, ours], [, plain]] = contenders;
say(`${ours.rows?.toLocaleString('en-US')} rows of JSON lines; kqlens' side includes parsing, binding and running the KQL text.`);
say('');
say('| work | kqlens, ms | plain JS, ms | faster | DuckDB-WASM, ms | faster |');
say('|---|---:|---:|---:|---:|---:|');
for (const work of ['w2', 'w3', 'w4', 'w5']) {
  const [mine, js, duck] = contenders.map(([, answer]) => answer[work]);
  say(`| ${work.toUpperCase()} | ${mine?.med ?? '–'} | ${js?.med ?? '–'} | ${times(js?.med, mine?.med)} | ${duck?.med ?? '–'} | ${times(duck?.med, mine?.med)} |`);
  for (const [who, answer] of contenders) {
    if (answer[work] && js && answer[work].d !== js.d) {
      isWrong = true;
      say(`\n**${work}: ${who}'s answer is not that of plain JavaScript.**\n`);
    }
  }
}

say('');
say('## Triage');
say('');
const first = Buffer.alloc(1_000_000);
const file = openSync(join(read, 'gateway.jsonl'), 'r');
readSync(file, first, 0, first.length, 0);
closeSync(file);
const small = join(read, 'first-megabyte.jsonl');
writeFileSync(small, first.subarray(0, first.lastIndexOf(10) + 1));
const triage = (path, runs) => JSON.parse(execFileSync(process.execPath, [join(here, 'triage.mjs'), path, String(runs)], { env }).toString());
const all = triage(join(query, 'gateway.jsonl'), 3);
const cold = Array.from({ length: 7 }, () => triage(small, 1)).sort((a, b) => a.cold_ms - b.cold_ms)[3];
say(`All signatures over ${ours.rows?.toLocaleString('en-US')} rows: ${all.triage_ms.toFixed(0)} ms; plain JavaScript takes ${plain.w2?.med ?? '–'} ms for W2 alone.`);
say(`1 MB, in a new process, from loading the module to the verdict: ${cold.cold_ms.toFixed(0)} ms.`);

// Sections that other scripts wrote stay.
const results = join(here, 'RESULTS.md');
const headings = new Set(lines.filter((line) => line.startsWith('## ')));
const others = readFileSync(results, 'utf8').split(/^(?=## )/m).slice(1).filter((section) => !headings.has(section.split('\n', 1)[0]));
writeFileSync(results, `${[lines.join('\n'), ...others.map((section) => section.trimEnd())].join('\n\n')}\n`);
if (isWrong) {
  console.error('error: an answer differs; its time does not count');
  process.exit(1);
}
