// How the fields of the dialogs look.
import { css } from 'lit';

export const fields = css`
  .field { display: grid; gap: 2px; font-size: 12.5px; align-content: start; }
  .field.wide { grid-column: 1 / -1; }
  .field.flag { grid-template-columns: auto 1fr; column-gap: 8px; align-items: center; }
  .field.flag small { grid-column: 2; }
  .field small { color: var(--soft); font-size: 12px; line-height: 16px; }
  .field small.bad { color: var(--error); }
  .bad { color: var(--error); }
  input, textarea { font: inherit; color: var(--ink); background: var(--card); border: 1px solid var(--line); border-bottom-color: var(--edge); border-radius: 4px; min-height: 32px; padding: 4px 8px; width: 100%; }
  input[type="checkbox"] { width: auto; min-height: 0; }
  [aria-invalid="true"] { border-color: var(--error); }
`;
