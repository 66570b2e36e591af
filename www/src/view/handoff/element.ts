// Defines the elements that hand a query over; loaded when one is first asked for.
import { define } from '../define';
import { BackTest } from './back-test';
import { HandoffDialog } from './handoff';
import { OpenLink } from './open-link';

define({ 'kqlens-back-test': BackTest, 'kqlens-handoff': HandoffDialog, 'kqlens-open-link': OpenLink });
