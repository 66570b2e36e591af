//! Signatures of the family `routing`.

use crate::signature::tables::{EXCEPTIONS, GATEWAY, REQUESTS};
use crate::signature::{Severity, Signature, certain, likely, word, words};

pub(super) static ENTRIES: &[Signature] = &[Signature {
    id: "routing.operation-not-found",
    family: "routing",
    title: word("No API/operation matches the request"),
    severity: Severity::Error,
    specificity: 15,
    clues: &[
        certain(
            GATEWAY,
            21,
            r#"LastErrorReason =~ "OperationNotFound" and (isempty(LastErrorSource) or LastErrorSource =~ "configuration") and {said}"#,
        )
        .of(&["unable to match incoming request to an operation"]),
        certain(
            GATEWAY,
            15,
            r#"LastErrorReason =~ "OperationNotFound" and (isempty(LastErrorSource) or LastErrorSource =~ "configuration")"#,
        ),
        certain(
            GATEWAY,
            13,
            r#"LastErrorSource =~ "configuration" and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and {said}"#,
        )
        .of(&["unable to match incoming request to an operation"]),
        likely(
            GATEWAY,
            7,
            r#"LastErrorSource =~ "configuration" and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason)"#,
        ),
        likely(
            GATEWAY,
            9,
            "(isnull(ResponseCode) or ResponseCode in (404, 405, 501)) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and {guessed}",
        )
        .of(&["unable to match incoming request to an operation"]),
        likely(GATEWAY, 7, r#"LastErrorReason =~ "OperationNotFound""#),
        likely(
            EXCEPTIONS,
            11,
            r#"(ProblemId =~ "OperationNotFound" or {thrown})"#,
        )
        .of(&["unable to match incoming request to an operation"]),
        likely(
            REQUESTS,
            11,
            r#"ResultCode in~ ("404", "405", "501") and {body}"#,
        )
        .of(&["unable to match incoming request to an operation"]),
        likely(
            REQUESTS,
            6,
            r#"ResultCode == "404" and isempty(tostring(Properties["API Name"])) and SDKVersion startswith "apim:""#,
        ),
    ],
    meaning: word(
        "The gateway could not map method + URL to any published operation, so no API policy ran. The caller normally gets 404 with the body text 'Resource not found'. BackendUrl and BackendResponseCode are empty.",
    ),
    causes: words(&[
        "Wrong path, missing API URL suffix or missing version segment/header/query",
        "HTTP method not declared on the operation (incl. OPTIONS preflight with no cors policy)",
        "API exists but the revision is not current, or the API is not assigned to this self-hosted gateway/workspace",
        "SDK appends a path the API suffix does not include (for example OpenAI SDKs add /openai)",
        "Health probe or scanner hitting '/'",
    ]),
    fixes: words(&[
        "Compare Url and Method with the API suffix + operation template; add the operation or fix the client",
        "Check versioning scheme and current revision",
        "For probes use /status-0123456789abcdef",
        "For OpenAI SDK clients publish the API with a suffix ending in /openai",
    ]),
    doc_url: word(
        "https://learn.microsoft.com/azure/api-management/api-management-error-handling-policies",
    ),
}];
