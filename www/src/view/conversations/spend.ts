// Who used how many tokens, when, and what it cost.
import { css, html, nothing, type TemplateResult } from 'lit';
import type { LlmDimension, LlmReport } from 'kqlens';
import { binFor } from '../../session/panels';
import { timeRangeOf } from '../../session/session';
import { averages, costOverTime, tokensOverTime, withoutTokens } from '../../session/spend';
import { conversations as t } from '../../texts/conversations';
import { words as w } from '../../texts/words';
import { icons } from '../icons';
import { base } from '../style';
import { cellText, count, moment, percent } from '../words';
import { table } from './answer';
import { CallsView } from './part';
import type { Series } from './series';
import { money } from './words';

type Dimension = LlmDimension & keyof typeof t.spend.dimensions;
const DIMENSIONS: readonly Dimension[] = ['model', 'deployment', 'subscription', 'product', 'api', 'caller', 'operation', 'backend', 'region', 'apiVersion', 'status', 'finish', 'hour'];
const MOST_GROUPS = 25;
type Sums = ReturnType<LlmReport['sums']>;

export class Spend extends CallsView {
  static override properties = { ...CallsView.properties, by: { state: true }, sums: { state: true }, failure: { state: true }, all: { state: true } };
  static override styles = [base, table, css`
    :host { display: grid; gap: var(--gap); grid-template-columns: minmax(0, 1fr); }
    .card { padding: var(--pad); }
    .card > p { margin-top: 8px; }
    .two { display: grid; gap: var(--gap); grid-template-columns: repeat(auto-fit, minmax(min(420px, 100%), 1fr)); }
    td:first-child { min-width: 130px; }
    label { display: inline-flex; gap: 6px; align-items: center; font-size: 13px; }
  `];
  declare by: Dimension;
  declare sums: Sums | null;
  declare failure: string | null;
  declare all: boolean;
  #asked: unknown = null;

  constructor() {
    super();
    this.by = 'model';
    this.sums = null;
    this.failure = null;
    this.all = false;
  }

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    super.willUpdate(changed);
    const report = this.calls?.report;
    if (!report || (report === this.#asked && !changed.has('by'))) return;
    this.#asked = report;
    void this.#sum();
  }

  async #sum(): Promise<void> {
    const { by } = this;
    const report = this.calls?.report;
    try {
      const sums = await report?.sums([by]);
      if (by !== this.by || report !== this.calls?.report || !sums) return;
      this.failure = null;
      this.sums = sums;
    } catch (error) {
      if (report === this.calls?.report) this.failure = (error as Error).message;
    }
  }

  /** Draws again in the colours of another theme. */
  themeChanged(): void {
    for (const drawn of this.renderRoot.querySelectorAll<Series>('kqlens-series')) drawn.themeChanged();
  }

  override render(): TemplateResult | typeof nothing {
    const { calls } = this;
    const report = calls?.report;
    if (!calls || !report) return nothing;
    const { session } = calls;
    const bin = binFor(timeRangeOf(session.sources, 'ApiManagementGatewayLlmLog'));
    const currency = report.totals.cost?.currency;
    return html`${this.#sums()}
      <div class="two">
        <kqlens-series heading=${t.spend.overTime} unit=${t.spend.tokens} .session=${session} .kql=${tokensOverTime(bin)} .bin=${bin} .version=${report}></kqlens-series>
        ${currency ? html`<kqlens-series heading=${t.spend.costOverTime} unit=${currency} .session=${session} .kql=${costOverTime(report.callsKql, bin)} .bin=${bin} .version=${report}></kqlens-series>`
          : html`<section class="card"><h2>${t.spend.cost}</h2><p class="soft">${t.spend.noPrices}</p>
            <p><button @click=${() => this.dispatchEvent(new CustomEvent('prices', { bubbles: true, composed: true }))}>${icons.add}${t.spend.setPrices}</button></p></section>`}
      </div>
      <kqlens-answer heading=${t.spend.average} about=${t.spend.averageAbout} .session=${session} .kql=${averages} .version=${report}></kqlens-answer>
      <kqlens-answer heading=${t.spend.withoutCounts} empty=${t.spend.allHaveCounts} .session=${session} .kql=${withoutTokens} .version=${report}></kqlens-answer>`;
  }

  #sums(): TemplateResult {
    const { sums, calls } = this;
    const title = t.spend.tokensBy[this.by];
    return html`<section class="card" aria-labelledby="title">
      <div class="bar"><h2 class="grow" id="title">${title}</h2>
        <label>${t.spend.by} <select id="by" @change=${(event: Event) => { this.by = (event.target as HTMLSelectElement).value as Dimension; }}>
          ${DIMENSIONS.map((by) => html`<option value=${by} .selected=${by === this.by}>${t.spend.dimensions[by]}</option>`)}</select></label>
        <button class="quiet" ?disabled=${!sums} @click=${() => sums && calls?.session.showKql({ title, kql: sums.kql.local, workspace: sums.kql })}>${icons.code}${w.showKql}</button></div>
      ${this.failure !== null ? html`<p class="soft">${this.failure}</p>` : sums === null ? html`<div class="skeleton"></div>` : this.#table(sums)}
    </section>`;
  }

  #table({ by, groups }: Sums): TemplateResult {
    const isPriced = groups.some(({ cost }) => cost !== null);
    const shown = this.all ? groups : groups.slice(0, MOST_GROUPS);
    const name = (group: readonly unknown[]): string => (by[0] === 'hour' && group[0] ? moment(String(group[0])) : group.map((part) => cellText(part) || w.none).join(', '));
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${t.spend.byGroup}><table>
      <thead><tr><th scope="col">${by[0] && t.spend.dimensions[by[0] as Dimension]}</th><th scope="col" class="number">${t.views.calls}</th><th scope="col" class="number">${t.call.prompt}</th>
        <th scope="col" class="number">${t.call.completion}</th><th scope="col" class="number">${t.call.total}</th><th scope="col" class="number">${t.spend.share}</th><th scope="col" class="number">${t.spend.perCall}</th>
        <th scope="col" class="number">${t.spend.p95}</th><th scope="col" class="number">${t.spend.streaming}</th>${isPriced ? html`<th scope="col" class="number">${t.spend.cost}</th>` : nothing}</tr></thead>
      <tbody>${shown.map((sum) => html`<tr>
        <td title=${name(sum.group)}>${name(sum.group)}<span class="share" aria-hidden="true"><i .style=${`width: ${(100 * sum.share).toFixed(1)}%`}></i></span></td>
        <td class="number">${count(sum.calls)}</td><td class="number">${count(sum.promptTokens)}</td><td class="number">${count(sum.completionTokens)}</td>
        <td class="number">${count(sum.totalTokens)}</td><td class="number soft">${percent(sum.share)}</td>
        <td class="number">${amount(sum.averageTokens)}</td><td class="number">${amount(sum.p95Tokens)}</td>
        <td class="number soft">${percent(sum.calls > 0 ? sum.streaming / sum.calls : 0)}</td>
        ${isPriced ? html`<td class="number" title=${sum.unpriced > 0 ? t.spend.withoutPrice(sum.unpriced) : ''}>${sum.cost ? money(sum.cost) : '–'}${sum.unpriced > 0 ? ' *' : ''}</td>` : nothing}</tr>`)}</tbody></table></div>
      ${isPriced && groups.some(({ unpriced }) => unpriced > 0) ? html`<p class="soft">${t.spend.someWithoutPrice}</p>` : nothing}
      ${groups.length > shown.length ? html`<button class="quiet" @click=${() => { this.all = true; }}>${t.spend.showAll(groups.length)}</button>` : nothing}`;
  }
}

const amount = (n: number | null): string => (n === null || Number.isNaN(Number(n)) ? '–' : count(Math.round(n)));
