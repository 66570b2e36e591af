//! Incidents from public threads and decoys: the expected signature comes first.
//!
//! The cases are other people's and stay where they are (`KQLENS_SUITES`, default `../shared/suites`).

#![expect(clippy::unwrap_used, reason = "a test")]
#![expect(clippy::print_stdout, reason = "names the cases that differ")]

mod outside;

use kqlens::dataset::{AddOptions, Dataset};
use kqlens::signature::{self, triage::Triage};
use kqlens::value::{Dynamic, datetime};
use std::rc::Rc;

/// The lines of a suite; `None` when it is not there and need not be.
fn suite(path: &str) -> Option<Vec<Dynamic>> {
    let text = std::fs::read_to_string(outside::path(path)?).unwrap();
    Some(
        text.lines()
            .map(|line| Dynamic::parse(line).unwrap())
            .collect(),
    )
}

/// Id and family of the first finding of one record.
fn first_finding(record: &Dynamic) -> (String, String) {
    let mut dataset = Dataset::new();
    let text = format!("{}\n", record.to_json());
    dataset.add(text.as_bytes(), AddOptions::default()).unwrap();
    let now = datetime::parse("2026-01-01").unwrap();
    let report = Triage::start(Rc::new(dataset.views()), Vec::new(), now)
        .run()
        .unwrap();
    let background = report.background.first().map(|(signature, _)| *signature);
    let found = report
        .findings
        .first()
        .map(|finding| finding.signature)
        .or(background);
    found
        .map(|signature| (signature.id.to_owned(), signature.family.to_owned()))
        .unwrap_or_default()
}

/// The record as a gateway row, with some fields left out.
fn gateway_row(record: &Dynamic, without: &[Dynamic]) -> Dynamic {
    let mut members = vec![
        (Rc::from("Category"), Dynamic::string("GatewayLogs")),
        (
            Rc::from("TimeGenerated"),
            Dynamic::string("2026-01-01T00:00:00Z"),
        ),
    ];
    for (key, value) in record.members().unwrap() {
        if !without.iter().any(|name| name.to_text() == key.as_ref()) {
            members.push((Rc::clone(key), value.clone()));
        }
    }
    Dynamic::bag(members)
}

fn strings(value: &Dynamic) -> Vec<String> {
    value
        .items()
        .unwrap_or_default()
        .iter()
        .map(Dynamic::to_text)
        .collect()
}

#[test]
fn incidents_get_their_signature() {
    let Some(cases) = suite("incidents/dev.jsonl") else {
        return outside::note("incidents", 0, 1);
    };
    outside::note("incidents", cases.len(), 0);
    let (mut n_given, mut n_family) = (0, 0);
    for case in &cases {
        let (expected, acceptable) = (
            case.member("expected_id").to_text(),
            strings(&case.member("also_acceptable")),
        );
        let (found, _) = first_finding(&gateway_row(&case.member("record"), &[]));
        if found == expected || acceptable.contains(&found) {
            n_given += 1;
        } else {
            println!(
                "{}: expected {expected}, found {found}",
                case.member("case_id").to_text()
            );
        }
        let inferred = case.member("inferred_fields");
        let (_, family) = first_finding(&gateway_row(
            &case.member("record"),
            inferred.items().unwrap_or_default(),
        ));
        if family == case.member("expected_family").to_text()
            || strings(&case.member("also_acceptable_families")).contains(&family)
        {
            n_family += 1;
        } else {
            println!(
                "{}: without inferred fields the family is {family}",
                case.member("case_id").to_text()
            );
        }
    }
    println!(
        "incidents: {} run, {n_given} as given, {n_family} families without inferred fields",
        cases.len()
    );
    assert!(n_given >= 62, "{n_given} of {} as given", cases.len());
    assert!(
        n_family >= 50,
        "{n_family} of {} families without inferred fields",
        cases.len()
    );
}

#[test]
fn decoys_do_not_fool() {
    let Some(cases) = suite("incidents/decoys.jsonl") else {
        return outside::note("decoys", 0, 1);
    };
    outside::note("decoys", cases.len(), 0);
    let mut n_right = 0;
    for case in &cases {
        let expected = case.member("expected_id").to_text();
        let (found, _) = first_finding(&gateway_row(&case.member("record"), &[]));
        if found == expected {
            n_right += 1;
        } else {
            println!(
                "{}: expected {expected}, found {found}",
                case.member("case_id").to_text()
            );
        }
    }
    println!("decoys: {} run, {n_right} right", cases.len());
    assert_eq!(n_right, cases.len());
}

#[test]
fn ids_are_unique_and_clues_bind() {
    let mut ids = std::collections::BTreeSet::new();
    let dataset = Dataset::new();
    let tables: Rc<dyn kqlens::table::Tables> = Rc::new(dataset.views());
    for signature in signature::catalogue() {
        assert!(
            ids.insert(signature.id),
            "{} is declared twice",
            signature.id
        );
        assert!(!signature.clues.is_empty(), "{} has no clue", signature.id);
        for clue in signature.clues {
            let kql = clue.kql();
            let bound = kqlens::engine::predicate::Predicate::bind(clue.table, &kql, &tables, 0);
            assert!(
                bound.is_ok(),
                "{}: {kql}: {:?}",
                signature.id,
                bound.err().map(|error| error.message)
            );
        }
    }
}
