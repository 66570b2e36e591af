//! Policies that emit metrics: calls, and tokens of language models.
//!
//! Input: `{policy?, name?, value?, namespace?, dimensions}`. Output: the element of the policy.
//! Invariants: numbers, lengths and names are within the limits of custom metrics, so that nothing is
//! dropped without a word; values are escaped. Absent on purpose: whole policy documents, which have
//! parts of their own.

use crate::handoff::request::Request;
use crate::handoff::{Artefact, File, HandoffError};
use crate::value::Dynamic;

/// Dimensions whose value the gateway knows.
pub(super) const KNOWN: [&str; 8] = [
    "API ID",
    "Operation ID",
    "Product ID",
    "User ID",
    "Subscription ID",
    "Location",
    "Gateway ID",
    "Backend ID",
];
/// Most characters of a name or a value.
const MOST_CHARS: usize = 256;

/// The element of a policy that emits metrics.
pub fn token_metric_policy(request: &Dynamic) -> Result<Artefact, HandoffError> {
    let fields = ["policy", "name", "value", "namespace", "dimensions"];
    let request = Request::new(request, &fields)?;
    let policies = [
        "llm-emit-token-metric",
        "azure-openai-emit-token-metric",
        "emit-metric",
    ];
    let policy = request.choice("policy", &policies)?;
    let is_plain = policy == "emit-metric";
    let most_dimensions = if is_plain { 10 } else { 5 };
    let mut xml = format!("<{policy}");
    for field in ["name", "value", "namespace"] {
        let Some(text) = request.text(field)? else {
            if is_plain && field == "name" {
                return Err(request.wrong(field, "the metric has no name", "a text as `calls`"));
            }
            continue;
        };
        if !is_plain && field != "namespace" {
            let message = format!("`{policy}` names its metrics itself");
            return Err(request.wrong(field, &message, "`emit-metric` as the `policy`"));
        }
        if field == "value" {
            if !is_expression(text) && text.parse::<f64>().is_err() {
                return Err(request.wrong(field, "this is no number", "a number or `@(…)`"));
            }
        } else {
            constant(&request, field, text)?;
        }
        write_attribute(field, text, &mut xml);
    }
    xml.push_str(">\n");
    let dimensions = request.list("dimensions", &["name", "value"])?;
    if !(1..=most_dimensions).contains(&dimensions.len()) {
        let message = format!("{} dimensions are not possible", dimensions.len());
        let help = format!("1 to {most_dimensions} of `{policy}`");
        return Err(request.wrong("dimensions", &message, &help));
    }
    let mut names: Vec<&str> = Vec::new();
    for dimension in &dimensions {
        let name = dimension.required("name")?;
        constant(dimension, "name", name)?;
        if names.iter().any(|other| other.eq_ignore_ascii_case(name)) {
            return Err(dimension.wrong("name", "the dimension is there twice", "each once"));
        }
        names.push(name);
        xml.push_str("  <dimension");
        write_attribute("name", name, &mut xml);
        match dimension.text("value")? {
            Some(value) => {
                if value.is_empty() || !is_expression(value) && value.chars().count() > MOST_CHARS {
                    let help = "1 to 256 characters, or `@(…)`";
                    return Err(dimension.wrong("value", "the value cannot be", help));
                }
                write_attribute("value", value, &mut xml);
            }
            None if KNOWN.contains(&name) && !(is_plain && name == "Backend ID") => {}
            None => {
                let message = "the gateway knows no value of this dimension";
                return Err(dimension.wrong("value", message, "a text, or an expression `@(…)`"));
            }
        }
        xml.push_str(" />\n");
    }
    xml.push_str(&format!("</{policy}>\n"));
    let mut notes = vec![
        "The diagnostic `applicationinsights` of the API must have `metrics` set.".to_owned(),
        "The component must take custom metrics with dimensions.".to_owned(),
        "Series are the product of the values of all dimensions: 50,000 a region in 12 hours."
            .to_owned(),
    ];
    if !is_plain {
        notes.insert(0, "It stands in the section `inbound`.".to_owned());
        notes.push("Tokens of streamed answers are estimated.".to_owned());
    }
    Ok(Artefact {
        files: vec![File::new("policy", "policy.xml", xml)],
        notes,
    })
}

/// Whether a value is an expression.
pub(super) fn is_expression(text: &str) -> bool {
    (text.starts_with("@(") && text.ends_with(')'))
        || (text.starts_with("@{") && text.ends_with('}'))
}

/// Checks a name that is no expression.
fn constant(request: &Request<'_>, field: &str, text: &str) -> Result<(), HandoffError> {
    let n_chars = text.chars().count();
    let message = if text.trim().is_empty() || n_chars > MOST_CHARS {
        format!("the name has {n_chars} characters")
    } else if is_expression(text) {
        "the name is an expression".to_owned()
    } else if text.chars().any(char::is_control) {
        "the name has a control character".to_owned()
    } else {
        return Ok(());
    };
    Err(request.wrong(field, &message, "1 to 256 characters as they are"))
}

fn write_attribute(name: &str, value: &str, xml: &mut String) {
    xml.push_str(&format!(" {name}=\""));
    for character in value.chars() {
        match character {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '"' => xml.push_str("&quot;"),
            '\t' | '\n' | '\r' => xml.push_str(&format!("&#{};", u32::from(character))),
            // XML has no way to write these.
            control if control.is_control() => xml.push('\u{FFFD}'),
            other => xml.push(other),
        }
    }
    xml.push('"');
}
