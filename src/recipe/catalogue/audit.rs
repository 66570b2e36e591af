//! What was asked and answered, by whom, and what looks like misuse.
//!
//! Messages are cut into pieces anywhere, inside an escape too: texts are put together before they are
//! read as JSON. A request is an array of messages, a response one message or an array of one.

use super::{API, BASE, FROM, GATEWAY, LANGUAGE_MODEL, PERIOD, ROWS, TO, real, timespan};
use crate::recipe::Recipe;

pub(super) const RECIPES: &[Recipe] = &[
    Recipe {
        id: "conversations",
        title: "What did callers ask the language models, and what was the answer?",
        about: "One row a call: the messages of the request, the answer, the model and the tokens. Pieces of long \
            messages are put together in the order of `SequenceNumber`; pieces that share one number and one \
            time have no order in the log. Calls without a logged request or answer are left out.",
        questions: &[95],
        tables: &[LANGUAGE_MODEL],
        parameters: &[PERIOD, FROM, TO, ROWS],
        kql: r#"ApiManagementGatewayLlmLog
| where {when}
| extend RequestPiece = tostring(RequestMessages), ResponsePiece = tostring(ResponseMessages)
| order by CorrelationId asc, SequenceNumber asc, TimeGenerated asc
| summarize
    Time = min(TimeGenerated),
    Deployment = take_anyif(DeploymentName, SequenceNumber == 0),
    Model = take_anyif(ModelName, SequenceNumber == 0),
    InputTokens = sumif(PromptTokens, SequenceNumber == 0),
    OutputTokens = sumif(CompletionTokens, SequenceNumber == 0),
    RequestText = strcat_array(make_list(RequestPiece), ""),
    ResponseText = strcat_array(make_list(ResponsePiece), "")
    by CorrelationId
| where isnotempty(RequestText) and isnotempty(ResponseText)
| order by Time desc, CorrelationId asc
| take {rows}
| extend Response = parse_json(ResponseText)
| extend Output = case(
    gettype(Response) == "array", tostring(Response[0].content),
    gettype(Response) == "dictionary", tostring(Response.content),
    ResponseText)
| mv-expand Message = parse_json(RequestText)
| extend Said = iff(gettype(Message) == "dictionary", tostring(Message.content), tostring(Message))
| summarize Input = strcat_array(make_list(Said), "\n")
    by Time, CorrelationId, Deployment, Model, InputTokens, OutputTokens, Output
| order by Time desc, CorrelationId asc"#,
        example: &[("period", "1h"), ("rows", "20")],
        ..BASE
    },
    Recipe {
        id: "conversation-export",
        title: "How do I export prompts and answers, to evaluate them?",
        about: "One row a call, as a file of comma-separated values likes it: question, answer, model, tokens, \
            subscription and the code that the caller got. The question is the last message of the request.",
        questions: &[96],
        tables: &[LANGUAGE_MODEL, GATEWAY],
        parameters: &[PERIOD, FROM, TO, ROWS],
        kql: r#"ApiManagementGatewayLlmLog
| where {when}
| extend RequestPiece = tostring(RequestMessages), ResponsePiece = tostring(ResponseMessages)
| order by CorrelationId asc, SequenceNumber asc, TimeGenerated asc
| summarize
    Time = min(TimeGenerated),
    Model = take_anyif(ModelName, SequenceNumber == 0),
    InputTokens = sumif(PromptTokens, SequenceNumber == 0),
    OutputTokens = sumif(CompletionTokens, SequenceNumber == 0),
    RequestText = strcat_array(make_list(RequestPiece), ""),
    ResponseText = strcat_array(make_list(ResponsePiece), "")
    by CorrelationId
| where isnotempty(RequestText) and isnotempty(ResponseText)
| join kind=leftouter (
    ApiManagementGatewayLogs
    | where {when}
    | project CorrelationId, ApimSubscriptionId, ResponseCode
) on CorrelationId
| extend Request = parse_json(RequestText), Response = parse_json(ResponseText)
| project
    Time,
    CorrelationId,
    Subscription = ApimSubscriptionId,
    ResponseCode,
    Model,
    InputTokens,
    OutputTokens,
    Question = coalesce(tostring(Request[-1].content), RequestText),
    Answer = coalesce(tostring(Response[0].content), tostring(Response.content), ResponseText)
| order by Time asc, CorrelationId asc
| take {rows}"#,
        example: &[("period", "1h")],
        ..BASE
    },
    Recipe {
        id: "tokens-from-bodies",
        title: "How many tokens were used, when no log of the models exists?",
        about: "Calls and tokens by API and model, read from the logged bodies of the backend's answers. Bodies are cut \
            at 8,192 bytes: what was cut cannot be read and is counted apart.",
        questions: &[97],
        tables: &[GATEWAY],
        parameters: &[PERIOD, FROM, TO, API],
        kql: r#"ApiManagementGatewayLogs
| where {when}
| where ApiId == {api}
| where BackendResponseBody has "usage"
| extend Body = parse_json(BackendResponseBody)
| extend Usage = Body.usage
| summarize
    Calls = count(),
    Unreadable = countif(isnull(Usage.total_tokens)),
    Prompt = sum(tolong(Usage.prompt_tokens)),
    Completion = sum(tolong(Usage.completion_tokens)),
    Tokens = sum(tolong(Usage.total_tokens))
    by ApiId, Model = tostring(Body.model)
| order by Tokens desc, ApiId asc, Model asc"#,
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "model-callers",
        title: "Who called which model, and from where?",
        about: "Calls by address of the caller, subscription and model: the deployment in the URL, else the model in the \
            logged answer of the backend.",
        questions: &[98],
        tables: &[GATEWAY],
        parameters: &[PERIOD, FROM, TO, ROWS],
        kql: r#"ApiManagementGatewayLogs
| where {when}
| where Url has "deployments" or BackendResponseBody has "model"
| extend Deployment = extract(@"/deployments/([^/?]+)", 1, Url)
| extend Model = iff(isempty(Deployment), tostring(parse_json(BackendResponseBody).model), Deployment)
| summarize
    Calls = count(),
    Failures = countif(ResponseCode >= 400 or ResponseCode == 0),
    FirstSeen = min(TimeGenerated),
    LastSeen = max(TimeGenerated)
    by CallerIpAddress, Subscription = iff(isempty(ApimSubscriptionId), "none", ApimSubscriptionId), Model
| order by Calls desc, CallerIpAddress asc, Subscription asc, Model asc
| take {rows}"#,
        example: &[("period", "1d")],
        ..BASE
    },
    Recipe {
        id: "unusual-callers",
        title: "Who suddenly calls more, or calls what they never called?",
        about: "Subscriptions (addresses where there is none) whose calls of late are a multiple of what they made \
            before in the same time, or that used operations they never used: a stolen key looks like this.",
        questions: &[99],
        tables: &[GATEWAY],
        parameters: &[
            timespan("recent", "1d", "How long `of late` is."),
            timespan("before", "14d", "How long the time before it is."),
            real(
                "factor",
                "3",
                "From which multiple on the calls are unusual.",
            ),
        ],
        kql: r#"let recent = {recent};
let before = {before};
ApiManagementGatewayLogs
| where TimeGenerated > ago(recent + before)
| extend
    Caller = iff(isempty(ApimSubscriptionId), CallerIpAddress, ApimSubscriptionId),
    Operation = strcat(ApiId, "/", OperationId),
    IsRecent = TimeGenerated > ago(recent)
| summarize
    Calls = countif(IsRecent),
    CallsBefore = countif(not(IsRecent)),
    Addresses = dcountif(CallerIpAddress, IsRecent),
    Operations = make_set_if(Operation, IsRecent),
    OperationsBefore = make_set_if(Operation, not(IsRecent))
    by Caller
| extend
    Expected = round(CallsBefore * (recent / before), 2),
    NewOperations = set_difference(Operations, OperationsBefore)
| where Calls > {factor} * Expected or array_length(NewOperations) > 0
| where Calls > 0
| project Caller, Calls, Expected, Addresses, NewOperations = strcat_array(array_sort_asc(NewOperations), ", ")
| order by Calls desc, Caller asc"#,
        ..BASE
    },
    Recipe {
        id: "content-filter-blocks",
        title: "Which calls did a content filter block?",
        about: "Calls that the content filter of the model or of the gateway refused, with what it said. The category \
            is in the logged body, where bodies are logged.",
        questions: &[100],
        tables: &[GATEWAY],
        parameters: &[PERIOD, FROM, TO, API, ROWS],
        kql: r#"ApiManagementGatewayLogs
| where {when}
| where ApiId == {api}
| where ResponseCode in (400, 403)
| where BackendResponseBody has_any ("content_filter", "ResponsibleAIPolicyViolation")
    or LastErrorMessage has_any ("content_filter", "content safety")
    or LastErrorSource == "llm-content-safety"
| extend Error = parse_json(BackendResponseBody).error
| project
    TimeGenerated,
    ApiId,
    OperationId,
    CallerIpAddress,
    ApimSubscriptionId,
    ResponseCode,
    BlockedBy = iff(isnull(BackendResponseCode), "gateway", "model"),
    Message = iff(isempty(LastErrorMessage), tostring(Error.message), LastErrorMessage),
    Filter = tostring(Error.innererror.content_filter_result),
    CorrelationId
| order by TimeGenerated desc, CorrelationId asc
| take {rows}"#,
        example: &[("period", "1d")],
        ..BASE
    },
];
