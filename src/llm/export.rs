//! Calls as text that is taken elsewhere: JSON lines of pairs for evaluation, Markdown of one call.
//!
//! Input: calls, and what masks secrets in a text. Output: text. Invariants: every text passes the
//! mask; Markdown of a message stays text, whatever it holds; with texts hidden none is written.

use super::call::Calls;
use super::call::{Call, Completeness};
use super::conversation::{Conversation, Spoken};
use super::shape::{Message, Part, PartKind};
use crate::text::markdown::{write_fenced, write_inline};
use crate::value::datetime;
use crate::value::dynamic::write_json_string;

/// How texts leave.
pub struct Manner<'m> {
    /// What replaces secrets.
    pub mask: &'m dyn Fn(&str) -> String,
    /// Whether messages are written at all.
    pub has_text: bool,
}

impl Manner<'_> {
    fn json(&self, text: &str, out: &mut String) {
        write_json_string(&(self.mask)(text), out);
    }
}

/// One line a call: its messages and its answer, who asked, and what it took.
pub fn json_lines(calls: &Calls, range: std::ops::Range<usize>, manner: &Manner<'_>) -> String {
    let mut out = String::new();
    for call in calls.calls.get(range).unwrap_or_default() {
        write_line(&Conversation::of(calls, call), call, manner, &mut out);
    }
    out
}

fn write_line(conversation: &Conversation, call: &Call, manner: &Manner<'_>, out: &mut String) {
    out.push('{');
    let member = |name: &str, text: &str, out: &mut String| {
        if !out.ends_with('{') {
            out.push(',');
        }
        write_json_string(name, out);
        out.push(':');
        manner.json(text, out);
    };
    if let Some(time) = call.time {
        member("time", &datetime::text(time), out);
    }
    for (name, column) in [
        ("correlationId", "CorrelationId"),
        ("model", "ModelName"),
        ("deployment", "DeploymentName"),
        ("apiVersion", "ApiVersion"),
    ] {
        if let Some(value) = conversation.column(column) {
            member(name, value, out);
        }
    }
    for (name, column) in [
        ("subscription", "ApimSubscriptionId"),
        ("product", "ProductId"),
        ("api", "ApiId"),
        ("operation", "OperationId"),
    ] {
        if let Some((_, value)) = conversation
            .gateway
            .iter()
            .find(|(found, _)| found == column)
        {
            member(name, value, out);
        }
    }
    member("completeness", call.problems.completeness().name(), out);
    if let Some(reason) = &conversation.finish_reason {
        member("finishReason", reason, out);
    }
    for (name, count) in [
        ("promptTokens", call.tokens.prompt),
        ("completionTokens", call.tokens.completion),
        ("totalTokens", call.tokens.total),
    ] {
        let count = count.map_or_else(|| "null".to_owned(), |count| count.to_string());
        *out += &format!(",\"{name}\":{count}");
    }
    if manner.has_text {
        for (name, spoken) in [
            ("messages", &conversation.request),
            ("completion", &conversation.response),
        ] {
            *out += &format!(",\"{name}\":");
            write_messages(spoken, manner, out);
        }
    }
    out.push_str("}\n");
}

/// The messages as `[{role, content}]`; null where the order of their parts is not told.
fn write_messages(spoken: &Spoken, manner: &Manner<'_>, out: &mut String) {
    if !spoken.parts.is_empty() {
        return out.push_str("null");
    }
    out.push('[');
    for (at, message) in spoken.reading.messages.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        out.push_str("{\"role\":");
        manner.json(&message.role, out);
        let of = |kinds: &dyn Fn(PartKind) -> bool| -> Vec<&Part> {
            message
                .parts
                .iter()
                .filter(|part| kinds(part.kind))
                .collect()
        };
        let texts = of(&|kind| kind != PartKind::ToolCall);
        let texts: Vec<String> = texts
            .into_iter()
            .map(told)
            .filter(|text| !text.is_empty())
            .collect();
        out.push_str(",\"content\":");
        manner.json(&texts.join("\n"), out);
        let calls = of(&|kind| kind == PartKind::ToolCall);
        if !calls.is_empty() {
            out.push_str(",\"tool_calls\":[");
            for (at, call) in calls.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                out.push_str("{\"id\":");
                manner.json(call.id.as_deref().unwrap_or_default(), out);
                out.push_str(",\"name\":");
                manner.json(call.name.as_deref().unwrap_or_default(), out);
                out.push_str(",\"arguments\":");
                manner.json(&call.text, out);
                out.push('}');
            }
            out.push(']');
        }
        out.push('}');
    }
    out.push(']');
}

/// A part in words: its text, or what stands for media.
fn told(part: &Part) -> String {
    match part.kind {
        PartKind::Image | PartKind::Audio | PartKind::File | PartKind::Embedding => {
            let about = [
                part.mime.as_deref(),
                part.name.as_deref(),
                part.url.as_deref(),
            ];
            let about: Vec<&str> = about.into_iter().flatten().collect();
            let unit = if part.kind == PartKind::Embedding {
                "values"
            } else {
                "bytes"
            };
            let size = part
                .size
                .map(|size| format!(" {size} {unit}"))
                .unwrap_or_default();
            let words = [&[part.kind.name()][..], &about].concat();
            format!("[{}{size}]", words.join(" "))
        }
        _ => part.text.clone(),
    }
}

/// A call as Markdown.
pub fn markdown(calls: &Calls, call: &Call, manner: &Manner<'_>) -> String {
    let conversation = Conversation::of(calls, call);
    let mut out = String::from("# Call to a language model\n\n");
    let mut line = |name: &str, value: &str| {
        if !value.is_empty() {
            out += &format!("- {name}: ");
            write_inline(&(manner.mask)(value), &mut out);
            out.push('\n');
        }
    };
    line("Time", &call.time.map(datetime::text).unwrap_or_default());
    for column in ["CorrelationId", "ModelName", "DeploymentName", "ApiVersion"] {
        line(column, conversation.column(column).unwrap_or_default());
    }
    for column in [
        "ApiId",
        "OperationId",
        "ProductId",
        "ApimSubscriptionId",
        "ResponseCode",
        "TotalTime",
    ] {
        let found = conversation.gateway.iter().find(|(name, _)| name == column);
        line(column, found.map_or("", |(_, value)| value));
    }
    let count =
        |count: Option<i64>| count.map_or_else(|| "unknown".to_owned(), |count| count.to_string());
    line(
        "Tokens",
        &format!(
            "{} of the prompt, {} of the completion, {} in all",
            count(call.tokens.prompt),
            count(call.tokens.completion),
            count(call.tokens.total)
        ),
    );
    line(
        "Finish",
        conversation.finish_reason.as_deref().unwrap_or_default(),
    );
    let completeness = match call.problems.completeness() {
        Completeness::Complete => "complete",
        Completeness::CannotTell => "cannot be told",
        Completeness::Incomplete => "incomplete",
    };
    let problems: Vec<&str> = call.problems.iter().map(super::Problem::code).collect();
    let problems = if problems.is_empty() {
        String::new()
    } else {
        format!(" ({})", problems.join(", "))
    };
    line("Completeness", &format!("{completeness}{problems}"));
    for (title, spoken) in [
        ("Request", &conversation.request),
        ("Response", &conversation.response),
    ] {
        if !manner.has_text {
            continue;
        }
        for message in &spoken.reading.messages {
            write_markdown(title, message, manner, &mut out);
        }
        for (at, part) in spoken.parts.iter().enumerate() {
            out += &format!("\n## {title}, part as it came ({})\n\n", at + 1);
            write_fenced(&(manner.mask)(part), &mut out);
        }
    }
    if !manner.has_text {
        out += "\nThe texts of the messages are hidden.\n";
    }
    out
}

fn write_markdown(title: &str, message: &Message, manner: &Manner<'_>, out: &mut String) {
    *out += &format!("\n## {title}: ");
    write_inline(&(manner.mask)(&message.role), out);
    out.push('\n');
    for part in &message.parts {
        let about: Vec<&str> = [part.name.as_deref(), part.id.as_deref()]
            .into_iter()
            .flatten()
            .collect();
        if part.kind != PartKind::Text {
            *out += &format!("\n{} ", part.kind.name());
            write_inline(&(manner.mask)(&about.join(" ")), out);
            out.push('\n');
        }
        out.push('\n');
        write_fenced(&(manner.mask)(&told(part)), out);
    }
}
