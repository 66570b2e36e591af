//! What is wrong with a query, and the repair where one is known.
//!
//! Input: a query and the tables it is meant for. Output: findings: of the grammar, of names known to
//! be wrong (misspelt functions, columns in the spelling of another dialect or of blogs), of the
//! engine. Invariant: of two findings at one place the one that knows the repair stays. Absent on
//! purpose: running the query, matters of taste.

use crate::diagnostic::{Diagnostic, Severity, codes};
use crate::engine::{self, bind};
use crate::kql::check::{self, Target};
use crate::kql::parser;
use crate::kql::repair::{self, Known};
use crate::kql::tree::Query;
use crate::schema;
use crate::table::Tables;
use crate::value::order;

/// Everything that is wrong with a query, in the order of the text; `now` is the clock in ticks.
pub fn check(query: &str, tables: &dyn Tables, target: Target, now: i64) -> Vec<Diagnostic> {
    let parsed = parser::parse(query);
    let mut found = parsed.diagnostics;
    if found
        .iter()
        .all(|finding| finding.severity != Severity::Error)
    {
        let analysis = bind::analyse(query, &parsed.query, tables, now);
        // The finding that knows more of a place comes first, and the place is told once.
        found.extend(check::check(query, &parsed.query, &analysis, target));
        // Of tables that do not exist no repair is known.
        let is_repaired = |finding: &Diagnostic| finding.code != codes::UNKNOWN_TABLE;
        let repairs = if analysis.diagnostics.iter().any(is_repaired) {
            repairs(&parsed.query)
        } else {
            Vec::new()
        };
        for finding in analysis.diagnostics {
            let finding = better(&repairs, finding);
            if found.iter().all(|other| other.span != finding.span) {
                found.push(finding);
            }
        }
    }
    check::without_allowed(query, &mut found);
    order::sort_by_key(&mut found, |finding| (finding.span, finding.code));
    found
}

/// A finding, or the repair of the same place.
fn better(repairs: &[Diagnostic], finding: Diagnostic) -> Diagnostic {
    let mut known = repairs.iter();
    let known = known.find(|known| known.span == finding.span && known.fix.is_some());
    known.cloned().unwrap_or(finding)
}

/// An error of a query, or what is known better about the same place.
pub fn explained(query: &str, error: Diagnostic) -> Diagnostic {
    better(&repairs(&parser::parse(query).query), error)
}

/// Names of a query that are known to be wrong, each with its repair.
pub fn repairs(query: &Query) -> Vec<Diagnostic> {
    let column = |table: &str, name: &str| schema::spelling(table, name).map(str::to_owned);
    repair::repairs(
        query,
        &Known {
            column: &column,
            is_function: &engine::is_function,
            functions: &engine::function_names,
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Dataset;
    use crate::engine::Job;
    use std::rc::Rc;

    fn found(query: &str) -> Vec<(&'static str, String)> {
        let found = check(query, &Dataset::new().views(), Target::LogAnalytics, 0);
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
                ("KQL0706", "AzureDiagnostics".to_owned()),
                (codes::UNKNOWN_NAME, "ErrorReason_s".to_owned()),
                (codes::UNKNOWN_FUNCTION, "strcat_aray".to_owned()),
                ("KQL0607", "makelist".to_owned()),
                (codes::UNKNOWN_NAME, "Url_s".to_owned()),
                (codes::UNKNOWN_NAME, "nothing".to_owned()),
            ]
        );
        assert_eq!(
            found("AzureDiagnostics | where TimeGenerated > ago(1h) and responseCode_d == 1"),
            []
        );
        assert_eq!(
            found("ApiManagementGatewayLogs | where TimeGenerated > ago(1h) and Nothing == 1"),
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
