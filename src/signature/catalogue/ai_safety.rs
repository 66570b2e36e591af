//! Signatures of the family `ai-safety`.

use crate::signature::tables::{EXCEPTIONS, GATEWAY, REQUESTS};
use crate::signature::{Severity, Signature, certain, likely, word, words};

pub(super) static ENTRIES: &[Signature] = &[
    Signature {
        id: "ai.content-safety-policy",
        family: "ai-safety",
        title: word("Blocked by the gateway's llm-content-safety policy"),
        severity: Severity::Error,
        specificity: 5,
        clues: &[certain(
            GATEWAY,
            7,
            r#"LastErrorSource =~ "llm-content-safety" and (isnull(BackendResponseCode) or BackendResponseCode == 0)"#,
        )],
        meaning: word(
            "The gateway called Azure AI Content Safety and refused the prompt (or completion) with 403 before/after the model. No backend status because the model was not called.",
        ),
        causes: words(&["Category above threshold, blocklist hit or shield-prompt"]),
        fixes: words(&[
            "Tune thresholds (0-7 for EightSeverityLevels) and blocklists",
            "Use on-error to return a friendlier body",
        ]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/llm-content-safety-policy"),
    },
    Signature {
        id: "ai.content-safety-backend",
        family: "ai-safety",
        title: word("llm-content-safety could not use its Content Safety backend"),
        severity: Severity::Error,
        specificity: 9,
        clues: &[
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource =~ "llm-content-safety" and ResponseCode in (500, 401, 502, 503) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and {said}"#,
            )
            .of(&["unauthorized", "connection", "timed out"]),
            certain(
                GATEWAY,
                7,
                r#"LastErrorSource =~ "llm-content-safety" and ResponseCode in (500, 401, 502, 503) and (isnull(BackendResponseCode) or BackendResponseCode == 0)"#,
            ),
            likely(
                GATEWAY,
                9,
                "ResponseCode in (500, 401, 502, 503) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&["unauthorized", "connection", "timed out"]),
            likely(EXCEPTIONS, 11, "({thrown})").of(&["unauthorized", "connection", "timed out"]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode in~ ("500", "401", "502", "503") and {body}"#,
            )
            .of(&["unauthorized", "connection", "timed out"]),
        ],
        meaning: word("The policy's own call to Content Safety failed."),
        causes: words(&[
            "Managed identity lacks Cognitive Services User on Content Safety",
            "Caller's api-key header forwarded to Content Safety overrides bearer auth and yields 401",
            "Wrong backend URL",
        ]),
        fixes: words(&["Assign the role; isolate the request headers; fix the backend entity"]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/llm-content-safety-policy"),
    },
];
