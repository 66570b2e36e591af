//! A paste with the names of parameters and variables replaced by what they are given.
//!
//! Input: the trees of a paste. Output: the same trees with the values of expressions, each at the
//! place of its expression. Values come from defaults, from variables, and from files of parameters
//! that stand beside; deployments within a template have names of their own if they say so.
//! Invariant: what is not known stays an expression. Absent on purpose: outputs of deployments.

use std::borrow::Cow;
use std::rc::Rc;

use super::check::{Finding, codes};
use super::document::{Kind, Member, Node};
use super::expression::{Evaluator, Names, Scope, of_template};
use super::paste::Paste;
use crate::text::{Span, cut};

/// The trees of a paste with values in the places of names.
pub(super) fn resolve(paste: &Paste<'_>, notes: &mut Vec<Finding>) -> Vec<Node> {
    let files = paste
        .nodes
        .iter()
        .filter(|node| node.get("resources").is_none());
    let given = files
        .filter_map(|file| file.get("parameters"))
        .flat_map(Node::members);
    let given = given.filter_map(|member| named(&member.key, member.value.get("value")));
    let names = paste.bicep.names.iter().chain(&paste.bicep.defaults);
    let names = names.map(|(name, node)| (*name, Cow::Borrowed(node)));
    let given = Rc::new(Names::of(given));
    let mut bicep = Scope::new(Rc::clone(&given), Names::default(), Names::of(names));
    bicep.is_bicep = true;
    let mut resolver = Resolver {
        evaluator: Evaluator::new(),
        notes,
    };
    let nodes = paste.nodes.iter().map(|node| {
        if node.get("symbol").is_some() {
            return resolver.node(node, &bicep, 0);
        }
        resolver.node(node, &scope_of(node, Rc::clone(&given)), 0)
    });
    nodes.collect()
}

/// A name with what it is given.
fn named<'n>(name: &'n str, node: Option<&'n Node>) -> Option<(&'n str, Cow<'n, Node>)> {
    node.map(|node| (name, Cow::Borrowed(node)))
}

/// The names of a template.
fn scope_of<'n>(template: &'n Node, given: Rc<Names<'n>>) -> Scope<'n> {
    let members = |key: &str| template.get(key).map_or(&[][..], Node::members).iter();
    let defaults = members("parameters")
        .filter_map(|member| named(&member.key, member.value.get("defaultValue")));
    let variables =
        members("variables").filter_map(|member| named(&member.key, Some(&member.value)));
    Scope::new(given, Names::of(defaults), Names::of(variables))
}

/// How often a value that was put in may hold one that is put in.
const MOST_WITHIN: u32 = 4;

struct Resolver<'f> {
    evaluator: Evaluator,
    notes: &'f mut Vec<Finding>,
}

impl Resolver<'_> {
    fn node(&mut self, node: &Node, scope: &Scope<'_>, within: u32) -> Node {
        let text = match &node.kind {
            Kind::Expression(text) => Some(text.as_str()),
            Kind::Text(text) if !scope.is_bicep => of_template(text),
            _ => None,
        };
        let mut result = Node::new(node.span, Kind::Null);
        let Some(text) = text else {
            result.source = node.source;
            result.kind = self.kind(node, scope, within);
            return result;
        };
        let known = self.evaluator.value(text, scope, 0);
        let known = known.and_then(|value| self.evaluator.copy(value));
        result.kind = match known {
            Some(known) => {
                // What was put together stands nowhere else.
                if known.source != Span::default() {
                    result.source = known.source;
                }
                match known.kind {
                    Kind::Object(_) | Kind::List(_) if within < MOST_WITHIN => {
                        self.kind(&known, scope, within + 1)
                    }
                    Kind::Object(_) | Kind::List(_) => Kind::Null,
                    kind => kind,
                }
            }
            None => Kind::Expression(node.words().unwrap_or_default().to_owned()),
        };
        result
    }

    /// A value whose parts are resolved.
    fn kind(&mut self, node: &Node, scope: &Scope<'_>, within: u32) -> Kind {
        match &node.kind {
            Kind::Object(members) => {
                let inner = self.inner_scope(node, scope, within);
                let members = members.iter().map(|member| {
                    let is_inner = member.key.eq_ignore_ascii_case("template");
                    let scope = inner.as_ref().filter(|_| is_inner).unwrap_or(scope);
                    Member {
                        key: member.key.clone(),
                        value: self.node(&member.value, scope, within),
                    }
                });
                Kind::Object(members.collect())
            }
            Kind::List(items) => {
                let items = items.iter().map(|item| self.node(item, scope, within));
                Kind::List(items.collect())
            }
            kind => kind.clone(),
        }
    }

    /// The names of the template within a deployment that has its own; a link to one is told.
    fn inner_scope<'n>(
        &mut self,
        node: &'n Node,
        scope: &Scope<'_>,
        within: u32,
    ) -> Option<Scope<'n>> {
        if let Some(link) = node.at("properties.templateLink") {
            let name = node
                .get("name")
                .and_then(Node::words)
                .unwrap_or("deployment");
            let keys = ["uri", "id", "relativePath"];
            let uri = keys.iter().find_map(|key| link.get(key)?.words());
            let values = [name, uri.unwrap_or("templateLink")].map(|value| cut(value, 40));
            self.notes
                .push(Finding::new(codes::ELSEWHERE, link.span, values.into()));
        }
        let template = node.get("template")?;
        let evaluation = node.at("expressionEvaluationOptions.scope")?.text()?;
        if !evaluation.eq_ignore_ascii_case("inner") {
            return None;
        }
        let mut given = Vec::new();
        for member in node.get("parameters").map_or(&[][..], Node::members) {
            if let Some(value) = member.value.get("value") {
                let value = self.node(value, scope, within);
                given.push((member.key.as_str(), Cow::Owned(value)));
            }
        }
        Some(scope_of(template, Rc::new(Names::of(given.into_iter()))))
    }
}
