// The page's side of an engine in a worker: promises, progress, cancel, and a fresh start after a
// crash with the sources read again from the Blobs they came from.

/** An expected failure: `code` says which, `range` (UTF-16) where in the query. */
export class EngineError extends Error {
  constructor({ code, message, range, help, field }) {
    super(message);
    this.name = 'KqlensError';
    this.code = code;
    if (range) this.range = range;
    if (help) this.help = help;
    if (field) this.field = field;
  }
}

const WINDOW_ROWS = 100;
/** More than one worker gives out. */
const HANDLES = 2 ** 32;

/** The answer of a query, which stays in the worker; windows of rows and columns are fetched. */
export class RemoteResult {
  #engine;
  #handle;
  #first;

  constructor(engine, { handle, rows, further, ...description }) {
    this.#engine = engine;
    this.#handle = handle;
    this.#first = rows;
    this.further = further.map(({ name, ...answer }) => ({ name, result: new RemoteResult(engine, answer) }));
    Object.assign(this, description);
  }

  async rows(from, to) {
    if (to <= this.#first.length) return this.#first.slice(from, to);
    return this.#engine.request('rows', { handle: this.#handle, from, to });
  }

  column(index) {
    return this.#engine.request('column', { handle: this.#handle, index });
  }

  toText(format, { redact = true } = {}) {
    return this.#engine.request('text', { handle: this.#handle, format, redact });
  }

  release() {
    this.#engine.request('release', { handle: this.#handle }).catch(() => {});
  }
}

/** A report that stays in the worker: its fields are here, more is asked for. */
class RemoteReport {
  #engine;
  #handle;

  constructor(engine, { handle, ...report }) {
    this.#engine = engine;
    this.#handle = handle;
    Object.assign(this, report);
  }

  /** Named so that no field of a report is hidden. */
  _ask(name, ...args) {
    return this.#engine.request('reportAsk', { handle: this.#handle, name, args });
  }

  release() {
    this.#engine.request('reportRelease', { handle: this.#handle }).catch(() => {});
  }
}

/** What calls to language models add up to. The conversations stay in the worker until they are asked for. */
export class RemoteLlm extends RemoteReport {
  sums(by) {
    return this._ask('sums', by);
  }

  peaks(limit) {
    return this._ask('peaks', limit);
  }

  conversation(call) {
    return this._ask('conversation', call);
  }

  bodies(correlationId) {
    return this._ask('bodies', correlationId);
  }

  priceTemplate(format) {
    return this._ask('priceTemplate', format);
  }

  toText(what, ...args) {
    return this._ask({ jsonLines: 'toJsonLines', csv: 'toCsv', markdown: 'conversationMarkdown' }[what], ...args);
  }
}

/** What an alert rule saw; other conditions over the same numbers are asked for. */
export class RemoteBackTest extends RemoteReport {
  firings(change = {}) {
    return this._ask('firings', change);
  }
}

/**
 * One engine in one worker. Events: `crash` when the engine stopped (its `detail` is the error),
 * `restart` when a fresh one has read the sources again.
 */
export class Engine extends EventTarget {
  #makeWorker;
  #source;
  #worker;
  #pending = new Map();
  #nextId = 1;
  #starts = 0;
  #redaction;
  #isMerging = false;
  #kept = [];

  /** `makeWorker` makes the worker; `source` is handed to `ready()` in it. */
  constructor(makeWorker, source) {
    super();
    this.#makeWorker = makeWorker;
    this.#source = source;
    this.ready = this.#start();
  }

  #start() {
    const worker = this.#makeWorker();
    this.#worker = worker;
    worker.onmessage = ({ data }) => this.#receive(data);
    worker.onerror = (event) => {
      event.preventDefault?.();
      this.#crash(new EngineError({ code: 'engine-crash', message: event.message || 'the worker could not run' }));
    };
    // No handle of a worker is one of another: what is asked of an answer that died is refused.
    this.#starts += 1;
    return this.request('ready', { source: this.#source, firstHandle: this.#starts * HANDLES + 1 });
  }

  #receive({ id, ok, error, progress }) {
    const request = this.#pending.get(id);
    if (!request) return;
    if (progress) {
      request.onProgress?.(progress);
      return;
    }
    this.#pending.delete(id);
    request.forget?.();
    if (!error) {
      request.resolve(ok);
      return;
    }
    const failure = new EngineError(error);
    request.reject(failure);
    if (error.code === 'engine-crash') this.#crash(failure);
  }

  #crash(failure) {
    this.#worker.terminate();
    const waiting = [...this.#pending.values()];
    this.#pending.clear();
    for (const request of waiting) {
      request.forget?.();
      request.reject(failure);
    }
    this.dispatchEvent(new CustomEvent('crash', { detail: failure }));
    // A worker that dies before it was ever ready would die again.
    if (!this.#wasReady) return;
    this.ready = this.#restart();
  }

  #wasReady = false;

  async #restart() {
    await this.#start();
    if (this.#isMerging) await this.mergeDuplicates(true);
    if (this.#redaction) await this.call('redact', 'configure', ...this.#redaction);
    const kept = this.#kept;
    this.#kept = [];
    for (const { blob, options } of kept) {
      try {
        await this.read(blob, options);
      } catch ({ code }) {
        // A source that stops the engine is left out, or it would stop it for ever; one whose file is gone is left out too.
        if (code !== 'unreadable') break;
      }
    }
    this.dispatchEvent(new CustomEvent('restart'));
  }

  /** Sends one request; `signal` cancels it, `onProgress` hears of its steps. */
  request(op, args, { signal, onProgress } = {}) {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(new EngineError({ code: 'cancelled', message: 'cancelled' }));
        return;
      }
      const request = { resolve, reject, onProgress };
      if (signal) {
        const cancel = () => this.#worker.postMessage({ cancel: id });
        signal.addEventListener('abort', cancel, { once: true });
        request.forget = () => signal.removeEventListener('abort', cancel);
      }
      this.#pending.set(id, request);
      this.#worker.postMessage({ id, op, args });
      if (op === 'ready') {
        const { resolve: done } = request;
        request.resolve = (value) => {
          this.#wasReady = true;
          done(value);
        };
      }
    });
  }

  /** Reads a Blob; it is kept so that it can be read again after a crash. */
  async read(blob, options = {}, control) {
    const report = await this.request('read', { source: blob, options }, control);
    this.#kept.push({ id: report.id, blob, options });
    return report;
  }

  /** The Blob a source was read from. */
  blob(sourceId) {
    return this.#kept.find((kept) => kept.id === sourceId)?.blob;
  }

  async remove(sourceId) {
    await this.request('remove', { source: sourceId });
    this.#kept = this.#kept.filter((kept) => kept.id !== sourceId);
  }

  /** Whether rows that several sources have are shown once. */
  mergeDuplicates(isMerging) {
    // A fresh worker after a crash merges as the one before it.
    this.#isMerging = isMerging;
    return this.request('mergeDuplicates', { isMerging });
  }

  async settleDates(sourceId, order) {
    const report = await this.request('settleDates', { source: sourceId, order });
    const kept = this.#kept.find((entry) => entry.id === sourceId);
    if (kept) kept.options = { ...kept.options, dateOrder: order };
    return report;
  }

  sources() {
    return this.request('sources');
  }

  tables() {
    return this.request('tables');
  }

  async query(query, options = {}, control) {
    return new RemoteResult(this, await this.request('query', { query, options, window: WINDOW_ROWS }, control));
  }

  triage(options = {}, control) {
    return this.request('triage', options, control);
  }

  /** Puts calls to language models together; `options.prices` is a price table or its text. */
  async llm(options = {}, control) {
    return new RemoteLlm(this, await this.request('llm', options, control));
  }

  /** Replays an alert rule over the loaded rows. */
  async backTest(rule, control) {
    return new RemoteBackTest(this, await this.request('backTest', rule, control));
  }

  /** A function of `kql`, `recipes`, `handoff`, `redact` or `reference`. */
  async call(group, name, ...args) {
    const answer = await this.request('call', { group, name, args });
    // A fresh worker after a crash redacts as the one before it.
    if (group === 'redact' && name === 'configure') this.#redaction = args;
    return answer;
  }

  /** `check`, `complete`, `hover` or `explain` of a query over the loaded tables. */
  language(name, ...args) {
    return this.request('language', { name, args });
  }

  /** Ends the worker and gives its memory back. */
  close() {
    this.#worker.terminate();
    this.#pending.clear();
    this.#kept = [];
  }
}
