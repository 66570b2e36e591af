// What is different between two slices: each value of each column by how much its share changed.
import { css, html, nothing, type TemplateResult } from 'lit';
import { isValue } from '../../session/conditions';
import type { Slice } from '../../session/explore';
import { explore as t } from '../../texts/explore';
import { words as w } from '../../texts/words';
import { icons } from '../icons';
import { base } from '../style';
import { cellText, percent } from '../words';
import { ExploreView } from './part';

const MOST_LINES = 40;
/** A smaller part of the rows than this is no change. */
const LEAST_SHARE = 0.001;

export class Changes extends ExploreView {
  static override styles = [base, css`
    .card { padding: calc(var(--pad) * 0.75) var(--pad); }
    .slices { display: flex; flex-wrap: wrap; gap: 4px 16px; margin: 6px 0; font-size: 13px; }
    .scroll { overflow-x: auto; }
    table { width: 100%; border-collapse: collapse; }
    th { font-size: 12px; color: var(--soft); text-align: start; padding: 4px 8px 4px 0; white-space: nowrap; }
    th.number { text-align: end; }
    td { border-top: 1px solid var(--line); padding: 3px 8px 3px 0; font-size: 13px; }
    td.what { min-width: 180px; overflow-wrap: anywhere; }
    td.more, td.number { white-space: nowrap; }
    .up { color: var(--error); }
    .down { color: var(--good); }
  `];

  override render(): TemplateResult | typeof nothing {
    const { explore } = this;
    const slices = explore?.slices;
    if (!explore) return nothing;
    const keep = html`<button id="keep" @click=${() => explore.keep(explore.slice)}>${t.changes.keep(explore.slice.title.slice(0, 60))}</button>`;
    if (!slices) {
      return html`<section class="card"><h2>${t.questions.changes}</h2>
        <p class="soft">${t.changes.how}</p>${keep}</section>`;
    }
    const { a, b } = slices;
    const lines = explore.facets.flatMap((facet) => {
      const answer = explore.answers.get(`change ${facet.name}`);
      return (answer?.rows ?? []).map(([value, inA, inB, shareA, shareB, difference]) => ({
        facet, kql: answer?.kql ?? '', value, inA: Number(inA), inB: Number(inB), shareA: Number(shareA), shareB: Number(shareB), difference: Number(difference),
      }));
    }).filter(({ difference, value, facet }, _at, all) => Math.abs(difference) >= LEAST_SHARE
      // That a column is empty less often says nothing where a value of it that came says it.
      && !((value === null || value === '') && all.some((other) => other.facet === facet && other.value !== value && Math.abs(other.difference) >= Math.abs(difference) / 2))).sort((x, y) => Math.abs(y.difference) - Math.abs(x.difference)).slice(0, MOST_LINES);
    const failed = explore.facets.map(({ name }) => explore.answers.get(`change ${name}`)).find((answer) => answer?.state === 'failed');
    return html`<section class="card" aria-labelledby="title">
      <div class="bar"><h2 class="grow" id="title">${t.questions.changes}</h2>${explore.kept ? html`<button @click=${() => explore.keep(null)}>${t.changes.forget}</button>` : keep}</div>
      <div class="slices"><span><b>A</b> ${a.title}</span><span><b>B</b> ${b.title}</span><span class="soft" role="status">${explore.isAsking ? t.changes.comparing : t.changes.differences(lines.length)}</span></div>
      ${failed ? html`<p class="soft">${failed.error}</p>` : nothing}
      ${lines.length === 0 ? html`<p class="soft">${explore.isAsking ? '' : t.changes.same}</p>` : html`<div class="scroll" tabindex="0" role="region" aria-label=${t.questions.changes}><table>
        <thead><tr><th scope="col">${w.value}</th><th scope="col" class="number">A</th><th scope="col" class="number">B</th><th scope="col" class="number">${t.changes.change}</th><th scope="col">${t.changes.rowsAndKql}</th></tr></thead>
        <tbody>${lines.map(({ facet, kql, value, inA, inB, shareA, shareB, difference }) => {
          const shown = cellText(value) || w.empty;
          const title = `${facet.name}: ${shown}`;
          const condition = isValue(facet.name, value, facet.type);
          const rows = (slice: Slice, name: string): TemplateResult => html`<button class="quiet" aria-label=${t.changes.rowsOf(name, title)} @click=${() => explore.session.showRows({
            title: `${name} · ${title}`, kql: [explore.table, ...slice.conditions.map((one) => `| where ${one}`), `| where ${condition}`].join('\n'),
          })}>${name}</button>`;
          return html`<tr><td class="what"><span class="soft">${facet.name}</span> ${shown}</td>
            <td class="number" title=${t.rowCount(inA)}>${percent(shareA)}</td><td class="number" title=${t.rowCount(inB)}>${percent(shareB)}</td>
            <td class="number ${difference > 0 ? 'up' : 'down'}">${t.changes.points(difference > 0 ? '▲ +' : '▼ −', percent(Math.abs(difference)).replace(' %', ''))}</td>
            <td class="more">${rows(a, 'A')}${rows(b, 'B')}<button class="quiet icon" aria-label=${w.showKqlOf(title)} title=${w.showKql}
              @click=${() => explore.session.showKql({ title, kql: `${kql}\n| where ${isValue('Value', value, facet.type)}` })}>${icons.code}</button></td></tr>`;
        })}</tbody></table></div>`}</section>`;
  }
}
