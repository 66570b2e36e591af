// The ways on from a query to where the data is, and to the settings that send it there: what each is
// asked, and how the engine is asked for it.
//
// One table of ways and fields; forms are drawn from it, words stand in the texts. Names of fields are
// those of the requests of `handoff`, so that what the engine refuses is told at its field. Places (a
// workspace, a region) are the same for all ways: they are kept on this device, and are filled in from
// the rows where those say them.
import type { AlertRuleRequest, Artefact, Diagnostic, Finding, Link, MetricAlertRequest } from 'kqlens';
import type { EngineError } from 'kqlens/client';
import { columnKql } from './conditions';
import { AGGREGATIONS, type Dimension, DIMENSIONS, metricRuleOf, METRICS, rowsOf, USUAL } from './metric-alert';
import type { Place, Places, Setting } from './places';
import { timeRangeOf, type Session } from './session';

export type FieldKind = 'text' | 'lines' | 'list' | 'number' | 'choice' | 'flag' | 'dimensions' | 'values';

export interface Field {
  /** That of the request, and of its texts. */
  name: string;
  /** Its texts, where they are not those of the name. */
  words?: string;
  kind: FieldKind;
  isRequired?: true;
  /** What the engine takes where nothing is said. */
  preset?: string;
  choices?: readonly string[];
  /** The choices, or the names of dimensions, where they depend on another choice. */
  choicesBy?: { field: string; of: Readonly<Record<string, readonly string[]>> };
  /** Where it is the same for all ways. */
  place?: Place;
  /** What must be chosen elsewhere for it to be there. */
  within?: { field: string; choice: string };
}

type Asked = Readonly<Record<string, unknown>>;

export interface Way {
  id: 'portalLink' | 'adxLink' | 'alertRule' | 'workbook' | 'savedSearch' | 'queryPack' | 'dashboardPart' | 'adxTable' | 'logsIngestion' | 'emptyAnswer' | Setting['way'];
  fields: readonly Field[];
  /** What the request is made of; `answer` is that of the query as JSON. */
  request: (query: string, given: Asked, answer: string) => Asked;
  /** Whether it is made of the rows that the query answers. */
  needsAnswer?: true;
}

/** What a way gives: a link, or files. */
export type Handed = Link | (Artefact & { diagnostics?: Diagnostic[] });

const CLOUD: Field = { name: 'cloud', kind: 'choice', place: 'cloud', preset: 'public', choices: ['public', 'usGovernment', 'china'] };
const TENANT: Field = { name: 'tenant', kind: 'text', place: 'tenant' };
const LOCATION: Field = { name: 'location', kind: 'text', place: 'location' };
const WORKSPACE: Field = { name: 'workspace', kind: 'text', place: 'workspace' };
const TIME_SPAN: Field = { name: 'timeSpan', kind: 'text' };
const TITLE: Field = { name: 'title', kind: 'text', isRequired: true };
const ABOUT: Field = { name: 'about', kind: 'lines' };
const RECIPES: Field = { name: 'recipes', kind: 'flag' };
const SERVICE: Field = { name: 'service', kind: 'text', place: 'service' };
const APIM_WORKSPACE: Field = { name: 'apimWorkspace', kind: 'text' };
const OF_INSIGHTS = { field: 'entity', choice: 'applicationinsights' };
const OF_MONITOR = { field: 'entity', choice: 'azuremonitor' };
const OF_MODELS = { field: 'llm', choice: 'yes' };
const OF_OWN_METRIC = { field: 'policy', choice: 'emit-metric' };

/** How often a rule may be evaluated, in minutes; its windows may be of two days too. */
const FREQUENCIES = ['1', '5', '10', '15', '30', '45', '60', '120', '180', '240', '300', '360', '720', '1440'];
const PERIODS = ['1', '2', '3', '4', '5', '6'];
const NAME: Field = { name: 'name', kind: 'text', isRequired: true };
const SEVERITY: Field = { name: 'severity', kind: 'choice', preset: '2', choices: ['0', '1', '2', '3', '4'] };
const DESCRIPTION: Field = { name: 'description', kind: 'lines' };
const ACTION_GROUPS: Field = { name: 'actionGroups', kind: 'list', place: 'actionGroups' };
const OPERATOR: Field = { name: 'operator', kind: 'choice', preset: 'GreaterThan', choices: ['GreaterThan', 'GreaterThanOrEqual', 'LessThan', 'LessThanOrEqual', 'Equals'] };
const THRESHOLD: Field = { name: 'threshold', kind: 'number', preset: '0' };
/** Of rules on metrics and on activities, which know a service by its id alone. */
const SERVICE_ID: Field = { ...SERVICE, words: 'serviceId' };

/** Rules on what the service itself tells, and who is told of them: made of what is typed alone. */
const ALERTS: readonly Way[] = [
  {
    id: 'metricAlert',
    fields: [
      NAME, SEVERITY, SERVICE_ID, DESCRIPTION, ACTION_GROUPS, { name: 'stateful', kind: 'flag', preset: 'yes' },
      // What a replay depends on stands next to it.
      { name: 'metric', kind: 'choice', preset: USUAL.metric, choices: METRICS }, { name: 'aggregation', kind: 'choice', choicesBy: { field: 'metric', of: AGGREGATIONS } },
      { name: 'frequencyMinutes', kind: 'choice', preset: String(USUAL.frequencyMinutes), choices: ['1', '5', '15', '30', '60'] },
      { name: 'windowMinutes', kind: 'choice', preset: String(USUAL.windowMinutes), choices: ['1', '5', '15', '30', '60', '360', '720', '1440'] },
      { name: 'dimensions', words: 'metricDimensions', kind: 'dimensions', choicesBy: { field: 'metric', of: DIMENSIONS } }, OPERATOR, THRESHOLD,
    ],
    request: (_, given) => given,
  },
  {
    id: 'activityAlert',
    fields: [NAME, SERVICE_ID, DESCRIPTION, { name: 'operations', kind: 'list' }, { name: 'statuses', kind: 'list' }, ACTION_GROUPS],
    request: (_, given) => given,
  },
  {
    id: 'actionGroup',
    fields: [NAME, { name: 'shortName', kind: 'text' }, { name: 'emails', kind: 'list' }, { name: 'webhooks', kind: 'list' }, { name: 'logicApps', kind: 'list' }],
    request: (_, given) => given,
  },
];

/** A recipe of all is asked for by one word. */
const withRecipes = ({ recipes, ...given }: Asked): Asked => ({ ...given, ...(recipes ? { recipes: 'all' } : {}) });

export const WAYS: readonly Way[] = [
  {
    id: 'portalLink',
    fields: [{ name: 'resource', kind: 'text', isRequired: true, place: 'workspace' }, TIME_SPAN, TENANT, CLOUD],
    request: (query, given) => ({ query, ...given }),
  },
  {
    id: 'adxLink',
    fields: [{ name: 'cluster', kind: 'text', isRequired: true, place: 'cluster' }, { name: 'database', kind: 'text', isRequired: true, place: 'database' }, TENANT, CLOUD],
    request: (query, given) => ({ query, ...given }),
  },
  {
    id: 'alertRule',
    fields: [
      NAME, SEVERITY,
      { name: 'muteMinutes', kind: 'number' },
      { name: 'scope', kind: 'text', place: 'workspace' },
      DESCRIPTION, ACTION_GROUPS,
      // What a replay depends on stands next to it.
      { name: 'frequencyMinutes', kind: 'choice', preset: '5', choices: FREQUENCIES },
      { name: 'windowMinutes', kind: 'choice', preset: '5', choices: [...FREQUENCIES, '2880'] },
      { name: 'aggregation', kind: 'choice', preset: 'Count', choices: ['Count', 'Total', 'Average', 'Minimum', 'Maximum'] },
      { name: 'measure', kind: 'text' },
      { name: 'periods', kind: 'choice', preset: '1', choices: PERIODS },
      { name: 'failingPeriods', kind: 'choice', preset: '1', choices: PERIODS },
      { name: 'dimensions', kind: 'dimensions' },
      OPERATOR, THRESHOLD,
    ],
    request: (query, given) => ({ query, ...given }),
  },
  ...ALERTS,
  {
    id: 'workbook',
    fields: [TITLE, { name: 'as', kind: 'choice', preset: 'workbook', choices: ['workbook', 'template'] }, WORKSPACE, LOCATION, ABOUT],
    request: (query, { title, about, ...given }) => ({ title, ...given, panels: [{ title, query, ...(about ? { about } : {}) }] }),
  },
  {
    id: 'savedSearch',
    fields: [TITLE, WORKSPACE, { name: 'category', kind: 'text' }, { name: 'functionAlias', kind: 'text' }, { name: 'functionParameters', kind: 'text' }],
    request: (query, given) => ({ query, ...given }),
  },
  {
    id: 'queryPack',
    fields: [TITLE, { name: 'name', kind: 'text' }, LOCATION, ABOUT, RECIPES],
    request: (query, { title, about, ...given }) => ({ ...withRecipes(given), queries: [{ title, query, ...(about ? { about } : {}) }] }),
  },
  {
    id: 'dashboardPart',
    fields: [TITLE, { ...WORKSPACE, isRequired: true }, TIME_SPAN, LOCATION, { name: 'text', kind: 'lines' }],
    request: (query, { title, ...given }) => ({ title, ...given, panels: [{ title, query }] }),
  },
  {
    id: 'adxTable',
    needsAnswer: true,
    fields: [NAME, { name: 'source', kind: 'text' }, { name: 'format', kind: 'choice', preset: 'multijson', choices: ['multijson', 'json', 'csv'] }],
    request: (_, given, answer) => ({ ...given, answer }),
  },
  {
    id: 'logsIngestion',
    needsAnswer: true,
    fields: [
      NAME, WORKSPACE, LOCATION,
      { name: 'through', kind: 'choice', preset: 'direct', choices: ['direct', 'endpoint'] },
      { name: 'endpoint', kind: 'text' }, { name: 'rule', kind: 'text' }, { name: 'timeColumn', kind: 'text' }, { name: 'transformKql', kind: 'lines' }, CLOUD,
    ],
    request: (query, given, answer) => ({ ...given, query, answer, now: new Date().toISOString() }),
  },
  { id: 'emptyAnswer', fields: [], request: (query) => ({ query }) },
];

/** Settings of the service and alerts on it, made of what is typed alone. */
export const SETTINGS: readonly Way[] = [
  {
    id: 'diagnosticSetting',
    fields: [
      SERVICE, WORKSPACE, { name: 'categories', kind: 'list' }, { name: 'name', kind: 'text', preset: 'kqlens' },
      { name: 'dedicated', kind: 'flag', preset: 'yes' }, { name: 'metrics', words: 'serviceMetrics', kind: 'flag' }, { name: 'storage', kind: 'text' },
    ],
    request: (_, given) => given,
  },
  {
    id: 'diagnostic',
    fields: [
      SERVICE, { name: 'entity', kind: 'choice', preset: 'applicationinsights', choices: ['applicationinsights', 'azuremonitor'] },
      { name: 'api', kind: 'text' }, APIM_WORKSPACE, { name: 'logger', kind: 'text', within: OF_INSIGHTS },
      { name: 'sampling', kind: 'number', preset: '100' }, { name: 'verbosity', kind: 'choice', preset: 'information', choices: ['verbose', 'information', 'error'] },
      { name: 'correlation', kind: 'choice', preset: 'W3C', choices: ['W3C', 'Legacy', 'None'], within: OF_INSIGHTS }, { name: 'operationName', kind: 'choice', preset: 'Name', choices: ['Name', 'Url'], within: OF_INSIGHTS },
      { name: 'payloadBytes', kind: 'number', preset: '0' }, { name: 'alwaysLogErrors', kind: 'flag', preset: 'yes' }, { name: 'clientIp', kind: 'flag', preset: 'yes' },
      { name: 'metrics', words: 'policyMetrics', kind: 'flag', within: OF_INSIGHTS }, { name: 'llm', kind: 'flag', within: OF_MONITOR },
      { name: 'requestBytes', kind: 'number', preset: '32768', within: OF_MODELS }, { name: 'responseBytes', kind: 'number', preset: '32768', within: OF_MODELS }, { name: 'headers', kind: 'list' },
    ],
    request: (_, { llm, requestBytes, responseBytes, ...given }) => ({
      ...given,
      ...(llm ? { llm: { ...(requestBytes === undefined ? {} : { requestBytes }), ...(responseBytes === undefined ? {} : { responseBytes }) } } : {}),
    }),
  },
  {
    id: 'appInsightsLogger',
    fields: [
      SERVICE, APIM_WORKSPACE, { name: 'name', kind: 'text', preset: 'applicationinsights' },
      { name: 'identity', kind: 'choice', preset: 'systemAssigned', choices: ['systemAssigned', 'userAssigned', 'none'] },
      { name: 'clientId', kind: 'text', isRequired: true, within: { field: 'identity', choice: 'userAssigned' } }, { name: 'connectionString', kind: 'text' }, { name: 'resourceId', kind: 'text' }, { name: 'description', words: 'loggerDescription', kind: 'text' }, CLOUD,
    ],
    request: (_, given) => given,
  },
  {
    id: 'tokenMetricPolicy',
    fields: [
      { name: 'policy', kind: 'choice', preset: 'llm-emit-token-metric', choices: ['llm-emit-token-metric', 'azure-openai-emit-token-metric', 'emit-metric'] },
      { name: 'namespace', kind: 'text' }, { name: 'name', words: 'metricName', kind: 'text', isRequired: true, within: OF_OWN_METRIC }, { name: 'value', kind: 'text', within: OF_OWN_METRIC },
      { name: 'dimensions', words: 'policyDimensions', kind: 'values', isRequired: true },
    ],
    request: (_, given) => given,
  },
  ...ALERTS,
];

/** Rows that a way carries; more of them outgrow what is copied by hand. */
const MOST_ANSWER_ROWS = 10_000;

/** Columns that a query answers with, as the completion behind it knows them. */
export async function columnsOf({ engine }: Session, kql: string): Promise<string[]> {
  const text = `${kql}\n| project `;
  const offered = await engine.language('complete', text, text.length);
  return offered.filter(({ kind }) => kind === 'column').map(({ label }) => label);
}

const linesOf = (text: string): string[] => text.split('\n').map((line) => line.trim()).filter((line) => line !== '');

/** The dimensions of a form, as their text has them; those without a name too. */
export function dimensionsIn(text: string): Dimension[] {
  return text === '' ? [] : (JSON.parse(text) as Dimension[]);
}

/** `API ID`, or `Team = @(…)` with its value. */
function valueIn(line: string): Asked {
  const at = line.indexOf('=');
  return at < 0 ? { name: line } : { name: line.slice(0, at).trim(), value: line.slice(at + 1).trim() };
}

/** What a request says, as it is typed. */
export function typedOf({ fields }: Way, request: Asked): [Field, string][] {
  const inside = typeof request.llm === 'object' && request.llm !== null ? request.llm : {};
  const said: Asked = { ...request, ...inside };
  const lineOf = (part: unknown): string => (typeof part === 'string' ? part : Object.values(part as object).join(' = '));
  return fields.flatMap((field): [Field, string][] => {
    const value = said[field.name];
    if (value === undefined) return [];
    if (field.kind === 'flag') return [[field, value === false ? 'no' : 'yes']];
    if (field.kind === 'dimensions') return [[field, JSON.stringify(value)]];
    return [[field, Array.isArray(value) ? value.map(lineOf).join('\n') : String(value)]];
  });
}

/** The fields that there are with what is chosen. */
export function fieldsOf({ fields }: Way, valueOf: (field: Field) => string): Field[] {
  const isThere = ({ within }: Field): boolean => {
    const chosen = within && fields.find(({ name }) => name === within.field);
    return !chosen || (isThere(chosen) && (valueOf(chosen) || chosen.preset) === within.choice);
  };
  return fields.filter(isThere);
}

/** What can be chosen, with what is chosen elsewhere. */
export function choicesOf({ fields }: Way, { choices = [], choicesBy }: Field, valueOf: (field: Field) => string): readonly string[] {
  const other = choicesBy && fields.find(({ name }) => name === choicesBy.field);
  return other ? choicesBy.of[valueOf(other) || (other.preset ?? '')] ?? [] : choices;
}

/** What was typed, as the request has it; what is empty is left out. */
export function given(way: Way, valueOf: (field: Field) => string): Asked {
  return Object.fromEntries(fieldsOf(way, valueOf).flatMap((field): [string, unknown][] => {
    const text = valueOf(field);
    if (text.trim() === '') return [];
    const isCount = /Minutes$|^(periods|failingPeriods|severity)$/.test(field.name);
    if (field.kind === 'number' || isCount) return [[field.name, Number.isFinite(Number(text)) ? Number(text) : text]];
    if (field.kind === 'flag') return [[field.name, text === 'yes']];
    if (field.kind === 'list') return [[field.name, linesOf(text)]];
    if (field.kind === 'values') return [[field.name, linesOf(text).map(valueIn)]];
    if (field.kind === 'dimensions') {
      const named = dimensionsIn(text).filter(({ name }) => name !== '');
      const dimensions = named.map(({ values = [], ...rest }) => ({ ...rest, ...(values.length > 0 ? { values } : {}) }));
      return dimensions.length > 0 ? [[field.name, dimensions]] : [];
    }
    // What another choice has taken away is not chosen.
    if (field.choicesBy && !choicesOf(way, field, valueOf).includes(text)) return [];
    return [[field.name, field.kind === 'choice' ? text : text.trim()]];
  }));
}

/** The field that an error speaks of: `queries[0].title` is the title. */
export function fieldOf(way: Way, { field }: EngineError): Field | undefined {
  if (field === undefined) return undefined;
  const [first = '', ...rest] = field.replace(/\[\d+\]/g, '').split('.');
  const isOf = (name: string | undefined) => way.fields.find((candidate) => candidate.name === name);
  // Bytes of messages are within what they are logged by.
  return (first === 'llm' ? isOf(rest.at(-1)) : undefined) ?? isOf(first) ?? isOf(rest.at(-1));
}

/** Fields that must be said and are not. */
export const missingOf = (way: Way, valueOf: (field: Field) => string): Field[] => fieldsOf(way, valueOf).filter((field) => field.isRequired && valueOf(field).trim() === '');

/** What of an alert rule decides when it is raised, over rows that are here. */
export function replayed(way: Way, valueOf: (field: Field) => string, query: string): AlertRuleRequest {
  const { scope, actionGroups, description, severity, ...rule } = given(way, valueOf);
  return { ...rule, name: 'replay', query };
}

/** What of a metric alert decides when it is raised. */
export const metricRule = (way: Way, valueOf: (field: Field) => string): MetricAlertRequest => ({ ...given(way, valueOf), name: 'replay' });

/** What a finding says of the fields of ways, by way and field. */
export async function saidBy(session: Session, finding: Finding): Promise<ReadonlyMap<string, string>> {
  const way = ALERTS.find(({ id }) => id === 'metricAlert');
  const said = new Map(['alertRule', 'metricAlert'].map((id) => [`${id} ${DESCRIPTION.name}`, finding.meaning]));
  if (way) for (const [field, text] of typedOf(way, await metricRuleOf(session, finding))) said.set(`${way.id} ${field.name}`, text);
  return said;
}

/** What a title gives for a field that wants a name. */
export function suggested({ id }: Way, { name }: Field, title: string): string {
  if (name === 'title') return title.slice(0, 200);
  if (name !== 'name' || ['queryPack', 'activityAlert', 'actionGroup'].includes(id) || title === '') return '';
  if (id === 'alertRule' || id === 'metricAlert') return title.replace(/[#<>%&:?/{}*]/g, ' ').replace(/\s+/g, ' ').trim().slice(0, 200);
  return title.normalize('NFKD').replace(/[^A-Za-z0-9]+/g, ' ').trim().split(' ').map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join('').replace(/^\d+/, '').slice(0, 40);
}

/** The engine's answer on a way. */
export class Handoff {
  readonly session: Session;
  #answer: { kql: string; json: Promise<string> } | null = null;

  constructor(session: Session) {
    this.session = session;
  }

  /** `kql` runs here, `query` is the same as the workspace has it. */
  async make(way: Way, query: string, kql: string, asked: Asked): Promise<Handed> {
    const answer = way.needsAnswer ? await this.#json(kql) : '';
    return (await this.session.engine.call('handoff', way.id, way.request(query, asked, answer))) as Handed;
  }

  /** The answer of the query without secrets; asked for once. */
  #json(kql: string): Promise<string> {
    if (this.#answer?.kql !== kql) this.#answer = { kql, json: this.#run(kql) };
    return this.#answer.json;
  }

  async #run(kql: string): Promise<string> {
    const now = timeRangeOf(this.session.sources)?.to;
    const result = await this.session.engine.query(kql, { maxRows: MOST_ANSWER_ROWS, ...(now ? { now } : {}) });
    try {
      return await result.toText('json');
    } finally {
      result.release();
    }
  }
}

/** The columns that say a place, and what they say. */
const SEEN: readonly { place: Place; column: string; read: (text: string) => string }[] = [
  { place: 'service', column: '_ResourceId', read: (text) => (/\/providers\/microsoft\.apimanagement\/service\//i.test(text) ? text : '') },
  { place: 'location', column: 'Region', read: (text) => text.toLowerCase().replace(/\s+/g, '') },
];

/** Places that the rows say. */
export async function seenPlaces(session: Session): Promise<Places> {
  const found: [Place, string][] = [];
  for (const { place, column, read } of SEEN) {
    const saying = session.tables.filter(({ rows, columns }) => rows > 0 && columns.some(({ name }) => name === column)).sort((a, b) => b.rows - a.rows);
    // The table with most rows need not say it.
    for (const { name } of saying) {
      const [row] = await rowsOf(session, `${columnKql(name)}\n| where isnotempty(${column})\n| summarize Rows = count() by ${column}\n| top 1 by Rows`);
      const text = read(String(row?.[0] ?? ''));
      if (text === '') continue;
      found.push([place, text]);
      break;
    }
  }
  return Object.fromEntries(found);
}

/** Most operations that are offered. */
const MOST_OPERATIONS = 8;

/** What was done to services of API Management, as the activity log has it, the most frequent first. */
export async function operationsIn(session: Session): Promise<string[]> {
  if (!session.tables.some(({ name, rows }) => name === 'AzureActivity' && rows > 0)) return [];
  const rows = await rowsOf(session, `AzureActivity\n| where OperationNameValue has "Microsoft.ApiManagement"\n| summarize Rows = count() by OperationNameValue\n| top ${MOST_OPERATIONS} by Rows`);
  return rows.map(([operation]) => String(operation)).sort();
}
