// Why a query returns nothing: the steps that the engine names, and what the loaded rows say to them.
//
// A step is settled here by its own query, over the rows that are loaded, by the clock of the newest of
// them; what only a workspace or whoever set it up can tell stays open. Nothing is sent.
import type { Cell, EmptyAnswer, EmptyAnswerStep, Link, StageInfo } from 'kqlens';
import { columnKql } from './conditions';
import type { Source } from './places';
import { droppedRows, mostDropping } from './queries';
import { seenPlaces } from './handoff';
import { literal } from './panels';
import { timeRangeOf, type Session } from './session';

/** What is answered to a step. */
export type Said = 'yes' | 'no' | 'skipped';

/** What the loaded rows say to a step. */
export interface Known {
  said: 'yes' | 'no';
  columns: readonly string[];
  rows: readonly (readonly Cell[])[];
}

/** A value as the loaded rows have it where the query has it in another case. */
export interface Spelling {
  column: string;
  asked: string;
  found: string;
  rows: number;
  /** The query with the value that was found. */
  kql: string;
}

/** The stage that let nothing through, over the loaded rows. */
export interface Stopped {
  stage: StageInfo;
  /** A query for the rows that it dropped; null where it is no filter. */
  dropped: string | null;
}

/** A query that returns nothing, with all that is known of it here. */
export interface Looked {
  source: Source;
  /** As a workspace has it. */
  kql: string;
  guide: EmptyAnswer;
  /** Whether its table is loaded. */
  isHere: boolean;
  /** From the oldest of the loaded rows to the newest. */
  time: { from: string; to: string } | null;
  known: ReadonlyMap<EmptyAnswerStep['id'], Known>;
  spellings: readonly Spelling[];
  stopped: Stopped | null;
}

/** Steps whose query says the same of an export as of the workspace it came from. */
const SETTLED: readonly EmptyAnswerStep['id'][] = ['workspace', 'time', 'sampling', 'names', 'stages'];
const MOST_ROWS = 20;
const MOST_VALUES = 20;

/** The steps, before the rows are asked. */
export async function guideOf(session: Session, source: Source): Promise<Looked> {
  const kql = source.workspace ?? source.kql;
  const seen = await seenPlaces(session);
  const place = (name: 'service' | 'workspace'): object => {
    const text = session.places[name] || seen[name];
    return text ? { [name]: text } : {};
  };
  const guide = (await session.engine.call('handoff', 'emptyAnswer', { query: kql, ...place('service'), ...place('workspace') })) as EmptyAnswer;
  return { source, kql, guide, isHere: false, time: timeRangeOf(session.sources), known: new Map(), spellings: [], stopped: null };
}

/** What the loaded rows say to the steps. */
export async function askRows(session: Session, looked: Looked, signal: AbortSignal): Promise<Looked> {
  const { guide, source, time } = looked;
  const now = time?.to;
  if (now === undefined) return looked;
  const ask = async (kql: string): Promise<Known | null> => {
    try {
      const result = await session.engine.query(kql, { maxRows: MOST_ROWS, now }, { signal });
      const rows = await result.rows(0, result.rowCount);
      const columns = result.columns.map(({ name }) => name);
      result.release();
      return { said: rows.length > 0 ? 'yes' : 'no', columns, rows };
    } catch {
      // What cannot be asked here stays open.
      return null;
    }
  };
  // An export that lacks the table says nothing of the workspace.
  const here = await ask(`${guide.table}\n| summarize Rows = count()\n| where Rows > 0`);
  if (here?.said !== 'yes') return looked;
  const known = new Map<EmptyAnswerStep['id'], Known>([['category', here]]);
  for (const { id, kql, answer } of guide.steps) {
    // Whether a service is among others is told where its name is known.
    if (!kql || !SETTLED.includes(id) || answer === 'known') continue;
    const found = await ask(kql);
    if (!found) continue;
    const at = found.columns.indexOf('Rows');
    const said = answer === 'counts' && found.rows.some((row) => Number(row[at]) === 0) ? 'no' : found.said;
    known.set(id, { ...found, said });
  }
  return { ...looked, isHere: true, known, spellings: await spellingsIn(looked, ask), stopped: await stoppedAt(session, source, now, signal) };
}

/** Values of the query that the loaded rows have in another case. */
async function spellingsIn({ guide, kql }: Looked, ask: (kql: string) => Promise<Known | null>): Promise<Spelling[]> {
  const found: Spelling[] = [];
  for (const { column, value, isExact, range } of guide.compared.slice(0, MOST_VALUES)) {
    const wanted = value.trim();
    if (wanted === '' || (!isExact && wanted === value)) continue;
    const name = columnKql(column);
    const answer = await ask(`${guide.table}\n| where ${name} =~ ${literal(wanted)}\n| summarize Rows = count() by Value = ${name}\n| order by Rows desc, Value asc`);
    const values = answer?.rows ?? [];
    const [text, rows] = values[0] ?? [];
    if (typeof text !== 'string' || values.some(([one]) => one === value)) continue;
    found.push({ column, asked: value, found: text, rows: Number(rows), kql: kql.slice(0, range.start) + literal(text) + kql.slice(range.end) });
  }
  return found;
}

/** The stage that let the fewest rows through. */
async function stoppedAt(session: Session, { kql }: Source, now: string, signal: AbortSignal): Promise<Stopped | null> {
  try {
    const result = await session.engine.query(kql, { maxRows: 1, now }, { signal });
    const [stage, n] = [mostDropping(result.stages), result.rowCount];
    result.release();
    if (!stage || n > 0) return null;
    return { stage, dropped: await droppedRows(session, { kql }, stage) };
  } catch {
    return null;
  }
}

/** The step to begin with: the first that says no, else one that is doubted, else one that is open. */
export function beginAt({ guide: { steps }, known, spellings }: Looked): number {
  const first = (is: (step: EmptyAnswerStep) => boolean): number => steps.findIndex(is);
  const places = [
    first(({ id }) => known.get(id)?.said === 'no'), first(({ id, doubts }) => doubts.length > 0 || (id === 'names' && spellings.length > 0)), first(({ id }) => !known.has(id)),
  ];
  return places.find((at) => at >= 0) ?? 0;
}

/** A link that opens a query where the logs are; null where no place is remembered. */
export async function linkTo({ engine, places }: Session, query: string): Promise<string | null> {
  const resource = places.workspace || places.service;
  if (!resource) return null;
  const { tenant, cloud } = places;
  try {
    const link = (await engine.call('handoff', 'portalLink', { query, resource, ...(tenant ? { tenant } : {}), ...(cloud ? { cloud } : {}) })) as Link;
    return link.url;
  } catch {
    // A name that is no id opens nothing; the query can be copied.
    return null;
  }
}
