// Defines the help; loaded when it is first asked for.
import { define } from '../define';
import { Help } from './help';

define({ 'kqlens-help': Help });
