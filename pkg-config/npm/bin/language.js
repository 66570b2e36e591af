// The commands over KQL texts: check, format, explain, translate, recipe. Input: files of KQL, `-` for
// standard input, or `--kql TEXT`. Each returns its text and whether it found errors.
import { readFileSync, writeFileSync } from 'node:fs';
import { Dataset, kql, recipes } from '../dist/node.js';
import { places, sarif } from './sarif.js';

/** Usage or input that cannot be read. */
export class Unusable extends Error {}

/** The texts that a command is about: `{ name, text }`. */
export function texts(files, options) {
  const inline = (options.kql ?? []).map((text) => ({ name: '--kql', text }));
  if (files.length === 0 && inline.length === 0) throw new Unusable('no KQL: name a file, - for standard input, or give --kql TEXT');
  return [...inline, ...files.map((file) => ({ name: file === '-' ? 'standard input' : file, path: file, text: read(file) }))];
}

function read(file) {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new Unusable(`${file} cannot be read: ${error.message}`);
  }
}

/** The value of a file of JSON. */
export function json(file) {
  const text = read(file);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Unusable(`${file} is no JSON: ${error.message}`);
  }
}

/** The tables of `--schema FILE`: a list of tables with columns, or `{table: [[column, type], …]}`. */
function schemaOf({ schema }) {
  if (schema === undefined) return undefined;
  const value = json(schema);
  if (Array.isArray(value)) return value;
  return Object.entries(value).map(([name, columns]) => ({ name, columns: columns.map(([column, type]) => ({ name: column, type })) }));
}

const SEVERITIES = ['error', 'warning', 'info', 'hint'];

/** What is wrong with each text. */
export async function check(files, options, { load, printable }) {
  const found = [];
  const dataset = options.data ? new Dataset({ mergeDuplicates: options.merge }) : undefined;
  if (dataset) await load(dataset, options.data, options);
  const how = { schema: schemaOf(options), target: options.target };
  for (const one of texts(files, options)) {
    const findings = dataset ? dataset.check(one.text, how) : kql.check(one.text, how);
    if (options.fix && one.path && one.path !== '-') {
      const fixed = applied(one.text, findings);
      if (fixed !== one.text) writeFileSync(one.path, fixed);
      found.push({ ...one, text: fixed, findings: dataset ? dataset.check(fixed, how) : kql.check(fixed, how) });
    } else {
      found.push({ ...one, findings });
    }
  }
  const all = found.flatMap(({ findings }) => findings);
  const makers = {
    text: () => checkAsText(found, printable),
    json: () => `${JSON.stringify(found.map(({ name, findings }) => ({ name, findings })), null, 2)}\n`,
    sarif: () => `${JSON.stringify(sarif(found, kql.rules()), null, 2)}\n`,
    markdown: () => checkAsMarkdown(found),
    csv: () => checkAsCsv(found),
  };
  return { output: makers[options.format](), hasErrors: all.some(({ severity }) => severity === 'error') };
}

/** The text with the fixes that keep the answer; of those that overlap the first stays. */
function applied(text, findings) {
  const edits = findings
    .filter(({ fix }) => fix?.safe)
    .flatMap(({ fix }) => fix.edits)
    .sort((a, b) => a.range.start - b.range.start);
  let [out, end] = ['', 0];
  for (const { range, text: replacement } of edits) {
    if (range.start < end) continue;
    out += text.slice(end, range.start) + replacement;
    end = range.end;
  }
  return out + text.slice(end);
}

function checkAsText(found, printable) {
  const lines = [];
  for (const { name, text, findings } of found) {
    const place = places(text);
    for (const finding of findings) {
      const { line, column } = place(finding.range.start);
      lines.push(`${name}:${line}:${column}: ${finding.severity} ${finding.code}: ${printable(finding.message)}`);
      const source = text.split('\n')[line - 1] ?? '';
      const end = place(finding.range.end);
      const width = Math.max(1, end.line === line ? end.column - column : source.length - column + 1);
      lines.push(`  ${printable(source.replaceAll('\t', ' '))}`, `  ${' '.repeat(column - 1)}${'^'.repeat(Math.min(width, 120))}`);
      if (finding.help) lines.push(`  ${printable(finding.help)}`);
      if (finding.fix) lines.push(`  fix: ${printable(finding.fix.title)}${finding.fix.safe ? ' (--fix does it)' : ''}`);
      lines.push('');
    }
  }
  const counts = SEVERITIES
    .map((severity) => [severity, found.flatMap(({ findings }) => findings).filter((finding) => finding.severity === severity).length])
    .filter(([, n]) => n > 0)
    .map(([severity, n]) => `${n} ${severity}${n === 1 || severity === 'info' ? '' : 's'}`);
  lines.push(counts.length ? counts.join(', ') : 'nothing found');
  return `${lines.join('\n')}\n`;
}

const rows = (found) => found.flatMap(({ name, text, findings }) => {
  const place = places(text);
  return findings.map(({ severity, code, message, range }) => ({ name, ...place(range.start), severity, code, message }));
});

const cell = (text) => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

function checkAsCsv(found) {
  const lines = rows(found).map(({ name, line, column, severity, code, message }) =>
    [cell(name), line, column, severity, code, cell(message)].join(','));
  return ['file,line,column,severity,code,message', ...lines, ''].join('\r\n');
}

function checkAsMarkdown(found) {
  const escaped = (text) => text.replace(/[\\|<>]/g, '\\$&');
  const lines = rows(found).map(({ name, line, column, severity, code, message }) =>
    `| ${escaped(name)} | ${line}:${column} | ${severity} | ${code} | ${escaped(message)} |`);
  return ['| file | place | severity | code | message |', '|---|---|---|---|---|', ...lines, ''].join('\n');
}

/** Each text in one style; `--write` puts it back, `--check` only says which would change. */
export async function format(files, options, { printable }) {
  const out = [];
  let differs = false;
  for (const { path, name, text } of texts(files, options)) {
    const formatted = `${kql.format(text).trimEnd()}\n`;
    if (options.check) {
      if (formatted !== text) {
        out.push(`${printable(name)} would change\n`);
        differs = true;
      }
    } else if (options.write) {
      if (path === undefined || path === '-') throw new Unusable('`--write` requires files');
      if (formatted !== text) {
        writeFileSync(path, formatted);
        out.push(`${printable(path)}\n`);
      }
    } else {
      out.push(formatted);
    }
  }
  return { output: out.join(''), hasErrors: differs };
}

/** Each stage in a sentence; with `--data`, how many rows went in and came out. */
export async function explain(files, options, { load, printable, count }) {
  const out = [];
  const dataset = options.data ? new Dataset({ mergeDuplicates: options.merge }) : undefined;
  if (dataset) await load(dataset, options.data, options);
  for (const { text } of texts(files, options)) {
    const steps = dataset ? dataset.explain(text) : kql.explain(text, { schema: schemaOf(options) });
    if (steps.length === 0) throw new Unusable('there is no query in this text');
    const stages = dataset ? dataset.query(text, { now: options.now }).stages : [];
    const told = steps.map((step) => {
      const stage = stages.find(({ range }) => range.start === step.range.start && range.end === step.range.end);
      return stage ? { ...step, rowsIn: stage.rowsIn, rowsOut: stage.rowsOut } : step;
    });
    if (options.format === 'json') {
      out.push(`${JSON.stringify(told, null, 2)}\n`);
      continue;
    }
    let number = 0;
    for (const step of told) {
      const indent = '   '.repeat(step.depth);
      const mark = step.depth === 0 ? `${(number += 1)}.` : '-';
      const counted = step.rowsOut === undefined ? '' : `  (${count(step.rowsIn)} rows in, ${count(step.rowsOut)} out)`;
      out.push(`${indent}${mark} ${printable(step.text)}${counted}\n`);
      if (step.added.length) out.push(`${indent}   adds ${printable(some(step.added))}\n`);
    }
  }
  return { output: out.join(''), hasErrors: false };
}

const some = (names) => (names.length > 8 ? `${names.slice(0, 8).join(', ')} and ${names.length - 8} more` : names.join(', '));

/** Each text over the tables of the other dialect. */
export async function translate(files, options) {
  if (!['resourceSpecific', 'azureDiagnostics'].includes(options.to)) {
    throw new Unusable('`--to` is resourceSpecific or azureDiagnostics');
  }
  const out = texts(files, options).map(({ text }) => `${kql.translate(text, options.to).trimEnd()}\n`);
  return { output: out.join('\n'), hasErrors: false };
}

/** The recipes, or the KQL of one: `recipe ID name=value …`. */
export async function recipe([id, ...given], options, { printable }) {
  if (id === undefined) {
    const all = recipes.list();
    if (options.format === 'json') return { output: `${JSON.stringify(all, null, 2)}\n`, hasErrors: false };
    const lines = [];
    let family = '';
    for (const one of all) {
      if (one.family !== family) lines.push(...(family ? [''] : []), (family = one.family));
      lines.push(`  ${one.id.padEnd(34)} ${printable(one.title)}`);
    }
    return { output: `${lines.join('\n')}\n`, hasErrors: false };
  }
  const one = recipes.list().find((known) => known.id === id);
  if (options.about && one) {
    const parameters = one.parameters.map(({ name, kind, required, default: value, about }) =>
      `  ${name} (${kind}${required ? ', required' : value === null ? '' : `, ${value}`}): ${about}`);
    return { output: `${[one.title, one.about, 'Parameters', ...parameters].join('\n')}\n`, hasErrors: false };
  }
  const values = Object.fromEntries(given.map((pair) => {
    const at = pair.indexOf('=');
    if (at < 1) throw new Unusable(`\`${printable(pair)}\` is no name=value`);
    return [pair.slice(0, at), pair.slice(at + 1)];
  }));
  const built = recipes.build(id, values, { dialect: options.to ?? 'resourceSpecific' });
  return { output: `${built}\n`, hasErrors: false };
}
