//! The binder: gives every name of a tree its meaning and every expression its type.
//!
//! Input: a tree, tables, a clock. Output: a [`Plan`], or what must be run first. A query may need
//! an answer before the rest can be bound: the value of `toscalar(…)`, the rows of `materialize(…)`,
//! the columns that `pivot` makes. Then binding stops with [`Stop::Needs`], the job runs that plan
//! and binds again with the answers so far, in the order in which they were asked for; binding is
//! cheap and the order is always the same. Invariant: nothing recurses deeper than the parser let
//! it, and user functions expand to at most [`MAX_NODES`] nodes.

mod calls;
mod each;
mod evaluate;
mod expression;
mod fork;
mod forms;
mod graph;
mod mv_apply;
mod naming;
mod notes;
pub mod operands;
mod partition;
mod project_by_names;
mod sample;
mod scan;
mod search;
mod summarize;
mod tabular;
mod top_nested;
mod tuple;
mod window;

pub use notes::analyse;

use super::Relation;
use super::plan::{Expr, Plan, WindowCall};
use crate::diagnostic::{Diagnostic, codes};
use crate::kql::tree::{self, Statement};
use crate::table::{Field, Tables};
use crate::text::Span;
use crate::value::Type;
use std::borrow::Cow;
use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

/// Most nodes that a query may expand to.
pub const MAX_NODES: usize = 200_000;
/// Most operators that a query may expand to: each runs inside the one behind it.
const MAX_OPERATORS: usize = 1000;
/// Most statements of a query.
const MAX_STATEMENTS: usize = 500;
/// How deep tables and functions may stand in each other, by name or in parentheses.
const MAX_DEPTH: usize = 200;

/// Why binding stopped.
#[derive(Debug)]
pub enum Stop {
    /// The query is wrong, or not supported.
    Wrong(Box<Diagnostic>),
    /// This must be run first.
    Needs(Box<Plan>),
}

impl From<Box<Diagnostic>> for Stop {
    fn from(diagnostic: Box<Diagnostic>) -> Self {
        Self::Wrong(diagnostic)
    }
}

/// The outcome of binding.
pub type Bound<T> = Result<T, Stop>;

/// What a name means, the innermost first.
type Environment<'q> = Option<Rc<Scope<'q>>>;

struct Scope<'q> {
    name: &'q tree::Name,
    binding: Binding<'q>,
    parent: Environment<'q>,
}

#[derive(Clone)]
enum Binding<'q> {
    /// A scalar; its columns are those of the row in force.
    Scalar(Expr),
    /// A tabular expression, bound again at every use.
    Table(Rc<NamedTable<'q>>),
    /// A function, and what its names mean.
    Function(&'q tree::Function, Environment<'q>),
}

struct NamedTable<'q> {
    source: TableSource<'q>,
    /// The columns that a parameter asks for.
    required: &'q [tree::ColumnDeclaration],
    rows: RefCell<Option<Rc<Relation>>>,
}

impl<'q> NamedTable<'q> {
    fn new(source: TableSource<'q>, required: &'q [tree::ColumnDeclaration]) -> Rc<Self> {
        Rc::new(Self {
            source,
            required,
            rows: RefCell::new(None),
        })
    }
}

enum TableSource<'q> {
    Expr(&'q tree::Expr, Environment<'q>),
    Plan(Box<Plan>),
}

/// The columns that an expression may name.
struct Row {
    fields: Vec<Field>,
    /// Names that stand for some of the fields: `$left` and `$right`, the steps of a `scan`, …
    sides: Vec<(String, Range<usize>)>,
    /// How many of the fields can be named alone; the others belong to a side.
    n_named: usize,
    /// The graph pattern that functions may look at.
    pattern: Option<graph::Pattern>,
    /// Whether window functions may be used, and those that were.
    windows: Option<Vec<WindowCall>>,
    is_serialized: bool,
    /// Aggregates that were used, where they may be.
    aggregates: Option<Vec<super::plan::AggregateCall>>,
}

impl Row {
    /// The fields that can be named alone.
    fn named(&self) -> &[Field] {
        let n_named = self.n_named.min(self.fields.len());
        self.fields.get(..n_named).unwrap_or_default()
    }

    fn of(fields: &[Field]) -> Self {
        Self {
            fields: fields.to_vec(),
            sides: Vec::new(),
            n_named: usize::MAX,
            pattern: None,
            windows: None,
            is_serialized: false,
            aggregates: None,
        }
    }

    /// A row of an operator that may ask its neighbours.
    fn with_windows(input: &Plan) -> Self {
        Self {
            windows: Some(Vec::new()),
            is_serialized: input.is_serialized,
            ..Self::of(&input.fields)
        }
    }

    const fn none() -> Self {
        Self {
            fields: Vec::new(),
            sides: Vec::new(),
            n_named: usize::MAX,
            pattern: None,
            windows: None,
            is_serialized: false,
            aggregates: None,
        }
    }
}

/// A bound query.
#[derive(Debug)]
pub struct BoundQuery {
    /// What to run.
    pub plan: Plan,
    /// The other tables that the query gives, with their names.
    pub further: Vec<(String, Plan)>,
    /// What `render` asks for.
    pub render: Option<Render>,
}

/// What a `render` operator says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Render {
    /// The kind of chart.
    pub chart: String,
    /// Its properties, as written.
    pub properties: Vec<(String, String)>,
}

/// Binds trees against tables.
pub struct Binder<'q> {
    text: &'q str,
    tables: &'q dyn Tables,
    now: i64,
    answers: &'q [Rc<Relation>],
    n_asked: usize,
    n_nodes: usize,
    n_operators: usize,
    depth: usize,
    render: Option<Render>,
    /// Tables that the query gives beside its first.
    further: Vec<(String, Plan)>,
    /// What is noted of the query, where it is read and not run.
    notes: Option<Box<notes::Notes>>,
}

fn wrong<T>(code: &'static str, span: Span, message: impl Into<Cow<'static, str>>) -> Bound<T> {
    Err(stop(code, span, message.into(), None))
}

fn wrong_with_help<T>(
    code: &'static str,
    span: Span,
    message: impl Into<Cow<'static, str>>,
    help: impl Into<Cow<'static, str>>,
) -> Bound<T> {
    Err(stop(code, span, message.into(), Some(help.into())))
}

/// One copy for all callers.
#[cold]
#[inline(never)]
fn stop(
    code: &'static str,
    span: Span,
    message: Cow<'static, str>,
    help: Option<Cow<'static, str>>,
) -> Stop {
    Stop::Wrong(Box::new(Diagnostic::new(code, span, message, help)))
}

/// Binds a query; `answers` are those of the plans that earlier calls needed, in order.
pub fn bind<'q>(
    text: &'q str,
    query: &'q tree::Query,
    tables: &'q dyn Tables,
    now: i64,
    answers: &'q [Rc<Relation>],
) -> Bound<BoundQuery> {
    let mut binder = Binder::new(text, tables, now, answers);
    if let Some(statement) = query.statements.get(MAX_STATEMENTS) {
        return wrong(
            codes::TOO_DEEP,
            statement.span(),
            "a query is limited to 500 statements",
        );
    }
    let mut environment: Environment<'q> = None;
    let mut last = None;
    for statement in &query.statements {
        if let Statement::Expression(expression) = statement {
            last = Some((expression, environment.clone()));
        } else {
            environment = binder.statement(statement, environment)?;
        }
    }
    let Some((expression, environment)) = last else {
        let end = text.len() as u32;
        return wrong_with_help(
            codes::EMPTY,
            Span::new(0, end),
            "the query has no tabular expression",
            "add one behind the last `;`",
        );
    };
    let plan = binder.tabular(expression, &environment)?;
    Ok(BoundQuery {
        plan,
        further: binder.further,
        render: binder.render,
    })
}

/// Binds conditions over the columns of one table, each as `where` would; those that need another
/// table first come back as [`Stop::Needs`].
pub fn conditions<'q>(
    text: &'q str,
    conditions: &[&'q tree::Expr],
    fields: &[Field],
    tables: &'q dyn Tables,
    now: i64,
) -> Vec<Bound<Expr>> {
    let mut row = Row::of(fields);
    let bind = |condition: &&'q tree::Expr| {
        let mut binder = Binder::new(text, tables, now, &[]);
        let bound = binder.scalar(condition, &None, &mut row)?;
        binder.condition(bound)
    };
    conditions.iter().map(bind).collect()
}

impl<'q> Binder<'q> {
    fn new(text: &'q str, tables: &'q dyn Tables, now: i64, answers: &'q [Rc<Relation>]) -> Self {
        Self {
            text,
            tables,
            now,
            answers,
            n_asked: 0,
            n_nodes: 0,
            n_operators: 0,
            depth: 0,
            render: None,
            further: Vec::new(),
            notes: None,
        }
    }

    /// Counts nodes, so that functions that call each other twice do not explode.
    fn count_node(&mut self, span: Span) -> Bound<()> {
        self.n_nodes += 1;
        if self.n_nodes > MAX_NODES {
            return wrong(
                codes::TOO_DEEP,
                span,
                "the query expands to more than 200,000 nodes",
            );
        }
        Ok(())
    }

    /// Binds what stands inside something else, as deep as the stack allows.
    fn nested<T>(&mut self, span: Span, bind: impl FnOnce(&mut Self) -> Bound<T>) -> Bound<T> {
        if self.depth >= MAX_DEPTH {
            return wrong(
                codes::TOO_DEEP,
                span,
                "tables and functions stand in each other more than 200 deep",
            );
        }
        self.depth += 1;
        let bound = bind(self);
        self.depth -= 1;
        bound
    }

    /// Counts operators, which run one inside the other.
    fn count_operator(&mut self, span: Span) -> Bound<()> {
        self.n_operators += 1;
        if self.n_operators > MAX_OPERATORS {
            return wrong(
                codes::TOO_DEEP,
                span,
                "the query expands to more than 1,000 operators",
            );
        }
        self.count_node(span)
    }

    /// The answer to the next plan that binding needs, or a stop that asks for it.
    fn need(&mut self, plan: Plan) -> Bound<Rc<Relation>> {
        if let Some(notes) = &mut self.notes {
            return Ok(notes.without_rows(plan));
        }
        if plan.reads_group() {
            return wrong_with_help(
                codes::NOT_SUPPORTED,
                plan.span,
                "the rows of a group are not known before the query runs",
                "name them with `as` in a `partition` without a strategy",
            );
        }
        let at = self.n_asked;
        self.n_asked += 1;
        match self.answers.get(at) {
            Some(answer) => Ok(Rc::clone(answer)),
            None => Err(Stop::Needs(Box::new(plan))),
        }
    }

    /// Takes a statement that is not the answer.
    fn statement(
        &mut self,
        statement: &'q Statement,
        environment: Environment<'q>,
    ) -> Bound<Environment<'q>> {
        match statement {
            Statement::Let { name, value, .. } => {
                let binding = match value {
                    tree::LetValue::Function(function) => {
                        tables_stand_first(function)?;
                        self.note_function(function, &environment)?;
                        Binding::Function(function, environment.clone())
                    }
                    tree::LetValue::Expr(expression) => self.let_value(expression, &environment)?,
                };
                Ok(Some(Rc::new(Scope {
                    name,
                    binding,
                    parent: environment,
                })))
            }
            // The only settings that a function reads.
            Statement::Set {
                name,
                value: Some(value),
                ..
            } if name.text.starts_with("query_bin_auto_") => {
                let value = self.scalar(value, &environment, &mut Row::none())?;
                Ok(Some(Rc::new(Scope {
                    name,
                    binding: Binding::Scalar(value),
                    parent: environment,
                })))
            }
            Statement::Set { .. } => Ok(environment),
            Statement::DeclareParameters { parameters, .. } => {
                let mut environment = environment;
                for parameter in parameters {
                    let Some(default) = &parameter.default else {
                        if self.notes.is_some() {
                            environment = self.note_parameter(parameter, environment)?;
                            continue;
                        }
                        return wrong_with_help(
                            codes::NOT_CONSTANT,
                            parameter.name.span,
                            format!("the query parameter `{}` has no value", parameter.name.text),
                            "give it a default in `declare query_parameters`",
                        );
                    };
                    let value = self.scalar(default, &environment, &mut Row::none())?;
                    let value = match &parameter.kind {
                        tree::ParameterKind::Scalar(kind) => {
                            self.cast_to(value, self.type_of(kind)?)
                        }
                        tree::ParameterKind::Table { .. } => value,
                    };
                    environment = Some(Rc::new(Scope {
                        name: &parameter.name,
                        binding: Binding::Scalar(value),
                        parent: environment,
                    }));
                }
                Ok(environment)
            }
            Statement::Other { keyword, span } => wrong(
                codes::NEEDS_SERVICE,
                *span,
                format!("`{keyword}` speaks about a cluster and is not supported here"),
            ),
            Statement::Expression(_) => Ok(environment),
        }
    }

    fn let_value(
        &mut self,
        expression: &'q tree::Expr,
        environment: &Environment<'q>,
    ) -> Bound<Binding<'q>> {
        if self.is_tabular(expression, environment) {
            let source = TableSource::Expr(expression, environment.clone());
            return Ok(Binding::Table(NamedTable::new(source, &[])));
        }
        Ok(Binding::Scalar(self.scalar(
            expression,
            environment,
            &mut Row::none(),
        )?))
    }

    /// The meaning of a name that `let`, a parameter or `as` gave.
    fn lookup<'e>(environment: &'e Environment<'q>, name: &str) -> Option<&'e Binding<'q>> {
        Some(&Self::declared(environment, name)?.binding)
    }

    /// The innermost declaration of a name.
    fn declared<'e>(environment: &'e Environment<'q>, name: &str) -> Option<&'e Scope<'q>> {
        let mut scope = environment.as_ref();
        while let Some(current) = scope {
            if current.name.text == name {
                return Some(current);
            }
            scope = current.parent.as_ref();
        }
        None
    }

    /// Whether an expression gives rows.
    fn is_tabular(&self, expression: &tree::Expr, environment: &Environment<'q>) -> bool {
        match expression {
            tree::Expr::Pipe(_)
            | tree::Expr::Datatable { .. }
            | tree::Expr::ExternalData { .. } => true,
            tree::Expr::Paren(inner, _) => self.is_tabular(inner, environment),
            tree::Expr::Name(name) => match Self::lookup(environment, &name.text) {
                Some(Binding::Table(_)) => true,
                Some(Binding::Scalar(_)) => false,
                Some(Binding::Function(function, _)) => {
                    Self::gives_rows(self, function, environment)
                }
                None => self.tables.find(&name.text).is_some(),
            },
            tree::Expr::Call { function, .. } => match Self::lookup(environment, &function.text) {
                Some(Binding::Function(body, scope)) => Self::gives_rows(self, body, scope),
                _ => matches!(
                    function.text.as_str(),
                    "materialize"
                        | "table"
                        | "view"
                        | "app"
                        | "workspace"
                        | "cluster"
                        | "database"
                        | "resource"
                ),
            },
            tree::Expr::Member { object, .. } => {
                matches!(object.as_ref(), tree::Expr::Call { function, .. } if matches!(function.text.as_str(), "app" | "workspace" | "cluster" | "database" | "resource"))
            }
            _ => false,
        }
    }

    /// Whether the last statement of a function gives rows.
    fn gives_rows(&self, function: &tree::Function, environment: &Environment<'q>) -> bool {
        let Some(Statement::Expression(last)) = function.body.last() else {
            return false;
        };
        // Names inside the body may be parameters or lets of the body: look there first.
        if let tree::Expr::Name(name) = innermost(last) {
            for parameter in &function.parameters {
                if parameter.name.text == name.text {
                    return matches!(parameter.kind, tree::ParameterKind::Table { .. });
                }
            }
            for statement in function.body.iter().rev() {
                if let Statement::Let {
                    name: inner,
                    value: tree::LetValue::Expr(value),
                    ..
                } = statement
                    && inner.text == name.text
                {
                    return self.is_tabular(value, environment);
                }
            }
        }
        self.is_tabular(last, environment)
    }

    fn type_of(&self, name: &tree::Name) -> Bound<Type> {
        match Type::from_name(&name.text) {
            Some(kind) => Ok(kind),
            None => wrong_with_help(
                codes::TYPE,
                name.span,
                format!("`{}` is not a type", crate::text::cut(&name.text, 40)),
                "the types are bool, int, long, real, decimal, string, datetime, timespan, guid and dynamic",
            ),
        }
    }
}

/// Refuses a table among the parameters behind a value.
fn tables_stand_first(function: &tree::Function) -> Bound<()> {
    let is_table =
        |parameter: &&tree::Parameter| matches!(parameter.kind, tree::ParameterKind::Table { .. });
    let late = function
        .parameters
        .iter()
        .skip_while(is_table)
        .find(is_table);
    match late {
        Some(parameter) => wrong(
            codes::SYNTAX,
            parameter.name.span,
            "the tables of a function are declared before its values",
        ),
        None => Ok(()),
    }
}

/// What stands inside parentheses.
fn innermost(expression: &tree::Expr) -> &tree::Expr {
    match expression {
        tree::Expr::Paren(inner, _) => innermost(inner),
        other => other,
    }
}
