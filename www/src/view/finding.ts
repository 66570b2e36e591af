// One finding of the verdict: what it is and how often; opened, why it is believed and what to do.
import { css, html, nothing, type TemplateResult } from 'lit';
import type { Finding } from 'kqlens';
import { isMessageColumn } from '../session/messages';
import { verdict as t } from '../texts/verdict';
import { words as w } from '../texts/words';
import { icons, severity } from './icons';
import { base } from './style';
import { View } from './view';
import { count, span } from './words';

const MOST_SHARES = 5;

export class FindingCard extends View {
  static override properties = { ...View.properties, finding: { attribute: false }, open: { type: Boolean, reflect: true } };
  static override styles = [base, css`
    article { overflow: hidden; border-inline-start: 4px solid var(--edge); }
    article.error { border-color: var(--failed-fill); }
    article.warning { border-color: var(--unauthorized-fill); }
    article.info { border-color: var(--link); }
    .head { display: grid; grid-template-columns: 20px 1fr max-content 20px; gap: 0 12px; align-items: start; width: 100%; padding: 14px 16px; border: 0; border-radius: 0; background: transparent; text-align: start; }
    .head:hover { background: var(--hover); }
    .head:focus-visible { outline-offset: -3px; }
    .mark { padding-top: 2px; }
    .error .mark { color: var(--error); }
    .warning .mark { color: var(--warning); }
    .info .mark { color: var(--link); }
    .title { font-size: 16px; line-height: 22px; font-weight: 600; overflow-wrap: anywhere; }
    .about { font-weight: 400; display: flex; flex-wrap: wrap; gap: 2px 12px; margin-top: 2px; color: var(--soft); font-size: 13px; }
    .weight { text-align: end; }
    .weight strong { display: block; font-size: 18px; line-height: 22px; font-weight: 600; font-variant-numeric: tabular-nums; }
    .weight span { font-weight: 400; color: var(--soft); font-size: 12px; }
    @media print { .turn { visibility: hidden; } .shares span:first-child { overflow: visible; white-space: normal; overflow-wrap: anywhere; } article { overflow: visible; } .body { padding-inline-start: 16px; } }
    .turn { padding-top: 3px; color: var(--soft); }
    :host([open]) .turn svg { transform: rotate(180deg); }
    .body { padding: 4px 16px 16px 48px; display: grid; gap: 20px; }
    .meaning { max-width: 90ch; }
    .columns { display: grid; gap: 20px 32px; grid-template-columns: repeat(auto-fit, minmax(min(300px, 100%), 1fr)); }
    h4 { font-size: 12px; line-height: 16px; font-weight: 600; color: var(--soft); margin-bottom: 6px; }
    .list { display: grid; gap: 6px; }
    .list li { padding-inline-start: 16px; position: relative; }
    .list li::before { content: ""; position: absolute; inset-inline-start: 2px; top: 8px; width: 5px; height: 5px; border-radius: 50%; background: var(--edge); }
    ol.list { counter-reset: step; }
    ol.list li { padding-inline-start: 22px; }
    ol.list li::before { counter-increment: step; content: counter(step) "."; background: none; top: 0; width: auto; height: auto; color: var(--soft); font-variant-numeric: tabular-nums; }
    .evidence { display: grid; grid-template-columns: minmax(100px, max-content) 1fr; gap: 4px 12px; font-size: 13px; }
    .evidence dt { color: var(--soft); }
    .evidence dd { overflow-wrap: anywhere; font: 12.5px/20px var(--mono); }
    .shares li { display: flex; justify-content: space-between; gap: 12px; font-size: 13px; }
    .shares span:first-child { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    @media (max-width: 640px) {
      .head { grid-template-columns: 20px 1fr 20px; padding: 12px; gap: 0 8px; }
      .weight { grid-column: 2; grid-row: 2; text-align: start; display: flex; align-items: baseline; gap: 8px; margin-top: 4px; }
      .weight strong { font-size: 14px; line-height: 20px; }
      .turn { grid-column: 3; grid-row: 1; }
      .body { padding: 4px 12px 14px; }
    }
  `];
  declare finding: Finding;
  declare open: boolean;

  constructor() {
    super();
    this.open = false;
  }

  override render(): TemplateResult {
    const { finding } = this;
    const mark = severity(finding.severity);
    const isOpen = this.open || (this.session?.isPrinting ?? false);
    return html`<article class="card ${finding.severity}">
      <h3>
        <button class="head" aria-expanded=${isOpen} aria-controls="body" @click=${() => { this.open = !this.open; }}>
          <span class="mark">${mark.icon}<span class="hidden">${mark.word}: </span></span>
          <span>
            <span class="title">${finding.title}</span>
            <span class="about">
              <span class="pill ${finding.certainty === 'certain' ? 'good' : ''}">${t.finding.certainties[finding.certainty]}</span>
              ${finding.first && finding.last ? html`<span>${span(finding.first, finding.last)}</span>` : nothing}
              <span class="mono">${finding.signature}</span>
            </span>
          </span>
          <span class="weight"><strong>${count(finding.count)}</strong><span>${t.finding.ofRows(finding.share)}</span></span>
          <span class="turn">${icons.chevron}</span>
        </button>
      </h3>
      <div class="body" id="body" ?hidden=${!isOpen}>${isOpen ? this.#body() : nothing}</div>
    </article>`;
  }

  #body(): TemplateResult {
    const { finding, session } = this;
    const rows = { title: finding.title, kql: finding.kql.resourceSpecific };
    const evidence = finding.evidence.filter(({ column }) => !session?.isTextHidden || !isMessageColumn(column));
    return html`
      <p class="meaning">${finding.meaning}</p>
      <div class="columns">
        ${finding.fixes.length > 0 ? html`<section><h4>${t.finding.whatToDo}</h4><ol class="list">${finding.fixes.map((fix) => html`<li>${fix}</li>`)}</ol></section>` : nothing}
        ${finding.causes.length > 0 ? html`<section><h4>${t.finding.causes}</h4><ul class="list">${finding.causes.map((cause) => html`<li>${cause}</li>`)}</ul></section>` : nothing}
        ${evidence.length > 0 ? html`<section><h4>${t.finding.evidence}</h4><dl class="evidence">${evidence.map(
          ({ column, value }) => html`<dt>${column}</dt><dd>${value}</dd>`)}</dl></section>` : nothing}
        ${this.#shares(t.finding.apis, finding.apis)} ${this.#shares(t.finding.backends, finding.backends)}
        ${this.#shares(t.finding.operations, finding.operations)} ${this.#shares(t.finding.callers, finding.callers)}
      </div>
      <section>
        <h4>${t.kql.kql}</h4>
        <kqlens-kql .session=${session} .kql=${finding.kql.resourceSpecific} .diagnostics=${finding.kql.azureDiagnostics}></kqlens-kql>
      </section>
      <div class="bar">
        <button id="rows" @click=${() => session?.showRows(rows)}>${icons.rows}${t.finding.showRows(finding.count)}</button>
        <button id="use" @click=${() => session?.useIt({ title: finding.title, kql: finding.kql.resourceSpecific, diagnostics: finding.kql.azureDiagnostics, finding })}>${icons.use}${w.useIt}</button>
        ${finding.docs ? html`<a href=${finding.docs} target="_blank" rel="noreferrer noopener">${t.finding.documentation}</a>` : nothing}
      </div>`;
  }

  #shares(title: string, shares: Finding['apis']): TemplateResult | typeof nothing {
    if (shares.length === 0) return nothing;
    const rest = shares.length - MOST_SHARES;
    return html`<section><h4>${title}</h4><ul class="shares">
      ${shares.slice(0, MOST_SHARES).map(({ value, count: n }) => html`<li><span>${value || w.none}</span><span class="number">${count(n)}</span></li>`)}
      ${rest > 0 ? html`<li class="soft"><span>${t.finding.more(rest)}</span></li>` : nothing}
    </ul></section>`;
  }
}
