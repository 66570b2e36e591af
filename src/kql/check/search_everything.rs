//! `search "x"` without tables reads every column of every table.

use super::{Finding, Rule, Subject, Target};
use crate::diagnostic::Severity;
use crate::kql::tree::{Expr, Operator, Source};
use crate::text::{Span, documentation};

pub(super) const RULE: Rule = Rule {
    code: "KQL0702",
    name: "search-everything",
    severity: Severity::Warning,
    reason: documentation(
        "`search` without tables reads every column of every table of the workspace. Name the tables, or use \
         `where` on the columns that may hold the text.",
    ),
    bad: documentation("search \"timeout\" | where TimeGenerated > ago(1h)"),
    good: documentation(
        "search in (ApiManagementGatewayLogs) \"timeout\" | where TimeGenerated > ago(1h)",
    ),
    target: Target::LogAnalytics,
    find,
};

fn find(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    for pipeline in &subject.pipelines {
        if let Source::Operator(Operator::Search { tables, span, .. }) = pipeline.source.as_ref()
            && tables.is_empty()
        {
            let word = Span::new(span.start, span.start + "search".len() as u32);
            found.push(
                Finding::new(word, "every column of every table is searched")
                    .help("name the tables: `search in (Table) …`"),
            );
        }
        for operator in &pipeline.operators {
            if let Operator::Search {
                predicate, span, ..
            } = operator
                && matches!(predicate.as_ref(), Expr::Star(_))
            {
                found.push(Finding::new(*span, "`search *` keeps every row").help("leave it out"));
            }
        }
    }
}
