// The stages of a query as they ran: rows in and out, columns that came and went, time; for a filter
// the rows that it dropped.
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { ExplainStep, StageInfo } from 'kqlens';
import { droppedRows, type Answer } from '../../session/queries';
import { query as t } from '../../texts/query';
import { icons } from '../icons';
import { base } from '../style';
import { count } from '../words';
import { QueriesView } from './part';
import { listed, number } from './words';

const SHOWN_COLUMNS = 6;

export class Plan extends QueriesView {
  static override properties = { ...QueriesView.properties, answer: { attribute: false }, steps: { state: true } };
  static override styles = [base, css`
    .scroll { overflow: auto; border: 1px solid var(--line); border-radius: 4px; }
    table { border-collapse: collapse; width: 100%; font-size: 13px; }
    th { background: var(--sunken); font-size: 12.5px; text-align: start; padding: 6px 10px; white-space: nowrap; }
    th.number { text-align: end; }
    tr { border-bottom: 1px solid var(--line); }
    td { padding: 6px 10px; vertical-align: top; }
    td.number { white-space: nowrap; }
    pre { margin: 0; font: 12.5px/18px var(--mono); white-space: pre-wrap; overflow-wrap: anywhere; min-width: 200px; max-height: 110px; overflow: auto; }
    .kept { display: block; height: 4px; width: 90px; margin: 4px 0 0 auto; background: var(--sunken); border-radius: 2px; overflow: hidden; }
    .kept i { display: block; height: 100%; background: var(--link); }
    .columns { font-size: 12.5px; min-width: 160px; }
    button.quiet { min-height: 24px; padding: 0 6px; }
  `];
  declare answer: Answer | undefined;
  declare steps: readonly ExplainStep[];

  constructor() {
    super();
    this.steps = [];
  }

  override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed as Map<PropertyKey, unknown>);
    const { answer, queries } = this;
    if (!changed.has('answer') || !answer || !queries) return;
    this.steps = [];
    queries.session.engine.language('explain', answer.kql).then((steps) => {
      if (answer === this.answer) this.steps = steps;
    }, () => {});
  }

  override render(): TemplateResult | typeof nothing {
    const { answer } = this;
    if (!answer) return nothing;
    const { stages } = answer.result;
    const total_ms = stages.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0);
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${t.plan.label}><table>
      <thead><tr><th scope="col">${t.plan.stage}</th><th scope="col" class="number">${t.plan.rowsIn}</th><th scope="col" class="number">${t.plan.rowsOut}</th><th scope="col">${t.plan.columns}</th><th scope="col" class="number">${t.plan.ms}</th></tr></thead>
      <tbody>${stages.map((stage) => this.#row(stage, answer, total_ms))}</tbody></table></div>`;
  }

  #row(stage: StageInfo, answer: Answer, total_ms: number): TemplateResult {
    const { text, rowsIn, rowsOut, elapsedMs } = stage;
    const step = this.steps.find(({ range }) => range.start === stage.range.start);
    const added = step?.added ?? stage.added;
    const dropped = step?.dropped ?? stage.dropped;
    const lost = rowsIn - rowsOut;
    return html`<tr>
      <td><pre>${text}</pre>${/^(where|filter)\b/.test(text) && lost > 0 ? html`<button class="quiet" @click=${() => this.#show(answer, stage)}>${icons.rows}${t.plan.dropped(lost)}</button>` : nothing}</td>
      <td class="number">${rowsIn > 0 ? count(rowsIn) : '–'}</td>
      <td class="number">${count(rowsOut)}${rowsIn > 0 && rowsOut <= rowsIn ? html`<span class="kept"><i .style=${`width: ${(100 * rowsOut) / rowsIn}%`}></i></span>` : nothing}</td>
      <td class="columns">${added.length > 0 ? html`<div>+ ${listed(added, SHOWN_COLUMNS)}</div>` : nothing}${dropped.length > 0 ? html`<div class="soft">− ${listed(dropped, SHOWN_COLUMNS)}</div>` : nothing}</td>
      <td class="number">${number(Number(elapsedMs.toFixed(2)))}${total_ms > 0 ? html`<div class="soft">${Math.round((100 * elapsedMs) / total_ms)} %</div>` : nothing}</td></tr>`;
  }

  async #show(answer: Answer, stage: StageInfo): Promise<void> {
    const { session } = this.queries ?? {};
    const kql = session ? await droppedRows(session, answer, stage) : null;
    if (kql) session?.showRows({ title: t.plan.droppedBy(stage.text), kql });
  }
}
