//! Calls that give several columns: `series_stats`, `series_fit_line`, `array_sort_asc` of arrays.
//!
//! Input: a column of `extend`, `project` or `print`. Output: the columns it stands for. Such a call
//! gives an array of its parts, and each column takes one. Elsewhere the call stands for its first
//! part, and `call[1]` for its second.

use super::{Binder, Bound, Environment, Row, naming, wrong};
use crate::diagnostic::codes;
use crate::engine::plan::Expr;
use crate::engine::scalar;
use crate::kql::tree;
use crate::text::Span;
use crate::value::{Type, Value};

/// A column that a list of columns gives.
pub(super) struct Part {
    /// The name that the query or the function gives, else that of the expression.
    pub(super) name: Option<String>,
    /// Whether the query gives it.
    pub(super) is_given: bool,
    /// Its value.
    pub(super) value: Expr,
}

impl<'q> Binder<'q> {
    /// The columns that one item of a list stands for; `keeps_rest` where parts without a name of
    /// their own stay.
    pub(super) fn parts(
        &mut self,
        column: &'q tree::Expr,
        environment: &Environment<'q>,
        row: &mut Row,
        keeps_rest: bool,
    ) -> Bound<Vec<Part>> {
        let (names, is_tuple, value): (&[tree::Name], bool, &'q tree::Expr) = match column {
            tree::Expr::Assign {
                names,
                is_tuple,
                value,
                ..
            } => (names, *is_tuple, value),
            other => (&[], false, other),
        };
        let part = |name: Option<&tree::Name>, automatic: Option<String>, value| Part {
            is_given: name.is_some(),
            name: name.map(|name| name.text.clone()).or(automatic),
            value,
        };
        let Some(parts) = self.tuple(value, environment, row)? else {
            let value = self.scalar(value, environment, row)?;
            if names.len() < 2 {
                return Ok(vec![part(names.first(), None, value)]);
            }
            if self.is_unknown(&value) {
                let parts = names.iter();
                return Ok(parts
                    .map(|name| part(Some(name), None, value.clone()))
                    .collect());
            }
            let second = names.get(1).map_or(value.span, |name| name.span);
            return wrong(
                codes::TYPE,
                second,
                "several names require a function that gives several columns",
            );
        };
        if let Some(extra) = names.get(parts.len()) {
            return wrong(
                codes::TYPE,
                extra.span,
                format!("the function gives only {} columns", parts.len()),
            );
        }
        let n_kept = match (names.len(), is_tuple) {
            (0, _) => parts.len(),
            (_, false) => 1,
            (_, true) if keeps_rest => parts.len(),
            (n_names, true) => n_names,
        };
        let named = parts.into_iter().take(n_kept).enumerate();
        Ok(named
            .map(|(at, (automatic, value))| part(names.get(at), Some(automatic), value))
            .collect())
    }

    /// The parts of a call that gives several columns, with the names it gives them.
    pub(super) fn tuple(
        &mut self,
        expression: &'q tree::Expr,
        environment: &Environment<'q>,
        row: &mut Row,
    ) -> Bound<Option<Vec<(String, Expr)>>> {
        match expression {
            tree::Expr::Call {
                function,
                arguments,
                span,
            } => self.tuple_of(function, arguments, *span, environment, row),
            _ => Ok(None),
        }
    }

    /// As [`Binder::tuple`], of the pieces of a call.
    pub(super) fn tuple_of(
        &mut self,
        function: &'q tree::Name,
        arguments: &'q [tree::Expr],
        span: Span,
        environment: &Environment<'q>,
        row: &mut Row,
    ) -> Bound<Option<Vec<(String, Expr)>>> {
        let Some(entry) = scalar::find(&function.text) else {
            return Ok(None);
        };
        // A flag stands behind the arrays that are sorted.
        let arrays = match arguments.split_last() {
            Some((tree::Expr::Literal(tree::Literal::Bool(_), _), arrays)) => arrays,
            _ => arguments,
        };
        let is_sort =
            matches!(entry.name, "array_sort_asc" | "array_sort_desc") && arrays.len() > 1;
        if entry.parts.is_empty() && !is_sort || Self::lookup(environment, &function.text).is_some()
        {
            return Ok(None);
        }
        let name_of = |argument: &tree::Expr| naming::column_name(argument).unwrap_or_default();
        let shape: Vec<(String, Type)> = if is_sort {
            let sorted = |array| (format!("{}_sorted", name_of(array)), Type::Dynamic);
            arrays.iter().map(sorted).collect()
        } else {
            let first = arguments.first().map(name_of).unwrap_or_default();
            let named =
                |&(suffix, kind): &(&str, Type)| (format!("{}_{first}_{suffix}", entry.name), kind);
            entry.parts.iter().map(named).collect()
        };
        let mut bound = Vec::with_capacity(arguments.len());
        for argument in arguments {
            bound.push(self.scalar(argument, environment, row)?);
        }
        let call = self.catalogue_call(entry, bound, span)?;
        let mut parts = Vec::with_capacity(shape.len());
        for (at, (name, kind)) in shape.into_iter().enumerate() {
            parts.push((name, self.part(call.clone(), at, kind, span)?));
        }
        Ok(Some(parts))
    }

    fn part(&mut self, call: Expr, at: usize, kind: Type, span: Span) -> Bound<Expr> {
        let at = Expr::constant(Value::Long(at as i64), Type::Long, span);
        let part = self.make("member", vec![call, at], span)?;
        Ok(self.cast_to(part, kind))
    }

    /// The part at a constant place.
    pub(super) fn part_at(&mut self, parts: Vec<(String, Expr)>, index: &Expr) -> Bound<Expr> {
        let at = index.as_constant().and_then(Value::as_long);
        let at = at.and_then(|at| usize::try_from(at).ok());
        match at.and_then(|at| parts.into_iter().nth(at)) {
            Some((_, part)) => Ok(part),
            None => wrong(
                codes::NOT_CONSTANT,
                index.span,
                "the place of one of the columns is required here",
            ),
        }
    }
}
