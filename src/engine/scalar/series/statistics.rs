//! Numbers about whole series: sums, products, statistics, likeness of two series.

use super::super::{Returns, Scalar};
use super::{ANY, DYNAMIC, items, number};
use crate::value::{Dynamic, Type, Value};
use std::rc::Rc;

const TO_REAL: Returns = Returns::Is(Type::Real);
const TO_DYNAMIC: Returns = Returns::Is(Type::Dynamic);
const BOOL: super::Parameter = super::Parameter::Is(Type::Bool);

/// The entries.
pub static ENTRIES: &[Scalar] = &[
    Scalar::new(
        "series_sum",
        &[DYNAMIC],
        TO_REAL,
        "The sum of the numbers.",
        ("series_sum(dynamic([1, 2, 3]))", "6.0"),
        |_, a| folded(a, 0.0, |sum, x| sum + x),
    ),
    Scalar::new(
        "series_product",
        &[DYNAMIC],
        TO_REAL,
        "The product of the numbers.",
        ("series_product(dynamic([1, 2, 3]))", "6.0"),
        |_, a| folded(a, 1.0, |product, x| product * x),
    ),
    Scalar::new(
        "series_magnitude",
        &[DYNAMIC],
        TO_REAL,
        "The root of the sum of the squares of the numbers.",
        ("series_magnitude(dynamic([3, 4]))", "5.0"),
        |_, a| match folded(a, 0.0, |sum, x| sum + x * x) {
            Value::Real(sum) => Value::Real(sum.sqrt()),
            other => other,
        },
    ),
    Scalar::new(
        "series_dot_product",
        &[ANY, ANY],
        TO_REAL,
        "The sum of the products of the numbers at the same places.",
        ("series_dot_product(dynamic([1, 2]), dynamic([3, 4]))", "11.0"),
        |_, a| {
            paired(a).map_or(Value::Null, |pairs| {
                Value::Real(pairs.iter().map(|(x, y)| x * y).sum())
            })
        },
    ),
    Scalar::new(
        "series_cosine_similarity",
        &[DYNAMIC, DYNAMIC],
        TO_REAL,
        "The cosine of the angle between two series.",
        ("series_cosine_similarity(dynamic([3, 4]), dynamic([4, 3]))", "0.96"),
        |_, a| {
            paired(a).map_or(Value::Null, |pairs| {
                let sum = |f: fn(f64, f64) -> f64| -> f64 { pairs.iter().map(|(x, y)| f(*x, *y)).sum() };
                let lengths = sum(|x, _| x * x).sqrt() * sum(|_, y| y * y).sqrt();
                Value::Real(sum(|x, y| x * y) / lengths)
            })
        },
    ),
    Scalar::new(
        "series_pearson_correlation",
        &[DYNAMIC, DYNAMIC],
        TO_REAL,
        "Pearson's coefficient of correlation; null when numbers are missing.",
        ("round(series_pearson_correlation(dynamic([1, 2]), dynamic([3, 1])), 9)", "-1.0"),
        |_, a| correlation(a),
    ),
    Scalar::new(
        "series_stats",
        &[DYNAMIC, BOOL],
        TO_DYNAMIC,
        "Columns for the smallest and largest number and their places, mean, deviation and variance.",
        ("series_stats(dynamic([2, 1, 3]))", "1.0"),
        |_, a| {
            let found = statistics(a);
            let parts = found.into_iter().take(7).map(|(_, value)| value);
            Dynamic::array(parts.collect()).into()
        },
    )
    .optional(1)
    .gives(&[
        ("min", Type::Real),
        ("min_idx", Type::Long),
        ("max", Type::Real),
        ("max_idx", Type::Long),
        ("avg", Type::Real),
        ("stdev", Type::Real),
        ("variance", Type::Real),
    ]),
    Scalar::new(
        "series_stats_dynamic",
        &[DYNAMIC, BOOL],
        TO_DYNAMIC,
        "A bag of the smallest and largest number, their places, mean, deviation, variance, sum and length.",
        ("series_stats_dynamic(dynamic([2, 1, 3])).max_idx", "2"),
        |_, a| {
            let found = statistics(a);
            if found.is_empty() {
                return Value::Null;
            }
            let members = found.into_iter().map(|(key, value)| (Rc::from(key), value));
            Dynamic::bag(members.collect()).into()
        },
    )
    .optional(1),
];

/// What is no number is left out; without a number the answer is null.
fn folded(arguments: &[Value], start: f64, f: fn(f64, f64) -> f64) -> Value {
    let Some(items) = items(arguments, 0) else {
        return Value::Null;
    };
    let mut numbers = items.iter().filter_map(number).peekable();
    if numbers.peek().is_none() {
        return Value::Null;
    }
    Value::Real(numbers.fold(start, f))
}

/// The numbers at the same places, as far as both series go; one number stands at every place.
fn paired(arguments: &[Value]) -> Option<Vec<(f64, f64)>> {
    let single = |at: usize| arguments.get(at).and_then(Value::as_real);
    let pairs: Vec<(f64, f64)> = match (items(arguments, 0), items(arguments, 1)) {
        (Some(left), Some(right)) => {
            let both = left.iter().zip(right);
            both.filter_map(|(x, y)| number(x).zip(number(y))).collect()
        }
        (Some(left), None) => {
            let right = single(1)?;
            left.iter().filter_map(number).map(|x| (x, right)).collect()
        }
        (None, Some(right)) => {
            let left = single(0)?;
            right.iter().filter_map(number).map(|y| (left, y)).collect()
        }
        (None, None) => return None,
    };
    (!pairs.is_empty()).then_some(pairs)
}

fn correlation(arguments: &[Value]) -> Value {
    let (Some(left), Some(right)) = (super::numbers(arguments, 0), super::numbers(arguments, 1))
    else {
        return Value::Null;
    };
    if left.len() != right.len() || left.is_empty() {
        return Value::Null;
    }
    let (left_mean, right_mean) = (super::fit::mean(&left), super::fit::mean(&right));
    let (mut both, mut left_squares, mut right_squares) = (0.0, 0.0, 0.0);
    for (x, y) in left.iter().zip(&right) {
        let (x, y) = (x - left_mean, y - right_mean);
        both += x * y;
        left_squares += x * x;
        right_squares += y * y;
    }
    Value::Real(both / (left_squares.sqrt() * right_squares.sqrt()))
}

/// The statistics by name; nothing when a number is missing that may not be left out.
fn statistics(arguments: &[Value]) -> Vec<(&'static str, Dynamic)> {
    let Some(items) = items(arguments, 0) else {
        return Vec::new();
    };
    let ignores_missing = super::is_true(arguments, 1).unwrap_or(false);
    let mut numbers = Vec::with_capacity(items.len());
    let (mut min_at, mut max_at) = (0, 0);
    let (mut min, mut max) = (f64::INFINITY, f64::NEG_INFINITY);
    for (at, item) in items.iter().enumerate() {
        match number(item).filter(|number| number.is_finite()) {
            Some(number) => {
                if number < min {
                    (min, min_at) = (number, at);
                }
                if number > max {
                    (max, max_at) = (number, at);
                }
                numbers.push(number);
            }
            None if ignores_missing => {}
            None => return Vec::new(),
        }
    }
    if numbers.is_empty() {
        return Vec::new();
    }
    let mean = super::fit::mean(&numbers);
    let squares: f64 = numbers.iter().map(|x| (x - mean) * (x - mean)).sum();
    let variance = if numbers.len() > 1 {
        squares / (numbers.len() - 1) as f64
    } else {
        0.0
    };
    vec![
        ("min", Dynamic::Real(min)),
        ("min_idx", Dynamic::Long(min_at as i64)),
        ("max", Dynamic::Real(max)),
        ("max_idx", Dynamic::Long(max_at as i64)),
        ("avg", Dynamic::Real(mean)),
        ("stdev", Dynamic::Real(variance.sqrt())),
        ("variance", Dynamic::Real(variance)),
        ("sum", Dynamic::Real(numbers.iter().sum())),
        ("len", Dynamic::Long(items.len() as i64)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_numbers_make_statistics_null_unless_ignored() {
        let of = |text: &str, ignores: bool| {
            let arguments = [
                Value::Dynamic(Dynamic::parse(text).unwrap()),
                Value::Bool(ignores),
            ];
            statistics(&arguments).first().map(|(_, min)| min.to_json())
        };
        assert_eq!(of("[3,null,1]", false), None);
        assert_eq!(of("[3,null,1]", true).as_deref(), Some("1.0"));
        assert_eq!(of("[]", false), None);
        assert_eq!(of("[null]", true), None);
    }

    #[test]
    fn the_shorter_series_ends_a_product() {
        let json = |text: &str| Value::Dynamic(Dynamic::parse(text).unwrap());
        assert_eq!(
            paired(&[json("[1,2,3]"), json("[4,\"a\"]")]),
            Some(vec![(1.0, 4.0)])
        );
        assert_eq!(paired(&[json("[]"), json("[1]")]), None);
        assert_eq!(
            paired(&[json("[2]"), Value::Long(5)]),
            Some(vec![(2.0, 5.0)])
        );
    }
}
