// Node: the module is loaded while this file is, so that `import` and `require` both find it ready.
import { readFileSync } from 'node:fs';
import { initSync } from './engine.js';
import { attach } from './api.js';
import signatures from './signatures.js';

initSync({ module: readFileSync(new URL('./engine_bg.wasm', import.meta.url)) });
attach(signatures);

export const ready = async () => {};

export * from './api.js';
