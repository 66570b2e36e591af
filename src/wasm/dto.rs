//! What crosses the boundary as objects. The declarations are in `pkg-config/npm/index.d.ts`; a test
//! of the package compiles real answers against them.

use serde::Serialize;
use wasm_bindgen::JsValue;

use super::Failure;
use crate::diagnostic;
use crate::text::{LineIndex, Span};

/// Becomes a JavaScript value.
pub(super) trait ToJs {
    /// The value; maps are objects, what is `None` is left out.
    fn to_js(&self) -> Result<JsValue, JsValue>;
}

impl<T: Serialize + ?Sized> ToJs for T {
    fn to_js(&self) -> Result<JsValue, JsValue> {
        let serializer = serde_wasm_bindgen::Serializer::new().serialize_maps_as_objects(true);
        self.serialize(&serializer).map_err(|error| Failure::new("internal", error.to_string()).into())
    }
}

/// UTF-16 code units of a text.
#[derive(Clone, Copy, Serialize)]
pub(super) struct Range {
    start: u32,
    end: u32,
}

impl Range {
    pub(super) fn new(text: &str, span: Span) -> Self {
        let index = LineIndex::new(text);
        Self { start: index.utf16(span.start), end: index.utf16(span.end) }
    }
}

#[derive(Serialize)]
pub(super) struct Parse {
    diagnostics: Vec<Diagnostic>,
}

impl Parse {
    pub(super) fn new(text: &str, diagnostics: &[diagnostic::Diagnostic]) -> Self {
        Self { diagnostics: diagnostics.iter().map(|diagnostic| Diagnostic::new(text, diagnostic)).collect() }
    }
}

#[derive(Serialize)]
pub(super) struct Diagnostic {
    code: &'static str,
    severity: &'static str,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<String>,
    range: Range,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<Fix>,
}

#[derive(Serialize)]
struct Fix {
    title: String,
    edits: Vec<Edit>,
    safe: bool,
}

#[derive(Serialize)]
struct Edit {
    range: Range,
    text: String,
}

impl Diagnostic {
    fn new(text: &str, diagnostic: &diagnostic::Diagnostic) -> Self {
        let fix = diagnostic.fix.as_ref().map(|fix| Fix {
            title: fix.title.clone(),
            edits: fix.edits.iter().map(|edit| Edit { range: Range::new(text, edit.span), text: edit.text.clone() }).collect(),
            safe: fix.safe,
        });
        Self {
            code: diagnostic.code,
            severity: diagnostic.severity.name(),
            message: diagnostic.message.clone(),
            help: diagnostic.help.clone(),
            range: Range::new(text, diagnostic.span),
            fix,
        }
    }
}
