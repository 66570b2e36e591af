//! Embeddings: texts in, vectors out. Of a vector only its length is kept.

use super::content::parts;
use super::{Message, Part, PartKind};
use crate::value::Dynamic;

/// A body with `input` of texts or of tokens.
pub(super) fn request(value: &Dynamic) -> Option<Vec<Message>> {
    let input = value.member("input");
    let is_text = |item: &Dynamic| {
        matches!(
            item,
            Dynamic::String(_) | Dynamic::Long(_) | Dynamic::Array(_)
        )
    };
    match &input {
        Dynamic::String(_) => {}
        Dynamic::Array(items) if items.iter().all(is_text) => {}
        _ => return None,
    }
    Some(vec![Message::of("user", parts(&input))])
}

/// A body with `data` of `embedding`s.
pub(super) fn response(value: &Dynamic) -> Option<Vec<Message>> {
    let data = value.member("data");
    let items = match value {
        Dynamic::Array(items) => items,
        _ => data.items()?,
    };
    let vector = |item: &Dynamic| {
        let size = match item.member("embedding") {
            Dynamic::Array(values) => values.len() as u64,
            // Base64 of numbers of four bytes.
            Dynamic::String(text) => text.trim_end_matches('=').len() as u64 * 3 / 16,
            _ => return None,
        };
        Some(Part {
            kind: PartKind::Embedding,
            size: Some(size),
            ..Part::default()
        })
    };
    let parts: Option<Vec<Part>> = items.iter().map(vector).collect();
    parts
        .filter(|parts| !parts.is_empty())
        .map(|parts| vec![Message::of("assistant", parts)])
}
