//! Binding of `project-by-names`: columns picked by constant names, lists of names and patterns.

use super::tabular::wildcard;
use super::{Binder, Bound, Environment, Row, wrong};
use crate::diagnostic::codes;
use crate::engine::plan::{Expr, Plan};
use crate::kql::tree;
use crate::table::Field;
use crate::text::Span;
use crate::value::{Dynamic, Value};

impl<'q> Binder<'q> {
    /// Columns stand in the order in which they are named, each once; unknown names are passed over.
    pub(super) fn project_by_names(
        &mut self,
        input: Plan,
        columns: &'q [tree::Expr],
        span: Span,
        environment: &Environment<'q>,
    ) -> Bound<Plan> {
        let mut picked: Vec<usize> = Vec::new();
        for column in columns {
            let bound = self.scalar(column, environment, &mut Row::none())?;
            let names: Vec<String> = match bound.as_constant() {
                Some(Value::String(name)) => vec![name.to_string()],
                Some(Value::Dynamic(names)) => match (names.items(), names) {
                    (Some(items), _) => items
                        .iter()
                        .map(|item| item.to_scalar().to_text())
                        .collect(),
                    (None, Dynamic::String(name)) => vec![name.to_string()],
                    _ => return self.no_names(column.span()),
                },
                Some(_) => return self.no_names(column.span()),
                None => {
                    return wrong(
                        codes::NOT_CONSTANT,
                        column.span(),
                        "`project-by-names` requires constant names",
                    );
                }
            };
            for name in names {
                for (at, field) in input.fields.iter().enumerate() {
                    let fits =
                        field.name == name || name.contains('*') && wildcard(&name, &field.name);
                    if fits && !picked.contains(&at) {
                        picked.push(at);
                    }
                }
            }
        }
        let fields: Vec<Field> = picked
            .iter()
            .filter_map(|&at| input.fields.get(at).cloned())
            .collect();
        let columns = picked
            .iter()
            .zip(&fields)
            .map(|(&at, field)| Expr::column(at, field.kind, span));
        let columns = columns.collect();
        Ok(Plan::project(
            input,
            columns,
            fields,
            span,
            "project-by-names",
        ))
    }

    fn no_names<T>(&self, span: Span) -> Bound<T> {
        wrong(
            codes::TYPE,
            span,
            "a name, a pattern or a list of names is required here",
        )
    }
}
