// Rows over time; a span that is drawn on it narrows everything else. The ends are sliders too, so that
// a keyboard draws it as well as a pointer.
import { css, html, nothing, svg, type TemplateResult } from 'lit';
import { explore as t } from '../../texts/explore';
import { words as w } from '../../texts/words';
import { startsOf } from '../chart';
import { icons } from '../icons';
import { base } from '../style';
import { moment } from '../words';
import { ExploreView } from './part';

const HEIGHT = 96;

export class Brush extends ExploreView {
  static override properties = { ...ExploreView.properties, drawn: { state: true } };
  static override styles = [base, css`
    .card { padding: calc(var(--pad) * 0.75) var(--pad); }
    .chart { position: relative; height: ${HEIGHT}px; margin-top: 6px; cursor: crosshair; touch-action: none; user-select: none; }
    .chart svg { width: 100%; height: 100%; display: block; forced-color-adjust: none; }
    .rows { fill: var(--ok-fill); }
    .errors { fill: var(--failed-fill); }
    .span { position: absolute; inset-block: 0; background: color-mix(in srgb, var(--link) 18%, transparent); border-inline: 2px solid var(--link); pointer-events: none; min-width: 2px; }
    .ends { display: flex; flex-wrap: wrap; gap: 4px 16px; align-items: center; font-size: 12px; margin-top: 6px; }
    .ends label { display: inline-flex; gap: 6px; align-items: center; }
    .ends input { width: 130px; accent-color: var(--link); }
  `];
  /** The bins between which the pointer draws. */
  declare drawn: readonly [number, number] | null;

  constructor() {
    super();
    this.drawn = null;
  }

  /** Where each bin begins, with its rows and its errors. */
  #bins(): { starts_ms: number[]; rows: number[]; errors: number[] } {
    const answer = this.explore?.answers.get('timeline');
    const known = new Map((answer?.rows ?? []).map(([time, rows, errors]) => [Date.parse(String(time)), [Number(rows), Number(errors)] as const]));
    const starts_ms = startsOf(known.keys(), this.explore?.bin.ms ?? 1);
    return { starts_ms, rows: starts_ms.map((start) => known.get(start)?.[0] ?? 0), errors: starts_ms.map((start) => known.get(start)?.[1] ?? 0) };
  }

  override render(): TemplateResult | typeof nothing {
    const { explore } = this;
    const answer = explore?.answers.get('timeline');
    if (!explore || !answer) return html`<section class="card"><div class="skeleton"></div></section>`;
    if (answer.state === 'failed') return html`<section class="card"><p class="soft">${answer.error}</p></section>`;
    const { starts_ms, rows, errors } = this.#bins();
    const n = starts_ms.length;
    const most = Math.max(1, ...rows);
    const [from, to] = this.drawn ?? this.#chosen(starts_ms);
    const all = from === 0 && to === n;
    const time = (at: number): string => moment(new Date(at < n ? starts_ms[at] ?? 0 : (starts_ms[n - 1] ?? 0) + explore.bin.ms).toISOString());
    const bars = (values: readonly number[], kind: string): unknown => values.map((value, at) => (value === 0 ? nothing
      : svg`<rect class=${kind} x=${at + 0.08} width="0.84" y=${HEIGHT * (1 - value / most)} height=${(HEIGHT * value) / most}/>`));
    return html`<section class="card" aria-labelledby="title">
      <div class="bar"><h2 class="grow" id="title">${t.brush.title}</h2>
        <button class="quiet" ?disabled=${all} id="whole" @click=${() => explore.brush(null)}>${t.brush.whole}</button>
        <button class="quiet" @click=${() => explore.session.showKql({ title: t.brush.title, kql: answer.kql })}>${icons.code}${w.showKql}</button></div>
      <div class="chart" role="img" aria-label=${t.brush.chart(n, explore.bin.kql, most)} @pointerdown=${this.#draw}>
        <svg viewBox="0 0 ${Math.max(1, n)} ${HEIGHT}" preserveAspectRatio="none">${bars(rows, 'rows')}${bars(errors, 'errors')}</svg>
        ${all || n === 0 ? nothing : html`<div class="span" .style=${`inset-inline-start: ${(100 * from) / n}%; width: ${(100 * (to - from)) / n}%`}></div>`}
      </div>
      <div class="ends">
        <label>${t.brush.from} <input type="range" id="from" min="0" max=${Math.max(0, n - 1)} .value=${String(from)} aria-valuetext=${time(from)}
          @change=${(event: Event) => this.#brush(Math.min(Number((event.target as HTMLInputElement).value), to - 1), to)}></label>
        <label>${t.brush.to} <input type="range" id="to" min="1" max=${Math.max(1, n)} .value=${String(to)} aria-valuetext=${time(to)}
          @change=${(event: Event) => this.#brush(from, Math.max(Number((event.target as HTMLInputElement).value), from + 1))}></label>
        <span class="soft" role="status">${n === 0 ? t.brush.noTime : (all ? t.brush.all : t.brush.chosen)(time(from), time(to), rows.slice(from, to).reduce((sum, one) => sum + one, 0))}</span>
      </div></section>`;
  }

  /** The bins of the span that is kept; all of them without one. */
  #chosen(starts_ms: readonly number[]): [number, number] {
    const span = this.explore?.span;
    if (!span) return [0, starts_ms.length];
    const from = Math.max(0, starts_ms.findIndex((start) => start >= span.from_ms));
    const to = starts_ms.findIndex((start) => start >= span.to_ms);
    return [from, to < 0 ? starts_ms.length : to];
  }

  #brush(from: number, to: number): void {
    const { starts_ms } = this.#bins();
    const { explore } = this;
    const start = starts_ms[from];
    const last = starts_ms[to - 1];
    if (!explore || start === undefined || last === undefined) return;
    explore.brush(from === 0 && to === starts_ms.length ? null : { from_ms: start, to_ms: last + explore.bin.ms });
  }

  #draw(event: PointerEvent): void {
    const chart = event.currentTarget as HTMLElement;
    const { left, width } = chart.getBoundingClientRect();
    const n = this.#bins().starts_ms.length;
    if (event.button !== 0 || n === 0) return;
    const binAt = ({ clientX }: PointerEvent): number => Math.max(0, Math.min(n - 1, Math.floor(((clientX - left) / width) * n)));
    const start = binAt(event);
    const move = (to: PointerEvent): void => {
      const at = binAt(to);
      this.drawn = [Math.min(start, at), Math.max(start, at) + 1];
      // All else follows while it is drawn: what is newest wins.
      this.#brush(...(this.drawn as [number, number]));
    };
    chart.setPointerCapture(event.pointerId);
    chart.addEventListener('pointermove', move);
    chart.addEventListener('lostpointercapture', () => {
      chart.removeEventListener('pointermove', move);
      this.drawn = null;
    }, { once: true });
    move(event);
  }
}
