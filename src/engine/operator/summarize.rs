//! `summarize`, `distinct`, `count`.
//!
//! Every batch is grouped and handed to the aggregates; the groups come out in the order in which
//! they were first seen.

use super::key::Grouper;
use super::{Poll, Run, hold};
use crate::diagnostic::Diagnostic;
use crate::engine::Outcome;
use crate::engine::aggregate::{Start, State};
use crate::engine::batch::Batch;
use crate::engine::eval::{Context, evaluate};
use crate::engine::plan::{AggregateCall, Expr};
use crate::table::{Column, SEGMENT_ROWS};
use crate::text::Span;
use crate::value::{Type, Value};

pub(super) struct Summarize {
    input: Option<Box<dyn Run>>,
    groups: Vec<Expr>,
    aggregates: Vec<AggregateCall>,
    states: Vec<Box<dyn State>>,
    grouper: Grouper,
    rows: Vec<u32>,
    answer: Option<Batch>,
    n_given: usize,
    span: Span,
}

/// Starts the state of an aggregate.
pub(super) fn start(call: &AggregateCall, is_single_group: bool) -> Box<dyn State> {
    let kinds: Vec<Type> = call
        .arguments
        .iter()
        .map(|argument| argument.kind)
        .collect();
    let constants: Vec<Option<Value>> = call
        .arguments
        .iter()
        .map(|argument| argument.as_constant().cloned())
        .collect();
    (call.function.start)(&Start {
        kinds: &kinds,
        constants: &constants,
        results: &call.results,
        is_single_group,
    })
}

/// Turns a refusal of an aggregate into an error at its place.
pub(super) fn refused(context: &Context, call: &AggregateCall) -> Outcome<()> {
    match context.take_refusal() {
        Some((code, reason)) => Err(Box::new(Diagnostic::error(code, call.span, reason))),
        None => Ok(()),
    }
}

impl Summarize {
    pub(super) fn new(
        input: Box<dyn Run>,
        groups: Vec<Expr>,
        aggregates: Vec<AggregateCall>,
        span: Span,
    ) -> Self {
        let states = aggregates
            .iter()
            .map(|call| start(call, groups.is_empty()))
            .collect();
        let grouper = Grouper::new(groups.len());
        Self {
            input: Some(input),
            groups,
            aggregates,
            states,
            grouper,
            rows: Vec::new(),
            answer: None,
            n_given: 0,
            span,
        }
    }

    fn take(&mut self, batch: &Batch, context: &Context) -> Outcome<()> {
        let n_groups = if self.groups.is_empty() {
            self.rows.clear();
            self.rows.resize(batch.n_rows, 0);
            1
        } else {
            let mut keys = Vec::with_capacity(self.groups.len());
            for group in &self.groups {
                keys.push(evaluate(group, batch, context)?.into_column(batch.n_rows));
            }
            self.grouper.group(&keys, &mut self.rows);
            hold(self.grouper.len(), self.span)?;
            self.grouper.len()
        };
        for (call, state) in self.aggregates.iter().zip(&mut self.states) {
            let mut arguments = Vec::with_capacity(call.arguments.len());
            for argument in &call.arguments {
                arguments.push(evaluate(argument, batch, context)?);
            }
            state.update(&self.rows, n_groups, &arguments, context);
            refused(context, call)?;
        }
        Ok(())
    }

    fn finish(&mut self, context: &Context) -> Outcome<Batch> {
        let n_groups = if self.groups.is_empty() {
            1
        } else {
            self.grouper.len()
        };
        let kinds: Vec<Type> = self.groups.iter().map(|group| group.kind).collect();
        let mut columns: Vec<Column> = self.grouper.key_columns(&kinds);
        for (call, state) in self.aggregates.iter().zip(&mut self.states) {
            columns.extend(state.finish(n_groups, context));
            refused(context, call)?;
        }
        Ok(Batch::of(columns, n_groups))
    }
}

impl Run for Summarize {
    fn poll(&mut self, context: &Context) -> Outcome<Poll> {
        if let Some(input) = &mut self.input {
            match input.poll(context)? {
                Poll::Batch(batch) => self.take(&batch, context)?,
                Poll::Pending => {}
                Poll::Done => {
                    self.input = None;
                    self.answer = Some(self.finish(context)?);
                }
            }
            return Ok(Poll::Pending);
        }
        let Some(answer) = &self.answer else {
            return Ok(Poll::Done);
        };
        if self.n_given >= answer.n_rows {
            self.answer = None;
            return Ok(Poll::Done);
        }
        let end = (self.n_given + SEGMENT_ROWS).min(answer.n_rows);
        let whole = self.n_given == 0 && end == answer.n_rows;
        let batch = if whole {
            answer.clone()
        } else {
            answer.rows((self.n_given as u32..end as u32).collect())
        };
        self.n_given = end;
        Ok(Poll::Batch(batch))
    }
}
