//! Functions that look at one item of each series at a time.

use super::super::math::NO_SINE;
use super::super::{Returns, Scalar};
use super::{ANY, DYNAMIC, number};
use crate::engine::eval::Context;
use crate::value::{Dynamic, Type, Value};

const TO_DYNAMIC: Returns = Returns::Is(Type::Dynamic);

const fn unary(
    name: &'static str,
    about: &'static str,
    example: (&'static str, &'static str),
    row: fn(&Context, &[Value]) -> Value,
) -> Scalar {
    Scalar::new(name, &[DYNAMIC], TO_DYNAMIC, about, example, row)
}

const fn binary(
    name: &'static str,
    about: &'static str,
    example: (&'static str, &'static str),
    row: fn(&Context, &[Value]) -> Value,
) -> Scalar {
    Scalar::new(name, &[ANY, ANY], TO_DYNAMIC, about, example, row)
}

/// The entries.
pub static ENTRIES: &[Scalar] = &[
    unary(
        "series_abs",
        "Every number without its sign.",
        ("series_abs(dynamic([-1, 2.5]))", "[1,2.5]"),
        |_, a| {
            map(a, |item| match item {
                Dynamic::Long(number) => Dynamic::Long(number.wrapping_abs()),
                other => real(other, f64::abs),
            })
        },
    ),
    unary(
        "series_sign",
        "-1, 0 or 1 for every number.",
        ("series_sign(dynamic([-5, 0, 2]))", "[-1,0,1]"),
        |_, a| {
            map(a, |item| match number(item) {
                Some(number) => Dynamic::Long(i64::from(number > 0.0) - i64::from(number < 0.0)),
                None => Dynamic::Null,
            })
        },
    ),
    unary(
        "series_ceiling",
        "Every number rounded up.",
        ("series_ceiling(dynamic([1.2]))", "[2.0]"),
        |_, a| map(a, |item| real(item, f64::ceil)),
    ),
    unary(
        "series_floor",
        "Every number rounded down.",
        ("series_floor(dynamic([1.8]))", "[1.0]"),
        |_, a| map(a, |item| real(item, f64::floor)),
    ),
    unary(
        "series_exp",
        "e to the power of every number.",
        ("series_exp(dynamic([0]))", "[1.0]"),
        |_, a| map(a, |item| real(item, f64::exp)),
    ),
    unary(
        "series_log",
        "The natural logarithm of every number.",
        ("series_log(dynamic([1]))", "[0.0]"),
        |c, a| map_inside(c, a, f64::ln, (0.0, f64::INFINITY), NO_LOGARITHM),
    ),
    unary(
        "series_sin",
        "The sine of every number.",
        ("series_sin(dynamic([0]))", "[0.0]"),
        |_, a| map(a, |item| real(item, f64::sin)),
    ),
    unary(
        "series_cos",
        "The cosine of every number.",
        ("series_cos(dynamic([0]))", "[1.0]"),
        |_, a| map(a, |item| real(item, f64::cos)),
    ),
    unary(
        "series_tan",
        "The tangent of every number.",
        ("series_tan(dynamic([0]))", "[0.0]"),
        |_, a| map(a, |item| real(item, f64::tan)),
    ),
    unary(
        "series_asin",
        "The angle of every sine.",
        ("series_asin(dynamic([0]))", "[0.0]"),
        |c, a| map_inside(c, a, f64::asin, (-1.0, 1.0), NO_SINE),
    ),
    unary(
        "series_acos",
        "The angle of every cosine.",
        ("series_acos(dynamic([1]))", "[0.0]"),
        |c, a| map_inside(c, a, f64::acos, (-1.0, 1.0), NO_SINE),
    ),
    unary(
        "series_atan",
        "The angle of every tangent.",
        ("series_atan(dynamic([0]))", "[0.0]"),
        |_, a| map(a, |item| real(item, f64::atan)),
    ),
    binary(
        "series_add",
        "The sums of the items at the same places.",
        ("series_add(dynamic([1, 2]), dynamic([3, 4.5]))", "[4,6.5]"),
        |_, a| arithmetic(a, i64::checked_add, |x, y| x + y),
    ),
    binary(
        "series_subtract",
        "The differences of the items at the same places.",
        ("series_subtract(dynamic([1, 2]), 1)", "[0,1]"),
        |_, a| arithmetic(a, i64::checked_sub, |x, y| x - y),
    ),
    binary(
        "series_multiply",
        "The products of the items at the same places.",
        ("series_multiply(dynamic([1, 2]), dynamic([3, 4]))", "[3,8]"),
        |_, a| arithmetic(a, i64::checked_mul, |x, y| x * y),
    ),
    binary(
        "series_divide",
        "The quotients of the items at the same places.",
        (
            "series_divide(dynamic([1, 2]), dynamic([4, 4]))",
            "[0.25,0.5]",
        ),
        |_, a| arithmetic(a, |_, _| None, |x, y| x / y),
    ),
    binary(
        "series_pow",
        "The items to the power of those at the same places.",
        ("series_pow(dynamic([2, 3]), dynamic([3, 2]))", "[8.0,9.0]"),
        |_, a| arithmetic(a, |_, _| None, f64::powf),
    ),
    binary(
        "series_equals",
        "Whether the items at the same places are equal.",
        (
            "series_equals(dynamic([1, 2]), dynamic([1, 3]))",
            "[true,false]",
        ),
        |_, a| compare(a, |x, y| x == y),
    ),
    binary(
        "series_not_equals",
        "Whether the items at the same places differ.",
        (
            "series_not_equals(dynamic([1, 2]), dynamic([1, 3]))",
            "[false,true]",
        ),
        |_, a| compare(a, |x, y| x != y),
    ),
    binary(
        "series_greater",
        "Whether the items are greater than those at the same places.",
        (
            "series_greater(dynamic([1, 2]), dynamic([1, 1]))",
            "[false,true]",
        ),
        |_, a| compare(a, |x, y| x > y),
    ),
    binary(
        "series_greater_equals",
        "Whether the items are not less than those at the same places.",
        (
            "series_greater_equals(dynamic([1, 2]), dynamic([1, 3]))",
            "[true,false]",
        ),
        |_, a| compare(a, |x, y| x >= y),
    ),
    binary(
        "series_less",
        "Whether the items are less than those at the same places.",
        (
            "series_less(dynamic([1, 2]), dynamic([1, 3]))",
            "[false,true]",
        ),
        |_, a| compare(a, |x, y| x < y),
    ),
    binary(
        "series_less_equals",
        "Whether the items are not greater than those at the same places.",
        (
            "series_less_equals(dynamic([1, 2]), dynamic([1, 1]))",
            "[true,false]",
        ),
        |_, a| compare(a, |x, y| x <= y),
    ),
];

fn real(item: &Dynamic, f: fn(f64) -> f64) -> Dynamic {
    number(item).map_or(Dynamic::Null, |number| Dynamic::Real(f(number)))
}

fn map(arguments: &[Value], f: fn(&Dynamic) -> Dynamic) -> Value {
    match super::items(arguments, 0) {
        Some(items) => Dynamic::array(items.iter().map(f).collect()).into(),
        None => Value::Null,
    }
}

const NO_LOGARITHM: &str = "`series_log` of a number below zero is not settled; remove it first";

/// The same, where numbers outside a range have no settled answer.
fn map_inside(
    context: &Context,
    arguments: &[Value],
    f: fn(f64) -> f64,
    (least, most): (f64, f64),
    reason: &'static str,
) -> Value {
    let Some(items) = super::items(arguments, 0) else {
        return Value::Null;
    };
    let mut numbers = items.iter().filter_map(number);
    if numbers.any(|number| number < least || number > most) {
        return context.refuse(reason);
    }
    Dynamic::array(items.iter().map(|item| real(item, f)).collect()).into()
}

/// Pairs of items at the same places; a number stands at every place, and what is missing is null.
fn pairs(arguments: &[Value], f: &dyn Fn(&Dynamic, &Dynamic) -> Dynamic) -> Value {
    let lists = [super::items(arguments, 0), super::items(arguments, 1)];
    let Some(length) = lists.iter().flatten().map(|items| items.len()).max() else {
        return Value::Null;
    };
    let single = |at: usize| arguments.get(at).map_or(Dynamic::Null, Value::to_dynamic);
    let singles = [single(0), single(1)];
    let item = |side: usize, at: usize| match (lists.get(side), singles.get(side)) {
        (Some(Some(items)), _) => items.get(at).unwrap_or(&Dynamic::Null),
        (_, Some(single)) => single,
        _ => &Dynamic::Null,
    };
    Dynamic::array((0..length).map(|at| f(item(0, at), item(1, at))).collect()).into()
}

/// Whole numbers stay whole while they fit.
fn arithmetic(
    arguments: &[Value],
    whole: fn(i64, i64) -> Option<i64>,
    real: fn(f64, f64) -> f64,
) -> Value {
    pairs(arguments, &|left, right| {
        if let (Dynamic::Long(left), Dynamic::Long(right)) = (left, right)
            && let Some(answer) = whole(*left, *right)
        {
            return Dynamic::Long(answer);
        }
        match (number(left), number(right)) {
            (Some(left), Some(right)) => Dynamic::Real(real(left, right)),
            _ => Dynamic::Null,
        }
    })
}

fn compare(arguments: &[Value], test: fn(f64, f64) -> bool) -> Value {
    pairs(
        arguments,
        &|left, right| match (number(left), number(right)) {
            (Some(left), Some(right)) => Dynamic::Bool(test(left, right)),
            _ => Dynamic::Null,
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Value {
        Value::Dynamic(Dynamic::parse(text).unwrap())
    }

    #[test]
    fn what_is_no_number_or_not_there_is_null() {
        let add = |a, b| arithmetic(&[a, b], i64::checked_add, |x, y| x + y).to_text();
        assert_eq!(
            add(json("[1,null,\"a\"]"), json("[1,2,3,4]")),
            "[2,null,null,null]"
        );
        assert_eq!(add(json("[]"), Value::Long(1)), "[]");
        assert_eq!(add(Value::Long(1), Value::Long(1)), "");
        assert_eq!(add(Value::Real(0.5), json("[1,2]")), "[1.5,2.5]");
        let far = add(json(&format!("[{}]", i64::MAX)), Value::Long(1));
        assert_eq!(far, "[9.223372036854776E+18]");
    }
}
