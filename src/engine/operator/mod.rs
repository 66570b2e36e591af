//! The running operators.
//!
//! Input: a [`Plan`]. Output: its rows, batch by batch. Invariant: one call of [`Run::poll`] does a
//! bounded piece of work (a batch of up to 64 Ki rows, or less) and comes back, so that a job can
//! stop between any two of them.

pub mod each;
mod expand;
pub mod graph;
pub mod graph_match;
mod join;
pub mod key;
pub mod parse;
mod rows;
pub mod sample;
pub mod scan;
pub mod series;
mod sort;
mod summarize;
pub mod top_nested;
pub mod window;
pub mod words;

pub(super) use rows::range_rows;

use super::Outcome;
use super::batch::Batch;
use super::eval::Context;
use super::plan::{Operator, Plan};
use super::predicate::Predicate;
use crate::diagnostic::{Diagnostic, codes};
use crate::text::Span;
use std::cell::RefCell;
use std::rc::Rc;

/// Most rows that one operator, or the answer, holds at a time.
pub const MAX_HELD_ROWS: usize = 1 << 25;

/// An error when an operator would hold more rows than it may.
pub(super) fn hold(n_rows: usize, span: Span) -> Outcome<()> {
    if n_rows <= MAX_HELD_ROWS {
        return Ok(());
    }
    let error = Diagnostic::error(
        codes::LIMIT,
        span,
        "more than 33,554,432 rows would have to be held at a time",
    );
    Err(Box::new(error.with_help(
        "filter or summarize before, or run the query in the workspace",
    )))
}

/// What a poll gives.
pub enum Poll {
    /// Some rows.
    Batch(Batch),
    /// Nothing yet.
    Pending,
    /// Nothing more.
    Done,
}

/// A running operator.
pub trait Run {
    /// Does a piece of work.
    fn poll(&mut self, context: &Context) -> Outcome<Poll>;
}

/// An operator that is whole in its own file, before its first row.
pub trait Machine {
    /// Makes it run.
    fn start(&self, inputs: Vec<Box<dyn Run>>) -> Box<dyn Run>;
}

// Not asked of every machine: a table of methods would keep the printing of whole plans in the module.
impl std::fmt::Debug for dyn Machine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Machine")
    }
}

/// What is counted of one operator of the query.
#[derive(Clone, Debug)]
pub struct Counts {
    /// Its keyword.
    pub keyword: &'static str,
    /// Where it stands.
    pub span: Span,
    /// Places of the operators it reads from.
    pub inputs: Vec<usize>,
    /// Rows it gave.
    pub rows_out: u64,
    /// The columns it gives.
    pub columns: Vec<String>,
    /// Time that it and its inputs took, where there is a watch.
    pub elapsed_ms: f64,
}

/// The counts of a whole query, filled while it runs.
pub type Counters = Rc<RefCell<Vec<Counts>>>;

/// Makes an operator run; the places of its counted operators come back.
pub fn build(plan: Plan, counters: &Counters) -> (Box<dyn Run>, Vec<usize>) {
    let Plan {
        operator,
        fields,
        span,
        keyword,
        ..
    } = plan;
    let kinds: Vec<_> = fields.iter().map(|field| field.kind).collect();
    let n_columns = kinds.len();
    let (run, inputs): (Box<dyn Run>, Vec<usize>) = match operator {
        Operator::Scan(view) => (Box::new(rows::Scan::new(view)), Vec::new()),
        Operator::Rows(batches) => (Box::new(rows::Rows::new(batches)), Vec::new()),
        Operator::Range {
            from,
            to,
            step,
            kind,
        } => (
            Box::new(rows::Range::new(&from, &to, &step, kind)),
            Vec::new(),
        ),
        Operator::Filter { input, predicate } => {
            let (input, inputs) = build(*input, counters);
            (
                Box::new(rows::Filter {
                    input,
                    predicate: Predicate::of(predicate),
                }),
                inputs,
            )
        }
        Operator::Project { input, columns } => {
            let (input, inputs) = build(*input, counters);
            (Box::new(rows::Project { input, columns }), inputs)
        }
        Operator::Window { input, calls } => {
            let (input, inputs) = build(*input, counters);
            (Box::new(window::Windows::new(input, calls)), inputs)
        }
        Operator::Summarize {
            input,
            groups,
            aggregates,
        } => {
            let (input, inputs) = build(*input, counters);
            (
                Box::new(summarize::Summarize::new(input, groups, aggregates, span)),
                inputs,
            )
        }
        Operator::Sort { input, keys, limit } => {
            let (input, inputs) = build(*input, counters);
            (
                Box::new(sort::Sort::new(input, keys, limit, kinds, span)),
                inputs,
            )
        }
        Operator::Take { input, n_rows } => {
            let (input, inputs) = build(*input, counters);
            (
                Box::new(rows::Take {
                    input,
                    n_left: n_rows,
                }),
                inputs,
            )
        }
        Operator::Join {
            left,
            right,
            kind,
            keys,
        } => {
            let left_kinds = left.fields.iter().map(|field| field.kind).collect();
            let right_kinds = right.fields.iter().map(|field| field.kind).collect();
            let (left, mut inputs) = build(*left, counters);
            let (right, more) = build(*right, counters);
            inputs.extend(more);
            (
                Box::new(join::Join::new(
                    left,
                    right,
                    kind,
                    keys,
                    left_kinds,
                    right_kinds,
                    span,
                )),
                inputs,
            )
        }
        Operator::Union { inputs: plans } => {
            let (mut runs, mut inputs) = (Vec::new(), Vec::new());
            for plan in plans {
                let (run, more) = build(plan, counters);
                runs.push(run);
                inputs.extend(more);
            }
            (Box::new(rows::Union::new(runs)), inputs)
        }
        Operator::Expand {
            input,
            items,
            index,
            is_array_kind,
            limit,
        } => {
            let (input, inputs) = build(*input, counters);
            (
                Box::new(expand::Expand {
                    input,
                    items,
                    index,
                    is_array_kind,
                    limit,
                    n_columns,
                    rest: None,
                }),
                inputs,
            )
        }
        Operator::MakeSeries(series) => {
            let series::MakeSeries { input, .. } = &*series;
            let (input, inputs) = build((**input).clone(), counters);
            (Box::new(series::Run::new(input, *series, span)), inputs)
        }
        Operator::Group(_) | Operator::Graph(_) => {
            (Box::new(rows::Rows::new(Rc::default())), Vec::new())
        }
        Operator::Each { input, body, each } => {
            let kinds = input.fields.iter().map(|field| field.kind).collect();
            let (input, inputs) = build(*input, counters);
            let groups = each::Groups::new(input, kinds, *body, each, span);
            (Box::new(groups), inputs)
        }
        Operator::Machine {
            inputs: plans,
            machine,
        } => {
            let (mut runs, mut inputs) = (Vec::new(), Vec::new());
            for plan in plans {
                let (run, more) = build(plan, counters);
                runs.push(run);
                inputs.extend(more);
            }
            (machine.start(runs), inputs)
        }
        Operator::Parse {
            input,
            value,
            pattern,
            columns,
            is_where,
        } => {
            let (input, inputs) = build(*input, counters);
            (
                Box::new(parse::Parse {
                    input,
                    value,
                    pattern,
                    columns,
                    is_where,
                    n_columns,
                }),
                inputs,
            )
        }
    };
    if keyword.is_empty() {
        return (run, inputs);
    }
    let at = counters.borrow().len();
    counters.borrow_mut().push(Counts {
        keyword,
        span,
        inputs,
        rows_out: 0,
        columns: fields.into_iter().map(|field| field.name).collect(),
        elapsed_ms: 0.0,
    });
    (
        Box::new(Counted {
            input: run,
            at,
            counters: Rc::clone(counters),
        }),
        vec![at],
    )
}

/// Counts the rows of an operator.
struct Counted {
    input: Box<dyn Run>,
    at: usize,
    counters: Counters,
}

impl Run for Counted {
    fn poll(&mut self, context: &Context) -> Outcome<Poll> {
        let started_ms = context.watch.map(|watch| watch());
        let poll = self.input.poll(context)?;
        if let Some(counts) = self.counters.borrow_mut().get_mut(self.at) {
            if let Poll::Batch(batch) = &poll {
                counts.rows_out += batch.n_rows as u64;
            }
            if let (Some(started_ms), Some(watch)) = (started_ms, context.watch) {
                counts.elapsed_ms += watch() - started_ms;
            }
        }
        Ok(poll)
    }
}
