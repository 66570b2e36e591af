//! Signatures of the family `backend-timeout`.

use crate::signature::tables::{EXCEPTIONS, GATEWAY, REQUESTS};
use crate::signature::{Severity, Signature, certain, likely, word, words};

pub(super) static ENTRIES: &[Signature] = &[Signature {
    id: "timeout.forward-request",
    family: "backend-timeout",
    title: word("Backend did not answer within the forward-request timeout"),
    severity: Severity::Error,
    specificity: 15,
    clues: &[
        certain(
            GATEWAY,
            21,
            r#"LastErrorReason =~ "Timeout" and (isempty(LastErrorSource) or LastErrorSource in~ ("forward-request", "request-forwarder")) and {said}"#,
        )
        .of(&["request to the backend service timed out"]),
        certain(
            GATEWAY,
            15,
            r#"LastErrorReason =~ "Timeout" and (isempty(LastErrorSource) or LastErrorSource in~ ("forward-request", "request-forwarder"))"#,
        ),
        certain(
            GATEWAY,
            13,
            r#"LastErrorSource in~ ("forward-request", "request-forwarder") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and {said}"#,
        )
        .of(&["request to the backend service timed out"]),
        likely(
            GATEWAY,
            7,
            r#"LastErrorSource in~ ("forward-request", "request-forwarder") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason)"#,
        ),
        likely(
            GATEWAY,
            9,
            "(isnull(ResponseCode) or ResponseCode in (500, 504, 408)) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and {guessed}",
        )
        .of(&["request to the backend service timed out"]),
        likely(GATEWAY, 7, r#"LastErrorReason =~ "Timeout""#),
        likely(
            EXCEPTIONS,
            11,
            r#"(ProblemId =~ "Timeout" or {thrown})"#,
        )
        .of(&["request to the backend service timed out"]),
        likely(
            REQUESTS,
            11,
            r#"ResultCode in~ ("500", "504", "408") and {body}"#,
        )
        .of(&["request to the backend service timed out"]),
    ],
    meaning: word(
        "Status line and headers were not received within the policy timeout (default 300 s). Reported as 500 by many users; 504 appears when on-error maps it. BackendTime is close to the configured value.",
    ),
    causes: words(&[
        "Slow backend or dependency",
        "timeout attribute too small",
        "Client uploading a large body for longer than the timeout",
        "LLM call without streaming",
    ]),
    fixes: words(&[
        "Speed up or go asynchronous; stream LLM output",
        "Raise timeout (values over 240 s may not be honoured)",
        "Return 504 from on-error when Reason is Timeout",
    ]),
    doc_url: word("https://learn.microsoft.com/azure/api-management/forward-request-policy"),
}];
