//! Requests as such: all of them, the failed ones, one of them.

use super::{
    API, APP_DEPENDENCIES, APP_EXCEPTIONS, APP_REQUESTS, BASE, FROM, GATEWAY, LANGUAGE_MODEL, MCP,
    PERIOD, ROWS, TO, column,
};
use crate::recipe::{Default, Kind, Parameter, Recipe};

const CORRELATION_ID: Parameter = Parameter {
    name: "correlation_id",
    kind: Kind::String,
    default: Default::Required,
    about: "The `CorrelationId` of the request; the gateway answers it as `Request-Id` where traces are on.",
};

pub(super) const RECIPES: &[Recipe] = &[
    Recipe {
        id: "triage",
        title: "Something is broken: which failure is it?",
        about: "Failed requests by code, reason and source. A reason means that the gateway itself failed the \
            request; codes without a reason come from the backend or from a policy of the API. Code 0 is a \
            caller that went away.",
        questions: &[18],
        tables: &[GATEWAY],
        parameters: &[PERIOD, FROM, TO, API],
        kql: r#"ApiManagementGatewayLogs
| where {when}
| where ApiId == {api}
| where ResponseCode >= 400 or ResponseCode == 0
| extend AnsweredBy = iff(isnull(BackendResponseCode), "gateway", "backend")
| summarize Failures = count(), FirstSeen = min(TimeGenerated), LastSeen = max(TimeGenerated), Apis = dcount(ApiId)
    by ResponseCode, LastErrorReason, LastErrorSource, AnsweredBy
| order by Failures desc, ResponseCode asc, LastErrorReason asc, LastErrorSource asc, AnsweredBy asc"#,
        example: &[("period", "1h")],
        ..BASE
    },
    Recipe {
        id: "failures-by-column",
        title: "Where do the failures pile up?",
        about: "Requests and failures by any column of the gateway log, such as the API, the operation, the \
            backend, the caller or the region, and the share that failed.",
        tables: &[GATEWAY],
        parameters: &[column("ApiId"), PERIOD, FROM, TO, ROWS],
        kql: r"ApiManagementGatewayLogs
| where {when}
| summarize
    Requests = count(),
    Failures = countif(ResponseCode >= 400 or ResponseCode == 0),
    LastSeen = max(TimeGenerated)
    by {column}
| where Failures > 0
| extend FailedPercent = round(100.0 * Failures / Requests, 2)
| order by Failures desc, {column} asc
| take {rows}",
        example: &[("column", "OperationId"), ("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "requests",
        title: "Which requests came through the gateway?",
        about: "The newest requests, one a row. `ResponseCode` is what the caller saw, `BackendResponseCode` what \
            the backend answered; it is empty when no backend did. Times are in milliseconds.",
        questions: &[12, 17],
        tables: &[GATEWAY],
        parameters: &[
            PERIOD,
            FROM,
            TO,
            API,
            Parameter {
                name: "least_code",
                kind: Kind::Long,
                default: Default::LeftOut,
                about: "Only requests with this response code or a higher one; 400 leaves the failed ones.",
            },
            ROWS,
        ],
        kql: r"ApiManagementGatewayLogs
| where {when}
| where ApiId == {api}
| where ResponseCode >= {least_code}
| project
    TimeGenerated,
    CallerIpAddress,
    ApiId,
    OperationId,
    Method,
    Url,
    ResponseCode,
    BackendResponseCode,
    TotalTime,
    BackendTime,
    LastErrorReason,
    LastErrorMessage,
    LastErrorSource,
    CorrelationId
| order by TimeGenerated desc, CorrelationId asc
| take {rows}",
        example: &[("period", "1h"), ("rows", "5")],
        ..BASE
    },
    Recipe {
        id: "one-request",
        title: "What happened to this one request?",
        about: "All that the gateway log knows of one request: who called what, who answered, where it failed, and \
            where its time went, in milliseconds.",
        tables: &[GATEWAY],
        parameters: &[CORRELATION_ID, PERIOD, FROM, TO],
        kql: r"ApiManagementGatewayLogs
| where {when}
| where CorrelationId == {correlation_id}
| extend GatewayTime = TotalTime - coalesce(BackendTime, 0) - coalesce(ClientTime, 0)
| project
    TimeGenerated,
    CallerIpAddress,
    ApimSubscriptionId,
    ProductId,
    ApiId,
    OperationId,
    Method,
    Url,
    ResponseCode,
    BackendId,
    BackendUrl,
    BackendResponseCode,
    LastErrorSource,
    LastErrorReason,
    LastErrorMessage,
    LastErrorSection,
    TotalTime,
    BackendTime,
    ClientTime,
    GatewayTime,
    Errors
| order by TimeGenerated asc",
        example: &[("correlation_id", "chat-001"), ("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "request-across-logs",
        title: "What do all logs say about this one request?",
        about: "The rows of one `CorrelationId` in the gateway log, the log of the language models, the MCP log and \
            Application Insights, in the order of time. Application Insights has it as `Request Id` among the \
            properties of a request; dependencies and exceptions follow by `OperationId`.",
        questions: &[35],
        tables: &[
            GATEWAY,
            LANGUAGE_MODEL,
            MCP,
            APP_REQUESTS,
            APP_DEPENDENCIES,
            APP_EXCEPTIONS,
        ],
        parameters: &[CORRELATION_ID, PERIOD, FROM, TO],
        kql: r#"let id = {correlation_id};
let operation = toscalar(
    AppRequests
    | where {when}
    | where tostring(Properties["Request Id"]) == id
    | summarize max(OperationId)
);
union kind=outer
    (
        ApiManagementGatewayLogs
        | where {when}
        | where CorrelationId == id
        | project
            TimeGenerated,
            Log = "gateway",
            What = strcat(Method, " ", Url),
            Outcome = tostring(ResponseCode),
            Detail = strcat_delim(" · ", ApiId, BackendUrl, LastErrorReason, LastErrorMessage)
    ),
    (
        ApiManagementGatewayLlmLog
        | where {when}
        | where CorrelationId == id
        | project
            TimeGenerated,
            Log = "language model",
            What = iff(SequenceNumber == 0, strcat(DeploymentName, " ", ModelName), "messages"),
            Outcome = iff(SequenceNumber == 0, strcat(TotalTokens, " tokens"), ""),
            Detail = strcat(tostring(RequestMessages), tostring(ResponseMessages))
    ),
    (
        ApiManagementGatewayMCPLog
        | where {when}
        | where CorrelationId == id
        | project
            TimeGenerated,
            Log = "MCP",
            What = strcat(Method, " ", ToolName),
            Outcome = iff(isempty(Error), "ok", Error),
            Detail = strcat_delim(" · ", ServerName, ClientName, SessionId)
    ),
    (
        AppRequests
        | where {when}
        | where tostring(Properties["Request Id"]) == id
        | project TimeGenerated, Log = "request", What = Name, Outcome = ResultCode, Detail = Url
    ),
    (
        AppDependencies
        | where {when}
        | where isnotempty(operation) and OperationId == operation
        | project TimeGenerated, Log = "dependency", What = Name, Outcome = ResultCode, Detail = Data
    ),
    (
        AppExceptions
        | where {when}
        | where isnotempty(operation) and OperationId == operation
        | project TimeGenerated, Log = "exception", What = ExceptionType, Outcome = ProblemId, Detail = OuterMessage
    )
| order by TimeGenerated asc, Log asc, Detail asc"#,
        example: &[("correlation_id", "chat-001"), ("period", "1d")],
        ..BASE
    },
];
