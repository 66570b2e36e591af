// Defines what explores rows; loaded when a row is first looked at or the tab is first opened.
import { define } from '../define';
import { Brush } from './brush';
import { Changes } from './changes';
import { Events } from './events';
import { ExploreTab } from './explore';
import { Facets } from './facets';
import { Messages } from './messages';
import { RecordView } from './record';

define({
  'kqlens-record': RecordView,
  'kqlens-brush': Brush,
  'kqlens-facets': Facets,
  'kqlens-changes': Changes,
  'kqlens-messages': Messages,
  'kqlens-events': Events,
  'kqlens-explore': ExploreTab,
});
