// The answer as a chart: its kind, a legend that filters, the value under the pointer, the same
// numbers as a table, and ways to take it away.
import { css, html, nothing, type PropertyValues, type TemplateResult, unsafeCSS } from 'lit';
import type uPlot from 'uplot';
import uPlotStyle from 'uplot/dist/uPlot.min.css?inline';
import { CHART_KINDS, chartOf, kindOf, likelyKind, type Chart, type ChartKind } from '../../session/charts';
import { isMessageColumn } from '../../session/messages';
import type { Answer } from '../../session/queries';
import { charts as c } from '../../texts/charts';
import { words as w } from '../../texts/words';
import { ColourScheme, resolved } from '../chart';
import { icons } from '../icons';
import { base } from '../style';
import { download } from '../download';
import { QueriesView } from './part';
import { plot } from './plot';
import { shapes } from './shapes';
import { number } from './words';

const PLOTTED: readonly ChartKind[] = ['time', 'line', 'area', 'scatter', 'anomaly'];
const STACKABLE: readonly ChartKind[] = ['area', 'column', 'bar'];
const MOST_TABLE_ROWS = 500;

export class ChartPane extends QueriesView {
  static override properties = {
    ...QueriesView.properties, answer: { attribute: false }, chosen: { state: true }, stacked: { state: true }, chart: { state: true }, failure: { state: true },
    off: { state: true }, at: { state: true }, isZoomed: { state: true }, asTable: { state: true },
  };
  static override styles = [base, unsafeCSS(uPlotStyle), css`
    :host {
      display: grid; gap: 8px; grid-template-columns: minmax(0, 1fr);
      --c0: light-dark(#0f6cbd, #479ef5); --c1: light-dark(#c2410c, #f7894a); --c2: light-dark(#0e7c6b, #3fbfa8); --c3: light-dark(#9b2c8f, #d98ad0);
      --c4: light-dark(#8a6a00, #d9b63a); --c5: light-dark(#5a4fcf, #a79cf5); --c6: light-dark(#b10e1c, #f5848c); --c7: light-dark(#3a6f1c, #8fc46a);
      --c8: light-dark(#5c6670, #a9b4bf); --c9: light-dark(#00708c, #4cc0dd);
    }
    .tools { display: flex; flex-wrap: wrap; gap: 6px 8px; align-items: center; }
    select { min-height: 28px; padding: 2px 6px; }
    label { display: inline-flex; gap: 6px; align-items: center; font-size: 13px; }
    h3 { text-align: center; }
    .place { min-height: 340px; overflow: hidden; }
    .uplot, .uplot *, .uplot *::before { font-family: var(--sans); }
    .u-select { background: light-dark(rgb(15 108 189 / 0.15), rgb(71 158 245 / 0.2)); }
    .drawn { overflow-x: auto; }
    .shapes { display: block; width: 100%; min-width: 560px; height: auto; max-height: 640px; }
    .shapes text { font: 12px var(--sans); fill: var(--ink); }
    .shapes .tick { fill: var(--soft); font-size: 11px; }
    .shapes .big { font-size: 44px; font-weight: 600; }
    .shapes .grid { stroke: var(--line); }
    .shapes .slice { stroke: var(--card); stroke-width: 2; }
    .legend { display: flex; flex-wrap: wrap; gap: 2px 6px; max-height: 150px; overflow: auto; }
    .legend button { min-height: 26px; padding: 2px 8px; font-size: 12.5px; border-color: transparent; background: transparent; max-width: 100%; }
    .legend button span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    .legend button[aria-pressed="false"] { text-decoration: line-through; color: var(--soft); }
    .legend button[aria-pressed="false"] i { opacity: 0.25; }
    .legend i { width: 12px; height: 12px; border-radius: 2px; flex: none; forced-color-adjust: none; }
    .legend b { font-variant-numeric: tabular-nums; }
    .pointed { min-height: 20px; font-size: 12.5px; }
    .scroll { max-height: 380px; overflow: auto; border: 1px solid var(--line); border-radius: 4px; }
    table { border-collapse: collapse; width: 100%; font-size: 12.5px; }
    th, td { padding: 3px 10px; text-align: start; border-bottom: 1px solid var(--line); white-space: nowrap; }
    th { position: sticky; top: 0; background: var(--sunken); }
    .empty { padding: 28px 16px; text-align: center; }
  `];
  declare answer: Answer | undefined;
  declare chosen: ChartKind | null;
  /** Whether bars and areas stand on each other; null as the query says. */
  declare stacked: boolean | null;
  declare chart: Chart | null;
  declare failure: string | null;
  declare off: ReadonlySet<number>;
  declare at: number | null;
  declare isZoomed: boolean;
  declare asTable: boolean;
  #drawn: uPlot | null = null;
  #round = 0;
  #isTextHidden = false;
  readonly #size = new ResizeObserver(() => this.#resize());
  protected readonly scheme = new ColourScheme(this, () => this.themeChanged());

  constructor() {
    super();
    this.chosen = null;
    this.stacked = null;
    this.chart = null;
    this.failure = null;
    this.off = new Set();
    this.at = null;
    this.isZoomed = false;
    this.asTable = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) void this.#draw();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#clear();
  }

  /** Draws again in the colours of another theme. */
  themeChanged(): void {
    this.requestUpdate();
    void this.#draw();
  }

  get #kind(): ChartKind | null {
    const { result } = this.answer ?? {};
    if (!result) return null;
    return this.chosen ?? kindOf(result.render) ?? likelyKind(result.columns, result.rowCount);
  }

  override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed as Map<PropertyKey, unknown>);
    if (changed.has('answer')) {
      const before = changed.get('answer') as Answer | undefined;
      if (before?.kql !== this.answer?.kql) Object.assign(this, { chosen: null, stacked: null, asTable: false });
    }
    const isTextHidden = this.queries?.session.isTextHidden ?? false;
    if (changed.has('answer') || changed.has('chosen') || changed.has('stacked') || isTextHidden !== this.#isTextHidden) void this.#read();
    this.#isTextHidden = isTextHidden;
  }

  async #read(): Promise<void> {
    const { answer } = this;
    const kind = this.#kind;
    this.#round += 1;
    const round = this.#round;
    if (!answer || !kind) {
      Object.assign(this, { chart: null, failure: answer ? c.noNumbers : null });
      return;
    }
    try {
      const chart = await chartOf(answer.result, kind, this.stacked, (column) => !this.queries?.session.isTextHidden || !isMessageColumn(column));
      if (round !== this.#round) return;
      this.off = new Set();
      this.at = null;
      Object.assign(this, typeof chart === 'string' ? { chart: null, failure: chart } : { chart, failure: null });
    } catch (error) {
      if (round === this.#round) Object.assign(this, { chart: null, failure: (error as Error).message });
    }
  }

  override updated(changed: PropertyValues): void {
    if (changed.has('chart') || changed.has('off') || changed.has('asTable')) void this.#draw();
  }

  #clear(): void {
    this.#size.disconnect();
    this.#drawn?.destroy();
    this.#drawn = null;
  }

  #drawing = 0;

  async #draw(): Promise<void> {
    this.#drawing += 1;
    const drawing = this.#drawing;
    const { chart } = this;
    const place = this.renderRoot?.querySelector<HTMLElement>('.place');
    if (!chart || !place || !PLOTTED.includes(chart.kind)) return this.#clear();
    const look = getComputedStyle(this);
    const drawn = await plot(place, chart, {
      root: this.renderRoot,
      look: (name) => look.getPropertyValue(name),
      isShown: (at) => !this.off.has(at),
      pointed: (at) => { this.at = at; },
      zoomed: (isZoomed) => { this.isZoomed = isZoomed; },
    });
    if (drawing !== this.#drawing || !place.isConnected) {
      drawn.destroy();
      return;
    }
    this.#clear();
    this.#drawn = drawn;
    this.#size.observe(place);
  }

  #resize(): void {
    const place = this.#drawn?.root.parentElement;
    if (place && this.#drawn && place.clientWidth > 0 && place.clientWidth !== this.#drawn.width) this.#drawn.setSize({ width: place.clientWidth, height: this.#drawn.height });
  }

  override render(): TemplateResult | typeof nothing {
    const { answer, chart, failure } = this;
    if (!answer) return nothing;
    const kind = this.#kind;
    const { render } = answer.result;
    const isUnknown = render && !kindOf(render) && render.kind !== 'table';
    return html`
      <div class="tools">
        <label>${c.kind} <select id="kind" .value=${kind ?? ''} @change=${(event: Event) => { this.chosen = (event.target as HTMLSelectElement).value as ChartKind; }}>
          ${CHART_KINDS.map((id) => html`<option value=${id} ?selected=${id === kind}>${c.kinds[id]}</option>`)}</select></label>
        ${chart && STACKABLE.includes(chart.kind) && chart.series.length > 1 ? html`<label><input type="checkbox" id="stacked" .checked=${chart.stacking !== 'none'}
          @change=${(event: Event) => { this.stacked = (event.target as HTMLInputElement).checked; }}>${c.stacked}</label>` : nothing}
        ${chart ? html`<label><input type="checkbox" id="as-table" .checked=${this.asTable} @change=${(event: Event) => { this.asTable = (event.target as HTMLInputElement).checked; }}>${c.asTable}</label>` : nothing}
        ${this.isZoomed ? html`<button class="quiet" id="unzoom" @click=${this.#unzoom}>${c.wholeRange}</button>` : nothing}
        <span class="grow"></span>
        ${chart && !this.asTable ? html`<button class="quiet" id="png" @click=${this.#png}>${icons.download}PNG</button>
          ${PLOTTED.includes(chart.kind) ? nothing : html`<button class="quiet" id="svg" @click=${this.#svg}>${icons.download}SVG</button>`}` : nothing}
      </div>
      ${isUnknown ? html`<p class="soft">${c.notDrawn(render.kind)}</p>` : nothing}
      ${failure ? html`<div class="empty"><h3>${c.nothing}</h3><p class="soft">${failure}</p></div>` : nothing}
      ${chart ? this.#chart(chart) : nothing}`;
  }

  #chart(chart: Chart): TemplateResult {
    const isPlotted = PLOTTED.includes(chart.kind);
    const what = c.withSeries(chart.title || c.valuesBy(chart.yTitle || c.values, chart.xTitle), chart.series.length);
    return html`
      ${chart.title ? html`<h3>${chart.title}</h3>` : nothing}
      ${chart.yTitle && chart.kind !== 'card' && chart.kind !== 'pie' ? html`<p class="soft">${chart.yTitle}</p>` : nothing}
      ${this.asTable ? this.#table(chart)
        : isPlotted ? html`<div class="place" role="img" aria-label=${c.tableHasNumbers(what)}></div>`
          : html`<div class="drawn" tabindex="0" role="region" aria-label=${w.chart}>${shapes(chart, { isShown: (at) => !this.off.has(at), fill: (at) => this.#colour(at) })}</div>`}
      ${isPlotted && !this.asTable ? html`<p class="pointed soft">${this.at === null ? c.point : this.#place(chart, this.at)}</p>` : nothing}
      ${this.#legend(chart)}
      ${chart.left.map((sentence) => html`<p class="soft">${sentence}</p>`)}`;
  }

  #colour(at: number): string {
    return resolved(this.renderRoot, getComputedStyle(this).getPropertyValue(`--c${at % 10}`));
  }

  #place({ x }: Chart, at: number): string {
    if ('names' in x) return x.names[at] ?? '';
    const value = x.numbers[at];
    if (value === undefined) return '';
    return x.isTime ? `${new Date(value).toISOString().slice(0, 19).replace('T', ' ')} UTC` : number(value);
  }

  /** Series, or slices of a pie: each is hidden and shown by a press. */
  #legend(chart: Chart): TemplateResult | typeof nothing {
    const isPie = chart.kind === 'pie';
    const names = isPie && 'names' in chart.x ? chart.x.names : chart.series.map(({ name }) => name);
    if (chart.kind === 'card' || (names.length < 2 && !isPie && this.at === null)) return nothing;
    return html`<div class="legend" role="group" aria-label=${c.legend}>${names.map((name, at) => {
      const value = this.at === null || isPie ? null : chart.series[at]?.values[this.at];
      return html`<button aria-pressed=${!this.off.has(at)} @click=${() => this.#toggle(at, names.length)} @dblclick=${() => { this.off = new Set(names.map((_, index) => index).filter((index) => index !== at)); }}
        title=${c.legendOf(name)}><i .style=${`background: var(--c${at % 10})`}></i><span>${name || w.none}</span>${value === null || value === undefined ? nothing : html`<b>${number(value)}</b>`}</button>`;
    })}</div>`;
  }

  #toggle(at: number, of: number): void {
    const hidden = new Set(this.off);
    if (!hidden.delete(at)) hidden.add(at);
    this.off = hidden.size === of ? new Set() : hidden;
  }

  #table(chart: Chart): TemplateResult {
    const rows = 'names' in chart.x ? chart.x.names.length : chart.x.numbers.length;
    const series = chart.series.map((line, at) => ({ ...line, at })).filter(({ at }) => chart.kind === 'pie' || !this.off.has(at));
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${c.numbers}><table>
      <thead><tr><th scope="col">${chart.xTitle || w.value}</th>${series.map(({ name }) => html`<th scope="col" class="number">${name || chart.yTitle || w.value}</th>`)}</tr></thead>
      <tbody>${Array.from({ length: Math.min(rows, MOST_TABLE_ROWS) }, (_, at) => html`<tr><th scope="row">${this.#place(chart, at)}</th>${series.map(({ values, marked }) => html`<td class="number">${number(values[at])}${marked?.[at] ? ` ${c.anomaly}` : ''}</td>`)}</tr>`)}</tbody></table></div>
      ${rows > MOST_TABLE_ROWS ? html`<p class="soft">${c.firstPoints(MOST_TABLE_ROWS, rows)}</p>` : nothing}`;
  }

  readonly #unzoom = (): void => {
    const axis = this.#drawn?.data[0];
    if (axis && axis.length > 0) this.#drawn?.setScale('x', { min: axis[0] ?? 0, max: axis[axis.length - 1] ?? 1 });
  };

  /** The drawing as one file: what style sheets say is written into it. */
  #svgText(): { text: string; width: number; height: number } | null {
    const drawn = this.renderRoot.querySelector<SVGSVGElement>('.shapes');
    if (!drawn) return null;
    const copy = drawn.cloneNode(true) as SVGSVGElement;
    const [originals, copies] = [drawn.querySelectorAll('*'), copy.querySelectorAll('*')];
    for (const [at, original] of originals.entries()) {
      const look = getComputedStyle(original);
      const target = copies[at] as Element;
      for (const name of ['fill', 'stroke', 'stroke-width', 'font-size', 'font-weight', 'font-family']) target.setAttribute(name, look.getPropertyValue(name));
      target.removeAttribute('class');
    }
    const { width, height } = drawn.viewBox.baseVal;
    copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
    copy.setAttribute('width', String(width));
    copy.setAttribute('height', String(height));
    copy.removeAttribute('class');
    const ground = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
    for (const [name, value] of Object.entries({ width: '100%', height: '100%', fill: this.#ground })) ground.setAttribute(name, value);
    copy.prepend(ground);
    return { text: new XMLSerializer().serializeToString(copy), width, height };
  }

  get #ground(): string {
    return resolved(this.renderRoot, getComputedStyle(this).getPropertyValue('--card'));
  }

  readonly #svg = (): void => {
    const made = this.#svgText();
    if (made) download(made.text, 'image/svg+xml', 'kqlens-chart.svg');
  };

  readonly #png = async (): Promise<void> => {
    const canvas = document.createElement('canvas');
    const pen = canvas.getContext('2d');
    const source = this.#drawn?.root.querySelector('canvas');
    const made = source ? null : this.#svgText();
    if (!pen || (!source && !made)) return;
    canvas.width = source?.width ?? (made?.width ?? 0) * 2;
    canvas.height = source?.height ?? (made?.height ?? 0) * 2;
    pen.fillStyle = this.#ground;
    pen.fillRect(0, 0, canvas.width, canvas.height);
    if (source) {
      pen.drawImage(source, 0, 0);
    } else if (made) {
      const image = new Image();
      image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(made.text)}`;
      await image.decode();
      pen.drawImage(image, 0, 0, canvas.width, canvas.height);
    }
    const blob = await new Promise<Blob | null>((resolve) => { canvas.toBlob(resolve, 'image/png'); });
    if (blob) download(blob, 'image/png', 'kqlens-chart.png');
  };
}
