// What is wrong in a query, as a list: each leads to its place, and to its fix where there is one.
import { css, html, nothing, type TemplateResult } from 'lit';
import type { Problem } from '../../session/queries';
import { query as t } from '../../texts/query';
import { coded } from '../coded';
import { icons, severity } from '../icons';
import { base } from '../style';
import { QueriesView } from './part';

const ORDER = ['error', 'warning', 'info', 'hint'] as const;

/** Events: `goto` with a range, `fix` with edits. */
export class Problems extends QueriesView {
  static override properties = { ...QueriesView.properties, isOpen: { state: true } };
  static override styles = [base, css`
    :host { border-top: 1px solid var(--line); }
    details, .none { font-size: 13px; }
    .none { padding: 6px 12px; }
    summary { cursor: pointer; padding: 6px 12px; display: flex; gap: 10px; align-items: center; list-style: none; }
    summary::-webkit-details-marker { display: none; }
    ul { max-height: 150px; overflow: auto; padding: 0 8px 8px; }
    li { display: flex; flex-wrap: wrap; gap: 0 6px; align-items: start; }
    li button.quiet { justify-content: start; text-align: start; color: var(--ink); flex: 1 1 240px; min-width: 0; align-items: start; }
    li svg { margin-top: 2px; }
    li.error svg, .pill.error { color: var(--error); }
    li.warning svg { color: var(--warning); }
    li span { overflow-wrap: anywhere; }
    .fix { min-height: 26px; padding: 2px 8px; font-size: 12.5px; flex: none; }
    .worst { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    .keys { font-size: 12px; flex: none; }
    .pill { flex: none; }
    summary > svg { transition: none; }
    [open] > summary > svg { transform: rotate(180deg); }
    @media (max-width: 640px) { .keys { display: none; } }
  `];

  /** The list stays as it is while a query is typed, or all below would jump; a run that fails opens it. */
  declare isOpen: boolean;
  #failure: unknown = null;

  constructor() {
    super();
    this.isOpen = false;
  }

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    super.willUpdate(changed);
    const failure = this.queries?.active.failure ?? null;
    if (failure && failure !== this.#failure) this.isOpen = true;
    this.#failure = failure;
  }

  override render(): TemplateResult | typeof nothing {
    const { queries } = this;
    if (!queries || queries.active.text.trim() === '') return nothing;
    const problems = [...queries.problems].sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity) || a.range.start - b.range.start);
    if (problems.length === 0) return html`<p class="none soft">${t.problems.none}</p>`;
    const [worst] = problems;
    const said = ORDER.flatMap((name) => {
      const n = problems.filter((problem) => problem.severity === name).length;
      return n > 0 ? [t.problems.counts[name](n)] : [];
    });
    return html`<details .open=${this.isOpen} @toggle=${(event: Event) => { this.isOpen = (event.target as HTMLDetailsElement).open; }}>
      <summary><span class="pill ${worst?.severity ?? ''}">${severity(worst?.severity ?? '').icon}${said.join(', ')}</span>
        <span class="worst soft">${this.isOpen || !worst ? nothing : coded(worst.message)}</span><span class="soft keys">${t.problems.keys}</span>${icons.chevron}</summary>
      <ul>${problems.map((problem) => this.#line(problem))}</ul></details>`;
  }

  #line({ severity: name, message, help, code, range, fix }: Problem): TemplateResult {
    const line = (this.queries?.active.text.slice(0, range.start).split('\n').length) ?? 1;
    const { icon, word } = severity(name);
    return html`<li class=${name}>
      <button class="quiet" @click=${() => this.dispatchEvent(new CustomEvent('goto', { detail: range }))}>${icon}
        <span><span class="hidden">${word}: </span>${coded(message)}${help ? html`<span class="soft">: ${coded(help)}</span>` : nothing} <span class="soft">${t.problems.place(code, line)}</span></span></button>
      ${fix ? html`<button class="fix" @click=${() => this.dispatchEvent(new CustomEvent('fix', { detail: fix.edits }))}>${fix.title}</button>` : nothing}</li>`;
  }
}
