// What the rows hold, column by column: the values that are most often there, and numbers as bars.
import { css, html, nothing, type TemplateResult } from 'lit';
import { isOther, isValue } from '../../session/conditions';
import { type Asked, type Facet, ofBar } from '../../session/explore';
import { explore as t } from '../../texts/explore';
import { words as w } from '../../texts/words';
import { icons } from '../icons';
import { base } from '../style';
import { cellText, count } from '../words';
import { ExploreView } from './part';

export class Facets extends ExploreView {
  static override styles = [base, css`
    :host { display: grid; gap: 12px; grid-template-columns: repeat(auto-fill, minmax(min(300px, 100%), 1fr)); align-items: start; }
    .card { padding: 10px 12px; }
    h3 { overflow-wrap: anywhere; }
    li { display: grid; grid-template-columns: minmax(0, 1fr) max-content max-content; align-items: center; gap: 2px; border-top: 1px solid var(--line); position: relative; font-size: 13px; }
    li i { position: absolute; inset-block-end: 0; inset-inline-start: 0; height: 2px; background: var(--link); forced-color-adjust: none; }
    li .value { justify-content: start; color: var(--ink); padding-inline: 4px; min-width: 0; }
    li .value span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    li .number { font-size: 12px; padding-inline: 4px; }
    li .icon { min-width: 26px; min-height: 26px; padding: 3px; color: var(--soft); }
    li .icon svg { width: 12px; height: 12px; }
  `];

  override render(): TemplateResult | typeof nothing {
    const { explore } = this;
    if (!explore) return nothing;
    if (explore.facets.length === 0) return html`${explore.isAsking ? html`<div class="skeleton"></div>` : html`<p class="soft">${t.facets.none}</p>`}`;
    return html`${explore.facets.map((facet) => {
      const answer = explore.answers.get(`facet ${facet.name}`);
      return html`<section class="card ${answer?.state === 'running' && answer.rows.length > 0 ? 'old' : ''}" aria-label=${facet.name}>
        <div class="bar"><h3 class="grow">${facet.name}</h3>
          <button class="quiet icon" aria-label=${w.showKqlOf(facet.name)} title=${w.showKql} ?disabled=${!answer} @click=${() => answer && explore.session.showKql({ title: facet.name, kql: answer.kql })}>${icons.code}</button></div>
        ${!answer || (answer.state === 'running' && answer.rows.length === 0) ? html`<div class="skeleton"></div>` : answer.state === 'failed' ? html`<p class="soft">${answer.error}</p>` : this.#bars(facet, answer)}
      </section>`;
    })}`;
  }

  #bars(facet: Facet, { rows }: Asked): TemplateResult {
    const at = facet.kind === 'values' ? 0 : 1;
    const most = Math.max(1, ...rows.map((row) => Number(row[1] ?? 0)));
    if (rows.length === 0) return html`<p class="soft">${t.facets.noRow}</p>`;
    return html`<ul>${rows.map(([value, n]) => {
      const title = at === 0 ? cellText(value) || w.empty : barTitle(value);
      const kql = at === 0 || value === null ? isValue(facet.name, value, facet.type) : ofBar(facet.name, Number(value));
      const not = at === 0 || value === null ? isOther(facet.name, value, facet.type) : `not(${kql})`;
      return html`<li><button class="quiet value" title=${t.facets.only(title)} @click=${() => this.explore?.filter({ title: `${facet.name}: ${title}`, kql })}><span>${title}</span></button>
        <span class="number">${count(Number(n))}</span>
        <button class="quiet icon" aria-label=${t.facets.withoutOf(facet.name, title)} title=${t.facets.without(title)} @click=${() => this.explore?.filter({ title: t.facets.not(facet.name, title), kql: not })}>${icons.close}</button>
        <i aria-hidden="true" .style=${`width: ${((100 * Number(n)) / most).toFixed(1)}%`}></i></li>`;
    })}</ul>`;
  }
}

function barTitle(from: unknown): string {
  if (from === null) return w.empty;
  const low = Number(from);
  return low === 0 ? t.facets.belowOne : t.facets.between(low, low * 2);
}
