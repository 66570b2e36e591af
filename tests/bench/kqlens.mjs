// kqlens' side of the benchmark, with the interface of the peers: the npm package in Node, KQL text
// in, canonical answers out. The digest of an answer must equal the peers' before a time counts.
import { pathToFileURL } from 'node:url';

export const name = 'kqlens';
export const shapes = ['jsonl', 'rest', 'csv'];

const CHUNK_BYTES = 8 << 20;
const NOW = { now: '2026-03-03T12:00:00Z' };
const W2 = `ApiManagementGatewayLogs
| where ResponseCode >= 400
| summarize count() by ResponseCode, LastErrorReason, LastErrorSource
| order by count_ desc`;
const W3 = `ApiManagementGatewayLogs
| summarize Requests = count(), Errors = countif(ResponseCode >= 400), percentiles(TotalTime, 50, 95, 99) by ApiId, bin(TimeGenerated, 5m)
| order by ApiId asc, TimeGenerated asc`;
const W4 = `ApiManagementGatewayLogs
| where LastErrorMessage contains "RemoteCertificateValidationCallback"
| summarize count() by ApiId, BackendId
| order by count_ desc`;
const W5_IDS = 'ApiManagementGatewayLogs | distinct CorrelationId | count';
const W5_TOKENS = `ApiManagementGatewayLlmLog
| join kind=inner (ApiManagementGatewayLogs | project CorrelationId, ApiId) on CorrelationId
| summarize count(), sum(TotalTokens) by ApiId
| order by ApiId asc`;

export async function init() {
  const { Dataset } = await import(pathToFileURL(`${process.env.KQLENS_PACKAGE}/dist/node.js`));
  return { Dataset, dataset: null };
}

function read(dataset, bytes, options) {
  const writer = dataset.open(options);
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) writer.push(bytes.subarray(at, at + CHUNK_BYTES));
  return writer.finish();
}

export async function ingest(context, shape, bytes) {
  context.dataset?.free();
  context.dataset = new context.Dataset();
  read(context.dataset, bytes, { name: shape });
  return context.dataset;
}

export async function ingestLlm(context, bytes) {
  return read(context.dataset, bytes, { name: 'llm' });
}

export const count = (dataset) => rowsOf(dataset, 'ApiManagementGatewayLogs | count')[0][0];

function rowsOf(dataset, kql) {
  const result = dataset.query(kql, NOW);
  const rows = result.rows();
  result.free();
  return rows;
}

const compare = (a, b) => {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? 0 : a[at] < b[at] ? -1 : 1;
};

export const query = {
  w2: (dataset) => rowsOf(dataset, W2).map(([code, reason, source, n]) => [code, reason ?? '', source ?? '', n])
    .sort((a, b) => b[3] - a[3] || compare(a, b)),
  w3: (dataset) => rowsOf(dataset, W3).map(([api, time, ...rest]) => [api, Date.parse(time), ...rest]).sort(compare),
  w4: (dataset) => rowsOf(dataset, W4).sort((a, b) => b[2] - a[2] || compare(a, b)),
  w5: (dataset) => [rowsOf(dataset, W5_IDS)[0][0], rowsOf(dataset, W5_TOKENS).sort(compare)],
};
