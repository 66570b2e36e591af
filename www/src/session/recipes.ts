// The questions that the catalogue answers, with what is known of them here: which of their tables are
// loaded, and which values their parameters may take in these rows.
import type { Cell, Dialect, RecipeInfo, RecipeParameter } from 'kqlens';
import { share as t } from '../texts/share';
import { isMessageColumn } from './messages';
import { columnKql } from './conditions';
import { BrokenLink, type RecipeLink } from './link';
import { rowsIn, timeRangeOf, type Session } from './session';

export type Values = Readonly<Record<string, string>>;

const SPANS = ['15m', '1h', '6h', '1d', '7d', '30d'];
const MOST_VALUES = 20;

export class Recipes {
  readonly session: Session;
  #list: Promise<RecipeInfo[]> | null = null;
  #known = new Map<string, Promise<string[]>>();
  #tables: unknown = null;

  constructor(session: Session) {
    this.session = session;
  }

  list(): Promise<RecipeInfo[]> {
    this.#list ??= this.session.engine.call('recipes', 'list') as Promise<RecipeInfo[]>;
    return this.#list;
  }

  /** The recipe that a link names, where the catalogue has it and its parameters. */
  async named({ recipe, values }: RecipeLink): Promise<RecipeInfo> {
    const found = (await this.list()).find(({ id }) => id === recipe);
    if (!found) throw new BrokenLink(t.link.noRecipe(recipe.slice(0, 40)));
    const unknown = Object.keys(values).find((name) => !found.parameters.some((parameter) => parameter.name === name));
    if (unknown !== undefined) throw new BrokenLink(t.link.noParameter(recipe, unknown.slice(0, 40)));
    return found;
  }

  /** Tables of a recipe that have no rows here. */
  missing({ tables }: RecipeInfo): string[] {
    return tables.filter((table) => rowsIn(this.session.tables, table) === 0);
  }

  async build(recipe: RecipeInfo, values: Values, dialect: Dialect = 'resourceSpecific'): Promise<string> {
    const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value.trim() !== ''));
    const kql = (await this.session.engine.call('recipes', 'build', recipe.id, given, { dialect })) as string;
    return `// ${recipe.title}\n${kql}`;
  }

  /** Values that a parameter may take: those of its column that occur most, columns, times of the rows. */
  async valuesOf(recipe: RecipeInfo, parameter: RecipeParameter): Promise<string[]> {
    if (this.session.tables !== this.#tables) {
      this.#tables = this.session.tables;
      this.#known.clear();
    }
    const key = `${recipe.id} ${parameter.name}`;
    const known = this.#known.get(key) ?? this.#find(recipe, parameter).catch(() => []);
    this.#known.set(key, known);
    return known;
  }

  async #find({ tables, template }: RecipeInfo, { name, kind }: RecipeParameter): Promise<string[]> {
    const table = this.session.tables.find((candidate) => tables.includes(candidate.name) && candidate.rows > 0);
    if (kind === 'timespan') return SPANS;
    if (kind === 'datetime') {
      const range = timeRangeOf(this.session.sources);
      return range ? [range.from, range.to].map((iso) => iso.slice(0, 19)) : [];
    }
    if (!table) return [];
    if (kind === 'column') return table.columns.map((column) => column.name);
    const column = new RegExp(`\\b(\\w+)\\s*(?:==|=~|!=|has|contains|startswith|in~?)\\s*\\(?\\s*\\{${name}\\}`).exec(template)?.[1];
    if (kind !== 'string' || !column || isMessageColumn(column) || !table.columns.some((candidate) => candidate.name === column)) return [];
    const answer = await this.session.engine.query(`${table.name}
| where isnotempty(${columnKql(column)})
| summarize Count = count() by Value = tostring(${columnKql(column)})
| order by Count desc, Value asc
| take ${MOST_VALUES}`);
    const rows: Cell[][] = await answer.rows(0, MOST_VALUES);
    answer.release();
    return rows.map(([value]) => String(value));
  }
}

/** Words of a recipe that a search looks through. */
const wordsOf = ({ id, title, about, family, tables, columns }: RecipeInfo): string =>
  [id, title, about, family, ...tables, ...columns].join(' ').toLowerCase();

/** Recipes that have every word of a search. */
export function searched(recipes: readonly RecipeInfo[], search: string): RecipeInfo[] {
  const wanted = search.toLowerCase().split(/\s+/).filter((word) => word !== '');
  return recipes.filter((recipe) => wanted.every((word) => wordsOf(recipe).includes(word)));
}
