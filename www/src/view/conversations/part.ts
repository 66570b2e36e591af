// What every view of the conversations is: an element that redraws when the calls change.
import { LitElement } from 'lit';
import type { Calls } from '../../session/calls';
import { base } from '../style';

export abstract class CallsView extends LitElement {
  static override properties = { calls: { attribute: false } };
  static override styles = [base];
  declare calls: Calls | undefined;

  readonly #redraw = (): void => this.requestUpdate();

  override connectedCallback(): void {
    super.connectedCallback();
    this.calls?.addEventListener('change', this.#redraw);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.calls?.removeEventListener('change', this.#redraw);
  }

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (!changed.has('calls')) return;
    (changed.get('calls') as Calls | undefined)?.removeEventListener('change', this.#redraw);
    this.calls?.addEventListener('change', this.#redraw);
  }
}
