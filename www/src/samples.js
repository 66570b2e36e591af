// Three incidents to look at without an export of one's own.
//
// Each is made by arithmetic on the row number: no clock, no randomness, the same bytes every time.
// The files have the shapes of real exports, so that reading them is what reading an export is.
import { tokenLimits } from './samples/llm.js';
import { guid, iso, MINUTE_MS, pick, spread, START_MS } from './samples/rows.js';
import { activityLog, platformMetrics } from './samples/service.js';
export { ledger } from './samples/llm.js';
export { plantedSecrets } from './samples/secrets.js';

/**
 * @typedef {{ name: string, text: string }} SampleFile
 * @typedef {{ id: string, title: string, about: string, files: () => SampleFile[] }} Sample
 */

const RESOURCE = '/SUBSCRIPTIONS/00000000-0000-4000-8000-00000000C0DE/RESOURCEGROUPS/RG-SHOP/PROVIDERS/MICROSOFT.APIMANAGEMENT/SERVICE/APIM-SHOP';
const SHOP = 'https://api.shop.example';

const APIS = [
  { id: 'payments-v2', backend: 'payments-backend', host: 'payments.internal.example', operations: ['create-payment', 'get-payment', 'refund-payment'], typical_ms: 140 },
  { id: 'ledger', backend: 'ledger-backend', host: 'ledger.internal.example', operations: ['post-entry', 'get-balance'], typical_ms: 90 },
  { id: 'orders', backend: 'orders-backend', host: 'orders.internal.example', operations: ['create-order', 'get-order', 'list-orders'], typical_ms: 60 },
  { id: 'catalog', backend: 'catalog-backend', host: 'catalog.internal.example', operations: ['search', 'get-item'], typical_ms: 35 },
  { id: 'customers', backend: 'customers-backend', host: 'customers.internal.example', operations: ['get-customer', 'update-customer'], typical_ms: 50 },
  { id: 'shipping', backend: 'shipping-backend', host: 'shipping.internal.example', operations: ['quote', 'track'], typical_ms: 220 },
];

/** A gateway record as the storage account gets it. @param {number} row @param {number} ms */
function gatewayRecord(row, ms) {
  const api = pick(APIS, row, 1);
  const operation = pick(api.operations, row, 2);
  const backend_ms = api.typical_ms + spread(row, 3, api.typical_ms);
  const total_ms = backend_ms + 2 + spread(row, 4, 9);
  const path = `/${api.id}/${operation}`;
  return {
    time: iso(ms),
    resourceId: RESOURCE,
    category: 'GatewayLogs',
    operationName: 'Microsoft.ApiManagement/GatewayLogs',
    Level: 4,
    isRequestSuccess: true,
    durationMs: total_ms,
    callerIpAddress: `203.0.113.${1 + spread(row, 5, 40)}`,
    correlationId: guid(row, 6),
    location: 'West Europe',
    properties: /** @type {Record<string, unknown>} */ ({
      method: /^(create|post|refund|update|quote)/.test(operation) ? 'POST' : 'GET',
      url: SHOP + path,
      responseCode: 200,
      responseSize: 400 + spread(row, 7, 6000),
      requestSize: 300 + spread(row, 8, 900),
      backendMethod: /^(create|post|refund|update|quote)/.test(operation) ? 'POST' : 'GET',
      backendUrl: `https://${api.host}${path}`,
      backendResponseCode: 200,
      backendProtocol: 'HTTP/1.1',
      backendTime: backend_ms,
      backendId: api.backend,
      cache: 'none',
      clientProtocol: 'HTTP/1.1',
      clientTlsVersion: '1.2',
      apiId: api.id,
      apiRevision: '1',
      operationId: operation,
      productId: pick(['web', 'mobile', 'partners'], row, 9),
      apimSubscriptionId: pick(['sub-web', 'sub-ios', 'sub-android', 'sub-acme', 'sub-globex'], row, 10),
    }),
  };
}

/** Turns a record into one that failed in the gateway. @param {ReturnType<typeof gatewayRecord>} record @param {number} code @param {Record<string, unknown>} lastError */
function fail(record, code, lastError) {
  const { properties } = record;
  for (const name of ['backendMethod', 'backendUrl', 'backendResponseCode', 'backendProtocol', 'backendTime', 'backendId']) delete properties[name];
  record.isRequestSuccess = false;
  record.durationMs = 3 + (record.durationMs % 11);
  properties.responseCode = code;
  properties.lastError = { elapsed: record.durationMs, scope: 'api', section: 'inbound', ...lastError };
  return record;
}

/** @param {number} row @param {number} ms */
function withoutKey(row, ms) {
  return fail(gatewayRecord(row, ms), 401, {
    source: 'configuration',
    reason: 'SubscriptionKeyNotFound',
    message: 'Access denied due to missing subscription key. Make sure to include subscription key when making requests to an API.',
  });
}

/** @param {number} row @param {number} ms */
function withExpiredToken(row, ms) {
  return fail(gatewayRecord(row, ms), 401, {
    source: 'validate-jwt',
    reason: 'TokenExpired',
    message: 'JWT Validation Failed: IDX10223: Lifetime validation failed. The token is expired.',
  });
}

function certificateRotation() {
  const rotated_ms = START_MS + 95 * MINUTE_MS;
  const lines = [];
  /** @type {number[]} */
  const perMinute = [];
  for (let row = 0; row < 4800; row++) {
    const ms = START_MS + row * 2250 + spread(row, 11, 2000);
    const minute = Math.floor((ms - START_MS) / MINUTE_MS);
    perMinute[minute] = (perMinute[minute] ?? 0) + 1;
    let record = gatewayRecord(row, ms);
    const { backendId, backendUrl, backendMethod } = record.properties;
    const isRotated = backendId === 'payments-backend' || backendId === 'ledger-backend';
    if (isRotated && ms > rotated_ms + (backendId === 'ledger-backend' ? 6 * MINUTE_MS : 0)) {
      record = fail(record, 500, {
        source: 'forward-request',
        section: 'backend',
        reason: 'BackendConnectionFailure',
        message: 'Error occurred while calling backend service. The SSL connection could not be established, see inner exception. The remote certificate was rejected by the provided RemoteCertificateValidationCallback.',
      });
      Object.assign(record.properties, { backendId, backendUrl, backendMethod });
    } else if (row % 97 === 13) {
      record = withoutKey(row, ms);
    } else if (row % 211 === 40) {
      record.isRequestSuccess = false;
      Object.assign(record.properties, { responseCode: 404, backendResponseCode: 404 });
    }
    lines.push(JSON.stringify(record));
  }
  const changes = [
    { at_ms: START_MS + 41 * MINUTE_MS, caller: 'deploy@shop.example', operation: 'Microsoft.ApiManagement/service/apis/policies/write', title: 'Create or update API policy', on: '/apis/orders' },
    { at_ms: rotated_ms - 3 * MINUTE_MS, caller: 'ops@shop.example', operation: 'Microsoft.ApiManagement/service/certificates/delete', title: 'Delete certificate', on: '/certificates/shop-ca-2024' },
  ];
  return [
    { name: 'PT1H.json', text: `${lines.join('\n')}\n` },
    { name: 'activity-log.json', text: activityLog(RESOURCE, changes) },
    { name: 'metrics.json', text: platformMetrics(RESOURCE, START_MS, perMinute) },
  ];
}

/** @param {unknown} cell */
function csvCell(cell) {
  const text = cell === null || cell === undefined ? '' : String(cell);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function mixedAndDirty() {
  const lines = [];
  for (let row = 0; row < 900; row++) {
    const ms = START_MS + row * 7000;
    const record = row % 6 === 0 ? withExpiredToken(row, ms) : row % 45 === 7 ? withoutKey(row, ms) : gatewayRecord(row, ms);
    const text = JSON.stringify(record);
    if (row % 130 === 60) lines.push(text.slice(0, Math.floor(text.length / 2)));
    else lines.push(text);
    if (row % 200 === 90) lines.push('-- export resumed after a timeout --');
  }
  const header = ['TimeGenerated [UTC]', 'Id', 'Name', 'Url', 'Success', 'ResultCode', 'DurationMs', 'OperationId', 'AppRoleName', 'Properties', 'Type'];
  const rows = [header.join(',')];
  for (let row = 0; row < 400; row++) {
    const moment = new Date(START_MS + row * 15_500);
    const hour = moment.getUTCHours();
    const two = (/** @type {number} */ n) => String(n).padStart(2, '0');
    const time = `${moment.getUTCMonth() + 1}/${moment.getUTCDate()}/${moment.getUTCFullYear()}, ${hour % 12 || 12}:${two(moment.getUTCMinutes())}:${two(moment.getUTCSeconds())}.${String(moment.getUTCMilliseconds()).padStart(3, '0')} ${hour < 12 ? 'AM' : 'PM'}`;
    const isFailed = row % 17 === 3;
    const cells = [
      time, guid(row, 41).slice(0, 16), 'GET /shipping/track', `${SHOP}/shipping/track`, isFailed ? 'False' : 'True', isFailed ? '504' : '200',
      isFailed ? 30_004 : 200 + spread(row, 42, 180), guid(row, 43).replaceAll('-', ''), 'apim-shop West Europe',
      JSON.stringify({ 'API Name': 'shipping', 'Operation Name': 'track', 'Service ID': 'apim-shop' }), 'AppRequests',
    ];
    if (row === 120 || row === 305) cells.push('one cell too many');
    rows.push(cells.map(csvCell).join(','));
  }
  return [
    { name: 'gateway-dirty.jsonl', text: `${lines.join('\n')}\n` },
    { name: 'app-requests.csv', text: `\ufeff${rows.join('\r\n')}\r\n` },
  ];
}

/** @type {readonly Sample[]} */
export const samples = [
  {
    id: 'certificate',
    title: 'A certificate was rotated',
    about: 'Two backends of a shop answer with a certificate the gateway does not trust. Resource logs of 4,800 requests, with the activity log and the metrics of the service.',
    files: certificateRotation,
  },
  {
    id: 'tokens',
    title: 'An assistant hits its token limit',
    about: 'An LLM product is throttled by its own policy, and by the model behind it. Query responses with gateway and LLM rows, token metrics, MCP and WebSocket.',
    files: tokenLimits,
  },
  {
    id: 'dirty',
    title: 'A mixed and dirty export',
    about: 'Cut lines, notes between records, Application Insights rows in local date format, expired tokens.',
    files: mixedAndDirty,
  },
];
