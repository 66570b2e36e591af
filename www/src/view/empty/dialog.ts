// *My query returns nothing*: the steps in a dialog of their own, of a query that is handed over or typed.
import { css, html, nothing, type TemplateResult } from 'lit';
import { isOurs, type Source } from '../../session/places';
import { empty as t } from '../../texts/empty';
import { handoff as h } from '../../texts/handoff';
import { words as w } from '../../texts/words';
import { icons } from '../icons';
import { base } from '../style';
import { View } from '../view';

export class EmptyDialog extends View {
  static override properties = { ...View.properties, source: { state: true } };
  static override styles = [base, css`
    dialog { width: min(1000px, calc(100vw - 32px)); padding: 16px; }
    dialog[open] { display: grid; gap: 12px; align-content: start; grid-template-columns: minmax(0, 1fr); }
    h2.grow { overflow-wrap: anywhere; min-width: 0; }
    .bar:has(h2) { flex-wrap: nowrap; align-items: start; }
    .bad { color: var(--error); }
    form { display: grid; gap: 8px; }
    label { display: grid; gap: 4px; font-weight: 600; }
    textarea { font: 12.5px/19px var(--mono); color: var(--ink); background: var(--card); border: 1px solid var(--line); border-bottom-color: var(--edge); border-radius: 4px; padding: 6px 8px; width: 100%; tab-size: 4; }
    form button { justify-self: end; }
    @media (max-width: 760px) { dialog { padding: 12px; width: 100vw; max-width: 100vw; height: 100dvh; max-height: 100dvh; border-radius: 0; margin: 0; } }
  `];
  /** The query; null until one is typed. */
  declare source: Source | null;

  constructor() {
    super();
    this.source = null;
  }

  get #dialog(): HTMLDialogElement | null {
    return this.renderRoot.querySelector('dialog');
  }

  async show(): Promise<void> {
    const source = this.session?.emptied;
    if (!source) return;
    this.source = source.kql.trim() === '' ? null : source;
    await this.updateComplete;
    if (!this.#dialog?.open) this.#dialog?.showModal();
    this.renderRoot.querySelector('textarea')?.focus();
  }

  readonly #ask = async (): Promise<void> => {
    this.source = null;
    await this.updateComplete;
    this.renderRoot.querySelector('textarea')?.focus();
  };

  readonly #begin = (event: SubmitEvent): void => {
    event.preventDefault();
    const kql = this.renderRoot.querySelector('textarea')?.value.trim() ?? '';
    if (kql !== '') this.source = { title: '', kql };
  };

  override render(): TemplateResult {
    const { source } = this;
    return html`<dialog aria-labelledby="title" @close=${() => this.session?.whyNothing(null)} @leave=${() => this.#dialog?.close()}>
      <div class="bar"><h2 class="grow" id="title">${source?.title ? t.titleOf(source.title) : t.title}</h2>
        ${source ? html`<button class="quiet" id="other" @click=${this.#ask}>${t.otherQuery}</button>` : nothing}
        <button class="quiet icon" aria-label=${w.close} @click=${() => this.#dialog?.close()}>${icons.close}</button></div>
      <p class="soft" id="about">${t.about}</p>
      ${source ? html`${isOurs(source) ? html`<p class="bad">${h.ours}</p>` : nothing}
        <kqlens-empty-steps .session=${this.session} .source=${source}></kqlens-empty-steps>`
        : html`<form @submit=${this.#begin}><label>${t.query}<textarea rows="8" required spellcheck="false" autocapitalize="off" aria-describedby="about"></textarea></label>
          <button class="primary">${t.begin}</button></form>`}</dialog>`;
  }
}
