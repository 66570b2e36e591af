//! The leaves of every reader: searches and small values over bytes.
//!
//! Input: a [`Text`], which is a piece of the source that ends in zeros, so that words can be loaded
//! without asking where it ends. Output: places. Invariants: a place behind the end means that the
//! piece ended first; nothing here recurses or allocates.

use crate::table::{Lanes, N_LANES, first_far_marked, first_marked};

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
    #[inline(always)]
    pub(crate) fn byte(self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    /// The bytes from a place on, zeros included.
    #[inline(always)]
    pub(crate) fn from(self, at: usize) -> &'b [u8] {
        self.bytes.get(at..).unwrap_or_default()
    }

    /// Whether these up to eight bytes stand at a place.
    #[inline(always)]
    pub(crate) fn has<const N: usize>(self, at: usize, word: &[u8; N]) -> bool {
        self.from(at)
            .first_chunk::<N>()
            .is_some_and(|bytes| bytes == word)
    }

    /// The bytes between two places.
    #[inline(always)]
    pub(crate) fn between(self, start: usize, end: usize) -> &'b [u8] {
        self.bytes.get(start..end).unwrap_or_default()
    }

    /// The same piece, ending earlier; the bytes behind are still there.
    #[inline(always)]
    pub(crate) const fn until(self, end: usize) -> Self {
        Self { end, ..self }
    }

    /// The first place at or after `at` that holds no blank.
    #[inline(always)]
    pub(crate) fn skip_blanks(self, mut at: usize) -> usize {
        while matches!(self.byte(at), b' ' | b'\n' | b'\r' | b'\t') {
            at += 1;
        }
        at
    }

    /// The next newline; the end of the last piece counts as one.
    pub(crate) fn line_end(self, at: usize) -> Option<usize> {
        match far_newline(self.bytes, at) {
            found if found < self.end => Some(found),
            _ => self.is_last.then_some(self.end),
        }
    }
}

#[inline(never)]
fn far_newline(bytes: &[u8], at: usize) -> usize {
    let newline = Lanes::splat(b'\n');
    first_far_marked(bytes, at, |lanes| lanes.equal(newline))
}

/// The first `"` or `\` at or after a place; the length of the bytes when there is none.
#[inline(always)]
pub(crate) fn quote_or_backslash(bytes: &[u8], at: usize) -> usize {
    let (quote, backslash) = (Lanes::splat(b'"'), Lanes::splat(b'\\'));
    first_marked(bytes, at, |lanes| {
        lanes.equal(quote).or(lanes.equal(backslash))
    })
}

/// The first `delimiter`, newline or carriage return at or after a place.
#[inline(always)]
pub(crate) fn field_end(bytes: &[u8], delimiter: u8, at: usize) -> usize {
    let (wanted, newline, cr) = (
        Lanes::splat(delimiter),
        Lanes::splat(b'\n'),
        Lanes::splat(b'\r'),
    );
    first_marked(bytes, at, |lanes| {
        lanes
            .equal(wanted)
            .or(lanes.equal(newline))
            .or(lanes.equal(cr))
    })
}

/// The first byte of this value at or after a place.
#[inline(always)]
pub(crate) fn byte_from(bytes: &[u8], byte: u8, at: usize) -> usize {
    let wanted = Lanes::splat(byte);
    first_marked(bytes, at, |lanes| lanes.equal(wanted))
}

/// The first `"` at or after a place that no backslash escapes; the length of the bytes when there is
/// none. Sixteen bytes at a time, however many are escaped.
pub(crate) fn unescaped_quote(bytes: &[u8], mut at: usize) -> usize {
    const EVEN: u32 = 0x5555_5555;
    let (quote, backslash) = (Lanes::splat(b'"'), Lanes::splat(b'\\'));
    // Whether the byte at the place is escaped.
    let mut is_escaped = 0;
    while let Some(chunk) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        let lanes = Lanes::of(chunk);
        let slashes = lanes.equal(backslash).bits() & !is_escaped;
        let follows = slashes << 1 | is_escaped;
        // A run of backslashes that begins at an odd place, added to itself, leaves a bit behind its
        // end; so of all places behind backslashes those are known that are an odd number behind.
        let odd_starts = slashes & !EVEN & !follows;
        let escaped = (EVEN ^ odd_starts.wrapping_add(slashes) << 1) & follows;
        let quotes = lanes.equal(quote).bits() & !escaped;
        if quotes != 0 {
            return at + quotes.trailing_zeros() as usize;
        }
        is_escaped = escaped >> N_LANES;
        at += N_LANES;
    }
    let mut is_escaped = is_escaped == 1;
    let rest = bytes.get(at..).unwrap_or_default();
    let is_end = |byte: &u8| {
        let is_end = *byte == b'"' && !is_escaped;
        is_escaped = *byte == b'\\' && !is_escaped;
        is_end
    };
    rest.iter()
        .position(is_end)
        .map_or(bytes.len(), |found| at + found)
}

/// Makes room in `out` for these bytes and [`copy_until`]; where it begins.
pub(crate) fn make_room(bytes: &[u8], out: &mut Vec<u8>) -> usize {
    let start = out.len();
    // Copied and written over, for that is faster than to fill.
    out.extend_from_slice(bytes);
    out.extend_from_slice(&[0; N_LANES]);
    start
}

/// Copies the bytes from a place on until this one comes to a place of `out`, which holds sixteen
/// bytes more than that; how many.
#[inline(always)]
pub(crate) fn copy_until(bytes: &[u8], byte: u8, start: usize, out: &mut [u8], to: usize) -> usize {
    let wanted = Lanes::splat(byte);
    let mut n_bytes = 0;
    loop {
        let (Some(rest), Some(place)) = (bytes.get(start + n_bytes..), out.get_mut(to + n_bytes..))
        else {
            return n_bytes;
        };
        let (Some(chunk), Some(place)) = (rest.first_chunk::<N_LANES>(), place.first_chunk_mut())
        else {
            let n_rest = rest.iter().position(|&other| other == byte);
            let n_rest = n_rest.unwrap_or(rest.len());
            for (to, from) in place.iter_mut().zip(rest.iter().take(n_rest)) {
                *to = *from;
            }
            return n_bytes + n_rest;
        };
        *place = *chunk;
        let bits = Lanes::of(chunk).equal(wanted).bits();
        if bits != 0 {
            return n_bytes + bits.trailing_zeros() as usize;
        }
        n_bytes += N_LANES;
    }
}

/// Copies the bytes from a place on until a `"` or `\` comes or `out` has no room for sixteen more;
/// how many.
#[inline(always)]
pub(crate) fn copy_text(bytes: &[u8], start: usize, out: &mut [u8], to: usize) -> usize {
    let (quote, backslash) = (Lanes::splat(b'"'), Lanes::splat(b'\\'));
    let mut n_bytes = 0;
    loop {
        let rest = bytes.get(start + n_bytes..).unwrap_or_default();
        let Some(place) = out
            .get_mut(to + n_bytes..)
            .and_then(|room| room.first_chunk_mut::<N_LANES>())
        else {
            return n_bytes;
        };
        let Some(chunk) = rest.first_chunk::<N_LANES>() else {
            let is_plain = |byte: &&u8| !matches!(byte, b'"' | b'\\');
            let n_rest = rest.iter().take_while(is_plain).count();
            for (to, from) in place.iter_mut().zip(rest.iter().take(n_rest)) {
                *to = *from;
            }
            return n_bytes + n_rest;
        };
        *place = *chunk;
        let lanes = Lanes::of(chunk);
        let bits = lanes.equal(quote).or(lanes.equal(backslash)).bits();
        if bits != 0 {
            return n_bytes + bits.trailing_zeros() as usize;
        }
        n_bytes += N_LANES;
    }
}

/// How often a byte comes from a place on, up to sixteen times.
#[inline(always)]
pub(crate) fn n_repeats(bytes: &[u8], at: usize, byte: u8) -> usize {
    let chunk = bytes.get(at..).and_then(<[u8]>::first_chunk);
    chunk.map_or(0, |chunk| {
        let bits = Lanes::of(chunk).equal(Lanes::splat(byte)).bits();
        bits.trailing_ones() as usize
    })
}

/// A whole number of up to seven digits and the place behind it, read side by side.
#[inline(always)]
pub(crate) fn short_number(text: Text<'_>, start: usize) -> Option<(i64, usize)> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let word = u64::from_le_bytes(*text.from(start).first_chunk()?);
    let digits = word ^ (ONES * 0x30);
    // The highest bit of each byte that is no digit; exact in the lowest one.
    let others = (digits.wrapping_add(ONES * 0x76) | digits) & (ONES << 7);
    let n_digits = others.trailing_zeros() / 8;
    let end = start + n_digits as usize;
    if n_digits == 0 || n_digits == 8 || end >= text.end {
        return None;
    }
    // The digits move to the end, zeros come before them.
    let padded = digits << (64 - 8 * n_digits);
    let pairs = (padded.wrapping_mul(10) + (padded >> 8)) & 0x00FF_00FF_00FF_00FF;
    let quads = (pairs.wrapping_mul(100) + (pairs >> 16)) & 0x0000_FFFF_0000_FFFF;
    let long = (quads.wrapping_mul(10_000) + (quads >> 32)) & 0xFFFF_FFFF;
    Some((long as i64, end))
}

#[cfg(test)]
mod tests {
    use super::*;
    // The branch of the vectors is there in WebAssembly alone.
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn searches_agree_with_the_naive_ones() {
        let mut state = 7_u64;
        for length in 0..300 {
            let mut bytes: Vec<u8> = (0..length)
                .map(|_| {
                    state = state
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1);
                    b"abcdefghijklmnopqrstuvwxyz!#[]0123456789,\n\r\"\\\x80\xff\x01"
                        [(state >> 33) as usize % 48]
                })
                .collect();
            bytes.extend([0; PADDING]);
            for at in (0..length).step_by(7) {
                let naive = |wanted: &[u8]| {
                    bytes[at..]
                        .iter()
                        .position(|byte| wanted.contains(byte))
                        .map_or(bytes.len(), |p| at + p)
                };
                assert_eq!(quote_or_backslash(&bytes, at), naive(b"\"\\"));
                assert_eq!(field_end(&bytes, b',', at), naive(b",\n\r"));
                assert_eq!(byte_from(&bytes, b'"', at), naive(b"\""));
                assert_eq!(far_newline(&bytes, at), naive(b"\n"));
            }
        }
    }

    #[test]
    fn numbers_of_few_digits() {
        let read = |source: &str| {
            let text = Text {
                bytes: source.as_bytes(),
                end: source.len(),
                is_last: true,
            };
            short_number(text, 1)
        };
        for number in [0, 7, 10, 99, 404, 65_536, 999_999, 1_234_567, 9_999_999] {
            for tail in [
                ",        ",
                "}\u{ff}\u{ff}\u{ff}\u{ff}",
                "\n12345678",
                ".5000000",
                "/:;<=>?@",
            ] {
                let digits = number.to_string();
                let found = read(&format!(" {digits}{tail}"));
                assert_eq!(found, Some((number, 1 + digits.len())), "{digits}{tail}");
            }
        }
        for other in [" 12345678, ", " ,1234567", " -1234567", " 12", " 1234567"] {
            assert_eq!(read(other), None, "{other}");
        }
    }

    #[test]
    fn quotes_behind_backslashes() {
        let mut state = 11_u64;
        for length in 0..200 {
            let bytes: Vec<u8> = (0..length)
                .map(|_| {
                    state = state
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1);
                    b"\\\\\\ab\""[(state >> 33) as usize % 6]
                })
                .collect();
            for start in 0..length {
                let mut at = start;
                while at < length && bytes[at] != b'"' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                assert_eq!(unescaped_quote(&bytes, start), at.min(length), "{bytes:?}");
            }
        }
    }
}
