// What is kept on this device, where the browser keeps anything.

export function stored(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

const QUERIES = 'kqlens.queries';

/** Puts queries where the Query view finds them when it is first shown. */
export const keepQueries = (queries: readonly string[]): void => store(QUERIES, JSON.stringify(queries));

/** Keeps a text, or forgets it. Without storage it is known until the page is closed. */
export function store(name: string, text: string | null): void {
  try {
    if (text === null) localStorage.removeItem(name);
    else localStorage.setItem(name, text);
  } catch {
    // A browser without storage forgets it, nothing else.
  }
}
