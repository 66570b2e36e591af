//! Binding of scalar expressions.

use super::{Binder, Binding, Bound, Environment, Row, Stop, operands, wrong, wrong_with_help};
use crate::diagnostic::{Diagnostic, codes};
use crate::engine::eval::{Context, Memo};
use crate::engine::plan::{Call, Expr, Node};
use crate::engine::scalar::{self, Scalar};
use crate::kql::names::nearest;
use crate::kql::tree::{self, BinaryOperator, ListOperator, Literal, TextRelation, UnaryOperator};
use crate::text::Span;
use crate::value::{Decimal, Type, Value};

impl<'q> Binder<'q> {
    /// Binds an expression over a row; the first thing that is wrong ends it.
    pub(super) fn scalar_or_stop(
        &mut self,
        expression: &'q tree::Expr,
        environment: &Environment<'q>,
        row: &mut Row,
    ) -> Bound<Expr> {
        self.count_node(expression.span())?;
        match expression {
            tree::Expr::Literal(literal, span) => self.literal(literal, *span),
            tree::Expr::Paren(inner, _) => self.scalar(inner, environment, row),
            tree::Expr::Name(name) => self.name(name, environment, row),
            tree::Expr::Call {
                function,
                arguments,
                span,
            } => self.call(function, arguments, *span, environment, row),
            tree::Expr::Member {
                object,
                member,
                span,
            } => self.member(object, member, *span, environment, row),
            tree::Expr::Index {
                object,
                index,
                span,
            } => {
                let parts = self.tuple(object, environment, row)?;
                let index = self.scalar(index, environment, row)?;
                if let Some(parts) = parts {
                    return self.part_at(parts, &index);
                }
                let object = self.scalar(object, environment, row)?;
                self.index(object, index, *span)
            }
            tree::Expr::Unary {
                operator,
                operand,
                span,
            } => {
                let operand = self.scalar(operand, environment, row)?;
                if *operator == UnaryOperator::Plus {
                    return Ok(operand);
                }
                if !operand.kind.is_numeric() && operand.kind != Type::TimeSpan {
                    return wrong(
                        codes::TYPE,
                        *span,
                        format!("`-` cannot be applied to type `{}`", operand.kind.name()),
                    );
                }
                self.make("negate", vec![operand], *span)
            }
            tree::Expr::Binary {
                operator,
                operator_span,
                left,
                right,
                span,
            } => {
                let right = self.scalar(right, environment, row)?;
                if let tree::Expr::Star(_) = left.as_ref() {
                    let fields = row.fields.clone();
                    return self.any_column(*operator, *operator_span, &right, &fields, *span);
                }
                let left = self.scalar(left, environment, row)?;
                self.binary(*operator, *operator_span, left, right, *span)
            }
            tree::Expr::Logical {
                is_and,
                operands,
                span,
            } => {
                let mut bound = Vec::with_capacity(operands.len());
                for operand in operands {
                    let operand = self.scalar(operand, environment, row)?;
                    bound.push(self.condition(operand)?);
                }
                self.make(if *is_and { "and" } else { "or" }, bound, *span)
            }
            tree::Expr::InList {
                operator,
                left,
                list,
                span,
                ..
            } => self.in_list(*operator, left, list, *span, environment, row),
            tree::Expr::Between {
                is_negated,
                left,
                low,
                high,
                span,
            } => {
                let left = self.scalar(left, environment, row)?;
                let low = self.scalar(low, environment, row)?;
                let high = self.scalar(high, environment, row)?;
                let high = if left.kind == Type::DateTime && high.kind == Type::TimeSpan {
                    self.binary(BinaryOperator::Add, *span, low.clone(), high, *span)?
                } else {
                    high
                };
                let from = self.binary(
                    BinaryOperator::GreaterOrEqual,
                    *span,
                    left.clone(),
                    low,
                    *span,
                )?;
                let to = self.binary(BinaryOperator::LessOrEqual, *span, left, high, *span)?;
                let inside = self.make("and", vec![from, to], *span)?;
                if *is_negated {
                    self.make("not", vec![inside], *span)
                } else {
                    Ok(inside)
                }
            }
            tree::Expr::Star(span) => wrong(codes::SYNTAX, *span, "`*` cannot stand here"),
            tree::Expr::Assign { span, .. } => wrong_with_help(
                codes::SYNTAX,
                *span,
                "a name with `=` cannot stand here",
                "use `==` to compare",
            ),
            tree::Expr::Placeholder { text, span } => wrong_with_help(
                codes::NOT_CONSTANT,
                *span,
                "a placeholder has no value here",
                format!(
                    "replace it with a value before running: {}",
                    crate::text::cut(text, 40)
                ),
            ),
            tree::Expr::TypeOf { span, .. } => {
                wrong(codes::SYNTAX, *span, "`typeof` cannot stand here")
            }
            tree::Expr::Pipe(_)
            | tree::Expr::Datatable { .. }
            | tree::Expr::ExternalData { .. } => wrong_with_help(
                codes::TYPE,
                expression.span(),
                "a table cannot be used as a value",
                "wrap it in `toscalar(…)` to take its first value",
            ),
            tree::Expr::Missing(span) => {
                wrong(codes::SYNTAX, *span, "an expression is missing here")
            }
        }
    }

    fn literal(&mut self, literal: &Literal, span: Span) -> Bound<Expr> {
        let (value, kind) = match literal {
            Literal::Bool(value) => (value.map_or(Value::Null, Value::Bool), Type::Bool),
            Literal::Int(value) => (value.map_or(Value::Null, Value::Int), Type::Int),
            Literal::Long(value) => (value.map_or(Value::Null, Value::Long), Type::Long),
            Literal::Real(value) => (value.map_or(Value::Null, Value::Real), Type::Real),
            Literal::Decimal(None) => (Value::Null, Type::Decimal),
            Literal::Decimal(Some(text)) => match Decimal::parse(text) {
                Some(number) => (Value::Decimal(number), Type::Decimal),
                None => {
                    return wrong(
                        codes::BAD_VALUE,
                        span,
                        "this is not a decimal number of up to 34 digits",
                    );
                }
            },
            Literal::String(text) => (Value::string(text), Type::String),
            Literal::DateTime(value) => {
                (value.map_or(Value::Null, Value::DateTime), Type::DateTime)
            }
            Literal::TimeSpan(value) => {
                (value.map_or(Value::Null, Value::TimeSpan), Type::TimeSpan)
            }
            Literal::Guid(value) => {
                let bits = value.map(u128::from_be_bytes);
                (bits.map_or(Value::Null, Value::Guid), Type::Guid)
            }
            Literal::Dynamic(text) => {
                (crate::table::column::dynamic_of(text).into(), Type::Dynamic)
            }
        };
        Ok(Expr::constant(value, kind, span))
    }

    pub(super) fn name(
        &mut self,
        name: &'q tree::Name,
        environment: &Environment<'q>,
        row: &Row,
    ) -> Bound<Expr> {
        let at = row.named().iter().position(|field| field.name == name.text);
        if let Some(at) = at {
            if row.aggregates.is_some() {
                return wrong_with_help(
                    codes::UNKNOWN_NAME,
                    name.span,
                    format!("`{}` is not aggregated", name.text),
                    "put it inside an aggregate, or behind `by`",
                );
            }
            if let Some(field) = row.fields.get(at) {
                return Ok(Expr::column(at, field.kind, name.span));
            }
        }
        match Self::lookup(environment, &name.text) {
            Some(Binding::Scalar(value)) => {
                let mut value = value.clone();
                value.span = name.span;
                Ok(value)
            }
            Some(Binding::Table(_)) => wrong_with_help(
                codes::TYPE,
                name.span,
                format!("`{}` is a table, not a value", name.text),
                "wrap it in `toscalar(…)` to take its first value",
            ),
            Some(Binding::Function(function, scope)) if function.parameters.is_empty() => {
                let (function, scope) = (*function, scope.clone());
                self.call_user_scalar(
                    function,
                    &scope,
                    &[],
                    name.span,
                    environment,
                    &mut Row::of(&row.fields),
                )
            }
            Some(Binding::Function(..)) => wrong(
                codes::TYPE,
                name.span,
                format!("`{}` is a function and requires arguments", name.text),
            ),
            None => Err(self.unknown_name(name, environment, row)),
        }
    }

    pub(super) fn unknown_name(
        &self,
        name: &tree::Name,
        environment: &Environment<'q>,
        row: &Row,
    ) -> Stop {
        let mut candidates: Vec<&str> = row
            .named()
            .iter()
            .map(|field| field.name.as_str())
            .collect();
        let mut scope = environment.as_ref();
        while let Some(current) = scope {
            candidates.push(&current.name.text);
            scope = current.parent.as_ref();
        }
        let shown = crate::text::cut(&name.text, 40);
        let mut diagnostic = Diagnostic::error(
            codes::UNKNOWN_NAME,
            name.span,
            format!("there is no column `{shown}`"),
        );

        let found = nearest(&name.text, candidates.iter().copied()).map(str::to_owned);
        diagnostic = match found {
            Some(found) => diagnostic.with_name(name.span, &found),
            None if candidates.is_empty() => diagnostic.with_help("there are no columns here"),
            None => {
                let mut listed = candidates
                    .iter()
                    .take(6)
                    .copied()
                    .collect::<Vec<_>>()
                    .join(", ");
                if candidates.len() > 6 {
                    listed.push_str(", …");
                }
                diagnostic.with_help(format!("the columns are {listed}"))
            }
        };
        Stop::Wrong(Box::new(diagnostic))
    }

    fn member(
        &mut self,
        object: &'q tree::Expr,
        member: &'q tree::Expr,
        span: Span,
        environment: &Environment<'q>,
        row: &mut Row,
    ) -> Bound<Expr> {
        if let (tree::Expr::Name(side), tree::Expr::Name(name)) = (object, member) {
            let places = row.sides.iter().find(|(known, _)| *known == side.text);
            let places = places.map(|(_, places)| places.clone());
            if let Some(places) = places {
                let found = places.clone().find(|&at| {
                    row.fields
                        .get(at)
                        .is_some_and(|field| field.name == name.text)
                });
                return match found.and_then(|at| row.fields.get(at).map(|field| (at, field.kind))) {
                    Some((at, kind)) => Ok(Expr::column(at, kind, span)),
                    None => {
                        let side_row = Row::of(row.fields.get(places).unwrap_or_default());
                        Err(self.unknown_name(name, &None, &side_row))
                    }
                };
            }
        }
        let tree::Expr::Name(name) = member else {
            return wrong(codes::SYNTAX, span, "only a name can stand behind this dot");
        };
        let object = self.scalar(object, environment, row)?;
        self.index(
            object,
            Expr::constant(Value::string(&name.text), Type::String, name.span),
            span,
        )
    }

    fn index(&mut self, object: Expr, index: Expr, span: Span) -> Bound<Expr> {
        if object.kind != Type::Dynamic {
            return wrong_with_help(
                codes::TYPE,
                span,
                format!("a value of type `{}` has no members", object.kind.name()),
                "use `parse_json(…)` on a text first",
            );
        }
        if !matches!(
            index.kind,
            Type::String | Type::Int | Type::Long | Type::Dynamic
        ) {
            return wrong(codes::TYPE, index.span, "an index is a number or a text");
        }
        self.make("member", vec![object, index], span)
    }

    /// A condition: a bool, or a dynamic that holds one.
    pub(super) fn condition(&mut self, operand: Expr) -> Bound<Expr> {
        match operand.kind {
            Type::Bool => Ok(operand),
            Type::Dynamic | Type::Int | Type::Long => Ok(self.cast_to(operand, Type::Bool)),
            kind => wrong_with_help(
                codes::TYPE,
                operand.span,
                format!("a condition requires type `bool`, not `{}`", kind.name()),
                "compare the value with something",
            ),
        }
    }

    pub(super) fn binary(
        &mut self,
        operator: BinaryOperator,
        operator_span: Span,
        left: Expr,
        right: Expr,
        span: Span,
    ) -> Bound<Expr> {
        let arithmetic = match operator {
            BinaryOperator::Add => Some("+"),
            BinaryOperator::Subtract => Some("-"),
            BinaryOperator::Multiply => Some("*"),
            BinaryOperator::Divide => Some("/"),
            BinaryOperator::Modulo => Some("%"),
            _ => None,
        };
        if let Some(symbol) = arithmetic {
            let Some((kind, left_kind, right_kind)) =
                operands::arithmetic(symbol, left.kind, right.kind)
            else {
                return wrong_with_help(
                    codes::TYPE,
                    operator_span,
                    format!(
                        "`{symbol}` cannot be applied to `{}` and `{}`",
                        left.kind.name(),
                        right.kind.name()
                    ),
                    if [left.kind, right.kind].contains(&Type::Dynamic) {
                        "convert the dynamic value first, e.g. with `tolong(…)`"
                    } else {
                        "convert one side first"
                    },
                );
            };
            let (left, right) = (
                self.cast_to(left, left_kind),
                self.cast_to(right, right_kind),
            );
            return self.make_typed(symbol, vec![left, right], kind, span);
        }
        let comparison = match operator {
            BinaryOperator::Equal => Some(("==", true)),
            BinaryOperator::NotEqual => Some(("!=", true)),
            BinaryOperator::Less => Some(("<", false)),
            BinaryOperator::LessOrEqual => Some(("<=", false)),
            BinaryOperator::Greater => Some((">", false)),
            BinaryOperator::GreaterOrEqual => Some((">=", false)),
            _ => None,
        };
        if let Some((symbol, is_equality)) = comparison {
            let may_compare = operands::are_comparable(left.kind, right.kind, is_equality)
                || (is_equality && is_text_and_constant(&left, &right));
            if !may_compare {
                return wrong_with_help(
                    if is_equality {
                        codes::NEVER_EQUAL
                    } else {
                        codes::TYPE
                    },
                    operator_span,
                    format!(
                        "`{symbol}` cannot compare `{}` with `{}`",
                        left.kind.name(),
                        right.kind.name()
                    ),
                    "convert one side first",
                );
            }
            let (left, right) = match (left.kind, right.kind) {
                (Type::Bool, other) if other.is_integer() => {
                    (left, self.cast_to(right, Type::Bool))
                }
                (other, Type::Bool) if other.is_integer() => {
                    (self.cast_to(left, Type::Bool), right)
                }
                _ => (left, right),
            };
            return self.make(symbol, vec![left, right], span);
        }
        let (left, right) = (self.as_text(left)?, self.as_text(right)?);
        let (name, is_negated) = match operator {
            BinaryOperator::EqualIgnoreCase => ("=~", false),
            BinaryOperator::NotEqualIgnoreCase => ("!~", false),
            BinaryOperator::MatchesRegex => ("matches regex", false),
            BinaryOperator::Text(text) => {
                let name = match (text.relation, text.is_case_sensitive) {
                    (TextRelation::Contains, false) => "contains",
                    (TextRelation::Contains, true) => "contains_cs",
                    (TextRelation::Has, false) => "has",
                    (TextRelation::Has, true) => "has_cs",
                    (TextRelation::HasPrefix, false) => "hasprefix",
                    (TextRelation::HasPrefix, true) => "hasprefix_cs",
                    (TextRelation::HasSuffix, false) => "hassuffix",
                    (TextRelation::HasSuffix, true) => "hassuffix_cs",
                    (TextRelation::StartsWith, false) => "startswith",
                    (TextRelation::StartsWith, true) => "startswith_cs",
                    (TextRelation::EndsWith, false) => "endswith",
                    (TextRelation::EndsWith, true) => "endswith_cs",
                    (TextRelation::Like, _) => {
                        return wrong_with_help(
                            codes::NOT_SUPPORTED,
                            operator_span,
                            "`like` is not supported here",
                            "use `contains` or `startswith`",
                        );
                    }
                };
                (name, text.is_negated)
            }
            _ => return wrong(codes::SYNTAX, operator_span, "this operator is not known"),
        };
        let found = self.make(name, vec![left, right], span)?;
        if is_negated {
            self.make("not", vec![found], span)
        } else {
            Ok(found)
        }
    }

    /// An operand of a string operator: a text, or a dynamic printed.
    fn as_text(&mut self, operand: Expr) -> Bound<Expr> {
        match operand.kind {
            Type::String => Ok(operand),
            Type::Dynamic => Ok(self.cast_to(operand, Type::String)),
            kind => wrong_with_help(
                codes::TYPE,
                operand.span,
                format!(
                    "a string operator cannot be applied to type `{}`",
                    kind.name()
                ),
                "convert it with `tostring(…)`",
            ),
        }
    }

    fn in_list(
        &mut self,
        operator: ListOperator,
        left: &'q tree::Expr,
        list: &'q [tree::Expr],
        span: Span,
        environment: &Environment<'q>,
        row: &mut Row,
    ) -> Bound<Expr> {
        let left = self.scalar(left, environment, row)?;
        let mut items = Vec::with_capacity(list.len());
        for item in list {
            if self.is_tabular(item, environment) {
                let plan = self.tabular(item, environment)?;
                let kind = plan.fields.first().map_or(Type::String, |field| field.kind);
                let relation = self.need(plan)?;
                for at in 0..relation.n_rows() {
                    items.push(Expr::constant(relation.value(at, 0), kind, item.span()));
                }
                continue;
            }
            let bound = self.scalar(item, environment, row)?;
            match (bound.kind, bound.as_constant()) {
                (Type::Dynamic, Some(Value::Dynamic(value))) if value.items().is_some() => {
                    for inner in value.items().unwrap_or_default() {
                        let scalar = inner.to_scalar();
                        let kind = scalar.kind().unwrap_or(Type::Dynamic);
                        items.push(Expr::constant(scalar, kind, item.span()));
                    }
                }
                (Type::Dynamic, None) => {
                    return wrong_with_help(
                        codes::NOT_CONSTANT,
                        item.span(),
                        "a list of dynamic values requires a constant here",
                        "use `set_has_element(…)`",
                    );
                }
                _ => items.push(bound),
            }
        }
        let (name, is_negated) = match operator {
            ListOperator::In => ("in", false),
            ListOperator::NotIn => ("in", true),
            ListOperator::InIgnoreCase => ("in~", false),
            ListOperator::NotInIgnoreCase => ("in~", true),
            ListOperator::HasAny => ("has_any", false),
            ListOperator::HasAll => ("has_all", false),
        };
        let is_text = !matches!(operator, ListOperator::In | ListOperator::NotIn);
        let left = if is_text { self.as_text(left)? } else { left };
        // Elements that can never be equal to the left side are left out, as Kusto does with a list of mixed types.
        let mut arguments = vec![left];
        for item in items {
            let item = if is_text && item.kind != Type::String {
                self.cast_to(item, Type::String)
            } else {
                item
            };
            let kind = arguments.first().map_or(Type::String, |left| left.kind);
            if !operands::are_comparable(kind, item.kind, true) {
                return wrong(
                    codes::NEVER_EQUAL,
                    item.span,
                    format!(
                        "`{}` cannot be in a list searched for `{}`",
                        item.kind.name(),
                        kind.name()
                    ),
                );
            }
            arguments.push(item);
        }
        let found = self.make(name, arguments, span)?;
        if is_negated {
            self.make("not", vec![found], span)
        } else {
            Ok(found)
        }
    }

    /// The expression as another type.
    pub(super) fn cast_to(&self, expression: Expr, kind: Type) -> Expr {
        if expression.kind == kind {
            return expression;
        }
        let name = match kind {
            Type::Bool => "tobool",
            Type::Int => "toint",
            Type::Long => "tolong",
            Type::Real => "toreal",
            Type::Decimal => "todecimal",
            Type::String => "tostring",
            Type::DateTime => "todatetime",
            Type::TimeSpan => "totimespan",
            Type::Guid => "toguid",
            Type::Dynamic => "parse_json",
        };
        let span = expression.span;
        match scalar::find(name) {
            Some(function) => self
                .folded(function, vec![expression], kind, span)
                .unwrap_or_else(|_| Expr::constant(Value::Null, kind, span)),
            None => expression,
        }
    }

    /// A call whose type follows from the catalogue.
    pub(super) fn make(&self, name: &str, arguments: Vec<Expr>, span: Span) -> Bound<Expr> {
        let Some(function) = scalar::find(name) else {
            return wrong(
                codes::UNKNOWN_FUNCTION,
                span,
                format!("there is no function `{}`", crate::text::cut(name, 40)),
            );
        };
        let kind = self.return_type(function, &arguments, span)?;
        self.folded(function, arguments, kind, span)
    }

    fn make_typed(&self, name: &str, arguments: Vec<Expr>, kind: Type, span: Span) -> Bound<Expr> {
        match scalar::find(name) {
            Some(function) => self.folded(function, arguments, kind, span),
            None => wrong(
                codes::UNKNOWN_FUNCTION,
                span,
                format!("there is no function `{}`", crate::text::cut(name, 40)),
            ),
        }
    }

    pub(super) fn return_type(
        &self,
        function: &Scalar,
        arguments: &[Expr],
        span: Span,
    ) -> Bound<Type> {
        let kinds: Vec<Type> = arguments.iter().map(|argument| argument.kind).collect();
        let found = match function.returns {
            scalar::Returns::Is(kind) => Ok(kind),
            scalar::Returns::Same(at) => kinds
                .get(at)
                .copied()
                .ok_or_else(|| "an argument is missing".to_owned()),
            scalar::Returns::Common(from) => {
                operands::common_type(kinds.iter().skip(from).copied())
            }
            scalar::Returns::By(decide) => decide(&kinds),
        };
        found.or_else(|reason| wrong(codes::TYPE, span, reason))
    }

    /// A call; of constants, its answer.
    pub(super) fn folded(
        &self,
        function: &'static Scalar,
        arguments: Vec<Expr>,
        kind: Type,
        span: Span,
    ) -> Bound<Expr> {
        let constants: Option<Vec<Value>> = arguments
            .iter()
            .map(|argument| argument.as_constant().cloned())
            .collect();
        let call = Call {
            function,
            arguments,
            memo: Memo::default(),
        };
        let Some(values) = constants else {
            return Ok(Expr {
                node: Node::Call(Box::new(call)),
                kind,
                span,
            });
        };
        if matches!(function.name, "+" | "-" | "*") && overflows(function.name, &values) {
            return wrong(
                codes::BAD_VALUE,
                span,
                "the constant does not fit into a `long`",
            );
        }
        let context = Context::new(self.now);
        let value = crate::engine::eval::call_row(&call, &context, &values);
        if let Some((code, reason)) = context.take_refusal() {
            return wrong(code, span, reason);
        }
        let value = match (value, kind) {
            (Value::Null, Type::String) => Value::string(""),
            (Value::Int(number), Type::Long) => Value::Long(i64::from(number)),
            (value, _) => value,
        };
        Ok(Expr::constant(value, kind, span))
    }
}

/// Whether one side is a text, the other a whole number or bool, and one of them a constant:
/// published queries write `EventID == "4624"` and `success == false`, and Kusto takes it.
fn is_text_and_constant(left: &Expr, right: &Expr) -> bool {
    let is_mixed = matches!(
        (left.kind, right.kind),
        (Type::String, Type::Int | Type::Long | Type::Bool)
            | (Type::Int | Type::Long | Type::Bool, Type::String)
    );
    is_mixed && (left.as_constant().is_some() || right.as_constant().is_some())
}

/// Whether whole constants leave the range of `long`, which Kusto rejects.
fn overflows(symbol: &str, values: &[Value]) -> bool {
    let [Some(a), Some(b)] = [
        values.first().and_then(Value::as_long),
        values.get(1).and_then(Value::as_long),
    ] else {
        return false;
    };
    match symbol {
        "+" => a.checked_add(b).is_none(),
        "-" => a.checked_sub(b).is_none(),
        _ => a.checked_mul(b).is_none(),
    }
}
