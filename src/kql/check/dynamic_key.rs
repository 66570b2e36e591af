//! `summarize … by d.key`: a dynamic value cannot be grouped, sorted or joined by.

use super::{Finding, Rule, Subject, Target, insert, subject::value_of};
use crate::diagnostic::Severity;
use crate::kql::tree::{Expr, Operator};
use crate::text::documentation;
use crate::value::Type;

pub(super) const RULE: Rule = Rule {
    code: "KQL0503",
    name: "dynamic-key",
    severity: Severity::Error,
    reason: documentation(
        "A dynamic value can be of any type in every row, so it has no order and cannot be a key. Say which \
         type is meant, mostly with `tostring`.",
    ),
    bad: documentation(
        "ApiManagementGatewayLogs | where TimeGenerated > ago(1h) | summarize count() by RequestHeaders[\"User-Agent\"]",
    ),
    good: documentation(
        "ApiManagementGatewayLogs | where TimeGenerated > ago(1h) | summarize count() by tostring(RequestHeaders[\"User-Agent\"])",
    ),
    target: Target::LogAnalytics,
    find,
};

fn find(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    for operator in &subject.operators {
        let keys: Vec<&Expr> = match operator {
            Operator::Summarize { by, .. } | Operator::MakeSeries { by, .. } => by.iter().collect(),
            Operator::Distinct { columns, .. } => columns.iter().collect(),
            Operator::Sort { by, .. } | Operator::Top { by, .. } => {
                by.iter().map(|ordered| &ordered.value).collect()
            }
            _ => continue,
        };
        for key in keys.into_iter().map(value_of) {
            let is_dynamic = subject.type_of(key) == Some(Type::Dynamic);
            let is_known = match key {
                Expr::Name(name) => subject
                    .columns_before(operator)
                    .is_some_and(|columns| columns.find(&name.text).is_some()),
                Expr::Member { .. } | Expr::Index { .. } => true,
                Expr::Call { function, .. } => {
                    matches!(function.text.as_str(), "parse_json" | "todynamic")
                }
                _ => false,
            };
            if is_dynamic && is_known {
                let span = key.span();
                found.push(
                    Finding::new(span, "a `dynamic` value cannot be a key here")
                        .help("convert it with `tostring(…)`")
                        .likely_fix(
                            "Wrap in `tostring(…)`",
                            vec![insert(span.start, "tostring("), insert(span.end, ")")],
                        ),
                );
            }
        }
    }
}
