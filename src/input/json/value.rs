//! JSON values as they stand in the source: where they end, and how they are stored.
//!
//! Input: a place in a [`Text`]. Output: the place behind the value, and the value in its column
//! without anything in between. Invariants: nesting is counted, never recursed into; a value that the
//! piece cuts off is [`Stop::Cut`], not an error. Absent on purpose: checks of the inside of arrays
//! and objects that are kept as text.

use crate::input::scan::{Text, copy_text, quote_or_backslash, short_number, unescaped_quote};
use crate::table::TableBuilder;

/// Room that a text has before it grows, and what an escape and sixteen bytes more take.
const FIRST_ROOM_BYTES: usize = 4 << 10;
const ROOM_BYTES: usize = 64;

/// Why reading stopped. Small on purpose: every value passes through a result of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The piece ended first.
    Cut,
    /// The bytes cannot be what they should be.
    Bad(Why),
    /// The record belongs to another table than the one assumed.
    OtherTable,
    /// The object is not a record but holds records.
    Envelope,
    /// The object is a metric with its points.
    Metric,
}

/// What was expected where something else stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    Value,
    Comma,
    Key,
    Colon,
    Record,
    Table,
    Row,
    RowComma,
    CutLine,
    Twice,
    NoPoints,
}

impl Why {
    /// The reason of the reject.
    pub(crate) const fn reason(self) -> &'static str {
        match self {
            Self::Value => "a value is expected here",
            Self::Comma => "a comma or the end of the object is expected here",
            Self::Key => "a key in quotes is expected here",
            Self::Colon => "a colon is expected behind the key",
            Self::Record => "a record in braces is expected here",
            Self::Table => "a table in braces is expected here",
            Self::Row => "a row in brackets is expected here",
            Self::RowComma => "a comma or the end of the row is expected here",
            Self::CutLine => "the record ends in the middle of the line",
            Self::Twice => "the record names its table twice",
            Self::NoPoints => "a metric with points is expected here",
        }
    }
}

/// The place behind a string that starts at `at`, and whether it holds escapes.
#[inline(always)]
pub(crate) fn string_end(text: Text<'_>, at: usize) -> Result<(usize, bool), Stop> {
    let found = quote_or_backslash(text.bytes, at + 1);
    if text.byte(found) == b'"' && found < text.end {
        return Ok((found + 1, false));
    }
    escaped_string_end(text, found)
}

/// The same for a string whose first backslash stands at a place.
#[cold]
fn escaped_string_end(text: Text<'_>, at: usize) -> Result<(usize, bool), Stop> {
    let quote = unescaped_quote(text.bytes, at);
    if quote < text.end {
        Ok((quote + 1, true))
    } else {
        Err(Stop::Cut)
    }
}

/// The place behind any value.
pub(crate) fn value_end(text: Text<'_>, at: usize) -> Result<usize, Stop> {
    match text.byte(at) {
        b'"' => Ok(string_end(text, at)?.0),
        b'{' | b'[' => container_end(text, at),
        _ => scalar_end(text, at),
    }
}

/// The place behind an array or object.
pub(crate) fn container_end(text: Text<'_>, mut at: usize) -> Result<usize, Stop> {
    let mut depth = 0_u32;
    while at < text.end {
        match text.byte(at) {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return Ok(at + 1);
                }
            }
            b'"' => {
                at = string_end(text, at)?.0;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    Err(Stop::Cut)
}

/// The place behind a number or a word.
fn scalar_end(text: Text<'_>, start: usize) -> Result<usize, Stop> {
    let mut at = start;
    while matches!(text.byte(at), b'+' | b'-' | b'.' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z') {
        at += 1;
    }
    if at >= text.end && !text.is_last {
        return Err(Stop::Cut);
    }
    let is_known = match text.between(start, at.min(text.end)) {
        b"true" | b"false" | b"null" => true,
        number => is_number(number),
    };
    if is_known {
        Ok(at)
    } else if at >= text.end {
        Err(Stop::Cut)
    } else {
        Err(Stop::Bad(Why::Value))
    }
}

/// Whether a text is a number as JSON writes it.
fn is_number(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"-").unwrap_or(text);
    let n_digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let n_whole = n_digits(text);
    let Some(mut rest) = text.get(n_whole..).filter(|_| n_whole > 0) else {
        return false;
    };
    if let Some(fraction) = rest.strip_prefix(b".") {
        let n_fraction = n_digits(fraction);
        if n_fraction == 0 {
            return false;
        }
        rest = fraction.get(n_fraction..).unwrap_or_default();
    }
    if let [b'e' | b'E', exponent @ ..] = rest {
        let exponent = exponent
            .strip_prefix(b"+")
            .or(exponent.strip_prefix(b"-"))
            .unwrap_or(exponent);
        return !exponent.is_empty() && n_digits(exponent) == exponent.len();
    }
    rest.is_empty()
}

/// Stores the value at a place in a column of the current row; the place behind it.
#[inline(always)]
#[expect(
    clippy::needless_question_mark,
    reason = "what a call answers is taken apart at once, or every answer would pass through memory"
)]
pub(crate) fn store(
    text: Text<'_>,
    at: usize,
    table: &mut TableBuilder,
    column: usize,
    scratch: &mut Vec<u8>,
) -> Result<usize, Stop> {
    let Some((row, writer)) = table.writer(column) else {
        return Err(Stop::OtherTable);
    };
    let byte = text.byte(at);
    if byte == b'"' {
        let Some(inside) = text.bytes.get(at + 1..) else {
            return Err(Stop::Cut);
        };
        if let Some(n_bytes) = writer.put_repeated(row, inside, true) {
            return Ok(at + n_bytes + 2);
        }
        let n_bytes = quote_or_backslash(inside, 0);
        let end = at + 1 + n_bytes;
        if end >= text.end || text.byte(end) != b'"' {
            return Ok(store_escaped(text, at, table, column, scratch)?);
        }
        if !writer.put_first(row, inside, n_bytes) {
            table.text_elsewhere(column, text.between(at + 1, end));
        }
        return Ok(end + 1);
    }
    if byte.wrapping_sub(b'0') < 10
        && let Some((long, end)) = short_number(text, at)
        && !matches!(text.byte(end), b'.' | b'e' | b'E')
    {
        if !writer.put_long(row, long) {
            table.long_elsewhere(column, text.between(at, end));
        }
        return Ok(end);
    }
    Ok(store_other(text, at, table, column, scratch)?)
}

/// The same, for places that seldom do it.
#[inline(never)]
pub(crate) fn store_apart(
    text: Text<'_>,
    at: usize,
    table: &mut TableBuilder,
    column: usize,
    scratch: &mut Vec<u8>,
) -> Result<usize, Stop> {
    store(text, at, table, column, scratch)
}

#[cold]
#[inline(never)]
fn store_escaped(
    text: Text<'_>,
    at: usize,
    table: &mut TableBuilder,
    column: usize,
    scratch: &mut Vec<u8>,
) -> Result<usize, Stop> {
    let bytes = text.between(0, text.end);
    let (end, n_bytes) = unescape(bytes, at + 1, scratch);
    if end == bytes.len() {
        return Err(Stop::Cut);
    }
    table.text(column, scratch.get(..n_bytes).unwrap_or_default());
    Ok(end + 1)
}

/// A value that is neither a string nor a short number, or one behind more blanks than its key had
/// before.
#[inline(never)]
fn store_other(
    text: Text<'_>,
    at: usize,
    table: &mut TableBuilder,
    column: usize,
    scratch: &mut Vec<u8>,
) -> Result<usize, Stop> {
    let place = text.skip_blanks(at);
    if place > at {
        return store_apart(text, place, table, column, scratch);
    }
    match text.byte(at) {
        b'n' if text.has(at, b"null") => Ok(at + 4),
        b't' if text.has(at, b"true") => {
            table.boolean(column, true);
            Ok(at + 4)
        }
        b'f' if text.has(at, b"false") => {
            table.boolean(column, false);
            Ok(at + 5)
        }
        b'{' | b'[' => {
            let end = container_end(text, at)?;
            table.json(column, text.between(at, end));
            Ok(end)
        }
        b'-' | b'0'..=b'9' => store_long_number(text, at, table, column),
        _ => scalar_end(text, at).and(Err(Stop::Bad(Why::Value))),
    }
}

#[inline(never)]
fn store_long_number(
    text: Text<'_>,
    start: usize,
    table: &mut TableBuilder,
    column: usize,
) -> Result<usize, Stop> {
    let first = start + usize::from(text.byte(start) == b'-');
    let digits = text.from(first).iter();
    let n_digits = digits.take_while(|byte| byte.is_ascii_digit()).count();
    let digits_end = first + n_digits;
    let is_whole = (1..=18).contains(&n_digits)
        && digits_end < text.end
        && !matches!(text.byte(digits_end), b'.' | b'e' | b'E');
    let end = if is_whole {
        digits_end
    } else {
        scalar_end(text, start)?
    };
    let raw = text.between(start, end);
    match std::str::from_utf8(raw)
        .ok()
        .and_then(|raw| raw.parse::<i64>().ok())
    {
        Some(long) => table.long(column, long, raw),
        None => table.number(column, raw),
    }
    Ok(end)
}

/// Undoes the escapes of a JSON string from a place on, over what `out` holds; what is no escape stays
/// as it stands. The place of the quote that ends it, else the length; how many bytes the text has.
fn unescape(bytes: &[u8], start: usize, out: &mut Vec<u8>) -> (usize, usize) {
    let (mut at, mut to) = (start, 0);
    loop {
        if out.len() < to + ROOM_BYTES {
            out.resize((2 * to).max(FIRST_ROOM_BYTES), 0);
        }
        let n_plain = copy_text(bytes, at, out, to);
        (at, to) = (at + n_plain, to + n_plain);
        let escape = bytes.get(at..).unwrap_or_default();
        let byte = match escape {
            [] | [b'"', ..] => return (at, to),
            [b'\\', kind @ (b'"' | b'\\' | b'/'), ..] => *kind,
            [b'\\', b'n', ..] => b'\n',
            [b'\\', b'r', ..] => b'\r',
            [b'\\', b't', ..] => b'\t',
            [b'\\', b'b', ..] => 8,
            [b'\\', b'f', ..] => 12,
            [b'\\', other @ ..] => {
                let (character, n_bytes) = match other {
                    [b'u', ..] => unescape_unit(escape),
                    _ => None,
                }
                .unwrap_or(('\\', 1));
                let mut spelled = [0; 4];
                let spelled = character.encode_utf8(&mut spelled).as_bytes();
                if let Some(place) = out.get_mut(to..to + spelled.len()) {
                    place.copy_from_slice(spelled);
                }
                (at, to) = (at + n_bytes, to + spelled.len());
                continue;
            }
            // The room ended first.
            _ => continue,
        };
        if let Some(place) = out.get_mut(to) {
            *place = byte;
        }
        (at, to) = (at + 2, to + 1);
    }
}

/// The character of `\u` and four hex digits, or of two of them, and the length of its spelling.
fn unescape_unit(escape: &[u8]) -> Option<(char, usize)> {
    let high = unit(escape, 2)?;
    let low = escape.get(6..8).filter(|bytes| *bytes == b"\\u");
    let low = low.and_then(|_| unit(escape, 8));
    let pair = low.and_then(|low| char::decode_utf16([high, low]).next()?.ok());
    Some(match (char::from_u32(u32::from(high)), pair) {
        (None, Some(character)) => (character, 12),
        (single, _) => (single.unwrap_or(char::REPLACEMENT_CHARACTER), 6),
    })
}

/// Four hex digits.
fn unit(bytes: &[u8], at: usize) -> Option<u16> {
    let digits = bytes
        .get(at..at + 4)
        .filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))?;
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

/// The text of a string token, escapes undone.
pub(crate) fn string_text(token: &[u8]) -> String {
    let inside = token
        .get(1..token.len().saturating_sub(1))
        .unwrap_or_default();
    let mut out = Vec::new();
    let (_, n_bytes) = unescape(inside, 0, &mut out);
    String::from_utf8_lossy(out.get(..n_bytes).unwrap_or_default()).into_owned()
}

/// Calls `see` with key, start and end of the value of every member of an object, until it says no.
pub(crate) fn members(
    text: Text<'_>,
    at: usize,
    see: &mut dyn FnMut(&str, usize, usize) -> bool,
) -> Result<usize, Stop> {
    let mut at = text.skip_blanks(at + 1);
    if text.byte(at) == b'}' && at < text.end {
        return Ok(at + 1);
    }
    loop {
        let (start, value) = key(text, at)?;
        let end = value_end(text, value)?;
        if !see(&string_text(text.between(at, start)), value, end) {
            return Ok(end);
        }
        at = text.skip_blanks(end);
        match text.byte(at) {
            _ if at >= text.end => return Err(Stop::Cut),
            b',' => at = text.skip_blanks(at + 1),
            b'}' => return Ok(at + 1),
            _ => return Err(Stop::Bad(Why::Comma)),
        }
    }
}

/// The place behind a key that starts at `at`, and the place of its value.
pub(crate) fn key(text: Text<'_>, at: usize) -> Result<(usize, usize), Stop> {
    if at >= text.end {
        return Err(Stop::Cut);
    }
    if text.byte(at) != b'"' {
        return Err(Stop::Bad(Why::Key));
    }
    let end = string_end(text, at)?.0;
    let colon = text.skip_blanks(end);
    if colon >= text.end {
        return Err(Stop::Cut);
    }
    if text.byte(colon) != b':' {
        return Err(Stop::Bad(Why::Colon));
    }
    let value = text.skip_blanks(colon + 1);
    if value >= text.end {
        Err(Stop::Cut)
    } else {
        Ok((end, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes() {
        let undone = |inside: &str| {
            let mut out = b"what was there before, longer than the text".to_vec();
            let (end, n_bytes) = unescape(inside.as_bytes(), 0, &mut out);
            assert_eq!(end, inside.len());
            String::from_utf8(out[..n_bytes].to_vec()).unwrap()
        };
        assert_eq!(undone(r#"a\n\"\\\/\t\u00e9\ud83d\ude80"#), "a\n\"\\/\té🚀");
        assert_eq!(undone(r"\ud83d!"), "\u{fffd}!");
        assert_eq!(undone(r"\ud83d\u0041"), "\u{fffd}A");
        assert_eq!(undone(r"\q \u12"), r"\q \u12");
        assert_eq!(undone("\\"), "\\");
    }

    #[test]
    fn numbers() {
        for right in ["0", "-1", "1.5", "1e9", "-2.5E-3", "12345678901234567890"] {
            assert!(is_number(right.as_bytes()), "{right}");
        }
        for wrong in ["", "-", "1.", ".5", "1e", "--1", "1a", "NaN"] {
            assert!(!is_number(wrong.as_bytes()), "{wrong}");
        }
    }
}
