//! The part of Bicep that declares resources: objects, lists, texts, numbers, names.
//!
//! Input: a cursor. Output: each resource as the object that ARM JSON has of it, with `symbol` beside.
//! Invariants: what is no resource, parameter or variable is passed over; a name of a parameter with
//! a plain default or of a plain variable stands for its value; every turn of a loop reads a
//! character or ends. Absent on purpose: what expressions give, modules, loops.
//!
//! ```text
//! file     = { decorator | param | var | resource | anything }
//! resource = "resource" name text ["existing"] "=" ["if" "(" … ")"] object
//! object   = "{" { key ":" value | resource } "}"
//! value    = object | list | text | number | word | expression
//! ```

use nom::bytes::complete::{tag, take_until};
use nom::character::complete::not_line_ending;
use nom::combinator::recognize;
use nom::sequence::{preceded, terminated};

use super::check::codes;
use super::document::{Cursor, Kind, MAX_DEPTH, Member, Node};
use crate::text::Span;

/// Whether a text declares what Bicep declares.
pub(super) fn is_bicep(text: &str) -> bool {
    text.lines().map(str::trim_start).any(|line| {
        ["resource ", "param ", "var ", "module ", "targetScope"]
            .iter()
            .any(|word| line.starts_with(word))
    })
}

/// All resources of a text.
pub(super) fn read(cursor: &mut Cursor<'_>) -> Vec<Node> {
    let mut reader = Reader {
        cursor,
        names: Vec::new(),
    };
    let mut resources = Vec::new();
    loop {
        reader.skip_space(true);
        if reader.cursor.rest.is_empty() {
            return resources;
        }
        match reader.name() {
            "resource" => resources.extend(reader.resource()),
            "param" => {
                let name = reader.blank_and_name();
                reader.skip_space(false);
                reader.cursor.eat_while(|c| c != '=' && c != '\n');
                reader.default(name);
            }
            "var" => {
                let name = reader.blank_and_name();
                reader.skip_space(false);
                reader.default(name);
            }
            _ => {
                reader.expression("");
                reader.cursor.next();
            }
        }
    }
}

struct Reader<'c, 't> {
    cursor: &'c mut Cursor<'t>,
    /// Values of parameters and variables.
    names: Vec<(&'t str, Kind)>,
}

impl<'t> Reader<'_, 't> {
    /// Reads blanks and comments, and line ends where they part nothing.
    fn skip_space(&mut self, with_lines: bool) {
        loop {
            self.cursor
                .eat_while(|c| c.is_whitespace() && (with_lines || c != '\n') || c == '\u{FEFF}');
            let directive = recognize(preceded(tag("#"), not_line_ending));
            if !self.cursor.comment() && self.cursor.parse(directive).is_none() {
                return;
            }
        }
    }

    fn name(&mut self) -> &'t str {
        self.cursor.eat_while(|c| c.is_alphanumeric() || c == '_')
    }

    fn blank_and_name(&mut self) -> &'t str {
        self.skip_space(false);
        self.name()
    }

    /// `= value`, remembered where it is plain.
    fn default(&mut self, name: &'t str) {
        if self.cursor.eat("=") {
            self.skip_space(false);
            let value = self.value();
            if matches!(value.kind, Kind::Bool(_) | Kind::Number(_) | Kind::Text(_)) {
                self.names.push((name, value.kind));
            }
        }
    }

    fn resource(&mut self) -> Option<Node> {
        let start = self.cursor.offset();
        let symbol = self.blank_and_name();
        let symbol_span = self.cursor.span_from(start);
        self.skip_space(false);
        let type_start = self.cursor.offset();
        if self.cursor.peek() != Some('\'') {
            self.broken(type_start);
            return None;
        }
        let kind = self.text();
        let type_span = self.cursor.span_from(type_start);
        let Kind::Text(kind) = kind else {
            return None;
        };
        self.cursor.eat_while(|c| !"={\n".contains(c));
        self.cursor.eat("=");
        self.cursor.eat_while(|c| c != '{' && c != '\n');
        if self.cursor.peek() != Some('{') {
            self.broken(type_start);
            return None;
        }
        let mut node = self.value();
        let (kind, version) = kind.split_once('@').unwrap_or((&kind, ""));
        if let Kind::Object(members) = &mut node.kind {
            let text = |key: &str, text: &str, span| Member {
                key: key.to_owned(),
                value: Node {
                    span,
                    kind: Kind::Text(text.to_owned()),
                },
            };
            members.push(text("type", kind, type_span));
            members.push(text("apiVersion", version, type_span));
            members.push(text("symbol", symbol, symbol_span));
        }
        node.span = Span::new(start, node.span.end);
        Some(node)
    }

    fn broken(&mut self, start: u32) {
        let span = self.cursor.span_from(start);
        self.cursor.slip(codes::BROKEN, span, Vec::new());
    }

    fn value(&mut self) -> Node {
        let start = self.cursor.offset();
        let kind = match self.cursor.peek() {
            Some('{' | '[') if self.cursor.depth == MAX_DEPTH => {
                self.broken(start);
                self.cursor.rest = "";
                Kind::Null
            }
            Some('{') => Kind::Object(self.items('}', Self::member)),
            Some('[') => Kind::List(self.items(']', |reader| Some(reader.value()))),
            Some('\'') => self.text(),
            _ => self.plain(),
        };
        // A text or a name may be the beginning of more.
        let end = self.cursor.offset();
        let more = if self.cursor.depth > 0 { ",]}" } else { "" };
        let is_more = !self.expression(more).trim().is_empty();
        let span = if is_more {
            self.cursor.span_from(start)
        } else {
            Span::new(start, end)
        };
        let kind = if is_more {
            Kind::Expression(self.cursor.of(span).trim_end().to_owned())
        } else {
            kind
        };
        Node { span, kind }
    }

    fn plain(&mut self) -> Kind {
        let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
        match self.cursor.eat_while(is_word) {
            "true" => Kind::Bool(true),
            "false" => Kind::Bool(false),
            "null" => Kind::Null,
            word => {
                if let Ok(number) = word.parse() {
                    return Kind::Number(number);
                }
                let known = self.names.iter().find(|(name, _)| *name == word);
                match known {
                    Some((_, kind)) => kind.clone(),
                    None => Kind::Expression(word.to_owned()),
                }
            }
        }
    }

    /// Reads up to the end of the line or one of some marks, whatever stands in brackets and texts.
    fn expression(&mut self, ends: &str) -> &'t str {
        let start = self.cursor.offset();
        let mut open = 0_u32;
        while let Some(character) = self.cursor.peek() {
            match character {
                '\n' if open == 0 => break,
                '/' if open == 0
                    && (self.cursor.rest.starts_with("//")
                        || self.cursor.rest.starts_with("/*")) =>
                {
                    break;
                }
                mark if open == 0 && ends.contains(mark) => break,
                '\'' => {
                    self.text();
                    continue;
                }
                '(' | '[' | '{' => open += 1,
                ')' | ']' | '}' => open = open.saturating_sub(1),
                _ => {}
            }
            self.cursor.next();
        }
        self.cursor.of(self.cursor.span_from(start))
    }

    fn items<T>(&mut self, close: char, one: impl Fn(&mut Self) -> Option<T>) -> Vec<T> {
        let start = self.cursor.offset();
        self.cursor.next();
        self.cursor.depth += 1;
        let mut found = Vec::new();
        loop {
            self.skip_space(true);
            let at = self.cursor.offset();
            match self.cursor.peek() {
                Some(mark) if mark == close => {
                    self.cursor.next();
                    break;
                }
                None | Some('}' | ']') => {
                    self.cursor
                        .slip(codes::BROKEN, Span::new(start, start + 1), Vec::new());
                    break;
                }
                Some(',') => {
                    self.cursor.next();
                }
                Some(_) => found.extend(one(self)),
            }
            if self.cursor.offset() == at {
                self.cursor.next();
            }
        }
        self.cursor.depth -= 1;
        found
    }

    fn member(&mut self) -> Option<Member> {
        let start = self.cursor.offset();
        let key = if self.cursor.peek() == Some('\'') {
            match self.text() {
                Kind::Text(text) | Kind::Expression(text) => text,
                _ => String::new(),
            }
        } else {
            self.name().to_owned()
        };
        if key == "resource" {
            // A child within its parent.
            let value = self.resource()?;
            return Some(Member { key, value });
        }
        self.skip_space(false);
        if !self.cursor.eat(":") {
            self.expression("}");
            self.broken(start);
            return None;
        }
        self.skip_space(false);
        let value = self.value();
        Some(Member { key, value })
    }

    /// A text in one or three quotes; one with parts that are put in is an expression.
    fn text(&mut self) -> Kind {
        let start = self.cursor.offset();
        if self.cursor.eat("'''") {
            let text = self.cursor.parse(terminated(take_until("'''"), tag("'''")));
            if let Some(text) = text {
                return Kind::Text(text.to_owned());
            }
            self.cursor.rest = "";
            self.broken(start);
            return Kind::Null;
        }
        self.cursor.next();
        let mut text = String::new();
        let mut has_parts = false;
        loop {
            match self.cursor.peek() {
                None | Some('\n') => {
                    self.broken(start);
                    break;
                }
                Some('$') if self.cursor.rest.starts_with("${") => {
                    has_parts = true;
                    let end = self.cursor.rest.find(['}', '\n']).unwrap_or(0);
                    text.push_str(self.cursor.rest.get(..end).unwrap_or_default());
                    self.cursor.rest = self.cursor.rest.get(end..).unwrap_or_default();
                    if end == 0 {
                        self.cursor.next();
                    }
                }
                Some(character) => {
                    self.cursor.next();
                    match character {
                        '\'' => break,
                        '\\' => text.extend(self.cursor.next()),
                        other => text.push(other),
                    }
                }
            }
        }
        if has_parts {
            Kind::Expression(text)
        } else {
            Kind::Text(text)
        }
    }
}
