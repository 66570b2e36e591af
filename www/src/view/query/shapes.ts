// Columns, bars, pies and cards as SVG: text stays text, and every shape says what it is.
import { svg, type SVGTemplateResult } from 'lit';
import { stacks, type Chart } from '../../session/charts';
import { charts as c } from '../../texts/charts';
import { compact, number } from './words';

const WIDTH = 960;
const HEIGHT = 340;
const TEXT = 12;

interface Shown {
  isShown: (at: number) => boolean;
  fill: (at: number) => string;
}

const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

/** Round steps from 0 to beyond the highest. */
function steps(low: number, high: number): number[] {
  const span = high - low || 1;
  const rough = span / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough) ?? rough;
  const first = Math.floor(low / step);
  return Array.from({ length: Math.ceil(high / step) - first + 1 }, (_, at) => Number(((first + at) * step).toPrecision(12)));
}

export function shapes(chart: Chart, shown: Shown): SVGTemplateResult {
  if (chart.kind === 'pie') return pie(chart, shown);
  if (chart.kind === 'card') return card(chart);
  return chart.kind === 'bar' ? bars(chart, shown) : columns(chart, shown);
}

const label = (chart: Chart): string => c.withValues(chart.title || c.valuesBy(chart.yTitle || c.values, chart.xTitle), 'names' in chart.x ? chart.x.names.length : 0);

/** Where each value of each series begins and ends, in numbers of the axis. */
function extents(chart: Chart, { isShown }: Shown): { at: number; place: number; from: number; to: number; slot: number; slots: number; value: number }[] {
  const drawn = chart.series.map((_, at) => at).filter(isShown);
  const layers = chart.stacking === 'none' ? null : stacks(chart, isShown);
  return drawn.flatMap((at, slot) => (chart.series[at]?.values ?? []).flatMap((value, place) => (value === null ? [] : [{
    at, place, value,
    from: layers ? layers[at]?.from[place] ?? 0 : 0,
    to: layers ? layers[at]?.to[place] ?? 0 : value,
    slot: layers ? 0 : slot,
    slots: layers ? 1 : drawn.length,
  }])));
}

function columns(chart: Chart, shown: Shown): SVGTemplateResult {
  const names = 'names' in chart.x ? chart.x.names : [];
  const parts = extents(chart, shown);
  const ticks = steps(Math.min(0, ...parts.map(({ to }) => to)), Math.max(0, ...parts.map(({ to }) => to)));
  const [low, high] = [ticks[0] ?? 0, ticks.at(-1) ?? 1];
  const [left, right, top] = [64, 12, 12];
  const wide = (WIDTH - left - right) / Math.max(1, names.length);
  const isTilted = names.some((name) => name.length * 7 > wide);
  const bottom = isTilted ? 92 : 30;
  const y = (n: number): number => top + ((high - n) / (high - low || 1)) * (HEIGHT - top - bottom);
  return svg`<svg class="shapes" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label=${label(chart)}>
    ${ticks.map((tick) => svg`<line class="grid" x1=${left} x2=${WIDTH - right} y1=${y(tick)} y2=${y(tick)} /><text class="tick" x=${left - 8} y=${y(tick) + 4} text-anchor="end">${compact(tick)}${chart.stacking === 'stacked100' ? ' %' : ''}</text>`)}
    ${parts.map(({ at, place, from, to, slot, slots, value }) => {
      const thick = Math.min(64, wide * 0.8) / slots;
      const x = left + wide * place + (wide - thick * slots) / 2 + thick * slot;
      return svg`<rect x=${x} y=${Math.min(y(from), y(to))} width=${Math.max(1, thick - (slots > 1 ? 1 : 0))} height=${Math.max(value === 0 ? 0 : 1, Math.abs(y(from) - y(to)))} fill=${shown.fill(at)}>
        <title>${names[place]}${chart.series.length > 1 ? `, ${chart.series[at]?.name}` : ''}: ${number(value)}</title></rect>`;
    })}
    ${names.map((name, place) => {
      const x = left + wide * (place + 0.5);
      if (names.length > 40 && place % 2 === 1) return '';
      return isTilted
        ? svg`<text class="name" text-anchor="end" transform="translate(${x + 4} ${HEIGHT - bottom + 16}) rotate(-38)">${cut(name, 18)}<title>${name}</title></text>`
        : svg`<text class="name" text-anchor="middle" x=${x} y=${HEIGHT - bottom + 18}>${name}</text>`;
    })}</svg>`;
}

function bars(chart: Chart, shown: Shown): SVGTemplateResult {
  const names = 'names' in chart.x ? chart.x.names : [];
  const parts = extents(chart, shown);
  const ticks = steps(Math.min(0, ...parts.map(({ to }) => to)), Math.max(0, ...parts.map(({ to }) => to)));
  const [low, high] = [ticks[0] ?? 0, ticks.at(-1) ?? 1];
  const slots = Math.max(1, parts[0]?.slots ?? 1);
  const tall = Math.max(22, slots * 12 + 8);
  const [left, right, top] = [210, 70, 6];
  const height = top + names.length * tall + 28;
  const x = (n: number): number => left + ((n - low) / (high - low || 1)) * (WIDTH - left - right);
  return svg`<svg class="shapes" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label=${label(chart)}>
    ${ticks.map((tick) => svg`<line class="grid" y1=${top} y2=${height - 26} x1=${x(tick)} x2=${x(tick)} /><text class="tick" x=${x(tick)} y=${height - 10} text-anchor="middle">${compact(tick)}${chart.stacking === 'stacked100' ? ' %' : ''}</text>`)}
    ${names.map((name, place) => svg`<text class="name" text-anchor="end" x=${left - 8} y=${top + tall * (place + 0.5) + 4}>${cut(name, 28)}<title>${name}</title></text>`)}
    ${parts.map(({ at, place, from, to, slot, value }) => {
      const thick = (tall - 6) / slots;
      const y = top + tall * place + 3 + thick * slot;
      return svg`<rect x=${Math.min(x(from), x(to))} y=${y} height=${Math.max(1, thick - (slots > 1 ? 1 : 0))} width=${Math.max(value === 0 ? 0 : 1, Math.abs(x(to) - x(from)))} fill=${shown.fill(at)}>
        <title>${names[place]}${chart.series.length > 1 ? `, ${chart.series[at]?.name}` : ''}: ${number(value)}</title></rect>
        ${slots === 1 && chart.stacking === 'none' ? svg`<text class="tick" x=${Math.max(x(from), x(to)) + 6} y=${y + thick / 2 + 4}>${compact(value)}</text>` : ''}`;
    })}</svg>`;
}

/** Slices are places of the axis, so the legend hides places. */
function pie(chart: Chart, { isShown, fill }: Shown): SVGTemplateResult {
  const names = 'names' in chart.x ? chart.x.names : [];
  const values = (chart.series[0]?.values ?? []).map((value, at) => (isShown(at) ? Math.max(0, value ?? 0) : 0));
  const sum = values.reduce((so, value) => so + value, 0);
  const [cx, cy, radius] = [WIDTH / 2, HEIGHT / 2, 135];
  let turned = 0;
  const point = (turn: number, r: number): string => `${(cx + r * Math.sin(2 * Math.PI * turn)).toFixed(2)} ${(cy - r * Math.cos(2 * Math.PI * turn)).toFixed(2)}`;
  return svg`<svg class="shapes" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label=${label(chart)}>
    ${values.map((value, at) => {
      if (value === 0 || sum === 0) return '';
      const [from, share] = [turned, value / sum];
      turned += share;
      const middle = from + share / 2;
      const title = svg`<title>${names[at]}: ${number(value)}, ${(100 * share).toFixed(1)} %</title>`;
      const shape = share > 0.9999
        ? svg`<circle cx=${cx} cy=${cy} r=${radius} fill=${fill(at)}>${title}</circle>`
        : svg`<path class="slice" fill=${fill(at)} d="M ${cx} ${cy} L ${point(from, radius)} A ${radius} ${radius} 0 ${share > 0.5 ? 1 : 0} 1 ${point(turned, radius)} Z">${title}</path>`;
      const [lx, ly] = point(middle, radius + 14).split(' ').map(Number);
      return svg`${shape}${share > 0.03 ? svg`<text class="name" x=${lx} y=${(ly ?? 0) + 4} text-anchor=${middle < 0.5 ? 'start' : 'end'}>${cut(names[at] ?? '', 26)} ${(100 * share).toFixed(0)} %</text>` : ''}`;
    })}</svg>`;
}

function card(chart: Chart): SVGTemplateResult {
  const names = 'names' in chart.x ? chart.x.names.slice(0, 8) : [];
  const wide = WIDTH / Math.max(1, Math.min(4, names.length));
  const tall = 130;
  return svg`<svg class="shapes" viewBox="0 0 ${WIDTH} ${tall * Math.ceil(names.length / 4)}" role="img" aria-label=${names.map((name, at) => `${name}: ${number(chart.series[0]?.values[at])}`).join(', ')}>
    ${names.map((name, at) => svg`<text class="big" text-anchor="middle" x=${wide * ((at % 4) + 0.5)} y=${tall * Math.floor(at / 4) + 70}>${number(chart.series[0]?.values[at])}</text>
      <text class="name" text-anchor="middle" x=${wide * ((at % 4) + 0.5)} y=${tall * Math.floor(at / 4) + 70 + TEXT * 2}>${name}</text>`)}</svg>`;
}
