//! Binding of bodies that run for every group of rows.

use super::{Binder, Bound, Environment};
use crate::engine::plan::{Operator, Plan};
use crate::kql::tree;
use crate::table::Field;
use crate::text::Span;

impl<'q> Binder<'q> {
    /// Binds a body over the rows of a group; the number by which it reads them comes back.
    pub(super) fn body_of_group(
        &mut self,
        operators: &'q [tree::Operator],
        fields: Vec<Field>,
        is_serialized: bool,
        span: Span,
        environment: &Environment<'q>,
    ) -> Bound<(Plan, usize)> {
        // Operators are counted once each, so that their number names this one.
        let group = self.n_operators;
        let source = Plan {
            operator: Operator::Group(group),
            fields,
            span,
            keyword: "",
            is_serialized,
        };
        let render = self.render.take();
        let body = self.nested(span, |binder| {
            binder.operators(operators, source, environment)
        });
        self.render = render;
        let mut body = body?;
        be_silent(&mut body);
        Ok((body, group))
    }
}

/// The operators of a body are no stages of the query.
fn be_silent(plan: &mut Plan) {
    plan.keyword = "";
    plan.inputs_mut().into_iter().for_each(be_silent);
}
