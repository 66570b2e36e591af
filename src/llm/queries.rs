//! The sums as KQL: each number of a report is the answer to one of these queries.
//!
//! Input: what to sum by, and the lines that price calls. Output: query texts over [`table::NAME`].
//! Invariant: with [`PRELUDE`] before it a query over calls runs in a workspace, where the table is
//! not, and answers the same for calls whose rows lie there once or more. Absent on purpose: running
//! them.

use super::table;
use crate::value::datetime;

/// Gateway rows that called a model, by their addresses.
const CALLS_MODEL: &str = r#"(Url has "deployments" or Url has_any ("completions", "embeddings", "responses", "messages") or BackendUrl has_any ("openai.azure.com", "services.ai.azure.com", "cognitiveservices.azure.com"))"#;

/// `LlmCalls` without its texts, out of the tables of a workspace. Rows without an id have no call.
const PRELUDE: &str = r"let LlmHeaders = materialize(
    ApiManagementGatewayLlmLog
    | where TimeGenerated between (From .. To)
    | where SequenceNumber == 0
    | distinct TimeGenerated, CorrelationId, ModelName, DeploymentName, ApiVersion, IsStreamCompletion, PromptTokens, CompletionTokens, TotalTokens
);
let LlmCalls =
    LlmHeaders
    | union (
        ApiManagementGatewayLlmLog
        | where TimeGenerated between (From .. To)
        | where isnotempty(CorrelationId)
        | join kind=leftanti LlmHeaders on CorrelationId
        | summarize TimeGenerated = min(TimeGenerated) by CorrelationId
    )
    | extend
        PromptTokens = iff(PromptTokens between (0 .. 10000000), tolong(PromptTokens), long(null)),
        CompletionTokens = iff(CompletionTokens between (0 .. 10000000), tolong(CompletionTokens), long(null)),
        TotalTokens = iff(TotalTokens between (0 .. 10000000), tolong(TotalTokens), long(null))
    | join kind=leftouter (
        ApiManagementGatewayLogs
        | where TimeGenerated between (From .. To)
        | where isnotempty(CorrelationId)
        | summarize arg_max(TimeGenerated, ApiId, OperationId, ProductId, ApimSubscriptionId, CallerIpAddress, UserId, ResponseCode, BackendResponseCode, BackendId, TotalTime, BackendTime, Region, Url) by CorrelationId
        | project-away TimeGenerated
        | extend HasGatewayRow = true
    ) on CorrelationId
    | project-away CorrelationId1
    | extend HasGatewayRow = coalesce(HasGatewayRow, false);
";

/// What sums are by.
pub struct Dimension {
    /// The id in the API.
    pub id: &'static str,
    /// The name of the column of the answer.
    pub column: &'static str,
    /// Its expression.
    expression: &'static str,
}

/// Every dimension.
pub const DIMENSIONS: &[Dimension] = &[
    dimension("model", "Model", "ModelName"),
    dimension("deployment", "Deployment", "DeploymentName"),
    // A version may be logged as a time.
    dimension(
        "apiVersion",
        "Version",
        r#"iff(ApiVersion matches regex @"^\d{4}-\d{2}-\d{2}T", substring(ApiVersion, 0, 10), ApiVersion)"#,
    ),
    dimension("subscription", "Subscription", "ApimSubscriptionId"),
    dimension("product", "Product", "ProductId"),
    dimension("api", "Api", "ApiId"),
    dimension("operation", "Operation", "OperationId"),
    dimension("caller", "Caller", "CallerIpAddress"),
    dimension("region", "GatewayRegion", "Region"),
    dimension("backend", "Backend", "BackendId"),
    dimension("status", "Status", "tostring(toint(ResponseCode))"),
    dimension(
        "streaming",
        "Mode",
        r#"case(IsStreamCompletion == true, "streaming", IsStreamCompletion == false, "whole", "")"#,
    ),
    dimension("finish", "Finish", "FinishReason"),
    dimension("completeness", "State", "Completeness"),
    dimension("minute", "Minute", "bin(TimeGenerated, 1m)"),
    dimension("hour", "Hour", "bin(TimeGenerated, 1h)"),
    dimension("day", "Day", "bin(TimeGenerated, 1d)"),
];

const fn dimension(id: &'static str, column: &'static str, expression: &'static str) -> Dimension {
    Dimension {
        id,
        column,
        expression,
    }
}

/// The dimension of an id.
pub fn dimension_of(id: &str) -> Option<&'static Dimension> {
    DIMENSIONS.iter().find(|dimension| dimension.id == id)
}

/// The query as a workspace runs it, over rows of a period in ticks; `None` where it needs what only
/// reassembly knows.
pub fn in_workspace(query: &str, (from, to): (i64, i64)) -> Option<String> {
    const REASSEMBLED: &[&str] = &[
        "FinishReason",
        "Completeness",
        "Problems",
        "Duplicates",
        "Rows)",
    ];
    if REASSEMBLED.iter().any(|name| query.contains(name)) {
        return None;
    }
    let (from, to) = (datetime::text(from), datetime::text(to));
    Some(format!(
        "let From = datetime({from});\nlet To = datetime({to});\n{PRELUDE}{query}"
    ))
}

/// Every call, with its cost where prices are given: lines of KQL as [`super::price`] makes them.
pub fn calls(prices: Option<&str>) -> String {
    let prices = prices
        .map(|lines| format!("\n{}", lines.trim()))
        .unwrap_or_default();
    format!("{}{prices}", table::NAME)
}

const SUMS: &str = "
    Calls = count(),
    PromptTokens = sum(PromptTokens),
    CompletionTokens = sum(CompletionTokens),
    TotalTokens = sum(TotalTokens),
    Streaming = countif(IsStreamCompletion == true),
    WithoutTokens = countif(isnull(TotalTokens) or TotalTokens == 0)";

const COSTS: &str = ",
    CostLow = sum(CostLow),
    CostHigh = sum(CostHigh),
    Unpriced = countif(not(IsPriced))";

/// Sums by some dimensions, the largest first; times in their order.
pub fn sums(by: &[&Dimension], prices: Option<&str>) -> String {
    let costs = if prices.is_some() { COSTS } else { "" };
    let groups: Vec<String> = by
        .iter()
        .map(|dimension| format!("{} = {}", dimension.column, dimension.expression))
        .collect();
    let groups = if groups.is_empty() {
        String::new()
    } else {
        format!("\n    by {}", groups.join(", "))
    };
    let is_time = |dimension: &&&Dimension| dimension.expression.starts_with("bin(");
    let times = by
        .iter()
        .filter(is_time)
        .map(|dimension| format!("{} asc", dimension.column));
    let others = by
        .iter()
        .filter(|dimension| !is_time(dimension))
        .map(|dimension| format!("{} asc", dimension.column));
    let order: Vec<String> = times
        .chain(["TotalTokens desc".to_owned()])
        .chain(others)
        .collect();
    format!(
        "{}\n| summarize{SUMS},\n    AverageTokens = avg(TotalTokens),\n    (P50Tokens, P95Tokens, P99Tokens) = percentiles(TotalTokens, 50, 95, 99){costs}{groups}\n| order by {}",
        calls(prices),
        order.join(", "),
    )
}

/// One row over all calls.
pub fn totals(prices: Option<&str>) -> String {
    let costs = if prices.is_some() { COSTS } else { "" };
    format!(
        r#"{}
| summarize{SUMS},
    LogRows = sum(Rows),
    Duplicates = sum(Duplicates),
    Complete = countif(Completeness == "complete"),
    Incomplete = countif(Completeness == "incomplete"),
    CannotTell = countif(Completeness == "cannotTell"),
    WithoutGatewayRow = countif(not(HasGatewayRow)),
    From = min(TimeGenerated),
    To = max(TimeGenerated){costs}"#,
        calls(prices),
    )
}

/// The busiest minute of each deployment beside a limit of tokens.
pub fn peaks(limit: i64) -> String {
    format!(
        "{}\n| summarize Tokens = sum(TotalTokens) by Deployment = DeploymentName, Minute = bin(TimeGenerated, 1m)\n| summarize (Tokens, Minute) = arg_max(Tokens, Minute), MinutesAbove = countif(Tokens > {limit}) by Deployment\n| order by Tokens desc, Deployment asc",
        table::NAME,
    )
}

/// Models and deployments by calls.
pub fn models(prices: Option<&str>) -> String {
    let priced = if prices.is_some() {
        ", Priced = countif(IsPriced)"
    } else {
        ""
    };
    format!(
        "{}\n| summarize Calls = count(){priced} by ModelName, DeploymentName\n| order by Calls desc, ModelName asc, DeploymentName asc",
        calls(prices),
    )
}

/// The calls with a problem.
pub fn with_problem(code: &str) -> String {
    format!(
        "{}\n| where set_has_element(Problems, \"{code}\")",
        table::NAME
    )
}

/// Calls without a gateway row.
pub fn without_gateway_row() -> String {
    format!("{}\n| where not(HasGatewayRow)", table::NAME)
}

/// Successful requests to models that the log of the models does not have.
pub fn without_llm_row() -> String {
    format!(
        "ApiManagementGatewayLogs\n| where ResponseCode between (200 .. 299)\n| where {CALLS_MODEL}\n| join kind=leftanti (ApiManagementGatewayLlmLog | distinct CorrelationId) on CorrelationId"
    )
}

/// Who ran into which limit: the gateway's own of tokens a minute, its quota, that of the model.
pub fn limits() -> String {
    format!(
        r#"ApiManagementGatewayLogs
| where ResponseCode in (403, 429)
| extend Limit = case(
    ResponseCode == 429 and (LastErrorReason =~ "OpenAITokenLimitExceeded" or LastErrorSource in~ ("llm-token-limit", "azure-openai-token-limit")), "gateway",
    ResponseCode == 403 and LastErrorReason =~ "OpenAITokenQuotaExceeded", "quota",
    ResponseCode == 429 and BackendResponseCode == 429 and {CALLS_MODEL}, "model",
    "")
| where isnotempty(Limit)
| summarize Calls = count() by Limit, Subscription = ApimSubscriptionId, Api = ApiId
| order by Calls desc, Limit asc, Subscription asc, Api asc"#
    )
}

/// Token metrics of Application Insights beside the log, by model (or deployment) where they say it.
pub fn metrics() -> String {
    r#"let Log = materialize(
    LlmCalls
    | project Model = ModelName, Deployment = DeploymentName, PromptTokens, CompletionTokens, TotalTokens
);
let Models = Log | distinct Model;
let Sums =
    union
        (Log | summarize Prompt = sum(PromptTokens), Completion = sum(CompletionTokens), Total = sum(TotalTokens) by Key = Model),
        (Log | where Deployment !in (Models) | summarize Prompt = sum(PromptTokens), Completion = sum(CompletionTokens), Total = sum(TotalTokens) by Key = Deployment),
        (Log | summarize Prompt = sum(PromptTokens), Completion = sum(CompletionTokens), Total = sum(TotalTokens) | extend Key = "")
    | where Key != "" or Total >= 0;
AppMetrics
| where Name in ("Prompt Tokens", "Completion Tokens", "Total Tokens")
| extend Key = coalesce(
    tostring(Properties["Model"]), tostring(Properties["model"]), tostring(Properties["Model Name"]),
    tostring(Properties["Deployment"]), tostring(Properties["deployment"]), tostring(Properties["Deployment Name"]))
| summarize Metric = sum(Sum) by Name, Key
| join kind=leftouter (Sums | summarize arg_max(Total, Prompt, Completion) by Key) on Key
| extend Log = tolong(coalesce(case(Name == "Prompt Tokens", Prompt, Name == "Completion Tokens", Completion, Total), 0))
| project Name, Model = Key, Metric, Log, Difference = Metric - Log
| order by Model asc, Name asc"#
        .to_owned()
}
