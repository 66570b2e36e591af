// What leaves: conversations, sums. Secrets are masked and the text of messages stays here, unless it
// is said otherwise.
import { css, html, type TemplateResult } from 'lit';
import type { LlmDimension } from 'kqlens';
import { conversations as t } from '../../texts/conversations';
import { words as w } from '../../texts/words';
import { download } from '../download';
import { icons } from '../icons';
import { base } from '../style';
import { CallsView } from './part';

const BY: readonly LlmDimension[] = ['model', 'deployment', 'subscription', 'product', 'api'];

export class Export extends CallsView {
  static override properties = { ...CallsView.properties, isRedacted: { state: true }, withText: { state: true }, isBusy: { state: true }, failure: { state: true } };
  static override styles = [base, css`
    dialog { width: min(560px, calc(100vw - 32px)); padding: 16px; }
    @media (max-width: 640px) { dialog { width: 100vw; } }
    label { display: grid; grid-template-columns: 20px 1fr; gap: 2px 8px; padding: 6px 0; }
    label input { margin: 3px 0 0; }
    label .soft { grid-column: 2; font-size: 12px; line-height: 16px; }
    .choices { margin: 8px 0 12px; }
    .ways { display: grid; gap: 8px; }
    .ways button { justify-content: start; min-height: 44px; text-align: start; }
    .ways span span { display: block; font-size: 12px; line-height: 16px; }
  `];
  declare isRedacted: boolean;
  declare withText: boolean;
  declare isBusy: boolean;
  declare failure: string | null;

  constructor() {
    super();
    this.isBusy = false;
    this.#reset();
  }

  /** Nothing leaves because it left before. */
  #reset(): void {
    this.isRedacted = true;
    this.withText = false;
    this.failure = null;
  }

  show(): void {
    this.#reset();
    this.renderRoot.querySelector('dialog')?.showModal();
  }

  override render(): TemplateResult {
    const conversation = this.calls?.conversation ?? null;
    return html`<dialog aria-labelledby="title">
      <div class="bar"><h2 class="grow" id="title">${t.export}</h2>
        <button class="quiet icon" aria-label=${w.close} @click=${() => this.renderRoot.querySelector('dialog')?.close()}>${icons.close}</button></div>
      <div class="choices">
        <label><input id="mask" type="checkbox" .checked=${this.isRedacted} @change=${(event: Event) => { this.isRedacted = (event.target as HTMLInputElement).checked; }}>
          <span>${w.maskSecrets}</span><span class="soft">${t.exports.pseudonyms}</span></label>
        <label><input id="text" type="checkbox" .checked=${this.withText} @change=${(event: Event) => { this.withText = (event.target as HTMLInputElement).checked; }}>
          <span>${t.exports.withText}</span><span class="soft">${t.exports.withoutText}</span></label>
      </div>
      <div class="ways">
        ${this.#way('jsonl', t.exports.lines, t.exports.linesAbout, () => this.#lines())}
        ${this.#way('sums', t.exports.sums, t.exports.sumsAbout, () => this.#sums())}
        ${this.#way('markdown', t.exports.markdown, conversation ? t.exports.markdownOf(conversation.call) : t.exports.openFirst, () => this.#markdown(), conversation === null)}
      </div>
      ${this.failure === null ? '' : html`<p role="alert">${this.failure}</p>`}
    </dialog>`;
  }

  #way(id: string, title: string, about: string, run: () => Promise<void>, isDisabled = false): TemplateResult {
    return html`<button id=${id} ?disabled=${isDisabled || this.isBusy} @click=${async () => {
      this.isBusy = true;
      this.failure = null;
      try {
        await run();
      } catch (error) {
        this.failure = (error as Error).message;
      } finally {
        this.isBusy = false;
      }
    }}>${icons.download}<span>${title}<span class="soft">${about}</span></span></button>`;
  }

  async #lines(): Promise<void> {
    const text = await this.calls?.report?.toText('jsonLines', { redact: this.isRedacted, text: this.withText });
    if (text !== undefined) download(text, 'application/x-ndjson', 'kqlens-calls.jsonl');
  }

  async #sums(): Promise<void> {
    const text = await this.calls?.report?.toText('csv', [...BY], { redact: this.isRedacted });
    if (text !== undefined) download(text, 'text/csv', 'kqlens-sums.csv');
  }

  async #markdown(): Promise<void> {
    const call = this.calls?.conversation?.call;
    if (call === undefined || call === null) return;
    const text = await this.calls?.report?.toText('markdown', call, { redact: this.isRedacted, text: this.withText });
    if (text !== undefined) download(text, 'text/markdown', `kqlens-call-${call}.md`);
  }
}
