//! Which signature a row belongs to.
//!
//! Input: batches of one table. Output: the rows of every clue. Operands of a clue that speak about
//! what tells kinds of rows apart are settled once a kind, before the first row is asked; most clues
//! fall away by that, and of the others only what is open is asked of the rows.
//! Invariant: every row goes to the first clue that holds, or stays silent.

use super::facts::Facts;
use super::kinds::{Kinds, Knowledge};
use super::{Certainty, Clue, Signature, catalogue, tables};
use crate::engine::Outcome;
use crate::engine::batch::{Batch, Lazy};
use crate::engine::eval::{Context, Vector, evaluate};
use crate::engine::plan::Expr;
use crate::engine::predicate::Predicate;
use crate::table::{Tables, View};
use crate::value::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// A clue that was bound.
pub(super) struct BoundClue {
    /// The signature it tells.
    pub(super) signature: &'static Signature,
    /// The clue.
    pub(super) clue: &'static Clue,
    /// Its condition, over the columns of the classifier.
    predicate: Predicate,
    /// What a row of each kind has left to meet; `None` when it cannot meet the clue.
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
    /// The rows, in no order.
    pub(super) rows: Vec<u32>,
    /// Their kinds.
    pub(super) kinds: Vec<usize>,
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
        let texts: Vec<&str> = asked.iter().map(|(_, clue)| clue.kql).collect();
        let predicates = Predicate::bind_all(table, &texts, tables, now)?;
        let mut columns: Vec<usize> = predicates.iter().flat_map(Predicate::columns).collect();
        columns.sort_unstable();
        columns.dedup();
        let place = |column: usize| columns.binary_search(&column).unwrap_or_default();
        let rows = kinds.rows();
        let rows = Batch {
            columns: columns
                .iter()
                .filter_map(|&at| rows.columns.get(at).cloned())
                .collect(),
            n_rows: rows.n_rows,
        };
        let knowledge: Vec<Knowledge> = columns.iter().map(|&at| kinds.knowledge(at)).collect();
        let has_message = kinds.has_message();
        let context = Context::new(now);
        let mut clues = Vec::with_capacity(asked.len());
        let mut candidates = vec![Vec::new(); rows.n_rows];
        for ((signature, clue), predicate) in asked.into_iter().zip(predicates) {
            let predicate = predicate.over(&place);
            let mut open = vec![Some(0); rows.n_rows];
            for (at, operand) in predicate.operands().iter().enumerate() {
                let truth = match known_by(operand, &knowledge) {
                    Knowledge::Nothing => None,
                    known => Some((known, evaluate(operand, &rows, &context)?)),
                };
                for (kind, open) in open.iter_mut().enumerate() {
                    let is_true = match &truth {
                        Some((Knowledge::Emptiness, _))
                            if has_message.get(kind) != Some(&false) =>
                        {
                            None
                        }
                        Some((_, truth)) => Some(holds(truth, kind)),
                        None => None,
                    };
                    *open = match is_true {
                        Some(true) => *open,
                        Some(false) => None,
                        None => open.map(|open| open | bit(at)),
                    };
                }
            }
            let clue_at = clues.len();
            for (open, candidates) in open.iter().zip(&mut candidates) {
                if open.is_some() {
                    candidates.push(clue_at);
                }
            }
            clues.push(BoundClue {
                signature,
                clue,
                predicate,
                open,
            });
        }
        let message = knowledge
            .iter()
            .position(|known| *known == Knowledge::Emptiness);
        let known = rows.columns.into_iter().zip(knowledge);
        Ok(Self {
            clues,
            known: known
                .map(|(column, known)| (known == Knowledge::Value).then_some(column))
                .collect(),
            columns,
            message: message.map(|at| (at, has_message)),
            candidates,
        })
    }

    /// Splits a batch into the claims of clues and the number of rows that no clue claims.
    pub(super) fn classify(
        &self,
        batch: &Batch,
        kinds: Option<&[u16]>,
        context: &Context,
    ) -> Outcome<(BTreeMap<usize, Claim>, usize)> {
        let mut rows_of: Vec<Vec<u32>> = vec![Vec::new(); self.candidates.len()];
        match kinds {
            None => rows_of = vec![(0..batch.n_rows as u32).collect()],
            Some(kinds) => {
                for (row, &kind) in kinds.iter().enumerate() {
                    if let Some(rows) = rows_of.get_mut(usize::from(kind)) {
                        rows.push(row as u32);
                    }
                }
            }
        }
        let (mut claims, mut n_silent) = (BTreeMap::<usize, Claim>::new(), 0);
        for (kind, rows) in rows_of.into_iter().enumerate() {
            if !rows.is_empty() {
                n_silent += self.ask(batch, kind, rows, context, &mut claims)?;
            }
        }
        Ok((claims, n_silent))
    }

    /// Asks the clues about rows of one kind; the number of those that no clue claims comes back.
    fn ask(
        &self,
        batch: &Batch,
        kind: usize,
        mut rows: Vec<u32>,
        context: &Context,
        claims: &mut BTreeMap<usize, Claim>,
    ) -> Outcome<usize> {
        let mut rest: Option<Batch> = None;
        for &clue_at in self.candidates.get(kind).into_iter().flatten() {
            let Some(bound) = self.clues.get(clue_at) else {
                continue;
            };
            let claimed = match bound.open.get(kind).copied().flatten() {
                None => continue,
                Some(0) => None,
                Some(open) => {
                    let asked = rest.get_or_insert_with(|| self.rows_of_kind(batch, kind, &rows));
                    bound
                        .predicate
                        .rows_where(asked, context, |at| open & bit(at) != 0)?
                }
            };
            let claim = |rows: Vec<u32>, claims: &mut BTreeMap<usize, Claim>| {
                let claim = claims.entry(clue_at).or_default();
                claim.kinds.push(kind);
                if claim.rows.is_empty() {
                    claim.rows = rows;
                } else {
                    claim.rows.extend(rows);
                }
            };
            match claimed {
                None => {
                    claim(rows, claims);
                    return Ok(0);
                }
                Some(places) if places.is_empty() => {}
                Some(places) => {
                    let (ours, others) = split(&rows, &places);
                    claim(ours, claims);
                    rows = others;
                    rest = None;
                }
            }
        }
        Ok(rows.len())
    }

    /// The columns that clues read, for rows of one kind.
    fn rows_of_kind(&self, batch: &Batch, kind: usize, rows: &[u32]) -> Batch {
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
        let places = self
            .clues
            .get(clue_at)
            .map(|bound| bound.predicate.columns())
            .unwrap_or_default();
        places
            .iter()
            .filter_map(|&at| self.columns.get(at).copied())
            .collect()
    }

    /// Whether a clue holds for one of the rows, which are of some kinds.
    pub(super) fn holds_for_any(
        &self,
        clue_at: usize,
        kinds: &BTreeSet<usize>,
        batches: &[Batch],
        context: &Context,
    ) -> Outcome<bool> {
        let Some(bound) = self.clues.get(clue_at) else {
            return Ok(false);
        };
        let mut is_open = false;
        for &kind in kinds {
            match bound.open.get(kind).copied().flatten() {
                None => {}
                Some(0) => return Ok(!batches.is_empty()),
                Some(_) => is_open = true,
            }
        }
        if is_open {
            for batch in batches {
                let read = Batch {
                    columns: self
                        .columns
                        .iter()
                        .filter_map(|&at| batch.columns.get(at).cloned())
                        .collect(),
                    n_rows: batch.n_rows,
                };
                let rows = bound.predicate.rows(&read, context)?;
                if rows.is_none_or(|rows| !rows.is_empty()) {
                    return Ok(true);
                }
            }
        }
        Ok(false)
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
    let names: Vec<&str> = view
        .fields
        .iter()
        .map(|field| field.name.as_str())
        .collect();
    let facts = Facts::of(kinds, &names);
    let mut asked: Vec<(&'static Signature, &'static Clue)> = Vec::new();
    for signature in catalogue() {
        for clue in signature.clues.iter().filter(|clue| clue.table == table) {
            let may_hold = facts.as_ref().is_none_or(|facts| facts.may_hold(clue.kql));
            if may_hold && (has_llm_rows || !clue.kql.contains(tables::LLM)) {
                asked.push((signature, clue));
            }
        }
    }
    // Stable: the catalogue's order settles the rest.
    asked.sort_by_key(|(signature, clue)| {
        (
            clue.certainty == Certainty::Likely,
            std::cmp::Reverse(clue.weight),
            std::cmp::Reverse(signature.specificity),
        )
    });
    asked
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
fn split(rows: &[u32], places: &[u32]) -> (Vec<u32>, Vec<u32>) {
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
