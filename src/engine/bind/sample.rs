//! Binding of `sample` and `sample-distinct`.
//!
//! The service picks other rows at every run. Here the same rows give the same sample: every row is
//! as likely as any other, and the numbers that decide start from the same one.

use super::summarize::split_assignment;
use super::{Binder, Bound, Environment, Row, naming, wrong_with_help};
use crate::diagnostic::codes;
use crate::engine::operator::sample::Sample;
use crate::engine::plan::{Node, Operator, Plan};
use crate::kql::tree;
use crate::table::Field;
use crate::text::Span;
use std::rc::Rc;

impl<'q> Binder<'q> {
    /// `sample n`
    pub(super) fn sample(
        &mut self,
        input: Plan,
        count: &'q tree::Expr,
        span: Span,
        environment: &Environment<'q>,
    ) -> Bound<Plan> {
        let n_rows = self.constant_count(count, environment)?;
        Ok(sampled(input, n_rows, span, "sample"))
    }

    /// `sample-distinct n of column`
    pub(super) fn sample_distinct(
        &mut self,
        input: Plan,
        count: &'q tree::Expr,
        of: &'q tree::Expr,
        span: Span,
        environment: &Environment<'q>,
    ) -> Bound<Plan> {
        let n_rows = self.constant_count(count, environment)?;
        let (given, value) = split_assignment(of);
        let bound = self.scalar(value, environment, &mut Row::of(&input.fields))?;
        if !matches!(bound.node, Node::Column(_)) {
            return wrong_with_help(
                codes::TYPE,
                value.span(),
                "`sample-distinct` takes a column",
                "compute it with `extend` before",
            );
        }
        self.refuse_key(&bound, "a `dynamic` cannot be grouped by")?;
        let name = given
            .map(str::to_owned)
            .or_else(|| naming::automatic(value))
            .unwrap_or_else(|| "Column1".to_owned());
        let distinct = Plan {
            fields: vec![Field::new(&name, bound.kind)],
            operator: Operator::Summarize {
                input: Box::new(input),
                groups: vec![bound],
                aggregates: Vec::new(),
            },
            span,
            keyword: "",
            is_serialized: false,
        };
        Ok(sampled(distinct, n_rows, span, "sample-distinct"))
    }
}

fn sampled(input: Plan, n_rows: usize, span: Span, keyword: &'static str) -> Plan {
    let fields = input.fields.clone();
    let kinds = fields.iter().map(|field| field.kind).collect();
    Plan {
        operator: Operator::Machine {
            inputs: vec![input],
            machine: Rc::new(Sample {
                n_rows,
                kinds,
                span,
            }),
        },
        fields,
        span,
        keyword,
        is_serialized: false,
    }
}
