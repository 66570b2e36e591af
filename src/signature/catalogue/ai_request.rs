//! Signatures of the family `ai-request`.

use crate::signature::tables::{EXCEPTIONS, GATEWAY, REQUESTS};
use crate::signature::{Severity, Signature, certain, likely, word, words};

pub(super) static ENTRIES: &[Signature] = &[
    Signature {
        id: "ai.context-length",
        family: "ai-request",
        title: word("Prompt + completion exceed the context window"),
        severity: Severity::Error,
        specificity: 10,
        clues: &[
            certain(
                GATEWAY,
                10,
                "ResponseCode == 400 and (BackendResponseCode == 400 or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and ResponseCode == 400 and isempty(LastErrorReason) and isempty(LastErrorSource))) and {answered}",
            )
            .of(&["context_length_exceeded", "maximum context length"]),
            likely(
                EXCEPTIONS,
                12,
                "({thrown})",
            )
            .of(&["context_length_exceeded", "maximum context length"]),
            likely(
                REQUESTS,
                12,
                r#"ResultCode =~ "400" and {body}"#,
            )
            .of(&["context_length_exceeded", "maximum context length"]),
        ],
        meaning: word(
            "Input tokens (plus requested max_tokens) are larger than the model's window.",
        ),
        causes: words(&["Growing chat history / RAG chunks", "max_tokens too large"]),
        fixes: words(&["Trim history, lower max_tokens, choose a larger-context model"]),
        doc_url: word("https://learn.microsoft.com/azure/ai-services/openai/reference"),
    },
    Signature {
        id: "ai.deployment-not-found",
        family: "ai-request",
        title: word("Model deployment does not exist"),
        severity: Severity::Error,
        specificity: 10,
        clues: &[
            certain(
                GATEWAY,
                10,
                "ResponseCode == 404 and (BackendResponseCode == 404 or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and ResponseCode == 404 and isempty(LastErrorReason) and isempty(LastErrorSource))) and {answered}",
            )
            .of(&["deploymentnotfound", "api deployment for this resource does not exist"]),
            likely(
                EXCEPTIONS,
                12,
                "({thrown})",
            )
            .of(&["deploymentnotfound", "api deployment for this resource does not exist"]),
            likely(
                REQUESTS,
                12,
                r#"ResultCode =~ "404" and {body}"#,
            )
            .of(&["deploymentnotfound", "api deployment for this resource does not exist"]),
        ],
        meaning: word(
            "The deployment name in the URL is not on that Azure OpenAI resource (or was created minutes ago).",
        ),
        causes: words(&[
            "Client sends the model name instead of the deployment name",
            "Pool member lacks the deployment (names must match across regions)",
            "Path without /deployments/{name}",
        ]),
        fixes: words(&[
            "Use the deployment name; align names across pool members; wait ~5 min after creation",
        ]),
        doc_url: word("https://learn.microsoft.com/azure/ai-services/openai/reference"),
    },
    Signature {
        id: "ai.model-retired",
        family: "ai-request",
        title: word("Model version retired"),
        severity: Severity::Error,
        specificity: 10,
        clues: &[
            likely(
                GATEWAY,
                9,
                "ResponseCode in (404, 410, 400) and (BackendResponseCode >= 400 or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and ResponseCode >= 400 and isempty(LastErrorReason) and isempty(LastErrorSource))) and {answered}",
            )
            .of(&[
                "retired model",
                "servicemodeldeprecated",
                "has been deprecated since",
                "model has been retired",
                "model is deprecated",
            ]),
            likely(
                EXCEPTIONS,
                11,
                "({thrown})",
            )
            .of(&[
                "retired model",
                "servicemodeldeprecated",
                "has been deprecated since",
                "model has been retired",
                "model is deprecated",
            ]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode in~ ("404", "410", "400") and {body}"#,
            )
            .of(&[
                "retired model",
                "servicemodeldeprecated",
                "has been deprecated since",
                "model has been retired",
                "model is deprecated",
            ]),
        ],
        meaning: word(
            "The deployment points at a retired version; Azure returns errors (users report 404 'Resource not found').",
        ),
        causes: words(&["Retirement date passed without auto-upgrade"]),
        fixes: words(&["Redeploy on a current version; enable auto-upgrade"]),
        doc_url: word(
            "https://learn.microsoft.com/azure/ai-services/openai/concepts/model-retirements",
        ),
    },
    Signature {
        id: "ai.api-version",
        family: "ai-request",
        title: word("API version not supported by the backend"),
        severity: Severity::Error,
        specificity: 10,
        clues: &[
            likely(
                GATEWAY,
                9,
                "ResponseCode in (404, 400) and (BackendResponseCode >= 400 or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and ResponseCode >= 400 and isempty(LastErrorReason) and isempty(LastErrorSource))) and {answered}",
            )
            .of(&[
                "unsupported api version",
                "api version not supported",
                "api-version query parameter",
                "missing required query parameter: api-version",
            ]),
            likely(
                EXCEPTIONS,
                11,
                "({thrown})",
            )
            .of(&[
                "unsupported api version",
                "api version not supported",
                "api-version query parameter",
                "missing required query parameter: api-version",
            ]),
            likely(
                REQUESTS,
                11,
                r#"ResultCode in~ ("404", "400") and {body}"#,
            )
            .of(&[
                "unsupported api version",
                "api version not supported",
                "api-version query parameter",
                "missing required query parameter: api-version",
            ]),
        ],
        meaning: word("api-version is missing, removed or not valid for the operation."),
        causes: words(&[
            "Preview version withdrawn",
            "SDK default too old",
            "v1 endpoint called with dated version or vice versa",
        ]),
        fixes: words(&["Pin a GA version or use the v1 path; set-query-parameter in the policy"]),
        doc_url: word("https://learn.microsoft.com/azure/ai-services/openai/reference"),
    },
    Signature {
        id: "ai.backend-404-resource",
        family: "ai-request",
        title: word("LLM backend: 'Resource not found'"),
        severity: Severity::Error,
        specificity: 10,
        clues: &[
            certain(
                GATEWAY,
                10,
                "ResponseCode == 404 and (BackendResponseCode == 404 or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and ResponseCode == 404 and isempty(LastErrorReason) and isempty(LastErrorSource))) and {answered}",
            )
            .of(&["resource not found"]),
            likely(EXCEPTIONS, 12, "({thrown})").of(&["resource not found"]),
            likely(REQUESTS, 12, r#"ResultCode =~ "404" and {body}"#).of(&["resource not found"]),
        ],
        meaning: word(
            "Backend 404 with code 404. Path, api-version, or retired model. Do not confuse with APIM's own 404 body, which has the same words but no BackendResponseCode.",
        ),
        causes: words(&[
            "Missing or doubled /openai in backend URL",
            "Wrong api-version",
            "Retired model",
        ]),
        fixes: words(&["Compare BackendUrl with the documented path"]),
        doc_url: word("https://learn.microsoft.com/azure/ai-services/openai/reference"),
    },
    Signature {
        id: "ai.unsupported-parameter",
        family: "ai-request",
        title: word("Parameter not accepted by the model"),
        severity: Severity::Error,
        specificity: 10,
        clues: &[
            likely(
                GATEWAY,
                10,
                "ResponseCode == 400 and (BackendResponseCode == 400 or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and ResponseCode == 400 and isempty(LastErrorReason) and isempty(LastErrorSource))) and {answered}",
            )
            .of(&[
                "unsupported_parameter",
                "unrecognized request argument",
                "unsupported_value",
                "max_completion_tokens",
            ]),
            likely(
                EXCEPTIONS,
                12,
                "({thrown})",
            )
            .of(&[
                "unsupported_parameter",
                "unrecognized request argument",
                "unsupported_value",
                "max_completion_tokens",
            ]),
            likely(
                REQUESTS,
                12,
                r#"ResultCode =~ "400" and {body}"#,
            )
            .of(&[
                "unsupported_parameter",
                "unrecognized request argument",
                "unsupported_value",
                "max_completion_tokens",
            ]),
        ],
        meaning: word("Reasoning/newer models reject older parameters."),
        causes: words(&[
            "max_tokens vs max_completion_tokens",
            "temperature on reasoning models",
        ]),
        fixes: words(&["Adapt the body per model family"]),
        doc_url: word("https://learn.microsoft.com/azure/ai-services/openai/reference"),
    },
    Signature {
        id: "ai.sdk-path",
        family: "ai-request",
        title: word("LLM SDK path does not match the API"),
        severity: Severity::Error,
        specificity: 18,
        clues: &[
            certain(
                GATEWAY,
                18,
                r#"LastErrorReason =~ "OperationNotFound" and ResponseCode == 404 and (isempty(LastErrorSource) or LastErrorSource =~ "configuration") and (Url contains "/openai" or Url contains "/completions" or Url contains "/embeddings" or Url contains "/responses" or Url contains "/deployments/" or Url contains "/v1/messages" or Url contains "/models" or BackendUrl contains "openai.azure.com" or BackendUrl contains "services.ai.azure.com" or BackendUrl contains "cognitiveservices.azure.com" or BackendUrl contains "inference.ai.azure.com")"#,
            ),
            likely(
                GATEWAY,
                10,
                r#"LastErrorSource =~ "configuration" and ResponseCode == 404 and (isnull(BackendResponseCode) or BackendResponseCode == 0) and isempty(LastErrorReason) and (Url contains "/openai" or Url contains "/completions" or Url contains "/embeddings" or Url contains "/responses" or Url contains "/deployments/" or Url contains "/v1/messages" or Url contains "/models" or BackendUrl contains "openai.azure.com" or BackendUrl contains "services.ai.azure.com" or BackendUrl contains "cognitiveservices.azure.com" or BackendUrl contains "inference.ai.azure.com")"#,
            ),
            likely(
                GATEWAY,
                10,
                r#"LastErrorReason =~ "OperationNotFound" and ResponseCode == 404 and (Url contains "/openai" or Url contains "/completions" or Url contains "/embeddings" or Url contains "/responses" or Url contains "/deployments/" or Url contains "/v1/messages" or Url contains "/models" or BackendUrl contains "openai.azure.com" or BackendUrl contains "services.ai.azure.com" or BackendUrl contains "cognitiveservices.azure.com" or BackendUrl contains "inference.ai.azure.com")"#,
            ),
            likely(
                EXCEPTIONS,
                12,
                r#"ProblemId =~ "OperationNotFound" or OuterMessage has_any ("OperationNotFound")"#,
            ),
        ],
        meaning: word("Unmatched path on an LLM-looking URL."),
        causes: words(&[
            "API suffix lacks /openai",
            "Operation (responses, models) not in the imported spec",
            "api-version required by the template",
        ]),
        fixes: words(&[
            "Suffix should end in /openai (SDK appends it); re-import a spec that has the operation",
        ]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/azure-openai-api-from-specification",
        ),
    },
];
