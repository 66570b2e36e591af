//! Each folder of `golden` holds a request and the files that are made of it, each as a file of its
//! own, read by eye against the formats; `UPDATE=1` writes them anew. What is made has a shape.

use crate::{queries, shape};
use kqlens::handoff::{Artefact, MAKERS, make};
use kqlens::recipe;
use kqlens::value::Dynamic;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/handoff/golden")
}

pub(crate) fn folders() -> Vec<PathBuf> {
    let entries = fs::read_dir(golden()).unwrap();
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    folders
}

/// The name of the artefact that a folder is of.
pub(crate) fn maker_of(folder: &Path) -> String {
    let name = folder.file_name().unwrap().to_string_lossy();
    name.split('.').next().unwrap().to_owned()
}

pub(crate) fn request_of(folder: &Path) -> Dynamic {
    let text = fs::read_to_string(folder.join("request.json")).unwrap();
    Dynamic::parse(&text).unwrap_or_else(|| panic!("{} is no JSON", folder.display()))
}

fn made(folder: &Path) -> Artefact {
    make(&maker_of(folder), &request_of(folder))
        .unwrap_or_else(|error| panic!("{}: {error:?}", folder.display()))
}

#[test]
fn files_are_those_of_the_folders() {
    let is_update = std::env::var_os("UPDATE").is_some();
    for folder in folders() {
        let artefact = made(&folder);
        let mut expected: BTreeMap<String, String> = BTreeMap::new();
        for file in &artefact.files {
            let text = if file.text.ends_with('\n') {
                file.text.clone()
            } else {
                format!("{}\n", file.text)
            };
            let other = expected.insert(file.name.clone(), text);
            assert!(other.is_none(), "{}: {} twice", folder.display(), file.name);
        }
        if !artefact.notes.is_empty() {
            expected.insert("notes.txt".to_owned(), artefact.notes.join("\n") + "\n");
        }
        if is_update {
            for (name, text) in &expected {
                fs::write(folder.join(name), text).unwrap();
            }
        }
        let entries = fs::read_dir(&folder).unwrap();
        let names: BTreeSet<String> = entries
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .filter(|name| name != "request.json")
            .collect();
        assert_eq!(
            names,
            expected.keys().cloned().collect(),
            "{}",
            folder.display()
        );
        for (name, text) in &expected {
            let stored = fs::read_to_string(folder.join(name)).unwrap();
            assert!(
                stored == *text,
                "{}/{name} differs: see UPDATE=1",
                folder.display()
            );
        }
        assert_eq!(artefact, made(&folder), "the same request gives the same");
    }
}

#[test]
fn every_artefact_has_a_folder() {
    let seen: BTreeSet<String> = folders().iter().map(|folder| maker_of(folder)).collect();
    let known: BTreeSet<String> = MAKERS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(seen, known);
}

#[test]
fn json_has_the_shape_of_its_kind() {
    for folder in folders() {
        for file in made(&folder).files {
            let place = format!("{}/{}", folder.display(), file.name);
            match file.format {
                "arm" => shape::check_template(&place, &file.text),
                "workbook" => shape::check(&place, "workbook", &file.text),
                "parts" => shape::check(&place, "parts", &file.text),
                _ => {}
            }
        }
    }
}

/// The deployed value of a text of a template.
fn deployed(text: &str) -> &str {
    match text.strip_prefix('[') {
        Some(rest) if text.ends_with(']') => {
            assert!(
                rest.starts_with('['),
                "a query became an expression: {text}"
            );
            rest
        }
        _ => text,
    }
}

/// The texts of a Bicep file in single quotes, read by the rules of the language.
fn bicep_texts(bicep: &str) -> Vec<String> {
    let mut texts = Vec::new();
    let mut characters = bicep.chars().peekable();
    while let Some(character) = characters.next() {
        if character != '\'' {
            continue;
        }
        let mut text = String::new();
        loop {
            match characters.next().expect("a text ends") {
                '\'' => break,
                '$' => {
                    if characters.peek() == Some(&'{') {
                        text.push('\u{0}'); // an expression: no text of a query
                    }
                    text.push('$');
                }
                '\\' => match characters.next().unwrap() {
                    'n' => text.push('\n'),
                    'r' => text.push('\r'),
                    't' => text.push('\t'),
                    'u' => {
                        assert_eq!(characters.next(), Some('{'));
                        let code: String = characters.by_ref().take_while(|c| *c != '}').collect();
                        text.push(char::from_u32(u32::from_str_radix(&code, 16).unwrap()).unwrap());
                    }
                    mark @ ('\\' | '\'' | '$') => text.push(mark),
                    other => panic!("`\\{other}` is no escape"),
                },
                '\n' => panic!("a text ends on its line: {text}"),
                other => text.push(other),
            }
        }
        texts.push(text);
    }
    texts
}

fn request(fields: &[(&str, Dynamic)]) -> Dynamic {
    let members = fields.iter();
    Dynamic::bag(
        members
            .map(|(key, value)| ((*key).into(), value.clone()))
            .collect(),
    )
}

const WORKSPACE: &str = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/logs";

fn questions(queries: &[String]) -> Dynamic {
    let one = |(at, query): (usize, &String)| {
        request(&[
            ("title", Dynamic::string(&format!("Query {at}"))),
            ("query", Dynamic::string(query)),
        ])
    };
    Dynamic::array(queries.iter().enumerate().map(one).collect())
}

#[test]
fn queries_survive_quoting_in_both_languages() {
    let mut queries = queries(300);
    for query in &mut queries {
        // Some look like an expression of a template.
        if query.len().is_multiple_of(3) {
            *query = format!("[{query}]");
        }
    }
    let pack = make("queryPack", &request(&[("queries", questions(&queries))])).unwrap();
    let arm = Dynamic::parse(pack.text("arm").unwrap()).unwrap();
    let resources = arm.member("resources");
    let bicep = bicep_texts(pack.text("bicep").unwrap());
    for (at, query) in queries.iter().enumerate() {
        let body = resources
            .item(at as i64 + 1)
            .member("properties")
            .member("body");
        assert_eq!(deployed(&body.to_text()), query);
        assert!(bicep.contains(query), "{query:?}");
    }
    let workbook = make(
        "workbook",
        &request(&[
            ("title", Dynamic::string("All")),
            ("panels", questions(&queries)),
        ]),
    )
    .unwrap();
    let own = Dynamic::parse(workbook.text("workbook").unwrap()).unwrap();
    let arm = Dynamic::parse(workbook.text("arm").unwrap()).unwrap();
    let data = arm
        .member("resources")
        .item(0)
        .member("properties")
        .member("serializedData");
    assert_eq!(Dynamic::parse(&data.to_text()).unwrap(), own);
    let data = data.to_text();
    let bicep = bicep_texts(workbook.text("bicep").unwrap());
    assert!(bicep.contains(&data));
    for (at, query) in queries.iter().enumerate() {
        let item = own.member("items").item(at as i64 + 2);
        assert_eq!(item.member("content").member("query").to_text(), *query);
    }
    let dashboard = make(
        "dashboardPart",
        &request(&[
            ("title", Dynamic::string("All")),
            ("workspace", Dynamic::string(WORKSPACE)),
            ("panels", questions(&queries)),
        ]),
    )
    .unwrap();
    let bicep = bicep_texts(dashboard.text("bicep").unwrap());
    assert!(queries.iter().all(|query| bicep.contains(query)));
}

#[test]
fn every_recipe_goes_into_a_pack() {
    let mut queries = Vec::new();
    for one in recipe::list() {
        let query = recipe::build(one.id, one.example, recipe::Target::ResourceSpecific).unwrap();
        queries.push(request(&[
            ("key", Dynamic::string(one.id)),
            ("title", Dynamic::string(one.title)),
            ("about", Dynamic::string(one.about)),
            ("query", Dynamic::string(&query)),
        ]));
    }
    let n_queries = queries.len();
    let pack = make(
        "queryPack",
        &request(&[("queries", Dynamic::array(queries))]),
    )
    .unwrap();
    shape::check_template("all recipes", pack.text("arm").unwrap());
    let arm = Dynamic::parse(pack.text("arm").unwrap()).unwrap();
    let resources = arm.member("resources");
    let names: BTreeSet<String> = resources
        .items()
        .unwrap()
        .iter()
        .map(|one| one.member("name").to_text())
        .collect();
    assert_eq!(names.len(), n_queries + 1);
    // What a deployment takes.
    assert!(pack.text("arm").unwrap().len() < 4_000_000);
}

#[test]
fn wrong_fields_are_told_by_their_path() {
    let cases = [
        (
            "queryPack",
            r#"{"queries": [{"title": "x"}]}"#,
            "queries[0].query",
        ),
        ("queryPack", r#"{"name": "a b", "queries": []}"#, "name"),
        (
            "queryPack",
            r#"{"location": "West Europe", "queries": []}"#,
            "location",
        ),
        ("queryPack", r#"{"query": []}"#, "query"),
        ("savedSearch", r#"{"title": "x"}"#, "query"),
        (
            "savedSearch",
            r#"{"title": "x", "query": "T", "workspace": "/x"}"#,
            "workspace",
        ),
        (
            "savedSearch",
            r#"{"title": "x", "query": "T", "functionParameters": "a:long"}"#,
            "functionParameters",
        ),
        ("workbook", r#"{"ready": "everything"}"#, "ready"),
        (
            "workbook",
            r#"{"ready": "whatBreaks", "panels": []}"#,
            "panels",
        ),
        (
            "dashboardPart",
            r#"{"title": "x", "panels": []}"#,
            "workspace",
        ),
        ("portalLink", r#"{"query": "T"}"#, "resource"),
        (
            "adxLink",
            r#"{"query": "T", "cluster": "a", "database": "a/b"}"#,
            "database",
        ),
        (
            "adxLink",
            r#"{"query": "T", "cluster": "a", "cloud": "x"}"#,
            "cloud",
        ),
        ("adxTable", r#"{"name": "a;b"}"#, "name"),
        (
            "adxTable",
            r#"{"name": "a", "answer": {}}"#,
            "answer.columns",
        ),
        (
            "adxTable",
            r#"{"name": "a", "answer": {"columns": [{"name": "x", "type": "text"}]}}"#,
            "answer.columns[0].type",
        ),
        (
            "adxTable",
            r#"{"name": "a", "answer": {"columns": [{"name": "x", "type": "int"}], "rows": [[1], []]}}"#,
            "answer.rows[1]",
        ),
        ("portalLinks", "{}", "artefact"),
    ];
    for (name, text, field) in cases {
        // Fields that come first are asked first, so a case has just one that is wrong or missing.
        let error = make(name, &Dynamic::parse(text).unwrap()).unwrap_err();
        assert!(
            error.field == field || name == "adxLink",
            "{text}: {error:?}"
        );
        for words in [&error.message, &error.help] {
            assert!(words.chars().count() <= 90, "{words}");
        }
    }
}

/// The page and the ready workbook count outcomes by one rule, each in its own text.
#[test]
fn the_ready_workbook_counts_as_the_page_does() {
    let request = Dynamic::parse(r#"{"ready": "whatBreaks"}"#).unwrap();
    let workbook = make("workbook", &request).unwrap();
    let text = workbook.text("workbook").unwrap();
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("www/src/session/panels.ts");
    let page = fs::read_to_string(page).unwrap();
    let (_, rule) = page.split_once("=> `case(").unwrap();
    let (rule, _) = rule.split_once("`;").unwrap();
    // What a success is differs between the rules that the page shows side by side.
    let (_, success) = page.split_once("Workbook: '").unwrap();
    let (success, _) = success.split_once('\'').unwrap();
    let rule = rule.replace("${SUCCESSFUL[rule]}", success);
    let arms: Vec<&str> = rule.trim().lines().map(str::trim).collect();
    assert_eq!(arms.len(), 5, "{arms:?}");
    for arm in arms {
        let named = arm.replace("Code", "ResponseCode");
        let as_json = named.replace('"', "\\\"");
        assert!(text.contains(&as_json), "{arm}");
    }
}
