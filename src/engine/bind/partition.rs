//! Binding of `partition`: a body over the rows of each key, or a query that knows the key.
//!
//! The strategy that is named by no hint is `legacy`, which takes up to 64 keys. The order of the
//! answer is that of the first rows of the keys. A body that needs its rows before it can be bound
//! (`as`, `evaluate`), and a query in braces, are bound once for every key.

use super::tabular::word;
use super::{Binder, Binding, Bound, Environment, Row, Scope, wrong, wrong_with_help};
use crate::diagnostic::codes;
use crate::engine::Relation;
use crate::engine::operator::each::{By, Each};
use crate::engine::operator::key::Grouper;
use crate::engine::plan::{Expr, Node, Operator, Plan};
use crate::kql::tree::{self, Property, property};
use crate::text::Span;
use crate::value::{Type, Value};
use std::rc::Rc;

/// Most keys of the strategy `legacy`.
const MAX_KEYS: usize = 64;
const TOO_MANY: &str = "more than 64 keys: `partition` requires `hint.strategy=native` here";

impl<'q> Binder<'q> {
    #[expect(clippy::too_many_arguments, reason = "an operator and where it stands")]
    pub(super) fn partition(
        &mut self,
        input: Plan,
        properties: &'q [Property],
        column: &'q tree::Expr,
        source: Option<&'q tree::Expr>,
        body: &'q [tree::Operator],
        span: Span,
        environment: &Environment<'q>,
    ) -> Bound<Plan> {
        let is_legacy = match property(properties, "hint.strategy").and_then(word) {
            None | Some("legacy") => true,
            Some("native" | "shuffle") => false,
            Some(other) => {
                return wrong_with_help(
                    codes::BAD_VALUE,
                    span,
                    format!(
                        "there is no such strategy of `partition`: {}",
                        crate::text::cut(other, 40)
                    ),
                    "the strategies are native, shuffle and legacy",
                );
            }
        };
        let key = self.scalar(column, environment, &mut Row::of(&input.fields))?;
        let (Node::Column(at), tree::Expr::Name(name)) = (&key.node, column) else {
            return wrong(
                codes::TYPE,
                column.span(),
                "`partition by` takes a column of the input",
            );
        };
        let at = *at;
        if key.kind == Type::Dynamic {
            return wrong_with_help(
                codes::TYPE,
                column.span(),
                "a `dynamic` cannot be partitioned by",
                "convert it before, e.g. with `tostring(…)`",
            );
        }
        if let Some(source) = source {
            if !is_legacy {
                return wrong_with_help(
                    codes::SYNTAX,
                    source.span(),
                    "a query in braces requires the strategy `legacy`",
                    "write the operators in parentheses",
                );
            }
            let keys = self.rows_of_keys(input, at, span)?;
            return self.union_of_keys(
                keys,
                &key,
                name,
                span,
                |binder, _, scope| {
                    let plan = binder.tabular(source, scope)?;
                    binder.operators(body, plan, scope)
                },
                environment,
            );
        }
        let needs_rows = body.iter().any(|operator| {
            matches!(
                operator,
                tree::Operator::As { .. } | tree::Operator::Evaluate { .. }
            )
        });
        if needs_rows && is_legacy {
            let keys = self.rows_of_keys(input, at, span)?;
            return self.union_of_keys(
                keys,
                &key,
                name,
                span,
                |binder, rows, _| {
                    let plan = Plan::rows(&rows, span);
                    binder.operators(body, plan, environment)
                },
                environment,
            );
        }
        let (fields, is_serialized) = (input.fields.clone(), input.is_serialized);
        let (body, group) = self.body_of_group(body, fields, is_serialized, span, environment)?;
        let fields = body.fields.clone();
        Ok(Plan {
            operator: Operator::Each {
                input: Box::new(input),
                body: Box::new(body),
                each: Each {
                    group,
                    by: By::Keys(vec![key]),
                    carried: Vec::new(),
                    limit: is_legacy.then_some((MAX_KEYS, TOO_MANY)),
                },
            },
            fields,
            span,
            keyword: "partition",
            is_serialized: false,
        })
    }

    /// The keys of the input, each with its rows.
    fn rows_of_keys(
        &mut self,
        input: Plan,
        at: usize,
        span: Span,
    ) -> Bound<Vec<(Value, Rc<Relation>)>> {
        let relation = self.need(input)?;
        let mut grouper = Grouper::new(1);
        let mut numbers = Vec::new();
        let mut keys: Vec<(Value, Relation)> = Vec::new();
        for batch in &relation.batches {
            grouper.group(&[batch.column(at)], &mut numbers);
            if grouper.len() > MAX_KEYS {
                return wrong(codes::LIMIT, span, TOO_MANY);
            }
            let mut rows: Vec<Vec<u32>> = vec![Vec::new(); grouper.len()];
            for (row, number) in numbers.iter().enumerate() {
                if let Some(rows) = rows.get_mut(*number as usize) {
                    rows.push(row as u32);
                }
            }
            for (number, rows) in rows.into_iter().enumerate() {
                let Some(&first) = rows.first() else {
                    continue;
                };
                if keys.len() <= number {
                    let empty = Relation {
                        fields: relation.fields.clone(),
                        batches: Vec::new(),
                    };
                    keys.push((batch.value(at, first as usize), empty));
                }
                if let Some((_, part)) = keys.get_mut(number) {
                    part.batches.push(batch.rows(rows));
                }
            }
        }
        if keys.is_empty() {
            let empty = Relation {
                fields: relation.fields.clone(),
                batches: Vec::new(),
            };
            keys.push((Value::Null, empty));
        }
        let shared = keys.into_iter().map(|(key, part)| (key, Rc::new(part)));
        Ok(shared.collect())
    }

    /// Binds something for every key, whose name is a value there.
    fn union_of_keys(
        &mut self,
        keys: Vec<(Value, Rc<Relation>)>,
        key: &Expr,
        name: &'q tree::Name,
        span: Span,
        mut bind: impl FnMut(&mut Self, Rc<Relation>, &Environment<'q>) -> Bound<Plan>,
        environment: &Environment<'q>,
    ) -> Bound<Plan> {
        let mut plans: Vec<Plan> = Vec::new();
        for (value, rows) in keys {
            let has_rows = rows.n_rows() > 0;
            let scope = Some(Rc::new(Scope {
                name,
                binding: Binding::Scalar(Expr::constant(value, key.kind, name.span)),
                parent: environment.clone(),
            }));
            let plan = bind(self, rows, &scope)?;
            let fits = plans.first().is_none_or(|first| {
                let kinds = |plan: &Plan| {
                    plan.fields
                        .iter()
                        .map(|field| field.kind)
                        .collect::<Vec<_>>()
                };
                kinds(first) == kinds(&plan)
            });
            if !fits {
                return wrong(
                    codes::NOT_SUPPORTED,
                    span,
                    "the columns of `partition` differ from key to key",
                );
            }
            let fields = plan.fields.clone();
            plans.push(if has_rows {
                plan
            } else {
                // The columns are known from it, there is no key to run it for.
                Plan {
                    operator: Operator::Take {
                        input: Box::new(plan),
                        n_rows: 0,
                    },
                    fields,
                    span,
                    keyword: "",
                    is_serialized: false,
                }
            });
        }
        let fields = plans.first().map(|plan| plan.fields.clone());
        Ok(Plan {
            operator: Operator::Union { inputs: plans },
            fields: fields.unwrap_or_default(),
            span,
            keyword: "partition",
            is_serialized: false,
        })
    }
}
