//! KQL as text: no data needed.

use wasm_bindgen::prelude::*;

use super::Answer;
use super::dto::{self, ToJs as _};
use crate::kql::parser;

/// Reads a query: what is wrong with it as a text.
#[wasm_bindgen(js_name = kqlParse)]
pub fn parse(query: &str) -> Answer {
    dto::Parse::new(query, &parser::parse(query).diagnostics).to_js()
}
