//! Calls that look at more than values: at columns, types, constants or settings.
//!
//! Input: a call by its name. Output: the expression that it stands for. Absent on purpose: window
//! functions and `toscalar`, which change the plan.

use super::{Binder, Binding, Bound, Environment, Row, wrong, wrong_with_help};
use crate::diagnostic::codes;
use crate::engine::plan::Expr;
use crate::kql::tree::{self, Literal};
use crate::text::Span;
use crate::value::{Dynamic, Type, Value};

impl<'q> Binder<'q> {
    /// The call, when its name is that of such a form.
    pub(super) fn special_form(
        &mut self,
        name: &str,
        arguments: &'q [tree::Expr],
        span: Span,
        environment: &Environment<'q>,
        row: &mut Row,
    ) -> Option<Bound<Expr>> {
        Some(match name {
            "column_ifexists" | "columnifexists" => {
                self.column_if_exists(arguments, span, environment, row)
            }
            "pack_all" => self.pack_all(arguments, span, row),
            "bag_pack_columns" => self.bag_pack_columns(arguments, span, environment, row),
            "column_names_of" => self.column_names_of(arguments, span, environment),
            "assert" => self.assert(arguments, span, environment, row),
            "bin_auto" => self.bin_auto(arguments, span, environment, row),
            "extract_json" | "extractjson" if arguments.len() == 3 => {
                self.typed("extract_json", arguments, span, environment, row)
            }
            "extract" if arguments.len() == 4 => {
                self.typed("extract", arguments, span, environment, row)
            }
            "percentile_tdigest" if arguments.len() == 3 => {
                self.percentile_of_digest(arguments, span, environment, row)
            }
            "iscolumnexists" => self.is_column(arguments, span, environment, row),
            "replace" if arguments.len() == 3 => self.replace(arguments, span, environment, row),
            _ => return None,
        })
    }

    fn column_if_exists(
        &mut self,
        arguments: &'q [tree::Expr],
        span: Span,
        environment: &Environment<'q>,
        row: &mut Row,
    ) -> Bound<Expr> {
        let [name, default] = arguments else {
            return wrong(
                codes::ARGUMENT_COUNT,
                span,
                "`column_ifexists` requires a name and a default",
            );
        };
        let name = self.scalar(name, environment, &mut Row::none())?;
        let Some(Value::String(name)) = name.as_constant() else {
            return wrong(
                codes::NOT_CONSTANT,
                span,
                "`column_ifexists` requires a constant name",
            );
        };
        match row
            .fields
            .iter()
            .enumerate()
            .find(|(_, field)| field.name == name.as_ref())
        {
            Some((at, field)) => Ok(Expr::column(at, field.kind, span)),
            None => self.scalar(default, environment, row),
        }
    }

    fn pack_all(&mut self, arguments: &[tree::Expr], span: Span, row: &Row) -> Bound<Expr> {
        let ignores_empty = match arguments {
            [] | [tree::Expr::Literal(Literal::Bool(Some(false)), _)] => false,
            [tree::Expr::Literal(Literal::Bool(Some(true)), _)] => true,
            _ => {
                return wrong(
                    codes::NOT_CONSTANT,
                    span,
                    "`pack_all` requires `true` or `false`, or nothing",
                );
            }
        };
        let mut packed = Vec::with_capacity(row.named().len() * 2);
        for (at, field) in row.named().iter().enumerate() {
            packed.push(Expr::constant(
                Value::string(&field.name),
                Type::String,
                span,
            ));
            packed.push(Expr::column(at, field.kind, span));
        }
        let function = if ignores_empty {
            "bag_pack_filled"
        } else {
            "bag_pack"
        };
        self.make(function, packed, span)
    }

    fn bag_pack_columns(
        &mut self,
        arguments: &'q [tree::Expr],
        span: Span,
        environment: &Environment<'q>,
        row: &mut Row,
    ) -> Bound<Expr> {
        let mut packed = Vec::with_capacity(arguments.len() * 2);
        for argument in arguments {
            let tree::Expr::Name(name) = argument else {
                return wrong(
                    codes::TYPE,
                    argument.span(),
                    "`bag_pack_columns` requires columns",
                );
            };
            packed.push(Expr::constant(
                Value::string(&name.text),
                Type::String,
                span,
            ));
            packed.push(self.scalar(argument, environment, row)?);
        }
        self.make("bag_pack", packed, span)
    }

    fn column_names_of(
        &mut self,
        arguments: &'q [tree::Expr],
        span: Span,
        environment: &Environment<'q>,
    ) -> Bound<Expr> {
        let [table] = arguments else {
            return wrong(
                codes::ARGUMENT_COUNT,
                span,
                "`column_names_of` requires one table",
            );
        };
        let plan = self.tabular(table, environment)?;
        let names = plan.fields.iter().map(|field| Dynamic::string(&field.name));
        let names = Value::Dynamic(Dynamic::array(names.collect()));
        Ok(Expr::constant(names, Type::Dynamic, span))
    }

    fn assert(
        &mut self,
        arguments: &'q [tree::Expr],
        span: Span,
        environment: &Environment<'q>,
        row: &mut Row,
    ) -> Bound<Expr> {
        let [condition, message] = arguments else {
            return wrong(
                codes::ARGUMENT_COUNT,
                span,
                "`assert` requires a condition and a message",
            );
        };
        let message = self.scalar(message, environment, &mut Row::none())?;
        let condition = self.scalar(condition, environment, row)?;
        let condition = self.condition(condition)?;
        match (condition.as_constant(), message.as_constant()) {
            (Some(Value::Bool(true)), Some(_)) => Ok(condition),
            (Some(_), Some(message)) => wrong(
                codes::BAD_VALUE,
                span,
                format!(
                    "`assert` failed: {}",
                    crate::text::cut(&message.to_text(), 40)
                ),
            ),
            _ => wrong(
                codes::NOT_CONSTANT,
                span,
                "`assert` requires a condition and a message that are constant",
            ),
        }
    }

    /// `bin_auto(x)` is `bin_at(x, query_bin_auto_size, query_bin_auto_at)`, which `set` gives.
    fn bin_auto(
        &mut self,
        arguments: &'q [tree::Expr],
        span: Span,
        environment: &Environment<'q>,
        row: &mut Row,
    ) -> Bound<Expr> {
        let [value] = arguments else {
            return wrong(codes::ARGUMENT_COUNT, span, "`bin_auto` requires one value");
        };
        let value = self.scalar(value, environment, row)?;
        let setting = |name| match Self::lookup(environment, name) {
            Some(Binding::Scalar(value)) => Some(value.clone()),
            _ => None,
        };
        let Some(size) = setting("query_bin_auto_size") else {
            return wrong_with_help(
                codes::NOT_CONSTANT,
                span,
                "`bin_auto` requires the size of a bin",
                "write `set query_bin_auto_size = 1h;` before the query",
            );
        };
        match setting("query_bin_auto_at") {
            Some(at) => self.make("bin_at", vec![value, size, at], span),
            None => self.make("bin", vec![value, size], span),
        }
    }

    /// A function of texts whose last argument is the type of its answer.
    fn typed(
        &mut self,
        name: &str,
        arguments: &'q [tree::Expr],
        span: Span,
        environment: &Environment<'q>,
        row: &mut Row,
    ) -> Bound<Expr> {
        let Some((kind, arguments)) = arguments.split_last() else {
            return wrong(codes::ARGUMENT_COUNT, span, "a type is required at the end");
        };
        let kind = self.type_argument(kind)?;
        let mut bound = Vec::new();
        for argument in arguments {
            let argument = self.scalar(argument, environment, row)?;
            bound.push(match argument.kind {
                Type::Dynamic => self.cast_to(argument, Type::String),
                _ => argument,
            });
        }
        let found = self.make(name, bound, span)?;
        Ok(self.cast_to(found, kind))
    }

    fn percentile_of_digest(
        &mut self,
        arguments: &'q [tree::Expr],
        span: Span,
        environment: &Environment<'q>,
        row: &mut Row,
    ) -> Bound<Expr> {
        let [digest, percentile, kind] = arguments else {
            return wrong(
                codes::ARGUMENT_COUNT,
                span,
                "`percentile_tdigest` has three arguments",
            );
        };
        let kind = self.type_argument(kind)?;
        let digest = self.scalar(digest, environment, row)?;
        let percentile = self.scalar(percentile, environment, row)?;
        let percentile = self.cast_to(percentile, Type::Real);
        let found = self.make("percentile_tdigest", vec![digest, percentile], span)?;
        Ok(self.cast_to(found, kind))
    }

    /// `iscolumnexists("a")`
    fn is_column(
        &mut self,
        arguments: &'q [tree::Expr],
        span: Span,
        environment: &Environment<'q>,
        row: &Row,
    ) -> Bound<Expr> {
        let name = match arguments {
            [name] => Some(self.scalar(name, environment, &mut Row::none())?),
            _ => None,
        };
        let Some(Value::String(name)) = name.as_ref().and_then(Expr::as_constant) else {
            return wrong(
                codes::NOT_CONSTANT,
                span,
                "`iscolumnexists` requires one constant name",
            );
        };
        let is_there = row.fields.iter().any(|field| field.name == name.as_ref());
        Ok(Expr::constant(Value::Bool(is_there), Type::Bool, span))
    }

    /// `replace(regex, new, text)`, an old name of `replace_regex(text, regex, new)`.
    fn replace(
        &mut self,
        arguments: &'q [tree::Expr],
        span: Span,
        environment: &Environment<'q>,
        row: &mut Row,
    ) -> Bound<Expr> {
        let mut bound = Vec::new();
        for argument in arguments {
            let argument = self.scalar(argument, environment, row)?;
            bound.push(self.cast_to(argument, Type::String));
        }
        bound.rotate_right(1);
        self.make("replace_regex", bound, span)
    }

    /// The type that an argument `typeof(…)` names.
    pub(super) fn type_argument(&self, argument: &tree::Expr) -> Bound<Type> {
        if let tree::Expr::TypeOf { columns, .. } = argument
            && let [column] = columns.as_slice()
            && let Some(kind) = Type::from_name(&column.type_name.text)
        {
            return Ok(kind);
        }
        wrong(
            codes::SYNTAX,
            argument.span(),
            "a type is required here: `typeof(long)`",
        )
    }
}
