//! The leaves of every reader: searches and small values over bytes.
//!
//! Input: a [`Text`], which is a piece of the source that ends in zeros, so that words can be loaded
//! without asking where it ends. Output: places. Invariants: a place behind the end means that the
//! piece ended first; nothing here recurses or allocates.

use memchr::memchr2;

/// Zeros behind the end of every [`Text`].
pub(crate) const PADDING: usize = 64;

/// A piece of the source, decoded to UTF-8, with [`PADDING`] zeros behind its end.
#[derive(Clone, Copy)]
pub(crate) struct Text<'b> {
    /// The bytes and the zeros.
    pub(crate) bytes: &'b [u8],
    /// Where the zeros begin.
    pub(crate) end: usize,
    /// Whether nothing comes after, or nothing may be waited for.
    pub(crate) is_last: bool,
}

impl<'b> Text<'b> {
    /// The byte at a place; 0 behind the end.
    #[inline]
    pub(crate) fn byte(self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    /// The bytes from a place on, zeros included.
    #[inline]
    pub(crate) fn from(self, at: usize) -> &'b [u8] {
        self.bytes.get(at..).unwrap_or_default()
    }

    /// Whether these up to eight bytes stand at a place.
    #[inline]
    pub(crate) fn has<const N: usize>(self, at: usize, word: &[u8; N]) -> bool {
        self.from(at).first_chunk::<N>().is_some_and(|bytes| bytes == word)
    }

    /// The bytes between two places.
    #[inline]
    pub(crate) fn between(self, start: usize, end: usize) -> &'b [u8] {
        self.bytes.get(start..end).unwrap_or_default()
    }

    /// The same piece, ending earlier; the bytes behind are still there.
    #[inline]
    pub(crate) const fn until(self, end: usize) -> Self {
        Self { end, ..self }
    }

    /// The first place at or after `at` that holds no blank.
    #[inline]
    pub(crate) fn skip_blanks(self, mut at: usize) -> usize {
        while matches!(self.byte(at), b' ' | b'\n' | b'\r' | b'\t') {
            at += 1;
        }
        at
    }

    /// The next newline; the end of the last piece counts as one.
    pub(crate) fn line_end(self, at: usize) -> Option<usize> {
        match memchr::memchr(b'\n', self.between(at, self.end)) {
            Some(found) => Some(at + found),
            None => self.is_last.then_some(self.end),
        }
    }
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// The high bit of each byte of `word` that equals `byte`; exact in the lowest one set.
#[inline]
const fn matches_in(word: u64, byte: u8) -> u64 {
    let zeros = word ^ (ONES * byte as u64);
    zeros.wrapping_sub(ONES) & !zeros & HIGHS
}

#[inline]
fn word_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..at + 8)?.first_chunk::<8>().map(|chunk| u64::from_le_bytes(*chunk))
}

/// Words looked at one by one before the vector search takes over.
const SHORT_WORDS: usize = 6;

/// The first `"` or `\` at or after a place; the length of the bytes when there is none.
#[inline]
pub(crate) fn quote_or_backslash(bytes: &[u8], mut at: usize) -> usize {
    for _ in 0..SHORT_WORDS {
        let Some(word) = word_at(bytes, at) else { break };
        let found = matches_in(word, b'"') | matches_in(word, b'\\');
        if found != 0 {
            return at + (found.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    memchr2(b'"', b'\\', rest).map_or(bytes.len(), |found| at + found)
}

/// The first `delimiter`, newline or carriage return at or after a place.
#[inline]
pub(crate) fn field_end(bytes: &[u8], delimiter: u8, mut at: usize) -> usize {
    for _ in 0..SHORT_WORDS {
        let Some(word) = word_at(bytes, at) else { break };
        let found = matches_in(word, delimiter) | matches_in(word, b'\n') | matches_in(word, b'\r');
        if found != 0 {
            return at + (found.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    memchr::memchr3(delimiter, b'\n', b'\r', rest).map_or(bytes.len(), |found| at + found)
}

/// The first byte of this value at or after a place.
#[inline]
pub(crate) fn byte_from(bytes: &[u8], byte: u8, mut at: usize) -> usize {
    for _ in 0..SHORT_WORDS {
        let Some(word) = word_at(bytes, at) else { break };
        let found = matches_in(word, byte);
        if found != 0 {
            return at + (found.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    memchr::memchr(byte, rest).map_or(bytes.len(), |found| at + found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn searches_agree_with_the_naive_ones() {
        let mut state = 7_u64;
        for length in 0..300 {
            let mut bytes: Vec<u8> = (0..length)
                .map(|_| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    *b"abcdefghijklmnopqrstuvwxyz!#[]0123456789,\n\r\"\\\x80\xff\x01".get((state >> 33) as usize % 48).unwrap()
                })
                .collect();
            bytes.extend([0; PADDING]);
            for at in (0..length).step_by(7) {
                let naive = |wanted: &[u8]| bytes[at..].iter().position(|byte| wanted.contains(byte)).map_or(bytes.len(), |p| at + p);
                assert_eq!(quote_or_backslash(&bytes, at), naive(b"\"\\"));
                assert_eq!(field_end(&bytes, b',', at), naive(b",\n\r"));
                assert_eq!(byte_from(&bytes, b'"', at), naive(b"\""));
            }
        }
    }
}
