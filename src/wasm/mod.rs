//! The boundary to JavaScript: thin exports over the plain Rust API.
//!
//! Input: bytes as `Uint8Array`, options as objects. Output: the objects of [`dto`] for reports,
//! typed arrays for columns, `Error` objects with `code` and `range` for failures. Invariants: each
//! export is a few lines over the plain API; every offset that leaves is in UTF-16 code units; rows
//! leave as windows and columns, never all of them as objects. Absent on purpose: logic.

pub mod back_test;
mod cells;
pub mod data;
mod dto;
mod failure;
pub mod handoff;
mod json;
pub mod language;
pub mod llm;
pub mod query;
pub mod redaction;
pub mod text;
pub mod triage;

use wasm_bindgen::prelude::*;

use crate::value::datetime;
use failure::Failure;

/// What an export returns.
type Answer<T = JsValue> = Result<T, JsValue>;

/// An option of a caller: `None` where it is not given.
fn option<T>(
    options: &JsValue,
    name: &str,
    read: impl FnOnce(&JsValue) -> Option<T>,
) -> Result<Option<T>, Failure> {
    // What is no object has no options.
    let value = js_sys::Reflect::get(options, &JsValue::from_str(name)).unwrap_or_default();
    if value.is_undefined() || value.is_null() {
        return Ok(None);
    }
    read(&value)
        .map(Some)
        .ok_or_else(|| Failure::new("usage", format!("`{name}` is of another type")))
}

/// A point in time in ticks; the clock is the caller's, so there is no default.
fn moment(text: Option<&str>) -> Result<i64, Failure> {
    text.and_then(datetime::parse)
        .ok_or_else(|| Failure::new("usage", "`now` requires a time as 2026-01-31T12:00:00Z"))
}

/// Tells `listener` the text of a panic before the module traps.
#[wasm_bindgen(js_name = onPanic)]
pub fn on_panic(listener: js_sys::Function) {
    std::panic::set_hook(Box::new(move |info| {
        let text = JsValue::from_str(&info.to_string());
        // A listener that fails changes nothing: the trap follows either way.
        let _ = listener.call1(&JsValue::NULL, &text);
    }));
}
