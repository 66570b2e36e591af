// The query under the caret in sentences, one a stage; the one that the caret stands in is marked.
// Rows of the last run stand beside the stages that they went through.
import { css, html, nothing, type TemplateResult } from 'lit';
import type { ExplainStep, StageInfo } from 'kqlens';
import { queryAt } from '../../session/query-text';
import { query as t } from '../../texts/query';
import { words as w } from '../../texts/words';
import { coded } from '../coded';
import { base } from '../style';
import { QueriesView } from './part';
import { listed } from './words';

const QUIET_MS = 120;
const SHOWN_COLUMNS = 8;

/** Events: `goto` with a range. */
export class Explain extends QueriesView {
  static override properties = { ...QueriesView.properties, steps: { state: true }, failure: { state: true } };
  static override styles = [base, css`
    ol { display: grid; gap: 2px; }
    li { border-inline-start: 3px solid transparent; border-radius: 2px; }
    li.here { border-color: var(--link); background: var(--tint); }
    li button.quiet { width: 100%; display: grid; gap: 2px; justify-content: start; justify-items: start; text-align: start; color: var(--ink); padding: 6px 8px; font-size: 13px; line-height: 18px; }
    code { font-family: var(--mono); font-size: 12px; overflow-wrap: anywhere; }
    small { font-size: 12px; line-height: 16px; color: var(--soft); overflow-wrap: anywhere; }
    li.here small { color: var(--ink); }
    p { padding: 8px; }
  `];
  declare steps: readonly ExplainStep[];
  declare failure: string | null;
  #of = '';
  #start = 0;
  #tables: unknown = null;
  #quiet: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.steps = [];
    this.failure = null;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#quiet);
  }

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    super.willUpdate(changed);
    const { queries } = this;
    if (!queries) return;
    const block = queryAt(queries.active.text, queries.active.caret);
    this.#start = block?.start ?? 0;
    const text = block?.text ?? '';
    const { tables } = queries.session;
    if (text === this.#of && tables === this.#tables) return;
    this.#of = text;
    this.#tables = tables;
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(async () => {
      try {
        const steps = text === '' ? [] : await queries.session.engine.language('explain', text);
        if (text === this.#of) Object.assign(this, { steps, failure: null });
      } catch (error) {
        if (text === this.#of) Object.assign(this, { steps: [], failure: (error as Error).message });
      }
    }, QUIET_MS);
  }

  override render(): TemplateResult | typeof nothing {
    const { queries, steps } = this;
    if (!queries) return nothing;
    if (this.failure) return html`<p class="soft">${t.explain.failed(this.failure)}</p>`;
    if (steps.length === 0) return html`<p class="soft">${t.explain.empty}</p>`;
    const { answer, caret } = queries.active;
    const stages = answer?.kql === this.#of ? answer.result.stages : [];
    const at = caret - this.#start;
    const here = steps.findLast(({ range }) => range.start <= at && at <= range.end)
      ?? steps.findLast(({ range }) => range.start <= at);
    return html`<ol aria-label=${t.explain.label}>${steps.map((step) => this.#step(step, stages.find(({ range }) => range.start === step.range.start), step === here))}</ol>`;
  }

  #step({ text, depth, range, added, dropped, columnCount }: ExplainStep, stage: StageInfo | undefined, isHere: boolean): TemplateResult {
    const changes = [
      added.length > 0 ? t.explain.adds(listed(added, SHOWN_COLUMNS)) : '',
      dropped.length > 0 ? t.explain.drops(dropped.length > SHOWN_COLUMNS ? w.columns(dropped.length) : listed(dropped, SHOWN_COLUMNS)) : '',
      columnCount === null ? '' : w.columns(columnCount),
      stage ? (stage.rowsIn > 0 ? t.explain.inOut(stage.rowsIn, stage.rowsOut) : w.rows(stage.rowsOut)) : '',
    ].filter((words) => words !== '');
    return html`<li class=${isHere ? 'here' : ''} aria-current=${isHere ? 'true' : 'false'} .style=${`margin-inline-start: ${Math.min(depth, 4) * 14}px`}>
      <button class="quiet" @click=${() => this.dispatchEvent(new CustomEvent('goto', { detail: { start: this.#start + range.start, end: this.#start + range.start } }))}>
        <span>${coded(text)}</span>
        ${changes.length > 0 ? html`<small>${changes.join(' · ')}</small>` : nothing}</button></li>`;
  }
}
