// What a chart of an answer is made of: an axis, and series of numbers along it. The columns are
// chosen as `render` says, or else by their types. What is left out of a drawing is counted.
import type { RemoteResult } from 'kqlens/client';
import type { ColumnData, KqlType, RenderHint } from 'kqlens';
import { charts as c } from '../texts/charts';

export const CHART_KINDS = ['time', 'line', 'area', 'scatter', 'column', 'bar', 'pie', 'card', 'anomaly'] as const;
export type ChartKind = (typeof CHART_KINDS)[number];
export type Stacking = 'none' | 'stacked' | 'stacked100';

const RENDERED: Record<string, ChartKind> = {
  timechart: 'time', linechart: 'line', areachart: 'area', stackedareachart: 'area', scatterchart: 'scatter', columnchart: 'column', barchart: 'bar',
  piechart: 'pie', card: 'card', anomalychart: 'anomaly',
};

export interface Series {
  name: string;
  values: (number | null)[];
  /** Which of the points stand out. */
  marked?: boolean[];
}

export interface Chart {
  kind: ChartKind;
  stacking: Stacking;
  title: string;
  xTitle: string;
  yTitle: string;
  /** Names of places on the axis, or numbers (of times: milliseconds since 1970). */
  x: { names: string[] } | { numbers: number[]; isTime: boolean };
  series: Series[];
  /** What was left out: a sentence each. */
  left: string[];
}

export const MOST_POINTS = 5000;
const MOST_SERIES = 20;
const MOST_PLACES = 60;
const MOST_SLICES = 12;
const NUMBERS: readonly KqlType[] = ['int', 'long', 'real', 'decimal', 'timespan'];

interface Column {
  name: string;
  type: KqlType;
  at: number;
}

const said = (properties: Record<string, string>, name: string): string => (properties[name] ?? '').replace(/^["'](.*)["']$/, '$1');
const listOf = (text: string): string[] => text.split(',').map((name) => name.trim().replace(/^\[['"](.*)['"]\]$/, '$1')).filter((name) => name !== '');

/** What `render` asks for; null of a kind that is not drawn here. */
export const kindOf = (render: RenderHint | undefined): ChartKind | null => (render ? RENDERED[render.kind] ?? null : null);

/** What the types of the columns ask for; null where nothing can be drawn. */
export function likelyKind(columns: readonly { type: KqlType }[], rowCount: number): ChartKind | null {
  const numbers = columns.filter(({ type }) => NUMBERS.includes(type)).length;
  if (columns.some(({ type }) => type === 'dynamic') && numbers === 0) return 'time';
  if (numbers === 0) return null;
  if (columns.some(({ type }) => type === 'datetime')) return 'time';
  if (rowCount === 1 && numbers === columns.length) return 'card';
  return columns.some(({ type }) => !NUMBERS.includes(type)) ? 'column' : numbers > 1 ? 'scatter' : 'column';
}

const numbersOf = (data: ColumnData): (number | null)[] => (data.kind === 'numbers'
  ? Array.from(data.values, (value, at) => (data.isNull[at] ? null : value)) : []);
const textsOf = (data: ColumnData): string[] => (data.kind === 'texts'
  ? Array.from(data.codes, (code, at) => (data.isNull[at] ? '' : data.texts[code] ?? '')) : []);

/** The words of a place on the axis. */
function namesOf(data: ColumnData, type: KqlType): string[] {
  if (data.kind === 'texts') return textsOf(data).map((text) => text || '(none)');
  return numbersOf(data).map((n) => {
    if (n === null) return '(none)';
    if (type === 'datetime') return new Date(n).toISOString().replace('T', ' ').replace(/(:00)?\.000Z$/, '');
    return type === 'bool' ? String(n !== 0) : String(n);
  });
}

/** Draws an answer up as a chart, or says why it is none. */
export async function chartOf(result: RemoteResult, kind: ChartKind, stacked: boolean | null, isShown: (column: string) => boolean): Promise<Chart | string> {
  const { render } = result;
  const properties = render?.properties ?? {};
  const columns: Column[] = result.columns.map(({ name, type }, at) => ({ name, type, at })).filter(({ name }) => isShown(name));
  const asked = said(properties, 'kind');
  const stacking: Stacking = stacked !== null ? (stacked ? 'stacked' : 'none')
    : asked === 'stacked100' ? 'stacked100' : asked === 'stacked' || render?.kind === 'stackedareachart' ? 'stacked' : 'none';
  const chart: Chart = {
    kind, stacking, title: said(properties, 'title'), xTitle: said(properties, 'xtitle'), yTitle: said(properties, 'ytitle'), x: { names: [] }, series: [], left: [],
  };
  if (kind === 'card') return card(result, columns, chart);
  const arrays = columns.filter(({ type }) => type === 'dynamic');
  if (arrays.length > 1 && !columns.some(({ type }) => NUMBERS.includes(type))) return ofArrays(result, columns, chart, properties);

  const wanted = listOf(said(properties, 'ycolumns'));
  const byName = (name: string): Column | undefined => columns.find((column) => column.name === name);
  const isTimed = kind === 'time' || kind === 'anomaly';
  const xColumn = byName(said(properties, 'xcolumn'))
    ?? (isTimed ? columns.find(({ type }) => type === 'datetime') : undefined)
    ?? (kind === 'line' || kind === 'area' || kind === 'scatter' ? columns.find(({ type }) => type === 'datetime') ?? columns[0] : columns[0]);
  if (!xColumn || columns.length < 2) return c.needsAxis;
  const marks = kind === 'anomaly' ? listOf(said(properties, 'anomalycolumns')).flatMap((name) => byName(name) ?? []) : [];
  const yColumns = wanted.length > 0 ? wanted.flatMap((name) => byName(name) ?? [])
    : columns.filter((column) => column !== xColumn && !marks.includes(column) && NUMBERS.includes(column.type));
  if (yColumns.length === 0) return c.noNumberColumn;
  const splits = listOf(said(properties, 'series')).flatMap((name) => byName(name) ?? []);
  const splitColumns = splits.length > 0 ? splits : columns.filter((column) => column !== xColumn && !marks.includes(column) && (column.type === 'string' || column.type === 'bool' || column.type === 'guid'));
  if (kind === 'pie') splitColumns.length = 0;
  chart.xTitle ||= xColumn.name;
  chart.yTitle ||= yColumns.length === 1 ? yColumns[0]?.name ?? '' : '';

  const xData = await result.column(xColumn.at);
  const splitNames = await Promise.all(splitColumns.map(async ({ at, type }) => namesOf(await result.column(at), type)));
  const ys = await Promise.all(yColumns.map(async ({ at }) => numbersOf(await result.column(at))));
  const isNumeric = xColumn.type === 'datetime' || NUMBERS.includes(xColumn.type);
  const isPlotted = kind === 'time' || kind === 'line' || kind === 'area' || kind === 'scatter' || kind === 'anomaly';
  if (isPlotted && !isNumeric && kind !== 'line' && kind !== 'area') return c.axisNeedsNumber(xColumn.name, xColumn.type);

  const names = isPlotted && isNumeric ? [] : namesOf(xData, xColumn.type);
  const keys: (number | string | null)[] = names.length > 0 ? names : numbersOf(xData);
  const places = new Map<number | string, number>();
  for (const key of keys) if (key !== null && !places.has(key)) places.set(key, places.size);
  const ordered = names.length > 0 ? [...places.keys()] : [...places.keys()].sort((a, b) => Number(a) - Number(b));
  ordered.forEach((key, at) => places.set(key, at));

  const found = new Map<string, (number | null)[]>();
  for (const [row, key] of keys.entries()) {
    if (key === null) continue;
    const at = places.get(key) ?? 0;
    const split = splitNames.map((texts) => texts[row] ?? '').join(', ');
    for (const [y, column] of yColumns.entries()) {
      const name = split === '' ? column.name : yColumns.length === 1 ? split : `${split}: ${column.name}`;
      let values = found.get(name);
      if (!values) found.set(name, values = Array.from({ length: ordered.length }, () => null));
      const value = ys[y]?.[row] ?? null;
      // Rows of one place and series add up, as stacked bars would show them.
      if (value !== null) values[at] = kind === 'scatter' || isPlotted ? value : (values[at] ?? 0) + value;
    }
  }
  chart.series = [...found].map(([name, values]) => ({ name, values }));
  const [mark] = marks;
  if (mark) {
    const flags = numbersOf(await result.column(mark.at));
    const marked = Array.from({ length: ordered.length }, () => false);
    for (const [row, key] of keys.entries()) if (key !== null && flags[row]) marked[places.get(key) ?? 0] = true;
    for (const line of chart.series) line.marked = marked;
  }
  chart.x = names.length > 0 ? { names: ordered as string[] } : { numbers: ordered as number[], isTime: xColumn.type === 'datetime' };
  return bounded(chart);
}

/** Numbers of the first row, large. */
async function card(result: RemoteResult, columns: readonly Column[], chart: Chart): Promise<Chart | string> {
  const numbers = columns.filter(({ type }) => NUMBERS.includes(type));
  if (numbers.length === 0) return c.cardNeedsNumber;
  const data = await Promise.all(numbers.map(({ at }) => result.column(at)));
  chart.x = { names: numbers.map(({ name }) => name) };
  chart.series = [{ name: '', values: data.map((column) => numbersOf(column)[0] ?? null) }];
  if (result.rowCount > 1) chart.left.push(c.firstRow(result.rowCount));
  return chart;
}

/** A row of `make-series` is a line: its arrays are the axis, the values, and what stands out. */
async function ofArrays(result: RemoteResult, columns: readonly Column[], chart: Chart, properties: Record<string, string>): Promise<Chart | string> {
  const rows = await result.rows(0, Math.min(result.rowCount, MOST_SERIES));
  const [first] = rows;
  const arrays = columns.filter(({ at }) => Array.isArray(first?.[at]));
  const axis = arrays.find(({ name }) => name === said(properties, 'xcolumn'))
    ?? arrays.find(({ at }) => /^\d{4}-\d\d-\d\dT/.test(String((first?.[at] as unknown[] | undefined)?.[0] ?? '')));
  if (!axis) return c.axisNeedsArray;
  const marks = listOf(said(properties, 'anomalycolumns'));
  const isMark = ({ name }: Column): boolean => (marks.length > 0 ? marks.includes(name) : chart.kind === 'anomaly' && /anomal|_flag/i.test(name));
  const flags = arrays.find(isMark);
  const values = arrays.filter((column) => column !== axis && !isMark(column) && !(chart.kind === 'anomaly' && /score/i.test(column.name)));
  const isTime = /^\d{4}-/.test(String((first?.[axis.at] as unknown[])[0] ?? ''));
  chart.x = { numbers: (first?.[axis.at] as unknown[]).map((value) => (isTime ? Date.parse(String(value)) : Number(value))), isTime };
  chart.xTitle ||= axis.name;
  const labels = columns.filter(({ type }) => type === 'string');
  for (const row of rows) {
    const label = labels.map(({ at }) => String(row[at] ?? '')).join(', ');
    for (const { name, at } of values) {
      const marked = flags && (row[flags.at] as unknown[] | null)?.map((flag) => Number(flag) !== 0);
      chart.series.push({
        name: label === '' ? name : values.length === 1 ? label : `${label}: ${name}`,
        values: ((row[at] as unknown[] | null) ?? []).map((value) => (value === null ? null : Number(value))),
        ...(marked ? { marked } : {}),
      });
    }
  }
  if (result.rowCount > rows.length) chart.left.push(c.someSeries(rows.length, result.rowCount));
  return bounded(chart);
}

const total = ({ values }: Series): number => values.reduce<number>((sum, value) => sum + Math.abs(value ?? 0), 0);

/** Keeps what can be told apart, and says what was left out. */
function bounded(chart: Chart): Chart {
  const { series, left, kind } = chart;
  if (series.length > MOST_SERIES) {
    const kept = new Set([...series].sort((a, b) => total(b) - total(a)).slice(0, MOST_SERIES));
    left.push(c.largestSeries(MOST_SERIES, series.length));
    chart.series = series.filter((line) => kept.has(line));
  }
  if ('names' in chart.x) {
    const most = kind === 'pie' ? MOST_SLICES : MOST_PLACES;
    const { names } = chart.x;
    if (names.length > most) {
      left.push(c.firstValues(most, names.length));
      chart.x = { names: names.slice(0, most) };
      chart.series = chart.series.map((line) => ({ ...line, values: line.values.slice(0, most) }));
    }
    return chart;
  }
  const { numbers } = chart.x;
  if (numbers.length > MOST_POINTS) {
    const kept = keptPoints(chart.series, numbers.length);
    left.push(c.somePoints(kept.length, numbers.length));
    const at = <T>(values: readonly T[]): T[] => kept.map((index) => values[index] as T);
    chart.x = { ...chart.x, numbers: at(numbers) };
    chart.series = chart.series.map((line) => ({ ...line, values: at(line.values), ...(line.marked ? { marked: at(line.marked) } : {}) }));
  }
  return chart;
}

/** The places of the highest and the lowest value of each part of the axis. */
function keptPoints(series: readonly Series[], length: number): number[] {
  const kept = new Set<number>([0, length - 1]);
  const parts = Math.max(1, Math.floor(MOST_POINTS / 2 / Math.max(1, series.length)));
  for (const { values } of series) {
    for (let part = 0; part < parts; part++) {
      const [from, to] = [Math.floor((part * length) / parts), Math.floor(((part + 1) * length) / parts)];
      let low = -1;
      let high = -1;
      for (let at = from; at < to; at++) {
        const value = values[at];
        if (value === null || value === undefined) continue;
        if (low < 0 || value < (values[low] ?? 0)) low = at;
        if (high < 0 || value > (values[high] ?? 0)) high = at;
      }
      if (low >= 0) kept.add(low);
      if (high >= 0) kept.add(high);
    }
  }
  return [...kept].sort((a, b) => a - b);
}

/** Values above each other: where each series begins and ends. */
export function stacks({ series, stacking }: Pick<Chart, 'series' | 'stacking'>, isShown: (at: number) => boolean): { from: number[]; to: number[] }[] {
  const length = series[0]?.values.length ?? 0;
  const sums = Array.from({ length }, (_, at) => series.reduce((sum, { values }, index) => sum + (isShown(index) ? values[at] ?? 0 : 0), 0));
  const base = Array.from({ length }, () => 0);
  return series.map(({ values }, index) => {
    const from = [...base];
    if (isShown(index)) {
      for (const [at, value] of values.entries()) {
        const share = stacking === 'stacked100' ? (sums[at] ? (100 * (value ?? 0)) / (sums[at] as number) : 0) : value ?? 0;
        base[at] = (base[at] ?? 0) + share;
      }
    }
    return { from, to: [...base] };
  });
}
