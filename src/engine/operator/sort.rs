//! `sort` and `top`.
//!
//! Every batch is sorted as it comes in; at the end the sorted runs are merged, a batch of output a
//! step. With a limit only the best rows so far are kept. Equal rows stay in the order of the input.

use super::{Poll, Run, hold};
use crate::engine::Outcome;
use crate::engine::batch::{Batch, Lazy};
use crate::engine::eval::Context;
use crate::engine::plan::SortKey;
use crate::table::{Column, Data, SEGMENT_ROWS, Strings};
use crate::text::Span;
use crate::value::{Type, Value, order};
use std::cmp::Ordering;
use std::rc::Rc;

/// A row: its batch and its place there.
type Place = (u32, u32);

pub(super) struct Sort {
    input: Option<Box<dyn Run>>,
    keys: Vec<SortKey>,
    limit: Option<usize>,
    kinds: Vec<Type>,
    batches: Vec<Batch>,
    /// The key columns of every batch.
    values: Vec<Vec<Key>>,
    /// The rows of every batch in order, and how many were given.
    runs: Vec<(Vec<Place>, usize)>,
    shared: Option<Rc<Vec<Batch>>>,
    n_given: usize,
    n_held: usize,
    span: Span,
}

/// A key column in a form that compares fast.
enum Key {
    Numbers(Vec<i64>, Vec<bool>),
    Texts(Rc<Column>),
    Values(Vec<Value>),
}

impl Key {
    fn of(column: &Rc<Column>) -> Self {
        let nulls = |n_rows: usize| (0..n_rows).map(|row| column.is_null(row)).collect();
        match &column.data {
            Data::Int(values) => Self::Numbers(
                values.iter().map(|&value| i64::from(value)).collect(),
                nulls(values.len()),
            ),
            Data::Long(values) => Self::Numbers(values.clone(), nulls(values.len())),
            Data::Bool(values) => Self::Numbers(
                values.iter().map(|&value| i64::from(value)).collect(),
                nulls(values.len()),
            ),
            Data::Real(values) => {
                // NaN stands with the nulls.
                let bits = |value: &f64| {
                    let bits = value.to_bits() as i64;
                    bits ^ (((bits >> 63) as u64) >> 1) as i64
                };
                let zero = |value: &f64| if *value == 0.0 { 0.0 } else { *value };
                let missing = values
                    .iter()
                    .enumerate()
                    .map(|(row, value)| value.is_nan() || column.is_null(row))
                    .collect();
                Self::Numbers(
                    values.iter().map(|value| bits(&zero(value))).collect(),
                    missing,
                )
            }
            Data::String(_) => Self::Texts(Rc::clone(column)),
            _ => Self::Values((0..column.len()).map(|row| column.value(row)).collect()),
        }
    }

    /// Order of two rows, nulls aside: whether each is null, and how the values compare.
    #[inline(always)]
    fn compare(&self, row: u32, other: &Self, other_row: u32) -> (bool, bool, Ordering) {
        let (a, b) = (row as usize, other_row as usize);
        match (self, other) {
            (Self::Numbers(left, left_nulls), Self::Numbers(right, right_nulls)) => (
                left_nulls.get(a).copied().unwrap_or(true),
                right_nulls.get(b).copied().unwrap_or(true),
                order_of(left.get(a), right.get(b)),
            ),
            (Self::Texts(left), Self::Texts(right)) => {
                (false, false, compare_texts(left, a, right, b))
            }
            (Self::Values(left), Self::Values(right)) => {
                let (left, right) = (
                    left.get(a).unwrap_or(&Value::Null),
                    right.get(b).unwrap_or(&Value::Null),
                );
                let order =
                    crate::engine::scalar::operators::order(left, right).unwrap_or(Ordering::Equal);
                (left.is_null(), right.is_null(), order)
            }
            _ => (true, true, Ordering::Equal),
        }
    }
}

#[inline(always)]
fn order_of<T: Ord>(left: Option<&T>, right: Option<&T>) -> Ordering {
    match (left, right) {
        (Some(left), Some(right)) => left.cmp(right),
        _ => Ordering::Equal,
    }
}

fn compare_texts(left: &Column, a: usize, right: &Column, b: usize) -> Ordering {
    let (Data::String(left), Data::String(right)) = (&left.data, &right.data) else {
        return Ordering::Equal;
    };
    match (left, right) {
        (
            Strings::Coded {
                codes: x,
                dictionary: p,
            },
            Strings::Coded {
                codes: y,
                dictionary: q,
            },
        ) if Rc::ptr_eq(p, q) && x.get(a) == y.get(b) => Ordering::Equal,
        (Strings::Guids(x), Strings::Guids(y)) => order_of(x.get(a), y.get(b)),
        _ => {
            let (mut scratch, mut other) = (String::new(), String::new());
            left.get(a, &mut scratch).cmp(right.get(b, &mut other))
        }
    }
}

impl Sort {
    pub(super) fn new(
        input: Box<dyn Run>,
        keys: Vec<SortKey>,
        limit: Option<usize>,
        kinds: Vec<Type>,
        span: Span,
    ) -> Self {
        Self {
            input: Some(input),
            keys,
            limit,
            kinds,
            batches: Vec::new(),
            values: Vec::new(),
            runs: Vec::new(),
            shared: None,
            n_given: 0,
            n_held: 0,
            span,
        }
    }

    #[inline(always)]
    fn key(&self, place: Place, at: usize) -> Option<&Key> {
        self.values.get(place.0 as usize)?.get(at)
    }

    fn compare(&self, left: Place, right: Place) -> Ordering {
        for (at, key) in self.keys.iter().enumerate() {
            let (Some(a), Some(b)) = (self.key(left, at), self.key(right, at)) else {
                continue;
            };
            let order = match a.compare(left.1, b, right.1) {
                (true, true, _) => Ordering::Equal,
                (true, false, _) => {
                    if key.is_nulls_first {
                        Ordering::Less
                    } else {
                        Ordering::Greater
                    }
                }
                (false, true, _) => {
                    if key.is_nulls_first {
                        Ordering::Greater
                    } else {
                        Ordering::Less
                    }
                }
                (false, false, order) => {
                    if key.is_ascending {
                        order
                    } else {
                        order.reverse()
                    }
                }
            };
            if order != Ordering::Equal {
                return order;
            }
        }
        left.cmp(&right)
    }

    fn take(&mut self, batch: Batch) {
        let number = self.batches.len() as u32;
        self.values.push(
            self.keys
                .iter()
                .map(|key| Key::of(&batch.column(key.column)))
                .collect(),
        );
        let mut rows: Vec<u32> = (0..batch.n_rows as u32).collect();
        self.batches.push(batch);
        // With a limit the best rows so far are one run; what is behind its last row is not sorted.
        if let Some(limit) = self.limit
            && let Some((best, _)) = self.runs.first()
            && let Some(&last) = best.get(limit.wrapping_sub(1))
        {
            rows.retain(|&row| self.compare((number, row), last) == Ordering::Less);
        }
        order::sort_rows(&mut rows, &mut |a, b| {
            self.compare((number, a), (number, b))
        });
        let rows = rows.into_iter().map(|row| (number, row)).collect();
        self.runs.push((rows, 0));
        if let Some(limit) = self.limit {
            let best = (0..limit).map_while(|_| self.next()).collect();
            self.runs = vec![(best, 0)];
            self.drop_unused();
        }
    }

    /// Lets go of batches that no longer hold one of the best rows.
    fn drop_unused(&mut self) {
        let Some((rows, _)) = self.runs.first() else {
            return;
        };
        let mut is_used = vec![false; self.batches.len()];
        for &(batch, _) in rows {
            if let Some(used) = is_used.get_mut(batch as usize) {
                *used = true;
            }
        }
        for (at, used) in is_used.iter().enumerate() {
            if !used
                && let (Some(batch), Some(values)) =
                    (self.batches.get_mut(at), self.values.get_mut(at))
            {
                *batch = Batch::default();
                values.clear();
            }
        }
    }

    /// The smallest of the runs' next rows.
    fn next(&mut self) -> Option<Place> {
        let mut best: Option<(usize, Place)> = None;
        for (at, (rows, n_taken)) in self.runs.iter().enumerate() {
            if let Some(&place) = rows.get(*n_taken)
                && best.is_none_or(|(_, smallest)| self.compare(place, smallest) == Ordering::Less)
            {
                best = Some((at, place));
            }
        }
        let (at, place) = best?;
        if let Some((_, n_taken)) = self.runs.get_mut(at) {
            *n_taken += 1;
        }
        Some(place)
    }

    /// The next rows of the answer.
    fn merge(&mut self) -> Vec<Place> {
        if let [(rows, n_taken)] = self.runs.as_mut_slice() {
            let end = (*n_taken + SEGMENT_ROWS).min(rows.len());
            let places = rows.get(*n_taken..end).unwrap_or_default().to_vec();
            *n_taken = end;
            return places;
        }
        // Many runs make each row dearer; keep the step as long as a batch of two.
        let n_wanted = (SEGMENT_ROWS * 2 / self.runs.len().max(1)).max(1024);
        let mut places = Vec::with_capacity(n_wanted);
        while places.len() < n_wanted {
            let Some(place) = self.next() else { break };
            places.push(place);
        }
        places
    }
}

impl Run for Sort {
    fn poll(&mut self, context: &Context) -> Outcome<Poll> {
        if let Some(input) = &mut self.input {
            match input.poll(context)? {
                Poll::Batch(batch) => {
                    self.n_held += batch.n_rows;
                    hold(self.n_held.min(self.limit.unwrap_or(usize::MAX)), self.span)?;
                    self.take(batch);
                }
                Poll::Pending => {}
                Poll::Done => self.input = None,
            }
            return Ok(Poll::Pending);
        }
        let places = Rc::new(self.merge());
        if places.is_empty() {
            return Ok(Poll::Done);
        }
        self.n_given += places.len();
        let batches = self
            .shared
            .get_or_insert_with(|| Rc::new(self.batches.clone()));
        let columns = self
            .kinds
            .iter()
            .enumerate()
            .map(|(at, &kind)| Lazy::scattered(batches, at, &places, kind))
            .collect();
        Ok(Poll::Batch(Batch {
            columns,
            n_rows: places.len(),
        }))
    }
}
