// Keys of the whole window. The palette is loaded with the first of them.
import type { KqlensApp } from '../view/app';
import type { Palette } from './palette';

let palette: Palette | undefined;

async function show(app: KqlensApp, what: 'actions' | 'keys'): Promise<void> {
  if (!palette) {
    const { Palette: Made } = await import('./palette');
    palette = new Made();
    palette.app = app;
    palette.setAttribute('theme', app.theme);
    app.addEventListener('themechange', () => palette?.setAttribute('theme', app.theme));
    document.body.append(palette);
  }
  palette.show(what);
}

/** Whether what is typed goes into a field. */
function isTyping(event: KeyboardEvent): boolean {
  const target = event.composedPath()[0];
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

export function listen(app: KqlensApp): void {
  window.addEventListener('keydown', (event) => {
    const isCommand = event.ctrlKey || event.metaKey;
    if (event.key === 'F1' || (isCommand && event.shiftKey && event.key.toLowerCase() === 'p')) void show(app, 'actions');
    else if (event.key === '?' && !isCommand && !event.altKey && !isTyping(event)) void show(app, 'keys');
    else if (isCommand && !event.shiftKey && !event.altKey && event.key.toLowerCase() === 'o') app.pick();
    else return;
    event.preventDefault();
  });
}
