// `<kqlens-app>`: the whole of kqlens in one element. It makes no request but for its own files and
// listens only inside itself; a page hands it files with `load()` and text with `loadText()`.
//
// Attributes, each a property too:
// - `theme`: `auto`, `light`, `dark`, `hc-light`, `hc-dark`.
// - `density`: `comfortable` or `compact`, the height of rows and controls and the space around them.
// - `lang`: how numbers and times are written, for all elements of the page; English where the browser
//   does not know the language. Texts are not translated by it.
// - `readonly`: whoever looks can add, remove and forget nothing, and nothing is written to this device
//   (queries, prices, rules of masking, workspaces). Queries are run, answers copied and saved all the
//   same, and the host still loads what it wants.
// - `src`: an address of the page's own origin, read when it is set; it takes the place of what is loaded.
// Properties: `files` (what is loaded; set, it takes its place), `query` (the text of the open query),
// `makeWorker`. Methods: `load`, `loadText`, `run`, `save`, `restore`, `changeTheme`, `changeDensity`.
// Events, which leave the shadow root: `ready` when the engine is, `error` when it cannot be,
// `statechange` (`empty`, `reading`, `ready`), `result`, `themechange`, `densitychange`.
// Parts: `header`, `brand`, `main`, `notice`, `tabs`, `tab`, `panel`, `footer`.
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { type Density, type Theme, THEMES } from '../session/look';
import { type Received, Session, type Tab } from '../session/session';
import { app as t } from '../texts/app';
import { words as w } from '../texts/words';
import { download } from './download';
import type { EmptyDialog } from './empty/dialog';
import type { HandoffDialog } from './handoff/handoff';
import type { OpenLink } from './handoff/open-link';
import type { Help } from './help/help';
import { icons } from './icons';
import { speak } from './language';
import type { CheckSetup } from './setup/check';
import type { Share } from './share/share';
import type { Workspaces } from './share/workspaces';
import { base, tokens } from './style';
import type { Timeline } from './timeline';
import { View } from './view';

/** Those that the button goes through; the others are chosen by name. */
const NEXT: Partial<Record<Theme, Theme>> = { auto: 'light', light: 'dark' };
const TABS: readonly Tab[] = ['verdict', 'explore', 'query', 'conversations'];

export interface HostAnswer {
  columns: readonly { name: string; type: string }[];
  rows: readonly (readonly unknown[])[];
  /** What to know of the answer, such as that rows were cut. */
  notes: readonly string[];
}

export interface SavedState {
  version: 1;
  theme: Theme;
  tab: Tab;
  queries: string[];
}

const VIEWS: Record<Exclude<Tab, 'verdict'>, () => Promise<unknown>> = {
  conversations: () => import('./conversations/element'),
  explore: () => import('./explore/element'),
  query: () => import('./query/element'),
};
const DIALOGS = {
  'kqlens-share': (session: Session): TemplateResult => html`<kqlens-share .session=${session}></kqlens-share>`,
  'kqlens-workspaces': (session: Session): TemplateResult => html`<kqlens-workspaces .session=${session}></kqlens-workspaces>`,
  'kqlens-handoff': (session: Session): TemplateResult => html`<kqlens-handoff .session=${session}></kqlens-handoff>`,
  'kqlens-open-link': (session: Session): TemplateResult => html`<kqlens-open-link .session=${session}></kqlens-open-link>`,
  'kqlens-check-setup': (session: Session): TemplateResult => html`<kqlens-check-setup .session=${session}></kqlens-check-setup>`,
  'kqlens-empty': (session: Session): TemplateResult => html`<kqlens-empty .session=${session}></kqlens-empty>`,
  'kqlens-help': (session: Session): TemplateResult => html`<kqlens-help .session=${session}></kqlens-help>`,
};
const ownWorker = (): Worker => new Worker(new URL('../worker/engine.worker.ts', import.meta.url), { type: 'module', name: 'kqlens' });

export class KqlensApp extends View {
  static override properties = {
    ...View.properties, makeWorker: { attribute: false }, theme: { reflect: true }, density: { reflect: true }, lang: {}, readonly: { type: Boolean, reflect: true }, src: {},
    dropping: { type: Boolean }, printing: { type: Boolean, reflect: true }, defined: { state: true }, dialogs: { state: true }, hasActivity: { state: true },
  };
  static override styles = [base, tokens, css`
    :host { background: var(--canvas); position: relative; display: flex; flex-direction: column; }
    header { display: flex; align-items: center; gap: 8px; padding: 8px 24px; background: var(--card); border-bottom: 1px solid var(--line); position: sticky; top: 0; z-index: 5; }
    .brand { display: flex; align-items: center; gap: 8px; font-weight: 600; font-size: 16px; }
    .brand svg { color: var(--link); }
    main { flex: 1; width: 100%; max-width: 1800px; margin: 0 auto; padding: calc(var(--pad) + 4px) 24px 32px; display: grid; gap: var(--gap); align-content: start; grid-template-columns: minmax(0, 1fr); }
    .none { padding: 40px 24px; text-align: center; }
    main.start { padding: 0; max-width: none; }
    .panels { display: grid; gap: var(--gap); grid-template-columns: minmax(0, 2fr) minmax(300px, 1fr); }
    .tops { display: grid; gap: var(--gap); grid-template-columns: repeat(2, minmax(0, 1fr)); }
    .tabs { display: flex; gap: 4px; border-bottom: 1px solid var(--line); }
    .tabs button { border: 0; border-radius: 0; background: transparent; padding: 8px 12px; min-height: 40px; margin-bottom: -1px; border-bottom: 3px solid transparent; color: var(--soft); }
    .tabs button:hover { color: var(--ink); }
    .tabs button[aria-selected="true"] { color: var(--ink); font-weight: 600; border-color: var(--link); }
    @media (forced-colors: active) { .tabs button[aria-selected="false"] { border-color: Canvas; } .tabs button[aria-selected="true"] { border-color: Highlight; } }
    .tab { display: grid; gap: var(--gap); grid-template-columns: minmax(0, 1fr); }
    .notice { display: flex; flex-wrap: wrap; gap: 8px; align-items: start; padding: 8px 8px 8px 16px; border-radius: 4px; background: var(--tint); }
    .notice svg { margin-top: 2px; }
    .notice.error { background: var(--error-tint); color: var(--error); }
    .notice.warning { background: var(--warning-tint); color: var(--warning); }
    .notice p { flex: 1 1 200px; min-width: 0; padding: 4px 0; overflow-wrap: anywhere; }
    .notice button { color: inherit; }
    footer { display: flex; flex-wrap: wrap; gap: 4px 16px; padding: 8px 24px; font-size: 12px; color: var(--soft); border-top: 1px solid var(--line); background: var(--card); }
    footer span { display: inline-flex; align-items: center; gap: 6px; }
    .notice code { display: block; font: 12.5px/18px var(--mono); white-space: pre-wrap; margin-top: 4px; }
    .notice .from { display: block; font-size: 12.5px; margin-top: 4px; }
    .drop { position: fixed; inset: 0; z-index: 10; display: grid; place-items: center; background: color-mix(in srgb, var(--canvas) 80%, transparent); pointer-events: none; }
    .drop p { padding: 24px 40px; border-radius: 8px; border: 2px dashed var(--link); background: var(--card); font-size: 18px; font-weight: 600; }
    dialog.kql { width: min(820px, calc(100vw - 32px)); padding: 16px; }
    dialog.kql .bar { margin-bottom: 12px; }
    @media (max-width: 1000px) { .panels, .tops { grid-template-columns: minmax(0, 1fr); } }
    @media (max-width: 640px) { dialog.kql { width: 100vw; } header { padding: 6px 12px; gap: 6px; flex-wrap: wrap; } main { padding: 12px; } footer { padding: 8px 12px; } .wide { display: none; } }
    @media print { header, footer, .tabs, .notice button { display: none; } main { padding: 0; max-width: none; } .panels, .tops { grid-template-columns: minmax(0, 1fr); } }
  `];
  /** Makes the worker of the engine, for hosts that allow none from a file: set it before the element is in the page. */
  declare makeWorker: () => Worker;
  declare theme: Theme;
  declare density: Density;
  declare lang: string;
  declare readonly: boolean;
  declare src: string | null;
  declare dropping: boolean;
  /** Whether the page is about to be printed: charts are drawn for paper, findings are open. */
  declare printing: boolean;
  /** The views whose elements are defined. */
  declare defined: ReadonlySet<Tab>;
  /** Whether the elements of what stands beside the rows are defined. */
  declare hasActivity: boolean;
  /** The dialogs that were asked for, which are loaded then. */
  declare dialogs: ReadonlySet<keyof typeof DIALOGS>;
  #phase = 'empty';
  /** What the dialog of ways on was last shown for. */
  #handoff: Session['handoff'] = null;
  #emptied: Session['emptied'] = null;

  constructor() {
    super();
    this.makeWorker = ownWorker;
    this.theme = 'auto';
    this.density = 'comfortable';
    this.readonly = false;
    this.src = null;
    this.dropping = false;
    this.printing = false;
    this.defined = new Set(['verdict']);
    this.dialogs = new Set();
    this.hasActivity = false;
    this.addEventListener('workspaces', () => void this.showWorkspaces());
    this.addEventListener('checksetup', () => void this.checkSetup());
    this.addEventListener('settings', (event) => void ((event as CustomEvent<string>).detail === 'import' ? this.importSettings() : this.exportSettings()));
  }

  override connectedCallback(): void {
    if (!this.session) {
      this.session = new Session(this.makeWorker);
      const tell = (type: string, detail?: unknown): boolean => this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
      this.session.engine.ready.then(() => tell('ready'), ({ code, message }: Error & { code?: string }) => tell('error', { code, message }));
    }
    super.connectedCallback();
  }

  override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    if (changed.has('lang') && (this.lang !== undefined || changed.get('lang') !== undefined)) {
      speak(this.lang || 'en');
      this.session?.redraw();
    }
    if (this.session && changed.has('readonly')) {
      this.session.isReadonly = this.readonly;
      this.session.redraw();
    }
    if (this.session && changed.has('printing')) {
      this.session.isPrinting = this.printing;
      this.session.redraw();
    }
    if (changed.has('src') && this.src) void this.#read(this.src);
  }

  /** Reads what lies at an address of the page's own origin, in the place of what is loaded. */
  async #read(src: string): Promise<void> {
    const { session } = this;
    if (!session) return;
    const refuse = (why: string): void => session.notify({ kind: 'error', text: t.source.cannotBeRead(src.slice(0, 80), why) });
    let address: URL;
    try {
      address = new URL(src, document.baseURI);
    } catch {
      return refuse(t.source.noAddress);
    }
    if (address.origin !== location.origin) return refuse(t.source.otherOrigin);
    let file: File;
    try {
      const answer = await fetch(address, { mode: 'same-origin' });
      if (!answer.ok) return refuse(t.source.answers(answer.status));
      file = new File([await answer.blob()], address.pathname.split('/').at(-1) || 'export');
    } catch {
      return refuse(t.source.notReached);
    }
    // What was asked for meanwhile comes instead.
    if (this.src === src) await session.replace([file]);
  }

  /** What is loaded. Set, it takes the place of that. */
  get files(): readonly File[] {
    const { session } = this;
    return session?.sources.flatMap(({ id, name }) => {
      const blob = session.engine.blob(id);
      return blob ? [new File([blob], name)] : [];
    }) ?? [];
  }

  set files(files: readonly File[]) {
    void this.session?.replace(files);
  }

  /** The text of the open query. */
  get query(): string {
    return this.session?.queries?.active.text ?? this.session?.drafts.at(-1) ?? '';
  }

  set query(text: string) {
    const { session } = this;
    if (session?.queries) session.queries.replace(text);
    else session?.hold([text]);
  }

  /** Reads files. */
  load(files: readonly File[]): Promise<void> {
    return this.session?.load(files) ?? Promise.resolve();
  }

  /** Reads text as if it had been pasted. */
  loadText(text: string): Promise<void> {
    return this.session?.loadText(text) ?? Promise.resolve();
  }

  override render(): TemplateResult | typeof nothing {
    const { session } = this;
    if (!session) return nothing;
    const isEmpty = session.phase === 'empty' && session.sources.length === 0;
    const open = this.#openTab(session);
    return html`
      <header part="header">
        <span class="brand" part="brand"><svg viewBox="0 0 32 32" width="24" height="24" aria-hidden="true"><circle cx="14" cy="14" r="10" fill="none" stroke="currentColor" stroke-width="3"/><path d="M21.5 21.5 29 29M9.5 16.500v-3M14 16.500V9M18.5 16.500v-5" fill="none" stroke="currentColor" stroke-width="3" stroke-linecap="round"/></svg>kqlens</span>
        <span class="grow"></span>
        ${isEmpty ? nothing : html`
          ${this.readonly ? nothing : html`<button id="add" ?disabled=${session.isReading} @click=${() => this.renderRoot.querySelector<HTMLInputElement>('#more')?.click()}>${icons.add}${w.add}<span class="wide"> ${t.files}</span></button>
          <input id="more" type="file" multiple hidden @change=${this.#picked}>
          <button id="clear" ?disabled=${session.isReading} @click=${this.#clear}>${w.clear}</button>`}
          <button id="share" aria-label=${t.share} title=${t.share} ?disabled=${session.isReading} @click=${this.#share}>${icons.share}<span class="wide">${t.share}</span></button>`}
        <button class="icon" id="help" aria-label=${t.help} title=${t.help} @click=${this.showHelp}>${icons.help}</button>
        <button class="icon" id="theme" aria-label=${t.theme(t.themes[this.theme])} title=${t.theme(t.themes[this.theme])} @click=${this.#nextTheme}>
          ${{ auto: icons.auto, light: icons.sun, dark: icons.moon, 'hc-light': icons.sun, 'hc-dark': icons.moon }[this.theme]}</button>
      </header>
      <main part="main" class=${isEmpty ? 'start' : ''} @pastehelp=${() => { session.notice = { kind: 'info', text: t.pasteHelp }; this.requestUpdate(); }}>
        ${session.notice ? html`<div part="notice" class="notice ${session.notice.kind}" role=${session.notice.kind === 'error' ? 'alert' : 'status'}>
          ${session.notice.kind === 'error' ? icons.error : session.notice.kind === 'warning' ? icons.warning : icons.info}<p>${session.notice.text}</p>
          ${session.notice.report ? html`<kqlens-copy label=${t.copyReport} .text=${session.notice.report}></kqlens-copy>` : nothing}
          <button class="quiet icon" aria-label=${t.dismiss} @click=${() => session.dismiss()}>${icons.close}</button></div>` : nothing}
        ${session.received ? this.#received(session, session.received, isEmpty) : nothing}
        <kqlens-reading .session=${session} ?hidden=${!session.isReading}></kqlens-reading>
        ${isEmpty && this.readonly ? html`<p class="soft none">${t.nothingLoaded}</p>` : isEmpty ? html`<kqlens-start .session=${session}></kqlens-start>` : html`
          ${this.#tabs(session)}
          <div class="tab" part="panel" id="panel-verdict" role="tabpanel" aria-labelledby="tab-verdict" ?hidden=${open !== 'verdict'}>${this.#verdict(session)}</div>
          <div class="tab" part="panel" id="panel-explore" role="tabpanel" aria-labelledby="tab-explore" ?hidden=${open !== 'explore'}>
            ${this.defined.has('explore') ? html`<kqlens-explore .session=${session}></kqlens-explore>` : html`<div class="skeleton"></div>`}</div>
          <div class="tab" part="panel" id="panel-query" role="tabpanel" aria-labelledby="tab-query" ?hidden=${open !== 'query'}>
            ${this.defined.has('query') ? html`<kqlens-query .session=${session}></kqlens-query>` : html`<div class="skeleton"></div>`}</div>
          ${session.hasConversations ? html`<div class="tab" part="panel" id="panel-conversations" role="tabpanel" aria-labelledby="tab-conversations" ?hidden=${open !== 'conversations'}>
            ${this.defined.has('conversations') ? html`<kqlens-conversations .session=${session}></kqlens-conversations>` : html`<div class="skeleton"></div>`}</div>` : nothing}`}
      </main>
      <footer part="footer">
        <span>${icons.lock}${t.nothingLeaves}</span>
        <span role="status">${engineWords(session)}</span>
      </footer>
      <kqlens-rows .session=${session} .request=${session.rows}></kqlens-rows>
      <dialog class="kql" aria-labelledby="kql-title" @close=${() => session.showKql(null)}>${session.kql ? html`
        <div class="bar"><h2 class="grow" id="kql-title">${session.kql.title}</h2>
          <button id="use-kql" @click=${() => this.#useKql(session)}>${icons.use}${w.useIt}</button>
          <button id="open-query" @click=${() => session.openInQuery(session.kql?.kql ?? '')}>${w.openInQuery}</button>
          <button class="quiet icon" aria-label=${w.close} @click=${() => this.#kqlDialog?.close()}>${icons.close}</button></div>
        <kqlens-kql .session=${session} .kql=${session.kql.kql} .workspace=${session.kql.workspace ?? null}></kqlens-kql>` : nothing}</dialog>
      ${[...this.dialogs].map((name) => DIALOGS[name](session))}
      <div class="hidden" role="status">${announcement(session)}</div>
      ${this.dropping ? html`<div class="drop"><p>${t.drop}</p></div>` : nothing}`;
  }

  /** What a link brought, and a way to open it where there are rows to run it on. */
  #received(session: Session, received: Received, isEmpty: boolean): TemplateResult {
    const isQuery = 'kql' in received;
    const what = isQuery ? t.received.query : t.received.recipe;
    const text = isQuery ? received.kql : [received.title, ...Object.entries(received.values).map(([name, value]) => `${name} = ${value}`)].join('\n');
    return html`<div part="notice" class="notice info" role="region" aria-label=${what}>${icons.code}
      <p><strong>${what}.</strong> ${isEmpty ? `${t.received.loadFirst} ` : ''}${t.received.notRun}<code class="received">${text.slice(0, 300)}${text.length > 300 ? '…' : ''}</code><span role="status">${isQuery ? received.from?.map((line) => html`<span class="from">${line}</span>`) : nothing}</span></p>
      ${isQuery && received.link ? html`<button id="take-over" @click=${() => this.#takeOver(session, received)}>${t.received.takeOver}</button>` : nothing}
      ${isEmpty ? nothing : html`<button id="received" @click=${() => (isQuery ? session.openInQuery(received.kql) : session.openRecipe(received))}>${w.openInQuery}</button>`}
      <button class="quiet icon" id="dismiss-received" aria-label=${t.received.dismiss} @click=${() => session.receive(null)}>${icons.close}</button></div>`;
  }

  /** What the link of a query says of its place and time is remembered, and becomes a part of the query. */
  async #takeOver(session: Session, { kql, link }: Extract<Received, { kql: string }>): Promise<void> {
    if (!link) return;
    const { takeOver } = await import('../session/received');
    await takeOver(session, kql, link);
    await this.updateComplete;
    // The button is gone; what comes next is beside it.
    this.renderRoot.querySelector<HTMLElement>('#received, #dismiss-received')?.focus();
  }

  /** The query that is read goes on to where the data is. */
  #useKql(session: Session): void {
    const { kql } = session;
    session.showKql(null);
    if (kql) session.useIt({ title: kql.title, kql: kql.kql, workspace: kql.workspace?.resourceSpecific ?? null, diagnostics: kql.workspace?.azureDiagnostics ?? null });
  }

  /** What was focused is gone with what was loaded: the first thing to do next takes its place. */
  readonly #clear = async (): Promise<void> => {
    await this.session?.clear();
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>('kqlens-start')?.focus();
  };

  readonly #share = async (): Promise<void> => {
    await import('./share/element');
    await this.#showDialog('kqlens-share');
  };

  /** What is kept on this device. */
  async showWorkspaces(): Promise<void> {
    if (this.readonly) return;
    await import('./share/element');
    await this.#showDialog('kqlens-workspaces');
  }

  /** Asks for a link to a query that somebody else keeps. */
  async openLink(): Promise<void> {
    await import('./handoff/element');
    await this.#showDialog('kqlens-open-link');
  }

  /** Asks for settings of the service and says what is wrong with them. */
  async checkSetup(): Promise<void> {
    await import('./setup/element');
    await this.#showDialog('kqlens-check-setup');
  }

  /** Saves the choices of the user as a file. */
  async exportSettings(): Promise<void> {
    const { settingsOf } = await import('../session/settings');
    if (this.session) download(settingsOf(this.session, this), 'application/json', 'kqlens-settings.json');
  }

  /** Asks for such a file and takes what is in it. */
  importSettings(): void {
    if (this.readonly) return;
    const input = document.createElement('input');
    Object.assign(input, { type: 'file', accept: '.json,application/json' });
    input.addEventListener('change', async () => {
      const { session } = this;
      const file = input.files?.[0];
      if (!session || !file) return;
      const { BrokenSettings, takeSettings } = await import('../session/settings');
      try {
        const { theme, density } = await takeSettings(session, file);
        this.changeTheme(theme);
        this.changeDensity(density);
        session.notify({ kind: 'info', text: t.settings.used(file.name) });
      } catch (error) {
        if (!(error instanceof BrokenSettings)) throw error;
        session.notify({ kind: 'error', text: t.settings.nothingChanged(file.name, error.message) });
      }
    });
    input.click();
  }

  readonly showHelp = async (): Promise<void> => {
    await import('./help/element');
    await this.#showDialog('kqlens-help');
  };

  /** Shows a dialog whose element was just loaded. */
  async #showDialog(name: keyof typeof DIALOGS): Promise<void> {
    this.dialogs = new Set([...this.dialogs, name]);
    await this.updateComplete;
    await this.renderRoot.querySelector<Share | Workspaces | Help | HandoffDialog | EmptyDialog | OpenLink | CheckSetup>(name)?.show();
  }

  #verdict(session: Session): TemplateResult {
    return html`
      <kqlens-verdict .session=${session}></kqlens-verdict>
      ${session.panels.size > 0 ? html`
        <div class="panels"><kqlens-timeline .session=${session}></kqlens-timeline><kqlens-metrics .session=${session}></kqlens-metrics></div>
        ${this.hasActivity ? html`<kqlens-activity .session=${session}></kqlens-activity><kqlens-service-metrics .session=${session}></kqlens-service-metrics>` : nothing}
        <div class="tops"><kqlens-top kind="api" .session=${session}></kqlens-top><kqlens-top kind="backend" .session=${session}></kqlens-top></div>` : nothing}
      <kqlens-sources .session=${session}></kqlens-sources>`;
  }

  /** The tabs for which there is something to show. */
  #tabsOf(session: Session): readonly Tab[] {
    return TABS.filter((tab) => tab !== 'conversations' || session.hasConversations);
  }

  /** The tab that was chosen, while there is something in it. */
  #openTab(session: Session): Tab {
    return this.#tabsOf(session).includes(session.tab) ? session.tab : 'verdict';
  }

  #tabs(session: Session): TemplateResult {
    const tabs = this.#tabsOf(session);
    const open = this.#openTab(session);
    return html`<div class="tabs" part="tabs" role="tablist" aria-label=${t.views} @keydown=${(event: KeyboardEvent) => {
      if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
      const at = tabs.indexOf(open);
      const next = tabs[(at + (event.key === 'ArrowRight' ? 1 : tabs.length - 1)) % tabs.length] ?? 'verdict';
      session.showTab(next);
      this.renderRoot.querySelector<HTMLElement>(`#tab-${next}`)?.focus();
    }}>${tabs.map((tab) => html`<button id="tab-${tab}" part="tab" role="tab" aria-selected=${open === tab} aria-controls="panel-${tab}"
      tabindex=${open === tab ? 0 : -1} @click=${() => session.showTab(tab)}>${t.tabs[tab]}</button>`)}</div>`;
  }

  /** A view is loaded when it is first asked for, or when there is something in it. */
  #define({ tab, panels }: Session): void {
    if (!this.hasActivity && (panels.has('activity') || panels.has('load'))) void import('./activity/element').then(() => { this.hasActivity = true; });
    if (tab !== 'verdict' && !this.defined.has(tab)) void VIEWS[tab]().then(() => { this.defined = new Set([...this.defined, tab]); });
  }

  get #kqlDialog(): HTMLDialogElement | null {
    return this.renderRoot.querySelector<HTMLDialogElement>('dialog.kql');
  }

  override updated(changed: PropertyValues): void {
    const { session } = this;
    if (session) this.#define(session);
    if (session?.kql && !this.#kqlDialog?.open) this.#kqlDialog?.showModal();
    if (session && !session.kql && this.#kqlDialog?.open) this.#kqlDialog.close();
    if (session?.handoff && session.handoff !== this.#handoff) void import('./handoff/element').then(() => this.#showDialog('kqlens-handoff'));
    this.#handoff = session?.handoff ?? null;
    if (session?.emptied && session.emptied !== this.#emptied) void import('./empty/element').then(() => this.#showDialog('kqlens-empty'));
    this.#emptied = session?.emptied ?? null;
    if (changed.has('theme') || changed.has('printing')) {
      for (const drawn of this.renderRoot.querySelectorAll<Timeline>('kqlens-timeline, kqlens-service-metrics, kqlens-conversations, kqlens-query')) drawn.themeChanged?.();
    }
    if (session && session.phase !== this.#phase) {
      this.#phase = session.phase;
      this.dispatchEvent(new CustomEvent('statechange', { detail: this.#phase, bubbles: true, composed: true }));
    }
  }

  #picked(event: Event): void {
    const input = event.target as HTMLInputElement;
    void this.load([...(input.files ?? [])]);
    input.value = '';
  }

  /** Runs a query over what is loaded, for the host; tells of it by `result`. */
  async run(kql: string, { maxRows = 1000 }: { maxRows?: number } = {}): Promise<HostAnswer> {
    if (!this.session) throw new Error('the element is not in a page yet');
    const result = await this.session.engine.query(kql, { maxRows });
    try {
      const answer = { columns: result.columns, rows: await result.rows(0, result.rowCount), notes: result.notes };
      this.dispatchEvent(new CustomEvent('result', { detail: { kql, columns: result.columns, rowCount: result.rowCount }, bubbles: true, composed: true }));
      return answer;
    } finally {
      result.release();
    }
  }

  /** What a host keeps to bring the element back: queries and the view, never data. */
  save(): SavedState {
    const { session } = this;
    return { version: 1, theme: this.theme, tab: session?.tab ?? 'verdict', queries: session?.queries?.tabs.map(({ text }) => text) ?? [] };
  }

  /** Takes back what `save` gave; false where it is something else. */
  restore(state: unknown): boolean {
    const { version, theme, tab, queries } = (state ?? {}) as Partial<SavedState>;
    const isOurs = version === 1 && THEMES.includes(theme as Theme) && TABS.includes(tab as Tab)
      && Array.isArray(queries) && queries.every((text) => typeof text === 'string');
    if (!isOurs || !this.session) return false;
    this.theme = theme as Theme;
    this.session.hold(queries);
    this.session.showTab(tab as Tab);
    return true;
  }

  /** Asks for files, as the button does. */
  pick(): void {
    if (this.readonly) return;
    const start = this.renderRoot.querySelector('kqlens-start')?.shadowRoot;
    (this.renderRoot.querySelector<HTMLInputElement>('#more') ?? start?.querySelector<HTMLInputElement>('input[type=file]'))?.click();
  }

  #nextTheme(): void {
    this.changeTheme(NEXT[this.theme] ?? 'auto');
  }

  changeTheme(theme: Theme): void {
    this.theme = theme;
    this.dispatchEvent(new CustomEvent('themechange', { detail: this.theme, bubbles: true, composed: true }));
  }

  changeDensity(density: Density): void {
    this.density = density;
    this.dispatchEvent(new CustomEvent('densitychange', { detail: this.density, bubbles: true, composed: true }));
  }
}

function engineWords({ engineState, isTriaging }: Session): string {
  if (engineState === 'ready') return isTriaging ? t.engine.looking : t.engine.ready;
  return t.engine[engineState];
}

/** What a screen reader hears when the state changes. */
function announcement(session: Session): string {
  if (session.isReading) return t.announced.reading;
  const { report } = session;
  if (!report) return '';
  const first = report.findings[0];
  const n_rows = session.sources.reduce((sum, { rows }) => sum + rows, 0);
  return first ? t.announced.found(n_rows, first.title) : t.announced.nothing(n_rows);
}
