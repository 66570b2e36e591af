//! Circuit breakers of backends.

use super::{BASE, FROM, GATEWAY, PERIOD, TO, step, timespan};
use crate::recipe::{Default, Kind, Parameter, Recipe};

pub(super) const RECIPES: &[Recipe] = &[
    Recipe {
        id: "circuit-breaker-trips",
        title: "Which circuit breakers are open?",
        about: "Requests answered with 503 without a call to the backend, by backend. The log does not name the \
            breaker: a 503 of a named backend without an answer of it is how an open breaker looks.",
        tables: &[GATEWAY],
        parameters: &[PERIOD, FROM, TO],
        kql: r#"ApiManagementGatewayLogs
| where {when}
| where ResponseCode == 503
| where (isnotempty(BackendId) and isnull(BackendResponseCode))
    or LastErrorMessage hasprefix "CircuitBreaker"
    or LastErrorReason hasprefix "CircuitBreaker"
    or LastErrorMessage has "temporarily unavailable"
| summarize
    Refused = count(),
    FirstTrip = min(TimeGenerated),
    LastTrip = max(TimeGenerated),
    SampleMessage = max(LastErrorMessage)
    by ApiId, BackendId
| order by LastTrip desc, ApiId asc, BackendId asc"#,
        example: &[("period", "1h")],
        ..BASE
    },
    Recipe {
        id: "run-up-to-a-trip",
        title: "What happened before the circuit breaker tripped?",
        about: "Answers of one backend around a point in time, by code of the gateway and of the backend. A cluster \
            of failures of the backend means that the breaker did its work; none means that its limit is tight.",
        tables: &[GATEWAY],
        parameters: &[
            Parameter {
                name: "trip",
                kind: Kind::DateTime,
                default: Default::Required,
                about: "When the breaker tripped: `FirstTrip` of the recipe before.",
            },
            Parameter {
                name: "backend",
                kind: Kind::String,
                default: Default::Required,
                about: "The id of the backend, or the end of its address.",
            },
            timespan(
                "before",
                "10m",
                "How long before the trip the answer begins.",
            ),
            timespan("after", "1m", "How long after the trip the answer ends."),
            step("30s"),
        ],
        kql: r"let trip = {trip};
let backend = {backend};
ApiManagementGatewayLogs
| where TimeGenerated between ((trip - {before}) .. (trip + {after}))
| where BackendId =~ backend or BackendUrl endswith backend
| summarize Requests = count(), BackendMs = round(avg(BackendTime), 1)
    by TimeGenerated = bin(TimeGenerated, {step}), ResponseCode, BackendResponseCode
| order by TimeGenerated asc, ResponseCode asc, BackendResponseCode asc",
        example: &[("trip", "2026-04-20T14:32:00Z"), ("backend", "orders-b1")],
        ..BASE
    },
];
