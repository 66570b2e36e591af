// The steps of a query that returns nothing: one at a time, with what is known of it, and what the answer
// means. The query's text, the answers and the rows stay here.
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { EmptyAnswerStep } from 'kqlens';
import type { EngineError } from 'kqlens/client';
import { askRows, beginAt, guideOf, type Known, linkTo, type Looked, type Said } from '../../session/empty';
import type { Source } from '../../session/places';
import { empty as t } from '../../texts/empty';
import { words as w } from '../../texts/words';
import { coded } from '../coded';
import { icons } from '../icons';
import { fenced, inline } from '../markdown';
import { base } from '../style';
import { View } from '../view';
import { cellText, span } from '../words';

const MARK = { yes: icons.good, no: icons.error, skipped: icons.info } as const;

/** Text of the engine, with what stands between marks of code as code. */

/** Event: `leave` before another dialog takes its place. */
export class EmptySteps extends View {
  static override properties = { ...View.properties, source: { attribute: false }, looked: { state: true }, said: { state: true }, at: { state: true }, failure: { state: true }, link: { state: true }, isLooking: { state: true } };
  static override styles = [base, css`
    :host { display: grid; gap: 12px; grid-template-columns: minmax(0, 1fr); }
    .panes { display: grid; grid-template-columns: 210px minmax(0, 1fr); gap: 16px; align-items: start; }
    ol { display: grid; gap: 2px; min-width: 0; }
    /* What is said of a step and not shown stays within what is scrolled. */
    ol button { position: relative; width: 100%; justify-content: start; text-align: start; border-color: transparent; background: transparent; border-inline-start: 3px solid transparent; border-radius: 0 4px 4px 0; overflow-wrap: anywhere; }
    ol button:hover { background: var(--hover); }
    ol button[aria-current] { background: var(--tint); border-inline-start-color: var(--link); font-weight: 600; }
    ol svg, .open { width: 16px; height: 16px; }
    .open { border: 1.4px solid var(--edge); border-radius: 50%; flex: none; }
    .yes svg { color: var(--good); }
    .no svg { color: var(--error); }
    .skipped svg { color: var(--soft); }
    progress { width: 100%; height: 4px; display: block; appearance: none; border: 0; background: var(--sunken); }
    progress::-webkit-progress-bar { background: var(--sunken); }
    progress::-webkit-progress-value { background: var(--link); }
    progress::-moz-progress-bar { background: var(--link); }
    .step { display: grid; gap: 12px; grid-template-columns: minmax(0, 1fr); }
    h3 { overflow-wrap: anywhere; border-radius: 4px; }
    p, li, td, th { overflow-wrap: anywhere; }
    pre { margin: 0; padding: 10px 12px; overflow: auto; max-height: 28vh; background: var(--sunken); border: 1px solid var(--line); border-radius: 4px; font: 12.5px/19px var(--mono); tab-size: 4; }
    .asked .grow { min-width: 150px; }
    .asked { display: grid; gap: 6px; grid-template-columns: minmax(0, 1fr); }
    .doubts { display: grid; gap: 6px; padding: 10px 12px; border-radius: 4px; background: var(--warning-tint); }
    .doubts li { display: flex; flex-wrap: wrap; gap: 4px 8px; align-items: start; }
    .doubts svg { margin-top: 2px; color: var(--warning); }
    .doubts span { flex: 1; min-width: min(220px, 100%); }
    .known { display: grid; gap: 6px; padding: 10px 12px; border-radius: 4px; background: var(--tint); grid-template-columns: minmax(0, 1fr); }
    .known p { display: flex; gap: 8px; }
    .known p svg { margin-top: 2px; }
    .scroll { overflow: auto; max-height: 30vh; }
    table { border-collapse: collapse; font-size: 13px; }
    th, td { text-align: start; padding: 2px 12px 2px 0; vertical-align: top; font-weight: 400; }
    th { color: var(--soft); }
    .meaning { display: grid; gap: 8px; padding: 12px; border-inline-start: 4px solid var(--failed-fill); grid-template-columns: minmax(0, 1fr); }
    .bad { color: var(--error); }
    .query { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 8px; align-items: start; }
    summary { cursor: pointer; padding: 4px 0; }
    summary + pre { margin-top: 6px; }
    [aria-pressed="true"] { background: var(--tint); border-color: var(--link); color: var(--link); font-weight: 600; }
    @media (max-width: 760px) {
      .panes { grid-template-columns: minmax(0, 1fr); gap: 8px; }
      ol { grid-auto-flow: column; grid-auto-columns: max-content; overflow: auto hidden; padding-bottom: 4px; }
      ol button { border-inline-start: 0; border-radius: 0; border-bottom: 3px solid transparent; }
      ol button[aria-current] { border-bottom-color: var(--link); }
    }
    @media (forced-colors: active) {
      .known, .doubts, .meaning { border: 1px solid CanvasText; }
      ol button { border-color: Canvas; }
      ol button[aria-current], [aria-pressed="true"] { border-color: Highlight; }
      progress::-webkit-progress-value { background: Highlight; }
    }
  `];
  declare source: Source | null;
  declare looked: Looked | null;
  /** What was answered, by whoever looks. */
  declare said: ReadonlyMap<EmptyAnswerStep['id'], Said>;
  /** The step that is shown; behind the last one stands the result. */
  declare at: number;
  declare failure: string | null;
  declare link: string | null;
  declare isLooking: boolean;
  #abort: AbortController | null = null;
  /** What was looked at: rows that are loaded since say something else. */
  #sources: unknown = null;

  constructor() {
    super();
    Object.assign(this, { source: null, looked: null, said: new Map(), at: 0, failure: null, link: null, isLooking: false });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#abort?.abort();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#sources = null;
  }

  override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed as Map<PropertyKey, unknown>);
    const { session, source } = this;
    if (!session || !source) return;
    if (!changed.has('source') && session.sources === this.#sources) return;
    this.#sources = session.sources;
    void this.#look(source, changed.has('source'));
  }

  override updated(changed: PropertyValues): void {
    if (!changed.has('at') && !changed.has('looked')) return;
    this.renderRoot.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    void this.#findLink();
  }

  async #look(source: Source, isNew: boolean): Promise<void> {
    const { session } = this;
    if (!session) return;
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    const isOld = (): boolean => abort.signal.aborted;
    if (isNew) Object.assign(this, { looked: null, said: new Map(), at: 0 });
    Object.assign(this, { failure: null, isLooking: true });
    try {
      const guide = await guideOf(session, source);
      const looked = isOld() ? guide : await askRows(session, guide, abort.signal);
      if (isOld()) return;
      Object.assign(this, { looked, ...(isNew ? { at: beginAt(looked) } : {}) });
    } catch (error) {
      if (!isOld()) this.failure = t.failed((error as EngineError).message);
    } finally {
      if (!isOld()) this.isLooking = false;
    }
  }

  async #findLink(): Promise<void> {
    const { session, looked, at } = this;
    const kql = looked?.guide.steps[at]?.kql;
    this.link = null;
    if (!session || !kql) return;
    const link = await linkTo(session, kql);
    if (this.looked === looked && this.at === at) this.link = link;
  }

  get #isLoaded(): boolean {
    return (this.session?.sources.length ?? 0) > 0;
  }

  /** What is said to a step: by whoever looks, else by the rows. */
  #saidOf(id: EmptyAnswerStep['id']): Said | undefined {
    return this.said.get(id) ?? this.looked?.known.get(id)?.said;
  }

  #say(id: EmptyAnswerStep['id'], said: Said): void {
    this.said = new Map(this.said).set(id, said);
    // What says no is spoken of before it goes on.
    if (said !== 'no') this.#go(this.at + 1);
  }

  #go(at: number): void {
    this.at = at;
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>('h3')?.focus());
  }

  #setUp({ fix }: EmptyAnswerStep): void {
    if (!fix) return;
    this.#leave();
    this.session?.useIt({ way: fix.artefact, request: { ...fix.request } });
  }

  #open(kql: string): void {
    this.#leave();
    this.session?.openInQuery(kql);
  }

  #leave(): void {
    this.dispatchEvent(new CustomEvent('leave', { bubbles: true, composed: true }));
  }

  /** The steps with what was answered, without secrets. */
  readonly #markdown = async (): Promise<string> => {
    const { looked, session } = this;
    if (!looked || !session) return '';
    const lines = [`# ${t.title}`, '', fenced('kusto', looked.kql), ''];
    for (const [at, step] of looked.guide.steps.entries()) {
      const said = this.#saidOf(step.id);
      const byRows = said !== undefined && !this.said.has(step.id) ? `, ${t.markdown.byRows}` : '';
      lines.push(`## ${at + 1}. ${step.title}`, '', step.text, '', ...step.doubts.map(({ message, help, range }) => `- ${inline(looked.kql.slice(range.start, range.end))}: ${inline(t.doubt(message, help))}`));
      lines.push(...(step.doubts.length > 0 ? [''] : []), `**${t.markdown.answer}:** ${t.said[said ?? 'open']}${byRows}`, '');
      if (step.kql) lines.push(fenced('kusto', step.kql), '');
      if (said === 'no') lines.push(step.ifNo, '', ...(step.then ? [`${step.then.title}:`, '', fenced('kusto', step.then.kql.trimEnd()), ''] : []));
    }
    return (await session.engine.call('redact', 'apply', lines.join('\n'))) as string;
  };

  override render(): TemplateResult | typeof nothing {
    const { looked, failure, isLooking, at } = this;
    if (failure) return html`<p class="bad" role="alert">${failure}</p>`;
    if (!looked) return isLooking ? html`<p class="soft" role="status">${t.looking}</p>` : nothing;
    const { steps } = looked.guide;
    const step = steps[at];
    const n_answered = steps.filter(({ id }) => this.#saidOf(id)).length;
    return html`
      <div class="query"><details><summary>${t.query}</summary><pre tabindex="0" role="region" aria-label=${t.query}>${looked.kql}</pre></details>
        <kqlens-copy id="copy" label=${w.copyMarkdown} .text=${this.#markdown}></kqlens-copy></div>
      ${looked.isHere || !this.#isLoaded ? nothing : html`<p class="soft">${t.notHere(looked.guide.table)}</p>`}
      <div><progress aria-label=${t.answered(n_answered, steps.length)} max=${steps.length} .value=${n_answered}></progress></div>
      <div class="panes">
        <ol aria-label=${t.steps}>${steps.map((one, index) => this.#stop(one, index))}
          <li><button aria-current=${at === steps.length ? 'step' : nothing} @click=${() => this.#go(steps.length)}>${icons.use}<span>${t.end}</span></button></li></ol>
        <div class="step" aria-busy=${isLooking}>${step ? this.#step(looked, step) : this.#end(looked)}</div>
      </div>`;
  }

  #stop({ id, title }: EmptyAnswerStep, index: number): TemplateResult {
    const said = this.#saidOf(id);
    return html`<li><button class=${said ?? ''} aria-current=${index === this.at ? 'step' : nothing} @click=${() => this.#go(index)}>
      ${said ? MARK[said] : html`<span class="open"></span>`}<span>${title}<span class="hidden">, ${t.said[said ?? 'open']}</span></span></button></li>`;
  }

  #step(looked: Looked, step: EmptyAnswerStep): TemplateResult {
    const { steps } = looked.guide;
    const said = this.#saidOf(step.id);
    const known = looked.known.get(step.id);
    const words = t.answer[step.answer];
    return html`<p class="soft">${t.progress(this.at + 1, steps.length)}</p>
      <h3 tabindex="-1">${step.title}</h3>
      <p>${coded(step.text)}</p>
      ${this.#doubts(looked, step)}
      ${known ? this.#known(looked, step, known) : nothing}
      ${step.kql ? html`<div class="asked"><div class="bar"><span class="grow soft">${t.ask}</span>
          <kqlens-copy id="copy-step" label=${w.copy} .text=${step.kql}></kqlens-copy>${this.#outside(this.link)}</div>
        <pre tabindex="0" role="region" aria-label=${t.kqlOf(step.title)}>${step.kql.trimEnd()}</pre></div>` : nothing}
      <div class="bar answers" role="group" aria-label=${step.title}>
        <button id="yes" aria-pressed=${said === 'yes'} @click=${() => this.#say(step.id, 'yes')}>${words.yes}</button>
        <button id="no" aria-pressed=${said === 'no'} @click=${() => this.#say(step.id, 'no')}>${words.no}</button>
        <button id="skip" aria-pressed=${said === 'skipped'} @click=${() => this.#say(step.id, 'skipped')}>${t.skip}</button></div>
      <div role="status">${said === 'no' ? this.#meaning(step) : nothing}</div>
      <div class="bar"><button class="quiet" id="back" ?disabled=${this.at === 0} @click=${() => this.#go(this.at - 1)}>${t.back}</button>
        <button class="quiet" id="next" @click=${() => this.#go(this.at + 1)}>${t.next}</button></div>`;
  }

  #outside(url: string | null): TemplateResult | typeof nothing {
    return url ? html`<a class="button" id="open-link" href=${url} target="_blank" rel="noopener noreferrer" title=${t.opensOutside}>${t.openPortal}</a>` : nothing;
  }

  /** What the query itself shows, and what the rows say of its values and stages. */
  #doubts({ kql, spellings, stopped }: Looked, { id, doubts }: EmptyAnswerStep): TemplateResult | typeof nothing {
    const values = id === 'names' ? spellings : [];
    const stage = id === 'stages' ? stopped : null;
    if (doubts.length === 0 && values.length === 0 && !stage) return nothing;
    return html`<ul class="doubts" aria-label=${t.doubts}>
      ${doubts.map(({ message, help, range }) => html`<li>${icons.warning}<span><code class="mono">${kql.slice(range.start, range.end)}</code> ${coded(t.doubt(message, help))}</span></li>`)}
      ${values.map(({ column, asked, found, rows, kql: corrected }) => html`<li>${icons.warning}<span>${t.spelling(column, asked, found, rows)}</span>
        <button class="quiet correct" @click=${() => this.#open(corrected)}>${t.correct}</button></li>`)}
      ${stage ? html`<li>${icons.warning}<span>${t.stopped(stage.stage.text)}</span>${stage.dropped ? html`<button class="quiet" id="dropped"
        @click=${() => this.#showDropped(stage.stage.text, stage.dropped ?? '')}>${t.showDropped}</button>` : nothing}</li>` : nothing}</ul>`;
  }

  #showDropped(stage: string, kql: string): void {
    this.#leave();
    this.session?.showRows({ title: t.droppedBy(stage), kql });
  }

  #known({ time }: Looked, { id, title }: EmptyAnswerStep, { said, columns, rows }: Known): TemplateResult {
    return html`<div class="known ${said}"><p>${MARK[said]}${t.byRows[said]}</p>
      ${id === 'time' && time ? html`<p class="soft">${t.loadedTime(span(time.from, time.to))}</p>` : nothing}
      ${rows.length > 0 ? html`<div class="scroll" tabindex="0" role="region" aria-label=${t.rowsOf(title)}><table>
        <thead><tr>${columns.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
        <tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cellText(cell)}</td>`)}</tr>`)}</tbody></table></div>` : nothing}</div>`;
  }

  #meaning(step: EmptyAnswerStep): TemplateResult {
    const { ifNo, then, fix } = step;
    return html`<section class="card meaning" aria-label=${t.meaning}><p>${coded(ifNo)}</p>
      ${then ? html`<div class="asked"><div class="bar"><span class="grow soft">${then.title}</span><kqlens-copy id="copy-then" label=${w.copy} .text=${then.kql}></kqlens-copy>
          ${this.#isLoaded ? html`<button class="quiet" id="open-then" @click=${() => this.#open(then.kql)}>${w.openInQuery}</button>` : nothing}</div>
        <pre tabindex="0" role="region" aria-label=${then.title}>${then.kql.trimEnd()}</pre></div>` : nothing}
      ${fix ? html`<div class="bar"><button class="primary" id="set-up" @click=${() => this.#setUp(step)}>${icons.use}${t.setUp}</button></div>` : nothing}</section>`;
  }

  #end({ guide: { steps } }: Looked): TemplateResult {
    const reasons = steps.filter(({ id }) => this.#saidOf(id) === 'no');
    return html`<h3 tabindex="-1">${t.end}</h3>
      <p>${reasons.length > 0 ? t.reasons(reasons.length) : t.none}</p>
      ${reasons.map((step) => html`<section class="card meaning" aria-label=${step.title}><h4>${step.title}</h4><p>${coded(step.ifNo)}</p>
        <div class="bar">${step.fix ? html`<button class="primary" @click=${() => this.#setUp(step)}>${icons.use}${t.setUp}</button>` : nothing}
          <button class="quiet" @click=${() => this.#go(steps.indexOf(step))}>${t.progress(steps.indexOf(step) + 1, steps.length)}</button></div></section>`)}
      <div class="bar"><button class="quiet" id="back" @click=${() => this.#go(steps.length - 1)}>${t.back}</button></div>`;
  }
}
