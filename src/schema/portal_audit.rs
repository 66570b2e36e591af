//! Audit of the developer portal: one row a call of a portal user.

use super::{ColumnSchema, TableSchema, column, logged};
use crate::value::Type::{DateTime, Int, Long, Real, String};

/// `APIMDevPortalAuditDiagnosticLog`
pub(super) const DEV_PORTAL_AUDIT_LOG: TableSchema = TableSchema {
    name: "APIMDevPortalAuditDiagnosticLog",
    about: "What a user did in the developer portal.",
    categories: &["DeveloperPortalAuditLogs"],
    classic: None,
    columns: COLUMNS,
};

const COLUMNS: &[ColumnSchema] = &[
    logged("TimeGenerated", DateTime, "TimeGenerated", "time").or(&["eventTime"]),
    logged(
        "ActivityId",
        String,
        "activityId_g",
        "properties.activityId",
    )
    .or(&["activityId_s"]),
    logged(
        "ApimClient",
        String,
        "apimClient_s",
        "properties.apimClient",
    ),
    logged(
        "HashedUserId",
        String,
        "hashedUserId_s",
        "properties.hashedUserId",
    ),
    logged(
        "RequestMethod",
        String,
        "requestMethod_s",
        "properties.requestMethod",
    ),
    logged(
        "RequestPath",
        String,
        "requestPath_s",
        "properties.requestPath",
    ),
    logged(
        "ResponseCode",
        Int,
        "responseCode_d",
        "properties.responseCode",
    ),
    logged("UserAgent", String, "userAgent_s", "properties.userAgent"),
    logged("ServiceName", String, "serviceName_s", "serviceName"),
    logged(
        "Version",
        String,
        "DeploymentVersion_s",
        "DeploymentVersion",
    ),
    logged("ResultType", String, "ResultType", "resultType"),
    logged("OperationName", String, "OperationName", "operationName"),
    logged("Region", String, "location_s", "location").or(&["region_s"]),
    logged("Category", String, "Category", "category"),
    logged("_ResourceId", String, "_ResourceId", "resourceId").or(&["ResourceId"]),
    column("_SubscriptionId", String),
    logged("TenantId", String, "TenantId", ""),
    logged("SourceSystem", String, "SourceSystem", ""),
    logged("Type", String, "Type", ""),
    column("_BilledSize", Real),
    column("_IsBillable", String),
    logged("Sku", String, "Sku_s", "Sku").raw_only(),
    logged("Level", Long, "Level_d", "Level").raw_only(),
];
