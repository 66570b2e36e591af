//! Writes `catalogues.js`: what the facade knows without the module. Of the signatures it is the words
//! that are added to findings, by id; of the recipes the whole list.

#![expect(clippy::print_stdout, reason = "a command")]

use kqlens::recipe::{self, Parameter, Recipe};
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
        ("title".into(), text(signature.title)),
        ("meaning".into(), text(signature.meaning)),
        ("causes".into(), texts(signature.causes)),
        ("fixes".into(), texts(signature.fixes)),
        ("docs".into(), text(signature.doc_url)),
    ])
}

fn described(recipe: &Recipe) -> Dynamic {
    let example = recipe.example.iter();
    Dynamic::bag(vec![
        ("id".into(), text(recipe.id)),
        ("title".into(), text(recipe.title)),
        ("about".into(), text(recipe.about)),
        ("tables".into(), texts(recipe.tables)),
        ("columns".into(), texts(&recipe.columns())),
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
    ])
}

fn parameter(parameter: &Parameter) -> Dynamic {
    let default = match parameter.default {
        recipe::Default::Value(value) => text(value),
        recipe::Default::Required | recipe::Default::LeftOut => Dynamic::Null,
    };
    let is_required = parameter.default == recipe::Default::Required;
    Dynamic::bag(vec![
        ("name".into(), text(parameter.name)),
        ("about".into(), text(parameter.about)),
        ("kind".into(), text(parameter.kind.name())),
        ("required".into(), Dynamic::Bool(is_required)),
        ("default".into(), default),
    ])
}

fn main() {
    let signatures = signature::catalogue()
        .map(|signature| (signature.id.into(), words(signature)))
        .collect();
    let catalogues = Dynamic::bag(vec![
        ("signatures".into(), Dynamic::bag(signatures)),
        (
            "recipes".into(),
            Dynamic::array(recipe::list().iter().map(described).collect()),
        ),
    ]);
    println!("// Written by `cargo xtask package` from src/signature and src/recipe.");
    println!("export default {};", catalogues.to_json());
}
