// Exploring rows: what is kept of a table (filters, a span of time), and the questions asked about it.
//
// Each question is one query of KQL. They are asked one after the other; a change of the filters
// cancels what was asked before, and the last answers stay until the next ones are there.
import type { EngineError } from 'kqlens/client';
import type { KqlType, TableInfo } from 'kqlens';
import { explore as t } from '../texts/explore';
import { columnKql, troubles } from './conditions';
import { isMessageColumn } from './messages';
import { type Bin, binFor, literal } from './panels';
import { type Session, timeRangeOf } from './session';

/** Tables whose rows say which request they belong to. */
export const correlatedTables = (tables: readonly TableInfo[]): string[] =>
  tables.filter(({ rows, columns }) => rows > 0 && columns.some(({ name }) => name === 'CorrelationId')).map(({ name }) => name);

/** The rows of one request, in order. */
export const correlated = (table: string, id: string): string => `${table}\n| where CorrelationId == ${literal(id)}\n| order by TimeGenerated asc`;

/** A condition as a chip shows it. */
export interface Filter {
  title: string;
  kql: string;
}

export interface Span {
  from_ms: number;
  to_ms: number;
}

/** Rows that are compared with others. */
export interface Slice {
  title: string;
  conditions: readonly string[];
}

export interface Column {
  name: string;
  type: KqlType;
}

export interface Asked {
  kql: string;
  state: 'running' | 'done' | 'failed';
  columns: readonly Column[];
  rows: readonly (readonly unknown[])[];
  error?: string;
}

export type Question = 'facets' | 'changes' | 'messages' | 'events';

/** What a column of the table holds. */
export interface Facet extends Column {
  kind: 'values' | 'histogram';
  /** How many different values it has. */
  n_kinds: number;
}

const GATEWAY = 'ApiManagementGatewayLogs';
const MOST_ROWS = 2000;
const FACET_VALUES = 8;
/** A column with more kinds of values than this part of its rows is an id. */
const ID_SHARE = 0.5;
const FEW = 30;
/** Numbers of which no more than these kinds are counted one by one. */
const MOST_COUNTED = 50_000;
const NUMBERS: readonly KqlType[] = ['int', 'long', 'real', 'decimal'];
const CODE = /Code$|^Level$|^Port$/;
/** Columns that say where rows come from and not what happened. */
const DULL = ['TenantId', 'SourceSystem', 'Type', '_ResourceId', '_SubscriptionId', 'ResourceId', '_BilledSize', '_IsBillable', '_ItemId', 'MG'];
const FIRST = ['ResponseCode', 'ResultCode', 'LastErrorReason', 'ApiId', 'OperationId', 'BackendId', 'BackendResponseCode', 'Method', 'CallerIpAddress', 'TotalTime', 'BackendTime'];
const MESSAGES = /Message|^Error$|Reason|Url$|^Details$|Exception|^Text$/;

/** What is masked in a message, in this order. */
const MASKS: readonly [string, string][] = [
  ['(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}', '<id>'],
  ['(?i)https?://[^/\\s"\']+', '<host>'],
  ['\\b\\d{1,3}(\\.\\d{1,3}){3}\\b', '<address>'],
  ['(?i)\\b([a-z0-9-]+\\.)+[a-z]{2,}(:\\d+)?\\b', '<host>'],
  ['(?i)\\b[0-9a-f]{12,}\\b', '<hex>'],
  ['\\d+', '<n>'],
];

const moment = (ms: number): string => `datetime(${new Date(ms).toISOString()})`;
const spanKql = ({ from_ms, to_ms }: Span): string => `TimeGenerated >= ${moment(from_ms)} and TimeGenerated < ${moment(to_ms)}`;

/** A span in UTC; the date is said where it is more than a day. */
export function spanTitle({ from_ms, to_ms }: Span): string {
  const [from, to] = [new Date(from_ms).toISOString(), new Date(to_ms).toISOString()];
  const start = from.slice(0, 10) === to.slice(0, 10) ? 11 : 5;
  return `${from.slice(start, 19).replace('T', ' ')} – ${to.slice(start, 19).replace('T', ' ')}`;
}

export class Explore extends EventTarget {
  readonly session: Session;
  table = '';
  question: Question = 'facets';
  filters: readonly Filter[] = [];
  span: Span | null = null;
  facets: readonly Facet[] = [];
  /** What was kept to be compared with what is chosen after it. */
  kept: Slice | null = null;
  message = '';
  answers: ReadonlyMap<string, Asked> = new Map();
  isAsking = false;
  #tables: readonly TableInfo[] = [];
  #abort = new AbortController();

  constructor(session: Session) {
    super();
    this.session = session;
    session.addEventListener('change', () => this.#follow());
    this.#follow();
  }

  /** Asks again where other rows are loaded; the filters stay while their table does. */
  #follow(): void {
    if (this.session.tables === this.#tables || this.session.isReading) return;
    this.#tables = this.session.tables;
    const names = this.tables.map(({ name }) => name);
    if (!names.includes(this.table)) {
      this.choose(names.includes(GATEWAY) ? GATEWAY : names[0] ?? '');
      return;
    }
    this.#changed({ facets: [], answers: new Map() });
    void this.#ask();
  }

  #changed(change: Partial<Explore>): void {
    Object.assign(this, change);
    this.dispatchEvent(new Event('change'));
  }

  /** Tables with rows that have a time. */
  get tables(): readonly TableInfo[] {
    return this.#tables.filter(({ rows, columns }) => rows > 0 && columns.some(({ name }) => name === 'TimeGenerated'));
  }

  get columns(): readonly Column[] {
    return this.#tables.find(({ name }) => name === this.table)?.columns ?? [];
  }

  get bin(): Bin {
    return binFor(timeRangeOf(this.session.sources, this.table));
  }

  /** Columns with texts that may have one pattern. */
  get messageColumns(): string[] {
    const rank = (name: string): number => (/Message$/.test(name) ? 0 : /Url$/.test(name) ? 2 : 1);
    return this.columns.filter(({ name, type }) => type === 'string' && MESSAGES.test(name) && !isMessageColumn(name)).map(({ name }) => name).sort((a, b) => rank(a) - rank(b));
  }

  get hasEvents(): boolean {
    return this.table === GATEWAY;
  }

  get #conditions(): string[] {
    return [...this.filters.map(({ kql }) => kql), ...(this.span ? [spanKql(this.span)] : [])];
  }

  /** The rows that are kept, as KQL. */
  get kql(): string {
    return [this.table, ...this.#conditions.map((condition) => `| where ${condition}`)].join('\n');
  }

  get slice(): Slice {
    const titles = this.filters.map(({ title }) => title);
    if (this.span) titles.push(spanTitle(this.span));
    return { title: titles.join(', ') || t.allRows, conditions: this.#conditions };
  }

  choose(table: string): void {
    this.#changed({ table, filters: [], span: null, kept: null, facets: [], message: '', answers: new Map() });
    if (!this.hasEvents && this.question === 'events') this.question = 'facets';
    void this.#ask();
  }

  show(question: Question): void {
    this.#changed({ question });
    void this.#ask();
  }

  filter(filter: Filter): void {
    if (this.filters.some(({ kql }) => kql === filter.kql)) return;
    this.#changed({ filters: [...this.filters, filter] });
    void this.#ask();
  }

  unfilter(filter: Filter | null): void {
    this.#changed(filter ? { filters: this.filters.filter((other) => other !== filter) } : { filters: [], span: null });
    void this.#ask();
  }

  brush(span: Span | null): void {
    if (span?.from_ms === this.span?.from_ms && span?.to_ms === this.span?.to_ms) return;
    this.#changed({ span });
    void this.#ask();
  }

  /** Keeps what is chosen now, to compare it with what is chosen next. */
  keep(kept: Slice | null): void {
    this.#changed({ kept });
    void this.#ask();
  }

  ofMessage(message: string): void {
    this.#changed({ message });
    void this.#ask();
  }

  /** What is compared: what was kept with what is chosen, or what is chosen with all else. */
  get slices(): { a: Slice; b: Slice } | null {
    const b = this.slice;
    if (this.kept) return { a: this.kept, b };
    if (b.conditions.length === 0) return null;
    return { a: { title: t.allElse, conditions: [`not(${b.conditions.map((condition) => `(${condition})`).join(' and ')})`] }, b };
  }

  async #ask(): Promise<void> {
    this.#abort.abort();
    const abort = new AbortController();
    this.#abort = abort;
    if (this.table === '') return;
    this.#changed({ isAsking: true });
    if (!(await this.#run('timeline', timeline(this), abort.signal))) return;
    if (this.facets.length === 0) {
      const profile = await this.#run('profile', profileOf(this), abort.signal);
      if (!profile) return;
      this.#changed({ facets: facetsOf(this.columns, profile.rows[0] ?? []) });
    }
    for (const [id, kql] of questionsOf(this)) {
      if (!(await this.#run(id, kql, abort.signal))) return;
    }
    this.#changed({ isAsking: false });
  }

  /** Asks one question; null where another was asked meanwhile. */
  async #run(id: string, kql: string, signal: AbortSignal): Promise<Asked | null> {
    const before = this.answers.get(id);
    if (before?.kql === kql && before.state === 'done') return before;
    const put = (asked: Asked): Asked => {
      this.#changed({ answers: new Map(this.answers).set(id, asked) });
      return asked;
    };
    put({ columns: before?.columns ?? [], rows: before?.rows ?? [], kql, state: 'running' });
    try {
      const result = await this.session.engine.query(kql, {}, { signal });
      const rows = signal.aborted ? [] : await result.rows(0, Math.min(MOST_ROWS, result.rowCount));
      result.release();
      return signal.aborted ? null : put({ kql, state: 'done', columns: result.columns, rows });
    } catch (error) {
      if (signal.aborted) return null;
      return put({ kql, state: 'failed', columns: [], rows: [], error: (error as EngineError).message });
    }
  }
}

/** Rows over time, and those with errors; the span is not in it, since it is chosen here. */
function timeline({ table, filters, columns, bin }: Explore): string {
  const { errors } = troubles(columns);
  return [table, ...filters.map(({ kql }) => `| where ${kql}`),
    `| summarize Rows = count(), Errors = ${errors === '' ? '0' : `countif(${errors})`} by Time = bin(TimeGenerated, ${bin.kql})`, '| where isnotnull(Time)\n| order by Time asc'].join('\n');
}

/** How many kinds of values each column has, and how often it has one. */
function profileOf({ table, columns }: Explore): string {
  const of = candidates(columns).map(({ name, type }, at) => {
    const column = columnKql(name);
    return `    Kinds${at} = dcount(${column}), Filled${at} = countif(${type === 'string' ? 'isnotempty' : 'isnotnull'}(${column}))`;
  });
  return `${table}\n| summarize\n${of.join(',\n')}`;
}

const candidates = (columns: readonly Column[]): Column[] => columns.filter(({ name, type }) =>
  (type === 'string' || type === 'bool' || NUMBERS.includes(type)) && !DULL.includes(name) && !isMessageColumn(name) && !/Body$/.test(name));

function facetsOf(columns: readonly Column[], profile: readonly unknown[]): Facet[] {
  const rank = (name: string): number => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
  return candidates(columns).flatMap((column, at): Facet[] => {
    const [kinds, filled] = [Number(profile[2 * at] ?? 0), Number(profile[2 * at + 1] ?? 0)];
    if (kinds < 2 && column.name !== 'ResponseCode') return [];
    if (NUMBERS.includes(column.type) && kinds > FACET_VALUES && !CODE.test(column.name)) return [{ ...column, kind: 'histogram', n_kinds: kinds }];
    return kinds > FEW && kinds > filled * ID_SHARE ? [] : [{ ...column, kind: 'values', n_kinds: kinds }];
  }).sort((a, b) => rank(a.name) - rank(b.name));
}

function questionsOf(explore: Explore): [string, string][] {
  const { question, facets, kql, slices, message, messageColumns, bin } = explore;
  if (question === 'facets') return facets.map((facet) => [`facet ${facet.name}`, facet.kind === 'values' ? valuesOf(kql, facet) : histogramOf(kql, facet)]);
  if (question === 'messages') {
    const column = messageColumns.includes(message) ? message : messageColumns[0];
    return column === undefined ? [] : [['messages', `${templates(kql, column)}\n${TEMPLATE_COUNTS}`]];
  }
  if (question === 'events') return explore.hasEvents ? [['events', `${eventRows(kql)}\n| summarize Count = count() by Backend, Event, Time = bin(TimeGenerated, ${bin.kql})\n| order by Backend asc, Event asc, Time asc`]] : [];
  if (!slices) return [];
  return facets.filter(({ kind }) => kind === 'values').map((facet) => [`change ${facet.name}`, changesOf(explore.table, slices, facet)]);
}

const valuesOf = (kql: string, { name }: Column): string => `${kql}\n| summarize Count = count() by ${columnKql(name)}\n| order by Count desc, ${columnKql(name)} asc\n| take ${FACET_VALUES}`;

/**
 * Each bar is twice as wide as the one before it: times and sizes are spread that way. Equal numbers are
 * counted first, for there are mostly few of them, and the bar of a number takes longer than its count.
 */
const histogramOf = (kql: string, { name, n_kinds }: Facet): string => `${kql}
${n_kinds <= MOST_COUNTED ? `| summarize Rows = count() by Number = ${columnKql(name)}\n| extend Number = toreal(Number)` : `| extend Rows = 1, Number = toreal(${columnKql(name)})`}
| summarize Count = sum(Rows) by From = case(isnull(Number), real(null), Number < 1, 0.0, exp2(floor(log2(Number), 1)))
| order by From asc`;

/** The condition of a bar of a histogram. */
export function ofBar(name: string, from: number): string {
  const column = columnKql(name);
  return from === 0 ? `${column} < 1` : `${column} >= ${from} and ${column} < ${from * 2}`;
}

/** The share of each value in both slices, those that differ most first. */
function changesOf(table: string, { a, b }: { a: Slice; b: Slice }, { name }: Column): string {
  const all = ({ conditions }: Slice): string => conditions.map((condition) => `(${condition})`).join(' and ') || 'true';
  return `let slices = ${table}
    | extend InA = iff(${all(a)}, true, false), InB = iff(${all(b)}, true, false)
    | where InA or InB;
let rowsOfA = toscalar(slices | summarize countif(InA));
let rowsOfB = toscalar(slices | summarize countif(InB));
slices
| summarize A = countif(InA), B = countif(InB) by Value = ${columnKql(name)}
| extend ShareA = iff(rowsOfA == 0, 0.0, 1.0 * A / rowsOfA), ShareB = iff(rowsOfB == 0, 0.0, 1.0 * B / rowsOfB)
| extend Difference = ShareB - ShareA, Size = abs(ShareB - ShareA)
| order by Size desc, Value asc
| take ${FACET_VALUES}
| project-away Size`;
}

/** The rows with the pattern of a column: ids, hosts, addresses and numbers masked. */
export function templates(kql: string, column: string): string {
  return [kql, `| where isnotempty(${columnKql(column)})`, `| extend Sample = ${columnKql(column)}, Template = ${columnKql(column)}`,
    ...MASKS.map(([pattern, mask]) => `| extend Template = replace_regex(Template, ${literal(pattern)}, ${literal(mask)})`)].join('\n');
}

const TEMPLATE_COUNTS = '| summarize Count = count(), First = min(TimeGenerated), Last = max(TimeGenerated), Example = min(Sample) by Template\n| order by Count desc, Template asc\n| take 100';

/** Rows of the gateway that were limited, refused or moved, each with the kind of it. */
export const eventRows = (kql: string): string => `${kql}
| extend Event = case(
    LastErrorReason has "QuotaExceeded" or (ResponseCode == 403 and LastErrorMessage has "quota"), "Quota exceeded",
    BackendResponseCode == 429, "Throttled by the backend",
    ResponseCode == 429, "Throttled by the gateway",
    LastErrorReason hasprefix "CircuitBreaker" or LastErrorMessage hasprefix "CircuitBreaker", "Breaker open",
    LastErrorReason has "pool" or LastErrorMessage has "pool", "Pool without a backend",
    ResponseCode == 503 and isnotempty(BackendId) and isnull(BackendResponseCode), "Refused before the backend",
    "")
| where Event != ""
| extend Backend = iff(isempty(BackendId), "(no backend)", BackendId)`;
