//! A pasted set-up as a tree whose nodes know their places, and a cursor that readers share.
//!
//! Input: text. Output: [`Node`]s, and the slips that were met. Invariants: reading goes on behind a
//! slip, so that what is right is still understood; nesting is bounded. Absent on purpose: values of
//! expressions ([`super::expression`]).

use nom::branch::alt;
use nom::bytes::complete::{tag, take_until};
use nom::character::complete::not_line_ending;
use nom::combinator::{recognize, rest};
use nom::sequence::{preceded, terminated};

use super::check::{Finding, codes};
use super::rules::LIST;
use crate::diagnostic::Edit;
use crate::text::{Span, cut};

/// Deepest nesting that is read.
pub(super) const MAX_DEPTH: u32 = 64;

/// A value and its place.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) span: Span,
    /// Where the value itself stands: of the name of a parameter, what the parameter is given.
    pub(super) source: Span,
    pub(super) kind: Kind,
}

/// What a value is.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    /// `null`, or where a value is missing
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    /// What is known at deployment only, as it is written
    Expression(String),
    List(Vec<Node>),
    Object(Vec<Member>),
}

/// A member of an object.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) key: String,
    pub(super) value: Node,
}

impl Member {
    /// A member that a reader adds.
    pub(super) fn text(key: &str, span: Span, text: &str) -> Self {
        Self {
            key: key.to_owned(),
            value: Node::new(span, Kind::Text(text.to_owned())),
        }
    }
}

impl Node {
    pub(super) const fn new(span: Span, kind: Kind) -> Self {
        Self {
            span,
            source: span,
            kind,
        }
    }

    /// The value of a key, in any case.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        let members = self.members().iter();
        let mut found = members.filter(|member| member.key.eq_ignore_ascii_case(key));
        found.next_back().map(|member| &member.value)
    }

    /// The value at the end of a path of keys, which full stops part.
    pub(super) fn at(&self, path: &str) -> Option<&Self> {
        path.split('.').try_fold(self, |node, key| node.get(key))
    }

    pub(super) fn members(&self) -> &[Member] {
        match &self.kind {
            Kind::Object(members) => members,
            _ => &[],
        }
    }

    pub(super) fn items(&self) -> &[Self] {
        match &self.kind {
            Kind::List(items) => items,
            _ => &[],
        }
    }

    pub(super) fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn number(&self) -> Option<f64> {
        match self.kind {
            Kind::Number(number) => Some(number),
            _ => None,
        }
    }

    /// Whether it is `true`, where that can be told.
    pub(super) fn flag(&self) -> Option<bool> {
        match self.kind {
            Kind::Bool(value) => Some(value),
            Kind::Null => Some(false),
            _ => None,
        }
    }

    /// Calls a function with every key below.
    pub(super) fn each_key<'n>(&'n self, see: &mut dyn FnMut(&'n str)) {
        for item in self.items() {
            item.each_key(see);
        }
        for member in self.members() {
            see(&member.key);
            member.value.each_key(see);
        }
    }

    /// A text, or an expression as it is written.
    pub(super) fn words(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) | Kind::Expression(text) => Some(text),
            _ => None,
        }
    }
}

/// Where a reader stands in a text.
pub(super) struct Cursor<'t> {
    whole: &'t str,
    pub(super) rest: &'t str,
    pub(super) findings: Vec<Finding>,
    pub(super) depth: u32,
    /// The brackets that the end of the text leaves open, the inner ones first.
    left_open: String,
}

impl<'t> Cursor<'t> {
    /// The beginning of a text.
    pub(super) const fn new(whole: &'t str) -> Self {
        Self {
            whole,
            rest: whole,
            findings: Vec::new(),
            depth: 0,
            left_open: String::new(),
        }
    }

    /// How many bytes are read.
    pub(super) const fn offset(&self) -> u32 {
        (self.whole.len() - self.rest.len()) as u32
    }

    /// From a place to here.
    pub(super) const fn span_from(&self, start: u32) -> Span {
        Span::new(start, self.offset())
    }

    /// The text of a span.
    pub(super) fn of(&self, span: Span) -> &'t str {
        let range = span.start as usize..span.end as usize;
        self.whole.get(range).unwrap_or_default()
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    /// Reads one character.
    pub(super) fn next(&mut self) -> Option<char> {
        let mut characters = self.rest.chars();
        let next = characters.next();
        self.rest = characters.as_str();
        next
    }

    /// Reads a text if it stands here.
    pub(super) fn eat(&mut self, text: &str) -> bool {
        let rest = self.rest.strip_prefix(text);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// Reads characters while they are of a kind.
    pub(super) fn eat_while(&mut self, is_wanted: impl Fn(char) -> bool) -> &'t str {
        let rest = self.rest.trim_start_matches(is_wanted);
        let eaten = self.rest.len() - rest.len();
        let text = self.rest.get(..eaten).unwrap_or_default();
        self.rest = rest;
        text
    }

    /// Goes on with what a parser leaves, if it accepts what stands here.
    pub(super) fn parse<O>(
        &mut self,
        mut parser: impl nom::Parser<&'t str, Output = O, Error = ()>,
    ) -> Option<O> {
        let (rest, output) = parser.parse(self.rest).ok()?;
        self.rest = rest;
        Some(output)
    }

    /// Reads blanks, line ends and the mark at the beginning of a file.
    pub(super) fn blanks(&mut self) {
        self.eat_while(|c| c.is_whitespace() || c == '\u{FEFF}');
    }

    /// Goes to the place behind a mark, or to the end where there is none.
    pub(super) fn skip_past(&mut self, mark: &str) -> bool {
        let rest = self.rest.split_once(mark).map(|(_, rest)| rest);
        self.rest = rest.unwrap_or_default();
        rest.is_some()
    }

    /// What stands here up to the end of the line, and not much more than some bytes of it.
    pub(super) fn line(&self, n_bytes: usize) -> &'t str {
        let mut ends = self.rest.char_indices();
        let end = ends.find(|(at, c)| *c == '\n' || *at >= n_bytes);
        let end = end.map_or(self.rest.len(), |(at, _)| at);
        self.rest.get(..end).unwrap_or_default()
    }

    /// Reads a comment of either form; one that is not closed ends with the text.
    pub(super) fn comment(&mut self) -> bool {
        let block = alt((recognize(terminated(take_until("*/"), tag("*/"))), rest));
        let line = recognize(preceded(tag("//"), not_line_ending));
        let comment = alt((line, recognize(preceded(tag("/*"), block))));
        self.parse(comment).is_some()
    }

    /// Notes a slip and what repairs it; what stands there is what its message names.
    pub(super) fn slip(&mut self, code: &'static str, span: Span, edits: Vec<Edit>) {
        let shown = cut(self.of(span).trim(), 40);
        self.note(Finding::new(code, span, vec![shown]).with_edits(edits));
    }

    /// Notes a bracket without its end; those that the end of the text leaves open are told at once.
    pub(super) fn unclosed(&mut self, start: u32, close: char) {
        self.left_open.push(close);
        let is_end = self.peek().is_none_or(|c| !"}]".contains(c));
        if is_end && self.depth > 1 {
            return;
        }
        let at = self.offset();
        let before = self.of(Span::new(0, at)).trim_end();
        let is_whole = !before.ends_with([',', ':']) && (is_end || self.depth > 1);
        let ends = std::mem::take(&mut self.left_open);
        let edits = edit(Span::new(at, at), ends);
        let edits = if is_whole { edits } else { Vec::new() };
        self.slip(codes::UNCLOSED, Span::new(start, start + 1), edits);
    }

    /// Leaves the text where brackets stand too deep in brackets.
    pub(super) fn too_deep(&mut self) {
        let start = self.offset();
        self.slip(codes::BROKEN, Span::new(start, start + 1), Vec::new());
        self.rest = "";
    }

    /// Notes a finding, as long as the list of them can be read.
    pub(super) fn note(&mut self, finding: Finding) {
        if self.findings.len() < LIST {
            self.findings.push(finding);
        }
    }
}

/// The character that a letter behind `\` stands for.
pub(super) const fn escaped(letter: char) -> char {
    match letter {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        other => other,
    }
}

/// What repairs a place: another text.
pub(super) fn edit(span: Span, text: impl Into<String>) -> Vec<Edit> {
    vec![Edit {
        span,
        text: text.into(),
    }]
}
