// Who changed what, and whether more requests failed after it than before.
import { css, html, nothing, type TemplateResult } from 'lit';
import { type Around, type Change, changesOf, rowsOfChange } from '../../session/panels';
import { activity as t } from '../../texts/activity';
import { verdict as v } from '../../texts/verdict';
import { words as w } from '../../texts/words';
import { icons } from '../icons';
import { base } from '../style';
import { View } from '../view';
import { moment } from '../words';

const MINUTE_MS = 60_000;

export class Activity extends View {
  static override styles = [base, css`
    .card { padding: var(--pad); }
    .told { margin-top: 4px; font-weight: 600; max-width: 110ch; overflow-wrap: anywhere; }
    .about { margin-top: 8px; font-size: 12px; line-height: 16px; }
    .scroll { overflow: auto; max-height: 380px; margin-top: 8px; }
    table { border-collapse: collapse; width: 100%; min-width: 720px; font-size: 13px; }
    th { position: sticky; top: 0; background: var(--card); font-size: 12px; color: var(--soft); text-align: start; padding: 4px 8px; white-space: nowrap; }
    td { border-top: 1px solid var(--line); padding: 2px 8px; vertical-align: baseline; overflow-wrap: anywhere; }
    td.when, td.number { white-space: nowrap; }
    td.on { max-width: 36ch; color: var(--soft); }
    .number { text-align: end; }
    .rose { color: var(--error); font-weight: 600; }
  `];

  override render(): TemplateResult | typeof nothing {
    const { session } = this;
    const state = session?.panels.get('activity');
    if (!session || !state) return nothing;
    const changes = changesOf(session.panels);
    return html`<section class="card" aria-labelledby="title">
      <div class="bar"><h2 class="grow" id="title">${state.panel.title}</h2>
        <button class="quiet" @click=${() => session.showKql({ title: state.panel.title, kql: state.panel.kql })}>${icons.code}${w.showKql}</button></div>
      ${state.state === 'failed' ? html`<p class="soft">${state.error}</p>` : nothing}
      ${state.state === 'running' ? html`<div class="skeleton"></div>` : nothing}
      ${state.state === 'done' ? this.#changes(changes) : nothing}
    </section>`;
  }

  #changes(changes: readonly Change[]): TemplateResult {
    const [first] = changes;
    if (!first) return html`<p class="soft">${t.none}</p>`;
    const hasRequests = first.before !== null;
    return html`${this.#told(changes)}
      <div class="scroll" tabindex="0" role="region" aria-labelledby="title"><table>
        <thead><tr><th scope="col">${t.time}</th><th scope="col">${t.who}</th><th scope="col">${t.what}</th><th scope="col">${t.on}</th><th scope="col">${t.status}</th>
          ${hasRequests ? html`<th scope="col" class="number">${t.before}</th><th scope="col" class="number">${t.after}</th>` : nothing}</tr></thead>
        <tbody>${changes.map((change) => html`<tr>
          <td class="when"><button class="quiet" @click=${() => this.#show(change)}>${moment(change.began)}</button></td>
          <td>${change.caller || v.activity.nobody}</td><td>${change.operation}</td><td class="on" title=${change.on}>${nameOf(change.on)}</td><td>${change.status}</td>
          ${change.before && change.after ? html`${rate(change.before, false)}${rate(change.after, hasRisen(change.before, change.after))}` : nothing}</tr>`)}</tbody></table></div>
      <p class="soft about">${hasRequests ? t.about : t.aboutAlone}</p>`;
  }

  /** The last change before the worst failure began; nothing where rows begin with it. */
  #told(changes: readonly Change[]): TemplateResult | typeof nothing {
    const { report } = this.session ?? {};
    const [finding] = report?.findings ?? [];
    if (!finding?.first || !report?.totals.from) return nothing;
    const began_ms = Date.parse(finding.first);
    if (began_ms - Date.parse(report.totals.from) < MINUTE_MS) return nothing;
    const last = changes.filter((change) => change.began_ms <= began_ms).at(-1);
    if (!last) return nothing;
    return html`<p class="told">${t.lastBefore(finding.title, (began_ms - last.began_ms) / MINUTE_MS, last.caller || v.activity.nobody, last.operation, nameOf(last.on))}</p>`;
  }

  #show({ operation, change }: Change): void {
    this.session?.showRows({ title: t.rowsOf(operation), kql: rowsOfChange(change) });
  }
}

/** `service/shop/backends/pay` of a resource id; the whole of what is none. */
function nameOf(on: string): string {
  const [, name = on] = /\/providers\/[^/]+\/(.*)$/i.exec(on) ?? [];
  return name;
}

/** Whether the share of failures rose by a hundredth at least. */
const hasRisen = (before: Around, after: Around): boolean => after.failed / Math.max(1, after.requests) - before.failed / Math.max(1, before.requests) >= 0.01;

const rate = ({ failed, requests }: Around, isRisen: boolean): TemplateResult => html`<td class="number ${isRisen ? 'rose' : ''}" title=${t.ofRequests(failed, requests)}>${t.rate(failed, requests)}</td>`;
