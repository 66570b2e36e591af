//! Which signature a row belongs to.
//!
//! Input: batches of one table. Output: the rows of every signature, by clue. Most rows of a log are
//! calls that went well ("quiet" rows); clues that no quiet row can meet are not asked about them.
//! Invariant: every row goes to one signature or stays unclassified.

use super::facts::Facts;
use super::{Certainty, Clue, Signature, catalogue, tables};
use crate::engine::Outcome;
use crate::engine::batch::{Batch, Lazy};
use crate::engine::eval::{Context, Vector, evaluate, true_rows};
use crate::engine::predicate::Predicate;
use crate::table::{Column, Data, Tables, View};
use crate::value::{Type, Value};
use std::rc::Rc;

/// A clue that was bound.
pub(super) struct BoundClue {
    /// The signature it tells.
    pub(super) signature: &'static Signature,
    /// The clue.
    pub(super) clue: &'static Clue,
    /// Its condition.
    pub(super) predicate: Predicate,
    /// What a quiet row has to meet beside being quiet; `None` when none can meet it, or none is there.
    quiet: Option<Predicate>,
}

/// Rows that belong to a signature.
pub(super) struct Claim {
    /// The place of the clue in [`Classifier::clues`].
    pub(super) clue_at: usize,
    /// The rows.
    pub(super) batch: Batch,
}

/// The clues of one table, in the order in which they are asked.
pub(super) struct Classifier {
    /// The clues.
    pub(super) clues: Vec<BoundClue>,
    /// Of the gateway's table alone.
    quiet: Option<Quiet>,
}

/// The rows of calls that went well.
struct Quiet {
    predicate: Predicate,
    /// Places and types of the columns that are empty in them.
    empty: Vec<(usize, Type)>,
}

/// What tells a quiet gateway row.
const QUIET: &str = "ResponseCode between (100 .. 399) and isempty(LastErrorReason) and isempty(LastErrorSource) and isempty(LastErrorMessage)";

/// Response codes that [`QUIET`] takes.
const QUIET_CODES: std::ops::Range<i32> = 100..400;

/// Columns that [`QUIET`] wants empty.
const EMPTY_WHEN_QUIET: [&str; 3] = ["LastErrorReason", "LastErrorSource", "LastErrorMessage"];

impl Classifier {
    /// Binds the clues of a table; those that need rows of another table are left out when it is empty.
    pub(super) fn bind(table: &'static str, tables: &Rc<dyn Tables>, now: i64) -> Outcome<Self> {
        let context = Context::new(now);
        let has_llm_rows = tables
            .find(tables::LLM)
            .is_some_and(|view| view.n_rows() > 0);
        let gateway = tables.find(table).filter(|_| table == tables::GATEWAY);
        let probe = gateway.as_ref().map(|view| quiet_probe(view));
        let facts = gateway.as_ref().map(|view| Facts::of(view));
        let mut ordered: Vec<(usize, &'static Signature, &'static Clue)> = Vec::new();
        for (at, signature) in catalogue().enumerate() {
            for clue in signature.clues.iter().filter(|clue| clue.table == table) {
                let may_hold = facts.as_ref().is_none_or(|facts| facts.may_hold(clue.kql));
                if may_hold && (has_llm_rows || !clue.kql.contains(tables::LLM)) {
                    ordered.push((at, signature, clue));
                }
            }
        }
        ordered.sort_by_key(|(at, signature, clue)| {
            (
                clue.certainty == Certainty::Likely,
                std::cmp::Reverse(clue.weight),
                std::cmp::Reverse(signature.specificity),
                *at,
            )
        });
        let texts: Vec<&str> = ordered.iter().map(|(_, _, clue)| clue.kql).collect();
        let predicates = Predicate::bind_all(table, &texts, tables, now)?;
        let mut clues = Vec::with_capacity(ordered.len());
        for ((_, signature, clue), predicate) in ordered.into_iter().zip(predicates) {
            let quiet = match &probe {
                Some((batch, known)) => of_quiet_rows(&predicate, batch, known, &context)?,
                None => None,
            };
            clues.push(BoundClue {
                signature,
                clue,
                predicate,
                quiet,
            });
        }
        let quiet = match gateway {
            Some(view) => Some(Quiet {
                predicate: Predicate::bind(table, QUIET, tables, now)?,
                empty: view
                    .fields
                    .iter()
                    .enumerate()
                    .filter(|(_, field)| EMPTY_WHEN_QUIET.contains(&field.name.as_str()))
                    .map(|(at, field)| (at, field.kind))
                    .collect(),
            }),
            None => None,
        };
        Ok(Self { clues, quiet })
    }

    /// Splits a batch into claims and what no clue claims.
    pub(super) fn classify(
        &self,
        batch: &Batch,
        context: &Context,
    ) -> Outcome<(Vec<Claim>, Option<Batch>)> {
        let mut claims = Vec::new();
        let Some(quiet) = &self.quiet else {
            let rest = self.ask(batch.clone(), false, context, &mut claims)?;
            return Ok((claims, rest));
        };
        let quiet_rows = match quiet.predicate.rows(batch, context)? {
            None => (0..batch.n_rows as u32).collect(),
            Some(rows) => rows,
        };
        let mut is_quiet = vec![false; batch.n_rows];
        for &row in &quiet_rows {
            if let Some(place) = is_quiet.get_mut(row as usize) {
                *place = true;
            }
        }
        let loud_rows: Vec<u32> = (0..batch.n_rows as u32)
            .filter(|&row| !is_quiet.get(row as usize).copied().unwrap_or(false))
            .collect();
        let mut rest = None;
        if !loud_rows.is_empty() {
            rest = self.ask(batch.rows(loud_rows), false, context, &mut claims)?;
        }
        if !quiet_rows.is_empty() {
            let mut all = if quiet_rows.len() == batch.n_rows {
                batch.clone()
            } else {
                batch.rows(quiet_rows)
            };
            // Asking about a constant costs nothing.
            let n_rows = all.n_rows;
            for (at, kind) in &quiet.empty {
                if let Some(column) = all.columns.get_mut(*at) {
                    *column = Lazy::constant(Value::missing(*kind), *kind, n_rows);
                }
            }
            // The catalogue has a clue for every quiet row, so nothing is left over.
            let left = self.ask(all, true, context, &mut claims)?;
            rest = rest.or(left);
        }
        Ok((claims, rest))
    }

    /// Asks the clues in order; what is left over comes back.
    fn ask(
        &self,
        batch: Batch,
        is_quiet: bool,
        context: &Context,
        claims: &mut Vec<Claim>,
    ) -> Outcome<Option<Batch>> {
        let mut rest = batch;
        for (clue_at, bound) in self.clues.iter().enumerate() {
            let predicate = match &bound.quiet {
                _ if !is_quiet => &bound.predicate,
                Some(quiet) => quiet,
                None => continue,
            };
            match predicate.rows(&rest, context)? {
                None => {
                    claims.push(Claim {
                        clue_at,
                        batch: rest,
                    });
                    return Ok(None);
                }
                Some(rows) if rows.is_empty() => {}
                Some(rows) => {
                    let others = complement(&rows, rest.n_rows);
                    claims.push(Claim {
                        clue_at,
                        batch: rest.rows(rows),
                    });
                    rest = rest.rows(others);
                }
            }
        }
        Ok(Some(rest))
    }
}

/// The rows that are not in a sorted list.
fn complement(rows: &[u32], n_rows: usize) -> Vec<u32> {
    let mut others = Vec::with_capacity(n_rows - rows.len());
    let mut listed = rows.iter().copied().peekable();
    for row in 0..n_rows as u32 {
        if listed.peek() == Some(&row) {
            listed.next();
        } else {
            others.push(row);
        }
    }
    others
}

/// A batch with one row for every quiet response code, and which columns it knows.
fn quiet_probe(view: &View) -> (Batch, Vec<bool>) {
    let codes: Vec<i32> = QUIET_CODES.collect();
    let n_rows = codes.len();
    let mut known = Vec::with_capacity(view.fields.len());
    let columns = view.fields.iter().map(|field| {
        let is_code = field.name == "ResponseCode";
        known.push(is_code || EMPTY_WHEN_QUIET.contains(&field.name.as_str()));
        if is_code {
            Lazy::column(Column::new(Type::Int, Data::Int(codes.clone())))
        } else {
            Lazy::constant(Value::missing(field.kind), field.kind, n_rows)
        }
    });
    (
        Batch {
            columns: columns.collect(),
            n_rows,
        },
        known,
    )
}

/// What a quiet row has to meet of a predicate; `None` when none can.
///
/// Operands over known columns are tried on the probe: those that all its rows meet are left out. Of the
/// others, those that drop the rows of code 200 come first, since these are most rows, and those that
/// keep them last.
fn of_quiet_rows(
    predicate: &Predicate,
    probe: &Batch,
    known: &[bool],
    context: &Context,
) -> Outcome<Option<Predicate>> {
    let (mut selective, mut unknown, mut wide) = (Vec::new(), Vec::new(), Vec::new());
    for operand in predicate.operands() {
        let mut is_known = true;
        operand.for_each_column(&mut |at| is_known &= known.get(at).copied().unwrap_or(false));
        if !is_known {
            unknown.push(operand.clone());
            continue;
        }
        let truth = evaluate(operand, probe, context)?;
        match &truth {
            Vector::Constant(Value::Bool(true), _) => {}
            Vector::Constant(..) => return Ok(None),
            Vector::Column(_) => match true_rows(&truth, probe.n_rows) {
                None => {}
                Some(rows) if rows.is_empty() => return Ok(None),
                Some(rows) if rows.contains(&(200 - QUIET_CODES.start as u32)) => {
                    wide.push(operand.clone());
                }
                Some(_) => selective.push(operand.clone()),
            },
        }
    }
    let operands = selective.into_iter().chain(unknown).chain(wide).collect();
    Ok(Some(Predicate::all_of(operands)))
}
