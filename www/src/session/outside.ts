// Links to queries that others keep: of the Azure portal, of Grafana, to Azure Data Explorer. What they
// hold is shown as what a link of ours holds is: not trusted, and not run by itself.
import type { DecodedLink } from 'kqlens';
import type { EngineError } from 'kqlens/client';
import { app as t } from '../texts/app';
import type { Received, Session } from './session';

/** Whether a text is one address and nothing else. */
export const isLink = (text: string): boolean => /^https?:\/\/\S+$/i.test(text.trim());

/** The query of a link, with what it says of its place and time. */
export async function queryOf({ engine }: Session, text: string): Promise<Received> {
  const link = (await engine.call('handoff', 'decodeLink', text.trim())) as DecodedLink;
  const { query, scope, timeSpan, cluster, database } = link;
  const from = [...scope.map(t.received.scope), ...(cluster ? [t.received.cluster(cluster, database ?? '')] : []), ...(timeSpan ? [t.received.timeSpan(timeSpan)] : [])];
  return { kql: query, from, ...(from.length > 0 ? { link } : {}) };
}

/** Why a link cannot be read, in words. */
export const whyNot = ({ message, help }: EngineError): string => (help ? t.received.brokenHelp(message, help) : t.received.broken(message));

/** Shows the query of a link; what cannot be read is said, and changes nothing. */
export async function receiveLink(session: Session, text: string): Promise<void> {
  try {
    session.receive(await queryOf(session, text));
  } catch (error) {
    session.notify({ kind: 'warning', text: whyNot(error as EngineError) });
  }
}
