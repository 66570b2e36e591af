//! Backends: who serves, how well, and what retry and failover did.

use super::{API, BASE, FROM, GATEWAY, PERIOD, ROWS, TO, step, string};
use crate::recipe::{Parameter, Recipe};

/// What the `trace` policy inside a retry writes once for each attempt.
const MARKER: Parameter = string(
    "marker",
    "attempt",
    "The text that a `trace` policy inside the retry writes once for each attempt.",
);

pub(super) const RECIPES: &[Recipe] = &[
    Recipe {
        id: "backends",
        title: "How well does each backend do?",
        about: "Requests by backend: the share it answered well in percent, its times in milliseconds, and how often it \
            answered 429, 5XX or not at all.",
        questions: &[55, 57],
        tables: &[GATEWAY],
        parameters: &[PERIOD, FROM, TO, API],
        kql: r"ApiManagementGatewayLogs
| where {when}
| where ApiId == {api}
| where isnotempty(BackendId) or isnotempty(BackendUrl)
| summarize
    Requests = count(),
    Good = countif(BackendResponseCode < 400),
    Throttled = countif(BackendResponseCode == 429),
    ServerErrors = countif(BackendResponseCode >= 500),
    NoAnswer = countif(isnull(BackendResponseCode)),
    AverageMs = round(avg(BackendTime), 1),
    MaxMs = max(BackendTime)
    by BackendId, BackendHost = tostring(parse_url(BackendUrl).Host)
| extend GoodPercent = round(100.0 * Good / Requests, 2)
| project-away Good
| order by Requests desc, BackendId asc, BackendHost asc",
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "backend-distribution",
        title: "Is the load spread over the backends, over time?",
        about: "Requests per point in time, one line a backend.",
        questions: &[56],
        tables: &[GATEWAY],
        parameters: &[PERIOD, FROM, TO, API, step("5m")],
        kql: r"ApiManagementGatewayLogs
| where {when}
| where ApiId == {api}
| where isnotempty(BackendId)
| summarize Requests = count() by bin(TimeGenerated, {step}), BackendId
| order by TimeGenerated asc, BackendId asc
| render timechart",
        example: &[("period", "2h"), ("step", "30m")],
        ..BASE
    },
    Recipe {
        id: "backend-distribution-table",
        title: "How many requests does each backend get, side by side?",
        about: "Requests per span of time with one column a backend.",
        questions: &[56],
        tables: &[GATEWAY],
        parameters: &[PERIOD, FROM, TO, API, step("5m")],
        kql: r"ApiManagementGatewayLogs
| where {when}
| where ApiId == {api}
| where isnotempty(BackendId)
| summarize Requests = count() by TimeGenerated = bin(TimeGenerated, {step}), BackendId
| evaluate pivot(BackendId, sum(Requests))
| order by TimeGenerated asc",
        example: &[("period", "2h"), ("step", "30m"), ("api", "orders")],
        ..BASE
    },
    Recipe {
        id: "failover-outcomes",
        title: "What did retry and failover achieve?",
        about: "Requests by how they ended: served at the first attempt, served after a retry, or failed for the caller \
            with 429, 5XX or else. Attempts are counted in the trace of the request.",
        questions: &[58],
        tables: &[GATEWAY],
        parameters: &[PERIOD, FROM, TO, API, MARKER],
        kql: r#"ApiManagementGatewayLogs
| where {when}
| where ApiId == {api}
| extend Attempts = countof(tostring(TraceRecords), {marker})
| where Attempts > 0
| extend Outcome = case(
    ResponseCode == 429, "caller saw 429",
    ResponseCode >= 500, "caller saw 5XX",
    ResponseCode >= 400 or ResponseCode == 0, "caller saw another failure",
    Attempts == 1, "served at the first attempt",
    "served after a retry")
| summarize Requests = count(), AverageAttempts = round(avg(Attempts), 2), AverageMs = round(avg(TotalTime), 1) by Outcome
| order by Requests desc, Outcome asc"#,
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "attempts-per-call",
        title: "How many attempts does a call need, and what do they cost?",
        about: "Requests by number of attempts, counted in the trace of the request, with the time that the backends \
            took in milliseconds.",
        questions: &[59],
        tables: &[GATEWAY],
        parameters: &[PERIOD, FROM, TO, API, MARKER],
        kql: r"ApiManagementGatewayLogs
| where {when}
| where ApiId == {api}
| extend Attempts = countof(tostring(TraceRecords), {marker})
| where Attempts > 0
| summarize
    Requests = count(),
    Failures = countif(ResponseCode >= 400 or ResponseCode == 0),
    AverageBackendMs = round(avg(BackendTime), 1),
    AverageMs = round(avg(TotalTime), 1)
    by Attempts
| order by Attempts asc",
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "served-by-pool",
        title: "Which pool served the calls, and how many spilled over?",
        about: "Requests by the pool that a policy names in a response header, such as provisioned or pay-as-you-go, \
            with its share in percent. Headers are logged where the diagnostic setting lists them, and are \
            found by their exact spelling.",
        questions: &[61],
        tables: &[GATEWAY],
        parameters: &[
            PERIOD,
            FROM,
            TO,
            API,
            string(
                "header",
                "x-backend-pool",
                "The response header that names the pool.",
            ),
            string(
                "spillover",
                "x-spillover",
                "The response header that is `true` when the call spilled over.",
            ),
        ],
        kql: r#"let calls = materialize(
    ApiManagementGatewayLogs
    | where {when}
    | where ApiId == {api}
    | project
        Pool = tostring(ResponseHeaders[{header}]),
        IsSpillover = tostring(ResponseHeaders[{spillover}]) =~ "true",
        TotalTime
    | where isnotempty(Pool)
);
let total = toscalar(calls | count);
calls
| summarize Requests = count(), Spilled = countif(IsSpillover), AverageMs = round(avg(TotalTime), 1) by Pool
| extend Percent = round(100.0 * Requests / total, 2)
| order by Requests desc, Pool asc
| render piechart"#,
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "route-trail",
        title: "Which route did each call take?",
        about: "The newest requests with the route and the attempts that a policy writes into response headers.",
        questions: &[62],
        tables: &[GATEWAY],
        parameters: &[
            PERIOD,
            FROM,
            TO,
            API,
            string(
                "header",
                "x-route",
                "The response header that names the route.",
            ),
            string(
                "attempts",
                "x-attempts",
                "The response header that lists the attempts.",
            ),
            ROWS,
        ],
        kql: r"ApiManagementGatewayLogs
| where {when}
| where ApiId == {api}
| extend Route = tostring(ResponseHeaders[{header}]), Attempts = tostring(ResponseHeaders[{attempts}])
| where isnotempty(Route) or isnotempty(Attempts)
| project TimeGenerated, ApiId, ResponseCode, Route, Attempts, TotalTime, CorrelationId
| order by TimeGenerated desc, CorrelationId asc
| take {rows}",
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "regions",
        title: "In which regions are calls answered?",
        about: "Requests by region of the gateway and, where the backend says it in a header, region of the backend.",
        questions: &[63],
        tables: &[GATEWAY],
        parameters: &[
            PERIOD,
            FROM,
            TO,
            API,
            string(
                "header",
                "x-ms-region",
                "The header of the backend's response that names its region.",
            ),
        ],
        kql: r"ApiManagementGatewayLogs
| where {when}
| where ApiId == {api}
| extend BackendRegion = tostring(BackendResponseHeaders[{header}])
| summarize Requests = count(), AverageMs = round(avg(TotalTime), 1), AverageBackendMs = round(avg(BackendTime), 1)
    by Region, BackendRegion
| order by Requests desc, Region asc, BackendRegion asc",
        example: &[("period", "1d")],
        ..BASE
    },
];
