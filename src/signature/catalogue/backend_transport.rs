//! Signatures of the family `backend-transport`.

use crate::signature::tables::{EXCEPTIONS, GATEWAY, REQUESTS};
use crate::signature::{Severity, Signature, certain, likely, word, words};

pub(super) static ENTRIES: &[Signature] = &[
    Signature {
        id: "transport.reset",
        family: "backend-transport",
        title: word("Connection reset by the backend side"),
        severity: Severity::Error,
        specificity: 19,
        clues: &[
            certain(
                GATEWAY,
                21,
                r#"LastErrorReason =~ "BackendConnectionFailure" and (isempty(LastErrorSource) or LastErrorSource in~ ("forward-request", "request-forwarder", "send-request")) and ((LastErrorMessage contains "forcibly closed by the remote host" or ResponseBody contains "forcibly closed by the remote host" or LastErrorMessage contains "connection reset by peer" or ResponseBody contains "connection reset by peer" or LastErrorMessage contains "connection reset" or ResponseBody contains "connection reset") or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and (Errors contains "forcibly closed by the remote host" or Errors contains "connection reset by peer" or Errors contains "connection reset")))"#,
            ),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("forward-request", "request-forwarder", "send-request") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and ((LastErrorMessage contains "forcibly closed by the remote host" or ResponseBody contains "forcibly closed by the remote host" or LastErrorMessage contains "connection reset by peer" or ResponseBody contains "connection reset by peer" or LastErrorMessage contains "connection reset" or ResponseBody contains "connection reset") or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and (Errors contains "forcibly closed by the remote host" or Errors contains "connection reset by peer" or Errors contains "connection reset")))"#,
            ),
            likely(
                GATEWAY,
                9,
                r#"(isnull(ResponseCode) or ResponseCode in (500, 502, 503, 504)) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and ((LastErrorMessage contains "forcibly closed by the remote host" or LastErrorMessage contains "connection reset by peer" or LastErrorMessage contains "connection reset") or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and (Errors contains "forcibly closed by the remote host" or Errors contains "connection reset by peer" or Errors contains "connection reset")) or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and (ResponseBody contains "forcibly closed by the remote host" or ResponseBody contains "connection reset by peer" or ResponseBody contains "connection reset")))"#,
            ),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId =~ "BackendConnectionFailure" or (OuterMessage contains "forcibly closed by the remote host" or InnermostMessage contains "forcibly closed by the remote host" or OuterMessage contains "connection reset by peer" or InnermostMessage contains "connection reset by peer" or OuterMessage contains "connection reset" or InnermostMessage contains "connection reset"))"#,
            ),
            likely(
                REQUESTS,
                11,
                r#"ResultCode in~ ("500", "502", "503", "504") and (tostring(Properties["Response-Body"]) contains "forcibly closed by the remote host" or tostring(Properties["Response-Body"]) contains "connection reset by peer" or tostring(Properties["Response-Body"]) contains "connection reset")"#,
            ),
        ],
        meaning: word("An established connection got RST."),
        causes: words(&[
            "Backend process crash/recycle, pod eviction",
            "Idle timeout on a load balancer/firewall in between",
            "Backend aborts on oversized request",
        ]),
        fixes: words(&[
            "Check backend restarts at that second",
            "Retry idempotent calls once (first-fast-retry) with buffered body",
            "Align idle timeouts",
        ]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/api-management-error-handling-policies",
        ),
    },
    Signature {
        id: "transport.keepalive-closed",
        family: "backend-transport",
        title: word("Pooled keep-alive connection was already closed"),
        severity: Severity::Error,
        specificity: 19,
        clues: &[
            certain(
                GATEWAY,
                21,
                r#"LastErrorReason =~ "BackendConnectionFailure" and (isempty(LastErrorSource) or LastErrorSource in~ ("forward-request", "request-forwarder", "send-request")) and ((LastErrorMessage contains "expected to be kept alive was closed" or ResponseBody contains "expected to be kept alive was closed") or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and Errors contains "expected to be kept alive was closed"))"#,
            ),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("forward-request", "request-forwarder", "send-request") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and ((LastErrorMessage contains "expected to be kept alive was closed" or ResponseBody contains "expected to be kept alive was closed") or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and Errors contains "expected to be kept alive was closed"))"#,
            ),
            likely(
                GATEWAY,
                9,
                r#"(isnull(ResponseCode) or ResponseCode in (500, 502, 503, 504)) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and (LastErrorMessage contains "expected to be kept alive was closed" or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and Errors contains "expected to be kept alive was closed") or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and ResponseBody contains "expected to be kept alive was closed"))"#,
            ),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId =~ "BackendConnectionFailure" or (OuterMessage contains "expected to be kept alive was closed" or InnermostMessage contains "expected to be kept alive was closed"))"#,
            ),
            likely(
                REQUESTS,
                11,
                r#"ResultCode in~ ("500", "502", "503", "504") and tostring(Properties["Response-Body"]) contains "expected to be kept alive was closed""#,
            ),
        ],
        meaning: word(
            "The gateway reused a pooled connection that had been dropped silently after about 4 minutes idle.",
        ),
        causes: words(&[
            "Idle timeout on the Azure load balancer, backend or firewall shorter than the pool's lifetime",
        ]),
        fixes: words(&[
            "Retry once on BackendConnectionFailure",
            "Lower backend keep-alive below the intermediate timeout or add keep-alive traffic",
        ]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/api-management-error-handling-policies",
        ),
    },
    Signature {
        id: "transport.closed-midway",
        family: "backend-transport",
        title: word("Backend connection closed before the response finished"),
        severity: Severity::Error,
        specificity: 19,
        clues: &[
            certain(
                GATEWAY,
                21,
                r#"LastErrorReason =~ "BackendConnectionFailure" and (isempty(LastErrorSource) or LastErrorSource in~ ("forward-request", "request-forwarder", "send-request")) and ((LastErrorMessage contains "the connection was closed unexpectedly" or ResponseBody contains "the connection was closed unexpectedly" or LastErrorMessage contains "an unexpected error occurred on a receive" or ResponseBody contains "an unexpected error occurred on a receive" or LastErrorMessage contains "an unexpected error occurred on a send" or ResponseBody contains "an unexpected error occurred on a send" or LastErrorMessage contains "unable to read data from the transport connection: the connection was closed" or ResponseBody contains "unable to read data from the transport connection: the connection was closed" or LastErrorMessage contains "response ended prematurely" or ResponseBody contains "response ended prematurely" or LastErrorMessage contains "underlying transport connection was unexpectedly closed" or ResponseBody contains "underlying transport connection was unexpectedly closed" or LastErrorMessage contains "error while copying content" or ResponseBody contains "error while copying content" or LastErrorMessage contains "unexpected end of stream" or ResponseBody contains "unexpected end of stream") or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and (Errors contains "the connection was closed unexpectedly" or Errors contains "an unexpected error occurred on a receive" or Errors contains "an unexpected error occurred on a send" or Errors contains "unable to read data from the transport connection: the connection was closed" or Errors contains "response ended prematurely" or Errors contains "underlying transport connection was unexpectedly closed" or Errors contains "error while copying content" or Errors contains "unexpected end of stream")))"#,
            ),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("forward-request", "request-forwarder", "send-request") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and ((LastErrorMessage contains "the connection was closed unexpectedly" or ResponseBody contains "the connection was closed unexpectedly" or LastErrorMessage contains "an unexpected error occurred on a receive" or ResponseBody contains "an unexpected error occurred on a receive" or LastErrorMessage contains "an unexpected error occurred on a send" or ResponseBody contains "an unexpected error occurred on a send" or LastErrorMessage contains "unable to read data from the transport connection: the connection was closed" or ResponseBody contains "unable to read data from the transport connection: the connection was closed" or LastErrorMessage contains "response ended prematurely" or ResponseBody contains "response ended prematurely" or LastErrorMessage contains "underlying transport connection was unexpectedly closed" or ResponseBody contains "underlying transport connection was unexpectedly closed" or LastErrorMessage contains "error while copying content" or ResponseBody contains "error while copying content" or LastErrorMessage contains "unexpected end of stream" or ResponseBody contains "unexpected end of stream") or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and (Errors contains "the connection was closed unexpectedly" or Errors contains "an unexpected error occurred on a receive" or Errors contains "an unexpected error occurred on a send" or Errors contains "unable to read data from the transport connection: the connection was closed" or Errors contains "response ended prematurely" or Errors contains "underlying transport connection was unexpectedly closed" or Errors contains "error while copying content" or Errors contains "unexpected end of stream")))"#,
            ),
            likely(
                GATEWAY,
                9,
                r#"(isnull(ResponseCode) or ResponseCode in (500, 502, 503, 504)) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and ((LastErrorMessage contains "the connection was closed unexpectedly" or LastErrorMessage contains "an unexpected error occurred on a receive" or LastErrorMessage contains "an unexpected error occurred on a send" or LastErrorMessage contains "unable to read data from the transport connection: the connection was closed" or LastErrorMessage contains "response ended prematurely" or LastErrorMessage contains "underlying transport connection was unexpectedly closed" or LastErrorMessage contains "error while copying content" or LastErrorMessage contains "unexpected end of stream") or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and (Errors contains "the connection was closed unexpectedly" or Errors contains "an unexpected error occurred on a receive" or Errors contains "an unexpected error occurred on a send" or Errors contains "unable to read data from the transport connection: the connection was closed" or Errors contains "response ended prematurely" or Errors contains "underlying transport connection was unexpectedly closed" or Errors contains "error while copying content" or Errors contains "unexpected end of stream")) or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and (ResponseBody contains "the connection was closed unexpectedly" or ResponseBody contains "an unexpected error occurred on a receive" or ResponseBody contains "an unexpected error occurred on a send" or ResponseBody contains "unable to read data from the transport connection: the connection was closed" or ResponseBody contains "response ended prematurely" or ResponseBody contains "underlying transport connection was unexpectedly closed" or ResponseBody contains "error while copying content" or ResponseBody contains "unexpected end of stream")))"#,
            ),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId =~ "BackendConnectionFailure" or (OuterMessage contains "the connection was closed unexpectedly" or InnermostMessage contains "the connection was closed unexpectedly" or OuterMessage contains "an unexpected error occurred on a receive" or InnermostMessage contains "an unexpected error occurred on a receive" or OuterMessage contains "an unexpected error occurred on a send" or InnermostMessage contains "an unexpected error occurred on a send" or OuterMessage contains "unable to read data from the transport connection: the connection was closed" or InnermostMessage contains "unable to read data from the transport connection: the connection was closed" or OuterMessage contains "response ended prematurely" or InnermostMessage contains "response ended prematurely" or OuterMessage contains "underlying transport connection was unexpectedly closed" or InnermostMessage contains "underlying transport connection was unexpectedly closed" or OuterMessage contains "error while copying content" or InnermostMessage contains "error while copying content" or OuterMessage contains "unexpected end of stream" or InnermostMessage contains "unexpected end of stream"))"#,
            ),
            likely(
                REQUESTS,
                11,
                r#"ResultCode in~ ("500", "502", "503", "504") and (tostring(Properties["Response-Body"]) contains "the connection was closed unexpectedly" or tostring(Properties["Response-Body"]) contains "an unexpected error occurred on a receive" or tostring(Properties["Response-Body"]) contains "an unexpected error occurred on a send" or tostring(Properties["Response-Body"]) contains "unable to read data from the transport connection: the connection was closed" or tostring(Properties["Response-Body"]) contains "response ended prematurely" or tostring(Properties["Response-Body"]) contains "underlying transport connection was unexpectedly closed" or tostring(Properties["Response-Body"]) contains "error while copying content" or tostring(Properties["Response-Body"]) contains "unexpected end of stream")"#,
            ),
        ],
        meaning: word(
            "The peer (or something between) closed the socket while the gateway was sending or reading. 'Underlying transport connection was unexpectedly closed.' is the current gateway's wording.",
        ),
        causes: words(&[
            "Backend crash or deploy",
            "App Service front end ends requests at 230 s; idle connections dropped at ~240 s",
            "Proxy/firewall timeout",
        ]),
        fixes: words(&[
            "Compare LastErrorElapsed/BackendTime with 230-240 s; if close, shorten or make the call asynchronous",
            "Retry idempotent calls",
            "Check backend logs at the same second",
        ]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/api-management-error-handling-policies",
        ),
    },
    Signature {
        id: "transport.idle-230s",
        family: "backend-transport",
        title: word("Long call cut at about 230-240 seconds"),
        severity: Severity::Error,
        specificity: 22,
        clues: &[
            certain(
                GATEWAY,
                24,
                r#"LastErrorReason =~ "BackendConnectionFailure" and (isempty(LastErrorSource) or LastErrorSource in~ ("forward-request", "request-forwarder", "send-request")) and BackendTime between (225000 .. 245000) and ((LastErrorMessage contains "underlying transport connection was unexpectedly closed" or ResponseBody contains "underlying transport connection was unexpectedly closed" or LastErrorMessage contains "the connection was closed" or ResponseBody contains "the connection was closed" or LastErrorMessage contains "forcibly closed" or ResponseBody contains "forcibly closed" or LastErrorMessage contains "expected to be kept alive" or ResponseBody contains "expected to be kept alive") or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and (Errors contains "underlying transport connection was unexpectedly closed" or Errors contains "the connection was closed" or Errors contains "forcibly closed" or Errors contains "expected to be kept alive")))"#,
            ),
            certain(
                GATEWAY,
                16,
                r#"LastErrorSource in~ ("forward-request", "request-forwarder", "send-request") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and BackendTime between (225000 .. 245000) and ((LastErrorMessage contains "underlying transport connection was unexpectedly closed" or ResponseBody contains "underlying transport connection was unexpectedly closed" or LastErrorMessage contains "the connection was closed" or ResponseBody contains "the connection was closed" or LastErrorMessage contains "forcibly closed" or ResponseBody contains "forcibly closed" or LastErrorMessage contains "expected to be kept alive" or ResponseBody contains "expected to be kept alive") or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and (Errors contains "underlying transport connection was unexpectedly closed" or Errors contains "the connection was closed" or Errors contains "forcibly closed" or Errors contains "expected to be kept alive")))"#,
            ),
            likely(
                GATEWAY,
                12,
                r#"(isnull(ResponseCode) or ResponseCode in (500, 502, 504)) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and BackendTime between (225000 .. 245000) and ((LastErrorMessage contains "underlying transport connection was unexpectedly closed" or LastErrorMessage contains "the connection was closed" or LastErrorMessage contains "forcibly closed" or LastErrorMessage contains "expected to be kept alive") or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and (Errors contains "underlying transport connection was unexpectedly closed" or Errors contains "the connection was closed" or Errors contains "forcibly closed" or Errors contains "expected to be kept alive")) or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and (ResponseBody contains "underlying transport connection was unexpectedly closed" or ResponseBody contains "the connection was closed" or ResponseBody contains "forcibly closed" or ResponseBody contains "expected to be kept alive")))"#,
            ),
            likely(
                EXCEPTIONS,
                14,
                r#"(ProblemId =~ "BackendConnectionFailure" or (OuterMessage contains "underlying transport connection was unexpectedly closed" or InnermostMessage contains "underlying transport connection was unexpectedly closed" or OuterMessage contains "the connection was closed" or InnermostMessage contains "the connection was closed" or OuterMessage contains "forcibly closed" or InnermostMessage contains "forcibly closed" or OuterMessage contains "expected to be kept alive" or InnermostMessage contains "expected to be kept alive"))"#,
            ),
            likely(
                REQUESTS,
                14,
                r#"ResultCode in~ ("500", "502", "504") and (tostring(Properties["Response-Body"]) contains "underlying transport connection was unexpectedly closed" or tostring(Properties["Response-Body"]) contains "the connection was closed" or tostring(Properties["Response-Body"]) contains "forcibly closed" or tostring(Properties["Response-Body"]) contains "expected to be kept alive")"#,
            ),
        ],
        meaning: word(
            "The connection was idle too long while the backend worked. Values above 240 s in forward-request may not be honoured because the network drops idle connections.",
        ),
        causes: words(&[
            "App Service 230 s limit",
            "Azure load balancer 4 min idle timeout",
        ]),
        fixes: words(&["Async request/reply (202 + polling), streaming, or faster backend"]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/forward-request-policy"),
    },
    Signature {
        id: "transport.http2",
        family: "backend-transport",
        title: word("HTTP/2 stream or protocol error with backend"),
        severity: Severity::Error,
        specificity: 19,
        clues: &[
            certain(
                GATEWAY,
                21,
                r#"LastErrorReason =~ "BackendConnectionFailure" and (isempty(LastErrorSource) or LastErrorSource in~ ("forward-request", "request-forwarder", "send-request")) and ((LastErrorMessage contains "http/2 server" or ResponseBody contains "http/2 server" or LastErrorMessage contains "protocol_error" or ResponseBody contains "protocol_error" or LastErrorMessage contains "goaway" or ResponseBody contains "goaway" or LastErrorMessage contains "rst_stream" or ResponseBody contains "rst_stream" or LastErrorMessage contains "http2" or ResponseBody contains "http2" or LastErrorMessage contains "http_1_1_required" or ResponseBody contains "http_1_1_required") or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and (Errors contains "http/2 server" or Errors contains "protocol_error" or Errors contains "goaway" or Errors contains "rst_stream" or Errors contains "http2" or Errors contains "http_1_1_required")))"#,
            ),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("forward-request", "request-forwarder", "send-request") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and ((LastErrorMessage contains "http/2 server" or ResponseBody contains "http/2 server" or LastErrorMessage contains "protocol_error" or ResponseBody contains "protocol_error" or LastErrorMessage contains "goaway" or ResponseBody contains "goaway" or LastErrorMessage contains "rst_stream" or ResponseBody contains "rst_stream" or LastErrorMessage contains "http2" or ResponseBody contains "http2" or LastErrorMessage contains "http_1_1_required" or ResponseBody contains "http_1_1_required") or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and (Errors contains "http/2 server" or Errors contains "protocol_error" or Errors contains "goaway" or Errors contains "rst_stream" or Errors contains "http2" or Errors contains "http_1_1_required")))"#,
            ),
            likely(
                GATEWAY,
                9,
                r#"(isnull(ResponseCode) or ResponseCode in (500, 502, 503, 504)) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and ((LastErrorMessage contains "http/2 server" or LastErrorMessage contains "protocol_error" or LastErrorMessage contains "goaway" or LastErrorMessage contains "rst_stream" or LastErrorMessage contains "http2" or LastErrorMessage contains "http_1_1_required") or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and (Errors contains "http/2 server" or Errors contains "protocol_error" or Errors contains "goaway" or Errors contains "rst_stream" or Errors contains "http2" or Errors contains "http_1_1_required")) or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and (ResponseBody contains "http/2 server" or ResponseBody contains "protocol_error" or ResponseBody contains "goaway" or ResponseBody contains "rst_stream" or ResponseBody contains "http2" or ResponseBody contains "http_1_1_required")))"#,
            ),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId =~ "BackendConnectionFailure" or (OuterMessage contains "http/2 server" or InnermostMessage contains "http/2 server" or OuterMessage contains "protocol_error" or InnermostMessage contains "protocol_error" or OuterMessage contains "goaway" or InnermostMessage contains "goaway" or OuterMessage contains "rst_stream" or InnermostMessage contains "rst_stream" or OuterMessage contains "http2" or InnermostMessage contains "http2" or OuterMessage contains "http_1_1_required" or InnermostMessage contains "http_1_1_required"))"#,
            ),
            likely(
                REQUESTS,
                11,
                r#"ResultCode in~ ("500", "502", "503", "504") and (tostring(Properties["Response-Body"]) contains "http/2 server" or tostring(Properties["Response-Body"]) contains "protocol_error" or tostring(Properties["Response-Body"]) contains "goaway" or tostring(Properties["Response-Body"]) contains "rst_stream" or tostring(Properties["Response-Body"]) contains "http2" or tostring(Properties["Response-Body"]) contains "http_1_1_required")"#,
            ),
        ],
        meaning: word("HTTP/2 connection to the backend failed."),
        causes: words(&[
            "Backend or proxy mishandles HTTP/2",
            "gRPC backend without h2",
            "Load balancer sends GOAWAY on rotation",
        ]),
        fixes: words(&[
            "Force HTTP/1.1 (http-version on forward-request) or fix h2",
            "Retry on GOAWAY",
        ]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/forward-request-policy"),
    },
    Signature {
        id: "transport.invalid-response",
        family: "backend-transport",
        title: word("Backend sent an invalid HTTP response"),
        severity: Severity::Error,
        specificity: 19,
        clues: &[
            certain(
                GATEWAY,
                21,
                r#"LastErrorReason =~ "BackendConnectionFailure" and (isempty(LastErrorSource) or LastErrorSource in~ ("forward-request", "request-forwarder", "send-request")) and ((LastErrorMessage contains "invalid or unrecognized response" or ResponseBody contains "invalid or unrecognized response" or LastErrorMessage contains "committed a protocol violation" or ResponseBody contains "committed a protocol violation" or LastErrorMessage contains "invalid status line" or ResponseBody contains "invalid status line" or LastErrorMessage contains "invalid header" or ResponseBody contains "invalid header") or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and (Errors contains "invalid or unrecognized response" or Errors contains "committed a protocol violation" or Errors contains "invalid status line" or Errors contains "invalid header")))"#,
            ),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("forward-request", "request-forwarder", "send-request") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and ((LastErrorMessage contains "invalid or unrecognized response" or ResponseBody contains "invalid or unrecognized response" or LastErrorMessage contains "committed a protocol violation" or ResponseBody contains "committed a protocol violation" or LastErrorMessage contains "invalid status line" or ResponseBody contains "invalid status line" or LastErrorMessage contains "invalid header" or ResponseBody contains "invalid header") or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and (Errors contains "invalid or unrecognized response" or Errors contains "committed a protocol violation" or Errors contains "invalid status line" or Errors contains "invalid header")))"#,
            ),
            likely(
                GATEWAY,
                9,
                r#"(isnull(ResponseCode) or ResponseCode in (500, 502, 503, 504)) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and ((LastErrorMessage contains "invalid or unrecognized response" or LastErrorMessage contains "committed a protocol violation" or LastErrorMessage contains "invalid status line" or LastErrorMessage contains "invalid header") or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and (Errors contains "invalid or unrecognized response" or Errors contains "committed a protocol violation" or Errors contains "invalid status line" or Errors contains "invalid header")) or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and (ResponseBody contains "invalid or unrecognized response" or ResponseBody contains "committed a protocol violation" or ResponseBody contains "invalid status line" or ResponseBody contains "invalid header")))"#,
            ),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId =~ "BackendConnectionFailure" or (OuterMessage contains "invalid or unrecognized response" or InnermostMessage contains "invalid or unrecognized response" or OuterMessage contains "committed a protocol violation" or InnermostMessage contains "committed a protocol violation" or OuterMessage contains "invalid status line" or InnermostMessage contains "invalid status line" or OuterMessage contains "invalid header" or InnermostMessage contains "invalid header"))"#,
            ),
            likely(
                REQUESTS,
                11,
                r#"ResultCode in~ ("500", "502", "503", "504") and (tostring(Properties["Response-Body"]) contains "invalid or unrecognized response" or tostring(Properties["Response-Body"]) contains "committed a protocol violation" or tostring(Properties["Response-Body"]) contains "invalid status line" or tostring(Properties["Response-Body"]) contains "invalid header")"#,
            ),
        ],
        meaning: word("Bytes were received but not valid HTTP."),
        causes: words(&[
            "Non-HTTP service",
            "Duplicate/illegal headers",
            "Proxy error page truncated",
        ]),
        fixes: words(&["Fix the backend's HTTP framing"]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/api-management-error-handling-policies",
        ),
    },
];
