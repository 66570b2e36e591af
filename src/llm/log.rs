//! The rows of a log table as the reassembly reads them: columns by name, texts where they lie.
//!
//! Input: a view of a table. Output: cells. Invariant: texts are borrowed from the table, never
//! copied. Absent on purpose: what the rows mean.

use super::call::Place;
use crate::engine::batch::{Batch, Lazy, NO_ROW};
use crate::table::{Column, Data, Dynamics, Strings, View};
use crate::value::Type;
use std::rc::Rc;

/// The rows of one table.
#[derive(Clone, Debug)]
pub struct Log {
    view: Rc<View>,
    batches: Rc<Vec<Batch>>,
    /// For each batch the part of the view that it comes from.
    part_of: Rc<Vec<u32>>,
}

impl Log {
    /// The rows of a view; nothing is decoded yet.
    pub(super) fn of(view: Rc<View>) -> Self {
        let kinds = view.types();
        let (mut batches, mut part_of) = (Vec::new(), Vec::new());
        for (at, part) in view.parts.iter().enumerate() {
            for segment in 0..part.table.n_segments() {
                batches.push(Batch::of_segment(part, &kinds, segment));
                part_of.push(at as u32);
            }
        }
        Self {
            view,
            batches: Rc::new(batches),
            part_of: Rc::new(part_of),
        }
    }

    pub(super) fn n_batches(&self) -> usize {
        self.batches.len()
    }

    pub(super) fn n_rows_of(&self, batch: usize) -> usize {
        self.batches.get(batch).map_or(0, |batch| batch.n_rows)
    }

    /// Which source a row comes from.
    pub(super) fn part_of(&self, (batch, _): Place) -> u32 {
        self.part_of.get(batch as usize).copied().unwrap_or_default()
    }

    /// The place and type of a column.
    pub(super) fn column(&self, name: &str) -> Option<(usize, Type)> {
        let at = self.view.find(name)?;
        Some((at, self.view.fields.get(at)?.kind))
    }

    /// A column of every batch.
    pub(super) fn cells(&self, name: &str) -> Cells {
        let column = self.column(name).map(|(at, _)| at);
        let of_batch = |batch: &Batch| Some(with_texts(batch.columns.get(column?)?.get()));
        Cells {
            columns: self.batches.iter().map(of_batch).collect(),
        }
    }

    /// The column of one batch.
    pub(super) fn cell_column(&self, name: &str, batch: usize) -> Option<Rc<Column>> {
        let (column, _) = self.column(name)?;
        Some(self.batches.get(batch)?.columns.get(column)?.get())
    }

    /// A column with the cells of other rows, null or empty where a row is missing.
    pub(super) fn gathered(&self, name: &str, places: &Rc<Vec<(u32, u32)>>) -> Option<Rc<Column>> {
        let (column, kind) = self.column(name)?;
        Some(Lazy::scattered(&self.batches, column, places, kind).get())
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
            let mut scratch = String::new();
            let texts = (0..words.len()).map(|row| texts.get(row, &mut scratch).to_owned());
            Rc::new(Column::strings(Strings::plain(texts)))
        }
        _ => column,
    }
}
