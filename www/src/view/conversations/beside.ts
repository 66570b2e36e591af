// What stands beside the calls: tools that agents use, and connections that stay open.
import { css, html, nothing, type TemplateResult } from 'lit';
import { literal } from '../../session/panels';
import {
  mcpClients, mcpErrors, mcpSessions, mcpTools, webSocketConnections, webSocketErrors, webSocketEvents,
} from '../../session/spend';
import { conversations as t } from '../../texts/conversations';
import { base } from '../style';
import type { Behind } from './answer';
import { View } from '../view';

const panels = css`
  :host { display: grid; gap: var(--gap); grid-template-columns: repeat(auto-fit, minmax(min(460px, 100%), 1fr)); }
`;

/** The rows of a table in which columns have the values of a row. */
const rowsWith = (table: string, columns: readonly string[]): Behind => (row) => ({
  title: columns.map((name) => String(row[name] ?? '')).filter((value) => value !== '').join(', ') || table,
  kql: `${table}\n${columns.map((name) => `| where ${name} == ${literal(String(row[name] ?? ''))}`).join('\n')}\n| order by TimeGenerated asc`,
});

const MCP = 'ApiManagementGatewayMCPLog';
const WEBSOCKET = 'ApiManagementWebSocketConnectionLogs';

export class Agents extends View {
  static override styles = [base, panels];

  override render(): TemplateResult | typeof nothing {
    const { session } = this;
    if (!session) return nothing;
    const version = session.tables;
    return html`
      <kqlens-answer heading=${t.agents.tools} about=${t.agents.toolsAbout} empty=${t.agents.toolsEmpty} bar="Calls" .session=${session} .kql=${mcpTools} .version=${version} .behind=${rowsWith(MCP, ['ServerName', 'ToolName'])}></kqlens-answer>
      <kqlens-answer heading=${t.agents.errors} empty=${t.agents.errorsEmpty} bar="Count" .session=${session} .kql=${mcpErrors} .version=${version} .behind=${rowsWith(MCP, ['ErrorType', 'Error', 'ServerName', 'ToolName'])}></kqlens-answer>
      <kqlens-answer heading=${t.agents.clients} bar="Messages" .session=${session} .kql=${mcpClients} .version=${version} .behind=${rowsWith(MCP, ['ClientName', 'ClientVersion', 'ServerName'])}></kqlens-answer>
      <kqlens-answer heading=${t.agents.sessions} .session=${session} .kql=${mcpSessions} .version=${version} .behind=${rowsWith(MCP, ['SessionId'])}></kqlens-answer>`;
  }
}

export class WebSockets extends View {
  static override styles = [base, panels];

  override render(): TemplateResult | typeof nothing {
    const { session } = this;
    if (!session) return nothing;
    const version = session.tables;
    return html`
      <kqlens-answer heading=${t.webSockets.events} bar="Events" .session=${session} .kql=${webSocketEvents} .version=${version} .behind=${rowsWith(WEBSOCKET, ['EventName', 'Source', 'Destination'])}></kqlens-answer>
      <kqlens-answer heading=${t.webSockets.errors} empty=${t.webSockets.errorsEmpty} bar="Connections" .session=${session} .kql=${webSocketErrors} .version=${version} .behind=${rowsWith(WEBSOCKET, ['Error', 'EventName', 'Source', 'Destination'])}></kqlens-answer>
      <kqlens-answer heading=${t.webSockets.connections} about=${t.webSockets.connectionsAbout} .session=${session} .kql=${webSocketConnections} .version=${version} .behind=${rowsWith(WEBSOCKET, ['CorrelationId'])}></kqlens-answer>`;
  }
}
