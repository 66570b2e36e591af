// What every view is: a Lit element that redraws when its session changes.
import { LitElement } from 'lit';
import type { Session } from '../session/session';
import { base } from './style';

export abstract class View extends LitElement {
  static override properties = { session: { attribute: false } };
  static override styles = [base];
  declare session: Session | undefined;

  readonly #redraw = (): void => this.requestUpdate();

  override connectedCallback(): void {
    super.connectedCallback();
    this.session?.addEventListener('change', this.#redraw);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.session?.removeEventListener('change', this.#redraw);
  }

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (!changed.has('session')) return;
    (changed.get('session') as Session | undefined)?.removeEventListener('change', this.#redraw);
    this.session?.addEventListener('change', this.#redraw);
  }
}
