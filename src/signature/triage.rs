//! The triage: what broke, how sure that is, and what it is based on.
//!
//! Input: tables, their sources, a clock. Output: a [`Report`], by way of a job that classifies one
//! batch a step. Invariants: findings come by severity and count; the KQL of a finding counts the same
//! rows, since it leaves out what earlier findings claim; the same rows give the same report.

use super::classify::{BoundClue, Classifier};
use super::conclude::{self, Gap};
use super::kinds::Kinds;
use super::{Certainty, Severity, Signature, metrics, tables};
use crate::dataset::SourceReport;
use crate::engine::batch::{Batch, Lazy};
use crate::engine::eval::Context;
use crate::engine::operator::key::Interner;
use crate::engine::{Job, Outcome, Progress};
use crate::kql::printer;
use crate::table::{Data, SEGMENT_ROWS, Tables, View};
use crate::value::{Type, Value, datetime};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Most values of a list such as the APIs of a finding.
const MAX_SHARES: usize = 5;
/// The signature of rows that nothing else explains.
const UNCLASSIFIED: &str = "meta.unclassified";
/// Longest value of evidence and samples, in characters.
const MAX_VALUE_CHARS: usize = 300;

/// A value and how many rows have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// The value.
    pub value: String,
    /// The rows.
    pub count: u64,
}

/// A failure that was found.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What it is.
    pub signature: &'static Signature,
    /// How sure it is: of the surest clue that claimed a row.
    pub certainty: Certainty,
    /// The table.
    pub table: &'static str,
    /// The rows.
    pub count: u64,
    /// Part of the table's rows.
    pub share: f64,
    /// Ticks of the first row.
    pub first: Option<i64>,
    /// Ticks of the last row.
    pub last: Option<i64>,
    /// The columns that decided, with the value that most rows have.
    pub evidence: Vec<(String, String)>,
    /// APIs by rows.
    pub apis: Vec<Share>,
    /// Backends by rows.
    pub backends: Vec<Share>,
    /// Callers by rows.
    pub callers: Vec<Share>,
    /// Operations by rows.
    pub operations: Vec<Share>,
    /// KQL that gives the rows.
    pub kql: String,
    /// One row: the columns that have a value.
    pub sample: Vec<(String, String)>,
}

/// Counts of the metric classes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Classes {
    /// Went well.
    pub successful: u64,
    /// Failed.
    pub failed: u64,
    /// Were refused.
    pub unauthorized: u64,
    /// The rest.
    pub other: u64,
}

/// What a triage gives.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Gateway rows.
    pub n_requests: u64,
    /// Gateway rows with a code of 400 and up, or 0.
    pub n_failures: u64,
    /// Ticks of the first gateway row.
    pub from: Option<i64>,
    /// Ticks of the last gateway row.
    pub to: Option<i64>,
    /// The classes by the rule of the workbook.
    pub workbook: Classes,
    /// The classes by the documented rule.
    pub documented_2017: Classes,
    /// What was found; rows that only say that all is well are not findings.
    pub findings: Vec<Finding>,
    /// Rows that say that all is well, by signature.
    pub background: Vec<(&'static Signature, u64)>,
    /// Rows that no clue speaks about.
    pub n_silent: u64,
    /// Failed rows that nothing explains.
    pub n_unclassified: u64,
    /// KQL that gives these rows.
    pub unclassified_kql: String,
    /// What cannot be told.
    pub cannot_conclude: Vec<Gap>,
}

/// Rows of one signature while they are collected.
#[derive(Default)]
struct Collected {
    count: u64,
    certainty: Option<Certainty>,
    first: Option<i64>,
    last: Option<i64>,
    clues: Vec<usize>,
    kinds: BTreeSet<usize>,
    /// The first row.
    sample: Option<Batch>,
    batches: Vec<Batch>,
}

/// One table on its way: once to learn the kinds of its rows, once to classify them.
struct Pass {
    table: &'static str,
    view: Rc<View>,
    kinds: Kinds,
    /// There when the kinds are known.
    classifier: Option<Classifier>,
    /// The part and the segment in it that come next, and how many segments were read.
    part: usize,
    segment: usize,
    n_segments: usize,
    collected: BTreeMap<usize, Collected>,
}

impl Pass {
    fn of(table: &'static str, view: Rc<View>) -> Self {
        Self {
            table,
            kinds: Kinds::of(table, &view),
            view,
            classifier: None,
            part: 0,
            segment: 0,
            n_segments: 0,
            collected: BTreeMap::new(),
        }
    }

    fn rewind(&mut self) {
        (self.part, self.segment, self.n_segments) = (0, 0, 0);
    }

    fn next_batch(&mut self) -> Option<Batch> {
        let kinds: Vec<_> = self.view.fields.iter().map(|field| field.kind).collect();
        loop {
            let part = self.view.parts.get(self.part)?;
            if self.segment < part.table.n_segments() {
                self.segment += 1;
                self.n_segments += 1;
                return Some(Batch::of_segment(part, &kinds, self.segment - 1));
            }
            self.part += 1;
            self.segment = 0;
        }
    }
}

/// A triage on its way.
pub struct Triage {
    tables: Rc<dyn Tables>,
    sources: Vec<SourceReport>,
    now: i64,
    context: Context,
    waiting: Vec<&'static str>,
    pass: Option<Pass>,
    rows_done: u64,
    rows_total: u64,
    report: Report,
    is_done: bool,
}

impl Triage {
    /// Starts a triage; `now` is the clock in ticks.
    pub fn start(tables: Rc<dyn Tables>, sources: Vec<SourceReport>, now: i64) -> Self {
        let n_rows = |name: &str| tables.find(name).map_or(0, |view| view.n_rows() as u64);
        let mut waiting: Vec<&'static str> = tables::ALL
            .into_iter()
            .filter(|name| n_rows(name) > 0)
            .collect();
        let rows_total = waiting.iter().map(|name| n_rows(name)).sum();
        waiting.reverse();
        Self {
            tables,
            sources,
            now,
            context: Context::new(now),
            waiting,
            pass: None,
            rows_done: 0,
            rows_total,
            report: Report::default(),
            is_done: false,
        }
    }

    /// How far it is.
    pub const fn progress(&self) -> Progress {
        Progress {
            rows_done: self.rows_done,
            rows_total: self.rows_total,
        }
    }

    /// Does a bounded piece of work; true when the report is there.
    pub fn step(&mut self) -> Outcome<bool> {
        if self.is_done {
            return Ok(true);
        }
        if let Some(mut pass) = self.pass.take() {
            match (pass.next_batch(), pass.classifier.take()) {
                (Some(batch), None) => {
                    pass.kinds.read(&batch);
                    self.pass = Some(pass);
                }
                (Some(batch), Some(classifier)) => {
                    self.take(&mut pass, &classifier, &batch)?;
                    pass.classifier = Some(classifier);
                    self.pass = Some(pass);
                }
                (None, None) => {
                    pass.classifier = Some(Classifier::bind(
                        pass.table,
                        &pass.view,
                        &pass.kinds,
                        &self.tables,
                        self.now,
                    )?);
                    pass.rewind();
                    self.pass = Some(pass);
                }
                (None, Some(classifier)) => self.finish_pass(pass, &classifier)?,
            }
            return Ok(false);
        }
        if let Some(table) = self.waiting.pop() {
            self.pass = self.tables.find(table).map(|view| Pass::of(table, view));
            return Ok(false);
        }
        self.conclude()?;
        self.is_done = true;
        Ok(true)
    }

    /// Runs to the end.
    pub fn run(mut self) -> Outcome<Report> {
        while !self.step()? {}
        Ok(self.report)
    }

    /// The report; what is there so far, before the end.
    pub const fn report(&self) -> &Report {
        &self.report
    }

    fn take(&mut self, pass: &mut Pass, classifier: &Classifier, batch: &Batch) -> Outcome<()> {
        let kinds = pass.kinds.of_segment(pass.n_segments - 1);
        let (claims, n_silent) = classifier.classify(batch, kinds, &self.context)?;
        // A row that no clue claims is a call that went well, or a row of a table without failures.
        self.report.n_silent += n_silent as u64;
        let time_at = pass
            .view
            .fields
            .iter()
            .position(|field| field.name == "TimeGenerated");
        for (clue_at, mut claim) in claims {
            let Some(bound) = classifier.clues.get(clue_at) else {
                continue;
            };
            let collected = pass
                .collected
                .entry(signature_place(&classifier.clues, bound.signature))
                .or_default();
            collected.count += claim.rows.len() as u64;
            collected.certainty = Some(collected.certainty.map_or(bound.clue.certainty, |known| {
                known.min(bound.clue.certainty)
            }));
            if !collected.clues.contains(&clue_at) {
                collected.clues.push(clue_at);
            }
            // Of rows that went well, the number is enough.
            if is_background(bound.signature) && bound.signature.id != UNCLASSIFIED {
                continue;
            }
            collected.kinds.extend(claim.kinds);
            claim.rows.sort_unstable();
            let rows = batch.rows(claim.rows);
            if let Some((first, last)) = time_at.and_then(|at| extremes(&rows, at)) {
                collected.first = Some(collected.first.map_or(first, |known| known.min(first)));
                collected.last = Some(collected.last.map_or(last, |known| known.max(last)));
            }
            collected.sample.get_or_insert_with(|| rows.rows(vec![0]));
            collected.batches.push(rows);
        }
        self.rows_done += batch.n_rows as u64;
        Ok(())
    }

    fn finish_pass(&mut self, mut pass: Pass, classifier: &Classifier) -> Outcome<()> {
        let kinds: Vec<Type> = pass.view.fields.iter().map(|field| field.kind).collect();
        for collected in pass.collected.values_mut() {
            collected.batches = merged(std::mem::take(&mut collected.batches), &kinds);
        }
        let n_rows = pass.view.n_rows() as f64;
        for (&at, collected) in &pass.collected {
            let Some(bound) = classifier.clues.get(at) else {
                continue;
            };
            if bound.signature.id == UNCLASSIFIED {
                self.report.n_unclassified += collected.count;
                self.report.unclassified_kql = self.kql_of(&pass, classifier, at, collected)?;
            }
            if is_background(bound.signature) {
                self.report
                    .background
                    .push((bound.signature, collected.count));
                continue;
            }
            let kql = self.kql_of(&pass, classifier, at, collected)?;
            let columns = evidence_columns(classifier, collected);
            let finding = Finding {
                signature: bound.signature,
                certainty: collected.certainty.unwrap_or(Certainty::Likely),
                table: pass.table,
                count: collected.count,
                share: if n_rows > 0.0 {
                    collected.count as f64 / n_rows
                } else {
                    0.0
                },
                first: collected.first,
                last: collected.last,
                evidence: evidence(&pass.view, &columns, collected),
                apis: shares(&pass.view, collected, &["ApiId"]),
                backends: shares(
                    &pass.view,
                    collected,
                    &["BackendId", "BackendUrl", "Target"],
                ),
                callers: shares(&pass.view, collected, &["CallerIpAddress", "ClientIP"]),
                operations: shares(
                    &pass.view,
                    collected,
                    &["OperationId", "OperationName", "ToolName"],
                ),
                kql,
                sample: sample(&pass.view, collected),
            };
            self.report.findings.push(finding);
        }
        Ok(())
    }

    /// KQL that counts just the rows of a finding: its clues, without what others claimed before.
    fn kql_of(
        &self,
        pass: &Pass,
        classifier: &Classifier,
        at: usize,
        collected: &Collected,
    ) -> Outcome<String> {
        let clues = &classifier.clues;
        let condition_of = |places: &[usize]| {
            let parts: Vec<&str> = places
                .iter()
                .filter_map(|place| clues.get(*place))
                .map(|bound| bound.clue.kql)
                .collect();
            match parts.as_slice() {
                [only] => (*only).to_owned(),
                several => several
                    .iter()
                    .map(|part| format!("({part})"))
                    .collect::<Vec<_>>()
                    .join("\n    or "),
            }
        };
        let mut places = collected.clues.clone();
        places.sort_unstable();
        let mut text = format!("{}\n| where {}", pass.table, condition_of(&places));
        let mut excluded = Vec::new();
        for (&other_at, other) in &pass.collected {
            // Only what was asked earlier can have taken a row away.
            let is_earlier = other
                .clues
                .iter()
                .any(|other_place| places.iter().any(|place| other_place < place));
            if other_at == at || !is_earlier {
                continue;
            }
            // Rows that another signature claimed and that these clues would count as well.
            let mut overlaps = false;
            for place in &places {
                overlaps = overlaps
                    || classifier.holds_for_any(
                        *place,
                        &other.kinds,
                        &other.batches,
                        &self.context,
                    )?;
            }
            if overlaps {
                excluded.extend(
                    other
                        .clues
                        .iter()
                        .copied()
                        .filter(|other_place| places.iter().any(|place| other_place < place)),
                );
            }
        }
        excluded.sort_unstable();
        if !excluded.is_empty() {
            text.push_str(&format!("\n| where not({})", condition_of(&excluded)));
        }
        // As the printer lays it out, which is how people read it.
        Ok(printer::format(&text).unwrap_or(text))
    }

    fn conclude(&mut self) -> Outcome<()> {
        let tables = Rc::clone(&self.tables);
        let row = |kql: &str| {
            Job::start(kql, Rc::clone(&tables), self.now)
                .and_then(Job::run)
                .map(|finished| finished.relation)
        };
        let has_gateway = tables
            .find(tables::GATEWAY)
            .is_some_and(|view| view.n_rows() > 0);
        if has_gateway {
            let totals = row(&metrics::totals())?;
            let number = |value: Value| value.as_long().unwrap_or(0).unsigned_abs();
            self.report.n_requests = number(totals.value(0, 0));
            self.report.n_failures = number(totals.value(0, 1));
            let ticks = |value: Value| {
                if let Value::DateTime(ticks) = value {
                    Some(ticks)
                } else {
                    None
                }
            };
            self.report.from = ticks(totals.value(0, 2));
            self.report.to = ticks(totals.value(0, 3));
            let classes = |kql: &str| -> Outcome<Classes> {
                let row = row(kql)?;
                Ok(Classes {
                    successful: number(row.value(0, 1)),
                    unauthorized: number(row.value(0, 2)),
                    failed: number(row.value(0, 3)),
                    other: number(row.value(0, 4)),
                })
            };
            self.report.workbook = classes(&metrics::workbook())?;
            self.report.documented_2017 = classes(&metrics::documented_2017())?;
        }
        if self.report.unclassified_kql.is_empty() {
            self.report.unclassified_kql = format!("{} | where false", tables::GATEWAY);
        }
        self.report.cannot_conclude = conclude::gaps(&tables, &self.sources, self.now)?;
        self.report.findings.sort_by(|a, b| {
            (
                a.signature.severity,
                std::cmp::Reverse(a.count),
                a.signature.id,
                a.table,
            )
                .cmp(&(
                    b.signature.severity,
                    std::cmp::Reverse(b.count),
                    b.signature.id,
                    b.table,
                ))
        });
        Ok(())
    }
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

/// Many small batches as few large ones.
fn merged(batches: Vec<Batch>, kinds: &[Type]) -> Vec<Batch> {
    if batches.len() < 2 {
        return batches;
    }
    let mut places: Vec<Vec<(u32, u32)>> = vec![Vec::new()];
    for (number, batch) in batches.iter().enumerate() {
        if places
            .last()
            .is_some_and(|last| last.len() + batch.n_rows > SEGMENT_ROWS && !last.is_empty())
        {
            places.push(Vec::new());
        }
        if let Some(last) = places.last_mut() {
            last.extend((0..batch.n_rows as u32).map(|row| (number as u32, row)));
        }
    }
    let batches = Rc::new(batches);
    let one = |places: Vec<(u32, u32)>| {
        let places = Rc::new(places);
        let columns = kinds
            .iter()
            .enumerate()
            .map(|(at, &kind)| Lazy::scattered(&batches, at, &places, kind))
            .collect();
        Batch {
            columns,
            n_rows: places.len(),
        }
    };
    places.into_iter().map(one).collect()
}

/// First and last time of a batch.
fn extremes(batch: &Batch, at: usize) -> Option<(i64, i64)> {
    let column = batch.column(at);
    let Data::Long(ticks) = &column.data else {
        return None;
    };
    let known = || {
        ticks
            .iter()
            .enumerate()
            .filter(|(row, _)| !column.is_null(*row))
            .map(|(_, ticks)| *ticks)
    };
    Some((known().min()?, known().max()?))
}

/// The columns that the clues of a finding read, in the order of the table.
fn evidence_columns(classifier: &Classifier, collected: &Collected) -> Vec<usize> {
    let mut columns: Vec<usize> = collected
        .clues
        .iter()
        .flat_map(|&clue_at| classifier.columns_of(clue_at))
        .collect();
    columns.sort_unstable();
    columns.dedup();
    columns
}

/// Counts of the values of a column over the rows of a finding, the most frequent first.
fn counted(collected: &Collected, column: usize, kind: Type, n_most: usize) -> Vec<Share> {
    // Values of a `dynamic` rarely repeat: the first one speaks for all.
    if kind == Type::Dynamic {
        let first = collected
            .sample
            .as_ref()
            .map(|batch| batch.value(column, 0).to_text())
            .filter(|text| !text.is_empty());
        return first
            .map(|value| Share {
                value: crate::text::cut(&value, MAX_VALUE_CHARS),
                count: 1,
            })
            .into_iter()
            .collect();
    }
    let (mut interner, mut ids, mut counts) = (Interner::default(), Vec::new(), Vec::<u64>::new());
    for batch in &collected.batches {
        interner.intern(&batch.column(column), &mut ids);
        counts.resize(interner.len(), 0);
        for &id in &ids {
            if let Some(count) = counts.get_mut(id as usize) {
                *count += 1;
            }
        }
    }
    // Ids are given in the order of appearance, which settles ties the same way every time.
    let mut order: Vec<u32> = (0..counts.len() as u32).collect();
    order.sort_by_key(|&id| std::cmp::Reverse(counts.get(id as usize).copied().unwrap_or(0)));
    let mut shares = Vec::new();
    for id in order {
        let text = interner.column(&[id], kind).value(0).to_text();
        if !text.is_empty() {
            shares.push(Share {
                value: crate::text::cut(&text, MAX_VALUE_CHARS),
                count: counts.get(id as usize).copied().unwrap_or(0),
            });
        }
        if shares.len() >= n_most {
            break;
        }
    }
    shares
}

/// The most frequent values of the first of some columns that has any.
fn shares(view: &View, collected: &Collected, names: &[&str]) -> Vec<Share> {
    for name in names {
        if let Some(at) = view.fields.iter().position(|field| field.name == *name) {
            let found = view
                .fields
                .get(at)
                .map(|field| counted(collected, at, field.kind, MAX_SHARES))
                .unwrap_or_default();
            if !found.is_empty() {
                return found;
            }
        }
    }
    Vec::new()
}

fn evidence(view: &View, columns: &[usize], collected: &Collected) -> Vec<(String, String)> {
    let mut evidence = Vec::new();
    for &column in columns {
        let Some(field) = view.fields.get(column) else {
            continue;
        };
        let value = match counted(collected, column, field.kind, 1).into_iter().next() {
            Some(share) => share.value,
            // That a column is empty tells something where its emptiness was asked for.
            None if field.name == "BackendResponseCode" => "(empty)".to_owned(),
            None => continue,
        };
        evidence.push((field.name.clone(), value));
    }
    evidence
}

/// The columns of the first row that have a value.
fn sample(view: &View, collected: &Collected) -> Vec<(String, String)> {
    let Some(batch) = &collected.sample else {
        return Vec::new();
    };
    let mut cells = Vec::new();
    for (at, field) in view.fields.iter().enumerate() {
        let value = batch.value(at, 0);
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

/// Findings that a person should see first: errors.
pub fn n_errors(report: &Report) -> usize {
    report
        .findings
        .iter()
        .filter(|finding| finding.signature.severity == Severity::Error)
        .count()
}
