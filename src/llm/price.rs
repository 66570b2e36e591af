//! What tokens cost: the price table of the user as lines of KQL.
//!
//! Input: a table as JSON (`{currency, prices, models}`) or CSV (a column a member). Output: a
//! [`PriceTable`], whose lines add what a call cost. Invariants: costs are decimals and exact, a sum of
//! products of whole numbers and prices per token; where the log does not tell how many tokens were
//! cached or spent on reasoning, the cost has two bounds; a table that can be read in two ways is
//! refused. A pattern never matches a name that is not ASCII: the engine and the service could differ.
//! Absent on purpose: prices.

use crate::engine::eval;
use crate::kql::names;
use crate::kql::token::written_string;
use crate::llm::json_text::JsonText;
use crate::text::cut;
use crate::value::{Decimal, Dynamic, datetime, number};
use std::cmp::Reverse;
use std::fmt;

/// The members of a price, which are the columns of a CSV as well.
const MEMBERS: [&str; 11] = [
    "model",
    "modelPattern",
    "deployment",
    "deploymentPattern",
    "per",
    "prompt",
    "completion",
    "cachedPrompt",
    "reasoning",
    "validFrom",
    "currency",
];
/// The members of a table.
const TABLE_MEMBERS: [&str; 3] = ["currency", "prices", "models"];
/// Most prices and most mapped deployments of a table.
const MAX_ENTRIES: usize = 1000;
/// Longest text of a table, in bytes.
const MAX_BYTES: usize = 1 << 20;
/// Most digits of a price behind the point.
const MAX_SCALE: u32 = 12;
/// Prices are lower than this.
const MAX_PRICE: i64 = 1_000_000_000;
/// Most arms of one `case`, for the limits of services.
const MAX_ARMS: usize = 60;

/// Which calls a price is for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Selector {
    Deployment(String),
    Model(String),
    DeploymentPattern(String),
    ModelPattern(String),
}

impl Selector {
    fn of(member: &str, text: String) -> Self {
        match member {
            "deployment" => Self::Deployment(text),
            "model" => Self::Model(text),
            "deploymentPattern" => Self::DeploymentPattern(text),
            _ => Self::ModelPattern(text),
        }
    }

    /// Names before patterns, deployments before models.
    const fn rank(&self) -> u8 {
        match self {
            Self::Deployment(_) => 0,
            Self::Model(_) => 1,
            Self::DeploymentPattern(_) => 2,
            Self::ModelPattern(_) => 3,
        }
    }

    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Deployment(a), Self::Deployment(b)) | (Self::Model(a), Self::Model(b)) => {
                a.eq_ignore_ascii_case(b)
            }
            _ => self == other,
        }
    }

    /// The condition; `model` is the column with the name of the model.
    fn condition(&self, model: &str) -> String {
        let matches = |column: &str, pattern: &str| {
            let pattern = written_string(&whole(pattern));
            format!("isascii({column}) and {column} matches regex {pattern}")
        };
        match self {
            Self::Deployment(name) => format!("DeploymentName =~ {}", written_string(name)),
            Self::Model(name) => format!("{model} =~ {}", written_string(name)),
            Self::DeploymentPattern(pattern) => matches("DeploymentName", pattern),
            Self::ModelPattern(pattern) => matches(model, pattern),
        }
    }
}

/// The pattern of a whole name in any case.
fn whole(pattern: &str) -> String {
    format!("(?i)^(?:{pattern})$")
}

/// What one token costs at least and at most.
#[derive(Clone, Copy, Debug)]
struct Bounds {
    low: Decimal,
    high: Decimal,
}

impl Bounds {
    fn of(price: Decimal, other: Option<Decimal>) -> Self {
        let other = other.unwrap_or(price);
        Self {
            low: if other < price { other } else { price },
            high: if other > price { other } else { price },
        }
    }
}

#[derive(Clone, Debug)]
struct Price {
    selector: Selector,
    prompt: Bounds,
    completion: Bounds,
    /// Ticks.
    valid_from: Option<i64>,
}

/// Prices of one currency.
#[derive(Clone, Debug)]
pub struct PriceTable {
    /// Three capital letters.
    pub currency: String,
    /// In the order in which they are tried.
    prices: Vec<Price>,
    /// Deployments and their models.
    models: Vec<(String, String)>,
}

/// Why a price table cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceError {
    /// The stable code.
    pub code: &'static str,
    /// The place, what is wrong there and what would be right.
    pub message: String,
}

impl fmt::Display for PriceError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl std::error::Error for PriceError {}

fn refuse<T>(code: &'static str, message: impl Into<String>) -> Result<T, PriceError> {
    Err(PriceError {
        code,
        message: message.into(),
    })
}

/// A price as the text has it.
#[derive(Debug)]
struct Entry {
    /// `entry 2`, or `line 3` of a CSV.
    place: String,
    /// Members that have a value, by their names in [`MEMBERS`].
    members: Vec<(&'static str, String)>,
}

impl Entry {
    fn get(&self, member: &str) -> Option<&str> {
        let mut members = self.members.iter();
        members
            .find(|(name, _)| *name == member)
            .map(|(_, text)| text.as_str())
    }
}

impl PriceTable {
    /// Reads a table, as JSON or CSV.
    pub fn parse(text: &str) -> Result<Self, PriceError> {
        let text = text.trim_start_matches('\u{feff}');
        if text.len() > MAX_BYTES {
            return refuse("price-size", "a price table has at most 1 MB");
        }
        if text.trim_start().starts_with(['{', '[']) {
            Self::of_json(text)
        } else {
            Self::of_entries(&csv_entries(text)?, None, Vec::new())
        }
    }

    fn of_json(text: &str) -> Result<Self, PriceError> {
        let Some(json) = Dynamic::parse(text) else {
            return refuse(
                "price-json",
                format!("line {}: this is no JSON", wrong_line(text)),
            );
        };
        let Some(members) = json.members() else {
            return refuse(
                "price-shape",
                "a price table is an object with `currency` and `prices`",
            );
        };
        for (name, _) in members {
            known(&TABLE_MEMBERS, name, "the table")?;
        }
        let prices = json.member("prices");
        let Some(prices) = prices.items() else {
            return refuse("price-shape", "`prices` is an array of prices");
        };
        let mut entries = Vec::new();
        for (at, price) in prices.iter().enumerate() {
            entries.push(json_entry(format!("entry {}", at + 1), price)?);
        }
        let currency = match json.member("currency") {
            Dynamic::String(text) => Some(text.trim().to_owned()),
            Dynamic::Null => None,
            _ => return refuse("price-currency", "`currency` is three letters such as EUR"),
        };
        let mut models: Vec<(String, String)> = Vec::new();
        let mapping = json.member("models");
        if !mapping.is_null() && mapping.members().is_none() {
            return refuse(
                "price-mapping",
                "`models` is an object: of each deployment its model",
            );
        }
        for (deployment, model) in mapping.members().unwrap_or_default() {
            let Dynamic::String(model) = model else {
                return refuse(
                    "price-mapping",
                    format!(
                        "`models`: the model is a text, at deployment `{}`",
                        cut(deployment, 30)
                    ),
                );
            };
            if models
                .iter()
                .any(|(known, _)| known.eq_ignore_ascii_case(deployment))
            {
                return refuse(
                    "price-twice",
                    format!(
                        "`models`: a deployment has one model, `{}` has two",
                        cut(deployment, 30)
                    ),
                );
            }
            models.push(((**deployment).to_owned(), model.trim().to_owned()));
        }
        models.retain(|(_, model)| !model.is_empty());
        Self::of_entries(&entries, currency, models)
    }

    fn of_entries(
        entries: &[Entry],
        currency: Option<String>,
        models: Vec<(String, String)>,
    ) -> Result<Self, PriceError> {
        if entries.is_empty() {
            return refuse("price-none", "a price table has at least one price");
        }
        if entries.len() > MAX_ENTRIES || models.len() > MAX_ENTRIES {
            return refuse(
                "price-size",
                format!("a price table has at most {MAX_ENTRIES} prices and mapped models"),
            );
        }
        let mut prices: Vec<Price> = Vec::new();
        for entry in entries {
            let price = price_of(entry)?;
            let is_there = |other: &Price| {
                other.valid_from == price.valid_from && other.selector.is_same(&price.selector)
            };
            if prices.iter().any(is_there) {
                return refuse(
                    "price-twice",
                    format!(
                        "{}: there is a price of the same name and `validFrom`",
                        entry.place
                    ),
                );
            }
            prices.push(price);
        }
        let mut found = currency.filter(|text| !text.is_empty());
        if let Some(text) = &mut found {
            *text = currency_of("the table", text)?;
        }
        for entry in entries {
            let Some(text) = entry.get("currency") else {
                continue;
            };
            let own = currency_of(&entry.place, text)?;
            match &found {
                Some(known) if *known != own => {
                    return refuse(
                        "price-currencies",
                        format!(
                            "{}: a table has one currency, {known}, not {own}",
                            entry.place
                        ),
                    );
                }
                _ => found = Some(own),
            }
        }
        let Some(currency) = found else {
            return refuse(
                "price-currency",
                "`currency` is missing: three letters such as EUR",
            );
        };
        // The sort keeps the order of the text among equals.
        prices.sort_by_key(|price| (price.selector.rank(), Reverse(price.valid_from)));
        Ok(Self {
            currency,
            prices,
            models,
        })
    }

    /// Lines of KQL that add `CostLow`, `CostHigh` and `IsPriced` to rows of calls.
    ///
    /// The rows have `TimeGenerated`, `ModelName`, `DeploymentName`, `PromptTokens` and
    /// `CompletionTokens`. A call without a price or without one of the counts has no cost.
    pub fn extend_kql(&self) -> String {
        let mut out = String::new();
        let model = if self.models.is_empty() {
            "ModelName"
        } else {
            let arms: Vec<(String, String)> = self
                .models
                .iter()
                .map(|(deployment, model)| {
                    let condition = format!("DeploymentName =~ {}", written_string(deployment));
                    (condition, written_string(model))
                })
                .collect();
            add_cases(&mut out, "PricedModel", &arms, "ModelName");
            "PricedModel"
        };
        let numbered = || self.prices.iter().enumerate();
        let rows: Vec<(String, String)> = numbered()
            .map(|(at, price)| {
                let mut condition = price.selector.condition(model);
                if let Some(ticks) = price.valid_from {
                    let time = datetime::text(ticks);
                    condition += &format!(" and TimeGenerated >= datetime({time})");
                }
                (condition, at.to_string())
            })
            .collect();
        add_cases(&mut out, "PriceRow", &rows, "-1");
        let costs = |bound: fn(&Bounds) -> Decimal| -> Vec<(String, String)> {
            numbered()
                .map(|(at, price)| {
                    let cost = format!(
                        "PromptTokens * decimal({}) + CompletionTokens * decimal({})",
                        bound(&price.prompt),
                        bound(&price.completion)
                    );
                    (format!("PriceRow == {at}"), cost)
                })
                .collect()
        };
        let (low, high) = (costs(|bounds| bounds.low), costs(|bounds| bounds.high));
        add_cases(&mut out, "CostLow", &low, "decimal(null)");
        if low == high {
            out.push_str("| extend CostHigh = CostLow\n");
        } else {
            add_cases(&mut out, "CostHigh", &high, "decimal(null)");
        }
        out.push_str("| extend IsPriced = isnotnull(CostLow)\n| project-away PriceRow");
        if !self.models.is_empty() {
            out.push_str(", PricedModel");
        }
        out.push('\n');
        out
    }
}

/// Adds a column by the first arm whose condition holds. Of more arms than one `case` takes the last
/// come first: what follows replaces their answer.
fn add_cases(out: &mut String, column: &str, arms: &[(String, String)], initial: &str) {
    let mut otherwise = initial;
    for arms in arms.chunks(MAX_ARMS).rev() {
        out.push_str(&format!("| extend {column} = case(\n"));
        for (condition, value) in arms {
            out.push_str(&format!("    {condition}, {value},\n"));
        }
        out.push_str(&format!("    {otherwise})\n"));
        otherwise = column;
    }
}

/// The name of a member as the table knows it.
fn known(members: &[&'static str], name: &str, place: &str) -> Result<&'static str, PriceError> {
    let name = name.trim();
    let found = members
        .iter()
        .find(|known| known.eq_ignore_ascii_case(name));
    if let Some(found) = found {
        return Ok(found);
    }
    let near = names::nearest(name, members.iter().copied());
    let near = near
        .map(|near| format!(", `{near}` is"))
        .unwrap_or_default();
    refuse(
        "price-unknown",
        format!("{place}: `{}` is no member of it{near}", cut(name, 30)),
    )
}

/// The line on which a text stops being JSON.
fn wrong_line(text: &str) -> usize {
    let mut json = JsonText::new();
    let mut lines = text.split_inclusive('\n');
    let wrong = lines.position(|line| !json.read(line));
    wrong.map_or_else(|| text.lines().count(), |at| at + 1)
}

fn json_entry(place: String, price: &Dynamic) -> Result<Entry, PriceError> {
    let Some(found) = price.members() else {
        return refuse("price-shape", format!("{place}: a price is an object"));
    };
    let mut members = Vec::new();
    for (name, value) in found {
        let name = known(&MEMBERS, name, &place)?;
        let text = match value {
            Dynamic::Null => continue,
            Dynamic::String(text) => text.trim().to_owned(),
            Dynamic::Long(number) => number.to_string(),
            Dynamic::Real(real) => {
                let text = number::plain_text(*real);
                let digits = text.trim_matches(['0', '.']).bytes();
                // Of more digits than these a JSON number does not keep all.
                if digits.filter(u8::is_ascii_digit).count() > 15 {
                    return refuse(
                        "price-number",
                        format!("{place}: `{name}` has so many digits that it needs quotes"),
                    );
                }
                text
            }
            _ => {
                return refuse(
                    "price-shape",
                    format!("{place}: `{name}` is a text or a number"),
                );
            }
        };
        if !text.is_empty() {
            members.push((name, text));
        }
    }
    Ok(Entry { place, members })
}

/// The prices of a CSV: a line with names of members, then a line a price.
fn csv_entries(text: &str) -> Result<Vec<Entry>, PriceError> {
    let first = text.lines().find(|line| !line.trim().is_empty());
    let first = first.unwrap_or_default();
    let separator = [',', ';', '\t']
        .into_iter()
        .rev()
        .max_by_key(|separator| first.matches(*separator).count())
        .unwrap_or(',');
    let mut records = csv_records(text, separator)?.into_iter();
    let mut columns = Vec::new();
    for name in records.next().map(|(_, cells)| cells).unwrap_or_default() {
        let name = known(&MEMBERS, &name, "line 1")?;
        if columns.contains(&name) {
            return refuse(
                "price-twice",
                format!("line 1: `{name}` stands there twice"),
            );
        }
        columns.push(name);
    }
    let mut entries = Vec::new();
    for (line, cells) in records {
        if cells.len() > columns.len() {
            return refuse(
                "price-shape",
                format!(
                    "line {line}: {} cells for {} columns",
                    cells.len(),
                    columns.len()
                ),
            );
        }
        let members = columns.iter().copied().zip(cells);
        entries.push(Entry {
            place: format!("line {line}"),
            members: members.filter(|(_, text)| !text.is_empty()).collect(),
        });
    }
    Ok(entries)
}

/// The records that hold anything: the line on which each begins and its cells, trimmed.
fn csv_records(text: &str, separator: char) -> Result<Vec<(usize, Vec<String>)>, PriceError> {
    let mut records = Vec::new();
    let (mut cells, mut cell) = (Vec::new(), String::new());
    let (mut line, mut begin) = (1, 1);
    let mut quote_line = None;
    let mut characters = text.chars().chain(['\n']).peekable();
    while let Some(character) = characters.next() {
        if character == '\n' {
            line += 1;
        }
        match character {
            '"' if quote_line.is_some() => {
                if characters.next_if_eq(&'"').is_some() {
                    cell.push('"');
                } else {
                    quote_line = None;
                }
            }
            _ if quote_line.is_some() => cell.push(character),
            '"' if cell.trim().is_empty() => {
                cell.clear();
                quote_line = Some(line);
            }
            '\n' => {
                cells.push(std::mem::take(&mut cell).trim().to_owned());
                let record = std::mem::take(&mut cells);
                if record.iter().any(|cell| !cell.is_empty()) {
                    records.push((begin, record));
                }
                begin = line;
            }
            _ if character == separator => cells.push(std::mem::take(&mut cell).trim().to_owned()),
            _ => cell.push(character),
        }
    }
    match quote_line {
        Some(line) => refuse("price-shape", format!("line {line}: a quote has no end")),
        None => Ok(records),
    }
}

fn price_of(entry: &Entry) -> Result<Price, PriceError> {
    let place = &entry.place;
    let mut selectors = MEMBERS
        .iter()
        .take(4)
        .filter_map(|member| Some((*member, entry.get(member)?)));
    let (Some((member, name)), None) = (selectors.next(), selectors.next()) else {
        return refuse(
            "price-which",
            format!("{place}: one of model, modelPattern, deployment, deploymentPattern"),
        );
    };
    let is_pattern = member.ends_with("Pattern");
    if is_pattern
        && [name, &whole(name)]
            .iter()
            .any(|text| eval::compile(text).is_err())
    {
        return refuse(
            "price-pattern",
            format!(
                "{place}: `{member}` is no regular expression: {}",
                cut(name, 24)
            ),
        );
    }
    let prices = ["prompt", "completion", "cachedPrompt", "reasoning"].map(|member| {
        match entry.get(member) {
            Some(text) => price_number(place, member, text).map(Some),
            None if matches!(member, "prompt" | "completion") => refuse(
                "price-empty",
                format!("{place}, {}: `{member}` has no price", cut(name, 30)),
            ),
            None => Ok(None),
        }
    });
    let [prompt, completion, cached, reasoning] = prices;
    let (prompt, completion, cached, reasoning) = (prompt?, completion?, cached?, reasoning?);
    let scale = match entry.get("per") {
        Some("1000") => 3,
        Some("1000000") => 6,
        _ => {
            return refuse(
                "price-per",
                format!("{place}: `per` is how many tokens prices are for, 1000 or 1000000"),
            );
        }
    };
    let valid_from = match entry.get("validFrom") {
        None => None,
        Some(text) => {
            let is_iso = text.len() >= 10 && text.as_bytes().get(4) == Some(&b'-');
            let Some(ticks) = datetime::parse(text).filter(|_| is_iso) else {
                return refuse(
                    "price-time",
                    format!(
                        "{place}: `validFrom` is a time such as 2026-01-31, not {}",
                        cut(text, 24)
                    ),
                );
            };
            Some(ticks)
        }
    };
    let each = Decimal::new(1, scale);
    let per_token = |price: Option<Decimal>| {
        price.and_then(|price| {
            let (mantissa, scale) = price.multiply(each?)?.normal();
            Decimal::new(mantissa, scale)
        })
    };
    let bounds = |price, other| per_token(price).map(|price| Bounds::of(price, per_token(other)));
    let (Some(prompt), Some(completion)) = (bounds(prompt, cached), bounds(completion, reasoning))
    else {
        return refuse(
            "price-number",
            format!("{place}: a price has too many digits"),
        );
    };
    Ok(Price {
        selector: Selector::of(member, name.to_owned()),
        prompt,
        completion,
        valid_from,
    })
}

/// A price: a number that is not negative, of a few digits.
fn price_number(place: &str, member: &str, text: &str) -> Result<Decimal, PriceError> {
    let Some(price) = Decimal::parse(text) else {
        return refuse(
            "price-number",
            format!(
                "{place}: `{member}` is a number such as 2.50, not {}",
                cut(text, 24)
            ),
        );
    };
    let (mantissa, scale) = price.normal();
    if mantissa < 0 {
        return refuse(
            "price-negative",
            format!("{place}: `{member}` is 0 or more, not {}", cut(text, 24)),
        );
    }
    if scale > MAX_SCALE || price >= Decimal::from_long(MAX_PRICE) {
        return refuse(
            "price-number",
            format!("{place}: `{member}` has too many digits: {}", cut(text, 24)),
        );
    }
    Ok(price)
}

fn currency_of(place: &str, text: &str) -> Result<String, PriceError> {
    let text = text.trim();
    if text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return Ok(text.to_ascii_uppercase());
    }
    refuse(
        "price-currency",
        format!(
            "{place}: `currency` is three letters such as EUR, not {}",
            cut(text, 24)
        ),
    )
}

/// How a template is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// An object of a table.
    Json,
    /// A line of names, then a line a price.
    Csv,
}

/// A table of the models, and of deployments whose model is not known, with empty prices.
pub fn template(models: &[(String, String)], format: Format) -> String {
    let mut selectors: Vec<(&str, &str)> = Vec::new();
    for (model, deployment) in models {
        let selector = match (model.trim(), deployment.trim()) {
            ("", "") => continue,
            ("", deployment) => ("deployment", deployment),
            (model, _) => ("model", model),
        };
        let is_there = |known: &&(&str, &str)| {
            known.0 == selector.0 && known.1.eq_ignore_ascii_case(selector.1)
        };
        if selectors.iter().find(is_there).is_none() {
            selectors.push(selector);
        }
    }
    match format {
        Format::Json => json_template(&selectors),
        Format::Csv => csv_template(&selectors),
    }
}

fn json_template(selectors: &[(&str, &str)]) -> String {
    let entry = |(member, name): &(&str, &str)| {
        format!(
            "    {{ \"{member}\": {}, \"per\": 1000000, \"prompt\": \"\", \"completion\": \"\", \"cachedPrompt\": \"\", \"reasoning\": \"\" }}",
            Dynamic::string(name).to_json()
        )
    };
    let entries: Vec<String> = selectors.iter().map(entry).collect();
    format!(
        "{{\n  \"currency\": \"\",\n  \"prices\": [\n{}\n  ],\n  \"models\": {{}}\n}}\n",
        entries.join(",\n")
    )
}

fn csv_template(selectors: &[(&str, &str)]) -> String {
    let mut out = MEMBERS.join(",") + "\n";
    for (member, name) in selectors {
        // A spreadsheet would take such a name for a formula; as a pattern it begins with a bracket.
        let is_formula = name.starts_with(['=', '+', '-', '@']);
        let (member, name) = match (*member, is_formula) {
            (member, false) => (member.to_owned(), (*name).to_owned()),
            (member, true) => (
                format!("{member}Pattern"),
                format!("(?:{})", regex_lite::escape(name)),
            ),
        };
        let cells: Vec<String> = MEMBERS
            .iter()
            .map(|column| match *column {
                "per" => "1000000".to_owned(),
                column if column == member => format!("\"{}\"", name.replace('"', "\"\"")),
                _ => String::new(),
            })
            .collect();
        out.push_str(&cells.join(","));
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Job;
    use crate::kql::{parser, printer};
    use crate::schema;
    use crate::value::Value;
    use std::rc::Rc;

    /// Calls: time, model, deployment, prompt and completion tokens.
    type Call<'c> = (&'c str, &'c str, &'c str, Option<i64>, Option<i64>);

    /// What calls cost by a table: lower and upper bound, as texts; empty without a price.
    fn costs(table: &PriceTable, calls: &[Call<'_>]) -> Vec<(String, String)> {
        let long =
            |count: Option<i64>| count.map_or("long(null)".to_owned(), |count| count.to_string());
        let rows: Vec<String> = calls
            .iter()
            .enumerate()
            .map(|(at, (time, model, deployment, prompt, completion))| {
                format!(
                    "{at}, datetime({time}), {}, {}, {}, {}",
                    written_string(model),
                    written_string(deployment),
                    long(*prompt),
                    long(*completion)
                )
            })
            .collect();
        let query = format!(
            "datatable (Call: long, TimeGenerated: datetime, ModelName: string, DeploymentName: string, PromptTokens: long, CompletionTokens: long) [{}]\n{}| order by Call asc\n| project CostLow, CostHigh, IsPriced",
            rows.join(", "),
            table.extend_kql()
        );
        assert!(parser::parse(&query).is_ok(), "{query}");
        printer::format(&query).unwrap();
        let relation = Job::start(&query, Rc::new(schema::views(&[])), 0)
            .and_then(Job::run)
            .unwrap_or_else(|error| panic!("{}\n{query}", error.message))
            .relation;
        assert_eq!(relation.n_rows(), calls.len());
        (0..calls.len())
            .map(|row| {
                let [low, high, is_priced] = [0, 1, 2].map(|column| relation.value(row, column));
                assert!(matches!(low, Value::Null | Value::Decimal(_)), "{low:?}");
                assert_eq!(is_priced.to_text() == "True", !low.is_null());
                let shown = |value: &Value| match value.to_text() {
                    text if text.contains('.') => {
                        text.trim_end_matches('0').trim_end_matches('.').to_owned()
                    }
                    text => text,
                };
                (shown(&low), shown(&high))
            })
            .collect()
    }

    fn cost(table: &PriceTable, model: &str, deployment: &str) -> String {
        let call = ("2026-04-20", model, deployment, Some(1000), Some(0));
        let found = costs(table, &[call]).remove(0);
        assert_eq!(found.0, found.1);
        found.0
    }

    /// Millionths of millionths as a decimal number.
    fn money(amount: i128) -> String {
        let digits = format!("{amount:013}");
        let (whole, fraction) = digits.split_at(digits.len() - 12);
        let text = format!("{whole}.{fraction}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }

    #[test]
    fn costs_are_exact() {
        let table = PriceTable::parse(
            r#"{"currency": "eur", "prices": [
                {"model": "gpt-4o", "per": 1000000, "prompt": 2.50, "completion": "10.00", "cachedPrompt": 1.25},
                {"model": "o1", "per": 1000, "prompt": "0.015", "completion": 0.06, "reasoning": 0.07},
                {"model": "embed", "per": 1000000, "prompt": 0.02, "completion": 0}]}"#,
        )
        .unwrap();
        assert_eq!(table.currency, "EUR");
        // Of a token, in millionths of millionths: prompt low and high, completion low and high.
        let per_token: [(&str, [i128; 4]); 3] = [
            ("gpt-4o", [1_250_000, 2_500_000, 10_000_000, 10_000_000]),
            ("o1", [15_000_000, 15_000_000, 60_000_000, 70_000_000]),
            ("embed", [20_000, 20_000, 0, 0]),
        ];
        let mut calls: Vec<Call<'_>> = Vec::new();
        let mut expected = Vec::new();
        let mut state = 7_u64;
        for at in 0..600 {
            let mut next = |limit: u64| {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                i64::try_from((state >> 33) % limit).unwrap()
            };
            let (model, prices) = per_token[at % 3];
            let (prompt, completion) = (next(10_000_000), next(200_000));
            calls.push(("2026-04-20", model, "d", Some(prompt), Some(completion)));
            let of = |prompt_price: i128, completion_price: i128| {
                money(i128::from(prompt) * prompt_price + i128::from(completion) * completion_price)
            };
            expected.push((of(prices[0], prices[2]), of(prices[1], prices[3])));
        }
        assert_eq!(costs(&table, &calls), expected);
        let unknown = [
            ("2026-04-20", "gpt-4o", "d", None, Some(1)),
            ("2026-04-20", "gpt-4o", "d", Some(1), None),
            ("2026-04-20", "gpt-4o-mini", "d", Some(1), Some(1)),
            ("2026-04-20", "", "", Some(1), Some(1)),
        ];
        assert!(
            costs(&table, &unknown)
                .iter()
                .all(|(low, high)| low.is_empty() && high.is_empty())
        );
    }

    #[test]
    fn the_nearest_price_counts() {
        let table = PriceTable::parse(
            "modelPattern,model,deploymentPattern,deployment,per,prompt,completion,currency\n\
             gpt-4.*,,,,1000,4,0,USD\n\
             ,,.*prod|x,,1000,3,0,\n\
             ,gpt-4o,,,1000,2,0,usd\n\
             ,,,my-PROD,1000,1,0,USD\n",
        )
        .unwrap();
        assert_eq!(cost(&table, "gpt-4o", "My-prod"), "1");
        assert_eq!(cost(&table, "GPT-4O", "a-prod"), "2");
        assert_eq!(cost(&table, "gpt-4.1", "a-PROD"), "3");
        assert_eq!(cost(&table, "GPT-4.1", "prod-a"), "4");
        for (model, deployment) in [("my-gpt-4", "xx"), ("", "prod-a"), ("gpt-4é", "é-prod")] {
            assert_eq!(cost(&table, model, deployment), "", "{model} {deployment}");
        }
    }

    #[test]
    fn the_newest_price_that_is_valid_counts() {
        let table = PriceTable::parse(
            r#"{"currency":"USD","prices":[
                {"model":"m","per":1000,"prompt":1,"completion":0},
                {"model":"m","per":1000,"prompt":3,"completion":0,"validFrom":"2026-03-01T12:00:00Z"},
                {"model":"m","per":1000,"prompt":2,"completion":0,"validFrom":"2026-01-01"},
                {"model":"late","per":1000,"prompt":5,"completion":0,"validFrom":"2026-03-01"}]}"#,
        )
        .unwrap();
        let calls = [
            ("2025-12-31T23:59:59.9999999", "m", "", Some(1000), Some(1)),
            ("2026-01-01", "m", "", Some(1000), Some(1)),
            ("2026-03-01T11:59:59", "m", "", Some(1000), Some(1)),
            ("2026-03-01T12:00:00", "m", "", Some(1000), Some(1)),
            ("2026-02-28", "late", "", Some(1000), Some(1)),
        ];
        let found: Vec<String> = costs(&table, &calls)
            .into_iter()
            .map(|(low, _)| low)
            .collect();
        assert_eq!(found, ["1", "2", "2", "3", ""]);
    }

    #[test]
    fn deployments_have_the_model_that_is_given() {
        let table = PriceTable::parse(
            r#"{"currency":"USD","prices":[
                {"model":"a","per":1000,"prompt":1,"completion":0},
                {"modelPattern":"b.*","per":1000,"prompt":2,"completion":0}],
                "models":{"chat":"a","big":"b2","none":""}}"#,
        )
        .unwrap();
        assert_eq!(cost(&table, "", "Chat"), "1");
        assert_eq!(cost(&table, "b1", "chat"), "1");
        assert_eq!(cost(&table, "", "big"), "2");
        assert_eq!(cost(&table, "b1", "other"), "2");
        assert_eq!(cost(&table, "", "none"), "");
    }

    #[test]
    fn long_tables_keep_their_order() {
        let mut text =
            String::from("model;modelPattern;deployment;per;prompt;completion;currency\r\n");
        for at in 0..200 {
            text += &format!("m{at};;;1000;{at};0;USD\r\n;M{at};;1000;9999;0;USD\r\n");
        }
        let table = PriceTable::parse(&text).unwrap();
        for at in [0, 1, 59, 60, 61, 119, 120, 199] {
            assert_eq!(cost(&table, &format!("m{at}"), ""), at.to_string());
        }
        assert_eq!(cost(&table, "m200", ""), "");
        let mapping: Vec<String> = (0..200).map(|at| format!("\"d{at}\":\"m{at}\"")).collect();
        let table = PriceTable::parse(&format!(
            r#"{{"currency":"USD","prices":[{{"model":"m130","per":1000,"prompt":7,"completion":0}}],"models":{{{}}}}}"#,
            mapping.join(",")
        ))
        .unwrap();
        assert_eq!(cost(&table, "", "d130"), "7");
        assert_eq!(cost(&table, "m130", "d5"), "");
        assert_eq!(cost(&table, "m130", "other"), "7");
    }

    #[test]
    fn names_are_literals_whatever_they_hold() {
        for name in [
            "\" or true //",
            "a\\",
            "x\n| take 0",
            "]] ' \u{2028}é",
            "'; drop",
        ] {
            let json = format!(
                r#"{{"currency":"USD","prices":[{{"model":{},"per":1000,"prompt":1,"completion":0}}]}}"#,
                Dynamic::string(name).to_json()
            );
            let table = PriceTable::parse(&json).unwrap();
            assert_eq!(cost(&table, name.trim(), ""), "1", "{name}");
            assert_eq!(cost(&table, "other", ""), "", "{name}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let json = |entry: &str| format!(r#"{{"currency":"USD","prices":[{entry}]}}"#);
        let whole = r#"{"model":"m","per":1000,"prompt":1,"completion":0}"#;
        let long_name = "é".repeat(200);
        let cases: Vec<(String, &str, &str)> = vec![
            (
                String::new(),
                "price-none",
                "a price table has at least one price",
            ),
            (
                "{\n\"currency\": \"USD\",\n\"prices\": [}\n".to_owned(),
                "price-json",
                "line 3: this is no JSON",
            ),
            (
                "[]".to_owned(),
                "price-shape",
                "a price table is an object with `currency` and `prices`",
            ),
            (
                "{\"prices\":{}}".to_owned(),
                "price-shape",
                "`prices` is an array of prices",
            ),
            (json("1"), "price-shape", "entry 1: a price is an object"),
            (
                json(&format!("{whole},{{\"model\":[]}}")),
                "price-shape",
                "entry 2: `model` is a text or a number",
            ),
            (
                "{\"price\":[]}".to_owned(),
                "price-unknown",
                "the table: `price` is no member of it, `prices` is",
            ),
            (
                json(r#"{"model":"m","promt":1}"#),
                "price-unknown",
                "entry 1: `promt` is no member of it, `prompt` is",
            ),
            (
                json(&format!("{{\"{long_name}\":1}}")),
                "price-unknown",
                "entry 1: `é",
            ),
            (
                json(r#"{"per":1000}"#),
                "price-which",
                "entry 1: one of model, modelPattern, deployment, deploymentPattern",
            ),
            (
                json(r#"{"model":"m","deployment":"d"}"#),
                "price-which",
                "entry 1: one of",
            ),
            (
                json(r#"{"modelPattern":"(a"}"#),
                "price-pattern",
                "entry 1: `modelPattern` is no regular expression: (a",
            ),
            (
                json(r#"{"deploymentPattern":"a)|(?:b"}"#),
                "price-pattern",
                "entry 1: `deploymentPattern` is no",
            ),
            (
                json(&format!("{{\"modelPattern\":\"{long_name}\"}}")),
                "price-pattern",
                "entry 1: `modelPattern` is no",
            ),
            (
                json(r#"{"model":"gpt","per":1000,"prompt":"","completion":""}"#),
                "price-empty",
                "entry 1, gpt: `prompt` has no price",
            ),
            (
                json(&format!("{{\"model\":\"{long_name}\",\"prompt\":1}}")),
                "price-empty",
                "entry 1, é",
            ),
            (
                json(r#"{"model":"m","prompt":"2,5","completion":0}"#),
                "price-number",
                "entry 1: `prompt` is a number such as 2.50, not 2,5",
            ),
            (
                json(r#"{"model":"m","prompt":1,"completion":-0.5}"#),
                "price-negative",
                "entry 1: `completion` is 0 or more, not -0.5",
            ),
            (
                json(r#"{"model":"m","per":1000,"prompt":1e15,"completion":0}"#),
                "price-number",
                "entry 1: `prompt` has too many digits: 1",
            ),
            (
                json(r#"{"model":"m","per":1000,"prompt":0.1234567890123456,"completion":0}"#),
                "price-number",
                "entry 1: `prompt` has so many digits that it needs quotes",
            ),
            (
                json(r#"{"model":"m","prompt":1,"completion":0}"#),
                "price-per",
                "entry 1: `per` is how many tokens prices are for, 1000 or 1000000",
            ),
            (
                json(r#"{"model":"m","per":100,"prompt":1,"completion":0}"#),
                "price-per",
                "entry 1: `per`",
            ),
            (
                json(
                    r#"{"model":"m","per":1000,"prompt":1,"completion":0,"validFrom":"01/02/2026"}"#,
                ),
                "price-time",
                "entry 1: `validFrom` is a time such as 2026-01-31, not 01/02/2026",
            ),
            (
                json(&format!("{whole},{}", whole.replace("\"m\"", "\"M\""))),
                "price-twice",
                "entry 2: there is a price of the same name and `validFrom`",
            ),
            (
                format!("{{\"prices\":[{whole}]}}"),
                "price-currency",
                "`currency` is missing: three letters such as EUR",
            ),
            (
                format!("{{\"currency\":\"€\",\"prices\":[{whole}]}}"),
                "price-currency",
                "the table: `currency` is three letters such as EUR, not €",
            ),
            (
                json(r#"{"model":"m","per":1000,"prompt":1,"completion":0,"currency":"EUR"}"#),
                "price-currencies",
                "entry 1: a table has one currency, USD, not EUR",
            ),
            (
                format!("{{\"currency\":\"USD\",\"prices\":[{whole}],\"models\":[]}}"),
                "price-mapping",
                "`models` is an object: of each deployment its model",
            ),
            (
                format!("{{\"currency\":\"USD\",\"prices\":[{whole}],\"models\":{{\"a\":1}}}}"),
                "price-mapping",
                "`models`: the model is a text, at deployment `a`",
            ),
            (
                format!(
                    "{{\"currency\":\"USD\",\"prices\":[{whole}],\"models\":{{\"a\":\"x\",\"A\":\"y\"}}}}"
                ),
                "price-twice",
                "`models`: a deployment has one model, `A` has two",
            ),
            (
                "model,promt\n".to_owned(),
                "price-unknown",
                "line 1: `promt` is no member of it, `prompt` is",
            ),
            (
                "model,model\n".to_owned(),
                "price-twice",
                "line 1: `model` stands there twice",
            ),
            (
                "model,per\nm,1000,3\n".to_owned(),
                "price-shape",
                "line 2: 3 cells for 2 columns",
            ),
            (
                "model,per\n\nm,\"1000\n".to_owned(),
                "price-shape",
                "line 3: a quote has no end",
            ),
            (
                "model,per,prompt,completion,currency\n\"a\nb\",1000,1,1,USD\n\nc,1000,1,1,EUR\n"
                    .to_owned(),
                "price-currencies",
                "line 5: a table has one currency, USD, not EUR",
            ),
            (
                " ".repeat(MAX_BYTES + 1),
                "price-size",
                "a price table has at most 1 MB",
            ),
        ];
        for (text, code, message) in cases {
            let error = PriceTable::parse(&text).unwrap_err();
            let shown = cut(&text, 200);
            assert_eq!(error.code, code, "{shown}: {error}");
            assert!(error.message.starts_with(message), "{shown}: {error}");
            assert!(error.message.chars().count() <= 90, "{error}");
        }
    }

    #[test]
    fn templates_read_back_once_they_are_filled_in() {
        let pair = |model: &str, deployment: &str| (model.to_owned(), deployment.to_owned());
        let models = [
            pair("gpt-4o", "chat"),
            pair("GPT-4o", "chat-2"),
            pair("", "own \"one\", best"),
            pair("=1+1", "x"),
            pair("", ""),
        ];
        for format in [Format::Json, Format::Csv] {
            let empty = template(&models, format);
            let error = PriceTable::parse(&empty).unwrap_err();
            assert_eq!(error.code, "price-empty");
            assert!(
                error.message.ends_with(", gpt-4o: `prompt` has no price"),
                "{error}"
            );
            let (filled, place) = match format {
                Format::Json => (
                    empty
                        .replace("\"prompt\": \"\"", "\"prompt\": \"3\"")
                        .replace("\"completion\": \"\"", "\"completion\": 4")
                        .replace("\"currency\": \"\"", "\"currency\": \"USD\""),
                    "entry 1",
                ),
                Format::Csv => (
                    empty.replace(",1000000,,,,,,", ",1000000,3,4,,,,USD"),
                    "line 2",
                ),
            };
            assert!(error.message.starts_with(place), "{error}");
            let table = PriceTable::parse(&filled).unwrap();
            for (model, deployment) in [("gpt-4o", ""), ("", "own \"one\", best"), ("=1+1", "")] {
                assert_eq!(
                    cost(&table, model, deployment),
                    "0.003",
                    "{format:?} {model}"
                );
            }
        }
        assert_eq!(
            PriceTable::parse(&template(&[], Format::Json))
                .unwrap_err()
                .code,
            "price-none"
        );
        assert!(!template(&models, Format::Csv).contains("\n="));
    }

    #[test]
    fn any_text_gives_a_table_or_an_error() {
        let seeds = [
            r#"{"currency":"USD","prices":[{"model":"m","per":1000,"prompt":1,"completion":0}]}"#,
            "model,per,prompt,completion,currency\n\"m\"\"\",1000,1,2,USD\n",
        ];
        for seed in seeds {
            for at in (0..seed.len()).filter(|at| seed.is_char_boundary(*at)) {
                for put in ["", "\"", "{", "\n", ",", "é", "9", "-", "\\"] {
                    let text = format!("{}{put}{}", &seed[..at], &seed[at + 1..]);
                    if let Ok(table) = PriceTable::parse(&text) {
                        assert!(
                            parser::parse(&format!("T\n{}", table.extend_kql())).is_ok(),
                            "{text}"
                        );
                    }
                }
            }
        }
    }
}
