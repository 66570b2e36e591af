//! What fails, why, and who answered.

use super::{API, BASE, FROM, GATEWAY, PERIOD, ROWS, TO, column, long, step, string};
use crate::recipe::Recipe;

pub(super) const RECIPES: &[Recipe] = &[
    Recipe {
        id: "failures-by-origin",
        title: "Did the backend fail, the gateway, or the caller?",
        about: "Failed requests by who is to ask: the backend that answered with an error, the connection to it, a \
            limit, the check of the caller, a caller that went away, or else a policy.",
        questions: &[19],
        tables: &[GATEWAY],
        parameters: &[PERIOD, FROM, TO, API],
        kql: r#"ApiManagementGatewayLogs
| where {when}
| where ApiId == {api}
| where ResponseCode >= 400 or ResponseCode == 0
| extend Origin = case(
    ResponseCode == 0 or LastErrorReason == "ClientConnectionFailure", "caller went away",
    BackendResponseCode >= 400, "backend",
    LastErrorReason == "BackendConnectionFailure", "connection to the backend",
    ResponseCode == 429 or LastErrorReason in ("RateLimitExceeded", "QuotaExceeded"), "limit of the gateway",
    ResponseCode == 401 or LastErrorSource in ("authorization", "validate-jwt", "validate-azure-ad-token",
        "validate-client-certificate", "ip-filter", "check-header"), "check of the caller",
    isnotempty(LastErrorReason), "policy or configuration",
    "answer of a policy")
| summarize Failures = count(), Apis = dcount(ApiId), LastSeen = max(TimeGenerated) by Origin
| order by Failures desc, Origin asc"#,
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "codes-over-time",
        title: "Which status codes are answered, over time?",
        about: "Requests per point in time by response code, stacked. Code 0 is a caller that went away.",
        questions: &[20],
        tables: &[GATEWAY],
        parameters: &[PERIOD, FROM, TO, API, step("5m")],
        kql: r"ApiManagementGatewayLogs
| where {when}
| where ApiId == {api}
| summarize Requests = count() by bin(TimeGenerated, {step}), Code = tostring(ResponseCode)
| order by TimeGenerated asc, Code asc
| render areachart with (kind = stacked)",
        example: &[("period", "2h"), ("step", "30m")],
        ..BASE
    },
    Recipe {
        id: "code-classes-over-time",
        title: "Which classes of status codes are answered, over time?",
        about: "Requests per point in time by class of the response code, from 1XX to 5XX, stacked.",
        questions: &[21],
        tables: &[GATEWAY],
        parameters: &[PERIOD, FROM, TO, API, step("5m")],
        kql: r#"ApiManagementGatewayLogs
| where {when}
| where ApiId == {api}
| extend Class = case(
    ResponseCode between (100 .. 199), "1XX",
    ResponseCode between (200 .. 299), "2XX",
    ResponseCode between (300 .. 399), "3XX",
    ResponseCode between (400 .. 499), "4XX",
    ResponseCode between (500 .. 599), "5XX",
    "none")
| summarize Requests = count() by bin(TimeGenerated, {step}), Class
| order by TimeGenerated asc, Class asc
| render areachart with (kind = stacked)"#,
        example: &[("period", "2h"), ("step", "30m")],
        ..BASE
    },
    Recipe {
        id: "error-rate-over-time",
        title: "Which share of the requests fails, over time?",
        about: "Failed requests in percent of all, per point in time.",
        questions: &[22],
        tables: &[GATEWAY],
        parameters: &[PERIOD, FROM, TO, API, step("1h")],
        kql: r#"ApiManagementGatewayLogs
| where {when}
| where ApiId == {api}
| summarize Requests = count(), Failures = countif(ResponseCode >= 400 or ResponseCode == 0)
    by bin(TimeGenerated, {step})
| project TimeGenerated, FailedPercent = round(100.0 * Failures / Requests, 2)
| order by TimeGenerated asc
| render timechart with (ytitle = "failed requests in percent")"#,
        example: &[("period", "3h"), ("step", "30m")],
        ..BASE
    },
    Recipe {
        id: "error-rate-per-api",
        title: "Which APIs have the highest error rate?",
        about: "Requests by API, and the share that failed with 4XX, with 5XX, and at all, in percent.",
        questions: &[22],
        tables: &[GATEWAY],
        parameters: &[PERIOD, FROM, TO],
        kql: r"ApiManagementGatewayLogs
| where {when}
| summarize
    Requests = count(),
    ClientErrors = countif(ResponseCode between (400 .. 499)),
    ServerErrors = countif(ResponseCode >= 500),
    Failures = countif(ResponseCode >= 400 or ResponseCode == 0)
    by ApiId
| extend
    ClientErrorPercent = round(100.0 * ClientErrors / Requests, 2),
    ServerErrorPercent = round(100.0 * ServerErrors / Requests, 2),
    FailedPercent = round(100.0 * Failures / Requests, 2)
| project ApiId, Requests, ClientErrorPercent, ServerErrorPercent, FailedPercent
| order by FailedPercent desc, Requests desc, ApiId asc",
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "failing-urls",
        title: "Which URLs fail the most, with which status?",
        about: "Failed requests by URL without its query, and response code.",
        questions: &[23],
        tables: &[GATEWAY],
        parameters: &[PERIOD, FROM, TO, API, super::rows("10")],
        kql: r#"ApiManagementGatewayLogs
| where {when}
| where ApiId == {api}
| where ResponseCode >= 400 or ResponseCode == 0
| extend Address = tostring(split(Url, "?")[0])
| summarize Failures = count(), LastSeen = max(TimeGenerated) by Address, ResponseCode
| order by Failures desc, Address asc, ResponseCode asc
| take {rows}"#,
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "failing-operations",
        title: "Which operations fail the most, with which code?",
        about: "Failed requests by API, operation and response code, and their share of the operation's requests.",
        questions: &[24],
        tables: &[GATEWAY],
        parameters: &[PERIOD, FROM, TO, API, super::rows("10")],
        kql: r"let requests = materialize(
    ApiManagementGatewayLogs
    | where {when}
    | where ApiId == {api}
    | summarize Requests = count() by ApiId, OperationId, ResponseCode
);
requests
| where ResponseCode >= 400 or ResponseCode == 0
| join kind=inner (
    requests
    | summarize AllRequests = sum(Requests) by ApiId, OperationId
) on ApiId, OperationId
| project ApiId, OperationId, ResponseCode, Failures = Requests, Percent = round(100.0 * Requests / AllRequests, 2)
| order by Failures desc, ApiId asc, OperationId asc, ResponseCode asc
| take {rows}",
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "outcomes-by-column",
        title: "How do requests end, how long do they take, how much do they carry?",
        about: "Requests in the four classes of the portal's analytics (successful, failed, unauthorized, other), with \
            times and bytes, by API, operation, product, subscription, user, region or any other column.",
        questions: &[25],
        tables: &[GATEWAY],
        parameters: &[column("ApiId"), PERIOD, FROM, TO, ROWS],
        kql: r"ApiManagementGatewayLogs
| where {when}
| summarize
    Requests = count(),
    Successful = countif(ResponseCode > 0 and ResponseCode < 400),
    Failed = countif(ResponseCode == 400 or ResponseCode between (500 .. 599)),
    Unauthorized = countif(ResponseCode in (401, 403, 429)),
    AverageMs = round(avg(TotalTime), 1),
    AverageBackendMs = round(avg(BackendTime), 1),
    MaxMs = max(TotalTime),
    Bytes = sum(RequestSize) + sum(ResponseSize)
    by {column}
| extend Other = Requests - Successful - Failed - Unauthorized
| project-reorder {column}, Requests, Successful, Failed, Unauthorized, Other
| order by Requests desc, {column} asc
| take {rows}",
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "gateway-errors",
        title: "Which backends cause 502, 503 and 504?",
        about: "Requests answered with 502, 503 or 504 by backend, code of the backend and message. Without a code of \
            the backend the gateway made the answer itself.",
        questions: &[32],
        tables: &[GATEWAY],
        parameters: &[PERIOD, FROM, TO, API],
        kql: r"ApiManagementGatewayLogs
| where {when}
| where ApiId == {api}
| where ResponseCode in (502, 503, 504)
| summarize Failures = count(), FirstSeen = min(TimeGenerated), LastSeen = max(TimeGenerated)
    by
    ResponseCode,
    BackendId,
    BackendHost = tostring(parse_url(BackendUrl).Host),
    BackendResponseCode,
    LastErrorReason,
    LastErrorMessage
| order by Failures desc, LastSeen desc, ResponseCode asc, BackendId asc, LastErrorMessage asc",
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "gateway-and-backend-disagree",
        title: "Where do gateway and backend disagree?",
        about: "Requests that ended with 5XX although the backend answered well, or was never asked: a policy, a limit \
            of time, or a connection is to blame, not the backend's code.",
        questions: &[33],
        tables: &[GATEWAY],
        parameters: &[PERIOD, FROM, TO, API, ROWS],
        kql: r#"ApiManagementGatewayLogs
| where {when}
| where ApiId == {api}
| where ResponseCode >= 500
| where isnull(BackendResponseCode) or BackendResponseCode < 400
| extend Backend = iff(isnull(BackendResponseCode), "gave no answer", "answered well")
| summarize Failures = count(), LastSeen = max(TimeGenerated), SampleId = max(CorrelationId)
    by ApiId, OperationId, ResponseCode, Backend, LastErrorSource, LastErrorReason
| order by Failures desc, LastSeen desc, ApiId asc, ResponseCode asc, LastErrorReason asc
| take {rows}"#,
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "failure-details",
        title: "What do the newest failures say of themselves?",
        about: "The newest failed requests with all that the gateway says: source, section, reason and message of the \
            last error, all errors, and what `trace` policies wrote.",
        questions: &[17, 34],
        tables: &[GATEWAY],
        parameters: &[PERIOD, FROM, TO, API, ROWS],
        kql: r"ApiManagementGatewayLogs
| where {when}
| where ApiId == {api}
| where ResponseCode >= 400 or ResponseCode == 0
| project
    TimeGenerated,
    ApiId,
    OperationId,
    ResponseCode,
    BackendResponseCode,
    LastErrorSource,
    LastErrorSection,
    LastErrorReason,
    LastErrorMessage,
    Errors,
    TraceRecords,
    CorrelationId
| order by TimeGenerated desc, CorrelationId asc
| take {rows}",
        example: &[("period", "1d"), ("rows", "10")],
        ..BASE
    },
    Recipe {
        id: "errors-first-and-last",
        title: "Since when is each error seen, and until when?",
        about: "Every reason of failures with its first and last time, and how many requests it failed. An error that \
            began with a deployment shows here.",
        questions: &[36],
        tables: &[GATEWAY],
        parameters: &[PERIOD, FROM, TO, API],
        kql: r"ApiManagementGatewayLogs
| where {when}
| where ApiId == {api}
| where isnotempty(LastErrorReason)
| summarize Failures = count(), FirstSeen = min(TimeGenerated), LastSeen = max(TimeGenerated), Apis = dcount(ApiId)
    by LastErrorSource, LastErrorReason
| order by FirstSeen desc, LastErrorSource asc, LastErrorReason asc",
        example: &[("period", "30d")],
        ..BASE
    },
    Recipe {
        id: "failed-ids-from-urls",
        title: "Which transactions failed, by the id in their URL?",
        about: "Failed requests with one member of the URL's path, such as the id of an order, counted from 0 behind \
            the host.",
        questions: &[37],
        tables: &[GATEWAY],
        parameters: &[
            PERIOD,
            FROM,
            TO,
            API,
            long(
                "member",
                "1",
                "Which member of the path is the id; 0 is the first.",
            ),
            ROWS,
        ],
        kql: r#"ApiManagementGatewayLogs
| where {when}
| where ApiId == {api}
| where ResponseCode >= 400 or ResponseCode == 0
| extend Path = trim_start("/", tostring(parse_url(Url).Path))
| extend Id = tostring(split(Path, "/")[{member}])
| where isnotempty(Id)
| summarize Failures = count(), Codes = make_set(ResponseCode), LastSeen = max(TimeGenerated) by Id, OperationId
| extend Codes = strcat_array(array_sort_asc(Codes), ", ")
| order by LastSeen desc, Id asc, OperationId asc
| take {rows}"#,
        example: &[("period", "1d"), ("api", "orders")],
        ..BASE
    },
    Recipe {
        id: "outcomes-by-query-string",
        title: "How do requests end, by a parameter of their query string?",
        about: "Requests by the value of one parameter of the URL's query, such as a version or a tenant.",
        questions: &[38],
        tables: &[GATEWAY],
        parameters: &[
            PERIOD,
            FROM,
            TO,
            API,
            string(
                "parameter",
                "api-version",
                "The name of the query's parameter.",
            ),
            ROWS,
        ],
        kql: r#"ApiManagementGatewayLogs
| where {when}
| where ApiId == {api}
| where Url has {parameter}
| extend Value = tostring(parse_url(Url)["Query Parameters"][{parameter}])
| where isnotempty(Value)
| summarize
    Requests = count(),
    Failures = countif(ResponseCode >= 400 or ResponseCode == 0),
    LastSeen = max(TimeGenerated)
    by Value
| extend FailedPercent = round(100.0 * Failures / Requests, 2)
| order by Requests desc, Value asc
| take {rows}"#,
        example: &[("period", "1d")],
        ..BASE
    },
];
