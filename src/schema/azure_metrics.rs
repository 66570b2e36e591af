//! Platform metrics that a diagnostic setting sends along: one row a metric and minute.

use super::{ColumnSchema, TableSchema, column, logged};
use crate::value::Type::{DateTime, Real, String};

/// `AzureMetrics`
pub(super) const AZURE_METRICS: TableSchema = TableSchema {
    name: "AzureMetrics",
    about: "A platform metric of a resource over one span of time.",
    categories: &[],
    classic: None,
    columns: COLUMNS,
};

const COLUMNS: &[ColumnSchema] = &[
    logged("TimeGenerated", DateTime, "", "time").or(&["timeStamp"]),
    logged("MetricName", String, "", "metricName"),
    logged("Average", Real, "", "average"),
    logged("Count", Real, "", "count"),
    logged("Maximum", Real, "", "maximum"),
    logged("Minimum", Real, "", "minimum"),
    logged("Total", Real, "", "total"),
    logged("TimeGrain", String, "", "timeGrain"),
    column("UnitName", String).or(&["unit"]),
    column("Resource", String),
    column("ResourceGroup", String),
    column("ResourceId", String),
    column("ResourceProvider", String),
    column("SubscriptionId", String),
    column("SourceSystem", String),
    column("TenantId", String),
    column("Type", String),
    logged("_ResourceId", String, "", "resourceId"),
    column("_SubscriptionId", String),
];
