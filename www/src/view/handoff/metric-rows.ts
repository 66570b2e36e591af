// A rule on a metric beside the rows: the requests that it would watch as classes, by both rules that
// the classes have had, and its replay where the rows tell the numbers of the metric.
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { Finding, MetricAlertRequest } from 'kqlens';
import { type Classes, classesOf, type Counted, type Known, knownOf, type Replay, replayOf, servicesOf, type Untold, USUAL } from '../../session/metric-alert';
import { OUTCOMES, type Outcome, RULES } from '../../session/panels';
import { handoff as t } from '../../texts/handoff';
import { verdict as v } from '../../texts/verdict';
import { words as w } from '../../texts/words';
import { icons } from '../icons';
import { base } from '../style';
import { View } from '../view';
import { count } from '../words';

/** How long a rule rests until the rows are asked. */
const REST_MS = 200;
/** Most codes of a class that are named. */
const MOST_CODES = 6;

/** Events: `watch`, with the codes of a class; `threshold`, with a number. */
export class MetricRows extends View {
  static override properties = { ...View.properties, rule: { attribute: false }, finding: { attribute: false }, classes: { state: true }, known: { state: true }, failure: { state: true }, isOld: { state: true } };
  static override styles = [base, css`
    :host { display: grid; gap: 10px; grid-template-columns: minmax(0, 1fr); border-top: 1px solid var(--line); padding-top: 12px; }
    .scroll { overflow: auto; border: 1px solid var(--line); border-radius: 4px; }
    table { border-collapse: collapse; width: 100%; font-size: 12.5px; }
    th, td { padding: 4px 10px; text-align: start; white-space: nowrap; }
    thead th { background: var(--sunken); }
    tbody tr > *, tfoot tr > * { border-top: 1px solid var(--line); }
    th.number, td.number { text-align: end; }
    th[scope="colgroup"], .first { border-inline-start: 1px solid var(--line); }
    tbody th { font-weight: 400; }
    i { display: inline-block; width: 10px; height: 10px; border-radius: 2px; margin-inline-end: 6px; forced-color-adjust: none; }
    .Successful { background: var(--ok-fill); }
    .Unauthorized { background: var(--unauthorized-fill); }
    .Failed { background: var(--failed-fill); }
    .Other { background: var(--other-fill); }
    .bad { color: var(--error); }
    .notes { display: grid; gap: 4px; font-size: 12.5px; color: var(--soft); }
  `];
  /** As it is asked for. */
  declare rule: MetricAlertRequest;
  /** What the rule is to find. */
  declare finding: Finding | null;
  declare classes: Classes | Untold | null;
  /** What is known of the rows; null until it is. */
  declare known: Known | null;
  declare failure: string | null;
  /** Whether the rows were not asked yet for the rule as it is. */
  declare isOld: boolean;
  #asked = '';
  #tables: unknown = null;
  #round = 0;
  #waiting: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    Object.assign(this, { rule: { name: '' }, finding: null, classes: null, known: null, failure: null, isOld: true });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#waiting);
    this.#asked = '';
  }

  override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed as Map<PropertyKey, unknown>);
    const { metric, service, dimensions, windowMinutes } = this.rule;
    const asked = JSON.stringify([metric, service, dimensions, windowMinutes]);
    if (asked === this.#asked && this.session?.tables === this.#tables) return;
    const isFirst = this.#asked === '';
    if (this.session?.tables !== this.#tables) this.known = null;
    this.#asked = asked;
    this.#tables = this.session?.tables;
    this.isOld = true;
    clearTimeout(this.#waiting);
    this.#waiting = setTimeout(() => void this.#count(), isFirst ? 0 : REST_MS);
  }

  async #count(): Promise<void> {
    const { session, rule } = this;
    if (!session) return;
    this.#round += 1;
    const round = this.#round;
    try {
      const known = this.known ?? await knownOf(session);
      const classes = await classesOf(session, known, rule);
      if (round === this.#round) Object.assign(this, { classes, known, failure: null, isOld: false });
    } catch (failure) {
      if (round === this.#round) Object.assign(this, { classes: null, known: this.known ?? { own: new Set(), services: [] }, failure: (failure as Error).message, isOld: false });
    }
  }

  override render(): TemplateResult | typeof nothing {
    const { session, classes, known, rule: { metric = USUAL.metric } } = this;
    if (!session || !known) return nothing;
    const replay = replayOf(session, known, this.rule);
    if ('reason' in replay && replay.reason === 'noRows') return html`<p class="soft">${t.metric.noRows}</p>`;
    return html`
      ${this.failure ? html`<p class="bad" role="alert">${this.failure}</p>` : nothing}
      ${classes && !('reason' in classes) && metric === 'Requests' ? this.#classes(classes) : nothing}
      ${'reason' in replay ? html`<p class="soft" id="untold">${this.#untold(replay)}</p>` : this.#replay(replay, servicesOf(known, this.rule))}`;
  }

  #untold(untold: Untold): string {
    return untold.reason === 'dimension' ? t.metric.untold.dimension(untold.name) : untold.reason === 'pieces' ? t.metric.untold.pieces : t.metric.untold.metric;
  }

  #classes({ counted, kql, requests }: Classes): TemplateResult {
    const minutes = this.rule.windowMinutes ?? USUAL.windowMinutes;
    const title = t.metric.classes;
    const none: Counted = { requests: 0, most: 0, codes: [] };
    return html`
      <div class="bar"><h3 class="grow" id="classes">${title}</h3>
        <button class="quiet" id="show-kql" @click=${() => this.session?.showKql({ title, kql })}>${icons.code}${w.showKql}</button></div>
      <div class="scroll ${this.isOld ? 'old' : ''}" tabindex="0" role="region" aria-labelledby="classes" aria-busy=${this.isOld}><table>
        <thead>
          <tr><td></td>${RULES.map((by) => html`<th scope="colgroup" colspan="3">${t.metric.rules[by]}</th>`)}</tr>
          <tr><th scope="col">${t.metric.class}</th>${RULES.map(() => html`<th scope="col" class="number first">${t.metric.requests}</th><th scope="col" class="number">${t.metric.most(minutes)}</th><th scope="col">${t.metric.codes}</th>`)}</tr></thead>
        <tbody>${OUTCOMES.map((outcome) => html`<tr><th scope="row"><i class=${outcome} aria-hidden="true"></i>${v.outcomes[outcome]}</th>${RULES.map((by) => {
          const { requests: n, most, codes } = counted.get(outcome)?.[by] ?? none;
          return html`<td class="number first">${count(n)}</td><td class="number">${count(most)}</td><td>${this.#codes(outcome, t.metric.rules[by], codes)}</td>`;
        })}</tr>`)}</tbody></table></div>
      <p id="watched" role="status">${this.finding ? t.metric.ofFinding(requests, this.finding.count) : t.metric.watched(requests)}</p>`;
  }

  /** The codes of a class, to be watched at a press. */
  #codes(outcome: Outcome, rule: string, codes: readonly string[]): TemplateResult | string {
    if (codes.length === 0) return '–';
    const shown = codes.length > MOST_CODES ? w.andMore(codes.slice(0, MOST_CODES).join(', '), codes.length - MOST_CODES) : codes.join(', ');
    return html`<button class="quiet" aria-label=${t.metric.watchOf(v.outcomes[outcome], rule, shown)} @click=${() => this.dispatchEvent(new CustomEvent('watch', { detail: codes }))}>${t.metric.watch(shown)}</button>`;
  }

  #replay({ rule, isOwn }: Replay, services: number): TemplateResult {
    const { own, services: several, resolved, ...rows } = t.metric.differs;
    const notes = [...(services > 1 ? [several(services)] : []), ...(isOwn ? [own] : Object.values(rows)), resolved];
    return html`<kqlens-back-test .session=${this.session} .rule=${rule} @threshold=${({ detail }: CustomEvent<number>) => this.dispatchEvent(new CustomEvent('threshold', { detail }))}></kqlens-back-test>
      <div class="bar"><h4 class="grow">${t.metric.notes}</h4>
        <button class="quiet" id="show-replayed" aria-label=${w.showKqlOf(t.metric.replayed)} @click=${() => this.session?.showKql({ title: t.metric.replayed, kql: rule.query })}>${icons.code}${w.showKql}</button></div>
      <ul class="notes">${notes.map((line) => html`<li>${line}</li>`)}</ul>`;
  }
}
