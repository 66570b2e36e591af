//! Operators that work row by row: sources, `where`, `project`, `take`, `union`.

use super::{Poll, Run};
use crate::engine::Outcome;
use crate::engine::batch::{Batch, Lazy};
use crate::engine::eval::{Context, Vector, evaluate};
use crate::engine::plan::{Expr, Node};
use crate::engine::predicate::Predicate;
use crate::table::{Column, ColumnBuilder, SEGMENT_ROWS, View};
use crate::value::{Type, Value, datetime};
use std::rc::Rc;

/// The rows of a table, segment by segment.
pub(super) struct Scan {
    view: Rc<View>,
    kinds: Vec<Type>,
    part: usize,
    segment: usize,
    /// Rows of the segment that were given already, when batches are smaller than segments.
    start: usize,
}

impl Scan {
    pub(super) fn new(view: Rc<View>) -> Self {
        Self {
            kinds: view.types(),
            view,
            part: 0,
            segment: 0,
            start: 0,
        }
    }
}

impl Run for Scan {
    fn poll(&mut self, context: &Context) -> Outcome<Poll> {
        let Some(part) = self.view.parts.get(self.part) else {
            return Ok(Poll::Done);
        };
        if self.segment >= part.table.n_segments() {
            self.part += 1;
            self.segment = 0;
            return Ok(Poll::Pending);
        }
        let batch = Batch::of_segment(part, &self.kinds, self.segment);
        let end = (self.start + context.batch_rows).min(batch.n_rows);
        let whole = self.start == 0 && end == batch.n_rows;
        let given = if whole {
            batch
        } else {
            batch.rows((self.start as u32..end as u32).collect())
        };
        context.scanned(given.n_rows);
        if end >= part.table.segment_rows(self.segment) {
            self.segment += 1;
            self.start = 0;
        } else {
            self.start = end;
        }
        Ok(Poll::Batch(given))
    }
}

/// Rows that are there.
pub(super) struct Rows {
    batches: Rc<Vec<Batch>>,
    at: usize,
}

impl Rows {
    pub(super) const fn new(batches: Rc<Vec<Batch>>) -> Self {
        Self { batches, at: 0 }
    }
}

impl Run for Rows {
    fn poll(&mut self, _: &Context) -> Outcome<Poll> {
        let batch = self.batches.get(self.at).cloned();
        self.at += 1;
        Ok(batch.map_or(Poll::Done, Poll::Batch))
    }
}

/// `range x from a to b step c`
pub(super) struct Range {
    kind: Type,
    next: Option<Value>,
    last: Value,
    step: Value,
    /// Steps taken; reals are computed from the start so that errors do not add up.
    first: Value,
    n_given: i64,
}

/// How many rows a `range` gives, about.
pub(in crate::engine) fn range_rows(from: &Value, to: &Value, step: &Value) -> f64 {
    let number = |value: &Value| {
        Range::ticks(value)
            .map(|ticks| ticks as f64)
            .or_else(|| value.as_real())
    };
    let is_whole = Range::ticks(from).is_some() && Range::ticks(step).is_some();
    match (number(from), number(to), number(step)) {
        // A step that is small beside the start never ends.
        (Some(from), _, Some(step)) if !is_whole && step != 0.0 && from + step == from => {
            f64::INFINITY
        }
        (Some(from), Some(to), Some(step)) if step != 0.0 => ((to - from) / step).max(0.0),
        _ => 0.0,
    }
}

impl Range {
    pub(super) fn new(from: &Value, to: &Value, step: &Value, kind: Type) -> Self {
        let is_empty = from.is_null() || to.is_null() || step.is_null();
        Self {
            kind,
            next: (!is_empty).then(|| from.clone()),
            last: to.clone(),
            step: step.clone(),
            first: from.clone(),
            n_given: 0,
        }
    }

    fn ticks(value: &Value) -> Option<i64> {
        match value {
            Value::DateTime(ticks) | Value::TimeSpan(ticks) => Some(*ticks),
            other => other.as_long(),
        }
    }

    /// The value behind the current one, when it is not past the end.
    fn step_from(&mut self, current: &Value) -> Option<Value> {
        self.n_given += 1;
        match (
            Self::ticks(current),
            Self::ticks(&self.last),
            Self::ticks(&self.step),
        ) {
            (Some(current), Some(last), Some(step)) => {
                let next = current.checked_add(step)?;
                let is_inside = if step > 0 {
                    next <= last
                } else {
                    step < 0 && next >= last
                };
                is_inside.then(|| self.of_ticks(next)).flatten()
            }
            _ => {
                let (first, last, step) = (
                    self.first.as_real()?,
                    self.last.as_real()?,
                    self.step.as_real()?,
                );
                let next = first + step * self.n_given as f64;
                let is_inside = if step > 0.0 {
                    next <= last
                } else {
                    step < 0.0 && next >= last
                };
                is_inside.then_some(Value::Real(next))
            }
        }
    }

    fn of_ticks(&self, ticks: i64) -> Option<Value> {
        match self.kind {
            Type::DateTime => datetime::in_range(ticks).map(Value::DateTime),
            Type::TimeSpan => Some(Value::TimeSpan(ticks)),
            _ => Some(Value::Long(ticks)),
        }
    }

    fn starts_inside(&self) -> bool {
        match (
            Self::ticks(&self.first),
            Self::ticks(&self.last),
            Self::ticks(&self.step),
        ) {
            (Some(first), Some(last), Some(step)) => {
                if step >= 0 {
                    first <= last
                } else {
                    first >= last
                }
            }
            _ => match (
                self.first.as_real(),
                self.last.as_real(),
                self.step.as_real(),
            ) {
                (Some(first), Some(last), Some(step)) => {
                    if step >= 0.0 {
                        first <= last
                    } else {
                        first >= last
                    }
                }
                _ => false,
            },
        }
    }
}

impl Run for Range {
    fn poll(&mut self, _: &Context) -> Outcome<Poll> {
        if self.n_given == 0 && !self.starts_inside() {
            self.next = None;
        }
        let mut builder = ColumnBuilder::new(self.kind);
        while builder.len() < SEGMENT_ROWS {
            let Some(current) = self.next.take() else {
                break;
            };
            builder.push(&current);
            self.next = self.step_from(&current);
        }
        if builder.is_empty() {
            return Ok(Poll::Done);
        }
        let n_rows = builder.len();
        Ok(Poll::Batch(Batch::of(vec![builder.finish()], n_rows)))
    }
}

/// `where`
pub(super) struct Filter {
    pub(super) input: Box<dyn Run>,
    pub(super) predicate: Predicate,
}

impl Run for Filter {
    fn poll(&mut self, context: &Context) -> Outcome<Poll> {
        Ok(match self.input.poll(context)? {
            Poll::Batch(batch) => match self.predicate.rows(&batch, context)? {
                None => Poll::Batch(batch),
                Some(rows) if rows.is_empty() => Poll::Pending,
                Some(rows) => Poll::Batch(batch.rows(rows)),
            },
            other => other,
        })
    }
}

/// `project`, `extend` and their kin.
pub(super) struct Project {
    pub(super) input: Box<dyn Run>,
    pub(super) columns: Vec<Expr>,
}

impl Run for Project {
    fn poll(&mut self, context: &Context) -> Outcome<Poll> {
        Ok(match self.input.poll(context)? {
            Poll::Batch(batch) => {
                let mut columns = Vec::with_capacity(self.columns.len());
                for expression in &self.columns {
                    columns.push(match &expression.node {
                        Node::Column(at) => match batch.columns.get(*at) {
                            Some(column) => column.clone(),
                            None => Lazy::constant(
                                Value::missing(expression.kind),
                                expression.kind,
                                batch.n_rows,
                            ),
                        },
                        _ => match evaluate(expression, &batch, context)? {
                            Vector::Constant(value, kind) => {
                                Lazy::constant(value, kind, batch.n_rows)
                            }
                            Vector::Column(column) => Lazy::made(column),
                        },
                    });
                }
                Poll::Batch(Batch {
                    columns,
                    n_rows: batch.n_rows,
                })
            }
            other => other,
        })
    }
}

/// `take`
pub(super) struct Take {
    pub(super) input: Box<dyn Run>,
    pub(super) n_left: usize,
}

impl Run for Take {
    fn poll(&mut self, context: &Context) -> Outcome<Poll> {
        if self.n_left == 0 {
            return Ok(Poll::Done);
        }
        Ok(match self.input.poll(context)? {
            Poll::Batch(batch) => {
                let batch = batch.head(self.n_left);
                self.n_left -= batch.n_rows;
                Poll::Batch(batch)
            }
            other => other,
        })
    }
}

/// `union`: one input after the other.
pub(super) struct Union {
    inputs: std::vec::IntoIter<Box<dyn Run>>,
    current: Option<Box<dyn Run>>,
}

impl Union {
    pub(super) fn new(inputs: Vec<Box<dyn Run>>) -> Self {
        let mut inputs = inputs.into_iter();
        let current = inputs.next();
        Self { inputs, current }
    }
}

impl Run for Union {
    fn poll(&mut self, context: &Context) -> Outcome<Poll> {
        let Some(current) = &mut self.current else {
            return Ok(Poll::Done);
        };
        Ok(match current.poll(context)? {
            Poll::Done => {
                self.current = self.inputs.next();
                Poll::Pending
            }
            other => other,
        })
    }
}

/// Values as a column of a type.
pub(super) fn column_of(kind: Type, values: impl IntoIterator<Item = Value>) -> Column {
    let mut builder = ColumnBuilder::new(kind);
    for value in values {
        builder.push(&value);
    }
    builder.finish()
}
