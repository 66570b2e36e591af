// Node: the module is loaded while this file is, so that `import` and `require` both find it ready.
import { readFileSync } from 'node:fs';
import { initSync } from './engine.js';
import { attach } from './api.js';
import catalogues from './catalogues.js';

initSync({ module: readFileSync(new URL('./engine_bg.wasm', import.meta.url)) });
attach(catalogues);

export const ready = async () => {};

export * from './api.js';
