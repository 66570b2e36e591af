// *Use it*: a query on its way to where the data is, or a setting that sends it there. Ways on the left, the form of one and its text on
// the right; nothing is sent, and a link is opened by whoever presses it alone.
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { EngineError } from 'kqlens/client';
import { columnKql } from '../../session/conditions';
import { choicesOf, columnsOf, dimensionsIn, type Field, fieldOf, fieldsOf, given, type Handed, Handoff, metricRule, missingOf, operationsIn, replayed, saidBy, seenPlaces, SETTINGS, suggested, typedOf, type Way, WAYS } from '../../session/handoff';
import { type Dimension, offersOf, valuesIn } from '../../session/metric-alert';
import { isOurs, type Place, type Places, type Setting, type Source } from '../../session/places';
import { handoff as t } from '../../texts/handoff';
import { verdict as v } from '../../texts/verdict';
import { words as w } from '../../texts/words';
import { download } from '../download';
import { icons, severity } from '../icons';
import { base } from '../style';
import { View } from '../view';
import { fields } from './fields';

/** How long a form rests until it is answered. */
const REST_MS = 150;
const DIALECTS = ['resourceSpecific', 'azureDiagnostics'] as const;

const wordsOf = ({ name, words = name }: Field): { label: string; help: string } => t.field[words as keyof typeof t.field];

export class HandoffDialog extends View {
  static override properties = {
    ...View.properties, way: { state: true }, dialect: { state: true }, translated: { state: true }, typed: { state: true }, seen: { state: true }, said: { state: true }, operations: { state: true },
    handed: { state: true }, failure: { state: true }, shown: { state: true }, columns: { state: true }, isMaking: { state: true },
  };
  static override styles = [base, fields, css`
    dialog { width: min(1180px, calc(100vw - 32px)); height: calc(100dvh - 32px); padding: 16px; overflow: hidden; }
    dialog[open] { display: grid; grid-template: auto minmax(0, 1fr) / minmax(0, 1fr); gap: 12px; }
    h2 { overflow-wrap: anywhere; }
    .panes { display: grid; grid-template-columns: 220px minmax(0, 1fr); gap: 16px; min-height: 0; }
    .ways { display: grid; gap: 2px; align-content: start; overflow: auto; padding-inline-end: 4px; }
    .ways button { justify-content: start; text-align: start; border-color: transparent; background: transparent; border-inline-start: 3px solid transparent; border-radius: 0 4px 4px 0; }
    .ways button:hover { background: var(--hover); }
    .ways button[aria-selected="true"] { background: var(--tint); border-inline-start-color: var(--link); font-weight: 600; }
    .way { overflow: auto; display: grid; gap: 12px; align-content: start; grid-template-columns: minmax(0, 1fr); padding: 2px 4px 8px; }
    form { display: grid; gap: 10px 16px; grid-template-columns: repeat(auto-fill, minmax(min(240px, 100%), 1fr)); align-items: start; }
    kqlens-dimensions { grid-column: 1 / -1; }
    .more { display: flex; flex-wrap: wrap; }
    .more button { overflow-wrap: anywhere; text-align: start; }
    pre { margin: 0; padding: 12px; overflow: auto; max-height: 46vh; background: var(--sunken); border: 1px solid var(--line); border-radius: 4px; font: 12.5px/19px var(--mono); white-space: pre; tab-size: 4; }
    pre.link { white-space: pre-wrap; overflow-wrap: anywhere; max-height: 120px; }
    pre.query { white-space: pre-wrap; overflow-wrap: anywhere; max-height: 160px; }
    .files { display: flex; flex-wrap: wrap; gap: 2px; border-bottom: 1px solid var(--line); }
    .files button { border: 0; border-radius: 0; background: transparent; border-bottom: 3px solid transparent; color: var(--soft); padding: 4px 10px; }
    .files button[aria-selected="true"] { color: var(--ink); font-weight: 600; border-color: var(--link); }
    .notes { display: grid; gap: 6px; padding: 10px 12px; border-radius: 4px; background: var(--warning-tint); }
    .notes li { display: flex; gap: 8px; overflow-wrap: anywhere; }
    .notes li > svg { margin-top: 2px; color: var(--warning); }
    .made { display: grid; gap: 8px; grid-template-columns: minmax(0, 1fr); }
    summary { cursor: pointer; }
    details > .bar { margin: 6px 0; }
    @media (max-width: 760px) {
      dialog { padding: 12px; width: 100vw; max-width: 100vw; height: 100dvh; max-height: 100dvh; border-radius: 0; margin: 0; }
      .panes { grid-template: auto minmax(0, 1fr) / minmax(0, 1fr); gap: 8px; }
      .ways { grid-auto-flow: column; grid-auto-columns: max-content; overflow: auto hidden; padding-bottom: 4px; }
      .ways button { border-inline-start: 0; border-radius: 0; border-bottom: 3px solid transparent; }
      .ways button[aria-selected="true"] { border-bottom-color: var(--link); }
    }
    @media (forced-colors: active) { [role="tab"][aria-selected="true"] { border-color: Highlight; } [role="tab"][aria-selected="false"] { border-color: Canvas; } }
  `];
  declare way: Way;
  declare dialect: (typeof DIALECTS)[number];
  /** The query over `AzureDiagnostics`, or why there is none. */
  declare translated: { kql: string } | { reason: string } | null;
  /** What was typed, by way and field; places stand in the session. */
  declare typed: ReadonlyMap<string, string>;
  /** Places that the rows say. */
  declare seen: Places;
  /** What was done to the service, as the rows have it. */
  declare operations: readonly string[];
  /** What the finding says, by way and field. */
  declare said: ReadonlyMap<string, string>;
  declare handed: Handed | null;
  declare failure: EngineError | null;
  /** Columns of the answer, to choose from. */
  declare columns: readonly string[];
  /** Which of the files is shown. */
  declare shown: number;
  declare isMaking: boolean;
  #source: Source | null = null;
  #setting: Setting | null = null;
  #handoff: Handoff | null = null;
  #round = 0;
  #waiting: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    Object.assign(this, { way: WAYS[0], dialect: 'resourceSpecific', typed: new Map(), seen: {}, operations: [], isMaking: false });
    this.#forget();
  }

  #forget(): void {
    Object.assign(this, { translated: null, handed: null, failure: null, shown: 0, columns: [], said: new Map() });
  }

  show(): void {
    const { session } = this;
    if (!session?.handoff) return;
    this.#handoff ??= new Handoff(session);
    const setting = 'way' in session.handoff ? session.handoff : null;
    const source = 'way' in session.handoff ? null : session.handoff;
    if (this.#source !== source || this.#setting !== setting) {
      this.#source = source;
      this.#setting = setting;
      this.#forget();
      this.#begin();
    }
    const dialog = this.renderRoot.querySelector('dialog');
    if (!dialog?.open) dialog?.showModal();
    if (this.dialect === 'azureDiagnostics') void this.#translate();
    void this.#look();
    void this.#make();
  }

  /** The ways that there are from what is handed over. */
  get #ways(): readonly Way[] {
    return this.#setting ? SETTINGS : WAYS;
  }

  /** Whether what is typed is all that is needed. */
  get #isOfForm(): boolean {
    return SETTINGS.includes(this.way);
  }

  /** The way that was asked for, with what is known of it; else the one that was open, or the first. */
  #begin(): void {
    const way = this.#ways.find(({ id }) => id === (this.#setting?.way ?? this.way.id)) ?? this.#ways[0];
    if (!way) return;
    this.way = way;
    this.typed = new Map(typedOf(way, this.#setting?.request ?? {}).map(([{ name }, text]) => [`${way.id} ${name}`, text]));
  }

  /** What the rows say is known a moment later than the form. */
  async #look(): Promise<void> {
    const { session } = this;
    const source = this.#source;
    if (!session) return;
    try {
      this.seen = await seenPlaces(session);
      this.operations = await operationsIn(session);
      const columns = await columnsOf(session, source?.kql ?? '');
      if (source !== this.#source) return;
      this.columns = columns;
      const said = source?.finding ? await saidBy(session, source.finding) : new Map<string, string>();
      if (source === this.#source) this.said = said;
    } catch {
      // Rows that cannot be asked say nothing; the fields stay as they are.
    }
    void this.#make();
  }

  override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed as Map<PropertyKey, unknown>);
    if (changed.has('dialect') && this.dialect === 'azureDiagnostics') void this.#translate();
    if (this.way.id === 'emptyAnswer') void import('../empty/element');
  }

  override updated(): void {
    // What is open in the Query view stands behind the dialog.
    if (!this.session?.handoff) this.renderRoot.querySelector<HTMLDialogElement>('dialog[open]')?.close();
  }

  /** The query as it is handed over, where it is known. */
  get #query(): string | null {
    const source = this.#source;
    if (!source) return null;
    if (this.dialect === 'resourceSpecific') return source.workspace ?? source.kql;
    if (source.diagnostics) return source.diagnostics;
    return this.translated && 'kql' in this.translated ? this.translated.kql : null;
  }

  async #translate(): Promise<void> {
    const source = this.#source;
    if (!source || source.diagnostics || this.translated || !this.session) return;
    let translated: HandoffDialog['translated'];
    try {
      translated = { kql: await this.session.translate(source.kql) };
    } catch (error) {
      translated = { reason: (error as Error).message };
    }
    if (source !== this.#source) return;
    this.translated = translated;
    void this.#make();
  }

  /** What a field says: what was typed, what is remembered, what the rows say, what follows from the title. */
  readonly #value = (field: Field): string => {
    const { place } = field;
    const typed = this.typed.get(`${this.way.id} ${field.name}`);
    if (typed !== undefined) return typed;
    const said = this.said.get(`${this.way.id} ${field.name}`);
    if (said !== undefined) return said;
    if (!place) return suggested(this.way, field, this.#source?.title ?? '');
    const kept = this.session?.places ?? {};
    const known = (name: Place): string => kept[name] ?? this.seen[name] ?? '';
    // The logs of a service are opened where no workspace is known.
    const isLogs = field.name === 'resource' || field.name === 'scope';
    return known(place) || (isLogs ? known('service') : '');
  };

  #type(field: Field, text: string): void {
    const { session } = this;
    if (!session) return;
    if (field.place) {
      const isService = field.place === 'workspace' && /\/microsoft\.apimanagement\/service\//i.test(text);
      const places: Places = { ...session.places, ...(isService ? { workspace: '', service: text } : { [field.place]: text }) };
      session.remember(places);
      // What is remembered stands from now on in the place of what was asked for.
      this.typed = new Map([...this.typed].filter(([key]) => key !== `${this.way.id} ${field.name}`));
    } else {
      this.typed = new Map(this.typed).set(`${this.way.id} ${field.name}`, text);
    }
    clearTimeout(this.#waiting);
    this.isMaking = true;
    this.#waiting = setTimeout(() => void this.#make(), REST_MS);
  }

  #choose(way: Way): void {
    Object.assign(this, { way, handed: null, failure: null, shown: 0 });
    this.renderRoot.querySelector('.way')?.scrollTo(0, 0);
    void this.#make();
  }

  /** Has the text made of what the form says. */
  async #make(): Promise<void> {
    this.#round += 1;
    const round = this.#round;
    const { way } = this;
    const [source, query] = [this.#source, this.#query];
    if (way.id === 'emptyAnswer' || (!this.#isOfForm && (!source || query === null)) || missingOf(way, this.#value).length > 0) {
      Object.assign(this, { handed: null, failure: null, isMaking: false });
      return;
    }
    this.isMaking = true;
    try {
      const handed = await this.#handoff?.make(way, query ?? '', source?.kql ?? '', given(way, this.#value)) ?? null;
      if (round === this.#round) Object.assign(this, { handed, failure: null });
    } catch (failure) {
      if (round === this.#round) Object.assign(this, { handed: null, failure });
    } finally {
      if (round === this.#round) this.isMaking = false;
    }
  }

  override render(): TemplateResult | typeof nothing {
    const { way } = this;
    const source = this.#source;
    return html`<dialog aria-labelledby="title" @close=${() => this.session?.useIt(null)}>
      <div class="bar"><h2 class="grow" id="title">${source ? t.titleOf(source.title) : this.#setting ? t.setting : t.title}</h2>
        <button class="quiet icon" aria-label=${w.close} @click=${() => this.renderRoot.querySelector('dialog')?.close()}>${icons.close}</button></div>
      ${source || this.#setting ? html`<div class="panes">
        <div class="ways" role="tablist" aria-orientation="vertical" aria-label=${t.ways} @keydown=${this.#wayKey}>${this.#ways.map((one) => html`<button id="way-${one.id}" role="tab"
          aria-selected=${one === way} aria-controls="way" tabindex=${one === way ? 0 : -1} @click=${() => this.#choose(one)}>${t.way[one.id].title}</button>`)}</div>
        <div class="way" id="way" role="tabpanel" aria-labelledby="way-${way.id}" tabindex="0">
          <p class="soft">${t.way[way.id].about} ${t.textOnly}</p>
          ${source && !this.#isOfForm && way.id !== 'emptyAnswer' ? this.#queryText(source) : nothing}
          <form @submit=${(event: Event) => event.preventDefault()}>${repeat(fieldsOf(way, this.#value), ({ name }) => `${way.id} ${name}`, (field) => this.#field(field))}</form>
          ${source && way.id === 'alertRule' ? this.#replay(source) : way.id === 'metricAlert' ? this.#metric(source) : nothing}
          ${source && way.id === 'emptyAnswer' ? html`<kqlens-empty-steps .session=${this.session} .source=${source}
            @leave=${() => this.renderRoot.querySelector('dialog')?.close()}></kqlens-empty-steps>` : this.#answer()}
        </div></div>` : nothing}
    </dialog>`;
  }

  readonly #wayKey = (event: KeyboardEvent): void => {
    const by = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const ways = this.#ways;
    const next = ways[(ways.indexOf(this.way) + by + ways.length) % ways.length];
    if (!next) return;
    this.#choose(next);
    this.renderRoot.querySelector<HTMLElement>(`#way-${next.id}`)?.focus();
  };

  #queryText(source: Source): TemplateResult {
    const query = this.#query;
    const { translated } = this;
    return html`<details><summary>${t.query}</summary>
      <div class="bar"><div class="switch" role="group" aria-label=${v.kql.tableNames}>${DIALECTS.map((dialect) => html`<button
        aria-pressed=${this.dialect === dialect} @click=${() => { this.dialect = dialect; void this.updateComplete.then(() => this.#make()); }}>${v.kql.dialects[dialect]}</button>`)}</div></div>
      ${query === null ? nothing : html`<pre class="query" tabindex="0" role="region" aria-label=${t.query}>${query}</pre>`}</details>
      ${this.dialect === 'azureDiagnostics' && translated && 'reason' in translated ? html`<p class="bad" role="alert">${t.notTranslated(translated.reason)}</p>` : nothing}
      ${isOurs(source) ? html`<p class="bad">${t.ours}</p>` : nothing}`;
  }

  #field(field: Field): TemplateResult {
    if (field.kind === 'dimensions') return this.#dimensions(field);
    const { name, kind, isRequired, preset } = field;
    const { label, help } = wordsOf(field);
    const value = this.#value(field);
    const isBad = this.failure ? fieldOf(this.way, this.failure) === field : false;
    const [invalid, id] = [isBad ? 'true' : 'false', `field-${name}`];
    const say = (event: Event): void => this.#type(field, (event.target as HTMLInputElement).value);
    const words = html`<small id="${id}-help" class=${isBad ? 'bad' : ''} role=${isBad ? 'alert' : nothing}>${isBad && this.failure ? t.refused(this.failure.message, this.failure.help ?? '') : help}</small>`;
    if (kind === 'flag') {
      return html`<label class="field flag"><input type="checkbox" id=${id} aria-describedby="${id}-help" .checked=${(value || preset) === 'yes'}
        @change=${(event: Event) => this.#type(field, (event.target as HTMLInputElement).checked ? 'yes' : 'no')}><span>${label}</span>${words}</label>`;
    }
    const isLong = ['lines', 'list', 'values'].includes(kind);
    const choices = choicesOf(this.way, field, this.#value);
    const chosen = choices.includes(value) ? value : preset ?? choices[0];
    const place = kind === 'choice'
      ? html`<select id=${id} aria-describedby="${id}-help" aria-invalid=${invalid} @change=${say}>${choices.map((choice) => html`<option value=${choice} .selected=${choice === chosen}>${this.#choice(choice)}</option>`)}</select>`
      : isLong ? html`<textarea id=${id} rows="2" spellcheck="false" aria-describedby="${id}-help" aria-invalid=${invalid} .value=${value} @input=${say}></textarea>`
        : html`<input id=${id} autocomplete="off" spellcheck="false" aria-describedby="${id}-help" aria-invalid=${invalid} aria-required=${isRequired ? 'true' : 'false'}
          list="${id}-offers" inputmode=${kind === 'number' ? 'decimal' : 'text'} placeholder=${preset ?? ''} .value=${value} @input=${say}><datalist id="${id}-offers">${this.#offers(field).map((offer) => html`<option value=${offer}></option>`)}</datalist>`;
    return html`<div class="field ${isLong || field.place === 'workspace' ? 'wide' : ''}"><label for=${id}>${label}${isRequired ? html` <span class="soft">${t.needed}</span>` : nothing}</label>${place}${name === 'operations' ? this.#more(field, value, this.operations) : nothing}${words}</div>`;
  }

  #dimensions(field: Field): TemplateResult {
    const { way, failure } = this;
    const { label, help } = wordsOf(field);
    const isBad = failure !== null && fieldOf(way, failure) === field;
    const isClosed = field.choicesBy !== undefined;
    const bad = isBad ? { words: t.refused(failure.message, failure.help ?? ''), at: Number(/\[(\d+)\]/.exec(failure.field ?? '')?.[1] ?? -1) } : null;
    return html`<kqlens-dimensions id="field-${field.name}" .dimensions=${dimensionsIn(this.#value(field))} .names=${isClosed ? choicesOf(way, field, this.#value) : this.columns} .isClosed=${isClosed}
      .label=${label} .help=${help} .bad=${bad} .valuesOf=${this.#valuesOf} @change=${({ detail }: CustomEvent<readonly Dimension[]>) => this.#type(field, JSON.stringify(detail))}></kqlens-dimensions>`;
  }

  /** Lines that can be added to a list. */
  #more(field: Field, value: string, offers: readonly string[]): TemplateResult | typeof nothing {
    const lines = value.split('\n').map((line) => line.trim()).filter((line) => line !== '');
    const free = offers.filter((offer) => !lines.includes(offer));
    return free.length === 0 ? nothing : html`<div class="more">${free.map((offer) => html`<button class="quiet" type="button" aria-label=${t.addLine(offer)}
      @click=${() => this.#type(field, [...lines, offer].join('\n'))}>${icons.add}${offer}</button>`)}</div>`;
  }

  /** Values that a dimension has in the rows. */
  readonly #valuesOf = async (name: string): Promise<readonly string[]> => {
    const { session } = this;
    if (!session) return [];
    return this.#isOfForm ? offersOf(session, name) : valuesIn(session, this.#source?.kql ?? '', columnKql(name));
  };

  /** Says something in the form, as if it were typed. */
  #say(name: string, text: string): void {
    const field = this.way.fields.find((one) => one.name === name);
    if (field) this.#type(field, text);
  }

  #replay({ kql }: Source): TemplateResult {
    return html`<kqlens-back-test .session=${this.session} .rule=${replayed(this.way, this.#value, kql)}
      @threshold=${({ detail }: CustomEvent<number>) => this.#say('threshold', String(detail))}></kqlens-back-test>`;
  }

  #metric(source: Source | null): TemplateResult {
    const rule = metricRule(this.way, this.#value);
    const others = (rule.dimensions ?? []).filter(({ name }) => name !== 'GatewayResponseCode');
    return html`<kqlens-metric-rows .session=${this.session} .rule=${rule} .finding=${source?.finding ?? null}
      @threshold=${({ detail }: CustomEvent<number>) => this.#say('threshold', String(detail))}
      @watch=${({ detail }: CustomEvent<readonly string[]>) => this.#say('dimensions', JSON.stringify([{ name: 'GatewayResponseCode', values: detail }, ...others]))}></kqlens-metric-rows>`;
  }

  #offers({ name, place }: Field): readonly string[] {
    if (name === 'measure' || name === 'timeColumn') return this.columns;
    const isLogs = name === 'resource' || name === 'scope';
    const places: readonly Place[] = isLogs ? ['workspace', 'service'] : place ? [place] : [];
    return [...new Set(places.flatMap((one) => [this.session?.places[one], this.seen[one]]).filter((text): text is string => Boolean(text)))];
  }

  #choice(choice: string): string {
    return t.choice[choice as keyof typeof t.choice] ?? choice;
  }

  #answer(): TemplateResult {
    const { handed, failure, way } = this;
    const missing = missingOf(way, this.#value);
    return html`<div class="made" aria-busy=${this.isMaking} ?inert=${this.isMaking}>
      <p class="soft" role="status" ?hidden=${missing.length === 0 && !(this.isMaking && !handed)}>${missing.length > 0
        ? t.stillNeeded(missing.map((field) => wordsOf(field).label).join(', ')) : t.making}</p>
      ${failure && !fieldOf(way, failure) ? html`<p class="bad" role="alert">${t.refused(failure.message, failure.help ?? '')}</p>` : nothing}
      ${handed ? html`${this.#notes(handed)}${'url' in handed ? this.#link(handed.url) : this.#files(handed.files)}` : nothing}</div>`;
  }

  #notes(handed: Handed): TemplateResult | typeof nothing {
    const found = 'diagnostics' in handed ? handed.diagnostics ?? [] : [];
    if (handed.notes.length === 0 && found.length === 0) return nothing;
    return html`<ul class="notes" aria-label=${t.notes}>
      ${handed.notes.map((note) => html`<li>${icons.info}<span>${note}</span></li>`)}
      ${found.map(({ severity: name, message, help, code }) => html`<li>${severity(name).icon}<span><span class="hidden">${severity(name).word}: </span>${t.refused(message, help ?? '')} <span class="mono">${code}</span></span></li>`)}</ul>`;
  }

  #link(url: string): TemplateResult {
    return html`<div class="bar"><a class="button" id="open-link" href=${url} target="_blank" rel="noopener noreferrer" title=${t.opensOutside}>${t.open}</a>
        <kqlens-copy id="copy-link" label=${t.copyLink} .text=${url}></kqlens-copy></div>
      <pre class="link" tabindex="0" role="region" aria-label=${t.link}>${url}</pre>`;
  }

  #files(files: Extract<Handed, { files: unknown }>['files']): TemplateResult | typeof nothing {
    const at = Math.min(this.shown, files.length - 1);
    const file = files[at];
    if (!file) return nothing;
    const isAlone = (format: string): boolean => files.filter((other) => other.format === format).length === 1;
    return html`<div class="files" role="tablist" aria-label=${t.files} @keydown=${(event: KeyboardEvent) => this.#fileKey(event, files.length, at)}>${files.map(({ format, name }, index) => html`<button
        role="tab" id="file-${index}" aria-selected=${index === at} aria-controls="file" tabindex=${index === at ? 0 : -1} @click=${() => { this.shown = index; }}>${isAlone(format) ? t.format[format] : name}</button>`)}</div>
      <div id="file" role="tabpanel" aria-labelledby="file-${at}">
        <div class="bar"><span class="grow soft"><span class="mono">${file.name}</span>, ${t.lines(file.text.trimEnd().split('\n').length)}</span>
          <kqlens-copy id="copy-file" label=${w.copy} .text=${file.text}></kqlens-copy>
          <button class="quiet" id="download-file" @click=${() => download(file.text, 'text/plain', file.name)}>${icons.download}${t.download(file.name)}</button></div>
        <pre tabindex="0" role="region" aria-label=${t.fileOf(file.name)}>${file.text}</pre></div>`;
  }

  #fileKey(event: KeyboardEvent, n: number, at: number): void {
    if (event.key !== 'ArrowRight' && event.key !== 'ArrowLeft') return;
    event.preventDefault();
    this.shown = (at + (event.key === 'ArrowRight' ? 1 : n - 1)) % n;
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>(`#file-${this.shown}`)?.focus());
  }
}
