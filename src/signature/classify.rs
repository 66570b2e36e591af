//! Which signature a row belongs to.
//!
//! Input: batches of one table. Output: the rows of every clue. Operands of a clue that speak about
//! what tells kinds of rows apart are settled once a kind, before the first row is asked; most clues
//! fall away by that, and of the others only what is open is asked of the rows.
//! Invariant: every row goes to the first clue that holds, or stays silent.

use super::facts::Facts;
use super::kinds::{Kinds, Knowledge};
use super::metrics::{CONDITIONS, Counts};
use super::{Certainty, Clue, Signature, catalogue, tables};
use crate::engine::Outcome;
use crate::engine::batch::{Batch, Lazy};
use crate::engine::eval::{Context, Vector, evaluate};
use crate::engine::plan::Expr;
use crate::engine::predicate::Predicate;
use crate::table::{Tables, View};
use crate::value::{Value, order};
use std::rc::Rc;

/// A clue that was bound.
pub(super) struct BoundClue {
    /// The signature it tells.
    pub(super) signature: &'static Signature,
    /// The clue.
    pub(super) clue: &'static Clue,
    condition: Condition,
}

/// A condition, settled for each kind of row as far as that tells.
struct Condition {
    /// Over the columns of the classifier.
    predicate: Predicate,
    /// What a row of each kind has left to meet; `None` when it cannot meet the condition.
    open: Vec<Option<Open>>,
}

/// The operands of a clue that a kind leaves open: bit `i` is operand `i`, the last bit all from there.
type Open = u32;

const fn bit(operand: usize) -> Open {
    1 << if operand < 31 { operand } else { 31 }
}

/// Rows that belong to a clue.
#[derive(Default)]
pub(super) struct Claim {
    /// Their kinds, and the rows of each in their order.
    pub(super) rows: Vec<(usize, Vec<u32>)>,
}

impl Claim {
    /// Number of rows.
    pub(super) fn n_rows(&self) -> usize {
        self.rows.iter().map(|(_, rows)| rows.len()).sum()
    }
}

/// A batch, split.
#[derive(Default)]
pub(super) struct Split {
    /// By the place of the clue.
    pub(super) claims: Vec<Claim>,
    /// Rows that no clue claims.
    pub(super) n_silent: u64,
    /// Rows that meet the conditions of the metrics, whoever claims them.
    pub(super) counts: Counts,
}

impl Split {
    fn claim(&mut self, clue_at: usize, kind: usize, rows: Vec<u32>) {
        if let Some(claim) = self.claims.get_mut(clue_at) {
            claim.rows.push((kind, rows));
        }
    }
}

/// The clues of one table, in the order in which they are asked.
pub(super) struct Classifier {
    /// The clues.
    pub(super) clues: Vec<BoundClue>,
    /// The columns that they read, as places in the view.
    columns: Vec<usize>,
    /// The same columns with one row a kind; `None` when the kind does not tell the value.
    known: Vec<Option<Lazy>>,
    /// The place of the error message among the columns, and whether rows of each kind have one.
    message: Option<(usize, Vec<bool>)>,
    /// The clues that rows of each kind may meet.
    candidates: Vec<Vec<usize>>,
    /// The conditions of the metrics.
    counted: Vec<Condition>,
}

/// Settles conditions by the kinds of rows.
struct Settling {
    /// One row a kind.
    rows: Batch,
    knowledge: Vec<Knowledge>,
    has_message: Vec<bool>,
    context: Context,
}

impl Settling {
    fn new(kinds: &Kinds, columns: &[usize], now: i64) -> Self {
        let rows = kinds.rows();
        Self {
            rows: Batch {
                columns: columns
                    .iter()
                    .filter_map(|&at| rows.columns.get(at).cloned())
                    .collect(),
                n_rows: rows.n_rows,
            },
            knowledge: columns.iter().map(|&at| kinds.knowledge(at)).collect(),
            has_message: kinds.has_message(),
            context: Context::new(now),
        }
    }

    fn settle(&self, predicate: Predicate) -> Outcome<Condition> {
        let mut open = vec![Some(0); self.rows.n_rows];
        for (at, operand) in predicate.operands().iter().enumerate() {
            let known = known_by(operand, &self.knowledge);
            let truth = match known {
                Knowledge::Nothing => None,
                _ => Some(evaluate(operand, &self.rows, &self.context)?),
            };
            for (kind, open) in open.iter_mut().enumerate() {
                let is_told =
                    known == Knowledge::Value || self.has_message.get(kind) == Some(&false);
                *open = match truth.as_ref().filter(|_| is_told) {
                    Some(truth) => open.filter(|_| holds(truth, kind)),
                    None => open.map(|open| open | bit(at)),
                };
            }
        }
        Ok(Condition { predicate, open })
    }

    /// The columns whose value the kind tells.
    fn known(&self) -> Vec<Option<Lazy>> {
        let columns = self.rows.columns.iter().zip(&self.knowledge);
        columns
            .map(|(column, known)| (*known == Knowledge::Value).then(|| column.clone()))
            .collect()
    }

    /// The place of the error message, and whether rows of each kind have one.
    fn message(self) -> Option<(usize, Vec<bool>)> {
        let mut known = self.knowledge.iter();
        let at = known.position(|known| *known == Knowledge::Emptiness)?;
        Some((at, self.has_message))
    }
}

impl Classifier {
    /// Binds the clues of a table; those that need rows of another table are left out when it is empty.
    pub(super) fn bind(
        table: &'static str,
        view: &View,
        kinds: &Kinds,
        tables: &Rc<dyn Tables>,
        now: i64,
    ) -> Outcome<Self> {
        let asked = asked_clues(table, view, kinds, tables);
        let counted: &[&str] = if table == tables::GATEWAY {
            &CONDITIONS
        } else {
            &[]
        };
        let asked_kql: Vec<String> = asked.iter().map(|(_, clue)| clue.kql()).collect();
        let mut texts: Vec<&str> = asked_kql.iter().map(String::as_str).collect();
        texts.extend(counted);
        let predicates = Predicate::bind_all(table, &texts, tables, now)?;
        let mut columns: Vec<usize> = predicates.iter().flat_map(Predicate::columns).collect();
        order::sort_by_key(&mut columns, |column| *column);
        columns.dedup();
        let place = |column: usize| columns.binary_search(&column).unwrap_or_default();
        let settling = Settling::new(kinds, &columns, now);
        let mut conditions = Vec::with_capacity(predicates.len());
        for mut predicate in predicates {
            predicate.map_columns(&place);
            conditions.push(settling.settle(predicate)?);
        }
        let mut candidates = vec![Vec::new(); kinds.len()];
        for (clue_at, condition) in conditions.iter().take(asked.len()).enumerate() {
            for (open, candidates) in condition.open.iter().zip(&mut candidates) {
                if open.is_some() {
                    candidates.push(clue_at);
                }
            }
        }
        let counted = conditions.split_off(asked.len());
        let clues = asked.into_iter().zip(conditions);
        Ok(Self {
            clues: clues
                .map(|((signature, clue), condition)| BoundClue {
                    signature,
                    clue,
                    condition,
                })
                .collect(),
            counted,
            candidates,
            known: settling.known(),
            message: settling.message(),
            columns,
        })
    }

    /// Splits a batch into the claims of clues.
    pub(super) fn classify(
        &self,
        batch: &Batch,
        kinds: Option<&[u16]>,
        context: &Context,
    ) -> Outcome<Split> {
        let mut split = Split::default();
        split.claims.resize_with(self.clues.len(), Claim::default);
        let Some(kinds) = kinds else {
            let rows = (0..batch.n_rows as u32).collect();
            self.ask(batch, 0, rows, context, &mut split)?;
            return Ok(split);
        };
        let (rows, ends) = by_kind(kinds, self.candidates.len());
        let mut start = 0;
        for (kind, end) in ends.into_iter().enumerate() {
            if let Some(rows) = rows.get(start..end).filter(|rows| !rows.is_empty()) {
                self.ask(batch, kind, rows.to_vec(), context, &mut split)?;
            }
            start = end;
        }
        Ok(split)
    }

    /// Asks about rows of one kind.
    fn ask(
        &self,
        batch: &Batch,
        kind: usize,
        mut rows: Vec<u32>,
        context: &Context,
        split: &mut Split,
    ) -> Outcome<()> {
        let mut rest: Option<Batch> = None;
        let ask = |condition: &Condition, rows: &[u32], rest: &mut Option<Batch>| match condition
            .open_for(kind)
        {
            None => Ok(Some(Vec::new())),
            Some(0) => Ok(None),
            Some(open) => {
                let rest = rest.get_or_insert_with(|| self.rows_of_kind(batch, kind, rows));
                condition.rows(open, rest, context)
            }
        };
        for (condition, count) in self.counted.iter().zip(&mut split.counts) {
            let met = ask(condition, &rows, &mut rest)?;
            *count += met.map_or(rows.len(), |met| met.len()) as u64;
        }
        for &clue_at in self.candidates.get(kind).into_iter().flatten() {
            let Some(bound) = self.clues.get(clue_at) else {
                continue;
            };
            match ask(&bound.condition, &rows, &mut rest)? {
                None => {
                    split.claim(clue_at, kind, rows);
                    return Ok(());
                }
                Some(places) if places.is_empty() => {}
                Some(places) => {
                    let (ours, others) = parted(&rows, &places);
                    split.claim(clue_at, kind, ours);
                    rows = others;
                    rest = None;
                }
            }
        }
        split.n_silent += rows.len() as u64;
        Ok(())
    }

    /// The columns that clues read, for rows of one kind.
    pub(super) fn rows_of_kind(&self, batch: &Batch, kind: usize, rows: &[u32]) -> Batch {
        let (n_rows, rows) = (rows.len(), Rc::new(rows.to_vec()));
        let has_message = |at: usize| match &self.message {
            Some((message, has_message)) if *message == at => has_message.get(kind) != Some(&false),
            _ => true,
        };
        let column = |(at, (place, known)): (usize, (&usize, &Option<Lazy>))| {
            let stored = batch.columns.get(*place);
            match (known, stored) {
                (Some(known), _) => {
                    let known = known.get();
                    Lazy::constant(known.value(kind), known.kind, n_rows)
                }
                (None, Some(stored)) if has_message(at) => stored.rows(&rows),
                _ => Lazy::constant(Value::string(""), crate::value::Type::String, n_rows),
            }
        };
        Batch {
            columns: self
                .columns
                .iter()
                .zip(&self.known)
                .enumerate()
                .map(column)
                .collect(),
            n_rows,
        }
    }

    /// The columns of the view that a clue reads.
    pub(super) fn columns_of(&self, clue_at: usize) -> Vec<usize> {
        let bound = self.clues.get(clue_at);
        let places = bound.map(|bound| bound.condition.predicate.columns());
        places
            .iter()
            .flatten()
            .filter_map(|&at| self.columns.get(at).copied())
            .collect()
    }

    /// The columns of the view that the clues of a signature read; `at` is the place of one of them.
    pub(super) fn columns_of_signature(&self, at: usize) -> Vec<usize> {
        let signature = self.clues.get(at).map(|bound| bound.signature.id);
        let is_of = |bound: &BoundClue| Some(bound.signature.id) == signature;
        (0..self.clues.len())
            .filter(|&clue_at| self.clues.get(clue_at).is_some_and(is_of))
            .flat_map(|clue_at| self.columns_of(clue_at))
            .collect()
    }

    /// Number of clues that rows of a kind may meet.
    pub(super) fn n_candidates(&self, kind: usize) -> usize {
        self.candidates.get(kind).map_or(0, Vec::len)
    }

    /// Whether a clue holds for the rows of a kind, when the kind tells.
    pub(super) fn is_settled(&self, clue_at: usize, kind: usize) -> Option<bool> {
        let condition = &self.clues.get(clue_at)?.condition;
        match condition.open_for(kind) {
            None => Some(false),
            Some(0) => Some(true),
            Some(_) => None,
        }
    }

    /// Whether a clue holds for one of the rows, which are of one kind: see [`Self::rows_of_kind`].
    pub(super) fn holds_for_any(
        &self,
        clue_at: usize,
        kind: usize,
        rows: &Batch,
        context: &Context,
    ) -> Outcome<bool> {
        let Some(condition) = self.clues.get(clue_at).map(|bound| &bound.condition) else {
            return Ok(false);
        };
        let Some(open) = condition.open_for(kind) else {
            return Ok(false);
        };
        let met = condition.rows(open, rows, context)?;
        Ok(met.is_none_or(|rows| !rows.is_empty()))
    }
}

impl Condition {
    /// What rows of a kind have left to meet; `None` when they cannot meet it.
    fn open_for(&self, kind: usize) -> Option<Open> {
        self.open.get(kind).copied().flatten()
    }

    /// The rows of a batch that meet the open operands; `None` when all do.
    fn rows(&self, open: Open, rows: &Batch, context: &Context) -> Outcome<Option<Vec<u32>>> {
        self.predicate
            .rows_where(rows, context, |at| open & bit(at) != 0)
    }
}

/// The clues over a table that its rows may meet, in the order in which they are asked.
fn asked_clues(
    table: &str,
    view: &View,
    kinds: &Kinds,
    tables: &Rc<dyn Tables>,
) -> Vec<(&'static Signature, &'static Clue)> {
    let has_llm_rows = tables
        .find(tables::LLM)
        .is_some_and(|view| view.n_rows() > 0);
    let names = view.fields.iter().map(|field| field.name.as_str());
    let facts = Facts::of(kinds, names);
    let mut asked: Vec<(&'static Signature, &'static Clue)> = Vec::new();
    for signature in catalogue() {
        for clue in signature.clues.iter().filter(|clue| clue.table == table) {
            let kql = clue.kql();
            if facts.may_hold(&kql) && (has_llm_rows || !kql.contains(tables::LLM)) {
                asked.push((signature, clue));
            }
        }
    }
    // Stable: the catalogue's order settles the rest.
    order::sort_by_key(&mut asked, |(signature, clue)| {
        (
            clue.certainty == Certainty::Likely,
            std::cmp::Reverse(clue.weight),
            std::cmp::Reverse(signature.specificity),
        )
    });
    asked
}

/// The rows kind by kind, and where those of each kind end.
fn by_kind(kinds: &[u16], n_kinds: usize) -> (Vec<u32>, Vec<usize>) {
    let mut ends = vec![0; n_kinds];
    for &kind in kinds {
        if let Some(count) = ends.get_mut(usize::from(kind)) {
            *count += 1;
        }
    }
    let mut n_before = 0;
    for count in &mut ends {
        n_before += std::mem::replace(count, n_before);
    }
    let mut rows = vec![0; n_before];
    for (row, &kind) in kinds.iter().enumerate() {
        if let Some(end) = ends.get_mut(usize::from(kind)) {
            if let Some(place) = rows.get_mut(*end) {
                *place = row as u32;
            }
            *end += 1;
        }
    }
    (rows, ends)
}

/// What the kind of a row tells about an operand: as much as of the column of which it tells least.
fn known_by(operand: &Expr, knowledge: &[Knowledge]) -> Knowledge {
    let mut known = Knowledge::Value;
    operand.for_each_column(&mut |at| {
        known = known.max(knowledge.get(at).copied().unwrap_or(Knowledge::Nothing));
    });
    known
}

/// Whether a condition is true in a row.
fn holds(truth: &Vector, row: usize) -> bool {
    matches!(truth.value(row), Value::Bool(true))
}

/// The rows at some places, which are sorted, and the others.
fn parted(rows: &[u32], places: &[u32]) -> (Vec<u32>, Vec<u32>) {
    let (mut ours, mut others) = (Vec::with_capacity(places.len()), Vec::new());
    let mut places = places.iter().copied().peekable();
    for (at, &row) in rows.iter().enumerate() {
        if places.peek() == Some(&(at as u32)) {
            places.next();
            ours.push(row);
        } else {
            others.push(row);
        }
    }
    (ours, others)
}
