//! Columns of a closed segment, stored compactly.
//!
//! Input: the vectors a builder filled. Output: [`Column`]s for the engine. Invariants: decoding
//! gives back exactly what was encoded; a column without values takes no memory; texts are never
//! looked at when codes are decoded.

use super::column::text_of;
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
    fn pack(values: impl Iterator<Item = u64> + Clone, n_values: usize, largest: u64) -> Self {
        match largest {
            0 => Self::Same(n_values),
            1..=0xFF => Self::Byte(values.map(|value| value as u8).collect()),
            0x100..=0xFFFF => Self::Short(values.map(|value| value as u16).collect()),
            0x1_0000..=0xFFFF_FFFF => Self::Word(values.map(|value| value as u32).collect()),
            _ => Self::Long(values.collect()),
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
    /// Encodes whole numbers; `null` marks rows without one.
    pub(crate) fn whole(values: &[i64], null: i64) -> Self {
        encode_with(
            values,
            |value| value == null,
            |values, nulls| {
                let present = || values.iter().copied().filter(|&value| value != null);
                let (base, last) = present().fold((i64::MAX, i64::MIN), |(least, most), value| {
                    (least.min(value), most.max(value))
                });
                let largest = last.wrapping_sub(base) as u64;
                let scale = if largest > 0xFFFF
                    && present()
                        .all(|value| (value.wrapping_sub(base) as u64).is_multiple_of(10_000))
                {
                    10_000
                } else {
                    1
                };
                if scale == 1 {
                    let distances = values.iter().map(move |&value| {
                        if value == null {
                            0
                        } else {
                            value.wrapping_sub(base) as u64
                        }
                    });
                    return Self::Whole {
                        base,
                        scale: 1,
                        distances: Narrow::pack(distances, values.len(), largest),
                        nulls,
                    };
                }
                let distances = values.iter().map(move |&value| {
                    if value == null {
                        0
                    } else {
                        value.wrapping_sub(base) as u64 / scale
                    }
                });
                Self::Whole {
                    base,
                    scale: scale as i64,
                    distances: Narrow::pack(distances, values.len(), largest / scale),
                    nulls,
                }
            },
        )
    }

    /// Encodes codes of a dictionary.
    pub(crate) fn codes(codes: &[u32]) -> Self {
        let n_present = codes.iter().filter(|&&code| code != 0).count();
        if n_present == 0 {
            return Self::Absent;
        }
        let dense = |codes: &[u32]| {
            let base = codes.iter().copied().min().unwrap_or(0);
            let largest = codes.iter().copied().max().unwrap_or(0) - base;
            let distances = codes.iter().map(move |&code| u64::from(code - base));
            Self::Codes {
                base,
                distances: Narrow::pack(distances, codes.len(), u64::from(largest)),
            }
        };
        if is_sparse(n_present, codes.len()) {
            let places = codes.iter().enumerate().filter(|&(_, &code)| code != 0);
            let (rows, present): (Vec<u16>, Vec<u32>) =
                places.map(|(row, &code)| (row as u16, code)).unzip();
            return Self::Sparse {
                rows,
                values: Box::new(dense(&present)),
            };
        }
        dense(codes)
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

    /// Encodes texts that lie at `(start, length)` of a block; the block is taken as it is when the
    /// texts fill it in order.
    pub(crate) fn texts(block: &mut Vec<u8>, spans: &[(u32, u32)]) -> Self {
        let n_present = spans.iter().filter(|span| span.1 > 0).count();
        if n_present == 0 {
            return Self::Absent;
        }
        let rows = is_sparse(n_present, spans.len()).then(|| {
            spans
                .iter()
                .enumerate()
                .filter(|(_, span)| span.1 > 0)
                .map(|(row, _)| row as u16)
                .collect::<Vec<u16>>()
        });
        let kept: Vec<(u32, u32)> = spans
            .iter()
            .copied()
            .filter(|span| rows.is_none() || span.1 > 0)
            .collect();
        let n_bytes: usize = kept.iter().map(|span| span.1 as usize).sum();
        let mut offsets = Vec::with_capacity(kept.len() + 1);
        offsets.push(0);
        let mut end = 0;
        for &(_, length) in &kept {
            end += length;
            offsets.push(end);
        }
        let bytes = if n_bytes == block.len() {
            let exact = block.as_slice().to_vec();
            block.clear();
            exact
        } else {
            let mut bytes = Vec::with_capacity(n_bytes);
            for &(start, length) in &kept {
                bytes.extend_from_slice(
                    block
                        .get(start as usize..(start + length) as usize)
                        .unwrap_or_default(),
                );
            }
            block.clear();
            bytes
        };
        let values = Self::Texts {
            text: Rc::new(text_of(bytes)),
            offsets,
        };
        match rows {
            Some(rows) => Self::Sparse {
                rows,
                values: Box::new(values),
            },
            None => values,
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
