// The page of a web view: the engine in a worker made of one file, the theme of the editor, and the
// texts that the extension posts. `acquireVsCodeApi` is there in web views alone.
await customElements.whenDefined('kqlens-app');
const vscode = globalThis.acquireVsCodeApi?.();

const address = document.querySelector('meta[name=kqlens-worker]').content;
const source = await (await fetch(address)).text();
const worker = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));

const app = document.createElement('kqlens-app');
app.makeWorker = () => new Worker(worker);
app.addEventListener('ready', () => vscode?.postMessage({ type: 'ready' }));
app.addEventListener('error', ({ detail }) => vscode?.postMessage({ type: 'error', message: detail.message }));

/** The class of the body says the theme, and changes with it. */
function follow() {
  app.theme = /\bvscode-(dark|high-contrast)\b(?!-light)/.test(document.body.className) ? 'dark' : 'light';
}
new MutationObserver(follow).observe(document.body, { attributeFilter: ['class'] });
follow();

// Messages of a web view come from the extension that made it.
window.addEventListener('message', ({ data }) => {
  if (data?.type === 'load' && typeof data.text === 'string') void app.load([new File([data.text], String(data.name ?? 'export'))]);
});

document.body.append(app);
