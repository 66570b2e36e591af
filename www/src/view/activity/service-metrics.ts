// How loaded the service was, and how many requests it counted beside the rows that are here.
import { css, html, nothing, type PropertyValues, type TemplateResult, unsafeCSS } from 'lit';
import type uPlot from 'uplot';
import uPlotStyle from 'uplot/dist/uPlot.min.css?inline';
import type { Chart, Series } from '../../session/charts';
import type { PanelState } from '../../session/session';
import { activity as t } from '../../texts/activity';
import { verdict as v } from '../../texts/verdict';
import { words as w } from '../../texts/words';
import { CHART_HEIGHT, ColourScheme } from '../chart';
import { icons } from '../icons';
import { plot } from '../query/plot';
import { base } from '../style';
import { View } from '../view';
import { count, moment } from '../words';

const IDS = ['load', 'counted'] as const;
type Id = (typeof IDS)[number];

export class ServiceMetrics extends View {
  static override properties = { ...View.properties, tables: { state: true } };
  static override styles = [base, unsafeCSS(uPlotStyle), css`
    :host {
      display: grid; gap: var(--gap); grid-template-columns: repeat(2, minmax(0, 1fr));
      --c0: light-dark(#0f6cbd, #479ef5); --c1: light-dark(#c2410c, #f7894a); --c2: light-dark(#0e7c6b, #3fbfa8); --c3: light-dark(#9b2c8f, #d98ad0);
      --c4: light-dark(#8a6a00, #d9b63a); --c5: light-dark(#5a4fcf, #a79cf5); --c6: light-dark(#b10e1c, #f5848c); --c7: light-dark(#3a6f1c, #8fc46a);
      --c8: light-dark(#5c6670, #a9b4bf); --c9: light-dark(#00708c, #4cc0dd);
    }
    .card { padding: var(--pad); }
    .place { min-height: ${CHART_HEIGHT}px; overflow: hidden; }
    .uplot, .uplot *, .uplot *::before { font-family: var(--sans); }
    .legend { display: flex; flex-wrap: wrap; gap: 2px 14px; margin-top: 4px; font-size: 12px; }
    .legend span { display: inline-flex; align-items: center; gap: 6px; }
    .legend i { width: 12px; height: 3px; forced-color-adjust: none; }
    .told { margin-top: 4px; font-size: 12px; line-height: 16px; }
    .scroll { overflow: auto; max-height: ${CHART_HEIGHT}px; margin-top: 8px; }
    table { border-collapse: collapse; width: 100%; font-size: 13px; }
    th { position: sticky; top: 0; background: var(--card); font-size: 12px; color: var(--soft); text-align: end; padding: 4px 8px; }
    td { border-top: 1px solid var(--line); padding: 2px 8px; white-space: nowrap; text-align: end; font-variant-numeric: tabular-nums; }
    th:first-child, td:first-child { text-align: start; }
    @media (max-width: 1000px) { :host { grid-template-columns: minmax(0, 1fr); } }
  `];
  /** Which of both are shown as tables. */
  declare tables: ReadonlySet<Id>;
  readonly #drawn = new Map<Id, { rows: unknown; plot: uPlot; size: ResizeObserver }>();
  protected readonly scheme = new ColourScheme(this, () => this.themeChanged());

  constructor() {
    super();
    this.tables = new Set();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const id of IDS) this.#clear(id);
  }

  /** Draws again in the colours of another theme. */
  themeChanged(): void {
    for (const id of IDS) this.#clear(id);
    this.requestUpdate();
  }

  override render(): TemplateResult | typeof nothing {
    const { session } = this;
    if (!session?.panels.has('load')) return nothing;
    return html`${IDS.map((id) => this.#card(id, session.panels.get(id)))}`;
  }

  #card(id: Id, state: PanelState | undefined): TemplateResult | typeof nothing {
    const { session } = this;
    if (!session || !state) return nothing;
    const chart = chartOf(id, state);
    const isTable = this.tables.has(id);
    return html`<section class="card" aria-labelledby=${id}>
      <div class="bar"><h2 class="grow" id=${id}>${state.panel.title}</h2>
        <button class="quiet" aria-pressed=${isTable} @click=${() => this.#toggle(id)}>${icons.rows}${isTable ? w.viewAsChart : w.viewAsTable}</button>
        <button class="quiet" @click=${() => session.showKql({ title: state.panel.title, kql: state.panel.kql })}>${icons.code}${w.showKql}</button></div>
      ${state.state === 'failed' ? html`<p class="soft">${state.error}</p>` : nothing}
      ${state.state === 'running' ? html`<div class="skeleton place"></div>` : nothing}
      ${state.state === 'done' ? (isEmpty(id, chart) ? html`<p class="soft">${id === 'load' ? t.noLoad : t.noCounted}</p>` : html`
        ${isTable ? table(chart) : html`
          <div class="legend">${chart.series.map(({ name }, at) => html`<span><i .style=${`background: var(--c${at % 10})`}></i>${name}</span>`)}</div>
          <div class="place" data-id=${id} role="img" aria-label=${t.chart(state.panel.title)}></div>`}
        ${id === 'counted' ? told(chart) : nothing}`) : nothing}
    </section>`;
  }

  #toggle(id: Id): void {
    const tables = new Set(this.tables);
    if (!tables.delete(id)) tables.add(id);
    this.tables = tables;
  }

  override updated(changed: PropertyValues): void {
    super.updated(changed);
    for (const id of IDS) {
      const state = this.session?.panels.get(id);
      const place = this.renderRoot.querySelector<HTMLElement>(`[data-id=${id}]`);
      const drawn = this.#drawn.get(id);
      if (!place || !state) this.#clear(id);
      else if (drawn?.rows !== state.rows || drawn.plot.root.parentElement !== place) void this.#draw(id, place, state);
    }
  }

  #clear(id: Id): void {
    const drawn = this.#drawn.get(id);
    drawn?.size.disconnect();
    drawn?.plot.destroy();
    this.#drawn.delete(id);
  }

  async #draw(id: Id, place: HTMLElement, state: PanelState): Promise<void> {
    const look = getComputedStyle(this);
    const drawn = await plot(place, chartOf(id, state), {
      root: this.renderRoot, look: (name) => look.getPropertyValue(name), isShown: () => true, pointed: () => {}, zoomed: () => {}, height: CHART_HEIGHT,
    });
    if (!place.isConnected || this.session?.panels.get(id)?.rows !== state.rows) return drawn.destroy();
    this.#clear(id);
    const size = new ResizeObserver(() => {
      if (place.clientWidth > 0 && place.clientWidth !== drawn.width) drawn.setSize({ width: place.clientWidth, height: drawn.height });
    });
    size.observe(place);
    this.#drawn.set(id, { rows: state.rows, plot: drawn, size });
  }
}

/** The answer of a panel as lines: of the load its average and its maximum, of requests their numbers. */
function chartOf(id: Id, { rows, panel }: PanelState): Chart {
  const found = new Map<string, Map<number, number | null>>();
  const put = (name: string, at: number, value: unknown): void => {
    const line = found.get(name) ?? new Map<number, number | null>();
    found.set(name, line.set(at, value === null || value === undefined ? null : Number(value)));
  };
  for (const row of rows) {
    const at = Date.parse(String(row[0]));
    if (Number.isNaN(at)) continue;
    if (id === 'counted') {
      put(String(row[1]), at, row[2]);
    } else {
      put(t.average(String(row[1])), at, row[2]);
      put(t.maximum(String(row[1])), at, row[3]);
    }
  }
  const numbers = [...new Set([...found.values()].flatMap((line) => [...line.keys()]))].sort((a, b) => a - b);
  const series = [...found].map(([name, line]): Series => ({ name, values: numbers.map((at) => line.get(at) ?? null) })).filter(({ values }) => values.some((value) => value !== null));
  return { kind: 'line', stacking: 'none', title: panel.title, xTitle: '', yTitle: '', x: { numbers, isTime: true }, series, left: [] };
}

const timesOf = ({ x }: Chart): number[] => ('numbers' in x ? x.numbers : []);

/** The rows alone say nothing of what the service counted. */
const isEmpty = (id: Id, { series }: Chart): boolean => (id === 'load' ? series.length === 0 : series.every(({ name }) => name === v.activity.rowsHere));

/** How many requests the service counted, and how many rows there are of the minutes that both know. */
function told({ series }: Chart): TemplateResult | typeof nothing {
  const here = series.find(({ name }) => name === v.activity.rowsHere);
  const service = series.find(({ name }) => name !== v.activity.rowsHere);
  if (!here || !service) return nothing;
  let [counted, rows] = [0, 0];
  for (const [at, value] of service.values.entries()) {
    const own = here.values[at] ?? null;
    if (value === null || own === null) continue;
    counted += value;
    rows += own;
  }
  return counted === 0 ? nothing : html`<p class="soft told">${t.difference(counted, rows)}</p>`;
}

const table = (chart: Chart): TemplateResult => html`<div class="scroll" tabindex="0" role="region" aria-label=${chart.title}><table>
  <thead><tr><th scope="col">${w.timeUtc}</th>${chart.series.map(({ name }) => html`<th scope="col">${name}</th>`)}</tr></thead>
  <tbody>${timesOf(chart).map((at, row) => html`<tr><td>${moment(new Date(at).toISOString())}</td>
    ${chart.series.map(({ values }) => html`<td>${values[row] === null || values[row] === undefined ? '' : count(values[row])}</td>`)}</tr>`)}</tbody></table></div>`;
