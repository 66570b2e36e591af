//! Functions in an order in which each is like those before it.
//!
//! Input: the bodies of functions. Output: their numbers; the next is always the one that shares the
//! most pieces with the bodies that gzip still sees, which looks back 32 KiB. Deterministic: of two
//! that share as much, the first comes first.

use std::collections::{HashMap, VecDeque};

/// How many bytes gzip sees, less what one body may have.
const WINDOW: usize = 30_000;
/// How many bytes a piece has.
const PIECE: usize = 6;
/// A piece that more bodies hold tells nothing about any of them.
const MAX_HOLDERS: usize = 30;

/// The order of some bodies.
pub fn order(bodies: &[&[u8]]) -> Vec<u32> {
    let pieces = Pieces::of(bodies);
    let mut likeness = Likeness {
        pieces: &pieces,
        n_seen: vec![0; pieces.holders.len()],
        n_shared: vec![0; bodies.len()],
    };
    let mut seen = VecDeque::new();
    let mut n_seen_bytes = 0;
    let mut left: Vec<usize> = (0..bodies.len()).collect();
    let mut order = Vec::with_capacity(bodies.len());
    while let Some(place) = likeness.next(&left, bodies) {
        let next = left.remove(place);
        order.push(next as u32);
        likeness.see(next, true);
        seen.push_back(next);
        n_seen_bytes += bodies[next].len();
        while n_seen_bytes > WINDOW && seen.len() > 1 {
            let Some(gone) = seen.pop_front() else { break };
            likeness.see(gone, false);
            n_seen_bytes -= bodies[gone].len();
        }
    }
    order
}

/// The pieces that some bodies share.
struct Pieces {
    /// The pieces of every body.
    of_body: Vec<Vec<usize>>,
    /// The bodies of every piece.
    holders: Vec<Vec<usize>>,
}

impl Pieces {
    fn of(bodies: &[&[u8]]) -> Self {
        let mut numbers: HashMap<&[u8], usize> = HashMap::new();
        let mut holders: Vec<Vec<usize>> = Vec::new();
        for (at, body) in bodies.iter().enumerate() {
            for piece in body.windows(PIECE) {
                let number = *numbers.entry(piece).or_insert_with(|| {
                    holders.push(Vec::new());
                    holders.len() - 1
                });
                if holders[number].last() != Some(&at) {
                    holders[number].push(at);
                }
            }
        }
        let mut of_body = vec![Vec::new(); bodies.len()];
        for (number, holders) in holders.iter().enumerate() {
            if (2..=MAX_HOLDERS).contains(&holders.len()) {
                holders.iter().for_each(|&at| of_body[at].push(number));
            }
        }
        Self { of_body, holders }
    }
}

/// How much each body shares with those that are seen.
struct Likeness<'p> {
    pieces: &'p Pieces,
    /// How many of the bodies that are seen hold each piece.
    n_seen: Vec<u32>,
    /// How many of its pieces are seen, for each body.
    n_shared: Vec<u32>,
}

impl Likeness<'_> {
    /// A body comes into sight, or goes out of it.
    fn see(&mut self, body: usize, comes: bool) {
        for &piece in &self.pieces.of_body[body] {
            let n_seen = &mut self.n_seen[piece];
            *n_seen = if comes { *n_seen + 1 } else { *n_seen - 1 };
            // Whether this one alone decides.
            if *n_seen != u32::from(comes) {
                continue;
            }
            for &holder in &self.pieces.holders[piece] {
                let n_shared = &mut self.n_shared[holder];
                *n_shared = if comes { *n_shared + 1 } else { *n_shared - 1 };
            }
        }
    }

    /// The place of the body that shares most, for its length.
    fn next(&self, left: &[usize], bodies: &[&[u8]]) -> Option<usize> {
        let share = |&(_, &at): &(usize, &usize)| {
            let length = (bodies[at].len() + 20) as f64;
            f64::from(self.n_shared[at]) / length.powf(0.7)
        };
        let most = left
            .iter()
            .enumerate()
            .rev()
            .max_by(|one, other| share(one).total_cmp(&share(other)));
        most.map(|(place, _)| place)
    }
}
