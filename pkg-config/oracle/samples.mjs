// node samples.mjs FOLDER: writes the files of the page's sample incidents.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { samples } from "../../www/src/samples.js";

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error("samples.mjs takes a folder: node samples.mjs FOLDER");
  process.exit(2);
}
mkdirSync(folder, { recursive: true });
for (const sample of samples) {
  for (const { name, text } of sample.files()) writeFileSync(join(folder, name), text);
}
