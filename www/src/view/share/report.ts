// The verdict as one file: HTML that opens without kqlens and asks for nothing, or Markdown for a ticket.
//
// Everything that comes from a log is masked before it is written, and written as text. Texts of
// messages to and from language models are in no report.
import type { Finding, TriageReport } from 'kqlens';
import { type Change, changesOf, OUTCOMES, type Outcome } from '../../session/panels';
import type { Session } from '../../session/session';
import { activity } from '../../texts/activity';
import { share as t } from '../../texts/share';
import { verdict as v } from '../../texts/verdict';
import { fenced, inline } from '../markdown';
import { seriesOf } from '../timeline';
import { count, moment, span } from '../words';

/** What a report says: plain data, masked as a whole. */
export interface ReportData {
  made: string;
  sources: { name: string; format: string; rows: number; rejects: number }[];
  totals: TriageReport['totals'];
  findings: Pick<Finding, 'signature' | 'title' | 'certainty' | 'severity' | 'table' | 'count' | 'share' | 'first' | 'last' | 'evidence' | 'apis' | 'backends' | 'meaning' | 'causes' | 'fixes' | 'kql'>[];
  cannotConclude: string[];
  /** Who changed what, as the activity log tells. */
  changes: Change[];
  timeline: { starts_ms: number[]; counts: Record<Outcome, number[]> } | null;
}

/** The data of a report; masked unless asked otherwise. */
export async function reportData(session: Session, isMasked: boolean): Promise<ReportData | null> {
  const { report, sources, panels } = session;
  if (!report) return null;
  const timeline = panels.get('timeline');
  const data: ReportData = {
    made: new Date().toISOString(),
    sources: sources.map(({ name, format, rows, rejects }) => ({ name, format, rows, rejects: rejects.count })),
    totals: report.totals,
    findings: report.findings.map(({ signature, title, certainty, severity, table, count: n, share, first, last, evidence, apis, backends, meaning, causes, fixes, kql }) =>
      ({ signature, title, certainty, severity, table, count: n, share, first, last, evidence, apis, backends, meaning, causes, fixes, kql })),
    cannotConclude: report.cannotConclude.map(({ message }) => message),
    changes: changesOf(panels),
    timeline: timeline?.state === 'done' && timeline.panel.bin ? seriesOf(timeline.rows, timeline.panel.bin) : null,
  };
  if (!isMasked) return data;
  // The redactor leaves JSON what it is.
  return JSON.parse((await session.engine.call('redact', 'apply', JSON.stringify(data))) as string) as ReportData;
}

/** A text with the span of time it is about. */
const during = (text: string, from: string | null, to: string | null): string => (from && to ? t.report.during(text, span(from, to)) : text);
const about = ({ certainty, severity, count: n, share, table, first, last }: ReportData['findings'][number]): string =>
  during(t.report.finding(severity, certainty, n, share, table), first, last);
/** A change in a line, with the failures around it where there are requests. */
const changed = ({ began, caller, operation, on, status, before, after }: Change): string => [
  activity.change(moment(began), caller || v.activity.nobody, operation, on, status),
  ...(before && after ? [activity.around(activity.rate(before.failed, before.requests), activity.rate(after.failed, after.requests))] : []),
].join('; ');
const summary = ({ totals }: ReportData): string => during(t.report.summary(totals.requests, totals.failed), totals.from, totals.to);

export function asMarkdown(data: ReportData): string {
  const lines = [`# ${t.report.title}`, '', `${summary(data)}.`, ''];
  if (data.findings.length === 0) lines.push(t.report.none, '');
  for (const finding of data.findings) {
    lines.push(`## ${inline(finding.title)}`, '', `${inline(about(finding))}.`, '', inline(finding.meaning), '');
    if (finding.evidence.length > 0) lines.push(`${t.report.evidence}:`, '', ...finding.evidence.map(({ column, value }) => `- ${inline(column)} = ${inline(value)}`), '');
    if (finding.causes.length > 0) lines.push(`${t.report.causes}:`, '', ...finding.causes.map((cause) => `- ${inline(cause)}`), '');
    if (finding.fixes.length > 0) lines.push(`${t.report.whatToDo}:`, '', ...finding.fixes.map((fix) => `1. ${inline(fix)}`), '');
    lines.push(fenced('kusto', finding.kql.resourceSpecific), '');
    if (finding.kql.azureDiagnostics) lines.push(`${t.report.azureDiagnostics}:`, '', fenced('kusto', finding.kql.azureDiagnostics), '');
  }
  if (data.changes.length > 0) lines.push(`## ${v.panels.activity}`, '', ...data.changes.map((change) => `- ${inline(changed(change))}`), '');
  if (data.cannotConclude.length > 0) lines.push(`## ${t.report.cannotConclude}`, '', ...data.cannotConclude.map((line) => `- ${inline(line)}`), '');
  lines.push(`## ${t.report.sources}`, '', ...data.sources.map(({ name, format, rows, rejects }) => `- ${inline(name)}: ${inline(format)}, ${t.report.rows(rows)}${rejects > 0 ? `, ${t.report.notRead(rejects)}` : ''}`), '');
  return lines.join('\n');
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text: string): string => text.replace(/[&<>"']/g, (letter) => ENTITIES[letter] ?? letter);

const FILLS: Record<Outcome, string> = { Failed: '#c50f1f', Unauthorized: '#e0a100', Other: '#8a8fb5', Successful: '#6bb1ad' };
/** From the baseline up, as on the page. */
const STACK: readonly Outcome[] = ['Failed', 'Unauthorized', 'Other', 'Successful'];
const [WIDTH, HEIGHT, FOOT] = [960, 180, 18];

/** Requests over time as bars; the numbers are titles of the bars. */
function timelineSvg({ starts_ms, counts }: NonNullable<ReportData['timeline']>, changes: readonly Change[]): string {
  const totals = starts_ms.map((_, at) => OUTCOMES.reduce((sum, outcome) => sum + (counts[outcome][at] ?? 0), 0));
  const most = Math.max(1, ...totals);
  const step = WIDTH / Math.max(1, starts_ms.length);
  const bars = starts_ms.map((start_ms, at) => {
    let top = HEIGHT - FOOT;
    const pieces = STACK.map((outcome) => {
      const n = counts[outcome][at] ?? 0;
      const height = (n / most) * (HEIGHT - FOOT - 4);
      top -= height;
      return n === 0 ? '' : `<rect x="${(at * step).toFixed(2)}" y="${top.toFixed(2)}" width="${Math.max(0.5, step * 0.9).toFixed(2)}" height="${height.toFixed(2)}" fill="${FILLS[outcome]}"/>`;
    });
    const words = OUTCOMES.filter((outcome) => (counts[outcome][at] ?? 0) > 0).map((outcome) => `${v.outcomes[outcome]} ${count(counts[outcome][at] ?? 0)}`);
    return `<g><title>${escaped(`${moment(new Date(start_ms).toISOString())}: ${words.join(', ') || t.report.noRequests}`)}</title>${pieces.join('')}</g>`;
  });
  const label = (at: number, anchor: string, x: number): string => {
    const start_ms = starts_ms[at];
    return start_ms === undefined ? '' : `<text x="${x}" y="${HEIGHT - 4}" text-anchor="${anchor}" font-size="11" fill="currentColor">${escaped(moment(new Date(start_ms).toISOString()))}</text>`;
  };
  const first_ms = starts_ms[0] ?? 0;
  const bin_ms = (starts_ms[1] ?? first_ms + 1) - first_ms;
  const marks = changes.map((change) => ({ x: ((change.began_ms - first_ms) / bin_ms) * step, words: changed(change) })).filter(({ x }) => x >= 0 && x <= WIDTH)
    .map(({ x, words }) => `<g><title>${escaped(words)}</title><line x1="${x.toFixed(2)}" x2="${x.toFixed(2)}" y1="0" y2="${HEIGHT - FOOT}" stroke="#0f6cbd" stroke-width="2" stroke-dasharray="4 3"/></g>`);
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(t.report.chart(most))}">${bars.join('')}${marks.join('')}
${label(0, 'start', 0)}${label(starts_ms.length - 1, 'end', WIDTH)}</svg>
<p class="soft">${STACK.map((outcome) => `<span class="key ${outcome}"></span>${escaped(v.outcomes[outcome])}`).join(' ')}</p>`;
}

const STYLE = `:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;overflow-wrap:anywhere}
h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2rem;border-top:1px solid #8884;padding-top:1rem}pre{background:#8881;padding:.75rem;overflow:auto;white-space:pre-wrap;font-size:13px}
table{border-collapse:collapse}td,th{text-align:start;padding:.15rem .75rem .15rem 0;vertical-align:top}.soft{opacity:.75}svg{width:100%;height:auto}
.key{display:inline-block;width:.7em;height:.7em;margin:0 .3em 0 .8em}${STACK.map((outcome) => `.${outcome}{background:${FILLS[outcome]}}`).join('')}@media print{pre{white-space:pre-wrap}h2{break-after:avoid}}`;

export function asHtml(data: ReportData): string {
  const list = (title: string, items: readonly string[], tag: 'ul' | 'ol'): string =>
    (items.length === 0 ? '' : `<h3>${escaped(title)}</h3><${tag}>${items.map((item) => `<li>${escaped(item)}</li>`).join('')}</${tag}>`);
  const findings = data.findings.map((finding) => `<section><h2>${escaped(finding.title)}</h2>
<p><strong>${escaped(about(finding))}</strong></p><p>${escaped(finding.meaning)}</p>
${finding.evidence.length === 0 ? '' : `<h3>${escaped(t.report.evidence)}</h3><table>${finding.evidence.map(({ column, value }) => `<tr><th>${escaped(column)}</th><td>${escaped(value)}</td></tr>`).join('')}</table>`}
${list(t.report.causes, finding.causes, 'ul')}${list(t.report.whatToDo, finding.fixes, 'ol')}
<h3>${escaped(t.report.kql)}</h3><pre>${escaped(finding.kql.resourceSpecific)}</pre>${finding.kql.azureDiagnostics ? `<details><summary>${escaped(t.report.azureDiagnostics)}</summary><pre>${escaped(finding.kql.azureDiagnostics)}</pre></details>` : ''}</section>`);
  return `<!doctype html>
<html lang="${escaped(t.report.language)}"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width"><meta name="referrer" content="no-referrer"><title>${escaped(t.report.titleOf(summary(data)))}</title><style>${STYLE}</style></head>
<body><h1>${escaped(t.report.title)}</h1><p>${escaped(summary(data))}.</p>
${data.timeline ? timelineSvg(data.timeline, data.changes) : ''}
${data.findings.length === 0 ? `<p>${escaped(t.report.none)}</p>` : findings.join('\n')}
${data.changes.length === 0 ? '' : `<section><h2>${escaped(v.panels.activity)}</h2><ul>${data.changes.map((change) => `<li>${escaped(changed(change))}</li>`).join('')}</ul></section>`}
${data.cannotConclude.length === 0 ? '' : `<section><h2>${escaped(t.report.cannotConclude)}</h2><ul>${data.cannotConclude.map((line) => `<li>${escaped(line)}</li>`).join('')}</ul></section>`}
<section><h2>${escaped(t.report.sources)}</h2><table>${data.sources.map(({ name, format, rows, rejects }) => `<tr><th>${escaped(name)}</th><td>${escaped(format)}</td><td>${escaped(t.report.rows(rows))}</td><td>${rejects > 0 ? escaped(t.report.notRead(rejects)) : ''}</td></tr>`).join('')}</table>
<p class="soft">${escaped(t.report.madeBy(moment(data.made)))}</p></section></body></html>
`;
}
