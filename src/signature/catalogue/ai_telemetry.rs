//! Signatures of the family `ai-telemetry`.

use crate::signature::tables::{EXCEPTIONS, GATEWAY, LLM};
use crate::signature::{Severity, Signature, certain, likely, word, words};

pub(super) static ENTRIES: &[Signature] = &[
    Signature {
        id: "ai.stream-no-usage",
        family: "ai-telemetry",
        title: word("Streamed answer has no token usage"),
        severity: Severity::Warning,
        specificity: 13,
        clues: &[certain(
            LLM,
            20,
            "SequenceNumber == 0 and IsStreamCompletion == true and TotalTokens == 0",
        )],
        meaning: word(
            "The final usage chunk never arrived or was not requested, so showback and token limits miss the call.",
        ),
        causes: words(&[
            "stream_options.include_usage not set",
            "Client disconnected early",
            "Backend API version without support",
        ]),
        fixes: words(&[
            "Inject stream_options.include_usage=true in an inbound policy for streamed calls",
            "Join with ClientConnectionFailure to find aborted streams",
        ]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/api-management-howto-llm-logs",
        ),
    },
    Signature {
        id: "ai.no-llm-row",
        family: "ai-telemetry",
        title: word("2xx LLM call without an LLM log row"),
        severity: Severity::Warning,
        specificity: 7,
        clues: &[likely(
            GATEWAY,
            8,
            "ResponseCode between (200 .. 299) and isnotnull(BackendResponseCode) and BackendResponseCode != 0 and isempty(LastErrorReason) and ApiId in ((ApiManagementGatewayLogs | where CorrelationId in ((ApiManagementGatewayLlmLog | distinct CorrelationId)) | distinct ApiId)) and CorrelationId !in ((ApiManagementGatewayLlmLog | distinct CorrelationId))",
        )],
        meaning: word(
            "Gateway log exists, ApiManagementGatewayLlmLog has nothing for the CorrelationId.",
        ),
        causes: words(&[
            "'Logs related to generative AI gateway' category or per-API LLM logging off",
            "Operation not covered (models list etc.)",
            "Ingestion delay or dropped row",
        ]),
        fixes: words(&["Enable the diagnostic category and per-API Log LLM messages"]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/api-management-howto-llm-logs",
        ),
    },
    Signature {
        id: "ai.empty-completion",
        family: "ai-telemetry",
        title: word("Zero completion tokens"),
        severity: Severity::Warning,
        specificity: 13,
        clues: &[likely(
            LLM,
            18,
            "SequenceNumber == 0 and IsStreamCompletion == false and CompletionTokens == 0 and PromptTokens > 0",
        )],
        meaning: word("Refusal, filter, or tool-only answer; embeddings also have none."),
        causes: words(&["Content filter", "Embeddings/tool call"]),
        fixes: words(&["Separate embeddings; inspect finish_reason"]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/api-management-howto-llm-logs",
        ),
    },
    Signature {
        id: "ai.stream-aborted",
        family: "ai-telemetry",
        title: word("LLM stream abandoned by the client"),
        severity: Severity::Warning,
        specificity: 17,
        clues: &[
            certain(
                GATEWAY,
                22,
                r#"LastErrorReason =~ "ClientConnectionFailure" and (isempty(LastErrorSource) or LastErrorSource in~ ("transfer-response", "forward-request", "request-forwarder")) and {said} and (Url contains "/openai" or Url contains "/completions" or Url contains "/embeddings" or Url contains "/responses" or Url contains "/deployments/" or Url contains "/v1/messages" or Url contains "/models" or BackendUrl contains "openai.azure.com" or BackendUrl contains "services.ai.azure.com" or BackendUrl contains "cognitiveservices.azure.com" or BackendUrl contains "inference.ai.azure.com")"#,
            )
            .of(&[
                "a task was canceled",
                "a task was cancelled",
                "the operation was canceled",
                "the operation was cancelled",
                "client connection was unexpectedly closed",
            ]),
            certain(
                GATEWAY,
                16,
                r#"LastErrorReason =~ "ClientConnectionFailure" and (isempty(LastErrorSource) or LastErrorSource in~ ("transfer-response", "forward-request", "request-forwarder")) and (Url contains "/openai" or Url contains "/completions" or Url contains "/embeddings" or Url contains "/responses" or Url contains "/deployments/" or Url contains "/v1/messages" or Url contains "/models" or BackendUrl contains "openai.azure.com" or BackendUrl contains "services.ai.azure.com" or BackendUrl contains "cognitiveservices.azure.com" or BackendUrl contains "inference.ai.azure.com")"#,
            ),
            certain(
                GATEWAY,
                14,
                r#"LastErrorSource in~ ("transfer-response", "forward-request", "request-forwarder") and isempty(LastErrorReason) and {said} and (Url contains "/openai" or Url contains "/completions" or Url contains "/embeddings" or Url contains "/responses" or Url contains "/deployments/" or Url contains "/v1/messages" or Url contains "/models" or BackendUrl contains "openai.azure.com" or BackendUrl contains "services.ai.azure.com" or BackendUrl contains "cognitiveservices.azure.com" or BackendUrl contains "inference.ai.azure.com")"#,
            )
            .of(&[
                "a task was canceled",
                "a task was cancelled",
                "the operation was canceled",
                "the operation was cancelled",
                "client connection was unexpectedly closed",
            ]),
            likely(
                GATEWAY,
                8,
                r#"LastErrorSource in~ ("transfer-response", "forward-request", "request-forwarder") and isempty(LastErrorReason) and (Url contains "/openai" or Url contains "/completions" or Url contains "/embeddings" or Url contains "/responses" or Url contains "/deployments/" or Url contains "/v1/messages" or Url contains "/models" or BackendUrl contains "openai.azure.com" or BackendUrl contains "services.ai.azure.com" or BackendUrl contains "cognitiveservices.azure.com" or BackendUrl contains "inference.ai.azure.com")"#,
            ),
            likely(
                GATEWAY,
                10,
                r#"isempty(LastErrorReason) and isempty(LastErrorSource) and {guessed} and (Url contains "/openai" or Url contains "/completions" or Url contains "/embeddings" or Url contains "/responses" or Url contains "/deployments/" or Url contains "/v1/messages" or Url contains "/models" or BackendUrl contains "openai.azure.com" or BackendUrl contains "services.ai.azure.com" or BackendUrl contains "cognitiveservices.azure.com" or BackendUrl contains "inference.ai.azure.com")"#,
            )
            .of(&[
                "a task was canceled",
                "a task was cancelled",
                "the operation was canceled",
                "the operation was cancelled",
                "client connection was unexpectedly closed",
            ]),
            likely(
                EXCEPTIONS,
                12,
                r#"(ProblemId =~ "ClientConnectionFailure" or {thrown})"#,
            )
            .of(&[
                "a task was canceled",
                "a task was cancelled",
                "the operation was canceled",
                "the operation was cancelled",
                "client connection was unexpectedly closed",
            ]),
        ],
        meaning: word(
            "The chat UI or SDK closed the stream; tokens already generated are still billed by the backend.",
        ),
        causes: words(&["User pressed stop; SDK timeout"]),
        fixes: words(&["Treat as informational; raise SDK timeout for long answers"]),
        doc_url: word(
            "https://learn.microsoft.com/azure/api-management/api-management-error-handling-policies",
        ),
    },
];
