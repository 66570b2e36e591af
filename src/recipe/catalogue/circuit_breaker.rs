//! Circuit breakers of backends.

use super::{FROM, GATEWAY, PERIOD, TO};
use crate::recipe::{Default, Kind, Parameter, Recipe};
use crate::text::{documentation, documented};

pub(super) const TRIPS: Recipe = Recipe {
    id: "circuit-breaker-trips",
    title: documentation("Which circuit breakers are open?"),
    about: documentation(
        "Requests answered with 503 without a call to the backend, by backend. The log does not name the \
            breaker: a 503 of a named backend without an answer of it is how an open breaker looks.",
    ),
    tables: &[GATEWAY],
    parameters: &[PERIOD, FROM, TO],
    kql: "ApiManagementGatewayLogs
| where TimeGenerated > ago({period})
| where TimeGenerated >= {from}
| where TimeGenerated < {to}
| where ResponseCode == 503
| where (isnotempty(BackendId) and isnull(BackendResponseCode))
    or LastErrorMessage contains \"CircuitBreaker\"
    or LastErrorReason contains \"CircuitBreaker\"
    or LastErrorMessage has \"temporarily unavailable\"
| summarize
    Refused = count(),
    FirstTrip = min(TimeGenerated),
    LastTrip = max(TimeGenerated),
    SampleMessage = take_anyif(LastErrorMessage, isnotempty(LastErrorMessage))
    by ApiId, BackendId
| order by LastTrip desc, ApiId asc",
    example: documented(&[("period", "1h")]),
};

pub(super) const RUN_UP_TO_A_TRIP: Recipe = Recipe {
    id: "run-up-to-a-trip",
    title: documentation("What happened before the circuit breaker tripped?"),
    about: documentation(
        "Answers of one backend around a point in time, by code of the gateway and of the backend. A cluster \
            of failures of the backend means that the breaker did its work; none means that its limit is tight.",
    ),
    tables: &[GATEWAY],
    parameters: &[
        Parameter {
            name: "trip",
            kind: Kind::DateTime,
            default: Default::Required,
            about: documentation("When the breaker tripped: `FirstTrip` of the recipe before."),
        },
        Parameter {
            name: "backend",
            kind: Kind::String,
            default: Default::Required,
            about: documentation("The id of the backend, or the end of its address."),
        },
        Parameter {
            name: "before",
            kind: Kind::TimeSpan,
            default: Default::Value("10m"),
            about: documentation("How long before the trip the answer begins."),
        },
        Parameter {
            name: "after",
            kind: Kind::TimeSpan,
            default: Default::Value("1m"),
            about: documentation("How long after the trip the answer ends."),
        },
        Parameter {
            name: "step",
            kind: Kind::TimeSpan,
            default: Default::Value("30s"),
            about: documentation("The width of a row in time."),
        },
    ],
    kql: "let trip = {trip};
let backend = {backend};
ApiManagementGatewayLogs
| where TimeGenerated between ((trip - {before}) .. (trip + {after}))
| where BackendId =~ backend or BackendUrl endswith backend
| summarize Requests = count(), BackendMs = avg(BackendTime)
    by TimeGenerated = bin(TimeGenerated, {step}), ResponseCode, BackendResponseCode
| order by TimeGenerated asc, ResponseCode asc, BackendResponseCode asc",
    example: documented(&[("trip", "2026-04-20T14:32:00Z"), ("backend", "my-backend")]),
};
