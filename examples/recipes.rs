//! Writes what an oracle needs to check the recipes: `schema.json`, the columns of every table as
//! `{table: [[column, type], …], …}`, and `texts.jsonl`, lines `{id, query}` of every recipe in both
//! dialects, with the values of its example and with a value for every parameter, and of the queries
//! behind a report on calls to language models, priced.

#![expect(clippy::print_stderr, reason = "a command")]

use kqlens::dataset::Dataset;
use kqlens::llm::price::PriceTable;
use kqlens::llm::queries;
use kqlens::recipe::{self, Target};
use kqlens::schema::translation;
use kqlens::table::Tables as _;
use kqlens::value::Dynamic;
use std::path::Path;
use std::{env, fs, io, process};

/// Any period, in ticks.
const PERIOD: (i64, i64) = (638_000_000_000_000_000, 638_000_864_000_000_000);

fn schema() -> Dynamic {
    let views = Dataset::new().views();
    let columns = |name: &str| {
        let fields = views.find(name).map(|view| view.fields.clone());
        let pair = |field: &kqlens::table::Field| {
            Dynamic::array(vec![
                Dynamic::string(&field.name),
                Dynamic::string(field.kind.name()),
            ])
        };
        Dynamic::array(fields.unwrap_or_default().iter().map(pair).collect())
    };
    let tables = views.names();
    let tables = tables
        .iter()
        .map(|name| (name.as_str().into(), columns(name)));
    Dynamic::bag(tables.collect())
}

/// A price of every kind.
const PRICES: &str = r#"{"currency": "EUR", "models": {"chat": "gpt-4o"}, "prices": [
    {"model": "gpt-4o", "per": 1000000, "prompt": "2.5", "completion": "10", "cachedPrompt": "1.25"},
    {"modelPattern": "o[13](-mini)?", "per": 1000, "prompt": "0.001", "completion": "0.004", "reasoning": "0.005"},
    {"deployment": "own \"model\"", "per": 1000, "prompt": "0.1", "completion": "0.1", "validFrom": "2026-01-01"},
    {"deploymentPattern": ".*\\d+", "per": 1000, "prompt": "0", "completion": "1"}]}"#;

/// A line of the texts.
fn line(id: &str, query: &str) -> String {
    let line = Dynamic::bag(vec![
        ("id".into(), Dynamic::string(id)),
        ("query".into(), Dynamic::string(query)),
    ]);
    line.to_json() + "\n"
}

/// The queries of a report that a workspace can run, in both dialects.
fn report_texts() -> Result<String, String> {
    let table = PriceTable::parse(PRICES).map_err(|error| error.to_string())?;
    let prices = table.extend_kql();
    let prices = Some(prices.as_str());
    let dimensions = queries::DIMENSIONS.iter();
    let sums = dimensions.map(|dimension| (dimension.id, queries::sums(&[dimension], prices)));
    let others = [
        ("calls", queries::calls(prices)),
        ("totals", queries::totals(prices)),
        ("models", queries::models(prices)),
        ("peaks", queries::peaks(1000)),
    ];
    let mut lines = String::new();
    for (id, query) in others.into_iter().chain(sums) {
        if let Some(query) = queries::in_workspace(&query, PERIOD) {
            lines += &line(&format!("report, {id}, resource-specific"), &query);
            let there = translation::to_azure_diagnostics(&query)
                .map_err(|findings| format!("report, {id}: {findings:?}"))?;
            lines += &line(&format!("report, {id}, AzureDiagnostics"), &there);
        }
    }
    Ok(lines)
}

/// The texts, or the recipe that cannot be built.
fn texts() -> Result<String, String> {
    let mut lines = report_texts()?;
    for recipe in recipe::list() {
        for (values_of, values) in [
            ("example", recipe.example.to_vec()),
            ("every parameter", recipe.every_value()),
        ] {
            for target in [Target::ResourceSpecific, Target::AzureDiagnostics] {
                let id = format!("{}, {values_of}, {target:?}", recipe.id);
                let query = recipe::build(recipe.id, &values, target)
                    .map_err(|error| format!("{id}: {error}"))?;
                lines += &line(&id, &query);
            }
        }
    }
    Ok(lines)
}

fn write(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join("schema.json"), schema().to_json())?;
    fs::write(
        folder.join("texts.jsonl"),
        texts().map_err(io::Error::other)?,
    )
}

fn main() {
    let Some(folder) = env::args().nth(1) else {
        eprintln!("usage: recipes FOLDER");
        process::exit(2);
    };
    if let Err(error) = write(Path::new(&folder)) {
        eprintln!("{folder}: {error}");
        process::exit(2);
    }
}
