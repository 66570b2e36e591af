//! Columns of a closed segment, stored compactly.
//!
//! Input: the vectors a builder filled. Output: [`Column`]s for the engine. Invariants: decoding
//! gives back exactly what was encoded; a column without values takes no memory; texts are never
//! looked at when codes are decoded.

use super::lanes::{Lanes, N_LANES};
use super::utf8::text_of;
use super::{Bitmap, Column, Data, Dictionary, Dynamics, Strings};
use crate::value::{Decimal, Type, guid};
use std::rc::Rc;

/// Whole numbers as distances from a base, in the fewest bytes that hold them.
#[derive(Debug)]
pub(crate) enum Narrow {
    /// Every distance is 0.
    Same(usize),
    Byte(Vec<u8>),
    Short(Vec<u16>),
    Word(Vec<u32>),
    Long(Vec<u64>),
}

impl Narrow {
    /// The distances of values, none of them more than `largest`.
    #[inline(always)]
    fn pack<T: Copy>(values: &[T], distance: impl Fn(T) -> u64, largest: u64) -> Self {
        match largest {
            0 => Self::Same(values.len()),
            1..=0xFF => Self::Byte(each(values, |value| distance(value) as u8)),
            0x100..=0xFFFF => Self::Short(each(values, |value| distance(value) as u16)),
            0x1_0000..=0xFFFF_FFFF => Self::Word(each(values, |value| distance(value) as u32)),
            _ => Self::Long(each(values, distance)),
        }
    }

    fn unpack<T>(&self, widen: impl Fn(u64) -> T) -> Vec<T> {
        match self {
            Self::Same(n_values) => (0..*n_values).map(|_| widen(0)).collect(),
            Self::Byte(values) => values
                .iter()
                .map(|&value| widen(u64::from(value)))
                .collect(),
            Self::Short(values) => values
                .iter()
                .map(|&value| widen(u64::from(value)))
                .collect(),
            Self::Word(values) => values
                .iter()
                .map(|&value| widen(u64::from(value)))
                .collect(),
            Self::Long(values) => values.iter().map(|&value| widen(value)).collect(),
        }
    }

    fn heap_bytes(&self) -> usize {
        match self {
            Self::Same(_) => 0,
            Self::Byte(values) => values.capacity(),
            Self::Short(values) => values.capacity() * 2,
            Self::Word(values) => values.capacity() * 4,
            Self::Long(values) => values.capacity() * 8,
        }
    }
}

/// What becomes of each value, in a loop without calls.
#[inline(always)]
fn each<T: Copy, U>(values: &[T], of: impl Fn(T) -> U) -> Vec<U> {
    let mut out = Vec::with_capacity(values.len());
    out.extend(values.iter().map(|&value| of(value)));
    out
}

/// One column of one segment.
#[derive(Debug)]
pub(crate) enum Encoded {
    /// Null (or the empty text) in every row.
    Absent,
    /// Values in a few rows only.
    Sparse {
        rows: Vec<u16>,
        values: Box<Encoded>,
    },
    /// `bool`
    Bools {
        values: Bitmap,
        nulls: Option<Bitmap>,
    },
    /// `int`, `long`, `datetime`, `timespan`: `base + scale * distance`
    Whole {
        base: i64,
        scale: i64,
        distances: Narrow,
        nulls: Option<Bitmap>,
    },
    /// `real`
    Reals {
        values: Vec<f64>,
        nulls: Option<Bitmap>,
    },
    /// `decimal`
    Decimals {
        values: Vec<Decimal>,
        nulls: Option<Bitmap>,
    },
    /// `guid`
    Guids {
        values: Vec<u128>,
        nulls: Option<Bitmap>,
    },
    /// Codes into the column's dictionary.
    Codes { base: u32, distances: Narrow },
    /// Texts that do not repeat.
    Texts { text: Rc<String>, offsets: Vec<u32> },
    /// Texts that are guids in lower case; where `empty` says so, the empty text.
    GuidTexts {
        words: Rc<Vec<u128>>,
        empty: Option<Bitmap>,
    },
}

/// Share of rows (one in this many) below which values are stored with their row.
const SPARSE_SHARE: usize = 8;

/// The rows that hold something else than zero, and what they hold.
fn places<T: Copy + Default + PartialEq>(values: &[T], n_present: usize) -> (Vec<u16>, Vec<T>) {
    let (mut rows, mut present) = (Vec::with_capacity(n_present), Vec::with_capacity(n_present));
    for (row, &value) in values.iter().enumerate() {
        if value != T::default() {
            rows.push(row as u16);
            present.push(value);
        }
    }
    (rows, present)
}

/// How often a byte comes.
fn count(bytes: &[u8], byte: u8) -> usize {
    let wanted = Lanes::splat(byte);
    let (lanes, rest) = bytes.as_chunks();
    let in_lanes = |lanes: &[u8; N_LANES]| Lanes::of(lanes).equal(wanted).bits().count_ones();
    lanes.iter().map(in_lanes).sum::<u32>() as usize + memchr::memchr_iter(byte, rest).count()
}

fn is_sparse(n_present: usize, n_rows: usize) -> bool {
    n_present * SPARSE_SHARE < n_rows
}

fn nulls_of(n_rows: usize, n_present: usize, is_null: impl Fn(usize) -> bool) -> Option<Bitmap> {
    (n_present < n_rows).then(|| {
        let mut nulls = Bitmap::new(n_rows);
        (0..n_rows)
            .filter(|&row| is_null(row))
            .for_each(|row| nulls.set(row));
        nulls
    })
}

/// Encodes values where some equal `null`: sparse when few differ, else as `dense` says.
fn encode_with<T: Copy>(
    values: &[T],
    is_null: impl Fn(T) -> bool + Copy,
    dense: impl Fn(&[T], Option<Bitmap>) -> Encoded,
) -> Encoded {
    let n_present = values.iter().filter(|&&value| !is_null(value)).count();
    if n_present == 0 {
        return Encoded::Absent;
    }
    if is_sparse(n_present, values.len()) {
        let places = values
            .iter()
            .enumerate()
            .filter(|&(_, &value)| !is_null(value));
        let (rows, present): (Vec<u16>, Vec<T>) =
            places.map(|(row, &value)| (row as u16, value)).unzip();
        return Encoded::Sparse {
            rows,
            values: Box::new(dense(&present, None)),
        };
    }
    let nulls = nulls_of(values.len(), n_present, |row| {
        values.get(row).copied().is_none_or(is_null)
    });
    dense(values, nulls)
}

impl Encoded {
    /// Encodes whole numbers; `null`, the least of all, marks rows without one.
    pub(crate) fn whole(values: &[i64], null: i64) -> Self {
        let (mut n_present, mut before, mut last) = (0, i64::MAX, i64::MIN);
        for &value in values {
            n_present += usize::from(value != null);
            // The least of all becomes the most.
            before = before.min(value.wrapping_sub(1));
            last = last.max(value);
        }
        if n_present == 0 {
            return Self::Absent;
        }
        let base = before + 1;
        if is_sparse(n_present, values.len()) {
            let places = values.iter().enumerate();
            let (rows, present): (Vec<u16>, Vec<i64>) = places
                .filter(|&(_, &value)| value != null)
                .map(|(row, &value)| (row as u16, value))
                .unzip();
            return Self::Sparse {
                rows,
                values: Box::new(Self::whole_between(&present, null, base, last, None)),
            };
        }
        let nulls = nulls_of(values.len(), n_present, |row| {
            values.get(row).is_none_or(|&value| value == null)
        });
        Self::whole_between(values, null, base, last, nulls)
    }

    fn whole_between(
        values: &[i64],
        null: i64,
        base: i64,
        last: i64,
        nulls: Option<Bitmap>,
    ) -> Self {
        const MILLISECOND: u64 = 10_000;
        let largest = last.wrapping_sub(base) as u64;
        let distance = |value: i64| {
            if value == null {
                0
            } else {
                value.wrapping_sub(base) as u64
            }
        };
        let is_scaled = largest > 0xFFFF
            && values
                .iter()
                .all(|&value| distance(value).is_multiple_of(MILLISECOND));
        let (scale, distances) = if is_scaled {
            let scaled = |value| distance(value) / MILLISECOND;
            let packed = Narrow::pack(values, scaled, largest / MILLISECOND);
            (MILLISECOND as i64, packed)
        } else {
            (1, Narrow::pack(values, distance, largest))
        };
        Self::Whole {
            base,
            scale,
            distances,
            nulls,
        }
    }

    /// Encodes codes of a dictionary, none of them more than `largest`.
    pub(crate) fn codes(codes: &[u32], largest: usize) -> Self {
        if largest <= 0xFF {
            return Self::byte_codes(each(codes, |code| code as u8));
        }
        let (mut n_present, mut base, mut last) = (0, u32::MAX, 0);
        for &code in codes {
            n_present += usize::from(code != 0);
            base = base.min(code);
            last = last.max(code);
        }
        if n_present == 0 {
            return Self::Absent;
        }
        if is_sparse(n_present, codes.len()) {
            let (rows, present) = places(codes, n_present);
            base = present.iter().copied().min().unwrap_or(0);
            return Self::Sparse {
                rows,
                values: Box::new(Self::codes_between(&present, base, last)),
            };
        }
        Self::codes_between(codes, base, last)
    }

    fn codes_between(codes: &[u32], base: u32, last: u32) -> Self {
        let distance = |code: u32| u64::from(code.wrapping_sub(base));
        Self::Codes {
            base,
            distances: Narrow::pack(codes, distance, u64::from(last.wrapping_sub(base))),
        }
    }

    /// The same for codes of small dictionaries, sixteen of which are counted at once.
    fn byte_codes(codes: Vec<u8>) -> Self {
        let n_present = codes.len() - count(&codes, 0);
        if n_present == 0 {
            return Self::Absent;
        }
        if is_sparse(n_present, codes.len()) {
            let (rows, present) = places(&codes, n_present);
            return Self::Sparse {
                rows,
                values: Box::new(Self::byte_codes(present)),
            };
        }
        let first = codes.first().copied().unwrap_or(0);
        let is_constant = count(&codes, first) == codes.len();
        let (base, distances) = if is_constant {
            (u32::from(first), Narrow::Same(codes.len()))
        } else {
            (0, Narrow::Byte(codes))
        };
        Self::Codes { base, distances }
    }

    /// Encodes bytes that are 0 (false), 1 (true) or anything else (null).
    pub(crate) fn bools(values: &[u8]) -> Self {
        encode_with(
            values,
            |value| value > 1,
            |values, nulls| {
                let mut bits = Bitmap::new(values.len());
                values
                    .iter()
                    .enumerate()
                    .filter(|&(_, &value)| value == 1)
                    .for_each(|(row, _)| bits.set(row));
                Self::Bools {
                    values: bits,
                    nulls,
                }
            },
        )
    }

    /// Encodes reals; the bit pattern `null` marks rows without one.
    pub(crate) fn reals(values: &[f64], null: u64) -> Self {
        encode_with(
            values,
            |value| value.to_bits() == null,
            |values, nulls| Self::Reals {
                values: values.to_vec(),
                nulls,
            },
        )
    }

    /// Encodes decimals.
    pub(crate) fn decimals(values: &[Option<Decimal>]) -> Self {
        encode_with(
            values,
            |value| value.is_none(),
            |values, nulls| Self::Decimals {
                values: values
                    .iter()
                    .map(|value| value.unwrap_or(Decimal::from_long(0)))
                    .collect(),
                nulls,
            },
        )
    }

    /// Encodes guids.
    pub(crate) fn guids(values: &[Option<u128>]) -> Self {
        encode_with(
            values,
            |value| value.is_none(),
            |values, nulls| Self::Guids {
                values: values.iter().map(|value| value.unwrap_or(0)).collect(),
                nulls,
            },
        )
    }

    /// Encodes texts that lie one behind the other.
    pub(crate) fn texts(bytes: Vec<u8>, offsets: Vec<u32>) -> Self {
        let places = || offsets.iter().zip(offsets.iter().skip(1));
        let n_present = places().filter(|(start, end)| start < end).count();
        if n_present == 0 {
            return Self::Absent;
        }
        let n_rows = offsets.len() - 1;
        let text = Rc::new(text_of(bytes));
        if !is_sparse(n_present, n_rows) {
            return Self::Texts { text, offsets };
        }
        let present = places().enumerate();
        let (rows, starts): (Vec<u16>, Vec<u32>) = present
            .filter(|(_, (start, end))| start < end)
            .map(|(row, (&start, _))| (row as u16, start))
            .unzip();
        let offsets = starts.into_iter().chain([text.len() as u32]).collect();
        Self::Sparse {
            rows,
            values: Box::new(Self::Texts { text, offsets }),
        }
    }

    /// Encodes texts that are guids or, where the word is 0, empty.
    pub(crate) fn guid_texts(words: &[u128]) -> Self {
        encode_with(
            words,
            |word| word == 0,
            |words, empty| Self::GuidTexts {
                words: Rc::new(words.to_vec()),
                empty,
            },
        )
    }

    /// The column as the engine reads it.
    pub(crate) fn decode(
        &self,
        kind: Type,
        n_rows: usize,
        dictionary: Option<&Rc<Dictionary>>,
    ) -> Column {
        match self {
            Self::Absent => absent(kind, n_rows),
            Self::Sparse { rows, values } => {
                let dense = values.decode(kind, rows.len(), dictionary);
                spread(&dense, rows, n_rows)
            }
            Self::Bools { values, nulls } => {
                let values = (0..n_rows).map(|row| values.get(row)).collect();
                Column {
                    kind,
                    data: Data::Bool(values),
                    nulls: nulls.clone(),
                }
            }
            Self::Whole {
                base,
                scale,
                distances,
                nulls,
            } => {
                let (base, scale) = (*base, *scale);
                let data = match (kind, scale) {
                    (Type::Int, _) => Data::Int(
                        distances.unpack(|distance| base.wrapping_add(distance as i64) as i32),
                    ),
                    (_, 1) => {
                        Data::Long(distances.unpack(|distance| base.wrapping_add(distance as i64)))
                    }
                    _ => Data::Long(distances.unpack(|distance| {
                        base.wrapping_add((distance as i64).wrapping_mul(scale))
                    })),
                };
                Column {
                    kind,
                    data,
                    nulls: nulls.clone(),
                }
            }
            Self::Reals { values, nulls } => Column {
                kind,
                data: Data::Real(values.clone()),
                nulls: nulls.clone(),
            },
            Self::Decimals { values, nulls } => Column {
                kind,
                data: Data::Decimal(values.clone()),
                nulls: nulls.clone(),
            },
            Self::Guids { values, nulls } => Column {
                kind,
                data: Data::Guid(values.clone()),
                nulls: nulls.clone(),
            },
            Self::Codes { base, distances } => {
                let base = *base;
                let codes = distances.unpack(|distance| base + distance as u32);
                let dictionary = dictionary.map_or_else(empty_dictionary, Rc::clone);
                text_column(kind, Strings::Coded { codes, dictionary })
            }
            Self::Texts { text, offsets } => text_column(
                kind,
                Strings::Plain {
                    text: Rc::clone(text),
                    offsets: offsets.clone(),
                },
            ),
            Self::GuidTexts { words, empty: None } => {
                text_column(kind, Strings::Guids(Rc::clone(words)))
            }
            Self::GuidTexts {
                words,
                empty: Some(empty),
            } => {
                let texts = words.iter().enumerate().map(|(row, &word)| {
                    if empty.get(row) {
                        String::new()
                    } else {
                        guid::text(word)
                    }
                });
                text_column(kind, Strings::plain(texts))
            }
        }
    }

    /// Whether every text of it stands in the dictionary.
    pub(crate) fn is_coded(&self) -> bool {
        match self {
            Self::Absent | Self::Codes { .. } => true,
            Self::Sparse { values, .. } => values.is_coded(),
            _ => false,
        }
    }

    /// Bytes on the heap.
    pub(crate) fn heap_bytes(&self) -> usize {
        let bits = |bitmap: &Option<Bitmap>| bitmap.as_ref().map_or(0, Bitmap::heap_bytes);
        match self {
            Self::Absent => 0,
            Self::Sparse { rows, values } => rows.capacity() * 2 + values.heap_bytes(),
            Self::Bools { values, nulls } => values.heap_bytes() + bits(nulls),
            Self::Whole {
                distances, nulls, ..
            } => distances.heap_bytes() + bits(nulls),
            Self::Reals { values, nulls } => values.capacity() * 8 + bits(nulls),
            Self::Decimals { values, nulls } => {
                values.capacity() * size_of::<Decimal>() + bits(nulls)
            }
            Self::Guids { values, nulls } => values.capacity() * 16 + bits(nulls),
            Self::Codes { distances, .. } => distances.heap_bytes(),
            Self::Texts { text, offsets } => text.capacity() + offsets.capacity() * 4,
            Self::GuidTexts { words, empty } => words.capacity() * 16 + bits(empty),
        }
    }
}

fn empty_dictionary() -> Rc<Dictionary> {
    Rc::new(Dictionary::from_texts(std::iter::empty()))
}

fn text_column(kind: Type, strings: Strings) -> Column {
    let data = if kind == Type::Dynamic {
        Data::Dynamic(Dynamics::Json(strings))
    } else {
        Data::String(strings)
    };
    Column::new(kind, data)
}

/// A column that holds nothing.
pub(crate) fn absent(kind: Type, n_rows: usize) -> Column {
    let data = match kind {
        Type::Bool => Data::Bool(vec![false; n_rows]),
        Type::Int => Data::Int(vec![0; n_rows]),
        Type::Long | Type::DateTime | Type::TimeSpan => Data::Long(vec![0; n_rows]),
        Type::Real => Data::Real(vec![0.0; n_rows]),
        Type::Decimal => Data::Decimal(vec![Decimal::from_long(0); n_rows]),
        Type::Guid => Data::Guid(vec![0; n_rows]),
        Type::String | Type::Dynamic => {
            return text_column(
                kind,
                Strings::Coded {
                    codes: vec![0; n_rows],
                    dictionary: empty_dictionary(),
                },
            );
        }
    };
    Column {
        kind,
        data,
        nulls: Some(Bitmap::full(n_rows)),
    }
}

fn scatter<T: Copy>(values: &[T], rows: &[u16], n_rows: usize, missing: T) -> Vec<T> {
    let mut out = vec![missing; n_rows];
    for (&row, &value) in rows.iter().zip(values) {
        if let Some(place) = out.get_mut(row as usize) {
            *place = value;
        }
    }
    out
}

/// Puts dense values back at their rows.
fn spread(dense: &Column, rows: &[u16], n_rows: usize) -> Column {
    let strings = |strings: &Strings| match strings {
        Strings::Coded { codes, dictionary } => Strings::Coded {
            codes: scatter(codes, rows, n_rows, 0),
            dictionary: Rc::clone(dictionary),
        },
        Strings::Plain { text, offsets } => {
            let mut spread = Vec::with_capacity(n_rows + 1);
            for (at, &row) in rows.iter().enumerate() {
                let start = offsets.get(at).copied().unwrap_or(0);
                spread.resize(row as usize + 1, start);
            }
            spread.resize(n_rows + 1, offsets.last().copied().unwrap_or(0));
            Strings::Plain {
                text: Rc::clone(text),
                offsets: spread,
            }
        }
        Strings::Guids(words) => {
            let mut places = rows.iter().zip(words.iter()).peekable();
            Strings::plain((0..n_rows).map(|row| {
                match places.next_if(|&(&at, _)| at as usize == row) {
                    Some((_, &word)) => guid::text(word),
                    None => String::new(),
                }
            }))
        }
    };
    let data = match &dense.data {
        Data::Bool(values) => Data::Bool(scatter(values, rows, n_rows, false)),
        Data::Int(values) => Data::Int(scatter(values, rows, n_rows, 0)),
        Data::Long(values) => Data::Long(scatter(values, rows, n_rows, 0)),
        Data::Real(values) => Data::Real(scatter(values, rows, n_rows, 0.0)),
        Data::Decimal(values) => {
            Data::Decimal(scatter(values, rows, n_rows, Decimal::from_long(0)))
        }
        Data::Guid(values) => Data::Guid(scatter(values, rows, n_rows, 0)),
        Data::String(texts) | Data::Dynamic(Dynamics::Json(texts)) => {
            return text_column(dense.kind, strings(texts));
        }
        Data::Dynamic(Dynamics::Values(values)) => {
            let mut out = vec![crate::value::Dynamic::Null; n_rows];
            for (&row, value) in rows.iter().zip(values) {
                if let Some(place) = out.get_mut(row as usize) {
                    place.clone_from(value);
                }
            }
            return Column::new(dense.kind, Data::Dynamic(Dynamics::Values(out)));
        }
    };
    let mut nulls = Bitmap::full(n_rows);
    for &row in rows {
        nulls.clear(row as usize);
    }
    Column {
        kind: dense.kind,
        data,
        nulls: Some(nulls),
    }
}
