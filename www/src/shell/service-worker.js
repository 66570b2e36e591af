// Keeps the page's own files, so that it opens without a network, and takes what another app shares with
// the installed page: it lies in a cache of its own until the page, opened by a redirect, takes it out. `VERSION` and `FILES` are written in
// front of this by the build; another build is another version, and takes the place of this one.
/* global VERSION, FILES */

const SHARED = 'kqlens-shared';

self.addEventListener('install', (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(VERSION);
    await cache.addAll(FILES);
    await self.skipWaiting();
  })());
});

self.addEventListener('activate', (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith('kqlens-') && name !== VERSION && name !== SHARED) await caches.delete(name);
    }
    await self.clients.claim();
  })());
});

/** Puts files and text of a form where the page finds them. */
async function keepShared(request) {
  try {
    const form = await request.formData();
    const text = form.get('text');
    const files = [...form.getAll('files').filter((one) => one instanceof File && one.size > 0), ...(typeof text === 'string' && text.trim() !== '' ? [new File([text], 'shared text')] : [])];
    await caches.delete(SHARED);
    const cache = await caches.open(SHARED);
    for (const [at, file] of files.entries()) {
      await cache.put(new URL(`shared/${at}`, self.registration.scope), new Response(file, { headers: { 'X-Name': encodeURIComponent(file.name) } }));
    }
    return Response.redirect('./?shared', 303);
  } catch {
    await caches.delete(SHARED).catch(() => {});
    return Response.redirect('./?shared=failed', 303);
  }
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method === 'POST' && request.url === new URL('share', self.registration.scope).href) event.respondWith(keepShared(request));
  if (request.method !== 'GET' || new URL(request.url).origin !== self.location.origin) return;
  event.respondWith((async () => {
    const cache = await caches.open(VERSION);
    const kept = await cache.match(request.mode === 'navigate' ? './' : request, { ignoreSearch: true });
    return kept ?? fetch(request);
  })());
});
