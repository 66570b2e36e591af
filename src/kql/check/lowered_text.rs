//! `tolower(x) == "y"`: `=~` compares without case and without making a text for every row.

use super::{Finding, Rule, Subject, Target, replace, subject::string_literal};
use crate::diagnostic::Severity;
use crate::kql::tree::{BinaryOperator, Expr, ListOperator};
use crate::text::{Span, case, documentation};

pub(super) const RULE: Rule = Rule {
    code: "KQL0703",
    name: "lowered-text",
    severity: Severity::Hint,
    reason: documentation(
        "A text is made in lower case for every row only to be compared. `=~` and `in~` compare without case.",
    ),
    bad: documentation(
        "ApiManagementGatewayLogs | where TimeGenerated > ago(1h) | where tolower(Method) == \"get\"",
    ),
    good: documentation(
        "ApiManagementGatewayLogs | where TimeGenerated > ago(1h) | where Method =~ \"get\"",
    ),
    target: Target::LogAnalytics,
    find,
};

fn find(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    for (expression, _) in &subject.expressions {
        let (left, operator_span, texts, right) = match expression {
            Expr::Binary {
                operator,
                operator_span,
                left,
                right,
                ..
            } => {
                let right_operator = match operator {
                    BinaryOperator::Equal => "=~",
                    BinaryOperator::NotEqual => "!~",
                    _ => continue,
                };
                let texts: Vec<_> = string_literal(right).into_iter().collect();
                (left, *operator_span, texts, right_operator)
            }
            Expr::InList {
                operator,
                operator_span,
                left,
                list,
                ..
            } => {
                let right_operator = match operator {
                    ListOperator::In => "in~",
                    ListOperator::NotIn => "!in~",
                    _ => continue,
                };
                let texts: Vec<_> = list.iter().filter_map(string_literal).collect();
                if texts.len() != list.len() {
                    continue;
                }
                (left, *operator_span, texts, right_operator)
            }
            _ => continue,
        };
        let Expr::Call {
            function,
            arguments,
            span,
        } = left.as_ref()
        else {
            continue;
        };
        let is_lower = function.text == "tolower";
        let ([inner], true) = (arguments.as_slice(), is_lower || function.text == "toupper") else {
            continue;
        };
        let folded = if is_lower { case::lower } else { case::upper };
        let is_folded = |text: &str| text.chars().all(|c| folded(c) == c);
        // Another case never matches, which is another mistake.
        if texts.is_empty() || !texts.iter().all(|(text, _)| is_folded(text)) {
            continue;
        }
        found.push(
            Finding::new(
                *span,
                format!("`{right}` compares without case, without a new text"),
            )
            .safe_fix(
                format!("Use `{right}`"),
                vec![
                    replace(Span::new(span.start, inner.span().start), ""),
                    replace(Span::new(inner.span().end, span.end), ""),
                    replace(operator_span, right),
                ],
            ),
        );
    }
}
