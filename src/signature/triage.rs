//! The triage: what broke, how sure that is, and what it is based on.
//!
//! Input: tables, their sources, a clock. Output: a [`Report`], by way of a job that classifies one
//! batch a step. Invariants: findings come by severity and count; the KQL of a finding counts the same
//! rows, since it leaves out what earlier findings claim; the same rows give the same report.

use super::classify::Classifier;
use super::collect::Pass;
use super::conclude::{self, Gap};
use super::metrics::Classes;
use super::{Certainty, Severity, Signature, tables};
use crate::dataset::SourceReport;
use crate::engine::eval::Context;
use crate::engine::{Outcome, Progress};
use crate::table::Tables;
use crate::value::order;
use std::rc::Rc;

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

/// A triage on its way.
pub struct Triage {
    tables: Rc<dyn Tables>,
    sources: Vec<SourceReport>,
    now: i64,
    context: Context,
    waiting: Vec<&'static str>,
    /// The table at hand; with a classifier when the kinds of its rows are known.
    pass: Option<(Pass, Option<Classifier>)>,
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
        if let Some((mut pass, classifier)) = self.pass.take() {
            match (pass.next_batch(), classifier) {
                (Some(batch), None) => {
                    pass.kinds.read(&batch);
                    self.pass = Some((pass, None));
                }
                (Some(batch), Some(classifier)) => {
                    pass.take(&classifier, &batch, &self.context)?;
                    self.rows_done += batch.n_rows as u64;
                    self.pass = Some((pass, Some(classifier)));
                }
                (None, None) => {
                    let classifier = Classifier::bind(
                        pass.table,
                        pass.view(),
                        &pass.kinds,
                        &self.tables,
                        self.now,
                    )?;
                    pass.rewind();
                    self.pass = Some((pass, Some(classifier)));
                }
                (None, Some(classifier)) => self.finish_pass(&pass, &classifier)?,
            }
            return Ok(false);
        }
        if let Some(table) = self.waiting.pop() {
            let view = self.tables.find(table);
            self.pass = view.map(|view| (Pass::of(table, view), None));
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

    fn finish_pass(&mut self, pass: &Pass, classifier: &Classifier) -> Outcome<()> {
        let found = pass.finish(classifier, &self.context)?;
        let report = &mut self.report;
        report.findings.extend(found.findings);
        report.background.extend(found.background);
        report.n_silent += pass.n_silent;
        if let Some((count, kql)) = found.unclassified {
            report.n_unclassified += count;
            report.unclassified_kql = kql;
        }
        if pass.table == tables::GATEWAY {
            report.n_requests = pass.view().n_rows() as u64;
            [report.n_failures, ..] = pass.counts;
            (report.from, report.to) = pass.span.unzip();
            (report.workbook, report.documented_2017) = Classes::of(report.n_requests, pass.counts);
        }
        Ok(())
    }

    fn conclude(&mut self) -> Outcome<()> {
        if self.report.unclassified_kql.is_empty() {
            self.report.unclassified_kql = format!("{} | where false", tables::GATEWAY);
        }
        self.report.cannot_conclude =
            conclude::gaps(&self.tables, &self.sources, self.report.to, self.now)?;
        order::sort_by(&mut self.report.findings, |a, b| {
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

/// Findings that a person should see first: errors.
pub fn n_errors(report: &Report) -> usize {
    report
        .findings
        .iter()
        .filter(|finding| finding.signature.severity == Severity::Error)
        .count()
}
