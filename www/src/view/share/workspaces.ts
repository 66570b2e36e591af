// Workspaces on this device: what is kept and how much it weighs; keep, open, delete, delete everything.
import { css, html, nothing, type TemplateResult } from 'lit';
import { type Kept, list, open, remove, removeAll, save } from '../../session/workspaces';
import { share as t } from '../../texts/share';
import { words as w } from '../../texts/words';
import { icons } from '../icons';
import { base } from '../style';
import { View } from '../view';
import { moment } from '../words';

export class Workspaces extends View {
  static override properties = { ...View.properties, kept: { state: true }, failure: { state: true }, withFiles: { state: true }, isBusy: { state: true }, isSure: { state: true } };
  static override styles = [base, css`
    dialog { width: min(620px, calc(100vw - 32px)); padding: 16px; }
    @media (max-width: 640px) { dialog { width: 100vw; } }
    form { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; margin: 8px 0; }
    input[type=text] { font: inherit; flex: 1 1 180px; color: var(--ink); background: var(--card); border: 1px solid var(--line); border-bottom-color: var(--edge); border-radius: 4px; min-height: 32px; padding: 4px 8px; }
    label { display: inline-flex; gap: 6px; align-items: center; }
    li { display: flex; flex-wrap: wrap; gap: 4px 8px; align-items: center; padding: 8px 0; border-top: 1px solid var(--line); }
    li > div { flex: 1 1 260px; min-width: 0; overflow-wrap: anywhere; }
    li p { font-size: 12px; line-height: 16px; }
    .failure { color: var(--error); padding: 8px 0; }
    .end { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; border-top: 1px solid var(--line); padding: 10px 0; }
    .end .grow { flex: 1 1 180px; }
  `];
  declare kept: readonly Kept[] | null;
  declare failure: string | null;
  declare withFiles: boolean;
  declare isBusy: boolean;
  /** Whether *Delete everything* was pressed once. */
  declare isSure: boolean;

  constructor() {
    super();
    this.kept = null;
    this.failure = null;
    this.withFiles = false;
    this.isBusy = false;
    this.isSure = false;
  }

  async show(): Promise<void> {
    Object.assign(this, { failure: null, withFiles: false, isSure: false });
    this.renderRoot.querySelector('dialog')?.showModal();
    await this.#try(async () => {});
  }

  /** Does something, lists again, and says what went wrong. */
  async #try(work: () => Promise<unknown>): Promise<boolean> {
    this.isBusy = true;
    this.failure = null;
    try {
      await work();
      this.kept = await list();
      return true;
    } catch (error) {
      this.failure = t.workspaces.failed((error as Error).message);
      return false;
    } finally {
      this.isBusy = false;
    }
  }

  override render(): TemplateResult | typeof nothing {
    const { session, kept } = this;
    if (!session) return nothing;
    const size = session.sources.reduce((sum, { id }) => sum + (session.engine.blob(id)?.size ?? 0), 0);
    const isSomething = session.sources.length > 0 || (session.queries?.tabs.some(({ text }) => text.trim() !== '') ?? false);
    return html`<dialog aria-labelledby="title">
      <div class="bar"><h2 class="grow" id="title">${t.workspaces.title}</h2>
        <button class="quiet icon" aria-label=${w.close} @click=${() => this.#close()}>${icons.close}</button></div>
      <p class="soft">${t.workspaces.about}</p>
      <form @submit=${this.#save}>
        <input type="text" id="name" aria-label=${t.workspaces.name} placeholder=${t.workspaces.name} maxlength="100" .value=${session.sources[0]?.name ?? ''}>
        <label><input id="files" type="checkbox" .checked=${this.withFiles} ?disabled=${size === 0} @change=${(event: Event) => { this.withFiles = (event.target as HTMLInputElement).checked; }}>${t.workspaces.withFiles(size)}</label>
        <button class="primary" id="save" ?disabled=${this.isBusy || !isSomething}>${t.workspaces.keep}</button>
      </form>
      ${this.failure ? html`<p class="failure" role="alert">${this.failure}</p>` : nothing}
      ${kept === null ? nothing : kept.length === 0 ? html`<p class="soft">${t.workspaces.none}</p>` : html`<ul>${kept.map((one) => this.#one(one))}</ul>`}
      <div class="end"><span class="grow soft">${t.settings.about}</span>
        <button id="export-settings" @click=${() => this.#settings('export')}>${t.settings.export}</button>
        <button id="import-settings" @click=${() => this.#settings('import')}>${t.settings.import}</button></div>
      <div class="end"><span class="grow soft">${kept ? t.workspaces.sum(kept.reduce((sum, one) => sum + one.bytes, 0), kept.length) : ''}</span>
        <button id="all" ?disabled=${this.isBusy} @click=${this.#all}>${this.isSure ? t.workspaces.deleteAllSure : t.workspaces.deleteAll}</button></div>
    </dialog>`;
  }

  #one(one: Kept): TemplateResult {
    const holds = [one.files.length > 0 ? t.workspaces.files(one.files.length, one.bytes) : t.workspaces.noFiles, t.workspaces.queries(one.queries)].join(', ');
    return html`<li><div><h3>${one.name}</h3><p class="soft">${(one.isReadable ? t.workspaces.holds : t.workspaces.holdsOther)(moment(one.savedAt), holds)}</p></div>
      ${one.isReadable ? html`<button class="open" ?disabled=${this.isBusy} @click=${() => this.#open(one)}>${w.open}</button>` : nothing}
      <button class="quiet" aria-label=${t.workspaces.delete(one.name)} ?disabled=${this.isBusy} @click=${() => this.#try(() => remove(one.id))}>${w.delete}</button></li>`;
  }

  #close(): void {
    this.renderRoot.querySelector('dialog')?.close();
  }

  /** What comes of it is said behind the dialog. */
  #settings(what: 'export' | 'import'): void {
    this.#close();
    this.dispatchEvent(new CustomEvent('settings', { detail: what, bubbles: true, composed: true }));
  }

  readonly #save = (event: SubmitEvent): void => {
    event.preventDefault();
    const { session } = this;
    const name = this.renderRoot.querySelector<HTMLInputElement>('#name')?.value ?? '';
    if (session) void this.#try(() => save(session, name, this.withFiles));
  };

  async #open(one: Kept): Promise<void> {
    const { session } = this;
    if (!session) return;
    if (await this.#try(() => open(session, one.id))) this.#close();
  }

  readonly #all = async (): Promise<void> => {
    if (this.isSure) await this.#try(removeAll);
    this.isSure = !this.isSure;
  };
}
