//! The part of Bicep that declares resources: objects, lists, texts, numbers, names.
//!
//! Input: a cursor at a declaration. Output: a resource as the object that ARM JSON has of it, with
//! `symbol` beside; what parameters and variables are given. Invariants: what declares nothing of
//! these is passed over; a module is told, since it is not read; every turn of a loop reads a
//! character or ends. Absent on purpose: loops, of which the body is read once.
//!
//! ```text
//! file     = { decorator | param | var | resource | module | anything }
//! resource = "resource" name text ["existing"] "=" ["if" "(" … ")"] object
//! object   = "{" { key ":" value | resource } "}"
//! value    = object | list | text | number | word | expression
//! ```

use nom::bytes::complete::{tag, take_until};
use nom::character::complete::not_line_ending;
use nom::combinator::recognize;
use nom::sequence::{preceded, terminated};

use super::check::{Finding, codes};
use super::document::{Cursor, Kind, MAX_DEPTH, Member, Node, escaped};
use crate::text::{Span, cut};

/// First words of declarations.
const WORDS: [&str; 11] = [
    "resource ",
    "param ",
    "var ",
    "module ",
    "targetScope",
    "metadata ",
    "using ",
    "import ",
    "output ",
    "type ",
    "func ",
];
/// Members of loggers and diagnostics that modules are given.
const OF_LOGGERS: [&str; 10] = [
    "loggers",
    "loggerType",
    "loggerId",
    "instrumentationKey",
    "connectionString",
    "identityClientId",
    "alwaysLog",
    "verbosity",
    "diagnosticSettings",
    "apiDiagnostics",
];

/// What Bicep declares beside resources.
#[derive(Default)]
pub(super) struct Bicep<'t> {
    /// Whether anything is declared.
    pub(super) is_there: bool,
    /// Whether the lines that come are of the same file.
    pub(super) goes_on: bool,
    /// Variables, and parameters that a file of parameters gives.
    pub(super) names: Vec<(&'t str, Node)>,
    /// Parameters with their defaults
    pub(super) defaults: Vec<(&'t str, Node)>,
}

impl<'t> Bicep<'t> {
    /// Whether a line is of a file of Bicep.
    pub(super) fn begins(&self, line: &str) -> bool {
        let is_decorator = |line: &str| {
            let name = line.strip_prefix('@');
            name.is_some_and(|name| name.starts_with(|c: char| c.is_ascii_alphabetic()))
        };
        let is_declared = line.contains(['=', '\'']) || line.starts_with("param ");
        self.goes_on
            || is_decorator(line)
            || is_declared && WORDS.iter().any(|word| line.starts_with(word))
    }

    /// Reads one declaration, or passes over a line.
    pub(super) fn declaration(&mut self, cursor: &mut Cursor<'t>) -> Option<Node> {
        self.is_there = true;
        self.goes_on = true;
        let mut reader = Reader { cursor };
        reader.skip_space(true);
        let start = reader.cursor.offset();
        match reader.name() {
            "resource" => return reader.resource(start),
            "module" => reader.module(start),
            word @ ("param" | "var") => {
                let name = reader.blank_and_name();
                reader.skip_space(false);
                let kind = reader.cursor.eat_while(|c| c != '=' && c != '\n');
                let is_default = word == "param" && !kind.trim().is_empty();
                let value = if reader.cursor.eat("=") {
                    reader.skip_space(false);
                    reader.value()
                } else {
                    // It is given when it is deployed.
                    let span = reader.cursor.span_from(start);
                    Node::new(span, Kind::Expression(name.to_owned()))
                };
                if is_default {
                    self.defaults.push((name, value));
                } else {
                    self.names.push((name, value));
                }
            }
            _ => {
                reader.expression("");
                reader.cursor.next();
            }
        }
        None
    }
}

struct Reader<'c, 't> {
    cursor: &'c mut Cursor<'t>,
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

    /// Symbol, type or path, and body of a declaration.
    fn declared(&mut self, start: u32) -> Option<(Member, Member, Node)> {
        self.skip_space(false);
        let at = self.cursor.offset();
        let symbol = self.name();
        let symbol = Member::text("symbol", self.cursor.span_from(at), symbol);
        self.skip_space(false);
        let at = self.cursor.offset();
        if self.cursor.peek() != Some('\'') {
            self.broken(start);
            return None;
        }
        let Kind::Text(kind) = self.text() else {
            return None;
        };
        let kind = Member::text("type", self.cursor.span_from(at), &kind);
        self.cursor.eat_while(|c| !"={\n".contains(c));
        self.cursor.eat("=");
        // A loop and a condition may go on in the next line.
        while self
            .cursor
            .eat_while(|c| c != '{' && c != '\n')
            .trim_end()
            .ends_with(['[', '(', '&', '|'])
            && self.cursor.eat("\n")
        {}
        if self.cursor.peek() != Some('{') {
            self.broken(start);
            return None;
        }
        // What stands behind it ends a loop.
        let start = self.cursor.offset();
        let body = Kind::Object(self.items('}', Self::member));
        let body = Node::new(self.cursor.span_from(start), body);
        self.cursor.eat("]");
        Some((symbol, kind, body))
    }

    fn resource(&mut self, start: u32) -> Option<Node> {
        let (symbol, mut kind, mut node) = self.declared(start)?;
        let span = kind.value.span;
        if let Kind::Text(text) = &mut kind.value.kind
            && let Kind::Object(members) = &mut node.kind
        {
            let at = text.find('@').unwrap_or(text.len());
            let version = text.split_off(at);
            let version = version.trim_start_matches('@');
            members.push(Member::text("apiVersion", span, version));
            members.push(kind);
            members.push(symbol);
        }
        node.span = Span::new(start, node.span.end);
        Some(node)
    }

    /// A module, which is another file: it is told, and whether it is given what loggers have.
    fn module(&mut self, start: u32) {
        let Some((symbol, path, node)) = self.declared(start) else {
            return;
        };
        let name = |member: &Member| cut(member.value.text().unwrap_or_default(), 40);
        let mut values = vec![name(&symbol), name(&path)];
        let mut code = codes::ELSEWHERE;
        let mut given = None;
        node.each_key(&mut |key| {
            let known = OF_LOGGERS.iter().find(|known| **known == key);
            given = given.or(known);
        });
        if let Some(given) = given {
            code = codes::MODULE_OF_LOGGER;
            values = vec![(*given).to_owned(), name(&symbol)];
        }
        self.cursor
            .note(Finding::new(code, symbol.value.span, values));
    }

    fn broken(&mut self, start: u32) {
        let span = self.cursor.span_from(start);
        self.cursor.slip(codes::BROKEN, span, Vec::new());
    }

    fn value(&mut self) -> Node {
        let start = self.cursor.offset();
        let kind = match self.cursor.peek() {
            Some('{' | '[') if self.cursor.depth == MAX_DEPTH => {
                self.cursor.too_deep();
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
        Node::new(span, kind)
    }

    fn plain(&mut self) -> Kind {
        let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
        match self.cursor.eat_while(is_word) {
            "true" => Kind::Bool(true),
            "false" => Kind::Bool(false),
            "null" => Kind::Null,
            word => {
                let number = word.parse().ok().filter(|number: &f64| number.is_finite());
                number.map_or_else(|| Kind::Expression(word.to_owned()), Kind::Number)
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
                    self.cursor.unclosed(start, close);
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
            let value = self.resource(start)?;
            return Some(Member { key, value });
        }
        let key_span = self.cursor.span_from(start);
        self.skip_space(false);
        if !self.cursor.eat(":") {
            self.expression("}");
            self.broken(start);
            return None;
        }
        self.skip_space(false);
        if self.cursor.peek().is_some_and(|c| "\r\n,}".contains(c)) {
            self.cursor.slip(codes::NO_VALUE, key_span, Vec::new());
            return None;
        }
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
            self.cursor
                .slip(codes::UNCLOSED, Span::new(start, start + 3), Vec::new());
            return Kind::Null;
        }
        self.cursor.next();
        let mut text = String::new();
        let mut has_parts = false;
        loop {
            match self.cursor.peek() {
                None | Some('\n') => {
                    let span = self.cursor.span_from(start);
                    self.cursor.slip(codes::UNCLOSED, span, Vec::new());
                    break;
                }
                Some('$') if self.cursor.rest.starts_with("${") => {
                    has_parts = true;
                    self.cursor.next();
                    self.cursor.eat_while(|c| c != '}' && c != '\n');
                }
                Some(character) => {
                    self.cursor.next();
                    match character {
                        '\'' => break,
                        '\\' => text.extend(self.cursor.next().map(escaped)),
                        other => text.push(other),
                    }
                }
            }
        }
        if has_parts {
            let span = self.cursor.span_from(start);
            Kind::Expression(self.cursor.of(span).to_owned())
        } else {
            Kind::Text(text)
        }
    }
}
