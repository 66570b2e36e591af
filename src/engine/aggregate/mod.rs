//! The aggregates, declared once each.
//!
//! Input: batches and the group of every row. Output: one value a group. Every aggregate keeps its
//! state per group in vectors, so a batch is one loop without calls per row. The estimating ones of
//! Kusto (`dcount`, `percentile`, `hll`, `tdigest`) are exact here.

mod collect;
mod distinct;
mod extreme;
mod numeric;
mod percentile;
mod schema;
mod sketch;

use super::eval::{Context, Vector};
use crate::table::Column;
use crate::text::documentation;
use crate::value::{Type, Value};

/// How the columns of an aggregate come about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One column.
    Single,
    /// One column, named after its percentile.
    Percentile,
    /// One column a percentile.
    Percentiles,
    /// The extreme, and columns of its row.
    ArgExtreme,
    /// Columns of any row.
    TakeAny,
}

/// How the column is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naming {
    /// `name_argument`
    Prefixed(&'static str),
    /// `name_argument_argument`, of the first two.
    Pair(&'static str),
    /// The name of the argument.
    First,
}

/// The types that arguments turn into, and the type of the answer.
pub type Signature = Result<(Vec<Type>, Type), String>;

/// An aggregate.
pub struct Aggregate {
    /// Its name.
    pub name: &'static str,
    /// Other names, deprecated ones included.
    pub aliases: &'static [&'static str],
    /// How its columns come about.
    pub shape: Shape,
    /// How its column is named.
    pub naming: Naming,
    /// Fewest arguments.
    pub n_required: usize,
    /// Most arguments.
    pub n_most: usize,
    /// How many arguments are read row by row; the others are constants.
    pub n_columns: usize,
    /// The argument that must be true for a row to count.
    pub condition_at: Option<usize>,
    /// Types.
    pub bind: fn(&[Type]) -> Signature,
    /// What it does, in a sentence.
    pub about: &'static str,
    /// An aggregate over `range x from 1 to 4 step 1`, and its answer as text.
    pub example: (&'static str, &'static str),
    /// Why it is refused, for those that are.
    pub refusal: Option<&'static str>,
    /// Starts a state.
    pub start: fn(&Start<'_>) -> Box<dyn State>,
}

impl std::fmt::Debug for Aggregate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Aggregate")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// What a state knows when it starts.
pub struct Start<'a> {
    /// Types of the arguments.
    pub kinds: &'a [Type],
    /// Constant arguments, by place.
    pub constants: &'a [Option<Value>],
    /// Types of the results.
    pub results: &'a [Type],
    /// Whether all rows are one group.
    pub is_single_group: bool,
}

/// The state of an aggregate for all groups.
pub trait State {
    /// Takes a batch: the group of every row, and the arguments. Groups below `n_groups` exist.
    fn update(&mut self, groups: &[u32], n_groups: usize, arguments: &[Vector], context: &Context);

    /// The answers, one column a result, one row a group.
    fn finish(&mut self, n_groups: usize, context: &Context) -> Vec<Column>;
}

impl Aggregate {
    /// Its parameters as a signature shows them.
    pub fn written_parameters(&self) -> Vec<String> {
        const MOST_SHOWN: usize = 4;
        let names = (0..self.n_most.min(MOST_SHOWN)).map(|at| {
            if self.condition_at == Some(at) {
                "bool"
            } else if at < self.n_columns {
                "value"
            } else {
                "constant"
            }
        });
        super::written_parameters(names, self.n_required, self.n_most > MOST_SHOWN)
    }

    const fn new(
        name: &'static str,
        bind: fn(&[Type]) -> Signature,
        about: &'static str,
        example: (&'static str, &'static str),
        start: fn(&Start<'_>) -> Box<dyn State>,
    ) -> Self {
        Self {
            name,
            aliases: &[],
            shape: Shape::Single,
            naming: Naming::Prefixed(name),
            n_required: 1,
            n_most: 1,
            n_columns: 1,
            condition_at: None,
            bind,
            about: documentation(about),
            example: (documentation(example.0), documentation(example.1)),
            refusal: None,
            start,
        }
    }

    const fn takes(mut self, n_required: usize, n_most: usize, n_columns: usize) -> Self {
        self.n_required = n_required;
        self.n_most = n_most;
        self.n_columns = n_columns;
        self
    }

    const fn with_condition(mut self, at: usize) -> Self {
        self.condition_at = Some(at);
        self.n_required = at + 1;
        if self.n_most < at + 1 {
            self.n_most = at + 1;
        }
        if self.n_columns < at + 1 {
            self.n_columns = at + 1;
        }
        self
    }

    const fn named(mut self, naming: Naming) -> Self {
        self.naming = naming;
        self
    }

    const fn shaped(mut self, shape: Shape) -> Self {
        self.shape = shape;
        self
    }

    const fn also(mut self, aliases: &'static [&'static str]) -> Self {
        self.aliases = aliases;
        self
    }
}

/// All families.
pub static FAMILIES: [&[Aggregate]; 7] = [
    numeric::ENTRIES,
    extreme::ENTRIES,
    collect::ENTRIES,
    distinct::ENTRIES,
    percentile::ENTRIES,
    schema::ENTRIES,
    sketch::ENTRIES,
];

/// Every entry.
pub fn catalogue() -> impl Iterator<Item = &'static Aggregate> {
    FAMILIES.iter().flat_map(|family| family.iter())
}

/// The entry of a name or alias.
pub fn find(name: &str) -> Option<&'static Aggregate> {
    catalogue().find(|entry| entry.name == name || entry.aliases.contains(&name))
}

/// Whether the condition of a row is true; without a condition it is.
#[inline(always)]
fn counts(arguments: &[Vector], condition_at: Option<usize>, row: usize) -> bool {
    match condition_at.and_then(|at| arguments.get(at)) {
        None => true,
        Some(Vector::Constant(value, _)) => matches!(value, Value::Bool(true)),
        Some(Vector::Column(column)) => match &column.data {
            crate::table::Data::Bool(values) => {
                values.get(row).copied().unwrap_or(false)
                    && !column.nulls.as_ref().is_some_and(|nulls| nulls.get(row))
            }
            _ => false,
        },
    }
}

/// Calls `visit` with the group and row of every row that counts.
#[inline(always)]
fn for_each_row(
    groups: &[u32],
    arguments: &[Vector],
    condition_at: Option<usize>,
    mut visit: impl FnMut(usize, usize),
) {
    if condition_at.is_none() {
        for (row, &group) in groups.iter().enumerate() {
            visit(group as usize, row);
        }
        return;
    }
    for (row, &group) in groups.iter().enumerate() {
        if counts(arguments, condition_at, row) {
            visit(group as usize, row);
        }
    }
}
