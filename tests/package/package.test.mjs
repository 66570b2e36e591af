// The package as it is published: packed, installed into an empty folder, and used from Node, from
// the command, from bundlers and from a plain page under the strict policy.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { promisify } from 'node:util';
import { ledger, plantedSecrets, samples } from '../../www/src/samples.js';
import { launch, open, require, root, serveFolder } from '../browser/harness.mjs';

const run = promisify(execFile);
const TARBALL = process.env.KQLENS_TARBALL;
const NOW = '2026-03-03T12:00:00Z';
const [certificate, tokens, dirty] = samples;

let folder;
let installed;
let api;

before(async () => {
  assert.ok(TARBALL, 'KQLENS_TARBALL names the packed package: run `cargo xtask test package`');
  folder = await mkdtemp(join(tmpdir(), 'kqlens-package-'));
  await writeFile(join(folder, 'package.json'), '{"private":true,"type":"module"}');
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', '--ignore-scripts', TARBALL], { cwd: folder });
  installed = join(folder, 'node_modules/kqlens');
  api = await import(pathToFileURL(join(installed, 'dist/node.js')));
  for (const sample of samples) for (const { name, text } of sample.files()) await writeFile(join(folder, name), text);
});
after(() => rm(folder, { recursive: true, force: true }));

function loaded(sample) {
  const dataset = new api.Dataset();
  for (const { name, text } of sample.files()) dataset.add(text, { name });
  return dataset;
}

/** Runs the command; never throws. */
function command(args, input) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(installed, 'bin/kqlens.js'), ...args], { cwd: folder });
    const out = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => { out.stdout += chunk; });
    child.stderr.on('data', (chunk) => { out.stderr += chunk; });
    child.on('close', (code) => resolve({ code, ...out }));
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

describe('the package', () => {
  test('holds these files and no others', async () => {
    const files = (await readdir(installed, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(installed.length + 1)).sort();
    assert.deepEqual(files, [
      'CHANGELOG.md', 'LICENSE', 'README.md', 'bin/handoff.js', 'bin/kqlens.js', 'bin/language.js', 'bin/llm.js', 'bin/sarif.js', 'dist/api.js', 'dist/catalogues.js', 'dist/client.d.ts', 'dist/client.js', 'dist/engine.js',
      'dist/engine_bg.wasm', 'dist/index.d.ts', 'dist/index.js', 'dist/inline.js', 'dist/node.js', 'dist/serve.js',
      'dist/worker.d.ts', 'dist/worker.js', 'package.json',
    ]);
  });

  test('has the version of the crate', async () => {
    const { version } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'));
    assert.match(await readFile(join(root, 'Cargo.toml'), 'utf8'), new RegExp(`^version = "${version}"$`, 'm'));
  });

  test('works by import and by require', async () => {
    const program = "const report = new api.Dataset(); console.log(report.add('{\"a\":1}\\n').rows);";
    await writeFile(join(folder, 'import.mjs'), `import * as api from 'kqlens';\n${program}\n`);
    await writeFile(join(folder, 'require.cjs'), `const api = require('kqlens');\n${program}\n`);
    for (const file of ['import.mjs', 'require.cjs']) {
      const { stdout, stderr } = await run(process.execPath, [file], { cwd: folder });
      assert.equal(stdout, '1\n', file);
      assert.equal(stderr, '', file);
    }
  });
});

describe('the API', () => {
  test('records are rows or rejects, whatever the size of the chunks', () => {
    const bytes = new TextEncoder().encode(dirty.files()[0].text);
    const whole = new api.Dataset().add(bytes);
    assert.equal(whole.records, whole.rows + whole.rejects.count);
    assert.ok(whole.rejects.count > 0);
    for (const size of [7919, 65_536]) {
      const writer = new api.Dataset().open();
      for (let at = 0; at < bytes.length; at += size) writer.push(bytes.subarray(at, at + size));
      const report = writer.finish();
      assert.deepEqual([report.rows, report.rejects.count, report.tables], [whole.rows, whole.rejects.count, whole.tables]);
    }
  });

  test('an alert rule is replayed over the rows, for any threshold', () => {
    const dataset = loaded(samples[0]);
    const rule = { name: 'failures', query: 'ApiManagementGatewayLogs | where ResponseCode >= 500', frequencyMinutes: 5, windowMinutes: 15, dimensions: [{ name: 'ApiId' }] };
    const report = api.handoff.backTest(dataset, rule);
    assert.equal(report.rerun, false);
    for (const { numbers } of report.groups) assert.equal(numbers.length, report.evaluations.length);
    const most = Math.max(...report.groups.flatMap(({ numbers }) => numbers));
    assert.ok(report.firings().length > 0);
    assert.deepEqual(report.firings({ threshold: most }), []);
    assert.deepEqual([...new Set(report.firings({ threshold: most - 1 }).map(({ peak }) => peak))], [most]);
    assert.throws(() => api.handoff.backTest(dataset, { ...rule, windowMinutes: 7 }), ({ code, field }) => code === 'alert-rule' && field === 'windowMinutes');
    assert.throws(() => api.handoff.backTest(dataset, { ...rule, colour: 1 }), ({ field }) => field === 'colour');
    report.free();
    const { files, diagnostics } = api.handoff.alertRule({ ...rule, query: `${rule.query} | take 5` });
    assert.deepEqual(files.map(({ format }) => format), ['bicep', 'arm']);
    assert.ok(Array.isArray(diagnostics));
    dataset.free();
  });

  test('a query that returns nothing: the stages are counted as they run', () => {
    const dataset = loaded(samples[0]);
    const query = 'let least = 400;\nApiManagementGatewayLogs | where ResponseCode >= least | where ApiId == "nobody" // none\n| summarize count() by ApiId';
    const { files, diagnostics } = api.handoff.emptyAnswer({ query });
    assert.deepEqual(files.map(({ format }) => format), ['markdown', 'kql']);
    assert.ok(diagnostics.every(({ severity }) => severity !== 'error'));
    const counted = dataset.query(files[1].text).rows().map(([, rows]) => rows);
    assert.deepEqual(counted, dataset.query(query).stages.map(({ rowsOut }) => rowsOut));
    dataset.free();
  });

  test('a query that returns nothing: steps as data, of which the Markdown is made', () => {
    const query = '// ☂\nApiManagementGatewayLogs | where TimeGenerated > datetime(2030-01-01) and Method == "get"';
    const asked = { query, service: 'contoso', workspace: WORKSPACE };
    const { files: [markdown], steps, table, compared } = api.handoff.emptyAnswer(asked);
    assert.equal(table, 'ApiManagementGatewayLogs');
    assert.deepEqual(steps.map(({ id }) => id), ['category', 'mode', 'workspace', 'network', 'time', 'delay', 'sampling', 'names', 'stages']);
    for (const { title, text, kql, answer, ifNo, then, fix, doubts } of steps) {
      for (const words of [title, text, ifNo, ...(kql ? [kql] : []), ...(then ? [then.title, then.kql.trimEnd()] : [])]) assert.ok(markdown.text.includes(words), words);
      assert.equal(kql === undefined, answer === 'known');
      if (fix) assert.ok(api.handoff[fix.artefact](fix.request).files.some(({ text: made }) => made.includes('contoso')));
      for (const { message } of doubts) assert.ok(markdown.text.includes(message));
    }
    const doubted = steps.flatMap(({ id, doubts }) => doubts.map(({ range }) => [id, query.slice(range.start, range.end)]));
    assert.deepEqual(doubted, [['time', 'TimeGenerated > datetime(2030-01-01)'], ['names', '"get"']]);
    assert.deepEqual(compared.map(({ column, value, isExact, range }) => [column, value, isExact, query.slice(range.start, range.end)]), [['Method', 'get', true, '"get"']]);
    // By a later clock that day is over.
    const later = api.handoff.emptyAnswer({ ...asked, now: '2031-01-01T00:00:00Z' });
    assert.deepEqual(later.steps.find(({ id }) => id === 'time').doubts, []);
    assert.throws(() => api.handoff.emptyAnswer({ query, now: 'soon' }), ({ field }) => field === 'now');
    assert.throws(() => api.handoff.emptyAnswer({ query: ' ' }), ({ field }) => field === 'query');
  });

  test('rows that several sources have are shown once where that is asked', () => {
    const [{ name, text }] = samples[0].files();
    const dataset = new api.Dataset({ mergeDuplicates: true });
    const first = dataset.add(text, { name });
    const second = dataset.add(text, { name: 'again' });
    assert.equal(second.duplicates, second.rows);
    const shown = () => dataset.tables().reduce((sum, { rows }) => sum + rows, 0);
    assert.equal(shown(), first.rows);
    assert.deepEqual(dataset.mergeDuplicates(false).map(({ duplicates }) => duplicates), [0, 0]);
    assert.equal(shown(), 2 * first.rows);
    dataset.mergeDuplicates(true);
    dataset.remove(first.id);
    assert.equal(shown(), second.rows);
    dataset.free();
  });

  test('triage names what the samples were made of', () => {
    const first = (sample) => loaded(sample).triage({ now: NOW }).findings[0]?.signature;
    assert.equal(first(certificate), 'tls.trust-callback');
    assert.equal(first(tokens), 'ai.token-limit-tpm');
    assert.ok(loaded(dirty).triage({ now: NOW }).findings.some(({ signature }) => signature === 'jwt.expired'));
  });

  test('a query answers in rows, columns, JSON, CSV and Markdown', () => {
    const result = loaded(certificate).query('ApiManagementGatewayLogs | summarize Requests = count() by ApiId | order by ApiId asc', { now: NOW });
    assert.deepEqual(result.columns, [{ name: 'ApiId', type: 'string' }, { name: 'Requests', type: 'long' }]);
    const rows = result.rows();
    assert.equal(rows.length, result.rowCount);
    assert.equal(rows.reduce((sum, [, n]) => sum + n, 0), 4800);
    const texts = result.column(0);
    assert.equal(texts.kind, 'texts');
    assert.deepEqual([...texts.codes].map((code) => texts.texts[code]), rows.map(([api_id]) => api_id));
    assert.deepEqual([...result.column(1).values], rows.map(([, n]) => n));
    assert.deepEqual(JSON.parse(result.toJson()), { columns: result.columns, rows });
    assert.equal(result.toCsv().split('\r\n')[0], 'ApiId,Requests');
    assert.match(result.toMarkdown(), /^\| ApiId \| Requests \|/);
  });

  test('the finding\'s own KQL gives as many rows as the finding counts', () => {
    const dataset = loaded(certificate);
    for (const { signature, table, count, kql } of dataset.triage({ now: NOW }).findings) {
      assert.equal(dataset.query(kql.resourceSpecific, { now: NOW }).rowCount, count, signature);
      if (!table.startsWith('ApiManagement')) continue;
      assert.equal(dataset.query(kql.azureDiagnostics, { now: NOW }).rowCount, count, `${signature} in AzureDiagnostics`);
    }
  });

  test('every recipe gives its sample answer in both dialects', async () => {
    const rows = join(root, 'tests/recipes/rows');
    const dataset = new api.Dataset();
    for (const name of (await readdir(rows)).sort()) dataset.add(await readFile(join(rows, name)), { name });
    const now = '2026-04-20T15:00:00Z';
    for (const { id, example, needsService, sample } of api.recipes.list()) {
      assert.equal(sample === null, needsService !== null, id);
      for (const dialect of ['resourceSpecific', 'azureDiagnostics']) {
        const kql = api.recipes.build(id, example, { dialect });
        if (needsService !== null) {
          assert.throws(() => dataset.query(kql, { now }), { name: 'KqlensError', code: 'KQL0302' }, id);
          continue;
        }
        const answer = dataset.query(kql, { now });
        assert.deepEqual(answer.columns.map(({ name }) => name), sample.columns.map(({ name }) => name), id);
        assert.deepEqual(answer.rows(0, sample.rows.length), sample.rows, `${id}, ${dialect}`);
      }
    }
    assert.throws(() => api.recipes.build('triag'), { name: 'KqlensError', code: 'unknown-recipe', message: /nearest recipe is `triage`/ });
    assert.throws(() => api.recipes.build('triage', { period: 'soon' }), { name: 'KqlensError', code: 'bad-value' });
  });

  test('an error has a code, a place and words', () => {
    const dataset = loaded(certificate);
    const query = 'ApiManagementGatewayLogs | where ResponsCode > 1';
    assert.throws(() => dataset.query(query, { now: NOW }), (error) => {
      assert.ok(error instanceof api.KqlensError);
      assert.match(error.code, /^KQL\d{4}$/);
      assert.equal(query.slice(error.range.start, error.range.end), 'ResponsCode');
      return true;
    });
  });

  test('a cell is no formula in CSV, and secrets are masked unless asked for', () => {
    const dataset = new api.Dataset();
    const kql = 'print Formula = "=cmd()", Url = "https://a.example/x?subscription-key=0123456789abcdef0123456789abcdef"';
    const result = dataset.query(kql, { now: NOW });
    assert.match(result.toCsv(), /'=cmd\(\)/);
    for (const text of [result.toCsv(), result.toJson(), result.toMarkdown()]) assert.doesNotMatch(text, /0123456789abcdef/);
    assert.match(result.toCsv({ redact: false }), /0123456789abcdef/);
  });

  test('pseudonyms are equal within a session and differ between sessions', async () => {
    const address = 'https://a.example/x?subscription-key=0123456789abcdef0123456789abcdef';
    const here = api.redact.apply(address);
    assert.equal(api.redact.apply(address), here);
    const script = `import { redact } from 'kqlens'; console.log(redact.apply('${address}'))`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], { cwd: folder });
    assert.match(stdout, /^https:\/\/a\.example\/x\?subscription-key=hidden-[0-9a-f]{10}\n$/);
    assert.notEqual(stdout.trim(), here);
  });

  test('rules of redaction find their examples, places count UTF-16', () => {
    const rules = api.redact.rules();
    assert.ok(rules.length >= 17);
    for (const { id, title, about, example } of rules) {
      assert.ok(title && about.endsWith('.'), id);
      assert.deepEqual(api.redact.find(example).map((found) => [found.rule, found.title]), [[id, title]], id);
      assert.equal(api.redact.apply(example, { keep: [id] }), example);
    }
    const text = 'ü😀 jo@example.com, 203.0.113.7';
    const found = api.redact.find(text);
    assert.deepEqual(found.map(({ start, end }) => text.slice(start, end)), ['jo@example.com', '203.0.113.7']);
    assert.deepEqual(found.map(({ rule }) => rule), ['email', 'ip-address']);
  });

  test('own rules and what is kept hold for a call, or for every export of the session', () => {
    const rules = [{ id: 'customer', title: 'Customer', pattern: 'customer ([0-9]+)' }, { id: 'names', pattern: ['Contoso', 'Jörg'] }];
    const text = 'customer 17 of Contoso, jo@example.com';
    assert.deepEqual(api.redact.find(text, { rules }).map(({ rule, title }) => [rule, title]), [['customer', 'Customer'], ['names', 'names'], ['email', 'E-mail address']]);
    assert.deepEqual(api.redact.find(text).length, 1);
    const result = loaded(certificate).query(`print Text = "${text}", Card = 4111111111111111, Bag = dynamic({"password": 5, "l": [4111111111111111]}), ApiKey = "abc"`, { now: NOW });
    api.redact.configure({ rules, keep: ['email'] });
    try {
      for (const csv of [result.toCsv(), api.redact.apply(text)]) assert.match(csv, /customer hidden-[0-9a-f]{10} of hidden-[0-9a-f]{10}, jo@example\.com/);
      const [[words, card, bag, key]] = JSON.parse(result.toJson()).rows;
      const name = api.redact.apply('4111 1111 1111 1111');
      assert.deepEqual([card, bag.l], [name, [name]]);
      for (const hidden of [bag.password, key]) assert.match(hidden, /^hidden-[0-9a-f]{10}$/);
      assert.match(words, /^customer hidden-/);
      assert.deepEqual(api.redact.find(text).map(({ title }) => title), ['Customer', 'names']);
      assert.equal(api.redact.apply(text, { rules: [], keep: [] }).includes('jo@'), false);
    } finally {
      api.redact.configure();
    }
    assert.equal(api.redact.find(text).length, 1);
    assert.match(api.redact.apply('some words', { name: 'X-Api-Key' }), /^hidden-\w+$/);
    assert.equal(api.redact.apply('some words', { name: 'Other' }), 'some words');
  });

  test('a fresh worker after a crash redacts as the one before it', async () => {
    const { Engine } = await import(pathToFileURL(join(installed, 'dist/client.js')));
    const { serve } = await import(pathToFileURL(join(installed, 'dist/serve.js')));
    const workers = [];
    const engine = new Engine(() => {
      const { port1: worker, port2: port } = new MessageChannel();
      const configured = [];
      const redact = { ...api.redact, configure: (settings) => configured.push(settings) };
      serve({ ...api, ready: async () => {}, redact }, port);
      workers.push({ worker, configured });
      worker.terminate = () => worker.close();
      return worker;
    });
    await engine.ready;
    const settings = { keep: ['email'] };
    await engine.call('redact', 'configure', settings);
    const restarted = new Promise((resolve) => engine.addEventListener('restart', resolve));
    workers[0].worker.onerror({ message: 'gone' });
    await restarted;
    engine.close();
    assert.deepEqual(workers.map(({ configured }) => configured), [[settings], [settings]]);
  });

  test('a rule that is none is refused with its place', () => {
    const refused = (settings, pattern, place) => assert.throws(() => api.redact.configure(settings), (error) => {
      assert.ok(error instanceof api.KqlensError && error.help, error);
      assert.equal(error.code, 'redact-rule');
      if (place !== undefined) assert.equal(pattern.slice(error.range.start, error.range.end), place, error.message);
      return true;
    });
    for (const [pattern, place] of [['ü(a', '('], ['a(?=b)', '(?='], ['(x{1000}){1000}', '(x{1000}){1000}']]) {
      refused({ rules: [{ id: 'mine', pattern }] }, pattern, place);
    }
    for (const wrong of [
      { keep: ['no-such'] }, { keep: 'email' }, { rules: {} }, { rules: [{ pattern: 'a' }] }, { rules: [{ id: 'email', pattern: 'a' }] },
      { rules: [{ id: 'a', pattern: /a/ }] }, { rules: [{ id: 'a', pattern: [] }] }, { rules: [{ id: 'a', pattern: 'a' }, { id: 'a', pattern: 'b' }] },
    ]) refused(wrong);
    assert.equal(api.redact.find('jo@example.com').length, 1);
  });

  test('work in steps can be cancelled and leaves the tables', () => {
    const dataset = loaded(certificate);
    const rows = () => dataset.query('ApiManagementGatewayLogs | count', { now: NOW }).rows()[0][0];
    dataset.start('ApiManagementGatewayLogs | order by TotalTime desc', { now: NOW }).cancel();
    const writer = dataset.open({ name: 'half' });
    writer.push(certificate.files()[0].text.slice(0, 100_000));
    writer.cancel();
    assert.equal(rows(), 4800);
    assert.equal(dataset.sources().length, certificate.files().length);
  });

  test('after a trap the engine is a fresh one and old objects say so', async () => {
    const glue = await import(pathToFileURL(join(installed, 'dist/engine.js')));
    const dataset = loaded(certificate);
    const { tables } = glue.Dataset.prototype;
    api.redact.configure({ rules: [{ id: 'customer', pattern: 'C-[0-9]+' }] });
    const redacted = api.redact.apply('C-17 jo@example.com');
    glue.Dataset.prototype.tables = () => { throw new WebAssembly.RuntimeError('unreachable'); };
    try {
      assert.throws(() => dataset.tables(), { name: 'KqlensError', code: 'engine-crash' });
    } finally {
      glue.Dataset.prototype.tables = tables;
    }
    assert.throws(() => dataset.sources(), { name: 'KqlensError', code: 'engine-crash' });
    dataset.free();
    assert.equal(loaded(certificate).query('ApiManagementGatewayLogs | count', { now: NOW }).rows()[0][0], 4800);
    assert.equal(api.redact.apply('C-17 jo@example.com'), redacted);
    assert.match(redacted, /^hidden-\w+ hidden-\w+$/);
    api.redact.configure();
  });

  test('a freed object says so', () => {
    const dataset = new api.Dataset();
    dataset.free();
    assert.throws(() => dataset.tables(), { code: 'freed' });
  });
});

describe('the language', () => {
  const query = 'ApiManagementGatewayLogs\n| where TimeGenerated > ago(1d)\n| where ISRequestSuccess == false\n| count';

  test('check finds names, types and meaning, over known, declared and loaded tables', () => {
    const [found] = api.kql.check(query);
    assert.equal(found.code, 'KQL0102');
    assert.equal(query.slice(found.range.start, found.range.end), 'ISRequestSuccess');
    assert.equal(found.fix.edits[0].text, 'IsRequestSuccess');
    const schema = [{ name: 'T', columns: [{ name: 'x', type: 'string' }] }];
    assert.deepEqual(api.kql.check('T | where x == "a"', { schema }), []);
    assert.equal(api.kql.check('T | where y == "a"', { schema })[0].code, 'KQL0102');
    schema[0].columns.push({ name: 'y', type: 'string' });
    assert.deepEqual(api.kql.check('T | where y == "a"', { schema }), []);
    assert.equal(api.kql.check('T | where y == "a"')[0].code, 'KQL0101');
    assert.equal(api.kql.check('T', { schema: [] })[0].code, 'KQL0101');
    assert.equal(loaded(certificate).check(query)[0].code, 'KQL0102');
    assert.equal(api.kql.check('source | summarize count()', { target: 'dcrTransformation' }).some(({ code }) => code === 'KQL0801'), true);
    assert.throws(() => api.kql.check(query, { target: 'moon' }), { code: 'usage' });
    assert.throws(() => api.kql.check(query, { schema: 'other' }), { code: 'usage' });
    assert.throws(() => api.kql.check(query, { schema: [{ name: 'T', columns: [{ name: 'x', type: 'number' }] }] }), { code: 'usage' });
  });

  test('places are UTF-16 code units', () => {
    const text = "print a = '\u{1f600}ü' | where b == 1";
    const [found] = api.kql.check(text);
    assert.equal(text.slice(found.range.start, found.range.end), 'b');
    const completions = api.kql.complete(text, text.length - 5);
    assert.ok(completions.some(({ label }) => label === 'a'));
  });

  test('completion offers values of the loaded rows, hover says what functions do', () => {
    const text = 'ApiManagementGatewayLogs | where ResponseCode == ';
    const values = loaded(certificate).complete(text, text.length).filter(({ kind }) => kind === 'value');
    assert.ok(values.some(({ label }) => label === '500'), JSON.stringify(values));
    const hover = api.kql.hover('print strlen("a")', 8);
    assert.match(hover.about, /code points/);
    assert.equal(api.kql.signatureHelp('print strlen(', 13).name, 'strlen');
    assert.equal(api.kql.hover('print 1', 7), null);
  });

  test('rename changes all places of a name and nothing else', () => {
    const text = 'let n = 3; print a = n, b = "n"';
    const edits = api.kql.rename(text, 4, 'many');
    assert.deepEqual(edits.map(({ range }) => range.start), [4, 21]);
    assert.throws(() => api.kql.rename(text, 26, 'many'), { code: 'usage' });
  });

  test('dropped rows say which condition dropped them', () => {
    const dataset = loaded(certificate);
    const text = 'ApiManagementGatewayLogs | where ResponseCode >= 500 and ApiId != "" | count';
    const all = dataset.query('ApiManagementGatewayLogs | where ResponseCode < 500 | count', { now: NOW }).rows()[0][0];
    const dropped = dataset.droppedRows(text, 1, { now: NOW, maxRows: 1e6 });
    assert.equal(dropped.rowCount, all);
    assert.deepEqual(new Set(dropped.rows().map((row) => row.at(-1))), new Set(['ResponseCode >= 500']));
    assert.throws(() => dataset.droppedRows(text, 0, { now: NOW }), { code: 'usage' });
    assert.throws(() => dataset.droppedRows(text, 9, { now: NOW }), { code: 'usage' });
  });

  test('a query that takes too long says where', () => {
    const text = 'range x from 1 to 30000000 step 1 | where x % 3 == 1 | summarize count() by y = x % 100000 | count';
    assert.throws(() => new api.Dataset().query(text, { timeoutMs: 15 }), (error) => {
      assert.equal(error.code, 'timeout');
      assert.match(error.message, /most of it in `(range|where|summarize)`, which gave \d+ rows/);
      assert.ok(text.slice(error.range.start).startsWith(/`(\w+)`/.exec(error.message)[1]));
      return true;
    });
  });

  test('a query goes into a form and comes back', () => {
    const query = 'ApiManagementGatewayLogs\n| where ResponseCode >= 400 and ApiId == "a"\n| summarize Failures = count() by ApiId\n| order by Failures desc\n| take 5\n| render barchart';
    const { outline } = api.kql.outline(query);
    assert.deepEqual(outline.filters, [{ column: 'ResponseCode', operator: '>=', value: '400' }, { column: 'ApiId', operator: '==', value: '"a"' }]);
    assert.deepEqual(api.kql.outline(api.kql.compose(outline)), { outline });
    const { reason, range } = api.kql.outline('T | join U on a');
    assert.match(reason, /form/);
    assert.equal('T | join U on a'.slice(range.start, range.end), 'join U on a');
    assert.throws(() => api.kql.compose({ ...outline, limit: ') | oops' }), { name: 'KqlensError' });
    assert.throws(() => api.kql.compose(null), { code: 'usage' });
  });

  test('formatting is made of small edits', () => {
    const text = 'T|where a==1|count';
    const edits = api.kql.formatEdits(text);
    assert.ok(edits.every(({ range }) => text.slice(range.start, range.end).trim() === ''));
    assert.throws(() => api.kql.formatEdits('T | where ('), { code: 'KQL0002' });
  });

  test('an answer of several tables gives them all', () => {
    const result = new api.Dataset().query('range x from 1 to 4 step 1 | fork a = (where x > 2) b = (count)', { now: NOW });
    assert.deepEqual([result, ...result.further.map((table) => table.result)].map((table) => table.rows()), [[[3], [4]], [[4]]]);
    result.free();
  });

  test('stages tell columns and time', () => {
    const { stages } = new api.Dataset().query('range x from 1 to 4 step 1 | extend y = x | project y', { now: NOW });
    assert.deepEqual(stages.map(({ added, dropped }) => [added, dropped]), [[[], []], [['y'], []], [[], ['x']]]);
    assert.ok(stages.every(({ elapsedMs }) => elapsedMs >= 0));
    assert.deepEqual(new api.Dataset().query('range X from 1 to 3 step 1 | summarize n = count() by X').stages.map(({ added }) => added), [[], ['n']]);
  });
});

/** The id of a workspace. */
const WORKSPACE = '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-logs/providers/Microsoft.OperationalInsights/workspaces/Logs-Prod';
const FAILED = "ApiManagementGatewayLogs\n| where ResponseCode >= 400 and Url has 'ü ${x}'";

/** One request for each artefact. */
const requests = (rows) => ({
  queryPack: { recipes: 'all', queries: [{ title: 'Failed', query: FAILED }] },
  savedSearch: { title: 'Failed', query: FAILED, workspace: WORKSPACE },
  workbook: { ready: 'whatBreaks', workspace: WORKSPACE },
  dashboardPart: { title: 'Failed', workspace: WORKSPACE, recipes: ['triage'] },
  adxTable: { name: 'Gateway', answer: rows },
  logsIngestion: { name: 'Gateway', answer: rows, workspace: WORKSPACE, query: FAILED, now: NOW },
  appInsightsLogger: { service: 'contoso', identity: 'userAssigned', clientId: '00000000-0000-0000-0000-00000000000c' },
  diagnostic: { entity: 'azuremonitor', service: 'contoso', api: 'openai', llm: { requestBytes: 1024 } },
  diagnosticSetting: { service: 'contoso', workspace: WORKSPACE, categories: ['GatewayLogs', 'GatewayLlmLogs'], metrics: true },
});

const LOGGER = `{ // ü
  "name": "ai", "properties": {
    "loggerType": "applicationInsights",
    "credentials": { "instrumentationKey": "{{key}}", },
  }
}`;

describe('ways on to the workspace', () => {
  test('a link made is a link read, by both of its kinds', () => {
    for (const compressed of [true, false]) {
      const portal = api.handoff.portalLink({ query: FAILED, resource: WORKSPACE, tenant: 'contoso.com', timeSpan: '12h', compressed });
      assert.deepEqual(api.handoff.decodeLink(portal.url), {
        form: 'logs', cloud: 'public', query: FAILED, scope: [WORKSPACE], cluster: null, database: null, tenant: 'contoso.com', timeSpan: 'PT12H', codings: 1,
      });
      const adx = api.handoff.adxLink({ query: FAILED, cluster: 'contoso.westeurope', database: 'logs', cloud: 'china', compressed });
      const { form, cloud, query, cluster, database } = api.handoff.decodeLink(adx.url);
      assert.deepEqual([form, cloud, query, cluster, database], ['cluster', 'china', FAILED, 'contoso.westeurope.kusto.chinacloudapi.cn', 'logs']);
    }
  });

  test('every artefact has its texts, and those of templates are JSON', () => {
    const dataset = loaded(certificate);
    const result = dataset.query('ApiManagementGatewayLogs | project TimeGenerated, ApiId, CallerIpAddress, Url');
    for (const [name, request] of Object.entries(requests(result))) {
      const { files } = api.handoff[name](request);
      assert.ok(files.length >= 2 && files.every(({ format, name: file, text }) => format && file && text), name);
      for (const { format, text } of files) if (['arm', 'workbook', 'parts', 'body'].includes(format)) JSON.parse(text);
      assert.deepEqual(api.handoff[name](request).files, files, name);
    }
    const known = api.recipes.list().filter(({ needsService }) => needsService === null).length;
    const { files } = api.handoff.queryPack({ recipes: 'all' });
    assert.equal(JSON.parse(files.find(({ format }) => format === 'arm').text).resources.length, known + 1);
    // Secrets are replaced in rows that leave; the JSON of an answer passes as it is.
    const bodies = (answer) => api.handoff.logsIngestion({ name: 'Gateway', answer }).files.filter(({ format }) => format === 'body').map(({ text }) => text).join('');
    const addresses = [...new Set(result.rows().map(([, , address]) => address))].filter(Boolean);
    assert.ok(addresses.length > 0 && addresses.every((address) => !bodies(result).includes(address)));
    assert.ok(addresses.every((address) => bodies(result.toJson({ redact: false })).includes(address)));
    result.free();
    dataset.free();
  });

  test('a set-up is told and its faults are, with the words of their rules', () => {
    const { understood, findings } = api.handoff.checkSetup(LOGGER);
    assert.deepEqual(understood.map(({ kind, name, facts }) => [kind, name, facts.credentials]), [['logger', 'ai', 'instrumentationKey']]);
    const shown = findings.map(({ code, range: { start, end } }) => [code, LOGGER.slice(start, end)]);
    assert.deepEqual(shown, [['SET0104', '// ü'], ['SET0301', '"{{key}}"'], ['SET0101', ','], ['SET0101', ',']]);
    for (const { message, reason, help } of findings) assert.ok(message && reason && help && !/\{\d\}/.test(message));
    const fixed = findings.filter(({ fix }) => fix).reverse().reduce((text, { fix: { edits: [{ range, text: by }] } }) => text.slice(0, range.start) + by + text.slice(range.end), LOGGER);
    assert.equal(JSON.parse(fixed).name, 'ai');
    const rules = api.handoff.setupRules();
    for (const { code, bad, good } of rules) {
      assert.ok(api.handoff.checkSetup(bad).findings.some((one) => one.code === code), code);
      assert.ok(!api.handoff.checkSetup(good).findings.some((one) => one.code === code), code);
    }
  });

  test('what a triage cannot conclude names a request that its builder takes', () => {
    let n_fixes = 0;
    for (const sample of samples) {
      const dataset = loaded(sample);
      for (const { fix } of dataset.triage({ now: NOW }).cannotConclude.filter((gap) => gap.fix)) {
        n_fixes += 1;
        assert.ok(api.handoff[fix.artefact](fix.request).files.length > 1);
      }
      dataset.free();
    }
    assert.ok(n_fixes > 0);
    const { files, notes } = api.handoff.tokenMetricPolicy({ dimensions: [{ name: 'API ID' }, { name: 'Team', value: '"a" & <b>' }] });
    assert.match(files[0].text, /<dimension name="Team" value="&quot;a&quot; &amp; &lt;b&gt;" \/>/);
    assert.ok(notes.length > 0);
  });

  test('the transformation runs here over the rows that are sent', () => {
    const dataset = loaded(certificate);
    const query = 'ApiManagementGatewayLogs\n| project TimeGenerated, Type = ApiId, Took = totimespan(TotalTime * 10000), ResponseCode';
    const result = dataset.query(query);
    const { files, notes } = api.handoff.logsIngestion({ name: 'Gateway', query, answer: result, transformKql: 'source | where ResponseCode >= 400' });
    const rows = files.filter(({ format }) => format === 'body').flatMap(({ text }) => JSON.parse(text));
    const preview = dataset.query(files.find(({ format }) => format === 'preview').text);
    assert.deepEqual(preview.columns.map(({ name }) => name).sort(), ['ResponseCode', 'Took', 'TimeGenerated', 'Type_'].sort());
    assert.equal(preview.rowCount, rows.filter(({ ResponseCode }) => ResponseCode >= 400).length);
    assert.ok(notes.some((note) => note.includes('`Type` is reserved')));
    dataset.free();
  });

  test('clients send what was written, to the endpoint that they are told', async () => {
    const got = [];
    const server = createServer((request, response) => {
      const chunks = [];
      request.on('data', (chunk) => chunks.push(chunk)).on('end', () => {
        const body = Buffer.concat(chunks);
        const { url, headers } = request;
        if (url === '/tenant/oauth2/v2.0/token') {
          assert.equal(new URLSearchParams(body.toString()).get('client_secret'), 's&=+ü');
          response.end('{"token_type":"Bearer","access_token":"abc.d-e_f"}');
          return;
        }
        got.push({ url, authorization: headers.authorization, body: headers['content-encoding'] === 'gzip' ? gunzipSync(body).toString() : body.toString() });
        response.writeHead(204).end();
      });
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${server.address().port}`;
    const work = await mkdtemp(join(folder, 'clients-'));
    // The library of the cloud's identities is stood in for.
    await mkdir(join(work, 'node_modules/@azure/identity'), { recursive: true });
    await writeFile(join(work, 'node_modules/@azure/identity/package.json'), '{"type":"module","main":"index.js"}');
    await writeFile(join(work, 'node_modules/@azure/identity/index.js'), "export class DefaultAzureCredential { async getToken() { return { token: 'abc.d-e_f' }; } }");
    const rows = [['é "x" $(y) `z`'], ['a'.repeat(600_000)], ['b'.repeat(600_000)]];
    const { files } = api.handoff.logsIngestion({ name: 'Gateway', answer: { columns: [{ name: 'a', type: 'string' }], rows } });
    for (const { name, text } of files) await writeFile(join(work, name), text.replaceAll('https://login.microsoftonline.com', address));
    const env = { ...process.env, ENDPOINT: address, RULE: 'dcr-1', TENANT_ID: 'tenant', CLIENT_ID: 'client', CLIENT_SECRET: 's&=+ü' };
    for (const [program, file] of [[process.execPath, 'send.mjs'], ['sh', 'send.sh']]) {
      got.length = 0;
      await run(program, [file], { cwd: work, env });
      assert.equal(got.length, 2, file);
      assert.deepEqual(got.flatMap(({ body }) => JSON.parse(body).map(({ a }) => [a])), rows, file);
      for (const { url, authorization } of got) {
        assert.deepEqual([url, authorization], ['/dataCollectionRules/dcr-1/streams/Custom-Json-Gateway_CL?api-version=2023-01-01', 'Bearer abc.d-e_f'], file);
      }
    }
    server.close();
  });

  test('what cannot be is an error with its field', () => {
    const { portalLink, workbook, queryPack, decodeLink } = api.handoff;
    assert.throws(() => portalLink({ query: 'T', resource: 'logs' }), { name: 'KqlensError', code: 'resource-id', field: 'resource', help: /\/subscriptions\// });
    assert.throws(() => workbook({ title: 'x', panels: [{ title: 'y', query: '' }] }), { field: 'panels[0].query' });
    assert.throws(() => queryPack({ queries: [], colour: 1 }), { field: 'colour' });
    assert.throws(() => queryPack({ recipes: ['triag'] }), { code: 'unknown-recipe' });
    assert.throws(() => decodeLink('https://example.com/?q=1'), { code: 'link', field: 'link' });
  });

  test('rows beyond what fits are refused, and many that fit are handed on', () => {
    const rows = Array.from({ length: 60_000 }, (_, at) => ['2026-03-03T08:00:00Z', `${at} ${'x'.repeat(200)}`]);
    const answer = { columns: [{ name: 'TimeGenerated', type: 'datetime' }, { name: 'Text', type: 'string' }], rows };
    const { files } = api.handoff.logsIngestion({ name: 'T', answer, now: NOW });
    const sent = files.filter(({ format }) => format === 'body').flatMap(({ text }) => JSON.parse(text));
    assert.deepEqual([sent.length, sent.at(-1).Text.split(' ')[0]], [60_000, '59999']);
    const large = 'x'.repeat(257 << 20);
    assert.throws(() => api.handoff.savedSearch({ title: 'T', query: large }), { name: 'KqlensError', code: 'request', message: /257 MB/, help: /part of the rows/ });
  });
});

describe('calls to language models', () => {
  const PRICES = {
    currency: 'EUR',
    prices: [
      { model: 'gpt-4o-2024-11-20', per: 1000000, prompt: '2.5', completion: '10', cachedPrompt: '1.25' },
      { modelPattern: 'gpt-4[.]1-mini.*', per: 1000, prompt: '0.0004', completion: '0.0016' },
      { deployment: 'embed', per: 1000000, prompt: '0.13', completion: 0 },
    ],
  };
  /** Prices of one token in millionths of a millionth of a Euro: of prompts at least and at most, of completions. */
  const ATTO = { 'gpt-4o-2024-11-20': [1_250_000n, 2_500_000n, 10_000_000n], 'gpt-4.1-mini-2025-04-14': [400_000n, 400_000n, 1_600_000n], 'text-embedding-3-large': [130_000n, 130_000n, 0n] };
  const book = ledger();
  const sumsOf = ({ calls, promptTokens, completionTokens, totalTokens }) => ({ calls, promptTokens, completionTokens, totalTokens });

  test('sums are those of the ledger of who made the rows, to the token', async () => {
    const report = loaded(tokens).llm();
    assert.deepEqual(sumsOf(report.totals), book.total);
    for (const by of ['model', 'deployment', 'subscription', 'product', 'api', 'caller']) {
      const found = Object.fromEntries(report.sums([by]).groups.map((group) => [group.group[0], sumsOf(group)]));
      assert.deepEqual(found, book[by], by);
      const { stdout, stderr } = await command(['llm', ...tokens.files().map(({ name }) => name), '--by', by, '--no-redact', '--format', 'json']);
      const told = JSON.parse(stdout || `"${stderr}"`);
      assert.deepEqual(sumsOf(told.totals), book.total);
      assert.deepEqual(Object.fromEntries(told.sums.groups.map((group) => [group.group[0], sumsOf(group)])), book[by], by);
    }
  });

  test('costs are those of the ledger, to the cent and below', async () => {
    const cost = (model, at) => (ATTO[model] ? BigInt(book.model[model].promptTokens) * ATTO[model][at] + BigInt(book.model[model].completionTokens) * ATTO[model][2] : 0n);
    const report = loaded(tokens).llm({ prices: PRICES });
    for (const { group: [model], cost: found } of report.sums(['model']).groups) {
      if (!ATTO[model]) assert.equal(found, null);
      else assert.deepEqual(found, { currency: 'EUR', low: Number(cost(model, 0)) / 1e12, high: Number(cost(model, 1)) / 1e12 });
    }
    const all = (at) => Number(Object.keys(book.model).reduce((sum, model) => sum + cost(model, at), 0n)) / 1e12;
    assert.deepEqual(report.totals.cost, { currency: 'EUR', low: all(0), high: all(1) });
    await writeFile(join(folder, 'prices.json'), JSON.stringify(PRICES));
    const { stdout } = await command(['llm', ...tokens.files().map(({ name }) => name), '--prices', 'prices.json']);
    assert.match(stdout, new RegExp(`Cost ${all(0).toFixed(2).replace('.', '[.]')} to ${all(1).toFixed(2).replace('.', '[.]')} EUR, without 1 call `));
  });

  test('a price table that cannot be used says where and what would be right', async () => {
    for (const [text, words] of [['{"currency":"EUR"}', /prices/], ['{', /./], [JSON.stringify({ ...PRICES, prices: [{ model: 'm', prompt: 1, completion: 1 }] }), /per/]]) {
      assert.throws(() => loaded(tokens).llm({ prices: text }), (error) => error.code.startsWith('price') && words.test(error.message) && error.message.length <= 120);
      await writeFile(join(folder, 'wrong-prices.json'), text);
      const { code, stderr } = await command(['llm', tokens.files()[1].name, '--prices', 'wrong-prices.json']);
      assert.equal(code, 2);
      assert.match(stderr, /wrong-prices\.json: /);
    }
    const template = loaded(tokens).llm().priceTemplate();
    assert.deepEqual(JSON.parse(template).prices.map(({ model }) => model), ['gpt-4.1-mini-2025-04-14', 'gpt-4o-2024-11-20', 'text-embedding-3-large']);
    assert.throws(() => loaded(tokens).llm({ prices: template }), { name: 'KqlensError' });
  });

  test('the query of a sum answers the same over the tables of a workspace, in both dialects', () => {
    const dataset = loaded(tokens);
    const report = dataset.llm({ prices: PRICES });
    const answer = (query) => dataset.query(query).toJson({ redact: false });
    const kql = [['model'], ['subscription', 'hour'], ['api', 'status'], ['streaming', 'apiVersion'], []].map((by) => report.sums(by).kql);
    for (const { local, resourceSpecific, azureDiagnostics } of [...kql, report.peaks(10_000).kql]) {
      assert.equal(answer(resourceSpecific), answer(local));
      assert.equal(answer(azureDiagnostics), answer(local));
      assert.deepEqual(api.kql.check(resourceSpecific).filter(({ severity }) => severity === 'error' || severity === 'warning'), []);
    }
    assert.equal(report.sums(['finish']).kql.resourceSpecific, null);
  });

  test('the recipe of conversations gives the texts and the tokens of the calls, in both dialects', () => {
    const dataset = loaded(tokens);
    const calls = dataset.query('LlmCalls | where isnotempty(CorrelationId) | project CorrelationId, PromptTokens, CompletionTokens, TotalTokens, Request, Response | order by CorrelationId asc').rows();
    // A dynamic column of a workspace holds what a whole text means, not how it was written.
    const read = (row) => row.map((cell) => {
      try {
        return JSON.parse(cell);
      } catch {
        return cell;
      }
    });
    for (const dialect of ['resourceSpecific', 'azureDiagnostics']) {
      const recipe = api.recipes.build('conversations', { period: '1d', rows: '100000' }, { dialect });
      assert.deepEqual(dataset.check(recipe), []);
      const rows = dataset.query(`${recipe}\n| project CorrelationId, PromptTokens, CompletionTokens, TotalTokens, Request, Response\n| order by CorrelationId asc`, { now: NOW }).rows();
      assert.deepEqual(rows.map(read), calls.map(read));
      assert.ok(rows.filter(([, , , , request]) => request.length > 20_000).length >= 2, 'requests in several parts');
    }
  });

  test('a conversation, its problems and its gateway row', () => {
    const dataset = loaded(tokens);
    const report = dataset.llm();
    const [[cut]] = dataset.query('LlmCalls | where set_has_element(Problems, "part-missing") | project Call').rows();
    const [[unordered, parts]] = dataset.query('LlmCalls | where set_has_element(Problems, "request-order") | project Call, RequestParts').rows();
    assert.match(report.conversation(cut).problems.find(({ code }) => code === 'part-missing').message, /SequenceNumber.*The first is \d+\./);
    const { request, gateway } = report.conversation(unordered);
    assert.deepEqual([request.raw, request.messages, request.parts.length], [null, [], parts]);
    assert.ok(gateway.some(({ column, value }) => column === 'ResponseCode' && value === '200'));
    assert.throws(() => report.conversation(1e9), { code: 'usage' });
    assert.throws(() => report.sums(['colour']), { code: 'usage' });
    assert.equal(report.bodies('no such id'), null);
    report.totals.calls.toString();
    dataset.free();
    assert.throws(() => report.conversation(0), { code: 'freed' });
  });

  test('none of the planted secrets is in an export, and no text of a message where texts are hidden', async () => {
    const dataset = loaded(tokens);
    const report = dataset.llm();
    assert.ok(plantedSecrets.length >= 20);
    const raw = [report.toJsonLines({ redact: false }), dataset.query('union ApiManagementGatewayLogs, ApiManagementGatewayLlmLog').toJson({ redact: false })].join('');
    const missing = plantedSecrets.filter((secret) => !raw.includes(secret) && !raw.includes(JSON.stringify(secret).slice(1, -1)));
    assert.deepEqual(missing, [], 'what is planted is there to be found');
    const files = tokens.files().map(({ name }) => name);
    const printed = await command(['llm', ...files, '--conversations', '--format', 'json']);
    const exports = {
      lines: report.toJsonLines(),
      markdown: Array.from({ length: report.totals.calls }, (_, call) => report.conversationMarkdown(call)).join(''),
      csv: report.toCsv(['caller', 'subscription']),
      command: printed.stdout,
      ...Object.fromEntries(['toJson', 'toCsv', 'toMarkdown'].map((way) => [way, dataset.query('union ApiManagementGatewayLogs, ApiManagementGatewayLlmLog, LlmCalls')[way]()])),
    };
    for (const [way, text] of Object.entries(exports)) {
      assert.ok(text.length > 1000 || way === 'csv', way);
      assert.deepEqual(plantedSecrets.filter((secret) => text.includes(secret)), [], way);
    }
    const hidden = await command(['llm', ...files, '--conversations', '--format', 'json', '--hide-text']);
    assert.equal(hidden.stdout.split('\n').length, report.totals.calls + 1);
    assert.doesNotMatch(hidden.stdout, /messages|completion":/);
    assert.match(printed.stdout, /"messages":\[\{"role"/);
  });

  test('the command prints sums in every format, and one call', async () => {
    const files = tokens.files().map(({ name }) => name);
    assert.match((await command(['llm', ...files, '--limit', '20000'])).stdout, /1,305 calls, 2,472,795 tokens[^]*of the limit/);
    assert.match((await command(['llm', ...files, '--format', 'csv', '--by', 'model,hour'])).stdout, /^Model,Hour,Calls,/);
    assert.match((await command(['llm', ...files, '--format', 'markdown'])).stdout, /^# Calls to language models[^]*```kusto\nlet From = datetime[^]*let LlmHeaders/);
    assert.match((await command(['llm', ...files, '--call', '0'])).stdout, /## Request: user/);
    assert.equal(JSON.parse((await command(['llm', ...files, '--call', '0', '--format', 'json'])).stdout).call, 0);
    for (const wrong of [['--call', '99999'], ['--limit', '0'], ['--by', 'colour'], ['--prices', 'no-such-file']]) {
      const { code, stderr } = await command(['llm', ...files, ...wrong]);
      assert.equal(code, 2, wrong.join(' '));
      assert.match(stderr, /^error/);
    }
  });
});

describe('the types', () => {
  /** What the engine answers, compiled against what is declared: `satisfies` refuses a missing key and one too many. */
  test('what the engine answers satisfies what is declared', { timeout: 120_000 }, async () => {
    const lines = ["import type * as k from 'kqlens';"];
    const claim = (type, value) => lines.push(`(${JSON.stringify(value)}) satisfies ${type};`);
    for (const sample of samples) {
      const dataset = loaded(sample);
      const report = dataset.triage({ now: NOW });
      claim('k.TriageReport', report);
      claim('k.SourceReport[]', dataset.sources());
      claim('k.TableInfo[]', dataset.tables());
      const result = dataset.query('ApiManagementGatewayLogs | summarize count() by bin(TimeGenerated, 1h) | render timechart', { now: NOW });
      claim('k.StageInfo[]', result.stages);
      if (result.render) claim('k.RenderHint', result.render);
      claim('k.Cell[][]', result.rows());
      const llm = dataset.llm({ prices: { currency: 'USD', prices: [{ modelPattern: '.*', per: 1000, prompt: 1, completion: 2 }] } });
      claim("k.LlmReport['totals']", llm.totals);
      for (const name of ['problems', 'orphans', 'limits', 'metrics', 'models']) claim(`k.LlmReport['${name}']`, llm[name]);
      claim("ReturnType<k.LlmReport['sums']>", llm.sums(['model', 'hour']));
      claim("ReturnType<k.LlmReport['peaks']>", llm.peaks(1000));
      for (let call = 0; call < Math.min(llm.totals.calls, 20); call++) claim('k.Conversation', llm.conversation(call));
    }
    claim("ReturnType<typeof k.kql.parse>", api.kql.parse('T | project a, b, | summarize'));
    claim('k.RecipeInfo[]', api.recipes.list());
    for (const name of ['formats', 'signatures', 'functions', 'operators']) claim(`ReturnType<typeof k.reference.${name}>`, api.reference[name]());
    const query = 'let n = 3; ApiManagementGatewayLogs | where ISRequestSuccess == false | take n | extend x = substring(Url, 3)';
    claim('k.Diagnostic[]', api.kql.check(query));
    claim('k.Rule[]', api.kql.rules());
    claim('k.Token[]', api.kql.tokens(query));
    claim('k.Completion[]', api.kql.complete(query, query.indexOf('take')));
    claim('k.ExplainStep[]', api.kql.explain(query));
    for (const word of ['ApiManagement', 'take', 'Url', 'substring', 'n |']) claim('k.Hover | null', api.kql.hover(query, query.indexOf(word) + 1));
    claim('k.SignatureHelp | null', api.kql.signatureHelp(query, query.indexOf('3)')));
    for (const [name, request] of Object.entries(requests('{"columns":[{"name":"a","type":"string"}],"rows":[["b"]]}'))) {
      claim(`Parameters<typeof k.handoff.${name}>[0]`, request);
      const { files, notes } = api.handoff[name](request);
      claim('k.Artefact', { files: files.map(({ format, name: file }) => ({ format, name: file, text: '' })), notes });
    }
    claim('k.SetupReport', api.handoff.checkSetup(LOGGER));
    claim('k.SetupRule[]', api.handoff.setupRules());
    claim('k.TokenMetricPolicyRequest', { policy: 'emit-metric', name: 'n', dimensions: [{ name: 'API ID' }] });
    const link = api.handoff.portalLink({ query, resource: WORKSPACE });
    claim('k.Link', link);
    claim('k.DecodedLink', api.handoff.decodeLink(link.url));
    claim('k.Range[]', api.kql.references(query, query.indexOf('n |')));
    claim("ReturnType<typeof k.kql.outline>", api.kql.outline('T | where a == 1'));
    claim('k.Edit[]', api.kql.rename(query, query.indexOf('n |'), 'many'));
    claim('k.RedactRule[]', api.redact.rules());
    claim('k.Secret[]', api.redact.find('https://a.example/x?subscription-key=0123456789abcdef0123456789abcdef'));
    await writeFile(join(folder, 'answers.ts'), lines.join('\n'));
    await writeFile(join(folder, 'use.ts'), [
      "import { Dataset, KqlensError, kql, ready, recipes, redact, type TriageReport } from 'kqlens';",
      "import { Engine } from 'kqlens/client';",
      'export async function use(text: string): Promise<TriageReport> {',
      '  await ready();',
      '  using dataset = new Dataset({ memoryLimitBytes: 1e9 });',
      '  dataset.add(text, { name: "x", dateOrder: "dmy" });',
      '  try { using result = dataset.query(kql.format("T"), { timeoutMs: 5 }); result.rows(0, 1); } catch (error) {',
      '    if (error instanceof KqlensError) console.log(error.code, error.range?.start);',
      '  }',
      '  console.log(recipes.build(recipes.list()[0]!.id), redact.apply(text, { keep: ["email"], rules: [{ id: "a", pattern: ["b"] }] }), new Engine(() => new Worker("x")).ready);',
      '  return dataset.triage();',
      '}',
    ].join('\n'));
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({
      compilerOptions: { strict: true, module: 'nodenext', target: 'es2023', lib: ['es2023', 'dom', 'esnext.disposable'], noEmit: true, skipLibCheck: false, types: [] },
      files: ['answers.ts', 'use.ts'],
    }));
    const tsc = join(root, 'www/node_modules/typescript/bin/tsc');
    const { stdout } = await run(process.execPath, [tsc, '-p', folder]).catch((error) => error);
    assert.equal(stdout, '');
  });

  test('every declared method exists, and every method is declared', async () => {
    const declared = await readFile(join(installed, 'dist/index.d.ts'), 'utf8');
    for (const name of ['Dataset', 'SourceWriter', 'QueryJob', 'TriageJob', 'QueryResult', 'LlmJob', 'LlmReport']) {
      const body = new RegExp(`export class ${name} \\{([^]*?)\\n\\}`).exec(declared)[1];
      const methods = [...body.matchAll(/^ {2}(\w+)\(/gm)].map(([, method]) => method);
      const real = Object.getOwnPropertyNames(api[name].prototype);
      assert.deepEqual([...new Set(methods)].sort(), real.filter((method) => method !== 'constructor').concat(methods.includes('constructor') ? ['constructor'] : []).sort(), name);
    }
  });
});

describe('the command', () => {
  const [{ name: file }] = certificate.files();

  test('redaction is the default, and can be told what to keep and what to hide', async () => {
    await writeFile(join(folder, 'rules.json'), '[{"id":"customer","pattern":"C-[0-9]{6}"}]');
    await writeFile(join(folder, 'wrong-rules.json'), '[{"id":"customer","pattern":"C-("}]');
    const query = 'print a = "jo@example.com", b = "from 203.0.113.7", c = "C-123456"';
    const printed = async (...flags) => (await command(['query', query, file, '--format', 'csv', ...flags])).stdout;
    const whole = 'a,b,c\r\njo@example.com,from 203.0.113.7,C-123456\r\n';
    assert.equal(await printed('--no-redact'), whole);
    assert.match(await printed('--redact'), /\nhidden-\w+,from hidden-\w+,C-123456\r/);
    assert.match(await printed('--keep', 'email', '--redact-rules', 'rules.json'), /\njo@example\.com,from hidden-\w+,hidden-\w+\r/);
    assert.equal(await printed('--keep', 'email', '--keep', 'ip-address'), whole);
    assert.match((await command(['query', query, file, '--keep', 'email'])).stdout, /jo@example\.com +from hidden-/);
    assert.match((await command(['query', 'print Other_Api_Key = "some words"', file])).stdout, /\nhidden-\w+\n/);
    for (const wrong of [['--keep', 'colour'], ['--redact-rules', 'wrong-rules.json'], ['--redact-rules', 'no-such'], ['--redact-rules', file], ['--redact', '--no-redact']]) {
      const { code, stderr, stdout } = await command(['query', query, file, ...wrong]);
      assert.deepEqual([code, stdout], [2, ''], `${wrong}`);
      assert.match(stderr, /^error/);
    }
    assert.match((await command(['--help'])).stdout, /--redact-rules FILE/);
  });

  test('triage in every format', async () => {
    const text = await command(['triage', file, '--now', NOW]);
    assert.equal(text.code, 0, text.stderr);
    assert.match(text.stdout, /tls\.trust-callback/);
    assert.match(text.stdout, /What to do/);
    const json = await command(['triage', file, '--now', NOW, '--format', 'json']);
    assert.equal(JSON.parse(json.stdout).findings[0].signature, 'tls.trust-callback');
    const csv = await command(['triage', file, '--now', NOW, '--format', 'csv']);
    assert.match(csv.stdout, /^signature,title,[^\r]*\r\ntls\.trust-callback,/);
    const markdown = await command(['triage', file, '--now', NOW, '--format', 'markdown']);
    assert.match(markdown.stdout, /```kusto\nApiManagementGatewayLogs/);
  });

  test('query over files and over standard input', async () => {
    const query = 'ApiManagementGatewayLogs | count';
    const from = await command(['query', query, file, '--format', 'json']);
    assert.deepEqual(JSON.parse(from.stdout).rows, [[4800]]);
    const piped = await command(['query', query, '-', '--format', 'csv'], certificate.files()[0].text);
    assert.equal(piped.stdout, 'Count\r\n4800\r\n');
    await writeFile(join(folder, 'q.kql'), query);
    const named = await command(['query', '--file', 'q.kql', file]);
    assert.match(named.stdout, /4800/);
  });

  test('gzip is read as it is', async () => {
    await writeFile(join(folder, 'packed.json.gz'), gzipSync(certificate.files()[0].text));
    const { stdout } = await command(['query', 'ApiManagementGatewayLogs | count', 'packed.json.gz', '--format', 'json']);
    assert.deepEqual(JSON.parse(stdout).rows, [[4800]]);
  });

  test('inputs says what was recognised and what was not read', async () => {
    const { code, stdout } = await command(['inputs', ...dirty.files().map(({ name }) => name)]);
    assert.equal(code, 0);
    assert.match(stdout, /rejects/);
    assert.match(stdout, /AppRequests/);
  });

  test('handoff writes links, templates and scripts, and reads links', async () => {
    const { stdout: help, code } = await command(['handoff', '--help']);
    assert.equal(code, 0);
    const kinds = ['portal-link', 'adx-link', 'query-pack', 'saved-search', 'workbook', 'dashboard-part', 'adx-table', 'logs-ingestion', 'decode-link'];
    for (const kind of kinds) assert.match(help, new RegExp(`^ {2}${kind} `, 'm'));
    const made = await command(['handoff', 'portal-link', '-', '--set', `resource=${WORKSPACE}`, '--set', 'timeSpan=P1D', '--set', 'compressed:=false'], `${FAILED}\n`);
    assert.equal(made.code, 0);
    const read = await command(['handoff', 'decode-link', made.stdout.trim()]);
    assert.deepEqual([read.stdout, read.code], [`${FAILED}\n`, 0]);
    assert.match(read.stderr, /note: time span P1D/);
    const pack = await command(['handoff', 'query-pack', '--recipe', 'triage', '--kql', FAILED, '--format', 'arm']);
    assert.equal(JSON.parse(pack.stdout).resources.length, 3);
    assert.match((await command(['handoff', 'saved-search', '--recipe', 'triage', '--set', 'title=x'])).stdout, /^@description/);
    const board = await command(['handoff', 'workbook', '--set', 'ready=whatBreaks', '--out', 'board']);
    assert.equal(board.stdout.trim().split('\n').length, 3);
    assert.match(await readFile(join(folder, 'board/workbook.bicep'), 'utf8'), /Microsoft.Insights\/workbooks@/);
    const sent = await command(['handoff', 'logs-ingestion', '--kql', 'ApiManagementGatewayLogs', '--set', 'name=Gateway', '--data', file, '--format', 'json']);
    assert.equal(sent.code, 0);
    assert.ok(JSON.parse(sent.stdout).files.some(({ format }) => format === 'body'));
    const table = await command(['handoff', 'adx-table', '--kql', 'ApiManagementGatewayLogs | take 1', '--set', 'name=Gateway', '--data', file, '--format', 'datatable']);
    assert.match(table.stdout, /^datatable\(TimeGenerated: datetime, /);
    const wrong = await command(['handoff', 'portal-link', '--kql', 'T', '--set', 'resource=logs']);
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /^error resource-id at resource: /);
    for (const usage of [['nothing'], ['portal-link', '--kql', 'a', '--kql', 'b'], ['workbook', '--set', 'x'], ['adx-table', '--kql', 'T', '--set', 'name=x'], ['workbook', '--set', 'ready=whatBreaks', '--format', 'x']]) {
      assert.equal((await command(['handoff', ...usage])).code, 2, usage.join(' '));
    }
  });

  test('why a query returns nothing is printed step by step, or as data', async () => {
    const query = 'ApiManagementGatewayLogs | where TimeGenerated > datetime(2030-01-01)';
    const ask = ['handoff', 'empty-answer', '--kql', query, '--now', '2026-01-31T12:00:00Z'];
    const { code, stdout } = await command(ask);
    assert.equal(code, 0);
    const { steps, files } = JSON.parse((await command([...ask, '--format', 'json'])).stdout);
    assert.equal(stdout, files[0].text);
    assert.deepEqual([...stdout.matchAll(/^## \d+\. (.*)$/gm)].map(([, title]) => title), steps.map(({ title }) => title));
    assert.match(stdout, /- `TimeGenerated > datetime\(2030-01-01\)`: this asks for rows of the future/);
    assert.doesNotMatch((await command([...ask.slice(0, -1), '2030-02-01T00:00:00Z'])).stdout, /rows of the future/);
    assert.match((await command(['handoff', '--help'])).stdout, /^ {2}empty-answer +why a query returns nothing[^]*json gives the steps as data\n +service, workspace$/m);
    assert.equal((await command(['handoff', 'empty-answer'])).code, 2);
  });

  test('an alert rule is replayed over files', async () => {
    const files = samples[0].files().flatMap(({ name }) => ['--data', name]);
    const { code, stdout } = await command(['handoff', 'back-test', '--kql', 'ApiManagementGatewayLogs | where ResponseCode >= 500', '--set', 'windowMinutes:=15', ...files]);
    assert.equal(code, 0);
    assert.match(stdout, /^\d+ alerts? in \d+ evaluations\n\d{4}-\d\d-\d\dT/);
    assert.equal((await command(['handoff', 'back-test', '--kql', 'ApiManagementGatewayLogs', '--set', 'periods:=9', ...files])).code, 2);
  });

  test('a set-up is checked by the command, and errors are its exit code', async () => {
    const file = join(folder, 'logger.json');
    await writeFile(file, LOGGER);
    const broken = await command(['handoff', 'check-setup', file]);
    assert.equal(broken.code, 1);
    assert.match(broken.stdout, /logger\.json:2:11 logger ai, credentials instrumentationKey, type applicationInsights\n/);
    assert.match(broken.stdout, /logger\.json:4:53 error SET0101 /);
    await writeFile(file, (await command(['handoff', 'logger', '--set', 'service=contoso'])).stdout);
    const { code, stdout } = await command(['handoff', 'check-setup', file, '--format', 'json']);
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(stdout).findings.map(({ code: of }) => of), ['SET0303']);
    assert.equal((await command(['handoff', 'check-setup'])).code, 2);
    assert.equal((await command(['handoff', 'diagnostic', '--set', 'sampling:=101'])).code, 2);
  });

  test('rows that several files have are counted once with --merge', async () => {
    const [{ name }] = samples[0].files();
    const rows = async (...options) => JSON.parse((await command(['query', 'union * | count', name, name, '--format', 'json', ...options])).stdout).rows[0][0];
    assert.equal(await rows(), 2 * (await rows('--merge')));
    const { stdout } = await command(['inputs', name, name, '--merge']);
    assert.match(stdout, /of the rows are in earlier files: they are counted once/);
  });

  test('exit codes: 0 fine, 1 the query has errors, 2 usage or input', async () => {
    assert.equal((await command(['--help'])).code, 0);
    assert.match((await command(['--version'])).stdout, /^\d+\.\d+\.\d+\n$/);
    const wrong = await command(['query', 'T | wher', file]);
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /KQL\d{4}/);
    assert.equal((await command(['query'])).code, 2);
    assert.equal((await command(['nothing'])).code, 2);
    assert.equal((await command(['triage', 'no-such-file'])).code, 2);
    assert.equal((await command(['triage', file, '--format', 'xml'])).code, 2);
    assert.equal((await command(['triage', file, '--now', 'soon'])).code, 2);
  });

  test('check in every format, and its exit code', async () => {
    const query = 'ApiManagementGatewayLogs\n| where ISRequestSuccess == false and TimeGenerated > ago(1h)\n| count\n';
    await writeFile(join(folder, 'wrong.kql'), query);
    const text = await command(['check', 'wrong.kql']);
    assert.equal(text.code, 1, text.stderr);
    assert.match(text.stdout, /wrong\.kql:2:9: error KQL0102/);
    const sarif = JSON.parse((await command(['check', 'wrong.kql', '--format', 'sarif'])).stdout);
    assert.equal(sarif.version, '2.1.0');
    const [result] = sarif.runs[0].results;
    assert.equal(result.ruleId, sarif.runs[0].tool.driver.rules[result.ruleIndex].id);
    assert.deepEqual(result.locations[0].physicalLocation.region, { startLine: 2, startColumn: 9, endLine: 2, endColumn: 25 });
    assert.equal(JSON.parse((await command(['check', '-', '--format', 'json'], query)).stdout)[0].findings[0].code, 'KQL0102');
    assert.match((await command(['check', 'wrong.kql', '--format', 'csv'])).stdout, /^file,line,column,severity,code,message\r\nwrong\.kql,2,9,error,KQL0102,/);
    const fixed = await command(['check', '--fix', 'wrong.kql']);
    assert.equal(fixed.code, 0, fixed.stdout);
    assert.equal(await readFile(join(folder, 'wrong.kql'), 'utf8'), query.replace('ISR', 'IsR'));
    assert.equal((await command(['check', '--target', 'moon', 'wrong.kql'])).code, 2);
    assert.equal((await command(['check'])).code, 2);
    assert.equal((await command(['check', '--kql', 'T | count', '--schema', 'wrong.kql'])).code, 2);
    assert.equal((await command(['check', '--kql', 'ApiManagementGatewayLogs | where ApiId == "x" and TimeGenerated > ago(1h)', '--data', file])).code, 0);
  });

  test('format prints, compares and writes', async () => {
    await writeFile(join(folder, 'loose.kql'), 'T|where a==1 // why\n|count');
    const printed = await command(['format', 'loose.kql']);
    assert.equal(printed.stdout, 'T\n| where a == 1 // why\n| count\n');
    assert.equal((await command(['format', '--check', 'loose.kql'])).code, 1);
    assert.equal((await command(['format', '--write', 'loose.kql'])).code, 0);
    assert.equal(await readFile(join(folder, 'loose.kql'), 'utf8'), printed.stdout);
    assert.equal((await command(['format', '--check', 'loose.kql'])).code, 0);
    assert.equal((await command(['format', '--kql', 'T | where ('])).code, 1);
  });

  test('explain, translate and recipe', async () => {
    const kql = 'ApiManagementGatewayLogs | where ResponseCode >= 500 | summarize n = count() by ApiId';
    const told = await command(['explain', '--kql', kql]);
    assert.match(told.stdout, /2\. Keeps rows where `ResponseCode` is at least 500\./);
    const counted = await command(['explain', '--kql', kql, '--data', file]);
    assert.match(counted.stdout, /4,800 rows in/);
    const moved = await command(['translate', '--kql', kql, '--to', 'azureDiagnostics']);
    assert.match(moved.stdout, /responseCode_d >= 500/);
    assert.equal((await command(['translate', '--kql', kql])).code, 2);
    assert.match((await command(['recipe'])).stdout, /one-request/);
    assert.match((await command(['recipe', 'one-request', '--about'])).stdout, /correlation_id/);
    const built = await command(['recipe', 'one-request', 'correlation_id=a"b', '--to', 'azureDiagnostics']);
    assert.match(built.stdout, /CorrelationId == "a\\"b"/);
    assert.equal((await command(['recipe', 'one-requst'])).code, 2);
    assert.equal((await command(['recipe', 'one-request', 'nonsense'])).code, 2);
  });

  test('log text moves no cursor', async () => {
    const record = JSON.parse(certificate.files()[0].text.split('\n')[0]);
    record.properties.apiId = '\u001b[2Jgone';
    await writeFile(join(folder, 'escape.json'), `${JSON.stringify(record)}\n`);
    const { stdout } = await command(['query', 'ApiManagementGatewayLogs | project ApiId', 'escape.json']);
    assert.match(stdout, /gone/);
    assert.doesNotMatch(stdout, /\u001b/);
  });
});

describe('in browsers, under the strict policy', { timeout: 300_000 }, () => {
  const PROGRAM = `
    await ready();
    const dataset = new Dataset();
    dataset.add('{"category":"GatewayLogs","time":"2026-03-03T08:00:00Z","properties":{"responseCode":500}}\\n');
    document.title = String(dataset.query('ApiManagementGatewayLogs | count', { now: '${NOW}' }).rows()[0][0]);
  `;
  const page = (script) => `<!doctype html><html lang="en"><title>-</title>${script}</html>`;
  let browser;
  let server;
  let site;

  before(async () => {
    site = join(folder, 'site');
    await mkdir(site);
    server = await serveFolder(site);
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });

  async function answers(path, expected = '1') {
    const { page: tab, faults, close } = await open(browser, server.address + path);
    await tab.waitForFunction(() => document.title !== '-', undefined, { timeout: 20_000 }).catch(() => {});
    assert.equal(await tab.title(), expected, faults.join('\n'));
    assert.deepEqual(await tab.evaluate(() => globalThis.violations), []);
    await close();
  }

  test('a plain page without a bundler', async () => {
    await mkdir(join(site, 'plain'));
    await cp(join(installed, 'dist'), join(site, 'plain/kqlens'), { recursive: true });
    await writeFile(join(site, 'plain/main.js'), `import { Dataset, ready } from './kqlens/index.js';${PROGRAM}`);
    await writeFile(join(site, 'plain/index.html'), page('<script type="module" src="main.js"></script>'));
    await answers('plain/index.html');
  });

  test('with the module inside', async () => {
    await writeFile(join(site, 'plain/inline-main.js'), `import { Dataset, ready } from './kqlens/inline.js';${PROGRAM}`);
    await writeFile(join(site, 'plain/inline.html'), page('<script type="module" src="inline-main.js"></script>'));
    await answers('plain/inline.html');
  });

  test('the one-file worker, started from a blob', async () => {
    await writeFile(join(site, 'plain/worker-main.js'), `
      import { Engine } from './kqlens/client.js';
      const script = await (await fetch('./kqlens/worker.js')).blob();
      const engine = new Engine(() => new Worker(URL.createObjectURL(new Blob([script], { type: 'text/javascript' }))));
      await engine.ready;
      await engine.read(new Blob(['{"category":"GatewayLogs","time":"2026-03-03T08:00:00Z","properties":{"responseCode":500}}\\n']), { name: 'x' });
      const result = await engine.query('ApiManagementGatewayLogs | count', { now: '${NOW}' });
      document.title = String((await result.rows(0, 1))[0][0]);
    `);
    await writeFile(join(site, 'plain/worker.html'), page('<script type="module" src="worker-main.js"></script>'));
    await answers('plain/worker.html');
  });

  test('bundled by Vite', async () => {
    const source = join(folder, 'vite');
    await mkdir(source);
    await writeFile(join(source, 'main.js'), `import { Dataset, ready } from 'kqlens';${PROGRAM}`);
    await writeFile(join(source, 'index.html'), page('<script type="module" src="/main.js"></script>'));
    const { build } = await import(pathToFileURL(require.resolve('vite')));
    await build({
      root: source, base: './', configFile: false, logLevel: 'error',
      build: { outDir: join(site, 'vite'), emptyOutDir: true, target: 'es2022', modulePreload: { polyfill: false } },
    });
    await answers('vite/index.html');
  });

  test('bundled by webpack', async () => {
    const source = join(folder, 'webpack');
    await mkdir(source);
    await writeFile(join(source, 'main.mjs'), `import { Dataset, ready } from 'kqlens';${PROGRAM}`);
    const webpack = require('webpack');
    const stats = await promisify(webpack)({
      mode: 'production', entry: join(source, 'main.mjs'), context: folder, target: ['web', 'es2022'],
      output: { path: join(site, 'webpack'), filename: 'main.js', publicPath: 'auto', module: true },
      experiments: { outputModule: true }, performance: { hints: false },
    });
    assert.equal(stats.hasErrors(), false, stats.toString('errors-only'));
    await writeFile(join(site, 'webpack/index.html'), page('<script type="module" src="main.js"></script>'));
    await answers('webpack/index.html');
  });
});
