//! Amazon Bedrock: the Converse API, whose blocks have no type but a name each, and Titan's texts.

use super::content::{self, encoded, tool_call, tool_result};
use super::{Message, Part, PartKind, after_system, has, text_of};
use crate::value::Dynamic;

/// Names of the blocks that only this API has.
const BLOCKS: &[&str] = &[
    "toolUse",
    "toolResult",
    "image",
    "document",
    "reasoningContent",
    "text",
];

/// A Converse body, or one of Titan.
pub(super) fn request(value: &Dynamic) -> Option<Vec<Message>> {
    if has(value, "inputText") {
        return Some(vec![Message::of(
            "user",
            content::parts(&value.member("inputText")),
        )]);
    }
    let messages = value.member("messages");
    let items = messages.items()?;
    let is_own = has(value, "inferenceConfig")
        || has(value, "toolConfig")
        || items.iter().any(is_own_message);
    if !is_own {
        return None;
    }
    let system = value.member("system");
    let system = system
        .items()
        .map(|blocks| blocks.iter().map(block).collect());
    Some(after_system(system, items.iter().map(message)))
}

/// A Converse answer, or one of Titan.
pub(super) fn response(value: &Dynamic) -> Option<Vec<Message>> {
    let results = value.member("results");
    if let Some(results) = results.items()
        && results.iter().any(|result| has(result, "outputText"))
    {
        let of_result = |result: &Dynamic| Message {
            finish_reason: text_of(&result.member("completionReason")),
            ..Message::of("assistant", content::parts(&result.member("outputText")))
        };
        return Some(results.iter().map(of_result).collect());
    }
    let own = value.member("output").member("message");
    has(&own, "content").then(|| {
        vec![Message {
            finish_reason: text_of(&value.member("stopReason")),
            ..message(&own)
        }]
    })
}

/// Blocks of one name and no type.
fn is_own_message(value: &Dynamic) -> bool {
    let content = value.member("content");
    content
        .items()
        .unwrap_or_default()
        .iter()
        .any(|block| !has(block, "type") && BLOCKS.iter().any(|&name| has(block, name)))
}

fn message(value: &Dynamic) -> Message {
    let content = value.member("content");
    let blocks = content.items().unwrap_or_default();
    Message::of(
        &value.member("role").to_text(),
        blocks.iter().map(block).collect(),
    )
}

fn block(value: &Dynamic) -> Part {
    let used = value.member("toolUse");
    let result = value.member("toolResult");
    let thought = value.member("reasoningContent");
    if has(&used, "name") {
        return tool_call(
            &used.member("toolUseId"),
            &used.member("name"),
            &used.member("input"),
        );
    }
    if !result.is_null() {
        return tool_result(&result.member("toolUseId"), &result.member("content"));
    }
    if !thought.is_null() {
        return Part::of(
            PartKind::Reasoning,
            thought.member("reasoningText").member("text").to_text(),
        );
    }
    for (name, kind) in [("image", PartKind::Image), ("document", PartKind::File)] {
        let media = value.member(name);
        if !media.is_null() {
            let format = text_of(&media.member("format"));
            return Part {
                name: text_of(&media.member("name")),
                mime: format.map(|format| {
                    if name == "image" {
                        format!("image/{format}")
                    } else {
                        format
                    }
                }),
                ..encoded(kind, &media.member("source").member("bytes").to_text())
            };
        }
    }
    match value.member("text") {
        Dynamic::String(text) => Part::of(PartKind::Text, text.as_ref()),
        _ => content::other(value),
    }
}
