// Browsers and bundlers: nothing is fetched until `ready()`, then the module and the words beside it.
// A host may hand in the address of the module, its response, its bytes, or the compiled module.
import init from './engine.js';
import { attach } from './api.js';

let loading;

export function ready(source) {
  loading ??= Promise.all([
    import('./catalogues.js'),
    init(source === undefined ? undefined : { module_or_path: source }),
  ]).then(([catalogues]) => attach(catalogues.default), (error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

export * from './api.js';
