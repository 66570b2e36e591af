// The Query view: tabs, the editor, what is wrong in it, the answer; beside it the query in sentences.
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { Edit, Range } from 'kqlens';
import { type Answer, PREVIEW_ROWS, Queries, type QueryTab } from '../../session/queries';
import { queriesIn, titleOf } from '../../session/query-text';
import { query as t } from '../../texts/query';
import { words as w } from '../../texts/words';
import { icons } from '../icons';
import { base } from '../style';
import { RedrawOnChange, View } from '../view';
import type { Editor } from './editor';
import type { ResultPane } from './result';

const SIDES = ['explain', 'builder', 'recipes', 'recent'] as const;
type Side = (typeof SIDES)[number];

export class QueryView extends View {
  static override properties = { ...View.properties, side: { state: true } };
  static override styles = [base, css`
    :host { display: grid; gap: 12px; grid-template-columns: minmax(0, 1fr); }
    .card { min-width: 0; overflow: clip; }
    .tabs { display: flex; align-items: stretch; gap: 2px; padding: 6px 8px 0; border-bottom: 1px solid var(--line); background: var(--sunken); overflow-x: auto; scrollbar-width: thin; }
    .tab { display: flex; align-items: center; border-radius: 4px 4px 0 0; border: 1px solid transparent; border-bottom: 0; max-width: 240px; flex: none; }
    .tab.open { background: var(--card); border-color: var(--line); margin-bottom: -1px; }
    .tab button { border: 0; background: transparent; min-height: 32px; padding: 4px 8px; }
    .tab .name { min-width: 0; max-width: 190px; display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-size: 13px; }
    .tab.open .name { font-weight: 600; }
    .tab .close { padding: 4px; min-width: 26px; }
    .tab .close svg { width: 12px; height: 12px; }
    .tabs > button { flex: none; border-color: transparent; background: transparent; }
    .panes { display: grid; grid-template-columns: minmax(0, 1fr); }
    .panes.two { grid-template-columns: minmax(0, 1fr) minmax(260px, 380px); }
    .panes { --tall: clamp(150px, 34vh, 420px); }
    .panes.tall { --tall: clamp(320px, 58vh, 700px); }
    .panes.tall.two { grid-template-columns: minmax(0, 1fr) minmax(300px, 480px); }
    kqlens-editor { height: var(--tall); }
    .panes.two aside { border-inline-start: 1px solid var(--line); height: var(--tall); overflow: auto; padding: 6px; }
    .tools { display: flex; flex-wrap: wrap; gap: 6px 8px; align-items: center; padding: 8px 12px; border-top: 1px solid var(--line); }
    kbd { font: 11px var(--mono); }
    @media (max-width: 900px) {
      .panes.two, .panes.tall.two { grid-template-columns: minmax(0, 1fr); --tall: clamp(150px, 34vh, 420px); }
      .panes.two aside { border-inline-start: 0; border-top: 1px solid var(--line); height: auto; max-height: 56vh; }
      .tools { padding: 8px; }
    }
    @media (max-width: 640px) { kbd { display: none; } }
    @media (forced-colors: active) { .tab.open { border-color: Highlight; } }
  `];
  declare side: Side | null;
  /** The recipe that was shown because it was asked for. */
  #recipe: unknown = null;
  protected readonly redrawQueries = new RedrawOnChange(this, () => this.session?.queries ?? undefined);

  constructor() {
    super();
    this.side = globalThis.innerWidth > 1000 ? 'explain' : null;
  }

  override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed as Map<PropertyKey, unknown>);
    const { session } = this;
    if (session?.recipe && session.recipe !== this.#recipe) {
      this.#recipe = session.recipe;
      this.side = 'recipes';
    }
    if (!changed.has('session') || !session) return;
    session.queries ??= new Queries(session);
  }

  /** Draws again in the colours of another theme. */
  themeChanged(): void {
    this.renderRoot.querySelector<ResultPane>('kqlens-result')?.themeChanged();
  }

  get #editor(): Editor | null {
    return this.renderRoot.querySelector<Editor>('kqlens-editor');
  }

  override render(): TemplateResult | typeof nothing {
    const { queries } = this.session ?? {};
    if (!queries) return nothing;
    const { active } = queries;
    const goTo = ({ detail }: CustomEvent<Range>): void => this.#editor?.goTo(detail.start, detail.end);
    return html`
      <section class="card" aria-label=${t.query} @keydown=${(event: KeyboardEvent) => this.#key(event, queries)}>
        ${this.#tabs(queries)}
        <div class="panes ${this.side ? 'two' : ''} ${this.side === 'recipes' ? 'tall' : ''}" id="query" role="tabpanel" aria-labelledby="q${active.id}">
          <kqlens-editor .queries=${queries}></kqlens-editor>
          ${this.side ? html`<aside aria-label=${t.sides[this.side]} tabindex="0">${this.#side(queries, goTo)}</aside>` : nothing}
        </div>
        <kqlens-problems .queries=${queries} @goto=${goTo} @fix=${({ detail }: CustomEvent<Edit[]>) => this.#editor?.apply(detail)}></kqlens-problems>
        <div class="tools">
          <button class="primary" id="run" ?disabled=${active.text.trim() === ''} @click=${() => queries.run()}>${w.run} <kbd>Shift+Enter</kbd></button>
          <button id="preview" title=${t.previewKey} ?disabled=${active.text.trim() === ''} @click=${() => queries.run({ limit: PREVIEW_ROWS })}>${t.preview}</button>
          <button id="format" ?disabled=${active.text.trim() === ''} @click=${() => this.#editor?.format()}>${w.format}</button>
          <button id="use" ?disabled=${active.text.trim() === ''} @click=${() => queries.use()}>${icons.use}${w.useIt}</button>
          <span class="grow"></span>
          <div class="switch" role="group" aria-label=${t.beside}>${SIDES.map((side) => html`<button aria-pressed=${this.side === side}
            @click=${() => { this.side = this.side === side ? null : side; }}>${t.sides[side]}</button>`)}</div>
        </div>
      </section>
      <section class="card" aria-label=${t.answer} @keydown=${(event: KeyboardEvent) => this.#key(event, queries)}><kqlens-result .queries=${queries} @apply=${({ detail }: CustomEvent<{ kql: string; edits: Edit[] }>) => this.#apply(queries, detail)}
        @extend=${({ detail }: CustomEvent<{ answer: Answer; stages: string }>) => this.#extend(queries, detail)}></kqlens-result></section>`;
  }

  #side(queries: Queries, goTo: (event: CustomEvent<Range>) => void): TemplateResult {
    const insert = ({ detail }: CustomEvent<string>): void => this.#editor?.insert(detail);
    const open = ({ detail }: CustomEvent<string>): void => queries.open(detail);
    const run = ({ detail }: CustomEvent<string>): void => {
      queries.open(detail);
      void queries.run();
    };
    const edit = ({ detail }: CustomEvent<Edit>): void => this.#editor?.write([detail]);
    switch (this.side) {
      case 'builder': return html`<kqlens-builder .queries=${queries} @goto=${goTo} @edit=${edit}></kqlens-builder>`;
      case 'recipes': return html`<kqlens-recipes .queries=${queries} .wanted=${queries.session.recipe} @insert=${insert} @run=${run}></kqlens-recipes>`;
      case 'recent': return html`<kqlens-recent .queries=${queries} @insert=${insert} @open=${open}></kqlens-recent>`;
      default: return html`<kqlens-explain .queries=${queries} @goto=${goTo}></kqlens-explain>`;
    }
  }

  #tabs(queries: Queries): TemplateResult {
    const focus = (): void => {
      void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>('.tab.open .name')?.focus());
    };
    return html`<div class="tabs">
      <div role="tablist" aria-label=${t.queries} class="bar" .style=${'flex-wrap: nowrap; gap: 2px'} @keydown=${(event: KeyboardEvent) => {
        if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') queries.step(event.key === 'ArrowRight' ? 1 : -1);
        else if (event.key === 'Delete') queries.close(queries.active);
        else return;
        event.preventDefault();
        focus();
      }}>${queries.tabs.map((tab, at) => this.#tab(queries, tab, at))}</div>
      <button class="icon" id="new" aria-label=${t.newQuery} title=${t.newQueryKey} @click=${() => this.#new(queries)}>${icons.add}</button>
      ${queries.canReopen ? html`<button class="quiet" id="reopen" @click=${() => queries.reopen()}>${t.undoClose}</button>` : nothing}
    </div>`;
  }

  #tab(queries: Queries, tab: QueryTab, at: number): TemplateResult {
    const isOpen = tab === queries.active;
    const title = titleOf(tab.text, t.untitled(at + 1));
    return html`<div class="tab ${isOpen ? 'open' : ''}" role="presentation">
      <button class="name" id="q${tab.id}" role="tab" aria-selected=${isOpen} aria-controls="query" aria-keyshortcuts="Delete" tabindex=${isOpen ? 0 : -1} title=${title}
        @click=${() => queries.show(tab)}>${tab.running ? '… ' : ''}${title}</button>
      <button class="close" tabindex="-1" aria-hidden="true" title=${t.closeKey} @click=${() => queries.close(tab)}>${icons.close}</button></div>`;
  }

  #new(queries: Queries): void {
    queries.add();
    void this.updateComplete.then(() => this.#editor?.focus());
  }

  #key(event: KeyboardEvent, queries: Queries): void {
    const isCommand = event.ctrlKey || event.metaKey;
    if (isCommand && event.key.toLowerCase() === 'j' && !event.shiftKey) this.#new(queries);
    else if (isCommand && event.altKey && (event.code === 'BracketLeft' || event.code === 'BracketRight')) queries.step(event.code === 'BracketRight' ? 1 : -1);
    else if (event.key === 'F6') this.#region(event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
  }

  /** Edits of what was run, where it still stands in the text. */
  #apply(queries: Queries, { kql, edits }: { kql: string; edits: Edit[] }): void {
    const block = queriesIn(queries.active.text).find(({ text }) => text === kql);
    if (!block) return;
    this.#editor?.apply(edits.map(({ range, text }) => ({ range: { start: block.start + range.start, end: block.start + range.end }, text })));
  }

  /** Puts stages behind what was run, and runs it; in a tab of its own where the text has changed since. */
  #extend(queries: Queries, { answer: { kql, openKql }, stages }: { answer: Answer; stages: string }): void {
    const block = queriesIn(queries.active.text).find(({ text }) => text === kql);
    if (block) {
      const end = block.start + openKql.length;
      this.#editor?.apply([{ range: { start: end, end }, text: `\n${stages}` }]);
      this.#editor?.goTo(block.start);
    } else {
      queries.open(`${openKql}\n${stages}`);
    }
    void queries.run();
  }

  /** The next or the previous of the editor, what is beside it, and the answer. */
  #region(by: number): void {
    const regions = ['kqlens-editor', 'aside', '#run', 'kqlens-result'].flatMap((name) => this.renderRoot.querySelector<HTMLElement>(name) ?? []);
    const focused = this.shadowRoot?.activeElement;
    const at = regions.findIndex((region) => region === focused || region.contains(focused ?? null));
    const next = regions[(at + by + regions.length) % regions.length];
    next?.focus();
  }
}
