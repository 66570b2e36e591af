//! `count`, `sum`, `avg`, `variance` and their kin.

use super::{Aggregate, Naming, Signature, Start, State, for_each_row};
use crate::engine::eval::{Context, Vector};
use crate::table::{Bitmap, Column, ColumnBuilder, Data};
use crate::value::{Decimal, Type, Value};

const TOO_LONG: &str = "a `decimal` of more than 34 digits is not supported here";

/// The entries.
pub(super) static ENTRIES: &[Aggregate] = &[
    Aggregate::new(
        "count",
        |_| Ok((vec![], Type::Long)),
        "Number of rows.",
        ("count()", "4"),
        count,
    )
    .takes(0, 1, 1),
    Aggregate::new(
        "cnt",
        |_| Ok((vec![], Type::Long)),
        "An old name of `count`.",
        ("cnt()", "4"),
        count,
    )
    .takes(0, 1, 1),
    Aggregate::new(
        "countif",
        |_| Ok((vec![], Type::Long)),
        "Number of rows where a condition is true.",
        ("countif(x > 1)", "3"),
        |_| {
            Box::new(Count {
                condition_at: Some(0),
                counts: vec![],
            })
        },
    )
    .with_condition(0),
    Aggregate::new(
        "sum",
        sum_type,
        "Sum; 0 over no values.",
        ("sum(x)", "10"),
        |s| sum(s, None),
    ),
    Aggregate::new(
        "sumif",
        sum_type,
        "Sum of the rows where a condition is true.",
        ("sumif(x, x > 2)", "7"),
        |s| sum(s, Some(1)),
    )
    .with_condition(1),
    Aggregate::new(
        "avg",
        average_type,
        "Mean; NaN over no values.",
        ("avg(x)", "2.5"),
        |s| average(s, None),
    ),
    Aggregate::new(
        "avgif",
        average_type,
        "Mean of the rows where a condition is true.",
        ("avgif(x, x > 2)", "3.5"),
        |s| average(s, Some(1)),
    )
    .with_condition(1),
    Aggregate::new(
        "variance",
        real_type,
        "Variance of a sample.",
        ("variance(x) > 1.66", "True"),
        |_| spread(None, true, false),
    ),
    Aggregate::new(
        "varianceif",
        real_type,
        "Variance of a sample of the rows where a condition is true.",
        ("varianceif(x, x > 2)", "0.5"),
        |_| spread(Some(1), true, false),
    )
    .with_condition(1),
    Aggregate::new(
        "variancep",
        real_type,
        "Variance of a whole population.",
        ("variancep(x)", "1.25"),
        |_| spread(None, false, false),
    ),
    Aggregate::new(
        "variancepif",
        real_type,
        "Variance of the population where a condition is true.",
        ("variancepif(x, x > 2)", "0.25"),
        |_| spread(Some(1), false, false),
    )
    .with_condition(1),
    Aggregate::new(
        "stdev",
        real_type,
        "Standard deviation of a sample.",
        ("stdev(x) > 1.29", "True"),
        |_| spread(None, true, true),
    ),
    Aggregate::new(
        "stdevif",
        real_type,
        "Standard deviation of a sample of the rows where a condition is true.",
        ("stdevif(x, x > 2) > 0.7", "True"),
        |_| spread(Some(1), true, true),
    )
    .with_condition(1),
    Aggregate::new(
        "stdevp",
        real_type,
        "Standard deviation of a whole population.",
        ("stdevp(x) > 1.1", "True"),
        |_| spread(None, false, true),
    ),
    Aggregate::new(
        "covariance",
        pair_type,
        "Covariance of a sample of two columns.",
        ("covariance(x, x) > 1.66", "True"),
        |_| covariance(None, true),
    )
    .takes(2, 2, 2)
    .named(Naming::Pair("covariance")),
    Aggregate::new(
        "covarianceif",
        pair_type,
        "Covariance of a sample of two columns where a condition is true.",
        ("covarianceif(x, -x, x > 2)", "-0.5"),
        |_| covariance(Some(2), true),
    )
    .takes(3, 3, 3)
    .with_condition(2)
    .named(Naming::Pair("covarianceif")),
    Aggregate::new(
        "covariancep",
        pair_type,
        "Covariance of a whole population of two columns.",
        ("covariancep(x, x)", "1.25"),
        |_| covariance(None, false),
    )
    .takes(2, 2, 2)
    .named(Naming::Pair("covariancep")),
    Aggregate::new(
        "covariancepif",
        pair_type,
        "Covariance of the population of two columns where a condition is true.",
        ("covariancepif(x, -x, x > 2)", "-0.25"),
        |_| covariance(Some(2), false),
    )
    .takes(3, 3, 3)
    .with_condition(2)
    .named(Naming::Pair("covariancepif")),
    Aggregate::new(
        "binary_all_and",
        long_type,
        "Bits that all values have.",
        ("binary_all_and(x)", "0"),
        |_| {
            Box::new(Bits {
                combine: |a, b| a & b,
                values: vec![],
            })
        },
    )
    .named(Naming::First),
    Aggregate::new(
        "binary_all_or",
        long_type,
        "Bits that any value has.",
        ("binary_all_or(x)", "7"),
        |_| {
            Box::new(Bits {
                combine: |a, b| a | b,
                values: vec![],
            })
        },
    )
    .named(Naming::First),
    Aggregate::new(
        "binary_all_xor",
        long_type,
        "Bits that an odd number of values has.",
        ("binary_all_xor(x)", "4"),
        |_| {
            Box::new(Bits {
                combine: |a, b| a ^ b,
                values: vec![],
            })
        },
    )
    .named(Naming::First),
];

fn first_kind(kinds: &[Type]) -> Type {
    kinds.first().copied().unwrap_or(Type::Long)
}

fn sum_type(kinds: &[Type]) -> Signature {
    let kind = match first_kind(kinds) {
        Type::Int | Type::Long => Type::Long,
        Type::Real | Type::Dynamic => Type::Real,
        Type::TimeSpan => Type::TimeSpan,
        Type::Decimal => Type::Decimal,
        other => {
            return Err(format!(
                "a sum requires numbers or timespans, not `{}`",
                other.name()
            ));
        }
    };
    if first_kind(kinds) == Type::Dynamic {
        return Err("a sum of `dynamic` requires a conversion, e.g. `sum(tolong(x))`".to_owned());
    }
    Ok((vec![kind], kind))
}

fn average_type(kinds: &[Type]) -> Signature {
    match first_kind(kinds) {
        // The sum of whole numbers is a `long`, and wraps around as one.
        Type::Int | Type::Long => Ok((vec![Type::Long], Type::Real)),
        Type::Real => Ok((vec![Type::Real], Type::Real)),
        Type::TimeSpan => Ok((vec![Type::TimeSpan], Type::TimeSpan)),
        Type::Decimal => Ok((vec![Type::Decimal], Type::Decimal)),
        other => Err(format!(
            "a mean requires numbers or timespans, not `{}`",
            other.name()
        )),
    }
}

fn real_type(kinds: &[Type]) -> Signature {
    if matches!(first_kind(kinds), Type::Int | Type::Long | Type::Real) {
        return Ok((vec![Type::Real], Type::Real));
    }
    Err(format!(
        "a variance requires numbers, not `{}`",
        first_kind(kinds).name()
    ))
}

fn pair_type(kinds: &[Type]) -> Signature {
    let is_number = |kind: &Type| matches!(kind, Type::Int | Type::Long | Type::Real);
    if kinds.iter().take(2).all(is_number) {
        return Ok((vec![Type::Real, Type::Real], Type::Real));
    }
    Err("a covariance requires numbers".to_owned())
}

fn long_type(kinds: &[Type]) -> Signature {
    if first_kind(kinds).is_integer() {
        Ok((vec![Type::Long], Type::Long))
    } else {
        Err("bits require whole numbers".to_owned())
    }
}

fn count(_: &Start<'_>) -> Box<dyn State> {
    Box::new(Count {
        condition_at: None,
        counts: vec![],
    })
}

struct Count {
    condition_at: Option<usize>,
    counts: Vec<i64>,
}

impl State for Count {
    fn update(&mut self, groups: &[u32], n_groups: usize, arguments: &[Vector], _: &Context) {
        self.counts.resize(n_groups, 0);
        // `count(x)` of a bool counts like `countif`.
        let is_bool = arguments
            .first()
            .is_some_and(|argument| argument.kind() == Type::Bool);
        let condition_at = self.condition_at.or(is_bool.then_some(0));
        if condition_at.is_none() && n_groups == 1 {
            if let Some(count) = self.counts.first_mut() {
                *count += groups.len() as i64;
            }
            return;
        }
        let counts = &mut self.counts;
        for_each_row(groups, arguments, condition_at, |group, _| {
            if let Some(count) = counts.get_mut(group) {
                *count += 1;
            }
        });
    }

    fn finish(&mut self, n_groups: usize, _: &Context) -> Vec<Column> {
        self.counts.resize(n_groups, 0);
        vec![Column::new(
            Type::Long,
            Data::Long(std::mem::take(&mut self.counts)),
        )]
    }
}

fn sum(start: &Start<'_>, condition_at: Option<usize>) -> Box<dyn State> {
    let kind = start.results.first().copied().unwrap_or(Type::Long);
    Box::new(Sum {
        kind,
        condition_at,
        longs: vec![],
        reals: vec![],
        decimals: vec![],
    })
}

struct Sum {
    kind: Type,
    condition_at: Option<usize>,
    longs: Vec<i64>,
    reals: Vec<f64>,
    decimals: Vec<Value>,
}

impl State for Sum {
    fn update(&mut self, groups: &[u32], n_groups: usize, arguments: &[Vector], context: &Context) {
        let Some(argument) = arguments.first() else {
            return;
        };
        self.longs.resize(n_groups, 0);
        self.reals.resize(n_groups, 0.0);
        let column = argument.clone().into_column(groups.len());
        let is_null = |row| column.nulls.as_ref().is_some_and(|nulls| nulls.get(row));
        match &column.data {
            Data::Long(values) => {
                let sums = &mut self.longs;
                for_each_row(groups, arguments, self.condition_at, |group, row| {
                    if let (Some(sum), Some(value)) = (sums.get_mut(group), values.get(row))
                        && !is_null(row)
                    {
                        *sum = sum.wrapping_add(*value);
                    }
                });
            }
            Data::Real(values) => {
                let sums = &mut self.reals;
                for_each_row(groups, arguments, self.condition_at, |group, row| {
                    if let (Some(sum), Some(value)) = (sums.get_mut(group), values.get(row))
                        && !is_null(row)
                    {
                        *sum += value;
                    }
                });
            }
            _ => {
                self.decimals
                    .resize(n_groups, Value::Decimal(Decimal::from_long(0)));
                let sums = &mut self.decimals;
                for_each_row(groups, arguments, self.condition_at, |group, row| {
                    if let (Some(Value::Decimal(sum)), Value::Decimal(value)) =
                        (sums.get_mut(group), column.value(row))
                    {
                        match sum.plus(value) {
                            Some(total) => *sum = total,
                            None => {
                                context.refuse(TOO_LONG);
                            }
                        }
                    }
                });
            }
        }
    }

    fn finish(&mut self, n_groups: usize, _: &Context) -> Vec<Column> {
        self.longs.resize(n_groups, 0);
        self.reals.resize(n_groups, 0.0);
        let data = match self.kind {
            Type::Real => Data::Real(std::mem::take(&mut self.reals)),
            Type::Decimal => {
                let mut builder = ColumnBuilder::new(Type::Decimal);
                self.decimals
                    .resize(n_groups, Value::Decimal(Decimal::from_long(0)));
                self.decimals.iter().for_each(|sum| builder.push(sum));
                return vec![builder.finish()];
            }
            _ => Data::Long(std::mem::take(&mut self.longs)),
        };
        vec![Column::new(self.kind, data)]
    }
}

fn average(start: &Start<'_>, condition_at: Option<usize>) -> Box<dyn State> {
    let kind = start.results.first().copied().unwrap_or(Type::Real);
    Box::new(Average {
        kind,
        condition_at,
        sums: vec![],
        wholes: vec![],
        decimals: vec![],
        counts: vec![],
    })
}

struct Average {
    kind: Type,
    condition_at: Option<usize>,
    sums: Vec<f64>,
    wholes: Vec<i64>,
    decimals: Vec<Decimal>,
    counts: Vec<u64>,
}

impl State for Average {
    fn update(&mut self, groups: &[u32], n_groups: usize, arguments: &[Vector], context: &Context) {
        let Some(argument) = arguments.first() else {
            return;
        };
        self.sums.resize(n_groups, 0.0);
        self.wholes.resize(n_groups, 0);
        self.counts.resize(n_groups, 0);
        let column = argument.clone().into_column(groups.len());
        let (sums, wholes, counts) = (&mut self.sums, &mut self.wholes, &mut self.counts);
        let decimals = &mut self.decimals;
        if self.kind == Type::Decimal {
            decimals.resize(n_groups, Decimal::from_long(0));
        }
        for_each_row(groups, arguments, self.condition_at, |group, row| {
            if column.nulls.as_ref().is_some_and(|nulls| nulls.get(row)) {
                return;
            }
            match &column.data {
                Data::Real(values) => {
                    if let (Some(sum), Some(value)) = (sums.get_mut(group), values.get(row)) {
                        *sum += value;
                    }
                }
                Data::Long(values) => {
                    if let (Some(sum), Some(value)) = (wholes.get_mut(group), values.get(row)) {
                        *sum = sum.wrapping_add(*value);
                    }
                }
                Data::Decimal(values) => {
                    if let (Some(sum), Some(value)) = (decimals.get_mut(group), values.get(row)) {
                        match sum.plus(*value) {
                            Some(total) => *sum = total,
                            None => {
                                context.refuse(TOO_LONG);
                            }
                        }
                    }
                }
                _ => return,
            }
            if let Some(count) = counts.get_mut(group) {
                *count += 1;
            }
        });
    }

    fn finish(&mut self, n_groups: usize, _: &Context) -> Vec<Column> {
        self.sums.resize(n_groups, 0.0);
        self.wholes.resize(n_groups, 0);
        self.counts.resize(n_groups, 0);
        if self.kind == Type::Decimal {
            self.decimals.resize(n_groups, Decimal::from_long(0));
            let mut builder = ColumnBuilder::new(Type::Decimal);
            for (sum, &count) in self.decimals.iter().zip(&self.counts) {
                let mean = sum.divide(Decimal::from_long(count as i64));
                builder.push(&mean.map_or(Value::Null, Value::Decimal));
            }
            return vec![builder.finish()];
        }
        if self.kind == Type::TimeSpan {
            let mut nulls = Bitmap::new(n_groups);
            let mut values = Vec::with_capacity(n_groups);
            for (group, (sum, &count)) in self.wholes.iter().zip(&self.counts).enumerate() {
                if count == 0 {
                    nulls.set(group);
                }
                values.push(sum / count.max(1) as i64);
            }
            return vec![Column::with_nulls(self.kind, Data::Long(values), nulls)];
        }
        let means = self.sums.iter().zip(&self.wholes).zip(&self.counts);
        let values = means
            .map(|((sum, whole), &count)| (sum + *whole as f64) / count as f64)
            .collect();
        vec![Column::new(Type::Real, Data::Real(values))]
    }
}

fn spread(condition_at: Option<usize>, is_sample: bool, is_root: bool) -> Box<dyn State> {
    Box::new(Spread {
        condition_at,
        is_sample,
        is_root,
        counts: vec![],
        means: vec![],
        squares: vec![],
    })
}

/// Mean and sum of squares as Welford keeps them, which does not cancel.
struct Spread {
    condition_at: Option<usize>,
    is_sample: bool,
    is_root: bool,
    counts: Vec<f64>,
    means: Vec<f64>,
    squares: Vec<f64>,
}

impl State for Spread {
    fn update(&mut self, groups: &[u32], n_groups: usize, arguments: &[Vector], _: &Context) {
        let Some(argument) = arguments.first() else {
            return;
        };
        for state in [&mut self.counts, &mut self.means, &mut self.squares] {
            state.resize(n_groups, 0.0);
        }
        let column = argument.clone().into_column(groups.len());
        let Data::Real(values) = &column.data else {
            return;
        };
        let (counts, means, squares) = (&mut self.counts, &mut self.means, &mut self.squares);
        for_each_row(groups, arguments, self.condition_at, |group, row| {
            if column.nulls.as_ref().is_some_and(|nulls| nulls.get(row)) {
                return;
            }
            if let (Some(count), Some(mean), Some(square), Some(value)) = (
                counts.get_mut(group),
                means.get_mut(group),
                squares.get_mut(group),
                values.get(row),
            ) {
                *count += 1.0;
                let away = value - *mean;
                *mean += away / *count;
                *square += away * (value - *mean);
            }
        });
    }

    fn finish(&mut self, n_groups: usize, _: &Context) -> Vec<Column> {
        self.counts.resize(n_groups, 0.0);
        self.squares.resize(n_groups, 0.0);
        let answer = |(count, square): (&f64, &f64)| {
            // One value has no spread; none has NaN.
            let variance = if *count == 1.0 {
                0.0
            } else {
                square / if self.is_sample { count - 1.0 } else { *count }
            };
            let variance = if *count == 0.0 { f64::NAN } else { variance };
            if self.is_root {
                variance.sqrt()
            } else {
                variance
            }
        };
        let values = self.counts.iter().zip(&self.squares).map(answer).collect();
        vec![Column::new(Type::Real, Data::Real(values))]
    }
}

fn covariance(condition_at: Option<usize>, is_sample: bool) -> Box<dyn State> {
    Box::new(Covariance {
        condition_at,
        is_sample,
        groups: vec![],
    })
}

/// Count, both means and the sum of products of the distances from them, as in [`Spread`].
struct Covariance {
    condition_at: Option<usize>,
    is_sample: bool,
    groups: Vec<[f64; 4]>,
}

impl State for Covariance {
    fn update(&mut self, groups: &[u32], n_groups: usize, arguments: &[Vector], _: &Context) {
        self.groups.resize(n_groups, [0.0; 4]);
        let (Some(left), Some(right)) = (arguments.first(), arguments.get(1)) else {
            return;
        };
        let states = &mut self.groups;
        for_each_row(groups, arguments, self.condition_at, |group, row| {
            if let (
                Some([count, left_mean, right_mean, products]),
                Value::Real(x),
                Value::Real(y),
            ) = (states.get_mut(group), left.value(row), right.value(row))
            {
                *count += 1.0;
                let away = x - *left_mean;
                *left_mean += away / *count;
                *right_mean += (y - *right_mean) / *count;
                *products += away * (y - *right_mean);
            }
        });
    }

    fn finish(&mut self, n_groups: usize, _: &Context) -> Vec<Column> {
        self.groups.resize(n_groups, [0.0; 4]);
        let answer = |[count, _, _, products]: &[f64; 4]| {
            if *count == 0.0 {
                f64::NAN
            } else if *count == 1.0 {
                0.0
            } else {
                products / if self.is_sample { count - 1.0 } else { *count }
            }
        };
        let values = self.groups.iter().map(answer).collect();
        vec![Column::new(Type::Real, Data::Real(values))]
    }
}

struct Bits {
    combine: fn(i64, i64) -> i64,
    values: Vec<Option<i64>>,
}

impl State for Bits {
    fn update(&mut self, groups: &[u32], n_groups: usize, arguments: &[Vector], _: &Context) {
        let Some(argument) = arguments.first() else {
            return;
        };
        self.values.resize(n_groups, None);
        for (row, &group) in groups.iter().enumerate() {
            if let (Some(state), Some(value)) = (
                self.values.get_mut(group as usize),
                argument.value(row).as_long(),
            ) {
                *state = Some(state.map_or(value, |before| (self.combine)(before, value)));
            }
        }
    }

    fn finish(&mut self, n_groups: usize, _: &Context) -> Vec<Column> {
        self.values.resize(n_groups, None);
        let mut builder = ColumnBuilder::new(Type::Long);
        self.values
            .iter()
            .for_each(|value| builder.push(&value.map_or(Value::Null, Value::Long)));
        vec![builder.finish()]
    }
}
