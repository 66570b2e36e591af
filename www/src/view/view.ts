// What every view is: a Lit element that redraws when its session changes.
import { LitElement, type ReactiveController, type ReactiveControllerHost } from 'lit';
import type { Session } from '../session/session';
import { base } from './style';

/** Redraws an element when what it shows tells a change, as long as it is connected. */
export class RedrawOnChange implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #shown: () => EventTarget | undefined;
  readonly #redraw = (): void => this.#host.requestUpdate();
  #heard: EventTarget | undefined;

  constructor(host: ReactiveControllerHost, shown: () => EventTarget | undefined) {
    this.#host = host;
    this.#shown = shown;
    host.addController(this);
  }

  hostConnected(): void {
    this.#hear(this.#shown());
  }

  hostUpdate(): void {
    this.#hear(this.#shown());
  }

  hostDisconnected(): void {
    this.#hear(undefined);
  }

  #hear(next: EventTarget | undefined): void {
    if (next === this.#heard) return;
    this.#heard?.removeEventListener('change', this.#redraw);
    next?.addEventListener('change', this.#redraw);
    this.#heard = next;
  }
}

export abstract class View extends LitElement {
  static override properties = { session: { attribute: false } };
  static override styles = [base];
  declare session: Session | undefined;
  protected readonly redraw = new RedrawOnChange(this, () => this.session);
}
