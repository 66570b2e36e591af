// The page inside a frame of another page: what the two say to each other, by `postMessage`.
//
// Who the host is stands in the page's own address, `?host=https://portal.example`, several times where
// there are several. A message from anywhere else, or from a window that is not the parent, is ignored
// without a word, and nothing is sent to anybody else. Without a host the page neither talks nor listens.
//
// Host to page: `{ kqlens: 1, id, type, … }`, `id` a number or a short text, `type` one of
// - `load` with `files`: of the type `File`, or `{ name, text }`; answered with the state of each;
// - `loadText` with `text`;
// - `run` with `kql` and, if wanted, `maxRows`: answered with columns, rows and notes;
// - `theme` with `theme`;
// - `save`: answered with what `restore` takes as `state`.
// Page to host: an answer `{ kqlens: 1, id, ok }` or `{ kqlens: 1, id, error: { code, message } }`, and
// events `{ kqlens: 1, event, detail }`: `ready`, `statechange`, `result` (columns and count, no rows), `error`.
import { type Theme, THEMES } from '../session/look';
import type { ReadingFile } from '../session/session';
import type { KqlensApp } from '../view/app';

const VERSION = 1;
const LONGEST_ID = 100;
const MOST_FILES = 1000;
const MOST_ROWS = 100_000;
const EVENTS = ['statechange', 'result', 'error'] as const;

type Message = Readonly<Record<string, unknown>>;

/** Why a message of the host cannot be followed. */
class Refusal extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** The origins that an address names as hosts; never `*`, never `null`. */
export function hostsIn(search: string): string[] {
  return new URLSearchParams(search).getAll('host').filter((name) => {
    try {
      const { origin, protocol } = new URL(name);
      return origin === name && /^https?:$/.test(protocol);
    } catch {
      return false;
    }
  });
}

function fileOf(given: unknown): File {
  if (given instanceof File) return given;
  const { name, text } = (given ?? {}) as Message;
  if (typeof name !== 'string' || typeof text !== 'string') throw new Refusal('bad-message', '`files` requires files, or a `name` and a `text` of each');
  return new File([text], name.slice(0, 200));
}

/** How the reading of each file ended. */
async function read(app: KqlensApp, files: readonly File[]): Promise<Pick<ReadingFile, 'name' | 'state' | 'rows' | 'error'>[]> {
  if (app.session?.isReading) throw new Refusal('busy', 'other files are being read');
  await app.load(files);
  return app.session?.reading.map(({ name, state, rows, error }) => ({ name, state, rows, ...(error ? { error } : {}) })) ?? [];
}

const ACTIONS: Record<string, (app: KqlensApp, message: Message) => unknown> = {
  load: (app, { files }) => {
    if (!Array.isArray(files) || files.length === 0 || files.length > MOST_FILES) throw new Refusal('bad-message', `\`load\` requires \`files\`, from 1 to ${MOST_FILES}`);
    return read(app, files.map(fileOf));
  },
  loadText: (app, { text }) => {
    if (typeof text !== 'string' || text.trim() === '') throw new Refusal('bad-message', '`loadText` requires a `text`');
    return read(app, [new File([text], 'from the host')]);
  },
  run: (app, { kql, maxRows }) => {
    if (typeof kql !== 'string') throw new Refusal('bad-message', '`run` requires `kql`');
    if (maxRows !== undefined && !(Number.isInteger(maxRows) && Number(maxRows) > 0 && Number(maxRows) <= MOST_ROWS)) throw new Refusal('bad-message', `\`maxRows\` is from 1 to ${MOST_ROWS}`);
    return app.run(kql, maxRows === undefined ? {} : { maxRows: Number(maxRows) });
  },
  theme: (app, { theme }) => {
    if (!THEMES.includes(theme as Theme)) throw new Refusal('bad-message', `\`theme\` is one of ${THEMES.join(', ')}`);
    app.theme = theme as Theme;
    return true;
  },
  save: (app) => app.save(),
  restore: (app, { state }) => {
    if (!app.restore(state)) throw new Refusal('bad-message', '`state` is none that `save` gave');
    return true;
  },
};

/** Talks with the parent of this window, if it is one of the hosts. */
export function talk(app: KqlensApp, hosts: readonly string[]): void {
  // The browser hands a message to the parent of that origin alone.
  const tell = (message: Message, to: readonly string[] = hosts): void => {
    for (const origin of to) window.parent.postMessage({ kqlens: VERSION, ...message }, origin);
  };

  window.addEventListener('message', async ({ origin, source, data }) => {
    if (!hosts.includes(origin) || source !== window.parent) return;
    const message = (typeof data === 'object' ? data : null) as Message | null;
    const { kqlens, id, type } = message ?? {};
    if (!message || kqlens !== VERSION || !((typeof id === 'string' && id.length <= LONGEST_ID) || typeof id === 'number')) return;
    try {
      const action = typeof type === 'string' && Object.hasOwn(ACTIONS, type) ? ACTIONS[type] : undefined;
      if (!action) throw new Refusal('unknown-type', `\`type\` is one of ${Object.keys(ACTIONS).join(', ')}`);
      tell({ id, ok: await action(app, message) }, [origin]);
    } catch (error) {
      const { code = 'failed', message: words } = error as Error & { code?: string };
      tell({ id, error: { code, message: words } }, [origin]);
    }
  });

  for (const event of EVENTS) app.addEventListener(event, (told) => tell({ event, detail: (told as CustomEvent).detail }));
  app.session?.engine.ready.then(() => tell({ event: 'ready' }), () => {});
}
