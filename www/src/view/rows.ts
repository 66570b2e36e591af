// The rows behind a number: the grid, the row that is looked at, and ways to take them away.
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { EngineError, RemoteResult } from 'kqlens/client';
import type { KqlType } from 'kqlens';
import { isMessageColumn, withoutMessages } from '../session/messages';
import type { Calls } from '../session/calls';
import type { RowsRequest } from '../session/session';
import { columnKql } from '../session/conditions';
import { rows as t } from '../texts/rows';
import { words as w } from '../texts/words';
import { download } from './download';
import type { CellAction, Sort } from './grid';
import { GridQuery } from './grid/query';
import { icons } from './icons';
import { base } from './style';
import { View } from './view';
import { duration } from './words';

/** What a reader looks for first; other columns follow in the order of the table. */
const FIRST_COLUMNS = [
  'DroppedBy', 'TimeGenerated', 'ResponseCode', 'ResultCode', 'Method', 'Url', 'ApiId', 'Name', 'OperationId', 'LastErrorReason', 'LastErrorSource',
  'LastErrorMessage', 'ModelName', 'DeploymentName', 'BackendId', 'BackendResponseCode', 'TotalTime', 'DurationMs', 'BackendTime', 'CallerIpAddress', 'CorrelationId',
];

export class Rows extends View {
  static override properties = {
    ...View.properties, request: { attribute: false }, result: { state: true }, order: { state: true }, failure: { state: true },
    sort: { state: true }, detail: { state: true }, conversation: { state: true }, isDrawn: { state: true }, isRedacted: { state: true }, withText: { state: true }, fetchRows: { state: true }, isRunning: { state: true }, query: { state: true }, earlier: { state: true },
  };
  static override styles = [base, css`
    dialog { width: min(1600px, calc(100vw - 32px)); height: calc(100dvh - 32px); overflow: hidden; }
    dialog[open] { display: flex; flex-direction: column; }
    header { display: grid; gap: 0 8px; grid-template-columns: minmax(0, 1fr) max-content; padding: 12px 16px 8px; }
    header .bar { grid-column: 1 / -1; }
    h2 { overflow-wrap: anywhere; }
    .panes { flex: 1; min-height: 0; display: grid; grid-template-columns: minmax(0, 1fr) minmax(280px, 380px); gap: 12px; padding: 0 16px 16px; }
    .panes.alone { grid-template-columns: minmax(0, 1fr); }
    .empty { padding: 40px 16px; text-align: center; }
    label { display: inline-flex; gap: 6px; align-items: center; font-size: 13px; }
    @media (max-width: 900px) {
      .panes { grid-template-columns: minmax(0, 1fr); grid-template-rows: minmax(0, 3fr) minmax(0, 2fr); padding: 0 8px 8px; }
      .panes.alone { grid-template-rows: minmax(0, 1fr); }
      header { padding: 8px; }
    }
    @media (max-width: 640px) { dialog { width: 100vw; height: 100dvh; } }
  `];
  declare request: RowsRequest | null;
  declare result: RemoteResult | null;
  declare order: readonly number[];
  declare failure: EngineError | null;
  declare sort: Sort;
  declare detail: { row: number; cells: readonly unknown[] } | null;
  /** What the bodies of the row say to a model. */
  declare conversation: Calls | null;
  /** Whether the elements that draw a record are there. */
  declare isDrawn: boolean;
  declare isRedacted: boolean;
  /** Whether the text of messages leaves with the rows; null where nobody said. */
  declare withText: boolean | null;
  declare isRunning: boolean;
  declare fetchRows: (from: number, to: number) => Promise<readonly (readonly unknown[])[]>;
  /** What the grid copies, searches and marks by. */
  declare query: GridQuery | null;
  /** The rows that these were narrowed from, the last one last. */
  declare earlier: readonly RowsRequest[];
  #abort: AbortController | null = null;

  constructor() {
    super();
    this.request = null;
    this.query = null;
    this.earlier = [];
    this.result = null;
    this.order = [];
    this.failure = null;
    this.sort = null;
    this.detail = null;
    this.conversation = null;
    this.isDrawn = false;
    this.isRedacted = true;
    this.withText = null;
    this.isRunning = false;
    this.fetchRows = async () => [];
  }

  override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    if (!changed.has('request')) return;
    this.sort = null;
    this.detail = null;
    this.conversation = null;
    if (this.request) void this.#run();
  }

  override updated(changed: PropertyValues): void {
    if (!changed.has('request')) return;
    const dialog = this.renderRoot.querySelector('dialog');
    if (this.request && !dialog?.open) dialog?.showModal();
    if (!this.request && dialog?.open) dialog.close();
  }

  get #kql(): string {
    const kql = this.request?.kql ?? '';
    if (!this.sort) return kql;
    return `${kql}\n| order by ${columnKql(this.sort.column)} ${this.sort.order}`;
  }

  async #run(): Promise<void> {
    const { session } = this;
    if (!session) return;
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    this.isRunning = true;
    this.failure = null;
    try {
      const result = await session.engine.query(this.#kql, {}, { signal: abort.signal });
      if (abort.signal.aborted) {
        result.release();
        return;
      }
      this.result?.release();
      const isShown = (at: number): boolean => !session.isTextHidden || !isMessageColumn(result.columns[at]?.name ?? '');
      const rank = (name: string): number => (FIRST_COLUMNS.includes(name) ? FIRST_COLUMNS.indexOf(name) : FIRST_COLUMNS.length);
      const order = result.columns.map((_, at) => at).filter(isShown).sort((a, b) => rank(result.columns[a]?.name ?? '') - rank(result.columns[b]?.name ?? '') || a - b);
      this.order = order;
      this.result = result;
      this.fetchRows = async (from, to) => (await result.rows(from, to)).map((row) => order.map((at) => row[at]));
      this.query = new GridQuery({
        ask: (kql) => session.engine.query(kql), kql: this.#kql, columns: this.#columns, isRedacted: () => this.isRedacted, isTextTaken: () => this.#isTextTaken,
      });
      this.isRunning = false;
    } catch (error) {
      if (abort.signal.aborted) return;
      this.isRunning = false;
      this.result?.release();
      this.result = null;
      this.failure = error as EngineError;
    }
  }

  get #columns(): { name: string; type: KqlType }[] {
    return this.order.flatMap((at) => this.result?.columns[at] ?? []);
  }

  override render(): TemplateResult {
    const { request, result, session } = this;
    return html`<dialog aria-labelledby="title" @close=${this.#closed} @click=${(event: MouseEvent) => {
      if (event.target === event.currentTarget) (event.currentTarget as HTMLDialogElement).close();
    }}>${request ? html`
      <header>
        <h2 id="title">${request.title}</h2>
        <button class="quiet icon" aria-label=${w.close} autofocus @click=${() => this.renderRoot.querySelector('dialog')?.close()}>${icons.close}</button>
        <div class="bar">
        ${this.earlier.length > 0 ? html`<button class="quiet" id="back" @click=${this.#back}>${t.back}</button>` : nothing}
        <span class="soft" role="status">${result ? `${w.rows(result.rowCount)} · ${duration(result.elapsedMs)}` : this.isRunning ? t.running : ''}</span>
        <span class="grow"></span>
        <label><input type="checkbox" .checked=${this.isRedacted} @change=${(event: Event) => { this.isRedacted = (event.target as HTMLInputElement).checked; }}>${w.maskSecrets}</label>
        ${result?.columns.some(({ name }) => isMessageColumn(name)) && !session?.isTextHidden ? html`<label title=${w.messageTextTitle}><input type="checkbox"
          .checked=${this.#isTextTaken} @change=${(event: Event) => { this.withText = (event.target as HTMLInputElement).checked; }}>${w.messageText}</label>` : nothing}
        <kqlens-copy label=${w.copyMarkdown} ?hidden=${!result} .text=${() => this.#text('markdown')}></kqlens-copy>
        <button class="quiet" ?disabled=${!result} @click=${() => this.#download('csv')}>${icons.download}CSV</button>
        <button class="quiet" ?disabled=${!result} @click=${() => this.#download('json')}>${icons.download}JSON</button>
        <button class="quiet" @click=${() => session?.showKql({ title: request.title, kql: this.#kql })}>${icons.code}${w.showKql}</button></div>
      </header>
      ${this.failure ? html`<div class="empty"><h3>${this.failure.message}</h3><p class="soft">${this.failure.help ?? ''}</p></div>` : nothing}
      ${result && result.rowCount === 0 ? html`<div class="empty"><h3>${w.noRowMatches}</h3></div>` : nothing}
      ${result && result.rowCount > 0 ? html`<div class="panes ${this.detail ? '' : 'alone'}">
        <kqlens-grid .columns=${this.#columns} .rowCount=${result.rowCount} .fetchRows=${this.fetchRows} .sort=${this.sort} label=${request.title} .query=${this.query}
          @cell=${(event: CustomEvent<CellAction>) => this.#narrow(request, event.detail)}
          @sort=${(event: CustomEvent<Sort>) => { this.sort = event.detail; void this.#run(); }}
          @row=${(event: CustomEvent<{ row: number; cells: unknown[]; isOpened: boolean }>) => {
            if (event.detail.isOpened || this.detail) this.#look(event.detail);
            this.conversation = null;
          }}></kqlens-grid>
        ${this.conversation ? html`<kqlens-conversation .calls=${this.conversation} @done=${(event: Event) => {
          event.stopPropagation();
          this.conversation = null;
        }}></kqlens-conversation>` : this.detail ? (this.isDrawn ? this.#detail(this.detail) : html`<div class="skeleton"></div>`) : nothing}
      </div>` : nothing}` : nothing}</dialog>`;
  }

  #detail({ row, cells }: { row: number; cells: readonly unknown[] }): TemplateResult {
    return html`<kqlens-record .session=${this.session} .columns=${this.#columns} .cells=${cells} .row=${row} @done=${() => { this.detail = null; }}
      @converse=${(event: CustomEvent<string>) => this.#converse(event.detail)} @rows=${(event: CustomEvent<RowsRequest>) => this.#follow(event.detail)}></kqlens-record>`;
  }

  /** Shows a row; what draws it and marks the secrets in it is loaded with the first one. */
  #look(detail: { row: number; cells: readonly unknown[] }): void {
    this.detail = detail;
    if (!this.isDrawn) void Promise.all([import('./conversations/element'), import('./explore/element')]).then(() => { this.isDrawn = true; });
  }

  /** Reads the bodies of a row as a conversation with a model. */
  async #converse(correlationId: string): Promise<void> {
    const { session } = this;
    if (!session) return;
    const [{ Calls }] = await Promise.all([import('../session/calls'), import('./conversations/element')]);
    const calls = new Calls(session);
    await calls.openBodies(correlationId);
    this.conversation = calls;
  }

  /** Messages to and from a model stay here unless it is said; bodies of other requests are rows like others. */
  get #isTextTaken(): boolean {
    const { session } = this;
    return !session?.isTextHidden && (this.withText ?? !session?.hasConversations);
  }

  /** The rows as text: without that of messages where it is not to leave. */
  async #text(format: 'json' | 'csv' | 'markdown'): Promise<string> {
    const { result, session } = this;
    if (!result || !session) return '';
    const kql = this.#isTextTaken ? this.#kql : withoutMessages(this.#kql, result.columns);
    if (kql === this.#kql) return result.toText(format, { redact: this.isRedacted });
    const without = await session.engine.query(kql);
    try {
      return await without.toText(format, { redact: this.isRedacted });
    } finally {
      without.release();
    }
  }

  async #download(format: 'json' | 'csv'): Promise<void> {
    download(await this.#text(format), format === 'csv' ? 'text/csv' : 'application/json', `kqlens-rows.${format}`);
  }

  /** The rows of a value, those without it, or how often each value is there. */
  #narrow(request: RowsRequest, { action, column, kql }: CellAction): void {
    const own = this.#kql;
    const from = action === 'rows' ? request.grouped ?? own : own;
    const next: RowsRequest = action === 'group'
      ? { title: t.rowsBy(column), kql: `${own}\n| summarize Count = count() by ${kql}\n| order by Count desc, ${kql} asc`, grouped: own }
      : { title: `${request.grouped && action === 'rows' ? t.rows : request.title.split(' · ')[0] ?? ''} · ${kql.slice(0, 80)}`, kql: `${from}\n| where ${kql}` };
    this.#follow(next);
  }

  /** Other rows, with a way back to these. */
  #follow(next: RowsRequest): void {
    if (this.request) this.earlier = [...this.earlier, this.request];
    this.session?.showRows(next);
  }

  readonly #back = (): void => {
    const request = this.earlier.at(-1);
    this.earlier = this.earlier.slice(0, -1);
    if (request) this.session?.showRows(request);
  };

  #closed(): void {
    this.earlier = [];
    this.query = null;
    this.#abort?.abort();
    this.result?.release();
    this.result = null;
    this.session?.showRows(null);
  }
}
