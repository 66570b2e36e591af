// The tab that explores: a table, what is kept of it, and one of four questions about the rest.
import { css, html, nothing, type TemplateResult } from 'lit';
import { Explore, type Question, spanTitle } from '../../session/explore';
import { explore as t } from '../../texts/explore';
import { words as w } from '../../texts/words';
import { icons } from '../icons';
import { base } from '../style';
import { RedrawOnChange, View } from '../view';

const QUESTIONS: readonly Question[] = ['facets', 'changes', 'messages', 'events'];

export class ExploreTab extends View {
  static override styles = [base, css`
    :host { display: grid; gap: 12px; grid-template-columns: minmax(0, 1fr); }
    label { display: inline-flex; gap: 6px; align-items: center; font-size: 13px; }
    select { max-width: min(340px, 70vw); }
    .chips { display: flex; flex-wrap: wrap; gap: 6px; }
    .chips button { border-radius: 16px; min-height: 28px; padding: 2px 10px; background: var(--tint); color: var(--link); border-color: transparent; max-width: 100%; }
    .chips span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    .chips svg { width: 12px; height: 12px; }
    .switch { flex-wrap: wrap; }
  `];
  #explore: Explore | null = null;
  protected readonly redrawExplore = new RedrawOnChange(this, () => this.#explore ?? undefined);

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    super.willUpdate(changed);
    if (!changed.has('session') || !this.session) return;
    this.#explore = new Explore(this.session);
  }

  override render(): TemplateResult | typeof nothing {
    const explore = this.#explore;
    if (!explore) return nothing;
    if (explore.table === '') return html`<p class="soft">${t.noTable}</p>`;
    const { question } = explore;
    const isKept = explore.filters.length > 0 || explore.span !== null;
    return html`
      <div class="bar">
        <label>${w.table} <select id="table" @change=${(event: Event) => explore.choose((event.target as HTMLSelectElement).value)}>
          ${explore.tables.map(({ name, rows }) => html`<option value=${name} .selected=${name === explore.table}>${t.tableWithRows(name, rows)}</option>`)}</select></label>
        <span class="grow"></span>
        <button class="quiet" id="rows" @click=${() => explore.session.showRows({ title: explore.slice.title, kql: explore.kql })}>${icons.rows}${w.showRows}</button>
        <button class="quiet" @click=${() => explore.session.showKql({ title: explore.slice.title, kql: explore.kql })}>${icons.code}${w.showKql}</button></div>
      ${isKept ? html`<div class="chips" role="group" aria-label=${t.filters}>${explore.filters.map((filter) => html`<button title=${t.takeAway(filter.kql)} @click=${() => explore.unfilter(filter)}><span>${filter.title}</span>${icons.close}</button>`)}
        ${explore.span ? html`<button title=${t.takeSpanAway} @click=${() => explore.brush(null)}><span>${spanTitle(explore.span)}</span>${icons.close}</button>` : nothing}
        <button id="all" @click=${() => explore.unfilter(null)}><span>${t.clearAll}</span></button></div>` : nothing}
      <kqlens-brush .explore=${explore}></kqlens-brush>
      <div class="bar"><div class="switch" role="group" aria-label=${t.question}>${QUESTIONS.filter((id) => id !== 'events' || explore.hasEvents).map((id) => html`<button id="ask-${id}" aria-pressed=${id === question} @click=${() => explore.show(id)}>${t.questions[id]}</button>`)}</div>
        <span class="soft" role="status">${explore.isAsking ? t.running : ''}</span></div>
      ${question === 'facets' ? html`<kqlens-facets .explore=${explore}></kqlens-facets>` : question === 'changes' ? html`<kqlens-changes .explore=${explore}></kqlens-changes>`
        : question === 'messages' ? html`<kqlens-messages .explore=${explore}></kqlens-messages>` : html`<kqlens-events .explore=${explore}></kqlens-events>`}`;
  }
}
