//! What the rules look at: a query's pipelines, operators and expressions, each once.
//!
//! Input: a tree and its analysis. Output: lists in the order of the text, and what several rules
//! ask of them. Invariant: the walk goes no deeper than the parser let the tree be. Absent on
//! purpose: judgement, which is the rules'.

use super::Target;
use crate::kql::analysis::{Analysis, Columns, Meaning};
use crate::kql::tree::Statement;
use crate::kql::tree::{Expr, Function, LetValue, Literal, Operator, Pipeline, Query, Source};
use crate::kql::visit::{self, Part};
use crate::text::Span;
use crate::value::Type;

/// A query to be checked.
#[derive(Debug)]
pub struct Subject<'s> {
    /// Its text.
    pub text: &'s str,
    /// What its names mean.
    pub analysis: &'s Analysis,
    /// Where it will run.
    pub target: Target,
    /// Every pipeline, the outer ones first.
    pub pipelines: Vec<&'s Pipeline>,
    /// Every operator, those inside others too.
    pub operators: Vec<&'s Operator>,
    /// Every expression with the operator it stands in.
    pub expressions: Vec<(&'s Expr, Option<&'s Operator>)>,
    /// Names of functions that the query makes itself.
    pub own_functions: Vec<&'s str>,
}

/// Names that the time of a row has.
const TIME_COLUMNS: &[&str] = &["TimeGenerated", "timestamp"];

impl<'s> Subject<'s> {
    /// Lists the parts of a query.
    pub fn new(text: &'s str, query: &'s Query, analysis: &'s Analysis, target: Target) -> Self {
        let mut subject = Self {
            text,
            analysis,
            target,
            pipelines: Vec::new(),
            operators: Vec::new(),
            expressions: Vec::new(),
            own_functions: Vec::new(),
        };
        query
            .statements
            .iter()
            .for_each(|statement| subject.statement(statement));
        subject
    }

    fn statement(&mut self, statement: &'s Statement) {
        match statement {
            Statement::Let {
                value: LetValue::Expr(value),
                ..
            }
            | Statement::Expression(value) => self.expression(value, None),
            Statement::Let {
                name,
                value: LetValue::Function(function),
                ..
            } => {
                self.own_functions.push(&name.text);
                self.function(function);
            }
            Statement::Set { .. }
            | Statement::DeclareParameters { .. }
            | Statement::Other { .. } => {}
        }
    }

    fn function(&mut self, function: &'s Function) {
        for statement in &function.body {
            self.statement(statement);
        }
    }

    fn expression(&mut self, expression: &'s Expr, operator: Option<&'s Operator>) {
        self.expressions.push((expression, operator));
        let Expr::Pipe(pipeline) = expression else {
            let mut children = Vec::new();
            visit::children(expression, &mut |child| children.push(child));
            for child in children {
                self.expression(child, operator);
            }
            return;
        };
        self.pipelines.push(pipeline);
        match pipeline.source.as_ref() {
            Source::Expr(source) => self.expression(source, None),
            Source::Operator(operator) => self.operator(operator),
        }
        for operator in &pipeline.operators {
            self.operator(operator);
        }
    }

    fn operator(&mut self, operator: &'s Operator) {
        self.operators.push(operator);
        let mut parts = Vec::new();
        visit::operator_children(operator, &mut |part| parts.push(part));
        for part in parts {
            match part {
                Part::Value(value) => self.expression(value, Some(operator)),
                Part::Table(table) => self.expression(table, None),
                Part::Operator(operator) => self.operator(operator),
            }
        }
    }

    /// The calls of catalogue functions: name, arguments, place.
    pub fn calls(&self) -> impl Iterator<Item = (&'s crate::kql::tree::Name, &'s [Expr], Span)> {
        self.expressions.iter().filter_map(|(expression, _)| {
            let Expr::Call {
                function,
                arguments,
                span,
            } = expression
            else {
                return None;
            };
            let is_own = self.own_functions.contains(&function.text.as_str());
            (!is_own).then_some((function, arguments.as_slice(), *span))
        })
    }

    /// The type of an expression, where it is known.
    pub fn type_of(&self, expression: &Expr) -> Option<Type> {
        self.analysis.type_at(expression.span())
    }

    /// The columns of the table that a pipeline starts with, where it has a name.
    pub fn source_columns(&self, pipeline: &Pipeline) -> Option<&Columns> {
        match pipeline.source.as_ref() {
            Source::Expr(source @ Expr::Name(_)) => self.columns_of(source),
            _ => None,
        }
    }

    /// Whether an expression names a table of the database.
    pub fn is_table(&self, expression: &Expr) -> bool {
        let mut uses = self.analysis.uses.iter();
        uses.any(|one| one.span == expression.span() && one.meaning == Meaning::Table)
    }

    /// The columns of a named table.
    pub fn columns_of(&self, table: &Expr) -> Option<&Columns> {
        Some(&self.analysis.stage(table.span())?.output)
    }

    /// The columns before an operator.
    pub fn columns_before(&self, operator: &Operator) -> Option<&Columns> {
        Some(&self.analysis.stage(operator.span())?.input)
    }

    /// The columns behind an operator.
    pub fn columns_behind(&self, operator: &Operator) -> Option<&Columns> {
        Some(&self.analysis.stage(operator.span())?.output)
    }
}

/// Whether a column of this name holds the time of a row.
pub fn is_time(name: &str) -> bool {
    TIME_COLUMNS.contains(&name)
}

/// The column that holds the time of a row.
pub fn time_column(columns: &Columns) -> Option<&'static str> {
    let mut names = TIME_COLUMNS.iter().copied();
    names.find(|name| columns.find(name).is_some())
}

/// Whether a test holds for an expression or for one inside it.
pub fn holds(expression: &Expr, test: &dyn Fn(&Expr) -> bool) -> bool {
    let mut found = test(expression);
    visit::children(expression, &mut |child| found = found || holds(child, test));
    found
}

/// Whether an expression calls any of these functions.
pub fn calls_any(expression: &Expr, functions: &[&str]) -> bool {
    holds(
        expression,
        &|one| matches!(one, Expr::Call { function, .. } if functions.contains(&function.text.as_str())),
    )
}

/// Whether an expression names any of these.
pub fn names_any(expression: &Expr, wanted: &dyn Fn(&str) -> bool) -> bool {
    holds(
        expression,
        &|one| matches!(one, Expr::Name(name) if wanted(&name.text)),
    )
}

/// Whether an operator names any of these.
pub fn operator_names_any(operator: &Operator, wanted: &dyn Fn(&str) -> bool) -> bool {
    let mut found = false;
    visit::operator_expressions(operator, &mut |child| {
        found = found || names_any(child, wanted);
    });
    found
}

/// The text of a string literal, in parentheses or not.
pub fn string_literal(expression: &Expr) -> Option<(&str, Span)> {
    match expression {
        Expr::Literal(Literal::String(text), span) => Some((text, *span)),
        Expr::Paren(inner, _) => string_literal(inner),
        _ => None,
    }
}

/// What stands behind `name =`, or all of it.
pub fn value_of(expression: &Expr) -> &Expr {
    match expression {
        Expr::Assign { value, .. } => value,
        other => other,
    }
}
