//! What calls cost, who pays, and how much is left.
//!
//! The log has no prices: they are rows of a small table inside the query, for a thousand tokens.

use super::{
    BASE, FROM, GATEWAY, LANGUAGE_MODEL, PERIOD, ROWS, TO, long, named_numbers, real, string,
};
use crate::recipe::{Default, Kind, Parameter, Recipe};
use crate::value::Type;

const PRICES: Parameter = Parameter {
    name: "prices",
    kind: Kind::Rows(&[Type::String, Type::Real, Type::Real]),
    default: Default::Value(
        "gpt-4o, 0.0025, 0.01; gpt-4o-mini, 0.00015, 0.0006; text-embedding-3-small, 0.00002, 0",
    ),
    about: "Rows of a model, its price of a thousand prompt tokens and of a thousand completion tokens.",
};

const APIS: Parameter = Parameter {
    name: "apis",
    kind: Kind::Rows(&[Type::String]),
    default: Default::LeftOut,
    about: "Only requests to the APIs of these ids, parted by semicolons.",
};

/// How a business unit is read out of the name of a subscription.
const SEPARATOR: Parameter = string(
    "separator",
    "-",
    "What ends the name of the business unit at the start of the subscription's name.",
);

pub(super) const RECIPES: &[Recipe] = &[
    Recipe {
        id: "cost-by-subscription",
        title: "What do the tokens of each subscription cost?",
        about: "Calls, tokens and cost by subscription and model, input and output priced apart. Calls to a model \
            without a price have an empty cost.",
        questions: &[86],
        tables: &[LANGUAGE_MODEL, GATEWAY],
        parameters: &[PERIOD, FROM, TO, PRICES],
        kql: r#"let prices = datatable (ModelName: string, InputPer1K: real, OutputPer1K: real) [{prices}];
ApiManagementGatewayLlmLog
| where {when}
| where SequenceNumber == 0
| project CorrelationId, ModelName, PromptTokens, CompletionTokens
| join kind=leftouter (
    ApiManagementGatewayLogs
    | where {when}
    | project CorrelationId, ApimSubscriptionId
) on CorrelationId
| summarize Calls = count(), Prompt = sum(PromptTokens), Completion = sum(CompletionTokens)
    by Subscription = iff(isempty(ApimSubscriptionId), "none", ApimSubscriptionId), ModelName
| lookup kind=leftouter (prices) on ModelName
| extend Cost = round(Prompt * InputPer1K / 1000 + Completion * OutputPer1K / 1000, 6)
| project-away InputPer1K, OutputPer1K
| order by Cost desc, Subscription asc, ModelName asc"#,
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "cost-at-flat-rates",
        title: "What do all tokens cost at one price?",
        about: "Calls, tokens and cost by deployment at one price for prompt and one for completion tokens.",
        questions: &[87],
        tables: &[LANGUAGE_MODEL],
        parameters: &[
            PERIOD,
            FROM,
            TO,
            real("input", "0.0025", "The price of a thousand prompt tokens."),
            real(
                "output",
                "0.01",
                "The price of a thousand completion tokens.",
            ),
        ],
        kql: r"let input = {input};
let output = {output};
ApiManagementGatewayLlmLog
| where {when}
| where SequenceNumber == 0
| summarize Calls = count(), Prompt = sum(PromptTokens), Completion = sum(CompletionTokens) by DeploymentName
| extend Cost = round(Prompt * input / 1000 + Completion * output / 1000, 6)
| order by Cost desc, DeploymentName asc",
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "cost-per-day",
        title: "What did each subscription cost this month, day by day?",
        about: "Cost of tokens per day and subscription since the first of the month (UTC). Models without a price \
            count nothing.",
        questions: &[88],
        tables: &[LANGUAGE_MODEL, GATEWAY],
        parameters: &[PRICES],
        kql: r#"let prices = datatable (ModelName: string, InputPer1K: real, OutputPer1K: real) [{prices}];
ApiManagementGatewayLlmLog
| where TimeGenerated >= startofmonth(now())
| where SequenceNumber == 0
| project TimeGenerated, CorrelationId, ModelName, PromptTokens, CompletionTokens
| join kind=leftouter (
    ApiManagementGatewayLogs
    | where TimeGenerated >= startofmonth(now())
    | project CorrelationId, ApimSubscriptionId
) on CorrelationId
| lookup kind=inner (prices) on ModelName
| extend Cost = PromptTokens * InputPer1K / 1000 + CompletionTokens * OutputPer1K / 1000
| summarize Cost = round(sum(Cost), 6)
    by
    TimeGenerated = startofday(TimeGenerated),
    Subscription = iff(isempty(ApimSubscriptionId), "none", ApimSubscriptionId)
| order by TimeGenerated asc, Subscription asc
| render columnchart with (kind = stacked)"#,
        ..BASE
    },
    Recipe {
        id: "quota-used",
        title: "Which subscriptions have used up their tokens of this month?",
        about: "Tokens since the first of the month (UTC) against the quota of each subscription, in percent. A \
            subscription with a quota and no calls is there too.",
        questions: &[89],
        tables: &[LANGUAGE_MODEL, GATEWAY],
        parameters: &[named_numbers(
            "quotas",
            "retail-web, 5000; finance-erp, 2000",
            "Rows of a subscription and the tokens it may use in a month.",
        )],
        kql: r"let quotas = datatable (Subscription: string, Quota: real) [{quotas}];
let used =
    ApiManagementGatewayLlmLog
    | where TimeGenerated >= startofmonth(now())
    | where SequenceNumber == 0
    | project CorrelationId, TotalTokens
    | join kind=inner (
        ApiManagementGatewayLogs
        | where TimeGenerated >= startofmonth(now())
        | project CorrelationId, Subscription = ApimSubscriptionId
    ) on CorrelationId
    | summarize Tokens = sum(TotalTokens) by Subscription;
quotas
| lookup kind=leftouter (used) on Subscription
| extend Tokens = coalesce(Tokens, long(0))
| extend UsedPercent = round(100.0 * Tokens / Quota, 2), IsOver = Tokens > Quota
| order by UsedPercent desc, Subscription asc",
        example: &[(
            "quotas",
            "retail-web, 1200; finance-erp, 2000; hr-portal, 500",
        )],
        ..BASE
    },
    Recipe {
        id: "quota-headers",
        title: "How much quota do callers have left, by the gateway's headers?",
        about: "The newest quota and what remained of it, by subscription, as a policy writes both into response \
            headers. Headers are found by their exact spelling.",
        questions: &[89],
        tables: &[GATEWAY],
        parameters: &[
            PERIOD,
            FROM,
            TO,
            string(
                "limit",
                "x-quota-limit",
                "The response header with the quota.",
            ),
            string(
                "remaining",
                "x-quota-remaining",
                "The response header with what remains of it.",
            ),
        ],
        kql: r#"ApiManagementGatewayLogs
| where {when}
| extend Quota = tolong(ResponseHeaders[{limit}]), Remaining = tolong(ResponseHeaders[{remaining}])
| where isnotnull(Remaining)
| summarize (LastSeen, Quota, Remaining) = arg_max(TimeGenerated, Quota, Remaining)
    by Subscription = iff(isempty(ApimSubscriptionId), "none", ApimSubscriptionId)
| extend UsedPercent = round(100.0 * (Quota - Remaining) / Quota, 2)
| order by UsedPercent desc, Subscription asc"#,
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "showback",
        title: "What does each business unit owe for the gateway?",
        about: "The base price of the service, divided by requests, and a price for a thousand requests, by business \
            unit: the start of the subscription's name.",
        questions: &[90],
        tables: &[GATEWAY],
        parameters: &[
            PERIOD,
            FROM,
            TO,
            APIS,
            real(
                "base_price",
                "700",
                "What the service costs in the period without a request.",
            ),
            real("per_1000", "0.03", "What a thousand requests cost."),
            SEPARATOR,
        ],
        kql: r"let requests = materialize(
    ApiManagementGatewayLogs
    | where {when}
    | where ApiId in ({apis})
    | where isnotempty(ApimSubscriptionId)
    | summarize Requests = count() by BusinessUnit = tostring(split(ApimSubscriptionId, {separator})[0])
);
let total = toscalar(requests | summarize sum(Requests));
requests
| extend SharePercent = round(100.0 * Requests / total, 2)
| extend Base = round({base_price} * Requests / total, 2), Usage = round({per_1000} * Requests / 1000, 4)
| extend Owed = round(Base + Usage, 2)
| order by Owed desc, BusinessUnit asc
| extend Rank = row_number()",
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "calls-over-budget",
        title: "Which business units make more calls than they may?",
        about: "Business units with more requests than the budget; the condition of an alert. A unit is the start of \
            the subscription's name.",
        questions: &[91],
        tables: &[GATEWAY],
        parameters: &[
            PERIOD,
            FROM,
            TO,
            APIS,
            Parameter {
                name: "unit",
                kind: Kind::String,
                default: Default::LeftOut,
                about: "Only this business unit.",
            },
            long(
                "budget",
                "1000",
                "How many requests a unit may make in the period.",
            ),
            SEPARATOR,
        ],
        kql: r"ApiManagementGatewayLogs
| where {when}
| where ApiId in ({apis})
| where isnotempty(ApimSubscriptionId)
| summarize Requests = count() by BusinessUnit = tostring(split(ApimSubscriptionId, {separator})[0])
| where BusinessUnit == {unit}
| where Requests > {budget}
| extend Over = Requests - {budget}
| order by Over desc, BusinessUnit asc",
        example: &[("period", "1d"), ("apis", "orders; chat"), ("budget", "5")],
        ..BASE
    },
    Recipe {
        id: "usage-per-day",
        title: "What is there to bill for each subscription and product, per day?",
        about: "Requests, successful ones, megabytes and average time by day (UTC), subscription and product.",
        questions: &[92],
        tables: &[GATEWAY],
        parameters: &[PERIOD, FROM, TO],
        kql: r#"ApiManagementGatewayLogs
| where {when}
| where isnotempty(ApimSubscriptionId)
| summarize
    Requests = count(),
    Successful = countif(ResponseCode between (200 .. 399)),
    ResponseMB = round(sum(ResponseSize) / 1e6, 6),
    AverageMs = round(avg(TotalTime), 1)
    by
    Day = startofday(TimeGenerated),
    ApimSubscriptionId,
    Product = iff(isempty(ProductId), "none", ProductId)
| order by Day desc, Requests desc, ApimSubscriptionId asc, Product asc"#,
        example: &[("period", "3d")],
        ..BASE
    },
    Recipe {
        id: "ptu-chargeback",
        title: "Which share of the provisioned throughput does each product owe?",
        about: "Tokens by product and subscription, their share in percent, and that share of the price of the \
            provisioned throughput.",
        questions: &[93],
        tables: &[LANGUAGE_MODEL, GATEWAY],
        parameters: &[
            PERIOD,
            FROM,
            TO,
            real(
                "price",
                "1000",
                "What the provisioned throughput costs in the period.",
            ),
        ],
        kql: r#"let tokens = materialize(
    ApiManagementGatewayLlmLog
    | where {when}
    | where SequenceNumber == 0
    | project CorrelationId, TotalTokens
    | join kind=inner (
        ApiManagementGatewayLogs
        | where {when}
        | project
            CorrelationId,
            Product = iff(isempty(ProductId), "none", ProductId),
            Subscription = iff(isempty(ApimSubscriptionId), "none", ApimSubscriptionId)
    ) on CorrelationId
    | summarize Tokens = sum(TotalTokens) by Product, Subscription
);
let total = toscalar(tokens | summarize sum(Tokens));
tokens
| extend SharePercent = round(100.0 * Tokens / total, 2), Owed = round({price} * Tokens / total, 2)
| order by Owed desc, Product asc, Subscription asc"#,
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "remaining-capacity",
        title: "How many requests and tokens do the models say are left?",
        about: "The least that Azure OpenAI said was left, and the newest, by backend, from the headers of its answers. \
            Headers are logged where the diagnostic setting lists them.",
        questions: &[94],
        tables: &[GATEWAY],
        parameters: &[
            PERIOD,
            FROM,
            TO,
            string(
                "tokens",
                "x-ratelimit-remaining-tokens",
                "The header with the tokens that are left.",
            ),
            string(
                "requests",
                "x-ratelimit-remaining-requests",
                "The header with the requests that are left.",
            ),
            ROWS,
        ],
        kql: r"ApiManagementGatewayLogs
| where {when}
| extend
    RemainingTokens = tolong(BackendResponseHeaders[{tokens}]),
    RemainingRequests = tolong(BackendResponseHeaders[{requests}])
| where isnotnull(RemainingTokens) or isnotnull(RemainingRequests)
| summarize
    Calls = count(),
    LeastTokens = min(RemainingTokens),
    LeastRequests = min(RemainingRequests),
    (LastSeen, LastTokens, LastRequests) = arg_max(TimeGenerated, RemainingTokens, RemainingRequests)
    by BackendId
| order by LeastTokens asc, BackendId asc
| take {rows}",
        example: &[("period", "1d")],
        ..BASE
    },
];
