//! The rows that a filter dropped.
//!
//! Input: a query and the place of one of its `where` operators. Output: a query for the rows that
//! came to that operator and did not pass, each with the first condition that was not true. Invariant:
//! what stands before the operator stays as written. Absent on purpose: filters inside functions,
//! whose rows depend on the call.

use super::parser;
use super::token::written_string;
use super::tree::{Expr, LetValue, Operator, Pipeline, Query, Statement};
use super::visit;
use crate::text::Span;

/// The column that names the condition.
const COLUMN: &str = "DroppedBy";

/// The query for at most `n_rows` of the rows that the `where` at a byte offset dropped.
pub fn dropped(text: &str, offset: u32, n_rows: u32) -> Option<String> {
    let query = parser::parse(text).query;
    let (before, pipeline, at) = filter_at(&query, offset)?;
    let Operator::Where {
        predicate, span, ..
    } = pipeline.operators.get(at)?
    else {
        return None;
    };
    let lets = text.get(..before as usize)?;
    let rows = text.get(pipeline.span.start as usize..span.start as usize)?;
    let conditions: Vec<&Expr> = match innermost(predicate) {
        Expr::Logical {
            is_and: true,
            operands,
            ..
        } => operands.iter().collect(),
        whole => vec![whole],
    };
    let mut name = COLUMN.to_owned();
    while text.contains(&name) {
        name.push('_');
    }
    let arms: Vec<String> = conditions
        .iter()
        .map(|condition| {
            let written = condition.span().of(text);
            format!(
                "not(coalesce(tobool({written}), false)), {}",
                quoted(written)
            )
        })
        .collect();
    Some(format!(
        "{lets}{rows}extend {name} = case({}, \"\")\n| where isnotempty({name})\n| take {n_rows}",
        arms.join(", ")
    ))
}

/// The `where` at a place: where its statement starts, its pipeline, its number in it.
fn filter_at(query: &Query, offset: u32) -> Option<(u32, &Pipeline, usize)> {
    query.statements.iter().find_map(|statement| {
        let (Statement::Let {
            value: LetValue::Expr(value),
            ..
        }
        | Statement::Expression(value)) = statement
        else {
            return None;
        };
        let (pipeline, at) = filter_in(value, offset)?;
        Some((statement.span().start, pipeline, at))
    })
}

fn filter_in(expression: &Expr, offset: u32) -> Option<(&Pipeline, usize)> {
    let Span { start, end } = expression.span();
    if offset < start || end <= offset {
        return None;
    }
    if let Expr::Pipe(pipeline) = expression {
        let mut operators = pipeline.operators.iter();
        let found = operators.position(
            |operator| matches!(operator, Operator::Where { span, .. } if span.start == offset),
        );
        if let Some(at) = found {
            return Some((pipeline, at));
        }
    }
    let mut found = None;
    visit::children(expression, &mut |child| {
        found = found.or_else(|| filter_in(child, offset));
    });
    found
}

fn innermost(expression: &Expr) -> &Expr {
    match expression {
        Expr::Paren(inner, _) => innermost(inner),
        other => other,
    }
}

/// A text as a literal on one line.
fn quoted(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    written_string(&words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rows_before_the_filter_are_asked_again() {
        let query = "let k = 1; T | extend a = b | where a > k and c == \"x\" | take 3";
        let at = query.find("where").unwrap() as u32;
        assert_eq!(
            dropped(query, at, 10).unwrap(),
            "let k = 1; T | extend a = b | extend DroppedBy = case(not(coalesce(tobool(a > k), false)), \"a > k\", \
             not(coalesce(tobool(c == \"x\"), false)), \"c == \\\"x\\\"\", \"\")\n| where isnotempty(DroppedBy)\n| take 10"
        );
        assert_eq!(dropped(query, at + 1, 10), None);
        assert_eq!(dropped("", 0, 1), None);
        let inner = "T | join kind=inner (U | where x) on y";
        let at = inner.find("where").unwrap() as u32;
        assert!(dropped(inner, at, 1).unwrap().starts_with("U | extend "));
        let function = "let f = () { T | where x }; f()";
        let at = function.find("where").unwrap() as u32;
        assert_eq!(dropped(function, at, 1), None);
    }
}
