//! Shapes of JSON, written from `reference/HANDOFF.md`.
//!
//! A shape is JSON: an object has just these keys (`?` behind one that may be missing, `*` for any
//! name), a list holds items of its one shape, and a text names a kind of value; a text with bars is
//! one of some words.

use kqlens::value::{Dynamic, guid};

const SHAPES: &str = include_str!("shapes.json");

fn shapes() -> Dynamic {
    Dynamic::parse(SHAPES).expect("shapes.json is JSON")
}

/// Fails unless a text is JSON of a shape.
pub(crate) fn check(place: &str, name: &str, text: &str) {
    let value = Dynamic::parse(text).unwrap_or_else(|| panic!("{place} is no JSON"));
    let shape = shapes().member(name);
    assert!(!shape.is_null(), "no shape is called {name}");
    compare(place, &shape, &value);
}

/// Fails unless a text is a template whose resources have the shapes of their types.
pub(crate) fn check_template(place: &str, text: &str) {
    check(place, "template", text);
    let template = Dynamic::parse(text).unwrap();
    for (at, resource) in template
        .member("resources")
        .items()
        .unwrap()
        .iter()
        .enumerate()
    {
        let kind = resource.member("type").to_text();
        let shape = shapes().member(&kind);
        assert!(!shape.is_null(), "{place}: no shape is known of {kind}");
        compare(&format!("{place}[{at}]"), &shape, resource);
        if kind == "Microsoft.Insights/workbooks" {
            let data = resource
                .member("properties")
                .member("serializedData")
                .to_text();
            check(&format!("{place}[{at}].serializedData"), "workbook", &data);
        }
    }
}

fn compare(place: &str, shape: &Dynamic, value: &Dynamic) {
    match shape {
        Dynamic::Bag(keys) => {
            let members = value
                .members()
                .unwrap_or_else(|| panic!("{place} is no object"));
            for (key, shape) in keys.iter() {
                let (name, is_optional) = match key.strip_suffix('?') {
                    Some(name) => (name, true),
                    None => (key.as_ref(), key.as_ref() == "*"),
                };
                let found = members.iter().find(|(other, _)| other.as_ref() == name);
                match found {
                    Some((_, value)) => compare(&format!("{place}.{name}"), shape, value),
                    None => assert!(is_optional, "{place} has no {name}"),
                }
            }
            for (name, value) in members {
                let is_known = keys
                    .iter()
                    .any(|(key, _)| key.trim_end_matches('?') == &**name);
                let any = keys.iter().find(|(key, _)| key.as_ref() == "*");
                match any {
                    Some((_, shape)) if !is_known => {
                        compare(&format!("{place}.{name}"), shape, value);
                    }
                    _ => assert!(is_known, "{place}.{name} is not known"),
                }
            }
        }
        Dynamic::Array(items) => {
            let shape = items.first().expect("the shape of a list has one item");
            let values = value
                .items()
                .unwrap_or_else(|| panic!("{place} is no list"));
            for (at, value) in values.iter().enumerate() {
                compare(&format!("{place}[{at}]"), shape, value);
            }
        }
        shape => compare_leaf(place, &shape.to_text(), value),
    }
}

fn compare_leaf(place: &str, kind: &str, value: &Dynamic) {
    let text = match value {
        Dynamic::String(text) => Some(text.as_ref()),
        _ => None,
    };
    let is_right = match kind {
        "any" => true,
        "string" => text.is_some(),
        "text" => text.is_some_and(|text| !text.is_empty()),
        "guid" => text.is_some_and(|text| guid::parse(text).is_some()),
        "id" => text.is_some_and(|text| text.starts_with("/subscriptions/")),
        "expression" => text.is_some_and(|text| text.starts_with('[') && text.ends_with(']')),
        // Either a name, or one put together at deployment.
        "child" => text.is_some_and(|text| text.contains('/')),
        "table name" => text.is_some_and(|text| is_word(text) && text.ends_with("_CL")),
        "column name" => text.is_some_and(|text| is_word(text) && text.len() <= 45),
        "duration" => text.is_some_and(|text| text.starts_with('P') && text.len() > 2),
        "integer" => matches!(value, Dynamic::Long(_)),
        "bool" => matches!(value, Dynamic::Bool(_)),
        words => text.is_some_and(|text| words.split('|').any(|word| word == text)),
    };
    assert!(is_right, "{place} is no {kind}: {}", value.to_json());
}

fn is_word(text: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_alphabetic();
    text.starts_with(is_letter) && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
