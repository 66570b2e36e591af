//! Chat completions and completions of OpenAI, and what the gateway logs of them: a list of
//! messages as the request, one message or several as the response.

use super::content::{self, parts, tool_call, tool_result};
use super::{Message, Part, PartKind, has, text_of};
use crate::value::Dynamic;

/// `[{role, content}]`, one such message, or a body with `messages`.
pub(super) fn request(value: &Dynamic) -> Option<Vec<Message>> {
    match value {
        Dynamic::Bag(_) if has(value, "messages") => messages(value.member("messages").items()?),
        Dynamic::Bag(_) => Some(vec![message(value)?]),
        Dynamic::Array(items) => messages(items),
        _ => None,
    }
}

/// A body with `choices` of messages, one message, or a list of messages.
pub(super) fn response(value: &Dynamic) -> Option<Vec<Message>> {
    let choices = value.member("choices");
    let Some(choices) = choices.items() else {
        return request(value);
    };
    let of_choice = |choice: &Dynamic| {
        let mut message = message(&choice.member("message"))?;
        message.finish_reason = text_of(&choice.member("finish_reason"));
        Some(message)
    };
    choices.iter().map(of_choice).collect()
}

/// `{"prompt": …}`: a text or a list of texts; or a list of texts alone.
pub(super) fn prompt(value: &Dynamic) -> Option<Vec<Message>> {
    let prompt = match value {
        Dynamic::Bag(_) => value.member("prompt"),
        Dynamic::Array(items)
            if !items.is_empty() && items.iter().all(|item| matches!(item, Dynamic::String(_))) =>
        {
            value.clone()
        }
        _ => return None,
    };
    (!prompt.is_null()).then(|| vec![Message::of("user", parts(&prompt))])
}

/// `{"choices": [{"text", "finish_reason"}]}`
pub(super) fn completion(value: &Dynamic) -> Option<Vec<Message>> {
    let choices = value.member("choices");
    let of_choice = |choice: &Dynamic| {
        let text = choice.member("text");
        matches!(text, Dynamic::String(_)).then(|| Message {
            finish_reason: text_of(&choice.member("finish_reason")),
            ..Message::of("assistant", parts(&text))
        })
    };
    choices.items()?.iter().map(of_choice).collect()
}

fn messages(items: &[Dynamic]) -> Option<Vec<Message>> {
    let found: Option<Vec<Message>> = items.iter().map(message).collect();
    found.filter(|found| !found.is_empty())
}

/// A message: what has a role, or a content.
pub(super) fn message(value: &Dynamic) -> Option<Message> {
    let role = value.member("role");
    if !matches!(role, Dynamic::String(_)) && !has(value, "content") {
        return None;
    }
    let role = text_of(&role).unwrap_or_default();
    let mut found = Vec::new();
    let reasoning = content::first_text(value, &["reasoning_content", "reasoning"]);
    if !reasoning.is_empty() {
        found.push(Part::of(PartKind::Reasoning, reasoning));
    }
    if role == "tool" || role == "function" {
        let id = value.member("tool_call_id");
        found.push(Part {
            name: text_of(&value.member("name")),
            ..tool_result(&id, &value.member("content"))
        });
    } else {
        found.extend(parts(&value.member("content")));
    }
    if let Some(refusal) = text_of(&value.member("refusal")) {
        found.push(Part::of(PartKind::Refusal, refusal));
    }
    let audio = value.member("audio");
    if has(&audio, "data") {
        found.push(Part {
            text: audio.member("transcript").to_text(),
            id: text_of(&audio.member("id")),
            ..content::encoded(PartKind::Audio, &audio.member("data").to_text())
        });
    }
    for call in value.member("tool_calls").items().unwrap_or_default() {
        let function = call.member("function");
        found.push(tool_call(
            &call.member("id"),
            &function.member("name"),
            &function.member("arguments"),
        ));
    }
    let call = value.member("function_call");
    if has(&call, "name") {
        found.push(tool_call(
            &Dynamic::Null,
            &call.member("name"),
            &call.member("arguments"),
        ));
    }
    Some(Message {
        name: text_of(&value.member("name")),
        finish_reason: text_of(&value.member("finish_reason")),
        ..Message::of(&role, found)
    })
}
