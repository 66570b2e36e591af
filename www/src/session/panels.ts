// The panels of the page, each the answer to one KQL query. What a panel draws it draws from that
// answer alone, so that its *Show KQL* is the whole truth.
import type { TableInfo } from 'kqlens';
import { verdict as t } from '../texts/verdict';

export interface Panel {
  id: 'timeline' | 'classes' | 'apis' | 'apisByLatency' | 'backends' | 'backendsByLatency' | 'activity' | 'load' | 'counted';
  title: string;
  kql: string;
  /** The width of a bin, for the timeline. */
  bin?: Bin;
}

export interface Bin {
  kql: string;
  ms: number;
}

/** Where the requests of a table are and what its columns are called. */
export interface Requests {
  table: string;
  code: string;
  api: string;
  backend: string | null;
  total_ms: string;
  backend_ms: string;
}

const GATEWAY: Requests = {
  table: 'ApiManagementGatewayLogs',
  code: 'ResponseCode',
  api: 'ApiId',
  backend: 'BackendId',
  total_ms: 'TotalTime',
  backend_ms: 'BackendTime',
};

const APP_REQUESTS: Requests = {
  table: 'AppRequests',
  code: 'toint(ResultCode)',
  api: 'Name',
  backend: null,
  total_ms: 'DurationMs',
  backend_ms: 'DurationMs',
};

const BINS: readonly Bin[] = [
  { kql: '1s', ms: 1000 }, { kql: '5s', ms: 5000 }, { kql: '15s', ms: 15_000 }, { kql: '1m', ms: 60_000 },
  { kql: '5m', ms: 300_000 }, { kql: '15m', ms: 900_000 }, { kql: '1h', ms: 3_600_000 }, { kql: '6h', ms: 21_600_000 },
  { kql: '1d', ms: 86_400_000 }, { kql: '7d', ms: 604_800_000 },
];
const MOST_BINS = 140;

/** The smallest bin that keeps the timeline readable. */
export function binFor(range: Range | null): Bin {
  const span_ms = range ? Date.parse(range.to) - Date.parse(range.from) : 0;
  return BINS.find(({ ms }) => span_ms / ms <= MOST_BINS) ?? (BINS.at(-1) as Bin);
}

/** The classes of the metrics of API Management, in the order in which they are drawn. */
export const OUTCOMES = ['Successful', 'Unauthorized', 'Failed', 'Other'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** The rules that the classes have had: of the current Analytics workbook, and as documented in 2017. */
export const RULES = ['Workbook', 'Documented2017'] as const;
export type Rule = (typeof RULES)[number];
const SUCCESSFUL: Readonly<Record<Rule, string>> = { Workbook: 'Code < 400', Documented2017: 'Code <= 301 or Code in (304, 307)' };

/** The class of a request by its `Code`. */
export const classBy = (rule: Rule): string => `case(
    isnull(Code), "Other",
    ${SUCCESSFUL[rule]}, "Successful",
    Code in (401, 403, 429), "Unauthorized",
    Code == 400 or Code between (500 .. 599), "Failed",
    "Other")`;

const outcome = (code: string): string => `| extend Code = ${code}
| extend Outcome = ${classBy('Workbook')}`;

/** A KQL string literal. */
export function literal(text: string): string {
  const escaped = text.replace(/[\\"]/g, '\\$&').replace(/[\u0000-\u001f\u007f\u2028\u2029]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `"${escaped}"`;
}

/** The table that holds the requests, if one does. */
export function requestsOf(tables: readonly TableInfo[]): Requests | null {
  const rows = (name: string): number => tables.find((table) => table.name === name)?.rows ?? 0;
  if (rows(GATEWAY.table) > 0) return GATEWAY;
  return rows(APP_REQUESTS.table) > 0 ? APP_REQUESTS : null;
}

interface Range {
  from: string;
  to: string;
}

/** The panels of what is loaded; `rangeOf` says from when to when the rows of a table are. */
export function panelsFor(tables: readonly TableInfo[], rangeOf: (table: string) => Range | null): Panel[] {
  const requests = requestsOf(tables);
  const range = requests && rangeOf(requests.table);
  const has = (table: string): boolean => tables.some(({ name, rows }) => name === table && rows > 0);
  return [
    ...(requests ? panelsOfRequests(requests, range) : []),
    ...(has(ACTIVITY) ? [activityPanel(requests, range)] : []),
    ...(has(METRICS) ? panelsOfMetrics(requests, range ?? rangeOf(METRICS)) : []),
  ];
}

const ACTIVITY = 'AzureActivity';
const METRICS = 'AzureMetrics';
/** Most changes that are listed: those after which most more requests failed. */
const MOST_CHANGES = 50;

const within = ({ from, to }: Range, margin: string): string => `\n| where TimeGenerated between (datetime(${from}) - ${margin} .. datetime(${to}) + ${margin})`;

/**
 * Who changed what, and how many requests failed in the half hours before and after it. An operation
 * is told of when it begins and when it ends: that is one change.
 */
function activityPanel(requests: Requests | null, range: Range | null): Panel {
  const changes = `${ACTIVITY}${range ? within(range, '1d') : ''}
| where CategoryValue !in~ ("Policy", "Recommendation")
| extend
    Operation = iff(isnotempty(OperationName), OperationName, OperationNameValue),
    Status = iff(isnotempty(ActivityStatusValue), ActivityStatusValue, ActivityStatus),
    Change = iff(isnotempty(CorrelationId), CorrelationId, tostring(TimeGenerated)),
    On = iff(isnotempty(_ResourceId), _ResourceId, Resource)
| summarize Began = min(TimeGenerated), arg_max(TimeGenerated, Status), Caller = take_anyif(Caller, isnotempty(Caller)) by Change, Operation, On`;
  const kql = requests ? `let Minutes =
    ${requests.table}
    | extend Code = ${requests.code}
    | summarize Requests = count(), Failed = countif(Code == 400 or Code between (500 .. 599)) by Minute = bin(TimeGenerated, 1m);
${changes}
| mv-expand Minute = range(bin(Began, 1m) - 30m, bin(Began, 1m) + 29m, 1m) to typeof(datetime)
| lookup kind=leftouter Minutes on Minute
| summarize
    RequestsBefore = sumif(Requests, Minute < bin(Began, 1m)),
    FailedBefore = sumif(Failed, Minute < bin(Began, 1m)),
    RequestsAfter = sumif(Requests, Minute >= bin(Began, 1m)),
    FailedAfter = sumif(Failed, Minute >= bin(Began, 1m))
    by Began, Caller, Operation, On, Status, Change
| top ${MOST_CHANGES} by FailedAfter - FailedBefore desc
| order by Began asc` : `${changes}
| top ${MOST_CHANGES} by Began desc
| project Began, Caller, Operation, On, Status, Change
| order by Began asc`;
  return { id: 'activity', title: t.panels.activity, kql };
}

/** How loaded the service was, and how many requests it counted beside those of the rows. */
function panelsOfMetrics(requests: Requests | null, range: Range | null): Panel[] {
  // Metrics come once a minute.
  const [, , , minute] = BINS;
  const least = minute as Bin;
  const ofRange = binFor(range);
  const bin = ofRange.ms < least.ms ? least : ofRange;
  const metrics = `${METRICS}${range ? within(range, '1h') : ''}`;
  const counted = `${metrics}
| where MetricName in~ ("Requests", "TotalRequests")
| summarize Requests = tolong(sum(Total)) by bin(TimeGenerated, ${bin.kql}), Of = MetricName`;
  const rows = requests && `(
    ${requests.table}
    | summarize Requests = count() by bin(TimeGenerated, ${bin.kql}), Of = ${literal(t.activity.rowsHere)})`;
  return [
    {
      id: 'load',
      title: t.panels.load,
      bin,
      kql: `${metrics}
| where MetricName =~ "Capacity" or MetricName has "Percent"
| summarize Average = round(avg(Average), 2), Maximum = max(Maximum) by bin(TimeGenerated, ${bin.kql}), MetricName
| order by TimeGenerated asc, MetricName asc`,
    },
    { id: 'counted', title: t.panels.counted, bin, kql: `${counted}${rows ? `\n| union ${rows}` : ''}\n| order by TimeGenerated asc, Of asc` },
  ];
}

/** Numbers of requests around a change. */
export interface Around {
  requests: number;
  failed: number;
}

/** A change as its panel answers it. */
export interface Change {
  began: string;
  began_ms: number;
  caller: string;
  operation: string;
  on: string;
  status: string;
  /** What its rows share. */
  change: string;
  /** In the half hours before it and after it, where there are requests. */
  before: Around | null;
  after: Around | null;
}

/** What changed, in the order of time. */
export function changesOf(panels: ReadonlyMap<string, { readonly panel: Panel; readonly rows: readonly (readonly unknown[])[] }> | undefined): Change[] {
  const { panel, rows = [] } = panels?.get('activity') ?? {};
  const hasRequests = panel?.kql.startsWith('let') ?? false;
  return rows.map((row) => {
    const text = (at: number): string => String(row[at] ?? '');
    const around = (at: number): Around | null => (hasRequests ? { requests: Number(row[at] ?? 0), failed: Number(row[at + 1] ?? 0) } : null);
    return { began: text(0), began_ms: Date.parse(text(0)), caller: text(1), operation: text(2), on: text(3), status: text(4), change: text(5), before: around(6), after: around(8) };
  });
}

/** The rows of a change, from its beginning to its end. */
export const rowsOfChange = (change: string): string => `${ACTIVITY}
| where CorrelationId == ${literal(change)} or tostring(TimeGenerated) == ${literal(change)}
| order by TimeGenerated asc`;

function panelsOfRequests(requests: Requests, range: Range | null): Panel[] {
  const { table, code, api, backend, total_ms, backend_ms } = requests;
  const bin = binFor(range);
  const top = (by: string, from: string, duration: string, order: string): string => `${table}
${from}| summarize Requests = count(), Failures = countif(${code} >= 400), P95 = percentile(${duration}, 95) by ${by}
| order by ${order}
| take 10`;
  const panels: Panel[] = [
    {
      id: 'timeline',
      title: t.panels.timeline,
      bin,
      kql: `${table}\n${outcome(code)}\n| summarize Requests = count() by bin(TimeGenerated, ${bin.kql}), Outcome\n| order by TimeGenerated asc`,
    },
    { id: 'classes', title: t.panels.classes, kql: `${table}\n${outcome(code)}\n| summarize Requests = count() by Outcome` },
    { id: 'apis', title: t.panels.apis, kql: top(api, '', total_ms, `Failures desc, Requests desc, ${api} asc`) },
    { id: 'apisByLatency', title: t.panels.apisByLatency, kql: top(api, '', total_ms, `P95 desc, ${api} asc`) },
  ];
  if (backend) {
    const reached = `| where isnotempty(${backend})\n`;
    panels.push(
      { id: 'backends', title: t.panels.backends, kql: top(backend, reached, backend_ms, `Failures desc, Requests desc, ${backend} asc`) },
      { id: 'backendsByLatency', title: t.panels.backendsByLatency, kql: top(backend, reached, backend_ms, `P95 desc, ${backend} asc`) },
    );
  }
  return panels;
}

/** The rows of one value of a ranking. */
export function rowsOf(requests: Requests, by: 'api' | 'backend', value: string): string {
  const column = requests[by] ?? requests.api;
  return `${requests.table}\n| where ${column} == ${literal(value)}\n| order by TimeGenerated asc`;
}

/** The rows of one outcome, of one bin if a start is given. */
export function rowsOfOutcome(requests: Requests, of: Outcome | null, start_ms?: number, bin?: Bin): string {
  const lines = [requests.table, outcome(requests.code)];
  if (start_ms !== undefined && bin) {
    const moment = (ms: number): string => `datetime(${new Date(ms).toISOString()})`;
    lines.push(`| where TimeGenerated >= ${moment(start_ms)} and TimeGenerated < ${moment(start_ms + bin.ms)}`);
  }
  if (of) lines.push(`| where Outcome == ${literal(of)}`);
  lines.push('| order by TimeGenerated asc');
  return lines.join('\n');
}
