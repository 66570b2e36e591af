// The types of kqlens. What the engine really answers is compiled against them in
// tests/package/types.test.mjs, so a key that only one side knows fails the tests.

/** Loads the module; without a source from beside this file. Does nothing in Node. */
export function ready(source?: URL | string | Response | BufferSource | WebAssembly.Module): Promise<void>;

/** An expected failure. */
export class KqlensError extends Error {
  /** Which failure: a diagnostic's code (`KQL0102`), or one of `engine-crash`, `timeout`, `cancelled`, `memory-limit`, `not-ready`, `freed`, `unreadable`, `redact-rule`. */
  readonly code: string;
  /** Where in the query, in UTF-16 code units. */
  readonly range?: Range;
  /** What would be right, or what to do instead. */
  readonly help?: string;
  /** Where in a request of `handoff`, as `queries[0].title`. */
  readonly field?: string;
  constructor(code: string, message: string, range?: Range, help?: string, field?: string);
}

/** Half open, in UTF-16 code units. */
export interface Range {
  start: number;
  end: number;
}

export type KqlType = 'bool' | 'int' | 'long' | 'real' | 'decimal' | 'string' | 'datetime' | 'timespan' | 'guid' | 'dynamic';

/**
 * A value as JSON: numbers, booleans and null as they are, long integers beyond 2^53 and decimals as
 * text, datetimes as ISO text, timespans as `[-][d.]hh:mm:ss[.fffffff]`, dynamic as the JSON value.
 */
export type Cell = string | number | boolean | null | Cell[] | { [key: string]: Cell };

/** A column for charts: numbers (datetimes as milliseconds since 1970) or codes into `texts`. */
export type ColumnData =
  | { kind: 'numbers'; values: Float64Array; isNull: Uint8Array }
  | { kind: 'texts'; codes: Uint32Array; texts: string[]; isNull: Uint8Array };

export interface AddOptions {
  /** Name of the source, shown in reports. */
  name?: string;
  /** Overrides what was recognised. */
  format?: string;
  /** Overrides the order of day and month in dates that can be read both ways. */
  dateOrder?: 'mdy' | 'dmy';
}

export interface ReadProgress {
  /** Bytes taken so far. */
  bytes: number;
  /** Rows so far. */
  rows: number;
  /** Records that could not be read so far. */
  rejects: number;
}

export interface JobProgress {
  done: boolean;
  rowsDone: number;
  rowsTotal: number;
}

export interface Reject {
  line: number;
  offset: number;
  reason: string;
  text: string;
}

export interface Warning {
  code: string;
  message: string;
}

export interface SourceReport {
  id: number;
  name: string;
  format: string;
  encoding: string;
  /** What the format was recognised by. */
  evidence: string[];
  tables: { name: string; rows: number }[];
  records: number;
  rows: number;
  /** Rows that are not shown, since an earlier source has them: see `mergeDuplicates`. */
  duplicates: number;
  rejects: { count: number; samples: Reject[] };
  timeRange: { from: string; to: string } | null;
  warnings: Warning[];
}

export interface TableInfo {
  name: string;
  rows: number;
  columns: { name: string; type: KqlType }[];
}

export interface StageInfo {
  /** The operator's text. */
  text: string;
  range: Range;
  rowsIn: number;
  rowsOut: number;
  /** Columns that went out and did not come in; none of a source. */
  added: string[];
  dropped: string[];
  /** Time of this stage alone. */
  elapsedMs: number;
}

export interface RenderHint {
  kind: string;
  properties: { [name: string]: string };
}

export interface Edit {
  range: Range;
  text: string;
}

export interface Fix {
  title: string;
  edits: Edit[];
  safe: boolean;
}

export interface Diagnostic {
  code: string;
  severity: 'error' | 'warning' | 'info' | 'hint';
  message: string;
  help?: string;
  range: Range;
  fix?: Fix;
}

/** A value and how often it occurs. */
export interface Share {
  value: string;
  count: number;
}

export interface Finding {
  signature: string;
  family: string;
  title: string;
  certainty: 'certain' | 'likely';
  severity: 'error' | 'warning' | 'info';
  /** The table the signature speaks about. */
  table: string;
  count: number;
  /** Part of the table's rows, 0 to 1. */
  share: number;
  /** Null where the rows have no time. */
  first: string | null;
  last: string | null;
  evidence: { column: string; value: string }[];
  apis: Share[];
  backends: Share[];
  callers: Share[];
  operations: Share[];
  meaning: string;
  causes: string[];
  fixes: string[];
  docs: string;
  /** `azureDiagnostics` is null where the shared table cannot say the same. */
  kql: { resourceSpecific: string; azureDiagnostics: string | null };
  /** One row, as columns that have a value. */
  sample: { column: string; value: string }[];
}

/** The classes of requests in the metrics of API Management. */
export interface MetricClasses {
  successful: number;
  failed: number;
  unauthorized: number;
  other: number;
}

/** The artefact of `handoff` that would change what is missing, with what is known of its request. */
export type GapFix =
  | { artefact: 'diagnostic'; request: DiagnosticRequest }
  | { artefact: 'diagnosticSetting'; request: DiagnosticSettingRequest };

/** What the rows cannot tell, and what would change that. */
export interface Gap extends Warning {
  fix?: GapFix;
}

export interface TriageReport {
  sources: SourceReport[];
  totals: { requests: number; failed: number; from: string | null; to: string | null };
  metrics: { workbook: MetricClasses; documented2017: MetricClasses };
  findings: Finding[];
  unclassified: { count: number; kql: string };
  cannotConclude: Gap[];
}

export interface QueryOptions {
  /** What `now()` answers, ISO text; the machine's clock if not given. */
  now?: string;
  maxRows?: number;
}

/** Tables made of log exports; `free()` or `using` gives the memory back. */
export class Dataset {
  constructor(options?: { memoryLimitBytes?: number; mergeDuplicates?: boolean });
  add(data: Uint8Array | string, options?: AddOptions): SourceReport;
  open(options?: AddOptions): SourceWriter;
  sources(): SourceReport[];
  remove(sourceId: number): void;
  /**
   * Whether rows that several sources have (all values equal) are shown once; not unless it is asked. Rows
   * that repeat within one source stay. Gives the reports of all sources.
   */
  mergeDuplicates(isMerging: boolean): SourceReport[];
  settleDates(sourceId: number, order: 'mdy' | 'dmy'): SourceReport;
  tables(): TableInfo[];
  query(kql: string, options?: QueryOptions & { timeoutMs?: number }): QueryResult;
  start(kql: string, options?: QueryOptions): QueryJob;
  /** The rows that a `where` (a stage of `QueryResult.stages`) dropped; `DroppedBy` is the condition that did. */
  droppedRows(kql: string, stage: number, options?: QueryOptions & { timeoutMs?: number }): QueryResult;
  /** What is wrong with a query over these tables. */
  check(kql: string, options?: { target?: Target }): Diagnostic[];
  /** What may stand at an offset; values are those that occur in the rows. */
  complete(kql: string, offset: number): Completion[];
  hover(kql: string, offset: number): Hover | null;
  explain(kql: string): ExplainStep[];
  triage(options?: { now?: string }): TriageReport;
  startTriage(options?: { now?: string }): TriageJob;
  /** Calls to language models, put together from the rows of their log; queries know them as `LlmCalls`. */
  llm(options?: LlmOptions): LlmReport;
  startLlm(options?: LlmOptions): LlmJob;
  startBackTest(rule: AlertRuleRequest): BackTestJob;
  free(): void;
  [Symbol.dispose](): void;
}

export class SourceWriter {
  private constructor();
  push(chunk: Uint8Array | string): ReadProgress;
  finish(): SourceReport;
  cancel(): void;
}

export class QueryJob {
  private constructor();
  /** Runs for about `budgetMs`, 20 if not given. */
  step(budgetMs?: number): JobProgress;
  /** Ends the job; the error names the stage that took most of the time. */
  timeout(timeoutMs: number): KqlensError;
  result(): QueryResult;
  cancel(): void;
}

export class TriageJob {
  private constructor();
  step(budgetMs?: number): JobProgress;
  report(): TriageReport;
  cancel(): void;
}

/** What sums of calls are made by. */
export type LlmDimension =
  | 'model' | 'deployment' | 'apiVersion' | 'subscription' | 'product' | 'api' | 'operation' | 'caller' | 'region' | 'backend'
  | 'status' | 'streaming' | 'finish' | 'completeness' | 'minute' | 'hour' | 'day';

/** What tokens cost. Exactly one of the first four says of which calls. */
export interface Price {
  model?: string;
  /** A regular expression over the whole name, in any case. */
  modelPattern?: string;
  deployment?: string;
  deploymentPattern?: string;
  /** How many tokens the prices are for. */
  per: 1000 | 1000000;
  prompt: number | string;
  completion: number | string;
  /** Of prompt tokens that were cached; the log does not tell how many, so costs become bounds. */
  cachedPrompt?: number | string;
  /** Of completion tokens that were reasoning, where that is not the price of the others. */
  reasoning?: number | string;
  /** ISO time from which on the price holds; without it always. */
  validFrom?: string;
}

export interface PriceTable {
  currency: string;
  prices: Price[];
  /** Which model a deployment runs, for rows that do not say. */
  models?: { [deployment: string]: string };
}

export interface LlmOptions {
  /** A table, or its text as JSON or CSV. Prices stay where they are given: none are shipped, none are kept. */
  prices?: PriceTable | string;
  now?: string;
}

/** Bounds: equal where the log tells all that the price depends on. */
export interface Cost {
  currency: string;
  low: number;
  high: number;
}

export interface LlmSums {
  calls: number;
  promptTokens: number;
  completionTokens: number;
  totalTokens: number;
  streaming: number;
  withoutTokens: number;
  /** Null where no call has a price. */
  cost: Cost | null;
  /** Calls without a price. */
  unpriced: number;
}

export interface LlmTotals extends LlmSums {
  /** Rows of the log, and how many of them were there twice. */
  rows: number;
  duplicates: number;
  rowsWithoutId: number;
  complete: number;
  incomplete: number;
  cannotTell: number;
  orderUnknown: number;
  withoutGatewayRow: number;
  /** Refused by the gateway's own limit of tokens a minute, by its quota, by the model. */
  limitedByGateway: number;
  limitedByQuota: number;
  limitedByModel: number;
  from: string | null;
  to: string | null;
}

export interface LlmGroup extends LlmSums {
  /** One value for each dimension. */
  group: Cell[];
  /** Part of all tokens, 0 to 1. */
  share: number;
  averageTokens: number | null;
  p50Tokens: number | null;
  p95Tokens: number | null;
  p99Tokens: number | null;
}

/** A query here, and as a workspace runs it, where it can. */
export interface LlmKql {
  local: string;
  resourceSpecific: string | null;
  azureDiagnostics: string | null;
}

export interface LlmProblem {
  code: string;
  /** What it says of the call's being whole. */
  says: 'complete' | 'cannotTell' | 'incomplete';
  message: string;
}

export class LlmReport {
  private constructor();
  readonly totals: LlmTotals;
  readonly problems: (LlmProblem & { calls: number; kql: string })[];
  readonly orphans: {
    callsWithoutLlmRow: { calls: number; kql: string; byApi: Share[] };
    callsWithoutGatewayRow: { calls: number; kql: string };
  };
  /** Who ran into which limit. */
  readonly limits: { kql: string; groups: { limit: 'gateway' | 'quota' | 'model'; subscription: string; api: string; calls: number }[] };
  /** Token metrics of Application Insights beside the log. */
  readonly metrics: { kql: string; groups: { name: string; model: string; metric: number; log: number; difference: number }[] };
  readonly models: { model: string; deployment: string; calls: number; priced: number }[];
  /** Every call; with `CostLow`, `CostHigh` and `IsPriced` where prices are given. */
  readonly callsKql: string;
  sums(by: LlmDimension[]): { by: LlmDimension[]; groups: LlmGroup[]; kql: LlmKql };
  /** The busiest minute of each deployment beside a limit of tokens a minute. */
  peaks(limit: number): { groups: { deployment: string; minute: string; tokens: number; minutesAbove: number; share: number }[]; kql: LlmKql };
  conversation(call: number): Conversation;
  /** What the logged bodies of a gateway row say; null where there is none. */
  bodies(correlationId: string): Conversation | null;
  /** The models seen, with empty prices. */
  priceTemplate(format?: 'json' | 'csv'): string;
  /** One line a call: messages, completion, model, tokens, subscription. */
  toJsonLines(options?: LlmTextOptions & { from?: number; to?: number }): string;
  /** The sums, safe for spreadsheets. */
  toCsv(by: LlmDimension[], options?: TextOptions): string;
  conversationMarkdown(call: number, options?: LlmTextOptions): string;
}

export class LlmJob {
  private constructor();
  step(budgetMs?: number): JobProgress;
  report(): LlmReport;
  cancel(): void;
}

export interface LlmTextOptions extends TextOptions {
  /** Whether messages are written; true if not given. */
  text?: boolean;
}

/** One call as a conversation. */
export interface Conversation {
  /** Its number in `LlmCalls`; null of a gateway row with bodies. */
  call: number | null;
  time: string | null;
  correlationId: string;
  model: string;
  deployment: string;
  apiVersion: string;
  streaming: boolean | null;
  promptTokens: number | null;
  completionTokens: number | null;
  totalTokens: number | null;
  finishReason: string | null;
  completeness: 'complete' | 'cannotTell' | 'incomplete';
  problems: LlmProblem[];
  /** The columns of the gateway row that have a value. */
  gateway: { column: string; value: string }[];
  request: Spoken;
  response: Spoken;
  tokensPerSecond: number | null;
}

export interface Spoken {
  /** Which body was recognised: `chat`, `responses`, `anthropic`, …; `text` or `json` where none was. */
  shape: string;
  /** Byte for byte; null where there is none or the order of its parts cannot be told. */
  raw: string | null;
  /** The parts as they came, where their order cannot be told. */
  parts: string[];
  messages: Message[];
}

export interface Message {
  role: string;
  name: string | null;
  finishReason: string | null;
  parts: MessagePart[];
}

export interface MessagePart {
  kind: 'text' | 'reasoning' | 'refusal' | 'toolCall' | 'toolResult' | 'image' | 'audio' | 'file' | 'embedding' | 'other';
  /** Text; arguments of a tool call, answer of a tool; empty of media. */
  text: string;
  /** Of tool calls and their results. */
  id: string | null;
  name: string | null;
  mime: string | null;
  url: string | null;
  /** Bytes of media that were sent along, values of a vector. */
  size: number | null;
}

/** How rows leave as text. Secrets are replaced unless `redact` is false. */
export interface TextOptions {
  redact?: boolean;
}

export class QueryResult {
  private constructor();
  readonly columns: { name: string; type: KqlType }[];
  readonly rowCount: number;
  readonly render?: RenderHint;
  readonly stages: StageInfo[];
  /** What to know of the answer: functions that are exact here, rows that were cut. */
  readonly notes: string[];
  /** The other tables of `fork` and `facet`; `free()` frees them too. */
  readonly further: { name: string; result: QueryResult }[];
  readonly elapsedMs: number;
  rows(from?: number, to?: number): Cell[][];
  column(index: number): ColumnData;
  /** `{"columns":[{"name","type"}],"rows":[[…]]}` */
  toJson(options?: TextOptions): string;
  /** Safe for spreadsheets: no cell is a formula. */
  toCsv(options?: TextOptions): string;
  toMarkdown(options?: TextOptions): string;
  free(): void;
  [Symbol.dispose](): void;
}

export type Dialect = 'resourceSpecific' | 'azureDiagnostics';

export interface RecipeParameter {
  name: string;
  about: string;
  kind: 'datetime' | 'timespan' | 'string' | 'long' | 'real' | 'column' | 'rows';
  required: boolean;
  /** Null where the lines that need it are left out. */
  default: string | null;
  /** Of `rows`: the type of each cell. Cells are parted by commas, rows by semicolons. */
  cells?: ('string' | 'real')[];
}

export interface RecipeInfo {
  id: string;
  /** What it is about, together with others. */
  family: string;
  /** The question, in plain words. */
  title: string;
  about: string;
  /** Numbers in the list of questions that people ask of their logs. */
  questions: number[];
  tables: string[];
  columns: string[];
  /** How the answer is best shown; what is no `table` is what the query's `render` says. */
  chart: 'table' | 'timechart' | 'areachart' | 'columnchart' | 'piechart';
  /** The function that only the workspace can run, or null where the engine runs the query. */
  needsService: string | null;
  parameters: RecipeParameter[];
  /** Values that make a typical query. */
  example: { [name: string]: string };
  /** The query with a `{name}` in the place of each value, over the resource-specific tables. */
  template: string;
  /** The first rows of the answer to the example on sample rows; null where the engine cannot run it. */
  sample: { columns: { name: string; type: KqlType }[]; rows: unknown[][] } | null;
}

/** Where a query will run; `logAnalytics` if not given. */
export type Target = 'logAnalytics' | 'basicLogs' | 'logAlert' | 'dcrTransformation' | 'dataExplorer';

/** A table without rows. */
export interface TableSchema {
  name: string;
  columns: { name: string; type: KqlType }[];
}

/** The tables a query is meant for: `"apim"`, if not given, are those that kqlens knows. */
export interface SchemaOptions {
  schema?: 'apim' | TableSchema[];
}

/** A rule of `check`, with a query that it finds and one that it does not. */
export interface Rule {
  code: string;
  name: string;
  severity: Diagnostic['severity'];
  reason: string;
  bad: string;
  good: string;
}

export interface Token extends Range {
  kind: 'comment' | 'directive' | 'word' | 'number' | 'string' | 'literal' | 'placeholder' | 'symbol' | 'unknown';
}

export interface Completion {
  label: string;
  kind: 'operator' | 'keyword' | 'table' | 'column' | 'name' | 'function' | 'plugin' | 'value';
  /** A type, parameters, or how an operator is written. */
  detail: string;
  /** The text to put in the place of `range`. */
  insert: string;
  range: Range;
  about?: string;
  example?: Example;
}

/** An expression and its answer as text. */
export interface Example {
  query: string;
  answer: string;
}

export interface Hover {
  kind: 'column' | 'table' | 'name' | 'operator' | 'function';
  name: string;
  range: Range;
  /** Of a column. */
  type?: KqlType;
  /** Of a table. */
  columns?: { name: string; type: KqlType }[];
  /** Of a name that the query declares: the line that does. */
  declaration?: string;
  detail?: string;
  about?: string;
  example?: Example;
}

export interface SignatureHelp {
  name: string;
  kind: 'function' | 'aggregate' | 'plugin';
  /** Types of the parameters; those in brackets may be left out, `…` may repeat. */
  parameters: string[];
  returns: string;
  /** Which parameter the caret stands in, from 0. */
  argument: number;
  about?: string;
  example?: Example;
}

/** One stage of a query in a sentence. */
export interface ExplainStep {
  text: string;
  /** How deep it stands in other stages. */
  depth: number;
  range: Range;
  /** Columns that are there behind it and were not before. */
  added: string[];
  dropped: string[];
  /** Null where the columns depend on the rows. */
  columnCount: number | null;
}

/** A query as the rows of a form; every text is one of KQL. */
export interface Outline {
  table: string;
  /** Conditions that all must hold; without a column and an operator the value is the whole condition. */
  filters: { column: string; operator: string; value: string }[];
  measures: string[];
  groups: string[];
  order: { column: string; isAscending: boolean }[];
  /** Empty where there is none. */
  limit: string;
  chart: string;
}

/** What kqlens knows, for pages of help: entries of its catalogues with their words. */
export const reference: {
  formats(): { id: string; title: string; about: string }[];
  signatures(): { id: string; family: string; title: string; meaning: string; causes: string[]; fixes: string[]; docs: string }[];
  functions(): { name: string; about: string; example: string; answer: string }[];
  operators(): { name: string; syntax: string; about: string }[];
};

/** KQL as text: no data needed. */
export const kql: {
  parse(query: string): { diagnostics: Diagnostic[] };
  tokens(query: string): Token[];
  /** Names, types, meaning, cost. A comment `// kqlens: allow CODE` keeps a rule quiet. */
  check(query: string, options?: SchemaOptions & { target?: Target }): Diagnostic[];
  rules(): Rule[];
  format(query: string): string;
  /** The small edits that `format` makes, so that a caret stays at its token. */
  formatEdits(query: string): Edit[];
  explain(query: string, options?: SchemaOptions): ExplainStep[];
  complete(query: string, offset: number, options?: SchemaOptions): Completion[];
  hover(query: string, offset: number, options?: SchemaOptions): Hover | null;
  signatureHelp(query: string, offset: number): SignatureHelp | null;
  /** Where the name at an offset is declared (first) and used; empty where the query does not declare it. */
  references(query: string, offset: number): Range[];
  rename(query: string, offset: number, name: string): Edit[];
  /** The query for at most `maxRows` (100) of the rows that the `where` at an offset dropped; `DroppedBy` is the condition. */
  dropped(query: string, offset: number, maxRows?: number): string;
  /** The query as the rows of a form, or why it has none and where. */
  outline(query: string): { outline: Outline } | { reason: string; range: Range };
  /** The query of an outline, formatted. */
  compose(outline: Outline): string;
  /** What cannot be said in the other dialect is an error with its place; a name of neither is repaired, with a comment. */
  translate(query: string, dialect: Dialect): string;
};

export const recipes: {
  list(): RecipeInfo[];
  build(id: string, values?: { [name: string]: string }, options?: { dialect?: Dialect }): string;
};

/** A way on, as texts to copy or to save, the one most wanted first. */
export interface Artefact {
  files: { format: ArtefactFormat; name: string; text: string }[];
  /** What to know before it is used. */
  notes: string[];
}

export type ArtefactFormat =
  | 'bicep' | 'arm' | 'workbook' | 'parts' | 'markdown' | 'kql'
  | 'table' | 'ingest' | 'inline' | 'datatable' | 'externaldata'
  | 'az' | 'policy' | 'http' | 'body' | 'preview' | 'curl' | 'powershell' | 'javascript' | 'python' | 'dotnet' | 'java' | 'go';

/** A cloud of Azure; `public` if not given. */
export type Cloud = 'public' | 'usGovernment' | 'china';

export interface PortalLinkRequest {
  query: string;
  /** The id of the workspace, the component or the API Management service whose logs are opened. */
  resource: string;
  cloud?: Cloud;
  /** A GUID or a domain. */
  tenant?: string;
  /** `P1D`, `PT15M`, `1d`, or two times parted by a slash. */
  timeSpan?: string;
  /** Whether the query is packed, which makes long links shorter; true if not given. */
  compressed?: boolean;
}

export interface AdxLinkRequest {
  query: string;
  /** `help`, `contoso.westeurope`, or the address of the cluster. */
  cluster: string;
  database: string;
  cloud?: Cloud;
  tenant?: string;
  compressed?: boolean;
}

export interface Link {
  url: string;
  notes: string[];
}

export interface DecodedLink {
  form: 'logs' | 'logsBlade' | 'demo' | 'analytics' | 'cluster' | 'queryPage';
  /** Null where the host does not tell. */
  cloud: Cloud | null;
  query: string;
  /** Ids of the resources whose logs they are; empty of Azure Data Explorer. */
  scope: string[];
  cluster: string | null;
  database: string | null;
  tenant: string | null;
  timeSpan: string | null;
  /** How often its parts were coded; the portal does it twice. */
  codings: number;
}

export interface TitledQuery {
  title: string;
  query: string;
  /** What names it among the others; made of the title if not given. */
  key?: string;
  about?: string;
  labels?: string[];
}

/** Recipes beside or in the place of own queries; what one must be told is as in its example, which `about` then says. */
export interface RecipeChoice {
  recipes?: 'all' | string[];
  dialect?: Dialect;
}

export interface QueryPackRequest extends RecipeChoice {
  name?: string;
  location?: string;
  queries?: TitledQuery[];
}

export interface SavedSearchRequest {
  title: string;
  query: string;
  /** The name or the id of the workspace; asked for at deployment if not given. */
  workspace?: string;
  category?: string;
  key?: string;
  /** The name by which queries call it as a function. */
  functionAlias?: string;
  /** As `api:string, top:long = 10`. */
  functionParameters?: string;
  tags?: { [name: string]: string };
}

export interface WorkbookRequest extends RecipeChoice {
  title?: string;
  about?: string;
  /** A workbook that is ready, in the place of `panels`. */
  ready?: 'whatBreaks';
  panels?: TitledQuery[];
  /** The id of the workspace; the workbook asks for one if not given. */
  workspace?: string;
  location?: string;
  category?: string;
  as?: 'workbook' | 'template';
}

/** A log search alert rule. */
export interface AlertRuleRequest {
  name: string;
  query: string;
  /** The id of the workspace, the component or the API Management service whose logs are watched. */
  scope?: string;
  displayName?: string;
  description?: string;
  /** 0 critical to 4 verbose; 2 if not given. */
  severity?: number;
  /** How often it is evaluated; 5 if not given. */
  frequencyMinutes?: number;
  /** How much time one number is made of; 5 if not given. */
  windowMinutes?: number;
  /** The time that the query sees where it is not the windows alone. */
  rangeMinutes?: number;
  aggregation?: 'Count' | 'Total' | 'Average' | 'Minimum' | 'Maximum';
  /** The column of the number; none for `Count`. */
  measure?: string;
  /** Columns whose values are watched each for itself; `*`, all values, if none is given. */
  dimensions?: { name: string; operator?: 'Include' | 'Exclude'; values?: string[] }[];
  operator?: 'Equals' | 'GreaterThan' | 'GreaterThanOrEqual' | 'LessThan' | 'LessThanOrEqual';
  /** 0 if not given. */
  threshold?: number;
  /** Windows that are looked at, and how many of them must meet the threshold; 1 of 1 if not given. */
  periods?: number;
  failingPeriods?: number;
  /** Whether an alert stays until it is resolved; true unless `muteMinutes` is given. */
  stateful?: boolean;
  /** How long actions rest after they were done; of rules without a state. */
  muteMinutes?: number;
  /** Ids of action groups. */
  actionGroups?: string[];
}

/** An alert rule on a metric of a service of API Management. */
export interface MetricAlertRequest {
  name: string;
  /** The id of the service; asked for at deployment if not given. */
  service?: string;
  description?: string;
  severity?: number;
  metric?: 'Requests' | 'Duration' | 'BackendDuration' | 'Capacity';
  dimensions?: { name: string; operator?: 'Include' | 'Exclude'; values?: string[] }[];
  /** The usual one of the metric if not given. */
  aggregation?: 'Total' | 'Average' | 'Maximum' | 'Minimum';
  operator?: AlertRuleRequest['operator'];
  threshold?: number;
  /** 1, 5, 15, 30 or 60; 5 if not given. */
  frequencyMinutes?: number;
  /** 1, 5, 15, 30, 60, 360, 720 or 1440; 15 if not given. */
  windowMinutes?: number;
  stateful?: boolean;
  actionGroups?: string[];
}

/** An alert rule on changes of a service: all administrative ones where no operation is named. */
export interface ActivityAlertRequest {
  name: string;
  service?: string;
  description?: string;
  /** As `Microsoft.ApiManagement/service/apis/write`. */
  operations?: string[];
  /** As `Succeeded`. */
  statuses?: string[];
  actionGroups?: string[];
}

export interface ActionGroupRequest {
  name: string;
  /** Up to 12 characters; the begin of the name if not given. */
  shortName?: string;
  emails?: string[];
  /** Addresses that begin with `https://`. */
  webhooks?: string[];
  /** Ids of logic apps; their callbacks are asked for at deployment. */
  logicApps?: string[];
}

/** An alert that would have been raised. */
export interface Firing {
  /** The place of its combination of values, and the values. */
  group: number;
  values: string[];
  fired: string;
  /** Null when it was not resolved before the rows end, or the rule has no state. */
  resolved: string | null;
  evaluationsMet: number;
  /** The number of the newest window that was furthest from the threshold. */
  peak: number | null;
  muted: boolean;
}

/** What an alert rule saw of the loaded rows. */
export class BackTestReport {
  private constructor();
  readonly evaluations: string[];
  /** Evaluations whose windows begin before the rows do. */
  readonly earlyEvaluations: number;
  /** Whether the query ran anew for each evaluation. */
  readonly rerun: boolean;
  readonly groupCount: number;
  /** The first 200 combinations of values: of each evaluation the number of its newest window. */
  readonly groups: { values: string[]; numbers: (number | null)[] }[];
  /** When the rule, with another condition where one is given, would have been raised. */
  firings(change?: Partial<AlertRuleRequest>): Firing[];
  free(): void;
}

/** The test of an alert rule, in steps. */
export class BackTestJob {
  private constructor();
  step(budgetMs?: number): JobProgress;
  report(): BackTestReport;
  cancel(): void;
}

export interface DashboardPartRequest extends RecipeChoice {
  title: string;
  name?: string;
  /** The id of the workspace, the component or the service. */
  workspace: string;
  panels?: TitledQuery[];
  timeSpan?: string;
  location?: string;
  /** Markdown above the panels. */
  text?: string;
}

/** An answer, what its `toJson` gives (which replaces secrets), or columns and rows; a table without its rows has columns alone. */
export type AnswerSource = QueryResult | string | { columns: { name: string; type: KqlType }[]; rows?: Cell[][] };

export interface AdxTableRequest {
  name: string;
  answer: AnswerSource;
  /** The address of the file that is ingested; one with a key hides it from the service's own logs. */
  source?: string;
  /** Told by the ending of `source` if not given. */
  format?: 'multijson' | 'json' | 'csv';
}

export interface LogsIngestionRequest {
  /** Of the table; `_CL` is added. */
  name: string;
  answer: AnswerSource;
  /** The query that gave the answer; with it the transformation can be run here. */
  query?: string;
  /** The name or the id of the workspace; asked for at deployment if not given. */
  workspace?: string;
  location?: string;
  /** Where the workspace and the endpoint are: all three must be in one region. */
  workspaceLocation?: string;
  endpointLocation?: string;
  /** Whether the rule takes rows itself, or an endpoint of its own does (for private links); `direct` if not given. */
  through?: 'direct' | 'endpoint';
  /** The address of the endpoint and the immutable id of the rule, once they are known. */
  endpoint?: string;
  rule?: string;
  cloud?: Cloud;
  /** The column whose time a row gets; `TimeGenerated`, or the first of type datetime, if not given. */
  timeColumn?: string;
  /** KQL over `source`; what gives every row its time if not given. */
  transformKql?: string;
  /** The clock by which rows are too old; the machine's if not given. */
  now?: string;
}

/** Where an entity of API Management stands. */
export interface ServicePlace {
  /** The name or the id of the service; asked for at deployment if not given. */
  service?: string;
  /** The workspace of the service, which has loggers and diagnostics of its own. */
  apimWorkspace?: string;
}

export interface LoggerRequest extends ServicePlace {
  /** `applicationinsights` if not given. */
  name?: string;
  /** `systemAssigned` if not given; a workspace has `none`, the connection string alone. */
  identity?: 'systemAssigned' | 'userAssigned' | 'none';
  /** Of the user-assigned identity. */
  clientId?: string;
  /** Asked for at deployment, as a secret, if not given. */
  connectionString?: string;
  /** The id of the component. */
  resourceId?: string;
  description?: string;
  cloud?: Cloud;
}

export interface DiagnosticRequest extends ServicePlace {
  /** `applicationinsights` if not given. */
  entity?: 'applicationinsights' | 'azuremonitor';
  /** All APIs if not given. */
  api?: string;
  /** The name of the logger of Application Insights. */
  logger?: string;
  /** How many per cent of the calls are kept; 100 if not given. */
  sampling?: number;
  /** True if not given. */
  alwaysLogErrors?: boolean;
  /** `information` if not given. */
  verbosity?: 'verbose' | 'information' | 'error';
  /** Of Application Insights; `W3C` if not given. */
  correlation?: 'W3C' | 'Legacy' | 'None';
  headers?: string[];
  /** 0 to 8192; 0 if not given. */
  payloadBytes?: number;
  /** Whether metrics of policies are taken; of Application Insights. */
  metrics?: boolean;
  /** True if not given. */
  clientIp?: boolean;
  /** Of Application Insights; `Name` if not given. */
  operationName?: 'Name' | 'Url';
  /** Tokens of calls to language models, and their messages up to so many bytes (32768 if not given, 0 for none); of `azuremonitor`. */
  llm?: { requestBytes?: number; responseBytes?: number };
}

export type LogCategory = 'GatewayLogs' | 'GatewayLlmLogs' | 'GatewayMCPLogs' | 'WebSocketConnectionLogs' | 'DeveloperPortalAuditLogs';

export interface DiagnosticSettingRequest {
  /** `kqlens` if not given. */
  name?: string;
  /** The name or the id of the service; asked for at deployment if not given. */
  service?: string;
  /** The id of the Log Analytics workspace; asked for at deployment if neither it nor `storage` is given. */
  workspace?: string;
  /** The id of a storage account. */
  storage?: string;
  /** `GatewayLogs` if not given. */
  categories?: LogCategory[];
  /** Whether each category has a table of its own; true if not given. */
  dedicated?: boolean;
  /** Whether the metrics of the service go along; false if not given. */
  metrics?: boolean;
}

export interface TokenMetricPolicyRequest {
  /** `llm-emit-token-metric` if not given. */
  policy?: 'llm-emit-token-metric' | 'azure-openai-emit-token-metric' | 'emit-metric';
  /** The name of the metric, and its value, a number or `@(…)`; of `emit-metric`. */
  name?: string;
  value?: string;
  namespace?: string;
  /** 1 to 5, of `emit-metric` to 10; without a value those that the gateway knows, as `API ID`. */
  dimensions: { name: string; value?: string }[];
}

export type SetupKind =
  | 'logger' | 'diagnostic' | 'diagnosticSetting' | 'policy' | 'gateway' | 'privateLinkScope' | 'scopedResource'
  | 'webTest' | 'roleAssignment' | 'component' | 'workspace';

/** What a pasted set-up says, and what is wrong with it. */
export interface SetupReport {
  understood: { kind: SetupKind; name: string; range: Range; facts: { [name: string]: string } }[];
  findings: (Diagnostic & { reason: string; values: string[] })[];
}

/** A rule of `checkSetup`; `{0}` and `{1}` in its message stand for the values of a finding. */
export interface SetupRule {
  code: string;
  severity: Diagnostic['severity'];
  message: string;
  reason: string;
  cure: string;
  bad: string;
  good: string;
}

export interface EmptyAnswerRequest {
  query: string;
  /** The name or the id of the service. */
  service?: string;
  /** The id of the workspace. */
  workspace?: string;
  /** The clock by which a time lies in the future; the machine's if not given. */
  now?: string;
}

/** One thing to look at where a query returns nothing. */
export interface EmptyAnswerStep {
  id: 'category' | 'mode' | 'workspace' | 'network' | 'time' | 'delay' | 'sampling' | 'names' | 'stages';
  title: string;
  /** What is looked at. */
  text: string;
  /** What its answer is read from: whether `kql` has rows, whether it counts none in any row, or what whoever knows the set-up says, with what `kql` lists if it is there. */
  answer: 'rows' | 'counts' | 'known';
  /** The query to run in the workspace. */
  kql?: string;
  /** What it means when it says no. */
  ifNo: string;
  /** A query to go on with then, with what it is. */
  then?: { title: string; kql: string };
  /** The setting that would change that. */
  fix?: GapFix;
  /** What the query itself shows. */
  doubts: { message: string; help: string; range: Range }[];
}

/** The steps as data, as Markdown, and the query that counts the rows behind each stage. */
export interface EmptyAnswer extends Artefact {
  /** The table that the query asks. */
  table: string;
  steps: EmptyAnswerStep[];
  /** Texts that columns are compared with; `isExact` where their case counts. */
  compared: { column: string; value: string; isExact: boolean; range: Range }[];
  /** What is wrong with the query. */
  diagnostics: Diagnostic[];
}

/** Ways on to the workspace: text to copy or to deploy; nothing is sent. What cannot be is a `KqlensError` with its `field`. */
export const handoff: {
  portalLink(request: PortalLinkRequest): Link;
  adxLink(request: AdxLinkRequest): Link;
  /** Reads a link to the portal, of Grafana, or to Azure Data Explorer. */
  decodeLink(link: string): DecodedLink;
  queryPack(request: QueryPackRequest): Artefact;
  savedSearch(request: SavedSearchRequest): Artefact;
  workbook(request: WorkbookRequest): Artefact;
  dashboardPart(request: DashboardPartRequest): Artefact;
  /** Commands that make a table and fill it. */
  adxTable(request: AdxTableRequest): Artefact;
  /** Table, data collection rule, the bodies of the calls, and a client in each language. */
  logsIngestion(request: LogsIngestionRequest): Artefact;
  /** A log search alert rule, and what the checks for such queries say of its query. */
  alertRule(rule: AlertRuleRequest): Artefact & { diagnostics: Diagnostic[] };
  /** An alert rule on a metric of the service, with its dimensions. */
  metricAlert(rule: MetricAlertRequest): Artefact;
  /** An alert rule on changes of the service. */
  activityAlert(rule: ActivityAlertRequest): Artefact;
  /** Who is told when an alert is raised. */
  actionGroup(group: ActionGroupRequest): Artefact;
  /** Why a query returns nothing in a workspace: one step after the other, the first that says no is the reason. */
  emptyAnswer(request: EmptyAnswerRequest): EmptyAnswer;
  /** Replays an alert rule over the loaded rows; `free()` gives what it holds back. */
  backTest(dataset: Dataset, rule: AlertRuleRequest): BackTestReport;
  /** A logger of Application Insights: a template, and the call of the REST API. */
  appInsightsLogger(request: LoggerRequest): Artefact;
  /** A diagnostic entity of all APIs, or of one. */
  diagnostic(request: DiagnosticRequest): Artefact;
  /** A diagnostic setting: a template, and the command of `az`. */
  diagnosticSetting(request: DiagnosticSettingRequest): Artefact;
  /** The element of a policy that emits metrics. */
  tokenMetricPolicy(request: TokenMetricPolicyRequest): Artefact;
  /**
   * Reads bodies and answers of the REST API, templates and their parameters, exports, Terraform's JSON,
   * Bicep and policies, one behind the other.
   */
  checkSetup(text: string): SetupReport;
  setupRules(): SetupRule[];
};

/** The place of a secret or of personal data. */
export interface Secret extends Range {
  /** The id of the rule that found it. */
  rule: string;
  title: string;
}

/** What is looked for. */
export interface RedactRule {
  id: string;
  title: string;
  about: string;
  /** A text that holds one. */
  example: string;
}

/** A rule of one's own. */
export interface OwnRule {
  id: string;
  title?: string;
  /**
   * A regular expression in the syntax of RE2 without Unicode classes, of which the first group is
   * hidden, or all where it has none; or words, which are found in any case where they stand alone.
   */
  pattern: string | string[];
}

export interface RedactOptions {
  /** Ids of rules whose finds stay. */
  keep?: string[];
  rules?: OwnRule[];
}

/**
 * Secrets and personal data in texts. Each is replaced by `hidden-` and ten digits, the same for the
 * same value however it is escaped or parted, so that joins survive.
 */
export const redact: {
  rules(): RedactRule[];
  /** Sets what every export of this session follows, in the place of what was set before. A rule that is refused is a `KqlensError` with its place in the pattern. */
  configure(settings?: RedactOptions): void;
  /** Options stand in the place of those of the session. */
  find(text: string, options?: RedactOptions): Secret[];
  /** `name` is that of the column or member whose value the text is: it may say that all of it is secret. */
  apply(text: string, options?: RedactOptions & { name?: string }): string;
};
