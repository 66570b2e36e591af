// What is masked: the rules that there are, each of which can be switched off, and those of the user.
import { css, html, nothing, type TemplateResult } from 'lit';
import type { EngineError } from 'kqlens/client';
import type { OwnRule, RedactRule } from 'kqlens';
import { conversations as t } from '../../texts/conversations';
import { words as w } from '../../texts/words';
import { icons } from '../icons';
import { base } from '../style';
import { CallsView } from './part';

const EXAMPLE = '[{ "id": "order", "title": "Order number", "pattern": "\\\\bORD-[0-9]{6}\\\\b" }, { "id": "names", "pattern": ["Maria Keller"] }]';

export class Masking extends CallsView {
  static override properties = { ...CallsView.properties, rules: { state: true }, kept: { state: true }, failure: { state: true }, isSaved: { state: true } };
  static override styles = [base, css`
    dialog { width: min(760px, calc(100vw - 32px)); padding: 16px; }
    @media (max-width: 640px) { dialog { width: 100vw; } }
    form { display: grid; gap: 12px; }
    ul { display: grid; gap: 2px 16px; grid-template-columns: repeat(auto-fill, minmax(min(220px, 100%), 1fr)); padding: 8px 12px; }
    .rules { max-height: 260px; overflow: auto; border: 1px solid var(--line); border-radius: 4px; }
    label { display: grid; grid-template-columns: 18px 1fr; gap: 6px; padding: 3px 0; font-size: 13px; }
    label.own { display: block; }
    label input { margin: 3px 0 0; }
    textarea { font: 12.5px/18px var(--mono); color: var(--ink); background: var(--sunken); border: 1px solid var(--line); border-bottom-color: var(--edge); border-radius: 4px; padding: 10px; width: 100%; min-height: 110px; resize: vertical; }
    textarea[aria-invalid="true"] { border-color: var(--error); }
    .error { display: flex; gap: 8px; padding: 8px 12px; border-radius: 4px; background: var(--error-tint); color: var(--error); overflow-wrap: anywhere; }
    .error svg { margin-top: 2px; }
  `];
  declare rules: readonly RedactRule[];
  /** Ids of rules whose finds stay. */
  declare kept: ReadonlySet<string>;
  declare failure: string | null;
  declare isSaved: boolean;

  constructor() {
    super();
    this.rules = [];
    this.kept = new Set();
    this.failure = null;
    this.isSaved = false;
  }

  async show(): Promise<void> {
    const session = this.calls?.session;
    if (!session) return;
    const { keep = [], rules = [] } = session.masking;
    this.kept = new Set(keep);
    this.failure = null;
    this.isSaved = false;
    const { text } = this;
    if (text) text.value = rules.length > 0 ? JSON.stringify(rules, null, 2) : '';
    this.renderRoot.querySelector('dialog')?.showModal();
    if (this.rules.length === 0) this.rules = (await session.engine.call('redact', 'rules')) as RedactRule[];
  }

  get text(): HTMLTextAreaElement | null {
    return this.renderRoot.querySelector('textarea');
  }

  override render(): TemplateResult {
    return html`<dialog aria-labelledby="title"><form @submit=${this.#use}>
      <div class="bar"><h2 class="grow" id="title">${t.maskingDialog.title}</h2>
        <button type="button" class="quiet icon" aria-label=${w.close} @click=${() => this.renderRoot.querySelector('dialog')?.close()}>${icons.close}</button></div>
      <p class="soft">${t.maskingDialog.about}</p>
      <div class="rules" tabindex="0" role="region" aria-label=${t.maskingDialog.rules}><ul>${this.rules.map(({ id, title, about }) => html`<li><label title=${about}><input type="checkbox" .checked=${!this.kept.has(id)}
        @change=${(event: Event) => this.#keep(id, !(event.target as HTMLInputElement).checked)}>${title}</label></li>`)}</ul></div>
      <label class="own" for="own">${t.maskingDialog.own}</label>
      <textarea id="own" spellcheck="false" aria-invalid=${this.failure !== null} aria-describedby="error" placeholder=${EXAMPLE}></textarea>
      <div id="error">${this.failure !== null ? html`<p class="error" role="alert">${icons.error}<span>${this.failure}</span></p>` : nothing}
        ${this.isSaved ? html`<p role="status">${icons.good} ${t.maskingDialog.used}</p>` : nothing}</div>
      <div class="bar"><button class="primary">${t.maskingDialog.use}</button></div>
    </form></dialog>`;
  }

  #keep(id: string, isKept: boolean): void {
    const kept = new Set(this.kept);
    if (isKept) kept.add(id);
    else kept.delete(id);
    this.kept = kept;
  }

  readonly #use = async (event: Event): Promise<void> => {
    event.preventDefault();
    this.isSaved = false;
    try {
      const text = this.text?.value.trim() ?? '';
      const rules: unknown = text === '' ? [] : JSON.parse(text);
      if (!Array.isArray(rules)) throw new SyntaxError(t.maskingDialog.areList('[{ "id": …, "pattern": … }]'));
      await this.calls?.session.mask({ keep: [...this.kept], rules: rules as OwnRule[] });
      this.failure = null;
      this.isSaved = true;
    } catch (error) {
      const { message, help } = error as EngineError;
      this.failure = help ? `${message}; ${help}` : message;
    }
  };
}
