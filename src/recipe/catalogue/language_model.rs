//! Calls to language models.
//!
//! A call has several rows of one `CorrelationId`: number 0 has the tokens and the names, the others
//! have the messages, cut into pieces anywhere, inside an escape too. Hence texts are put together
//! before they are read as JSON, and tokens are taken from row 0 alone.

use super::{FROM, GATEWAY, LANGUAGE_MODEL, PERIOD, ROWS, TO};
use crate::recipe::Recipe;
use crate::text::{documentation, documented};

pub(super) const CONVERSATIONS: Recipe = Recipe {
    id: "conversations",
    title: documentation("What did callers ask the language models, and what was the answer?"),
    about: documentation("One row a call: the messages of the request, the answer, the model and the tokens. Pieces of long \
            messages are put together in the order of `SequenceNumber`; pieces that share one number and one \
            time have no order in the log. Calls without a logged request or answer are left out."),
    tables: &[LANGUAGE_MODEL],
    parameters: &[PERIOD, FROM, TO, ROWS],
    kql: "ApiManagementGatewayLlmLog
| where TimeGenerated > ago({period})
| where TimeGenerated >= {from}
| where TimeGenerated < {to}
| extend RequestPiece = tostring(RequestMessages), ResponsePiece = tostring(ResponseMessages)
| order by CorrelationId asc, SequenceNumber asc, TimeGenerated asc
| summarize
    Time = min(TimeGenerated),
    Deployment = take_anyif(DeploymentName, SequenceNumber == 0),
    Model = take_anyif(ModelName, SequenceNumber == 0),
    InputTokens = sumif(PromptTokens, SequenceNumber == 0),
    OutputTokens = sumif(CompletionTokens, SequenceNumber == 0),
    RequestText = strcat_array(make_list(RequestPiece), \"\"),
    ResponseText = strcat_array(make_list(ResponsePiece), \"\")
    by CorrelationId
| where isnotempty(RequestText) and isnotempty(ResponseText)
| top {rows} by Time desc
| extend Response = parse_json(ResponseText)
| extend Output = case(
    gettype(Response) == \"array\", tostring(Response[0].content),
    gettype(Response) == \"dictionary\", tostring(Response.content),
    ResponseText)
| mv-expand Message = parse_json(RequestText)
| extend Said = iff(gettype(Message) == \"dictionary\", tostring(Message.content), tostring(Message))
| summarize Input = strcat_array(make_list(Said), \"\\n\")
    by Time, CorrelationId, Deployment, Model, InputTokens, OutputTokens, Output
| order by Time desc, CorrelationId asc",
    example: documented(&[("period", "1h"), ("rows", "20")]),
};

pub(super) const TOKENS_BY_SUBSCRIPTION: Recipe = Recipe {
    id: "tokens-by-subscription",
    title: documentation("Who uses how many tokens?"),
    about: documentation("Calls and tokens by subscription, API and model. The log of the language models does not know who \
            called; the gateway log does, by `CorrelationId`. Each call counts once."),
    tables: &[LANGUAGE_MODEL, GATEWAY],
    parameters: &[PERIOD, FROM, TO],
    kql: "ApiManagementGatewayLlmLog
| where TimeGenerated > ago({period})
| where TimeGenerated >= {from}
| where TimeGenerated < {to}
| where SequenceNumber == 0
| project CorrelationId, DeploymentName, ModelName, PromptTokens, CompletionTokens, TotalTokens
| join kind=leftouter (
    ApiManagementGatewayLogs
    | summarize ApimSubscriptionId = take_any(ApimSubscriptionId), ApiId = take_any(ApiId) by CorrelationId
) on CorrelationId
| summarize
    Calls = count(),
    Prompt = sum(PromptTokens),
    Completion = sum(CompletionTokens),
    Tokens = sum(TotalTokens)
    by ApimSubscriptionId, ApiId, DeploymentName, ModelName
| order by Tokens desc, ApimSubscriptionId asc",
    example: documented(&[("period", "7d")]),
};
