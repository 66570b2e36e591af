// The text of a tab as queries: blank lines part them, as in Azure Data Explorer. What only declares
// (`let x = 1;`) goes on over a blank line, as it is no query by itself.
import type { Token } from 'kqlens';

export interface Block {
  text: string;
  /** Where it stands in the whole text. */
  start: number;
  end: number;
}

/** Declarations alone are no query: the last statement says which. */
function onlyDeclares(text: string): boolean {
  let flat = text.replace(/\/\/.*/g, '');
  for (let before = ''; before !== flat;) {
    before = flat;
    flat = flat.replace(/\{[^{}]*\}/g, '');
  }
  if (!flat.trimEnd().endsWith(';')) return flat.trim() === '';
  return flat.split(';').every((statement) => /^\s*(let|set|declare|alias|restrict)\b|^\s*$/.test(statement));
}

export function queriesIn(text: string): Block[] {
  const blocks: Block[] = [];
  const parts = /[^\n]*\S[^\n]*(?:\n[^\n]*\S[^\n]*)*/g;
  for (let found = parts.exec(text); found; found = parts.exec(text)) {
    const [start, end] = [found.index, found.index + found[0].length];
    const last = blocks.at(-1);
    if (last && onlyDeclares(last.text)) {
      last.end = end;
      last.text = text.slice(last.start, end);
    } else {
      blocks.push({ text: found[0], start, end });
    }
  }
  return blocks;
}

/** The query around the caret, or else the one before it. */
export function queryAt(text: string, caret: number): Block | null {
  const blocks = queriesIn(text);
  return blocks.findLast(({ start }) => start <= caret) ?? blocks[0] ?? null;
}

/** A tab is called by its first line that says something. */
export function titleOf(text: string, otherwise: string): string {
  const line = text.split('\n').map((candidate) => candidate.trim()).find((candidate) => candidate !== '') ?? '';
  const words = line.replace(/^\/\/\s*/, '');
  return words === '' ? otherwise : words;
}

/** The query without what would keep it from going on: its last `;`, its `render`, comments behind it. */
export function openEnded(text: string, tokens: readonly Token[]): string {
  const kept = tokens.filter(({ kind }) => kind !== 'comment');
  const said = (token: Token | undefined): string => (token ? text.slice(token.start, token.end) : '');
  while (said(kept.at(-1)) === ';') kept.pop();
  let depth = 0;
  for (let at = kept.length - 1; at > 0; at--) {
    const word = said(kept[at]);
    if (/^[)\]}]$/.test(word)) depth += 1;
    else if (/^[([{]$/.test(word)) depth -= 1;
    else if (depth === 0 && (word === ';' || word === '|')) {
      if (word === '|' && said(kept[at + 1]) === 'render') kept.length = at;
      break;
    }
  }
  return text.slice(0, kept.at(-1)?.end ?? text.length);
}
