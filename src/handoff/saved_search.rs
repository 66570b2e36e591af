//! A saved search of a workspace, which can be a function that other queries call.
//!
//! Input: `{title, query, workspace?, category?, key?, functionAlias?, functionParameters?, tags?}`.
//! Output: a template. Invariants: the name of a function and its parameters are names of KQL, so
//! the deployment is not the first to tell. Absent on purpose: solutions, which have their own.

use super::arm::{self, Parameter, Resource, Template, parameter};
use super::json::{self, Members, object};
use super::question;
use super::request::Request;
use super::{Artefact, HandoffError, names};
use crate::kql::token::{self, TokenKind};
use crate::text::cut;
use crate::value::{Dynamic, Type};

const API_VERSION: &str = "2023-09-01";
/// Of KQL; the only one that new searches may have.
const VERSION: i64 = 2;

/// A template of a saved search.
pub fn saved_search(request: &Dynamic) -> Result<Artefact, HandoffError> {
    let request = Request::new(
        request,
        &[
            "title",
            "query",
            "workspace",
            "category",
            "key",
            "functionAlias",
            "functionParameters",
            "tags",
        ],
    )?;
    let title = request.required("title")?;
    names::title("title", title, 200)?;
    let query = names::query("query", request.required("query")?)?;
    let category = request.text("category")?.unwrap_or("API Management");
    names::title("category", category, 100)?;
    let key = match request.text("key")? {
        Some(key) => {
            names::resource_name("key", key, 1..=100, "-_")?;
            key.to_owned()
        }
        None => question::kebab(title),
    };
    let workspace = workspace_name(&request)?;
    let alias = request.text("functionAlias")?;
    let signature = request.text("functionParameters")?;
    let mut properties: Members<arm::Expression> = [
        ("category", category),
        ("displayName", title),
        ("query", query),
    ]
    .map(|(key, text)| (key.to_owned(), text.into()))
    .into();
    match (alias, signature) {
        (Some(alias), signature) => {
            identifier("functionAlias", alias)?;
            properties.push(("functionAlias".to_owned(), alias.into()));
            if let Some(signature) = signature {
                parameters("functionParameters", signature)?;
                properties.push(("functionParameters".to_owned(), signature.into()));
            }
        }
        (None, Some(_)) => {
            let message = "only a function has parameters";
            return Err(request.wrong(
                "functionParameters",
                message,
                "a `functionAlias` beside it",
            ));
        }
        (None, None) => {}
    }
    properties.push(("version".to_owned(), VERSION.into()));
    let tags = request.pairs("tags")?;
    if !tags.is_empty() {
        let tags = tags
            .into_iter()
            .map(|(name, value)| object([("name", name.into()), ("value", value.into())]));
        properties.push(("tags".to_owned(), json::list::<_, arm::Value>(tags)));
    }
    let template = Template {
        parameters: vec![
            Parameter::string("workspaceName", "The name of the workspace.")
                .or_known(workspace.as_deref()),
        ],
        resources: vec![
            workspace_resource(),
            Resource::new(
                "search",
                "Microsoft.OperationalInsights/workspaces/savedSearches",
                API_VERSION,
                key,
                [
                    ("etag", "*".into()),
                    ("properties", arm::Value::Object(properties)),
                ],
            )
            .child_of("workspace"),
        ],
        outputs: Vec::new(),
    };
    Ok(Artefact::of_template("saved-search", &template))
}

/// The workspace of the parameter `workspaceName`, which is there.
pub(super) fn workspace_resource() -> Resource {
    Resource::existing(
        "workspace",
        "Microsoft.OperationalInsights/workspaces",
        API_VERSION,
        parameter("workspaceName"),
    )
}

/// The name of a workspace, from its name or its id in `workspace`.
pub(super) fn workspace_name(request: &Request<'_>) -> Result<Option<String>, HandoffError> {
    let Some(text) = request.text("workspace")? else {
        return Ok(None);
    };
    let field = request.field("workspace");
    if text.contains('/') {
        let id = names::resource_id_of(&field, text, &[names::WORKSPACE])?;
        return Ok(Some(id.name().to_owned()));
    }
    names::resource_name(&field, text, 4..=63, "-")?;
    Ok(Some(text.to_owned()))
}

fn identifier(field: &str, text: &str) -> Result<(), HandoffError> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if !text.is_empty()
        && text.len() <= 63
        && text.chars().all(is_word)
        && !text.starts_with(|c: char| c.is_ascii_digit())
    {
        return Ok(());
    }
    Err(HandoffError::new(
        "name",
        field,
        format!("`{}` is no name of a function", cut(text, 40)),
        "1 to 63 letters, digits and underscores, not a digit first",
    ))
}

/// `name:type` or `name:type = default`, parted by commas; those with a default last.
fn parameters(field: &str, text: &str) -> Result<(), HandoffError> {
    let wrong = |message: String| {
        let help = "as `api:string, top:long = 10`, those with a default last";
        HandoffError::new("parameters", field, message, help)
    };
    let (tokens, _) = token::tokens(text);
    let words: Vec<&str> = tokens
        .iter()
        .filter(|token| token.kind != TokenKind::Space)
        .map(|token| token.span.of(text))
        .filter(|word| !word.is_empty())
        .collect();
    let mut has_default = false;
    for one in words.split(|word| *word == ",") {
        let shown = || cut(&one.concat(), 40);
        let [name, ":", kind, rest @ ..] = one else {
            return Err(wrong(format!("`{}` is no `name:type`", shown())));
        };
        identifier(field, name)?;
        if Type::from_name(kind).is_none() {
            return Err(wrong(format!("`{}` is no type", cut(kind, 40))));
        }
        match rest {
            [] if has_default => {
                return Err(wrong(format!("`{}` stands behind a default", shown())));
            }
            [] => {}
            ["=", _, ..] => has_default = true,
            _ => {
                return Err(wrong(format!(
                    "`{}` has no `=` before its default",
                    shown()
                )));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_those_of_functions() {
        for text in [
            "a:string",
            "a:string, b:long = 10",
            "a : datetime = datetime(2026-01-01)",
        ] {
            assert!(parameters("p", text).is_ok(), "{text}");
        }
        for text in [
            "",
            "a",
            "a:",
            "a:strings",
            "a:long = 1, b:long",
            "a:long b",
            "1a:long",
            "a:long,",
            "a:long =",
        ] {
            assert!(parameters("p", text).is_err(), "{text}");
        }
    }
}
