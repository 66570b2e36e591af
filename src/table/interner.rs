//! The growing dictionary of one text column: a text becomes a code, once.
//!
//! Input: texts. Output: codes, and at the end a [`Dictionary`]. Invariants: code 0 is the empty
//! text; codes are given in the order of first sight and never change.

use super::Dictionary;
use super::window::{Head, WINDOW_BYTES, n_common, same};
use std::rc::Rc;

/// Which bits of the words of a head belong to a text of this length.
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

/// Hashes the first `n_bytes` of `bytes`, of which `head` holds the first.
#[inline(always)]
fn hash(head: &Head, bytes: &[u8], n_bytes: usize) -> u32 {
    let word = |bytes: &[u8; 8]| u64::from_le_bytes(*bytes);
    let ([a, b, c, d], Some([k, l, m, n])) = (head.as_chunks().0, MASKS.get(n_bytes)) else {
        return long_hash(bytes.get(..n_bytes).unwrap_or_default());
    };
    let first = (word(a) & k)
        .wrapping_add(n_bytes as u64)
        .wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mut sum = first.wrapping_add((word(b) & l).wrapping_mul(0xC2B2_AE3D_27D4_EB4F));
    if n_bytes > WINDOW_BYTES / 2 {
        let third = (word(c) & m).wrapping_mul(0x1656_67B1_9E37_79F9);
        let fourth = (word(d) & n).wrapping_mul(0x27D4_EB2F_1656_67C5);
        sum = sum.wrapping_add(third.wrapping_add(fourth));
    }
    (sum >> 32) as u32
}

#[inline(never)]
fn long_hash(text: &[u8]) -> u32 {
    let word = |bytes: &[u8; 8]| u64::from_le_bytes(*bytes);
    let last = text.last_chunk().map_or(0, word);
    let mut state = last ^ (text.len() as u64) << 56;
    for chunk in text.as_chunks().0 {
        state = (state.rotate_left(23) ^ word(chunk)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
    (state >> 32) as u32
}

/// A text that has a code: how it begins, and where all of it is.
#[derive(Clone, Copy, Debug)]
struct Known {
    head: Head,
    start: u32,
    n_bytes: u32,
}

/// A dictionary that still grows.
#[derive(Debug)]
pub(crate) struct Interner {
    /// The texts, one behind the other.
    bytes: Vec<u8>,
    /// By code.
    known: Vec<Known>,
    /// Hash in the high half, code in the low one; 0 is free. The highest bits of the hash, which
    /// depend on every byte, tell the place.
    slots: Vec<u64>,
    hash_shift: u32,
    /// The code of the text that came last and its length; 0 and too long when it is not known.
    last_code: u32,
    last_bytes: usize,
    /// The source where it began, and the byte behind it.
    last_head: Head,
    last_end: u8,
}

impl Interner {
    pub(crate) fn new() -> Self {
        Self {
            bytes: Vec::new(),
            known: vec![Known {
                head: [0; WINDOW_BYTES],
                start: 0,
                n_bytes: 0,
            }],
            slots: vec![0; 64],
            hash_shift: 32 - 6,
            last_code: 0,
            last_bytes: usize::MAX,
            last_head: [0; WINDOW_BYTES],
            last_end: 0,
        }
    }

    /// No text came last.
    pub(crate) fn forget_last(&mut self) {
        (self.last_code, self.last_bytes) = (0, usize::MAX);
    }

    /// Number of distinct texts, the empty one not counted.
    pub(crate) fn n_texts(&self) -> usize {
        self.known.len() - 1
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        self.bytes.capacity()
            + self.known.capacity() * size_of::<Known>()
            + self.slots.capacity() * 8
    }

    /// Bytes of all texts.
    pub(crate) fn text_bytes(&self) -> usize {
        self.bytes.len()
    }

    pub(crate) fn get(&self, code: u32) -> &[u8] {
        let Some(known) = self.known.get(code as usize) else {
            return b"";
        };
        let start = known.start as usize;
        self.bytes
            .get(start..start + known.n_bytes as usize)
            .unwrap_or_default()
    }

    /// Code and length of the text that came last, when it comes again and ends as it did, with a
    /// quote or with something else.
    #[inline(always)]
    pub(crate) fn repeats(&self, bytes: &[u8], is_quoted: bool) -> Option<(u32, usize)> {
        if is_quoted != (self.last_end == b'"') {
            return None;
        }
        let n_common = n_common(bytes.first_chunk()?, &self.last_head);
        let is_it =
            n_common > self.last_bytes || n_common == WINDOW_BYTES && self.repeats_long(bytes);
        is_it.then_some((self.last_code, self.last_bytes))
    }

    /// The same for a text that its head does not hold.
    #[inline(never)]
    fn repeats_long(&self, bytes: &[u8]) -> bool {
        self.last_code != 0
            && bytes.get(self.last_bytes) == Some(&self.last_end)
            && self.is_long(self.last_code, bytes, self.last_bytes)
    }

    /// The code of the first `n_bytes` of `bytes`, when they came before.
    #[inline(always)]
    pub(crate) fn find(&mut self, bytes: &[u8], n_bytes: usize) -> Option<u32> {
        let Some(head) = bytes.first_chunk() else {
            return self.find_short(bytes, n_bytes);
        };
        let code = self.find_by_head(head, bytes, n_bytes)?;
        if let Some(&end) = bytes.get(n_bytes) {
            (self.last_code, self.last_bytes) = (code, n_bytes);
            (self.last_head, self.last_end) = (*head, end);
        }
        Some(code)
    }

    #[cold]
    #[inline(never)]
    fn find_short(&self, bytes: &[u8], n_bytes: usize) -> Option<u32> {
        let mut head = [0; WINDOW_BYTES];
        head.iter_mut()
            .zip(bytes)
            .for_each(|(place, &byte)| *place = byte);
        self.find_by_head(&head, &head, n_bytes)
    }

    #[inline(always)]
    fn find_by_head(&self, head: &Head, bytes: &[u8], n_bytes: usize) -> Option<u32> {
        let hash = hash(head, bytes, n_bytes);
        let mask = self.slots.len() - 1;
        let mut at = (hash >> self.hash_shift) as usize;
        loop {
            let slot = self.slots.get(at).copied().unwrap_or_default();
            if slot == 0 {
                return None;
            }
            if (slot >> 32) as u32 == hash {
                let code = slot as u32;
                if let Some(known) = self.known.get(code as usize)
                    && known.n_bytes as usize == n_bytes
                {
                    let n_common = n_common(head, &known.head);
                    let is_it = n_common >= n_bytes
                        || n_common == WINDOW_BYTES && self.is_long(code, bytes, n_bytes);
                    if is_it {
                        return Some(code);
                    }
                }
            }
            at = (at + 1) & mask;
        }
    }

    /// Whether a text that its head does not hold is the one of a code.
    #[inline(never)]
    fn is_long(&self, code: u32, bytes: &[u8], n_bytes: usize) -> bool {
        bytes
            .get(..n_bytes)
            .is_some_and(|text| same(text, self.get(code)))
    }

    /// Gives a text the next code.
    #[inline(never)]
    pub(crate) fn insert(&mut self, text: &[u8]) -> u32 {
        let code = self.known.len() as u32;
        let mut head = [0; WINDOW_BYTES];
        head.iter_mut()
            .zip(text)
            .for_each(|(place, &byte)| *place = byte);
        let hash = hash(&head, text, text.len());
        self.known.push(Known {
            head,
            start: self.bytes.len() as u32,
            n_bytes: text.len() as u32,
        });
        self.bytes.extend_from_slice(text);
        if self.known.len() * 2 > self.slots.len() {
            let n_slots = self.slots.len() * 4;
            self.hash_shift -= 2;
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
        let mut at = (slot >> 32 >> self.hash_shift) as usize;
        while self.slots.get(at).is_some_and(|&taken| taken != 0) {
            at = (at + 1) & mask;
        }
        if let Some(free) = self.slots.get_mut(at) {
            *free = slot;
        }
    }

    /// The dictionary as the engine reads it.
    pub(crate) fn into_dictionary(mut self) -> Rc<Dictionary> {
        let end = self.bytes.len() as u32;
        self.bytes.shrink_to_fit();
        let starts = self.known.iter().map(|known| known.start);
        Rc::new(Dictionary::new(self.bytes, starts.chain([end]).collect()))
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
        let padding = [b'"'; WINDOW_BYTES];
        for (at, text) in texts.iter().enumerate() {
            assert_eq!(interner.find(text.as_bytes(), text.len()), None);
            assert_eq!(interner.insert(text.as_bytes()), at as u32 + 1);
        }
        for (at, text) in texts.iter().enumerate() {
            let code = at as u32 + 1;
            let longer = [text.as_bytes(), &padding].concat();
            assert_eq!(interner.find(text.as_bytes(), text.len()), Some(code));
            assert_eq!(interner.find(&longer, text.len()), Some(code));
            assert_eq!(interner.repeats(&longer, true), Some((code, text.len())));
            assert_eq!(interner.repeats(&longer, false), None);
            let other = [text.as_bytes(), b"!", &padding].concat();
            assert_eq!(interner.repeats(&other, true), None);
            assert_eq!(interner.get(code), text.as_bytes());
        }
        assert_eq!(interner.n_texts(), 2_000);
    }
}
