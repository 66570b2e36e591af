//! Policies: what they emit, and what is wrong with it.
//!
//! Input: the resource of a policy, whose text is a paste of its own or stands in a template. Output:
//! its elements at their places, and findings under the code of a rule. Invariants: places are those
//! of the paste, behind the escapes of the text that holds the policy; what an expression gives is
//! not judged. Absent on purpose: policies that say nothing about what is logged.

use super::check::{Finding, SetUp, codes};
use super::document::{Cursor, Kind, edit, escaped};
use super::find::{Finds, add, repaired};
use super::repair;
use super::resources::{Resource, Role};
use super::token_metric::{KNOWN, is_expression};
use super::xml_text::{self, Attribute, Element};
use crate::text::{Span, cut};
use crate::value::order;

/// Policies that emit metrics, with the most dimensions of each.
const EMITTERS: [(&str, usize); 3] = [
    ("emit-metric", 10),
    ("llm-emit-token-metric", 5),
    ("azure-openai-emit-token-metric", 5),
];

/// Reads the elements of a policy; what cannot be read goes to the findings.
pub(super) fn read(text: &str, resource: &mut Resource, findings: &mut Vec<Finding>) {
    let value = resource
        .at("value")
        .filter(|_| resource.role == Role::Policy);
    let Some(node) = value else {
        return;
    };
    let (span, source) = (node.span, node.source);
    let policy = node.words().unwrap_or_default().to_owned();
    let is_put_together = matches!(node.kind, Kind::Expression(_));
    if is_put_together && !policy.trim_start().starts_with('<') {
        let values = vec![or_kind(resource), cut(&policy, 40)];
        findings.push(Finding::new(codes::ELSEWHERE, span, values));
        return;
    }
    let mut cursor = Cursor::new(&policy);
    let mut elements = xml_text::read(&mut cursor);
    let mut slips = cursor.findings;
    let mut places: Vec<&mut Span> = Vec::new();
    for element in &mut elements {
        places.push(&mut element.span);
        places.extend(element.attributes.iter_mut().map(|one| &mut one.span));
    }
    for slip in &mut slips {
        places.push(&mut slip.span);
        places.extend(slip.edits.iter_mut().map(|edit| &mut edit.span));
    }
    let literal = source.of(text);
    let is_exact = move_to_literal(
        &policy,
        literal,
        source.start,
        resource.is_bicep(),
        &mut places,
    );
    if !is_exact {
        for place in places {
            *place = span;
        }
    }
    let is_plain = literal.starts_with('<') || literal.starts_with("'''");
    for slip in &mut slips {
        let has_quotes = slip.edits.iter().any(|edit| edit.text.contains('"'));
        if !is_exact || resource.is_terraform() || has_quotes && !is_plain {
            slip.edits.clear();
        }
    }
    findings.extend(slips);
    resource.elements = elements;
}

/// What a resource is called, or what it is where it has no name.
pub(super) fn or_kind(resource: &Resource) -> String {
    let name = if resource.name.is_empty() {
        resource.role.name()
    } else {
        &resource.name
    };
    cut(name, 40)
}

/// Moves places in a text to where they stand in the literal of it; `false` where it is none of it.
fn move_to_literal(
    text: &str,
    literal: &str,
    offset: u32,
    is_bicep: bool,
    places: &mut [&mut Span],
) -> bool {
    let quotes = ["'''", "\"", "'"];
    let quote = quotes.into_iter().find(|quote| literal.starts_with(quote));
    let quote = quote.unwrap_or_default();
    let inner = literal.strip_prefix(quote).unwrap_or_default();
    let inner = inner.strip_suffix(quote).unwrap_or_default();
    let mut wanted: Vec<u32> = Vec::new();
    for place in &*places {
        wanted.extend([place.start, place.end]);
    }
    order::sort_by_key(&mut wanted, |place| *place);
    wanted.dedup();
    let mut found: Vec<u32> = Vec::new();
    let mut n_read = 0;
    let mut characters = inner.chars();
    loop {
        let at = inner.len() - characters.as_str().len() + quote.len();
        while wanted.get(found.len()).is_some_and(|one| *one <= n_read) {
            found.push(offset + at as u32);
        }
        let Some(mut character) = characters.next() else {
            break;
        };
        if character == '\\' && quote.len() == 1 {
            character = match characters.next() {
                Some('u') if !is_bicep => {
                    let (digits, rest) =
                        characters.as_str().split_at_checked(4).unwrap_or_default();
                    characters = rest.chars();
                    let code = u32::from_str_radix(digits, 16).ok();
                    code.and_then(char::from_u32).unwrap_or('\u{FFFD}')
                }
                other => escaped(other.unwrap_or_default()),
            };
        }
        n_read += character.len_utf8() as u32;
    }
    let moved = |place: u32| {
        found
            .get(wanted.partition_point(|one| *one < place))
            .copied()
    };
    let is_it = n_read as usize == text.len();
    for place in places.iter_mut().filter(|_| is_it) {
        let start = moved(place.start).unwrap_or_default();
        **place = Span::new(start, moved(place.end).unwrap_or(start));
    }
    is_it
}

/// How many dimensions a policy takes; none where it emits no metric.
fn most_dimensions(element: &Element) -> Option<usize> {
    let found = EMITTERS.iter().find(|(name, _)| *name == element.name);
    found.map(|(_, most)| *most)
}

/// The elements that emit metrics, each with the number of its dimensions.
fn emitters(policy: &Resource) -> Vec<(&Element, usize, usize)> {
    let mut n_dimensions = vec![0_usize; policy.elements.len()];
    for element in policy.elements.iter().filter(|one| one.name == "dimension") {
        if let Some(n) = element.parent.and_then(|at| n_dimensions.get_mut(at)) {
            *n += 1;
        }
    }
    let elements = policy.elements.iter().zip(n_dimensions);
    elements
        .filter_map(|(element, n)| Some((element, n, most_dimensions(element)?)))
        .collect()
}

/// What a policy says, for its facts.
pub(super) fn facts(policy: &Resource) -> Vec<(&'static str, String)> {
    let list = |texts: &mut dyn Iterator<Item = String>| {
        let texts: Vec<String> = texts.take(8).collect();
        texts.join(", ")
    };
    let metrics = list(&mut emitters(policy).into_iter().map(|(element, n, _)| {
        let s = if n == 1 { "" } else { "s" };
        format!("{} ({n} dimension{s})", element.name)
    }));
    let traces = policy.elements.iter().filter(|one| one.name == "trace");
    let traces = list(&mut traces.map(|one| severity(one).to_owned()));
    let facts = [("metrics", metrics), ("traces", traces)];
    facts
        .into_iter()
        .filter(|(_, text)| !text.is_empty())
        .collect()
}

/// Every element of every policy.
fn each_element<'s>(set_up: &'s SetUp<'_>) -> impl Iterator<Item = &'s Element> {
    set_up.of(Role::Policy).flat_map(|policy| &policy.elements)
}

/// More dimensions than are kept. Source: the usage notes of each policy's reference (5, 5, 10);
/// Azure Monitor keeps 10 keys of dimensions for a metric.
pub(super) fn too_many_dimensions(set_up: &SetUp<'_>, code: &'static str, finds: Finds<'_>) {
    for policy in set_up.of(Role::Policy) {
        for (element, n, most) in emitters(policy) {
            if n > most {
                let values = [&element.name, &*n.to_string(), &most.to_string()];
                add(finds, code, element.span, &values);
            }
        }
    }
}

/// A dimension that is named only. Source: the references of the policies, *Default dimension names
/// that may be used without value*; the one of backends is known to policies on tokens alone.
pub(super) fn dimension_without_value(set_up: &SetUp<'_>, code: &'static str, finds: Finds<'_>) {
    for policy in set_up.of(Role::Policy) {
        for element in policy.elements.iter().filter(|one| one.name == "dimension") {
            let parent = element.parent.and_then(|at| policy.elements.get(at));
            let Some(parent) = parent.filter(|one| most_dimensions(one).is_some()) else {
                continue;
            };
            let name = element.get("name").map_or("", |name| name.value.as_str());
            let is_known =
                KNOWN.contains(&name) && !(name == "Backend ID" && parent.name == "emit-metric");
            let is_judged = !name.is_empty() && !name.starts_with('@');
            if element.get("value").is_none() && is_judged && !is_known {
                add(finds, code, element.span, &[name]);
            }
        }
    }
}

/// What an element cannot do without. Source: the references of `emit-metric`,
/// `llm-emit-token-metric` and `trace`, column *Required*.
pub(super) fn required(set_up: &SetUp<'_>, code: &'static str, finds: Finds<'_>) {
    for policy in set_up.of(Role::Policy) {
        for (element, n, _) in emitters(policy) {
            if n == 0 {
                add(finds, code, element.span, &[&element.name, "dimension"]);
            }
        }
    }
    let required = [
        ("emit-metric", "name"),
        ("dimension", "name"),
        ("trace", "source"),
    ];
    for element in each_element(set_up) {
        for (name, attribute) in required {
            if element.name == name
                && element
                    .get(attribute)
                    .is_none_or(|one| one.value.is_empty())
            {
                add(finds, code, element.span, &[name, attribute]);
            }
        }
    }
}

/// A policy on tokens where no request comes by. Source: the references of both, *Policy sections*.
pub(super) fn wrong_section(set_up: &SetUp<'_>, code: &'static str, finds: Finds<'_>) {
    for element in each_element(set_up) {
        let is_of_tokens = element.name.ends_with("emit-token-metric");
        if is_of_tokens && !matches!(element.section, "" | "inbound") {
            add(finds, code, element.span, &[&element.name, element.section]);
        }
    }
}

/// An expression where a text is wanted. Source: the references of the policies, *Policy expressions
/// aren't allowed*.
pub(super) fn expression_as_name(set_up: &SetUp<'_>, code: &'static str, finds: Finds<'_>) {
    for element in each_element(set_up) {
        let names: &[&str] = match element.name.as_str() {
            "trace" => &["source", "severity"],
            _ if most_dimensions(element).is_some() => &["name", "namespace"],
            _ => continue,
        };
        for attribute in names.iter().filter_map(|name| element.get(name)) {
            if is_expression(&attribute.value) {
                add(
                    finds,
                    code,
                    attribute.span,
                    &[&attribute.name, &element.name],
                );
            }
        }
    }
}

/// Severities of traces, the least first.
const SEVERITIES: [&str; 3] = ["verbose", "information", "error"];

fn level(severity: &str) -> Option<usize> {
    SEVERITIES
        .iter()
        .position(|one| one.eq_ignore_ascii_case(severity))
}

fn severity(trace: &Element) -> &str {
    trace.get("severity").map_or("verbose", |one| &one.value)
}

/// A severity that there is not. Source: the reference of `trace`, *Allowed values*.
pub(super) fn unknown_severity(set_up: &SetUp<'_>, code: &'static str, finds: Finds<'_>) {
    for element in each_element(set_up).filter(|one| one.name == "trace") {
        if let Some(Attribute { value, span, .. }) = element.get("severity")
            && level(value).is_none()
            && !is_expression(value)
        {
            let shown = if value.is_empty() { "\"\"" } else { value };
            add(finds, code, *span, &[shown]);
        }
    }
}

/// The diagnostic of Application Insights that holds for the scope of a policy.
fn diagnostic_of<'s>(set_up: &'s SetUp<'_>, policy: &Resource) -> Option<&'s Resource> {
    let of = |api: Option<&str>| {
        set_up.of(Role::Diagnostic).find(|resource| {
            let is_it = resource.name.eq_ignore_ascii_case("applicationinsights");
            resource.api.as_deref() == api && (is_it || resource.name.is_empty())
        })
    };
    of(policy.api.as_deref()).or_else(|| of(None))
}

/// Metrics that a diagnostic does not take. Source: seed 000, *Emit custom metrics*, step 2.
pub(super) fn metrics_off(set_up: &SetUp<'_>, code: &'static str, finds: Finds<'_>) {
    for policy in set_up.of(Role::Policy) {
        let Some((element, ..)) = emitters(policy).into_iter().next() else {
            continue;
        };
        let Some(diagnostic) = diagnostic_of(set_up, policy) else {
            continue;
        };
        let metrics = diagnostic.at("metrics");
        if metrics.is_none_or(|node| node.flag() == Some(false)) && !diagnostic.is_terraform() {
            let place = metrics.map_or(diagnostic.span, |node| node.span);
            add(finds, code, place, &[&element.name]);
            repaired(
                finds,
                repair::with_member(set_up, diagnostic, "metrics", "true"),
            );
        }
    }
}

/// Metrics of a policy that stands without its diagnostic. Source: seed 000, *Emit custom metrics*.
pub(super) fn metrics_unknown(set_up: &SetUp<'_>, code: &'static str, finds: Finds<'_>) {
    for policy in set_up.of(Role::Policy) {
        if let Some((element, ..)) = emitters(policy).into_iter().next()
            && diagnostic_of(set_up, policy).is_none()
        {
            add(finds, code, element.span, &[&element.name]);
        }
    }
}

/// Traces that do not arrive. Source: seed 000, *What data is added to Application Insights*; the
/// severity that is not given is the least (reference of `trace`).
pub(super) fn quiet_trace(set_up: &SetUp<'_>, code: &'static str, finds: Finds<'_>) {
    for policy in set_up.of(Role::Policy) {
        let Some(diagnostic) = diagnostic_of(set_up, policy) else {
            continue;
        };
        let verbosity = diagnostic.words("verbosity").unwrap_or("information");
        for element in policy.elements.iter().filter(|one| one.name == "trace") {
            let written = element.get("severity");
            let place = written.map_or(element.span, |one| one.span);
            let severity = severity(element);
            if level(severity) < level(verbosity) && level(severity).is_some() {
                add(finds, code, place, &[severity, verbosity]);
                // What stands there is not escaped, so that another word may stand there.
                let is_exact = written.is_some() && place.of(set_up.text) == severity;
                if let Some(finding) = finds
                    .last_mut()
                    .filter(|_| is_exact && !policy.is_terraform())
                {
                    finding.edits = edit(place, verbosity);
                }
            }
        }
    }
}
