// Numbers, times and shares as words.
import { inDigits, timeFormat } from './language';

const short = (n: number): string => inDigits(n, { maximumFractionDigits: 1 });

export const count = (n: number): string => inDigits(n);

/** One thing or several. */
export const plural = (n: number, one: string, many = `${one}s`): string => `${inDigits(n)} ${n === 1 ? one : many}`;

export function bytes(n: number): string {
  if (n < 1000) return `${n} B`;
  if (n < 1_000_000) return `${short(n / 1000)} kB`;
  return n < 1_000_000_000 ? `${short(n / 1_000_000)} MB` : `${short(n / 1_000_000_000)} GB`;
}

export function percent(share: number): string {
  const n = share * 100;
  if (n > 0 && n < 0.1) return `< ${inDigits(0.1)} %`;
  const digits = n < 10 ? 1 : 0;
  return `${inDigits(n, { minimumFractionDigits: digits, maximumFractionDigits: digits })} %`;
}

export function duration(n: number | null): string {
  if (n === null || Number.isNaN(n)) return '–';
  return n < 10_000 ? `${inDigits(Math.round(n))} ms` : `${short(n / 1000)} s`;
}

/** `2 h 5 min`. */
export function inMinutes(n: number): string {
  const [hours, rest] = [Math.floor(n / 60), Math.round(n % 60)];
  return hours === 0 ? `${rest} min` : rest === 0 ? `${inDigits(hours)} h` : `${inDigits(hours)} h ${rest} min`;
}

/** `2026-03-03 09:35:02`, in UTC. */
export const moment = (iso: string): string => timeFormat(iso)?.format(new Date(iso)) ?? iso.replace('T', ' ').replace(/(\.\d+)?Z$/, '');

/** A span of time; the date is said once where both ends share it. */
export function span(from: string, to: string): string {
  const spoken = timeFormat(from, to);
  if (spoken) return spoken.formatRange(new Date(from), new Date(to));
  const [start, end] = [moment(from), moment(to)];
  if (start === end) return start;
  return start.slice(0, 10) === end.slice(0, 10) ? `${start} – ${end.slice(11)}` : `${start} – ${end}`;
}

/** A cell as text. */
export function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return '';
  return typeof cell === 'object' ? JSON.stringify(cell) : String(cell);
}
