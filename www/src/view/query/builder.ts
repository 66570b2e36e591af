// The query under the caret as the rows of a form: table, filters, groups, measures, order, chart. The
// form follows the text and writes it; what it cannot show it says, and leaves the text alone.
import { css, html, nothing, type TemplateResult } from 'lit';
import type { KqlType, Outline, Range } from 'kqlens';
import { columnKql } from '../../session/conditions';
import { queryAt } from '../../session/query-text';
import { query as t } from '../../texts/query';
import { words as w } from '../../texts/words';
import { icons } from '../icons';
import { base } from '../style';
import { QueriesView } from './part';

const QUIET_MS = 120;
const MOST_VALUES = 20;
/** Operators that take no value. */
const ALONE = ['isempty', 'isnotempty', 'isnull', 'isnotnull'];
const OPERATORS = ['==', '!=', '=~', '!~', '<', '<=', '>', '>=', 'has', '!has', 'contains', '!contains', 'startswith', 'endswith', 'in', '!in', 'in~', 'matches regex', ...ALONE];
const CHARTS = ['timechart', 'linechart', 'areachart', 'barchart', 'columnchart', 'piechart', 'scatterchart', 'card', 'table'];
const NUMBERS: readonly KqlType[] = ['int', 'long', 'real', 'decimal'];
const EMPTY: Outline = { table: '', filters: [], measures: [], groups: [], order: [], limit: '', chart: '' };

type Answered = { outline: Outline } | { reason: string; range: Range };

/** Events: `edit` with a range and its text, `goto` with a range. */
export class Builder extends QueriesView {
  static override properties = { ...QueriesView.properties, outline: { state: true }, reason: { state: true }, failure: { state: true }, values: { state: true } };
  static override styles = [base, css`
    :host { padding: 6px 8px; }
    fieldset { border: 0; margin: 0 0 10px; padding: 0; display: grid; gap: 4px; min-width: 0; }
    legend { padding: 0; font-size: 12px; color: var(--soft); margin-bottom: 2px; }
    .row { display: flex; gap: 4px; align-items: center; }
    input, select { font: inherit; font-size: 13px; color: var(--ink); background: var(--card); border: 1px solid var(--line); border-bottom-color: var(--edge); border-radius: 4px; min-height: 28px; padding: 2px 6px; min-width: 0; flex: 1 1 0; }
    input { font: 12.5px/19px var(--mono); }
    select.operator { flex: 0 1 96px; }
    button.icon { min-width: 28px; min-height: 28px; padding: 3px; border-color: transparent; background: transparent; }
    .failure { color: var(--error); font-size: 13px; overflow-wrap: anywhere; }
    p { padding: 4px 0 8px; }
  `];
  declare outline: Outline | null;
  declare reason: { words: string; range: Range } | null;
  declare failure: string | null;
  /** Values that occur in the column of a filter, by the text of the question. */
  declare values: ReadonlyMap<string, readonly string[]>;
  #of: string | null = null;
  #block: Range = { start: 0, end: 0 };
  #quiet: ReturnType<typeof setTimeout> | undefined;
  /** Counts changes of the text and of the form: what was read for one before the last is not shown. */
  #round = 0;

  constructor() {
    super();
    this.outline = null;
    this.reason = null;
    this.failure = null;
    this.values = new Map();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#quiet);
    this.#of = null;
  }

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    super.willUpdate(changed);
    const { queries } = this;
    if (!queries) return;
    const { text: whole, caret } = queries.active;
    const block = queryAt(whole, caret);
    this.#block = block ?? { start: whole.length, end: whole.length };
    const text = block?.text ?? '';
    if (text === this.#of) return;
    this.#of = text;
    this.#round += 1;
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => void this.#read(text), QUIET_MS);
  }

  async #read(text: string): Promise<void> {
    const { queries } = this;
    if (!queries) return;
    if (text === '') {
      Object.assign(this, { outline: EMPTY, reason: null, failure: null });
      return;
    }
    const round = this.#round;
    try {
      const answer = (await queries.session.engine.call('kql', 'outline', text)) as Answered;
      if (round !== this.#round) return;
      if ('outline' in answer) Object.assign(this, { outline: answer.outline, reason: null, failure: null });
      else Object.assign(this, { outline: null, reason: { words: answer.reason, range: answer.range }, failure: null });
    } catch (error) {
      if (round === this.#round) Object.assign(this, { outline: null, reason: null, failure: (error as Error).message });
    }
  }

  /** Writes the query of a changed form over the one it was read from. */
  async #change(change: Partial<Outline>): Promise<void> {
    const { queries, outline } = this;
    if (!queries || !outline) return;
    const next = { ...outline, ...change };
    this.outline = next;
    // The form is ahead of the text now: what is still being read of it would take rows away.
    this.#round += 1;
    clearTimeout(this.#quiet);
    // A row that is not filled in yet is no part of the query.
    const filled = {
      ...next,
      filters: next.filters.filter(({ operator, value }) => value.trim() !== '' || ALONE.includes(operator)),
      measures: next.measures.filter((text) => text.trim() !== ''),
      groups: next.groups.filter((text) => text.trim() !== ''),
      order: next.order.filter(({ column }) => column.trim() !== ''),
    };
    if (filled.table === '') return;
    try {
      const text = (await queries.session.engine.call('kql', 'compose', filled)) as string;
      if (this.outline !== next) return;
      const { start, end } = this.#block;
      this.failure = null;
      this.#of = text;
      this.dispatchEvent(new CustomEvent('edit', { detail: { range: { start, end }, text } }));
    } catch (error) {
      if (this.outline === next) this.failure = (error as Error).message;
    }
  }

  get #columns(): readonly { name: string; type: KqlType }[] {
    const table = this.outline?.table;
    return this.queries?.session.tables.find(({ name }) => columnKql(name) === table || name === table)?.columns ?? [];
  }

  override render(): TemplateResult | typeof nothing {
    const { queries, outline, reason } = this;
    if (!queries) return nothing;
    if (reason) {
      return html`<p>${t.form.cannot(reason.words)}</p>
        <button @click=${() => this.dispatchEvent(new CustomEvent('goto', { detail: { start: this.#block.start + reason.range.start, end: this.#block.start + reason.range.end } }))}>${t.form.showWhere}</button>`;
    }
    if (!outline) return this.failure ? html`<p class="failure">${this.failure}</p>` : nothing;
    const columns = this.#columns;
    const numbers = columns.filter(({ type }) => NUMBERS.includes(type)).map(({ name }) => columnKql(name));
    const names = columns.map(({ name }) => columnKql(name));
    const times = columns.filter(({ type }) => type === 'datetime').map(({ name }) => `bin(${columnKql(name)}, 5m)`);
    const answers = [...outline.measures, ...outline.groups].map((text) => /^\s*([A-Za-z_]\w*)\s*(=|$)/.exec(text)?.[1] ?? '').filter((name) => name !== '');
    return html`
      ${this.#list('columns', names)}
      ${this.#list('groups', [...times, ...names])}
      ${this.#list('measures', ['count()', ...names.map((name) => `dcount(${name})`), ...numbers.flatMap((name) => [`avg(${name})`, `percentile(${name}, 95)`, `sum(${name})`, `max(${name})`])])}
      ${this.#list('orders', answers.length > 0 ? answers : names)}
      <fieldset><legend>${w.table}</legend><select id="table" aria-label=${w.table} @change=${(event: Event) => this.#change({ ...EMPTY, table: (event.target as HTMLSelectElement).value })}>
        ${outline.table === '' ? html`<option value="" selected>${t.form.chooseTable}</option>` : nothing}
        ${[...new Set([outline.table, ...queries.session.tables.filter(({ rows }) => rows > 0).map(({ name }) => columnKql(name))])].filter((name) => name !== '')
          .map((name) => html`<option value=${name} ?selected=${name === outline.table}>${name}</option>`)}</select></fieldset>
      ${this.#rows(t.form.filters, 'filter', outline.filters, (filter, at) => this.#filter(outline, filter, at), () => ({ filters: [...outline.filters, { column: names[0] ?? '', operator: '==', value: '' }] }),
        (at) => ({ filters: outline.filters.toSpliced(at, 1) }))}
      ${this.#rows(t.form.groups, 'group', outline.groups, (text, at) => this.#text(text, 'groups', t.form.group(at + 1), (value) => ({ groups: outline.groups.with(at, value) })),
        () => ({ groups: [...outline.groups, ''] }), (at) => ({ groups: outline.groups.toSpliced(at, 1) }))}
      ${this.#rows(t.form.measures, 'measure', outline.measures, (text, at) => this.#text(text, 'measures', t.form.measure(at + 1), (value) => ({ measures: outline.measures.with(at, value) })),
        () => ({ measures: [...outline.measures, outline.measures.length === 0 ? 'count()' : ''] }), (at) => ({ measures: outline.measures.toSpliced(at, 1) }))}
      ${this.#rows(w.order, 'column', outline.order, ({ column, isAscending }, at) => html`
        ${this.#text(column, 'orders', t.form.orderOf(at + 1), (value) => ({ order: outline.order.with(at, { column: value, isAscending }) }))}
        <button aria-label=${isAscending ? t.form.smallestFirst : t.form.largestFirst} @click=${() => this.#change({ order: outline.order.with(at, { column, isAscending: !isAscending }) })}>${isAscending ? 'asc' : 'desc'}</button>`,
        () => ({ order: [...outline.order, { column: answers[0] ?? '', isAscending: false }] }), (at) => ({ order: outline.order.toSpliced(at, 1) }))}
      <fieldset><legend>${t.form.atMostAndChart}</legend><div class="row">
        <input id="limit" type="number" min="1" aria-label=${t.form.atMost} .value=${outline.limit} @change=${(event: Event) => this.#change({ limit: (event.target as HTMLInputElement).value })}>
        <select id="chart" aria-label=${w.chart} @change=${(event: Event) => this.#change({ chart: (event.target as HTMLSelectElement).value })}>
          ${[...new Set(['', ...CHARTS, outline.chart])].map((chart) => html`<option value=${chart} ?selected=${chart === outline.chart}>${chart || t.form.asItComes}</option>`)}</select></div></fieldset>
      ${this.failure ? html`<p class="failure" role="alert">${this.failure}</p>` : nothing}`;
  }

  #list(id: string, options: readonly string[]): TemplateResult {
    return html`<datalist id=${id}>${options.map((option) => html`<option value=${option}></option>`)}</datalist>`;
  }

  #rows<T>(title: string, noun: keyof typeof t.form.nouns, items: readonly T[], row: (item: T, at: number) => TemplateResult, added: () => Partial<Outline>, removed: (at: number) => Partial<Outline>): TemplateResult {
    return html`<fieldset><legend>${title}</legend>
      ${items.map((item, at) => html`<div class="row">${row(item, at)}
        <button class="icon" aria-label=${t.form.remove(t.form.nouns[noun], at + 1)} @click=${() => this.#change(removed(at))}>${icons.close}</button></div>`)}
      <div><button class="quiet add-${noun}" ?disabled=${this.outline?.table === ''} @click=${() => this.#change(added())}>${icons.add}${t.form.add(t.form.nouns[noun])}</button></div></fieldset>`;
  }

  #text(text: string, list: string, label: string, changed: (value: string) => Partial<Outline>): TemplateResult {
    return html`<input list=${list} aria-label=${label} spellcheck="false" .value=${text} @change=${(event: Event) => this.#change(changed((event.target as HTMLInputElement).value))}>`;
  }

  #filter(outline: Outline, filter: Outline['filters'][number], at: number): TemplateResult {
    const set = (change: Partial<typeof filter>): Promise<void> => this.#change({ filters: outline.filters.with(at, { ...filter, ...change }) });
    const { column, operator, value } = filter;
    if (column === '' && operator === '') {
      return html`<input aria-label=${t.form.condition(at + 1)} spellcheck="false" .value=${value} @change=${(event: Event) => set({ value: (event.target as HTMLInputElement).value })}>`;
    }
    const values = this.values.get(`${outline.table} ${column}`) ?? [];
    return html`
      <input list="columns" aria-label=${t.form.columnOf(at + 1)} spellcheck="false" .value=${column} @change=${(event: Event) => set({ column: (event.target as HTMLInputElement).value })}>
      <select class="operator" aria-label=${t.form.operatorOf(at + 1)} @change=${(event: Event) => set({ operator: (event.target as HTMLSelectElement).value })}>
        ${[...new Set([...OPERATORS, operator])].map((one) => html`<option value=${one} ?selected=${one === operator}>${one}</option>`)}</select>
      ${ALONE.includes(operator) ? nothing : html`
        ${this.#list(`values-${at}`, values)}
        <input list="values-${at}" aria-label=${t.form.valueOf(at + 1)} spellcheck="false" .value=${value} @focus=${() => this.#suggest(outline.table, column)}
          @change=${(event: Event) => set({ value: this.#literal(column, (event.target as HTMLInputElement).value) })}>`}`;
  }

  /** What was typed, with the quotes that a text needs. */
  #literal(column: string, typed: string): string {
    const text = typed.trim();
    const type = this.#columns.find(({ name }) => columnKql(name) === column)?.type;
    const isText = type === 'string' || type === 'dynamic';
    return !isText || text === '' || /^(@?["'`(]|[A-Za-z_]\w*\()/.test(text) ? text : `"${text.replace(/[\\"]/g, '\\$&')}"`;
  }

  /** Asks once which values a column has. */
  async #suggest(table: string, column: string): Promise<void> {
    const key = `${table} ${column}`;
    const { queries } = this;
    const type = this.#columns.find(({ name }) => columnKql(name) === column)?.type;
    if (!queries || !type || type === 'datetime' || this.values.has(key)) return;
    this.values = new Map(this.values).set(key, []);
    try {
      const answer = await queries.session.engine.query(`${table}\n| summarize Rows = count() by Value = tostring(${column})\n| where isnotempty(Value)\n| top ${MOST_VALUES} by Rows`);
      const rows = await answer.rows(0, answer.rowCount);
      answer.release();
      this.values = new Map(this.values).set(key, rows.map(([value]) => this.#literal(column, String(value))));
    } catch {
      // A column that cannot be grouped has no list of values; it can be typed all the same.
    }
  }
}
