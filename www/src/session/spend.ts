// The panels of the conversations, each the answer to one query.
import { conversations as t } from '../texts/conversations';
import { type Bin, literal } from './panels';

/** Prompt and completion tokens over time. */
export const tokensOverTime = (bin: Bin): string => `LlmCalls
| summarize Prompt = sum(PromptTokens), Completion = sum(CompletionTokens) by Time = bin(TimeGenerated, ${bin.kql})
| order by Time asc`;

/** The cost over time; the bounds differ where the log does not tell enough, which is drawn above the lower one. */
export const costOverTime = (callsKql: string, bin: Bin): string => `${callsKql}
| where IsPriced
| summarize AtLeast = toreal(sum(CostLow)), Uncertain = toreal(sum(CostHigh) - sum(CostLow)) by Time = bin(TimeGenerated, ${bin.kql})
| order by Time asc`;

/** Calls as they are on average, by deployment. */
export const averages = `LlmCalls
| summarize
    Calls = count(),
    AverageTokens = avg(TotalTokens),
    P50Tokens = percentile(TotalTokens, 50),
    P95Tokens = percentile(TotalTokens, 95),
    StreamingShare = 1.0 * countif(IsStreamCompletion) / count(),
    P95Ms = percentile(TotalTime, 95),
    TokensPerSecond = avg(TokensPerSecond)
    by DeploymentName
| order by Calls desc, DeploymentName asc`;

/** The busiest minute of each deployment, where there is no limit to put beside it. */
export const peaks = `LlmCalls
| summarize Tokens = sum(TotalTokens) by Deployment = DeploymentName, Minute = bin(TimeGenerated, 1m)
| summarize (Tokens, Minute) = arg_max(Tokens, Minute) by Deployment
| order by Tokens desc, Deployment asc`;

/** The peaks of a report with their part of the limit. */
export const withShare = (kql: string, limit: number): string => `${kql}\n| extend LimitShare = 1.0 * Tokens / ${limit}`;

/** The rows of one line of the limits of a report. */
export function limitedRows(limits: string, row: Record<string, unknown>): { title: string; kql: string } {
  const rows = limits.slice(0, limits.indexOf('\n| summarize'));
  const where = (column: string, name: string): string => `| where ${column} == ${literal(String(row[name] ?? ''))}`;
  return {
    title: t.limits.limitedBy(String(row['Limit'])),
    kql: [rows, where('Limit', 'Limit'), where('ApimSubscriptionId', 'Subscription'), where('ApiId', 'Api'), '| order by TimeGenerated asc'].join('\n'),
  };
}

/** Calls whose tokens nobody counted. */
export const withoutTokens = `LlmCalls
| where isnull(TotalTokens) or TotalTokens == 0
| project Call, TimeGenerated, CorrelationId, ModelName, ResponseCode, ApiId, ApimSubscriptionId, Completeness
| order by Call asc`;

/** What of MCP took how long: that is in the gateway log, by the same id. */
const MCP = `ApiManagementGatewayMCPLog
| join kind=leftouter (
    ApiManagementGatewayLogs
    | summarize ResponseCode = take_any(ResponseCode), TotalTime = take_any(TotalTime) by CorrelationId
) on CorrelationId`;

export const mcpTools = `${MCP}
| where Method == "tools/call"
| summarize
    Calls = count(),
    Errors = countif(isnotempty(Error) or ResponseCode >= 400),
    Clients = dcount(ClientName),
    Sessions = dcount(SessionId),
    P95Ms = percentile(TotalTime, 95)
    by ServerName, ToolName
| order by Calls desc, ServerName asc, ToolName asc`;

export const mcpClients = `${MCP}
| summarize Messages = count(), Sessions = dcount(SessionId), Calls = countif(Method == "tools/call"), Errors = countif(isnotempty(Error))
    by ClientName, ClientVersion, ServerName
| order by Messages desc, ClientName asc, ClientVersion asc, ServerName asc`;

export const mcpSessions = `${MCP}
| summarize
    Messages = count(),
    Errors = countif(isnotempty(Error)),
    ClientName = take_any(ClientName),
    ServerName = take_any(ServerName),
    First = min(TimeGenerated),
    Last = max(TimeGenerated)
    by SessionId
| order by Errors desc, Messages desc, SessionId asc`;

export const mcpErrors = `${MCP}
| where isnotempty(Error) or isnotempty(ErrorType)
| summarize Count = count(), Last = max(TimeGenerated) by ErrorType, Error, ServerName, ToolName
| order by Count desc, ErrorType asc, Error asc, ServerName asc, ToolName asc`;

export const webSocketEvents = `ApiManagementWebSocketConnectionLogs
| summarize Events = count(), Connections = dcount(CorrelationId), Errors = countif(isnotempty(Error)) by EventName, Source, Destination
| order by Events desc, EventName asc, Source asc, Destination asc`;

export const webSocketConnections = `ApiManagementWebSocketConnectionLogs
| summarize Opened = min(TimeGenerated), Closed = max(TimeGenerated), Events = count(), Error = take_anyif(Error, isnotempty(Error)) by CorrelationId
| extend OpenMs = (Closed - Opened) / 1ms
| join kind=leftouter (
    ApiManagementGatewayLogs
    | summarize ApiId = take_any(ApiId), CallerIpAddress = take_any(CallerIpAddress), ResponseCode = take_any(ResponseCode) by CorrelationId
) on CorrelationId
| project CorrelationId, ApiId, CallerIpAddress, ResponseCode, Opened, OpenMs, Events, Error
| order by Opened asc, CorrelationId asc`;

export const webSocketErrors = `ApiManagementWebSocketConnectionLogs
| where isnotempty(Error)
| summarize Connections = dcount(CorrelationId), Last = max(TimeGenerated) by Error, EventName, Source, Destination
| order by Connections desc, Error asc, EventName asc, Source asc, Destination asc`;
