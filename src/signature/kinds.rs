//! The kinds of rows of a table: the combinations of what most clues ask about.
//!
//! Input: the batches of a view, in their order. Output: the kind of every row, and a batch with one
//! row a kind. Rows of one kind answer alike to a condition over the columns that tell kinds apart,
//! so it is asked once a kind. Invariants: kinds are numbered as they appear; a table with more than
//! [`MAX_KINDS`], or with too many values in one column, has a single one, of which nothing is known. Absent on purpose: the texts of error
//! messages; only whether there is one tells kinds apart, and while they are few they are kept beside.

use super::tables;
use crate::engine::batch::{Batch, Lazy};
use crate::engine::operator::key::Interner;
use crate::table::{Column, Data, Dictionary, Origin, Part, View};
use crate::value::{Type, Value};
use rustc_hash::{FxHashMap, FxHashSet};
use std::rc::Rc;

/// Most kinds that are told apart.
const MAX_KINDS: usize = 1024;
/// Most bytes of different error messages that are kept.
const MAX_MESSAGE_BYTES: usize = 64 << 10;
/// Bits of the number of a value; a column with more values tells nothing.
const VALUE_BITS: u32 = 12;

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
    /// The values of each key column, numbered; last, whether the message is empty.
    values: Vec<Interner>,
    /// The numbers of a kind's values, [`VALUE_BITS`] each, to the kind.
    places: FxHashMap<u64, u16>,
    /// The numbers of the values, kind by kind.
    members: Vec<u64>,
    /// The kind of every row, segment by segment.
    of_rows: Vec<Vec<u16>>,
    messages: Messages,
}

/// The error messages of each kind, each once, while they are few.
#[derive(Default)]
struct Messages {
    seen: FxHashSet<(u16, String)>,
    /// Kind by kind, a line each.
    texts: Vec<String>,
    n_bytes: usize,
}

impl Messages {
    /// Takes the messages of rows; stops when there are too many.
    fn read(&mut self, column: &Column, kinds: &[u16]) {
        let Data::String(strings) = &column.data else {
            self.n_bytes = usize::MAX;
            return;
        };
        let mut scratch = String::new();
        for (row, &kind) in kinds.iter().enumerate() {
            if self.n_bytes > MAX_MESSAGE_BYTES {
                break;
            }
            let text = strings.get(row, &mut scratch);
            if text.is_empty() || !self.seen.insert((kind, text.to_owned())) {
                continue;
            }
            self.n_bytes += text.len();
            let at = usize::from(kind);
            if self.texts.len() <= at {
                self.texts.resize_with(at + 1, String::new);
            }
            if let Some(texts) = self.texts.get_mut(at) {
                texts.push_str(text);
                texts.push('\n');
            }
        }
    }
}

impl Kinds {
    /// The kinds of a view, before its batches are read.
    pub(super) fn of(table: &str, view: &Rc<View>) -> Self {
        let keys: Vec<usize> = KEYS
            .iter()
            .filter(|(of, _)| *of == table)
            .flat_map(|(_, names)| names.iter())
            .filter_map(|name| view.find(name))
            .collect();
        let message = view.find(MESSAGE).filter(|_| !keys.is_empty());
        let n_values = keys.len() + usize::from(message.is_some());
        Self {
            view: Rc::clone(view),
            keys,
            message,
            values: (0..n_values).map(|_| Interner::default()).collect(),
            places: FxHashMap::default(),
            members: Vec::new(),
            of_rows: Vec::new(),
            messages: Messages::default(),
        }
    }

    /// Reads the next segment.
    pub(super) fn read(&mut self, batch: &Batch) {
        if self.keys.is_empty() {
            return;
        }
        let mut columns: Vec<Rc<Column>> = self.keys.iter().map(|&at| batch.column(at)).collect();
        if let Some(at) = self.message {
            let is_empty = match &batch.column(at).data {
                Data::String(texts) => texts.are_empty(),
                _ => vec![false; batch.n_rows],
            };
            columns.push(Rc::new(Column::new(Type::Bool, Data::Bool(is_empty))));
        }
        let (mut numbers, mut ids) = (vec![0_u64; batch.n_rows], Vec::new());
        for (values, column) in self.values.iter_mut().zip(&columns) {
            values.intern(column, &mut ids);
            for (number, &id) in numbers.iter_mut().zip(&ids) {
                *number = *number << VALUE_BITS | u64::from(id);
            }
        }
        let mut last = (u64::MAX, 0);
        let kind_of = |number: u64| {
            if number != last.0 {
                let next = self.members.len().min(MAX_KINDS) as u16;
                let kind = *self.places.entry(number).or_insert(next);
                if kind == next {
                    self.members.push(number);
                }
                last = (number, kind);
            }
            last.1
        };
        let of_rows: Vec<u16> = numbers.into_iter().map(kind_of).collect();
        let has_too_many = |values: &Interner| values.len() > 1 << VALUE_BITS;
        if self.members.len() > MAX_KINDS || self.values.iter().any(has_too_many) {
            (self.keys, self.message) = (Vec::new(), None);
            self.of_rows = Vec::new();
        } else {
            if let Some(at) = self.message {
                self.messages.read(&batch.column(at), &of_rows);
            }
            self.of_rows.push(of_rows);
        }
    }

    /// Number of kinds.
    pub(super) fn len(&self) -> usize {
        if self.keys.is_empty() {
            1
        } else {
            self.members.len()
        }
    }

    /// The kinds of the rows of a segment; none when there is only one kind.
    pub(super) fn of_segment(&self, segment: usize) -> Option<&[u16]> {
        self.of_rows.get(segment).map(Vec::as_slice)
    }

    /// What is known of a column.
    pub(super) fn knowledge(&self, column: usize) -> Knowledge {
        let is_missing = |part: &Part| match part.origins.get(column) {
            Some(Origin::Column(at)) => {
                let texts = part.table.coded_dictionary(*at);
                texts.is_some_and(Dictionary::is_empty)
            }
            Some(Origin::Constant(_) | Origin::Made(..)) => false,
            Some(Origin::Missing) | None => true,
        };
        if self.keys.contains(&column) || self.view.parts.iter().all(is_missing) {
            Knowledge::Value
        } else if self.message == Some(column) {
            Knowledge::Emptiness
        } else {
            Knowledge::Nothing
        }
    }

    /// The error messages of a kind, a line each; nothing when there are too many to know.
    pub(super) fn messages(&self, kind: usize) -> Option<&str> {
        self.message?;
        let is_known = self.messages.n_bytes <= MAX_MESSAGE_BYTES;
        is_known.then(|| self.messages.texts.get(kind).map_or("", String::as_str))
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
        let n_values = self.values.len();
        let column = |(at, (values, kind)): (usize, (&Interner, Type))| {
            let shift = (n_values - 1 - at) as u32 * VALUE_BITS;
            let id = |number: &u64| (number >> shift) as u32 & ((1 << VALUE_BITS) - 1);
            let ids: Vec<u32> = self.members.iter().map(id).collect();
            values.column(&ids, kind)
        };
        self.values
            .iter()
            .zip(kinds)
            .enumerate()
            .map(column)
            .collect()
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
