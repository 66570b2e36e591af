// Colours of a query from the tokens of the engine. Those of the last text move along with it until
// those of the next are there, so that nothing blinks while it is typed.
import { RangeSetBuilder, StateEffect, StateField, type Extension } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView, ViewPlugin, type ViewUpdate } from '@codemirror/view';
import type { Token } from 'kqlens';
import { queriesIn } from '../../session/query-text';

type Tokens = (text: string) => Promise<readonly Token[]>;

const KEYWORDS = new Set(('and or not in has by on asc desc let set declare between contains startswith endswith matches regex with kind step from to '
  + 'has_any has_all has_cs nulls first last of true false null typeof pack').split(' '));
const KINDS = ['comment', 'number', 'string', 'literal', 'placeholder', 'unknown', 'operator', 'keyword', 'function', 'table', 'directive'] as const;
type Kind = (typeof KINDS)[number];
const MARKS = new Map<string, Decoration>(KINDS.map((kind) => [kind, Decoration.mark({ class: `kql-${kind}`, inclusiveEnd: true })]));

const coloured = StateEffect.define<DecorationSet>();

const field = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    const fresh = transaction.effects.find((effect) => effect.is(coloured));
    return fresh ? fresh.value as DecorationSet : marks.map(transaction.changes);
  },
  provide: (self) => EditorView.decorations.from(self),
});

/** What a token is drawn as; a word is told by what stands around it. */
function kindOf(text: string, tokens: readonly Token[], at: number): Kind | null {
  const token = tokens[at] as Token;
  if (token.kind !== 'word') return token.kind === 'symbol' ? null : token.kind;
  const said = (other: Token | undefined): string => (other ? text.slice(other.start, other.end) : '');
  const word = said(token);
  const before = said(tokens[at - 1]);
  if (before === '|') return 'operator';
  if (said(tokens[at + 1]) === '(' && !KEYWORDS.has(word)) return 'function';
  if (KEYWORDS.has(word) || word.startsWith('!')) return 'keyword';
  const gap = text.slice(tokens[at - 1]?.end ?? 0, token.start);
  const isFirst = before === '' || before === ';' || before === '(' || /\n\s*\n/.test(gap) || tokens[at - 1]?.kind === 'comment';
  return isFirst && said(tokens[at + 1]) !== '=' ? (/^(print|range|union|search|find|datatable)$/.test(word) ? 'operator' : 'table') : null;
}

/** Asks for the tokens of the queries that are seen: one request at a time, for the newest text. */
export function colours(tokensOf: Tokens): Extension {
  const plugin = ViewPlugin.fromClass(class {
    #isAsking = false;
    #isDue = false;
    #isGone = false;

    constructor(readonly view: EditorView) {
      void this.#ask();
    }

    update({ docChanged, viewportChanged }: ViewUpdate): void {
      if (docChanged || viewportChanged) void this.#ask();
    }

    destroy(): void {
      this.#isGone = true;
    }

    async #ask(): Promise<void> {
      this.#isDue = true;
      if (this.#isAsking) return;
      this.#isAsking = true;
      await Promise.resolve();
      while (this.#isDue && !this.#isGone) {
        this.#isDue = false;
        const { doc } = this.view.state;
        const { from, to } = this.view.viewport;
        const text = doc.toString();
        const blocks = queriesIn(text).filter(({ start, end }) => end >= from && start <= to);
        const [start, end] = [blocks[0]?.start ?? 0, blocks.at(-1)?.end ?? 0];
        try {
          const seen = text.slice(start, end);
          const tokens = await tokensOf(seen);
          if (this.#isGone || this.view.state.doc !== doc) continue;
          const marks = new RangeSetBuilder<Decoration>();
          for (const [at, token] of tokens.entries()) {
            const mark = MARKS.get(kindOf(seen, tokens, at) ?? '');
            if (mark) marks.add(start + token.start, start + token.end, mark);
          }
          this.view.dispatch({ effects: coloured.of(marks.finish()) });
        } catch {
          // Without the engine the text stands without colours.
        }
      }
      this.#isAsking = false;
    }
  });
  return [field, plugin];
}
