//! Numbers that stand bare in JSON: what takes their place needs quotes.
//!
//! Input: a place in a text. Output: the place and the quotes that JSON asks for, which are those of
//! the name or of the item before it: escaped inside a text, doubled in a CSV cell. Invariant: a look
//! back is bounded. Absent on purpose: reading the JSON, which may begin or end anywhere.

use super::reader::Reader;

/// How far a quote before a number is looked for.
const MAX_LIST_BYTES: usize = 1 << 13;
/// How long a number may be.
const MAX_NUMBER_BYTES: usize = 64;

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
        let backslashes = before
            .iter()
            .rev()
            .take_while(|&&byte| byte == b'\\')
            .count();
        Some(Self {
            byte,
            // Of 0, 1, 3, 7, … that escape the quote; those before them escape each other.
            n_backslashes: (1 << backslashes.trailing_ones().min(24)) - 1,
            // No empty text, and no escaped quote at the end of one.
            is_doubled: matches!(before, [.., first, b'"'] if byte == b'"' && !b"[,: \\".contains(first)),
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

/// The first byte behind a place that is no blank.
fn behind_blanks(reader: Reader<'_>, start: usize) -> u8 {
    let mut rest = reader.rest(start).iter().copied();
    rest.find(|byte| !byte.is_ascii_whitespace()).unwrap_or(0)
}

const fn is_in_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'+' | b'-')
}

pub(super) fn is_number(token: &[u8]) -> bool {
    let is_part =
        |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'+' | b'-' | b'e' | b'E');
    token.iter().all(is_part) && token.iter().any(u8::is_ascii_digit)
}

/// Whether a piece of JSON is a number, a literal, or nothing.
pub(super) fn is_bare(piece: &[u8]) -> bool {
    let piece = piece.trim_ascii();
    piece.is_empty() || is_number(piece) || is_literal(piece)
}

fn is_literal(token: &[u8]) -> bool {
    matches!(token, b"true" | b"false" | b"null")
}

/// The quotes that what takes the place of a number needs to be JSON still; empty where it is no item
/// of JSON, none where it may be and its quotes cannot be told.
pub(super) fn quotes(reader: Reader<'_>, start: usize, end: usize) -> Option<String> {
    let at = before_blanks(reader, start);
    if !is_item(reader, start, end) {
        return Some(String::new());
    }
    // The nearest quote closes a text of the same JSON, or opens the one that the number stands in.
    let first = at.saturating_sub(MAX_LIST_BYTES);
    match memchr::memrchr(b'"', reader.piece(first, at)) {
        Some(place) => {
            let behind = first + place + 1;
            let next = behind_blanks(reader, behind);
            let is_closed = matches!(next, b',' | b']' | b'}' | b':');
            let quote = Quote::before(reader, behind).filter(|_| is_closed);
            Some(quote.map_or_else(String::new, Quote::text))
        }
        None if first > 0 => None,
        None => {
            let is_json = matches!(behind_blanks(reader, 0), b'[' | b'{');
            Some(if is_json {
                "\"".to_owned()
            } else {
                String::new()
            })
        }
    }
}

/// Whether signs of JSON stand on both sides.
fn is_item(reader: Reader<'_>, start: usize, end: usize) -> bool {
    let before = last(reader, before_blanks(reader, start));
    let behind = behind_blanks(reader, end);
    matches!(before, b':' | b',' | b'[') && matches!(behind, 0 | b',' | b']' | b'}')
}

/// What must go with a place so that JSON stays JSON: the whole of a bare number, with its quotes;
/// nothing of `true`, `false` and `null`.
pub(super) fn whole(
    reader: Reader<'_>,
    start: usize,
    end: usize,
) -> Option<(usize, usize, String)> {
    let (mut first, mut behind) = (start, end);
    while first > 0 && start - first < MAX_NUMBER_BYTES && is_in_token(reader.byte(first - 1)) {
        first -= 1;
    }
    while behind - end < MAX_NUMBER_BYTES && is_in_token(reader.byte(behind)) {
        behind += 1;
    }
    let token = reader.piece(first, behind);
    let is_item = is_item(reader, first, behind);
    if is_item && is_number(token) {
        let quotes = quotes(reader, first, behind).unwrap_or_else(|| "\"".to_owned());
        return Some((first, behind, quotes));
    }
    (!is_item || !is_literal(token)).then(|| (start, end, String::new()))
}
