//! `count(CorrelationId)`: `count` counts rows, whatever stands in its parentheses.

use super::{Finding, Rule, Subject, Target, replace};
use crate::diagnostic::Severity;
use crate::text::documentation;
use crate::value::Type;

pub(super) const RULE: Rule = Rule {
    code: "KQL0608",
    name: "count-of-value",
    severity: Severity::Warning,
    reason: documentation(
        "`count` counts rows; unlike in SQL, a value in its parentheses changes nothing, empty ones count too. \
         Use `countif(isnotempty(x))` for rows that have it, `dcount(x)` for different values.",
    ),
    bad: documentation(
        "ApiManagementGatewayLogs | where TimeGenerated > ago(1h) | summarize count(CorrelationId) by ApiId",
    ),
    good: documentation(
        "ApiManagementGatewayLogs | where TimeGenerated > ago(1h) | summarize count() by ApiId",
    ),
    target: Target::LogAnalytics,
    find,
};

fn find(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    for (function, arguments, _) in subject.calls() {
        let ("count", [argument]) = (function.text.as_str(), arguments) else {
            continue;
        };
        let kind = subject.type_of(argument);
        if matches!(kind, None | Some(Type::Bool)) {
            continue;
        }
        found.push(
            Finding::new(
                argument.span(),
                "`count` counts rows, also those without this value",
            )
            .help("use `countif(isnotempty(…))` or `dcount(…)` to count values")
            .likely_fix("Count rows", vec![replace(argument.span(), "")]),
        );
    }
}
