//! Equality with a known short text, in four words and without a loop.
//!
//! Readers ask all the time whether the bytes at hand are the key or the value they expect. A
//! [`Window`] holds the expected text as masked words, so the answer is four loads and a few bit
//! operations; what is longer than a window is compared behind it.

use super::interner::same;

/// Bytes that are compared at once.
pub(crate) const WINDOW_BYTES: usize = 32;

/// A text to compare with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    words: [u64; 4],
    mask: [u64; 4],
    n_bytes: usize,
}

#[inline(always)]
fn words(bytes: &[u8; WINDOW_BYTES]) -> [u64; 4] {
    match bytes.as_chunks::<8>().0 {
        [a, b, c, d] => [
            u64::from_le_bytes(*a),
            u64::from_le_bytes(*b),
            u64::from_le_bytes(*c),
            u64::from_le_bytes(*d),
        ],
        _ => [0; 4],
    }
}

/// Which bytes of a window belong to a text of this length.
const MASKS: [[u64; 4]; WINDOW_BYTES + 1] = {
    let mut masks = [[0; 4]; WINDOW_BYTES + 1];
    let mut n_bytes = 0;
    while n_bytes <= WINDOW_BYTES {
        let mut at = 0;
        while at < n_bytes {
            masks[n_bytes][at / 8] |= 0xFF << (at % 8 * 8);
            at += 1;
        }
        n_bytes += 1;
    }
    masks
};

/// Whether `bytes` begin with the first `n_bytes` of `known`; more bytes than a window of either are
/// read, where they are there.
#[inline(always)]
pub(crate) fn begins(bytes: &[u8], known: &[u8], n_bytes: usize) -> bool {
    let (Some(head), Some(expected)) = (
        bytes.first_chunk::<WINDOW_BYTES>(),
        known.first_chunk::<WINDOW_BYTES>(),
    ) else {
        return known
            .get(..n_bytes)
            .is_some_and(|known| bytes.starts_with(known));
    };
    let [k, l, m, n] = MASKS.get(n_bytes).copied().unwrap_or([u64::MAX; 4]);
    let [a, b, c, d] = words(head);
    let [x, y, z, w] = words(expected);
    if (a ^ x) & k | (b ^ y) & l | (c ^ z) & m | (d ^ w) & n != 0 {
        return false;
    }
    n_bytes <= WINDOW_BYTES
        || bytes
            .get(WINDOW_BYTES..n_bytes)
            .is_some_and(|rest| same(rest, known.get(WINDOW_BYTES..n_bytes).unwrap_or_default()))
}

impl Window {
    /// The window of a text.
    pub(crate) fn of(text: &[u8]) -> Self {
        let mut shown = [0; WINDOW_BYTES];
        shown
            .iter_mut()
            .zip(text)
            .for_each(|(place, &byte)| *place = byte);
        let mask = MASKS.get(text.len()).copied().unwrap_or([u64::MAX; 4]);
        Self {
            words: words(&shown),
            mask,
            n_bytes: text.len(),
        }
    }

    /// Length of the text.
    #[inline(always)]
    pub(crate) const fn n_bytes(&self) -> usize {
        self.n_bytes
    }

    /// Whether bytes begin with the text, given their head and the text as a whole.
    #[inline(always)]
    pub(crate) fn starts(&self, head: &Head, bytes: &[u8], text: &[u8]) -> bool {
        let [a, b, c, d] = head.words;
        let [x, y, z, w] = self.words;
        let [k, l, m, n] = self.mask;
        if (a ^ x) & k | (b ^ y) & l | (c ^ z) & m | (d ^ w) & n != 0 {
            return false;
        }
        self.n_bytes <= WINDOW_BYTES
            || bytes
                .get(WINDOW_BYTES..self.n_bytes)
                .is_some_and(|rest| same(rest, text.get(WINDOW_BYTES..).unwrap_or_default()))
    }
}

/// The first bytes of what is compared with windows, loaded once for several of them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head {
    words: [u64; 4],
}

impl Head {
    /// The head of bytes; what they lack is zero.
    #[inline(always)]
    pub(crate) fn of(bytes: &[u8]) -> Self {
        if let Some(head) = bytes.first_chunk::<WINDOW_BYTES>() {
            return Self { words: words(head) };
        }
        let mut head = [0; WINDOW_BYTES];
        head.iter_mut()
            .zip(bytes)
            .for_each(|(place, &byte)| *place = byte);
        Self {
            words: words(&head),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_see_every_byte() {
        let source: Vec<u8> = (1..=120).collect();
        for n in 0..100 {
            let window = Window::of(&source[..n]);
            assert!(window.starts(&Head::of(&source), &source, &source[..n]));
            for at in 0..n {
                let mut other = source.clone();
                other[at] ^= 0x80;
                assert!(
                    !window.starts(&Head::of(&other), &other, &source[..n]),
                    "{n} {at}"
                );
            }
            assert!(window.starts(&Head::of(&source[..n]), &source[..n], &source[..n]));
            assert!(
                n == 0
                    || !window.starts(&Head::of(&source[..n - 1]), &source[..n - 1], &source[..n])
            );
            assert!(begins(&source, &source[..n + 10], n) && begins(&source[..n], &source, n));
            for at in 0..=n {
                let mut other = source.clone();
                other[at] ^= 0x80;
                assert_eq!(begins(&other, &source, n), at >= n, "{n} {at}");
            }
        }
    }
}
