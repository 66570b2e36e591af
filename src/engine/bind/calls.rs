//! Binding of calls: catalogue functions, user functions, and the forms that are neither.

use super::{
    Binder, Binding, Bound, Environment, NamedTable, Row, Scope, TableSource, wrong,
    wrong_with_help,
};
use crate::diagnostic::{Diagnostic, codes};
use crate::engine::aggregate;
use crate::engine::plan::Expr;
use crate::engine::scalar::{self, Parameter, Returns};
use crate::kql::names::nearest;
use crate::kql::tree::{self, ParameterKind};
use crate::text::Span;
use crate::value::{Type, Value};
use std::rc::Rc;

/// Functions that need a service, and what to do instead.
const SERVICE_FUNCTIONS: &[(&str, &str)] = &[
    (
        "geo_info_from_ip_address",
        "run the query in the workspace, which holds the address data",
    ),
    (
        "ingestion_time",
        "an export does not hold it; use `TimeGenerated`",
    ),
    ("app", "load the other resource's export and name its table"),
    (
        "workspace",
        "load the other workspace's export and name its table",
    ),
    (
        "cluster",
        "load the other cluster's export and name its table",
    ),
    (
        "database",
        "load the other database's export and name its table",
    ),
    (
        "resource",
        "load the other resource's export and name its table",
    ),
    ("current_principal", "an export knows no user"),
    ("current_principal_details", "an export knows no user"),
    ("current_cluster_endpoint", "an export knows no cluster"),
    ("current_database", "an export knows no database"),
    ("external_table", "load the file itself"),
    ("materialized_view", "load an export of the view"),
    ("extent_id", "an export has no extents"),
    ("extent_tags", "an export has no extents"),
    ("extentid", "an export has no extents"),
    ("cursor_after", "an export has no cursor"),
    ("cursor_before_or_at", "an export has no cursor"),
    ("cursor_current", "an export has no cursor"),
    ("current_cursor", "an export has no cursor"),
    ("current_principal_is_member_of", "an export knows no user"),
    ("stored_query_result", "load an export of the result"),
    ("entity_group", "load the exports and name their tables"),
];

/// Functions whose answer differs from run to run.
const RANDOM_FUNCTIONS: &[&str] = &["rand", "new_guid", "row_sample"];

impl<'q> Binder<'q> {
    pub(super) fn call(
        &mut self,
        function: &'q tree::Name,
        arguments: &'q [tree::Expr],
        span: Span,
        environment: &Environment<'q>,
        row: &mut Row,
    ) -> Bound<Expr> {
        let name = function.text.as_str();
        match Self::lookup(environment, name) {
            Some(Binding::Function(body, scope)) => {
                let (body, scope) = (*body, scope.clone());
                return self.call_user_scalar(body, &scope, arguments, span, environment, row);
            }
            Some(Binding::Scalar(_)) if arguments.is_empty() => {
                return self.name(function, environment, row);
            }
            _ => {}
        }
        if row.pattern.is_some() && super::graph::FUNCTIONS.contains(&name) {
            return self.graph_call(name, arguments, span, environment, row);
        }
        if let Some(calls) = &row.aggregates
            && let Some(entry) = aggregate::find(name)
        {
            let at = calls.iter().map(|call| call.results.len()).sum();
            let input = Row::of(&row.fields);
            let call =
                self.aggregate_call(entry, function, arguments, span, environment, &input)?;
            if call.results.len() != 1 {
                return wrong_with_help(
                    codes::TYPE,
                    span,
                    format!("`{name}` gives several columns here"),
                    "use it alone, not inside an expression",
                );
            }
            let kind = call.results.first().copied().unwrap_or(Type::Dynamic);
            if let Some(calls) = &mut row.aggregates {
                calls.push(call);
            }
            return Ok(Expr::column(at, kind, span));
        }
        if let Some(made) = self.special_form(name, arguments, span, environment, row) {
            return made;
        }
        match name {
            "toscalar" => return self.scalar_of_table(arguments, span, environment, row),
            _ if super::window::FUNCTIONS.contains(&name) => {
                return self.window(name, arguments, span, environment, row);
            }
            "materialize" | "table" => {
                return wrong_with_help(
                    codes::TYPE,
                    span,
                    format!("`{name}` gives a table, not a value"),
                    "wrap it in `toscalar(…)`",
                );
            }
            _ => {}
        }
        if let Some((_, instead)) = SERVICE_FUNCTIONS.iter().find(|(known, _)| *known == name) {
            return wrong_with_help(
                codes::NEEDS_SERVICE,
                span,
                format!("`{name}` needs a service and cannot run here"),
                *instead,
            );
        }
        if RANDOM_FUNCTIONS.contains(&name) {
            return wrong_with_help(
                codes::NOT_SUPPORTED,
                span,
                format!("`{name}` gives other values at every run"),
                "the same bytes give the same answer here; use a column",
            );
        }
        let Some(entry) = scalar::find(name) else {
            return self.unknown_function(function, span);
        };
        if name == "floor" && arguments.len() == 1 {
            return wrong_with_help(
                codes::ARGUMENT_COUNT,
                span,
                "`floor` requires a value and a size",
                "use `bin(x, 1)`",
            );
        }
        if let Some(parts) = self.tuple_of(function, arguments, span, environment, row)? {
            return self.part_at(parts, &Expr::constant(Value::Long(0), Type::Long, span));
        }
        let mut bound = Vec::with_capacity(arguments.len());
        for argument in arguments {
            let value = match argument {
                tree::Expr::Assign { value, .. } => value.as_ref(),
                other => other,
            };
            bound.push(self.scalar(value, environment, row)?);
        }
        self.catalogue_call(entry, bound, span)
    }

    /// A call of a catalogue entry: counts and converts the arguments.
    pub(super) fn catalogue_call(
        &mut self,
        entry: &'static scalar::Scalar,
        mut arguments: Vec<Expr>,
        span: Span,
    ) -> Bound<Expr> {
        let n_most = if entry.is_variadic {
            usize::MAX
        } else {
            entry.parameters.len()
        };
        if arguments.len() < entry.n_required || arguments.len() > n_most {
            let wanted = if entry.is_variadic {
                format!("at least {}", entry.n_required)
            } else if entry.n_required == n_most {
                n_most.to_string()
            } else {
                format!("{} to {n_most}", entry.n_required)
            };
            return wrong(
                codes::ARGUMENT_COUNT,
                span,
                format!(
                    "`{}` requires {wanted} arguments, not {}",
                    entry.name,
                    arguments.len()
                ),
            );
        }
        for (at, argument) in arguments.iter_mut().enumerate() {
            let Some(parameter) = entry.parameters.get(at).or(entry.parameters.last()) else {
                continue;
            };
            let taken =
                std::mem::replace(argument, Expr::constant(Value::Null, Type::Dynamic, span));
            *argument = self.fit(taken, *parameter, entry.name)?;
        }
        if let Returns::Common(from) = entry.returns {
            let kinds: Vec<Type> = arguments
                .iter()
                .skip(from)
                .map(|argument| argument.kind)
                .collect();
            let common = super::operands::common_type(kinds)
                .or_else(|reason| wrong(codes::TYPE, span, reason))?;
            for argument in arguments.iter_mut().skip(from) {
                let taken = std::mem::replace(argument, Expr::constant(Value::Null, common, span));
                *argument = self.cast_to(taken, common);
            }
        }
        if entry.name == "case" {
            let kind = self.return_type(entry, &arguments, span)?;
            let last = arguments.len().saturating_sub(1);
            for (at, argument) in arguments.iter_mut().enumerate() {
                if at % 2 == 1 || at == last {
                    let taken =
                        std::mem::replace(argument, Expr::constant(Value::Null, kind, span));
                    *argument = self.cast_to(taken, kind);
                }
            }
        }
        let kind = self.return_type(entry, &arguments, span)?;
        self.folded(entry, arguments, kind, span)
    }

    /// An argument as its parameter takes it.
    fn fit(&mut self, argument: Expr, parameter: Parameter, function: &str) -> Bound<Expr> {
        let kind = argument.kind;
        let does_fit = match parameter {
            Parameter::Any => true,
            Parameter::Printed => return Ok(self.cast_to(argument, Type::String)),
            Parameter::Number => kind.is_numeric(),
            Parameter::Time => matches!(kind, Type::DateTime | Type::TimeSpan),
            Parameter::Scale => {
                kind.is_numeric() || matches!(kind, Type::DateTime | Type::TimeSpan)
            }
            Parameter::Is(wanted) if wanted == kind => true,
            Parameter::Is(Type::Long) if kind == Type::Int => {
                return Ok(self.cast_to(argument, Type::Long));
            }
            Parameter::Is(Type::Real) if kind.is_numeric() => {
                return Ok(self.cast_to(argument, Type::Real));
            }
            Parameter::Is(Type::Bool) => return self.condition(argument),
            Parameter::Is(wanted) if kind == Type::Dynamic => {
                return Ok(self.cast_to(argument, wanted));
            }
            Parameter::Is(_) => false,
        };
        if does_fit {
            return Ok(argument);
        }
        let wanted = match parameter {
            Parameter::Is(wanted) => format!("type `{}`", wanted.name()),
            Parameter::Number => "a number".to_owned(),
            Parameter::Time => "a datetime or timespan".to_owned(),
            _ => "a number, datetime or timespan".to_owned(),
        };
        wrong_with_help(
            codes::TYPE,
            argument.span,
            format!("`{function}` requires {wanted} here, not `{}`", kind.name()),
            "convert it first",
        )
    }

    fn unknown_function<T>(&self, function: &tree::Name, span: Span) -> Bound<T> {
        let name = function.text.as_str();
        if aggregate::find(name).is_some() {
            return wrong_with_help(
                codes::TYPE,
                span,
                format!("`{name}` is an aggregate"),
                "use it in `summarize` or `make-series`",
            );
        }
        let known =
            scalar::catalogue().flat_map(|entry| std::iter::once(&entry.name).chain(entry.aliases));
        let names = known
            .copied()
            .chain(aggregate::catalogue().map(|entry| entry.name))
            .filter(|name| name.starts_with(|c: char| c.is_ascii_alphabetic()));
        let shown = crate::text::cut(name, 40);
        if let Some(instead) = scalar::refused::instead_of(name) {
            return wrong_with_help(
                codes::NOT_SUPPORTED,
                span,
                format!("`{shown}` is not supported here"),
                instead,
            );
        }
        let diagnostic = Diagnostic::error(
            codes::UNKNOWN_FUNCTION,
            function.span,
            format!("there is no function `{shown}`"),
        );
        let diagnostic = match nearest(name, names) {
            Some(found) => diagnostic.with_name(function.span, found),
            None => diagnostic.with_help("functions are listed in the help"),
        };
        Err(super::Stop::Wrong(Box::new(diagnostic)))
    }

    fn scalar_of_table(
        &mut self,
        arguments: &'q [tree::Expr],
        span: Span,
        environment: &Environment<'q>,
        row: &mut Row,
    ) -> Bound<Expr> {
        let [argument] = arguments else {
            return wrong(
                codes::ARGUMENT_COUNT,
                span,
                "`toscalar` requires one argument",
            );
        };
        if !self.is_tabular(argument, environment) {
            return self.scalar(argument, environment, row);
        }
        let plan = self.tabular(argument, environment)?;
        let kind = plan
            .fields
            .first()
            .map_or(Type::Dynamic, |field| field.kind);
        let relation = self.need(plan)?;
        let value = if relation.n_rows() == 0 {
            Value::missing(kind)
        } else {
            relation.value(0, 0)
        };
        Ok(Expr::constant(value, kind, span))
    }

    /// What the parameters of a user function mean in a call.
    pub(super) fn bind_parameters(
        &mut self,
        function: &'q tree::Function,
        scope: &Environment<'q>,
        arguments: &'q [tree::Expr],
        span: Span,
        caller: &Environment<'q>,
        row: &mut Row,
    ) -> Bound<Environment<'q>> {
        if arguments.len() > function.parameters.len() {
            return wrong(
                codes::ARGUMENT_COUNT,
                span,
                format!(
                    "the function takes {} arguments, not {}",
                    function.parameters.len(),
                    arguments.len()
                ),
            );
        }
        let mut inner = scope.clone();
        for (at, parameter) in function.parameters.iter().enumerate() {
            let given = argument_of(parameter, at, arguments);
            let binding = match (&parameter.kind, given, &parameter.default) {
                (ParameterKind::Scalar(kind), Some(given), _) => {
                    let value = self.scalar(given, caller, row)?;
                    Binding::Scalar(self.cast_to(value, self.type_of(kind)?))
                }
                (ParameterKind::Scalar(kind), None, Some(default)) => {
                    let value = self.scalar(default, scope, &mut Row::none())?;
                    Binding::Scalar(self.cast_to(value, self.type_of(kind)?))
                }
                (ParameterKind::Table { columns, .. }, Some(given), _) => {
                    let source = TableSource::Expr(given, caller.clone());
                    Binding::Table(NamedTable::new(source, columns))
                }
                (_, None, _) => {
                    return wrong(
                        codes::ARGUMENT_COUNT,
                        span,
                        format!(
                            "the argument `{}` is missing",
                            crate::text::cut(&parameter.name.text, 40)
                        ),
                    );
                }
            };
            inner = Some(Rc::new(Scope {
                name: &parameter.name,
                binding,
                parent: inner,
            }));
        }
        Ok(inner)
    }

    pub(super) fn call_user_scalar(
        &mut self,
        function: &'q tree::Function,
        scope: &Environment<'q>,
        arguments: &'q [tree::Expr],
        span: Span,
        caller: &Environment<'q>,
        row: &mut Row,
    ) -> Bound<Expr> {
        self.count_node(span)?;
        let mut inner = self.bind_parameters(function, scope, arguments, span, caller, row)?;
        let mut last = None;
        for statement in &function.body {
            match statement {
                tree::Statement::Expression(expression) => last = Some(expression),
                other => inner = self.statement(other, inner)?,
            }
        }
        let Some(expression) = last else {
            return wrong(codes::EMPTY, span, "the function has no value");
        };
        if self.is_tabular(expression, &inner) {
            return wrong_with_help(
                codes::TYPE,
                span,
                "the function gives a table, not a value",
                "wrap the call in `toscalar(…)`",
            );
        }
        let mut body_row = Row::none();
        let mut value = self.nested(span, |binder| {
            binder.scalar(expression, &inner, &mut body_row)
        })?;
        value.span = span;
        Ok(value)
    }
}

/// What a call gives for a parameter: by its name, else by its place.
pub(super) fn argument_of<'q>(
    parameter: &tree::Parameter,
    at: usize,
    arguments: &'q [tree::Expr],
) -> Option<&'q tree::Expr> {
    let named = arguments.iter().find_map(|argument| match argument {
        tree::Expr::Assign { names, value, .. }
            if names
                .first()
                .is_some_and(|name| name.text == parameter.name.text) =>
        {
            Some(value.as_ref())
        }
        _ => None,
    });
    named.or_else(|| {
        arguments
            .get(at)
            .filter(|argument| !matches!(argument, tree::Expr::Assign { .. }))
    })
}
