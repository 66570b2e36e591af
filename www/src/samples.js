// Three incidents to look at without an export of one's own.
//
// Each is made by arithmetic on the row number: no clock, no randomness, the same bytes every time.
// The files have the shapes of real exports, so that reading them is what reading an export is.

/**
 * @typedef {{ name: string, text: string }} SampleFile
 * @typedef {{ id: string, title: string, about: string, files: () => SampleFile[] }} Sample
 */

const START_MS = Date.UTC(2026, 2, 3, 8, 0, 0);
const MINUTE_MS = 60_000;

/** Spreads row numbers over `size` values, evenly and without a visible pattern. @param {number} row @param {number} salt @param {number} size */
function spread(row, salt, size) {
  let x = Math.imul(row + 1, 0x9e3779b1) ^ Math.imul(salt + 7, 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d);
  x = Math.imul(x ^ (x >>> 12), 0x297a2d39);
  return ((x ^ (x >>> 15)) >>> 0) % size;
}

/** @template T @param {readonly T[]} items @param {number} row @param {number} salt @returns {T} */
const pick = (items, row, salt) => /** @type {T} */ (items[spread(row, salt, items.length)]);

/** @param {number} row @param {number} salt */
function guid(row, salt) {
  const part = (/** @type {number} */ n) => spread(row, salt * 31 + n, 0x7fffffff).toString(16).padStart(8, '0');
  const hex = part(1) + part(2) + part(3) + part(4);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** @param {number} ms */
const iso = (ms) => new Date(ms).toISOString().replace('Z', '0000Z');

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
  for (let row = 0; row < 4800; row++) {
    const ms = START_MS + row * 2250 + spread(row, 11, 2000);
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
  return [{ name: 'PT1H.json', text: `${lines.join('\n')}\n` }];
}

const GATEWAY_COLUMNS = /** @type {const} */ ([
  ['TimeGenerated', 'datetime'], ['CorrelationId', 'string'], ['Method', 'string'], ['Url', 'string'], ['ResponseCode', 'int'],
  ['BackendResponseCode', 'int'], ['BackendId', 'string'], ['BackendTime', 'long'], ['TotalTime', 'long'], ['ApiId', 'string'],
  ['OperationId', 'string'], ['ProductId', 'string'], ['ApimSubscriptionId', 'string'], ['CallerIpAddress', 'string'],
  ['IsRequestSuccess', 'bool'], ['LastErrorSource', 'string'], ['LastErrorReason', 'string'], ['LastErrorMessage', 'string'],
  ['LastErrorSection', 'string'], ['BackendResponseBody', 'string'], ['Type', 'string'],
]);
const LLM_COLUMNS = /** @type {const} */ ([
  ['TimeGenerated', 'datetime'], ['CorrelationId', 'string'], ['SequenceNumber', 'int'], ['ModelName', 'string'],
  ['DeploymentName', 'string'], ['ApiVersion', 'string'], ['IsStreamCompletion', 'bool'], ['PromptTokens', 'int'],
  ['CompletionTokens', 'int'], ['TotalTokens', 'int'], ['RequestMessages', 'dynamic'], ['ResponseMessages', 'dynamic'], ['Type', 'string'],
]);

/** A query response of one table. @param {readonly (readonly [string, string])[]} columns @param {Record<string, unknown>[]} rows */
function queryResponse(columns, rows) {
  return JSON.stringify({
    tables: [{
      name: 'PrimaryResult',
      columns: columns.map(([name, type]) => ({ name, type })),
      rows: rows.map((row) => columns.map(([name]) => row[name] ?? null)),
    }],
  });
}

function tokenLimits() {
  const gateway = [];
  const llm = [];
  for (let row = 0; row < 1500; row++) {
    const ms = START_MS + row * 4800 + spread(row, 21, 4000);
    const minute = Math.floor((ms - START_MS) / MINUTE_MS);
    const isBusy = minute >= 45 && minute < 100;
    const isAssistant = spread(row, 22, 10) < (isBusy ? 7 : 4);
    const isLimited = isAssistant && isBusy && spread(row, 23, 100) < 62;
    const isRefused = !isLimited && isBusy && spread(row, 24, 100) < 9;
    const prompt = 300 + spread(row, 25, 2400);
    const completion = 40 + spread(row, 26, 700);
    const CorrelationId = guid(row, 27);
    const TimeGenerated = iso(ms);
    gateway.push({
      TimeGenerated,
      CorrelationId,
      Method: 'POST',
      Url: 'https://ai.shop.example/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21',
      ResponseCode: isLimited || isRefused ? 429 : 200,
      BackendResponseCode: isLimited ? null : isRefused ? 429 : 200,
      BackendId: isLimited ? null : 'openai-sweden',
      BackendTime: isLimited ? null : isRefused ? 24 : 900 + completion * 6,
      TotalTime: isLimited ? 4 : isRefused ? 31 : 912 + completion * 6,
      ApiId: 'azure-openai',
      OperationId: 'ChatCompletions_Create',
      ProductId: isAssistant ? 'shop-assistant' : 'back-office',
      ApimSubscriptionId: isAssistant ? 'assistant-prod' : 'back-office-prod',
      CallerIpAddress: `198.51.100.${1 + spread(row, 28, 12)}`,
      IsRequestSuccess: !(isLimited || isRefused),
      LastErrorSource: isLimited ? 'llm-token-limit' : null,
      LastErrorReason: isLimited ? 'OpenAITokenLimitExceeded' : null,
      LastErrorSection: isLimited ? 'inbound' : null,
      LastErrorMessage: isLimited ? `Token limit is exceeded. Try again in ${1 + spread(row, 29, 58)} seconds.` : null,
      BackendResponseBody: isRefused
        ? '{"error":{"code":"429","message":"Requests have exceeded token rate limit of your current pricing tier. Please retry after 12 seconds."}}'
        : null,
      Type: 'ApiManagementGatewayLogs',
    });
    if (isLimited) continue;
    const common = { TimeGenerated, CorrelationId, Type: 'ApiManagementGatewayLlmLog' };
    llm.push({
      ...common, SequenceNumber: 0, ModelName: 'gpt-4o-2024-11-20', DeploymentName: 'gpt-4o', ApiVersion: '2024-10-21',
      IsStreamCompletion: row % 3 === 0, PromptTokens: prompt, CompletionTokens: isRefused ? 0 : completion,
      TotalTokens: isRefused ? prompt : prompt + completion,
    });
    llm.push({
      ...common, SequenceNumber: 1, PromptTokens: 0, CompletionTokens: 0, TotalTokens: 0,
      RequestMessages: JSON.stringify([{ role: 'user', content: `Where is order ${10_000 + row}?` }]),
    });
    if (isRefused) continue;
    llm.push({
      ...common, SequenceNumber: 2, PromptTokens: 0, CompletionTokens: 0, TotalTokens: 0,
      ResponseMessages: JSON.stringify([{ role: 'assistant', content: `Order ${10_000 + row} leaves the warehouse today.` }]),
    });
  }
  return [
    { name: 'gateway-query.json', text: queryResponse(GATEWAY_COLUMNS, gateway) },
    { name: 'llm-query.json', text: queryResponse(LLM_COLUMNS, llm) },
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
    about: 'Two backends of a shop answer with a certificate the gateway does not trust. Resource logs, 4,800 requests.',
    files: certificateRotation,
  },
  {
    id: 'tokens',
    title: 'An assistant hits its token limit',
    about: 'An LLM product is throttled by its own policy, and by the model behind it. Query responses with gateway and LLM rows.',
    files: tokenLimits,
  },
  {
    id: 'dirty',
    title: 'A mixed and dirty export',
    about: 'Cut lines, notes between records, Application Insights rows in local date format, expired tokens.',
    files: mixedAndDirty,
  },
];
