//! The scalar functions and operators, declared once each.
//!
//! Input: values of a row, or vectors of a batch. Output: the same. Every entry has its parameters,
//! its result, a sentence on what it does and an example with the answer, which a test runs;
//! completion, hover texts and the page's list of functions read the same entries. Operators are
//! entries too, under their symbol.

pub mod compression;
pub mod conditional;
pub mod convert;
pub mod date;
pub mod dynamic;
pub mod encoding;
pub mod geo;
pub mod hash;
pub mod math;
pub mod network;
pub mod operators;
pub mod punycode;
pub mod refused;
pub mod series;
pub mod sketch;
pub mod special;
pub mod text;
pub mod units;
pub mod zone;

use super::eval::{Context, Vector};
use crate::text::documentation;
use crate::value::{Type, Value};
use rustc_hash::FxHashMap;
use std::cell::OnceCell;

/// What a parameter takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parameter {
    /// Any type, as it is.
    Any,
    /// One type; `int` widens to `long`, whole numbers widen to `real`, a `dynamic` is converted.
    Is(Type),
    /// A number of any type.
    Number,
    /// `datetime` or `timespan`.
    Time,
    /// A number, a `datetime` or a `timespan`.
    Scale,
    /// A `string`; other types are converted by `tostring`.
    Printed,
}

/// The type of the answer.
#[derive(Clone, Copy, Debug)]
pub enum Returns {
    /// Always this.
    Is(Type),
    /// The type of the argument at a place.
    Same(usize),
    /// The common type of all arguments from a place on.
    Common(usize),
    /// Decided from the types of the arguments.
    By(fn(&[Type]) -> Result<Type, String>),
}

/// What a null argument does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NullRule {
    /// The answer is null.
    Sticky,
    /// The function decides.
    Seen,
}

/// How a column without a name is called when this function made it (Kusto's `ResultNameKind`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naming {
    /// `Column1`
    Numbered,
    /// The name of the first argument.
    First,
    /// The name of the only argument, when there is one.
    Only,
    /// `name_argument`
    Prefixed(&'static str),
    /// A fixed name.
    Fixed(&'static str),
}

/// A loop over vectors of a number of rows; `None` for shapes it does not know.
pub type VectorLoop = fn(&Context, &[Vector], usize) -> Option<Vector>;

/// A scalar function.
#[derive(Debug)]
pub struct Scalar {
    /// Its name.
    pub name: &'static str,
    /// Other names, deprecated ones included.
    pub aliases: &'static [&'static str],
    /// Its parameters.
    pub parameters: &'static [Parameter],
    /// How many of them must be given.
    pub n_required: usize,
    /// Whether the last parameter may repeat.
    pub is_variadic: bool,
    /// The type of the answer.
    pub returns: Returns,
    /// What null does.
    pub nulls: NullRule,
    /// How a column is named.
    pub naming: Naming,
    /// Names and types of the columns it gives, when it gives several: an array of their values.
    pub parts: &'static [(&'static str, Type)],
    /// What it does, in a sentence.
    pub about: &'static str,
    /// An expression and its answer as text.
    pub example: (&'static str, &'static str),
    /// The function, for one row.
    pub row: fn(&Context, &[Value]) -> Value,
    /// The function over whole vectors, where that is faster; `None` for shapes it does not know.
    pub vector: Option<VectorLoop>,
    /// The test of a text against a constant text, for operators that are one.
    pub text_test: Option<fn(&str, &str) -> bool>,
}

impl Scalar {
    /// The types of its parameters as a signature shows them.
    pub fn written_parameters(&self) -> Vec<String> {
        let names = self.parameters.iter().map(|parameter| match parameter {
            Parameter::Any => "value",
            Parameter::Is(kind) => kind.name(),
            Parameter::Number => "number",
            Parameter::Time => "datetime or timespan",
            Parameter::Scale => "number or time",
            Parameter::Printed => "string",
        });
        super::written_parameters(names, self.n_required, self.is_variadic)
    }

    /// A function whose answer is null when an argument is.
    pub const fn new(
        name: &'static str,
        parameters: &'static [Parameter],
        returns: Returns,
        about: &'static str,
        example: (&'static str, &'static str),
        row: fn(&Context, &[Value]) -> Value,
    ) -> Self {
        Self {
            name,
            aliases: &[],
            parameters,
            n_required: parameters.len(),
            is_variadic: false,
            returns,
            nulls: NullRule::Sticky,
            naming: Naming::Numbered,
            parts: &[],
            about: documentation(about),
            example: (documentation(example.0), documentation(example.1)),
            row,
            vector: None,
            text_test: None,
        }
    }

    /// The last `n` parameters may be left out.
    const fn optional(mut self, n: usize) -> Self {
        self.n_required -= n;
        self
    }

    /// The last parameter may repeat, and be left out when `n_required` says so.
    const fn variadic(mut self, n_required: usize) -> Self {
        self.is_variadic = true;
        self.n_required = n_required;
        self
    }

    /// The function decides what null does.
    const fn sees_nulls(mut self) -> Self {
        self.nulls = NullRule::Seen;
        self
    }

    /// Other names.
    const fn also(mut self, aliases: &'static [&'static str]) -> Self {
        self.aliases = aliases;
        self
    }

    /// How its column is named.
    const fn named(mut self, naming: Naming) -> Self {
        self.naming = naming;
        self
    }

    /// The operator tests one text against another.
    const fn tests_text(mut self, test: fn(&str, &str) -> bool) -> Self {
        self.text_test = Some(test);
        self
    }

    /// It gives several columns.
    const fn gives(mut self, parts: &'static [(&'static str, Type)]) -> Self {
        self.parts = parts;
        self
    }

    /// A loop over vectors.
    const fn vectorized(mut self, vector: VectorLoop) -> Self {
        self.vector = Some(vector);
        self
    }
}

/// All families.
pub static FAMILIES: [&[Scalar]; 23] = [
    operators::ENTRIES,
    compression::ENTRIES,
    conditional::ENTRIES,
    convert::ENTRIES,
    date::ENTRIES,
    dynamic::ENTRIES,
    encoding::ENTRIES,
    geo::ENTRIES,
    hash::ENTRIES,
    math::ENTRIES,
    network::ENTRIES,
    punycode::ENTRIES,
    series::elementwise::ENTRIES,
    series::fill::ENTRIES,
    series::filter::ENTRIES,
    series::fit::ENTRIES,
    series::statistics::ENTRIES,
    series::transform::ENTRIES,
    sketch::ENTRIES,
    special::ENTRIES,
    text::ENTRIES,
    units::ENTRIES,
    zone::ENTRIES,
];

/// Every entry, family by family.
pub fn catalogue() -> impl Iterator<Item = &'static Scalar> {
    FAMILIES.iter().flat_map(|family| family.iter())
}

/// The entry of a name or alias.
pub fn find(name: &str) -> Option<&'static Scalar> {
    thread_local! {
        static BY_NAME: OnceCell<FxHashMap<&'static str, &'static Scalar>> = const { OnceCell::new() };
    }
    BY_NAME.with(|cell| {
        let by_name = cell.get_or_init(|| {
            let names = |entry: &'static Scalar| {
                std::iter::once(&entry.name)
                    .chain(entry.aliases)
                    .map(move |&name| (name, entry))
            };
            catalogue().flat_map(names).collect()
        });
        by_name.get(name).copied()
    })
}
