//! Connections to backends that never became one.

use super::{BASE, FROM, GATEWAY, PERIOD, TO};
use crate::recipe::Recipe;

pub(super) const RECIPES: &[Recipe] = &[
    Recipe {
        id: "backend-tls-rejections",
        title: "Which backends present a certificate that the gateway does not trust?",
        about: "Requests that failed since the gateway rejected the backend's certificate: its authority is \
            unknown, its name is another, or it has run out. Backends with the most failures first.",
        tables: &[GATEWAY],
        parameters: &[PERIOD, FROM, TO],
        kql: r#"ApiManagementGatewayLogs
| where {when}
| where LastErrorMessage has_any ("RemoteCertificateValidationCallback", "trust relationship", "remote certificate is invalid")
| summarize
    Failures = count(),
    FirstSeen = min(TimeGenerated),
    LastSeen = max(TimeGenerated),
    SampleUrl = max(Url)
    by ApiId, BackendId, BackendHost = tostring(parse_url(BackendUrl).Host)
| order by Failures desc, ApiId asc, BackendId asc, BackendHost asc"#,
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "backend-connect-timeouts",
        title: "Which backends do not take the connection in time?",
        about: "Requests whose connection to the backend was never accepted: an address that cannot be reached, a \
            firewall that drops, or a backend that is too busy. It looks like a certificate failure and is none.",
        tables: &[GATEWAY],
        parameters: &[PERIOD, FROM, TO],
        kql: r#"ApiManagementGatewayLogs
| where {when}
| where LastErrorMessage has_any ("did not properly respond", "Unable to connect to the remote server")
| summarize
    Failures = count(),
    FirstSeen = min(TimeGenerated),
    LastSeen = max(TimeGenerated),
    MedianMs = percentile(TotalTime, 50)
    by ApiId, BackendId, BackendHost = tostring(parse_url(BackendUrl).Host)
| order by Failures desc, ApiId asc, BackendId asc, BackendHost asc"#,
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "backend-broken-handshakes",
        title: "Which backends break the TLS handshake off?",
        about: "Handshakes that began and broke: the port does not speak TLS, something between ends the \
            connection, or both sides have no protocol version or cipher in common.",
        tables: &[GATEWAY],
        parameters: &[PERIOD, FROM, TO],
        kql: r#"ApiManagementGatewayLogs
| where {when}
| where LastErrorMessage has_any ("unexpected packet format", "secure channel", "closed the transport stream")
| summarize
    Failures = count(),
    FirstSeen = min(TimeGenerated),
    LastSeen = max(TimeGenerated),
    SampleMessage = max(LastErrorMessage)
    by ApiId, BackendId, BackendHost = tostring(parse_url(BackendUrl).Host)
| order by Failures desc, ApiId asc, BackendId asc, BackendHost asc"#,
        example: &[("period", "1d")],
        ..BASE
    },
];
