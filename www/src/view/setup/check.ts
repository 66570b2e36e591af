// *Check my set-up*: settings are pasted or opened, and each rule that finds something says where and why.
//
// The text stays in its field: it is kept nowhere, and is sent to the worker of the engine alone.
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { Range, SetupReport } from 'kqlens';
import type { EngineError } from 'kqlens/client';
import { setup as t } from '../../texts/setup';
import { words as w } from '../../texts/words';
import { coded } from '../coded';
import { icons, severity } from '../icons';
import { inline } from '../markdown';
import { base } from '../style';
import { View } from '../view';

/** How long the text rests until it is checked. */
const REST_MS = 250;
const MOST_BYTES = 1_000_000;
/** Height of a line of the text. */
const LINE_PX = 19;
/** Lines that stay to be seen above the one that is shown. */
const LINES_ABOVE = 3;

type Found = SetupReport['findings'][number];
const ORDER: readonly Found['severity'][] = ['error', 'warning', 'info', 'hint'];

/** A report with the text that it is of, the worst first. */
interface Checked extends SetupReport {
  text: string;
  /** Where each line begins. */
  starts: readonly number[];
}

function checkedOf(text: string, { understood, findings }: SetupReport): Checked {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  const rank = ({ severity: name }: Found): number => ORDER.indexOf(name);
  return { text, starts, understood, findings: [...findings].sort((a, b) => rank(a) - rank(b) || a.range.start - b.range.start) };
}

/** Line and column of an offset, from 1. */
function placeOf({ starts }: Checked, offset: number): [line: number, column: number] {
  let [low, high] = [0, starts.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return [low + 1, offset - (starts[low] ?? 0) + 1];
}

const sizeOf = (text: string): number => (text.length > MOST_BYTES ? text.length : new TextEncoder().encode(text).length);

export class CheckSetup extends View {
  static override properties = { ...View.properties, checked: { state: true }, failure: { state: true }, isChecking: { state: true }, applied: { state: true } };
  static override styles = [base, css`
    dialog { width: min(1180px, calc(100vw - 32px)); height: calc(100dvh - 32px); padding: 16px; overflow: hidden; }
    dialog[open] { display: grid; grid-template: auto auto minmax(0, 1fr) / minmax(0, 1fr); gap: 10px; }
    .panes { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 16px; min-height: 0; }
    .text { display: grid; grid-template-rows: auto minmax(0, 1fr); gap: 6px; min-height: 0; }
    label { font-weight: 600; }
    textarea { font: 12.5px/${LINE_PX}px var(--mono); color: var(--ink); background: var(--card); border: 1px solid var(--line); border-bottom-color: var(--edge); border-radius: 4px; padding: 6px 8px; width: 100%; min-height: 160px; resize: none; white-space: pre; tab-size: 2; }
    .answer { overflow: auto; display: grid; gap: 14px; align-content: start; grid-template-columns: minmax(0, 1fr); padding: 2px 4px 8px; }
    .bad { color: var(--error); overflow-wrap: anywhere; }
    .findings, .parts { display: grid; gap: 8px; margin-top: 6px; }
    .finding { padding: 10px 12px; border-inline-start: 4px solid var(--edge); overflow-wrap: anywhere; }
    .finding.error { border-color: var(--failed-fill); }
    .finding.warning { border-color: var(--unauthorized-fill); }
    .finding .to { display: flex; gap: 8px; align-items: start; justify-content: start; text-align: start; width: 100%; padding: 2px; border: 0; background: transparent; font-weight: 600; overflow-wrap: anywhere; }
    .finding .to:hover { background: var(--hover); }
    .finding .to svg { margin-top: 2px; }
    .error .to svg { color: var(--error); }
    .warning .to svg { color: var(--warning); }
    .finding p { margin-top: 4px; }
    .finding .bar { margin-top: 4px; }
    .part { padding: 10px 12px; overflow-wrap: anywhere; }
    .part button { padding-inline: 0; text-align: start; }
    dl { display: grid; grid-template-columns: minmax(90px, max-content) minmax(0, 1fr); gap: 2px 12px; font-size: 13px; margin-top: 4px; }
    dt { color: var(--soft); }
    dd { font: 12.5px/20px var(--mono); }
    @media (max-width: 760px) {
      dialog { padding: 12px; width: 100vw; max-width: 100vw; height: 100dvh; max-height: 100dvh; border-radius: 0; margin: 0; overflow: auto; }
      dialog[open] { grid-template-rows: auto auto auto; align-content: start; }
      .panes { grid-template: 38dvh auto / minmax(0, 1fr); }
      .answer { overflow: visible; }
    }
    @media (forced-colors: active) { .card { border: 1px solid CanvasText; } }
  `];
  declare checked: Checked | null;
  declare failure: string | null;
  declare isChecking: boolean;
  /** The fix that was made last. */
  declare applied: string;
  #round = 0;
  #waiting: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    Object.assign(this, { checked: null, failure: null, isChecking: false, applied: '' });
  }

  show(): void {
    const dialog = this.renderRoot.querySelector('dialog');
    if (!dialog?.open) dialog?.showModal();
    this.#place?.focus();
  }

  override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed as Map<PropertyKey, unknown>);
    if (changed.has('checked') && this.checked === null) this.applied = '';
  }

  get #place(): HTMLTextAreaElement | null {
    return this.renderRoot.querySelector('textarea');
  }

  readonly #typed = (): void => {
    clearTimeout(this.#waiting);
    this.applied = '';
    this.#waiting = setTimeout(() => void this.#check(), REST_MS);
  };

  async #check(): Promise<void> {
    clearTimeout(this.#waiting);
    this.#round += 1;
    const round = this.#round;
    const text = this.#place?.value ?? '';
    const size = sizeOf(text);
    if (text.trim() === '' || size > MOST_BYTES) {
      Object.assign(this, { checked: null, isChecking: false, failure: size > MOST_BYTES ? t.tooLong(size, MOST_BYTES) : null });
      return;
    }
    this.isChecking = true;
    try {
      const report = (await this.session?.engine.call('handoff', 'checkSetup', text)) as SetupReport;
      if (round === this.#round) Object.assign(this, { checked: checkedOf(text, report), failure: null });
    } catch (error) {
      if (round === this.#round) Object.assign(this, { checked: null, failure: t.failed((error as EngineError).message) });
    } finally {
      if (round === this.#round) this.isChecking = false;
    }
  }

  readonly #picked = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    void this.#take([...(input.files ?? [])]);
    input.value = '';
  };

  /** Files over the dialog are a set-up: the page does not read them as logs. */
  readonly #dragged = (event: DragEvent): void => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.stopPropagation();
    event.preventDefault();
    if (event.type === 'drop') void this.#take([...event.dataTransfer.files]);
  };

  /** Neither is text that is pasted beside the field. */
  readonly #pasted = (event: ClipboardEvent): void => {
    event.stopPropagation();
    const place = this.#place;
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0 && event.composedPath()[0] === place) return;
    event.preventDefault();
    if (files.length > 0) void this.#take(files);
    else if (place) {
      place.value = event.clipboardData?.getData('text/plain') ?? '';
      this.#typed();
    }
  };

  /** Takes files one behind the other: a template and its parameters say more than each alone. */
  async #take(files: readonly File[]): Promise<void> {
    const place = this.#place;
    if (!place || files.length === 0) return;
    const size = files.reduce((sum, file) => sum + file.size, 0);
    if (size > MOST_BYTES) {
      this.#refuse(t.tooLong(size, MOST_BYTES));
      return;
    }
    const texts: string[] = [];
    for (const file of files) {
      try {
        texts.push(await file.text());
      } catch {
        this.#refuse(t.notRead(file.name));
        return;
      }
    }
    place.value = texts.join('\n');
    this.applied = '';
    await this.#check();
  }

  /** Says why a file is not taken; what is in the field is no longer what is spoken of. */
  #refuse(failure: string): void {
    clearTimeout(this.#waiting);
    this.#round += 1;
    if (this.#place) this.#place.value = '';
    Object.assign(this, { checked: null, failure, isChecking: false });
  }

  /** Selects a place of the text and brings it to where it is seen. */
  #select({ start, end }: Range): void {
    const { checked } = this;
    const place = this.#place;
    if (!checked || !place) return;
    place.focus();
    place.setSelectionRange(start, end);
    place.scrollTop = Math.max(0, (placeOf(checked, start)[0] - 1 - LINES_ABOVE) * LINE_PX);
  }

  async #apply({ fix, range }: Found): Promise<void> {
    const { checked } = this;
    const place = this.#place;
    // Places of another text are none of this one.
    if (!fix || !checked || !place || place.value !== checked.text) return;
    for (const edit of [...fix.edits].sort((a, b) => b.range.start - a.range.start)) place.setRangeText(edit.text, edit.range.start, edit.range.end, 'end');
    place.focus();
    const at = fix.edits[0]?.range.start ?? range.start;
    place.setSelectionRange(at, at);
    await this.#check();
    this.applied = fix.title;
  }

  /** What was found, without secrets. */
  readonly #markdown = async (): Promise<string> => {
    const { checked, session } = this;
    if (!checked || !session) return '';
    const lines = [`# ${t.title}`, '', t.summary(checked.understood.length, checked.findings.length), ''];
    if (checked.understood.length > 0) lines.push(`## ${t.understood}`, '');
    for (const { kind, name, facts } of checked.understood) {
      lines.push(`- ${t.kind[kind]} ${inline(name || t.unnamed)}`, ...Object.entries(facts).map(([fact, value]) => `  - ${inline(fact)}: ${inline(value)}`));
    }
    if (checked.findings.length > 0) lines.push('', `## ${t.findings}`, '');
    for (const { code, severity: name, message, reason, help, range } of checked.findings) {
      lines.push(`- **${severity(name).word}**, ${t.place(...placeOf(checked, range.start))}: ${inline(message)} (${code})`, `  - ${inline(reason)}`, ...(help ? [`  - ${t.whatToDo}: ${inline(help)}`] : []));
    }
    return (await session.engine.call('redact', 'apply', `${lines.join('\n')}\n`)) as string;
  };

  readonly #make = (): void => {
    this.renderRoot.querySelector('dialog')?.close();
    this.session?.useIt({ way: 'diagnosticSetting', request: {} });
  };

  override render(): TemplateResult {
    const { checked, failure, isChecking } = this;
    return html`<dialog aria-labelledby="title" @paste=${this.#pasted} @dragenter=${this.#dragged} @dragover=${this.#dragged} @drop=${this.#dragged}>
      <div class="bar"><h2 class="grow" id="title">${t.title}</h2>
        <button class="quiet icon" aria-label=${w.close} @click=${() => this.renderRoot.querySelector('dialog')?.close()}>${icons.close}</button></div>
      <p class="soft" id="about">${t.about}</p>
      <div class="panes">
        <div class="text">
          <div class="bar"><label class="grow" for="text">${t.text}</label>
            <button class="quiet" id="choose" @click=${() => this.renderRoot.querySelector<HTMLInputElement>('#file')?.click()}>${icons.file}${t.choose}</button>
            <button class="quiet" id="make" @click=${this.#make}>${icons.use}${t.make}</button>
            <input id="file" type="file" accept=".json,.bicep,.bicepparam,.xml,.tf,.yaml,.yml,.txt" multiple hidden @change=${this.#picked}></div>
          <textarea id="text" wrap="off" spellcheck="false" autocapitalize="off" aria-describedby="about" @input=${this.#typed}></textarea>
        </div>
        <div class="answer" role="region" aria-label=${t.answer} tabindex="0" aria-busy=${isChecking}>
          <p role="status">${this.applied === '' ? nothing : html`${t.applied(this.applied)} `}${checked ? t.summary(checked.understood.length, checked.findings.length) : isChecking ? t.checking : failure ? nothing : t.empty}</p>
          ${failure ? html`<p class="bad" role="alert">${failure}</p>` : nothing}
          ${checked ? this.#answer(checked) : nothing}
        </div>
      </div></dialog>`;
  }

  #answer(checked: Checked): TemplateResult {
    const { findings, understood } = checked;
    return html`<section aria-labelledby="findings">
        <div class="bar"><h3 class="grow" id="findings">${t.findings}</h3><kqlens-copy id="copy" label=${w.copyMarkdown} .text=${this.#markdown}></kqlens-copy></div>
        ${findings.length === 0 ? html`<p class="soft">${t.good}</p>` : html`<ul class="findings">${findings.map((found) => this.#finding(checked, found))}</ul>`}
      </section>
      <section aria-labelledby="understood"><h3 id="understood">${t.understood}</h3>
        ${understood.length === 0 ? html`<p class="soft">${t.nothing}</p>` : html`<ul class="parts">${understood.map(({ kind, name, range, facts }) => html`<li class="card part">
          <button class="quiet" @click=${() => this.#select(range)}><strong>${t.kind[kind]}</strong> ${name || t.unnamed}</button>
          <dl>${Object.entries(facts).map(([fact, value]) => html`<dt>${fact}</dt><dd>${value}</dd>`)}</dl></li>`)}</ul>`}
      </section>`;
  }

  #finding(checked: Checked, found: Found): TemplateResult {
    const { code, severity: name, message, reason, help, range, fix } = found;
    const { icon, word } = severity(name);
    return html`<li class="card finding ${name}">
      <button class="to" @click=${() => this.#select(range)}>${icon}<span><span class="hidden">${word}: </span>${coded(message)}</span></button>
      <p class="soft">${t.place(...placeOf(checked, range.start))} · <span class="mono">${code}</span></p>
      <p>${coded(reason)}</p>
      ${help ? html`<div class="bar"><p class="grow">${coded(help)}</p>${fix ? html`<button class="apply" title=${fix.title} @click=${() => void this.#apply(found)}>${t.apply}</button>` : nothing}</div>` : nothing}</li>`;
  }
}
