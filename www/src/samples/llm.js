// Calls to language models: an assistant that is throttled, conversations of a support desk, and
// what stands beside them: token metrics, MCP, WebSocket.
//
// A call leaves several rows: number 0 has the tokens, number 1 the request (several rows of that
// number where it is long), numbers from 2 the response. The ledger is kept while the rows are made,
// so that sums over the rows can be compared with it.
import { guid, iso, MINUTE_MS, pick, queryResponse, spread, START_MS } from './rows.js';
import { secrets } from './secrets.js';

/**
 * @typedef {{ role: string, content: unknown, [name: string]: unknown }} Message
 * @typedef {{ calls: number, promptTokens: number, completionTokens: number, totalTokens: number }} Sums
 * @typedef {'model' | 'deployment' | 'subscription' | 'product' | 'api' | 'caller'} Dimension
 * @typedef {{ total: Sums } & Record<Dimension, Record<string, Sums>>} Ledger
 * @typedef {keyof typeof MODELS} ModelId
 */

const GATEWAY_COLUMNS = /** @type {const} */ ([
  ['TimeGenerated', 'datetime'], ['CorrelationId', 'string'], ['Method', 'string'], ['Url', 'string'], ['ResponseCode', 'int'],
  ['BackendResponseCode', 'int'], ['BackendId', 'string'], ['BackendTime', 'long'], ['TotalTime', 'long'], ['ApiId', 'string'],
  ['OperationId', 'string'], ['ProductId', 'string'], ['ApimSubscriptionId', 'string'], ['CallerIpAddress', 'string'], ['Region', 'string'],
  ['RequestHeaders', 'dynamic'], ['IsRequestSuccess', 'bool'], ['LastErrorSource', 'string'], ['LastErrorReason', 'string'],
  ['LastErrorMessage', 'string'], ['LastErrorSection', 'string'], ['BackendResponseBody', 'string'], ['Type', 'string'],
]);
const LLM_COLUMNS = /** @type {const} */ ([
  ['TimeGenerated', 'datetime'], ['CorrelationId', 'string'], ['SequenceNumber', 'int'], ['ModelName', 'string'],
  ['DeploymentName', 'string'], ['ApiVersion', 'string'], ['IsStreamCompletion', 'bool'], ['PromptTokens', 'int'],
  ['CompletionTokens', 'int'], ['TotalTokens', 'int'], ['RequestMessages', 'dynamic'], ['ResponseMessages', 'dynamic'], ['Type', 'string'],
]);
const METRIC_COLUMNS = /** @type {const} */ ([
  ['TimeGenerated', 'datetime'], ['Name', 'string'], ['Sum', 'real'], ['Min', 'real'], ['Max', 'real'], ['ItemCount', 'int'],
  ['Properties', 'dynamic'], ['AppRoleName', 'string'], ['SDKVersion', 'string'], ['Type', 'string'],
]);
const MCP_COLUMNS = /** @type {const} */ ([
  ['TimeGenerated', 'datetime'], ['CorrelationId', 'string'], ['Method', 'string'], ['ToolName', 'string'], ['ToolCount', 'int'],
  ['ServerName', 'string'], ['ServerVersion', 'string'], ['McpServerEndpoint', 'string'], ['ProtocolVersion', 'string'],
  ['TransportType', 'string'], ['ClientName', 'string'], ['ClientVersion', 'string'], ['SessionId', 'string'],
  ['AuthenticationMethod', 'string'], ['Error', 'string'], ['ErrorType', 'string'], ['Type', 'string'],
]);
const WEBSOCKET_COLUMNS = /** @type {const} */ ([
  ['TimeGenerated', 'datetime'], ['CorrelationId', 'string'], ['EventName', 'string'], ['Source', 'string'], ['Destination', 'string'],
  ['Error', 'string'], ['Region', 'string'], ['Type', 'string'],
]);

const HOST = 'https://ai.shop.example';
const REGION = 'Sweden Central';
const API_VERSION = '2024-10-21';
/** The service cuts a text here. */
const PART_CHARS = 15_000;

const MODELS = {
  large: { name: 'gpt-4o-2024-11-20', deployment: 'gpt-4o', backend: 'openai-sweden', operation: 'ChatCompletions_Create', path: 'chat/completions', token_ms: 6 },
  small: { name: 'gpt-4.1-mini-2025-04-14', deployment: 'mini-eu', backend: 'openai-frankfurt', operation: 'ChatCompletions_Create', path: 'chat/completions', token_ms: 3 },
  embedding: { name: 'text-embedding-3-large', deployment: 'embed', backend: 'openai-sweden', operation: 'embeddings_create', path: 'embeddings', token_ms: 0 },
};

const CONSUMERS = {
  assistant: { api: 'azure-openai', product: 'shop-assistant', subscription: 'assistant-prod' },
  office: { api: 'azure-openai', product: 'back-office', subscription: 'back-office-prod' },
  desk: { api: 'support-chat', product: 'support', subscription: 'support-prod' },
  deskTest: { api: 'support-chat', product: 'support', subscription: 'support-test' },
  search: { api: 'knowledge-search', product: 'support', subscription: 'support-prod' },
};

/** One call, as the gateway sees it. */
class Call {
  /** @param {number} row @param {number} ms @param {ModelId} model @param {keyof typeof CONSUMERS} consumer */
  constructor(row, ms, model, consumer) {
    this.ms = ms;
    this.id = guid(row, 27);
    this.model = MODELS[model];
    this.consumer = CONSUMERS[consumer];
    this.caller = `198.51.100.${1 + spread(row, 28, 12)}`;
    this.isStream = row % 3 === 0;
    this.prompt = 300 + spread(row, 25, 2400);
    this.completion = 40 + spread(row, 26, 700);
    /** Differs from the sum where the log says so. */
    this.total = /** @type {number | null} */ (null);
    this.request = /** @type {string[]} */ ([]);
    this.response = /** @type {string[]} */ ([]);
    /** What replaces columns of the gateway row; null where it has none. */
    this.gateway = /** @type {Record<string, unknown> | null} */ ({});
    this.hasHeader = true;
    /** Numbers of response rows that are not in the log. */
    this.lost = /** @type {number[]} */ ([]);
    /** Rows that overlapping exports have twice: by their place. */
    this.twice = /** @type {number[]} */ ([]);
  }

  /** @param {unknown} messages */
  asks(messages) {
    this.request = parts(messages);
    return this;
  }

  /** @param {unknown} message */
  answers(message) {
    this.response = parts(message);
    return this;
  }

  /** @param {Partial<Call>} change */
  with(change) {
    return Object.assign(this, change);
  }
}

/** JSON as the service writes it, letters beyond ASCII as escapes. @param {unknown} value */
const json = (value) => JSON.stringify(value).replace(/[\u007f-\uffff]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** A text as the service cuts it. @param {unknown} value */
function parts(value) {
  const text = json(value);
  return Array.from({ length: Math.ceil(text.length / PART_CHARS) }, (_, at) => text.slice(at * PART_CHARS, (at + 1) * PART_CHARS));
}

/** A text cut in the middle of its first escape behind a place, and where the service cuts behind that. @param {unknown} value @param {number} behind */
function partsWithin(value, behind) {
  const text = json(value);
  const cut = text.indexOf('\\u', behind) + 3;
  return [text.slice(0, cut), ...Array.from({ length: Math.ceil((text.length - cut) / PART_CHARS) },
    (_, at) => text.slice(cut + at * PART_CHARS, cut + (at + 1) * PART_CHARS))];
}

/** The log while it is written. */
class Log {
  gateway = /** @type {Record<string, unknown>[]} */ ([]);
  llm = /** @type {Record<string, unknown>[]} */ ([]);
  mcp = /** @type {Record<string, unknown>[]} */ ([]);
  webSocket = /** @type {Record<string, unknown>[]} */ ([]);
  /** Sums of the emitted metrics by time, API, model and name. */
  metrics = /** @type {Map<string, { ms: number, api: string, model: string, name: string, sum: number, min: number, max: number, n: number }>} */ (new Map());
  ledger = /** @type {Ledger} */ ({
    total: noSums(), model: {}, deployment: {}, subscription: {}, product: {}, api: {}, caller: {},
  });

  /** @param {Call} call */
  add(call) {
    const { ms, id, model, consumer, prompt, completion, isStream } = call;
    const total = call.total ?? prompt + completion;
    if (call.gateway) {
      this.request({
        TimeGenerated: iso(ms), CorrelationId: id, Method: 'POST',
        Url: `${HOST}/openai/deployments/${model.deployment}/${model.path}?api-version=${API_VERSION}`,
        ResponseCode: 200, BackendResponseCode: 200, BackendId: model.backend,
        BackendTime: 900 + completion * model.token_ms, TotalTime: 912 + completion * model.token_ms,
        ApiId: consumer.api, OperationId: model.operation, ProductId: consumer.product, ApimSubscriptionId: consumer.subscription,
        CallerIpAddress: call.caller, ...call.gateway,
      });
    }
    const row = { TimeGenerated: iso(ms), CorrelationId: id, Type: 'ApiManagementGatewayLlmLog' };
    const message = { ...row, PromptTokens: 0, CompletionTokens: 0, TotalTokens: 0 };
    const rows = [
      ...(call.hasHeader ? [{
        ...row, SequenceNumber: 0, ModelName: model.name, DeploymentName: model.deployment, ApiVersion: API_VERSION, IsStreamCompletion: isStream,
        PromptTokens: prompt, CompletionTokens: completion, TotalTokens: total,
      }] : []),
      // Rows of one number come in no order; here the last part comes first.
      ...call.request.map((text) => ({ ...message, SequenceNumber: 1, RequestMessages: text })).reverse(),
      ...call.response.map((text, at) => ({ ...message, SequenceNumber: 2 + at, ResponseMessages: text }))
        .filter(({ SequenceNumber }) => !call.lost.includes(SequenceNumber)),
    ];
    this.llm.push(...rows, ...call.twice.flatMap((at) => rows[at] ?? []));
    this.#count(call, call.hasHeader ? { calls: 1, promptTokens: prompt, completionTokens: completion, totalTokens: total } : { ...noSums(), calls: 1 });
    this.#emit(call, total);
  }

  /** A row of the gateway log alone. @param {Record<string, unknown>} row */
  request(row) {
    this.gateway.push({ Region: REGION, IsRequestSuccess: Number(row['ResponseCode']) < 400, Type: 'ApiManagementGatewayLogs', ...row });
  }

  /** @param {Call} call @param {Sums} sums */
  #count({ model, consumer, caller, gateway, hasHeader }, sums) {
    const names = {
      model: hasHeader ? model.name : '', deployment: hasHeader ? model.deployment : '',
      subscription: gateway ? consumer.subscription : '', product: gateway ? consumer.product : '', api: gateway ? consumer.api : '', caller: gateway ? caller : '',
    };
    addSums(this.ledger.total, sums);
    for (const dimension of /** @type {Dimension[]} */ (Object.keys(names))) {
      addSums(this.ledger[dimension][names[dimension]] ??= noSums(), sums);
    }
  }

  /** What `llm-emit-token-metric` sends. Of streams of the small model it knows an estimate alone. @param {Call} call @param {number} total */
  #emit({ ms, model, consumer, prompt, completion, isStream }, total) {
    const off = isStream && model === MODELS.small ? Math.ceil(completion / 40) : 0;
    const bin_ms = ms - (ms % (10 * MINUTE_MS));
    for (const [name, n] of /** @type {[string, number][]} */ ([['Prompt Tokens', prompt], ['Completion Tokens', completion + off], ['Total Tokens', total + off]])) {
      const key = [bin_ms, consumer.api, model.name, name].join(' ');
      const sum = this.metrics.get(key) ?? { ms: bin_ms, api: consumer.api, model: model.name, name, sum: 0, min: n, max: n, n: 0 };
      this.metrics.set(key, { ...sum, sum: sum.sum + n, min: Math.min(sum.min, n), max: Math.max(sum.max, n), n: sum.n + 1 });
    }
  }
}

/** @returns {Sums} */
const noSums = () => ({ calls: 0, promptTokens: 0, completionTokens: 0, totalTokens: 0 });

/** @param {Sums} to @param {Sums} sums */
function addSums(to, sums) {
  for (const name of /** @type {(keyof Sums)[]} */ (Object.keys(to))) to[name] += sums[name];
}

const SYSTEM = { role: 'system', content: 'You are the assistant of a shop. Answer in the language of the customer, in at most three sentences, and never promise a date.' };

/** What customers ask and what they are told; `#` is a number. */
const TOPICS = [
  ['Where is order #?', 'Order # leaves the warehouse today.'],
  ['Can I still change the address of order #?', 'Yes: order # is not packed yet. Which address is right?'],
  ['The invoice of order # is missing.', 'I sent the invoice of order # again. Please look into your spam folder too.'],
  ['Wie lange dauert der Rückversand für Bestellung #?', 'Für Bestellung # dauert die Rücksendung drei bis fünf Tage; Größe und Gewicht ändern daran nichts.'],
  ['Is the blue jacket of order # there in size M?', 'The blue jacket is there in size M. Shall I exchange it in order #?'],
  ['I was charged twice for order #.', 'I see two reservations for order #, of which one expires within a week. Nothing was charged twice.'],
];

/** @param {string} id @param {string} name @param {object} values */
const toolCall = (id, name, values) => ({ id, type: 'function', function: { name, arguments: JSON.stringify(values) } });

/** One of the many short conversations. @param {Call} call @param {number} row */
function talk(call, row) {
  const order = 10_000 + row;
  const [ask, answer] = pick(TOPICS, row, 60).map((text) => text.replaceAll('#', String(order)));
  const question = { role: 'user', content: ask };
  const kind = spread(row, 61, 10);
  if (kind === 9) {
    return call.asks([SYSTEM, question])
      .answers([{ role: 'assistant', content: null, tool_calls: [toolCall(`call_${row}`, 'get_order', { order })] }]);
  }
  if (kind === 8) {
    return call.asks([
      SYSTEM, question, { role: 'assistant', content: null, tool_calls: [toolCall(`call_${row}`, 'get_order', { order })] },
      { role: 'tool', tool_call_id: `call_${row}`, content: JSON.stringify({ order, state: 'packed', items: 1 + (row % 5), carrier: 'post' }) },
    ]).answers([{ role: 'assistant', content: answer }]);
  }
  if (kind === 7) {
    return call.asks([
      SYSTEM, { role: 'user', content: 'Hello!' }, { role: 'assistant', content: 'Hello, how can I help?' }, question,
    ]).answers({ role: 'assistant', content: answer });
  }
  return call.asks(kind > 3 ? [SYSTEM, question] : [question]).answers([{ role: 'assistant', content: answer }]);
}

/** Two hours of an assistant that meets its token limit, and of a back office beside it. @param {Log} log */
function throttled(log) {
  for (let row = 0; row < 1500; row++) {
    const ms = START_MS + row * 4800 + spread(row, 21, 4000);
    const minute = Math.floor((ms - START_MS) / MINUTE_MS);
    const isBusy = minute >= 45 && minute < 100;
    const isAssistant = spread(row, 22, 10) < (isBusy ? 7 : 4);
    const isLimited = isAssistant && isBusy && spread(row, 23, 100) < 62;
    const isRefused = !isLimited && isBusy && spread(row, 24, 100) < 9;
    const call = talk(new Call(row, ms, isAssistant ? 'large' : 'small', isAssistant ? 'assistant' : 'office'), row);
    if (isLimited) {
      log.request({
        TimeGenerated: iso(ms), CorrelationId: call.id, Method: 'POST',
        Url: `${HOST}/openai/deployments/gpt-4o/chat/completions?api-version=${API_VERSION}`,
        ResponseCode: 429, TotalTime: 4, ApiId: 'azure-openai', OperationId: 'ChatCompletions_Create', ProductId: 'shop-assistant',
        ApimSubscriptionId: 'assistant-prod', CallerIpAddress: call.caller, LastErrorSource: 'llm-token-limit',
        LastErrorReason: 'OpenAITokenLimitExceeded', LastErrorSection: 'inbound',
        LastErrorMessage: `Token limit is exceeded. Try again in ${1 + spread(row, 29, 58)} seconds.`,
      });
      continue;
    }
    log.add(!isRefused ? call : call.with({
      completion: 0,
      response: [],
      gateway: {
        ResponseCode: 429, BackendResponseCode: 429, BackendTime: 24, TotalTime: 31,
        BackendResponseBody: '{"error":{"code":"429","message":"Requests have exceeded token rate limit of your current pricing tier. Please retry after 12 seconds."}}',
      },
    }));
  }
}

const SENTENCES = [
  'The parcel was scanned in Köln at night and has not moved since.', 'The customer asks for the third time and has sent two photos.',
  'Größe M was ordered, Größe S was sent.', 'The return label was made for the wrong address.', 'A refund was promised by phone.',
  'The carrier says that nobody was at home.', 'Die Rückfrage des Kunden blieb unbeantwortet.', 'The order has three items, of which one is out of stock.',
  'The voucher was used although the order was cancelled.', 'The customer prefers an answer by mail.',
];

/** Many sentences. @param {number} chars @param {number} salt */
function letter(chars, salt) {
  let text = '';
  for (let row = 0; text.length < chars; row++) text += `${row % 6 === 5 ? '\n' : ' '}${row + 1}. ${pick(SENTENCES, row, salt)}`;
  return text.trim();
}

/** A picture as a data address. @param {number} chars */
const picture = (chars) => `data:image/png;base64,iVBORw0KGgo${Array.from({ length: chars }, (_, at) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef'[spread(at, 70, 32)]).join('')}`;

/** The whole answer of the model, as some versions of the gateway log it. @param {Message} message @param {string} finish_reason */
const choice = (message, finish_reason) => ({ object: 'chat.completion', choices: [{ index: 0, finish_reason, message }] });

/** Conversations of which each shows something. @type {((call: Call) => Call)[]} */
const DESK = [
  (call) => call.with({ gateway: { RequestHeaders: json({ 'Ocp-Apim-Subscription-Key': secrets.subscriptionKeyInHeader, Authorization: `Bearer ${secrets.jwt}`, 'User-Agent': 'support-desk/3.2' }) } })
    .asks([
      SYSTEM,
      { role: 'user', content: `Hello, I am Maria Keller, ${secrets.mail}, phone ${secrets.phone}. My card ${secrets.card} was charged twice. I was connected from ${secrets.ipv4}, at home from ${secrets.ipv6}.` },
      { role: 'assistant', content: null, tool_calls: [toolCall('call_1', 'find_payments', { mail: secrets.mail }), toolCall('call_2', 'find_customer', { mail: secrets.mail })] },
      { role: 'tool', tool_call_id: 'call_1', content: json([{ amount: '49.90', card: secrets.cardOfTool, state: 'reserved' }, { amount: '49.90', state: 'captured' }]) },
      { role: 'tool', tool_call_id: 'call_2', content: json({ name: 'Maria Keller', contact: secrets.mailOfTool, phone: secrets.phoneOfTool }) },
    ])
    .answers(choice({ role: 'assistant', content: 'One of the two is only a reservation. It expires within a week, and nothing was charged twice.' }, 'stop')),
  (call) => call.with({ gateway: { Url: `${HOST}/openai/deployments/${call.model.deployment}/chat/completions?api-version=${API_VERSION}&subscription-key=${secrets.subscriptionKeyInUrl}` } })
    .asks([
      { role: 'system', content: 'You help developers of the shop.' },
      { role: 'user', content: `My upload job fails. These are its settings:\n\nOPENAI_API_KEY=${secrets.openAiKey}\napi-key: ${secrets.azureKey}\nDefaultEndpointsProtocol=https;AccountName=shopfiles;AccountKey=${secrets.storageKey};EndpointSuffix=core.windows.net\nEndpoint=sb://shop.servicebus.example/;SharedAccessKeyName=send;SharedAccessKey=${secrets.busKey}\nServer=tcp:sql.shop.example,1433;Database=orders;User ID=job;Password=${secrets.sqlPassword};Encrypt=true;` },
      { role: 'assistant', content: 'How does the job call the service?' },
      { role: 'user', content: `curl -H "Authorization: Bearer ${secrets.bearer}" https://job:${secrets.passwordInUrl}@files.shop.example/upload\nexport AWS_ACCESS_KEY_ID=${secrets.awsKey}\ngit clone https://${secrets.gitHubToken}@git.shop.example/upload.git` },
    ])
    .answers(choice({ role: 'assistant', content: 'The job sends its token to the wrong host. Please replace every key you pasted here: they are in a log now.' }, 'stop')),
  (call) => call.with({ prompt: 1105, completion: 61 })
    .asks([{ role: 'user', content: [{ type: 'text', text: 'What is broken on this picture?' }, { type: 'image_url', image_url: { url: picture(9000), detail: 'low' } }] }])
    .answers(choice({ role: 'assistant', content: 'The zip of the jacket is torn out of its seam.' }, 'stop')),
  (call) => call.with({ prompt: 7300, completion: 9100, request: partsWithin([SYSTEM, { role: 'user', content: `Sum up the following notes.\n\n${letter(21_000, 71)}` }], 13_000) })
    .answers({ role: 'assistant', content: letter(36_000, 72) }).with({ isStream: true }),
  (call) => call.with({ prompt: 11_200, completion: 75, response: partsWithin(choice({ role: 'assistant', content: 'Alle drei Fälle haben dieselbe Ursache: Die Größe fehlt in der Bestellung.' }, 'stop'), 100), twice: [0, 4] })
    .asks([SYSTEM, { role: 'user', content: letter(37_000, 73) }, { role: 'user', content: 'Which of these cases belong together?' }]),
  (call) => call.with({ prompt: 16_900, completion: 40 })
    .asks([{ role: 'user', content: letter(55_000, 74) }])
    .answers(choice({ role: 'assistant', content: 'That is too much for one summary.' }, 'length')),
  (call) => call.with({ completion: 8800, lost: [3] })
    .asks([SYSTEM, { role: 'user', content: 'Write a guide to returns, with every country.' }])
    .answers(choice({ role: 'assistant', content: letter(35_000, 75) }, 'length')),
  (call) => call.with({ gateway: null }).asks([SYSTEM, { role: 'user', content: 'Is anybody there?' }]).answers([{ role: 'assistant', content: 'Yes. How can I help?' }]),
  (call) => call.with({ hasHeader: false }).asks([SYSTEM, { role: 'user', content: 'What does express cost?' }]).answers([{ role: 'assistant', content: 'Express costs 9.90.' }]),
  (call) => call.with({ prompt: 410, completion: 55, total: 529 })
    .asks([{ role: 'user', content: 'Plan a return for me, step by step, and think first.' }])
    .answers(choice({ role: 'assistant', reasoning_content: 'A return needs a label, a parcel and a day.', content: 'Print the label, pack the parcel, hand it over within 14 days.' }, 'stop')),
  (call) => call
    .asks([{ role: 'user', content: 'Order 12\u202e4321\u202c is <b>late</b>! <img src=x onerror=alert(1)> see javascript:alert(1)\u0007 or [here](javascript:alert(2)) | and | **more**' }])
    .answers([{ role: 'assistant', content: 'I cannot open that.\u0000 Which order do you mean?' }]),
  (call) => call.asks([{ role: 'user', content: 'Give me the addresses of all customers.' }])
    .answers(choice({ role: 'assistant', content: null, refusal: 'I cannot give out data of other customers.' }, 'content_filter')),
];

/** The support desk: a hundred calls, the telling ones among them. @param {Log} log */
function supportDesk(log) {
  for (let row = 0; row < 90; row++) {
    const number = 2000 + row;
    const ms = START_MS + row * 78_000 + spread(row, 80, 30_000);
    const tell = row % 7 === 3 ? DESK[(row - 3) / 7] : undefined;
    const call = new Call(number, ms, tell ? (row % 2 === 0 ? 'large' : 'small') : row % 5 === 0 ? 'large' : 'small', row % 9 === 4 ? 'deskTest' : 'desk');
    log.add(tell ? tell(call) : talk(call, number));
  }
  for (let row = 0; row < 24; row++) {
    const call = new Call(2200 + row, START_MS + row * 290_000 + spread(row, 81, 60_000), 'embedding', 'search');
    const texts = Array.from({ length: 1 + (row % 3) }, (_, at) => pick(SENTENCES, row + at, 82));
    log.add(call.with({ isStream: false, completion: 0, prompt: 12 + 14 * texts.length })
      .asks({ input: texts, model: call.model.name })
      .answers({ object: 'list', data: texts.map((_, index) => ({ object: 'embedding', index, embedding: [0.0125, -0.25, 0.5, 0.03125, -0.75, 0.0625] })) }));
  }
  // The log of language models is off for this API.
  for (let row = 0; row < 14; row++) {
    log.request({
      TimeGenerated: iso(START_MS + row * 480_000 + 9000), CorrelationId: guid(2300 + row, 27), Method: 'POST',
      Url: `${HOST}/translate/openai/deployments/gpt-4o/chat/completions?api-version=${API_VERSION}`, ResponseCode: 200, BackendResponseCode: 200,
      BackendId: 'openai-sweden', BackendTime: 700 + spread(row, 83, 900), TotalTime: 1650, ApiId: 'translate', OperationId: 'ChatCompletions_Create',
      ProductId: 'back-office', ApimSubscriptionId: 'back-office-prod', CallerIpAddress: '198.51.100.40',
    });
  }
}

const SERVERS = [
  { name: 'orders-mcp', tools: ['get_order', 'list_orders', 'refund_order'] },
  { name: 'catalog-mcp', tools: ['search_items', 'get_item'] },
];
const CLIENTS = [['vs-code', '1.104.0'], ['desk-agent', '0.9.2'], ['inspector', '2.1.0']];

/** Agents that use tools. @param {Log} log */
function agents(log) {
  for (let session = 0; session < 12; session++) {
    const server = pick(SERVERS, session, 90);
    const [ClientName, ClientVersion] = pick(CLIENTS, session, 91);
    const methods = ['initialize', 'tools/list', ...Array.from({ length: 3 + spread(session, 92, 4) }, () => 'tools/call')];
    for (const [at, Method] of methods.entries()) {
      const row = session * 20 + at;
      const TimeGenerated = iso(START_MS + session * 540_000 + at * 7000);
      const CorrelationId = guid(3000 + row, 27);
      const ToolName = Method === 'tools/call' ? pick(server.tools, row, 93) : '';
      const hasFailed = ToolName === 'refund_order' && spread(row, 94, 3) === 0;
      log.mcp.push({
        TimeGenerated, CorrelationId, Method, ToolName, ToolCount: Method === 'tools/list' ? server.tools.length : null,
        ServerName: server.name, ServerVersion: '1.0', McpServerEndpoint: `${HOST}/${server.name}/mcp`, ProtocolVersion: '2025-06-18',
        TransportType: 'streamable-http', ClientName, ClientVersion, SessionId: guid(session, 95), AuthenticationMethod: 'subscriptionKey',
        Error: hasFailed ? 'The tool answered with 409: the order was refunded before.' : '', ErrorType: hasFailed ? 'ToolExecutionError' : '',
        Type: 'ApiManagementGatewayMCPLog',
      });
      const BackendTime = 30 + spread(row, 96, ToolName === 'list_orders' ? 900 : 120);
      log.request({
        TimeGenerated, CorrelationId, Method: 'POST', Url: `${HOST}/${server.name}/mcp`, ResponseCode: 200, BackendResponseCode: 200,
        BackendId: `${server.name}-backend`, BackendTime, TotalTime: BackendTime + 5, ApiId: server.name, OperationId: 'mcp',
        ProductId: 'agents', ApimSubscriptionId: 'agents-prod', CallerIpAddress: `203.0.113.${20 + session}`,
      });
    }
  }
}

/** Voice of the shop: connections that stay open. @param {Log} log */
function realtime(log) {
  for (let row = 0; row < 14; row++) {
    const ms = START_MS + row * 500_000 + 20_000;
    const CorrelationId = guid(4000 + row, 27);
    const error = row === 5 ? 'The connection was reset by the client.' : row === 11 ? 'No message within the idle timeout.' : '';
    const event = (/** @type {number} */ after_ms, /** @type {string} */ EventName, /** @type {string} */ Source, /** @type {string} */ Destination, Error = '') => log.webSocket.push({
      TimeGenerated: iso(ms + after_ms), CorrelationId, EventName, Source, Destination, Error, Region: REGION, Type: 'ApiManagementWebSocketConnectionLogs',
    });
    event(0, 'ConnectionInitiated', 'Client', 'Gateway');
    event(140, 'ConnectionEstablished', 'Gateway', 'Backend');
    event(30_000 + spread(row, 97, 400_000), 'ConnectionClosed', error ? 'Gateway' : 'Client', error ? 'Client' : 'Gateway', error);
    log.request({
      TimeGenerated: iso(ms), CorrelationId, Method: 'GET', Url: 'wss://ai.shop.example/openai/realtime?deployment=voice', ResponseCode: 101,
      BackendResponseCode: 101, BackendId: 'openai-sweden', BackendTime: 120, TotalTime: 140, ApiId: 'realtime', OperationId: 'onHandshake',
      ProductId: 'voice', ApimSubscriptionId: 'voice-prod', CallerIpAddress: `203.0.113.${60 + (row % 4)}`,
    });
  }
}

function written() {
  const log = new Log();
  throttled(log);
  supportDesk(log);
  agents(log);
  realtime(log);
  return log;
}

/** The files of the sample. */
export function tokenLimits() {
  const { gateway, llm, metrics, mcp, webSocket } = written();
  const emitted = [...metrics.values()].map(({ ms, api, model, name, sum, min, max, n }) => ({
    TimeGenerated: iso(ms), Name: name, Sum: sum, Min: min, Max: max, ItemCount: n,
    Properties: JSON.stringify({ 'API ID': api, model, Location: REGION, 'Gateway ID': 'managed' }),
    AppRoleName: `apim-shop ${REGION}`, SDKVersion: 'apim:0.49.24887.0', Type: 'AppMetrics',
  }));
  return [
    { name: 'gateway-query.json', text: queryResponse(GATEWAY_COLUMNS, gateway) },
    { name: 'llm-query.json', text: queryResponse(LLM_COLUMNS, llm) },
    { name: 'token-metrics.json', text: queryResponse(METRIC_COLUMNS, emitted) },
    { name: 'mcp-query.json', text: queryResponse(MCP_COLUMNS, mcp) },
    { name: 'websocket-query.json', text: queryResponse(WEBSOCKET_COLUMNS, webSocket) },
  ];
}

/** What the calls of the sample add up to, counted while they were made. A name that the log lacks is empty. */
export const ledger = () => written().ledger;
