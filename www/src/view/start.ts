// Nothing is loaded: one sentence, one drop zone, and three incidents to look at.
import { css, html, type TemplateResult } from 'lit';
import { start as t } from '../texts/start';
import { icons } from './icons';
import { base } from './style';
import { View } from './view';

const SAMPLES = ['certificate', 'tokens', 'dirty'] as const;

export class Start extends View {
  static override styles = [base, css`
    :host { max-width: 1040px; margin: 0 auto; padding: 40px 24px 56px; }
    h1 { font-size: 32px; line-height: 40px; font-weight: 600; letter-spacing: -0.01em; text-wrap: balance; }
    .lead { margin: 12px 0 28px; font-size: 16px; line-height: 24px; color: var(--soft); max-width: 62ch; }
    .drop { border: 1.500px dashed var(--edge); border-radius: 8px; background: var(--card); padding: 40px 24px; text-align: center; }
    .drop p:first-child { margin-bottom: 16px; font-size: 16px; line-height: 22px; font-weight: 600; }
    .drop .bar { justify-content: center; }
    .drop .soft { margin-top: 16px; font-size: 13px; }
    h2 { margin: 36px 0 12px; }
    .samples { display: grid; gap: 12px; grid-template-columns: repeat(auto-fit, minmax(min(260px, 100%), 1fr)); }
    .samples button { display: flex; flex-direction: column; align-items: stretch; justify-content: start; gap: 0; text-align: start; padding: 16px; width: 100%; height: 100%; border-color: transparent; border-radius: 8px; box-shadow: var(--shadow); }
    .samples strong { display: block; font-weight: 600; }
    .samples span { display: block; margin-top: 4px; }
    .samples .soft { font-size: 12px; line-height: 16px; margin-top: auto; padding-top: 10px; }
    dl { display: grid; gap: 4px 24px; grid-template-columns: minmax(120px, max-content) 1fr; font-size: 13px; }
    dt { font-weight: 600; }
    @media (max-width: 640px) {
      :host { padding: 24px 12px 40px; }
      h1 { font-size: 24px; line-height: 32px; }
      .drop { padding: 24px 12px; }
      dl { grid-template-columns: 1fr; }
      dd { margin-bottom: 6px; }
    }
  `];

  /** The one thing to do where nothing is loaded. */
  override focus(): void {
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>('#pick')?.focus());
  }

  override render(): TemplateResult {
    return html`
      <h1>${t.title}</h1>
      <p class="lead">${t.lead}</p>
      <div class="drop">
        <p>${t.drop}</p>
        <div class="bar">
          <button class="primary" id="pick" @click=${this.#pick}>${icons.file}${t.choose}</button>
          <button @click=${this.#paste}>${icons.paste}${t.paste}</button>
          <button class="quiet" id="workspaces" @click=${() => this.dispatchEvent(new CustomEvent('workspaces', { bubbles: true, composed: true }))}>${t.workspaces}</button>
          <button class="quiet" id="check-setup" @click=${() => this.dispatchEvent(new CustomEvent('checksetup', { bubbles: true, composed: true }))}>${t.checkSetup}</button>
          <input id="files" type="file" multiple hidden @change=${this.#picked}>
        </div>
        <p class="soft">${t.private}</p>
      </div>
      <h2>${t.samplesTitle}</h2>
      <ul class="samples">
        ${SAMPLES.map((id) => html`<li>
          <button data-sample=${id} @click=${() => this.session?.loadSample(id)}>
            <strong>${t.samples[id].title}</strong><span>${t.samples[id].about}</span><span class="soft">${t.samples[id].shape}</span>
          </button></li>`)}
      </ul>
      <h2>${t.recognised}</h2>
      <dl>
        <dt>${t.resourceLogs}</dt><dd class="soft">${t.resourceLogsAbout}</dd>
        <dt>${t.results}</dt><dd class="soft">${t.resultsAbout}</dd>
        <dt>${t.tables}</dt><dd class="soft">${t.tablesAbout}</dd>
        <dt>${t.selfHosted}</dt><dd class="soft">${t.selfHostedAbout}</dd>
      </dl>`;
  }

  #pick(): void {
    this.renderRoot.querySelector<HTMLInputElement>('#files')?.click();
  }

  #picked(event: Event): void {
    const input = event.target as HTMLInputElement;
    void this.session?.load([...(input.files ?? [])]);
    input.value = '';
  }

  async #paste(): Promise<void> {
    try {
      const text = await navigator.clipboard.readText();
      if (text.trim() !== '') await this.session?.loadText(text);
    } catch {
      this.dispatchEvent(new CustomEvent('pastehelp', { bubbles: true, composed: true }));
    }
  }
}
