// What can be done from anywhere, each once: the palette lists it, its key does it, `?` shows the key.
import { shell as t } from '../texts/shell';
import type { KqlensApp } from '../view/app';

export interface Action {
  title: string;
  /** As a keyboard has it: `Ctrl+O`; on a Mac the command key does the same. */
  keys?: string;
  /** Whether there is something to do it with. */
  isThere: (app: KqlensApp) => boolean;
  run: (app: KqlensApp) => unknown;
}

const always = (): boolean => true;
const isWritable = ({ readonly }: KqlensApp): boolean => !readonly;
const isLoaded = ({ session }: KqlensApp): boolean => (session?.sources.length ?? 0) > 0;
const pressed = (id: string) => (app: KqlensApp): void => app.renderRoot.querySelector<HTMLElement>(`#${id}`)?.click();
const theme = (name: KqlensApp['theme']) => (app: KqlensApp): void => app.changeTheme(name);

export const ACTIONS: readonly Action[] = [
  { title: t.titles.open, keys: 'Ctrl+O', isThere: isWritable, run: (app) => app.pick() },
  { title: t.titles.verdict, isThere: isLoaded, run: ({ session }) => session?.showTab('verdict') },
  { title: t.titles.explore, isThere: isLoaded, run: ({ session }) => session?.showTab('explore') },
  { title: t.titles.query, isThere: isLoaded, run: ({ session }) => session?.showTab('query') },
  { title: t.titles.conversations, isThere: ({ session }) => session?.hasConversations ?? false, run: ({ session }) => session?.showTab('conversations') },
  { title: t.titles.share, isThere: isLoaded, run: pressed('share') },
  { title: t.titles.useIt, isThere: ({ session }) => (session?.queries?.active.text.trim() ?? '') !== '', run: ({ session }) => session?.queries?.use() },
  { title: t.titles.openLink, isThere: always, run: (app) => app.openLink() },
  { title: t.titles.whyNothing, isThere: always, run: ({ session }) => (session?.queries ? session.queries.whyNothing() : session?.whyNothing({ title: '', kql: '' })) },
  { title: t.titles.checkSetup, isThere: always, run: (app) => app.checkSetup() },
  { title: t.titles.setUp, isThere: always, run: ({ session }) => session?.useIt({ way: 'diagnosticSetting', request: {} }) },
  { title: t.titles.setUpAlerts, isThere: always, run: ({ session }) => session?.useIt({ way: 'metricAlert', request: {} }) },
  { title: t.titles.workspaces, isThere: isWritable, run: (app) => app.showWorkspaces() },
  { title: t.titles.exportSettings, isThere: always, run: (app) => app.exportSettings() },
  { title: t.titles.importSettings, isThere: isWritable, run: (app) => app.importSettings() },
  { title: t.titles.help, isThere: always, run: (app) => app.showHelp() },
  { title: t.titles.hideText, isThere: ({ session }) => session?.hasConversations ?? false, run: ({ session }) => session?.hideText(!session.isTextHidden) },
  { title: t.titles.clear, isThere: (app) => isLoaded(app) && isWritable(app), run: ({ session }) => session?.clear() },
  { title: t.titles.certificate, isThere: isWritable, run: ({ session }) => session?.loadSample('certificate') },
  { title: t.titles.tokens, isThere: isWritable, run: ({ session }) => session?.loadSample('tokens') },
  { title: t.titles.dirty, isThere: isWritable, run: ({ session }) => session?.loadSample('dirty') },
  { title: t.titles.auto, isThere: always, run: theme('auto') },
  { title: t.titles.light, isThere: always, run: theme('light') },
  { title: t.titles.dark, isThere: always, run: theme('dark') },
  { title: t.titles.highContrastLight, isThere: always, run: theme('hc-light') },
  { title: t.titles.highContrastDark, isThere: always, run: theme('hc-dark') },
  { title: t.titles.comfortable, isThere: always, run: (app) => app.changeDensity('comfortable') },
  { title: t.titles.compact, isThere: always, run: (app) => app.changeDensity('compact') },
];

/** Keys that belong to a place; each is the work of the view that is named. */
export const KEYS: readonly { where: string; keys: readonly (readonly [string, string])[] }[] = [
  { where: t.where.anywhere, keys: [[t.map.palette, t.allActions], ['Ctrl+O', t.titles.open], [t.map.pasting, t.map.paste], ['?', t.map.theseKeys]] },
  {
    where: t.where.editor, keys: [
      ['Shift+Enter, Ctrl+Enter', t.map.run], ['Alt+Shift+Enter', t.map.preview], ['Esc', t.map.cancel], ['Ctrl+Space', t.map.complete], ['Ctrl+/', t.map.comment],
      ['F2', t.map.rename], ['F8', t.map.problem], ['Ctrl+.', t.map.fix], ['Shift+Alt+F', t.map.format], ['Ctrl+J', t.map.newQuery], [t.map.tabs, t.map.others],
      [t.map.leaving, t.map.leave],
    ],
  },
  { where: t.where.rows, keys: [[t.map.moving, t.map.move], ['Ctrl+Home, Ctrl+End', t.map.ends], ['Enter', t.map.openRow], ['Shift+Enter', t.map.columnMenu],
    ['E W N U', t.map.marks], ['M', t.map.bookmark], ['/', t.map.search]] },
];
