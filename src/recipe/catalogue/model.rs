//! Calls to language models: which, how fast, how well, and what the log of them lacks.

use super::{BASE, FROM, GATEWAY, LANGUAGE_MODEL, PERIOD, ROWS, TO, column, timespan};
use crate::recipe::Recipe;

pub(super) const RECIPES: &[Recipe] = &[
    Recipe {
        id: "call-share",
        title: "Which share of the calls goes to which model?",
        about: "Calls by model, deployment or API version, and their share in percent. Each call counts once.",
        questions: &[72],
        tables: &[LANGUAGE_MODEL],
        parameters: &[column("ModelName"), PERIOD, FROM, TO],
        kql: r"let calls = materialize(
    ApiManagementGatewayLlmLog
    | where {when}
    | where SequenceNumber == 0
    | project {column}
);
let total = toscalar(calls | count);
calls
| summarize Calls = count() by {column}
| extend Percent = round(100.0 * Calls / total, 2)
| order by Calls desc, {column} asc
| render piechart",
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "call-share-by-subscription",
        title: "Which share of the model calls is whose?",
        about: "Calls to language models by subscription, and their share in percent.",
        questions: &[72],
        tables: &[LANGUAGE_MODEL, GATEWAY],
        parameters: &[PERIOD, FROM, TO],
        kql: r#"let calls = materialize(
    ApiManagementGatewayLlmLog
    | where {when}
    | where SequenceNumber == 0
    | project CorrelationId
    | join kind=leftouter (
        ApiManagementGatewayLogs
        | where {when}
        | project CorrelationId, ApimSubscriptionId
    ) on CorrelationId
    | project Subscription = iff(isempty(ApimSubscriptionId), "none", ApimSubscriptionId)
);
let total = toscalar(calls | count);
calls
| summarize Calls = count() by Subscription
| extend Percent = round(100.0 * Calls / total, 2)
| order by Calls desc, Subscription asc
| render piechart"#,
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "streaming",
        title: "How many calls stream their answer?",
        about: "Calls and tokens with and without streaming, by model.",
        questions: &[75],
        tables: &[LANGUAGE_MODEL],
        parameters: &[PERIOD, FROM, TO],
        kql: r#"ApiManagementGatewayLlmLog
| where {when}
| where SequenceNumber == 0
| extend Mode = case(IsStreamCompletion == true, "streaming", IsStreamCompletion == false, "whole", "unknown")
| summarize Calls = count(), Tokens = sum(TotalTokens), AverageCompletion = round(avg(CompletionTokens), 1)
    by Mode, ModelName
| order by Calls desc, Mode asc, ModelName asc"#,
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "model-calls-without-tokens",
        title: "Which calls to models have no tokens in the log?",
        about: "Requests to deployments that left no row of tokens, by deployment and endpoint: audio, images, and \
            what failed before the model.",
        questions: &[77],
        tables: &[GATEWAY, LANGUAGE_MODEL],
        parameters: &[PERIOD, FROM, TO],
        kql: r#"ApiManagementGatewayLogs
| where {when}
| where Url has "deployments"
| project
    CorrelationId,
    ResponseCode,
    Deployment = extract(@"/deployments/([^/?]+)", 1, Url),
    Endpoint = extract(@"/deployments/[^/]+/([^?]+)", 1, Url)
| join kind=leftanti (
    ApiManagementGatewayLlmLog
    | where {when}
    | where SequenceNumber == 0
    | project CorrelationId
) on CorrelationId
| summarize Calls = count(), Failures = countif(ResponseCode >= 400 or ResponseCode == 0) by Deployment, Endpoint
| order by Calls desc, Deployment asc, Endpoint asc"#,
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "token-coverage",
        title: "How many successful model calls lack their tokens?",
        about: "Successful requests to model APIs, and how many have a row of tokens, by API and by whether the answer \
            was streamed. Where the share is low, sums of tokens are too low.",
        questions: &[78],
        tables: &[GATEWAY, LANGUAGE_MODEL],
        parameters: &[PERIOD, FROM, TO],
        kql: r#"ApiManagementGatewayLogs
| where {when}
| where ResponseCode between (200 .. 299)
| where Url has_any ("deployments", "chat", "completions", "responses", "embeddings")
| project CorrelationId, ApiId
| join kind=leftouter (
    ApiManagementGatewayLlmLog
    | where {when}
    | where SequenceNumber == 0
    | project CorrelationId, IsStreamCompletion, TotalTokens
) on CorrelationId
| extend Mode = case(IsStreamCompletion == true, "streaming", IsStreamCompletion == false, "whole", "unknown")
| summarize Calls = count(), WithTokens = countif(TotalTokens > 0) by ApiId, Mode
| extend CoveredPercent = round(100.0 * WithTokens / Calls, 2)
| order by CoveredPercent asc, Calls desc, ApiId asc, Mode asc"#,
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "pieces-per-call",
        title: "Into how many pieces are messages cut, and are any missing?",
        about: "Rows of each call: pieces of the request and of the response, and how many numbers are missing between \
            the first and the last. A call with missing pieces cannot be read in full.",
        questions: &[79],
        tables: &[LANGUAGE_MODEL],
        parameters: &[PERIOD, FROM, TO, ROWS],
        kql: r"ApiManagementGatewayLlmLog
| where {when}
| summarize
    Rows = count(),
    RequestPieces = countif(isnotempty(tostring(RequestMessages))),
    ResponsePieces = countif(isnotempty(tostring(ResponseMessages))),
    Numbers = dcount(SequenceNumber),
    LastNumber = max(SequenceNumber)
    by CorrelationId
| extend Missing = LastNumber + 1 - Numbers
| project CorrelationId, Rows, RequestPieces, ResponsePieces, Missing
| order by Missing desc, Rows desc, CorrelationId asc
| take {rows}",
        example: &[("period", "1d"), ("rows", "5")],
        ..BASE
    },
    Recipe {
        id: "idle-deployments",
        title: "Which deployments and subscriptions are not used any more?",
        about: "Deployments, and who last used them, whose last call is older than the limit. The period must be \
            longer than the limit, or they do not show at all.",
        questions: &[80],
        tables: &[LANGUAGE_MODEL, GATEWAY],
        parameters: &[
            PERIOD,
            FROM,
            TO,
            timespan("idle", "7d", "Without a call for this long is idle."),
        ],
        kql: r#"ApiManagementGatewayLlmLog
| where {when}
| where SequenceNumber == 0
| project TimeGenerated, CorrelationId, DeploymentName, ModelName
| join kind=leftouter (
    ApiManagementGatewayLogs
    | where {when}
    | project CorrelationId, ApimSubscriptionId
) on CorrelationId
| summarize Calls = count(), LastUse = max(TimeGenerated)
    by DeploymentName, ModelName, Subscription = iff(isempty(ApimSubscriptionId), "none", ApimSubscriptionId)
| where LastUse < ago({idle})
| extend IdleDays = toint((now() - LastUse) / 1d)
| order by LastUse asc, DeploymentName asc, Subscription asc"#,
        example: &[("period", "60d")],
        ..BASE
    },
    Recipe {
        id: "model-failover",
        title: "Was another model served than the one that was asked for?",
        about: "Calls by the deployment that the URL asks for and the deployment and model that answered; where the \
            names differ, a policy or the platform chose another.",
        questions: &[64],
        tables: &[LANGUAGE_MODEL, GATEWAY],
        parameters: &[PERIOD, FROM, TO],
        kql: r#"ApiManagementGatewayLlmLog
| where {when}
| where SequenceNumber == 0
| project CorrelationId, DeploymentName, ModelName
| join kind=inner (
    ApiManagementGatewayLogs
    | where {when}
    | where Url has "deployments"
    | project CorrelationId, Requested = extract(@"/deployments/([^/?]+)", 1, Url)
) on CorrelationId
| summarize Calls = count() by Requested, ServedDeployment = DeploymentName, ServedModel = ModelName
| extend IsFailover = Requested != ServedDeployment
| order by IsFailover desc, Calls desc, Requested asc, ServedDeployment asc, ServedModel asc"#,
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "tokens-per-second",
        title: "How fast do models write?",
        about: "Completion tokens per second and milliseconds per token by model, over the time of the backend, of \
            successful calls that wrote any.",
        questions: &[83],
        tables: &[LANGUAGE_MODEL, GATEWAY],
        parameters: &[PERIOD, FROM, TO],
        kql: r"ApiManagementGatewayLlmLog
| where {when}
| where SequenceNumber == 0
| where CompletionTokens > 0
| project CorrelationId, ModelName, CompletionTokens
| join kind=inner (
    ApiManagementGatewayLogs
    | where {when}
    | where ResponseCode between (200 .. 299)
    | where BackendTime > 0
    | project CorrelationId, BackendTime
) on CorrelationId
| summarize Calls = count(), Tokens = sum(CompletionTokens), BackendMs = sum(BackendTime) by ModelName
| extend
    TokensPerSecond = round(1000.0 * Tokens / BackendMs, 2),
    MsPerToken = round(1.0 * BackendMs / Tokens, 2)
| order by TokensPerSecond desc, ModelName asc",
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "model-latency",
        title: "How long does a call to each model take?",
        about: "Average, median, 95th and 99th percentile of the whole time in milliseconds by model.",
        questions: &[84],
        tables: &[LANGUAGE_MODEL, GATEWAY],
        parameters: &[PERIOD, FROM, TO],
        kql: r"ApiManagementGatewayLlmLog
| where {when}
| where SequenceNumber == 0
| project CorrelationId, ModelName
| join kind=inner (
    ApiManagementGatewayLogs
    | where {when}
    | project CorrelationId, TotalTime
) on CorrelationId
| summarize
    Calls = count(),
    AverageMs = round(avg(TotalTime), 1),
    (P50Ms, P95Ms, P99Ms) = percentiles(TotalTime, 50, 95, 99)
    by ModelName
| order by P95Ms desc, ModelName asc",
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "model-error-rate",
        title: "How often do calls to each model fail?",
        about: "Calls by model with the code that the caller got: throttled, failed for other reasons, and the failed \
            share in percent.",
        questions: &[85],
        tables: &[LANGUAGE_MODEL, GATEWAY],
        parameters: &[PERIOD, FROM, TO],
        kql: r"ApiManagementGatewayLlmLog
| where {when}
| where SequenceNumber == 0
| project CorrelationId, ModelName, DeploymentName
| join kind=inner (
    ApiManagementGatewayLogs
    | where {when}
    | project CorrelationId, ResponseCode
) on CorrelationId
| summarize
    Calls = count(),
    Throttled = countif(ResponseCode == 429),
    Failures = countif(ResponseCode >= 400 or ResponseCode == 0)
    by ModelName, DeploymentName
| extend FailedPercent = round(100.0 * Failures / Calls, 2)
| order by FailedPercent desc, Calls desc, ModelName asc, DeploymentName asc",
        example: &[("period", "1d")],
        ..BASE
    },
];
