// Defines the elements of the Query view; loaded when that tab is first opened.
import { define } from '../define';
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

define({
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
});
