// Workspaces that are kept in this browser's own storage: the queries, and the files where it is asked.
//
// Nothing is kept by itself. What was kept by another version is listed, can be deleted, and is not read.
import { share as t } from '../texts/share';
import type { Session } from './session';

export interface Kept {
  id: number;
  name: string;
  savedAt: string;
  /** Of the files; the queries weigh next to nothing. */
  bytes: number;
  files: readonly string[];
  queries: number;
  /** False where it was kept by another version. */
  isReadable: boolean;
}

interface StoredWorkspace {
  version: number;
  name: string;
  savedAt: string;
  files: { name: string; blob: Blob }[];
  queries: string[];
}

/** A failure of the browser's storage, in words. */
export class StorageFailure extends Error {}

const VERSION = 1;
const DATABASE = 'kqlens';
const STORE = 'workspaces';

function inWords(error: unknown): StorageFailure {
  const { name, message } = (error ?? {}) as DOMException;
  if (name === 'QuotaExceededError') return new StorageFailure(t.workspaces.full);
  if (name === 'SecurityError' || name === 'InvalidStateError' || name === 'UnknownError') return new StorageFailure(t.workspaces.forbidden);
  return new StorageFailure(message || t.workspaces.unusable);
}

const answerOf = <T>(request: IDBRequest<T>): Promise<T> => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

/** Runs one transaction; its failures are words. */
async function within<T>(mode: IDBTransactionMode, work: (workspaces: IDBObjectStore) => Promise<T>): Promise<T> {
  try {
    if (typeof indexedDB === 'undefined') throw new DOMException('', 'SecurityError');
    const opening = indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: 'id', autoIncrement: true });
    const database = await answerOf(opening);
    try {
      const transaction = database.transaction(STORE, mode);
      const isDone = new Promise<void>((resolve, reject) => {
        transaction.oncomplete = () => resolve();
        transaction.onabort = () => reject(transaction.error);
      });
      const answer = await work(transaction.objectStore(STORE));
      await isDone;
      return answer;
    } finally {
      database.close();
    }
  } catch (error) {
    throw inWords(error);
  }
}

/** Whether a record is one that this version wrote. */
function isOurs({ version, files, queries }: { version?: unknown; files?: unknown; queries?: unknown }): boolean {
  return version === VERSION && Array.isArray(files) && files.every((file) => file?.blob instanceof Blob)
    && Array.isArray(queries) && queries.every((query) => typeof query === 'string');
}

/** What is kept, the newest first. */
export async function list(): Promise<Kept[]> {
  const found = await within('readonly', (workspaces) => answerOf(workspaces.getAll() as IDBRequest<(Partial<StoredWorkspace> & { id: number })[]>));
  return found.map(({ id, version, name, savedAt, files, queries }) => ({
    id,
    name: String(name ?? t.workspaces.unnamed),
    savedAt: String(savedAt ?? ''),
    bytes: Array.isArray(files) ? files.reduce((sum, file) => sum + (file?.blob?.size ?? 0), 0) : 0,
    files: Array.isArray(files) ? files.map((file) => String(file?.name)) : [],
    queries: Array.isArray(queries) ? queries.length : 0,
    isReadable: isOurs({ version, files, queries }),
  })).sort((a, b) => b.savedAt.localeCompare(a.savedAt));
}

/** Keeps the queries, and the files if asked. */
export async function save(session: Session, name: string, withFiles: boolean): Promise<void> {
  const files = withFiles ? session.sources.flatMap(({ id, name: file }) => {
    const blob = session.engine.blob(id);
    return blob ? [{ name: file, blob }] : [];
  }) : [];
  const queries = session.queries?.tabs.map(({ text }) => text).filter((text) => text.trim() !== '') ?? [];
  const workspace: StoredWorkspace = { version: VERSION, name: name.trim() || t.workspaces.unnamed, savedAt: new Date().toISOString(), files, queries };
  await within('readwrite', (workspaces) => answerOf(workspaces.add(workspace)));
}

/** Takes a kept workspace in the place of what is loaded. */
export async function open(session: Session, id: number): Promise<void> {
  const found = await within('readonly', (workspaces) => answerOf(workspaces.get(id) as IDBRequest<StoredWorkspace | undefined>));
  if (!found) throw new StorageFailure(t.workspaces.gone);
  if (!isOurs(found)) throw new StorageFailure(t.workspaces.otherVersion);
  session.hold(found.queries);
  if (found.files.length === 0) return;
  await session.replace(found.files.map(({ name, blob }) => new File([blob], name)));
}

export const remove = (id: number): Promise<unknown> => within('readwrite', (workspaces) => answerOf(workspaces.delete(id)));

/** Deletes every workspace, and all else that the page keeps on this device. */
export async function removeAll(): Promise<void> {
  await within('readwrite', (workspaces) => answerOf(workspaces.clear()));
  try {
    for (const key of Object.keys(localStorage).filter((one) => one.startsWith('kqlens.'))) localStorage.removeItem(key);
  } catch {
    // A browser without storage has nothing to forget.
  }
}
