//! Binding of `scan`.
//!
//! An expression of a step sees the columns of the row with the declared ones behind them, these with
//! their defaults; `step.column` is that column of the step's latest row.

use super::tabular::word;
use super::{Binder, Bound, Environment, Row, wrong, wrong_with_help};
use crate::diagnostic::codes;
use crate::engine::operator::scan::{Output, Scan, Step};
use crate::engine::plan::{Operator, Plan};
use crate::kql::tree::{self, ParameterKind};
use crate::table::Field;
use crate::text::Span;
use crate::value::{Type, Value};
use std::rc::Rc;

impl<'q> Binder<'q> {
    pub(super) fn scan(
        &mut self,
        input: Plan,
        operator: &'q tree::Operator,
        span: Span,
        environment: &Environment<'q>,
    ) -> Bound<Plan> {
        let tree::Operator::Scan {
            properties,
            order_by,
            partition_by,
            declare,
            steps,
            ..
        } = operator
        else {
            return wrong(codes::SYNTAX, span, "this is no `scan`");
        };
        let mut match_id = None;
        for property in properties {
            match (property.name.text.as_str(), word(&property.value)) {
                ("with_match_id", Some(name)) => match_id = Some(name),
                _ => {
                    return wrong(
                        codes::NOT_SUPPORTED,
                        property.name.span,
                        "this option of `scan` is not documented and not supported",
                    );
                }
            }
        }
        if match_id.is_some() && !partition_by.is_empty() {
            return wrong_with_help(
                codes::NOT_SUPPORTED,
                span,
                "`with_match_id` with `partition by` inside `scan` is not supported here",
                "put the `scan` into the operator `partition`",
            );
        }
        let input = if order_by.is_empty() {
            input
        } else {
            self.sort(input, order_by, None, span, environment, "")?
        };
        if !input.is_serialized {
            return wrong_with_help(
                codes::NOT_SERIALIZED,
                span,
                "`scan` requires rows in a fixed order",
                "put `| serialize` or `| sort by …` before",
            );
        }
        let mut keys = Vec::with_capacity(partition_by.len());
        for key in partition_by {
            keys.push(self.scalar(key, environment, &mut Row::of(&input.fields))?);
        }
        let n_input = input.fields.len();
        let mut fields = input.fields.clone();
        let mut defaults: Vec<Value> = fields
            .iter()
            .map(|field| Value::missing(field.kind))
            .collect();
        for column in declare {
            let ParameterKind::Scalar(kind) = &column.kind else {
                return wrong(
                    codes::TYPE,
                    column.name.span,
                    "`scan` declares columns only",
                );
            };
            let kind = self.type_of(kind)?;
            if fields.iter().any(|field| field.name == column.name.text) {
                return wrong(
                    codes::AMBIGUOUS_NAME,
                    column.name.span,
                    "the input has a column of this name",
                );
            }
            defaults.push(match &column.default {
                None => Value::missing(kind),
                Some(default) => {
                    let bound = self.scalar(default, environment, &mut Row::none())?;
                    match self.cast_to(bound, kind).as_constant() {
                        Some(value) => value.clone(),
                        None => {
                            return wrong(
                                codes::NOT_CONSTANT,
                                default.span(),
                                "a default of `scan` must be a constant",
                            );
                        }
                    }
                }
            });
            fields.push(Field::new(&column.name.text, kind));
        }
        let steps = self.scan_steps(steps, &fields, environment)?;
        let kinds: Vec<Type> = fields.iter().map(|field| field.kind).collect();
        if let Some(name) = match_id {
            fields.push(Field::new(name, Type::Long));
        }
        let is_serialized = input.is_serialized;
        let machine = Scan {
            steps,
            partition_by: keys,
            kinds,
            n_input,
            defaults,
            has_match_id: match_id.is_some(),
            span,
        };
        Ok(Plan {
            operator: Operator::Machine {
                inputs: vec![input],
                machine: Rc::new(machine),
            },
            fields,
            span,
            keyword: "scan",
            is_serialized,
        })
    }

    fn scan_steps(
        &mut self,
        steps: &'q [tree::ScanStep],
        fields: &[Field],
        environment: &Environment<'q>,
    ) -> Bound<Vec<Step>> {
        let mut row = Row::of(fields);
        row.n_named = fields.len();
        for (at, step) in steps.iter().enumerate() {
            let name = &step.name;
            if row.sides.iter().any(|(known, _)| *known == name.text) {
                return wrong(
                    codes::AMBIGUOUS_NAME,
                    name.span,
                    format!("there are two steps `{}`", crate::text::cut(&name.text, 40)),
                );
            }
            let first = fields.len() * (at + 1);
            row.sides
                .push((name.text.clone(), first..first + fields.len()));
            row.fields.extend_from_slice(fields);
        }
        let mut bound = Vec::with_capacity(steps.len());
        for step in steps {
            if step.is_optional {
                return wrong(
                    codes::NOT_SUPPORTED,
                    step.name.span,
                    "`optional` steps are not documented and not supported",
                );
            }
            let output = match step
                .output
                .as_ref()
                .map(|name| (name.text.as_str(), name.span))
            {
                None | Some(("all", _)) => Output::All,
                Some(("last", _)) => Output::Last,
                Some(("none", _)) => Output::None,
                Some((_, span)) => {
                    return wrong(
                        codes::BAD_VALUE,
                        span,
                        "the outputs of a step are all, last and none",
                    );
                }
            };
            let condition = self.scalar(&step.condition, environment, &mut row)?;
            let condition = self.condition(condition)?;
            let mut assignments = Vec::with_capacity(step.assignments.len());
            for assignment in &step.assignments {
                let (Some(name), value) = super::summarize::split_assignment(assignment) else {
                    return wrong_with_help(
                        codes::SYNTAX,
                        assignment.span(),
                        "a step requires the name of a column here",
                        "write `column = value`",
                    );
                };
                let place = fields
                    .iter()
                    .enumerate()
                    .find(|(_, field)| field.name == name);
                let Some((at, field)) = place else {
                    return wrong_with_help(
                        codes::UNKNOWN_NAME,
                        assignment.span(),
                        format!("there is no column `{}`", crate::text::cut(name, 40)),
                        "name it in `declare (…)`",
                    );
                };
                let value = self.scalar(value, environment, &mut row)?;
                assignments.push((at, self.cast_to(value, field.kind)));
            }
            bound.push(Step {
                condition,
                assignments,
                output,
            });
        }
        Ok(bound)
    }
}
