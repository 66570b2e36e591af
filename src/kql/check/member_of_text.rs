//! `properties_s.promptTokens`: a text that holds JSON has no members before it is parsed.

use super::{Finding, Rule, Subject, Target, insert};
use crate::diagnostic::Severity;
use crate::kql::tree::Expr;
use crate::text::documentation;
use crate::value::Type;

pub(super) const RULE: Rule = Rule {
    code: "KQL0504",
    name: "member-of-text",
    severity: Severity::Error,
    reason: documentation(
        "Only a dynamic value has members. Columns of `AzureDiagnostics` that end in `_s` are texts, also where \
         they hold JSON: `parse_json` makes a value of them.",
    ),
    bad: documentation(
        "AzureDiagnostics | where TimeGenerated > ago(1h) | extend Reason = errors_s[0].reason",
    ),
    good: documentation(
        "AzureDiagnostics | where TimeGenerated > ago(1h) | extend Reason = parse_json(errors_s)[0].reason",
    ),
    target: Target::LogAnalytics,
    find,
};

fn find(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    for (expression, _) in &subject.expressions {
        let (Expr::Member { object, .. } | Expr::Index { object, .. }) = expression else {
            continue;
        };
        if subject.type_of(object) == Some(Type::String) {
            let span = object.span();
            found.push(
                Finding::new(
                    expression.span(),
                    "a text has no members before it is parsed",
                )
                .help("use `parse_json(…)` on it first")
                .likely_fix(
                    "Wrap in `parse_json(…)`",
                    vec![insert(span.start, "parse_json("), insert(span.end, ")")],
                ),
            );
        }
    }
}
