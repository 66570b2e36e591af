// The answer to one query over time, as stacked bars: its first column is the time, every other one a
// series from the baseline up. The same numbers are there as a table.
import { css, html, LitElement, type PropertyValues, type TemplateResult, unsafeCSS } from 'lit';
import uPlotStyle from 'uplot/dist/uPlot.min.css?inline';
import type { Bin } from '../../session/panels';
import type { Session } from '../../session/session';
import { conversations as t } from '../../texts/conversations';
import { words as w } from '../../texts/words';
import { CHART_HEIGHT, type Stack, StackChart, startsOf } from '../chart';
import { inDigits } from '../language';
import { icons } from '../icons';
import { base } from '../style';
import { count, moment } from '../words';
import { table } from './answer';
import { heading } from './words';

const FILLS = ['--other-fill', '--ok-fill'];

export class Series extends LitElement {
  static override properties = {
    session: { attribute: false }, heading: {}, kql: { attribute: false }, bin: { attribute: false }, version: { attribute: false }, unit: {},
    stack: { state: true }, failure: { state: true }, asTable: { state: true }, at: { state: true },
  };
  static override styles = [base, unsafeCSS(uPlotStyle), table, css`
    .card { padding: var(--pad); height: 100%; }
    .legend { display: flex; flex-wrap: wrap; gap: 4px 16px; font-size: 12px; margin-top: 4px; }
    .legend span { display: inline-flex; gap: 6px; align-items: center; }
    i.dot { width: 10px; height: 10px; border-radius: 2px; forced-color-adjust: none; }
    i.s0 { background: var(--other-fill); }
    i.s1 { background: var(--ok-fill); }
    .chart { height: ${CHART_HEIGHT}px; overflow: hidden; }
    .at { min-height: 20px; font-size: 12px; color: var(--soft); }
    .uplot, .uplot *, .uplot *::before { font-family: var(--sans); }
    .scroll { max-height: ${CHART_HEIGHT + 40}px; overflow: auto; }
  `];
  declare session: Session | undefined;
  declare heading: string;
  declare kql: string;
  declare bin: Bin;
  declare version: unknown;
  /** What is counted. */
  declare unit: string;
  declare stack: Stack | null;
  declare failure: string | null;
  declare asTable: boolean;
  declare at: number | null;
  #round = 0;
  readonly #chart = new StackChart(this, { pointed: (at) => { this.at = at; } });

  constructor() {
    super();
    this.heading = '';
    this.kql = '';
    this.unit = '';
    this.stack = null;
    this.failure = null;
    this.asTable = false;
    this.at = null;
  }

  /** Draws again in the colours of another theme. */
  themeChanged(): void {
    this.#chart.recolour();
  }

  override willUpdate(changed: PropertyValues): void {
    if (changed.has('kql') || changed.has('version') || changed.has('session')) void this.#run();
  }

  async #run(): Promise<void> {
    const { session, kql, bin } = this;
    if (!session || kql === '') return;
    this.#round += 1;
    const round = this.#round;
    try {
      const answer = await session.engine.query(kql);
      const rows = await answer.rows(0, answer.rowCount);
      answer.release();
      if (round !== this.#round) return;
      const byTime = new Map(rows.filter(([time]) => time !== null).map((row) => [Date.parse(String(row[0])), row]));
      const starts_ms = startsOf(byTime.keys(), bin.ms);
      this.failure = null;
      this.stack = {
        starts_ms,
        bin_ms: bin.ms,
        series: answer.columns.slice(1).map(({ name }, at) => ({
          label: heading(name), fill: FILLS[at % FILLS.length] ?? '--link', values: starts_ms.map((start_ms) => Number(byTime.get(start_ms)?.[at + 1] ?? 0)),
        })),
      };
    } catch (error) {
      if (round === this.#round) this.failure = (error as Error).message;
    }
  }

  override updated(changed: PropertyValues): void {
    const place = this.renderRoot.querySelector<HTMLElement>('.chart');
    if (!place || !this.stack) this.#chart.clear();
    else if (changed.has('stack') || !this.#chart.isIn(place)) void this.#chart.draw(place, this.stack);
  }

  override render(): TemplateResult {
    const { stack, session, heading, kql } = this;
    return html`<section class="card" aria-labelledby="title">
      <div class="bar"><h2 class="grow" id="title">${heading}</h2>
        <button class="quiet" aria-pressed=${this.asTable} @click=${() => { this.asTable = !this.asTable; }}>${icons.rows}${this.asTable ? w.viewAsChart : w.viewAsTable}</button>
        <button class="quiet" @click=${() => session?.showKql({ title: heading, kql })}>${icons.code}${w.showKql}</button></div>
      ${this.failure !== null ? html`<p class="soft">${this.failure}</p>` : stack === null ? html`<div class="skeleton"></div>`
        : stack.starts_ms.length === 0 ? html`<p class="soft">${t.series.noTime}</p>` : this.asTable ? this.#table(stack) : this.#drawn(stack)}
    </section>`;
  }

  #drawn({ starts_ms, series }: Stack): TemplateResult {
    const at = this.at;
    const start_ms = at === null ? undefined : starts_ms[at];
    return html`<div class="legend">${series.map(({ label }, index) => html`<span><i class="dot s${index}"></i>${label}</span>`)}</div>
      <div class="chart" role="img" aria-label=${t.series.label(this.heading)}></div>
      <p class="at">${start_ms !== undefined && at !== null
        ? `${moment(new Date(start_ms).toISOString())} · ${series.map(({ label, values }) => `${label} ${amount(values[at] ?? 0)}`).join(' · ')}`
        : this.unit ? t.series.barIn(this.bin.kql, this.unit) : t.series.bar(this.bin.kql)}</p>`;
  }

  #table({ starts_ms, series }: Stack): TemplateResult {
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${this.heading}><table>
      <thead><tr><th scope="col">${w.timeUtc}</th>${series.map(({ label }) => html`<th scope="col" class="number">${label}</th>`)}</tr></thead>
      <tbody>${starts_ms.map((start_ms, at) => html`<tr><td>${moment(new Date(start_ms).toISOString())}</td>
        ${series.map(({ values }) => html`<td class="number">${amount(values[at] ?? 0)}</td>`)}</tr>`)}</tbody></table></div>`;
  }
}

const amount = (n: number): string => (Number.isInteger(n) ? count(n) : inDigits(n, { maximumFractionDigits: 4 }));
