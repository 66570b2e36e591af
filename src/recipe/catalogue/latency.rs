//! How long requests take, and where the time goes.

use super::{API, BASE, FROM, GATEWAY, PERIOD, TO, long, rows, step};
use crate::recipe::{Default, Kind, Parameter, Recipe};

pub(super) const RECIPES: &[Recipe] = &[
    Recipe {
        id: "latency-over-time",
        title: "How long do requests take, over time?",
        about: "Average, median and 90th percentile in milliseconds of the whole time, or of the backend's or the \
            client's part of it. Requests that never reached a backend have no time of it.",
        questions: &[41, 42, 43],
        tables: &[GATEWAY],
        parameters: &[
            Parameter {
                name: "time",
                kind: Kind::Column,
                default: Default::Value("TotalTime"),
                about: "Which time: `TotalTime`, `BackendTime`, `ClientTime` or `CacheTime`.",
            },
            PERIOD,
            FROM,
            TO,
            API,
            step("5m"),
        ],
        kql: r"ApiManagementGatewayLogs
| where {when}
| where ApiId == {api}
| where isnotnull({time})
| summarize AverageMs = round(avg({time}), 1), (MedianMs, P90Ms) = percentiles({time}, 50, 90)
    by bin(TimeGenerated, {step})
| order by TimeGenerated asc
| render timechart",
        example: &[("time", "BackendTime"), ("period", "2h"), ("step", "30m")],
        ..BASE
    },
    Recipe {
        id: "latency-percentiles",
        title: "How slow are the slowest requests of each operation?",
        about: "Median, 95th and 99th percentile in milliseconds by API and operation, per span of time.",
        questions: &[44],
        tables: &[GATEWAY],
        parameters: &[PERIOD, FROM, TO, API, step("5m")],
        kql: r"ApiManagementGatewayLogs
| where {when}
| where ApiId == {api}
| summarize Requests = count(), (P50Ms, P95Ms, P99Ms) = percentiles(TotalTime, 50, 95, 99)
    by bin(TimeGenerated, {step}), ApiId, OperationId
| order by TimeGenerated asc, P99Ms desc, ApiId asc, OperationId asc",
        example: &[("period", "2h"), ("step", "1h")],
        ..BASE
    },
    Recipe {
        id: "gateway-overhead",
        title: "How much time does the gateway itself add?",
        about: "What is left of the time when the backend's, the client's and the cache's are taken off: policies and \
            the gateway. Some gateways log a backend time above the whole; those requests are left out.",
        questions: &[45],
        tables: &[GATEWAY],
        parameters: &[PERIOD, FROM, TO, API, step("5m")],
        kql: r"ApiManagementGatewayLogs
| where {when}
| where ApiId == {api}
| where isnotnull(BackendTime)
| extend OverheadMs = TotalTime - BackendTime - coalesce(ClientTime, 0) - coalesce(CacheTime, 0)
| where OverheadMs >= 0
| summarize AverageMs = round(avg(OverheadMs), 1), (MedianMs, P95Ms) = percentiles(OverheadMs, 50, 95)
    by bin(TimeGenerated, {step})
| order by TimeGenerated asc
| render timechart",
        example: &[("period", "2h"), ("step", "30m")],
        ..BASE
    },
    Recipe {
        id: "latency-against-slo",
        title: "Is the latency above what was promised?",
        about: "The 95th percentile in milliseconds per point in time, with the limit as a second line.",
        questions: &[46],
        tables: &[GATEWAY],
        parameters: &[
            PERIOD,
            FROM,
            TO,
            API,
            step("5m"),
            long("limit_ms", "1000", "How many milliseconds were promised."),
        ],
        kql: r#"ApiManagementGatewayLogs
| where {when}
| where ApiId == {api}
| summarize P95Ms = percentile(TotalTime, 95) by bin(TimeGenerated, {step})
| extend LimitMs = {limit_ms}
| order by TimeGenerated asc
| render timechart with (xtitle = "time", ytitle = "95th percentile in ms")"#,
        example: &[("period", "2h"), ("step", "30m")],
        ..BASE
    },
    Recipe {
        id: "slowest-requests",
        title: "Which requests were the slowest, and was it the backend?",
        about: "The slowest requests with the time of the backend and its share of the whole in percent.",
        questions: &[47],
        tables: &[GATEWAY],
        parameters: &[PERIOD, FROM, TO, API, rows("50")],
        kql: r"ApiManagementGatewayLogs
| where {when}
| where ApiId == {api}
| project
    TimeGenerated,
    ApiId,
    OperationId,
    ResponseCode,
    TotalTime,
    BackendTime,
    BackendPercent = round(100.0 * BackendTime / TotalTime, 1),
    BackendId,
    CorrelationId
| order by TotalTime desc, CorrelationId asc
| take {rows}",
        example: &[("period", "1d"), ("rows", "5")],
        ..BASE
    },
    Recipe {
        id: "latency-per-backend",
        title: "How fast is each backend, over time?",
        about: "Average time of the backend in milliseconds per point in time, one line a backend.",
        questions: &[49],
        tables: &[GATEWAY],
        parameters: &[PERIOD, FROM, TO, API, step("10s")],
        kql: r"ApiManagementGatewayLogs
| where {when}
| where ApiId == {api}
| where isnotempty(BackendId) and isnotnull(BackendTime)
| summarize AverageMs = round(avg(BackendTime), 1) by bin(TimeGenerated, {step}), BackendId
| order by TimeGenerated asc, BackendId asc
| render timechart",
        example: &[("period", "2h"), ("step", "30m")],
        ..BASE
    },
    Recipe {
        id: "response-and-backend-time",
        title: "How much of the response time is the backend's?",
        about: "Average time of the whole request and of the backend's part in milliseconds, per point in time, of the \
            requests that reached a backend.",
        questions: &[50],
        tables: &[GATEWAY],
        parameters: &[PERIOD, FROM, TO, API, step("5m")],
        kql: r"ApiManagementGatewayLogs
| where {when}
| where ApiId == {api}
| where isnotnull(BackendTime)
| summarize ResponseMs = round(avg(TotalTime), 1), BackendMs = round(avg(BackendTime), 1)
    by bin(TimeGenerated, {step})
| order by TimeGenerated asc
| render timechart",
        example: &[("period", "2h"), ("step", "30m")],
        ..BASE
    },
];
