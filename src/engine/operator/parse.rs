//! `parse`, `parse-where`, `parse-kv`: columns out of texts.
//!
//! Rules: `reference/KQL-SEMANTICS.md`, "parse". `simple` is all or nothing per row, `relaxed` leaves
//! out only the column that does not convert, `regex` reads delimiters as regular expressions with
//! captures as long as possible, or as short as possible with the flag `U`.

use super::rows::column_of;
use super::{Poll, Run};
use crate::diagnostic::{Diagnostic, codes};
use crate::engine::Outcome;
use crate::engine::batch::{Batch, Lazy};
use crate::engine::eval::{Context, evaluate};
use crate::engine::plan::Expr;
use crate::engine::scalar::convert::convert;
use crate::value::{Type, Value};
use regex_lite::Regex;
use std::rc::Rc;

/// How strictly a text must fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// All columns convert, or none is set.
    Simple,
    /// Columns that do not convert are null.
    Relaxed,
    /// Delimiters are regular expressions.
    Regex,
}

/// A piece of a pattern.
#[derive(Clone, Debug)]
pub enum Part {
    /// `*`
    Skip,
    /// A delimiter.
    Text(String),
    /// A new column.
    Column(Type),
}

/// What is looked for in a text.
#[derive(Debug)]
pub enum Pattern {
    /// Pieces one behind the other.
    Parts {
        /// How strictly.
        kind: Kind,
        /// The pieces.
        parts: Vec<Part>,
    },
    /// One regular expression, and the group of every column.
    Regex {
        /// The expression.
        pattern: String,
        /// The numbers of the groups.
        groups: Vec<usize>,
    },
    /// Pairs of key and value.
    KeyValue {
        /// The wanted keys, one a column.
        keys: Vec<String>,
        /// How pairs are told apart.
        pairs: Pairs,
        /// Opening and closing quotes.
        quotes: Vec<(char, char)>,
        /// Characters that take the meaning from the one behind them, inside quotes.
        escapes: Vec<char>,
    },
}

/// How `parse-kv` tells keys from values.
#[derive(Debug)]
pub enum Pairs {
    /// By given delimiters.
    Delimited {
        /// Characters between pairs.
        pair: String,
        /// Characters between key and value.
        kv: String,
        /// Whether a value goes on until the next key.
        is_greedy: bool,
    },
    /// A wanted key, whatever is no letter and no digit, and the letters and digits behind.
    Free,
    /// A regular expression with a group for the key and one for the value.
    Regex(String),
}

impl Pattern {
    /// A pattern of `parse`.
    pub fn new(kind: Kind, flags: &str, parts: Vec<Part>) -> Result<Self, Refusal> {
        let has_no_border = parts.windows(2).any(|pair| {
            matches!(
                pair,
                [Part::Skip | Part::Column(_), Part::Column(_)]
                    | [Part::Skip | Part::Column(Type::String), Part::Skip]
            )
        });
        if has_no_border {
            let message = "a column of `parse` requires a text before the next one or a `*`";
            return Err((codes::SYNTAX, message.to_owned()));
        }
        if kind != Kind::Regex {
            return Ok(Self::Parts { kind, parts });
        }
        let known = flags
            .chars()
            .all(|flag| matches!(flag, 'U' | 'm' | 's' | 'i'));
        if !known {
            let message = "the flags of `parse kind=regex` are U, m, s and i";
            return Err((codes::BAD_VALUE, message.to_owned()));
        }
        let mut pattern = if flags.is_empty() {
            String::new()
        } else {
            format!("(?{flags})")
        };
        pattern.push_str("\\A");
        for part in &parts {
            match part {
                Part::Skip => pattern.push_str(".*"),
                Part::Text(text) => {
                    // An alternative inside a delimiter is one of the delimiter.
                    let is_open = text.contains('|');
                    pattern.push_str(if is_open { "(?:" } else { "" });
                    pattern.push_str(text);
                    pattern.push_str(if is_open { ")" } else { "" });
                }
                Part::Column(kind) => {
                    pattern.push_str("(?P<");
                    pattern.push_str(GROUP);
                    pattern.push_str(&pattern.len().to_string());
                    pattern.push('>');
                    pattern.push_str(match kind {
                        Type::Int | Type::Long => r"-?\d+",
                        Type::Real | Type::Decimal => r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?",
                        _ => ".*",
                    });
                    pattern.push(')');
                }
            }
        }
        if matches!(parts.last(), Some(Part::Column(_))) {
            pattern.push_str("\\z");
        }
        let names = compiled(&pattern)?;
        let groups = names
            .capture_names()
            .enumerate()
            .filter(|(_, name)| name.is_some_and(|name| name.starts_with(GROUP)))
            .map(|(at, _)| at);
        let groups = groups.collect();
        Ok(Self::Regex { pattern, groups })
    }

    /// A pattern of `parse-kv`.
    pub fn key_value(
        keys: Vec<String>,
        pairs: Pairs,
        quotes: &[String],
        escapes: &[String],
    ) -> Result<Self, Refusal> {
        let refuse = |message: &str| Err((codes::BAD_VALUE, message.to_owned()));
        if let Pairs::Regex(pattern) = &pairs
            && compiled(pattern)?.captures_len() != 3
        {
            return refuse("the `regex` of `parse-kv` requires two groups");
        }
        let mut pairs_of_quotes = Vec::new();
        for quote in quotes {
            let mut characters = quote.chars();
            match (characters.next(), characters.next(), characters.next()) {
                (Some(single), None, _) => pairs_of_quotes.push((single, single)),
                (Some(open), Some(close), None) => pairs_of_quotes.push((open, close)),
                _ => return refuse("a quote of `parse-kv` is one or two characters"),
            }
        }
        let mut characters = Vec::new();
        for escape in escapes {
            let mut escape = escape.chars();
            match (escape.next(), escape.next()) {
                (Some(character), None) => characters.push(character),
                _ => return refuse("an escape of `parse-kv` is one character"),
            }
        }
        Ok(Self::KeyValue {
            keys,
            pairs,
            quotes: pairs_of_quotes,
            escapes: characters,
        })
    }

    /// The columns of a text; `None` when it does not fit.
    fn columns_of(
        &self,
        text: &str,
        kinds: &[(usize, Type)],
        context: &Context,
    ) -> Option<Vec<Value>> {
        match self {
            Self::Parts { kind, parts } => parse_parts(text, parts, *kind),
            Self::Regex { pattern, groups } => {
                let regex = context.regex(pattern, text)?;
                let captures = regex.captures(text)?;
                let mut values = Vec::with_capacity(kinds.len());
                for (group, (_, kind)) in groups.iter().zip(kinds) {
                    let found = captures.get(*group).map_or("", |found| found.as_str());
                    let value = convert(&Value::string(found), *kind);
                    if value.is_null() && !matches!(kind, Type::String | Type::Dynamic) {
                        return None;
                    }
                    values.push(value);
                }
                Some(values)
            }
            Self::KeyValue {
                keys,
                pairs,
                quotes,
                escapes,
            } => {
                let reader = KeyReader {
                    keys,
                    quotes,
                    escapes,
                };
                let pairs = match pairs {
                    Pairs::Delimited {
                        pair,
                        kv,
                        is_greedy,
                    } => reader.delimited(text, pair, kv, *is_greedy),
                    Pairs::Free => reader.free(text),
                    Pairs::Regex(pattern) => {
                        let regex = context.regex(pattern, text)?;
                        let pair = |captures: regex_lite::Captures<'_>| {
                            let part = |at: usize| {
                                let part = captures.get(at).map_or("", |part| part.as_str());
                                part.trim().to_owned()
                            };
                            (part(1), part(2))
                        };
                        regex.captures_iter(text).map(pair).collect()
                    }
                };
                let value = |(key, (_, kind)): (&String, &(usize, Type))| match pairs
                    .iter()
                    .find(|(name, _)| name == key)
                {
                    Some((_, value)) => convert(&Value::string(value), *kind),
                    None => Value::missing(*kind),
                };
                Some(keys.iter().zip(kinds).map(value).collect())
            }
        }
    }
}

/// What the names of the columns' groups start with.
const GROUP: &str = "kqlens_";

/// The code and the reason of a pattern that does not run.
pub type Refusal = (&'static str, String);

/// A pattern that the engine runs, or why it does not.
fn compiled(pattern: &str) -> Result<Rc<Regex>, Refusal> {
    let context = Context::new(0);
    context
        .regex(pattern, "")
        .ok_or_else(|| context.take_refusal().unwrap_or_default())
}

fn parse_parts(text: &str, parts: &[Part], kind: Kind) -> Option<Vec<Value>> {
    let mut values = Vec::new();
    let mut rest = text;
    let mut at = 0;
    while let Some(part) = parts.get(at) {
        at += 1;
        match part {
            Part::Text(wanted) => rest = rest.strip_prefix(wanted.as_str())?,
            Part::Skip => match parts.get(at) {
                Some(Part::Text(wanted)) => {
                    let found = rest.find(wanted.as_str())?;
                    rest = rest.get(found + wanted.len()..)?;
                    at += 1;
                }
                _ => rest = "",
            },
            Part::Column(column) => {
                let is_open = matches!(column, Type::String | Type::Dynamic);
                let taken = match parts.get(at) {
                    Some(Part::Text(wanted)) => {
                        let found = rest.find(wanted.as_str())?;
                        let taken = rest.get(..found)?;
                        rest = rest.get(found + wanted.len()..)?;
                        at += 1;
                        taken
                    }
                    None => std::mem::take(&mut rest),
                    // A number ends by itself before `*` or another column.
                    Some(_) if !is_open => {
                        let end = value_length(rest, *column);
                        let (taken, tail) = rest.split_at(end);
                        rest = tail;
                        taken
                    }
                    Some(_) => std::mem::take(&mut rest),
                };
                let value = convert(&Value::string(taken), *column);
                if value.is_null() && kind == Kind::Simple && !is_open {
                    return None;
                }
                values.push(value);
            }
        }
    }
    rest.is_empty().then_some(values)
}

/// How many bytes of a text belong to a number or time at its start.
fn value_length(text: &str, kind: Type) -> usize {
    let fits = |byte: u8| match kind {
        Type::Int | Type::Long => byte.is_ascii_digit() || byte == b'-' || byte == b'+',
        Type::Real | Type::Decimal => {
            byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E')
        }
        _ => byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b':' | b'.' | b'/' | b'+'),
    };
    text.bytes()
        .position(|byte| !fits(byte))
        .unwrap_or(text.len())
}

/// Reads pairs of key and value out of a text, in order.
struct KeyReader<'p> {
    keys: &'p [String],
    quotes: &'p [(char, char)],
    escapes: &'p [char],
}

impl KeyReader<'_> {
    /// A text in quotes at the start, what stands behind it, and whether the quotes are closed.
    fn quoted<'t>(&self, text: &'t str) -> Option<(String, &'t str, bool)> {
        let first = text.chars().next()?;
        let (open, close) = self.quotes.iter().find(|(open, _)| *open == first)?;
        let mut value = String::new();
        let mut characters = text.get(open.len_utf8()..)?.char_indices();
        while let Some((at, character)) = characters.next() {
            if self.escapes.contains(&character) {
                value.extend(characters.next().map(|(_, escaped)| escaped));
            } else if character == *close {
                let behind = open.len_utf8() + at + close.len_utf8();
                return Some((value, text.get(behind..).unwrap_or(""), true));
            } else {
                value.push(character);
            }
        }
        Some((value, "", false))
    }

    /// The key at the end of a text: in quotes, or what stands behind the last pair delimiter.
    fn key<'t>(&self, head: &'t str, pair: &str) -> &'t str {
        let head = head.trim_end();
        let quoted = self.quotes.iter().find_map(|(open, close)| {
            let inner = head.strip_suffix(*close)?;
            let start = inner.rfind(*open)?;
            inner.get(start + open.len_utf8()..)
        });
        quoted.unwrap_or_else(|| head.rsplit(pair).next().unwrap_or(head).trim())
    }

    fn delimited(
        &self,
        text: &str,
        pair: &str,
        kv: &str,
        is_greedy: bool,
    ) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find(kv) {
            let key = self.key(rest.get(..at).unwrap_or(""), pair).to_owned();
            rest = rest.get(at + kv.len()..).unwrap_or("");
            if pair.trim().is_empty() {
                rest = rest.trim_start_matches(pair);
            }
            if let Some((value, tail, _)) = self.quoted(rest.trim_start()) {
                pairs.push((key, value));
                rest = match tail.find(pair) {
                    Some(next) => tail.get(next + pair.len()..).unwrap_or(""),
                    None => "",
                };
                continue;
            }
            let mut end = rest.find(pair);
            if is_greedy && let Some(first) = end {
                // Up to the delimiter before the next key.
                let next_key = rest.get(first..).and_then(|tail| tail.find(kv));
                end = next_key.map(|next| {
                    let head = rest.get(..first + next).unwrap_or("");
                    head.trim_end().rfind(pair).unwrap_or(first)
                });
            }
            let value = rest.get(..end.unwrap_or(rest.len())).unwrap_or("");
            pairs.push((key, value.trim().to_owned()));
            rest = end.map_or("", |end| rest.get(end + pair.len()..).unwrap_or(""));
        }
        pairs
    }

    /// Wanted keys and the words behind them.
    fn free(&self, text: &str) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        let mut rest = text;
        let (mut is_start, mut are_closed) = (true, true);
        while let Some(first) = rest.chars().next() {
            let quoted = self.quoted(rest).filter(|_| is_start && are_closed);
            let (key, tail) = match quoted {
                Some((_, _, false)) => {
                    are_closed = false;
                    (None, rest.get(first.len_utf8()..).unwrap_or(""))
                }
                Some((name, tail, true)) => (self.keys.iter().find(|key| **key == name), tail),
                None => {
                    let starts = |key: &&String| {
                        let tail = rest.strip_prefix(key.as_str()).filter(|_| is_start);
                        tail.is_some_and(|tail| !tail.starts_with(char::is_alphanumeric))
                    };
                    let key = self.keys.iter().find(starts);
                    let length = key.map_or(first.len_utf8(), String::len);
                    (key, rest.get(length..).unwrap_or(""))
                }
            };
            let Some(key) = key.filter(|key| !key.is_empty()) else {
                is_start = !first.is_alphanumeric();
                rest = tail;
                continue;
            };
            let is_between = |character: char| {
                !character.is_alphanumeric()
                    && !self.quotes.iter().any(|(open, _)| *open == character)
            };
            let tail = tail.trim_start_matches(is_between);
            if tail.is_empty() {
                break;
            }
            let (value, tail, _) = self.quoted(tail).unwrap_or_else(|| {
                let end = tail.find(|character: char| !character.is_alphanumeric());
                let (value, tail) = tail.split_at(end.unwrap_or(tail.len()));
                (value.to_owned(), tail, true)
            });
            pairs.push((key.clone(), value));
            rest = tail;
            is_start = true;
        }
        pairs
    }
}

pub(super) struct Parse {
    pub(super) input: Box<dyn Run>,
    pub(super) value: Expr,
    pub(super) pattern: Rc<Pattern>,
    pub(super) columns: Vec<(usize, Type)>,
    pub(super) is_where: bool,
    pub(super) n_columns: usize,
}

impl Run for Parse {
    fn poll(&mut self, context: &Context) -> Outcome<Poll> {
        let batch = match self.input.poll(context)? {
            Poll::Batch(batch) => batch,
            other => return Ok(other),
        };
        let texts = evaluate(&self.value, &batch, context)?;
        let mut rows: Vec<u32> = Vec::new();
        let mut outputs: Vec<Vec<Value>> = vec![Vec::new(); self.columns.len()];
        for row in 0..batch.n_rows {
            let text = texts.value(row);
            let found =
                self.pattern
                    .columns_of(text.as_str().unwrap_or(""), &self.columns, context);
            if let Some((code, reason)) = context.take_refusal() {
                let error = Diagnostic::error(code, self.value.span, reason);
                return Err(Box::new(error));
            }
            if found.is_none() && self.is_where {
                continue;
            }
            rows.push(row as u32);
            let mut found = found.unwrap_or_default().into_iter();
            for (output, (_, kind)) in outputs.iter_mut().zip(&self.columns) {
                output.push(found.next().unwrap_or_else(|| Value::missing(*kind)));
            }
        }
        let Batch {
            mut columns,
            n_rows,
        } = batch.widened(rows, self.n_columns);
        for ((at, kind), output) in self.columns.iter().zip(outputs) {
            if let Some(place) = columns.get_mut(*at) {
                *place = Lazy::column(column_of(*kind, output));
            }
        }
        if n_rows == 0 {
            return Ok(Poll::Pending);
        }
        Ok(Poll::Batch(Batch { columns, n_rows }))
    }
}
