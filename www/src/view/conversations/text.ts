// A text of a log as text: never markup, nothing invisible, secrets marked, long ones folded.
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { Secret } from 'kqlens';
import type { Session } from '../../session/session';
import { conversations as t } from '../../texts/conversations';
import { codeOf, INVISIBLE, nameOf } from '../invisible';
import { base } from '../style';

const FOLDED_ABOVE = 2400;
const SHOWN_FOLDED = 1500;

/** No rule finds anything in less. */
const SHORTEST_SECRET = 5;

/** The text with what is invisible as words. */
function visible(text: string): (string | TemplateResult)[] {
  const pieces: (string | TemplateResult)[] = [];
  let end = 0;
  for (const { 0: letter, index } of text.matchAll(INVISIBLE)) {
    if (letter === '\r' && text[index + 1] === '\n') continue;
    pieces.push(text.slice(end, index), html`<span class="control" title=${t.text.control(codeOf(letter))}>${nameOf(letter)}</span>`);
    end = index + letter.length;
  }
  pieces.push(text.slice(end));
  return pieces;
}

export class LogText extends LitElement {
  static override properties = {
    session: { attribute: false }, masking: { attribute: false }, phrase: { attribute: false }, text: { attribute: false }, isHidden: { attribute: false }, look: {},
    secrets: { state: true }, isWhole: { state: true },
  };
  static override styles = [base, css`
    :host { white-space: normal; }
    .text { white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: plaintext; }
    .code { font: 12.5px/19px var(--mono); background: var(--sunken); border: 1px solid var(--line); border-radius: 4px; padding: 8px 10px; }
    .cell { font: 12px/17px var(--mono); }
    mark.hit { background: var(--tint); color: inherit; box-shadow: none; outline: 1px solid var(--link); }
    .control { font: 10.5px/14px var(--mono); padding: 0 3px; margin: 0 1px; border: 1px solid var(--edge); border-radius: 3px; color: var(--warning); unicode-bidi: isolate; white-space: nowrap; }
    mark { background: var(--warning-tint); color: var(--warning); border-radius: 3px; box-shadow: inset 0 -2px 0 var(--unauthorized-fill); }
    button { margin-top: 4px; margin-inline-start: -8px; }
    .gone { font-style: italic; }
  `];
  declare session: Session | undefined;
  declare text: string;
  /** What was searched for. */
  declare phrase: string;
  /** Looks again where it is another. */
  declare masking: unknown;
  /** Whether it is kept off the screen. */
  declare isHidden: boolean;
  declare look: 'prose' | 'code' | 'cell';
  declare secrets: readonly Secret[];
  declare isWhole: boolean;

  constructor() {
    super();
    this.text = '';
    this.phrase = '';
    this.isHidden = false;
    this.look = 'prose';
    this.secrets = [];
    this.isWhole = false;
  }

  override willUpdate(changed: PropertyValues): void {
    if (!changed.has('text') && !changed.has('masking')) return;
    if (changed.has('text')) {
      this.secrets = [];
      // What was searched for is not folded away.
      this.isWhole = this.phrase !== '' && this.text.toLowerCase().indexOf(this.phrase.toLowerCase()) > SHOWN_FOLDED - this.phrase.length;
    }
    void this.#find(this.text);
  }

  async #find(text: string): Promise<void> {
    if (!this.session || text.length < SHORTEST_SECRET) return;
    try {
      const secrets = (await this.session.engine.call('redact', 'find', text)) as Secret[];
      if (text === this.text) this.secrets = secrets;
    } catch {
      // An engine that stops says so itself; the text stands without marks.
    }
  }

  override render(): TemplateResult {
    const { text } = this;
    if (this.isHidden) return html`<p class="gone soft">${t.text.hidden(text.length)}</p>`;
    const isFolded = text.length > FOLDED_ABOVE && !this.isWhole;
    const size = new TextEncoder().encode(text).length;
    return html`<div class="text ${this.look}">${this.#pieces(isFolded ? SHOWN_FOLDED : text.length)}${isFolded ? '…' : ''}</div>
      ${text.length > FOLDED_ABOVE ? html`<button class="quiet" aria-expanded=${this.isWhole} @click=${() => { this.isWhole = !this.isWhole; }}>
        ${isFolded ? t.text.showAll(size) : t.text.showLess}</button>` : nothing}`;
  }

  #pieces(end: number): unknown[] {
    const pieces: unknown[] = [];
    let at = 0;
    for (const { start, end: secretEnd, title } of this.secrets) {
      if (start >= end) break;
      pieces.push(this.#found(this.text.slice(at, start)), html`<mark title=${title}>${this.#found(this.text.slice(start, secretEnd))}</mark>`);
      at = secretEnd;
    }
    if (at < end) pieces.push(this.#found(this.text.slice(at, end)));
    return pieces;
  }

  /** A piece with what was searched for. */
  #found(text: string): unknown[] {
    const [low, phrase] = [text.toLowerCase(), this.phrase.toLowerCase()];
    // Letters of which the small form is longer would move the places.
    if (phrase === '' || low.length !== text.length) return visible(text);
    const pieces: unknown[] = [];
    let end = 0;
    for (let at = low.indexOf(phrase); at >= 0; at = low.indexOf(phrase, end)) {
      pieces.push(visible(text.slice(end, at)), html`<mark class="hit">${visible(text.slice(at, at + phrase.length))}</mark>`);
      end = at + phrase.length;
    }
    pieces.push(visible(text.slice(end)));
    return pieces;
  }
}
