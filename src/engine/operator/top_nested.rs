//! `top-nested`: the best values of a level, within each of them the best of the next, and so on.
//!
//! Rows stand on paths: one value a level so far. A level passes over the rows once to aggregate the
//! values within every path, and once more to aggregate what did not make it where `with others`
//! asks for that. A path of others goes no deeper: the next levels are null there, or their own
//! others of the same rows. A step looks at one batch.

use super::key::{Grouper, UNKNOWN};
use super::rows::column_of;
use super::summarize::{refused, start};
use super::{Machine, Poll, Run, hold};
use crate::engine::Outcome;
use crate::engine::aggregate::State;
use crate::engine::batch::{Batch, Lazy};
use crate::engine::eval::{Context, evaluate};
use crate::engine::plan::{AggregateCall, Expr};
use crate::engine::scalar::operators::order;
use crate::table::{Column, Data};
use crate::text::Span;
use crate::value::order::sort_by;
use crate::value::{Type, Value};
use std::cmp::Ordering;
use std::rc::Rc;

/// One level.
#[derive(Clone, Debug)]
pub struct Level {
    /// Whose values are told apart.
    pub of: Expr,
    /// How many of them; all where there is none.
    pub count: Option<usize>,
    /// The value that stands for those that did not make it.
    pub others: Option<Value>,
    /// The aggregates of a value.
    pub calls: Vec<AggregateCall>,
    /// What is compared: an expression over their results.
    pub result: Expr,
    /// Smallest first.
    pub is_ascending: bool,
    /// Nulls before all others.
    pub is_nulls_first: bool,
}

/// A bound `top-nested`.
#[derive(Clone, Debug)]
pub struct TopNested {
    /// The levels, at least one.
    pub levels: Vec<Level>,
    /// Where it stands.
    pub span: Span,
}

impl Machine for TopNested {
    fn start(&self, inputs: Vec<Box<dyn Run>>) -> Box<dyn Run> {
        Box::new(Running {
            input: inputs.into_iter().next(),
            levels: self.levels.clone(),
            span: self.span,
            batches: Vec::new(),
            paths_of_rows: Vec::new(),
            n_held: 0,
            paths: vec![Path::default()],
            at: 0,
            phase: Phase::Start,
        })
    }
}

/// Values of the levels so far.
#[derive(Clone, Default)]
struct Path {
    cells: Vec<Value>,
    is_others: bool,
}

/// What a level has made so far.
struct Work {
    grouper: Grouper,
    /// The aggregates, one group a value of a path, or a path of the next level.
    states: Vec<Box<dyn State>>,
    /// The value of every row, batch by batch.
    groups: Vec<Vec<u32>>,
    /// The next batch.
    next: usize,
}

enum Phase {
    /// A level has not begun.
    Start,
    /// The values are aggregated.
    Values(Work),
    /// Rows are put on the new paths, those of others aggregated.
    Others(Work, Vec<Path>),
    Done,
}

struct Running {
    input: Option<Box<dyn Run>>,
    levels: Vec<Level>,
    span: Span,
    batches: Vec<Batch>,
    /// The path of every row, [`UNKNOWN`] for those that are out.
    paths_of_rows: Vec<Vec<u32>>,
    n_held: usize,
    paths: Vec<Path>,
    at: usize,
    phase: Phase,
}

/// The aggregates of some rows of a batch.
fn update(
    level: &Level,
    states: &mut [Box<dyn State>],
    batch: &Batch,
    groups: &[u32],
    n_groups: usize,
    context: &Context,
) -> Outcome<()> {
    for (call, state) in level.calls.iter().zip(states) {
        let mut arguments = Vec::with_capacity(call.arguments.len());
        for argument in &call.arguments {
            arguments.push(evaluate(argument, batch, context)?);
        }
        state.update(groups, n_groups, &arguments, context);
        refused(context, call)?;
    }
    Ok(())
}

/// What is compared, one value a group.
fn results(
    level: &Level,
    states: &mut [Box<dyn State>],
    n_groups: usize,
    context: &Context,
) -> Outcome<Vec<Value>> {
    let mut columns: Vec<Column> = Vec::new();
    for (call, state) in level.calls.iter().zip(states) {
        columns.extend(state.finish(n_groups, context));
        refused(context, call)?;
    }
    let made = evaluate(&level.result, &Batch::of(columns, n_groups), context)?;
    Ok((0..n_groups).map(|group| made.value(group)).collect())
}

impl Level {
    fn compare(&self, left: &Value, right: &Value) -> Ordering {
        let is_missing = |value: &Value| {
            value.is_null() || matches!(value, Value::Real(number) if number.is_nan())
        };
        match (is_missing(left), is_missing(right)) {
            (true, true) => Ordering::Equal,
            (is_left, is_right) if is_left || is_right => {
                if is_left == self.is_nulls_first {
                    Ordering::Less
                } else {
                    Ordering::Greater
                }
            }
            _ => {
                let order = order(left, right).unwrap_or(Ordering::Equal);
                if self.is_ascending {
                    order
                } else {
                    order.reverse()
                }
            }
        }
    }

    fn work(&self) -> Work {
        Work {
            grouper: Grouper::new(2),
            states: self.calls.iter().map(|call| start(call, false)).collect(),
            groups: Vec::new(),
            next: 0,
        }
    }
}

impl Running {
    /// Aggregates the values of a batch within the paths of its rows.
    fn aggregate(&self, level: &Level, work: &mut Work, context: &Context) -> Outcome<()> {
        let (Some(batch), Some(paths)) = (
            self.batches.get(work.next),
            self.paths_of_rows.get(work.next),
        ) else {
            return Ok(());
        };
        let goes_deeper = |path: u32| {
            let path = self.paths.get(path as usize);
            path.is_some_and(|path| !path.is_others)
        };
        let rows: Vec<u32> = (0..batch.n_rows as u32)
            .zip(paths)
            .filter(|(_, path)| goes_deeper(**path))
            .map(|(row, _)| row)
            .collect();
        let narrowed = batch.rows(rows.clone());
        let on_paths = rows
            .iter()
            .filter_map(|&row| paths.get(row as usize))
            .map(|&path| i64::from(path));
        let on_paths = Column::new(Type::Long, Data::Long(on_paths.collect()));
        let values = evaluate(&level.of, &narrowed, context)?.into_column(rows.len());
        let mut groups = Vec::new();
        work.grouper
            .group(&[Rc::new(on_paths), values], &mut groups);
        hold(work.grouper.len(), self.span)?;
        let n_groups = work.grouper.len();
        update(
            level,
            &mut work.states,
            &narrowed,
            &groups,
            n_groups,
            context,
        )?;
        let mut of_rows = vec![UNKNOWN; batch.n_rows];
        for (row, group) in rows.iter().zip(groups) {
            if let Some(place) = of_rows.get_mut(*row as usize) {
                *place = group;
            }
        }
        work.groups.push(of_rows);
        work.next += 1;
        Ok(())
    }

    /// The paths of the next level, and where each value and the rest of each path goes.
    fn branch(
        &self,
        level: &Level,
        work: &mut Work,
        context: &Context,
    ) -> Outcome<(Vec<Path>, Vec<u32>, Vec<u32>)> {
        let n_groups = work.grouper.len();
        let compared = results(level, &mut work.states, n_groups, context)?;
        let keys = work.grouper.key_columns(&[Type::Long, level.of.kind]);
        let value_of = |column: usize, group: usize| {
            keys.get(column)
                .map(|column| column.value(group))
                .unwrap_or_default()
        };
        let mut groups_of_paths: Vec<Vec<usize>> = vec![Vec::new(); self.paths.len()];
        for group in 0..n_groups {
            let path = value_of(0, group).as_long().unwrap_or(0) as usize;
            if let Some(groups) = groups_of_paths.get_mut(path) {
                groups.push(group);
            }
        }
        let mut paths = Vec::new();
        let mut of_groups = vec![UNKNOWN; n_groups];
        let mut of_others = vec![UNKNOWN; self.paths.len()];
        for (at, (path, mut groups)) in self.paths.iter().zip(groups_of_paths).enumerate() {
            let mut add = |cells: [Value; 2], is_others: bool| {
                let mut path = path.clone();
                path.cells.extend(cells);
                path.is_others = is_others;
                paths.push(path);
                paths.len() as u32 - 1
            };
            let missing = Value::missing(level.result.kind);
            if !path.is_others {
                sort_by(&mut groups, |&a, &b| {
                    match (compared.get(a), compared.get(b)) {
                        (Some(left), Some(right)) => level.compare(left, right),
                        _ => Ordering::Equal,
                    }
                });
                let n_taken = level.count.unwrap_or(usize::MAX);
                for &group in groups.iter().take(n_taken) {
                    let result = compared.get(group).cloned().unwrap_or_default();
                    if let Some(place) = of_groups.get_mut(group) {
                        *place = add([value_of(1, group), result], false);
                    }
                }
                if groups.len() <= n_taken || level.others.is_none() {
                    continue;
                }
            }
            let value = level.others.clone();
            let value = value.unwrap_or_else(|| Value::missing(level.of.kind));
            if let Some(place) = of_others.get_mut(at) {
                *place = add([value, missing], true);
            }
        }
        hold(paths.len(), self.span)?;
        Ok((paths, of_groups, of_others))
    }

    /// Aggregates the rows of a batch that stand on paths of others.
    fn aggregate_others(
        &self,
        level: &Level,
        work: &mut Work,
        paths: &[Path],
        context: &Context,
    ) -> Outcome<()> {
        let (Some(batch), Some(of_rows)) = (
            self.batches.get(work.next),
            self.paths_of_rows.get(work.next),
        ) else {
            return Ok(());
        };
        work.next += 1;
        let is_others = |path: u32| {
            let path = paths.get(path as usize);
            path.is_some_and(|path| path.is_others)
        };
        let (rows, groups): (Vec<u32>, Vec<u32>) = (0..batch.n_rows as u32)
            .zip(of_rows)
            .filter(|(_, path)| is_others(**path))
            .unzip();
        let narrowed = batch.rows(rows);
        let states = &mut work.states;
        update(level, states, &narrowed, &groups, paths.len(), context)
    }

    fn work(&mut self, context: &Context) -> Outcome<()> {
        let Some(level) = self.levels.get(self.at).cloned() else {
            self.phase = Phase::Done;
            return Ok(());
        };
        self.phase = match std::mem::replace(&mut self.phase, Phase::Done) {
            Phase::Start => Phase::Values(level.work()),
            Phase::Values(mut work) if work.next < self.batches.len() => {
                self.aggregate(&level, &mut work, context)?;
                Phase::Values(work)
            }
            Phase::Values(mut work) => {
                let (paths, of_groups, of_others) = self.branch(&level, &mut work, context)?;
                for (of_rows, groups) in self.paths_of_rows.iter_mut().zip(&work.groups) {
                    for (path, group) in of_rows.iter_mut().zip(groups) {
                        let deeper = of_groups.get(*group as usize).copied();
                        let deeper = deeper.filter(|path| *path != UNKNOWN);
                        let rest = of_others.get(*path as usize).copied();
                        *path = deeper.or(rest).unwrap_or(UNKNOWN);
                    }
                }
                let needs_others =
                    level.others.is_some() && paths.iter().any(|path| path.is_others);
                if needs_others {
                    Phase::Others(level.work(), paths)
                } else {
                    self.paths = paths;
                    self.at += 1;
                    Phase::Start
                }
            }
            Phase::Others(mut work, paths) if work.next < self.batches.len() => {
                self.aggregate_others(&level, &mut work, &paths, context)?;
                Phase::Others(work, paths)
            }
            Phase::Others(mut work, mut paths) => {
                let made = results(&level, &mut work.states, paths.len(), context)?;
                for (path, result) in paths.iter_mut().zip(made) {
                    if let (true, Some(place)) = (path.is_others, path.cells.last_mut()) {
                        *place = result;
                    }
                }
                self.paths = paths;
                self.at += 1;
                Phase::Start
            }
            Phase::Done => Phase::Done,
        };
        Ok(())
    }
}

impl Run for Running {
    fn poll(&mut self, context: &Context) -> Outcome<Poll> {
        if let Some(input) = &mut self.input {
            match input.poll(context)? {
                Poll::Batch(batch) if batch.n_rows > 0 => {
                    self.n_held += batch.n_rows;
                    hold(self.n_held, self.span)?;
                    self.paths_of_rows.push(vec![0; batch.n_rows]);
                    self.batches.push(batch);
                }
                Poll::Batch(_) | Poll::Pending => {}
                Poll::Done => {
                    self.input = None;
                    if self.batches.is_empty() {
                        self.phase = Phase::Done;
                        self.paths.clear();
                    }
                }
            }
            return Ok(Poll::Pending);
        }
        if !matches!(self.phase, Phase::Done) {
            self.work(context)?;
            return Ok(Poll::Pending);
        }
        let paths = std::mem::take(&mut self.paths);
        if paths.is_empty() {
            return Ok(Poll::Done);
        }
        let kinds = self
            .levels
            .iter()
            .flat_map(|level| [level.of.kind, level.result.kind]);
        let columns = kinds.enumerate().map(|(at, kind)| {
            let values = paths
                .iter()
                .map(|path| path.cells.get(at).cloned().unwrap_or_default());
            Lazy::column(column_of(kind, values))
        });
        Ok(Poll::Batch(Batch {
            columns: columns.collect(),
            n_rows: paths.len(),
        }))
    }
}
