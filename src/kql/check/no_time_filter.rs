//! A log table is read without a condition on its time.

use super::{Finding, Rule, Subject, Target, subject::time_column};
use crate::diagnostic::Severity;
use crate::kql::analysis::Meaning;
use crate::kql::tree::{Expr, Operator, Source};
use crate::text::documentation;

pub(super) const RULE: Rule = Rule {
    code: "KQL0706",
    name: "no-time-filter",
    severity: Severity::Info,
    reason: documentation(
        "Nothing in the query bounds the time of the rows. In the portal its time picker does; in scripts, \
         functions and workbooks without one, all rows that are kept are read.",
    ),
    bad: documentation("ApiManagementGatewayLogs | summarize count() by ApiId"),
    good: documentation(
        "ApiManagementGatewayLogs | where TimeGenerated > ago(1d) | summarize count() by ApiId",
    ),
    target: Target::LogAnalytics,
    find,
};

fn find(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    // The service bounds the time of an alert's query and of a transformation's rows.
    if matches!(subject.target, Target::LogAlert | Target::DcrTransformation) {
        return;
    }
    let conditions = subject
        .operators
        .iter()
        .filter_map(|operator| match operator {
            Operator::Where { predicate, .. } => Some(predicate.as_ref()),
            _ => None,
        });
    let is_bounded = conditions.into_iter().any(|predicate| {
        super::subject::names_any(predicate, &|name| {
            matches!(name, "TimeGenerated" | "timestamp")
        }) || has_placeholder(predicate)
    });
    if is_bounded {
        return;
    }
    for pipeline in &subject.pipelines {
        let Source::Expr(source @ Expr::Name(_)) = pipeline.source.as_ref() else {
            continue;
        };
        let is_table = subject
            .analysis
            .uses
            .iter()
            .any(|one| one.span == source.span() && one.meaning == Meaning::Table);
        let time = subject.columns_of(source).and_then(time_column);
        if let (true, Some(_)) = (is_table, time) {
            found.push(
                Finding::new(source.span(), "nothing bounds the time of these rows")
                    .help("add a condition such as `where TimeGenerated > ago(1d)`"),
            );
            // One is enough for a query.
            return;
        }
    }
}

fn has_placeholder(expression: &Expr) -> bool {
    let mut found = matches!(expression, Expr::Placeholder { .. });
    crate::kql::visit::children(expression, &mut |child| {
        found = found || has_placeholder(child);
    });
    found
}
