// Defines the elements that share and keep; loaded when one is first asked for.
import { Share } from './share';
import { Workspaces } from './workspaces';

for (const [name, element] of Object.entries({ 'kqlens-share': Share, 'kqlens-workspaces': Workspaces })) {
  if (!customElements.get(name)) customElements.define(name, element);
}
