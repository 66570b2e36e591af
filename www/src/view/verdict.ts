// The verdict: how many requests failed, what broke, what was not classified, and what the log
// cannot tell.
import { css, html, nothing, type TemplateResult } from 'lit';
import type { TriageReport } from 'kqlens';
import { verdict as t } from '../texts/verdict';
import { words as w } from '../texts/words';
import { icons } from './icons';
import { base } from './style';
import { View } from './view';
import { count, span } from './words';

const FIRST_SHOWN = 8;

export class Verdict extends View {
  static override properties = { ...View.properties, all: { state: true } };
  static override styles = [base, css`
    .totals { display: flex; flex-wrap: wrap; gap: 4px 40px; align-items: end; margin-bottom: 16px; }
    h1 { font-size: 24px; line-height: 32px; font-weight: 600; letter-spacing: -0.005em; flex: 1 1 480px; text-wrap: balance; overflow-wrap: anywhere; }
    .figure { display: grid; }
    .figure strong { font-size: 20px; line-height: 26px; font-weight: 600; font-variant-numeric: tabular-nums; }
    .figure span { font-size: 12px; line-height: 16px; color: var(--soft); }
    .figure.when strong { font-size: 14px; }
    .figure.failed strong { color: var(--error); }
    .findings { display: grid; gap: 8px; }
    .more { margin-top: 8px; }
    .good { display: flex; gap: 12px; padding: 16px; align-items: start; }
    .good svg { color: var(--good); margin-top: 2px; }
    .limits { margin-top: 12px; padding: 12px 16px; }
    .limits summary { cursor: pointer; font-weight: 600; }
    .limits li { margin-top: 6px; max-width: 100ch; }
    .limits button { margin-inline-start: -8px; }
    .limits > button { margin-top: 8px; }
    .skeletons { display: grid; gap: 8px; }
    .skeletons div { height: 68px; border-radius: 8px; }
    @media (max-width: 640px) { h1 { font-size: 20px; line-height: 28px; flex-basis: 100%; } .totals { gap: 8px 24px; } }
  `];
  declare all: boolean;

  constructor() {
    super();
    this.all = false;
  }

  override render(): TemplateResult | typeof nothing {
    const { session } = this;
    if (!session || session.phase === 'empty') return nothing;
    const { report } = session;
    if (!report) {
      if (!session.isTriaging) return nothing;
      return html`<section aria-busy="true" aria-label=${t.label}><h1>${t.looking}</h1>
        <div class="skeletons"><div class="skeleton"></div><div class="skeleton"></div></div></section>`;
    }
    return html`<section aria-labelledby="headline">
      <div class="totals">
        <h1 id="headline">${headline(report)}</h1>
        ${this.#figures(report)}
      </div>
      ${this.#findings(report)}
      ${session.unexplained ? html`<div class="more bar">
        <span>${t.withoutReason(session.unexplained)}</span>
        <button class="quiet" @click=${() => session.showRows({ title: t.withoutReasonRows, kql: report.unclassified.kql })}>${icons.rows}${w.show}</button></div>` : nothing}
      ${report.cannotConclude.length > 0 ? html`<details class="card limits">
        <summary>${t.cannotTell(report.cannotConclude.length)}</summary>
        <ul>${report.cannotConclude.map(({ message, fix }) => html`<li>${message}${fix ? html`<div><button class="quiet" @click=${() => session.useIt({ way: fix.artefact, request: { ...fix.request } })}>${icons.use}${t.setUp}</button></div>` : nothing}</li>`)}</ul>
        <button class="quiet" id="check-setup" @click=${() => this.dispatchEvent(new CustomEvent('checksetup', { bubbles: true, composed: true }))}>${t.checkSetup}</button></details>` : nothing}
    </section>`;
  }

  #figures({ totals }: TriageReport): TemplateResult {
    const share = totals.requests > 0 ? totals.failed / totals.requests : 0;
    return html`
      <div class="figure"><strong>${count(totals.requests)}</strong><span>${t.requests}</span></div>
      <div class="figure ${totals.failed > 0 ? 'failed' : ''}"><strong>${count(totals.failed)}</strong><span>${t.failed(share)}</span></div>
      ${totals.from && totals.to ? html`<div class="figure when"><strong>${span(totals.from, totals.to)}</strong><span>${w.utc}</span></div>` : nothing}`;
  }

  #findings({ findings, totals }: TriageReport): TemplateResult {
    if (findings.length === 0) {
      return html`<div class="card good">${icons.good}<div><h3>${t.none}</h3>
        <p class="soft">${totals.requests === 0
          ? t.noRequest
          : t.compared}</p></div></div>`;
    }
    const shown = this.all || this.session?.isPrinting ? findings : findings.slice(0, FIRST_SHOWN);
    return html`<div class="findings" role="list">
      ${shown.map((finding, at) => html`<kqlens-finding role="listitem" .session=${this.session} .finding=${finding} ?open=${at === 0}></kqlens-finding>`)}
    </div>
    ${findings.length > shown.length ? html`<button class="quiet more" @click=${() => { this.all = true; }}>
      ${t.showMore(findings.length - shown.length)}</button>` : nothing}`;
  }
}

/** The first finding, in one line. */
function headline({ findings, totals }: TriageReport): string {
  const [first] = findings;
  if (!first) return totals.failed === 0 ? t.nothingBroke : t.requestsFailed(totals.failed);
  const isMost = findings.length === 1 || first.count * 2 >= totals.failed;
  return isMost ? t.mostlyOne(first.title) : t.kinds(findings.length, first.title);
}
