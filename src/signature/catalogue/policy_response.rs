//! Signatures of the family `policy-response`.

use crate::signature::tables::GATEWAY;
use crate::signature::{Severity, Signature, certain, likely, word, words};

pub(super) static ENTRIES: &[Signature] = &[
    Signature {
        id: "policy.custom-response",
        family: "policy-response",
        title: word("Response produced by your own policy"),
        severity: Severity::Warning,
        specificity: 2,
        clues: &[likely(
            GATEWAY,
            3,
            "ResponseCode between (400 .. 599) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and isempty(LastErrorMessage) and isempty(BackendResponseBody)",
        )],
        meaning: word(
            "Error status, backend never called, and no LastError: return-response, mock-response, set-status or a named-value guard answered.",
        ),
        causes: words(&[
            "Authorization fragments that return 401/403",
            "Custom throttling or maintenance page",
            "on-error that cleared the error",
        ]),
        fixes: words(&[
            "Search the effective policy for return-response/set-status with this code; trace once",
        ]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/return-response-policy"),
    },
    Signature {
        id: "policy.blank-200",
        family: "policy-response",
        title: word("200 with an empty body and no backend call"),
        severity: Severity::Warning,
        specificity: 13,
        clues: &[likely(
            GATEWAY,
            13,
            r#"ResponseCode == 200 and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and isempty(LastErrorMessage) and isempty(BackendResponseBody) and Cache !~ "hit" and ResponseSize <= 300 and tostring(TraceRecords) !contains "mock""#,
        )],
        meaning: word(
            "The request skipped forwarding: missing <forward-request/> or missing <base/> in the backend section, or a self-hosted gateway without valid configuration.",
        ),
        causes: words(&[
            "Backend section edited without <base/>",
            "return-response with no body",
            "Self-hosted gateway running with an expired token",
        ]),
        fixes: words(&[
            "Restore <base/> or <forward-request/>",
            "Renew the gateway token",
        ]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/forward-request-policy"),
    },
    Signature {
        id: "policy.cors",
        family: "policy-response",
        title: word("CORS preflight not satisfied"),
        severity: Severity::Warning,
        specificity: 10,
        clues: &[certain(
            GATEWAY,
            10,
            r#"LastErrorSource =~ "cors" and ResponseCode in (200, 204, 401, 404, 405) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and Method =~ "OPTIONS""#,
        )],
        meaning: word(
            "Browsers report a CORS error; the log shows an OPTIONS row answered by the gateway (or 401/404) without Access-Control-Allow-Origin.",
        ),
        causes: words(&[
            "No cors policy at the effective scope, or origin/header/method not listed",
            "cors at product scope while the preflight carries no key",
            "Duplicate cors policies",
        ]),
        fixes: words(&[
            "Put one cors policy at global or API inbound, first in order",
            "List exact origins and headers",
        ]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/cors-policy"),
    },
    Signature {
        id: "policy.cors-preflight-no-match",
        family: "policy-response",
        title: word("OPTIONS preflight hits no operation or no key"),
        severity: Severity::Warning,
        specificity: 6,
        clues: &[likely(
            GATEWAY,
            6,
            r#"ResponseCode in (401, 404, 405) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and Method =~ "OPTIONS""#,
        )],
        meaning: word(
            "A preflight reached an API without a cors policy, so it failed like any other unmatched/keyless request.",
        ),
        causes: words(&["cors policy missing at API scope"]),
        fixes: words(&["Add cors at API inbound"]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/cors-policy"),
    },
];
