//! Rows into columns: the open segment of a table, and how columns find their shape.
//!
//! Input: values at the place (column, current row), in any order, absent ones not at all. Output: a
//! [`Table`]. Invariants: a store is one write into a vector that holds nulls already; a value that
//! does not fit a declared column is kept as text in the column [`UNFIT`] of its row and counted; an
//! undeclared column takes its type from its values and is widened rather than lose one.

use super::block::Block;
use super::dates::is_numeric_date;
use super::interner::Interner;
use super::segment::Encoded;
use super::{Column, Data, Dynamics, Field, SEGMENT_ROWS, Segment, Strings, Table};
use crate::value::{Decimal, Type, Value, datetime, dynamic, guid, number, timespan};
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// The column that keeps, as a bag of texts, the values of a row that did not fit their columns.
pub const UNFIT: &str = "_Unfit";

/// Fewest rows a vector of the open segment is made for.
const FIRST_ROWS: usize = 1_024;
/// A segment is closed early when a column holds this much text.
const SEGMENT_TEXT_BYTES: usize = 16 << 20;
/// Rows after which the text of a segment is weighed; as many of the longest records stay below 4 GiB.
const WEIGHED_ROWS: usize = 16;
/// A dictionary larger than this does not pay.
const DICTIONARY_BYTES: usize = 32 << 20;
/// Bytes of a dictionary after which the share of distinct texts is looked at, however few they are.
const FIRST_BYTES: usize = 1 << 20;

const NO_LONG: i64 = i64::MIN;
const NO_REAL: u64 = 0x7FF8_DEAD_0000_0000;
const NO_BOOL: u8 = 2;

/// The vector of a column of the open segment; shorter than the row number where nothing came yet.
#[derive(Debug)]
enum Store {
    Bools(Vec<u8>),
    Whole(Vec<i64>),
    Reals(Vec<f64>),
    Decimals(Vec<Option<Decimal>>),
    Guids(Vec<Option<u128>>),
    Coded(Vec<u32>),
    Plain(Block),
    GuidTexts(Vec<u128>),
}

impl Store {
    const fn new(kind: Type) -> Self {
        match kind {
            Type::Bool => Self::Bools(Vec::new()),
            Type::Int | Type::Long | Type::DateTime | Type::TimeSpan => Self::Whole(Vec::new()),
            Type::Real => Self::Reals(Vec::new()),
            Type::Decimal => Self::Decimals(Vec::new()),
            Type::Guid => Self::Guids(Vec::new()),
            Type::String | Type::Dynamic => Self::Coded(Vec::new()),
        }
    }
}

#[inline(always)]
fn set<T: Copy>(values: &mut Vec<T>, row: usize, value: T, missing: T) {
    if let Some(place) = values.get_mut(row) {
        *place = value;
    } else {
        grow(values, row, value, missing);
    }
}

#[cold]
#[inline(never)]
fn grow<T: Copy>(values: &mut Vec<T>, row: usize, value: T, missing: T) {
    // Memory is taken in large steps, for each moves what is there; it is filled in small ones.
    if row >= values.capacity() {
        let n_rows = (row * 4).clamp(FIRST_ROWS, SEGMENT_ROWS.max(row + 1));
        values.reserve_exact(n_rows - values.len());
    }
    let n_rows = (row + FIRST_ROWS).min(values.capacity());
    values.resize(n_rows, missing);
    if let Some(place) = values.get_mut(row) {
        *place = value;
    }
}

/// One column while it is written.
#[derive(Debug)]
pub(crate) struct ColumnWriter {
    kind: Type,
    is_declared: bool,
    store: Store,
    interner: Interner,
    /// Texts of the dictionary that closed segments may refer to.
    n_texts_closed: usize,
    /// Rows of the open segment after which the share of distinct texts is looked at.
    look_at_row: usize,
    /// Bytes of the dictionary after which it is.
    look_at_bytes: usize,
    day: DayCache,
    /// A datetime column whose texts can be read in two ways, kept as texts until that is settled.
    is_dated: bool,
}

impl ColumnWriter {
    fn new(kind: Type, is_declared: bool) -> Self {
        Self {
            kind,
            is_declared,
            store: Store::new(kind),
            interner: Interner::new(),
            n_texts_closed: 0,
            look_at_row: FIRST_ROWS,
            look_at_bytes: FIRST_BYTES,
            day: DayCache::default(),
            is_dated: false,
        }
    }

    /// The length of the previous text, when it comes again at the start of `bytes` and ends as it
    /// did. Then neither its end is searched nor is it hashed.
    #[inline(always)]
    pub(crate) fn put_repeated(
        &mut self,
        row: usize,
        bytes: &[u8],
        is_quoted: bool,
    ) -> Option<usize> {
        let Store::Coded(codes) = &mut self.store else {
            return None;
        };
        let (code, n_bytes) = self.interner.repeats(bytes, is_quoted)?;
        set(codes, row, code, 0);
        Some(n_bytes)
    }

    /// The type.
    #[inline(always)]
    pub(crate) const fn kind(&self) -> Type {
        self.kind
    }

    /// Stores a text; `false` when it does not fit the column's type.
    #[inline(never)]
    pub(crate) fn put_text(&mut self, row: usize, text: &[u8]) -> bool {
        self.put_first(row, text, text.len())
    }

    /// Stores the first `n_bytes` of some bytes as a text. Those behind, where there are some, are what
    /// ends it in the source: the next text that is spelled and ends so is told by that.
    #[inline(always)]
    pub(crate) fn put_first(&mut self, row: usize, bytes: &[u8], n_bytes: usize) -> bool {
        if let Store::Coded(codes) = &mut self.store {
            if n_bytes == 0 {
                set(codes, row, 0, 0);
                return true;
            }
            if let Some(code) = self.interner.find(bytes, n_bytes) {
                set(codes, row, code, 0);
                return true;
            }
        }
        self.put_other(row, bytes, n_bytes)
    }

    /// Stores a text that its dictionary does not hold, if it has one.
    #[inline(never)]
    fn put_other(&mut self, row: usize, bytes: &[u8], n_bytes: usize) -> bool {
        let text = bytes.get(..n_bytes).unwrap_or_default();
        match &mut self.store {
            Store::Coded(codes) => {
                let code = self.interner.insert(text);
                set(codes, row, code, 0);
                if row >= self.look_at_row || self.interner.text_bytes() > self.look_at_bytes {
                    self.choose_shape(row);
                }
            }
            Store::Plain(block) => block.put(row, bytes, n_bytes),
            Store::GuidTexts(words) => match guid::parse_canonical(text) {
                Some(word) if word != 0 => set(words, row, word, 0),
                _ => self.put_other_than_guid(row, text),
            },
            Store::Bools(values) if text == b"true" => set(values, row, 1, NO_BOOL),
            Store::Bools(values) if text == b"false" => set(values, row, 0, NO_BOOL),
            Store::Whole(values) if self.kind == Type::DateTime => match self.day.ticks(text) {
                Some(ticks) => set(values, row, ticks, NO_LONG),
                None => return self.put_typed_text(row, text),
            },
            _ => return self.put_typed_text(row, text),
        }
        true
    }

    #[cold]
    #[inline(never)]
    fn put_other_than_guid(&mut self, row: usize, text: &[u8]) {
        if text.is_empty() {
            return;
        }
        self.make_plain();
        self.put_text(row, text);
    }

    /// Texts into columns of other types; the empty text is null.
    #[inline(never)]
    fn put_typed_text(&mut self, row: usize, text: &[u8]) -> bool {
        if text.is_empty() {
            return true;
        }
        if let Store::Whole(values) = &mut self.store
            && matches!(self.kind, Type::Long | Type::Int)
            && let Some(long) = short_long(text)
        {
            set(values, row, long, NO_LONG);
            return true;
        }
        let Ok(text) = std::str::from_utf8(text) else {
            return false;
        };
        let value = match self.kind {
            Type::Bool => bool_of(text).map(Value::Bool),
            Type::Int | Type::Long => long_of(text).map(Value::Long),
            Type::Real => number::parse_real(text).map(Value::Real),
            Type::Decimal => Decimal::parse(text).map(Value::Decimal),
            Type::DateTime => datetime_of(text).map(Value::DateTime),
            Type::TimeSpan => timespan::parse(text).map(Value::TimeSpan),
            Type::Guid => guid::parse(text).map(Value::Guid),
            Type::String | Type::Dynamic => None,
        };
        value.is_some_and(|value| self.put_value(row, &value))
    }

    /// Stores a value of the column's own type (or a number that it holds exactly).
    pub(crate) fn put_value(&mut self, row: usize, value: &Value) -> bool {
        match (&mut self.store, value) {
            (Store::Bools(values), Value::Bool(value)) => {
                set(values, row, u8::from(*value), NO_BOOL);
            }
            (Store::Whole(values), Value::Int(_) | Value::Long(_))
                if self.kind != Type::DateTime =>
            {
                let long = value.as_long().unwrap_or_default();
                if long == NO_LONG || (self.kind == Type::Int && i32::try_from(long).is_err()) {
                    return false;
                }
                set(values, row, long, NO_LONG);
            }
            (Store::Whole(values), Value::DateTime(ticks)) if self.kind == Type::DateTime => {
                set(values, row, *ticks, NO_LONG);
            }
            (Store::Whole(values), Value::TimeSpan(ticks)) if self.kind == Type::TimeSpan => {
                set(values, row, *ticks, NO_LONG);
            }
            (Store::Whole(_), Value::Real(real)) if matches!(self.kind, Type::Int | Type::Long) => {
                let whole = *real as i64;
                return whole as f64 == *real && self.put_value(row, &Value::Long(whole));
            }
            (Store::Reals(values), value) => match value.as_real() {
                Some(real) => set(values, row, real, f64::from_bits(NO_REAL)),
                None => return false,
            },
            (Store::Decimals(values), Value::Decimal(value)) => {
                set(values, row, Some(*value), None);
            }
            (Store::Decimals(values), Value::Long(value)) => {
                set(values, row, Some(Decimal::from_long(*value)), None);
            }
            (Store::Guids(values), Value::Guid(bits)) => set(values, row, Some(*bits), None),
            (Store::Bools(values), Value::Long(value @ 0..=1)) => {
                set(values, row, *value as u8, NO_BOOL);
            }
            _ => return false,
        }
        true
    }

    /// Stores a whole number; `false` when the column is of another kind.
    #[inline(always)]
    pub(crate) fn put_long(&mut self, row: usize, value: i64) -> bool {
        if let Store::Whole(values) = &mut self.store
            && (self.kind == Type::Long
                || (self.kind == Type::Int && i64::from(value as i32) == value))
            && value != NO_LONG
        {
            set(values, row, value, NO_LONG);
            return true;
        }
        if !self.is_declared
            && matches!(self.store, Store::Reals(_))
            && value.unsigned_abs() > 1 << 53
        {
            return false;
        }
        self.put_value(
            row,
            &if self.kind == Type::TimeSpan {
                Value::TimeSpan(value)
            } else {
                Value::Long(value)
            },
        )
    }

    /// Stores a logical value; `false` when the column is of another kind.
    #[inline(always)]
    pub(crate) fn put_bool(&mut self, row: usize, value: bool) -> bool {
        let Store::Bools(values) = &mut self.store else {
            return false;
        };
        set(values, row, u8::from(value), NO_BOOL);
        true
    }

    const fn is_text(&self) -> bool {
        matches!(self.kind, Type::String | Type::Dynamic)
    }

    /// Texts that hardly repeat are stored as they are, or as guids when all of them are.
    #[cold]
    #[inline(never)]
    fn choose_shape(&mut self, row: usize) {
        self.look_at_row = (row + 1).next_power_of_two().max(FIRST_ROWS);
        let Store::Coded(codes) = &self.store else {
            return;
        };
        let n_new = self.interner.n_texts() - self.n_texts_closed;
        let n_bytes = self.interner.text_bytes();
        self.look_at_bytes = (n_bytes * 2).clamp(FIRST_BYTES, DICTIONARY_BYTES);
        if n_new <= FIRST_ROWS / 4 && n_bytes <= FIRST_BYTES {
            return;
        }
        let n_present = codes.iter().filter(|&&code| code != 0).count();
        let hardly_repeats = n_new * 2 > n_present;
        if hardly_repeats || n_bytes > DICTIONARY_BYTES {
            let words: Option<Vec<u128>> = codes
                .iter()
                .map(|&code| {
                    let text = self.interner.get(code);
                    if text.is_empty() {
                        Some(0)
                    } else {
                        guid::parse_canonical(text).filter(|&word| word != 0)
                    }
                })
                .collect();
            match words {
                Some(words) => self.store = Store::GuidTexts(words),
                None => self.make_plain(),
            }
            if self.n_texts_closed == 0 {
                self.interner = Interner::new();
            }
        }
    }

    /// Stores the texts of the open segment one behind the other, and those to come.
    fn make_plain(&mut self) {
        let mut block = Block::new();
        match &self.store {
            Store::Coded(codes) => {
                for (row, &code) in codes.iter().enumerate() {
                    let text = self.interner.get(code);
                    block.put(row, text, text.len());
                }
            }
            Store::GuidTexts(words) => {
                for (row, &word) in words.iter().enumerate() {
                    if word != 0 {
                        let text = guid::text(word);
                        block.put(row, text.as_bytes(), text.len());
                    }
                }
            }
            _ => return,
        }
        self.store = Store::Plain(block);
    }

    /// Takes back what was stored for a row.
    fn clear(&mut self, row: usize) {
        fn at<T: Copy>(values: &mut [T], row: usize, missing: T) {
            if let Some(place) = values.get_mut(row) {
                *place = missing;
            }
        }
        match &mut self.store {
            Store::Bools(values) => at(values, row, NO_BOOL),
            Store::Whole(values) => at(values, row, NO_LONG),
            Store::Reals(values) => at(values, row, f64::from_bits(NO_REAL)),
            Store::Decimals(values) => at(values, row, None),
            Store::Guids(values) => at(values, row, None),
            Store::Coded(values) => at(values, row, 0),
            Store::GuidTexts(values) => at(values, row, 0),
            Store::Plain(block) => block.clear(row),
        }
    }

    /// Encodes the first `n_rows` rows and makes place for the next.
    fn close(&mut self, n_rows: usize) -> Encoded {
        if let Store::Coded(codes) = &self.store
            && !codes.is_empty()
        {
            self.choose_shape(n_rows.saturating_sub(1));
        }
        self.look_at_row = FIRST_ROWS;
        if matches!(self.store, Store::Coded(_)) {
            self.n_texts_closed = self.interner.n_texts();
        }
        match &mut self.store {
            Store::Bools(values) => take(values, n_rows, NO_BOOL, Encoded::bools),
            Store::Whole(values) => take(values, n_rows, NO_LONG, |values| {
                Encoded::whole(values, NO_LONG)
            }),
            Store::Reals(values) => take(values, n_rows, f64::from_bits(NO_REAL), |values| {
                Encoded::reals(values, NO_REAL)
            }),
            Store::Decimals(values) => take(values, n_rows, None, Encoded::decimals),
            Store::Guids(values) => take(values, n_rows, None, Encoded::guids),
            Store::Coded(codes) => {
                let largest = self.interner.n_texts();
                take(codes, n_rows, 0, |codes| Encoded::codes(codes, largest))
            }
            Store::GuidTexts(words) => take(words, n_rows, 0, Encoded::guid_texts),
            Store::Plain(block) if block.is_empty() => Encoded::Absent,
            Store::Plain(block) => {
                let (bytes, offsets) = block.take(n_rows);
                Encoded::texts(bytes, offsets)
            }
        }
    }

    fn text_bytes(&self) -> usize {
        match &self.store {
            Store::Plain(block) => block.text_bytes(),
            _ => 0,
        }
    }

    fn heap_bytes(&self) -> usize {
        let store = match &self.store {
            Store::Bools(values) => values.capacity(),
            Store::Whole(values) => values.capacity() * 8,
            Store::Reals(values) => values.capacity() * 8,
            Store::Decimals(values) => values.capacity() * size_of::<Option<Decimal>>(),
            Store::Guids(values) => values.capacity() * size_of::<Option<u128>>(),
            Store::Coded(codes) => codes.capacity() * 4,
            Store::GuidTexts(words) => words.capacity() * 16,
            Store::Plain(block) => block.heap_bytes(),
        };
        store + self.interner.heap_bytes()
    }
}

/// Encodes the first rows of a vector and empties it.
fn take<T: Copy>(
    values: &mut Vec<T>,
    n_rows: usize,
    missing: T,
    encode: impl Fn(&[T]) -> Encoded,
) -> Encoded {
    if values.is_empty() {
        return Encoded::Absent;
    }
    values.resize(n_rows, missing);
    let encoded = encode(values);
    values.clear();
    encoded
}

/// The ticks of the day that came last: most rows of a log are of the same one.
#[derive(Debug, Default)]
struct DayCache {
    text: [u8; 10],
    ticks: i64,
}

impl DayCache {
    /// Reads `yyyy-MM-ddTHH:mm:ss[.fffffff]Z`; anything else is left to the slow way.
    #[inline(always)]
    fn ticks(&mut self, text: &[u8]) -> Option<i64> {
        let (date, rest) = text.split_first_chunk::<10>()?;
        let (clock, rest) = rest.split_first_chunk::<9>()?;
        let digit = |byte: u8| u32::from(byte.wrapping_sub(b'0'));
        let two = |tens: u8, ones: u8| {
            let (tens, ones) = (digit(tens), digit(ones));
            if tens > 9 || ones > 9 {
                100
            } else {
                tens * 10 + ones
            }
        };
        let [b'T', h1, h2, b':', m1, m2, b':', s1, s2] = *clock else {
            return None;
        };
        let (hour, minute, second) = (two(h1, h2), two(m1, m2), two(s1, s2));
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let mut fraction = 0_u32;
        let rest = match rest.split_first()? {
            (b'Z', rest) => rest,
            (b'.', digits) => {
                let (last, digits) = digits.split_last()?;
                if *last != b'Z' || digits.len() > 7 || digits.is_empty() {
                    return None;
                }
                for &byte in digits {
                    if digit(byte) > 9 {
                        return None;
                    }
                    fraction = fraction * 10 + digit(byte);
                }
                fraction *= 10_u32.pow(7 - digits.len() as u32);
                b""
            }
            _ => return None,
        };
        if !rest.is_empty() {
            return None;
        }
        if *date != self.text {
            self.ticks = datetime::parse(std::str::from_utf8(date).ok()?)?;
            self.text = *date;
        }
        Some(
            self.ticks
                + i64::from(hour * 3600 + minute * 60 + second) * datetime::SECOND
                + i64::from(fraction),
        )
    }
}

/// Up to 18 digits with a sign.
#[inline(always)]
fn short_long(text: &[u8]) -> Option<i64> {
    let (is_negative, digits) = match text.split_first() {
        Some((b'-', digits)) => (true, digits),
        _ => (false, text),
    };
    if digits.is_empty() || digits.len() > 18 {
        return None;
    }
    let mut long = 0_i64;
    for &byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        long = long * 10 + i64::from(digit);
    }
    Some(if is_negative { -long } else { long })
}

fn bool_of(text: &str) -> Option<bool> {
    match text.trim() {
        "1" => Some(true),
        "0" => Some(false),
        word if word.eq_ignore_ascii_case("true") => Some(true),
        word if word.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// Whole numbers, also as `200.0`.
fn long_of(text: &str) -> Option<i64> {
    number::parse_long(text).or_else(|| {
        let (whole, zeros) = text.trim().split_once('.')?;
        if zeros.bytes().all(|byte| byte == b'0') {
            number::parse_long(whole)
        } else {
            None
        }
    })
}

/// Datetimes that need no decision on day and month; blanks inside the clock are forgiven.
fn datetime_of(text: &str) -> Option<i64> {
    if is_numeric_date(text.as_bytes()) {
        return None;
    }
    datetime::parse(text).or_else(|| {
        let tight = text.replace(": ", ":");
        (tight.len() < text.len()).then(|| datetime::parse(&tight))?
    })
}

/// Rows of one table while they are read.
#[derive(Debug)]
pub struct TableBuilder {
    name: String,
    names: Vec<String>,
    columns: Vec<ColumnWriter>,
    by_name: FxHashMap<String, usize>,
    segments: Vec<(Vec<Rc<Encoded>>, usize)>,
    row: usize,
    n_closed_rows: usize,
    unfit: Vec<(usize, String)>,
    n_unfit: usize,
    closed_bytes: usize,
}

impl TableBuilder {
    /// A table without rows and columns.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            names: Vec::new(),
            columns: Vec::new(),
            by_name: FxHashMap::default(),
            segments: Vec::new(),
            row: 0,
            n_closed_rows: 0,
            unfit: Vec::new(),
            n_unfit: 0,
            closed_bytes: 0,
        }
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Gives the table another name.
    pub fn rename(&mut self, name: &str) {
        name.clone_into(&mut self.name);
    }

    /// The column of a name, made when there is none. A declared type stays; another is widened.
    pub fn column(&mut self, name: &str, kind: Type, is_declared: bool) -> usize {
        if let Some(&at) = self.by_name.get(name) {
            return at;
        }
        let at = self.columns.len();
        self.columns.push(ColumnWriter::new(kind, is_declared));
        self.names.push(name.to_owned());
        self.by_name.insert(name.to_owned(), at);
        at
    }

    /// The place of a column that exists.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// Columns of dates that were kept as texts, since they can be read in two ways.
    pub fn dated_columns(&self) -> Vec<usize> {
        (0..self.columns.len())
            .filter(|&at| self.columns.get(at).is_some_and(|column| column.is_dated))
            .collect()
    }

    /// Whether a column's type was given and not found in the data.
    pub fn is_declared(&self, column: usize) -> bool {
        self.columns
            .get(column)
            .is_some_and(|column| column.is_declared)
    }

    /// Number of columns so far.
    pub const fn n_columns(&self) -> usize {
        self.columns.len()
    }

    /// Rows finished so far.
    pub const fn n_rows(&self) -> usize {
        self.n_closed_rows + self.row
    }

    /// Values that did not fit their columns so far.
    pub const fn n_unfit(&self) -> usize {
        self.n_unfit
    }

    /// Bytes on the heap.
    pub fn heap_bytes(&self) -> usize {
        self.closed_bytes
            + self
                .columns
                .iter()
                .map(ColumnWriter::heap_bytes)
                .sum::<usize>()
    }

    /// The row being written, and a column's writer, for readers that store without detour.
    #[inline(always)]
    pub(crate) fn writer(&mut self, column: usize) -> Option<(usize, &mut ColumnWriter)> {
        Some((self.row, self.columns.get_mut(column)?))
    }

    /// What stands for a text changes: texts of the source are not compared with those before.
    pub(crate) fn change_spelling(&mut self) {
        let columns = self.columns.iter_mut();
        columns.for_each(|column| column.interner.forget_last());
    }

    /// Stores a text.
    #[inline(always)]
    pub fn text(&mut self, column: usize, text: &[u8]) {
        let Some(writer) = self.columns.get_mut(column) else {
            return;
        };
        if !writer.put_text(self.row, text) {
            self.text_elsewhere(column, text);
        }
    }

    /// A text that its column did not take: kept as unfit, or the column is widened.
    #[cold]
    #[inline(never)]
    pub(crate) fn text_elsewhere(&mut self, column: usize, text: &[u8]) {
        let Some(writer) = self.columns.get(column) else {
            return;
        };
        let is_dated = writer.kind == Type::DateTime && is_numeric_date(text);
        if writer.is_declared && !is_dated {
            return self.keep_unfit(column, text);
        }
        self.widen(column, Type::String);
        if let Some(writer) = self.columns.get_mut(column) {
            writer.is_dated = is_dated;
        }
        self.text(column, text);
    }

    /// Stores a whole number that the source wrote as `raw`.
    #[inline(always)]
    pub fn long(&mut self, column: usize, value: i64, raw: &[u8]) {
        let Some(writer) = self.columns.get_mut(column) else {
            return;
        };
        if !writer.put_long(self.row, value) {
            self.long_elsewhere(column, raw);
        }
    }

    /// Stores any other number that the source wrote as `raw`.
    pub fn number(&mut self, column: usize, raw: &[u8]) {
        let Some(writer) = self.columns.get_mut(column) else {
            return;
        };
        let text = std::str::from_utf8(raw).unwrap_or("");
        let is_stored = match writer.kind {
            Type::Decimal | Type::Int | Type::Long => writer.put_text(self.row, raw),
            Type::Real => number::parse_real(text)
                .filter(|_| writer.is_declared || is_exact_real(text))
                .is_some_and(|real| writer.put_value(self.row, &Value::Real(real))),
            _ => false,
        };
        if !is_stored {
            self.long_elsewhere(column, raw);
        }
    }

    /// A number that its column did not take.
    #[cold]
    #[inline(never)]
    pub(crate) fn long_elsewhere(&mut self, column: usize, raw: &[u8]) {
        let row = self.row;
        let Some(writer) = self.columns.get_mut(column) else {
            return;
        };
        if writer.is_text() {
            writer.put_text(row, raw);
            return;
        }
        if writer.is_declared {
            return self.keep_unfit(column, raw);
        }
        let text = std::str::from_utf8(raw).unwrap_or("");
        let fits_real =
            is_exact_real(text) && writer.kind == Type::Long && self.is_exact_as_real(column);
        self.widen(column, if fits_real { Type::Real } else { Type::Dynamic });
        if let Some(writer) = self.columns.get_mut(column)
            && !number::parse_real(text)
                .is_some_and(|real| writer.put_value(row, &Value::Real(real)))
        {
            writer.put_text(row, raw);
        }
    }

    /// Stores a logical value.
    #[inline(always)]
    pub fn boolean(&mut self, column: usize, value: bool) {
        let Some(writer) = self.columns.get_mut(column) else {
            return;
        };
        if writer.put_bool(self.row, value) {
            return;
        }
        let raw: &[u8] = if value { b"true" } else { b"false" };
        if writer.is_text() {
            writer.put_text(self.row, raw);
        } else if writer.is_declared {
            self.keep_unfit(column, raw);
        } else {
            self.widen(column, Type::Dynamic);
            self.text(column, raw);
        }
    }

    /// Stores the JSON text of an array or object.
    pub fn json(&mut self, column: usize, raw: &[u8]) {
        let row = self.row;
        let Some(writer) = self.columns.get_mut(column) else {
            return;
        };
        if writer.kind == Type::Dynamic || (writer.kind == Type::String && writer.is_declared) {
            writer.put_text(row, raw);
        } else if writer.is_declared {
            self.keep_unfit(column, raw);
        } else {
            self.widen(column, Type::Dynamic);
            self.text(column, raw);
        }
    }

    fn keep_unfit(&mut self, column: usize, raw: &[u8]) {
        self.unfit
            .push((column, String::from_utf8_lossy(raw).into_owned()));
    }

    /// Finishes the row.
    #[inline(always)]
    pub fn end_row(&mut self) {
        if !self.unfit.is_empty() {
            self.store_unfit();
        }
        self.row += 1;
        if self.row == SEGMENT_ROWS || (self.row.is_multiple_of(WEIGHED_ROWS) && self.is_heavy()) {
            self.close_segment();
        }
    }

    /// Takes back every row and keeps the columns.
    pub fn clear(&mut self) {
        let fresh = self
            .names
            .iter()
            .zip(&self.columns)
            .map(|(name, column)| (name.clone(), column.kind, column.is_declared));
        let fresh: Vec<(String, Type, bool)> = fresh.collect();
        *self = Self::new(&self.name);
        for (name, kind, is_declared) in fresh {
            self.column(&name, kind, is_declared);
        }
    }

    /// Takes back all that was stored since the last finished row.
    pub fn drop_row(&mut self) {
        self.unfit.clear();
        for column in &mut self.columns {
            column.clear(self.row);
        }
    }

    #[cold]
    #[inline(never)]
    fn store_unfit(&mut self) {
        let unfit = std::mem::take(&mut self.unfit);
        self.n_unfit += unfit.len();
        let mut bag = String::new();
        for (column, text) in &unfit {
            add_unfit(
                &mut bag,
                self.names.get(*column).map_or("", String::as_str),
                text,
            );
        }
        let column = self.column(UNFIT, Type::Dynamic, true);
        self.text(column, bag.as_bytes());
    }

    fn is_heavy(&self) -> bool {
        self.columns
            .iter()
            .any(|column| column.text_bytes() > SEGMENT_TEXT_BYTES)
    }

    fn close_segment(&mut self) {
        if self.row == 0 {
            return;
        }
        let n_rows = std::mem::take(&mut self.row);
        let columns: Vec<Rc<Encoded>> = self
            .columns
            .iter_mut()
            .map(|column| Rc::new(column.close(n_rows)))
            .collect();
        self.closed_bytes += columns
            .iter()
            .map(|column| column.heap_bytes())
            .sum::<usize>();
        self.segments.push((columns, n_rows));
        self.n_closed_rows += n_rows;
    }

    fn is_exact_as_real(&self, column: usize) -> bool {
        let largest = 1_i64 << 53;
        let is_exact = |values: &[i64]| {
            values
                .iter()
                .all(|&value| value == NO_LONG || value.abs() <= largest)
        };
        let open = self
            .columns
            .get(column)
            .is_some_and(|writer| match &writer.store {
                Store::Whole(values) => is_exact(values),
                _ => false,
            });
        open && self.segments.iter().all(|(columns, n_rows)| {
            columns.get(column).is_none_or(|encoded| {
                match encoded.decode(Type::Long, *n_rows, None).data {
                    Data::Long(values) => is_exact(&values),
                    _ => false,
                }
            })
        })
    }

    /// Gives an undeclared column a type that holds its values and those of the type to come.
    fn widen(&mut self, column: usize, kind: Type) {
        let open_row = self.row;
        let Some(old) = self.columns.get_mut(column) else {
            return;
        };
        let old_kind = old.kind;
        let mut wide = ColumnWriter::new(kind, old.is_declared && kind != Type::String);
        let interner = std::mem::replace(&mut old.interner, Interner::new());
        let dictionary = interner.into_dictionary();
        for (columns, n_rows) in &mut self.segments {
            if let Some(encoded) = columns.get_mut(column) {
                let values = encoded.decode(old_kind, *n_rows, Some(&dictionary));
                copy(&values, &mut wide, *n_rows);
                *encoded = Rc::new(wide.close(*n_rows));
            }
        }
        let values = old
            .close(open_row + 1)
            .decode(old_kind, open_row + 1, Some(&dictionary));
        copy(&values, &mut wide, open_row + 1);
        *old = wide;
        self.closed_bytes = self
            .segments
            .iter()
            .flat_map(|(columns, _)| columns)
            .map(|encoded| encoded.heap_bytes())
            .sum();
    }

    /// The finished table.
    pub fn finish(mut self) -> Table {
        self.close_segment();
        let mut fields = Vec::with_capacity(self.columns.len());
        let mut dictionaries = Vec::with_capacity(self.columns.len());
        for (name, writer) in self.names.iter().zip(self.columns) {
            fields.push(Field::new(name, writer.kind));
            dictionaries
                .push((writer.interner.n_texts() > 0).then(|| writer.interner.into_dictionary()));
        }
        let segments = self
            .segments
            .into_iter()
            .map(|(columns, n_rows)| Segment {
                columns,
                n_rows,
                shown: None,
            })
            .collect();
        Table {
            name: self.name,
            fields,
            dictionaries,
            segments,
            n_rows: self.n_closed_rows,
        }
    }
}

/// Whether a number's text is what its real prints, so that nothing is lost by reading it.
fn is_exact_real(text: &str) -> bool {
    let digits = text
        .bytes()
        .take_while(|byte| !matches!(byte, b'e' | b'E'))
        .filter(u8::is_ascii_digit)
        .count();
    digits <= 17 && number::parse_real(text).is_some_and(f64::is_finite)
}

/// Copies decoded values into a writer of a wider type.
fn copy(values: &Column, wide: &mut ColumnWriter, n_rows: usize) {
    let is_quoted = wide.kind == Type::Dynamic && values.kind == Type::String;
    let mut scratch = String::new();
    for row in 0..n_rows {
        if let Data::String(strings) | Data::Dynamic(Dynamics::Json(strings)) = &values.data {
            let text = strings.get(row, &mut scratch);
            if is_quoted && !text.is_empty() {
                let mut json = String::new();
                dynamic::write_json_string(text, &mut json);
                wide.put_text(row, json.as_bytes());
            } else if !text.is_empty() {
                wide.put_text(row, text.as_bytes());
            }
            continue;
        }
        let value = values.value(row);
        if value.is_null() {
            continue;
        }
        if !wide.put_value(row, &value) {
            let text = if wide.kind == Type::Dynamic {
                value.to_dynamic().to_json()
            } else {
                value.to_text()
            };
            wide.put_text(row, text.as_bytes());
        }
    }
}

impl Table {
    /// Reads a text column as another type. A text that does not read is kept in the column [`UNFIT`]
    /// and counted; with `all_or_none` it leaves the table as it is and makes the answer `None`.
    pub fn read_column(
        &mut self,
        column: usize,
        kind: Type,
        all_or_none: bool,
        read: &dyn Fn(&str) -> Option<Value>,
    ) -> Option<usize> {
        let name = self.fields.get(column)?.name.clone();
        let mut writer = ColumnWriter::new(kind, true);
        let mut unfit_writer = ColumnWriter::new(Type::Dynamic, true);
        let mut n_unfit = 0;
        // Each text of the dictionary once, and only when a row has it.
        let n_codes = self
            .dictionaries
            .get(column)?
            .as_ref()
            .map_or(1, |dictionary| dictionary.len());
        let mut known: Vec<Option<Option<Value>>> = vec![None; n_codes];
        let mut read_columns = Vec::with_capacity(self.segments.len());
        let mut scratch = String::new();
        let at_unfit = if all_or_none { None } else { self.find(UNFIT) };
        for (at, segment) in self.segments.iter().enumerate() {
            let decoded = self.decode(at, column)?;
            let Data::String(strings) = &decoded.data else {
                return None;
            };
            let before = at_unfit.and_then(|unfit| self.decode(at, unfit));
            for row in 0..segment.n_rows {
                let text = strings.get(row, &mut scratch);
                let value = match strings {
                    _ if text.is_empty() => None,
                    Strings::Coded { codes, .. } => {
                        let place = known.get_mut(*codes.get(row)? as usize)?;
                        place.get_or_insert_with(|| read(text)).clone()
                    }
                    _ => read(text),
                };
                let is_stored = value.is_some_and(|value| writer.put_value(row, &value));
                let mut bag = match before.as_ref().map(|before| &before.data) {
                    Some(Data::Dynamic(Dynamics::Json(bags))) => {
                        bags.get(row, &mut String::new()).to_owned()
                    }
                    _ => String::new(),
                };
                if !is_stored && !text.is_empty() {
                    if all_or_none {
                        return None;
                    }
                    n_unfit += 1;
                    add_unfit(&mut bag, &name, text);
                }
                unfit_writer.put_text(row, bag.as_bytes());
            }
            read_columns.push((
                Rc::new(writer.close(segment.n_rows)),
                Rc::new(unfit_writer.close(segment.n_rows)),
            ));
        }
        *self.fields.get_mut(column)? = Field::new(&name, kind);
        *self.dictionaries.get_mut(column)? = None;
        let at_unfit = match at_unfit {
            None if n_unfit > 0 => {
                self.fields.push(Field::new(UNFIT, Type::Dynamic));
                self.dictionaries.push(None);
                Some(self.fields.len() - 1)
            }
            found => found,
        };
        if let Some(place) = at_unfit.and_then(|at| self.dictionaries.get_mut(at)) {
            *place = (unfit_writer.interner.n_texts() > 0)
                .then(|| unfit_writer.interner.into_dictionary());
        }
        let n_columns = self.fields.len();
        for (segment, (values, unfit)) in self.segments.iter_mut().zip(read_columns) {
            if segment.columns.len() < n_columns {
                segment
                    .columns
                    .resize_with(n_columns, || Rc::new(Encoded::Absent));
            }
            *segment.columns.get_mut(column)? = values;
            if let Some(place) = at_unfit.and_then(|at| segment.columns.get_mut(at)) {
                *place = unfit;
            }
        }
        Some(n_unfit)
    }
}

/// Adds a member to the bag of texts that did not fit.
fn add_unfit(bag: &mut String, name: &str, text: &str) {
    if bag.ends_with('}') {
        bag.pop();
        bag.push(',');
    } else {
        bag.push('{');
    }
    dynamic::write_json_string(name, bag);
    bag.push(':');
    dynamic::write_json_string(text, bag);
    bag.push('}');
}
