// Messages by their pattern: ids, hosts, addresses and numbers are masked, so that the same message is
// counted once.
import { css, html, nothing, type TemplateResult } from 'lit';
import { templates } from '../../session/explore';
import { literal } from '../../session/panels';
import { explore as t } from '../../texts/explore';
import { words as w } from '../../texts/words';
import { icons } from '../icons';
import { base } from '../style';
import { cellText, count, span } from '../words';
import { ExploreView } from './part';

export class Messages extends ExploreView {
  static override styles = [base, css`
    .card { padding: calc(var(--pad) * 0.75) var(--pad); }
    label { display: inline-flex; gap: 6px; align-items: center; font-size: 13px; }
    li { display: grid; grid-template-columns: 72px minmax(0, 1fr) max-content; gap: 2px 12px; border-top: 1px solid var(--line); padding: 6px 0; align-items: start; }
    code { font: 12.5px/18px var(--mono); overflow-wrap: anywhere; }
    .when { font-size: 12px; }
    @media (max-width: 640px) { li { grid-template-columns: 56px minmax(0, 1fr); } li button { grid-column: 2; justify-self: start; } }
  `];

  override render(): TemplateResult | typeof nothing {
    const { explore } = this;
    if (!explore) return nothing;
    const columns = explore.messageColumns;
    const answer = explore.answers.get('messages');
    const column = columns.includes(explore.message) ? explore.message : columns[0];
    if (column === undefined) return html`<section class="card"><h2>${t.questions.messages}</h2><p class="soft">${t.messages.noColumn}</p></section>`;
    return html`<section class="card" aria-labelledby="title">
      <div class="bar"><h2 class="grow" id="title">${t.questions.messages}</h2>
        <label>${t.messages.column} <select id="column" @change=${(event: Event) => explore.ofMessage((event.target as HTMLSelectElement).value)}>
          ${columns.map((name) => html`<option value=${name} .selected=${name === column}>${name}</option>`)}</select></label>
        <button class="quiet" ?disabled=${!answer} @click=${() => answer && explore.session.showKql({ title: t.questions.messages, kql: answer.kql })}>${icons.code}${w.showKql}</button></div>
      <p class="soft" role="status">${!answer || answer.state === 'running' ? t.running : answer.state === 'failed' ? answer.error : answer.rows.length === 0 ? t.messages.noRow(column) : t.messages.patterns(answer.rows.length)}</p>
      <ul>${(answer?.rows ?? []).map(([template, n, first, last]) => html`<li>
        <span class="number">${count(Number(n))}</span><div><code>${cellText(template)}</code><p class="soft when">${span(cellText(first), cellText(last))}</p></div>
        <button class="quiet" @click=${() => explore.session.showRows({ title: `${column}: ${cellText(template).slice(0, 80)}`, kql: `${templates(explore.kql, column)}\n| where Template == ${literal(cellText(template))}\n| project-away Sample, Template` })}>${icons.rows}${w.rowsButton}</button></li>`)}</ul>
    </section>`;
  }
}
