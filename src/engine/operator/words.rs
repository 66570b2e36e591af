//! How many distinct words there are, of words that nearly all differ.
//!
//! Input: words of 128 bits (guids, above all), batch by batch. Output: a number. Words are put in
//! order by the upper bits of their hash and told apart part by part: a part and its index are small
//! enough for the near memory, all words together are not.

use super::key::{Index, hash_word};

const N_PARTS: usize = 1 << N_PART_BITS;
const N_PART_BITS: u32 = 8;
/// Words that are kept without being told apart.
const N_UNSETTLED: usize = 1 << 20;

/// Counts distinct words.
#[derive(Default)]
pub struct Words {
    batches: Vec<Parted>,
    n_kept: usize,
    n_distinct: usize,
}

/// Words in order of their parts, and where each part starts and the last one ends.
struct Parted {
    words: Vec<u128>,
    starts: Vec<usize>,
}

#[inline(always)]
const fn part_of(word: u128) -> usize {
    (hash_word(word) >> (u64::BITS - N_PART_BITS)) as usize
}

/// Puts every word once to the front; how many there are.
fn tell_apart(words: &mut [u128]) -> usize {
    let mut index = Index::sized((words.len() * 4).next_power_of_two());
    let mut n_distinct = 0;
    for at in 0..words.len() {
        let word = words.get(at).copied().unwrap_or_default();
        let hash = hash_word(word) << N_PART_BITS;
        let found = index.find(hash, |known| words.get(known as usize) == Some(&word));
        if let Err(free) = found {
            index.put(free, hash, n_distinct as u32);
            if let Some(place) = words.get_mut(n_distinct) {
                *place = word;
            }
            n_distinct += 1;
        }
    }
    n_distinct
}

impl Words {
    /// Takes more words.
    pub fn add(&mut self, words: &[u128]) {
        let mut starts = vec![0; N_PARTS + 1];
        for &word in words {
            if let Some(count) = starts.get_mut(part_of(word) + 1) {
                *count += 1;
            }
        }
        let mut n_before = 0;
        for start in &mut starts {
            n_before += *start;
            *start = n_before;
        }
        let (mut next, mut parted) = (starts.clone(), vec![0; words.len()]);
        for &word in words {
            if let Some(at) = next.get_mut(part_of(word)) {
                if let Some(place) = parted.get_mut(*at) {
                    *place = word;
                }
                *at += 1;
            }
        }
        self.n_kept += words.len();
        self.batches.push(Parted {
            words: parted,
            starts,
        });
        if self.n_kept > N_UNSETTLED + self.n_distinct * 2 {
            self.count();
        }
    }

    /// How many distinct words there are.
    pub fn count(&mut self) -> usize {
        let (mut words, mut starts) = (Vec::with_capacity(self.n_kept), vec![0]);
        for part in 0..N_PARTS {
            let first = words.len();
            for batch in &self.batches {
                if let Some(&[start, end]) = batch.starts.get(part..part + 2) {
                    words.extend_from_slice(batch.words.get(start..end).unwrap_or_default());
                }
            }
            let n_distinct = tell_apart(words.get_mut(first..).unwrap_or_default());
            words.truncate(first + n_distinct);
            starts.push(words.len());
        }
        self.n_kept = words.len();
        self.n_distinct = words.len();
        self.batches = vec![Parted { words, starts }];
        self.n_distinct
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_counts_once_however_it_comes() {
        let word = |number: u128| number.wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
        let mut words = Words::default();
        assert_eq!(words.count(), 0);
        for _ in 0..40 {
            words.add(&(0..30_000).map(word).collect::<Vec<u128>>());
        }
        // More came than is kept without being told apart.
        assert!(words.n_kept < 40 * 30_000);
        assert_eq!(words.count(), 30_000);
        words.add(&(29_999..30_002).map(word).collect::<Vec<u128>>());
        words.add(&[word(0), u128::MAX, 0, u128::MAX]);
        // `word(0)` is 0.
        assert_eq!(words.count(), 30_003);
    }
}
