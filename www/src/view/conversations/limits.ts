// Who ran into which limit, what is wrong with the log, and whether the metrics say the same.
import { css, html, nothing, type TemplateResult } from 'lit';
import type { LlmReport } from 'kqlens';
import { limitedRows, peaks, withShare } from '../../session/spend';
import { conversations as t } from '../../texts/conversations';
import { words as w } from '../../texts/words';
import { icons } from '../icons';
import { base } from '../style';
import { count } from '../words';
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
      ${hasGateway ? html`<kqlens-answer heading=${t.limits.who} about=${t.limits.whoAbout}
        empty=${t.limits.whoEmpty} bar="Calls" .session=${session} .kql=${report.limits.kql} .version=${report} .behind=${(row: Record<string, unknown>) => limitedRows(report.limits.kql, row)}></kqlens-answer>` : nothing}
      <kqlens-answer heading=${t.limits.peak} bar="Tokens" .session=${session} .kql=${share(of?.local ?? null) ?? peaks} .version=${report}
        .workspace=${of && { resourceSpecific: share(of.resourceSpecific), azureDiagnostics: share(of.azureDiagnostics) }}>
        <label>${t.limits.limit} <input id="limit" type="number" min="1" @input=${(event: InputEvent) => this.#soon((event.target as HTMLInputElement).valueAsNumber)}></label></kqlens-answer>
      ${this.#problems()} ${this.#orphans()} ${this.#metrics()}`;
  }

  #soon(limit: number): void {
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => { this.limit = limit >= 1 ? Math.floor(limit) : null; }, 250);
  }

  #problems(): TemplateResult {
    const { problems = [], totals } = this.calls?.report ?? {};
    return html`<section class="card" aria-labelledby="problems"><h2 id="problems">${t.limits.problems}</h2>
      ${totals ? html`<p class="soft">${t.limits.summary(totals.complete, totals.incomplete, totals.cannotTell)}
        ${totals.duplicates > 0 ? t.limits.duplicates(totals.duplicates) : ''}</p>` : nothing}
      ${problems.length === 0 ? html`<p class="soft">${t.limits.noProblem}</p>` : html`<div class="scroll" tabindex="0" role="region" aria-label=${t.limits.problems}><table>
        <thead><tr><th scope="col">${t.list.problem}</th><th scope="col" class="number">${t.views.calls}</th><th scope="col"><span class="hidden">${t.actions}</span></th></tr></thead>
        <tbody>${problems.map(({ code, message, calls, kql }) => html`<tr><td class="wrap">${message}<br><span class="mono soft">${code}</span></td><td class="number">${count(calls)}</td>
          <td><button class="quiet" @click=${() => this.#show(code)}>${icons.rows}${w.show}<span class="hidden"> ${t.limits.callsWith(code)}</span></button>
            <button class="quiet" @click=${() => this.calls?.session.showKql({ title: message, kql })}>${icons.code}${t.limits.kql}<span class="hidden"> ${t.limits.of(code)}</span></button></td></tr>`)}</tbody></table></div>`}
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
      <td><button class="quiet" ?disabled=${calls === 0} @click=${() => session.showRows({ title: words, kql })}>${icons.rows}${w.rowsButton}<span class="hidden">: ${words}</span></button>
        <button class="quiet" @click=${() => session.showKql({ title: words, kql })}>${icons.code}${t.limits.kql}<span class="hidden">: ${words}</span></button></td></tr>`;
    return html`<section class="card" aria-labelledby="orphans"><h2 id="orphans">${t.limits.halves}</h2>
      <div class="scroll" tabindex="0" role="region" aria-label=${t.limits.halves}><table>
        <thead><tr><th scope="col">${t.limits.missing}</th><th scope="col" class="number">${t.views.calls}</th><th scope="col"><span class="hidden">${t.actions}</span></th></tr></thead>
        <tbody>${line(t.limits.withoutLlmRow, callsWithoutLlmRow.calls, callsWithoutLlmRow.kql)}
          ${line(t.limits.withoutGatewayRow, callsWithoutGatewayRow.calls, callsWithoutGatewayRow.kql)}</tbody></table></div>
      ${callsWithoutLlmRow.byApi.length > 0 ? html`<p class="soft">${t.limits.mayBeOff(callsWithoutLlmRow.byApi.map(({ value, count: n }) => t.limits.apiWithCalls(value || t.limits.noApi, n)).join(', '))}</p>` : nothing}
    </section>`;
  }

  #metrics(): TemplateResult | typeof nothing {
    const { session, report } = this.calls ?? {};
    if (!session || !report || report.metrics.groups.length === 0) return nothing;
    return html`<kqlens-answer heading=${t.limits.metrics} about=${t.limits.metricsAbout} .session=${session}
      .kql=${report.metrics.kql} .version=${report}></kqlens-answer>`;
  }
}
