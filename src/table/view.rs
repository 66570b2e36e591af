//! Views: rows of one or more tables under the names and types of one dialect.
//!
//! Input: tables. Output: what the engine scans. Invariant: a view owns no values; a column of a
//! view is a column of the table below (converted when the types differ), one constant, made when it
//! is asked for, or missing.

use super::{Column, Field, Table};
use crate::value::{Type, Value};
use std::fmt;
use std::rc::Rc;

/// Columns that are made when they are asked for, and not kept.
pub trait Make: fmt::Debug {
    /// A column of a segment: of all its rows, or of those named, in that order.
    fn make(&self, segment: usize, column: usize, rows: Option<&[u32]>) -> Rc<Column>;
}

/// Where the values of a view's column come from, in one part.
#[derive(Clone, Debug)]
pub enum Origin {
    /// A column of the part's table; values of another type are converted as a cast does.
    Column(usize),
    /// The same value in every row.
    Constant(Value),
    /// A column of the maker.
    Made(Rc<dyn Make>, usize),
    /// Null (or the empty text) in every row.
    Missing,
}

/// Rows of one table under the names of a view.
#[derive(Clone, Debug)]
pub struct Part {
    /// The rows.
    pub table: Rc<Table>,
    /// One origin for every field of the view.
    pub origins: Vec<Origin>,
}

/// What a table name of a query stands for.
#[derive(Clone, Debug)]
pub struct View {
    /// The name as the query knows it.
    pub name: String,
    /// The columns.
    pub fields: Vec<Field>,
    /// The rows.
    pub parts: Vec<Part>,
}

impl View {
    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        self.parts.iter().map(|part| part.table.n_rows()).sum()
    }

    /// The place of a column; names are case-sensitive.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == name)
    }

    /// The types of the columns.
    pub fn types(&self) -> Vec<Type> {
        self.fields.iter().map(|field| field.kind).collect()
    }

    /// A view of a table as it is.
    pub fn of(table: &Rc<Table>) -> Self {
        let origins = (0..table.fields().len()).map(Origin::Column).collect();
        Self {
            name: table.name().to_owned(),
            fields: table.fields().to_vec(),
            parts: vec![Part {
                table: Rc::clone(table),
                origins,
            }],
        }
    }
}

/// Who gives the engine its tables.
pub trait Tables {
    /// The view of a name; names are case-sensitive.
    fn find(&self, name: &str) -> Option<Rc<View>>;

    /// Every name that [`Tables::find`] answers, sorted, but those of tables made of others, which
    /// would bring rows twice where a query asks for all.
    fn names(&self) -> Vec<String>;
}

/// No tables at all, for queries that bring their own.
pub struct NoTables;

impl Tables for NoTables {
    fn find(&self, _name: &str) -> Option<Rc<View>> {
        None
    }

    fn names(&self) -> Vec<String> {
        Vec::new()
    }
}
