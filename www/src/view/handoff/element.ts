// Defines the elements that hand a query over; loaded when one is first asked for.
import { define } from '../define';
import { HandoffDialog } from './handoff';

define({ 'kqlens-handoff': HandoffDialog });
