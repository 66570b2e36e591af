//! Signatures of the family `ai-finish`.

use crate::signature::tables::GATEWAY;
use crate::signature::{Severity, Signature, likely, word, words};

pub(super) static ENTRIES: &[Signature] = &[
    Signature {
        id: "ai.content-filter-completion",
        family: "ai-finish",
        title: word("Answer cut by the content filter (200)"),
        severity: Severity::Warning,
        specificity: 10,
        clues: &[likely(GATEWAY, 10, "ResponseCode == 200 and (BackendResponseCode == 200 or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and ResponseCode == 200 and isempty(LastErrorReason) and isempty(LastErrorSource))) and {answered}").of(&[r#"\"finish_reason\":\"content_filter\""#, r#"\"finish_reason\": \"content_filter\""#])],
        meaning: word(
            "HTTP succeeds but finish_reason is content_filter: the completion was removed or truncated.",
        ),
        causes: words(&["Output category filtered"]),
        fixes: words(&["Surface it to the user; do not count as success"]),
        doc_url: word(
            "https://learn.microsoft.com/azure/ai-services/openai/concepts/content-filter",
        ),
    },
    Signature {
        id: "ai.finish-length",
        family: "ai-finish",
        title: word("Answer truncated at max tokens"),
        severity: Severity::Warning,
        specificity: 10,
        clues: &[likely(GATEWAY, 10, "ResponseCode == 200 and (BackendResponseCode == 200 or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and ResponseCode == 200 and isempty(LastErrorReason) and isempty(LastErrorSource))) and {answered}").of(&[r#"\"finish_reason\":\"length\""#, r#"\"finish_reason\": \"length\""#])],
        meaning: word(
            "finish_reason=length: the model hit max_tokens/max_completion_tokens or the window.",
        ),
        causes: words(&[]),
        fixes: words(&["Raise the limit or ask for shorter output"]),
        doc_url: word("https://learn.microsoft.com/azure/ai-services/openai/reference"),
    },
    Signature {
        id: "ai.finish-tool-calls",
        family: "ai-finish",
        title: word("Model asked for a tool call"),
        severity: Severity::Info,
        specificity: 10,
        clues: &[likely(GATEWAY, 10, "ResponseCode == 200 and (BackendResponseCode == 200 or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and ResponseCode == 200 and isempty(LastErrorReason) and isempty(LastErrorSource))) and {answered}").of(&[r#"\"finish_reason\":\"tool_calls\""#, r#"\"finish_reason\": \"tool_calls\""#])],
        meaning: word(
            "finish_reason=tool_calls (or function_call): normal agent step, content may be empty.",
        ),
        causes: words(&[]),
        fixes: words(&[]),
        doc_url: word("https://learn.microsoft.com/azure/ai-services/openai/reference"),
    },
    Signature {
        id: "ai.finish-stop",
        family: "ai-finish",
        title: word("Normal completion"),
        severity: Severity::Info,
        specificity: 10,
        clues: &[likely(GATEWAY, 10, "ResponseCode == 200 and (BackendResponseCode == 200 or ((isnull(BackendResponseCode) or BackendResponseCode == 0) and ResponseCode == 200 and isempty(LastErrorReason) and isempty(LastErrorSource))) and {answered}").of(&[r#"\"finish_reason\":\"stop\""#, r#"\"finish_reason\": \"stop\""#])],
        meaning: word("finish_reason=stop: complete answer."),
        causes: words(&[]),
        fixes: words(&[]),
        doc_url: word("https://learn.microsoft.com/azure/ai-services/openai/reference"),
    },
];
