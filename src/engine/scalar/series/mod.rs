//! Series: arrays of numbers, as `make-series` gives them.
//!
//! Input: arrays whose items are numbers; what is no number is missing. Output: arrays of the same
//! length, or numbers about them. A family a file. Absent on purpose: the detection of periods, of
//! outliers and of anomalies, and fits of two lines, whose exact rules are not documented.

pub mod elementwise;
pub mod fill;
pub mod filter;
pub mod fit;
pub mod statistics;
pub mod transform;

use super::Parameter;
use crate::value::{Dynamic, Type, Value};

const ANY: Parameter = Parameter::Any;
const DYNAMIC: Parameter = Parameter::Is(Type::Dynamic);

/// The number that an item of a series holds; a time counts its ticks.
fn number(item: &Dynamic) -> Option<f64> {
    match item {
        Dynamic::Long(number) | Dynamic::DateTime(number) | Dynamic::TimeSpan(number) => {
            Some(*number as f64)
        }
        Dynamic::Real(number) => Some(*number),
        _ => None,
    }
}

/// The items of an argument that is an array.
fn items(arguments: &[Value], at: usize) -> Option<&[Dynamic]> {
    match arguments.get(at) {
        Some(Value::Dynamic(value)) => value.items(),
        _ => None,
    }
}

/// The numbers of an argument, when it is an array of nothing else.
fn numbers(arguments: &[Value], at: usize) -> Option<Vec<f64>> {
    items(arguments, at)?.iter().map(number).collect()
}

/// An array of reals.
fn reals(numbers: impl IntoIterator<Item = f64>) -> Dynamic {
    Dynamic::array(numbers.into_iter().map(Dynamic::Real).collect())
}

fn is_true(arguments: &[Value], at: usize) -> Option<bool> {
    match arguments.get(at) {
        Some(Value::Bool(value)) => Some(*value),
        _ => None,
    }
}
