// node parse.mjs < queries.jsonl: what Microsoft's parser finds wrong in each text.
// Lines `{id, query}` in, lines `{id, diagnostics}` out.

import { answerLines, parse } from "./language.mjs";

await answerLines(parse);
