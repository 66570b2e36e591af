// The worker's side: answers the messages of `client.js` over one Dataset.
//
// A request is `{ id, op, args }`; the answers are `{ id, progress }` any number of times, then
// `{ id, ok }` or `{ id, error }`. `{ cancel: id }` ends a running request. Long work runs in steps
// of about 20 ms and listens between them, so a cancel needs no shared memory and keeps the tables.

const STEP_MS = 20;
/** What a step reads; several come from the disk at once, for each way there takes its time. */
const CHUNK_BYTES = 4 << 20;
const FETCH_BYTES = 4 * CHUNK_BYTES;

/** What may be asked of a query over the loaded tables. */
const LANGUAGE = ['check', 'complete', 'hover', 'explain'];
/** What may be asked of a report: on calls to language models, or of an alert rule. */
const REPORT = ['firings', 'sums', 'peaks', 'conversation', 'bodies', 'priceTemplate', 'toJsonLines', 'toCsv', 'conversationMarkdown'];

/** Lets waiting messages in: a message to oneself is quicker than a timer. */
function breathe() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** Serves `api` (the exports of an entry of this package) on `port`, in a worker its global scope. */
export function serve(api, port = globalThis) {
  let dataset = null;
  let nextResult = 1;
  const results = new Map();
  const reports = new Map();
  const cancelled = new Set();

  const data = () => (dataset ??= new api.Dataset());

  // Requests may come before the module is there; they wait for the outcome of the first.
  let isReady;
  const loaded = new Promise((resolve) => { isReady = resolve; });
  // That it failed is the answer to `ready`, whether anything waits for it here or not.
  loaded.catch(() => {});

  const stopIf = (id, undo) => {
    if (!cancelled.has(id)) return;
    undo();
    throw new api.KqlensError('cancelled', 'cancelled');
  };

  async function finishJob(id, job) {
    for (;;) {
      const progress = job.step(STEP_MS);
      if (progress.done) return;
      port.postMessage({ id, progress });
      await breathe();
      stopIf(id, () => job.cancel());
    }
  }

  const held = (id) => {
    const { result } = results.get(id) ?? {};
    if (!result) throw new api.KqlensError('freed', 'this result was released');
    return result;
  };

  /** What is sent of an answer; the other tables of `fork` and `facet` have handles of their own. */
  const described = (result, window) => {
    const handle = nextResult++;
    const further = result.further.map(({ name, result: other }) => ({ name, ...described(other, window) }));
    results.set(handle, { result, further: further.map((other) => other.handle) });
    const { columns, rowCount, render, stages, notes, elapsedMs } = result;
    return { handle, columns, rowCount, render, stages, notes, further, elapsedMs, rows: result.rows(0, Math.min(window, rowCount)) };
  };

  /** The report of a job: what is a field is sent, the methods are asked for. */
  async function reported(id, job) {
    await finishJob(id, job);
    const report = job.report();
    const handle = nextResult++;
    reports.set(handle, report);
    return { handle, ...report };
  }

  const operations = {
    ready: async (id, { source, firstHandle = 1 }) => {
      nextResult = firstHandle;
      const loading = api.ready(source);
      isReady(loading);
      await loading;
    },
    read: async (id, { source, options }) => {
      const writer = data().open(options);
      const size = source.size;
      let last = performance.now();
      try {
        const fetched = (at) => source.slice(at, at + FETCH_BYTES).arrayBuffer().catch(() => {
          throw new api.KqlensError('unreadable', 'it changed or vanished while it was read', undefined, 'No row of it is kept; add it again');
        });
        // The next piece comes from the disk while this one is read.
        let coming = fetched(0);
        for (let from = 0; from < size; from += FETCH_BYTES) {
          const piece = new Uint8Array(await coming);
          if (from + FETCH_BYTES < size) {
            coming = fetched(from + FETCH_BYTES);
            // It is awaited in the next round, unless this one ends the reading.
            coming.catch(() => {});
          }
          for (let at = 0; at < piece.length; at += CHUNK_BYTES) {
            const progress = writer.push(piece.subarray(at, at + CHUNK_BYTES));
            const done = Math.min(size, from + at + CHUNK_BYTES);
            if (performance.now() - last > 40 || done === size) {
              last = performance.now();
              port.postMessage({ id, progress: { ...progress, bytesDone: done, bytesTotal: size } });
            }
            await breathe();
            if (cancelled.has(id)) throw new api.KqlensError('cancelled', 'cancelled');
          }
        }
      } catch (error) {
        if (error.code !== 'engine-crash') writer.cancel();
        throw error;
      }
      return writer.finish();
    },
    sources: () => data().sources(),
    remove: (id, { source }) => data().remove(source),
    mergeDuplicates: (id, { isMerging }) => data().mergeDuplicates(isMerging),
    settleDates: (id, { source, order }) => data().settleDates(source, order),
    tables: () => data().tables(),
    query: async (id, { query, options, window }) => {
      const job = data().start(query, options);
      await finishJob(id, job);
      return described(job.result(), window);
    },
    rows: (id, { handle, from, to }) => held(handle).rows(from, to),
    column: (id, { handle, index }) => held(handle).column(index),
    text: (id, { handle, format, redact }) => {
      const result = held(handle);
      const options = { redact };
      if (format === 'csv') return result.toCsv(options);
      return format === 'markdown' ? result.toMarkdown(options) : result.toJson(options);
    },
    release: (id, { handle }) => {
      const { result, further = [] } = results.get(handle) ?? {};
      result?.free();
      for (const freed of [handle, ...further]) results.delete(freed);
    },
    triage: async (id, options) => {
      const job = data().startTriage(options);
      await finishJob(id, job);
      return job.report();
    },
    llm: async (id, options) => reported(id, data().startLlm(options)),
    backTest: async (id, rule) => reported(id, data().startBackTest(rule)),
    reportAsk: (id, { handle, name, args }) => {
      if (!REPORT.includes(name)) throw new api.KqlensError('usage', `no \`${name}\` of a report`);
      const report = reports.get(handle);
      if (!report) throw new api.KqlensError('freed', 'this report was released');
      return report[name](...args);
    },
    reportRelease: (id, { handle }) => {
      reports.get(handle)?.free?.();
      reports.delete(handle);
    },
    call: (id, { group, name, args }) => api[group][name](...args),
    language: (id, { name, args }) => {
      if (!LANGUAGE.includes(name)) throw new api.KqlensError('usage', `no \`${name}\` over loaded tables`);
      return data()[name](...args);
    },
  };

  port.onmessage = async ({ data: message }) => {
    if (message.cancel !== undefined) {
      cancelled.add(message.cancel);
      return;
    }
    const { id, op, args } = message;
    try {
      if (op !== 'ready') await loaded;
      // A queued request may have been cancelled before its turn.
      stopIf(id, () => {});
      const ok = await operations[op](id, args ?? {});
      port.postMessage({ id, ok });
    } catch (error) {
      const { name, code = 'internal', message: words, range, help, field } = error ?? {};
      port.postMessage({ id, error: { name, code, message: words ?? String(error), range, help, field } });
    } finally {
      cancelled.delete(id);
    }
  };
}
