// One call: what the model saw and said, and beside it what the gateway says of it.
import { css, html, nothing, type TemplateResult } from 'lit';
import type { Conversation, Message, MessagePart, Spoken } from 'kqlens';
import { isMessageColumn } from '../../session/messages';
import { literal } from '../../session/panels';
import { conversations as t } from '../../texts/conversations';
import { words as w } from '../../texts/words';
import { icons } from '../icons';
import { base } from '../style';
import { bytes, count, duration, moment } from '../words';
import { CallsView } from './part';
import type { LogText } from './text';
import { decimal, money } from './words';

/** How an answer ends that is whole. */
const ENDED_WELL = ['stop', 'end_turn', 'stop_sequence', 'tool_calls', 'tool_use', 'function_call', 'completed'];

export class ConversationView extends CallsView {
  static override properties = { ...CallsView.properties, isRaw: { state: true } };
  static override styles = [base, css`
    :host { min-height: 0; min-width: 0; container-type: inline-size; }
    article { display: flex; flex-direction: column; height: 100%; min-height: 0; border: 1px solid var(--line); border-radius: 4px; background: var(--card); }
    header { padding: 10px 12px 8px; border-bottom: 1px solid var(--line); display: grid; gap: 6px; }
    h3:focus-visible { outline-offset: 2px; }
    .facts { display: flex; flex-wrap: wrap; gap: 4px 8px; font-size: 13px; align-items: center; }
    .body { flex: 1; min-height: 0; overflow: auto; padding: 12px; display: grid; gap: 16px; align-content: start; grid-template-columns: minmax(0, 1fr) 250px; }
    .body:focus-visible { outline-offset: -2px; }
    .problems { grid-column: 1 / -1; display: grid; gap: 4px; padding: 8px 12px; border-radius: 4px; background: var(--warning-tint); color: var(--warning); font-size: 13px; }
    .problems li { display: flex; gap: 8px; }
    .problems svg { margin-top: 2px; }
    .said { display: grid; gap: 10px; align-content: start; min-width: 0; }
    h4 { font-size: 12px; line-height: 16px; font-weight: 600; color: var(--soft); }
    h4 .kind { font-weight: 400; }
    section > h4 { margin-bottom: 4px; }
    .message { border-radius: 8px; padding: 8px 12px 10px; background: var(--sunken); border-inline-start: 3px solid var(--line); min-width: 0; }
    .message.user { background: var(--tint); border-color: var(--link); }
    .message.assistant { background: var(--card); border: 1px solid var(--line); border-inline-start: 3px solid var(--ok-fill); }
    .message .head { display: flex; flex-wrap: wrap; gap: 0 8px; align-items: center; min-height: 24px; }
    .message .head kqlens-copy { margin-inline-start: auto; }
    .role { font-weight: 600; font-size: 13px; }
    .part + .part { margin-top: 8px; }
    details { border: 1px solid var(--line); border-radius: 4px; background: var(--card); }
    summary { cursor: pointer; padding: 4px 10px; font-size: 13px; }
    details > :not(summary) { margin: 0 10px 10px; }
    .media { display: inline-flex; gap: 8px; align-items: center; border: 1px dashed var(--edge); border-radius: 4px; padding: 6px 10px; font-size: 13px; overflow-wrap: anywhere; }
    .kind { font-size: 12px; color: var(--soft); }
    aside { display: grid; gap: 14px; align-content: start; font-size: 13px; min-width: 0; }
    .bars { display: grid; gap: 4px 8px; grid-template-columns: max-content 1fr max-content; align-items: center; font-size: 12px; }
    .bars .track { height: 10px; background: var(--sunken); border-radius: 2px; position: relative; }
    .bars .track i { position: absolute; inset-block: 0; border-radius: 2px; background: var(--link); forced-color-adjust: none; min-width: 2px; }
    .bars .track i.gateway { background: var(--other-fill); }
    .bars .track i.backend { background: var(--ok-fill); }
    .bars .track i.completion { background: var(--unauthorized-fill); }
    .row dt { font-size: 12px; line-height: 16px; color: var(--soft); margin-top: 6px; }
    .row dt:first-child { margin-top: 0; }
    .row dd { font: 12px/17px var(--mono); overflow-wrap: anywhere; }
    .empty { padding: 40px 16px; text-align: center; }
    @container (max-width: 580px) { .body { grid-template-columns: minmax(0, 1fr); padding: 8px; } }
  `];
  declare isRaw: boolean;
  #call: number | null | undefined;

  constructor() {
    super();
    this.isRaw = false;
  }

  /** Another conversation is read from its start. */
  override updated(): void {
    const call = this.calls?.conversation?.call;
    if (call === this.#call) return;
    this.#call = call;
    void this.#toStart();
  }

  /** To what was searched for, or to the top. */
  async #toStart(): Promise<void> {
    const body = this.renderRoot.querySelector('.body');
    body?.scrollTo(0, 0);
    for (const text of this.renderRoot.querySelectorAll<LogText>('kqlens-text')) {
      await text.updateComplete;
      const hit = text.shadowRoot?.querySelector('.hit');
      if (!hit || !body) continue;
      text.closest('details')?.setAttribute('open', '');
      body.scrollTo(0, hit.getBoundingClientRect().top - body.getBoundingClientRect().top - 90);
      return;
    }
  }

  /** Puts the keyboard to the start of the conversation. */
  override focus(): void {
    this.renderRoot.querySelector<HTMLElement>('h3')?.focus();
  }

  override render(): TemplateResult | typeof nothing {
    const { calls } = this;
    const conversation = calls?.conversation;
    if (!calls) return nothing;
    if (calls.conversationError) return html`<article><div class="empty"><h3>${t.call.failed}</h3><p class="soft">${calls.conversationError}</p></div></article>`;
    if (!conversation) return html`<article><div class="empty"><p class="soft">${t.call.choose}</p></div></article>`;
    const isHidden = calls.session.isTextHidden;
    const { correlationId } = conversation;
    const status = conversation.gateway.find(({ column }) => column === 'ResponseCode')?.value;
    return html`<article aria-labelledby="title" @keydown=${this.#key}>
      <header>
        <div class="bar">
          <h3 class="grow" id="title" tabindex="-1">${conversation.call === null ? t.call.conversation : t.call.title(conversation.call)}</h3>
          <div class="switch" role="group" aria-label=${t.call.look}>
            <button aria-pressed=${!this.isRaw} @click=${() => { this.isRaw = false; }}>${t.call.messages}</button>
            <button aria-pressed=${this.isRaw} @click=${() => { this.isRaw = true; }}>${t.call.raw}</button>
          </div>
          ${correlationId && conversation.call !== null ? html`<button class="quiet" @click=${() => calls.session.showRows({
            title: t.call.rowsOf(conversation.call ?? ''),
            kql: `ApiManagementGatewayLlmLog\n| where CorrelationId == ${literal(correlationId)}\n| order by SequenceNumber asc, TimeGenerated asc`,
          })}>${icons.rows}${w.rowsButton}</button>` : nothing}
          <kqlens-copy id="copy" ?hidden=${conversation.call === null} label=${w.copyMarkdown} title=${isHidden ? t.call.maskedNoText : t.call.masked}
            .text=${() => calls.report?.toText('markdown', conversation.call ?? 0, { redact: true, text: !isHidden }) ?? Promise.resolve('')}></kqlens-copy>
          <button class="quiet icon" aria-label=${t.call.close} @click=${() => this.#close()}>${icons.close}</button>
        </div>
        <div class="facts">
          ${conversation.time ? html`<span class="number">${moment(conversation.time)}</span>` : nothing}
          ${conversation.model || conversation.deployment ? html`<span class="mono">${conversation.model || conversation.deployment}</span>` : nothing}
          ${status ? html`<span class="pill ${status.startsWith('2') ? 'good' : 'error'}">${status}</span>` : nothing}
          <span class="pill ${conversation.completeness === 'complete' ? 'good' : 'warning'}">${t.completeness[conversation.completeness] ?? conversation.completeness}</span>
          ${conversation.finishReason ? html`<span class="pill">${t.call.finish(conversation.finishReason)}</span>` : nothing}
          ${conversation.streaming === null ? nothing : html`<span class="pill">${conversation.streaming ? t.call.streaming : t.call.notStreaming}</span>`}
        </div>
      </header>
      <div class="body" tabindex="0" role="region" aria-label=${t.call.conversation}>
        ${conversation.problems.length > 0 ? html`<ul class="problems">${conversation.problems.map(({ message }) => html`<li>${icons.warning}<span>${message}</span></li>`)}</ul>` : nothing}
        <div class="said">${this.#side(t.call.request, conversation.request, isHidden)} ${this.#side(t.call.response, conversation.response, isHidden)}</div>
        ${this.#beside(conversation, isHidden)}
      </div>
    </article>`;
  }

  /** Escape closes the conversation, not the dialog that it may stand in. */
  readonly #key = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    this.#close();
  };

  #close(): void {
    this.dispatchEvent(new CustomEvent('done', { bubbles: true, composed: true }));
  }

  /** Text of the log, as text. */
  #text(text: string, isHidden: boolean, look: 'prose' | 'code' | 'cell' = 'prose'): TemplateResult {
    return html`<kqlens-text look=${look} .session=${this.calls?.session} .masking=${this.calls?.session.masking} .phrase=${look === 'cell' ? '' : this.calls?.filter.text ?? ''} .text=${text} .isHidden=${isHidden}></kqlens-text>`;
  }

  #side(title: string, { shape, messages, raw, parts }: Spoken, isHidden: boolean): TemplateResult {
    const isEmpty = messages.length === 0 && raw === null && parts.length === 0;
    return html`<h4>${title}${shape ? html` <span class="kind">· ${t.call.shapes[shape] ?? shape}</span>` : nothing}</h4>
      ${isEmpty ? html`<p class="soft">${t.call.notInLog}</p>` : nothing}
      ${parts.length > 0 ? html`<p class="soft">${t.call.noOrder(parts.length)}</p>
        ${parts.map((part, at) => html`<div class="message"><div class="head"><span class="role">${t.call.part(at + 1)}</span></div>${this.#text(part, isHidden, 'code')}</div>`)}`
      : this.isRaw || messages.length === 0 ? (raw === null ? nothing : this.#text(raw, isHidden, 'code'))
      : messages.map((message) => this.#message(message, isHidden))}`;
  }

  #message(message: Message, isHidden: boolean): TemplateResult {
    const { role, name, finishReason, parts } = message;
    return html`<div class="message ${Object.hasOwn(t.call.roles, role) ? role : 'other'}">
      <div class="head"><span class="role">${t.call.roles[role] ?? (role || t.call.message)}</span>${name ? html`<span class="mono">${name}</span>` : nothing}
        ${finishReason && !ENDED_WELL.includes(finishReason) ? html`<span class="pill warning">${t.call.finish(finishReason)}</span>` : nothing}
        ${isHidden ? nothing : html`<kqlens-copy label=${w.copy} title=${t.call.copyTitle} .text=${() => this.#masked(parts)}></kqlens-copy>`}</div>
      ${parts.map((part) => html`<div class="part">${this.#part(part, isHidden)}</div>`)}
      ${parts.length === 0 ? html`<p class="soft">${t.call.withoutContent}</p>` : nothing}
    </div>`;
  }

  async #masked(parts: readonly MessagePart[]): Promise<string> {
    const text = parts.map(({ kind, text: words, mime }) => words || `[${t.call.media[kind] ?? kind}${mime ? ` ${mime}` : ''}]`).join('\n');
    return (await this.calls?.session.engine.call('redact', 'apply', text)) as string;
  }

  #part({ kind, text, id, name, mime, size, url }: MessagePart, isHidden: boolean): TemplateResult {
    if (kind === 'toolCall' || kind === 'toolResult') {
      return html`<details><summary>${kind === 'toolCall' ? t.call.callsTool : t.call.resultOf} <span class="mono">${name ?? id ?? t.call.aTool}</span>
        <span class="kind">${name && id ? id : ''}</span></summary>${this.#text(laidOut(text), isHidden, 'code')}</details>`;
    }
    if (kind === 'image' || kind === 'audio' || kind === 'file' || kind === 'embedding') {
      const facts = [mime, size === null ? null : kind === 'embedding' ? t.call.numbers(size) : bytes(size), isHidden ? null : url || text].filter(Boolean);
      return html`<span class="media">${icons.file}${t.call.media[kind]}${facts.length > 0 ? html`<span class="soft">${facts.join(', ')}</span>` : nothing}</span>`;
    }
    return html`${kind === 'text' ? nothing : html`<p class="kind">${t.call.parts[kind]}</p>`}
      ${this.#text(kind === 'other' ? laidOut(text) : text, isHidden, kind === 'other' ? 'code' : 'prose')}`;
  }

  #beside({ gateway, correlationId, promptTokens, completionTokens, totalTokens, tokensPerSecond, apiVersion, deployment }: Conversation, isHidden: boolean): TemplateResult {
    const value = (column: string): string | undefined => gateway.find((cell) => cell.column === column)?.value;
    const total_ms = number(value('TotalTime'));
    const backend_ms = number(value('BackendTime'));
    const most = Math.max(1, (promptTokens ?? 0) + (completionTokens ?? 0));
    const { calls } = this;
    const currency = calls?.report?.totals.cost?.currency;
    return html`<aside aria-label=${t.call.label}>
      <section><h4>${t.list.tokens}</h4>
        ${totalTokens === null ? html`<p class="soft">${t.call.noCounts}</p>` : html`<div class="bars">
          <span>${t.call.prompt}</span><span class="track"><i .style=${`inset-inline-start: 0; width: ${(100 * (promptTokens ?? 0)) / most}%`}></i></span><span class="number">${amount(promptTokens)}</span>
          <span>${t.call.completion}</span><span class="track"><i class="completion" .style=${`inset-inline-start: ${(100 * (promptTokens ?? 0)) / most}%; width: ${(100 * (completionTokens ?? 0)) / most}%`}></i></span><span class="number">${amount(completionTokens)}</span>
          <strong>${t.call.total}</strong><span></span><strong class="number">${amount(totalTokens)}</strong></div>`}
        ${calls?.cost && currency ? html`<p>${t.call.cost(money({ currency, ...calls.cost }))}</p>` : nothing}
      </section>
      ${total_ms === null ? nothing : html`<section><h4>${w.time}</h4><div class="bars">
        <span>${w.all}</span><span class="track"><i .style=${'inset-inline-start: 0; width: 100%'}></i></span><span class="number">${duration(total_ms)}</span>
        ${backend_ms === null ? nothing : html`
        <span>${t.call.gateway}</span><span class="track"><i class="gateway" .style=${`inset-inline-start: 0; width: ${share(total_ms - backend_ms, total_ms)}%`}></i></span><span class="number">${duration(Math.max(0, total_ms - backend_ms))}</span>
        <span>${t.call.backend}</span><span class="track"><i class="backend" .style=${`inset-inline-start: ${share(total_ms - backend_ms, total_ms)}%; width: ${share(backend_ms, total_ms)}%`}></i></span><span class="number">${duration(backend_ms)}</span>`}
        </div>
        ${tokensPerSecond ? html`<p class="soft">${t.call.speed(decimal(tokensPerSecond), decimal(1000 / tokensPerSecond))}</p>` : nothing}</section>`}
      <section><h4>${t.call.gatewayRow}</h4>
        ${gateway.length === 0 ? html`<p class="soft">${t.call.noGatewayRow}</p>` : nothing}
        <dl class="row">
          ${[['CorrelationId', correlationId], ['DeploymentName', deployment], ['ApiVersion', apiVersion]].map(([column, cell]) => (cell ? html`<dt>${column}</dt><dd>${cell}</dd>` : nothing))}
          ${gateway.filter(({ column }) => column !== 'CorrelationId' && !(isHidden && isMessageColumn(column))).map(
            ({ column, value: cell }) => html`<dt>${column}</dt><dd>${this.#text(cell, false, 'cell')}</dd>`)}</dl>
      </section>
    </aside>`;
  }
}

const number = (text: string | undefined): number | null => (text === undefined || text === '' || Number.isNaN(Number(text)) ? null : Number(text));
const amount = (n: number | null): string => (n === null ? '–' : count(n));
const share = (part: number, whole: number): number => Math.max(0, Math.min(100, (100 * part) / Math.max(1, whole)));

/** JSON with line breaks where nothing is lost by it: not the digits of a number, nor a name that stands twice. */
function laidOut(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    return JSON.stringify(value) === text ? JSON.stringify(value, null, 2) : text;
  } catch {
    return text;
  }
}
