// The public API over the generated glue: errors with codes, jobs with clocks, and a way back after
// a trap. It holds no logic of logs or of KQL; that is in the module.
import * as glue from './engine.js';

/** An expected failure: `code` says which, `range` (UTF-16) where in the query, `field` where in a request. */
export class KqlensError extends Error {
  constructor(code, message, range, help, field) {
    super(message);
    this.name = 'KqlensError';
    this.code = code;
    if (range) this.range = range;
    if (help) this.help = help;
    if (field) this.field = field;
  }
}

// A trap leaves the instance half-written. It is replaced at once by a fresh one; handles of the
// old one belong to an older generation and are refused.
let generation = 0;
let panic = '';
let attached = false;

// What the module does not carry: what a signature means, its causes and fixes; the recipes; what
// functions and operators do; the reasons of the checks; what is wrong with calls to models; what is
// secret.
let catalogues = { signatures: {}, recipes: [], functions: {}, operators: {}, rules: [], setupRules: [], problems: {}, secrets: [], formats: [] };

// Pseudonyms of one session are equal for equal secrets, and tell nothing to whoever lacks this key.
const redactKey = crypto.getRandomValues(new BigUint64Array(2));

// What exports of this session leave in, and which rules of one's own they follow.
let redactSettings = {};

/** Connects the loaded module and `catalogues.js`; entries call it once. */
export function attach(loaded = catalogues) {
  attached = true;
  catalogues = loaded;
  glue.onPanic((text) => { panic = text; });
  glue.setRedactKey(redactKey[0], redactKey[1]);
  glue.redactConfigure(JSON.stringify(redactSettings));
}

function replaceInstance() {
  generation += 1;
  declared = null;
  glue.__wbg_reset_state();
  attach();
}

function failure(error) {
  if (error instanceof KqlensError) return error;
  if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) {
    const text = panic || `${error.name}: ${error.message}`;
    panic = '';
    replaceInstance();
    return new KqlensError('engine-crash', `the engine stopped and was replaced; add the sources again (${text})`);
  }
  if (typeof error?.code === 'string') return new KqlensError(error.code, error.message, error.range, error.help, error.field);
  return error;
}

function guarded(call) {
  if (!attached) throw new KqlensError('not-ready', 'the engine is not loaded: await `ready()` first');
  try {
    return call();
  } catch (error) {
    throw failure(error);
  }
}

/** A handle of the module that knows whether its instance still lives. */
class Handle {
  #inner;
  #generation;

  constructor(inner) {
    this.#inner = inner;
    this.#generation = generation;
  }

  call(use) {
    if (this.#inner === null) throw new KqlensError('freed', 'this object was freed');
    if (this.#generation !== generation) {
      throw new KqlensError('engine-crash', 'this object belongs to an engine that was replaced; add the sources again');
    }
    return guarded(() => use(this.#inner));
  }

  free() {
    if (this.#inner !== null && this.#generation === generation) this.#inner.free();
    this.#inner = null;
  }
}

const text = new TextEncoder();
const bytesOf = (data) => (typeof data === 'string' ? text.encode(data) : data);
const now = () => performance.now();
const CHUNK_BYTES = 8 << 20;

/** Runs bounded pieces of a job until it is done or `budgetMs` is over. */
function stepFor(budgetMs, step) {
  const end = now() + budgetMs;
  let progress;
  do progress = step(); while (!progress.done && now() < end);
  return progress;
}

/** The time a query sees as `now()`: the caller's, or that of the machine. */
const clock = (options) => options?.now ?? new Date().toISOString();

/** Tables made of log exports. */
export class Dataset {
  #handle;

  constructor(options = {}) {
    this.#handle = new Handle(guarded(() => new glue.Dataset(options.memoryLimitBytes)));
    if (options.mergeDuplicates) this.mergeDuplicates(true);
  }

  open(options = {}) {
    return new SourceWriter(this.#handle.call((inner) => inner.open(options)), this.#handle);
  }

  add(data, options = {}) {
    const writer = this.open(options);
    const bytes = bytesOf(data);
    for (let at = 0; at < bytes.length; at += CHUNK_BYTES) writer.push(bytes.subarray(at, at + CHUNK_BYTES));
    return writer.finish();
  }

  sources() {
    return this.#handle.call((inner) => inner.sources());
  }

  remove(sourceId) {
    this.#handle.call((inner) => inner.remove(sourceId));
  }

  mergeDuplicates(isMerging) {
    this.#handle.call((inner) => inner.mergeDuplicates(isMerging));
    return this.sources();
  }

  settleDates(sourceId, order) {
    return this.#handle.call((inner) => inner.settleDates(sourceId, order));
  }

  tables() {
    return this.#handle.call((inner) => inner.tables());
  }

  start(kql, options = {}) {
    const started = now();
    return new QueryJob(this.#handle.call((inner) => inner.start(kql, { now: clock(options), maxRows: options.maxRows })), started);
  }

  query(kql, options = {}) {
    const job = this.start(kql, options);
    const end = options.timeoutMs === undefined ? Infinity : now() + options.timeoutMs;
    while (!job.step(Math.min(1000, Math.max(0, end - now()))).done) {
      if (now() >= end) throw job.timeout(options.timeoutMs);
    }
    return job.result();
  }

  droppedRows(text, stage, options = {}) {
    const { stages } = this.query(text, options);
    if (stages[stage] === undefined) throw new KqlensError('usage', `the query has no stage ${stage}: it has ${stages.length}`);
    return this.query(kql.dropped(text, stages[stage].range.start, options.maxRows), options);
  }

  check(text, options = {}) {
    return this.#handle.call((inner) => inner.check(text, options));
  }

  complete(text, offset) {
    return describedAll(this.#handle.call((inner) => inner.complete(text, offset)));
  }

  hover(text, offset) {
    return hovered(this.#handle.call((inner) => inner.hover(text, offset)));
  }

  explain(text) {
    return this.#handle.call((inner) => inner.explain(text));
  }

  startTriage(options = {}) {
    return new TriageJob(this.#handle.call((inner) => inner.startTriage(clock(options))));
  }

  triage(options = {}) {
    const job = this.startTriage(options);
    while (!job.step(1000).done);
    return job.report();
  }

  /** Begins a test of an alert rule over the loaded rows. */
  startBackTest(rule) {
    return new BackTestJob(this.#handle.call((inner) => inner.startBackTest(JSON.stringify(rule ?? {}))), rule);
  }

  startLlm(options = {}) {
    const prices = options.prices === undefined ? null : guarded(() => glue.llmPrices(textOf(options.prices)));
    return new LlmJob(this.#handle.call((inner) => inner.startLlm()), this.#handle, this, { now: options.now, prices });
  }

  llm(options = {}) {
    const job = this.startLlm(options);
    while (!job.step(1000).done);
    return job.report();
  }

  free() {
    this.#handle.free();
  }

  [Symbol.dispose ?? Symbol.for('Symbol.dispose')]() {
    this.free();
  }
}

/** One source that is being read, in chunks of any size. */
export class SourceWriter {
  #handle;
  #dataset;

  constructor(inner, dataset) {
    this.#handle = new Handle(inner);
    this.#dataset = dataset;
  }

  push(chunk) {
    return this.#handle.call((inner) => inner.push(bytesOf(chunk)));
  }

  finish() {
    const report = this.#handle.call((writer) => this.#dataset.call((dataset) => dataset.finish(writer)));
    this.#handle.free();
    return report;
  }

  cancel() {
    this.#handle.call((inner) => inner.cancel());
    this.#handle.free();
  }
}

/** A query that runs in steps. */
export class QueryJob {
  #handle;
  #started;

  constructor(inner, started) {
    this.#handle = new Handle(inner);
    this.#started = started;
  }

  step(budgetMs = 20) {
    return this.#handle.call((inner) => stepFor(budgetMs, () => inner.step()));
  }

  /** Ends the job; the error says where most of the time went. */
  timeout(timeoutMs) {
    const stage = this.#handle.call((inner) => inner.busiest());
    this.cancel();
    const words = `the query took longer than ${timeoutMs} ms`;
    if (stage === null) return new KqlensError('timeout', words);
    const { text, range, rowsOut } = stage;
    const word = /^[\w-]*/.exec(text)[0];
    return new KqlensError('timeout', `${words}, most of it in \`${word}\`, which gave ${rowsOut} rows`, range, 'filter more before it, or give more time');
  }

  result() {
    const result = this.#handle.call((inner) => inner.result());
    this.#handle.free();
    return new QueryResult(result, now() - this.#started);
  }

  cancel() {
    this.#handle.free();
  }
}

/** The answer of a query. Rows stay in the module until they are asked for. */
export class QueryResult {
  #handle;

  constructor(inner, elapsedMs) {
    this.#handle = new Handle(inner);
    const { columns, rowCount, render, stages, notes, further } = this.#handle.call((result) => result.description());
    const tables = further.map((name, index) => ({
      name,
      result: new QueryResult(this.#handle.call((result) => result.takeFurther(index)), elapsedMs),
    }));
    Object.assign(this, { columns, rowCount, render, stages, notes, further: tables, elapsedMs });
  }

  rows(from = 0, to = this.rowCount) {
    return this.#handle.call((inner) => inner.rows(from, to));
  }

  column(index) {
    return this.#handle.call((inner) => inner.column(index));
  }

  toJson(options = {}) {
    return this.#handle.call((inner) => inner.toJson(options.redact ?? true));
  }

  toCsv(options = {}) {
    return this.#handle.call((inner) => inner.toCsv(options.redact ?? true));
  }

  toMarkdown(options = {}) {
    return this.#handle.call((inner) => inner.toMarkdown(options.redact ?? true));
  }

  free() {
    for (const { result } of this.further) result.free();
    this.#handle.free();
  }

  [Symbol.dispose ?? Symbol.for('Symbol.dispose')]() {
    this.free();
  }
}

/** A triage that runs in steps. */
export class TriageJob {
  #handle;

  constructor(inner) {
    this.#handle = new Handle(inner);
  }

  step(budgetMs = 20) {
    return this.#handle.call((inner) => stepFor(budgetMs, () => inner.step()));
  }

  report() {
    const report = this.#handle.call((inner) => inner.report());
    this.#handle.free();
    for (const finding of report.findings) Object.assign(finding, structuredClone(catalogues.signatures[finding.signature]));
    return report;
  }

  cancel() {
    this.#handle.free();
  }
}

/** What an alert rule would have done, in steps. */
export class BackTestJob {
  #handle;
  #rule;

  constructor(inner, rule) {
    this.#handle = new Handle(inner);
    this.#rule = rule;
  }

  step(budgetMs = 20) {
    return this.#handle.call((inner) => stepFor(budgetMs, () => inner.step()));
  }

  report() {
    return new BackTestReport(this.#handle, this.#rule);
  }

  cancel() {
    this.#handle.free();
  }
}

/** What an alert rule saw, and when it would have been raised. */
export class BackTestReport {
  #handle;
  #rule;

  constructor(handle, rule) {
    this.#handle = handle;
    this.#rule = rule;
    Object.assign(this, handle.call((inner) => inner.series()));
    Object.freeze(this);
  }

  firings(change = {}) {
    return this.#handle.call((inner) => inner.firings(JSON.stringify({ ...this.#rule, ...change })));
  }

  free() {
    this.#handle.free();
  }
}

const textOf = (prices) => (typeof prices === 'string' ? prices : JSON.stringify(prices));

/** Rows of an answer as objects, by the names of its columns with a small first letter. */
function objectsOf(result) {
  const names = result.columns.map(({ name }) => name[0].toLowerCase() + name.slice(1));
  const rows = result.rows().map((row) => Object.fromEntries(row.map((cell, at) => [names[at], cell])));
  result.free();
  return rows;
}

/** Putting calls to language models together, in steps. */
export class LlmJob {
  #handle;
  #dataset;
  #tables;
  #options;

  constructor(inner, dataset, tables, options) {
    this.#handle = new Handle(inner);
    this.#dataset = dataset;
    this.#tables = tables;
    this.#options = options;
  }

  step(budgetMs = 20) {
    return this.#handle.call((inner) => stepFor(budgetMs, () => inner.step()));
  }

  report() {
    this.#handle.free();
    return new LlmReport(this.#dataset, this.#tables, this.#options);
  }

  cancel() {
    this.#handle.free();
  }
}

/** Calls to language models: sums, which are answers to KQL over `LlmCalls`, and conversations. */
export class LlmReport {
  #dataset;
  #tables;
  #now;
  #prices;

  constructor(dataset, tables, { now, prices }) {
    this.#dataset = dataset;
    this.#tables = tables;
    this.#now = now;
    this.#prices = prices;
    const limits = this.#ask('limits').map(({ calls, ...of }) => ({ ...of, calls }));
    const limitedBy = (limit) => limits.reduce((sum, one) => sum + (one.limit === limit ? one.calls : 0), 0);
    const [{ logRows, costLow, costHigh, unpriced = 0, ...sums }] = this.#ask('totals');
    const { rowsWithoutId, orderUnknown } = dataset.call((inner) => inner.llmRows());
    this.totals = {
      ...sums, rows: logRows, rowsWithoutId, orderUnknown,
      limitedByGateway: limitedBy('gateway'), limitedByQuota: limitedBy('quota'), limitedByModel: limitedBy('model'),
      cost: this.#cost({ costLow, costHigh, unpriced }, sums.calls), unpriced: prices === null ? sums.calls : unpriced,
    };
    this.problems = dataset.call((inner) => inner.llmProblems()).map(({ code, says, calls }) => ({
      code, message: catalogues.problems[code], says, calls, kql: this.#kql('problem', code).local,
    }));
    const orphans = this.#kql('withoutLlmRow').local;
    const byApi = this.#run(`${orphans}\n| summarize Count = count() by Value = ApiId\n| order by Count desc, Value asc`);
    this.orphans = {
      callsWithoutLlmRow: { calls: byApi.reduce((sum, { count }) => sum + count, 0), kql: orphans, byApi },
      callsWithoutGatewayRow: { calls: sums.withoutGatewayRow, kql: this.#kql('withoutGatewayRow').local },
    };
    this.limits = { kql: this.#kql('limits').local, groups: limits };
    const hasMetrics = tables.tables().some(({ name, rows }) => name === 'AppMetrics' && rows > 0);
    this.metrics = { kql: this.#kql('metrics').local, groups: hasMetrics ? this.#ask('metrics') : [] };
    this.models = this.#ask('models').map(({ modelName, deploymentName, calls, priced = 0 }) => ({
      model: modelName, deployment: deploymentName, calls, priced,
    }));
    this.callsKql = this.#kql('calls').local;
    Object.freeze(this);
  }

  #kql(name, argument = '') {
    return this.#dataset.call((inner) => inner.llmKql(name, argument, this.#prices?.kql ?? ''));
  }

  #run(query) {
    return objectsOf(this.#tables.query(query, { now: this.#now }));
  }

  #ask(name, argument) {
    return this.#run(this.#kql(name, argument).local);
  }

  /** Null where no call has a price. Decimals are texts in cells; to the reader of a report they are numbers. */
  #cost({ costLow, costHigh, unpriced }, calls) {
    if (this.#prices === null || unpriced === calls) return null;
    return { currency: this.#prices.currency, low: Number(costLow), high: Number(costHigh) };
  }

  sums(by) {
    const { local, resourceSpecific } = this.#kql('sums', by.join(','));
    const n_sums = this.#prices === null ? 10 : 13;
    const result = this.#tables.query(local, { now: this.#now });
    const n_groups = result.columns.length - n_sums;
    const rows = result.rows();
    const names = result.columns.slice(n_groups).map(({ name }) => name[0].toLowerCase() + name.slice(1));
    result.free();
    const all = rows.reduce((sum, row) => sum + row[n_groups + names.indexOf('totalTokens')], 0);
    const groups = rows.map((row) => {
      const { costLow, costHigh, unpriced, ...sums } = Object.fromEntries(names.map((name, at) => [name, row[n_groups + at]]));
      return {
        // The average of nothing is no number.
        group: row.slice(0, n_groups), ...sums, averageTokens: Number.isFinite(sums.averageTokens) ? sums.averageTokens : null, share: all > 0 ? sums.totalTokens / all : 0,
        cost: this.#cost({ costLow, costHigh, unpriced }, sums.calls), unpriced: unpriced ?? sums.calls,
      };
    });
    return { by: [...by], groups, kql: { local, resourceSpecific, azureDiagnostics: inAzureDiagnostics(resourceSpecific) } };
  }

  peaks(limit) {
    const { local, resourceSpecific } = this.#kql('peaks', String(limit));
    const groups = this.#run(local).map((peak) => ({ ...peak, share: peak.tokens / limit }));
    return { groups, kql: { local, resourceSpecific, azureDiagnostics: inAzureDiagnostics(resourceSpecific) } };
  }

  conversation(call) {
    return told(this.#dataset.call((inner) => inner.llmConversation(call)));
  }

  bodies(correlationId) {
    return told(this.#dataset.call((inner) => inner.llmBodies(correlationId)));
  }

  priceTemplate(format = 'json') {
    const of = (name) => this.models.map((one) => one[name]);
    return guarded(() => glue.llmPriceTemplate(of('model'), of('deployment'), format));
  }

  toJsonLines({ redact = true, text = true, from = 0, to = this.totals.calls } = {}) {
    return this.#dataset.call((inner) => inner.llmJsonLines(from, to, redact, text));
  }

  toCsv(by, { redact = true } = {}) {
    const result = this.#tables.query(this.#kql('sums', by.join(',')).local, { now: this.#now });
    const csv = result.toCsv({ redact });
    result.free();
    return csv;
  }

  conversationMarkdown(call, { redact = true, text = true } = {}) {
    return this.#dataset.call((inner) => inner.llmMarkdown(call, redact, text));
  }
}

/** A query in the columns of `AzureDiagnostics`; null where it cannot be said there. */
function inAzureDiagnostics(query) {
  if (query === null) return null;
  try {
    return kql.translate(query, 'azureDiagnostics');
  } catch {
    return null;
  }
}

/** A conversation with the words of its problems. */
function told(conversation) {
  if (conversation === null) return null;
  const { missingPart } = conversation;
  for (const problem of conversation.problems) {
    problem.message = catalogues.problems[problem.code];
    if (problem.code === 'part-missing' && missingPart !== null) problem.message += ` The first is ${missingPart}.`;
  }
  delete conversation.missingPart;
  return conversation;
}

/** The words of a completion or hover, which the module does without. */
function described(one, name) {
  const words = one.kind === 'operator' ? catalogues.operators[name] : catalogues.functions[name];
  if (one.kind === 'operator' && words !== undefined) one.detail = words.syntax;
  if (words !== undefined && ['operator', 'function', 'aggregate', 'plugin'].includes(one.kind)) {
    one.about = words.about;
    if (words.example !== undefined) one.example = { query: words.example, answer: words.answer };
  }
  return one;
}

const describedAll = (completions) => completions.map((one) => described(one, one.label));
const hovered = (hover) => (hover === null ? null : described(hover, hover.name));

// The tables without rows that the module holds beside those it knows: names, numbers of columns, and
// columns with their types, one behind the other. They cross once, not with every query.
let declared = null;

function isDeclared(schema) {
  let at = 0;
  for (const { name, columns } of schema) {
    if (declared[at++] !== name || declared[at++] !== columns.length) return false;
    for (const column of columns) {
      if (declared[at++] !== column.name || declared[at++] !== column.type) return false;
    }
  }
  return at === declared.length;
}

/** Whether a query is meant for tables that the caller declares, which the module then holds. */
function declares(schema) {
  if (schema === undefined || schema === 'apim') return false;
  if (!Array.isArray(schema)) throw new KqlensError('usage', 'a schema is "apim" or a list of tables with columns');
  if (declared !== null && isDeclared(schema)) return true;
  const columnsOf = ({ columns }) => columns.map((column) => [column.name, column.type]);
  glue.kqlDeclare(JSON.stringify(Object.fromEntries(schema.map((table) => [table.name, columnsOf(table)]))));
  declared = schema.flatMap((table) => [table.name, table.columns.length, ...columnsOf(table).flat()]);
  return true;
}

/** KQL as text: no data needed. */
export const kql = {
  parse: (query) => ({ diagnostics: guarded(() => glue.kqlParse(query)) }),
  tokens: (query) => guarded(() => glue.kqlTokens(query)),
  check: (query, options = {}) => guarded(() => glue.kqlCheck(query, declares(options.schema), options)),
  rules: () => structuredClone(catalogues.rules),
  format: (query) => guarded(() => glue.kqlFormat(query)),
  formatEdits: (query) => guarded(() => glue.kqlFormatEdits(query)),
  explain: (query, options = {}) => guarded(() => glue.kqlExplain(query, declares(options.schema))),
  complete: (query, offset, options = {}) => guarded(() => describedAll(glue.kqlComplete(query, offset, declares(options.schema)))),
  hover: (query, offset, options = {}) => guarded(() => hovered(glue.kqlHover(query, offset, declares(options.schema)))),
  signatureHelp: (query, offset) => guarded(() => {
    const help = glue.kqlSignatureHelp(query, offset);
    return help === null ? null : described(help, help.name);
  }),
  references: (query, offset) => guarded(() => glue.kqlReferences(query, offset)),
  rename: (query, offset, name) => guarded(() => glue.kqlRename(query, offset, name)),
  dropped: (query, offset, maxRows = 100) => guarded(() => glue.kqlDropped(query, offset, maxRows)),
  outline: (query) => guarded(() => glue.kqlOutline(query)),
  compose: (outline) => guarded(() => glue.kqlCompose(JSON.stringify(outline))),
  translate: (query, dialect) => guarded(() => glue.kqlTranslate(query, dialect)),
};

/** What kqlens knows, for pages of help: entries of its catalogues with their words. */
export const reference = {
  formats: () => structuredClone(catalogues.formats),
  signatures: () => Object.entries(catalogues.signatures).map(([id, words]) => ({ id, ...structuredClone(words) })),
  functions: () => Object.entries(catalogues.functions).map(([name, words]) => ({ name, ...structuredClone(words) })),
  operators: () => Object.entries(catalogues.operators).map(([name, words]) => ({ name, ...structuredClone(words) })),
};

/** Questions with names and parameters, as KQL. */
export const recipes = {
  list: () => guarded(() => structuredClone(catalogues.recipes)),
  build: (id, values = {}, options = {}) => guarded(() => {
    const recipe = catalogues.recipes.find((one) => one.id === id);
    if (recipe === undefined) return glue.recipesUnknown(String(id), catalogues.recipes.map((one) => one.id).join(' '));
    const { template, tables, parameters } = recipe;
    return glue.recipesBuild(JSON.stringify({ template, tables, parameters }), values, options.dialect ?? 'resourceSpecific');
  }),
};

/** Makes an artefact: files and what to know of them. */
const made = (name) => (request) => guarded(() => glue.handoffMake(name, JSON.stringify(request ?? {})));

/** Makes a link. */
const linked = (name) => (request) => {
  const { files: [{ text: url }], notes } = made(name)(request);
  return { url, notes };
};

/** The values of a recipe's example that it cannot do without. */
const needed = ({ parameters, example }) => Object.fromEntries(parameters.filter(({ required }) => required).map(({ name }) => [name, example[name]]));

/** The recipes of ids, or all, as queries with titles; what a recipe must be told is as in its example, and said. */
function queriesOf(ids, dialect) {
  const known = catalogues.recipes.filter(({ needsService }) => needsService === null).map(({ id }) => id);
  const chosen = ids === 'all' ? known : ids;
  const titled = chosen.map((id) => {
    const recipe = catalogues.recipes.find((one) => one.id === id);
    const values = recipe === undefined ? {} : needed(recipe);
    try {
      const query = recipes.build(id, values, { dialect });
      const examples = Object.entries(values).map(([name, value]) => `${name} (${value})`);
      const about = examples.length === 0 ? recipe.about : `${recipe.about} An example, to be replaced: ${examples.join(', ')}.`;
      return { key: id, title: recipe.title, about, labels: [recipe.family], query };
    } catch (error) {
      // What the other dialect cannot say is left out of all, and told of one that was asked for.
      if (ids === 'all' && error.code === 'no-translation') return null;
      throw error;
    }
  });
  return titled.filter((one) => one !== null);
}

/** Makes an artefact of queries, which may be recipes. */
const madeOf = (name, field) => ({ recipes: ids, dialect, ...request } = {}) => {
  if (ids === undefined) return made(name)(request);
  return made(name)({ ...request, [field]: [...(request[field] ?? []), ...queriesOf(ids, dialect)] });
};

/**
 * Makes an artefact of rows: an answer (a `QueryResult`, its JSON, or columns and rows), whose numbers
 * stay as they are written.
 */
const madeOfRows = (name, more = () => ({})) => ({ answer, ...request } = {}) => guarded(() => {
  let rows = answer;
  if (answer instanceof QueryResult) rows = answer.toJson();
  else if (typeof answer !== 'string') rows = JSON.stringify(answer ?? null);
  return glue.handoffMake(name, `{"answer":${rows},${JSON.stringify({ ...more(), ...request }).slice(1)}`);
});

/** A finding of a set-up with the words of its rule, whose holes its values fill. */
function worded({ code, severity, values, range, edits }) {
  const { message, reason, cure } = catalogues.setupRules.find((rule) => rule.code === code) ?? { message: code };
  const filled = message.replace(/\{(\d)\}/g, (_, at) => values[at] ?? '');
  return { code, severity, message: filled, reason, help: cure, values, range, ...(edits && { fix: { title: cure, edits, safe: false } }) };
}

/** Ways on to the workspace: text to copy or to deploy; nothing is sent. */
export const handoff = {
  portalLink: linked('portalLink'),
  adxLink: linked('adxLink'),
  decodeLink: (link) => guarded(() => glue.handoffDecodeLink(link)),
  queryPack: madeOf('queryPack', 'queries'),
  savedSearch: made('savedSearch'),
  workbook: madeOf('workbook', 'panels'),
  dashboardPart: madeOf('dashboardPart', 'panels'),
  adxTable: madeOfRows('adxTable'),
  logsIngestion: madeOfRows('logsIngestion', () => ({ now: new Date().toISOString() })),
  alertRule: (rule) => ({ ...made('alertRule')(rule), diagnostics: kql.check(rule.query, { target: 'logAlert' }) }),
  metricAlert: made('metricAlert'),
  emptyAnswer: (request) => ({
    ...guarded(() => glue.handoffEmptyAnswer(JSON.stringify({ now: new Date().toISOString(), ...request }))),
    diagnostics: kql.check(request.query, { schema: 'apim' }),
  }),
  activityAlert: made('activityAlert'),
  actionGroup: made('actionGroup'),
  appInsightsLogger: made('appInsightsLogger'),
  diagnostic: made('diagnostic'),
  diagnosticSetting: made('diagnosticSetting'),
  tokenMetricPolicy: made('tokenMetricPolicy'),
  checkSetup: (text) => guarded(() => {
    const report = glue.handoffCheckSetup(text);
    report.findings = report.findings.map(worded);
    return report;
  }),
  setupRules: () => structuredClone(catalogues.setupRules),
  backTest: (dataset, rule) => {
    const job = dataset.startBackTest(rule);
    while (!job.step(1000).done);
    return job.report();
  },
};

/** Secrets and personal data in text. */
export const redact = {
  rules: () => structuredClone(catalogues.secrets),
  configure: (settings = {}) => guarded(() => {
    const text = JSON.stringify(settings);
    glue.redactConfigure(text);
    redactSettings = JSON.parse(text);
  }),
  find: (value, options) => guarded(() => {
    const places = glue.redactFind(value, settingsOf(options));
    const own = options?.rules ?? redactSettings.rules ?? [];
    const titles = new Map([...catalogues.secrets, ...own].map(({ id, title }) => [id, title ?? id]));
    for (const place of places) place.title = titles.get(place.rule) ?? place.rule;
    return places;
  }),
  apply: (value, options) => guarded(() => glue.redactApply(value, settingsOf(options), options?.name ?? '')),
};

/** The options of one call, with those of the session for what it does not name; none where it has none. */
function settingsOf({ keep, rules } = {}) {
  if (keep === undefined && rules === undefined) return undefined;
  return JSON.stringify({ keep: keep ?? redactSettings.keep, rules: rules ?? redactSettings.rules });
}
