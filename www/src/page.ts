// The shell around the element: what listens to the whole window belongs here. Files dropped or
// text pasted anywhere are handed to the one element of the page; the theme is remembered.
import './element';
import { filesOf, MOST_ENTRIES } from './shell/drop';
import { listen } from './shell/keys';
import { keepForOffline } from './shell/offline';
import { isLink, receiveLink } from './session/outside';
import { store, stored } from './session/stored';
import { app as t } from './texts/app';
import type { KqlensApp } from './view/app';

const app = document.querySelector('kqlens-app') as KqlensApp;
const THEME = 'kqlens.theme';
const DENSITY = 'kqlens.density';

function applyTheme(theme: string): void {
  app.setAttribute('theme', theme);
  document.documentElement.dataset['theme'] = theme;
}

applyTheme(stored(THEME) ?? 'auto');
if (stored(DENSITY) === 'compact') app.density = 'compact';
app.addEventListener('densitychange', () => store(DENSITY, app.density));
window.addEventListener('beforeprint', () => { app.printing = true; });
window.addEventListener('afterprint', () => { app.printing = false; });
app.addEventListener('themechange', (event) => {
  const theme = (event as CustomEvent<string>).detail;
  applyTheme(theme);
  store(THEME, theme);
});

listen(app);
// After the first verdict could be there: what is kept for later does not stand in its way.
window.addEventListener('load', () => setTimeout(keepForOffline, 2000));

// A host that frames the page, and is named in its address.
if (window.parent !== window) {
  void import('./shell/frame').then(({ hostsIn, talk }) => {
    const hosts = hostsIn(location.search);
    if (hosts.length > 0) talk(app, hosts);
  });
}

const asked = new URLSearchParams(location.search);
// An export beside the page, `?src=export.json`; the element refuses what lies elsewhere.
if (asked.has('src')) app.src = asked.get('src');
if (asked.has('shared')) void import('./shell/shared').then(({ takeShared }) => takeShared(app));

/** Shows the query or the recipe that a link brought; what cannot be read is said, and changes nothing. */
async function receive(): Promise<void> {
  if (location.hash.length < 2) return;
  const { hash } = location;
  // The address keeps nothing that a reload would bring back.
  if (/^#v\d+(;|$)/.test(hash)) history.replaceState(null, '', location.pathname + location.search);
  const { BrokenLink, linkIn } = await import('./session/link');
  try {
    const link = await linkIn(hash);
    if (!link) return;
    if (!app.session) return;
    if ('kql' in link) return app.session.receive(link);
    const { Recipes } = await import('./session/recipes');
    const { title } = await new Recipes(app.session).named(link);
    app.session.receive({ ...link, title });
  } catch (error) {
    if (!(error instanceof BrokenLink)) throw error;
    app.session?.notify({ kind: 'warning', text: t.received.broken(error.message) });
  }
}

interface Launched {
  files: readonly FileSystemFileHandle[];
}

// Files that the system opens with the installed page.
(window as { launchQueue?: { setConsumer(take: (launched: Launched) => void): void } }).launchQueue?.setConsumer(async ({ files }) => {
  if (files.length > 0) await app.load(await Promise.all(files.map((file) => file.getFile())));
});

window.addEventListener('hashchange', () => void receive());
void receive();

/** Reads what was dropped, and says what of it is not read. */
async function take(transfer: DataTransfer): Promise<void> {
  const { files, isCut, lost } = await filesOf(transfer);
  await app.load(files);
  const words = [
    ...(files.length === 0 ? [t.dropped.none] : []),
    ...(isCut ? [t.dropped.cut(files.length, MOST_ENTRIES)] : []),
    ...(lost.length > 0 ? [t.dropped.lost(lost.length, lost[0]?.slice(-80) ?? '')] : []),
  ];
  if (words.length > 0) app.session?.notify({ kind: 'warning', text: [...words, ...(app.session.notice ? [app.session.notice.text] : [])].join(' ') });
}

let depth = 0;
const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;

window.addEventListener('dragenter', (event) => {
  if (!hasFiles(event)) return;
  depth += 1;
  app.toggleAttribute('dropping', !app.readonly);
});
window.addEventListener('dragleave', () => {
  depth = Math.max(0, depth - 1);
  if (depth === 0) app.toggleAttribute('dropping', false);
});
window.addEventListener('dragover', (event) => {
  if (hasFiles(event)) event.preventDefault();
});
window.addEventListener('drop', (event) => {
  depth = 0;
  app.toggleAttribute('dropping', false);
  if (!event.dataTransfer || !hasFiles(event)) return;
  event.preventDefault();
  if (app.readonly) return;
  void take(event.dataTransfer);
});

window.addEventListener('paste', (event) => {
  const target = event.composedPath()[0];
  if (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) return;
  const transfer = event.clipboardData;
  if (!transfer || app.readonly) return;
  const text = transfer.getData('text/plain');
  if (transfer.files.length > 0) app.load([...transfer.files]);
  else if (isLink(text) && app.session) void receiveLink(app.session, text);
  else if (text.trim() !== '') app.loadText(text);
});
