//! Queries from one dialect of the resource logs to the other.
//!
//! Input: the text of a query. Output: the same query over `AzureDiagnostics`, or over the
//! resource-specific tables. Invariant: what the other dialect cannot say exactly is refused with its
//! place. Absent on purpose: how a text is rewritten (`kql::translate` does it), Application Insights.

use super::{TABLES, TableSchema};
use crate::diagnostic::Diagnostic;
use crate::kql::translate::{ColumnMap, ColumnPair, azure_diagnostics_filter, translate};
use std::sync::LazyLock;

/// The one table of the older dialect.
const AZURE_DIAGNOSTICS: &str = "AzureDiagnostics";

/// A resource log, with the texts that its maps borrow.
struct Log {
    table: &'static TableSchema,
    filter: String,
    implied: [(&'static str, &'static str); 2],
    forth: Vec<ColumnPair<'static>>,
    back: Vec<ColumnPair<'static>>,
}

static LOGS: LazyLock<Vec<Log>> = LazyLock::new(|| {
    let log = |table: &'static TableSchema| {
        let category = table.categories.first().copied().unwrap_or_default();
        let pair = |column: &'static super::ColumnSchema| {
            ColumnPair::azure_diagnostics(column.name, column.kind, column.azure_diagnostics)
        };
        let forth: Vec<ColumnPair<'static>> = table.columns.iter().map(pair).collect();
        Log {
            table,
            filter: azure_diagnostics_filter(category),
            implied: [
                ("ResourceProvider", "MICROSOFT.APIMANAGEMENT"),
                ("Category", category),
            ],
            back: forth
                .iter()
                .filter(|pair| !pair.target.is_empty())
                .map(|pair| pair.reversed())
                .collect(),
            forth,
        }
    };
    TABLES
        .iter()
        .filter(|table| table.is_resource_log())
        .map(|&table| log(table))
        .collect()
});

/// From each resource-specific table to its rows in `AzureDiagnostics`.
pub fn maps() -> &'static [ColumnMap<'static>] {
    static MAPS: LazyLock<Vec<ColumnMap<'static>>> = LazyLock::new(|| {
        let map = |log: &'static Log| ColumnMap {
            table: log.table.name,
            target: AZURE_DIAGNOSTICS,
            filter: &log.filter,
            implied: &[],
            columns: &log.forth,
        };
        LOGS.iter().map(map).collect()
    });
    &MAPS
}

/// From the rows of one category of `AzureDiagnostics` to their resource-specific table.
pub fn maps_back() -> &'static [ColumnMap<'static>] {
    static MAPS: LazyLock<Vec<ColumnMap<'static>>> = LazyLock::new(|| {
        let map = |log: &'static Log| ColumnMap {
            table: AZURE_DIAGNOSTICS,
            target: log.table.name,
            filter: "",
            implied: &log.implied,
            columns: &log.back,
        };
        LOGS.iter().map(map).collect()
    });
    &MAPS
}

/// The query over `AzureDiagnostics`, from one over the resource-specific tables.
pub fn to_azure_diagnostics(text: &str) -> Result<String, Vec<Diagnostic>> {
    translate(text, maps())
}

/// The query over the resource-specific tables, from one over `AzureDiagnostics`.
pub fn to_resource_specific(text: &str) -> Result<String, Vec<Diagnostic>> {
    translate(text, maps_back())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_log_goes_there_and_back() {
        assert_eq!(maps().len(), 5);
        for map in maps() {
            let text = format!("{} | take 5", map.table);
            let there = to_azure_diagnostics(&text).unwrap();
            assert_eq!(
                there,
                format!("AzureDiagnostics | where {} | take 5", map.filter)
            );
            assert_eq!(to_resource_specific(&there).unwrap(), text);
        }
    }

    #[test]
    fn names_and_types_follow() {
        let there = to_azure_diagnostics("ApiManagementGatewayLogs | where TotalTime > 5 | summarize count() by ResponseCode / 100").unwrap();
        let filter =
            "ResourceProvider == \"MICROSOFT.APIMANAGEMENT\" and Category == \"GatewayLogs\"";
        assert_eq!(
            there,
            format!(
                "AzureDiagnostics | where {filter} | where DurationMs > 5 | summarize count() by toint(responseCode_d) / 100"
            )
        );
        let lost =
            to_azure_diagnostics("ApiManagementGatewayLogs | where _BilledSize > 5").unwrap_err();
        assert_eq!(lost[0].span.start, 33);
    }
}
