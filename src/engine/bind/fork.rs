//! Binding of `fork` and `facet`, which give several tables.
//!
//! The input runs once; every table is a query over its rows. The first table is the answer, the
//! others stand beside it. Both operators end the query, so they stand in no other query.

use super::{Binder, Bound, Environment, Row, naming, wrong, wrong_with_help};
use crate::diagnostic::codes;
use crate::engine::aggregate;
use crate::engine::plan::{AggregateCall, Expr, Node, Operator, Plan};
use crate::kql::tree;
use crate::table::Field;
use crate::text::Span;
use crate::value::Type;

impl<'q> Binder<'q> {
    /// Refuses several tables where one is asked for.
    pub(super) fn must_be_query(&self, span: Span) -> Bound<()> {
        if self.depth > 1 {
            return wrong_with_help(
                codes::NOT_SUPPORTED,
                span,
                "several tables can be the answer of a whole query only",
                "run one query for each table",
            );
        }
        Ok(())
    }

    /// The rows that all tables read.
    fn shared_input(&mut self, input: Plan, span: Span) -> Bound<Plan> {
        self.must_be_query(span)?;
        let is_serialized = input.is_serialized;
        let relation = self.need(input)?;
        Ok(Plan {
            is_serialized,
            ..Plan::rows(&relation, span)
        })
    }

    /// The first table as the answer, the others beside it.
    pub(super) fn several(&mut self, tables: Vec<(String, Plan)>, span: Span) -> Bound<Plan> {
        let mut tables = tables.into_iter();
        let Some((_, first)) = tables.next() else {
            return wrong(codes::SYNTAX, span, "no table is asked for here");
        };
        self.further = tables.collect();
        Ok(first)
    }

    /// `fork (…) name=(…)`
    pub(super) fn fork(
        &mut self,
        input: Plan,
        branches: &'q [(Option<tree::Name>, Vec<tree::Operator>)],
        span: Span,
        environment: &Environment<'q>,
    ) -> Bound<Plan> {
        let input = self.shared_input(input, span)?;
        let mut tables: Vec<(String, Plan)> = Vec::with_capacity(branches.len());
        for (name, operators) in branches {
            let plan = self.nested(span, |binder| {
                binder.operators(operators, input.clone(), environment)
            })?;
            let name = name.as_ref().map_or_else(
                || match tables.len() {
                    0 => "Results".to_owned(),
                    n_before => format!("Results_{}", n_before + 1),
                },
                |name| name.text.clone(),
            );
            tables.push((name, plan));
        }
        self.several(tables, span)
    }

    /// `facet by a, b with (…)`: the rows of the body, then how often each value of a column occurs.
    pub(super) fn facet(
        &mut self,
        input: Plan,
        columns: &'q [tree::Expr],
        with: Option<&'q [tree::Operator]>,
        span: Span,
        environment: &Environment<'q>,
    ) -> Bound<Plan> {
        let input = self.shared_input(input, span)?;
        let mut tables = Vec::with_capacity(columns.len() + 1);
        if let Some(operators) = with {
            let plan = self.nested(span, |binder| {
                binder.operators(operators, input.clone(), environment)
            })?;
            tables.push(("Results".to_owned(), plan));
        }
        for (at, column) in columns.iter().enumerate() {
            let bound = self.scalar(column, environment, &mut Row::of(&input.fields))?;
            let (Node::Column(_), Some(function)) = (&bound.node, aggregate::find("count")) else {
                return wrong(codes::TYPE, column.span(), "`facet by` takes columns");
            };
            self.refuse_key(&bound, "a `dynamic` cannot be grouped by")?;
            let name = naming::automatic(column).unwrap_or_default();
            let call = AggregateCall {
                function,
                arguments: Vec::<Expr>::new(),
                results: vec![Type::Long],
                span,
            };
            let fields = vec![
                Field::new(&name, bound.kind),
                Field::new(&format!("count_{name}"), Type::Long),
            ];
            let plan = Plan {
                operator: Operator::Summarize {
                    input: Box::new(input.clone()),
                    groups: vec![bound],
                    aggregates: vec![call],
                },
                fields,
                span,
                keyword: "facet",
                is_serialized: false,
            };
            let name = match at {
                0 => "Facet".to_owned(),
                _ => format!("Facet_{}", at + 1),
            };
            tables.push((name, plan));
        }
        self.several(tables, span)
    }
}

/// Whether an operator ends a query with several tables.
pub(super) fn gives_several(operator: &tree::Operator) -> bool {
    match operator {
        tree::Operator::Fork { .. } | tree::Operator::Facet { .. } => true,
        tree::Operator::GraphToTable { outputs, .. } => outputs.len() > 1,
        tree::Operator::Evaluate { plugin, .. } => plugin.text == "preview",
        _ => false,
    }
}
