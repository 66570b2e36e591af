//! What repairs the settings that rules find: other texts at the places that decide.
//!
//! Input: a resource, and what it should say. Output: edits in the language that it is written in; none
//! where the text alone does not tell what is right, or where Terraform writes it. Invariant: what is
//! made can be read. Absent on purpose: slips of reading, which are repaired where they are met.

use super::check::SetUp;
use super::document::{Node, edit};
use super::resources::Resource;
use crate::diagnostic::Edit;
use crate::text::Span;

/// Another value of a member of the properties, as the language of the text writes it; it is added
/// where it is not there.
pub(super) fn with_member(
    set_up: &SetUp<'_>,
    resource: &Resource,
    key: &str,
    value: &str,
) -> Vec<Edit> {
    let value = in_language(resource, value);
    match resource.properties.get(key) {
        Some(member) => instead(resource, member, &value),
        None => {
            let entry = format!("{}: {value}", key_of(resource, key));
            with_entry(set_up, resource, &resource.properties, &entry)
        }
    }
}

/// Another text in the place of a value.
pub(super) fn instead(resource: &Resource, node: &Node, text: &str) -> Vec<Edit> {
    if resource.is_terraform() {
        return Vec::new();
    }
    edit(node.source, text)
}

/// Another entry at the beginning of an object or a list, set as the one behind it.
fn with_entry(set_up: &SetUp<'_>, resource: &Resource, node: &Node, entry: &str) -> Vec<Edit> {
    let inner = node.source.of(set_up.text);
    if resource.is_terraform() || !inner.starts_with(['{', '[']) {
        return Vec::new();
    }
    let inner = inner.get(1..).unwrap_or_default();
    let rest = inner.trim_start();
    let blanks = inner.get(..inner.len() - rest.len()).unwrap_or_default();
    let parts = resource.is_bicep() && blanks.contains('\n') || rest.starts_with(['}', ']']);
    let comma = if parts { "" } else { "," };
    let at = node.source.start + 1;
    edit(Span::new(at, at), format!("{blanks}{entry}{comma}"))
}

/// A key as the language of a resource writes it.
fn key_of(resource: &Resource, key: &str) -> String {
    if resource.is_bicep() {
        key.to_owned()
    } else {
        format!("\"{key}\"")
    }
}

/// A value as the language of a resource writes it.
pub(super) fn in_language(resource: &Resource, value: &str) -> String {
    match value {
        "true" => value.to_owned(),
        _ if resource.is_bicep() => format!("'{value}'"),
        _ => format!("\"{value}\""),
    }
}

/// The symbol of the parent that is declared; a service is declared where none is.
pub(super) fn with_parent(set_up: &SetUp<'_>, resource: &Resource, parent: &Node) -> Vec<Edit> {
    let kind = resource.kind.rsplit_once('/').unwrap_or_default().0;
    let text = |node: &Node, key: &str| {
        node.get(key)
            .and_then(Node::text)
            .unwrap_or_default()
            .to_owned()
    };
    let is_parent = |node: &&Node| text(node, "type").eq_ignore_ascii_case(kind);
    let is_named = |node: &&Node| text(node, "name") == parent.text().unwrap_or_default();
    let mut declared = set_up.nodes.iter().filter(is_parent);
    if let Some(found) = declared.clone().find(is_named) {
        return edit(parent.span, text(found, "symbol"));
    }
    let end = resource.node.span.end;
    let behind = set_up.text.get(end as usize..).unwrap_or_default();
    let is_apart = behind.lines().next().unwrap_or_default().trim().is_empty();
    let is_taken = set_up
        .nodes
        .iter()
        .any(|node| text(node, "symbol") == "service");
    let is_service = kind.eq_ignore_ascii_case("microsoft.apimanagement/service");
    if declared.next().is_some() || is_taken || !is_apart || !is_service {
        return Vec::new();
    }
    let version = text(&resource.node, "apiVersion");
    let name = parent.source.of(set_up.text);
    let mut edits = edit(parent.span, "service");
    edits.extend(edit(
        Span::new(end, end),
        format!("\n\nresource service '{kind}@{version}' existing = {{\n  name: {name}\n}}"),
    ));
    edits
}

/// A setting that routes a category as well; beside groups of categories there is no category.
pub(super) fn with_category(set_up: &SetUp<'_>, setting: &Resource, category: &str) -> Vec<Edit> {
    let Some(logs) = setting.at("logs") else {
        return Vec::new();
    };
    let mut entries = logs.items().iter();
    let is_it = |log: &&Node| log.get("category").and_then(Node::text) == Some(category);
    let enabled = entries.clone().find(is_it).map(|log| log.get("enabled"));
    match enabled {
        Some(Some(enabled)) => instead(setting, enabled, "true"),
        None if entries.all(|log| log.get("category").is_some()) => {
            let [category_key, enabled] = ["category", "enabled"].map(|key| key_of(setting, key));
            let category = in_language(setting, category);
            let entry = format!("{{ {category_key}: {category}, {enabled}: true }}");
            with_entry(set_up, setting, logs, &entry)
        }
        _ => Vec::new(),
    }
}

/// A diagnostic that logs messages of models.
pub(super) fn with_messages(set_up: &SetUp<'_>, diagnostic: &Resource) -> Vec<Edit> {
    let enabled = in_language(diagnostic, "enabled");
    let logs = format!("{}: {enabled}", key_of(diagnostic, "logs"));
    match diagnostic.at("largeLanguageModel") {
        Some(model) => match model.get("logs") {
            Some(logs) => instead(diagnostic, logs, &enabled),
            None => with_entry(set_up, diagnostic, model, &logs),
        },
        None => {
            let model = format!("{}: {{ {logs} }}", key_of(diagnostic, "largeLanguageModel"));
            with_entry(set_up, diagnostic, &diagnostic.properties, &model)
        }
    }
}
