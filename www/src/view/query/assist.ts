// What the engine says at a place in a query: completions, what a name means, what a call takes.
import { autocompletion, type Completion as Option, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete';
import { StateEffect, StateField, type Extension } from '@codemirror/state';
import { EditorView, hoverTooltip, showTooltip, type Tooltip, ViewPlugin, type ViewUpdate } from '@codemirror/view';
import type { Completion, Example, Hover, SignatureHelp } from 'kqlens';
import { queriesIn } from '../../session/query-text';
import type { Session } from '../../session/session';
import { query as t } from '../../texts/query';

/** The query around a place, and the place in it; a line below it still belongs to it while it is written. */
export function around(text: string, at: number): { text: string; start: number; offset: number } {
  const block = queriesIn(text).find(({ start, end }) => start <= at && at <= end + 1);
  if (!block) return { text: '', start: at, offset: 0 };
  return { text: text.slice(block.start, Math.max(block.end, at)), start: block.start, offset: at - block.start };
}

function element(name: string, className: string, text = ''): HTMLElement {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

/** Names between back quotes and examples are text like all the rest. */
function documentation({ head, about, example, lines = [] }: { head?: string; about?: string | undefined; example?: Example | undefined; lines?: readonly string[] }): HTMLElement {
  const box = element('div', 'kql-about');
  if (head) box.append(element('div', 'kql-head', head));
  if (about) box.append(element('p', '', about));
  for (const line of lines) box.append(element('p', 'kql-line', line));
  if (example) {
    box.append(element('pre', '', example.query));
    box.append(element('pre', 'kql-answer', `→ ${example.answer}`));
  }
  return box;
}

const TYPES: Record<Completion['kind'], string> = {
  operator: 'keyword', keyword: 'keyword', table: 'class', column: 'property', name: 'variable', function: 'function', plugin: 'function', value: 'text',
};

function option({ label, kind, detail, insert, about, example }: Completion): Option {
  const inside = insert.endsWith('()') ? insert.length - 1 : null;
  return {
    label,
    type: TYPES[kind],
    detail,
    apply: inside === null ? insert : (view, _option, from, to) => view.dispatch({
      changes: { from, to, insert }, selection: { anchor: from + inside }, userEvent: 'input.complete',
    }),
    ...(about || example ? { info: () => documentation({ about, example }) } : {}),
  };
}

function completions(session: Session) {
  return async (context: CompletionContext): Promise<CompletionResult | null> => {
    const { text, start, offset } = around(context.state.doc.toString(), context.pos);
    const before = text.slice(0, offset);
    if (!context.explicit && !/(\w|\|\s*|\.|^)$/.test(before)) return null;
    if (!context.explicit && before.trim() === '' && text !== '') return null;
    try {
      // Values of columns may be what people wrote to a model.
      const found = (await session.engine.language('complete', text, offset)).filter(({ kind }) => kind !== 'value' || !session.isTextHidden);
      const [first] = found;
      if (!first || context.aborted) return null;
      return { from: start + first.range.start, to: start + offset, options: found.map(option), validFor: /^\w*$/ };
    } catch {
      return null;
    }
  };
}

function hoverWords(hover: Hover): HTMLElement {
  const { kind, name, type, columns, declaration, detail, about, example } = hover;
  const head = type ? `${name}: ${type}` : detail && detail !== name ? detail : name;
  const lines = [
    ...(kind === 'table' && columns ? [t.editor.tableOf(columns.length, `${columns.slice(0, 12).map((column) => column.name).join(', ')}${columns.length > 12 ? ', …' : ''}`)] : []),
    ...(declaration ? [declaration] : []),
  ];
  return documentation({ head, about, example, lines });
}

const hovers = (session: Session): Extension => hoverTooltip(async (view, pos) => {
  const { text, start, offset } = around(view.state.doc.toString(), pos);
  try {
    const hover = await session.engine.language('hover', text, offset);
    if (!hover) return null;
    return { pos: start + hover.range.start, end: start + hover.range.end, above: true, create: () => ({ dom: hoverWords(hover) }) };
  } catch {
    return null;
  }
}, { hoverTime: 350 });

const signed = StateEffect.define<Tooltip | null>();
const signature = StateField.define<Tooltip | null>({
  create: () => null,
  update(tip, transaction) {
    for (const effect of transaction.effects) if (effect.is(signed)) return effect.value;
    return tip && transaction.docChanged ? { ...tip, pos: transaction.changes.mapPos(tip.pos) } : tip;
  },
  provide: (self) => showTooltip.from(self),
});

function signatureWords({ name, parameters, returns, argument, about }: SignatureHelp): HTMLElement {
  const box = element('div', 'kql-about kql-signature');
  const line = element('div', 'kql-head', `${name}(`);
  const here = Math.min(argument, parameters.length - 1);
  for (const [at, parameter] of parameters.entries()) {
    if (at > 0) line.append(', ');
    line.append(at === here ? element('b', '', parameter) : parameter);
  }
  line.append(`): ${returns}`);
  box.append(line);
  if (about) box.append(element('p', '', about));
  return box;
}

/** Shows what the call around the caret takes, while it is written. */
const signatures = (session: Session): Extension => [signature, ViewPlugin.fromClass(class {
  #round = 0;
  #quiet: ReturnType<typeof setTimeout> | undefined;

  update({ docChanged, selectionSet, focusChanged, view }: ViewUpdate): void {
    if (docChanged || (selectionSet && view.state.field(signature))) this.#ask(view);
    else if (focusChanged && !view.hasFocus) this.#ask(view);
  }

  destroy(): void {
    this.#round += 1;
    clearTimeout(this.#quiet);
  }

  #ask(view: EditorView): void {
    this.#round += 1;
    const round = this.#round;
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(async () => {
      const pos = view.state.selection.main.head;
      const { text, offset } = around(view.state.doc.toString(), pos);
      let help: SignatureHelp | null = null;
      if (view.hasFocus) {
        try {
          help = (await session.engine.call('kql', 'signatureHelp', text, offset)) as SignatureHelp | null;
        } catch {
          help = null;
        }
      }
      if (round !== this.#round) return;
      if (help) {
        const said = help;
        view.dispatch({ effects: signed.of({ pos, above: true, create: () => ({ dom: signatureWords(said) }) }) });
      } else if (view.state.field(signature)) {
        view.dispatch({ effects: signed.of(null) });
      }
    }, 80);
  }
})];

/** Takes the tip of a call away; false where there is none. */
export function closeSignature(view: EditorView): boolean {
  if (!view.state.field(signature, false)) return false;
  view.dispatch({ effects: signed.of(null) });
  return true;
}

export const assist = (session: Session): Extension => [
  autocompletion({ override: [completions(session)], activateOnTypingDelay: 60, maxRenderedOptions: 200 }),
  hovers(session),
  signatures(session),
];
