//! Functions that choose: tests for null and empty, `iff`, `case`, `coalesce`, `max_of`.

use super::operators::order;
use super::{Parameter, Returns, Scalar};
use crate::engine::eval::{Context, Vector};
use crate::table::{Bitmap, Column, Data, Dynamics};
use crate::value::{Dynamic, Type, Value};

const ANY: Parameter = Parameter::Any;
const BOOLEAN: Parameter = Parameter::Is(Type::Bool);
const BOOL: Returns = Returns::Is(Type::Bool);
const REAL: Parameter = Parameter::Is(Type::Real);

/// The entries.
pub static ENTRIES: &[Scalar] = &[
    Scalar::new(
        "isnull",
        &[ANY],
        BOOL,
        "Whether the value is null; a string never is.",
        ("isnull(long(null))", "True"),
        |_, a| Value::Bool(is_null(a)),
    )
    .sees_nulls()
    .vectorized(|_, a, n| null_test(a, n, true)),
    Scalar::new(
        "isnotnull",
        &[ANY],
        BOOL,
        "Whether the value is not null.",
        ("isnotnull(\"\")", "True"),
        |_, a| Value::Bool(!is_null(a)),
    )
    .sees_nulls()
    .also(&["notnull"])
    .vectorized(|_, a, n| null_test(a, n, false)),
    Scalar::new(
        "isempty",
        &[ANY],
        BOOL,
        "Whether the value is an empty text or null.",
        ("isempty(\"\")", "True"),
        |_, a| Value::Bool(is_empty(a)),
    )
    .sees_nulls()
    .vectorized(|_, a, n| empty_test(a, n, true)),
    Scalar::new(
        "isnotempty",
        &[ANY],
        BOOL,
        "Whether the value is neither an empty text nor null.",
        ("isnotempty(\"\")", "False"),
        |_, a| Value::Bool(!is_empty(a)),
    )
    .sees_nulls()
    .also(&["notempty"])
    .vectorized(|_, a, n| empty_test(a, n, false)),
    Scalar::new(
        "isnan",
        &[REAL],
        BOOL,
        "Whether the number is NaN.",
        ("isnan(0.0 / 0)", "True"),
        |_, a| real_test(a, f64::is_nan),
    )
    .sees_nulls(),
    Scalar::new(
        "isinf",
        &[REAL],
        BOOL,
        "Whether the number is infinite.",
        ("isinf(1.0 / 0)", "True"),
        |_, a| real_test(a, f64::is_infinite),
    )
    .sees_nulls(),
    Scalar::new(
        "isfinite",
        &[REAL],
        BOOL,
        "Whether the number is neither NaN nor infinite.",
        ("isfinite(1.0)", "True"),
        |_, a| real_test(a, f64::is_finite),
    )
    .sees_nulls(),
    Scalar::new(
        "not",
        &[BOOLEAN],
        BOOL,
        "The other truth; null stays null.",
        ("not(true)", "False"),
        |_, a| match a {
            [Value::Bool(value)] => Value::Bool(!value),
            _ => Value::Null,
        },
    )
    .vectorized(not_vector),
    Scalar::new(
        "iff",
        &[BOOLEAN, ANY, ANY],
        Returns::Common(1),
        "The second argument where the first is true, else the third.",
        ("iff(1 > 2, \"a\", \"b\")", "b"),
        |_, a| match a {
            [Value::Bool(true), yes, _] => yes.clone(),
            [_, _, no] => no.clone(),
            _ => Value::Null,
        },
    )
    .sees_nulls()
    .also(&["iif"]),
    Scalar::new(
        "case",
        &[ANY],
        Returns::By(case_type),
        "The value behind the first condition that is true, else the last argument.",
        ("case(1 > 2, \"a\", 2 > 1, \"b\", \"c\")", "b"),
        |_, a| case(a),
    )
    .variadic(3)
    .sees_nulls(),
    Scalar::new(
        "coalesce",
        &[ANY],
        Returns::Common(0),
        "The first value that is not null (or not empty, for texts).",
        ("coalesce(long(null), 42, 7)", "42"),
        |_, a| coalesce(a),
    )
    .variadic(1)
    .sees_nulls(),
    Scalar::new(
        "max_of",
        &[ANY],
        Returns::Common(0),
        "The largest argument.",
        ("max_of(10, 1, -3, 17)", "17"),
        |_, a| extreme(a, true),
    )
    .variadic(1)
    .sees_nulls(),
    Scalar::new(
        "min_of",
        &[ANY],
        Returns::Common(0),
        "The smallest argument.",
        ("min_of(10, 1, -3, 17)", "-3"),
        |_, a| extreme(a, false),
    )
    .variadic(1)
    .sees_nulls(),
];

fn is_null(arguments: &[Value]) -> bool {
    arguments.first().is_none_or(Value::is_null)
}

fn is_empty(arguments: &[Value]) -> bool {
    match arguments.first() {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.is_empty(),
        Some(Value::Dynamic(Dynamic::String(text))) => text.is_empty(),
        Some(_) => false,
    }
}

fn real_test(arguments: &[Value], test: fn(f64) -> bool) -> Value {
    Value::Bool(matches!(arguments, [Value::Real(number)] if test(*number)))
}

fn case_type(kinds: &[Type]) -> Result<Type, String> {
    if kinds.len().is_multiple_of(2) {
        return Err("`case` requires pairs of condition and value, then a default".to_owned());
    }
    if kinds
        .iter()
        .step_by(2)
        .take(kinds.len() / 2)
        .any(|kind| *kind != Type::Bool)
    {
        return Err("a condition of `case` requires type `bool`".to_owned());
    }
    let values = kinds.iter().skip(1).step_by(2).chain(kinds.last());
    super::super::bind::operands::common_type(values.copied())
}

fn case(arguments: &[Value]) -> Value {
    let mut pairs = arguments.chunks_exact(2);
    for pair in pairs.by_ref() {
        if let [Value::Bool(true), value] = pair {
            return value.clone();
        }
    }
    pairs.remainder().first().cloned().unwrap_or_default()
}

fn coalesce(arguments: &[Value]) -> Value {
    let found = arguments.iter().find(|value| match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        _ => true,
    });
    found.cloned().unwrap_or_default()
}

fn extreme(arguments: &[Value], is_max: bool) -> Value {
    let mut best: Option<&Value> = None;
    for value in arguments.iter().filter(|value| !value.is_null()) {
        let is_better = best.is_none_or(|best| {
            order(value, best)
                .is_some_and(|found| if is_max { found.is_gt() } else { found.is_lt() })
        });
        if is_better {
            best = Some(value);
        }
    }
    best.cloned().unwrap_or_default()
}

fn truths(values: Vec<bool>) -> Vector {
    Vector::column(Column::new(Type::Bool, Data::Bool(values)))
}

fn null_test(arguments: &[Vector], n_rows: usize, wanted: bool) -> Option<Vector> {
    let [Vector::Column(column)] = arguments else {
        return None;
    };
    match (&column.data, &column.nulls) {
        (Data::Dynamic(_), _) => None,
        (Data::String(_), _) | (_, None) => {
            Some(Vector::Constant(Value::Bool(!wanted), Type::Bool))
        }
        (_, Some(nulls)) => Some(truths(
            (0..n_rows).map(|row| nulls.get(row) == wanted).collect(),
        )),
    }
}

fn empty_test(arguments: &[Vector], n_rows: usize, wanted: bool) -> Option<Vector> {
    let [Vector::Column(column)] = arguments else {
        return None;
    };
    match &column.data {
        Data::String(strings) => {
            let are_empty = strings.are_empty().into_iter();
            Some(truths(
                are_empty.map(|is_empty| is_empty == wanted).collect(),
            ))
        }
        Data::Dynamic(Dynamics::Json(_) | Dynamics::Values(_)) => None,
        _ => null_test(arguments, n_rows, wanted),
    }
}

fn not_vector(_: &Context, arguments: &[Vector], _: usize) -> Option<Vector> {
    let [Vector::Column(column)] = arguments else {
        return None;
    };
    let Data::Bool(values) = &column.data else {
        return None;
    };
    let nulls: Option<Bitmap> = column.nulls.clone();
    let values = values.iter().map(|value| !value).collect();
    Some(Vector::column(Column {
        kind: Type::Bool,
        data: Data::Bool(values),
        nulls,
    }))
}
