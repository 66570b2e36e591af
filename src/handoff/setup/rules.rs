//! The rules of a set-up: what each means, why it matters, what to do.
//!
//! Input: none. Output: [`RULES`]. Invariant: each carries a text that it finds and one that it does
//! not, and tests run both. The words are beside the module (`catalogues.js`).

use super::check::{Finding, SetUp, codes};
use super::{find, policy};
use crate::diagnostic::Severity;
use crate::text::documentation as word;

/// Most findings of one rule, and of reading: a longer list is read by nobody.
pub(super) const LIST: usize = 100;

/// A rule.
#[derive(Debug)]
pub struct Rule {
    /// The stable code: `SET` and four digits; 01 reading, 02 shape, 03 loggers, 04 diagnostics, 05
    /// diagnostic settings, 06 what stands around them.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What is so; `{0}` and `{1}` stand for the values of a finding.
    pub message: &'static str,
    /// Why it matters.
    pub reason: &'static str,
    /// What to do.
    pub cure: &'static str,
    /// A text that it finds.
    pub bad: &'static str,
    /// One that it does not.
    pub good: &'static str,
    pub(super) find: Option<fn(&SetUp<'_>, &'static str, &mut Vec<Finding>)>,
}

/// A rule whose findings come from the readers.
const fn reading(code: &'static str, severity: Severity) -> Rule {
    Rule {
        code,
        severity,
        message: "",
        reason: "",
        cure: "",
        bad: "",
        good: "",
        find: None,
    }
}

impl Rule {
    const fn new(
        code: &'static str,
        severity: Severity,
        find: fn(&SetUp<'_>, &'static str, &mut Vec<Finding>),
    ) -> Self {
        Self {
            find: Some(find),
            ..reading(code, severity)
        }
    }

    /// The same rule with its words: message, reason, cure.
    const fn says(self, message: &'static str, reason: &'static str, cure: &'static str) -> Self {
        Self {
            message: word(message),
            reason: word(reason),
            cure: word(cure),
            ..self
        }
    }

    /// The same rule with its examples.
    const fn shows(self, bad: &'static str, good: &'static str) -> Self {
        Self {
            bad: word(bad),
            good: word(good),
            ..self
        }
    }
}

/// Every rule.
pub const RULES: &[Rule] = &[
    reading(codes::TRAILING_COMMA, Severity::Error)
        .says(
            "a comma stands before the closing bracket",
            "JSON does not allow it: the service refuses the body, some tools drop it silently.",
            "Delete the comma.",
        )
        .shows(r#"{ "properties": { "loggerType": "applicationInsights", } }"#, r#"{ "properties": { "loggerType": "applicationInsights" } }"#),
    reading(codes::MISSING_COMMA, Severity::Error)
        .says(
            "a comma is missing behind `{0}`",
            "Members and items are parted by commas in JSON.",
            "Add the comma.",
        )
        .shows(r#"{ "a": 1 "b": 2 }"#, r#"{ "a": 1, "b": 2 }"#),
    reading(codes::SINGLE_QUOTES, Severity::Error)
        .says(
            "a text of JSON stands in single quotes: {0}",
            "JSON has double quotes only; Bicep has single ones.",
            "Write double quotes.",
        )
        .shows("{ \"a\": 'b' }", r#"{ "a": "b" }"#),
    reading(codes::COMMENT, Severity::Warning)
        .says(
            "a comment stands in JSON, which has none",
            "Deployments of templates take comments, the REST API refuses them.",
            "Delete the comment before the body is sent.",
        )
        .shows("{ \"a\": 1 } // all", r#"{ "a": 1 }"#),
    reading(codes::UNQUOTED, Severity::Error)
        .says(
            "`{0}` has no quotes",
            "Keys of JSON stand in double quotes, and so do values of attributes of XML.",
            "Write double quotes.",
        )
        .shows("{ a: 1 }", r#"{ "a": 1 }"#),
    reading(codes::BROKEN, Severity::Error)
        .says(
            "this cannot be read: {0}",
            "What stands behind it is read as far as it makes sense; the service refuses all of it.",
            "Write a value there, or delete it.",
        )
        .shows(r#"{ "bytes": about 8, "a": 1 }"#, r#"{ "bytes": 8, "a": 1 }"#),
    reading(codes::UNCLOSED, Severity::Error)
        .says(
            "`{0}` is not closed",
            "Where it ends cannot be told, so that what stands behind it may be misread.",
            "Write its end.",
        )
        .shows(r#"{ "a": [1, 2 }"#, r#"{ "a": [1, 2] }"#),
    reading(codes::NO_VALUE, Severity::Error)
        .says(
            "the key {0} has no value",
            "Every key of JSON has a colon and a value.",
            "Write the value, or delete the key.",
        )
        .shows(r#"{ "durationMs": , "a": 1 }"#, r#"{ "durationMs": 1, "a": 1 }"#),
    reading(codes::NOT_OPEN, Severity::Error)
        .says(
            "`{0}` closes nothing that is open",
            "Elements of a policy end in the order in which they began, the last one first.",
            "Delete it.",
        )
        .shows(
            "<policies><inbound><base /></inbound></outbound></policies>",
            "<policies><inbound><base /></inbound></policies>",
        ),
    reading(codes::UNESCAPED, Severity::Warning)
        .says(
            "`{0}` stands in XML as it is, outside of an expression",
            "XML takes it for the beginning of an element or of an entity, and the service may refuse it.",
            "Write `&lt;` for `<`, and `&amp;` for `&`.",
        )
        .shows(
            "<policies><inbound><set-backend-service base-url=\"https://a/?b=1&c=2\" /></inbound></policies>",
            "<policies><inbound><set-backend-service base-url=\"@(1 < 2 && true ? \"a\" : \"b\")\" /></inbound></policies>",
        ),
    reading(codes::HCL, Severity::Warning)
        .says(
            "HCL is not read: Terraform shows the same as JSON, which is",
            "Its values are known when Terraform has put them together: it shows them as JSON.",
            "Paste what `terraform show -json` prints, of the state or of a saved plan.",
        )
        .shows(
            "resource \"azurerm_api_management_logger\" \"ai\" {\n  name = \"ai\"\n}",
            r#"{ "values": { "root_module": { "resources": [{ "type": "azurerm_api_management_logger", "name": "this", "values": { "name": "ai" } }] } } }"#,
        ),
    reading(codes::YAML, Severity::Warning)
        .says(
            "YAML is not read: the JSON that comes of it is",
            "Playbooks and configurations hold names and differences; what is deployed is JSON.",
            "Paste the JSON: the answer of the REST API, or the files `*Information.json` of APIOps.",
        )
        .shows(
            "loggers:\n  - name: ai\n    properties:\n      loggerType: applicationInsights",
            r#"{ "properties": { "loggerType": "applicationInsights" } }"#,
        ),
    reading(codes::ELSEWHERE, Severity::Info)
        .says(
            "what stands elsewhere is not read: `{0}`, {1}",
            "Only what is pasted is checked: loggers and diagnostics there are not seen.",
            "Paste it as well, or paste what `az bicep build` makes of the whole.",
        )
        .shows(
            "module names './names.bicep' = {\n  name: 'names'\n}",
            r#"{ "properties": { "loggerType": "azureMonitor" } }"#,
        ),
    reading(codes::MODULE_OF_LOGGER, Severity::Warning)
        .says(
            "`{0}` is given to the module `{1}`, which is not read",
            "The module makes what logs; whether it is right is not told here.",
            "Paste the module as well, or paste what `az bicep build` makes of the whole.",
        )
        .shows(
            "module logging './logging.bicep' = {\n  name: 'logging'\n  params: {\n    loggerType: 'applicationInsights'\n  }\n}",
            r#"{ "properties": { "loggerType": "applicationInsights" } }"#,
        ),
    Rule::new("SET0107", Severity::Warning, find::nothing_understood)
        .says(
            "nothing here says what is logged",
            "A logger, a diagnostic entity, a diagnostic setting or a policy is what is checked.",
            "Paste the body or the answer of one of them, a template, or an export.",
        )
        .shows("Hello", r#"{ "properties": { "loggerType": "azureMonitor" } }"#),
    Rule::new("SET0201", Severity::Error, find::parent_as_text)
        .says(
            "`parent` is the text `{0}`, and not the symbol of a resource",
            "Bicep wants the symbol of a resource there; a name is refused (BCP036).",
            "Declare the service as `existing` and give its symbol as the parent.",
        )
        .shows(
            "resource l 'Microsoft.ApiManagement/service/loggers@2024-05-01' = {\n  name: 'l'\n  parent: 'contoso'\n  properties: {\n    loggerType: 'azureMonitor'\n  }\n}",
            "resource s 'Microsoft.ApiManagement/service@2024-05-01' existing = {\n  name: 'contoso'\n}\nresource l 'Microsoft.ApiManagement/service/loggers@2024-05-01' = {\n  name: 'l'\n  parent: s\n  properties: {\n    loggerType: 'azureMonitor'\n  }\n}",
        ),
    Rule::new("SET0202", Severity::Error, find::workspace_type)
        .says(
            "there is no type `{0}`",
            "The documentation spells the type of workspaces with a full stop; it has a slash and a plural.",
            "Write `service/workspaces/loggers`.",
        )
        .shows(
            r#"{ "type": "Microsoft.ApiManagement/service.workspace/loggers", "apiVersion": "2024-05-01", "name": "s/w/l", "properties": {} }"#,
            r#"{ "type": "Microsoft.ApiManagement/service/workspaces/loggers", "apiVersion": "2024-05-01", "name": "s/w/l", "properties": {} }"#,
        ),
    Rule::new("SET0203", Severity::Warning, find::identity_spelling)
        .says(
            "`{0}` is spelled `SystemAssigned` elsewhere",
            "The samples have both spellings; only the one with a capital stands in bodies of the REST API.",
            "Write `SystemAssigned`.",
        )
        .shows(
            r#"{ "properties": { "loggerType": "applicationInsights", "credentials": { "connectionString": "x", "identityClientId": "systemAssigned" } } }"#,
            r#"{ "properties": { "loggerType": "applicationInsights", "credentials": { "connectionString": "x", "identityClientId": "SystemAssigned" } } }"#,
        ),
    Rule::new("SET0204", Severity::Error, find::name_without_parents)
        .says(
            "the name `{0}` has {1} fewer parts than its type",
            "A child that stands by itself in a template is named by all its parents: `service/logger`.",
            "Put the name of the service and a slash before the name.",
        )
        .shows(
            r#"{ "type": "Microsoft.ApiManagement/service/loggers", "apiVersion": "2022-08-01", "name": "l", "properties": {} }"#,
            r#"{ "type": "Microsoft.ApiManagement/service/loggers", "apiVersion": "2022-08-01", "name": "contoso/l", "properties": {} }"#,
        ),
    Rule::new("SET0205", Severity::Warning, find::placeholder)
        .says(
            "`{0}` stands for something that is still to be put in",
            "The deployment takes it as it is, and no telemetry arrives.",
            "Put in the value.",
        )
        .shows(
            r#"{ "properties": { "loggerType": "applicationInsights", "resourceId": "<ResourceID>" } }"#,
            r#"{ "properties": { "loggerType": "applicationInsights", "resourceId": "/subscriptions/s" } }"#,
        ),
    Rule::new("SET0301", Severity::Warning, find::instrumentation_key)
        .says(
            "the logger has an instrumentation key, no connection string",
            "A key alone sends to the global endpoint, lets everyone write who has it, and knows no managed identity.",
            "Give the connection string, with `identityClientId` of a managed identity.",
        )
        .shows(
            r#"{ "properties": { "loggerType": "applicationInsights", "credentials": { "instrumentationKey": "{{key}}" } } }"#,
            r#"{ "properties": { "loggerType": "applicationInsights", "credentials": { "connectionString": "x", "identityClientId": "SystemAssigned" } } }"#,
        ),
    Rule::new("SET0302", Severity::Hint, find::no_identity)
        .says(
            "the logger has a connection string and no managed identity",
            "Whoever knows the string can write telemetry; an identity with a role can be withdrawn.",
            "Add `identityClientId`: `SystemAssigned`, or the client id of a user-assigned identity.",
        )
        .shows(
            r#"{ "properties": { "loggerType": "applicationInsights", "credentials": { "connectionString": "x" } } }"#,
            r#"{ "properties": { "loggerType": "applicationInsights", "credentials": { "connectionString": "x", "identityClientId": "SystemAssigned" } } }"#,
        ),
    Rule::new("SET0303", Severity::Info, find::no_role)
        .says(
            "the role that the identity of `{0}` needs is not in this text",
            "Without Monitoring Metrics Publisher on the component, telemetry is refused and nothing says so.",
            "Assign the role Monitoring Metrics Publisher, scoped to the component, to the identity.",
        )
        .shows(
            r#"{ "name": "l", "properties": { "loggerType": "applicationInsights", "credentials": { "connectionString": "x", "identityClientId": "SystemAssigned" } } }"#,
            r#"[{ "name": "l", "properties": { "loggerType": "applicationInsights", "credentials": { "connectionString": "x", "identityClientId": "SystemAssigned" } } }, { "type": "Microsoft.Authorization/roleAssignments", "name": "r", "properties": { "roleDefinitionId": "/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/3913510d-42f4-4e42-8a64-420c390055eb" } }]"#,
        ),
    Rule::new("SET0304", Severity::Warning, find::key_in_text)
        .says(
            "a key stands in the text as it is",
            "Whoever reads the template, the repository or this text can use it.",
            "Take it from a secure parameter, a named value or Key Vault; change the key if it was shared.",
        )
        .shows(
            r#"{ "properties": { "loggerType": "applicationInsights", "credentials": { "instrumentationKey": "12345678-1234-1234-1234-123456789abc" } } }"#,
            r#"{ "properties": { "loggerType": "applicationInsights", "credentials": { "instrumentationKey": "{{Logger-Credentials}}" } } }"#,
        ),
    Rule::new("SET0401", Severity::Warning, find::sampled_errors)
        .says(
            "{0} % of calls are kept, and errors are not always logged",
            "A failure that is rare is most likely not among them: its absence tells nothing.",
            "Set `alwaysLog` to `allErrors`, or sampling to 100.",
        )
        .shows(
            r#"{ "properties": { "loggerId": "/loggers/a", "sampling": { "percentage": 10 } } }"#,
            r#"{ "properties": { "loggerId": "/loggers/a", "alwaysLog": "allErrors", "sampling": { "percentage": 10 } } }"#,
        ),
    Rule::new("SET0402", Severity::Warning, find::payload_bytes)
        .says(
            "up to {0} bytes of bodies are logged",
            "Bodies cost throughput (logging took 40 to 50 % above 1,000 requests a second in the vendor's load tests), buffer streams, and hold what callers send.",
            "Set `bytes` to 0 as soon as what was looked for is found.",
        )
        .shows(
            r#"{ "properties": { "loggerId": "/loggers/a", "frontend": { "request": { "body": { "bytes": 8192 } } } } }"#,
            r#"{ "properties": { "loggerId": "/loggers/a", "frontend": { "request": { "body": { "bytes": 0 } } } } }"#,
        ),
    Rule::new("SET0403", Severity::Info, find::logged_headers)
        .says(
            "headers are logged: {0}",
            "They cost throughput, and some carry credentials.",
            "Name the ones that are needed, none of them Authorization or Cookie.",
        )
        .shows(
            r#"{ "properties": { "loggerId": "/loggers/a", "backend": { "request": { "headers": ["User-Agent"] } } } }"#,
            r#"{ "properties": { "loggerId": "/loggers/a", "backend": { "request": { "headers": [] } } } }"#,
        ),
    Rule::new("SET0404", Severity::Warning, policy::metrics_off)
        .says(
            "the policy emits metrics (`{0}`), and its diagnostic does not take them",
            "Without `metrics` of the diagnostic `applicationinsights` they are dropped.",
            "Set `metrics` to true in that diagnostic.",
        )
        .shows(
            r#"[{ "name": "applicationinsights", "properties": { "loggerId": "/loggers/a" } }, { "type": "Microsoft.ApiManagement/service/policies", "name": "policy", "properties": { "value": "<policies><inbound><emit-metric name=\"n\"><dimension name=\"API ID\" /></emit-metric></inbound></policies>" } }]"#,
            r#"[{ "name": "applicationinsights", "properties": { "loggerId": "/loggers/a", "metrics": true } }, { "type": "Microsoft.ApiManagement/service/policies", "name": "policy", "properties": { "value": "<policies><inbound><emit-metric name=\"n\"><dimension name=\"API ID\" /></emit-metric></inbound></policies>" } }]"#,
        ),
    Rule::new("SET0405", Severity::Warning, policy::quiet_trace)
        .says(
            "traces of severity `{0}` stay below the verbosity `{1}`",
            "A trace arrives only when its severity is at least the verbosity of the diagnostic.",
            "Write the verbosity as the severity of the trace.",
        )
        .shows(
            r#"[{ "name": "applicationinsights", "properties": { "loggerId": "/loggers/a", "verbosity": "error" } }, { "type": "Microsoft.ApiManagement/service/policies", "name": "policy", "properties": { "value": "<trace source=\"a\" severity=\"information\"><message>m</message></trace>" } }]"#,
            r#"[{ "name": "applicationinsights", "properties": { "loggerId": "/loggers/a", "verbosity": "information" } }, { "type": "Microsoft.ApiManagement/service/policies", "name": "policy", "properties": { "value": "<trace source=\"a\" severity=\"information\"><message>m</message></trace>" } }]"#,
        ),
    Rule::new("SET0406", Severity::Info, find::overridden_logger)
        .says(
            "the API `{0}` has a logger of its own, in the place of the one of all APIs",
            "The logger of one API overrides the one of all: the other component gets nothing of it.",
            "Look in the component of this logger, or remove the diagnostic of the API. Both at once need the vendor's support.",
        )
        .shows(
            r#"[{ "id": "/service/s/diagnostics/applicationinsights", "name": "applicationinsights", "properties": { "loggerId": "/loggers/a" } }, { "id": "/service/s/apis/echo/diagnostics/applicationinsights", "name": "applicationinsights", "properties": { "loggerId": "/loggers/b" } }]"#,
            r#"[{ "id": "/service/s/apis/echo/diagnostics/applicationinsights", "name": "applicationinsights", "properties": { "loggerId": "/loggers/b" } }]"#,
        ),
    Rule::new("SET0407", Severity::Warning, find::same_logger)
        .says(
            "the API `{0}` and all APIs have the same logger",
            "Sending to both levels does not work with one logger, and the settings of the API alone hold for its calls.",
            "Keep one of the two diagnostics, or give them different loggers.",
        )
        .shows(
            r#"[{ "id": "/service/s/diagnostics/applicationinsights", "name": "applicationinsights", "properties": { "loggerId": "/loggers/a" } }, { "id": "/service/s/apis/echo/diagnostics/applicationinsights", "name": "applicationinsights", "properties": { "loggerId": "/loggers/a" } }]"#,
            r#"[{ "id": "/service/s/diagnostics/applicationinsights", "name": "applicationinsights", "properties": { "loggerId": "/loggers/a" } }]"#,
        ),
    Rule::new("SET0408", Severity::Warning, find::llm_messages_off)
        .says(
            "LLM rows are routed, and no diagnostic here logs LLM messages",
            "The category GatewayLlmLogs stays empty until the diagnostic `azuremonitor` of an API has LLM logging enabled.",
            "Set `logs` of `largeLanguageModel` to `enabled` in the diagnostic `azuremonitor`.",
        )
        .shows(
            r#"[{ "name": "d", "properties": { "workspaceId": "/w", "logAnalyticsDestinationType": "Dedicated", "logs": [{ "category": "GatewayLogs", "enabled": true }, { "category": "GatewayLlmLogs", "enabled": true }] } }, { "name": "azuremonitor", "properties": { "loggerId": "/loggers/azuremonitor" } }]"#,
            r#"[{ "name": "d", "properties": { "workspaceId": "/w", "logAnalyticsDestinationType": "Dedicated", "logs": [{ "category": "GatewayLogs", "enabled": true }, { "category": "GatewayLlmLogs", "enabled": true }] } }, { "name": "azuremonitor", "properties": { "loggerId": "/loggers/azuremonitor", "largeLanguageModel": { "logs": "enabled" } } }]"#,
        ),
    Rule::new("SET0409", Severity::Warning, policy::too_many_dimensions)
        .says(
            "`{0}` has {1} dimensions, and takes {2} at most",
            "The service refuses more, or takes the policy and the metric is never seen.",
            "Leave out dimensions, or emit a second metric.",
        )
        .shows(
            r#"<llm-emit-token-metric><dimension name="API ID" /><dimension name="User ID" /><dimension name="Product ID" /><dimension name="Location" /><dimension name="Gateway ID" /><dimension name="Operation ID" /></llm-emit-token-metric>"#,
            r#"<emit-metric name="n"><dimension name="API ID" /><dimension name="User ID" /><dimension name="Product ID" /><dimension name="Location" /><dimension name="Gateway ID" /><dimension name="Operation ID" /></emit-metric>"#,
        ),
    Rule::new("SET0410", Severity::Error, policy::dimension_without_value)
        .says(
            "the gateway knows no value of the dimension `{0}`",
            "Only API ID, Operation ID, Product ID, User ID, Subscription ID, Location, Gateway ID and Backend ID have one of themselves.",
            "Give the dimension a `value`, or the name of one that the gateway knows.",
        )
        .shows(
            r#"<emit-metric name="n"><dimension name="Team" /></emit-metric>"#,
            r#"<emit-metric name="n"><dimension name="Team" value="@(context.Subscription.Name)" /></emit-metric>"#,
        ),
    Rule::new("SET0411", Severity::Error, policy::required)
        .says(
            "`{0}` requires `{1}`",
            "The service refuses the policy without it.",
            "Add it.",
        )
        .shows(
            r#"<emit-metric name="n"></emit-metric>"#,
            r#"<emit-metric name="n"><dimension name="API ID" /></emit-metric>"#,
        ),
    Rule::new("SET0412", Severity::Warning, policy::wrong_section)
        .says(
            "`{0}` stands in `{1}`, and belongs in `inbound`",
            "The documentation knows it there alone; the policy waits for the answer itself.",
            "Move it to the section `inbound`.",
        )
        .shows(
            r#"<policies><outbound><llm-emit-token-metric><dimension name="API ID" /></llm-emit-token-metric></outbound></policies>"#,
            r#"<policies><inbound><llm-emit-token-metric><dimension name="API ID" /></llm-emit-token-metric></inbound></policies>"#,
        ),
    Rule::new("SET0413", Severity::Error, policy::expression_as_name)
        .says(
            "`{0}` of `{1}` takes no expression",
            "The service refuses the policy: names and severities are the same for every call.",
            "Write a text as it is; what differs from call to call goes into a dimension or the message.",
        )
        .shows(
            r#"<emit-metric name="@(context.Api.Name)"><dimension name="API ID" /></emit-metric>"#,
            r#"<emit-metric name="calls" value="@(context.Elapsed.TotalSeconds)"><dimension name="API ID" /></emit-metric>"#,
        ),
    Rule::new("SET0414", Severity::Error, policy::unknown_severity)
        .says(
            "`{0}` is no severity of a trace",
            "There are three: verbose, information and error.",
            "Write one of the three.",
        )
        .shows(
            r#"<trace source="a" severity="warning"><message>m</message></trace>"#,
            r#"<trace source="a" severity="error"><message>m</message></trace>"#,
        ),
    Rule::new("SET0415", Severity::Info, policy::metrics_unknown)
        .says(
            "the diagnostic that takes the metrics of `{0}` is not in this text",
            "Without `metrics` of the diagnostic `applicationinsights` they are dropped, and nothing says so.",
            "See that `metrics` is true there, or paste the diagnostic as well.",
        )
        .shows(
            r#"<emit-metric name="n"><dimension name="API ID" /></emit-metric>"#,
            r#"<emit-metric name="n"><dimension name="API ID" /></emit-metric> { "name": "applicationinsights", "properties": { "loggerId": "/loggers/a", "metrics": true } }"#,
        ),
    Rule::new("SET0501", Severity::Warning, find::category_not_routed)
        .says(
            "the category `{0}` is not routed",
            "What a category says is in no workspace unless a diagnostic setting names it.",
            "Add the category to the diagnostic setting, enabled.",
        )
        .shows(
            r#"{ "properties": { "workspaceId": "/w", "logAnalyticsDestinationType": "Dedicated", "logs": [{ "category": "GatewayLogs", "enabled": false }] } }"#,
            r#"{ "properties": { "workspaceId": "/w", "logAnalyticsDestinationType": "Dedicated", "logs": [{ "category": "GatewayLogs", "enabled": true }] } }"#,
        ),
    Rule::new("SET0502", Severity::Warning, find::shared_table)
        .says(
            "rows go to the shared table AzureDiagnostics",
            "It has 500 columns for all services together, and other names; LLM rows are best read in a table of their own.",
            "Set `logAnalyticsDestinationType` to `Dedicated`.",
        )
        .shows(
            r#"{ "properties": { "workspaceId": "/w", "logs": [{ "category": "GatewayLogs", "enabled": true }] } }"#,
            r#"{ "properties": { "workspaceId": "/w", "logAnalyticsDestinationType": "Dedicated", "logs": [{ "category": "GatewayLogs", "enabled": true }] } }"#,
        ),
    Rule::new("SET0601", Severity::Info, find::self_hosted)
        .says(
            "`{0}` is a self-hosted gateway: its telemetry may be lost",
            "It buffers telemetry in memory only: what is there when it stops or cannot reach Azure never arrives.",
            "Do not read missing rows as missing calls; log on the cluster as well.",
        )
        .shows(
            r#"{ "type": "Microsoft.ApiManagement/service/gateways", "name": "s/on-site", "properties": {} }"#,
            r#"{ "properties": { "loggerType": "azureMonitor" } }"#,
        ),
    Rule::new("SET0602", Severity::Error, find::left_out_of_scope)
        .says(
            "the private link scope takes private ingestion only, and leaves out `{0}`",
            "Telemetry that comes by another way is refused: nothing arrives.",
            "Add the component and its workspace to the scope, or allow open ingestion.",
        )
        .shows(
            r#"[{ "type": "Microsoft.Insights/privateLinkScopes", "name": "p", "properties": { "accessModeSettings": { "ingestionAccessMode": "PrivateOnly" } } }, { "type": "Microsoft.Insights/components", "name": "app", "properties": { "WorkspaceResourceId": "/x/workspaces/logs" } }, { "type": "Microsoft.Insights/privateLinkScopes/scopedResources", "name": "p/a", "properties": { "linkedResourceId": "/x/components/app" } }, { "type": "Microsoft.Insights/webtests", "name": "t" }]"#,
            r#"[{ "type": "Microsoft.Insights/privateLinkScopes", "name": "p", "properties": { "accessModeSettings": { "ingestionAccessMode": "PrivateOnly" } } }, { "type": "Microsoft.Insights/components", "name": "app", "properties": { "WorkspaceResourceId": "/x/workspaces/logs" } }, { "type": "Microsoft.Insights/privateLinkScopes/scopedResources", "name": "p/a", "properties": { "linkedResourceId": "/x/components/app" } }, { "type": "Microsoft.Insights/privateLinkScopes/scopedResources", "name": "p/b", "properties": { "linkedResourceId": "/x/workspaces/logs" } }, { "type": "Microsoft.Insights/webtests", "name": "t" }]"#,
        ),
    Rule::new("SET0603", Severity::Info, find::no_availability_monitor)
        .says(
            "there is no availability test beside the component `{0}`",
            "A gateway that answers nobody writes no rows: only a test from outside tells.",
            "Add a standard test of the gateway's status endpoint.",
        )
        .shows(
            r#"{ "type": "Microsoft.Insights/components", "name": "app", "properties": {} }"#,
            r#"[{ "type": "Microsoft.Insights/components", "name": "app", "properties": {} }, { "type": "Microsoft.Insights/webtests", "name": "t" }]"#,
        ),
];
