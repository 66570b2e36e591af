//! The example of every recipe, on the rows of `rows/`: a log each, as its export has it.
//!
//! `UPDATE=1 cargo test --test recipes` writes the answers anew; what changed is to be read.

use super::{NOW, run, shown, text_of};
use kqlens::dataset::{AddOptions, Dataset, check};
use kqlens::diagnostic::codes;
use kqlens::engine::Relation;
use kqlens::kql::check::Target as Place;
use kqlens::recipe::{self, Default, Recipe, Target};
use kqlens::table::Tables;
use kqlens::value::{Dynamic, Value, datetime, dynamic};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::{env, fs};

/// How many questions `reference/QUESTIONS.md` lists.
const N_QUESTIONS: u8 = 105;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn tables() -> Rc<dyn Tables> {
    let mut dataset = Dataset::new();
    let mut files: Vec<PathBuf> = fs::read_dir(folder("tests/recipes/rows"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    for file in files {
        let bytes = fs::read(&file).unwrap();
        let report = dataset.add(&bytes, AddOptions::default()).unwrap();
        let n_lines = String::from_utf8_lossy(&bytes).lines().count();
        assert_eq!(
            (report.rows as usize, report.reject_count),
            (n_lines, 0),
            "{}: {report:?}",
            file.display()
        );
    }
    Rc::new(dataset.views())
}

/// The answer of the example, or what went wrong.
fn answer(recipe: &Recipe, target: Target, tables: &Rc<dyn Tables>) -> Result<Relation, String> {
    let text = recipe::build(recipe.id, recipe.example, target)
        .map_err(|error| format!("{target:?}: {error}"))?;
    run(&text, tables).map_err(|error| shown(&error, &text))
}

#[test]
fn every_question_has_a_recipe() {
    let answered = |number: &u8| recipe::list().any(|recipe| recipe.questions.contains(number));
    let open: Vec<u8> = (1..=N_QUESTIONS)
        .filter(|number| !answered(number))
        .collect();
    assert!(open.is_empty(), "questions without a recipe: {open:?}");
    for recipe in recipe::list() {
        assert!(
            recipe
                .questions
                .iter()
                .all(|number| (1..=N_QUESTIONS).contains(number)),
            "{}",
            recipe.id
        );
    }
}

#[test]
fn both_dialects_give_the_sample_answer() {
    let tables = tables();
    let mut answers = BTreeMap::new();
    let mut wrong = Vec::new();
    for recipe in recipe::list().filter(|recipe| recipe.needs_service.is_none()) {
        let [here, there] = [Target::ResourceSpecific, Target::AzureDiagnostics]
            .map(|target| answer(recipe, target, &tables));
        match (here, there) {
            (Ok(here), Ok(there)) => {
                if text_of(&here) != text_of(&there) {
                    wrong.push(format!(
                        "{}: the dialects differ\n{}\n{}",
                        recipe.id,
                        text_of(&here),
                        text_of(&there)
                    ));
                }
                if here.n_rows() > 1 && !recipe.kql.contains("| order by") {
                    wrong.push(format!("{}: rows without an order", recipe.id));
                }
                if here.n_rows() == 0 {
                    wrong.push(format!("{}: no row", recipe.id));
                }
                answers.insert(recipe.id, json_of(&here));
            }
            (Err(error), _) | (_, Err(error)) => wrong.push(format!("{}: {error}", recipe.id)),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    let text: Vec<String> = answers
        .iter()
        .map(|(id, answer)| format!("\"{id}\": {answer}"))
        .collect();
    let text = format!("{{\n{}\n}}\n", text.join(",\n"));
    assert!(Dynamic::parse(&text).is_some());
    let file = folder("src/recipe/answers.json");
    if env::var_os("UPDATE").is_some() {
        fs::write(&file, &text).unwrap();
    }
    let recorded = fs::read_to_string(&file).unwrap();
    for (line, (is, was)) in text.lines().zip(recorded.lines()).enumerate() {
        assert_eq!(is, was, "{}:{}", file.display(), line + 1);
    }
    assert_eq!(text.lines().count(), recorded.lines().count());
}

#[test]
fn every_parameter_leaves_a_query_that_runs() {
    let tables = tables();
    let mut wrong = Vec::new();
    for recipe in recipe::list().filter(|recipe| recipe.needs_service.is_none()) {
        let every = recipe.every_value();
        let is_required = |name: &str| {
            let mut parameters = recipe.parameters.iter();
            parameters.any(|one| one.name == name && one.default == Default::Required)
        };
        let fewest = every
            .iter()
            .copied()
            .filter(|(name, _)| is_required(name))
            .collect();
        for values in [every, fewest] {
            let answers = [Target::ResourceSpecific, Target::AzureDiagnostics].map(|target| {
                let text = recipe::build(recipe.id, &values, target).unwrap();
                let answer = run(&text, &tables).map_err(|error| shown(&error, &text));
                answer.map(|relation| text_of(&relation))
            });
            match answers {
                [Ok(here), Ok(there)] if here == there => {}
                answers => wrong.push(format!("{} {values:?}: {answers:#?}", recipe.id)),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn what_needs_a_service_is_refused_by_its_name() {
    let tables = tables();
    for recipe in recipe::list() {
        let Some(function) = recipe.needs_service else {
            continue;
        };
        for target in [Target::ResourceSpecific, Target::AzureDiagnostics] {
            let error = answer(recipe, target, &tables).unwrap_err();
            let refusal = format!("{} `{function}` needs a service", codes::NEEDS_SERVICE);
            assert!(error.starts_with(&refusal), "{}: {error}", recipe.id);
        }
    }
}

/// As a workspace would check them: what the engine refuses for want of a service is no mistake there.
#[test]
fn the_texts_are_clean_under_the_checks() {
    let (tables, now) = (tables(), datetime::parse(NOW).unwrap());
    let mut wrong = Vec::new();
    for recipe in recipe::list() {
        for target in [Target::ResourceSpecific, Target::AzureDiagnostics] {
            let text = recipe::build(recipe.id, recipe.example, target).unwrap();
            for finding in check::check(&text, tables.as_ref(), Place::LogAnalytics, now) {
                if finding.code != codes::NEEDS_SERVICE || recipe.needs_service.is_none() {
                    wrong.push(format!("{}: {}", recipe.id, shown(&finding, &text)));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// A member for the columns, and a line a row.
fn json_of(relation: &Relation) -> String {
    let mut out = String::from("{\"columns\": [");
    for (at, field) in relation.fields.iter().enumerate() {
        out.push_str(if at > 0 {
            ", {\"name\": "
        } else {
            "{\"name\": "
        });
        dynamic::write_json_string(&field.name, &mut out);
        out.push_str(&format!(", \"type\": \"{}\"}}", field.kind.name()));
    }
    out.push_str("], \"rows\": [");
    for row in 0..relation.n_rows() {
        out.push_str(if row > 0 { ",\n  [" } else { "\n  [" });
        for column in 0..relation.fields.len() {
            if column > 0 {
                out.push_str(", ");
            }
            write_cell(&relation.value(row, column), &mut out);
        }
        out.push(']');
    }
    out + "\n]}"
}

fn write_cell(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Int(_) | Value::Long(_) => out.push_str(&value.to_text()),
        Value::Real(number) if number.is_finite() => out.push_str(&number.to_string()),
        Value::Dynamic(value) => out.push_str(&value.to_json()),
        other => dynamic::write_json_string(&other.to_text(), out),
    }
}
