//! Any request gives an artefact or an error with few words; what is made stays JSON, and stays the
//! same.

use crate::artefacts::{folders, maker_of, request_of};
use kqlens::handoff::make;
use kqlens::value::Dynamic;

/// Values in the place of each other value.
fn values() -> Vec<Dynamic> {
    let long = "x".repeat(100_000);
    let mut values: Vec<Dynamic> = [
        "",
        " ",
        "[",
        "[x]",
        "'${x}'",
        "\u{0}\n\r\t\u{2028}😀",
        "../..",
        "/subscriptions//",
        "<b>",
        "NaN",
        "%",
        "a\"b'c`d\\",
        "| take 5",
        ".drop table T",
        "source | extend TimeGenerated = now()",
        "https://a.b/c?d",
        "2026-01-01/2025-01-01",
        &long,
    ]
    .iter()
    .map(|text| Dynamic::string(text))
    .collect();
    values.extend([
        Dynamic::Null,
        Dynamic::Bool(true),
        Dynamic::Long(i64::MIN),
        Dynamic::Long(i64::MAX),
        Dynamic::Real(1e300),
        Dynamic::array(Vec::new()),
        Dynamic::array(vec![Dynamic::Null]),
        Dynamic::bag(Vec::new()),
        Dynamic::bag(vec![("x".into(), Dynamic::Null)]),
    ]);
    values
}

/// The same value with another in one place; every place comes once.
fn changed(value: &Dynamic, other: &Dynamic, found: &mut Vec<Dynamic>) {
    found.push(other.clone());
    let mut inner = Vec::new();
    match value {
        Dynamic::Bag(members) => {
            for at in 0..members.len() {
                changed(&members[at].1, other, &mut inner);
                for one in inner.drain(..) {
                    let mut members = members.to_vec();
                    members[at].1 = one;
                    found.push(Dynamic::bag(members));
                }
            }
        }
        Dynamic::Array(items) => {
            for at in 0..items.len() {
                changed(&items[at], other, &mut inner);
                for one in inner.drain(..) {
                    let mut items = items.to_vec();
                    items[at] = one;
                    found.push(Dynamic::array(items));
                }
            }
        }
        _ => {}
    }
}

#[test]
fn any_request_gives_an_artefact_or_an_error() {
    let (mut n_made, mut n_refused) = (0, 0);
    for folder in folders() {
        let (name, request) = (maker_of(&folder), request_of(&folder));
        for other in values() {
            let mut requests = Vec::new();
            changed(&request, &other, &mut requests);
            for request in requests {
                match make(&name, &request) {
                    Ok(artefact) => {
                        n_made += 1;
                        for file in &artefact.files {
                            let is_json =
                                matches!(file.format, "arm" | "workbook" | "parts" | "body");
                            assert!(
                                !is_json || Dynamic::parse(&file.text).is_some(),
                                "{}",
                                file.text
                            );
                        }
                    }
                    Err(error) => {
                        n_refused += 1;
                        for words in [&error.message, &error.help] {
                            let is_short = words.chars().count() <= 90 && !words.is_empty();
                            assert!(is_short, "{name}: {error:?}");
                        }
                    }
                }
            }
        }
    }
    assert!(n_made > 500 && n_refused > 2000, "{n_made} {n_refused}");
}
