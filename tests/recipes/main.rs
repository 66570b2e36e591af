//! Every recipe, run in both dialects: its example on the rows of `rows/`, whose answers stand in
//! `src/recipe/answers.json`, and its parameters on rows made for them.

#![expect(clippy::unwrap_used, reason = "a test")]

mod examples;
mod parameters;
mod reassembly;
mod services;

use kqlens::dataset::{AddOptions, Dataset};
use kqlens::diagnostic::Diagnostic;
use kqlens::engine::{Job, Relation};
use kqlens::recipe::{self, Target};
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

/// Log rows as JSON lines, as tables.
fn tables(rows: &[String]) -> Rc<dyn Tables> {
    let mut dataset = Dataset::new();
    let bytes = rows.join("\n");
    let report = dataset
        .add(bytes.as_bytes(), AddOptions::default())
        .unwrap();
    assert_eq!((report.rows as usize, report.reject_count), (rows.len(), 0));
    Rc::new(dataset.views())
}

/// The answer of a recipe, some columns of it, the same in both dialects; a line a row, sorted.
fn answer(
    id: &str,
    values: &[(&str, &str)],
    tables: &Rc<dyn Tables>,
    columns: &[&str],
) -> Vec<String> {
    let [here, there] = [Target::ResourceSpecific, Target::AzureDiagnostics].map(|target| {
        let text = recipe::build(id, values, target).unwrap();
        let relation =
            run(&text, tables).unwrap_or_else(|error| panic!("{}", shown(&error, &text)));
        let places = columns.iter().map(|name| {
            let mut fields = relation.fields.iter();
            fields.position(|field| field.name == *name).unwrap()
        });
        let places: Vec<usize> = places.collect();
        let line = |row| {
            let cells = places
                .iter()
                .map(|column| cell(&relation.value(row, *column)));
            cells.collect::<Vec<_>>().join("|")
        };
        let mut lines: Vec<String> = (0..relation.n_rows()).map(line).collect();
        lines.sort();
        lines
    });
    assert_eq!(here, there, "{id}");
    here
}
