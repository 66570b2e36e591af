// Defines the elements that ask why a query returns nothing; loaded when that is first asked.
import { define } from '../define';
import { EmptyDialog } from './dialog';
import { EmptySteps } from './steps';

define({ 'kqlens-empty': EmptyDialog, 'kqlens-empty-steps': EmptySteps });
