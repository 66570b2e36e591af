//! The responses API of OpenAI: a list of typed items as input and as output.

use super::chat;
use super::content::{self, parts, tool_call, tool_result};
use super::{Message, Part, PartKind, has, text_of};
use crate::value::Dynamic;

/// Members of a body that only this API has.
const OWN: &[&str] = &[
    "instructions",
    "max_output_tokens",
    "previous_response_id",
    "text",
    "include",
    "reasoning",
];

/// A body with `input` that is not one of embeddings, or a list of its items.
pub(super) fn request(value: &Dynamic) -> Option<Vec<Message>> {
    let input = value.member("input");
    let mut found = Vec::new();
    if let Some(instructions) = text_of(&value.member("instructions")) {
        found.push(Message::of(
            "system",
            vec![Part::of(PartKind::Text, instructions)],
        ));
    }
    match &input {
        Dynamic::String(_) if OWN.iter().any(|&key| has(value, key)) => {
            found.push(Message::of("user", parts(&input)));
        }
        Dynamic::Array(items) if items.iter().all(is_item) => found.extend(items.iter().map(item)),
        _ => match value {
            Dynamic::Array(items) if items.iter().any(is_own_item) && items.iter().all(is_item) => {
                found.extend(items.iter().map(item));
            }
            _ => return None,
        },
    }
    Some(found)
}

/// A body with `output`, or a list of its items.
pub(super) fn response(value: &Dynamic) -> Option<Vec<Message>> {
    let output = value.member("output");
    let items = match value {
        Dynamic::Array(items) if items.iter().any(is_own_item) => items,
        _ => output.items()?,
    };
    let mut found: Vec<Message> = items.iter().map(item).collect();
    let reason = text_of(&value.member("incomplete_details").member("reason"));
    let reason = reason.or_else(|| text_of(&value.member("status")));
    if let Some(last) = found.last_mut() {
        last.finish_reason = reason;
    }
    Some(found)
}

/// An item that has a type or a role.
fn is_item(value: &Dynamic) -> bool {
    has(value, "type") || has(value, "role")
}

/// An item of a type that other APIs do not have at this place.
fn is_own_item(value: &Dynamic) -> bool {
    let kind = value.member("type").to_text();
    kind == "message"
        || kind == "reasoning"
        || kind.starts_with("function_call")
        || kind.ends_with("_call")
}

fn item(value: &Dynamic) -> Message {
    match value.member("type").to_text().as_str() {
        "function_call" | "custom_tool_call" => {
            let arguments = value.member(if has(value, "arguments") {
                "arguments"
            } else {
                "input"
            });
            let call = tool_call(&value.member("call_id"), &value.member("name"), &arguments);
            Message::of("assistant", vec![call])
        }
        "function_call_output" | "custom_tool_call_output" => Message::of(
            "tool",
            vec![tool_result(
                &value.member("call_id"),
                &value.member("output"),
            )],
        ),
        "reasoning" => {
            let mut found = parts(&value.member("summary"));
            found.extend(parts(&value.member("content")));
            for part in &mut found {
                part.kind = PartKind::Reasoning;
            }
            Message::of("assistant", found)
        }
        _ => chat::message(value).unwrap_or_else(|| Message::of("", vec![content::other(value)])),
    }
}
