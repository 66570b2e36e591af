// All texts of the page as one table, for whoever translates them. A view imports its own area alone.
import { type Partly, type Table, translateTables } from './table';

/** The table: an area of the page each, and in it its texts by their names. */
export async function texts() {
  const areas = await Promise.all([
    import('./activity'), import('./app'), import('./charts'), import('./conversations'), import('./empty'), import('./explore'), import('./handoff'), import('./help'), import('./query'), import('./rows'), import('./session'),
    import('./setup'), import('./share'), import('./shell'), import('./start'), import('./verdict'), import('./words'),
  ]);
  const [{ activity }, { app }, { charts }, { conversations }, { empty }, { explore }, { handoff }, { help }, { query }, { rows }, { session }, { setup }, { share }, { shell }, { start }, { verdict }, { words }] = areas;
  return { activity, app, charts, conversations, empty, explore, handoff, help, query, rows, session, setup, share, shell, start, verdict, words };
}

export type Texts = Awaited<ReturnType<typeof texts>>;
export type PartialTexts = Partly<Texts>;

/**
 * Replaces texts of the page: called before the element is in the page. What is not in the table is
 * ignored, and so is a plain text in the place of one with values, or the other way round.
 */
export const translate = (others: PartialTexts): void => translateTables(others as Partly<Table>);
