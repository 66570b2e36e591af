// Numbers of charts and statistics, and lists of columns, as words.
import { words as w } from '../../texts/words';
import { inDigits } from '../language';

/** `1.2M`, `0.05`: for axes. */
export const compact = (n: number): string => (Math.abs(n) >= 10_000 ? inDigits(n, { notation: 'compact', maximumFractionDigits: 1 }) : String(Number(n.toPrecision(6))));

export const number = (n: number | null | undefined): string => (n === null || n === undefined ? '–' : inDigits(n, { maximumFractionDigits: 3 }));

/** The first of some columns, and how many more there are. */
export function listed(columns: readonly string[], most: number): string {
  const first = columns.slice(0, most).join(', ');
  return columns.length > most ? w.andMore(first, columns.length - most) : first;
}
