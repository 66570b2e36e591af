// The language of numbers and times. One for all elements of a page: what formats them knows no element.
//
// Texts are not its matter. English has times as the log has them (`2026-03-03 09:35:02`); every other
// language has them as it writes them, in UTC too.
const ENGLISH = 'en-US';

let language = ENGLISH;
let numbers = new Map<string, Intl.NumberFormat>();
let times: Intl.DateTimeFormat | null = null;

/** Speaks a language; English where the browser does not know it. */
export function speak(wanted: string): void {
  let known: string | undefined;
  try {
    [known] = Intl.NumberFormat.supportedLocalesOf(wanted);
  } catch {
    // It is not even the name of a language.
  }
  language = known === undefined || /^en$/i.test(known) ? ENGLISH : known;
  numbers = new Map();
  times = language === ENGLISH ? null : new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC' });
}

/** A number as the language writes it. */
export function inDigits(n: number, options: Intl.NumberFormatOptions = {}): string {
  const key = JSON.stringify(options);
  const format = numbers.get(key) ?? new Intl.NumberFormat(language, options);
  numbers.set(key, format);
  return format.format(n);
}

/** How the language writes a time; null in English, and of what is no time. */
export const timeFormat = (...iso: readonly string[]): Intl.DateTimeFormat | null =>
  (times !== null && iso.every((one) => !Number.isNaN(Date.parse(one))) ? times : null);
