// A button that copies a text and says for two seconds whether it did.
import { css, html, LitElement, type TemplateResult } from 'lit';
import { words as w } from '../texts/words';
import { icons } from './icons';
import { base } from './style';

export class Copy extends LitElement {
  static override properties = { text: { attribute: false }, label: {}, state: { state: true } };
  static override styles = [base, css`:host { display: inline-block; }`];
  /** The text, or what makes it when it is asked for. */
  declare text: string | (() => Promise<string>);
  declare label: string;
  declare state: 'idle' | 'copied' | 'failed';

  constructor() {
    super();
    this.text = '';
    this.label = w.copy;
    this.state = 'idle';
  }

  override render(): TemplateResult {
    const words = { idle: this.label, copied: w.copied, failed: w.couldNotCopy }[this.state];
    return html`<button class="quiet" @click=${this.#copy}>
      ${this.state === 'copied' ? icons.done : icons.copy}<span aria-live="polite">${words}</span>
    </button>`;
  }

  async #copy(): Promise<void> {
    try {
      const text = typeof this.text === 'string' ? this.text : await this.text();
      await navigator.clipboard.writeText(text);
      this.state = 'copied';
    } catch {
      this.state = 'failed';
    }
    this.dispatchEvent(new CustomEvent('copied', { detail: this.state, bubbles: true, composed: true }));
    setTimeout(() => { this.state = 'idle'; }, 2000);
  }
}
