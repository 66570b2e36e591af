// Defines the elements of the conversations; loaded when that tab is first opened.
import { define } from '../define';
import { Answer } from './answer';
import { Agents, WebSockets } from './beside';
import { ConversationView } from './conversation';
import { Conversations } from './conversations';
import { Export } from './export';
import { Limits } from './limits';
import { CallList } from './list';
import { Masking } from './masking';
import { Prices } from './prices';
import { Series } from './series';
import { Spend } from './spend';
import { LogText } from './text';

define({
  'kqlens-text': LogText,
  'kqlens-answer': Answer,
  'kqlens-series': Series,
  'kqlens-conversation': ConversationView,
  'kqlens-calls': CallList,
  'kqlens-spend': Spend,
  'kqlens-limits': Limits,
  'kqlens-agents': Agents,
  'kqlens-web-sockets': WebSockets,
  'kqlens-masking': Masking,
  'kqlens-prices': Prices,
  'kqlens-export': Export,
  'kqlens-conversations': Conversations,
});
