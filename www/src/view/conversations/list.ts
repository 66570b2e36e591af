// The list of calls: search, filters, a grid; beside it the conversation that was chosen.
import { css, html, nothing, type TemplateResult } from 'lit';
import { NO_FILTER, type CallFilter, type CallSort } from '../../session/calls';
import { conversations as t } from '../../texts/conversations';
import { words as w } from '../../texts/words';
import type { Grid, GridColumn } from '../grid';
import { icons } from '../icons';
import { base } from '../style';
import type { ConversationView } from './conversation';
import { CallsView } from './part';
import { heading } from './words';

const QUIET_MS = 250;
const WIDTHS: Record<string, number> = { Call: 72, TimeGenerated: 192, Text: 380, ResponseCode: 132, TotalTokens: 116, FinishReason: 128, Completeness: 132 };

export class CallList extends CallsView {
  static override properties = { ...CallsView.properties, finishes: { state: true } };
  static override styles = [base, css`
    .card { padding: var(--pad); }
    .filters { display: flex; flex-wrap: wrap; gap: 8px; align-items: end; margin: 10px 0; }
    label { display: grid; gap: 2px; font-size: 12px; color: var(--soft); }
    label.search { flex: 1 1 220px; }
    input, select { font: inherit; font-size: 14px; color: var(--ink); background: var(--card); border: 1px solid var(--line); border-bottom-color: var(--edge); border-radius: 4px; min-height: 32px; padding: 4px 8px; }
    input { width: 100%; }
    .tokens { display: flex; gap: 4px; align-items: center; }
    .tokens input { width: 76px; }
    select { max-width: 150px; }
    .panes { display: grid; gap: 12px; grid-template-columns: minmax(0, 1fr); height: min(78vh, 860px); min-height: 420px; }
    .panes.open { grid-template-columns: minmax(320px, 5fr) minmax(0, 7fr); }
    .panes > * { min-height: 0; }
    .panes:not(.open) kqlens-conversation { display: none; }
    .side { display: flex; flex-direction: column; min-width: 0; }
    kqlens-grid { flex: 1; }
    .side .bar { min-height: 32px; margin-bottom: 4px; font-size: 13px; }
    .empty { padding: 40px 16px; text-align: center; border: 1px solid var(--line); border-radius: 4px; flex: 1; }
    @media (max-width: 900px) {
      .card { padding: 12px; }
      .panes, .panes.open { grid-template-columns: minmax(0, 1fr); height: auto; }
      .side { height: 70vh; }
      .panes.open .side { display: none; }
      label { flex: 1 1 130px; }
      select { max-width: none; width: 100%; }
      kqlens-conversation { height: 85vh; scroll-margin-top: 60px; }
    }
  `];
  /** What the log says of how answers ended. */
  declare finishes: readonly string[];
  #finishesOf: unknown = null;
  #quiet: ReturnType<typeof setTimeout> | undefined;
  #typed: Partial<CallFilter> = {};

  constructor() {
    super();
    this.finishes = [];
  }

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    super.willUpdate(changed);
    const report = this.calls?.report;
    if (!report || report === this.#finishesOf) return;
    this.#finishesOf = report;
    void this.#findFinishes();
  }

  async #findFinishes(): Promise<void> {
    try {
      const answer = await this.calls?.session.engine.query('LlmCalls\n| summarize by FinishReason\n| order by FinishReason asc');
      const rows = (await answer?.rows(0, 50)) ?? [];
      answer?.release();
      this.finishes = rows.map(([finish]) => String(finish ?? ''));
    } catch {
      this.finishes = [];
    }
  }

  override render(): TemplateResult | typeof nothing {
    const { calls } = this;
    if (!calls?.report) return nothing;
    const { list, filter, report } = calls;
    const isFiltered = Object.entries(filter).some(([name, value]) => value !== NO_FILTER[name as keyof CallFilter]);
    const isOpen = calls.conversation !== null || calls.conversationError !== null;
    return html`<section class="card" aria-labelledby="title">
      <div class="bar"><h2 class="grow" id="title">${t.views.calls}</h2>
        <button class="quiet" @click=${() => calls.session.showKql({ title: t.views.calls, kql: calls.listKql })}>${icons.code}${w.showKql}</button></div>
      <div class="filters" role="search">
        <label class="search">${t.list.search}
          <input id="search" type="search" .value=${filter.text} @input=${(event: InputEvent) => this.#soon({ text: (event.target as HTMLInputElement).value })}></label>
        ${this.#select('model', filter.model, [...new Set(report.models.map(({ model }) => model))].filter((model) => model !== '').map((model) => [model, model]), (model) => ({ model }))}
        ${this.#select('status', filter.status, Object.entries(t.list.statuses), (status) => ({ status: status as CallFilter['status'] }))}
        ${this.#select('finish', filter.finish === null ? '' : `=${filter.finish}`, this.finishes.map((finish) => [`=${finish}`, finish || t.list.notInLog]),
          (finish) => ({ finish: finish === '' ? null : finish.slice(1) }))}
        ${this.#select('completeness', filter.completeness, Object.entries(t.completeness), (completeness) => ({ completeness }))}
        ${report.problems.length > 0 ? this.#select('problem', filter.problem, report.problems.map(({ code }) => [code, code]), (problem) => ({ problem })) : nothing}
        <label>${t.list.tokens}<span class="tokens">${this.#tokens(t.list.tokensFrom, filter.fromTokens, (fromTokens) => ({ fromTokens }))}–${this.#tokens(t.list.tokensTo, filter.toTokens, (toTokens) => ({ toTokens }))}</span></label>
      </div>
      <div class="panes ${isOpen ? 'open' : ''}" @done=${() => this.#back()}>
        <div class="side ${calls.isListing ? 'old' : ''}">
          <div class="bar"><span class="soft" role="status">${list
            ? isFiltered ? t.list.someOf(list.rowCount, report.totals.calls) : w.calls(list.rowCount) : t.running}</span>
            ${isFiltered ? html`<button class="quiet" id="all" @click=${() => this.#clear()}>${icons.close}${t.list.clearFilters}</button>` : nothing}</div>
          ${calls.listError ? html`<div class="empty"><h3>${t.list.failed}</h3><p class="soft">${calls.listError}</p></div>`
            : list && list.rowCount === 0 ? html`<div class="empty"><h3>${t.list.none}</h3><p class="soft">${isFiltered ? t.list.clearOne : ''}</p></div>`
            : list ? html`<kqlens-grid label=${t.views.calls} .columns=${this.#columns(list)} .rowCount=${list.rowCount} .fetchRows=${this.#fetch(list)} .sort=${calls.sort && { ...calls.sort, column: heading(calls.sort.column) }}
              @sort=${(event: CustomEvent<CallSort>) => this.#sort(event.detail)} @row=${this.#row}></kqlens-grid>` : nothing}
        </div>
        <kqlens-conversation .calls=${calls}></kqlens-conversation>
      </div>
    </section>`;
  }

  #select(id: 'model' | 'status' | 'finish' | 'completeness' | 'problem', value: string, options: readonly (readonly [string, string])[], change: (value: string) => Partial<CallFilter>): TemplateResult {
    return html`<label>${t.list[id]}<select id=${id} @change=${(event: Event) => this.calls?.where(change((event.target as HTMLSelectElement).value))}>
      <option value="" .selected=${value === ''}>${w.all}</option>
      ${options.map(([option, words]) => html`<option value=${option} .selected=${option === value}>${words}</option>`)}</select></label>`;
  }

  #tokens(label: string, value: number | null, change: (value: number | null) => Partial<CallFilter>): TemplateResult {
    return html`<input type="number" min="0" aria-label=${label} .value=${value === null ? '' : String(value)} @input=${(event: InputEvent) => {
      const n = (event.target as HTMLInputElement).valueAsNumber;
      this.#soon(change(Number.isNaN(n) ? null : Math.floor(n)));
    }}>`;
  }

  /** Typing asks once, when it rests. */
  #soon(change: Partial<CallFilter>): void {
    clearTimeout(this.#quiet);
    this.#typed = { ...this.#typed, ...change };
    this.#quiet = setTimeout(() => {
      this.calls?.where(this.#typed);
      this.#typed = {};
    }, QUIET_MS);
  }

  #clear(): void {
    clearTimeout(this.#quiet);
    this.#typed = {};
    this.calls?.where(NO_FILTER);
  }

  // The grid fetches anew when it gets another function, and so is given the same for the same list.
  #fetched: { list: unknown; fetch: Grid['fetchRows'] } | null = null;

  #fetch(list: unknown): Grid['fetchRows'] {
    if (!this.#fetched || this.#fetched.list !== list) this.#fetched = { list, fetch: async (from, to) => (await this.calls?.rows(from, to)) ?? [] };
    return this.#fetched.fetch;
  }

  #named: { from: unknown; to: GridColumn[] } | null = null;

  #columns(list: unknown): GridColumn[] {
    if (!this.#named || this.#named.from !== list) {
      this.#named = { from: list, to: (this.calls?.columns ?? []).map(({ name, type }) => ({ name: heading(name), type, ...(name in WIDTHS ? { width: WIDTHS[name] ?? 0 } : {}) })) };
    }
    return this.#named.to;
  }

  #sort(sort: CallSort): void {
    const { calls } = this;
    const column = calls?.columns.find(({ name }) => heading(name) === sort?.column)?.name;
    calls?.orderBy(sort && column ? { column, order: sort.order } : null);
  }

  readonly #row = async (event: CustomEvent<{ cells: readonly unknown[]; isOpened: boolean }>): Promise<void> => {
    const { calls } = this;
    const { cells, isOpened } = event.detail;
    if (!calls || (!isOpened && !calls.conversation)) return;
    // A click leaves the keyboard in the list, Enter takes it along.
    const isEntered = isOpened && this.renderRoot.querySelector('kqlens-grid')?.shadowRoot?.querySelector('[role=grid]:focus-visible') != null;
    await calls.open(Number(cells[0]));
    await this.updateComplete;
    const conversation = this.renderRoot.querySelector<ConversationView>('kqlens-conversation');
    // On a narrow screen it stands where the list stood.
    if (this.renderRoot.querySelector('.side')?.clientHeight === 0) conversation?.scrollIntoView({ block: 'start' });
    if (isEntered) conversation?.focus();
  };

  /** Back to the list, where the keyboard was. */
  async #back(): Promise<void> {
    this.calls?.close();
    await this.updateComplete;
    this.renderRoot.querySelector('kqlens-grid')?.shadowRoot?.querySelector<HTMLElement>('[role=grid]')?.focus();
  }
}
