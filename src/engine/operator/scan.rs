//! `scan`: a state machine over the rows in their order.
//!
//! Every row is tried on the steps from the last to the first. A step takes over the state of the
//! step before it when that has one and the condition holds (the sequence moves on); else it goes on
//! with its own state, or begins a sequence if it is the first. A state holds the latest row of every
//! step up to its own. The columns of an expression are those of the row, then those of each step's
//! row in the state that it is tried with; where there is none, the defaults.

use super::key::Grouper;
use super::rows::column_of;
use super::{Machine, Poll, Run, hold};
use crate::engine::Outcome;
use crate::engine::batch::{Batch, Lazy};
use crate::engine::eval::{Context, evaluate, evaluate_row};
use crate::engine::plan::Expr;
use crate::table::SEGMENT_ROWS;
use crate::text::Span;
use crate::value::{Type, Value};
use std::rc::Rc;

/// Which rows of a step are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// Every one.
    All,
    /// The last of a series of matches.
    Last,
    /// None.
    None,
}

/// A step.
#[derive(Clone, Debug)]
pub struct Step {
    /// When a row matches.
    pub condition: Expr,
    /// Columns that a matching row gets.
    pub assignments: Vec<(usize, Expr)>,
    /// Which rows are given.
    pub output: Output,
}

/// A bound `scan`.
#[derive(Clone, Debug)]
pub struct Scan {
    /// The steps, at least one.
    pub steps: Vec<Step>,
    /// Columns whose values tell apart rows that are scanned each for themselves.
    pub partition_by: Vec<Expr>,
    /// Types of the columns of a row: the input's, then the declared ones.
    pub kinds: Vec<Type>,
    /// How many of them are the input's.
    pub n_input: usize,
    /// The values of a row that is not there.
    pub defaults: Vec<Value>,
    /// Whether the number of the match stands behind the columns.
    pub has_match_id: bool,
    /// Where it stands.
    pub span: Span,
}

impl Machine for Scan {
    fn start(&self, inputs: Vec<Box<dyn Run>>) -> Box<dyn Run> {
        Box::new(Running {
            input: inputs.into_iter().next(),
            grouper: Grouper::new(self.partition_by.len()),
            states: Vec::new(),
            given: Vec::new(),
            n_matches: 0,
            rest: None,
            scan: self.clone(),
        })
    }
}

/// The values of a matched row, and the number of its match behind them.
type Record = Rc<Vec<Value>>;

/// What a step knows: the latest row of each step up to it, and the number of the match.
#[derive(Clone)]
struct State {
    records: Vec<Option<Record>>,
    match_id: i64,
}

/// The states of some rows that are scanned together.
#[derive(Clone)]
struct States {
    of_steps: Vec<Option<State>>,
    /// The last row of a step whose series still runs.
    held: Vec<Option<Record>>,
}

struct Running {
    input: Option<Box<dyn Run>>,
    scan: Scan,
    grouper: Grouper,
    states: Vec<States>,
    given: Vec<Record>,
    n_matches: i64,
    /// A batch that was not scanned to its end, and the row to go on with.
    rest: Option<(Batch, Vec<u32>, usize)>,
}

impl Running {
    fn scan_row(&mut self, row: &[Value], states: &mut States, context: &Context) -> Outcome<()> {
        let n_steps = self.scan.steps.len();
        for at in (0..n_steps).rev() {
            let before = at
                .checked_sub(1)
                .and_then(|before| states.of_steps.get(before))
                .and_then(Option::as_ref);
            if let Some(before) = before
                && self.matches(at, row, Some(before), context)?
            {
                let mut moved = before.clone();
                if let Some(place) = states.of_steps.get_mut(at - 1) {
                    *place = None;
                }
                self.release(states, at - 1);
                self.release(states, at);
                let record = self.extended(at, row, Some(&moved), moved.match_id, context)?;
                self.give(at, &record, states);
                moved.records.push(Some(record));
                if let Some(place) = states.of_steps.get_mut(at) {
                    *place = Some(moved);
                }
                continue;
            }
            let own = states.of_steps.get(at).and_then(Option::as_ref);
            if (own.is_some() || at == 0) && self.matches(at, row, own, context)? {
                let mut state = match own {
                    Some(state) => state.clone(),
                    None => {
                        self.n_matches += 1;
                        State {
                            records: vec![None],
                            match_id: self.n_matches - 1,
                        }
                    }
                };
                let record = self.extended(at, row, Some(&state), state.match_id, context)?;
                self.give(at, &record, states);
                if let Some(place) = state.records.get_mut(at) {
                    *place = Some(record);
                }
                if let Some(place) = states.of_steps.get_mut(at) {
                    *place = Some(state);
                }
            }
        }
        Ok(())
    }

    /// The value of a column of an expression: of the row, or of a step's row in the state.
    fn value(&self, at: usize, row: &[Value], state: Option<&State>) -> Value {
        let n_columns = self.scan.kinds.len();
        let record = match at.checked_sub(n_columns) {
            None => return row.get(at).cloned().unwrap_or_default(),
            Some(at) => state
                .and_then(|state| state.records.get(at / n_columns))
                .and_then(Option::as_ref),
        };
        match record {
            Some(record) => record.get(at % n_columns),
            None => self.scan.defaults.get(at % n_columns),
        }
        .cloned()
        .unwrap_or_default()
    }

    fn matches(
        &self,
        at: usize,
        row: &[Value],
        state: Option<&State>,
        context: &Context,
    ) -> Outcome<bool> {
        let Some(step) = self.scan.steps.get(at) else {
            return Ok(false);
        };
        let column = |at: usize| self.value(at, row, state);
        let truth = evaluate_row(&step.condition, &column, context)?;
        Ok(matches!(truth, Value::Bool(true)))
    }

    /// A row with the assignments of a step.
    fn extended(
        &self,
        at: usize,
        row: &[Value],
        state: Option<&State>,
        match_id: i64,
        context: &Context,
    ) -> Outcome<Record> {
        let mut values = row.to_vec();
        let column = |at: usize| self.value(at, row, state);
        for (place, value) in self
            .scan
            .steps
            .get(at)
            .map(|step| step.assignments.as_slice())
            .unwrap_or_default()
        {
            let value = evaluate_row(value, &column, context)?;
            if let Some(place) = values.get_mut(*place) {
                *place = value;
            }
        }
        if self.scan.has_match_id {
            values.push(Value::Long(match_id));
        }
        Ok(Rc::new(values))
    }

    fn give(&mut self, at: usize, record: &Record, states: &mut States) {
        match self.scan.steps.get(at).map(|step| step.output) {
            Some(Output::All) => self.given.push(Rc::clone(record)),
            Some(Output::Last) => {
                if let Some(place) = states.held.get_mut(at) {
                    *place = Some(Rc::clone(record));
                }
            }
            _ => {}
        }
    }

    /// Ends the series of a step.
    fn release(&mut self, states: &mut States, at: usize) {
        self.given
            .extend(states.held.get_mut(at).and_then(Option::take));
    }

    /// Scans rows of a batch until there are enough.
    fn work(&mut self, context: &Context) -> Outcome<()> {
        let Some((batch, groups, start)) = self.rest.take() else {
            return Ok(());
        };
        let n_steps = self.scan.steps.len();
        let fresh = States {
            of_steps: vec![None; n_steps],
            held: vec![None; n_steps],
        };
        let columns: Vec<_> = (0..self.scan.n_input).map(|at| batch.column(at)).collect();
        let declared = self.scan.defaults.get(self.scan.n_input..);
        let declared = declared.unwrap_or_default().to_vec();
        let mut row = Vec::with_capacity(self.scan.kinds.len());
        let end = (start + SEGMENT_ROWS / 16).min(batch.n_rows);
        for at in start..end {
            row.clear();
            row.extend(columns.iter().map(|column| column.value(at)));
            row.extend_from_slice(&declared);
            let group = groups.get(at).map_or(0, |&group| group as usize);
            if group >= self.states.len() {
                self.states.resize(group + 1, fresh.clone());
                hold(self.states.len(), self.scan.span)?;
            }
            let Some(place) = self.states.get_mut(group) else {
                continue;
            };
            let mut states = std::mem::replace(place, fresh.clone());
            let scanned = self.scan_row(&row, &mut states, context);
            if let Some(place) = self.states.get_mut(group) {
                *place = states;
            }
            scanned?;
        }
        if end < batch.n_rows {
            self.rest = Some((batch, groups, end));
        }
        Ok(())
    }

    fn batch(&mut self) -> Poll {
        let given = std::mem::take(&mut self.given);
        if given.is_empty() {
            return Poll::Pending;
        }
        let match_id = self.scan.has_match_id.then_some(Type::Long);
        let kinds = self.scan.kinds.iter().copied().chain(match_id);
        let columns = kinds.enumerate().map(|(at, kind)| {
            let values = given
                .iter()
                .map(|record| record.get(at).cloned().unwrap_or_default());
            Lazy::column(column_of(kind, values))
        });
        Poll::Batch(Batch {
            columns: columns.collect(),
            n_rows: given.len(),
        })
    }
}

impl Run for Running {
    fn poll(&mut self, context: &Context) -> Outcome<Poll> {
        if self.rest.is_some() {
            self.work(context)?;
            return Ok(self.batch());
        }
        let Some(input) = &mut self.input else {
            return Ok(Poll::Done);
        };
        match input.poll(context)? {
            Poll::Batch(batch) => {
                let mut groups = Vec::new();
                if !self.scan.partition_by.is_empty() {
                    let mut keys = Vec::with_capacity(self.scan.partition_by.len());
                    for key in &self.scan.partition_by {
                        keys.push(evaluate(key, &batch, context)?.into_column(batch.n_rows));
                    }
                    self.grouper.group(&keys, &mut groups);
                }
                self.rest = Some((batch, groups, 0));
                Ok(Poll::Pending)
            }
            Poll::Pending => Ok(Poll::Pending),
            Poll::Done => {
                self.input = None;
                for states in std::mem::take(&mut self.states) {
                    self.given.extend(states.held.into_iter().flatten());
                }
                Ok(self.batch())
            }
        }
    }
}
