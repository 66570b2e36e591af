//! Keys: every distinct value of a column gets a number, in the order of first appearance.
//!
//! Input: columns, batch by batch. Output: a number a row, and the values back from the numbers.
//! Group keys, join keys and distinct counts all work on these numbers, so that texts are compared
//! once per distinct value of a dictionary and not once per row.

use crate::table::{Column, ColumnBuilder, Data, Dictionary, Dynamics, Strings};
use crate::value::{Type, Value, guid};
use hashbrown::HashTable;
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::Hasher;
use std::rc::Rc;

/// Small whole numbers are looked up in an array.
const N_SMALL: usize = 4096;
const NONE: u32 = u32::MAX;
/// The number of a value that a frozen key does not know.
pub const UNKNOWN: u32 = NONE;

/// Numbers the values of one column.
#[derive(Default)]
pub struct Interner {
    values: Vec<Stored>,
    null: Option<u32>,
    small: Vec<u32>,
    numbers: FxHashMap<i64, u32>,
    wide: HashTable<(u128, u32)>,
    texts: HashTable<u32>,
    text_bytes: Vec<u8>,
    dictionaries: Vec<(Rc<Dictionary>, Vec<u32>)>,
    /// Values whose text is only their key.
    others: FxHashMap<u32, Value>,
    /// Whether new values get no number any more but [`UNKNOWN`].
    is_frozen: bool,
}

/// A distinct value, as small as it goes.
#[derive(Clone)]
enum Stored {
    Null,
    Number(i64),
    Wide(u128),
    /// Start and length in the bytes of the texts.
    Text(u32, u32),
}

fn hash_text(text: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(text);
    hasher.finish()
}

/// Spreads the bits of a guid.
pub const fn hash_wide(word: u128) -> u64 {
    let mixed = (word as u64 ^ (word >> 64) as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed ^ mixed >> 29
}

/// A guid text in lower case with dashes, as its bits.
fn as_guid(text: &str) -> Option<u128> {
    if text.len() != 36 || text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return None;
    }
    guid::parse(text)
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

    /// Numbers every row of a column.
    pub fn intern(&mut self, column: &Column, ids: &mut Vec<u32>) {
        ids.clear();
        ids.reserve(column.len());
        let is_null = |row: usize| column.nulls.as_ref().is_some_and(|nulls| nulls.get(row));
        match &column.data {
            Data::Int(values) => self.numbers_of(values, &is_null, ids),
            Data::Long(values) => {
                // Neighbours are often equal: bins of time, above all.
                let mut last = (0, NONE);
                for (row, &value) in values.iter().enumerate() {
                    if is_null(row) {
                        ids.push(self.null());
                    } else if last.1 != NONE && last.0 == value {
                        ids.push(last.1);
                    } else {
                        last = (value, self.number(value));
                        ids.push(last.1);
                    }
                }
            }
            Data::Bool(values) => self.numbers_of(values, &is_null, ids),
            Data::Real(values) => {
                for (row, &value) in values.iter().enumerate() {
                    // Both zeros are one value, and so are all NaNs.
                    let value = if value == 0.0 {
                        0.0
                    } else if value.is_nan() {
                        f64::NAN
                    } else {
                        value
                    };
                    let id = if is_null(row) {
                        self.null()
                    } else {
                        self.number(value.to_bits() as i64)
                    };
                    ids.push(id);
                }
            }
            Data::Guid(values) => {
                for (row, &value) in values.iter().enumerate() {
                    let id = if is_null(row) {
                        self.null()
                    } else {
                        self.wide(value)
                    };
                    ids.push(id);
                }
            }
            Data::String(strings) => self.intern_texts(strings, ids),
            Data::Decimal(_) | Data::Dynamic(Dynamics::Json(_) | Dynamics::Values(_)) => {
                for row in 0..column.len() {
                    let value = column.value(row);
                    let id = if value.is_null() {
                        self.null()
                    } else {
                        self.other(&value)
                    };
                    ids.push(id);
                }
            }
        }
    }

    fn numbers_of<N: Copy + Into<i64>>(
        &mut self,
        values: &[N],
        is_null: &impl Fn(usize) -> bool,
        ids: &mut Vec<u32>,
    ) {
        for (row, &value) in values.iter().enumerate() {
            let id = if is_null(row) {
                self.null()
            } else {
                self.number(value.into())
            };
            ids.push(id);
        }
    }

    /// The values that are guids, or texts that are.
    pub fn guids(&self) -> impl Iterator<Item = u128> {
        self.wide.iter().map(|&(word, _)| word)
    }

    fn intern_texts(&mut self, strings: &Strings, ids: &mut Vec<u32>) {
        match strings {
            Strings::Coded { codes, dictionary } => {
                let known = self
                    .dictionaries
                    .iter()
                    .position(|(known, _)| Rc::ptr_eq(known, dictionary));
                let at = known.unwrap_or_else(|| {
                    self.dictionaries
                        .push((Rc::clone(dictionary), vec![NONE; dictionary.len()]));
                    self.dictionaries.len() - 1
                });
                let mut table = self
                    .dictionaries
                    .get_mut(at)
                    .map(|(_, table)| std::mem::take(table))
                    .unwrap_or_default();
                for &code in codes {
                    let known = table.get(code as usize).copied().unwrap_or(NONE);
                    let id = if known == NONE {
                        let id = self.text(dictionary.get(code));
                        if let Some(place) = table.get_mut(code as usize) {
                            *place = id;
                        }
                        id
                    } else {
                        known
                    };
                    ids.push(id);
                }
                if let Some((_, place)) = self.dictionaries.get_mut(at) {
                    *place = table;
                }
            }
            Strings::Guids(words) => {
                if !self.is_frozen {
                    // Mostly one of its own in every row.
                    self.wide.reserve(words.len(), |&(word, _)| hash_wide(word));
                    self.values.reserve(words.len());
                }
                for &word in words {
                    ids.push(self.wide(word));
                }
            }
            Strings::Plain { .. } => {
                let mut scratch = String::new();
                for row in 0..strings.len() {
                    ids.push(self.text(strings.get(row, &mut scratch)));
                }
            }
        }
    }

    fn store(&mut self, value: Stored) -> u32 {
        self.values.push(value);
        self.values.len() as u32 - 1
    }

    fn null(&mut self) -> u32 {
        if let Some(id) = self.null {
            return id;
        }
        if self.is_frozen {
            return UNKNOWN;
        }
        let id = self.store(Stored::Null);
        self.null = Some(id);
        id
    }

    #[inline]
    fn number(&mut self, number: i64) -> u32 {
        if (0..N_SMALL as i64).contains(&number) {
            if self.small.is_empty() {
                self.small = vec![NONE; N_SMALL];
            }
            let known = self.small.get(number as usize).copied().unwrap_or(NONE);
            if known != NONE || self.is_frozen {
                return known;
            }
            let id = self.store(Stored::Number(number));
            if let Some(place) = self.small.get_mut(number as usize) {
                *place = id;
            }
            return id;
        }
        if let Some(&id) = self.numbers.get(&number) {
            return id;
        }
        if self.is_frozen {
            return UNKNOWN;
        }
        let id = self.store(Stored::Number(number));
        self.numbers.insert(number, id);
        id
    }

    #[inline]
    fn wide(&mut self, word: u128) -> u32 {
        let hash = hash_wide(word);
        if let Some(&(_, id)) = self.wide.find(hash, |&(known, _)| known == word) {
            return id;
        }
        if self.is_frozen {
            return UNKNOWN;
        }
        let id = self.store(Stored::Wide(word));
        self.wide
            .insert_unique(hash, (word, id), |&(word, _)| hash_wide(word));
        id
    }

    fn text_at(&self, id: u32) -> &[u8] {
        match self.values.get(id as usize) {
            Some(Stored::Text(start, length)) => self
                .text_bytes
                .get(*start as usize..(*start + *length) as usize)
                .unwrap_or_default(),
            _ => &[],
        }
    }

    fn text(&mut self, text: &str) -> u32 {
        if let Some(word) = as_guid(text) {
            return self.wide(word);
        }
        let hash = hash_text(text.as_bytes());
        if let Some(&id) = self
            .texts
            .find(hash, |&id| self.text_at(id) == text.as_bytes())
        {
            return id;
        }
        if self.is_frozen {
            return UNKNOWN;
        }
        let start = self.text_bytes.len() as u32;
        self.text_bytes.extend_from_slice(text.as_bytes());
        let id = self.store(Stored::Text(start, text.len() as u32));
        let (values, bytes) = (&self.values, &self.text_bytes);
        self.texts
            .insert_unique(hash, id, |&id| match values.get(id as usize) {
                Some(Stored::Text(start, length)) => hash_text(
                    bytes
                        .get(*start as usize..(*start + *length) as usize)
                        .unwrap_or_default(),
                ),
                _ => 0,
            });
        id
    }

    /// Values without an encoding of their own are told apart by type and text.
    fn other(&mut self, value: &Value) -> u32 {
        let text = match value {
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

    /// The values of some numbers as a column of a type.
    pub fn column(&self, ids: &[u32], kind: Type) -> Column {
        let mut builder = ColumnBuilder::new(kind);
        for &id in ids {
            builder.push(&self.value(id, kind));
        }
        builder.finish()
    }

    fn value(&self, id: u32, kind: Type) -> Value {
        if let Some(value) = self.others.get(&id) {
            return value.clone();
        }
        match self.values.get(id as usize) {
            None | Some(Stored::Null) => Value::Null,
            Some(Stored::Number(number)) => match kind {
                Type::Bool => Value::Bool(*number != 0),
                Type::Int => Value::Int(*number as i32),
                Type::Real => Value::Real(f64::from_bits(*number as u64)),
                Type::DateTime => Value::DateTime(*number),
                Type::TimeSpan => Value::TimeSpan(*number),
                _ => Value::Long(*number),
            },
            Some(Stored::Wide(word)) if kind == Type::Guid => Value::Guid(*word),
            Some(Stored::Wide(word)) => Value::string(&guid::text(*word)),
            Some(Stored::Text(..)) => {
                Value::string(std::str::from_utf8(self.text_at(id)).unwrap_or(""))
            }
        }
    }
}

/// Numbers the combinations of several columns.
#[derive(Default)]
pub struct Grouper {
    columns: Vec<Interner>,
    /// One table a column behind the first: number so far and number of the column to a number.
    pairs: Vec<FxHashMap<u64, u32>>,
    /// The number of every column, group by group.
    members: Vec<Vec<u32>>,
    ids: Vec<u32>,
    is_frozen: bool,
}

impl Grouper {
    /// For that many columns.
    pub fn new(n_columns: usize) -> Self {
        Self {
            columns: (0..n_columns).map(|_| Interner::default()).collect(),
            pairs: vec![FxHashMap::default(); n_columns.saturating_sub(1)],
            members: vec![Vec::new(); n_columns],
            ids: Vec::new(),
            is_frozen: false,
        }
    }

    /// Number of groups so far.
    pub fn len(&self) -> usize {
        self.members.first().map_or(0, Vec::len)
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
        let n_columns = columns.len();
        for (at, column) in columns.iter().enumerate() {
            let Some(interner) = self.columns.get_mut(at) else {
                return;
            };
            let mut ids = std::mem::take(&mut self.ids);
            interner.intern(column, &mut ids);
            if at == 0 {
                std::mem::swap(groups, &mut ids);
            } else if let Some(pairs) = self.pairs.get_mut(at - 1) {
                combine(pairs, groups, &ids, self.is_frozen);
            }
            self.ids = ids;
            if at + 1 == n_columns && !self.is_frozen {
                self.remember(columns, groups);
            }
        }
    }

    /// Keeps the members of groups that are new.
    fn remember(&mut self, columns: &[Rc<Column>], groups: &[u32]) {
        let n_known = self.len();
        if let [interner] = self.columns.as_slice() {
            if let Some(members) = self.members.first_mut() {
                members.extend(n_known as u32..interner.len() as u32);
            }
            return;
        }
        let mut n_groups = n_known;
        for (row, &group) in groups.iter().enumerate() {
            if (group as usize) < n_groups {
                continue;
            }
            n_groups = group as usize + 1;
            for (at, column) in columns.iter().enumerate() {
                let one = column.gather(&[row as u32]);
                let mut id = Vec::with_capacity(1);
                if let (Some(interner), Some(members)) =
                    (self.columns.get_mut(at), self.members.get_mut(at))
                {
                    interner.intern(&one, &mut id);
                    members.extend(id);
                }
            }
        }
    }

    /// The key columns, one row a group.
    pub fn key_columns(&self, kinds: &[Type]) -> Vec<Column> {
        let column = |((interner, members), kind): ((&Interner, &Vec<u32>), &Type)| {
            interner.column(members, *kind)
        };
        self.columns
            .iter()
            .zip(&self.members)
            .zip(kinds)
            .map(column)
            .collect()
    }
}

/// Numbers pairs of a number so far and a number of the next column, in place.
fn combine(pairs: &mut FxHashMap<u64, u32>, groups: &mut [u32], ids: &[u32], is_frozen: bool) {
    let mut last = (u64::MAX, UNKNOWN);
    for (group, &id) in groups.iter_mut().zip(ids) {
        let pair = u64::from(*group) << 32 | u64::from(id);
        if pair != last.0 {
            let number = if is_frozen {
                pairs.get(&pair).copied().unwrap_or(UNKNOWN)
            } else {
                let next = pairs.len() as u32;
                *pairs.entry(pair).or_insert(next)
            };
            last = (pair, number);
        }
        *group = last.1;
    }
}
