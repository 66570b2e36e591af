// What a link holds: a query and the view it was in, in the fragment, which no server sees. Never data.
//
// `#v1;q=<base64url of gzip of KQL>;view=<tab>`. What is received is not trusted: it is bounded, read
// as text alone, and never run by itself.
export interface Link {
  kql: string;
  view: string | null;
}

/** Why a fragment that is one of ours cannot be read. */
export class BrokenLink extends Error {}

const VERSION = 'v1';
/** Longest query of a link, and longest fragment; browsers and chats cut longer ones. */
const MOST_BYTES = 100_000;
const MOST_FRAGMENT = 60_000;

/** The bytes that a stream gives, no more than `most`; null where there are more. */
async function drained(stream: ReadableStream<Uint8Array>, most: number): Promise<Uint8Array | null> {
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    size += next.value.length;
    if (size > most) {
      // What is left of it is not looked at, whatever becomes of it.
      reader.cancel().catch(() => {});
      return null;
    }
    chunks.push(next.value);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

function toBase64Url(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** The fragment of a link, or null where the query is too long for one. */
export async function fragmentOf({ kql, view }: Link): Promise<string | null> {
  const bytes = new TextEncoder().encode(kql);
  if (bytes.length > MOST_BYTES) return null;
  const packed = await drained(new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip')), MOST_FRAGMENT);
  if (!packed) return null;
  const parts = [VERSION, `q=${toBase64Url(packed)}`];
  if (view !== null) parts.push(`view=${encodeURIComponent(view)}`);
  const fragment = `#${parts.join(';')}`;
  return fragment.length <= MOST_FRAGMENT ? fragment : null;
}

/** What a fragment holds; null where it is none of ours. */
export async function linkIn(fragment: string): Promise<Link | null> {
  const [version, ...parts] = fragment.replace(/^#/, '').split(';');
  if (version === undefined || !/^v\d+$/.test(version)) return null;
  if (version !== VERSION) throw new BrokenLink('the link was made by another version of kqlens');
  if (fragment.length > MOST_FRAGMENT) throw new BrokenLink('the link is too long');
  const values = new Map(parts.map((part) => {
    const at = part.indexOf('=');
    return at < 0 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)];
  }));
  const packed = values.get('q');
  if (packed === undefined) throw new BrokenLink('the link holds no query');
  let view = values.get('view') ?? null;
  let bytes: Uint8Array | null;
  try {
    if (view !== null) view = decodeURIComponent(view);
    const zipped = Uint8Array.from(atob(packed.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));
    bytes = await drained(new Blob([zipped]).stream().pipeThrough(new DecompressionStream('gzip')), MOST_BYTES);
  } catch {
    throw new BrokenLink('a part of the link is missing or changed');
  }
  if (!bytes) throw new BrokenLink('the query in the link is too long');
  const kql = new TextDecoder().decode(bytes);
  if (kql.trim() === '') throw new BrokenLink('the link holds no query');
  return { kql, view };
}
