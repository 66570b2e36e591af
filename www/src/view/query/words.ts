// Numbers of charts and statistics as words.

const short = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });
const exact = new Intl.NumberFormat('en-US', { maximumFractionDigits: 3 });

/** `1.2M`, `0.05`: for axes. */
export const compact = (n: number): string => (Math.abs(n) >= 10_000 ? short.format(n) : String(Number(n.toPrecision(6))));

export const number = (n: number | null | undefined): string => (n === null || n === undefined ? '–' : exact.format(n));
