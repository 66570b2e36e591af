// Keys of the whole window. The palette is loaded with the first of them.
import type { KqlensApp } from '../view/app';
import type { Palette } from './palette';

let palette: Palette | undefined;
/** Keys that were pressed while the palette is loaded; null while it is not. */
let held: string[] | null = null;

async function load(app: KqlensApp): Promise<Palette> {
  const { Palette: Made } = await import('./palette');
  const made = new Made();
  made.app = app;
  made.setAttribute('theme', app.theme);
  app.addEventListener('themechange', () => made.setAttribute('theme', app.theme));
  document.body.append(made);
  return made;
}

async function show(app: KqlensApp, what: 'actions' | 'keys'): Promise<void> {
  if (palette) return palette.show(what);
  held = [];
  try {
    palette = await load(app);
    palette.show(what, held);
  } finally {
    held = null;
  }
}

/** Whether what is typed goes into a field. */
function isTyping(event: KeyboardEvent): boolean {
  const target = event.composedPath()[0];
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

export function listen(app: KqlensApp): void {
  window.addEventListener('keydown', (event) => {
    if (!held || event.ctrlKey || event.metaKey || event.altKey) return;
    held.push(event.key);
    event.preventDefault();
    event.stopImmediatePropagation();
  }, { capture: true });
  window.addEventListener('keydown', (event) => {
    const isCommand = event.ctrlKey || event.metaKey;
    if (event.key === 'F1' || (isCommand && event.shiftKey && event.key.toLowerCase() === 'p')) void show(app, 'actions');
    else if (event.key === '?' && !isCommand && !event.altKey && !isTyping(event)) void show(app, 'keys');
    else if (isCommand && !event.shiftKey && !event.altKey && event.key.toLowerCase() === 'o') app.pick();
    else return;
    event.preventDefault();
  });
}
