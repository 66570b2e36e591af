// The command `handoff`: links, templates and scripts. Input: what is wanted, queries, fields of the
// request. Output: one text, or all of them as files of a folder; nothing is sent anywhere.
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { Dataset, handoff as api, recipes } from '../dist/node.js';
import { Unusable, json, texts } from './language.js';

/** What there is: the function, where queries go, and what the request may say. */
const KINDS = {
  'portal-link': { call: 'portalLink', query: 'query', about: 'a link to the logs of the Azure portal', fields: 'resource!, timeSpan, tenant, cloud (public, usGovernment, china), compressed' },
  'adx-link': { call: 'adxLink', query: 'query', about: 'a link to Azure Data Explorer', fields: 'cluster!, database!, tenant, cloud, compressed' },
  'query-pack': { call: 'queryPack', queries: 'queries', about: 'a query pack', fields: 'name, location' },
  'saved-search': { call: 'savedSearch', query: 'query', about: 'a saved search, or a function, of a workspace', fields: 'title!, workspace, category, key, functionAlias, functionParameters' },
  workbook: { call: 'workbook', queries: 'panels', about: 'a workbook, or a template of one', fields: 'title, about, ready (whatBreaks), workspace, location, category, as (workbook, template)' },
  'dashboard-part': { call: 'dashboardPart', queries: 'panels', about: 'parts of a portal dashboard', fields: 'title!, workspace!, name, timeSpan, location, text' },
  'adx-table': { call: 'adxTable', isOfRows: true, about: 'a table of Azure Data Explorer for the rows of a query', fields: 'name!, source, format (multijson, json, csv)' },
  'logs-ingestion': { call: 'logsIngestion', isOfRows: true, takesClock: true, about: 'table, rule, bodies and clients that send the rows of a query', fields: 'name!, workspace, location, workspaceLocation, endpointLocation, through (direct, endpoint),\n                    endpoint, rule, cloud, timeColumn, transformKql' },
  'alert-rule': { call: 'alertRule', query: 'query', about: 'a log search alert rule', fields: 'name!, scope, severity, frequencyMinutes, windowMinutes, aggregation, measure, dimensions, operator, threshold, periods, failingPeriods, stateful, muteMinutes, actionGroups' },
  'metric-alert': { call: 'metricAlert', about: 'an alert rule on a metric of the service', fields: 'name!, service, severity, metric (Requests, Duration, BackendDuration, Capacity), dimensions,\n                    aggregation, operator, threshold, frequencyMinutes, windowMinutes, stateful, actionGroups' },
  'activity-alert': { call: 'activityAlert', about: 'an alert rule on changes of the service', fields: 'name!, service, description, operations, statuses, actionGroups' },
  'empty-answer': { call: 'emptyAnswer', query: 'query', takesClock: true, about: 'why a query returns nothing in a workspace, step by step: what to look at, its query, what\n                    it means when it says no; json gives the steps as data', fields: 'service, workspace' },
  'action-group': { call: 'actionGroup', about: 'who is told when an alert is raised', fields: 'name!, shortName, emails, webhooks, logicApps' },
  logger: { call: 'appInsightsLogger', about: 'a logger of Application Insights', fields: 'name, service, apimWorkspace, identity (systemAssigned, userAssigned, none), clientId,\n                    connectionString, resourceId, description, cloud' },
  diagnostic: { call: 'diagnostic', about: 'a diagnostic entity of all APIs or of one', fields: 'entity (applicationinsights, azuremonitor), service, apimWorkspace, api, logger, sampling,\n                    alwaysLogErrors, verbosity (information, error, verbose), correlation (W3C, Legacy, None),\n                    headers, payloadBytes, metrics, clientIp, operationName (Name, Url), llm' },
  'diagnostic-setting': { call: 'diagnosticSetting', about: 'which categories of a service go to which workspace', fields: 'name, service, workspace, storage, categories, dedicated, metrics' },
  'token-metric-policy': { call: 'tokenMetricPolicy', about: 'a policy that emits metrics of calls or tokens', fields: 'dimensions!, policy (llm-emit-token-metric, azure-openai-emit-token-metric, emit-metric),\n                    name, value, namespace' },
};

const line = ([name, { about, fields }]) => `  ${name.padEnd(18)}${name.length < 18 ? '' : `\n${' '.repeat(20)}`}${about}\n${' '.repeat(20)}${fields}`;

const HELP = `kqlens handoff WHAT [OPTIONS] [QUERY…]        (QUERY is a file of KQL, - standard input)

Writes text that takes a query on to Azure. Nothing is sent; no key is written that was not given.

  back-test         when an alert rule would have been raised over the rows of --data files;
                    its fields are those of alert-rule
  check-setup FILE  what a logger, a diagnostic, a diagnostic setting, a policy or an export of them says,
                    and what is wrong with it: JSON of REST, ARM and Terraform, Bicep, policies as XML
  decode-link LINK  the query, scope and time of a link to the portal, of Grafana, to Data Explorer

${Object.entries(KINDS).map(line).join('\n')}

  --set NAME=TEXT       a field of the request; those with ! must be there
  --set NAME:=JSON      a field that is no text, as compressed:=false
  --request FILE        the request as JSON; --set changes it
  --data FILE           what a query runs over, where its rows are asked for; may be given again;
                        their secrets are replaced unless --no-redact is given
  --kql TEXT            KQL itself in the place of a file of it
  --recipe ID           a recipe in the place of a query, or all; may be given again; what it must
                        be told is as in its example
  --to DIALECT          of recipes: resourceSpecific (if not given) or azureDiagnostics
  --format FORMAT       which of its texts: bicep (if not given), arm, …; json for all of them
  --out FOLDER          writes all of its texts there

Exit code: 0 fine, 1 a set-up with errors, 2 usage or a request that cannot be.
`;

/** What the command prints, and what to know of it. */
export async function handoff([kind, ...files], options, reading) {
  if (options.help || kind === undefined) return { output: HELP, notes: [] };
  if (kind === 'decode-link') return decoded(files, options, reading);
  if (kind === 'check-setup') return checked(files, options, reading);
  if (kind === 'back-test') return tested(files, options, reading);
  if (!Object.hasOwn(KINDS, kind)) throw new Unusable(`no \`${kind}\`: see \`kqlens handoff --help\``);
  const how = KINDS[kind];
  const request = how.isOfRows ? await requestOfRows(how, files, options, reading.load) : requestOf(how, files, options);
  const made = api[how.call](request);
  return made.url === undefined ? written(made, options) : linked(made, options);
}

function decoded(links, { format }, { printable }) {
  if (links.length !== 1) throw new Unusable('`decode-link` requires one link, in quotes');
  const link = api.decodeLink(links[0]);
  if (format === 'json') return { output: `${JSON.stringify(link, null, 2)}\n`, notes: [] };
  // A link may come from anyone: what it holds moves no cursor; into a file it goes as it is.
  const query = process.stdout.isTTY ? printable(link.query) : link.query;
  return { output: `${query}\n`, notes: about(link) };
}

function checked(files, { format, ...options }, { printable }) {
  if (files.length !== 1) throw new Unusable('`check-setup` requires one file, or - for standard input');
  const [{ name, text }] = texts(files, { ...options, kql: undefined });
  const { understood, findings } = api.checkSetup(text);
  const hasErrors = findings.some(({ severity }) => severity === 'error');
  if (format === 'json') return { output: `${JSON.stringify({ understood, findings }, null, 2)}\n`, notes: [], hasErrors };
  const place = ({ start }) => {
    const before = text.slice(0, start).split('\n');
    return `${name}:${before.length}:${before.at(-1).length + 1}`;
  };
  const facts = (one) => Object.entries(one.facts).map(([fact, value]) => `, ${fact} ${printable(value)}`).join('');
  const lines = [
    ...understood.map((one) => `${[place(one.range), one.kind, printable(one.name)].filter(Boolean).join(' ')}${facts(one)}`),
    ...findings.map((one) => `${place(one.range)} ${one.severity} ${one.code} ${printable(one.message)}\n  ${one.help}`),
  ];
  return { output: lines.map((one) => `${one}\n`).join(''), notes: [], hasErrors };
}

async function tested(files, options, { load, clean, printable }) {
  if (!options.data) throw new Unusable('`back-test` requires rows: `--data FILE`');
  const dataset = new Dataset({ mergeDuplicates: options.merge });
  await load(dataset, options.data, options);
  const rule = { name: 'rule', ...requestOf(KINDS['alert-rule'], files, options) };
  const tested = api.backTest(dataset, rule);
  const report = clean({ ...tested, firings: tested.firings() }, options);
  if (options.format === 'json') return { output: `${JSON.stringify(report, null, 2)}\n`, notes: [] };
  const { firings } = report;
  const lines = firings.map(({ fired, resolved, values, peak, muted }) =>
    `${fired}  ${resolved === null ? 'not resolved' : `resolved ${resolved}`}  ${peak}${values.map((value) => `  ${printable(value)}`).join('')}${muted ? '  (muted)' : ''}\n`);
  const alerts = `${firings.length} ${firings.length === 1 ? 'alert' : 'alerts'} in ${report.evaluations.length} evaluations\n`;
  const notes = ['evaluations at whole multiples of the frequency, rows at the time they were generated'];
  if (report.earlyEvaluations > 0) notes.push(`${report.earlyEvaluations} evaluations look back to before the first row`);
  return { output: alerts + lines.join(''), notes };
}

function about({ scope, cluster, database, timeSpan, tenant }) {
  const of = { scope: scope.join(', '), cluster, database, 'time span': timeSpan, tenant };
  return Object.entries(of).filter(([, text]) => text).map(([name, text]) => `${name} ${text}`);
}

function linked({ url, notes }, { format }) {
  return format === 'json' ? { output: `${JSON.stringify({ url, notes }, null, 2)}\n`, notes: [] } : { output: `${url}\n`, notes };
}

function written(artefact, { format, out }) {
  const { files, notes } = artefact;
  if (out !== undefined) {
    try {
      mkdirSync(out, { recursive: true });
      for (const { name, text } of files) writeFileSync(join(out, name), text);
    } catch (error) {
      throw new Unusable(`${out} cannot be written: ${error.message}`);
    }
    return { output: files.map(({ name }) => `${join(out, name)}\n`).join(''), notes };
  }
  if (format === 'json') return { output: `${JSON.stringify(artefact, null, 2)}\n`, notes: [] };
  const file = format === 'text' ? files[0] : files.find((one) => one.format === format);
  if (file === undefined) throw new Unusable(`\`--format\` is json, ${files.map((one) => one.format).join(', ')}`);
  return { output: file.text.endsWith('\n') ? file.text : `${file.text}\n`, notes };
}

async function requestOfRows({ takesClock }, files, options, load) {
  const all = texts(files, options);
  if (all.length !== 1 || options.data === undefined) throw new Unusable('this takes one query and `--data` with files that it runs over');
  const dataset = new Dataset({ mergeDuplicates: options.merge });
  await load(dataset, options.data, options);
  const query = all[0].text.trimEnd();
  const answer = dataset.query(query, { now: options.now }).toJson({ redact: !options['no-redact'] });
  if (!takesClock) return { ...fieldsOf(options), answer };
  return { query, ...(options.now === undefined ? {} : { now: options.now }), ...fieldsOf(options), answer };
}

function fieldsOf(options) {
  const request = options.request === undefined ? {} : json(options.request);
  for (const pair of options.set ?? []) set(request, pair);
  return request;
}

function requestOf({ query, queries, takesClock }, files, options) {
  const request = { ...(takesClock && options.now !== undefined ? { now: options.now } : {}), ...fieldsOf(options) };
  const ids = options.recipe ?? [];
  const hasTexts = files.length > 0 || options.kql !== undefined;
  if (queries !== undefined) {
    if (hasTexts) request[queries] = [...(request[queries] ?? []), ...texts(files, options).map(titled)];
    if (ids.length > 0) request.recipes = ids.includes('all') ? 'all' : ids;
    if (ids.length > 0 && options.to !== undefined) request.dialect = options.to;
    return request;
  }
  const all = [
    ...(hasTexts ? texts(files, options).map(({ text }) => text) : []),
    ...ids.map((id) => recipes.build(id, exampleOf(id), { dialect: options.to })),
  ];
  if (all.length > 1) throw new Unusable('this takes one query');
  if (all.length === 1) request[query] = all[0].trimEnd();
  return request;
}

/** What a recipe must be told, as in its example. */
function exampleOf(id) {
  const { parameters = [], example } = recipes.list().find((one) => one.id === id) ?? {};
  return Object.fromEntries(parameters.filter(({ required }) => required).map(({ name }) => [name, example[name]]));
}

function titled({ name, path, text }, at) {
  return { title: path === undefined || path === '-' ? `Query ${at + 1}` : basename(name, extname(name)), query: text.trimEnd() };
}

function set(request, pair) {
  const [, name, isJson, value] = /^(\w+)(:?)=([^]*)$/.exec(pair) ?? [];
  if (name === undefined) throw new Unusable(`\`${pair}\` is no NAME=TEXT and no NAME:=JSON`);
  try {
    request[name] = isJson ? JSON.parse(value) : value;
  } catch {
    throw new Unusable(`\`${name}\` is given no JSON`);
  }
}
