// What a run answered: its rows and times, and the views of it. Every state has its words.
import { css, html, nothing, type TemplateResult } from 'lit';
import type { KqlType, StageInfo } from 'kqlens';
import { isMessageColumn, withoutMessages } from '../../session/messages';
import { titleOf } from '../../session/query-text';
import { type Answer, droppedRows, FIRST_ROWS, mostDropping, ordered, PREVIEW_ROWS, sortedRows, type QueryTab, type ResultView } from '../../session/queries';
import { query as t } from '../../texts/query';
import { words as w } from '../../texts/words';
import type { CellAction, Sort } from '../grid';
import { GridQuery } from '../grid/query';
import { icons } from '../icons';
import { base } from '../style';
import { cellText, duration } from '../words';
import type { ChartPane } from './chart';
import { download } from '../download';
import { QueriesView } from './part';

const VIEWS: readonly ResultView[] = ['table', 'chart', 'statistics', 'plan'];
const PROGRESS_AFTER_MS = 150;
const DIM_AFTER_MS = 500;
const ROW_BYTES = 300;
/** Kinds of KQL that is right, but not for here. */
const UNSUPPORTED = ['KQL0301', 'KQL0302'];

/** Events: `apply` with edits of the text that was run, `extend` with stages to put behind it. */
export class ResultPane extends QueriesView {
  static override properties = { ...QueriesView.properties, isRedacted: { state: true }, withText: { state: true } };
  static override styles = [base, css`
    :host { display: grid; min-width: 0; }
    .strip { display: flex; flex-wrap: wrap; gap: 4px 8px; align-items: center; min-height: 44px; padding: 6px 12px; }
    .strip [role=status] { font-variant-numeric: tabular-nums; }
    .strip > button.quiet, .strip kqlens-copy { margin-inline: -6px; }
    progress { width: 100%; height: 3px; display: block; appearance: none; border: 0; background: var(--sunken); }
    progress::-webkit-progress-bar { background: var(--sunken); }
    progress::-webkit-progress-value { background: var(--link); }
    progress::-moz-progress-bar { background: var(--link); }
    .idle { height: 3px; }
    .body { padding: 0 12px 12px; min-height: 120px; min-width: 0; }
    kqlens-grid { height: min(62vh, 720px); }
    .empty { padding: 28px 16px; display: grid; gap: 10px; justify-items: center; text-align: center; }
    .empty p { max-width: 70ch; overflow-wrap: anywhere; }
    .empty code { font-family: var(--mono); font-size: 12.5px; }
    .empty.error { margin-bottom: 12px; background: var(--error-tint); border-radius: 4px; }
    .empty.error h3 { color: var(--error); display: flex; gap: 6px; }
    .table { margin-bottom: 8px; }
    .table select { min-height: 28px; padding: 2px 6px; }
    .note { display: flex; flex-wrap: wrap; gap: 6px 8px; align-items: center; padding: 4px 10px; margin-bottom: 8px; border-radius: 4px; background: var(--tint); font-size: 13px; }
    .note button { min-height: 26px; padding: 2px 8px; }
    label { display: inline-flex; gap: 6px; align-items: center; font-size: 13px; }
    @media (prefers-reduced-motion: no-preference) { .body > div { transition: filter 0.15s; } }
    @media (max-width: 640px) { .strip { padding: 6px 8px; } .body { padding: 0 8px 8px; } }
  `];
  declare isRedacted: boolean;
  /** Whether the text of messages leaves with the rows; null where nobody said. */
  declare withText: boolean | null;
  #shown: Answer | null = null;
  #columns: readonly { name: string; type: KqlType }[] = [];
  #isTextHidden = false;
  /** What the grid copies, searches and marks by. */
  #query: GridQuery | null = null;
  #rows: (from: number, to: number) => Promise<readonly (readonly unknown[])[]> = async () => [];
  #clock: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    this.isRedacted = true;
    this.withText = null;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#clock);
    this.#clock = undefined;
  }

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    super.willUpdate(changed);
    const { queries } = this;
    if (!queries) return;
    const { answer, running } = queries.active;
    const { isTextHidden } = queries.session;
    if (answer !== this.#shown || isTextHidden !== this.#isTextHidden) this.#show(answer, isTextHidden);
    // The strip tells the time that a run takes.
    if (running && this.#clock === undefined) this.#clock = setInterval(() => this.requestUpdate(), 100);
    if (!running && this.#clock !== undefined) {
      clearInterval(this.#clock);
      this.#clock = undefined;
    }
  }

  /** Draws again in the colours of another theme. */
  themeChanged(): void {
    this.renderRoot.querySelector<ChartPane>('kqlens-chart')?.themeChanged();
  }

  /** The rows, or else the first thing to press. */
  override focus(): void {
    const grid = this.renderRoot.querySelector('kqlens-grid')?.shadowRoot?.querySelector<HTMLElement>('[role=grid]');
    (grid ?? this.renderRoot.querySelector<HTMLElement>('button'))?.focus();
  }

  #show(answer: Answer | null, isTextHidden: boolean): void {
    this.#shown = answer;
    this.#isTextHidden = isTextHidden;
    const columns = answer?.result.columns ?? [];
    const order = columns.map((_, at) => at).filter((at) => !isTextHidden || !isMessageColumn(columns[at]?.name ?? ''));
    this.#columns = order.flatMap((at) => columns[at] ?? []);
    const { result } = answer ?? {};
    const sorted = result && answer && answer.tables.length > 1 && answer.sort ? sortedRows(result, answer.sort) : null;
    const taken = async (from: number, to: number): Promise<readonly (readonly unknown[])[]> => (sorted ? (await sorted).slice(from, to) : await result?.rows(from, to) ?? []);
    this.#rows = async (from, to) => (await taken(from, to)).map((row) => order.map((at) => row[at]));
    // No query can go on from one of several tables.
    this.#query = answer?.tables.length === 1 ? new GridQuery({
      ask: (kql) => this.queries?.ask(kql, answer) ?? Promise.reject(new Error(t.result.gone)),
      kql: `${ordered(answer)}\n| take ${answer.limit}`, columns: this.#columns, isRedacted: () => this.isRedacted, isTextTaken: () => this.#isTextTaken,
    }) : null;
  }

  override render(): TemplateResult | typeof nothing {
    const { queries } = this;
    if (!queries) return nothing;
    const tab = queries.active;
    const { answer, running } = tab;
    const ran_ms = running ? performance.now() - running.since_ms : 0;
    const isOld = (running !== null && ran_ms > DIM_AFTER_MS) || tab.failure !== null;
    return html`
      ${running && ran_ms > PROGRESS_AFTER_MS
        ? html`<progress aria-label=${t.result.running} max=${Math.max(1, running.progress?.rowsTotal ?? 1)} .value=${running.progress?.rowsDone ?? 0}></progress>` : html`<div class="idle"></div>`}
      <div class="strip">
        ${answer ? html`<div class="switch" role="group" aria-label=${t.result.viewsLabel}>${VIEWS.map((view) => html`<button
          aria-pressed=${tab.view === view} @click=${() => queries.look(view)}>${t.result.views[view]}</button>`)}</div>` : nothing}
        <span role="status" class="soft">${this.#status(tab, ran_ms)}</span>
        ${running && ran_ms > PROGRESS_AFTER_MS ? html`<button id="cancel" class="quiet" @click=${() => queries.cancel()}>${icons.close}${w.cancel}</button>` : nothing}
        <span class="grow"></span>
        ${answer && answer.result.rowCount > 0 ? this.#exports(answer) : nothing}
      </div>
      <div class="body" aria-busy=${running !== null}>
        ${tab.failure ? this.#failure(tab) : nothing}
        ${tab.remark ? html`<div class="note" role="status">${icons.info}<span>${tab.remark}</span></div>` : nothing}
        ${answer && tab.failure ? html`<p class="soft">${t.result.before}</p>` : nothing}
        ${answer ? html`<div class=${isOld ? 'old' : ''}>${this.#answer(answer, tab)}</div>` : running || tab.failure || tab.remark ? nothing : html`<div class="empty">
          <p class="soft">${t.result.comesHere} <b>Shift+Enter</b> ${t.result.runsUnderCaret}</p></div>`}
      </div>`;
  }

  #status({ answer, running }: QueryTab, ran_ms: number): string {
    if (running) {
      if (ran_ms <= PROGRESS_AFTER_MS) return '';
      const { progress } = running;
      const seconds = (ran_ms / 1000).toFixed(1);
      return progress && progress.rowsTotal > 0 ? t.result.runningRows(seconds, progress.rowsDone, progress.rowsTotal) : t.result.runningFor(seconds);
    }
    if (!answer) return '';
    const { rowCount, columns, elapsedMs, stages } = answer.result;
    const read = stages[0]?.rowsIn === 0 ? stages[0].rowsOut : 0;
    return [w.rows(rowCount), w.columns(columns.length), elapsedMs < 1 ? t.result.underOneMs : duration(elapsedMs), read > rowCount ? t.result.ofRowsRead(read) : ''].filter(Boolean).join(' · ');
  }

  #exports(answer: Answer): TemplateResult {
    return html`
      <label><input type="checkbox" .checked=${this.isRedacted} @change=${(event: Event) => { this.isRedacted = (event.target as HTMLInputElement).checked; }}>${w.maskSecrets}</label>
      ${answer.result.columns.some(({ name }) => isMessageColumn(name)) && !this.queries?.session.isTextHidden ? html`<label title=${w.messageTextTitle}><input type="checkbox"
        .checked=${this.#isTextTaken} @change=${(event: Event) => { this.withText = (event.target as HTMLInputElement).checked; }}>${w.messageText}</label>` : nothing}
      <kqlens-copy label=${w.copyMarkdown} .text=${() => this.#text(answer, 'markdown')}></kqlens-copy>
      <button class="quiet" @click=${() => this.#download(answer, 'csv')}>${icons.download}CSV</button>
      <button class="quiet" @click=${() => this.#download(answer, 'json')}>${icons.download}JSON</button>`;
  }

  #failure({ failure }: QueryTab): TemplateResult | typeof nothing {
    if (!failure) return nothing;
    const { error, kql } = failure;
    const { code, message, help } = error;
    if (UNSUPPORTED.includes(code)) {
      return html`<div class="empty" role="alert"><h3>${message}</h3>
        <p class="soft">${help ? t.result.notHereBut(help) : t.result.notHere}</p>
        <kqlens-copy label=${w.copyForAdx} .text=${kql}></kqlens-copy></div>`;
    }
    return html`<div class="empty error" role="alert"><h3>${icons.error}${message}</h3><p class="soft">${help ? `${help} ` : ''}(${code})</p></div>`;
  }

  #answer(answer: Answer, tab: QueryTab): TemplateResult {
    const { result, limit, now } = answer;
    const whole = result.stages.at(-1)?.rowsOut ?? result.rowCount;
    const isCut = result.rowCount === limit && whole > result.rowCount;
    return html`
      ${isCut ? html`<div class="note" role="status">${icons.warning}<span>${t.result.firstOf(result.rowCount, whole)}</span>
        ${limit === PREVIEW_ROWS && whole > FIRST_ROWS ? html`<button @click=${() => this.queries?.again({ limit: FIRST_ROWS })}>${t.result.load(FIRST_ROWS)}</button>` : nothing}
        <button @click=${() => this.queries?.again({ limit: whole })}>${t.result.loadAll(megabytes(whole * ROW_BYTES))}</button></div>` : nothing}
      ${now ? html`<p class="soft now">${t.result.here} <code class="mono">now()</code> ${t.result.nowIs(now.slice(0, 19).replace('T', ' '))}</p>` : nothing}
      ${result.notes.filter((note) => !isCut || !note.startsWith('there are more rows')).map((note) => html`<p class="soft">${note}</p>`)}
      ${answer.tables.length > 1 ? html`<label class="table">${w.table} <select id="table" @change=${(event: Event) => {
        const chosen = answer.tables[(event.target as HTMLSelectElement).selectedIndex];
        if (chosen) this.queries?.turn(chosen.result);
      }}>${answer.tables.map((table) => html`<option .selected=${table.result === result}>${t.result.tableWithRows(table.name, table.result.rowCount)}</option>`)}</select></label>` : nothing}
      ${answer.tables.length > 1 && tab.view === 'statistics' ? html`<p class="soft">${t.result.severalNotCounted}</p>`
        : result.rowCount === 0 && tab.view !== 'plan' ? this.#none(answer) : this.#view(answer, tab)}`;
  }

  #view(answer: Answer, tab: QueryTab): TemplateResult {
    if (tab.view === 'chart') return html`<kqlens-chart .queries=${this.queries} .answer=${answer}></kqlens-chart>`;
    if (tab.view === 'statistics') return html`<kqlens-statistics .queries=${this.queries} .answer=${answer}></kqlens-statistics>`;
    if (tab.view === 'plan') return html`<kqlens-plan .queries=${this.queries} .answer=${answer}></kqlens-plan>`;
    return html`<kqlens-grid label=${t.result.rows} .query=${this.#query} .columns=${this.#columns} .rowCount=${answer.result.rowCount} .fetchRows=${this.#rows} .sort=${answer.sort}
      @sort=${(event: CustomEvent<Sort>) => this.#sort(answer, event.detail)} @cell=${(event: CustomEvent<CellAction>) => this.#act(answer, event)}></kqlens-grid>`;
  }

  #sort({ tables }: Answer, sort: Sort): void {
    if (tables.length > 1) this.queries?.order(sort);
    else void this.queries?.again({ sort });
  }

  /** Whether a query can go on from an answer; says why where it cannot. */
  #goesOn({ tables }: Answer): boolean {
    if (tables.length === 1) return true;
    this.queries?.say(t.result.severalNoFurther);
    return false;
  }

  /** Goes on from a value: in the query itself, or in a dialog of rows. */
  #act(answer: Answer, event: CustomEvent<CellAction>): void {
    event.stopPropagation();
    if (!this.#goesOn(answer)) return;
    const { action, column, cell, kql } = event.detail;
    if (action === 'rows') {
      this.queries?.session.showRows({ title: `${column}: ${cellText(cell).slice(0, 60) || w.empty}`, kql: `${answer.openKql}\n| where ${kql}` });
      return;
    }
    const stages = action === 'group' ? `| summarize Count = count() by ${kql}\n| order by Count desc` : `| where ${kql}`;
    this.dispatchEvent(new CustomEvent('extend', { detail: { answer, stages } }));
  }

  /** An answer without rows says which stage let none through. */
  #none(answer: Answer): TemplateResult {
    const worst = mostDropping(answer.result.stages);
    return html`<div class="empty"><h3>${w.noRowMatches}</h3>
      ${worst ? html`<p><code>${worst.text}</code> ${t.result.droppedOf(worst.rowsIn - worst.rowsOut, worst.rowsIn)}</p>
        <div class="bar">
          ${/^(where|filter)\b/.test(worst.text) ? html`<button @click=${() => this.showDropped(answer, worst)}>${icons.rows}${t.result.showDropped}</button>
            <button @click=${() => this.#withoutStage(answer, worst)}>${t.result.takeFilterOut}</button>` : nothing}
        </div>` : html`<p class="soft">${(answer.result.stages[0]?.rowsOut ?? 0) === 0 ? t.result.noRowsToBeginWith : ''}</p>`}
      <button class="quiet" id="why-nothing" @click=${() => this.queries?.session.whyNothing({ title: titleOf(answer.kql, t.query), kql: answer.kql })}>${icons.help}${t.result.whyNothing}</button>
    </div>`;
  }

  /** The rows that a filter dropped, each with the condition that did. */
  async showDropped(answer: Answer, stage: StageInfo): Promise<void> {
    const { session } = this.queries ?? {};
    if (!session) return;
    const kql = await droppedRows(session, answer, stage);
    if (kql) session.showRows({ title: t.plan.droppedBy(stage.text), kql });
  }

  #withoutStage({ kql }: Answer, { range }: StageInfo): void {
    const from = kql.lastIndexOf('|', range.start);
    if (from < 0) return;
    const start = kql.slice(0, from).trimEnd().length;
    this.dispatchEvent(new CustomEvent('apply', { detail: { kql, edits: [{ range: { start, end: range.end }, text: '' }] } }));
  }

  /** Messages to and from a model stay here unless it is said. */
  get #isTextTaken(): boolean {
    const { session } = this.queries ?? {};
    return !session?.isTextHidden && (this.withText ?? !session?.hasConversations);
  }

  /** The rows as text: without that of messages where it is not to leave. */
  async #text(answer: Answer, format: 'json' | 'csv' | 'markdown'): Promise<string> {
    const { queries } = this;
    if (!queries) return '';
    const { result, limit } = answer;
    const asked = ordered(answer);
    const kql = this.#isTextTaken ? asked : withoutMessages(asked, result.columns);
    if (kql === asked) return result.toText(format, { redact: this.isRedacted });
    if (!this.#goesOn(answer)) throw new Error('several tables');
    const without = await queries.ask(`${kql}\n| take ${limit}`);
    try {
      return await without.toText(format, { redact: this.isRedacted });
    } finally {
      without.release();
    }
  }

  async #download(answer: Answer, format: 'json' | 'csv'): Promise<void> {
    try {
      download(await this.#text(answer, format), format === 'csv' ? 'text/csv' : 'application/json', `kqlens-rows.${format}`);
    } catch (error) {
      if (answer.tables.length === 1) this.queries?.say(t.result.fileFailed((error as Error).message));
    }
  }
}

const megabytes = (n: number): string => `${Math.max(1, Math.round(n / 1_000_000))} MB`;
