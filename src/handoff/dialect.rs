//! A query over the resource-specific tables as a query over `AzureDiagnostics`.
//!
//! Input: the query. Output: the same over the shared table, or why there is none. The names come
//! from `schema`, the rewriting from `kql::translate`; this joins the two.

use crate::diagnostic::Diagnostic;
use crate::kql::translate::{self, ColumnMap, ColumnPair, azure_diagnostics_filter};
use crate::schema::{TABLES, TableSchema};

/// The shared table of workspaces that do not route to resource-specific tables.
pub const AZURE_DIAGNOSTICS: &str = "AzureDiagnostics";

/// Writes a query with the names of `AzureDiagnostics`.
pub fn azure_diagnostics(query: &str) -> Result<String, Vec<Diagnostic>> {
    let tables: Vec<(&TableSchema, String, Vec<ColumnPair<'_>>)> = TABLES
        .iter()
        .filter(|table| table.is_resource_log())
        .map(|table| {
            let filter = table
                .categories
                .first()
                .map_or_else(String::new, |category| azure_diagnostics_filter(category));
            let pair = |column: &crate::schema::ColumnSchema| {
                ColumnPair::azure_diagnostics(column.name, column.kind, column.azure_diagnostics)
            };
            (*table, filter, table.columns.iter().map(pair).collect())
        })
        .collect();
    let maps: Vec<ColumnMap<'_>> = tables
        .iter()
        .map(|(table, filter, columns)| ColumnMap {
            table: table.name,
            target: AZURE_DIAGNOSTICS,
            filter,
            implied: &[],
            columns,
        })
        .collect();
    translate::translate(query, &maps)
}

#[cfg(test)]
mod tests {
    use super::azure_diagnostics;

    #[test]
    fn names_and_filter_of_the_shared_table() {
        let text = azure_diagnostics(
            "ApiManagementGatewayLogs\n| where ResponseCode >= 500\n| summarize count() by ApiId",
        )
        .unwrap();
        assert!(text.starts_with("AzureDiagnostics"), "{text}");
        assert!(text.contains("Category == \"GatewayLogs\""), "{text}");
        assert!(text.contains("where responseCode_d >= 500"), "{text}");
        assert!(text.contains("by ApiId = apiId_s"), "{text}");
    }

    #[test]
    fn other_tables_stay_as_they_are() {
        assert_eq!(
            azure_diagnostics("AppRequests | take 1").unwrap(),
            "AppRequests | take 1"
        );
    }
}
