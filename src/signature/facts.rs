//! What the gateway rows hold at all, so that clues about absent values are not even bound.
//!
//! Input: the gateway view. Output: [`Facts`], asked with the text of a clue. Clues name the reason,
//! the source and the codes first; a clue that starts with a value that no row has cannot be met.
//! Invariant: in doubt the answer is yes. Absent on purpose: reading the rest of the condition.

use crate::engine::batch::Batch;
use crate::engine::operator::key::Interner;
use crate::engine::scalar::operators::fold;
use crate::table::View;
use crate::value::Type;
use std::collections::BTreeSet;

/// The distinct values of the columns that most clues start with.
pub(super) struct Facts {
    reasons: BTreeSet<String>,
    sources: BTreeSet<String>,
    codes: BTreeSet<i64>,
    has_null_code: bool,
}

fn folded(text: &str) -> String {
    text.chars().map(fold).collect()
}

impl Facts {
    /// Reads three columns of a view.
    pub(super) fn of(view: &View) -> Self {
        let mut facts = Self {
            reasons: BTreeSet::new(),
            sources: BTreeSet::new(),
            codes: BTreeSet::new(),
            has_null_code: false,
        };
        facts.reasons = distinct(view, "LastErrorReason")
            .into_iter()
            .map(|value| folded(&value))
            .collect();
        facts.sources = distinct(view, "LastErrorSource")
            .into_iter()
            .map(|value| folded(&value))
            .collect();
        for value in distinct(view, "ResponseCode") {
            match value.parse() {
                Ok(code) => {
                    facts.codes.insert(code);
                }
                Err(_) => facts.has_null_code = true,
            }
        }
        facts
    }

    /// Whether a row might meet a clue.
    pub(super) fn may_hold(&self, kql: &str) -> bool {
        let mut rest = kql;
        while let Some((is_possible, tail)) = self.operand(rest) {
            if !is_possible {
                return false;
            }
            match tail.strip_prefix(" and ") {
                Some(next) => rest = next,
                None => break,
            }
        }
        true
    }

    /// The operand at the start of a condition, when it is one about a known column.
    fn operand<'k>(&self, text: &'k str) -> Option<(bool, &'k str)> {
        for (column, known) in [
            ("LastErrorReason ", &self.reasons),
            ("LastErrorSource ", &self.sources),
        ] {
            if let Some(list) = text.strip_prefix(column) {
                let (list, end) = match list.strip_prefix("=~ ") {
                    Some(value) => (value, ""),
                    None => (list.strip_prefix("in~ (")?, ")"),
                };
                let (values, tail) = texts(list)?;
                return Some((
                    values.iter().any(|value| known.contains(&folded(value))),
                    tail.strip_prefix(end)?,
                ));
            }
        }
        if let Some(inner) = text.strip_prefix("(isnull(ResponseCode) or ") {
            let (is_possible, tail) = self.codes_of(inner)?;
            return Some((is_possible || self.has_null_code, tail.strip_prefix(')')?));
        }
        self.codes_of(text)
    }

    fn codes_of<'k>(&self, text: &'k str) -> Option<(bool, &'k str)> {
        let test = text.strip_prefix("ResponseCode ")?;
        if let Some(range) = test.strip_prefix("between (") {
            let (low, tail) = number(range)?;
            let (high, tail) = number(tail.strip_prefix(" .. ")?)?;
            return Some((
                self.codes.range(low..=high.max(low)).next().is_some(),
                tail.strip_prefix(')')?,
            ));
        }
        if let Some(single) = test.strip_prefix("== ") {
            let (code, tail) = number(single)?;
            return Some((self.codes.contains(&code), tail));
        }
        let mut tail = test.strip_prefix("in (")?;
        let mut is_possible = false;
        loop {
            let (code, next) = number(tail)?;
            is_possible |= self.codes.contains(&code);
            match next.strip_prefix(", ") {
                Some(more) => tail = more,
                None => return Some((is_possible, next.strip_prefix(')')?)),
            }
        }
    }
}

/// A whole number and what stands behind it.
fn number(text: &str) -> Option<(i64, &str)> {
    let end = text
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, tail) = text.split_at(end);
    Some((digits.parse().ok()?, tail))
}

/// Quoted texts with commas between, and what stands behind them.
fn texts(text: &str) -> Option<(Vec<&str>, &str)> {
    let mut values = Vec::new();
    let mut rest = text;
    loop {
        let (value, tail) = rest.strip_prefix('"')?.split_once('"')?;
        values.push(value);
        match tail.strip_prefix(", ") {
            Some(next) if next.starts_with('"') => rest = next,
            _ => return Some((values, tail)),
        }
    }
}

/// The distinct values of a column, as texts.
fn distinct(view: &View, name: &str) -> Vec<String> {
    let Some(at) = view.fields.iter().position(|field| field.name == name) else {
        return Vec::new();
    };
    let kind = view.fields.get(at).map_or(Type::String, |field| field.kind);
    let kinds: Vec<Type> = view.fields.iter().map(|field| field.kind).collect();
    let (mut interner, mut ids) = (Interner::default(), Vec::new());
    for part in &view.parts {
        for segment in 0..part.table.n_segments() {
            interner.intern(
                &Batch::of_segment(part, &kinds, segment).column(at),
                &mut ids,
            );
        }
    }
    let ids: Vec<u32> = (0..interner.len() as u32).collect();
    let values = interner.column(&ids, kind);
    (0..values.len())
        .map(|row| values.value(row).to_text())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> Facts {
        let set = |values: &[&str]| values.iter().map(|value| folded(value)).collect();
        Facts {
            reasons: set(&["Timeout"]),
            sources: set(&["", "forward-request"]),
            codes: BTreeSet::from([200, 500]),
            has_null_code: false,
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
            (r"isempty(LastErrorReason) and ResponseCode == 404", true),
            (r#"(LastErrorReason =~ "Other" or Url has "x")"#, true),
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
                if facts().operand(clue.kql).is_none() {
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
