//! Signatures of the family `informational`.

use crate::signature::tables::{GATEWAY, REQUESTS};
use crate::signature::{Severity, Signature, likely, word, words};

pub(super) static ENTRIES: &[Signature] = &[
    Signature {
        id: "meta.cache-hit",
        family: "informational",
        title: word("Served from cache"),
        severity: Severity::Info,
        specificity: 5,
        clues: &[likely(
            GATEWAY,
            6,
            r#"ResponseCode between (200 .. 399) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and Cache =~ "hit" and isempty(LastErrorReason) and isempty(LastErrorSource) and isempty(LastErrorMessage) and isempty(BackendResponseBody)"#,
        )],
        meaning: word("No backend call because the response came from cache."),
        causes: words(&[]),
        fixes: words(&[]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/api-management-howto-cache",
        ),
    },
    Signature {
        id: "meta.success",
        family: "informational",
        title: word("No failure"),
        severity: Severity::Info,
        specificity: 1,
        clues: &[
            likely(
                GATEWAY,
                0,
                "ResponseCode between (100 .. 399) and isempty(LastErrorReason) and isempty(LastErrorSource) and isempty(LastErrorMessage)",
            ),
            likely(REQUESTS, 0, "Success == true"),
        ],
        meaning: word("Request succeeded."),
        causes: words(&[]),
        fixes: words(&[]),
        doc_url: word(
            "https://learn.microsoft.com/azure/azure-monitor/reference/tables/apimanagementgatewaylogs",
        ),
    },
];
