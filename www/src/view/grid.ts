// A virtual grid: a million rows, of which only the visible ones exist as elements.
//
// Rows have one height. Browsers cap the height of an element, so above `MOST_HEIGHT` the scroll
// position is mapped to a row by proportion. Cells are text, never markup.
import { css, html, LitElement, type PropertyValues, type TemplateResult } from 'lit';
import type { KqlType } from 'kqlens';
import { icons } from './icons';
import { INVISIBLE, nameOf } from './invisible';
import { base } from './style';
import { cellText } from './words';

const ROW_HEIGHT = 28;
const MOST_HEIGHT = 8_000_000;
const PAGE_ROWS = 100;
const MOST_PAGES = 60;

export type Sort = { column: string; order: 'asc' | 'desc' } | null;
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

type FetchRows = (from: number, to: number) => Promise<readonly (readonly unknown[])[]>;

export class Grid extends LitElement {
  static override properties = {
    columns: { attribute: false }, rowCount: { attribute: false }, fetchRows: { attribute: false }, sort: { attribute: false },
    label: {}, first: { state: true }, active: { state: true }, pages: { state: true }, widths: { state: true },
  };
  static override styles = [base, css`
    :host { min-height: 0; display: flex; }
    .view { flex: 1; overflow: auto; position: relative; border: 1px solid var(--line); border-radius: 4px; background: var(--card); }
    .view:focus-visible { outline-offset: -2px; }
    .head { position: sticky; top: 0; z-index: 2; display: grid; background: var(--sunken); border-bottom: 1px solid var(--line); width: max-content; min-width: 100%; }
    .head > div { position: relative; display: flex; }
    .head button { flex: 1; min-width: 0; min-height: 32px; border: 0; border-radius: 0; background: transparent; font-weight: 600; font-size: 12.5px; justify-content: start; padding: 4px 10px; }
    .head button span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    .head button:focus-visible { outline-offset: -3px; }
    .up svg { transform: rotate(180deg); }
    .space { position: relative; width: max-content; min-width: 100%; }
    .row { position: absolute; inset-inline: 0; height: ${ROW_HEIGHT}px; display: grid; border-bottom: 1px solid var(--line); cursor: default; }
    .row:hover { background: var(--hover); }
    .row[aria-selected="true"] { background: var(--tint); }
    .cell { padding: 4px 10px; font-size: 12.5px; line-height: 19px; overflow: hidden; text-overflow: ellipsis; white-space: pre; }
    .cell.numeric { text-align: end; font-variant-numeric: tabular-nums; }
    .cell.at { box-shadow: inset 0 0 0 2px var(--link); }
    .cell.waiting::after { content: "…"; color: var(--soft); }
    .grip { position: absolute; inset-block: 4px; inset-inline-end: -4px; width: 8px; cursor: col-resize; z-index: 1; touch-action: none; }
    .grip:hover { background: linear-gradient(var(--edge), var(--edge)) center / 2px 100% no-repeat; }
  `];
  declare columns: readonly GridColumn[];
  declare rowCount: number;
  declare fetchRows: FetchRows;
  declare sort: Sort;
  declare label: string;
  declare first: number;
  declare active: { row: number; column: number };
  declare pages: ReadonlyMap<number, readonly (readonly unknown[])[]>;
  declare widths: readonly number[];
  #asked = new Set<number>();
  #size = new ResizeObserver(() => this.requestUpdate());

  constructor() {
    super();
    this.columns = [];
    this.rowCount = 0;
    this.fetchRows = async () => [];
    this.sort = null;
    this.label = 'Rows';
    this.first = 0;
    this.active = { row: 0, column: 0 };
    this.pages = new Map();
    this.widths = [];
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#size.disconnect();
  }

  override willUpdate(changed: PropertyValues): void {
    if (changed.has('fetchRows')) {
      this.pages = new Map();
      this.#asked.clear();
      this.first = 0;
      this.active = { row: 0, column: Math.min(this.active.column, Math.max(0, this.columns.length - 1)) };
      this.renderRoot?.querySelector('.view')?.scrollTo(0, 0);
    }
    if (changed.has('columns')) this.widths = this.columns.map((column) => this.#width(column));
  }

  #width({ name, type, width }: GridColumn): number {
    if (width !== undefined) return width;
    const byType: Partial<Record<KqlType, number>> = { datetime: 190, timespan: 120, bool: 80, int: 100, long: 100, real: 110, guid: 290, dynamic: 260 };
    return Math.max(byType[type] ?? 170, 44 + name.length * 7.5);
  }

  get #height(): number {
    return Math.min(MOST_HEIGHT, this.rowCount * ROW_HEIGHT);
  }

  get #visible(): number {
    const view = this.renderRoot.querySelector('.view');
    return Math.ceil(((view?.clientHeight ?? 600) - 33) / ROW_HEIGHT) + 1;
  }

  override render(): TemplateResult {
    const columns = `grid-template-columns: ${this.widths.map((width) => `${width}px`).join(' ')}`;
    const from = Math.max(0, this.first - 4);
    const to = Math.min(this.rowCount, this.first + (this.hasUpdated ? this.#visible : 30) + 4);
    const top = this.#topOf(this.first);
    const rows: TemplateResult[] = [];
    for (let row = from; row < to; row++) rows.push(this.#row(row, top + (row - this.first) * ROW_HEIGHT, columns));
    return html`<div class="view" role="grid" tabindex="0" aria-label=${this.label} aria-rowcount=${this.rowCount + 1} aria-colcount=${this.columns.length}
      aria-activedescendant=${this.rowCount > 0 && this.active.row >= from && this.active.row < to ? 'active' : ''}
      @scroll=${this.#scrolled} @keydown=${this.#key}>
      <div class="head" role="row" aria-rowindex="1" .style=${columns}>
        ${this.columns.map((column, at) => html`<div role="columnheader" aria-colindex=${at + 1}
          aria-sort=${this.sort?.column === column.name ? (this.sort.order === 'asc' ? 'ascending' : 'descending') : 'none'}>
          <button tabindex="-1" title="${column.name}: ${column.type}" @click=${() => this.#sortBy(column.name)}><span>${column.name}</span>${this.sort?.column === column.name
            ? html`<span class=${this.sort.order === 'asc' ? 'up' : ''}>${icons.chevron}</span>` : ''}</button>
          <span class="grip" @pointerdown=${(event: PointerEvent) => this.#grip(event, at)}></span></div>`)}
      </div>
      <div class="space" role="rowgroup" .style=${`height: ${this.#height}px; min-width: ${this.widths.reduce((sum, width) => sum + width, 0)}px`}>${rows}</div>
    </div>`;
  }

  #row(row: number, top: number, columns: string): TemplateResult {
    const cells = this.pages.get(Math.floor(row / PAGE_ROWS))?.[row % PAGE_ROWS];
    const isActive = row === this.active.row;
    return html`<div class="row" role="row" aria-rowindex=${row + 2} aria-selected=${isActive} .style=${`${columns}; top: ${top}px`}>
      ${this.columns.map(({ type }, at) => {
        const isNumeric = type === 'int' || type === 'long' || type === 'real' || type === 'decimal';
        const isHere = isActive && at === this.active.column;
        return html`<div role="gridcell" aria-colindex=${at + 1} id=${isHere ? 'active' : `r${row}c${at}`}
          class="cell ${isNumeric ? 'numeric' : ''} ${isHere ? 'at' : ''} ${cells ? '' : 'waiting'}"
          @click=${() => this.#go(row, at, true)}>${cells ? shownText(cells[at], type) : ''}</div>`;
      })}</div>`;
  }

  /** Where a row's top is in the scrolled space. */
  #topOf(row: number): number {
    const real = this.rowCount * ROW_HEIGHT;
    return real <= MOST_HEIGHT ? row * ROW_HEIGHT : (row / this.rowCount) * (MOST_HEIGHT - this.#visible * ROW_HEIGHT);
  }

  #rowAt(top: number): number {
    const real = this.rowCount * ROW_HEIGHT;
    const row = real <= MOST_HEIGHT ? top / ROW_HEIGHT : (top / (MOST_HEIGHT - this.#visible * ROW_HEIGHT)) * this.rowCount;
    return Math.max(0, Math.min(this.rowCount - 1, Math.floor(row)));
  }

  #scrolled(event: Event): void {
    this.first = this.#rowAt((event.currentTarget as HTMLElement).scrollTop);
  }

  override firstUpdated(): void {
    const view = this.renderRoot.querySelector('.view');
    if (view) this.#size.observe(view);
  }

  override updated(): void {
    const last = Math.min(this.rowCount, this.first + this.#visible + 4) - 1;
    for (let page = Math.floor(Math.max(0, this.first - 4) / PAGE_ROWS); page <= Math.floor(last / PAGE_ROWS); page++) void this.#fetch(page);
  }

  async #fetch(page: number): Promise<void> {
    if (this.rowCount === 0 || this.#asked.has(page)) return;
    this.#asked.add(page);
    const { fetchRows } = this;
    try {
      const rows = await fetchRows(page * PAGE_ROWS, Math.min(this.rowCount, (page + 1) * PAGE_ROWS));
      if (fetchRows !== this.fetchRows) return;
      const pages = new Map(this.pages);
      for (const old of pages.keys()) {
        if (pages.size < MOST_PAGES) break;
        pages.delete(old);
        this.#asked.delete(old);
      }
      this.pages = pages.set(page, rows);
      if (page === Math.floor(this.active.row / PAGE_ROWS)) this.#announce(false);
    } catch {
      this.#asked.delete(page);
    }
  }

  #sortBy(column: string): void {
    const order = this.sort?.column !== column ? 'asc' : this.sort.order === 'asc' ? 'desc' : null;
    this.dispatchEvent(new CustomEvent<Sort>('sort', { detail: order === null ? null : { column, order } }));
  }

  #key(event: KeyboardEvent): void {
    const page = Math.max(1, this.#visible - 3);
    const { row, column } = this.active;
    const isFar = event.ctrlKey || event.metaKey;
    const moves: Record<string, [number, number]> = {
      ArrowDown: [row + 1, column], ArrowUp: [row - 1, column], ArrowRight: [row, column + 1], ArrowLeft: [row, column - 1],
      PageDown: [row + page, column], PageUp: [row - page, column],
      Home: isFar ? [0, 0] : [row, 0], End: isFar ? [this.rowCount - 1, this.columns.length - 1] : [row, this.columns.length - 1],
    };
    const move = moves[event.key];
    if (move) this.#go(move[0], move[1], false);
    else if (event.key === 'Enter' && event.shiftKey) this.#sortBy(this.columns[column]?.name ?? '');
    else if (event.key === 'Enter') this.#announce(true);
    else return;
    event.preventDefault();
  }

  #go(row: number, column: number, isOpened: boolean): void {
    if (this.rowCount === 0) return;
    this.active = {
      row: Math.max(0, Math.min(this.rowCount - 1, row)),
      column: Math.max(0, Math.min(this.columns.length - 1, column)),
    };
    this.#reveal();
    this.#announce(isOpened);
  }

  #reveal(): void {
    const view = this.renderRoot.querySelector('.view');
    if (!view) return;
    const { row, column } = this.active;
    const whole = Math.max(1, Math.floor((view.clientHeight - 33) / ROW_HEIGHT));
    if (row < this.first) view.scrollTop = this.#topOf(row);
    else if (row >= this.first + whole) view.scrollTop = this.#topOf(row - whole + 1) + 1;
    const left = this.widths.slice(0, column).reduce((sum, width) => sum + width, 0);
    const right = left + (this.widths[column] ?? 0);
    if (left < view.scrollLeft) view.scrollLeft = left;
    else if (right > view.scrollLeft + view.clientWidth) view.scrollLeft = right - view.clientWidth;
  }

  /** Tells the detail pane which row is looked at. */
  #announce(isOpened: boolean): void {
    const { row } = this.active;
    const cells = this.pages.get(Math.floor(row / PAGE_ROWS))?.[row % PAGE_ROWS];
    if (cells) this.dispatchEvent(new CustomEvent('row', { detail: { row, cells, isOpened } }));
  }

  #grip(event: PointerEvent, at: number): void {
    const grip = event.currentTarget as HTMLElement;
    const start = event.clientX - (this.widths[at] ?? 0);
    const move = (to: PointerEvent): void => {
      this.widths = this.widths.map((width, index) => (index === at ? Math.max(48, to.clientX - start) : width));
    };
    grip.setPointerCapture(event.pointerId);
    grip.addEventListener('pointermove', move);
    grip.addEventListener('lostpointercapture', () => grip.removeEventListener('pointermove', move), { once: true });
    event.preventDefault();
  }
}
