// The answer to one query as a small table. What it shows is that answer alone, so its *Show KQL* is
// the whole truth.
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { RemoteResult } from 'kqlens/client';
import type { KqlType } from 'kqlens';
import type { KqlRequest, RowsRequest, Session } from '../../session/session';
import { conversations as t } from '../../texts/conversations';
import { words as w } from '../../texts/words';
import { icons } from '../icons';
import { base } from '../style';
import { cellText, count, duration, moment, percent } from '../words';
import { decimal, heading } from './words';

const MOST_ROWS = 12;
const NUMBERS: readonly KqlType[] = ['int', 'long', 'real', 'decimal'];

/** The rows behind a row of the answer; null where there are none. */
export type Behind = (row: Record<string, unknown>) => RowsRequest | null;

export const table = css`
  .scroll { overflow-x: auto; }
  table { width: 100%; border-collapse: collapse; margin-top: 8px; }
  th { font-size: 12px; line-height: 16px; font-weight: 600; color: var(--soft); text-align: start; padding: 4px 0 6px 12px; white-space: nowrap; }
  th.number { text-align: end; }
  td { border-top: 1px solid var(--line); padding: 4px 0 4px 12px; font-size: 13px; white-space: nowrap; max-width: 320px; overflow: hidden; text-overflow: ellipsis; }
  th:first-child, td:first-child { padding-inline-start: 0; }
  td button.quiet { color: var(--ink); padding-inline: 4px; margin-inline-start: -4px; max-width: 100%; justify-content: start; }
  td button span { overflow: hidden; text-overflow: ellipsis; }
  .share { display: block; height: 3px; margin-top: 2px; border-radius: 2px; background: var(--sunken); overflow: hidden; }
  .share i { display: block; height: 100%; background: var(--link); forced-color-adjust: none; }
`;

export class Answer extends LitElement {
  static override properties = {
    session: { attribute: false }, heading: {}, about: {}, kql: { attribute: false }, workspace: { attribute: false }, bar: {}, empty: {},
    behind: { attribute: false }, version: { attribute: false }, result: { state: true }, rows: { state: true }, failure: { state: true },
  };
  static override styles = [base, table, css`
    .card { padding: var(--pad); height: 100%; }
    .about { font-size: 12px; line-height: 16px; margin-top: 2px; }
    .card > .soft:last-child { margin-top: 8px; }
  `];
  declare session: Session | undefined;
  declare heading: string;
  declare about: string;
  declare kql: string;
  declare workspace: KqlRequest['workspace'] | null;
  /** The column that is drawn as a bar under the first cell. */
  declare bar: string;
  /** What to say where no row answers. */
  declare empty: string;
  declare behind: Behind | null;
  /** Asks again where it is another. */
  declare version: unknown;
  declare result: RemoteResult | null;
  declare rows: readonly (readonly unknown[])[];
  declare failure: string | null;
  #round = 0;

  constructor() {
    super();
    this.heading = '';
    this.about = '';
    this.kql = '';
    this.workspace = null;
    this.bar = '';
    this.empty = t.noRowAnswers;
    this.behind = null;
    this.result = null;
    this.rows = [];
    this.failure = null;
  }

  override willUpdate(changed: PropertyValues): void {
    if (changed.has('kql') || changed.has('version') || changed.has('session')) void this.#run();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#round += 1;
    this.result?.release();
    this.result = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) void this.#run();
  }

  async #run(): Promise<void> {
    const { session, kql } = this;
    if (!session || kql === '') return;
    this.#round += 1;
    const round = this.#round;
    try {
      const result = await session.engine.query(kql);
      const rows = await result.rows(0, Math.min(MOST_ROWS, result.rowCount));
      if (round !== this.#round) {
        result.release();
        return;
      }
      this.result?.release();
      this.failure = null;
      this.rows = rows;
      this.result = result;
    } catch (error) {
      if (round === this.#round) this.failure = (error as Error).message;
    }
  }

  override render(): TemplateResult {
    const { result, failure, session, kql, workspace } = this;
    return html`<section class="card" aria-labelledby="title">
      <div class="bar"><h2 class="grow" id="title">${this.heading}</h2>
        <button class="quiet" @click=${() => session?.showKql({ title: this.heading, kql, ...(workspace ? { workspace } : {}) })}>${icons.code}${w.showKql}</button></div>
      ${this.about ? html`<p class="soft about">${this.about}</p>` : nothing}
      <slot></slot>
      ${failure !== null ? html`<p class="soft">${failure}</p>` : result === null ? html`<div class="skeleton"></div>`
        : result.rowCount === 0 ? html`<p class="soft">${this.empty}</p>` : this.#table(result)}
    </section>`;
  }

  #table({ columns, rowCount }: RemoteResult): TemplateResult {
    const at = columns.findIndex(({ name }) => name === this.bar);
    const most = at < 0 ? 0 : Math.max(1, ...this.rows.map((row) => Number(row[at] ?? 0)));
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${this.heading}><table>
      <thead><tr>${columns.map(({ name, type }) => html`<th scope="col" class=${NUMBERS.includes(type) ? 'number' : ''}>${heading(name)}</th>`)}</tr></thead>
      <tbody>${this.rows.map((row) => html`<tr>${columns.map(({ name, type }, column) => html`<td class=${NUMBERS.includes(type) ? 'number' : ''}>
        ${column === 0 ? this.#first(row, shown(row[0], name, type)) : shown(row[column], name, type)}
        ${column === 0 && most > 0 ? html`<span class="share" aria-hidden="true"><i .style=${`width: ${((100 * Number(row[at] ?? 0)) / most).toFixed(1)}%`}></i></span>` : nothing}</td>`)}</tr>`)}</tbody>
    </table></div>
    ${rowCount > this.rows.length ? html`<button class="quiet" @click=${() => this.session?.showRows({ title: this.heading, kql: this.kql })}>${icons.rows}${w.showAllRows(rowCount)}</button>` : nothing}`;
  }

  #first(row: readonly unknown[], text: string): TemplateResult | string {
    const words = text || w.none;
    const behind = this.behind?.(Object.fromEntries((this.result?.columns ?? []).map(({ name }, at) => [name, row[at]])));
    return behind ? html`<button class="quiet" title=${words} @click=${() => this.session?.showRows(behind)}><span>${words}</span></button>` : words;
  }
}

/** A cell by the type and the unit that its column names. */
function shown(cell: unknown, name: string, type: KqlType): string {
  if (cell === null || cell === undefined) return '–';
  if (type === 'datetime') return moment(String(cell));
  if (!NUMBERS.includes(type)) return cellText(cell);
  if (Number.isNaN(Number(cell))) return '–';
  if (name.endsWith('Ms')) return duration(Number(cell));
  if (name.endsWith('Share')) return percent(Number(cell));
  return Number.isInteger(Number(cell)) ? count(Number(cell)) : decimal(Number(cell));
}
