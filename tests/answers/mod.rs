//! Queries and their answers as texts: cells apart by bars, rows one a line; an error is its code.

use kqlens::engine::{Job, Relation};
use kqlens::table::NoTables;
use kqlens::value::{Value, datetime};
use std::rc::Rc;

fn cell(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Dynamic(value) => value.to_json(),
        other => other.to_text(),
    }
}

/// The rows of a table, each as a line.
pub(crate) fn rows(relation: &Relation) -> Vec<String> {
    let row = |row: usize| {
        let cells = (0..relation.fields.len()).map(|column| cell(&relation.value(row, column)));
        cells.collect::<Vec<_>>().join("|")
    };
    (0..relation.n_rows()).map(row).collect()
}

/// The answer to a query, or the code of its error.
pub(crate) fn answer(query: &str, shown: fn(&Relation) -> String) -> String {
    let now = datetime::parse("2026-01-01").expect("a time");
    match Job::start(query, Rc::new(NoTables), now).and_then(Job::run) {
        Ok(finished) => shown(&finished.relation),
        Err(error) => error.code.to_owned(),
    }
}

/// Runs queries; those whose answer is another are told together.
#[track_caller]
pub(crate) fn check(cases: &[(&str, &str)], shown: fn(&Relation) -> String) {
    let wrong = cases.iter().filter_map(|(query, expected)| {
        let found = answer(query, shown);
        (found != *expected).then(|| format!("{query}\ngives\n{found}\nnot\n{expected}"))
    });
    let wrong: Vec<String> = wrong.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
