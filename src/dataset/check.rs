//! What is wrong with a query, and the repair where one is known.
//!
//! Input: a query and the tables it is meant for. Output: findings: of the grammar, of names known to
//! be wrong (misspelt functions, columns in the spelling of another dialect or of blogs), of the
//! engine. Invariant: of two findings at one place the one that knows the repair stays. Absent on
//! purpose: running the query, matters of taste.

use crate::diagnostic::{Diagnostic, Severity};
use crate::engine::{self, bind};
use crate::kql::parser;
use crate::kql::repair::{self, Known};
use crate::schema;
use crate::table::Tables;
use crate::value::order;

/// Everything that is wrong with a query, in the order of the text; `now` is the clock in ticks.
pub fn check(query: &str, tables: &dyn Tables, now: i64) -> Vec<Diagnostic> {
    let parsed = parser::parse(query);
    let mut found = parsed.diagnostics;
    if found
        .iter()
        .any(|finding| finding.severity == Severity::Error)
    {
        return found;
    }
    found.extend(repairs(query));
    let analysis = bind::analyse(query, &parsed.query, tables, now);
    for finding in analysis.diagnostics {
        if found.iter().all(|known| known.span != finding.span) {
            found.push(finding);
        }
    }
    order::sort_by_key(&mut found, |finding| finding.span);
    found
}

/// An error of a query, or what is known better about the same place.
pub fn explained(query: &str, error: Diagnostic) -> Diagnostic {
    repairs(query)
        .into_iter()
        .find(|finding| finding.span == error.span && finding.fix.is_some())
        .unwrap_or(error)
}

/// Names of a query that are known to be wrong, each with its repair.
pub fn repairs(query: &str) -> Vec<Diagnostic> {
    let functions = engine::function_names();
    let column = |table: &str, name: &str| schema::spelling(table, name).map(str::to_owned);
    repair::repairs(
        query,
        &Known {
            column: &column,
            functions: &functions,
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Dataset;
    use crate::diagnostic::codes;
    use crate::engine::Job;
    use std::rc::Rc;

    fn found(query: &str) -> Vec<(&'static str, String)> {
        let found = check(query, &Dataset::new().views(), 0);
        found
            .iter()
            .map(|finding| (finding.code, finding.span.of(query).to_owned()))
            .collect()
    }

    #[test]
    fn each_place_is_found_once() {
        let query = "AzureDiagnostics | where ErrorReason_s has 'x' | summarize strcat_aray(makelist(Url_s), nothing)";
        assert_eq!(
            found(query),
            [
                (codes::UNKNOWN_NAME, "ErrorReason_s".to_owned()),
                (codes::UNKNOWN_FUNCTION, "strcat_aray".to_owned()),
                (codes::UNKNOWN_FUNCTION, "makelist".to_owned()),
                (codes::UNKNOWN_NAME, "Url_s".to_owned()),
            ]
        );
        assert_eq!(found("AzureDiagnostics | where responseCode_d == 1"), []);
        assert_eq!(
            found("ApiManagementGatewayLogs | where Nothing == 1"),
            [(codes::UNKNOWN_NAME, "Nothing".to_owned())]
        );
        assert!(
            found("print (")
                .iter()
                .all(|(code, _)| *code == codes::SYNTAX)
        );
    }

    #[test]
    fn an_error_gets_the_repair_of_its_place() {
        let query = "AzureDiagnostics | where ErrorReason_s has 'x'";
        let error = Job::start(query, Rc::new(Dataset::new().views()), 0)
            .err()
            .unwrap();
        assert!(error.fix.is_none());
        let fix = explained(query, *error).fix.unwrap();
        assert_eq!(
            repair::apply(query, &[fix]),
            "AzureDiagnostics | where lastError_reason_s has 'x'"
        );
    }
}
