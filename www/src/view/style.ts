// The look: Fluent 2 token names with fallbacks of our own, so that a Fluent host themes the element
// for free. Colours are given once, as custom properties of `<kqlens-app>`; they reach every shadow
// root below it.
import { css } from 'lit';

/** Ink on paper, whatever the theme and the host. */
const paper = css`
  color-scheme: light !important;
  --canvas: #ffffff !important;
  --card: #ffffff !important;
  --sunken: #f5f5f5 !important;
  --line: #c8c8c8 !important;
  --edge: #616161 !important;
  --ink: #1a1a1a !important;
  --soft: #4a4a4a !important;
  --link: #115ea3 !important;
  --shadow: 0 0 0 1px #c8c8c8 !important;
`;

/** Set on the outermost element alone. */
export const tokens = css`
  :host {
    color-scheme: light dark;
    --canvas: var(--colorNeutralBackground2, light-dark(#fafafa, #1a1a1a));
    --card: var(--colorNeutralBackground1, light-dark(#ffffff, #262626));
    --sunken: var(--colorNeutralBackground3, light-dark(#f5f5f5, #1f1f1f));
    --hover: var(--colorNeutralBackground1Hover, light-dark(#f3f3f3, #333333));
    --line: var(--colorNeutralStroke2, light-dark(#e0e0e0, #3d3d3d));
    --edge: var(--colorNeutralStrokeAccessible, light-dark(#616161, #adadad));
    --ink: var(--colorNeutralForeground1, light-dark(#242424, #ffffff));
    --soft: var(--colorNeutralForeground3, light-dark(#616161, #b8b8b8));
    --brand: var(--colorBrandBackground, light-dark(#0f6cbd, #115ea3));
    --link: var(--colorBrandForegroundLink, light-dark(#115ea3, #6cb8f6));
    --tint: light-dark(#ebf3fc, #16324a);
    --error: light-dark(#b10e1c, #f5848c);
    --error-tint: light-dark(#fdf3f4, #3b1a1d);
    --warning: light-dark(#8a3707, #f7b66b);
    --warning-tint: light-dark(#fff6ea, #3a2812);
    --good: light-dark(#0e700e, #7ccf7c);
    --ok-fill: light-dark(#6bb1ad, #3f8f8a);
    --unauthorized-fill: light-dark(#e0a100, #d9a520);
    --failed-fill: light-dark(#c50f1f, #e5626c);
    --other-fill: light-dark(#8a8fb5, #8d93c4);
    --shadow: 0 1px 2px light-dark(rgb(0 0 0 / 0.10), rgb(0 0 0 / 0.40)), 0 0 1px light-dark(rgb(0 0 0 / 0.12), rgb(0 0 0 / 0.5));
    --shadow-high: 0 14px 38px light-dark(rgb(0 0 0 / 0.20), rgb(0 0 0 / 0.6));
    --row: 28px;
    --control: 32px;
    --pad: 16px;
    --gap: 16px;
    --sans: "Segoe UI", "Segoe UI Web (West European)", system-ui, -apple-system, "Helvetica Neue", sans-serif;
    --mono: "Cascadia Mono", "Cascadia Code", Consolas, ui-monospace, "SF Mono", "DejaVu Sans Mono", monospace;
  }
  :host([density="compact"]) { --row: 22px; --control: 28px; --pad: 10px; --gap: 8px; }
  :host([theme="light"]) { color-scheme: light; }
  :host([theme="dark"]) { color-scheme: dark; }
  :host([theme="hc-light"]) { color-scheme: light; }
  :host([theme="hc-dark"]) { color-scheme: dark; }
  /* High contrast: two grounds, one colour of text, lines that are seen. */
  :host([theme="hc-light"]), :host([theme="hc-dark"]) {
    --canvas: light-dark(#ffffff, #000000);
    --card: light-dark(#ffffff, #000000);
    --sunken: light-dark(#ffffff, #000000);
    --hover: light-dark(#e6e6e6, #2b2b2b);
    --line: light-dark(#000000, #ffffff);
    --edge: light-dark(#000000, #ffffff);
    --ink: light-dark(#000000, #ffffff);
    --soft: light-dark(#000000, #ffffff);
    --brand: light-dark(#00306b, #00306b);
    --link: light-dark(#00306b, #ffee32);
    --tint: light-dark(#dbe9ff, #001b3d);
    --error: light-dark(#7a0010, #ffb3b8);
    --error-tint: light-dark(#ffffff, #000000);
    --warning: light-dark(#5c2300, #ffd08a);
    --warning-tint: light-dark(#ffffff, #000000);
    --good: light-dark(#004d00, #9be89b);
    --shadow: 0 0 0 1px light-dark(#000000, #ffffff);
    --frame: light-dark(#000000, #ffffff);
  }
  :host([printing]) { ${paper} }
  @media print { :host { ${paper} } }
  @media (prefers-contrast: more) { :host { --line: var(--edge); --soft: var(--ink); } }
`;

/** What every view shares. */
export const base = css`
  *, ::before, ::after { box-sizing: border-box; }
  :host { display: block; color: var(--ink); font: 14px/20px var(--sans); }
  :host([hidden]), [hidden] { display: none !important; }
  h1, h2, h3, h4, p, ul, ol, dl, dd, figure { margin: 0; padding: 0; }
  ul, ol { list-style: none; }
  h2 { font-size: 16px; line-height: 22px; font-weight: 600; }
  h3 { font-size: 14px; line-height: 20px; font-weight: 600; }
  a { color: var(--link); }
  svg { fill: currentColor; flex: none; }
  .mono { font-family: var(--mono); font-size: 12.5px; }
  .soft { color: var(--soft); }
  .number { font-variant-numeric: tabular-nums; text-align: end; }
  .card { background: var(--card); border-radius: 8px; box-shadow: var(--shadow); }
  .bar { display: flex; align-items: center; gap: 8px; flex-wrap: wrap; }
  .grow { flex: 1; min-width: 0; }
  h2.grow, h3.grow { min-width: min-content; }
  .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

  button, select, .button {
    font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 4px;
    min-height: var(--control, 32px); padding: calc((var(--control, 32px) - 22px) / 2) 12px; cursor: pointer; display: inline-flex; align-items: center; justify-content: center; gap: 6px;
  }
  button:hover, select:hover { background: var(--hover); }
  /* What another answer is about to replace: without colour, and as readable as before. */
  .old { filter: grayscale(1); }
  button:disabled { opacity: 0.55; cursor: default; }
  button.primary { background: var(--brand); border-color: transparent; color: #fff; font-weight: 600; }
  button.primary:hover { filter: brightness(0.93); }
  button.quiet { background: transparent; border-color: transparent; color: var(--link); min-height: calc(var(--control, 32px) - 4px); padding: 3px 8px; }
  button.quiet:hover { background: var(--hover); }
  button.icon { padding: 5px; min-width: 32px; color: var(--ink); }
  :focus-visible { outline: 2px solid var(--ink); outline-offset: 1px; border-radius: 4px; }

  .pill { display: inline-flex; align-items: center; gap: 4px; border-radius: 10px; padding: 0 8px; font-size: 12px; line-height: 20px; background: var(--sunken); color: var(--ink); white-space: nowrap; }
  .pill.error { background: var(--error-tint); color: var(--error); }
  .pill.warning { background: var(--warning-tint); color: var(--warning); }
  .pill.good { color: var(--good); }
  .switch { display: inline-flex; border: 1px solid var(--line); border-radius: 4px; overflow: hidden; }
  .switch button { border: 0; border-radius: 0; min-height: 28px; padding: 3px 10px; background: transparent; }
  .switch button[aria-pressed="true"] { background: var(--tint); color: var(--link); font-weight: 600; }
  .switch button:focus-visible { outline-offset: -2px; }
  .skeleton { border-radius: 4px; background: var(--sunken); min-height: 16px; }
  @media (prefers-reduced-motion: no-preference) {
    .skeleton { animation: pulse 1.6s ease-in-out infinite; }
    button { transition: background-color 0.1s; }
  }
  @keyframes pulse { 50% { opacity: 0.55; } }
  @media (forced-colors: active) { .card, .pill, button { border: 1px solid ButtonBorder; } }

  /* Where colours are forced a border is seen, whatever its colour. */
  dialog {
    border: 1px solid var(--frame, transparent); padding: 0; border-radius: 8px; background: var(--card); color: var(--ink); box-shadow: var(--shadow-high);
    max-width: min(1600px, calc(100vw - 32px)); max-height: calc(100dvh - 32px);
  }
  /* On paper nothing can be pressed or scrolled: controls go, and what is folded or cut is whole. */
  @media print {
    * { print-color-adjust: exact; }
    /* What is printed is the page: a dialog over it is for the screen. */
    dialog { display: none !important; }
    .bar > button, .bar > label, .switch, .tools, .foot, .close, button.icon, kqlens-copy, input, select, textarea, label:has(input, select) { display: none !important; }
    button { border-color: transparent !important; color: inherit !important; background: transparent !important; }
    .scroll, pre { max-height: none !important; overflow: visible !important; }
    details::details-content { content-visibility: visible; block-size: auto; }
    summary { list-style: none; }
    h1, h2, h3, h4 { break-after: avoid; }
    tr, li, dt, figure { break-inside: avoid; }
  }

  dialog::backdrop { background: rgb(0 0 0 / 0.4); }
  @media (max-width: 640px) { dialog { max-width: 100vw; max-height: 100dvh; width: 100vw; border-radius: 0; margin: auto 0 0; } }
`;
