//! Signatures of the family `client-disconnect`.

use crate::signature::tables::{EXCEPTIONS, GATEWAY, REQUESTS};
use crate::signature::{Severity, Signature, certain, likely, word, words};

pub(super) static ENTRIES: &[Signature] = &[
    Signature {
        id: "client.abort-during-backend",
        family: "client-disconnect",
        title: word("Client gave up while the backend was working"),
        severity: Severity::Warning,
        specificity: 14,
        clues: &[
            certain(
                GATEWAY,
                20,
                r#"LastErrorReason =~ "ClientConnectionFailure" and (isempty(LastErrorSource) or LastErrorSource in~ ("forward-request", "request-forwarder")) and {said}"#,
            )
            .of(&[
                "the operation was canceled",
                "the operation was cancelled",
                "client connection was unexpectedly closed",
                "a task was canceled",
                "a task was cancelled",
            ]),
            certain(
                GATEWAY,
                14,
                r#"LastErrorReason =~ "ClientConnectionFailure" and (isempty(LastErrorSource) or LastErrorSource in~ ("forward-request", "request-forwarder"))"#,
            ),
            certain(
                GATEWAY,
                12,
                r#"LastErrorSource in~ ("forward-request", "request-forwarder") and isempty(LastErrorReason) and {said}"#,
            )
            .of(&[
                "the operation was canceled",
                "the operation was cancelled",
                "client connection was unexpectedly closed",
                "a task was canceled",
                "a task was cancelled",
            ]),
            likely(
                GATEWAY,
                6,
                r#"LastErrorSource in~ ("forward-request", "request-forwarder") and isempty(LastErrorReason)"#,
            ),
            likely(
                GATEWAY,
                8,
                "(isnull(ResponseCode) or ResponseCode in (0, 499, 500)) and isempty(LastErrorReason) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&[
                "the operation was canceled",
                "the operation was cancelled",
                "client connection was unexpectedly closed",
                "a task was canceled",
                "a task was cancelled",
            ]),
            likely(
                EXCEPTIONS,
                10,
                r#"(ProblemId =~ "ClientConnectionFailure" or {thrown})"#,
            )
            .of(&[
                "the operation was canceled",
                "the operation was cancelled",
                "client connection was unexpectedly closed",
                "a task was canceled",
                "a task was cancelled",
            ]),
            likely(
                REQUESTS,
                10,
                r#"ResultCode in~ ("0", "499", "500") and {body}"#,
            )
            .of(&[
                "the operation was canceled",
                "the operation was cancelled",
                "client connection was unexpectedly closed",
                "a task was canceled",
                "a task was cancelled",
            ]),
        ],
        meaning: word(
            "The caller closed its connection before the gateway finished talking to the backend. ResponseCode is 0 (sometimes 500). Elapsed time equals the caller's timeout (75 s, 100 s = .NET default, 30 s, 240 s...).",
        ),
        causes: words(&[
            "Client or edge timeout shorter than the backend time",
            "User navigated away",
            "Mobile network loss",
        ]),
        fixes: words(&[
            "Compare LastErrorElapsed with known client timeouts",
            "Shorten the backend call, stream, or raise the client timeout",
            "Exclude from server-error SLOs",
        ]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/api-management-error-handling-policies",
        ),
    },
    Signature {
        id: "client.abort-during-response",
        family: "client-disconnect",
        title: word("Client dropped while receiving the response"),
        severity: Severity::Warning,
        specificity: 14,
        clues: &[
            certain(
                GATEWAY,
                19,
                r#"LastErrorReason =~ "ClientConnectionFailure" and (isempty(LastErrorSource) or LastErrorSource =~ "transfer-response") and {said}"#,
            )
            .of(&[
                "a task was canceled",
                "a task was cancelled",
                "client connection was unexpectedly closed",
                "the operation was canceled",
            ]),
            certain(
                GATEWAY,
                13,
                r#"LastErrorReason =~ "ClientConnectionFailure" and (isempty(LastErrorSource) or LastErrorSource =~ "transfer-response")"#,
            ),
            certain(
                GATEWAY,
                11,
                r#"LastErrorSource =~ "transfer-response" and isempty(LastErrorReason) and {said}"#,
            )
            .of(&[
                "a task was canceled",
                "a task was cancelled",
                "client connection was unexpectedly closed",
                "the operation was canceled",
            ]),
            likely(
                GATEWAY,
                5,
                r#"LastErrorSource =~ "transfer-response" and isempty(LastErrorReason)"#,
            ),
            likely(
                GATEWAY,
                7,
                "isempty(LastErrorReason) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&[
                "a task was canceled",
                "a task was cancelled",
                "client connection was unexpectedly closed",
                "the operation was canceled",
            ]),
            likely(
                EXCEPTIONS,
                9,
                r#"(ProblemId =~ "ClientConnectionFailure" or {thrown})"#,
            )
            .of(&[
                "a task was canceled",
                "a task was cancelled",
                "client connection was unexpectedly closed",
                "the operation was canceled",
            ]),
        ],
        meaning: word(
            "Headers (often 200) were already sent; the client closed before the body finished. By volume this was the larger of the two variants in the public report.",
        ),
        causes: words(&[
            "Slow or impatient client",
            "Large payload over a slow link (ClientTime high)",
            "Streaming UI closed",
        ]),
        fixes: words(&[
            "Check ClientTime share; page or compress responses",
            "Treat as informational for SSE/chat",
        ]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/api-management-error-handling-policies",
        ),
    },
    Signature {
        id: "client.abort-generic",
        family: "client-disconnect",
        title: word("Client disconnected"),
        severity: Severity::Warning,
        specificity: 8,
        clues: &[
            certain(
                GATEWAY,
                9,
                r#"LastErrorReason =~ "ClientConnectionFailure""#,
            ),
            likely(
                EXCEPTIONS,
                7,
                r#"ProblemId =~ "ClientConnectionFailure" or OuterMessage has_any ("ClientConnectionFailure")"#,
            ),
        ],
        meaning: word("Downstream connection aborted by the client while the request was pending."),
        causes: words(&["Client timeout or cancel"]),
        fixes: words(&["Use LastErrorSource/Section to see when"]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/api-management-error-handling-policies",
        ),
    },
];
