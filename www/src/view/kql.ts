// A query in both spellings of the gateway table, to read and to copy.
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { View } from './view';
import { base } from './style';

type Dialect = 'resourceSpecific' | 'azureDiagnostics';
const DIALECTS: readonly [Dialect, string][] = [
  ['resourceSpecific', 'Resource-specific'],
  ['azureDiagnostics', 'AzureDiagnostics'],
];

export class KqlText extends View {
  static override properties = {
    ...View.properties,
    kql: { attribute: false },
    diagnostics: { attribute: false },
    dialect: { state: true },
    translated: { state: true },
    failure: { state: true },
  };
  static override styles = [base, css`
    pre { margin: 0; padding: 12px; overflow: auto; max-height: 320px; background: var(--sunken); border: 1px solid var(--line); border-radius: 4px; font: 12.5px/19px var(--mono); white-space: pre-wrap; overflow-wrap: anywhere; tab-size: 4; }
    .bar { margin-bottom: 6px; }
  `];
  /** The query over the resource-specific table. */
  declare kql: string;
  /** The same over `AzureDiagnostics`, where it is known; else it is asked for. */
  declare diagnostics: string | null;
  declare dialect: Dialect;
  declare translated: string | null;
  declare failure: string | null;

  constructor() {
    super();
    this.kql = '';
    this.diagnostics = null;
    this.dialect = 'resourceSpecific';
    this.translated = null;
    this.failure = null;
  }

  override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    if (!changed.has('kql')) return;
    this.translated = null;
    this.failure = null;
    if (this.dialect === 'azureDiagnostics') void this.#translate();
  }

  override render(): TemplateResult {
    const text = this.#text();
    return html`
      <div class="bar">
        <div class="switch" role="group" aria-label="Table names">
          ${DIALECTS.map(([dialect, label]) => html`<button
            aria-pressed=${this.dialect === dialect} @click=${() => this.#choose(dialect)}>${label}</button>`)}
        </div>
        <span class="grow"></span>
        <kqlens-copy label="Copy KQL" .text=${text ?? ''} ?hidden=${text === null}></kqlens-copy>
      </div>
      ${this.failure ? html`<p class="soft">${this.failure}</p>` : nothing}
      ${text === null ? nothing : html`<pre tabindex="0" role="region" aria-label="KQL">${text}</pre>`}`;
  }

  #text(): string | null {
    if (this.dialect === 'resourceSpecific') return this.kql;
    return this.diagnostics ?? this.translated;
  }

  #choose(dialect: Dialect): void {
    this.dialect = dialect;
    if (dialect === 'azureDiagnostics') void this.#translate();
  }

  async #translate(): Promise<void> {
    if (this.diagnostics !== null || this.translated !== null || !this.session) return;
    try {
      this.translated = await this.session.translate(this.kql);
    } catch (error) {
      this.failure = `This query has no AzureDiagnostics form: ${(error as Error).message}`;
    }
  }
}
