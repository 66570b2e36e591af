//! Policies as people write them: XML whose expressions are not XML.
//!
//! Input: a cursor. Output: the elements, in order, and the slips that were met. Invariants: an
//! expression `@(…)` or `@{…}` is passed over with its texts, brackets and `<`, escaped or not; a
//! slip closes what it can, and reading goes on; no element is looked at twice. Absent on purpose:
//! namespaces, declarations of types, and what expressions give.
//!
//! ```text
//! policy     = { element | comment | text | expression }
//! element    = "<" name { name "=" quoted } ( "/>" | ">" policy "</" name ">" )
//! expression = "@(" … ")" | "@{" … "}"
//! ```

use super::check::codes;
use super::document::{Cursor, edit};
use crate::text::Span;

/// An element of a policy.
#[derive(Debug)]
pub(super) struct Element {
    pub(super) name: String,
    /// Where it is named.
    pub(super) span: Span,
    pub(super) attributes: Vec<Attribute>,
    /// The place of its parent among the elements.
    pub(super) parent: Option<usize>,
    /// The section of the document that it stands in; empty outside of them.
    pub(super) section: &'static str,
}

/// An attribute of an element.
#[derive(Debug)]
pub(super) struct Attribute {
    pub(super) name: String,
    /// The value without quotes, its entities read.
    pub(super) value: String,
    /// The value without quotes.
    pub(super) span: Span,
}

impl Element {
    /// The value of an attribute.
    pub(super) fn get(&self, name: &str) -> Option<&Attribute> {
        self.attributes
            .iter()
            .find(|attribute| attribute.name == name)
    }
}

/// The sections of a policy document.
const SECTIONS: [&str; 4] = ["inbound", "backend", "outbound", "on-error"];
/// How many expressions may be without an end until no more is looked for one.
const MOST_BROKEN: u32 = 8;
/// How far up an end is looked for its beginning.
const MOST_OPEN: usize = 64;

/// Whether an element, a comment or a declaration begins here.
pub(super) fn is_xml(rest: &str) -> bool {
    let mut characters = rest.chars();
    characters.next() == Some('<')
        && characters
            .next()
            .is_some_and(|c| c.is_ascii_alphabetic() || "!?/".contains(c))
}

/// Elements that stand one behind the other, up to what is none.
pub(super) fn read(cursor: &mut Cursor<'_>) -> Vec<Element> {
    let mut reader = Reader {
        cursor,
        elements: Vec::new(),
        open: Vec::new(),
        n_broken: 0,
    };
    loop {
        reader.text();
        let start = reader.cursor.offset();
        if reader.cursor.rest.is_empty() || reader.open.is_empty() && !is_xml(reader.cursor.rest) {
            break;
        }
        if reader.cursor.eat("<!--") {
            reader.ends(start, "-->");
        } else if reader.cursor.eat("<![CDATA[") {
            reader.ends(start, "]]>");
        } else if reader.cursor.eat("<?") || reader.cursor.eat("<!") {
            reader.ends(start, ">");
        } else if reader.cursor.eat("</") {
            reader.close(start);
        } else if is_xml(reader.cursor.rest) {
            reader.cursor.next();
            reader.element(start);
        } else {
            reader.cursor.next();
            reader.unescaped(start, "&lt;");
        }
    }
    let end = reader.cursor.offset();
    while let Some(at) = reader.open.pop() {
        reader.not_closed(at, end);
    }
    reader.elements
}

struct Reader<'c, 't> {
    cursor: &'c mut Cursor<'t>,
    elements: Vec<Element>,
    /// The elements that are not closed yet.
    open: Vec<usize>,
    n_broken: u32,
}

impl Reader<'_, '_> {
    /// Reads text and expressions up to the next `<`; outside of all elements, blanks.
    fn text(&mut self) {
        if self.open.is_empty() {
            self.cursor.blanks();
            return;
        }
        loop {
            self.cursor.eat_while(|c| !"<@&".contains(c));
            let start = self.cursor.offset();
            match self.cursor.peek() {
                Some('@') => self.expression(),
                Some('&') => self.entity(start),
                _ => return,
            }
        }
    }

    /// Passes over an expression, or over the character that begins none.
    fn expression(&mut self) {
        let start = self.cursor.offset();
        let is_one = self.cursor.rest.starts_with("@(") || self.cursor.rest.starts_with("@{");
        if is_one && self.n_broken < MOST_BROKEN {
            if let Some(rest) = behind_expression(self.cursor.rest) {
                self.cursor.rest = rest;
                return;
            }
            self.n_broken += 1;
            let line = start + self.cursor.line(40).len() as u32;
            self.cursor
                .slip(codes::UNCLOSED, Span::new(start, line), Vec::new());
        }
        self.cursor.next();
    }

    /// Passes over `&`, which begins an entity.
    fn entity(&mut self, start: u32) {
        self.cursor.next();
        let rest = self.cursor.rest;
        let name = rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '#');
        if name.len() == rest.len() || !name.starts_with(';') {
            self.unescaped(start, "&amp;");
        }
    }

    fn unescaped(&mut self, start: u32, entity: &str) {
        let span = self.cursor.span_from(start);
        self.cursor.slip(codes::UNESCAPED, span, edit(span, entity));
    }

    /// Passes over what ends with a mark.
    fn ends(&mut self, start: u32, mark: &str) {
        let begin = self.cursor.offset();
        if !self.cursor.skip_past(mark) {
            self.cursor
                .slip(codes::UNCLOSED, Span::new(start, begin), Vec::new());
        }
    }

    fn name(&mut self) -> String {
        let is_name = |c: char| c.is_alphanumeric() || "-_.:".contains(c);
        self.cursor.eat_while(is_name).to_owned()
    }

    /// Notes an element that has no end where the one that it stands in has.
    fn not_closed(&mut self, at: usize, end: u32) {
        if let Some(element) = self.elements.get(at) {
            let span = Span::new(element.span.start - 1, element.span.end);
            let edits = edit(Span::new(end, end), format!("</{}>", element.name));
            self.cursor.slip(codes::UNCLOSED, span, edits);
        }
    }

    /// An end of an element; what is open within it ends as well.
    fn close(&mut self, start: u32) {
        let name = self.name();
        let span = self.cursor.span_from(start);
        self.cursor.blanks();
        if !self.cursor.eat(">") {
            self.cursor.slip(
                codes::UNCLOSED,
                span,
                edit(Span::new(span.end, span.end), ">"),
            );
        }
        let elements = &self.elements;
        let is_it = |at: &usize| elements.get(*at).is_some_and(|one| one.name == name);
        let Some(above) = self.open.iter().rev().take(MOST_OPEN).position(is_it) else {
            self.cursor.slip(
                codes::NOT_OPEN,
                span,
                edit(self.cursor.span_from(start), ""),
            );
            return;
        };
        for _ in 0..above {
            if let Some(at) = self.open.pop() {
                self.not_closed(at, start);
            }
        }
        self.open.pop();
    }

    /// The beginning of an element, behind `<`.
    fn element(&mut self, start: u32) {
        let name = self.name();
        let span = Span::new(start + 1, self.cursor.offset());
        let parent = self.open.last().copied();
        let section = SECTIONS.into_iter().find(|section| *section == name);
        let above = parent.and_then(|at| self.elements.get(at));
        let section = section.or(above.map(|one| one.section)).unwrap_or_default();
        let at = self.elements.len();
        let mut attributes = Vec::new();
        let is_open = loop {
            self.cursor.blanks();
            let start = self.cursor.offset();
            if self.cursor.eat("/>") {
                break false;
            }
            match self.cursor.peek() {
                Some('>') => {
                    self.cursor.next();
                    break true;
                }
                None | Some('<') => {
                    let last = self.cursor.findings.last();
                    let is_told = last.is_some_and(|one| one.span.start >= span.start);
                    if !is_told {
                        let span = Span::new(span.start - 1, span.end);
                        self.cursor.slip(codes::UNCLOSED, span, Vec::new());
                    }
                    break false;
                }
                Some(_) => attributes.extend(self.attribute(start)),
            }
        };
        self.elements.push(Element {
            name,
            span,
            attributes,
            parent,
            section,
        });
        if is_open {
            self.open.push(at);
        }
    }

    fn attribute(&mut self, start: u32) -> Option<Attribute> {
        let name = self.name();
        if name.is_empty() {
            self.cursor.next();
        }
        self.cursor.blanks();
        let is_named = !name.is_empty() && self.cursor.eat("=");
        if !is_named {
            let span = self.cursor.span_from(start);
            self.cursor.slip(codes::BROKEN, span, Vec::new());
            return None;
        }
        self.cursor.blanks();
        let quote = self.cursor.peek().filter(|c| matches!(c, '"' | '\''));
        let begin = self.cursor.offset();
        let Some(quote) = quote else {
            let is_bare = |c: char| !c.is_whitespace() && !"<>/\"'".contains(c);
            let value = self.cursor.eat_while(is_bare);
            let span = self.cursor.span_from(begin);
            if value.is_empty() {
                let span = self.cursor.span_from(start);
                self.cursor.slip(codes::BROKEN, span, Vec::new());
            } else {
                let is_word = value
                    .chars()
                    .all(|c| c.is_alphanumeric() || "-_.".contains(c));
                let edits = if is_word {
                    edit(span, format!("\"{value}\""))
                } else {
                    Vec::new()
                };
                self.cursor.slip(codes::UNQUOTED, span, edits);
            }
            return Some(Attribute {
                name,
                value: unescape(value),
                span,
            });
        };
        self.cursor.next();
        let begin = self.cursor.offset();
        loop {
            self.cursor.eat_while(|c| c != quote && !"<@&".contains(c));
            match self.cursor.peek() {
                Some('@') => self.expression(),
                Some('&') => self.entity(self.cursor.offset()),
                Some(mark) if mark == quote => break,
                // A value has no `<`: its quote is missing.
                _ => {
                    let span = self.cursor.span_from(start);
                    self.cursor.slip(codes::UNCLOSED, span, Vec::new());
                    break;
                }
            }
        }
        let span = self.cursor.span_from(begin);
        let value = unescape(self.cursor.of(span));
        if self.cursor.peek() == Some(quote) {
            self.cursor.next();
            // What follows at once shows that a quote is missing before.
            let next = self.cursor.peek();
            if next.is_some_and(|c| !c.is_whitespace() && !"/>?".contains(c)) {
                let span = self.cursor.span_from(start);
                self.cursor.slip(codes::UNCLOSED, span, Vec::new());
                self.cursor.eat_while(|c| !"<>".contains(c));
            }
        }
        Some(Attribute { name, value, span })
    }
}

/// What stands behind an expression; none where it has no end.
fn behind_expression(text: &str) -> Option<&str> {
    let mut rest = text.get(1..)?;
    let mut depth = 0_u32;
    // `@` and `$` before a text, the last characters that were read.
    let mut is_verbatim = false;
    loop {
        let first = rest.chars().next()?;
        if let Some((quote, behind)) = quote(rest) {
            rest = behind_text(behind, quote, is_verbatim)?;
            is_verbatim = false;
            continue;
        }
        is_verbatim = first == '@' || first == '$' && is_verbatim;
        rest = rest.get(first.len_utf8()..)?;
        match first {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => {
                depth -= 1;
                if depth == 0 {
                    return Some(rest);
                }
            }
            '\'' => rest = behind_character(rest),
            '/' if rest.starts_with('/') => rest = rest.get(rest.find('\n')?..)?,
            '/' if rest.starts_with('*') => rest = rest.split_once("*/")?.1,
            _ => {}
        }
    }
}

/// A quote as it is or as an entity, and what stands behind it.
fn quote(text: &str) -> Option<(&'static str, &str)> {
    let quotes = ["\"", "&quot;"].into_iter();
    let mut found = quotes.filter_map(|quote| Some((quote, text.strip_prefix(quote)?)));
    found.next()
}

/// What stands behind a text of C#.
fn behind_text<'t>(text: &'t str, quote: &str, is_verbatim: bool) -> Option<&'t str> {
    let mut rest = text;
    loop {
        if let Some(behind) = rest.strip_prefix(quote) {
            // A doubled quote of a verbatim text stands for itself.
            match behind.strip_prefix(quote).filter(|_| is_verbatim) {
                Some(doubled) => rest = doubled,
                None => return Some(behind),
            }
            continue;
        }
        let mut characters = rest.chars();
        match characters.next()? {
            '\\' if !is_verbatim => {
                let escaped = characters.as_str();
                rest = match escaped.strip_prefix(quote) {
                    Some(behind) => behind,
                    None => {
                        characters.next()?;
                        characters.as_str()
                    }
                };
                continue;
            }
            '\n' if !is_verbatim => return None,
            _ => {}
        }
        rest = characters.as_str();
    }
}

/// What stands behind a character of C#, or the same where none stands here.
fn behind_character(text: &str) -> &str {
    let mut characters = text.chars();
    let first = characters.next();
    if first == Some('\\') {
        characters.next();
    }
    let escaped = text.strip_prefix("&quot;").unwrap_or(characters.as_str());
    escaped.strip_prefix('\'').unwrap_or(text)
}

/// A value with its entities read.
fn unescape(text: &str) -> String {
    let mut value = text.to_owned();
    for (entity, character) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&apos;", "'"),
        ("&amp;", "&"),
    ] {
        if value.contains(entity) {
            value = value.replace(entity, character);
        }
    }
    value
}
