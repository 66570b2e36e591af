// llm.mjs PACKAGE FOLDER MB: reads a log of calls to language models and puts the calls together, with
// kqlens and with plain JavaScript, each in a process of its own, and writes the section of
// tests/bench/RESULTS.md. Fails where the two do not agree.
//
// The log is made in FOLDER, the same bytes in every run: JSON lines as a storage account has them;
// of each call the row with the tokens, the request in one part or several of number 1, the response
// in parts from number 2 on. Messages have 1 to 32 KB.
import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readSync, renameSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const NOW = '2026-03-03T12:00:00Z';
const CHUNK_BYTES = 8 << 20;
const PART_CHARACTERS = 15_000;
const N_RUNS = 7;

/** Numbers without order, the same in every run. */
function random(seed) {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

function writeLog(path, size) {
  const below = random(7);
  const syllables = ['ka', 'ro', 'min', 'te', 'su', 'lor', 'en', 'vi', 'da', 'pho', 'gra', 'ni'];
  const word = () => Array.from({ length: 1 + below(4) }, () => syllables[below(syllables.length)]).join('');
  const words = Array.from({ length: 4000 }, (_, at) => (at % 40 === 0 ? `"${word()}",` : at % 41 === 0 ? `${word()}é` : at % 43 === 0 ? `\n\n${word()}` : word()));
  const message = (role) => {
    const length = Math.floor(1024 * 32 ** (below(1000) / 1000));
    let content = '';
    while (content.length < length) content += `${words[below(words.length)]} `;
    return { role, content };
  };
  const parts = (text) => Array.from({ length: Math.ceil(text.length / PART_CHARACTERS) }, (_, at) => text.slice(at * PART_CHARACTERS, (at + 1) * PART_CHARACTERS));
  const file = openSync(`${path}.part`, 'w');
  let bytes = 0;
  for (let call = 0; bytes < size; call++) {
    const id = `${call.toString(16).padStart(8, '0')}-5eed-4aaa-8bbb-0123456789ab`;
    const time = new Date(Date.UTC(2026, 2, 3) + call * 700).toISOString();
    const [prompt, completion] = [50 + below(8000), 10 + below(2000)];
    const line = (properties) => `${JSON.stringify({
      time: time.replace('Z', '0000Z'),
      category: 'GatewayLlmLogs',
      operationName: 'Microsoft.ApiManagement/GatewayLlmLogs',
      resourceId: '/SUBSCRIPTIONS/S/RESOURCEGROUPS/R/PROVIDERS/MICROSOFT.APIMANAGEMENT/SERVICE/A',
      correlationId: id,
      location: 'West Europe',
      properties,
    })}\n`;
    const rows = [{ sequenceNumber: 0, modelName: 'gpt-4o', deploymentName: `chat-${below(4)}`, apiVersion: '2024-10-21', isStreamCompletion: below(2) === 1, promptTokens: prompt, completionTokens: completion, totalTokens: prompt + completion }];
    const request = JSON.stringify(below(3) === 0 ? [message('system'), message('user')] : [message('user')]);
    for (const part of parts(request)) rows.push({ sequenceNumber: 1, requestMessages: part });
    parts(JSON.stringify([message('assistant')])).forEach((part, at) => rows.push({ sequenceNumber: 2 + at, responseMessages: part }));
    bytes += writeSync(file, rows.map(line).join(''));
  }
  closeSync(file);
  renameSync(`${path}.part`, path);
}

/** What `work` takes, in milliseconds. */
function timed(work) {
  const start = performance.now();
  const result = work();
  return [performance.now() - start, result];
}

async function kqlens(packageFolder, path) {
  let memory;
  const { Instance } = WebAssembly;
  WebAssembly.Instance = function instance(...options) {
    const made = new Instance(...options);
    memory = made.exports.memory;
    return made;
  };
  const { Dataset } = await import(pathToFileURL(join(packageFolder, 'dist/node.js')));
  const input = readFileSync(path);
  const read = () => {
    const dataset = new Dataset();
    const writer = dataset.open({ name: 'bench' });
    for (let at = 0; at < input.length; at += CHUNK_BYTES) writer.push(input.subarray(at, at + CHUNK_BYTES));
    const { rows, rejects } = writer.finish();
    if (rejects.count > 0) throw new Error(`${rejects.count} rejects`);
    return { dataset, rows };
  };
  const before = memory.buffer.byteLength;
  const runs = [];
  let answer;
  for (let run = 0; run < N_RUNS; run++) {
    const [read_ms, { dataset, rows }] = timed(read);
    const held = memory.buffer.byteLength - before;
    const job = dataset.startLlm({ now: NOW });
    const [put_ms] = timed(() => { while (!job.step(1000).done); });
    const [report_ms, report] = timed(() => job.report());
    // Memory does not shrink: only the first run shows what one takes.
    answer ??= { rows, calls: report.totals.calls, tokens: report.totals.totalTokens, unordered: report.totals.orderUnknown, held, held_with_calls: memory.buffer.byteLength - before };
    const [, text] = timed(() => dataset.query('LlmCalls | summarize sum(strlen(Response))', { now: NOW }).rows()[0][0]);
    answer.response_characters = Number(text);
    runs.push({ read_ms, put_ms, report_ms });
    report.free?.();
    dataset.free();
  }
  return { ...answer, ...best(runs) };
}

/** The best of each: what else the machine does only adds to a time. */
function best(runs) {
  return Object.fromEntries(Object.keys(runs[0]).map((name) => [name, Math.min(...runs.map((run) => run[name]))]));
}

/** What a script does: a value a line, calls by id, texts joined and read. */
function plain(path) {
  const input = readFileSync(path);
  const runs = [];
  let answer;
  for (let run = 0; run < N_RUNS; run++) {
    const [read_ms, rows] = timed(() => {
      const found = [];
      for (let at = 0, end; at < input.length; at = end + 1) {
        end = input.indexOf(10, at);
        if (end < 0) end = input.length;
        found.push(JSON.parse(input.toString('utf8', at, end)));
      }
      return found;
    });
    const [put_ms, calls] = timed(() => {
      const byId = new Map();
      for (const row of rows) {
        const known = byId.get(row.correlationId);
        if (known === undefined) byId.set(row.correlationId, [row.properties]);
        else known.push(row.properties);
      }
      return Array.from(byId.values(), (parts) => {
        parts.sort((a, b) => a.sequenceNumber - b.sequenceNumber);
        const join = (name) => parts.map((part) => part[name] ?? '').join('');
        const [request, response] = [join('requestMessages'), join('responseMessages')];
        JSON.parse(request);
        JSON.parse(response);
        return { tokens: parts[0].totalTokens, response };
      });
    });
    const sum = (of) => calls.reduce((total, call) => total + of(call), 0);
    answer = { rows: rows.length, calls: calls.length, tokens: sum((call) => call.tokens), response_characters: sum((call) => [...call.response].length) };
    runs.push({ read_ms, put_ms });
  }
  return { ...answer, ...best(runs) };
}

function report(packageFolder, folder, mb) {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `llm-${mb}.jsonl`);
  if (!existsSync(path)) {
    process.stderr.write(`  generating ${mb} MB of calls to language models\n`);
    writeLog(path, mb * 1e6);
  }
  const bytes = statSync(path).size;
  const measure = (who) => {
    process.stderr.write(`  ${who}\n`);
    return JSON.parse(execFileSync(process.execPath, ['--max-old-space-size=8000', fileURLToPath(import.meta.url), who, packageFolder, path]).toString());
  };
  const [ours, theirs] = ['kqlens', 'plain'].map(measure);
  const speed = (ms) => (bytes / ms / 1e3).toFixed(0);
  const times = (a, b) => `${(a / b).toFixed(1)} ×`;
  const put = ours.read_ms + ours.put_ms;
  const lines = [
    '## Calls to language models',
    '',
    `${(bytes / 1e6).toFixed(0)} MB of JSON lines, ${ours.rows.toLocaleString('en-US')} rows of ${ours.calls.toLocaleString('en-US')} calls, messages of 1 to 32 KB (\`cargo xtask bench --llm\`, ${new Date().toISOString().slice(0, 10)}, the best of ${N_RUNS} runs). The order of the parts cannot be told in ${ours.unordered.toLocaleString('en-US')} calls, whose request has many parts of one number.`,
    '',
    '| work | kqlens, ms | MB/s | plain JS, ms | faster |',
    '|---|---:|---:|---:|---:|',
    `| reading | ${ours.read_ms.toFixed(0)} | ${speed(ours.read_ms)} | ${theirs.read_ms.toFixed(0)} | ${times(theirs.read_ms, ours.read_ms)} |`,
    `| reading, calls put together | ${put.toFixed(0)} | ${speed(put)} | ${(theirs.read_ms + theirs.put_ms).toFixed(0)} | ${times(theirs.read_ms + theirs.put_ms, put)} |`,
    `| and \`dataset.llm()\` with its sums | ${(put + ours.report_ms).toFixed(0)} | ${speed(put + ours.report_ms)} | | |`,
    '',
    `Reading and putting together has ${(100 * ours.read_ms / put).toFixed(0)} % of the speed of reading alone, with the sums ${(100 * ours.read_ms / (put + ours.report_ms)).toFixed(0)} % (no less than 50 %).`,
    `Memory of the module per input byte: ${(ours.held / bytes).toFixed(2)} once read, ${(ours.held_with_calls / bytes).toFixed(2)} with the calls (no more than 1.60).`,
  ];
  console.log(lines.join('\n'));
  const results = fileURLToPath(new URL('RESULTS.md', import.meta.url));
  const others = readFileSync(results, 'utf8').split(/^(?=## )/m).filter((section) => !section.startsWith(lines[0]));
  writeFileSync(results, `${others.join('').trimEnd()}\n\n${lines.join('\n')}\n`);
  for (const name of ['rows', 'calls', 'tokens', 'response_characters']) {
    if (ours[name] !== theirs[name]) {
      console.error(`error: ${name}: kqlens has ${ours[name]}, plain JavaScript ${theirs[name]}`);
      process.exitCode = 1;
    }
  }
}

const [first, ...rest] = process.argv.slice(2);
if (first === 'kqlens') console.log(JSON.stringify(await kqlens(...rest)));
else if (first === 'plain') console.log(JSON.stringify(plain(rest[1])));
else report(first, rest[0], Number(rest[1]));
