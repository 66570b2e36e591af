//! What the rows hold at all, so that clues that none can meet are not even parsed.
//!
//! Input: the kinds of the rows. Output: [`Facts`], asked with the text of a clue. The clues of the
//! catalogue are `and` and `or` over tests of columns; tests of columns that the kind tells are
//! answered here, all others may be true. Invariant: in doubt the answer is yes, so that a clue that
//! is dropped is one that the engine would answer with no for every row. Absent on purpose: anything
//! that takes more than a look at the text, such as functions and `not`.

use super::kinds::{Kinds, Knowledge};
use crate::engine::scalar::operators::contains_fold;
use crate::text::case;
use crate::value::Value;

/// What is known of the columns, kind by kind.
pub(super) struct Facts<'k> {
    n_kinds: usize,
    columns: Vec<(&'k str, Vec<Fact<'k>>)>,
}

const AND: &str = " and ";
const OR: &str = " or ";

/// A value, as the tests of clues see it.
#[derive(Clone, Debug, PartialEq)]
enum Fact<'k> {
    Null,
    Number(i64),
    /// In one case.
    Text(String),
    /// A text that is not empty; one of these lines when they are known.
    SomeText(Option<&'k str>),
    Unknown,
}

fn folded(text: &str) -> String {
    text.chars().map(case::upper).collect()
}

impl<'k> Facts<'k> {
    /// The facts of some kinds, over the columns of these names.
    pub(super) fn of(kinds: &'k Kinds, names: impl Iterator<Item = &'k str>) -> Self {
        let (rows, has_message) = (kinds.rows(), kinds.has_message());
        let fact = |knowledge: Knowledge, at: usize, kind: usize| match knowledge {
            Knowledge::Value => match rows.value(at, kind) {
                Value::String(text) => Fact::Text(folded(&text)),
                Value::Null => Fact::Null,
                value => value.as_long().map_or(Fact::Unknown, Fact::Number),
            },
            Knowledge::Emptiness if has_message.get(kind) == Some(&false) => {
                Fact::Text(String::new())
            }
            Knowledge::Emptiness => Fact::SomeText(kinds.messages(kind)),
            Knowledge::Nothing => Fact::Unknown,
        };
        let columns = names.enumerate().filter_map(|(at, name)| {
            let knowledge = kinds.knowledge(at);
            let facts = (0..rows.n_rows).map(|kind| fact(knowledge, at, kind));
            (knowledge != Knowledge::Nothing).then(|| (name, facts.collect()))
        });
        Self {
            columns: columns.collect(),
            n_kinds: rows.n_rows,
        }
    }

    /// Whether a row might meet a clue.
    pub(super) fn may_hold(&self, kql: &str) -> bool {
        let mut rest = Some(kql);
        while let Some(text) = rest {
            let (may_hold, tail) = self.may_hold_all(text);
            if may_hold {
                return true;
            }
            rest = tail.strip_prefix(OR);
        }
        false
    }

    /// Whether a row might meet the conditions up to the next `or`, and what stands there. Most clues
    /// fail at once: what follows is passed over unread.
    fn may_hold_all<'t>(&self, text: &'t str) -> (bool, &'t str) {
        let mut kinds: Vec<usize> = (0..self.n_kinds).collect();
        let (mut condition, mut tail) = atom(text);
        loop {
            kinds.retain(|&kind| condition.may_hold(&|column| self.fact(column, kind)));
            let Some(next) = tail.strip_prefix(AND) else {
                return (!kinds.is_empty(), tail);
            };
            (condition, tail) = if kinds.is_empty() {
                (Condition::Unknown, skipped(next))
            } else {
                atom(next)
            };
        }
    }

    fn fact(&self, column: &str, kind: usize) -> &Fact<'k> {
        let facts = self.columns.iter().find(|(name, _)| *name == column);
        facts
            .and_then(|(_, facts)| facts.get(kind))
            .unwrap_or(&Fact::Unknown)
    }
}

/// A condition, as far as it is read.
#[derive(Debug, PartialEq)]
enum Condition<'k> {
    All(Vec<Self>),
    Any(Vec<Self>),
    Test(&'k str, Wanted<'k>),
    Unknown,
}

/// What a test asks of a column.
#[derive(Debug, PartialEq)]
enum Wanted<'k> {
    Empty(bool),
    Null,
    /// To be one of these, in one case.
    Texts(Vec<String>),
    /// To contain a text, in any case; nothing when the text has escapes.
    Holds(Option<&'k str>),
    Numbers(Vec<i64>),
    Between(i64, i64),
}

impl Condition<'_> {
    fn may_hold<'f>(&self, fact: &dyn Fn(&str) -> &'f Fact<'f>) -> bool {
        match self {
            Self::All(conditions) => conditions.iter().all(|one| one.may_hold(fact)),
            Self::Any(conditions) => conditions.iter().any(|one| one.may_hold(fact)),
            Self::Test(column, wanted) => wanted.may_be(fact(column)),
            Self::Unknown => true,
        }
    }
}

impl Wanted<'_> {
    fn may_be(&self, fact: &Fact<'_>) -> bool {
        let is_empty = match fact {
            Fact::Unknown => return true,
            Fact::Null => true,
            Fact::Text(text) => text.is_empty(),
            Fact::Number(_) | Fact::SomeText(_) => false,
        };
        match (self, fact) {
            (Self::Empty(is_wanted), _) => is_empty == *is_wanted,
            // A text is never null.
            (Self::Null, Fact::Null) => true,
            (Self::Null, Fact::Number(_)) => false,
            (Self::Holds(_), Fact::Text(text)) if text.is_empty() => false,
            (Self::Holds(Some(wanted)), Fact::Text(text)) => contains_fold(text, wanted),
            (Self::Holds(Some(wanted)), Fact::SomeText(Some(texts))) => {
                contains_fold(texts, wanted)
            }
            (Self::Texts(texts), Fact::Text(text)) => texts.contains(text),
            (Self::Numbers(numbers), Fact::Number(number)) => numbers.contains(number),
            (Self::Between(low, high), Fact::Number(number)) => (low..=high).contains(&number),
            (Self::Numbers(_) | Self::Between(..), Fact::Null) => false,
            // A test of another type: the engine knows.
            _ => true,
        }
    }
}

/// Conditions with `or` between them, and what stands behind.
fn any(text: &str) -> (Condition<'_>, &str) {
    list(text, OR, Condition::Any, &|text| {
        list(text, AND, Condition::All, &atom)
    })
}

fn list<'k>(
    text: &'k str,
    separator: &str,
    of: fn(Vec<Condition<'k>>) -> Condition<'k>,
    item: &dyn Fn(&'k str) -> (Condition<'k>, &'k str),
) -> (Condition<'k>, &'k str) {
    let (mut items, mut rest) = (Vec::new(), text);
    loop {
        let (one, tail) = item(rest);
        items.push(one);
        match tail.strip_prefix(separator) {
            Some(next) => rest = next,
            None => return (of(items), tail),
        }
    }
}

/// A condition in parentheses, or a test of a column; what is neither is skipped.
fn atom(text: &str) -> (Condition<'_>, &str) {
    let found = match text.strip_prefix('(') {
        Some(inner) => {
            let (condition, tail) = any(inner);
            tail.strip_prefix(')').map(|tail| (condition, tail))
        }
        None => test(text),
    };
    let ends = |tail: &str| {
        let ends = [AND, OR, ")"];
        tail.is_empty() || ends.iter().any(|end| tail.starts_with(end))
    };
    match found {
        Some((condition, tail)) if ends(tail) => (condition, tail),
        _ => (Condition::Unknown, skipped(text)),
    }
}

/// What stands behind an operand, whatever that is.
fn skipped(text: &str) -> &str {
    let (mut depth, mut is_quoted, mut is_escaped) = (0, false, false);
    for (at, byte) in text.bytes().enumerate() {
        let rest = text.get(at..).unwrap_or("");
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_quoted => is_escaped = true,
            b'"' => is_quoted = !is_quoted,
            _ if is_quoted => {}
            b'(' | b'[' => depth += 1,
            b')' | b']' if depth > 0 => depth -= 1,
            b')' | b']' => return rest,
            b' ' if depth == 0 && (rest.starts_with(AND) || rest.starts_with(OR)) => {
                return rest;
            }
            _ => {}
        }
    }
    ""
}

/// A test of a column, and what stands behind it.
fn test(text: &str) -> Option<(Condition<'_>, &str)> {
    for (function, wanted) in [
        ("isempty(", Wanted::Empty(true)),
        ("isnotempty(", Wanted::Empty(false)),
        ("isnull(", Wanted::Null),
    ] {
        if let Some(inner) = text.strip_prefix(function) {
            let (column, tail) = name(inner)?;
            return Some((Condition::Test(column, wanted), tail.strip_prefix(')')?));
        }
    }
    let (column, tail) = name(text)?;
    let (operator, tail) = tail.strip_prefix(' ')?.split_once(' ')?;
    let (wanted, tail) = match operator {
        "contains" | "has" | "startswith" => {
            let (text, tail) = quoted(tail)?;
            (!text.is_empty()).then_some((Wanted::Holds(plain(text)), tail))?
        }
        "=~" => {
            let (text, tail) = quoted(tail)?;
            (Wanted::Texts(vec![folded(plain(text)?)]), tail)
        }
        "in~" => {
            let (texts, tail) = items(tail, quoted)?;
            let texts: Option<Vec<String>> = texts
                .into_iter()
                .map(|text| plain(text).map(folded))
                .collect();
            (Wanted::Texts(texts?), tail)
        }
        "==" => {
            let (number, tail) = number(tail)?;
            (Wanted::Numbers(vec![number]), tail)
        }
        "in" => {
            let (numbers, tail) = items(tail, number)?;
            (Wanted::Numbers(numbers), tail)
        }
        "between" => {
            let (low, tail) = number(tail.strip_prefix('(')?)?;
            let (high, tail) = number(tail.strip_prefix(" .. ")?)?;
            (Wanted::Between(low, high), tail.strip_prefix(')')?)
        }
        _ => return None,
    };
    Some((Condition::Test(column, wanted), tail))
}

fn name(text: &str) -> Option<(&str, &str)> {
    let end = text
        .bytes()
        .position(|byte| !byte.is_ascii_alphanumeric())?;
    text.split_at_checked(end)
}

/// A whole number and what stands behind it.
fn number(text: &str) -> Option<(i64, &str)> {
    let is_digit = |byte: u8| byte.is_ascii_digit();
    let end = text.bytes().position(|byte| !is_digit(byte));
    let (digits, tail) = text.split_at_checked(end.unwrap_or(text.len()))?;
    Some((digits.parse().ok()?, tail))
}

/// A text in quotes, as it is written, and what stands behind it.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_prefix('"')?;
    let mut is_escaped = false;
    let end = inner.bytes().position(|byte| {
        let ends = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        ends
    })?;
    let (value, tail) = inner.split_at_checked(end)?;
    Some((value, tail.strip_prefix('"')?))
}

/// A text without escapes.
fn plain(text: &str) -> Option<&str> {
    (!text.contains('\\')).then_some(text)
}

/// Items in parentheses, and what stands behind them.
fn items<'k, T>(
    text: &'k str,
    item: impl Fn(&'k str) -> Option<(T, &'k str)>,
) -> Option<(Vec<T>, &'k str)> {
    let (mut items, mut rest) = (Vec::new(), text.strip_prefix('(')?);
    loop {
        let (one, tail) = item(rest)?;
        items.push(one);
        match tail.strip_prefix(", ") {
            Some(next) => rest = next,
            None => return Some((items, tail.strip_prefix(')')?)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn may_hold(kql: &str) -> bool {
        let text = |value: &str| Fact::Text(folded(value));
        // A call that went well, and one that timed out.
        let facts = Facts {
            n_kinds: 2,
            columns: vec![
                ("ResponseCode", vec![Fact::Number(200), Fact::Number(500)]),
                ("BackendResponseCode", vec![Fact::Number(200), Fact::Null]),
                ("LastErrorReason", vec![text(""), text("Timeout")]),
                ("LastErrorSource", vec![text(""), text("forward-request")]),
                (
                    "LastErrorMessage",
                    vec![text(""), Fact::SomeText(Some("The operation\nTimed OUT\n"))],
                ),
            ],
        };
        facts.may_hold(kql)
    }

    #[test]
    fn absent_values_rule_a_clue_out() {
        for (clue, answer) in [
            (r#"LastErrorReason =~ "timeout" and true"#, true),
            (r#"LastErrorReason =~ "Other" and true"#, false),
            (
                r#"LastErrorReason in~ ("Other", "TIMEOUT") and LastErrorSource =~ "quota""#,
                false,
            ),
            ("ResponseCode == 500 and isempty(Url)", true),
            ("ResponseCode in (401, 403)", false),
            ("ResponseCode between (400 .. 599)", true),
            (
                "(isnull(ResponseCode) or ResponseCode == 404) and true",
                false,
            ),
            (
                "(isnull(BackendResponseCode) or BackendResponseCode == 0) and ResponseCode == 500",
                true,
            ),
            (
                "(isnull(BackendResponseCode) or BackendResponseCode == 0) and ResponseCode == 200",
                false,
            ),
            // Each value is there, but not in one row.
            ("isempty(LastErrorReason) and ResponseCode == 500", false),
            ("isnotempty(LastErrorReason) and ResponseCode == 500", true),
            ("isempty(LastErrorMessage) and ResponseCode == 404", false),
            (
                r#"ResponseCode == 200 and LastErrorMessage contains "x""#,
                false,
            ),
            (
                r#"ResponseCode == 500 and LastErrorMessage contains "timed out""#,
                true,
            ),
            (
                r#"ResponseCode == 500 and LastErrorMessage contains "refused""#,
                false,
            ),
            (
                r#"ResponseCode == 200 and (LastErrorMessage contains "x or \"y\")" or Url has "x")"#,
                true,
            ),
            (
                r#"ResponseCode == 200 and (LastErrorMessage contains "\"y\" or " or Method == "")"#,
                true,
            ),
            (
                r#"ResponseCode == 200 and LastErrorMessage contains "\"y\" or ""#,
                false,
            ),
            (r#"(LastErrorReason =~ "Other" or Url has "x")"#, true),
            (
                "ResponseCode == 404 and isempty(Url) or ResponseCode == 500",
                true,
            ),
            (
                "ResponseCode == 404 and isempty(Url) or ResponseCode == 501",
                false,
            ),
            (
                r#"(LastErrorReason =~ "Other" or Url has "x") and ResponseCode == 1"#,
                false,
            ),
            (r#"ResponseCode =~ "200""#, true),
            ("isempty(LastErrorReason) == (ResponseCode == 500)", true),
            ("not(ResponseCode == 500)", true),
            ("not(ResponseCode == 500) and ResponseCode == 404", false),
        ] {
            assert_eq!(may_hold(clue), answer, "{clue}");
        }
    }

    #[test]
    fn every_clue_is_read_to_its_end() {
        for clue in crate::signature::catalogue().flat_map(|signature| signature.clues) {
            let kql = clue.kql();
            assert_eq!(any(&kql).1, "", "{kql}");
        }
    }
}
