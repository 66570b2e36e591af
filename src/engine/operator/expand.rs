//! `mv-expand`: one row an item.
//!
//! Rules: `reference/KQL-SEMANTICS.md`, "mv-expand": null gives one row with null, an empty array
//! none, several columns go in step and the shorter ones are padded with null.

use super::rows::column_of;
use super::{Poll, Run};
use crate::diagnostic::{Diagnostic, codes};
use crate::engine::Outcome;
use crate::engine::batch::{Batch, Lazy};
use crate::engine::eval::{Context, Vector, evaluate};
use crate::engine::plan::Expansion;
use crate::engine::scalar::convert::convert;
use crate::table::SEGMENT_ROWS;
use crate::value::{Dynamic, Type, Value};
use std::rc::Rc;

pub(super) struct Expand {
    pub(super) input: Box<dyn Run>,
    pub(super) items: Vec<Expansion>,
    pub(super) index: Option<usize>,
    pub(super) is_array_kind: bool,
    pub(super) limit: Option<usize>,
    pub(super) n_columns: usize,
    /// A batch that gives more rows than one step may, with its lists, and the row to go on with.
    pub(super) rest: Option<(Batch, Vec<Vector>, usize)>,
}

impl Expand {
    /// What a value expands to; `None` for a value that is padded to the length of the others.
    fn items_of(&self, value: &Value) -> Vec<Dynamic> {
        match value {
            Value::Dynamic(Dynamic::Array(items)) => items.as_ref().clone(),
            Value::Dynamic(Dynamic::Bag(members)) => members
                .iter()
                .map(|(key, value)| {
                    if self.is_array_kind {
                        Dynamic::array(vec![Dynamic::String(Rc::clone(key)), value.clone()])
                    } else {
                        Dynamic::bag(vec![(Rc::clone(key), value.clone())])
                    }
                })
                .collect(),
            Value::Null => vec![Dynamic::Null],
            other => vec![other.to_dynamic()],
        }
    }

    /// The rows of a batch from one on, until there are enough; the row to go on with.
    fn expand(&self, batch: &Batch, inputs: &[Vector], start: usize) -> Outcome<(Batch, usize)> {
        let mut next = start;
        let mut rows: Vec<u32> = Vec::new();
        let mut indexes: Vec<Value> = Vec::new();
        let mut outputs: Vec<Vec<Value>> = vec![Vec::new(); self.items.len()];
        for row in start..batch.n_rows {
            if rows.len() >= SEGMENT_ROWS {
                break;
            }
            next = row + 1;
            let lists: Vec<Vec<Dynamic>> = inputs
                .iter()
                .map(|input| self.items_of(&input.value(row)))
                .collect();
            let n_items = lists
                .iter()
                .map(Vec::len)
                .max()
                .unwrap_or(0)
                .min(self.limit.unwrap_or(usize::MAX));
            for at in 0..n_items {
                rows.push(row as u32);
                indexes.push(Value::Long(at as i64));
                for ((list, output), item) in lists.iter().zip(&mut outputs).zip(&self.items) {
                    let inner = list.get(at).cloned().unwrap_or_default();
                    output.push(if item.kind == Type::Dynamic {
                        inner.into()
                    } else {
                        cast(inner, item)?
                    });
                }
            }
        }
        let Batch {
            mut columns,
            n_rows,
        } = batch.widened(rows, self.n_columns);
        if let Some(place) = self.index.and_then(|at| columns.get_mut(at)) {
            *place = Lazy::column(column_of(Type::Long, indexes));
        }
        for (item, output) in self.items.iter().zip(outputs) {
            if let Some(place) = columns.get_mut(item.column) {
                *place = Lazy::column(column_of(item.kind, output));
            }
        }
        Ok((Batch { columns, n_rows }, next))
    }
}

/// An item as the type of its column. The documentation gives null where a text would have to be
/// read; nothing was seen of what the service does, so that such an item has no answer.
fn cast(inner: Dynamic, item: &Expansion) -> Outcome<Value> {
    let is_read = match (&inner, item.kind) {
        (Dynamic::String(_), kind) => kind != Type::String,
        (Dynamic::Bool(_), kind) => !matches!(kind, Type::Bool | Type::String),
        (Dynamic::Long(_) | Dynamic::Real(_), Type::Bool) => true,
        (Dynamic::Real(number), Type::Int | Type::Long) => number.fract() != 0.0,
        _ => false,
    };
    let value = convert(&inner.into(), item.kind);
    if is_read && !matches!(value, Value::Null) {
        let kind = item.kind.name();
        let reason = format!("an item of another type is not settled; expand it, then `to{kind}`");
        return Err(Box::new(Diagnostic::error(
            codes::NOT_SUPPORTED,
            item.value.span,
            reason,
        )));
    }
    Ok(value)
}

impl Run for Expand {
    fn poll(&mut self, context: &Context) -> Outcome<Poll> {
        if let Some((batch, inputs, start)) = self.rest.take() {
            let (expanded, next) = self.expand(&batch, &inputs, start)?;
            if next < batch.n_rows {
                self.rest = Some((batch, inputs, next));
            }
            return Ok(if expanded.n_rows == 0 {
                Poll::Pending
            } else {
                Poll::Batch(expanded)
            });
        }
        Ok(match self.input.poll(context)? {
            Poll::Batch(batch) => {
                let inputs = self
                    .items
                    .iter()
                    .map(|item| evaluate(&item.value, &batch, context))
                    .collect::<Outcome<_>>()?;
                self.rest = Some((batch, inputs, 0));
                Poll::Pending
            }
            other => other,
        })
    }
}
