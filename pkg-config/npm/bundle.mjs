// bundle.mjs DIST WWW: writes the two entries that hold the module inside, `inline.js` and the
// one-file `worker.js` for hosts that allow workers from a blob only.
import { readFileSync, writeFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [dist, www] = process.argv.slice(2).map((path) => resolve(path));
const require = createRequire(join(www, 'node_modules/vite/package.json'));
const { rolldown } = await import(pathToFileURL(require.resolve('rolldown')));

const module = readFileSync(join(dist, 'engine_bg.wasm')).toString('base64');
writeFileSync(join(dist, 'inline.js'), `// The module is inside, so nothing is fetched: for webviews, single-file pages and bundlers that do not
// copy assets.
import { initSync } from './engine.js';
import { attach } from './api.js';
import catalogues from './catalogues.js';

const MODULE = '${module}';

function bytes() {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(MODULE);
  return Uint8Array.from(atob(MODULE), (letter) => letter.charCodeAt(0));
}

let loaded = false;

export async function ready(source) {
  if (loaded) return;
  initSync({ module: source ?? bytes() });
  loaded = true;
  attach(catalogues);
}

export * from './api.js';
`);

const entry = join(dist, 'worker-entry.js');
writeFileSync(entry, "import * as api from './inline.js';\nimport { serve } from './serve.js';\n\nserve(api);\n");
const build = await rolldown({
  input: entry,
  platform: 'browser',
  onLog(level, log) {
    // The facade and the module are one API: an export that only one side knows is an error.
    if (level !== 'info' && level !== 'debug') throw new Error(log.message);
  },
});
await build.write({ file: join(dist, 'worker.js'), format: 'iife', minify: true });
await build.close();
rmSync(entry);
