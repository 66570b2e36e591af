// Defines the elements that hand a query over; loaded when one is first asked for.
import { define } from '../define';
import { BackTest } from './back-test';
import { Dimensions } from './dimensions';
import { HandoffDialog } from './handoff';
import { MetricRows } from './metric-rows';
import { OpenLink } from './open-link';

define({ 'kqlens-back-test': BackTest, 'kqlens-dimensions': Dimensions, 'kqlens-handoff': HandoffDialog, 'kqlens-metric-rows': MetricRows, 'kqlens-open-link': OpenLink });
