// What the exploring of rows asks, as KQL.
import type { TableInfo } from 'kqlens';
import { literal } from './panels';

/** Tables whose rows say which request they belong to. */
export const correlatedTables = (tables: readonly TableInfo[]): string[] =>
  tables.filter(({ rows, columns }) => rows > 0 && columns.some(({ name }) => name === 'CorrelationId')).map(({ name }) => name);

/** The rows of one request, in order. */
export const correlated = (table: string, id: string): string => `${table}\n| where CorrelationId == ${literal(id)}\n| order by TimeGenerated asc`;
