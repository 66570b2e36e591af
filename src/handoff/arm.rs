//! Templates of Azure Resource Manager: described once, printed as ARM JSON and as Bicep.
//!
//! Input: a [`Template`]. Output: `arm()`, `bicep()`. Invariants: a text of a template is a text when
//! it is deployed, whatever it holds (`[…]`, quotes, `${`); resources wait for those they name
//! (`dependsOn` is written where ARM needs it). Names of parameters and symbols of resources are
//! chosen by the builders, share one namespace and are identifiers. Absent on purpose: variables,
//! loops, conditions, modules.
//!
//! ```text
//! Template { parameters: [workspaceName], resources: [workspace (existing), search (child)] }
//!   ─▶ "name": "[concat(parameters('workspaceName'), '/slow')]"
//!   ─▶ resource search '…' = { parent: workspace, name: 'slow' }
//! ```

use std::borrow::Cow;

use super::json::{self, Json, Members, Style, new_line, object};
use crate::value::dynamic::write_json_string;

/// A value of a template: JSON whose leaves may be expressions.
pub type Value = Json<Expression>;

/// What is known only when the template is deployed.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    /// The value of a parameter
    Parameter(&'static str),
    /// The id of a resource of the template, by its symbol
    Id(&'static str),
    /// A property of a deployed resource: its symbol, and the path below `properties`
    Property(&'static str, &'static str),
    /// Where the resource group is
    Location,
    /// Texts put together
    Joined(Vec<Value>),
    /// A function of the same name in both languages: `guid`, `subscriptionResourceId`, …
    Call(&'static str, Vec<Value>),
}

impl From<Expression> for Value {
    fn from(expression: Expression) -> Self {
        Self::Leaf(expression)
    }
}

/// The value of a parameter.
pub const fn parameter(name: &'static str) -> Value {
    Json::Leaf(Expression::Parameter(name))
}

/// The id of a resource of the template.
pub const fn id(symbol: &'static str) -> Value {
    Json::Leaf(Expression::Id(symbol))
}

/// What a template is told when it is deployed.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Its name, an identifier.
    pub name: &'static str,
    /// Its type: `string`, `int`, `bool`, `array`, `object`; the same in both languages.
    pub kind: &'static str,
    /// What it is for.
    pub about: &'static str,
    /// Its value where none is given.
    pub default: Option<Value>,
    /// The values that it may have; all where there is none.
    pub allowed: Vec<Value>,
    /// Whether it is a secret, which deployments do not keep.
    pub is_secret: bool,
}

impl Parameter {
    /// A text.
    pub const fn string(name: &'static str, about: &'static str) -> Self {
        Self {
            name,
            kind: "string",
            about,
            default: None,
            allowed: Vec::new(),
            is_secret: false,
        }
    }

    /// `location`, the resource group's where none is given.
    pub fn location() -> Self {
        Self::string("location", "Where the resources are made.")
            .or(Json::Leaf(Expression::Location))
    }

    /// The same with a default.
    #[must_use]
    pub fn or(self, default: impl Into<Value>) -> Self {
        Self {
            default: Some(default.into()),
            ..self
        }
    }

    /// A text with its default where it is known; asked for at deployment where it is not.
    #[must_use]
    pub fn or_known(self, known: Option<&str>) -> Self {
        match known {
            Some(text) => self.or(text),
            None => self,
        }
    }
}

/// A resource that is made, or one that is there and named.
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    /// What the template calls it, an identifier.
    pub symbol: Cow<'static, str>,
    /// The whole type: `Microsoft.OperationalInsights/workspaces/savedSearches`.
    pub kind: &'static str,
    /// The version of the type.
    pub api_version: &'static str,
    /// The last part of its name; those before it are the parent's.
    pub name: Value,
    /// The symbol of the resource that it is a child of.
    pub parent: Option<&'static str>,
    /// The symbol of the resource that it extends, as a diagnostic setting does.
    pub scope: Option<&'static str>,
    /// Whether it is there already; it is then named, not made.
    pub is_existing: bool,
    /// Symbols of resources that come first without being named in the body.
    pub depends_on: Vec<&'static str>,
    /// All further members in order: `location`, `tags`, `kind`, `identity`, `properties`.
    pub body: Members<Expression>,
}

impl Resource {
    /// A resource that is made.
    pub fn new<const N: usize>(
        symbol: impl Into<Cow<'static, str>>,
        kind: &'static str,
        api_version: &'static str,
        name: impl Into<Value>,
        body: [(&str, Value); N],
    ) -> Self {
        Self {
            symbol: symbol.into(),
            kind,
            api_version,
            name: name.into(),
            parent: None,
            scope: None,
            is_existing: false,
            depends_on: Vec::new(),
            body: body
                .map(|(key, value)| (key.to_owned(), value))
                .into_iter()
                .collect(),
        }
    }

    /// A resource that is there, in the resource group of the deployment.
    pub fn existing(
        symbol: impl Into<Cow<'static, str>>,
        kind: &'static str,
        api_version: &'static str,
        name: impl Into<Value>,
    ) -> Self {
        Self {
            is_existing: true,
            ..Self::new(symbol, kind, api_version, name, [])
        }
    }

    /// The same as a child of another.
    #[must_use]
    pub fn child_of(self, symbol: &'static str) -> Self {
        Self {
            parent: Some(symbol),
            ..self
        }
    }

    /// The same as an extension of another.
    #[must_use]
    pub fn extending(self, symbol: &'static str) -> Self {
        Self {
            scope: Some(symbol),
            ..self
        }
    }

    /// The same after another that its body does not name.
    #[must_use]
    pub fn after(mut self, symbol: &'static str) -> Self {
        self.depends_on.push(symbol);
        self
    }
}

/// What a deployment answers.
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    /// Its name, an identifier.
    pub name: &'static str,
    /// Its type.
    pub kind: &'static str,
    /// Its value.
    pub value: Value,
}

/// Resources of one resource group.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Template {
    /// What it is told.
    pub parameters: Vec<Parameter>,
    /// What it makes and names, parents before children.
    pub resources: Vec<Resource>,
    /// What it answers.
    pub outputs: Vec<Output>,
}

const SCHEMA: &str =
    "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#";

impl Template {
    fn resource(&self, symbol: &str) -> Option<&Resource> {
        self.resources
            .iter()
            .find(|resource| resource.symbol == symbol)
    }

    /// The resource and those that it is below, the outermost first.
    fn lineage<'t>(&'t self, resource: &'t Resource) -> Vec<&'t Resource> {
        let mut line = vec![resource];
        let mut parent = resource.parent;
        // No line is longer than the list, even where two name each other.
        while let Some(above) = parent.and_then(|symbol| self.resource(symbol))
            && line.len() <= self.resources.len()
        {
            line.insert(0, above);
            parent = above.parent;
        }
        line
    }
}

// ARM JSON

impl Template {
    /// The template as ARM JSON, with a line end.
    pub fn arm(&self) -> String {
        let mut members: Members<Expression> = vec![
            ("$schema".to_owned(), SCHEMA.into()),
            ("contentVersion".to_owned(), "1.0.0.0".into()),
        ];
        if !self.parameters.is_empty() {
            let parameters = self.parameters.iter();
            let parameters = parameters.map(|one| (one.name.to_owned(), one.arm()));
            members.push(("parameters".to_owned(), Json::Object(parameters.collect())));
        }
        let made = self.resources.iter().filter(|one| !one.is_existing);
        let made = made.map(|resource| self.arm_resource(resource));
        members.push(("resources".to_owned(), Json::List(made.collect())));
        if !self.outputs.is_empty() {
            let outputs = self.outputs.iter().map(|output| {
                let value = [
                    ("type", output.kind.into()),
                    ("value", output.value.clone()),
                ];
                (output.name.to_owned(), object(value))
            });
            members.push(("outputs".to_owned(), Json::Object(outputs.collect())));
        }
        let mut out = String::new();
        Json::Object(members).write(&Arm { template: self }, 0, &mut out);
        out.push('\n');
        out
    }

    fn arm_resource(&self, resource: &Resource) -> Value {
        let mut members: Members<Expression> = vec![
            ("type".to_owned(), resource.kind.into()),
            ("apiVersion".to_owned(), resource.api_version.into()),
        ];
        if let Some(scope) = resource.scope {
            members.push(("scope".to_owned(), id(scope)));
        }
        members.push(("name".to_owned(), self.full_name(resource)));
        members.extend(resource.body.iter().cloned());
        let first = self.comes_after(resource);
        if !first.is_empty() {
            let ids = first.into_iter().map(id).collect();
            members.push(("dependsOn".to_owned(), Json::List(ids)));
        }
        Json::Object(members)
    }

    /// The names of the line, parted by slashes.
    fn full_name(&self, resource: &Resource) -> Value {
        let mut parts: Vec<Value> = Vec::new();
        for (at, one) in self.lineage(resource).into_iter().enumerate() {
            let slash = if at > 0 { "/" } else { "" };
            match (parts.last_mut(), &one.name) {
                (Some(Json::Text(text)), Json::Text(name)) => {
                    text.push_str(slash);
                    text.push_str(name);
                }
                (Some(Json::Text(text)), _) => {
                    text.push_str(slash);
                    parts.push(one.name.clone());
                }
                (_, Json::Text(name)) => parts.push(format!("{slash}{name}").into()),
                _ => {
                    if at > 0 {
                        parts.push(slash.into());
                    }
                    parts.push(one.name.clone());
                }
            }
        }
        match parts.as_slice() {
            [one] => one.clone(),
            _ => Json::Leaf(Expression::Joined(parts)),
        }
    }

    /// The symbols of the resources of this template that must be there before.
    fn comes_after(&self, resource: &Resource) -> Vec<&'static str> {
        let mut named: Vec<&'static str> = Vec::new();
        named.extend(resource.parent);
        named.extend(resource.scope);
        named.extend(&resource.depends_on);
        collect_symbols(&resource.name, &mut named);
        for (_, value) in &resource.body {
            collect_symbols(value, &mut named);
        }
        let mut first: Vec<&'static str> = Vec::new();
        for symbol in named {
            let is_made = self.resource(symbol).is_some_and(|one| !one.is_existing);
            if is_made && !first.contains(&symbol) {
                first.push(symbol);
            }
        }
        first
    }

    fn arm_id(&self, symbol: &str, out: &mut String) {
        let Some(resource) = self.resource(symbol) else {
            return;
        };
        match resource.scope {
            Some(scope) => {
                out.push_str("extensionResourceId(");
                self.arm_id(scope, out);
                out.push_str(", ");
            }
            None => out.push_str("resourceId("),
        }
        write_arm_text(resource.kind, out);
        for one in self.lineage(resource) {
            out.push_str(", ");
            self.arm_operand(&one.name, out);
        }
        out.push(')');
    }

    /// A value within an expression.
    fn arm_operand(&self, value: &Value, out: &mut String) {
        match value {
            Json::Text(text) => write_arm_text(text, out),
            Json::Leaf(expression) => self.arm_expression(expression, out),
            Json::Null => out.push_str("null()"),
            Json::Bool(value) => out.push_str(if *value { "true()" } else { "false()" }),
            Json::Integer(number) => out.push_str(&number.to_string()),
            // What has no literal of its own within an expression is read from its JSON.
            Json::Real(_) | Json::List(_) | Json::Object(_) => {
                let mut text = String::new();
                value.write(&Arm { template: self }, 0, &mut text);
                out.push_str("json(");
                write_arm_text(&text, out);
                out.push(')');
            }
        }
    }

    fn arm_call(&self, name: &str, operands: &[Value], out: &mut String) {
        out.push_str(name);
        out.push('(');
        for (at, operand) in operands.iter().enumerate() {
            if at > 0 {
                out.push_str(", ");
            }
            self.arm_operand(operand, out);
        }
        out.push(')');
    }

    fn arm_expression(&self, expression: &Expression, out: &mut String) {
        match expression {
            Expression::Parameter(name) => {
                self.arm_call("parameters", &[(*name).into()], out);
            }
            Expression::Id(symbol) => self.arm_id(symbol, out),
            Expression::Property(symbol, path) => {
                let version = self.resource(symbol).map_or("", |one| one.api_version);
                out.push_str("reference(");
                self.arm_id(symbol, out);
                out.push_str(", ");
                write_arm_text(version, out);
                out.push_str(").");
                out.push_str(path);
            }
            Expression::Location => out.push_str("resourceGroup().location"),
            Expression::Joined(parts) => self.arm_call("concat", parts, out),
            Expression::Call(name, operands) => self.arm_call(name, operands, out),
        }
    }
}

fn collect_symbols(value: &Value, symbols: &mut Vec<&'static str>) {
    match value {
        Json::Leaf(Expression::Id(symbol) | Expression::Property(symbol, _)) => {
            symbols.push(symbol);
        }
        Json::Leaf(Expression::Joined(items) | Expression::Call(_, items)) | Json::List(items) => {
            for item in items {
                collect_symbols(item, symbols);
            }
        }
        Json::Object(members) => {
            for (_, value) in members {
                collect_symbols(value, symbols);
            }
        }
        _ => {}
    }
}

impl Parameter {
    fn arm(&self) -> Value {
        let kind = match (self.is_secret, self.kind) {
            (true, "string") => "secureString",
            (true, "object") => "secureObject",
            (_, kind) => kind,
        };
        let mut members: Members<Expression> = vec![("type".to_owned(), kind.into())];
        if let Some(default) = &self.default {
            members.push(("defaultValue".to_owned(), default.clone()));
        }
        if !self.allowed.is_empty() {
            members.push(("allowedValues".to_owned(), Json::List(self.allowed.clone())));
        }
        let about = object([("description", self.about.into())]);
        members.push(("metadata".to_owned(), about));
        Json::Object(members)
    }
}

struct Arm<'t> {
    template: &'t Template,
}

/// A text that looks like an expression is marked as none.
fn write_marked(text: &str, out: &mut String) {
    if text.starts_with('[') && text.ends_with(']') {
        write_json_string(&format!("[{text}"), out);
    } else {
        write_json_string(text, out);
    }
}

impl Style<Expression> for Arm<'_> {
    fn text(&self, text: &str, out: &mut String) {
        write_marked(text, out);
    }

    fn leaf(&self, leaf: &Expression, out: &mut String) {
        let mut text = String::from("[");
        self.template.arm_expression(leaf, &mut text);
        text.push(']');
        write_json_string(&text, out);
    }

    fn key(&self, key: &str, out: &mut String) {
        write_marked(key, out);
        out.push_str(": ");
    }
}

/// A text within an expression.
fn write_arm_text(text: &str, out: &mut String) {
    out.push('\'');
    out.push_str(&text.replace('\'', "''"));
    out.push('\'');
}

// Bicep

impl Template {
    /// The template as Bicep, with a line end.
    pub fn bicep(&self) -> String {
        let mut parts: Vec<String> = Vec::new();
        parts.extend(self.parameters.iter().map(Parameter::bicep));
        parts.extend(self.resources.iter().map(Resource::bicep));
        if !self.outputs.is_empty() {
            let outputs = self.outputs.iter().map(|output| {
                let mut out = format!("output {} {} = ", output.name, output.kind);
                output.value.write(&Bicep, 0, &mut out);
                out
            });
            parts.push(outputs.collect::<Vec<_>>().join("\n"));
        }
        parts.join("\n\n") + "\n"
    }
}

impl Parameter {
    fn bicep(&self) -> String {
        let mut out = String::from("@description(");
        write_bicep_text(self.about, &mut out);
        out.push_str(")\n");
        if self.is_secret {
            out.push_str("@secure()\n");
        }
        if !self.allowed.is_empty() {
            out.push_str("@allowed(");
            Json::List(self.allowed.clone()).write(&Bicep, 0, &mut out);
            out.push_str(")\n");
        }
        out.push_str(&format!("param {} {}", self.name, self.kind));
        if let Some(default) = &self.default {
            out.push_str(" = ");
            default.write(&Bicep, 0, &mut out);
        }
        out
    }
}

impl Resource {
    fn bicep(&self) -> String {
        let existing = if self.is_existing { "existing " } else { "" };
        let mut out = format!(
            "resource {} '{}@{}' {existing}= {{",
            self.symbol, self.kind, self.api_version
        );
        let mut symbol = |key: &str, symbol: Option<&str>| {
            if let Some(symbol) = symbol {
                new_line(1, &mut out);
                out.push_str(&format!("{key}: {symbol}"));
            }
        };
        symbol("parent", self.parent);
        symbol("scope", self.scope);
        let name = [("name".to_owned(), self.name.clone())];
        for (key, value) in name.iter().chain(&self.body) {
            new_line(1, &mut out);
            Bicep.key(key, &mut out);
            value.write(&Bicep, 1, &mut out);
        }
        if !self.depends_on.is_empty() {
            out.push_str("\n  dependsOn: [");
            for symbol in &self.depends_on {
                new_line(2, &mut out);
                out.push_str(symbol);
            }
            out.push_str("\n  ]");
        }
        out.push_str("\n}");
        out
    }
}

struct Bicep;

impl Style<Expression> for Bicep {
    fn text(&self, text: &str, out: &mut String) {
        write_bicep_text(text, out);
    }

    fn leaf(&self, leaf: &Expression, out: &mut String) {
        match leaf {
            Expression::Parameter(name) => out.push_str(name),
            Expression::Id(symbol) => out.push_str(&format!("{symbol}.id")),
            Expression::Property(symbol, path) => {
                out.push_str(&format!("{symbol}.properties.{path}"));
            }
            Expression::Location => out.push_str("resourceGroup().location"),
            Expression::Joined(parts) => {
                out.push('\'');
                for part in parts {
                    if let Json::Text(text) = part {
                        write_bicep_characters(text, out);
                    } else {
                        out.push_str("${");
                        part.write(self, 0, out);
                        out.push('}');
                    }
                }
                out.push('\'');
            }
            Expression::Call(name, operands) => {
                out.push_str(name);
                out.push('(');
                for (at, operand) in operands.iter().enumerate() {
                    if at > 0 {
                        out.push_str(", ");
                    }
                    operand.write(self, 0, out);
                }
                out.push(')');
            }
        }
    }

    fn key(&self, key: &str, out: &mut String) {
        if is_identifier(key) {
            out.push_str(key);
        } else {
            write_bicep_text(key, out);
        }
        out.push_str(": ");
    }

    /// The language has no literal for it.
    fn real(&self, text: &str, out: &mut String) {
        out.push_str(&format!("json('{text}')"));
    }

    fn comma(&self) -> &'static str {
        ""
    }
}

fn is_identifier(text: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    text.bytes().all(is_word)
        && text
            .bytes()
            .next()
            .is_some_and(|byte| !byte.is_ascii_digit())
        && !matches!(text, "true" | "false" | "null")
}

fn write_bicep_text(text: &str, out: &mut String) {
    out.push('\'');
    write_bicep_characters(text, out);
    out.push('\'');
}

fn write_bicep_characters(text: &str, out: &mut String) {
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' => out.push_str("\\\\"),
            '\'' => out.push_str("\\'"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '$' if characters.peek() == Some(&'{') => out.push_str("\\$"),
            // Line ends of other kinds and what is not to be seen.
            '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{FEFF}' => write_code(character, out),
            control if control.is_control() => write_code(control, out),
            other => out.push(other),
        }
    }
}

fn write_code(character: char, out: &mut String) {
    out.push_str(&format!("\\u{{{:x}}}", u32::from(character)));
}

/// A list of texts as a value.
pub fn texts<T: AsRef<str>>(items: &[T]) -> Value {
    json::list(items.iter().map(AsRef::as_ref))
}

#[cfg(test)]
mod tests;
