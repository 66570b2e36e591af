// Opens without a network from the second time on. A host that has no service workers, or forbids
// them, has the page all the same.
export function keepForOffline(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  navigator.serviceWorker.register(new URL('sw.js', document.baseURI)).catch(() => {});
}
