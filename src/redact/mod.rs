//! Secrets in texts: finds them, and puts pseudonyms in their places.
//!
//! Input: any text that is about to leave: a cell, an address, headers as JSON, Markdown, CSV.
//! Output: the places of secrets; the text with a pseudonym for each, equal secrets having equal ones.
//! Invariants: the time is linear in the text; JSON stays JSON and an address stays an address; what
//! was redacted is not redacted again; there is no way from a pseudonym to its secret. Absent on
//! purpose: personal data, and secrets that neither a name nor a shape gives away.

mod pseudonym;
mod rule;
mod scan;

pub use rule::{Name, Rule, Shape};

use crate::text::Span;

/// A secret in a text.
#[derive(Clone, Debug)]
pub struct Found {
    /// Where it is.
    pub span: Span,
    /// What it is.
    pub rule: &'static Rule,
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
}

/// What is looked for.
pub fn rules() -> &'static [Rule] {
    rule::RULES
}

/// The secrets of a text, in order, apart from each other.
pub fn find(text: &str) -> Vec<Found> {
    scan::scan(text)
}

/// The text with a pseudonym in the place of each secret.
pub fn apply(text: &str, options: &Options) -> String {
    let mut out = String::with_capacity(text.len());
    let mut end = 0;
    for found in find(text) {
        if options.keep.iter().any(|id| id == found.rule.id) {
            continue;
        }
        out.push_str(text.get(end..found.span.start as usize).unwrap_or_default());
        out.push_str(&found.quote);
        out.push_str(&pseudonym::of(&plain(found.span.of(text)), options.key));
        out.push_str(&found.quote);
        end = found.span.end as usize;
    }
    out.push_str(text.get(end..).unwrap_or_default());
    out
}

/// A secret without the escapes of addresses and of JSON, so that it is the same secret everywhere.
fn plain(secret: &str) -> String {
    let mut bytes = Vec::with_capacity(secret.len());
    let mut rest = secret.as_bytes();
    while let [first, tail @ ..] = rest {
        let digits = |from: usize, to: usize| {
            let digits = tail
                .get(from..to)
                .and_then(|digits| std::str::from_utf8(digits).ok())?;
            u8::from_str_radix(digits, 16).ok()
        };
        let (byte, n_bytes) = match (first, tail.first()) {
            (b'%', _) => digits(0, 2).map_or((*first, 1), |byte| (byte, 3)),
            (b'\\', Some(b'u')) => digits(1, 5).map_or((*first, 1), |byte| (byte, 6)),
            (b'\\', Some(b'/')) => (b'/', 2),
            _ => (*first, 1),
        };
        bytes.push(byte);
        rest = rest.get(n_bytes..).unwrap_or_default();
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests;
