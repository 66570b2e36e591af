//! Each file of `pastes` holds a text as people paste it, what is understood of it and what is found,
//! read by eye; `UPDATE=1` writes both anew. What is repaired is marked and its text stands beside.

use super::repaired;
use kqlens::handoff::setup::check::{Finding, check};
use kqlens::handoff::setup::rules::RULES;
use kqlens::text::Span;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Line and column, from 1.
fn place(text: &str, span: Span) -> String {
    let before = &text[..span.start as usize];
    let line = before.rsplit('\n').next().unwrap_or_default();
    let n_lines = before.matches('\n').count() + 1;
    format!("{n_lines}:{}", line.chars().count() + 1)
}

fn message(finding: &Finding) -> String {
    let rule = RULES.iter().find(|rule| rule.code == finding.code).unwrap();
    let mut message = rule.message.to_owned();
    for (at, value) in finding.values.iter().enumerate() {
        message = message.replace(&format!("{{{at}}}"), value);
    }
    message
}

fn report(text: &str) -> String {
    let report = check(text);
    let mut lines = vec!["=== understood".to_owned()];
    for one in &report.understood {
        let facts = one
            .facts
            .iter()
            .map(|(name, value)| format!(", {name}: {value}"));
        let facts: String = facts.collect();
        let role = one.role.name();
        lines.push(format!(
            "{} {role} `{}`{facts}",
            place(text, one.span),
            one.name
        ));
    }
    lines.push("=== found".to_owned());
    for finding in &report.findings {
        let severity = finding.severity().name();
        let at = place(text, finding.span);
        lines.push(format!(
            "{at} {severity} {} {}",
            finding.code,
            message(finding)
        ));
        for edit in &finding.edits {
            let before = edit.span.of(text);
            lines.push(format!(
                "  {}: {before:?} -> {:?}",
                place(text, edit.span),
                edit.text
            ));
        }
    }
    lines.join("\n") + "\n"
}

#[test]
fn pastes_are_read_as_their_files_say() {
    let is_update = std::env::var_os("UPDATE").is_some();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/handoff/pastes");
    let mut codes = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let stored = fs::read_to_string(&path).unwrap();
        let (about, rest) = stored.split_once('\n').unwrap();
        assert!(
            about.starts_with("# "),
            "{} says nothing of itself",
            path.display()
        );
        let text = rest
            .split_once("\n=== understood")
            .map_or(rest, |(text, _)| text);
        let made = format!(
            "{about}\n{}\n{}",
            text.trim_end_matches('\n'),
            report(text.trim_end_matches('\n'))
        );
        if is_update {
            fs::write(&path, &made).unwrap();
        }
        assert!(
            stored == made || is_update,
            "{} differs: see UPDATE=1\n{made}",
            path.display()
        );
        let text = text.trim_end_matches('\n');
        for finding in check(text).findings {
            codes.insert(finding.code);
            if !finding.edits.is_empty() {
                let count = |text: &str| {
                    check(text)
                        .findings
                        .iter()
                        .filter(|one| one.code == finding.code)
                        .count()
                };
                let whole = repaired(text, &finding);
                assert!(
                    count(&whole) < count(text),
                    "{}: {finding:?} stays in\n{whole}",
                    path.display()
                );
            }
        }
    }
    assert!(codes.len() > 20, "{codes:?}");
}
