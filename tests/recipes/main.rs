//! Every recipe, run in both dialects: its example on the rows of `rows/`, whose answers stand in
//! `src/recipe/answers.json`, and its parameters on rows made for them.

#![expect(clippy::unwrap_used, reason = "a test")]

mod examples;
mod parameters;
mod reassembly;

use kqlens::diagnostic::Diagnostic;
use kqlens::engine::{Job, Relation};
use kqlens::table::Tables;
use kqlens::value::{Value, datetime};
use std::rc::Rc;

/// The time of the tests, a Monday.
const NOW: &str = "2026-04-20T15:00:00Z";

fn run(text: &str, tables: &Rc<dyn Tables>) -> Result<Relation, Box<Diagnostic>> {
    let now = datetime::parse(NOW).unwrap();
    let finished = Job::start(text, Rc::clone(tables), now).and_then(Job::run)?;
    Ok(finished.relation)
}

/// The text of a value; numbers of `AzureDiagnostics` are reals, and equal to the whole ones.
fn cell(value: &Value) -> String {
    match value {
        Value::Real(number) => number.to_string(),
        other => other.to_text(),
    }
}

/// The names of the columns, then a line a row.
fn text_of(relation: &Relation) -> String {
    let fields = relation.fields.iter();
    let mut out = fields
        .map(|field| field.name.as_str())
        .collect::<Vec<_>>()
        .join("|");
    for row in 0..relation.n_rows() {
        let cells: Vec<String> = (0..relation.fields.len())
            .map(|column| cell(&relation.value(row, column)))
            .collect();
        out += &format!("\n{}", cells.join("|"));
    }
    out
}

/// A failure as a test shows it.
fn shown(error: &Diagnostic, text: &str) -> String {
    let place = error.span.of(text);
    format!("{} {} {place:?}\n{text}", error.code, error.message)
}
