//! Signatures of the family `edge`.

use crate::signature::tables::{EXCEPTIONS, GATEWAY, REQUESTS};
use crate::signature::{Severity, Signature, certain, likely, word, words};

pub(super) static ENTRIES: &[Signature] = &[
    Signature {
        id: "edge.appgw-502",
        family: "edge",
        title: word("502/504 page from Application Gateway"),
        severity: Severity::Error,
        specificity: 9,
        clues: &[
            likely(
                GATEWAY,
                9,
                "ResponseCode in (502, 504) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and {answered}",
            )
            .of(&["microsoft-azure-application-gateway"]),
            likely(EXCEPTIONS, 11, "({thrown})").of(&["microsoft-azure-application-gateway"]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode in~ ("502", "504") and {body}"#,
            )
            .of(&["microsoft-azure-application-gateway"]),
        ],
        meaning: word(
            "HTML produced by Application Gateway. If no GatewayLogs row has that time/path, APIM never saw the call.",
        ),
        causes: words(&[
            "APIM probe unhealthy (default path returns 404), certificate/SNI mismatch, AppGW timeout shorter than the API",
        ]),
        fixes: words(&[
            "Probe /status-0123456789abcdef with the gateway host name",
            "Fix trusted root/host name; raise the AppGW timeout",
        ]),
        doc_url: word(
            "https://learn.microsoft.com/azure/application-gateway/application-gateway-troubleshooting-502",
        ),
    },
    Signature {
        id: "edge.frontdoor",
        family: "edge",
        title: word("Error page from Azure Front Door"),
        severity: Severity::Error,
        specificity: 9,
        clues: &[
            likely(
                GATEWAY,
                9,
                "ResponseCode in (502, 503, 504) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and {answered}",
            )
            .of(&["x-azure-ref", "our services aren't available right now"]),
            likely(
                EXCEPTIONS,
                11,
                "({thrown})",
            )
            .of(&["x-azure-ref", "our services aren't available right now"]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode in~ ("502", "503", "504") and {body}"#,
            )
            .of(&["x-azure-ref", "our services aren't available right now"]),
        ],
        meaning: word("x-azure-ref plus an HTML body means Front Door generated it."),
        causes: words(&["Origin timeout (default 60 s), origin unhealthy, TLS to origin"]),
        fixes: words(&["Compare originResponseTimeout with API time; check origin health"]),
        doc_url: word("https://learn.microsoft.com/azure/frontdoor/troubleshoot-issues"),
    },
    Signature {
        id: "edge.probe-404",
        family: "edge",
        title: word("Edge health probe hitting an unknown path"),
        severity: Severity::Info,
        specificity: 18,
        clues: &[
            certain(
                GATEWAY,
                18,
                r#"LastErrorReason =~ "OperationNotFound" and ResponseCode == 404 and (isempty(LastErrorSource) or LastErrorSource =~ "configuration") and tostring(parse_url(Url).Path) in ("", "/", "/favicon.ico", "/robots.txt")"#,
            ),
            likely(
                GATEWAY,
                10,
                r#"LastErrorSource =~ "configuration" and ResponseCode == 404 and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and tostring(parse_url(Url).Path) in ("", "/", "/favicon.ico", "/robots.txt")"#,
            ),
            likely(
                GATEWAY,
                10,
                r#"LastErrorReason =~ "OperationNotFound" and ResponseCode == 404 and tostring(parse_url(Url).Path) in ("", "/", "/favicon.ico", "/robots.txt")"#,
            ),
            likely(
                EXCEPTIONS,
                12,
                r#"ProblemId =~ "OperationNotFound" or OuterMessage has_any ("OperationNotFound")"#,
            ),
        ],
        meaning: word("Periodic 404 on '/' from an edge or scanner; harmless but noisy."),
        causes: words(&["Default App Gateway/Front Door/Traffic Manager probe"]),
        fixes: words(&["Use /status-0123456789abcdef"]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/api-management-howto-integrate-internal-vnet-appgateway",
        ),
    },
];
