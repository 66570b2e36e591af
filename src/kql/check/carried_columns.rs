//! A join with a whole table carries all its columns along.

use super::{Finding, Rule, Subject, Target};
use crate::diagnostic::Severity;
use crate::kql::tree::{Expr, Operator, Pipeline, Source};
use crate::text::documentation;

pub(super) const RULE: Rule = Rule {
    code: "KQL0708",
    name: "carried-columns",
    severity: Severity::Hint,
    reason: documentation(
        "All columns of the right side travel through the join, most of them to be dropped behind it. Keep \
         the keys and what is needed with a `project` on the right side.",
    ),
    bad: documentation(
        "ApiManagementGatewayLlmLog
| where TimeGenerated > ago(1h) and SequenceNumber == 0
| join kind=leftouter (ApiManagementGatewayLogs | where TimeGenerated > ago(1h)) on CorrelationId
| summarize sum(TotalTokens) by ApimSubscriptionId",
    ),
    good: documentation(
        "ApiManagementGatewayLlmLog
| where TimeGenerated > ago(1h) and SequenceNumber == 0
| join kind=leftouter (
    ApiManagementGatewayLogs
    | where TimeGenerated > ago(1h)
    | project CorrelationId, ApimSubscriptionId)
    on CorrelationId
| summarize sum(TotalTokens) by ApimSubscriptionId",
    ),
    target: Target::LogAnalytics,
    find,
};

/// Columns of a right side that are worth a word.
const MANY: usize = 12;

fn find(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    for pipeline in &subject.pipelines {
        for (at, operator) in pipeline.operators.iter().enumerate() {
            let Operator::Join { right, .. } = operator else {
                continue;
            };
            let behind = pipeline.operators.get(at + 1..).unwrap_or_default();
            let drops = behind.iter().any(|operator| {
                matches!(
                    operator,
                    Operator::Summarize { .. } | Operator::Project { .. } | Operator::Count { .. }
                )
            });
            let Some(source) = whole_table(right) else {
                continue;
            };
            let is_table = subject.is_table(source);
            let n_columns = subject
                .columns_of(source)
                .map_or(0, |columns| columns.fields.len());
            if drops && is_table && n_columns >= MANY {
                found.push(
                    Finding::new(
                        source.span(),
                        "all columns of this table travel through the join",
                    )
                    .help("keep the keys and what is needed with `project`"),
                );
            }
        }
    }
}

/// The table of a right side that only filters.
fn whole_table(right: &Expr) -> Option<&Expr> {
    match right {
        Expr::Paren(inner, _) => whole_table(inner),
        Expr::Name(_) => Some(right),
        Expr::Pipe(Pipeline {
            source, operators, ..
        }) => {
            let keeps = |operator: &Operator| {
                matches!(
                    operator,
                    Operator::Where { .. }
                        | Operator::Extend { .. }
                        | Operator::Take { .. }
                        | Operator::Sort { .. }
                )
            };
            match source.as_ref() {
                Source::Expr(source @ Expr::Name(_)) if operators.iter().all(keeps) => Some(source),
                _ => None,
            }
        }
        _ => None,
    }
}
