// When which backend was throttled, refused or out of reach of its pool: one line per backend and kind.
import { css, html, nothing, svg, type TemplateResult } from 'lit';
import { eventRows } from '../../session/explore';
import { literal } from '../../session/panels';
import { explore as t } from '../../texts/explore';
import { words as w } from '../../texts/words';
import { startsOf } from '../chart';
import { icons } from '../icons';
import { base } from '../style';
import { cellText, moment } from '../words';
import { ExploreView } from './part';

interface Line {
  backend: string;
  event: string;
  total: number;
  byStart: Map<number, number>;
}

export class Events extends ExploreView {
  static override styles = [base, css`
    .card { padding: calc(var(--pad) * 0.75) var(--pad); }
    .about { font-size: 12px; line-height: 16px; margin-top: 2px; }
    ul { margin-top: 8px; }
    li { display: grid; grid-template-columns: minmax(0, 260px) minmax(0, 1fr) max-content; gap: 4px 12px; align-items: center; border-top: 1px solid var(--line); padding: 4px 0; font-size: 13px; }
    li > span { overflow-wrap: anywhere; }
    .strip svg { width: 100%; height: 22px; display: block; background: var(--sunken); border-radius: 2px; fill: var(--failed-fill); forced-color-adjust: none; }
    .axis { display: flex; justify-content: space-between; font-size: 12px; margin-top: 4px; }
    @media (max-width: 640px) { li { grid-template-columns: minmax(0, 1fr) max-content; } li .strip { grid-column: 1 / -1; grid-row: 2; } }
  `];

  override render(): TemplateResult | typeof nothing {
    const { explore } = this;
    const answer = explore?.answers.get('events');
    if (!explore) return nothing;
    const lines = new Map<string, Line>();
    for (const [backend, event, time, n] of answer?.rows ?? []) {
      const key = JSON.stringify([backend, event]);
      const line = lines.get(key) ?? { backend: cellText(backend), event: cellText(event), total: 0, byStart: new Map() };
      line.total += Number(n);
      line.byStart.set(Date.parse(cellText(time)), Number(n));
      lines.set(key, line);
    }
    const ordered = [...lines.values()].sort((a, b) => (a.backend < b.backend ? -1 : a.backend > b.backend ? 1 : b.total - a.total));
    const starts_ms = startsOf((explore.answers.get('timeline')?.rows ?? []).map(([time]) => Date.parse(cellText(time))), explore.bin.ms);
    const time = (at: number): string => moment(new Date(starts_ms.at(at) ?? 0).toISOString());
    return html`<section class="card" aria-labelledby="title">
      <div class="bar"><h2 class="grow" id="title">${t.events.title}</h2>
        <button class="quiet" ?disabled=${!answer} @click=${() => answer && explore.session.showKql({ title: t.events.title, kql: answer.kql })}>${icons.code}${w.showKql}</button></div>
      <p class="soft about">${t.events.about}</p>
      ${!answer || answer.state === 'running' ? html`<div class="skeleton"></div>` : answer.state === 'failed' ? html`<p class="soft">${answer.error}</p>`
        : ordered.length === 0 ? html`<p class="soft" role="status">${t.events.none}</p>` : html`
        <ul>${ordered.map((line) => html`<li><span><b>${line.backend}</b> ${line.event}</span>
          <span class="strip" role="img" aria-label=${t.events.span(line.total, moment(new Date(Math.min(...line.byStart.keys())).toISOString()), moment(new Date(Math.max(...line.byStart.keys())).toISOString()))}>${this.#strip(line, starts_ms)}</span>
          <button class="quiet" @click=${() => explore.session.showRows({ title: `${line.backend}: ${line.event}`, kql: `${eventRows(explore.kql)}\n| where Backend == ${literal(line.backend)} and Event == ${literal(line.event)}\n| order by TimeGenerated asc` })}>${t.rowCount(line.total)}</button></li>`)}</ul>
        <p class="axis soft" aria-hidden="true"><span>${time(0)}</span><span>${time(-1)}</span></p>`}
    </section>`;
  }

  #strip({ byStart }: Line, starts_ms: readonly number[]): TemplateResult {
    const most = Math.max(1, ...byStart.values());
    return html`<svg viewBox="0 0 ${Math.max(1, starts_ms.length)} 22" preserveAspectRatio="none" aria-hidden="true">${starts_ms.map((start, at) => {
      const n = byStart.get(start) ?? 0;
      const height = n === 0 ? 0 : Math.max(3, (22 * n) / most);
      return n === 0 ? nothing : svg`<rect x=${at} width="1" y=${22 - height} height=${height}/>`;
    })}</svg>`;
  }
}
