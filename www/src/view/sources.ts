// What was loaded: how it was recognised, what became rows, what did not and why.
import { css, html, nothing, type TemplateResult } from 'lit';
import type { SourceReport } from 'kqlens';
import { verdict as t } from '../texts/verdict';
import { words as w } from '../texts/words';
import { columnKql } from '../session/conditions';
import { icons } from './icons';
import { base } from './style';
import { View } from './view';
import { count, span } from './words';

const MOST_REJECTS = 50;

export class Sources extends View {
  static override styles = [base, css`
    .card { padding: var(--pad); }
    li.source { border-top: 1px solid var(--line); padding: 12px 0; }
    li.source:last-child { padding-bottom: 0; }
    .name { font-weight: 600; overflow-wrap: anywhere; }
    .facts { display: grid; gap: 2px 16px; grid-template-columns: minmax(96px, max-content) 1fr; margin-top: 6px; font-size: 13px; }
    .facts dt { color: var(--soft); }
    .facts dd { overflow-wrap: anywhere; }
    .warning-line { display: flex; gap: 8px; margin-top: 6px; color: var(--warning); font-size: 13px; }
    .warning-line svg { margin-top: 2px; }
    details { margin-top: 8px; }
    summary { cursor: pointer; }
    .scroll { overflow: auto; max-height: 320px; margin-top: 6px; border: 1px solid var(--line); border-radius: 4px; }
    table { border-collapse: collapse; width: 100%; font-size: 12.5px; }
    th { position: sticky; top: 0; background: var(--sunken); text-align: start; font-weight: 600; padding: 4px 8px; }
    td { border-top: 1px solid var(--line); padding: 4px 8px; vertical-align: top; }
    td.text { font-family: var(--mono); overflow-wrap: anywhere; min-width: 200px; }
  `];

  override render(): TemplateResult | typeof nothing {
    const { session } = this;
    if (!session || session.sources.length === 0) return nothing;
    return html`<section class="card" aria-labelledby="title">
      <div class="bar"><h2 class="grow" id="title">${t.sources.title}</h2>
        ${session.sources.length > 1 ? html`<label><input id="merge" type="checkbox" .checked=${session.isMerging}
          @change=${(event: Event) => session.merge((event.target as HTMLInputElement).checked)}> ${t.sources.merge}</label>` : nothing}</div>
      <ul>${session.sources.map((source) => this.#source(source))}</ul>
    </section>`;
  }

  #source(source: SourceReport): TemplateResult {
    const { rejects } = source;
    const isAmbiguous = source.warnings.some(({ code }) => /date/i.test(code));
    return html`<li class="source">
      <div class="bar">
        <span class="name">${source.name}</span>
        <span class="pill">${source.format}</span>
        ${rejects.count > 0
          ? html`<span class="pill warning">${icons.warning}${t.sources.rejects(rejects.count)}</span>`
          : html`<span class="pill good">${icons.good}${t.sources.allRead}</span>`}
        <span class="grow"></span>
        ${this.session?.isReadonly ? nothing : html`<button class="quiet" @click=${() => this.session?.remove(source.id)}>${icons.close}${t.sources.remove}<span class="hidden"> ${source.name}</span></button>`}
      </div>
      <dl class="facts">
        <dt>${t.sources.records}</dt><dd>${t.sources.recordsAre(source.records, source.rows, rejects.count)}</dd>
        ${source.duplicates > 0 ? html`<dt>${t.sources.shared}</dt><dd>${t.sources.sharedRows(source.duplicates)}</dd>` : nothing}
        ${source.tables.length > 0 ? html`<dt>${t.sources.tables}</dt><dd>${source.tables.map(({ name, rows }) => html`<button class="quiet"
          @click=${() => this.session?.showRows({ title: name, kql: columnKql(name) })}>${t.sources.tableWithRows(name, rows)}</button>`)}</dd>` : nothing}
        ${source.timeRange ? html`<dt>${w.time}</dt><dd>${t.sources.spanUtc(span(source.timeRange.from, source.timeRange.to))}</dd>` : nothing}
        <dt>${t.sources.recognisedBy}</dt><dd>${source.evidence.join('; ') || t.sources.itsShape}; ${source.encoding}</dd>
      </dl>
      ${source.warnings.map(({ message }) => html`<p class="warning-line">${icons.warning}<span>${message}</span></p>`)}
      ${isAmbiguous ? html`<div class="bar"><span>${t.sources.dates}</span>
        <button @click=${() => this.session?.settleDates(source.id, 'dmy')}>${t.sources.dayFirst}</button>
        <button @click=${() => this.session?.settleDates(source.id, 'mdy')}>${t.sources.monthFirst}</button></div>` : nothing}
      ${rejects.count > 0 ? this.#rejects(source) : nothing}
    </li>`;
  }

  #rejects({ rejects, name }: SourceReport): TemplateResult {
    const shown = rejects.samples.slice(0, MOST_REJECTS);
    return html`<details>
      <summary>${shown.length < rejects.count ? t.sources.notReadSome(shown.length, rejects.count) : t.sources.notRead(rejects.count)}</summary>
      <div class="scroll" tabindex="0" role="region" aria-label=${t.sources.rejectsOf(name)}><table>
        <thead><tr><th scope="col">${t.sources.line}</th><th scope="col">${t.sources.byte}</th><th scope="col">${t.sources.reason}</th><th scope="col">${t.sources.text}</th></tr></thead>
        <tbody>${shown.map(({ line, offset, reason, text }) => html`<tr>
          <td class="number">${count(line)}</td><td class="number">${count(offset)}</td><td>${reason}</td><td class="text">${this.session?.isTextHidden ? html`<span class="soft">${w.textHidden}</span>` : text}</td></tr>`)}</tbody>
      </table></div>
    </details>`;
  }
}
