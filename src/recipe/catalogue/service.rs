//! What stands beside the gateway log: MCP, `WebSocket`, the log of Azure OpenAI, platform metrics.
//!
//! MCP and `WebSocket` rows know no API, caller, code or time taken: the gateway row of the same
//! `CorrelationId` does, one row an id. No documentation lists the names of `WebSocket` events; an
//! event closes a connection when its name says so in any of the usual words.

use super::{
    AZURE_ACTIVITY, AZURE_DIAGNOSTICS, AZURE_METRICS, BASE, FROM, GATEWAY, MCP, PERIOD, ROWS, TO,
    WEBSOCKET, column, step, string, timespan,
};
use crate::recipe::Recipe;

/// One row a connection, with the gateway row of its handshake.
macro_rules! connections {
    () => {
        r#"ApiManagementWebSocketConnectionLogs
| where {when}
| extend
    IsClose = EventName matches regex "(?i)clos|disconnect|terminat|abort",
    IsFailure = EventName matches regex "(?i)fail|error|reject" or isnotempty(Error)
| order by CorrelationId asc, TimeGenerated asc
| summarize
    Opened = min(TimeGenerated),
    LastSeen = max(TimeGenerated),
    ClosedAt = maxif(TimeGenerated, IsClose),
    ClosedBy = make_set_if(Source, IsClose),
    Events = count(),
    EventNames = make_list(EventName, 20),
    Errors = countif(isnotempty(Error)),
    ErrorTexts = make_set_if(Error, isnotempty(Error)),
    Failures = countif(IsFailure)
    by CorrelationId
| extend End = case(Failures > 0, "failed", isnotnull(ClosedAt), "closed", "")
| join kind=leftouter (
    ApiManagementGatewayLogs
    | where {when}
    | summarize arg_min(TimeGenerated, ApiId, OperationId, ApimSubscriptionId, CallerIpAddress, ResponseCode, TotalTime)
        by CorrelationId
    | project-away TimeGenerated
) on CorrelationId
| project
    Opened,
    End,
    Duration = iff(End == "", timespan(null), coalesce(ClosedAt, LastSeen) - Opened),
    ClosedBy = strcat_array(array_sort_asc(ClosedBy), ", "),
    Events,
    EventNames = strcat_array(EventNames, ", "),
    Errors,
    Error = strcat_array(array_sort_asc(ErrorTexts), "; "),
    ApiId,
    OperationId,
    ApimSubscriptionId,
    CallerIpAddress,
    ResponseCode,
    TotalTime,
    CorrelationId
"#
    };
}

pub(super) const RECIPES: &[Recipe] = &[
    Recipe {
        id: "mcp-usage",
        title: "Which MCP servers and tools are used, and by whom?",
        about: "Messages by MCP server, method and tool, with how many clients and sessions sent them and how long the \
            gateway took for them.",
        questions: &[101],
        tables: &[MCP, GATEWAY],
        parameters: &[PERIOD, FROM, TO],
        kql: r"ApiManagementGatewayMCPLog
| where {when}
| project TimeGenerated, CorrelationId, ServerName, Method, ToolName, ClientName, SessionId, Error
| join kind=leftouter (
    ApiManagementGatewayLogs
    | where {when}
    | summarize TotalTime = max(TotalTime) by CorrelationId
) on CorrelationId
| summarize
    Calls = count(),
    Clients = dcountif(ClientName, isnotempty(ClientName)),
    Sessions = dcountif(SessionId, isnotempty(SessionId)),
    Errors = countif(isnotempty(Error)),
    AverageMs = round(avg(TotalTime), 1),
    P95Ms = percentile(TotalTime, 95),
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
    | summarize ResponseCode = max(ResponseCode), TotalTime = max(TotalTime) by CorrelationId
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
        id: "mcp-failures",
        title: "Which MCP messages failed, and what did the gateway say of them?",
        about: "Failed messages one by one, newest first, with the gateway row of the same `CorrelationId`: its code, \
            reason, API, subscription and caller. Without a code the gateway log has no such row.",
        questions: &[102],
        tables: &[MCP, GATEWAY],
        parameters: &[PERIOD, FROM, TO, ROWS],
        kql: r"ApiManagementGatewayMCPLog
| where {when}
| project
    TimeGenerated,
    CorrelationId,
    ServerName,
    Method,
    ToolName,
    ClientName,
    SessionId,
    ErrorType,
    Error
| join kind=leftouter (
    ApiManagementGatewayLogs
    | where {when}
    | summarize
        arg_max(TimeGenerated, ResponseCode, LastErrorReason, TotalTime, ApiId, ApimSubscriptionId, CallerIpAddress)
        by CorrelationId
    | project-away TimeGenerated
) on CorrelationId
| where isnotempty(Error) or ResponseCode >= 400
| project-away CorrelationId1
| order by TimeGenerated desc, CorrelationId asc, Method asc, ToolName asc
| take {rows}",
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "mcp-clients",
        title: "Which MCP clients are used, in which versions, and from where?",
        about: "Clients by name, version and server: sessions, messages, calls of tools, errors, addresses and \
            subscriptions, the last two by the gateway rows.",
        questions: &[101],
        tables: &[MCP, GATEWAY],
        parameters: &[PERIOD, FROM, TO],
        kql: r#"ApiManagementGatewayMCPLog
| where {when}
| project TimeGenerated, CorrelationId, ClientName, ClientVersion, ServerName, SessionId, Method, Error
| join kind=leftouter (
    ApiManagementGatewayLogs
    | where {when}
    | summarize
        CallerIpAddress = take_any(CallerIpAddress),
        ApimSubscriptionId = take_any(ApimSubscriptionId)
        by CorrelationId
) on CorrelationId
| summarize
    Sessions = dcountif(SessionId, isnotempty(SessionId)),
    Messages = count(),
    ToolCalls = countif(Method == "tools/call"),
    Errors = countif(isnotempty(Error)),
    Addresses = dcountif(CallerIpAddress, isnotempty(CallerIpAddress)),
    Subscriptions = make_set_if(ApimSubscriptionId, isnotempty(ApimSubscriptionId)),
    FirstSeen = min(TimeGenerated),
    LastSeen = max(TimeGenerated)
    by ClientName, ClientVersion, ServerName
| extend Subscriptions = strcat_array(array_sort_asc(Subscriptions), ", ")
| order by Messages desc, ClientName asc, ClientVersion asc, ServerName asc"#,
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "mcp-sessions",
        title: "What happened in each MCP session?",
        about: "Sessions, newest first: client, server, how long between first and last message, the tools that were \
            called, errors, and how long the gateway took in all. Messages without a session are left out.",
        questions: &[101],
        tables: &[MCP, GATEWAY],
        parameters: &[PERIOD, FROM, TO, ROWS],
        kql: r#"ApiManagementGatewayMCPLog
| where {when}
| where isnotempty(SessionId)
| project TimeGenerated, CorrelationId, SessionId, ServerName, ClientName, Method, ToolName, Error
| join kind=leftouter (
    ApiManagementGatewayLogs
    | where {when}
    | summarize TotalTime = max(TotalTime), ResponseCode = max(ResponseCode) by CorrelationId
) on CorrelationId
| summarize
    FirstSeen = min(TimeGenerated),
    LastSeen = max(TimeGenerated),
    Messages = count(),
    ToolCalls = countif(Method == "tools/call"),
    Tools = make_set_if(ToolName, isnotempty(ToolName)),
    Errors = countif(isnotempty(Error) or ResponseCode >= 400),
    GatewayMs = sum(TotalTime)
    by SessionId, ServerName, ClientName
| project
    FirstSeen,
    Duration = LastSeen - FirstSeen,
    SessionId,
    ServerName,
    ClientName,
    Messages,
    ToolCalls,
    Tools = strcat_array(array_sort_asc(Tools), ", "),
    Errors,
    GatewayMs
| order by FirstSeen desc, SessionId asc, ServerName asc, ClientName asc
| take {rows}"#,
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "mcp-over-time",
        title: "How many MCP messages are there, over time?",
        about: "Messages per point in time, one line a server, tool, method, client or another column.",
        questions: &[101],
        tables: &[MCP],
        parameters: &[column("ServerName"), PERIOD, FROM, TO, step("1h")],
        kql: r"ApiManagementGatewayMCPLog
| where {when}
| summarize Messages = count() by bin(TimeGenerated, {step}), {column}
| order by TimeGenerated asc, {column} asc
| render timechart",
        example: &[("period", "1h"), ("step", "1m"), ("column", "ClientName")],
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
        id: "websocket-connections",
        title: "How long was each WebSocket connection open, and how did it end?",
        about: "Connections, newest first: from the first event to the one that closed it, who closed it, events (the first 20 by name) and \
            errors, and the gateway row of the handshake with API, subscription, caller and code. Without an end the \
            log has none: the connection is open or its last rows are not there.",
        questions: &[103],
        tables: &[WEBSOCKET, GATEWAY],
        parameters: &[PERIOD, FROM, TO, ROWS],
        kql: concat!(
            connections!(),
            r#"| order by Opened desc, CorrelationId asc
| take {rows}"#
        ),
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "websocket-durations",
        title: "How many WebSocket connections does each API have, and how long?",
        about: "Connections by API: how many ended, failed or show no end, and the average, 95th percentile and longest \
            time between the first event and the close in seconds, of those that were closed.",
        questions: &[103],
        tables: &[WEBSOCKET, GATEWAY],
        parameters: &[PERIOD, FROM, TO],
        kql: concat!(
            connections!(),
            r#"| extend Seconds = Duration / 1s
| summarize
    Connections = count(),
    Closed = countif(End == "closed"),
    Failed = countif(End == "failed"),
    WithoutEnd = countif(End == ""),
    Errors = sum(Errors),
    AverageSeconds = round(avgif(Seconds, End == "closed"), 1),
    P95Seconds = round(percentile(iff(End == "closed", Seconds, real(null)), 95), 1),
    LongestSeconds = round(maxif(Seconds, End == "closed"), 1)
    by ApiId
| order by Connections desc, ApiId asc"#
        ),
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "websocket-over-time",
        title: "How many WebSocket events are there, over time?",
        about: "Events per point in time, one line an event name, source or another column.",
        questions: &[103],
        tables: &[WEBSOCKET],
        parameters: &[column("EventName"), PERIOD, FROM, TO, step("1h")],
        kql: r"ApiManagementWebSocketConnectionLogs
| where {when}
| summarize Events = count() by bin(TimeGenerated, {step}), {column}
| order by TimeGenerated asc, {column} asc
| render timechart",
        example: &[("period", "2h"), ("step", "10m")],
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
    Recipe {
        id: "counted-requests",
        title: "Are all requests in the log that the service counted?",
        about: "Requests per point in time, by the metric of the service and in the log. Fewer rows than requests speak \
            of sampling, of a category that is not routed everywhere, or of telemetry that was lost.",
        questions: &[105],
        tables: &[GATEWAY, AZURE_METRICS],
        parameters: &[PERIOD, FROM, TO, step("1h")],
        kql: r#"union
    (
    AzureMetrics
    | where {when}
    | where MetricName == "Requests"
    | project TimeGenerated, Counted = tolong(Total), Rows = 0
    ),
    (
    ApiManagementGatewayLogs
    | where {when}
    | project TimeGenerated, Counted = 0, Rows = 1
    )
| summarize Counted = sum(Counted), Rows = sum(Rows) by bin(TimeGenerated, {step})
| extend Missing = max_of(Counted - Rows, 0)
| order by TimeGenerated asc"#,
        example: &[("period", "2h")],
        ..BASE
    },
    Recipe {
        id: "changes",
        title: "Who changed what, and did more requests fail after it?",
        about: "Operations of the activity log, with the requests and the failed ones (400 and 5xx) in the span before and \
            after each. What comes after a change need not come from it.",
        questions: &[],
        tables: &[GATEWAY, AZURE_ACTIVITY],
        parameters: &[
            PERIOD,
            FROM,
            TO,
            timespan(
                "span",
                "30m",
                "How long before and after a change requests are counted.",
            ),
            ROWS,
        ],
        kql: r#"let Minutes =
    ApiManagementGatewayLogs
    | where {when}
    | summarize
        Requests = count(),
        Failed = countif(ResponseCode == 400 or ResponseCode between (500 .. 599))
        by Minute = bin(TimeGenerated, 1m);
AzureActivity
| where {when}
| where CategoryValue !in~ ("Policy", "Recommendation")
| summarize
    Began = min(TimeGenerated),
    arg_max(TimeGenerated, ActivityStatusValue),
    Caller = take_anyif(Caller, isnotempty(Caller))
    by CorrelationId, OperationNameValue, _ResourceId
| mv-expand Minute = range(bin(Began, 1m) - {span}, bin(Began, 1m) + {span} - 1m, 1m) to typeof(datetime)
| lookup kind=leftouter Minutes on Minute
| summarize
    RequestsBefore = sumif(Requests, Minute < bin(Began, 1m)),
    FailedBefore = sumif(Failed, Minute < bin(Began, 1m)),
    RequestsAfter = sumif(Requests, Minute >= bin(Began, 1m)),
    FailedAfter = sumif(Failed, Minute >= bin(Began, 1m))
    by
    Began,
    Caller,
    Operation = OperationNameValue,
    Status = ActivityStatusValue,
    _ResourceId
| extend MoreFailed = FailedAfter - FailedBefore
| order by MoreFailed desc, Began asc, Operation asc
| take {rows}"#,
        example: &[("period", "3h")],
        ..BASE
    },
];
