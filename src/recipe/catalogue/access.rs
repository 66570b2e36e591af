//! Callers that are turned away.

use super::{API, FROM, GATEWAY, PERIOD, ROWS, TO};
use crate::recipe::Recipe;
use crate::text::{documentation, documented};

pub(super) const REASONS_OF_401: Recipe = Recipe {
    id: "unauthorized-by-reason",
    title: documentation("Why do callers get 401?"),
    about: documentation(
        "Requests answered with 401 by reason and message, and whether the gateway or the backend turned the \
            caller away. A 401 of the backend speaks of what the gateway sent on, not of the caller's key.",
    ),
    tables: &[GATEWAY],
    parameters: &[PERIOD, FROM, TO, API],
    kql: "ApiManagementGatewayLogs
| where TimeGenerated > ago({period})
| where TimeGenerated >= {from}
| where TimeGenerated < {to}
| where ApiId == {api}
| where ResponseCode == 401
| extend AnsweredBy = iff(isnull(BackendResponseCode), \"gateway\", \"backend\")
| summarize
    Requests = count(),
    Callers = dcount(CallerIpAddress),
    Apis = dcount(ApiId),
    LastSeen = max(TimeGenerated)
    by AnsweredBy, LastErrorReason, LastErrorMessage
| order by Requests desc, LastErrorReason asc",
    example: documented(&[("period", "1d")]),
};

pub(super) const KEYS_OUT_OF_SCOPE: Recipe = Recipe {
    id: "keys-out-of-scope",
    title: documentation("Which callers hold a key that does not open this API?"),
    about: documentation("Requests with a key that the gateway did not accept for the API: a key of another product, of \
            another environment, or one that was withdrawn. Compare the products of `ApimSubscriptionId`, where \
            it is known, with those of the API."),
    tables: &[GATEWAY],
    parameters: &[PERIOD, FROM, TO, API, ROWS],
    kql: "ApiManagementGatewayLogs
| where TimeGenerated > ago({period})
| where TimeGenerated >= {from}
| where TimeGenerated < {to}
| where ApiId == {api}
| where ResponseCode == 401
| where LastErrorReason == \"SubscriptionKeyInvalid\"
    or LastErrorMessage has_any (\"invalid subscription key\", \"Subscription not found\")
| project TimeGenerated, CallerIpAddress, ApiId, OperationId, ProductId, ApimSubscriptionId, LastErrorMessage
| top {rows} by TimeGenerated desc",
    example: documented(&[("period", "1d"), ("rows", "50")]),
};
