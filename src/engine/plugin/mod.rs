//! The plugins of `evaluate`, declared once each.
//!
//! Input: all rows, since the columns a plugin gives may depend on them, and its arguments. Output: the
//! rows it makes. The binder runs the input first and binds on with these rows. Absent on purpose:
//! plugins that call services or run other languages, and those whose answer is a heuristic or whose
//! rule is not documented; each is refused by name.

mod activity;
mod lookup;
mod near;
mod reshape;
mod sets;

pub use reshape::spread;

use super::Relation;
use super::batch::Batch;
use crate::diagnostic::codes;
use crate::table::{ColumnBuilder, Field};
use crate::text::documentation;
use crate::value::{Dynamic, Type, Value, order};
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// Most rows that a plugin makes.
const MAX_ROWS: usize = 1 << 24;

/// A plugin.
#[derive(Debug)]
pub struct Plugin {
    /// Its name.
    pub name: &'static str,
    /// Names under which arguments may be given, by place.
    pub parameters: &'static [&'static str],
    /// Whether its first argument is a table.
    pub takes_table: bool,
    /// Whether its input must have a fixed order.
    pub needs_order: bool,
    /// What it does, in a sentence.
    pub about: &'static str,
    /// A query and the text of its first cell.
    pub example: (&'static str, &'static str),
    /// Makes its rows; `pivot` is bound by the binder, which groups first.
    pub run: fn(&Input<'_>) -> Made,
}

/// The rows of a plugin, or why there are none.
pub type Made = Result<Relation, Refusal>;

/// Why a plugin makes no rows.
#[derive(Debug)]
pub struct Refusal {
    /// The code of the finding.
    pub code: &'static str,
    /// What is wrong and what would be right.
    pub reason: String,
}

/// The arguments are wrong.
fn wrong<T>(reason: &str) -> Result<T, Refusal> {
    Err(Refusal {
        code: codes::BAD_VALUE,
        reason: reason.to_owned(),
    })
}

/// The answer is not documented, or too large.
fn refuse<T>(reason: &str) -> Result<T, Refusal> {
    Err(Refusal {
        code: codes::NOT_SUPPORTED,
        reason: reason.to_owned(),
    })
}

/// An argument of a plugin.
#[derive(Debug, Default)]
pub struct Argument {
    /// The name that the query gives it, when it is none of the parameters.
    pub name: Option<String>,
    /// The name of its column, if it has one.
    pub column: String,
    /// Its type.
    pub kind: Option<Type>,
    /// What it stands for.
    pub given: Given,
}

/// What an argument stands for.
#[derive(Debug, Default)]
pub enum Given {
    /// Nothing: it was left out.
    #[default]
    Nothing,
    /// A column of the input, by its place.
    Column(usize),
    /// The same value for all rows.
    Constant(Value),
    /// A table of its own.
    Table(Rc<Relation>),
}

/// What a plugin works on.
#[derive(Debug)]
pub struct Input<'a> {
    /// The rows; columns from `n_fields` on are arguments that were computed.
    pub relation: &'a Relation,
    /// Number of columns of the input itself.
    pub n_fields: usize,
    /// The arguments, by place.
    pub arguments: &'a [Argument],
}

impl Input<'_> {
    fn n_rows(&self) -> usize {
        self.relation.n_rows()
    }

    /// The columns of the input itself.
    fn fields(&self) -> &[Field] {
        self.relation
            .fields
            .get(..self.n_fields)
            .unwrap_or_default()
    }

    fn is_given(&self, at: usize) -> bool {
        let given = self.arguments.get(at).map(|argument| &argument.given);
        !matches!(given, None | Some(Given::Nothing))
    }

    /// The column that an argument is.
    fn column(&self, at: usize) -> Result<usize, Refusal> {
        match self.arguments.get(at).map(|argument| &argument.given) {
            Some(Given::Column(place)) => Ok(*place),
            _ => wrong(&format!(
                "argument {} of the plugin must be a column",
                at + 1
            )),
        }
    }

    /// The field of a column.
    fn field(&self, column: usize) -> Field {
        let field = self.relation.fields.get(column).cloned();
        field.unwrap_or_else(|| Field::new("", Type::Dynamic))
    }

    /// The columns that arguments from a place on are.
    fn columns_from(&self, at: usize) -> Result<Vec<usize>, Refusal> {
        (at..self.arguments.len())
            .map(|at| self.column(at))
            .collect()
    }

    /// The constant that an argument is.
    fn constant(&self, at: usize) -> Result<&Value, Refusal> {
        match self.arguments.get(at).map(|argument| &argument.given) {
            Some(Given::Constant(value)) => Ok(value),
            _ => wrong(&format!(
                "argument {} of the plugin must be a constant",
                at + 1
            )),
        }
    }

    /// The constant that an argument is, if it is given.
    fn optional(&self, at: usize) -> Result<Option<&Value>, Refusal> {
        if self.is_given(at) {
            self.constant(at).map(Some)
        } else {
            Ok(None)
        }
    }

    /// A constant whole number, datetime or timespan.
    fn whole(&self, at: usize) -> Result<i64, Refusal> {
        match whole(self.constant(at)?) {
            Some(number) => Ok(number),
            None => wrong(&format!(
                "argument {} of the plugin must be a whole number, datetime or timespan",
                at + 1
            )),
        }
    }

    fn value(&self, row: usize, column: usize) -> Value {
        self.relation.value(row, column)
    }

    /// The values of some columns in a row.
    fn values(&self, row: usize, columns: &[usize]) -> Vec<Value> {
        columns.iter().map(|&at| self.value(row, at)).collect()
    }
}

/// A whole number, or the ticks of a time.
fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::DateTime(ticks) | Value::TimeSpan(ticks) => Some(*ticks),
        other => other.as_long(),
    }
}

/// The value of a type that [`whole`] came from.
fn of_whole(number: i64, kind: Type) -> Value {
    match kind {
        Type::DateTime => Value::DateTime(number),
        Type::TimeSpan => Value::TimeSpan(number),
        Type::Int => Value::Int(number as i32),
        _ => Value::Long(number),
    }
}

/// Lists of values, numbered in the order in which they come.
#[derive(Default)]
struct Groups {
    places: FxHashMap<String, usize>,
    lists: Vec<Vec<Value>>,
}

impl Groups {
    /// The number of a list; a list that is not known gets the next.
    #[inline(never)]
    fn place_of(&mut self, list: Vec<Value>) -> usize {
        let key = Dynamic::array(list.iter().map(Value::to_dynamic).collect()).to_json();
        let next = self.lists.len();
        let place = *self.places.entry(key).or_insert(next);
        if place == next {
            self.lists.push(list);
        }
        place
    }

    /// The list of a number.
    fn list(&self, place: usize) -> &[Value] {
        self.lists.get(place).map_or(&[], Vec::as_slice)
    }
}

/// Numbers that are sorted together, the first ones first.
type Triple = [i64; 3];

/// Sorts, and leaves one of those that are equal.
#[inline(never)]
fn sort_unique(triples: &mut Vec<Triple>) {
    order::sort_by(triples, Triple::cmp);
    triples.dedup();
}

/// Rows that are being made.
struct Rows {
    fields: Vec<Field>,
    builders: Vec<ColumnBuilder>,
    n_made: usize,
}

impl Rows {
    fn new(fields: Vec<Field>) -> Self {
        let builders = fields.iter().map(|field| ColumnBuilder::new(field.kind));
        Self {
            builders: builders.collect(),
            fields,
            n_made: 0,
        }
    }

    fn push(&mut self, values: &[Value]) {
        for (builder, value) in self.builders.iter_mut().zip(values) {
            builder.push(value);
        }
        self.n_made += 1;
    }

    fn finish(self) -> Relation {
        let columns = self.builders.into_iter().map(ColumnBuilder::finish);
        Relation {
            fields: self.fields,
            batches: vec![Batch::of(columns.collect(), self.n_made)],
        }
    }
}

/// The entries.
pub static ENTRIES: &[Plugin] = &[
    Plugin {
        name: "pivot",
        parameters: &[],
        takes_table: false,
        needs_order: false,
        about: documentation("One column for every value of a column, filled by an aggregate."),
        example: (
            documentation(
                "datatable(a: string, b: long) ['x', 1, 'x', 2] | evaluate pivot(a, sum(b)) | project x",
            ),
            documentation("3"),
        ),
        run: |input| Ok(input.relation.clone()),
    },
    reshape::BAG_UNPACK,
    reshape::NARROW,
    reshape::PREVIEW,
    activity::ACTIVE_USERS_COUNT,
    activity::ACTIVITY_COUNTS_METRICS,
    activity::ACTIVITY_ENGAGEMENT,
    activity::ACTIVITY_METRICS,
    activity::SLIDING_WINDOW_COUNTS,
    lookup::GEO_LINE_LOOKUP,
    lookup::GEO_POLYGON_LOOKUP,
    lookup::IPV4_LOOKUP,
    lookup::IPV6_LOOKUP,
    near::ROLLING_PERCENTILE,
    near::ROWS_NEAR,
    near::SEQUENCE_DETECT,
    sets::DCOUNT_INTERSECT,
    sets::SCHEMA_MERGE,
];

/// The entry of a name.
pub fn find(name: &str) -> Option<&'static Plugin> {
    ENTRIES.iter().find(|entry| entry.name == name)
}

/// What to do instead of a plugin that is refused.
pub fn instead_of(name: &str) -> &'static str {
    match name {
        "autocluster" | "basket" | "diffpatterns" | "diffpatterns_text" => {
            "its answer is a heuristic; `summarize count() by …` compares values exactly"
        }
        "python" | "r" | "csharp" => "other languages do not run here; use KQL functions",
        "infer_storage_schema" | "infer_storage_schema_with_suggestions" => {
            "load the file: its columns are found, and `getschema` lists them"
        }
        "http_request"
        | "http_request_post"
        | "sql_request"
        | "mysql_request"
        | "postgresql_request"
        | "cosmosdb_sql_request"
        | "azure_digital_twins_query_request"
        | "dax_request"
        | "execute_query" => "nothing leaves the browser; load an export of that data",
        "ai_embeddings" | "ai_embed_text" | "ai_chat_completion" | "ai_chat_completion_prompt" => {
            "no model runs here; run the query in the cluster"
        }
        "funnel_sequence" => "it gives three tables; use `scan` or `sequence_detect`",
        "funnel_sequence_completion" => {
            "its rule is not documented; use `scan` or `sequence_detect`"
        }
        "session_count" => "its rule is not documented; use `row_window_session`",
        "new_activity_metrics" => "its rule is not documented; use `activity_counts_metrics`",
        _ => "run the query in the workspace or cluster",
    }
}
