//! A log table is read without a condition on its time.

use super::{
    Finding, Rule, Subject, Target,
    subject::{holds, is_time, names_any, time_column},
};
use crate::diagnostic::Severity;
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
        names_any(predicate, &is_time)
            || holds(predicate, &|one| matches!(one, Expr::Placeholder { .. }))
    });
    if is_bounded {
        return;
    }
    for pipeline in &subject.pipelines {
        let Source::Expr(source @ Expr::Name(_)) = pipeline.source.as_ref() else {
            continue;
        };
        let is_table = subject.is_table(source);
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
