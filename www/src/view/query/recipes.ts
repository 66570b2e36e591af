// Questions to choose from: searched, filled in with values from the rows, then run, inserted, or
// copied for a workspace.
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { Dialect, RecipeInfo, RecipeParameter } from 'kqlens';
import { recipeFragmentOf, type RecipeLink } from '../../session/link';
import { Recipes, searched, type Values } from '../../session/recipes';
import { query as t } from '../../texts/query';
import { words as w } from '../../texts/words';
import { icons } from '../icons';
import { base } from '../style';
import { QueriesView } from './part';

/** Events: `insert` and `run`, with the text of a query. */
export class RecipeList extends QueriesView {
  static override properties = {
    ...QueriesView.properties, wanted: { attribute: false }, list: { state: true }, search: { state: true }, isAll: { state: true }, open: { state: true }, values: { state: true },
    offers: { state: true }, kql: { state: true }, failure: { state: true },
  };
  static override styles = [base, css`
    :host { padding: 2px 6px 8px; }
    .head { position: sticky; top: -6px; background: var(--card); padding: 6px 0; z-index: 1; display: grid; gap: 6px; }
    input, textarea { font: inherit; color: var(--ink); background: var(--card); border: 1px solid var(--line); border-bottom-color: var(--edge); border-radius: 4px; min-height: 30px; padding: 4px 8px; width: 100%; }
    input[type="checkbox"] { width: auto; min-height: 0; }
    label.only { display: inline-flex; gap: 6px; align-items: center; font-size: 12.5px; }
    h3 { font-size: 12px; line-height: 16px; color: var(--soft); margin: 12px 0 4px; }
    .card { box-shadow: none; border: 1px solid var(--line); border-radius: 6px; margin-top: 6px; }
    .card > button { width: 100%; justify-content: space-between; text-align: start; border: 0; background: transparent; padding: 8px 10px; align-items: start; }
    .card > button svg { margin-top: 3px; }
    .card[open] > button svg, .open > button svg { transform: rotate(180deg); }
    .missing { font-size: 12px; line-height: 16px; padding: 0 10px 8px; color: var(--warning); }
    .body { padding: 0 10px 10px; display: grid; gap: 8px; }
    .body p { font-size: 13px; line-height: 18px; }
    form { display: grid; gap: 8px; }
    label.field { display: grid; gap: 2px; font-size: 12.5px; }
    label.field small { color: var(--soft); font-size: 12px; line-height: 16px; }
    .bar { gap: 6px; }
    pre { margin: 0; max-height: 180px; overflow: auto; font: 12px/17px var(--mono); background: var(--sunken); border-radius: 4px; padding: 8px; white-space: pre-wrap; overflow-wrap: anywhere; }
    .bad { color: var(--error); }
    code { font-family: var(--mono); font-size: 12px; }
  `];
  /** A recipe to open, with its parameters filled in. */
  declare wanted: RecipeLink | null;
  declare list: readonly RecipeInfo[] | null;
  declare search: string;
  /** Whether recipes are shown whose tables are not loaded. */
  declare isAll: boolean;
  declare open: string | null;
  declare values: Values;
  /** Values that the rows offer for parameters of the recipe that is open. */
  declare offers: ReadonlyMap<string, readonly string[]>;
  declare kql: string | null;
  declare failure: string | null;
  #recipes: Recipes | null = null;
  #round = 0;

  constructor() {
    super();
    this.wanted = null;
    this.list = null;
    this.search = '';
    this.isAll = false;
    this.open = null;
    this.values = {};
    this.offers = new Map();
    this.kql = null;
    this.failure = null;
  }

  override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed as Map<PropertyKey, unknown>);
    if (changed.has('wanted') || changed.has('list')) this.#openWanted();
    if (!changed.has('queries') || !this.queries) return;
    this.#recipes = new Recipes(this.queries.session);
    this.#recipes.list().then((list) => { this.list = list; }, (error: Error) => { this.failure = error.message; });
  }

  override render(): TemplateResult | typeof nothing {
    const recipes = this.#recipes;
    if (!recipes) return nothing;
    if (!this.list) return this.failure ? html`<p class="bad" role="alert">${t.recipes.failed(this.failure)}</p>` : html`<div class="skeleton" aria-label=${t.recipes.reading}></div>`;
    const here = this.list.filter((recipe) => recipes.missing(recipe).length === 0);
    const found = searched(this.isAll ? this.list : here, this.search);
    const families = [...new Set(found.map(({ family }) => family))];
    return html`
      <div class="head">
        <input type="search" aria-label=${t.recipes.search} placeholder=${t.recipes.question} .value=${this.search} @input=${(event: Event) => { this.search = (event.target as HTMLInputElement).value; }}>
        <div class="bar"><span class="soft grow" role="status">${t.recipes.found(found.length, this.list.length)}</span>
          <label class="only"><input type="checkbox" id="all" .checked=${this.isAll} @change=${(event: Event) => { this.isAll = (event.target as HTMLInputElement).checked; }}>${t.recipes.alsoOthers}</label></div>
      </div>
      ${found.length === 0 ? html`<p class="soft">${this.isAll ? t.recipes.none : t.recipes.noneHere}</p>` : nothing}
      ${families.map((family) => html`<h3>${family}</h3>${found.filter((recipe) => recipe.family === family).map((recipe) => this.#card(recipe, recipes))}`)}`;
  }

  #card(recipe: RecipeInfo, recipes: Recipes): TemplateResult {
    const missing = recipes.missing(recipe);
    const isOpen = this.open === recipe.id;
    return html`<div class="card ${isOpen ? 'open' : ''}">
      <button aria-expanded=${isOpen} @click=${() => this.#toggle(recipe)}><span>${recipe.title}</span>${icons.chevron}</button>
      ${missing.length > 0 ? html`<p class="missing">${t.recipes.needs(missing.join(', '))}</p>` : nothing}
      ${isOpen ? this.#body(recipe, missing, recipes) : nothing}</div>`;
  }

  #toggle(recipe: RecipeInfo): void {
    if (this.open === recipe.id) {
      this.open = null;
      return;
    }
    this.#show(recipe, {});
  }

  #openWanted(): void {
    const recipe = this.list?.find(({ id }) => id === this.wanted?.recipe);
    if (!recipe || !this.wanted) return;
    this.search = '';
    this.isAll ||= (this.#recipes?.missing(recipe).length ?? 0) > 0;
    this.#show(recipe, this.wanted.values);
    void this.updateComplete.then(() => this.renderRoot.querySelector('.open')?.scrollIntoView({ block: 'nearest' }));
  }

  #show(recipe: RecipeInfo, values: Values): void {
    Object.assign(this, { open: recipe.id, values, offers: new Map(), kql: null, failure: null });
    void this.#offer(recipe);
    void this.#build(recipe);
  }

  async #offer(recipe: RecipeInfo): Promise<void> {
    for (const parameter of recipe.parameters) {
      const values = await this.#recipes?.valuesOf(recipe, parameter) ?? [];
      if (this.open !== recipe.id) return;
      this.offers = new Map(this.offers).set(parameter.name, values);
    }
  }

  async #build(recipe: RecipeInfo): Promise<void> {
    this.#round += 1;
    const round = this.#round;
    try {
      const kql = await this.#recipes?.build(recipe, this.values) ?? null;
      if (round === this.#round) Object.assign(this, { kql, failure: null });
    } catch (error) {
      if (round === this.#round) Object.assign(this, { kql: null, failure: (error as Error).message });
    }
  }

  #body(recipe: RecipeInfo, missing: readonly string[], recipes: Recipes): TemplateResult {
    const { kql, failure } = this;
    const send = (name: 'run' | 'insert') => (): void => {
      if (kql) this.dispatchEvent(new CustomEvent(name, { detail: kql }));
    };
    const copy = (dialect: Dialect) => () => recipes.build(recipe, this.values, dialect);
    const canRun = kql !== null && missing.length === 0 && recipe.needsService === null;
    return html`<div class="body">
      <p class="soft">${recipe.about}</p>
      <p class="soft">${t.recipes.over(recipe.tables.join(', '))}</p>
      ${recipe.needsService ? html`<p class="missing">${t.recipes.workspaceOnly} <code>${recipe.needsService}</code>.</p>` : nothing}
      <form @submit=${(event: Event) => { event.preventDefault(); if (canRun) send('run')(); }}>
        ${recipe.parameters.map((parameter) => this.#field(recipe, parameter))}
        ${failure ? html`<p class="bad" role="alert">${failure}</p>` : nothing}
        <div class="bar">
          <button type="submit" class="primary" id="run-recipe" ?disabled=${!canRun}>${w.run}</button>
          <button type="button" id="insert-recipe" ?disabled=${!kql} @click=${send('insert')}>${w.insert}</button>
          <kqlens-copy label=${t.recipes.copyForWorkspace} ?hidden=${!kql} .text=${copy('resourceSpecific')}></kqlens-copy>
          <kqlens-copy label=${t.recipes.copyForAzureDiagnostics} ?hidden=${!kql} .text=${copy('azureDiagnostics')}></kqlens-copy>
          <button type="button" id="use-recipe" ?disabled=${!kql} @click=${() => { if (kql) this.queries?.session.useIt({ title: recipe.title, kql }); }}>${icons.use}${w.useIt}</button>
          <kqlens-copy id="link-recipe" label=${t.recipes.copyLink} .text=${async () => this.#link(recipe)}></kqlens-copy>
        </div>
      </form>
      ${kql ? html`<pre tabindex="0" role="region" aria-label=${t.recipes.kql}>${kql}</pre>` : nothing}</div>`;
  }

  /** The link holds what was filled in, and no row. */
  #link({ id }: RecipeInfo): string {
    const fragment = recipeFragmentOf({ recipe: id, values: this.values });
    if (fragment === null) throw new Error(t.recipes.linkTooLong);
    return `${location.origin}${location.pathname}${fragment}`;
  }

  #field(recipe: RecipeInfo, parameter: RecipeParameter): TemplateResult {
    const { name, about, kind, required, default: preset, cells } = parameter;
    const offers = this.offers.get(name) ?? [];
    const changed = (event: Event): void => {
      this.values = { ...this.values, [name]: (event.target as HTMLInputElement).value };
      void this.#build(recipe);
    };
    const value = this.values[name] ?? '';
    const list = `offers-${name}`;
    return html`<label class="field"><span>${name.replaceAll('_', ' ')}${required ? html` <span class="soft">${t.recipes.needed}</span>` : nothing}</span>
      ${kind === 'rows'
        ? html`<textarea rows="2" name=${name} placeholder=${preset ?? ''} .value=${value} @input=${changed}></textarea>`
        : html`<input name=${name} list=${list} autocomplete="off" spellcheck="false" placeholder=${preset ?? (kind === 'datetime' ? '2026-03-03T08:00' : '')}
            inputmode=${kind === 'long' || kind === 'real' ? 'decimal' : 'text'} .value=${value} @input=${changed}><datalist id=${list}>${offers.map((offer) => html`<option value=${offer}></option>`)}</datalist>`}
      <small>${about}${cells ? html` ${t.recipes.cells(cells.join(', '))}` : nothing}</small></label>`;
  }
}
