//! One body for every group of rows: `mv-apply`, `partition`.
//!
//! Input: rows, and what tells groups apart. Output: the rows that the body gives for each group, in
//! the order of the groups' first rows, with columns of the group's first row behind them. A group
//! is either a stretch of rows with the same number, which is complete within a batch, or all rows
//! with equal keys. Each step runs the body for a bounded piece.

use super::key::Grouper;
use super::{Counters, Poll, Run, build, hold};
use crate::diagnostic::{Diagnostic, codes};
use crate::engine::Outcome;
use crate::engine::batch::{Batch, Lazy};
use crate::engine::eval::{Context, evaluate};
use crate::engine::plan::{Expr, Plan};
use crate::table::{Data, SEGMENT_ROWS};
use crate::text::Span;
use crate::value::Type;
use std::collections::VecDeque;
use std::rc::Rc;

/// Most polls of bodies in one step.
const MAX_POLLS: usize = 512;

/// What tells groups apart, and what is put behind the body's columns.
#[derive(Clone, Debug)]
pub struct Each {
    /// The number by which the body reads its rows.
    pub group: usize,
    /// How the rows are told apart.
    pub by: By,
    /// Columns of the input that stand behind those of the body, with their types.
    pub carried: Vec<(usize, Type)>,
    /// Most groups, and what to say when there are more.
    pub limit: Option<(usize, &'static str)>,
}

/// How rows of a group are known.
#[derive(Clone, Debug)]
pub enum By {
    /// Neighbours with the same number in this column, which the body does not see.
    Stretch(usize),
    /// Rows with equal values.
    Keys(Vec<Expr>),
}

/// A row: its batch and its place there.
type Place = (u32, u32);

/// The running operator.
pub(super) struct Groups {
    input: Option<Box<dyn Run>>,
    body: Plan,
    each: Each,
    grouper: Grouper,
    numbers: Vec<u32>,
    /// The rows of every group, by key.
    rows: Vec<Vec<Place>>,
    /// The batches that groups are taken from.
    batches: Vec<Batch>,
    shared: Rc<Vec<Batch>>,
    waiting: VecDeque<Vec<Place>>,
    current: Option<(Box<dyn Run>, Place)>,
    n_held: usize,
    n_body_columns: usize,
    /// Types of the input's columns.
    kinds: Vec<Type>,
    span: Span,
}

impl Groups {
    pub(super) fn new(
        input: Box<dyn Run>,
        kinds: Vec<Type>,
        body: Plan,
        each: Each,
        span: Span,
    ) -> Self {
        let n_keys = match &each.by {
            By::Keys(keys) => keys.len(),
            By::Stretch(_) => 0,
        };
        Self {
            input: Some(input),
            n_body_columns: body.fields.len(),
            body,
            each,
            grouper: Grouper::new(n_keys),
            numbers: Vec::new(),
            rows: Vec::new(),
            batches: Vec::new(),
            shared: Rc::default(),
            waiting: VecDeque::new(),
            current: None,
            n_held: 0,
            kinds,
            span,
        }
    }

    /// Takes a batch of the input; groups of stretches are ready at once.
    fn take(&mut self, batch: Batch, context: &Context) -> Outcome<()> {
        match &self.each.by {
            By::Stretch(column) => {
                let numbers = batch.column(*column);
                let Data::Long(numbers) = &numbers.data else {
                    return Ok(());
                };
                let mut start = 0;
                for (row, number) in numbers.iter().enumerate() {
                    if numbers.get(row + 1) != Some(number) {
                        let places = (start..=row as u32).map(|row| (0, row));
                        self.waiting.push_back(places.collect());
                        start = row as u32 + 1;
                    }
                }
                self.shared = Rc::new(vec![batch]);
            }
            By::Keys(keys) => {
                let mut columns = Vec::with_capacity(keys.len());
                for key in keys {
                    columns.push(evaluate(key, &batch, context)?.into_column(batch.n_rows));
                }
                self.grouper.group(&columns, &mut self.numbers);
                self.rows.resize(self.grouper.len(), Vec::new());
                let at = self.batches.len() as u32;
                for (row, number) in self.numbers.iter().enumerate() {
                    if let Some(rows) = self.rows.get_mut(*number as usize) {
                        rows.push((at, row as u32));
                    }
                }
                self.n_held += batch.n_rows;
                hold(self.n_held, self.span)?;
                if let Some((most, message)) = self.each.limit
                    && self.rows.len() > most
                {
                    return Err(Box::new(Diagnostic::error(
                        codes::LIMIT,
                        self.span,
                        message,
                    )));
                }
                self.batches.push(batch);
            }
        }
        Ok(())
    }

    /// Starts the body for a group.
    fn start(&self, places: &[Place]) -> Box<dyn Run> {
        let hidden = match self.each.by {
            By::Stretch(column) => Some(column),
            By::Keys(_) => None,
        };
        let mut batches = Vec::new();
        for chunk in places.chunks(SEGMENT_ROWS) {
            let mut batch = match (self.shared.as_slice(), chunk.first()) {
                ([only], Some(_)) => only.rows(chunk.iter().map(|place| place.1).collect()),
                _ => {
                    let places = Rc::new(chunk.to_vec());
                    let kinds = self.kinds.iter().enumerate();
                    let columns =
                        kinds.map(|(at, kind)| Lazy::scattered(&self.shared, at, &places, *kind));
                    Batch {
                        columns: columns.collect(),
                        n_rows: chunk.len(),
                    }
                }
            };
            if let Some(column) = hidden.filter(|&column| column < batch.columns.len()) {
                batch.columns.remove(column);
            }
            batches.push(batch);
        }
        let mut body = self.body.clone();
        body.put_group(self.each.group, &Rc::new(batches));
        build(body, &Counters::default()).0
    }

    /// Puts the rows of some groups together, with the carried columns behind them.
    fn together(&self, given: Vec<(Batch, Place)>) -> Batch {
        let mut places = Vec::new();
        let mut origins = Vec::new();
        for (at, (batch, origin)) in given.iter().enumerate() {
            places.extend((0..batch.n_rows as u32).map(|row| (at as u32, row)));
            origins.extend(std::iter::repeat_n(*origin, batch.n_rows));
        }
        let n_rows = places.len();
        let (places, origins) = (Rc::new(places), Rc::new(origins));
        let mut columns: Vec<Lazy> = if let [(only, _)] = given.as_slice() {
            only.columns
                .iter()
                .take(self.n_body_columns)
                .cloned()
                .collect()
        } else {
            let batches = Rc::new(given.into_iter().map(|(batch, _)| batch).collect());
            let kinds = self.body.fields.iter().map(|field| field.kind).enumerate();
            kinds
                .map(|(at, kind)| Lazy::scattered(&batches, at, &places, kind))
                .collect()
        };
        for &(column, kind) in &self.each.carried {
            columns.push(Lazy::scattered(&self.shared, column, &origins, kind));
        }
        Batch { columns, n_rows }
    }

    /// Runs bodies for a while.
    fn work(&mut self, context: &Context) -> Outcome<Poll> {
        let mut given = Vec::new();
        let mut n_rows = 0;
        for _ in 0..MAX_POLLS {
            if self.current.is_none() {
                let Some(places) = self.waiting.pop_front() else {
                    break;
                };
                let first = places.first().copied().unwrap_or_default();
                self.current = Some((self.start(&places), first));
            }
            let Some((run, origin)) = &mut self.current else {
                break;
            };
            match run.poll(context)? {
                Poll::Batch(batch) => {
                    n_rows += batch.n_rows;
                    if batch.n_rows > 0 {
                        given.push((batch, *origin));
                    }
                    if n_rows >= SEGMENT_ROWS / 2 {
                        break;
                    }
                }
                Poll::Pending => {}
                Poll::Done => self.current = None,
            }
        }
        if given.is_empty() {
            return Ok(Poll::Pending);
        }
        Ok(Poll::Batch(self.together(given)))
    }
}

impl Run for Groups {
    fn poll(&mut self, context: &Context) -> Outcome<Poll> {
        if self.current.is_some() || !self.waiting.is_empty() {
            return self.work(context);
        }
        let Some(input) = &mut self.input else {
            return Ok(Poll::Done);
        };
        match input.poll(context)? {
            Poll::Batch(batch) if batch.n_rows > 0 => self.take(batch, context)?,
            Poll::Batch(_) | Poll::Pending => {}
            Poll::Done => {
                self.input = None;
                if let By::Keys(_) = self.each.by {
                    self.shared = Rc::new(std::mem::take(&mut self.batches));
                    self.waiting = std::mem::take(&mut self.rows).into();
                }
            }
        }
        Ok(Poll::Pending)
    }
}
