// What another app shared with the installed page. The service worker took it and sent the browser here;
// it is taken out of where it lay, and lies there no more.
import { shell as t } from '../texts/shell';
import type { KqlensApp } from '../view/app';

/** As the service worker names it. */
const SHARED = 'kqlens-shared';

export async function takeShared(app: KqlensApp): Promise<void> {
  // The address keeps nothing that a reload would take again.
  history.replaceState(null, '', location.pathname + location.hash);
  const files: File[] = [];
  try {
    const cache = await caches.open(SHARED);
    for (const request of await cache.keys()) {
      const answer = await cache.match(request);
      if (answer) files.push(new File([await answer.blob()], decodeURIComponent(answer.headers.get('X-Name') ?? 'shared')));
    }
    await caches.delete(SHARED);
  } catch {
    // A browser that keeps nothing has nothing to give.
  }
  if (files.length > 0) await app.load(files);
  else app.session?.notify({ kind: 'warning', text: t.notArrived });
}
