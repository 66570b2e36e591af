import { share as t } from '../texts/share';
// What a link holds: a query and the view it was in, or a recipe and its parameters, in the fragment,
// which no server sees. Never data.
//
// `#v1;q=<base64url of gzip of KQL>;view=<tab>` or `#v1;r=<id of a recipe>;p.<name>=<value>…`. What is
// received is not trusted: it is bounded, read as text alone, and never run by itself. Whether there is
// such a recipe, and such a parameter, the catalogue knows.
export interface QueryLink {
  kql: string;
  view: string | null;
}

export interface RecipeLink {
  recipe: string;
  values: Readonly<Record<string, string>>;
}

/** Why a fragment that is one of ours cannot be read. */
export class BrokenLink extends Error {}

const VERSION = 'v1';
/** Longest query of a link, and longest fragment; browsers and chats cut longer ones. */
const MOST_BYTES = 100_000;
const MOST_FRAGMENT = 60_000;
const MOST_PARAMETERS = 30;
const LONGEST_NAME = 100;
const LONGEST_VALUE = 2000;
const PARAMETER = 'p.';

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
export async function fragmentOf({ kql, view }: QueryLink): Promise<string | null> {
  const bytes = new TextEncoder().encode(kql);
  if (bytes.length > MOST_BYTES) return null;
  const packed = await drained(new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip')), MOST_FRAGMENT);
  if (!packed) return null;
  const parts = [VERSION, `q=${toBase64Url(packed)}`];
  if (view !== null) parts.push(`view=${encodeURIComponent(view)}`);
  const fragment = `#${parts.join(';')}`;
  return fragment.length <= MOST_FRAGMENT ? fragment : null;
}

/** The fragment of a link to a recipe, or null where its values are too long for one. */
export function recipeFragmentOf({ recipe, values }: RecipeLink): string | null {
  const given = Object.entries(values).filter(([, value]) => value.trim() !== '');
  if (given.length > MOST_PARAMETERS || given.some(([, value]) => value.length > LONGEST_VALUE)) return null;
  const fragment = `#${[VERSION, `r=${recipe}`, ...given.map(([name, value]) => `${PARAMETER}${name}=${encodeURIComponent(value)}`)].join(';')}`;
  return fragment.length <= MOST_FRAGMENT ? fragment : null;
}

/** The recipe of a link: names and values within their bounds. */
function recipeIn(recipe: string, parts: ReadonlyMap<string, string>): RecipeLink {
  const given = [...parts].filter(([name]) => name.startsWith(PARAMETER));
  if (given.length > MOST_PARAMETERS) throw new BrokenLink(t.link.tooManyParameters);
  let values: [string, string][];
  try {
    values = given.map(([name, value]) => [name.slice(PARAMETER.length), decodeURIComponent(value)]);
  } catch {
    throw new BrokenLink(t.link.changed);
  }
  const isName = (name: string): boolean => name.length <= LONGEST_NAME && /^[a-z][\w-]*$/i.test(name);
  if (!isName(recipe) || values.some(([name, value]) => !isName(name) || value.length > LONGEST_VALUE)) throw new BrokenLink(t.link.changed);
  return { recipe, values: Object.fromEntries(values) };
}

/** What a fragment holds; null where it is none of ours. */
export async function linkIn(fragment: string): Promise<QueryLink | RecipeLink | null> {
  const [version, ...parts] = fragment.replace(/^#/, '').split(';');
  if (version === undefined || !/^v\d+$/.test(version)) return null;
  if (version !== VERSION) throw new BrokenLink(t.link.otherVersion);
  if (fragment.length > MOST_FRAGMENT) throw new BrokenLink(t.link.tooLong);
  const values = new Map(parts.map((part) => {
    const at = part.indexOf('=');
    return at < 0 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)];
  }));
  const recipe = values.get('r');
  if (recipe !== undefined) return recipeIn(recipe, values);
  const packed = values.get('q');
  if (packed === undefined) throw new BrokenLink(t.link.noQuery);
  let view = values.get('view') ?? null;
  let bytes: Uint8Array | null;
  try {
    if (view !== null) view = decodeURIComponent(view);
    const zipped = Uint8Array.from(atob(packed.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));
    bytes = await drained(new Blob([zipped]).stream().pipeThrough(new DecompressionStream('gzip')), MOST_BYTES);
  } catch {
    throw new BrokenLink(t.link.changed);
  }
  if (!bytes) throw new BrokenLink(t.link.queryTooLong);
  const kql = new TextDecoder().decode(bytes);
  if (kql.trim() === '') throw new BrokenLink(t.link.noQuery);
  return { kql, view };
}
