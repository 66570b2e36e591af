//! Application Insights tables, workspace-based and classic.

use super::{TableSchema, column, traced};
use crate::value::Type::{Bool, DateTime, Dynamic, Int, Real, String};

/// The columns of one table, followed by those that all of them share.
macro_rules! columns {
    ($($own:expr),* $(,)?) => {
        &[
            traced("TimeGenerated", DateTime, "timestamp"),
            $($own,)*
            traced("Properties", Dynamic, "customDimensions"),
            traced("Measurements", Dynamic, "customMeasurements"),
            traced("OperationName", String, "operation_Name"),
            traced("OperationId", String, "operation_Id"),
            traced("ParentId", String, "operation_ParentId").or(&["OperationParentId"]),
            traced("SyntheticSource", String, "operation_SyntheticSource").or(&["OperationSyntheticSource"]),
            traced("SessionId", String, "session_Id"),
            traced("UserId", String, "user_Id"),
            traced("UserAuthenticatedId", String, "user_AuthenticatedId"),
            traced("UserAccountId", String, "user_AccountId"),
            traced("AppVersion", String, "application_Version"),
            traced("AppRoleName", String, "cloud_RoleName"),
            traced("AppRoleInstance", String, "cloud_RoleInstance"),
            traced("ClientType", String, "client_Type"),
            traced("ClientModel", String, "client_Model"),
            traced("ClientOS", String, "client_OS"),
            traced("ClientIP", String, "client_IP"),
            traced("ClientCity", String, "client_City"),
            traced("ClientStateOrProvince", String, "client_StateOrProvince"),
            traced("ClientCountryOrRegion", String, "client_CountryOrRegion"),
            traced("ClientBrowser", String, "client_Browser"),
            traced("ResourceGUID", String, "appId"),
            traced("IKey", String, "iKey"),
            traced("SDKVersion", String, "sdkVersion"),
            traced("Type", String, "itemType"),
            traced("_ResourceId", String, "appName"),
            column("TenantId", String),
            column("SourceSystem", String),
            column("ReferencedItemId", String),
            column("ReferencedType", String),
            column("_SubscriptionId", String).raw_only(),
            column("_BilledSize", Real).raw_only(),
            column("_IsBillable", String).raw_only(),
        ]
    };
}

/// `AppRequests`
pub(super) const REQUESTS: TableSchema = TableSchema {
    name: "AppRequests",
    about: "A request that API Management reported to Application Insights.",
    categories: &[],
    classic: Some(("requests", "request")),
    columns: columns![
        traced("Id", String, "id"),
        traced("Source", String, "source"),
        traced("Name", String, "name"),
        traced("Url", String, "url"),
        traced("Success", Bool, "success").once(String),
        traced("ResultCode", String, "resultCode"),
        traced("DurationMs", Real, "duration"),
        traced("PerformanceBucket", String, "performanceBucket"),
        traced("ItemCount", Int, "itemCount"),
        column("OperationLinks", Dynamic),
    ],
};

/// `AppDependencies`
pub(super) const DEPENDENCIES: TableSchema = TableSchema {
    name: "AppDependencies",
    about: "A call from the gateway to a backend, reported to Application Insights.",
    categories: &[],
    classic: Some(("dependencies", "dependency")),
    columns: columns![
        traced("Id", String, "id"),
        traced("Target", String, "target"),
        traced("DependencyType", String, "type"),
        traced("Name", String, "name"),
        traced("Data", String, "data"),
        traced("Success", Bool, "success").once(String),
        traced("ResultCode", String, "resultCode"),
        traced("DurationMs", Real, "duration"),
        traced("PerformanceBucket", String, "performanceBucket"),
        traced("ItemCount", Int, "itemCount"),
    ],
};

/// `AppExceptions`
pub(super) const EXCEPTIONS: TableSchema = TableSchema {
    name: "AppExceptions",
    about: "A failure that the gateway reported to Application Insights.",
    categories: &[],
    classic: Some(("exceptions", "exception")),
    columns: columns![
        traced("ProblemId", String, "problemId"),
        traced("HandledAt", String, "handledAt"),
        traced("ExceptionType", String, "type"),
        traced("Message", String, "message"),
        traced("Assembly", String, "assembly"),
        traced("Method", String, "method"),
        traced("OuterType", String, "outerType"),
        traced("OuterMessage", String, "outerMessage"),
        traced("OuterAssembly", String, "outerAssembly"),
        traced("OuterMethod", String, "outerMethod"),
        traced("InnermostType", String, "innermostType"),
        traced("InnermostMessage", String, "innermostMessage"),
        traced("InnermostAssembly", String, "innermostAssembly"),
        traced("InnermostMethod", String, "innermostMethod"),
        traced("SeverityLevel", Int, "severityLevel"),
        traced("Details", Dynamic, "details"),
        traced("ItemCount", Int, "itemCount"),
    ],
};

/// `AppTraces`
pub(super) const TRACES: TableSchema = TableSchema {
    name: "AppTraces",
    about: "A trace that a policy wrote to Application Insights.",
    categories: &[],
    classic: Some(("traces", "trace")),
    columns: columns![
        traced("Message", String, "message"),
        traced("SeverityLevel", Int, "severityLevel"),
        traced("ItemCount", Int, "itemCount"),
    ],
};

/// `AppMetrics`
pub(super) const METRICS: TableSchema = TableSchema {
    name: "AppMetrics",
    about: "A metric that a policy emitted, such as tokens of a language model.",
    categories: &[],
    classic: Some(("customMetrics", "customMetric")),
    columns: columns![
        traced("Name", String, "name"),
        traced("Sum", Real, "valueSum"),
        traced("Min", Real, "valueMin"),
        traced("Max", Real, "valueMax"),
        traced("ItemCount", Int, "valueCount").or(&["itemCount"]),
        traced("Value", Real, "value").raw_only(),
        traced("ValueStdDev", Real, "valueStdDev").raw_only(),
    ],
};
