// Icons, drawn for 16 pixels. Each stands beside a word or has a label on its button.
import { svg, type SVGTemplateResult } from 'lit';
import { words as w } from '../texts/words';

const icon = (path: SVGTemplateResult): SVGTemplateResult =>
  svg`<svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">${path}</svg>`;
const line = (d: string): SVGTemplateResult =>
  icon(svg`<path d=${d} fill="none" stroke="currentColor" stroke-width="1.4" stroke-linecap="round" stroke-linejoin="round"/>`);

export const icons = {
  error: icon(svg`<path d="M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Zm2.9 8.8-1.1 1.1L8 9.1l-1.8 1.8-1.1-1.1L6.9 8 5.1 6.200l1.1-1.1L8 6.900l1.8-1.8 1.1 1.100L9.1 8l1.8 1.800Z"/>`),
  warning: icon(svg`<path d="M7.1 1.9.9 12.700A1.050 1.050 0 0 0 1.8 14.300h12.400a1.050 1.050 0 0 0 .9-1.600L8.9 1.900a1.050 1.050 0 0 0-1.8 0ZM7.3 6h1.400v4H7.300V6Zm.7 6.600a.850.850 0 1 1 0-1.7.850.850 0 0 1 0 1.700Z"/>`),
  info: icon(svg`<path d="M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Zm.7 10.500H7.300V7h1.400v4.500ZM8 5.800a.9.9 0 1 1 0-1.8.9.9 0 0 1 0 1.800Z"/>`),
  good: icon(svg`<path d="M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Zm3.5 5.3-4.2 4.400a.7.7 0 0 1-1 0L4.5 8.900l1-1 1.3 1.3 3.7-3.9 1 1Z"/>`),
  chevron: line('m4 6 4 4 4-4'),
  close: line('m3.5 3.5 9 9m0-9-9 9'),
  copy: line('M5.5 5.500v-3h8v8h-3m-8-5h8v8h-8z'),
  done: line('m3 8.5 3.5 3.500L13 4.5'),
  add: line('M8 3v10M3 8h10'),
  file: line('M4 1.800h5l3 3v9.400H4zM9 1.800v3h3'),
  paste: line('M5.5 3H3.500v11h9V3h-2m-5-1.200h5v2.400h-5z'),
  sun: line('M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6M8 1.200v1.300m0 11v1.300M1.2 8h1.300m11 0h1.300M3.2 3.200l.9.900m7.8 7.8.9.900m0-9.6-.9.900m-7.8 7.8-.9.9'),
  moon: line('M13.5 9.600A6 6 0 0 1 6.4 2.500a6 6 0 1 0 7.1 7.100Z'),
  auto: line('M8 1.800a6.2 6.2 0 1 0 0 12.400zm0 0a6.2 6.2 0 0 1 0 12.4'),
  rows: line('M2 3.500h12M2 8h12M2 12.500h12'),
  code: line('m5 4.5-3.5 3.500L5 11.500m6-7 3.5 3.5-3.5 3.500M9.2 3 6.8 13'),
  download: line('M8 2v8m-3.5-3L8 10.5 11.5 7M2.5 13.500h11'),
  share: line('M11 5.500 5 8l6 2.5M12.5 3.200a1.8 1.8 0 1 0 0 .1M12.5 12.700a1.8 1.8 0 1 0 0 .1M4.800 8a1.8 1.8 0 1 0 0 .1'),
  use: line('M2.500 8h10m-4-4 4 4-4 4'),
  help: line('M8 14.200a6.2 6.2 0 1 0 0-12.400 6.2 6.2 0 0 0 0 12.4M6.200 6.300a1.9 1.9 0 1 1 2.700 1.700c-.6.3-.9.700-.9 1.300m0 2.100v.2'),
  lock: line('M4.5 7V5a3.5 3.5 0 0 1 7 0v2M3.5 7h9v6.500h-9z'),
};

/** The icon and the word of a severity. */
export function severity(name: string): { icon: SVGTemplateResult; word: string } {
  if (name === 'error') return { icon: icons.error, word: w.severities.error };
  return name === 'warning' ? { icon: icons.warning, word: w.severities.warning } : { icon: icons.info, word: w.severities.info };
}
