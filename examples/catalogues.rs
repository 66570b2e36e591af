//! Writes `catalogues.js`: what the facade knows without the module. Of the signatures it is the words
//! that are added to findings, by id; of the recipes all there is, also the texts that the module fills;
//! of functions, operators, rules of the checks of queries and set-ups, problems of calls and secrets
//! what hover, completion and reports say about them.

#![expect(clippy::print_stdout, reason = "a command")]

use kqlens::engine::{aggregate, plugin, scalar};
use kqlens::handoff::setup::rules;
use kqlens::input;
use kqlens::kql::{check, operators};
use kqlens::llm::Problem;
use kqlens::recipe::{self, Family, Kind, Parameter, Recipe};
use kqlens::redact;
use kqlens::signature::{self, Signature};
use kqlens::value::Dynamic;

fn text(text: &str) -> Dynamic {
    Dynamic::string(text)
}

fn texts(texts: &[&str]) -> Dynamic {
    Dynamic::array(texts.iter().map(|one| text(one)).collect())
}

fn words(signature: &Signature) -> Dynamic {
    Dynamic::bag(vec![
        ("family".into(), text(signature.family)),
        ("title".into(), text(signature.title)),
        ("meaning".into(), text(signature.meaning)),
        ("causes".into(), texts(signature.causes)),
        ("fixes".into(), texts(signature.fixes)),
        ("docs".into(), text(signature.doc_url)),
    ])
}

/// Answers of the examples on the rows of `tests/recipes`, whose tests keep them true.
const ANSWERS: &str = include_str!("../src/recipe/answers.json");

/// How many rows of an answer are shown.
const N_SAMPLE_ROWS: usize = 5;

fn sample(answers: &Dynamic, id: &str) -> Dynamic {
    let answer = answers.member(id);
    if answer.is_null() {
        return Dynamic::Null;
    }
    let rows = answer.member("rows");
    let rows = rows.items().unwrap_or_default().iter();
    Dynamic::bag(vec![
        ("columns".into(), answer.member("columns")),
        (
            "rows".into(),
            Dynamic::array(rows.take(N_SAMPLE_ROWS).cloned().collect()),
        ),
    ])
}

fn described(family: &Family, recipe: &Recipe, answers: &Dynamic) -> Dynamic {
    let example = recipe.example.iter();
    let questions = recipe.questions.iter();
    Dynamic::bag(vec![
        ("id".into(), text(recipe.id)),
        ("family".into(), text(family.title)),
        ("title".into(), text(recipe.title)),
        ("about".into(), text(recipe.about)),
        (
            "questions".into(),
            Dynamic::array(
                questions
                    .map(|number| Dynamic::Long(i64::from(*number)))
                    .collect(),
            ),
        ),
        ("tables".into(), texts(recipe.tables)),
        ("columns".into(), texts(&recipe.columns())),
        ("chart".into(), text(recipe.chart())),
        (
            "needsService".into(),
            recipe.needs_service.map_or(Dynamic::Null, text),
        ),
        (
            "parameters".into(),
            Dynamic::array(recipe.parameters.iter().map(parameter).collect()),
        ),
        (
            "example".into(),
            Dynamic::bag(
                example
                    .map(|(name, value)| ((*name).into(), text(value)))
                    .collect(),
            ),
        ),
        ("template".into(), text(&recipe.template())),
        ("sample".into(), sample(answers, recipe.id)),
    ])
}

fn parameter(parameter: &Parameter) -> Dynamic {
    let default = match parameter.default {
        recipe::Default::Value(value) => text(value),
        recipe::Default::Required | recipe::Default::LeftOut => Dynamic::Null,
    };
    let is_required = parameter.default == recipe::Default::Required;
    let mut members = vec![
        ("name".into(), text(parameter.name)),
        ("about".into(), text(parameter.about)),
        ("kind".into(), text(parameter.kind.name())),
        ("required".into(), Dynamic::Bool(is_required)),
        ("default".into(), default),
    ];
    if let Kind::Rows(types) = parameter.kind {
        let cells: Vec<&str> = types.iter().map(|kind| kind.name()).collect();
        members.push(("cells".into(), texts(&cells)));
    }
    Dynamic::bag(members)
}

/// What a function does, and an example with its answer.
fn function(about: &str, (query, answer): (&str, &str)) -> Dynamic {
    Dynamic::bag(vec![
        ("about".into(), text(about)),
        ("example".into(), text(query)),
        ("answer".into(), text(answer)),
    ])
}

/// Functions, aggregates and plugins by name.
fn functions() -> Dynamic {
    let scalars = scalar::catalogue().map(|entry| {
        let words = function(entry.about, entry.example);
        (entry.name.into(), words)
    });
    let aggregates = aggregate::catalogue()
        .map(|entry| (entry.name.into(), function(entry.about, entry.example)));
    let plugins = plugin::ENTRIES
        .iter()
        .map(|entry| (entry.name.into(), function(entry.about, entry.example)));
    Dynamic::bag(scalars.chain(aggregates).chain(plugins).collect())
}

fn operator(entry: &operators::OperatorEntry) -> Dynamic {
    Dynamic::bag(vec![
        ("syntax".into(), text(entry.syntax)),
        ("about".into(), text(entry.about)),
    ])
}

fn rule(rule: &check::Rule) -> Dynamic {
    Dynamic::bag(vec![
        ("code".into(), text(rule.code)),
        ("name".into(), text(rule.name)),
        ("severity".into(), text(rule.severity.name())),
        ("reason".into(), text(rule.reason)),
        ("bad".into(), text(rule.bad)),
        ("good".into(), text(rule.good)),
    ])
}

fn setup_rule(rule: &rules::Rule) -> Dynamic {
    Dynamic::bag(vec![
        ("code".into(), text(rule.code)),
        ("severity".into(), text(rule.severity.name())),
        ("message".into(), text(rule.message)),
        ("reason".into(), text(rule.reason)),
        ("cure".into(), text(rule.cure)),
        ("bad".into(), text(rule.bad)),
        ("good".into(), text(rule.good)),
    ])
}

fn secret(rule: &redact::Rule) -> Dynamic {
    Dynamic::bag(vec![
        ("id".into(), text(rule.id)),
        ("title".into(), text(rule.title)),
        ("about".into(), text(rule.about)),
        ("example".into(), text(rule.example.0)),
    ])
}

fn main() {
    let signatures = signature::catalogue()
        .map(|signature| (signature.id.into(), words(signature)))
        .collect();
    let answers = Dynamic::parse(ANSWERS).unwrap_or(Dynamic::Null);
    let recipes = recipe::families().iter().flat_map(|family| {
        let answers = &answers;
        let recipes = family.recipes.iter();
        recipes.map(move |recipe| described(family, recipe, answers))
    });
    let problems = Problem::ALL
        .iter()
        .map(|problem| (problem.code().into(), text(problem.words())));
    let formats = input::FORMATS.iter().map(|format| {
        Dynamic::bag(vec![
            ("id".into(), text(format.id)),
            ("title".into(), text(format.title)),
            ("about".into(), text(format.about)),
        ])
    });
    let catalogues = Dynamic::bag(vec![
        ("signatures".into(), Dynamic::bag(signatures)),
        ("recipes".into(), Dynamic::array(recipes.collect())),
        ("functions".into(), functions()),
        (
            "operators".into(),
            Dynamic::bag(
                operators::OPERATORS
                    .iter()
                    .map(|entry| (entry.name.into(), operator(entry)))
                    .collect(),
            ),
        ),
        (
            "rules".into(),
            Dynamic::array(check::RULES.iter().map(|one| rule(one)).collect()),
        ),
        (
            "setupRules".into(),
            Dynamic::array(rules::RULES.iter().map(setup_rule).collect()),
        ),
        (
            "secrets".into(),
            Dynamic::array(redact::rules().iter().map(secret).collect()),
        ),
        ("problems".into(), Dynamic::bag(problems.collect())),
        ("formats".into(), Dynamic::array(formats.collect())),
    ]);
    println!("// Written by `cargo xtask package` from the catalogues in src.");
    println!("export default {};", catalogues.to_json());
}
