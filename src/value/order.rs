//! Sorting where the rows are few: one copy of the algorithm in the module, for every type.
//!
//! Input: a slice and a comparison. Output: the slice in order; equals keep their order. Absent on
//! purpose: the sorts of columns (`engine::operator::sort`), which are worth a copy of their own.

use std::cmp::Ordering;

/// Sorts by a comparison; equals keep their order.
pub fn sort_by<T>(items: &mut [T], mut compare: impl FnMut(&T, &T) -> Ordering) {
    let mut order = places(items.len(), &mut |left, right| match (
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

/// Places from the smallest to the largest item.
#[inline(never)]
fn places(n_items: usize, compare: &mut dyn FnMut(u32, u32) -> Ordering) -> Vec<u32> {
    let mut order: Vec<u32> = (0..n_items as u32).collect();
    order.sort_unstable_by(|&left, &right| compare(left, right).then(left.cmp(&right)));
    order
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

    #[test]
    fn equals_keep_their_order() {
        // A generator of numbers with many equals, in every length up to one that takes all paths.
        let mut state = 7_u64;
        for n_items in [0, 1, 2, 3, 5, 20, 21, 64, 1000] {
            let mut items: Vec<(u64, usize)> = (0..n_items)
                .map(|at| {
                    state = state
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1);
                    ((state >> 33) % 17, at)
                })
                .collect();
            let mut expected = items.clone();
            expected.sort_unstable();
            sort_by_key(&mut items, |item| item.0);
            assert_eq!(items, expected);
        }
    }
}
