// Numbers of charts and statistics as words.
import { inDigits } from '../language';

/** `1.2M`, `0.05`: for axes. */
export const compact = (n: number): string => (Math.abs(n) >= 10_000 ? inDigits(n, { notation: 'compact', maximumFractionDigits: 1 }) : String(Number(n.toPrecision(6))));

export const number = (n: number | null | undefined): string => (n === null || n === undefined ? '–' : inDigits(n, { maximumFractionDigits: 3 }));
