//! Secrets and personal data in texts: finds them, and puts pseudonyms in their places.
//!
//! Input: any text that is about to leave: a cell, an address, headers as JSON, a message, Markdown,
//! CSV. Output: the places of secrets; the text with a pseudonym for each, equal secrets having equal
//! ones however they are escaped or parted. Invariants: the time is linear in the text; JSON stays
//! JSON and an address stays an address; what was redacted is not redacted again; there is no way
//! from a pseudonym to its secret. Absent on purpose: secrets that neither a name nor a shape gives
//! away, names of people, numbers that could as well be versions or ids; [`own`] rules find those.

mod item;
pub mod own;
mod pseudonym;
mod reader;
mod rule;
mod scan;
mod shape;

pub use rule::{Kind, Name, Rule, Shape};

use crate::text::Span;

/// A secret in a text.
#[derive(Clone, Debug)]
pub struct Found<'o> {
    /// Where it is.
    pub span: Span,
    /// The id of the rule that found it.
    pub rule: &'o str,
    /// The rule, where it is none of the caller's own.
    kind: Option<Kind>,
    /// Quotes that its pseudonym needs, where it has none itself.
    quote: String,
}

/// How texts are redacted.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The key of the session: without it, pseudonyms of two sessions cannot be compared.
    pub key: [u64; 2],
    /// Ids of rules whose secrets stay.
    pub keep: Vec<String>,
    /// Rules of the caller's own.
    pub own: Vec<own::OwnRule>,
}

impl Options {
    fn keeps(&self, id: &str) -> bool {
        self.keep.iter().any(|one| one == id)
    }
}

/// What is looked for.
pub fn rules() -> &'static [Rule] {
    rule::RULES
}

/// The secrets of a text, in order, apart from each other.
pub fn find<'o>(text: &str, options: &'o Options) -> Vec<Found<'o>> {
    let kept = rules()
        .iter()
        .filter(|rule| options.keeps(rule.id))
        .fold(0, |kept, rule| kept | 1 << rule.kind as u32);
    let found = scan::scan(text, kept);
    if options.own.is_empty() {
        return found;
    }
    let own = options.own.iter().filter(|rule| !options.keeps(&rule.id));
    own::added(text, found, own)
}

/// A value with a pseudonym in its place where its name says that it is secret, as that of a column;
/// else as [`apply`] does it.
pub fn apply_to(name: &str, value: &str, options: &Options) -> String {
    let [named, _] = rule::named(name.as_bytes());
    match named {
        Some((kind, Shape::Anywhere | Shape::Line))
            if !options.keeps(kind.rule().id) && scan::is_secret(value) =>
        {
            pseudonym::of(&plain(value, Some(kind)), options.key)
        }
        _ => apply(value, options),
    }
}

/// The text with a pseudonym in the place of each secret.
pub fn apply(text: &str, options: &Options) -> String {
    let mut out = String::with_capacity(text.len());
    let mut end = 0;
    for found in find(text, options) {
        out.push_str(text.get(end..found.span.start as usize).unwrap_or_default());
        out.push_str(&found.quote);
        let secret = plain(found.span.of(text), found.kind);
        out.push_str(&pseudonym::of(&secret, options.key));
        out.push_str(&found.quote);
        end = found.span.end as usize;
    }
    out.push_str(text.get(end..).unwrap_or_default());
    out
}

/// A secret without the escapes of addresses and of JSON, and in the one way to write what there are
/// several ways for, so that it is the same secret everywhere.
fn plain(secret: &str, kind: Option<Kind>) -> Vec<u8> {
    let reader = reader::Reader::new(secret);
    let mut bytes = Vec::with_capacity(secret.len());
    let mut at = 0;
    while at < secret.len() {
        let escape = reader.escape(at);
        let (unit, n_bytes) = escape.unwrap_or((reader.byte(at), 1));
        at += n_bytes;
        match unit {
            // A backslash that escapes a quote or a slash.
            b'\\' if matches!(reader.byte(at), b'"' | b'\'' | b'/') => {}
            // Only `%` escapes bytes; others are characters.
            0x80.. if n_bytes > 3 => {
                let code = reader::hex(reader.piece(at - 4, at), 4).map(u32::from);
                let character = code.and_then(char::from_u32).unwrap_or_default();
                bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            }
            _ => bytes.push(unit),
        }
    }
    match kind {
        Some(Kind::Email) => bytes.make_ascii_lowercase(),
        Some(Kind::Phone | Kind::Card) => bytes.retain(u8::is_ascii_digit),
        Some(Kind::IpAddress) => {
            if let Some((address, _)) = shape::Ipv6::read(reader, 0) {
                bytes = address.0.into_iter().flat_map(u16::to_be_bytes).collect();
            }
        }
        _ => {}
    }
    bytes
}

#[cfg(test)]
mod tests;
