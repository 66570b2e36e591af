//! `parse`, `parse-where`, `parse-kv`: columns out of texts.
//!
//! Rules: `reference/KQL-SEMANTICS.md`, "parse". `simple` is all or nothing per row, `relaxed` leaves
//! out only the column that does not convert, `regex` reads delimiters as regular expressions with
//! captures as long as possible, or as short as possible with the flag `U`.

use super::rows::column_of;
use super::{Poll, Run};
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
    /// One regular expression with a group a column.
    Regex(Regex),
    /// Pairs of key and value.
    KeyValue {
        /// The wanted keys, one a column.
        keys: Vec<String>,
        /// Characters between pairs.
        pair_delimiter: String,
        /// Characters between key and value.
        kv_delimiter: String,
        /// Opening and closing quotes.
        quotes: Vec<(char, char)>,
        /// Whether a value may hold the pair delimiter.
        is_greedy: bool,
    },
}

impl Pattern {
    /// A pattern of `parse`.
    pub fn new(kind: Kind, flags: &str, parts: Vec<Part>) -> Result<Self, String> {
        if kind != Kind::Regex {
            let needs_border = parts.windows(2).any(|pair| {
                matches!(
                    pair,
                    [Part::Column(Type::String), Part::Column(_)]
                        | [Part::Skip, Part::Skip | Part::Column(_)]
                )
            });
            if needs_border {
                return Err(
                    "two columns of a `parse` pattern require a text between them".to_owned(),
                );
            }
            return Ok(Self::Parts { kind, parts });
        }
        let mut pattern = String::from("(?");
        for flag in flags.chars() {
            match flag {
                'U' => {}
                'm' | 's' | 'i' => pattern.push(flag),
                _ => return Err("the flags of `parse kind=regex` are U, m, s and i".to_owned()),
            }
        }
        if pattern.len() == 2 {
            pattern.clear();
        } else {
            pattern.push(')');
        }
        pattern.push('^');
        let n_parts = parts.len();
        let is_lazy = flags.contains('U');
        for (at, part) in parts.iter().enumerate() {
            let is_last = at + 1 == n_parts;
            match part {
                Part::Skip => pattern.push_str(if is_lazy { ".*?" } else { ".*" }),
                Part::Text(text) => {
                    if text.contains('(') {
                        return Err(
                            "a group inside a delimiter of `parse kind=regex` is not supported"
                                .to_owned(),
                        );
                    }
                    pattern.push_str(text);
                }
                Part::Column(Type::String | Type::Dynamic) => {
                    pattern.push_str(if is_lazy && !is_last { "(.*?)" } else { "(.*)" });
                }
                Part::Column(_) => {
                    return Err(
                        "`parse kind=regex` with typed columns is not supported here".to_owned(),
                    );
                }
            }
        }
        if matches!(parts.last(), Some(Part::Column(_))) {
            pattern.push('$');
        }
        Regex::new(&pattern)
            .map(Self::Regex)
            .map_err(|_| "a delimiter is not a regular expression".to_owned())
    }

    /// A pattern of `parse-kv`.
    pub fn key_value(
        keys: Vec<String>,
        pair_delimiter: Option<String>,
        kv_delimiter: Option<String>,
        quotes: Vec<String>,
        is_greedy: bool,
    ) -> Result<Self, String> {
        let (Some(pair_delimiter), Some(kv_delimiter)) = (pair_delimiter, kv_delimiter) else {
            return Err("`parse-kv` requires both delimiters here".to_owned());
        };
        if is_greedy {
            return Err("`parse-kv` with `greedy` is not supported here".to_owned());
        }
        let mut pairs = Vec::new();
        for quote in quotes {
            let mut characters = quote.chars();
            match (characters.next(), characters.next(), characters.next()) {
                (Some(single), None, _) => pairs.push((single, single)),
                (Some(open), Some(close), None) => pairs.push((open, close)),
                _ => return Err("a quote of `parse-kv` is one or two characters".to_owned()),
            }
        }
        Ok(Self::KeyValue {
            keys,
            pair_delimiter,
            kv_delimiter,
            quotes: pairs,
            is_greedy,
        })
    }

    /// The columns of a text; `None` when it does not fit.
    fn columns_of(&self, text: &str, kinds: &[(usize, Type)]) -> Option<Vec<Value>> {
        match self {
            Self::Parts { kind, parts } => parse_parts(text, parts, *kind),
            Self::Regex(regex) => {
                let captures = regex.captures(text)?;
                let value = |(at, (_, kind)): (usize, &(usize, Type))| {
                    let found = captures.get(at + 1).map_or("", |found| found.as_str());
                    convert(&Value::string(found), *kind)
                };
                Some(kinds.iter().enumerate().map(value).collect())
            }
            Self::KeyValue {
                keys,
                pair_delimiter,
                kv_delimiter,
                quotes,
                ..
            } => {
                let pairs = key_values(text, pair_delimiter, kv_delimiter, quotes);
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

/// The pairs of a text, in order.
fn key_values(
    text: &str,
    pair_delimiter: &str,
    kv_delimiter: &str,
    quotes: &[(char, char)],
) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let Some(at) = rest.find(kv_delimiter) else {
            break;
        };
        let head = rest.get(..at).unwrap_or("");
        // What stands before the last pair delimiter is a pair without a value.
        let key = head
            .trim_end()
            .rsplit(pair_delimiter)
            .next()
            .unwrap_or(head)
            .trim();
        rest = rest.get(at + kv_delimiter.len()..).unwrap_or("");
        if pair_delimiter.trim().is_empty() {
            rest = rest.trim_start_matches(pair_delimiter);
        }
        let opened = rest
            .chars()
            .next()
            .and_then(|first| quotes.iter().find(|(open, _)| *open == first));
        let (value, tail) = match opened {
            Some((open, close)) => {
                let inner = rest.get(open.len_utf8()..).unwrap_or("");
                match inner.find(*close) {
                    Some(end) => (
                        inner.get(..end).unwrap_or(""),
                        inner.get(end + close.len_utf8()..).unwrap_or(""),
                    ),
                    None => (inner, ""),
                }
            }
            None => match rest.find(pair_delimiter) {
                Some(end) => (rest.get(..end).unwrap_or(""), rest.get(end..).unwrap_or("")),
                None => (rest, ""),
            },
        };
        let key = unquoted(key, quotes);
        pairs.push((
            key.to_owned(),
            if opened.is_some() {
                value
            } else {
                value.trim()
            }
            .to_owned(),
        ));
        rest = match tail.find(pair_delimiter) {
            Some(next) => tail.get(next + pair_delimiter.len()..).unwrap_or(""),
            None => "",
        };
    }
    pairs
}

fn unquoted<'t>(text: &'t str, quotes: &[(char, char)]) -> &'t str {
    let inner = quotes.iter().find_map(|(open, close)| {
        text.strip_prefix(*open)
            .and_then(|text| text.strip_suffix(*close))
    });
    inner.unwrap_or(text)
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
            let found = self
                .pattern
                .columns_of(text.as_str().unwrap_or(""), &self.columns);
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
