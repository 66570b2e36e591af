//! `countif(…) / count()`: whole numbers divide to a whole number, so a share is always 0 or 1.

use super::{Finding, Rule, Subject, Target, insert};
use crate::diagnostic::Severity;
use crate::kql::tree::{BinaryOperator, Expr};
use crate::text::documentation;
use crate::value::Type;

pub(super) const RULE: Rule = Rule {
    code: "KQL0502",
    name: "integer-division",
    severity: Severity::Warning,
    reason: documentation(
        "Both sides are whole numbers, so the fraction is cut off: a ratio below one becomes 0. Multiply by \
         1.0 first, or convert one side with `toreal`.",
    ),
    bad: documentation(
        "ApiManagementGatewayLogs | where TimeGenerated > ago(1h) | summarize HitRatio = countif(Cache == \"hit\") / count() by ApiId",
    ),
    good: documentation(
        "ApiManagementGatewayLogs | where TimeGenerated > ago(1h) | summarize HitRatio = 1.0 * countif(Cache == \"hit\") / count() by ApiId",
    ),
    target: Target::LogAnalytics,
    find,
};

fn find(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    let is_whole =
        |expression: &Expr| matches!(subject.type_of(expression), Some(Type::Int | Type::Long));
    for (expression, _) in &subject.expressions {
        let Expr::Binary {
            operator: BinaryOperator::Divide,
            operator_span,
            left,
            right,
            ..
        } = expression
        else {
            continue;
        };
        // Bytes to kilobytes and the like: the divisor is a constant, whole units are meant.
        if is_constant(right) || !is_whole(left) || !is_whole(right) {
            continue;
        }
        found.push(
            Finding::new(
                *operator_span,
                "whole numbers are divided, so the fraction is cut off",
            )
            .help("multiply by 1.0 first")
            .likely_fix("Divide as reals", vec![insert(left.span().start, "1.0 * ")]),
        );
    }
}

fn is_constant(expression: &Expr) -> bool {
    match expression {
        Expr::Literal(..) => true,
        Expr::Paren(inner, _) => is_constant(inner),
        Expr::Binary { left, right, .. } => is_constant(left) && is_constant(right),
        _ => false,
    }
}
