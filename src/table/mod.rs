//! Tables: typed columns in segments of at most 64 Ki rows.
//!
//! Input: rows as the readers push them. Output: columns that the engine decodes segment by segment,
//! and views of them. Invariants: a segment never changes once closed; every column of a segment has
//! the segment's number of rows; memory beside the closed segments is constant. Absent on purpose:
//! JSON, dialects, KQL.

pub mod column;
pub mod view;

pub use column::{Bitmap, Column, ColumnBuilder, Data, Dictionary, Dynamics, Strings};
pub use view::{NoTables, Origin, Part, Tables, View};

use crate::value::Type;
use std::rc::Rc;

/// Most rows of a segment, and of a batch of the engine.
pub const SEGMENT_ROWS: usize = 65_536;

/// Name and type of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The name.
    pub name: String,
    /// The type.
    pub kind: Type,
}

impl Field {
    /// A field.
    pub fn new(name: &str, kind: Type) -> Self {
        Self { name: name.to_owned(), kind }
    }
}

/// A table.
#[derive(Debug)]
pub struct Table {
    name: String,
    fields: Vec<Field>,
    segments: Vec<Segment>,
    n_rows: usize,
}

#[derive(Debug)]
struct Segment {
    columns: Vec<Rc<Column>>,
    n_rows: usize,
}

impl Table {
    /// A table of whole columns, cut into segments.
    pub fn from_columns(name: &str, fields: Vec<Field>, columns: &[Column]) -> Self {
        let n_rows = columns.first().map_or(0, Column::len);
        let mut segments = Vec::new();
        let mut start = 0;
        while start < n_rows {
            let end = (start + SEGMENT_ROWS).min(n_rows);
            let rows: Vec<u32> = (start as u32..end as u32).collect();
            let columns = columns.iter().map(|column| Rc::new(column.gather(&rows))).collect();
            segments.push(Segment { columns, n_rows: end - start });
            start = end;
        }
        Self { name: name.to_owned(), fields, segments, n_rows }
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The columns.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// Number of rows.
    pub const fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// Number of segments.
    pub fn n_segments(&self) -> usize {
        self.segments.len()
    }

    /// Number of rows of a segment.
    pub fn segment_rows(&self, segment: usize) -> usize {
        self.segments.get(segment).map_or(0, |segment| segment.n_rows)
    }

    /// The values of a column in a segment; `None` when there is no such place.
    pub fn decode(&self, segment: usize, column: usize) -> Option<Rc<Column>> {
        self.segments.get(segment)?.columns.get(column).map(Rc::clone)
    }
}
