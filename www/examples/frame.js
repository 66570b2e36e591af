// The page of kqlens in a frame: it is told in its address who its host is, and answers that one alone.
const frame = document.querySelector('iframe');
const address = new URL(frame.dataset.src, document.baseURI);
address.searchParams.set('host', location.origin);

const waiting = new Map();
const heard = new EventTarget();
let lastId = 0;

/** Asks the page for something; its answer, or its refusal. */
export function ask(type, fields = {}) {
  lastId += 1;
  const id = lastId;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    frame.contentWindow.postMessage({ kqlens: 1, id, type, ...fields }, address.origin);
  });
}

window.addEventListener('message', ({ origin, source, data }) => {
  if (origin !== address.origin || source !== frame.contentWindow || data?.kqlens !== 1) return;
  if (data.event) heard.dispatchEvent(new CustomEvent(data.event, { detail: data.detail }));
  const asked = waiting.get(data.id);
  waiting.delete(data.id);
  if (data.error) asked?.reject(Object.assign(new Error(data.error.message), { code: data.error.code }));
  else asked?.resolve(data.ok);
});

const said = document.querySelector('#said');
heard.addEventListener('ready', () => { document.querySelector('#ask').disabled = false; });
heard.addEventListener('statechange', ({ detail }) => { said.value = detail; });
document.querySelector('#ask').addEventListener('click', async () => {
  const lines = [200, 500, 500].map((code, minute) => JSON.stringify({
    category: 'GatewayLogs', time: `2026-03-03T09:0${minute}:00Z`, properties: { responseCode: code, method: 'GET', url: 'https://gateway.example/orders' },
  }));
  await ask('load', { files: [{ name: 'export.json', text: lines.join('\n') }] });
  const { rows } = await ask('run', { kql: 'ApiManagementGatewayLogs | where ResponseCode >= 500 | count' });
  said.value = `${rows[0][0]} failures`;
});

frame.src = address.href;
