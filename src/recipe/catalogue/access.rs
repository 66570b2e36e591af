//! Callers that are turned away.

use super::{API, BASE, FROM, GATEWAY, PERIOD, ROWS, TO, long, step};
use crate::recipe::Recipe;

pub(super) const RECIPES: &[Recipe] = &[
    Recipe {
        id: "unauthorized-by-reason",
        title: "Why do callers get 401 or 403?",
        about: "Requests answered with 401 or 403 by reason and message, and whether the gateway or the backend turned \
            the caller away. A refusal by the backend speaks of what the gateway sent on, not of the caller's \
            key.",
        questions: &[29],
        tables: &[GATEWAY],
        parameters: &[PERIOD, FROM, TO, API],
        kql: r#"ApiManagementGatewayLogs
| where {when}
| where ApiId == {api}
| where ResponseCode in (401, 403)
| extend AnsweredBy = iff(isnull(BackendResponseCode), "gateway", "backend")
| summarize
    Requests = count(),
    Callers = dcount(CallerIpAddress),
    Apis = dcount(ApiId),
    LastSeen = max(TimeGenerated)
    by ResponseCode, AnsweredBy, LastErrorReason, LastErrorMessage
| order by Requests desc, ResponseCode asc, LastErrorReason asc, LastErrorMessage asc, AnsweredBy asc"#,
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "unauthorized-over-time",
        title: "When are unusually many callers turned away?",
        about: "Requests answered with 401 or 403, in percent of all, per point in time.",
        questions: &[29],
        tables: &[GATEWAY],
        parameters: &[PERIOD, FROM, TO, API, step("15m")],
        kql: r#"ApiManagementGatewayLogs
| where {when}
| where ApiId == {api}
| summarize Requests = count(), Refused = countif(ResponseCode in (401, 403)) by bin(TimeGenerated, {step})
| project TimeGenerated, RefusedPercent = round(100.0 * Refused / Requests, 2)
| order by TimeGenerated asc
| render timechart with (ytitle = "refused requests in percent")"#,
        example: &[("period", "1h")],
        ..BASE
    },
    Recipe {
        id: "keys-out-of-scope",
        title: "Which callers hold a key that does not open this API?",
        about: "Requests with a key that the gateway did not accept for the API: a key of another product, of \
            another environment, or one that was withdrawn. Compare the products of `ApimSubscriptionId`, where \
            it is known, with those of the API.",
        tables: &[GATEWAY],
        parameters: &[PERIOD, FROM, TO, API, ROWS],
        kql: r#"ApiManagementGatewayLogs
| where {when}
| where ApiId == {api}
| where ResponseCode == 401
| where LastErrorReason == "SubscriptionKeyInvalid"
    or LastErrorMessage has_any ("invalid subscription key", "Subscription not found")
| project
    TimeGenerated,
    CallerIpAddress,
    ApiId,
    OperationId,
    ProductId,
    ApimSubscriptionId,
    LastErrorMessage,
    CorrelationId
| order by TimeGenerated desc, CorrelationId asc
| take {rows}"#,
        example: &[("period", "1d"), ("rows", "50")],
        ..BASE
    },
    Recipe {
        id: "probing-callers",
        title: "Which addresses probe for a way in?",
        about: "Addresses with many refused requests within an hour, and how many APIs and operations they tried.",
        questions: &[30],
        tables: &[GATEWAY],
        parameters: &[
            PERIOD,
            FROM,
            TO,
            long(
                "least",
                "10",
                "Fewer refused requests within an hour are left out.",
            ),
        ],
        kql: r#"ApiManagementGatewayLogs
| where {when}
| where ResponseCode in (401, 403)
| summarize
    Refused = count(),
    Apis = dcount(ApiId),
    Operations = dcount(strcat(ApiId, "/", OperationId)),
    FirstSeen = min(TimeGenerated),
    LastSeen = max(TimeGenerated)
    by CallerIpAddress, Hour = bin(TimeGenerated, 1h)
| where Refused >= {least}
| order by Hour desc, Refused desc, CallerIpAddress asc"#,
        example: &[("period", "1d"), ("least", "2")],
        ..BASE
    },
    Recipe {
        id: "throttled-callers",
        title: "Who is throttled, when and by whom?",
        about: "Requests answered with 429 by subscription and API per span of time, and whether a limit of the gateway \
            or of the backend was reached.",
        questions: &[31],
        tables: &[GATEWAY],
        parameters: &[PERIOD, FROM, TO, API, step("5m")],
        kql: r#"ApiManagementGatewayLogs
| where {when}
| where ApiId == {api}
| where ResponseCode == 429
| extend LimitOf = iff(isnull(BackendResponseCode), "gateway", "backend")
| summarize Throttled = count()
    by
    bin(TimeGenerated, {step}),
    Subscription = iff(isempty(ApimSubscriptionId), "none", ApimSubscriptionId),
    ApiId,
    LimitOf,
    LastErrorReason
| order by TimeGenerated desc, Throttled desc, Subscription asc, ApiId asc, LimitOf asc, LastErrorReason asc"#,
        example: &[("period", "1d"), ("step", "1h")],
        ..BASE
    },
];
