//! `Url contains "orders"`: `has` finds a whole word by the index, `contains` reads every text.

use super::{Finding, Rule, Subject, Target, replace, subject::string_literal};
use crate::diagnostic::Severity;
use crate::kql::tree::{BinaryOperator, Expr, TextRelation};
use crate::text::documentation;

pub(super) const RULE: Rule = Rule {
    code: "KQL0701",
    name: "contains-word",
    severity: Severity::Hint,
    reason: documentation(
        "`has` looks a word up in the index of terms; `contains` reads every text. Where the text is a whole \
         word, `has` finds the same rows many times faster.",
    ),
    bad: documentation(
        "ApiManagementGatewayLogs | where TimeGenerated > ago(1h) | where Url contains \"orders\"",
    ),
    good: documentation(
        "ApiManagementGatewayLogs | where TimeGenerated > ago(1h) | where Url has \"orders\"",
    ),
    target: Target::LogAnalytics,
    find,
};

/// Columns whose values are one term, where a part is meant.
const ONE_TERM: &[&str] = &[
    "LastErrorReason",
    "lastError_reason_s",
    "LastErrorSource",
    "lastError_source_s",
    "EventName",
];

fn find(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    for (expression, _) in &subject.expressions {
        let Expr::Binary {
            operator: BinaryOperator::Text(text),
            operator_span,
            left,
            right,
            ..
        } = expression
        else {
            continue;
        };
        let Some((word, _)) = string_literal(right) else {
            continue;
        };
        let is_one_term =
            matches!(left.as_ref(), Expr::Name(column) if ONE_TERM.contains(&column.text.as_str()));
        let is_word = word.len() >= 4 && word.chars().all(char::is_alphanumeric);
        if text.relation == TextRelation::Contains && is_word && !is_one_term {
            let operator = operator_span
                .of(subject.text)
                .replacen("contains", "has", 1);
            found.push(
                Finding::new(
                    *operator_span,
                    "`has` finds a whole word faster than `contains`",
                )
                .help("keep `contains` where the text may be a part of a word")
                .likely_fix(
                    format!("Use `{operator}`"),
                    vec![replace(*operator_span, operator.clone())],
                ),
            );
        }
    }
}
