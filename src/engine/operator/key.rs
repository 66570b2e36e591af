//! Keys: every distinct value of a column gets a number, in the order of first appearance.
//!
//! Input: columns, batch by batch. Output: a number a row, and the values back from the numbers.
//! Group keys, join keys and distinct counts all work on these numbers, so that texts are compared
//! once per distinct value of a dictionary and not once per row. A value is a word of 128 bits (a
//! number, a guid, a text that is a guid) or a text.

use crate::table::{Bitmap, Column, ColumnBuilder, Data, Dictionary, Dynamics, Strings};
use crate::value::{Type, Value, guid};
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::rc::Rc;

/// Small whole numbers are looked up in an array.
const N_SMALL: usize = 4096;
/// The number of a value that a frozen key does not know.
pub const UNKNOWN: u32 = u32::MAX;
/// The number of a value that was not looked up yet.
const NOT_YET: u32 = UNKNOWN - 1;
/// Rows whose slots are read ahead.
const N_AHEAD: usize = 32;
/// Most places of an array that stands for a table of pairs.
const MAX_DENSE: usize = 1 << 16;

/// Numbers by hash: open addressing, at most half full. A slot holds half a hash and a number, and
/// the half decides where it stands, so that a table grows without a look at the values.
pub(super) struct Index {
    slots: Vec<u64>,
    n_used: usize,
    /// Bits of half a hash that do not count for the place.
    shift: u32,
}

const FREE: u64 = u64::MAX;

/// Spreads bits over the upper half, the only one that an index looks at.
#[inline(always)]
const fn spread(bits: u64) -> u64 {
    (bits ^ bits >> 32).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// The hash of a word, good in its upper 40 bits.
#[inline(always)]
pub(super) const fn hash_word(word: u128) -> u64 {
    spread((word as u64).wrapping_mul(0xD6E8_FEB8_6659_FD93) ^ (word >> 64) as u64)
}

/// A text as words, and the bytes behind them as one more.
#[inline(always)]
fn words_of(text: &[u8]) -> (&[[u8; 8]], u64) {
    let (words, rest) = text.as_chunks();
    let mut last = text.len() as u64;
    for &byte in rest {
        last = last << 8 | u64::from(byte);
    }
    (words, last)
}

#[inline(always)]
fn hash_text(text: &[u8]) -> u64 {
    let (words, mut state) = words_of(text);
    for &word in words {
        let mixed = state.rotate_left(23) ^ u64::from_le_bytes(word);
        state = mixed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
    spread(state)
}

/// Whether two texts are equal: they are short, and a call to `memcmp` costs more than a few words.
#[inline(always)]
fn is_same(a: &[u8], b: &[u8]) -> bool {
    let ((words, last), (other_words, other_last)) = (words_of(a), words_of(b));
    let mut is_same = a.len() == b.len() && last == other_last;
    for (word, other) in words.iter().zip(other_words) {
        is_same &= u64::from_le_bytes(*word) == u64::from_le_bytes(*other);
    }
    is_same
}

impl Default for Index {
    fn default() -> Self {
        Self::sized(16)
    }
}

impl Index {
    /// With a power of two of slots.
    pub(super) fn sized(n_slots: usize) -> Self {
        Self {
            slots: vec![FREE; n_slots],
            n_used: 0,
            shift: 32 - n_slots.trailing_zeros(),
        }
    }

    /// The number that is the one, if any is; [`UNKNOWN`] when there is none.
    #[inline(always)]
    fn first(&self, hash: u64) -> u32 {
        let at = (hash >> 32 >> self.shift) as usize;
        self.slots.get(at).copied().unwrap_or(FREE) as u32
    }

    /// The number that is the one, or the slot where it would stand.
    #[inline(always)]
    pub(super) fn find(&self, hash: u64, is_it: impl Fn(u32) -> bool) -> Result<u32, usize> {
        let mut at = (hash >> 32 >> self.shift) as usize;
        while let Some(&slot) = self.slots.get(at)
            && slot != FREE
        {
            if slot >> 32 == hash >> 32 && is_it(slot as u32) {
                return Ok(slot as u32);
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
        Err(at)
    }

    /// Puts a number, under the upper half of a hash, into the slot that [`Index::find`] gave.
    #[inline(always)]
    pub(super) fn put(&mut self, free: usize, hash: u64, number: u32) {
        if let Some(slot) = self.slots.get_mut(free) {
            *slot = hash >> 32 << 32 | u64::from(number);
        }
        self.n_used += 1;
        if self.n_used * 2 > self.slots.len() {
            self.grow();
        }
    }

    /// Four times the slots: half of them would soon be looked through again.
    #[cold]
    #[inline(never)]
    fn grow(&mut self) {
        let mut larger = Self::sized(self.slots.len() * 4);
        for &slot in &self.slots {
            if slot != FREE
                && let Err(free) = larger.find(slot, |_| false)
            {
                larger.put(free, slot, slot as u32);
            }
        }
        *self = larger;
    }
}

/// Numbers the values of one column.
#[derive(Default)]
pub struct Interner {
    /// Words as they are, texts as start and end in the block.
    values: Vec<u128>,
    words: Index,
    texts: Index,
    /// Which values are texts; those behind its end are not.
    is_text: Vec<bool>,
    text_block: String,
    null: Option<u32>,
    small: Vec<u32>,
    dictionaries: Vec<(Rc<Dictionary>, Vec<u32>)>,
    /// Values whose text is only their key.
    others: FxHashMap<u32, Value>,
    /// Whether new values get no number any more but [`UNKNOWN`].
    is_frozen: bool,
}

impl Interner {
    /// Number of distinct values so far.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Whether the value of a number is null.
    pub fn is_missing(&self, id: u32) -> bool {
        self.null == Some(id)
    }

    /// Number of distinct texts that are no guids.
    pub fn n_texts(&self) -> usize {
        self.is_text.iter().filter(|&&is_text| is_text).count()
    }

    /// The values that are neither such a text nor null.
    pub fn words(&self) -> Vec<u128> {
        let is_text = self.is_text.iter().copied().chain(std::iter::repeat(false));
        let values = self.values.iter().copied().zip(is_text).zip(0..);
        values
            .filter(|&((_, is_text), id)| !is_text && !self.is_missing(id))
            .map(|((word, _), _)| word)
            .collect()
    }

    /// Numbers every row of a column.
    pub fn intern(&mut self, column: &Column, ids: &mut Vec<u32>) {
        ids.clear();
        let nulls = column.nulls.as_ref();
        match &column.data {
            Data::Int(values) => self.each(values, nulls, ids, |me, value| me.number(value.into())),
            Data::Long(values) => {
                // Neighbours are often equal: bins of time, above all.
                let mut last = (0, NOT_YET);
                self.each(values, nulls, ids, |me, value| {
                    if last.1 == NOT_YET || last.0 != value {
                        last = (value, me.number(value));
                    }
                    last.1
                });
            }
            Data::Bool(values) => {
                self.each(values, nulls, ids, |me, value| me.number(value.into()));
            }
            Data::Real(values) => self.each(values, nulls, ids, |me, value| {
                // Both zeros are one value, and so are all NaNs.
                let value = if value == 0.0 {
                    0.0
                } else if value.is_nan() {
                    f64::NAN
                } else {
                    value
                };
                me.number(value.to_bits() as i64)
            }),
            Data::Guid(words) if nulls.is_some() => self.each(words, nulls, ids, Self::word),
            Data::Guid(words) => self.intern_words(words, ids),
            Data::String(Strings::Guids(words)) => self.intern_words(words, ids),
            Data::String(Strings::Coded { codes, dictionary }) => {
                self.intern_codes(codes, dictionary, ids);
            }
            Data::String(strings @ Strings::Plain { .. }) => {
                let mut scratch = String::new();
                ids.extend((0..strings.len()).map(|row| self.text(strings.get(row, &mut scratch))));
            }
            Data::Decimal(_) | Data::Dynamic(Dynamics::Json(_) | Dynamics::Values(_)) => {
                ids.extend((0..column.len()).map(|row| self.other(&column.value(row))));
            }
        }
    }

    /// Numbers values one by one.
    #[inline(always)]
    fn each<T: Copy>(
        &mut self,
        values: &[T],
        nulls: Option<&Bitmap>,
        ids: &mut Vec<u32>,
        mut number: impl FnMut(&mut Self, T) -> u32,
    ) {
        let rows = values.iter().enumerate();
        ids.extend(rows.map(|(row, &value)| match nulls {
            Some(nulls) if nulls.get(row) => self.null(),
            _ => number(self, value),
        }));
    }

    /// Words are mostly others in every row, and so are their slots: these are asked for some rows
    /// ahead, since the memory gives many at once as fast as one.
    fn intern_words(&mut self, words: &[u128], ids: &mut Vec<u32>) {
        ids.resize(words.len(), UNKNOWN);
        for (words, ids) in words.chunks(N_AHEAD).zip(ids.chunks_mut(N_AHEAD)) {
            for (id, &word) in ids.iter_mut().zip(words) {
                *id = self.words.first(hash_word(word));
            }
            for (id, &word) in ids.iter_mut().zip(words) {
                if *id != UNKNOWN || !self.is_frozen {
                    *id = self.word(word);
                }
            }
        }
    }

    fn intern_codes(&mut self, codes: &[u32], dictionary: &Rc<Dictionary>, ids: &mut Vec<u32>) {
        let known = self
            .dictionaries
            .iter()
            .position(|(known, _)| Rc::ptr_eq(known, dictionary));
        let mut numbers = match known {
            Some(at) => self.dictionaries.swap_remove(at).1,
            None => vec![NOT_YET; dictionary.len()],
        };
        ids.extend(codes.iter().map(|&code| {
            let Some(number) = numbers.get_mut(code as usize) else {
                return UNKNOWN;
            };
            if *number == NOT_YET {
                *number = self.text(dictionary.get(code));
            }
            *number
        }));
        self.dictionaries.push((Rc::clone(dictionary), numbers));
    }

    fn null(&mut self) -> u32 {
        match self.null {
            Some(id) => id,
            None if self.is_frozen => UNKNOWN,
            None => {
                let id = self.values.len() as u32;
                self.values.push(0);
                self.null = Some(id);
                id
            }
        }
    }

    #[inline(always)]
    fn number(&mut self, number: i64) -> u32 {
        let is_small = (0..N_SMALL as i64).contains(&number);
        match self.small.get(number as usize) {
            Some(&known) if is_small && known != NOT_YET => known,
            _ => self.find_number(number, is_small),
        }
    }

    #[inline(never)]
    fn find_number(&mut self, number: i64, is_small: bool) -> u32 {
        let id = self.word(u128::from(number as u64));
        if is_small {
            self.small.resize(N_SMALL, NOT_YET);
            if let Some(place) = self.small.get_mut(number as usize) {
                *place = id;
            }
        }
        id
    }

    #[inline(always)]
    fn word(&mut self, word: u128) -> u32 {
        let hash = hash_word(word);
        let values = &self.values;
        let found = self
            .words
            .find(hash, |id| values.get(id as usize) == Some(&word));
        match found {
            Ok(id) => id,
            Err(_) if self.is_frozen => UNKNOWN,
            Err(free) => {
                let id = self.values.len() as u32;
                self.values.push(word);
                self.words.put(free, hash, id);
                id
            }
        }
    }

    /// The text of a value that is one.
    #[inline(always)]
    fn text_at(&self, id: u32) -> &str {
        let span = self.values.get(id as usize).copied().unwrap_or(0);
        let (start, end) = ((span >> 32) as usize, span as u32 as usize);
        self.text_block.get(start..end).unwrap_or_default()
    }

    fn text(&mut self, text: &str) -> u32 {
        if let Some(word) = guid::parse_canonical(text.as_bytes()) {
            return self.word(word);
        }
        let hash = hash_text(text.as_bytes());
        let is_it = |id| is_same(self.text_at(id).as_bytes(), text.as_bytes());
        match self.texts.find(hash, is_it) {
            Ok(id) => id,
            Err(_) if self.is_frozen => UNKNOWN,
            Err(free) => {
                let id = self.values.len();
                let start = self.text_block.len();
                self.text_block.push_str(text);
                self.values
                    .push((start as u128) << 32 | self.text_block.len() as u128);
                self.is_text.resize(id, false);
                self.is_text.push(true);
                self.texts.put(free, hash, id as u32);
                id as u32
            }
        }
    }

    /// Values without an encoding of their own are told apart by type and text.
    fn other(&mut self, value: &Value) -> u32 {
        let text = match value {
            Value::Null => return self.null(),
            Value::Decimal(number) => format!("{:?}", number.normal()),
            other => other.to_dynamic().to_json(),
        };
        let n_before = self.values.len();
        let id = self.text(&text);
        if self.values.len() > n_before {
            // The text stays the key; the value is what comes back.
            self.others.insert(id, value.clone());
        }
        id
    }

    /// The text of a value that is a text or a guid.
    fn spelled(&self, id: u32) -> Cow<'_, str> {
        if self.is_text.get(id as usize).copied().unwrap_or(false) {
            return Cow::Borrowed(self.text_at(id));
        }
        let word = self.values.get(id as usize).copied().unwrap_or(0);
        Cow::Owned(guid::text(word))
    }

    /// Texts, all of them, as codes of a dictionary.
    fn coded(&self, ids: &[u32]) -> Strings {
        let ends = self.values.iter().map(|&span| span as u32);
        let offsets = [0, 0].into_iter().chain(ends).collect();
        // The empty text has the code 0 in every dictionary.
        let code = |&id: &u32| {
            if self.text_at(id).is_empty() {
                0
            } else {
                id + 1
            }
        };
        Strings::Coded {
            codes: ids.iter().map(code).collect(),
            dictionary: Rc::new(Dictionary::new(self.text_block.clone().into(), offsets)),
        }
    }

    /// The values of some numbers as a column of a type.
    pub fn column(&self, ids: &[u32], kind: Type) -> Column {
        let word = |&id: &u32| self.values.get(id as usize).copied().unwrap_or(0);
        let number = |id: &u32| word(id) as i64;
        let data = match kind {
            Type::Bool => Data::Bool(ids.iter().map(|id| number(id) != 0).collect()),
            Type::Int => Data::Int(ids.iter().map(|id| number(id) as i32).collect()),
            Type::Long | Type::DateTime | Type::TimeSpan => {
                Data::Long(ids.iter().map(number).collect())
            }
            Type::Real => {
                let real = |id| f64::from_bits(number(id) as u64);
                Data::Real(ids.iter().map(real).collect())
            }
            Type::Guid => Data::Guid(ids.iter().map(word).collect()),
            Type::String if self.is_text.is_empty() => {
                Data::String(Strings::Guids(Rc::new(ids.iter().map(word).collect())))
            }
            Type::String if self.n_texts() == self.len() && self.len() * 2 < ids.len() => {
                Data::String(self.coded(ids))
            }
            Type::String => Data::String(Strings::plain(ids.iter().map(|&id| self.spelled(id)))),
            Type::Decimal | Type::Dynamic => {
                let mut builder = ColumnBuilder::new(kind);
                for id in ids {
                    builder.push(self.others.get(id).unwrap_or(&Value::Null));
                }
                return builder.finish();
            }
        };
        let mut nulls = Bitmap::new(ids.len());
        for (row, &id) in ids.iter().enumerate() {
            if self.is_missing(id) {
                nulls.set(row);
            }
        }
        Column::with_nulls(kind, data, nulls)
    }
}

/// Numbers pairs of numbers, in the order of first appearance.
#[derive(Default)]
pub struct Pairs {
    /// The pair of every number, its left side in the upper half.
    keys: Vec<u64>,
    index: Index,
    /// The numbers of all pairs that there can be, while these are few: rows of `2^n_bits`.
    dense: Vec<u32>,
    n_bits: u32,
}

#[inline(always)]
fn pair_of(left: u32, right: u32) -> u64 {
    u64::from(left) << 32 | u64::from(right)
}

impl Pairs {
    /// Number of pairs so far.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The pairs from a number on.
    pub fn from(&self, number: usize) -> impl Iterator<Item = (u32, u32)> {
        let keys = self.keys.get(number..).unwrap_or_default();
        keys.iter().map(|&pair| ((pair >> 32) as u32, pair as u32))
    }

    /// Numbers pairs in place of their left sides. The sizes are the numbers that there are of each.
    pub fn combine(
        &mut self,
        left: &mut [u32],
        right: &[u32],
        sizes: (usize, usize),
        is_frozen: bool,
    ) {
        let n_bits = sizes.1.next_power_of_two().trailing_zeros();
        let n_dense = sizes.0.next_power_of_two() << n_bits;
        let n_dense = if n_dense <= MAX_DENSE { n_dense } else { 0 };
        if n_dense != self.dense.len() || n_bits != self.n_bits {
            self.n_bits = n_bits;
            self.dense.clear();
            self.dense.resize(n_dense, NOT_YET);
        }
        for (left, right) in left.chunks_mut(N_AHEAD).zip(right.chunks(N_AHEAD)) {
            if n_dense == 0 {
                for (&left, &right) in left.iter().zip(right) {
                    std::hint::black_box(self.index.first(spread(pair_of(left, right))));
                }
            }
            for (left, &right) in left.iter_mut().zip(right) {
                let at = u64::from(*left) << n_bits | u64::from(right);
                *left = match self.dense.get(at as usize) {
                    Some(&known) if known != NOT_YET && at < n_dense as u64 => known,
                    _ => self.find(*left, right, is_frozen),
                };
            }
        }
    }

    fn find(&mut self, left: u32, right: u32, is_frozen: bool) -> u32 {
        let pair = pair_of(left, right);
        let (hash, keys) = (spread(pair), &self.keys);
        let found = self
            .index
            .find(hash, |number| keys.get(number as usize) == Some(&pair));
        let number = match found {
            Ok(number) => number,
            Err(_) if is_frozen => return UNKNOWN,
            Err(free) => {
                let number = self.keys.len() as u32;
                self.keys.push(pair);
                self.index.put(free, hash, number);
                number
            }
        };
        if let Some(place) = self
            .dense
            .get_mut((left as usize) << self.n_bits | right as usize)
        {
            *place = number;
        }
        number
    }
}

/// Numbers the combinations of several columns.
#[derive(Default)]
pub struct Grouper {
    columns: Vec<Interner>,
    /// One a column behind the first: pairs of the number so far and the number of the column.
    pairs: Vec<Pairs>,
    ids: Vec<u32>,
    is_frozen: bool,
}

impl Grouper {
    /// For that many columns.
    pub fn new(n_columns: usize) -> Self {
        Self {
            columns: (0..n_columns).map(|_| Interner::default()).collect(),
            pairs: (1..n_columns).map(|_| Pairs::default()).collect(),
            ids: Vec::new(),
            is_frozen: false,
        }
    }

    /// Number of groups so far.
    pub fn len(&self) -> usize {
        match self.pairs.last() {
            Some(pairs) => pairs.keys.len(),
            None => self.columns.first().map_or(0, Interner::len),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// From here on, combinations that are not known get [`UNKNOWN`].
    pub fn freeze(&mut self) {
        self.columns
            .iter_mut()
            .for_each(|interner| interner.is_frozen = true);
        self.is_frozen = true;
    }

    /// The group of every row.
    pub fn group(&mut self, columns: &[Rc<Column>], groups: &mut Vec<u32>) {
        groups.clear();
        let mut n_groups = 0;
        for (at, (interner, column)) in self.columns.iter_mut().zip(columns).enumerate() {
            let pairs = at.checked_sub(1).and_then(|at| self.pairs.get_mut(at));
            let Some(pairs) = pairs else {
                interner.intern(column, groups);
                n_groups = interner.len();
                continue;
            };
            interner.intern(column, &mut self.ids);
            let sizes = (n_groups, interner.len());
            pairs.combine(groups, &self.ids, sizes, self.is_frozen);
            n_groups = pairs.keys.len();
        }
    }

    /// The key columns, one row a group.
    pub fn key_columns(&self, kinds: &[Type]) -> Vec<Column> {
        let mut groups: Vec<u32> = (0..self.len() as u32).collect();
        let mut columns = Vec::with_capacity(kinds.len());
        for (at, (interner, &kind)) in self.columns.iter().zip(kinds).enumerate().rev() {
            let pairs = at.checked_sub(1).and_then(|at| self.pairs.get(at));
            let Some(pairs) = pairs else {
                columns.push(interner.column(&groups, kind));
                continue;
            };
            let parts = groups.iter().map(|&group| {
                let pair = pairs.keys.get(group as usize).copied().unwrap_or(0);
                ((pair >> 32) as u32, pair as u32)
            });
            let (left, right): (Vec<u32>, Vec<u32>) = parts.unzip();
            columns.push(interner.column(&right, kind));
            groups = left;
        }
        columns.reverse();
        columns
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(texts: &[&str]) -> Rc<Column> {
        Rc::new(Column::strings(Strings::plain(texts)))
    }

    fn guids(words: impl Iterator<Item = u128>) -> Rc<Column> {
        Rc::new(Column::strings(Strings::Guids(Rc::new(words.collect()))))
    }

    fn longs(values: impl Iterator<Item = i64>) -> Rc<Column> {
        Rc::new(Column::new(Type::Long, Data::Long(values.collect())))
    }

    fn text_of(column: &Column) -> Vec<String> {
        (0..column.len())
            .map(|row| column.value(row).to_text())
            .collect()
    }

    #[test]
    fn a_text_that_is_a_guid_is_the_guid_and_no_other_text_is() {
        let word = 0x0123_4567_89ab_cdef_0123_4567_89ab_cdef;
        let same = "01234567-89ab-cdef-0123-456789abcdef";
        let blank = "  0123456789abcdef0123456789abcdef  ";
        let upper = "01234567-89AB-cdef-0123-456789abcdef";
        let (mut interner, mut ids) = (Interner::default(), Vec::new());
        interner.intern(&guids([word].into_iter()), &mut ids);
        interner.intern(&texts(&[blank, same, upper, "", same, ""]), &mut ids);
        assert_eq!(ids, [1, 0, 2, 3, 0, 3]);
        let column = interner.column(&[3, 0, 1, 2], Type::String);
        assert_eq!(text_of(&column), ["", same, blank, upper]);
    }

    #[test]
    fn numbers_stay_when_the_index_grows() {
        let (mut interner, mut ids) = (Interner::default(), Vec::new());
        let word = |row: u128| row << 64 | row;
        for batch in 0..4 {
            interner.intern(&guids((0..=batch * 5000).map(word)), &mut ids);
            assert!(ids.iter().enumerate().all(|(row, &id)| row as u32 == id));
        }
        interner.is_frozen = true;
        interner.intern(&guids((14_999..20_000).map(word)), &mut ids);
        assert_eq!(ids[..3], [14_999, 15_000, UNKNOWN]);
        assert!(ids[2..].iter().all(|&id| id == UNKNOWN));
    }

    #[test]
    fn nulls_are_a_value_of_their_own() {
        let mut nulls = Bitmap::new(4);
        nulls.set(1);
        nulls.set(3);
        for (kind, data) in [
            (Type::Guid, Data::Guid(vec![0, 0, 1, 0])),
            (Type::Long, Data::Long(vec![0, 0, -1, 0])),
            (Type::Real, Data::Real(vec![0.0, 0.0, 0.5, 0.0])),
        ] {
            let (mut interner, mut ids) = (Interner::default(), Vec::new());
            let column = Column::with_nulls(kind, data, nulls.clone());
            interner.intern(&column, &mut ids);
            assert_eq!((ids.as_slice(), interner.len()), (&[0, 1, 2, 1][..], 3));
            let back = interner.column(&ids, kind);
            assert_eq!(text_of(&back), text_of(&column));
        }
    }

    #[test]
    fn every_byte_of_a_text_counts() {
        let text: Vec<u8> = (0..40).collect();
        for n in 0..text.len() {
            assert!(is_same(&text[..n], &text[..n]));
            assert!(!is_same(&text[..n], &text[..=n]) && !is_same(&text[..=n], &text[..n]));
            for at in 0..n {
                let mut other = text[..n].to_vec();
                other[at] ^= 1;
                assert!(!is_same(&text[..n], &other), "{n} {at}");
                assert_ne!(hash_text(&text[..n]), hash_text(&other), "{n} {at}");
            }
        }
    }

    #[test]
    fn texts_of_many_groups_are_codes() {
        let mut grouper = Grouper::new(2);
        let (names, mut groups) = (["b", "", "a", ""], Vec::new());
        let left = texts(&(0..40).map(|row| names[row % 4]).collect::<Vec<_>>());
        grouper.group(&[left.clone(), longs(0..40)], &mut groups);
        let columns = grouper.key_columns(&[Type::String, Type::Long]);
        assert_eq!(text_of(&columns[0]), text_of(&left));
        let Data::String(Strings::Coded { codes, .. }) = &columns[0].data else {
            panic!("three texts in forty groups are codes");
        };
        assert_eq!(codes[..4], [1, 0, 3, 0]);
    }

    #[test]
    fn pairs_are_numbered_alike_in_an_array_and_in_an_index() {
        let mut grouper = Grouper::new(2);
        let mut groups = Vec::new();
        // Few pairs first, then too many for an array.
        for n_right in [3_i64, 4, 300, 70_000] {
            let (left, right) = (longs(0..n_right), longs((0..n_right).map(|row| row % 999)));
            grouper.group(&[left, right], &mut groups);
            assert!(groups.iter().enumerate().all(|(row, &id)| row as u32 == id));
        }
        let columns = grouper.key_columns(&[Type::Long, Type::Long]);
        assert_eq!(columns[0].value(69_999).to_text(), "69999");
        assert_eq!(columns[1].value(69_999).to_text(), "69");
        grouper.freeze();
        let (left, right) = (
            longs([5, 5, 70_000].into_iter()),
            longs([5, 6, 0].into_iter()),
        );
        grouper.group(&[left, right], &mut groups);
        assert_eq!(groups, [5, UNKNOWN, UNKNOWN]);
    }
}
