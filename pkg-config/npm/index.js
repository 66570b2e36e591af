// Browsers and bundlers: nothing is fetched until `ready()`. A host may hand in the address of the
// module, its response, its bytes, or the compiled module.
import init from './engine.js';
import { attach } from './api.js';

let loading;

export function ready(source) {
  loading ??= init(source === undefined ? undefined : { module_or_path: source }).then(attach, (error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

export * from './api.js';
