//! What stands beside the gateway log: MCP, `WebSocket`, the log of Azure OpenAI, platform metrics.

use super::{
    AZURE_DIAGNOSTICS, AZURE_METRICS, BASE, FROM, GATEWAY, MCP, PERIOD, TO, WEBSOCKET, step, string,
};
use crate::recipe::Recipe;

pub(super) const RECIPES: &[Recipe] = &[
    Recipe {
        id: "mcp-usage",
        title: "Which MCP servers and tools are used, and by whom?",
        about: "Messages by MCP server, method and tool, with how many clients and sessions sent them.",
        questions: &[101],
        tables: &[MCP],
        parameters: &[PERIOD, FROM, TO],
        kql: r"ApiManagementGatewayMCPLog
| where {when}
| summarize
    Calls = count(),
    Clients = dcount(ClientName),
    Sessions = dcount(SessionId),
    Errors = countif(isnotempty(Error)),
    LastSeen = max(TimeGenerated)
    by ServerName, Method, ToolName
| order by Calls desc, ServerName asc, Method asc, ToolName asc",
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "mcp-errors",
        title: "Which MCP tools fail or are slow?",
        about: "Calls of tools with their share of errors in percent; how long they took and which codes they got is in \
            the gateway log, by `CorrelationId`.",
        questions: &[102],
        tables: &[MCP, GATEWAY],
        parameters: &[PERIOD, FROM, TO],
        kql: r#"ApiManagementGatewayMCPLog
| where {when}
| where Method == "tools/call"
| project CorrelationId, ServerName, ToolName, Error, ErrorType
| join kind=leftouter (
    ApiManagementGatewayLogs
    | where {when}
    | project CorrelationId, ResponseCode, TotalTime
) on CorrelationId
| summarize
    Calls = count(),
    Errors = countif(isnotempty(Error) or ResponseCode >= 400),
    ErrorTypes = make_set_if(ErrorType, isnotempty(ErrorType)),
    AverageMs = round(avg(TotalTime), 1),
    P95Ms = percentile(TotalTime, 95)
    by ServerName, ToolName
| extend ErrorPercent = round(100.0 * Errors / Calls, 2), ErrorTypes = strcat_array(array_sort_asc(ErrorTypes), ", ")
| order by ErrorPercent desc, Calls desc, ServerName asc, ToolName asc"#,
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "websocket-events",
        title: "What happens on WebSocket connections?",
        about: "Events of connections by name, source and destination, with how many connections had them and how many \
            had an error.",
        questions: &[103],
        tables: &[WEBSOCKET],
        parameters: &[PERIOD, FROM, TO],
        kql: r"ApiManagementWebSocketConnectionLogs
| where {when}
| summarize
    Events = count(),
    Connections = dcount(CorrelationId),
    Errors = countif(isnotempty(Error)),
    LastSeen = max(TimeGenerated)
    by EventName, Source, Destination
| order by Events desc, EventName asc, Source asc, Destination asc",
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "openai-resource-logs",
        title: "What does Azure OpenAI's own log say of the calls?",
        about: "Calls, throttled calls, times and tokens by deployment, model, version and kind of stream, from the \
            resource logs of Azure OpenAI, which has them in `AzureDiagnostics` only. Their details are a text \
            that has to be read first.",
        questions: &[104],
        tables: &[AZURE_DIAGNOSTICS],
        parameters: &[PERIOD, FROM, TO],
        kql: r#"AzureDiagnostics
| where {when}
| where ResourceProvider == "MICROSOFT.COGNITIVESERVICES"
| where Category == "RequestResponse"
| extend
    Details = parse_json(tostring(column_ifexists("properties_s", ""))),
    Code = tostring(column_ifexists("ResultSignature", ""))
| summarize
    Calls = count(),
    Throttled = countif(Code == "429"),
    AverageMs = round(avg(DurationMs), 1),
    P95Ms = percentile(DurationMs, 95),
    Prompt = sum(tolong(Details.promptTokens)),
    Completion = sum(tolong(Details.completionTokens))
    by
    Deployment = tostring(Details.modelDeploymentName),
    Model = tostring(Details.modelName),
    Version = tostring(Details.modelVersion),
    Stream = tostring(Details.streamType)
| order by Calls desc, Deployment asc, Model asc, Version asc, Stream asc"#,
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "capacity",
        title: "How loaded is the API Management service itself?",
        about: "Average and maximum of a platform metric per point in time and resource, such as `Capacity` in percent, \
            or `CpuPercent_Gateway` of the v2 tiers.",
        questions: &[105],
        tables: &[AZURE_METRICS],
        parameters: &[
            PERIOD,
            FROM,
            TO,
            step("5m"),
            string("metric", "Capacity", "The name of the metric."),
        ],
        kql: r"AzureMetrics
| where {when}
| where MetricName == {metric}
| summarize Average = round(avg(Average), 2), Maximum = max(Maximum) by bin(TimeGenerated, {step}), _ResourceId
| order by TimeGenerated asc, _ResourceId asc
| render timechart",
        example: &[("period", "1h"), ("step", "15m")],
        ..BASE
    },
    Recipe {
        id: "request-metrics",
        title: "How many requests do the platform metrics count, by outcome?",
        about: "All, successful, failed, unauthorized and other requests per point in time, as the metrics of the \
            service count them. They are old metrics; `Requests` took their place and has dimensions that this \
            table leaves out.",
        questions: &[105],
        tables: &[AZURE_METRICS],
        parameters: &[PERIOD, FROM, TO, step("1h")],
        kql: r#"AzureMetrics
| where {when}
| where MetricName in ("Requests", "TotalRequests", "SuccessfulRequests", "FailedRequests", "UnauthorizedRequests", "OtherRequests")
| summarize Requests = sum(Total) by bin(TimeGenerated, {step}), MetricName
| order by TimeGenerated asc, MetricName asc
| render timechart"#,
        example: &[("period", "2h")],
        ..BASE
    },
];
