//! The activity log: who changed what at a resource. Rows of a workspace, the portal's CSV, and records
//! of an export.

use super::{ColumnSchema, TableSchema, column, logged};
use crate::value::Type::{DateTime, Dynamic, String};

/// `AzureActivity`
pub(super) const AZURE_ACTIVITY: TableSchema = TableSchema {
    name: "AzureActivity",
    about: "An operation on a resource of a subscription: who did it, when, and how it ended.",
    categories: &[],
    classic: None,
    columns: COLUMNS,
};

/// What records of an export call their category.
pub(super) const CATEGORIES: &[&str] = &[
    "Administrative",
    "Alert",
    "Autoscale",
    "Policy",
    "Recommendation",
    "ResourceHealth",
    "Security",
    "ServiceHealth",
];

const COLUMNS: &[ColumnSchema] = &[
    logged("TimeGenerated", DateTime, "", "time").or(&["eventTimestamp", "Time"]),
    column("OperationName", String).or(&["Operation name"]),
    logged("OperationNameValue", String, "", "operationName"),
    column("ActivityStatus", String).or(&["Status"]),
    logged("ActivityStatusValue", String, "", "resultType"),
    column("ActivitySubstatus", String).or(&["subStatus"]),
    column("ActivitySubstatusValue", String),
    column("Authorization", String),
    column("Authorization_d", Dynamic),
    column("Caller", String).or(&["caller", "Event initiated by"]),
    column("CallerIpAddress", String).or(&["callerIpAddress"]),
    column("Category", String),
    logged("CategoryValue", String, "", "category").or(&["Event category"]),
    column("Claims", String),
    column("Claims_d", Dynamic),
    column("CorrelationId", String).or(&["correlationId", "Correlation id"]),
    column("EventDataId", String).or(&["eventDataId"]),
    column("EventSubmissionTimestamp", DateTime).or(&["submissionTimestamp"]),
    column("Hierarchy", String),
    column("HTTPRequest", String).or(&["httpRequest"]),
    column("Level", String).or(&["level"]),
    column("OperationId", String).or(&["operationId"]),
    column("Properties", String),
    column("Properties_d", Dynamic),
    column("Resource", String),
    column("ResourceGroup", String).or(&["resourceGroupName", "Resource group"]),
    column("ResourceProvider", String).or(&["resourceProviderName"]),
    column("ResourceProviderValue", String),
    column("ResourceType", String).or(&["Resource type"]),
    column("SubscriptionId", String).or(&["subscriptionId", "Subscription"]),
    column("SourceSystem", String),
    column("TenantId", String),
    column("Type", String),
    logged("_ResourceId", String, "", "resourceId").or(&["ResourceId"]),
    column("_SubscriptionId", String),
];
