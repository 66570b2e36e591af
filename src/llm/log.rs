//! The rows of a log table as the reassembly reads them: columns by name, texts where they lie.
//!
//! Input: a view of a table. Output: cells. Invariants: texts are borrowed from the table, never
//! copied; what is decoded lives as long as the [`Cells`] it was decoded for. Absent on purpose: what
//! the rows mean.

use super::call::Place;
use crate::engine::batch::{Batch, Lazy, NO_ROW};
use crate::table::{Column, Data, Dynamics, Part, Strings, View};
use crate::value::Type;
use std::rc::Rc;

/// The rows of one table.
#[derive(Clone, Debug)]
pub struct Log {
    view: Rc<View>,
    kinds: Vec<Type>,
    /// For each batch the part of the view that it comes from, and the segment of that.
    segments: Vec<(u32, u32)>,
}

impl Log {
    /// The rows of a view; nothing is decoded yet.
    pub(super) fn of(view: Rc<View>) -> Self {
        let of_part = |(at, part): (usize, &Part)| {
            let n_segments = part.table.n_segments() as u32;
            (0..n_segments).map(move |segment| (at as u32, segment))
        };
        Self {
            kinds: view.types(),
            segments: view.parts.iter().enumerate().flat_map(of_part).collect(),
            view,
        }
    }

    pub(super) fn n_batches(&self) -> usize {
        self.segments.len()
    }

    pub(super) fn n_rows_of(&self, batch: usize) -> usize {
        self.part(batch)
            .map_or(0, |(part, segment)| part.table.segment_rows(segment))
    }

    /// Number of rows.
    pub(super) fn n_rows(&self) -> u64 {
        self.view.n_rows() as u64
    }

    /// Which source a row comes from.
    pub(super) fn part_of(&self, (batch, _): Place) -> u32 {
        self.segments
            .get(batch as usize)
            .map_or(0, |&(part, _)| part)
    }

    fn part(&self, batch: usize) -> Option<(&Part, usize)> {
        let &(part, segment) = self.segments.get(batch)?;
        Some((self.view.parts.get(part as usize)?, segment as usize))
    }

    fn batch(&self, batch: usize) -> Option<Batch> {
        let (part, segment) = self.part(batch)?;
        Some(Batch::of_segment(part, &self.kinds, segment))
    }

    /// A column of every batch.
    pub(super) fn cells(&self, name: &str) -> Cells {
        let of_batch = |batch| self.cell_column(name, batch).map(with_texts);
        Cells {
            columns: (0..self.n_batches()).map(of_batch).collect(),
        }
    }

    /// The column of one batch.
    pub(super) fn cell_column(&self, name: &str, batch: usize) -> Option<Rc<Column>> {
        let column = self.view.find(name)?;
        Some(self.batch(batch)?.columns.get(column)?.get())
    }

    /// A column with the cells of other rows, null or empty where a row is missing.
    pub(super) fn gathered(&self, name: &str, places: &Rc<Vec<Place>>) -> Option<Rc<Column>> {
        let column = self.view.find(name)?;
        let batches = (0..self.n_batches()).filter_map(|batch| self.batch(batch));
        let kind = *self.kinds.get(column)?;
        Some(Lazy::scattered(&Rc::new(batches.collect()), column, places, kind).get())
    }

    /// The first row with a text in a column.
    pub(super) fn find(&self, name: &str, text: &str) -> Option<Place> {
        let mut scratch = String::new();
        (0..self.n_batches()).find_map(|batch| {
            let column = self.cell_column(name, batch)?;
            let Data::String(texts) = &column.data else {
                return None;
            };
            let row = (0..texts.len()).find(|&row| texts.get(row, &mut scratch) == text)?;
            Some((batch as u32, row as u32))
        })
    }

    /// The columns of a row that have a value, as texts.
    pub(super) fn row(&self, (batch, row): Place) -> Vec<(String, String)> {
        let Some(batch) = self.batch(batch as usize) else {
            return Vec::new();
        };
        let cell = |(at, field): (usize, &crate::table::Field)| {
            let text = batch.value(at, row as usize).to_text();
            (!text.is_empty()).then(|| (field.name.clone(), text))
        };
        self.view
            .fields
            .iter()
            .enumerate()
            .filter_map(cell)
            .collect()
    }
}

/// No row, for [`Log::gathered`].
pub(super) const NO_PLACE: Place = (0, NO_ROW);

/// One column of all rows.
#[derive(Clone, Debug)]
pub(super) struct Cells {
    columns: Vec<Option<Rc<Column>>>,
}

impl Cells {
    fn column(&self, (batch, _): Place) -> Option<&Column> {
        self.columns.get(batch as usize)?.as_deref()
    }

    /// The whole number of a row.
    pub(super) fn long(&self, place: Place) -> Option<i64> {
        let column = self.column(place)?;
        let row = place.1 as usize;
        if column.is_null(row) {
            return None;
        }
        match &column.data {
            Data::Int(values) => values.get(row).map(|&value| i64::from(value)),
            Data::Long(values) => values.get(row).copied(),
            _ => None,
        }
    }

    /// The text of a row where it lies; empty where it is missing.
    pub(super) fn text(&self, place: Place) -> &str {
        match self.column(place).map(|column| &column.data) {
            Some(Data::String(texts) | Data::Dynamic(Dynamics::Json(texts))) => {
                texts.stored(place.1 as usize).unwrap_or_default()
            }
            _ => "",
        }
    }
}

/// The column with texts that lie somewhere: guids are written out.
fn with_texts(column: Rc<Column>) -> Rc<Column> {
    match &column.data {
        Data::String(texts @ Strings::Guids(words)) => {
            let text = |row| texts.get(row, &mut String::new()).to_owned();
            Rc::new(Column::strings(Strings::plain((0..words.len()).map(text))))
        }
        _ => column,
    }
}
