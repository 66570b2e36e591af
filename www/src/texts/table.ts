// The one table of texts, in parts. An area of the page imports its own part alone, so that what is
// loaded later brings its texts with it; what a host translated before waits for it here.

type Said = string | ((...values: never[]) => string);
export interface Table {
  readonly [name: string]: Said | Table;
}

/** Texts that are to be others; the rest stays as it is. */
export type Partly<T> = { readonly [name in keyof T]?: T[name] extends Said ? T[name] : Partly<T[name]> };

const known = new Map<string, Table>();
const translated: Partly<Table>[] = [];

/** Only what is there is replaced, and only by something of its kind. */
function replace(table: { [name: string]: Said | Table }, others: unknown): void {
  if (typeof others !== 'object' || others === null) return;
  for (const [name, other] of Object.entries(others)) {
    if (!Object.hasOwn(table, name)) continue;
    const own = table[name];
    if (typeof own === 'object') replace(own, other);
    else if (typeof other === typeof own) table[name] = other as Said;
  }
}

/** The texts of one area, in the words of the translations that came before it was loaded. */
export function area<T extends { readonly [name in keyof T]: Said | Table }>(name: string, table: T): T {
  const part = table as unknown as Table;
  known.set(name, part);
  for (const others of translated) replace({ [name]: part }, others);
  return table;
}

/** Replaces texts, in areas that are loaded and in those that are not yet. */
export function translateTables(others: Partly<Table>): void {
  translated.push(others);
  replace(Object.fromEntries(known), others);
}
