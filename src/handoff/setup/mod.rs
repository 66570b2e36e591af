//! The settings that decide what is logged: made, and checked.
//!
//! Input: requests of the builders; pasted set-ups of [`check`](check::check). Output: artefacts;
//! findings. Loggers say where to, diagnostic entities what of which API, diagnostic settings which
//! categories go to which workspace, policies which metrics. Absent on purpose: any look at the
//! service itself.

mod bicep_text;
pub mod check;
pub mod diagnostic;
pub mod diagnostic_setting;
mod document;
mod expression;
mod find;
mod json_text;
pub mod logger;
mod names;
mod paste;
mod place;
mod policy;
mod repair;
pub mod resources;
pub mod rules;
pub mod token_metric;
mod xml_text;

use super::arm::{Expression, Value};
use super::json::{Json, Members};

/// Adds a member; one copy, since the module is small before it is fast.
#[inline(never)]
fn put(members: &mut Members<Expression>, key: &str, value: Value) {
    members.push((key.to_owned(), value));
}

/// A value of a template without its expressions, of which bodies of calls have none.
fn plain(value: &Value) -> Json {
    match value {
        Json::Null | Json::Leaf(_) => Json::Null,
        Json::Bool(value) => Json::Bool(*value),
        Json::Integer(number) => Json::Integer(*number),
        Json::Real(number) => Json::Real(*number),
        Json::Text(text) => Json::Text(text.clone()),
        Json::List(items) => Json::List(items.iter().map(plain).collect()),
        Json::Object(members) => {
            let members = members.iter();
            Json::Object(
                members
                    .map(|(key, value)| (key.clone(), plain(value)))
                    .collect(),
            )
        }
    }
}
