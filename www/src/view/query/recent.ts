// Queries that were run before, kept on this device.
import { css, html, nothing, type TemplateResult } from 'lit';
import { titleOf } from '../../session/query-text';
import { query as t } from '../../texts/query';
import { words as w } from '../../texts/words';
import { base } from '../style';
import { QueriesView } from './part';

/** Events: `insert` and `open`, with the text of a query. */
export class RecentList extends QueriesView {
  static override styles = [base, css`
    :host { padding: 6px; }
    li { border-bottom: 1px solid var(--line); padding: 6px 0; display: grid; gap: 4px; }
    pre { margin: 0; max-height: 90px; overflow: auto; font: 12px/17px var(--mono); white-space: pre-wrap; overflow-wrap: anywhere; }
    button.quiet { min-height: 26px; padding: 2px 8px; }
  `];

  override render(): TemplateResult | typeof nothing {
    const { queries } = this;
    if (!queries) return nothing;
    if (queries.recent.length === 0) return html`<p class="soft">${t.recent.empty}</p>`;
    const send = (name: 'open' | 'insert', detail: string) => () => this.dispatchEvent(new CustomEvent(name, { detail }));
    return html`
      <div class="bar"><span class="soft grow">${t.recent.kept(queries.recent.length)}</span>
        <button class="quiet" id="forget" @click=${() => queries.forgetRecent()}>${t.recent.forgetAll}</button></div>
      <ul>${queries.recent.map(({ kql, rows }) => html`<li><pre tabindex="0" role="region" aria-label=${titleOf(kql, t.query)}>${kql}</pre>
        <div class="bar"><span class="soft grow">${w.rows(rows)}</span><button class="quiet" @click=${send('insert', kql)}>${w.insert}</button><button class="quiet" @click=${send('open', kql)}>${w.open}</button></div></li>`)}</ul>`;
  }
}
