// The editor of the Query view: CodeMirror in a shadow root, where its styles pass a strict policy.
//
// One view for all tabs; each tab has a state of its own, with its history. What is typed goes into
// the session's queries; what is wrong in it comes back as marks.
import { closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { bracketMatching, indentUnit } from '@codemirror/language';
import { type Diagnostic as Mark, nextDiagnostic, previousDiagnostic, setDiagnostics, lintGutter } from '@codemirror/lint';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { EditorState, Prec, type Extension, type Transaction } from '@codemirror/state';
import {
  crosshairCursor, Decoration, drawSelection, dropCursor, EditorView, highlightActiveLineGutter, keymap, lineNumbers, placeholder,
  rectangularSelection, ViewPlugin, type ViewUpdate,
} from '@codemirror/view';
import { css, html, LitElement, type PropertyValues, type TemplateResult } from 'lit';
import type { Edit, Token } from 'kqlens';
import { isLink, receiveLink } from '../../session/outside';
import { PREVIEW_ROWS, type Problem, type Queries, type QueryTab } from '../../session/queries';
import { queriesIn, queryAt } from '../../session/query-text';
import { query as t } from '../../texts/query';
import { base } from '../style';
import { assist, closeSignature } from './assist';
import { colours } from './colours';
import { look } from './editor-style';
import { rename, renaming } from './rename';

const QUIET_MS = 200;

/** A line beside the query that would run. */
const current = ViewPlugin.fromClass(class {
  marks = Decoration.none;
  constructor(view: EditorView) {
    this.#mark(view);
  }

  update({ docChanged, selectionSet, view }: ViewUpdate): void {
    if (docChanged || selectionSet) this.#mark(view);
  }

  #mark({ state }: EditorView): void {
    const block = queryAt(state.doc.toString(), state.selection.main.head);
    if (!block) {
      this.marks = Decoration.none;
      return;
    }
    const [first, last] = [state.doc.lineAt(block.start).number, state.doc.lineAt(block.end).number];
    const line = Decoration.line({ class: 'kql-current' });
    this.marks = Decoration.set(Array.from({ length: last - first + 1 }, (_, at) => line.range(state.doc.line(first + at).from)));
  }
}, { decorations: ({ marks }) => marks });

/** Typed over a selection, the browser would write the look of the old text into the line, which a strict policy forbids. */
const typedOver = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { data, inputType } = event;
    const { from, to, empty } = view.state.selection.main;
    if (inputType !== 'insertText' || data === null || empty || view.composing) return false;
    const insert = (): Transaction => view.state.update(view.state.replaceSelection(data), { userEvent: 'input.type', scrollIntoView: true });
    if (!view.state.facet(EditorView.inputHandler).some((handler) => handler(view, from, to, data, insert))) view.dispatch(insert());
    return true;
  },
});

export class Editor extends LitElement {
  static override properties = { queries: { attribute: false } };
  static override styles = [base, css`
    :host { min-width: 0; }
    #place { height: 100%; }
  `];
  declare queries: Queries | undefined;
  #view: EditorView | null = null;
  #tab: QueryTab | null = null;
  #states = new Map<number, EditorState>();
  #quiet: ReturnType<typeof setTimeout> | undefined;
  readonly #follow = (): void => this.#showTab();
  readonly #recheck = (): void => this.#check(0);

  override connectedCallback(): void {
    super.connectedCallback();
    this.#listen(this.queries);
    if (this.hasUpdated) this.requestUpdate('queries');
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#deafen(this.queries);
    clearTimeout(this.#quiet);
    if (this.#view && this.#tab) this.#states.set(this.#tab.id, this.#view.state);
    this.#view?.destroy();
    this.#view = null;
    this.#tab = null;
  }

  #listen(queries: Queries | undefined): void {
    queries?.addEventListener('change', this.#follow);
    queries?.addEventListener('ran', this.#recheck);
    queries?.addEventListener('tables', this.#recheck);
  }

  #deafen(queries: Queries | undefined): void {
    queries?.removeEventListener('change', this.#follow);
    queries?.removeEventListener('ran', this.#recheck);
    queries?.removeEventListener('tables', this.#recheck);
  }

  override render(): TemplateResult {
    // A paste or a key that the editor takes is no paste for the page.
    return html`<div id="place" @paste=${(event: Event) => event.stopPropagation()}></div>`;
  }

  override updated(changed: PropertyValues): void {
    if (changed.get('queries')) {
      this.#deafen(changed.get('queries') as Queries);
      this.#listen(this.queries);
      this.#states.clear();
      this.#tab = null;
    } else if (changed.has('queries')) {
      this.#deafen(this.queries);
      this.#listen(this.queries);
    }
    this.#showTab();
  }

  #showTab(): void {
    const { queries } = this;
    const place = this.renderRoot?.querySelector<HTMLElement>('#place');
    if (!queries || !place || !this.isConnected) return;
    const tab = queries.active;
    if (tab === this.#tab) return;
    if (this.#view && this.#tab) this.#states.set(this.#tab.id, this.#view.state);
    this.#tab = tab;
    const state = this.#states.get(tab.id) ?? EditorState.create({
      doc: tab.text, selection: { anchor: Math.min(tab.caret, tab.text.length) }, extensions: this.#extensions(queries),
    });
    if (this.#view) this.#view.setState(state);
    else this.#view = new EditorView({ state, parent: place, root: this.renderRoot as ShadowRoot });
    this.#check(0);
  }

  #extensions(queries: Queries): Extension {
    const { session } = queries;
    const run = (options?: { limit: number }) => (): boolean => {
      void queries.run(options);
      return true;
    };
    return [
      // A link in an empty tab is the query that it holds.
      EditorView.domEventHandlers({
        paste: (event, { state }) => {
          const text = event.clipboardData?.getData('text/plain') ?? '';
          if (state.doc.toString().trim() !== '' || !isLink(text)) return false;
          event.preventDefault();
          void receiveLink(session, text);
          return true;
        },
      }),
      lineNumbers(),
      lintGutter(),
      highlightActiveLineGutter(),
      history(),
      drawSelection(),
      dropCursor(),
      EditorState.allowMultipleSelections.of(true),
      rectangularSelection(),
      crosshairCursor(),
      bracketMatching(),
      closeBrackets(),
      highlightSelectionMatches(),
      indentUnit.of('    '),
      EditorState.tabSize.of(4),
      EditorState.languageData.of(() => [{ commentTokens: { line: '//' }, closeBrackets: { brackets: ['(', '[', '{', '"', "'"] } }]),
      EditorView.lineWrapping,
      EditorState.phrases.of(t.editor.phrases),
      placeholder(t.editor.placeholder),
      EditorView.contentAttributes.of({ 'aria-label': t.editor.label, spellcheck: 'false', autocapitalize: 'off', autocorrect: 'off' }),
      look,
      current,
      colours(async (text) => (await session.engine.call('kql', 'tokens', text)) as Token[]),
      assist(session),
      renaming,
      typedOver,
      // Files are for the page, which reads them as logs.
      EditorView.domEventHandlers({ drop: (event) => (event.dataTransfer?.files.length ?? 0) > 0 }),
      Prec.high(keymap.of([
        { key: 'Shift-Enter', run: run() },
        { key: 'Mod-Enter', run: run() },
        { key: 'Alt-Shift-Enter', run: run({ limit: PREVIEW_ROWS }) },
        { key: 'Mod-Shift-Enter', run: () => this.#cancel() },
        { key: 'F8', run: nextDiagnostic },
        { key: 'Alt-F8', run: nextDiagnostic },
        { key: 'Shift-F8', run: previousDiagnostic },
        { key: 'Mod-.', run: () => this.#fixHere() },
        { key: 'Shift-Alt-f', run: () => this.#formatAll() },
        { key: 'Mod-k Mod-f', run: () => this.#formatHere() },
        { key: 'F2', run: () => this.#rename() },
      ])),
      keymap.of([
        { key: 'Escape', run: (view) => closeSignature(view) || this.#cancel() },
        ...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...completionKeymap, indentWithTab,
      ]),
      EditorView.updateListener.of(({ state, docChanged, selectionSet }) => {
        if (!docChanged && !selectionSet) return;
        queries.edited(state.doc.toString(), state.selection.main.head);
        if (docChanged) this.#check(QUIET_MS);
      }),
    ];
  }

  #cancel(): boolean {
    if (!this.queries?.active.running) return false;
    this.queries.cancel();
    return true;
  }

  /** Marks what is wrong, when nothing was typed for a while. */
  #check(after_ms: number): void {
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(async () => {
      const { queries } = this;
      const view = this.#view;
      const tab = this.#tab;
      if (!queries || !view) return;
      const { doc } = view.state;
      const problems = await queries.check(doc.toString());
      if (this.#view !== view || this.#tab !== tab || view.state.doc !== doc) return;
      view.dispatch(setDiagnostics(view.state, problems.map((problem) => this.#markOf(problem))));
      queries.found(problems);
    }, after_ms);
  }

  #markOf(problem: Problem): Mark {
    const { severity, message, help, code, range, fix } = problem;
    return {
      from: range.start,
      to: range.end,
      severity,
      source: code,
      message: help ? `${message}: ${help}` : message,
      ...(fix ? { actions: [{ name: fix.title, apply: () => this.apply(fix.edits) }] } : {}),
    };
  }

  #fixHere(): boolean {
    const head = this.#view?.state.selection.main.head ?? 0;
    const fixable = (this.queries?.problems ?? []).filter(({ fix }) => fix);
    const problem = fixable.find(({ range }) => range.start <= head && head <= range.end)
      ?? fixable.find(({ range }) => this.#isOnLine(range.start, head));
    if (problem?.fix) this.apply(problem.fix.edits);
    return true;
  }

  #isOnLine(place: number, caret: number): boolean {
    const doc = this.#view?.state.doc;
    return doc !== undefined && place <= doc.length && doc.lineAt(place).number === doc.lineAt(caret).number;
  }

  #formatAll(): boolean {
    void this.format('all');
    return true;
  }

  #formatHere(): boolean {
    void this.format('here');
    return true;
  }

  #rename(): boolean {
    if (this.#view && this.queries) void rename(this.#view, this.queries.session).catch(() => {});
    return true;
  }

  /** Lays queries out as one change, so that the caret stays at its token. */
  async format(which: 'all' | 'here' = 'all'): Promise<void> {
    const { queries } = this;
    const view = this.#view;
    if (!queries || !view) return;
    const { doc } = view.state;
    const text = doc.toString();
    const here = queryAt(text, view.state.selection.main.head);
    const blocks = which === 'all' ? queriesIn(text) : here ? [here] : [];
    const edits = await Promise.all(blocks.map(async ({ text: block, start }) => {
      try {
        const found = (await queries.session.engine.call('kql', 'formatEdits', block)) as Edit[];
        return found.map(({ range, text: insert }) => ({ range: { start: start + range.start, end: start + range.end }, text: insert }));
      } catch {
        // What cannot be read is left as it is; the marks say why.
        return [];
      }
    }));
    if (this.#view === view && view.state.doc === doc) this.apply(edits.flat());
  }

  /** Changes the text, as one step of the history, for whoever goes on typing elsewhere. */
  write(edits: readonly Edit[]): void {
    if (edits.length === 0) return;
    this.#view?.dispatch({ changes: edits.map(({ range, text }) => ({ from: range.start, to: range.end, insert: text })), userEvent: 'input.fix', scrollIntoView: true });
  }

  /** Changes the text, and goes on in it. */
  apply(edits: readonly Edit[]): void {
    if (edits.length === 0) return;
    this.write(edits);
    this.#view?.focus();
  }

  /** Puts a query below what is there, with the caret in it. */
  insert(query: string): void {
    const view = this.#view;
    if (!view) return;
    const text = view.state.doc.toString();
    const kept = text.trimEnd();
    const gap = kept === '' ? '' : '\n\n';
    view.dispatch({
      changes: { from: kept.length, to: text.length, insert: `${gap}${query}` },
      selection: { anchor: kept.length + gap.length }, scrollIntoView: true, userEvent: 'input.insert',
    });
    view.focus();
  }

  /** Puts the caret somewhere. */
  goTo(start: number, end = start): void {
    const view = this.#view;
    if (!view) return;
    const most = view.state.doc.length;
    view.dispatch({ selection: { anchor: Math.min(start, most), head: Math.min(end, most) }, scrollIntoView: true });
    view.focus();
  }

  override focus(): void {
    this.#view?.focus();
  }
}
