//! What the place where a query will run does not have.

use super::{Finding, Rule, Subject, Target};
use crate::diagnostic::Severity;
use crate::kql::tree::{Operator, Source};
use crate::text::{Span, documentation};

pub(super) const RULE: Rule = Rule {
    code: "KQL0801",
    name: "azure-target",
    severity: Severity::Error,
    reason: documentation(
        "The same KQL does not run everywhere: Azure Monitor lacks what needs a cluster, an alert rule wants a \
         table first, tables of the Basic plan stand alone, and a transformation sees one row at a time.",
    ),
    bad: documentation("source | summarize count() by Method"),
    good: documentation(
        "source | where Method == \"GET\" | extend Day = startofday(TimeGenerated)",
    ),
    target: Target::DcrTransformation,
    find,
};

/// Functions that only Azure Data Explorer has.
const CLUSTER_FUNCTIONS: &[&str] = &[
    "cluster",
    "current_cluster_endpoint",
    "current_database",
    "current_principal",
    "current_principal_details",
    "current_principal_is_member_of",
    "cursor_after",
    "cursor_before_or_at",
    "cursor_current",
    "database",
    "extent_id",
    "extent_tags",
    "external_table",
    "materialized_view",
    "stored_query_result",
];

/// Functions that only Azure Monitor has.
const MONITOR_FUNCTIONS: &[&str] = &["app", "resource", "workspace"];

/// Plugins that only Azure Data Explorer has.
const CLUSTER_PLUGINS: &[&str] = &[
    "azure_digital_twins_query_request",
    "cosmosdb_sql_request",
    "http_request",
    "http_request_post",
    "mysql_request",
    "postgresql_request",
    "python",
    "r",
    "sql_request",
];

/// What a transformation may call, besides operators.
const TRANSFORMATION_FUNCTIONS: &[&str] = &[
    "abs",
    "ago",
    "array_concat",
    "array_length",
    "base64_decodestring",
    "base64_encodestring",
    "bin",
    "binary_and",
    "binary_not",
    "binary_or",
    "binary_shift_left",
    "binary_shift_right",
    "binary_xor",
    "case",
    "ceiling",
    "columnifexists",
    "countof",
    "datetime_add",
    "datetime_diff",
    "datetime_part",
    "dayofmonth",
    "dayofweek",
    "dayofyear",
    "endofday",
    "endofmonth",
    "endofweek",
    "endofyear",
    "exp",
    "exp10",
    "exp2",
    "extract",
    "extract_all",
    "floor",
    "geo_location",
    "getmonth",
    "gettype",
    "getyear",
    "hash_sha256",
    "hourofday",
    "iff",
    "iif",
    "indexof",
    "isempty",
    "isfinite",
    "isinf",
    "isnan",
    "isnotempty",
    "isnotnull",
    "isnull",
    "log",
    "log10",
    "log2",
    "make_datetime",
    "make_timespan",
    "max_of",
    "min_of",
    "not",
    "now",
    "pack",
    "pack_array",
    "parse_cef_dictionary",
    "parse_json",
    "parse_xml",
    "pow",
    "round",
    "sign",
    "split",
    "startofday",
    "startofmonth",
    "startofweek",
    "startofyear",
    "strcat",
    "strcat_delim",
    "strlen",
    "substring",
    "tobool",
    "todatetime",
    "todouble",
    "todynamic",
    "toguid",
    "toint",
    "tolong",
    "tolower",
    "toreal",
    "tostring",
    "totimespan",
    "toupper",
    "weekofyear",
    "zip",
];

fn find(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    operators(subject, found);
    functions(subject, found);
    match subject.target {
        Target::LogAlert => alert(subject, found),
        Target::BasicLogs => basic(subject, found),
        _ => {}
    }
}

fn finding(span: Span, what: &str, target: &str) -> Finding {
    Finding::new(
        span,
        format!("`{}` does not run in {target}", crate::text::cut(what, 40)),
    )
}

fn operators(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    for operator in &subject.operators {
        let word = keyword(operator, subject.text);
        let text = word.of(subject.text);
        match (subject.target, operator) {
            (
                Target::DcrTransformation,
                Operator::Where { .. }
                | Operator::Extend { .. }
                | Operator::Project { .. }
                | Operator::ProjectAway { .. }
                | Operator::ProjectRename { .. }
                | Operator::Parse { .. }
                | Operator::Print { .. },
            ) => {}
            (Target::DcrTransformation, _) => found.push(
                finding(word, text, "a transformation")
                    .help("a transformation takes one row and gives at most one"),
            ),
            (
                Target::BasicLogs,
                Operator::Join { .. } | Operator::Find { .. } | Operator::Search { .. },
            ) => {
                found.push(
                    finding(word, text, "a query of a Basic table")
                        .help("a query of a Basic table reads that table alone"),
                );
            }
            (
                Target::LogAnalytics | Target::LogAlert | Target::BasicLogs,
                Operator::Evaluate { plugin, .. },
            ) if CLUSTER_PLUGINS.contains(&plugin.text.as_str()) => {
                found.push(finding(plugin.span, &plugin.text, "Azure Monitor"));
            }
            _ => {}
        }
    }
}

fn functions(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    for (function, _, _) in subject.calls() {
        let name = function.text.as_str();
        let is_cluster = CLUSTER_FUNCTIONS.contains(&name);
        match subject.target {
            Target::DataExplorer if MONITOR_FUNCTIONS.contains(&name) => {
                found.push(
                    finding(function.span, name, "Azure Data Explorer")
                        .help("use `cluster(…).database(…)`"),
                );
            }
            Target::DcrTransformation if TRANSFORMATION_FUNCTIONS.binary_search(&name).is_err() => {
                found.push(
                    finding(function.span, name, "a transformation")
                        .help("the documentation lists the functions of transformations"),
                );
            }
            Target::BasicLogs if is_cluster || MONITOR_FUNCTIONS.contains(&name) => {
                found.push(finding(function.span, name, "a query of a Basic table"));
            }
            Target::LogAnalytics | Target::LogAlert if is_cluster => {
                found.push(finding(function.span, name, "Azure Monitor"));
            }
            _ => {}
        }
    }
}

/// The service counts the rows of an alert's query, and wants a table to start with.
fn alert(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    if let Some(pipeline) = subject.pipelines.first()
        && let Source::Operator(source @ (Operator::Search { .. } | Operator::Union { .. })) =
            pipeline.source.as_ref()
    {
        let word = keyword(source, subject.text);
        found
            .push(finding(word, word.of(subject.text), "an alert rule").help("start with a table"));
    }
    for operator in &subject.operators {
        if let Operator::Take { span, .. } = operator {
            let mut finding = Finding::new(*span, "which rows are taken differs from run to run")
                .help("use `top` with an order, or leave it out");
            finding.severity = Some(Severity::Warning);
            found.push(finding);
        }
    }
}

/// A table of the Basic plan: its functions stand in no `let`.
fn basic(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    for (expression, _) in &subject.expressions {
        if let crate::kql::tree::Expr::Call { function, .. } = expression
            && subject.own_functions.contains(&function.text.as_str())
        {
            found.push(finding(
                function.span,
                &function.text,
                "a query of a Basic table",
            ));
        }
    }
}

/// The word that an operator starts with.
fn keyword(operator: &Operator, text: &str) -> Span {
    let span = operator.span();
    let written = span.of(text);
    let n_bytes = written
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '-')
        .unwrap_or(written.len());
    Span::new(span.start, span.start + n_bytes as u32)
}
