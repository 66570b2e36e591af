//! The growing dictionary of one text column: a text becomes a code, once.
//!
//! Input: texts. Output: codes, and at the end a [`Dictionary`]. Invariants: code 0 is the empty
//! text; codes are given in the order of first sight and never change.

use super::Dictionary;
use super::window::{WINDOW_BYTES, begins};
use std::rc::Rc;

/// Whether two texts of the same length are equal, compared in words: short texts are common here
/// and a call to `memcmp` costs more than the comparison.
#[inline(always)]
pub(crate) fn same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let (Some(last_a), Some(last_b)) = (a.last_chunk::<8>(), b.last_chunk::<8>()) else {
        return same_short(a, b);
    };
    let (words_a, _) = a.as_chunks::<8>();
    let (words_b, _) = b.as_chunks::<8>();
    for (x, y) in words_a.iter().zip(words_b) {
        if x != y {
            return false;
        }
    }
    last_a == last_b
}

#[inline(always)]
fn same_short(a: &[u8], b: &[u8]) -> bool {
    if let (Some(x), Some(y), Some(p), Some(q)) = (
        a.first_chunk::<4>(),
        b.first_chunk::<4>(),
        a.last_chunk::<4>(),
        b.last_chunk::<4>(),
    ) {
        return x == y && p == q;
    }
    a.iter().zip(b).all(|(x, y)| x == y)
}

#[inline(always)]
fn hash(text: &[u8]) -> u32 {
    let word = |bytes: &[u8; 8]| u64::from_le_bytes(*bytes);
    let (first, last) = match (text.first_chunk::<8>(), text.last_chunk::<8>()) {
        (Some(first), Some(last)) => (word(first), word(last)),
        _ => match (text.first_chunk::<4>(), text.last_chunk::<4>()) {
            (Some(first), Some(last)) => (
                u64::from(u32::from_le_bytes(*first)),
                u64::from(u32::from_le_bytes(*last)),
            ),
            _ => (
                text.iter().fold(0, |sum, &byte| sum << 8 | u64::from(byte)),
                0,
            ),
        },
    };
    let mut state =
        (first ^ 0x9E37_79B9_7F4A_7C15).wrapping_mul((last ^ (text.len() as u64) << 56) | 1);
    if text.len() > 16 {
        for chunk in text.as_chunks::<8>().0 {
            state = (state.rotate_left(23) ^ word(chunk)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        }
    }
    state = (state ^ state >> 29 ^ first.rotate_left(17)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    (state >> 32) as u32
}

/// A dictionary that still grows.
#[derive(Debug)]
pub(crate) struct Interner {
    /// The texts, and a window of zeros behind them.
    bytes: Vec<u8>,
    offsets: Vec<u32>,
    /// Hash in the high half, code in the low one; 0 is free.
    slots: Vec<u64>,
    /// The text that came last and its code; 0 when it is not known.
    last_code: u32,
    last_start: usize,
    last_bytes: usize,
}

impl Interner {
    pub(crate) fn new() -> Self {
        Self {
            bytes: vec![0; WINDOW_BYTES],
            offsets: vec![0, 0],
            slots: vec![0; 64],
            last_code: 0,
            last_start: 0,
            last_bytes: 0,
        }
    }

    /// Number of distinct texts, the empty one not counted.
    pub(crate) fn n_texts(&self) -> usize {
        self.offsets.len() - 2
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        self.bytes.capacity() + self.offsets.capacity() * 4 + self.slots.capacity() * 8
    }

    /// Bytes of all texts.
    pub(crate) fn text_bytes(&self) -> usize {
        self.bytes.len() - WINDOW_BYTES
    }

    pub(crate) fn get(&self, code: u32) -> &[u8] {
        let (Some(&start), Some(&end)) = (
            self.offsets.get(code as usize),
            self.offsets.get(code as usize + 1),
        ) else {
            return b"";
        };
        self.bytes
            .get(start as usize..end as usize)
            .unwrap_or_default()
    }

    /// Code and length of the text that came last, when `bytes` begin with it and then `end`.
    #[inline(always)]
    pub(crate) fn repeats(&self, bytes: &[u8], end: u8) -> Option<(u32, usize)> {
        if self.last_code == 0 || *bytes.get(self.last_bytes)? != end {
            return None;
        }
        let known = self.bytes.get(self.last_start..).unwrap_or_default();
        begins(bytes, known, self.last_bytes).then_some((self.last_code, self.last_bytes))
    }

    /// Forgets which text came last.
    pub(crate) const fn forget_last(&mut self) {
        self.last_code = 0;
    }

    #[inline(always)]
    pub(crate) fn intern(&mut self, text: &[u8]) -> u32 {
        if text.is_empty() {
            return 0;
        }
        let hash = hash(text);
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let slot = self.slots.get(at).copied().unwrap_or_default();
            if slot == 0 {
                break;
            }
            if (slot >> 32) as u32 == hash {
                let code = slot as u32;
                let start = self.offsets.get(code as usize).copied().unwrap_or_default() as usize;
                let end = self
                    .offsets
                    .get(code as usize + 1)
                    .copied()
                    .unwrap_or_default() as usize;
                if self
                    .bytes
                    .get(start..end)
                    .is_some_and(|known| same(known, text))
                {
                    (self.last_code, self.last_start, self.last_bytes) = (code, start, text.len());
                    return code;
                }
            }
            at = (at + 1) & mask;
        }
        self.insert(text, hash)
    }

    #[cold]
    #[inline(never)]
    fn insert(&mut self, text: &[u8], hash: u32) -> u32 {
        let code = self.offsets.len() as u32 - 1;
        self.bytes.truncate(self.bytes.len() - WINDOW_BYTES);
        (self.last_code, self.last_start, self.last_bytes) = (code, self.bytes.len(), text.len());
        self.bytes.extend_from_slice(text);
        self.offsets.push(self.bytes.len() as u32);
        self.bytes.extend([0; WINDOW_BYTES]);
        if self.offsets.len() * 2 > self.slots.len() {
            let n_slots = self.slots.len() * 4;
            let old = std::mem::replace(&mut self.slots, vec![0; n_slots]);
            for slot in old {
                if slot != 0 {
                    self.place(slot);
                }
            }
        }
        self.place(u64::from(hash) << 32 | u64::from(code));
        code
    }

    fn place(&mut self, slot: u64) {
        let mask = self.slots.len() - 1;
        let mut at = (slot >> 32) as usize & mask;
        while self.slots.get(at).is_some_and(|&taken| taken != 0) {
            at = (at + 1) & mask;
        }
        if let Some(free) = self.slots.get_mut(at) {
            *free = slot;
        }
    }

    /// The dictionary as the engine reads it.
    pub(crate) fn into_dictionary(mut self) -> Rc<Dictionary> {
        self.bytes.truncate(self.text_bytes());
        self.bytes.shrink_to_fit();
        self.offsets.shrink_to_fit();
        Rc::new(Dictionary::new(self.bytes, self.offsets))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_given_once_and_in_order() {
        let mut interner = Interner::new();
        let texts: Vec<String> = (0..2_000)
            .map(|at| format!("{}{at}", "x".repeat(at % 40)))
            .collect();
        for (at, text) in texts.iter().enumerate() {
            assert_eq!(interner.intern(text.as_bytes()), at as u32 + 1);
        }
        for (at, text) in texts.iter().enumerate() {
            assert_eq!(interner.intern(text.as_bytes()), at as u32 + 1);
            assert_eq!(interner.get(at as u32 + 1), text.as_bytes());
        }
        assert_eq!(interner.intern(b""), 0);
        assert_eq!(interner.n_texts(), 2_000);
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
