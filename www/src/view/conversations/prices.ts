// The prices of the user: pasted or read from a file, kept on this device, forgotten with one click.
import { css, html, nothing, type TemplateResult } from 'lit';
import { conversations as t } from '../../texts/conversations';
import { words as w } from '../../texts/words';
import { icons } from '../icons';
import { base } from '../style';
import { download } from '../download';
import { CallsView } from './part';

export class Prices extends CallsView {
  static override properties = { ...CallsView.properties, isBusy: { state: true }, isSaved: { state: true } };
  static override styles = [base, css`
    dialog { width: min(760px, calc(100vw - 32px)); padding: 16px; }
    @media (max-width: 640px) { dialog { width: 100vw; } }
    form { display: grid; gap: 12px; }
    textarea { font: 12.5px/18px var(--mono); color: var(--ink); background: var(--sunken); border: 1px solid var(--line); border-bottom-color: var(--edge); border-radius: 4px; padding: 10px; width: 100%; min-height: 240px; resize: vertical; }
    textarea[aria-invalid="true"] { border-color: var(--error); }
    .error { display: flex; gap: 8px; padding: 8px 12px; border-radius: 4px; background: var(--error-tint); color: var(--error); }
    .error svg { margin-top: 2px; }
  `];
  declare isBusy: boolean;
  declare isSaved: boolean;

  constructor() {
    super();
    this.isBusy = false;
    this.isSaved = false;
  }

  show(): void {
    this.isSaved = false;
    const { text } = this;
    if (text) text.value = this.calls?.prices ?? '';
    this.renderRoot.querySelector('dialog')?.showModal();
  }

  get text(): HTMLTextAreaElement | null {
    return this.renderRoot.querySelector('textarea');
  }

  override render(): TemplateResult {
    const error = this.calls?.priceError ?? null;
    return html`<dialog aria-labelledby="title"><form @submit=${this.#use}>
      <div class="bar"><h2 class="grow" id="title">${t.prices}</h2>
        <button type="button" class="quiet icon" aria-label=${w.close} @click=${() => this.#close()}>${icons.close}</button></div>
      <p class="soft">${t.pricesDialog.about}</p>
      <div class="bar">
        <button type="button" @click=${() => this.renderRoot.querySelector<HTMLInputElement>('#file')?.click()}>${icons.file}${t.pricesDialog.openFile}</button>
        <input id="file" type="file" accept=".json,.csv,.txt" hidden @change=${this.#picked}>
        <button type="button" class="quiet" @click=${() => this.#template('json')}>${icons.download}${t.pricesDialog.templateJson}</button>
        <button type="button" class="quiet" @click=${() => this.#template('csv')}>${icons.download}${t.pricesDialog.templateCsv}</button>
      </div>
      <textarea id="table" aria-label=${t.pricesDialog.table} aria-invalid=${error !== null} aria-describedby="error" spellcheck="false" placeholder=${t.pricesDialog.placeholder}></textarea>
      <div id="error">${error ? html`<p class="error" role="alert">${icons.error}<span>${error.message}${error.help ? `; ${error.help}` : ''}</span></p>` : nothing}
        ${this.isSaved ? html`<p role="status">${icons.good} ${t.pricesDialog.used}</p>` : nothing}</div>
      <div class="bar">
        <button class="primary" ?disabled=${this.isBusy}>${t.pricesDialog.use}</button>
        <button type="button" id="forget" ?disabled=${this.isBusy || this.calls?.prices === null} @click=${this.#forget}>${t.pricesDialog.forget}</button>
      </div>
    </form></dialog>`;
  }

  #close(): void {
    this.renderRoot.querySelector('dialog')?.close();
  }

  readonly #use = async (event: Event): Promise<void> => {
    event.preventDefault();
    const text = this.text?.value.trim() ?? '';
    this.isBusy = true;
    this.isSaved = (await this.calls?.usePrices(text === '' ? null : text)) === true && text !== '';
    this.isBusy = false;
    const range = this.calls?.priceError?.range;
    if (range) this.text?.setSelectionRange(range.start, range.end);
    if (this.calls?.priceError) this.text?.focus();
  };

  readonly #forget = async (): Promise<void> => {
    if (this.text) this.text.value = '';
    this.isSaved = false;
    await this.calls?.forgetPrices();
  };

  readonly #picked = async (event: Event): Promise<void> => {
    const input = event.target as HTMLInputElement;
    const file = input.files?.[0];
    if (file && this.text) this.text.value = await file.text();
    input.value = '';
  };

  async #template(format: 'json' | 'csv'): Promise<void> {
    const text = await this.calls?.report?.priceTemplate(format);
    if (text === undefined) return;
    if (this.text && this.text.value.trim() === '') this.text.value = text;
    download(text, format === 'csv' ? 'text/csv' : 'application/json', `kqlens-prices.${format}`);
  }
}
