// The metric classes, as one bar and its words.
import { css, html, nothing, type TemplateResult } from 'lit';
import { OUTCOMES, type Outcome, requestsOf, rowsOfOutcome } from '../session/panels';
import { verdict as t } from '../texts/verdict';
import { words as w } from '../texts/words';
import { icons } from './icons';
import { base } from './style';
import { View } from './view';
import { count, percent } from './words';

export class Metrics extends View {
  static override styles = [base, css`
    .card { padding: var(--pad); height: 100%; }
    .parts { display: flex; gap: 2px; height: 12px; margin: 12px 0; border-radius: 4px; overflow: hidden; background: var(--sunken); }
    .parts span { min-width: 3px; }
    .Successful { background: var(--ok-fill); }
    .Unauthorized { background: var(--unauthorized-fill); }
    .Failed { background: var(--failed-fill); }
    .Other { background: var(--other-fill); }
    li { display: grid; grid-template-columns: 10px 1fr max-content 60px; gap: 8px; align-items: center; }
    li button { grid-column: 2; justify-content: start; padding-inline: 4px; margin-inline-start: -4px; color: var(--ink); }
    i { width: 10px; height: 10px; border-radius: 2px; forced-color-adjust: none; }
    .rule { margin-top: 10px; font-size: 12px; line-height: 16px; }
  `];

  override render(): TemplateResult | typeof nothing {
    const state = this.session?.panels.get('classes');
    if (!this.session || !state) return nothing;
    const { session } = this;
    const requests = requestsOf(session.tables);
    const counts = new Map(state.rows.map(([outcome, n]) => [outcome as Outcome, Number(n)]));
    const all = [...counts.values()].reduce((sum, n) => sum + n, 0);
    return html`<section class="card" aria-labelledby="title">
      <div class="bar"><h2 class="grow" id="title">${state.panel.title}</h2>
        <button class="quiet" @click=${() => session.showKql({ title: state.panel.title, kql: state.panel.kql })}>${icons.code}${w.showKql}</button></div>
      ${state.state === 'failed' ? html`<p class="soft">${state.error}</p>` : nothing}
      ${state.state === 'running' ? html`<div class="skeleton"></div>` : nothing}
      ${state.state === 'done' ? html`
        <div class="parts" aria-hidden="true">${OUTCOMES.map((outcome) => (counts.get(outcome) ?? 0) > 0
          ? html`<span class=${outcome} .style=${`flex: ${counts.get(outcome)}`}></span>` : nothing)}</div>
        <ul>${OUTCOMES.map((outcome) => html`<li><i class=${outcome}></i>
          <button class="quiet" ?disabled=${!counts.get(outcome) || !requests}
            @click=${() => requests && session.showRows({ title: t.timeline.requestsBy(t.outcomes[outcome]), kql: rowsOfOutcome(requests, outcome) })}>${t.outcomes[outcome]}</button>
          <span class="number">${count(counts.get(outcome) ?? 0)}</span>
          <span class="number soft">${all > 0 ? percent((counts.get(outcome) ?? 0) / all) : '–'}</span></li>`)}</ul>
        <p class="soft rule">${this.#rule()}</p>` : nothing}
    </section>`;
  }

  #rule(): string {
    const old = this.session?.report?.metrics.documented2017;
    return old ? `${t.metrics.rule} ${t.metrics.rule2017(old.successful, old.other)}` : t.metrics.rule;
  }
}
