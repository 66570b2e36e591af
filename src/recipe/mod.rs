//! Questions with a ready answer: KQL texts with parameters.
//!
//! Input: the id of a [`Recipe`], values for its parameters, the dialect of the workspace. Output:
//! KQL, formatted. Invariants: a value becomes a literal of the type its parameter has, or an error,
//! never raw text; a line whose parameter has no value is left out; the `AzureDiagnostics` text is the
//! translation of the resource-specific one, so there is one text to keep right. One file a family, in
//! `catalogue`; `builder` puts values in place and knows no catalogue, so the module carries it alone:
//! there the definitions come from `catalogues.js`. Absent on purpose: running (`engine` does it).

pub mod builder;
mod catalogue;

use crate::diagnostic::Diagnostic;
use crate::kql::{names, token};
use crate::schema;
use crate::text::cut;
use crate::value::Type;
use builder::Definition;
use std::fmt;

/// Recipes about one thing.
#[derive(Debug)]
pub struct Family {
    /// The stable id, in kebab case.
    pub id: &'static str,
    /// What they are about.
    pub title: &'static str,
    /// The recipes, in the order in which a page shows them.
    pub recipes: &'static [Recipe],
}

/// A question and the query that answers it.
#[derive(Debug)]
pub struct Recipe {
    /// The stable id, in kebab case.
    pub id: &'static str,
    /// The question, in plain words.
    pub title: &'static str,
    /// What the answer shows and how to read it.
    pub about: &'static str,
    /// The numbers of the questions it answers, of `reference/QUESTIONS.md`.
    pub questions: &'static [u8],
    /// The tables it reads, by their resource-specific names; the first is the one it is about.
    pub tables: &'static [&'static str],
    /// What can be asked for.
    pub parameters: &'static [Parameter],
    /// The query, with a `{name}` in the place of each value; the line `| where {when}` stands for
    /// the conditions on the time, see [`Recipe::template`].
    pub kql: &'static str,
    /// Values that make a typical query; on the rows of `tests/recipes` they give its sample answer.
    pub example: &'static [(&'static str, &'static str)],
    /// The function that needs a service, where there is one: the workspace runs the query, the
    /// engine refuses it by this name.
    pub needs_service: Option<&'static str>,
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
    /// A number.
    Real,
    /// A column of the first table, in the spelling of either dialect.
    Column,
    /// Rows of a small table, such as prices: cells parted by commas, rows by semicolons. The types
    /// of its columns are [`Type::String`] and [`Type::Real`].
    Rows(&'static [Type]),
}

impl Kind {
    /// The name used in the public API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::DateTime => "datetime",
            Self::TimeSpan => "timespan",
            Self::String => "string",
            Self::Long => "long",
            Self::Real => "real",
            Self::Column => "column",
            Self::Rows(_) => "rows",
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
    UnknownRecipe(String, Option<String>),
    /// The recipe has no parameter of this name.
    UnknownParameter(String),
    /// A parameter that has no default has no value.
    Missing(String, &'static str),
    /// A value is not what its parameter takes.
    BadValue(String, &'static str, String),
    /// A definition that is none: it has no text or a parameter without a name or a kind.
    BadDefinition,
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
            Self::BadDefinition => "bad-definition",
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
                write!(out, "`{name}` requires a value, a {kind}")
            }
            Self::BadValue(name, kind, text) => {
                write!(out, "`{name}` requires a {}, not `{}`", kind, cut(text, 40))
            }
            Self::BadDefinition => out.write_str("a definition requires a text and parameters"),
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

/// The families, in the order in which a page shows them.
pub fn families() -> &'static [Family] {
    catalogue::FAMILIES
}

/// Every recipe, family by family.
pub fn list() -> impl Iterator<Item = &'static Recipe> {
    families().iter().flat_map(|family| family.recipes)
}

/// The recipe of an id.
pub fn find(id: &str) -> Option<&'static Recipe> {
    list().find(|recipe| recipe.id == id)
}

/// That no recipe has an id; names the nearest among those there are.
pub fn unknown<'i>(id: &str, ids: impl Iterator<Item = &'i str>) -> RecipeError {
    RecipeError::UnknownRecipe(id.to_owned(), names::nearest(id, ids).map(str::to_owned))
}

/// The query of a recipe with values in place; an empty value counts as none.
pub fn build(id: &str, values: &[(&str, &str)], target: Target) -> Result<String, RecipeError> {
    let recipe = find(id).ok_or_else(|| unknown(id, list().map(|recipe| recipe.id)))?;
    Definition::of(recipe).build(values, target)
}

/// Conditions on the time, each of which is left out when its parameter has no value.
const WHEN: &str = "| where TimeGenerated > ago({period})
{indent}| where TimeGenerated >= {from}
{indent}| where TimeGenerated < {to}";

impl Recipe {
    /// The text of the query with a `{name}` in the place of each value.
    pub fn template(&self) -> String {
        let line = |line: &str| match line.trim_start() {
            when @ "| where {when}" => {
                let indent = &line[..line.len() - when.len()];
                format!("{indent}{}", WHEN.replace("{indent}", indent))
            }
            _ => line.to_owned(),
        };
        self.kql.lines().map(line).collect::<Vec<_>>().join("\n")
    }

    /// How the answer is best shown: what its `render` says, else `table`.
    pub fn chart(&self) -> &'static str {
        let last = self.kql.lines().last().unwrap_or_default();
        last.strip_prefix("| render ")
            .and_then(|chart| chart.split(' ').next())
            .unwrap_or("table")
    }

    /// A value for every parameter, so that no line of the text is left out: for whoever tries them all.
    pub fn every_value(&self) -> Vec<(&'static str, &'static str)> {
        let value = |parameter: &Parameter| match (parameter.default, parameter.kind) {
            (Default::Value(text), _) => text,
            (_, Kind::DateTime) => "2026-04-20T14:00:00Z",
            (_, Kind::TimeSpan) => "1d",
            (_, Kind::Long | Kind::Real) => "400",
            (_, Kind::String | Kind::Rows(_)) => "orders",
            (_, Kind::Column) => "TimeGenerated",
        };
        let parameters = self.parameters.iter();
        parameters.map(|one| (one.name, value(one))).collect()
    }

    /// The columns of its tables that the query reads, by their resource-specific names.
    pub fn columns(&self) -> Vec<&'static str> {
        let reads = |word: &str| {
            self.tables.iter().any(|name| match schema::table(name) {
                Some(table) => table.columns.iter().any(|column| column.name == word),
                None => schema::is_azure_diagnostics_column(word),
            })
        };
        let mut found = Vec::new();
        for token in token::tokens(self.kql).0 {
            let text = token.span.of(self.kql);
            // `column_ifexists` takes the name as a text.
            let word = text.trim_matches('"');
            let is_name = token.kind == token::TokenKind::Word || text.len() == word.len() + 2;
            if is_name && reads(word) && !found.contains(&word) {
                found.push(word);
            }
        }
        let defaults = self.parameters.iter().filter_map(|one| match one.default {
            Default::Value(name) if one.kind == Kind::Column => Some(name),
            _ => None,
        });
        let times = self.kql.contains("{when}").then_some("TimeGenerated");
        for name in defaults.chain(times) {
            if !found.contains(&name) {
                found.push(name);
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kql::{parser, printer};
    use std::collections::BTreeSet;

    fn built(id: &str, values: &[(&str, &str)]) -> String {
        build(id, values, Target::ResourceSpecific).unwrap()
    }

    /// The names between braces; a brace before anything else is KQL's own.
    fn places(template: &str) -> Vec<&str> {
        let ends = template.split('{').skip(1);
        ends.filter_map(|rest| rest.split_once('}'))
            .map(|(name, _)| name)
            .filter(|name| {
                name.chars()
                    .all(|letter| letter == '_' || letter.is_ascii_alphanumeric())
            })
            .collect()
    }

    /// The mistakes of published queries that no recipe may make.
    #[test]
    fn known_mistakes_are_not_made() {
        for recipe in list() {
            let text = recipe.template();
            let lines: Vec<&str> = text.lines().map(str::trim).collect();
            for (at, line) in lines.iter().enumerate() {
                let after = |n: usize| lines.get(at + n).copied().unwrap_or_default();
                if *line == "ApiManagementGatewayLlmLog" {
                    let is_cut = (1..6).any(|n| after(n).contains("SequenceNumber == 0"));
                    let is_of_pieces = text.contains("RequestMessages");
                    assert!(
                        is_cut || is_of_pieces,
                        "{}: pieces counted as calls",
                        recipe.id
                    );
                }
                if recipe.tables.contains(line) {
                    let asks = ["TimeGenerated", "CorrelationId"];
                    let is_asked = asks.iter().any(|column| after(1).contains(column));
                    assert!(is_asked, "{}: no time filter behind {line}", recipe.id);
                }
                for operator in ["| join ", "| lookup "] {
                    assert!(
                        !line.starts_with(operator) || line.contains(" kind="),
                        "{}: {line}",
                        recipe.id
                    );
                }
            }
            for word in [
                "count(C",
                "avg_if",
                "startsWith",
                "strcat_aray",
                "any(",
                "== \"false\"",
                "TimeGenerated1",
                "\\\"",
            ] {
                let found = text.match_indices(word).any(|(at, _)| {
                    let before = text[..at].chars().next_back().unwrap_or(' ');
                    !before.is_alphanumeric() && before != '_'
                });
                assert!(!found, "{}: {word}", recipe.id);
            }
        }
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
                let is_known = *table == "AzureDiagnostics"
                    || schema::table(table).is_some_and(|known| known.name == *table);
                assert!(
                    is_known && recipe.kql.contains(table),
                    "{} {table}",
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
                    recipe
                        .template()
                        .contains(&format!("{{{}}}", parameter.name)),
                    "{} {}",
                    recipe.id,
                    parameter.name
                );
            }
            for place in places(&recipe.template()) {
                assert!(names.contains(place), "{} {place}", recipe.id);
            }
            for (name, _) in recipe.example {
                assert!(names.contains(name), "{} {name}", recipe.id);
            }
        }
        for family in families() {
            assert!(
                ids.insert(family.id) || find(family.id).is_some(),
                "{}",
                family.id
            );
            assert!(
                !family.recipes.is_empty() && !family.title.is_empty(),
                "{}",
                family.id
            );
        }
    }

    #[test]
    fn every_example_is_a_formatted_query_in_both_dialects() {
        for recipe in list() {
            for target in [Target::ResourceSpecific, Target::AzureDiagnostics] {
                let text = build(recipe.id, recipe.example, target).unwrap();
                assert!(parser::parse(&text).is_ok(), "{text}");
                assert_eq!(printer::format(&text).as_deref(), Ok(text.as_str()));
                let logs = recipe.tables.iter().filter(|table| {
                    schema::table(table).is_some_and(schema::TableSchema::is_resource_log)
                });
                for log in logs {
                    let is_there = text.contains(log);
                    assert_eq!(is_there, target == Target::ResourceSpecific, "{text}");
                    assert!(is_there || text.contains("AzureDiagnostics"), "{text}");
                }
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
                4,
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
    }
}
