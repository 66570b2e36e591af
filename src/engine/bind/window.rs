//! Binding of functions that look at neighbouring rows.
//!
//! A call becomes a column behind those of the input: an expression refers to it by number, and the
//! operator that holds the expression puts the calls below itself. A call whose arguments refer to
//! other calls stands in a layer above theirs, so they may be nested to any depth.

use super::{Binder, Bound, Environment, Row, wrong, wrong_with_help};
use crate::diagnostic::codes;
use crate::engine::operator::window::Window;
use crate::engine::plan::{Expr, Operator, Plan, WindowCall};
use crate::kql::tree;
use crate::table::Field;
use crate::text::Span;
use crate::value::{Type, Value};

/// The functions.
pub(super) const FUNCTIONS: &[&str] = &[
    "next",
    "prev",
    "row_cumsum",
    "row_number",
    "row_rank",
    "row_rank_dense",
    "row_rank_min",
    "row_window_session",
];

impl<'q> Binder<'q> {
    /// Binds a call and notes it in the row.
    pub(super) fn window(
        &mut self,
        name: &str,
        arguments: &'q [tree::Expr],
        span: Span,
        environment: &Environment<'q>,
        row: &mut Row,
    ) -> Bound<Expr> {
        if !row.is_serialized || row.windows.is_none() {
            return wrong_with_help(
                codes::NOT_SERIALIZED,
                span,
                format!("`{name}` requires rows in a fixed order"),
                "put `| serialize` or `| sort by …` before",
            );
        }
        let mut bound = Vec::with_capacity(arguments.len());
        for argument in arguments {
            bound.push(self.scalar(argument, environment, row)?);
        }
        let constant_long = |at: usize| match bound.get(at) {
            None => Ok(None),
            Some(argument) => match argument.as_constant().and_then(Value::as_long) {
                Some(number) => Ok(Some(number)),
                None => wrong(
                    codes::NOT_CONSTANT,
                    argument.span,
                    "a constant whole number is required here",
                ),
            },
        };
        let (function, arguments, kind) = match name {
            "row_number" => {
                let start = constant_long(0)?.unwrap_or(1);
                (
                    Window::RowNumber { start },
                    bound.get(1).cloned().into_iter().collect(),
                    Type::Long,
                )
            }
            "row_cumsum" | "row_rank" | "row_rank_dense" | "row_rank_min" => {
                let Some(term) = bound.first().cloned() else {
                    return wrong(
                        codes::ARGUMENT_COUNT,
                        span,
                        format!("`{name}` requires a column"),
                    );
                };
                let kind = if name == "row_cumsum" {
                    if term.kind == Type::Int {
                        Type::Long
                    } else {
                        term.kind
                    }
                } else {
                    Type::Long
                };
                if name == "row_cumsum" && !matches!(kind, Type::Long | Type::Real | Type::TimeSpan)
                {
                    return wrong(
                        codes::TYPE,
                        term.span,
                        "`row_cumsum` requires a number or a timespan",
                    );
                }
                let function = match name {
                    "row_cumsum" => Window::CumulativeSum,
                    "row_rank" | "row_rank_dense" => Window::DenseRank,
                    _ => Window::MinRank,
                };
                let mut arguments = vec![if name == "row_cumsum" {
                    self.cast_to(term, kind)
                } else {
                    term
                }];
                if let Some(restart) = bound.get(1).cloned() {
                    arguments.push(self.condition(restart)?);
                }
                (function, arguments, kind)
            }
            "row_window_session" => {
                let kinds = [Type::DateTime, Type::TimeSpan, Type::TimeSpan];
                if !matches!(bound.len(), 3 | 4) {
                    return wrong(
                        codes::ARGUMENT_COUNT,
                        span,
                        "`row_window_session` requires 3 to 4 arguments",
                    );
                }
                let mut arguments = Vec::with_capacity(bound.len());
                for (at, argument) in bound.iter().enumerate() {
                    arguments.push(match kinds.get(at) {
                        Some(&kind) if argument.kind == kind => argument.clone(),
                        Some(kind) => {
                            return wrong(
                                codes::TYPE,
                                argument.span,
                                format!("`row_window_session` requires a {} here", kind.name()),
                            );
                        }
                        None => self.condition(argument.clone())?,
                    });
                }
                (Window::Session, arguments, Type::DateTime)
            }
            _ => {
                let Some(column) = bound.first().cloned() else {
                    return wrong(
                        codes::ARGUMENT_COUNT,
                        span,
                        format!("`{name}` requires a column"),
                    );
                };
                let offset = constant_long(1)?.unwrap_or(1);
                let offset = if name == "prev" { -offset } else { offset };
                let kind = column.kind;
                let mut arguments = vec![column];
                if let Some(default) = bound.get(2).cloned() {
                    if default.as_constant().is_none() {
                        return wrong(
                            codes::NOT_CONSTANT,
                            default.span,
                            format!("the default of `{name}` must be a constant"),
                        );
                    }
                    arguments.push(self.cast_to(default, kind));
                }
                (Window::Shift { offset }, arguments, kind)
            }
        };
        let Some(windows) = &mut row.windows else {
            return wrong(codes::NOT_SERIALIZED, span, "no order here");
        };
        let at = row.fields.len() + windows.len();
        windows.push(WindowCall {
            function,
            arguments,
            kind,
        });
        Ok(Expr::column(at, kind, span))
    }
}

/// Puts the window functions that an expression used below it, those of other calls further down.
pub(super) fn with_windows(input: Plan, row: Row, span: Span) -> Plan {
    let mut plan = input;
    let mut layer: Vec<WindowCall> = Vec::new();
    for call in row.windows.unwrap_or_default() {
        let n_below = plan.fields.len();
        let refers_to_layer = call.arguments.iter().any(|argument| {
            let mut is_inside = false;
            argument.for_each_column(&mut |at| is_inside |= at >= n_below);
            is_inside
        });
        if refers_to_layer {
            plan = windows_over(plan, std::mem::take(&mut layer), span);
        }
        layer.push(call);
    }
    if layer.is_empty() {
        plan
    } else {
        windows_over(plan, layer, span)
    }
}

fn windows_over(input: Plan, calls: Vec<WindowCall>, span: Span) -> Plan {
    let mut fields = input.fields.clone();
    for call in &calls {
        fields.push(Field {
            name: format!("$window{}", fields.len()),
            kind: call.kind,
        });
    }
    Plan {
        operator: Operator::Window {
            input: Box::new(input),
            calls,
        },
        fields,
        span,
        keyword: "",
        is_serialized: true,
    }
}
