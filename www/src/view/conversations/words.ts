// Money, and names of columns as words.
import type { Cost } from 'kqlens';
import { inDigits } from '../language';

export const decimal = (n: number): string => inDigits(n, { maximumFractionDigits: 1 });

/** One amount, or from the least to the most where the log does not tell. */
export function money({ currency, low, high }: Cost): string {
  const digits = high < 0.1 ? 4 : 2;
  const amount = (n: number): string => inDigits(n, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return amount(low) === amount(high) ? `${amount(low)} ${currency}` : `${amount(low)} – ${amount(high)} ${currency}`;
}

const SHORT: Record<string, string> = { Api: 'API', Id: 'ID', Ip: 'IP', Apim: 'APIM', Ms: 'time' };

/** `MinutesAbove` as `Minutes above`, `P95Ms` as `P95 time`: the cells have the unit. */
export function heading(column: string): string {
  const words = column.replace(/([a-z\d])([A-Z])/g, '$1 $2').split(' ');
  return words.map((word, at) => SHORT[word] ?? (at === 0 ? word : word.toLowerCase())).join(' ').trim();
}
