//! The loaded sources and their tables.
//!
//! Input: bytes. Output: [`SourceReport`]s, tables, and [`Loaded`], which the engine queries.
//! Invariants: a source that failed to read leaves nothing behind; ids are never given twice; rows of
//! several sources answer to one name; rows that earlier sources have are hidden where that is asked
//! for, and shown again when those sources go. Absent on purpose: running queries.

pub mod check;
mod duplicates;
pub mod language;
mod loaded;

pub use loaded::Loaded;

use crate::input::{self, InputError, Options, Progress, Read, Reader, Reject, Warning};
use crate::schema;
use crate::table::{Data, DateOrder, Table};
use crate::value::{Type, datetime};
use std::cell::OnceCell;
use std::rc::Rc;

/// How a source is added.
#[derive(Clone, Debug, Default)]
pub struct AddOptions {
    /// The name in reports, such as that of the file.
    pub name: Option<String>,
    /// The id of a format of [`input::FORMATS`], to override the evidence.
    pub format: Option<String>,
    /// Which of two numbers of a date is the month.
    pub date_order: Option<DateOrder>,
}

/// What is known about a loaded source.
#[derive(Clone, Debug)]
pub struct SourceReport {
    /// The id, for [`Dataset::remove`] and [`Dataset::settle_dates`].
    pub id: u32,
    /// The name.
    pub name: String,
    /// The id of its format.
    pub format: &'static str,
    /// The encoding of its characters, and whether it was compressed.
    pub encoding: String,
    /// What told the format.
    pub evidence: Vec<String>,
    /// Names and rows of its tables.
    pub tables: Vec<(String, usize)>,
    /// Rows and rejects.
    pub records: u64,
    /// Records that became rows.
    pub rows: u64,
    /// Rows that are not shown, since an earlier source has them.
    pub duplicates: u64,
    /// Records that did not.
    pub reject_count: u64,
    /// The first of them, with their texts.
    pub reject_samples: Vec<Reject>,
    /// First and last `TimeGenerated` of its tables, in ticks.
    pub time_range: Option<(i64, i64)>,
    /// Reasons for care.
    pub warnings: Vec<SourceWarning>,
    /// Bytes of the source.
    pub bytes: u64,
    /// Bytes that its tables take.
    pub heap_bytes: usize,
}

/// A reason to read the rows of a source with care.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceWarning {
    /// The stable code, see [`Warning`].
    pub code: &'static str,
    /// One sentence.
    pub message: String,
    /// How often.
    pub count: u64,
}

impl SourceReport {
    /// First and last time as texts.
    pub fn time_range_text(&self) -> Option<(String, String)> {
        self.time_range
            .map(|(from, to)| (datetime::text(from), datetime::text(to)))
    }
}

/// A table by name, over all sources.
#[derive(Clone, Debug)]
pub struct TableInfo {
    /// The name.
    pub name: String,
    /// Its rows in all sources.
    pub rows: usize,
    /// Number of columns that came with the rows.
    pub columns: usize,
    /// Bytes on the heap.
    pub heap_bytes: usize,
}

#[derive(Debug)]
struct Source {
    report: SourceReport,
    tables: Vec<Rc<Table>>,
    /// The tables without the rows that earlier sources have.
    shown: Vec<Rc<Table>>,
    text_dates: Vec<(usize, usize)>,
    /// Where the rejects are, beyond the samples: line, offset, length.
    reject_places: Vec<(u64, u64, u64)>,
}

/// The loaded sources.
#[derive(Debug, Default)]
pub struct Dataset {
    sources: Vec<Source>,
    last_id: u32,
    memory_limit_bytes: Option<usize>,
    is_merging: bool,
    /// The tables under all their names, until the sources change.
    views: OnceCell<Loaded>,
}

/// Reads a source chunk by chunk; it is part of the dataset when it is finished.
#[derive(Debug)]
pub struct SourceWriter {
    reader: Reader,
    name: Option<String>,
}

impl SourceWriter {
    /// Reads the next bytes, cut anywhere.
    pub fn push(&mut self, chunk: &[u8]) -> Result<Progress, InputError> {
        self.reader.push(chunk)
    }

    /// Reads what is left and adds the source to its dataset.
    pub fn finish(self, dataset: &mut Dataset) -> Result<SourceReport, InputError> {
        let read = self.reader.finish()?;
        Ok(dataset.insert(read, self.name))
    }

    /// Gives up; nothing is added.
    pub fn cancel(self) {
        drop(self);
    }
}

impl Dataset {
    /// No sources.
    pub fn new() -> Self {
        Self::default()
    }

    /// No sources; tables may not take more bytes than the limit.
    pub fn with_memory_limit(memory_limit_bytes: usize) -> Self {
        Self {
            memory_limit_bytes: Some(memory_limit_bytes),
            ..Self::default()
        }
    }

    /// Adds a source that is at hand as a whole.
    pub fn add(&mut self, bytes: &[u8], options: AddOptions) -> Result<SourceReport, InputError> {
        let mut writer = self.open(options);
        writer.push(bytes)?;
        writer.finish(self)
    }

    /// Begins a source that comes in chunks.
    pub fn open(&self, options: AddOptions) -> SourceWriter {
        let AddOptions {
            name,
            format,
            date_order,
        } = options;
        let memory_limit_bytes = self
            .memory_limit_bytes
            .map(|limit| limit.saturating_sub(self.heap_bytes()));
        SourceWriter {
            reader: Reader::new(Options {
                format,
                date_order,
                memory_limit_bytes,
                ..Options::default()
            }),
            name,
        }
    }

    fn insert(&mut self, read: Read, name: Option<String>) -> SourceReport {
        self.views.take();
        self.last_id += 1;
        let (rows, records) = (read.n_rows(), read.n_records());
        let tables: Vec<Rc<Table>> = read.tables.into_iter().map(Rc::new).collect();
        let warnings = read
            .warnings
            .iter()
            .map(|(warning, count, detail)| SourceWarning {
                code: warning.code(),
                message: warning.message(*count, detail),
                count: *count,
            });
        let report = SourceReport {
            id: self.last_id,
            name: name.unwrap_or_else(|| format!("source {}", self.last_id)),
            format: read.format.id,
            encoding: read.encoding,
            evidence: read.evidence,
            tables: tables
                .iter()
                .map(|table| (table.name().to_owned(), table.n_rows()))
                .collect(),
            records,
            rows,
            duplicates: 0,
            reject_count: read.rejects.count(),
            reject_samples: read.rejects.samples,
            time_range: time_range(&tables),
            warnings: warnings.collect(),
            bytes: read.bytes,
            heap_bytes: tables.iter().map(|table| table.heap_bytes()).sum(),
        };
        self.sources.push(Source {
            report,
            shown: tables.clone(),
            tables,
            text_dates: read.text_dates,
            reject_places: read.rejects.places,
        });
        self.hide_duplicates(self.sources.len() - 1);
        self.sources
            .last()
            .map(|source| source.report.clone())
            .expect("invariant: a source was just added")
    }

    /// Whether rows that several sources have are shown once; of rows that repeat within a source
    /// as many as the one that has most of them.
    pub fn merge_duplicates(&mut self, is_merging: bool) {
        self.is_merging = is_merging;
        self.hide_duplicates(0);
    }

    /// Decides anew which rows are shown, from a source on: those before it know nothing of it.
    fn hide_duplicates(&mut self, first: usize) {
        self.views.take();
        for at in first..self.sources.len() {
            let (earlier, rest) = self.sources.split_at_mut(at);
            let Some(source) = rest.first_mut() else {
                return;
            };
            source.shown = source.tables.clone();
            let known = |table: &Table| -> Vec<Rc<Table>> {
                let shown = earlier.iter().flat_map(|source| &source.shown);
                let is_namesake = |known: &&Rc<Table>| known.name() == table.name();
                shown.filter(is_namesake).map(Rc::clone).collect()
            };
            for table in source.shown.iter_mut().filter(|_| self.is_merging) {
                if let Some(rest) = duplicates::without_known(table, &known(table)) {
                    *table = Rc::new(rest);
                }
            }
            let n_rows = |tables: &[Rc<Table>]| tables.iter().map(|table| table.n_rows()).sum();
            let (n_read, n_shown): (usize, usize) = (n_rows(&source.tables), n_rows(&source.shown));
            source.report.duplicates = (n_read - n_shown) as u64;
        }
    }

    /// The reports of all sources, in the order they were added.
    pub fn sources(&self) -> Vec<&SourceReport> {
        self.sources.iter().map(|source| &source.report).collect()
    }

    /// Where every reject of a source is: line, byte offset, length.
    pub fn reject_places(&self, source_id: u32) -> &[(u64, u64, u64)] {
        self.source(source_id)
            .map_or(&[], |source| &source.reject_places)
    }

    /// Takes a source out; `false` when there is none of this id.
    pub fn remove(&mut self, source_id: u32) -> bool {
        let of_id = |source: &Source| source.report.id == source_id;
        let Some(at) = self.sources.iter().position(of_id) else {
            return false;
        };
        self.sources.remove(at);
        self.hide_duplicates(at);
        true
    }

    /// Reads the dates of a source that could be read in two ways.
    pub fn settle_dates(&mut self, source_id: u32, order: DateOrder) -> Option<SourceReport> {
        let of_id = |source: &Source| source.report.id == source_id;
        let at = self.sources.iter().position(of_id)?;
        let source = self.sources.get_mut(at)?;
        for (table, column) in std::mem::take(&mut source.text_dates) {
            if let Some(place) = source.tables.get_mut(table)
                && let Some(settled) = input::settle_dates(place, column, order)
            {
                *place = Rc::new(settled);
            }
        }
        source
            .report
            .warnings
            .retain(|warning| warning.code != Warning::TextDates.code());
        source.report.time_range = time_range(&source.tables);
        source.report.heap_bytes = source.tables.iter().map(|table| table.heap_bytes()).sum();
        self.hide_duplicates(at);
        self.sources.get(at).map(|source| source.report.clone())
    }

    fn source(&self, source_id: u32) -> Option<&Source> {
        self.sources
            .iter()
            .find(|source| source.report.id == source_id)
    }

    /// The tables by name, in the order of first sight.
    pub fn tables(&self) -> Vec<TableInfo> {
        let mut infos: Vec<TableInfo> = Vec::new();
        for table in self.all_tables() {
            let (name, rows) = (table.name(), table.n_rows());
            let (columns, heap_bytes) = (table.fields().len(), table.heap_bytes());
            match infos.iter_mut().find(|info| info.name == name) {
                Some(info) => {
                    info.rows += rows;
                    info.columns = info.columns.max(columns);
                    info.heap_bytes += heap_bytes;
                }
                None => infos.push(TableInfo {
                    name: name.to_owned(),
                    rows,
                    columns,
                    heap_bytes,
                }),
            }
        }
        infos
    }

    /// Every table of every source, with the rows that are shown.
    pub fn all_tables(&self) -> Vec<Rc<Table>> {
        self.sources
            .iter()
            .flat_map(|source| &source.shown)
            .map(Rc::clone)
            .collect()
    }

    /// The tables under every name their users know.
    pub fn views(&self) -> Loaded {
        let views = || Loaded::of(schema::views(&self.all_tables()));
        self.views.get_or_init(views).clone()
    }

    /// Bytes that all tables take.
    pub fn heap_bytes(&self) -> usize {
        self.sources
            .iter()
            .map(|source| source.report.heap_bytes)
            .sum()
    }
}

/// First and last `TimeGenerated`; `None` while there is none that is a datetime.
fn time_range(tables: &[Rc<Table>]) -> Option<(i64, i64)> {
    let mut range: Option<(i64, i64)> = None;
    for table in tables {
        let Some(column) = table.find("TimeGenerated") else {
            continue;
        };
        if table
            .fields()
            .get(column)
            .is_none_or(|field| field.kind != Type::DateTime)
        {
            continue;
        }
        for segment in 0..table.n_segments() {
            let Some(decoded) = table.decode(segment, column) else {
                continue;
            };
            let Data::Long(ticks) = &decoded.data else {
                continue;
            };
            for (row, &tick) in ticks.iter().enumerate() {
                if !decoded.is_null(row) {
                    range = Some(
                        range.map_or((tick, tick), |(from, to)| (from.min(tick), to.max(tick))),
                    );
                }
            }
        }
    }
    range
}
