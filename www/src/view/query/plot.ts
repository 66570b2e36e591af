// Lines, areas and points along time or numbers. uPlot draws them, and is loaded with the first.
import type uPlot from 'uplot';
import { stacks, type Chart } from '../../session/charts';
import { resolved, timeLabels } from '../chart';
import { compact } from './words';

const DASHES: readonly number[][] = [[], [8, 4], [2, 3], [10, 3, 2, 3]];
const HEIGHT = 340;

export interface PlotOptions {
  root: ParentNode & Node;
  look: (name: string) => string;
  isShown: (at: number) => boolean;
  pointed: (at: number | null) => void;
  zoomed: (isZoomed: boolean) => void;
  plugins?: uPlot.Plugin[];
  height?: number;
}

/** Draws a chart in a place; what is returned takes it away again. */
export async function plot(place: HTMLElement, chart: Chart, { root, look, isShown, pointed, zoomed, plugins = [], height = HEIGHT }: PlotOptions): Promise<uPlot> {
  const { default: UPlot } = await import('uplot');
  const colour = (name: string): string => resolved(root, look(name));
  const { x, series, kind, stacking } = chart;
  const isStacked = stacking !== 'none' && kind === 'area';
  const isNamed = 'names' in x;
  const isTime = !isNamed && x.isTime;
  const axis = isNamed ? x.names.map((_, at) => at) : isTime ? x.numbers.map((ms) => ms / 1000) : x.numbers;
  const layers = isStacked ? stacks(chart, isShown).map(({ to }) => to) : series.map(({ values }) => values);
  const frame = { stroke: colour('--soft'), font: '11px "Segoe UI", system-ui, sans-serif', grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false } };
  const first = axis[0] ?? 0;
  const last = axis.at(-1) ?? 0;
  const lines = series.map(({ name, marked }, at): uPlot.Series => {
    const stroke = colour(`--c${at % 10}`);
    const dash = DASHES[Math.floor(at / 10) % DASHES.length] ?? [];
    return {
      label: name,
      show: isShown(at),
      stroke,
      width: kind === 'scatter' ? 0 : 2,
      dash: kind === 'scatter' ? [] : dash,
      spanGaps: kind !== 'scatter',
      ...(kind === 'area' ? { fill: isStacked ? stroke : translucent(stroke) } : {}),
      ...(kind === 'scatter' ? { paths: () => null, points: { show: true, size: 6, fill: stroke } } : { points: { show: axis.length <= 60, size: 5, fill: stroke } }),
      ...(marked ? { points: { show: true, size: 11, width: 2, stroke: colour('--error'), fill: 'transparent', filter: (_plot, _series, isDrawn) => (isDrawn === false ? null : marked.flatMap((is, index) => (is ? [index] : []))) } } : {}),
    };
  });
  // Of what stands above each other the highest is drawn first, so that the lower ones stand before it.
  const order = isStacked ? lines.map((_, at) => at).reverse() : lines.map((_, at) => at);
  return new UPlot({
    width: Math.max(240, place.clientWidth),
    height,
    tzDate: (seconds) => UPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
    plugins,
    legend: { show: false },
    cursor: { drag: { x: true, y: false }, points: { size: 8 } },
    padding: [10, 20, 0, 0],
    scales: { x: { time: isTime, ...(first === last ? { range: () => [first - 1, last + 1] } : {}) }, y: { range: (_plot, min, max) => yRange(min, max, kind !== 'scatter') } },
    axes: [
      { ...frame, size: 34, grid: { show: false }, ...(isTime ? { values: (_plot: uPlot, splits: number[]) => timeLabels(splits) } : {}),
        ...(isNamed ? { values: (_plot: uPlot, splits: number[]) => splits.map((at) => (Number.isInteger(at) ? x.names[at]?.slice(0, 16) ?? '' : '')) } : {}) },
      { ...frame, size: 64, values: (_plot, splits) => splits.map((n) => (stacking === 'stacked100' && isStacked ? `${n} %` : compact(n))) },
    ],
    series: [{}, ...order.map((at) => lines[at] as uPlot.Series)],
    hooks: {
      setCursor: [({ cursor }) => pointed(cursor.idx ?? null)],
      setScale: [(drawn, key) => {
        if (key === 'x') zoomed((drawn.scales['x']?.min ?? first) > first || (drawn.scales['x']?.max ?? last) < last);
      }],
    },
  }, [axis, ...order.map((at) => layers[at] ?? [])] as uPlot.AlignedData, place);
}

function yRange(min: number, max: number, fromZero: boolean): [number, number] {
  if (!Number.isFinite(min) || !Number.isFinite(max)) return [0, 1];
  const low = fromZero ? Math.min(0, min) : min;
  const room = (max - low || Math.abs(max) || 1) * 0.06;
  return [low < 0 || !fromZero ? low - room : 0, max + room];
}

/** `rgb(1, 2, 3)` with a third of its strength; other spellings as they are. */
const translucent = (colour: string): string => colour.replace(/^rgb\((.*)\)$/, 'rgba($1, 0.25)');
