//! `count()` over Application Insights rows: with sampling, a row stands for `ItemCount` of them.

use super::{Finding, Rule, Subject, Target, replace, subject::operator_names_any};
use crate::diagnostic::Severity;
use crate::kql::tree::{Expr, Operator};
use crate::text::documentation;

pub(super) const RULE: Rule = Rule {
    code: "KQL0606",
    name: "sampled-rows",
    severity: Severity::Info,
    reason: documentation(
        "Application Insights keeps a sample and says in `ItemCount` how many items a row stands for. Counting \
         rows gives the size of the sample; the sum of `ItemCount` estimates the traffic.",
    ),
    bad: documentation("AppRequests | where TimeGenerated > ago(1h) | summarize count() by Name"),
    good: documentation(
        "AppRequests | where TimeGenerated > ago(1h) | summarize sum(ItemCount) by Name",
    ),
    target: Target::LogAnalytics,
    find,
};

const COUNTS: &[&str] = &["ItemCount", "itemCount"];

fn find(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    for pipeline in &subject.pipelines {
        let Some(columns) = subject.source_columns(pipeline) else {
            continue;
        };
        let Some(count) = COUNTS.iter().find(|name| columns.find(name).is_some()) else {
            continue;
        };
        // Metrics carry `ItemCount` as the number of measurements: their rows are no sample.
        if columns.find("Sum").is_some() || columns.find("valueSum").is_some() {
            continue;
        }
        if pipeline
            .operators
            .iter()
            .any(|operator| operator_names_any(operator, &|name| COUNTS.contains(&name)))
        {
            continue;
        }
        let summarized = pipeline
            .operators
            .iter()
            .find_map(|operator| match operator {
                Operator::Summarize { aggregates, .. } => Some(aggregates),
                _ => None,
            });
        for aggregate in summarized.into_iter().flatten() {
            let Expr::Call {
                function,
                arguments,
                span,
            } = super::subject::value_of(aggregate)
            else {
                continue;
            };
            if function.text == "count" && arguments.is_empty() {
                found.push(
                    Finding::new(*span, "with sampling, a row stands for several items")
                        .help("sum the items that the rows stand for")
                        .likely_fix(
                            format!("Use `sum({count})`"),
                            vec![replace(*span, format!("sum({count})"))],
                        ),
                );
            }
        }
    }
}
