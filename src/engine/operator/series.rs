//! `make-series`: aggregates in even steps along an axis, as arrays.

use super::Poll;
use super::key::Grouper;
use super::summarize::{refused, start};
use crate::diagnostic::{Diagnostic, codes};
use crate::engine::Outcome;
use crate::engine::aggregate::State;
use crate::engine::batch::Batch;
use crate::engine::eval::{Context, evaluate};
use crate::engine::plan::{AggregateCall, Expr, Plan};
use crate::engine::scalar::convert::convert;
use crate::table::{Column, Data, Dynamics};
use crate::text::Span;
use crate::value::{Dynamic, Type, Value};
use rustc_hash::FxHashMap;

/// Longest series.
const MAX_POINTS: i64 = 1 << 20;

/// A bound `make-series`.
#[derive(Clone, Debug)]
pub struct MakeSeries {
    /// The rows.
    pub input: Box<Plan>,
    /// One series for every combination of these.
    pub groups: Vec<Expr>,
    /// What is aggregated.
    pub aggregates: Vec<AggregateCall>,
    /// The value of a step without rows, one an aggregate.
    pub defaults: Vec<Value>,
    /// What the steps go along.
    pub axis: Expr,
    /// The first step; from the data when absent.
    pub from: Option<Value>,
    /// The end; from the data when absent.
    pub to: Option<Value>,
    /// The size of a step.
    pub step: Value,
    /// Whether a step that starts at the end counts.
    pub is_stop_included: bool,
    /// Whether there is a series also when there are no rows.
    pub is_nonempty: bool,
}

/// The rows of one batch with the group and the place on the axis of each.
struct Pending {
    batch: Batch,
    groups: Vec<u32>,
    axis: Vec<Option<Value>>,
}

/// A running `make-series`: reads all rows, then aggregates batch by batch.
pub(super) struct Run {
    input: Option<Box<dyn super::Run>>,
    series: MakeSeries,
    span: Span,
    grouper: Grouper,
    kept: Vec<Pending>,
    n_held: usize,
    states: Vec<Box<dyn State>>,
    cells: FxHashMap<(u32, i64), u32>,
    places: Vec<(u32, i64)>,
    bounds: Option<(Value, i64)>,
    at: usize,
    is_done: bool,
}

impl Run {
    pub(super) fn new(input: Box<dyn super::Run>, series: MakeSeries, span: Span) -> Self {
        let states = series
            .aggregates
            .iter()
            .map(|call| start(call, false))
            .collect();
        let grouper = Grouper::new(series.groups.len());
        Self {
            input: Some(input),
            series,
            span,
            grouper,
            kept: Vec::new(),
            n_held: 0,
            states,
            cells: FxHashMap::default(),
            places: Vec::new(),
            bounds: None,
            at: 0,
            is_done: false,
        }
    }

    fn take(&mut self, batch: Batch, context: &Context) -> Outcome<()> {
        let axis = evaluate(&self.series.axis, &batch, context)?;
        let axis = (0..batch.n_rows)
            .map(|row| Some(axis.value(row)).filter(|value| !value.is_null()))
            .collect();
        let mut groups = vec![0; batch.n_rows];
        if !self.series.groups.is_empty() {
            let mut keys = Vec::new();
            for group in &self.series.groups {
                keys.push(evaluate(group, &batch, context)?.into_column(batch.n_rows));
            }
            self.grouper.group(&keys, &mut groups);
        }
        self.n_held += batch.n_rows;
        super::hold(self.n_held, self.span)?;
        self.kept.push(Pending {
            batch,
            groups,
            axis,
        });
        Ok(())
    }

    /// First value and number of steps.
    fn settle_bounds(&mut self) -> Outcome<()> {
        let numbers = || {
            self.kept
                .iter()
                .flat_map(|pending| pending.axis.iter().flatten())
        };
        let (mut low, mut high): (Option<&Value>, Option<&Value>) = (None, None);
        for value in numbers() {
            let is = |other: Option<&Value>, wanted: std::cmp::Ordering| {
                other.is_none_or(|other| {
                    crate::engine::scalar::operators::order(value, other) == Some(wanted)
                })
            };
            if is(low, std::cmp::Ordering::Less) {
                low = Some(value);
            }
            if is(high, std::cmp::Ordering::Greater) {
                high = Some(value);
            }
        }
        let step = &self.series.step;
        let wrong = |message: &str| {
            Err(Box::new(Diagnostic::error(
                codes::BAD_VALUE,
                self.span,
                message,
            )))
        };
        let Some(size) = as_number(step).filter(|size| *size > 0.0) else {
            return wrong("the step of `make-series` must be above zero");
        };
        // Without a start the axis is cut at multiples of the step.
        let from = match &self.series.from {
            Some(from) => from.clone(),
            None => match low {
                Some(low) => floor_to(low, step),
                None => {
                    self.bounds = Some((Value::Null, 0));
                    return Ok(());
                }
            },
        };
        let n_steps = match (&self.series.to, high) {
            (Some(to), _) => match (whole(&from), whole(to), whole(step)) {
                (Some(from), Some(to), Some(step)) => {
                    let (span, step) = (i128::from(to) - i128::from(from), i128::from(step));
                    let n_steps = if self.series.is_stop_included {
                        span.div_euclid(step) + 1
                    } else {
                        (span + step - 1).div_euclid(step)
                    };
                    i64::try_from(n_steps).unwrap_or(i64::MAX)
                }
                _ => {
                    let span =
                        (as_number(to).unwrap_or(0.0) - as_number(&from).unwrap_or(0.0)) / size;
                    if self.series.is_stop_included {
                        (span.floor() as i64).saturating_add(1)
                    } else {
                        span.ceil() as i64
                    }
                }
            },
            (None, Some(high)) => index_of(high, &from, step).unwrap_or(0) + 1,
            (None, None) => 0,
        };
        if n_steps > MAX_POINTS {
            return wrong("a series is limited to 1,048,576 points");
        }
        self.bounds = Some((from, n_steps.max(0)));
        Ok(())
    }

    fn aggregate(&mut self, at: usize, context: &Context) -> Outcome<bool> {
        let Some((from, n_steps)) = self.bounds.clone() else {
            return Ok(true);
        };
        let Some(pending) = self.kept.get(at) else {
            return Ok(true);
        };
        let mut rows = Vec::new();
        let mut cells = Vec::new();
        for (row, (value, &group)) in pending.axis.iter().zip(&pending.groups).enumerate() {
            let Some(index) = value
                .as_ref()
                .and_then(|value| index_of(value, &from, &self.series.step))
            else {
                continue;
            };
            if !(0..n_steps).contains(&index) {
                continue;
            }
            let next = self.places.len() as u32;
            let cell = *self.cells.entry((group, index)).or_insert(next);
            if cell == next {
                self.places.push((group, index));
            }
            rows.push(row as u32);
            cells.push(cell);
        }
        let batch = pending.batch.rows(rows);
        for (call, state) in self.series.aggregates.iter().zip(&mut self.states) {
            let mut arguments = Vec::with_capacity(call.arguments.len());
            for argument in &call.arguments {
                arguments.push(evaluate(argument, &batch, context)?);
            }
            state.update(&cells, self.places.len(), &arguments, context);
            refused(context, call)?;
        }
        Ok(false)
    }

    fn finish(&mut self, context: &Context) -> Outcome<Batch> {
        let (from, n_steps) = self.bounds.clone().unwrap_or((Value::Null, 0));
        let n_groups = if self.series.groups.is_empty() {
            usize::from(
                self.kept.iter().any(|pending| pending.batch.n_rows > 0) || self.series.is_nonempty,
            )
        } else {
            self.grouper.len()
        };
        let kinds: Vec<Type> = self.series.groups.iter().map(|group| group.kind).collect();
        let mut columns: Vec<Column> = self.grouper.key_columns(&kinds);
        for ((call, state), default) in self
            .series
            .aggregates
            .iter()
            .zip(&mut self.states)
            .zip(&self.series.defaults)
        {
            let answers = state.finish(self.places.len(), context);
            refused(context, call)?;
            let kind = call.results.first().copied().unwrap_or(Type::Dynamic);
            let default = if default.is_null() {
                Dynamic::Null
            } else {
                convert_default(default, kind)
            };
            let mut series = vec![vec![default; n_steps as usize]; n_groups];
            if let Some(answers) = answers.first() {
                for (cell, (group, index)) in self.places.iter().enumerate() {
                    if let Some(point) = series
                        .get_mut(*group as usize)
                        .and_then(|points| points.get_mut(*index as usize))
                    {
                        *point = answers.value(cell).to_dynamic();
                    }
                }
            }
            columns.push(dynamic_column(
                series.into_iter().map(Dynamic::array).collect(),
            ));
        }
        let axis: Vec<Dynamic> = (0..n_steps)
            .map(|index| at_index(&from, &self.series.step, index).to_dynamic())
            .collect();
        columns.push(dynamic_column(vec![Dynamic::array(axis); n_groups]));
        Ok(Batch::of(columns, n_groups))
    }
}

fn dynamic_column(values: Vec<Dynamic>) -> Column {
    Column::new(Type::Dynamic, Data::Dynamic(Dynamics::Values(values)))
}

fn convert_default(default: &Value, kind: Type) -> Dynamic {
    match kind {
        Type::Real | Type::Long | Type::Int => match convert(default, kind) {
            Value::Null => default.to_dynamic(),
            value => value.to_dynamic(),
        },
        _ => default.to_dynamic(),
    }
}

fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::DateTime(ticks) | Value::TimeSpan(ticks) => Some(*ticks),
        other => other.as_long(),
    }
}

fn as_number(value: &Value) -> Option<f64> {
    whole(value)
        .map(|whole| whole as f64)
        .or_else(|| value.as_real())
}

fn index_of(value: &Value, from: &Value, step: &Value) -> Option<i64> {
    match (whole(value), whole(from), whole(step)) {
        (Some(value), Some(from), Some(step)) => {
            let index =
                (i128::from(value) - i128::from(from)).checked_div_euclid(i128::from(step))?;
            i64::try_from(index).ok()
        }
        _ => Some(((as_number(value)? - as_number(from)?) / as_number(step)?).floor() as i64),
    }
}

fn floor_to(value: &Value, step: &Value) -> Value {
    match (value, whole(value), whole(step)) {
        (Value::DateTime(_), Some(value), Some(step)) => {
            Value::DateTime(value.saturating_sub(value.rem_euclid(step)))
        }
        (Value::TimeSpan(_), Some(value), Some(step)) => {
            Value::TimeSpan(value.saturating_sub(value.rem_euclid(step)))
        }
        (_, Some(value), Some(step)) => Value::Long(value.saturating_sub(value.rem_euclid(step))),
        _ => match (value.as_real(), step.as_real()) {
            (Some(value), Some(step)) => Value::Real((value / step).floor() * step),
            _ => value.clone(),
        },
    }
}

fn at_index(from: &Value, step: &Value, index: i64) -> Value {
    match (from, whole(from), whole(step)) {
        (Value::DateTime(_), Some(from), Some(step)) => {
            Value::DateTime(from.saturating_add(step.saturating_mul(index)))
        }
        (Value::TimeSpan(_), Some(from), Some(step)) => {
            Value::TimeSpan(from.saturating_add(step.saturating_mul(index)))
        }
        (_, Some(from), Some(step)) => Value::Long(from.saturating_add(step.saturating_mul(index))),
        _ => match (from.as_real(), step.as_real()) {
            (Some(from), Some(step)) => Value::Real(from + step * index as f64),
            _ => Value::Null,
        },
    }
}

impl super::Run for Run {
    fn poll(&mut self, context: &Context) -> Outcome<Poll> {
        if self.is_done {
            return Ok(Poll::Done);
        }
        if let Some(input) = &mut self.input {
            match input.poll(context)? {
                Poll::Batch(batch) => self.take(batch, context)?,
                Poll::Pending => {}
                Poll::Done => {
                    self.input = None;
                    self.settle_bounds()?;
                }
            }
            return Ok(Poll::Pending);
        }
        if !self.aggregate(self.at, context)? {
            self.at += 1;
            return Ok(Poll::Pending);
        }
        self.is_done = true;
        Ok(Poll::Batch(self.finish(context)?))
    }
}
