//! Signatures of the family `graphql`.

use crate::signature::tables::GATEWAY;
use crate::signature::{Severity, Signature, certain, word, words};

pub(super) static ENTRIES: &[Signature] = &[Signature {
    id: "graphql.invalid-request",
    family: "graphql",
    title: word("GraphQL request rejected by validate-graphql-request"),
    severity: Severity::Error,
    specificity: 5,
    clues: &[certain(
        GATEWAY,
        7,
        r#"LastErrorSource =~ "validate-graphql-request" and (isnull(BackendResponseCode) or BackendResponseCode == 0)"#,
    )],
    meaning: word(
        "The query is invalid, too deep (default depth 6), too large (limit 100 KB) or touches a path an authorize rule rejects. GraphQL failures are reported in the errors array and the data block is omitted.",
    ),
    causes: words(&["Introspection disabled", "Schema drift", "Nested query"]),
    fixes: words(&["Raise max-depth/max-size, or adjust the authorize rules"]),
    doc_url: word(
        "https://learn.microsoft.com/azure/api-management/validate-graphql-request-policy",
    ),
}];
