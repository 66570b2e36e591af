//! A query as the rows of a form: which table, which filters, grouped by what, measured how, in which
//! order, drawn how.
//!
//! Input: a query. Output: an [`Outline`], or why the query has none; an outline as a query. Invariants:
//! an outline holds the texts of the query, so the query that is made of it asks the same; what a form
//! cannot show has no outline. Absent on purpose: names and types.

use super::parser;
use super::printer;
use super::token::{TokenKind, tokens};
use super::tree::{Expr, Operator, Property, Query, Source, Statement};
use crate::diagnostic::{Diagnostic, Severity};
use crate::text::Span;

/// A condition of a `where`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// The left side; empty where the condition is no comparison.
    pub column: String,
    /// The operator, or a function of the column alone such as `isempty`.
    pub operator: String,
    /// The right side, or the whole condition.
    pub value: String,
}

/// A column of an order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Order {
    /// The column, or an expression.
    pub column: String,
    /// Whether the smallest comes first.
    pub is_ascending: bool,
}

/// A query as the rows of a form; every text is one of KQL.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    /// The table.
    pub table: String,
    /// What rows must fulfil, all of it.
    pub filters: Vec<Filter>,
    /// Aggregates, with their names where they have some.
    pub measures: Vec<String>,
    /// What they are grouped by.
    pub groups: Vec<String>,
    /// The order.
    pub order: Vec<Order>,
    /// How many rows at most.
    pub limit: String,
    /// The chart, with what stands behind its name.
    pub chart: String,
}

/// Why a query has no outline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// What a form cannot show.
    pub words: String,
    /// Where it stands.
    pub span: Span,
}

/// Functions of one column that are conditions by themselves.
const CONDITIONS: [&str; 4] = ["isempty", "isnotempty", "isnull", "isnotnull"];

fn reason<T>(words: impl Into<String>, span: Span) -> Result<T, Reason> {
    Err(Reason {
        words: words.into(),
        span,
    })
}

/// The outline of a query.
pub fn outline(text: &str) -> Result<Outline, Reason> {
    let parsed = parser::parse(text);
    let is_error = |found: &&Diagnostic| found.severity == Severity::Error;
    if let Some(found) = parsed.diagnostics.iter().find(is_error) {
        return reason(found.message.clone(), found.span);
    }
    let comment = tokens(text)
        .0
        .into_iter()
        .find(|token| token.kind == TokenKind::Comment);
    if let Some(comment) = comment {
        return reason("a form would lose this comment", comment.span);
    }
    let (table, operators) = parts_of(&parsed.query)?;
    let mut outline = Outline {
        table: table.of(text).to_owned(),
        ..Outline::default()
    };
    let mut stage = Stage::Filter;
    for operator in operators {
        let next = add(&mut outline, operator, text)?;
        // Filters may follow filters; everything else stands once, in this order.
        if next < stage || (next == stage && stage != Stage::Filter) {
            return reason("a form has this operator earlier, or once", operator.span());
        }
        stage = next;
    }
    Ok(outline)
}

/// The operators of a form, in their order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Filter,
    Summarize,
    Order,
    Limit,
    Chart,
}

/// The table, and what is done to it.
fn parts_of(query: &Query) -> Result<(Span, &[Operator]), Reason> {
    const TABLE: &str = "a form begins with a table";
    match query.statements.as_slice() {
        [Statement::Expression(Expr::Name(name))] => Ok((name.span, &[])),
        [Statement::Expression(Expr::Pipe(pipeline))] => match pipeline.source.as_ref() {
            Source::Expr(Expr::Name(name)) => Ok((name.span, &pipeline.operators)),
            Source::Expr(other) => reason(TABLE, other.span()),
            Source::Operator(other) => reason(TABLE, other.span()),
        },
        [] => reason("there is no query yet", Span::default()),
        [Statement::Expression(other)] => reason(TABLE, other.span()),
        [first, ..] => reason("a form shows one statement", first.span()),
    }
}

fn add(outline: &mut Outline, operator: &Operator, text: &str) -> Result<Stage, Reason> {
    let is_plain = |properties: &[Property]| properties.is_empty();
    let texts = |items: &[Expr]| {
        items
            .iter()
            .map(|item| item.span().of(text).to_owned())
            .collect()
    };
    match operator {
        Operator::Where {
            properties,
            predicate,
            ..
        } if is_plain(properties) => {
            add_filters(&mut outline.filters, predicate, text);
            Ok(Stage::Filter)
        }
        Operator::Summarize {
            properties,
            aggregates,
            by,
            ..
        } if is_plain(properties) => {
            outline.measures = texts(aggregates);
            outline.groups = texts(by);
            Ok(Stage::Summarize)
        }
        Operator::Sort { properties, by, .. } if is_plain(properties) => {
            for one in by {
                if one.nulls_first.is_some() {
                    return reason("a form cannot place nulls", one.value.span());
                }
                outline.order.push(Order {
                    column: one.value.span().of(text).to_owned(),
                    is_ascending: one.ascending == Some(true),
                });
            }
            Ok(Stage::Order)
        }
        Operator::Take { count, .. } => {
            count.span().of(text).clone_into(&mut outline.limit);
            Ok(Stage::Limit)
        }
        Operator::Render { chart, span, .. } => {
            let rest = Span::new(chart.span.start, span.end).of(text);
            rest.trim_end().clone_into(&mut outline.chart);
            Ok(Stage::Chart)
        }
        other => reason("a form has no such operator", other.span()),
    }
}

/// The conditions that `and` joins.
fn add_filters(filters: &mut Vec<Filter>, predicate: &Expr, text: &str) {
    let of = |expr: &Expr| expr.span().of(text).to_owned();
    let filter = match predicate {
        Expr::Logical {
            is_and: true,
            operands,
            ..
        } => {
            for operand in operands {
                add_filters(filters, operand, text);
            }
            return;
        }
        Expr::Binary {
            operator_span,
            left,
            right,
            ..
        } if is_column(left) => Filter {
            column: of(left),
            operator: operator_span.of(text).to_owned(),
            value: of(right),
        },
        Expr::InList {
            operator_span,
            left,
            span,
            ..
        } if is_column(left) => Filter {
            column: of(left),
            operator: operator_span.of(text).to_owned(),
            value: Span::new(operator_span.end, span.end)
                .of(text)
                .trim()
                .to_owned(),
        },
        Expr::Call {
            function,
            arguments,
            ..
        } => match arguments.as_slice() {
            [only] if CONDITIONS.contains(&function.text.as_str()) && is_column(only) => Filter {
                column: of(only),
                operator: function.text.clone(),
                value: String::new(),
            },
            _ => whole(predicate, text),
        },
        _ => whole(predicate, text),
    };
    filters.push(filter);
}

fn whole(predicate: &Expr, text: &str) -> Filter {
    Filter {
        value: predicate.span().of(text).to_owned(),
        ..Filter::default()
    }
}

/// Whether an expression is a column, or a member of one.
fn is_column(expr: &Expr) -> bool {
    match expr {
        Expr::Name(_) => true,
        Expr::Member { object, .. } | Expr::Index { object, .. } => is_column(object),
        _ => false,
    }
}

impl Filter {
    fn written(&self) -> String {
        if self.column.is_empty() {
            return self.value.clone();
        }
        if CONDITIONS.contains(&self.operator.as_str()) {
            return format!("{}({})", self.operator, self.column);
        }
        format!("{} {} {}", self.column, self.operator, self.value)
    }
}

/// The query of an outline, formatted; its findings where a text in it is no KQL.
pub fn compose(outline: &Outline) -> Result<String, Vec<Diagnostic>> {
    let mut query = outline.table.clone();
    for filter in &outline.filters {
        query += &format!("\n| where {}", filter.written());
    }
    if !outline.measures.is_empty() || !outline.groups.is_empty() {
        query += &format!("\n| summarize {}", outline.measures.join(", "));
        if !outline.groups.is_empty() {
            query += &format!(" by {}", outline.groups.join(", "));
        }
    }
    if !outline.order.is_empty() {
        let of = |order: &Order| {
            let direction = if order.is_ascending { "asc" } else { "desc" };
            format!("{} {direction}", order.column)
        };
        let order: Vec<String> = outline.order.iter().map(of).collect();
        query += &format!("\n| order by {}", order.join(", "));
    }
    if !outline.limit.is_empty() {
        query += &format!("\n| take {}", outline.limit);
    }
    if !outline.chart.is_empty() {
        query += &format!("\n| render {}", outline.chart);
    }
    printer::format(&query)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: &str = r#"ApiManagementGatewayLogs
| where ResponseCode >= 400 and ApiId in ("a", "b") and isnotempty(BackendId)
| where LastErrorReason has "Timeout" or TotalTime > 1000
| where TimeGenerated between (ago(1d) .. now())
| where RequestHeaders["x-user"] == "me"
| summarize Failures = count(), percentile(TotalTime, 95) by ApiId, bin(TimeGenerated, 5m)
| order by Failures desc, ApiId asc
| take 10
| render timechart with (title="x")"#;

    fn filters(text: &str) -> Vec<(String, String, String)> {
        let outline = outline(text).unwrap();
        let of = |filter: Filter| (filter.column, filter.operator, filter.value);
        outline.filters.into_iter().map(of).collect()
    }

    #[test]
    fn a_query_goes_into_a_form_and_comes_back() {
        let first = outline(FULL).unwrap();
        let text = compose(&first).unwrap();
        assert_eq!(outline(&text).unwrap(), first, "{text}");
        assert_eq!(compose(&outline(&text).unwrap()).unwrap(), text);
        assert_eq!(first.table, "ApiManagementGatewayLogs");
        assert_eq!(
            first.measures,
            ["Failures = count()", "percentile(TotalTime, 95)"]
        );
        assert_eq!(first.groups, ["ApiId", "bin(TimeGenerated, 5m)"]);
        assert_eq!(
            (first.limit.as_str(), first.chart.as_str()),
            ("10", "timechart with (title=\"x\")")
        );
        assert_eq!(first.filters.len(), 6);
        for text in ["T", "T | take 5", "['my table'] | where x == 1"] {
            let first = outline(text).unwrap();
            assert_eq!(outline(&compose(&first).unwrap()).unwrap(), first, "{text}");
        }
    }

    #[test]
    fn conditions_are_parted_where_a_form_can_show_them() {
        let told = |column: &str, operator: &str, value: &str| {
            (column.to_owned(), operator.to_owned(), value.to_owned())
        };
        assert_eq!(
            filters(
                "T | where a == 1 and (b !has \"x\") and c in~ (\"y\", \"z\") and isnull(d) and not(e) and 5 < f"
            ),
            [
                told("a", "==", "1"),
                told("", "", "(b !has \"x\")"),
                told("c", "in~", "(\"y\", \"z\")"),
                told("d", "isnull", ""),
                told("", "", "not(e)"),
                told("", "", "5 < f"),
            ]
        );
    }

    #[test]
    fn what_a_form_cannot_show_is_said_with_its_place() {
        for (text, at) in [
            ("let x = 1; T", "let x = 1"),
            ("T | join U on a", "join U on a"),
            ("T | take 5 | where a", "where a"),
            ("T | take 5 | take 6", "take 6"),
            ("print 1", "print 1"),
            ("T // note", "// note"),
            ("T | where", ""),
            ("", ""),
            ("T | order by a nulls first", "a"),
        ] {
            let reason = outline(text).unwrap_err();
            assert!(reason.span.of(text).starts_with(at), "{text}: {reason:?}");
            assert!(!reason.words.is_empty());
        }
    }
}
