//! Numbers: rounding, powers, logarithms, trigonometry, bits.

use super::{Naming, Parameter, Returns, Scalar};
use crate::engine::eval::{Context, Vector, merged_nulls};
use crate::table::{Bitmap, Column, Data};
use crate::value::{Type, Value, datetime};

const NUMBER: Parameter = Parameter::Number;
const SCALE: Parameter = Parameter::Scale;
const REAL: Parameter = Parameter::Is(Type::Real);
const LONG: Parameter = Parameter::Is(Type::Long);
const TO_REAL: Returns = Returns::Is(Type::Real);
const TO_LONG: Returns = Returns::Is(Type::Long);

const fn real_function(
    name: &'static str,
    about: &'static str,
    example: (&'static str, &'static str),
    row: fn(&Context, &[Value]) -> Value,
) -> Scalar {
    Scalar::new(name, &[REAL], TO_REAL, about, example, row).named(Naming::First)
}

const fn bit_function(
    name: &'static str,
    about: &'static str,
    example: (&'static str, &'static str),
    row: fn(&Context, &[Value]) -> Value,
) -> Scalar {
    Scalar::new(name, &[LONG, LONG], TO_LONG, about, example, row).named(Naming::First)
}

/// The entries.
pub static ENTRIES: &[Scalar] = &[
    Scalar::new(
        "bin",
        &[SCALE, SCALE],
        Returns::By(bin_type),
        "The value rounded down to a multiple of a size.",
        ("bin(-5, 2)", "-6"),
        |_, a| bin(a),
    )
    .also(&["floor"])
    .named(Naming::First)
    .vectorized(|_, a, n| bin_vector(a, n)),
    Scalar::new(
        "bin_at",
        &[SCALE, SCALE, SCALE],
        Returns::By(bin_at_type),
        "The value rounded down to a multiple of a size away from a fixed point.",
        ("bin_at(6.5, 2.5, 7)", "4.5"),
        |_, a| bin_at(a),
    )
    .named(Naming::First),
    Scalar::new(
        "abs",
        &[SCALE],
        Returns::By(unsigned_type),
        "The value without its sign.",
        ("abs(-5)", "5"),
        |_, a| absolute(a),
    )
    .named(Naming::First),
    Scalar::new(
        "sign",
        &[NUMBER],
        Returns::Is(Type::Int),
        "-1, 0 or 1.",
        ("sign(-42)", "-1"),
        |_, a| {
            real_of(a, |x| x).map_or(Value::Null, |x| {
                Value::Int(if x > 0.0 {
                    1
                } else if x < 0.0 {
                    -1
                } else {
                    0
                })
            })
        },
    ),
    Scalar::new(
        "ceiling",
        &[NUMBER],
        Returns::By(whole_or_real),
        "The smallest whole number that is not less.",
        ("ceiling(0.9)", "1.0"),
        |_, a| rounded(a, f64::ceil),
    )
    .named(Naming::First),
    Scalar::new(
        "round",
        &[NUMBER, LONG],
        Returns::By(whole_or_real),
        "Rounded to a number of decimal places, half away from zero.",
        ("round(2.15, 1)", "2.2"),
        |_, a| round(a),
    )
    .optional(1)
    .named(Naming::First),
    Scalar::new(
        "around",
        &[SCALE, SCALE, SCALE],
        Returns::By(around_type),
        "Whether a value is at most so far from another.",
        ("around(12, 10, 2)", "True"),
        |_, a| around(a),
    ),
    real_function("sqrt", "Square root.", ("sqrt(256)", "16.0"), |_, a| {
        real(a, f64::sqrt)
    }),
    real_function("exp", "e to the power.", ("exp(0)", "1.0"), |_, a| {
        real(a, f64::exp)
    }),
    real_function("exp2", "2 to the power.", ("exp2(3)", "8.0"), |_, a| {
        // The compiler would take the base for a reason to call `exp2`, which brings tables of 4 kB.
        real(a, |x| std::hint::black_box(2_f64).powf(x))
    }),
    real_function(
        "exp10",
        "10 to the power.",
        ("exp10(3)", "1000.0"),
        |_, a| real(a, |x| 10_f64.powf(x)),
    ),
    real_function(
        "log",
        "Natural logarithm; null below zero.",
        ("log(1)", "0.0"),
        |_, a| logarithm(a, f64::ln),
    ),
    real_function(
        "log2",
        "Logarithm to base 2; null below zero.",
        ("log2(8)", "3.0"),
        |_, a| logarithm(a, f64::log2),
    ),
    real_function(
        "log10",
        "Logarithm to base 10; null below zero.",
        ("log10(1000)", "3.0"),
        |_, a| logarithm(a, f64::log10),
    ),
    real_function("sin", "Sine.", ("sin(0)", "0.0"), |_, a| real(a, f64::sin)),
    real_function("cos", "Cosine.", ("cos(0)", "1.0"), |_, a| {
        real(a, f64::cos)
    }),
    real_function("tan", "Tangent.", ("tan(0)", "0.0"), |_, a| {
        real(a, f64::tan)
    }),
    real_function("asin", "Angle of a sine.", ("asin(0)", "0.0"), |c, a| {
        arc(c, a, f64::asin)
    }),
    real_function("acos", "Angle of a cosine.", ("acos(1)", "0.0"), |c, a| {
        arc(c, a, f64::acos)
    }),
    real_function("atan", "Angle of a tangent.", ("atan(0)", "0.0"), |_, a| {
        real(a, f64::atan)
    }),
    Scalar::new(
        "atan2",
        &[REAL, REAL],
        TO_REAL,
        "Angle of the point (x, y), given y and x.",
        ("atan2(0, 1)", "0.0"),
        |_, a| reals(a, f64::atan2),
    )
    .named(Naming::First),
    Scalar::new(
        "pow",
        &[REAL, REAL],
        TO_REAL,
        "The first argument to the power of the second.",
        ("pow(2, 3)", "8.0"),
        |_, a| reals(a, f64::powf),
    )
    .named(Naming::First),
    Scalar::new(
        "cot",
        &[REAL],
        TO_REAL,
        "Cotangent.",
        ("cot(pi() / 4) > 0.999", "True"),
        |_, a| real(a, |x| 1.0 / x.tan()),
    ),
    Scalar::new(
        "radians",
        &[REAL],
        TO_REAL,
        "Degrees as radians.",
        ("radians(0)", "0.0"),
        |_, a| real(a, |x| x / 180.0 * std::f64::consts::PI),
    ),
    Scalar::new(
        "degrees",
        &[REAL],
        TO_REAL,
        "Radians as degrees.",
        ("degrees(0)", "0.0"),
        |_, a| real(a, |x| x / std::f64::consts::PI * 180.0),
    ),
    Scalar::new(
        "pi",
        &[],
        TO_REAL,
        "The number pi.",
        ("pi() > 3.14", "True"),
        |_, _| Value::Real(std::f64::consts::PI),
    ),
    bit_function(
        "binary_and",
        "Bits that both have.",
        ("binary_and(6, 3)", "2"),
        |_, a| longs(a, |x, y| x & y),
    ),
    bit_function(
        "binary_or",
        "Bits that either has.",
        ("binary_or(6, 3)", "7"),
        |_, a| longs(a, |x, y| x | y),
    ),
    bit_function(
        "binary_xor",
        "Bits that just one has.",
        ("binary_xor(6, 3)", "5"),
        |_, a| longs(a, |x, y| x ^ y),
    ),
    bit_function(
        "binary_shift_left",
        "Bits moved up.",
        ("binary_shift_left(1, 4)", "16"),
        |_, a| shifted(a, i64::wrapping_shl),
    ),
    bit_function(
        "binary_shift_right",
        "Bits moved down, keeping the sign.",
        ("binary_shift_right(16, 4)", "1"),
        |_, a| shifted(a, i64::wrapping_shr),
    ),
    Scalar::new(
        "binary_not",
        &[LONG],
        TO_LONG,
        "All bits turned.",
        ("binary_not(0)", "-1"),
        |_, a| {
            a.first()
                .and_then(Value::as_long)
                .map_or(Value::Null, |x| Value::Long(!x))
        },
    )
    .named(Naming::First),
    Scalar::new(
        "bitset_count_ones",
        &[LONG],
        TO_LONG,
        "Number of bits set.",
        ("bitset_count_ones(42)", "3"),
        |_, a| {
            a.first()
                .and_then(Value::as_long)
                .map_or(Value::Null, |x| Value::Long(i64::from(x.count_ones())))
        },
    )
    .named(Naming::First),
];

fn real_of(arguments: &[Value], f: impl Fn(f64) -> f64) -> Option<f64> {
    arguments.first().and_then(Value::as_real).map(f)
}

fn real(arguments: &[Value], f: impl Fn(f64) -> f64) -> Value {
    real_of(arguments, f).map_or(Value::Null, Value::Real)
}

/// Why the angle of no sine has no answer: documented is null, and NaN is what `sqrt` gives.
pub(super) const NO_SINE: &str =
    "the angle of a number outside -1 to 1 is not settled; test it first";

fn arc(context: &Context, arguments: &[Value], f: fn(f64) -> f64) -> Value {
    match arguments.first().and_then(Value::as_real) {
        Some(x) if x.abs() > 1.0 => context.refuse(NO_SINE),
        _ => real(arguments, f),
    }
}

fn reals(arguments: &[Value], f: impl Fn(f64, f64) -> f64) -> Value {
    match arguments {
        [a, b] => a
            .as_real()
            .zip(b.as_real())
            .map_or(Value::Null, |(a, b)| Value::Real(f(a, b))),
        _ => Value::Null,
    }
}

/// Bits moved; fewer places than none give null.
fn shifted(arguments: &[Value], shift: fn(i64, u32) -> i64) -> Value {
    match arguments.get(1).and_then(Value::as_long) {
        Some(0..) => longs(arguments, |x, y| shift(x, (y & 63) as u32)),
        _ => Value::Null,
    }
}

fn longs(arguments: &[Value], f: impl Fn(i64, i64) -> i64) -> Value {
    match arguments {
        [a, b] => a
            .as_long()
            .zip(b.as_long())
            .map_or(Value::Null, |(a, b)| Value::Long(f(a, b))),
        _ => Value::Null,
    }
}

fn logarithm(arguments: &[Value], f: impl Fn(f64) -> f64) -> Value {
    match arguments.first().and_then(Value::as_real) {
        Some(x) if x < 0.0 => Value::Null,
        Some(x) => Value::Real(f(x)),
        None => Value::Null,
    }
}

/// `abs`, `negate`: an int gives a long.
fn unsigned_type(kinds: &[Type]) -> Result<Type, String> {
    match kinds {
        [Type::Int] => Ok(Type::Long),
        [kind] if *kind != Type::DateTime => Ok(*kind),
        _ => Err("a number or a timespan is required".to_owned()),
    }
}

fn absolute(arguments: &[Value]) -> Value {
    match arguments.first() {
        Some(Value::Int(x)) => Value::Long(i64::from(*x).abs()),
        Some(Value::Long(x)) => Value::Long(x.wrapping_abs()),
        Some(Value::Real(x)) => Value::Real(x.abs()),
        Some(Value::TimeSpan(x)) => Value::TimeSpan(x.wrapping_abs()),
        Some(Value::Decimal(x)) => Value::Decimal(if x.to_real() < 0.0 { x.negate() } else { *x }),
        _ => Value::Null,
    }
}

fn whole_or_real(kinds: &[Type]) -> Result<Type, String> {
    match kinds.first() {
        Some(Type::Int | Type::Long) => Ok(Type::Long),
        Some(Type::Real) => Ok(Type::Real),
        _ => Err("a whole number or a real is required; convert a decimal first".to_owned()),
    }
}

fn rounded(arguments: &[Value], f: impl Fn(f64) -> f64) -> Value {
    match arguments.first() {
        Some(Value::Int(x)) => Value::Long(i64::from(*x)),
        Some(Value::Long(x)) => Value::Long(*x),
        Some(Value::Real(x)) => Value::Real(f(*x)),
        _ => Value::Null,
    }
}

fn round(arguments: &[Value]) -> Value {
    let places = arguments
        .get(1)
        .and_then(Value::as_long)
        .unwrap_or(0)
        .clamp(-15, 15) as i32;
    match arguments.first() {
        Some(Value::Real(x)) => Value::Real(round_to(*x, places)),
        Some(Value::Int(_) | Value::Long(_)) if places >= 0 => rounded(arguments, |x| x),
        Some(value @ (Value::Int(_) | Value::Long(_))) => value
            .as_real()
            .map_or(Value::Null, |x| Value::Long(round_to(x, places) as i64)),
        _ => Value::Null,
    }
}

/// Rounds the decimal digits of the number, half away from zero.
pub(super) fn round_to(number: f64, places: i32) -> f64 {
    if !number.is_finite() {
        return number;
    }
    let scale = 10_f64.powi(places.abs());
    let scaled = if places >= 0 {
        number * scale
    } else {
        number / scale
    };
    let rounded = scaled.round();
    if !rounded.is_finite() || scaled.abs() > 4.5e15 {
        return number;
    }
    if places >= 0 {
        rounded / scale
    } else {
        rounded * scale
    }
}

fn bin_type(kinds: &[Type]) -> Result<Type, String> {
    match kinds {
        [Type::DateTime, Type::TimeSpan] => Ok(Type::DateTime),
        [Type::TimeSpan, Type::TimeSpan] => Ok(Type::TimeSpan),
        [Type::Real, b] | [b, Type::Real] if b.is_numeric() => Ok(Type::Real),
        [Type::Int, Type::Int] => Ok(Type::Int),
        [a, b] if a.is_integer() && b.is_integer() => Ok(Type::Long),
        _ => Err("`bin` requires two numbers, or a datetime or timespan and a timespan".to_owned()),
    }
}

/// The largest multiple of `size` that is not above `value`.
fn floor_multiple(value: i64, size: i64) -> Option<i64> {
    if size <= 0 {
        None
    } else {
        value.checked_sub(value.rem_euclid(size))
    }
}

fn bin(arguments: &[Value]) -> Value {
    match arguments {
        [Value::DateTime(value), Value::TimeSpan(size)] => floor_multiple(*value, *size)
            .and_then(datetime::in_range)
            .map_or(Value::Null, Value::DateTime),
        [Value::TimeSpan(value), Value::TimeSpan(size)] => {
            floor_multiple(*value, *size).map_or(Value::Null, Value::TimeSpan)
        }
        [Value::Int(value), Value::Int(size)] => {
            floor_multiple(i64::from(*value), i64::from(*size))
                .map_or(Value::Null, |bin| Value::Int(bin as i32))
        }
        [value, size] => match (value.as_long(), size.as_long()) {
            (Some(value), Some(size)) => {
                floor_multiple(value, size).map_or(Value::Null, Value::Long)
            }
            _ => match (value.as_real(), size.as_real()) {
                (Some(value), Some(size)) if size > 0.0 => {
                    Value::Real((value / size).floor() * size)
                }
                _ => Value::Null,
            },
        },
        _ => Value::Null,
    }
}

fn bin_vector(arguments: &[Vector], n_rows: usize) -> Option<Vector> {
    let [Vector::Column(column), size] = arguments else {
        return None;
    };
    let (
        Data::Long(values),
        Vector::Constant(Value::TimeSpan(size) | Value::Long(size), size_kind),
    ) = (&column.data, size)
    else {
        return None;
    };
    if *size <= 0 || (column.kind == Type::Long) != (*size_kind == Type::Long) {
        return None;
    }
    let mut nulls: Option<Bitmap> = merged_nulls(&[&arguments[0]], n_rows);
    // Neighbouring rows of a log fall into one bin: one comparison instead of a division.
    let (mut start, mut end) = (1, 0);
    let mut bins = vec![0; values.len()];
    for (row, (&value, place)) in values.iter().zip(&mut bins).enumerate() {
        if value < start || value >= end {
            match floor_multiple(value, *size) {
                Some(bin) => (start, end) = (bin, bin.saturating_add(*size)),
                None => {
                    nulls.get_or_insert_with(|| Bitmap::new(n_rows)).set(row);
                    continue;
                }
            }
        }
        *place = start;
    }
    Some(Vector::column(Column {
        kind: column.kind,
        data: Data::Long(bins),
        nulls,
    }))
}

fn around_type(kinds: &[Type]) -> Result<Type, String> {
    let fits = match kinds {
        [Type::DateTime, Type::DateTime, Type::TimeSpan]
        | [Type::TimeSpan, Type::TimeSpan, Type::TimeSpan] => true,
        others => others.iter().all(|kind| kind.is_numeric()),
    };
    if fits {
        Ok(Type::Bool)
    } else {
        Err("`around` requires numbers, or times and a timespan".to_owned())
    }
}

fn around(arguments: &[Value]) -> Value {
    let whole = |value: &Value| match value {
        Value::DateTime(ticks) | Value::TimeSpan(ticks) => Some(*ticks),
        other => other.as_long(),
    };
    let [value, center, delta] = arguments else {
        return Value::Null;
    };
    if let (Some(value), Some(center), Some(delta)) = (whole(value), whole(center), whole(delta)) {
        let away = (i128::from(value) - i128::from(center)).abs();
        return Value::Bool(away <= i128::from(delta));
    }
    match (value.as_real(), center.as_real(), delta.as_real()) {
        (Some(value), Some(center), Some(delta)) => {
            Value::Bool(value >= center - delta && value <= center + delta)
        }
        _ => Value::Null,
    }
}

fn bin_at_type(kinds: &[Type]) -> Result<Type, String> {
    match kinds {
        [value, size, at]
            if bin_type(&[*value, *size]).is_ok()
                && (value == at || (value.is_numeric() && at.is_numeric())) =>
        {
            if [value, size, at].contains(&&Type::Real) {
                Ok(Type::Real)
            } else {
                bin_type(&[*value, *size])
            }
        }
        _ => Err(
            "`bin_at` requires a value, a size and a fixed point of the value's type".to_owned(),
        ),
    }
}

fn bin_at(arguments: &[Value]) -> Value {
    let ticks = |value: &i64, size: &i64, at: &i64| {
        value
            .checked_sub(*at)
            .and_then(|away| floor_multiple(away, *size))
            .and_then(|bin| bin.checked_add(*at))
    };
    match arguments {
        [
            Value::DateTime(value),
            Value::TimeSpan(size),
            Value::DateTime(at),
        ] => ticks(value, size, at)
            .and_then(datetime::in_range)
            .map_or(Value::Null, Value::DateTime),
        [
            Value::TimeSpan(value),
            Value::TimeSpan(size),
            Value::TimeSpan(at),
        ] => ticks(value, size, at).map_or(Value::Null, Value::TimeSpan),
        [value, size, at] => match (value.as_long(), size.as_long(), at.as_long()) {
            (Some(value), Some(size), Some(at)) => {
                ticks(&value, &size, &at).map_or(Value::Null, Value::Long)
            }
            _ => match (value.as_real(), size.as_real(), at.as_real()) {
                (Some(value), Some(size), Some(at)) if size > 0.0 => {
                    Value::Real(((value - at) / size).floor() * size + at)
                }
                _ => Value::Null,
            },
        },
        _ => Value::Null,
    }
}
