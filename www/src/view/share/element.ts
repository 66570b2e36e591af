// Defines the element that shares; loaded when it is first asked for.
import { Share } from './share';

if (!customElements.get('kqlens-share')) customElements.define('kqlens-share', Share);
