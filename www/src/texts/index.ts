// All texts of the page as one table, for whoever translates them. A view imports its own area alone.
import { charts } from './charts';
import { explore } from './explore';
import { query } from './query';
import { rows } from './rows';
import { type Partly, translateTables } from './table';
import { words } from './words';

export const texts = { charts, explore, query, rows, words };
export type Texts = typeof texts;
