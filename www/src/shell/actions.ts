// What can be done from anywhere, each once: the palette lists it, its key does it, `?` shows the key.
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
  { title: 'Open files', keys: 'Ctrl+O', isThere: isWritable, run: (app) => app.pick() },
  { title: 'Show what broke', isThere: isLoaded, run: ({ session }) => session?.showTab('verdict') },
  { title: 'Explore the rows: facets, what changed, templates', isThere: isLoaded, run: ({ session }) => session?.showTab('explore') },
  { title: 'Write a query', isThere: isLoaded, run: ({ session }) => session?.showTab('query') },
  { title: 'Read conversations with language models', isThere: ({ session }) => session?.hasConversations ?? false, run: ({ session }) => session?.showTab('conversations') },
  { title: 'Share: link, report, Markdown', isThere: isLoaded, run: pressed('share') },
  { title: 'Workspaces on this device: keep, open, delete', isThere: isWritable, run: (app) => app.showWorkspaces() },
  { title: 'Export settings: look, masking, prices', isThere: always, run: (app) => app.exportSettings() },
  { title: 'Import settings from a file', isThere: isWritable, run: (app) => app.importSettings() },
  { title: 'Help: what is read, what is recognised, limits', isThere: always, run: (app) => app.showHelp() },
  { title: 'Hide or show the text of messages', isThere: ({ session }) => session?.hasConversations ?? false, run: ({ session }) => session?.hideText(!session.isTextHidden) },
  { title: 'Forget what was loaded', isThere: (app) => isLoaded(app) && isWritable(app), run: ({ session }) => session?.clear() },
  { title: 'Sample: a certificate was rotated', isThere: isWritable, run: ({ session }) => session?.loadSample('certificate') },
  { title: 'Sample: an assistant hits its token limit', isThere: isWritable, run: ({ session }) => session?.loadSample('tokens') },
  { title: 'Sample: a mixed and dirty export', isThere: isWritable, run: ({ session }) => session?.loadSample('dirty') },
  { title: 'Theme: as the system', isThere: always, run: theme('auto') },
  { title: 'Theme: light', isThere: always, run: theme('light') },
  { title: 'Theme: dark', isThere: always, run: theme('dark') },
  { title: 'Theme: high contrast, light', isThere: always, run: theme('hc-light') },
  { title: 'Theme: high contrast, dark', isThere: always, run: theme('hc-dark') },
  { title: 'Density: comfortable', isThere: always, run: (app) => app.changeDensity('comfortable') },
  { title: 'Density: compact', isThere: always, run: (app) => app.changeDensity('compact') },
];

/** Keys that belong to a place; each is the work of the view that is named. */
export const KEYS: readonly { where: string; keys: readonly (readonly [string, string])[] }[] = [
  { where: 'Anywhere', keys: [['F1 or Ctrl+Shift+P', 'All actions'], ['Ctrl+O', 'Open files'], ['Ctrl+V outside of fields', 'Read what is in the clipboard'], ['?', 'These keys']] },
  {
    where: 'Query editor', keys: [
      ['Shift+Enter, Ctrl+Enter', 'Run the query under the caret'], ['Esc', 'Cancel the run'], ['Ctrl+Space', 'Complete'], ['Ctrl+/', 'Comment'],
      ['F2', 'Rename'], ['F8', 'Next problem'], ['Ctrl+.', 'Fix a problem'], ['Shift+Alt+F', 'Format'], ['Ctrl+J', 'New query'], ['Ctrl+Alt+[ and ]', 'Other queries'],
      ['Esc, then Tab', 'Leave the editor'],
    ],
  },
  { where: 'Rows', keys: [['Arrows, Page Up and Down, Home, End', 'Move'], ['Ctrl+Home, Ctrl+End', 'First and last row'], ['Enter', 'Open the row'], ['Shift+Enter', 'Sort by the column']] },
];
