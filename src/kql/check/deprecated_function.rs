//! Functions that have a newer name: `makeset`, `parseurl`, `any`.

use super::{Finding, Rule, Subject, Target, insert, replace};
use crate::diagnostic::Severity;
use crate::kql::repair::RENAMED_FUNCTIONS;
use crate::kql::tree::{Expr, Operator};
use crate::text::documentation;

pub(super) const RULE: Rule = Rule {
    code: "KQL0607",
    name: "deprecated-function",
    severity: Severity::Hint,
    reason: documentation(
        "The function has a newer name. The old one still runs in places, is left out of the documentation, \
         and gives its column another name.",
    ),
    bad: documentation(
        "ApiManagementGatewayLogs | where TimeGenerated > ago(1h) | summarize makeset(ApiId)",
    ),
    good: documentation(
        "ApiManagementGatewayLogs | where TimeGenerated > ago(1h) | summarize make_set(ApiId)",
    ),
    target: Target::LogAnalytics,
    find,
};

fn find(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    for (function, arguments, span) in subject.calls() {
        let mut renamed = RENAMED_FUNCTIONS.iter();
        let Some((_, right)) = renamed.find(|(old, _)| *old == function.text) else {
            continue;
        };
        let mut edits = vec![replace(function.span, *right)];
        // `any(x)` is called `any_x`, `take_any(x)` only `x`: what follows keeps the name.
        if function.text == "any"
            && let [Expr::Name(column)] = arguments
            && is_bare(subject, span)
        {
            edits.insert(0, insert(span.start, format!("any_{} = ", column.text)));
        }
        found.push(
            Finding::new(
                function.span,
                format!("`{}` is the old name of `{right}`", function.text),
            )
            .safe_fix(format!("Use `{right}`"), edits),
        );
    }
}

/// Whether a call is an aggregate without a name of its own.
fn is_bare(subject: &Subject<'_>, span: crate::text::Span) -> bool {
    subject.operators.iter().any(|operator| {
        matches!(operator, Operator::Summarize { aggregates, .. }
            if aggregates.iter().any(|aggregate| aggregate.span() == span))
    })
}
