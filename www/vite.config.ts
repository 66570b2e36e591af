import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vite';

/** DESIGN invariant 3: nothing leaves. Sent as a header and written into the page. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "img-src 'self' data:",
  "manifest-src 'self'",
].join('; ');

const HEADERS = {
  'Content-Security-Policy': POLICY,
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

/** The same policy inside the built page, for hosts that send no headers. */
const policyInPage: Plugin = {
  name: 'policy-in-page',
  apply: 'build',
  transformIndexHtml: () => [
    { tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content: POLICY }, injectTo: 'head-prepend' },
  ],
};

/** `sw.js`: the service worker with the files of this build in front of it. */
const offline: Plugin = {
  name: 'offline',
  apply: 'build',
  enforce: 'post',
  generateBundle(_, bundle) {
    const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
    const own = readdirSync(new URL('./public/', import.meta.url));
    const built = Object.keys(bundle).filter((name) => name !== 'index.html');
    const files = ['./', ...[...own, ...built].sort().map((name) => `./${name}`)];
    const hash = createHash('sha256').update(files.join('\n'));
    for (const name of own) hash.update(read(`./public/${name}`));
    hash.update(read('./index.html'));
    const source = `const VERSION = 'kqlens-${hash.digest('hex').slice(0, 16)}';\nconst FILES = ${JSON.stringify(files)};\n${read('./src/shell/service-worker.js')}`;
    this.emitFile({ type: 'asset', fileName: 'sw.js', source });
  },
};

const dist = new URL('../target/npm/kqlens/dist/', import.meta.url).pathname;

export default defineConfig({
  base: './',
  plugins: [policyInPage, offline],
  resolve: {
    alias: [
      { find: /^kqlens$/, replacement: `${dist}index.js` },
      { find: /^kqlens\/(client|serve)$/, replacement: `${dist}$1.js` },
    ],
  },
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      // The page, and the element alone under a name that hosts can write.
      input: { index: 'index.html', 'kqlens-app': 'src/element.ts' },
      preserveEntrySignatures: 'exports-only',
      output: { entryFileNames: ({ name }) => (name === 'kqlens-app' ? 'kqlens-app.js' : 'assets/[name]-[hash].js') },
    },
  },
  server: { fs: { allow: ['.', dist] } },
  preview: { headers: HEADERS },
});
