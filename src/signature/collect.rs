//! The rows of each signature, collected segment by segment.
//!
//! Input: the claims of the clues over one table. Output: findings with their evidence, the values
//! that most of their rows have, and the KQL that gives these rows. Invariants: memory grows with
//! the distinct values of what is counted, and by four bytes for a row that several clues might
//! claim; columns of a segment are decoded while it is at hand and not kept.

use super::classify::{BoundClue, Claim, Classifier};
use super::kinds::Kinds;
use super::metrics::Counts;
use super::triage::{Finding, Share};
use super::{Certainty, Signature};
use crate::engine::Outcome;
use crate::engine::batch::Batch;
use crate::engine::eval::Context;
use crate::engine::operator::key::Interner;
use crate::kql::printer;
use crate::table::{Column, Data, View};
use crate::value::{Type, Value, datetime, order};
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// Most values of a list such as the APIs of a finding.
const MAX_SHARES: usize = 5;
/// The signature of rows that nothing else explains.
pub(super) const UNCLASSIFIED: &str = "meta.unclassified";
/// Longest value of evidence and samples, in characters.
const MAX_VALUE_CHARS: usize = 300;

/// Columns whose most frequent values a finding lists; of each list the first that has any.
const LISTS: [&[&str]; 4] = [
    &["ApiId"],
    &["BackendId", "BackendUrl", "Target"],
    &["CallerIpAddress", "ClientIP"],
    &["OperationId", "OperationName", "ToolName"],
];

/// Rows of one signature while they are collected.
#[derive(Default)]
struct Collected {
    count: u64,
    certainty: Option<Certainty>,
    span: Option<(i64, i64)>,
    /// Places of the clues that claimed them.
    clues: Vec<usize>,
    kinds: Vec<usize>,
    /// The columns that the signature's clues read.
    columns: Vec<usize>,
    /// The columns of the first row that have a value.
    sample: Vec<(String, String)>,
    /// How often each value of a column comes, by place in the view.
    tallies: Vec<Tally>,
}

/// How often each value comes, in the order of first appearance.
#[derive(Default)]
struct Tally {
    places: FxHashMap<u32, usize>,
    counts: Vec<(u32, u64)>,
    /// Whether a value is not empty.
    is_filled: bool,
}

/// The values of a column, numbered.
#[derive(Default)]
struct Numbered {
    interner: Interner,
    /// Room for the numbers of some rows, and to count them in; counts are zero in between.
    ids: Vec<u32>,
    counts: Vec<u32>,
}

/// Rows that a signature claimed and that other clues might hold for.
struct Claimed {
    segment: usize,
    /// The place of the signature's first clue.
    at: usize,
    kind: usize,
    rows: Vec<u32>,
}

/// Whether a clue of a signature holds for rows of a kind that another claimed, which only the rows
/// tell.
struct Doubt {
    at: usize,
    clue_at: usize,
    other_at: usize,
    kind: usize,
}

/// One table on its way: once to learn the kinds of its rows, once to classify them.
pub(super) struct Pass {
    pub(super) table: &'static str,
    view: Rc<View>,
    /// Part and segment in it.
    segments: Vec<(usize, usize)>,
    /// The segment that comes next.
    next: usize,
    types: Vec<Type>,
    /// The columns of [`LISTS`] that are there.
    lists: [Vec<usize>; LISTS.len()],
    pub(super) kinds: Kinds,
    /// By place in the view.
    numbered: Vec<Numbered>,
    /// By the place of the signature's first clue.
    collected: Vec<Collected>,
    claimed: Vec<Claimed>,
    /// First and last time of the rows.
    pub(super) span: Option<(i64, i64)>,
    /// Rows that no clue claims.
    pub(super) n_silent: u64,
    /// Rows that meet the conditions of the metrics.
    pub(super) counts: Counts,
}

impl Pass {
    pub(super) fn of(table: &'static str, view: Rc<View>) -> Self {
        let segments =
            view.parts.iter().enumerate().flat_map(|(at, part)| {
                (0..part.table.n_segments()).map(move |segment| (at, segment))
            });
        Self {
            table,
            segments: segments.collect(),
            next: 0,
            types: view.types(),
            lists: LISTS.map(|names| names.iter().filter_map(|name| view.find(name)).collect()),
            kinds: Kinds::of(table, &view),
            numbered: view.fields.iter().map(|_| Numbered::default()).collect(),
            collected: Vec::new(),
            claimed: Vec::new(),
            span: None,
            n_silent: 0,
            counts: Counts::default(),
            view,
        }
    }

    pub(super) fn view(&self) -> &Rc<View> {
        &self.view
    }

    pub(super) fn rewind(&mut self) {
        self.next = 0;
    }

    pub(super) fn next_batch(&mut self) -> Option<Batch> {
        self.next += 1;
        self.segment(self.next - 1)
    }

    fn segment(&self, at: usize) -> Option<Batch> {
        let &(part, segment) = self.segments.get(at)?;
        let part = self.view.parts.get(part)?;
        Some(Batch::of_segment(part, &self.types, segment))
    }

    /// Takes the claims on the segment that was read last.
    pub(super) fn take(
        &mut self,
        classifier: &Classifier,
        batch: &Batch,
        context: &Context,
    ) -> Outcome<()> {
        let segment = self.next - 1;
        let split = classifier.classify(batch, self.kinds.of_segment(segment), context)?;
        // A row that no clue claims is a call that went well, or a row of a table without failures.
        self.n_silent += split.n_silent;
        for (sum, count) in self.counts.iter_mut().zip(split.counts) {
            *sum += count;
        }
        let times = self.view.find("TimeGenerated");
        if let Some(at) = times {
            self.span = wider(self.span, extremes(batch, at));
        }
        self.collected
            .resize_with(classifier.clues.len(), Collected::default);
        for (clue_at, claim) in split.claims.into_iter().enumerate() {
            let Some((at, rows)) = self.take_claim(classifier, segment, clue_at, claim) else {
                continue;
            };
            let Some(mut collected) = self.collected.get_mut(at).map(std::mem::take) else {
                continue;
            };
            let rows = batch.rows(rows);
            if let Some(times) = times {
                collected.span = wider(collected.span, extremes(&rows, times));
            }
            if collected.sample.is_empty() {
                collected.sample = sample(&self.view, &rows.rows(vec![0]));
            }
            if collected.tallies.is_empty() {
                collected.columns = classifier.columns_of_signature(at);
                collected
                    .tallies
                    .resize_with(self.types.len(), Tally::default);
            }
            self.tally(&mut collected, &rows);
            if let Some(place) = self.collected.get_mut(at) {
                *place = collected;
            }
        }
        Ok(())
    }

    /// Counts a claim; of one that becomes a finding, gives the place and the rows in their order.
    fn take_claim(
        &mut self,
        classifier: &Classifier,
        segment: usize,
        clue_at: usize,
        claim: Claim,
    ) -> Option<(usize, Vec<u32>)> {
        let bound = classifier
            .clues
            .get(clue_at)
            .filter(|_| !claim.rows.is_empty())?;
        let at = signature_place(&classifier.clues, bound.signature);
        let collected = self.collected.get_mut(at)?;
        collected.count += claim.n_rows() as u64;
        collected.certainty = Some(collected.certainty.map_or(bound.clue.certainty, |known| {
            known.min(bound.clue.certainty)
        }));
        if !collected.clues.contains(&clue_at) {
            collected.clues.push(clue_at);
        }
        let is_finding = !is_background(bound.signature);
        // Of rows that went well, the number is enough.
        if !is_finding && bound.signature.id != UNCLASSIFIED {
            return None;
        }
        let (mut rows, is_one_kind) = (Vec::new(), claim.rows.len() == 1);
        for (kind, of_kind) in claim.rows {
            if !collected.kinds.contains(&kind) {
                collected.kinds.push(kind);
            }
            if is_finding {
                rows.extend(&of_kind);
            }
            if classifier.n_candidates(kind) > 1 {
                self.claimed.push(Claimed {
                    segment,
                    at,
                    kind,
                    rows: of_kind,
                });
            }
        }
        // Those of each kind are in order.
        if !is_one_kind {
            order::sort_by_key(&mut rows, |row| *row);
        }
        is_finding.then_some((at, rows))
    }

    /// Counts the values of the columns that a finding speaks about.
    fn tally(&mut self, collected: &mut Collected, rows: &Batch) {
        let mut counted = vec![false; self.types.len()];
        let mut count = |column: usize| {
            let (Some(tally), Some(numbered), Some(is_counted)) = (
                collected.tallies.get_mut(column),
                self.numbered.get_mut(column),
                counted.get_mut(column),
            ) else {
                return false;
            };
            if !std::mem::replace(is_counted, true) {
                let kind = self.types.get(column).copied().unwrap_or(Type::String);
                numbered.count(&rows.column(column), kind, tally);
            }
            tally.is_filled
        };
        for &column in &collected.columns {
            // Values of a `dynamic` rarely repeat: the sample speaks for all.
            if self.types.get(column) != Some(&Type::Dynamic) {
                count(column);
            }
        }
        for columns in &self.lists {
            for &column in columns {
                if count(column) {
                    break;
                }
            }
        }
    }

    /// What was found; rows that only say that all is well are counted by signature.
    pub(super) fn finish(&self, classifier: &Classifier, context: &Context) -> Outcome<Found> {
        let overlaps = self.overlaps(classifier, context)?;
        let n_rows = self.view.n_rows() as f64;
        let mut found = Found::default();
        for (at, collected) in self.collected() {
            let Some(bound) = classifier.clues.get(at) else {
                continue;
            };
            let signature = bound.signature;
            let is_unclassified = signature.id == UNCLASSIFIED;
            if is_background(signature) && !is_unclassified {
                found.background.push((signature, collected.count));
                continue;
            }
            let kql = self.kql_of(classifier, at, collected, &overlaps);
            if is_unclassified {
                found.background.push((signature, collected.count));
                found.unclassified = Some((collected.count, kql));
                continue;
            }
            let list = |columns: &Vec<usize>| {
                columns
                    .iter()
                    .map(|&column| self.shares(collected, column, MAX_SHARES))
                    .find(|shares| !shares.is_empty())
                    .unwrap_or_default()
            };
            let [apis, backends, callers, operations] = self.lists.each_ref().map(list);
            found.findings.push(Finding {
                signature,
                certainty: collected.certainty.unwrap_or(Certainty::Likely),
                table: self.table,
                count: collected.count,
                share: if n_rows > 0.0 {
                    collected.count as f64 / n_rows
                } else {
                    0.0
                },
                first: collected.span.map(|(first, _)| first),
                last: collected.span.map(|(_, last)| last),
                evidence: self.evidence(classifier, collected),
                apis,
                backends,
                callers,
                operations,
                kql,
                sample: collected.sample.clone(),
            });
        }
        Ok(found)
    }

    /// What was collected, by the place of the signature's first clue.
    fn collected(&self) -> impl Iterator<Item = (usize, &Collected)> {
        let all = self.collected.iter().enumerate();
        all.filter(|(_, collected)| collected.count > 0)
    }

    /// The most frequent values of a column over the rows of a finding.
    fn shares(&self, collected: &Collected, column: usize, n_most: usize) -> Vec<Share> {
        let (Some(tally), Some(numbered)) =
            (collected.tallies.get(column), self.numbered.get(column))
        else {
            return Vec::new();
        };
        let kind = self.types.get(column).copied().unwrap_or(Type::String);
        let mut counts = tally.counts.clone();
        // Stable: of equal counts the value that came first.
        order::sort_by_key(&mut counts, |&(_, count)| std::cmp::Reverse(count));
        counts
            .into_iter()
            .map(|(id, count)| Share {
                value: crate::text::cut(&numbered.text(id, kind), MAX_VALUE_CHARS),
                count,
            })
            .filter(|share| !share.value.is_empty())
            .take(n_most)
            .collect()
    }

    /// The columns that decided, with the value that most rows have.
    fn evidence(&self, classifier: &Classifier, collected: &Collected) -> Vec<(String, String)> {
        let columns = collected.clues.iter();
        let columns = sorted(columns.flat_map(|&clue_at| classifier.columns_of(clue_at)));
        let mut evidence = Vec::new();
        for column in columns {
            let Some(field) = self.view.fields.get(column) else {
                continue;
            };
            let value = if field.kind == Type::Dynamic {
                let cell = collected
                    .sample
                    .iter()
                    .find(|(name, _)| *name == field.name);
                cell.map(|(_, value)| value.clone())
            } else {
                let most = self.shares(collected, column, 1).into_iter().next();
                most.map(|share| share.value)
            };
            match value {
                Some(value) => evidence.push((field.name.clone(), value)),
                // That a column is empty tells something where its emptiness was asked for.
                None if field.name == "BackendResponseCode" => {
                    evidence.push((field.name.clone(), "(empty)".to_owned()));
                }
                None => {}
            }
        }
        evidence
    }

    /// Pairs of a signature and another whose rows its clues would count as well, where one of the
    /// other's clues was asked before.
    fn overlaps(&self, classifier: &Classifier, context: &Context) -> Outcome<Vec<(usize, usize)>> {
        let mut overlaps = Vec::new();
        let mut open = Vec::new();
        for (at, collected) in self.collected() {
            for (other_at, other) in self.collected() {
                if other_at == at || !is_asked_before(&other.clues, &collected.clues) {
                    continue;
                }
                for &kind in &other.kinds {
                    for &clue_at in &collected.clues {
                        match classifier.is_settled(clue_at, kind) {
                            Some(false) => {}
                            Some(true) => overlaps.push((at, other_at)),
                            None => open.push(Doubt {
                                at,
                                clue_at,
                                other_at,
                                kind,
                            }),
                        }
                    }
                }
            }
        }
        let mut at_hand: Option<(usize, Batch)> = None;
        for claimed in &self.claimed {
            open.retain(|doubt: &Doubt| !overlaps.contains(&(doubt.at, doubt.other_at)));
            let is_about =
                |doubt: &&Doubt| doubt.other_at == claimed.at && doubt.kind == claimed.kind;
            let mut doubts = open.iter().filter(is_about).peekable();
            if doubts.peek().is_none() {
                continue;
            }
            if at_hand
                .as_ref()
                .is_none_or(|(segment, _)| *segment != claimed.segment)
            {
                at_hand = self
                    .segment(claimed.segment)
                    .map(|batch| (claimed.segment, batch));
            }
            let Some((_, batch)) = &at_hand else {
                continue;
            };
            let rows = classifier.rows_of_kind(batch, claimed.kind, &claimed.rows);
            for doubt in doubts {
                if classifier.holds_for_any(doubt.clue_at, claimed.kind, &rows, context)? {
                    overlaps.push((doubt.at, doubt.other_at));
                }
            }
        }
        Ok(overlaps)
    }

    /// KQL that counts just the rows of a finding: its clues, without what others claimed before.
    fn kql_of(
        &self,
        classifier: &Classifier,
        at: usize,
        collected: &Collected,
        overlaps: &[(usize, usize)],
    ) -> String {
        let condition_of = |places: &[usize]| {
            let parts: Vec<String> = places
                .iter()
                .filter_map(|&place| classifier.clues.get(place))
                .map(|bound| bound.clue.kql())
                .collect();
            match parts.as_slice() {
                [only] => only.clone(),
                several => several
                    .iter()
                    .map(|part| format!("({part})"))
                    .collect::<Vec<_>>()
                    .join("\n    or "),
            }
        };
        let places = sorted(collected.clues.iter().copied());
        let mut text = format!("{}\n| where {}", self.table, condition_of(&places));
        let excluded = self
            .collected()
            .filter(|&(other_at, _)| overlaps.contains(&(at, other_at)))
            .flat_map(|(_, other)| other.clues.iter().copied());
        let excluded =
            sorted(excluded.filter(|&clue_at| is_asked_before(&[clue_at], &collected.clues)));
        if !excluded.is_empty() {
            text.push_str(&format!("\n| where not({})", condition_of(&excluded)));
        }
        // As the printer lays it out, which is how people read it.
        printer::format(&text).unwrap_or(text)
    }
}

impl Numbered {
    /// Counts the values of a column; each is looked up once.
    fn count(&mut self, column: &Column, kind: Type, tally: &mut Tally) {
        self.interner.intern(column, &mut self.ids);
        self.counts.resize(self.interner.len(), 0);
        let mut seen = Vec::new();
        for &id in &self.ids {
            if let Some(count) = self.counts.get_mut(id as usize) {
                if *count == 0 {
                    seen.push(id);
                }
                *count += 1;
            }
        }
        for id in seen {
            let count = self.counts.get_mut(id as usize).map(std::mem::take);
            tally.add(id, count.unwrap_or(0), || !self.text(id, kind).is_empty());
        }
    }

    /// The text of a number.
    fn text(&self, id: u32, kind: Type) -> String {
        self.interner.column(&[id], kind).value(0).to_text()
    }
}

impl Tally {
    fn add(&mut self, id: u32, count: u32, is_filled: impl FnOnce() -> bool) {
        let next = self.counts.len();
        let place = *self.places.entry(id).or_insert(next);
        if let Some((_, sum)) = self.counts.get_mut(place) {
            *sum += u64::from(count);
        } else {
            self.counts.push((id, u64::from(count)));
            self.is_filled = self.is_filled || is_filled();
        }
    }
}

/// What a pass over a table found.
#[derive(Default)]
pub(super) struct Found {
    pub(super) findings: Vec<Finding>,
    /// Rows of signatures that are no findings.
    pub(super) background: Vec<(&'static Signature, u64)>,
    /// Failed rows that nothing explains, and the KQL that gives them.
    pub(super) unclassified: Option<(u64, String)>,
}

/// Places in their order, each once.
fn sorted(places: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut places: Vec<usize> = places.collect();
    order::sort_by_key(&mut places, |place| *place);
    places.dedup();
    places
}

/// Whether one of `clues` is asked before one of `others`.
fn is_asked_before(clues: &[usize], others: &[usize]) -> bool {
    clues.iter().min() < others.iter().max()
}

/// Signatures that say that all is well, or that nothing can be said.
fn is_background(signature: &Signature) -> bool {
    matches!(
        signature.id,
        "meta.success" | "meta.cache-hit" | UNCLASSIFIED
    )
}

/// The place of the first clue of a signature, which names it.
fn signature_place(clues: &[BoundClue], signature: &'static Signature) -> usize {
    clues
        .iter()
        .position(|bound| std::ptr::eq(bound.signature, signature))
        .unwrap_or(usize::MAX)
}

/// First and last time of some rows.
fn extremes(batch: &Batch, at: usize) -> Option<(i64, i64)> {
    let column = batch.column(at);
    let Data::Long(ticks) = &column.data else {
        return None;
    };
    let is_null = |row: usize| column.nulls.as_ref().is_some_and(|nulls| nulls.get(row));
    let (mut first, mut last) = (i64::MAX, i64::MIN);
    for (row, &ticks) in ticks.iter().enumerate() {
        if !is_null(row) {
            (first, last) = (first.min(ticks), last.max(ticks));
        }
    }
    (first <= last).then_some((first, last))
}

/// From the earlier start to the later end.
fn wider(span: Option<(i64, i64)>, more: Option<(i64, i64)>) -> Option<(i64, i64)> {
    match (span, more) {
        (Some((first, last)), Some((start, end))) => Some((first.min(start), last.max(end))),
        (span, more) => span.or(more),
    }
}

/// The columns of a row that have a value.
fn sample(view: &View, row: &Batch) -> Vec<(String, String)> {
    let mut cells = Vec::new();
    for (at, field) in view.fields.iter().enumerate() {
        let value = row.value(at, 0);
        let text = match &value {
            Value::DateTime(ticks) => datetime::text(*ticks),
            other => other.to_text(),
        };
        if !text.is_empty() {
            cells.push((field.name.clone(), crate::text::cut(&text, MAX_VALUE_CHARS)));
        }
    }
    cells
}
