// node bind.mjs SCHEMA.json < queries.jsonl: what Microsoft's parser and binder find wrong in each text.
// The schema is `{table: [[column, type], …], …}`. Lines `{id, query}` in, lines `{id, diagnostics}` out.

import { readFileSync } from "node:fs";
import { answerLines, bind, database } from "./language.mjs";

const [file] = process.argv.slice(2);
if (file === undefined) {
  console.error("bind.mjs takes the file of a schema: node bind.mjs SCHEMA.json < queries.jsonl");
  process.exit(2);
}
const names = database(JSON.parse(readFileSync(file, "utf8")));
await answerLines((query) => bind(query, names));
