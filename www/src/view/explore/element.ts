// Defines what explores rows; loaded when a row is first looked at or the tab is first opened.
import { RecordView } from './record';

const ELEMENTS: Record<string, CustomElementConstructor> = {
  'kqlens-record': RecordView,
};

for (const [name, element] of Object.entries(ELEMENTS)) {
  if (!customElements.get(name)) customElements.define(name, element);
}
