//! Signatures of the family `client-certificate`.

use crate::signature::tables::{EXCEPTIONS, GATEWAY, REQUESTS};
use crate::signature::{Severity, Signature, certain, likely, word, words};

pub(super) static ENTRIES: &[Signature] = &[
    Signature {
        id: "clientcert.policy-rejected",
        family: "client-certificate",
        title: word("Client certificate missing or rejected"),
        severity: Severity::Error,
        specificity: 7,
        clues: &[
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource =~ "validate-client-certificate" and (isnull(BackendResponseCode) or BackendResponseCode == 0) and {said}"#,
            )
            .of(&["invalid client certificate", "client certificate"]),
            certain(
                GATEWAY,
                7,
                r#"LastErrorSource =~ "validate-client-certificate" and (isnull(BackendResponseCode) or BackendResponseCode == 0)"#,
            ),
            likely(
                GATEWAY,
                9,
                "(isnull(ResponseCode) or ResponseCode in (400, 401, 403)) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&["invalid client certificate", "client certificate"]),
            likely(
                EXCEPTIONS,
                11,
                "({thrown})",
            )
            .of(&["invalid client certificate", "client certificate"]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode in~ ("400", "401", "403") and {body}"#,
            )
            .of(&["invalid client certificate", "client certificate"]),
        ],
        meaning: word(
            "validate-client-certificate or a hand-written check refused the caller's certificate.",
        ),
        causes: words(&[
            "Negotiate client certificate not enabled on the gateway hostname",
            "Application Gateway/Front Door terminates TLS so APIM never sees the certificate",
            "Chain, thumbprint or revocation check failed",
        ]),
        fixes: words(&[
            "Turn on Negotiate client certificate",
            "Forward the certificate in a header from the edge and validate that",
            "Upload the client CA; review validate-revocation / validate-trust",
        ]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/api-management-howto-mutual-certificates-for-clients",
        ),
    },
    Signature {
        id: "clientcert.return-response",
        family: "client-certificate",
        title: word("Certificate check implemented with return-response"),
        severity: Severity::Error,
        specificity: 10,
        clues: &[
            likely(
                GATEWAY,
                10,
                "ResponseCode in (403, 401) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and isempty(LastErrorMessage) and isempty(BackendResponseBody) and {answered}",
            )
            .of(&["invalid client certificate"]),
            likely(EXCEPTIONS, 12, "({thrown})").of(&["invalid client certificate"]),
            likely(
                REQUESTS,
                12,
                r#"ResultCode in~ ("403", "401") and {body}"#,
            )
            .of(&["invalid client certificate"]),
        ],
        meaning: word(
            "A choose/return-response block answered 403 itself. Such responses leave LastError* empty.",
        ),
        causes: words(&["Certificate condition false, often because no certificate reached APIM"]),
        fixes: words(&["Trace once; log context.Request.Certificate?.Thumbprint"]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/api-management-howto-mutual-certificates-for-clients",
        ),
    },
];
