//! `==` between types that are never equal: `IsRequestSuccess == "false"`.

use super::{Finding, Rule, Subject, Target, replace, subject::string_literal};
use crate::diagnostic::Severity;
use crate::kql::tree::{BinaryOperator, Expr};
use crate::text::{Span, documentation};
use crate::value::{Type, datetime, real};

pub(super) const RULE: Rule = Rule {
    code: "KQL0501",
    name: "compared-types",
    severity: Severity::Warning,
    reason: documentation(
        "A text is compared with a value of another type: the workspace refuses it or no row matches. \
         `IsRequestSuccess` is a bool and `ResponseCode` a number, so neither takes quotes.",
    ),
    bad: documentation(
        "ApiManagementGatewayLogs | where TimeGenerated > ago(1h) | where IsRequestSuccess == \"false\"",
    ),
    good: documentation(
        "ApiManagementGatewayLogs | where TimeGenerated > ago(1h) | where IsRequestSuccess == false",
    ),
    target: Target::LogAnalytics,
    find,
};

fn find(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    for (expression, _) in &subject.expressions {
        match expression {
            Expr::Binary {
                operator,
                operator_span,
                left,
                right,
                ..
            } if is_relational(*operator) => {
                let is_equality =
                    matches!(operator, BinaryOperator::Equal | BinaryOperator::NotEqual);
                for (typed, literal) in [(left, right), (right, left)] {
                    let Some(kind) = subject.type_of(typed) else {
                        continue;
                    };
                    let Some((text, span)) = string_literal(literal) else {
                        continue;
                    };
                    if let Some(mut finding) = compared(kind, text, span, *operator_span) {
                        if !is_equality {
                            finding.severity = Some(Severity::Error);
                        }
                        found.push(finding);
                    }
                }
            }
            Expr::InList {
                operator_span,
                left,
                list,
                ..
            } => {
                let Some(kind) = subject.type_of(left) else {
                    continue;
                };
                for (text, span) in list.iter().filter_map(string_literal) {
                    found.extend(compared(kind, text, span, *operator_span));
                }
            }
            _ => {}
        }
    }
}

const fn is_relational(operator: BinaryOperator) -> bool {
    use BinaryOperator::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
    matches!(
        operator,
        Equal | NotEqual | Less | LessOrEqual | Greater | GreaterOrEqual
    )
}

/// What is wrong with a text beside a value of a type; the place is the operator's, as the binder's is.
fn compared(kind: Type, text: &str, literal: Span, operator: Span) -> Option<Finding> {
    let right = match kind {
        Type::String | Type::Dynamic => return None,
        Type::Bool => text
            .to_ascii_lowercase()
            .parse::<bool>()
            .ok()
            .map(|value| value.to_string()),
        Type::Int | Type::Long | Type::Real | Type::Decimal => {
            real::read(text).map(|_| text.to_owned())
        }
        Type::DateTime => datetime::parse(text).map(|_| format!("datetime({text})")),
        Type::TimeSpan | Type::Guid => None,
    };
    let finding = Finding::new(
        operator,
        format!("a `{}` is compared with a text", kind.name()),
    );
    Some(match right {
        Some(right) => finding
            .help("write the value without quotes")
            .likely_fix(format!("Write `{right}`"), vec![replace(literal, right)]),
        None => finding.help("convert one side first"),
    })
}
