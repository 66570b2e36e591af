//! Numbers that stand bare in JSON: what takes their place needs quotes.
//!
//! Input: a place in a text. Output: the place and the quotes that JSON asks for, which are those of
//! the name or of the item before it: escaped inside a text, doubled in a CSV cell. Invariant: a look
//! back is bounded. Absent on purpose: reading the JSON, which may begin or end anywhere.

use super::reader::Reader;

/// How far items before a number are looked at.
const MAX_LIST_BYTES: usize = 64;

/// How a name or a value is quoted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Quote {
    pub(super) byte: u8,
    /// Backslashes before it.
    pub(super) n_backslashes: usize,
    /// Whether it stands twice, as inside a CSV cell.
    pub(super) is_doubled: bool,
}

impl Quote {
    pub(super) const fn len(self) -> usize {
        self.n_backslashes + 1 + self.is_doubled as usize
    }

    pub(super) fn text(self) -> String {
        let mut text = "\\".repeat(self.n_backslashes);
        text.push(char::from(self.byte));
        if self.is_doubled {
            text.push(char::from(self.byte));
        }
        text
    }

    /// The quote that ends at a place.
    fn before(reader: Reader<'_>, end: usize) -> Option<Self> {
        let byte = last(reader, end);
        let before = reader.piece(0, end.checked_sub(1).filter(|_| is_quote(byte))?);
        let backslashes = before.iter().rev().take_while(|&&byte| byte == b'\\');
        Some(Self {
            byte,
            n_backslashes: backslashes.count(),
            is_doubled: byte == b'"' && before.last() == Some(&byte),
        })
    }
}

pub(super) const fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`')
}

/// The byte before a place.
fn last(reader: Reader<'_>, end: usize) -> u8 {
    end.checked_sub(1).map_or(0, |at| reader.byte(at))
}

/// The place before the blanks before a place.
fn before_blanks(reader: Reader<'_>, end: usize) -> usize {
    let blanks = reader.piece(0, end).iter().rev();
    end - blanks.take_while(|byte| byte.is_ascii_whitespace()).count()
}

const fn is_in_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'+' | b'-')
}

pub(super) fn is_number(token: &[u8]) -> bool {
    let is_part =
        |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'+' | b'-' | b'e' | b'E');
    token.iter().all(is_part) && token.iter().any(u8::is_ascii_digit)
}

fn is_literal(token: &[u8]) -> bool {
    matches!(token, b"true" | b"false" | b"null")
}

/// The quotes that what takes the place of a number needs to be JSON still; empty where it is no item
/// of JSON, none where it may be and its quotes cannot be told.
pub(super) fn quotes(reader: Reader<'_>, start: usize, end: usize) -> Option<String> {
    let behind = reader
        .rest(end)
        .iter()
        .find(|byte| !byte.is_ascii_whitespace());
    if !matches!(behind, None | Some(b',' | b']' | b'}')) {
        return Some(String::new());
    }
    let of = |end| {
        Quote::before(reader, before_blanks(reader, end)).map_or_else(String::new, Quote::text)
    };
    let mut at = before_blanks(reader, start);
    match last(reader, at) {
        b':' => return Some(of(at - 1)),
        b',' | b'[' => {}
        _ => return Some(String::new()),
    }
    let first = start.saturating_sub(MAX_LIST_BYTES);
    while at >= first {
        at = before_blanks(reader, at);
        match last(reader, at) {
            b'[' => {
                let list = before_blanks(reader, at - 1);
                return match last(reader, list) {
                    0 => Some("\"".to_owned()),
                    b':' => Some(of(list - 1)),
                    b'[' | b',' => None,
                    _ => Some(String::new()),
                };
            }
            b',' => at -= 1,
            b']' | b'}' => return None,
            byte if is_quote(byte) => return Some(of(at)),
            _ => {
                let token = reader.piece(first, at);
                let n_bytes = token
                    .iter()
                    .rev()
                    .take_while(|&&byte| is_in_token(byte))
                    .count();
                let token = reader.piece(at - n_bytes, at);
                if n_bytes < at - first && !is_number(token) && !is_literal(token) || n_bytes == 0 {
                    return Some(String::new());
                }
                at -= n_bytes;
            }
        }
        if at == 0 {
            return Some(String::new());
        }
    }
    None
}

/// What must go with a place so that JSON stays JSON: the whole of a bare number, with its quotes;
/// nothing of `true`, `false` and `null`.
pub(super) fn whole(
    reader: Reader<'_>,
    start: usize,
    end: usize,
) -> Option<(usize, usize, String)> {
    let (mut first, mut behind) = (start, end);
    while first > 0 && start - first < MAX_LIST_BYTES && is_in_token(reader.byte(first - 1)) {
        first -= 1;
    }
    while behind - end < MAX_LIST_BYTES && is_in_token(reader.byte(behind)) {
        behind += 1;
    }
    let token = reader.piece(first, behind);
    let before = last(reader, before_blanks(reader, first));
    let next = reader
        .rest(behind)
        .iter()
        .find(|byte| !byte.is_ascii_whitespace());
    let is_item =
        matches!(before, b':' | b'[' | b',') && matches!(next, None | Some(b',' | b']' | b'}'));
    match (is_item, is_number(token), is_literal(token)) {
        (true, true, _) => {
            let quotes = quotes(reader, first, behind).unwrap_or_else(|| "\"".to_owned());
            Some((first, behind, quotes))
        }
        (true, _, true) => None,
        _ => Some((start, end, String::new())),
    }
}
