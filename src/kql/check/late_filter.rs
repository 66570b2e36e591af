//! `extend … | where`: a filter that does not need the new columns works on fewer rows before them.

use super::{
    Finding, Rule, Subject, Target,
    subject::{calls_any, names_any, operator_names_any},
};
use crate::diagnostic::Severity;
use crate::kql::tree::{Expr, Operator};
use crate::text::documentation;

pub(super) const RULE: Rule = Rule {
    code: "KQL0705",
    name: "late-filter",
    severity: Severity::Hint,
    reason: documentation(
        "The condition uses none of the columns that were just made, so it can stand before them: fewer rows \
         are computed, and the index can be used.",
    ),
    bad: documentation(
        "ApiManagementGatewayLogs
| extend Path = parse_url(Url).Path
| where TimeGenerated > ago(1h)
| project Path",
    ),
    good: documentation(
        "ApiManagementGatewayLogs
| where TimeGenerated > ago(1h)
| extend Path = parse_url(Url).Path
| project Path",
    ),
    target: Target::LogAnalytics,
    find,
};

/// Functions that look at neighbouring rows, which a filter would change.
const WINDOWS: &[&str] = &[
    "prev",
    "next",
    "row_number",
    "row_cumsum",
    "row_rank_dense",
    "row_rank_min",
    "row_window_session",
];

fn find(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    for pipeline in &subject.pipelines {
        for pair in pipeline.operators.windows(2) {
            let [
                Operator::Extend { columns, .. },
                filter @ Operator::Where { predicate, .. },
            ] = pair
            else {
                continue;
            };
            let makes = |name: &str| columns.iter().any(|column| made_by(column, name));
            let is_pure = columns.iter().all(|column| !calls_any(column, WINDOWS));
            let names_any_column = operator_names_any(filter, &|_| true);
            if is_pure && names_any_column && !names_any(predicate, &makes) {
                found.push(
                    Finding::new(filter.span(), "this filter can stand before the `extend`")
                        .help("filter first, then compute"),
                );
            }
        }
    }
}

/// Whether a column of `extend` may be called so; a column without a name counts as any.
fn made_by(column: &Expr, name: &str) -> bool {
    match column {
        Expr::Assign { names, .. } => names.iter().any(|made| made.text == name),
        _ => true,
    }
}
