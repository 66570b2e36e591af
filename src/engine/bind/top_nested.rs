//! Binding of `top-nested` and `top-hitters`.

use super::summarize::split_assignment;
use super::{Binder, Bound, Environment, Row, naming, wrong, wrong_with_help};
use crate::diagnostic::codes;
use crate::engine::aggregate;
use crate::engine::operator::top_nested::{Level, TopNested};
use crate::engine::operator::window::Window;
use crate::engine::plan::{AggregateCall, Expr, Operator, Plan, SortKey, WindowCall};
use crate::kql::tree;
use crate::table::Field;
use crate::text::Span;
use crate::value::Type;
use std::rc::Rc;

impl<'q> Binder<'q> {
    pub(super) fn top_nested(
        &mut self,
        input: Plan,
        clauses: &'q [tree::TopNestedClause],
        span: Span,
        environment: &Environment<'q>,
    ) -> Bound<Plan> {
        let mut fields: Vec<Field> = Vec::new();
        let mut levels = Vec::with_capacity(clauses.len());
        for clause in clauses {
            let count = match &clause.count {
                Some(count) => Some(self.constant_count(count, environment)?),
                None => None,
            };
            let (given, value) = split_assignment(&clause.of);
            let of = self.scalar(value, environment, &mut Row::of(&input.fields))?;
            self.refuse_key(&of, "a `dynamic` cannot be grouped by")?;
            let name = given
                .map(str::to_owned)
                .or_else(|| naming::automatic(value))
                .unwrap_or_else(|| format!("Column{}", levels.len() + 1));
            let others = match &clause.others {
                None => None,
                Some(others) => {
                    let bound = self.scalar(others, environment, &mut Row::none())?;
                    match self.cast_to(bound, of.kind).as_constant() {
                        Some(value) => Some(value.clone()),
                        None => {
                            return wrong(
                                codes::NOT_CONSTANT,
                                others.span(),
                                "the value of `with others` must be a constant",
                            );
                        }
                    }
                }
            };
            let (aggregate_name, by) = split_assignment(&clause.by.value);
            let (calls, result) = self.aggregated(by, &input.fields, environment)?;
            if result.kind == Type::Dynamic {
                return wrong_with_help(
                    codes::TYPE,
                    by.span(),
                    "a `dynamic` has no order",
                    "use an aggregate that gives a number, such as `sum`",
                );
            }
            fields.push(Field {
                name: naming::unique_in(&name, &fields),
                kind: of.kind,
            });
            let result_name =
                aggregate_name.map_or_else(|| format!("aggregated_{name}"), str::to_owned);
            fields.push(Field {
                name: naming::unique_in(&result_name, &fields),
                kind: result.kind,
            });
            let is_ascending = clause.by.ascending.unwrap_or(false);
            levels.push(Level {
                of,
                count,
                others,
                calls,
                result,
                is_ascending,
                is_nulls_first: clause.by.nulls_first.unwrap_or(is_ascending),
            });
        }
        Ok(Plan {
            operator: Operator::Machine {
                inputs: vec![input],
                machine: Rc::new(TopNested { levels, span }),
            },
            fields,
            span,
            keyword: "top-nested",
            is_serialized: false,
        })
    }

    /// An expression over aggregates: the calls, and what is made of their results.
    fn aggregated(
        &mut self,
        expression: &'q tree::Expr,
        input: &[Field],
        environment: &Environment<'q>,
    ) -> Bound<(Vec<AggregateCall>, Expr)> {
        let (mut calls, mut results, mut names) = (Vec::new(), Vec::new(), Vec::new());
        self.summarize_item(
            expression,
            input,
            environment,
            &mut calls,
            &mut results,
            &mut names,
            &[],
        )?;
        let n_results = results.len();
        match results.into_iter().next() {
            Some(result) if n_results == 1 && !calls.is_empty() => Ok((calls, result)),
            _ => wrong_with_help(
                codes::TYPE,
                expression.span(),
                "an aggregate with one column is required here",
                "use one such as `sum(…)` or `count()`",
            ),
        }
    }

    /// `top-hitters n of a [by b]`: exact counts or sums; of equal ones the value seen last is first.
    pub(super) fn top_hitters(
        &mut self,
        input: Plan,
        count: &'q tree::Expr,
        of: &'q tree::Expr,
        by: Option<&'q tree::Expr>,
        span: Span,
        environment: &Environment<'q>,
    ) -> Bound<Plan> {
        let limit = self.constant_count(count, environment)?;
        let (given, value) = split_assignment(of);
        let of = self.scalar(value, environment, &mut Row::of(&input.fields))?;
        self.refuse_key(&of, "a `dynamic` cannot be grouped by")?;
        let name = given
            .map(str::to_owned)
            .or_else(|| naming::automatic(value))
            .unwrap_or_else(|| "Column1".to_owned());
        let (aggregate_name, argument, result_name) = match by {
            None => ("count", None, format!("approximate_count_{name}")),
            Some(by) => {
                let (_, value) = split_assignment(by);
                let bound = self.scalar(value, environment, &mut Row::of(&input.fields))?;
                let argument = naming::automatic(value).unwrap_or_default();
                ("sum", Some(bound), format!("approximate_sum_{argument}"))
            }
        };
        let Some(function) = aggregate::find(aggregate_name) else {
            return wrong(codes::NOT_SUPPORTED, span, "`top-hitters` is missing");
        };
        let kinds: Vec<Type> = argument.iter().map(|argument| argument.kind).collect();
        let (conversions, result) =
            (function.bind)(&kinds).or_else(|reason| wrong(codes::TYPE, span, reason))?;
        let arguments = argument
            .into_iter()
            .zip(conversions)
            .map(|(argument, kind)| self.cast_to(argument, kind));
        let call = AggregateCall {
            function,
            arguments: arguments.collect(),
            results: vec![result],
            span,
        };
        let fields = vec![
            Field {
                name,
                kind: of.kind,
            },
            Field {
                name: result_name,
                kind: result,
            },
        ];
        let summarized = Plan {
            operator: Operator::Summarize {
                input: Box::new(input),
                groups: vec![of],
                aggregates: vec![call],
            },
            fields: fields.clone(),
            span,
            keyword: "",
            is_serialized: true,
        };
        let mut numbered = fields.clone();
        numbered.push(Field::new("$row", Type::Long));
        let numbered_plan = Plan {
            operator: Operator::Window {
                input: Box::new(summarized),
                calls: vec![WindowCall {
                    function: Window::RowNumber { start: 1 },
                    arguments: Vec::new(),
                    kind: Type::Long,
                }],
            },
            fields: numbered.clone(),
            span,
            keyword: "",
            is_serialized: true,
        };
        let key = |column: usize| SortKey {
            column,
            is_ascending: false,
            is_nulls_first: false,
        };
        let sorted = Plan {
            operator: Operator::Sort {
                input: Box::new(numbered_plan),
                keys: vec![key(1), key(2)],
                limit: Some(limit),
            },
            fields: numbered,
            span,
            keyword: "top-hitters",
            is_serialized: true,
        };
        let columns = fields
            .iter()
            .enumerate()
            .map(|(at, field)| Expr::column(at, field.kind, span));
        Ok(Plan::project(sorted, columns.collect(), fields, span, ""))
    }
}
