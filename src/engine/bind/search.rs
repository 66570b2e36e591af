//! Binding of `search` and `find`, and of what they share with `union` and `where`.
//!
//! Both run one condition over several tables. A column that only other tables have is null, or the
//! empty text, in a table that lacks it; a table that lacks all columns of the condition of a `find`
//! is left out, unless the condition looks at any column.

use super::tabular::{wildcard, word};
use super::{Binder, Binding, Bound, Environment, Row, Stop, naming, wrong, wrong_with_help};
use crate::diagnostic::codes;
use crate::engine::plan::{Expr, Operator as Step, Plan};
use crate::kql::tree::{self, BinaryOperator, Literal, Operator, Property, TextOperator, property};
use crate::table::{Field, View};
use crate::text::Span;
use crate::value::{Type, Value};
use std::rc::Rc;

/// A table and the name that a column of sources holds for it.
type Leg = (String, Plan);

/// A column that a `find` shows, and the type it is converted to.
type Shown = (Field, Option<Type>);

fn scan(view: Rc<View>, span: Span) -> Plan {
    Plan {
        fields: view.fields.clone(),
        operator: Step::Scan(view),
        span,
        keyword: "table",
        is_serialized: false,
    }
}

impl<'q> Binder<'q> {
    /// Every table there is.
    pub(super) fn all_tables(&mut self, span: Span) -> Vec<Leg> {
        let names = self.tables.names().into_iter();
        let found = names.filter_map(|name| Some((self.tables.find(&name)?, name)));
        found.map(|(view, name)| (name, scan(view, span))).collect()
    }

    /// The tables of a list with wildcards, which stand for tables and views.
    pub(super) fn legs(
        &mut self,
        tables: &'q [tree::Expr],
        prefix: &str,
        n_before: usize,
        is_fuzzy: bool,
        environment: &Environment<'q>,
    ) -> Bound<Vec<Leg>> {
        let mut legs: Vec<Leg> = Vec::new();
        for table in tables {
            let name = Self::source_name(table, environment);
            if let Some(pattern) = name.filter(|name| name.contains('*')) {
                for known in self.tables.names() {
                    if wildcard(pattern, &known)
                        && let Some(view) = self.tables.find(&known)
                    {
                        legs.push((known, scan(view, table.span())));
                    }
                }
                let mut views = Vec::new();
                let mut scope = environment.as_ref();
                while let Some(current) = scope {
                    if let Binding::Function(function, inner) = &current.binding
                        && function.is_view
                        && wildcard(pattern, &current.name.text)
                    {
                        views.push((current.name.text.as_str(), *function, inner.clone()));
                    }
                    scope = current.parent.as_ref();
                }
                for (name, function, inner) in views.into_iter().rev() {
                    let plan = self.call_user_table(
                        function,
                        &inner,
                        &[],
                        table.span(),
                        environment,
                        &[],
                    )?;
                    legs.push((name.to_owned(), plan));
                }
                continue;
            }
            if is_fuzzy && self.is_noted_missing(source_of(table), environment) {
                continue;
            }
            match self.tabular(table, environment) {
                Ok(plan) => {
                    let number = n_before + legs.len();
                    let name = name.map_or_else(|| format!("{prefix}{number}"), str::to_owned);
                    legs.push((name, plan));
                }
                Err(Stop::Wrong(diagnostic))
                    if is_fuzzy && diagnostic.code == codes::UNKNOWN_TABLE => {}
                Err(stop) => return Err(stop),
            }
        }
        Ok(legs)
    }

    /// `search`: rows where any column holds the term, with the name of their table in front.
    pub(super) fn search(
        &mut self,
        inputs: Vec<Leg>,
        properties: &'q [Property],
        predicate: &'q tree::Expr,
        span: Span,
        environment: &Environment<'q>,
    ) -> Bound<Plan> {
        let is_case_sensitive = match property(properties, "kind").and_then(word) {
            None | Some("default" | "case_insensitive") => false,
            Some("case_sensitive") => true,
            Some(other) => {
                return wrong(
                    codes::BAD_VALUE,
                    span,
                    format!(
                        "there is no such kind of `search`: {}",
                        crate::text::cut(other, 40)
                    ),
                );
            }
        };
        if inputs.is_empty() {
            return wrong(codes::UNKNOWN_TABLE, span, "there is no table to search");
        }
        let names = names_in(predicate);
        let mut filtered = Vec::with_capacity(inputs.len());
        for (name, plan) in with_missing(inputs, &names, span) {
            let bound =
                self.search_predicate(predicate, &plan.fields, is_case_sensitive, environment)?;
            filtered.push((name, filter(plan, bound, span, "search")));
        }
        Ok(self.union_of(filtered, true, Some("$table"), span, ""))
    }

    fn search_predicate(
        &mut self,
        predicate: &'q tree::Expr,
        fields: &[Field],
        is_case_sensitive: bool,
        environment: &Environment<'q>,
    ) -> Bound<Expr> {
        match predicate {
            tree::Expr::Paren(inner, _) => {
                self.search_predicate(inner, fields, is_case_sensitive, environment)
            }
            tree::Expr::Logical {
                is_and,
                operands,
                span,
            } => {
                let mut bound = Vec::new();
                for operand in operands {
                    bound.push(self.search_predicate(
                        operand,
                        fields,
                        is_case_sensitive,
                        environment,
                    )?);
                }
                self.make(if *is_and { "and" } else { "or" }, bound, *span)
            }
            tree::Expr::Star(span) => Ok(Expr::constant(Value::Bool(true), Type::Bool, *span)),
            tree::Expr::Literal(Literal::String(term), span) => {
                self.term(term, fields, is_case_sensitive, *span)
            }
            tree::Expr::Binary {
                operator: BinaryOperator::Text(operator),
                operator_span,
                left,
                right,
                span,
            } => {
                let operator = TextOperator {
                    is_case_sensitive: is_case_sensitive || operator.is_case_sensitive,
                    ..*operator
                };
                let operator = BinaryOperator::Text(operator);
                let mut row = Row::of(fields);
                let right_bound = self.scalar(right, environment, &mut row)?;
                if let tree::Expr::Star(_) = left.as_ref() {
                    return self.any_column(operator, *operator_span, &right_bound, fields, *span);
                }
                if let (
                    ":",
                    tree::Expr::Literal(Literal::String(term), _),
                    tree::Expr::Name(name),
                ) = (operator_span.of(self.text), right.as_ref(), left.as_ref())
                {
                    return match fields.iter().position(|field| field.name == name.text) {
                        Some(at) => self.term_in(term, &[at], fields, is_case_sensitive, *span),
                        None => self.name(name, environment, &row),
                    };
                }
                let left = self.scalar(left, environment, &mut row)?;
                self.binary(operator, *operator_span, left, right_bound, *span)
            }
            tree::Expr::Call {
                function,
                arguments,
                span,
            } if function.text == "not" => {
                let [inner] = arguments.as_slice() else {
                    return wrong(codes::ARGUMENT_COUNT, *span, "`not` requires one argument");
                };
                let inner = self.search_predicate(inner, fields, is_case_sensitive, environment)?;
                self.make("not", vec![inner], *span)
            }
            other => {
                let bound = self.scalar(other, environment, &mut Row::of(fields))?;
                self.condition(bound)
            }
        }
    }

    /// A term in any column.
    fn term(
        &mut self,
        term: &str,
        fields: &[Field],
        is_case_sensitive: bool,
        span: Span,
    ) -> Bound<Expr> {
        let all: Vec<usize> = (0..fields.len()).collect();
        self.term_in(term, &all, fields, is_case_sensitive, span)
    }

    /// A term in one of some columns: a `*` at an end stands for the rest of a word.
    fn term_in(
        &mut self,
        term: &str,
        columns: &[usize],
        fields: &[Field],
        is_case_sensitive: bool,
        span: Span,
    ) -> Bound<Expr> {
        if term == "*" {
            return Ok(Expr::constant(Value::Bool(true), Type::Bool, span));
        }
        let starts = term.ends_with('*');
        let ends = term.starts_with('*');
        let inner = term.trim_matches('*');
        let (name, wanted) = match (ends, starts, is_case_sensitive) {
            _ if inner.contains('*') => {
                let edge = |is_open: bool| if is_open { "" } else { "\\b" };
                let flag = if is_case_sensitive { "" } else { "(?i)" };
                let parts: Vec<String> = inner.split('*').map(escaped).collect();
                let body = parts.join(".*");
                let pattern = format!("{flag}{}{body}{}", edge(ends), edge(starts));
                ("matches regex", pattern)
            }
            (true, true, false) => ("contains", inner.to_owned()),
            (true, true, true) => ("contains_cs", inner.to_owned()),
            (true, false, false) => ("hassuffix", inner.to_owned()),
            (true, false, true) => ("hassuffix_cs", inner.to_owned()),
            (false, true, false) => ("hasprefix", inner.to_owned()),
            (false, true, true) => ("hasprefix_cs", inner.to_owned()),
            (false, false, false) => ("has", inner.to_owned()),
            (false, false, true) => ("has_cs", inner.to_owned()),
        };
        let mut tests = Vec::new();
        for &at in columns {
            let Some(field) = fields.get(at) else {
                continue;
            };
            let column = self.cast_to(Expr::column(at, field.kind, span), Type::String);
            let wanted = Expr::constant(Value::string(&wanted), Type::String, span);
            tests.push(self.make(name, vec![column, wanted], span)?);
        }
        if tests.is_empty() {
            return Ok(Expr::constant(Value::Bool(false), Type::Bool, span));
        }
        self.make("or", tests, span)
    }

    /// `* has "x"` and its kin: whether it holds for any column.
    pub(super) fn any_column(
        &mut self,
        operator: BinaryOperator,
        operator_span: Span,
        right: &Expr,
        fields: &[Field],
        span: Span,
    ) -> Bound<Expr> {
        if right.kind != Type::String {
            return wrong_with_help(
                codes::TYPE,
                right.span,
                "`*` can be compared with a text only",
                "name the column",
            );
        }
        let mut tests = Vec::with_capacity(fields.len());
        for (at, field) in fields.iter().enumerate() {
            let column = self.cast_to(Expr::column(at, field.kind, span), Type::String);
            tests.push(self.binary(operator, operator_span, column, right.clone(), span)?);
        }
        if tests.is_empty() {
            return Ok(Expr::constant(Value::Bool(false), Type::Bool, span));
        }
        self.make("or", tests, span)
    }

    /// `find`: rows of several tables for which a condition holds.
    pub(super) fn find(
        &mut self,
        operator: &'q Operator,
        environment: &Environment<'q>,
    ) -> Bound<Plan> {
        let Operator::Find {
            properties,
            tables,
            predicate,
            project,
            span,
            ..
        } = operator
        else {
            return wrong(codes::SYNTAX, operator.span(), "this is no `find`");
        };
        let span = *span;
        let is_fuzzy = property(properties, "isfuzzy").and_then(word) == Some("true");
        let legs = if tables.is_empty() {
            self.all_tables(span)
        } else {
            self.legs(tables, "union_arg", 0, is_fuzzy, environment)?
        };
        let source = property(properties, "withsource")
            .or_else(|| property(properties, "with_source"))
            .and_then(word)
            .unwrap_or("source_");
        let names = names_in(predicate);
        let has = |plan: &Plan, name: &str| plan.fields.iter().any(|field| field.name == name);
        let looks_everywhere = legs.len() == 1 || !project.is_empty() || is_term(predicate);
        let (legs, others): (Vec<Leg>, Vec<Leg>) = legs
            .into_iter()
            .partition(|(_, plan)| looks_everywhere || names.iter().any(|name| has(plan, name)));
        let Some((_, first)) = legs.first() else {
            let Some((_, lacking)) = others.first() else {
                return wrong(codes::UNKNOWN_TABLE, span, "there is no table to look in");
            };
            // Says which name is not known.
            let bound = self.search_predicate(predicate, &lacking.fields, false, environment)?;
            return wrong(
                codes::UNKNOWN_NAME,
                bound.span,
                "no table has these columns",
            );
        };
        let (shown, has_pack) = if project.is_empty() {
            let is_common = |field: &&Field| {
                legs.iter().all(|(_, plan)| {
                    let mut fields = plan.fields.iter();
                    fields.any(|other| other.name == field.name && other.kind == field.kind)
                })
            };
            let mut shown: Vec<Shown> = Vec::new();
            for field in first.fields.iter().filter(is_common) {
                shown.push((field.clone(), None));
            }
            for name in &names {
                for field in legs.iter().flat_map(|(_, plan)| &plan.fields) {
                    let is_known = shown
                        .iter()
                        .any(|(known, _)| known.name == field.name && known.kind == field.kind);
                    if field.name == *name && !is_known {
                        shown.push((field.clone(), None));
                    }
                }
            }
            let is_shown = |field: &Field| shown.iter().any(|(known, _)| known.name == field.name);
            let has_rest = legs
                .iter()
                .any(|(_, plan)| !plan.fields.iter().all(is_shown));
            (shown, has_rest)
        } else {
            self.found_columns(project, &legs)?
        };
        let mut found = Vec::with_capacity(legs.len());
        let own: Vec<usize> = legs.iter().map(|(_, plan)| plan.fields.len()).collect();
        for ((name, plan), own) in with_missing(legs, &names, span).into_iter().zip(own) {
            let bound = self.search_predicate(predicate, &plan.fields, false, environment)?;
            let plan = filter(plan, bound, span, "");
            found.push((name, self.found_rows(plan, own, &shown, has_pack, span)?));
        }
        let mut plan = self.union_of(found, true, Some(source), span, "find");
        // The bag of the rest stands last.
        if has_pack && let Some(at) = plan.fields.iter().position(|field| field.name == "pack_") {
            let mut fields = plan.fields.clone();
            let mut columns = plan.all_columns(span);
            let (field, column) = (fields.remove(at), columns.remove(at));
            fields.push(field);
            columns.push(column);
            plan = Plan::project(plan, columns, fields, span, "");
        }
        Ok(plan)
    }

    /// The columns behind `project`, with the types they are converted to, and whether the rest is packed.
    fn found_columns(
        &mut self,
        project: &'q [tree::Expr],
        legs: &[Leg],
    ) -> Bound<(Vec<Shown>, bool)> {
        let mut shown: Vec<Shown> = Vec::new();
        let mut has_pack = false;
        for (at, item) in project.iter().enumerate() {
            let (name, kind) = match item {
                tree::Expr::Name(name) => (name, None),
                tree::Expr::TypeOf { columns, .. } => match columns.as_slice() {
                    [column] => (&column.name, Some(self.type_of(&column.type_name)?)),
                    _ => return wrong(codes::SYNTAX, item.span(), "a column is required here"),
                },
                tree::Expr::Call { function, .. }
                    if matches!(function.text.as_str(), "pack" | "pack_all") =>
                {
                    if at + 1 < project.len() {
                        return wrong(
                            codes::SYNTAX,
                            item.span(),
                            "`pack_all()` must be the last of the columns",
                        );
                    }
                    has_pack = true;
                    continue;
                }
                other => {
                    return wrong(
                        codes::SYNTAX,
                        other.span(),
                        "`find … project` takes columns and `pack_all()`",
                    );
                }
            };
            let fields = legs.iter().flat_map(|(_, plan)| &plan.fields);
            let mut kinds: Vec<Type> = fields
                .filter(|field| field.name == name.text)
                .map(|field| field.kind)
                .collect();
            kinds.dedup();
            match kinds.as_slice() {
                [] => {
                    return wrong(
                        codes::UNKNOWN_NAME,
                        name.span,
                        format!(
                            "no table has a column `{}`",
                            crate::text::cut(&name.text, 40)
                        ),
                    );
                }
                [only] => shown.push((Field::new(&name.text, *only), kind)),
                _ => {
                    return wrong_with_help(
                        codes::NOT_SUPPORTED,
                        name.span,
                        "a column with several types in `find … project` is not supported here",
                        "convert it in a query in the list of tables",
                    );
                }
            }
        }
        Ok((shown, has_pack))
    }

    /// The shown columns of a leg, and the rest in a bag.
    fn found_rows(
        &mut self,
        plan: Plan,
        n_own: usize,
        shown: &[Shown],
        has_pack: bool,
        span: Span,
    ) -> Bound<Plan> {
        let mut fields = Vec::new();
        let mut columns = Vec::new();
        for (field, cast) in shown {
            let place = plan.fields.iter().position(|own| *own == *field);
            if let Some(at) = place {
                let column = Expr::column(at, field.kind, span);
                let kind = cast.unwrap_or(field.kind);
                columns.push(self.cast_to(column, kind));
                fields.push(Field::new(&field.name, kind));
            }
        }
        if has_pack {
            let mut packed = Vec::new();
            for (at, field) in plan.fields.iter().take(n_own).enumerate() {
                let is_shown = shown.iter().any(|(known, _)| known.name == field.name);
                if !is_shown {
                    let name = Value::string(&field.name);
                    packed.push(Expr::constant(name, Type::String, span));
                    packed.push(Expr::column(at, field.kind, span));
                }
            }
            columns.push(if packed.is_empty() {
                Expr::constant(
                    Value::Dynamic(crate::value::Dynamic::bag(Vec::new())),
                    Type::Dynamic,
                    span,
                )
            } else {
                self.make("bag_pack", packed, span)?
            });
            fields.push(Field::new(
                &naming::unique_in("pack_", &fields),
                Type::Dynamic,
            ));
        }
        Ok(Plan::project(plan, columns, fields, span, ""))
    }
}

/// What a pipeline starts with.
fn source_of(table: &tree::Expr) -> &tree::Expr {
    match table {
        tree::Expr::Paren(inner, _) => source_of(inner),
        tree::Expr::Pipe(pipeline) => match pipeline.source.as_ref() {
            tree::Source::Expr(source) => source_of(source),
            tree::Source::Operator(_) => table,
        },
        other => other,
    }
}

fn filter(input: Plan, predicate: Expr, span: Span, keyword: &'static str) -> Plan {
    Plan {
        fields: input.fields.clone(),
        operator: Step::Filter {
            input: Box::new(input),
            predicate,
        },
        span,
        keyword,
        is_serialized: false,
    }
}

/// A text as a regular expression that matches it alone.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_ascii_punctuation() && character != '_' {
            out.push('\\');
        }
        out.push(character);
    }
    out
}

/// The tables with columns that the condition names and only others have, without values.
fn with_missing(legs: Vec<Leg>, names: &[&str], span: Span) -> Vec<Leg> {
    let mut known: Vec<Field> = Vec::new();
    for field in legs.iter().flat_map(|(_, plan)| &plan.fields) {
        if names.contains(&field.name.as_str()) && !known.iter().any(|one| one.name == field.name) {
            known.push(field.clone());
        }
    }
    let complete = |(name, plan): Leg| {
        let lacks = |field: &&Field| !plan.fields.iter().any(|own| own.name == field.name);
        let missing: Vec<&Field> = known.iter().filter(lacks).collect();
        if missing.is_empty() {
            return (name, plan);
        }
        let (mut fields, mut columns) = (plan.fields.clone(), plan.all_columns(span));
        for field in missing {
            columns.push(Expr::constant(Value::missing(field.kind), field.kind, span));
            fields.push(field.clone());
        }
        (name, Plan::project(plan, columns, fields, span, ""))
    };
    legs.into_iter().map(complete).collect()
}

/// Whether a condition looks at any column.
fn is_term(condition: &tree::Expr) -> bool {
    match condition {
        tree::Expr::Paren(inner, _) => is_term(inner),
        tree::Expr::Logical { operands, .. } => operands.iter().any(is_term),
        tree::Expr::Binary { left, .. } => matches!(left.as_ref(), tree::Expr::Star(_)),
        tree::Expr::Call {
            function,
            arguments,
            ..
        } => function.text == "not" && arguments.iter().any(is_term),
        tree::Expr::Star(_) | tree::Expr::Literal(Literal::String(_), _) => true,
        _ => false,
    }
}

/// The names in a condition, in order, each once.
fn names_in(condition: &tree::Expr) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    let mut open = vec![condition];
    while let Some(expression) = open.pop() {
        let at = open.len();
        match expression {
            tree::Expr::Name(name) if !names.contains(&name.text.as_str()) => {
                names.push(&name.text);
            }
            tree::Expr::Paren(inner, _) => open.push(inner),
            tree::Expr::Member { object, .. } => open.push(object),
            tree::Expr::Index { object, index, .. } => open.extend([object.as_ref(), index]),
            tree::Expr::Unary { operand, .. } => open.push(operand),
            tree::Expr::Binary { left, right, .. } => open.extend([left.as_ref(), right]),
            tree::Expr::Logical { operands, .. } => open.extend(operands),
            tree::Expr::InList { left, list, .. } => {
                open.push(left);
                open.extend(list);
            }
            tree::Expr::Between {
                left, low, high, ..
            } => open.extend([left.as_ref(), low, high]),
            tree::Expr::Call { arguments, .. } => open.extend(arguments),
            tree::Expr::Assign { value, .. } => open.push(value),
            _ => {}
        }
        if let Some(added) = open.get_mut(at..) {
            added.reverse();
        }
    }
    names
}
