// The tabs of the Query view: their texts, what was run, what it answered, and what is wrong in them.
//
// One per session. The editor writes texts and the caret here; views read and redraw on `change`.
// Texts of tabs and recent queries stay on this device, answers never.
import type { EngineError, RemoteResult } from 'kqlens/client';
import type { Cell, Diagnostic, JobProgress, StageInfo, Token } from 'kqlens';
import { query as t } from '../texts/query';
import type { Sort } from '../view/grid';
import { columnKql } from './conditions';
import { openEnded, queriesIn, queryAt, titleOf } from './query-text';
import { timeRangeOf, type Session } from './session';
import { stored } from './stored';

/** What a run answered. */
export interface Answer {
  /** As it was run, and without what would keep it from going on. */
  kql: string;
  openKql: string;
  /** The table that is shown: the first, or one of the others of `fork` and `facet`. */
  result: RemoteResult;
  tables: readonly { name: string; result: RemoteResult }[];
  sort: Sort;
  limit: number;
  /** What `now()` was, where the query asks. */
  now: string | null;
}

export interface Running {
  kql: string;
  since_ms: number;
  progress: JobProgress | null;
}

export interface QueryTab {
  id: number;
  text: string;
  caret: number;
  answer: Answer | null;
  running: Running | null;
  /** Why the last run gave no answer. */
  failure: { kql: string; error: EngineError } | null;
  /** What to know of the last run beside its answer. */
  remark: string | null;
  view: ResultView;
}

export type ResultView = 'table' | 'chart' | 'statistics' | 'plan';

/** A finding of the checks, with its place in the text of the tab. */
export interface Problem extends Diagnostic {
  /** The query it is in. */
  block: string;
}

export interface Recent {
  kql: string;
  rows: number;
}

export const FIRST_ROWS = 50_000;
export const PREVIEW_ROWS = 50;
const TABS = 'kqlens.queries';
const RECENT = 'kqlens.recent';
const MOST_KEPT = 500_000;
const MOST_RECENT = 50;
const MOST_CLOSED = 20;

export class Queries extends EventTarget {
  readonly session: Session;
  tabs: QueryTab[] = [];
  active: QueryTab;
  /** Of the active tab. */
  problems: readonly Problem[] = [];
  recent: readonly Recent[] = recentQueries();
  #closed: { text: string; at: number }[] = [];
  #aborts = new Map<number, AbortController>();
  #checked = new Map<string, Promise<Diagnostic[]>>();
  #tables: unknown = null;
  #nextId = 1;
  #saving: ReturnType<typeof setTimeout> | undefined;

  constructor(session: Session) {
    super();
    this.session = session;
    const kept = keptTabs();
    for (const text of kept) this.tabs.push(this.#tab(text));
    if (this.tabs.length === 0) this.tabs.push(this.#tab(this.#starter()));
    this.active = this.tabs[0] as QueryTab;
    session.addEventListener('change', () => this.#followSession());
    session.engine.addEventListener('crash', () => this.#lose());
    this.#followSession();
  }

  #set(): void {
    this.dispatchEvent(new Event('change'));
  }

  #tab(text: string): QueryTab {
    const id = this.#nextId++;
    return { id, text, caret: 0, answer: null, running: null, failure: null, remark: null, view: 'table' };
  }

  /** Something to run at once: the rows of the largest table. */
  #starter(): string {
    const [largest] = [...this.session.tables].sort((a, b) => b.rows - a.rows);
    return largest && largest.rows > 0 ? `${largest.name}\n| take 100` : '';
  }

  #followSession(): void {
    const { session } = this;
    const { drafts } = session;
    session.drafts = [];
    for (const text of drafts) this.open(text);
    if (session.tables !== this.#tables) {
      this.#tables = session.tables;
      this.#checked.clear();
      this.dispatchEvent(new Event('tables'));
    }
  }

  /** The engine that held the answers is gone. */
  #lose(): void {
    for (const tab of this.tabs) {
      if (tab.answer) tab.remark = t.result.restarted;
      tab.answer = null;
    }
    this.#set();
  }

  /** Opens a text in a tab of its own, or where it is already. */
  open(text: string): void {
    const same = this.tabs.find((tab) => tab.text.trim() === text.trim());
    if (same) return this.show(same);
    this.add(text);
  }

  add(text = ''): void {
    const tab = this.#tab(text);
    const isBlank = this.active.text.trim() === '' && text !== '';
    const at = this.tabs.indexOf(this.active);
    this.tabs = isBlank ? this.tabs.with(at, tab) : this.tabs.toSpliced(at + 1, 0, tab);
    this.show(tab);
  }

  /** Puts a text in the place of the open one. */
  replace(text: string): void {
    const old = this.active;
    this.cancel(old);
    release(old.answer);
    const tab = this.#tab(text);
    this.tabs = this.tabs.with(this.tabs.indexOf(old), tab);
    this.show(tab);
  }

  show(tab: QueryTab): void {
    this.active = tab;
    this.problems = [];
    this.#save();
    this.#set();
  }

  /** The tab so many places further. */
  step(by: number): void {
    const at = (this.tabs.indexOf(this.active) + by + this.tabs.length) % this.tabs.length;
    this.show(this.tabs[at] ?? this.active);
  }

  close(tab: QueryTab): void {
    const at = this.tabs.indexOf(tab);
    if (at < 0) return;
    this.cancel(tab);
    release(tab.answer);
    if (tab.text.trim() !== '') this.#closed = [...this.#closed, { text: tab.text, at }].slice(-MOST_CLOSED);
    this.tabs = this.tabs.toSpliced(at, 1);
    if (this.tabs.length === 0) this.tabs = [this.#tab('')];
    this.show(this.active === tab ? (this.tabs[Math.min(at, this.tabs.length - 1)] as QueryTab) : this.active);
  }

  get canReopen(): boolean {
    return this.#closed.length > 0;
  }

  /** Opens the tab again that was closed last. */
  reopen(): void {
    const closed = this.#closed.pop();
    if (!closed) return;
    const tab = this.#tab(closed.text);
    this.tabs = this.tabs.toSpliced(closed.at, 0, tab);
    this.show(tab);
  }

  /** What the editor says. */
  edited(text: string, caret: number): void {
    const { active } = this;
    if (active.text === text && active.caret === caret) return;
    active.text = text;
    active.caret = caret;
    this.#save();
    this.#set();
  }

  look(view: ResultView): void {
    this.active.view = view;
    this.#set();
  }

  /** Says what cannot be done with an answer. */
  say(remark: string): void {
    this.active.remark = remark;
    this.#set();
  }

  /** Shows another table of an answer that has several. */
  turn(result: RemoteResult): void {
    const { answer } = this.active;
    if (answer) this.active.answer = { ...answer, result, sort: null };
    this.#set();
  }

  /** Puts a table of an answer that has several in order; no query can, so its rows are sorted here. */
  order(sort: Sort): void {
    const { answer } = this.active;
    if (answer) this.active.answer = { ...answer, sort };
    this.#set();
  }

  #save(): void {
    clearTimeout(this.#saving);
    this.#saving = setTimeout(() => {
      const text = JSON.stringify(this.tabs.map((tab) => tab.text));
      if (text.length <= MOST_KEPT) this.session.keep(TABS, text);
    }, 400);
  }

  /** What `now()` answers: what is recent in an export is recent to its own end. */
  get now(): string | null {
    return timeRangeOf(this.session.sources)?.to ?? null;
  }

  /** Runs the query under the caret. */
  async run({ limit = FIRST_ROWS }: { limit?: number } = {}): Promise<void> {
    const { active } = this;
    const block = queryAt(active.text, active.caret);
    if (!block) {
      active.failure = null;
      active.remark = t.result.nothingToRun;
      return this.#set();
    }
    await this.#run(active, block.text, { limit, sort: null });
  }

  /** Asks how the query under the caret is used elsewhere. */
  use(): void {
    const { active } = this;
    const block = queryAt(active.text, active.caret);
    if (block) this.session.useIt({ title: titleOf(block.text, t.query), kql: block.text });
  }

  /** Asks why the query under the caret returns nothing; for a query where there is none. */
  whyNothing(): void {
    const { active } = this;
    const block = queryAt(active.text, active.caret);
    this.session.whyNothing(block ? { title: titleOf(block.text, t.query), kql: block.text } : { title: '', kql: '' });
  }

  /** Asks again for what is shown: in another order, or for more rows. */
  async again(change: { limit?: number; sort?: Sort }): Promise<void> {
    const { active } = this;
    if (active.answer) await this.#run(active, active.answer.kql, { limit: active.answer.limit, sort: active.answer.tables.length === 1 ? active.answer.sort : null, ...change });
  }

  async #run(tab: QueryTab, kql: string, { limit, sort }: { limit: number; sort: Sort }): Promise<void> {
    this.#aborts.get(tab.id)?.abort();
    const abort = new AbortController();
    this.#aborts.set(tab.id, abort);
    const { engine } = this.session;
    const running: Running = { kql, since_ms: performance.now(), progress: null };
    Object.assign(tab, { running, failure: null, remark: null });
    this.#set();
    try {
      const openKql = openEnded(kql, (await engine.call('kql', 'tokens', kql)) as Token[]);
      const asked = sort ? ordered({ openKql, sort }) : kql;
      const now = /\b(now|ago)\s*\(/.test(kql) ? this.now : null;
      const result = await engine.query(asked, { maxRows: limit, ...(now ? { now } : {}) }, {
        signal: abort.signal,
        onProgress: (progress) => {
          running.progress = progress;
          this.#set();
        },
      });
      if (abort.signal.aborted || !this.tabs.includes(tab)) {
        result.release();
        return;
      }
      const isOther = tab.answer?.kql !== kql;
      release(tab.answer);
      tab.answer = { kql, openKql, result, tables: [{ name: t.result.results, result }, ...result.further], sort, limit, now };
      if (isOther) tab.view = result.render && result.render.kind !== 'table' && result.rowCount > 0 ? 'chart' : 'table';
      this.#remember(kql, result.rowCount);
    } catch (failure) {
      if (this.#aborts.get(tab.id) !== abort) return;
      const error = failure as EngineError;
      if (abort.signal.aborted || error.code === 'cancelled') tab.remark = t.result.cancelled;
      else if (error.code !== 'engine-crash') tab.failure = { kql, error };
      else tab.remark = t.result.restarting;
    } finally {
      if (this.#aborts.get(tab.id) === abort) {
        this.#aborts.delete(tab.id);
        tab.running = null;
        this.#set();
        this.dispatchEvent(new Event('ran'));
      }
    }
  }

  cancel(tab: QueryTab = this.active): void {
    this.#aborts.get(tab.id)?.abort();
  }

  /** Runs a query behind a view; its answer is the caller's to release. */
  ask(kql: string, answer: Answer | null = this.active.answer, signal?: AbortSignal): Promise<RemoteResult> {
    return this.session.engine.query(kql, answer?.now ? { now: answer.now } : {}, signal ? { signal } : {});
  }

  #remember(kql: string, rows: number): void {
    this.recent = [{ kql, rows }, ...this.recent.filter((entry) => entry.kql !== kql)].slice(0, MOST_RECENT);
    const text = JSON.stringify(this.recent);
    if (text.length <= MOST_KEPT) this.session.keep(RECENT, text);
  }

  forgetRecent(): void {
    this.recent = [];
    this.session.keep(RECENT, null);
    this.#set();
  }

  /** What is wrong in a text, with places in it. Each query is checked by itself, and once. */
  async check(text: string): Promise<Problem[]> {
    const blocks = queriesIn(text);
    const found = await Promise.all(blocks.map(async ({ text: block, start }) => {
      const known = this.#checked.get(block) ?? this.session.engine.language('check', block).catch(() => []);
      this.#checked.set(block, known);
      const findings = [...(await known)];
      const { failure } = this.active;
      if (failure?.kql === block && failure.error.range && !findings.some(({ code }) => code === failure.error.code)) {
        const { code, message, range, help } = failure.error;
        findings.push({ code, severity: 'error', message, range, ...(help ? { help } : {}) });
      }
      return findings.map((finding) => moved(finding, start, block));
    }));
    for (const old of this.#checked.keys()) {
      if (this.#checked.size <= 200) break;
      this.#checked.delete(old);
    }
    return found.flat();
  }

  /** The findings that the editor marked. */
  found(problems: readonly Problem[]): void {
    this.problems = problems;
    this.#set();
  }
}

/** A finding at its place in the text around the query. */
function moved(finding: Diagnostic, by: number, block: string): Problem {
  const place = ({ start, end }: { start: number; end: number }): { start: number; end: number } => ({ start: start + by, end: end + by });
  const { fix } = finding;
  return {
    ...finding,
    block,
    range: place(finding.range),
    ...(fix ? { fix: { ...fix, edits: fix.edits.map(({ range, text }) => ({ range: place(range), text })) } } : {}),
  };
}

function keptTabs(): string[] {
  try {
    const kept: unknown = JSON.parse(stored(TABS) ?? '[]');
    return Array.isArray(kept) ? kept.filter((text): text is string => typeof text === 'string') : [];
  } catch {
    return [];
  }
}

function recentQueries(): Recent[] {
  try {
    const kept: unknown = JSON.parse(stored(RECENT) ?? '[]');
    return Array.isArray(kept) ? kept.filter((entry): entry is Recent => typeof entry?.kql === 'string' && typeof entry?.rows === 'number') : [];
  } catch {
    return [];
  }
}

/** Gives back what the worker holds; the first table holds the others. */
function release(answer: Answer | null): void {
  answer?.tables[0]?.result.release();
}

/** What an answer goes on from: the query, in the order that was asked for. */
export const ordered = ({ openKql, sort }: Pick<Answer, 'openKql' | 'sort'>): string =>
  (sort ? `${openKql}\n| order by ${columnKql(sort.column)} ${sort.order}` : openKql);

const isFilter = ({ text }: StageInfo): boolean => /^(where|filter)\b/.test(text);

/** The stage that let the fewest rows through, for an answer without rows. */
export function mostDropping(stages: readonly StageInfo[]): StageInfo | null {
  const lost = ({ rowsIn, rowsOut }: StageInfo): number => rowsIn - rowsOut;
  const [worst] = stages.filter((stage) => lost(stage) > 0).sort((a, b) => lost(b) - lost(a));
  return worst ?? null;
}

/** A query for the rows that a filter dropped; null of other stages. */
export async function droppedRows(session: Session, { kql }: Pick<Answer, 'kql'>, stage: StageInfo): Promise<string | null> {
  if (!isFilter(stage)) return null;
  try {
    return (await session.engine.call('kql', 'dropped', kql, stage.range.start, 100)) as string;
  } catch {
    return null;
  }
}

/** All rows of a table in order, as `order by` has it: nulls are the least. */
export async function sortedRows(result: RemoteResult, { column, order }: NonNullable<Sort>): Promise<readonly (readonly Cell[])[]> {
  const at = result.columns.findIndex(({ name }) => name === column);
  const type = result.columns[at]?.type;
  const rank = (cell: Cell): number | string => {
    if (type === 'datetime') return Date.parse(String(cell));
    return typeof cell === 'number' || typeof cell === 'string' ? cell : typeof cell === 'boolean' ? Number(cell) : JSON.stringify(cell);
  };
  const way = order === 'asc' ? 1 : -1;
  const ranked = (await result.rows(0, result.rowCount)).map((row) => ({ row, cell: row[at] ?? null }));
  return ranked.sort((a, b) => {
    if (a.cell === null || b.cell === null) return way * (Number(b.cell === null) - Number(a.cell === null));
    const [x, y] = [rank(a.cell), rank(b.cell)];
    return x < y ? -way : x > y ? way : 0;
  }).map(({ row }) => row);
}
