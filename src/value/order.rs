//! Sorting: one copy of the algorithm in the module, for every type.
//!
//! Input: a slice and a comparison. Output: the slice in order; equals keep their order. The sort of
//! the standard library is asked for row numbers alone: it weighs 9 kB for every type and comparison.

use std::cmp::Ordering;

/// Sorts by a comparison; equals keep their order.
pub fn sort_by<T>(items: &mut [T], mut compare: impl FnMut(&T, &T) -> Ordering) {
    let mut order: Vec<u32> = (0..items.len() as u32).collect();
    sort_rows(&mut order, &mut |left, right| match (
        items.get(left as usize),
        items.get(right as usize),
    ) {
        (Some(left), Some(right)) => compare(left, right),
        _ => Ordering::Equal,
    });
    arrange(&mut order, &mut |left, right| items.swap(left, right));
}

/// Sorts by a key; equals keep their order.
pub fn sort_by_key<T, K: Ord>(items: &mut [T], key: impl Fn(&T) -> K) {
    sort_by(items, |left, right| key(left).cmp(&key(right)));
}

/// Row numbers in the order of their rows; equal rows in that of their numbers.
#[inline(never)]
pub fn sort_rows(rows: &mut [u32], compare: &mut dyn FnMut(u32, u32) -> Ordering) {
    rows.sort_unstable_by(|&left, &right| match compare(left, right) {
        Ordering::Equal => left.cmp(&right),
        order => order,
    });
}

/// The value that has a rank among unsorted ones, which it brings nearer to their order.
///
/// Hoare's selection: halves that the rank is not in are left as they are. Where the halves stay
/// large for too long, the rest is sorted.
pub fn select(values: &mut [i64], mut rank: usize) -> Option<i64> {
    let mut part = values;
    let mut n_steps = 2 * (part.len() + 1).ilog2();
    while part.len() > 8 && n_steps > 0 {
        n_steps -= 1;
        let (first, middle, last) = (part[0], part[part.len() / 2], part[part.len() - 1]);
        let pivot = first.max(middle).min(first.min(middle).max(last));
        let (mut left, mut right) = (0, part.len() - 1);
        while left <= right {
            while part[left] < pivot {
                left += 1;
            }
            while part[right] > pivot {
                right -= 1;
            }
            if left <= right {
                (part[left], part[right]) = (part[right], part[left]);
                left += 1;
                right = right.saturating_sub(1);
            }
        }
        if rank <= right {
            part = &mut part[..=right];
        } else if rank >= left {
            part = &mut part[left..];
            rank -= left;
        } else {
            return Some(pivot);
        }
    }
    sort_by_key(part, |value| *value);
    part.get(rank).copied()
}

/// Brings every item from its place in `order` to where it belongs, along the cycles of the order.
#[inline(never)]
fn arrange(order: &mut [u32], swap: &mut dyn FnMut(usize, usize)) {
    for start in 0..order.len() {
        let mut at = start;
        while let Some(from) = order.get_mut(at) {
            let next = *from as usize;
            *from = at as u32;
            if next == start {
                break;
            }
            swap(at, next);
            at = next;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers with many equals.
    fn numbers(n_items: usize, n_values: u64) -> Vec<u64> {
        let mut state = 7_u64;
        let next = |_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) % n_values
        };
        (0..n_items).map(next).collect()
    }

    #[test]
    fn every_rank_is_found() {
        for (n_items, n_values) in [
            (1, 1),
            (9, 3),
            (100, 1),
            (500, 2),
            (700, 90),
            (800, 1 << 30),
        ] {
            let mut values: Vec<i64> = numbers(n_items, n_values)
                .into_iter()
                .map(|number| number as i64 - 40)
                .collect();
            let mut expected = values.clone();
            expected.sort_unstable();
            for rank in [0, n_items / 3, n_items / 2, n_items - 1] {
                assert_eq!(select(&mut values, rank), Some(expected[rank]));
            }
            // What is in order already, and what is in the opposite order.
            let rank = n_items / 2;
            assert_eq!(select(&mut expected.clone(), rank), Some(expected[rank]));
            let mut opposite: Vec<i64> = expected.iter().rev().copied().collect();
            assert_eq!(select(&mut opposite, rank), Some(expected[rank]));
        }
        assert_eq!(select(&mut [], 0), None);
    }

    #[test]
    fn equals_keep_their_order() {
        // Every length up to one that takes all paths.
        for n_items in [0, 1, 2, 3, 5, 20, 21, 64, 1000] {
            let mut items: Vec<(u64, usize)> = numbers(n_items, 17)
                .into_iter()
                .enumerate()
                .map(|(at, number)| (number, at))
                .collect();
            let mut expected = items.clone();
            expected.sort_unstable();
            sort_by_key(&mut items, |item| item.0);
            assert_eq!(items, expected);
        }
    }
}
