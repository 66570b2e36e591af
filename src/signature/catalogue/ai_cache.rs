//! Signatures of the family `ai-cache`.

use crate::signature::tables::GATEWAY;
use crate::signature::{Severity, Signature, certain, word, words};

pub(super) static ENTRIES: &[Signature] = &[
    Signature {
        id: "ai.semantic-cache-lookup",
        family: "ai-cache",
        title: word("Semantic cache lookup failed"),
        severity: Severity::Error,
        specificity: 4,
        clues: &[certain(
            GATEWAY,
            6,
            r#"LastErrorSource in~ ("azure-openai-semantic-cache-lookup", "llm-semantic-cache-lookup")"#,
        )],
        meaning: word(
            "The policy needs an embeddings backend and Azure Managed Redis with RediSearch; a failure there surfaces under this source.",
        ),
        causes: words(&[
            "embeddings-backend-id wrong or unauthorised (embeddings-backend-auth)",
            "Redis without RediSearch/vector module, or unreachable",
            "Embeddings deployment throttled",
        ]),
        fixes: words(&[
            "Test the embeddings backend with the gateway's identity",
            "Use Redis Enterprise/Managed Redis with RediSearch",
            "Fall back with choose/retry",
        ]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/llm-semantic-cache-lookup-policy",
        ),
    },
    Signature {
        id: "ai.semantic-cache-store",
        family: "ai-cache",
        title: word("Semantic cache store failed"),
        severity: Severity::Warning,
        specificity: 4,
        clues: &[certain(
            GATEWAY,
            6,
            r#"LastErrorSource in~ ("azure-openai-semantic-cache-store", "llm-semantic-cache-store")"#,
        )],
        meaning: word("Storing the answer failed after the model replied."),
        causes: words(&[
            "embeddings-backend-id wrong or unauthorised (embeddings-backend-auth)",
            "Redis without RediSearch/vector module, or unreachable",
            "Embeddings deployment throttled",
        ]),
        fixes: words(&[
            "Test the embeddings backend with the gateway's identity",
            "Use Redis Enterprise/Managed Redis with RediSearch",
            "Fall back with choose/retry",
        ]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/llm-semantic-cache-lookup-policy",
        ),
    },
];
