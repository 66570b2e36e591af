//! What the gateway rows hold at all, so that clues about absent values are not even parsed.
//!
//! Input: the kinds of the gateway's rows. Output: [`Facts`], asked with the text of a clue. Clues name
//! reasons, sources and codes first; a clue whose first operands no kind meets cannot be met by a row.
//! Invariant: in doubt the answer is yes. Absent on purpose: reading the rest of the condition.

use super::kinds::{Kinds, Knowledge};
use crate::text::case;
use crate::value::Value;

/// The columns whose tests are read.
const COLUMNS: [&str; 4] = [
    "ResponseCode",
    "LastErrorReason",
    "LastErrorSource",
    "BackendResponseCode",
];

/// The values of these columns, kind by kind.
pub(super) struct Facts {
    kinds: Vec<[Fact; 4]>,
}

/// A value, as the tests of clues see it.
#[derive(Clone, Debug, PartialEq)]
enum Fact {
    Null,
    Number(i64),
    /// In one case.
    Text(String),
}

fn folded(text: &str) -> String {
    text.chars().map(case::upper).collect()
}

impl Fact {
    fn of(value: &Value) -> Self {
        match value {
            Value::String(text) => Self::Text(folded(text)),
            value => value.as_long().map_or(Self::Null, Self::Number),
        }
    }

    fn is_empty(&self) -> bool {
        matches!(self, Self::Null) || matches!(self, Self::Text(text) if text.is_empty())
    }
}

impl Facts {
    /// The facts of some kinds; nothing when a column is not among what tells them apart.
    pub(super) fn of(kinds: &Kinds, names: &[&str]) -> Option<Self> {
        let rows = kinds.rows();
        let mut columns = Vec::with_capacity(COLUMNS.len());
        for name in COLUMNS {
            let at = names.iter().position(|known| *known == name)?;
            if kinds.knowledge(at) != Knowledge::Value {
                return None;
            }
            columns.push(rows.column(at));
        }
        let kind = |row: usize| {
            std::array::from_fn(|at| {
                columns
                    .get(at)
                    .map_or(Fact::Null, |column| Fact::of(&column.value(row)))
            })
        };
        Some(Self {
            kinds: (0..rows.n_rows).map(kind).collect(),
        })
    }

    /// Whether a row might meet a clue.
    pub(super) fn may_hold(&self, kql: &str) -> bool {
        let mut open: Vec<&[Fact; 4]> = self.kinds.iter().collect();
        let mut rest = kql;
        while let Some((test, tail)) = operand(rest) {
            let next = tail.strip_prefix(" and ");
            if next.is_none() && !tail.is_empty() {
                break;
            }
            open.retain(|facts| facts.get(test.column).is_none_or(|fact| test.holds(fact)));
            rest = next.unwrap_or_default();
        }
        !open.is_empty()
    }
}

/// A test of one column.
#[derive(Debug, PartialEq)]
struct Test {
    column: usize,
    or_null: bool,
    wanted: Wanted,
}

/// What a test asks for.
#[derive(Debug, PartialEq)]
enum Wanted {
    Empty(bool),
    /// In one case.
    Texts(Vec<String>),
    Numbers(Vec<i64>),
    Between(i64, i64),
}

impl Test {
    fn holds(&self, fact: &Fact) -> bool {
        (self.or_null && *fact == Fact::Null)
            || match (&self.wanted, fact) {
                (Wanted::Empty(is_wanted), fact) => fact.is_empty() == *is_wanted,
                (Wanted::Texts(texts), Fact::Text(text)) => texts.contains(text),
                (Wanted::Numbers(numbers), Fact::Number(number)) => numbers.contains(number),
                (Wanted::Between(low, high), Fact::Number(number)) => {
                    (low..=high).contains(&number)
                }
                (_, Fact::Null) => false,
                // A test of another type: the engine knows.
                _ => true,
            }
    }
}

/// The operand at the start of a condition, when it is one about a known column, and the rest.
fn operand(text: &str) -> Option<(Test, &str)> {
    if let Some(inner) = text.strip_prefix("(isnull(") {
        let (column, tail) = column(inner)?;
        let (test, tail) = test(tail.strip_prefix(") or ")?)?;
        let both = Test {
            or_null: true,
            ..test
        };
        return (both.column == column).then_some((both, tail.strip_prefix(')')?));
    }
    for (function, is_wanted) in [("isempty(", true), ("isnotempty(", false)] {
        if let Some(inner) = text.strip_prefix(function) {
            let (column, tail) = column(inner)?;
            let test = Test {
                column,
                or_null: false,
                wanted: Wanted::Empty(is_wanted),
            };
            return Some((test, tail.strip_prefix(')')?));
        }
    }
    test(text)
}

/// A column and its test.
fn test(text: &str) -> Option<(Test, &str)> {
    let (column, tail) = column(text)?;
    let tail = tail.strip_prefix(' ')?;
    let (wanted, tail) = if let Some(value) = tail.strip_prefix("=~ ") {
        let (texts, tail) = texts(value)?;
        (Wanted::Texts(texts), tail)
    } else if let Some(list) = tail.strip_prefix("in~ (") {
        let (texts, tail) = texts(list)?;
        (Wanted::Texts(texts), tail.strip_prefix(')')?)
    } else if let Some(value) = tail.strip_prefix("== ") {
        let (number, tail) = number(value)?;
        (Wanted::Numbers(vec![number]), tail)
    } else if let Some(list) = tail.strip_prefix("in (") {
        let (numbers, tail) = numbers(list)?;
        (Wanted::Numbers(numbers), tail.strip_prefix(')')?)
    } else {
        let (low, tail) = number(tail.strip_prefix("between (")?)?;
        let (high, tail) = number(tail.strip_prefix(" .. ")?)?;
        (Wanted::Between(low, high), tail.strip_prefix(')')?)
    };
    let test = Test {
        column,
        or_null: false,
        wanted,
    };
    Some((test, tail))
}

/// A known column and what stands behind its name.
fn column(text: &str) -> Option<(usize, &str)> {
    let end = text
        .find(|character: char| !character.is_ascii_alphanumeric())
        .unwrap_or(text.len());
    let (name, tail) = text.split_at(end);
    let at = COLUMNS.iter().position(|column| *column == name)?;
    Some((at, tail))
}

/// A whole number and what stands behind it.
fn number(text: &str) -> Option<(i64, &str)> {
    let end = text
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, tail) = text.split_at(end);
    Some((digits.parse().ok()?, tail))
}

/// Whole numbers with commas between, and what stands behind them.
fn numbers(text: &str) -> Option<(Vec<i64>, &str)> {
    let (mut values, mut rest) = (Vec::new(), text);
    loop {
        let (value, tail) = number(rest)?;
        values.push(value);
        match tail.strip_prefix(", ") {
            Some(next) => rest = next,
            None => return Some((values, tail)),
        }
    }
}

/// Quoted texts with commas between, in one case, and what stands behind them.
fn texts(text: &str) -> Option<(Vec<String>, &str)> {
    let (mut values, mut rest) = (Vec::new(), text);
    loop {
        let (value, tail) = rest.strip_prefix('"')?.split_once('"')?;
        values.push(folded(value));
        match tail.strip_prefix(", ") {
            Some(next) => rest = next,
            None => return Some((values, tail)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> Facts {
        let text = |value: &str| Fact::Text(folded(value));
        Facts {
            kinds: vec![
                [Fact::Number(200), text(""), text(""), Fact::Number(200)],
                [
                    Fact::Number(500),
                    text("Timeout"),
                    text("forward-request"),
                    Fact::Null,
                ],
            ],
        }
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
            ("isempty(LastErrorMessage) and ResponseCode == 404", true),
            (r#"(LastErrorReason =~ "Other" or Url has "x")"#, true),
            (r#"ResponseCode =~ "200""#, true),
            ("isempty(LastErrorReason) == (ResponseCode == 500)", true),
        ] {
            assert_eq!(facts().may_hold(clue), answer, "{clue}");
        }
    }

    #[test]
    fn clues_about_gateway_rows_are_chains_of_and() {
        // What `may_hold` reads at the start must be an operand of a top-level `and`.
        for signature in crate::signature::catalogue() {
            for clue in signature
                .clues
                .iter()
                .filter(|clue| clue.table == crate::signature::tables::GATEWAY)
            {
                if operand(clue.kql).is_none() {
                    continue;
                }
                let parsed = crate::kql::parser::parse(&format!("T | where {}", clue.kql));
                let [
                    crate::kql::tree::Statement::Expression(crate::kql::tree::Expr::Pipe(pipeline)),
                ] = parsed.query.statements.as_slice()
                else {
                    panic!("{}", clue.kql);
                };
                let [crate::kql::tree::Operator::Where { predicate, .. }] =
                    pipeline.operators.as_slice()
                else {
                    panic!("{}", clue.kql)
                };
                let is_or = matches!(
                    predicate.as_ref(),
                    crate::kql::tree::Expr::Logical { is_and: false, .. }
                );
                assert!(!is_or, "{}", clue.kql);
            }
        }
    }
}
