//! What a logged text says: messages with roles, tool calls, placeholders for media.
//!
//! Input: the text of a request or of a response. Output: [`Reading`]: the shape that was recognised
//! and its messages. Invariants: every text of a message is in its parts; what no shape knows is
//! kept as JSON, what is no JSON as text; media are placeholders with their size, never the data.
//! Shapes are tried in the order of the catalogue, the narrower first.

mod anthropic;
mod bedrock;
mod chat;
mod content;
mod embeddings;
mod responses;
mod stream;

use crate::value::Dynamic;

/// What a part of a message is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PartKind {
    /// Text.
    #[default]
    Text,
    /// What the model thought before it answered.
    Reasoning,
    /// What the model says instead of an answer.
    Refusal,
    /// A tool that the model calls; the text is its arguments.
    ToolCall,
    /// What a tool answered.
    ToolResult,
    /// A picture.
    Image,
    /// Sound.
    Audio,
    /// Any other file.
    File,
    /// A vector.
    Embedding,
    /// JSON that no shape knows.
    Other,
}

impl PartKind {
    /// As reports spell it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Reasoning => "reasoning",
            Self::Refusal => "refusal",
            Self::ToolCall => "toolCall",
            Self::ToolResult => "toolResult",
            Self::Image => "image",
            Self::Audio => "audio",
            Self::File => "file",
            Self::Embedding => "embedding",
            Self::Other => "other",
        }
    }
}

/// A part of a message.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Part {
    /// What it is.
    pub kind: PartKind,
    /// Its text; of media none.
    pub text: String,
    /// The id of a tool call, in the call and in its result.
    pub id: Option<String>,
    /// The name of a tool or of a file.
    pub name: Option<String>,
    /// The media type.
    pub mime: Option<String>,
    /// The size of media that were sent along, or the number of values of a vector.
    pub size: Option<u64>,
    /// Where media are that were not sent along.
    pub url: Option<String>,
}

impl Part {
    /// A part of text.
    pub(super) fn of(kind: PartKind, text: impl Into<String>) -> Self {
        Self {
            kind,
            text: text.into(),
            ..Self::default()
        }
    }
}

/// A message.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Message {
    /// Who speaks: `system`, `user`, `assistant`, `tool`, or what the log says.
    pub role: String,
    /// The name of the speaker, where it has one.
    pub name: Option<String>,
    /// Why the model stopped.
    pub finish_reason: Option<String>,
    /// What is said.
    pub parts: Vec<Part>,
}

impl Message {
    pub(super) fn of(role: &str, parts: Vec<Part>) -> Self {
        Self {
            role: role.to_owned(),
            parts,
            ..Self::default()
        }
    }
}

/// The messages of an API that keeps the words of the system beside them.
fn after_system(
    system: Option<Vec<Part>>,
    messages: impl Iterator<Item = Message>,
) -> Vec<Message> {
    let system = system.map(|parts| Message::of("system", parts));
    system.into_iter().chain(messages).collect()
}

/// What a text says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// The shape: an id of the catalogue, `text`, `json`, or empty where there is nothing.
    pub shape: &'static str,
    /// The messages.
    pub messages: Vec<Message>,
}

impl Reading {
    /// The texts of all parts, line by line.
    pub fn text(&self) -> String {
        let parts = self.messages.iter().flat_map(|message| &message.parts);
        let texts: Vec<&str> = parts
            .map(|part| part.text.as_str())
            .filter(|text| !text.is_empty())
            .collect();
        texts.join("\n")
    }

    /// Why the model stopped, of the first message that says so.
    pub fn finish_reason(&self) -> Option<&str> {
        self.messages
            .iter()
            .find_map(|message| message.finish_reason.as_deref())
    }
}

/// What reads a value as messages, when it has its shape.
type Read = fn(&Dynamic) -> Option<Vec<Message>>;

/// A shape of bodies.
pub struct Shape {
    /// The stable id.
    pub id: &'static str,
    /// Reads a request.
    request: Read,
    /// Reads a response.
    response: Read,
}

/// Every shape.
pub const SHAPES: &[Shape] = &[
    Shape {
        id: "bedrock",
        request: bedrock::request,
        response: bedrock::response,
    },
    Shape {
        id: "anthropic",
        request: anthropic::request,
        response: anthropic::response,
    },
    Shape {
        id: "responses",
        request: responses::request,
        response: responses::response,
    },
    Shape {
        id: "embeddings",
        request: embeddings::request,
        response: embeddings::response,
    },
    Shape {
        id: "chat",
        request: chat::request,
        response: chat::response,
    },
    Shape {
        id: "completions",
        request: chat::prompt,
        response: chat::completion,
    },
];

/// Reads the text of a request or of a response.
pub fn read(text: &str, is_request: bool) -> Reading {
    if text.is_empty() {
        return Reading::default();
    }
    if is_stream(text.trim_start()) {
        let messages = stream::messages(text);
        if !messages.is_empty() {
            return Reading {
                shape: "stream",
                messages,
            };
        }
    }
    let role = if is_request { "user" } else { "assistant" };
    let Some(value) = Dynamic::parse(text) else {
        return Reading {
            shape: "text",
            messages: vec![Message::of(role, vec![Part::of(PartKind::Text, text)])],
        };
    };
    of_value(&value, is_request).unwrap_or_else(|| Reading {
        shape: if matches!(value, Dynamic::String(_)) {
            "text"
        } else {
            "json"
        },
        messages: vec![Message::of(role, vec![content::other(&value)])],
    })
}

/// Reads a body, when it has a known shape.
pub fn of_value(value: &Dynamic, is_request: bool) -> Option<Reading> {
    if let Some(message) = error(value) {
        return Some(Reading {
            shape: "error",
            messages: vec![message],
        });
    }
    SHAPES.iter().find_map(|shape| {
        let read = if is_request {
            shape.request
        } else {
            shape.response
        };
        Some(Reading {
            shape: shape.id,
            messages: read(value)?,
        })
    })
}

/// Whether a text is a stream of server-sent events.
pub(super) fn is_stream(text: &str) -> bool {
    text.starts_with("data:") || text.starts_with("event:")
}

/// `{"error":{"code","message"}}`, or the same with a text.
fn error(value: &Dynamic) -> Option<Message> {
    let error = value.member("error");
    let text = match &error {
        Dynamic::Bag(_) => error.member("message").to_text(),
        Dynamic::String(text) => text.to_string(),
        _ => return None,
    };
    let code = text_of(&error.member("code"));
    Some(Message {
        role: "error".to_owned(),
        finish_reason: code,
        parts: vec![Part::of(PartKind::Text, text)],
        ..Message::default()
    })
}

/// A text that is there and not empty.
fn text_of(value: &Dynamic) -> Option<String> {
    match value {
        Dynamic::String(text) if !text.is_empty() => Some(text.to_string()),
        Dynamic::Null | Dynamic::String(_) | Dynamic::Bag(_) | Dynamic::Array(_) => None,
        other => Some(other.to_text()),
    }
}

/// Whether a bag has a member that is not null.
fn has(value: &Dynamic, key: &str) -> bool {
    !value.member(key).is_null()
}

#[cfg(test)]
mod tests;
