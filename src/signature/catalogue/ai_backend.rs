//! Signatures of the family `ai-backend`.

use crate::signature::tables::{EXCEPTIONS, GATEWAY, REQUESTS};
use crate::signature::{Severity, Signature, certain, likely, word, words};

pub(super) static ENTRIES: &[Signature] = &[
    Signature {
        id: "ai.backend-429-payg",
        family: "ai-backend",
        title: word("Azure OpenAI / Foundry rate limit (pay-as-you-go)"),
        severity: Severity::Error,
        specificity: 10,
        clues: &[
            certain(
                GATEWAY,
                10,
                "ResponseCode == 429 and (BackendResponseCode == 429 or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and ResponseCode == 429 and isempty(LastErrorReason) and isempty(LastErrorSource))) and {answered}",
            )
            .of(&[
                "have exceeded token rate limit",
                "have exceeded call rate limit",
                "exceeded the call rate limit",
                "exceeded the token rate limit",
                "ratelimitreached",
                "userbymodelbyminute",
                "userbymodelbyday",
                "pricing tier",
                "rate limit is exceeded. try again in",
            ]),
            likely(
                EXCEPTIONS,
                12,
                "({thrown})",
            )
            .of(&[
                "have exceeded token rate limit",
                "have exceeded call rate limit",
                "exceeded the call rate limit",
                "exceeded the token rate limit",
                "ratelimitreached",
                "userbymodelbyminute",
                "userbymodelbyday",
                "pricing tier",
                "rate limit is exceeded. try again in",
            ]),
            likely(
                REQUESTS,
                12,
                r#"ResultCode =~ "429" and {body}"#,
            )
            .of(&[
                "have exceeded token rate limit",
                "have exceeded call rate limit",
                "exceeded the call rate limit",
                "exceeded the token rate limit",
                "ratelimitreached",
                "userbymodelbyminute",
                "userbymodelbyday",
                "pricing tier",
                "rate limit is exceeded. try again in",
            ]),
        ],
        meaning: word(
            "The model deployment's TPM/RPM is used up. BackendResponseCode 429 separates it from gateway limits; APIM's LastError is empty. Azure OpenAI itself sits behind an APIM instance, so the body may read 'Rate limit is exceeded. Try again in N seconds.' exactly like your own policy.",
        ),
        causes: words(&[
            "Deployment TPM too small (TPM and RPM are coupled)",
            "max_tokens counted up front",
            "Several gateways/apps share one deployment",
            "retry-after of 86400 usually means a free/limited tier",
        ]),
        fixes: words(&[
            "Raise deployment TPM or request quota",
            "Backend pool + breaker with acceptRetryAfter",
            "Cap with llm-token-limit below the deployment's TPM",
        ]),
        doc_url: word("https://learn.microsoft.com/azure/ai-services/openai/quotas-limits"),
    },
    Signature {
        id: "ai.backend-429-ptu",
        family: "ai-backend",
        title: word("Provisioned throughput (PTU) saturated"),
        severity: Severity::Error,
        specificity: 10,
        clues: &[
            likely(
                GATEWAY,
                10,
                "ResponseCode == 429 and (BackendResponseCode == 429 or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and ResponseCode == 429 and isempty(LastErrorReason) and isempty(LastErrorSource))) and {answered}",
            )
            .of(&[
                "provisioned-managed",
                "provisioned managed",
                "exceeds the maximum usage size allowed during peak load",
                "provisioned throughput",
            ]),
            likely(
                EXCEPTIONS,
                12,
                "({thrown})",
            )
            .of(&[
                "provisioned-managed",
                "provisioned managed",
                "exceeds the maximum usage size allowed during peak load",
                "provisioned throughput",
            ]),
            likely(
                REQUESTS,
                12,
                r#"ResultCode =~ "429" and {body}"#,
            )
            .of(&[
                "provisioned-managed",
                "provisioned managed",
                "exceeds the maximum usage size allowed during peak load",
                "provisioned throughput",
            ]),
        ],
        meaning: word(
            "A PTU deployment at or above 100% utilisation answers 429 at once with retry-after-ms / retry-after as a traffic signal; pay-as-you-go peak-load protection uses similar wording and suggests PTU.",
        ),
        causes: words(&[
            "Burst above purchased PTUs",
            "Long prompts/outputs",
            "No spillover target",
        ]),
        fixes: words(&[
            "Priority pool: PTU first, PAYG second, breaker on 429 with short tripDuration",
            "Use spillover",
            "Honour retry-after-ms",
        ]),
        doc_url: word(
            "https://learn.microsoft.com/azure/ai-services/openai/how-to/provisioned-get-started",
        ),
    },
    Signature {
        id: "ai.backend-overloaded",
        family: "ai-backend",
        title: word("Model overloaded / high demand"),
        severity: Severity::Error,
        specificity: 10,
        clues: &[
            likely(
                GATEWAY,
                9,
                "ResponseCode in (429, 500, 503) and (BackendResponseCode >= 400 or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and ResponseCode >= 400 and isempty(LastErrorReason) and isempty(LastErrorSource))) and {answered}",
            )
            .of(&["currently overloaded with other requests", "experiencing high demand"]),
            likely(
                EXCEPTIONS,
                11,
                "({thrown})",
            )
            .of(&["currently overloaded with other requests", "experiencing high demand"]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode in~ ("429", "500", "503") and {body}"#,
            )
            .of(&["currently overloaded with other requests", "experiencing high demand"]),
        ],
        meaning: word("Service-side capacity, not your quota."),
        causes: words(&["Regional hot spot"]),
        fixes: words(&["Retry with jitter, fail over to another region"]),
        doc_url: word("https://learn.microsoft.com/azure/ai-services/openai/quotas-limits"),
    },
    Signature {
        id: "ai.backend-429-generic",
        family: "ai-backend",
        title: word("LLM backend throttled (no body logged)"),
        severity: Severity::Error,
        specificity: 7,
        clues: &[likely(
            GATEWAY,
            7,
            r#"ResponseCode == 429 and (BackendResponseCode == 429 or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and ResponseCode == 429 and isempty(LastErrorReason) and isempty(LastErrorSource) and (isnotempty(BackendResponseBody) or ((ResponseBody startswith "{\"error\":" or ResponseBody startswith "{'error':") and ResponseBody has_any ("429", "404", "RateLimitReached", "content_filter", "DeploymentNotFound", "PermissionDenied", "context_length_exceeded"))))) and isempty(LastErrorReason) and (Url contains "/openai" or Url contains "/completions" or Url contains "/embeddings" or Url contains "/responses" or Url contains "/deployments/" or Url contains "/v1/messages" or Url contains "/models" or BackendUrl contains "openai.azure.com" or BackendUrl contains "services.ai.azure.com" or BackendUrl contains "cognitiveservices.azure.com" or BackendUrl contains "inference.ai.azure.com")"#,
        )],
        meaning: word(
            "429 came from the model endpoint; enable response-body logging to tell PAYG from PTU.",
        ),
        causes: words(&["Deployment limit"]),
        fixes: words(&["See ai.backend-429-payg / -ptu"]),
        doc_url: word("https://learn.microsoft.com/azure/ai-services/openai/quotas-limits"),
    },
    Signature {
        id: "ai.content-filter-jailbreak",
        family: "ai-backend",
        title: word("Prompt blocked by Azure OpenAI: jailbreak/prompt attack"),
        severity: Severity::Error,
        specificity: 10,
        clues: &[
            certain(
                GATEWAY,
                10,
                "ResponseCode == 400 and (BackendResponseCode == 400 or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and ResponseCode == 400 and isempty(LastErrorReason) and isempty(LastErrorSource))) and {answered}",
            )
            .of(&[
                r#"\"jailbreak\":{\"filtered\":true"#,
                "'jailbreak': {'filtered': true",
                r#"\"jailbreak\": {\"filtered\": true"#,
            ]),
            likely(
                EXCEPTIONS,
                12,
                "({thrown})",
            )
            .of(&[
                r#"\"jailbreak\":{\"filtered\":true"#,
                "'jailbreak': {'filtered': true",
                r#"\"jailbreak\": {\"filtered\": true"#,
            ]),
            likely(
                REQUESTS,
                12,
                r#"ResultCode =~ "400" and {body}"#,
            )
            .of(&[
                r#"\"jailbreak\":{\"filtered\":true"#,
                "'jailbreak': {'filtered': true",
                r#"\"jailbreak\": {\"filtered\": true"#,
            ]),
        ],
        meaning: word(
            "Prompt Shield on the model flagged the prompt; code content_filter, innererror ResponsibleAIPolicyViolation, jailbreak.filtered=true. Often false positives from agent system prompts and tool dumps.",
        ),
        causes: words(&[
            "Real attack",
            "Instructions in system/tool text that look like overrides",
        ]),
        fixes: words(&[
            "Review the prompt template",
            "Use a custom content-filter configuration on the deployment",
        ]),
        doc_url: word(
            "https://learn.microsoft.com/azure/ai-services/openai/concepts/content-filter",
        ),
    },
    Signature {
        id: "ai.content-filter-prompt",
        family: "ai-backend",
        title: word("Prompt blocked by Azure OpenAI content filter"),
        severity: Severity::Error,
        specificity: 10,
        clues: &[
            certain(
                GATEWAY,
                10,
                "ResponseCode == 400 and (BackendResponseCode == 400 or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and ResponseCode == 400 and isempty(LastErrorReason) and isempty(LastErrorSource))) and {answered}",
            )
            .of(&["content_filter", "responsibleaipolicyviolation", "content management policy"]),
            likely(
                EXCEPTIONS,
                12,
                "({thrown})",
            )
            .of(&["content_filter", "responsibleaipolicyviolation", "content management policy"]),
            likely(
                REQUESTS,
                12,
                r#"ResultCode =~ "400" and {body}"#,
            )
            .of(&["content_filter", "responsibleaipolicyviolation", "content management policy"]),
        ],
        meaning: word(
            "The model's own filter refused the prompt with 400. content_filter_result names the category and severity. This is not the gateway's llm-content-safety policy (403).",
        ),
        causes: words(&[
            "hate/violence/sexual/self_harm above threshold",
            "Custom blocklist",
        ]),
        fixes: words(&[
            "Tell the user; do not retry unchanged",
            "Adjust the deployment's filter (needs approval for off)",
        ]),
        doc_url: word(
            "https://learn.microsoft.com/azure/ai-services/openai/concepts/content-filter",
        ),
    },
    Signature {
        id: "ai.backend-5xx",
        family: "ai-backend",
        title: word("LLM backend server error"),
        severity: Severity::Error,
        specificity: 11,
        clues: &[
            likely(
                GATEWAY,
                11,
                r#"ResponseCode between (500 .. 599) and (BackendResponseCode >= 500 or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and ResponseCode >= 500 and isempty(LastErrorReason) and isempty(LastErrorSource))) and {answered} and (Url contains "/openai" or Url contains "/completions" or Url contains "/embeddings" or Url contains "/responses" or Url contains "/deployments/" or Url contains "/v1/messages" or Url contains "/models" or BackendUrl contains "openai.azure.com" or BackendUrl contains "services.ai.azure.com" or BackendUrl contains "cognitiveservices.azure.com" or BackendUrl contains "inference.ai.azure.com")"#,
            )
            .of(&["server_error", "internal server error", "the server had an error"]),
            likely(
                EXCEPTIONS,
                13,
                "({thrown})",
            )
            .of(&["server_error", "internal server error", "the server had an error"]),
        ],
        meaning: word(
            "The model endpoint failed. Body may be APIM-shaped ({statusCode,message,activityId}) because Azure OpenAI is fronted by APIM.",
        ),
        causes: words(&["Transient service fault"]),
        fixes: words(&["Retry with jitter; pool failover"]),
        doc_url: word("https://learn.microsoft.com/azure/ai-services/openai/reference"),
    },
];
