// A link to a query that somebody else sent: pasted here, shown on the page, not run by itself.
import { css, html, type TemplateResult } from 'lit';
import type { EngineError } from 'kqlens/client';
import { queryOf, whyNot } from '../../session/outside';
import { handoff as t } from '../../texts/handoff';
import { words as w } from '../../texts/words';
import { icons } from '../icons';
import { base } from '../style';
import { View } from '../view';

export class OpenLink extends View {
  static override properties = { ...View.properties, failure: { state: true } };
  static override styles = [base, css`
    dialog { width: min(620px, calc(100vw - 32px)); padding: 16px; }
    @media (max-width: 640px) { dialog { width: 100vw; } }
    form { display: grid; gap: 8px; margin-top: 8px; }
    label { display: grid; gap: 4px; }
    textarea { font: 12.5px/18px var(--mono); color: var(--ink); background: var(--card); border: 1px solid var(--line); border-bottom-color: var(--edge); border-radius: 4px; padding: 6px 8px; width: 100%; overflow-wrap: anywhere; }
    .bad { color: var(--error); overflow-wrap: anywhere; }
    button.primary { justify-self: end; }
  `];
  declare failure: string | null;

  constructor() {
    super();
    this.failure = null;
  }

  show(): void {
    const place = this.renderRoot.querySelector('textarea');
    if (place) place.value = '';
    this.failure = null;
    this.renderRoot.querySelector('dialog')?.showModal();
    place?.focus();
  }

  override render(): TemplateResult {
    return html`<dialog aria-labelledby="title">
      <div class="bar"><h2 class="grow" id="title">${t.openLink.title}</h2>
        <button class="quiet icon" aria-label=${w.close} @click=${() => this.renderRoot.querySelector('dialog')?.close()}>${icons.close}</button></div>
      <form @submit=${this.#open}>
        <label>${t.openLink.label}<textarea id="link" rows="5" spellcheck="false" aria-describedby="about" aria-invalid=${this.failure ? 'true' : 'false'} @keydown=${this.#key}></textarea></label>
        <p class="soft" id="about">${t.openLink.about}</p>
        ${this.failure ? html`<p class="bad" role="alert">${this.failure}</p>` : ''}
        <button class="primary">${w.open}</button>
      </form></dialog>`;
  }

  /** A link has no second line. */
  readonly #key = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    this.renderRoot.querySelector('form')?.requestSubmit();
  };

  readonly #open = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const { session } = this;
    const text = this.renderRoot.querySelector('textarea')?.value ?? '';
    if (!session) return;
    try {
      session.receive(await queryOf(session, text));
      this.renderRoot.querySelector('dialog')?.close();
    } catch (failure) {
      this.failure = whyNot(failure as EngineError);
    }
  };
}
