// The tab of conversations: what the calls add up to, and the views of them.
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { Calls, NO_FILTER } from '../../session/calls';
import { rowsIn } from '../../session/session';
import { conversations as t } from '../../texts/conversations';
import { words as w } from '../../texts/words';
import { icons } from '../icons';
import { base } from '../style';
import { RedrawOnChange, View } from '../view';
import { count, percent, span } from '../words';
import type { Export } from './export';
import type { Masking } from './masking';
import type { Prices } from './prices';
import type { Spend } from './spend';
import { money } from './words';

type ViewName = 'calls' | 'spend' | 'limits' | 'agents' | 'webSockets';

export class Conversations extends View {
  static override properties = { ...View.properties, view: { state: true } };
  static override styles = [base, css`
    :host { display: grid; gap: var(--gap); grid-template-columns: minmax(0, 1fr); }
    .figures { display: flex; flex-wrap: wrap; gap: 8px 20px; align-items: end; }
    .figure { display: grid; }
    .figure strong { font-size: 20px; line-height: 26px; font-weight: 600; font-variant-numeric: tabular-nums; }
    .figure span { font-size: 12px; line-height: 16px; color: var(--soft); }
    .when { flex-basis: 100%; font-size: 13px; }
    .figure.bad strong { color: var(--error); }
    .figure.warn strong { color: var(--warning); }
    .tools { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; }
    .tools .views { flex-wrap: wrap; }
    .toggle { display: inline-flex; gap: 6px; align-items: center; min-height: 32px; }
    .card { padding: var(--pad); }
    progress { width: 100%; height: 4px; margin-top: 12px; appearance: none; border: 0; border-radius: 2px; overflow: hidden; background: var(--sunken); }
    progress::-webkit-progress-bar { background: var(--sunken); }
    progress::-webkit-progress-value { background: var(--link); }
    progress::-moz-progress-bar { background: var(--link); }
    .pricing { color: var(--error); display: inline-flex; }
    @media (max-width: 640px) { .figures { gap: 8px 20px; } .figure strong { font-size: 16px; line-height: 22px; } }
  `];
  declare view: ViewName;
  #calls: Calls | null = null;
  protected readonly redrawCalls = new RedrawOnChange(this, () => this.#calls ?? undefined);

  constructor() {
    super();
    this.view = 'calls';
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#calls?.connect();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#calls?.disconnect();
  }

  override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed as Map<PropertyKey, unknown>);
    if (!changed.has('session') || !this.session) return;
    this.#calls?.disconnect();
    this.#calls = new Calls(this.session);
    this.#calls.connect();
  }

  /** Draws again in the colours of another theme. */
  themeChanged(): void {
    this.renderRoot.querySelector<Spend>('kqlens-spend')?.themeChanged();
  }

  /** The views for which there are rows. */
  get #views(): ViewName[] {
    const tables = this.session?.tables ?? [];
    const rows = (name: string): boolean => rowsIn(tables, name) > 0;
    const views: ViewName[] = rows('ApiManagementGatewayLlmLog') || (this.#calls?.report?.totals.calls ?? 0) > 0 ? ['calls', 'spend', 'limits'] : [];
    if (rows('ApiManagementGatewayMCPLog')) views.push('agents');
    if (rows('ApiManagementWebSocketConnectionLogs')) views.push('webSockets');
    return views;
  }

  override render(): TemplateResult | typeof nothing {
    const { session } = this;
    const calls = this.#calls;
    if (!session || !calls) return nothing;
    const views = this.#views;
    const view = views.includes(this.view) ? this.view : views[0];
    return html`
      ${calls.state === 'running' ? this.#progress(calls) : nothing}
      ${calls.state === 'cancelled' ? html`<section class="card"><h2>${t.cancelled}</h2><p class="soft">${t.wasCancelled}</p>
        <p><button @click=${() => calls.load()}>${t.putTogether}</button></p></section>` : nothing}
      ${calls.state === 'failed' ? html`<section class="card" role="alert"><h2>${t.failed}</h2><p class="soft">${calls.error}</p>
        <p><button @click=${() => calls.load()}>${t.tryAgain}</button></p></section>` : nothing}
      ${calls.report ? this.#figures(calls) : nothing}
      ${calls.report || views.length > 0 ? html`<div class="tools">
        <div class="switch views" role="group" aria-label=${t.viewsLabel}>${views.map((name) => html`<button aria-pressed=${view === name} @click=${() => { this.view = name; }}>${t.views[name]}</button>`)}</div>
        <span class="grow"></span>
        <label class="toggle" title=${t.hideTextTitle}><input id="hide" type="checkbox" role="switch" .checked=${session.isTextHidden}
          @change=${(event: Event) => session.hideText((event.target as HTMLInputElement).checked)}>${t.hideText}</label>
        ${calls.report ? html`
          <button id="prices" @click=${this.#prices}>${t.prices}${calls.priceError ? html` <span class="pricing">${icons.error}<span class="hidden">${t.cannotBeRead}</span></span>` : nothing}</button>
          <button id="masking" @click=${() => this.renderRoot.querySelector<Masking>('kqlens-masking')?.show()}>${t.masking}</button>
          <button id="export" @click=${() => this.renderRoot.querySelector<Export>('kqlens-export')?.show()}>${icons.download}${t.export}</button>` : nothing}
      </div>` : nothing}
      ${calls.report || view === 'agents' || view === 'webSockets' ? this.#view(calls, view) : nothing}
      <kqlens-prices .calls=${calls}></kqlens-prices>
      <kqlens-masking .calls=${calls}></kqlens-masking>
      <kqlens-export .calls=${calls}></kqlens-export>`;
  }

  readonly #prices = (): void => {
    this.renderRoot.querySelector<Prices>('kqlens-prices')?.show();
  };

  #view(calls: Calls, view: ViewName | undefined): TemplateResult | typeof nothing {
    switch (view) {
      case 'calls': return html`<kqlens-calls .calls=${calls}></kqlens-calls>`;
      case 'spend': return html`<kqlens-spend .calls=${calls} @prices=${this.#prices}></kqlens-spend>`;
      case 'limits': return html`<kqlens-limits .calls=${calls} @problem=${(event: CustomEvent<string>) => {
        calls.where({ ...NO_FILTER, problem: event.detail });
        this.view = 'calls';
      }}></kqlens-limits>`;
      case 'agents': return html`<kqlens-agents .session=${this.session}></kqlens-agents>`;
      case 'webSockets': return html`<kqlens-web-sockets .session=${this.session}></kqlens-web-sockets>`;
      default: return nothing;
    }
  }

  #progress({ progress }: Calls): TemplateResult {
    return html`<section class="card" aria-label=${t.putting} aria-busy="true">
      <div class="bar"><h2 class="grow">${t.puttingNow}</h2>
        ${progress ? html`<span class="soft number">${t.rowsDone(progress.rowsDone, progress.rowsTotal)}</span>` : nothing}
        <button id="cancel" @click=${() => this.#calls?.cancel()}>${icons.close}${w.cancel}</button></div>
      <progress aria-label=${t.putting} max=${Math.max(1, progress?.rowsTotal ?? 1)} .value=${progress?.rowsDone ?? 0}></progress>
    </section>`;
  }

  #figures({ report }: Calls): TemplateResult | typeof nothing {
    if (!report) return nothing;
    const { totals } = report;
    const figure = (number: string, words: string, kind = ''): TemplateResult => html`<div class="figure ${kind}"><strong>${number}</strong><span>${words}</span></div>`;
    const imperfect = totals.incomplete + totals.cannotTell;
    return html`<section class="figures" aria-label=${t.figures.label}>
      ${figure(count(totals.calls), t.figures.calls)}
      ${figure(count(totals.totalTokens), t.figures.tokens(totals.promptTokens))}
      ${totals.cost ? figure(money(totals.cost), totals.unpriced > 0 ? t.figures.costWithout(totals.unpriced) : t.figures.cost) : nothing}
      ${totals.limitedByGateway > 0 ? figure(count(totals.limitedByGateway), t.figures.byGateway, 'bad') : nothing}
      ${totals.limitedByQuota > 0 ? figure(count(totals.limitedByQuota), t.figures.byQuota, 'bad') : nothing}
      ${totals.limitedByModel > 0 ? figure(count(totals.limitedByModel), t.figures.byModel, 'bad') : nothing}
      ${figure(percent(totals.calls > 0 ? totals.streaming / totals.calls : 0), t.figures.streamed)}
      ${totals.withoutTokens > 0 ? figure(count(totals.withoutTokens), t.figures.withoutTokens, 'warn') : nothing}
      ${imperfect > 0 ? figure(count(imperfect), t.figures.notComplete, 'warn') : nothing}
      ${totals.from && totals.to ? html`<p class="when soft">${t.figures.when(span(totals.from, totals.to))}</p>` : nothing}
    </section>`;
  }
}
