// Numbers, times and shares as words.

const whole = new Intl.NumberFormat('en-US');
const short = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });

export const count = (n: number): string => whole.format(n);

/** One thing or several. */
export const plural = (n: number, one: string, many = `${one}s`): string => `${whole.format(n)} ${n === 1 ? one : many}`;

export function bytes(n: number): string {
  if (n < 1000) return `${n} B`;
  if (n < 1_000_000) return `${short.format(n / 1000)} kB`;
  return n < 1_000_000_000 ? `${short.format(n / 1_000_000)} MB` : `${short.format(n / 1_000_000_000)} GB`;
}

export function percent(share: number): string {
  const n = share * 100;
  if (n > 0 && n < 0.1) return '< 0.1 %';
  return `${n < 10 ? n.toFixed(1) : n.toFixed(0)} %`;
}

export function duration(n: number | null): string {
  if (n === null || Number.isNaN(n)) return '–';
  return n < 10_000 ? `${whole.format(Math.round(n))} ms` : `${short.format(n / 1000)} s`;
}

/** `2026-03-03 09:35:02`, in UTC. */
export const moment = (iso: string): string => iso.replace('T', ' ').replace(/(\.\d+)?Z$/, '');

/** A span of time; the date is said once where both ends share it. */
export function span(from: string, to: string): string {
  const [start, end] = [moment(from), moment(to)];
  if (start === end) return start;
  return start.slice(0, 10) === end.slice(0, 10) ? `${start} – ${end.slice(11)}` : `${start} – ${end}`;
}

/** A cell as text. */
export function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return '';
  return typeof cell === 'object' ? JSON.stringify(cell) : String(cell);
}
