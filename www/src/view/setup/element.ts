// Defines the element that checks a pasted set-up; loaded when it is first asked for.
import { define } from '../define';
import { CheckSetup } from './check';

define({ 'kqlens-check-setup': CheckSetup });
