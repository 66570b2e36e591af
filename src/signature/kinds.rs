//! The kinds of rows of a table: the combinations of what most clues ask about.
//!
//! Input: the batches of a view, in their order. Output: the kind of every row, and a batch with one
//! row a kind. Rows of one kind answer alike to a condition over the columns that tell kinds apart,
//! so it is asked once a kind. Invariants: kinds are numbered as they appear; a table with more than
//! [`MAX_KINDS`] has a single one, of which nothing is known. Absent on purpose: the texts of error
//! messages, of which there are too many; only whether there is one tells kinds apart.

use super::tables;
use crate::engine::batch::{Batch, Lazy};
use crate::engine::operator::key::Grouper;
use crate::table::{Column, Data, Origin, Strings, View};
use crate::value::{Type, Value};
use std::rc::Rc;

/// Most kinds that are told apart.
const MAX_KINDS: usize = 1024;

/// The columns that the clues over a table ask about first.
const KEYS: &[(&str, &[&str])] = &[
    (
        tables::GATEWAY,
        &[
            "ResponseCode",
            "LastErrorReason",
            "LastErrorSource",
            "BackendResponseCode",
        ],
    ),
    (tables::REQUESTS, &["ResultCode"]),
    (tables::DEPENDENCIES, &["Success", "ResultCode"]),
    (tables::EXCEPTIONS, &["ProblemId"]),
];

/// The column of which only counts whether it is empty.
const MESSAGE: &str = "LastErrorMessage";

/// What the kind of a row tells about a column; the less, the greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Knowledge {
    /// Its value.
    Value,
    /// That it is empty, or else nothing: see [`Kinds::has_message`].
    Emptiness,
    /// Nothing.
    Nothing,
}

/// The kinds of the rows of a view.
pub(super) struct Kinds {
    view: Rc<View>,
    /// Places of the columns that tell kinds apart.
    keys: Vec<usize>,
    message: Option<usize>,
    grouper: Grouper,
    /// The kind of every row, segment by segment.
    of_rows: Vec<Vec<u16>>,
    groups: Vec<u32>,
}

impl Kinds {
    /// The kinds of a view, before its batches are read.
    pub(super) fn of(table: &str, view: &Rc<View>) -> Self {
        let place = |name: &str| view.fields.iter().position(|field| field.name == name);
        let keys: Vec<usize> = KEYS
            .iter()
            .filter(|(of, _)| *of == table)
            .flat_map(|(_, names)| names.iter())
            .filter_map(|name| place(name))
            .collect();
        let message = place(MESSAGE).filter(|_| !keys.is_empty());
        Self {
            view: Rc::clone(view),
            grouper: Grouper::new(keys.len() + usize::from(message.is_some())),
            keys,
            message,
            of_rows: Vec::new(),
            groups: Vec::new(),
        }
    }

    /// Reads the next segment.
    pub(super) fn read(&mut self, batch: &Batch) {
        if self.keys.is_empty() {
            return;
        }
        let mut columns: Vec<Rc<Column>> = self.keys.iter().map(|&at| batch.column(at)).collect();
        if let Some(at) = self.message {
            columns.push(Rc::new(emptiness(&batch.column(at), batch.n_rows)));
        }
        self.grouper.group(&columns, &mut self.groups);
        if self.grouper.len() > MAX_KINDS {
            (self.keys, self.message) = (Vec::new(), None);
            self.of_rows = Vec::new();
        } else {
            let kinds = self.groups.iter().map(|&group| group as u16);
            self.of_rows.push(kinds.collect());
        }
    }

    /// Number of kinds.
    pub(super) fn len(&self) -> usize {
        if self.keys.is_empty() {
            1
        } else {
            self.grouper.len()
        }
    }

    /// The kinds of the rows of a segment; none when there is only one kind.
    pub(super) fn of_segment(&self, segment: usize) -> Option<&[u16]> {
        self.of_rows.get(segment).map(Vec::as_slice)
    }

    /// What is known of a column.
    pub(super) fn knowledge(&self, column: usize) -> Knowledge {
        let is_missing = |part: &crate::table::Part| {
            matches!(part.origins.get(column), Some(Origin::Missing) | None)
        };
        if self.keys.contains(&column) || self.view.parts.iter().all(is_missing) {
            Knowledge::Value
        } else if self.message == Some(column) {
            Knowledge::Emptiness
        } else {
            Knowledge::Nothing
        }
    }

    /// One row a kind, with the columns of the view; what is not known of them is empty.
    pub(super) fn rows(&self) -> Batch {
        let n_rows = self.len();
        let mut columns: Vec<Lazy> = self
            .view
            .fields
            .iter()
            .map(|field| Lazy::constant(Value::missing(field.kind), field.kind, n_rows))
            .collect();
        for (&at, column) in self.keys.iter().zip(self.key_columns()) {
            if let Some(place) = columns.get_mut(at) {
                *place = Lazy::column(column);
            }
        }
        Batch { columns, n_rows }
    }

    /// The columns that tell kinds apart, one row a kind; last, whether the message is empty.
    fn key_columns(&self) -> Vec<Column> {
        let kind_of = |at: &usize| {
            self.view
                .fields
                .get(*at)
                .map_or(Type::Bool, |field| field.kind)
        };
        let kinds = self.keys.iter().map(kind_of).chain([Type::Bool]);
        self.grouper.key_columns(&kinds.collect::<Vec<_>>())
    }

    /// Whether the rows of each kind have an error message.
    pub(super) fn has_message(&self) -> Vec<bool> {
        match self.key_columns().last().map(|column| &column.data) {
            Some(Data::Bool(is_empty)) if self.message.is_some() => {
                is_empty.iter().map(|is_empty| !is_empty).collect()
            }
            _ => vec![true; self.len()],
        }
    }
}

/// Whether each text of a column is empty.
fn emptiness(column: &Column, n_rows: usize) -> Column {
    let is_empty = match &column.data {
        Data::String(Strings::Coded { codes, dictionary }) => codes
            .iter()
            .map(|&code| code == 0 || dictionary.get(code).is_empty())
            .collect(),
        Data::String(strings) => {
            let mut scratch = String::new();
            (0..n_rows)
                .map(|row| strings.get(row, &mut scratch).is_empty())
                .collect()
        }
        _ => vec![false; n_rows],
    };
    Column::new(Type::Bool, Data::Bool(is_empty))
}
