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
                r#"LastErrorReason =~ "BackendConnectionFailure" and (isempty(LastErrorSource) or LastErrorSource in~ ("forward-request", "request-forwarder", "send-request")) and ((LastErrorMessage contains "remotecertificatevalidationcallback" or ResponseBody contains "remotecertificatevalidationcallback") or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and Errors contains "remotecertificatevalidationcallback"))"#,
            ),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("forward-request", "request-forwarder", "send-request") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and ((LastErrorMessage contains "remotecertificatevalidationcallback" or ResponseBody contains "remotecertificatevalidationcallback") or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and Errors contains "remotecertificatevalidationcallback"))"#,
            ),
            likely(
                GATEWAY,
                9,
                r#"(isnull(ResponseCode) or ResponseCode in (500, 502, 503, 504)) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and (LastErrorMessage contains "remotecertificatevalidationcallback" or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and Errors contains "remotecertificatevalidationcallback") or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and ResponseBody contains "remotecertificatevalidationcallback"))"#,
            ),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId =~ "BackendConnectionFailure" or (OuterMessage contains "remotecertificatevalidationcallback" or InnermostMessage contains "remotecertificatevalidationcallback"))"#,
            ),
            likely(
                REQUESTS,
                11,
                r#"ResultCode in~ ("500", "502", "503", "504") and tostring(Properties["Response-Body"]) contains "remotecertificatevalidationcallback""#,
            ),
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
                r#"LastErrorReason =~ "BackendConnectionFailure" and (isempty(LastErrorSource) or LastErrorSource in~ ("forward-request", "request-forwarder", "send-request")) and ((LastErrorMessage contains "could not establish trust relationship" or ResponseBody contains "could not establish trust relationship") or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and Errors contains "could not establish trust relationship"))"#,
            ),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("forward-request", "request-forwarder", "send-request") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and ((LastErrorMessage contains "could not establish trust relationship" or ResponseBody contains "could not establish trust relationship") or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and Errors contains "could not establish trust relationship"))"#,
            ),
            likely(
                GATEWAY,
                9,
                r#"(isnull(ResponseCode) or ResponseCode in (500, 502, 503, 504)) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and (LastErrorMessage contains "could not establish trust relationship" or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and Errors contains "could not establish trust relationship") or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and ResponseBody contains "could not establish trust relationship"))"#,
            ),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId =~ "BackendConnectionFailure" or (OuterMessage contains "could not establish trust relationship" or InnermostMessage contains "could not establish trust relationship"))"#,
            ),
            likely(
                REQUESTS,
                11,
                r#"ResultCode in~ ("500", "502", "503", "504") and tostring(Properties["Response-Body"]) contains "could not establish trust relationship""#,
            ),
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
                r#"LastErrorReason =~ "BackendConnectionFailure" and (isempty(LastErrorSource) or LastErrorSource in~ ("forward-request", "request-forwarder", "send-request")) and ((LastErrorMessage contains "remotecertificatenamemismatch" or ResponseBody contains "remotecertificatenamemismatch") or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and Errors contains "remotecertificatenamemismatch"))"#,
            ),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("forward-request", "request-forwarder", "send-request") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and ((LastErrorMessage contains "remotecertificatenamemismatch" or ResponseBody contains "remotecertificatenamemismatch") or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and Errors contains "remotecertificatenamemismatch"))"#,
            ),
            likely(
                GATEWAY,
                9,
                r#"(isnull(ResponseCode) or ResponseCode in (500, 502, 503, 504)) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and (LastErrorMessage contains "remotecertificatenamemismatch" or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and Errors contains "remotecertificatenamemismatch") or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and ResponseBody contains "remotecertificatenamemismatch"))"#,
            ),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId =~ "BackendConnectionFailure" or (OuterMessage contains "remotecertificatenamemismatch" or InnermostMessage contains "remotecertificatenamemismatch"))"#,
            ),
            likely(
                REQUESTS,
                11,
                r#"ResultCode in~ ("500", "502", "503", "504") and tostring(Properties["Response-Body"]) contains "remotecertificatenamemismatch""#,
            ),
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
                r#"LastErrorReason =~ "BackendConnectionFailure" and (isempty(LastErrorSource) or LastErrorSource in~ ("forward-request", "request-forwarder", "send-request")) and ((LastErrorMessage contains "nottimevalid" or ResponseBody contains "nottimevalid" or LastErrorMessage contains "certificate has expired" or ResponseBody contains "certificate has expired" or LastErrorMessage contains "certificate is expired" or ResponseBody contains "certificate is expired") or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and (Errors contains "nottimevalid" or Errors contains "certificate has expired" or Errors contains "certificate is expired")))"#,
            ),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("forward-request", "request-forwarder", "send-request") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and ((LastErrorMessage contains "nottimevalid" or ResponseBody contains "nottimevalid" or LastErrorMessage contains "certificate has expired" or ResponseBody contains "certificate has expired" or LastErrorMessage contains "certificate is expired" or ResponseBody contains "certificate is expired") or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and (Errors contains "nottimevalid" or Errors contains "certificate has expired" or Errors contains "certificate is expired")))"#,
            ),
            likely(
                GATEWAY,
                9,
                r#"(isnull(ResponseCode) or ResponseCode in (500, 502, 503, 504)) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and ((LastErrorMessage contains "nottimevalid" or LastErrorMessage contains "certificate has expired" or LastErrorMessage contains "certificate is expired") or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and (Errors contains "nottimevalid" or Errors contains "certificate has expired" or Errors contains "certificate is expired")) or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and (ResponseBody contains "nottimevalid" or ResponseBody contains "certificate has expired" or ResponseBody contains "certificate is expired")))"#,
            ),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId =~ "BackendConnectionFailure" or (OuterMessage contains "nottimevalid" or InnermostMessage contains "nottimevalid" or OuterMessage contains "certificate has expired" or InnermostMessage contains "certificate has expired" or OuterMessage contains "certificate is expired" or InnermostMessage contains "certificate is expired"))"#,
            ),
            likely(
                REQUESTS,
                11,
                r#"ResultCode in~ ("500", "502", "503", "504") and (tostring(Properties["Response-Body"]) contains "nottimevalid" or tostring(Properties["Response-Body"]) contains "certificate has expired" or tostring(Properties["Response-Body"]) contains "certificate is expired")"#,
            ),
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
                r#"LastErrorReason =~ "BackendConnectionFailure" and (isempty(LastErrorSource) or LastErrorSource in~ ("forward-request", "request-forwarder", "send-request")) and ((LastErrorMessage contains "untrustedroot" or ResponseBody contains "untrustedroot" or LastErrorMessage contains "partialchain" or ResponseBody contains "partialchain" or LastErrorMessage contains "remotecertificatechainerrors" or ResponseBody contains "remotecertificatechainerrors" or LastErrorMessage contains "revocationstatusunknown" or ResponseBody contains "revocationstatusunknown" or LastErrorMessage contains "offlinerevocation" or ResponseBody contains "offlinerevocation") or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and (Errors contains "untrustedroot" or Errors contains "partialchain" or Errors contains "remotecertificatechainerrors" or Errors contains "revocationstatusunknown" or Errors contains "offlinerevocation")))"#,
            ),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("forward-request", "request-forwarder", "send-request") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and ((LastErrorMessage contains "untrustedroot" or ResponseBody contains "untrustedroot" or LastErrorMessage contains "partialchain" or ResponseBody contains "partialchain" or LastErrorMessage contains "remotecertificatechainerrors" or ResponseBody contains "remotecertificatechainerrors" or LastErrorMessage contains "revocationstatusunknown" or ResponseBody contains "revocationstatusunknown" or LastErrorMessage contains "offlinerevocation" or ResponseBody contains "offlinerevocation") or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and (Errors contains "untrustedroot" or Errors contains "partialchain" or Errors contains "remotecertificatechainerrors" or Errors contains "revocationstatusunknown" or Errors contains "offlinerevocation")))"#,
            ),
            likely(
                GATEWAY,
                9,
                r#"(isnull(ResponseCode) or ResponseCode in (500, 502, 503, 504)) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and ((LastErrorMessage contains "untrustedroot" or LastErrorMessage contains "partialchain" or LastErrorMessage contains "remotecertificatechainerrors" or LastErrorMessage contains "revocationstatusunknown" or LastErrorMessage contains "offlinerevocation") or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and (Errors contains "untrustedroot" or Errors contains "partialchain" or Errors contains "remotecertificatechainerrors" or Errors contains "revocationstatusunknown" or Errors contains "offlinerevocation")) or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and (ResponseBody contains "untrustedroot" or ResponseBody contains "partialchain" or ResponseBody contains "remotecertificatechainerrors" or ResponseBody contains "revocationstatusunknown" or ResponseBody contains "offlinerevocation")))"#,
            ),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId =~ "BackendConnectionFailure" or (OuterMessage contains "untrustedroot" or InnermostMessage contains "untrustedroot" or OuterMessage contains "partialchain" or InnermostMessage contains "partialchain" or OuterMessage contains "remotecertificatechainerrors" or InnermostMessage contains "remotecertificatechainerrors" or OuterMessage contains "revocationstatusunknown" or InnermostMessage contains "revocationstatusunknown" or OuterMessage contains "offlinerevocation" or InnermostMessage contains "offlinerevocation"))"#,
            ),
            likely(
                REQUESTS,
                11,
                r#"ResultCode in~ ("500", "502", "503", "504") and (tostring(Properties["Response-Body"]) contains "untrustedroot" or tostring(Properties["Response-Body"]) contains "partialchain" or tostring(Properties["Response-Body"]) contains "remotecertificatechainerrors" or tostring(Properties["Response-Body"]) contains "revocationstatusunknown" or tostring(Properties["Response-Body"]) contains "offlinerevocation")"#,
            ),
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
                r#"LastErrorReason =~ "BackendConnectionFailure" and (isempty(LastErrorSource) or LastErrorSource in~ ("forward-request", "request-forwarder", "send-request")) and ((LastErrorMessage contains "remote certificate is invalid" or ResponseBody contains "remote certificate is invalid") or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and Errors contains "remote certificate is invalid"))"#,
            ),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("forward-request", "request-forwarder", "send-request") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and ((LastErrorMessage contains "remote certificate is invalid" or ResponseBody contains "remote certificate is invalid") or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and Errors contains "remote certificate is invalid"))"#,
            ),
            likely(
                GATEWAY,
                9,
                r#"(isnull(ResponseCode) or ResponseCode in (500, 502, 503, 504)) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and (LastErrorMessage contains "remote certificate is invalid" or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and Errors contains "remote certificate is invalid") or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and ResponseBody contains "remote certificate is invalid"))"#,
            ),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId =~ "BackendConnectionFailure" or (OuterMessage contains "remote certificate is invalid" or InnermostMessage contains "remote certificate is invalid"))"#,
            ),
            likely(
                REQUESTS,
                11,
                r#"ResultCode in~ ("500", "502", "503", "504") and tostring(Properties["Response-Body"]) contains "remote certificate is invalid""#,
            ),
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
                r#"LastErrorReason =~ "BackendConnectionFailure" and (isempty(LastErrorSource) or LastErrorSource in~ ("forward-request", "request-forwarder", "send-request")) and ((LastErrorMessage contains "unexpected packet format" or ResponseBody contains "unexpected packet format" or LastErrorMessage contains "cannot determine the frame size" or ResponseBody contains "cannot determine the frame size" or LastErrorMessage contains "corrupted frame was received" or ResponseBody contains "corrupted frame was received") or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and (Errors contains "unexpected packet format" or Errors contains "cannot determine the frame size" or Errors contains "corrupted frame was received")))"#,
            ),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("forward-request", "request-forwarder", "send-request") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and ((LastErrorMessage contains "unexpected packet format" or ResponseBody contains "unexpected packet format" or LastErrorMessage contains "cannot determine the frame size" or ResponseBody contains "cannot determine the frame size" or LastErrorMessage contains "corrupted frame was received" or ResponseBody contains "corrupted frame was received") or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and (Errors contains "unexpected packet format" or Errors contains "cannot determine the frame size" or Errors contains "corrupted frame was received")))"#,
            ),
            likely(
                GATEWAY,
                9,
                r#"(isnull(ResponseCode) or ResponseCode in (500, 502, 503, 504)) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and ((LastErrorMessage contains "unexpected packet format" or LastErrorMessage contains "cannot determine the frame size" or LastErrorMessage contains "corrupted frame was received") or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and (Errors contains "unexpected packet format" or Errors contains "cannot determine the frame size" or Errors contains "corrupted frame was received")) or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and (ResponseBody contains "unexpected packet format" or ResponseBody contains "cannot determine the frame size" or ResponseBody contains "corrupted frame was received")))"#,
            ),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId =~ "BackendConnectionFailure" or (OuterMessage contains "unexpected packet format" or InnermostMessage contains "unexpected packet format" or OuterMessage contains "cannot determine the frame size" or InnermostMessage contains "cannot determine the frame size" or OuterMessage contains "corrupted frame was received" or InnermostMessage contains "corrupted frame was received"))"#,
            ),
            likely(
                REQUESTS,
                11,
                r#"ResultCode in~ ("500", "502", "503", "504") and (tostring(Properties["Response-Body"]) contains "unexpected packet format" or tostring(Properties["Response-Body"]) contains "cannot determine the frame size" or tostring(Properties["Response-Body"]) contains "corrupted frame was received")"#,
            ),
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
                r#"LastErrorReason =~ "BackendConnectionFailure" and (isempty(LastErrorSource) or LastErrorSource in~ ("forward-request", "request-forwarder", "send-request")) and ((LastErrorMessage contains "could not create ssl/tls secure channel" or ResponseBody contains "could not create ssl/tls secure channel" or LastErrorMessage contains "do not possess a common algorithm" or ResponseBody contains "do not possess a common algorithm" or LastErrorMessage contains "tlsv1 alert protocol version" or ResponseBody contains "tlsv1 alert protocol version" or LastErrorMessage contains "alert protocol version" or ResponseBody contains "alert protocol version" or LastErrorMessage contains "unsupported protocol" or ResponseBody contains "unsupported protocol") or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and (Errors contains "could not create ssl/tls secure channel" or Errors contains "do not possess a common algorithm" or Errors contains "tlsv1 alert protocol version" or Errors contains "alert protocol version" or Errors contains "unsupported protocol")))"#,
            ),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("forward-request", "request-forwarder", "send-request") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and ((LastErrorMessage contains "could not create ssl/tls secure channel" or ResponseBody contains "could not create ssl/tls secure channel" or LastErrorMessage contains "do not possess a common algorithm" or ResponseBody contains "do not possess a common algorithm" or LastErrorMessage contains "tlsv1 alert protocol version" or ResponseBody contains "tlsv1 alert protocol version" or LastErrorMessage contains "alert protocol version" or ResponseBody contains "alert protocol version" or LastErrorMessage contains "unsupported protocol" or ResponseBody contains "unsupported protocol") or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and (Errors contains "could not create ssl/tls secure channel" or Errors contains "do not possess a common algorithm" or Errors contains "tlsv1 alert protocol version" or Errors contains "alert protocol version" or Errors contains "unsupported protocol")))"#,
            ),
            likely(
                GATEWAY,
                9,
                r#"(isnull(ResponseCode) or ResponseCode in (500, 502, 503, 504)) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and ((LastErrorMessage contains "could not create ssl/tls secure channel" or LastErrorMessage contains "do not possess a common algorithm" or LastErrorMessage contains "tlsv1 alert protocol version" or LastErrorMessage contains "alert protocol version" or LastErrorMessage contains "unsupported protocol") or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and (Errors contains "could not create ssl/tls secure channel" or Errors contains "do not possess a common algorithm" or Errors contains "tlsv1 alert protocol version" or Errors contains "alert protocol version" or Errors contains "unsupported protocol")) or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and (ResponseBody contains "could not create ssl/tls secure channel" or ResponseBody contains "do not possess a common algorithm" or ResponseBody contains "tlsv1 alert protocol version" or ResponseBody contains "alert protocol version" or ResponseBody contains "unsupported protocol")))"#,
            ),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId =~ "BackendConnectionFailure" or (OuterMessage contains "could not create ssl/tls secure channel" or InnermostMessage contains "could not create ssl/tls secure channel" or OuterMessage contains "do not possess a common algorithm" or InnermostMessage contains "do not possess a common algorithm" or OuterMessage contains "tlsv1 alert protocol version" or InnermostMessage contains "tlsv1 alert protocol version" or OuterMessage contains "alert protocol version" or InnermostMessage contains "alert protocol version" or OuterMessage contains "unsupported protocol" or InnermostMessage contains "unsupported protocol"))"#,
            ),
            likely(
                REQUESTS,
                11,
                r#"ResultCode in~ ("500", "502", "503", "504") and (tostring(Properties["Response-Body"]) contains "could not create ssl/tls secure channel" or tostring(Properties["Response-Body"]) contains "do not possess a common algorithm" or tostring(Properties["Response-Body"]) contains "tlsv1 alert protocol version" or tostring(Properties["Response-Body"]) contains "alert protocol version" or tostring(Properties["Response-Body"]) contains "unsupported protocol")"#,
            ),
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
                r#"LastErrorReason =~ "BackendConnectionFailure" and (isempty(LastErrorSource) or LastErrorSource in~ ("forward-request", "request-forwarder", "send-request")) and ((LastErrorMessage contains "remote party has closed the transport stream" or ResponseBody contains "remote party has closed the transport stream" or LastErrorMessage contains "received an unexpected eof" or ResponseBody contains "received an unexpected eof") or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and (Errors contains "remote party has closed the transport stream" or Errors contains "received an unexpected eof")))"#,
            ),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("forward-request", "request-forwarder", "send-request") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and ((LastErrorMessage contains "remote party has closed the transport stream" or ResponseBody contains "remote party has closed the transport stream" or LastErrorMessage contains "received an unexpected eof" or ResponseBody contains "received an unexpected eof") or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and (Errors contains "remote party has closed the transport stream" or Errors contains "received an unexpected eof")))"#,
            ),
            likely(
                GATEWAY,
                9,
                r#"(isnull(ResponseCode) or ResponseCode in (500, 502, 503, 504)) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and ((LastErrorMessage contains "remote party has closed the transport stream" or LastErrorMessage contains "received an unexpected eof") or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and (Errors contains "remote party has closed the transport stream" or Errors contains "received an unexpected eof")) or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and (ResponseBody contains "remote party has closed the transport stream" or ResponseBody contains "received an unexpected eof")))"#,
            ),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId =~ "BackendConnectionFailure" or (OuterMessage contains "remote party has closed the transport stream" or InnermostMessage contains "remote party has closed the transport stream" or OuterMessage contains "received an unexpected eof" or InnermostMessage contains "received an unexpected eof"))"#,
            ),
            likely(
                REQUESTS,
                11,
                r#"ResultCode in~ ("500", "502", "503", "504") and (tostring(Properties["Response-Body"]) contains "remote party has closed the transport stream" or tostring(Properties["Response-Body"]) contains "received an unexpected eof")"#,
            ),
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
                r#"LastErrorReason =~ "BackendConnectionFailure" and (isempty(LastErrorSource) or LastErrorSource in~ ("forward-request", "request-forwarder", "send-request")) and ((LastErrorMessage contains "certificate required" or ResponseBody contains "certificate required" or LastErrorMessage contains "alert bad certificate" or ResponseBody contains "alert bad certificate" or LastErrorMessage contains "alert certificate unknown" or ResponseBody contains "alert certificate unknown" or LastErrorMessage contains "alert handshake failure" or ResponseBody contains "alert handshake failure" or LastErrorMessage contains "sslv3 alert" or ResponseBody contains "sslv3 alert") or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and (Errors contains "certificate required" or Errors contains "alert bad certificate" or Errors contains "alert certificate unknown" or Errors contains "alert handshake failure" or Errors contains "sslv3 alert")))"#,
            ),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("forward-request", "request-forwarder", "send-request") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and ((LastErrorMessage contains "certificate required" or ResponseBody contains "certificate required" or LastErrorMessage contains "alert bad certificate" or ResponseBody contains "alert bad certificate" or LastErrorMessage contains "alert certificate unknown" or ResponseBody contains "alert certificate unknown" or LastErrorMessage contains "alert handshake failure" or ResponseBody contains "alert handshake failure" or LastErrorMessage contains "sslv3 alert" or ResponseBody contains "sslv3 alert") or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and (Errors contains "certificate required" or Errors contains "alert bad certificate" or Errors contains "alert certificate unknown" or Errors contains "alert handshake failure" or Errors contains "sslv3 alert")))"#,
            ),
            likely(
                GATEWAY,
                9,
                r#"(isnull(ResponseCode) or ResponseCode in (500, 502, 503, 504)) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and ((LastErrorMessage contains "certificate required" or LastErrorMessage contains "alert bad certificate" or LastErrorMessage contains "alert certificate unknown" or LastErrorMessage contains "alert handshake failure" or LastErrorMessage contains "sslv3 alert") or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and (Errors contains "certificate required" or Errors contains "alert bad certificate" or Errors contains "alert certificate unknown" or Errors contains "alert handshake failure" or Errors contains "sslv3 alert")) or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and (ResponseBody contains "certificate required" or ResponseBody contains "alert bad certificate" or ResponseBody contains "alert certificate unknown" or ResponseBody contains "alert handshake failure" or ResponseBody contains "sslv3 alert")))"#,
            ),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId =~ "BackendConnectionFailure" or (OuterMessage contains "certificate required" or InnermostMessage contains "certificate required" or OuterMessage contains "alert bad certificate" or InnermostMessage contains "alert bad certificate" or OuterMessage contains "alert certificate unknown" or InnermostMessage contains "alert certificate unknown" or OuterMessage contains "alert handshake failure" or InnermostMessage contains "alert handshake failure" or OuterMessage contains "sslv3 alert" or InnermostMessage contains "sslv3 alert"))"#,
            ),
            likely(
                REQUESTS,
                11,
                r#"ResultCode in~ ("500", "502", "503", "504") and (tostring(Properties["Response-Body"]) contains "certificate required" or tostring(Properties["Response-Body"]) contains "alert bad certificate" or tostring(Properties["Response-Body"]) contains "alert certificate unknown" or tostring(Properties["Response-Body"]) contains "alert handshake failure" or tostring(Properties["Response-Body"]) contains "sslv3 alert")"#,
            ),
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
                r#"LastErrorReason =~ "BackendConnectionFailure" and (isempty(LastErrorSource) or LastErrorSource in~ ("forward-request", "request-forwarder", "send-request")) and ((LastErrorMessage contains "ssl connection could not be established" or ResponseBody contains "ssl connection could not be established" or LastErrorMessage contains "authentication failed, see inner exception" or ResponseBody contains "authentication failed, see inner exception") or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and (Errors contains "ssl connection could not be established" or Errors contains "authentication failed, see inner exception")))"#,
            ),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("forward-request", "request-forwarder", "send-request") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and ((LastErrorMessage contains "ssl connection could not be established" or ResponseBody contains "ssl connection could not be established" or LastErrorMessage contains "authentication failed, see inner exception" or ResponseBody contains "authentication failed, see inner exception") or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and (Errors contains "ssl connection could not be established" or Errors contains "authentication failed, see inner exception")))"#,
            ),
            likely(
                GATEWAY,
                9,
                r#"(isnull(ResponseCode) or ResponseCode in (500, 502, 503, 504)) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and ((LastErrorMessage contains "ssl connection could not be established" or LastErrorMessage contains "authentication failed, see inner exception") or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and (Errors contains "ssl connection could not be established" or Errors contains "authentication failed, see inner exception")) or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and (ResponseBody contains "ssl connection could not be established" or ResponseBody contains "authentication failed, see inner exception")))"#,
            ),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId =~ "BackendConnectionFailure" or (OuterMessage contains "ssl connection could not be established" or InnermostMessage contains "ssl connection could not be established" or OuterMessage contains "authentication failed, see inner exception" or InnermostMessage contains "authentication failed, see inner exception"))"#,
            ),
            likely(
                REQUESTS,
                11,
                r#"ResultCode in~ ("500", "502", "503", "504") and (tostring(Properties["Response-Body"]) contains "ssl connection could not be established" or tostring(Properties["Response-Body"]) contains "authentication failed, see inner exception")"#,
            ),
        ],
        meaning: word("Wrapper exception; the inner cause may be in Errors or the trace."),
        causes: words(&["Any TLS cause above"]),
        fixes: words(&["Look at the other elements of Errors; test with openssl s_client"]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/api-management-error-handling-policies",
        ),
    },
];
