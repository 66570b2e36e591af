// What leaves the page: a link to a query, the verdict for a ticket, a report as one file.
import { css, html, type TemplateResult } from 'lit';
import { fragmentOf } from '../../session/link';
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
      <div class="bar"><h2 class="grow" id="title">Share</h2>
        <button class="quiet icon" aria-label="Close" @click=${() => this.renderRoot.querySelector('dialog')?.close()}>${icons.close}</button></div>
      <label><input id="masked" type="checkbox" .checked=${this.isMasked} @change=${(event: Event) => { this.isMasked = (event.target as HTMLInputElement).checked; }}>Mask keys, tokens and personal data in reports</label>
      <div class="ways">
        <div class="way"><div><h3>The verdict for a ticket</h3><p class="soft">Markdown: findings, evidence, what to do, KQL.</p></div>
          <kqlens-copy id="ticket" label="Copy as Markdown" .text=${() => this.#markdown()} ?hidden=${!hasReport}></kqlens-copy></div>
        <div class="way"><div><h3>A report as a file</h3><p class="soft">One file that opens anywhere and asks for nothing. Texts of messages to language models are never in it.</p></div>
          <button id="html" ?disabled=${!hasReport} @click=${() => this.#report('html')}>${icons.download}HTML</button>
          <button id="markdown" ?disabled=${!hasReport} @click=${() => this.#report('markdown')}>${icons.download}Markdown</button></div>
        <div class="way"><div><h3>A link to the query</h3><p class="soft">${kql === '' ? 'Open the Query tab first.' : 'The link holds the query behind its #, which no server sees, and never data. Whoever opens it loads an export of their own.'}</p></div>
          <kqlens-copy id="link" label="Copy the link" .text=${() => this.#link(kql)} ?hidden=${kql === ''}></kqlens-copy></div>
      </div>
      ${this.session?.isReadonly ? '' : html`<p><button class="quiet" id="workspaces" @click=${() => {
        this.renderRoot.querySelector('dialog')?.close();
        this.dispatchEvent(new CustomEvent('workspaces', { bubbles: true, composed: true }));
      }}>Keep it on this device instead</button></p>`}
      ${this.failure ? html`<p class="failure" role="alert">${this.failure}</p>` : ''}
    </dialog>`;
  }

  async #data(): Promise<NonNullable<Awaited<ReturnType<typeof reportData>>>> {
    const data = this.session ? await reportData(this.session, this.isMasked) : null;
    if (!data) throw new Error('there is no verdict yet');
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
      this.failure = `The report cannot be made: ${(error as Error).message}`;
    }
  }

  async #link(kql: string): Promise<string> {
    const fragment = await fragmentOf({ kql, view: 'query' });
    if (fragment === null) {
      this.failure = 'This query is too long for a link. Save it as a file, or copy its text.';
      throw new Error(this.failure);
    }
    this.failure = null;
    return `${location.origin}${location.pathname}${fragment}`;
  }
}
