//! Writes what an oracle needs to check the recipes: `schema.json`, the columns of every table as
//! `{table: [[column, type], …], …}`, and `texts.jsonl`, lines `{id, query}` of every recipe in both
//! dialects, with the values of its example and with a value for every parameter.

#![expect(clippy::print_stderr, reason = "a command")]

use kqlens::dataset::Dataset;
use kqlens::recipe::{self, Target};
use kqlens::table::Tables as _;
use kqlens::value::Dynamic;
use std::path::Path;
use std::{env, fs, io, process};

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

/// The texts, or the recipe that cannot be built.
fn texts() -> Result<String, String> {
    let mut lines = String::new();
    for recipe in recipe::list() {
        for (values_of, values) in [
            ("example", recipe.example.to_vec()),
            ("every parameter", recipe.every_value()),
        ] {
            for target in [Target::ResourceSpecific, Target::AzureDiagnostics] {
                let id = format!("{}, {values_of}, {target:?}", recipe.id);
                let query = recipe::build(recipe.id, &values, target)
                    .map_err(|error| format!("{id}: {error}"))?;
                let line = Dynamic::bag(vec![
                    ("id".into(), Dynamic::string(&id)),
                    ("query".into(), Dynamic::string(&query)),
                ]);
                lines += &format!("{}\n", line.to_json());
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
