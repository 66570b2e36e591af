// What every view of the conversations is: an element that redraws when the calls change.
import { LitElement } from 'lit';
import type { Calls } from '../../session/calls';
import { base } from '../style';
import { RedrawOnChange } from '../view';

export abstract class CallsView extends LitElement {
  static override properties = { calls: { attribute: false } };
  static override styles = [base];
  declare calls: Calls | undefined;
  protected readonly redraw = new RedrawOnChange(this, () => this.calls);
}
