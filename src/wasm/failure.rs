//! Expected failures as JavaScript `Error` objects with `code`, `help`, a `field` and a UTF-16 `range`.

use wasm_bindgen::JsValue;

use super::{dto, json};
use crate::diagnostic::{Diagnostic, Severity};
use crate::text::Span;

/// An expected failure on its way out.
pub(super) struct Failure {
    code: String,
    message: String,
    help: Option<String>,
    field: Option<String>,
    range: Option<JsValue>,
}

impl Failure {
    /// A failure without a place in a text.
    pub(super) fn new(code: &str, message: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            message: message.into(),
            help: None,
            field: None,
            range: None,
        }
    }

    /// The same failure with a sentence on what to do.
    pub(super) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same failure with the field of a request.
    pub(super) fn with_field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// The same failure with its place in a text.
    pub(super) fn with_range(mut self, text: &str, span: Span) -> Self {
        self.range = json::object(|json| dto::offsets(json, text, span)).ok();
        self
    }

    /// A finding in a query.
    pub(super) fn in_query(query: &str, diagnostic: &Diagnostic) -> Self {
        Self {
            code: diagnostic.code.to_owned(),
            message: diagnostic.message.clone(),
            help: diagnostic.help.clone(),
            field: None,
            range: json::object(|json| dto::offsets(json, query, diagnostic.span)).ok(),
        }
    }

    /// The first error among findings in a query.
    pub(super) fn first_in_query(query: &str, findings: &[Diagnostic]) -> Self {
        findings
            .iter()
            .find(|finding| finding.severity == Severity::Error)
            .or_else(|| findings.first())
            .map_or_else(
                || Self::new("internal", "the query was refused without a reason"),
                |finding| Self::in_query(query, finding),
            )
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
        if let Some(field) = &failure.field {
            set("field", &JsValue::from_str(field));
        }
        if let Some(range) = &failure.range {
            set("range", range);
        }
        error.into()
    }
}
