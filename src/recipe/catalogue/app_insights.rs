//! What API Management reports to Application Insights.
//!
//! Application Insights may keep one row in several: counts are sums of `ItemCount`. These tables have
//! one name in a workspace, whichever way the resource logs come.

use super::{
    APP_DEPENDENCIES, APP_METRICS, APP_REQUESTS, BASE, FROM, PERIOD, ROWS, TO, step, string,
};
use crate::recipe::Recipe;

pub(super) const RECIPES: &[Recipe] = &[
    Recipe {
        id: "app-failures-by-api",
        title: "Which APIs fail, by the telemetry of Application Insights?",
        about: "Requests and failed ones by API and operation: what stands before and behind the semicolon in the name \
            of the operation.",
        questions: &[39],
        tables: &[APP_REQUESTS],
        parameters: &[PERIOD, FROM, TO],
        kql: r#"AppRequests
| where {when}
| extend Parts = split(OperationName, ";")
| summarize Requests = sum(ItemCount), Failures = sumif(ItemCount, Success == false), AverageMs = round(avg(DurationMs), 1)
    by Api = tostring(Parts[0]), Operation = tostring(Parts[1]), ResultCode
| where Failures > 0
| order by Failures desc, Api asc, Operation asc, ResultCode asc"#,
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "user-agents",
        title: "Which user agents call the APIs?",
        about: "Requests by the header that names the program of the caller, where the diagnostic setting lists it.",
        questions: &[54],
        tables: &[APP_REQUESTS],
        parameters: &[
            PERIOD,
            FROM,
            TO,
            string(
                "header",
                "Request-User-Agent",
                "The property that holds the header.",
            ),
            ROWS,
        ],
        kql: r"AppRequests
| where {when}
| extend UserAgent = tostring(Properties[{header}])
| where isnotempty(UserAgent)
| summarize Requests = sum(ItemCount), Failures = sumif(ItemCount, Success == false), LastSeen = max(TimeGenerated)
    by UserAgent
| order by Requests desc, UserAgent asc
| take {rows}",
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "backend-attempts",
        title: "What did each attempt at the backends bring, and when was a retry due?",
        about: "The calls to backends behind each request that made more than one, in their order: the code of each \
            attempt, how long it took, the time that the attempts took together, and the seconds after which \
            the backend wanted a retry.",
        questions: &[59, 60],
        tables: &[APP_DEPENDENCIES, APP_REQUESTS],
        parameters: &[
            PERIOD,
            FROM,
            TO,
            string(
                "header",
                "Response-Retry-After",
                "The property that holds the header of a retry.",
            ),
            ROWS,
        ],
        kql: r"AppDependencies
| where {when}
| project OperationId, TimeGenerated, Target, Code = ResultCode, DurationMs, RetryAfterSeconds = toint(Properties[{header}])
| join kind=inner (
    AppRequests
    | where {when}
    | project OperationId, Request = Name, RequestCode = ResultCode
) on OperationId
| order by OperationId asc, TimeGenerated asc, Target asc
| extend IsFirst = row_number() == 1 or OperationId != prev(OperationId)
| extend Attempt = row_cumsum(1, IsFirst), CumulativeMs = row_cumsum(DurationMs, IsFirst)
| where not(IsFirst) or OperationId == next(OperationId)
| project OperationId, Request, RequestCode, Attempt, Target, Code, DurationMs, CumulativeMs, RetryAfterSeconds
| order by OperationId asc, Attempt asc
| take {rows}",
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "app-regions",
        title: "Which regions of the models answered, by Application Insights?",
        about: "Calls to backends by the region that their answer names in a header, and how long they took.",
        questions: &[63],
        tables: &[APP_DEPENDENCIES],
        parameters: &[
            PERIOD,
            FROM,
            TO,
            string(
                "header",
                "Response-x-ms-region",
                "The property that holds the header.",
            ),
        ],
        kql: r"AppDependencies
| where {when}
| extend Region = tostring(Properties[{header}])
| where isnotempty(Region)
| summarize Calls = sum(ItemCount), AverageMs = round(avg(DurationMs), 1) by Region, Target
| order by Calls desc, Region asc, Target asc",
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "token-metrics",
        title: "How many tokens do the metrics of a policy count?",
        about: "Prompt, completion and all tokens that `llm-emit-token-metric` reported, by one of its dimensions.",
        questions: &[82],
        tables: &[APP_METRICS],
        parameters: &[
            PERIOD,
            FROM,
            TO,
            string(
                "dimension",
                "Subscription ID",
                "The dimension whose values are compared.",
            ),
        ],
        kql: r#"AppMetrics
| where {when}
| where Name in ("Total Tokens", "Prompt Tokens", "Completion Tokens")
| summarize
    Calls = sumif(ItemCount, Name == "Total Tokens"),
    Prompt = sumif(Sum, Name == "Prompt Tokens"),
    Completion = sumif(Sum, Name == "Completion Tokens"),
    Tokens = sumif(Sum, Name == "Total Tokens")
    by Dimension = tostring(Properties[{dimension}])
| order by Tokens desc, Dimension asc"#,
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "token-metrics-over-time",
        title: "How many tokens do the metrics of a policy count, over time?",
        about: "Tokens that `llm-emit-token-metric` reported per point in time, one line for each value of a dimension.",
        questions: &[82],
        tables: &[APP_METRICS],
        parameters: &[
            PERIOD,
            FROM,
            TO,
            step("1h"),
            string(
                "dimension",
                "Subscription ID",
                "The dimension whose values are compared.",
            ),
        ],
        kql: r#"AppMetrics
| where {when}
| where Name == "Total Tokens"
| summarize Tokens = sum(Sum) by bin(TimeGenerated, {step}), Dimension = tostring(Properties[{dimension}])
| order by TimeGenerated asc, Dimension asc
| render timechart"#,
        example: &[("period", "2h")],
        ..BASE
    },
];
