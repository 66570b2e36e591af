//! The order of parts that share a number: the one that makes JSON, where there is only one.
//!
//! Input: groups of texts; groups stand in their order, the texts of a group in any. Output: the
//! order of all texts, or that there are several or none. JSON here is a list or an object, as
//! messages are. Invariants: two orders that give the same bytes are one; the work is bounded, and where the bound is reached the order is not told. Absent
//! on purpose: likelihood (sizes of parts, words across a cut), since a wrong order is a wrong text.

use super::json_text::JsonText;

/// Most times that a part is tried behind others.
const MAX_TRIALS: usize = 20_000;

/// Texts that may stand at the same places.
pub(super) struct Group<'t> {
    /// Distinct texts, and how often each comes.
    pub(super) texts: Vec<(&'t str, u32)>,
}

/// What is known of the order.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// One order makes JSON: places as (group, text).
    One(Vec<(usize, usize)>),
    /// Several do, or they are too many to try.
    Several,
    /// None does.
    None,
}

/// The order of the texts.
pub(super) fn find(groups: &[Group<'_>]) -> Order {
    Search::new(groups).run()
}

/// What reading a text in a state leads to.
#[derive(Clone, Copy)]
enum Move {
    Untried,
    To(u32),
    Nowhere,
}

/// One step of the way: which text stands there, and what was read before it.
struct Step {
    group: usize,
    /// The text that stands here, or the first to try.
    text: usize,
    state_before: u32,
}

struct Search<'g, 't> {
    groups: &'g [Group<'t>],
    /// How often each text may still be taken.
    left: Vec<Vec<u32>>,
    /// Where a document can be behind some of the texts.
    states: Vec<JsonText>,
    /// What reading a text leads to, by group, text and state.
    moves: Vec<Vec<Vec<Move>>>,
    n_trials: usize,
}

impl<'g, 't> Search<'g, 't> {
    fn new(groups: &'g [Group<'t>]) -> Self {
        Self {
            groups,
            left: groups
                .iter()
                .map(|group| group.texts.iter().map(|&(_, count)| count).collect())
                .collect(),
            states: vec![JsonText::new()],
            moves: groups
                .iter()
                .map(|group| vec![Vec::new(); group.texts.len()])
                .collect(),
            n_trials: 0,
        }
    }

    fn run(mut self) -> Order {
        let n_texts =
            |group: &Group<'_>| group.texts.iter().map(|&(_, count)| count as usize).sum();
        let sizes: Vec<usize> = self.groups.iter().map(n_texts).collect();
        let of_place: Vec<usize> = sizes
            .iter()
            .enumerate()
            .flat_map(|(group, &size)| std::iter::repeat_n(group, size))
            .collect();
        let mut found: Option<Vec<(usize, usize)>> = None;
        let mut way: Vec<Step> = Vec::new();
        let (mut state, mut from) = (0, 0);
        loop {
            let next = of_place
                .get(way.len())
                .map(|&group| (group, self.next(group, from, state)));
            if self.n_trials > MAX_TRIALS {
                return Order::Several;
            }
            if let Some((group, Some((text, state_after)))) = next {
                self.take(group, text, true);
                way.push(Step {
                    group,
                    text,
                    state_before: state,
                });
                (state, from) = (state_after, 0);
                continue;
            }
            let is_whole = next.is_none()
                && self
                    .states
                    .get(state as usize)
                    .is_some_and(JsonText::is_whole);
            if is_whole {
                let order: Vec<_> = way.iter().map(|step| (step.group, step.text)).collect();
                match &found {
                    Some(first) if !self.is_same(first, &order) => return Order::Several,
                    Some(_) => {}
                    None => found = Some(order),
                }
            }
            let Some(last) = way.pop() else {
                return found.map_or(Order::None, Order::One);
            };
            self.take(last.group, last.text, false);
            (state, from) = (last.state_before, last.text + 1);
        }
    }

    fn take(&mut self, group: usize, text: usize, is_taken: bool) {
        let left = self.left.get_mut(group).and_then(|left| left.get_mut(text));
        if let Some(left) = left {
            *left = if is_taken {
                left.saturating_sub(1)
            } else {
                *left + 1
            };
        }
    }

    /// The first text of a group that may stand behind what was read, and what is read with it.
    fn next(&mut self, group: usize, from: usize, state: u32) -> Option<(usize, u32)> {
        let n_texts = self.groups.get(group)?.texts.len();
        for text in from..n_texts {
            if self.left.get(group)?.get(text) == Some(&0) {
                continue;
            }
            self.n_trials += 1;
            if self.n_trials > MAX_TRIALS {
                return None;
            }
            if let Some(after) = self.behind(group, text, state) {
                return Some((text, after));
            }
        }
        None
    }

    fn behind(&mut self, group: usize, text: usize, state: u32) -> Option<u32> {
        match self.moves.get(group)?.get(text)?.get(state as usize) {
            Some(Move::To(after)) => return Some(*after),
            Some(Move::Nowhere) => return None,
            Some(Move::Untried) | None => {}
        }
        let mut json = self.states.get(state as usize)?.clone();
        let (bytes, _) = self.groups.get(group)?.texts.get(text)?;
        // Messages are a list or an object, never a text or a number alone.
        let begins = bytes.trim_start().chars().next();
        let may_stand = !json.is_at_start() || matches!(begins, Some('[' | '{') | None);
        let after = (may_stand && json.read(bytes)).then(|| {
            let known = self.states.iter().position(|known| *known == json);
            known.unwrap_or_else(|| {
                self.states.push(json);
                self.states.len() - 1
            }) as u32
        });
        let tried = self.moves.get_mut(group)?.get_mut(text)?;
        if tried.len() <= state as usize {
            tried.resize(state as usize + 1, Move::Untried);
        }
        if let Some(place) = tried.get_mut(state as usize) {
            *place = after.map_or(Move::Nowhere, Move::To);
        }
        after
    }

    /// Whether two orders give the same bytes.
    fn is_same(&self, one: &[(usize, usize)], other: &[(usize, usize)]) -> bool {
        let bytes = |order: &[(usize, usize)]| -> Vec<&'t [u8]> {
            let text = |&(group, text): &(usize, usize)| {
                let group: &Group<'t> = self.groups.get(group)?;
                group.texts.get(text).map(|&(text, _)| text.as_bytes())
            };
            order.iter().filter_map(text).collect()
        };
        let (one, other) = (bytes(one), bytes(other));
        one.iter()
            .copied()
            .flatten()
            .eq(other.iter().copied().flatten())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(groups: &[&[&str]]) -> Order {
        let groups: Vec<Group<'_>> = groups
            .iter()
            .map(|texts| Group {
                texts: texts.iter().map(|&text| (text, 1)).collect(),
            })
            .collect();
        find(&groups)
    }

    #[test]
    fn the_only_order_that_is_json_is_found() {
        let parts: &[&str] = &["e9\"}]", "[{\"role\":\"us", "er\",\"content\":\"caf\\u00"];
        assert_eq!(order(&[parts]), Order::One(vec![(0, 1), (0, 2), (0, 0)]));
        assert_eq!(
            order(&[&["[1"], &["]", ",2"]]),
            Order::One(vec![(0, 0), (1, 1), (1, 0)])
        );
    }

    #[test]
    fn several_orders_are_told_and_equal_ones_are_one() {
        assert_eq!(order(&[&["[\"", "a", "b", "\"]"]]), Order::Several);
        let Order::One(found) = order(&[&["[\"", "a", "aa", "\"]"]]) else {
            panic!("both orders give the same bytes");
        };
        assert_eq!(found.len(), 4);
        assert_eq!(order(&[&["[\"", "a"]]), Order::None);
        assert_eq!(order(&[&["hello", " world"]]), Order::None);
    }

    #[test]
    fn the_work_is_bounded() {
        let texts: Vec<String> = (0..5_000).map(|at| format!("\"k{at}\":[")).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        assert!(matches!(order(&[&texts]), Order::Several | Order::None));
        let mut parts = vec!["[\""];
        let middles: Vec<String> = (0..30_000).map(|at| format!("part {at} ")).collect();
        parts.extend(middles.iter().map(String::as_str));
        parts.push("\"]");
        assert_eq!(order(&[&parts]), Order::Several);
    }
}
