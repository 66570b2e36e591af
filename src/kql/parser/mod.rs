//! The parser: from tokens to the tree, by recursive descent.
//!
//! Input: a query text. Output: [`Parsed`], a tree and what is wrong with the text. Invariants:
//! reading never fails; a part that cannot be read is reported once, skipped to the next `|`, `;` or
//! closing bracket, and leaves a node; recursion and the height of the tree stay within
//! [`tree::MAX_DEPTH`]. Absent on purpose: names of tables, columns and functions.

mod expression;
mod graph;
mod literal;
mod operator;
mod statement;
mod words;

use super::token::{Token, TokenKind, tokens};
use super::tree::{self, Expr, Name, Query};
use crate::diagnostic::{Diagnostic, Edit, Fix, codes};
use crate::text::{Span, cut};
use words::Traits;

/// Most problems that are told about one text.
const MAX_PROBLEMS: usize = 100;

/// What reading a text gives.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The tree, whole even when parts are broken.
    pub query: Query,
    /// What is wrong, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

impl Parsed {
    /// Whether the text can be run as far as grammar goes.
    pub fn is_ok(&self) -> bool {
        !self
            .diagnostics
            .iter()
            .any(|d| d.severity == crate::diagnostic::Severity::Error)
    }
}

/// Reads a query text.
pub fn parse(text: &str) -> Parsed {
    let (all, diagnostics) = tokens(text);
    let mut parser = Parser {
        text,
        tokens: pieces(text, &all),
        at: 0,
        depth: 0,
        height: 0,
        allows_wildcards: false,
        is_silent: false,
        is_too_deep: false,
        diagnostics,
    };
    let query = parser.query();
    let mut diagnostics = parser.diagnostics;
    if diagnostics.len() > 1 {
        crate::value::order::sort_by_key(&mut diagnostics, |d| (d.span.start, d.span.end));
    }
    Parsed { query, diagnostics }
}

/// A token as the parser asks for it.
#[derive(Clone, Copy)]
struct Piece {
    /// The tag of a word or symbol; [`NO_TAG`] for everything else.
    tag: u64,
    span: Span,
    /// How many brackets are open around it; a bracket counts as outside of itself.
    nesting: u32,
    /// The place of the bracket that closes this one; [`NOWHERE`] when there is none.
    closing: u32,
    kind: TokenKind,
    traits: Traits,
    infix: u8,
}

/// A tag that no text has: the bytes of a text are never all `0xFF`.
const NO_TAG: u64 = u64::MAX;

/// A place that no token has.
const NOWHERE: u32 = u32::MAX;

/// The tokens that are read, without spaces and comments.
fn pieces(text: &str, tokens: &[Token]) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::with_capacity(tokens.len() / 2 + 4);
    let mut open: Vec<u32> = Vec::new();
    for token in tokens {
        let (kind, span) = (token.kind, token.span);
        let (mut tag, mut word) = (NO_TAG, None);
        match kind {
            TokenKind::Space | TokenKind::Comment | TokenKind::Directive => continue,
            TokenKind::Unknown if !span.of(text).contains(['"', '\'', '`', '“', '‘']) => {
                continue;
            }
            TokenKind::Word | TokenKind::Symbol => {
                tag = tag_of(text, span);
                word = Some(words::of_tag(tag, || span.of(text)));
            }
            _ => {}
        }
        let at = pieces.len() as u32;
        if kind == TokenKind::Symbol
            && (tag == symbol(b')') || tag == symbol(b']') || tag == symbol(b'}'))
            && let Some(opening) = open
                .pop()
                .and_then(|opening| pieces.get_mut(opening as usize))
        {
            opening.closing = at;
        }
        let nesting = open.len() as u32;
        if kind == TokenKind::Symbol
            && (tag == symbol(b'(') || tag == symbol(b'[') || tag == symbol(b'{'))
        {
            open.push(at);
        }
        pieces.push(Piece {
            tag,
            span,
            nesting,
            closing: NOWHERE,
            kind,
            traits: word.map_or(Traits::NONE, |word| word.traits),
            infix: word.map_or(0, |word| word.infix),
        });
    }
    pieces
}

/// The tag of a symbol of one character.
const fn symbol(byte: u8) -> u64 {
    1 << 56 | byte as u64
}

/// The tag of a piece of the text; nearly all are short and read in one go.
#[cfg_attr(not(debug_assertions), inline(always))]
fn tag_of(text: &str, span: Span) -> u64 {
    let (start, n) = (span.start as usize, (span.end - span.start) as usize);
    if n <= words::LONGEST_EXACT
        && let Some(bytes) = text.as_bytes().get(start..start + 8)
        && let Ok(bytes) = bytes.try_into()
    {
        let all = u64::from_le_bytes(bytes);
        return (n as u64) << 56 | (all & ((1 << (8 * n)) - 1));
    }
    words::tag(span.of(text))
}

struct Parser<'t> {
    text: &'t str,
    tokens: Vec<Piece>,
    at: usize,
    /// How many nodes stand above the one being read.
    depth: u32,
    /// How many levels of nodes were read below the one being read.
    height: u32,
    /// Whether `T*` is a name here, as between the tables of `union`.
    allows_wildcards: bool,
    /// Whether this part was reported already.
    is_silent: bool,
    is_too_deep: bool,
    diagnostics: Vec<Diagnostic>,
}

impl<'t> Parser<'t> {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn nth(&self, n: usize) -> Option<&Piece> {
        self.tokens.get(self.at + n)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn kind(&self) -> Option<TokenKind> {
        self.nth(0).map(|token| token.kind)
    }

    #[inline(never)]
    fn nth_text(&self, n: usize) -> &'t str {
        self.nth(n).map_or("", |token| token.span.of(self.text))
    }

    fn peek(&self) -> &'t str {
        self.nth_text(0)
    }

    /// What the next word or symbol is.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn traits(&self) -> Traits {
        self.nth(0).map_or(Traits::NONE, |token| token.traits)
    }

    /// Whether the next token is this word or symbol; a string with the same text is not.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn at(&self, text: &str) -> bool {
        let is_exact = text.len() <= words::LONGEST_EXACT;
        self.has_tag(words::tag(text)) && (is_exact || self.peek() == text)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn nth_is(&self, n: usize, text: &str) -> bool {
        let is_exact = text.len() <= words::LONGEST_EXACT;
        self.nth_has_tag(n, words::tag(text)) && (is_exact || self.nth_text(n) == text)
    }

    #[inline(never)]
    fn has_tag(&self, tag: u64) -> bool {
        self.nth(0).is_some_and(|token| token.tag == tag)
    }

    #[inline(never)]
    fn nth_has_tag(&self, n: usize, tag: u64) -> bool {
        self.nth(n).is_some_and(|token| token.tag == tag)
    }

    fn at_word(&self) -> bool {
        self.nth_is_word(0)
    }

    fn nth_is_word(&self, n: usize) -> bool {
        self.nth(n)
            .is_some_and(|token| token.kind == TokenKind::Word)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn at_end(&self) -> bool {
        self.at >= self.tokens.len()
    }

    /// Whether an operator or statement can end here.
    fn at_boundary(&self) -> bool {
        self.at_end() || self.traits().any(Traits::BOUNDARY)
    }

    /// The next token, or the empty place behind the last.
    fn here(&self) -> Span {
        self.nth(0).map_or_else(
            || {
                let end = self.tokens.last().map_or(0, |token| token.span.end);
                Span::new(end, end)
            },
            |token| token.span,
        )
    }

    /// The empty place behind the last token read.
    fn behind(&self) -> Span {
        let end = self
            .at
            .checked_sub(1)
            .and_then(|at| self.tokens.get(at))
            .map_or(0, |token| token.span.end);
        Span::new(end, end)
    }

    fn from(&self, start: Span) -> Span {
        Span::new(start.start, self.behind().end.max(start.start))
    }

    fn bump(&mut self) -> Span {
        let span = self.here();
        if !self.at_end() {
            self.at += 1;
        }
        span
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn eat(&mut self, text: &str) -> bool {
        self.eat_tag(words::tag(text), text)
    }

    #[inline(never)]
    fn eat_tag(&mut self, tag: u64, text: &str) -> bool {
        let is_exact = text.len() <= words::LONGEST_EXACT;
        let is_there = self.has_tag(tag) && (is_exact || self.peek() == text);
        self.at += usize::from(is_there);
        is_there
    }

    /// Whether the next token stands right behind the last one.
    fn is_adjacent(&self) -> bool {
        self.nth(0)
            .is_some_and(|token| token.span.start == self.behind().end)
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.slip(diagnostic);
        self.is_silent = true;
    }

    /// A problem that the parser reads on from as if it were not there.
    fn slip(&mut self, diagnostic: Diagnostic) {
        if !self.is_silent && !self.is_too_deep && self.diagnostics.len() < MAX_PROBLEMS {
            self.diagnostics.push(diagnostic);
        }
    }

    fn found(&self) -> String {
        if self.at_end() {
            "the end of the query".to_owned()
        } else {
            format!("`{}`", cut(self.peek(), 24))
        }
    }

    fn expected(&mut self, what: &str) {
        let message = format!("expected {what}, found {}", self.found());
        self.report(Diagnostic::error(codes::SYNTAX, self.here(), message));
    }

    /// Reads the symbol or word, or reports that `why` needs it.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn expect(&mut self, text: &str, why: &str) -> bool {
        self.eat(text) || self.is_forgotten(text, why)
    }

    /// Reports a missing symbol or word; a word may have been forgotten, and reading goes on.
    #[cold]
    #[inline(never)]
    fn is_forgotten(&mut self, text: &str, why: &str) -> bool {
        let message = format!("{why} requires `{text}`, found {}", self.found());
        let mut error = Diagnostic::error(codes::SYNTAX, self.here(), message);
        let is_forgotten =
            text.starts_with(|c: char| c.is_ascii_alphabetic()) && !self.at_boundary();
        if is_forgotten {
            error = error.with_fix(self.insertion(&format!("{text} ")));
            self.slip(error);
        } else {
            self.report(error);
        }
        is_forgotten
    }

    /// The repair that puts a text before the next token.
    fn insertion(&self, text: &str) -> Fix {
        let start = self.here().start;
        let edits = vec![Edit {
            span: Span::new(start, start),
            text: text.to_owned(),
        }];
        Fix {
            title: format!("Insert `{}`", text.trim()),
            edits,
            safe: true,
        }
    }

    /// Reads a closing bracket, or reports which one is open.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn close(&mut self, bracket: &str, opened: Span) {
        if !self.eat(bracket) && !self.is_silent {
            self.not_closed(bracket, opened);
        }
    }

    #[cold]
    #[inline(never)]
    fn not_closed(&mut self, bracket: &str, opened: Span) {
        let open = opened.of(self.text);
        let place = self.here();
        let error = if self.at_end() || self.at(";") {
            let edits = vec![Edit {
                span: self.likely_end(opened),
                text: bracket.to_owned(),
            }];
            let fix = Fix {
                title: format!("Close with `{bracket}`"),
                edits,
                safe: false,
            };
            Diagnostic::error(codes::SYNTAX, opened, format!("`{open}` is never closed"))
                .with_fix(fix)
        } else {
            let message = format!("expected `,` or `{bracket}`, found {}", self.found());
            let mut error = Diagnostic::error(codes::SYNTAX, place, message);
            let starts_operand = !matches!(
                self.kind(),
                Some(TokenKind::Symbol | TokenKind::Unknown) | None
            );
            if starts_operand && !(self.at_word() && self.traits().is_no_value()) {
                let end = self.behind();
                let edits = vec![Edit {
                    span: end,
                    text: ",".to_owned(),
                }];
                error = error.with_fix(Fix {
                    title: "Insert `,`".to_owned(),
                    edits,
                    safe: false,
                });
            }
            error
        };
        self.report(error);
    }

    /// Where a bracket that is never closed most likely ends: before the next `|` when it holds
    /// arguments or terms, at the end of what was read when it may hold a pipeline.
    fn likely_end(&self, opened: Span) -> Span {
        let at = self
            .tokens
            .partition_point(|token| token.span.start < opened.start);
        let level = self.tokens.get(at).map_or(0, |token| token.nesting);
        let before = at
            .checked_sub(1)
            .and_then(|at| self.tokens.get(at))
            .map_or("", |token| token.span.of(self.text));
        let holds_table = matches!(
            before,
            "" | "join"
                | "lookup"
                | "union"
                | "materialize"
                | "toscalar"
                | "totable"
                | "on"
                | ","
                | "="
                | "("
                | ")"
                | ";"
        ) || opened.of(self.text) == "{";
        let bar = (at + 1..self.tokens.len()).find(|&at| {
            self.tokens
                .get(at)
                .is_some_and(|token| token.nesting == level + 1 && token.span.of(self.text) == "|")
        });
        match bar
            .filter(|_| !holds_table)
            .and_then(|bar| self.tokens.get(bar - 1))
        {
            Some(last) => Span::new(last.span.end, last.span.end),
            None => self.behind(),
        }
    }

    fn too_deep(&mut self) {
        if !self.is_too_deep {
            self.is_silent = false;
            self.diagnostics.truncate(MAX_PROBLEMS - 1);
            let message = format!("nested or chained deeper than {} levels", tree::MAX_DEPTH);
            self.slip(
                Diagnostic::error(codes::TOO_DEEP, self.here(), message)
                    .with_help("split the expression with `extend` or `let`"),
            );
        }
        self.is_too_deep = true;
        self.at = self.tokens.len();
    }

    /// Reads a node one level down; the node itself is counted by `grow`.
    fn down<T>(&mut self, instead: impl FnOnce(Span) -> T, read: impl FnOnce(&mut Self) -> T) -> T {
        if self.depth >= tree::MAX_DEPTH {
            self.too_deep();
            return instead(self.here());
        }
        self.depth += 1;
        let beside = std::mem::take(&mut self.height);
        let node = read(self);
        self.depth -= 1;
        self.height = beside.max(self.height);
        node
    }

    /// Notes that what was read becomes the child of a further node.
    fn grow(&mut self) {
        self.height += 1;
        if self.depth + self.height > tree::MAX_DEPTH {
            self.too_deep();
        }
    }

    /// Skips to the end of a broken part that began at a nesting of `level`.
    fn recover(&mut self, level: u32) {
        self.skip_part(level);
        self.is_silent = false;
    }

    /// Skips to the `|`, `;` or closing bracket that ends a part at a nesting of `level`.
    fn skip_part(&mut self, level: u32) {
        while let Some(here) = self.nth(0).map(|token| token.nesting) {
            if here < level || (here == level && (self.at("|") || self.at(";"))) {
                break;
            }
            self.at += 1;
        }
    }

    /// The token that closes the bracket at the n-th next token, with its place.
    fn closing(&self, n: usize) -> Option<(usize, &Piece)> {
        let at = self.nth(n)?.closing as usize;
        Some((at, self.tokens.get(at)?))
    }

    fn level(&self) -> u32 {
        self.nth(0).map_or(0, |token| token.nesting)
    }

    /// `a, b, c`; a comma behind the last is reported and taken away.
    fn list<T>(&mut self, mut read: impl FnMut(&mut Self) -> T) -> Vec<T> {
        let mut items = vec![read(self)];
        while self.at(",") && !self.is_silent {
            let comma = self.bump();
            if self.at_boundary() || self.at("by") {
                let edits = vec![Edit {
                    span: comma,
                    text: String::new(),
                }];
                let fix = Fix {
                    title: "Remove the comma".to_owned(),
                    edits,
                    safe: true,
                };
                self.slip(
                    Diagnostic::error(codes::SYNTAX, comma, "nothing follows the comma")
                        .with_fix(fix),
                );
                break;
            }
            items.push(read(self));
        }
        items
    }

    fn bare_name(&mut self) -> Name {
        let text = self.peek().to_owned();
        Name {
            text,
            span: self.bump(),
        }
    }

    /// A name where one is declared: `a`, `['a b']`; `what` tells what it would name.
    fn name(&mut self, what: &str) -> Name {
        if let Some(name) = self.bracketed_name() {
            return name;
        }
        if self.at_word() && !self.traits().is_no_name() {
            return self.bare_name();
        }
        if self.kind() == Some(TokenKind::Placeholder) {
            return self.bare_name();
        }
        if self.at_word() {
            self.reserved_word(what);
            return self.bare_name();
        }
        let span = self.here();
        self.expected(what);
        Name {
            text: String::new(),
            span: Span::new(span.start, span.start),
        }
    }

    /// `['a b']` or `["a b"]`
    fn bracketed_name(&mut self) -> Option<Name> {
        let is_name = self.at("[")
            && self
                .nth(1)
                .is_some_and(|token| token.kind == TokenKind::String)
            && self.nth_is(2, "]");
        if !is_name {
            return None;
        }
        let start = self.bump();
        let text = super::token::string_value(self.peek());
        self.bump();
        self.bump();
        Some(Name {
            text,
            span: self.from(start),
        })
    }

    /// Reports a keyword in the place of a name.
    fn reserved_word(&mut self, what: &str) {
        let word = self.peek();
        let span = self.here();
        let mut error = Diagnostic::error(
            codes::SYNTAX,
            span,
            format!("expected {what}, found the keyword `{word}`"),
        );
        // A value right behind it says that the keyword is one, in the wrong place.
        let is_name = self.nth(1).is_none_or(|next| match next.kind {
            TokenKind::Symbol => !matches!(next.span.of(self.text), "(" | "[" | "*"),
            TokenKind::Word => next.traits.is_no_value(),
            _ => false,
        });
        if is_name {
            let edits = vec![Edit {
                span,
                text: format!("['{word}']"),
            }];
            error = error
                .with_help(format!("a name like this needs brackets: `['{word}']`"))
                .with_fix(Fix {
                    title: format!("Write `['{word}']`"),
                    edits,
                    safe: true,
                });
        }
        self.report(error);
    }

    const fn missing(span: Span) -> Expr {
        Expr::Missing(Span::new(span.start, span.start))
    }
}

#[cfg(test)]
mod tests;
