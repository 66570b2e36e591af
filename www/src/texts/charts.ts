// Texts of charts of an answer.
import { count, plural } from '../view/words';
import { area } from './table';

export const charts = area('charts', {
  kinds: {
    time: 'Time', line: 'Line', area: 'Area', scatter: 'Scatter', column: 'Column', bar: 'Bar', pie: 'Pie', card: 'Card', anomaly: 'Anomaly',
  },
  noNumbers: 'No column of this answer holds numbers that could be drawn.',
  kind: 'Kind',
  stacked: 'Stacked',
  asTable: 'As table',
  wholeRange: 'Whole range',
  notDrawn: (kind: string) => `A ${kind} is not drawn here; the same numbers are drawn in another way.`,
  nothing: 'Nothing to draw',
  values: 'Values',
  valuesBy: (values: string, axis: string) => `${values} by ${axis}`,
  withSeries: (title: string, n: number) => `${title}, ${plural(n, 'series', 'series')}`,
  withValues: (title: string, n: number) => `${title}: ${n} values`,
  tableHasNumbers: (what: string) => `${what}. The table has the numbers.`,

  point: 'Point at the chart for its values; drag over a part to see it closer.',
  legend: 'Legend: what is shown',
  legendOf: (name: string) => `${name}: press to hide or show, twice to see it alone`,
  numbers: 'Numbers of the chart',
  anomaly: '(anomaly)',
  firstPoints: (n: number, of: number) => `The first ${count(n)} of ${count(of)} points; the view Table has all rows.`,
  needsAxis: 'A chart needs a column for its axis and one with numbers.',
  noNumberColumn: 'There is no column with numbers to draw.',
  axisNeedsNumber: (column: string, type: string) => `The axis needs a time or a number; \`${column}\` is ${type}.`,
  cardNeedsNumber: 'A card needs a column with a number.',
  axisNeedsArray: 'The axis needs an array of times or numbers.',
  firstRow: (n: number) => `The first of ${count(n)} rows is shown.`,
  someSeries: (n: number, of: number) => `${n} of ${count(of)} series are drawn.`,
  largestSeries: (n: number, of: number) => `The ${n} largest of ${count(of)} series are drawn.`,
  firstValues: (n: number, of: number) => `The first ${n} of ${count(of)} values are drawn.`,
  somePoints: (n: number, of: number) => `${count(n)} of ${count(of)} points are drawn: the highest and the lowest of each part.`,
});
