// What a grid asks of the query behind its rows: cells to copy, masked; rows that hold a text; rows
// with errors and warnings. All of it is KQL on top of that query.
import type { RemoteResult } from 'kqlens/client';
import type { KqlType } from 'kqlens';
import { columnKql, literalOf, troubles } from '../../session/conditions';
import { isMessageColumn } from '../../session/messages';
import { literal } from '../../session/panels';
import { rows as t } from '../../texts/rows';
import { cellText } from '../words';

export const FORMATS = ['tsv', 'json', 'markdown', 'datatable'] as const;
export type CopyFormat = (typeof FORMATS)[number];

/** Cells from the first row to before the last, of columns by name. */
export interface CellRange {
  from: number;
  to: number;
  columns: readonly string[];
}

export interface Copied {
  text: string;
  rows: number;
  columns: number;
  /** Columns with the text of messages that were left out. */
  kept: number;
}

/** Rows by their places in the answer, in ascending order. */
export interface Marks {
  errors: readonly number[];
  warnings: readonly number[];
}

interface Named {
  name: string;
  type: KqlType;
}

const PLACE = 'kqlens_place';
/** More cells than this are no copy but an export. */
const MOST_CELLS = 2_000_000;

export interface GridQueryOptions {
  ask: (kql: string) => Promise<RemoteResult>;
  /** The query whose answer is in the grid, with the order of its rows. */
  kql: string;
  columns: readonly Named[];
  isRedacted: () => boolean;
  /** Whether the text of messages may be copied. */
  isTextTaken: () => boolean;
}

export class GridQuery {
  readonly #options: GridQueryOptions;

  constructor(options: GridQueryOptions) {
    this.#options = options;
  }

  get #numbered(): string {
    return `${this.#options.kql}\n| serialize ${PLACE} = row_number(0)`;
  }

  async copy({ from, to, columns }: CellRange, format: CopyFormat): Promise<Copied> {
    const { ask, isTextTaken, isRedacted } = this.#options;
    const taken = columns.filter((name) => isTextTaken() || !isMessageColumn(name));
    if (taken.length === 0) throw new Error(t.textStays);
    if ((to - from) * taken.length > MOST_CELLS) throw new Error(t.tooManyCells);
    const result = await ask(`${this.#numbered}\n| where ${PLACE} >= ${from} and ${PLACE} < ${to}\n| project ${taken.map(columnKql).join(', ')}`);
    try {
      const options = { redact: isRedacted() };
      const text = format === 'markdown' ? await result.toText('markdown', options) : written(await result.toText('json', options), format, to - from === 1 && taken.length === 1);
      return { text, rows: result.rowCount, columns: taken.length, kept: columns.length - taken.length };
    } finally {
      result.release();
    }
  }

  /** The rows in which any column holds a text, in either case. */
  async find(text: string): Promise<number[]> {
    const { columns } = this.#options;
    const condition = columns.map(({ name, type }) => `${type === 'string' ? columnKql(name) : `tostring(${columnKql(name)})`} contains ${literal(text)}`).join('\n    or ');
    const [places = []] = await this.#numbers(`| where ${condition}\n| project ${PLACE}`);
    return places;
  }

  /** The rows with errors and with warnings, as far as their columns tell. */
  async marks(): Promise<Marks> {
    const { errors, warnings } = troubles(this.#options.columns);
    if (errors === '' && warnings === '') return { errors: [], warnings: [] };
    const [places = [], kinds = []] = await this.#numbers(`| extend kqlens_kind = case(${errors || 'false'}, 2, ${warnings || 'false'}, 1, 0)\n| where kqlens_kind > 0\n| project ${PLACE}, kqlens_kind`);
    return { errors: places.filter((_, at) => kinds[at] === 2), warnings: places.filter((_, at) => kinds[at] === 1) };
  }

  /** The numbers of each column of what comes after the numbering of the rows. */
  async #numbers(stages: string): Promise<number[][]> {
    const result = await this.#options.ask(`${this.#numbered}\n${stages}`);
    try {
      return await Promise.all(result.columns.map(async (_, at) => {
        const column = await result.column(at);
        return column.kind === 'numbers' ? [...column.values] : [];
      }));
    } finally {
      result.release();
    }
  }
}

interface Answer {
  columns: Named[];
  rows: unknown[][];
}

/** Numbers as they are written: a JavaScript number cannot hold each of them. */
const exact = (_key: string, value: unknown, context?: { source?: string }): unknown =>
  typeof value === 'number' && !Number.isSafeInteger(value) ? (context?.source ?? value) : value;

function written(json: string, format: 'tsv' | 'json' | 'datatable', isOne: boolean): string {
  const { columns, rows } = JSON.parse(json, exact as Parameters<typeof JSON.parse>[1]) as Answer;
  if (format === 'json') return JSON.stringify(rows.map((row) => Object.fromEntries(columns.map(({ name }, at) => [name, row[at]]))), null, 2);
  if (format === 'datatable') return datatable(columns, rows);
  if (isOne) return cellText(rows[0]?.[0]);
  const line = (cells: readonly string[]): string => cells.map(tsvCell).join('\t');
  return [line(columns.map(({ name }) => name)), ...rows.map((row) => line(row.map(cellText)))].join('\n');
}

/** Quoted where it would end its cell; no cell is a formula for a spreadsheet. */
function tsvCell(text: string): string {
  const plain = /^[=+@\t\r]|^-(?![\d.]+$)/.test(text) ? `'${text}` : text;
  return /[\t\n\r"]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

function datatable(columns: readonly Named[], rows: readonly (readonly unknown[])[]): string {
  const literals = rows.map((row) => `    ${columns.map(({ type }, at) => masked(row[at], type)).join(', ')}`);
  return `datatable(${columns.map(({ name, type }) => `${columnKql(name)}: ${type}`).join(', ')})\n[\n${literals.join(',\n')}\n]`;
}

/** What a mask made of a number or a guid may be one no more. */
function masked(cell: unknown, type: KqlType): string {
  const text = String(cell);
  const isNumber = type === 'int' || type === 'long';
  if ((isNumber && !/^-?\d+$/.test(text)) || (type === 'guid' && !/^[0-9a-f-]{36}$/i.test(text))) return `${type}(null)`;
  return literalOf(cell, type);
}
