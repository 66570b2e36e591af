//! Texts one behind the other, while they are written.
//!
//! Input: the texts of a column, row by row. Output: one block of bytes and the place of each text.
//! Invariants: rows come in order, only the last one is ever taken back; a row without a text has an
//! empty one. Memory is filled ahead of the texts, so that a short one is copied in lanes without a
//! call.

use super::lanes::N_LANES;

/// Bytes that are filled ahead.
const AHEAD_BYTES: usize = 16 << 10;
/// What memory is filled with.
static ZEROS: [u8; 1 << 10] = [0; 1 << 10];
/// Below this many bytes memory grows by the factor four, beyond by two.
const SMALL_BYTES: usize = 4 << 20;
/// Memory for the texts of a segment, which ends soon behind 16 MB: beyond, it grows by an eighth.
const ENOUGH_BYTES: usize = 17 << 20;
/// A text longer than this is copied by a call.
const SHORT_BYTES: usize = 256;

/// The texts of one column of the open segment.
#[derive(Debug)]
pub(crate) struct Block {
    /// The texts, and what is filled ahead of them.
    bytes: Vec<u8>,
    /// Where each text begins, and where the last one ends.
    offsets: Vec<u32>,
    /// Bytes and rows to expect: those of the segment before.
    expected: (usize, usize),
}

impl Block {
    /// No texts.
    pub(crate) fn new() -> Self {
        Self {
            bytes: Vec::new(),
            offsets: vec![0],
            expected: (0, 0),
        }
    }

    /// Bytes of all texts.
    pub(crate) fn text_bytes(&self) -> usize {
        self.offsets.last().map_or(0, |&end| end as usize)
    }

    /// Bytes on the heap.
    pub(crate) fn heap_bytes(&self) -> usize {
        self.bytes.capacity() + self.offsets.capacity() * 4
    }

    /// Whether no row has come.
    pub(crate) fn is_empty(&self) -> bool {
        self.offsets.len() == 1
    }

    /// Makes the first `n_bytes` of `bytes` the text of a row, the last one or one to come.
    pub(crate) fn put(&mut self, row: usize, bytes: &[u8], n_bytes: usize) {
        self.fill(row);
        let start = self.text_bytes();
        let end = start + n_bytes;
        self.offsets.push(end as u32);
        let n_lanes = n_bytes.div_ceil(N_LANES);
        let lanes = bytes.as_chunks::<N_LANES>().0.get(..n_lanes);
        let Some(lanes) = lanes.filter(|_| n_bytes <= SHORT_BYTES) else {
            self.bytes.truncate(start);
            self.reserve(end);
            let text = bytes.get(..n_bytes).unwrap_or_default();
            return self.bytes.extend_from_slice(text);
        };
        if self.bytes.len() < end + N_LANES {
            self.fill_ahead(end + N_LANES);
        }
        let place = self.bytes.get_mut(start..).unwrap_or_default();
        for (to, from) in place.as_chunks_mut().0.iter_mut().zip(lanes) {
            *to = *from;
        }
    }

    /// Takes back the text of a row, if it has one.
    pub(crate) fn clear(&mut self, row: usize) {
        self.offsets.truncate(row + 1);
    }

    /// Gives each row before this one a text, and this one none.
    fn fill(&mut self, row: usize) {
        if self.offsets.len() != row + 1 {
            let end = self.text_bytes() as u32;
            self.offsets.resize(row + 1, end);
        }
    }

    /// Makes memory for so many bytes.
    fn reserve(&mut self, n_bytes: usize) {
        let capacity = self.bytes.capacity();
        if n_bytes > capacity {
            let factor = if capacity < SMALL_BYTES { 4 } else { 2 };
            let (expected_bytes, expected_rows) = std::mem::take(&mut self.expected);
            let roomy = (capacity * factor).max(expected_bytes).min(ENOUGH_BYTES);
            let wanted = if n_bytes > roomy {
                n_bytes + n_bytes / 8
            } else {
                roomy
            };
            self.offsets.reserve(expected_rows);
            self.bytes.reserve_exact(wanted - self.bytes.len());
        }
    }

    #[cold]
    #[inline(never)]
    fn fill_ahead(&mut self, n_bytes: usize) {
        self.reserve(n_bytes);
        let n_ahead = (n_bytes + AHEAD_BYTES).min(self.bytes.capacity());
        // In pieces that are copied: `resize` would do it byte by byte.
        while self.bytes.len() < n_ahead {
            let n_more = n_ahead - self.bytes.len();
            let zeros = ZEROS.get(..n_more).unwrap_or(&ZEROS);
            self.bytes.extend_from_slice(zeros);
        }
    }

    /// The texts of the first `n_rows` rows and their places; the block is empty then and expects as
    /// many.
    pub(crate) fn take(&mut self, n_rows: usize) -> (Vec<u8>, Vec<u32>) {
        self.fill(n_rows);
        let n_bytes = self.text_bytes();
        let (mut bytes, mut offsets) = (
            std::mem::take(&mut self.bytes),
            std::mem::take(&mut self.offsets),
        );
        *self = Self::new();
        self.expected = (n_bytes + n_bytes / 8, n_rows);
        bytes.truncate(n_bytes);
        bytes.shrink_to_fit();
        offsets.shrink_to_fit();
        (bytes, offsets)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    // The branch of the vectors is there in WebAssembly alone.
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn texts_of_any_length_stand_one_behind_the_other() {
        let source: Vec<u8> = (0..2_000).map(|at| b'a' + (at % 26) as u8).collect();
        for tail in [0, 1, 15, 16, 40] {
            let mut block = Block::new();
            let mut expected = Vec::new();
            for n_bytes in 0..300 {
                let row = n_bytes * 2;
                // A text that is taken back, one that is replaced, one that stays.
                block.put(row, &source[5..], 9);
                block.clear(row);
                block.put(row, b"no", 2);
                block.clear(row);
                block.put(row, &source[n_bytes..n_bytes * 2 + tail], n_bytes);
                expected.extend_from_slice(&source[n_bytes..n_bytes * 2]);
            }
            assert_eq!(block.text_bytes(), expected.len());
            let (bytes, offsets) = block.take(601);
            assert_eq!(bytes, expected);
            assert_eq!(
                (offsets.len(), offsets[598], offsets[599]),
                (602, offsets[597], offsets[601])
            );
            assert!(block.is_empty() && block.text_bytes() == 0);
        }
    }
}
