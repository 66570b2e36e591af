//! `join` and `lookup`.
//!
//! The keys of the smaller side are numbered, and the other side is asked for them; rows of the right
//! side are listed by key number, and the left side streams past them, a bounded number of pairs a
//! step. Null keys match each other, as in Kusto. Of an inner join the smaller side is the one that
//! is listed.

use super::key::{Grouper, UNKNOWN};
use super::{Poll, Run, hold};
use crate::engine::Outcome;
use crate::engine::batch::{Batch, Lazy, NO_ROW};
use crate::engine::eval::{Context, evaluate};
use crate::engine::plan::{Expr, JoinKind};
use crate::table::{Column, SEGMENT_ROWS};
use crate::text::Span;
use crate::value::{Type, Value};
use std::ops::Range;
use std::rc::Rc;

type Place = (u32, u32);

const MISSING: Place = (NO_ROW, NO_ROW);

/// One side while it is read.
struct Side {
    input: Option<Box<dyn Run>>,
    keys: Vec<Expr>,
    kinds: Vec<Type>,
    batches: Vec<Batch>,
    n_rows: usize,
    span: Span,
}

impl Side {
    fn keys_of(&self, batch: &Batch, context: &Context) -> Outcome<Vec<Rc<Column>>> {
        self.keys
            .iter()
            .map(|key| evaluate(key, batch, context).map(|vector| vector.into_column(batch.n_rows)))
            .collect()
    }
}

pub(super) struct Join {
    kind: JoinKind,
    left: Side,
    right: Side,
    stage: Stage,
    grouper: Grouper,
    /// Rows of the listed side by key: starts, then places.
    starts: Vec<u32>,
    places: Vec<Place>,
    listed_keys: Vec<Vec<u32>>,
    is_swapped: bool,
    has_match: Vec<Vec<bool>>,
    seen_keys: Vec<bool>,
    /// The batch that streams, and where in it the next pair starts.
    at_batch: usize,
    groups: Vec<u32>,
    at_row: usize,
    at_match: usize,
    shared_left: Option<Rc<Vec<Batch>>>,
    shared_right: Option<Rc<Vec<Batch>>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    ReadRight,
    ReadLeft,
    Number(usize),
    List(usize),
    Sort,
    Stream,
    Rest(usize),
    Done,
}

impl Join {
    pub(super) fn new(
        left: Box<dyn Run>,
        right: Box<dyn Run>,
        kind: JoinKind,
        keys: Vec<(Expr, Expr)>,
        left_kinds: Vec<Type>,
        right_kinds: Vec<Type>,
        span: Span,
    ) -> Self {
        let n_keys = keys.len();
        let (left_keys, right_keys) = keys.into_iter().unzip();
        let side = |input, keys, kinds| Side {
            input: Some(input),
            keys,
            kinds,
            batches: Vec::new(),
            n_rows: 0,
            span,
        };
        Self {
            kind,
            left: side(left, left_keys, left_kinds),
            right: side(right, right_keys, right_kinds),
            stage: Stage::ReadRight,
            grouper: Grouper::new(n_keys),
            starts: Vec::new(),
            places: Vec::new(),
            listed_keys: Vec::new(),
            is_swapped: false,
            has_match: Vec::new(),
            seen_keys: Vec::new(),
            at_batch: 0,
            groups: Vec::new(),
            at_row: 0,
            at_match: 0,
            shared_left: None,
            shared_right: None,
        }
    }

    fn listed(&self) -> &Side {
        if self.is_swapped {
            &self.left
        } else {
            &self.right
        }
    }

    fn streamed(&self) -> &Side {
        if self.is_swapped {
            &self.right
        } else {
            &self.left
        }
    }

    /// Reads one batch of a side; true at its end.
    fn read(side: &mut Side, context: &Context) -> Outcome<bool> {
        let Some(input) = &mut side.input else {
            return Ok(true);
        };
        match input.poll(context)? {
            Poll::Batch(batch) => {
                side.n_rows += batch.n_rows;
                hold(side.n_rows, side.span)?;
                side.batches.push(batch);
            }
            Poll::Pending => {}
            Poll::Done => {
                side.input = None;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether rows of the right side come out by themselves.
    const fn needs_rest(&self) -> bool {
        matches!(
            self.kind,
            JoinKind::RightOuter | JoinKind::FullOuter | JoinKind::RightSemi | JoinKind::RightAnti
        )
    }

    /// Numbers the keys of one batch of the streamed side, when that is the smaller one; true at its
    /// end.
    fn number(&mut self, at: usize, context: &Context) -> Outcome<bool> {
        if self.streamed().n_rows >= self.listed().n_rows {
            return Ok(true);
        }
        let Some(batch) = self.streamed().batches.get(at) else {
            self.grouper.freeze();
            return Ok(true);
        };
        let keys = self.streamed().keys_of(batch, context)?;
        self.grouper.group(&keys, &mut self.groups);
        Ok(false)
    }

    /// Numbers the keys of one batch of the listed side; true at its end.
    fn list(&mut self, at: usize, context: &Context) -> Outcome<bool> {
        let Some(batch) = self.listed().batches.get(at).cloned() else {
            return Ok(true);
        };
        let keys = self.listed().keys_of(&batch, context)?;
        let mut groups = Vec::new();
        self.grouper.group(&keys, &mut groups);
        if self.needs_rest() {
            self.has_match.push(vec![false; batch.n_rows]);
        }
        self.listed_keys.push(groups);
        Ok(false)
    }

    /// Lists the places of the listed side by key, without those that have no pair.
    fn sort_places(&mut self) {
        let n_keys = self.grouper.len();
        self.starts = vec![0; n_keys + 1];
        let keys = self.listed_keys.iter().flatten();
        for &key in keys.filter(|&&key| key != UNKNOWN) {
            if let Some(count) = self.starts.get_mut(key as usize + 1) {
                *count += 1;
            }
        }
        let mut n_places = 0;
        for start in &mut self.starts {
            n_places += *start;
            *start = n_places;
        }
        let mut next = self.starts.clone();
        self.places = vec![MISSING; n_places as usize];
        for (batch, keys) in self.listed_keys.iter().enumerate() {
            for (row, &key) in keys.iter().enumerate() {
                if let Some(at) = next.get_mut(key as usize) {
                    if let Some(place) = self.places.get_mut(*at as usize) {
                        *place = (batch as u32, row as u32);
                    }
                    *at += 1;
                }
            }
        }
        self.listed_keys = Vec::new();
        self.seen_keys = vec![false; n_keys];
    }

    /// Where the places of a key are listed.
    fn matches_of(&self, key: u32) -> Range<usize> {
        match self.starts.get(key as usize..) {
            Some([start, end, ..]) => *start as usize..*end as usize,
            _ => 0..0,
        }
    }

    /// Pairs of the streaming batch with the listed side, up to a batch of them.
    fn stream(&mut self, context: &Context) -> Outcome<Poll> {
        let Some(batch) = self.streamed().batches.get(self.at_batch).cloned() else {
            self.stage = if self.needs_rest() {
                Stage::Rest(0)
            } else {
                Stage::Done
            };
            return Ok(Poll::Pending);
        };
        if self.at_row == 0 && self.at_match == 0 {
            let keys = self.streamed().keys_of(&batch, context)?;
            let mut groups = std::mem::take(&mut self.groups);
            self.grouper.group(&keys, &mut groups);
            self.groups = groups;
        }
        let keeps_lonely = matches!(
            self.kind,
            JoinKind::LeftAnti | JoinKind::LeftOuter | JoinKind::FullOuter
        );
        let (mut mine, mut theirs): (Vec<u32>, Vec<Place>) = (Vec::new(), Vec::new());
        let mut n_visited = 0;
        while mine.len() < SEGMENT_ROWS && n_visited < SEGMENT_ROWS * 2 {
            if !keeps_lonely {
                let keys = self.groups.get(self.at_row..).unwrap_or_default();
                self.at_row += keys.iter().take_while(|&&key| key == UNKNOWN).count();
            }
            let Some(&key) = self.groups.get(self.at_row) else {
                break;
            };
            n_visited += 1;
            let row = self.at_row as u32;
            let found = self.matches_of(key);
            match self.kind {
                JoinKind::LeftSemi | JoinKind::LeftAnti => {
                    if found.is_empty() == (self.kind == JoinKind::LeftAnti) {
                        mine.push(row);
                    }
                    self.at_row += 1;
                    continue;
                }
                JoinKind::InnerUnique | JoinKind::RightSemi | JoinKind::RightAnti
                    if self.seen_keys.get(key as usize).copied().unwrap_or(false) =>
                {
                    self.at_row += 1;
                    continue;
                }
                _ => {}
            }
            if found.is_empty() {
                if matches!(self.kind, JoinKind::LeftOuter | JoinKind::FullOuter) {
                    mine.push(row);
                    theirs.push(MISSING);
                }
                self.at_row += 1;
                continue;
            }
            let start = found.start + self.at_match;
            let end = (start + SEGMENT_ROWS - mine.len()).min(found.end);
            let chosen = self.places.get(start..end).unwrap_or_default();
            n_visited += chosen.len();
            if !matches!(self.kind, JoinKind::RightSemi | JoinKind::RightAnti) {
                mine.resize(mine.len() + chosen.len(), row);
                theirs.extend_from_slice(chosen);
            }
            for &(batch, row) in chosen {
                if let Some(rows) = self.has_match.get_mut(batch as usize)
                    && let Some(matched) = rows.get_mut(row as usize)
                {
                    *matched = true;
                }
            }
            if end == found.end {
                if let Some(seen) = self.seen_keys.get_mut(key as usize) {
                    *seen = true;
                }
                self.at_match = 0;
                self.at_row += 1;
            } else {
                self.at_match = end - found.start;
            }
        }
        if self.at_row >= batch.n_rows {
            self.at_batch += 1;
            self.at_row = 0;
            self.at_match = 0;
        }
        if mine.is_empty() {
            return Ok(Poll::Pending);
        }
        let n_rows = mine.len();
        let mine = Rc::new(mine);
        let mut columns: Vec<Lazy> = batch
            .columns
            .iter()
            .map(|column| column.rows(&mine))
            .collect();
        if matches!(self.kind, JoinKind::LeftSemi | JoinKind::LeftAnti) {
            return Ok(Poll::Batch(Batch { columns, n_rows }));
        }
        let theirs = Rc::new(theirs);
        let listed = self.shared_listed();
        let kinds = self.listed().kinds.clone();
        let others = kinds
            .iter()
            .enumerate()
            .map(|(at, &kind)| Lazy::scattered(&listed, at, &theirs, kind));
        if self.is_swapped {
            let mut swapped: Vec<Lazy> = others.collect();
            swapped.append(&mut columns);
            columns = swapped;
        } else {
            columns.extend(others);
        }
        Ok(Poll::Batch(Batch { columns, n_rows }))
    }

    fn shared_listed(&mut self) -> Rc<Vec<Batch>> {
        let (side, shared) = if self.is_swapped {
            (&self.left, &mut self.shared_left)
        } else {
            (&self.right, &mut self.shared_right)
        };
        Rc::clone(shared.get_or_insert_with(|| Rc::new(side.batches.clone())))
    }

    /// Rows of the right side that had no pair (or, for a semi join, one).
    fn rest(&mut self, at: usize) -> Poll {
        let Some(batch) = self.right.batches.get(at).cloned() else {
            self.stage = Stage::Done;
            return Poll::Pending;
        };
        self.stage = Stage::Rest(at + 1);
        let wanted = self.kind == JoinKind::RightSemi;
        let matched = self
            .has_match
            .get(at)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let rows: Vec<u32> = (0..batch.n_rows as u32)
            .filter(|&row| matched.get(row as usize).copied().unwrap_or(false) == wanted)
            .collect();
        if rows.is_empty() {
            return Poll::Pending;
        }
        let batch = batch.rows(rows);
        if matches!(self.kind, JoinKind::RightSemi | JoinKind::RightAnti) {
            return Poll::Batch(batch);
        }
        let n_rows = batch.n_rows;
        let mut columns: Vec<Lazy> = self
            .left
            .kinds
            .iter()
            .map(|&kind| Lazy::constant(Value::missing(kind), kind, n_rows))
            .collect();
        columns.extend(batch.columns);
        Poll::Batch(Batch { columns, n_rows })
    }
}

impl Run for Join {
    fn poll(&mut self, context: &Context) -> Outcome<Poll> {
        match self.stage {
            Stage::ReadRight => {
                if Self::read(&mut self.right, context)? {
                    self.stage = Stage::ReadLeft;
                }
            }
            Stage::ReadLeft => {
                if Self::read(&mut self.left, context)? {
                    self.is_swapped =
                        self.kind == JoinKind::Inner && self.left.n_rows < self.right.n_rows;
                    self.stage = Stage::Number(0);
                }
            }
            Stage::Number(at) => {
                self.stage = if self.number(at, context)? {
                    Stage::List(0)
                } else {
                    Stage::Number(at + 1)
                }
            }
            Stage::List(at) => {
                self.stage = if self.list(at, context)? {
                    Stage::Sort
                } else {
                    Stage::List(at + 1)
                }
            }
            Stage::Sort => {
                self.sort_places();
                self.grouper.freeze();
                self.stage = Stage::Stream;
            }
            Stage::Stream => return self.stream(context),
            Stage::Rest(at) => return Ok(self.rest(at)),
            Stage::Done => return Ok(Poll::Done),
        }
        Ok(Poll::Pending)
    }
}
