//! `join` without `kind=`: `innerunique` keeps one left row for each key.

use super::{Finding, Rule, Subject, Target, insert};
use crate::diagnostic::Severity;
use crate::kql::tree::{Operator, property};
use crate::text::{Span, documentation};

pub(super) const RULE: Rule = Rule {
    code: "KQL0604",
    name: "default-join",
    severity: Severity::Warning,
    reason: documentation(
        "Without `kind=` a join is `innerunique`: of left rows with the same key any one is kept. Sums and \
         counts over the left side are too small then. Say `kind=inner`, or `kind=innerunique` where it is meant.",
    ),
    bad: documentation(
        "ApiManagementGatewayLogs
| where TimeGenerated > ago(1h)
| join (datatable(ApiId:string, Team:string)[\"orders\", \"shop\"]) on ApiId
| summarize count() by Team",
    ),
    good: documentation(
        "ApiManagementGatewayLogs
| where TimeGenerated > ago(1h)
| join kind=inner (datatable(ApiId:string, Team:string)[\"orders\", \"shop\"]) on ApiId
| summarize count() by Team",
    ),
    target: Target::LogAnalytics,
    find,
};

fn find(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    for pipeline in &subject.pipelines {
        let mut is_unique = false;
        for operator in &pipeline.operators {
            match operator {
                Operator::Summarize { .. } | Operator::Distinct { .. } => is_unique = true,
                Operator::Join {
                    properties, span, ..
                } => {
                    if !is_unique && property(properties, "kind").is_none() {
                        let word = Span::new(span.start, span.start + "join".len() as u32);
                        found.push(
                            Finding::new(word, "without `kind=` one left row is kept for each key")
                                .help("say `kind=inner` to keep them all")
                                .likely_fix(
                                    "Add `kind=inner`",
                                    vec![insert(word.end, " kind=inner")],
                                ),
                        );
                    }
                    is_unique = false;
                }
                Operator::MvExpand { .. } | Operator::Union { .. } => is_unique = false,
                _ => {}
            }
        }
    }
}
