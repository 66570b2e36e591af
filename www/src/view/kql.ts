// A query to read and to copy: as it runs here, and in both spellings of a workspace.
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { verdict as t } from '../texts/verdict';
import { View } from './view';
import { base } from './style';

type Dialect = 'here' | 'resourceSpecific' | 'azureDiagnostics';
const DIALECTS: readonly Dialect[] = ['here', 'resourceSpecific', 'azureDiagnostics'];
/** A table that no workspace has. */
const OURS = /\bLlmCalls\b/;

export class KqlText extends View {
  static override properties = {
    ...View.properties,
    kql: { attribute: false },
    diagnostics: { attribute: false },
    workspace: { attribute: false },
    dialect: { state: true },
    translated: { state: true },
    failure: { state: true },
  };
  static override styles = [base, css`
    pre { margin: 0; padding: 12px; overflow: auto; max-height: 320px; background: var(--sunken); border: 1px solid var(--line); border-radius: 4px; font: 12.5px/19px var(--mono); white-space: pre-wrap; overflow-wrap: anywhere; tab-size: 4; }
    .bar, p { margin-bottom: 6px; }
  `];
  /** The query over the resource-specific table. */
  declare kql: string;
  /** The same over `AzureDiagnostics`, where it is known; else it is asked for. */
  declare diagnostics: string | null;
  /** What to run in a workspace instead, where the query is over a table of ours. */
  declare workspace: { resourceSpecific: string | null; azureDiagnostics: string | null } | null;
  declare dialect: Dialect;
  declare translated: string | null;
  declare failure: string | null;

  constructor() {
    super();
    this.kql = '';
    this.diagnostics = null;
    this.workspace = null;
    this.dialect = 'resourceSpecific';
    this.translated = null;
    this.failure = null;
  }

  override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    if (!changed.has('kql')) return;
    this.translated = null;
    this.failure = null;
    if (this.#isOurs) this.dialect = 'here';
    else if (this.dialect === 'here') this.dialect = 'resourceSpecific';
    if (this.dialect === 'azureDiagnostics') void this.#translate();
  }

  get #isOurs(): boolean {
    return OURS.test(this.kql);
  }

  get #dialects(): readonly Dialect[] {
    if (!this.#isOurs) return DIALECTS.slice(1);
    const { workspace } = this;
    if (!workspace || workspace.resourceSpecific === null) return [];
    return DIALECTS.filter((dialect) => dialect === 'here' || workspace[dialect] !== null);
  }

  override render(): TemplateResult {
    const text = this.#text();
    return html`
      <div class="bar">
        <div class="switch" role="group" aria-label=${t.kql.tableNames} ?hidden=${this.#dialects.length === 0}>
          ${this.#dialects.map((dialect) => html`<button
            aria-pressed=${this.dialect === dialect} @click=${() => this.#choose(dialect)}>${t.kql.dialects[dialect]}</button>`)}
        </div>
        <span class="grow"></span>
        <kqlens-copy label=${t.kql.copy} .text=${text ?? ''} ?hidden=${text === null}></kqlens-copy>
      </div>
      ${this.#isOurs && this.dialect === 'here' ? html`<p class="soft">${t.kql.ours}</p>` : nothing}
      ${this.failure ? html`<p class="soft">${this.failure}</p>` : nothing}
      ${text === null ? nothing : html`<pre tabindex="0" role="region" aria-label=${t.kql.kql}>${text}</pre>`}`;
  }

  #text(): string | null {
    if (this.dialect === 'here') return this.kql;
    if (this.workspace) return this.workspace[this.dialect];
    if (this.dialect === 'resourceSpecific') return this.kql;
    return this.diagnostics ?? this.translated;
  }

  #choose(dialect: Dialect): void {
    this.dialect = dialect;
    if (dialect === 'azureDiagnostics') void this.#translate();
  }

  async #translate(): Promise<void> {
    if (this.workspace || this.diagnostics !== null || this.translated !== null || !this.session) return;
    try {
      this.translated = await this.session.translate(this.kql);
    } catch (error) {
      this.failure = t.kql.noDiagnostics((error as Error).message);
    }
  }
}
