import type {
  AddOptions, AlertRuleRequest, BackTestReport, Cell, ColumnData, Dataset, Firing, JobProgress, KqlType, LlmDimension, LlmOptions, LlmReport, LlmTextOptions, QueryOptions, Range,
  ReadProgress, RenderHint, SourceReport, StageInfo, TableInfo, TextOptions, TriageReport,
} from './index.js';

export interface Control<P> {
  /** Ends the work; what was loaded before stays. */
  signal?: AbortSignal;
  onProgress?: (progress: P) => void;
}

export type BlobProgress = ReadProgress & { bytesDone: number; bytesTotal: number };

export class EngineError extends Error {
  readonly code: string;
  readonly range?: Range;
  readonly help?: string;
  /** Where in a request of `handoff`. */
  readonly field?: string;
  constructor(error: { code: string; message: string; range?: Range; help?: string; field?: string });
}

export class RemoteResult {
  private constructor();
  readonly columns: { name: string; type: KqlType }[];
  readonly rowCount: number;
  readonly render?: RenderHint;
  readonly stages: StageInfo[];
  readonly notes: string[];
  /** The other tables of `fork` and `facet`; `release()` gives them back too. */
  readonly further: { name: string; result: RemoteResult }[];
  readonly elapsedMs: number;
  rows(from: number, to: number): Promise<Cell[][]>;
  column(index: number): Promise<ColumnData>;
  toText(format: 'json' | 'csv' | 'markdown', options?: { redact?: boolean }): Promise<string>;
  release(): void;
}

/** `LlmReport`, whose conversations stay in the worker until they are asked for. */
export class RemoteLlm {
  private constructor();
  readonly totals: LlmReport['totals'];
  readonly problems: LlmReport['problems'];
  readonly orphans: LlmReport['orphans'];
  readonly limits: LlmReport['limits'];
  readonly metrics: LlmReport['metrics'];
  readonly models: LlmReport['models'];
  readonly callsKql: string;
  sums(by: LlmDimension[]): Promise<ReturnType<LlmReport['sums']>>;
  peaks(limit: number): Promise<ReturnType<LlmReport['peaks']>>;
  conversation(call: number): Promise<ReturnType<LlmReport['conversation']>>;
  bodies(correlationId: string): Promise<ReturnType<LlmReport['bodies']>>;
  priceTemplate(format?: 'json' | 'csv'): Promise<string>;
  toText(what: 'jsonLines', options?: Parameters<LlmReport['toJsonLines']>[0]): Promise<string>;
  toText(what: 'csv', by: LlmDimension[], options?: TextOptions): Promise<string>;
  toText(what: 'markdown', call: number, options?: LlmTextOptions): Promise<string>;
  release(): void;
}

/** What an alert rule saw, in the worker. */
export class RemoteBackTest implements Omit<BackTestReport, 'firings' | 'free'> {
  private constructor();
  readonly evaluations: string[];
  readonly earlyEvaluations: number;
  readonly rerun: boolean;
  readonly groupCount: number;
  readonly groups: BackTestReport['groups'];
  firings(change?: Partial<AlertRuleRequest>): Promise<Firing[]>;
  release(): void;
}

/** One engine in one worker. Events: `crash` (detail: EngineError), `restart`. */
export class Engine extends EventTarget {
  constructor(makeWorker: () => Worker, source?: string | BufferSource | WebAssembly.Module);
  ready: Promise<void>;
  read(blob: Blob, options?: AddOptions, control?: Control<BlobProgress>): Promise<SourceReport>;
  blob(sourceId: number): Blob | undefined;
  sources(): Promise<SourceReport[]>;
  remove(sourceId: number): Promise<void>;
  mergeDuplicates(isMerging: boolean): Promise<SourceReport[]>;
  settleDates(sourceId: number, order: 'mdy' | 'dmy'): Promise<SourceReport>;
  tables(): Promise<TableInfo[]>;
  query(query: string, options?: QueryOptions, control?: Control<JobProgress>): Promise<RemoteResult>;
  triage(options?: { now?: string }, control?: Control<JobProgress>): Promise<TriageReport>;
  llm(options?: LlmOptions, control?: Control<JobProgress>): Promise<RemoteLlm>;
  /** Replays an alert rule over the loaded rows. */
  backTest(rule: AlertRuleRequest, control?: Control<JobProgress>): Promise<RemoteBackTest>;
  call(group: 'kql' | 'recipes' | 'handoff' | 'redact' | 'reference', name: string, ...args: unknown[]): Promise<unknown>;
  /** A query over the loaded tables, as the methods of `Dataset` answer. */
  language<N extends 'check' | 'complete' | 'hover' | 'explain'>(
    name: N, ...args: Parameters<Dataset[N]>
  ): Promise<ReturnType<Dataset[N]>>;
  close(): void;
}
