// The worst of a kind: APIs or backends, by failures or by latency.
import { css, html, nothing, type TemplateResult } from 'lit';
import { type Panel, requestsOf, rowsOf } from '../session/panels';
import { verdict as t } from '../texts/verdict';
import { words as w } from '../texts/words';
import { icons } from './icons';
import { base } from './style';
import { View } from './view';
import { count, duration, percent } from './words';

export class Top extends View {
  static override properties = { ...View.properties, kind: {}, by: { state: true } };
  static override styles = [base, css`
    .card { padding: var(--pad); height: 100%; overflow-x: auto; }
    table { width: 100%; border-collapse: collapse; margin-top: 8px; }
    th { font-size: 12px; line-height: 16px; font-weight: 600; color: var(--soft); text-align: start; padding: 4px 0 6px 12px; white-space: nowrap; }
    td { border-top: 1px solid var(--line); padding: 4px 0 4px 12px; white-space: nowrap; }
    th:first-child, td:first-child { padding-inline-start: 0; width: 100%; max-width: 0; }
    td:first-child button { color: var(--ink); max-width: 100%; justify-content: start; padding-inline: 4px; margin-inline-start: -4px; }
    td:first-child button span { overflow: hidden; text-overflow: ellipsis; }
    th.number { text-align: end; }
    .share { display: block; height: 3px; margin-top: 2px; border-radius: 2px; background: var(--sunken); overflow: hidden; }
    .share i { display: block; height: 100%; background: var(--failed-fill); }
    .share.latency i { background: var(--link); }
    @media (max-width: 480px) { .wide { display: none; } }
  `];
  declare kind: 'api' | 'backend';
  declare by: 'failures' | 'latency';

  constructor() {
    super();
    this.kind = 'api';
    this.by = 'failures';
  }

  override render(): TemplateResult | typeof nothing {
    const { session } = this;
    const name = this.kind === 'api' ? 'apis' : 'backends';
    const state = session?.panels.get((this.by === 'failures' ? name : `${name}ByLatency`) as Panel['id']);
    if (!session || !state) return nothing;
    return html`<section class="card" aria-labelledby="title">
      <div class="bar">
        <h2 class="grow" id="title">${this.kind === 'api' ? t.top.apis : t.top.backends}</h2>
        <div class="switch" role="group" aria-label=${w.order}>
          <button aria-pressed=${this.by === 'failures'} @click=${() => { this.by = 'failures'; }}>${t.top.failures}</button>
          <button aria-pressed=${this.by === 'latency'} @click=${() => { this.by = 'latency'; }}>${t.top.latency}</button>
        </div>
        <button class="quiet" @click=${() => session.showKql({ title: state.panel.title, kql: state.panel.kql })}>${icons.code}${w.showKql}</button>
      </div>
      ${state.state === 'failed' ? html`<p class="soft">${state.error}</p>` : nothing}
      ${state.state === 'running' ? html`<div class="skeleton"></div>` : nothing}
      ${state.state === 'done' ? this.#table(state.rows) : nothing}
    </section>`;
  }

  #table(rows: readonly (readonly unknown[])[]): TemplateResult {
    if (rows.length === 0) return html`<p class="soft">${t.top.none}</p>`;
    const isLatency = this.by === 'latency';
    const most = Math.max(1, ...rows.map((row) => Number(row[isLatency ? 3 : 2] ?? 0)));
    return html`<table>
      <thead><tr><th scope="col">${this.kind === 'api' ? t.top.api : t.top.backend}</th>
        <th scope="col" class="number">${t.top.failed}</th><th scope="col" class="number wide">${t.top.rate}</th>
        <th scope="col" class="number">${t.top.requests}</th><th scope="col" class="number">${t.top.p95}</th></tr></thead>
      <tbody>${rows.map(([value, requests, failures, p95]) => {
        const part = Number((isLatency ? p95 : failures) ?? 0) / most;
        return html`<tr>
          <td><button class="quiet" title=${String(value)} @click=${() => this.#show(String(value ?? ''))}><span>${value || w.none}</span></button>
            <span class="share ${isLatency ? 'latency' : ''}"><i .style=${`width: ${(100 * part).toFixed(1)}%`}></i></span></td>
          <td class="number">${count(Number(failures))}</td>
          <td class="number soft wide">${percent(Number(failures) / Math.max(1, Number(requests)))}</td>
          <td class="number">${count(Number(requests))}</td>
          <td class="number">${duration(p95 === null ? null : Number(p95))}</td></tr>`;
      })}</tbody></table>`;
  }

  #show(value: string): void {
    const requests = this.session && requestsOf(this.session.tables);
    if (requests) this.session?.showRows({ title: value || w.none, kql: rowsOf(requests, this.kind, value) });
  }
}
