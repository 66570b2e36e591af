//! Columns as the engine sees them: plain vectors of one type, with the places of nulls beside.
//!
//! Invariants: a `string` column has no nulls (a missing text is empty); every vector of a column
//! has the same length; a null place holds a default that nobody reads. Strings come in three
//! shapes: codes into a dictionary where values repeat, one block of bytes where they do not, and
//! 128-bit words where every text is a guid in lower case.

use super::utf8::text_of;
use crate::value::{Decimal, Dynamic, Type, Value, guid};
use std::cell::OnceCell;
use std::rc::Rc;

/// A set of places, one bit a row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bitmap {
    words: Vec<u64>,
}

impl Bitmap {
    /// No place of `n_rows` set.
    pub fn new(n_rows: usize) -> Self {
        Self {
            words: vec![0; n_rows.div_ceil(64)],
        }
    }

    /// Every place of `n_rows` set.
    pub fn full(n_rows: usize) -> Self {
        Self {
            words: vec![u64::MAX; n_rows.div_ceil(64)],
        }
    }

    /// Whether the place is set.
    #[inline]
    pub fn get(&self, row: usize) -> bool {
        self.words
            .get(row / 64)
            .is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    /// Sets the place.
    #[inline]
    pub fn set(&mut self, row: usize) {
        if let Some(word) = self.words.get_mut(row / 64) {
            *word |= 1 << (row % 64);
        }
    }

    /// Clears the place.
    #[inline]
    pub fn clear(&mut self, row: usize) {
        if let Some(word) = self.words.get_mut(row / 64) {
            *word &= !(1 << (row % 64));
        }
    }

    /// Bytes on the heap.
    pub fn heap_bytes(&self) -> usize {
        self.words.capacity() * 8
    }

    /// Sets every place that `other` has set.
    pub fn merge(&mut self, other: &Self) {
        for (word, more) in self.words.iter_mut().zip(&other.words) {
            *word |= more;
        }
    }

    /// Whether no place is set.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|&word| word == 0)
    }
}

/// Texts that repeat, each once. Code 0 is the empty text.
#[derive(Debug)]
pub struct Dictionary {
    text: String,
    offsets: Vec<u32>,
    folded: OnceCell<Vec<Rc<str>>>,
}

impl Dictionary {
    /// A dictionary of the texts between the offsets; `offsets` starts with `[0, 0]`.
    pub fn new(bytes: Vec<u8>, offsets: Vec<u32>) -> Self {
        Self {
            text: text_of(bytes),
            offsets,
            folded: OnceCell::new(),
        }
    }

    /// A dictionary of these texts; the empty text is put before them.
    pub fn from_texts<'t>(texts: impl Iterator<Item = &'t str>) -> Self {
        let (mut bytes, mut offsets) = (Vec::new(), vec![0, 0]);
        for text in texts {
            bytes.extend_from_slice(text.as_bytes());
            offsets.push(bytes.len() as u32);
        }
        Self::new(bytes, offsets)
    }

    /// Number of distinct texts, the empty one included.
    pub fn len(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    /// Whether it holds no text but the empty one.
    pub fn is_empty(&self) -> bool {
        self.len() <= 1
    }

    /// The text of a code.
    #[inline]
    pub fn get(&self, code: u32) -> &str {
        text_between(&self.text, &self.offsets, code as usize)
    }

    /// The texts as shared values, made once.
    pub fn shared(&self, code: u32) -> Rc<str> {
        let all = self.folded.get_or_init(|| {
            (0..self.len() as u32)
                .map(|code| Rc::from(self.get(code)))
                .collect()
        });
        all.get(code as usize)
            .map_or_else(|| Rc::from(""), Rc::clone)
    }

    /// Bytes on the heap.
    pub fn heap_bytes(&self) -> usize {
        self.text.capacity() + self.offsets.capacity() * 4
    }
}

#[inline]
fn text_between<'t>(text: &'t str, offsets: &[u32], at: usize) -> &'t str {
    let (Some(&start), Some(&end)) = (offsets.get(at), offsets.get(at + 1)) else {
        return "";
    };
    text.get(start as usize..end as usize).unwrap_or_default()
}

/// The texts of a column.
#[derive(Clone, Debug)]
pub enum Strings {
    /// One block of text; row `i` lies between offsets `i` and `i + 1`.
    Plain {
        /// The texts, one behind the other.
        text: Rc<String>,
        /// One more than there are rows.
        offsets: Vec<u32>,
    },
    /// Codes into a dictionary.
    Coded {
        /// One a row.
        codes: Vec<u32>,
        /// The texts.
        dictionary: Rc<Dictionary>,
    },
    /// Texts that are guids in lower case with dashes.
    Guids(Rc<Vec<u128>>),
}

impl Strings {
    /// Plain texts.
    pub fn plain<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> Self {
        let (mut block, mut offsets) = (String::new(), vec![0]);
        for text in texts {
            block.push_str(text.as_ref());
            offsets.push(block.len() as u32);
        }
        Self::Plain {
            text: Rc::new(block),
            offsets,
        }
    }

    /// The same text in every row.
    pub fn repeat(text: &str, n_rows: usize) -> Self {
        let dictionary = Rc::new(Dictionary::from_texts(std::iter::once(text)));
        Self::Coded {
            codes: vec![1; n_rows],
            dictionary,
        }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        match self {
            Self::Plain { offsets, .. } => offsets.len().saturating_sub(1),
            Self::Coded { codes, .. } => codes.len(),
            Self::Guids(words) => words.len(),
        }
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The text of a row; a guid is written into `scratch`.
    #[inline]
    pub fn get<'s>(&'s self, row: usize, scratch: &'s mut String) -> &'s str {
        match self {
            Self::Plain { text, offsets } => text_between(text, offsets, row),
            Self::Coded { codes, dictionary } => {
                codes.get(row).map_or("", |&code| dictionary.get(code))
            }
            Self::Guids(words) => {
                scratch.clear();
                if let Some(&word) = words.get(row) {
                    scratch.push_str(&guid::text(word));
                }
                scratch
            }
        }
    }

    /// The text of a row where it lies; guids lie nowhere as texts.
    #[inline]
    pub fn stored(&self, row: usize) -> Option<&str> {
        match self {
            Self::Plain { text, offsets } => Some(text_between(text, offsets, row)),
            Self::Coded { codes, dictionary } => codes.get(row).map(|&code| dictionary.get(code)),
            Self::Guids(_) => None,
        }
    }

    /// Whether the text of each row is empty.
    pub fn are_empty(&self) -> Vec<bool> {
        match self {
            Self::Plain { offsets, .. } => offsets
                .windows(2)
                .map(|pair| matches!(pair, [start, end] if start == end))
                .collect(),
            Self::Coded { codes, dictionary } => codes
                .iter()
                .map(|&code| code == 0 || dictionary.get(code).is_empty())
                .collect(),
            Self::Guids(words) => vec![false; words.len()],
        }
    }

    /// The text of a row as a shared value.
    pub fn shared(&self, row: usize) -> Rc<str> {
        match self {
            Self::Coded { codes, dictionary } => codes
                .get(row)
                .map_or_else(|| Rc::from(""), |&code| dictionary.shared(code)),
            _ => Rc::from(self.get(row, &mut String::new())),
        }
    }

    /// The rows named, in that order.
    #[must_use]
    pub fn gather(&self, rows: &[u32]) -> Self {
        match self {
            Self::Plain { text, offsets } => {
                let (mut out, mut ends) = (Vec::new(), Vec::with_capacity(rows.len() + 1));
                ends.push(0);
                for &row in rows {
                    let row = row as usize;
                    if let (Some(&start), Some(&end)) = (offsets.get(row), offsets.get(row + 1)) {
                        let text = text.as_bytes().get(start as usize..end as usize);
                        out.extend_from_slice(text.unwrap_or_default());
                    }
                    ends.push(out.len() as u32);
                }
                Self::Plain {
                    text: Rc::new(text_of(out)),
                    offsets: ends,
                }
            }
            Self::Coded { codes, dictionary } => Self::Coded {
                codes: gather(codes, rows),
                dictionary: Rc::clone(dictionary),
            },
            Self::Guids(words) => Self::Guids(Rc::new(gather(words, rows))),
        }
    }
}

fn gather<T: Copy + Default>(values: &[T], rows: &[u32]) -> Vec<T> {
    rows.iter()
        .map(|&row| values.get(row as usize).copied().unwrap_or_default())
        .collect()
}

/// The values of a `dynamic` column: JSON text until someone asks, or values the engine made.
#[derive(Clone, Debug)]
pub enum Dynamics {
    /// JSON texts, empty for null; a text that is not JSON is a dynamic string.
    Json(Strings),
    /// Values.
    Values(Vec<Dynamic>),
}

/// The values of a column.
#[derive(Clone, Debug)]
pub enum Data {
    /// `bool`
    Bool(Vec<bool>),
    /// `int`
    Int(Vec<i32>),
    /// `long`, `datetime`, `timespan`
    Long(Vec<i64>),
    /// `real`
    Real(Vec<f64>),
    /// `decimal`
    Decimal(Vec<Decimal>),
    /// `guid`
    Guid(Vec<u128>),
    /// `string`
    String(Strings),
    /// `dynamic`
    Dynamic(Dynamics),
}

/// A column of one batch.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its type; [`Data::Long`] serves three of them.
    pub kind: Type,
    /// Its values.
    pub data: Data,
    /// Where it is null; `None` when nowhere. Always `None` for `string` and `dynamic`.
    pub nulls: Option<Bitmap>,
}

impl Column {
    /// A column without nulls.
    pub const fn new(kind: Type, data: Data) -> Self {
        Self {
            kind,
            data,
            nulls: None,
        }
    }

    /// A column with nulls; an empty set of places is dropped.
    pub fn with_nulls(kind: Type, data: Data, nulls: Bitmap) -> Self {
        let nulls = if nulls.is_empty() { None } else { Some(nulls) };
        Self { kind, data, nulls }
    }

    /// A text column.
    pub const fn strings(strings: Strings) -> Self {
        Self::new(Type::String, Data::String(strings))
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        match &self.data {
            Data::Bool(values) => values.len(),
            Data::Int(values) => values.len(),
            Data::Long(values) => values.len(),
            Data::Real(values) => values.len(),
            Data::Decimal(values) => values.len(),
            Data::Guid(values) => values.len(),
            Data::String(strings) | Data::Dynamic(Dynamics::Json(strings)) => strings.len(),
            Data::Dynamic(Dynamics::Values(values)) => values.len(),
        }
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the row is null (an empty text is not).
    #[inline]
    pub fn is_null(&self, row: usize) -> bool {
        match &self.data {
            Data::Dynamic(Dynamics::Values(values)) => values.get(row).is_none_or(Dynamic::is_null),
            Data::Dynamic(Dynamics::Json(_)) => self.value(row).is_null(),
            _ => self.nulls.as_ref().is_some_and(|nulls| nulls.get(row)),
        }
    }

    /// The value of a row.
    pub fn value(&self, row: usize) -> Value {
        if self.nulls.as_ref().is_some_and(|nulls| nulls.get(row)) {
            return Value::Null;
        }
        let value = match &self.data {
            Data::Bool(values) => values.get(row).map(|&value| Value::Bool(value)),
            Data::Int(values) => values.get(row).map(|&value| Value::Int(value)),
            Data::Long(values) => values.get(row).map(|&value| match self.kind {
                Type::DateTime => Value::DateTime(value),
                Type::TimeSpan => Value::TimeSpan(value),
                _ => Value::Long(value),
            }),
            Data::Real(values) => values.get(row).map(|&value| Value::Real(value)),
            Data::Decimal(values) => values.get(row).map(|&value| Value::Decimal(value)),
            Data::Guid(values) => values.get(row).map(|&value| Value::Guid(value)),
            Data::String(strings) => Some(Value::String(strings.shared(row))),
            Data::Dynamic(Dynamics::Values(values)) => values.get(row).cloned().map(Value::from),
            Data::Dynamic(Dynamics::Json(strings)) => {
                Some(dynamic_of(strings.get(row, &mut String::new())).into())
            }
        };
        value.unwrap_or_default()
    }

    /// The rows named, in that order.
    #[must_use]
    pub fn gather(&self, rows: &[u32]) -> Self {
        let data = match &self.data {
            Data::Bool(values) => Data::Bool(gather(values, rows)),
            Data::Int(values) => Data::Int(gather(values, rows)),
            Data::Long(values) => Data::Long(gather(values, rows)),
            Data::Real(values) => Data::Real(gather(values, rows)),
            Data::Decimal(values) => {
                let zero = Decimal::from_long(0);
                Data::Decimal(
                    rows.iter()
                        .map(|&row| values.get(row as usize).copied().unwrap_or(zero))
                        .collect(),
                )
            }
            Data::Guid(values) => Data::Guid(gather(values, rows)),
            Data::String(strings) => Data::String(strings.gather(rows)),
            Data::Dynamic(Dynamics::Json(strings)) => {
                Data::Dynamic(Dynamics::Json(strings.gather(rows)))
            }
            Data::Dynamic(Dynamics::Values(values)) => Data::Dynamic(Dynamics::Values(
                rows.iter()
                    .map(|&row| values.get(row as usize).cloned().unwrap_or_default())
                    .collect(),
            )),
        };
        let nulls = self.nulls.as_ref().map(|nulls| {
            let mut out = Bitmap::new(rows.len());
            for (at, &row) in rows.iter().enumerate() {
                if nulls.get(row as usize) {
                    out.set(at);
                }
            }
            out
        });
        Self {
            kind: self.kind,
            data,
            nulls: nulls.filter(|nulls| !nulls.is_empty()),
        }
    }
}

/// The dynamic value of a JSON text: null when empty, a string when it is not JSON.
pub fn dynamic_of(text: &str) -> Dynamic {
    if text.is_empty() {
        return Dynamic::Null;
    }
    Dynamic::parse(text).unwrap_or_else(|| Dynamic::string(text))
}

/// Collects values of one type into a column.
#[derive(Debug)]
pub struct ColumnBuilder {
    kind: Type,
    data: BuilderData,
    nulls: Bitmap,
    n_rows: usize,
}

#[derive(Debug)]
enum BuilderData {
    Bool(Vec<bool>),
    Int(Vec<i32>),
    Long(Vec<i64>),
    Real(Vec<f64>),
    Decimal(Vec<Decimal>),
    Guid(Vec<u128>),
    String { text: String, offsets: Vec<u32> },
    Dynamic(Vec<Dynamic>),
}

impl ColumnBuilder {
    /// An empty column.
    pub fn new(kind: Type) -> Self {
        let data = match kind {
            Type::Bool => BuilderData::Bool(Vec::new()),
            Type::Int => BuilderData::Int(Vec::new()),
            Type::Long | Type::DateTime | Type::TimeSpan => BuilderData::Long(Vec::new()),
            Type::Real => BuilderData::Real(Vec::new()),
            Type::Decimal => BuilderData::Decimal(Vec::new()),
            Type::Guid => BuilderData::Guid(Vec::new()),
            Type::String => BuilderData::String {
                text: String::new(),
                offsets: vec![0],
            },
            Type::Dynamic => BuilderData::Dynamic(Vec::new()),
        };
        Self {
            kind,
            data,
            nulls: Bitmap::default(),
            n_rows: 0,
        }
    }

    /// Number of rows so far.
    pub const fn len(&self) -> usize {
        self.n_rows
    }

    /// Whether nothing was pushed.
    pub const fn is_empty(&self) -> bool {
        self.n_rows == 0
    }

    /// Adds a text to a text column.
    pub fn push_text(&mut self, text: &str) {
        if let BuilderData::String {
            text: block,
            offsets,
        } = &mut self.data
        {
            block.push_str(text);
            offsets.push(block.len() as u32);
            self.n_rows += 1;
            self.nulls.words.resize(self.n_rows.div_ceil(64), 0);
        } else {
            self.push(&Value::string(text));
        }
    }

    /// Adds a value; one of another type is stored as null (the binder never lets that happen).
    pub fn push(&mut self, value: &Value) {
        let mut is_null = false;
        match (&mut self.data, value) {
            (BuilderData::Bool(values), Value::Bool(value)) => values.push(*value),
            (BuilderData::Int(values), Value::Int(value)) => values.push(*value),
            (BuilderData::Long(values), Value::Int(value)) => values.push(i64::from(*value)),
            (
                BuilderData::Long(values),
                Value::Long(value) | Value::DateTime(value) | Value::TimeSpan(value),
            ) => {
                values.push(*value);
            }
            (BuilderData::Real(values), value) if value.as_real().is_some() => {
                values.push(value.as_real().unwrap_or_default());
            }
            (BuilderData::Decimal(values), Value::Decimal(value)) => values.push(*value),
            (BuilderData::Guid(values), Value::Guid(value)) => values.push(*value),
            (BuilderData::String { text, offsets }, value) => {
                if let Value::String(more) = value {
                    text.push_str(more);
                } else if !value.is_null() {
                    text.push_str(&value.to_text());
                }
                offsets.push(text.len() as u32);
            }
            (BuilderData::Dynamic(values), value) => values.push(value.to_dynamic()),
            (data, _) => {
                is_null = true;
                match data {
                    BuilderData::Bool(values) => values.push(false),
                    BuilderData::Int(values) => values.push(0),
                    BuilderData::Long(values) => values.push(0),
                    BuilderData::Real(values) => values.push(0.0),
                    BuilderData::Decimal(values) => values.push(Decimal::from_long(0)),
                    BuilderData::Guid(values) => values.push(0),
                    BuilderData::String { .. } | BuilderData::Dynamic(_) => {}
                }
            }
        }
        if self.n_rows.is_multiple_of(64) {
            self.nulls.words.push(0);
        }
        if is_null {
            self.nulls.set(self.n_rows);
        }
        self.n_rows += 1;
    }

    /// The column.
    pub fn finish(self) -> Column {
        let data = match self.data {
            BuilderData::Bool(values) => Data::Bool(values),
            BuilderData::Int(values) => Data::Int(values),
            BuilderData::Long(values) => Data::Long(values),
            BuilderData::Real(values) => Data::Real(values),
            BuilderData::Decimal(values) => Data::Decimal(values),
            BuilderData::Guid(values) => Data::Guid(values),
            BuilderData::String { text, offsets } => Data::String(Strings::Plain {
                text: Rc::new(text),
                offsets,
            }),
            BuilderData::Dynamic(values) => Data::Dynamic(Dynamics::Values(values)),
        };
        Column::with_nulls(self.kind, data, self.nulls)
    }
}
