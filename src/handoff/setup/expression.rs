//! What expressions of templates and of Bicep give, as far as the text tells.
//!
//! Input: an expression, and what names are given ([`Scope`]). Output: its value; of a text of which
//! parts are not known, the text with those parts in braces. Invariants: work and what is copied are
//! bounded by [`FUEL`], whatever refers to whatever. Absent on purpose: operators, conditions, and
//! functions that ask the service.

use std::borrow::Cow;
use std::rc::Rc;

use super::document::{Cursor, Kind, Node, escaped};
use crate::text::Span;
use crate::value::order;

/// How many values, and eighths of bytes of texts, may be looked at.
const FUEL: u32 = 1_000_000;
/// How many names may refer to each other in a chain, and brackets stand in brackets.
const MOST_DEEP: u32 = 12;

/// A value that a name is given, or one that was put together.
type Value<'n> = Cow<'n, Node>;

/// What names are given.
pub(super) struct Scope<'n> {
    /// What parameters are given from outside, which is before their defaults.
    given: Rc<Names<'n>>,
    /// Defaults of parameters
    defaults: Names<'n>,
    /// Variables, and whatever has a name in Bicep
    variables: Names<'n>,
    pub(super) is_bicep: bool,
}

/// Names in small letters, in order; of two of the same the first holds.
#[derive(Default)]
pub(super) struct Names<'n>(Vec<(String, Value<'n>)>);

impl<'n> Names<'n> {
    pub(super) fn of(names: impl Iterator<Item = (&'n str, Value<'n>)>) -> Self {
        let mut names: Vec<_> = names
            .map(|(name, node)| (name.to_lowercase(), node))
            .collect();
        order::sort_by(&mut names, |(a, _), (b, _)| a.cmp(b));
        Self(names)
    }

    fn get(&self, name: &str) -> Option<Value<'_>> {
        let name = name.to_lowercase();
        let at = self.0.partition_point(|(known, _)| *known < name);
        let found = self.0.get(at).filter(|(known, _)| *known == name);
        found.map(|(_, node)| Cow::Borrowed(&**node))
    }
}

impl<'n> Scope<'n> {
    /// The names of a template.
    pub(super) const fn new(
        given: Rc<Names<'n>>,
        defaults: Names<'n>,
        variables: Names<'n>,
    ) -> Self {
        Self {
            given,
            defaults,
            variables,
            is_bicep: false,
        }
    }

    fn parameter(&self, name: &str) -> Option<Value<'_>> {
        self.given.get(name).or_else(|| self.defaults.get(name))
    }

    /// A variable; Bicep names its parameters alike.
    fn variable(&self, name: &str) -> Option<Value<'_>> {
        let own = self.variables.get(name)?;
        let given = self.given.get(name).filter(|_| self.is_bicep);
        Some(given.unwrap_or(own))
    }
}

/// Finds what expressions give.
pub(super) struct Evaluator {
    fuel: u32,
}

impl Evaluator {
    pub(super) const fn new() -> Self {
        Self { fuel: FUEL }
    }

    /// The value of a text that is an expression; none where nothing of it is known.
    pub(super) fn value<'s>(
        &mut self,
        text: &str,
        scope: &'s Scope<'_>,
        depth: u32,
    ) -> Option<Value<'s>> {
        self.burn(1 + text.len() as u32 / 8)?;
        if depth == MOST_DEEP {
            return None;
        }
        let mut reader = Reader {
            cursor: Cursor::new(text),
            evaluator: self,
            scope,
            depth,
        };
        let value = reader.expression()?;
        reader.cursor.blanks();
        reader.cursor.rest.is_empty().then_some(value)
    }

    fn burn(&mut self, fuel: u32) -> Option<()> {
        let left = self.fuel.checked_sub(fuel);
        self.fuel = left.unwrap_or_default();
        left.map(|_| ())
    }

    /// A copy of a value, if there is fuel for one.
    pub(super) fn copy(&mut self, value: Value<'_>) -> Option<Node> {
        match value {
            Cow::Owned(node) => Some(node),
            Cow::Borrowed(node) => {
                self.weigh(node)?;
                Some(node.clone())
            }
        }
    }

    fn weigh(&mut self, node: &Node) -> Option<()> {
        // A node is some hundred bytes.
        self.burn(8 + node.words().unwrap_or_default().len() as u32 / 8)?;
        let members = node.members().iter().map(|member| &member.value);
        node.items()
            .iter()
            .chain(members)
            .try_for_each(|node| self.weigh(node))
    }
}

/// The expression in the brackets of a text of a template.
pub(super) fn of_template(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('[')?.strip_suffix(']')?;
    let name = inner.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '.');
    (name.len() < inner.len() && name.starts_with('(')).then_some(inner)
}

struct Reader<'r, 's> {
    cursor: Cursor<'r>,
    evaluator: &'r mut Evaluator,
    scope: &'s Scope<'s>,
    depth: u32,
}

/// An argument of a function: its value where it is known, and how it is written.
type Argument<'r, 's> = (Option<Value<'s>>, &'r str);

impl<'r, 's> Reader<'r, 's> {
    fn expression(&mut self) -> Option<Value<'s>> {
        self.cursor.blanks();
        let mut value = match self.cursor.peek()? {
            '\'' => self.text()?,
            c if c.is_ascii_digit() || c == '-' => {
                let number = self
                    .cursor
                    .eat_while(|c| c.is_ascii_digit() || "-.".contains(c));
                made(Kind::Number(number.parse().ok()?))
            }
            _ => self.name()?,
        };
        loop {
            let key = if self.cursor.eat(".") {
                self.word().to_owned()
            } else if self.cursor.rest.starts_with("['") {
                self.cursor.next();
                let key = self.text()?;
                self.cursor.eat("]").then_some(())?;
                key.text()?.to_owned()
            } else {
                return Some(value);
            };
            value = self.member(&value, &key)?;
        }
    }

    fn member(&mut self, value: &Value<'s>, key: &str) -> Option<Value<'s>> {
        // Only names are given what has members.
        match value {
            Cow::Borrowed(node) => self.known(Cow::Borrowed(node.get(key)?)),
            Cow::Owned(_) => None,
        }
    }

    fn word(&mut self) -> &'r str {
        self.cursor.eat_while(|c| c.is_alphanumeric() || c == '_')
    }

    /// A name of Bicep, or a call.
    fn name(&mut self) -> Option<Value<'s>> {
        let name = self.word();
        if self.cursor.eat("(") {
            let arguments = self.arguments()?;
            return self.call(name, &arguments);
        }
        match name {
            "true" => Some(made(Kind::Bool(true))),
            "false" => Some(made(Kind::Bool(false))),
            "null" => Some(made(Kind::Null)),
            _ => {
                let value = self.scope.variable(name)?;
                self.known(value)
            }
        }
    }

    /// What a name is given, which may be an expression itself.
    fn known(&mut self, value: Value<'s>) -> Option<Value<'s>> {
        let text = match &value.kind {
            Kind::Expression(text) if self.scope.is_bicep => Some(text.as_str()),
            Kind::Text(text) if !self.scope.is_bicep => of_template(text),
            _ => None,
        };
        match text {
            Some(text) => self.evaluator.value(text, self.scope, self.depth + 1),
            None => Some(value),
        }
    }

    /// Arguments up to the closing bracket.
    fn arguments(&mut self) -> Option<Vec<Argument<'r, 's>>> {
        let mut arguments = Vec::new();
        self.depth += 1;
        if self.depth > MOST_DEEP {
            return None;
        }
        loop {
            self.cursor.blanks();
            if self.cursor.eat(")") {
                break;
            }
            let start = self.cursor.offset();
            let value = self.expression();
            let end = self.cursor.offset();
            self.skip();
            let text = self.cursor.of(self.cursor.span_from(start));
            let is_whole = self
                .cursor
                .of(Span::new(end, self.cursor.offset()))
                .trim()
                .is_empty();
            arguments.push((value.filter(|_| is_whole), text.trim()));
            if !self.cursor.eat(",") && !self.cursor.rest.starts_with(')') {
                return None;
            }
        }
        self.depth -= 1;
        Some(arguments)
    }

    /// Goes to the end of an argument.
    fn skip(&mut self) {
        let mut open = 0_u32;
        while let Some(character) = self.cursor.peek() {
            match character {
                '\'' => {
                    self.cursor.next();
                    self.cursor.eat_while(|c| c != '\'');
                }
                '(' | '[' | '{' => open += 1,
                ',' | ')' if open == 0 => return,
                ')' | ']' | '}' => open = open.saturating_sub(1),
                _ => {}
            }
            self.cursor.next();
        }
    }

    /// A text in quotes, with what its parts give.
    fn text(&mut self) -> Option<Value<'s>> {
        self.cursor.next();
        let mut text = String::new();
        let mut is_known = true;
        loop {
            let plain = self
                .cursor
                .eat_while(|c| c != '\'' && c != '\\' && c != '$');
            text.push_str(plain);
            match self.cursor.next() {
                None => break,
                Some('\'') if !self.scope.is_bicep && self.cursor.eat("'") => text.push('\''),
                Some('\'') => break,
                Some('\\') if self.scope.is_bicep => text.extend(self.cursor.next().map(escaped)),
                Some('$') if self.scope.is_bicep && self.cursor.eat("{") => {
                    let part = self.cursor.eat_while(|c| c != '}');
                    self.cursor.next();
                    let value = self.evaluator.value(part, self.scope, self.depth + 1);
                    is_known &= self.write(&(value, part), &mut text)?;
                }
                Some(other) => text.push(other),
            }
        }
        Some(of_parts(text, is_known))
    }

    /// Writes a part of a text; whether it is known.
    fn write(&mut self, (value, written): &Argument<'_, '_>, text: &mut String) -> Option<bool> {
        let start = text.len();
        let kind = value.as_ref().map(|value| &value.kind);
        match kind {
            Some(Kind::Text(part) | Kind::Expression(part)) => {
                // Before it is copied: a short expression may name a long text often.
                self.evaluator.burn(part.len() as u32 / 8)?;
                text.push_str(part);
            }
            Some(Kind::Number(number)) => text.push_str(&number.to_string()),
            Some(Kind::Bool(flag)) => text.push_str(&flag.to_string()),
            _ => text.push_str(&format!("{{{written}}}")),
        }
        self.evaluator.burn((text.len() - start) as u32 / 8)?;
        Some(matches!(
            kind,
            Some(Kind::Text(_) | Kind::Number(_) | Kind::Bool(_))
        ))
    }

    fn call(&mut self, name: &str, arguments: &[Argument<'r, 's>]) -> Option<Value<'s>> {
        let (first, rest) = arguments.split_first()?;
        let first_text = || first.0.as_ref().and_then(|value| value.text());
        let mut text = String::new();
        let mut is_known = true;
        match name.to_lowercase().as_str() {
            "parameters" => {
                let value = self.scope.parameter(first_text()?)?;
                return self.known(value);
            }
            "variables" => {
                let value = self.scope.variable(first_text()?)?;
                return self.known(value);
            }
            "tolower" => text = first_text()?.to_lowercase(),
            "concat" => {
                for argument in arguments {
                    is_known &= self.write(argument, &mut text)?;
                }
            }
            "format" => {
                let mut parts = first_text()?.split('{');
                text.push_str(parts.next()?);
                for part in parts {
                    let (number, behind) = part.split_once('}')?;
                    let part = rest.get(number.parse::<usize>().ok()?)?;
                    is_known &= self.write(part, &mut text)?;
                    text.push_str(behind);
                }
            }
            // Before the type the subscription and the group may stand.
            "resourceid" | "subscriptionresourceid" | "tenantresourceid" => {
                let is_type = |one: &Argument<'_, '_>| {
                    one.0
                        .as_ref()
                        .and_then(|value| value.text())
                        .is_some_and(|text| text.contains('/'))
                };
                let at = arguments.iter().position(is_type)?;
                let (kind, names) = arguments.get(at..)?.split_first()?;
                let mut kinds = kind.0.as_ref()?.text()?.split('/');
                text = format!("/providers/{}", kinds.next()?);
                for name in names {
                    text.push_str(&format!("/{}/", kinds.next()?));
                    is_known &= self.write(name, &mut text)?;
                }
            }
            _ => return None,
        }
        self.evaluator.burn(text.len() as u32 / 8)?;
        Some(of_parts(text, is_known))
    }
}

fn made<'n>(kind: Kind) -> Value<'n> {
    Cow::Owned(Node::new(Span::default(), kind))
}

fn of_parts<'n>(text: String, is_known: bool) -> Value<'n> {
    made(if is_known {
        Kind::Text(text)
    } else {
        Kind::Expression(text)
    })
}
