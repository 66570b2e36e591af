//! Questions with a ready answer: KQL texts with parameters.
//!
//! Input: the id of a [`Recipe`], values for its parameters, the dialect of the workspace. Output:
//! KQL, formatted. Invariants: a value becomes a literal of the type its parameter has, or an error,
//! never raw text; a line whose parameter has no value is left out; the `AzureDiagnostics` text is the
//! translation of the resource-specific one, so there is one text to keep right. One file a family, in
//! `catalogue`. Absent on purpose: running (`engine` does it).

mod catalogue;

use crate::diagnostic::Diagnostic;
use crate::kql::{names, printer, token};
use crate::schema::{self, translation};
use crate::text::cut;
use crate::value::{datetime, timespan};
use std::fmt;
use std::sync::LazyLock;

/// A question and the query that answers it.
#[derive(Debug)]
pub struct Recipe {
    /// The stable id, in kebab case.
    pub id: &'static str,
    /// The question, in plain words.
    pub title: &'static str,
    /// What the answer shows and how to read it.
    pub about: &'static str,
    /// The tables it reads, by their resource-specific names; the first is the one it is about.
    pub tables: &'static [&'static str],
    /// What can be asked for.
    pub parameters: &'static [Parameter],
    /// The query, with a `{name}` in the place of each value.
    pub kql: &'static str,
    /// Values that make a typical query.
    pub example: &'static [(&'static str, &'static str)],
}

/// A value that a recipe takes.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// The name, in snake case.
    pub name: &'static str,
    /// What the value must be.
    pub kind: Kind,
    /// What happens without a value.
    pub default: Default,
    /// What it does.
    pub about: &'static str,
}

/// What the value of a parameter must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A point in time, such as `2026-04-20T14:32:00Z`.
    DateTime,
    /// A duration, such as `15m` or `01:30:00`.
    TimeSpan,
    /// A text.
    String,
    /// A whole number.
    Long,
    /// A column of the first table, in the spelling of either dialect.
    Column,
}

impl Kind {
    /// The name used in the public API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::DateTime => "datetime",
            Self::TimeSpan => "timespan",
            Self::String => "string",
            Self::Long => "long",
            Self::Column => "column",
        }
    }
}

/// What happens when a parameter has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Default {
    /// The recipe cannot be built.
    Required,
    /// The lines that need it are left out.
    LeftOut,
    /// It has this value.
    Value(&'static str),
}

/// The tables that a query is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// `ApiManagementGatewayLogs` and its kin.
    ResourceSpecific,
    /// `AzureDiagnostics`.
    AzureDiagnostics,
}

/// Why a recipe cannot be built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecipeError {
    /// No recipe has this id; the nearest one that exists.
    UnknownRecipe(String, Option<&'static str>),
    /// The recipe has no parameter of this name.
    UnknownParameter(String),
    /// A parameter that has no default has no value.
    Missing(&'static str, Kind),
    /// A value is not what its parameter takes.
    BadValue(&'static str, Kind, String),
    /// The other dialect cannot say it.
    Translation(Vec<Diagnostic>),
}

impl RecipeError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownRecipe(..) => "unknown-recipe",
            Self::UnknownParameter(_) => "unknown-parameter",
            Self::Missing(..) => "missing-value",
            Self::BadValue(..) => "bad-value",
            Self::Translation(_) => "no-translation",
        }
    }
}

impl fmt::Display for RecipeError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownRecipe(id, Some(near)) => {
                write!(
                    out,
                    "the nearest recipe is `{near}`, none is called `{}`",
                    cut(id, 20)
                )
            }
            Self::UnknownRecipe(id, None) => write!(out, "no recipe is called `{}`", cut(id, 40)),
            Self::UnknownParameter(name) => write!(out, "the recipe takes no `{}`", cut(name, 40)),
            Self::Missing(name, kind) => {
                write!(out, "`{name}` requires a value, a {}", kind.name())
            }
            Self::BadValue(name, kind, text) => {
                write!(
                    out,
                    "`{name}` requires a {}, not `{}`",
                    kind.name(),
                    cut(text, 40)
                )
            }
            Self::Translation(found) => {
                write!(
                    out,
                    "{}",
                    found
                        .first()
                        .map_or("the other dialect cannot say it", |first| &first.message)
                )
            }
        }
    }
}

impl std::error::Error for RecipeError {}

/// Every recipe, in the order in which the page shows them.
pub fn list() -> &'static [Recipe] {
    catalogue::RECIPES
}

/// The recipe of an id.
pub fn find(id: &str) -> Option<&'static Recipe> {
    list().iter().find(|recipe| recipe.id == id)
}

/// The query of a recipe with values in place; an empty value counts as none.
pub fn build(id: &str, values: &[(&str, &str)], target: Target) -> Result<String, RecipeError> {
    let recipe = find(id).ok_or_else(|| {
        RecipeError::UnknownRecipe(
            id.to_owned(),
            names::nearest(id, list().iter().map(|recipe| recipe.id)),
        )
    })?;
    let text = recipe.fill(values)?;
    let text = match target {
        Target::ResourceSpecific => text,
        Target::AzureDiagnostics => {
            translation::to_azure_diagnostics(&text).map_err(RecipeError::Translation)?
        }
    };
    printer::format(&text).map_err(RecipeError::Translation)
}

impl Recipe {
    /// The columns of its tables that the query reads, by their resource-specific names.
    pub fn columns(&self) -> Vec<&'static str> {
        let tables: Vec<_> = self
            .tables
            .iter()
            .filter_map(|name| schema::table(name))
            .collect();
        let mut found = Vec::new();
        for word in token::tokens(self.kql).0 {
            let word = word.span.of(self.kql);
            let mut columns = tables.iter().flat_map(|table| table.columns);
            if let Some(column) = columns.find(|column| column.name == word)
                && !found.contains(&column.name)
            {
                found.push(column.name);
            }
        }
        found
    }

    fn fill(&self, values: &[(&str, &str)]) -> Result<String, RecipeError> {
        let is_known = |name: &str| {
            self.parameters
                .iter()
                .any(|parameter| parameter.name == name)
        };
        if let Some((name, _)) = values.iter().find(|(name, _)| !is_known(name)) {
            return Err(RecipeError::UnknownParameter((*name).to_owned()));
        }
        let mut literals: Vec<(String, Option<String>)> = Vec::new();
        for parameter in self.parameters {
            let given = values
                .iter()
                .rfind(|(name, text)| *name == parameter.name && !text.trim().is_empty());
            let text = match (given, parameter.default) {
                (Some((_, text)), _) => Some(*text),
                (None, Default::Value(text)) => Some(text),
                (None, Default::LeftOut) => None,
                (None, Default::Required) => {
                    return Err(RecipeError::Missing(parameter.name, parameter.kind));
                }
            };
            let literal = text.map(|text| self.literal(parameter, text)).transpose()?;
            literals.push((format!("{{{}}}", parameter.name), literal));
        }
        let is_left_out = |line: &&str| {
            literals
                .iter()
                .any(|(place, literal)| literal.is_none() && line.contains(place.as_str()))
        };
        let lines = self.kql.lines().filter(|line| !is_left_out(line));
        Ok(lines
            .map(|line| fill_line(line, &literals))
            .collect::<Vec<_>>()
            .join("\n"))
    }

    /// A value as KQL writes it.
    fn literal(&self, parameter: &Parameter, text: &str) -> Result<String, RecipeError> {
        let literal = match parameter.kind {
            Kind::String => Some(string_literal(text)),
            Kind::Long => text
                .trim()
                .parse::<i64>()
                .ok()
                .map(|number| number.to_string()),
            Kind::DateTime => {
                datetime::parse(text).map(|ticks| format!("datetime({})", datetime::text(ticks)))
            }
            Kind::TimeSpan => timespan::parse(text).map(timespan_literal),
            Kind::Column => {
                let table = self.tables.first().and_then(|name| schema::table(name));
                table
                    .and_then(|table| table.column(text.trim()))
                    .map(|column| column.name.to_owned())
            }
        };
        literal
            .ok_or_else(|| RecipeError::BadValue(parameter.name, parameter.kind, text.to_owned()))
    }
}

/// Puts the literals into one line, in one pass: what a value holds is never a place itself.
fn fill_line(line: &str, literals: &[(String, Option<String>)]) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(at) = rest.find('{') {
        let (before, place) = rest.split_at(at);
        out.push_str(before);
        match literals
            .iter()
            .find(|(name, _)| place.starts_with(name.as_str()))
        {
            Some((name, literal)) => {
                out.push_str(literal.as_deref().unwrap_or_default());
                rest = place.get(name.len()..).unwrap_or_default();
            }
            None => {
                out.push('{');
                rest = place.get(1..).unwrap_or_default();
            }
        }
    }
    out + rest
}

/// A text in double quotes.
fn string_literal(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control if control.is_control() || matches!(control, '\u{2028}' | '\u{2029}') => {
                out.push_str(&format!("\\u{:04x}", u32::from(control)));
            }
            plain => out.push(plain),
        }
    }
    out + "\""
}

/// A duration as a number and the largest unit that is exact.
fn timespan_literal(ticks: i64) -> String {
    static UNITS: LazyLock<Vec<(&str, i64)>> = LazyLock::new(|| {
        ["d", "h", "m", "s", "ms", "tick"]
            .into_iter()
            .filter_map(|name| Some((name, timespan::unit(name)?)))
            .collect()
    });
    match UNITS.iter().find(|(_, unit)| ticks % unit == 0) {
        Some((name, unit)) if ticks >= 0 => format!("{}{name}", ticks / unit),
        _ => format!("timespan({})", timespan::text(ticks)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kql::parser;
    use std::collections::BTreeSet;

    fn built(id: &str, values: &[(&str, &str)]) -> String {
        build(id, values, Target::ResourceSpecific).unwrap()
    }

    #[test]
    fn entries_are_whole() {
        let mut ids = BTreeSet::new();
        for recipe in list() {
            assert!(ids.insert(recipe.id), "{}", recipe.id);
            assert!(
                recipe
                    .id
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'-'),
                "{}",
                recipe.id
            );
            assert!(
                recipe.title.ends_with('?') && recipe.title.len() <= 80,
                "{}",
                recipe.id
            );
            assert!(recipe.about.ends_with('.'), "{}", recipe.id);
            assert!(
                !recipe.columns().is_empty() && !recipe.tables.is_empty(),
                "{}",
                recipe.id
            );
            for table in recipe.tables {
                assert!(
                    schema::table(table).is_some_and(|known| known.name == *table)
                        && recipe.kql.contains(table),
                    "{}",
                    recipe.id
                );
            }
            let mut names = BTreeSet::new();
            for parameter in recipe.parameters {
                assert!(
                    names.insert(parameter.name) && parameter.about.ends_with('.'),
                    "{} {}",
                    recipe.id,
                    parameter.name
                );
                assert!(
                    recipe.kql.contains(&format!("{{{}}}", parameter.name)),
                    "{} {}",
                    recipe.id,
                    parameter.name
                );
            }
            let mut braces = recipe.kql.split('{').skip(1);
            assert!(
                braces.all(|rest| names
                    .iter()
                    .any(|name| rest.starts_with(&format!("{name}}}")))),
                "{}",
                recipe.id
            );
        }
        assert!(ids.len() >= 10);
    }

    #[test]
    fn every_example_is_a_formatted_query_in_both_dialects() {
        for recipe in list() {
            for target in [Target::ResourceSpecific, Target::AzureDiagnostics] {
                let text = build(recipe.id, recipe.example, target).unwrap();
                assert!(parser::parse(&text).is_ok(), "{text}");
                assert_eq!(printer::format(&text).as_deref(), Ok(text.as_str()));
                let is_diagnostics = text.contains("AzureDiagnostics");
                assert_eq!(is_diagnostics, target == Target::AzureDiagnostics, "{text}");
                assert_eq!(
                    recipe.tables.iter().any(|table| text.contains(table)),
                    !is_diagnostics,
                    "{text}"
                );
            }
        }
    }

    #[test]
    fn values_are_literals_whatever_they_hold() {
        for hostile in [
            "\" or true //",
            "a\\",
            "{period}",
            "x\n| take 0",
            "\u{2028}'\u{0}é",
            "]] | where",
        ] {
            let text = built("requests", &[("api", hostile)]);
            let spans = token::tokens(&text).0;
            let mut strings = spans
                .iter()
                .filter(|token| token.kind == token::TokenKind::String);
            assert!(
                strings.any(|token| token::string_value(token.span.of(&text)) == hostile),
                "{text}"
            );
            assert_eq!(
                text.matches("| ").count() - hostile.matches("| ").count(),
                3,
                "{text}"
            );
        }
    }

    #[test]
    fn values_are_checked() {
        let error = |id: &str, values: &[(&str, &str)]| {
            build(id, values, Target::ResourceSpecific)
                .unwrap_err()
                .to_string()
        };
        assert_eq!(
            error("triag", &[]),
            "the nearest recipe is `triage`, none is called `triag`"
        );
        assert_eq!(
            error("triage", &[("nothing", "1")]),
            "the recipe takes no `nothing`"
        );
        assert_eq!(
            error("triage", &[("period", "soon")]),
            "`period` requires a timespan, not `soon`"
        );
        assert_eq!(
            error("requests", &[("rows", "1; drop")]),
            "`rows` requires a long, not `1; drop`"
        );
        assert_eq!(
            error("failures-by-column", &[("column", "nowhere")]),
            "`column` requires a column, not `nowhere`"
        );
        assert_eq!(
            error("run-up-to-a-trip", &[]),
            "`trip` requires a value, a datetime"
        );
        assert!(built("failures-by-column", &[("column", "backendId_s")]).contains("by BackendId"));
        assert!(built("triage", &[("period", "00:15")]).contains("ago(15m)"));
        assert!(!built("triage", &[("period", " ")]).contains("ago"));
        assert_eq!(timespan_literal(15), "15tick");
        assert_eq!(timespan_literal(-864_000_000_000), "timespan(-1.00:00:00)");
    }
}
