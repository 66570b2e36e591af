//! Binding of `mv-apply`: `mv-expand`, and a body over the items of each row.
//!
//! A row without items has no subtable and gives nothing. The columns that the body gives take the
//! place of those of the input with the same name, the others stand behind; columns of the input that
//! were not expanded by their own name stay, whatever the body did to them.

use super::{Binder, Bound, Environment, wrong};
use crate::diagnostic::codes;
use crate::engine::operator::each::{By, Each};
use crate::engine::operator::window::Window;
use crate::engine::plan::{Expr, Operator, Plan, WindowCall};
use crate::kql::tree::{self, Property};
use crate::table::Field;
use crate::text::Span;
use crate::value::Type;

impl<'q> Binder<'q> {
    #[expect(clippy::too_many_arguments, reason = "an operator and where it stands")]
    pub(super) fn mv_apply(
        &mut self,
        input: Plan,
        properties: &'q [Property],
        items: &'q [tree::ExpandItem],
        limit: Option<&'q tree::Expr>,
        on: &'q [tree::Operator],
        span: Span,
        environment: &Environment<'q>,
    ) -> Bound<Plan> {
        if let Some(property) = properties
            .iter()
            .find(|property| property.name.text != "with_itemindex")
        {
            return wrong(
                codes::NOT_SUPPORTED,
                property.name.span,
                "`mv-apply` knows no option but `with_itemindex`",
            );
        }
        let (fields, is_serialized) = (input.fields.clone(), input.is_serialized);
        let n_input = fields.len();
        let expanded = self.mv_expand(
            numbered(input, span),
            properties,
            items,
            limit,
            false,
            span,
            environment,
        )?;
        let mut visible = expanded.fields.clone();
        visible.remove(n_input);
        let (body, group) = self.body_of_group(on, visible, is_serialized, span, environment)?;

        let is_applied = |field: &Field| {
            items.iter().any(
                |item| matches!(&item.value, tree::Expr::Name(name) if name.text == field.name),
            )
        };
        let n_body = body.fields.len();
        let mut given = body.fields.clone();
        let mut carried = Vec::new();
        let mut out: Vec<(Field, usize)> = Vec::new();
        for (at, field) in fields.iter().enumerate() {
            if !is_applied(field) {
                out.push((field.clone(), n_body + carried.len()));
                carried.push((at, field.kind));
                given.push(field.clone());
            }
        }
        for (at, field) in body.fields.iter().enumerate() {
            match out.iter_mut().find(|(known, _)| known.name == field.name) {
                Some(place) => *place = (field.clone(), at),
                None => out.push((field.clone(), at)),
            }
        }
        let each = Plan {
            operator: Operator::Each {
                input: Box::new(Plan {
                    keyword: "",
                    ..expanded
                }),
                body: Box::new(body),
                each: Each {
                    group,
                    by: By::Stretch(n_input),
                    carried,
                    limit: None,
                },
            },
            fields: given,
            span,
            keyword: "mv-apply",
            is_serialized,
        };
        let columns = out
            .iter()
            .map(|(field, at)| Expr::column(*at, field.kind, span));
        let columns = columns.collect();
        let fields = out.into_iter().map(|(field, _)| field).collect();
        Ok(Plan::project(each, columns, fields, span, ""))
    }
}

/// The input with the number of its row behind its columns.
fn numbered(input: Plan, span: Span) -> Plan {
    let mut fields = input.fields.clone();
    fields.push(Field::new("$row", Type::Long));
    Plan {
        fields,
        span,
        keyword: "",
        is_serialized: input.is_serialized,
        operator: Operator::Window {
            input: Box::new(input),
            calls: vec![WindowCall {
                function: Window::RowNumber { start: 1 },
                arguments: Vec::new(),
                kind: Type::Long,
            }],
        },
    }
}
