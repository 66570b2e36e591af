//! Equality with an expected text, sixteen bytes at a time.
//!
//! Readers ask all the time whether the bytes at hand are the key or the value they expect. The first
//! [`WINDOW_BYTES`] of both are compared at once, whatever the length of the text; only what is longer
//! than a window needs a loop.

use super::lanes::{Lanes, N_LANES};

/// Bytes that are compared at once.
pub(crate) const WINDOW_BYTES: usize = 2 * N_LANES;

/// As many bytes as fill a window.
pub(crate) type Head = [u8; WINDOW_BYTES];

/// How many bytes two heads begin with that are the same in both.
#[inline(always)]
pub(crate) fn n_common(a: &Head, b: &Head) -> usize {
    let ([a_low, a_high], [b_low, b_high]) = (a.as_chunks().0, b.as_chunks().0) else {
        return 0;
    };
    let low = Lanes::of(a_low).equal(Lanes::of(b_low)).bits();
    let high = Lanes::of(a_high).equal(Lanes::of(b_high)).bits();
    (low | high << N_LANES).trailing_ones() as usize
}

/// Whether two texts are equal.
pub(crate) fn same(a: &[u8], b: &[u8]) -> bool {
    let is_equal =
        |a: &[u8; N_LANES], b: &[u8; N_LANES]| Lanes::of(a).equal(Lanes::of(b)).bits() == 0xFFFF;
    let last = a.len().wrapping_sub(N_LANES);
    let (Some(last_a), Some(last_b)) = (a.get(last..), b.get(last..)) else {
        return a == b;
    };
    let (Some(last_a), Some(last_b)) = (last_a.first_chunk(), last_b.first_chunk()) else {
        return a == b;
    };
    let (chunks_a, chunks_b) = (a.as_chunks().0, b.as_chunks().0);
    a.len() == b.len()
        && is_equal(last_a, last_b)
        && chunks_a.iter().zip(chunks_b).all(|(a, b)| is_equal(a, b))
}

/// A text to compare with.
#[derive(Debug)]
pub(crate) struct Window {
    head: Head,
    n_bytes: usize,
    /// All of the text when it is longer than its head.
    long: Box<[u8]>,
}

impl Window {
    /// The window of a text.
    pub(crate) fn of(text: &[u8]) -> Self {
        let mut head = [0; WINDOW_BYTES];
        head.iter_mut()
            .zip(text)
            .for_each(|(place, &byte)| *place = byte);
        let is_long = text.len() > WINDOW_BYTES;
        Self {
            head,
            n_bytes: text.len(),
            long: Box::from(if is_long { text } else { &[] }),
        }
    }

    /// Length of the text.
    #[inline(always)]
    pub(crate) const fn n_bytes(&self) -> usize {
        self.n_bytes
    }

    /// Whether the text stands at a place, and a window of bytes with it.
    #[inline(always)]
    pub(crate) fn stands_at(&self, bytes: &[u8], at: usize) -> bool {
        let Some(head) = bytes.get(at..).and_then(<[u8]>::first_chunk) else {
            return false;
        };
        let n_common = n_common(head, &self.head);
        n_common >= self.n_bytes || (n_common == WINDOW_BYTES && self.stands_long_at(bytes, at))
    }

    #[inline(never)]
    fn stands_long_at(&self, bytes: &[u8], at: usize) -> bool {
        bytes
            .get(at..at + self.n_bytes)
            .is_some_and(|text| same(text, &self.long))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    // The branch of the vectors is there in WebAssembly alone.
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn windows_see_every_byte() {
        let source: Vec<u8> = (1..=120).collect();
        for n in 0..80 {
            let window = Window::of(&source[..n]);
            let starts = |bytes: &[u8]| window.stands_at(bytes, 0);
            assert_eq!(window.n_bytes(), n);
            assert!(starts(&source));
            for at in 0..n {
                let mut other = source.clone();
                other[at] ^= 0x80;
                assert!(!starts(&other), "{n} {at}");
            }
            if n > WINDOW_BYTES {
                assert!(starts(&source[..n]) && !starts(&source[..n - 1]));
            }
        }
    }

    #[test]
    fn same_sees_every_byte() {
        let text: Vec<u8> = (0..60).collect();
        for n in 0..text.len() {
            assert!(same(&text[..n], &text.clone()[..n]));
            for at in 0..n {
                let mut other = text[..n].to_vec();
                other[at] ^= 1;
                assert!(!same(&text[..n], &other), "{n} {at}");
            }
        }
    }
}
