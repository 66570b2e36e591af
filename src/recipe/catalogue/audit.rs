//! What was asked and answered, by whom, and what looks like misuse.
//!
//! Messages are cut into pieces anywhere, inside an escape too: texts are put together before they are
//! read as JSON. A request is an array of messages, a response one message or an array of one.

use super::{API, BASE, FROM, GATEWAY, LANGUAGE_MODEL, PERIOD, ROWS, TO, real, timespan};
use crate::recipe::Recipe;

/// `calls`: one row a call, with its texts put together; `$more` are further columns of the summary.
///
/// Rows that two exports share count once. Where the numbers tell the order of the parts, it is theirs; up
/// to three parts of a request that share one number are tried in every order, and the one order that
/// gives JSON is taken. A text whose order cannot be told is empty, and `Note` says so.
macro_rules! calls {
    ($more:literal) => {
        concat!(
            r#"let calls =
    ApiManagementGatewayLlmLog
    | where {when}
    | project
        TimeGenerated,
        CorrelationId,
        SequenceNumber,
        ModelName,
        DeploymentName,
        PromptTokens,
        CompletionTokens,
        TotalTokens,
        RequestPart = tostring(RequestMessages),
        ResponsePart = tostring(ResponseMessages)
    | distinct *
    | order by CorrelationId asc, SequenceNumber asc, TimeGenerated asc
    | summarize
        TimeGenerated = min(TimeGenerated),
        ModelName = take_anyif(ModelName, SequenceNumber == 0),
        DeploymentName = take_anyif(DeploymentName, SequenceNumber == 0),
        PromptTokens = maxif(PromptTokens, SequenceNumber == 0),
        CompletionTokens = maxif(CompletionTokens, SequenceNumber == 0),
        TotalTokens = maxif(TotalTokens, SequenceNumber == 0),
        Headers = countif(SequenceNumber == 0),"#,
            $more,
            r#"
        RequestParts = make_list_if(RequestPart, isnotempty(RequestPart)),
        RequestNumbers = make_set_if(SequenceNumber, isnotempty(RequestPart)),
        ResponseParts = make_list_if(ResponsePart, isnotempty(ResponsePart)),
        ResponseNumbers = make_set_if(SequenceNumber, isnotempty(ResponsePart))
        by CorrelationId
    | extend IsNumbered = array_length(RequestNumbers) == array_length(RequestParts)
    | extend Orders = iff(
        IsNumbered or array_length(RequestNumbers) > 1 or array_length(RequestParts) > 3,
        dynamic([[]]),
        dynamic([[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]))
    | mv-apply Order = Orders on (
        extend Text = strcat(
            RequestParts[toint(Order[0])],
            RequestParts[toint(Order[1])],
            RequestParts[toint(Order[2])])
        | summarize Texts = make_set_if(Text, gettype(parse_json(Text)) in ("array", "dictionary"))
    )
    | extend
        Request = case(
            IsNumbered, strcat_array(RequestParts, ""),
            array_length(Texts) == 1, tostring(Texts[0]),
            ""),
        Response = iff(
            array_length(ResponseNumbers) == array_length(ResponseParts),
            strcat_array(ResponseParts, ""),
            "")
    | extend
        IsRequestUnordered = isempty(Request) and array_length(RequestParts) > 0,
        IsResponseUnordered = isempty(Response) and array_length(ResponseParts) > 0
    | extend Note = case(
        Headers > 1, "several calls share this id",
        IsRequestUnordered or IsResponseUnordered, "order cannot be told",
        "");
"#
        )
    };
}

/// Adds the text `$text` of the messages in the column `$body`, a line each: what they say, refuse and
/// ask of tools. What is no JSON is a text.
macro_rules! text_of_messages {
    ($body:literal, $text:literal) => {
        concat!(
            "| extend Body = parse_json(",
            $body,
            r#")
| extend Body = coalesce(Body.messages, Body.choices, Body.input, Body.output, Body.prompt, Body)
| mv-apply Item = iff(array_length(Body) > 0, Body, pack_array(Body)) on (
    extend Message = coalesce(Item.message, Item)
    | extend Content = iff(gettype(Message) == "dictionary", coalesce(Message.content, Message.text), Message)
    | mv-expand Part = array_concat(
        pack_array(coalesce(Message.reasoning_content, Message.reasoning)),
        iff(array_length(Content) > 0, Content, pack_array(Content)),
        pack_array(Message.refusal),
        coalesce(Message.tool_calls, dynamic([])),
        pack_array(Message.function_call))
    | extend Said = case(
        gettype(Part) == "dictionary", tostring(coalesce(Part.text, Part.refusal, Part.function.arguments, Part.arguments)),
        gettype(Part) == "string", tostring(Part),
        "")
    | summarize "#,
            $text,
            r#" = strcat_array(make_list_if(Said, isnotempty(Said)), "\n")
)
"#
        )
    };
}

pub(super) const RECIPES: &[Recipe] = &[
    Recipe {
        id: "conversations",
        title: "What did callers ask the language models, and what was the answer?",
        about: "One row a call: tokens, what was asked and answered, and the logged JSON of both (of a text that came \
            in one part, as a workspace prints JSON). Parts of long \
            messages are put together as text before they are read, equal rows once. Parts of a request that \
            share one number are put in the one order that makes JSON; where none or several do, or there are more \
            than three, the text is empty and `Note` says so.",
        questions: &[95],
        tables: &[LANGUAGE_MODEL],
        parameters: &[PERIOD, FROM, TO, ROWS],
        kql: concat!(
            calls!(""),
            "calls
| order by TimeGenerated desc, CorrelationId asc
| take {rows}
",
            text_of_messages!("Request", "Input"),
            text_of_messages!("Response", "Output"),
            "| project
    TimeGenerated,
    CorrelationId,
    ModelName,
    DeploymentName,
    PromptTokens,
    CompletionTokens,
    TotalTokens,
    Input,
    Output,
    Note,
    Request,
    Response
| order by TimeGenerated desc, CorrelationId asc"
        ),
        example: &[("period", "1h"), ("rows", "20")],
        ..BASE
    },
    Recipe {
        id: "conversation-export",
        title: "How do I export prompts and answers, to evaluate them?",
        about: "One row a call, as a file of comma-separated values likes it: model, tokens, subscription, the code that \
            the caller got, prompt and completion. Calls without one of the two, or whose parts have no order in \
            the log, are left out.",
        questions: &[96],
        tables: &[LANGUAGE_MODEL, GATEWAY],
        parameters: &[PERIOD, FROM, TO, ROWS],
        kql: concat!(
            calls!(""),
            "calls
| where isnotempty(Request) and isnotempty(Response)
| order by TimeGenerated asc, CorrelationId asc
| take {rows}
",
            text_of_messages!("Request", "Prompt"),
            text_of_messages!("Response", "Completion"),
            "| where isnotempty(Prompt) and isnotempty(Completion)
| join kind=leftouter (
    ApiManagementGatewayLogs
    | where {when}
    | summarize ApimSubscriptionId = take_any(ApimSubscriptionId), ResponseCode = take_any(ResponseCode)
        by CorrelationId
) on CorrelationId
| project
    TimeGenerated,
    CorrelationId,
    ModelName,
    DeploymentName,
    PromptTokens,
    CompletionTokens,
    TotalTokens,
    ApimSubscriptionId,
    ResponseCode,
    Prompt,
    Completion
| order by TimeGenerated asc, CorrelationId asc"
        ),
        example: &[("period", "1h")],
        ..BASE
    },
    Recipe {
        id: "incomplete-conversations",
        title: "Which calls to language models are not in the log as a whole?",
        about: "Calls with numbers that no row has (how many, and the first ten), with tokens for a text that is not there, with JSON that begins late \
            or ends early, and with parts whose order cannot be told. Where an API logs prompts or completions \
            only, all its calls are here. A plain text that is cut does not show it.",
        questions: &[95],
        tables: &[LANGUAGE_MODEL],
        parameters: &[PERIOD, FROM, TO, ROWS],
        kql: concat!(
            calls!(
                "
        Numbers = make_set(tolong(SequenceNumber)),
        LastNumber = max(tolong(SequenceNumber)),"
            ),
            r#"calls
| extend
    MissingRows = LastNumber + 1 - array_length(Numbers),
    Missing = array_sort_asc(set_difference(range(0, min_of(LastNumber, 1000)), Numbers)),
    IsRequestJson = gettype(parse_json(Request)) in ("array", "dictionary"),
    IsResponseJson = gettype(parse_json(Response)) in ("array", "dictionary")
| extend
    RequestProblem = case(
        IsRequestUnordered, "order cannot be told",
        isempty(Request), iff(PromptTokens > 0, "missing", ""),
        not(IsRequestJson) and Request matches regex @"^\s*[\[{]|[\]}]\s*$", "cut",
        ""),
    ResponseProblem = case(
        IsResponseUnordered, "order cannot be told",
        isempty(Response), iff(CompletionTokens > 0, "missing", ""),
        not(IsResponseJson) and Response matches regex @"^\s*[\[{]|[\]}]\s*$", "cut",
        ""),
    MissingNumbers = strcat_array(array_slice(Missing, 0, 9), ", ")
| where MissingRows > 0 or isnotempty(RequestProblem) or isnotempty(ResponseProblem)
| project
    TimeGenerated,
    CorrelationId,
    ModelName,
    DeploymentName,
    MissingRows,
    MissingNumbers,
    RequestProblem,
    ResponseProblem
| order by TimeGenerated desc, CorrelationId asc
| take {rows}"#
        ),
        example: &[("period", "1d")],
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
