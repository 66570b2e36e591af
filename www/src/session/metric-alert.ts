// A rule on a metric of the service, beside what the rows of a log tell of it: a dimension of the
// metric is a column, its numbers are a query. What the rows cannot tell is said, and not made up.
import type { AlertRuleRequest, Cell, Finding, MetricAlertRequest } from 'kqlens';
import { classBy, literal, type Outcome, type Requests, requestsOf, type Rule, RULES } from './panels';
import type { Session } from './session';

export type MetricName = NonNullable<MetricAlertRequest['metric']>;
export type Dimension = NonNullable<MetricAlertRequest['dimensions']>[number];

export const METRICS = ['Requests', 'Duration', 'BackendDuration', 'Capacity'] as const satisfies readonly MetricName[];
/** The usual one first. */
export const AGGREGATIONS: Readonly<Record<MetricName, readonly string[]>> = {
  Requests: ['Total', 'Maximum', 'Minimum'],
  Duration: ['Average', 'Maximum', 'Minimum'],
  BackendDuration: ['Average', 'Maximum', 'Minimum'],
  Capacity: ['Average', 'Maximum'],
};
export const DIMENSIONS: Readonly<Record<MetricName, readonly string[]>> = {
  Requests: ['GatewayResponseCode', 'GatewayResponseCodeCategory', 'BackendResponseCode', 'BackendResponseCodeCategory', 'LastErrorReason', 'Location', 'Hostname'],
  Duration: ['Location', 'Hostname'],
  BackendDuration: ['Location', 'Hostname'],
  Capacity: ['Location'],
};
/** What the engine takes where a rule does not say it. */
export const USUAL = { metric: 'Requests', frequencyMinutes: 5, windowMinutes: 15 } as const;
/** Most values of a dimension that a finding fills in: each is watched for itself. */
const MOST_VALUES = 10;
const MOST_OFFERS = 20;

const category = (code: string): string => `iff(isnull(${code}), "", strcat(${code} / 100, "xx"))`;

/** The dimensions and the numbers of metrics as columns of a table. */
interface Told {
  dimensions: { readonly [name: string]: string };
  numbers: { readonly [metric in MetricName]?: string };
}

const TOLD: { readonly [table: string]: Told } = {
  ApiManagementGatewayLogs: {
    dimensions: {
      GatewayResponseCode: 'tostring(ResponseCode)',
      GatewayResponseCodeCategory: category('ResponseCode'),
      BackendResponseCode: 'tostring(BackendResponseCode)',
      BackendResponseCodeCategory: category('BackendResponseCode'),
      LastErrorReason: 'LastErrorReason',
      Location: 'Region',
      Hostname: 'tostring(parse_url(Url).Host)',
    },
    numbers: { Duration: 'TotalTime', BackendDuration: 'BackendTime' },
  },
  AppRequests: {
    dimensions: { GatewayResponseCode: 'ResultCode', GatewayResponseCodeCategory: category('toint(ResultCode)') },
    numbers: { Duration: 'DurationMs' },
  },
};

const metricOf = ({ metric = USUAL.metric }: MetricAlertRequest): MetricName => metric;

/** The dimensions of a rule that choose rows: `*` is every value. */
const choosing = ({ dimensions = [] }: MetricAlertRequest): Dimension[] => dimensions.filter(({ values = [] }) => values.length > 0 && !values.includes('*'));

/** A condition on the columns of dimensions, or the dimension that no column tells. */
function conditionOf({ dimensions }: Told, rule: MetricAlertRequest): { kql: string } | { unknown: string } {
  const lines: string[] = [];
  for (const { name, operator, values = [] } of choosing(rule)) {
    const column = dimensions[name];
    if (column === undefined) return { unknown: name };
    lines.push(`| where ${column} ${operator === 'Exclude' ? '!in' : 'in'} (${values.map(literal).join(', ')})\n`);
  }
  return { kql: lines.join('') };
}

/** Why the rows do not tell what a rule would see. */
export type Untold = { reason: 'noRows' | 'metric' | 'pieces' } | { reason: 'dimension'; name: string };

/** The rule as one on rows, and whether they are the numbers that the service itself told. */
export interface Replay {
  rule: AlertRuleRequest;
  isOwn: boolean;
}

const toldBy = (requests: Requests | null): { table: string; told: Told } | null => {
  const told = requests && TOLD[requests.table];
  return told ? { table: requests.table, told } : null;
};

/** Where the service tells its metrics, once a minute and without dimensions. */
const OWN = 'AzureMetrics';
const ofOwn = `${OWN}\n| where TimeGrain == "PT1M"`;
const COLUMNS = ['Total', 'Average', 'Maximum', 'Minimum'] as const;

/** What is known of the rows, whatever the rule. */
export interface Known {
  /** The metrics that the service told itself, each with an aggregation: `Capacity Average`. */
  own: ReadonlySet<string>;
  /** The ids of the services that the rows are of, in small letters. */
  services: readonly string[];
}

export async function knownOf(session: Session): Promise<Known> {
  const tables = [OWN, requestsOf(session.tables)?.table].flatMap((name) => session.tables.filter((table) => table.name === name && table.rows > 0));
  const services = new Set<string>();
  for (const { name, columns } of tables) {
    if (!columns.some((column) => column.name === '_ResourceId')) continue;
    for (const [id] of await rowsOf(session, `${name}\n| where _ResourceId has "microsoft.apimanagement"\n| summarize by Service = tolower(_ResourceId)`)) services.add(String(id));
  }
  const counts = tables.some(({ name }) => name === OWN)
    ? await rowsOf(session, `${ofOwn}\n| summarize ${COLUMNS.map((column) => `${column} = countif(isnotnull(${column}))`).join(', ')} by MetricName`) : [];
  return { own: new Set(counts.flatMap(([metric, ...ofColumns]) => COLUMNS.filter((_, at) => Number(ofColumns[at]) > 0).map((column) => `${metric} ${column}`))), services: [...services] };
}

/** The service of a rule as a condition, where the rows are of others too. */
const ofService = ({ services }: Known, { service = '' }: MetricAlertRequest): string =>
  services.length > 1 && services.includes(service.toLowerCase()) ? `| where _ResourceId =~ ${literal(service)}\n` : '';

/** How many services count in the numbers of a rule; one, where the rows tell them apart. */
export const servicesOf = (known: Known, rule: MetricAlertRequest): number => (ofService(known, rule) === '' ? known.services.length : 1);

/** The rule as one whose numbers are those that the metric would have had. */
export function replayOf({ tables }: Session, known: Known, rule: MetricAlertRequest): Replay | Untold {
  const { own } = known;
  const where = ofService(known, rule);
  const metric = metricOf(rule);
  const { dimensions = [], aggregation = AGGREGATIONS[metric][0] as 'Total', operator, threshold, stateful } = rule;
  const asked = {
    name: 'replay',
    frequencyMinutes: rule.frequencyMinutes ?? USUAL.frequencyMinutes,
    windowMinutes: rule.windowMinutes ?? USUAL.windowMinutes,
    ...(operator === undefined ? {} : { operator }),
    ...(threshold === undefined ? {} : { threshold }),
    ...(stateful === undefined ? {} : { stateful }),
  };
  const at = toldBy(requestsOf(tables));
  const number = at?.told.numbers[metric];
  // A mean of the means of minutes is not that of the calls.
  const isBetter = number === undefined || aggregation !== 'Average';
  if (dimensions.length === 0 && isBetter && own.has(`${metric} ${aggregation}`)) {
    return { isOwn: true, rule: { ...asked, query: `${ofOwn} and MetricName == "${metric}"\n${where}| project TimeGenerated, Number = ${aggregation}`, aggregation, measure: 'Number' } };
  }
  if (!at) return { reason: own.size > 0 ? 'metric' : 'noRows' };
  const isCount = metric === 'Requests';
  if (!isCount && number === undefined) return { reason: 'metric' };
  // The service counts in pieces of time of its own, of which rows of requests show nothing.
  if (isCount && aggregation !== 'Total') return { reason: 'pieces' };
  const columns = ['TimeGenerated', ...(isCount ? [] : [`Milliseconds = ${number}`])];
  for (const { name } of dimensions) {
    const column = at.told.dimensions[name];
    if (column === undefined) return { reason: 'dimension', name };
    columns.push(`${name} = ${column}`);
  }
  const measured = isCount ? { aggregation: 'Count' as const } : { aggregation, measure: 'Milliseconds' };
  return { isOwn: false, rule: { ...asked, ...measured, query: `${at.table}\n${where}| project ${columns.join(', ')}`, ...(dimensions.length > 0 ? { dimensions } : {}) } };
}

const classified = ({ table, code }: Requests, where: string): string => `${table}
${where}| extend Code = ${code}
| extend ${RULES.map((rule) => `${rule} = ${classBy(rule)}`).join(',\n')}`;

/** The requests that the dimensions of a rule choose, by class and rule: all, and most in one window. */
function classesKql(requests: Requests, where: string, minutes: number): string {
  return `${classified(requests, where)}
| summarize Requests = count() by Window = bin(TimeGenerated, ${minutes}m), ${RULES.join(', ')}
| mv-expand Rule = dynamic(${JSON.stringify(RULES)}) to typeof(string)
| extend Class = iff(Rule == "${RULES[0]}", ${RULES[0]}, ${RULES[1]})
| summarize Requests = sum(Requests) by Window, Rule, Class
| summarize Most = max(Requests), Requests = sum(Requests) by Rule, Class
| order by Rule asc, Class asc`;
}

/** Codes with their class by each rule, once for what is loaded. */
const codes = new WeakMap<Session['tables'], Promise<Cell[][]>>();

function codesOf(session: Session, requests: Requests): Promise<Cell[][]> {
  const known = codes.get(session.tables);
  if (known) return known;
  const asked = rowsOf(session, `${classified(requests, '')}
| where isnotnull(Code)
| summarize Requests = count() by Code, ${RULES.join(', ')}
| order by Code asc`);
  codes.set(session.tables, asked);
  asked.catch(() => codes.delete(session.tables));
  return asked;
}

/** What the rows have of a class by one of the rules. */
export interface Counted {
  requests: number;
  /** The most of them in one window. */
  most: number;
  /** The codes that all rows of the class have. */
  codes: readonly string[];
}

/** The classes of the requests that a rule watches, by both rules, and the query that gave them. */
export interface Classes {
  kql: string;
  counted: ReadonlyMap<Outcome, Readonly<Record<Rule, Counted>>>;
  /** All requests that the dimensions choose. */
  requests: number;
}

/** All rows that a query answers with. */
export async function rowsOf({ engine }: Session, kql: string): Promise<Cell[][]> {
  const answer = await engine.query(kql);
  try {
    return await answer.rows(0, answer.rowCount);
  } finally {
    answer.release();
  }
}

/** The requests of the rows as classes, of the metric that counts them. */
export async function classesOf(session: Session, known: Known, rule: MetricAlertRequest): Promise<Classes | Untold> {
  const requests = requestsOf(session.tables);
  const at = toldBy(requests);
  if (!requests || !at) return { reason: 'noRows' };
  if (metricOf(rule) !== 'Requests') return { reason: 'metric' };
  const where = conditionOf(at.told, rule);
  if ('unknown' in where) return { reason: 'dimension', name: where.unknown };
  const kql = classesKql(requests, `${ofService(known, rule)}${where.kql}`, rule.windowMinutes ?? USUAL.windowMinutes);
  const counted = new Map<Outcome, Record<Rule, { requests: number; most: number; codes: string[] }>>();
  const of = (outcome: unknown, by: Rule): { requests: number; most: number; codes: string[] } => {
    const none = () => ({ requests: 0, most: 0, codes: [] });
    const both = counted.get(outcome as Outcome) ?? { Workbook: none(), Documented2017: none() };
    counted.set(outcome as Outcome, both);
    return both[by];
  };
  for (const [by, outcome, most, n] of await rowsOf(session, kql)) Object.assign(of(outcome, by as Rule), { most: Number(most), requests: Number(n) });
  for (const [code, ...outcomes] of await codesOf(session, requests)) RULES.forEach((by, at) => of(outcomes[at], by).codes.push(String(code)));
  return { kql, counted, requests: [...counted.values()].reduce((sum, { Workbook }) => sum + Workbook.requests, 0) };
}

/** Values that a dimension of a metric has in the rows, the most frequent first. */
export async function offersOf(session: Session, dimension: string): Promise<string[]> {
  const at = toldBy(requestsOf(session.tables));
  const column = at?.told.dimensions[dimension];
  return at && column ? valuesIn(session, at.table, column) : [];
}

/** Values of an expression over what a query answers, the most frequent first. */
export async function valuesIn(session: Session, kql: string, expression: string): Promise<string[]> {
  const rows = await rowsOf(session, `${kql}\n| summarize Rows = count() by Value = tostring(${expression})\n| where isnotempty(Value)\n| top ${MOST_OFFERS} by Rows`);
  return rows.map(([value]) => String(value));
}

/** What of a metric tells a finding from other requests: its slow calls by their time, its failed ones by code and reason. */
export async function metricRuleOf(session: Session, { table, family, signature, kql }: Finding): Promise<Pick<MetricAlertRequest, 'metric' | 'dimensions'>> {
  if (family === 'latency') return { metric: signature === 'latency.backend' ? 'BackendDuration' : 'Duration' };
  const told = TOLD[table];
  if (!told) return {};
  const names = ['GatewayResponseCode', 'BackendResponseCode', 'LastErrorReason'].filter((name) => told.dimensions[name] !== undefined);
  const rows = await rowsOf(session, `${kql.resourceSpecific}\n| summarize Requests = count() by ${names.map((name) => `${name} = ${told.dimensions[name]}`).join(', ')}\n| order by Requests desc`);
  const dimensions = names.flatMap((name, at): Dimension[] => {
    const values = [...new Set(rows.map((row) => String(row[at] ?? '')))];
    const isTelling = values.length > 0 && values.length <= MOST_VALUES && !values.some((value) => value === '' || value === '0');
    return isTelling ? [{ name, values }] : [];
  });
  return dimensions.length > 0 ? { dimensions } : {};
}
