//! The tabular operators by name: how each is written and what it does.
//!
//! Completion, hover and the documentation read this list. Invariant: sorted by name; every operator
//! that the parser knows by a word of its own has an entry.

use crate::text::documentation;

/// An operator.
#[derive(Debug)]
pub struct OperatorEntry {
    /// Its word.
    pub name: &'static str,
    /// How it is written.
    pub syntax: &'static str,
    /// What it does, in a sentence.
    pub about: &'static str,
    /// Words that may stand inside it.
    pub words: &'static [&'static str],
    /// Whether a query may start with it.
    pub may_start: bool,
}

const fn entry(
    name: &'static str,
    syntax: &'static str,
    about: &'static str,
    words: &'static [&'static str],
) -> OperatorEntry {
    OperatorEntry {
        name,
        syntax: documentation(syntax),
        about: documentation(about),
        words,
        may_start: false,
    }
}

const fn start(
    name: &'static str,
    syntax: &'static str,
    about: &'static str,
    words: &'static [&'static str],
) -> OperatorEntry {
    OperatorEntry {
        may_start: true,
        ..entry(name, syntax, about, words)
    }
}

const ORDER: &[&str] = &["asc", "desc", "nulls first", "nulls last"];
const BY: &[&str] = &["by"];

/// Every operator, by name.
pub const OPERATORS: &[OperatorEntry] = &[
    entry(
        "as",
        "as Name",
        "Names the rows so far for the rest of the query.",
        &[],
    ),
    entry("consume", "consume", "Reads all rows and gives none.", &[]),
    entry("count", "count", "Counts the rows.", &["as"]),
    start(
        "datatable",
        "datatable (Column:type, …) [value, …]",
        "A table that the query holds itself.",
        &[],
    ),
    entry(
        "distinct",
        "distinct Column, …",
        "Keeps each different combination once.",
        &[],
    ),
    entry(
        "evaluate",
        "evaluate plugin(arguments)",
        "Runs a plugin over the rows.",
        &[],
    ),
    entry(
        "extend",
        "extend Name = expression, …",
        "Adds columns.",
        &[],
    ),
    entry(
        "facet",
        "facet by Column, … [with (operators)]",
        "A table of values for each column.",
        &["by", "with"],
    ),
    start(
        "find",
        "find [in (Table, …)] where predicate [project …]",
        "Finds rows in several tables.",
        &["in", "where", "project", "project-smart", "withsource="],
    ),
    entry(
        "fork",
        "fork (operators) (operators)",
        "Gives the rows to several branches.",
        &[],
    ),
    entry(
        "getschema",
        "getschema",
        "Lists the columns and their types.",
        &[],
    ),
    entry(
        "graph-mark-components",
        "graph-mark-components",
        "Numbers the connected parts of a graph.",
        &["kind=", "with_component_id="],
    ),
    entry(
        "graph-match",
        "graph-match (a)-[e]->(b) [where …] project …",
        "Finds patterns in a graph.",
        &["where", "project", "cycles="],
    ),
    entry(
        "graph-shortest-paths",
        "graph-shortest-paths (a)-[e*1..5]->(b) project …",
        "Finds the shortest paths in a graph.",
        &["where", "project", "output="],
    ),
    entry(
        "graph-to-table",
        "graph-to-table nodes, edges",
        "The nodes and edges of a graph as tables.",
        &["nodes", "edges"],
    ),
    entry(
        "invoke",
        "invoke function(arguments)",
        "Gives the rows to a function as its first argument.",
        &[],
    ),
    entry(
        "join",
        "join kind=inner (Table) on Key",
        "Pairs rows with those of another table.",
        &["kind=", "on", "hint.strategy="],
    ),
    entry("limit", "limit n", "Takes any n rows.", &[]),
    entry(
        "lookup",
        "lookup kind=leftouter (Table) on Key",
        "Adds columns of a small table by key.",
        &["kind=", "on"],
    ),
    entry(
        "make-graph",
        "make-graph Source --> Target [with Nodes on Id]",
        "Makes a graph of rows that are edges.",
        &["with", "on", "with_node_id="],
    ),
    entry(
        "make-series",
        "make-series Name = aggregate [default=0] on Time [from a to b] step s [by …]",
        "Makes series over regular steps of time.",
        &["default=", "on", "from", "to", "step", "by"],
    ),
    entry(
        "mv-apply",
        "mv-apply Item = Array [to typeof(type)] on (operators)",
        "Runs operators over the elements of each row's array.",
        &["to typeof(", "on", "limit", "with_itemindex="],
    ),
    entry(
        "mv-expand",
        "mv-expand Column [to typeof(type)]",
        "Makes a row of each element of an array.",
        &["to typeof(", "limit", "with_itemindex=", "kind="],
    ),
    entry(
        "order",
        "order by Column desc, …",
        "Sorts the rows.",
        &["by", "asc", "desc", "nulls first", "nulls last"],
    ),
    entry(
        "parse",
        "parse Column with * \"text\" Name:type *",
        "Cuts columns out of a text.",
        &["kind=", "with"],
    ),
    entry(
        "parse-kv",
        "parse-kv Column as (Name:type, …) with (pair_delimiter=\",\", kv_delimiter=\"=\")",
        "Reads pairs of names and values from a text.",
        &["as", "with"],
    ),
    entry(
        "parse-where",
        "parse-where Column with * \"text\" Name:type *",
        "Cuts columns out of a text and drops rows that do not fit.",
        &["kind=", "with"],
    ),
    entry(
        "partition",
        "partition by Column (operators)",
        "Runs operators for each value alone.",
        BY,
    ),
    start("print", "print Name = expression, …", "Makes one row.", &[]),
    entry(
        "project",
        "project Column, Name = expression, …",
        "Keeps or computes columns, and drops the others.",
        &[],
    ),
    entry(
        "project-away",
        "project-away Column, …",
        "Drops columns.",
        &[],
    ),
    entry(
        "project-by-names",
        "project-by-names names",
        "Keeps columns whose names an expression gives.",
        &[],
    ),
    entry(
        "project-keep",
        "project-keep Column, …",
        "Keeps columns in their order.",
        &[],
    ),
    entry(
        "project-rename",
        "project-rename New = Old, …",
        "Renames columns.",
        &[],
    ),
    entry(
        "project-reorder",
        "project-reorder Column, …",
        "Puts columns first.",
        &["asc", "desc"],
    ),
    start(
        "range",
        "range Name from a to b step s",
        "Makes rows with a number or a time.",
        &["from", "to", "step"],
    ),
    entry(
        "reduce",
        "reduce by Column",
        "Groups texts that look alike.",
        BY,
    ),
    entry(
        "render",
        "render timechart",
        "Says how the answer is shown.",
        &["with"],
    ),
    entry(
        "sample",
        "sample n",
        "Takes n rows, each as likely as any other; the same ones at every run.",
        &[],
    ),
    entry(
        "sample-distinct",
        "sample-distinct n of Column",
        "Takes n different values.",
        &["of"],
    ),
    entry(
        "scan",
        "scan with (step s: condition => Name = value;)",
        "Follows rows in order through steps.",
        &[
            "with_match_id=",
            "order by",
            "partition by",
            "declare",
            "with",
            "step",
            "output=",
        ],
    ),
    start(
        "search",
        "search [in (Table, …)] \"text\"",
        "Keeps rows that hold a text in any column.",
        &["in", "kind=", "and", "or"],
    ),
    entry(
        "serialize",
        "serialize Name = expression, …",
        "Fixes the order of the rows.",
        &[],
    ),
    entry(
        "sort",
        "sort by Column desc, …",
        "Sorts the rows.",
        &["by", "asc", "desc", "nulls first", "nulls last"],
    ),
    entry(
        "summarize",
        "summarize Name = aggregate, … by Column, …",
        "Computes over groups of rows.",
        BY,
    ),
    entry("take", "take n", "Takes any n rows.", &[]),
    entry(
        "top",
        "top n by Column desc",
        "Keeps the first n rows of an order.",
        &["by", "asc", "desc", "nulls first", "nulls last"],
    ),
    entry(
        "top-hitters",
        "top-hitters n of Column [by Weight]",
        "The n most frequent values.",
        &["of", "by"],
    ),
    entry(
        "top-nested",
        "top-nested n of Column by aggregate, …",
        "The first values, level by level.",
        &["of", "by", "with others =", "asc", "desc"],
    ),
    start(
        "union",
        "union Table, …",
        "Puts the rows of several tables together.",
        &["kind=", "withsource=", "isfuzzy="],
    ),
    entry(
        "where",
        "where predicate",
        "Keeps rows for which a condition holds.",
        &["and", "or", "has", "contains", "in", "between"],
    ),
];

/// The entry of a word.
pub fn find(name: &str) -> Option<&'static OperatorEntry> {
    let at = OPERATORS
        .binary_search_by(|entry| entry.name.cmp(name))
        .ok()?;
    OPERATORS.get(at)
}

/// Kinds of `join`.
pub const JOIN_KINDS: &[&str] = &[
    "innerunique",
    "inner",
    "leftouter",
    "rightouter",
    "fullouter",
    "leftsemi",
    "rightsemi",
    "leftanti",
    "rightanti",
];

/// Charts of `render`.
pub const CHARTS: &[&str] = &[
    "anomalychart",
    "areachart",
    "barchart",
    "card",
    "columnchart",
    "linechart",
    "piechart",
    "pivotchart",
    "scatterchart",
    "stackedareachart",
    "table",
    "timechart",
    "timepivot",
    "treemap",
];

/// Columns that may be sorted both ways.
pub const DIRECTIONS: &[&str] = ORDER;
