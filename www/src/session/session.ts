// What the page knows: the engine, what is being read, what was read, and the verdict.
//
// One per element. Views read its fields and redraw on `change`; they never talk to the worker by
// themselves. Log text is data here and text in the views, never markup.
import { Engine, type EngineError, type RemoteResult } from 'kqlens/client';
import type { DecodedLink, RedactOptions, SourceReport, TableInfo, TriageReport } from 'kqlens';
import { session as t } from '../texts/session';
import { words as w } from '../texts/words';
import type { RecipeLink } from './link';
import { type Panel, panelsFor } from './panels';
import { asKept, KEPT, keptPlaces, type Places, type Setting, type Source } from './places';
import type { Queries } from './queries';
import { store, stored } from './stored';

export interface ReadingFile {
  name: string;
  bytesDone: number;
  bytesTotal: number;
  rows: number;
  state: 'waiting' | 'reading' | 'done' | 'cancelled' | 'failed';
  error?: string;
}

export interface PanelState {
  panel: Panel;
  state: 'running' | 'done' | 'failed';
  result?: RemoteResult;
  rows: readonly (readonly unknown[])[];
  error?: string;
}

export interface Notice {
  kind: 'info' | 'warning' | 'error';
  text: string;
  /** What to hand to those who make kqlens: where it stopped and over what, with nothing of a log in it. */
  report?: string;
}

/** The rows a dialog shows: a heading and the query that answers with them. */
export interface RowsRequest {
  title: string;
  kql: string;
  /** Where the rows are groups: the query whose rows were grouped. */
  grouped?: string;
}

/** A query to read; `workspace` is the same for tables that a workspace has, where this one's are ours. */
export interface KqlRequest extends RowsRequest {
  workspace?: { resourceSpecific: string | null; azureDiagnostics: string | null };
}

/** What came with a link: a query, with what the link says of its place and time, and the link where that can be taken over; or a recipe with its title. */
export type Received = { kql: string; from?: readonly string[]; link?: DecodedLink } | (RecipeLink & { title: string });

export type Tab = 'verdict' | 'explore' | 'query' | 'conversations';

export type EngineState = 'loading' | 'ready' | 'restarting' | 'failed';

/** Tables that the tab of conversations is made of. */
const CONVERSATION_TABLES = ['ApiManagementGatewayLlmLog', 'ApiManagementGatewayMCPLog', 'ApiManagementWebSocketConnectionLogs'];

export const rowsIn = (tables: readonly TableInfo[], name: string): number => tables.find((table) => table.name === name)?.rows ?? 0;

const PRICES = 'kqlens.prices';
const MASKING = 'kqlens.masking';
const PANEL_ROWS = 5000;
/** Most failures to read a file that are said one by one. */
const MOST_FAILURES = 3;

export class Session extends EventTarget {
  readonly engine: Engine;
  engineState: EngineState = 'loading';
  reading: ReadingFile[] = [];
  sources: SourceReport[] = [];
  tables: TableInfo[] = [];
  report: TriageReport | null = null;
  /** Failed rows that name no reason; null until they are counted. */
  unexplained: number | null = null;
  isTriaging = false;
  panels = new Map<string, PanelState>();
  notice: Notice | null = null;
  rows: RowsRequest | null = null;
  kql: KqlRequest | null = null;
  tab: Tab = 'verdict';
  /** The tabs of the Query view, from when it is first shown. */
  queries: Queries | null = null;
  /** Queries on their way into tabs of that view. */
  drafts: readonly string[] = [];
  /** A query or a recipe that came with a link, until it is opened or dismissed. */
  received: Received | null = null;
  /** The recipe to show in the Query view, with its parameters filled in. */
  recipe: RecipeLink | null = null;
  /** The query or the setting that is handed over, while that is asked for. */
  handoff: Source | Setting | null = null;
  /** The query that returns nothing, while it is asked why; without a text where none is known. */
  emptied: Source | null = null;
  /** Where the data is, as far as the user said. */
  places: Places = keptPlaces();
  /** Whether the text of messages is kept off the screen and out of copies. */
  isTextHidden = false;
  /** Whether rows that several files have are shown once. */
  isMerging = true;
  /** Whether the host alone changes what is loaded, and nothing is written to this device. */
  isReadonly = false;
  /** Whether all is to be shown at once, for paper. */
  isPrinting = false;
  /** What is masked beside the rules that there are, or is not. */
  masking: RedactOptions = {};
  /** The prices of the user, as they were given. */
  prices: string | null = stored(PRICES);
  #abort: AbortController | null = null;
  #round = 0;
  #pasted = 0;
  #loading: Promise<void> | null = null;
  #replacements = 0;

  constructor(makeWorker: () => Worker) {
    super();
    this.engine = new Engine(makeWorker);
    this.engine.ready.then(
      () => {
        this.#set({ engineState: 'ready' });
        void this.engine.mergeDuplicates(this.isMerging);
        void this.#restoreMasking();
      },
      (error: EngineError) => this.#set({
        engineState: 'failed',
        notice: { kind: 'error', text: t.notStarted(error.message) },
      }),
    );
    this.engine.addEventListener('crash', (event) => {
      if (this.engineState === 'loading') return;
      this.#report = this.#reportOf((event as CustomEvent<EngineError>).detail);
      this.#set({
        engineState: 'restarting',
        notice: { kind: 'warning', text: t.restarting },
      });
    });
    this.engine.addEventListener('restart', async () => {
      const isHere = new Set((await this.engine.sources()).map(({ name }) => name));
      const lost = this.sources.filter(({ name }) => !isHere.has(name)).map(({ name }) => name);
      this.#set({
        engineState: 'ready',
        // Which file stopped it is still to be read.
        notice: this.notice?.kind === 'error' ? this.notice : lost.length === 0
          ? { kind: 'info', text: t.restarted, report: this.#report }
          : { kind: 'warning', report: this.#report, text: t.restartedWithout(lost.length > MOST_FAILURES ? w.andMore(lost.slice(0, MOST_FAILURES).join(', '), lost.length - MOST_FAILURES) : lost.join(', ')) },
      });
      await this.#restoreMasking();
      await this.#refresh();
    });
  }

  #report = '';

  /** Of what the engine said the place alone: the words may quote a log. */
  #reportOf({ message }: EngineError): string {
    const sources = this.sources.map(({ format, rows }) => `source: ${format}, ${rows} rows`);
    return ['kqlens: the engine stopped', `at: ${/[\w/.-]+\.rs:\d+(:\d+)?/.exec(message)?.[0] ?? '-'}`, ...sources, `browser: ${navigator.userAgent}`].join('\n');
  }

  #set(change: Partial<Session>): void {
    Object.assign(this, change);
    this.dispatchEvent(new Event('change'));
  }

  /** Has every view drawn again. */
  redraw(): void {
    this.#set({});
  }

  /** Keeps a text on this device, where that is allowed. */
  keep(name: string, text: string | null): void {
    if (!this.isReadonly) store(name, text);
  }

  get isReading(): boolean {
    return this.reading.some((file) => file.state === 'reading' || file.state === 'waiting');
  }

  get phase(): 'empty' | 'reading' | 'ready' {
    if (this.isReading) return 'reading';
    return this.sources.length > 0 ? 'ready' : 'empty';
  }

  /** Reads files one after the other, then triages. */
  async load(files: readonly File[]): Promise<void> {
    if (files.length === 0 || this.isReading) return;
    this.#loading = this.#load(files);
    await this.#loading;
  }

  async #load(files: readonly File[]): Promise<void> {
    const abort = new AbortController();
    this.#abort = abort;
    const reading: ReadingFile[] = files.map(({ name, size }) => ({ name, bytesDone: 0, bytesTotal: size, rows: 0, state: 'waiting' }));
    this.#set({ reading, notice: null });
    const failures: string[] = [];
    for (const [at, file] of files.entries()) {
      const entry = reading[at] as ReadingFile;
      if (abort.signal.aborted) {
        entry.state = 'cancelled';
        continue;
      }
      entry.state = 'reading';
      this.#set({});
      try {
        const report = await this.engine.read(file, { name: file.name }, {
          signal: abort.signal,
          onProgress: ({ bytesDone, rows }) => {
            entry.bytesDone = bytesDone;
            entry.rows = rows;
            this.#set({});
          },
        });
        Object.assign(entry, { state: 'done', bytesDone: file.size, rows: report.rows });
      } catch (failure) {
        const error = failure as EngineError;
        entry.state = error.code === 'cancelled' ? 'cancelled' : 'failed';
        if (entry.state === 'failed') {
          entry.error = error.message;
          failures.push(error.code === 'engine-crash' ? t.stoppedBy(file.name) : error.help ? t.notReadHelp(file.name, error.message, error.help) : t.notRead(file.name, error.message));
          const more = failures.length - MOST_FAILURES;
          this.#set({ notice: { kind: 'error', text: [...failures.slice(0, MOST_FAILURES), ...(more > 0 ? [t.moreNotRead(more)] : [])].join('. ') } });
        }
      }
    }
    this.#abort = null;
    if (abort.signal.aborted) this.#set({ notice: { kind: 'info', text: t.cancelled } });
    else if (failures.length === 0) this.#set({ notice: null });
    await this.#refresh();
  }

  /** Reads files in the place of what is loaded. */
  async replace(files: readonly File[]): Promise<void> {
    this.#replacements += 1;
    const round = this.#replacements;
    this.cancel();
    await this.#loading;
    await this.clear();
    // What was asked for meanwhile comes instead.
    if (round === this.#replacements) await this.load(files);
  }

  async loadText(text: string): Promise<void> {
    this.#pasted += 1;
    await this.load([new File([text], `pasted-${this.#pasted}`)]);
  }

  async loadSample(id: string): Promise<void> {
    const { samples } = await import('../samples');
    const sample = samples.find((candidate) => candidate.id === id);
    if (sample) await this.load(sample.files().map(({ name, text }) => new File([text], name)));
  }

  cancel(): void {
    this.#abort?.abort();
  }

  async remove(sourceId: number): Promise<void> {
    await this.engine.remove(sourceId);
    await this.#refresh();
  }

  /** Shows rows that several files have once, or as often as they are there. */
  async merge(isMerging: boolean): Promise<void> {
    this.#set({ isMerging });
    await this.engine.mergeDuplicates(isMerging);
    await this.#refresh();
  }

  async settleDates(sourceId: number, order: 'mdy' | 'dmy'): Promise<void> {
    try {
      await this.engine.settleDates(sourceId, order);
    } catch (failure) {
      this.#set({ notice: { kind: 'error', text: (failure as Error).message } });
    }
    await this.#refresh();
  }

  /** Forgets everything that was loaded. */
  async clear(): Promise<void> {
    for (const { id } of this.sources) await this.engine.remove(id);
    this.#set({ reading: [], notice: null, tab: 'verdict' });
    await this.#refresh();
  }

  dismiss(): void {
    this.#set({ notice: null });
  }

  showRows(request: RowsRequest | null): void {
    this.#set({ rows: request });
  }

  showKql(request: KqlRequest | null): void {
    this.#set({ kql: request });
  }

  showTab(tab: Tab): void {
    this.#set({ tab });
  }

  /** Puts a query into a tab of the Query view, and shows it. */
  openInQuery(kql: string): void {
    this.#set({ drafts: [...this.drafts, kql], kql: null, rows: null, received: null, handoff: null, tab: 'query' });
  }

  /** Puts queries into tabs of the Query view, without showing it. */
  hold(queries: readonly string[]): void {
    this.#set({ drafts: [...this.drafts, ...queries] });
  }

  /** Shows a recipe in the Query view, and does not run it. */
  openRecipe(recipe: RecipeLink): void {
    this.#set({ recipe, received: null, tab: 'query' });
  }

  /** What came with a link is shown, and not run by itself. */
  receive(received: Received | null): void {
    this.#set({ received });
  }

  /** Asks how a query is used elsewhere, or how a setting is made. */
  useIt(handoff: Source | Setting | null): void {
    this.#set({ handoff });
  }

  /** Asks why a query returns nothing. */
  whyNothing(emptied: Source | null): void {
    this.#set({ emptied });
  }

  /** Remembers where the data is. */
  remember(places: Places): void {
    this.keep(KEPT, asKept(places));
    this.#set({ places });
  }

  /** Says something above the views. */
  notify(notice: Notice): void {
    this.#set({ notice });
  }

  hideText(isTextHidden: boolean): void {
    this.#set({ isTextHidden });
  }

  /** Sets what is masked in every export, and keeps it on this device; what cannot be a rule is refused. */
  async mask(masking: RedactOptions): Promise<void> {
    await this.engine.call('redact', 'configure', masking);
    this.keep(MASKING, JSON.stringify(masking));
    this.#set({ masking });
  }

  usePrices(prices: string | null): void {
    this.keep(PRICES, prices);
    this.#set({ prices });
  }

  async #restoreMasking(): Promise<void> {
    const kept = stored(MASKING);
    if (kept === null) return;
    try {
      await this.mask(JSON.parse(kept) as RedactOptions);
    } catch {
      this.keep(MASKING, null);
      this.#set({ notice: { kind: 'warning', text: t.maskingForgotten } });
    }
  }

  /** Whether there are calls to language models, or what stands beside them. */
  get hasConversations(): boolean {
    return CONVERSATION_TABLES.some((name) => rowsIn(this.tables, name) > 0);
  }

  /** The same query with the column names of `AzureDiagnostics`. */
  async translate(kql: string): Promise<string> {
    return (await this.engine.call('kql', 'translate', kql, 'azureDiagnostics')) as string;
  }

  /** Asks the engine again for all that depends on what is loaded. */
  async #refresh(): Promise<void> {
    this.#round += 1;
    const round = this.#round;
    const isOld = (): boolean => round !== this.#round;
    try {
      const [sources, tables] = [await this.engine.sources(), await this.engine.tables()];
      if (isOld()) return;
      this.#release();
      this.#set({ sources, tables, report: null, unexplained: null, isTriaging: sources.length > 0 });
      if (sources.length === 0) return;
      await this.#triage(sources, isOld);
      for (const panel of panelsFor(tables, (table) => timeRangeOf(sources, table))) {
        if (isOld()) return;
        await this.#run(panel, isOld);
      }
    } catch (failure) {
      if (!isOld()) this.#fail(failure as EngineError);
    }
  }

  /** A crash announces itself; anything else is said. */
  #fail({ code, message }: EngineError): void {
    if (code === 'engine-crash') this.#set({ isTriaging: false });
    else this.#set({ isTriaging: false, notice: { kind: 'error', text: message } });
  }

  async #triage(sources: readonly SourceReport[], isOld: () => boolean): Promise<void> {
    try {
      const report = await this.engine.triage({ now: timeRangeOf(sources)?.to ?? new Date().toISOString() });
      if (isOld()) return;
      this.#set({ report, isTriaging: false });
      const counted = await this.engine.query(`${report.unclassified.kql}\n| count`);
      const [row] = await counted.rows(0, 1);
      counted.release();
      if (!isOld()) this.#set({ unexplained: Number(row?.[0] ?? 0) });
    } catch (failure) {
      if (!isOld()) this.#fail(failure as EngineError);
    }
  }

  #release(): void {
    for (const { result } of this.panels.values()) result?.release();
    this.panels = new Map();
  }

  async #run(panel: Panel, isOld: () => boolean): Promise<void> {
    this.panels.set(panel.id, { panel, state: 'running', rows: [] });
    this.#set({});
    try {
      const result = await this.engine.query(panel.kql);
      if (isOld()) return;
      const rows = await result.rows(0, Math.min(result.rowCount, PANEL_ROWS));
      if (isOld()) return;
      this.panels.set(panel.id, { panel, state: 'done', result, rows });
    } catch (failure) {
      if (isOld()) return;
      this.panels.set(panel.id, { panel, state: 'failed', rows: [], error: (failure as Error).message });
    }
    this.#set({});
  }
}

/** What is told of the service beside its logs. */
const BESIDE = ['AzureActivity', 'AzureMetrics'];

/** From the oldest row to the newest, of the sources of a table where one is named, else of logs. What is recent in an export is recent to its own end. */
export function timeRangeOf(sources: readonly SourceReport[], table?: string): { from: string; to: string } | null {
  const holding = (isIt: (name: string) => boolean): SourceReport[] => sources.filter(({ tables }) => tables.some(({ name }) => isIt(name)));
  const logs = holding((name) => !BESIDE.includes(name));
  const known = table !== undefined ? holding((name) => name === table) : logs.length > 0 ? logs : sources;
  const ranges = known.flatMap(({ timeRange }) => timeRange ?? []);
  const from = ranges.map((range) => range.from).sort()[0];
  const to = ranges.map((range) => range.to).sort().at(-1);
  return from === undefined || to === undefined ? null : { from, to };
}
