// The files of a drop: those of folders too, however deep, up to a bound that is told. What begins with
// a dot is the system's, and left out.

/** Most files and folders that are looked at. */
export const MOST_ENTRIES = 20_000;

export interface Dropped {
  files: File[];
  /** Whether there were more than are looked at. */
  isCut: boolean;
  /** Paths that the browser did not hand out. */
  lost: string[];
}

const fileOf = (entry: FileSystemFileEntry): Promise<File> => new Promise((resolve, reject) => entry.file(resolve, reject));

/** What lies in a folder. The browser hands it out in parts; the last is empty. */
async function entriesIn(folder: FileSystemDirectoryEntry, most: number): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const entries: FileSystemEntry[] = [];
  while (entries.length <= most) {
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (part.length === 0) break;
    entries.push(...part);
  }
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Reads a drop; to be called while the event is heard, after which the browser forgets what was dropped. */
export async function filesOf(transfer: DataTransfer): Promise<Dropped> {
  const plain = [...transfer.files];
  const entries = [...transfer.items].filter(({ kind }) => kind === 'file').map((item) => item.webkitGetAsEntry?.() ?? null);
  const dropped: Dropped = { files: [], isCut: false, lost: [] };
  let left = MOST_ENTRIES;

  for (const [at, entry] of entries.entries()) {
    if (!entry?.isDirectory) {
      if (plain[at]) dropped.files.push(plain[at]);
      continue;
    }
    const waiting: FileSystemEntry[] = [entry];
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      if (left === 0) {
        dropped.isCut = true;
        break;
      }
      left -= 1;
      try {
        if (next.isDirectory) {
          const inside = (await entriesIn(next as FileSystemDirectoryEntry, left)).filter(({ name }) => !name.startsWith('.'));
          waiting.push(...inside.reverse());
        } else {
          // Exports have the same name in every folder; the path tells them apart.
          dropped.files.push(new File([await fileOf(next as FileSystemFileEntry)], next.fullPath.replace(/^\//, '')));
        }
      } catch {
        dropped.lost.push(next.fullPath);
      }
    }
  }
  return dropped;
}
