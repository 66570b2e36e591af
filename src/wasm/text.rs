//! KQL as text: no data needed.

use wasm_bindgen::prelude::*;

use super::dto::{self, ToJs as _};
use super::{Answer, Failure};
use crate::handoff::dialect;
use crate::kql::{parser, printer};
use crate::redact;

/// Reads a query: what is wrong with it as a text.
#[wasm_bindgen(js_name = kqlParse)]
pub fn parse(query: &str) -> Answer {
    dto::Parse::new(query, &parser::parse(query).diagnostics).to_js()
}

/// The query in one style.
#[wasm_bindgen(js_name = kqlFormat)]
pub fn format(query: &str) -> Answer<String> {
    printer::format(query).map_err(|findings| Failure::first_in_query(query, &findings).into())
}

/// The query over the tables of another dialect.
#[wasm_bindgen(js_name = kqlTranslate)]
pub fn translate(query: &str, to: &str) -> Answer<String> {
    match to {
        "resourceSpecific" => Ok(query.to_owned()),
        "azureDiagnostics" => dialect::azure_diagnostics(query)
            .map_err(|findings| Failure::first_in_query(query, &findings).into()),
        _ => Err(Failure::new(
            "usage",
            "the dialect is `resourceSpecific` or `azureDiagnostics`",
        )
        .into()),
    }
}

/// Where the secrets of a text are.
#[wasm_bindgen(js_name = redactFind)]
pub fn redact_find(text: &str) -> Answer {
    redact::find(text)
        .iter()
        .map(|secret| dto::Secret::new(text, secret))
        .collect::<Vec<_>>()
        .to_js()
}

/// The text without its secrets.
#[wasm_bindgen(js_name = redactApply)]
pub fn redact_apply(text: &str) -> String {
    redact::apply(text).into_owned()
}
