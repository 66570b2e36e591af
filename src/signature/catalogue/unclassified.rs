//! Signatures of the family `unclassified`.

use crate::signature::tables::GATEWAY;
use crate::signature::{Severity, Signature, likely, word, words};

pub(super) static ENTRIES: &[Signature] = &[
    Signature {
        id: "meta.gateway-500",
        family: "unclassified",
        title: word("Gateway-generated 500 without details"),
        severity: Severity::Error,
        specificity: 4,
        clues: &[likely(
            GATEWAY,
            3,
            "ResponseCode == 500 and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and isempty(LastErrorMessage) and isempty(BackendResponseBody)",
        )],
        meaning: word(
            "APIM's generic 500 body ({statusCode,message:'Internal server error',activityId}) and no recorded reason.",
        ),
        causes: words(&[
            "on-error swallowed the error",
            "Row sampled/truncated",
            "Platform fault",
        ]),
        fixes: words(&["Use the activityId/CorrelationId to find Errors; enable errors at 100%"]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/api-management-error-handling-policies",
        ),
    },
    Signature {
        id: "meta.unclassified",
        family: "unclassified",
        title: word("Failure with an unknown reason"),
        severity: Severity::Error,
        specificity: 0,
        clues: &[likely(
            GATEWAY,
            0,
            "(ResponseCode == 0 or ResponseCode between (400 .. 599))",
        )],
        meaning: word("No rule matched. Show raw LastError fields."),
        causes: words(&[]),
        fixes: words(&["Report the (Source, Reason, Message) triple"]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/api-management-error-handling-policies",
        ),
    },
];
