//! Names in a query: what stands under the caret, where it is declared and used, a new name for it,
//! and the call that the caret stands in.
//!
//! Input: a text, a place, its analysis. Output: places and words. Invariant: only what the query
//! declares itself can be renamed, and all its places change together. Absent on purpose: the
//! meaning of functions, which the catalogue of the engine has.

use super::analysis::{Analysis, Meaning, Use};
use super::operators::{self, OperatorEntry};
use super::token::{self, TokenKind};
use crate::diagnostic::Edit;
use crate::text::Span;
use crate::value::{Type, order};

/// What stands at a place.
#[derive(Clone, Debug)]
pub struct Hover {
    /// The name's place.
    pub span: Span,
    /// What it is.
    pub what: Named,
}

/// What a name is.
#[derive(Clone, Debug)]
pub enum Named {
    /// A column with its type.
    Column(String, Type),
    /// A table with its columns.
    Table(String, Vec<(String, Type)>),
    /// Something that the query declares, as it declares it.
    Declared(String, String),
    /// An operator.
    Operator(&'static OperatorEntry),
    /// A word in front of `(`, which may be a function.
    Call(String),
}

/// What stands at a byte offset.
pub fn hover(text: &str, offset: u32, analysis: &Analysis) -> Option<Hover> {
    let (tokens, _) = token::tokens(text);
    let words: Vec<_> = tokens.iter().filter(|token| !token.is_trivia()).collect();
    let at = words.iter().position(|token| {
        token.span.start <= offset && offset <= token.span.end && token.kind == TokenKind::Word
    })?;
    let span = words.get(at)?.span;
    let word = span.of(text);
    let before = at.checked_sub(1).and_then(|at| words.get(at));
    let is_operator =
        before.is_none_or(|before| matches!(before.span.of(text), "|" | "(" | ";" | "="));
    if is_operator && let Some(entry) = operators::find(word) {
        return Some(Hover {
            span,
            what: Named::Operator(entry),
        });
    }
    if let Some(one) = use_at(analysis, offset) {
        let what = match one.meaning {
            Meaning::Column => {
                let kind = analysis.type_at(one.span)?;
                Named::Column(name_of(one.span.of(text)), kind)
            }
            Meaning::Table => {
                let columns = &analysis.stage(one.span)?.output;
                let columns = columns.fields.iter();
                let columns = columns
                    .map(|field| (field.name.clone(), field.kind))
                    .collect();
                Named::Table(name_of(one.span.of(text)), columns)
            }
            Meaning::Declared(declared) => {
                Named::Declared(name_of(one.span.of(text)), line_of(text, declared))
            }
        };
        return Some(Hover {
            span: one.span,
            what,
        });
    }
    let is_call = words
        .get(at + 1)
        .is_some_and(|next| next.span.of(text) == "(");
    is_call.then(|| Hover {
        span,
        what: Named::Call(word.to_owned()),
    })
}

fn use_at(analysis: &Analysis, offset: u32) -> Option<Use> {
    let mut uses = analysis.uses.iter();
    uses.find(|one| one.span.start <= offset && offset <= one.span.end)
        .copied()
}

/// A name without the brackets it may be written in.
fn name_of(written: &str) -> String {
    let inner = written
        .strip_prefix("['")
        .and_then(|inner| inner.strip_suffix("']"));
    let inner = inner.or_else(|| written.strip_prefix("[\"")?.strip_suffix("\"]"));
    inner.unwrap_or(written).to_owned()
}

/// The line of a place, without what it stands behind.
fn line_of(text: &str, span: Span) -> String {
    let before = text.get(..span.start as usize).unwrap_or_default();
    let start = before.rfind(['\n', ';']).map_or(0, |at| at + 1);
    let rest = text.get(start..).unwrap_or_default();
    let line = rest.split('\n').next().unwrap_or_default();
    line.split(';').next().unwrap_or_default().trim().to_owned()
}

/// Where the thing at a byte offset is named, its declaration first; empty where it is nothing that
/// the query declares.
pub fn references(analysis: &Analysis, offset: u32) -> Vec<Span> {
    let declared = analysis.uses.iter().find_map(|one| match one.meaning {
        Meaning::Declared(declared) => {
            let is_here = |span: Span| span.start <= offset && offset <= span.end;
            (is_here(one.span) || is_here(declared)).then_some(declared)
        }
        _ => None,
    });
    let Some(declared) = declared else {
        return Vec::new();
    };
    let mut spans: Vec<Span> = analysis
        .uses
        .iter()
        .filter(|one| one.meaning == Meaning::Declared(declared))
        .map(|one| one.span)
        .collect();
    order::sort_by(&mut spans, Ord::cmp);
    spans.dedup();
    spans.insert(0, declared);
    spans
}

/// The edits that give the thing at a byte offset another name; none where it cannot have it.
pub fn rename(analysis: &Analysis, offset: u32, name: &str) -> Option<Vec<Edit>> {
    let (tokens, found) = token::tokens(name);
    let is_name =
        found.is_empty() && matches!(tokens.as_slice(), [only] if only.kind == TokenKind::Word);
    let spans = references(analysis, offset);
    if !is_name || spans.is_empty() || operators::find(name).is_some() {
        return None;
    }
    let edit = |span| Edit {
        span,
        text: name.to_owned(),
    };
    Some(spans.into_iter().map(edit).collect())
}

/// The call around a byte offset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The function.
    pub name: String,
    /// Which argument the caret stands in, from 0.
    pub argument: usize,
}

/// The innermost call whose parentheses the caret stands in.
pub fn call_at(text: &str, offset: u32) -> Option<Call> {
    let (tokens, _) = token::tokens(text);
    let mut words = tokens
        .iter()
        .filter(|token| !token.is_trivia() && token.span.start < offset)
        .rev()
        .peekable();
    let (mut depth, mut argument) = (0_usize, 0);
    while let Some(token) = words.next() {
        match token.span.of(text) {
            ")" | "]" | "}" => depth += 1,
            "(" if depth == 0 => {
                let name = words.peek().filter(|token| token.kind == TokenKind::Word)?;
                return Some(Call {
                    name: name.span.of(text).to_owned(),
                    argument,
                });
            }
            "(" | "[" | "{" => depth = depth.saturating_sub(1),
            "," if depth == 0 => argument += 1,
            "|" | ";" if depth == 0 => return None,
            _ => {}
        }
    }
    None
}
