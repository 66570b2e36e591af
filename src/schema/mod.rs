//! What each log table is: its columns, their types, and the names each dialect gives them.
//!
//! Input: the names that a record or a header uses. Output: which table that is, which column a
//! spelling means, and [`views`] of loaded tables under every name their users know. Invariants:
//! inside kqlens a column has its resource-specific name; a gateway row is one row, whichever
//! spelling it came in; a column the catalogue does not know keeps its own name. One file per family
//! of tables. Absent on purpose: reading of texts, KQL.

mod app_insights;
mod azure_activity;
mod azure_metrics;
mod gateway;
mod llm;
mod mcp;
mod portal_audit;
pub mod translation;
mod views;
mod websocket;

pub use views::{Views, declared, views};

use crate::value::Type;
use std::sync::OnceLock;

/// One column and its spellings; an empty spelling means there is none.
#[derive(Debug)]
pub struct ColumnSchema {
    /// The resource-specific name.
    pub name: &'static str,
    /// The type.
    pub kind: Type,
    /// The name in `AzureDiagnostics`.
    pub azure_diagnostics: &'static str,
    /// The path in the raw record, members joined by points.
    pub path: &'static str,
    /// The name in the classic Application Insights table.
    pub classic: &'static str,
    /// The type in the classic table.
    pub classic_kind: Type,
    /// Spellings of the 2017 record, of blogs and of tools.
    pub also: &'static [&'static str],
    /// Whether the documented table has it; raw records carry more.
    pub is_documented: bool,
}

/// A column that has one name only.
const fn column(name: &'static str, kind: Type) -> ColumnSchema {
    ColumnSchema {
        name,
        kind,
        azure_diagnostics: "",
        path: "",
        classic: "",
        classic_kind: kind,
        also: &[],
        is_documented: true,
    }
}

/// A column of a resource log.
const fn logged(
    name: &'static str,
    kind: Type,
    azure_diagnostics: &'static str,
    path: &'static str,
) -> ColumnSchema {
    ColumnSchema {
        azure_diagnostics,
        path,
        ..column(name, kind)
    }
}

/// A column of an Application Insights table.
const fn traced(name: &'static str, kind: Type, classic: &'static str) -> ColumnSchema {
    ColumnSchema {
        classic,
        ..column(name, kind)
    }
}

impl ColumnSchema {
    /// More spellings of the same column.
    const fn or(self, also: &'static [&'static str]) -> Self {
        Self { also, ..self }
    }

    /// The type in the classic table, where it is another.
    const fn once(self, classic_kind: Type) -> Self {
        Self {
            classic_kind,
            ..self
        }
    }

    /// Raw records carry it, the documented table does not.
    const fn raw_only(self) -> Self {
        Self {
            is_documented: false,
            ..self
        }
    }

    /// All names of the column but the resource-specific one.
    fn spellings(&self) -> impl Iterator<Item = &'static str> {
        let last = self.path.rsplit('.').next().unwrap_or("");
        let dialects = [self.azure_diagnostics, self.classic, last];
        dialects
            .into_iter()
            .chain(self.also.iter().copied())
            .filter(|spelling| !spelling.is_empty())
    }
}

/// One table of the catalogue.
#[derive(Debug)]
pub struct TableSchema {
    /// The resource-specific name.
    pub name: &'static str,
    /// What a row is.
    pub about: &'static str,
    /// Names of the category in resource logs; the first is the present one.
    pub categories: &'static [&'static str],
    /// The classic Application Insights table, and what its rows call themselves.
    pub classic: Option<(&'static str, &'static str)>,
    /// The columns.
    pub columns: &'static [ColumnSchema],
}

/// Every table that kqlens knows.
pub const TABLES: &[&TableSchema] = &[
    &gateway::GATEWAY_LOGS,
    &llm::GATEWAY_LLM_LOG,
    &mcp::GATEWAY_MCP_LOG,
    &websocket::WEBSOCKET_CONNECTION_LOGS,
    &portal_audit::DEV_PORTAL_AUDIT_LOG,
    &app_insights::REQUESTS,
    &app_insights::DEPENDENCIES,
    &app_insights::EXCEPTIONS,
    &app_insights::TRACES,
    &app_insights::METRICS,
    &azure_metrics::AZURE_METRICS,
    &azure_activity::AZURE_ACTIVITY,
];

/// Columns that every Log Analytics table may have; they say nothing about which table it is.
const COMMON: &[&str] = &[
    "TimeGenerated",
    "timestamp",
    "time",
    "Timestamp",
    "TenantId",
    "SourceSystem",
    "Type",
    "Category",
    "OperationName",
    "CorrelationId",
    "Region",
    "location",
    "_ResourceId",
    "ResourceId",
    "_SubscriptionId",
    "_BilledSize",
    "_IsBillable",
    "Properties",
    "Level",
    "Name",
    "Message",
    "Method",
    "Url",
    "Id",
    "Error",
    "UserId",
    "category",
    "durationMs",
    "resultType",
    "callerIpAddress",
    "DurationMs",
    "CallerIPAddress",
    "ResultType",
    "Source",
    "Destination",
    "Data",
    "properties",
    "ClientIP",
    "ItemCount",
    "Min",
    "Max",
    "Sum",
    "Target",
    "Details",
    "SessionId",
    "OperationId",
    "Average",
    "Count",
    "Maximum",
    "Minimum",
    "Total",
    "Resource",
    "ResourceGroup",
    "ResourceProvider",
    "SubscriptionId",
];

impl TableSchema {
    /// The column that a spelling means: its own name, then any dialect's, then either in any case.
    pub fn column(&self, spelling: &str) -> Option<&'static ColumnSchema> {
        let columns: &'static [ColumnSchema] = self.columns;
        let same = |name: &str| name.eq_ignore_ascii_case(spelling);
        let find =
            |test: &dyn Fn(&ColumnSchema) -> bool| columns.iter().find(|column| test(column));
        find(&|column| column.name == spelling)
            .or_else(|| find(&|column| column.spellings().any(|name| name == spelling)))
            .or_else(|| find(&|column| same(column.name)))
            .or_else(|| find(&|column| column.spellings().any(same)))
    }

    /// The column at a path of the raw record.
    pub fn column_at(&self, path: &str) -> Option<&'static ColumnSchema> {
        let columns: &'static [ColumnSchema] = self.columns;
        columns
            .iter()
            .find(|column| column.path.eq_ignore_ascii_case(path))
    }

    /// Whether it is a log that API Management writes to a Log Analytics workspace.
    pub const fn is_resource_log(&self) -> bool {
        !self.categories.is_empty()
    }
}

/// The table of a name: resource-specific, classic, category, or what a row says of itself.
pub fn table(name: &str) -> Option<&'static TableSchema> {
    if azure_activity::CATEGORIES.contains(&name) {
        return Some(&azure_activity::AZURE_ACTIVITY);
    }
    TABLES.iter().copied().find(|table| {
        table.name.eq_ignore_ascii_case(name)
            || table
                .categories
                .iter()
                .any(|category| category.eq_ignore_ascii_case(name))
            || table.classic.is_some_and(|(classic, item)| {
                classic.eq_ignore_ascii_case(name) || item.eq_ignore_ascii_case(name)
            })
    })
}

/// Columns that `AzureDiagnostics` has for every service.
const AZURE_DIAGNOSTICS_OWN: &[&str] = &[
    "Level",
    "Resource",
    "ResourceGroup",
    "ResourceId",
    "ResourceProvider",
    "ResourceType",
    "ResultSignature",
    "SubscriptionId",
];

/// Whether `AzureDiagnostics` has, or with rows of any service may have, a column of this name.
pub fn is_azure_diagnostics_column(name: &str) -> bool {
    let is_typed = ["_s", "_d", "_b", "_g", "_t"]
        .iter()
        .any(|ending| name.ends_with(ending));
    is_typed
        || AZURE_DIAGNOSTICS_OWN.contains(&name)
        || TABLES
            .iter()
            .flat_map(|table| table.columns)
            .any(|column| column.azure_diagnostics == name)
}

/// What a table calls the column that another spelling means; `None` when it is right or unknown.
pub fn spelling(table_name: &str, column: &str) -> Option<&'static str> {
    if table_name == "AzureDiagnostics" {
        let logs = || {
            TABLES
                .iter()
                .filter(|table| table.is_resource_log())
                .flat_map(|table| table.columns)
        };
        if AZURE_DIAGNOSTICS_OWN.contains(&column)
            || logs().any(|known| known.azure_diagnostics == column)
        {
            return None;
        }
        let meant = TABLES
            .iter()
            .filter(|table| table.is_resource_log())
            .filter_map(|table| table.column(column));
        return meant
            .map(|known| known.azure_diagnostics)
            .find(|name| !name.is_empty());
    }
    let known = TABLES.iter().find_map(|table| match table.classic {
        _ if table.name == table_name => Some(table.column(column)?.name),
        Some((classic, _)) if classic == table_name => Some(table.column(column)?.classic),
        _ => None,
    });
    known.filter(|name| !name.is_empty() && *name != column)
}

/// The table that a set of column names speaks of; `None` when they speak of none.
pub fn recognise(names: &[&str]) -> Option<&'static TableSchema> {
    let is_common = |name: &str| {
        COMMON
            .iter()
            .any(|common| common.eq_ignore_ascii_case(name))
    };
    let score = |table: &TableSchema| {
        let known = names
            .iter()
            .copied()
            .filter(|name| table.column(name).is_some());
        let (own, common): (Vec<&str>, Vec<&str>) = known.partition(|name| !is_common(name));
        if own.is_empty() && common.len() < 3 {
            0
        } else {
            own.len() * 4 + common.len()
        }
    };
    let mut best: Option<(&'static TableSchema, usize)> = None;
    for &table in TABLES {
        let points = score(table);
        if points >= 4 && best.is_none_or(|(_, most)| points > most) {
            best = Some((table, points));
        }
    }
    // One word in common may be chance, unless there are hardly any words.
    best.filter(|&(_, points)| points >= 8 || names.len() <= 4)
        .map(|(table, _)| table)
}

/// Whether a header is one of `AzureDiagnostics`: columns with typed endings beside its own marks.
pub fn is_azure_diagnostics<'n>(names: impl Iterator<Item = &'n str> + Clone) -> bool {
    let is_typed = |name: &str| {
        ["_s", "_d", "_b", "_g"]
            .iter()
            .any(|ending| name.ends_with(ending))
    };
    let mut is_marked = false;
    let mut n_typed = 0;
    for name in names {
        is_marked |= name == "ResourceProvider" || name == "Category";
        n_typed += usize::from(is_typed(name));
    }
    is_marked && n_typed > 0
}

/// A resource-specific name and the name of the same column in another dialect.
pub type DialectPair = (&'static str, &'static str);

/// Pairs (resource-specific name, `AzureDiagnostics` name) of a table, for the translator.
pub fn dialect_columns(table: &str) -> &'static [DialectPair] {
    static PAIRS: OnceLock<Vec<(&'static str, Vec<DialectPair>)>> = OnceLock::new();
    let all = PAIRS.get_or_init(|| {
        let pairs = |table: &'static TableSchema| {
            let columns = table
                .columns
                .iter()
                .filter(|column| !column.azure_diagnostics.is_empty());
            columns
                .map(|column| (column.name, column.azure_diagnostics))
                .collect()
        };
        TABLES
            .iter()
            .filter(|table| table.is_resource_log())
            .map(|&table| (table.name, pairs(table)))
            .collect()
    });
    all.iter()
        .find(|(name, _)| *name == table)
        .map_or(&[], |(_, pairs)| pairs)
}

/// Pairs (resource-specific name, classic name) of an Application Insights table.
pub fn classic_columns(table: &str) -> Vec<DialectPair> {
    let columns = TABLES
        .iter()
        .find(|known| known.name == table)
        .map_or(&[][..], |known| known.columns);
    columns
        .iter()
        .filter(|column| !column.classic.is_empty())
        .map(|column| (column.name, column.classic))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn names_are_unique_in_their_dialect() {
        for table in TABLES {
            let mut seen = HashSet::new();
            for column in table.columns {
                assert!(
                    seen.insert(column.name.to_lowercase()),
                    "{} {}",
                    table.name,
                    column.name
                );
            }
            for dialect in [
                |c: &ColumnSchema| c.azure_diagnostics,
                |c: &ColumnSchema| c.path,
                |c: &ColumnSchema| c.classic,
            ] {
                let mut seen = HashSet::new();
                for column in table
                    .columns
                    .iter()
                    .filter(|column| !dialect(column).is_empty())
                {
                    assert!(
                        seen.insert(dialect(column).to_lowercase()),
                        "{} {}",
                        table.name,
                        dialect(column)
                    );
                }
            }
        }
    }

    #[test]
    fn every_spelling_finds_its_column() {
        for table in TABLES {
            for column in table.columns {
                assert_eq!(
                    table.column(column.name).map(|found| found.name),
                    Some(column.name)
                );
                if !column.path.is_empty() {
                    assert_eq!(
                        table.column_at(column.path).map(|found| found.name),
                        Some(column.name)
                    );
                }
                for spelling in [column.azure_diagnostics, column.classic]
                    .iter()
                    .chain(column.also)
                {
                    if !spelling.is_empty() {
                        let found = table.column(spelling).map(|found| found.name);
                        assert_eq!(found, Some(column.name), "{} {spelling}", table.name);
                    }
                }
            }
        }
    }

    #[test]
    fn spellings_are_those_of_the_table() {
        for (table, wrong, right) in [
            ("AzureDiagnostics", "ResponseCode_d", Some("responseCode_d")),
            ("AzureDiagnostics", "ResponseCode", Some("responseCode_d")),
            ("AzureDiagnostics", "ResourceId", None),
            ("AzureDiagnostics", "totalTokens_d", None),
            ("AzureDiagnostics", "TotalTokens", Some("totalTokens_d")),
            (
                "ApiManagementGatewayLogs",
                "responseCode_d",
                Some("ResponseCode"),
            ),
            (
                "ApiManagementGatewayLogs",
                "ISRequestSuccess",
                Some("IsRequestSuccess"),
            ),
            ("ApiManagementGatewayLogs", "ResponseCode", None),
            ("requests", "ResultCode", Some("resultCode")),
            ("AppRequests", "resultCode", Some("ResultCode")),
            ("Heartbeat", "responseCode_d", None),
        ] {
            assert_eq!(spelling(table, wrong), right, "{table} {wrong}");
        }
    }

    #[test]
    fn documented_widths() {
        let n_documented = |name: &str| {
            table(name).map_or(0, |table| {
                table
                    .columns
                    .iter()
                    .filter(|column| column.is_documented)
                    .count()
            })
        };
        assert_eq!(n_documented("ApiManagementGatewayLogs"), 59);
        assert_eq!(n_documented("ApiManagementGatewayMCPLog"), 27);
        assert_eq!(n_documented("ApiManagementWebSocketConnectionLogs"), 14);
        assert_eq!(n_documented("AppRequests"), 41);
    }

    #[test]
    fn headers_are_recognised() {
        let of = |names: &[&str]| recognise(names).map(|table| table.name);
        assert_eq!(
            of(&["TimeGenerated", "ApiId", "ResponseCode"]),
            Some("ApiManagementGatewayLogs")
        );
        assert_eq!(
            of(&[
                "TimeGenerated",
                "apiId_s",
                "responseCode_d",
                "lastError_reason_s"
            ]),
            Some("ApiManagementGatewayLogs")
        );
        assert_eq!(
            of(&["CorrelationId", "SequenceNumber", "PromptTokens"]),
            Some("ApiManagementGatewayLlmLog")
        );
        assert_eq!(
            of(&[
                "timestamp",
                "id",
                "resultCode",
                "success",
                "customDimensions"
            ]),
            Some("AppRequests")
        );
        assert_eq!(of(&["Category", "count_"]), None);
        assert_eq!(
            of(&["Location", "Low", "High", "Rain", "TimeGenerated"]),
            None
        );
    }
}
