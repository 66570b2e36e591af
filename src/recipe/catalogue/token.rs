//! Tokens of language models.
//!
//! A call has several rows of one `CorrelationId`: number 0 has the tokens and the names, the others
//! have the messages. Hence tokens and calls are counted on row 0 alone. That log does not know who
//! called; the gateway log does, by `CorrelationId`.

use super::{
    BASE, FROM, GATEWAY, LANGUAGE_MODEL, PERIOD, TO, column, long, rows, step, string, timespan,
};
use crate::recipe::Recipe;

pub(super) const RECIPES: &[Recipe] = &[
    Recipe {
        id: "token-totals",
        title: "How many tokens were used?",
        about: "Calls, and prompt, completion and all tokens. Each call counts once.",
        questions: &[65],
        tables: &[LANGUAGE_MODEL],
        parameters: &[PERIOD, FROM, TO],
        kql: r"ApiManagementGatewayLlmLog
| where {when}
| where SequenceNumber == 0
| summarize
    Calls = count(),
    Prompt = sum(PromptTokens),
    Completion = sum(CompletionTokens),
    Tokens = sum(TotalTokens)",
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "tokens-by-model",
        title: "Which models and deployments use how many tokens?",
        about: "Calls and tokens by deployment and model. Each call counts once.",
        questions: &[66],
        tables: &[LANGUAGE_MODEL],
        parameters: &[PERIOD, FROM, TO],
        kql: r"ApiManagementGatewayLlmLog
| where {when}
| where SequenceNumber == 0
| summarize
    Calls = count(),
    Prompt = sum(PromptTokens),
    Completion = sum(CompletionTokens),
    Tokens = sum(TotalTokens)
    by DeploymentName, ModelName
| order by Tokens desc, DeploymentName asc, ModelName asc",
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "tokens-by-subscription",
        title: "Who uses how many tokens?",
        about: "Calls and tokens by subscription, API, deployment and model. The log of the language models does not \
            know who called; the gateway log does, by `CorrelationId`. Each call counts once.",
        questions: &[67, 68],
        tables: &[LANGUAGE_MODEL, GATEWAY],
        parameters: &[PERIOD, FROM, TO],
        kql: r"ApiManagementGatewayLlmLog
| where {when}
| where SequenceNumber == 0
| project CorrelationId, DeploymentName, ModelName, PromptTokens, CompletionTokens, TotalTokens
| join kind=leftouter (
    ApiManagementGatewayLogs
    | where {when}
    | summarize ApimSubscriptionId = take_any(ApimSubscriptionId), ApiId = take_any(ApiId) by CorrelationId
) on CorrelationId
| summarize
    Calls = count(),
    Prompt = sum(PromptTokens),
    Completion = sum(CompletionTokens),
    Tokens = sum(TotalTokens)
    by ApimSubscriptionId, ApiId, DeploymentName, ModelName
| order by Tokens desc, ApimSubscriptionId asc, ApiId asc, DeploymentName asc, ModelName asc",
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "tokens-over-time",
        title: "How many tokens does each model use, over time?",
        about: "Tokens per point in time, one line a model, deployment or API version.",
        questions: &[69],
        tables: &[LANGUAGE_MODEL],
        parameters: &[column("ModelName"), PERIOD, FROM, TO, step("1h")],
        kql: r"ApiManagementGatewayLlmLog
| where {when}
| where SequenceNumber == 0
| summarize Tokens = sum(TotalTokens) by bin(TimeGenerated, {step}), {column}
| order by TimeGenerated asc, {column} asc
| render timechart",
        example: &[("period", "2h"), ("step", "30m")],
        ..BASE
    },
    Recipe {
        id: "subscription-tokens-over-time",
        title: "How many tokens does each subscription use, over time?",
        about: "Tokens per point in time, one line a subscription.",
        questions: &[69],
        tables: &[LANGUAGE_MODEL, GATEWAY],
        parameters: &[PERIOD, FROM, TO, step("1h")],
        kql: r#"ApiManagementGatewayLlmLog
| where {when}
| where SequenceNumber == 0
| project TimeGenerated, CorrelationId, TotalTokens
| join kind=leftouter (
    ApiManagementGatewayLogs
    | where {when}
    | project CorrelationId, ApimSubscriptionId
) on CorrelationId
| summarize Tokens = sum(TotalTokens)
    by
    bin(TimeGenerated, {step}),
    Subscription = iff(isempty(ApimSubscriptionId), "none", ApimSubscriptionId)
| order by TimeGenerated asc, Subscription asc
| render timechart"#,
        example: &[("period", "2h"), ("step", "30m")],
        ..BASE
    },
    Recipe {
        id: "top-token-consumers",
        title: "Who are the largest consumers of tokens, with what share?",
        about: "Subscriptions with the most tokens and their share of all tokens in percent.",
        questions: &[70],
        tables: &[LANGUAGE_MODEL, GATEWAY],
        parameters: &[PERIOD, FROM, TO, rows("10")],
        kql: r#"let tokens = materialize(
    ApiManagementGatewayLlmLog
    | where {when}
    | where SequenceNumber == 0
    | project CorrelationId, TotalTokens
    | join kind=leftouter (
        ApiManagementGatewayLogs
        | where {when}
        | project CorrelationId, ApimSubscriptionId
    ) on CorrelationId
    | summarize Calls = count(), Tokens = sum(TotalTokens)
        by Subscription = iff(isempty(ApimSubscriptionId), "none", ApimSubscriptionId)
);
let total = toscalar(tokens | summarize sum(Tokens));
tokens
| extend Percent = round(100.0 * Tokens / total, 2)
| order by Tokens desc, Subscription asc
| take {rows}"#,
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "tokens-today-and-this-month",
        title: "How many tokens today and this month, against the time before?",
        about: "Tokens of today against the same hours of yesterday, and of this month against the same days of the \
            month before, with the change in percent (UTC).",
        questions: &[71],
        tables: &[LANGUAGE_MODEL],
        parameters: &[],
        kql: r#"let day = startofday(now());
let month = startofmonth(now());
let last_month = startofmonth(now(), -1);
let tokens = materialize(
    ApiManagementGatewayLlmLog
    | where TimeGenerated >= last_month
    | where SequenceNumber == 0
    | project TimeGenerated, TotalTokens
);
union
    (
        tokens
        | summarize
            Tokens = sumif(TotalTokens, TimeGenerated >= day),
            Before = sumif(TotalTokens, TimeGenerated between ((day - 1d) .. (now() - 1d)))
        | project Span = "day", Tokens, Before
    ),
    (
        tokens
        | summarize
            Tokens = sumif(TotalTokens, TimeGenerated >= month),
            Before = sumif(TotalTokens, TimeGenerated between (last_month .. (last_month + (now() - month))))
        | project Span = "month", Tokens, Before
    )
| extend ChangePercent = iff(Before == 0, real(null), round(100.0 * (Tokens - Before) / Before, 2))
| order by Span asc"#,
        ..BASE
    },
    Recipe {
        id: "tokens-against-previous-period",
        title: "Which models use more tokens than in the period before?",
        about: "Calls and tokens by model in a period up to the present and in the period of the same length before it, \
            with the change in percent; empty where there were none before.",
        questions: &[71],
        tables: &[LANGUAGE_MODEL],
        parameters: &[timespan(
            "length",
            "7d",
            "How long each of the two periods is.",
        )],
        kql: r"let length = {length};
let calls =
    ApiManagementGatewayLlmLog
    | where TimeGenerated > ago(2 * length)
    | where SequenceNumber == 0
    | project TimeGenerated, ModelName, TotalTokens;
calls
| summarize
    Calls = countif(TimeGenerated > ago(length)),
    CallsBefore = countif(TimeGenerated <= ago(length)),
    Tokens = sumif(TotalTokens, TimeGenerated > ago(length)),
    TokensBefore = sumif(TotalTokens, TimeGenerated <= ago(length))
    by ModelName
| extend ChangePercent = iff(TokensBefore == 0, real(null), round(100.0 * (Tokens - TokensBefore) / TokensBefore, 2))
| order by Tokens desc, ModelName asc",
        example: &[("length", "1d")],
        ..BASE
    },
    Recipe {
        id: "tokens-per-request",
        title: "How many tokens does a call use?",
        about: "Average and 95th percentile of tokens per call by model, and how many prompt tokens there are for each \
            completion token.",
        questions: &[73],
        tables: &[LANGUAGE_MODEL],
        parameters: &[PERIOD, FROM, TO],
        kql: r"ApiManagementGatewayLlmLog
| where {when}
| where SequenceNumber == 0
| summarize
    Calls = count(),
    AverageTokens = round(avg(TotalTokens), 1),
    P95Tokens = percentile(TotalTokens, 95),
    AveragePrompt = round(avg(PromptTokens), 1),
    AverageCompletion = round(avg(CompletionTokens), 1),
    Prompt = sum(PromptTokens),
    Completion = sum(CompletionTokens)
    by ModelName
| extend PromptPerCompletion = iff(Completion == 0, real(null), round(1.0 * Prompt / Completion, 2))
| project-away Prompt, Completion
| order by Calls desc, ModelName asc",
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "tokens-per-minute",
        title: "How close do tokens per minute come to their limit?",
        about: "The minute with the most tokens of each deployment, its share of the limit in percent, and how many \
            minutes were above the limit.",
        questions: &[74],
        tables: &[LANGUAGE_MODEL],
        parameters: &[
            PERIOD,
            FROM,
            TO,
            long(
                "limit",
                "10000",
                "How many tokens a minute a deployment may use.",
            ),
        ],
        kql: r"ApiManagementGatewayLlmLog
| where {when}
| where SequenceNumber == 0
| summarize Tokens = sum(TotalTokens) by DeploymentName, Minute = bin(TimeGenerated, 1m)
| summarize
    Minutes = count(),
    AverageTokens = round(avg(Tokens), 1),
    (PeakTokens, PeakMinute) = arg_max(Tokens, Minute),
    MinutesAbove = countif(Tokens > {limit})
    by DeploymentName
| extend PeakPercent = round(100.0 * PeakTokens / {limit}, 2)
| order by PeakTokens desc, DeploymentName asc",
        example: &[("period", "1d"), ("limit", "1000")],
        ..BASE
    },
    Recipe {
        id: "tokens-by-surface",
        title: "Which kinds of model API use the tokens?",
        about: "Calls and tokens by what the URL asks for: chat, responses, embeddings, completions.",
        questions: &[76],
        tables: &[LANGUAGE_MODEL, GATEWAY],
        parameters: &[PERIOD, FROM, TO],
        kql: r#"ApiManagementGatewayLlmLog
| where {when}
| where SequenceNumber == 0
| project CorrelationId, PromptTokens, CompletionTokens, TotalTokens
| join kind=leftouter (
    ApiManagementGatewayLogs
    | where {when}
    | project CorrelationId, Url
) on CorrelationId
| extend Surface = case(
    Url has "chat/completions", "chat",
    Url has "responses", "responses",
    Url has "embeddings", "embeddings",
    Url has "completions", "completions",
    "other")
| summarize
    Calls = count(),
    Prompt = sum(PromptTokens),
    Completion = sum(CompletionTokens),
    Tokens = sum(TotalTokens)
    by Surface
| order by Tokens desc, Surface asc"#,
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "tokens-by-header",
        title: "Which user, agent or team uses how many tokens?",
        about: "Calls and tokens by the value of a request header, such as the user, the agent or the team. Headers are \
            logged where the diagnostic setting lists them, and are found by their exact spelling.",
        questions: &[81],
        tables: &[LANGUAGE_MODEL, GATEWAY],
        parameters: &[
            PERIOD,
            FROM,
            TO,
            string(
                "header",
                "x-user-id",
                "The request header that says who calls.",
            ),
        ],
        kql: r"ApiManagementGatewayLlmLog
| where {when}
| where SequenceNumber == 0
| project CorrelationId, PromptTokens, CompletionTokens, TotalTokens
| join kind=inner (
    ApiManagementGatewayLogs
    | where {when}
    | project CorrelationId, Caller = tostring(RequestHeaders[{header}])
    | where isnotempty(Caller)
) on CorrelationId
| summarize
    Calls = count(),
    Prompt = sum(PromptTokens),
    Completion = sum(CompletionTokens),
    Tokens = sum(TotalTokens)
    by Caller
| order by Tokens desc, Caller asc",
        example: &[("period", "1d")],
        ..BASE
    },
];
