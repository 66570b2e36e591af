//! WebSocket connection logs: one row an event of a connection.

use super::{ColumnSchema, TableSchema, column, logged};
use crate::value::Type::{DateTime, Real, String};

/// `ApiManagementWebSocketConnectionLogs`
pub(super) const WEBSOCKET_CONNECTION_LOGS: TableSchema = TableSchema {
    name: "ApiManagementWebSocketConnectionLogs",
    about: "An event of a WebSocket connection between client, gateway and backend.",
    categories: &["WebSocketConnectionLogs"],
    classic: None,
    columns: COLUMNS,
};

const COLUMNS: &[ColumnSchema] = &[
    logged("TimeGenerated", DateTime, "TimeGenerated", "time"),
    logged("CorrelationId", String, "CorrelationId", "correlationId").or(&["CorrelationId_g"]),
    logged("EventName", String, "eventName_s", "properties.eventName"),
    logged("Source", String, "source_s", "properties.source"),
    logged(
        "Destination",
        String,
        "destination_s",
        "properties.destination",
    ),
    logged("Error", String, "error_s", "properties.error"),
    logged("Region", String, "location_s", "location"),
    logged("_ResourceId", String, "_ResourceId", "resourceId").or(&["ResourceId"]),
    column("_SubscriptionId", String),
    logged("TenantId", String, "TenantId", ""),
    logged("SourceSystem", String, "SourceSystem", ""),
    logged("Type", String, "Type", ""),
    column("_BilledSize", Real),
    column("_IsBillable", String),
    logged("OperationName", String, "OperationName", "operationName").raw_only(),
    logged("Category", String, "Category", "category").raw_only(),
];
