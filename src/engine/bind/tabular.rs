//! Binding of tabular expressions: sources and operators.

use super::calls::argument_of;
use super::fork::gives_several;
use super::summarize::split_assignment;
use super::window::with_windows;
use super::{
    Binder, Binding, Bound, Environment, NamedTable, Render, Row, Scope, Stop, TableSource, naming,
    operands, wrong, wrong_with_help,
};
use crate::diagnostic::{Diagnostic, codes};
use crate::engine::Relation;
use crate::engine::batch::Batch;
use crate::engine::operator::{self, parse, series};
use crate::engine::plan::{Expansion, Expr, JoinKind, Node, Operator as Step, Plan, SortKey};
use crate::kql::names::nearest;
use crate::kql::tree::{self, Literal, Operator, Property, property};
use crate::table::{ColumnBuilder, Field};
use crate::text::Span;
use crate::value::{Type, Value, order};
use std::rc::Rc;

pub(super) fn word(expression: &tree::Expr) -> Option<&str> {
    match expression {
        tree::Expr::Name(name) => Some(&name.text),
        tree::Expr::Literal(Literal::String(text), _) => Some(text),
        tree::Expr::Literal(Literal::Bool(Some(true)), _) => Some("true"),
        tree::Expr::Literal(Literal::Bool(Some(false)), _) => Some("false"),
        _ => None,
    }
}

impl Plan {
    pub(super) fn project(
        input: Self,
        columns: Vec<Expr>,
        fields: Vec<Field>,
        span: Span,
        keyword: &'static str,
    ) -> Self {
        let is_serialized = input.is_serialized;
        Self {
            operator: Step::Project {
                input: Box::new(input),
                columns,
            },
            fields,
            span,
            keyword,
            is_serialized,
        }
    }

    /// Every column of the plan, as expressions.
    pub(super) fn all_columns(&self, span: Span) -> Vec<Expr> {
        self.fields
            .iter()
            .enumerate()
            .map(|(at, field)| Expr::column(at, field.kind, span))
            .collect()
    }

    pub(super) fn rows(relation: &Rc<Relation>, span: Span) -> Self {
        Self {
            operator: Step::Rows(Rc::new(relation.batches.clone())),
            fields: relation.fields.clone(),
            span,
            keyword: "",
            is_serialized: false,
        }
    }
}

impl<'q> Binder<'q> {
    /// Binds an expression that gives rows.
    pub(super) fn tabular(
        &mut self,
        expression: &'q tree::Expr,
        environment: &Environment<'q>,
    ) -> Bound<Plan> {
        self.count_node(expression.span())?;
        self.noted_source(expression, environment, |binder| {
            binder.nested(expression.span(), |binder| {
                binder.tabular_inside(expression, environment)
            })
        })
    }

    fn tabular_inside(
        &mut self,
        expression: &'q tree::Expr,
        environment: &Environment<'q>,
    ) -> Bound<Plan> {
        match expression {
            tree::Expr::Paren(inner, _) => self.tabular(inner, environment),
            tree::Expr::Pipe(pipeline) => self.pipeline(pipeline, environment),
            tree::Expr::Name(name) => self.table(name, environment),
            tree::Expr::Datatable {
                columns,
                values,
                span,
            } => self.datatable(columns, values, *span, environment),
            tree::Expr::ExternalData { span, .. } => wrong_with_help(
                codes::NEEDS_SERVICE,
                *span,
                "`externaldata` needs a service and cannot run here",
                "load the file itself and name its table",
            ),
            tree::Expr::Call {
                function,
                arguments,
                span,
            } => self.tabular_call(function, arguments, *span, environment),
            tree::Expr::Member { span, .. } => wrong_with_help(
                codes::NEEDS_SERVICE,
                *span,
                "another cluster, workspace or app cannot be read from here",
                "load its export and name the table alone",
            ),
            other => wrong_with_help(
                codes::TYPE,
                other.span(),
                "a table is required here",
                "use `print` for a single value",
            ),
        }
    }

    fn table(&mut self, name: &'q tree::Name, environment: &Environment<'q>) -> Bound<Plan> {
        match Self::lookup(environment, &name.text) {
            Some(Binding::Table(table)) => {
                let table = Rc::clone(table);
                return self.named_table(&table, name.span);
            }
            Some(Binding::Function(function, scope)) => {
                let (function, scope) = (*function, scope.clone());
                return self.call_user_table(function, &scope, &[], name.span, environment, &[]);
            }
            Some(Binding::Scalar(_)) => {
                return wrong(
                    codes::TYPE,
                    name.span,
                    format!(
                        "`{}` is a value, not a table",
                        crate::text::cut(&name.text, 40)
                    ),
                );
            }
            None => {}
        }
        if let Some(view) = self.tables.find(&name.text) {
            return Ok(Plan {
                fields: view.fields.clone(),
                operator: Step::Scan(view),
                span: name.span,
                keyword: "table",
                is_serialized: false,
            });
        }
        let known = self.tables.names();
        let shown = crate::text::cut(&name.text, 40);
        let diagnostic = Diagnostic::error(
            codes::UNKNOWN_TABLE,
            name.span,
            format!("there is no table `{shown}`"),
        );
        let diagnostic = match nearest(&name.text, known.iter().map(String::as_str)) {
            Some(found) => diagnostic.with_name(name.span, found),
            None if known.is_empty() => {
                diagnostic.with_help("load an export first, or start with `datatable` or `print`")
            }
            None => diagnostic.with_help(format!(
                "loaded are {}",
                known
                    .iter()
                    .take(4)
                    .map(String::as_str)
                    .collect::<Vec<_>>()
                    .join(", ")
            )),
        };
        Err(Stop::Wrong(Box::new(diagnostic)))
    }

    fn named_table(&mut self, table: &Rc<NamedTable<'q>>, span: Span) -> Bound<Plan> {
        if let Some(rows) = table.rows.borrow().as_ref() {
            return Ok(Plan::rows(rows, span));
        }
        let plan = self.unnamed_table(table, span)?;
        for column in table.required {
            let kind = self.type_of(&column.type_name)?;
            let fits = |field: &Field| field.name == column.name.text && field.kind == kind;
            if !plan.fields.iter().any(fits) && !super::notes::is_open(&plan.fields) {
                return wrong(
                    codes::TYPE,
                    span,
                    format!(
                        "the function asks for a column `{}` of type `{}`",
                        crate::text::cut(&column.name.text, 40),
                        kind.name()
                    ),
                );
            }
        }
        Ok(plan)
    }

    fn unnamed_table(&mut self, table: &Rc<NamedTable<'q>>, span: Span) -> Bound<Plan> {
        match &table.source {
            TableSource::Plan(plan) => Ok(plan.as_ref().clone()),
            TableSource::Expr(expression, scope) => {
                // `let x = materialize(…)` runs once, whatever the number of uses.
                if let tree::Expr::Call {
                    function,
                    arguments,
                    ..
                } = expression
                    && function.text == "materialize"
                    && let [argument] = arguments.as_slice()
                {
                    let plan = self.tabular(argument, scope)?;
                    let relation = self.need(plan)?;
                    *table.rows.borrow_mut() = Some(Rc::clone(&relation));
                    return Ok(Plan::rows(&relation, span));
                }
                self.tabular(expression, scope)
            }
        }
    }

    fn tabular_call(
        &mut self,
        function: &'q tree::Name,
        arguments: &'q [tree::Expr],
        span: Span,
        environment: &Environment<'q>,
    ) -> Bound<Plan> {
        if let Some(Binding::Function(body, scope)) = Self::lookup(environment, &function.text) {
            let (body, scope) = (*body, scope.clone());
            return self.call_user_table(body, &scope, arguments, span, environment, &[]);
        }
        match (function.text.as_str(), arguments) {
            ("materialize", [argument]) => {
                let plan = self.tabular(argument, environment)?;
                let relation = self.need(plan)?;
                Ok(Plan::rows(&relation, span))
            }
            ("table", [argument, ..]) => {
                let name = self.scalar(argument, environment, &mut Row::none())?;
                match name
                    .as_constant()
                    .and_then(Value::as_str)
                    .map(|name| self.tables.find(name))
                {
                    Some(Some(view)) => Ok(Plan {
                        fields: view.fields.clone(),
                        operator: Step::Scan(view),
                        span,
                        keyword: "table",
                        is_serialized: false,
                    }),
                    Some(None) => {
                        wrong(codes::UNKNOWN_TABLE, span, "there is no table of this name")
                    }
                    None => wrong(
                        codes::NOT_CONSTANT,
                        span,
                        "`table` requires a constant name",
                    ),
                }
            }
            ("app" | "workspace" | "cluster" | "database" | "resource", _) => wrong_with_help(
                codes::NEEDS_SERVICE,
                span,
                format!("`{}` needs a service and cannot run here", function.text),
                "load the other resource's export and name its table",
            ),
            _ => {
                // A scalar call where rows are required: say what it is.
                let bound = self.call(function, arguments, span, environment, &mut Row::none())?;
                wrong(
                    codes::TYPE,
                    span,
                    format!(
                        "`{}` gives a value of type `{}`, not a table",
                        function.text,
                        bound.kind.name()
                    ),
                )
            }
        }
    }

    pub(super) fn call_user_table(
        &mut self,
        function: &'q tree::Function,
        scope: &Environment<'q>,
        arguments: &'q [tree::Expr],
        span: Span,
        caller: &Environment<'q>,
        leading: &[Rc<NamedTable<'q>>],
    ) -> Bound<Plan> {
        self.count_node(span)?;
        if !leading.is_empty() {
            return self.invoke_with(function, scope, arguments, span, caller, leading);
        }
        let inner =
            self.bind_parameters(function, scope, arguments, span, caller, &mut Row::none())?;
        self.body(function, inner, span)
    }

    /// The value of a function whose parameters are in the scope.
    fn body(
        &mut self,
        function: &'q tree::Function,
        mut scope: Environment<'q>,
        span: Span,
    ) -> Bound<Plan> {
        let mut last = None;
        for statement in &function.body {
            match statement {
                tree::Statement::Expression(expression) => last = Some(expression),
                other => scope = self.statement(other, scope)?,
            }
        }
        match last {
            Some(expression) => self.tabular(expression, &scope),
            None => wrong(codes::EMPTY, span, "the function has no value"),
        }
    }

    /// `invoke f(args)`: the input is the first argument.
    fn invoke_with(
        &mut self,
        function: &'q tree::Function,
        scope: &Environment<'q>,
        arguments: &'q [tree::Expr],
        span: Span,
        caller: &Environment<'q>,
        leading: &[Rc<NamedTable<'q>>],
    ) -> Bound<Plan> {
        let (Some(first), Some(table)) = (function.parameters.first(), leading.first()) else {
            return wrong(codes::ARGUMENT_COUNT, span, "the function takes no table");
        };
        let mut inner = Some(Rc::new(Scope {
            name: &first.name,
            binding: Binding::Table(Rc::clone(table)),
            parent: scope.clone(),
        }));
        for (at, parameter) in function.parameters.iter().skip(1).enumerate() {
            let given = argument_of(parameter, at, arguments);
            let Some(value) = given.or(parameter.default.as_ref()) else {
                return wrong(
                    codes::ARGUMENT_COUNT,
                    span,
                    format!(
                        "the argument `{}` is missing",
                        crate::text::cut(&parameter.name.text, 40)
                    ),
                );
            };
            let binding = match &parameter.kind {
                tree::ParameterKind::Scalar(kind) => {
                    let value = self.scalar(value, caller, &mut Row::none())?;
                    Binding::Scalar(self.cast_to(value, self.type_of(kind)?))
                }
                tree::ParameterKind::Table { columns, .. } => {
                    let source = TableSource::Expr(value, caller.clone());
                    Binding::Table(NamedTable::new(source, columns))
                }
            };
            inner = Some(Rc::new(Scope {
                name: &parameter.name,
                binding,
                parent: inner,
            }));
        }
        self.body(function, inner, span)
    }

    fn datatable(
        &mut self,
        columns: &'q [tree::ColumnDeclaration],
        values: &'q [tree::Expr],
        span: Span,
        environment: &Environment<'q>,
    ) -> Bound<Plan> {
        let mut fields = Vec::with_capacity(columns.len());
        for column in columns {
            fields.push(Field::new(
                &column.name.text,
                self.type_of(&column.type_name)?,
            ));
        }
        if fields.is_empty() || !values.len().is_multiple_of(fields.len()) {
            return wrong(
                codes::ARGUMENT_COUNT,
                span,
                format!(
                    "{} values do not fill rows of {} columns",
                    values.len(),
                    fields.len()
                ),
            );
        }
        let mut builders: Vec<ColumnBuilder> = fields
            .iter()
            .map(|field| ColumnBuilder::new(field.kind))
            .collect();
        for (at, value) in values.iter().enumerate() {
            let bound = self.scalar(value, environment, &mut Row::none())?;
            let Some(field) = fields.get(at % fields.len()) else {
                continue;
            };
            let bound = self.cast_to(bound, field.kind);
            let Some(constant) = bound.as_constant() else {
                return wrong(
                    codes::NOT_CONSTANT,
                    value.span(),
                    "a `datatable` holds constants only",
                );
            };
            if let Some(builder) = builders.get_mut(at % fields.len()) {
                builder.push(constant);
            }
        }
        let n_rows = values.len() / fields.len();
        let batch = Batch::of(
            builders.into_iter().map(ColumnBuilder::finish).collect(),
            n_rows,
        );
        Ok(Plan {
            operator: Step::Rows(Rc::new(vec![batch])),
            fields,
            span,
            keyword: "datatable",
            is_serialized: false,
        })
    }

    fn pipeline(
        &mut self,
        pipeline: &'q tree::Pipeline,
        environment: &Environment<'q>,
    ) -> Bound<Plan> {
        let plan = match pipeline.source.as_ref() {
            tree::Source::Expr(expression) => self.tabular(expression, environment)?,
            tree::Source::Operator(operator) => self.source_operator(operator, environment)?,
        };
        self.operators(&pipeline.operators, plan, environment)
    }

    /// Binds operators one behind the other; what `as` names is known to those behind it.
    pub(super) fn operators(
        &mut self,
        operators: &'q [Operator],
        input: Plan,
        environment: &Environment<'q>,
    ) -> Bound<Plan> {
        let mut environment = environment.clone();
        let mut plan = input;
        for operator in operators {
            if let Operator::As { name, span, .. } = operator {
                self.count_operator(*span)?;
                let table = NamedTable::new(TableSource::Plan(Box::new(plan.clone())), &[]);
                environment = Some(Rc::new(Scope {
                    name,
                    binding: Binding::Table(table),
                    parent: environment,
                }));
                continue;
            }
            plan = self.noted_operator(operator, plan, &environment)?;
        }
        if let Some(early) = operators
            .iter()
            .rev()
            .skip(1)
            .find(|one| gives_several(one))
        {
            return wrong(
                codes::SYNTAX,
                early.span(),
                "nothing can stand behind an operator that gives several tables",
            );
        }
        Ok(plan)
    }

    /// Operators that may stand first.
    fn source_operator(
        &mut self,
        operator: &'q Operator,
        environment: &Environment<'q>,
    ) -> Bound<Plan> {
        if matches!(
            operator,
            Operator::Union { .. } | Operator::Search { .. } | Operator::Find { .. }
        ) {
            self.count_operator(operator.span())?;
        }
        match operator {
            Operator::Print { columns, span } => {
                let one = Plan {
                    operator: Step::Rows(Rc::new(vec![Batch {
                        columns: Vec::new(),
                        n_rows: 1,
                    }])),
                    fields: Vec::new(),
                    span: *span,
                    keyword: "",
                    is_serialized: false,
                };
                self.project(one, columns, *span, environment, "print")
            }
            Operator::Range {
                column,
                from,
                to,
                step,
                span,
            } => self.range(column, from, to, step, *span, environment),
            Operator::Union {
                properties,
                tables,
                span,
            } => self.union(None, properties, tables, *span, environment),
            Operator::Search {
                properties,
                tables,
                predicate,
                span,
            } => {
                let legs = if tables.is_empty() {
                    self.all_tables(*span)
                } else {
                    self.legs(tables, "search_arg", 0, false, environment)?
                };
                self.search(legs, properties, predicate, *span, environment)
            }
            Operator::Find { .. } => self.find(operator, environment),
            Operator::Evaluate { plugin, .. } => wrong_with_help(
                codes::NEEDS_SERVICE,
                plugin.span,
                format!(
                    "`{}` asks a service for rows",
                    crate::text::cut(&plugin.text, 40)
                ),
                crate::engine::plugin::instead_of(&plugin.text),
            ),
            other => wrong(
                codes::SYNTAX,
                other.span(),
                "this operator requires a table before it",
            ),
        }
    }

    pub(super) fn operator(
        &mut self,
        operator: &'q Operator,
        input: Plan,
        environment: &Environment<'q>,
    ) -> Bound<Plan> {
        let span = operator.span();
        self.count_operator(span)?;
        if let Step::Graph(_) = input.operator
            && !is_of_graph(operator)
        {
            return wrong_with_help(
                codes::TYPE,
                span,
                "this operator requires a table, not a graph",
                "put `| graph-match …` or `| graph-to-table nodes` before",
            );
        }
        match operator {
            Operator::Where { predicate, .. } => {
                let mut row = Row::with_windows(&input);
                let bound = self.scalar(predicate, environment, &mut row)?;
                let predicate = self.condition(bound)?;
                Ok(self.filter_with_windows(input, predicate, row, span))
            }
            Operator::Project { columns, .. } => {
                self.project(input, columns, span, environment, "project")
            }
            Operator::Extend { columns, .. } => {
                self.extend(input, columns, span, environment, "extend")
            }
            Operator::Serialize { columns, .. } => {
                let mut input = input;
                input.is_serialized = true;
                self.extend(input, columns, span, environment, "serialize")
            }
            Operator::ProjectAway { columns, .. } => {
                self.must_be_known(columns, &input.fields)?;
                Ok(self.pick_columns(input, span, "project-away", |field| {
                    !columns
                        .iter()
                        .any(|pattern| matches_pattern(pattern, &field.name))
                }))
            }
            Operator::ProjectKeep { columns, .. } => {
                self.must_be_known(columns, &input.fields)?;
                Ok(self.pick_columns(input, span, "project-keep", |field| {
                    columns
                        .iter()
                        .any(|pattern| matches_pattern(pattern, &field.name))
                }))
            }
            Operator::ProjectRename { columns, .. } => {
                self.rename(input, columns, span, environment)
            }
            Operator::ProjectReorder { columns, .. } => self.reorder(input, columns, span),
            Operator::Summarize { aggregates, by, .. } => {
                self.summarize(input, aggregates, by, span, environment)
            }
            Operator::Distinct { columns, .. } => self.distinct(input, columns, span, environment),
            Operator::Count { name, .. } => {
                let (input, arguments) = distinct_texts(input);
                let name_of_call = if arguments.is_empty() {
                    "count"
                } else {
                    "count_distinct"
                };
                let Some(function) = crate::engine::aggregate::find(name_of_call) else {
                    return wrong(codes::NOT_SUPPORTED, span, "`count` is missing");
                };
                let call = crate::engine::plan::AggregateCall {
                    function,
                    arguments,
                    results: vec![Type::Long],
                    span,
                };
                let name = name.as_ref().map_or("Count", |name| name.text.as_str());
                Ok(Plan {
                    operator: Step::Summarize {
                        input: Box::new(input),
                        groups: Vec::new(),
                        aggregates: vec![call],
                    },
                    fields: vec![Field::new(name, Type::Long)],
                    span,
                    keyword: "count",
                    is_serialized: false,
                })
            }
            Operator::Take { count, .. } => {
                let n_rows = self.constant_count(count, environment)?;
                let (fields, is_serialized) = (input.fields.clone(), input.is_serialized);
                Ok(Plan {
                    operator: Step::Take {
                        input: Box::new(input),
                        n_rows,
                    },
                    fields,
                    span,
                    keyword: "take",
                    is_serialized,
                })
            }
            Operator::Sort { by, .. } => self.sort(input, by, None, span, environment, "sort"),
            Operator::Top { count, by, .. } => {
                let limit = self.constant_count(count, environment)?;
                self.sort(input, by, Some(limit), span, environment, "top")
            }
            Operator::Join {
                properties,
                right,
                on,
                ..
            } => self.join(input, properties, right, on, span, environment, false),
            Operator::Lookup {
                properties,
                right,
                on,
                ..
            } => self.join(input, properties, right, on, span, environment, true),
            Operator::Union {
                properties, tables, ..
            } => self.union(Some(input), properties, tables, span, environment),
            Operator::MvExpand {
                properties,
                items,
                limit,
                is_legacy,
                ..
            } => self.mv_expand(
                input,
                properties,
                items,
                limit.as_deref(),
                *is_legacy,
                span,
                environment,
            ),
            Operator::MakeSeries { .. } => self.make_series(input, operator, span, environment),
            Operator::Parse {
                is_where,
                properties,
                value,
                pattern,
                ..
            } => self.parse(
                input,
                *is_where,
                properties,
                value,
                pattern,
                span,
                environment,
            ),
            Operator::ParseKv {
                value,
                columns,
                properties,
                ..
            } => self.parse_kv(input, value, columns, properties, span, environment),
            Operator::Search { tables, .. } if !tables.is_empty() => wrong_with_help(
                codes::SYNTAX,
                span,
                "`search in` cannot stand behind a table",
                "leave out the list of tables",
            ),
            Operator::Search {
                properties,
                predicate,
                ..
            } => self.search(
                vec![("search_arg0".to_owned(), input)],
                properties,
                predicate,
                span,
                environment,
            ),
            Operator::Evaluate {
                plugin,
                arguments,
                schema,
                ..
            } => self.evaluate(
                input,
                plugin,
                arguments,
                schema.as_deref(),
                span,
                environment,
            ),
            Operator::GetSchema { .. } => self.get_schema(&input, span),
            Operator::Render {
                chart, properties, ..
            } => {
                let properties = properties
                    .iter()
                    .map(|property| {
                        (
                            property.name.text.clone(),
                            property.value.span().of(self.text).to_owned(),
                        )
                    })
                    .collect();
                self.render = Some(Render {
                    chart: chart.text.clone(),
                    properties,
                });
                Ok(input)
            }
            Operator::Invoke {
                function,
                arguments,
                ..
            } => {
                let Some(Binding::Function(body, scope)) =
                    Self::lookup(environment, &function.text)
                else {
                    return wrong(
                        codes::UNKNOWN_FUNCTION,
                        function.span,
                        format!(
                            "there is no function `{}`",
                            crate::text::cut(&function.text, 40)
                        ),
                    );
                };
                let (body, scope) = (*body, scope.clone());
                let required = match body.parameters.first().map(|first| &first.kind) {
                    Some(tree::ParameterKind::Table { columns, .. }) => columns.as_slice(),
                    _ => &[],
                };
                let table = NamedTable::new(TableSource::Plan(Box::new(input)), required);
                self.call_user_table(body, &scope, arguments, span, environment, &[table])
            }
            Operator::Consume { .. } => Ok(Plan {
                fields: Vec::new(),
                operator: Step::Take {
                    input: Box::new(input),
                    n_rows: 0,
                },
                span,
                keyword: "consume",
                is_serialized: false,
            }),
            Operator::As { .. } => Ok(input),
            Operator::Print { .. } | Operator::Range { .. } | Operator::Find { .. } => wrong(
                codes::SYNTAX,
                span,
                "this operator cannot stand behind a `|`",
            ),
            Operator::Reduce { .. } => wrong_with_help(
                codes::NOT_SUPPORTED,
                span,
                "`reduce` has no defined answer and is not supported",
                "use `summarize count() by` a masked text",
            ),
            Operator::Sample { count, .. } => self.sample(input, count, span, environment),
            Operator::SampleDistinct { count, of, .. } => {
                self.sample_distinct(input, count, of, span, environment)
            }
            Operator::Broken { span } => {
                wrong(codes::SYNTAX, *span, "this operator could not be read")
            }
            Operator::MacroExpand { .. } => wrong(
                codes::NEEDS_SERVICE,
                span,
                "`macro-expand` needs several clusters",
            ),
            Operator::Facet { columns, with, .. } => {
                self.facet(input, columns, with.as_deref(), span, environment)
            }
            Operator::Fork { branches, .. } => self.fork(input, branches, span, environment),
            Operator::MvApply {
                properties,
                items,
                limit,
                on,
                ..
            } => {
                let limit = limit.as_deref();
                self.mv_apply(input, properties, items, limit, on, span, environment)
            }
            Operator::Partition {
                properties,
                column,
                body,
                body_source,
                ..
            } => {
                let source = body_source.as_deref();
                self.partition(input, properties, column, source, body, span, environment)
            }
            Operator::ProjectByNames { columns, .. } => {
                self.project_by_names(input, columns, span, environment)
            }
            Operator::Scan { .. } => self.scan(input, operator, span, environment),
            Operator::TopHitters { count, of, by, .. } => {
                self.top_hitters(input, count, of, by.as_deref(), span, environment)
            }
            Operator::TopNested { clauses, .. } => {
                self.top_nested(input, clauses, span, environment)
            }
            Operator::MakeGraph { .. }
            | Operator::GraphMatch { .. }
            | Operator::GraphToTable { .. }
            | Operator::GraphMarkComponents { .. } => {
                self.graph_operator(operator, input, environment)
            }
            Operator::Graph { .. } => wrong(
                codes::NOT_SUPPORTED,
                span,
                "this graph operator is not documented and not supported",
            ),
            Operator::Undocumented { .. } => wrong(
                codes::NOT_SUPPORTED,
                span,
                "this operator is not documented and not supported",
            ),
        }
    }

    fn filter_with_windows(&mut self, input: Plan, predicate: Expr, row: Row, span: Span) -> Plan {
        let fields = input.fields.clone();
        let is_serialized = input.is_serialized;
        let input = with_windows(input, row, span);
        let n_input = input.fields.len();
        let inner_fields = input.fields.clone();
        let filter = Plan {
            operator: Step::Filter {
                input: Box::new(input),
                predicate,
            },
            fields: inner_fields,
            span,
            keyword: "where",
            is_serialized,
        };
        if n_input == fields.len() {
            return filter;
        }
        let columns = fields
            .iter()
            .enumerate()
            .map(|(at, field)| Expr::column(at, field.kind, span))
            .collect();
        Plan::project(filter, columns, fields, span, "")
    }

    pub(super) fn constant_count(
        &mut self,
        count: &'q tree::Expr,
        environment: &Environment<'q>,
    ) -> Bound<usize> {
        let bound = self.scalar(count, environment, &mut Row::none())?;
        match bound.as_constant().and_then(Value::as_long) {
            Some(number) => Ok(usize::try_from(number).unwrap_or(0)),
            None => wrong(
                codes::NOT_CONSTANT,
                count.span(),
                "a constant number of rows is required here",
            ),
        }
    }

    /// `project` and `print`.
    fn project(
        &mut self,
        input: Plan,
        columns: &'q [tree::Expr],
        span: Span,
        environment: &Environment<'q>,
        keyword: &'static str,
    ) -> Bound<Plan> {
        let mut row = Row::with_windows(&input);
        let mut bound = Vec::new();
        let mut fields: Vec<Field> = Vec::new();
        let mut n_unnamed = 0;
        naming::must_differ(&columns.iter().collect::<Vec<_>>(), true)?;
        for (at, column) in columns.iter().enumerate() {
            if let tree::Expr::Star(span) = column {
                return wrong_with_help(
                    codes::SYNTAX,
                    *span,
                    format!("`*` cannot stand in `{keyword}`"),
                    "use `extend` to keep every column",
                );
            }
            let (_, value) = split_assignment(column);
            for part in self.parts(column, environment, &mut row, true)? {
                let is_taken =
                    |name: &str, fields: &[Field]| fields.iter().any(|field| field.name == name);
                let name = match part.name {
                    Some(given) if part.is_given && is_taken(&given, &fields) => {
                        return wrong(
                            codes::AMBIGUOUS_NAME,
                            column.span(),
                            format!("there are two columns `{}`", crate::text::cut(&given, 40)),
                        );
                    }
                    Some(given) if part.is_given => given,
                    Some(automatic) => naming::unique_in(&automatic, &fields),
                    None => {
                        let automatic = if keyword == "print" {
                            None
                        } else {
                            naming::automatic(value)
                        };
                        n_unnamed += usize::from(automatic.is_none());
                        let name = automatic.unwrap_or_else(|| {
                            if keyword == "print" {
                                format!("print_{at}")
                            } else {
                                format!("Column{n_unnamed}")
                            }
                        });
                        naming::unique_in(&name, &fields)
                    }
                };
                fields.push(Field {
                    name,
                    kind: part.value.kind,
                });
                bound.push(part.value);
            }
        }
        let input = with_windows(input, row, span);
        Ok(Plan::project(input, bound, fields, span, keyword))
    }

    /// `extend` and `serialize`: new columns at the end, existing ones in their place.
    fn extend(
        &mut self,
        input: Plan,
        columns: &'q [tree::Expr],
        span: Span,
        environment: &Environment<'q>,
        keyword: &'static str,
    ) -> Bound<Plan> {
        let mut row = Row::with_windows(&input);
        let mut fields = input.fields.clone();
        let mut bound = input.all_columns(span);
        let mut n_unnamed = 0;
        naming::must_differ(&columns.iter().collect::<Vec<_>>(), false)?;
        let mut made: Vec<String> = Vec::new();
        for column in columns {
            let (_, value) = split_assignment(column);
            for part in self.parts(column, environment, &mut row, false)? {
                let name = match part.name {
                    Some(given) if part.is_given => given,
                    Some(automatic) => naming::unique_in(&automatic, &fields),
                    None => {
                        let is_taken =
                            |name: &String| fields.iter().any(|field| field.name == *name);
                        match naming::automatic(value) {
                            // Takes the place of the column it is named after, but not of one
                            // that this list made.
                            Some(name)
                                if matches!(value, tree::Expr::Name(_))
                                    || keyword == "extend" && !made.contains(&name) =>
                            {
                                name
                            }
                            Some(name) => naming::unique_in(&name, &fields),
                            None => loop {
                                let name = naming::numbered(&mut n_unnamed);
                                if !is_taken(&name) {
                                    break name;
                                }
                            },
                        }
                    }
                };
                made.push(name.clone());
                let kind = part.value.kind;
                match fields.iter().position(|field| field.name == name) {
                    Some(at) => {
                        if let (Some(field), Some(place)) = (fields.get_mut(at), bound.get_mut(at))
                        {
                            field.kind = kind;
                            *place = part.value;
                        }
                    }
                    None => {
                        fields.push(Field { name, kind });
                        bound.push(part.value);
                    }
                }
            }
        }
        let input = with_windows(input, row, span);
        let mut plan = Plan::project(input, bound, fields, span, keyword);
        plan.is_serialized |= keyword == "serialize";
        Ok(plan)
    }

    /// Refuses names without a wildcard that no column has.
    fn must_be_known(&self, patterns: &[tree::NamePattern], fields: &[Field]) -> Bound<()> {
        let is_known = |pattern: &&tree::NamePattern| {
            pattern.has_wildcard || fields.iter().any(|field| field.name == pattern.name.text)
        };
        match patterns.iter().find(|pattern| !is_known(pattern)) {
            Some(pattern) if !super::notes::is_open(fields) => {
                Err(self.unknown_name(&pattern.name, &None, &Row::of(fields)))
            }
            _ => Ok(()),
        }
    }

    fn pick_columns(
        &mut self,
        input: Plan,
        span: Span,
        keyword: &'static str,
        keep: impl Fn(&Field) -> bool,
    ) -> Plan {
        let mut fields = Vec::new();
        let mut columns = Vec::new();
        for (at, field) in input.fields.iter().enumerate() {
            if keep(field) {
                fields.push(field.clone());
                columns.push(Expr::column(at, field.kind, span));
            }
        }
        Plan::project(input, columns, fields, span, keyword)
    }

    fn rename(
        &mut self,
        input: Plan,
        columns: &'q [tree::Expr],
        span: Span,
        environment: &Environment<'q>,
    ) -> Bound<Plan> {
        let mut fields = input.fields.clone();
        for column in columns {
            let (Some(new), value) = split_assignment(column) else {
                return wrong_with_help(
                    codes::SYNTAX,
                    column.span(),
                    "`project-rename` requires a new name",
                    "write `new = old`",
                );
            };
            let bound = self.scalar(value, environment, &mut Row::of(&input.fields))?;
            let Node::Column(at) = bound.node else {
                return wrong(codes::TYPE, value.span(), "only a column can be renamed");
            };
            if fields
                .iter()
                .enumerate()
                .any(|(other, field)| other != at && field.name == new)
            {
                return wrong(
                    codes::AMBIGUOUS_NAME,
                    column.span(),
                    format!("there are two columns `{}`", crate::text::cut(new, 40)),
                );
            }
            if let Some(field) = fields.get_mut(at) {
                new.clone_into(&mut field.name);
            }
        }
        let columns = input.all_columns(span);
        Ok(Plan::project(
            input,
            columns,
            fields,
            span,
            "project-rename",
        ))
    }

    fn reorder(
        &mut self,
        input: Plan,
        columns: &[(tree::NamePattern, Option<String>)],
        span: Span,
    ) -> Bound<Plan> {
        let mut order: Vec<usize> = Vec::new();
        for (pattern, direction) in columns {
            let mut found: Vec<usize> = (0..input.fields.len())
                .filter(|at| {
                    !order.contains(at)
                        && input
                            .fields
                            .get(*at)
                            .is_some_and(|field| matches_pattern(pattern, &field.name))
                })
                .collect();
            if found.is_empty()
                && !pattern.has_wildcard
                && !input
                    .fields
                    .iter()
                    .any(|field| field.name == pattern.name.text)
            {
                return wrong(
                    codes::UNKNOWN_NAME,
                    pattern.name.span,
                    format!(
                        "there is no column `{}`",
                        crate::text::cut(&pattern.name.text, 40)
                    ),
                );
            }
            let name = |at: &usize| {
                input
                    .fields
                    .get(*at)
                    .map(|field| field.name.clone())
                    .unwrap_or_default()
            };
            match direction.as_deref() {
                None => {}
                Some("asc") => order::sort_by_key(&mut found, name),
                Some("desc") => {
                    order::sort_by_key(&mut found, name);
                    found.reverse();
                }
                // Runs of digits stand for their numbers.
                Some(natural) => {
                    order::sort_by_key(&mut found, |at| by_numbers(&name(at)));
                    if natural == "granny-desc" {
                        found.reverse();
                    }
                }
            }
            order.extend(found);
        }
        order.extend(
            (0..input.fields.len())
                .filter(|at| !order.contains(at))
                .collect::<Vec<_>>(),
        );
        let fields: Vec<Field> = order
            .iter()
            .filter_map(|at| input.fields.get(*at).cloned())
            .collect();
        let columns = order
            .iter()
            .zip(&fields)
            .map(|(&at, field)| Expr::column(at, field.kind, span))
            .collect();
        Ok(Plan::project(
            input,
            columns,
            fields,
            span,
            "project-reorder",
        ))
    }

    pub(super) fn sort(
        &mut self,
        input: Plan,
        by: &'q [tree::Ordered],
        limit: Option<usize>,
        span: Span,
        environment: &Environment<'q>,
        keyword: &'static str,
    ) -> Bound<Plan> {
        let fields = input.fields.clone();
        let mut columns = input.all_columns(span);
        let mut keys = Vec::with_capacity(by.len());
        for ordered in by {
            let (_, value) = split_assignment(&ordered.value);
            let bound = self.scalar(value, environment, &mut Row::of(&fields))?;
            self.refuse_key(&bound, "a `dynamic` has no order")?;
            let is_ascending = ordered.ascending.unwrap_or(false);
            let column = match bound.node {
                Node::Column(at) => at,
                _ => {
                    columns.push(bound);
                    columns.len() - 1
                }
            };
            keys.push(SortKey {
                column,
                is_ascending,
                is_nulls_first: ordered.nulls_first.unwrap_or(is_ascending),
            });
        }
        let needs_columns = columns.len() > fields.len();
        let input = if needs_columns {
            let inner = columns
                .iter()
                .enumerate()
                .map(|(at, column)| {
                    fields.get(at).cloned().unwrap_or_else(|| Field {
                        name: format!("$key{at}"),
                        kind: column.kind,
                    })
                })
                .collect();
            Plan::project(input, columns, inner, span, "")
        } else {
            input
        };
        let inner_fields = input.fields.clone();
        let sorted = Plan {
            operator: Step::Sort {
                input: Box::new(input),
                keys,
                limit,
            },
            fields: inner_fields,
            span,
            keyword,
            is_serialized: true,
        };
        if !needs_columns {
            return Ok(sorted);
        }
        let columns = fields
            .iter()
            .enumerate()
            .map(|(at, field)| Expr::column(at, field.kind, span))
            .collect();
        Ok(Plan::project(sorted, columns, fields, span, ""))
    }

    fn range(
        &mut self,
        column: &'q tree::Name,
        from: &'q tree::Expr,
        to: &'q tree::Expr,
        step: &'q tree::Expr,
        span: Span,
        environment: &Environment<'q>,
    ) -> Bound<Plan> {
        let from_bound = self.scalar(from, environment, &mut Row::none())?;
        let to_bound = self.scalar(to, environment, &mut Row::none())?;
        let step_bound = self.scalar(step, environment, &mut Row::none())?;
        let kind = match (from_bound.kind, to_bound.kind, step_bound.kind) {
            (Type::DateTime, Type::DateTime, Type::TimeSpan) => Type::DateTime,
            (Type::TimeSpan, Type::TimeSpan, Type::TimeSpan) => Type::TimeSpan,
            (a, b, c) if a.is_numeric() && b.is_numeric() && c.is_numeric() => {
                let common = operands::common_type([a, b, c])
                    .or_else(|reason| wrong(codes::TYPE, span, reason))?;
                if common == Type::Int {
                    Type::Long
                } else {
                    common
                }
            }
            _ => {
                return wrong(
                    codes::TYPE,
                    span,
                    "`range` requires numbers, or times with a timespan as step",
                );
            }
        };
        let mut values = Vec::new();
        for bound in [from_bound, to_bound, step_bound] {
            let bound = if kind == Type::DateTime {
                bound
            } else {
                self.cast_to(bound, kind)
            };
            match bound.as_constant() {
                Some(value) => values.push(value.clone()),
                None => return wrong(codes::NOT_CONSTANT, span, "`range` requires constants"),
            }
        }
        let mut values = values.into_iter();
        let (from, to, step) = (
            values.next().unwrap_or_default(),
            values.next().unwrap_or_default(),
            values.next().unwrap_or_default(),
        );
        if operator::range_rows(&from, &to, &step) > operator::MAX_HELD_ROWS as f64 {
            return wrong(codes::LIMIT, span, "`range` is limited to 33,554,432 rows");
        }
        Ok(Plan {
            operator: Step::Range {
                from,
                to,
                step,
                kind,
            },
            fields: vec![Field::new(&column.text, kind)],
            span,
            keyword: "range",
            is_serialized: true,
        })
    }

    #[expect(clippy::too_many_arguments, reason = "a join and where it stands")]
    fn join(
        &mut self,
        left: Plan,
        properties: &'q [Property],
        right: &'q tree::Expr,
        on: &'q [tree::Expr],
        span: Span,
        environment: &Environment<'q>,
        is_lookup: bool,
    ) -> Bound<Plan> {
        let kind_text = property(properties, "kind")
            .and_then(word)
            .unwrap_or(if is_lookup {
                "leftouter"
            } else {
                "innerunique"
            });
        let kind = match kind_text {
            "innerunique" if !is_lookup => JoinKind::InnerUnique,
            "inner" => JoinKind::Inner,
            "leftouter" => JoinKind::LeftOuter,
            "rightouter" if !is_lookup => JoinKind::RightOuter,
            "fullouter" if !is_lookup => JoinKind::FullOuter,
            "leftsemi" if !is_lookup => JoinKind::LeftSemi,
            "leftanti" | "anti" | "leftantisemi" if !is_lookup => JoinKind::LeftAnti,
            "rightsemi" if !is_lookup => JoinKind::RightSemi,
            "rightanti" | "rightantisemi" if !is_lookup => JoinKind::RightAnti,
            other => {
                return wrong(
                    codes::BAD_VALUE,
                    span,
                    format!(
                        "there is no such kind of join: {}",
                        crate::text::cut(other, 40)
                    ),
                );
            }
        };
        let right = self.tabular(right, environment)?;
        let n_left = left.fields.len();
        let both: Vec<Field> = left.fields.iter().chain(&right.fields).cloned().collect();
        let mut keys = Vec::new();
        let mut right_key_columns = Vec::new();
        for condition in on.iter().flat_map(conjuncts) {
            let (left_key, right_key) = match condition {
                tree::Expr::Name(name) => {
                    let side = |fields: &[Field]| {
                        fields
                            .iter()
                            .position(|field| field.name == name.text)
                            .and_then(|at| fields.get(at).map(|field| (at, field.kind)))
                    };
                    match (side(&left.fields), side(&right.fields)) {
                        (Some((at, kind)), Some((right_at, right_kind))) => (
                            Expr::column(at, kind, name.span),
                            Expr::column(right_at, right_kind, name.span),
                        ),
                        (None, _) => return Err(self.missing_key(name, &left.fields, "left")),
                        (_, None) => return Err(self.missing_key(name, &right.fields, "right")),
                    }
                }
                tree::Expr::Binary {
                    operator: tree::BinaryOperator::Equal,
                    left: a,
                    right: b,
                    ..
                } => {
                    let mut row = Row {
                        sides: vec![
                            ("$left".to_owned(), 0..n_left),
                            ("$right".to_owned(), n_left..both.len()),
                        ],
                        ..Row::of(&both)
                    };
                    let a = self.scalar(a, environment, &mut row)?;
                    let b = self.scalar(b, environment, &mut row)?;
                    let is_left = |expression: &Expr| {
                        let mut side = None;
                        expression.for_each_column(&mut |at| side = Some(at < n_left));
                        side
                    };
                    match (is_left(&a), is_left(&b)) {
                        (Some(true), Some(false)) => (a, shifted(b, n_left)),
                        (Some(false), Some(true)) => (b, shifted(a, n_left)),
                        _ => {
                            return wrong_with_help(
                                codes::SYNTAX,
                                condition.span(),
                                "a join condition compares both sides",
                                "write `$left.a == $right.b`",
                            );
                        }
                    }
                }
                other => {
                    return wrong_with_help(
                        codes::SYNTAX,
                        other.span(),
                        "a join condition is a column or an equality",
                        "write `on a` or `on $left.a == $right.b`",
                    );
                }
            };
            for key in [&left_key, &right_key] {
                self.refuse_key(key, "a `dynamic` cannot be joined on")?;
            }
            let common = operands::common_type([left_key.kind, right_key.kind]);
            let Ok(common) = common else {
                return wrong(
                    codes::TYPE,
                    condition.span(),
                    format!(
                        "`{}` cannot be joined with `{}`",
                        left_key.kind.name(),
                        right_key.kind.name()
                    ),
                );
            };
            if let Node::Column(at) = right_key.node {
                right_key_columns.push(at);
            }
            keys.push((
                self.cast_to(left_key, common),
                self.cast_to(right_key, common),
            ));
        }
        if keys.is_empty() {
            return wrong_with_help(
                codes::SYNTAX,
                span,
                "a join requires a condition",
                "add `on` and a column of both sides",
            );
        }
        let (left_fields, right_fields) = (left.fields.clone(), right.fields.clone());
        let mut fields: Vec<Field> = Vec::new();
        let mut columns: Vec<Expr> = Vec::new();
        let gives_left = !matches!(kind, JoinKind::RightSemi | JoinKind::RightAnti);
        let gives_right = !matches!(kind, JoinKind::LeftSemi | JoinKind::LeftAnti);
        let mut inner_fields = Vec::new();
        if gives_left {
            for (at, field) in left_fields.iter().enumerate() {
                columns.push(Expr::column(at, field.kind, span));
                fields.push(field.clone());
                inner_fields.push(field.clone());
            }
        }
        if gives_right {
            let offset = inner_fields.len();
            for (at, field) in right_fields.iter().enumerate() {
                inner_fields.push(field.clone());
                if is_lookup && right_key_columns.contains(&at) {
                    continue;
                }
                let name = naming::unique_in(&field.name, &fields);
                columns.push(Expr::column(offset + at, field.kind, span));
                fields.push(Field {
                    name,
                    kind: field.kind,
                });
            }
        }
        let keyword = if is_lookup { "lookup" } else { "join" };
        let joined = Plan {
            operator: Step::Join {
                left: Box::new(left),
                right: Box::new(right),
                kind,
                keys,
            },
            fields: inner_fields,
            span,
            keyword,
            is_serialized: false,
        };
        Ok(Plan::project(joined, columns, fields, span, ""))
    }

    fn missing_key(&self, name: &tree::Name, fields: &[Field], side: &str) -> Stop {
        let shown = crate::text::cut(&name.text, 40);
        let diagnostic = Diagnostic::error(
            codes::UNKNOWN_NAME,
            name.span,
            format!("the {side} side has no column `{shown}`"),
        );
        Stop::Wrong(Box::new(
            match nearest(&name.text, fields.iter().map(|field| field.name.as_str())) {
                Some(found) => diagnostic.with_help(format!("did the query mean `{found}`?")),
                None => diagnostic.with_help("write `$left.a == $right.b` when the names differ"),
            },
        ))
    }

    fn union(
        &mut self,
        input: Option<Plan>,
        properties: &'q [Property],
        tables: &'q [tree::Expr],
        span: Span,
        environment: &Environment<'q>,
    ) -> Bound<Plan> {
        let is_outer = match property(properties, "kind").and_then(word) {
            None | Some("outer") => true,
            Some("inner") => false,
            Some(other) => {
                return wrong(
                    codes::BAD_VALUE,
                    span,
                    format!(
                        "there is no such kind of union: {}",
                        crate::text::cut(other, 40)
                    ),
                );
            }
        };
        let is_fuzzy = property(properties, "isfuzzy").and_then(word) == Some("true");
        let source_column = property(properties, "withsource")
            .or_else(|| property(properties, "with_source"))
            .and_then(word);
        let mut inputs: Vec<(String, Plan)> = Vec::new();
        if let Some(plan) = input {
            inputs.push((format!("union_arg{}", inputs.len()), plan));
        }
        let n_before = inputs.len();
        inputs.extend(self.legs(tables, "union_arg", n_before, is_fuzzy, environment)?);
        if inputs.is_empty() {
            return wrong(
                codes::UNKNOWN_TABLE,
                span,
                "no table of this union is loaded",
            );
        }
        Ok(self.union_of(inputs, is_outer, source_column, span, "union"))
    }

    /// The name that `withsource` prints for a leg: a table, a view, or what `as` called it.
    pub(super) fn source_name<'n>(
        table: &'n tree::Expr,
        environment: &Environment<'q>,
    ) -> Option<&'n str> {
        match table {
            tree::Expr::Paren(inner, _) => match inner.as_ref() {
                tree::Expr::Name(_) => None,
                other => Self::source_name(other, environment),
            },
            tree::Expr::Pipe(pipeline) => match pipeline.operators.last() {
                Some(Operator::As { name, .. }) => Some(&name.text),
                _ => None,
            },
            tree::Expr::Name(name) => match Self::lookup(environment, &name.text) {
                None => Some(&name.text),
                Some(Binding::Function(function, _)) if function.is_view => Some(&name.text),
                Some(_) => None,
            },
            _ => None,
        }
    }

    /// Lines the columns of some plans up by name and type.
    pub(super) fn union_of(
        &mut self,
        inputs: Vec<(String, Plan)>,
        is_outer: bool,
        source_column: Option<&str>,
        span: Span,
        keyword: &'static str,
    ) -> Plan {
        let mut columns: Vec<(String, Type)> = Vec::new();
        for (_, plan) in &inputs {
            for field in &plan.fields {
                if !columns
                    .iter()
                    .any(|(name, kind)| *name == field.name && *kind == field.kind)
                {
                    columns.push((field.name.clone(), field.kind));
                }
            }
        }
        if !is_outer {
            columns.retain(|(name, kind)| {
                inputs.iter().all(|(_, plan)| {
                    plan.fields
                        .iter()
                        .any(|field| field.name == *name && field.kind == *kind)
                })
            });
        }
        let mut fields: Vec<Field> = Vec::new();
        if let Some(source) = source_column {
            fields.push(Field::new(source, Type::String));
        }
        let taken: Vec<String> = columns.iter().map(|(name, _)| name.clone()).collect();
        for (name, kind) in &columns {
            let is_split = columns.iter().filter(|(other, _)| other == name).count() > 1;
            let wanted = if is_split {
                format!("{name}_{}", kind.name())
            } else {
                name.clone()
            };
            let name = naming::unique(&wanted, |candidate| {
                fields.iter().any(|field| field.name == candidate)
                    || (is_split && taken.iter().any(|name| name == candidate))
            });
            fields.push(Field { name, kind: *kind });
        }
        let plans = inputs.into_iter().map(|(source, plan)| {
            let mut projected = Vec::with_capacity(fields.len());
            if source_column.is_some() {
                projected.push(Expr::constant(Value::string(&source), Type::String, span));
            }
            for (name, kind) in &columns {
                projected.push(
                    match plan
                        .fields
                        .iter()
                        .position(|field| field.name == *name && field.kind == *kind)
                    {
                        Some(at) => Expr::column(at, *kind, span),
                        None => Expr::constant(Value::missing(*kind), *kind, span),
                    },
                );
            }
            Plan::project(plan, projected, fields.clone(), span, "")
        });
        Plan {
            operator: Step::Union {
                inputs: plans.collect(),
            },
            fields,
            span,
            keyword,
            is_serialized: false,
        }
    }

    #[expect(clippy::too_many_arguments, reason = "an operator and where it stands")]
    pub(super) fn mv_expand(
        &mut self,
        input: Plan,
        properties: &'q [Property],
        items: &'q [tree::ExpandItem],
        limit: Option<&'q tree::Expr>,
        is_legacy: bool,
        span: Span,
        environment: &Environment<'q>,
    ) -> Bound<Plan> {
        let kind = property(properties, "kind")
            .or_else(|| property(properties, "bagexpansion"))
            .and_then(word);
        let is_array_kind = match kind {
            None | Some("bag") => false,
            Some("array") => true,
            Some(other) => {
                return wrong(
                    codes::BAD_VALUE,
                    span,
                    format!(
                        "there is no such kind of expansion: {}",
                        crate::text::cut(other, 40)
                    ),
                );
            }
        };
        let limit = match limit {
            Some(limit) => Some(self.constant_count(limit, environment)?),
            None => is_legacy.then_some(128),
        };
        let mut fields = input.fields.clone();
        let (mut expansions, mut n_unnamed) = (Vec::new(), 0);
        for item in items {
            let (given, value) = split_assignment(&item.value);
            let bound = self.scalar(value, environment, &mut Row::of(&input.fields))?;
            if bound.kind != Type::Dynamic {
                return wrong_with_help(
                    codes::TYPE,
                    value.span(),
                    "`mv-expand` requires a `dynamic`",
                    "use `parse_json(…)` or `split(…)` first",
                );
            }
            let kind = match &item.to_type {
                Some(name) => self.type_of(name)?,
                None => Type::Dynamic,
            };
            let name = given
                .map(str::to_owned)
                .or_else(|| naming::automatic(value))
                .unwrap_or_else(|| naming::numbered(&mut n_unnamed));
            let column = match fields.iter().position(|field| field.name == name) {
                Some(at) => {
                    if let Some(field) = fields.get_mut(at) {
                        field.kind = kind;
                    }
                    at
                }
                None => {
                    fields.push(Field { name, kind });
                    fields.len() - 1
                }
            };
            expansions.push(Expansion {
                value: bound,
                column,
                kind,
            });
        }
        let index = property(properties, "with_itemindex")
            .and_then(word)
            .map(|name| {
                fields.push(Field::new(name, Type::Long));
                fields.len() - 1
            });
        let is_serialized = input.is_serialized;
        Ok(Plan {
            operator: Step::Expand {
                input: Box::new(input),
                items: expansions,
                index,
                is_array_kind,
                limit,
            },
            fields,
            span,
            keyword: "mv-expand",
            is_serialized,
        })
    }

    fn make_series(
        &mut self,
        input: Plan,
        operator: &'q Operator,
        span: Span,
        environment: &Environment<'q>,
    ) -> Bound<Plan> {
        let Operator::MakeSeries {
            properties,
            aggregates,
            axis,
            from,
            to,
            step,
            in_range,
            by,
            ..
        } = operator
        else {
            return wrong(codes::SYNTAX, span, "this is no `make-series`");
        };
        if property(properties, "kind").is_some_and(|kind| word(kind) != Some("nonempty")) {
            return wrong(
                codes::BAD_VALUE,
                span,
                "`make-series` knows `kind=nonempty` only",
            );
        }
        let (axis_name, axis_value) = split_assignment(axis);
        let axis_bound = self.scalar(axis_value, environment, &mut Row::of(&input.fields))?;
        let axis_name = axis_name
            .map(str::to_owned)
            .or_else(|| naming::automatic(axis_value))
            .unwrap_or_else(|| "Column1".to_owned());
        let constant = |binder: &mut Self, expression: &'q tree::Expr| -> Bound<Value> {
            let bound = binder.scalar(expression, environment, &mut Row::none())?;
            let bound = if bound.kind == Type::Int {
                binder.cast_to(bound, Type::Long)
            } else {
                bound
            };
            match bound.as_constant() {
                Some(value) => Ok(value.clone()),
                None => wrong(
                    codes::NOT_CONSTANT,
                    expression.span(),
                    "`make-series` requires a constant here",
                ),
            }
        };
        let (from, to, step, is_stop_included) = match (in_range, step) {
            (Some([from, to, step]), _) => (
                Some(constant(self, from)?),
                Some(constant(self, to)?),
                constant(self, step)?,
                true,
            ),
            (None, Some(step)) => {
                let from = from
                    .as_deref()
                    .map(|from| constant(self, from))
                    .transpose()?;
                let to = to.as_deref().map(|to| constant(self, to)).transpose()?;
                (from, to, constant(self, step)?, false)
            }
            (None, None) => {
                return wrong_with_help(
                    codes::SYNTAX,
                    span,
                    "`make-series` requires a step",
                    "add `step 1h` behind the axis",
                );
            }
        };
        let fits = |value: &Value, is_step: bool| match (axis_bound.kind, value.kind()) {
            (_, None) | (Type::Dynamic, _) => true,
            (Type::DateTime, Some(kind)) if is_step => kind == Type::TimeSpan,
            (axis, Some(kind)) => axis == kind || axis.is_numeric() && kind.is_numeric(),
        };
        let ends = [&from, &to].into_iter().flatten();
        if !fits(&step, true) || !ends.into_iter().all(|end| fits(end, false)) {
            return wrong_with_help(
                codes::TYPE,
                axis.span(),
                format!(
                    "the range or the step does not fit an axis of type `{}`",
                    axis_bound.kind.name()
                ),
                "a step in time is a timespan, such as `1h`",
            );
        }
        let mut given: Vec<&tree::Expr> = by.iter().chain([axis.as_ref()]).collect();
        given.extend(aggregates.iter().map(|aggregate| &aggregate.value));
        naming::must_differ(&given, true)?;
        let (mut groups, mut n_unnamed) = (Vec::new(), 0);
        let mut fields = Vec::new();
        for expression in by {
            let (given, value) = split_assignment(expression);
            let bound = self.scalar(value, environment, &mut Row::of(&input.fields))?;
            let name = given
                .map(str::to_owned)
                .or_else(|| naming::automatic(value))
                .unwrap_or_else(|| naming::numbered(&mut n_unnamed));
            fields.push(Field {
                name,
                kind: bound.kind,
            });
            groups.push(bound);
        }
        let mut calls = Vec::new();
        let mut defaults = Vec::new();
        for aggregate in aggregates {
            let (given, value) = split_assignment(&aggregate.value);
            let tree::Expr::Call {
                function,
                arguments,
                span: call_span,
            } = value
            else {
                return wrong_with_help(
                    codes::NOT_SUPPORTED,
                    value.span(),
                    "`make-series` of an expression is not supported here",
                    "make a series of each aggregate, then compute with `series_…` functions",
                );
            };
            let Some(entry) = crate::engine::aggregate::find(&function.text) else {
                return wrong(
                    codes::UNKNOWN_FUNCTION,
                    function.span,
                    format!(
                        "there is no aggregate `{}`",
                        crate::text::cut(&function.text, 40)
                    ),
                );
            };
            let call = self.aggregate_call(
                entry,
                function,
                arguments,
                *call_span,
                environment,
                &Row::of(&input.fields),
            )?;
            if call.results.len() != 1 {
                return wrong(
                    codes::TYPE,
                    *call_span,
                    "an aggregate with one column is required here",
                );
            }
            let name = given.map_or_else(|| naming::of_aggregate(entry, arguments), str::to_owned);
            let name = naming::unique_in(&name, &fields);
            fields.push(Field {
                name,
                kind: Type::Dynamic,
            });
            defaults.push(match &aggregate.default {
                Some(default) => constant(self, default)?,
                None => Value::Long(0),
            });
            calls.push(call);
        }
        let is_nonempty = property(properties, "kind").is_some();
        fields.push(Field {
            name: axis_name,
            kind: Type::Dynamic,
        });
        let series = series::MakeSeries {
            input: Box::new(input),
            groups,
            aggregates: calls,
            defaults,
            axis: axis_bound,
            from,
            to,
            step,
            is_stop_included,
            is_nonempty,
        };
        Ok(Plan {
            operator: Step::MakeSeries(Box::new(series)),
            fields,
            span,
            keyword: "make-series",
            is_serialized: false,
        })
    }

    #[expect(clippy::too_many_arguments, reason = "an operator and where it stands")]
    fn parse(
        &mut self,
        input: Plan,
        is_where: bool,
        properties: &'q [Property],
        value: &'q tree::Expr,
        steps: &'q [tree::ParseStep],
        span: Span,
        environment: &Environment<'q>,
    ) -> Bound<Plan> {
        let kind = match property(properties, "kind").and_then(word) {
            None | Some("simple") => parse::Kind::Simple,
            Some("relaxed") => parse::Kind::Relaxed,
            Some("regex") => parse::Kind::Regex,
            Some(other) => {
                return wrong(
                    codes::BAD_VALUE,
                    span,
                    format!(
                        "there is no such kind of `parse`: {}",
                        crate::text::cut(other, 40)
                    ),
                );
            }
        };
        let flags = property(properties, "flags").and_then(word).unwrap_or("");
        let bound = self.scalar(value, environment, &mut Row::of(&input.fields))?;
        let bound = self.cast_to(bound, Type::String);
        let mut fields = input.fields.clone();
        let mut columns = Vec::new();
        let mut parts = Vec::new();
        for step in steps {
            parts.push(match step {
                tree::ParseStep::Star(_) => parse::Part::Skip,
                tree::ParseStep::Text(text, _) => parse::Part::Text(text.clone()),
                tree::ParseStep::Column { name, type_name } => {
                    let kind = match type_name {
                        Some(type_name) => self.type_of(type_name)?,
                        None => Type::String,
                    };
                    let at = match fields.iter().position(|field| field.name == name.text) {
                        Some(at) => {
                            if let Some(field) = fields.get_mut(at) {
                                field.kind = kind;
                            }
                            at
                        }
                        None => {
                            fields.push(Field::new(&name.text, kind));
                            fields.len() - 1
                        }
                    };
                    columns.push((at, kind));
                    parse::Part::Column(kind)
                }
            });
        }
        let pattern = parse::Pattern::new(kind, flags, parts)
            .or_else(|(code, reason)| wrong(code, span, reason))?;
        let is_serialized = input.is_serialized;
        Ok(Plan {
            operator: Step::Parse {
                input: Box::new(input),
                value: bound,
                pattern: Rc::new(pattern),
                columns,
                is_where,
            },
            fields,
            span,
            keyword: if is_where { "parse-where" } else { "parse" },
            is_serialized,
        })
    }

    fn parse_kv(
        &mut self,
        input: Plan,
        value: &'q tree::Expr,
        declared: &'q [tree::ColumnDeclaration],
        properties: &'q [Property],
        span: Span,
        environment: &Environment<'q>,
    ) -> Bound<Plan> {
        let known = [
            "pair_delimiter",
            "kv_delimiter",
            "quote",
            "escape",
            "greedy",
            "regex",
        ];
        if let Some(unknown) = properties
            .iter()
            .find(|property| !known.contains(&property.name.text.as_str()))
        {
            return wrong(
                codes::BAD_VALUE,
                unknown.name.span,
                "`parse-kv` has no such option",
            );
        }
        let texts = |name: &str| -> Vec<String> {
            let named = properties
                .iter()
                .filter(|property| property.name.text == name);
            named
                .filter_map(|property| word(&property.value).map(str::to_owned))
                .collect()
        };
        let first = |name: &str| texts(name).into_iter().next();
        let is_greedy = property(properties, "greedy").and_then(word) == Some("true");
        let pairs = match (
            first("pair_delimiter"),
            first("kv_delimiter"),
            first("regex"),
        ) {
            (Some(pair), Some(kv), None) if !pair.is_empty() && !kv.is_empty() => {
                parse::Pairs::Delimited {
                    pair,
                    kv,
                    is_greedy,
                }
            }
            (None, None, Some(regex)) => parse::Pairs::Regex(regex),
            (None, None, None) if !is_greedy => parse::Pairs::Free,
            _ => {
                return wrong_with_help(
                    codes::BAD_VALUE,
                    span,
                    "these options of `parse-kv` do not go together",
                    "give both delimiters, `regex` alone, or none of them",
                );
            }
        };
        let bound = self.scalar(value, environment, &mut Row::of(&input.fields))?;
        let bound = self.cast_to(bound, Type::String);
        let mut fields = input.fields.clone();
        let mut columns = Vec::new();
        let mut keys = Vec::new();
        for column in declared {
            let kind = self.type_of(&column.type_name)?;
            keys.push(column.name.text.clone());
            fields.push(Field::new(&column.name.text, kind));
            columns.push((fields.len() - 1, kind));
        }
        let pattern = parse::Pattern::key_value(keys, pairs, &texts("quote"), &texts("escape"))
            .or_else(|(code, reason)| wrong(code, span, reason))?;
        let is_serialized = input.is_serialized;
        Ok(Plan {
            operator: Step::Parse {
                input: Box::new(input),
                value: bound,
                pattern: Rc::new(pattern),
                columns,
                is_where: false,
            },
            fields,
            span,
            keyword: "parse-kv",
            is_serialized,
        })
    }

    fn get_schema(&mut self, input: &Plan, span: Span) -> Bound<Plan> {
        let fields = vec![
            Field::new("ColumnName", Type::String),
            Field::new("ColumnOrdinal", Type::Int),
            Field::new("DataType", Type::String),
            Field::new("ColumnType", Type::String),
        ];
        let mut builders: Vec<ColumnBuilder> = fields
            .iter()
            .map(|field| ColumnBuilder::new(field.kind))
            .collect();
        for (at, field) in input.fields.iter().enumerate() {
            let values = [
                Value::string(&field.name),
                Value::Int(at as i32),
                Value::string(field.kind.dotnet_name()),
                Value::string(field.kind.name()),
            ];
            for (builder, value) in builders.iter_mut().zip(&values) {
                builder.push(value);
            }
        }
        let batch = Batch::of(
            builders.into_iter().map(ColumnBuilder::finish).collect(),
            input.fields.len(),
        );
        Ok(Plan {
            operator: Step::Rows(Rc::new(vec![batch])),
            fields,
            span,
            keyword: "getschema",
            is_serialized: true,
        })
    }
}

fn shifted(mut expression: Expr, by: usize) -> Expr {
    expression.map_columns(&|at| at.saturating_sub(by));
    expression
}

/// A name as texts and the numbers behind them.
fn by_numbers(name: &str) -> Vec<(String, u128)> {
    let mut parts: Vec<(String, u128)> = vec![(String::new(), 0)];
    let mut is_number = false;
    for character in name.chars() {
        if is_number && !character.is_ascii_digit() {
            parts.push((String::new(), 0));
        }
        let Some((text, number)) = parts.last_mut() else {
            break;
        };
        is_number = character.is_ascii_digit();
        match character.to_digit(10) {
            Some(digit) => {
                *number = number.saturating_mul(10).saturating_add(u128::from(digit));
            }
            None => text.push(character),
        }
    }
    parts
}

/// Whether an operator takes a graph.
const fn is_of_graph(operator: &Operator) -> bool {
    matches!(
        operator,
        Operator::GraphMatch { .. }
            | Operator::GraphToTable { .. }
            | Operator::GraphMarkComponents { .. }
    )
}

/// The operands of `and`, also in parentheses.
pub(super) fn conjuncts(condition: &tree::Expr) -> Vec<&tree::Expr> {
    match condition {
        tree::Expr::Paren(inner, _) => conjuncts(inner),
        tree::Expr::Logical {
            is_and: true,
            operands,
            ..
        } => operands.iter().flat_map(conjuncts).collect(),
        other => vec![other],
    }
}

fn matches_pattern(pattern: &tree::NamePattern, name: &str) -> bool {
    if pattern.has_wildcard {
        wildcard(&pattern.name.text, name)
    } else {
        pattern.name.text == name
    }
}

/// Whether a text matches a pattern whose `*` stands for any text.
pub(super) fn wildcard(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|head| text.strip_prefix(head)) else {
        return false;
    };
    let mut parts = parts.peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or(""),
            None => return false,
        }
    }
    rest.is_empty()
}

/// The input and the text of `… | distinct text`, which `count` counts without making its rows.
///
/// Of texts only: they have no null, which is a row but no value.
fn distinct_texts(plan: Plan) -> (Plan, Vec<Expr>) {
    match plan.operator {
        Step::Summarize {
            input,
            groups,
            aggregates,
        } if plan.keyword == "distinct"
            && aggregates.is_empty()
            && matches!(groups.as_slice(), [only] if only.kind == Type::String) =>
        {
            (*input, groups)
        }
        operator => (Plan { operator, ..plan }, Vec::new()),
    }
}
