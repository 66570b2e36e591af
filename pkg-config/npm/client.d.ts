import type {
  AddOptions, Cell, ColumnData, Dataset, JobProgress, KqlType, QueryOptions, Range, ReadProgress, RenderHint, SourceReport,
  StageInfo, TableInfo, TriageReport,
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
  constructor(error: { code: string; message: string; range?: Range; help?: string });
}

export class RemoteResult {
  private constructor();
  readonly columns: { name: string; type: KqlType }[];
  readonly rowCount: number;
  readonly render?: RenderHint;
  readonly stages: StageInfo[];
  readonly notes: string[];
  readonly elapsedMs: number;
  rows(from: number, to: number): Promise<Cell[][]>;
  column(index: number): Promise<ColumnData>;
  toText(format: 'json' | 'csv' | 'markdown', options?: { redact?: boolean }): Promise<string>;
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
  settleDates(sourceId: number, order: 'mdy' | 'dmy'): Promise<SourceReport>;
  tables(): Promise<TableInfo[]>;
  query(query: string, options?: QueryOptions, control?: Control<JobProgress>): Promise<RemoteResult>;
  triage(options?: { now?: string }, control?: Control<JobProgress>): Promise<TriageReport>;
  call(group: 'kql' | 'recipes' | 'redact', name: string, ...args: unknown[]): Promise<unknown>;
  /** A query over the loaded tables, as the methods of `Dataset` answer. */
  language<N extends 'check' | 'complete' | 'hover' | 'explain'>(
    name: N, ...args: Parameters<Dataset[N]>
  ): Promise<ReturnType<Dataset[N]>>;
  close(): void;
}
