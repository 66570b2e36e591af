// One record whole: its fields with paths into JSON, its addresses and headers taken apart, where its
// time went, and what every table holds of the same request.
//
// Events: `done` (close it), `rows` (rows to show), `converse` (its bodies as a conversation).
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { KqlType } from 'kqlens';
import { columnKql } from '../../session/conditions';
import { correlated, correlatedTables } from '../../session/explore';
import type { RowsRequest } from '../../session/session';
import { explore as t } from '../../texts/explore';
import { icons } from '../icons';
import { base } from '../style';
import { View } from '../view';
import { cellText, duration, moment } from '../words';

interface Named {
  name: string;
  type: KqlType;
}

/** A row of one of the tables. */
interface Kin {
  table: string;
  columns: readonly Named[];
  cells: readonly unknown[];
}

interface Leaf {
  path: string;
  text: string;
}

/** Columns with what a request or its answer said. */
const BODY = /^(Backend)?(Request|Response)Body$/;
const HEADERS = /Headers(_s)?$/;
const URLS = ['Url', 'BackendUrl', 'url_s', 'backendUrl_s'];
/** Sums of time in a row of the gateway, in the order in which a request meets them. */
const TIMES = [['ClientTime', 'Client'], ['', 'Gateway'], ['CacheTime', 'Cache'], ['BackendTime', 'Backend']] as const;
const SAYING = ['Method', 'Url', 'ResponseCode', 'BackendResponseCode', 'ModelName', 'ToolName', 'EventName', 'Name', 'OperationName', 'LastErrorReason', 'Error', 'ResultCode', 'Message', 'ExceptionType'];
const MOST_PATHS = 200;
const MOST_DEPTH = 40;

export class RecordView extends View {
  static override properties = {
    ...View.properties, columns: { attribute: false }, cells: { attribute: false }, row: { attribute: false },
    kin: { state: true }, kinError: { state: true }, other: { state: true }, allPaths: { state: true },
  };
  static override styles = [base, css`
    :host { min-height: 0; min-width: 0; display: grid; }
    aside { overflow: auto; border: 1px solid var(--line); border-radius: 4px; padding: 12px; min-height: 0; background: var(--card); }
    h4 { font-size: 12px; line-height: 16px; font-weight: 600; color: var(--soft); margin: 16px 0 6px; border-top: 1px solid var(--line); padding-top: 10px; }
    dt { font-size: 12px; line-height: 16px; color: var(--soft); margin-top: 10px; }
    dl > dt:first-child { margin-top: 4px; }
    dd { font: 12.5px/18px var(--mono); white-space: pre-wrap; overflow-wrap: anywhere; }
    table { width: 100%; border-collapse: collapse; table-layout: fixed; }
    th, td { font-size: 12px; line-height: 17px; text-align: start; vertical-align: top; padding: 2px 6px 2px 0; overflow-wrap: anywhere; }
    th { font-weight: 400; color: var(--soft); width: 38%; }
    td { font-family: var(--mono); }
    summary { font-size: 12px; line-height: 24px; color: var(--link); cursor: pointer; }
    .path { display: grid; grid-template-columns: minmax(0, 1fr) max-content; align-items: start; border-top: 1px solid var(--line); }
    .path code { font: 12px/17px var(--mono); color: var(--soft); overflow-wrap: anywhere; }
    .path p { font: 12px/17px var(--mono); overflow-wrap: anywhere; white-space: pre-wrap; }
    .times { display: grid; grid-template-columns: max-content minmax(0, 1fr) max-content; gap: 4px 8px; align-items: center; font-size: 12px; }
    .times .track { height: 12px; background: var(--sunken); border-radius: 2px; position: relative; overflow: hidden; }
    .times i { position: absolute; inset-block: 0; min-width: 2px; background: var(--link); border-radius: 2px; forced-color-adjust: none; }
    .times i.Backend { background: var(--failed-fill); }
    .times i.Cache { background: var(--unauthorized-fill); }
    .times i.Client { background: var(--ok-fill); }
    .kin { display: grid; gap: 2px; max-height: 190px; overflow: auto; }
    p.soft { font-size: 12px; line-height: 16px; margin-top: 4px; }
    .kin button { width: 100%; display: grid; grid-template-columns: minmax(0, 1fr); justify-content: start; text-align: start; gap: 0; padding: 4px 6px; color: var(--ink); font-size: 12px; line-height: 16px; }
    .kin button[aria-current="true"] { background: var(--tint); }
    .kin span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  `];
  declare columns: readonly Named[];
  declare cells: readonly unknown[];
  declare row: number;
  /** What else has the id of this request; null while it is asked for. */
  declare kin: readonly Kin[] | null;
  declare kinError: string | null;
  /** Another row of the same request that is looked at instead. */
  declare other: Kin | null;
  declare allPaths: boolean;
  #asked = '';

  constructor() {
    super();
    this.columns = [];
    this.cells = [];
    this.row = 0;
    this.kin = null;
    this.kinError = null;
    this.other = null;
    this.allPaths = false;
  }

  override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed as Map<PropertyKey, unknown>);
    if (!changed.has('cells')) return;
    this.other = null;
    this.allPaths = false;
    const id = this.#value('CorrelationId');
    if (id !== this.#asked) void this.#ask(id);
  }

  /** A value of the row that the grid is on. */
  #value(name: string): string {
    return cellText(this.cells[this.columns.findIndex((column) => column.name === name)]);
  }

  /** Every row with the same id, table by table. */
  async #ask(id: string): Promise<void> {
    this.#asked = id;
    this.kin = null;
    this.kinError = null;
    const { session } = this;
    if (id === '' || !session) return;
    const kin: Kin[] = [];
    try {
      for (const table of correlatedTables(session.tables)) {
        const result = await session.engine.query(correlated(table, id));
        const rows = await result.rows(0, Math.min(100, result.rowCount));
        result.release();
        if (id !== this.#asked) return;
        kin.push(...rows.map((cells) => ({ table, columns: result.columns, cells })));
      }
      const time = ({ columns, cells }: Kin): string => cellText(cells[columns.findIndex(({ name }) => name === 'TimeGenerated')]);
      this.kin = kin.sort((a, b) => (time(a) < time(b) ? -1 : time(a) > time(b) ? 1 : 0));
    } catch (error) {
      if (id === this.#asked) this.kinError = (error as Error).message;
    }
  }

  override render(): TemplateResult {
    const { columns, cells } = this.other ?? this;
    const title = this.other ? this.other.table : t.record.row(this.row + 1);
    const fields = columns.map(({ name, type }, at) => ({ name, type, cell: cells[at], text: pretty(cells[at], type) })).filter(({ text }) => text !== '');
    const empty = columns.length - fields.length;
    const id = fields.find(({ name }) => name === 'CorrelationId')?.text;
    const hasBodies = fields.some(({ name, text }) => BODY.test(name) && /^\s*[[{]/.test(text));
    return html`<aside aria-label=${title} tabindex="0">
      <div class="bar"><h3 class="grow">${title}</h3>
        ${this.other ? html`<button class="quiet" @click=${() => { this.other = null; }}>${t.record.row(this.row + 1)}</button>` : nothing}
        <button class="quiet icon" aria-label=${t.record.close} @click=${() => this.dispatchEvent(new CustomEvent('done'))}>${icons.close}</button></div>
      ${id && hasBodies ? html`<button @click=${() => this.dispatchEvent(new CustomEvent('converse', { detail: id }))}>${icons.rows}${t.record.converse}</button>` : nothing}
      ${this.#times(fields)}
      ${this.#related(id)}
      <h4>${t.record.fields}</h4>
      <dl>${fields.map(({ name, cell, type, text }) => html`<dt>${name}</dt><dd>${this.#text(text)}${this.#paths(name, cell, type)}</dd>`)}</dl>
      ${empty > 0 ? html`<p class="soft">${t.record.withoutValue(empty)}</p>` : nothing}
      ${fields.filter(({ name }) => URLS.includes(name)).map(({ name, text }) => this.#address(name, text))}
      ${fields.filter(({ name }) => HEADERS.test(name)).map(({ name, cell }) => this.#headers(name, cell))}
    </aside>`;
  }

  #text(text: string): TemplateResult {
    return html`<kqlens-text look="cell" .session=${this.session} .masking=${this.session?.masking} .text=${text}></kqlens-text>`;
  }

  #paths(name: string, cell: unknown, type: KqlType): TemplateResult | typeof nothing {
    const value = jsonOf(cell);
    if (value === null) return nothing;
    const leaves: Leaf[] = [];
    collect(value, type === 'dynamic' ? columnKql(name) : `parse_json(${columnKql(name)})`, leaves, 0);
    const shown = this.allPaths ? leaves : leaves.slice(0, MOST_PATHS);
    return html`<details><summary>${t.record.paths(leaves.length)}</summary>
      ${shown.map(({ path, text }) => html`<div class="path"><div><code>${path}</code>${this.#text(text)}</div><kqlens-copy label=${t.record.path} .text=${path}></kqlens-copy></div>`)}
      ${leaves.length > shown.length ? html`<button class="quiet" @click=${() => { this.allPaths = true; }}>${t.record.showAllPaths(leaves.length)}</button>` : nothing}</details>`;
  }

  /** The log has sums and no starts: the bars follow one another in the order in which a request meets them. */
  #times(fields: readonly { name: string; cell: unknown }[]): TemplateResult | typeof nothing {
    const ms = (name: string): number | null => {
      const cell = fields.find((field) => field.name === name)?.cell;
      return cell === undefined || cell === null || Number.isNaN(Number(cell)) ? null : Number(cell);
    };
    const total = ms('TotalTime');
    if (total === null || total <= 0) return nothing;
    const known = TIMES.reduce((sum, [name]) => sum + (name === '' ? 0 : ms(name) ?? 0), 0);
    let start = 0;
    const bars = TIMES.flatMap(([name, title]) => {
      const took = name === '' ? Math.max(0, total - known) : ms(name);
      if (took === null) return [];
      const bar = { title, took, start };
      start += took;
      return [bar];
    });
    const whole = Math.max(total, known);
    return html`<h4>${t.record.went(duration(total))}</h4><div class="times">${bars.map(({ title, took, start: from }) => html`
      <span>${t.record.parts[title]}</span><span class="track" aria-hidden="true"><i class=${title} .style=${`inset-inline-start: ${(100 * from) / whole}%; width: ${(100 * took) / whole}%`}></i></span>
      <span class="number">${duration(took)}</span>`)}</div>
      <p class="soft">${t.record.sums}</p>`;
  }

  #address(name: string, text: string): TemplateResult | typeof nothing {
    if (!URL.canParse(text)) return nothing;
    const url = new URL(text);
    const segments = url.pathname.split('/').filter((segment) => segment !== '');
    return html`<h4>${name}</h4><table><tbody>
      <tr><th scope="row">${t.record.host}</th><td>${url.protocol}//${url.host}</td></tr>
      ${segments.map((segment, at) => html`<tr><th scope="row">${t.record.pathPart(at + 1)}</th><td>${this.#text(decoded(segment))}</td></tr>`)}
      ${[...url.searchParams].map(([key, value]) => html`<tr><th scope="row">?${key}</th><td>${this.#text(value)}</td></tr>`)}
      ${url.hash ? html`<tr><th scope="row">${t.record.fragment}</th><td>${url.hash}</td></tr>` : nothing}</tbody></table>`;
  }

  #headers(name: string, cell: unknown): TemplateResult | typeof nothing {
    const value = jsonOf(cell);
    if (value === null || Array.isArray(value)) return nothing;
    const entries = Object.entries(value).sort(([a], [b]) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
    // The rules of masking tell secrets by the name before them.
    return html`<h4>${name}</h4><table><tbody>${entries.map(([key, text]) => html`<tr><th scope="row">${key}</th><td>${this.#text(cellText(text))}</td></tr>`)}</tbody></table>`;
  }

  #related(id: string | undefined): TemplateResult | typeof nothing {
    const { session, kin } = this;
    if (!id || !session) return nothing;
    const tables = [...new Set((kin ?? []).map(({ table }) => table))];
    return html`<h4>${t.record.sameRequest}</h4>
      ${this.kinError !== null ? html`<p class="soft">${this.kinError}</p>` : kin === null ? html`<div class="skeleton"></div>`
        : kin.length <= 1 ? html`<p class="soft">${t.record.noOther}</p>` : html`
        <ul class="kin">${kin.map((one) => html`<li><button class="quiet" aria-current=${this.#isHere(one)} @click=${() => { this.other = one; }}>
          <span><b>${one.table}</b> ${moment(valueOf(one, 'TimeGenerated'))}</span><span class="soft">${SAYING.map((name) => valueOf(one, name)).filter((text) => text !== '').join(' · ')}</span></button></li>`)}</ul>
        <button class="quiet" @click=${() => this.dispatchEvent(new CustomEvent<RowsRequest>('rows', { detail: {
          title: t.record.request(id), kql: `union withsource=Table ${tables.join(', ')}\n${correlated('', id).trimStart()}`,
        } }))}>${icons.rows}${t.record.showInGrid(kin.length)}</button>`}`;
  }

  #isHere(one: Kin): boolean {
    if (this.other) return this.other === one;
    const place = (name: string): number => this.columns.findIndex((column) => column.name === name);
    return one.columns.every(({ name }, at) => place(name) < 0 || cellText(this.cells[place(name)]) === cellText(one.cells[at]));
  }
}

const valueOf = ({ columns, cells }: Kin, name: string): string => cellText(cells[columns.findIndex((column) => column.name === name)]);

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The object or the list that a cell is or holds as text. */
function jsonOf(cell: unknown): object | null {
  if (cell !== null && typeof cell === 'object') return cell;
  if (typeof cell !== 'string' || !/^\s*[[{]/.test(cell)) return null;
  try {
    return JSON.parse(cell) as object;
  } catch {
    return null;
  }
}

function collect(value: unknown, path: string, leaves: Leaf[], depth: number): void {
  const isBranch = value !== null && typeof value === 'object' && depth < MOST_DEPTH && Object.keys(value).length > 0;
  if (!isBranch) leaves.push({ path, text: value === null ? 'null' : cellText(value) });
  else if (Array.isArray(value)) value.forEach((item, at) => collect(item, `${path}[${at}]`, leaves, depth + 1));
  else for (const [key, item] of Object.entries(value)) collect(item, /^[A-Za-z_]\w*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`, leaves, depth + 1);
}

/** A value in full: JSON is laid out. */
function pretty(cell: unknown, type: KqlType): string {
  const value = type === 'dynamic' || typeof cell === 'string' ? jsonOf(cell) : null;
  return value === null ? cellText(cell) : JSON.stringify(value, null, 2);
}
