//! Signatures of the family `backend-dns`.

use crate::signature::tables::{EXCEPTIONS, GATEWAY, REQUESTS};
use crate::signature::{Severity, Signature, certain, likely, word, words};

pub(super) static ENTRIES: &[Signature] = &[Signature {
    id: "dns.not-resolved",
    family: "backend-dns",
    title: word("Backend host name does not resolve"),
    severity: Severity::Error,
    specificity: 19,
    clues: &[
        certain(
            GATEWAY,
            21,
            r#"LastErrorReason =~ "BackendConnectionFailure" and (isempty(LastErrorSource) or LastErrorSource in~ ("forward-request", "request-forwarder", "send-request")) and {said}"#,
        )
        .of(&[
            "remote name could not be resolved",
            "no such host is known",
            "name or service not known",
            "temporary failure in name resolution",
            "nodename nor servname",
            "resource temporarily unavailable",
        ]),
        certain(
            GATEWAY,
            13,
            r#"LastErrorSource in~ ("forward-request", "request-forwarder", "send-request") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and {said}"#,
        )
        .of(&[
            "remote name could not be resolved",
            "no such host is known",
            "name or service not known",
            "temporary failure in name resolution",
            "nodename nor servname",
            "resource temporarily unavailable",
        ]),
        likely(
            GATEWAY,
            9,
            "(isnull(ResponseCode) or ResponseCode in (500, 502, 503, 504)) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and {guessed}",
        )
        .of(&[
            "remote name could not be resolved",
            "no such host is known",
            "name or service not known",
            "temporary failure in name resolution",
            "nodename nor servname",
            "resource temporarily unavailable",
        ]),
        likely(
            EXCEPTIONS,
            11,
            r#"(ProblemId =~ "BackendConnectionFailure" or {thrown})"#,
        )
        .of(&[
            "remote name could not be resolved",
            "no such host is known",
            "name or service not known",
            "temporary failure in name resolution",
            "nodename nor servname",
            "resource temporarily unavailable",
        ]),
        likely(
            REQUESTS,
            11,
            r#"ResultCode in~ ("500", "502", "503", "504") and {body}"#,
        )
        .of(&[
            "remote name could not be resolved",
            "no such host is known",
            "name or service not known",
            "temporary failure in name resolution",
            "nodename nor servname",
            "resource temporarily unavailable",
        ]),
    ],
    meaning: word(
        "DNS lookup for the backend failed. The first wording is the classic gateway; the others are current .NET on Windows/Linux.",
    ),
    causes: words(&[
        "Typo or deleted backend",
        "Custom DNS in the VNet lacks the private-link zone or forwarder",
        "Private DNS zone not linked to the APIM VNet",
        "Transient resolver failure",
    ]),
    fixes: words(&[
        "Resolve the name from the APIM subnet",
        "Link/forward the private DNS zone (for example privatelink.openai.azure.com)",
        "After changing VNet DNS, apply network configuration so the gateway picks it up",
    ]),
    doc_url: word(
        "https://learn.microsoft.com/azure/api-management/api-management-error-handling-policies",
    ),
}];
