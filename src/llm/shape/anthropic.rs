//! The messages API of Anthropic: content blocks, tool use inside messages, `system` beside them.

use super::content::{self, encoded, tool_call, tool_result};
use super::{Message, Part, PartKind, after_system, has, text_of};
use crate::value::Dynamic;

/// A body whose messages hold blocks of this API, or that has members which only it has.
pub(super) fn request(value: &Dynamic) -> Option<Vec<Message>> {
    let messages = value.member("messages");
    let items = messages.items()?;
    let is_own = ["anthropic_version", "system", "stop_sequences", "top_k"]
        .iter()
        .any(|&key| has(value, key));
    let has_blocks = items.iter().any(|message| {
        let content = message.member("content");
        content.items().unwrap_or_default().iter().any(is_own_block)
    });
    if !is_own && !has_blocks {
        return None;
    }
    let system = value.member("system");
    let system = (!system.is_null()).then(|| blocks(&system));
    Some(after_system(system, items.iter().map(message)))
}

/// A message with `stop_reason`.
pub(super) fn response(value: &Dynamic) -> Option<Vec<Message>> {
    let is_message = value.member("type").to_text() == "message";
    let is_own = is_message && value.member("content").items().is_some() && !has(value, "output");
    is_own.then(|| {
        vec![Message {
            finish_reason: text_of(&value.member("stop_reason")),
            ..message(value)
        }]
    })
}

fn message(value: &Dynamic) -> Message {
    Message::of(
        &value.member("role").to_text(),
        blocks(&value.member("content")),
    )
}

fn is_own_block(block: &Dynamic) -> bool {
    let kind = block.member("type").to_text();
    matches!(
        kind.as_str(),
        "tool_use" | "tool_result" | "thinking" | "document"
    ) || (kind == "image" && has(block, "source"))
}

fn blocks(content: &Dynamic) -> Vec<Part> {
    match content {
        Dynamic::Array(items) => items.iter().map(block).collect(),
        other => content::parts(other),
    }
}

fn block(value: &Dynamic) -> Part {
    let kind = value.member("type").to_text();
    match kind.as_str() {
        "tool_use" => tool_call(
            &value.member("id"),
            &value.member("name"),
            &value.member("input"),
        ),
        "tool_result" => tool_result(&value.member("tool_use_id"), &value.member("content")),
        "thinking" => Part::of(PartKind::Reasoning, value.member("thinking").to_text()),
        "image" | "document" => {
            let source = value.member("source");
            let kind = if kind == "image" {
                PartKind::Image
            } else {
                PartKind::File
            };
            let url = text_of(&source.member("url"));
            let mime = text_of(&source.member("media_type"));
            let part = if url.is_some() {
                Part {
                    kind,
                    ..Part::default()
                }
            } else {
                encoded(kind, &source.member("data").to_text())
            };
            Part { mime, url, ..part }
        }
        _ => {
            let mut parts = content::parts(&Dynamic::array(vec![value.clone()]));
            parts.pop().unwrap_or_default()
        }
    }
}
