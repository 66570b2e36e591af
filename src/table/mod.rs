//! Tables: typed columns in segments of at most 64 Ki rows.
//!
//! Input: rows as the readers push them. Output: columns that the engine decodes segment by segment,
//! and views of them. Invariants: a segment never changes once closed; every column of a segment has
//! the segment's number of rows; memory beside the closed segments is constant. Absent on purpose:
//! JSON, dialects, KQL.

mod block;
mod builder;
pub mod column;
mod dates;
mod interner;
mod lanes;
mod segment;
mod utf8;
pub mod view;
mod window;

pub use builder::{TableBuilder, UNFIT};
pub(crate) use lanes::{Lanes, N_LANES, first_far_marked, first_marked};
pub(crate) use utf8::is_utf8;
pub(crate) use window::{Window, same};

pub use column::{Bitmap, Column, ColumnBuilder, Data, Dictionary, Dynamics, Strings};
pub use dates::{DateOrder, order_of, parse as parse_date};
pub use view::{Make, NoTables, Origin, Part, Tables, View};

pub use crate::value::Field;
use segment::Encoded;
use std::rc::Rc;

/// Most rows of a segment, and of a batch of the engine.
pub const SEGMENT_ROWS: usize = 65_536;

/// A table; a clone shares the values.
#[derive(Clone, Debug)]
pub struct Table {
    name: String,
    fields: Vec<Field>,
    /// The texts of coded columns, shared by all segments.
    dictionaries: Vec<Option<Rc<Dictionary>>>,
    segments: Vec<Segment>,
    n_rows: usize,
}

#[derive(Clone, Debug)]
struct Segment {
    /// Columns that came after the segment was closed have no entry.
    columns: Vec<Rc<Encoded>>,
    /// Rows of the columns.
    n_rows: usize,
    /// The places of the rows that are shown, where not all are.
    shown: Option<Rc<Vec<u32>>>,
}

impl Segment {
    fn n_shown(&self) -> usize {
        self.shown.as_ref().map_or(self.n_rows, |rows| rows.len())
    }
}

impl Table {
    /// A table of whole columns, cut into segments.
    pub fn from_columns(name: &str, fields: &[Field], columns: &[Column]) -> Self {
        let n_rows = columns.first().map_or(0, Column::len);
        let mut builder = TableBuilder::new(name);
        for field in fields {
            builder.column(&field.name, field.kind, true);
        }
        let mut scratch = String::new();
        for row in 0..n_rows {
            for (at, column) in columns.iter().enumerate() {
                let Some((place, writer)) = builder.writer(at) else {
                    continue;
                };
                match &column.data {
                    Data::String(strings) | Data::Dynamic(Dynamics::Json(strings)) => {
                        writer.put_text(place, strings.get(row, &mut scratch).as_bytes());
                    }
                    Data::Dynamic(Dynamics::Values(values)) => {
                        if let Some(value) = values.get(row).filter(|value| !value.is_null()) {
                            writer.put_text(place, value.to_json().as_bytes());
                        }
                    }
                    _ => {
                        writer.put_value(place, &column.value(row));
                    }
                }
            }
            builder.end_row();
        }
        builder.finish()
    }

    /// Rows without columns, for views whose columns are made: the number of rows of each segment.
    pub fn hollow(name: &str, segment_rows: &[usize]) -> Self {
        let segment = |&n_rows: &usize| Segment {
            columns: Vec::new(),
            n_rows,
            shown: None,
        };
        Self {
            name: name.to_owned(),
            fields: Vec::new(),
            dictionaries: Vec::new(),
            segments: segment_rows.iter().map(segment).collect(),
            n_rows: segment_rows.iter().sum(),
        }
    }

    /// The table with some of its rows: of each segment the places to show, in order, or all of them.
    /// The values are shared, and gathered when they are decoded.
    #[must_use]
    pub fn showing(&self, places: Vec<Option<Vec<u32>>>) -> Self {
        let choose = |(segment, places): (&Segment, Option<Vec<u32>>)| {
            let shown = match (places, &segment.shown) {
                (None, shown) => shown.clone(),
                (Some(places), None) => Some(Rc::new(places)),
                (Some(places), Some(shown)) => {
                    let of_columns = |&place: &u32| shown.get(place as usize).copied();
                    Some(Rc::new(places.iter().filter_map(of_columns).collect()))
                }
            };
            Segment {
                shown,
                ..segment.clone()
            }
        };
        let segments = self.segments.iter().zip(places).map(choose);
        let segments: Vec<Segment> = segments.filter(|segment| segment.n_shown() > 0).collect();
        Self {
            n_rows: segments.iter().map(Segment::n_shown).sum(),
            segments,
            ..self.clone()
        }
    }

    /// The same rows under another name.
    #[must_use]
    pub fn renamed(self, name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ..self
        }
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The columns.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The place of a column; names are case-sensitive.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == name)
    }

    /// The texts of a column, each once, when all its segments are coded.
    pub fn coded_dictionary(&self, column: usize) -> Option<&Dictionary> {
        let is_coded = |segment: &Segment| {
            segment
                .columns
                .get(column)
                .is_none_or(|encoded| encoded.is_coded())
        };
        self.segments.iter().all(is_coded).then_some(())?;
        self.dictionaries.get(column)?.as_deref()
    }

    /// The text that all rows of a coded column share (or lack); `None` when there are several.
    pub fn only_text(&self, column: usize) -> Option<&str> {
        let dictionary = self.coded_dictionary(column)?;
        (dictionary.len() == 2).then(|| dictionary.get(1))
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
        self.segments.get(segment).map_or(0, Segment::n_shown)
    }

    /// The values of a column in a segment; `None` when there is no such place.
    pub fn decode(&self, segment: usize, column: usize) -> Option<Rc<Column>> {
        let segment = self.segments.get(segment)?;
        let field = self.fields.get(column)?;
        let dictionary = self.dictionaries.get(column).and_then(Option::as_ref);
        let decoded = match segment.columns.get(column) {
            Some(encoded) => encoded.decode(field.kind, segment.n_rows, dictionary),
            None => Encoded::Absent.decode(field.kind, segment.n_rows, None),
        };
        Some(Rc::new(match &segment.shown {
            Some(rows) => decoded.gather(rows),
            None => decoded,
        }))
    }

    /// Bytes on the heap.
    pub fn heap_bytes(&self) -> usize {
        let columns = self.segments.iter().flat_map(|segment| &segment.columns);
        let dictionaries = self.dictionaries.iter().flatten();
        columns.map(|encoded| encoded.heap_bytes()).sum::<usize>()
            + dictionaries
                .map(|dictionary| dictionary.heap_bytes())
                .sum::<usize>()
    }
}
