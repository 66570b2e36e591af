// The palette of actions and the map of keys: two dialogs of the page around the element.
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { shell as t } from '../texts/shell';
import { words as w } from '../texts/words';
import type { KqlensApp } from '../view/app';
import { base, tokens } from '../view/style';
import { ACTIONS, type Action, KEYS } from './actions';

/** Whether the letters of `typed` stand in `title` in their order. */
function fits(title: string, typed: string): boolean {
  let at = 0;
  for (const letter of typed.toLowerCase().replaceAll(' ', '')) {
    at = title.toLowerCase().indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}

export class Palette extends LitElement {
  static override properties = { app: { attribute: false }, shown: { state: true }, typed: { state: true }, at: { state: true } };
  static override styles = [tokens, base, css`
    :host { display: contents; }
    dialog { width: min(560px, calc(100vw - 32px)); margin-top: 12vh; padding: 8px; overflow: hidden; }
    dialog[open] { display: flex; flex-direction: column; }
    dialog.keys { width: min(720px, calc(100vw - 32px)); margin-top: auto; padding: 16px; overflow: auto; }
    input { font: inherit; width: 100%; color: var(--ink); background: var(--card); border: 1px solid var(--line); border-bottom-color: var(--edge); border-radius: 4px; min-height: 36px; padding: 4px 10px; }
    [role=listbox] { overflow: auto; margin-top: 6px; }
    [role=option] { display: flex; gap: 8px; padding: 7px 10px; border-radius: 4px; cursor: pointer; }
    [role=option] span { flex: 1; }
    [role=option][aria-selected="true"] { background: var(--tint); color: var(--link); }
    kbd { font: 12px var(--mono); color: var(--soft); white-space: nowrap; }
    .none { padding: 12px 10px; }
    h3 { margin-top: 14px; }
    dl { display: grid; grid-template-columns: minmax(140px, max-content) 1fr; gap: 4px 16px; margin-top: 4px; }
    dt kbd { color: var(--ink); white-space: normal; }
    @media (forced-colors: active) { [role=option][aria-selected="true"] { outline: 2px solid Highlight; } }
  `];
  declare app: KqlensApp | undefined;
  declare shown: 'actions' | 'keys' | null;
  declare typed: string;
  declare at: number;

  constructor() {
    super();
    this.shown = null;
    this.typed = '';
    this.at = 0;
  }

  /** Shows the actions or the keys; what is shown already is closed. `held` are keys that were pressed before. */
  show(what: 'actions' | 'keys', held: readonly string[] = []): void {
    const dialog = this.renderRoot.querySelector('dialog');
    if (this.shown === what && dialog?.open) return dialog.close();
    const end = held.find((key) => key === 'Enter' || key === 'Escape');
    const letters = end === undefined ? held : held.slice(0, held.indexOf(end));
    const typed = letters.reduce((text, key) => (key === 'Backspace' ? text.slice(0, -1) : key.length === 1 ? text + key : text), '');
    Object.assign(this, { shown: end === 'Escape' ? null : what, typed, at: 0 });
    this.requestUpdate();
    const [action] = this.#found;
    if (what === 'actions' && end === 'Enter' && action) {
      this.shown = null;
      this.#run(action);
    }
  }

  /** A dialog says late that it was closed; it may be open again by then. */
  readonly #closed = (event: Event): void => {
    if (!(event.target as HTMLDialogElement).open) this.shown = null;
  };

  override updated(): void {
    const dialog = this.renderRoot.querySelector('dialog');
    if (dialog && !dialog.open) dialog.showModal();
  }

  override render(): TemplateResult | typeof nothing {
    if (this.shown === 'keys') return this.#keys();
    return this.shown === 'actions' ? this.#actions() : nothing;
  }

  get #found(): readonly Action[] {
    const { app } = this;
    if (!app) return [];
    const found = ACTIONS.filter((action) => action.isThere(app) && fits(action.title, this.typed));
    // What holds the letters in one piece comes first.
    const holds = ({ title }: Action): number => (title.toLowerCase().includes(this.typed.trim().toLowerCase()) ? 0 : 1);
    return found.toSorted((a, b) => holds(a) - holds(b));
  }

  #actions(): TemplateResult {
    const found = this.#found;
    const at = Math.min(this.at, found.length - 1);
    return html`<dialog aria-label=${t.allActions} @close=${this.#closed}>
      <input role="combobox" aria-label=${t.action} aria-expanded="true" aria-controls="actions" aria-activedescendant=${found.length > 0 ? `action-${at}` : ''} autocomplete="off"
        .value=${this.typed} @input=${(event: Event) => Object.assign(this, { typed: (event.target as HTMLInputElement).value, at: 0 })} @keydown=${(event: KeyboardEvent) => this.#key(event, found, at)}>
      <div role="listbox" id="actions" aria-label=${t.actions}>${found.map((action, index) => html`<div role="option" id="action-${index}" aria-selected=${index === at}
        @click=${() => this.#run(action)}><span>${action.title}</span>${action.keys ? html`<kbd>${action.keys}</kbd>` : nothing}</div>`)}</div>
      ${found.length === 0 ? html`<p class="none soft">${t.noAction}</p>` : nothing}</dialog>`;
  }

  #key(event: KeyboardEvent, found: readonly Action[], at: number): void {
    const action = found[at];
    if (event.key === 'ArrowDown') this.at = (at + 1) % Math.max(1, found.length);
    else if (event.key === 'ArrowUp') this.at = (at + found.length - 1) % Math.max(1, found.length);
    else if (event.key === 'Enter' && action) this.#run(action);
    else return;
    event.preventDefault();
    void this.updateComplete.then(() => this.renderRoot.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' }));
  }

  #run(action: Action): void {
    this.renderRoot.querySelector('dialog')?.close();
    if (this.app) void action.run(this.app);
  }

  #keys(): TemplateResult {
    return html`<dialog class="keys" aria-labelledby="title" @close=${this.#closed}>
      <div class="bar"><h2 class="grow" id="title">${t.keys}</h2><button @click=${() => this.renderRoot.querySelector('dialog')?.close()}>${w.close}</button></div>
      ${KEYS.map(({ where, keys }) => html`<h3>${where}</h3><dl>${keys.map(([key, does]) => html`<dt><kbd>${key}</kbd></dt><dd>${does}</dd>`)}</dl>`)}
      <p class="soft">${t.onMac}</p></dialog>`;
  }
}

customElements.define('kqlens-palette', Palette);
