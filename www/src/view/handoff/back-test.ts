// An alert rule replayed over the loaded rows: its numbers over time, the threshold as a line to drag,
// when it would have been raised and resolved. Another threshold asks for no number again.
import { css, html, nothing, type PropertyValues, type TemplateResult, unsafeCSS } from 'lit';
import type { EngineError, RemoteBackTest } from 'kqlens/client';
import type { AlertRuleRequest, Firing, JobProgress } from 'kqlens';
import type uPlot from 'uplot';
import uPlotStyle from 'uplot/dist/uPlot.min.css?inline';
import type { Chart } from '../../session/charts';
import { handoff as t } from '../../texts/handoff';
import { words as w } from '../../texts/words';
import { ColourScheme, resolved } from '../chart';
import { icons } from '../icons';
import { plot } from '../query/plot';
import { base } from '../style';
import { View } from '../view';
import { count, inMinutes, moment } from '../words';
import { thresholdLine } from './threshold';

/** What of a rule may change without other numbers. */
type Condition = Required<Pick<AlertRuleRequest, 'threshold' | 'operator' | 'failingPeriods'>>;

const MOST_FIRINGS = 200;
/** Numbers of a page of their table. */
const PAGE = 500;
const MINUTE_MS = 60_000;

const conditionOf = ({ threshold = 0, operator = 'GreaterThan', failingPeriods = 1 }: AlertRuleRequest): Condition => ({ threshold, operator, failingPeriods });
/** What the numbers depend on. */
const numbersOf = ({ threshold, operator, failingPeriods, ...rest }: AlertRuleRequest): string => JSON.stringify(rest);

/** Event: `threshold`, with the number that the line was dragged to. */
export class BackTest extends View {
  static override properties = {
    ...View.properties, rule: { attribute: false }, report: { state: true }, firings: { state: true }, failure: { state: true }, progress: { state: true }, group: { state: true }, at: { state: true }, asTable: { state: true }, page: { state: true },
  };
  static override styles = [base, unsafeCSS(uPlotStyle), css`
    :host { display: grid; gap: 10px; grid-template-columns: minmax(0, 1fr); border-top: 1px solid var(--line); border-bottom: 1px solid var(--line); padding: 12px 0; --c0: var(--link); }
    .place { min-height: 340px; overflow: hidden; }
    .uplot, .uplot *, .uplot *::before { font-family: var(--sans); }
    .u-select { background: light-dark(rgb(15 108 189 / 0.15), rgb(71 158 245 / 0.2)); }
    label { display: inline-flex; gap: 6px; align-items: center; font-size: 13px; max-width: 100%; }
    select { min-width: 0; }
    progress { flex: 1 1 120px; max-width: 320px; accent-color: var(--link); }
    .bad { color: var(--error); }
    .pointed { min-height: 20px; font-size: 12.5px; }
    .scroll { max-height: 320px; overflow: auto; border: 1px solid var(--line); border-radius: 4px; }
    table { border-collapse: collapse; width: 100%; font-size: 12.5px; }
    th, td { padding: 3px 10px; text-align: start; border-bottom: 1px solid var(--line); white-space: nowrap; }
    th { position: sticky; top: 0; background: var(--sunken); }
    .numbers th { white-space: normal; }
    th.number, td.number { text-align: end; }
    .legend { display: flex; flex-wrap: wrap; gap: 4px 16px; font-size: 12.5px; }
    .legend span { display: inline-flex; gap: 6px; align-items: center; }
    .legend i { width: 18px; height: 0; border-top: 2px solid var(--link); forced-color-adjust: none; }
    .legend i.line { border-top: 2px dashed var(--error); }
    .legend i.band { height: 12px; border: 0; background: color-mix(in srgb, var(--error) 22%, transparent); }
    @media (forced-colors: active) { .legend i, .legend i.line { border-color: CanvasText; } .legend i.band { background: color-mix(in srgb, CanvasText 22%, Canvas); } }
  `];
  /** The rule, without what is of no matter to a replay. */
  declare rule: AlertRuleRequest;
  declare report: RemoteBackTest | null;
  declare firings: readonly Firing[];
  declare failure: EngineError | null;
  declare progress: JobProgress | 'begun' | null;
  /** Which combination of values is drawn. */
  declare group: number;
  declare at: number | null;
  /** Whether the numbers are shown as a table, and which page of it. */
  declare asTable: boolean;
  declare page: number;
  #abort: AbortController | null = null;
  /** What the report was made of. */
  #numbers = '';
  #query = '';
  #tables: unknown = null;
  #drawn: uPlot | null = null;
  #drawing = 0;
  /** The condition that the firings are those of, and whether others are asked for. */
  #condition: Condition | null = null;
  #isAsking = false;
  /** Where the line is while it is dragged. */
  #dragged: number | null = null;
  readonly #size = new ResizeObserver(() => this.#resize());
  readonly #lost = (): void => this.#forget();
  protected readonly scheme = new ColourScheme(this, () => void this.#draw());

  constructor() {
    super();
    Object.assign(this, { rule: { name: '', query: '' }, report: null, firings: [], failure: null, progress: null, group: 0, at: null, asTable: false, page: 0 });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.session?.engine.addEventListener('crash', this.#lost);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.session?.engine.removeEventListener('crash', this.#lost);
    this.#abort?.abort();
    this.#forget();
  }

  /** The engine holds the numbers; they are gone with it, and with the rows. */
  #forget(): void {
    this.report?.release();
    Object.assign(this, { report: null, firings: [], at: null, page: 0 });
    this.#condition = null;
    this.#clear();
  }

  get #isOld(): boolean {
    return this.report !== null && this.#numbers !== numbersOf(this.rule);
  }

  override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed as Map<PropertyKey, unknown>);
    if (this.session && this.session.tables !== this.#tables) {
      this.#tables = this.session.tables;
      if (this.report) this.#forget();
    }
    if (!changed.has('rule')) return;
    // Another query is another rule: nothing of the one before is said of it.
    const before = changed.get('rule') as AlertRuleRequest | undefined;
    if (before && before.query !== this.rule.query) {
      this.failure = null;
      this.#abort?.abort();
    }
    if (this.report && this.rule.query !== this.#query) this.#forget();
  }

  override updated(changed: PropertyValues): void {
    if (changed.has('rule')) void this.#ask();
    if (changed.has('report') || changed.has('group') || changed.has('asTable')) void this.#draw();
    else if (changed.has('firings') || changed.has('rule')) this.#redraw();
  }

  readonly #replay = async (): Promise<void> => {
    const { session, rule } = this;
    if (!session) return;
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    Object.assign(this, { progress: 'begun', failure: null });
    try {
      const report = await session.engine.backTest(rule, { signal: abort.signal, onProgress: (progress) => { if (abort === this.#abort) this.progress = progress; } });
      const isWanted = (): boolean => abort === this.#abort && !abort.signal.aborted && this.isConnected;
      if (!isWanted()) return report.release();
      this.#forget();
      this.#query = rule.query;
      this.#numbers = numbersOf(rule);
      this.#condition = conditionOf(rule);
      const firings = await report.firings();
      if (!isWanted()) return report.release();
      Object.assign(this, { report, firings, group: firings[0]?.group ?? 0 });
      void this.#ask();
    } catch (failure) {
      if (abort === this.#abort && (failure as EngineError).code !== 'cancelled') this.failure = failure as EngineError;
    } finally {
      if (abort === this.#abort) this.progress = null;
    }
  };

  /** Asks for the firings of the condition as it is; one question at a time, the newest last. */
  async #ask(): Promise<void> {
    const { report } = this;
    const condition = conditionOf(this.rule);
    if (!report || this.#isOld || this.#isAsking || JSON.stringify(condition) === JSON.stringify(this.#condition)) return;
    this.#isAsking = true;
    this.#condition = condition;
    try {
      const firings = await report.firings(condition);
      if (report === this.report) Object.assign(this, { firings, failure: null });
    } catch (failure) {
      if (report === this.report) this.failure = failure as EngineError;
    } finally {
      this.#isAsking = false;
    }
    void this.#ask();
  }

  #clear(): void {
    this.#drawing += 1;
    this.#size.disconnect();
    this.#drawn?.destroy();
    this.#drawn = null;
  }

  /** When an alert ended, null where it stayed; one without a state is of its evaluation alone. */
  #endOf({ fired, resolved: end }: Firing): string | null {
    const { muteMinutes, stateful = muteMinutes === undefined } = this.rule;
    return stateful ? end : fired;
  }

  get #threshold(): number {
    return this.#dragged ?? (Number.isFinite(this.rule.threshold) ? Number(this.rule.threshold) : 0);
  }

  async #draw(): Promise<void> {
    this.#clear();
    const drawing = this.#drawing;
    const { report } = this;
    const group = report?.groups[this.group];
    const place = this.renderRoot?.querySelector<HTMLElement>('.place');
    if (!report || !group || !place) return;
    const look = getComputedStyle(this);
    const numbers = report.evaluations.map((iso) => Date.parse(iso));
    const isWhole = group.numbers.every((n) => n === null || Number.isInteger(n));
    const chart: Chart = { kind: 'line', stacking: 'none', title: '', xTitle: '', yTitle: '', x: { numbers, isTime: true }, series: [{ name: t.replay.number, values: group.numbers }], left: [] };
    const drawn = await plot(place, chart, {
      root: this.renderRoot,
      look: (name) => look.getPropertyValue(name),
      isShown: () => true,
      pointed: (at) => { this.at = at; },
      zoomed: () => {},
      plugins: [thresholdLine({
        threshold: () => this.#threshold,
        bands: () => this.firings.filter((firing) => firing.group === this.group)
          .map((firing) => [Date.parse(firing.fired) / 1000, Date.parse(this.#endOf(firing) ?? report.evaluations.at(-1) ?? firing.fired) / 1000]),
        colour: resolved(this.renderRoot, look.getPropertyValue('--error')),
        moved: (value, isDone) => this.#move(isWhole ? Math.round(value) : Number(value.toPrecision(3)), isDone),
      })],
    });
    if (drawing !== this.#drawing || !place.isConnected) return drawn.destroy();
    this.#drawn = drawn;
    this.#size.observe(place);
  }

  #move(threshold: number, isDone: boolean): void {
    this.#dragged = isDone ? null : threshold;
    this.#redraw();
    this.dispatchEvent(new CustomEvent('threshold', { detail: threshold }));
  }

  /** Draws the line and the bands anew; the axis rests while the line is dragged. */
  #redraw(): void {
    const { scales } = this.#drawn ?? {};
    if (this.#dragged !== null) this.#drawn?.redraw(false);
    else if (scales?.['x']) this.#drawn?.setScale('x', { min: scales['x'].min ?? 0, max: scales['x'].max ?? 1 });
  }

  #resize(): void {
    const place = this.#drawn?.root.parentElement;
    if (place && this.#drawn && place.clientWidth > 0 && place.clientWidth !== this.#drawn.width) this.#drawn.setSize({ width: place.clientWidth, height: this.#drawn.height });
  }

  override render(): TemplateResult {
    const { report, progress, failure } = this;
    const share = progress && progress !== 'begun' && progress.rowsTotal > 0 ? progress.rowsDone / progress.rowsTotal : null;
    return html`
      <div class="bar"><h3 class="grow">${t.replay.title}</h3>
        ${report && report.groups.length > 0 ? html`<button class="quiet" id="as-table" aria-pressed=${this.asTable} @click=${() => { this.asTable = !this.asTable; }}>${icons.rows}${this.asTable ? w.viewAsChart : w.viewAsTable}</button>` : nothing}
        ${progress ? html`<progress aria-label=${t.replay.running} max="1" .value=${share ?? nothing}></progress><button id="cancel" @click=${() => this.#abort?.abort()}>${w.cancel}</button>`
          : html`<button id="replay" @click=${this.#replay}>${report ? t.replay.again : t.replay.begin}</button>`}</div>
      ${failure ? html`<p class="bad" role="alert">${this.#refusal(failure)}</p>` : nothing}
      ${this.#isOld ? html`<p class="soft" role="status">${t.replay.old}</p>` : nothing}
      ${report ? this.#report(report) : html`<p class="soft">${t.replay.about}</p>`}`;
  }

  #refusal({ message, help, field }: EngineError): string {
    const name = field?.replace(/[[.].*/, '') as keyof typeof t.field | undefined;
    const words = t.refused(message, help ?? '');
    return name && Object.hasOwn(t.field, name) ? t.replay.at(t.field[name].label, words) : words;
  }

  #report(report: RemoteBackTest): TemplateResult {
    const { firings, group } = this;
    const shown = report.groups[group];
    const named = report.groups.map(({ values }, at) => ({ at, name: values.join(', ') || w.empty, n: firings.filter((firing) => firing.group === at).length }));
    return html`
      <p role="status" id="summary">${t.replay.summary(firings.length, report.evaluations.length, report.groupCount, report.groups[0]?.values.length ?? 0)}</p>
      ${report.earlyEvaluations > 0 ? html`<p class="soft">${t.replay.early(report.earlyEvaluations)}</p>` : nothing}
      ${report.rerun ? html`<p class="soft">${t.replay.rerun}</p>` : nothing}
      ${report.groups.length > 1 ? html`<label>${t.replay.group} <select id="group" @change=${(event: Event) => { Object.assign(this, { group: Number((event.target as HTMLSelectElement).value), page: 0 }); }}>${named.map(({ at, name, n }) => html`<option
        value=${at} ?selected=${at === group}>${t.replay.groupOf(name, n)}</option>`)}</select></label>` : nothing}
      ${report.groupCount > report.groups.length ? html`<p class="soft">${t.replay.firstGroups(report.groups.length, report.groupCount)}</p>` : nothing}
      ${shown && this.asTable ? this.#numbersOf(report, shown) : shown ? html`<div class="place" role="img" aria-label=${t.replay.chart(shown.values.join(', '), firings.filter((firing) => firing.group === group).length)}></div>
        <div class="legend" aria-hidden="true"><span><i></i>${t.replay.number}</span><span><i class="line"></i>${t.replay.threshold(this.#threshold)}</span><span><i class="band"></i>${t.replay.raised}</span></div>
        <p class="pointed soft">${this.#pointed(report, shown.numbers)}</p>` : html`<p class="soft">${t.replay.nothing}</p>`}
      ${firings.length > 0 ? this.#table(firings) : nothing}`;
  }

  #pointed({ evaluations }: RemoteBackTest, numbers: readonly (number | null)[]): string {
    const iso = this.at === null ? undefined : evaluations[this.at];
    if (iso === undefined || this.at === null) return t.replay.point;
    const n = numbers[this.at];
    return t.replay.pointed(moment(iso), n === null || n === undefined ? w.none : count(n));
  }

  /** What the chart draws, a page at a time. */
  #numbersOf({ evaluations }: RemoteBackTest, { values, numbers }: RemoteBackTest['groups'][number]): TemplateResult {
    const from = Math.min(this.page, Math.ceil(evaluations.length / PAGE) - 1) * PAGE;
    const shown = evaluations.slice(from, from + PAGE);
    const [first = '', last = ''] = [shown[0], shown.at(-1)];
    const raised = this.firings.filter(({ group, fired }) => group === this.group && fired <= last).map((firing) => [firing.fired, this.#endOf(firing)] as const).filter(([, end]) => end === null || end >= first);
    const isRaised = (iso: string): boolean => raised.some(([fired, end]) => fired === iso || (fired < iso && (end === null || iso < end)));
    const turn = (by: number): void => {
      this.page += by;
      void this.updateComplete.then(() => this.renderRoot.querySelector('.numbers')?.scrollTo(0, 0));
    };
    return html`<div class="scroll numbers" tabindex="0" role="region" aria-label=${t.replay.numbers(values.join(', '))}><table>
        <thead><tr><th scope="col">${t.replay.evaluated}</th><th scope="col" class="number">${t.replay.number}</th><th scope="col">${t.replay.raised}</th></tr></thead>
        <tbody>${shown.map((iso, at) => {
          const n = numbers[from + at];
          return html`<tr><td>${moment(iso)}</td><td class="number">${n === null || n === undefined ? '–' : count(n)}</td><td>${isRaised(iso) ? t.replay.isRaised : ''}</td></tr>`;
        })}</tbody></table></div>
      ${evaluations.length > PAGE ? html`<div class="bar"><span class="grow soft" role="status">${t.replay.page(from + 1, Math.min(from + PAGE, evaluations.length), evaluations.length)}</span>
        <button id="earlier" ?disabled=${from === 0} @click=${() => turn(-1)}>${t.replay.earlier}</button>
        <button id="later" ?disabled=${from + PAGE >= evaluations.length} @click=${() => turn(1)}>${t.replay.later}</button></div>` : nothing}`;
  }

  #table(firings: readonly Firing[]): TemplateResult {
    const hasValues = firings.some(({ values }) => values.length > 0);
    const lasted = (firing: Firing): string => {
      const end = this.#endOf(firing);
      return end === null ? t.replay.stays : end === firing.fired ? '–' : inMinutes((Date.parse(end) - Date.parse(firing.fired)) / MINUTE_MS);
    };
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${t.replay.firings}><table>
      <thead><tr><th scope="col">${t.replay.fired}</th><th scope="col">${t.replay.resolved}</th><th scope="col" class="number">${t.replay.howLong}</th>${hasValues ? html`<th scope="col">${t.replay.values}</th>` : nothing}
        <th scope="col" class="number">${t.replay.peak}</th><th scope="col" class="number">${t.replay.met}</th></tr></thead>
      <tbody>${firings.slice(0, MOST_FIRINGS).map((firing) => html`<tr><td>${moment(firing.fired)}${firing.muted ? html` <span class="pill">${t.replay.muted}</span>` : nothing}</td><td>${firing.resolved ? moment(firing.resolved) : '–'}</td>
        <td class="number">${lasted(firing)}</td>${hasValues ? html`<td>${firing.values.join(', ')}</td>` : nothing}<td class="number">${firing.peak === null ? '–' : count(firing.peak)}</td><td class="number">${count(firing.evaluationsMet)}</td></tr>`)}</tbody></table></div>
      ${firings.length > MOST_FIRINGS ? html`<p class="soft">${t.replay.firstFirings(MOST_FIRINGS, firings.length)}</p>` : nothing}`;
  }
}
