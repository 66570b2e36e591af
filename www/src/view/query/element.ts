// Defines the elements of the Query view; loaded when that tab is first opened.
import { Builder } from './builder';
import { ChartPane } from './chart';
import { Editor } from './editor';
import { Explain } from './explain';
import { Plan } from './plan';
import { Problems } from './problems';
import { QueryView } from './query';
import { RecentList } from './recent';
import { RecipeList } from './recipes';
import { ResultPane } from './result';
import { Statistics } from './statistics';

const ELEMENTS: Record<string, CustomElementConstructor> = {
  'kqlens-builder': Builder,
  'kqlens-chart': ChartPane,
  'kqlens-editor': Editor,
  'kqlens-explain': Explain,
  'kqlens-plan': Plan,
  'kqlens-problems': Problems,
  'kqlens-recent': RecentList,
  'kqlens-recipes': RecipeList,
  'kqlens-result': ResultPane,
  'kqlens-statistics': Statistics,
  'kqlens-query': QueryView,
};

for (const [name, element] of Object.entries(ELEMENTS)) {
  if (!customElements.get(name)) customElements.define(name, element);
}
