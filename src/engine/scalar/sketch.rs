//! What `hll` and `tdigest` gathered: merged, counted, ranked. Exact here.
//!
//! The states have the service's outer form. Of distinct values, `[[1024,14],[hashes],[]]` with the
//! hash of every value; of numbers, `[[7],[values],[weights]]` with every value, in order. The service
//! thins both out when they grow; here they hold all values, or are refused.

use super::operators::order;
use super::{Naming, Parameter, Returns, Scalar};
use crate::engine::eval::Context;
use crate::value::{Dynamic, Type, Value};
use std::cmp::Ordering;

const ANY: Parameter = Parameter::Any;
const DYNAMIC: Parameter = Parameter::Is(Type::Dynamic);
const REAL: Parameter = Parameter::Is(Type::Real);
const TO_DYNAMIC: Returns = Returns::Is(Type::Dynamic);
const TO_BOOL: Returns = Returns::Is(Type::Bool);

/// Most values that a state holds.
pub(in crate::engine) const MAX_VALUES: usize = 1 << 20;
/// Why a state is refused.
pub(in crate::engine) const TOO_MANY: &str =
    "a sketch of more than 1,048,576 values is not exact; use `count_distinct` or `percentile`";

/// The entries.
pub static ENTRIES: &[Scalar] = &[
    Scalar::new(
        "dcount_hll",
        &[DYNAMIC],
        Returns::Is(Type::Long),
        "Number of distinct values that `hll` saw; exact here.",
        (
            "dcount_hll(dynamic([[1024, 14], [\"1\", \"2\"], []]))",
            "2",
        ),
        |_, a| {
            dynamic_at(a, 0)
                .and_then(hashes)
                .map_or(Value::Null, |hashes| Value::Long(hashes.len() as i64))
        },
    )
    .named(Naming::Prefixed("dcount_hll")),
    Scalar::new(
        "hll_merge",
        &[DYNAMIC],
        TO_DYNAMIC,
        "What `hll` would have gathered from all values of several.",
        (
            "dcount_hll(hll_merge(dynamic([[1024, 14], [\"1\"], []]), dynamic([[1024, 14], [\"2\"], []])))",
            "2",
        ),
        |context, a| {
            let mut all = Vec::new();
            let states = a.iter().filter_map(|value| match value {
                Value::Dynamic(state) => hashes(state),
                _ => None,
            });
            for state in states {
                all.extend_from_slice(state);
            }
            hll_state(context, all)
        },
    )
    .variadic(2)
    .named(Naming::Fixed("hll_merged_result")),
    Scalar::new(
        "hll_isvalid",
        &[DYNAMIC],
        TO_BOOL,
        "Whether a value is what `hll` gathers.",
        ("hll_isvalid(dynamic([1]))", "False"),
        |_, a| Value::Bool(dynamic_at(a, 0).and_then(hashes).is_some()),
    ),
    Scalar::new(
        "merge_tdigest",
        &[DYNAMIC],
        TO_DYNAMIC,
        "What `tdigest` would have gathered from all values of several.",
        (
            "merge_tdigest(dynamic([[7], [1], [2]]), dynamic([[7], [1, 3], [1, 1]]))",
            "[[7],[1,3],[3,1]]",
        ),
        |context, a| {
            let mut all = Vec::new();
            for value in a {
                if let Value::Dynamic(state) = value {
                    all.extend(weighted(state).unwrap_or_default());
                }
            }
            digest_state(context, all)
        },
    )
    .variadic(2)
    .also(&["tdigest_merge"])
    .named(Naming::Fixed("tdigests_merge_result")),
    Scalar::new(
        "tdigest_isvalid",
        &[DYNAMIC],
        TO_BOOL,
        "Whether a value is what `tdigest` gathers.",
        ("tdigest_isvalid(dynamic([[7], [1], [2]]))", "True"),
        |_, a| Value::Bool(dynamic_at(a, 0).and_then(weighted).is_some()),
    ),
    Scalar::new(
        "percentile_tdigest",
        &[DYNAMIC, REAL],
        TO_DYNAMIC,
        "The value at a percentile of what `tdigest` gathered, by nearest rank; exact here.",
        ("percentile_tdigest(dynamic([[7], [1, 5], [2, 1]]), 90)", "5"),
        |_, a| {
            let state = dynamic_at(a, 0).and_then(weighted);
            let rank = a.get(1).and_then(Value::as_real);
            match state.zip(rank) {
                Some((state, rank)) => at_rank(&state, rank).into(),
                None => Value::Null,
            }
        },
    )
    .named(Naming::Prefixed("percentile_tdigest")),
    Scalar::new(
        "percentiles_array_tdigest",
        &[DYNAMIC, ANY],
        TO_DYNAMIC,
        "The values at percentiles of what `tdigest` gathered, as an array.",
        (
            "percentiles_array_tdigest(dynamic([[7], [1, 5], [2, 1]]), 50, 100)",
            "[1,5]",
        ),
        |_, a| {
            let Some(state) = dynamic_at(a, 0).and_then(weighted) else {
                return Value::Null;
            };
            let ranks = ranks_of(a.get(1..).unwrap_or_default().iter());
            Dynamic::array(ranks.map(|rank| at_rank(&state, rank)).collect()).into()
        },
    )
    .variadic(2)
    .also(&["percentile_array_tdigest"])
    .named(Naming::Prefixed("percentile_tdigest")),
    Scalar::new(
        "rank_tdigest",
        &[DYNAMIC, ANY],
        Returns::Is(Type::Long),
        "How many values that `tdigest` gathered are not greater than one.",
        ("rank_tdigest(dynamic([[7], [1, 5], [2, 1]]), 3)", "2"),
        |_, a| ranked(a).map_or(Value::Null, |(rank, _)| Value::Long(rank)),
    ),
    Scalar::new(
        "percentrank_tdigest",
        &[DYNAMIC, ANY],
        Returns::Is(Type::Real),
        "How many percent of the values that `tdigest` gathered are not greater than one.",
        ("percentrank_tdigest(dynamic([[7], [1, 5], [3, 1]]), 3)", "75.0"),
        |_, a| {
            ranked(a).map_or(Value::Null, |(rank, all)| {
                Value::Real(rank as f64 * 100.0 / all as f64)
            })
        },
    ),
];

fn dynamic_at(arguments: &[Value], at: usize) -> Option<&Dynamic> {
    match arguments.get(at) {
        Some(Value::Dynamic(value)) => Some(value),
        _ => None,
    }
}

/// The three lists of a state.
fn lists(state: &Dynamic) -> Option<[&[Dynamic]; 3]> {
    match state.items()? {
        [head, middle, tail] => Some([head.items()?, middle.items()?, tail.items()?]),
        _ => None,
    }
}

/// The hashes that `hll` gathered.
pub(in crate::engine) fn hashes(state: &Dynamic) -> Option<&[Dynamic]> {
    match lists(state)? {
        [[Dynamic::Long(1024), Dynamic::Long(14)], hashes, []] => Some(hashes),
        _ => None,
    }
}

/// The state of some hashes.
pub(in crate::engine) fn hll_state(context: &Context, hashes: Vec<Dynamic>) -> Value {
    let mut seen = rustc_hash::FxHashSet::default();
    let mut unique: Vec<Dynamic> = Vec::new();
    for hash in hashes {
        if let Dynamic::String(text) = &hash
            && seen.insert(text.clone())
        {
            unique.push(hash);
        }
    }
    if unique.len() > MAX_VALUES {
        return context.refuse(TOO_MANY);
    }
    let head = Dynamic::array(vec![Dynamic::Long(1024), Dynamic::Long(14)]);
    Dynamic::array(vec![head, Dynamic::array(unique), Dynamic::array(vec![])]).into()
}

/// The values that `tdigest` gathered, with their weights.
pub(in crate::engine) fn weighted(state: &Dynamic) -> Option<Vec<(Dynamic, i64)>> {
    let [[Dynamic::Long(7)], values, weights] = lists(state)? else {
        return None;
    };
    if values.len() != weights.len() {
        return None;
    }
    let pair = |(value, weight): (&Dynamic, &Dynamic)| match weight {
        Dynamic::Long(weight) => Some((value.clone(), *weight)),
        _ => None,
    };
    values.iter().zip(weights).map(pair).collect()
}

/// Values in order, each once, with the sums of their weights.
pub(in crate::engine) fn combined(mut values: Vec<(Dynamic, i64)>) -> Vec<(Dynamic, i64)> {
    let compare =
        |a: &Dynamic, b: &Dynamic| order(&a.to_scalar(), &b.to_scalar()).unwrap_or(Ordering::Equal);
    crate::value::order::sort_by(&mut values, |a, b| compare(&a.0, &b.0));
    let mut unique: Vec<(Dynamic, i64)> = Vec::with_capacity(values.len());
    for (value, weight) in values {
        match unique.last_mut() {
            Some((last, total)) if *last == value => *total = total.saturating_add(weight),
            _ => unique.push((value, weight)),
        }
    }
    unique
}

/// The state of some values with weights.
pub(in crate::engine) fn digest_state(context: &Context, values: Vec<(Dynamic, i64)>) -> Value {
    let values = combined(values);
    if values.len() > MAX_VALUES {
        return context.refuse(TOO_MANY);
    }
    let (values, weights) = values
        .into_iter()
        .map(|(value, weight)| (value, Dynamic::Long(weight)))
        .unzip();
    let head = Dynamic::array(vec![Dynamic::Long(7)]);
    Dynamic::array(vec![head, Dynamic::array(values), Dynamic::array(weights)]).into()
}

/// The sum of some weights, which the largest whole number bounds.
fn total(weights: impl Iterator<Item = i64>) -> i64 {
    weights.fold(0, i64::saturating_add)
}

/// The percentiles that arguments name, one by one or in arrays.
pub(in crate::engine) fn ranks_of<'v>(
    arguments: impl Iterator<Item = &'v Value>,
) -> impl Iterator<Item = f64> {
    arguments.flat_map(|argument| match argument {
        Value::Dynamic(Dynamic::Array(items)) => items
            .iter()
            .map(|item| item.to_scalar().as_real().unwrap_or(f64::NAN))
            .collect(),
        other => vec![other.as_real().unwrap_or(f64::NAN)],
    })
}

/// The value that has a percentile, by nearest rank, among values in order with their weights.
pub(in crate::engine) fn at_rank(values: &[(Dynamic, i64)], percentile: f64) -> Dynamic {
    let total = total(values.iter().map(|(_, weight)| *weight));
    let wanted = (percentile / 100.0 * total as f64).ceil().max(1.0);
    let mut seen = 0;
    for (value, weight) in values {
        seen = weight.saturating_add(seen);
        if seen as f64 >= wanted {
            return value.clone();
        }
    }
    values
        .last()
        .map(|(value, _)| value.clone())
        .unwrap_or_default()
}

/// The weight of the values up to one, and of all.
fn ranked(arguments: &[Value]) -> Option<(i64, i64)> {
    let values = weighted(dynamic_at(arguments, 0)?)?;
    let limit = arguments.get(1)?;
    let is_below = |value: &Dynamic| {
        order(&value.to_scalar(), limit).is_some_and(|found| found != Ordering::Greater)
    };
    let sum = |test: &dyn Fn(&Dynamic) -> bool| -> i64 {
        let kept = values.iter().filter(|(value, _)| test(value));
        total(kept.map(|(_, weight)| *weight))
    };
    Some((sum(&is_below), sum(&|_| true)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_state_is_none() {
        for text in [
            "[]",
            "[[7],[1],[]]",
            "[[8],[1],[1]]",
            "[[7],[1],[0.5]]",
            "{}",
            "[[1024,14],[],[1]]",
        ] {
            let value = Dynamic::parse(text).unwrap();
            assert!(
                weighted(&value).is_none() && hashes(&value).is_none(),
                "{text}"
            );
        }
    }

    #[test]
    fn ranks_are_those_of_repeated_values() {
        let values = vec![
            (Dynamic::Long(10), 8),
            (Dynamic::Long(20), 6),
            (Dynamic::Long(30), 1),
        ];
        let of = |percentile| at_rank(&values, percentile).to_json();
        assert_eq!(
            [of(0.0), of(53.0), of(54.0), of(100.0)],
            ["10", "10", "20", "30"]
        );
        assert!(at_rank(&[], 50.0).is_null());
    }
}
