// Two elements on one page: each has its own engine and its own rows.
await customElements.whenDefined('kqlens-app');
const said = document.querySelector('#said');

for (const app of document.querySelectorAll('kqlens-app')) {
  app.addEventListener('ready', () => { said.textContent += `${app.id} is ready. `; });
  app.addEventListener('statechange', ({ detail }) => { said.textContent += `${app.id}: ${detail}. `; });
}

/** Hands an export to one of them. */
export const read = (id, name, text) => document.querySelector(`#${id}`).load([new File([text], name)]);
