// What every view of the queries is: an element that redraws when they change.
import { LitElement } from 'lit';
import type { Queries } from '../../session/queries';
import { base } from '../style';

export abstract class QueriesView extends LitElement {
  static override properties = { queries: { attribute: false } };
  static override styles = [base];
  declare queries: Queries | undefined;

  readonly #redraw = (): void => this.requestUpdate();

  override connectedCallback(): void {
    super.connectedCallback();
    this.queries?.addEventListener('change', this.#redraw);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.queries?.removeEventListener('change', this.#redraw);
  }

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (!changed.has('queries')) return;
    (changed.get('queries') as Queries | undefined)?.removeEventListener('change', this.#redraw);
    this.queries?.addEventListener('change', this.#redraw);
  }
}
