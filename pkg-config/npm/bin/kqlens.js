#!/usr/bin/env node
// The command: what the page does, in a terminal. Input: files or standard input. Output: one report
// on standard output; progress and errors go to standard error.
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { Dataset, KqlensError, redact } from '../dist/node.js';
import * as language from './language.js';
import { Unusable } from './language.js';
import { handoff } from './handoff.js';
import { llm } from './llm.js';

const HELP = `kqlens COMMAND [OPTIONS] FILE…        (FILE - is standard input)

Reads log exports of Azure API Management. Nothing leaves this machine.

  triage FILE…        what broke, on which evidence, what to do, and the KQL that shows it
  query KQL FILE…     runs KQL over the files; --file QUERY reads the KQL from a file
  llm FILE…           calls to language models: tokens, cost, limits, what is missing; their
                      conversations with --conversations, one of them with --call
  inputs FILE…        what the files were recognised as, and what could not be read

  check QUERY…        what is wrong with files of KQL: names, types, meaning, cost
  format QUERY…       the KQL in one style; --write puts it back, --check only compares
  explain QUERY…      each stage in a sentence; with --data, its rows too
  translate QUERY…    the KQL over the tables of the other dialect, which --to names
  recipe [ID] [NAME=VALUE…]
                      the questions with a ready answer, or the KQL of one; --about tells of it

  handoff WHAT [QUERY…]
                      links, templates and scripts that take a query or a table on to Azure, and
                      links read; handoff --help tells what there is

  --kql TEXT          KQL itself in the place of a file of it
  --to DIALECT        resourceSpecific or azureDiagnostics
  --target TARGET     where the KQL will run: logAnalytics (if not given), basicLogs, logAlert,
                      dcrTransformation, dataExplorer
  --schema FILE       tables to check against, as {"Table": [["Column", "type"], …], …}
  --data FILE         an export whose tables, values and rows are used; may be given again
  --fix               puts fixes that keep the answer into the files

  --by LIST           what sums are made by: model (if not given), deployment, apiVersion,
                      subscription, product, api, operation, caller, region, backend, status,
                      streaming, finish, completeness, minute, hour, day; several with commas
  --prices FILE       what tokens cost, as JSON or CSV; --price-template prints one to fill in
  --limit TOKENS      tokens a minute that a deployment may use: its busiest minute beside them
  --conversations     the messages of every call: Markdown, or JSON lines with --format json
  --call NUMBER       one call, by its number in the table LlmCalls
  --hide-text         leaves the texts of messages out

  --format FORMAT     text (if not given), json, csv, markdown; of check, sarif too
  --now TIME          what now() answers, as 2026-01-31T12:00:00Z; the clock if not given
  --input FORMAT      overrides what the files are recognised as
  --dates mdy|dmy     the order of day and month in dates that can be read both ways
  --merge             counts rows that several files have once (all values equal)
  --redact            replaces keys, tokens, e-mail and IP addresses, phone and card numbers by
                      pseudonyms, equal ones for equal values; done unless --no-redact is given
  --no-redact         leaves them in the output
  --keep RULE         leaves in what one rule finds, as email or ip-address; may be given again
  --redact-rules FILE rules of your own, as [{"id": "customer", "pattern": "C-[0-9]{6}"}]
  --version, --help

Exit code: 0 fine, 1 the KQL or the set-up has errors (or, with --check, another style), 2 usage or input that
cannot be read.
`;

const FORMATS = ['text', 'json', 'csv', 'markdown'];
/** Formats of commands that do not have them all. */
const FORMATS_OF = {
  check: [...FORMATS, 'sarif'],
  format: ['text'],
  explain: ['text', 'json'],
  translate: ['text'],
  recipe: ['text', 'json'],
};
const CHUNK_BYTES = 8 << 20;

async function main(argv) {
  const { values: options, positionals } = read(argv);
  if (options.version) {
    const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
    return say(manifest.version);
  }
  const [command, ...rest] = positionals;
  if ((options.help && command !== 'handoff') || positionals.length === 0) return say(HELP.trimEnd());
  if (!Object.hasOwn(commands, command)) throw new Unusable(`no command \`${command}\`: see \`kqlens --help\``);
  const formats = FORMATS_OF[command] ?? FORMATS;
  // Which formats an artefact has, it says itself.
  if (command !== 'handoff' && !formats.includes(options.format)) throw new Unusable(`\`--format\` of \`${command}\` is ${formats.join(', ')}`);
  if (options.now !== undefined && Number.isNaN(Date.parse(options.now))) {
    throw new Unusable('`--now` requires a time as 2026-01-31T12:00:00Z');
  }
  if (options.dates !== undefined && !['mdy', 'dmy'].includes(options.dates)) {
    throw new Unusable('`--dates` is mdy or dmy');
  }
  configureRedaction(options);
  await commands[command](rest, options);
}

function read(argv) {
  try {
    return parseArgs({
      args: argv,
      allowPositionals: true,
      options: {
        format: { type: 'string', default: 'text' },
        now: { type: 'string' },
        input: { type: 'string' },
        dates: { type: 'string' },
        file: { type: 'string' },
        kql: { type: 'string', multiple: true },
        to: { type: 'string' },
        target: { type: 'string' },
        schema: { type: 'string' },
        data: { type: 'string', multiple: true },
        fix: { type: 'boolean', default: false },
        write: { type: 'boolean', default: false },
        check: { type: 'boolean', default: false },
        about: { type: 'boolean', default: false },
        by: { type: 'string' },
        prices: { type: 'string' },
        'price-template': { type: 'boolean', default: false },
        limit: { type: 'string' },
        conversations: { type: 'boolean', default: false },
        call: { type: 'string' },
        'hide-text': { type: 'boolean', default: false },
        set: { type: 'string', multiple: true },
        request: { type: 'string' },
        recipe: { type: 'string', multiple: true },
        out: { type: 'string' },
        merge: { type: 'boolean', default: false },
        redact: { type: 'boolean', default: false },
        'no-redact': { type: 'boolean', default: false },
        keep: { type: 'string', multiple: true },
        'redact-rules': { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
        version: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new Unusable(`${error.message.split('\n')[0]}: see \`kqlens --help\``);
  }
}

/** What every report leaves in and replaces. */
function configureRedaction({ redact: isAsked, 'no-redact': isRefused, keep, 'redact-rules': file }) {
  if (isRefused && (isAsked || keep || file !== undefined)) {
    throw new Unusable('`--no-redact` goes with none of `--redact`, `--keep` and `--redact-rules`');
  }
  if (keep || file !== undefined) redact.configure({ keep, rules: file === undefined ? [] : language.json(file) });
}

const commands = {
  async inputs(files, options) {
    const reports = await load(new Dataset({ mergeDuplicates: options.merge }), files, options);
    print(clean(reports, options), options.format, {
      text: inputsAsText,
      markdown: inputsAsMarkdown,
      csv: (sources) => csv(
        ['name', 'format', 'encoding', 'records', 'rows', 'duplicates', 'rejects', 'from', 'to'],
        sources.map((source) => [
          source.name, source.format, source.encoding, source.records, source.rows, source.duplicates, source.rejects.count,
          source.timeRange?.from ?? '', source.timeRange?.to ?? '',
        ]),
      ),
    });
  },

  async triage(files, options) {
    const dataset = new Dataset({ mergeDuplicates: options.merge });
    await load(dataset, files, options);
    const report = dataset.triage({ now: options.now });
    print(clean(report, options), options.format, {
      text: triageAsText,
      markdown: triageAsMarkdown,
      csv: ({ findings }) => csv(
        ['signature', 'title', 'certainty', 'severity', 'count', 'share', 'first', 'last'],
        findings.map((found) => [
          found.signature, found.title, found.certainty, found.severity, found.count, found.share, found.first ?? '', found.last ?? '',
        ]),
      ),
    });
  },

  async llm(files, options) {
    const dataset = new Dataset({ mergeDuplicates: options.merge });
    await load(dataset, files, options);
    for (const piece of llm(dataset, options, { clean, count, percent, during, printable, escaped, fenced })) write(piece);
  },

  async query(positionals, options) {
    const [text, files] = options.file === undefined
      ? [positionals[0], positionals.slice(1)]
      : [readFileSync(options.file, 'utf8'), positionals];
    if (!text) throw new Unusable('`query` requires KQL, or `--file` with a file of KQL');
    const dataset = new Dataset({ mergeDuplicates: options.merge });
    await load(dataset, files, options);
    const result = dataset.query(text, { now: options.now });
    const how = { redact: !options['no-redact'] };
    if (options.format === 'json') say(result.toJson(how));
    else if (options.format === 'csv') write(result.toCsv(how));
    else if (options.format === 'markdown') write(result.toMarkdown(how));
    else say([result, ...result.further.map((table) => table.result)].map((table) => resultAsText(table, how)).join('\n\n'));
    for (const note of result.notes) complain(`note: ${note}`);
  },

  check: (files, options) => ofLanguage(language.check, files, options),
  format: (files, options) => ofLanguage(language.format, files, options),
  explain: (files, options) => ofLanguage(language.explain, files, options),
  translate: (files, options) => ofLanguage(language.translate, files, options),
  recipe: (positionals, options) => ofLanguage(language.recipe, positionals, options),

  async handoff(positionals, options) {
    const { output, notes, hasErrors } = await handoff(positionals, options, { load, clean, printable });
    write(output);
    if (hasErrors) process.exitCode = 1;
    for (const note of notes) complain(`note: ${printable(note)}`);
  },
};

/** Runs a command over texts; errors in them are its exit code. */
async function ofLanguage(run, positionals, options) {
  const { output, hasErrors } = await run(positionals, options, { load, printable, count });
  write(output);
  if (hasErrors) process.exitCode = 1;
}

/** Streams files into the dataset; `-` is standard input. */
async function load(dataset, files, options) {
  if (files.length === 0) throw new Unusable('no file: name one, or - for standard input');
  const reports = [];
  for (const file of files) {
    const name = file === '-' ? 'standard input' : basename(file);
    const writer = dataset.open({ name, format: options.input, dateOrder: options.dates });
    const total = file === '-' ? null : sizeOf(file);
    const stream = file === '-' ? process.stdin : createReadStream(file, { highWaterMark: CHUNK_BYTES });
    try {
      for await (const chunk of stream) showProgress(name, writer.push(chunk), total);
    } catch (error) {
      if (error instanceof KqlensError) throw error;
      throw new Unusable(`${file} cannot be read: ${error.message}`);
    }
    clearProgress();
    reports.push(writer.finish());
  }
  return reports;
}

function sizeOf(file) {
  try {
    return statSync(file).size;
  } catch (error) {
    throw new Unusable(`${file} cannot be read: ${error.message}`);
  }
}

const isShown = process.stderr.isTTY === true;

function showProgress(name, { bytes, rows }, total) {
  if (!isShown) return;
  const part = total ? `${Math.floor((100 * bytes) / total)} %` : `${(bytes / 1e6).toFixed(0)} MB`;
  process.stderr.write(`\r\x1b[K${printable(name)}  ${part}  ${count(rows)} rows`);
}

function clearProgress() {
  if (isShown) process.stderr.write('\r\x1b[K');
}

/** Replaces secrets in every text of a report, unless asked not to. */
function clean(value, options) {
  if (options['no-redact']) return value;
  if (typeof value === 'string') return redact.apply(value);
  if (Array.isArray(value)) return value.map((item) => clean(item, options));
  if (typeof value?.column === 'string' && typeof value.value === 'string') {
    return { ...value, value: redact.apply(value.value, { name: value.column }) };
  }
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, clean(item, options)]));
  }
  return value;
}

function print(value, format, makers) {
  if (format === 'json') say(JSON.stringify(value, null, 2));
  else write(makers[format](value));
}

// Text -------------------------------------------------------------------------------------------

/** Log text in a terminal: no control character moves the cursor or changes a colour. */
const printable = (text) => String(text).replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '·');
const count = (number) => number.toLocaleString('en-US');
const percent = (share) => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
const time = (text) => text.replace('T', ' ').replace(/\.\d+Z$/, 'Z');
const during = (first, last) => (first && last ? `, ${time(first)} to ${time(last)}` : '');
const list = (lines, mark = '-') => lines.map((line) => `  ${mark} ${printable(line)}`);

function inputsAsText(sources) {
  const lines = [];
  for (const source of sources) {
    lines.push(
      printable(source.name),
      `  ${source.format}, ${source.encoding}: ${count(source.records)} records = ${count(source.rows)} rows + ${count(source.rejects.count)} rejects`,
      ...(source.duplicates > 0 ? [`  ${count(source.duplicates)} of the rows are in earlier files: they are counted once`] : []),
      ...source.tables.map((table) => `  ${table.name}: ${count(table.rows)} rows`),
    );
    if (source.timeRange) lines.push(`  from ${time(source.timeRange.from)} to ${time(source.timeRange.to)}`);
    lines.push(...source.evidence.map((line) => `  recognised by ${printable(line)}`));
    lines.push(...source.warnings.map((warning) => `  warning: ${printable(warning.message)}`));
    lines.push(...source.rejects.samples.slice(0, 5).map(
      (reject) => `  line ${reject.line}, byte ${reject.offset}: ${printable(reject.reason)}: ${printable(reject.text.slice(0, 80))}`,
    ));
    lines.push('');
  }
  return lines.join('\n');
}

function triageAsText(report) {
  const lines = [];
  const { totals, findings, cannotConclude } = report;
  const span = totals.from ? `, ${time(totals.from)} to ${time(totals.to)}` : '';
  lines.push(`${count(totals.requests)} requests, ${count(totals.failed)} failed${span}`, '');
  if (findings.length === 0) lines.push('No failure was recognised.', '');
  findings.forEach((found, index) => {
    lines.push(
      `${index + 1}. ${printable(found.title)}  [${found.severity}, ${found.certainty}]`,
      `   ${found.signature}: ${count(found.count)} times, ${percent(found.share)} of ${found.table}${during(found.first, found.last)}`,
      `   ${printable(found.meaning)}`,
    );
    if (found.apis.length) lines.push(`   APIs: ${shares(found.apis)}`);
    if (found.backends.length) lines.push(`   Backends: ${shares(found.backends)}`);
    if (found.evidence.length) {
      lines.push('   Evidence', ...found.evidence.map(({ column, value }) => `     ${column} = ${printable(value)}`));
    }
    if (found.causes.length) lines.push('   Causes', ...list(found.causes, '  -'));
    if (found.fixes.length) lines.push('   What to do', ...list(found.fixes, '  -'));
    lines.push('   KQL', ...found.kql.resourceSpecific.split('\n').map((line) => `     ${printable(line)}`), '');
  });
  if (cannotConclude.length) lines.push('What cannot be concluded', ...list(cannotConclude.map(({ message }) => message)), '');
  const rejects = report.sources.reduce((sum, source) => sum + source.rejects.count, 0);
  if (rejects > 0) lines.push(`${count(rejects)} records could not be read: see \`kqlens inputs\`.`, '');
  return lines.join('\n');
}

const shares = (items) => items.slice(0, 5).map(({ value, count: n }) => `${printable(value || '(none)')} (${count(n)})`).join(', ');

const MAX_WIDTH = 60;
const MAX_ROWS = 1000;

function resultAsText(result, { redact: isRedacted }) {
  const shown = result.rows(0, Math.min(MAX_ROWS, result.rowCount));
  const cells = shown.map((row) => row.map((cell, at) => {
    const words = cell === null ? '' : typeof cell === 'object' ? JSON.stringify(cell) : String(cell);
    return cut(printable(isRedacted ? redact.apply(words, { name: result.columns[at].name }) : words).replaceAll('\n', ' '));
  }));
  const names = result.columns.map((column) => printable(column.name));
  const isNumber = result.columns.map((column) => ['int', 'long', 'real', 'decimal'].includes(column.type));
  const widths = names.map((name, at) => cells.reduce((width, row) => Math.max(width, row[at].length), name.length));
  const line = (row) => row
    .map((cell, at) => (isNumber[at] ? cell.padStart(widths[at]) : cell.padEnd(widths[at])))
    .join('  ').trimEnd();
  const lines = [line(names), widths.map((width) => '-'.repeat(width)).join('  '), ...cells.map(line)];
  const rest = result.rowCount - shown.length;
  lines.push('', `${count(result.rowCount)} rows${rest > 0 ? `; ${count(rest)} not shown, use --format csv or json for all` : ''}`);
  return lines.join('\n');
}

const cut = (text) => (text.length > MAX_WIDTH ? `${text.slice(0, MAX_WIDTH - 1)}…` : text);

// Markdown and CSV -------------------------------------------------------------------------------

const escaped = (text) => printable(text).replace(/[\\`*_[\]<>|#]/g, '\\$&').replaceAll('\n', ' ');

/** A fence longer than any run of backticks inside. */
function fenced(language, text) {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

function inputsAsMarkdown(sources) {
  const rows = sources.map((source) =>
    `| ${escaped(source.name)} | ${source.format} | ${source.records} | ${source.rows} | ${source.duplicates} | ${source.rejects.count} |`);
  return ['| source | format | records | rows | of them in earlier files | rejects |', '|---|---|---:|---:|---:|---:|', ...rows, ''].join('\n');
}

function triageAsMarkdown(report) {
  const { totals, findings, cannotConclude } = report;
  const lines = ['# Triage', '', `${count(totals.requests)} requests, ${count(totals.failed)} failed.`, ''];
  for (const found of findings) {
    lines.push(
      `## ${escaped(found.title)}`, '',
      `${found.certainty}, ${found.severity}: ${count(found.count)} times (${percent(found.share)})${during(found.first, found.last)}.`, '',
      escaped(found.meaning), '',
      ...found.evidence.map(({ column, value }) => `- ${escaped(column)} = ${escaped(value)}`), '',
      ...found.fixes.map((fix) => `1. ${escaped(fix)}`), '',
      fenced('kusto', found.kql.resourceSpecific), '',
    );
  }
  if (cannotConclude.length) lines.push('## What cannot be concluded', '', ...cannotConclude.map(({ message }) => `- ${escaped(message)}`), '');
  return lines.join('\n');
}

/** A cell that no spreadsheet takes for a formula. */
function csvCell(value) {
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const csv = (header, rows) => [header, ...rows].map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');

// Output -----------------------------------------------------------------------------------------

const write = (text) => process.stdout.write(text);
const say = (text) => process.stdout.write(`${text}\n`);
const complain = (text) => process.stderr.write(`${text}\n`);

process.stdout.on('error', (error) => {
  // The reader of a pipe went away; that is not a failure of this command.
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

try {
  await main(process.argv.slice(2));
} catch (error) {
  clearProgress();
  if (error instanceof KqlensError) {
    const place = error.range ? `${error.range.start}..${error.range.end}` : error.field;
    const at = place === undefined ? '' : ` at ${printable(place)}`;
    complain(`error ${error.code}${at}: ${printable(error.message)}`);
    if (error.help) complain(`  ${printable(error.help)}`);
    process.exitCode = /^KQL/.test(error.code) ? 1 : 2;
  } else if (error instanceof Unusable) {
    complain(`error: ${printable(error.message)}`);
    process.exitCode = 2;
  } else {
    throw error;
  }
}
