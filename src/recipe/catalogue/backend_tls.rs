//! Connections to backends that never became one.

use super::{FROM, GATEWAY, PERIOD, TO};
use crate::recipe::Recipe;
use crate::text::{documentation, documented};

pub(super) const REJECTED_CERTIFICATES: Recipe = Recipe {
    id: "backend-tls-rejections",
    title: documentation("Which backends present a certificate that the gateway does not trust?"),
    about: documentation("Requests that failed since the gateway rejected the backend's certificate: its authority is \
            unknown, its name is another, or it has run out. Backends with the most failures first."),
    tables: &[GATEWAY],
    parameters: &[PERIOD, FROM, TO],
    kql: "ApiManagementGatewayLogs
| where TimeGenerated > ago({period})
| where TimeGenerated >= {from}
| where TimeGenerated < {to}
| where LastErrorMessage has_any (\"RemoteCertificateValidationCallback\", \"trust relationship\", \"remote certificate is invalid\")
| summarize
    Failures = count(),
    FirstSeen = min(TimeGenerated),
    LastSeen = max(TimeGenerated),
    SampleUrl = take_any(Url)
    by ApiId, BackendId, BackendHost = tostring(parse_url(BackendUrl).Host)
| order by Failures desc, ApiId asc",
    example: documented(&[("period", "1d")]),
};

pub(super) const CONNECT_TIMEOUTS: Recipe = Recipe {
    id: "backend-connect-timeouts",
    title: documentation("Which backends do not take the connection in time?"),
    about: documentation("Requests whose connection to the backend was never accepted: an address that cannot be reached, a \
            firewall that drops, or a backend that is too busy. It looks like a certificate failure and is none."),
    tables: &[GATEWAY],
    parameters: &[PERIOD, FROM, TO],
    kql: "ApiManagementGatewayLogs
| where TimeGenerated > ago({period})
| where TimeGenerated >= {from}
| where TimeGenerated < {to}
| where LastErrorMessage has_any (\"did not properly respond\", \"Unable to connect to the remote server\")
| summarize
    Failures = count(),
    FirstSeen = min(TimeGenerated),
    LastSeen = max(TimeGenerated),
    MedianMs = percentile(TotalTime, 50)
    by ApiId, BackendId, BackendHost = tostring(parse_url(BackendUrl).Host)
| order by Failures desc, ApiId asc",
    example: documented(&[("period", "1d")]),
};

pub(super) const BROKEN_HANDSHAKES: Recipe = Recipe {
    id: "backend-broken-handshakes",
    title: documentation("Which backends break the TLS handshake off?"),
    about: documentation("Handshakes that began and broke: the port does not speak TLS, something between ends the \
            connection, or both sides have no protocol version or cipher in common."),
    tables: &[GATEWAY],
    parameters: &[PERIOD, FROM, TO],
    kql: "ApiManagementGatewayLogs
| where TimeGenerated > ago({period})
| where TimeGenerated >= {from}
| where TimeGenerated < {to}
| where LastErrorMessage has_any (\"unexpected packet format\", \"secure channel\", \"closed the transport stream\")
| summarize
    Failures = count(),
    FirstSeen = min(TimeGenerated),
    LastSeen = max(TimeGenerated),
    SampleMessage = take_any(LastErrorMessage)
    by ApiId, BackendId, BackendHost = tostring(parse_url(BackendUrl).Host)
| order by Failures desc, ApiId asc",
    example: documented(&[("period", "1d")]),
};
