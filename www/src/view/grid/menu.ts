// A menu at a place: opened by whoever owns it, closed by a choice, Escape or a press beside it.
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { rows as t } from '../../texts/rows';
import { base } from '../style';

export interface MenuItem {
  title: string;
  key?: string;
  isOff?: boolean;
  run: () => void;
}

/** A line between groups. */
export type MenuEntry = MenuItem | null;

export class Menu extends LitElement {
  static override properties = { items: { state: true }, label: {} };
  static override styles = [base, css`
    :host { display: contents; }
    [role="menu"] { position: fixed; inset: auto; margin: 0; padding: 4px; border: 1px solid var(--line); border-radius: 4px; background: var(--card); color: var(--ink); box-shadow: var(--shadow-high); min-width: 200px; max-width: min(420px, 96vw); max-height: 90dvh; overflow: auto; }
    button { width: 100%; border: 0; background: transparent; justify-content: space-between; gap: 24px; min-height: 30px; padding: 4px 10px; text-align: start; }
    button:focus-visible { outline-offset: -2px; }
    button span:first-child { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    kbd { font: 12px/16px var(--sans); color: var(--soft); white-space: nowrap; }
    hr { border: 0; border-top: 1px solid var(--line); margin: 4px 0; }
  `];
  declare items: readonly MenuEntry[];
  declare label: string;
  #done: (() => void) | null = null;

  constructor() {
    super();
    this.items = [];
    this.label = t.menu;
  }

  get #menu(): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>('[role=menu]');
  }

  /** Opens with its corner near a point of the window; `done` runs when it closes. */
  async open(items: readonly MenuEntry[], label: string, x: number, y: number, done: () => void): Promise<void> {
    this.items = items;
    this.label = label;
    await this.updateComplete;
    const menu = this.#menu;
    if (!menu) return;
    this.#done = done;
    menu.showPopover();
    menu.style.left = `${Math.max(4, Math.min(x, window.innerWidth - menu.offsetWidth - 4))}px`;
    menu.style.top = `${Math.max(4, Math.min(y, window.innerHeight - menu.offsetHeight - 4))}px`;
    menu.querySelector<HTMLButtonElement>('button:not(:disabled)')?.focus();
  }

  override render(): TemplateResult {
    return html`<div role="menu" popover aria-label=${this.label} @keydown=${this.#key} @toggle=${(event: ToggleEvent) => {
      if (event.newState !== 'closed') return;
      this.#done?.();
      this.#done = null;
    }}>${this.items.map((item) => (item === null ? html`<hr role="separator">` : html`<button role="menuitem" tabindex="-1" ?disabled=${item.isOff ?? false}
      @click=${() => {
        this.#menu?.hidePopover();
        item.run();
      }}><span>${item.title}</span>${item.key ? html`<kbd>${item.key}</kbd>` : nothing}</button>`))}</div>`;
  }

  #key(event: KeyboardEvent): void {
    const buttons = [...(this.#menu?.querySelectorAll<HTMLButtonElement>('button:not(:disabled)') ?? [])];
    const at = buttons.indexOf(this.renderRoot.querySelector('button:focus') as HTMLButtonElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    event.stopPropagation();
    if (event.key === 'Tab' || event.key === 'Escape') this.#menu?.hidePopover();
    else if (next === undefined) return;
    else buttons.at(next === buttons.length ? 0 : next)?.focus();
    event.preventDefault();
  }
}
