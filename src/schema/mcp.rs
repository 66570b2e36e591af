//! MCP server logs: one row a message of the Model Context Protocol.

use super::{ColumnSchema, TableSchema, column, logged};
use crate::value::Type::{DateTime, Int, Real, String};

/// `ApiManagementGatewayMCPLog`
pub(super) const GATEWAY_MCP_LOG: TableSchema = TableSchema {
    name: "ApiManagementGatewayMCPLog",
    about: "A message between an MCP client and an MCP server behind the gateway.",
    categories: &["GatewayMCPLogs", "GatewayMCPLog", "GatewayMcpLogs"],
    classic: None,
    columns: COLUMNS,
};

const COLUMNS: &[ColumnSchema] = &[
    logged("TimeGenerated", DateTime, "TimeGenerated", "time"),
    logged("CorrelationId", String, "CorrelationId", "correlationId").or(&["CorrelationId_g"]),
    logged("Method", String, "method_s", "properties.method"),
    logged("ToolName", String, "toolName_s", "properties.toolName"),
    logged("ToolCount", Int, "toolCount_d", "properties.toolCount"),
    logged(
        "ServerName",
        String,
        "serverName_s",
        "properties.serverName",
    ),
    logged(
        "ServerVersion",
        String,
        "serverVersion_s",
        "properties.serverVersion",
    ),
    logged(
        "McpServerEndpoint",
        String,
        "mcpServerEndpoint_s",
        "properties.mcpServerEndpoint",
    ),
    logged(
        "ProtocolVersion",
        String,
        "protocolVersion_s",
        "properties.protocolVersion",
    ),
    logged(
        "TransportType",
        String,
        "transportType_s",
        "properties.transportType",
    ),
    logged(
        "ClientName",
        String,
        "clientName_s",
        "properties.clientName",
    ),
    logged(
        "ClientVersion",
        String,
        "clientVersion_s",
        "properties.clientVersion",
    ),
    logged("SessionId", String, "sessionId_s", "properties.sessionId").or(&["sessionId_g"]),
    logged("ApiType", String, "apiType_s", "properties.apiType"),
    logged(
        "AuthenticationMethod",
        String,
        "authenticationMethod_s",
        "properties.authenticationMethod",
    ),
    logged("Error", String, "error_s", "properties.error"),
    logged("ErrorType", String, "errorType_s", "properties.errorType"),
    logged("OperationName", String, "OperationName", "operationName"),
    logged("Region", String, "location_s", "location"),
    logged("_ResourceId", String, "_ResourceId", "resourceId").or(&["ResourceId"]),
    column("_SubscriptionId", String),
    logged("TenantId", String, "TenantId", ""),
    logged("SourceSystem", String, "SourceSystem", ""),
    logged("Type", String, "Type", ""),
    column("_BilledSize", Real),
    column("_IsBillable", String),
    logged("Category", String, "Category", "category"),
];
