// Defines the elements of the Query view; loaded when that tab is first opened.
import { Builder } from './builder';
import { Editor } from './editor';
import { Explain } from './explain';
import { Problems } from './problems';
import { QueryView } from './query';
import { ResultPane } from './result';

const ELEMENTS: Record<string, CustomElementConstructor> = {
  'kqlens-builder': Builder,
  'kqlens-editor': Editor,
  'kqlens-explain': Explain,
  'kqlens-problems': Problems,
  'kqlens-result': ResultPane,
  'kqlens-query': QueryView,
};

for (const [name, element] of Object.entries(ELEMENTS)) {
  if (!customElements.get(name)) customElements.define(name, element);
}
