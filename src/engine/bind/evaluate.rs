//! Binding of `evaluate`: the arguments of plugins, `pivot`, and declared schemas.

use super::summarize::split_assignment;
use super::{Binder, Bound, Environment, Plan, Row, naming, wrong, wrong_with_help};
use crate::diagnostic::codes;
use crate::engine::batch::Batch;
use crate::engine::plan::{Expr, Node, Operator as Step};
use crate::engine::plugin::{Argument, Given, Input, Plugin};
use crate::engine::scalar::convert;
use crate::engine::{Relation, plugin};
use crate::kql::tree;
use crate::table::{ColumnBuilder, Field};
use crate::text::Span;
use crate::value::{Type, Value};
use std::rc::Rc;

impl<'q> Binder<'q> {
    pub(super) fn evaluate(
        &mut self,
        input: Plan,
        plugin: &'q tree::Name,
        arguments: &'q [tree::Expr],
        schema: Option<&[tree::ColumnDeclaration]>,
        span: Span,
        environment: &Environment<'q>,
    ) -> Bound<Plan> {
        let Some(entry) = plugin::find(&plugin.text) else {
            return wrong_with_help(
                codes::NOT_SUPPORTED,
                plugin.span,
                format!(
                    "the plugin `{}` is not supported here",
                    crate::text::cut(&plugin.text, 40)
                ),
                plugin::instead_of(&plugin.text),
            );
        };
        if entry.needs_order && !input.is_serialized {
            return wrong_with_help(
                codes::NOT_SERIALIZED,
                plugin.span,
                format!("`{}` requires rows in a fixed order", entry.name),
                "put `| serialize` or `| sort by …` before",
            );
        }
        if entry.name == "preview" && schema.is_none() {
            return self.preview(entry, input, arguments, span, environment);
        }
        let source: Vec<Field> = input.fields.clone();
        let made = if entry.name == "pivot" {
            self.pivot(input, arguments, span, environment)?
        } else {
            self.run_plugin(entry, input, arguments, span, environment)?
        };
        let made = match schema {
            Some(schema) => self.under_schema(&made, schema, &source)?,
            None => made,
        };
        Ok(Plan {
            keyword: "evaluate",
            ..Plan::rows(&Rc::new(made), span)
        })
    }

    /// The first rows, and beside them how many there are.
    fn preview(
        &mut self,
        entry: &Plugin,
        input: Plan,
        arguments: &'q [tree::Expr],
        span: Span,
        environment: &Environment<'q>,
    ) -> Bound<Plan> {
        self.must_be_query(span)?;
        let relation = self.need(input)?;
        let mut count = ColumnBuilder::new(Type::Long);
        count.push(&Value::Long(relation.n_rows() as i64));
        let count = Relation {
            fields: vec![Field::new("Count", Type::Long)],
            batches: vec![Batch::of(vec![count.finish()], 1)],
        };
        let input = Plan::rows(&relation, span);
        let first = self.run_plugin(entry, input, arguments, span, environment)?;
        let table = |name: &str, relation| (name.to_owned(), Plan::rows(&Rc::new(relation), span));
        self.several(
            vec![table("Results", first), table("Results_2", count)],
            span,
        )
    }

    fn run_plugin(
        &mut self,
        entry: &Plugin,
        mut input: Plan,
        arguments: &'q [tree::Expr],
        span: Span,
        environment: &Environment<'q>,
    ) -> Bound<Relation> {
        let n_fields = input.fields.len();
        let mut given: Vec<Argument> = Vec::new();
        let mut columns = input.all_columns(span);
        let mut fields = input.fields.clone();
        for argument in arguments {
            let (name, value) = split_assignment(argument);
            let parameter = name.and_then(|name| {
                let is_name = |known: &&str| known.eq_ignore_ascii_case(name);
                entry.parameters.iter().position(is_name)
            });
            let mut bound = Argument {
                name: name.filter(|_| parameter.is_none()).map(str::to_owned),
                column: naming::column_name(value).unwrap_or_default(),
                ..Argument::default()
            };
            if entry.takes_table && given.is_empty() {
                let plan = self.tabular(value, environment)?;
                bound.given = Given::Table(self.need(plan)?);
            } else if entry.takes_table
                && let tree::Expr::Name(name) = value
                && !input.fields.iter().any(|field| field.name == name.text)
                && Self::lookup(environment, &name.text).is_none()
            {
                // A column of the table alone: the plugin finds it there.
                bound.given = Given::Constant(Value::Null);
            } else {
                let value = self.scalar(value, environment, &mut Row::of(&input.fields))?;
                bound.kind = Some(value.kind);
                bound.given = match (&value.node, value.as_constant()) {
                    (_, Some(constant)) => Given::Constant(constant.clone()),
                    (Node::Column(at), _) => Given::Column(*at),
                    _ => {
                        fields.push(Field::new(
                            &format!("$argument{}", columns.len()),
                            value.kind,
                        ));
                        columns.push(value);
                        Given::Column(columns.len() - 1)
                    }
                };
            }
            match parameter {
                None => given.push(bound),
                Some(at) => {
                    while given.len() <= at {
                        given.push(Argument::default());
                    }
                    if let Some(place) = given.get_mut(at) {
                        *place = bound;
                    }
                }
            }
        }
        if columns.len() > n_fields {
            input = Plan::project(input, columns, fields, span, "");
        }
        let relation = self.need(input)?;
        let input = Input {
            relation: &relation,
            n_fields,
            arguments: &given,
        };
        (entry.run)(&input).or_else(|refusal| wrong(refusal.code, span, refusal.reason))
    }

    /// The declared columns alone; `*` stands for those of the source that the plugin kept.
    fn under_schema(
        &self,
        made: &Relation,
        schema: &[tree::ColumnDeclaration],
        source: &[Field],
    ) -> Bound<Relation> {
        let mut columns: Vec<(Field, Option<usize>)> = Vec::new();
        for declared in schema {
            if declared.name.text == "*" {
                for (at, field) in made.fields.iter().enumerate() {
                    let is_declared =
                        |other: &tree::ColumnDeclaration| other.name.text == field.name;
                    if source.iter().any(|known| known.name == field.name)
                        && !schema.iter().any(is_declared)
                    {
                        columns.push((field.clone(), Some(at)));
                    }
                }
                continue;
            }
            let kind = self.type_of(&declared.type_name)?;
            let is_it = |field: &Field| field.name == declared.name.text;
            let at = made.fields.iter().position(is_it);
            columns.push((Field::new(&declared.name.text, kind), at));
        }
        let n_rows = made.n_rows();
        let build = |(field, at): &(Field, Option<usize>)| {
            let mut builder = ColumnBuilder::new(field.kind);
            for row in 0..n_rows {
                let value = at.map_or(Value::Null, |at| made.value(row, at));
                let value = if value.kind() == Some(field.kind) {
                    value
                } else {
                    convert::convert(&value, field.kind)
                };
                builder.push(&value);
            }
            builder.finish()
        };
        let built = columns.iter().map(build).collect();
        Ok(Relation {
            fields: columns.into_iter().map(|(field, _)| field).collect(),
            batches: vec![crate::engine::batch::Batch::of(built, n_rows)],
        })
    }

    /// `evaluate pivot(column, aggregate, keep…)`: one column a value.
    fn pivot(
        &mut self,
        input: Plan,
        arguments: &'q [tree::Expr],
        span: Span,
        environment: &Environment<'q>,
    ) -> Bound<Relation> {
        let mut row = Row::of(&input.fields);
        let Some(pivoted) = arguments.first() else {
            return wrong(codes::ARGUMENT_COUNT, span, "`pivot` requires a column");
        };
        let pivoted = self.scalar(pivoted, environment, &mut row)?;
        let (entry, call, value_columns) = match arguments.get(1) {
            None => (crate::engine::aggregate::find("count"), None, Vec::new()),
            Some(tree::Expr::Call {
                function,
                arguments: inner,
                span: call_span,
            }) => {
                let Some(entry) = crate::engine::aggregate::find(&function.text) else {
                    return wrong(
                        codes::UNKNOWN_FUNCTION,
                        function.span,
                        "`pivot` requires an aggregate here",
                    );
                };
                let call =
                    self.aggregate_call(entry, function, inner, *call_span, environment, &row)?;
                let mut used = Vec::new();
                call.arguments
                    .iter()
                    .for_each(|argument| argument.for_each_column(&mut |at| used.push(at)));
                (Some(entry), Some(call), used)
            }
            Some(other) => {
                return wrong(
                    codes::TYPE,
                    other.span(),
                    "`pivot` requires an aggregate here",
                );
            }
        };
        let Some(entry) = entry else {
            return wrong(codes::NOT_SUPPORTED, span, "`count` is missing");
        };
        let call = call.unwrap_or(crate::engine::plan::AggregateCall {
            function: entry,
            arguments: Vec::new(),
            results: vec![Type::Long],
            span,
        });
        let Node::Column(pivot_at) = pivoted.node else {
            return wrong(codes::TYPE, pivoted.span, "`pivot` requires a column");
        };
        let mut kept = Vec::new();
        if arguments.len() > 2 {
            for column in arguments.iter().skip(2) {
                let bound = self.scalar(column, environment, &mut row)?;
                match bound.node {
                    Node::Column(at) => kept.push(at),
                    _ => return wrong(codes::TYPE, bound.span, "`pivot` requires columns here"),
                }
            }
        } else {
            kept.extend(
                (0..input.fields.len()).filter(|at| *at != pivot_at && !value_columns.contains(at)),
            );
        }
        // Group by the kept columns and the pivoted one, then spread.
        let kind_of = |at: usize| {
            input
                .fields
                .get(at)
                .map_or(Type::Dynamic, |field| field.kind)
        };
        let mut groups: Vec<Expr> = kept
            .iter()
            .map(|&at| Expr::column(at, kind_of(at), span))
            .collect();
        let mut fields: Vec<Field> = kept
            .iter()
            .filter_map(|&at| input.fields.get(at).cloned())
            .collect();
        if groups.iter().any(|group| group.kind == Type::Dynamic) {
            return wrong(
                codes::TYPE,
                span,
                "`pivot` cannot keep a `dynamic` column; convert it first",
            );
        }
        let pivot_text = self.cast_to(pivoted, Type::String);
        groups.push(pivot_text);
        fields.push(Field::new("$pivot", Type::String));
        let result = call.results.first().copied().unwrap_or(Type::Long);
        fields.push(Field {
            name: "$value".to_owned(),
            kind: result,
        });
        let grouped = Plan {
            operator: Step::Summarize {
                input: Box::new(input),
                groups,
                aggregates: vec![call],
            },
            fields,
            span,
            keyword: "",
            is_serialized: false,
        };
        let relation = self.need(grouped)?;
        plugin::spread(&relation, kept.len(), entry.name)
            .or_else(|refusal| wrong(refusal.code, span, refusal.reason))
    }
}
