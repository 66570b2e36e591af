// The page inside a FrameBlade of the Azure portal: says that it is there, shows itself when it is
// ready, and follows the theme. It listens to the portal alone, whose address the portal gives as
// `trustedAuthority`; that is a claim until it stands in the list.
const PORTALS = ['https://portal.azure.com', 'https://portal.azure.us', 'https://portal.azure.cn', 'https://ms.portal.azure.com'];
const SIGNATURE = 'FxFrameBlade';

const claimed = new URLSearchParams(location.search).get('trustedAuthority');
const portal = PORTALS.includes(claimed) ? claimed : null;
const app = document.querySelector('kqlens-app');

/** Tells the portal; without one that is in the list, nobody. */
function tell(kind, data) {
  if (portal) window.parent.postMessage({ signature: SIGNATURE, kind, data }, portal);
}

/** The portal's names of themes as the element has them. */
function themeOf({ mode, name } = {}) {
  return /dark/i.test(String(mode ?? name ?? '')) ? 'dark' : 'light';
}

window.addEventListener('message', ({ origin, source, data }) => {
  if (origin !== portal || source !== window.parent || data?.signature !== SIGNATURE) return;
  if (data.kind === 'theme' || data.kind === 'themeChanged') app.theme = themeOf(data.data);
  // An export that the extension of the portal fetched: its name and its text.
  if (data.kind === 'load' && typeof data.data?.text === 'string') void app.load([new File([data.data.text], String(data.data.name ?? 'export'))]);
});

app.addEventListener('ready', () => tell('initializationcomplete'));
app.addEventListener('error', ({ detail }) => tell('logError', { message: detail.message }));
app.addEventListener('statechange', ({ detail }) => tell('statechange', { state: detail }));

tell('ready');
tell('revealcontent');
