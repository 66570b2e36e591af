// Stacked bars over time. uPlot draws them and is loaded when there is something to draw.
import type { LitElement, ReactiveController } from 'lit';
import type uPlot from 'uplot';
import { count } from './words';

export interface Stack {
  /** Where each bar begins. */
  starts_ms: readonly number[];
  bin_ms: number;
  /** From the baseline up; `fill` is the name of a colour of style.ts. */
  series: readonly { label: string; fill: string; values: readonly number[] }[];
  /** Moments that stand out. */
  marks_ms?: readonly number[];
}

export interface StackEvents {
  /** The bar under the pointer. */
  pointed(at: number | null): void;
  clicked?(at: number): void;
}

export const CHART_HEIGHT = 210;

let loaded: typeof uPlot | undefined;

/** Tells an element that the system went from light to dark or back, as long as it is connected. */
export class ColourScheme implements ReactiveController {
  readonly #scheme = matchMedia('(prefers-color-scheme: dark)');
  readonly #changed: () => void;

  constructor(owner: LitElement, changed: () => void) {
    this.#changed = changed;
    owner.addController(this);
  }

  hostConnected(): void {
    this.#scheme.addEventListener('change', this.#changed);
  }

  hostDisconnected(): void {
    this.#scheme.removeEventListener('change', this.#changed);
  }
}

export class StackChart implements ReactiveController {
  readonly #owner: LitElement;
  readonly #events: StackEvents;
  readonly #size = new ResizeObserver(() => this.#resize());
  #plot: uPlot | null = null;
  #round = 0;

  constructor(owner: LitElement, events: StackEvents) {
    this.#owner = owner;
    this.#events = events;
    new ColourScheme(owner, () => this.recolour());
    owner.addController(this);
  }

  hostDisconnected(): void {
    this.clear();
  }

  /** Draws again in the colours of another theme: an owner draws what stands nowhere. */
  recolour(): void {
    this.clear();
    this.#owner.requestUpdate();
  }

  /** Whether what was drawn last stands in a place. */
  isIn(place: Element): boolean {
    return this.#plot?.root.parentElement === place;
  }

  clear(): void {
    this.#round += 1;
    this.#size.disconnect();
    this.#plot?.destroy();
    this.#plot = null;
  }

  async draw(place: HTMLElement, { starts_ms, bin_ms, series, marks_ms = [] }: Stack): Promise<void> {
    this.#round += 1;
    const round = this.#round;
    // Once it is loaded nothing is awaited: a chart that is printed is drawn before the paper is.
    if (!loaded) loaded = (await import('uplot')).default;
    const UPlot = loaded;
    if (round !== this.#round || !place.isConnected) return;
    const sums = starts_ms.map(() => 0);
    const heights = series.map(({ values }) => values.map((n, at) => (sums[at] = (sums[at] ?? 0) + n)));
    const look = getComputedStyle(this.#owner);
    const colour = (name: string): string => resolved(this.#owner.renderRoot, look.getPropertyValue(name));
    const isWhole = series.every(({ values }) => values.every(Number.isInteger));
    const axis = { stroke: colour('--soft'), font: '11px "Segoe UI", system-ui, sans-serif', grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false } };
    const bars = UPlot.paths.bars?.({ size: [0.86, 40], align: 1 });
    this.#plot?.destroy();
    // The highest sum is drawn first, so that the lower ones stand before it.
    this.#plot = new UPlot({
      width: Math.max(200, place.clientWidth),
      height: CHART_HEIGHT,
      tzDate: (seconds) => UPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
      legend: { show: false },
      cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
      padding: [8, 24, 0, 0],
      scales: { x: { time: true, range: (_plot, min, max) => [min, max + bin_ms / 1000] }, y: { range: (_plot, _min, max) => [0, max > 0 ? max * 1.05 : 1] } },
      axes: [
        { ...axis, size: 30, grid: { show: false }, values: (_plot, splits) => timeLabels(splits) },
        { ...axis, size: 52, values: (_plot, splits) => splits.map((n) => (Number.isInteger(n) ? count(n) : isWhole ? '' : String(Number(n.toPrecision(6))))) },
      ],
      series: [{}, ...series.map(({ label, fill }) => ({
        label, stroke: 'transparent', width: 0, fill: colour(fill), points: { show: false }, ...(bars ? { paths: bars } : {}),
      })).reverse()],
      hooks: {
        setCursor: [(plot) => this.#events.pointed(plot.cursor.idx ?? null)],
        draw: [(plot) => mark(plot, marks_ms, colour('--link'))],
      },
    }, [starts_ms.map((ms) => ms / 1000), ...heights.reverse()], place);
    this.#plot.over.addEventListener('click', () => {
      const at = this.#plot?.cursor.idx;
      if (at !== null && at !== undefined) this.#events.clicked?.(at);
    });
    this.#size.disconnect();
    this.#size.observe(place);
  }

  #resize(): void {
    const place = this.#plot?.root.parentElement;
    if (place && this.#plot && place.clientWidth > 0 && place.clientWidth !== this.#plot.width) {
      this.#plot.setSize({ width: place.clientWidth, height: CHART_HEIGHT });
    }
  }
}

/** A line with a flag at each moment that the chart shows. */
function mark({ ctx, bbox, valToPos, scales }: uPlot, marks_ms: readonly number[], colour: string): void {
  const [from, to] = [scales['x']?.min ?? 0, scales['x']?.max ?? 0];
  const side = 5 * devicePixelRatio;
  ctx.save();
  Object.assign(ctx, { strokeStyle: colour, fillStyle: colour, lineWidth: 1.5 * devicePixelRatio });
  for (const ms of marks_ms) {
    if (ms / 1000 < from || ms / 1000 > to) continue;
    const x = valToPos(ms / 1000, 'x', true);
    ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.beginPath();
    ctx.moveTo(x - side, bbox.top - side);
    ctx.lineTo(x + side, bbox.top - side);
    ctx.lineTo(x, bbox.top + side);
    ctx.fill();
  }
  ctx.restore();
}

/** The start of every bin from the first to the last; a gap of years would be a line of empty ones. */
export function startsOf(known_ms: Iterable<number>, bin_ms: number): number[] {
  const known = [...known_ms].sort((a, b) => a - b);
  const [first, last] = [known[0], known.at(-1)];
  if (first === undefined || last === undefined || (last - first) / bin_ms > 2000) return known;
  return Array.from({ length: Math.round((last - first) / bin_ms) + 1 }, (_, at) => first + at * bin_ms);
}

/** Hours where all fall on one day, dates before them where the day changes. */
export function timeLabels(seconds: readonly number[]): string[] {
  let day = '';
  return seconds.map((second) => {
    const text = new Date(second * 1000).toISOString();
    const date = text.slice(0, 10);
    const label = text.slice(11, 16);
    if (date === day) return label;
    day = date;
    return label === '00:00' ? text.slice(5, 10) : label;
  });
}

/** A colour that a canvas understands: `light-dark()` is resolved by the element it is set on. */
export function resolved(root: Node, colour: string): string {
  const probe = document.createElement('span');
  probe.style.color = colour;
  root.appendChild(probe);
  const text = getComputedStyle(probe).color;
  probe.remove();
  return text;
}
