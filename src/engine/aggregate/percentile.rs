//! `percentile`, `percentiles` and their weighted forms: nearest rank, exact here.
//!
//! Without weights rows are kept as pairs of group and value; at the end one counting sort puts them group by group
//! and each percentile is selected inside its group.

use super::{Aggregate, Naming, Shape, Signature, Start, State};
use crate::engine::eval::{Context, Vector};
use crate::engine::scalar::sketch;
use crate::table::{Bitmap, Column, ColumnBuilder, Data};
use crate::value::{Dynamic, Type, Value, order};

/// The entries.
pub(super) static ENTRIES: &[Aggregate] = &[
    Aggregate::new(
        "percentile",
        value_type,
        "The value at a percentile, by nearest rank; exact here.",
        ("percentile(x, 50)", "2"),
        percentiles,
    )
    .takes(2, 2, 1)
    .shaped(Shape::Percentile),
    Aggregate::new(
        "percentiles",
        value_type,
        "The values at percentiles, one column each; exact here.",
        ("percentiles(x, 50)", "2"),
        percentiles,
    )
    .takes(2, 32, 1)
    .shaped(Shape::Percentiles),
    Aggregate::new(
        "percentiles_array",
        array_type,
        "The values at percentiles as one array; exact here.",
        ("percentiles_array(x, 50, 100)", "[2,4]"),
        |s| as_array(s, percentiles(s)),
    )
    .takes(2, 32, 1)
    .named(Naming::Prefixed("percentiles")),
    Aggregate::new(
        "percentilew",
        weighted_type,
        "The value at a percentile, each counted as often as its weight says.",
        ("percentilew(x, 5 - x, 50)", "2"),
        weighted,
    )
    .takes(3, 3, 2)
    .shaped(Shape::Percentile),
    Aggregate::new(
        "percentilesw",
        weighted_type,
        "The values at percentiles, each counted as often as its weight says.",
        ("percentilesw(x, 5 - x, 100)", "4"),
        weighted,
    )
    .takes(3, 33, 2)
    .shaped(Shape::Percentiles),
    Aggregate::new(
        "percentilesw_array",
        weighted_array_type,
        "The values at percentiles as one array, each counted as often as its weight says.",
        ("percentilesw_array(x, 5 - x, dynamic([50, 100]))", "[2,4]"),
        |s| as_array(s, weighted(s)),
    )
    .takes(3, 33, 2)
    .named(Naming::Prefixed("percentiles")),
];

fn array_type(kinds: &[Type]) -> Signature {
    value_type(kinds).map(|(arguments, _)| (arguments, Type::Dynamic))
}

fn weighted_type(kinds: &[Type]) -> Signature {
    value_type(kinds).map(|(arguments, kind)| ([arguments, vec![Type::Long]].concat(), kind))
}

fn weighted_array_type(kinds: &[Type]) -> Signature {
    weighted_type(kinds).map(|(arguments, _)| (arguments, Type::Dynamic))
}

/// The percentiles that the arguments behind the columns name.
fn ranks(start: &Start<'_>, n_columns: usize) -> Vec<f64> {
    let named = start.constants.iter().skip(n_columns);
    sketch::ranks_of(named.flatten()).collect()
}

fn as_array(start: &Start<'_>, parts: Box<dyn State>) -> Box<dyn State> {
    let kind = start.kinds.first().copied().unwrap_or(Type::Long);
    Box::new(AsArray { kind, parts })
}

/// The columns of another state as arrays.
struct AsArray {
    kind: Type,
    parts: Box<dyn State>,
}

impl State for AsArray {
    fn update(&mut self, groups: &[u32], n_groups: usize, arguments: &[Vector], context: &Context) {
        self.parts.update(groups, n_groups, arguments, context);
    }

    fn finish(&mut self, n_groups: usize, context: &Context) -> Vec<Column> {
        let mut columns = self.parts.finish(n_groups, context);
        for column in &mut columns {
            column.kind = self.kind;
        }
        let mut builder = ColumnBuilder::new(Type::Dynamic);
        for group in 0..n_groups {
            let items = columns
                .iter()
                .map(|column| column.value(group).to_dynamic());
            builder.push(&Dynamic::array(items.collect()).into());
        }
        vec![builder.finish()]
    }
}

fn weighted(start: &Start<'_>) -> Box<dyn State> {
    let kind = start.results.first().copied().unwrap_or(Type::Long);
    Box::new(Weighted {
        kind,
        ranks: ranks(start, 2),
        groups: vec![],
    })
}

struct Weighted {
    kind: Type,
    ranks: Vec<f64>,
    groups: Vec<Vec<(Dynamic, i64)>>,
}

impl State for Weighted {
    fn update(&mut self, groups: &[u32], n_groups: usize, arguments: &[Vector], _: &Context) {
        self.groups.resize(n_groups, Vec::new());
        let (Some(values), Some(weights)) = (arguments.first(), arguments.get(1)) else {
            return;
        };
        for (row, &group) in groups.iter().enumerate() {
            let value = values.value(row);
            let is_nan = matches!(value, Value::Real(number) if number.is_nan());
            if let (Some(group), Some(weight)) = (
                self.groups.get_mut(group as usize),
                weights.value(row).as_long(),
            ) && weight > 0
                && !value.is_null()
                && !is_nan
            {
                group.push((value.to_dynamic(), weight));
            }
        }
    }

    fn finish(&mut self, n_groups: usize, context: &Context) -> Vec<Column> {
        check(&self.ranks, context);
        self.groups.resize(n_groups, Vec::new());
        let mut builders: Vec<ColumnBuilder> = self
            .ranks
            .iter()
            .map(|_| ColumnBuilder::new(self.kind))
            .collect();
        for group in self.groups.drain(..) {
            let group = sketch::combined(group);
            for (rank, builder) in self.ranks.iter().zip(&mut builders) {
                builder.push(&sketch::at_rank(&group, *rank).to_scalar());
            }
        }
        builders.into_iter().map(ColumnBuilder::finish).collect()
    }
}

fn check(ranks: &[f64], context: &Context) {
    if ranks.iter().any(|rank| !(0.0..=100.0).contains(rank)) {
        context.refuse("a percentile is a number from 0 to 100");
    }
}

fn value_type(kinds: &[Type]) -> Signature {
    match kinds.first() {
        Some(Type::Int | Type::Long) => Ok((vec![Type::Long], Type::Long)),
        Some(kind @ (Type::Real | Type::DateTime | Type::TimeSpan)) => Ok((vec![*kind], *kind)),
        _ => Err("a percentile requires numbers, datetimes or timespans".to_owned()),
    }
}

fn percentiles(start: &Start<'_>) -> Box<dyn State> {
    let kind = start.results.first().copied().unwrap_or(Type::Long);
    Box::new(Percentiles {
        kind: if kind == Type::Dynamic {
            start.kinds.first().copied().unwrap_or(Type::Long)
        } else {
            kind
        },
        ranks: ranks(start, 1),
        groups: vec![],
        values: vec![],
    })
}

struct Percentiles {
    kind: Type,
    ranks: Vec<f64>,
    groups: Vec<u32>,
    values: Vec<i64>,
}

/// Bits of a real in the order of the numbers.
const fn sortable(number: f64) -> i64 {
    let bits = number.to_bits() as i64;
    bits ^ (((bits >> 63) as u64) >> 1) as i64
}

const fn unsortable(bits: i64) -> f64 {
    f64::from_bits((bits ^ (((bits >> 63) as u64) >> 1) as i64) as u64)
}

impl State for Percentiles {
    fn update(&mut self, groups: &[u32], _: usize, arguments: &[Vector], _: &Context) {
        let Some(argument) = arguments.first() else {
            return;
        };
        let column = argument.clone().into_column(groups.len());
        let is_null = |row| column.nulls.as_ref().is_some_and(|nulls| nulls.get(row));
        match (&column.data, &column.nulls) {
            (Data::Long(values), None) => {
                self.groups.extend_from_slice(groups);
                self.values.extend_from_slice(values);
            }
            (Data::Long(values), Some(_)) => {
                for (row, (&group, &value)) in groups.iter().zip(values).enumerate() {
                    if !is_null(row) {
                        self.groups.push(group);
                        self.values.push(value);
                    }
                }
            }
            (Data::Real(values), _) => {
                for (row, (&group, &value)) in groups.iter().zip(values).enumerate() {
                    if !is_null(row) && !value.is_nan() {
                        self.groups.push(group);
                        self.values.push(sortable(value));
                    }
                }
            }
            _ => {}
        }
    }

    fn finish(&mut self, n_groups: usize, context: &Context) -> Vec<Column> {
        check(&self.ranks, context);
        let mut starts = vec![0_usize; n_groups + 1];
        for &group in &self.groups {
            if let Some(count) = starts.get_mut(group as usize + 1) {
                *count += 1;
            }
        }
        for group in 0..n_groups {
            let before = starts.get(group).copied().unwrap_or(0);
            if let Some(start) = starts.get_mut(group + 1) {
                *start += before;
            }
        }
        let mut next = starts.clone();
        let mut sorted = vec![0_i64; self.values.len()];
        for (&group, &value) in self.groups.iter().zip(&self.values) {
            if let Some(at) = next.get_mut(group as usize) {
                if let Some(place) = sorted.get_mut(*at) {
                    *place = value;
                }
                *at += 1;
            }
        }
        let mut answers = vec![Vec::with_capacity(n_groups); self.ranks.len()];
        let mut nulls = Bitmap::new(n_groups);
        for group in 0..n_groups {
            let range = starts.get(group).copied().unwrap_or(0)
                ..starts.get(group + 1).copied().unwrap_or(0);
            let values = sorted.get_mut(range).unwrap_or_default();
            if values.is_empty() {
                nulls.set(group);
                for answer in &mut answers {
                    answer.push(0);
                }
                continue;
            }
            // What stands behind a value that was selected is not smaller.
            let mut start = 0;
            for (rank, answer) in self.ranks.iter().zip(&mut answers) {
                let at = (rank / 100.0 * values.len() as f64).ceil().max(1.0) as usize - 1;
                let at = at.min(values.len() - 1);
                if at < start {
                    start = 0;
                }
                answer.extend(order::select(&mut values[start..], at - start));
                start = at;
            }
        }
        let column = |values: Vec<i64>| {
            let data = if self.kind == Type::Real {
                Data::Real(values.into_iter().map(unsortable).collect())
            } else {
                Data::Long(values)
            };
            Column::with_nulls(self.kind, data, nulls.clone())
        };
        answers.into_iter().map(column).collect()
    }
}
