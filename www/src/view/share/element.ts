// Defines the elements that share and keep; loaded when one is first asked for.
import { define } from '../define';
import { Share } from './share';
import { Workspaces } from './workspaces';

define({ 'kqlens-share': Share, 'kqlens-workspaces': Workspaces });
