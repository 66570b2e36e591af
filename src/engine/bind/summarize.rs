//! Binding of aggregates, and of the operators that group.

use super::{Binder, Bound, Environment, Row, naming, wrong, wrong_with_help};
use crate::diagnostic::codes;
use crate::engine::aggregate::{self, Aggregate, Shape};
use crate::engine::plan::{AggregateCall, Expr, Node, Operator, Plan};
use crate::kql::tree;
use crate::table::Field;
use crate::text::Span;
use crate::value::Type;

impl<'q> Binder<'q> {
    /// Binds `summarize`.
    pub(super) fn summarize(
        &mut self,
        input: Plan,
        aggregates: &'q [tree::Expr],
        by: &'q [tree::Expr],
        span: Span,
        environment: &Environment<'q>,
    ) -> Bound<Plan> {
        let mut given: Vec<&tree::Expr> = by.iter().collect();
        let is_named = |one: &&tree::Expr| matches!(one, tree::Expr::Assign { .. });
        given.extend(aggregates.iter().filter(is_named));
        naming::must_differ(&given, true)?;
        let mut groups = Vec::new();
        let mut fields: Vec<Field> = Vec::new();
        let mut n_unnamed = 0;
        for expression in by {
            let (given, value) = split_assignment(expression);
            let mut row = Row::of(&input.fields);
            let bound = self.scalar(value, environment, &mut row)?;
            self.refuse_key(&bound, "a `dynamic` cannot be grouped by")?;
            let name = match given {
                Some(name) => name.to_owned(),
                None => {
                    let automatic = naming::automatic(value)
                        .unwrap_or_else(|| naming::numbered(&mut n_unnamed));
                    naming::unique_in(&automatic, &fields)
                }
            };
            fields.push(Field {
                name,
                kind: bound.kind,
            });
            groups.push(bound);
        }
        // First the aggregates run, then expressions over their results.
        let n_groups = groups.len();
        let mut calls: Vec<AggregateCall> = Vec::new();
        let mut results: Vec<Expr> = Vec::new();
        let mut names: Vec<Option<String>> = Vec::new();
        for expression in aggregates {
            self.summarize_item(
                expression,
                &input.fields,
                environment,
                &mut calls,
                &mut results,
                &mut names,
                &groups,
            )?;
        }
        // Results are numbered from 0 while they are bound; in the plan they stand behind the groups.
        for result in &mut results {
            result.map_columns(&|at| at + n_groups);
        }
        let mut row_fields: Vec<Field> = fields.clone();
        for (call_at, call) in calls.iter().enumerate() {
            for (part, kind) in call.results.iter().enumerate() {
                row_fields.push(Field {
                    name: format!("{call_at}.{part}"),
                    kind: *kind,
                });
            }
        }
        let mut columns: Vec<Expr> = (0..n_groups)
            .map(|at| {
                Expr::column(
                    at,
                    fields.get(at).map_or(Type::Dynamic, |field| field.kind),
                    span,
                )
            })
            .collect();
        for (result, name) in results.into_iter().zip(names) {
            let name = name.unwrap_or_else(|| naming::numbered(&mut n_unnamed));
            let name = naming::unique_in(&name, &fields);
            fields.push(Field {
                name,
                kind: result.kind,
            });
            columns.push(result);
        }
        let summarized = Plan {
            operator: Operator::Summarize {
                input: Box::new(input),
                groups,
                aggregates: calls,
            },
            fields: row_fields,
            span,
            keyword: "",
            is_serialized: false,
        };
        Ok(Plan {
            operator: Operator::Project {
                input: Box::new(summarized),
                columns,
            },
            fields,
            span,
            // What is counted has the names of the answer.
            keyword: "summarize",
            is_serialized: false,
        })
    }

    /// One item of the list: an aggregate that may give several columns, or an expression over aggregates.
    #[expect(
        clippy::too_many_arguments,
        reason = "the lists grow together, item by item"
    )]
    pub(super) fn summarize_item(
        &mut self,
        expression: &'q tree::Expr,
        input: &[Field],
        environment: &Environment<'q>,
        calls: &mut Vec<AggregateCall>,
        results: &mut Vec<Expr>,
        names: &mut Vec<Option<String>>,
        groups: &[Expr],
    ) -> Bound<()> {
        let (given, is_tuple, value): (Vec<&str>, bool, &'q tree::Expr) = match expression {
            tree::Expr::Assign {
                names,
                is_tuple,
                value,
                ..
            } => (
                names.iter().map(|name| name.text.as_str()).collect(),
                *is_tuple,
                value,
            ),
            other => (Vec::new(), false, other),
        };
        if let tree::Expr::Call {
            function,
            arguments,
            span,
        } = value
            && let Some(entry) = aggregate::find(&function.text)
            && Self::lookup(environment, &function.text).is_none()
        {
            let row = Row::of(input);
            let grouped = |group: &Expr| match group.node {
                Node::Column(at) => input.get(at).map(|field| field.name.as_str()),
                _ => None,
            };
            let star_groups: Vec<&str> = groups.iter().filter_map(grouped).collect();
            let (call, column_names) = self.named_aggregate_call(
                entry,
                function,
                arguments,
                *span,
                environment,
                &row,
                &star_groups,
            )?;
            let first = calls.iter().map(|call| call.results.len()).sum::<usize>();
            for (part, kind) in call.results.iter().enumerate() {
                results.push(Expr::column(first + part, *kind, *span));
                let is_named = if is_tuple {
                    part < given.len()
                } else {
                    part == 0 && !given.is_empty()
                };
                let name = if is_named {
                    given.get(part).map(|name| (*name).to_owned())
                } else {
                    column_names.get(part).cloned()
                };
                // `p = percentiles(x, 5, 50)` names the parts after `p`.
                let name = match (&entry.shape, given.first()) {
                    (Shape::Percentiles, Some(first)) if !is_tuple && call.results.len() > 1 => {
                        column_names.get(part).map(|automatic| {
                            let column = arguments.first().and_then(naming::column_name);
                            let prefix = format!("percentile_{}_", column.unwrap_or_default());
                            let suffix = automatic.strip_prefix(&prefix).unwrap_or(automatic);
                            format!("{first}_{suffix}")
                        })
                    }
                    _ => name,
                };
                names.push(name);
            }
            calls.push(call);
            return Ok(());
        }
        let mut row = Row {
            aggregates: Some(std::mem::take(calls)),
            ..Row::of(input)
        };
        let bound = self.scalar(value, environment, &mut row);
        *calls = row.aggregates.take().unwrap_or_default();
        results.push(bound?);
        names.push(
            given
                .first()
                .map(|name| (*name).to_owned())
                .or_else(|| naming::automatic(value)),
        );
        Ok(())
    }

    /// Binds one aggregate and gives the automatic names of its columns.
    #[expect(clippy::too_many_arguments, reason = "a call and where it stands")]
    fn named_aggregate_call(
        &mut self,
        entry: &'static Aggregate,
        function: &'q tree::Name,
        arguments: &'q [tree::Expr],
        span: Span,
        environment: &Environment<'q>,
        row: &Row,
        groups: &[&str],
    ) -> Bound<(AggregateCall, Vec<String>)> {
        match entry.shape {
            Shape::ArgExtreme | Shape::TakeAny => {
                let (call, mut names) =
                    self.row_picking_call(entry, arguments, span, environment, row, groups)?;
                naming::of_old_extreme(&function.text, &mut names);
                Ok((call, names))
            }
            Shape::Percentiles => {
                let call =
                    self.aggregate_call(entry, function, arguments, span, environment, row)?;
                let first = arguments
                    .first()
                    .and_then(naming::column_name)
                    .unwrap_or_default();
                let constants = self.percentile_arguments(&call, entry);
                let names = constants
                    .iter()
                    .map(|p| format!("{}_{first}_{p}", "percentile"))
                    .collect();
                Ok((call, names))
            }
            Shape::Single | Shape::Percentile => {
                let call =
                    self.aggregate_call(entry, function, arguments, span, environment, row)?;
                let name = if entry.shape == Shape::Percentile {
                    let first = arguments
                        .first()
                        .and_then(naming::column_name)
                        .unwrap_or_default();
                    let p = self
                        .percentile_arguments(&call, entry)
                        .first()
                        .cloned()
                        .unwrap_or_default();
                    format!("percentile_{first}_{p}")
                } else {
                    naming::of_aggregate(entry, arguments)
                };
                Ok((call, vec![name]))
            }
        }
    }

    fn percentile_arguments(&self, call: &AggregateCall, entry: &Aggregate) -> Vec<String> {
        let skipped = entry.n_required.saturating_sub(1);
        call.arguments
            .iter()
            .skip(skipped)
            .filter_map(Expr::as_constant)
            .map(|value| value.to_text().replace('.', "_"))
            .collect()
    }

    /// `arg_max(a, b, *)`, `take_any(a, b)`, `take_any(*)`: columns of one picked row.
    fn row_picking_call(
        &mut self,
        entry: &'static Aggregate,
        arguments: &'q [tree::Expr],
        span: Span,
        environment: &Environment<'q>,
        row: &Row,
        groups: &[&str],
    ) -> Bound<(AggregateCall, Vec<String>)> {
        let mut bound = Vec::new();
        let mut names: Vec<String> = Vec::new();
        for (at, argument) in arguments.iter().enumerate() {
            if matches!(argument, tree::Expr::Star(_)) {
                if entry.shape == Shape::ArgExtreme && at == 0 {
                    return wrong(
                        codes::SYNTAX,
                        argument.span(),
                        "the first argument cannot be `*`",
                    );
                }
                for (place, field) in row.fields.iter().enumerate() {
                    if !names.contains(&field.name) && !groups.contains(&field.name.as_str()) {
                        bound.push(Expr::column(place, field.kind, argument.span()));
                        names.push(field.name.clone());
                    }
                }
                continue;
            }
            let (given, value) = split_assignment(argument);
            let expression = self.scalar(value, environment, &mut Row::of(&row.fields))?;
            let name = given
                .map(str::to_owned)
                .or_else(|| naming::automatic(value))
                .unwrap_or_else(|| {
                    if entry.shape == Shape::ArgExtreme && at == 0 {
                        format!("{}_", entry.name.trim_start_matches("arg_"))
                    } else {
                        format!("Column{}", at + 1)
                    }
                });
            names.push(name);
            bound.push(expression);
        }
        if bound.is_empty() {
            return wrong(
                codes::ARGUMENT_COUNT,
                span,
                format!("`{}` requires a column", entry.name),
            );
        }
        if entry.shape == Shape::ArgExtreme
            && bound
                .first()
                .is_some_and(|first| first.kind == Type::Dynamic)
        {
            return wrong_with_help(
                codes::TYPE,
                span,
                "a `dynamic` has no order",
                "convert it, e.g. with `tolong(…)`",
            );
        }
        let results = bound.iter().map(|argument| argument.kind).collect();
        Ok((
            AggregateCall {
                function: entry,
                arguments: bound,
                results,
                span,
            },
            names,
        ))
    }

    /// Binds an aggregate over the rows of the input.
    pub(super) fn aggregate_call(
        &mut self,
        entry: &'static Aggregate,
        function: &tree::Name,
        arguments: &'q [tree::Expr],
        span: Span,
        environment: &Environment<'q>,
        row: &Row,
    ) -> Bound<AggregateCall> {
        if matches!(entry.shape, Shape::ArgExtreme | Shape::TakeAny) {
            return self
                .row_picking_call(entry, arguments, span, environment, row, &[])
                .map(|(call, _)| call);
        }
        if let Some(reason) = entry.refusal {
            return wrong(codes::NOT_SUPPORTED, span, reason);
        }
        let mut bound = Vec::with_capacity(arguments.len());
        for argument in arguments {
            if matches!(argument, tree::Expr::Star(_)) && entry.name == "count" {
                continue;
            }
            if matches!(argument, tree::Expr::Star(_)) && entry.name == "any" {
                return wrong_with_help(
                    codes::NOT_SUPPORTED,
                    argument.span(),
                    "how `any(*)` names its columns is not documented",
                    "use `take_any(*)`",
                );
            }
            let (_, value) = split_assignment(argument);
            bound.push(self.scalar(value, environment, &mut Row::of(&row.fields))?);
        }
        if bound.len() < entry.n_required || bound.len() > entry.n_most {
            return wrong(
                codes::ARGUMENT_COUNT,
                span,
                format!(
                    "`{}` requires {} to {} arguments, not {}",
                    function.text,
                    entry.n_required,
                    entry.n_most.min(32),
                    bound.len()
                ),
            );
        }
        if let Some(at) = entry.condition_at
            && let Some(condition) = bound.get_mut(at)
        {
            let taken = std::mem::replace(
                condition,
                Expr::constant(crate::value::Value::Null, Type::Bool, span),
            );
            *condition = self.condition(taken)?;
        }
        let kinds: Vec<Type> = bound.iter().map(|argument| argument.kind).collect();
        let (conversions, results) =
            (entry.bind)(&kinds).or_else(|reason| wrong(codes::TYPE, span, reason))?;
        for (argument, kind) in bound.iter_mut().zip(conversions) {
            let taken = std::mem::replace(
                argument,
                Expr::constant(crate::value::Value::Null, kind, span),
            );
            *argument = self.cast_to(taken, kind);
        }
        let results = if entry.shape == Shape::Percentiles {
            let n_parts = bound
                .len()
                .saturating_sub(entry.n_required.saturating_sub(1));
            vec![results; n_parts]
        } else {
            vec![results]
        };
        for argument in bound.iter().skip(entry.n_columns) {
            if argument.as_constant().is_none() {
                return wrong(
                    codes::NOT_CONSTANT,
                    argument.span,
                    format!("this argument of `{}` must be a constant", entry.name),
                );
            }
        }
        Ok(AggregateCall {
            function: entry,
            arguments: bound,
            results,
            span,
        })
    }

    /// `distinct`
    pub(super) fn distinct(
        &mut self,
        input: Plan,
        columns: &'q [tree::Expr],
        span: Span,
        environment: &Environment<'q>,
    ) -> Bound<Plan> {
        naming::must_differ(&columns.iter().collect::<Vec<_>>(), true)?;
        let mut groups = Vec::new();
        let mut fields: Vec<Field> = Vec::new();
        let mut n_unnamed = 0;
        for expression in columns {
            if matches!(expression, tree::Expr::Star(_)) {
                for (at, field) in input.fields.iter().enumerate() {
                    groups.push(Expr::column(at, field.kind, expression.span()));
                    fields.push(field.clone());
                }
                continue;
            }
            let (given, value) = split_assignment(expression);
            let bound = self.scalar(value, environment, &mut Row::of(&input.fields))?;
            let name = given
                .map(str::to_owned)
                .or_else(|| naming::automatic(value))
                .unwrap_or_else(|| naming::numbered(&mut n_unnamed));
            let name = naming::unique_in(&name, &fields);
            fields.push(Field {
                name,
                kind: bound.kind,
            });
            groups.push(bound);
        }
        for group in &groups {
            self.refuse_key(group, "`distinct` of a `dynamic` is not possible")?;
        }
        Ok(Plan {
            operator: Operator::Summarize {
                input: Box::new(input),
                groups,
                aggregates: Vec::new(),
            },
            fields,
            span,
            keyword: "distinct",
            is_serialized: false,
        })
    }
}

/// The name before `=` and the value behind it.
pub(super) fn split_assignment(expression: &tree::Expr) -> (Option<&str>, &tree::Expr) {
    match expression {
        tree::Expr::Assign { names, value, .. } => {
            (names.first().map(|name| name.text.as_str()), value)
        }
        other => (None, other),
    }
}
