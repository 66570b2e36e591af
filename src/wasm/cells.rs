//! Rows and columns of an answer as JavaScript values.

use std::rc::Rc;

use js_sys::{Array, Float64Array, Object, Reflect, Uint8Array, Uint32Array};
use rustc_hash::FxHashMap;
use wasm_bindgen::JsValue;

use super::Answer;
use crate::value::{Dynamic, Type, Value};

/// Integers beyond are texts, since a JavaScript number cannot hold them.
const MAX_SAFE: i64 = (1 << 53) - 1;
/// Ticks from 0001-01-01 to 1970-01-01.
const UNIX_EPOCH_TICKS: i64 = 621_355_968_000_000_000;
const TICKS_PER_MS: f64 = 10_000.0;

/// A value as a cell: what JSON would hold.
pub(super) fn cell(value: &Value) -> JsValue {
    match value {
        Value::Null => JsValue::NULL,
        Value::Bool(value) => JsValue::from_bool(*value),
        Value::Int(number) => JsValue::from_f64(f64::from(*number)),
        Value::Long(number) => long(*number),
        Value::Real(number) => real(*number),
        Value::Dynamic(value) => dynamic(value),
        Value::Decimal(_)
        | Value::String(_)
        | Value::DateTime(_)
        | Value::TimeSpan(_)
        | Value::Guid(_) => JsValue::from_str(&value.to_text()),
    }
}

fn long(number: i64) -> JsValue {
    if (-MAX_SAFE..=MAX_SAFE).contains(&number) {
        JsValue::from_f64(number as f64)
    } else {
        JsValue::from_str(&number.to_string())
    }
}

fn real(number: f64) -> JsValue {
    if number.is_finite() {
        JsValue::from_f64(number)
    } else if number.is_nan() {
        JsValue::from_str("NaN")
    } else {
        JsValue::from_str(if number > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        })
    }
}

fn dynamic(value: &Dynamic) -> JsValue {
    match value {
        Dynamic::Null => JsValue::NULL,
        Dynamic::Bool(value) => JsValue::from_bool(*value),
        Dynamic::Long(number) => long(*number),
        Dynamic::Real(number) => real(*number),
        Dynamic::Array(items) => items.iter().map(dynamic).collect::<Array>().into(),
        Dynamic::Bag(members) => {
            let object = Object::new();
            for (key, value) in members.iter() {
                // Own property of a plain object, also for a key like `__proto__`; this cannot fail.
                let _ = Reflect::define_property(
                    &object,
                    &JsValue::from_str(key),
                    &own(&dynamic(value)),
                );
            }
            object.into()
        }
        Dynamic::String(_) | Dynamic::DateTime(_) | Dynamic::TimeSpan(_) | Dynamic::Guid(_) => {
            JsValue::from_str(&value.to_text())
        }
    }
}

fn own(value: &JsValue) -> Object {
    let description = Object::new();
    for (name, part) in [
        ("value", value),
        ("enumerable", &JsValue::TRUE),
        ("writable", &JsValue::TRUE),
        ("configurable", &JsValue::TRUE),
    ] {
        // Setting a property of a fresh object cannot fail.
        let _ = Reflect::set(&description, &JsValue::from_str(name), part);
    }
    description
}

/// A column for charts: numbers where the type has any, else codes into texts.
pub(super) fn column(kind: Type, values: impl Iterator<Item = Value>, n_rows: usize) -> Answer {
    let mut is_null = vec![0_u8; n_rows];
    let out = Object::new();
    let set = |name: &str, value: &JsValue| Reflect::set(&out, &JsValue::from_str(name), value);
    if kind.is_numeric() || matches!(kind, Type::DateTime | Type::TimeSpan | Type::Bool) {
        let mut numbers = vec![f64::NAN; n_rows];
        for ((number, is_null), value) in numbers.iter_mut().zip(&mut is_null).zip(values) {
            match as_number(&value) {
                Some(found) => *number = found,
                None => *is_null = 1,
            }
        }
        set("kind", &JsValue::from_str("numbers"))?;
        set("values", &Float64Array::from(numbers.as_slice()))?;
    } else {
        let mut codes = vec![0_u32; n_rows];
        let mut known: FxHashMap<Rc<str>, u32> = FxHashMap::default();
        let texts = Array::new();
        for ((code, is_null), value) in codes.iter_mut().zip(&mut is_null).zip(values) {
            *is_null = u8::from(value.is_null());
            let text: Rc<str> = Rc::from(value.to_text());
            *code = *known
                .entry(text)
                .or_insert_with_key(|text| texts.push(&JsValue::from_str(text)) - 1);
        }
        set("kind", &JsValue::from_str("texts"))?;
        set("codes", &Uint32Array::from(codes.as_slice()))?;
        set("texts", &texts)?;
    }
    set("isNull", &Uint8Array::from(is_null.as_slice()))?;
    Ok(out.into())
}

/// Datetimes as milliseconds since 1970, timespans as milliseconds.
fn as_number(value: &Value) -> Option<f64> {
    match value {
        Value::Bool(value) => Some(f64::from(u8::from(*value))),
        Value::DateTime(ticks) => Some((ticks - UNIX_EPOCH_TICKS) as f64 / TICKS_PER_MS),
        Value::TimeSpan(ticks) => Some(*ticks as f64 / TICKS_PER_MS),
        _ => value.as_real(),
    }
}
