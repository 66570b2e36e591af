// Conditions of KQL on the value of a cell, and names of columns as KQL writes them.
import type { KqlType } from 'kqlens';
import { literal } from './panels';

/** A column by its name, in brackets where it is no plain word. */
export const columnKql = (name: string): string => (/^[A-Za-z_]\w*$/.test(name) ? name : `['${name.replace(/[\\']/g, '\\$&')}']`);

const isNothing = (cell: unknown): boolean => cell === null || cell === undefined;

/** A value as a literal of its type; text for what has none. */
export function literalOf(cell: unknown, type: KqlType): string {
  if (isNothing(cell)) return type === 'string' ? '""' : `${type}(null)`;
  if (type === 'int' || type === 'long') return String(cell);
  if (type === 'bool') return String(cell);
  if (type === 'real') return { NaN: 'real(nan)', Infinity: 'real(+inf)', '-Infinity': 'real(-inf)' }[String(cell)] ?? `real(${String(cell)})`;
  if (type === 'decimal' || type === 'datetime' || type === 'timespan' || type === 'guid') return `${type}(${String(cell)})`;
  if (type === 'dynamic') return `dynamic(${JSON.stringify(cell)})`;
  return literal(String(cell));
}

/** The rows that have this value. */
export function isValue(name: string, cell: unknown, type: KqlType): string {
  const column = columnKql(name);
  if (type === 'string') return isNothing(cell) || cell === '' ? `isempty(${column})` : `${column} == ${literal(String(cell))}`;
  if (isNothing(cell)) return `isnull(${column})`;
  if (type === 'real' && cell === 'NaN') return `isnan(${column})`;
  if (type === 'dynamic') return `tostring(${column}) == ${literal(typeof cell === 'object' ? JSON.stringify(cell) : String(cell))}`;
  return `${column} == ${literalOf(cell, type)}`;
}

/** The rows that have another; a value that is missing is another one. */
export function isOther(name: string, cell: unknown, type: KqlType): string {
  if (type === 'string') return isNothing(cell) || cell === '' ? `isnotempty(${columnKql(name)})` : `${columnKql(name)} != ${literal(String(cell))}`;
  if (isNothing(cell)) return `isnotnull(${columnKql(name)})`;
  return `isnull(${columnKql(name)}) or not(${isValue(name, cell, type)})`;
}
