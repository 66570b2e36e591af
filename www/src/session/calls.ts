// The calls to language models: the report of the engine, the prices of the user, and the queries
// over `LlmCalls` that the views are drawn from.
import type { EngineError, RemoteLlm, RemoteResult } from 'kqlens/client';
import type { Conversation, KqlType } from 'kqlens';
import { conversations as t } from '../texts/conversations';
import { literal } from './panels';
import type { Session } from './session';

export interface CallFilter {
  /** A phrase in what was asked or answered. */
  text: string;
  model: string;
  status: keyof typeof STATUSES | '';
  finish: string | null;
  completeness: string;
  problem: string;
  fromTokens: number | null;
  toTokens: number | null;
}

export const NO_FILTER: CallFilter = {
  text: '', model: '', status: '', finish: null, completeness: '', problem: '', fromTokens: null, toTokens: null,
};

/** Kinds of answers of the gateway, by the condition for each. */
const STATUSES = {
  ok: 'ResponseCode between (200 .. 299)',
  limited: 'ResponseCode == 429',
  refused: 'ResponseCode between (400 .. 499) and ResponseCode != 429',
  failed: 'ResponseCode >= 500',
  unknown: 'isnull(ResponseCode)',
} as const;

export type CallSort = { column: string; order: 'asc' | 'desc' } | null;

/** What was asked last, or where the phrase was found. */
const said = (phrase: string): string[] => (phrase === ''
  ? ['| extend Text = extract(@"([^\\n]+)\\s*$", 1, substring(Prompt, max_of(0, strlen(Prompt) - 300)))']
  : [
    '| extend Said = strcat(Prompt, "\\n", Completion)',
    `| extend Text = replace_string(substring(Said, max_of(0, indexof(tolower(Said), ${literal(phrase.toLowerCase())}) - 40), 240), "\\n", " ")`,
  ]);

const COLUMNS = ['Call', 'TimeGenerated', 'ModelName', 'ResponseCode', 'TotalTokens', 'FinishReason', 'Completeness', 'ApimSubscriptionId', 'TotalTime'];
/** Where the text stands among them. */
const TEXT_AT = 2;

/** The list of calls. */
export function listQuery(callsKql: string, filter: CallFilter, sort: CallSort, hasText: boolean): string {
  const { text, model, status, finish, completeness, problem, fromTokens, toTokens } = filter;
  const lines = [callsKql];
  const where = (condition: string): number => lines.push(`| where ${condition}`);
  if (text !== '') where(`Prompt contains ${literal(text)} or Completion contains ${literal(text)}`);
  if (model !== '') where(`ModelName == ${literal(model)}`);
  if (status !== '') where(STATUSES[status]);
  if (finish !== null) where(finish === '' ? 'isempty(FinishReason)' : `FinishReason == ${literal(finish)}`);
  if (completeness !== '') where(`Completeness == ${literal(completeness)}`);
  if (problem !== '') where(`set_has_element(Problems, ${literal(problem)})`);
  if (fromTokens !== null) where(`TotalTokens >= ${fromTokens}`);
  if (toTokens !== null) where(`TotalTokens <= ${toTokens}`);
  if (hasText) lines.push(...said(text));
  const columns = hasText ? COLUMNS.toSpliced(TEXT_AT, 0, 'Text') : COLUMNS;
  lines.push(`| project ${columns.join(', ')}`);
  lines.push(sort ? `| order by ${sort.column} ${sort.order}, Call asc` : '| order by Call asc');
  return lines.join('\n');
}

/** The texts of some calls. */
const textQuery = (calls: readonly unknown[], phrase: string): string =>
  ['LlmCalls', `| where Call in (${calls.join(', ')})`, ...said(phrase), '| project Call, Text'].join('\n');

export class Calls extends EventTarget {
  readonly session: Session;
  state: 'idle' | 'running' | 'done' | 'cancelled' | 'failed' = 'idle';
  progress: { rowsDone: number; rowsTotal: number } | null = null;
  report: RemoteLlm | null = null;
  error: string | null = null;
  prices: string | null;
  priceError: EngineError | null = null;
  filter: CallFilter = NO_FILTER;
  sort: CallSort = null;
  list: RemoteResult | null = null;
  listError: string | null = null;
  isListing = false;
  conversation: Conversation | null = null;
  /** What it cost, where prices are known. */
  cost: { low: number; high: number } | null = null;
  conversationError: string | null = null;
  #tables: unknown = null;
  #abort: AbortController | null = null;
  #listing: AbortController | null = null;
  #opening = 0;
  #isTextHidden = false;
  /** The prices of the session, of which those in use may differ while they cannot be read. */
  #given: string | null;
  readonly #follow = (): void => this.#followSession();

  constructor(session: Session) {
    super();
    this.session = session;
    this.prices = session.prices;
    this.#given = session.prices;
  }

  connect(): void {
    this.session.addEventListener('change', this.#follow);
    this.#followSession();
  }

  disconnect(): void {
    this.session.removeEventListener('change', this.#follow);
    this.#abort?.abort();
    this.#listing?.abort();
    this.#forget();
    this.#tables = null;
  }

  /** Gives back what the worker holds. */
  #forget(): void {
    this.report?.release();
    this.list?.release();
    this.report = null;
    this.list = null;
  }

  #set(change: Partial<Calls>): void {
    Object.assign(this, change);
    this.dispatchEvent(new Event('change'));
  }

  /** Other rows mean other calls; hidden text leaves the list. */
  #followSession(): void {
    const { session } = this;
    if (session.phase === 'ready' && session.tables !== this.#tables) void this.load();
    else if (session.prices !== this.#given) void this.usePrices(session.prices);
    else if (session.isTextHidden !== this.#isTextHidden) void this.refresh();
    this.dispatchEvent(new Event('change'));
  }

  /** Puts the calls together. */
  async load(): Promise<void> {
    this.#tables = this.session.tables;
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    this.#forget();
    this.close();
    this.#set({ state: 'running', progress: null, error: null });
    try {
      const report = await this.#report(this.prices, abort);
      if (abort.signal.aborted) {
        report.release();
        return;
      }
      this.#set({ state: 'done', report });
      await this.refresh();
    } catch (failure) {
      if (this.#abort !== abort) return;
      const { code, message } = failure as EngineError;
      this.#set(code === 'cancelled' ? { state: 'cancelled' } : { state: 'failed', error: message });
    }
  }

  /** Prices that cannot be read are said, and the calls are counted without them. */
  async #report(prices: string | null, { signal }: AbortController): Promise<RemoteLlm> {
    const control = {
      signal,
      onProgress: ({ rowsDone, rowsTotal }: { rowsDone: number; rowsTotal: number }) => this.#set({ progress: { rowsDone, rowsTotal } }),
    };
    const { engine } = this.session;
    if (prices === null) return engine.llm({}, control);
    try {
      const report = await engine.llm({ prices }, control);
      this.priceError = null;
      return report;
    } catch (failure) {
      if ((failure as EngineError).code === 'cancelled') throw failure;
      this.priceError = failure as EngineError;
      return engine.llm({}, control);
    }
  }

  cancel(): void {
    this.#abort?.abort();
  }

  /** Counts again with other prices; they stay on this device. False where they cannot be read. */
  async usePrices(text: string | null): Promise<boolean> {
    this.prices = text;
    this.#given = this.session.prices;
    this.priceError = null;
    await this.load();
    const isRead = this.priceError === null;
    if (isRead && text !== this.#given) {
      this.#given = text;
      this.session.usePrices(text);
    }
    return isRead;
  }

  /** Forgets what is on this device. */
  forgetPrices(): Promise<boolean> {
    return this.usePrices(null);
  }

  /** The whole list as one query. */
  get listKql(): string {
    return this.#listKql(!this.session.isTextHidden);
  }

  #listKql(hasText: boolean): string {
    return listQuery(this.report?.callsKql ?? 'LlmCalls', this.filter, this.sort, hasText);
  }

  /** A window of the list. Texts are made for the rows that are looked at: for all they would take seconds. */
  async rows(from: number, to: number): Promise<readonly (readonly unknown[])[]> {
    const { list, session, filter } = this;
    if (!list) return [];
    const rows = await list.rows(from, to);
    if (session.isTextHidden || list.columns.length > COLUMNS.length || rows.length === 0) return rows;
    const answer = await session.engine.query(textQuery(rows.map(([call]) => call), filter.text));
    const texts = new Map((await answer.rows(0, answer.rowCount)).map(([call, text]) => [call, text]));
    answer.release();
    return rows.map((row) => [...row].toSpliced(TEXT_AT, 0, texts.get(row[0] ?? null) ?? null));
  }

  where(change: Partial<CallFilter>): void {
    this.filter = { ...this.filter, ...change };
    void this.refresh();
  }

  /** The columns of the list as it is shown. */
  get columns(): { name: string; type: KqlType }[] {
    const columns = this.list?.columns ?? [];
    if (this.session.isTextHidden || columns.some(({ name }) => name === 'Text')) return columns;
    return columns.toSpliced(TEXT_AT, 0, { name: 'Text', type: 'string' });
  }

  orderBy(sort: CallSort): void {
    this.sort = sort;
    void this.refresh();
  }

  /** Asks for the list again. */
  async refresh(): Promise<void> {
    this.#isTextHidden = this.session.isTextHidden;
    if (!this.report) return;
    this.#listing?.abort();
    const abort = new AbortController();
    this.#listing = abort;
    this.#set({ isListing: true });
    try {
      const isSortedByText = this.sort?.column === 'Text' && !this.session.isTextHidden;
      const list = await this.session.engine.query(this.#listKql(isSortedByText), {}, { signal: abort.signal });
      if (abort.signal.aborted) {
        list.release();
        return;
      }
      this.list?.release();
      this.#set({ list, isListing: false, listError: null });
    } catch (failure) {
      if (!abort.signal.aborted) this.#set({ isListing: false, listError: (failure as Error).message });
    }
  }

  /** Shows one conversation. */
  async open(call: number): Promise<void> {
    const { report } = this;
    if (!report || this.conversation?.call === call) return;
    this.#opening += 1;
    const opening = this.#opening;
    try {
      const conversation = await report.conversation(call);
      if (opening !== this.#opening) return;
      this.#set({ conversation, conversationError: null, cost: null });
      if (this.report?.totals.cost) await this.#price(call, opening);
    } catch (failure) {
      if (opening === this.#opening) this.#set({ conversation: null, conversationError: (failure as Error).message });
    }
  }

  /** Shows what the logged bodies of a gateway row say. */
  async openBodies(correlationId: string): Promise<void> {
    const report = await this.session.engine.llm();
    try {
      const conversation = await report.bodies(correlationId);
      this.#set({ conversation, conversationError: conversation ? null : t.call.noConversation });
    } catch (failure) {
      this.#set({ conversationError: (failure as Error).message });
    } finally {
      report.release();
    }
  }

  async #price(call: number, opening: number): Promise<void> {
    const answer = await this.session.engine.query(`${this.report?.callsKql}\n| where Call == ${call} and IsPriced\n| project toreal(CostLow), toreal(CostHigh)`);
    const [row] = await answer.rows(0, 1);
    answer.release();
    if (opening === this.#opening && row) this.#set({ cost: { low: Number(row[0]), high: Number(row[1]) } });
  }

  close(): void {
    this.#opening += 1;
    this.#set({ conversation: null, conversationError: null, cost: null });
  }
}
