//! Conversions between types, and the functions that tell a type.
//!
//! Rules: `reference/KQL-SEMANTICS.md`, "Numbers" and "Dynamic".

use super::{Naming, Parameter, Returns, Scalar};
use crate::engine::eval::{Context, Vector};
use crate::table::{Bitmap, Column, ColumnBuilder, Data, Dynamics, Strings};
use crate::value::{Decimal, Dynamic, Type, Value, datetime, guid, number, timespan};

const ANY: &[Parameter] = &[Parameter::Any];

const fn cast(
    name: &'static str,
    aliases: &'static [&'static str],
    kind: Type,
    about: &'static str,
    example: (&'static str, &'static str),
    row: fn(&Context, &[Value]) -> Value,
) -> Scalar {
    Scalar::new(name, ANY, Returns::Is(kind), about, example, row)
        .also(aliases)
        .named(Naming::First)
}

/// The entries.
pub static ENTRIES: &[Scalar] = &[
    cast(
        "tostring",
        &[],
        Type::String,
        "The text of a value; null gives the empty text.",
        ("tostring(1.5)", "1.5"),
        to_string,
    )
    .sees_nulls()
    .vectorized(|_, a, _| text_vector(a)),
    cast(
        "toint",
        &[],
        Type::Int,
        "The value as `int`; what is no whole number gives null.",
        ("toint(\"123\")", "123"),
        |_, a| to_kind(a, Type::Int),
    ),
    cast(
        "tolong",
        &[],
        Type::Long,
        "The value as `long`; reals are cut toward zero.",
        ("tolong(2.9)", "2"),
        |_, a| to_kind(a, Type::Long),
    )
    .vectorized(|_, a, n| widen_vector(a, n, Type::Long)),
    cast(
        "toreal",
        &["todouble"],
        Type::Real,
        "The value as `real`.",
        ("toreal(\"1e3\")", "1000.0"),
        |_, a| to_kind(a, Type::Real),
    )
    .vectorized(|_, a, n| widen_vector(a, n, Type::Real)),
    cast(
        "todecimal",
        &[],
        Type::Decimal,
        "The value as `decimal`.",
        ("todecimal(\"3.14\")", "3.14"),
        |_, a| to_kind(a, Type::Decimal),
    ),
    cast(
        "tobool",
        &["toboolean"],
        Type::Bool,
        "The value as `bool`: `true`, `false` in any case, or a number.",
        ("tobool(\"TRUE\")", "True"),
        |_, a| to_kind(a, Type::Bool),
    ),
    cast(
        "todatetime",
        &[],
        Type::DateTime,
        "The value as `datetime`; a number counts ticks since 0001-01-01.",
        ("todatetime(\"2015-12-24\")", "2015-12-24T00:00:00.0000000Z"),
        |_, a| to_kind(a, Type::DateTime),
    ),
    cast(
        "totimespan",
        &["totime"],
        Type::TimeSpan,
        "The value as `timespan`.",
        ("totimespan(\"0.00:01:00\")", "00:01:00"),
        |_, a| to_kind(a, Type::TimeSpan),
    ),
    cast(
        "toguid",
        &[],
        Type::Guid,
        "The value as `guid`.",
        (
            "toguid(\"70fc66f7-8279-44fc-9092-d364d70fce44\")",
            "70fc66f7-8279-44fc-9092-d364d70fce44",
        ),
        |_, a| to_kind(a, Type::Guid),
    ),
    cast(
        "parse_json",
        &["parsejson", "todynamic", "toobject"],
        Type::Dynamic,
        "The value that a JSON text stands for; other texts stay a text.",
        ("parse_json('{\"a\":1}').a", "1"),
        |_, a| to_kind(a, Type::Dynamic),
    ),
    Scalar::new(
        "gettype",
        ANY,
        Returns::Is(Type::String),
        "The name of the type of the value inside.",
        ("gettype(dynamic([1]))", "array"),
        |_, a| get_type(a),
    )
    .sees_nulls()
    .named(Naming::Prefixed("type")),
    Scalar::new(
        "tohex",
        &[Parameter::Is(Type::Long), Parameter::Is(Type::Long)],
        Returns::Is(Type::String),
        "The number in hexadecimal, padded with zeros to a length.",
        ("tohex(256, 8)", "00000100"),
        |_, a| to_hex(a),
    )
    .optional(1)
    .named(Naming::First),
    Scalar::new(
        "dynamic_to_json",
        &[Parameter::Is(Type::Dynamic)],
        Returns::Is(Type::String),
        "The JSON text with the keys sorted.",
        (
            "dynamic_to_json(dynamic({\"b\":1,\"a\":2}))",
            "{\"a\":2,\"b\":1}",
        ),
        |_, a| sorted_json(a),
    ),
];

fn to_string(context: &Context, arguments: &[Value]) -> Value {
    let is_known = match arguments.first() {
        Some(Value::Real(real)) => number::has_known_text(*real),
        Some(Value::Dynamic(value)) => value.has_known_text(),
        _ => true,
    };
    if !is_known {
        return context.refuse(
            "the text of a real from 1e15 up or below 0.0001 is not documented; use `round` or a unit",
        );
    }
    to_kind(arguments, Type::String)
}

fn to_kind(arguments: &[Value], kind: Type) -> Value {
    arguments
        .first()
        .map_or(Value::Null, |value| convert(value, kind))
}

/// Converts a value as `to…()` does; null where it cannot.
pub fn convert(value: &Value, kind: Type) -> Value {
    match kind {
        Type::String => Value::string(&value.to_text()),
        Type::Dynamic => match value {
            Value::String(text) => parse_json(text),
            other => other.to_dynamic().into(),
        },
        _ => match value {
            Value::Null => Value::Null,
            Value::Dynamic(Dynamic::String(text)) => from_text(text, kind),
            Value::Dynamic(inner) => match inner.to_scalar() {
                Value::Dynamic(_) => Value::Null,
                scalar => convert(&scalar, kind),
            },
            Value::String(text) => from_text(text, kind),
            _ => from_scalar(value, kind),
        },
    }
}

fn parse_json(text: &str) -> Value {
    if text.is_empty() {
        return Value::Null;
    }
    match Dynamic::parse(text) {
        Some(value) => value.into(),
        None => Value::Dynamic(Dynamic::string(text)),
    }
}

fn from_text(text: &str, kind: Type) -> Value {
    match kind {
        Type::Int => number::parse_long(text)
            .and_then(|whole| i32::try_from(whole).ok())
            .map_or(Value::Null, Value::Int),
        Type::Long => number::parse_long(text).map_or(Value::Null, Value::Long),
        Type::Real => number::parse_real(text).map_or(Value::Null, Value::Real),
        Type::Decimal => Decimal::parse(text).map_or(Value::Null, Value::Decimal),
        Type::Bool => match text.trim().to_ascii_lowercase().as_str() {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            other => number::parse_long(other).map_or(Value::Null, |whole| Value::Bool(whole != 0)),
        },
        Type::DateTime => datetime::parse(text).map_or(Value::Null, Value::DateTime),
        Type::TimeSpan => timespan::parse(text).map_or(Value::Null, Value::TimeSpan),
        Type::Guid => guid::parse(text).map_or(Value::Null, Value::Guid),
        Type::String | Type::Dynamic => Value::string(text),
    }
}

fn from_scalar(value: &Value, kind: Type) -> Value {
    match (kind, value) {
        (Type::Int, Value::Int(_))
        | (Type::Long, Value::Long(_))
        | (Type::Real, Value::Real(_))
        | (Type::Decimal, Value::Decimal(_))
        | (Type::Bool, Value::Bool(_))
        | (Type::DateTime, Value::DateTime(_))
        | (Type::TimeSpan, Value::TimeSpan(_))
        | (Type::Guid, Value::Guid(_)) => value.clone(),
        (Type::Int, Value::Long(number)) => Value::Int(*number as i32),
        (Type::Int, Value::Real(number)) => {
            if number.is_finite() {
                Value::Int(*number as i32)
            } else {
                Value::Null
            }
        }
        (Type::Int, Value::DateTime(ticks) | Value::TimeSpan(ticks)) => Value::Int(*ticks as i32),
        (Type::Int, Value::Bool(value)) => Value::Int(i32::from(*value)),
        (Type::Int, Value::Decimal(number)) => number
            .to_long()
            .and_then(|whole| i32::try_from(whole).ok())
            .map_or(Value::Null, Value::Int),
        (Type::Long, Value::Int(number)) => Value::Long(i64::from(*number)),
        (Type::Long, Value::Real(number)) => {
            if number.is_finite() {
                Value::Long(*number as i64)
            } else {
                Value::Null
            }
        }
        (Type::Long, Value::Bool(value)) => Value::Long(i64::from(*value)),
        (Type::Long, Value::DateTime(ticks) | Value::TimeSpan(ticks)) => Value::Long(*ticks),
        (Type::Long, Value::Decimal(number)) => number.to_long().map_or(Value::Null, Value::Long),
        (Type::Real, Value::Int(_) | Value::Long(_) | Value::Decimal(_)) => {
            value.as_real().map_or(Value::Null, Value::Real)
        }
        (Type::Real, Value::Bool(value)) => Value::Real(f64::from(u8::from(*value))),
        (Type::Real, Value::DateTime(ticks) | Value::TimeSpan(ticks)) => Value::Real(*ticks as f64),
        (Type::Decimal, Value::Int(_) | Value::Long(_)) => {
            value.as_long().map_or(Value::Null, |whole| {
                Value::Decimal(Decimal::from_long(whole))
            })
        }
        (Type::Decimal, Value::Real(number)) => {
            Decimal::parse(&number::real_text(*number)).map_or(Value::Null, Value::Decimal)
        }
        (Type::Bool, Value::Int(_) | Value::Long(_)) => value
            .as_long()
            .map_or(Value::Null, |whole| Value::Bool(whole != 0)),
        (Type::Bool, Value::Real(number)) => Value::Bool(*number != 0.0),
        (Type::DateTime, Value::Int(_) | Value::Long(_)) => value
            .as_long()
            .and_then(datetime::in_range)
            .map_or(Value::Null, Value::DateTime),
        (Type::DateTime, Value::Real(number)) => {
            datetime::in_range(*number as i64).map_or(Value::Null, Value::DateTime)
        }
        (Type::TimeSpan, Value::Int(_) | Value::Long(_)) => {
            value.as_long().map_or(Value::Null, Value::TimeSpan)
        }
        _ => Value::Null,
    }
}

/// A column as another type, value by value.
pub fn cast_column(column: &Column, kind: Type) -> Column {
    if kind == Type::Dynamic
        && let Data::String(strings) = &column.data
    {
        return Column::new(kind, Data::Dynamic(Dynamics::Json(strings.clone())));
    }
    if kind == Type::String
        && let Data::Dynamic(Dynamics::Json(strings)) = &column.data
    {
        return Column::strings(strings.clone());
    }
    if let Some(widened) = widen(column, kind) {
        return widened;
    }
    let mut builder = ColumnBuilder::new(kind);
    for row in 0..column.len() {
        builder.push(&convert(&column.value(row), kind));
    }
    builder.finish()
}

fn widen(column: &Column, kind: Type) -> Option<Column> {
    let data = match (&column.data, kind) {
        (Data::Int(values), Type::Long) => {
            Data::Long(values.iter().map(|&value| i64::from(value)).collect())
        }
        (Data::Int(values), Type::Real) => {
            Data::Real(values.iter().map(|&value| f64::from(value)).collect())
        }
        (Data::Long(values), Type::Real) if column.kind == Type::Long => {
            Data::Real(values.iter().map(|&value| value as f64).collect())
        }
        (Data::Long(_), Type::Long) if column.kind == Type::Long => return Some(column.clone()),
        (Data::Real(_), Type::Real) => return Some(column.clone()),
        _ => return None,
    };
    Some(Column {
        kind,
        data,
        nulls: column.nulls.clone(),
    })
}

fn widen_vector(arguments: &[Vector], _: usize, kind: Type) -> Option<Vector> {
    let [Vector::Column(column)] = arguments else {
        return None;
    };
    widen(column, kind).map(Vector::column)
}

/// `tostring` of a text is the text.
fn text_vector(arguments: &[Vector]) -> Option<Vector> {
    let [Vector::Column(column)] = arguments else {
        return None;
    };
    match &column.data {
        Data::String(_) => Some(Vector::Column(std::rc::Rc::clone(column))),
        Data::Bool(values) => {
            let dictionary = std::rc::Rc::new(crate::table::Dictionary::from_texts(
                ["False", "True"].into_iter(),
            ));
            let none = Bitmap::default();
            let nulls = column.nulls.as_ref().unwrap_or(&none);
            let codes = values.iter().enumerate().map(|(row, &value)| {
                if nulls.get(row) {
                    0
                } else {
                    1 + u32::from(value)
                }
            });
            Some(Vector::column(Column::strings(Strings::Coded {
                codes: codes.collect(),
                dictionary,
            })))
        }
        Data::Dynamic(Dynamics::Json(strings @ Strings::Plain { .. })) => {
            let mut scratch = String::new();
            let is_text = (0..strings.len()).all(|row| {
                let text = strings.get(row, &mut scratch);
                text.is_empty() || Dynamic::is_compact_json(text)
            });
            if is_text {
                return Some(Vector::column(Column::strings(strings.clone())));
            }
            let mut texts = crate::table::ColumnBuilder::new(Type::String);
            for row in 0..strings.len() {
                let text = strings.get(row, &mut scratch);
                if Dynamic::is_compact_json(text) {
                    texts.push_text(text);
                } else {
                    texts.push_text(&crate::table::column::dynamic_of(text).to_text());
                }
            }
            Some(Vector::column(texts.finish()))
        }
        _ => None,
    }
}

fn get_type(arguments: &[Value]) -> Value {
    let name = match arguments.first() {
        None | Some(Value::Null) => "null",
        Some(Value::Dynamic(value)) => match value {
            Dynamic::Array(_) => "array",
            Dynamic::Bag(_) => "dictionary",
            Dynamic::Real(_) => "double",
            other => other.scalar_type().map_or("null", Type::name),
        },
        Some(value) => value.kind().map_or("null", Type::name),
    };
    Value::string(name)
}

fn to_hex(arguments: &[Value]) -> Value {
    let Some(number) = arguments.first().and_then(Value::as_long) else {
        return Value::Null;
    };
    let width = arguments
        .get(1)
        .and_then(Value::as_long)
        .unwrap_or(0)
        .clamp(0, 16) as usize;
    Value::string(&format!("{number:0width$x}"))
}

fn sorted_json(arguments: &[Value]) -> Value {
    fn sorted(value: &Dynamic) -> Dynamic {
        match value {
            Dynamic::Array(items) => Dynamic::array(items.iter().map(sorted).collect()),
            Dynamic::Bag(members) => {
                let mut members: Vec<_> = members
                    .iter()
                    .map(|(key, value)| (std::rc::Rc::clone(key), sorted(value)))
                    .collect();
                crate::value::order::sort_by(&mut members, |left, right| left.0.cmp(&right.0));
                Dynamic::bag(members)
            }
            other => other.clone(),
        }
    }
    arguments.first().map_or(Value::Null, |value| {
        Value::string(&sorted(&value.to_dynamic()).to_json())
    })
}
