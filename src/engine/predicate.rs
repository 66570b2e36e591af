//! A predicate over the rows of one table, bound once and asked batch by batch.
//!
//! Input: the text of a condition and the name of a table. Output: the rows where it is true.
//! The operands of a top-level `and` are asked one after the other, each only about the rows that the
//! ones before left over; so cheap and selective operands belong in front. The answer is the same as
//! that of `table | where condition`.

use super::batch::Batch;
use super::bind::{self, Stop};
use super::eval::{Context, Vector, evaluate, true_rows};
use super::job::Job;
use super::plan::{Expr, Node, Operator, Plan};
use super::{Outcome, Relation};
use crate::diagnostic::{Diagnostic, Severity, codes};
use crate::kql::parser::{self, Parsed};
use crate::kql::tree;
use crate::table::Tables;
use crate::text::Span;
use crate::value::Value;
use std::rc::Rc;

/// A bound predicate.
#[derive(Clone, Debug)]
pub struct Predicate {
    operands: Vec<Expr>,
}

impl Predicate {
    /// The operands of a bound condition.
    pub fn of(condition: Expr) -> Self {
        let mut operands = Vec::new();
        flatten(condition, &mut operands);
        Self { operands }
    }

    /// Binds a condition over a table; tables that it mentions are read at once.
    pub fn bind(table: &str, condition: &str, tables: &Rc<dyn Tables>, now: i64) -> Outcome<Self> {
        let text = format!("{table} | where {condition}");
        let parsed = crate::kql::parser::parse(&text);
        if let Some(error) = parsed
            .diagnostics
            .into_iter()
            .find(|diagnostic| diagnostic.severity == Severity::Error)
        {
            return Err(Box::new(error));
        }
        let mut answers: Vec<Rc<Relation>> = Vec::new();
        loop {
            match bind::bind(&text, &parsed.query, tables.as_ref(), now, &answers) {
                Ok(bound) => {
                    return match bound.plan.operator {
                        Operator::Filter { predicate, .. } => Ok(Self::of(predicate)),
                        _ => Err(Box::new(Diagnostic::error(
                            codes::TYPE,
                            Span::default(),
                            "a condition on rows is required",
                        ))),
                    };
                }
                Err(Stop::Wrong(diagnostic)) => return Err(diagnostic),
                Err(Stop::Needs(plan)) => answers.push(Rc::new(run(*plan, tables, now)?)),
            }
        }
    }

    /// Binds many conditions over one table, which costs less than binding each alone.
    pub fn bind_all(
        table: &str,
        conditions: &[&str],
        tables: &Rc<dyn Tables>,
        now: i64,
    ) -> Outcome<Vec<Self>> {
        let Some(view) = tables.find(table) else {
            return Err(Box::new(Diagnostic::error(
                codes::UNKNOWN_TABLE,
                Span::default(),
                "there is no such table",
            )));
        };
        let parsed: Vec<Parsed> = conditions
            .iter()
            .map(|condition| parser::parse(&format!("{table} | where {condition}")))
            .collect();
        let trees: Vec<Option<&tree::Expr>> = parsed
            .iter()
            .map(|parsed| condition_of(&parsed.query))
            .collect();
        let known: Vec<&tree::Expr> = trees.iter().filter_map(|tree| *tree).collect();
        let mut bound =
            bind::conditions("", &known, &view.fields, tables.as_ref(), now).into_iter();
        let mut predicates = Vec::with_capacity(conditions.len());
        for (tree, condition) in trees.iter().zip(conditions) {
            let direct = if tree.is_some() { bound.next() } else { None };
            predicates.push(match direct {
                Some(Ok(condition)) => Self::of(condition),
                // Tables that it mentions, and errors with their place.
                _ => Self::bind(table, condition, tables, now)?,
            });
        }
        Ok(predicates)
    }

    /// Numbers of the columns that it reads.
    pub fn columns(&self) -> Vec<usize> {
        let mut columns = Vec::new();
        for operand in &self.operands {
            operand.for_each_column(&mut |at| {
                if !columns.contains(&at) {
                    columns.push(at);
                }
            });
        }
        columns
    }

    /// The operands of the `and`.
    pub fn operands(&self) -> &[Expr] {
        &self.operands
    }

    /// Reads other columns: `place` gives where each is found.
    pub fn map_columns(&mut self, place: &impl Fn(usize) -> usize) {
        let operands = self.operands.iter_mut();
        operands.for_each(|operand| operand.map_columns(place));
    }

    /// The rows of a batch where it is true; `None` when all are.
    pub fn rows(&self, batch: &Batch, context: &Context) -> Outcome<Option<Vec<u32>>> {
        self.rows_where(batch, context, |_| true)
    }

    /// As [`Predicate::rows`], of those operands that are not known to be true.
    pub fn rows_where(
        &self,
        batch: &Batch,
        context: &Context,
        is_open: impl Fn(usize) -> bool,
    ) -> Outcome<Option<Vec<u32>>> {
        let mut left: Option<Rc<Vec<u32>>> = None;
        for (at, operand) in self.operands.iter().enumerate() {
            if !is_open(at) {
                continue;
            }
            let narrowed = left.as_ref().map(|rows| batch.rows_for(operand, rows));
            let rest = narrowed.as_ref().unwrap_or(batch);
            let truth = evaluate(operand, rest, context)?;
            match truth {
                Vector::Constant(Value::Bool(true), _) => continue,
                Vector::Constant(..) => return Ok(Some(Vec::new())),
                Vector::Column(_) => {}
            }
            let Some(rows) = true_rows(&truth, rest.n_rows) else {
                continue;
            };
            if rows.is_empty() {
                return Ok(Some(rows));
            }
            left = Some(Rc::new(match left {
                None => rows,
                Some(before) => rows
                    .iter()
                    .filter_map(|&row| before.get(row as usize).copied())
                    .collect(),
            }));
        }
        Ok(left.map(Rc::unwrap_or_clone))
    }
}

/// The condition of `table | where condition`.
fn condition_of(query: &tree::Query) -> Option<&tree::Expr> {
    match query.statements.as_slice() {
        [tree::Statement::Expression(tree::Expr::Pipe(pipeline))] => {
            match pipeline.operators.as_slice() {
                [tree::Operator::Where { predicate, .. }] => Some(predicate),
                _ => None,
            }
        }
        _ => None,
    }
}

fn flatten(condition: Expr, operands: &mut Vec<Expr>) {
    match condition.node {
        Node::Call(call) if call.function.name == "and" => call
            .arguments
            .into_iter()
            .for_each(|argument| flatten(argument, operands)),
        _ => operands.push(condition),
    }
}

fn run(plan: Plan, tables: &Rc<dyn Tables>, now: i64) -> Outcome<Relation> {
    Job::of_plan(plan, Rc::clone(tables), now)
        .run()
        .map(|finished| finished.relation)
}
