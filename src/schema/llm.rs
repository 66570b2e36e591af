//! Generative AI gateway logs: several rows a call, the messages in chunks.

use super::{ColumnSchema, TableSchema, column, logged};
use crate::value::Type::{Bool, DateTime, Dynamic, Int, Long, Real, String};

/// `ApiManagementGatewayLlmLog`
pub(super) const GATEWAY_LLM_LOG: TableSchema = TableSchema {
    name: "ApiManagementGatewayLlmLog",
    about: "Tokens of a call to a language model, or a chunk of its request or response.",
    categories: &["GatewayLlmLogs", "GatewayLlmLog"],
    classic: None,
    columns: COLUMNS,
};

const COLUMNS: &[ColumnSchema] = &[
    logged("TimeGenerated", DateTime, "TimeGenerated", "time"),
    logged("CorrelationId", String, "CorrelationId", "correlationId").or(&["CorrelationId_g"]),
    logged(
        "SequenceNumber",
        Int,
        "sequenceNumber_d",
        "properties.sequenceNumber",
    ),
    logged("RequestId", String, "requestId_s", "properties.requestId").or(&["requestId_g"]),
    logged("ModelName", String, "modelName_s", "properties.modelName"),
    logged(
        "DeploymentName",
        String,
        "deploymentName_s",
        "properties.deploymentName",
    ),
    logged(
        "ApiVersion",
        String,
        "apiVersion_s",
        "properties.apiVersion",
    )
    .or(&["apiVersion_t"]),
    logged(
        "IsStreamCompletion",
        Bool,
        "isStreamCompletion_b",
        "properties.isStreamCompletion",
    ),
    logged(
        "PromptTokens",
        Int,
        "promptTokens_d",
        "properties.promptTokens",
    ),
    logged(
        "CompletionTokens",
        Int,
        "completionTokens_d",
        "properties.completionTokens",
    ),
    logged(
        "TotalTokens",
        Int,
        "totalTokens_d",
        "properties.totalTokens",
    ),
    logged(
        "RequestMessages",
        Dynamic,
        "requestMessages_s",
        "properties.requestMessages",
    ),
    logged(
        "ResponseMessages",
        Dynamic,
        "responseMessages_s",
        "properties.responseMessages",
    ),
    logged("OperationName", String, "OperationName", "operationName"),
    logged("Region", String, "location_s", "location"),
    logged("_ResourceId", String, "_ResourceId", "resourceId").or(&["ResourceId"]),
    column("_SubscriptionId", String),
    logged("TenantId", String, "TenantId", ""),
    logged("SourceSystem", String, "SourceSystem", ""),
    logged("Type", String, "Type", ""),
    column("_BilledSize", Real),
    column("_IsBillable", String),
    logged("Category", String, "Category", "category").raw_only(),
    logged("Level", Long, "Level_d", "Level").raw_only(),
    logged(
        "DeploymentVersion",
        String,
        "DeploymentVersion_s",
        "DeploymentVersion",
    )
    .raw_only(),
    logged("ResultType", String, "ResultType", "resultType").raw_only(),
    logged("Truncated", Long, "truncated_d", "truncated").raw_only(),
];
