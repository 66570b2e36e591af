// What the samples are made with: arithmetic on row numbers, and the shape of a query response.

export const START_MS = Date.UTC(2026, 2, 3, 8, 0, 0);
export const MINUTE_MS = 60_000;

/** Spreads row numbers over `size` values, evenly and without a visible pattern. @param {number} row @param {number} salt @param {number} size */
export function spread(row, salt, size) {
  let x = Math.imul(row + 1, 0x9e3779b1) ^ Math.imul(salt + 7, 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d);
  x = Math.imul(x ^ (x >>> 12), 0x297a2d39);
  return ((x ^ (x >>> 15)) >>> 0) % size;
}

/** @template T @param {readonly T[]} items @param {number} row @param {number} salt @returns {T} */
export const pick = (items, row, salt) => /** @type {T} */ (items[spread(row, salt, items.length)]);

/** @param {number} row @param {number} salt */
export function guid(row, salt) {
  const part = (/** @type {number} */ n) => spread(row, salt * 31 + n, 0x7fffffff).toString(16).padStart(8, '0');
  const hex = part(1) + part(2) + part(3) + part(4);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** @param {number} ms */
export const iso = (ms) => new Date(ms).toISOString().replace('Z', '0000Z');

/** A query response of one table. @param {readonly (readonly [string, string])[]} columns @param {Record<string, unknown>[]} rows */
export function queryResponse(columns, rows) {
  return JSON.stringify({
    tables: [{
      name: 'PrimaryResult',
      columns: columns.map(([name, type]) => ({ name, type })),
      rows: rows.map((row) => columns.map(([name]) => row[name] ?? null)),
    }],
  });
}
