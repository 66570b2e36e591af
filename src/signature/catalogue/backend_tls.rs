//! Signatures of the family `backend-tls`.

use crate::signature::tables::{EXCEPTIONS, GATEWAY, REQUESTS};
use crate::signature::{Severity, Signature, certain, likely, word, words};

pub(super) static ENTRIES: &[Signature] = &[
    Signature {
        id: "tls.trust-callback",
        family: "backend-tls",
        title: word("Backend certificate not trusted (v2 / current gateway wording)"),
        severity: Severity::Error,
        specificity: 19,
        clues: &[
            certain(
                GATEWAY,
                21,
                r#"LastErrorReason =~ "BackendConnectionFailure" and (isempty(LastErrorSource) or LastErrorSource in~ ("forward-request", "request-forwarder", "send-request")) and {said}"#,
            )
            .of(&["remotecertificatevalidationcallback"]),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("forward-request", "request-forwarder", "send-request") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and {said}"#,
            )
            .of(&["remotecertificatevalidationcallback"]),
            likely(
                GATEWAY,
                9,
                "(isnull(ResponseCode) or ResponseCode in (500, 502, 503, 504)) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&["remotecertificatevalidationcallback"]),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId =~ "BackendConnectionFailure" or {thrown})"#,
            )
            .of(&["remotecertificatevalidationcallback"]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode in~ ("500", "502", "503", "504") and {body}"#,
            )
            .of(&["remotecertificatevalidationcallback"]),
        ],
        meaning: word(
            "The backend presented a certificate and the gateway's validation refused it. Network path is fine; this is trust, name or expiry.",
        ),
        causes: words(&[
            "Private CA: v2 tiers do not use the service-level CA store for backends",
            "Self-hosted gateway 2.10+ enforces what earlier versions let through",
            "Certificate rotated to a new CA, expired, or host name differs from BackendUrl",
        ]),
        fixes: words(&[
            "v2: reference the CA or pin serverX509Names on the backend entity",
            "Classic: upload root+intermediates under CA certificates",
            "Self-hosted: install the CA in the container",
            "Fix SAN/expiry; disable validateCertificateChain/-Name only as a stopgap",
        ]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/api-management-howto-ca-certificates",
        ),
    },
    Signature {
        id: "tls.trust-classic",
        family: "backend-tls",
        title: word("Backend certificate not trusted (classic gateway wording)"),
        severity: Severity::Error,
        specificity: 19,
        clues: &[
            certain(
                GATEWAY,
                21,
                r#"LastErrorReason =~ "BackendConnectionFailure" and (isempty(LastErrorSource) or LastErrorSource in~ ("forward-request", "request-forwarder", "send-request")) and {said}"#,
            )
            .of(&["could not establish trust relationship"]),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("forward-request", "request-forwarder", "send-request") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and {said}"#,
            )
            .of(&["could not establish trust relationship"]),
            likely(
                GATEWAY,
                9,
                "(isnull(ResponseCode) or ResponseCode in (500, 502, 503, 504)) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&["could not establish trust relationship"]),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId =~ "BackendConnectionFailure" or {thrown})"#,
            )
            .of(&["could not establish trust relationship"]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode in~ ("500", "502", "503", "504") and {body}"#,
            )
            .of(&["could not establish trust relationship"]),
        ],
        meaning: word(
            "Classic-gateway text for the same trust failure; the inner trace line says 'The remote certificate is invalid according to the validation procedure.'",
        ),
        causes: words(&[
            "Self-signed or private CA",
            "Subject/SAN does not match the backend host",
            "Chain incomplete (missing intermediate)",
        ]),
        fixes: words(&[
            "Upload CA certificates, or use a publicly trusted chain",
            "Correct the backend host name or certificate",
            "Last resort: skip chain validation on the backend entity",
        ]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/api-management-howto-ca-certificates",
        ),
    },
    Signature {
        id: "tls.name-mismatch",
        family: "backend-tls",
        title: word("Backend certificate name mismatch"),
        severity: Severity::Error,
        specificity: 19,
        clues: &[
            certain(
                GATEWAY,
                21,
                r#"LastErrorReason =~ "BackendConnectionFailure" and (isempty(LastErrorSource) or LastErrorSource in~ ("forward-request", "request-forwarder", "send-request")) and {said}"#,
            )
            .of(&["remotecertificatenamemismatch"]),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("forward-request", "request-forwarder", "send-request") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and {said}"#,
            )
            .of(&["remotecertificatenamemismatch"]),
            likely(
                GATEWAY,
                9,
                "(isnull(ResponseCode) or ResponseCode in (500, 502, 503, 504)) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&["remotecertificatenamemismatch"]),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId =~ "BackendConnectionFailure" or {thrown})"#,
            )
            .of(&["remotecertificatenamemismatch"]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode in~ ("500", "502", "503", "504") and {body}"#,
            )
            .of(&["remotecertificatenamemismatch"]),
        ],
        meaning: word("Certificate is for another host name."),
        causes: words(&[
            "BackendUrl uses an IP, short name or alias",
            "Host header override",
            "Wildcard does not cover the label",
        ]),
        fixes: words(&[
            "Use the certificate's DNS name in the backend URL or set the host header",
            "Reissue with the right SAN",
        ]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/api-management-howto-ca-certificates",
        ),
    },
    Signature {
        id: "tls.expired",
        family: "backend-tls",
        title: word("Backend certificate expired or not yet valid"),
        severity: Severity::Error,
        specificity: 19,
        clues: &[
            certain(
                GATEWAY,
                21,
                r#"LastErrorReason =~ "BackendConnectionFailure" and (isempty(LastErrorSource) or LastErrorSource in~ ("forward-request", "request-forwarder", "send-request")) and {said}"#,
            )
            .of(&["nottimevalid", "certificate has expired", "certificate is expired"]),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("forward-request", "request-forwarder", "send-request") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and {said}"#,
            )
            .of(&["nottimevalid", "certificate has expired", "certificate is expired"]),
            likely(
                GATEWAY,
                9,
                "(isnull(ResponseCode) or ResponseCode in (500, 502, 503, 504)) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&["nottimevalid", "certificate has expired", "certificate is expired"]),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId =~ "BackendConnectionFailure" or {thrown})"#,
            )
            .of(&["nottimevalid", "certificate has expired", "certificate is expired"]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode in~ ("500", "502", "503", "504") and {body}"#,
            )
            .of(&["nottimevalid", "certificate has expired", "certificate is expired"]),
        ],
        meaning: word("Chain check failed on dates."),
        causes: words(&["Certificate not renewed", "Wrong clock on self-hosted node"]),
        fixes: words(&["Renew and redeploy the certificate"]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/api-management-howto-ca-certificates",
        ),
    },
    Signature {
        id: "tls.untrusted-chain",
        family: "backend-tls",
        title: word("Backend chain untrusted or incomplete"),
        severity: Severity::Error,
        specificity: 19,
        clues: &[
            certain(
                GATEWAY,
                21,
                r#"LastErrorReason =~ "BackendConnectionFailure" and (isempty(LastErrorSource) or LastErrorSource in~ ("forward-request", "request-forwarder", "send-request")) and {said}"#,
            )
            .of(&[
                "untrustedroot",
                "partialchain",
                "remotecertificatechainerrors",
                "revocationstatusunknown",
                "offlinerevocation",
            ]),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("forward-request", "request-forwarder", "send-request") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and {said}"#,
            )
            .of(&[
                "untrustedroot",
                "partialchain",
                "remotecertificatechainerrors",
                "revocationstatusunknown",
                "offlinerevocation",
            ]),
            likely(
                GATEWAY,
                9,
                "(isnull(ResponseCode) or ResponseCode in (500, 502, 503, 504)) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&[
                "untrustedroot",
                "partialchain",
                "remotecertificatechainerrors",
                "revocationstatusunknown",
                "offlinerevocation",
            ]),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId =~ "BackendConnectionFailure" or {thrown})"#,
            )
            .of(&[
                "untrustedroot",
                "partialchain",
                "remotecertificatechainerrors",
                "revocationstatusunknown",
                "offlinerevocation",
            ]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode in~ ("500", "502", "503", "504") and {body}"#,
            )
            .of(&[
                "untrustedroot",
                "partialchain",
                "remotecertificatechainerrors",
                "revocationstatusunknown",
                "offlinerevocation",
            ]),
        ],
        meaning: word(
            "Chain could not be built to a trusted root, or revocation could not be checked.",
        ),
        causes: words(&[
            "Missing intermediate on the server",
            "Private root not trusted",
            "CRL/OCSP blocked outbound",
        ]),
        fixes: words(&[
            "Serve the full chain",
            "Trust the root as in tls.trust-callback",
            "Open CRL/OCSP egress",
        ]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/api-management-howto-ca-certificates",
        ),
    },
    Signature {
        id: "tls.invalid-generic",
        family: "backend-tls",
        title: word("Backend certificate invalid (unspecified)"),
        severity: Severity::Error,
        specificity: 19,
        clues: &[
            certain(
                GATEWAY,
                21,
                r#"LastErrorReason =~ "BackendConnectionFailure" and (isempty(LastErrorSource) or LastErrorSource in~ ("forward-request", "request-forwarder", "send-request")) and {said}"#,
            )
            .of(&["remote certificate is invalid"]),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("forward-request", "request-forwarder", "send-request") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and {said}"#,
            )
            .of(&["remote certificate is invalid"]),
            likely(
                GATEWAY,
                9,
                "(isnull(ResponseCode) or ResponseCode in (500, 502, 503, 504)) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&["remote certificate is invalid"]),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId =~ "BackendConnectionFailure" or {thrown})"#,
            )
            .of(&["remote certificate is invalid"]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode in~ ("500", "502", "503", "504") and {body}"#,
            )
            .of(&["remote certificate is invalid"]),
        ],
        meaning: word("Certificate validation failed without detail."),
        causes: words(&["Trust, name or expiry"]),
        fixes: words(&[
            "Inspect with openssl s_client -connect host:port -servername host -showcerts",
        ]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/api-management-howto-ca-certificates",
        ),
    },
    Signature {
        id: "tls.handshake-format",
        family: "backend-tls",
        title: word("Peer did not speak TLS"),
        severity: Severity::Error,
        specificity: 19,
        clues: &[
            certain(
                GATEWAY,
                21,
                r#"LastErrorReason =~ "BackendConnectionFailure" and (isempty(LastErrorSource) or LastErrorSource in~ ("forward-request", "request-forwarder", "send-request")) and {said}"#,
            )
            .of(&[
                "unexpected packet format",
                "cannot determine the frame size",
                "corrupted frame was received",
            ]),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("forward-request", "request-forwarder", "send-request") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and {said}"#,
            )
            .of(&[
                "unexpected packet format",
                "cannot determine the frame size",
                "corrupted frame was received",
            ]),
            likely(
                GATEWAY,
                9,
                "(isnull(ResponseCode) or ResponseCode in (500, 502, 503, 504)) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&[
                "unexpected packet format",
                "cannot determine the frame size",
                "corrupted frame was received",
            ]),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId =~ "BackendConnectionFailure" or {thrown})"#,
            )
            .of(&[
                "unexpected packet format",
                "cannot determine the frame size",
                "corrupted frame was received",
            ]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode in~ ("500", "502", "503", "504") and {body}"#,
            )
            .of(&[
                "unexpected packet format",
                "cannot determine the frame size",
                "corrupted frame was received",
            ]),
        ],
        meaning: word("Bytes received during the handshake were not TLS."),
        causes: words(&[
            "https:// used against a plain-HTTP port",
            "Proxy or firewall injecting a page",
            "Wrong port",
        ]),
        fixes: words(&["Use http:// or the TLS port", "Bypass or fix the middlebox"]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/api-management-error-handling-policies",
        ),
    },
    Signature {
        id: "tls.protocol-mismatch",
        family: "backend-tls",
        title: word("No common TLS version or cipher"),
        severity: Severity::Error,
        specificity: 19,
        clues: &[
            certain(
                GATEWAY,
                21,
                r#"LastErrorReason =~ "BackendConnectionFailure" and (isempty(LastErrorSource) or LastErrorSource in~ ("forward-request", "request-forwarder", "send-request")) and {said}"#,
            )
            .of(&[
                "could not create ssl/tls secure channel",
                "do not possess a common algorithm",
                "tlsv1 alert protocol version",
                "alert protocol version",
                "unsupported protocol",
            ]),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("forward-request", "request-forwarder", "send-request") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and {said}"#,
            )
            .of(&[
                "could not create ssl/tls secure channel",
                "do not possess a common algorithm",
                "tlsv1 alert protocol version",
                "alert protocol version",
                "unsupported protocol",
            ]),
            likely(
                GATEWAY,
                9,
                "(isnull(ResponseCode) or ResponseCode in (500, 502, 503, 504)) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&[
                "could not create ssl/tls secure channel",
                "do not possess a common algorithm",
                "tlsv1 alert protocol version",
                "alert protocol version",
                "unsupported protocol",
            ]),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId =~ "BackendConnectionFailure" or {thrown})"#,
            )
            .of(&[
                "could not create ssl/tls secure channel",
                "do not possess a common algorithm",
                "tlsv1 alert protocol version",
                "alert protocol version",
                "unsupported protocol",
            ]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode in~ ("500", "502", "503", "504") and {body}"#,
            )
            .of(&[
                "could not create ssl/tls secure channel",
                "do not possess a common algorithm",
                "tlsv1 alert protocol version",
                "alert protocol version",
                "unsupported protocol",
            ]),
        ],
        meaning: word(
            "Handshake ended before a channel existed, usually protocol/cipher disagreement.",
        ),
        causes: words(&[
            "Backend enforces TLS 1.3 or a cipher the gateway lacks",
            "Backend only offers TLS 1.0/1.1",
        ]),
        fixes: words(&[
            "Enable TLS 1.2 with common ECDHE ciphers on the backend",
            "Check APIM protocol/cipher settings",
        ]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/api-management-howto-manage-protocols-ciphers",
        ),
    },
    Signature {
        id: "tls.closed-in-handshake",
        family: "backend-tls",
        title: word("Backend closed the connection during the TLS handshake"),
        severity: Severity::Error,
        specificity: 19,
        clues: &[
            certain(
                GATEWAY,
                21,
                r#"LastErrorReason =~ "BackendConnectionFailure" and (isempty(LastErrorSource) or LastErrorSource in~ ("forward-request", "request-forwarder", "send-request")) and {said}"#,
            )
            .of(&["remote party has closed the transport stream", "received an unexpected eof"]),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("forward-request", "request-forwarder", "send-request") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and {said}"#,
            )
            .of(&["remote party has closed the transport stream", "received an unexpected eof"]),
            likely(
                GATEWAY,
                9,
                "(isnull(ResponseCode) or ResponseCode in (500, 502, 503, 504)) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&["remote party has closed the transport stream", "received an unexpected eof"]),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId =~ "BackendConnectionFailure" or {thrown})"#,
            )
            .of(&["remote party has closed the transport stream", "received an unexpected eof"]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode in~ ("500", "502", "503", "504") and {body}"#,
            )
            .of(&["remote party has closed the transport stream", "received an unexpected eof"]),
        ],
        meaning: word("TCP connected, then the peer hung up mid-handshake."),
        causes: words(&[
            "Backend requires a client certificate or SNI it did not get",
            "IP allow-list/WAF cutting the connection",
            "TLS version refused",
        ]),
        fixes: words(&[
            "Attach the client certificate (authentication-certificate)",
            "Allow the APIM outbound IPs",
            "Align TLS versions",
        ]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/api-management-error-handling-policies",
        ),
    },
    Signature {
        id: "tls.client-cert-required",
        family: "backend-tls",
        title: word("Backend refused APIM's client certificate"),
        severity: Severity::Error,
        specificity: 19,
        clues: &[
            certain(
                GATEWAY,
                21,
                r#"LastErrorReason =~ "BackendConnectionFailure" and (isempty(LastErrorSource) or LastErrorSource in~ ("forward-request", "request-forwarder", "send-request")) and {said}"#,
            )
            .of(&[
                "certificate required",
                "alert bad certificate",
                "alert certificate unknown",
                "alert handshake failure",
                "sslv3 alert",
            ]),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("forward-request", "request-forwarder", "send-request") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and {said}"#,
            )
            .of(&[
                "certificate required",
                "alert bad certificate",
                "alert certificate unknown",
                "alert handshake failure",
                "sslv3 alert",
            ]),
            likely(
                GATEWAY,
                9,
                "(isnull(ResponseCode) or ResponseCode in (500, 502, 503, 504)) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&[
                "certificate required",
                "alert bad certificate",
                "alert certificate unknown",
                "alert handshake failure",
                "sslv3 alert",
            ]),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId =~ "BackendConnectionFailure" or {thrown})"#,
            )
            .of(&[
                "certificate required",
                "alert bad certificate",
                "alert certificate unknown",
                "alert handshake failure",
                "sslv3 alert",
            ]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode in~ ("500", "502", "503", "504") and {body}"#,
            )
            .of(&[
                "certificate required",
                "alert bad certificate",
                "alert certificate unknown",
                "alert handshake failure",
                "sslv3 alert",
            ]),
        ],
        meaning: word("Backend sent a TLS alert about the client certificate."),
        causes: words(&[
            "No or wrong certificate on authentication-certificate / backend credentials",
            "Certificate expired or its CA not trusted by the backend",
            "Key Vault certificate not refreshed",
        ]),
        fixes: words(&[
            "Upload/rotate the certificate and reference it on the backend",
            "Have the backend trust the issuing CA",
        ]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/api-management-howto-mutual-certificates",
        ),
    },
    Signature {
        id: "tls.generic",
        family: "backend-tls",
        title: word("TLS connection failed (no detail)"),
        severity: Severity::Error,
        specificity: 19,
        clues: &[
            certain(
                GATEWAY,
                21,
                r#"LastErrorReason =~ "BackendConnectionFailure" and (isempty(LastErrorSource) or LastErrorSource in~ ("forward-request", "request-forwarder", "send-request")) and {said}"#,
            )
            .of(&[
                "ssl connection could not be established",
                "authentication failed, see inner exception",
            ]),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("forward-request", "request-forwarder", "send-request") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and {said}"#,
            )
            .of(&[
                "ssl connection could not be established",
                "authentication failed, see inner exception",
            ]),
            likely(
                GATEWAY,
                9,
                "(isnull(ResponseCode) or ResponseCode in (500, 502, 503, 504)) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&[
                "ssl connection could not be established",
                "authentication failed, see inner exception",
            ]),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId =~ "BackendConnectionFailure" or {thrown})"#,
            )
            .of(&[
                "ssl connection could not be established",
                "authentication failed, see inner exception",
            ]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode in~ ("500", "502", "503", "504") and {body}"#,
            )
            .of(&[
                "ssl connection could not be established",
                "authentication failed, see inner exception",
            ]),
        ],
        meaning: word("Wrapper exception; the inner cause may be in Errors or the trace."),
        causes: words(&["Any TLS cause above"]),
        fixes: words(&["Look at the other elements of Errors; test with openssl s_client"]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/api-management-error-handling-policies",
        ),
    },
];
