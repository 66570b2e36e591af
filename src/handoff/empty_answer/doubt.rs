//! What a query shows by itself of why it answers nothing: conditions that no row can meet, values
//! that no row has, names that are wrong.
//!
//! Input: a query and, where it is known, the clock. Output: doubts, each with its place and the step
//! that it belongs to. Invariants: only what the text proves or what is documented is doubted; a value
//! is computed from literals and functions of time alone, so that no query runs. Absent on purpose: rows.

use std::cell::Cell;
use std::rc::Rc;

use super::filled;
use crate::diagnostic::{Severity, codes};
use crate::engine::Job;
use crate::engine::bind;
use crate::kql::check::subject::{Subject, calls_any, holds, is_time, names_any, string_literal};
use crate::kql::check::{self, Target};
use crate::kql::tree::{
    BinaryOperator, Expr, LetValue, ListOperator, Operator, Pipeline, Query, Statement,
};
use crate::schema;
use crate::table::Tables;
use crate::text::{Span, cut};
use crate::value::{Value, order};

/// Most conditions of a pipeline that are compared with each other.
const MOST_CONDITIONS: usize = 24;
/// Most values that are computed, and the longest text of `let` statements that they may need.
const MOST_VALUES: usize = 400;
const MOST_LET_BYTES: usize = 4000;
/// Most places that are told.
const MOST_DOUBTS: usize = 40;

/// Functions whose value depends on the clock, and others of literals; any else may cost time.
const CLOCK: [&str; 2] = ["ago", "now"];
const QUICK: [&str; 14] = [
    "ago",
    "now",
    "startofday",
    "startofweek",
    "startofmonth",
    "startofyear",
    "endofday",
    "endofweek",
    "endofmonth",
    "endofyear",
    "datetime_add",
    "todatetime",
    "totimespan",
    "bin",
];

/// Columns whose values are known, by their spellings.
const KNOWN: &[(&[&str], &[&str])] = &[
    (
        &["Method", "method_s", "BackendMethod", "backendMethod_s"],
        &["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"],
    ),
    (&["Cache", "cache_s"], &["hit", "miss", "none"]),
];

/// A place of the query that may be why nothing is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// The step that it belongs to.
    pub step: &'static str,
    /// The place.
    pub span: Span,
    /// What is odd there.
    pub message: String,
    /// What would be right; empty where nothing is said.
    pub help: String,
}

/// A value that a column is compared with, as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// The column.
    pub column: String,
    /// The value.
    pub value: String,
    /// Whether its case counts.
    pub is_exact: bool,
    /// The place of the value.
    pub span: Span,
}

/// A query and what its constants are computed with.
pub(super) struct Reader<'q> {
    text: &'q str,
    query: &'q Query,
    now: Option<i64>,
    tables: Rc<dyn Tables>,
    /// The `let` statements of values that are quick to compute, as text.
    lets: String,
    let_names: Vec<&'q str>,
    /// Whether any of them depends on the clock.
    are_lets_relative: bool,
    /// How many values may still be computed.
    left: Cell<usize>,
}

/// What a condition asks of a column.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Above,
    AtLeast,
    Below,
    AtMost,
    Equal,
}

impl Side {
    /// What the operator asks of its left side, or of its right one.
    fn of(operator: BinaryOperator, is_flipped: bool) -> Option<Self> {
        Some(match (operator, is_flipped) {
            (BinaryOperator::Equal, _) => Self::Equal,
            (BinaryOperator::Greater, false) | (BinaryOperator::Less, true) => Self::Above,
            (BinaryOperator::GreaterOrEqual, false) | (BinaryOperator::LessOrEqual, true) => {
                Self::AtLeast
            }
            (BinaryOperator::Less, false) | (BinaryOperator::Greater, true) => Self::Below,
            (BinaryOperator::LessOrEqual, false) | (BinaryOperator::GreaterOrEqual, true) => {
                Self::AtMost
            }
            _ => return None,
        })
    }

    const fn is_lower(self) -> bool {
        matches!(self, Self::Above | Self::AtLeast)
    }

    /// How the first value stands to the second where no row can meet both.
    fn excludes(self, other: Self) -> Option<&'static str> {
        Some(match (self, other) {
            (Self::AtLeast | Self::Equal, Self::AtMost) => ">",
            (Self::Above | Self::AtLeast, Self::Below | Self::AtMost)
            | (Self::Equal, Self::Below) => ">=",
            (Self::Equal, Self::Above) => "<=",
            (Self::Equal, Self::AtLeast) => "<",
            (Self::Equal, Self::Equal) => "!=",
            _ => return None,
        })
    }
}

/// A condition on one column.
struct Bound<'q> {
    column: &'q str,
    side: Side,
    value: &'q Expr,
    /// All of the condition.
    span: Span,
}

/// The conditions of the filters that a pipeline begins with, each for itself.
pub(super) fn conditions(pipeline: &Pipeline) -> Vec<&Expr> {
    let mut found = Vec::new();
    for operator in &pipeline.operators {
        let Operator::Where { predicate, .. } = operator else {
            break;
        };
        parts(predicate, &mut found);
    }
    found
}

fn parts<'q>(condition: &'q Expr, found: &mut Vec<&'q Expr>) {
    match condition {
        Expr::Paren(inner, _) => parts(inner, found),
        Expr::Logical {
            is_and: true,
            operands,
            ..
        } => operands.iter().for_each(|operand| parts(operand, found)),
        Expr::Missing(_) => {}
        other => found.push(other),
    }
}

/// Whether a condition asks for a time.
pub(super) fn is_of_time(condition: &Expr) -> bool {
    names_any(condition, &is_time)
}

/// The values that a column is known to have; of categories those that are like the one asked for.
fn known_values(column: &str, value: &str) -> &'static [&'static str] {
    if column == "Category" {
        return schema::table(value).map_or(&[], |table| table.categories);
    }
    let known = KNOWN.iter().find(|(names, _)| names.contains(&column));
    known.map_or(&[], |(_, values)| values)
}

fn column(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::Name(name) => Some(&name.text),
        Expr::Paren(inner, _) => column(inner),
        _ => None,
    }
}

/// What a condition asks of a column: `between` asks twice.
fn bounds<'q>(condition: &'q Expr, found: &mut Vec<Bound<'q>>) {
    let span = condition.span();
    match condition {
        Expr::Binary {
            operator,
            left,
            right,
            ..
        } => {
            for (name, value, is_flipped) in [(left, right, false), (right, left, true)] {
                if let (Some(column), Some(side)) = (column(name), Side::of(*operator, is_flipped))
                {
                    found.push(Bound {
                        column,
                        side,
                        value,
                        span,
                    });
                }
            }
        }
        Expr::Between {
            is_negated: false,
            left,
            low,
            high,
            ..
        } => {
            if let Some(column) = column(left) {
                for (side, value) in [(Side::AtLeast, low), (Side::AtMost, high)] {
                    found.push(Bound {
                        column,
                        side,
                        value,
                        span,
                    });
                }
            }
        }
        _ => {}
    }
}

impl<'q> Reader<'q> {
    pub(super) fn new(text: &'q str, query: &'q Query, now: Option<i64>) -> Self {
        let mut reader = Self {
            text,
            query,
            now,
            tables: Rc::new(schema::views(&[])),
            lets: String::new(),
            let_names: Vec::new(),
            are_lets_relative: false,
            left: Cell::new(MOST_VALUES),
        };
        for statement in &query.statements {
            if let Statement::Let {
                name,
                value: LetValue::Expr(value),
                span,
            } = statement
                && reader.is_constant(value)
                && reader.lets.len() + span.of(text).len() < MOST_LET_BYTES
            {
                reader.lets.push_str(span.of(text).trim_end_matches(';'));
                reader.lets.push_str(";\n");
                reader.let_names.push(&name.text);
                reader.are_lets_relative |= calls_any(value, &CLOCK);
            }
        }
        reader
    }

    /// Whether a value follows from literals and quick functions alone, or from names for such.
    fn is_constant(&self, expression: &Expr) -> bool {
        !holds(expression, &|one| match one {
            Expr::Literal(..)
            | Expr::Unary { .. }
            | Expr::Binary { .. }
            | Expr::Logical { .. }
            | Expr::Paren(..) => false,
            Expr::Name(name) => !self.let_names.contains(&name.text.as_str()),
            Expr::Call { function, .. } => !QUICK.contains(&function.text.as_str()),
            _ => true,
        })
    }

    /// Whether a comparison of a value holds; not where it depends on a row, or what it needs is much.
    fn is(&self, value: &Expr, than: &str) -> bool {
        let Some(left) = self.left.get().checked_sub(1) else {
            return false;
        };
        self.left.set(left);
        let text = filled("$0print ($1) $2", &[&self.lets, self.of(value), than]);
        let job = Job::start(&text, Rc::clone(&self.tables), self.now.unwrap_or_default());
        let answer = job.and_then(Job::run);
        answer.is_ok_and(|answer| matches!(answer.relation.value(0, 0), Value::Bool(true)))
    }

    /// Whether a value follows the clock.
    fn is_relative(&self, value: &Expr) -> bool {
        calls_any(value, &CLOCK) || (self.are_lets_relative && names_any(value, &|_| true))
    }

    fn of(&self, expression: &Expr) -> &'q str {
        expression.span().of(self.text)
    }

    /// Everything that is odd, in the order of the text.
    pub(super) fn doubts(&self, table: &str) -> (Vec<Doubt>, Vec<Compared>) {
        let analysis = bind::analyse(self.text, self.query, self.tables.as_ref(), 0);
        let subject = Subject::new(self.text, self.query, &analysis, Target::LogAnalytics);
        let mut doubts = Vec::new();
        for pipeline in &subject.pipelines {
            self.contradictions(&conditions(pipeline), &mut doubts);
        }
        for operator in &subject.operators {
            self.stage(operator, &mut doubts);
        }
        let compared = self.compared(&subject);
        self.values(table, &compared, &mut doubts);
        self.names(&subject, &mut doubts);
        order::sort_by_key(&mut doubts, |doubt| doubt.span);
        (doubts, compared)
    }

    fn contradictions(&self, conditions: &[&'q Expr], doubts: &mut Vec<Doubt>) {
        let mut all = Vec::new();
        for condition in conditions.iter().take(MOST_CONDITIONS) {
            bounds(condition, &mut all);
        }
        all.retain(|bound| self.is_constant(bound.value));
        for (at, bound) in all.iter().enumerate() {
            let of_time = is_time(bound.column);
            let step = if of_time { "time" } else { "stages" };
            if of_time
                && (bound.side.is_lower() || bound.side == Side::Equal)
                && (self.now.is_some() || self.is_relative(bound.value))
                && self.is(bound.value, "> now()")
            {
                let help = "a time that is over; `ago(1d)` is a day back";
                add(
                    doubts,
                    step,
                    bound.span,
                    "this asks for rows of the future",
                    help,
                );
                continue;
            }
            for other in all.iter().skip(at + 1) {
                if other.column != bound.column || !self.can_compare(bound, other) {
                    continue;
                }
                let (one, two, sign) = match bound.side.excludes(other.side) {
                    Some(sign) => (bound, other, sign),
                    None => match other.side.excludes(bound.side) {
                        Some(sign) => (other, bound, sign),
                        None => continue,
                    },
                };
                if !self.is(one.value, &filled("$0 ($1)", &[sign, self.of(two.value)])) {
                    continue;
                }
                let (message, help) = if bound.span == other.span {
                    (
                        "the end lies before the begin",
                        "the earlier one first".to_owned(),
                    )
                } else {
                    let first = cut(bound.span.of(self.text), 40);
                    (
                        "no row can meet this and another condition",
                        filled("the other one is `$0`", &[&first]),
                    )
                };
                add(doubts, step, other.span, message, &help);
            }
        }
    }

    /// A time by the clock and one of the calendar are compared where the clock is known.
    fn can_compare(&self, one: &Bound<'_>, two: &Bound<'_>) -> bool {
        self.now.is_some() || self.is_relative(one.value) == self.is_relative(two.value)
    }

    /// A filter that is never true, a count of no rows.
    fn stage(&self, operator: &Operator, doubts: &mut Vec<Doubt>) {
        match operator {
            Operator::Where { predicate, .. } => {
                let mut found = Vec::new();
                parts(predicate, &mut found);
                for condition in found.into_iter().take(MOST_CONDITIONS) {
                    if self.is_constant(condition) && self.is(condition, "== false") {
                        let help = "a condition on a column";
                        add(
                            doubts,
                            "stages",
                            condition.span(),
                            "this is never true",
                            help,
                        );
                    }
                }
            }
            Operator::Take { count, span } | Operator::Top { count, span, .. }
                if self.is_constant(count) && self.is(count, "< 1") =>
            {
                add(
                    doubts,
                    "stages",
                    *span,
                    "this takes no row",
                    "a count above 0",
                );
            }
            _ => {}
        }
    }

    /// Texts that columns are compared with.
    fn compared(&self, subject: &Subject<'_>) -> Vec<Compared> {
        let mut found = Vec::new();
        for (expression, _) in &subject.expressions {
            let (left, values, is_exact) = match expression {
                Expr::Binary {
                    operator: operator @ (BinaryOperator::Equal | BinaryOperator::EqualIgnoreCase),
                    left,
                    right,
                    ..
                } => {
                    let is_exact = *operator == BinaryOperator::Equal;
                    (left, std::slice::from_ref(right.as_ref()), is_exact)
                }
                Expr::InList {
                    operator: operator @ (ListOperator::In | ListOperator::InIgnoreCase),
                    left,
                    list,
                    ..
                } => (left, list.as_slice(), *operator == ListOperator::In),
                _ => continue,
            };
            let Some(column) = column(left) else { continue };
            found.extend(values.iter().filter_map(|value| {
                let (value, span) = string_literal(value)?;
                Some(Compared {
                    column: column.to_owned(),
                    value: value.to_owned(),
                    is_exact,
                    span,
                })
            }));
        }
        found
    }

    fn values(&self, table: &str, compared: &[Compared], doubts: &mut Vec<Doubt>) {
        for Compared {
            column,
            value,
            is_exact,
            span,
        } in compared
        {
            if value.trim() != value {
                let help = filled("without it: `$0`", &[&cut(value.trim(), 40)]);
                add(
                    doubts,
                    "names",
                    *span,
                    "this value begins or ends with a blank",
                    &help,
                );
            }
            // The methods of MCP are others.
            if !is_exact || table.contains("MCP") {
                continue;
            }
            let right = known_values(column, value)
                .iter()
                .find(|known| known.eq_ignore_ascii_case(value));
            if let Some(right) = right.filter(|right| **right != value) {
                let message = filled("`$0` is written in another case", &[column]);
                let help = filled("`$0`, or `=~`, which sees no case", &[right]);
                add(doubts, "names", *span, &message, &help);
            }
        }
    }

    /// What the checks say of names and comparisons; tables of one's own are not known here.
    fn names(&self, subject: &Subject<'_>, doubts: &mut Vec<Doubt>) {
        let Subject {
            analysis, target, ..
        } = subject;
        let checked = check::check(self.text, self.query, analysis, *target);
        for one in checked.iter().chain(&analysis.diagnostics) {
            let is_sure = matches!(one.severity, Severity::Error | Severity::Warning);
            if is_sure && one.code != codes::UNKNOWN_TABLE {
                let help = one.help.as_deref().unwrap_or_default();
                add(doubts, "names", one.span, &one.message, help);
            }
        }
    }
}

#[inline(never)]
fn add(doubts: &mut Vec<Doubt>, step: &'static str, span: Span, message: &str, help: &str) {
    let is_there = |one: &Doubt| one.span == span && one.message == message;
    if doubts.len() >= MOST_DOUBTS || doubts.iter().any(is_there) {
        return;
    }
    doubts.push(Doubt {
        step,
        span,
        message: message.to_owned(),
        help: help.to_owned(),
    });
}
