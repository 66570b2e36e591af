/** Answers the messages of `kqlens/client` on a port, in a worker its global scope. */
export function serve(api: typeof import('./index.js'), port?: MessagePort): void;
