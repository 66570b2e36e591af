// Where the data is and who is told of it, as far as the user said: the same for all ways on from a
// query, and kept on this device with the other choices.
import type { Finding } from 'kqlens';
import { stored } from './stored';

/** A query on its way out. */
export interface Source {
  title: string;
  /** As it runs here. */
  kql: string;
  /** The same for a workspace, where it is over a table of ours. */
  workspace?: string | null;
  /** The same over `AzureDiagnostics`, where it is known. */
  diagnostics?: string | null;
  /** The finding whose rows it answers with. */
  finding?: Finding;
}

/** Whether a query asks for a table that no workspace has, and no other text of it is known. */
export const isOurs = ({ kql, workspace }: Source): boolean => !workspace && /\bLlmCalls\b/.test(kql);

/** Settings of the service, or an alert on it, on their way out: which they are, and what is known of the request. */
export interface Setting {
  way: 'appInsightsLogger' | 'diagnostic' | 'diagnosticSetting' | 'tokenMetricPolicy' | 'metricAlert' | 'activityAlert' | 'actionGroup';
  request: Readonly<Record<string, unknown>>;
}

export const PLACES = ['workspace', 'service', 'tenant', 'cloud', 'location', 'cluster', 'database', 'actionGroups'] as const;
export type Place = (typeof PLACES)[number];
export type Places = { readonly [name in Place]?: string };

export const KEPT = 'kqlens.places';
const LONGEST = 10_000;

/** Places alone: what else a file or the storage holds is not taken. */
export function placesIn(value: unknown): Places | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const entries = Object.entries(value);
  const isPlace = ([name, text]: [string, unknown]): boolean => PLACES.includes(name as Place) && typeof text === 'string' && text.length <= LONGEST;
  return entries.every(isPlace) ? (Object.fromEntries(entries) as Places) : null;
}

/** The places that this device keeps. */
export function keptPlaces(): Places {
  try {
    return placesIn(JSON.parse(stored(KEPT) ?? '{}')) ?? {};
  } catch {
    return {};
  }
}

/** What is kept of places; null where nothing is said. */
export function asKept(places: Places): string | null {
  const said = Object.entries(places).filter(([, text]) => text !== '');
  return said.length > 0 ? JSON.stringify(Object.fromEntries(said)) : null;
}
