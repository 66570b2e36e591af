//! How the rules of a set-up are found: a function a rule.
//!
//! Input: the resources of a set-up. Output: findings under the code of the rule, with the values that
//! its message names. Invariant: what an expression hides is not judged.

use super::check::{Finding, SetUp};
use super::diagnostic_setting::CATEGORIES;
use super::document::{Kind, Node, edit};
use super::policy::or_kind;
use super::repair;
use super::resources::{Resource, Role, last_name};
use super::rules::LIST;
use crate::diagnostic::Edit;
use crate::text::{Span, cut};
use crate::value::{guid, order};

/// Where findings go.
pub(super) type Finds<'f> = &'f mut Vec<Finding>;

/// Adds a finding with the values that its message names.
pub(super) fn add(finds: Finds<'_>, code: &'static str, span: Span, values: &[&str]) {
    let values = values.iter().map(|value| cut(value, 40)).collect();
    finds.push(Finding::new(code, span, values));
}

/// Gives the last finding what repairs it.
#[inline(never)]
pub(super) fn repaired(finds: Finds<'_>, edits: Vec<Edit>) {
    if let Some(finding) = finds.last_mut() {
        finding.edits = edits;
    }
}

/// Nothing that says what is logged.
pub(super) fn nothing_understood(set_up: &SetUp<'_>, code: &'static str, finds: Finds<'_>) {
    if set_up.resources.is_empty() && finds.is_empty() {
        add(finds, code, Span::new(0, 0), &[]);
    }
}

/// A parent that is a text. Source: seed 000, whose samples of Bicep have one; error BCP036 of Bicep.
pub(super) fn parent_as_text(set_up: &SetUp<'_>, code: &'static str, finds: Finds<'_>) {
    for resource in set_up.resources.iter().filter(|one| one.is_bicep()) {
        if let Some(parent) = resource.node.get("parent")
            && let Some(text) = parent.text()
        {
            add(finds, code, parent.span, &[text]);
            repaired(finds, repair::with_parent(set_up, resource, parent));
        }
    }
}

const WRONG_TYPE: &str = "service.workspace/";

/// A type with a full stop. Source: seed 000, *Logger with connection string credentials only*, has it;
/// the reference of templates has `service/workspaces/loggers`.
pub(super) fn workspace_type(set_up: &SetUp<'_>, code: &'static str, finds: Finds<'_>) {
    for resource in &set_up.resources {
        let Some(node) = resource.node.get("type") else {
            continue;
        };
        let written = node.span.of(set_up.text).to_ascii_lowercase();
        if let Some(at) = written.find(WRONG_TYPE) {
            let start = node.span.start + at as u32;
            let span = Span::new(start, start + WRONG_TYPE.len() as u32);
            add(finds, code, node.span, &[&resource.kind]);
            repaired(finds, edit(span, "service/workspaces/"));
        }
    }
}

fn identity(resource: &Resource) -> Option<&Node> {
    resource.at("credentials.identityClientId")
}

/// Another spelling of the system-assigned identity. Source: seed 000, whose samples have both.
pub(super) fn identity_spelling(set_up: &SetUp<'_>, code: &'static str, finds: Finds<'_>) {
    for resource in set_up.of(Role::Logger) {
        let Some(node) = identity(resource) else {
            continue;
        };
        let text = node.text().unwrap_or_default();
        if text != "SystemAssigned" && text.eq_ignore_ascii_case("SystemAssigned") {
            add(finds, code, node.span, &[text]);
            let text = repair::in_language(resource, "SystemAssigned");
            repaired(finds, repair::instead(resource, node, &text));
        }
    }
}

/// A name with fewer parts than its type. Source: the reference of templates, *Set name and type for
/// child resources*; the ARM samples of seed 000 break it.
pub(super) fn name_without_parents(set_up: &SetUp<'_>, code: &'static str, finds: Finds<'_>) {
    for resource in &set_up.resources {
        let node = &resource.node;
        let is_deployed = node.get("apiVersion").is_some() && node.get("id").is_none();
        let has_parent =
            resource.is_nested || node.get("parent").is_some() || node.get("scope").is_some();
        let name = node.get("name").and_then(Node::text).unwrap_or_default();
        let kind = resource.kind.to_lowercase();
        if !is_deployed
            || has_parent
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
        see(key, text, node.source);
    }
    for item in node.items() {
        each_text(item, key, see);
    }
    for member in node.members() {
        each_text(&member.value, &member.key, see);
    }
}

/// What is still to be put in. Source: seed 000, whose samples have `<ClientID>` and `…/;...`.
pub(super) fn placeholder(set_up: &SetUp<'_>, code: &'static str, finds: Finds<'_>) {
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
            // What is left of a connection string may be a key.
            if is_hole || is_cut {
                add(finds, code, span, &[if is_cut { key } else { text }]);
            }
        });
    }
}

/// A credential of a logger, if it is given anything.
pub(super) fn credential<'r>(resource: &'r Resource, key: &str) -> Option<&'r Node> {
    let node = resource.at("credentials")?.get(key);
    node.filter(|node| !matches!(node.kind, Kind::Null))
}

/// A key in the place of a connection string. Source: seed 000, *Scenario overview*, *Important*.
pub(super) fn instrumentation_key(set_up: &SetUp<'_>, code: &'static str, finds: Finds<'_>) {
    for resource in set_up.of(Role::Logger) {
        if let Some(key) = credential(resource, "instrumentationKey")
            && credential(resource, "connectionString").is_none()
        {
            add(finds, code, key.span, &[]);
        }
    }
}

/// A connection string without an identity. Source: seed 000, *Logger with connection string with
/// managed identity credentials (recommended)*; loggers of workspaces cannot have one (its first note).
pub(super) fn no_identity(set_up: &SetUp<'_>, code: &'static str, finds: Finds<'_>) {
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

/// An identity whose role is not seen. Source: seed 000, *Prerequisites*.
pub(super) fn no_role(set_up: &SetUp<'_>, code: &'static str, finds: Finds<'_>) {
    let has_role = set_up.of(Role::RoleAssignment).any(|resource| {
        let role = resource.words("roleDefinitionId").unwrap_or_default();
        role.to_lowercase().contains(PUBLISHER) || role == "Monitoring Metrics Publisher"
    });
    for resource in set_up.of(Role::Logger).filter(|_| !has_role) {
        if let Some(node) = identity(resource) {
            add(finds, code, node.span, &[&or_kind(resource)]);
        }
    }
}

/// Whether a text is a GUID that is no placeholder.
fn is_key(text: &str) -> bool {
    text.trim().len() == 36 && guid::parse(text.trim()).is_some_and(|bits| bits != 0)
}

/// Keys that stand in a text. Source: issue 6, *keys left in text*; seed 000 recommends identities.
pub(super) fn key_in_text(set_up: &SetUp<'_>, code: &'static str, finds: Finds<'_>) {
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

/// Errors that sampling takes away. Source: seed 000, *Enable Application Insights logging*, step 8.
pub(super) fn sampled_errors(set_up: &SetUp<'_>, code: &'static str, finds: Finds<'_>) {
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
            repaired(
                finds,
                repair::with_member(set_up, resource, "alwaysLog", "allErrors"),
            );
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

/// Bodies that are logged. Source: seed 000, *Performance implications and log sampling*, and the
/// warning on the default of 0.
pub(super) fn payload_bytes(set_up: &SetUp<'_>, code: &'static str, finds: Finds<'_>) {
    for resource in set_up.of(Role::Diagnostic) {
        for node in sides(resource).filter_map(|side| side.at("body.bytes")) {
            if let Some(bytes) = node.number().filter(|bytes| *bytes > 0.0) {
                add(finds, code, node.span, &[&bytes.to_string()]);
                repaired(finds, repair::instead(resource, node, "0"));
            }
        }
    }
}

/// Headers that are logged. Source: seed 000, *Performance implications and log sampling*.
pub(super) fn logged_headers(set_up: &SetUp<'_>, code: &'static str, finds: Finds<'_>) {
    for resource in set_up.of(Role::Diagnostic) {
        for node in sides(resource).filter_map(|side| side.get("headers")) {
            let names: Vec<&str> = node.items().iter().filter_map(Node::text).collect();
            if !names.is_empty() {
                add(finds, code, node.span, &[&names.join(", ")]);
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
    let (of_all, of_apis): (Vec<_>, Vec<_>) = set_up
        .of(Role::Diagnostic)
        .partition(|resource| resource.api.is_none());
    for resource in of_apis {
        let Some(api) = &resource.api else {
            continue;
        };
        let mut of_all = of_all.iter().copied();
        let of_all = of_all.find(|other| other.name.eq_ignore_ascii_case(&resource.name));
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

/// A logger of one API beside that of all. Source: seed 000, *Loggers for a single API or all APIs*.
pub(super) fn overridden_logger(set_up: &SetUp<'_>, code: &'static str, finds: Finds<'_>) {
    beside_all(set_up, code, finds, false);
}

/// One logger on both levels. Source: seed 000, *Loggers for a single API or all APIs*.
pub(super) fn same_logger(set_up: &SetUp<'_>, code: &'static str, finds: Finds<'_>) {
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

/// Messages of models that no diagnostic logs. Source: seed 002, *Enable logging of LLM requests or
/// responses for LLM API*.
pub(super) fn llm_messages_off(set_up: &SetUp<'_>, code: &'static str, finds: Finds<'_>) {
    let of_monitor = |resource: &&Resource| resource.name.eq_ignore_ascii_case("azuremonitor");
    let mut diagnostics = set_up.of(Role::Diagnostic).filter(of_monitor).peekable();
    let Some(first) = diagnostics.peek().copied() else {
        return;
    };
    let is_routed = settings(set_up).any(|setting| categories(setting).contains(&"GatewayLlmLogs"));
    if is_routed && !diagnostics.any(logs_messages) {
        add(finds, code, first.span, &[]);
        repaired(finds, repair::with_messages(set_up, first));
    }
}

/// Categories that go nowhere. Source: seed 001, *Diagnostic Logs*; seed 002, *Enable diagnostic setting
/// for AI gateway logs*.
pub(super) fn category_not_routed(set_up: &SetUp<'_>, code: &'static str, finds: Finds<'_>) {
    let Some(first) = settings(set_up).next() else {
        return;
    };
    let has_llm = set_up.of(Role::Diagnostic).any(logs_messages);
    for (category, is_wanted) in [("GatewayLogs", true), ("GatewayLlmLogs", has_llm)] {
        if is_wanted && !settings(set_up).any(|setting| routes(setting, category)) {
            add(finds, code, first.place("logs"), &[category]);
            repaired(finds, repair::with_category(set_up, first, category));
        }
    }
}

/// Rows that go to the table of all services. Source: Azure Monitor, *Resource logs*, *Collection mode*;
/// `reference/PEERS.md` has a report of what comes of it.
pub(super) fn shared_table(set_up: &SetUp<'_>, code: &'static str, finds: Finds<'_>) {
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
            repaired(
                finds,
                repair::with_member(set_up, setting, "logAnalyticsDestinationType", "Dedicated"),
            );
        }
    }
}

/// A gateway that may lose telemetry. Source: seed 000, the first warning.
pub(super) fn self_hosted(set_up: &SetUp<'_>, code: &'static str, finds: Finds<'_>) {
    for gateway in set_up.of(Role::Gateway) {
        add(finds, code, gateway.span, &[&or_kind(gateway)]);
    }
}

/// What a scope with private ingestion leaves out. Source: seed 000, *Troubleshooting*.
pub(super) fn left_out_of_scope(set_up: &SetUp<'_>, code: &'static str, finds: Finds<'_>) {
    let mut linked: Vec<String> = set_up
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
    order::sort_by(&mut linked, String::cmp);
    let is_linked = |name: &str| linked.binary_search(&name.to_lowercase()).is_ok();
    wanted.retain(|(name, symbol)| !name.is_empty() && !is_linked(name) && !is_linked(symbol));
    let scopes = set_up.of(Role::PrivateLinkScope).filter(|scope| {
        let mode = scope.words("accessModeSettings.ingestionAccessMode");
        mode.is_some_and(|mode| mode.eq_ignore_ascii_case("PrivateOnly"))
    });
    for scope in scopes.take(LIST) {
        let place = scope.place("accessModeSettings.ingestionAccessMode");
        for (name, _) in wanted.iter().take(LIST) {
            add(finds, code, place, &[name]);
        }
    }
}

/// No test from outside. Source: seed 000, *Create a connection using the Azure portal*, step 5.
pub(super) fn no_availability_monitor(set_up: &SetUp<'_>, code: &'static str, finds: Finds<'_>) {
    if set_up.of(Role::WebTest).next().is_none() {
        for component in set_up.of(Role::Component) {
            add(finds, code, component.span, &[&or_kind(component)]);
        }
    }
}
