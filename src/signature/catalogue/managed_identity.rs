//! Signatures of the family `managed-identity`.

use crate::signature::tables::GATEWAY;
use crate::signature::{Severity, Signature, certain, word, words};

pub(super) static ENTRIES: &[Signature] = &[Signature {
    id: "policy.managed-identity",
    family: "managed-identity",
    title: word("Managed identity token could not be obtained"),
    severity: Severity::Error,
    specificity: 5,
    clues: &[certain(
        GATEWAY,
        7,
        r#"LastErrorSource =~ "authentication-managed-identity" and (isnull(BackendResponseCode) or BackendResponseCode == 0)"#,
    )],
    meaning: word(
        "authentication-managed-identity failed before the backend call (unless ignore-error=true, in which case the backend answers 401).",
    ),
    causes: words(&[
        "No system-assigned identity, or client-id of an identity not attached to the service",
        "Wrong resource/audience (AADSTS500011) or blocked tenant",
        "Path to the token endpoint blocked",
    ]),
    fixes: words(&[
        "Enable/attach the identity",
        "Use the right resource, e.g. https://cognitiveservices.azure.com",
        "Grant the role, then allow for propagation",
    ]),
    doc_url: word(
        "https://learn.microsoft.com/azure/api-management/authentication-managed-identity-policy",
    ),
}];
