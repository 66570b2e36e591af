// A view of what is explored: it redraws when that changes.
import { LitElement } from 'lit';
import type { Explore } from '../../session/explore';
import { RedrawOnChange } from '../view';

export abstract class ExploreView extends LitElement {
  static override properties = { explore: { attribute: false } };
  declare explore: Explore | undefined;
  protected readonly redraw = new RedrawOnChange(this, () => this.explore);
}
