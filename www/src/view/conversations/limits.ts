// Who ran into which limit, what is wrong with the log, and whether the metrics say the same.
import { css, html, nothing, type TemplateResult } from 'lit';
import type { LlmReport } from 'kqlens';
import { limitedRows, peaks, withShare } from '../../session/spend';
import { icons } from '../icons';
import { base } from '../style';
import { count, plural } from '../words';
import { table } from './answer';
import { CallsView } from './part';

export class Limits extends CallsView {
  static override properties = { ...CallsView.properties, limit: { state: true }, peaks: { state: true } };
  static override styles = [base, table, css`
    :host { display: grid; gap: var(--gap); grid-template-columns: repeat(auto-fit, minmax(min(460px, 100%), 1fr)); align-items: start; }
    .card { padding: var(--pad); }
    label { display: inline-flex; gap: 8px; align-items: center; font-size: 13px; margin-top: 8px; }
    input { font: inherit; color: var(--ink); background: var(--card); border: 1px solid var(--line); border-bottom-color: var(--edge); border-radius: 4px; min-height: 32px; padding: 4px 8px; width: 120px; }
    @media (max-width: 640px) { td:last-child { white-space: normal; } }
    td.wrap { white-space: normal; min-width: 180px; max-width: none; }
    .off { color: var(--warning); font-weight: 600; }
  `];
  /** Tokens a minute. */
  declare limit: number | null;
  /** The queries for that limit. */
  declare peaks: ReturnType<LlmReport['peaks']>['kql'] | null;
  #asked: unknown = null;
  #quiet: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.limit = null;
    this.peaks = null;
  }

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    super.willUpdate(changed);
    const report = this.calls?.report;
    if (!report || (report === this.#asked && !changed.has('limit'))) return;
    this.#asked = report;
    void this.#peak();
  }

  async #peak(): Promise<void> {
    const { limit } = this;
    const kql = limit === null ? null : (await this.calls?.report?.peaks(limit).catch(() => null))?.kql ?? null;
    if (limit === this.limit) this.peaks = kql;
  }

  override render(): TemplateResult | typeof nothing {
    const { calls } = this;
    const report = calls?.report;
    if (!calls || !report) return nothing;
    const { session } = calls;
    const hasGateway = session.tables.some(({ name, rows }) => name === 'ApiManagementGatewayLogs' && rows > 0);
    const { limit, peaks: of } = this;
    const share = (kql: string | null): string | null => (kql === null || limit === null ? kql : withShare(kql, limit));
    return html`
      ${hasGateway ? html`<kqlens-answer heading="Who ran into which limit" about="The gateway's own limit and its quota answer before the model is asked; the 429 of the model comes back through the gateway."
        empty="No call was limited." bar="Calls" .session=${session} .kql=${report.limits.kql} .version=${report} .behind=${(row: Record<string, unknown>) => limitedRows(report.limits.kql, row)}></kqlens-answer>` : nothing}
      <kqlens-answer heading="Peak tokens a minute" bar="Tokens" .session=${session} .kql=${share(of?.local ?? null) ?? peaks} .version=${report}
        .workspace=${of && { resourceSpecific: share(of.resourceSpecific), azureDiagnostics: share(of.azureDiagnostics) }}>
        <label>Limit, in tokens a minute <input id="limit" type="number" min="1" @input=${(event: InputEvent) => this.#soon((event.target as HTMLInputElement).valueAsNumber)}></label></kqlens-answer>
      ${this.#problems()} ${this.#orphans()} ${this.#metrics()}`;
  }

  #soon(limit: number): void {
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => { this.limit = limit >= 1 ? Math.floor(limit) : null; }, 250);
  }

  #problems(): TemplateResult {
    const { problems = [], totals } = this.calls?.report ?? {};
    return html`<section class="card" aria-labelledby="problems"><h2 id="problems">Problems of the log</h2>
      ${totals ? html`<p class="soft">${plural(totals.complete, 'call')} complete, ${count(totals.incomplete)} incomplete, ${count(totals.cannotTell)} of which the rows cannot tell.
        ${totals.duplicates > 0 ? `${plural(totals.duplicates, 'repeated row')} left out.` : ''}</p>` : nothing}
      ${problems.length === 0 ? html`<p class="soft">No call has a problem.</p>` : html`<div class="scroll" tabindex="0" role="region" aria-label="Problems of the log"><table>
        <thead><tr><th scope="col">Problem</th><th scope="col" class="number">Calls</th><th scope="col"><span class="hidden">Actions</span></th></tr></thead>
        <tbody>${problems.map(({ code, message, calls, kql }) => html`<tr><td class="wrap">${message}<br><span class="mono soft">${code}</span></td><td class="number">${count(calls)}</td>
          <td><button class="quiet" @click=${() => this.#show(code)}>${icons.rows}Show<span class="hidden"> the calls with ${code}</span></button>
            <button class="quiet" @click=${() => this.calls?.session.showKql({ title: message, kql })}>${icons.code}KQL<span class="hidden"> of ${code}</span></button></td></tr>`)}</tbody></table></div>`}
    </section>`;
  }

  #show(problem: string): void {
    this.dispatchEvent(new CustomEvent('problem', { detail: problem, bubbles: true, composed: true }));
  }

  #orphans(): TemplateResult | typeof nothing {
    const { session, report } = this.calls ?? {};
    if (!session || !report) return nothing;
    const { callsWithoutLlmRow, callsWithoutGatewayRow } = report.orphans;
    const line = (words: string, calls: number, kql: string): TemplateResult => html`<tr><td class="wrap">${words}</td><td class="number">${count(calls)}</td>
      <td><button class="quiet" ?disabled=${calls === 0} @click=${() => session.showRows({ title: words, kql })}>${icons.rows}Rows<span class="hidden">: ${words}</span></button>
        <button class="quiet" @click=${() => session.showKql({ title: words, kql })}>${icons.code}KQL<span class="hidden">: ${words}</span></button></td></tr>`;
    return html`<section class="card" aria-labelledby="orphans"><h2 id="orphans">Calls of which half is missing</h2>
      <div class="scroll" tabindex="0" role="region" aria-label="Calls of which half is missing"><table>
        <thead><tr><th scope="col">What is missing</th><th scope="col" class="number">Calls</th><th scope="col"><span class="hidden">Actions</span></th></tr></thead>
        <tbody>${line('Gateway calls without a row of the language models', callsWithoutLlmRow.calls, callsWithoutLlmRow.kql)}
          ${line('Calls without a row of the gateway', callsWithoutGatewayRow.calls, callsWithoutGatewayRow.kql)}</tbody></table></div>
      ${callsWithoutLlmRow.byApi.length > 0 ? html`<p class="soft">Their log may be off for ${callsWithoutLlmRow.byApi.map(({ value, count: n }) => `${value || '(no API)'} (${count(n)})`).join(', ')}.</p>` : nothing}
    </section>`;
  }

  #metrics(): TemplateResult | typeof nothing {
    const { session, report } = this.calls ?? {};
    if (!session || !report || report.metrics.groups.length === 0) return nothing;
    return html`<kqlens-answer heading="Token metrics beside the log" about="Of streams the gateway estimates the tokens for the metric." .session=${session}
      .kql=${report.metrics.kql} .version=${report}></kqlens-answer>`;
  }
}
