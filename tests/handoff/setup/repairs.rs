//! What a repair does: it takes its finding away, what it makes is read, and no other error comes of it.

use super::{PIECES, repaired};
use crate::Numbers;
use kqlens::diagnostic::Severity;
use kqlens::handoff::setup::check::{Finding, check};
use kqlens::handoff::setup::rules::RULES;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Texts that are nearly right: examples of rules, and what people paste.
fn texts() -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    for rule in RULES {
        texts.extend([rule.bad.to_owned(), rule.good.to_owned()]);
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/handoff/pastes");
    let mut paths: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    for path in paths {
        let stored = fs::read_to_string(path).unwrap();
        let (_, rest) = stored.split_once('\n').unwrap();
        texts.push(rest.split("\n=== understood").next().unwrap().to_owned());
    }
    texts
}

/// How often each code is found: errors, and the one that is repaired.
fn counts(findings: &[Finding], code: &str) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for finding in findings {
        if finding.severity() == Severity::Error || finding.code == code {
            *counts.entry(finding.code).or_default() += 1;
        }
    }
    counts
}

fn repairs_hold(text: &str) -> usize {
    let found = check(text).findings;
    let mut n_repairs = 0;
    for finding in found.iter().filter(|one| !one.edits.is_empty()) {
        n_repairs += 1;
        let whole = repaired(text, finding);
        let (before, after) = (
            counts(&found, finding.code),
            counts(&check(&whole).findings, finding.code),
        );
        assert!(
            after.get(finding.code).copied().unwrap_or(0) < before[finding.code],
            "{finding:?} stays:\n{text}\n---\n{whole}"
        );
        for (code, n) in &after {
            assert!(
                *n <= before.get(code).copied().unwrap_or(0),
                "{finding:?} brings {code}:\n{text}\n---\n{whole}"
            );
        }
    }
    n_repairs
}

#[test]
fn a_repair_takes_its_finding_away_and_brings_no_error() {
    let texts = texts();
    let n_repairs: usize = texts.iter().map(|text| repairs_hold(text)).sum();
    assert!(n_repairs > 40, "{n_repairs}");
    // The same of texts put together, but for those whose open brackets would take in the next one.
    let is_closed = |text: &&String| {
        let findings = check(text).findings;
        findings.iter().all(|finding| finding.code != "SET0108")
    };
    let texts: Vec<&String> = texts.iter().filter(is_closed).collect();
    let mut numbers = Numbers(0x51C6_4E3B_2F19_7A05);
    for _ in 0..300 {
        let parts: Vec<&str> = (0..3)
            .map(|_| texts[numbers.below(texts.len())].as_str())
            .collect();
        repairs_hold(&parts.join("\n"));
    }
}

/// Values of settings that are wrong, in each language.
const VALUES: &[(&str, &str)] = &[
    ("\"allErrors\"", "null"),
    ("100", "7"),
    ("true", "false"),
    ("\"Dedicated\"", "null"),
    ("SystemAssigned", "systemassigned"),
    ("service/workspaces/", "service.workspace/"),
    ("severity=\"error\"", "severity=\"verbose\""),
    ("\"bytes\": 0", "\"bytes\": 9"),
    ("\"headers\": []", "\"headers\": [\"A\"]"),
    ("\n", "\r\n"),
    ("  ", "\t"),
    (": ", ":"),
];

#[test]
fn repairs_hold_whatever_else_is_so() {
    let texts = texts();
    let mut numbers = Numbers(0x2545_F491_4F6C_DD1D);
    for _ in 0..4_000 {
        let mut text = texts[numbers.below(texts.len())].clone();
        for _ in 0..=numbers.below(3) {
            let (from, to) = VALUES[numbers.below(VALUES.len())];
            text = text.replace(from, to);
        }
        repairs_hold(&text);
    }
}

#[test]
fn repairs_of_broken_texts_are_within_them_and_end() {
    let texts = texts();
    let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15);
    for _ in 0..4_000 {
        let mut text: Vec<char> = texts[numbers.below(texts.len())].chars().collect();
        for _ in 0..=numbers.below(4) {
            let at = numbers.below(text.len() + 1);
            let end = (at + numbers.below(6)).min(text.len());
            let piece = PIECES[numbers.below(PIECES.len())].chars();
            let piece: Vec<char> = piece
                .take(if numbers.below(2) == 0 { 40 } else { 0 })
                .collect();
            text.splice(at..end, piece);
        }
        // Repairs one after the other come to an end.
        let mut text: String = text.into_iter().collect();
        for _ in 0..8 {
            let found = check(&text).findings;
            let Some(finding) = found.iter().find(|one| !one.edits.is_empty()) else {
                break;
            };
            text = repaired(&text, finding);
        }
    }
}
