// Requests over time, stacked by outcome; the same numbers are there as a table.
import { css, html, nothing, type PropertyValues, type TemplateResult, unsafeCSS } from 'lit';
import uPlotStyle from 'uplot/dist/uPlot.min.css?inline';
import { type Bin, changesOf, OUTCOMES, type Outcome, requestsOf, rowsOfOutcome } from '../session/panels';
import type { PanelState } from '../session/session';
import { verdict as t } from '../texts/verdict';
import { words as w } from '../texts/words';
import { CHART_HEIGHT, StackChart, startsOf } from './chart';
import { icons } from './icons';
import { base } from './style';
import { View } from './view';
import { count, moment } from './words';

/** The answer as one line of numbers per outcome, bins without a row filled with zero. */
export interface Series {
  starts_ms: number[];
  counts: Record<Outcome, number[]>;
}

export function seriesOf(rows: readonly (readonly unknown[])[], bin: Bin): Series {
  const byBin = new Map<number, Map<string, number>>();
  for (const [time, outcome, n] of rows) {
    const start_ms = Date.parse(String(time));
    if (Number.isNaN(start_ms)) continue;
    const outcomes = byBin.get(start_ms) ?? new Map<string, number>();
    byBin.set(start_ms, outcomes.set(String(outcome), Number(n)));
  }
  const starts_ms = startsOf(byBin.keys(), bin.ms);
  const counts = Object.fromEntries(
    OUTCOMES.map((outcome) => [outcome, starts_ms.map((at) => byBin.get(at)?.get(outcome) ?? 0)]),
  ) as Record<Outcome, number[]>;
  return { starts_ms, counts };
}

const FILLS: Record<Outcome, string> = {
  Successful: '--ok-fill',
  Unauthorized: '--unauthorized-fill',
  Failed: '--failed-fill',
  Other: '--other-fill',
};
/** From the baseline up: what failed stands on the axis, where its height is easiest to read. */
const STACK: readonly Outcome[] = ['Failed', 'Unauthorized', 'Other', 'Successful'];

export class Timeline extends View {
  static override properties = { ...View.properties, asTable: { state: true }, muted: { state: true }, at: { state: true } };
  static override styles = [base, unsafeCSS(uPlotStyle), css`
    .card { padding: var(--pad); height: 100%; }
    .legend { display: flex; flex-wrap: wrap; gap: 2px 4px; margin-top: 4px; font-size: 12px; }
    .legend button { color: var(--ink); min-height: 26px; padding: 2px 8px; font-size: 12px; }
    .legend button[aria-pressed="false"] { color: var(--soft); text-decoration: line-through; }
    i { width: 10px; height: 10px; border-radius: 2px; display: inline-block; forced-color-adjust: none; }
    .Successful { background: var(--ok-fill); }
    .Unauthorized { background: var(--unauthorized-fill); }
    .Failed { background: var(--failed-fill); }
    .Other { background: var(--other-fill); }
    .chart { height: ${CHART_HEIGHT}px; overflow: hidden; }
    .at { min-height: 20px; font-size: 12px; color: var(--soft); }
    .uplot, .uplot *, .uplot *::before { font-family: var(--sans); }
    .scroll { overflow: auto; max-height: ${CHART_HEIGHT + 50}px; margin-top: 8px; }
    table { border-collapse: collapse; width: 100%; font-size: 13px; }
    th { position: sticky; top: 0; background: var(--card); font-size: 12px; color: var(--soft); text-align: end; padding: 4px 8px; }
    th:first-child, td:first-child { text-align: start; }
    td { border-top: 1px solid var(--line); padding: 2px 8px; white-space: nowrap; }
  `];
  declare asTable: boolean;
  declare muted: ReadonlySet<Outcome>;
  declare at: number | null;
  #drawn: readonly unknown[] | null = null;
  #marked: readonly unknown[] | null = null;
  readonly #chartOfBars = new StackChart(this, {
    pointed: (at) => { this.at = at; },
    clicked: (at) => this.#showBar(at),
  });

  constructor() {
    super();
    this.asTable = false;
    this.muted = new Set();
    this.at = null;
  }

  /** Draws again in the colours of another theme. */
  themeChanged(): void {
    this.#chartOfBars.recolour();
  }

  override render(): TemplateResult | typeof nothing {
    const { session } = this;
    const state = session?.panels.get('timeline');
    if (!session || !state) return nothing;
    return html`<section class="card" aria-labelledby="title">
      <div class="bar">
        <h2 class="grow" id="title">${state.panel.title}</h2>
        <button class="quiet" aria-pressed=${this.asTable} @click=${() => { this.asTable = !this.asTable; }}>${icons.rows}${this.asTable ? w.viewAsChart : w.viewAsTable}</button>
        <button class="quiet" @click=${() => session.showKql({ title: state.panel.title, kql: state.panel.kql })}>${icons.code}${w.showKql}</button>
      </div>
      ${state.state === 'failed' ? html`<p class="soft">${state.error}</p>` : nothing}
      ${state.state === 'running' ? html`<div class="skeleton chart"></div>` : nothing}
      ${state.state === 'done' ? (this.asTable ? this.#table(state) : this.#chart(state)) : nothing}
    </section>`;
  }

  #chart(state: PanelState): TemplateResult {
    const { bin } = state.panel;
    const series = bin ? seriesOf(state.rows, bin) : null;
    const total = (outcome: Outcome): number => series?.counts[outcome].reduce((sum, n) => sum + n, 0) ?? 0;
    const at = this.at;
    return html`
      <div class="legend" role="group" aria-label=${t.timeline.outcomes}>${OUTCOMES.filter((outcome) => total(outcome) > 0).map((outcome) => html`<button
        class="quiet" aria-pressed=${!this.muted.has(outcome)} @click=${() => this.#toggle(outcome)}><i class=${outcome}></i>${t.outcomes[outcome]}</button>`)}</div>
      <div class="chart" role="img" aria-label=${t.timeline.chart}></div>
      <p class="at">${series && at !== null && series.starts_ms[at] !== undefined
        ? html`${moment(new Date(series.starts_ms[at]).toISOString())} · ${OUTCOMES.filter((outcome) => series.counts[outcome][at]).map(
          (outcome) => `${t.outcomes[outcome]} ${count(series.counts[outcome][at] ?? 0)}`).join(' · ') || t.timeline.noRequest}${this.#changesAt(series.starts_ms[at], bin)}`
        : t.timeline.bar(bin?.kql ?? '')}</p>`;
  }

  /** Who changed something while a bar lasted. */
  #changesAt(start_ms: number | undefined, bin: Bin | undefined): string {
    if (start_ms === undefined || !bin) return '';
    const changes = changesOf(this.session?.panels).filter(({ began_ms }) => began_ms >= start_ms && began_ms < start_ms + bin.ms);
    return changes.map(({ caller, operation }) => ` · ${t.activity.by(caller || t.activity.nobody, operation)}`).join('');
  }

  #table(state: PanelState): TemplateResult {
    const { bin } = state.panel;
    if (!bin) return html``;
    const { starts_ms, counts } = seriesOf(state.rows, bin);
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${t.panels.timeline}><table>
      <thead><tr><th scope="col">${w.timeUtc}</th>${OUTCOMES.map((outcome) => html`<th scope="col">${t.outcomes[outcome]}</th>`)}</tr></thead>
      <tbody>${starts_ms.map((start_ms, at) => html`<tr>
        <td><button class="quiet" @click=${() => this.#show(start_ms, bin)}>${moment(new Date(start_ms).toISOString())}</button></td>
        ${OUTCOMES.map((outcome) => html`<td class="number">${count(counts[outcome][at] ?? 0)}</td>`)}</tr>`)}</tbody></table></div>`;
  }

  override updated(changed: PropertyValues): void {
    super.updated(changed);
    const state = this.session?.panels.get('timeline');
    const place = this.renderRoot.querySelector<HTMLElement>('div.chart[role]');
    if (!place || state?.state !== 'done') {
      this.#chartOfBars.clear();
      this.#drawn = null;
      return;
    }
    const marked = this.session?.panels.get('activity')?.rows ?? null;
    if (this.#drawn === state.rows && this.#marked === marked && this.#chartOfBars.isIn(place) && !changed.has('muted')) return;
    this.#drawn = state.rows;
    this.#marked = marked;
    this.#draw(place, state);
  }

  #draw(place: HTMLElement, { rows, panel }: PanelState): void {
    const { bin } = panel;
    if (!bin) return;
    const { starts_ms, counts } = seriesOf(rows, bin);
    const shown = STACK.filter((outcome) => !this.muted.has(outcome) && counts[outcome].some((n) => n > 0));
    void this.#chartOfBars.draw(place, {
      starts_ms, bin_ms: bin.ms, marks_ms: changesOf(this.session?.panels).map(({ began_ms }) => began_ms), series: shown.map((outcome) => ({ label: t.outcomes[outcome], fill: FILLS[outcome], values: counts[outcome] })),
    });
  }

  #showBar(at: number): void {
    const state = this.session?.panels.get('timeline');
    const bin = state?.panel.bin;
    const start_ms = bin && seriesOf(state.rows, bin).starts_ms[at];
    if (bin && start_ms !== undefined) this.#show(start_ms, bin);
  }

  #toggle(outcome: Outcome): void {
    const hidden = new Set(this.muted);
    if (!hidden.delete(outcome)) hidden.add(outcome);
    this.muted = hidden;
  }

  #show(start_ms: number, bin: Bin): void {
    const requests = this.session && requestsOf(this.session.tables);
    if (!requests) return;
    this.session?.showRows({
      title: t.timeline.requestsOf(moment(new Date(start_ms).toISOString()), bin.kql),
      kql: rowsOfOutcome(requests, null, start_ms, bin),
    });
  }
}
