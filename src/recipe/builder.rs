//! A query from the definition of a recipe and values for its parameters.
//!
//! Input: a [`Definition`], of the catalogue or as JSON. Output: KQL in either dialect, formatted.
//! Invariants: a value becomes one literal of its parameter's kind, or an error; values are put in
//! in one pass, so what a value holds is never a place itself. Absent on purpose: the catalogue.

use super::{Default, Kind, Parameter, Recipe, RecipeError, Target};
use crate::kql::printer;
use crate::kql::token::written_string;
use crate::schema::{self, translation};
use crate::value::{Dynamic, Type, datetime, number, real, timespan};
use std::sync::LazyLock;

/// What building a query takes of a recipe.
#[derive(Debug)]
pub struct Definition {
    /// The table whose columns a parameter of kind `column` may name.
    table: String,
    template: String,
    slots: Vec<Slot>,
}

/// A parameter.
#[derive(Debug)]
struct Slot {
    name: String,
    kind: &'static str,
    /// Of the columns of `rows`: whether its cells are texts.
    are_texts: Vec<bool>,
    is_required: bool,
    default: Option<String>,
}

impl Slot {
    fn of(parameter: &Parameter) -> Self {
        let types = match parameter.kind {
            Kind::Rows(types) => types,
            _ => &[],
        };
        Self {
            name: parameter.name.to_owned(),
            kind: parameter.kind.name(),
            are_texts: types.iter().map(|kind| *kind == Type::String).collect(),
            is_required: parameter.default == Default::Required,
            default: match parameter.default {
                Default::Value(text) => Some(text.to_owned()),
                Default::Required | Default::LeftOut => None,
            },
        }
    }

    fn read(json: &Dynamic) -> Option<Self> {
        let kinds = [
            Kind::DateTime,
            Kind::TimeSpan,
            Kind::String,
            Kind::Long,
            Kind::Real,
            Kind::Column,
            Kind::Rows(&[]),
        ];
        let kind = json.member("kind").to_text();
        let cells = json.member("cells");
        let cells = cells.items().unwrap_or_default().iter();
        let default = json.member("default");
        Some(Self {
            name: Some(json.member("name").to_text()).filter(|name| !name.is_empty())?,
            kind: kinds
                .iter()
                .map(|known| known.name())
                .find(|known| *known == kind)?,
            are_texts: cells.map(|cell| cell.to_text() == "string").collect(),
            is_required: matches!(json.member("required"), Dynamic::Bool(true)),
            default: (!default.is_null()).then(|| default.to_text()),
        })
    }
}

impl Definition {
    /// The definition of an entry of the catalogue.
    pub fn of(recipe: &Recipe) -> Self {
        Self {
            table: recipe
                .tables
                .first()
                .copied()
                .unwrap_or_default()
                .to_owned(),
            template: recipe.template(),
            slots: recipe.parameters.iter().map(Slot::of).collect(),
        }
    }

    /// The definition in an entry of `catalogues.js`.
    pub fn read(json: &str) -> Result<Self, RecipeError> {
        let read = || {
            let json = Dynamic::parse(json)?;
            let template =
                Some(json.member("template").to_text()).filter(|text| !text.is_empty())?;
            Some(Self {
                table: json.member("tables").item(0).to_text(),
                template,
                slots: json
                    .member("parameters")
                    .items()?
                    .iter()
                    .map(Slot::read)
                    .collect::<Option<_>>()?,
            })
        };
        read().ok_or(RecipeError::BadDefinition)
    }

    /// The query with values in place; an empty value counts as none.
    pub fn build(&self, values: &[(&str, &str)], target: Target) -> Result<String, RecipeError> {
        let text = self.fill(values)?;
        let text = match target {
            Target::ResourceSpecific => text,
            Target::AzureDiagnostics => {
                translation::to_azure_diagnostics(&text).map_err(RecipeError::Translation)?
            }
        };
        printer::format(&text).map_err(RecipeError::Translation)
    }

    fn fill(&self, values: &[(&str, &str)]) -> Result<String, RecipeError> {
        let is_known = |name: &str| self.slots.iter().any(|slot| slot.name == name);
        if let Some((name, _)) = values.iter().find(|(name, _)| !is_known(name)) {
            return Err(RecipeError::UnknownParameter((*name).to_owned()));
        }
        let mut literals: Vec<(String, Option<String>)> = Vec::new();
        for slot in &self.slots {
            let given = values
                .iter()
                .rfind(|(name, text)| *name == slot.name && !text.trim().is_empty());
            let text = given.map(|(_, text)| *text).or(slot.default.as_deref());
            if text.is_none() && slot.is_required {
                return Err(RecipeError::Missing(slot.name.clone(), slot.kind));
            }
            let literal = text.map(|text| self.literal(slot, text)).transpose()?;
            literals.push((format!("{{{}}}", slot.name), literal));
        }
        let is_left_out = |line: &&str| {
            literals
                .iter()
                .any(|(place, literal)| literal.is_none() && line.contains(place.as_str()))
        };
        let lines = self.template.lines().filter(|line| !is_left_out(line));
        Ok(lines
            .map(|line| fill_line(line, &literals))
            .collect::<Vec<_>>()
            .join("\n"))
    }

    /// A value as KQL writes it.
    fn literal(&self, slot: &Slot, text: &str) -> Result<String, RecipeError> {
        let literal = match slot.kind {
            "string" => Some(written_string(text)),
            "long" => text
                .trim()
                .parse::<i64>()
                .ok()
                .map(|number| number.to_string()),
            "real" => real_literal(text),
            "datetime" => {
                datetime::parse(text).map(|ticks| format!("datetime({})", datetime::text(ticks)))
            }
            "timespan" => timespan::parse(text).map(timespan_literal),
            "rows" => rows_literal(text, &slot.are_texts),
            _ => schema::table(&self.table)
                .and_then(|table| table.column(text.trim()))
                .map(|column| column.name.to_owned()),
        };
        literal.ok_or_else(|| RecipeError::BadValue(slot.name.clone(), slot.kind, text.to_owned()))
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

/// A finite number, with a point: without one it would be a `long`.
fn real_literal(text: &str) -> Option<String> {
    let number = real::read(text.trim())?;
    number.is_finite().then(|| number::plain_text(number))
}

/// Cells of a `datatable`, one row after the other; every row must have all cells.
fn rows_literal(text: &str, are_texts: &[bool]) -> Option<String> {
    let mut rows = Vec::new();
    for row in text.split([';', '\n']).filter(|row| !row.trim().is_empty()) {
        let cells: Vec<&str> = row.split(',').map(str::trim).collect();
        if cells.len() != are_texts.len() {
            return None;
        }
        let literals = cells.iter().zip(are_texts).map(|(cell, is_text)| {
            if *is_text {
                Some(written_string(cell))
            } else {
                real_literal(cell)
            }
        });
        rows.push(literals.collect::<Option<Vec<_>>>()?.join(", "));
    }
    (!rows.is_empty()).then(|| rows.join(", "))
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

    #[test]
    fn durations_use_the_largest_unit() {
        assert_eq!(timespan_literal(15), "15tick");
        assert_eq!(timespan_literal(900_000_000 * 10), "15m");
        assert_eq!(timespan_literal(-864_000_000_000), "timespan(-1.00:00:00)");
    }

    #[test]
    fn numbers_stay_reals() {
        assert_eq!(real_literal(" 5 ").as_deref(), Some("5.0"));
        assert_eq!(real_literal("0.00015").as_deref(), Some("0.00015"));
        for wrong in ["", "NaN", "inf", "1)", "0x1F"] {
            assert_eq!(real_literal(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn rows_have_all_their_cells() {
        let prices = [true, false];
        assert_eq!(
            rows_literal("gpt-4o, 2.5; \"x\" ] ,1\n", &prices).as_deref(),
            Some("\"gpt-4o\", 2.5, \"\\\"x\\\" ]\", 1.0")
        );
        for wrong in ["", ";", "gpt-4o", "gpt-4o, much", "a, 1, 2"] {
            assert_eq!(rows_literal(wrong, &prices), None, "{wrong}");
        }
    }

    #[test]
    fn definitions_are_read() {
        let json = r#"{"tables":["AppMetrics"],"template":"AppMetrics\n| summarize count() by {column}\n| take {rows}",
            "parameters":[{"name":"column","kind":"column","required":true,"default":null},
                {"name":"rows","kind":"long","required":false,"default":"5"}]}"#;
        let definition = Definition::read(json).unwrap();
        assert_eq!(
            definition
                .build(&[("column", "valueSum")], Target::ResourceSpecific)
                .as_deref(),
            Ok("AppMetrics\n| summarize count() by Sum\n| take 5")
        );
        assert_eq!(
            definition.build(&[], Target::ResourceSpecific),
            Err(RecipeError::Missing("column".to_owned(), "column"))
        );
        for wrong in [
            "",
            "{}",
            r#"{"template":"T","parameters":[{"name":"x","kind":"y"}]}"#,
        ] {
            assert_eq!(
                Definition::read(wrong).unwrap_err(),
                RecipeError::BadDefinition
            );
        }
    }
}
