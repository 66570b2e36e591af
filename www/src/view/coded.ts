// Words of the engine, in which names and values stand between backticks: those are code.
import { html, type TemplateResult } from 'lit';

export const coded = (text: string): (string | TemplateResult)[] => text.split('`').map((part, at) => (at % 2 === 1 ? html`<code class="mono">${part}</code>` : part));
