// Files that are being read: bytes, rows, and a way to stop.
import { css, html, nothing, type TemplateResult } from 'lit';
import type { ReadingFile } from '../session/session';
import { verdict as t } from '../texts/verdict';
import { words as w } from '../texts/words';
import { icons } from './icons';
import { base } from './style';
import { View } from './view';

export class Reading extends View {
  static override styles = [base, css`
    .card { padding: var(--pad); }
    li { display: grid; gap: 2px 12px; grid-template-columns: 1fr max-content; padding: 10px 0 0; }
    .name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-weight: 600; }
    progress { grid-column: 1 / -1; width: 100%; height: 4px; appearance: none; border: 0; border-radius: 2px; overflow: hidden; background: var(--sunken); }
    progress::-webkit-progress-bar { background: var(--sunken); }
    progress::-webkit-progress-value { background: var(--link); }
    progress::-moz-progress-bar { background: var(--link); }
  `];

  override render(): TemplateResult | typeof nothing {
    const { session } = this;
    if (!session?.isReading) return nothing;
    return html`<section class="card" aria-label=${t.reading.label}>
      <div class="bar"><h2 class="grow">${t.reading.files(session.reading.length)}</h2>
        <button id="cancel" @click=${() => session.cancel()}>${icons.close}${w.cancel}</button></div>
      <ul>${session.reading.map((file) => this.#file(file))}</ul>
    </section>`;
  }

  #file({ name, bytesDone, bytesTotal, rows, state }: ReadingFile): TemplateResult {
    return html`<li>
      <span class="name">${name}</span>
      <span class="soft number">${state === 'waiting' ? t.reading.waiting : t.reading.progress(bytesDone, bytesTotal, rows)}</span>
      <progress aria-label=${t.reading.file(name)} max=${Math.max(1, bytesTotal)} .value=${bytesDone}></progress>
    </li>`;
  }
}
