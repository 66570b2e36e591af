// A virtual grid: a million rows, of which only the visible cells exist as elements.
//
// Rows have one height, which the density of the page gives (`--row`). Browsers cap the height of an element, so above `MOST_HEIGHT` the scroll
// position is mapped to a row by proportion. Cells are text, never markup. The grid knows rows by
// `fetchRows` alone; with a `query` behind it, it also copies, searches and marks.
//
// Events: `sort`, `row` (the row under the cursor), `cell` (what is to be done with a value, with the
// condition in KQL). Row −1 of the cursor is the row of headers.
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { KqlType } from 'kqlens';
import { columnKql, isOther, isValue } from '../session/conditions';
import { rows as t } from '../texts/rows';
import { words as w } from '../texts/words';
import { icons } from './icons';
import { drawMarks, type MarkedRows, MARKS_WIDTH, nextMark } from './grid/marks';
import type { Menu, MenuEntry } from './grid/menu';
import { type CellRange, type CopyFormat, FORMATS, type GridQuery } from './grid/query';
import { INVISIBLE, nameOf } from './invisible';
import { base } from './style';
import { cellText } from './words';

const HEAD_HEIGHT = 33;
const MOST_HEIGHT = 8_000_000;
const PAGE_ROWS = 100;
const MOST_PAGES = 60;
const LEAST_WIDTH = 48;
const MOST_AUTO_WIDTH = 640;
/** How far the pointer goes before a press is a drag, in pixels. */
const DRAG = 6;
const NUMBERS: readonly KqlType[] = ['int', 'long', 'real', 'decimal'];
const NO_MARKS: MarkedRows = { errors: [], warnings: [], hits: [], bookmarks: [] };

export type Sort = { column: string; order: 'asc' | 'desc' } | null;

/** What is to be done with a value; `kql` is a condition, or the column to group by. */
export interface CellAction {
  action: 'filter' | 'exclude' | 'rows' | 'group';
  column: string;
  cell: unknown;
  kql: string;
}

/** The start of a cell, with what is invisible by its name; times without the zeros after their last digit. */
function shownText(cell: unknown, type: KqlType): string {
  const text = cellText(cell).slice(0, 300).replace(INVISIBLE, (letter) => `⟨${nameOf(letter)}⟩`);
  return type === 'datetime' ? text.replace('T', ' ').replace(/\.?0*Z$/, '') : text;
}

/** A column; its width in pixels where its type does not tell. */
export interface GridColumn {
  name: string;
  type: KqlType;
  width?: number;
}

interface Place {
  row: number;
  column: number;
}

type FetchRows = (from: number, to: number) => Promise<readonly (readonly unknown[])[]>;

export class Grid extends LitElement {
  static override properties = {
    columns: { attribute: false }, rowCount: { attribute: false }, fetchRows: { attribute: false }, sort: { attribute: false }, query: { attribute: false },
    label: {}, first: { state: true }, left: { state: true }, active: { state: true }, anchor: { state: true }, isAll: { state: true }, pages: { state: true },
    widths: { state: true }, order: { state: true }, isFrozen: { state: true }, marked: { state: true }, isSearching: { state: true }, said: { state: true }, dropAt: { state: true }, rowHeight: { state: true },
  };
  static override styles = [base, css`
    :host { min-height: 0; min-width: 0; display: flex; }
    .frame { flex: 1; min-width: 0; min-height: 0; display: grid; grid-template-columns: minmax(0, 1fr) max-content; grid-template-rows: minmax(0, 1fr) max-content; border: 1px solid var(--line); border-radius: 4px; background: var(--card); overflow: hidden; }
    .view { overflow: auto; position: relative; }
    .view:focus-visible { outline-offset: -2px; }
    .head { position: sticky; top: 0; z-index: 2; display: grid; grid-template-columns: var(--columns); background: var(--sunken); border-bottom: 1px solid var(--line); width: max-content; min-width: 100%; height: ${HEAD_HEIGHT}px; }
    .head > div { position: relative; display: flex; background: var(--sunken); }
    .head button { flex: 1; min-width: 0; min-height: 32px; border: 0; border-radius: 0; background: transparent; font-weight: 600; font-size: 12.5px; justify-content: start; padding: 4px 10px; }
    .head button span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    .head .at { box-shadow: inset 0 0 0 2px var(--link); }
    .head .drop { box-shadow: inset 3px 0 0 var(--link); }
    .up svg { transform: rotate(180deg); }
    .space { position: relative; width: max-content; min-width: 100%; contain: strict; }
    .row { position: absolute; inset-inline: 0; height: var(--row); display: grid; grid-template-columns: var(--columns); border-bottom: 1px solid var(--line); cursor: default; contain: layout style; }
    .row.kept, .row.kept .frozen { box-shadow: inset 4px 0 0 var(--ink); }
    .row:hover { background: var(--hover); }
    .row[aria-selected="true"] { background: var(--tint); }
    .row-height { position: absolute; height: var(--row); visibility: hidden; }
    .cell { padding: 0 10px; font-size: 12.5px; line-height: calc(var(--row) - 1px); overflow: hidden; text-overflow: ellipsis; white-space: pre; user-select: none; }
    .cell.numeric { text-align: end; font-variant-numeric: tabular-nums; }
    .cell.in { background: color-mix(in srgb, var(--link) 16%, transparent); }
    .cell.at { box-shadow: inset 0 0 0 2px var(--link); }
    .cell.waiting::after { content: "…"; color: var(--soft); }
    .frozen { position: sticky !important; inset-inline-start: 0; z-index: 1; border-inline-end: 1px solid var(--line); }
    .row .frozen { background: var(--card); }
    .row:hover .frozen { background: var(--hover); }
    .row[aria-selected="true"] .frozen { background: var(--tint); }
    .grip { position: absolute; inset-block: 4px; inset-inline-end: -4px; width: 8px; cursor: col-resize; z-index: 1; touch-action: none; }
    .grip:hover { background: linear-gradient(var(--edge), var(--edge)) center / 2px 100% no-repeat; }
    .marks { width: ${MARKS_WIDTH}px; height: calc(100% - ${HEAD_HEIGHT}px); margin-top: ${HEAD_HEIGHT}px; border-inline-start: 1px solid var(--line); cursor: pointer; forced-color-adjust: none; }
    .foot { grid-column: 1 / -1; display: flex; flex-wrap: wrap; gap: 2px 10px; align-items: center; min-height: 30px; padding: 1px 8px; border-top: 1px solid var(--line); font-size: 12px; color: var(--soft); }
    .foot button { min-height: 26px; padding: 2px 6px; font-size: 12px; }
    .foot input { font: inherit; color: var(--ink); background: var(--sunken); border: 1px solid var(--line); border-bottom-color: var(--edge); border-radius: 4px; padding: 2px 8px; width: 200px; }
    @media print { :host, .frame { break-inside: avoid; } .view { overflow: hidden; contain: size layout paint; } .marks { display: none; } }
    @media (forced-colors: active) { .cell.in { background: Highlight; color: HighlightText; forced-color-adjust: none; } .cell.at, .head .at { outline: 2px solid Highlight; outline-offset: -2px; } }
  `];
  declare columns: readonly GridColumn[];
  declare rowCount: number;
  declare fetchRows: FetchRows;
  declare sort: Sort;
  declare label: string;
  /** What the rows are the answer to, for copies, the search and the marks. */
  declare query: GridQuery | null;
  /** The row at the top, and how far it is scrolled to the side. */
  declare first: number;
  declare left: number;
  declare active: Place;
  /** The corner of the selection that stays. */
  declare anchor: Place;
  declare isAll: boolean;
  declare pages: ReadonlyMap<number, readonly (readonly unknown[])[]>;
  /** By the place in `columns`, as are the numbers in `order`. */
  declare widths: readonly number[];
  declare order: readonly number[];
  declare isFrozen: boolean;
  declare marked: MarkedRows;
  declare isSearching: boolean;
  /** What the last action did, in words. */
  declare said: string;
  declare dropAt: number | null;
  /** Of one row, in pixels. */
  declare rowHeight: number;
  #fetching = false;
  #isDragged = false;
  #size = new ResizeObserver(() => {
    this.rowHeight = this.renderRoot.querySelector('.row-height')?.clientHeight || this.rowHeight;
    this.requestUpdate();
  });

  constructor() {
    super();
    this.columns = [];
    this.rowCount = 0;
    this.fetchRows = async () => [];
    this.sort = null;
    this.label = t.rows;
    this.query = null;
    this.first = 0;
    this.left = 0;
    this.active = { row: 0, column: 0 };
    this.anchor = this.active;
    this.isAll = false;
    this.pages = new Map();
    this.widths = [];
    this.order = [];
    this.isFrozen = false;
    this.marked = NO_MARKS;
    this.isSearching = false;
    this.said = '';
    this.dropAt = null;
    this.rowHeight = 28;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#observe();
  }

  #observe(): void {
    for (const sized of this.renderRoot?.querySelectorAll('.view, .row-height') ?? []) this.#size.observe(sized);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#size.disconnect();
  }

  override willUpdate(changed: PropertyValues): void {
    if (changed.has('columns') && !sameColumns(this.columns, changed.get('columns') as readonly GridColumn[] | undefined)) {
      this.widths = this.columns.map((column) => this.#width(column));
      this.order = this.columns.map((_, at) => at);
      this.#view?.scrollTo({ left: 0 });
    }
    if (changed.has('fetchRows')) {
      this.pages = new Map();
      this.first = 0;
      this.isAll = false;
      this.active = { row: 0, column: Math.min(this.active.column, Math.max(0, this.order.length - 1)) };
      this.anchor = this.active;
      this.#view?.scrollTo({ top: 0 });
    }
    if (changed.has('query')) void this.#mark(null);
  }

  #width({ name, type, width }: GridColumn): number {
    if (width !== undefined) return width;
    const byType: Partial<Record<KqlType, number>> = { datetime: 190, timespan: 120, bool: 80, int: 100, long: 100, real: 110, guid: 290, dynamic: 260 };
    return Math.max(byType[type] ?? 170, 44 + name.length * 7.5);
  }

  get #view(): HTMLElement | null {
    return this.renderRoot?.querySelector<HTMLElement>('.view') ?? null;
  }

  get #height(): number {
    return Math.min(MOST_HEIGHT, this.rowCount * this.rowHeight);
  }

  get #visible(): number {
    return Math.ceil(((this.#view?.clientHeight || 600) - HEAD_HEIGHT) / this.rowHeight) + 1;
  }

  /** Where each shown column begins, and where the last ends. */
  get #edges(): number[] {
    const edges = [0];
    for (const at of this.order) edges.push((edges.at(-1) ?? 0) + (this.widths[at] ?? 0));
    return edges;
  }

  /** The places in `order` that are in sight; the first stays there when it is frozen. */
  #inSight(edges: readonly number[]): number[] {
    const right = this.left + (this.#view?.clientWidth || 1600);
    const places = this.order.map((_, place) => place).filter((place) => (edges[place + 1] ?? 0) > this.left && (edges[place] ?? 0) < right);
    if (this.isFrozen && places[0] !== 0 && this.order.length > 0) places.unshift(0);
    return places;
  }

  /** The selected cells: the last row and column are in it. */
  get #selected(): { top: number; bottom: number; left: number; right: number } {
    if (this.isAll) return { top: 0, bottom: this.rowCount - 1, left: 0, right: this.order.length - 1 };
    const { active, anchor } = this;
    return {
      top: Math.min(active.row, anchor.row), bottom: Math.max(active.row, anchor.row),
      left: Math.min(active.column, anchor.column), right: Math.max(active.column, anchor.column),
    };
  }

  override render(): TemplateResult {
    const edges = this.#edges;
    const places = this.#inSight(edges);
    const from = Math.max(0, this.first - 4);
    const to = Math.min(this.rowCount, this.first + (this.hasUpdated ? this.#visible : 30) + 4);
    const top = this.#topOf(this.first);
    const rows: TemplateResult[] = [];
    for (let row = from; row < to; row++) rows.push(this.#row(row, top + (row - this.first) * this.rowHeight, places));
    const { active } = this;
    const isSeen = active.row < 0 || (active.row >= from && active.row < to);
    return html`<div class="frame"><div class="row-height"></div>
      <div class="view" role="grid" tabindex="0" aria-label=${this.label} aria-rowcount=${this.rowCount + 1} aria-colcount=${this.order.length} aria-multiselectable="true"
        aria-activedescendant=${this.rowCount > 0 && isSeen && places.includes(active.column) ? 'active' : nothing}
        .style=${`--columns: ${this.order.map((at) => `${this.widths[at]}px`).join(' ')}`}
        @scroll=${this.#scrolled} @keydown=${this.#key} @click=${this.#clicked} @pointerdown=${this.#pressed} @contextmenu=${this.#contextMenu}>
        <div class="head" role="row" aria-rowindex="1">${places.map((place) => this.#header(place))}</div>
        <div class="space" role="rowgroup" .style=${`height: ${this.#height}px; width: ${edges.at(-1)}px`}>${rows}</div>
      </div>
      ${this.query ? html`<canvas class="marks" aria-hidden="true" title=${t.marks} @pointerdown=${this.#toMark}></canvas>${this.#foot()}` : nothing}
    </div>
    <kqlens-menu></kqlens-menu>`;
  }

  #header(place: number): TemplateResult | typeof nothing {
    const at = this.order[place] ?? 0;
    const column = this.columns[at];
    if (!column) return nothing;
    const isSorted = this.sort?.column === column.name;
    const isHere = this.active.row < 0 && this.active.column === place;
    return html`<div role="columnheader" aria-colindex=${place + 1} id=${isHere ? 'active' : nothing} .style=${`grid-column: ${place + 1}`}
      class="${isHere ? 'at' : ''} ${this.isFrozen && place === 0 ? 'frozen' : ''} ${this.dropAt === place ? 'drop' : ''}"
      aria-sort=${isSorted ? (this.sort?.order === 'asc' ? 'ascending' : 'descending') : 'none'}>
      <button tabindex="-1" title="${column.name}: ${column.type}" @pointerdown=${(event: PointerEvent) => this.#drag(event, place)}
        @click=${() => { if (!this.#isDragged) this.#sortBy(column.name); }}><span>${column.name}</span>${isSorted
        ? html`<span class=${this.sort?.order === 'asc' ? 'up' : ''}>${icons.chevron}</span>` : ''}</button>
      <span class="grip" @pointerdown=${(event: PointerEvent) => this.#grip(event, at)} @dblclick=${() => this.#fit(at)}></span></div>`;
  }

  #row(row: number, top: number, places: readonly number[]): TemplateResult {
    const cells = this.pages.get(Math.floor(row / PAGE_ROWS))?.[row % PAGE_ROWS];
    const isActive = row === this.active.row;
    const selected = this.#selected;
    const isIn = row >= selected.top && row <= selected.bottom && (selected.bottom > selected.top || selected.right > selected.left);
    return html`<div class="row ${this.marked.bookmarks.includes(row) ? 'kept' : ''}" role="row" aria-rowindex=${row + 2} aria-selected=${isActive} .style=${`top: ${top}px`}>
      ${places.map((place) => {
        const at = this.order[place] ?? 0;
        const type = this.columns[at]?.type ?? 'string';
        const isHere = isActive && place === this.active.column;
        const isSelected = isIn && place >= selected.left && place <= selected.right;
        return html`<div role="gridcell" aria-colindex=${place + 1} id=${isHere ? 'active' : nothing} aria-selected=${isSelected || isHere} .style=${`grid-column: ${place + 1}`}
          class="cell ${NUMBERS.includes(type) ? 'numeric' : ''} ${this.isFrozen && place === 0 ? 'frozen' : ''} ${isSelected ? 'in' : ''} ${isHere ? 'at' : ''} ${cells ? '' : 'waiting'}"
          >${cells ? shownText(cells[at], type) : ''}</div>`;
      })}</div>`;
  }

  #foot(): TemplateResult {
    const { top, bottom, left, right } = this.#selected;
    const hidden = this.columns.length - this.order.length;
    const step = (kind: 'errors' | 'warnings' | 'bookmarks', key: string): TemplateResult | typeof nothing => (this.marked[kind].length === 0 ? nothing
      : html`<button class="quiet" title=${t.next(key, key.toUpperCase())} @click=${() => this.#jump(kind, false)}>${t.found[kind](this.marked[kind].length)}</button>`);
    return html`<div class="foot">
      ${this.isSearching ? html`<input type="search" aria-label=${t.searchLabel} placeholder=${t.searchPlaceholder} @keydown=${(event: KeyboardEvent) => {
        const input = event.target as HTMLInputElement;
        if (event.key === 'Enter') void this.#search(input.value);
        else if (event.key !== 'Escape') return;
        else {
          this.isSearching = false;
          this.marked = { ...this.marked, hits: [] };
          this.#view?.focus();
        }
        event.preventDefault();
        event.stopPropagation();
      }}>` : html`<button class="quiet" title=${t.searchKey} @click=${() => this.#openSearch()}>${t.search}</button>`}
      ${this.marked.hits.length > 0 ? html`<button class="quiet" title=${t.next('n', 'N')} @click=${() => this.#jump('hits', false)}>${t.withIt(this.marked.hits.length)}</button>` : nothing}
      ${step('errors', 'e')}${step('warnings', 'w')}${step('bookmarks', 'u')}
      <span class="grow" role="status">${this.said || (bottom > top || right > left ? t.selected(bottom - top + 1, right - left + 1) : '')}</span>
      ${hidden > 0 ? html`<button class="quiet" @click=${() => { this.order = this.columns.map((_, at) => at); }}>${t.showHidden(hidden)}</button>` : nothing}
      <button class="quiet" aria-haspopup="menu" @click=${(event: MouseEvent) => {
        const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
        this.#open(this.#copyItems(), w.copy, box.left, box.top);
      }}>${t.copyAs}</button></div>`;
  }

  /** Where a row's top is in the scrolled space. */
  #topOf(row: number): number {
    const real = this.rowCount * this.rowHeight;
    return real <= MOST_HEIGHT ? row * this.rowHeight : (row / this.rowCount) * (MOST_HEIGHT - this.#visible * this.rowHeight);
  }

  #rowAt(top: number): number {
    const real = this.rowCount * this.rowHeight;
    const row = real <= MOST_HEIGHT ? top / this.rowHeight : (top / (MOST_HEIGHT - this.#visible * this.rowHeight)) * this.rowCount;
    return Math.max(0, Math.min(this.rowCount - 1, Math.floor(row)));
  }

  #scrolled(event: Event): void {
    const view = event.currentTarget as HTMLElement;
    this.first = this.#rowAt(view.scrollTop);
    this.left = view.scrollLeft;
  }

  override firstUpdated(): void {
    this.#observe();
    this.requestUpdate();
  }

  override updated(changed: PropertyValues): void {
    // The row at the top stays there when rows change their height.
    if (changed.get('rowHeight') !== undefined && this.#view) this.#view.scrollTop = this.#topOf(this.first);
    void this.#fetch();
    const canvas = this.renderRoot.querySelector<HTMLCanvasElement>('.marks');
    if (canvas && (changed.has('marked') || changed.has('rowCount') || changed.size === 0)) drawMarks(canvas, this.marked, this.rowCount);
    if (changed.has('isSearching') && this.isSearching) this.renderRoot.querySelector<HTMLInputElement>('.foot input')?.focus();
  }

  /** A page in sight that is not there yet; the one under the cursor counts too. */
  #missing(): number | undefined {
    if (this.rowCount === 0) return undefined;
    const last = Math.min(this.rowCount, this.first + this.#visible + 4) - 1;
    const wanted: number[] = [];
    for (let page = Math.floor(Math.max(0, this.first - 4) / PAGE_ROWS); page <= Math.floor(last / PAGE_ROWS); page++) wanted.push(page);
    return wanted.find((page) => !this.pages.has(page));
  }

  /** One request at a time: what was scrolled past meanwhile is never asked for. */
  async #fetch(): Promise<void> {
    if (this.#fetching) return;
    this.#fetching = true;
    try {
      for (let page = this.#missing(); page !== undefined; page = this.#missing()) {
        const { fetchRows } = this;
        const rows = await fetchRows(page * PAGE_ROWS, Math.min(this.rowCount, (page + 1) * PAGE_ROWS));
        if (fetchRows !== this.fetchRows) continue;
        const pages = new Map(this.pages);
        for (const old of pages.keys()) {
          if (pages.size < MOST_PAGES) break;
          pages.delete(old);
        }
        this.pages = pages.set(page, rows);
        if (page === Math.floor(this.active.row / PAGE_ROWS)) this.#announce(false);
      }
    } catch {
      // What could not be fetched is asked for again when the grid moves.
    } finally {
      this.#fetching = false;
    }
  }

  #sortBy(column: string): void {
    const order = this.sort?.column !== column ? 'asc' : this.sort.order === 'asc' ? 'desc' : null;
    this.#order(order === null ? null : { column, order });
  }

  #order(detail: Sort): void {
    this.dispatchEvent(new CustomEvent<Sort>('sort', { detail }));
  }

  #key(event: KeyboardEvent): void {
    const page = Math.max(1, this.#visible - 3);
    const { row, column } = this.active;
    const isFar = event.ctrlKey || event.metaKey;
    const least = event.shiftKey ? 0 : -1;
    const moves: Record<string, [number, number]> = {
      ArrowDown: [isFar ? this.rowCount - 1 : row + 1, column], ArrowUp: [isFar ? 0 : Math.max(least, row - 1), column],
      ArrowRight: [row, isFar ? this.order.length - 1 : column + 1], ArrowLeft: [row, isFar ? 0 : column - 1],
      PageDown: [row + page, column], PageUp: [Math.max(0, row - page), column],
      Home: isFar ? [0, 0] : [row, 0], End: isFar ? [this.rowCount - 1, this.order.length - 1] : [row, this.order.length - 1],
    };
    const move = moves[event.key];
    const key = event.key.toLowerCase();
    if (event.altKey && (event.key === 'ArrowLeft' || event.key === 'ArrowRight')) this.#move(column, column + (event.key === 'ArrowLeft' ? -1 : 1));
    else if (move) this.#go(move[0], move[1], false, event.shiftKey);
    else if (isFar && key === 'a') this.isAll = true;
    else if (isFar && event.shiftKey && key === 'c') this.#openAtCursor(this.#copyItems(), w.copy);
    else if (isFar && key === 'c') void this.#copy('tsv');
    else if (isFar && event.shiftKey && event.key === ' ') this.#act('filter');
    else if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) this.#openMenu();
    else if (event.key === 'Enter' && event.shiftKey) this.#openAtCursor(this.#columnItems(column), t.column);
    else if (event.key === 'Enter' && row < 0) this.#sortBy(this.#column(column)?.name ?? '');
    else if (event.key === 'Enter') this.#announce(true);
    else if (isFar || event.altKey || !this.query) return;
    else if (event.key === '/') this.#openSearch();
    else if (key === 'n') this.#jump('hits', event.key !== key);
    else if (key === 'e') this.#jump('errors', event.key !== key);
    else if (key === 'w') this.#jump('warnings', event.key !== key);
    else if (key === 'u') this.#jump('bookmarks', event.key !== key);
    else if (event.key === 'm') this.#bookmark();
    else return;
    event.preventDefault();
  }

  #go(row: number, column: number, isOpened: boolean, isExtended = false): void {
    if (this.rowCount === 0) return;
    this.active = {
      row: Math.max(-1, Math.min(this.rowCount - 1, row)),
      column: Math.max(0, Math.min(this.order.length - 1, column)),
    };
    this.isAll = false;
    this.said = '';
    if (!isExtended) this.anchor = this.active;
    this.#reveal();
    this.#announce(isOpened);
  }

  #reveal(): void {
    const view = this.#view;
    if (!view) return;
    const { row, column } = this.active;
    const whole = Math.max(1, Math.floor((view.clientHeight - HEAD_HEIGHT) / this.rowHeight));
    if (row >= 0 && row < this.first) view.scrollTop = this.#topOf(row);
    else if (row >= this.first + whole) view.scrollTop = this.#topOf(row - whole + 1) + 1;
    if (this.isFrozen && column === 0) return;
    const edges = this.#edges;
    const [left, right] = [(edges[column] ?? 0) - (this.isFrozen ? edges[1] ?? 0 : 0), edges[column + 1] ?? 0];
    if (left < view.scrollLeft) view.scrollLeft = left;
    else if (right > view.scrollLeft + view.clientWidth) view.scrollLeft = right - view.clientWidth;
  }

  #cells(row: number): readonly unknown[] | undefined {
    return this.pages.get(Math.floor(row / PAGE_ROWS))?.[row % PAGE_ROWS];
  }

  #column(place: number): GridColumn | undefined {
    return this.columns[this.order[place] ?? -1];
  }

  /** Tells the detail pane which row is looked at. */
  #announce(isOpened: boolean): void {
    const { row } = this.active;
    const cells = row < 0 ? undefined : this.#cells(row);
    if (cells) this.dispatchEvent(new CustomEvent('row', { detail: { row, cells, isOpened } }));
  }

  /** The cell or the header that an event is in. */
  #placeOf(event: Event): Place | null {
    const cell = (event.target as Element | null)?.closest?.('[role=gridcell], [role=columnheader]');
    const row = cell?.closest('[role=row]');
    return cell && row ? { row: Number(row.getAttribute('aria-rowindex')) - 2, column: Number(cell.getAttribute('aria-colindex')) - 1 } : null;
  }

  #clicked(event: MouseEvent): void {
    const place = this.#placeOf(event);
    if (place && place.row >= 0 && !this.#isDragged) this.#go(place.row, place.column, !event.shiftKey, event.shiftKey);
  }

  /** A press on a cell that moves to another selects all between them. */
  #pressed(event: PointerEvent): void {
    this.#isDragged = false;
    const start = this.#placeOf(event);
    const view = this.#view;
    if (!view || !start || start.row < 0 || event.button !== 0 || event.pointerType === 'touch' || event.shiftKey) return;
    const move = (to: PointerEvent): void => {
      const place = this.#placeAt(to);
      if (!this.#isDragged) {
        if (place.row === start.row && place.column === start.column) return;
        this.#isDragged = true;
        view.setPointerCapture(event.pointerId);
        this.#go(start.row, start.column, false);
      }
      if (place.row !== this.active.row || place.column !== this.active.column) this.#go(place.row, place.column, false, true);
    };
    view.addEventListener('pointermove', move);
    const end = (): void => {
      view.removeEventListener('pointermove', move);
      view.removeEventListener('pointerup', end);
      view.removeEventListener('pointercancel', end);
    };
    view.addEventListener('pointerup', end);
    view.addEventListener('pointercancel', end);
  }

  #placeAt({ clientX, clientY }: PointerEvent): Place {
    const box = this.renderRoot.querySelector('.space')?.getBoundingClientRect();
    const edges = this.#edges;
    const x = clientX - (box?.left ?? 0);
    const row = this.first + Math.floor((clientY - (box?.top ?? 0) - this.#topOf(this.first)) / this.rowHeight);
    const isOnFrozen = this.isFrozen && x - this.left < (edges[1] ?? 0);
    return { row: Math.max(0, Math.min(this.rowCount - 1, row)), column: isOnFrozen ? 0 : Math.max(0, Math.min(this.order.length, edges.findLastIndex((edge) => edge <= x))) };
  }

  #contextMenu(event: MouseEvent): void {
    const place = this.#placeOf(event);
    if (!place) return;
    event.preventDefault();
    const { top, bottom, left, right } = this.#selected;
    const isInside = place.row >= top && place.row <= bottom && place.column >= left && place.column <= right;
    if (!isInside) this.#go(place.row, place.column, false);
    this.#open(place.row < 0 ? this.#columnItems(place.column) : this.#cellItems(), t.cell, event.clientX, event.clientY);
  }

  #openMenu(): void {
    if (this.active.row < 0) this.#openAtCursor(this.#columnItems(this.active.column), t.column);
    else this.#openAtCursor(this.#cellItems(), t.cell);
  }

  #openAtCursor(items: readonly MenuEntry[], label: string): void {
    const box = (this.renderRoot.querySelector('#active') ?? this).getBoundingClientRect();
    this.#open(items, label, box.left, box.bottom);
  }

  #open(items: readonly MenuEntry[], label: string, x: number, y: number): void {
    void this.renderRoot.querySelector<Menu>('kqlens-menu')?.open(items, label, x, y, () => {
      if (!this.isSearching) this.#view?.focus({ preventScroll: true });
    });
  }

  #cellItems(): MenuEntry[] {
    const { row, column } = this.active;
    const name = this.#column(column)?.name ?? '';
    const cells = this.#cells(row);
    const isOff = !cells;
    return [
      { title: t.addFilter, key: 'Ctrl+Shift+Space', isOff, run: () => this.#act('filter') },
      { title: t.exclude, isOff, run: () => this.#act('exclude') },
      { title: w.showRows, isOff, run: () => this.#act('rows') },
      { title: t.groupBy(name), run: () => this.#act('group') },
      ...(this.query ? [{ title: this.marked.bookmarks.includes(row) ? t.forgetBookmark : t.bookmark, key: 'm', run: () => this.#bookmark() }, null, ...this.#copyItems()] : []),
      null, ...this.#columnItems(column),
    ];
  }

  #copyItems(): MenuEntry[] {
    return FORMATS.map((format) => ({ title: t.copyAsFormat(t.formats[format]), ...(format === 'tsv' ? { key: 'Ctrl+C' } : {}), run: () => void this.#copy(format) }));
  }

  #columnItems(place: number): MenuEntry[] {
    const at = this.order[place] ?? 0;
    const name = this.#column(place)?.name ?? '';
    return [
      { title: t.ascending(name), run: () => this.#order({ column: name, order: 'asc' }) },
      { title: t.descending(name), run: () => this.#order({ column: name, order: 'desc' }) },
      { title: t.noSort, isOff: this.sort === null, run: () => this.#order(null) },
      null,
      { title: t.fit, run: () => this.#fit(at) },
      { title: t.fitAll, run: () => this.order.forEach((one) => this.#fit(one)) },
      { title: t.moveLeft, key: 'Alt+←', isOff: place === 0, run: () => this.#move(place, place - 1) },
      { title: t.moveRight, key: 'Alt+→', isOff: place === this.order.length - 1, run: () => this.#move(place, place + 1) },
      { title: t.hide(name), isOff: this.order.length < 2, run: () => this.#hide(place) },
      { title: t.showAllColumns, isOff: this.order.length === this.columns.length, run: () => { this.order = this.columns.map((_, one) => one); } },
      { title: this.isFrozen ? t.unfreeze : t.freeze, run: () => { this.isFrozen = !this.isFrozen; } },
    ];
  }

  #hide(place: number): void {
    this.order = this.order.filter((_, other) => other !== place);
    this.#go(this.active.row, Math.min(place, this.order.length - 1), false);
  }

  /** Moves a column to where another is. */
  #move(from: number, to: number): void {
    if (to < 0 || to >= this.order.length || from === to) return;
    const order = [...this.order];
    order.splice(to, 0, ...order.splice(from, 1));
    this.order = order;
    this.#go(this.active.row, to, false);
    this.said = t.isColumn(this.#column(to)?.name ?? '', to + 1);
  }

  /** As wide as the longest of what was fetched needs. */
  #fit(at: number): void {
    const context = document.createElement('canvas').getContext('2d');
    const column = this.columns[at];
    if (!context || !column) return;
    const { fontFamily } = getComputedStyle(this);
    context.font = `600 12.5px ${fontFamily}`;
    let widest = context.measureText(column.name).width + 20;
    context.font = `12.5px ${fontFamily}`;
    for (const rows of this.pages.values()) {
      for (const row of rows) widest = Math.max(widest, context.measureText(shownText(row[at], column.type)).width);
    }
    const width = Math.max(LEAST_WIDTH, Math.min(MOST_AUTO_WIDTH, Math.ceil(widest) + 22));
    this.widths = this.widths.map((old, index) => (index === at ? width : old));
  }

  /** Says what is to be done with the value under the cursor; of several selected ones, with each. */
  #act(action: CellAction['action']): void {
    const { top, bottom, left, right } = this.#selected;
    const isMany = action === 'filter' && !this.isAll && (bottom > top || right > left);
    const { row, column } = this.active;
    const name = this.#column(column)?.name ?? '';
    const cells = this.#cells(row);
    if (action !== 'group' && !cells) return;
    const cell = cells?.[this.order[column] ?? 0];
    const type = this.#column(column)?.type ?? 'string';
    const kql = action === 'group' ? columnKql(name) : action === 'exclude' ? isOther(name, cell, type)
      : isMany ? this.#conditionOf(top, bottom, left, right) : isValue(name, cell, type);
    this.dispatchEvent(new CustomEvent<CellAction>('cell', { detail: { action, column: name, cell, kql }, bubbles: true, composed: true }));
  }

  /** In each selected column one of the selected values. */
  #conditionOf(top: number, bottom: number, left: number, right: number): string {
    const columns: string[] = [];
    for (let place = left; place <= right; place++) {
      const [at, column] = [this.order[place] ?? 0, this.#column(place)];
      if (!column) continue;
      const values = new Set<string>();
      for (let row = top; row <= Math.min(bottom, top + MOST_PAGES * PAGE_ROWS); row++) {
        const cells = this.#cells(row);
        if (cells) values.add(isValue(column.name, cells[at], column.type));
      }
      if (values.size > 0) columns.push(values.size === 1 ? ([...values][0] as string) : `(${[...values].join(' or ')})`);
    }
    return columns.join(' and ');
  }

  async #copy(format: CopyFormat): Promise<void> {
    if (!this.query) return;
    const { top, bottom, left, right } = this.#selected;
    const range: CellRange = {
      from: Math.max(0, top), to: bottom + 1, columns: this.order.slice(left, right + 1).flatMap((at) => this.columns[at]?.name ?? []),
    };
    this.said = t.copying;
    try {
      const { text, rows, columns, kept } = await this.query.copy(range, format);
      await navigator.clipboard.writeText(text);
      this.said = (kept > 0 ? t.copiedWithoutText : t.copied)(rows, columns);
    } catch (error) {
      this.said = t.copyFailed((error as Error).message);
    }
  }

  #openSearch(): void {
    this.isSearching = true;
    this.renderRoot.querySelector<HTMLInputElement>('.foot input')?.focus();
  }

  async #search(text: string): Promise<void> {
    if (text === '') return;
    this.said = t.searching;
    await this.#mark(text);
    this.said = this.marked.hits.length === 0 ? t.noHit : '';
    if (this.marked.hits.length === 0) return;
    this.#view?.focus();
    this.#go(Math.max(0, this.active.row - 1), this.active.column, false);
    this.#jump('hits', false);
  }

  /** Asks which rows are marked: those with a text, or those with errors and warnings. */
  async #mark(text: string | null): Promise<void> {
    const { query } = this;
    if (text === null) this.marked = NO_MARKS;
    if (!query) return;
    try {
      const marks = text === null ? { ...(await query.marks()), hits: [] } : { hits: await query.find(text) };
      if (query === this.query) this.marked = { ...this.marked, ...marks };
    } catch {
      // Rows that cannot be asked have no marks; the query itself says what is wrong with it.
    }
  }

  #jump(kind: keyof MarkedRows, isBack: boolean): void {
    const row = nextMark(this.marked[kind], this.active.row, isBack);
    if (row !== null) this.#go(row, this.active.column, false);
    this.said = row === null ? t.noMark[kind] : t.row(row + 1);
  }

  /** Keeps the row in mind, or forgets it. */
  #bookmark(): void {
    const { row } = this.active;
    if (row < 0) return;
    const { bookmarks } = this.marked;
    const isKept = bookmarks.includes(row);
    this.marked = { ...this.marked, bookmarks: isKept ? bookmarks.filter((other) => other !== row) : [...bookmarks, row].sort((a, b) => a - b) };
    this.said = (isKept ? t.bookmarkGone : t.bookmarked)(row + 1);
  }

  #toMark(event: PointerEvent): void {
    const canvas = event.currentTarget as HTMLElement;
    const row = Math.floor((event.offsetY / canvas.clientHeight) * this.rowCount);
    const view = this.#view;
    if (view) view.scrollTop = this.#topOf(Math.max(0, row - Math.floor(this.#visible / 2)));
  }

  #grip(event: PointerEvent, at: number): void {
    const grip = event.currentTarget as HTMLElement;
    const start = event.clientX - (this.widths[at] ?? 0);
    const move = (to: PointerEvent): void => {
      this.widths = this.widths.map((width, index) => (index === at ? Math.max(LEAST_WIDTH, to.clientX - start) : width));
    };
    grip.setPointerCapture(event.pointerId);
    grip.addEventListener('pointermove', move);
    grip.addEventListener('lostpointercapture', () => grip.removeEventListener('pointermove', move), { once: true });
    event.preventDefault();
  }

  /** A header that is dragged goes where it is dropped; one that is not is clicked. */
  #drag(event: PointerEvent, from: number): void {
    this.#isDragged = false;
    if (event.button !== 0) return;
    const button = event.currentTarget as HTMLElement;
    button.setPointerCapture(event.pointerId);
    const move = (to: PointerEvent): void => {
      if (!this.#isDragged && Math.abs(to.clientX - event.clientX) < DRAG) return;
      this.#isDragged = true;
      this.dropAt = Math.min(this.#placeAt(to).column, this.order.length - 1);
    };
    const end = (): void => {
      button.removeEventListener('pointermove', move);
      if (this.#isDragged && this.dropAt !== null) this.#move(from, this.dropAt);
      this.dropAt = null;
    };
    button.addEventListener('pointermove', move);
    button.addEventListener('pointerup', end, { once: true });
    button.addEventListener('pointercancel', () => {
      this.dropAt = null;
      end();
    }, { once: true });
  }
}

const sameColumns = (a: readonly GridColumn[], b: readonly GridColumn[] | undefined): boolean =>
  a.length === b?.length && a.every(({ name, type }, at) => name === b[at]?.name && type === b[at]?.type);
