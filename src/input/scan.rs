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
        match memchr::memchr(b'\n', self.between(at, self.end)) {
            Some(found) => Some(at + found),
            None => self.is_last.then_some(self.end),
        }
    }
}

/// Sixteen bytes side by side: one vector where WebAssembly has them (its functions are safe to call),
/// else two words.
mod lanes {
    #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
    pub(super) use wasm::{Lanes, splat};

    #[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
    pub(super) use words::{Lanes, splat};

    #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
    mod wasm {
        use core::arch::wasm32::{i64x2, u8x16_bitmask, u8x16_eq, u8x16_splat, v128, v128_or};

        #[derive(Clone, Copy)]
        pub(in super::super) struct Lanes(v128);

        #[inline(always)]
        pub(in super::super) fn splat(byte: u8) -> Lanes {
            Lanes(u8x16_splat(byte))
        }

        impl Lanes {
            #[inline(always)]
            pub(in super::super) fn of(low: u64, high: u64) -> Self {
                Self(i64x2(low as i64, high as i64))
            }

            #[inline(always)]
            pub(in super::super) fn equal(self, other: Self) -> Self {
                Self(u8x16_eq(self.0, other.0))
            }

            #[inline(always)]
            pub(in super::super) fn or(self, other: Self) -> Self {
                Self(v128_or(self.0, other.0))
            }

            #[inline(always)]
            pub(in super::super) fn first(self) -> Option<usize> {
                let mask = u32::from(u8x16_bitmask(self.0));
                (mask != 0).then(|| mask.trailing_zeros() as usize)
            }
        }
    }

    #[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
    mod words {
        const ONES: u64 = 0x0101_0101_0101_0101;
        const HIGHS: u64 = 0x8080_8080_8080_8080;

        #[derive(Clone, Copy)]
        pub(in super::super) struct Lanes(u64, u64);

        #[inline(always)]
        pub(in super::super) const fn splat(byte: u8) -> Lanes {
            Lanes(ONES * byte as u64, ONES * byte as u64)
        }

        /// The high bit of each byte that is zero; exact in the lowest one set.
        #[inline(always)]
        const fn zeros(word: u64) -> u64 {
            word.wrapping_sub(ONES) & !word & HIGHS
        }

        impl Lanes {
            #[inline(always)]
            pub(in super::super) const fn of(low: u64, high: u64) -> Self {
                Self(low, high)
            }

            #[inline(always)]
            pub(in super::super) const fn equal(self, other: Self) -> Self {
                Self(zeros(self.0 ^ other.0), zeros(self.1 ^ other.1))
            }

            #[inline(always)]
            pub(in super::super) const fn or(self, other: Self) -> Self {
                Self(self.0 | other.0, self.1 | other.1)
            }

            #[inline(always)]
            pub(in super::super) fn first(self) -> Option<usize> {
                match (self.0, self.1) {
                    (0, 0) => None,
                    (0, high) => Some(8 + (high.trailing_zeros() / 8) as usize),
                    (low, _) => Some((low.trailing_zeros() / 8) as usize),
                }
            }
        }
    }
}

use lanes::{Lanes, splat};

#[inline(always)]
fn lanes_at(bytes: &[u8], at: usize) -> Option<Lanes> {
    let (chunks, _) = bytes.get(at..at + 16)?.as_chunks::<8>();
    let [low, high] = *chunks else { return None };
    Some(Lanes::of(u64::from_le_bytes(low), u64::from_le_bytes(high)))
}

/// Lanes looked at one by one before the longer vectors of `memchr` take over.
const SHORT_LANES: usize = 4;

/// The first `"` or `\` at or after a place; the length of the bytes when there is none.
#[inline(always)]
pub(crate) fn quote_or_backslash(bytes: &[u8], mut at: usize) -> usize {
    let (quote, backslash) = (splat(b'"'), splat(b'\\'));
    for _ in 0..SHORT_LANES {
        let Some(lanes) = lanes_at(bytes, at) else {
            break;
        };
        if let Some(found) = lanes.equal(quote).or(lanes.equal(backslash)).first() {
            return at + found;
        }
        at += 16;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    memchr2(b'"', b'\\', rest).map_or(bytes.len(), |found| at + found)
}

/// The first `delimiter`, newline or carriage return at or after a place.
#[inline(always)]
pub(crate) fn field_end(bytes: &[u8], delimiter: u8, mut at: usize) -> usize {
    let (wanted, newline, cr) = (splat(delimiter), splat(b'\n'), splat(b'\r'));
    for _ in 0..SHORT_LANES {
        let Some(lanes) = lanes_at(bytes, at) else {
            break;
        };
        if let Some(found) = lanes
            .equal(wanted)
            .or(lanes.equal(newline))
            .or(lanes.equal(cr))
            .first()
        {
            return at + found;
        }
        at += 16;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    memchr::memchr3(delimiter, b'\n', b'\r', rest).map_or(bytes.len(), |found| at + found)
}

/// The first byte of this value at or after a place.
#[inline(always)]
pub(crate) fn byte_from(bytes: &[u8], byte: u8, mut at: usize) -> usize {
    let wanted = splat(byte);
    for _ in 0..SHORT_LANES {
        let Some(lanes) = lanes_at(bytes, at) else {
            break;
        };
        if let Some(found) = lanes.equal(wanted).first() {
            return at + found;
        }
        at += 16;
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
            }
        }
    }
}
