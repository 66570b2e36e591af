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
                r#"LastErrorReason =~ "BackendConnectionFailure" and (isempty(LastErrorSource) or LastErrorSource in~ ("forward-request", "request-forwarder", "send-request")) and {said}"#,
            )
            .of(&[
                "forcibly closed by the remote host",
                "connection reset by peer",
                "connection reset",
            ]),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("forward-request", "request-forwarder", "send-request") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and {said}"#,
            )
            .of(&[
                "forcibly closed by the remote host",
                "connection reset by peer",
                "connection reset",
            ]),
            likely(
                GATEWAY,
                9,
                "(isnull(ResponseCode) or ResponseCode in (500, 502, 503, 504)) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&[
                "forcibly closed by the remote host",
                "connection reset by peer",
                "connection reset",
            ]),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId =~ "BackendConnectionFailure" or {thrown})"#,
            )
            .of(&[
                "forcibly closed by the remote host",
                "connection reset by peer",
                "connection reset",
            ]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode in~ ("500", "502", "503", "504") and {body}"#,
            )
            .of(&[
                "forcibly closed by the remote host",
                "connection reset by peer",
                "connection reset",
            ]),
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
                r#"LastErrorReason =~ "BackendConnectionFailure" and (isempty(LastErrorSource) or LastErrorSource in~ ("forward-request", "request-forwarder", "send-request")) and {said}"#,
            )
            .of(&["expected to be kept alive was closed"]),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("forward-request", "request-forwarder", "send-request") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and {said}"#,
            )
            .of(&["expected to be kept alive was closed"]),
            likely(
                GATEWAY,
                9,
                "(isnull(ResponseCode) or ResponseCode in (500, 502, 503, 504)) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&["expected to be kept alive was closed"]),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId =~ "BackendConnectionFailure" or {thrown})"#,
            )
            .of(&["expected to be kept alive was closed"]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode in~ ("500", "502", "503", "504") and {body}"#,
            )
            .of(&["expected to be kept alive was closed"]),
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
                r#"LastErrorReason =~ "BackendConnectionFailure" and (isempty(LastErrorSource) or LastErrorSource in~ ("forward-request", "request-forwarder", "send-request")) and {said}"#,
            )
            .of(&[
                "the connection was closed unexpectedly",
                "an unexpected error occurred on a receive",
                "an unexpected error occurred on a send",
                "unable to read data from the transport connection: the connection was closed",
                "response ended prematurely",
                "underlying transport connection was unexpectedly closed",
                "error while copying content",
                "unexpected end of stream",
            ]),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("forward-request", "request-forwarder", "send-request") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and {said}"#,
            )
            .of(&[
                "the connection was closed unexpectedly",
                "an unexpected error occurred on a receive",
                "an unexpected error occurred on a send",
                "unable to read data from the transport connection: the connection was closed",
                "response ended prematurely",
                "underlying transport connection was unexpectedly closed",
                "error while copying content",
                "unexpected end of stream",
            ]),
            likely(
                GATEWAY,
                9,
                "(isnull(ResponseCode) or ResponseCode in (500, 502, 503, 504)) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&[
                "the connection was closed unexpectedly",
                "an unexpected error occurred on a receive",
                "an unexpected error occurred on a send",
                "unable to read data from the transport connection: the connection was closed",
                "response ended prematurely",
                "underlying transport connection was unexpectedly closed",
                "error while copying content",
                "unexpected end of stream",
            ]),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId =~ "BackendConnectionFailure" or {thrown})"#,
            )
            .of(&[
                "the connection was closed unexpectedly",
                "an unexpected error occurred on a receive",
                "an unexpected error occurred on a send",
                "unable to read data from the transport connection: the connection was closed",
                "response ended prematurely",
                "underlying transport connection was unexpectedly closed",
                "error while copying content",
                "unexpected end of stream",
            ]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode in~ ("500", "502", "503", "504") and {body}"#,
            )
            .of(&[
                "the connection was closed unexpectedly",
                "an unexpected error occurred on a receive",
                "an unexpected error occurred on a send",
                "unable to read data from the transport connection: the connection was closed",
                "response ended prematurely",
                "underlying transport connection was unexpectedly closed",
                "error while copying content",
                "unexpected end of stream",
            ]),
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
                r#"LastErrorReason =~ "BackendConnectionFailure" and (isempty(LastErrorSource) or LastErrorSource in~ ("forward-request", "request-forwarder", "send-request")) and BackendTime between (225000 .. 245000) and {said}"#,
            )
            .of(&[
                "underlying transport connection was unexpectedly closed",
                "the connection was closed",
                "forcibly closed",
                "expected to be kept alive",
            ]),
            certain(
                GATEWAY,
                16,
                r#"LastErrorSource in~ ("forward-request", "request-forwarder", "send-request") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and BackendTime between (225000 .. 245000) and {said}"#,
            )
            .of(&[
                "underlying transport connection was unexpectedly closed",
                "the connection was closed",
                "forcibly closed",
                "expected to be kept alive",
            ]),
            likely(
                GATEWAY,
                12,
                "(isnull(ResponseCode) or ResponseCode in (500, 502, 504)) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and BackendTime between (225000 .. 245000) and {guessed}",
            )
            .of(&[
                "underlying transport connection was unexpectedly closed",
                "the connection was closed",
                "forcibly closed",
                "expected to be kept alive",
            ]),
            likely(
                EXCEPTIONS,
                14,
                r#"(ProblemId =~ "BackendConnectionFailure" or {thrown})"#,
            )
            .of(&[
                "underlying transport connection was unexpectedly closed",
                "the connection was closed",
                "forcibly closed",
                "expected to be kept alive",
            ]),
            likely(
                REQUESTS,
                14,
                r#"ResultCode in~ ("500", "502", "504") and {body}"#,
            )
            .of(&[
                "underlying transport connection was unexpectedly closed",
                "the connection was closed",
                "forcibly closed",
                "expected to be kept alive",
            ]),
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
                r#"LastErrorReason =~ "BackendConnectionFailure" and (isempty(LastErrorSource) or LastErrorSource in~ ("forward-request", "request-forwarder", "send-request")) and {said}"#,
            )
            .of(&[
                "http/2 server",
                "protocol_error",
                "goaway",
                "rst_stream",
                "http2",
                "http_1_1_required",
            ]),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("forward-request", "request-forwarder", "send-request") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and {said}"#,
            )
            .of(&[
                "http/2 server",
                "protocol_error",
                "goaway",
                "rst_stream",
                "http2",
                "http_1_1_required",
            ]),
            likely(
                GATEWAY,
                9,
                "(isnull(ResponseCode) or ResponseCode in (500, 502, 503, 504)) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&[
                "http/2 server",
                "protocol_error",
                "goaway",
                "rst_stream",
                "http2",
                "http_1_1_required",
            ]),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId =~ "BackendConnectionFailure" or {thrown})"#,
            )
            .of(&[
                "http/2 server",
                "protocol_error",
                "goaway",
                "rst_stream",
                "http2",
                "http_1_1_required",
            ]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode in~ ("500", "502", "503", "504") and {body}"#,
            )
            .of(&[
                "http/2 server",
                "protocol_error",
                "goaway",
                "rst_stream",
                "http2",
                "http_1_1_required",
            ]),
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
                r#"LastErrorReason =~ "BackendConnectionFailure" and (isempty(LastErrorSource) or LastErrorSource in~ ("forward-request", "request-forwarder", "send-request")) and {said}"#,
            )
            .of(&[
                "invalid or unrecognized response",
                "committed a protocol violation",
                "invalid status line",
                "invalid header",
            ]),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("forward-request", "request-forwarder", "send-request") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and {said}"#,
            )
            .of(&[
                "invalid or unrecognized response",
                "committed a protocol violation",
                "invalid status line",
                "invalid header",
            ]),
            likely(
                GATEWAY,
                9,
                "(isnull(ResponseCode) or ResponseCode in (500, 502, 503, 504)) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&[
                "invalid or unrecognized response",
                "committed a protocol violation",
                "invalid status line",
                "invalid header",
            ]),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId =~ "BackendConnectionFailure" or {thrown})"#,
            )
            .of(&[
                "invalid or unrecognized response",
                "committed a protocol violation",
                "invalid status line",
                "invalid header",
            ]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode in~ ("500", "502", "503", "504") and {body}"#,
            )
            .of(&[
                "invalid or unrecognized response",
                "committed a protocol violation",
                "invalid status line",
                "invalid header",
            ]),
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
