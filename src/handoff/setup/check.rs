//! The check of a set-up that was pasted.
//!
//! Input: text: bodies and answers of the REST API, templates and files of their parameters, exports,
//! Terraform's JSON, Bicep, policies, in any order. Output: what is understood of it, and findings with
//! a code, a place and the values that decide; the words of a code are in [`super::rules::RULES`].
//! Invariants: any text gives an answer; what stands elsewhere is not taken to be missing where that
//! cannot be told. Absent on purpose: HCL and YAML, which are told; what a deployment alone knows.
//!
//! ```text
//! text → paste (json_text, bicep_text, xml_text) → names (expression) → resources → policy → rules
//! ```

use super::document::{Cursor, Kind, Node};
use super::resources::{Resource, Role, collect};
use super::rules::{LIST, RULES};
use super::{find, names, paste, policy};
use crate::diagnostic::{Edit, Severity};
use crate::text::{Span, cut};
use crate::value::order;

/// Codes that readers give.
pub(super) mod codes {
    /// A comma without anything behind it. Source: RFC 8259; a sample of ARM of seed 000 has one.
    pub(in super::super) const TRAILING_COMMA: &str = "SET0101";
    /// No comma between two members or items. Source: RFC 8259.
    pub(in super::super) const MISSING_COMMA: &str = "SET0102";
    /// A text in single quotes. Source: RFC 8259; Bicep writes texts so.
    pub(in super::super) const SINGLE_QUOTES: &str = "SET0103";
    /// A comment. Source: RFC 8259; *Syntax of templates*, *Comments and metadata*.
    pub(in super::super) const COMMENT: &str = "SET0104";
    /// A key of JSON or a value of XML without quotes. Source: RFC 8259; XML 1.0, production 10.
    pub(in super::super) const UNQUOTED: &str = "SET0105";
    /// Anything else that cannot be read. Source: RFC 8259; seed 001 has a key without a value.
    pub(in super::super) const BROKEN: &str = "SET0106";
    /// A bracket, a text, an element or an expression without its end. Source: RFC 8259; XML 1.0,
    /// *Logical structures*; *Policy expressions*, *Syntax*.
    pub(in super::super) const UNCLOSED: &str = "SET0108";
    /// A key without a value. Source: RFC 8259; seed 001 has some in its structure of a log.
    pub(in super::super) const NO_VALUE: &str = "SET0109";
    /// An end of an element that did not begin. Source: XML 1.0, *Logical structures*.
    pub(in super::super) const NOT_OPEN: &str = "SET0110";
    /// `<` or `&` of XML, as it is, outside of expressions. Source: XML 1.0, *Character data*.
    pub(in super::super) const UNESCAPED: &str = "SET0111";
    /// HCL, the language of Terraform. Source: this reader, which has none of it.
    pub(in super::super) const HCL: &str = "SET0112";
    /// YAML. Source: this reader, which has none of it; `APIOps` writes JSON beside.
    pub(in super::super) const YAML: &str = "SET0113";
    /// A module, a linked template, a file that is loaded. Source: *Bicep modules*; *Linked and nested
    /// templates*.
    pub(in super::super) const ELSEWHERE: &str = "SET0114";
    /// A module that is given what loggers have. Source: *Bicep modules*.
    pub(in super::super) const MODULE_OF_LOGGER: &str = "SET0115";
}

/// What is wrong with a set-up, or worth knowing of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The code of a rule.
    pub code: &'static str,
    /// The place.
    pub span: Span,
    /// What the message of the rule names, in order.
    pub values: Vec<String>,
    /// What repairs it; empty where that is for a person to say.
    pub edits: Vec<Edit>,
}

impl Finding {
    pub(super) const fn new(code: &'static str, span: Span, values: Vec<String>) -> Self {
        Self {
            code,
            span,
            values,
            edits: Vec::new(),
        }
    }

    pub(super) fn with_edits(self, edits: Vec<Edit>) -> Self {
        Self { edits, ..self }
    }

    /// How bad it is.
    pub fn severity(&self) -> Severity {
        let rule = RULES.iter().find(|rule| rule.code == self.code);
        rule.map_or(Severity::Info, |rule| rule.severity)
    }
}

/// A resource that was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Understood {
    /// What it is.
    pub role: Role,
    /// Its name.
    pub name: String,
    /// Where it is named.
    pub span: Span,
    /// What it says, by name.
    pub facts: Vec<(&'static str, String)>,
}

/// The answer of a check.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// In the order of the text.
    pub understood: Vec<Understood>,
    /// In the order of the text.
    pub findings: Vec<Finding>,
}

/// A set-up that is checked.
pub(super) struct SetUp<'t> {
    pub(super) text: &'t str,
    pub(super) resources: Vec<Resource>,
    /// The trees, which hold what is declared as well.
    pub(super) nodes: Vec<Node>,
}

impl SetUp<'_> {
    /// The resources of a kind.
    pub(super) fn of(&self, role: Role) -> impl Iterator<Item = &Resource> {
        self.resources
            .iter()
            .filter(move |resource| resource.role == role)
    }
}

/// Checks a text.
pub fn check(text: &str) -> Report {
    let mut cursor = Cursor::new(text);
    let paste = paste::read(&mut cursor);
    let mut findings = cursor.findings;
    let nodes = names::resolve(&paste, &mut findings);
    let mut resources = collect(&nodes);
    for resource in &mut resources {
        policy::read(text, resource, &mut findings);
    }
    findings.truncate(LIST);
    let set_up = SetUp {
        text,
        resources,
        nodes,
    };
    for rule in RULES {
        let from = findings.len();
        if let Some(find) = rule.find {
            find(&set_up, rule.code, &mut findings);
        }
        findings.truncate(from + LIST);
    }
    order::sort_by_key(&mut findings, |finding| (finding.span, finding.code));
    let understood = set_up.resources.iter().map(|resource| Understood {
        role: resource.role,
        name: resource.name.clone(),
        span: resource.span,
        facts: facts(resource),
    });
    Report {
        understood: understood.collect(),
        findings,
    }
}

/// The facts of each kind: their names, and the paths of the properties that tell them.
const FACTS: &[(Role, &str, &str)] = &[
    (Role::Logger, "type", "loggerType"),
    (Role::Diagnostic, "logger", "loggerId"),
    (Role::Diagnostic, "sampling", "sampling.percentage"),
    (Role::Diagnostic, "alwaysLog", "alwaysLog"),
    (Role::Diagnostic, "verbosity", "verbosity"),
    (Role::Diagnostic, "correlation", "httpCorrelationProtocol"),
    (Role::Diagnostic, "metrics", "metrics"),
    (Role::Diagnostic, "llmMessages", "largeLanguageModel.logs"),
    (Role::DiagnosticSetting, "workspace", "workspaceId"),
    (Role::DiagnosticSetting, "storage", "storageAccountId"),
    (
        Role::DiagnosticSetting,
        "tables",
        "logAnalyticsDestinationType",
    ),
    (
        Role::PrivateLinkScope,
        "ingestion",
        "accessModeSettings.ingestionAccessMode",
    ),
    (Role::ScopedResource, "resource", "linkedResourceId"),
    (Role::Component, "workspace", "WorkspaceResourceId"),
    (Role::RoleAssignment, "role", "roleDefinitionId"),
];

/// Texts end here: identifiers are longer than what is worth reading.
const FACT_CHARS: usize = 120;

fn facts(resource: &Resource) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    if let Some(api) = &resource.api {
        facts.push(("api", cut(api, FACT_CHARS)));
    }
    if resource.role == Role::Logger {
        let has = |key: &str| find::credential(resource, key).is_some();
        let credentials = match (
            has("connectionString"),
            has("identityClientId"),
            has("instrumentationKey"),
        ) {
            (true, true, _) => "connectionString, managedIdentity",
            (true, false, _) => "connectionString",
            (false, _, true) => "instrumentationKey",
            _ => "none",
        };
        facts.push(("credentials", credentials.to_owned()));
    }
    for (role, name, path) in FACTS {
        if *role == resource.role
            && let Some(text) = resource.at(path).and_then(shown)
        {
            facts.push((name, text));
        }
    }
    if resource.role == Role::Diagnostic {
        let bytes = find::sides(resource).filter_map(|side| side.at("body.bytes")?.number());
        let most = bytes.fold(0.0, f64::max);
        facts.push(("payloadBytes", most.to_string()));
    }
    if resource.role == Role::Policy {
        facts.extend(policy::facts(resource));
    }
    if resource.role == Role::DiagnosticSetting {
        facts.push(("categories", find::categories(resource).join(", ")));
    }
    facts
}

fn shown(node: &Node) -> Option<String> {
    match &node.kind {
        Kind::Text(text) | Kind::Expression(text) => Some(cut(text, FACT_CHARS)),
        Kind::Number(number) => Some(number.to_string()),
        Kind::Bool(value) => Some(value.to_string()),
        Kind::Null | Kind::List(_) | Kind::Object(_) => None,
    }
}
