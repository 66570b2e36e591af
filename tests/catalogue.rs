//! Every entry of the engine's catalogues: its names are its own, and its example gives its answer.

#![expect(clippy::unwrap_used, reason = "a test")]

use kqlens::engine::{Job, aggregate, plugin, scalar};
use kqlens::table::NoTables;
use kqlens::value::datetime;
use std::collections::BTreeSet;
use std::rc::Rc;

fn first_cell(query: &str) -> String {
    let now = datetime::parse("2026-01-01").unwrap();
    match Job::start(query, Rc::new(NoTables), now).and_then(Job::run) {
        Ok(finished) => finished.relation.value(0, 0).to_text(),
        Err(diagnostic) => format!("{}: {}", diagnostic.code, diagnostic.message),
    }
}

#[test]
fn examples_of_scalar_functions_give_their_answers() {
    let mut wrong = Vec::new();
    for entry in scalar::catalogue() {
        let (expression, answer) = entry.example;
        let found = first_cell(&format!("print {expression}"));
        if found != answer {
            wrong.push(format!(
                "{}: {expression} gives {found}, not {answer}",
                entry.name
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn examples_of_aggregates_give_their_answers() {
    let mut wrong = Vec::new();
    for entry in aggregate::catalogue() {
        let (expression, answer) = entry.example;
        let query = match expression.split_once(" > ") {
            Some((call, limit)) if call.ends_with(')') => {
                format!("range x from 1 to 4 step 1 | summarize a = {call} | project a > {limit}")
            }
            _ => format!("range x from 1 to 4 step 1 | summarize {expression}"),
        };
        let found = first_cell(&query);
        if found != answer {
            wrong.push(format!(
                "{}: {expression} gives {found}, not {answer}",
                entry.name
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn examples_of_plugins_give_their_answers() {
    let mut wrong = Vec::new();
    for entry in plugin::ENTRIES {
        let (query, answer) = entry.example;
        let found = first_cell(query);
        if found != answer {
            wrong.push(format!(
                "{}: {query} gives {found}, not {answer}",
                entry.name
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn names_are_declared_once() {
    let mut names = BTreeSet::new();
    for entry in scalar::catalogue() {
        for name in std::iter::once(&entry.name).chain(entry.aliases) {
            assert!(names.insert(*name), "{name} is declared twice");
            assert!(
                !entry.about.is_empty() && entry.about.ends_with('.'),
                "{name} says what it does"
            );
        }
    }
    let mut names = BTreeSet::new();
    for entry in aggregate::catalogue() {
        for name in std::iter::once(&entry.name).chain(entry.aliases) {
            assert!(names.insert(*name), "{name} is declared twice");
        }
    }
    for name in scalar::refused::GROUPS.iter().flat_map(|group| group.names) {
        assert!(
            scalar::find(name).is_none() && aggregate::find(name).is_none(),
            "{name} is refused and declared"
        );
    }
}

/// `distinct … | count` has a way of its own for texts: it counts what `distinct` would give.
#[test]
fn distinct_values_are_counted_as_their_rows_are() {
    let texts = "datatable(s: string, n: long) ['a', 1, '', long(null), 'a', 1, 'b', 2, '', 2,
        '5f2d4c3e-0000-4000-8000-000000000001', 3, '5F2D4C3E-0000-4000-8000-000000000001', 3]";
    for columns in ["s", "n", "s, n", "t = strcat(s, s)", "t = substring(s, 9)"] {
        let counted = first_cell(&format!("{texts} | distinct {columns} | count"));
        let rows = first_cell(&format!(
            "{texts} | distinct {columns} | where true | count"
        ));
        assert_eq!(counted, rows, "{columns}");
    }
    assert_eq!(first_cell(&format!("{texts} | distinct s | count")), "5");
}
