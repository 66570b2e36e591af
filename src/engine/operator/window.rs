//! Functions that look at neighbouring rows: `row_number`, `row_cumsum`, `prev`, `next`, ranks,
//! sessions.
//!
//! All but `prev` and `next` pass over the rows once. Those two need rows before or behind the batch,
//! so batches are kept until the rows they look at are there.

use super::rows::column_of;
use super::{Poll, Run};
use crate::engine::Outcome;
use crate::engine::batch::{Batch, Lazy};
use crate::engine::eval::{Context, Vector, evaluate};
use crate::engine::plan::WindowCall;
use crate::engine::scalar::operators::order;
use crate::value::Value;
use std::cmp::Ordering;

/// Which function, with its constants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// `row_number(start, restart)`
    RowNumber {
        /// The first number.
        start: i64,
    },
    /// `row_cumsum(term, restart)`
    CumulativeSum,
    /// `row_rank_dense(term, restart)`
    DenseRank,
    /// `row_rank_min(term, restart)`
    MinRank,
    /// `row_window_session(value, distance from first, distance between, restart)`
    Session,
    /// `prev` (negative) and `next` (positive)
    Shift {
        /// How many rows away.
        offset: i64,
    },
}

pub(super) struct Windows {
    input: Option<Box<dyn Run>>,
    calls: Vec<WindowCall>,
    states: Vec<State>,
    /// Batches with the answers of the functions that pass once; those of shifts come at the end.
    kept: Vec<Batch>,
    /// Values that shifts look at, for all rows so far.
    looked_at: Vec<Vec<Value>>,
    defaults: Vec<Vec<Value>>,
    n_given: usize,
    rows_given: usize,
}

#[derive(Clone, Default)]
struct State {
    number: i64,
    /// The sum so far, or the start of the session.
    sum: Option<Value>,
    last: Option<Value>,
    rank: i64,
}

impl Windows {
    pub(super) fn new(input: Box<dyn Run>, calls: Vec<WindowCall>) -> Self {
        let n_calls = calls.len();
        Self {
            input: Some(input),
            calls,
            states: vec![State::default(); n_calls],
            kept: Vec::new(),
            looked_at: vec![Vec::new(); n_calls],
            defaults: vec![Vec::new(); n_calls],
            n_given: 0,
            rows_given: 0,
        }
    }

    fn take(&mut self, batch: &Batch, context: &Context) -> Outcome<()> {
        let mut columns = batch.columns.clone();
        for (at, call) in self.calls.iter().enumerate() {
            let mut arguments = Vec::with_capacity(call.arguments.len());
            for argument in &call.arguments {
                arguments.push(evaluate(argument, batch, context)?);
            }
            let state = self
                .states
                .get_mut(at)
                .map(std::mem::take)
                .unwrap_or_default();
            if let Window::Shift { .. } = call.function {
                let value = |argument: Option<&Vector>, row: usize| {
                    argument.map_or(Value::missing(call.kind), |argument| argument.value(row))
                };
                if let Some(values) = self.looked_at.get_mut(at) {
                    values.extend((0..batch.n_rows).map(|row| value(arguments.first(), row)));
                }
                if let Some(defaults) = self.defaults.get_mut(at) {
                    defaults.extend((0..batch.n_rows).map(|row| value(arguments.get(1), row)));
                }
                columns.push(Lazy::constant(Value::Null, call.kind, 0));
                continue;
            }
            let (values, state) = pass(call.function, &arguments, batch.n_rows, state);
            if let Some(place) = self.states.get_mut(at) {
                *place = state;
            }
            columns.push(Lazy::column(column_of(call.kind, values)));
        }
        self.kept.push(Batch {
            columns,
            n_rows: batch.n_rows,
        });
        Ok(())
    }

    /// The next kept batch, with the shifts put in.
    fn give(&mut self) -> Option<Batch> {
        let mut batch = self.kept.get(self.n_given)?.clone();
        if let Some(place) = self.kept.get_mut(self.n_given) {
            *place = Batch::default();
        }
        self.n_given += 1;
        let n_input = batch.columns.len() - self.calls.len();
        for (at, call) in self.calls.iter().enumerate() {
            let Window::Shift { offset } = call.function else {
                continue;
            };
            let values = self
                .looked_at
                .get(at)
                .map(Vec::as_slice)
                .unwrap_or_default();
            let defaults = self.defaults.get(at).map(Vec::as_slice).unwrap_or_default();
            let shifted = (0..batch.n_rows).map(|row| {
                let row = self.rows_given + row;
                let there = usize::try_from(row as i64 + offset)
                    .ok()
                    .and_then(|row| values.get(row));
                there
                    .or_else(|| defaults.get(row))
                    .cloned()
                    .unwrap_or_default()
            });
            let column = Lazy::column(column_of(call.kind, shifted));
            if let Some(place) = batch.columns.get_mut(n_input + at) {
                *place = column;
            }
        }
        self.rows_given += batch.n_rows;
        Some(batch)
    }
}

/// One pass over the rows of a batch, from the state behind the previous one.
fn pass(
    function: Window,
    arguments: &[Vector],
    n_rows: usize,
    mut state: State,
) -> (Vec<Value>, State) {
    let restarts = |at: usize, row: usize| {
        arguments
            .get(at)
            .is_some_and(|argument| matches!(argument.value(row), Value::Bool(true)))
    };
    let mut values = Vec::with_capacity(n_rows);
    for row in 0..n_rows {
        match function {
            Window::RowNumber { start } => {
                if state.number == 0 || restarts(0, row) {
                    state.number = 1;
                } else {
                    state.number += 1;
                }
                values.push(Value::Long(start + state.number - 1));
            }
            Window::CumulativeSum => {
                if restarts(1, row) {
                    state.sum = None;
                }
                let term = arguments
                    .first()
                    .map(|argument| argument.value(row))
                    .unwrap_or_default();
                state.sum = Some(match (state.sum.take(), term) {
                    (Some(sum), Value::Null) => sum,
                    (None, Value::Null) => Value::Null,
                    (None | Some(Value::Null), term) => term,
                    (Some(Value::Long(sum)), Value::Long(term)) => {
                        Value::Long(sum.wrapping_add(term))
                    }
                    (Some(Value::Real(sum)), Value::Real(term)) => Value::Real(sum + term),
                    (Some(Value::TimeSpan(sum)), Value::TimeSpan(term)) => {
                        Value::TimeSpan(sum.wrapping_add(term))
                    }
                    (Some(sum), _) => sum,
                });
                values.push(state.sum.clone().unwrap_or_default());
            }
            Window::DenseRank | Window::MinRank => {
                let term = arguments
                    .first()
                    .map(|argument| argument.value(row))
                    .unwrap_or_default();
                if restarts(1, row) {
                    state = State::default();
                }
                state.number += 1;
                let is_same = state.last.as_ref().is_some_and(|last| {
                    (last.is_null() && term.is_null())
                        || order(last, &term) == Some(Ordering::Equal)
                });
                if !is_same {
                    state.rank = if function == Window::DenseRank {
                        state.rank + 1
                    } else {
                        state.number
                    };
                }
                state.last = Some(term);
                values.push(Value::Long(state.rank));
            }
            Window::Session => {
                let at = |at: usize| {
                    arguments
                        .get(at)
                        .and_then(|argument| ticks(&argument.value(row)))
                };
                let value = at(0);
                let is_near = |from: Option<&Value>, distance: Option<i64>| {
                    let (Some(value), Some(from), Some(distance)) =
                        (value, from.and_then(ticks), distance)
                    else {
                        return false;
                    };
                    value < from.saturating_add(distance)
                };
                let goes_on = is_near(state.sum.as_ref(), at(1))
                    && is_near(state.last.as_ref(), at(2))
                    && !restarts(3, row);
                let value = value.map_or(Value::Null, Value::DateTime);
                if !goes_on {
                    state.sum = Some(value.clone());
                }
                state.last = Some(value);
                values.push(state.sum.clone().unwrap_or_default());
            }
            Window::Shift { .. } => {}
        }
    }
    (values, state)
}

const fn ticks(value: &Value) -> Option<i64> {
    match value {
        Value::DateTime(ticks) | Value::TimeSpan(ticks) => Some(*ticks),
        _ => None,
    }
}

impl Run for Windows {
    fn poll(&mut self, context: &Context) -> Outcome<Poll> {
        let looks_away = self
            .calls
            .iter()
            .any(|call| matches!(call.function, Window::Shift { .. }));
        if let Some(input) = &mut self.input {
            match input.poll(context)? {
                Poll::Batch(batch) => {
                    self.take(&batch, context)?;
                    if !looks_away {
                        return Ok(self.give().map_or(Poll::Pending, Poll::Batch));
                    }
                }
                Poll::Pending => {}
                Poll::Done => self.input = None,
            }
            return Ok(Poll::Pending);
        }
        Ok(self.give().map_or(Poll::Done, Poll::Batch))
    }
}
