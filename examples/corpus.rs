//! Real queries through every stage that needs no rows, and those over the gateway's tables through
//! the engine: reads the suites' `corpus`, prints how many agree with what Microsoft's own service
//! says of them, and leaves for that service to read again: `formatted.jsonl`, what was formatted;
//! `gateway.jsonl`, queries over the gateway's tables and how they ended; `schema.json`, the tables.
//!
//! Lines of the report end in `NAME PASSED / ALL`; `tests/conformance/corpus_floors.txt` holds the
//! fewest.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command")]

use kqlens::dataset::{AddOptions, Dataset, check};
use kqlens::diagnostic::Severity;
use kqlens::engine::Job;
use kqlens::kql::check::Target;
use kqlens::kql::{edits, parser, printer, repair};
use kqlens::table::Tables;
use kqlens::value::{Dynamic, datetime, dynamic};
use std::collections::BTreeMap;
use std::io::{self, Read as _};
use std::path::Path;
use std::rc::Rc;

/// A tally, and the first that failed.
#[derive(Default)]
struct Tally {
    n_passed: usize,
    n_all: usize,
}

/// The tallies by their names, in order, and where to show what failed.
#[derive(Default)]
struct Report {
    tallies: BTreeMap<&'static str, Tally>,
    is_verbose: bool,
}

impl Report {
    fn add(&mut self, name: &'static str, passed: bool, tell: impl FnOnce() -> String) {
        let tally = self.tallies.entry(name).or_default();
        tally.n_all += 1;
        tally.n_passed += usize::from(passed);
        if !passed && self.is_verbose {
            println!("  {name}: {}", tell());
        }
    }
}

fn lines(path: &Path) -> io::Result<Vec<Dynamic>> {
    let bytes = std::fs::read(path)?;
    let mut text = String::new();
    if bytes.starts_with(&[0x1F, 0x8B]) {
        flate2::read::GzDecoder::new(bytes.as_slice()).read_to_string(&mut text)?;
    } else {
        text = String::from_utf8(bytes).map_err(io::Error::other)?;
    }
    Ok(text.lines().filter_map(Dynamic::parse).collect())
}

fn member(record: &Dynamic, key: &str) -> Option<String> {
    match record.member(key) {
        Dynamic::String(text) => Some(text.to_string()),
        _ => None,
    }
}

fn flag(record: &Dynamic, key: &str) -> Option<bool> {
    match record.member(key) {
        Dynamic::Bool(flag) => Some(flag),
        _ => None,
    }
}

/// The tree without places.
fn shape(text: &str, span: &regex_lite::Regex) -> String {
    let tree = format!("{:?}", parser::parse(text).query);
    span.replace_all(&tree, "_").into_owned()
}

/// Compares the verdict of one query of Microsoft's parser with ours.
fn verdicts(report: &mut Report, records: &[Dynamic]) {
    for record in records {
        let (Some(id), Some(query)) = (member(record, "id"), member(record, "query")) else {
            continue;
        };
        let is_kql = member(record, "dialect").as_deref() == Some("kql");
        let mut compare = |name, query: &str, official: bool| {
            let parsed = parser::parse(query);
            report.add(name, parsed.is_ok() == official, || {
                let found = parsed.diagnostics.first();
                let message = found.map_or("accepted here", |found| found.message.as_str());
                format!("{id}: {message}")
            });
        };
        let is_template = flag(record, "templated") == Some(true);
        match flag(record, "official_ok") {
            Some(official) if is_kql && !is_template => compare("VERDICT kql", &query, official),
            Some(official) if !is_template => compare("VERDICT arg", &query, official),
            _ => {}
        }
        if let (Some(query), Some(official)) = (
            member(record, "query_subst"),
            flag(record, "official_ok_subst"),
        ) {
            compare("VERDICT query_subst", &query, official);
        }
    }
}

/// Formats what is accepted: the same tree, and the same text the second time.
fn formats(report: &mut Report, records: &[Dynamic], mut out: impl io::Write) -> io::Result<()> {
    let span = regex_lite::Regex::new(r"Span \{ start: \d+, end: \d+ \}")
        .map_err(|error| io::Error::other(error.to_string()))?;
    for record in records {
        let Some(id) = member(record, "id") else {
            continue;
        };
        for (key, official) in [
            ("query", "official_ok"),
            ("query_subst", "official_ok_subst"),
        ] {
            let Some(query) = member(record, key) else {
                continue;
            };
            let Ok(once) = printer::format(&query) else {
                continue;
            };
            report.add(
                "FORMAT settles",
                printer::format(&once).as_ref() == Ok(&once),
                || id.clone(),
            );
            report.add(
                "FORMAT keeps the tree",
                shape(&once, &span) == shape(&query, &span),
                || id.clone(),
            );
            let edited = repair::apply_edits(&query, &edits::edits(&query, &once));
            report.add("FORMAT is small edits", edited == once, || id.clone());
            let n_comments = |text: &str| {
                let (tokens, _) = kqlens::kql::token::tokens(text);
                let comments = tokens.iter().map(|token| token.span.of(text));
                comments.filter(|text| text.starts_with("//")).count()
            };
            report.add(
                "FORMAT keeps comments",
                n_comments(&once) == n_comments(&query),
                || id.clone(),
            );
            if flag(record, official) == Some(true) {
                writeln!(out, "{}", object(&[("id", &id), ("query", &once)]))?;
            }
        }
    }
    Ok(())
}

/// Queries over the gateway's tables: all are read, and each is run.
fn gateway(
    report: &mut Report,
    records: &[Dynamic],
    views: &Rc<dyn Tables>,
    now: i64,
    mut out: impl io::Write,
) -> io::Result<()> {
    for record in records {
        let is_gateway = matches!(
            member(record, "domain").as_deref(),
            Some("apim" | "ai-gateway")
        );
        let query = match flag(record, "official_ok") {
            Some(true) => member(record, "query"),
            _ if flag(record, "official_ok_subst") == Some(true) => member(record, "query_subst"),
            _ => None,
        };
        let (true, Some(id), Some(query)) = (is_gateway, member(record, "id"), query) else {
            continue;
        };
        report.add("GATEWAY parse", parser::parse(&query).is_ok(), || {
            id.clone()
        });
        let answer = Job::start(&query, Rc::clone(views), now).and_then(Job::run);
        let error = answer.err().map_or_else(String::new, |error| {
            let place = error.span.of(&query);
            format!("{} {} `{place}`", error.code, error.message)
        });
        writeln!(
            out,
            "{}",
            object(&[("id", &id), ("query", &query), ("error", &error)])
        )?;
    }
    Ok(())
}

/// A JSON object of texts.
fn object(members: &[(&str, &str)]) -> String {
    let mut line = String::from("{");
    for (at, (name, text)) in members.iter().enumerate() {
        line.push_str(if at == 0 { "\"" } else { ",\"" });
        line.push_str(name);
        line.push_str("\":");
        dynamic::write_json_string(text, &mut line);
    }
    line + "}"
}

/// The tables as `{table: [[column, type], …], …}`.
fn schema(views: &dyn Tables) -> String {
    let mut text = String::from("{");
    for name in views.names() {
        let Some(view) = views.find(&name) else {
            continue;
        };
        text.push_str(if text.len() > 1 { ",\n" } else { "\n" });
        dynamic::write_json_string(&name, &mut text);
        text.push_str(": [");
        for (at, field) in view.fields.iter().enumerate() {
            text.push_str(if at > 0 { ", [" } else { "[" });
            dynamic::write_json_string(&field.name, &mut text);
            text += &format!(", \"{}\"]", field.kind.name());
        }
        text.push(']');
    }
    text + "\n}\n"
}

/// What Microsoft's binder finds, found here at the same place; and clean queries found clean.
fn semantics(
    report: &mut Report,
    records: &[Dynamic],
    findings: &[Dynamic],
    views: &dyn Tables,
    now: i64,
) {
    for finding in findings {
        let Some(id) = member(finding, "id") else {
            continue;
        };
        let record = records
            .iter()
            .find(|record| member(record, "id").as_ref() == Some(&id));
        // Of a template, what Microsoft's binder read is the text with values in place.
        let query = record
            .and_then(|record| member(record, "query_subst").or_else(|| member(record, "query")));
        let Some(query) = query else {
            continue;
        };
        let found = check::check(&query, views, Target::LogAnalytics, now);
        let errors = || {
            found
                .iter()
                .filter(|found| found.severity <= Severity::Warning)
        };
        let told = || {
            let texts = errors().map(|found| {
                format!(
                    "{} {} `{}`",
                    found.code,
                    found.message,
                    found.span.of(&query)
                )
            });
            format!("{id}: {}", texts.collect::<Vec<_>>().join("; "))
        };
        let expected = finding.member("diagnostics");
        let expected = expected.items().unwrap_or_default();
        for one in expected {
            let start = one
                .member("start")
                .to_text()
                .parse::<usize>()
                .unwrap_or(usize::MAX);
            let starts: Vec<usize> = errors()
                .map(|found| {
                    let before = query.get(..found.span.start as usize).unwrap_or(&query);
                    before.encode_utf16().count()
                })
                .collect();
            report.add("BINDER errors found", starts.contains(&start), || {
                format!(
                    "`{}` {start} {}: {}",
                    one.member("text").to_text(),
                    one.member("message").to_text(),
                    told()
                )
            });
        }
        if expected.is_empty() {
            let is_clean = found.iter().all(|found| found.severity != Severity::Error);
            report.add("BINDER clean queries", is_clean, told);
        }
    }
}

fn run(folder: &Path, samples: &Path, out: &Path, is_verbose: bool) -> io::Result<()> {
    let records = lines(&folder.join("dev.jsonl.gz"))?;
    let findings = lines(&folder.join("apim_semantic_dev.jsonl"))?;
    let now = datetime::parse("2026-03-03T12:00:00Z").unwrap_or_default();
    let mut dataset = Dataset::new();
    for entry in std::fs::read_dir(samples)? {
        dataset
            .add(&std::fs::read(entry?.path())?, AddOptions::default())
            .map_err(|error| io::Error::other(error.to_string()))?;
    }
    let views: Rc<dyn Tables> = Rc::new(dataset.views());
    let file = |name: &str| std::fs::File::create(out.join(name)).map(io::BufWriter::new);
    let mut report = Report {
        is_verbose,
        ..Report::default()
    };
    verdicts(&mut report, &records);
    formats(&mut report, &records, file("formatted.jsonl")?)?;
    gateway(&mut report, &records, &views, now, file("gateway.jsonl")?)?;
    semantics(&mut report, &records, &findings, views.as_ref(), now);
    std::fs::write(out.join("schema.json"), schema(views.as_ref()))?;
    for (name, tally) in &report.tallies {
        println!("{name} {} / {}", tally.n_passed, tally.n_all);
    }
    Ok(())
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, samples, out, rest @ ..] = arguments.as_slice() else {
        eprintln!("usage: corpus FOLDER SAMPLES OUT [--verbose]");
        std::process::exit(2);
    };
    let is_verbose = rest.iter().any(|option| option == "--verbose");
    if let Err(error) = run(
        Path::new(folder),
        Path::new(samples),
        Path::new(out),
        is_verbose,
    ) {
        eprintln!("{folder}: {error}");
        std::process::exit(2);
    }
}
