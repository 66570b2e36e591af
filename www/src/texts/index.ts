// All texts of the page as one table, for whoever translates them. A view imports its own area alone.
import { charts } from './charts';
import { conversations } from './conversations';
import { explore } from './explore';
import { query } from './query';
import { rows } from './rows';
import { words } from './words';

export const texts = { charts, conversations, explore, query, rows, words };
export type Texts = typeof texts;
