//! `count()` over LLM rows: a call has one row per chunk of its messages.

use super::{Finding, Rule, Subject, Target, insert, subject::operator_names_any};
use crate::diagnostic::Severity;
use crate::kql::tree::{Expr, Operator, Pipeline};
use crate::kql::visit;
use crate::text::{Span, documentation};

pub(super) const RULE: Rule = Rule {
    code: "KQL0601",
    name: "llm-rows",
    severity: Severity::Warning,
    reason: documentation(
        "The LLM log has one row per chunk of the messages, and the row with `SequenceNumber` 0 carries the \
         tokens. Counting rows counts long conversations many times.",
    ),
    bad: documentation(
        "ApiManagementGatewayLlmLog | where TimeGenerated > ago(1h) | summarize Calls = count() by ModelName",
    ),
    good: documentation(
        "ApiManagementGatewayLlmLog | where TimeGenerated > ago(1h) | where SequenceNumber == 0 | summarize Calls = count() by ModelName",
    ),
    target: Target::LogAnalytics,
    find,
};

/// A condition on one of these takes the row with the tokens alone.
const HEADER_COLUMNS: &[&str] = &[
    "SequenceNumber",
    "DeploymentName",
    "ModelName",
    "TotalTokens",
    "PromptTokens",
    "CompletionTokens",
    "CorrelationId",
];

fn find(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    for pipeline in &subject.pipelines {
        let is_llm = subject.source_columns(pipeline).is_some_and(|columns| {
            columns.find("SequenceNumber").is_some() && columns.find("TotalTokens").is_some()
        });
        if is_llm && let Some((call, before)) = counted(pipeline) {
            found.push(
                Finding::new(call, "rows of the LLM log are counted, not calls")
                    .help("keep the row with `SequenceNumber == 0`")
                    .likely_fix(
                        "Count calls",
                        vec![insert(before, "where SequenceNumber == 0\n| ")],
                    ),
            );
        }
    }
}

/// The `count()` of a pipeline, and where the operator around it starts; none once rows are chosen.
fn counted(pipeline: &Pipeline) -> Option<(Span, u32)> {
    for operator in &pipeline.operators {
        match operator {
            Operator::Where { .. }
                if operator_names_any(operator, &|name| HEADER_COLUMNS.contains(&name)) =>
            {
                return None;
            }
            Operator::Count { span, .. } => return Some((*span, span.start)),
            Operator::Summarize { aggregates, by, .. } => {
                let by_call = by
                    .iter()
                    .any(|key| matches!(key, Expr::Name(name) if name.text == "CorrelationId"));
                if by_call {
                    return None;
                }
                let call = aggregates.iter().find_map(count_call)?;
                return Some((call, operator.span().start));
            }
            Operator::Distinct { .. } => return None,
            _ => {}
        }
    }
    None
}

fn count_call(expression: &Expr) -> Option<Span> {
    if let Expr::Call {
        function,
        arguments,
        span,
    } = expression
        && function.text == "count"
        && arguments.is_empty()
    {
        return Some(*span);
    }
    let mut found = None;
    visit::children(expression, &mut |child| {
        found = found.or_else(|| count_call(child));
    });
    found
}
