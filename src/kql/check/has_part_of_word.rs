//! `LastErrorReason has "Connection"`: `has` finds whole terms, and `BackendConnectionFailure` is one.

use super::{Finding, Rule, Subject, Target, replace, subject::string_literal};
use crate::diagnostic::Severity;
use crate::kql::tree::{BinaryOperator, Expr, TextRelation};
use crate::text::documentation;

pub(super) const RULE: Rule = Rule {
    code: "KQL0602",
    name: "has-part-of-word",
    severity: Severity::Warning,
    reason: documentation(
        "`has` looks for whole terms, which end at anything that is no letter or digit. Values such as \
         `BackendConnectionFailure` are one term, so a part of it is never found.",
    ),
    bad: documentation(
        "ApiManagementGatewayLogs | where TimeGenerated > ago(1h) | where LastErrorReason has \"Connection\"",
    ),
    good: documentation(
        "ApiManagementGatewayLogs | where TimeGenerated > ago(1h) | where LastErrorReason contains \"Connection\"",
    ),
    target: Target::LogAnalytics,
    find,
};

/// Columns whose values are one word of several parts.
const WORD_COLUMNS: &[&str] = &[
    "LastErrorReason",
    "lastError_reason_s",
    "LastErrorSource",
    "lastError_source_s",
    "EventName",
    "OperationName",
    "ExceptionType",
    "type",
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
        let (Expr::Name(column), Some((word, _))) = (left.as_ref(), string_literal(right)) else {
            continue;
        };
        let is_part = text.relation == TextRelation::Has
            && WORD_COLUMNS.contains(&column.text.as_str())
            && word.chars().all(|c| c.is_ascii_alphabetic())
            && n_humps(word) == 1;
        if is_part {
            let operator = operator_span
                .of(subject.text)
                .replacen("has", "contains", 1);
            found.push(
                Finding::new(
                    *operator_span,
                    format!(
                        "`has` finds whole terms; values of `{}` are one term",
                        column.text
                    ),
                )
                .help("use `contains` for a part of a value, `==` for all of it")
                .likely_fix(
                    format!("Use `{operator}`"),
                    vec![replace(*operator_span, operator.clone())],
                ),
            );
        }
    }
}

/// How many parts a CamelCase word has.
fn n_humps(word: &str) -> usize {
    let inner = word
        .chars()
        .skip(1)
        .filter(char::is_ascii_uppercase)
        .count();
    inner + 1
}
