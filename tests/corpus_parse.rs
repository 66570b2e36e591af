//! Real queries: the parser must agree with the verdict of Microsoft's parser.
//!
//! Reads `corpus/dev.jsonl.gz` and `kql/dev.jsonl` of the suites where they are (`KQLENS_SUITES`,
//! else `../shared/suites`); prints what ran, and fails on missing suites only when the variable is
//! set.
#![expect(clippy::print_stdout, reason = "the test tells how much of the suites ran")]

use kqlens::kql::parser;
use kqlens::value::dynamic::Dynamic;
use std::io::Read;
use std::path::PathBuf;

/// Least share of accepted queries that must be accepted here too.
const ACCEPTED_FLOOR: f64 = 0.995;
/// Least share of refused queries that must be refused here too.
const REFUSED_FLOOR: f64 = 0.90;

fn suite(name: &str) -> Option<Vec<Dynamic>> {
    let set = std::env::var_os("KQLENS_SUITES").map(PathBuf::from);
    let is_required = set.is_some();
    let root = set.unwrap_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/suites")));
    let Ok(bytes) = std::fs::read(root.join(name)) else {
        assert!(!is_required, "KQLENS_SUITES is set and {name} is not there");
        println!("skipped: {name} is not there");
        return None;
    };
    let mut text = String::new();
    if name.ends_with(".gz") {
        flate2::read::GzDecoder::new(bytes.as_slice()).read_to_string(&mut text).unwrap();
    } else {
        text = String::from_utf8(bytes).unwrap();
    }
    Some(text.lines().map(|line| Dynamic::parse(line).expect("the suite holds JSON lines")).collect())
}

fn text(record: &Dynamic, key: &str) -> Option<String> {
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
        println!("{what}: {} of {} ({:.2} %)", self.n_agreed, self.n_all, 100.0 * self.share());
        let n_shown = if std::env::var_os("KQLENS_SHOW_ALL").is_some() { usize::MAX } else { 20 };
        for line in self.differing.iter().take(n_shown) {
            println!("  {line}");
        }
    }
}

#[test]
fn verdicts_agree_with_microsofts_parser() {
    let Some(records) = suite("corpus/dev.jsonl.gz") else { return };
    let (mut accepted, mut refused, mut templates) = (Tally::default(), Tally::default(), Tally::default());
    for record in &records {
        let id = text(record, "id").unwrap();
        let query = text(record, "query").unwrap();
        let is_template = flag(record, "templated") == Some(true);
        let mut tally = |id: &str, query: &str, is_ok: bool| {
            if is_ok { accepted.add(id, query, true) } else { refused.add(id, query, false) }
        };
        match flag(record, "official_ok").unwrap() {
            true => tally(&id, &query, true),
            false if !is_template => tally(&id, &query, false),
            false => {}
        }
        if let (Some(query), Some(is_ok)) = (text(record, "query_subst"), flag(record, "official_ok_subst")) {
            tally(&format!("{id}/subst"), &query, is_ok);
            if is_ok {
                templates.add(&id, &text(record, "query").unwrap(), true);
            }
        }
    }
    accepted.print("accepted by Microsoft's parser and here");
    refused.print("refused by Microsoft's parser and here");
    templates.print("templates read with their placeholders");
    assert!(accepted.share() >= ACCEPTED_FLOOR);
    assert!(refused.share() >= REFUSED_FLOOR);
}

#[test]
fn conformance_queries_are_read() {
    let Some(records) = suite("kql/dev.jsonl") else { return };
    let mut read = Tally::default();
    for record in &records {
        read.add(&text(record, "id").unwrap(), &text(record, "query").unwrap(), true);
    }
    read.print("conformance queries read");
    assert!(read.share() >= ACCEPTED_FLOOR);
}
