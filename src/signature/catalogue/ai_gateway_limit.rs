//! Signatures of the family `ai-gateway-limit`.

use crate::signature::tables::{EXCEPTIONS, GATEWAY, REQUESTS};
use crate::signature::{Severity, Signature, certain, likely, word, words};

pub(super) static ENTRIES: &[Signature] = &[
    Signature {
        id: "ai.token-limit-tpm",
        family: "ai-gateway-limit",
        title: word("Gateway token-per-minute limit reached"),
        severity: Severity::Error,
        specificity: 15,
        clues: &[
            certain(
                GATEWAY,
                21,
                r#"LastErrorReason =~ "OpenAITokenLimitExceeded" and (isempty(LastErrorSource) or LastErrorSource in~ ("llm-token-limit", "azure-openai-token-limit")) and {said}"#,
            )
            .of(&["token limit is exceeded"]),
            certain(
                GATEWAY,
                15,
                r#"LastErrorReason =~ "OpenAITokenLimitExceeded" and (isempty(LastErrorSource) or LastErrorSource in~ ("llm-token-limit", "azure-openai-token-limit"))"#,
            ),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("llm-token-limit", "azure-openai-token-limit") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and {said}"#,
            )
            .of(&["token limit is exceeded"]),
            likely(
                GATEWAY,
                7,
                r#"LastErrorSource in~ ("llm-token-limit", "azure-openai-token-limit") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason)"#,
            ),
            likely(
                GATEWAY,
                9,
                "(isnull(ResponseCode) or ResponseCode == 429) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&["token limit is exceeded"]),
            likely(
                GATEWAY,
                7,
                r#"LastErrorReason =~ "OpenAITokenLimitExceeded""#,
            ),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId =~ "OpenAITokenLimitExceeded" or {thrown})"#,
            )
            .of(&["token limit is exceeded"]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode =~ "429" and {body}"#,
            )
            .of(&["token limit is exceeded"]),
        ],
        meaning: word(
            "llm-token-limit / azure-openai-token-limit refused the prompt before the backend call. Reason is OpenAITokenLimitExceeded even for the llm-* policy. Retry-After (or the configured header) gives seconds; remaining tokens are only present if the policy names a header.",
        ),
        causes: words(&[
            "Counter key shared by several apps",
            "Large prompts: streaming requests are always estimated",
            "Estimation off: one big answer pushes the counter negative for the following calls",
        ]),
        fixes: words(&[
            "Back off by Retry-After",
            "Raise tokens-per-minute or split counter-key",
            "Trim prompts/max_tokens; set estimate-prompt-tokens deliberately",
        ]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/llm-token-limit-policy"),
    },
    Signature {
        id: "ai.token-quota",
        family: "ai-gateway-limit",
        title: word("Gateway token quota used up"),
        severity: Severity::Error,
        specificity: 15,
        clues: &[
            certain(
                GATEWAY,
                21,
                r#"LastErrorReason =~ "OpenAITokenQuotaExceeded" and (isempty(LastErrorSource) or LastErrorSource in~ ("llm-token-limit", "azure-openai-token-limit")) and {said}"#,
            )
            .of(&["token quota is exceeded"]),
            certain(
                GATEWAY,
                15,
                r#"LastErrorReason =~ "OpenAITokenQuotaExceeded" and (isempty(LastErrorSource) or LastErrorSource in~ ("llm-token-limit", "azure-openai-token-limit"))"#,
            ),
            certain(
                GATEWAY,
                13,
                r#"LastErrorSource in~ ("llm-token-limit", "azure-openai-token-limit") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and {said}"#,
            )
            .of(&["token quota is exceeded"]),
            likely(
                GATEWAY,
                7,
                r#"LastErrorSource in~ ("llm-token-limit", "azure-openai-token-limit") and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason)"#,
            ),
            likely(
                GATEWAY,
                9,
                "(isnull(ResponseCode) or ResponseCode == 403) and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and isempty(LastErrorSource) and {guessed}",
            )
            .of(&["token quota is exceeded"]),
            likely(
                GATEWAY,
                7,
                r#"LastErrorReason =~ "OpenAITokenQuotaExceeded""#,
            ),
            likely(
                EXCEPTIONS,
                11,
                r#"(ProblemId =~ "OpenAITokenQuotaExceeded" or {thrown})"#,
            )
            .of(&["token quota is exceeded"]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode =~ "403" and {body}"#,
            )
            .of(&["token quota is exceeded"]),
        ],
        meaning: word(
            "token-quota for the period is exhausted. Answer is 403 (not 429), easily mistaken for an authorization problem. Quota trips when consumption passes the value, not when it equals it.",
        ),
        causes: words(&[
            "Monthly/daily budget consumed",
            "Two token-limit policies share Reason and Source, so LastError cannot tell which one refused",
        ]),
        fixes: words(&[
            "Raise the quota or wait for the window",
            "Set a variable before each limit and return it from on-error to tell budgets apart",
        ]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/llm-token-limit-policy"),
    },
    Signature {
        id: "ai.token-policy-other",
        family: "ai-gateway-limit",
        title: word("Token-limit policy error (other)"),
        severity: Severity::Error,
        specificity: 5,
        clues: &[certain(
            GATEWAY,
            7,
            r#"LastErrorSource in~ ("llm-token-limit", "azure-openai-token-limit") and (isnull(BackendResponseCode) or BackendResponseCode == 0)"#,
        )],
        meaning: word("Any other failure raised by the token-limit policy."),
        causes: words(&["Policy expression or counter failure"]),
        fixes: words(&["Read LastErrorMessage"]),
        doc_url: word("https://learn.microsoft.com/azure/api-management/llm-token-limit-policy"),
    },
];
