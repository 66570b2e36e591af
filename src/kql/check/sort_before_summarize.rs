//! `sort … | summarize`: the order is lost in the groups.

use super::{Finding, Rule, Subject, Target, replace, subject::calls_any};
use crate::diagnostic::Severity;
use crate::kql::tree::Operator;
use crate::text::{Span, documentation};

pub(super) const RULE: Rule = Rule {
    code: "KQL0707",
    name: "sort-before-summarize",
    severity: Severity::Hint,
    reason: documentation(
        "The rows are put in order and then grouped, which forgets the order. Sorting is one of the costly \
         operators; sort the answer instead.",
    ),
    bad: documentation(
        "ApiManagementGatewayLogs | where TimeGenerated > ago(1h) | sort by TimeGenerated desc | summarize count() by ApiId",
    ),
    good: documentation(
        "ApiManagementGatewayLogs | where TimeGenerated > ago(1h) | summarize count() by ApiId",
    ),
    target: Target::LogAnalytics,
    find,
};

/// Aggregates whose answer follows the order of the rows.
const ORDERED: &[&str] = &[
    "make_list",
    "makelist",
    "make_list_if",
    "make_list_with_nulls",
    "make_set",
    "makeset",
    "make_set_if",
    "make_bag",
    "make_bag_if",
    "take_any",
    "take_anyif",
    "any",
    "anyif",
    "arg_max",
    "arg_min",
];

fn find(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    for pipeline in &subject.pipelines {
        for (at, pair) in pipeline.operators.windows(2).enumerate() {
            let [Operator::Sort { span, .. }, next] = pair else {
                continue;
            };
            let forgets = match next {
                Operator::Summarize { aggregates, .. } => {
                    !aggregates.iter().any(|one| calls_any(one, ORDERED))
                }
                Operator::Count { .. } | Operator::Distinct { .. } | Operator::Sort { .. } => true,
                _ => false,
            };
            if forgets {
                // With the `|` before it; what stands before that keeps its blanks.
                let start = match at.checked_sub(1).and_then(|at| pipeline.operators.get(at)) {
                    Some(before) => before.span().end,
                    None => match pipeline.source.as_ref() {
                        crate::kql::tree::Source::Expr(source) => source.span().end,
                        crate::kql::tree::Source::Operator(source) => source.span().end,
                    },
                };
                found.push(
                    Finding::new(*span, "the order is lost in the operator behind it").safe_fix(
                        "Remove the sort",
                        vec![replace(Span::new(start, span.end), "")],
                    ),
                );
            }
        }
    }
}
