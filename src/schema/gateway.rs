//! Gateway logs: one row a request.

use super::{ColumnSchema, TableSchema, column, logged};
use crate::value::Type::{Bool, DateTime, Dynamic, Int, Long, Real, String};

/// `ApiManagementGatewayLogs`
pub(super) const GATEWAY_LOGS: TableSchema = TableSchema {
    name: "ApiManagementGatewayLogs",
    about: "A request that the gateway answered, or failed to.",
    categories: &["GatewayLogs"],
    classic: None,
    columns: COLUMNS,
};

const COLUMNS: &[ColumnSchema] = &[
    logged("TimeGenerated", DateTime, "TimeGenerated", "time").or(&["timestamp"]),
    logged("CorrelationId", String, "CorrelationId", "correlationId")
        .or(&["CorrelationId_g", "correlationId_s"]),
    logged(
        "ResponseCode",
        Int,
        "responseCode_d",
        "properties.responseCode",
    )
    .or(&["responseCode_s"]),
    logged(
        "IsRequestSuccess",
        Bool,
        "isRequestSuccess_b",
        "isRequestSuccess",
    ),
    logged("Method", String, "method_s", "properties.method"),
    logged("Url", String, "url_s", "properties.url").or(&["requestUrl_s", "requestUrl"]),
    logged("ApiId", String, "apiId_s", "properties.apiId"),
    logged(
        "ApiRevision",
        String,
        "apiRevision_s",
        "properties.apiRevision",
    ),
    logged(
        "OperationId",
        String,
        "operationId_s",
        "properties.operationId",
    ),
    logged("ProductId", String, "productId_s", "properties.productId"),
    logged(
        "ApimSubscriptionId",
        String,
        "apimSubscriptionId_s",
        "properties.apimSubscriptionId",
    ),
    logged("UserId", String, "userId_s", "properties.userId"),
    logged(
        "CallerIpAddress",
        String,
        "CallerIPAddress",
        "callerIpAddress",
    )
    .or(&["callerIpAddress_s"]),
    logged("TotalTime", Long, "DurationMs", "durationMs").or(&[
        "ResponseTime",
        "totalTime_d",
        "totalTime",
    ]),
    logged(
        "BackendTime",
        Long,
        "backendTime_d",
        "properties.backendTime",
    )
    .or(&["ServiceTime"]),
    logged("ClientTime", Long, "clientTime_d", "properties.clientTime"),
    logged("CacheTime", Long, "cacheTime_d", "properties.cacheTime"),
    logged("Cache", String, "cache_s", "properties.cache"),
    logged(
        "RequestSize",
        Int,
        "requestSize_d",
        "properties.requestSize",
    ),
    logged(
        "ResponseSize",
        Int,
        "responseSize_d",
        "properties.responseSize",
    ),
    logged("BackendId", String, "backendId_s", "properties.backendId"),
    logged(
        "BackendMethod",
        String,
        "backendMethod_s",
        "properties.backendMethod",
    ),
    logged(
        "BackendUrl",
        String,
        "backendUrl_s",
        "properties.backendUrl",
    ),
    logged(
        "BackendProtocol",
        String,
        "backendProtocol_s",
        "properties.backendProtocol",
    )
    .or(&["backedProtocol"]),
    logged(
        "BackendResponseCode",
        Int,
        "backendResponseCode_d",
        "properties.backendResponseCode",
    )
    .or(&["backendResponseCode_s"]),
    logged(
        "ClientProtocol",
        String,
        "clientProtocol_s",
        "properties.clientProtocol",
    ),
    logged(
        "ClientTlsVersion",
        String,
        "clientTlsVersion_s",
        "properties.clientTlsVersion",
    ),
    logged(
        "LastErrorSource",
        String,
        "lastError_source_s",
        "properties.lastError.source",
    )
    .or(&["LastErrorSource_s", "lastErrorSource"]),
    logged(
        "LastErrorReason",
        String,
        "lastError_reason_s",
        "properties.lastError.reason",
    )
    .or(&["ErrorReason_s", "lastErrorReason_s", "ErrorReason"]),
    logged(
        "LastErrorMessage",
        String,
        "lastError_message_s",
        "properties.lastError.message",
    )
    .or(&["LastErrorMessage_s"]),
    logged(
        "LastErrorSection",
        String,
        "lastError_section_s",
        "properties.lastError.section",
    )
    .or(&["LastErrorSection_s"]),
    logged(
        "LastErrorScope",
        String,
        "lastError_scope_s",
        "properties.lastError.scope",
    )
    .or(&["LastErrorScope_s"]),
    logged(
        "LastErrorElapsed",
        Long,
        "lastError_elapsed_d",
        "properties.lastError.elapsed",
    )
    .or(&["LastErrorElapsed_d"]),
    logged("Errors", Dynamic, "errors_s", "properties.errors"),
    logged(
        "RequestHeaders",
        Dynamic,
        "requestHeaders_s",
        "properties.requestHeaders",
    ),
    logged(
        "RequestBody",
        String,
        "requestBody_s",
        "properties.requestBody",
    ),
    logged(
        "ResponseHeaders",
        Dynamic,
        "responseHeaders_s",
        "properties.responseHeaders",
    ),
    logged(
        "ResponseBody",
        String,
        "responseBody_s",
        "properties.responseBody",
    ),
    logged(
        "BackendRequestHeaders",
        Dynamic,
        "backendRequestHeaders_s",
        "properties.backendRequestHeaders",
    ),
    logged(
        "BackendRequestBody",
        String,
        "backendRequestBody_s",
        "properties.backendRequestBody",
    ),
    logged(
        "BackendResponseHeaders",
        Dynamic,
        "backendResponseHeaders_s",
        "properties.backendResponseHeaders",
    ),
    logged(
        "BackendResponseBody",
        String,
        "backendResponseBody_s",
        "properties.backendResponseBody",
    ),
    logged(
        "TraceRecords",
        Dynamic,
        "traceRecords_s",
        "properties.traceRecords",
    ),
    logged(
        "IsTraceAllowed",
        Bool,
        "isTraceAllowed_b",
        "properties.isTraceAllowed",
    ),
    logged(
        "IsTraceRequested",
        Bool,
        "isTraceRequested_b",
        "properties.isTraceRequested",
    ),
    logged(
        "IsTraceExpired",
        Bool,
        "isTraceExpired_b",
        "properties.isTraceExpired",
    ),
    logged(
        "IsMasterTrace",
        Bool,
        "isMasterTrace_b",
        "properties.isMasterTrace",
    ),
    logged("Region", String, "location_s", "location").or(&["Region_s", "region_s"]),
    logged(
        "WorkspaceId",
        String,
        "workspaceId_s",
        "properties.workspaceId",
    ),
    logged("OperationName", String, "OperationName", "operationName").or(&["OperationName_s"]),
    logged("Category", String, "Category", "category"),
    column("Timestamp", DateTime),
    logged("_ResourceId", String, "_ResourceId", "resourceId").or(&["ResourceId"]),
    column("_SubscriptionId", String),
    logged("TenantId", String, "TenantId", ""),
    logged("SourceSystem", String, "SourceSystem", ""),
    logged("Type", String, "Type", ""),
    column("_BilledSize", Real),
    column("_IsBillable", String),
    logged(
        "LastErrorPath",
        String,
        "lastError_path_s",
        "properties.lastError.path",
    )
    .raw_only(),
    logged(
        "LastErrorTransportErrorCode",
        Long,
        "lastError_transportErrorCode_d",
        "properties.lastError.transportErrorCode",
    )
    .raw_only(),
    logged(
        "ClientTlsCipherSuite",
        String,
        "clientTlsCipherSuite_s",
        "properties.clientTlsCipherSuite",
    )
    .raw_only(),
    logged("Level", Long, "Level_d", "Level").raw_only(),
    logged("ResultType", String, "ResultType", "resultType").raw_only(),
    logged(
        "DeploymentVersion",
        String,
        "DeploymentVersion_s",
        "DeploymentVersion",
    )
    .raw_only(),
    logged("Sku", String, "Sku_s", "Sku").raw_only(),
    logged("ServiceName", String, "serviceName_s", "serviceName").raw_only(),
    logged("Truncated", Long, "truncated_d", "truncated").raw_only(),
    logged(
        "HttpStatusCodeCategory",
        String,
        "httpStatusCodeCategory_s",
        "httpStatusCodeCategory",
    )
    .raw_only(),
    logged("DeploymentName", String, "", "DeploymentName").raw_only(),
    logged("Tenant", String, "", "Tenant").raw_only(),
];
