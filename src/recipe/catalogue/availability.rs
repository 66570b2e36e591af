//! Availability against a threshold, as chart and as condition of an alert.
//!
//! A request is served when its code is below 500; a recipe for an alert gives a row for each span of
//! time that should ring.

use super::{API, BASE, FROM, GATEWAY, PERIOD, TO, long, real, step, timespan};
use crate::recipe::Recipe;

pub(super) const RECIPES: &[Recipe] = &[
    Recipe {
        id: "availability",
        title: "Is the API available, against a threshold?",
        about: "Requests that did not end with 5XX, in percent of all, per point in time, with the threshold as a \
            second line.",
        questions: &[26],
        tables: &[GATEWAY],
        parameters: &[
            PERIOD,
            FROM,
            TO,
            API,
            step("5m"),
            real(
                "threshold",
                "99",
                "The percentage below which something is wrong.",
            ),
        ],
        kql: r#"ApiManagementGatewayLogs
| where {when}
| where ApiId == {api}
| summarize Requests = count(), Served = countif(ResponseCode < 500) by bin(TimeGenerated, {step})
| project TimeGenerated, Availability = round(100.0 * Served / Requests, 2), Threshold = {threshold}
| order by TimeGenerated asc
| render timechart with (xtitle = "time", ytitle = "availability in percent")"#,
        example: &[("period", "1h"), ("step", "15m")],
        ..BASE
    },
    Recipe {
        id: "availability-by-load",
        title: "Is availability below a threshold that rises with traffic?",
        about: "Spans of time whose availability is below the threshold: the lenient one without traffic, the strict \
            one from a busy span on, a line between them. A night with three calls, one of them failed, does \
            not ring.",
        questions: &[27],
        tables: &[GATEWAY],
        parameters: &[
            PERIOD,
            FROM,
            TO,
            API,
            step("5m"),
            real("lenient", "80", "The threshold in percent without traffic."),
            real("strict", "99", "The threshold in percent of a busy span."),
            long("busy", "1000", "How many requests make a span busy."),
        ],
        kql: r"let lenient = {lenient};
let strict = {strict};
let busy = {busy};
ApiManagementGatewayLogs
| where {when}
| where ApiId == {api}
| summarize Requests = count(), Served = countif(ResponseCode < 500) by bin(TimeGenerated, {step})
| extend
    Availability = round(100.0 * Served / Requests, 2),
    Threshold = round(lenient + (strict - lenient) * min_of(1.0, 1.0 * Requests / busy), 2)
| where Availability < Threshold
| order by TimeGenerated asc",
        example: &[("period", "1h"), ("step", "15m"), ("busy", "10")],
        ..BASE
    },
    Recipe {
        id: "availability-with-slow",
        title: "Is the API available, when slow answers count as failures?",
        about: "As the availability, but a request that took longer than the limit is not served.",
        questions: &[28],
        tables: &[GATEWAY],
        parameters: &[
            PERIOD,
            FROM,
            TO,
            API,
            step("5m"),
            long(
                "limit_ms",
                "1000",
                "From how many milliseconds on an answer is too slow.",
            ),
            real(
                "threshold",
                "99",
                "The percentage below which something is wrong.",
            ),
        ],
        kql: r#"ApiManagementGatewayLogs
| where {when}
| where ApiId == {api}
| summarize Requests = count(), Served = countif(ResponseCode < 500 and TotalTime < {limit_ms})
    by bin(TimeGenerated, {step})
| project TimeGenerated, Availability = round(100.0 * Served / Requests, 2), Threshold = {threshold}
| order by TimeGenerated asc
| render timechart with (xtitle = "time", ytitle = "served in time, in percent")"#,
        example: &[("period", "1h"), ("step", "15m")],
        ..BASE
    },
    Recipe {
        id: "unusual-volume",
        title: "Is the number of requests itself unusual?",
        about: "Spans of time with fewer or more requests than is normal, also those without any. The span of the \
            present is not over yet and left out.",
        questions: &[40],
        tables: &[GATEWAY],
        parameters: &[
            API,
            timespan("lookback", "1d", "How far back from the present."),
            step("15m"),
            long("least", "1", "Fewer requests than these are unusual."),
            long("most", "1000", "More requests than these are unusual."),
        ],
        kql: r"let start = bin(ago({lookback}), {step});
let end = bin(now(), {step});
ApiManagementGatewayLogs
| where TimeGenerated >= start and TimeGenerated < end
| where ApiId == {api}
| make-series Requests = count() default = 0 on TimeGenerated from start to end step {step}
| mv-expand TimeGenerated to typeof(datetime), Requests to typeof(long)
| project TimeGenerated, Requests
| where Requests < {least} or Requests > {most}
| order by TimeGenerated asc",
        example: &[("lookback", "2h"), ("most", "5")],
        ..BASE
    },
    Recipe {
        id: "slow-or-failed",
        title: "Which endpoints are slow or fail, right now?",
        about: "Operations with requests that took longer than the limit or were not answered with 2XX or 3XX: the feed \
            of an alert.",
        questions: &[48],
        tables: &[GATEWAY],
        parameters: &[
            PERIOD,
            FROM,
            TO,
            API,
            long(
                "limit_ms",
                "1000",
                "From how many milliseconds on an answer is too slow.",
            ),
            long(
                "least",
                "1",
                "Endpoints with fewer such requests are left out.",
            ),
        ],
        kql: r"ApiManagementGatewayLogs
| where {when}
| where ApiId == {api}
| summarize
    Requests = count(),
    Slow = countif(TotalTime >= {limit_ms}),
    Failed = countif(ResponseCode >= 400 or ResponseCode == 0),
    SlowOrFailed = countif(TotalTime >= {limit_ms} or ResponseCode >= 400 or ResponseCode == 0),
    LastSeen = max(TimeGenerated)
    by ApiId, OperationId
| where SlowOrFailed >= {least}
| order by SlowOrFailed desc, ApiId asc, OperationId asc",
        example: &[("period", "1d")],
        ..BASE
    },
];
