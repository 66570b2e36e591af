//! Requests as such: all of them, the failed ones, one of them.

use super::{API, FROM, GATEWAY, PERIOD, ROWS, TO};
use crate::recipe::{Default, Kind, Parameter, Recipe};
use crate::text::{documentation, documented};

pub(super) const TRIAGE: Recipe = Recipe {
    id: "triage",
    title: documentation("Something is broken: which failure is it?"),
    about: documentation("Failed requests by code, reason and source. A reason means that the gateway itself failed the \
            request; codes without a reason come from the backend or from a policy of the API. Code 0 is a \
            caller that went away."),
    tables: &[GATEWAY],
    parameters: &[PERIOD, FROM, TO, API],
    kql: "ApiManagementGatewayLogs
| where TimeGenerated > ago({period})
| where TimeGenerated >= {from}
| where TimeGenerated < {to}
| where ApiId == {api}
| where ResponseCode >= 400 or ResponseCode == 0
| extend AnsweredBy = iff(isnull(BackendResponseCode), \"gateway\", \"backend\")
| summarize Failures = count(), FirstSeen = min(TimeGenerated), LastSeen = max(TimeGenerated), Apis = dcount(ApiId)
    by ResponseCode, LastErrorReason, LastErrorSource, AnsweredBy
| order by Failures desc, ResponseCode asc, LastErrorReason asc",
    example: documented(&[("period", "15m")]),
};

pub(super) const FAILURES_BY_COLUMN: Recipe = Recipe {
    id: "failures-by-column",
    title: documentation("Where do the failures pile up?"),
    about: documentation(
        "Requests and failures by any column of the gateway log, such as the API, the operation, the \
            backend, the caller or the region, and the share that failed.",
    ),
    tables: &[GATEWAY],
    parameters: &[
        Parameter {
            name: "column",
            kind: Kind::Column,
            default: Default::Value("ApiId"),
            about: documentation("The column whose values are compared."),
        },
        PERIOD,
        FROM,
        TO,
        ROWS,
    ],
    kql: "ApiManagementGatewayLogs
| where TimeGenerated > ago({period})
| where TimeGenerated >= {from}
| where TimeGenerated < {to}
| summarize
    Requests = count(),
    Failures = countif(ResponseCode >= 400 or ResponseCode == 0),
    LastSeen = max(TimeGenerated)
    by {column}
| extend FailedPercent = round(100.0 * Failures / Requests, 2)
| where Failures > 0
| top {rows} by Failures desc",
    example: documented(&[("column", "OperationId"), ("period", "1h")]),
};

pub(super) const REQUESTS: Recipe = Recipe {
    id: "requests",
    title: documentation("Which requests came through the gateway?"),
    about: documentation(
        "The newest requests, one a row. `ResponseCode` is what the caller saw, `BackendResponseCode` what \
            the backend answered; it is empty when no backend did.",
    ),
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
            about: documentation("Only requests with this response code or a higher one."),
        },
        ROWS,
    ],
    kql: "ApiManagementGatewayLogs
| where TimeGenerated > ago({period})
| where TimeGenerated >= {from}
| where TimeGenerated < {to}
| where ApiId == {api}
| where ResponseCode >= {least_code}
| project
    TimeGenerated,
    ApiId,
    OperationId,
    Method,
    Url,
    ResponseCode,
    BackendResponseCode,
    TotalTime,
    LastErrorReason,
    LastErrorMessage,
    LastErrorSource,
    CorrelationId
| top {rows} by TimeGenerated desc",
    example: documented(&[("period", "1h"), ("rows", "50")]),
};

pub(super) const ONE_REQUEST: Recipe = Recipe {
    id: "one-request",
    title: documentation("What happened to this one request?"),
    about: documentation(
        "All that the gateway log knows of one request: who called what, who answered, where it failed, and \
            where its time went, in milliseconds.",
    ),
    tables: &[GATEWAY],
    parameters: &[Parameter {
        name: "correlation_id",
        kind: Kind::String,
        default: Default::Required,
        about: documentation(
            "The `CorrelationId` of the request; the gateway answers it as `Request-Id` where traces are on.",
        ),
    }],
    kql: "ApiManagementGatewayLogs
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
    Errors",
    example: documented(&[("correlation_id", "b1f5e0c2-4a53-4c22-9d3f-0b7a5d8e9c10")]),
};
