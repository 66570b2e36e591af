// Conditions of KQL on the value of a cell, and names of columns as KQL writes them.
import type { KqlType } from 'kqlens';
import { literal } from './panels';

/** A column or a table by its name, in brackets where it is no plain word. */
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

/** Conditions for errors and warnings by the columns that there are; empty where none tells. */
export function troubles(columns: readonly { name: string; type: KqlType }[]): { errors: string; warnings: string } {
  const [errors, warnings]: [string[], string[]] = [[], []];
  for (const { name, type } of columns) {
    const column = columnKql(name);
    const isNumber = type === 'int' || type === 'long' || type === 'real';
    if (name === 'ResponseCode' || name === 'ResultCode' || name === 'responseCode_d') {
      const code = isNumber ? column : `toint(${column})`;
      errors.push(`${code} >= 500`);
      warnings.push(`${code} between (400 .. 499)`);
    } else if (name === 'SeverityLevel' && isNumber) {
      errors.push(`${column} >= 3`);
      warnings.push(`${column} == 2`);
    } else if (name === 'Level' && type === 'string') {
      errors.push(`${column} in~ ("Error", "Critical")`);
      warnings.push(`${column} =~ "Warning"`);
    } else if ((name === 'Success' || name === 'IsRequestSuccess') && type === 'bool' && !columns.some((other) => /^Res(ponse|ult)Code$/.test(other.name))) {
      errors.push(`${column} == false`);
    } else if (name === 'Error' && type === 'string') {
      errors.push(`isnotempty(${column})`);
    }
  }
  return { errors: errors.join(' or '), warnings: warnings.join(' or ') };
}
