//! Runs conformance cases: reads `{"id", "query"}` lines, writes `{"id", "columns", "rows"}` or
//! `{"id", "error"}` lines, as `suites/kql/COMPARATOR.md` wants them.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command")]

use kqlens::engine::{Job, Relation};
use kqlens::table::NoTables;
use kqlens::value::{Dynamic, Value, datetime, dynamic, timespan};
use std::fmt::Write as _;
use std::rc::Rc;

/// A cell as the comparator wants it.
fn cell(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Int(number) => out.push_str(&number.to_string()),
        Value::Long(number) => out.push_str(&number.to_string()),
        Value::Real(number) if number.is_nan() => out.push_str("\"NaN\""),
        Value::Real(number) if number.is_infinite() => out.push_str(if *number > 0.0 {
            "\"Infinity\""
        } else {
            "\"-Infinity\""
        }),
        Value::Real(number) => out.push_str(&format!("{number:?}")),
        Value::DateTime(ticks) => dynamic::write_json_string(&datetime::text(*ticks), out),
        Value::TimeSpan(ticks) => dynamic::write_json_string(&timespan::text(*ticks), out),
        Value::Dynamic(value) => out.push_str(&value.to_json()),
        other => dynamic::write_json_string(&other.to_text(), out),
    }
}

fn answer(relation: &Relation, out: &mut String) {
    out.push_str("\"columns\":[");
    for (at, field) in relation.fields.iter().enumerate() {
        let _ = write!(out, "{}{{\"name\":", if at > 0 { "," } else { "" });
        dynamic::write_json_string(&field.name, out);
        let _ = write!(out, ",\"type\":\"{}\"}}", field.kind.name());
    }
    out.push_str("],\"rows\":[");
    for row in 0..relation.n_rows() {
        out.push_str(if row > 0 { ",[" } else { "[" });
        for column in 0..relation.fields.len() {
            if column > 0 {
                out.push(',');
            }
            cell(&relation.value(row, column), out);
        }
        out.push(']');
    }
    out.push(']');
}

fn main() {
    let Some(path) = std::env::args().nth(1) else {
        eprintln!("usage: conformance CASES.jsonl > RESULTS.jsonl");
        std::process::exit(2);
    };
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| {
        eprintln!("{path}: {error}");
        std::process::exit(2);
    });
    let now = datetime::parse("2026-01-01T00:00:00Z").unwrap_or_default();
    for line in text.lines() {
        let Some(case) = Dynamic::parse(line) else {
            continue;
        };
        let (id, query) = (case.member("id").to_text(), case.member("query").to_text());
        let mut out = String::from("{\"id\":");
        dynamic::write_json_string(&id, &mut out);
        out.push(',');
        match Job::start(&query, Rc::new(NoTables), now).and_then(Job::run) {
            Ok(finished) => answer(&finished.relation, &mut out),
            Err(diagnostic) => {
                out.push_str("\"error\":");
                dynamic::write_json_string(
                    &format!("{} {}", diagnostic.code, diagnostic.message),
                    &mut out,
                );
            }
        }
        out.push('}');
        println!("{out}");
    }
}
