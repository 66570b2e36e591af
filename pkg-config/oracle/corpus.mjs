// node corpus.mjs FOLDER: what Microsoft's service says of what `examples/corpus` left in a folder.
// Prints lines `NAME PASSED / ALL`, and what did not pass.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bind, database, parse } from "./language.mjs";

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error("corpus.mjs takes the folder that examples/corpus wrote: node corpus.mjs FOLDER");
  process.exit(2);
}
const read = (name) => readFileSync(join(folder, name), "utf8");
const lines = (name) => read(name).trim().split("\n").map((line) => JSON.parse(line));
const isError = (finding) => finding.severity === "error";

const formatted = lines("formatted.jsonl");
const refused = formatted.filter(({ query }) => parse(query).some(isError));
for (const { id } of refused) console.log(`  formatted text is refused: ${id}`);
console.log(`OFFICIAL accepts what was formatted ${formatted.length - refused.length} / ${formatted.length}`);

const names = database(JSON.parse(read("schema.json")));
const valid = lines("gateway.jsonl").filter(({ query }) => !bind(query, names).some(isError));
const stopped = valid.filter(({ error }) => error !== "");
for (const { id, error } of stopped) console.log(`  does not run: ${id}: ${error}`);
console.log(`GATEWAY run ${valid.length - stopped.length} / ${valid.length}`);
