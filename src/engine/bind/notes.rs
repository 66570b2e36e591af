//! Binding to learn rather than to run: goes on behind an error and notes what names mean.
//!
//! Input: a query with errors in it. Output: an [`Analysis`]. Invariants: what could not be bound has
//! an unknown value, and nothing that follows from it is an error; no rows are read and no plan is
//! run; where columns depend on rows, the table stays open and takes any name. Without notes the
//! binder does not come here: the first error ends it.

use super::summarize::split_assignment;
use super::{Binder, Binding, Bound, Environment, NamedTable, Row, Scope, Stop, TableSource, stop};
use crate::diagnostic::{Severity, codes};
use crate::engine::Relation;
use crate::engine::plan::{Expr, Node, Operator as Step, Plan};
use crate::kql::analysis::{Analysis, Columns, Meaning, Stage, Use};
use crate::kql::tree::{self, Operator, ParameterKind, Statement};
use crate::table::{Field, Tables};
use crate::text::Span;
use crate::value::{Type, Value, order};
use rustc_hash::FxHashSet;
use std::rc::Rc;

/// The name of a column that stands for any number of unknown ones; no query can spell it.
const ANY: &str = "\0";

/// Errors of a call whose arguments were not looked at.
const UNREAD: &[&str] = &[
    codes::UNKNOWN_FUNCTION,
    codes::NOT_SUPPORTED,
    codes::NEEDS_SERVICE,
];

fn is_any(field: &Field) -> bool {
    field.name.starts_with(ANY)
}

pub(super) fn is_open(fields: &[Field]) -> bool {
    fields.iter().any(is_any)
}

/// What is noted while binding goes on.
#[derive(Debug, Default)]
pub(super) struct Notes {
    analysis: Analysis,
    /// How often something was unknown so far: an error around an unknown part follows from it.
    n_unknown: usize,
    /// Columns whose values come from something unknown.
    unknown_columns: FxHashSet<String>,
    /// The columns behind the operator that was noted last.
    last: Columns,
}

impl Notes {
    /// The answer of a plan that is not run: its columns.
    pub(super) fn without_rows(&mut self, plan: Plan) -> Rc<Relation> {
        self.n_unknown += 1;
        Rc::new(Relation {
            fields: plan.fields,
            batches: Vec::new(),
        })
    }

    /// Takes an error, unless it follows from one inside; what is too deep ends the binding.
    fn forgive(&mut self, stop: Stop, n_before: usize) -> Bound<()> {
        let Stop::Wrong(mut finding) = stop else {
            return Err(stop);
        };
        if finding.code == codes::TOO_DEEP {
            return Err(Stop::Wrong(finding));
        }
        if matches!(finding.code, codes::NOT_SUPPORTED | codes::NEEDS_SERVICE) {
            finding.severity = Severity::Info;
        }
        // The service takes some comparisons of different types; none of them holds by intent.
        if finding.code == codes::NEVER_EQUAL {
            finding.severity = Severity::Warning;
        }
        if self.n_unknown == n_before {
            self.analysis.diagnostics.push(*finding);
        }
        self.n_unknown += 1;
        Ok(())
    }

    /// The columns for a stage, shared with those of the stage before when they are the same.
    fn columns(&mut self, fields: &[Field]) -> Columns {
        let known = fields.iter().filter(|field| !is_any(field));
        if !known.clone().eq(self.last.fields.iter()) {
            self.last.fields = known.cloned().collect();
        }
        self.last.is_open = is_open(fields);
        self.last.clone()
    }
}

/// Binds a query to learn what it means; the clock is in ticks.
pub fn analyse(text: &str, query: &tree::Query, tables: &dyn Tables, now: i64) -> Analysis {
    let mut binder = Binder::new(text, tables, now, &[]);
    binder.notes = Some(Box::default());
    let mut environment: Environment<'_> = None;
    for statement in &query.statements {
        let next = match statement {
            Statement::Expression(expression) => binder
                .tabular(expression, &environment)
                .map(|_| environment.clone()),
            other => binder.noted_statement(other, environment.clone()),
        };
        match (next, &mut binder.notes) {
            (Ok(next), _) => environment = next,
            (Err(Stop::Wrong(finding)), Some(notes)) => {
                notes.analysis.diagnostics.push(*finding);
                break;
            }
            _ => break,
        }
    }
    let mut analysis = binder
        .notes
        .map_or_else(Analysis::default, |notes| notes.analysis);
    order::sort_by_key(&mut analysis.diagnostics, |finding| {
        (finding.span, finding.code)
    });
    analysis.diagnostics.dedup();
    analysis
}

/// A value of which nothing is known.
const fn unknown(kind: Type, span: Span) -> Expr {
    Expr::constant(Value::Null, kind, span)
}

/// A table of these columns, without rows.
fn empty(fields: Vec<Field>, span: Span) -> Plan {
    Plan {
        operator: Step::Rows(Rc::new(Vec::new())),
        fields,
        span,
        keyword: "",
        is_serialized: true,
    }
}

fn any() -> Field {
    Field::new(ANY, Type::Dynamic)
}

impl<'q> Binder<'q> {
    fn n_unknown(&self) -> usize {
        self.notes.as_ref().map_or(0, |notes| notes.n_unknown)
    }

    /// Binds an expression over a row.
    pub(super) fn scalar(
        &mut self,
        expression: &'q tree::Expr,
        environment: &Environment<'q>,
        row: &mut Row,
    ) -> Bound<Expr> {
        if self.notes.is_none() {
            return self.scalar_or_stop(expression, environment, row);
        }
        self.noted_scalar(expression, environment, row)
    }

    fn noted_scalar(
        &mut self,
        expression: &'q tree::Expr,
        environment: &Environment<'q>,
        row: &mut Row,
    ) -> Bound<Expr> {
        let n_before = self.n_unknown();
        let bound = self.scalar_or_stop(expression, environment, row);
        let span = expression.span();
        let Some(notes) = &mut self.notes else {
            return bound;
        };
        let bound = match bound {
            Ok(bound) => bound,
            // A value that the host of the query puts in.
            Err(_) if matches!(expression, tree::Expr::Placeholder { .. }) => {
                notes.n_unknown += 1;
                return Ok(unknown(Type::Dynamic, span));
            }
            Err(Stop::Wrong(finding))
                if finding.code == codes::UNKNOWN_NAME && is_open(&row.fields) =>
            {
                notes.n_unknown += 1;
                unknown(Type::Dynamic, span)
            }
            Err(stop) => {
                let is_unread =
                    matches!(&stop, Stop::Wrong(finding) if UNREAD.contains(&finding.code));
                notes.forgive(stop, n_before)?;
                if let (true, tree::Expr::Call { arguments, .. }) = (is_unread, expression) {
                    for argument in arguments {
                        self.scalar(split_assignment(argument).1, environment, row)?;
                    }
                }
                return Ok(unknown(Type::Dynamic, span));
            }
        };
        let column = match expression {
            tree::Expr::Name(name) => Some(name),
            tree::Expr::Member { member, .. } => match member.as_ref() {
                tree::Expr::Name(name) => Some(name),
                _ => None,
            },
            _ => None,
        };
        let is_unknown = match (&bound.node, column) {
            (Node::Constant(value), Some(_)) => matches!(value, Value::Null),
            (Node::Column(_), Some(name)) => {
                bound.kind == Type::Dynamic && notes.unknown_columns.contains(&name.text)
            }
            _ => false,
        };
        notes.n_unknown += usize::from(is_unknown);
        // A dynamic that comes from something unknown may be of any type.
        if bound.kind != Type::Dynamic || notes.n_unknown == n_before {
            notes.analysis.types.insert(span, bound.kind);
        }
        let named = match expression {
            tree::Expr::Name(name) => Some(name),
            tree::Expr::Call { function, .. } => Some(function),
            _ => None,
        };
        if let Some(name) = named {
            let is_column = matches!(expression, tree::Expr::Name(_))
                && row.fields.iter().any(|field| field.name == name.text);
            self.note_use(name, is_column.then_some(Meaning::Column), environment);
        }
        Ok(bound)
    }

    /// Notes what a name means: what the caller knows, else what was declared.
    fn note_use(
        &mut self,
        name: &tree::Name,
        meaning: Option<Meaning>,
        environment: &Environment<'q>,
    ) {
        let declared = || {
            let scope = Self::declared(environment, &name.text)?;
            Some(Meaning::Declared(scope.name.span))
        };
        if let Some(meaning) = meaning.or_else(declared)
            && let Some(notes) = &mut self.notes
        {
            let span = name.span;
            notes.analysis.uses.push(Use { span, meaning });
        }
    }

    /// The table that an expression gives; an open one where it gives none.
    pub(super) fn noted_source(
        &mut self,
        expression: &'q tree::Expr,
        environment: &Environment<'q>,
        bind: impl FnOnce(&mut Self) -> Bound<Plan>,
    ) -> Bound<Plan> {
        if self.notes.is_none() {
            return bind(self);
        }
        let n_before = self.n_unknown();
        let bound = bind(self);
        let Some(notes) = &mut self.notes else {
            return bound;
        };
        let span = expression.span();
        let is_known = bound.is_ok();
        let plan = match (bound, expression) {
            (Ok(plan), _) => plan,
            (Err(_), tree::Expr::Placeholder { .. }) => {
                notes.n_unknown += 1;
                empty(vec![any()], span)
            }
            (Err(stop), other) => {
                notes.forgive(stop, n_before)?;
                let fields = match other {
                    tree::Expr::ExternalData { columns, .. } => columns
                        .iter()
                        .filter_map(|column| {
                            let kind = Type::from_name(&column.type_name.text)?;
                            Some(Field::new(&column.name.text, kind))
                        })
                        .collect(),
                    _ => vec![any()],
                };
                empty(fields, span)
            }
        };
        let columns = notes.columns(&plan.fields);
        if let tree::Expr::Name(_) | tree::Expr::Call { .. } | tree::Expr::Datatable { .. } =
            expression
        {
            notes.analysis.stages.push(Stage {
                span,
                input: Columns::default(),
                output: columns,
            });
        }
        match expression {
            tree::Expr::Name(name) => {
                let declared = Self::lookup(environment, &name.text).is_some();
                let table = (is_known && !declared).then_some(Meaning::Table);
                self.note_use(name, table, environment);
            }
            tree::Expr::Call { function, .. } => self.note_use(function, None, environment),
            _ => {}
        }
        Ok(plan)
    }

    /// Whether an analysis knows nothing of a value.
    pub(super) fn is_unknown(&self, value: &Expr) -> bool {
        self.notes.is_some() && matches!(value.node, Node::Constant(Value::Null))
    }

    /// Refuses a `dynamic` where values are compared; an analysis notes it and goes on, and a key of
    /// which nothing is known may be of any type.
    pub(super) fn refuse_key(&mut self, key: &Expr, message: &'static str) -> Bound<()> {
        if key.kind != Type::Dynamic {
            return Ok(());
        }
        let is_null = self.is_unknown(key);
        let help = "convert it, e.g. with `tostring(…)`";
        let stop = stop(codes::TYPE, key.span, message.into(), Some(help.into()));
        let Some(notes) = &mut self.notes else {
            return Err(stop);
        };
        let written = key.span.of(self.text);
        let name = written.rsplit('.').next().unwrap_or(written);
        let is_unknown = is_null
            || !notes.analysis.types.contains_key(&key.span)
            || notes.unknown_columns.contains(name);
        if is_unknown {
            notes.n_unknown += 1;
            return Ok(());
        }
        notes.forgive(stop, notes.n_unknown)
    }

    /// An operator behind a table, with the columns before and behind it.
    pub(super) fn noted_operator(
        &mut self,
        operator: &'q Operator,
        input: Plan,
        environment: &Environment<'q>,
    ) -> Bound<Plan> {
        if self.notes.is_none() {
            return self.operator(operator, input, environment);
        }
        let (span, n_before) = (operator.span(), self.n_unknown());
        let before = input.fields.clone();
        let bound = self.operator(operator, input, environment);
        let Some(notes) = &mut self.notes else {
            return bound;
        };
        let input = notes.columns(&before);
        let mut plan = match bound {
            Ok(plan) => plan,
            Err(stop) => {
                if input.is_open {
                    notes.n_unknown += 1;
                } else {
                    notes.forgive(stop, n_before)?;
                }
                let mut fields = before;
                if !keeps_columns(operator) && !input.is_open {
                    fields.push(any());
                }
                empty(fields, span)
            }
        };
        if notes.n_unknown > n_before {
            let known: FxHashSet<&str> = input
                .fields
                .iter()
                .map(|field| field.name.as_str())
                .collect();
            let made = plan.fields.iter().filter(|field| {
                field.kind == Type::Dynamic && !known.contains(field.name.as_str())
            });
            let made = made.map(|field| field.name.clone());
            notes.unknown_columns.extend(made);
        }
        // The columns of a plugin follow from the rows.
        if let Operator::Evaluate { schema: None, .. } = operator
            && !is_open(&plan.fields)
        {
            plan.fields.push(any());
            plan = empty(plan.fields, span);
        }
        let output = notes.columns(&plan.fields);
        notes.analysis.stages.push(Stage {
            span,
            input,
            output,
        });
        Ok(plan)
    }

    /// Whether a leg of a fuzzy union is a table that does not exist, which is no error there.
    pub(super) fn is_noted_missing(
        &self,
        table: &tree::Expr,
        environment: &Environment<'q>,
    ) -> bool {
        self.notes.is_some()
            && matches!(table, tree::Expr::Name(name)
                if Self::lookup(environment, &name.text).is_none()
                    && self.tables.find(&name.text).is_none())
    }

    /// A statement that is not the answer; what it names stays a name, whatever is wrong with it.
    fn noted_statement(
        &mut self,
        statement: &'q Statement,
        environment: Environment<'q>,
    ) -> Bound<Environment<'q>> {
        let n_before = self.n_unknown();
        let stop = match self.statement(statement, environment.clone()) {
            Ok(next) => {
                // A table is bound where it is used; one that is not used has errors as well.
                if let Statement::Let {
                    value: tree::LetValue::Expr(value),
                    ..
                } = statement
                    && self.is_tabular(value, &environment)
                {
                    self.tabular(value, &environment)?;
                }
                return Ok(next);
            }
            Err(stop) => stop,
        };
        if let Some(notes) = &mut self.notes {
            notes.forgive(stop, n_before)?;
        }
        Ok(match statement {
            Statement::Let { name, .. } => Some(Rc::new(Scope {
                name,
                binding: Binding::Scalar(unknown(Type::Dynamic, name.span)),
                parent: environment,
            })),
            _ => environment,
        })
    }

    /// The body of a function, over parameters of which only the types are known.
    pub(super) fn note_function(
        &mut self,
        function: &'q tree::Function,
        environment: &Environment<'q>,
    ) -> Bound<()> {
        if self.notes.is_none() {
            return Ok(());
        }
        let mut scope = environment.clone();
        for parameter in &function.parameters {
            scope = self.note_parameter(parameter, scope)?;
        }
        for statement in &function.body {
            match statement {
                Statement::Expression(last) if self.is_tabular(last, &scope) => {
                    self.nested(last.span(), |binder| binder.tabular(last, &scope))?;
                }
                Statement::Expression(last) => {
                    let row = &mut Row::none();
                    self.nested(last.span(), |binder| binder.scalar(last, &scope, row))?;
                }
                other => scope = self.noted_statement(other, scope)?,
            }
        }
        Ok(())
    }

    /// A parameter whose value the caller gives.
    pub(super) fn note_parameter(
        &mut self,
        parameter: &'q tree::Parameter,
        environment: Environment<'q>,
    ) -> Bound<Environment<'q>> {
        let name = &parameter.name;
        let binding = match &parameter.kind {
            ParameterKind::Scalar(kind) => {
                let kind = Type::from_name(&kind.text).unwrap_or(Type::Dynamic);
                Binding::Scalar(unknown(kind, name.span))
            }
            ParameterKind::Table {
                columns,
                any_columns,
            } => {
                let mut fields = Vec::new();
                for column in columns {
                    fields.push(Field::new(
                        &column.name.text,
                        self.type_of(&column.type_name)?,
                    ));
                }
                if *any_columns || fields.is_empty() {
                    fields.push(any());
                }
                let source = TableSource::Plan(Box::new(empty(fields, name.span)));
                Binding::Table(NamedTable::new(source, &[]))
            }
        };
        Ok(Some(Rc::new(Scope {
            name,
            binding,
            parent: environment,
        })))
    }
}

/// Whether the columns behind an operator are those before it.
const fn keeps_columns(operator: &Operator) -> bool {
    matches!(
        operator,
        Operator::Where { .. }
            | Operator::Sort { .. }
            | Operator::Top { .. }
            | Operator::Take { .. }
            | Operator::Sample { .. }
            | Operator::Render { .. }
            | Operator::As { .. }
    )
}
