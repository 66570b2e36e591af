//! `TimeGenerated1` behind a `join`: the column of the right side, under a name nobody gave it.

use super::{Finding, Rule, Subject, Target};
use crate::diagnostic::Severity;
use crate::kql::analysis::Columns;
use crate::kql::tree::{Expr, Operator};
use crate::text::{cut, documentation};

pub(super) const RULE: Rule = Rule {
    code: "KQL0605",
    name: "suffixed-column",
    severity: Severity::Info,
    reason: documentation(
        "Columns that both sides of a join have get a `1` behind the name of the right one. The name changes \
         when a column is added on either side; name it on the right side instead.",
    ),
    bad: documentation(
        "ApiManagementGatewayLlmLog
| where TimeGenerated > ago(1h) and SequenceNumber == 0
| join kind=inner (ApiManagementGatewayLogs | where TimeGenerated > ago(1h)) on CorrelationId
| project CorrelationId, Delay = TimeGenerated1 - TimeGenerated",
    ),
    good: documentation(
        "ApiManagementGatewayLlmLog
| where TimeGenerated > ago(1h) and SequenceNumber == 0
| join kind=inner (
    ApiManagementGatewayLogs
    | where TimeGenerated > ago(1h)
    | project CorrelationId, GatewayTime = TimeGenerated)
    on CorrelationId
| project CorrelationId, Delay = GatewayTime - TimeGenerated",
    ),
    target: Target::LogAnalytics,
    find,
};

fn find(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    let mut made: Vec<String> = Vec::new();
    for operator in &subject.operators {
        if let Operator::Join { .. } = operator
            && let (Some(before), Some(behind)) = (
                subject.columns_before(operator),
                subject.columns_behind(operator),
            )
        {
            made.extend(suffixed(before, behind));
        }
    }
    for (expression, _) in &subject.expressions {
        if let Expr::Name(name) = expression
            && made.contains(&name.text)
        {
            found.push(
                Finding::new(
                    name.span,
                    format!(
                        "the join made this name; it is the right side's `{}`",
                        cut(name.text.trim_end_matches('1'), 30)
                    ),
                )
                .help("name the column on the right side of the join"),
            );
        }
    }
}

/// Names that a join made because both sides had them.
fn suffixed<'c>(before: &'c Columns, behind: &'c Columns) -> impl Iterator<Item = String> + 'c {
    behind
        .fields
        .iter()
        .filter(|field| before.find(&field.name).is_none())
        .filter(|field| {
            let stem = field.name.strip_suffix('1');
            stem.is_some_and(|stem| before.find(stem).is_some())
        })
        .map(|field| field.name.clone())
}
