//! Where readers put what they read: tables, rejects, warnings.
//!
//! Invariants: every record is a row or a reject, so that `records = rows + rejects`; the place of
//! every reject is kept, the text of the first [`KEPT_TEXTS`]; warnings are counted by code.

use super::scan::Text;
use super::warning::Warning;
use crate::table::TableBuilder;

/// Rejects whose text is kept.
pub const KEPT_TEXTS: usize = 1_000;
/// Bytes of a reject's text that are kept.
const KEPT_BYTES: usize = 2_000;
/// More tables than this are not made: a hostile file may name a new one in every record.
const MAX_TABLES: usize = 64;

/// A record that became no row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    /// The line it begins in, counted from 1.
    pub line: u64,
    /// The byte it begins at, in the source decoded to UTF-8 (without a byte order mark).
    pub offset: u64,
    /// What is wrong with it.
    pub reason: &'static str,
    /// Its text, cut; empty beyond the first thousand.
    pub text: String,
}

/// All rejects of a source.
#[derive(Clone, Debug, Default)]
pub struct Rejects {
    /// The first thousand, with text.
    pub samples: Vec<Reject>,
    /// Line, offset and length of every one.
    pub places: Vec<(u64, u64, u64)>,
}

impl Rejects {
    /// How many there are.
    pub fn count(&self) -> u64 {
        self.places.len() as u64
    }
}

/// Where the current piece lies in the source.
#[derive(Debug, Default)]
struct Position {
    offset: u64,
    line: u64,
    /// Newlines are counted up to this place of the piece.
    counted_to: usize,
}

/// What a source has become so far.
#[derive(Debug, Default)]
pub(crate) struct Sink {
    pub(crate) tables: Vec<TableBuilder>,
    pub(crate) rejects: Rejects,
    /// In the order of the catalogue.
    warnings: Vec<(Warning, u64, String)>,
    position: Position,
}

impl Sink {
    /// The table of a name, made when there is none.
    pub(crate) fn table(&mut self, name: &str) -> usize {
        if let Some(at) = self.tables.iter().position(|table| table.name() == name) {
            return at;
        }
        if self.tables.len() >= MAX_TABLES && name != OTHER_RECORDS {
            self.warn(Warning::TooManyTables, "");
            return self.table(OTHER_RECORDS);
        }
        self.tables.push(TableBuilder::new(name));
        self.tables.len() - 1
    }

    /// Notes a warning; the first detail is kept.
    pub(crate) fn warn(&mut self, warning: Warning, detail: &str) {
        self.warn_times(warning, detail, 1);
    }

    /// Notes a warning several times at once.
    pub(crate) fn warn_times(&mut self, warning: Warning, detail: &str, n_times: u64) {
        let at = self
            .warnings
            .partition_point(|(known, ..)| *known < warning);
        match self.warnings.get_mut(at) {
            Some((known, n_known, _)) if *known == warning => *n_known += n_times,
            _ => self
                .warnings
                .insert(at, (warning, n_times, detail.to_owned())),
        }
    }

    /// The warnings in the order of the catalogue: how often, and the first detail.
    pub(crate) fn warnings(&self) -> impl Iterator<Item = (Warning, u64, &str)> {
        self.warnings
            .iter()
            .map(|(warning, n_times, detail)| (*warning, *n_times, detail.as_str()))
    }

    /// Rejects the bytes between two places of the piece.
    pub(crate) fn reject(
        &mut self,
        text: Text<'_>,
        start: usize,
        end: usize,
        reason: &'static str,
    ) {
        let end = end.min(text.end);
        let raw = text.between(start, end);
        self.reject_bytes(text, start, (end - start.min(end)) as u64, raw, reason);
    }

    /// Rejects a record of which only the first bytes are at hand.
    pub(crate) fn reject_bytes(
        &mut self,
        text: Text<'_>,
        start: usize,
        length: u64,
        raw: &[u8],
        reason: &'static str,
    ) {
        let line = self.line_at(text, start);
        let offset = self.position.offset + start as u64;
        if self.rejects.samples.len() < KEPT_TEXTS {
            let cut = raw.get(..raw.len().min(KEPT_BYTES)).unwrap_or_default();
            let mut kept = String::from_utf8_lossy(cut).into_owned();
            if cut.len() < raw.len() {
                kept.truncate(kept.trim_end_matches(char::REPLACEMENT_CHARACTER).len());
                kept.push('…');
            }
            self.rejects.samples.push(Reject {
                line,
                offset,
                reason,
                text: kept,
            });
        }
        self.rejects.places.push((line, offset, length));
    }

    fn line_at(&mut self, text: Text<'_>, at: usize) -> u64 {
        let position = &mut self.position;
        if at > position.counted_to {
            position.line += newlines(text.between(position.counted_to, at));
            position.counted_to = at;
        }
        let back = newlines(text.between(at, position.counted_to));
        position.line + 1 - back
    }

    /// Moves the start of the piece behind what was read.
    pub(crate) fn advance(&mut self, text: Text<'_>, n_read: usize) {
        self.line_at(text, n_read);
        let position = &mut self.position;
        position.line -= newlines(text.between(n_read, position.counted_to));
        position.counted_to = 0;
        position.offset += n_read as u64;
    }

    /// Rows of all tables.
    pub(crate) fn n_rows(&self) -> u64 {
        self.tables.iter().map(|table| table.n_rows() as u64).sum()
    }

    /// Bytes on the heap, tables and rejects.
    pub(crate) fn heap_bytes(&self) -> usize {
        let tables: usize = self.tables.iter().map(TableBuilder::heap_bytes).sum();
        let samples: usize = self
            .rejects
            .samples
            .iter()
            .map(|reject| reject.text.capacity())
            .sum();
        tables + samples + self.rejects.places.capacity() * 24
    }
}

/// The table of records that say nothing about what they are.
pub(crate) const OTHER_RECORDS: &str = "Records";

fn newlines(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}
