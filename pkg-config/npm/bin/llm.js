// The command `llm`: calls to language models in sums, or their conversations. Input: a dataset with
// its files read, and the options of the command. Output: text. Secrets are replaced unless asked not to.
import { readFileSync } from 'node:fs';
import { KqlensError } from '../dist/node.js';
import { Unusable } from './language.js';

/** Calls whose conversations are written at once. */
const WINDOW_CALLS = 1000;

/** What the command prints, piece by piece. */
export function* llm(dataset, options, words) {
  const report = reportOf(dataset, options);
  const redact = !options['no-redact'];
  const text = !options['hide-text'];
  const by = (options.by ?? 'model').split(',').map((one) => one.trim()).filter((one) => one !== '');
  if (options['price-template']) {
    yield `${report.priceTemplate(options.format === 'csv' ? 'csv' : 'json')}\n`;
  } else if (options.call !== undefined) {
    yield* oneCall(report, options, { redact, text }, words);
  } else if (options.conversations) {
    yield* conversations(report, options.format, { redact, text });
  } else if (options.format === 'csv') {
    yield report.toCsv(by, { redact });
  } else {
    const sums = words.clean(report.sums(by), options);
    const { totals, problems, orphans, limits, metrics, models } = words.clean({ ...report }, options);
    const peaks = options.limit === undefined ? undefined : report.peaks(wholeNumber('--limit', options.limit));
    if (options.format === 'json') {
      yield `${JSON.stringify({ totals, sums, peaks, problems, orphans, limits, metrics, models }, null, 2)}\n`;
    } else {
      const parts = { totals, sums, peaks, problems, orphans, limits, metrics, models };
      yield options.format === 'markdown' ? asMarkdown(parts, words) : asText(parts, words);
    }
  }
}

function reportOf(dataset, options) {
  let prices;
  if (options.prices !== undefined) {
    try {
      prices = readFileSync(options.prices, 'utf8');
    } catch (error) {
      throw new Unusable(`${options.prices} cannot be read: ${error.message}`);
    }
  }
  try {
    return dataset.llm({ prices, now: options.now });
  } catch (error) {
    if (prices !== undefined && error instanceof KqlensError && error.code.startsWith('price')) {
      throw new Unusable(`${options.prices}: ${error.message}${error.help ? `; ${error.help}` : ''}`);
    }
    throw error;
  }
}

function wholeNumber(name, text) {
  if (!/^\d{1,15}$/.test(text)) throw new Unusable(`\`${name}\` requires a whole number`);
  return Number(text);
}

function* oneCall(report, { call, format }, how, { clean }) {
  const number = wholeNumber('--call', call);
  if (number >= report.totals.calls) throw new Unusable(`there are ${report.totals.calls} calls, numbered from 0: no call ${number}`);
  if (format !== 'json') {
    yield report.conversationMarkdown(number, how);
    return;
  }
  const conversation = report.conversation(number);
  if (!how.text) for (const side of [conversation.request, conversation.response]) Object.assign(side, { raw: null, parts: [], messages: [] });
  yield `${JSON.stringify(clean(conversation, { 'no-redact': !how.redact }), null, 2)}\n`;
}

function* conversations(report, format, how) {
  const { calls } = report.totals;
  if (format === 'json') {
    for (let from = 0; from < calls; from += WINDOW_CALLS) yield report.toJsonLines({ ...how, from, to: from + WINDOW_CALLS });
    return;
  }
  for (let call = 0; call < calls; call++) yield `${call > 0 ? '\n' : ''}${report.conversationMarkdown(call, how)}`;
}

const money = ({ currency, low, high }) => (low === high ? `${low.toFixed(2)} ${currency}` : `${low.toFixed(2)} to ${high.toFixed(2)} ${currency}`);
const dash = (cell) => (cell === null || cell === '' ? '(none)' : String(cell));

/** The table of the sums: names of columns, and cells as texts. */
function tableOf({ by, groups }, { count, percent }) {
  const hasCost = groups.some(({ cost }) => cost !== null);
  const header = [...by, 'calls', 'prompt', 'completion', 'total', 'share', 'p95', ...(hasCost ? ['cost', 'unpriced'] : [])];
  const rows = groups.map((one) => [
    ...one.group.map(dash), count(one.calls), count(one.promptTokens), count(one.completionTokens), count(one.totalTokens),
    percent(one.share), one.p95Tokens === null ? '' : count(one.p95Tokens), ...(hasCost ? [one.cost ? money(one.cost) : '', count(one.unpriced)] : []),
  ]);
  return { header, rows, n_names: by.length };
}

/** A number and its noun. @param {number} number @param {string} noun */
const many = (number, noun, { count }) => `${count(number)} ${noun}${number === 1 ? '' : 's'}`;

/** The sentences of a report, but for its tables. */
function sentences({ totals, problems, orphans, limits, metrics, models, peaks }, words) {
  const { count, percent, during } = words;
  const lines = [
    `${many(totals.calls, 'call', words)}, ${count(totals.totalTokens)} tokens: ${count(totals.promptTokens)} of prompts, ${count(totals.completionTokens)} of completions${during(totals.from, totals.to)}`,
  ];
  if (totals.cost) {
    lines.push(`Cost ${money(totals.cost)}${totals.unpriced > 0 ? `, without ${many(totals.unpriced, 'call', words)} that no price is for` : ''}`);
    if (totals.cost.low < totals.cost.high) lines.push('The log does not tell cached and reasoning tokens, so costs are bounds.');
  }
  lines.push(
    `${count(totals.complete)} complete, ${count(totals.incomplete)} incomplete, ${count(totals.cannotTell)} cannot be told; ${count(totals.streaming)} streamed, ${count(totals.withoutTokens)} without tokens`,
  );
  const notes = [];
  if (totals.duplicates > 0) notes.push(`Left out as duplicates: ${many(totals.duplicates, 'row', words)}.`);
  for (const { limit, subscription, api, calls } of limits.groups) {
    const whose = { gateway: "the gateway's token limit", quota: "the gateway's token quota", model: 'the limit of the model' }[limit];
    notes.push(`${many(calls, 'request', words)} ran into ${whose}: subscription ${dash(subscription)}, API ${dash(api)}.`);
  }
  for (const { deployment, minute, tokens, minutesAbove, share } of peaks?.groups ?? []) {
    notes.push(`Deployment ${dash(deployment)}: at most ${count(tokens)} tokens a minute, ${percent(share)} of the limit, at ${minute}; ${many(minutesAbove, 'minute', words)} above it.`);
  }
  if (orphans.callsWithoutLlmRow.calls > 0) notes.push(`Successful requests to models without a row in the log of the models: ${count(orphans.callsWithoutLlmRow.calls)}.`);
  if (orphans.callsWithoutGatewayRow.calls > 0) notes.push(`Calls without a gateway row: ${count(orphans.callsWithoutGatewayRow.calls)}.`);
  for (const { name, model, difference } of metrics.groups) {
    if (difference !== 0) notes.push(`The metric ${name} of ${dash(model)} differs from the log by ${count(difference)}.`);
  }
  if (totals.cost) {
    for (const { model, deployment, calls, priced } of models) {
      if (priced < calls) notes.push(`No price for ${many(calls - priced, 'call', words)} of model ${dash(model)}, deployment ${dash(deployment)}.`);
    }
  }
  for (const { code, message, calls } of problems) notes.push(`${many(calls, 'call', words)}: ${message} (${code})`);
  return { lines, notes };
}

function asText(parts, words) {
  const { lines, notes } = sentences(parts, words);
  const { header, rows, n_names } = tableOf(parts.sums, words);
  const cells = rows.map((row) => row.map((cell) => words.printable(cell)));
  const widths = header.map((name, at) => cells.reduce((width, row) => Math.max(width, row[at].length), name.length));
  const line = (row) => row.map((cell, at) => (at < n_names ? cell.padEnd(widths[at]) : cell.padStart(widths[at]))).join('  ').trimEnd();
  return [...lines, '', line(header), widths.map((width) => '-'.repeat(width)).join('  '), ...cells.map(line), '', ...notes.map((note) => words.printable(note)), ''].join('\n');
}

function asMarkdown(parts, words) {
  const { lines, notes } = sentences(parts, words);
  const { header, rows, n_names } = tableOf(parts.sums, words);
  const row = (cells) => `| ${cells.map(words.escaped).join(' | ')} |`;
  return [
    '# Calls to language models', '', ...lines.map((line) => `${words.escaped(line)}  `), '',
    row(header), `|${header.map((_, at) => (at < n_names ? '---' : '---:')).join('|')}|`, ...rows.map(row), '',
    ...notes.map((note) => `- ${words.escaped(note)}`), '',
    words.fenced('kusto', parts.sums.kql.resourceSpecific ?? parts.sums.kql.local), '',
  ].join('\n');
}
