// Text as a part of Markdown, so that what a log or a file says stays text.

/** Text within a line of Markdown. */
export const inline = (text: string): string => text.replace(/[\\`*_[\]<>|#~]/g, '\\$&').replace(/\s*\n\s*/g, ' ');

export function fenced(language: string, text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}
