// Help inside the page, out of the catalogues: what is read, what is recognised, which KQL runs, what
// stays private, where the limits are.
import { css, html, nothing, type TemplateResult } from 'lit';
import type { reference } from 'kqlens';
import floors from '../../../../tests/conformance/floors.txt?raw';
import { help as t } from '../../texts/help';
import { words as w } from '../../texts/words';
import { icons } from '../icons';
import { base } from '../style';
import { View } from '../view';

type Known = { [name in keyof typeof reference]: ReturnType<(typeof reference)[name]> };

/** Recorded cases that are answered as the real engine answers, and all of them. */
const passed = Number(/^TOTAL (\d+)/m.exec(floors)?.[1] ?? 0);
const cases = Number(/^WASM .*?(\d+)$/m.exec(floors)?.[1] ?? 0);

export class Help extends View {
  static override properties = { ...View.properties, known: { state: true }, typed: { state: true }, failure: { state: true } };
  static override styles = [base, css`
    dialog { width: min(860px, calc(100vw - 32px)); padding: 16px; overflow: auto; }
    @media (max-width: 640px) { dialog { width: 100vw; } }
    h3 { margin: 18px 0 4px; }
    p { margin: 4px 0; max-width: 75ch; }
    dl { display: grid; grid-template-columns: minmax(140px, max-content) 1fr; gap: 4px 16px; font-size: 13px; }
    dt { font-weight: 600; overflow-wrap: anywhere; }
    dd { color: var(--soft); overflow-wrap: anywhere; }
    details { margin: 4px 0; }
    summary { cursor: pointer; padding: 2px 0; }
    details[open] { padding-bottom: 8px; }
    input { font: inherit; width: 100%; color: var(--ink); background: var(--card); border: 1px solid var(--line); border-bottom-color: var(--edge); border-radius: 4px; min-height: 32px; padding: 4px 8px; }
    code { font: 12.5px/18px var(--mono); }
    @media (max-width: 640px) { dl { grid-template-columns: minmax(0, 1fr); } dd { margin-bottom: 6px; } }
  `];
  declare known: Known | null;
  declare typed: string;
  declare failure: string | null;

  constructor() {
    super();
    this.known = null;
    this.typed = '';
    this.failure = null;
  }

  async show(): Promise<void> {
    this.typed = '';
    this.renderRoot.querySelector('dialog')?.showModal();
    const { session } = this;
    if (!session || this.known) return;
    try {
      const of = async <N extends keyof Known>(name: N): Promise<Known[N]> => (await session.engine.call('reference', name)) as Known[N];
      const [formats, signatures, functions, operators] = await Promise.all([of('formats'), of('signatures'), of('functions'), of('operators')]);
      this.known = { formats, signatures, functions, operators };
    } catch (error) {
      this.failure = (error as Error).message;
    }
  }

  override render(): TemplateResult {
    const { known } = this;
    return html`<dialog aria-labelledby="title">
      <div class="bar"><h2 class="grow" id="title">${t.title}</h2>
        <button class="quiet icon" aria-label=${w.close} @click=${() => this.renderRoot.querySelector('dialog')?.close()}>${icons.close}</button></div>
      <p>${t.about} <kbd>F1</kbd> ${t.listsActions} <kbd>?</kbd> ${t.everyKey}</p>
      <h3>${t.stays}</h3>
      <p>${t.staysAbout}</p>
      <h3>${t.kql}</h3>
      <p>${t.answered(passed, cases)} <code>dcount</code> ${t.and} <code>percentile</code> ${t.exactHere}</p>
      <h3>${t.limits}</h3>
      <p>${t.limitsAbout}</p>
      ${this.failure ? html`<p role="alert">${t.failed(this.failure)}</p>` : nothing}
      ${known ? this.#catalogues(known) : nothing}
    </dialog>`;
  }

  #catalogues({ formats, signatures, functions, operators }: Known): TemplateResult {
    const typed = this.typed.trim().toLowerCase();
    const fits = (...texts: string[]): boolean => typed === '' || texts.some((text) => text.toLowerCase().includes(typed));
    const part = (title: string, entries: readonly (readonly [string, string])[]): TemplateResult | typeof nothing => (entries.length === 0 ? nothing
      : html`<details ?open=${typed !== ''}><summary>${t.entries(title, entries.length)}</summary><dl>${entries.map(([name, about]) => html`<dt>${name}</dt><dd>${about}</dd>`)}</dl></details>`);
    const parts = [
      part(t.formats, formats.filter(({ title, about }) => fits(title, about)).map(({ title, about }) => [title, about])),
      part(t.failures, signatures.filter(({ id, title, meaning }) => fits(id, title, meaning)).map(({ id, title, meaning }) => [title, `${meaning} (${id})`])),
      part(t.operators, operators.filter(({ name, about }) => fits(name, about)).map(({ syntax, about }) => [syntax, about])),
      part(t.functions, functions.filter(({ name, about }) => fits(name, about)).map(({ name, about, example, answer }) => [name, `${about} ${example} → ${answer}`])),
    ];
    return html`<h3>${t.lookUp}</h3>
      <input type="search" id="search" aria-label=${t.lookUpLabel} placeholder=${t.lookUpPlaceholder} .value=${this.typed} @input=${(event: Event) => { this.typed = (event.target as HTMLInputElement).value; }}>
      ${parts.every((one) => one === nothing) ? html`<p class="soft" role="status">${t.none}</p>` : parts}`;
  }
}
