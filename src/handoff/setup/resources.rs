//! The resources of a pasted set-up, whatever form they came in.
//!
//! Input: trees of JSON or Bicep. Output: [`Resource`]s with their kind, name and properties, as ARM
//! has them. Read are bodies and answers of the REST API, templates, lists and exports of any
//! nesting, and what Terraform shows as JSON, whose members get their names of ARM. Absent on
//! purpose: resources that say nothing about what is logged.

use super::document::{Kind, MAX_DEPTH, Member, Node};
use super::xml_text::Element;
use crate::text::Span;
use crate::value::order;

/// What a resource is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A logger of API Management
    Logger,
    /// A diagnostic entity of API Management
    Diagnostic,
    /// A diagnostic setting of Azure Monitor
    DiagnosticSetting,
    /// A policy document
    Policy,
    /// A self-hosted gateway
    Gateway,
    /// A private link scope of Azure Monitor
    PrivateLinkScope,
    /// What such a scope takes in
    ScopedResource,
    /// An availability test
    WebTest,
    /// A role of an identity
    RoleAssignment,
    /// A component of Application Insights
    Component,
    /// A Log Analytics workspace
    Workspace,
}

/// Ends of types, in small letters, with what they are and the type that Terraform has for it.
const ROLES: &[(Role, &str, &str, &[&str])] = &[
    (
        Role::Logger,
        "logger",
        "/loggers",
        &["azurerm_api_management_logger"],
    ),
    (
        Role::DiagnosticSetting,
        "diagnosticSetting",
        "/diagnosticsettings",
        &["azurerm_monitor_diagnostic_setting"],
    ),
    (
        Role::Diagnostic,
        "diagnostic",
        "/diagnostics",
        &[
            "azurerm_api_management_diagnostic",
            "azurerm_api_management_api_diagnostic",
        ],
    ),
    (
        Role::Policy,
        "policy",
        "/policies",
        &[
            "azurerm_api_management_policy",
            "azurerm_api_management_api_policy",
            "azurerm_api_management_api_operation_policy",
            "azurerm_api_management_product_policy",
        ],
    ),
    (
        Role::Policy,
        "policy",
        "/policyfragments",
        &["azurerm_api_management_policy_fragment"],
    ),
    (
        Role::Gateway,
        "gateway",
        "microsoft.apimanagement/service/gateways",
        &["azurerm_api_management_gateway"],
    ),
    (
        Role::PrivateLinkScope,
        "privateLinkScope",
        "microsoft.insights/privatelinkscopes",
        &["azurerm_monitor_private_link_scope"],
    ),
    (
        Role::ScopedResource,
        "scopedResource",
        "/scopedresources",
        &["azurerm_monitor_private_link_scoped_service"],
    ),
    (
        Role::WebTest,
        "webTest",
        "microsoft.insights/webtests",
        &[
            "azurerm_application_insights_web_test",
            "azurerm_application_insights_standard_web_test",
        ],
    ),
    (
        Role::RoleAssignment,
        "roleAssignment",
        "/roleassignments",
        &["azurerm_role_assignment"],
    ),
    (
        Role::Component,
        "component",
        "microsoft.insights/components",
        &["azurerm_application_insights"],
    ),
    (
        Role::Workspace,
        "workspace",
        "microsoft.operationalinsights/workspaces",
        &["azurerm_log_analytics_workspace"],
    ),
];

impl Role {
    /// The name used in the public API.
    pub fn name(self) -> &'static str {
        let found = ROLES.iter().find(|(role, ..)| *role == self);
        found.map_or("", |(_, name, ..)| name)
    }

    fn of_type(kind: &str) -> Option<Self> {
        let kind = kind.to_lowercase();
        let found = ROLES.iter().find(|(_, _, end, terraform)| {
            kind.ends_with(end) || terraform.contains(&kind.as_str())
        });
        found.map(|(role, ..)| *role)
    }
}

/// A resource of a set-up.
#[derive(Debug)]
pub(super) struct Resource {
    pub(super) role: Role,
    /// Its own name, without those of its parents; empty where it is not there.
    pub(super) name: String,
    /// The whole type, as written; empty of a body.
    pub(super) kind: String,
    pub(super) span: Span,
    /// The object itself.
    pub(super) node: Node,
    /// What decides.
    pub(super) properties: Node,
    /// The API that it belongs to, in small letters; none where it is of all.
    pub(super) api: Option<String>,
    /// What Bicep calls it.
    pub(super) symbol: String,
    /// Whether it stands in a resource that is its parent.
    pub(super) is_nested: bool,
    /// The elements of a policy.
    pub(super) elements: Vec<Element>,
}

impl Resource {
    /// Whether Bicep declares it.
    pub(super) fn is_bicep(&self) -> bool {
        !self.symbol.is_empty()
    }

    /// Whether Terraform shows it, which writes its text itself.
    pub(super) fn is_terraform(&self) -> bool {
        self.kind.starts_with("azurerm_")
    }

    /// A value of the properties.
    pub(super) fn at(&self, path: &str) -> Option<&Node> {
        self.properties.at(path)
    }

    /// The words at the end of a path of the properties, as they are or in an expression.
    pub(super) fn words(&self, path: &str) -> Option<&str> {
        self.at(path)?.words()
    }

    /// Where a member stands; the resource itself where it does not.
    pub(super) fn place(&self, path: &str) -> Span {
        self.at(path).map_or(self.span, |node| node.span)
    }
}

/// What stands around an object.
#[derive(Clone, Default)]
struct Above {
    kind: String,
    api: Option<String>,
}

/// All resources of some trees, in the order of the text.
pub(super) fn collect(nodes: &[Node]) -> Vec<Resource> {
    let mut found = Vec::new();
    for node in nodes {
        walk(node, &Above::default(), 0, &mut found);
    }
    // Bicep names the parent by its symbol, and existing ones are declared as well.
    let mut declared: Vec<(&str, &Node)> = Vec::new();
    for node in nodes {
        declared.extend(
            node.get("symbol")
                .and_then(Node::text)
                .map(|symbol| (symbol, node)),
        );
    }
    order::sort_by_key(&mut declared, |(symbol, _)| *symbol);
    let parent_of = |node: &Node| {
        let symbol = node.get("parent").and_then(Node::words)?;
        let at = declared
            .binary_search_by_key(&symbol, |(known, _)| *known)
            .ok()?;
        declared.get(at).map(|(_, node)| *node)
    };
    for resource in found.iter_mut().filter(|one| one.api.is_none()) {
        let mut parent = parent_of(&resource.node);
        for _ in 0..MOST_PARENTS {
            resource.api = resource.api.take().or_else(|| api(parent?));
            parent = parent.and_then(parent_of);
        }
    }
    found
}

/// An operation, its API, its workspace, its service.
const MOST_PARENTS: u32 = 4;

/// The name of an API, in small letters.
fn api(node: &Node) -> Option<String> {
    let kind = node.get("type")?.text()?.to_lowercase();
    let name = node.get("name")?.words()?.to_lowercase();
    let name = last_name(&name);
    (kind.ends_with("/apis") && !name.is_empty()).then(|| name.to_owned())
}

fn walk(node: &Node, above: &Above, depth: u32, found: &mut Vec<Resource>) {
    if depth > MAX_DEPTH {
        return;
    }
    let mut below = above.clone();
    let mut own: Option<Role> = None;
    if let Some(kind) = node.get("type").and_then(Node::text) {
        let is_relative = !kind.contains('.') && !above.kind.is_empty();
        let kind = if is_relative {
            format!("{}/{kind}", above.kind)
        } else {
            kind.to_owned()
        };
        if kind.contains('/') || kind.starts_with("azurerm_") {
            own = Role::of_type(&kind);
            if kind.to_lowercase().ends_with("/apis") {
                let name = node.get("name").and_then(Node::words).unwrap_or_default();
                below.api = Some(last_name(name).to_lowercase());
            }
            below.kind = kind;
        }
    }
    // Existing resources of Bicep, and changes and configurations of Terraform, say nothing.
    let is_there = node.get("existing").and_then(Node::flag) == Some(true);
    let needed = if is_there {
        None
    } else if below.kind.starts_with("azurerm_") {
        node.get("values")
    } else if node.get("symbol").is_some() {
        node.get("properties")
    } else {
        Some(node)
    };
    let own = own.or_else(|| of_body(node)).filter(|_| needed.is_some());
    if let Some(role) = own {
        found.push(resource(role, node, &below, above));
    }
    for child in node.items() {
        walk(child, above, depth + 1, found);
    }
    for Member { key, value, .. } in node.members() {
        // What a resource says of itself holds no resource; a plan holds the state before it as well.
        if own.is_some() && (key == "properties" || key == "values") || key == "prior_state" {
            continue;
        }
        walk(value, &below, depth + 1, found);
    }
}

/// What a body of the REST API is, which does not say so.
fn of_body(node: &Node) -> Option<Role> {
    if node.get("type").is_some() {
        return None;
    }
    let properties = node.get("properties")?;
    let has = |key: &str| properties.get(key).is_some();
    if has("loggerType") {
        Some(Role::Logger)
    } else if has("loggerId") {
        Some(Role::Diagnostic)
    } else if has("logs") && (has("workspaceId") || has("storageAccountId")) {
        Some(Role::DiagnosticSetting)
    } else {
        let policy = properties.get("value")?.words()?.trim_start();
        policy.starts_with('<').then_some(Role::Policy)
    }
}

fn resource(role: Role, node: &Node, own: &Above, above: &Above) -> Resource {
    let values = node
        .get("values")
        .filter(|_| own.kind.starts_with("azurerm_"));
    let properties = match (values, node.get("properties")) {
        (Some(values), _) => of_terraform(role, values),
        (None, Some(properties)) => properties.clone(),
        // `az` shows properties beside names.
        (None, None) if node.get("apiVersion").is_none() => node.clone(),
        (None, None) => Node::new(node.span, Kind::Object(Vec::new())),
    };
    let words = |key: &str| {
        let node = values.unwrap_or(node).get(key).and_then(Node::words);
        node.unwrap_or_default()
    };
    let name = match words("name") {
        "" => words("identifier"),
        name => name,
    };
    // Of an answer the id tells the API; of a template the name does.
    let id = words("id").to_lowercase();
    let of_path = |path: &str| {
        let (_, rest) = path.split_once("/apis/")?;
        Some(rest.split('/').next().unwrap_or_default().to_owned())
    };
    let of_name = || {
        let kind = own.kind.to_lowercase();
        let (_, below) = kind.split_once("/apis/")?;
        let mut parts = name
            .rsplit(['/', '\''])
            .filter(|part| part.chars().any(char::is_alphanumeric));
        let api = parts.nth(below.split('/').count())?;
        Some(api.to_lowercase())
    };
    let of_terraform = || values?.get("api_name")?.words().map(str::to_lowercase);
    let api = of_path(&id)
        .or_else(|| above.api.clone())
        .or_else(of_terraform)
        .or_else(of_name)
        .filter(|api| !api.is_empty());
    Resource {
        role,
        name: last_name(name).to_owned(),
        kind: own.kind.clone(),
        span: node.get("name").map_or(node.span, |name| name.span),
        node: node.clone(),
        properties,
        api,
        symbol: words("symbol").to_owned(),
        is_nested: !above.kind.is_empty(),
        elements: Vec::new(),
    }
}

/// The last part of a name: behind slashes, and of an expression the last text.
pub(super) fn last_name(name: &str) -> &str {
    let name = name.trim_end_matches([']', ')', '\'', '"', '}', ' ']);
    let start = name.rfind(['/', '\'', '"']).map_or(0, |at| at + 1);
    name.get(start..).unwrap_or_default()
}

/// Members of Terraform's resources, and the paths of ARM that mean the same.
const TERRAFORM: &[(&str, &str)] = &[
    (
        "application_insights.instrumentation_key",
        "credentials.instrumentationKey",
    ),
    (
        "application_insights.connection_string",
        "credentials.connectionString",
    ),
    (
        "application_insights.identity_client_id",
        "credentials.identityClientId",
    ),
    ("api_management_logger_id", "loggerId"),
    ("sampling_percentage", "sampling.percentage"),
    ("verbosity", "verbosity"),
    ("http_correlation_protocol", "httpCorrelationProtocol"),
    ("frontend_request.body_bytes", "frontend.request.body.bytes"),
    (
        "frontend_response.body_bytes",
        "frontend.response.body.bytes",
    ),
    ("backend_request.body_bytes", "backend.request.body.bytes"),
    ("backend_response.body_bytes", "backend.response.body.bytes"),
    (
        "frontend_request.headers_to_log",
        "frontend.request.headers",
    ),
    (
        "frontend_response.headers_to_log",
        "frontend.response.headers",
    ),
    ("backend_request.headers_to_log", "backend.request.headers"),
    (
        "backend_response.headers_to_log",
        "backend.response.headers",
    ),
    ("log_analytics_workspace_id", "workspaceId"),
    (
        "log_analytics_destination_type",
        "logAnalyticsDestinationType",
    ),
    ("storage_account_id", "storageAccountId"),
    ("enabled_log", "logs"),
    ("log", "logs"),
    ("xml_content", "value"),
    ("linked_resource_id", "linkedResourceId"),
    (
        "ingestion_access_mode",
        "accessModeSettings.ingestionAccessMode",
    ),
    ("role_definition_id", "roleDefinitionId"),
    ("role_definition_name", "roleDefinitionId"),
    ("workspace_id", "WorkspaceResourceId"),
];

fn of_terraform(role: Role, values: &Node) -> Node {
    let mut properties = Node::new(values.span, Kind::Object(Vec::new()));
    for (from, to) in TERRAFORM {
        // A block is a list of one object.
        let found = from.split('.').try_fold(values, |node, key| {
            let block = node.items().first().unwrap_or(node);
            block.get(key)
        });
        if let Some(value) = found.filter(|value| !matches!(value.kind, Kind::Null)) {
            put(&mut properties, to, value.clone());
        }
    }
    let text = |text: &str| Node::new(values.span, Kind::Text(text.to_owned()));
    if values.get("always_log_errors").and_then(Node::flag) == Some(true) {
        put(&mut properties, "alwaysLog", text("allErrors"));
    }
    if role == Role::Logger
        && values
            .get("application_insights")
            .is_some_and(|node| !node.items().is_empty())
    {
        put(&mut properties, "loggerType", text("applicationInsights"));
    }
    properties
}

/// Puts a value at a path; what is there stays.
fn put(node: &mut Node, path: &str, value: Node) {
    let Kind::Object(members) = &mut node.kind else {
        return;
    };
    let (key, rest) = path.split_once('.').unwrap_or((path, ""));
    let at = members.iter().position(|member| member.key == key);
    let at = at.unwrap_or_else(|| {
        members.push(Member {
            key: key.to_owned(),
            value: Node::new(value.span, Kind::Object(Vec::new())),
        });
        members.len() - 1
    });
    let Some(member) = members.get_mut(at) else {
        return;
    };
    if rest.is_empty() {
        member.value = value;
    } else {
        put(&mut member.value, rest, value);
    }
}
