// What leaves the page: a link to a query, the verdict for a ticket, a report as one file.
import { css, html, type TemplateResult } from 'lit';
import { fragmentOf } from '../../session/link';
import { share as t } from '../../texts/share';
import { words as w } from '../../texts/words';
import { download } from '../download';
import { icons } from '../icons';
import { base } from '../style';
import { View } from '../view';
import { asHtml, asMarkdown, reportData } from './report';

export class Share extends View {
  static override properties = { ...View.properties, isMasked: { state: true }, failure: { state: true } };
  static override styles = [base, css`
    dialog { width: min(560px, calc(100vw - 32px)); padding: 16px; }
    @media (max-width: 640px) { dialog { width: 100vw; } }
    label { display: flex; gap: 8px; padding: 6px 0; align-items: center; }
    .ways { display: grid; gap: 4px; margin-top: 8px; }
    .way { display: flex; flex-wrap: wrap; gap: 4px 8px; align-items: center; padding: 6px 0; border-top: 1px solid var(--line); }
    .way > div { flex: 1 1 260px; }
    .way p { font-size: 12px; line-height: 16px; }
    .failure { color: var(--error); padding-top: 8px; }
  `];
  declare isMasked: boolean;
  declare failure: string | null;

  constructor() {
    super();
    this.isMasked = true;
    this.failure = null;
  }

  /** Nothing leaves unmasked because it did before. */
  show(): void {
    this.isMasked = true;
    this.failure = null;
    this.renderRoot.querySelector('dialog')?.showModal();
  }

  override render(): TemplateResult {
    const kql = this.session?.queries?.active.text.trim() ?? '';
    const hasReport = this.session?.report != null;
    return html`<dialog aria-labelledby="title">
      <div class="bar"><h2 class="grow" id="title">${t.title}</h2>
        <button class="quiet icon" aria-label=${w.close} @click=${() => this.renderRoot.querySelector('dialog')?.close()}>${icons.close}</button></div>
      <label><input id="masked" type="checkbox" .checked=${this.isMasked} @change=${(event: Event) => { this.isMasked = (event.target as HTMLInputElement).checked; }}>${t.mask}</label>
      <div class="ways">
        <div class="way"><div><h3>${t.ticket}</h3><p class="soft">${t.ticketAbout}</p></div>
          <kqlens-copy id="ticket" label=${w.copyMarkdown} .text=${() => this.#markdown()} ?hidden=${!hasReport}></kqlens-copy></div>
        <div class="way"><div><h3>${t.file}</h3><p class="soft">${t.fileAbout}</p></div>
          <button id="html" ?disabled=${!hasReport} @click=${() => this.#report('html')}>${icons.download}HTML</button>
          <button id="markdown" ?disabled=${!hasReport} @click=${() => this.#report('markdown')}>${icons.download}Markdown</button></div>
        <div class="way"><div><h3>${t.linkTitle}</h3><p class="soft">${kql === '' ? t.openQueryFirst : t.linkAbout}</p></div>
          <kqlens-copy id="link" label=${t.copyLink} .text=${() => this.#link(kql)} ?hidden=${kql === ''}></kqlens-copy></div>
      </div>
      ${this.session?.isReadonly ? '' : html`<p><button class="quiet" id="workspaces" @click=${() => {
        this.renderRoot.querySelector('dialog')?.close();
        this.dispatchEvent(new CustomEvent('workspaces', { bubbles: true, composed: true }));
      }}>${t.keepInstead}</button></p>`}
      ${this.failure ? html`<p class="failure" role="alert">${this.failure}</p>` : ''}
    </dialog>`;
  }

  async #data(): Promise<NonNullable<Awaited<ReturnType<typeof reportData>>>> {
    const data = this.session ? await reportData(this.session, this.isMasked) : null;
    if (!data) throw new Error(t.noVerdict);
    return data;
  }

  async #markdown(): Promise<string> {
    return asMarkdown(await this.#data());
  }

  async #report(format: 'html' | 'markdown'): Promise<void> {
    try {
      const data = await this.#data();
      this.failure = null;
      if (format === 'html') download(asHtml(data), 'text/html', 'kqlens-report.html');
      else download(asMarkdown(data), 'text/markdown', 'kqlens-report.md');
    } catch (error) {
      this.failure = t.reportFailed((error as Error).message);
    }
  }

  async #link(kql: string): Promise<string> {
    const fragment = await fragmentOf({ kql, view: 'query' });
    if (fragment === null) {
      this.failure = t.tooLong;
      throw new Error(this.failure);
    }
    this.failure = null;
    return `${location.origin}${location.pathname}${fragment}`;
  }
}
