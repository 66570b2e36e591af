// Texts around the views: header, tabs, notices, footer.
import { area } from './table';

export const app = area('app', {
  tabs: { verdict: 'What broke', explore: 'Explore', query: 'Query', conversations: 'Conversations' },
  views: 'Views',
  files: 'files',
  share: 'Share',
  help: 'Help',
  theme: (name: string) => `Theme: ${name}`,
  themes: { auto: 'auto', light: 'light', dark: 'dark', 'hc-light': 'hc-light', 'hc-dark': 'hc-dark' },
  pasteHelp: 'Press Ctrl+V (⌘V) to paste the rows.',
  dismiss: 'Dismiss',
  copyReport: 'Copy a report',
  nothingLoaded: 'Nothing is loaded. This page shows what it is given.',
  nothingLeaves: 'Nothing leaves this browser',
  drop: 'Drop to read',
  dropped: {
    none: 'There is no file in what was dropped.',
    cut: (n: number, most: number) => `The first ${n} files were read: of a drop, ${most} files and folders are looked at.`,
    lost: (n: number, one: string) => `${n} could not be opened, such as ${one}.`,
  },
  received: {
    query: 'Query from a link',
    recipe: 'Recipe from a link',
    loadFirst: 'Load an export to run it on.',
    notRun: 'It is not run by itself.',
    dismiss: 'Dismiss the query',
    takeOver: 'Take over place and time',
    scope: (id: string) => `Over ${id}`,
    cluster: (cluster: string, database: string) => `Over ${cluster}${database === '' ? '' : `, database ${database}`}`,
    timeSpan: (span: string) => `Time span ${span}`,
    brokenHelp: (reason: string, help: string) => `The link cannot be read: ${reason}; ${help}.`,
    broken: (reason: string) => `The link cannot be read: ${reason}.`,
  },
  engine: {
    looking: 'Looking for what broke',
    ready: 'Engine ready',
    loading: 'Loading the engine',
    restarting: 'Restarting the engine',
    failed: 'The engine could not start',
  },
  announced: {
    reading: 'Reading',
    found: (n_rows: number, title: string) => `Read ${n_rows} rows. First finding: ${title}.`,
    nothing: (n_rows: number) => `Read ${n_rows} rows. No failure was recognised.`,
  },
  source: {
    cannotBeRead: (address: string, reason: string) => `${address} cannot be read: ${reason}.`,
    noAddress: 'it is no address',
    otherOrigin: 'it lies on another origin than this page',
    answers: (status: number) => `the server answers ${status}`,
    notReached: 'the server cannot be reached, or sends elsewhere',
  },
  settings: {
    used: (file: string) => `The settings of ${file} are used.`,
    nothingChanged: (file: string, reason: string) => `${file} changes nothing: ${reason}.`,
  },
});
