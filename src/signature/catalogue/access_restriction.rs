//! Signatures of the family `access-restriction`.

use crate::signature::tables::{EXCEPTIONS, GATEWAY, REQUESTS};
use crate::signature::{Severity, Signature, certain, likely, word, words};

pub(super) static ENTRIES: &[Signature] = &[
    Signature {
        id: "ipfilter.not-allowed",
        family: "access-restriction",
        title: word("Caller IP not on the allow list"),
        severity: Severity::Error,
        specificity: 15,
        clues: &[
            certain(
                GATEWAY,
                21,
                r#"LastErrorReason =~ "CallerIpNotAllowed" and (isempty(LastErrorSource) or LastErrorSource =~ "ip-filter") and {said}"#,
            )
            .of(&["is not allowed. access denied"]),
            certain(
                GATEWAY,
                15,
                r#"LastErrorReason =~ "CallerIpNotAllowed" and (isempty(LastErrorSource) or LastErrorSource =~ "ip-filter")"#,
            ),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource =~ "ip-filter" and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and {said}"#,
            )
            .of(&["is not allowed. access denied"]),
            likely(
                GATEWAY,
                7,
                r#"LastErrorSource =~ "ip-filter" and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason)"#,
            ),
            likely(
                GATEWAY,
                9,
                "(isnull(ResponseCode) or ResponseCode == 403) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&["is not allowed. access denied"]),
            likely(GATEWAY, 7, r#"LastErrorReason =~ "CallerIpNotAllowed""#),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId =~ "CallerIpNotAllowed" or {thrown})"#,
            )
            .of(&["is not allowed. access denied"]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode =~ "403" and {body}"#,
            )
            .of(&["is not allowed. access denied"]),
        ],
        meaning: word(
            "ip-filter action=allow did not contain the caller IP. The caller just sees 403 Forbidden.",
        ),
        causes: words(&[
            "NAT/egress IP changed",
            "APIM sees the edge's IP (App Gateway/Front Door) instead of the client",
            "Policy scoped to one operation by mistake",
        ]),
        fixes: words(&[
            "Use CallerIpAddress in the log to update the range",
            "Behind an edge, compare X-Forwarded-For in an expression instead",
        ]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/ip-filter-policy"),
    },
    Signature {
        id: "ipfilter.blocked",
        family: "access-restriction",
        title: word("Caller IP on the deny list"),
        severity: Severity::Error,
        specificity: 15,
        clues: &[
            certain(
                GATEWAY,
                21,
                r#"LastErrorReason =~ "CallerIpBlocked" and (isempty(LastErrorSource) or LastErrorSource =~ "ip-filter") and {said}"#,
            )
            .of(&["caller ip address is blocked"]),
            certain(
                GATEWAY,
                15,
                r#"LastErrorReason =~ "CallerIpBlocked" and (isempty(LastErrorSource) or LastErrorSource =~ "ip-filter")"#,
            ),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource =~ "ip-filter" and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and {said}"#,
            )
            .of(&["caller ip address is blocked"]),
            likely(
                GATEWAY,
                7,
                r#"LastErrorSource =~ "ip-filter" and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason)"#,
            ),
            likely(
                GATEWAY,
                9,
                "(isnull(ResponseCode) or ResponseCode == 403) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&["caller ip address is blocked"]),
            likely(GATEWAY, 7, r#"LastErrorReason =~ "CallerIpBlocked""#),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId =~ "CallerIpBlocked" or {thrown})"#,
            )
            .of(&["caller ip address is blocked"]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode =~ "403" and {body}"#,
            )
            .of(&["caller ip address is blocked"]),
        ],
        meaning: word("ip-filter action=forbid matched."),
        causes: words(&["Range too broad (for example 0.0.0.0-255.255.255.255)"]),
        fixes: words(&["Narrow the range"]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/ip-filter-policy"),
    },
    Signature {
        id: "ipfilter.unparsed",
        family: "access-restriction",
        title: word("Caller IP could not be determined"),
        severity: Severity::Error,
        specificity: 15,
        clues: &[
            certain(
                GATEWAY,
                21,
                r#"LastErrorReason =~ "FailedToParseCallerIP" and (isempty(LastErrorSource) or LastErrorSource =~ "ip-filter") and {said}"#,
            )
            .of(&["failed to establish ip address"]),
            certain(
                GATEWAY,
                15,
                r#"LastErrorReason =~ "FailedToParseCallerIP" and (isempty(LastErrorSource) or LastErrorSource =~ "ip-filter")"#,
            ),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource =~ "ip-filter" and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and {said}"#,
            )
            .of(&["failed to establish ip address"]),
            likely(
                GATEWAY,
                7,
                r#"LastErrorSource =~ "ip-filter" and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason)"#,
            ),
            likely(
                GATEWAY,
                9,
                "(isnull(ResponseCode) or ResponseCode == 403) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&["failed to establish ip address"]),
            likely(GATEWAY, 7, r#"LastErrorReason =~ "FailedToParseCallerIP""#),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId =~ "FailedToParseCallerIP" or {thrown})"#,
            )
            .of(&["failed to establish ip address"]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode =~ "403" and {body}"#,
            )
            .of(&["failed to establish ip address"]),
        ],
        meaning: word("The gateway could not parse a caller address."),
        causes: words(&["Malformed forwarded address on self-hosted/edge setups"]),
        fixes: words(&["Fix the proxy header"]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/ip-filter-policy"),
    },
    Signature {
        id: "checkheader.missing",
        family: "access-restriction",
        title: word("Required header missing (check-header)"),
        severity: Severity::Error,
        specificity: 15,
        clues: &[
            certain(
                GATEWAY,
                21,
                r#"LastErrorReason =~ "HeaderNotFound" and (isempty(LastErrorSource) or LastErrorSource =~ "check-header") and {said}"#,
            )
            .of(&["was not found in the request"]),
            certain(
                GATEWAY,
                15,
                r#"LastErrorReason =~ "HeaderNotFound" and (isempty(LastErrorSource) or LastErrorSource =~ "check-header")"#,
            ),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource =~ "check-header" and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and {said}"#,
            )
            .of(&["was not found in the request"]),
            likely(
                GATEWAY,
                7,
                r#"LastErrorSource =~ "check-header" and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason)"#,
            ),
            likely(
                GATEWAY,
                9,
                "(isnull(ResponseCode) or ResponseCode in (400, 401, 403, 501)) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&["was not found in the request"]),
            likely(GATEWAY, 7, r#"LastErrorReason =~ "HeaderNotFound""#),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId =~ "HeaderNotFound" or {thrown})"#,
            )
            .of(&["was not found in the request"]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode in~ ("400", "401", "403", "501") and {body}"#,
            )
            .of(&["was not found in the request"]),
        ],
        meaning: word(
            "check-header did not find the header. The status code is whatever failed-check-httpcode says (400, 401 and even 501 seen in the wild).",
        ),
        causes: words(&["Client omitted it", "Edge stripped it", "Name changed"]),
        fixes: words(&["Add the header or relax the policy"]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/check-header-policy"),
    },
    Signature {
        id: "checkheader.value",
        family: "access-restriction",
        title: word("Header value not accepted (check-header)"),
        severity: Severity::Error,
        specificity: 15,
        clues: &[
            certain(
                GATEWAY,
                21,
                r#"LastErrorReason =~ "HeaderValueNotAllowed" and (isempty(LastErrorSource) or LastErrorSource =~ "check-header") and {said}"#,
            )
            .of(&["does not contain required value"]),
            certain(
                GATEWAY,
                15,
                r#"LastErrorReason =~ "HeaderValueNotAllowed" and (isempty(LastErrorSource) or LastErrorSource =~ "check-header")"#,
            ),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource =~ "check-header" and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and {said}"#,
            )
            .of(&["does not contain required value"]),
            likely(
                GATEWAY,
                7,
                r#"LastErrorSource =~ "check-header" and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason)"#,
            ),
            likely(
                GATEWAY,
                9,
                "(isnull(ResponseCode) or ResponseCode in (400, 401, 403)) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&["does not contain required value"]),
            likely(GATEWAY, 7, r#"LastErrorReason =~ "HeaderValueNotAllowed""#),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId =~ "HeaderValueNotAllowed" or {thrown})"#,
            )
            .of(&["does not contain required value"]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode in~ ("400", "401", "403") and {body}"#,
            )
            .of(&["does not contain required value"]),
        ],
        meaning: word(
            "Header present, value not in the list. Real text: 'Header X does not contain required value. Access denied.' (reference documents other wording).",
        ),
        causes: words(&[
            "Front Door X-Azure-FDID mismatch (bypass attempt or changed profile)",
            "Wrong Accept/Content-Type",
        ]),
        fixes: words(&["Add the value, or correct the caller"]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/check-header-policy"),
    },
    Signature {
        id: "access.public-network-disabled",
        family: "access-restriction",
        title: word("Public network access to this APIM instance is disabled"),
        severity: Severity::Error,
        specificity: 9,
        clues: &[
            certain(
                GATEWAY,
                9,
                "ResponseCode == 403 and (isnull(BackendResponseCode) or BackendResponseCode == 0) and {answered}",
            )
            .of(&["public network access on this"]),
            likely(EXCEPTIONS, 11, "({thrown})").of(&["public network access on this"]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode =~ "403" and {body}"#,
            )
            .of(&["public network access on this"]),
        ],
        meaning: word(
            "The service itself refused a caller from the Internet because publicNetworkAccess is off; only private endpoint traffic is accepted. The body names the caller IP and the APIM resource.",
        ),
        causes: words(&[
            "Caller outside the VNet",
            "Private DNS zone privatelink.azure-api.net not linked, so the name resolves to the public address",
            "Front Door without Private Link origin",
        ]),
        fixes: words(&[
            "Call through the private endpoint or an approved Private Link origin",
            "Fix DNS for the caller",
            "Re-enable public access if it was disabled by mistake",
        ]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/private-endpoint"),
    },
];
