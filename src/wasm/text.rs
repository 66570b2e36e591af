//! KQL and recipes: no data needed.

use js_sys::{Array, Object};
use wasm_bindgen::JsCast as _;
use wasm_bindgen::prelude::*;

use super::{Answer, Failure, dto, json};
use crate::dataset::language::{self, Dialect};
use crate::kql::{edits, outline, parser, printer};
use crate::recipe::builder::Definition;
use crate::recipe::{self, Target};

/// Reads a query: what is wrong with it as a text.
#[wasm_bindgen(js_name = kqlParse)]
pub fn parse(query: &str) -> Answer {
    let diagnostics = parser::parse(query).diagnostics;
    json::list(&diagnostics, |json, diagnostic| {
        dto::diagnostic(json, query, diagnostic);
    })
}

/// The query in one style.
#[wasm_bindgen(js_name = kqlFormat)]
pub fn format(query: &str) -> Answer<String> {
    printer::format(query).map_err(|findings| Failure::first_in_query(query, &findings).into())
}

/// The small edits that bring the query into that style.
#[wasm_bindgen(js_name = kqlFormatEdits)]
pub fn format_edits(query: &str) -> Answer {
    let formatted = format(query)?;
    json::list(&edits::edits(query, &formatted), |json, edit| {
        dto::edit(json, query, edit);
    })
}

/// The query as the rows of a form, or why it has none.
#[wasm_bindgen(js_name = kqlOutline)]
pub fn outline(query: &str) -> Answer {
    json::object(|json| match outline::outline(query) {
        Ok(outline) => {
            json.object("outline", |json| dto::outline(json, &outline));
        }
        Err(reason) => {
            json.text("reason", &reason.words);
            dto::range(json, query, reason.span);
        }
    })
}

/// The query of an outline, which is an object as [`outline`] gives it.
#[wasm_bindgen(js_name = kqlCompose)]
pub fn compose(outline: &str) -> Answer<String> {
    let outline = dto::read_outline(outline)
        .ok_or_else(|| Failure::new("usage", "this is no outline of a query"))?;
    outline::compose(&outline).map_err(|findings| match findings.first() {
        Some(finding) => Failure::new(finding.code, finding.message.clone()).into(),
        None => Failure::new("usage", "this makes no query").into(),
    })
}

/// The query over the tables of another dialect.
#[wasm_bindgen(js_name = kqlTranslate)]
pub fn translate(query: &str, to: &str) -> Answer<String> {
    let to = match target(to)? {
        Target::ResourceSpecific => Dialect::ResourceSpecific,
        Target::AzureDiagnostics => Dialect::AzureDiagnostics,
    };
    let translated = language::translate(query, to);
    translated.map_err(|findings| Failure::first_in_query(query, &findings).into())
}

fn target(dialect: &str) -> Result<Target, Failure> {
    match dialect {
        "resourceSpecific" => Ok(Target::ResourceSpecific),
        "azureDiagnostics" => Ok(Target::AzureDiagnostics),
        _ => Err(Failure::new(
            "usage",
            "the dialect is `resourceSpecific` or `azureDiagnostics`",
        )),
    }
}

/// The query of a recipe with values in place; the definition is its entry of `catalogues.js`.
#[wasm_bindgen(js_name = recipesBuild)]
pub fn recipe(definition: &str, values: &JsValue, dialect: &str) -> Answer<String> {
    let mut texts = Vec::new();
    if let Some(values) = values.dyn_ref() {
        for entry in Object::entries(values) {
            let entry = Array::from(&entry);
            match (entry.get(0).as_string(), entry.get(1).as_string()) {
                (Some(name), Some(value)) => texts.push((name, value)),
                _ => return Err(Failure::new("usage", "a value of a recipe is a text").into()),
            }
        }
    }
    let values: Vec<(&str, &str)> = texts
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let target = target(dialect)?;
    Definition::read(definition)
        .and_then(|definition| definition.build(&values, target))
        .map_err(|error| Failure::new(error.code(), error.to_string()).into())
}

/// The failure to find a recipe among those of the ids, which are parted by blanks.
#[wasm_bindgen(js_name = recipesUnknown)]
pub fn recipe_unknown(id: &str, ids: &str) -> Answer<()> {
    let error = recipe::unknown(id, ids.split(' '));
    Err(Failure::new(error.code(), error.to_string()).into())
}
