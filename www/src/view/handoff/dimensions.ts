// What is watched each for itself: a column or a part of a metric, and which of its values. A row each,
// to be added, changed and taken away; an empty list of values is all of them.
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import type { Dimension } from '../../session/metric-alert';
import { handoff as t } from '../../texts/handoff';
import { words as w } from '../../texts/words';
import { icons } from '../icons';
import { base } from '../style';
import { fields } from './fields';

const OPERATORS = ['Include', 'Exclude'] as const;

/** What is wrong, and with which of the dimensions that have a name. */
export interface BadDimension {
  words: string;
  at: number;
}

/** Event: `change`, with the dimensions as they are then. */
export class Dimensions extends LitElement {
  static override properties = {
    dimensions: { attribute: false }, names: { attribute: false }, isClosed: { attribute: false }, label: {}, help: {}, bad: { attribute: false }, valuesOf: { attribute: false }, offers: { state: true },
  };
  static override styles = [base, fields, css`
    fieldset { border: 0; margin: 0; padding: 0; min-width: 0; }
    legend { padding: 0; }
    .row { display: grid; grid-template-columns: minmax(120px, 1fr) max-content minmax(160px, 2fr) max-content; gap: 4px; align-items: start; }
    .values { display: flex; flex-wrap: wrap; gap: 4px; align-items: center; min-width: 0; }
    .values input { flex: 1 1 120px; width: auto; min-width: 0; }
    .value { display: inline-flex; align-items: center; max-width: 100%; border: 1px solid var(--line); border-radius: 4px; background: var(--sunken); padding-inline-start: 8px; overflow-wrap: anywhere; min-height: 32px; }
    .value button { min-height: 28px; min-width: 28px; padding: 3px; border-color: transparent; background: transparent; }
    button.icon { border-color: transparent; background: transparent; }
    button.quiet { justify-self: start; }
    @container (max-width: 520px) { .row { grid-template-columns: minmax(0, 1fr) max-content max-content; } .row .values { grid-column: 1 / -1; grid-row: 2; } .row + .row { border-top: 1px solid var(--line); padding-top: 6px; } }
    :host { container-type: inline-size; }
  `];
  declare dimensions: readonly Dimension[];
  /** What there is to watch. */
  declare names: readonly string[];
  /** Whether there is nothing else. */
  declare isClosed: boolean;
  declare label: string;
  declare help: string;
  declare bad: BadDimension | null;
  /** Values that occur. */
  declare valuesOf: (name: string) => Promise<readonly string[]>;
  /** Those that were asked for, by name. */
  declare offers: ReadonlyMap<string, readonly string[]>;

  constructor() {
    super();
    Object.assign(this, { dimensions: [], names: [], isClosed: false, label: '', help: '', bad: null, valuesOf: async () => [], offers: new Map() });
  }

  #say(dimensions: readonly Dimension[]): void {
    this.dimensions = dimensions;
    this.dispatchEvent(new CustomEvent('change', { detail: dimensions }));
  }

  #set(at: number, change: Partial<Dimension>): void {
    this.#say(this.dimensions.map((dimension, index) => (index === at ? { ...dimension, ...change } : dimension)));
  }

  async #focus(id: string): Promise<void> {
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(`#${id}`)?.focus();
  }

  readonly #add = (): void => {
    const isFree = (name: string): boolean => !this.dimensions.some((dimension) => dimension.name === name);
    // Where there is a choice of few, the next of them is a beginning.
    this.#say([...this.dimensions, { name: this.isClosed ? this.names.find(isFree) ?? this.names[0] ?? '' : '' }]);
    void this.#focus(`name-${this.dimensions.length - 1}`);
  };

  #remove(at: number): void {
    this.#say(this.dimensions.filter((_, index) => index !== at));
    void this.#focus(this.dimensions.length === 0 ? 'add' : `name-${Math.min(at, this.dimensions.length - 1)}`);
  }

  /** Takes what was typed as one more value. */
  #take(at: number, input: HTMLInputElement): void {
    const value = input.value.trim();
    input.value = '';
    const { values = [] } = this.dimensions[at] ?? {};
    if (value !== '' && !values.includes(value)) this.#set(at, { values: [...values, value] });
  }

  #drop(at: number, value: string): void {
    const { values = [] } = this.dimensions[at] ?? {};
    this.#set(at, { values: values.filter((other) => other !== value) });
    void this.#focus(`value-${at}`);
  }

  #key(at: number, event: KeyboardEvent): void {
    const input = event.target as HTMLInputElement;
    const last = this.dimensions[at]?.values?.at(-1);
    if (event.key === 'Enter') {
      event.preventDefault();
      this.#take(at, input);
    } else if (event.key === 'Backspace' && input.value === '' && last !== undefined) {
      event.preventDefault();
      this.#drop(at, last);
    }
  }

  /** Asks once which values there are. */
  async #suggest(name: string): Promise<void> {
    if (name === '' || this.offers.has(name)) return;
    this.offers = new Map(this.offers).set(name, []);
    try {
      this.offers = new Map(this.offers).set(name, await this.valuesOf(name));
    } catch {
      // What cannot be grouped has no list of values; they can be typed all the same.
    }
  }

  override render(): TemplateResult {
    const { dimensions, bad } = this;
    const named = dimensions.flatMap(({ name }, at) => (name === '' ? [] : [at]));
    return html`<fieldset class="field" aria-describedby="help"><legend>${this.label}</legend>
      ${dimensions.map((dimension, at) => this.#row(dimension, at, bad !== null && named[bad.at] === at))}
      <button class="quiet" id="add" type="button" @click=${this.#add}>${icons.add}${t.dimension.add}</button>
      <small id="help" class=${bad ? 'bad' : ''} role=${bad ? 'alert' : nothing}>${bad ? bad.words : this.help}</small></fieldset>`;
  }

  #row({ name, operator = 'Include', values = [] }: Dimension, at: number, isBad: boolean): TemplateResult {
    const invalid = isBad ? 'true' : 'false';
    const named = (event: Event): void => this.#set(at, { name: (event.target as HTMLInputElement).value.trim(), values: [] });
    const known = this.isClosed ? [...new Set([...this.names, name])] : this.names;
    return html`<div class="row" role="group" aria-label=${t.dimension.nth(at + 1)}>
      ${this.isClosed ? html`<select id="name-${at}" aria-label=${t.dimension.name} aria-invalid=${invalid} @change=${named}>${known.map((one) => html`<option value=${one} .selected=${one === name}>${one}</option>`)}</select>`
        : html`<input id="name-${at}" list="names-${at}" aria-label=${t.dimension.name} aria-invalid=${invalid} autocomplete="off" spellcheck="false" .value=${name} @change=${named}>
          <datalist id="names-${at}">${known.map((one) => html`<option value=${one}></option>`)}</datalist>`}
      <select id="operator-${at}" aria-label=${t.dimension.operator} @change=${(event: Event) => this.#set(at, { operator: (event.target as HTMLSelectElement).value as (typeof OPERATORS)[number] })}>
        ${OPERATORS.map((one) => html`<option value=${one} .selected=${one === operator}>${t.dimension.operators[one]}</option>`)}</select>
      <div class="values">${values.map((value) => html`<span class="value">${value}<button class="icon" type="button" aria-label=${t.dimension.drop(value)} @click=${() => this.#drop(at, value)}>${icons.close}</button></span>`)}
        <input id="value-${at}" list="values-${at}" aria-label=${t.dimension.value} placeholder=${values.length === 0 ? t.dimension.all : nothing} autocomplete="off" spellcheck="false" aria-invalid=${invalid}
          @focus=${() => this.#suggest(name)} @keydown=${(event: KeyboardEvent) => this.#key(at, event)} @change=${(event: Event) => this.#take(at, event.target as HTMLInputElement)}>
        <datalist id="values-${at}">${(this.offers.get(name) ?? []).filter((one) => !values.includes(one)).map((one) => html`<option value=${one}></option>`)}</datalist></div>
      <button class="icon" type="button" id="remove-${at}" aria-label=${t.dimension.remove(at + 1)} title=${w.delete} @click=${() => this.#remove(at)}>${icons.close}</button>
    </div>`;
  }
}
