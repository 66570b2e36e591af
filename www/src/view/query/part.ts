// What every view of the queries is: an element that redraws when they change.
import { LitElement } from 'lit';
import type { Queries } from '../../session/queries';
import { base } from '../style';
import { RedrawOnChange } from '../view';

export abstract class QueriesView extends LitElement {
  static override properties = { queries: { attribute: false } };
  static override styles = [base];
  declare queries: Queries | undefined;
  protected readonly redraw = new RedrawOnChange(this, () => this.queries);
}
