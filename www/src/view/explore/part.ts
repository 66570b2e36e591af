// A view of what is explored: it redraws when that changes.
import { LitElement } from 'lit';
import type { Explore } from '../../session/explore';

export abstract class ExploreView extends LitElement {
  static override properties = { explore: { attribute: false } };
  declare explore: Explore | undefined;

  readonly #redraw = (): void => this.requestUpdate();

  override connectedCallback(): void {
    super.connectedCallback();
    this.explore?.addEventListener('change', this.#redraw);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.explore?.removeEventListener('change', this.#redraw);
  }

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (!changed.has('explore')) return;
    (changed.get('explore') as Explore | undefined)?.removeEventListener('change', this.#redraw);
    this.explore?.addEventListener('change', this.#redraw);
  }
}
