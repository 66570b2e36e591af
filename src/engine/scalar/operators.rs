//! Arithmetic, comparison, logical and string operators.
//!
//! Rules: `reference/KQL-SEMANTICS.md`, "Null, empty string, bool", "Numbers", "Strings", "Datetime,
//! timespan". Which types an operator takes is decided by the binder (`bind/operands.rs`).

use super::convert::convert;
use super::{Naming, Parameter, Returns, Scalar};
use crate::engine::eval::{Context, Vector, merged_nulls};
use crate::table::{Bitmap, Column, Data, Strings};
use crate::text::{case, cut};
use crate::value::order::sort_by_key;
use crate::value::{Decimal, Dynamic, Type, Value, datetime, guid, real};
use rustc_hash::FxHashSet;
use std::cmp::Ordering;
use std::rc::Rc;

const ANY2: &[Parameter] = &[Parameter::Any, Parameter::Any];
const TEXTS: &[Parameter] = &[Parameter::Is(Type::String), Parameter::Is(Type::String)];
const BOOL: Returns = Returns::Is(Type::Bool);

const fn operator(
    name: &'static str,
    returns: Returns,
    about: &'static str,
    example: (&'static str, &'static str),
    row: fn(&Context, &[Value]) -> Value,
) -> Scalar {
    Scalar::new(name, ANY2, returns, about, example, row).named(Naming::Numbered)
}

/// An operator that tests one text against another.
macro_rules! text_operator {
    ($name:literal, $about:literal, $example:expr, $test:expr) => {
        Scalar::new($name, TEXTS, BOOL, $about, $example, |_, arguments| {
            text_test(arguments, $test)
        })
        .tests_text($test)
    };
}

/// The entries.
pub static ENTRIES: &[Scalar] = &[
    operator("+", Returns::By(first), "Sum.", ("1 + 2", "3"), |c, a| {
        arithmetic(c, Arithmetic::Add, a)
    })
    .vectorized(|_, a, n| arithmetic_vector(Arithmetic::Add, a, n)),
    operator(
        "-",
        Returns::By(first),
        "Difference.",
        ("datetime(2020-01-02) - datetime(2020-01-01)", "1.00:00:00"),
        |c, a| arithmetic(c, Arithmetic::Subtract, a),
    )
    .vectorized(|_, a, n| arithmetic_vector(Arithmetic::Subtract, a, n)),
    operator(
        "*",
        Returns::By(first),
        "Product.",
        ("2 * 1h", "02:00:00"),
        |c, a| arithmetic(c, Arithmetic::Multiply, a),
    )
    .vectorized(|_, a, n| arithmetic_vector(Arithmetic::Multiply, a, n)),
    operator(
        "/",
        Returns::By(first),
        "Quotient; of whole numbers, cut toward zero; by zero, null.",
        ("-7 / 2", "-3"),
        |c, a| arithmetic(c, Arithmetic::Divide, a),
    )
    .vectorized(|_, a, n| arithmetic_vector(Arithmetic::Divide, a, n)),
    operator(
        "%",
        Returns::By(first),
        "Remainder, never negative.",
        ("-7 % 3", "2"),
        |c, a| arithmetic(c, Arithmetic::Modulo, a),
    ),
    operator(
        "==",
        BOOL,
        "Equal; texts by case.",
        ("\"a\" == \"A\"", "False"),
        |c, a| compared(c, a, Comparison::Equal),
    )
    .sees_nulls()
    .vectorized(|_, a, n| compare_vector(Comparison::Equal, a, n)),
    operator(
        "!=",
        BOOL,
        "Not equal; true when one side is null.",
        ("1 != long(null)", "True"),
        |c, a| compared(c, a, Comparison::NotEqual),
    )
    .sees_nulls()
    .vectorized(|_, a, n| compare_vector(Comparison::NotEqual, a, n)),
    operator("<", BOOL, "Less.", ("1 < 2", "True"), |c, a| {
        compared(c, a, Comparison::Less)
    })
    .vectorized(|_, a, n| compare_vector(Comparison::Less, a, n)),
    operator("<=", BOOL, "Less or equal.", ("2 <= 2", "True"), |c, a| {
        compared(c, a, Comparison::LessOrEqual)
    })
    .vectorized(|_, a, n| compare_vector(Comparison::LessOrEqual, a, n)),
    operator(">", BOOL, "Greater.", ("1 > 2", "False"), |c, a| {
        compared(c, a, Comparison::Greater)
    })
    .vectorized(|_, a, n| compare_vector(Comparison::Greater, a, n)),
    operator(
        ">=",
        BOOL,
        "Greater or equal.",
        ("2 >= 2.5", "False"),
        |c, a| compared(c, a, Comparison::GreaterOrEqual),
    )
    .vectorized(|_, a, n| compare_vector(Comparison::GreaterOrEqual, a, n)),
    Scalar::new(
        "and",
        &[Parameter::Is(Type::Bool)],
        BOOL,
        "True when all are; null when one is and none is false.",
        ("true and bool(null)", ""),
        |_, a| logical(true, a),
    )
    .variadic(1)
    .sees_nulls(),
    Scalar::new(
        "or",
        &[Parameter::Is(Type::Bool)],
        BOOL,
        "True when one is; null when one is and none is true.",
        ("true or bool(null)", "True"),
        |_, a| logical(false, a),
    )
    .variadic(1)
    .sees_nulls(),
    text_operator!(
        "=~",
        "Equal texts, whatever the case.",
        ("\"a\" =~ \"A\"", "True"),
        equal_fold
    ),
    text_operator!(
        "!~",
        "Texts that differ by more than case.",
        ("\"a\" !~ \"A\"", "False"),
        |s, t| !equal_fold(s, t)
    ),
    text_operator!(
        "contains",
        "Holds the text, whatever the case.",
        ("\"Fabrikam\" contains \"BRIK\"", "True"),
        contains_fold
    ),
    text_operator!(
        "contains_cs",
        "Holds the text, by case.",
        ("\"Fabrikam\" contains_cs \"Kam\"", "False"),
        contains_case
    ),
    text_operator!(
        "startswith",
        "Starts with the text, whatever the case.",
        ("\"Fabrikam\" startswith \"fab\"", "True"),
        starts_fold
    ),
    text_operator!(
        "startswith_cs",
        "Starts with the text, by case.",
        ("\"Fabrikam\" startswith_cs \"fab\"", "False"),
        |s, t| s.starts_with(t)
    ),
    text_operator!(
        "endswith",
        "Ends with the text, whatever the case.",
        ("\"Fabrikam\" endswith \"KAM\"", "True"),
        ends_fold
    ),
    text_operator!(
        "endswith_cs",
        "Ends with the text, by case.",
        ("\"Fabrikam\" endswith_cs \"KAM\"", "False"),
        |s, t| s.ends_with(t)
    ),
    text_operator!(
        "has",
        "Holds the whole term, whatever the case.",
        ("\"North America\" has \"america\"", "True"),
        |s, t| has_term(s, t, true, true)
    ),
    text_operator!(
        "has_cs",
        "Holds the whole term, by case.",
        ("\"North America\" has_cs \"america\"", "False"),
        |s, t| has_term_case(s, t, true, true)
    ),
    text_operator!(
        "hasprefix",
        "Holds a term that starts so, whatever the case.",
        ("\"North America\" hasprefix \"ame\"", "True"),
        |s, t| has_term(s, t, true, false)
    ),
    text_operator!(
        "hasprefix_cs",
        "Holds a term that starts so, by case.",
        ("\"North America\" hasprefix_cs \"ame\"", "False"),
        |s, t| has_term_case(s, t, true, false)
    ),
    text_operator!(
        "hassuffix",
        "Holds a term that ends so, whatever the case.",
        ("\"North America\" hassuffix \"TH\"", "True"),
        |s, t| has_term(s, t, false, true)
    ),
    text_operator!(
        "hassuffix_cs",
        "Holds a term that ends so, by case.",
        ("\"North America\" hassuffix_cs \"TH\"", "False"),
        |s, t| has_term_case(s, t, false, true)
    ),
    Scalar::new(
        "matches regex",
        &[Parameter::Is(Type::String), Parameter::Is(Type::String)],
        BOOL,
        "Holds a match of the regular expression.",
        ("\"abc12\" matches regex @\"\\d+\"", "True"),
        matches_regex,
    ),
    Scalar::new(
        "in",
        &[Parameter::Any, Parameter::Any],
        BOOL,
        "Equals one of the list, by case.",
        ("2 in (1, 2)", "True"),
        |_, a| is_in(a, false),
    )
    .variadic(1)
    .sees_nulls(),
    Scalar::new(
        "in~",
        &[Parameter::Any, Parameter::Any],
        BOOL,
        "Equals one of the list, whatever the case.",
        ("\"a\" in~ (\"A\")", "True"),
        |_, a| is_in(a, true),
    )
    .variadic(1)
    .sees_nulls(),
    Scalar::new(
        "has_any",
        &[Parameter::Is(Type::String), Parameter::Is(Type::String)],
        BOOL,
        "Holds one of the terms.",
        ("\"a b\" has_any (\"x\", \"B\")", "True"),
        |_, a| has_each(a, false),
    )
    .variadic(1),
    Scalar::new(
        "has_all",
        &[Parameter::Is(Type::String), Parameter::Is(Type::String)],
        BOOL,
        "Holds all of the terms.",
        ("\"a b\" has_all (\"x\", \"B\")", "False"),
        |_, a| has_each(a, true),
    )
    .variadic(1),
    Scalar::new(
        "negate",
        &[Parameter::Scale],
        Returns::Same(0),
        "The value with its sign turned.",
        ("-(1)", "-1"),
        |_, a| negate(a),
    ),
];

fn first(kinds: &[Type]) -> Result<Type, String> {
    kinds
        .first()
        .copied()
        .ok_or_else(|| "an operand is missing".to_owned())
}

// ---- arithmetic ---------------------------------------------------------------------------------

/// The arithmetic operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arithmetic {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Modulo,
}

fn arithmetic(context: &Context, operator: Arithmetic, arguments: &[Value]) -> Value {
    let [left, right] = arguments else {
        return Value::Null;
    };
    match (left, right) {
        (Value::DateTime(a), Value::DateTime(b)) if operator == Arithmetic::Subtract => {
            Value::TimeSpan(a - b)
        }
        (Value::DateTime(a), Value::TimeSpan(b)) | (Value::TimeSpan(b), Value::DateTime(a)) => {
            match operator {
                Arithmetic::Add => a
                    .checked_add(*b)
                    .and_then(datetime::in_range)
                    .map_or(Value::Null, Value::DateTime),
                Arithmetic::Subtract => a
                    .checked_sub(*b)
                    .and_then(datetime::in_range)
                    .map_or(Value::Null, Value::DateTime),
                _ => Value::Null,
            }
        }
        (Value::TimeSpan(a), Value::TimeSpan(b)) => match operator {
            Arithmetic::Add => a.checked_add(*b).map_or(Value::Null, Value::TimeSpan),
            Arithmetic::Subtract => a.checked_sub(*b).map_or(Value::Null, Value::TimeSpan),
            Arithmetic::Divide => Value::Real(*a as f64 / *b as f64),
            Arithmetic::Modulo => modulo(*a, *b).map_or(Value::Null, Value::TimeSpan),
            Arithmetic::Multiply => Value::Null,
        },
        (Value::TimeSpan(span), number) | (number, Value::TimeSpan(span)) => {
            scale_span(operator, *span, number)
        }
        (Value::Decimal(_), _) | (_, Value::Decimal(_)) => {
            decimal_arithmetic(context, operator, left, right)
        }
        _ => match (left.as_long(), right.as_long()) {
            (Some(a), Some(b)) => whole(operator, a, b).map_or(Value::Null, Value::Long),
            _ => match (left.as_real(), right.as_real()) {
                (Some(a), Some(b)) => Value::Real(real(operator, a, b)),
                _ => Value::Null,
            },
        },
    }
}

fn scale_span(operator: Arithmetic, span: i64, number: &Value) -> Value {
    let exact = match (operator, number.as_long()) {
        (Arithmetic::Multiply, Some(factor)) => Some(span.checked_mul(factor)),
        (Arithmetic::Divide, Some(0)) => Some(None),
        (Arithmetic::Divide, Some(divisor)) => Some(span.checked_div(divisor)),
        _ => None,
    };
    if let Some(ticks) = exact {
        return ticks.map_or(Value::Null, Value::TimeSpan);
    }
    let Some(number) = number.as_real() else {
        return Value::Null;
    };
    let ticks = match operator {
        Arithmetic::Multiply => span as f64 * number,
        Arithmetic::Divide => span as f64 / number,
        _ => return Value::Null,
    };
    if ticks.is_finite() && ticks.abs() < 9.2e18 {
        Value::TimeSpan(ticks as i64)
    } else {
        Value::Null
    }
}

/// Whole numbers wrap around; division by zero is null.
const fn whole(operator: Arithmetic, a: i64, b: i64) -> Option<i64> {
    Some(match operator {
        Arithmetic::Add => a.wrapping_add(b),
        Arithmetic::Subtract => a.wrapping_sub(b),
        Arithmetic::Multiply => a.wrapping_mul(b),
        Arithmetic::Divide => {
            if b == 0 {
                return None;
            }
            a.wrapping_div(b)
        }
        Arithmetic::Modulo => return modulo(a, b),
    })
}

/// The remainder that is never negative.
const fn modulo(a: i64, b: i64) -> Option<i64> {
    if b == 0 {
        None
    } else {
        Some(a.wrapping_rem_euclid(b))
    }
}

fn real(operator: Arithmetic, a: f64, b: f64) -> f64 {
    match operator {
        Arithmetic::Add => a + b,
        Arithmetic::Subtract => a - b,
        Arithmetic::Multiply => a * b,
        Arithmetic::Divide => a / b,
        Arithmetic::Modulo => a.rem_euclid(b),
    }
}

fn to_decimal(value: &Value) -> Option<Decimal> {
    match value {
        Value::Decimal(number) => Some(*number),
        Value::Int(_) | Value::Long(_) => value.as_long().map(Decimal::from_long),
        _ => None,
    }
}

fn decimal_arithmetic(
    context: &Context,
    operator: Arithmetic,
    left: &Value,
    right: &Value,
) -> Value {
    let (Some(a), Some(b)) = (to_decimal(left), to_decimal(right)) else {
        return context
            .refuse("`decimal` with `real` is not supported here; convert one side first");
    };
    let answer = match operator {
        Arithmetic::Add => a.plus(b),
        Arithmetic::Subtract => a.subtract(b),
        Arithmetic::Multiply => a.multiply(b),
        Arithmetic::Divide => a.divide(b),
        Arithmetic::Modulo => a.remainder(b),
    };
    answer.map_or_else(
        || {
            context.refuse(
                "a `decimal` of more than 34 digits, over zero or `%` below it is not supported",
            )
        },
        Value::Decimal,
    )
}

fn negate(arguments: &[Value]) -> Value {
    match arguments.first() {
        Some(Value::Int(number)) => Value::Int(number.wrapping_neg()),
        Some(Value::Long(number)) => Value::Long(number.wrapping_neg()),
        Some(Value::Real(number)) => Value::Real(-number),
        Some(Value::Decimal(number)) => Value::Decimal(number.negate()),
        Some(Value::TimeSpan(ticks)) => Value::TimeSpan(ticks.wrapping_neg()),
        _ => Value::Null,
    }
}

/// Numbers of a vector, widened to 64 bits.
enum Whole<'v> {
    Same(i64),
    Int(&'v [i32]),
    Long(&'v [i64]),
}

impl Whole<'_> {
    #[inline]
    fn at(&self, row: usize) -> i64 {
        match self {
            Self::Same(number) => *number,
            Self::Int(values) => values.get(row).map_or(0, |&value| i64::from(value)),
            Self::Long(values) => values.get(row).copied().unwrap_or(0),
        }
    }
}

fn whole_of(vector: &Vector) -> Option<Whole<'_>> {
    match vector {
        Vector::Constant(Value::Int(number), _) => Some(Whole::Same(i64::from(*number))),
        Vector::Constant(
            Value::Long(number) | Value::DateTime(number) | Value::TimeSpan(number),
            _,
        ) => Some(Whole::Same(*number)),
        Vector::Column(column) => match &column.data {
            Data::Int(values) => Some(Whole::Int(values)),
            Data::Long(values) => Some(Whole::Long(values)),
            _ => None,
        },
        Vector::Constant(..) => None,
    }
}

fn real_at(vector: &Vector, row: usize) -> f64 {
    match vector {
        Vector::Constant(value, _) => value.as_real().unwrap_or(f64::NAN),
        Vector::Column(column) => match &column.data {
            Data::Real(values) => values.get(row).copied().unwrap_or(f64::NAN),
            Data::Int(values) => values.get(row).map_or(f64::NAN, |&value| f64::from(value)),
            Data::Long(values) => values.get(row).map_or(f64::NAN, |&value| value as f64),
            _ => f64::NAN,
        },
    }
}

fn arithmetic_vector(operator: Arithmetic, arguments: &[Vector], n_rows: usize) -> Option<Vector> {
    let [left, right] = arguments else {
        return None;
    };
    let is_plain = |kind: Type| matches!(kind, Type::Int | Type::Long | Type::Real);
    if !is_plain(left.kind()) || !is_plain(right.kind()) {
        return None;
    }
    let mut nulls = merged_nulls(&[left, right], n_rows);
    if let (Some(a), Some(b)) = (whole_of(left), whole_of(right)) {
        let mut values = Vec::with_capacity(n_rows);
        for row in 0..n_rows {
            let answer = whole(operator, a.at(row), b.at(row));
            if answer.is_none() {
                nulls.get_or_insert_with(|| Bitmap::new(n_rows)).set(row);
            }
            values.push(answer.unwrap_or(0));
        }
        return Some(Vector::column(Column {
            kind: Type::Long,
            data: Data::Long(values),
            nulls,
        }));
    }
    let values = (0..n_rows)
        .map(|row| real(operator, real_at(left, row), real_at(right, row)))
        .collect();
    Some(Vector::column(Column {
        kind: Type::Real,
        data: Data::Real(values),
        nulls,
    }))
}

// ---- comparison ---------------------------------------------------------------------------------

/// The comparison operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Comparison {
    const fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }
}

/// The order of two values of comparable types; `None` for NaN and for types that have no order.
pub fn order(left: &Value, right: &Value) -> Option<Ordering> {
    Some(match (left, right) {
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::String(a), Value::String(b)) => a.cmp(b),
        (Value::DateTime(a), Value::DateTime(b)) | (Value::TimeSpan(a), Value::TimeSpan(b)) => {
            a.cmp(b)
        }
        (Value::Guid(a), Value::Guid(b)) => a.cmp(b),
        (Value::Decimal(_), _) | (_, Value::Decimal(_)) => {
            match (to_decimal(left), to_decimal(right)) {
                (Some(a), Some(b)) => a.cmp(&b),
                _ => left.as_real()?.partial_cmp(&right.as_real()?)?,
            }
        }
        (Value::Dynamic(a), Value::Dynamic(b)) => {
            if a == b {
                Ordering::Equal
            } else {
                return order_dynamic(a, b);
            }
        }
        (Value::Dynamic(a), b) => order(&undressed(a)?, b)?,
        (a, Value::Dynamic(b)) => order(a, &undressed(b)?)?,
        _ => match (left.as_long(), right.as_long()) {
            (Some(a), Some(b)) => a.cmp(&b),
            _ => left.as_real()?.partial_cmp(&right.as_real()?)?,
        },
    })
}

fn undressed(value: &Dynamic) -> Option<Value> {
    match value.to_scalar() {
        Value::Dynamic(_) => None,
        scalar => Some(scalar),
    }
}

fn order_dynamic(a: &Dynamic, b: &Dynamic) -> Option<Ordering> {
    order(&undressed(a)?, &undressed(b)?)
}

fn compared(context: &Context, arguments: &[Value], comparison: Comparison) -> Value {
    let [left, right] = arguments else {
        return Value::Null;
    };
    match (left.is_null(), right.is_null()) {
        (true, true) => return Value::Null,
        (true, false) | (false, true) => {
            return match comparison {
                Comparison::Equal => Value::Bool(false),
                Comparison::NotEqual => Value::Bool(true),
                _ => Value::Null,
            };
        }
        (false, false) => {}
    }
    match order(left, right) {
        Some(found) => Value::Bool(comparison.holds(found)),
        None => match (left, right) {
            (Value::String(text), other @ (Value::Int(_) | Value::Long(_) | Value::Bool(_)))
            | (other @ (Value::Int(_) | Value::Long(_) | Value::Bool(_)), Value::String(text)) => {
                text_and_other(context, text, other, comparison)
            }
            // NaN differs from everything.
            (Value::Real(_), _) | (_, Value::Real(_)) => {
                Value::Bool(comparison == Comparison::NotEqual)
            }
            (Value::Dynamic(a), Value::Dynamic(b))
                if a.scalar_type().is_none() && b.scalar_type().is_none() =>
            {
                match comparison {
                    Comparison::Equal => Value::Bool(a == b),
                    Comparison::NotEqual => Value::Bool(a != b),
                    _ => Value::Null,
                }
            }
            (Value::Dynamic(a), other) | (other, Value::Dynamic(a)) => {
                dynamic_mismatch(context, a, other, comparison)
            }
            _ => Value::Null,
        },
    }
}

/// A dynamic value beside a scalar of another type.
fn dynamic_mismatch(
    context: &Context,
    value: &Dynamic,
    other: &Value,
    comparison: Comparison,
) -> Value {
    let is_equality = matches!(comparison, Comparison::Equal | Comparison::NotEqual);
    let is_text = matches!(value, Dynamic::String(_));
    match other {
        // A text that is no such number, or a number that is no such text, is another value.
        Value::String(text) if is_equality && value.to_text() != text.as_ref() => {
            Value::Bool(comparison == Comparison::NotEqual)
        }
        Value::Int(_) | Value::Long(_) | Value::Real(_) | Value::Bool(_)
            if is_equality && (!is_text || real::read(value.to_text().trim()).is_none()) =>
        {
            Value::Bool(comparison == Comparison::NotEqual)
        }
        _ => context.refuse(
            "a `dynamic` is compared with another type; convert it, e.g. with `tostring()`",
        ),
    }
}

/// A text and a whole number or bool: which of them Kusto converts makes a difference for texts like
/// `0200` and `TRUE`.
fn text_and_other(context: &Context, text: &str, other: &Value, comparison: Comparison) -> Value {
    let is_equal = text == other.to_text();
    let kind = if matches!(other, Value::Bool(_)) {
        Type::Bool
    } else {
        Type::Long
    };
    let converted = convert(&Value::string(text), kind);
    let is_equal_by_value = order(&converted, &convert(other, kind)) == Some(Ordering::Equal);
    if is_equal_by_value && !is_equal {
        return context.refuse(format!(
            "a text equals the other side only by value; convert one side: `{}`",
            cut(text, 30)
        ));
    }
    Value::Bool(is_equal == (comparison == Comparison::Equal))
}

fn compare_vector(comparison: Comparison, arguments: &[Vector], n_rows: usize) -> Option<Vector> {
    let [left, right] = arguments else {
        return None;
    };
    if matches!(
        (left, right),
        (Vector::Constant(Value::Null, _), _) | (_, Vector::Constant(Value::Null, _))
    ) {
        return None;
    }
    let values: Vec<bool> = match (left, right) {
        (Vector::Column(column), Vector::Constant(Value::String(text), _)) => {
            return compare_text(comparison, column, text, n_rows);
        }
        (Vector::Column(column), _) if matches!(column.data, Data::String(_)) => return None,
        (Vector::Column(column), constant @ Vector::Constant(..)) => {
            match (&column.data, whole_of(constant)) {
                (Data::Int(values), Some(Whole::Same(number))) => {
                    compare_all(comparison, values, |value| i64::from(value).cmp(&number))
                }
                (Data::Long(values), Some(Whole::Same(number))) => {
                    compare_all(comparison, values, |value: i64| value.cmp(&number))
                }
                (Data::Real(values), _) => compare_reals(comparison, values, real_at(constant, 0))?,
                (Data::Int(_) | Data::Long(_), None) => {
                    let number = real_at(constant, 0);
                    if number.is_nan() {
                        return None;
                    }
                    (0..n_rows)
                        .map(|row| {
                            real_at(left, row)
                                .partial_cmp(&number)
                                .is_some_and(|order| comparison.holds(order))
                        })
                        .collect()
                }
                _ => return None,
            }
        }
        _ => match (whole_of(left), whole_of(right)) {
            (Some(a), Some(b)) => (0..n_rows)
                .map(|row| comparison.holds(a.at(row).cmp(&b.at(row))))
                .collect(),
            _ => return None,
        },
    };
    let nulls = merged_nulls(&[left, right], n_rows);
    Some(Vector::column(with_null_rule(
        comparison, values, nulls, left, right,
    )))
}

/// Puts in what one or two nulls give: a truth for equality, null otherwise.
fn with_null_rule(
    comparison: Comparison,
    mut values: Vec<bool>,
    nulls: Option<Bitmap>,
    left: &Vector,
    right: &Vector,
) -> Column {
    let Some(nulls) = nulls else {
        return Column::new(Type::Bool, Data::Bool(values));
    };
    if !matches!(comparison, Comparison::Equal | Comparison::NotEqual) {
        return Column::with_nulls(Type::Bool, Data::Bool(values), nulls);
    }
    let is_null = |vector: &Vector, row| match vector {
        Vector::Column(column) => column.nulls.as_ref().is_some_and(|nulls| nulls.get(row)),
        Vector::Constant(..) => false,
    };
    let mut both = Bitmap::new(values.len());
    for (row, value) in values.iter_mut().enumerate() {
        if nulls.get(row) {
            *value = comparison == Comparison::NotEqual;
            if is_null(left, row) && is_null(right, row) {
                both.set(row);
            }
        }
    }
    Column::with_nulls(Type::Bool, Data::Bool(values), both)
}

fn compare_all<T: Copy>(
    comparison: Comparison,
    values: &[T],
    order: impl Fn(T) -> Ordering,
) -> Vec<bool> {
    // One loop a comparison, so that each vectorises.
    match comparison {
        Comparison::Equal => values.iter().map(|&value| order(value).is_eq()).collect(),
        Comparison::NotEqual => values.iter().map(|&value| order(value).is_ne()).collect(),
        Comparison::Less => values.iter().map(|&value| order(value).is_lt()).collect(),
        Comparison::LessOrEqual => values.iter().map(|&value| order(value).is_le()).collect(),
        Comparison::Greater => values.iter().map(|&value| order(value).is_gt()).collect(),
        Comparison::GreaterOrEqual => values.iter().map(|&value| order(value).is_ge()).collect(),
    }
}

fn compare_reals(comparison: Comparison, values: &[f64], number: f64) -> Option<Vec<bool>> {
    if number.is_nan() {
        return None;
    }
    Some(
        values
            .iter()
            .map(|value| match value.partial_cmp(&number) {
                Some(order) => comparison.holds(order),
                None => comparison == Comparison::NotEqual,
            })
            .collect(),
    )
}

/// Text column against one text: by code where there is a dictionary, by bytes otherwise.
fn compare_text(
    comparison: Comparison,
    column: &Column,
    text: &str,
    n_rows: usize,
) -> Option<Vector> {
    let Data::String(strings) = &column.data else {
        return None;
    };
    let values = match strings {
        Strings::Coded { codes, dictionary } => {
            if dictionary.len() > n_rows.max(4096) * 2 {
                codes
                    .iter()
                    .map(|&code| comparison.holds(dictionary.get(code).cmp(text)))
                    .collect()
            } else {
                let truths: Vec<bool> = (0..dictionary.len() as u32)
                    .map(|code| comparison.holds(dictionary.get(code).cmp(text)))
                    .collect();
                codes
                    .iter()
                    .map(|&code| truths.get(code as usize).copied().unwrap_or(false))
                    .collect()
            }
        }
        Strings::Guids(words) if comparison == Comparison::Equal => {
            match guid::parse_canonical(text.as_bytes()) {
                Some(word) => words.iter().map(|&candidate| candidate == word).collect(),
                None => vec![false; words.len()],
            }
        }
        _ => {
            let mut scratch = String::new();
            (0..n_rows)
                .map(|row| comparison.holds(strings.get(row, &mut scratch).cmp(text)))
                .collect()
        }
    };
    Some(Vector::column(Column::new(Type::Bool, Data::Bool(values))))
}

// ---- logic --------------------------------------------------------------------------------------

fn logical(is_and: bool, arguments: &[Value]) -> Value {
    let mut is_null = false;
    for argument in arguments {
        match argument {
            Value::Bool(value) if *value != is_and => return Value::Bool(!is_and),
            Value::Bool(_) => {}
            _ => is_null = true,
        }
    }
    if is_null {
        Value::Null
    } else {
        Value::Bool(is_and)
    }
}

// ---- texts --------------------------------------------------------------------------------------

fn text_test(arguments: &[Value], test: fn(&str, &str) -> bool) -> Value {
    match arguments {
        [Value::String(text), Value::String(wanted)] => Value::Bool(test(text, wanted)),
        _ => Value::Null,
    }
}

/// Whether two texts are equal whatever their case.
pub fn equal_fold(left: &str, right: &str) -> bool {
    if left.is_ascii() && right.is_ascii() {
        return left.eq_ignore_ascii_case(right);
    }
    left.chars()
        .map(case::upper)
        .eq(right.chars().map(case::upper))
}

fn folded(text: &str) -> String {
    text.chars().map(case::upper).collect()
}

/// Looks for an ASCII text, whatever the case: for its rarest letter, and compares around it.
pub(crate) struct FoldFinder<'w> {
    wanted: &'w [u8],
    /// Where in it the rarest letter stands.
    anchor: usize,
    lower: u8,
    upper: u8,
}

impl<'w> FoldFinder<'w> {
    /// For a text; none when it is empty or not ASCII.
    pub(crate) fn new(wanted: &'w str) -> Option<Self> {
        let rank = |letter: u8| FREQUENCY.get(letter as usize).copied().unwrap_or(0);
        let letters = wanted.bytes().enumerate();
        let (anchor, letter) = letters.min_by_key(|&(_, letter)| rank(letter))?;
        wanted.is_ascii().then(|| Self {
            wanted: wanted.as_bytes(),
            anchor,
            lower: letter.to_ascii_lowercase(),
            upper: letter.to_ascii_uppercase(),
        })
    }

    /// Where it stands in a text, from an offset on.
    pub(crate) fn find(&self, text: &[u8], from: usize) -> Option<usize> {
        if text.len() < from + self.wanted.len() {
            return None;
        }
        let mut at = from + self.anchor;
        loop {
            let rest = text.get(at..)?;
            let found = if self.lower == self.upper {
                memchr::memchr(self.lower, rest)
            } else {
                memchr::memchr2(self.lower, self.upper, rest)
            }?;
            let start = at + found - self.anchor;
            let candidate = text.get(start..start + self.wanted.len());
            if candidate.is_some_and(|candidate| candidate.eq_ignore_ascii_case(self.wanted)) {
                return Some(start);
            }
            at += found + 1;
        }
    }
}

/// How often a character comes in logs, roughly: rare letters first, then signs, then frequent ones.
const FREQUENCY: [u8; 256] = {
    const RARE_TO_FREQUENT: &[u8] = b"zqjxkvwy_bgfpmhludcnsiroate";
    const FREQUENT_SIGNS: &[u8] = b" \"0123456789/.-:,";
    let mut table = [8; 256];
    let mut rank = 0;
    while rank < RARE_TO_FREQUENT.len() {
        table[RARE_TO_FREQUENT[rank] as usize] = rank as u8;
        table[RARE_TO_FREQUENT[rank].to_ascii_uppercase() as usize] = rank as u8;
        rank += 1;
    }
    let mut at = 0;
    while at < FREQUENT_SIGNS.len() {
        table[FREQUENT_SIGNS[at] as usize] = 30;
        at += 1;
    }
    table
};

/// Whether a text contains another whatever the case.
pub fn contains_fold(text: &str, wanted: &str) -> bool {
    if wanted.is_empty() {
        return true;
    }
    match FoldFinder::new(wanted) {
        Some(finder) => finder.find(text.as_bytes(), 0).is_some(),
        None => folded(text).contains(&folded(wanted)),
    }
}

fn contains_case(text: &str, wanted: &str) -> bool {
    memchr::memmem::find(text.as_bytes(), wanted.as_bytes()).is_some()
}

fn starts_fold(text: &str, wanted: &str) -> bool {
    let mut characters = text.chars().map(case::upper);
    wanted
        .chars()
        .map(case::upper)
        .all(|wanted| characters.next() == Some(wanted))
}

fn ends_fold(text: &str, wanted: &str) -> bool {
    let mut characters = text.chars().rev().map(case::upper);
    wanted
        .chars()
        .rev()
        .map(case::upper)
        .all(|wanted| characters.next() == Some(wanted))
}

/// Whether a character belongs to a term.
pub fn is_term_character(character: char) -> bool {
    character.is_alphanumeric()
}

/// Whether `wanted` stands at `start..end` of `text` with a term's border on the sides asked for.
fn stands_as_term(
    text: &str,
    wanted: &str,
    start: usize,
    end: usize,
    at_start: bool,
    at_end: bool,
) -> bool {
    let before = text.get(..start).and_then(|head| head.chars().next_back());
    let after = text.get(end..).and_then(|tail| tail.chars().next());
    let starts_inside = before.is_some_and(is_term_character)
        && wanted.chars().next().is_some_and(is_term_character);
    let ends_inside = after.is_some_and(is_term_character)
        && wanted.chars().next_back().is_some_and(is_term_character);
    let is_cut = (at_start && starts_inside) || (at_end && ends_inside);
    !is_cut
}

fn has_term(text: &str, wanted: &str, at_start: bool, at_end: bool) -> bool {
    if wanted.is_empty() {
        return true;
    }
    let Some(finder) = FoldFinder::new(wanted) else {
        return has_term_case(&folded(text), &folded(wanted), at_start, at_end);
    };
    let mut from = 0;
    while let Some(start) = finder.find(text.as_bytes(), from) {
        if stands_as_term(text, wanted, start, start + wanted.len(), at_start, at_end) {
            return true;
        }
        from = start + 1;
    }
    false
}

fn has_term_case(text: &str, wanted: &str, at_start: bool, at_end: bool) -> bool {
    if wanted.is_empty() {
        return true;
    }
    memchr::memmem::find_iter(text.as_bytes(), wanted.as_bytes())
        .any(|start| stands_as_term(text, wanted, start, start + wanted.len(), at_start, at_end))
}

fn has_each(arguments: &[Value], is_all: bool) -> Value {
    let Some((Value::String(text), wanted)) = arguments.split_first() else {
        return Value::Null;
    };
    let mut tests = wanted.iter().map(|wanted| {
        wanted
            .as_str()
            .is_some_and(|wanted| has_term(text, wanted, true, true))
    });
    Value::Bool(if is_all {
        tests.all(|found| found)
    } else {
        tests.any(|found| found)
    })
}

fn matches_regex(context: &Context, arguments: &[Value]) -> Value {
    let [Value::String(text), Value::String(pattern)] = arguments else {
        return Value::Null;
    };
    context
        .regex(pattern, text)
        .map_or(Value::Null, |regex| Value::Bool(regex.is_match(text)))
}

fn is_in(arguments: &[Value], ignores_case: bool) -> Value {
    let Some((left, list)) = arguments.split_first() else {
        return Value::Null;
    };
    let is_equal = |item: &Value| match (left, item) {
        (Value::String(a), Value::String(b)) if ignores_case => equal_fold(a, b),
        (Value::Null, _) | (_, Value::Null) => false,
        _ => order(left, item) == Some(Ordering::Equal),
    };
    Value::Bool(list.iter().any(is_equal))
}

/// The constants of an `in`, made ready for many rows: numbers to search, words and texts to look up.
#[derive(Debug)]
pub(crate) struct Members {
    /// Sorted; none when another kind of value is among them.
    numbers: Option<Vec<i64>>,
    guids: FxHashSet<u128>,
    /// None when not all are texts.
    texts: Option<FxHashSet<Rc<str>>>,
}

impl Members {
    /// The members of a list.
    pub(crate) fn of<'v>(values: impl Iterator<Item = &'v Value>) -> Self {
        let (mut numbers, mut texts) = (Some(Vec::new()), Some(FxHashSet::default()));
        let mut guids = FxHashSet::default();
        for value in values {
            match value {
                Value::Int(_) | Value::Long(_) | Value::DateTime(_) | Value::TimeSpan(_) => {
                    if let Some(numbers) = &mut numbers {
                        numbers.extend(ticks_or_number(value));
                    }
                }
                Value::Null => {}
                _ => numbers = None,
            }
            match value {
                Value::String(text) => {
                    guids.extend(guid::parse_canonical(text.as_bytes()));
                    if let Some(texts) = &mut texts {
                        texts.insert(Rc::clone(text));
                    }
                }
                _ => texts = None,
            }
        }
        if let Some(numbers) = &mut numbers {
            sort_by_key(numbers, |number| *number);
        }
        Self {
            numbers,
            guids,
            texts,
        }
    }

    /// Whether a text is one of them; none when that is not told by texts alone.
    pub(crate) fn has_text(&self) -> Option<impl Fn(&str) -> bool> {
        let texts = self.texts.as_ref()?;
        Some(move |text: &str| texts.contains(text))
    }

    /// Whether each row is one of them; none for columns that are compared value by value.
    pub(crate) fn among(&self, column: &Rc<Column>, n_rows: usize) -> Option<Vec<bool>> {
        match &column.data {
            Data::Int(_) | Data::Long(_) => {
                let numbers = self.numbers.as_ref()?;
                let left = Vector::Column(Rc::clone(column));
                let whole = whole_of(&left)?;
                let is_null = |row| column.nulls.as_ref().is_some_and(|nulls| nulls.get(row));
                let is_member =
                    |row| !is_null(row) && numbers.binary_search(&whole.at(row)).is_ok();
                Some((0..n_rows).map(is_member).collect())
            }
            Data::String(Strings::Guids(words)) => {
                self.texts.as_ref()?;
                Some(words.iter().map(|word| self.guids.contains(word)).collect())
            }
            Data::String(strings @ Strings::Plain { .. }) => {
                let (has_text, mut scratch) = (self.has_text()?, String::new());
                let rows = 0..n_rows;
                Some(
                    rows.map(|row| has_text(strings.get(row, &mut scratch)))
                        .collect(),
                )
            }
            _ => None,
        }
    }
}

/// The number that stands for a whole number, a date or a span.
const fn ticks_or_number(value: &Value) -> Option<i64> {
    match value {
        Value::Int(number) => Some(*number as i64),
        Value::Long(number) | Value::DateTime(number) | Value::TimeSpan(number) => Some(*number),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_end_where_letters_and_digits_end() {
        for (text, wanted, found) in [
            ("alpha_beta", "alpha", true),
            ("alphabet", "alpha", false),
            ("a-b", "B", true),
            ("x subscription not found.", "Subscription not found", true),
            ("straße", "stra", false),
            ("ÀÉ x", "àé", true),
        ] {
            assert_eq!(
                has_term(text, wanted, true, true),
                found,
                "{text} has {wanted}"
            );
        }
        assert!(has_term("north america", "ame", true, false));
        assert!(!has_term("north america", "eri", true, false));
    }

    #[test]
    fn case_folds_one_to_one() {
        assert!(equal_fold("Straße", "straße"));
        assert!(!equal_fold("Straße", "strasse"));
    }
}
