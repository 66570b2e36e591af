// Renames what a query declares: a small field at the name, and one change of all its places.
import { StateEffect, StateField, type Extension } from '@codemirror/state';
import { type EditorView, showTooltip, type Tooltip } from '@codemirror/view';
import type { Edit, Range } from 'kqlens';
import type { Session } from '../../session/session';
import { query as t } from '../../texts/query';
import { around } from './assist';

const asked = StateEffect.define<Tooltip | null>();
const field = StateField.define<Tooltip | null>({
  create: () => null,
  update(tip, transaction) {
    for (const effect of transaction.effects) if (effect.is(asked)) return effect.value;
    return transaction.docChanged ? null : tip;
  },
  provide: (self) => showTooltip.from(self),
});

export const renaming: Extension = field;

function form(view: EditorView, name: string, rename: (to: string) => Promise<void>): HTMLElement {
  const box = document.createElement('form');
  box.className = 'kql-about kql-rename';
  const input = document.createElement('input');
  input.value = name;
  input.setAttribute('aria-label', t.editor.newName(name));
  input.spellcheck = false;
  const words = document.createElement('p');
  words.setAttribute('role', 'alert');
  box.append(input, words);
  const close = (): void => {
    view.dispatch({ effects: asked.of(null) });
    view.focus();
  };
  box.addEventListener('submit', async (event) => {
    event.preventDefault();
    try {
      await rename(input.value.trim());
      close();
    } catch (error) {
      words.textContent = (error as Error).message;
    }
  });
  box.addEventListener('keydown', (event) => {
    event.stopPropagation();
    if (event.key === 'Escape') close();
  });
  setTimeout(() => {
    input.focus();
    input.select();
  });
  return box;
}

/** Asks for the new name of what stands at the caret; says where there is nothing to rename. */
export async function rename(view: EditorView, session: Session): Promise<void> {
  const pos = view.state.selection.main.head;
  const doc = view.state.doc.toString();
  const { text, start, offset } = around(doc, pos);
  const places = (await session.engine.call('kql', 'references', text, offset)) as Range[];
  const here = places.find((place) => place.start <= offset && offset <= place.end);
  const tip = (create: () => HTMLElement): void => view.dispatch({ effects: asked.of({ pos, above: true, create: () => ({ dom: create() }) }) });
  if (!here) {
    tip(() => {
      const words = document.createElement('div');
      words.className = 'kql-about';
      words.setAttribute('role', 'alert');
      words.textContent = t.editor.notDeclared;
      return words;
    });
    setTimeout(() => {
      if (view.dom.isConnected) view.dispatch({ effects: asked.of(null) });
    }, 2500);
    return;
  }
  tip(() => form(view, text.slice(here.start, here.end), async (name) => {
    if (view.state.doc.toString() !== doc) return;
    const edits = (await session.engine.call('kql', 'rename', text, offset, name)) as Edit[];
    view.dispatch({ changes: edits.map(({ range, text: insert }) => ({ from: start + range.start, to: start + range.end, insert })), userEvent: 'rename' });
  }));
}
