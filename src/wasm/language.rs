//! The language as a service: checks, completion, hover, names, explanation.
//!
//! The same functions serve a query alone (over the known tables, or those that the caller declares)
//! and a query over loaded rows.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::prelude::*;

use super::data::Dataset;
use super::{Answer, Failure, dto, json, option};
use crate::dataset::{check, language};
use crate::engine;
use crate::kql::check::Target;
use crate::kql::complete::Callable;
use crate::kql::{symbols, token};
use crate::schema;
use crate::table::Tables;
use crate::text::Utf16;

thread_local! {
    static KNOWN: Rc<dyn Tables> = Rc::new(schema::views(&[]));
    static DECLARED: RefCell<Rc<dyn Tables>> = RefCell::new(KNOWN.with(Rc::clone));
}

/// The tables that a query without rows is meant for: those that are known, or those declared last.
fn tables(are_declared: bool) -> Rc<dyn Tables> {
    if are_declared {
        DECLARED.with_borrow(Rc::clone)
    } else {
        KNOWN.with(Rc::clone)
    }
}

/// Declares tables for the queries that follow: JSON, `{table: [[column, type]]}`.
#[wasm_bindgen(js_name = kqlDeclare)]
pub fn declare(schema: &str) -> Answer<()> {
    let views = schema::declared(schema).map_err(|reason| Failure::new("usage", reason))?;
    DECLARED.set(Rc::new(views));
    Ok(())
}

fn target(options: &JsValue) -> Result<Target, Failure> {
    match option(options, "target", JsValue::as_string)? {
        None => Ok(Target::default()),
        Some(name) => Target::from_name(&name).ok_or_else(|| {
            let names: Vec<&str> = Target::ALL.iter().map(|(_, name)| *name).collect();
            Failure::new(
                "usage",
                format!("the target is one of {}", names.join(", ")),
            )
        }),
    }
}

fn checked(query: &str, tables: &dyn Tables, options: &JsValue) -> Answer {
    let found = check::check(query, tables, target(options)?, 0);
    json::list(&found, |json, finding| {
        dto::diagnostic(json, query, finding);
    })
}

fn completed(query: &str, offset: u32, tables: &Rc<dyn Tables>) -> Answer {
    let offset = Utf16::new(query).byte(offset);
    let found = language::complete(query, offset, tables, 0);
    json::list(&found, |json, one| dto::completion(json, query, one))
}

fn explained(query: &str, tables: &dyn Tables) -> Answer {
    let steps = language::explain(query, tables, 0);
    json::list(&steps, |json, step| dto::step(json, query, step))
}

fn hovered(query: &str, offset: u32, tables: &dyn Tables) -> Answer {
    let offset = Utf16::new(query).byte(offset);
    let analysis = language::analyse(query, tables, 0);
    match symbols::hover(query, offset, &analysis) {
        Some(hover) => json::object(|json| dto::hover(json, query, &hover)),
        None => Ok(JsValue::NULL),
    }
}

/// What is wrong with a query.
#[wasm_bindgen(js_name = kqlCheck)]
pub fn check_query(query: &str, are_declared: bool, options: &JsValue) -> Answer {
    checked(query, tables(are_declared).as_ref(), options)
}

/// What may stand at a place.
#[wasm_bindgen(js_name = kqlComplete)]
pub fn complete(query: &str, offset: u32, are_declared: bool) -> Answer {
    completed(query, offset, &tables(are_declared))
}

/// A query in sentences.
#[wasm_bindgen(js_name = kqlExplain)]
pub fn explain(query: &str, are_declared: bool) -> Answer {
    explained(query, tables(are_declared).as_ref())
}

/// What stands at a place.
#[wasm_bindgen(js_name = kqlHover)]
pub fn hover(query: &str, offset: u32, are_declared: bool) -> Answer {
    hovered(query, offset, tables(are_declared).as_ref())
}

/// The call that a place stands in.
#[wasm_bindgen(js_name = kqlSignatureHelp)]
pub fn signature_help(query: &str, offset: u32) -> Answer {
    let offset = Utf16::new(query).byte(offset);
    let found = symbols::call_at(query, offset).and_then(|call| {
        let known = engine::callables();
        let entry = known.into_iter().find(|entry| entry.name == call.name)?;
        Some((call, entry))
    });
    match found {
        Some((
            call,
            Callable {
                name,
                kind,
                parameters,
                returns,
            },
        )) => json::object(|json| {
            json.text("name", name)
                .text("kind", kind.name())
                .texts("parameters", &parameters)
                .text("returns", returns)
                .put("argument", &call.argument);
        }),
        None => Ok(JsValue::NULL),
    }
}

/// Where the name at a place is declared and used.
#[wasm_bindgen(js_name = kqlReferences)]
pub fn references(query: &str, offset: u32) -> Answer {
    let offset = Utf16::new(query).byte(offset);
    let analysis = language::analyse(query, tables(false).as_ref(), 0);
    let spans = symbols::references(&analysis, offset);
    json::list(&spans, |json, span| dto::offsets(json, query, *span))
}

/// The edits that give the name at a place another spelling.
#[wasm_bindgen(js_name = kqlRename)]
pub fn rename(query: &str, offset: u32, name: &str) -> Answer {
    let offset = Utf16::new(query).byte(offset);
    let analysis = language::analyse(query, tables(false).as_ref(), 0);
    let edits = symbols::rename(&analysis, offset, name).ok_or_else(|| {
        Failure::new(
            "usage",
            "only a name that the query declares can be renamed, to a bare name",
        )
    })?;
    json::list(&edits, |json, edit| dto::edit(json, query, edit))
}

/// The tokens of a text, for colours.
#[wasm_bindgen(js_name = kqlTokens)]
pub fn tokens(query: &str) -> Answer {
    let (tokens, _) = token::tokens(query);
    let shown = tokens
        .iter()
        .filter(|token| token.kind != token::TokenKind::Space);
    let index = Utf16::new(query);
    json::list(shown, |json, token| {
        json.text("kind", token.kind.name())
            .put("start", &index.utf16(token.span.start))
            .put("end", &index.utf16(token.span.end));
    })
}

/// The query for the rows that the filter at a place dropped, each with the condition that did.
#[wasm_bindgen(js_name = kqlDropped)]
pub fn dropped(query: &str, start: u32, n_rows: u32) -> Answer<String> {
    let start = Utf16::new(query).byte(start);
    crate::kql::dropped::dropped(query, start, n_rows).ok_or_else(|| {
        Failure::new(
            "usage",
            "only a `where` outside of functions drops rows by a condition",
        )
        .into()
    })
}

#[wasm_bindgen]
impl Dataset {
    fn language_tables(&self) -> Rc<dyn Tables> {
        Rc::new(self.inner.views())
    }

    /// What is wrong with a query over these tables.
    pub fn check(&self, query: &str, options: &JsValue) -> Answer {
        checked(query, &self.inner.views(), options)
    }

    /// What may stand at a place of a query over these tables.
    pub fn complete(&self, query: &str, offset: u32) -> Answer {
        completed(query, offset, &self.language_tables())
    }

    /// A query over these tables in sentences.
    pub fn explain(&self, query: &str) -> Answer {
        explained(query, &self.inner.views())
    }

    /// What stands at a place of a query over these tables.
    pub fn hover(&self, query: &str, offset: u32) -> Answer {
        hovered(query, offset, &self.inner.views())
    }
}
