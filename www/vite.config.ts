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

const dist = new URL('../target/npm/kqlens/dist/', import.meta.url).pathname;

export default defineConfig({
  base: './',
  plugins: [policyInPage],
  resolve: {
    alias: [
      { find: /^kqlens$/, replacement: `${dist}index.js` },
      { find: /^kqlens\/(client|serve)$/, replacement: `${dist}$1.js` },
    ],
  },
  worker: { format: 'es' },
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: { fs: { allow: ['.', dist] } },
  preview: { headers: HEADERS },
});
