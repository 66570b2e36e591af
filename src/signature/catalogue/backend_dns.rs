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
            r#"LastErrorReason =~ "BackendConnectionFailure" and (isempty(LastErrorSource) or LastErrorSource in~ ("forward-request", "request-forwarder", "send-request")) and ((LastErrorMessage contains "remote name could not be resolved" or ResponseBody contains "remote name could not be resolved" or LastErrorMessage contains "no such host is known" or ResponseBody contains "no such host is known" or LastErrorMessage contains "name or service not known" or ResponseBody contains "name or service not known" or LastErrorMessage contains "temporary failure in name resolution" or ResponseBody contains "temporary failure in name resolution" or LastErrorMessage contains "nodename nor servname" or ResponseBody contains "nodename nor servname" or LastErrorMessage contains "resource temporarily unavailable" or ResponseBody contains "resource temporarily unavailable") or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and (Errors contains "remote name could not be resolved" or Errors contains "no such host is known" or Errors contains "name or service not known" or Errors contains "temporary failure in name resolution" or Errors contains "nodename nor servname" or Errors contains "resource temporarily unavailable")))"#,
        ),
        certain(
            GATEWAY,
            13,
            r#"LastErrorSource in~ ("forward-request", "request-forwarder", "send-request") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and ((LastErrorMessage contains "remote name could not be resolved" or ResponseBody contains "remote name could not be resolved" or LastErrorMessage contains "no such host is known" or ResponseBody contains "no such host is known" or LastErrorMessage contains "name or service not known" or ResponseBody contains "name or service not known" or LastErrorMessage contains "temporary failure in name resolution" or ResponseBody contains "temporary failure in name resolution" or LastErrorMessage contains "nodename nor servname" or ResponseBody contains "nodename nor servname" or LastErrorMessage contains "resource temporarily unavailable" or ResponseBody contains "resource temporarily unavailable") or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and (Errors contains "remote name could not be resolved" or Errors contains "no such host is known" or Errors contains "name or service not known" or Errors contains "temporary failure in name resolution" or Errors contains "nodename nor servname" or Errors contains "resource temporarily unavailable")))"#,
        ),
        likely(
            GATEWAY,
            9,
            r#"(isnull(ResponseCode) or ResponseCode in (500, 502, 503, 504)) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and ((LastErrorMessage contains "remote name could not be resolved" or LastErrorMessage contains "no such host is known" or LastErrorMessage contains "name or service not known" or LastErrorMessage contains "temporary failure in name resolution" or LastErrorMessage contains "nodename nor servname" or LastErrorMessage contains "resource temporarily unavailable") or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and (Errors contains "remote name could not be resolved" or Errors contains "no such host is known" or Errors contains "name or service not known" or Errors contains "temporary failure in name resolution" or Errors contains "nodename nor servname" or Errors contains "resource temporarily unavailable")) or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and (ResponseBody contains "remote name could not be resolved" or ResponseBody contains "no such host is known" or ResponseBody contains "name or service not known" or ResponseBody contains "temporary failure in name resolution" or ResponseBody contains "nodename nor servname" or ResponseBody contains "resource temporarily unavailable")))"#,
        ),
        likely(
            EXCEPTIONS,
            11,
            r#"(ProblemId =~ "BackendConnectionFailure" or (OuterMessage contains "remote name could not be resolved" or InnermostMessage contains "remote name could not be resolved" or OuterMessage contains "no such host is known" or InnermostMessage contains "no such host is known" or OuterMessage contains "name or service not known" or InnermostMessage contains "name or service not known" or OuterMessage contains "temporary failure in name resolution" or InnermostMessage contains "temporary failure in name resolution" or OuterMessage contains "nodename nor servname" or InnermostMessage contains "nodename nor servname" or OuterMessage contains "resource temporarily unavailable" or InnermostMessage contains "resource temporarily unavailable"))"#,
        ),
        likely(
            REQUESTS,
            11,
            r#"ResultCode in~ ("500", "502", "503", "504") and (tostring(Properties["Response-Body"]) contains "remote name could not be resolved" or tostring(Properties["Response-Body"]) contains "no such host is known" or tostring(Properties["Response-Body"]) contains "name or service not known" or tostring(Properties["Response-Body"]) contains "temporary failure in name resolution" or tostring(Properties["Response-Body"]) contains "nodename nor servname" or tostring(Properties["Response-Body"]) contains "resource temporarily unavailable")"#,
        ),
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
