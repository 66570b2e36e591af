// What no screen shows: controls, and marks that turn the direction of what follows. A log may hold
// them, and whoever reads it must see that it does.

export const INVISIBLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;

const NAMES: Record<string, string> = {
  '\u0000': 'NUL', '\u0007': 'BEL', '\u0008': 'BS', '\r': 'CR', '\u001b': 'ESC', '\u007f': 'DEL', '\u200b': 'ZWSP', '\u200e': 'LRM', '\u200f': 'RLM', '\u202a': 'LRE',
  '\u202b': 'RLE', '\u202c': 'PDF', '\u202d': 'LRO', '\u202e': 'RLO', '\u2066': 'LRI', '\u2067': 'RLI', '\u2068': 'FSI', '\u2069': 'PDI', '\ufeff': 'BOM',
};

/** `U+202E` */
export const codeOf = (letter: string): string => `U+${(letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

/** `RLO`, or the code. */
export const nameOf = (letter: string): string => NAMES[letter] ?? codeOf(letter);
