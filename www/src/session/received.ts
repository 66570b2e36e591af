// What a link says beside its query, taken over: its scope as the places that are remembered, its time
// span as a condition of the query, where there is none and a table has the time of its rows.
import type { DecodedLink, Diagnostic, Token } from 'kqlens';
import { handoff as t } from '../texts/handoff';
import type { Place, Places } from './places';
import type { Session } from './session';

/** A table whose rows nothing bounds in time: the code of the rule that finds it. */
const UNBOUNDED = 'KQL0706';
/** Names that the time of a row has. */
const TIME_COLUMNS = ['TimeGenerated', 'timestamp'];
const UNITS: readonly (readonly [string, number])[] = [['d', 86_400], ['h', 3600], ['m', 60], ['s', 1]];

const KINDS: readonly { place: Place; kind: RegExp }[] = [
  { place: 'workspace', kind: /\/microsoft\.(operationalinsights\/workspaces|insights\/components)\/[^/]+$/i },
  { place: 'service', kind: /\/microsoft\.apimanagement\/service\/[^/]+$/i },
];

/** The places that a link names; the first of each kind. */
export function placesOf({ scope, cluster, database, tenant, cloud }: DecodedLink): Places {
  const ids = KINDS.map(({ place, kind }) => [place, scope.find((id) => kind.test(id))]);
  return Object.fromEntries([...ids, ['cluster', cluster], ['database', database], ['tenant', tenant], ['cloud', cloud]].filter(([, text]) => text));
}

/** `PT1H30M` or `1d` in seconds. */
function secondsIn(text: string): number | null {
  const short = /^(\d+)([dhms])$/.exec(text);
  if (short) return Number(short[1]) * (UNITS.find(([unit]) => unit === short[2])?.[1] ?? 0) || null;
  const [, weeks, days, hours, minutes, seconds] = /^P(?=.)(?:(\d+)W)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(text) ?? [];
  const n = Number(weeks ?? 0) * 7 * 86_400 + Number(days ?? 0) * 86_400 + Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0);
  return n || null;
}

/** A time in milliseconds; one without a zone is of UTC. */
function momentIn(text: string): number | null {
  const isLocal = /T[\d:.]+$/.test(text);
  const ms = Date.parse(isLocal ? `${text}Z` : text);
  return Number.isNaN(ms) ? null : ms;
}

/** A time span as a condition on a column; null where it is none. */
export function conditionOf(span: string, column: string): string | null {
  const [first = '', second, ...more] = span.trim().split('/');
  if (more.length > 0) return null;
  if (second === undefined) {
    const seconds = secondsIn(first);
    const unit = UNITS.find(([, each]) => seconds !== null && seconds % each === 0);
    return seconds === null || !unit ? null : `${column} > ago(${seconds / unit[1]}${unit[0]})`;
  }
  const [begin, end] = [momentIn(first), momentIn(second)];
  const from = begin ?? (end === null ? null : end - (secondsIn(first) ?? Number.NaN) * 1000);
  const to = end ?? (begin === null ? null : begin + (secondsIn(second) ?? Number.NaN) * 1000);
  if (from === null || to === null || Number.isNaN(from) || Number.isNaN(to)) return null;
  const literal = (ms: number): string => `datetime(${new Date(ms).toISOString()})`;
  return `${column} >= ${literal(from)} and ${column} < ${literal(to)}`;
}

/** Whether a `where` of the query looks at the time of a row. */
function isBounded(query: string, tokens: readonly Token[]): boolean {
  let operator = '';
  let isFirst = false;
  for (const { kind, start, end } of tokens) {
    const text = query.slice(start, end);
    if (kind === 'symbol' && text === '|') isFirst = true;
    else if (kind === 'word') {
      if (isFirst) operator = text;
      isFirst = false;
      if ((operator === 'where' || operator === 'filter') && TIME_COLUMNS.includes(text)) return true;
    }
  }
  return false;
}

/** What became of the time span. */
type Timed = { query: string; said: 'added' | 'stays' | 'nowhere' };

async function timed({ engine }: Session, query: string, span: string): Promise<Timed> {
  const check = async (text: string): Promise<Diagnostic[]> => (await engine.call('kql', 'check', text)) as Diagnostic[];
  if (isBounded(query, (await engine.call('kql', 'tokens', query)) as Token[])) return { query, said: 'stays' };
  // A table alone is the whole of a query too.
  const found = [...(await check(query)), ...(await check(`${query}\n| count`))].find(({ code }) => code === UNBOUNDED);
  const errors = (diagnostics: readonly Diagnostic[]): number => diagnostics.filter(({ severity }) => severity === 'error').length;
  for (const column of found ? TIME_COLUMNS : []) {
    const condition = conditionOf(span, column);
    if (!found || condition === null) break;
    const [before, after] = [query.slice(0, found.range.end), query.slice(found.range.end)];
    const text = `${before}${/^[^\S\n]*\S/.test(after) ? ' ' : '\n'}| where ${condition}${after}`;
    if (errors(await check(text)) <= errors(await check(query))) return { query: text, said: 'added' };
  }
  return { query, said: 'nowhere' };
}

/** Takes over what a link says, and says what became of it. */
export async function takeOver(session: Session, kql: string, link: DecodedLink): Promise<void> {
  const places = placesOf(link);
  const { query, said } = link.timeSpan ? await timed(session, kql, link.timeSpan) : { query: kql, said: null };
  // Meanwhile another link may have come, or none is wanted any more.
  const { received } = session;
  if (!received || !('link' in received) || received.link !== link) return;
  if (Object.keys(places).length > 0) session.remember({ ...session.places, ...places });
  const remembered = Object.values(places).filter((text): text is string => text !== undefined);
  const others = link.scope.filter((id) => !remembered.includes(id));
  session.receive({
    kql: query,
    from: [
      ...(remembered.length > 0 ? [t.received.remembered(remembered.join(', '))] : []), ...others.map(t.received.notRemembered),
      ...(link.timeSpan && said ? [t.received[said](link.timeSpan)] : []),
    ],
  });
}
