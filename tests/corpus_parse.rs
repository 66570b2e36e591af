//! Real queries are read, and can be translated; `cargo xtask corpus` compares them with the verdicts
//! of Microsoft's parser and binder.
//!
//! Reads `corpus/dev.jsonl.gz` and `kql/dev.jsonl` of the suites.
#![expect(
    clippy::print_stdout,
    reason = "the test tells how much of the suites ran"
)]

mod outside;

use kqlens::kql::{parser, printer};
use kqlens::schema::translation;
use kqlens::value::dynamic::Dynamic;
use std::io::Read;

/// Least share of accepted queries that must be accepted here too.
const ACCEPTED_FLOOR: f64 = 0.998;

fn suite(name: &str) -> Option<Vec<Dynamic>> {
    let bytes = std::fs::read(outside::path(name)?).expect("the suite can be read");
    let mut text = String::new();
    if bytes.starts_with(&[0x1F, 0x8B]) {
        flate2::read::GzDecoder::new(bytes.as_slice())
            .read_to_string(&mut text)
            .expect("the suite is gzip");
    } else {
        text = String::from_utf8(bytes).expect("the suite is UTF-8");
    }
    Some(
        text.lines()
            .map(|line| Dynamic::parse(line).expect("the suite holds JSON lines"))
            .collect(),
    )
}

fn text(record: &Dynamic, key: &str) -> Option<String> {
    match record.member(key) {
        Dynamic::String(text) => Some(text.to_string()),
        _ => None,
    }
}

#[derive(Default)]
struct Tally {
    n_agreed: usize,
    n_all: usize,
    differing: Vec<String>,
}

impl Tally {
    fn add(&mut self, id: &str, query: &str, official_ok: bool) {
        let parsed = parser::parse(query);
        self.n_all += 1;
        if parsed.is_ok() == official_ok {
            self.n_agreed += 1;
        } else {
            let first = parsed.diagnostics.first();
            let place = first.map_or("", |d| query.get(d.span.start as usize..).unwrap_or(""));
            let message = first.map_or("nothing", |d| d.message.as_str());
            let place: String = place.chars().take(40).collect();
            self.differing.push(format!("{id}: {message} at {place:?}"));
        }
    }

    fn share(&self) -> f64 {
        self.n_agreed as f64 / self.n_all.max(1) as f64
    }

    fn print(&self, what: &str) {
        println!(
            "{what}: {} of {} ({:.2} %)",
            self.n_agreed,
            self.n_all,
            100.0 * self.share()
        );
        let n_shown = if std::env::var_os("KQLENS_SHOW_ALL").is_some() {
            usize::MAX
        } else {
            20
        };
        for line in self.differing.iter().take(n_shown) {
            println!("  {line}");
        }
    }
}

#[test]
fn conformance_queries_are_read() {
    let Some(records) = suite("kql/dev.jsonl") else {
        return outside::note("kql-read", 0, 1);
    };
    outside::note("kql-read", records.len(), 0);
    let mut read = Tally::default();
    for record in &records {
        read.add(
            &text(record, "id").unwrap(),
            &text(record, "query").unwrap(),
            true,
        );
    }
    read.print("conformance queries read");
    assert!(read.share() >= ACCEPTED_FLOOR);
}

#[test]
fn translations_of_real_queries_are_queries() {
    let Some(records) = suite("corpus/dev.jsonl.gz") else {
        return;
    };
    let tables = ["ApiManagementGatewayLogs", "ApiManagementGatewayLlmLog"];
    let (mut n_all, mut n_refused) = (0, 0);
    for record in &records {
        let query = text(record, "query").unwrap();
        if !tables.iter().any(|table| query.contains(table)) || !parser::parse(&query).is_ok() {
            continue;
        }
        n_all += 1;
        match translation::to_azure_diagnostics(&query) {
            Ok(moved) => {
                assert!(parser::parse(&moved).is_ok(), "{query}\n{moved}");
                let bare = printer::print(&parser::parse(&moved).query, &moved);
                assert!(!bare.contains("ApiManagementGateway"), "{moved}");
            }
            Err(findings) => {
                n_refused += 1;
                println!("{}: {}", text(record, "id").unwrap(), findings[0].message);
            }
        }
    }
    println!("translated: {} of {n_all}", n_all - n_refused);
    assert!(n_refused * 5 <= n_all, "most queries can be translated");
}
