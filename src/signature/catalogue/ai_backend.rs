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
                r#"ResponseCode == 429 and (BackendResponseCode == 429 or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and ResponseCode == 429 and isempty(LastErrorReason) and isempty(LastErrorSource))) and ((LastErrorMessage contains "have exceeded token rate limit" or ResponseBody contains "have exceeded token rate limit" or BackendResponseBody contains "have exceeded token rate limit" or LastErrorMessage contains "have exceeded call rate limit" or ResponseBody contains "have exceeded call rate limit" or BackendResponseBody contains "have exceeded call rate limit" or LastErrorMessage contains "exceeded the call rate limit" or ResponseBody contains "exceeded the call rate limit" or BackendResponseBody contains "exceeded the call rate limit" or LastErrorMessage contains "exceeded the token rate limit" or ResponseBody contains "exceeded the token rate limit" or BackendResponseBody contains "exceeded the token rate limit" or LastErrorMessage contains "ratelimitreached" or ResponseBody contains "ratelimitreached" or BackendResponseBody contains "ratelimitreached" or LastErrorMessage contains "userbymodelbyminute" or ResponseBody contains "userbymodelbyminute" or BackendResponseBody contains "userbymodelbyminute" or LastErrorMessage contains "userbymodelbyday" or ResponseBody contains "userbymodelbyday" or BackendResponseBody contains "userbymodelbyday" or LastErrorMessage contains "pricing tier" or ResponseBody contains "pricing tier" or BackendResponseBody contains "pricing tier" or LastErrorMessage contains "rate limit is exceeded. try again in" or ResponseBody contains "rate limit is exceeded. try again in" or BackendResponseBody contains "rate limit is exceeded. try again in") or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and (Errors contains "have exceeded token rate limit" or Errors contains "have exceeded call rate limit" or Errors contains "exceeded the call rate limit" or Errors contains "exceeded the token rate limit" or Errors contains "ratelimitreached" or Errors contains "userbymodelbyminute" or Errors contains "userbymodelbyday" or Errors contains "pricing tier" or Errors contains "rate limit is exceeded. try again in")))"#,
            ),
            likely(
                EXCEPTIONS,
                12,
                r#"((OuterMessage contains "have exceeded token rate limit" or InnermostMessage contains "have exceeded token rate limit" or OuterMessage contains "have exceeded call rate limit" or InnermostMessage contains "have exceeded call rate limit" or OuterMessage contains "exceeded the call rate limit" or InnermostMessage contains "exceeded the call rate limit" or OuterMessage contains "exceeded the token rate limit" or InnermostMessage contains "exceeded the token rate limit" or OuterMessage contains "ratelimitreached" or InnermostMessage contains "ratelimitreached" or OuterMessage contains "userbymodelbyminute" or InnermostMessage contains "userbymodelbyminute" or OuterMessage contains "userbymodelbyday" or InnermostMessage contains "userbymodelbyday" or OuterMessage contains "pricing tier" or InnermostMessage contains "pricing tier" or OuterMessage contains "rate limit is exceeded. try again in" or InnermostMessage contains "rate limit is exceeded. try again in"))"#,
            ),
            likely(
                REQUESTS,
                12,
                r#"ResultCode =~ "429" and (tostring(Properties["Response-Body"]) contains "have exceeded token rate limit" or tostring(Properties["Response-Body"]) contains "have exceeded call rate limit" or tostring(Properties["Response-Body"]) contains "exceeded the call rate limit" or tostring(Properties["Response-Body"]) contains "exceeded the token rate limit" or tostring(Properties["Response-Body"]) contains "ratelimitreached" or tostring(Properties["Response-Body"]) contains "userbymodelbyminute" or tostring(Properties["Response-Body"]) contains "userbymodelbyday" or tostring(Properties["Response-Body"]) contains "pricing tier" or tostring(Properties["Response-Body"]) contains "rate limit is exceeded. try again in")"#,
            ),
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
                r#"ResponseCode == 429 and (BackendResponseCode == 429 or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and ResponseCode == 429 and isempty(LastErrorReason) and isempty(LastErrorSource))) and ((LastErrorMessage contains "provisioned-managed" or ResponseBody contains "provisioned-managed" or BackendResponseBody contains "provisioned-managed" or LastErrorMessage contains "provisioned managed" or ResponseBody contains "provisioned managed" or BackendResponseBody contains "provisioned managed" or LastErrorMessage contains "exceeds the maximum usage size allowed during peak load" or ResponseBody contains "exceeds the maximum usage size allowed during peak load" or BackendResponseBody contains "exceeds the maximum usage size allowed during peak load" or LastErrorMessage contains "provisioned throughput" or ResponseBody contains "provisioned throughput" or BackendResponseBody contains "provisioned throughput") or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and (Errors contains "provisioned-managed" or Errors contains "provisioned managed" or Errors contains "exceeds the maximum usage size allowed during peak load" or Errors contains "provisioned throughput")))"#,
            ),
            likely(
                EXCEPTIONS,
                12,
                r#"((OuterMessage contains "provisioned-managed" or InnermostMessage contains "provisioned-managed" or OuterMessage contains "provisioned managed" or InnermostMessage contains "provisioned managed" or OuterMessage contains "exceeds the maximum usage size allowed during peak load" or InnermostMessage contains "exceeds the maximum usage size allowed during peak load" or OuterMessage contains "provisioned throughput" or InnermostMessage contains "provisioned throughput"))"#,
            ),
            likely(
                REQUESTS,
                12,
                r#"ResultCode =~ "429" and (tostring(Properties["Response-Body"]) contains "provisioned-managed" or tostring(Properties["Response-Body"]) contains "provisioned managed" or tostring(Properties["Response-Body"]) contains "exceeds the maximum usage size allowed during peak load" or tostring(Properties["Response-Body"]) contains "provisioned throughput")"#,
            ),
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
                r#"ResponseCode in (429, 500, 503) and (BackendResponseCode >= 400 or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and ResponseCode >= 400 and isempty(LastErrorReason) and isempty(LastErrorSource))) and ((LastErrorMessage contains "currently overloaded with other requests" or ResponseBody contains "currently overloaded with other requests" or BackendResponseBody contains "currently overloaded with other requests" or LastErrorMessage contains "experiencing high demand" or ResponseBody contains "experiencing high demand" or BackendResponseBody contains "experiencing high demand") or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and (Errors contains "currently overloaded with other requests" or Errors contains "experiencing high demand")))"#,
            ),
            likely(
                EXCEPTIONS,
                11,
                r#"((OuterMessage contains "currently overloaded with other requests" or InnermostMessage contains "currently overloaded with other requests" or OuterMessage contains "experiencing high demand" or InnermostMessage contains "experiencing high demand"))"#,
            ),
            likely(
                REQUESTS,
                11,
                r#"ResultCode in~ ("429", "500", "503") and (tostring(Properties["Response-Body"]) contains "currently overloaded with other requests" or tostring(Properties["Response-Body"]) contains "experiencing high demand")"#,
            ),
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
                r#"ResponseCode == 400 and (BackendResponseCode == 400 or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and ResponseCode == 400 and isempty(LastErrorReason) and isempty(LastErrorSource))) and ((LastErrorMessage contains "\"jailbreak\":{\"filtered\":true" or ResponseBody contains "\"jailbreak\":{\"filtered\":true" or BackendResponseBody contains "\"jailbreak\":{\"filtered\":true" or LastErrorMessage contains "'jailbreak': {'filtered': true" or ResponseBody contains "'jailbreak': {'filtered': true" or BackendResponseBody contains "'jailbreak': {'filtered': true" or LastErrorMessage contains "\"jailbreak\": {\"filtered\": true" or ResponseBody contains "\"jailbreak\": {\"filtered\": true" or BackendResponseBody contains "\"jailbreak\": {\"filtered\": true") or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and (Errors contains "\"jailbreak\":{\"filtered\":true" or Errors contains "'jailbreak': {'filtered': true" or Errors contains "\"jailbreak\": {\"filtered\": true")))"#,
            ),
            likely(
                EXCEPTIONS,
                12,
                r#"((OuterMessage contains "\"jailbreak\":{\"filtered\":true" or InnermostMessage contains "\"jailbreak\":{\"filtered\":true" or OuterMessage contains "'jailbreak': {'filtered': true" or InnermostMessage contains "'jailbreak': {'filtered': true" or OuterMessage contains "\"jailbreak\": {\"filtered\": true" or InnermostMessage contains "\"jailbreak\": {\"filtered\": true"))"#,
            ),
            likely(
                REQUESTS,
                12,
                r#"ResultCode =~ "400" and (tostring(Properties["Response-Body"]) contains "\"jailbreak\":{\"filtered\":true" or tostring(Properties["Response-Body"]) contains "'jailbreak': {'filtered': true" or tostring(Properties["Response-Body"]) contains "\"jailbreak\": {\"filtered\": true")"#,
            ),
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
                r#"ResponseCode == 400 and (BackendResponseCode == 400 or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and ResponseCode == 400 and isempty(LastErrorReason) and isempty(LastErrorSource))) and ((LastErrorMessage contains "content_filter" or ResponseBody contains "content_filter" or BackendResponseBody contains "content_filter" or LastErrorMessage contains "responsibleaipolicyviolation" or ResponseBody contains "responsibleaipolicyviolation" or BackendResponseBody contains "responsibleaipolicyviolation" or LastErrorMessage contains "content management policy" or ResponseBody contains "content management policy" or BackendResponseBody contains "content management policy") or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and (Errors contains "content_filter" or Errors contains "responsibleaipolicyviolation" or Errors contains "content management policy")))"#,
            ),
            likely(
                EXCEPTIONS,
                12,
                r#"((OuterMessage contains "content_filter" or InnermostMessage contains "content_filter" or OuterMessage contains "responsibleaipolicyviolation" or InnermostMessage contains "responsibleaipolicyviolation" or OuterMessage contains "content management policy" or InnermostMessage contains "content management policy"))"#,
            ),
            likely(
                REQUESTS,
                12,
                r#"ResultCode =~ "400" and (tostring(Properties["Response-Body"]) contains "content_filter" or tostring(Properties["Response-Body"]) contains "responsibleaipolicyviolation" or tostring(Properties["Response-Body"]) contains "content management policy")"#,
            ),
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
                r#"ResponseCode between (500 .. 599) and (BackendResponseCode >= 500 or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and ResponseCode >= 500 and isempty(LastErrorReason) and isempty(LastErrorSource))) and ((LastErrorMessage contains "server_error" or ResponseBody contains "server_error" or BackendResponseBody contains "server_error" or LastErrorMessage contains "internal server error" or ResponseBody contains "internal server error" or BackendResponseBody contains "internal server error" or LastErrorMessage contains "the server had an error" or ResponseBody contains "the server had an error" or BackendResponseBody contains "the server had an error") or (isempty(LastErrorMessage) and isnotempty(LastErrorReason) and (Errors contains "server_error" or Errors contains "internal server error" or Errors contains "the server had an error"))) and (Url contains "/openai" or Url contains "/completions" or Url contains "/embeddings" or Url contains "/responses" or Url contains "/deployments/" or Url contains "/v1/messages" or Url contains "/models" or BackendUrl contains "openai.azure.com" or BackendUrl contains "services.ai.azure.com" or BackendUrl contains "cognitiveservices.azure.com" or BackendUrl contains "inference.ai.azure.com")"#,
            ),
            likely(
                EXCEPTIONS,
                13,
                r#"((OuterMessage contains "server_error" or InnermostMessage contains "server_error" or OuterMessage contains "internal server error" or InnermostMessage contains "internal server error" or OuterMessage contains "the server had an error" or InnermostMessage contains "the server had an error"))"#,
            ),
        ],
        meaning: word(
            "The model endpoint failed. Body may be APIM-shaped ({statusCode,message,activityId}) because Azure OpenAI is fronted by APIM.",
        ),
        causes: words(&["Transient service fault"]),
        fixes: words(&["Retry with jitter; pool failover"]),
        doc_url: word("https://learn.microsoft.com/azure/ai-services/openai/reference"),
    },
];
