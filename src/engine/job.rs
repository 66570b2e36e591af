//! A query as a job: bounded steps, progress, cancel.
//!
//! Input: a query text, tables, a clock. Output: a [`Relation`]. A step does one poll of the topmost
//! operator, which reads at most one batch; between steps nothing runs, so a worker can listen, and
//! dropping the job cancels it without touching the tables.

use super::batch::Batch;
use super::bind::{self, Render, Stop};
use super::eval::Context;
use super::operator::{self, Counters, Poll, Run};
use super::plan::{Operator, Plan};
use super::{Outcome, Relation};
use crate::diagnostic::{Diagnostic, Severity, codes};
use crate::kql::tree::Query;
use crate::table::{Field, Tables};
use crate::text::Span;
use rustc_hash::FxHashSet;
use std::collections::VecDeque;
use std::rc::Rc;

/// Most operators that run one inside the other: each takes a part of the stack, which is 1 MiB in a
/// WebAssembly module.
const MAX_PLAN_DEPTH: usize = 300;

/// How far a job is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Rows read from tables.
    pub rows_done: u64,
    /// Rows that the tables of the running part hold.
    pub rows_total: u64,
}

/// What a step gives.
#[derive(Debug)]
pub enum Step {
    /// There is more to do.
    Pending(Progress),
    /// The answer is there.
    Done,
}

/// One operator of the query and what went through it.
#[derive(Clone, Debug)]
pub struct Stage {
    /// Its keyword.
    pub keyword: &'static str,
    /// Where it stands.
    pub span: Span,
    /// Rows that came in.
    pub rows_in: u64,
    /// Rows that went out.
    pub rows_out: u64,
    /// Columns that went out and did not come in; none of a source.
    pub added: Vec<String>,
    /// Columns that came in first and did not go out.
    pub dropped: Vec<String>,
    /// Time that it took without its inputs, where there is a watch.
    pub elapsed_ms: f64,
}

/// A plan that is running.
struct Running {
    run: Box<dyn Run>,
    counters: Counters,
    fields: Vec<Field>,
    batches: Vec<Batch>,
    rows_total: u64,
    /// Rows of the batches.
    n_held: usize,
    span: Span,
    /// Whether it is the query itself, not something that binding needs first.
    is_query: bool,
}

/// A query on its way.
pub struct Job {
    text: String,
    query: Query,
    tables: Rc<dyn Tables>,
    context: Context,
    answers: Vec<Rc<Relation>>,
    running: Option<Running>,
    render: Option<Render>,
    result: Option<Relation>,
    /// Further tables of the answer that are still to be run, and those that were.
    waiting: VecDeque<(String, Plan)>,
    further: Vec<NamedTable>,
    stages: Vec<Stage>,
    max_rows: usize,
    is_cut: bool,
}

impl Job {
    /// Reads and binds a query; `now` is the clock in ticks.
    pub fn start(text: &str, tables: Rc<dyn Tables>, now: i64) -> Outcome<Self> {
        let parsed = crate::kql::parser::parse(text);
        if let Some(error) = parsed
            .diagnostics
            .into_iter()
            .find(|diagnostic| diagnostic.severity == Severity::Error)
        {
            return Err(Box::new(error));
        }
        let mut job = Self::new(text.to_owned(), parsed.query, tables, now);
        job.bind()?;
        Ok(job)
    }

    /// The same job, whose stages are timed by the caller's stop watch in milliseconds.
    #[must_use]
    pub fn with_watch(mut self, watch: fn() -> f64) -> Self {
        self.context.watch = Some(watch);
        self
    }

    /// A job with nothing to run yet.
    fn new(text: String, query: Query, tables: Rc<dyn Tables>, now: i64) -> Self {
        Self {
            text,
            query,
            tables,
            context: Context::new(now),
            answers: Vec::new(),
            running: None,
            render: None,
            result: None,
            waiting: VecDeque::new(),
            further: Vec::new(),
            stages: Vec::new(),
            max_rows: usize::MAX,
            is_cut: false,
        }
    }

    /// A job that runs a plan which is bound already.
    pub(super) fn of_plan(plan: Plan, tables: Rc<dyn Tables>, now: i64) -> Self {
        let query = Query {
            statements: Vec::new(),
        };
        let mut job = Self::new(String::new(), query, tables, now);
        job.begin(plan, true);
        job
    }

    /// The same job, stopping after so many rows of the answer.
    #[must_use]
    pub const fn with_max_rows(mut self, max_rows: usize) -> Self {
        self.max_rows = max_rows;
        self
    }

    /// Binds with the answers so far and starts what comes next.
    fn bind(&mut self) -> Outcome<()> {
        let bound = bind::bind(
            &self.text,
            &self.query,
            self.tables.as_ref(),
            self.context.now,
            &self.answers,
        );
        let (plan, is_query) = match bound {
            Ok(bound) => {
                self.render = bound.render;
                self.waiting = bound.further.into();
                (bound.plan, true)
            }
            Err(Stop::Needs(plan)) => (*plan, false),
            Err(Stop::Wrong(diagnostic)) => return Err(diagnostic),
        };
        let further = self.waiting.iter().map(|(_, plan)| depth(plan));
        if further.chain([depth(&plan)]).max() > Some(MAX_PLAN_DEPTH) {
            let message = "the query runs more than 300 operators one inside the other";
            return Err(Box::new(Diagnostic::error(
                codes::TOO_DEEP,
                plan.span,
                message,
            )));
        }
        let mut further = self.waiting.iter().map(|(_, plan)| plan);
        if let Some(graph) = further.find_map(graph_in).or_else(|| graph_in(&plan)) {
            let message = "a graph cannot be used as a table";
            let error = Diagnostic::error(codes::TYPE, graph, message);
            return Err(Box::new(error.with_help(
                "put `| graph-match …` or `| graph-to-table nodes` behind",
            )));
        }
        self.begin(plan, is_query);
        Ok(())
    }

    fn begin(&mut self, plan: Plan, is_query: bool) {
        self.context.batch_rows = if is_slow(&plan) {
            4096
        } else {
            crate::table::SEGMENT_ROWS
        };
        let rows_total = table_rows(&plan);
        let (fields, span) = (plan.fields.clone(), plan.span);
        let counters = Counters::default();
        let (run, _) = operator::build(plan, &counters);
        self.running = Some(Running {
            run,
            counters,
            fields,
            batches: Vec::new(),
            rows_total,
            n_held: 0,
            span,
            is_query,
        });
    }

    /// Does a bounded piece of work.
    pub fn step(&mut self) -> Outcome<Step> {
        let Some(running) = &mut self.running else {
            return Ok(Step::Done);
        };
        match running.run.poll(&self.context)? {
            Poll::Batch(batch) => {
                if running.is_query {
                    let n_left = self.max_rows.saturating_sub(running.n_held);
                    if batch.n_rows > n_left {
                        running.batches.push(batch.head(n_left));
                        self.is_cut = true;
                        return Ok(self.finish());
                    }
                }
                if batch.n_rows > 0 {
                    running.n_held += batch.n_rows;
                    operator::hold(running.n_held, running.span)?;
                    running.batches.push(batch);
                }
            }
            Poll::Pending => {}
            Poll::Done => {
                if running.is_query {
                    return Ok(self.finish());
                }
                let relation = Relation {
                    fields: std::mem::take(&mut running.fields),
                    batches: std::mem::take(&mut running.batches),
                };
                self.answers.push(Rc::new(relation));
                self.bind()?;
            }
        }
        Ok(Step::Pending(self.progress()))
    }

    /// How far it is.
    pub fn progress(&self) -> Progress {
        Progress {
            rows_done: self.context.rows_scanned(),
            rows_total: self
                .running
                .as_ref()
                .map_or(0, |running| running.rows_total),
        }
    }

    /// What went through the operators so far.
    pub fn stages(&self) -> Vec<Stage> {
        let running = self.running.as_ref();
        let running = running.map_or_else(Vec::new, |running| stages(&running.counters.borrow()));
        self.stages.iter().cloned().chain(running).collect()
    }

    /// Ends a table of the answer and begins the next, if there is one.
    fn finish(&mut self) -> Step {
        let Some(running) = self.running.take() else {
            return Step::Done;
        };
        self.stages.extend(stages(&running.counters.borrow()));
        let relation = Relation {
            fields: running.fields,
            batches: running.batches,
        };
        match (&self.result, self.further.last_mut()) {
            (Some(_), Some(table)) => table.relation = relation,
            _ => self.result = Some(relation),
        }
        let Some((name, plan)) = self.waiting.pop_front() else {
            return Step::Done;
        };
        self.further.push(NamedTable {
            name,
            relation: Relation::default(),
        });
        self.begin(plan, true);
        Step::Pending(self.progress())
    }

    /// Runs to the end.
    pub fn run(mut self) -> Outcome<Finished> {
        while let Step::Pending(_) = self.step()? {}
        self.into_result()
    }

    /// The answer; an error when the job has not come to its end.
    pub fn into_result(self) -> Outcome<Finished> {
        match self.result {
            Some(relation) if self.running.is_none() => Ok(Finished {
                relation,
                further: self.further,
                render: self.render,
                stages: self.stages,
                is_cut: self.is_cut,
            }),
            _ => Err(Box::new(Diagnostic::error(
                codes::CANCELLED,
                Span::default(),
                "the query has not come to its end",
            ))),
        }
    }
}

/// The answer of a query.
#[derive(Debug)]
pub struct Finished {
    /// The rows; of `fork` and `facet`, those of the first table.
    pub relation: Relation,
    /// The other tables of `fork` and `facet`.
    pub further: Vec<NamedTable>,
    /// How they are to be drawn, when the query says so.
    pub render: Option<Render>,
    /// What went through each operator.
    pub stages: Vec<Stage>,
    /// Whether rows were left out because there were more than asked for.
    pub is_cut: bool,
}

impl Finished {
    /// An answer of rows alone.
    pub const fn of(relation: Relation) -> Self {
        Self {
            relation,
            further: Vec::new(),
            render: None,
            stages: Vec::new(),
            is_cut: false,
        }
    }
}

/// A table of an answer that has several.
#[derive(Debug)]
pub struct NamedTable {
    /// Its name.
    pub name: String,
    /// Its rows.
    pub relation: Relation,
}

/// Where a graph stands that no graph operator reads.
fn graph_in(plan: &Plan) -> Option<Span> {
    match plan.operator {
        Operator::Graph(_) => Some(plan.span),
        _ => plan.inputs().into_iter().find_map(graph_in),
    }
}

/// What was counted of the operators of a query, as its stages.
fn stages(counters: &[operator::Counts]) -> Vec<Stage> {
    let without = |names: &[String], others: &[String]| -> Vec<String> {
        let others: FxHashSet<&String> = others.iter().collect();
        let names = names.iter().filter(|name| !others.contains(name));
        names.cloned().collect()
    };
    let stage = |counts: &operator::Counts| {
        let inputs = || counts.inputs.iter().filter_map(|at| counters.get(*at));
        let before = inputs().next().map(|input| input.columns.as_slice());
        let inputs_ms: f64 = inputs().map(|input| input.elapsed_ms).sum();
        Stage {
            keyword: counts.keyword,
            span: counts.span,
            rows_in: inputs().map(|input| input.rows_out).sum(),
            rows_out: counts.rows_out,
            added: before.map_or_else(Vec::new, |before| without(&counts.columns, before)),
            dropped: before.map_or_else(Vec::new, |before| without(before, &counts.columns)),
            elapsed_ms: (counts.elapsed_ms - inputs_ms).max(0.0),
        }
    };
    counters.iter().map(stage).collect()
}

/// Operators one inside the other.
fn depth(plan: &Plan) -> usize {
    1 + plan.inputs().into_iter().map(depth).max().unwrap_or(0)
}

fn table_rows(plan: &Plan) -> u64 {
    let own = match &plan.operator {
        Operator::Scan(view) => view.n_rows() as u64,
        _ => 0,
    };
    own + plan.inputs().into_iter().map(table_rows).sum::<u64>()
}

/// Whether a batch may take long: regular expressions and other work on every text.
fn is_slow(plan: &Plan) -> bool {
    fn has_slow_call(expression: &super::plan::Expr) -> bool {
        match &expression.node {
            super::plan::Node::Call(call) => {
                matches!(
                    call.function.name,
                    "matches regex"
                        | "extract"
                        | "extract_all"
                        | "replace_regex"
                        | "trim"
                        | "trim_start"
                        | "trim_end"
                        | "countof"
                        | "parse_json"
                ) || call.arguments.iter().any(has_slow_call)
            }
            _ => false,
        }
    }
    let own = match &plan.operator {
        Operator::Filter { predicate, .. } => has_slow_call(predicate),
        Operator::Project { columns, .. } => columns.iter().any(has_slow_call),
        Operator::Summarize {
            groups, aggregates, ..
        } => {
            groups.iter().any(has_slow_call)
                || aggregates
                    .iter()
                    .any(|call| call.arguments.iter().any(has_slow_call))
        }
        Operator::Parse { .. } | Operator::Expand { .. } => true,
        _ => false,
    };
    own || plan.inputs().into_iter().any(is_slow)
}
