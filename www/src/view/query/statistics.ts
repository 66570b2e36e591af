// What is in each column of the answer, by KQL over the query itself: empties, different values, the
// least and the most, and the values that occur most.
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { Cell, KqlType } from 'kqlens';
import { isMessageColumn } from '../../session/messages';
import type { Answer } from '../../session/queries';
import { columnKql } from '../../session/conditions';
import { query as t } from '../../texts/query';
import { words as w } from '../../texts/words';
import { icons } from '../icons';
import { base } from '../style';
import { cellText, count, percent } from '../words';
import { QueriesView } from './part';

const MOST_COLUMNS = 200;
const TOP = 5;
/** Top values are asked for column by column while that takes no longer than this; the others on demand. */
const TOP_BUDGET_MS = 2500;

interface Column {
  name: string;
  type: KqlType;
}

interface Facts {
  empty: number;
  distinct: number;
  least: Cell;
  most: Cell;
}

const comparable = ({ name, type }: Column): string => (type === 'dynamic' ? `tostring(${columnKql(name)})` : columnKql(name));

/** One query for the facts of all columns. */
export const factsQuery = (openKql: string, columns: readonly Column[]): string => `${openKql}
| summarize
    Rows = count(),
${columns.map((column, at) => {
    const value = comparable(column);
    return `    Empty${at} = countif(isempty(tostring(${columnKql(column.name)}))), Distinct${at} = dcount(${value}), Least${at} = min(${value}), Most${at} = max(${value})`;
  }).join(',\n')}`;

/** The values of a column that occur most. */
export const topQuery = (openKql: string, column: Column, most = TOP): string => `${openKql}
| summarize Count = count() by Value = tostring(${columnKql(column.name)})
| order by Count desc, Value asc
| take ${most}`;

export class Statistics extends QueriesView {
  static override properties = { ...QueriesView.properties, answer: { attribute: false }, rows: { state: true }, facts: { state: true }, tops: { state: true }, failure: { state: true } };
  static override styles = [base, css`
    .scroll { overflow: auto; max-height: min(62vh, 720px); border: 1px solid var(--line); border-radius: 4px; }
    table { border-collapse: collapse; width: 100%; font-size: 13px; }
    th { position: sticky; top: 0; z-index: 1; background: var(--sunken); font-size: 12.5px; text-align: start; padding: 6px 10px; white-space: nowrap; }
    th.number { text-align: end; }
    tbody th { position: static; background: transparent; font-weight: 600; }
    td { padding: 5px 10px; vertical-align: top; white-space: nowrap; }
    tr { border-bottom: 1px solid var(--line); }
    .value { max-width: 220px; overflow: hidden; text-overflow: ellipsis; font: 12.5px/20px var(--mono); }
    ol { display: flex; flex-wrap: wrap; gap: 2px 12px; min-width: 260px; white-space: normal; }
    li { display: inline-flex; gap: 6px; font-size: 12.5px; max-width: 100%; }
    li span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; max-width: 200px; }
    button.quiet { min-height: 24px; padding: 0 6px; }
    .head { margin-bottom: 6px; }
  `];
  declare answer: Answer | undefined;
  declare rows: number;
  declare facts: ReadonlyMap<string, Facts> | null;
  declare tops: ReadonlyMap<string, readonly (readonly Cell[])[]>;
  declare failure: string | null;
  #abort: AbortController | null = null;
  #of: string | null = null;

  constructor() {
    super();
    this.rows = 0;
    this.facts = null;
    this.tops = new Map();
    this.failure = null;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#abort?.abort();
    this.#of = null;
  }

  override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed as Map<PropertyKey, unknown>);
    const key = this.answer ? `${this.queries?.session.isTextHidden}${this.answer.kql}${this.answer.result.elapsedMs}` : null;
    if (key === this.#of) return;
    this.#of = key;
    void this.#ask();
  }

  get #columns(): Column[] {
    const isHidden = this.queries?.session.isTextHidden;
    return (this.answer?.result.columns ?? []).filter(({ name }) => !isHidden || !isMessageColumn(name)).slice(0, MOST_COLUMNS);
  }

  async #ask(): Promise<void> {
    this.#abort?.abort();
    const { answer, queries } = this;
    if (!answer || !queries) return;
    const abort = new AbortController();
    this.#abort = abort;
    Object.assign(this, { facts: null, tops: new Map(), failure: null });
    const columns = this.#columns;
    const start_ms = performance.now();
    try {
      const found = await queries.ask(factsQuery(answer.openKql, columns), answer, abort.signal);
      const [row] = await found.rows(0, 1);
      found.release();
      if (abort.signal.aborted || !row) return;
      const facts = new Map(columns.map(({ name }, at) => [name, {
        empty: Number(row[1 + 4 * at]), distinct: Number(row[2 + 4 * at]), least: row[3 + 4 * at] ?? null, most: row[4 + 4 * at] ?? null,
      }]));
      Object.assign(this, { rows: Number(row[0]), facts });
      for (const column of columns) {
        if (abort.signal.aborted || performance.now() - start_ms > TOP_BUDGET_MS) return;
        if ((facts.get(column.name)?.distinct ?? 0) > 0) await this.#top(column, answer, abort.signal);
      }
    } catch (error) {
      if (!abort.signal.aborted) this.failure = (error as Error).message;
    }
  }

  async #top(column: Column, answer: Answer, signal?: AbortSignal): Promise<void> {
    const found = await this.queries?.ask(topQuery(answer.openKql, column), answer, signal);
    if (!found) return;
    const rows = await found.rows(0, TOP);
    found.release();
    if (!signal?.aborted) this.tops = new Map(this.tops).set(column.name, rows);
  }

  override render(): TemplateResult | typeof nothing {
    const { answer, facts, queries } = this;
    if (!answer || !queries) return nothing;
    if (this.failure) return html`<p class="soft">${t.statistics.failed(this.failure)}</p>`;
    if (!facts) return html`<div class="skeleton" aria-label=${t.statistics.counting}></div>`;
    const columns = this.#columns;
    return html`
      <div class="bar head"><span class="soft grow">${t.statistics.over(columns.length, this.rows)}</span>
        <button class="quiet" @click=${() => queries.session.showKql({ title: t.statistics.title, kql: factsQuery(answer.openKql, columns) })}>${icons.code}${w.showKql}</button></div>
      <div class="scroll" tabindex="0" role="region" aria-label=${t.statistics.title}><table>
        <thead><tr><th scope="col">${t.statistics.column}</th><th scope="col">${t.statistics.type}</th><th scope="col" class="number">${t.statistics.empty}</th><th scope="col" class="number">${t.statistics.different}</th><th scope="col">${t.statistics.least}</th><th scope="col">${t.statistics.most}</th><th scope="col">${t.statistics.mostOften}</th></tr></thead>
        <tbody>${columns.map((column) => this.#row(column, answer, facts.get(column.name)))}</tbody></table></div>`;
  }

  #row(column: Column, answer: Answer, facts: Facts | undefined): TemplateResult | typeof nothing {
    if (!facts) return nothing;
    const { name, type } = column;
    const shown = (cell: Cell): string => (type === 'datetime' ? cellText(cell).slice(0, 23).replace('T', ' ') : cellText(cell)).slice(0, 120);
    const top = this.tops.get(name);
    return html`<tr><th scope="row">${name}</th><td class="soft">${type}</td>
      <td class="number">${facts.empty === 0 ? '0' : t.statistics.emptyOf(facts.empty, facts.empty / Math.max(1, this.rows))}</td>
      <td class="number">${count(facts.distinct)}</td>
      <td><div class="value" title=${shown(facts.least)}>${shown(facts.least)}</div></td><td><div class="value" title=${shown(facts.most)}>${shown(facts.most)}</div></td>
      <td>${top ? html`<ol>${top.map(([value, n]) => html`<li><span title=${cellText(value)}>${cellText(value).slice(0, 80) || w.empty}</span><b class="soft">${percent(Number(n) / Math.max(1, this.rows))}</b></li>`)}</ol>`
        : facts.distinct === 0 ? nothing : html`<button class="quiet" @click=${() => this.#top(column, answer)}>${t.statistics.count}</button>`}</td></tr>`;
  }
}
