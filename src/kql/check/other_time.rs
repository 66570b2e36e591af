//! `Timestamp` where the table has `TimeGenerated`: another time, and often empty.

use super::{Finding, Rule, Subject, Target, replace};
use crate::diagnostic::Severity;
use crate::kql::tree::Expr;
use crate::text::documentation;

pub(super) const RULE: Rule = Rule {
    code: "KQL0609",
    name: "other-time",
    severity: Severity::Warning,
    reason: documentation(
        "Log Analytics keeps the time of a row in `TimeGenerated`: the time picker, the index and the cost of a \
         query go by it. `Timestamp` is another column, which most rows leave empty.",
    ),
    bad: documentation(
        "ApiManagementGatewayLogs | where Timestamp > ago(1h) | summarize count() by ApiId",
    ),
    good: documentation(
        "ApiManagementGatewayLogs | where TimeGenerated > ago(1h) | summarize count() by ApiId",
    ),
    target: Target::LogAnalytics,
    find,
};

fn find(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    for (expression, operator) in &subject.expressions {
        let (Expr::Name(name), Some(operator)) = (expression, operator) else {
            continue;
        };
        let has_both = name.text == "Timestamp"
            && subject.columns_before(operator).is_some_and(|columns| {
                columns.find("TimeGenerated").is_some() && columns.find("Timestamp").is_some()
            });
        if has_both {
            found.push(
                Finding::new(
                    name.span,
                    "`Timestamp` is not the time that rows are kept by",
                )
                .help("use `TimeGenerated`")
                .likely_fix(
                    "Use `TimeGenerated`",
                    vec![replace(name.span, "TimeGenerated")],
                ),
            );
        }
    }
}
