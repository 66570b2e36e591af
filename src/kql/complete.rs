//! Completion: what may stand at a place of a query.
//!
//! Input: a text, most often broken at the caret, its analysis, and what names exist. Output:
//! [`Completion`]s, the likeliest first, each with the place that it replaces. Invariants: only names
//! that have a meaning at the place are offered; values come from the caller, who has the data.
//! Absent on purpose: filtering by what is typed, which the editor does as one types on.

use super::analysis::{Analysis, Columns};
use super::operators::{CHARTS, DIRECTIONS, JOIN_KINDS, OPERATORS, find};
use super::parser;
use super::token::{self, Token, TokenKind, written_name};
use super::tree::Statement;
use crate::text::Span;
use crate::value::Type;
use rustc_hash::FxHashSet;

/// Something that may stand there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// What the list shows.
    pub label: String,
    /// What it is.
    pub kind: CompletionKind,
    /// Its type or how it is written.
    pub detail: String,
    /// The text to put in.
    pub insert: String,
    /// What it replaces.
    pub span: Span,
}

/// What is offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CompletionKind {
    /// A tabular operator.
    Operator,
    /// A word of an operator, such as `by`.
    Keyword,
    /// A table.
    Table,
    /// A column.
    Column,
    /// A name of the query itself.
    Name,
    /// A function or aggregate.
    Function,
    /// A plugin.
    Plugin,
    /// A value that occurs in the data.
    Value,
}

impl CompletionKind {
    /// The name in the public API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Keyword => "keyword",
            Self::Table => "table",
            Self::Column => "column",
            Self::Name => "name",
            Self::Function => "function",
            Self::Plugin => "plugin",
            Self::Value => "value",
        }
    }
}

/// What kind of thing a callable name is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallKind {
    /// A function of a row.
    Scalar,
    /// A function of many rows.
    Aggregate,
    /// What `evaluate` runs.
    Plugin,
}

impl CallKind {
    /// The name in the public API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Scalar => "function",
            Self::Aggregate => "aggregate",
            Self::Plugin => "plugin",
        }
    }
}

/// A name that can be called.
#[derive(Clone, Debug)]
pub struct Callable {
    /// The name.
    pub name: &'static str,
    /// What it is.
    pub kind: CallKind,
    /// The types of its parameters; those in brackets may be left out, `…` may repeat.
    pub parameters: Vec<String>,
    /// What it gives, where that does not depend on the arguments.
    pub returns: &'static str,
}

/// Names that exist beside the query.
pub struct Vocabulary<'v> {
    /// Tables.
    pub tables: &'v [String],
    /// Functions, aggregates and plugins.
    pub callables: &'v [Callable],
    /// Values of a column, the most frequent first, as KQL literals.
    pub values: &'v dyn Fn(&str) -> Vec<String>,
}

/// The query up to the caret, and what is typed there.
struct Place<'p> {
    /// Tokens before what is typed, without blanks and comments.
    before: Vec<(Token, &'p str)>,
    /// What is typed, to be replaced.
    typed: Span,
}

/// What may stand at a byte offset.
pub fn complete(
    text: &str,
    offset: u32,
    analysis: &Analysis,
    vocabulary: &Vocabulary<'_>,
) -> Vec<Completion> {
    let Some(place) = place(text, offset) else {
        return Vec::new();
    };
    let mut list = List {
        span: place.typed,
        found: Vec::new(),
        known: FxHashSet::default(),
    };
    let last = place.before.last().map(|(_, word)| *word);
    let operator = operator_before(&place.before);
    match (last, &operator) {
        (Some("|"), _) => {
            for entry in OPERATORS.iter().filter(|entry| entry.name != "datatable") {
                list.add(entry.name, CompletionKind::Operator, entry.syntax);
            }
        }
        (None | Some(";"), _) => {
            starts(&mut list, text, offset, vocabulary);
            list.add("let", CompletionKind::Keyword, "");
        }
        (Some(_), None) => starts(&mut list, text, offset, vocabulary),
        (Some(_), Some(operator)) => {
            inside(&mut list, text, &place, operator, analysis, vocabulary);
        }
    }
    list.found
}

struct List {
    span: Span,
    found: Vec<Completion>,
    known: FxHashSet<(String, CompletionKind)>,
}

impl List {
    fn add(&mut self, label: &str, kind: CompletionKind, detail: &str) {
        self.add_as(label, label.to_owned(), kind, detail);
    }

    fn add_as(&mut self, label: &str, insert: String, kind: CompletionKind, detail: &str) {
        if !self.known.insert((label.to_owned(), kind)) {
            return;
        }
        self.found.push(Completion {
            label: label.to_owned(),
            kind,
            detail: detail.to_owned(),
            insert,
            span: self.span,
        });
    }

    fn words(&mut self, words: &[&str], kind: CompletionKind, detail: &str) {
        for word in words {
            self.add(word, kind, detail);
        }
    }

    fn columns(&mut self, columns: &Columns) {
        for field in columns.fields.iter() {
            self.add_as(
                &field.name,
                written_name(&field.name),
                CompletionKind::Column,
                field.kind.name(),
            );
        }
    }

    fn callables(&mut self, vocabulary: &Vocabulary<'_>, kind: CallKind) {
        let shown = match kind {
            CallKind::Plugin => CompletionKind::Plugin,
            _ => CompletionKind::Function,
        };
        for one in vocabulary.callables.iter().filter(|one| one.kind == kind) {
            let detail = format!("({}) {}", one.parameters.join(", "), one.returns);
            self.add_as(one.name, format!("{}(", one.name), shown, detail.trim_end());
        }
    }
}

fn place(text: &str, offset: u32) -> Option<Place<'_>> {
    let (tokens, _) = token::tokens(text);
    let mut before = Vec::new();
    let mut typed = Span::new(offset, offset);
    for token in tokens {
        let Span { start, end } = token.span;
        if start >= offset {
            break;
        }
        let is_inside = end > offset || (end == offset && token.kind == TokenKind::Word);
        match token.kind {
            TokenKind::Comment | TokenKind::Directive if end >= offset => return None,
            _ if token.is_trivia() => {}
            TokenKind::Word | TokenKind::Long | TokenKind::TimeSpan if is_inside => {
                typed = Span::new(start, end.max(offset));
            }
            // A string that is not closed yet, or the caret inside one: its value is replaced.
            TokenKind::String | TokenKind::Unknown
                if is_inside || (token.kind == TokenKind::Unknown && end == offset) =>
            {
                typed = Span::new(start, end.max(offset));
            }
            _ if is_inside => {}
            _ => before.push((token, token.span.of(text))),
        }
    }
    Some(Place { before, typed })
}

/// The operator that the caret stands in.
struct Enclosing<'p> {
    /// Where its word starts.
    start: u32,
    /// Its word; empty for a source.
    word: &'p str,
    /// Its tokens up to the caret.
    tokens: Vec<(Token, &'p str)>,
}

/// Words behind which a `(` opens a table of its own.
const TABLE_WORDS: &[&str] = &[
    "join",
    "lookup",
    "union",
    "toscalar",
    "materialize",
    "in",
    "fork",
];

/// Goes back to the `|` in front of the caret, out of every parenthesis that is still open; none where
/// the caret stands in the place of a table.
fn operator_before<'p>(before: &[(Token, &'p str)]) -> Option<Enclosing<'p>> {
    let mut depth = 0_usize;
    for (at, (_, word)) in before.iter().enumerate().rev() {
        match *word {
            ")" | "]" | "}" => depth += 1,
            "(" | "[" | "{" if depth > 0 => depth -= 1,
            "(" => {
                // What stands behind this parenthesis up to the caret holds no `|`.
                let words: Vec<&str> = before
                    .iter()
                    .take(at)
                    .rev()
                    .take(3)
                    .map(|(_, word)| *word)
                    .collect();
                let opens_table = words.iter().enumerate().any(|(back, word)| {
                    TABLE_WORDS.contains(word)
                        && (back == 0 || words.get(back - 1) == Some(&"=") || back == 2)
                });
                if opens_table && words.first() != Some(&"on") && at + 1 == before.len() {
                    return None;
                }
            }
            "|" if depth == 0 => {
                let tokens: Vec<(Token, &str)> = before.get(at + 1..)?.to_vec();
                let (first, word) = *tokens.first()?;
                return Some(Enclosing {
                    start: first.span.start,
                    word,
                    tokens,
                });
            }
            ";" if depth == 0 => {
                return source(before.get(at + 1..)?);
            }
            _ => {}
        }
    }
    source(before)
}

/// The operator that a query starts with.
fn source<'p>(tokens: &[(Token, &'p str)]) -> Option<Enclosing<'p>> {
    let behind_let = match tokens {
        [(_, "let"), _, (_, "="), rest @ ..] => rest,
        other => other,
    };
    let (first, word) = *behind_let.first()?;
    let entry = find(word)?;
    entry.may_start.then(|| Enclosing {
        start: first.span.start,
        word,
        tokens: behind_let.to_vec(),
    })
}

/// What a query or the side of a join may start with.
fn starts(list: &mut List, text: &str, offset: u32, vocabulary: &Vocabulary<'_>) {
    own_names(list, text, offset);
    for table in vocabulary.tables {
        list.add_as(table, written_name(table), CompletionKind::Table, "table");
    }
    for entry in OPERATORS.iter().filter(|entry| entry.may_start) {
        list.add(entry.name, CompletionKind::Operator, entry.syntax);
    }
}

/// Names that `let` gives before the caret.
fn own_names(list: &mut List, text: &str, offset: u32) {
    for statement in &parser::parse(text).query.statements {
        if let Statement::Let { name, .. } = statement
            && name.span.end < offset
        {
            list.add_as(
                &name.text,
                written_name(&name.text),
                CompletionKind::Name,
                "let",
            );
        }
    }
}

fn inside(
    list: &mut List,
    text: &str,
    place: &Place<'_>,
    operator: &Enclosing<'_>,
    analysis: &Analysis,
    vocabulary: &Vocabulary<'_>,
) {
    let words: Vec<&str> = operator.tokens.iter().map(|(_, word)| *word).collect();
    // Tokens of the tree and of the analysis may differ at the caret: the nearest stage counts.
    let stage = analysis
        .stages
        .iter()
        .filter(|stage| stage.span.start == operator.start)
        .max_by_key(|stage| stage.span.end);
    let none = Columns::default();
    let columns = stage.map_or(&none, |stage| &stage.input);
    match words.as_slice() {
        [.., "kind", "="] if matches!(operator.word, "join" | "lookup") => {
            list.words(JOIN_KINDS, CompletionKind::Keyword, "kind of join");
            return;
        }
        ["render"] => {
            list.words(CHARTS, CompletionKind::Keyword, "chart");
            return;
        }
        ["evaluate"] => {
            list.callables(vocabulary, CallKind::Plugin);
            return;
        }
        ["join" | "lookup" | "union", ..] if !words.contains(&"on") => {
            starts(list, text, place.typed.start, vocabulary);
            operator_words(list, operator.word);
            return;
        }
        _ => {}
    }
    if let Some(column) = compared_column(&words) {
        let kind = columns
            .find(column)
            .map_or(Type::String, |field| field.kind);
        for value in (vocabulary.values)(column) {
            list.add(&value, CompletionKind::Value, kind.name());
        }
        if kind == Type::Bool {
            list.words(&["true", "false"], CompletionKind::Keyword, "bool");
        }
        if matches!(kind, Type::DateTime) {
            list.words(
                &["ago(", "now()", "datetime("],
                CompletionKind::Function,
                "datetime",
            );
        }
    }
    let is_quoted = text
        .get(place.typed.start as usize..)
        .is_some_and(|typed| typed.starts_with(['"', '\'']));
    if is_quoted {
        return;
    }
    let on = words.iter().position(|word| *word == "on");
    let on = on.and_then(|at| operator.tokens.get(at));
    if let ("join" | "lookup", Some((on, _))) = (operator.word, on) {
        keys(
            list,
            &words,
            columns,
            right_of(analysis, operator.start, on.span.start),
        );
        return;
    }
    list.columns(columns);
    own_names(list, text, place.typed.start);
    let takes_aggregates = matches!(operator.word, "summarize" | "make-series" | "top-nested")
        && !words.contains(&"by");
    if takes_aggregates {
        list.callables(vocabulary, CallKind::Aggregate);
    }
    operator_words(list, operator.word);
    if matches!(operator.word, "sort" | "order" | "top") {
        list.words(DIRECTIONS, CompletionKind::Keyword, "order");
    }
    if !matches!(
        operator.word,
        "project-away" | "project-keep" | "project-reorder" | "distinct"
    ) {
        list.callables(vocabulary, CallKind::Scalar);
    }
}

/// The columns of a join's right side: those of the stage that was bound last between its word and `on`.
fn right_of(analysis: &Analysis, start: u32, on: u32) -> Option<&Columns> {
    let inside = |span: Span| span.start > start && span.end <= on;
    let mut stages = analysis.stages.iter().rev();
    Some(&stages.find(|stage| inside(stage.span))?.output)
}

/// Keys of a join: columns of one side behind its name, else those that both sides have.
fn keys(list: &mut List, words: &[&str], left: &Columns, right: Option<&Columns>) {
    match (words, right) {
        ([.., "$left", "."], _) => list.columns(left),
        ([.., "$right", "."], Some(right)) => list.columns(right),
        (_, Some(right)) if !left.is_open && !right.is_open => {
            let shared = left
                .fields
                .iter()
                .filter(|field| right.find(&field.name).is_some());
            list.columns(&Columns {
                fields: shared.cloned().collect(),
                is_open: false,
            });
        }
        _ => list.columns(left),
    }
    list.words(
        &["$left.", "$right."],
        CompletionKind::Keyword,
        "side of the join",
    );
}

fn operator_words(list: &mut List, operator: &str) {
    for word in find(operator).map_or(&[][..], |entry| entry.words) {
        list.add(word, CompletionKind::Keyword, operator);
    }
}

/// The column that stands before a comparison at the end: `Column ==`, `Column in (`, `Column in (a,`.
fn compared_column<'p>(words: &[&'p str]) -> Option<&'p str> {
    const COMPARISONS: &[&str] = &[
        "==",
        "!=",
        "=~",
        "!~",
        "has",
        "!has",
        "has_cs",
        "contains",
        "!contains",
        "contains_cs",
        "startswith",
        "!startswith",
        "endswith",
        "!endswith",
        "hasprefix",
        "hassuffix",
    ];
    const LISTS: &[&str] = &["in", "!in", "in~", "!in~", "has_any", "has_all"];
    if let [.., column, comparison] = words
        && COMPARISONS.contains(comparison)
    {
        return Some(column);
    }
    let open = words.iter().rposition(|word| *word == "(")?;
    let is_list = words.get(open + 1..)?.iter().all(|word| *word != ")");
    let (column, list) = (words.get(open.checked_sub(2)?)?, words.get(open - 1)?);
    (is_list && LISTS.contains(list)).then_some(*column)
}
