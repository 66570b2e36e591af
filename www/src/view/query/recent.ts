// Queries that were run before, kept on this device.
import { css, html, nothing, type TemplateResult } from 'lit';
import { titleOf } from '../../session/query-text';
import { base } from '../style';
import { plural } from '../words';
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
    if (queries.recent.length === 0) return html`<p class="soft">Queries that were run are listed here, on this device alone.</p>`;
    const send = (name: 'open' | 'insert', detail: string) => () => this.dispatchEvent(new CustomEvent(name, { detail }));
    return html`
      <div class="bar"><span class="soft grow">${plural(queries.recent.length, 'query', 'queries')}, kept on this device alone</span>
        <button class="quiet" id="forget" @click=${() => queries.forgetRecent()}>Forget all</button></div>
      <ul>${queries.recent.map(({ kql, rows }) => html`<li><pre tabindex="0" role="region" aria-label=${titleOf(kql, 'Query')}>${kql}</pre>
        <div class="bar"><span class="soft grow">${plural(rows, 'row')}</span><button class="quiet" @click=${send('insert', kql)}>Insert</button><button class="quiet" @click=${send('open', kql)}>Open</button></div></li>`)}</ul>`;
  }
}
