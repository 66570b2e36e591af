//! The right side of a `join` reads a whole table, whatever time the left side asks for.

use super::{
    Finding, Rule, Subject, Target,
    subject::{is_time, operator_names_any, time_column},
};
use crate::diagnostic::Severity;
use crate::kql::tree::{Expr, Operator, Pipeline, Source};
use crate::text::documentation;

pub(super) const RULE: Rule = Rule {
    code: "KQL0603",
    name: "join-without-time",
    severity: Severity::Warning,
    reason: documentation(
        "A time filter on the left side says nothing about the right one: all of its rows are read, and rows \
         of other days join. Filter both sides by time.",
    ),
    bad: documentation(
        "ApiManagementGatewayLlmLog
| where TimeGenerated > ago(1h) and SequenceNumber == 0
| join kind=inner (ApiManagementGatewayLogs | project CorrelationId, ApiId) on CorrelationId
| summarize sum(TotalTokens) by ApiId",
    ),
    good: documentation(
        "ApiManagementGatewayLlmLog
| where TimeGenerated > ago(1h) and SequenceNumber == 0
| join kind=inner (
    ApiManagementGatewayLogs
    | where TimeGenerated > ago(1h)
    | project CorrelationId, ApiId)
    on CorrelationId
| summarize sum(TotalTokens) by ApiId",
    ),
    target: Target::LogAnalytics,
    find,
};

fn find(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    for pipeline in &subject.pipelines {
        let mut is_filtered = false;
        for operator in &pipeline.operators {
            is_filtered |= operator_names_any(operator, &is_time);
            let Operator::Join { right, .. } = operator else {
                continue;
            };
            // Where the left side has no filter, the range of the portal holds for both.
            if is_filtered && let Some(table) = unfiltered(subject, right) {
                found.push(
                    Finding::new(
                        table.span(),
                        "the right side of this join has no time filter",
                    )
                    .help("add `| where TimeGenerated > …` to it"),
                );
            }
        }
    }
}

/// The log table that the right side reads without a condition on time.
fn unfiltered<'t>(subject: &Subject<'_>, right: &'t Expr) -> Option<&'t Expr> {
    let (source, operators): (&Expr, &[Operator]) = match right {
        Expr::Paren(inner, _) => return unfiltered(subject, inner),
        Expr::Pipe(Pipeline {
            source, operators, ..
        }) => match source.as_ref() {
            Source::Expr(source) => (source, operators),
            Source::Operator(_) => return None,
        },
        other => (other, &[]),
    };
    let Expr::Name(_) = source else {
        return None;
    };
    let is_log = subject.is_table(source) && time_column(subject.columns_of(source)?).is_some();
    let is_filtered = operators.iter().any(|operator| {
        matches!(operator, Operator::Where { .. }) && operator_names_any(operator, &is_time)
    });
    (is_log && !is_filtered).then_some(source)
}
