//! Expected failures as JavaScript `Error` objects with `code`, `help` and a UTF-16 `range`.

use wasm_bindgen::JsValue;

use super::dto::{self, ToJs as _};
use crate::diagnostic::Diagnostic;

/// An expected failure on its way out.
pub(super) struct Failure {
    code: String,
    message: String,
    help: Option<String>,
    range: Option<dto::Range>,
}

impl Failure {
    /// A failure without a place in a text.
    pub(super) fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into(), help: None, range: None }
    }

    /// A finding in a query.
    pub(super) fn in_query(query: &str, diagnostic: &Diagnostic) -> Self {
        Self {
            code: diagnostic.code.to_owned(),
            message: diagnostic.message.clone(),
            help: diagnostic.help.clone(),
            range: Some(dto::Range::new(query, diagnostic.span)),
        }
    }
}

impl From<Failure> for JsValue {
    fn from(failure: Failure) -> Self {
        let error = js_sys::Error::new(&failure.message);
        let set = |name: &str, value: &JsValue| {
            // Setting a property of a fresh `Error` cannot fail.
            let _ = js_sys::Reflect::set(&error, &JsValue::from_str(name), value);
        };
        set("code", &JsValue::from_str(&failure.code));
        if let Some(help) = &failure.help {
            set("help", &JsValue::from_str(help));
        }
        if let Some(range) = failure.range.and_then(|range| range.to_js().ok()) {
            set("range", &range);
        }
        error.into()
    }
}
