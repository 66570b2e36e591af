// Defines the elements of what stands beside the rows; loaded when there is such a thing.
import { define } from '../define';
import { Activity } from './activity';
import { ServiceMetrics } from './service-metrics';

define({ 'kqlens-activity': Activity, 'kqlens-service-metrics': ServiceMetrics });
