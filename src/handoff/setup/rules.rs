//! The rules of a set-up: what each means, why it matters, what to do, and how it is found.
//!
//! Input: the resources of a set-up. Output: findings. Each rule carries a text that it finds and one
//! that it does not; tests run both. The words are beside the module (`catalogues.js`).

use super::check::{Finding, SetUp, codes};
use super::diagnostic_setting::CATEGORIES;
use super::document::{Kind, Node, edit};
use super::resources::{Resource, Role, last_name};
use crate::diagnostic::{Edit, Severity};
use crate::text::{Span, cut, documentation as word};
use crate::value::guid;

/// Most findings of one rule.
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
            "JSON has no comments",
            "Deployments of templates take comments, the REST API refuses them.",
            "Delete the comment before the body is sent.",
        )
        .shows("{ \"a\": 1 } // all", r#"{ "a": 1 }"#),
    reading(codes::UNQUOTED_KEY, Severity::Error)
        .says(
            "the key `{0}` has no quotes",
            "Keys of JSON stand in double quotes.",
            "Write the key in double quotes.",
        )
        .shows("{ a: 1 }", r#"{ "a": 1 }"#),
    reading(codes::BROKEN, Severity::Error)
        .says(
            "this cannot be read: {0}",
            "What stands behind it is read as far as it makes sense; the service refuses all of it.",
            "Close brackets and texts, and give every key a value.",
        )
        .shows(r#"{ "durationMs": , "a": [1, 2 }"#, r#"{ "durationMs": 1, "a": [1, 2] }"#),
    Rule::new("SET0107", Severity::Warning, nothing_understood)
        .says(
            "nothing here says what is logged",
            "A logger, a diagnostic entity, a diagnostic setting or a policy is what is checked.",
            "Paste the body or the answer of one of them, a template, or an export.",
        )
        .shows("Hello", r#"{ "properties": { "loggerType": "azureMonitor" } }"#),
    Rule::new("SET0201", Severity::Error, parent_as_text)
        .says(
            "`parent` is a text: {0}",
            "Bicep wants the symbol of a resource there; a name is refused (BCP036).",
            "Declare the service as `existing` and give its symbol as the parent.",
        )
        .shows(
            "resource l 'Microsoft.ApiManagement/service/loggers@2024-05-01' = {\n  name: 'l'\n  parent: 'contoso'\n  properties: {\n    loggerType: 'azureMonitor'\n  }\n}",
            "resource s 'Microsoft.ApiManagement/service@2024-05-01' existing = {\n  name: 'contoso'\n}\nresource l 'Microsoft.ApiManagement/service/loggers@2024-05-01' = {\n  name: 'l'\n  parent: s\n  properties: {\n    loggerType: 'azureMonitor'\n  }\n}",
        ),
    Rule::new("SET0202", Severity::Error, workspace_type)
        .says(
            "there is no type `{0}`",
            "The documentation spells the type of workspaces with a full stop; it has a slash and a plural.",
            "Write `service/workspaces/loggers`.",
        )
        .shows(
            r#"{ "type": "Microsoft.ApiManagement/service.workspace/loggers", "apiVersion": "2024-05-01", "name": "s/w/l", "properties": {} }"#,
            r#"{ "type": "Microsoft.ApiManagement/service/workspaces/loggers", "apiVersion": "2024-05-01", "name": "s/w/l", "properties": {} }"#,
        ),
    Rule::new("SET0203", Severity::Warning, identity_spelling)
        .says(
            "`{0}` is spelled `SystemAssigned` elsewhere",
            "The samples have both spellings; only the one with a capital stands in bodies of the REST API.",
            "Write `SystemAssigned`.",
        )
        .shows(
            r#"{ "properties": { "loggerType": "applicationInsights", "credentials": { "connectionString": "x", "identityClientId": "systemAssigned" } } }"#,
            r#"{ "properties": { "loggerType": "applicationInsights", "credentials": { "connectionString": "x", "identityClientId": "SystemAssigned" } } }"#,
        ),
    Rule::new("SET0204", Severity::Error, name_without_parents)
        .says(
            "the name `{0}` has {1} fewer parts than its type",
            "A child that stands by itself in a template is named by all its parents: `service/logger`.",
            "Put the name of the service and a slash before the name.",
        )
        .shows(
            r#"{ "type": "Microsoft.ApiManagement/service/loggers", "apiVersion": "2022-08-01", "name": "l", "properties": {} }"#,
            r#"{ "type": "Microsoft.ApiManagement/service/loggers", "apiVersion": "2022-08-01", "name": "contoso/l", "properties": {} }"#,
        ),
    Rule::new("SET0205", Severity::Warning, placeholder)
        .says(
            "`{0}` stands for something that is still to be put in",
            "The deployment takes it as it is, and no telemetry arrives.",
            "Put in the value.",
        )
        .shows(
            r#"{ "properties": { "loggerType": "applicationInsights", "resourceId": "<ResourceID>" } }"#,
            r#"{ "properties": { "loggerType": "applicationInsights", "resourceId": "/subscriptions/s" } }"#,
        ),
    Rule::new("SET0301", Severity::Warning, instrumentation_key)
        .says(
            "the logger has an instrumentation key, no connection string",
            "A key alone sends to the global endpoint, lets everyone write who has it, and knows no managed identity.",
            "Give the connection string, with `identityClientId` of a managed identity.",
        )
        .shows(
            r#"{ "properties": { "loggerType": "applicationInsights", "credentials": { "instrumentationKey": "{{key}}" } } }"#,
            r#"{ "properties": { "loggerType": "applicationInsights", "credentials": { "connectionString": "x", "identityClientId": "SystemAssigned" } } }"#,
        ),
    Rule::new("SET0302", Severity::Hint, no_identity)
        .says(
            "the logger has a connection string and no managed identity",
            "Whoever knows the string can write telemetry; an identity with a role can be withdrawn.",
            "Add `identityClientId`: `SystemAssigned`, or the client id of a user-assigned identity.",
        )
        .shows(
            r#"{ "properties": { "loggerType": "applicationInsights", "credentials": { "connectionString": "x" } } }"#,
            r#"{ "properties": { "loggerType": "applicationInsights", "credentials": { "connectionString": "x", "identityClientId": "SystemAssigned" } } }"#,
        ),
    Rule::new("SET0303", Severity::Info, no_role)
        .says(
            "the role that the identity of `{0}` needs is not in this text",
            "Without Monitoring Metrics Publisher on the component, telemetry is refused and nothing says so.",
            "Assign the role Monitoring Metrics Publisher, scoped to the component, to the identity.",
        )
        .shows(
            r#"{ "name": "l", "properties": { "loggerType": "applicationInsights", "credentials": { "connectionString": "x", "identityClientId": "SystemAssigned" } } }"#,
            r#"[{ "name": "l", "properties": { "loggerType": "applicationInsights", "credentials": { "connectionString": "x", "identityClientId": "SystemAssigned" } } }, { "type": "Microsoft.Authorization/roleAssignments", "name": "r", "properties": { "roleDefinitionId": "/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/3913510d-42f4-4e42-8a64-420c390055eb" } }]"#,
        ),
    Rule::new("SET0304", Severity::Warning, key_in_text)
        .says(
            "a key stands in the text",
            "Whoever reads the template, the repository or this text can use it.",
            "Take it from a secure parameter, a named value or Key Vault; change the key if it was shared.",
        )
        .shows(
            r#"{ "properties": { "loggerType": "applicationInsights", "credentials": { "instrumentationKey": "12345678-1234-1234-1234-123456789abc" } } }"#,
            r#"{ "properties": { "loggerType": "applicationInsights", "credentials": { "instrumentationKey": "{{Logger-Credentials}}" } } }"#,
        ),
    Rule::new("SET0401", Severity::Warning, sampled_errors)
        .says(
            "{0} % of calls are kept, and errors are not always logged",
            "A failure that is rare is most likely not among them: its absence tells nothing.",
            "Set `alwaysLog` to `allErrors`, or sampling to 100.",
        )
        .shows(
            r#"{ "properties": { "loggerId": "/loggers/a", "sampling": { "percentage": 10 } } }"#,
            r#"{ "properties": { "loggerId": "/loggers/a", "alwaysLog": "allErrors", "sampling": { "percentage": 10 } } }"#,
        ),
    Rule::new("SET0402", Severity::Warning, payload_bytes)
        .says(
            "up to {0} bytes of bodies are logged",
            "Bodies cost throughput (logging took 40 to 50 % above 1,000 requests a second in the vendor's load tests), buffer streams, and hold what callers send.",
            "Set it for the API that is looked into, for as long as that takes.",
        )
        .shows(
            r#"{ "properties": { "loggerId": "/loggers/a", "frontend": { "request": { "body": { "bytes": 8192 } } } } }"#,
            r#"{ "properties": { "loggerId": "/loggers/a", "frontend": { "request": { "body": { "bytes": 0 } } } } }"#,
        ),
    Rule::new("SET0403", Severity::Info, logged_headers)
        .says(
            "headers are logged: {0}",
            "They cost throughput, and some carry credentials.",
            "Name the ones that are needed, none of them Authorization or Cookie.",
        )
        .shows(
            r#"{ "properties": { "loggerId": "/loggers/a", "backend": { "request": { "headers": ["User-Agent"] } } } }"#,
            r#"{ "properties": { "loggerId": "/loggers/a", "backend": { "request": { "headers": [] } } } }"#,
        ),
    Rule::new("SET0404", Severity::Warning, metrics_off)
        .says(
            "the policy emits metrics (`{0}`), and its diagnostic does not take them",
            "Without `metrics` of the diagnostic `applicationinsights` they are dropped.",
            "Set `metrics` to true in that diagnostic.",
        )
        .shows(
            r#"[{ "name": "applicationinsights", "properties": { "loggerId": "/loggers/a" } }, { "type": "Microsoft.ApiManagement/service/policies", "name": "policy", "properties": { "value": "<policies><inbound><emit-metric name=\"n\"><dimension name=\"API ID\" /></emit-metric></inbound></policies>" } }]"#,
            r#"[{ "name": "applicationinsights", "properties": { "loggerId": "/loggers/a", "metrics": true } }, { "type": "Microsoft.ApiManagement/service/policies", "name": "policy", "properties": { "value": "<policies><inbound><emit-metric name=\"n\"><dimension name=\"API ID\" /></emit-metric></inbound></policies>" } }]"#,
        ),
    Rule::new("SET0405", Severity::Warning, quiet_trace)
        .says(
            "traces of severity `{0}` stay below the verbosity `{1}`",
            "A trace arrives only when its severity is at least the verbosity of the diagnostic.",
            "Raise the severity of the trace, or lower the verbosity.",
        )
        .shows(
            r#"[{ "name": "applicationinsights", "properties": { "loggerId": "/loggers/a", "verbosity": "error" } }, { "type": "Microsoft.ApiManagement/service/policies", "name": "policy", "properties": { "value": "<trace source=\"a\" severity=\"information\"><message>m</message></trace>" } }]"#,
            r#"[{ "name": "applicationinsights", "properties": { "loggerId": "/loggers/a", "verbosity": "information" } }, { "type": "Microsoft.ApiManagement/service/policies", "name": "policy", "properties": { "value": "<trace source=\"a\" severity=\"information\"><message>m</message></trace>" } }]"#,
        ),
    Rule::new("SET0406", Severity::Info, overridden_logger)
        .says(
            "for the API `{0}` this stands in the place of the logger of all APIs",
            "The logger of one API overrides the one of all: the other component gets nothing of it.",
            "Look in the component of this logger, or remove the diagnostic of the API. Both at once need the vendor's support.",
        )
        .shows(
            r#"[{ "id": "/service/s/diagnostics/applicationinsights", "name": "applicationinsights", "properties": { "loggerId": "/loggers/a" } }, { "id": "/service/s/apis/echo/diagnostics/applicationinsights", "name": "applicationinsights", "properties": { "loggerId": "/loggers/b" } }]"#,
            r#"[{ "id": "/service/s/apis/echo/diagnostics/applicationinsights", "name": "applicationinsights", "properties": { "loggerId": "/loggers/b" } }]"#,
        ),
    Rule::new("SET0407", Severity::Warning, same_logger)
        .says(
            "the API `{0}` and all APIs have the same logger",
            "Sending to both levels does not work with one logger, and the settings of the API alone hold for its calls.",
            "Keep one of the two diagnostics, or give them different loggers.",
        )
        .shows(
            r#"[{ "id": "/service/s/diagnostics/applicationinsights", "name": "applicationinsights", "properties": { "loggerId": "/loggers/a" } }, { "id": "/service/s/apis/echo/diagnostics/applicationinsights", "name": "applicationinsights", "properties": { "loggerId": "/loggers/a" } }]"#,
            r#"[{ "id": "/service/s/diagnostics/applicationinsights", "name": "applicationinsights", "properties": { "loggerId": "/loggers/a" } }]"#,
        ),
    Rule::new("SET0408", Severity::Warning, llm_messages_off)
        .says(
            "LLM rows are routed, and no diagnostic here logs LLM messages",
            "The category GatewayLlmLogs stays empty until the diagnostic `azuremonitor` of an API has LLM logging enabled.",
            "Set `largeLanguageModel` of the diagnostic `azuremonitor`.",
        )
        .shows(
            r#"[{ "name": "d", "properties": { "workspaceId": "/w", "logAnalyticsDestinationType": "Dedicated", "logs": [{ "category": "GatewayLogs", "enabled": true }, { "category": "GatewayLlmLogs", "enabled": true }] } }, { "name": "azuremonitor", "properties": { "loggerId": "/loggers/azuremonitor" } }]"#,
            r#"[{ "name": "d", "properties": { "workspaceId": "/w", "logAnalyticsDestinationType": "Dedicated", "logs": [{ "category": "GatewayLogs", "enabled": true }, { "category": "GatewayLlmLogs", "enabled": true }] } }, { "name": "azuremonitor", "properties": { "loggerId": "/loggers/azuremonitor", "largeLanguageModel": { "logs": "enabled" } } }]"#,
        ),
    Rule::new("SET0501", Severity::Warning, category_not_routed)
        .says(
            "the category `{0}` is not routed",
            "What a category says is in no workspace unless a diagnostic setting names it.",
            "Add the category to the diagnostic setting.",
        )
        .shows(
            r#"{ "properties": { "workspaceId": "/w", "logAnalyticsDestinationType": "Dedicated", "logs": [{ "category": "GatewayLogs", "enabled": false }] } }"#,
            r#"{ "properties": { "workspaceId": "/w", "logAnalyticsDestinationType": "Dedicated", "logs": [{ "category": "GatewayLogs", "enabled": true }] } }"#,
        ),
    Rule::new("SET0502", Severity::Warning, shared_table)
        .says(
            "rows go to the shared table AzureDiagnostics",
            "It has 500 columns for all services together, and other names; LLM rows are best read in a table of their own.",
            "Set `logAnalyticsDestinationType` to `Dedicated`.",
        )
        .shows(
            r#"{ "properties": { "workspaceId": "/w", "logs": [{ "category": "GatewayLogs", "enabled": true }] } }"#,
            r#"{ "properties": { "workspaceId": "/w", "logAnalyticsDestinationType": "Dedicated", "logs": [{ "category": "GatewayLogs", "enabled": true }] } }"#,
        ),
    Rule::new("SET0601", Severity::Info, self_hosted)
        .says(
            "`{0}` is a self-hosted gateway: its telemetry may be lost",
            "It buffers telemetry in memory only: what is there when it stops or cannot reach Azure never arrives.",
            "Do not read missing rows as missing calls; log on the cluster as well.",
        )
        .shows(
            r#"{ "type": "Microsoft.ApiManagement/service/gateways", "name": "s/on-site", "properties": {} }"#,
            r#"{ "properties": { "loggerType": "azureMonitor" } }"#,
        ),
    Rule::new("SET0602", Severity::Error, left_out_of_scope)
        .says(
            "the private link scope takes private ingestion only, and leaves out `{0}`",
            "Telemetry that comes by another way is refused: nothing arrives.",
            "Add the component and its workspace to the scope, or allow open ingestion.",
        )
        .shows(
            r#"[{ "type": "Microsoft.Insights/privateLinkScopes", "name": "p", "properties": { "accessModeSettings": { "ingestionAccessMode": "PrivateOnly" } } }, { "type": "Microsoft.Insights/components", "name": "app", "properties": { "WorkspaceResourceId": "/x/workspaces/logs" } }, { "type": "Microsoft.Insights/privateLinkScopes/scopedResources", "name": "p/a", "properties": { "linkedResourceId": "/x/components/app" } }, { "type": "Microsoft.Insights/webtests", "name": "t" }]"#,
            r#"[{ "type": "Microsoft.Insights/privateLinkScopes", "name": "p", "properties": { "accessModeSettings": { "ingestionAccessMode": "PrivateOnly" } } }, { "type": "Microsoft.Insights/components", "name": "app", "properties": { "WorkspaceResourceId": "/x/workspaces/logs" } }, { "type": "Microsoft.Insights/privateLinkScopes/scopedResources", "name": "p/a", "properties": { "linkedResourceId": "/x/components/app" } }, { "type": "Microsoft.Insights/privateLinkScopes/scopedResources", "name": "p/b", "properties": { "linkedResourceId": "/x/workspaces/logs" } }, { "type": "Microsoft.Insights/webtests", "name": "t" }]"#,
        ),
    Rule::new("SET0603", Severity::Info, no_availability_monitor)
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

type Finds<'f> = &'f mut Vec<Finding>;

fn add(finds: Finds<'_>, code: &'static str, span: Span, values: &[&str]) {
    let values = values.iter().map(|value| cut(value, 40)).collect();
    finds.push(Finding::new(code, span, values));
}

/// Another member of an object, as the language of the text writes it.
fn with_member(set_up: &SetUp<'_>, resource: &Resource, key: &str, value: &str) -> Vec<Edit> {
    let node = &resource.properties;
    if resource.kind.starts_with("azurerm_") || node.members().is_empty() {
        return Vec::new();
    }
    let quote = |text: &str| match text {
        "true" => text.to_owned(),
        _ if set_up.is_bicep => format!("'{text}'"),
        _ => format!("\"{text}\""),
    };
    if let Some(member) = node.get(key) {
        return edit(member.span, quote(value));
    }
    let place = Span::new(node.span.start + 1, node.span.start + 1);
    let text = if set_up.is_bicep {
        format!("\n    {key}: {}", quote(value))
    } else {
        format!(" \"{key}\": {},", quote(value))
    };
    edit(place, text)
}

fn nothing_understood(set_up: &SetUp<'_>, code: &'static str, finds: Finds<'_>) {
    if set_up.resources.is_empty() && finds.is_empty() {
        add(finds, code, Span::new(0, 0), &[]);
    }
}

fn parent_as_text(set_up: &SetUp<'_>, code: &'static str, finds: Finds<'_>) {
    for resource in set_up.resources.iter().filter(|_| set_up.is_bicep) {
        if let Some(parent) = resource.node.get("parent")
            && let Some(text) = parent.text()
        {
            add(finds, code, parent.span, &[text]);
        }
    }
}

const WRONG_TYPE: &str = "service.workspace/";

fn workspace_type(set_up: &SetUp<'_>, code: &'static str, finds: Finds<'_>) {
    for resource in &set_up.resources {
        let Some(node) = resource.node.get("type") else {
            continue;
        };
        let written = node.span.of(set_up.text).to_ascii_lowercase();
        if let Some(at) = written.find(WRONG_TYPE) {
            let start = node.span.start + at as u32;
            let span = Span::new(start, start + WRONG_TYPE.len() as u32);
            add(finds, code, node.span, &[&resource.kind]);
            if let Some(finding) = finds.last_mut() {
                finding.edits = edit(span, "service/workspaces/");
            }
        }
    }
}

fn identity(resource: &Resource) -> Option<&Node> {
    resource.at("credentials.identityClientId")
}

fn identity_spelling(set_up: &SetUp<'_>, code: &'static str, finds: Finds<'_>) {
    for node in set_up.of(Role::Logger).filter_map(identity) {
        let text = node.text().unwrap_or_default();
        if text != "SystemAssigned" && text.eq_ignore_ascii_case("SystemAssigned") {
            add(finds, code, node.span, &[text]);
            let quote = if set_up.is_bicep { '\'' } else { '"' };
            if let Some(finding) = finds.last_mut() {
                finding.edits = edit(node.span, format!("{quote}SystemAssigned{quote}"));
            }
        }
    }
}

fn name_without_parents(set_up: &SetUp<'_>, code: &'static str, finds: Finds<'_>) {
    for resource in &set_up.resources {
        let node = &resource.node;
        let is_deployed = node.get("apiVersion").is_some() && node.get("id").is_none();
        let has_parent =
            resource.is_nested || node.get("parent").is_some() || node.get("scope").is_some();
        let name = node.get("name").and_then(Node::text).unwrap_or_default();
        let is_expression = !set_up.is_bicep && name.starts_with('[');
        let kind = resource.kind.to_lowercase();
        if !is_deployed
            || has_parent
            || is_expression
            || name.is_empty()
            || !kind.starts_with("microsoft.apimanagement/")
        {
            continue;
        }
        let n_types = kind
            .replace(WRONG_TYPE, "service/workspaces/")
            .matches('/')
            .count();
        let n_names = name.split('/').count();
        if n_names < n_types {
            let missing = (n_types - n_names).to_string();
            add(finds, code, resource.span, &[name, &missing]);
        }
    }
}

/// Calls a function with every text below a node, and its key.
fn each_text<'n>(node: &'n Node, key: &'n str, see: &mut dyn FnMut(&'n str, &'n str, Span)) {
    if let Some(text) = node.text() {
        see(key, text, node.span);
    }
    for item in node.items() {
        each_text(item, key, see);
    }
    for member in node.members() {
        each_text(&member.value, &member.key, see);
    }
}

fn placeholder(set_up: &SetUp<'_>, code: &'static str, finds: Finds<'_>) {
    for resource in set_up
        .resources
        .iter()
        .filter(|one| one.role != Role::Policy)
    {
        each_text(&resource.node, "", &mut |key, text, span| {
            let is_hole = text.len() > 2
                && text.starts_with('<')
                && text.ends_with('>')
                && !text.contains(['"', '=']);
            let is_cut = key.eq_ignore_ascii_case("connectionString")
                && (text.ends_with("...") || text.contains("//xxxx"));
            if is_hole || is_cut {
                add(finds, code, span, &[text]);
            }
        });
    }
}

fn credential<'r>(resource: &'r Resource, key: &str) -> Option<&'r Node> {
    resource.at("credentials")?.get(key)
}

fn instrumentation_key(set_up: &SetUp<'_>, code: &'static str, finds: Finds<'_>) {
    for resource in set_up.of(Role::Logger) {
        if let Some(key) = credential(resource, "instrumentationKey")
            && credential(resource, "connectionString").is_none()
        {
            add(finds, code, key.span, &[]);
        }
    }
}

fn no_identity(set_up: &SetUp<'_>, code: &'static str, finds: Finds<'_>) {
    for resource in set_up.of(Role::Logger) {
        // Loggers of workspaces cannot have one.
        let is_of_workspace = resource.kind.to_lowercase().contains("workspace");
        if let Some(node) = credential(resource, "connectionString")
            && identity(resource).is_none()
            && !is_of_workspace
        {
            add(finds, code, node.span, &[]);
        }
    }
}

/// Monitoring Metrics Publisher.
const PUBLISHER: &str = "3913510d-42f4-4e42-8a64-420c390055eb";

fn no_role(set_up: &SetUp<'_>, code: &'static str, finds: Finds<'_>) {
    let has_role = set_up.of(Role::RoleAssignment).any(|resource| {
        let role = resource.words("roleDefinitionId").unwrap_or_default();
        role.to_lowercase().contains(PUBLISHER) || role == "Monitoring Metrics Publisher"
    });
    for resource in set_up.of(Role::Logger).filter(|_| !has_role) {
        if let Some(node) = identity(resource) {
            add(finds, code, node.span, &[&resource.name]);
        }
    }
}

/// Whether a text is a GUID that is no placeholder.
fn is_key(text: &str) -> bool {
    text.trim().len() == 36 && guid::parse(text.trim()).is_some_and(|bits| bits != 0)
}

fn key_in_text(set_up: &SetUp<'_>, code: &'static str, finds: Finds<'_>) {
    for resource in &set_up.resources {
        let has_identity = identity(resource).is_some();
        each_text(&resource.node, "", &mut |key, text, span| {
            let holds = |name: &str, is_secret: fn(&str) -> bool| {
                text.split(';').any(|part| {
                    let (found, value) = part.split_once('=').unwrap_or_default();
                    found.trim().eq_ignore_ascii_case(name) && is_secret(value)
                })
            };
            let is_long = |value: &str| value.len() >= 20;
            let is_secret = matches!(key, "instrumentationKey" | "instrumentation_key")
                && is_key(text)
                || !has_identity && holds("InstrumentationKey", is_key)
                || holds("SharedAccessKey", is_long)
                || holds("AccountKey", is_long);
            if is_secret {
                add(finds, code, span, &[]);
            }
        });
    }
}

fn sampled_errors(set_up: &SetUp<'_>, code: &'static str, finds: Finds<'_>) {
    for resource in set_up.of(Role::Diagnostic) {
        let Some(node) = resource.at("sampling.percentage") else {
            continue;
        };
        let always = resource.at("alwaysLog");
        let is_always = always.is_some_and(|node| node.words().is_some());
        if let Some(percentage) = node.number()
            && percentage < 100.0
            && !is_always
        {
            add(finds, code, node.span, &[&percentage.to_string()]);
            if let Some(finding) = finds.last_mut() {
                finding.edits = with_member(set_up, resource, "alwaysLog", "allErrors");
            }
        }
    }
}

/// The four sides of a diagnostic.
pub(super) fn sides(resource: &Resource) -> impl Iterator<Item = &Node> {
    let paths = [
        "frontend.request",
        "frontend.response",
        "backend.request",
        "backend.response",
    ];
    paths.into_iter().filter_map(|path| resource.at(path))
}

fn payload_bytes(set_up: &SetUp<'_>, code: &'static str, finds: Finds<'_>) {
    for resource in set_up.of(Role::Diagnostic) {
        for node in sides(resource).filter_map(|side| side.at("body.bytes")) {
            if let Some(bytes) = node.number().filter(|bytes| *bytes > 0.0) {
                add(finds, code, node.span, &[&bytes.to_string()]);
            }
        }
    }
}

fn logged_headers(set_up: &SetUp<'_>, code: &'static str, finds: Finds<'_>) {
    for resource in set_up.of(Role::Diagnostic) {
        for node in sides(resource).filter_map(|side| side.get("headers")) {
            let names: Vec<&str> = node.items().iter().filter_map(Node::text).collect();
            if !names.is_empty() {
                add(finds, code, node.span, &[&names.join(", ")]);
            }
        }
    }
}

/// The diagnostic of Application Insights that holds for the scope of a policy.
fn diagnostic_of<'s>(set_up: &'s SetUp<'_>, policy: &Resource) -> Option<&'s Resource> {
    let of = |api: Option<&str>| {
        set_up.of(Role::Diagnostic).find(|resource| {
            resource.api.as_deref() == api
                && resource.name.eq_ignore_ascii_case("applicationinsights")
        })
    };
    of(policy.api.as_deref()).or_else(|| of(None))
}

/// The starts of elements of a policy, without those in comments.
fn elements(policy: &Resource) -> Vec<String> {
    let text = policy.words("value").unwrap_or_default();
    let mut parts = text.split("<!--");
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        kept.push_str(part.split_once("-->").map_or("", |(_, rest)| rest));
    }
    kept.split('<').skip(1).map(str::to_owned).collect()
}

fn metrics_off(set_up: &SetUp<'_>, code: &'static str, finds: Finds<'_>) {
    for policy in set_up.of(Role::Policy) {
        let elements = elements(policy);
        let names = elements.iter().map(|element| {
            let name = element.split(|c: char| c.is_whitespace() || c == '>' || c == '/');
            name.into_iter().next().unwrap_or_default()
        });
        let emits = names
            .into_iter()
            .find(|name| *name == "emit-metric" || name.ends_with("emit-token-metric"));
        let (Some(emits), Some(diagnostic)) = (emits, diagnostic_of(set_up, policy)) else {
            continue;
        };
        let metrics = diagnostic.at("metrics");
        if metrics.is_none_or(|node| node.flag() == Some(false))
            && !diagnostic.kind.starts_with("azurerm_")
        {
            add(
                finds,
                code,
                metrics.map_or(diagnostic.span, |node| node.span),
                &[emits],
            );
            if let Some(finding) = finds.last_mut() {
                finding.edits = with_member(set_up, diagnostic, "metrics", "true");
            }
        }
    }
}

/// Severities of traces, the least first.
const SEVERITIES: [&str; 3] = ["verbose", "information", "error"];

fn quiet_trace(set_up: &SetUp<'_>, code: &'static str, finds: Finds<'_>) {
    let level = |text: &str| {
        SEVERITIES
            .iter()
            .position(|one| one.eq_ignore_ascii_case(text))
    };
    for policy in set_up.of(Role::Policy) {
        let Some(diagnostic) = diagnostic_of(set_up, policy) else {
            continue;
        };
        let verbosity = diagnostic.words("verbosity").unwrap_or("information");
        for element in elements(policy) {
            let is_trace = element
                .strip_prefix("trace")
                .is_some_and(|rest| rest.starts_with(|c: char| c.is_whitespace() || c == '>'));
            if !is_trace {
                continue;
            }
            let tag = element.split('>').next().unwrap_or_default();
            let severity = tag.split_once("severity=").map_or("verbose", |(_, rest)| {
                let rest = rest.trim_start_matches(['"', '\'']);
                rest.split(['"', '\'']).next().unwrap_or_default()
            });
            if let (Some(of_trace), Some(least)) = (level(severity), level(verbosity))
                && of_trace < least
            {
                add(finds, code, policy.place("value"), &[severity, verbosity]);
            }
        }
    }
}

/// What a diagnostic calls its logger, in a form that can be compared.
fn logger_of(set_up: &SetUp<'_>, resource: &Resource) -> Option<String> {
    let words = resource.words("loggerId")?;
    let symbol = words.trim_end_matches(".id");
    let known = set_up
        .of(Role::Logger)
        .find(|logger| !logger.symbol.is_empty() && logger.symbol == symbol);
    let name = known.map_or_else(|| last_name(words), |logger| &logger.name);
    Some(name.to_lowercase())
}

/// Diagnostics of an API that stand beside one of all APIs, and whether they have the same logger.
fn beside_all(set_up: &SetUp<'_>, code: &'static str, finds: Finds<'_>, is_same: bool) {
    for resource in set_up.of(Role::Diagnostic) {
        let Some(api) = &resource.api else {
            continue;
        };
        let of_all = set_up
            .of(Role::Diagnostic)
            .find(|other| other.api.is_none() && other.name.eq_ignore_ascii_case(&resource.name));
        let loggers = of_all.map(|other| (logger_of(set_up, other), logger_of(set_up, resource)));
        // Azure Monitor has but one logger.
        let is_monitor = resource.name.eq_ignore_ascii_case("azuremonitor");
        if let Some((Some(of_all), Some(own))) = loggers
            && (of_all == own) == is_same
            && !is_monitor
        {
            add(finds, code, resource.place("loggerId"), &[api]);
        }
    }
}

fn overridden_logger(set_up: &SetUp<'_>, code: &'static str, finds: Finds<'_>) {
    beside_all(set_up, code, finds, false);
}

fn same_logger(set_up: &SetUp<'_>, code: &'static str, finds: Finds<'_>) {
    beside_all(set_up, code, finds, true);
}

/// The categories that a setting routes.
pub(super) fn categories(setting: &Resource) -> Vec<&str> {
    let logs = setting.at("logs").map_or(&[][..], Node::items);
    logs.iter().filter_map(routed).collect()
}

/// The category or the group of categories of an entry that is enabled.
fn routed(log: &Node) -> Option<&str> {
    if log.get("enabled").and_then(Node::flag) == Some(false) {
        return None;
    }
    let keys = ["category", "categoryGroup", "category_group"];
    let mut names = keys.iter().filter_map(|key| log.get(key)?.words());
    names.find(|name| !name.is_empty())
}

/// Settings of a service of API Management, as far as can be told.
fn settings<'s>(set_up: &'s SetUp<'_>) -> impl Iterator<Item = &'s Resource> {
    set_up.of(Role::DiagnosticSetting).filter(|setting| {
        let logs = setting.at("logs").map_or(&[][..], Node::items);
        let mut named = logs.iter().filter_map(|log| log.get("category")?.text());
        named.all(|name| CATEGORIES.contains(&name))
    })
}

fn routes(setting: &Resource, category: &str) -> bool {
    let names = categories(setting);
    names
        .iter()
        .any(|name| *name == category || name.eq_ignore_ascii_case("allLogs"))
}

fn logs_messages(diagnostic: &Resource) -> bool {
    let logs = diagnostic.words("largeLanguageModel.logs");
    logs.is_some_and(|logs| !logs.eq_ignore_ascii_case("disabled"))
}

fn llm_messages_off(set_up: &SetUp<'_>, code: &'static str, finds: Finds<'_>) {
    let of_monitor = |resource: &&Resource| resource.name.eq_ignore_ascii_case("azuremonitor");
    let mut diagnostics = set_up.of(Role::Diagnostic).filter(of_monitor).peekable();
    let Some(first) = diagnostics.peek().map(|diagnostic| diagnostic.span) else {
        return;
    };
    let is_routed = settings(set_up).any(|setting| categories(setting).contains(&"GatewayLlmLogs"));
    if is_routed && !diagnostics.any(logs_messages) {
        add(finds, code, first, &[]);
    }
}

fn category_not_routed(set_up: &SetUp<'_>, code: &'static str, finds: Finds<'_>) {
    let Some(first) = settings(set_up).next() else {
        return;
    };
    let has_llm = set_up.of(Role::Diagnostic).any(logs_messages);
    for (category, is_wanted) in [("GatewayLogs", true), ("GatewayLlmLogs", has_llm)] {
        if is_wanted && !settings(set_up).any(|setting| routes(setting, category)) {
            add(finds, code, first.place("logs"), &[category]);
        }
    }
}

fn shared_table(set_up: &SetUp<'_>, code: &'static str, finds: Finds<'_>) {
    for setting in settings(set_up) {
        let tables = setting.at("logAnalyticsDestinationType");
        let is_shared = match tables.map(|node| &node.kind) {
            None | Some(Kind::Null) => true,
            Some(Kind::Text(text)) => !text.eq_ignore_ascii_case("Dedicated"),
            Some(_) => false,
        };
        if is_shared && setting.words("workspaceId").is_some() {
            add(
                finds,
                code,
                tables.map_or(setting.span, |node| node.span),
                &[],
            );
            if let Some(finding) = finds.last_mut() {
                finding.edits =
                    with_member(set_up, setting, "logAnalyticsDestinationType", "Dedicated");
            }
        }
    }
}

fn self_hosted(set_up: &SetUp<'_>, code: &'static str, finds: Finds<'_>) {
    for gateway in set_up.of(Role::Gateway) {
        add(finds, code, gateway.span, &[&gateway.name]);
    }
}

fn left_out_of_scope(set_up: &SetUp<'_>, code: &'static str, finds: Finds<'_>) {
    let linked: Vec<String> = set_up
        .of(Role::ScopedResource)
        .filter_map(|resource| resource.words("linkedResourceId"))
        .map(|id| last_name(id.trim_end_matches(".id")).to_lowercase())
        .collect();
    let mut wanted: Vec<(&str, &str)> = Vec::new();
    for component in set_up.of(Role::Component) {
        wanted.push((&component.name, &component.symbol));
        let workspace = component
            .words("WorkspaceResourceId")
            .map(|id| last_name(id.trim_end_matches(".id")));
        wanted.extend(workspace.map(|name| (name, "")));
    }
    for logger in set_up.of(Role::Logger) {
        let component = logger.words("resourceId").map(last_name);
        wanted.extend(component.map(|name| (name, "")));
    }
    for scope in set_up.of(Role::PrivateLinkScope) {
        let mode = scope.words("accessModeSettings.ingestionAccessMode");
        if mode.is_none_or(|mode| !mode.eq_ignore_ascii_case("PrivateOnly")) {
            continue;
        }
        for (name, symbol) in &wanted {
            let is_linked = linked.iter().any(|id| {
                id.eq_ignore_ascii_case(name)
                    || id.eq_ignore_ascii_case(symbol) && !symbol.is_empty()
            });
            if !name.is_empty() && !is_linked {
                add(
                    finds,
                    code,
                    scope.place("accessModeSettings.ingestionAccessMode"),
                    &[name],
                );
            }
        }
    }
}

fn no_availability_monitor(set_up: &SetUp<'_>, code: &'static str, finds: Finds<'_>) {
    if set_up.of(Role::WebTest).next().is_none() {
        for component in set_up.of(Role::Component) {
            add(finds, code, component.span, &[&component.name]);
        }
    }
}
