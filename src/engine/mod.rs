//! The engine: runs KQL over tables, exactly or not at all.
//!
//! Input: a query text, tables, a clock. Output: a [`Relation`] with the names, types and order that
//! Kusto gives, by way of a [`Job`] that runs in bounded steps. Stages: [`bind`] gives names and
//! types, [`operator`] runs batches of up to 64 Ki rows. Invariants: what cannot be answered exactly
//! is refused by name and place; the same input gives the same answer; nothing runs longer than a
//! step without coming back. Absent on purpose: storage, JSON, JavaScript, a clock of its own.

pub mod aggregate;
pub mod batch;
pub mod bind;
pub mod eval;
pub mod job;
pub mod operator;
pub mod plan;
pub mod plugin;
pub mod predicate;
pub mod scalar;

use crate::diagnostic::Diagnostic;
use crate::kql::complete::{CallKind, Callable};
use crate::table::Field;
pub use job::{Job, NamedTable, Progress, Stage, Step};

/// What goes wrong is one finding with a place in the query.
pub type Outcome<T> = Result<T, Box<Diagnostic>>;

/// Functions that the binder knows by itself: they look at rows, columns or tables.
const BOUND_FUNCTIONS: &[&str] = &[
    "app",
    "assert",
    "bag_pack_columns",
    "bin_auto",
    "cluster",
    "column_ifexists",
    "column_names_of",
    "columnifexists",
    "database",
    "iscolumnexists",
    "materialize",
    "next",
    "pack_all",
    "prev",
    "replace",
    "resource",
    "row_cumsum",
    "row_number",
    "row_rank",
    "row_rank_dense",
    "row_rank_min",
    "row_window_session",
    "table",
    "toscalar",
    "totable",
    "view",
    "workspace",
];

/// Every function, aggregate and plugin that a query may name, supported or not.
pub fn function_names() -> Vec<&'static str> {
    let is_operator = |name: &str| {
        scalar::operators::ENTRIES
            .iter()
            .any(|entry| entry.name == name)
    };
    let functions = scalar::catalogue().filter(|entry| !is_operator(entry.name));
    let scalars = functions.flat_map(|entry| std::iter::once(&entry.name).chain(entry.aliases));
    let aggregates =
        aggregate::catalogue().flat_map(|entry| std::iter::once(&entry.name).chain(entry.aliases));
    let plugins = plugin::ENTRIES.iter().map(|entry| &entry.name);
    let refused = scalar::refused::GROUPS.iter();
    let refused = refused.flat_map(|group| group.names);
    let others = refused.chain(BOUND_FUNCTIONS);
    scalars
        .chain(aggregates)
        .chain(plugins)
        .chain(others)
        .copied()
        .collect()
}

/// Whether [`function_names`] has a name.
pub fn is_function(name: &str) -> bool {
    let is_operator = scalar::operators::ENTRIES
        .iter()
        .any(|entry| entry.name == name);
    (scalar::find(name).is_some() && !is_operator)
        || aggregate::find(name).is_some()
        || plugin::ENTRIES.iter().any(|entry| entry.name == name)
        || scalar::refused::instead_of(name).is_some()
        || BOUND_FUNCTIONS.contains(&name)
}

/// Every name that can be called, for completion and signatures.
pub fn callables() -> Vec<Callable> {
    let is_name = |name: &&'static str| name.starts_with(|c: char| c.is_ascii_alphabetic());
    let scalars = scalar::catalogue().filter(|entry| is_name(&entry.name));
    let scalars = scalars.map(|entry| Callable {
        name: entry.name,
        kind: CallKind::Scalar,
        parameters: entry.written_parameters(),
        returns: match entry.returns {
            scalar::Returns::Is(kind) => kind.name(),
            _ => "",
        },
    });
    let aggregates = aggregate::catalogue().filter(|entry| entry.refusal.is_none());
    let aggregates = aggregates.map(|entry| Callable {
        name: entry.name,
        kind: CallKind::Aggregate,
        parameters: entry.written_parameters(),
        returns: "",
    });
    let plugins = plugin::ENTRIES.iter().map(|entry| Callable {
        name: entry.name,
        kind: CallKind::Plugin,
        parameters: match entry.parameters {
            [] => vec!["…".to_owned()],
            names => names.iter().map(|name| (*name).to_owned()).collect(),
        },
        returns: "",
    });
    scalars.chain(aggregates).chain(plugins).collect()
}

/// Parameters as a signature shows them, those that may be left out in brackets.
pub(crate) fn written_parameters<'n>(
    names: impl IntoIterator<Item = &'n str>,
    n_required: usize,
    is_variadic: bool,
) -> Vec<String> {
    let names = names.into_iter().enumerate();
    let written = names.map(|(at, name)| {
        if at < n_required {
            name.to_owned()
        } else {
            format!("[{name}]")
        }
    });
    written.chain(is_variadic.then(|| "…".to_owned())).collect()
}

/// A table that a query made.
#[derive(Clone, Debug, Default)]
pub struct Relation {
    /// Its columns.
    pub fields: Vec<Field>,
    /// Its rows, in order.
    pub batches: Vec<batch::Batch>,
}

impl Relation {
    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        self.batches.iter().map(|batch| batch.n_rows).sum()
    }

    /// The value of a cell.
    pub fn value(&self, row: usize, column: usize) -> crate::value::Value {
        let mut row = row;
        for batch in &self.batches {
            if row < batch.n_rows {
                return batch.value(column, row);
            }
            row -= batch.n_rows;
        }
        crate::value::Value::Null
    }
}
