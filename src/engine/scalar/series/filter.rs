//! Filters of finite and infinite impulse response.

use super::super::{Naming, Returns, Scalar};
use super::{DYNAMIC, Parameter, numbers, reals};
use crate::engine::eval::Context;
use crate::value::{Type, Value};

const TO_DYNAMIC: Returns = Returns::Is(Type::Dynamic);
const BOOL: Parameter = Parameter::Is(Type::Bool);
/// Most products that a filter computes.
const MAX_PRODUCTS: usize = 1 << 26;

/// The entries.
pub static ENTRIES: &[Scalar] = &[
    Scalar::new(
        "series_fir",
        &[DYNAMIC, DYNAMIC, BOOL, BOOL],
        TO_DYNAMIC,
        "The series weighted by a filter that looks back, or both ways when centered.",
        (
            "series_fir(dynamic([1, 3, 5]), dynamic([1, 1]))",
            "[0.5,2.0,4.0]",
        ),
        fir,
    )
    .optional(2)
    .named(Naming::First),
    Scalar::new(
        "series_iir",
        &[DYNAMIC, DYNAMIC, DYNAMIC],
        TO_DYNAMIC,
        "The series weighted by a filter that also looks back at what it gave.",
        (
            "series_iir(dynamic([1, 2, 3]), dynamic([1]), dynamic([1, -1]))",
            "[1.0,3.0,6.0]",
        ),
        iir,
    )
    .named(Naming::First),
];

fn refuse(context: &Context) -> Value {
    context.refuse("a filter requires numbers alone; fill the series before, or shorten the filter")
}

fn fir(context: &Context, arguments: &[Value]) -> Value {
    let (Some(series), Some(filter)) = (numbers(arguments, 0), numbers(arguments, 1)) else {
        return refuse(context);
    };
    if series.len().saturating_mul(filter.len()) > MAX_PRODUCTS || filter.is_empty() {
        return refuse(context);
    }
    let has_negative = filter.iter().any(|weight| *weight < 0.0);
    let normalizes = super::is_true(arguments, 2).unwrap_or(!has_negative);
    if normalizes && has_negative {
        return Value::Null;
    }
    let total: f64 = if normalizes { filter.iter().sum() } else { 1.0 };
    let ahead = if super::is_true(arguments, 3).unwrap_or(false) {
        (filter.len() - 1) / 2
    } else {
        0
    };
    let filtered = (0..series.len()).map(|at| {
        let seen = filter.iter().enumerate().filter_map(|(back, weight)| {
            let place = (at + ahead).checked_sub(back)?;
            series.get(place).map(|value| weight * value)
        });
        seen.sum::<f64>() / total
    });
    reals(filtered).into()
}

fn iir(context: &Context, arguments: &[Value]) -> Value {
    let (Some(series), Some(numerators), Some(denominators)) = (
        numbers(arguments, 0),
        numbers(arguments, 1),
        numbers(arguments, 2),
    ) else {
        return refuse(context);
    };
    let first = denominators.first().copied().unwrap_or(0.0);
    let n_weights = numerators.len() + denominators.len();
    if first == 0.0 || series.len().saturating_mul(n_weights) > MAX_PRODUCTS {
        return refuse(context);
    }
    let mut filtered: Vec<f64> = Vec::with_capacity(series.len());
    for at in 0..series.len() {
        let weighted = |weights: &[f64], values: &[f64], from: usize| -> f64 {
            let terms = weights.iter().enumerate().skip(from);
            terms
                .filter_map(|(back, weight)| {
                    values
                        .get(at.checked_sub(back)?)
                        .map(|value| weight * value)
                })
                .sum()
        };
        let next = weighted(&numerators, &series, 0) - weighted(&denominators, &filtered, 1);
        filtered.push(next / first);
    }
    reals(filtered).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Dynamic;

    #[test]
    fn filters_look_back_or_both_ways() {
        let json = |text: &str| Value::Dynamic(Dynamic::parse(text).unwrap());
        let context = Context::new(0);
        let run = |a: &str, b: &str, normalizes, centers| {
            fir(
                &context,
                &[
                    json(a),
                    json(b),
                    Value::Bool(normalizes),
                    Value::Bool(centers),
                ],
            )
            .to_text()
        };
        assert_eq!(
            run("[3,6,9,0]", "[1,1,1]", true, false),
            "[1.0,3.0,6.0,5.0]"
        );
        assert_eq!(run("[3,6,9,0]", "[1,1,1]", true, true), "[3.0,6.0,5.0,3.0]");
        assert_eq!(run("[3,6]", "[1,-1]", false, false), "[3.0,3.0]");
        assert_eq!(run("[3,6]", "[1,-1]", true, false), "");
        assert_eq!(run("[]", "[1]", true, false), "[]");
        assert!(context.take_refusal().is_none());
        fir(&context, &[json("[1,null]"), json("[1]")]);
        assert!(context.take_refusal().is_some());
    }
}
