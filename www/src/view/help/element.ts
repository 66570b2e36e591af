// Defines the help; loaded when it is first asked for.
import { Help } from './help';

if (!customElements.get('kqlens-help')) customElements.define('kqlens-help', Help);
