//! Places in texts: byte spans inside, UTF-16 code units at the boundary.
//!
//! Input: a text. Output: [`Span`]s, UTF-16 offsets.
//! Invariant: a span is a half-open byte range on character borders of the text it came from, and a
//! text longer than 4 GiB never gets this far. Absent on purpose: names of files, encodings.

pub mod case;
pub mod coding;
pub(crate) mod gzip;
pub mod markdown;

/// Words for readers of the source and for tests; the module does without them.
pub const fn documentation(words: &'static str) -> &'static str {
    if cfg!(target_arch = "wasm32") {
        ""
    } else {
        words
    }
}

/// As [`documentation`], for lists.
pub const fn documented<T>(list: &'static [T]) -> &'static [T] {
    if cfg!(target_arch = "wasm32") {
        &[]
    } else {
        list
    }
}

/// Half-open byte range in a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The range `start..end`.
    pub const fn new(start: u32, end: u32) -> Self {
        Self { start, end }
    }

    /// The smallest span that holds both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self {
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }

    /// The piece of `text` that the span names; empty when it does not lie in the text.
    pub fn of(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize)
            .unwrap_or("")
    }
}

/// How far UTF-16 offsets lie from byte offsets.
pub struct Utf16<'t> {
    text: &'t str,
}

impl<'t> Utf16<'t> {
    /// The offsets of a text.
    pub const fn new(text: &'t str) -> Self {
        Self { text }
    }

    /// UTF-16 code units before a byte offset.
    pub fn utf16(&self, offset: u32) -> u32 {
        let mut end = (offset as usize).min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        let before = self.text.get(..end).unwrap_or("");
        if before.is_ascii() {
            return before.len() as u32;
        }
        before.encode_utf16().count() as u32
    }

    /// Byte offset of a UTF-16 offset; the end of the text when it lies beyond.
    pub fn byte(&self, utf16_offset: u32) -> u32 {
        let mut units = 0;
        for (at, character) in self.text.char_indices() {
            if units >= utf16_offset {
                return at as u32;
            }
            units += character.len_utf16() as u32;
        }
        self.text.len() as u32
    }
}

/// Bytes from one mark to the next.
const MARK_BYTES: u32 = 1024;

/// As [`Utf16`], for many places of a long text: what lies before a place is counted once.
pub struct Utf16Marks<'t> {
    text: &'t str,
    /// Byte offsets of characters, one for each 1,024 bytes, and the UTF-16 code units before them.
    marks: Vec<(u32, u32)>,
}

impl<'t> Utf16Marks<'t> {
    /// The marks of a text.
    pub fn new(text: &'t str) -> Self {
        let mut marks = Vec::new();
        let mut units = 0;
        for (at, character) in text.char_indices() {
            if at as u32 >= marks.len() as u32 * MARK_BYTES {
                marks.push((at as u32, units));
            }
            units += character.len_utf16() as u32;
        }
        Self { text, marks }
    }

    /// UTF-16 code units before a byte offset.
    pub fn utf16(&self, offset: u32) -> u32 {
        let n_before = self.marks.partition_point(|(byte, _)| *byte <= offset);
        let mark = n_before.checked_sub(1).and_then(|at| self.marks.get(at));
        let (byte, units) = mark.copied().unwrap_or_default();
        let rest = self.text.get(byte as usize..).unwrap_or("");
        units + Utf16::new(rest).utf16(offset - byte)
    }
}

/// The first `n` characters of a text, with `…` when something was cut. For text from logs in messages.
pub fn cut(text: &str, n_chars: usize) -> String {
    match text.char_indices().nth(n_chars) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or("")),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf16_offsets_go_there_and_back() {
        let text = "a😀b\nç";
        let index = Utf16::new(text);
        for (at, _) in text.char_indices() {
            assert_eq!(index.byte(index.utf16(at as u32)), at as u32);
        }
        assert_eq!(index.utf16(5), 3);
    }

    #[test]
    fn marks_count_like_the_whole() {
        for text in ["", "abc", &"a😀b\nç".repeat(900), &"x".repeat(3000)] {
            let (index, marks) = (Utf16::new(text), Utf16Marks::new(text));
            for at in (0..=text.len() as u32).step_by(7) {
                assert_eq!(marks.utf16(at), index.utf16(at), "{at}");
            }
        }
    }

    #[test]
    fn cut_marks_what_it_left_out() {
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("abçd", 3), "abç…");
    }
}
