//! `matches regex "plain"`: a pattern without anything special is a search for a text.

use super::{Finding, Rule, Subject, Target, replace, subject::string_literal};
use crate::diagnostic::Severity;
use crate::kql::tree::{BinaryOperator, Expr};
use crate::text::documentation;

pub(super) const RULE: Rule = Rule {
    code: "KQL0704",
    name: "regex-word",
    severity: Severity::Hint,
    reason: documentation(
        "The pattern holds nothing special, so it finds what `contains_cs` finds, and the index can help with it.",
    ),
    bad: documentation(
        "ApiManagementGatewayLogs | where TimeGenerated > ago(1h) | where Url matches regex \"orders/v2\"",
    ),
    good: documentation(
        "ApiManagementGatewayLogs | where TimeGenerated > ago(1h) | where Url contains_cs \"orders/v2\"",
    ),
    target: Target::LogAnalytics,
    find,
};

fn find(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    for (expression, _) in &subject.expressions {
        let Expr::Binary {
            operator: BinaryOperator::MatchesRegex,
            operator_span,
            right,
            ..
        } = expression
        else {
            continue;
        };
        let is_plain = |text: &str| {
            !text.is_empty()
                && text
                    .chars()
                    .all(|c| c.is_alphanumeric() || " _-/:,;=@%&\"'<>".contains(c))
        };
        if string_literal(right).is_some_and(|(text, _)| is_plain(text)) {
            found.push(
                Finding::new(*operator_span, "this pattern is a plain text").safe_fix(
                    "Use `contains_cs`",
                    vec![replace(*operator_span, "contains_cs")],
                ),
            );
        }
    }
}
