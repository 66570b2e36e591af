//! The parts of a message, as the chat, responses and completions APIs of OpenAI write them.

use super::{Part, PartKind, text_of};
use crate::value::Dynamic;

/// The parts of a content: a text, or a list of typed parts.
pub(super) fn parts(content: &Dynamic) -> Vec<Part> {
    match content {
        Dynamic::Null => Vec::new(),
        Dynamic::String(text) => vec![Part::of(PartKind::Text, text.as_ref())],
        Dynamic::Array(items) => items.iter().map(part).collect(),
        other => vec![part(other)],
    }
}

fn part(item: &Dynamic) -> Part {
    if let Dynamic::String(text) = item {
        return Part::of(PartKind::Text, text.as_ref());
    }
    let text = |key: &str| item.member(key).to_text();
    match text("type").as_str() {
        "text" | "input_text" | "output_text" | "summary_text" => {
            Part::of(PartKind::Text, text("text"))
        }
        "" if matches!(item.member("text"), Dynamic::String(_)) => {
            Part::of(PartKind::Text, text("text"))
        }
        "refusal" => Part::of(PartKind::Refusal, text("refusal")),
        "reasoning" | "thinking" => {
            Part::of(PartKind::Reasoning, first_text(item, &["text", "thinking"]))
        }
        "image_url" | "input_image" => {
            let image = item.member("image_url");
            let url = if let Dynamic::Bag(_) = image {
                image.member("url")
            } else {
                image
            };
            media(PartKind::Image, &url.to_text())
        }
        "input_audio" | "audio" => {
            let audio = item.member("input_audio");
            Part {
                mime: text_of(&audio.member("format")).map(|format| format!("audio/{format}")),
                ..encoded(PartKind::Audio, &audio.member("data").to_text())
            }
        }
        "file" | "input_file" => {
            let file = item.member("file");
            let of = |key: &str| {
                let inner = file.member(key);
                if inner.is_null() {
                    item.member(key)
                } else {
                    inner
                }
            };
            Part {
                name: text_of(&of("filename")).or_else(|| text_of(&of("file_id"))),
                ..media(PartKind::File, &of("file_data").to_text())
            }
        }
        _ => other(item),
    }
}

/// The first of some members that is a text.
pub(super) fn first_text(item: &Dynamic, keys: &[&str]) -> String {
    let mut found = keys.iter().filter_map(|key| text_of(&item.member(key)));
    found.next().unwrap_or_default()
}

/// JSON that no shape knows; a text stays a text.
pub(super) fn other(value: &Dynamic) -> Part {
    match value {
        Dynamic::String(text) => Part::of(PartKind::Text, text.as_ref()),
        value => Part::of(PartKind::Other, value.to_json()),
    }
}

/// Media at an address, or in one: `data:image/png;base64,…`.
pub(super) fn media(kind: PartKind, url: &str) -> Part {
    let Some((head, data)) = url
        .strip_prefix("data:")
        .and_then(|rest| rest.split_once(','))
    else {
        return Part {
            kind,
            url: (!url.is_empty()).then(|| url.to_owned()),
            ..Part::default()
        };
    };
    let mime = head.split(';').next().filter(|mime| !mime.is_empty());
    Part {
        mime: mime.map(str::to_owned),
        ..encoded(kind, data)
    }
}

/// Media that were sent along in base64: their size alone.
pub(super) fn encoded(kind: PartKind, data: &str) -> Part {
    let n_digits = data.trim_end_matches('=').len() as u64;
    Part {
        kind,
        size: Some(n_digits * 3 / 4),
        ..Part::default()
    }
}

/// A tool that is called.
pub(super) fn tool_call(id: &Dynamic, name: &Dynamic, arguments: &Dynamic) -> Part {
    let text = match arguments {
        Dynamic::String(text) => text.to_string(),
        Dynamic::Null => String::new(),
        value => value.to_json(),
    };
    Part {
        id: text_of(id),
        name: text_of(name),
        ..Part::of(PartKind::ToolCall, text)
    }
}

/// What a tool answered.
pub(super) fn tool_result(id: &Dynamic, content: &Dynamic) -> Part {
    let text: Vec<String> = parts(content).into_iter().map(|part| part.text).collect();
    Part {
        id: text_of(id),
        ..Part::of(PartKind::ToolResult, text.join("\n"))
    }
}
