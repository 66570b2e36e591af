//! Translation of a query from one dialect of the tables to another.
//!
//! Input: a query text and, for each table of the dialect it is written in, a [`ColumnMap`]. Output:
//! the text with the tables and columns of the other dialect; everything else stays as written.
//! Invariants: only names that are columns of a mapped table at that place are replaced (never a
//! `let`, never what `extend` or `summarize` made); a column that the query hands out keeps its name
//! (`by ResponseCode` becomes `by ResponseCode = responseCode_d`); what cannot be translated exactly
//! is refused with its place. Absent on purpose: the maps themselves (`schema` has them).

use super::parser;
use super::token::{TokenKind, string_value, tokens, written_name};
use super::tree::{
    BinaryOperator, Expr, LetValue, Literal, Name, Operator, ParameterKind, ParseStep, Pipeline,
    Property, Source, Statement,
};
use crate::diagnostic::{Diagnostic, Edit, Severity, codes};
use crate::text::Span;
use crate::value::by_name::ByName;
use crate::value::{Type, number};
use rustc_hash::FxHashSet;

/// What a table of one dialect is in the other.
#[derive(Clone, Debug)]
pub struct ColumnMap<'a> {
    /// The table in the dialect that the query is written in.
    pub table: &'a str,
    /// The table in the other dialect.
    pub target: &'a str,
    /// The predicate that picks the rows of `table` out of `target`; empty when it holds no others.
    pub filter: &'a str,
    /// What the query must ask of `table` so that `target` holds the same rows: columns and their
    /// values, such as the category in `AzureDiagnostics`; the last is required, all are left out.
    pub implied: &'a [(&'a str, &'a str)],
    /// The columns of `table`.
    pub columns: &'a [ColumnPair<'a>],
}

/// One column in both dialects.
#[derive(Clone, Copy, Debug)]
pub struct ColumnPair<'a> {
    /// The name that the query uses.
    pub name: &'a str,
    /// The type that the query expects.
    pub kind: Type,
    /// The name in the other dialect; empty when it has no such column.
    pub target: &'a str,
    /// The type in the other dialect.
    pub target_kind: Type,
}

/// The predicate that picks a category of API Management out of `AzureDiagnostics`.
pub fn azure_diagnostics_filter(category: &str) -> String {
    format!("ResourceProvider == \"MICROSOFT.APIMANAGEMENT\" and Category == \"{category}\"")
}

impl<'a> ColumnPair<'a> {
    /// A pair whose target is a column of `AzureDiagnostics`: its ending tells the type.
    pub fn azure_diagnostics(name: &'a str, kind: Type, target: &'a str) -> Self {
        let target_kind = match target.rsplit_once('_').map(|(_, ending)| ending) {
            Some("s") => Type::String,
            Some("d") => Type::Real,
            Some("b") => Type::Bool,
            Some("g") => Type::Guid,
            Some("t") => Type::DateTime,
            _ => kind,
        };
        Self {
            name,
            kind,
            target,
            target_kind,
        }
    }

    /// The pair for the way back.
    #[must_use]
    pub const fn reversed(self) -> Self {
        Self {
            name: self.target,
            kind: self.target_kind,
            target: self.name,
            target_kind: self.kind,
        }
    }

    fn replacement(&self) -> Replacement {
        if self.target.is_empty() {
            return Replacement {
                text: String::new(),
                column: None,
                exact: String::new(),
            };
        }
        let converted = |function: &str| format!("{function}({})", self.target);
        let (text, exact) = match (self.kind, self.target_kind) {
            (kind, target) if kind == target => (self.target.to_owned(), self.target.to_owned()),
            (Type::Dynamic, Type::String) => (converted("parse_json"), converted("parse_json")),
            (kind, target) if kind.is_numeric() && target.is_numeric() => (
                self.target.to_owned(),
                converted(&format!("to{}", kind.name())),
            ),
            (kind, _) => {
                let text = converted(&format!("to{}", kind.name()));
                (text.clone(), text)
            }
        };
        let column = (text == self.target).then(|| self.target.to_owned());
        Replacement {
            text,
            column,
            exact,
        }
    }
}

/// What stands in the place of a name.
#[derive(Clone, Debug, PartialEq)]
struct Replacement {
    /// The expression; empty when there is none.
    text: String,
    /// The bare column, where the expression is one.
    column: Option<String>,
    /// The expression with the very type, for where 4.5 and 4 would differ.
    exact: String,
}

/// The names that are columns of a mapped table at some place of a pipeline.
#[derive(Clone, Debug, Default, PartialEq)]
struct Scope(ByName<Replacement>);

/// Conditions on the source of a pipeline that its target meets by itself.
type Implied = Vec<(String, String)>;

impl Scope {
    /// Names that change.
    fn changed(&self) -> impl Iterator<Item = (&String, &Replacement)> {
        self.0
            .iter()
            .filter(|(name, replacement)| name.as_str() != replacement.text)
    }

    fn forget(&mut self, name: &str) {
        self.0.remove(name);
    }
}

/// Translates a query; what cannot be translated exactly comes back as diagnostics.
pub fn translate(text: &str, maps: &[ColumnMap<'_>]) -> Result<String, Vec<Diagnostic>> {
    let parsed = parser::parse(text);
    if parsed
        .diagnostics
        .iter()
        .any(|d| d.severity == Severity::Error)
    {
        return Err(parsed.diagnostics);
    }
    let words = tokens(text)
        .0
        .into_iter()
        .filter(|token| matches!(token.kind, TokenKind::Word | TokenKind::String));
    let mentioned = words
        .map(|token| match token.kind {
            TokenKind::String => string_value(token.span.of(text)),
            _ => token.span.of(text).to_owned(),
        })
        .collect();
    let mut translator = Translator {
        text,
        maps,
        mentioned,
        lets: ByName::default(),
        edits: Vec::new(),
        problems: Vec::new(),
    };
    translator.statements(&parsed.query.statements);
    if !translator.problems.is_empty() {
        return Err(translator.problems);
    }
    Ok(super::repair::apply_edits(text, &translator.edits))
}

struct Translator<'a> {
    text: &'a str,
    maps: &'a [ColumnMap<'a>],
    /// Every word and string of the text.
    mentioned: FxHashSet<String>,
    /// What the names of `let` hold.
    lets: ByName<Scope>,
    edits: Vec<Edit>,
    problems: Vec<Diagnostic>,
}

impl Translator<'_> {
    fn refuse(&mut self, span: Span, message: String) {
        let help = "project the columns under their own names before, then use them";
        self.problems
            .push(Diagnostic::error(codes::NOT_SUPPORTED, span, message).with_help(help));
    }

    fn replace(&mut self, span: Span, text: &str) {
        if span.of(self.text) != text {
            self.edits.push(Edit {
                span,
                text: text.to_owned(),
            });
        }
    }

    fn insert(&mut self, place: u32, text: String) {
        self.edits.push(Edit {
            span: Span::new(place, place),
            text,
        });
    }

    fn statements(&mut self, statements: &[Statement]) -> Scope {
        let mut last = Scope::default();
        for statement in statements {
            match statement {
                Statement::Let {
                    name,
                    value: LetValue::Expr(value),
                    ..
                } => {
                    let scope = self.tabular(value, false);
                    self.lets.insert(name.text.clone(), scope);
                }
                Statement::Let {
                    name,
                    value: LetValue::Function(function),
                    ..
                } => {
                    let outside = self.lets.clone();
                    for parameter in &function.parameters {
                        if matches!(parameter.kind, ParameterKind::Table { .. }) {
                            self.lets
                                .insert(parameter.name.text.clone(), Scope::default());
                        }
                    }
                    let scope = self.statements(&function.body);
                    self.lets = outside;
                    self.lets.insert(name.text.clone(), scope);
                }
                Statement::Expression(expression) => last = self.tabular(expression, false),
                Statement::Set { .. }
                | Statement::DeclareParameters { .. }
                | Statement::Other { .. } => {}
            }
        }
        last
    }

    /// A tabular expression (or a scalar one, whose scope is empty); `is_operand` puts the filter of
    /// a bare table in parentheses.
    fn tabular(&mut self, expression: &Expr, is_operand: bool) -> Scope {
        match expression {
            Expr::Name(name) => self.table(name, name.span, is_operand, &[]).0,
            Expr::Paren(inner, _) => self.tabular(inner, false),
            Expr::Pipe(pipeline) => self.pipeline(pipeline),
            Expr::Call {
                function,
                arguments,
                span,
            } => match (function.text.as_str(), arguments.as_slice()) {
                ("materialize", [inner]) => self.tabular(inner, false),
                ("table", [Expr::Literal(Literal::String(table), _)]) => {
                    let name = Name {
                        text: table.clone(),
                        span: *span,
                    };
                    self.table(&name, *span, is_operand, &[]).0
                }
                _ => {
                    self.expression(expression, &Scope::default(), false);
                    self.lets.get(&function.text).cloned().unwrap_or_default()
                }
            },
            _ => {
                self.expression(expression, &Scope::default(), false);
                Scope::default()
            }
        }
    }

    /// The scope of a table's columns, and what its target implies; `asked` are the conditions that
    /// the pipeline behind it puts.
    fn table(
        &mut self,
        name: &Name,
        span: Span,
        is_operand: bool,
        asked: &[(String, String)],
    ) -> (Scope, Implied) {
        if let Some(scope) = self.lets.get(&name.text) {
            return (scope.clone(), Vec::new());
        }
        let maps = self.maps;
        let mut candidates = maps.iter().filter(|map| map.table == name.text).peekable();
        if candidates.peek().is_none() {
            return Default::default();
        }
        let is_asked = |map: &&ColumnMap<'_>| {
            map.implied.last().is_none_or(|(column, value)| {
                asked
                    .iter()
                    .any(|(name, text)| name == column && text.eq_ignore_ascii_case(value))
            })
        };
        let Some(map) = candidates.find(is_asked) else {
            self.refuse(
                span,
                format!(
                    "which rows of `{}` are meant is not said by a `where` behind it",
                    name.text
                ),
            );
            return Default::default();
        };
        let text = if map.filter.is_empty() {
            map.target.to_owned()
        } else if is_operand {
            format!("({} | where {})", map.target, map.filter)
        } else {
            format!(
                "{}{}| where {}",
                map.target,
                self.gap_behind(span),
                map.filter
            )
        };
        self.replace(span, &text);
        let lost = ColumnPair {
            name: "",
            kind: Type::String,
            target: "",
            target_kind: Type::String,
        };
        let implied = map
            .implied
            .iter()
            .map(|(column, _)| ((*column).to_owned(), lost.replacement()));
        let columns = map
            .columns
            .iter()
            .map(|pair| (pair.name.to_owned(), pair.replacement()));
        let conditions = map
            .implied
            .iter()
            .map(|&(column, value)| (column.to_owned(), value.to_owned()));
        (
            Scope(implied.chain(columns).collect()),
            conditions.collect(),
        )
    }

    /// What separates the operators of the pipeline that starts here: a line end or a blank.
    fn gap_behind(&self, span: Span) -> String {
        let rest = Span::new(span.end, self.text.len() as u32).of(self.text);
        let gap = rest.find('|').and_then(|bar| rest.get(..bar)).unwrap_or("");
        match gap.rsplit_once('\n') {
            Some((_, indent)) if indent.trim().is_empty() => format!("\n{indent}"),
            _ => " ".to_owned(),
        }
    }

    fn pipeline(&mut self, pipeline: &Pipeline) -> Scope {
        let (mut scope, implied) = match pipeline.source.as_ref() {
            Source::Expr(Expr::Name(name)) => {
                let asked = asked_of_source(&pipeline.operators);
                self.table(name, name.span, false, &asked)
            }
            Source::Expr(source) => (self.tabular(source, false), Vec::new()),
            Source::Operator(operator) => (self.operator(operator, Scope::default()), Vec::new()),
        };
        for operator in &pipeline.operators {
            scope = match operator {
                Operator::Where {
                    predicate, span, ..
                } if !implied.is_empty() => {
                    self.where_without(predicate, *span, &implied, &scope);
                    scope
                }
                operator => self.operator(operator, scope),
            };
        }
        scope
    }

    /// A `where` from which the conditions that the target implies are left out.
    fn where_without(
        &mut self,
        predicate: &Expr,
        span: Span,
        implied: &[(String, String)],
        scope: &Scope,
    ) {
        let is_implied = |part: &Expr| {
            condition(part).is_some_and(|(name, value)| {
                implied
                    .iter()
                    .any(|(column, text)| *column == name && text.eq_ignore_ascii_case(&value))
            })
        };
        let parts = match predicate {
            Expr::Logical {
                is_and: true,
                operands,
                ..
            } => operands.as_slice(),
            one => std::slice::from_ref(one),
        };
        let kept: Vec<&Expr> = parts.iter().filter(|part| !is_implied(part)).collect();
        for part in &kept {
            self.expression(part, scope, false);
        }
        let (Some(first), Some(last)) = (kept.first(), kept.last()) else {
            let before = Span::new(0, span.start).of(self.text);
            let bar = before.rfind('|').unwrap_or(before.len());
            let start = before.get(..bar).unwrap_or("").trim_end().len();
            self.replace(Span::new(start as u32, span.end), "");
            return;
        };
        let (first, last) = (first.span(), last.span());
        if let (Some(head), Some(tail)) = (parts.first(), parts.last()) {
            self.replace(Span::new(head.span().start, first.start), "");
            self.replace(Span::new(last.end, tail.span().end), "");
        }
        for pair in parts.windows(2) {
            if let [part, next] = pair
                && is_implied(part)
                && part.span().start > first.start
                && part.span().start < last.start
            {
                self.replace(Span::new(part.span().start, next.span().start), "");
            }
        }
    }

    /// Replaces the columns in a scalar expression; `is_exact` where the kind of a number matters.
    fn expression(&mut self, expression: &Expr, scope: &Scope, is_exact: bool) {
        match expression {
            Expr::Name(name) => self.column(name, scope, is_exact),
            Expr::Star(span) => {
                if scope.changed().next().is_some() {
                    self.refuse(
                        *span,
                        "`*` stands for other columns in the other dialect".to_owned(),
                    );
                }
            }
            Expr::Call {
                function,
                arguments,
                ..
            } => self.call(function, arguments, scope, is_exact),
            Expr::Member { object, member, .. } => {
                self.expression(object, scope, is_exact);
                if let Expr::Call { arguments, .. } = member.as_ref() {
                    self.expressions(arguments, scope, is_exact);
                }
            }
            Expr::Index { object, index, .. } => {
                self.expression(object, scope, is_exact);
                self.expression(index, scope, is_exact);
            }
            Expr::Unary { operand, .. } => self.expression(operand, scope, is_exact),
            Expr::Binary {
                operator,
                left,
                right,
                ..
            } => {
                let is_exact =
                    is_exact || matches!(operator, BinaryOperator::Divide | BinaryOperator::Modulo);
                self.expression(left, scope, is_exact);
                self.expression(right, scope, is_exact);
            }
            Expr::Logical { operands, .. } => self.expressions(operands, scope, is_exact),
            Expr::InList { left, list, .. } => {
                self.expression(left, scope, is_exact);
                for item in list {
                    if matches!(item, Expr::Name(name) if !scope.0.contains(&name.text)) {
                        self.tabular(item, false);
                    } else {
                        self.expression(item, scope, is_exact);
                    }
                }
            }
            Expr::Between {
                left, low, high, ..
            } => {
                for part in [left, low, high] {
                    self.expression(part, scope, is_exact);
                }
            }
            Expr::Assign { value, .. } => self.expression(value, scope, is_exact),
            Expr::Paren(inner, _) => self.expression(inner, scope, is_exact),
            Expr::Pipe(pipeline) => {
                self.pipeline(pipeline);
            }
            Expr::Datatable { .. }
            | Expr::ExternalData { .. }
            | Expr::Literal(..)
            | Expr::Placeholder { .. }
            | Expr::TypeOf { .. }
            | Expr::Missing(_) => {}
        }
    }

    fn expressions(&mut self, items: &[Expr], scope: &Scope, is_exact: bool) {
        for item in items {
            self.expression(item, scope, is_exact);
        }
    }

    fn column(&mut self, name: &Name, scope: &Scope, is_exact: bool) {
        let Some(replacement) = scope.0.get(&name.text) else {
            return;
        };
        if replacement.text.is_empty() {
            self.refuse(
                name.span,
                format!("`{}` has no counterpart in the other dialect", name.text),
            );
            return;
        }
        let text = if is_exact {
            replacement.exact.clone()
        } else {
            replacement.text.clone()
        };
        if text != name.text {
            self.replace(name.span, &text);
        }
    }

    fn call(&mut self, function: &Name, arguments: &[Expr], scope: &Scope, is_exact: bool) {
        match (function.text.as_str(), arguments) {
            (
                "column_ifexists" | "columnifexists",
                [Expr::Literal(Literal::String(column), span), rest @ ..],
            ) => {
                match scope.0.get(column) {
                    Some(Replacement {
                        column: Some(target),
                        ..
                    }) => self.replace(*span, &format!("\"{target}\"")),
                    Some(_) => self.refuse(
                        *span,
                        format!("`{column}` is no plain column in the other dialect"),
                    ),
                    None => {}
                }
                self.expressions(rest, scope, is_exact);
            }
            ("toscalar" | "totable" | "materialize", [inner]) => {
                self.tabular(inner, false);
            }
            ("count", [Expr::Star(_)]) => {}
            ("pack_all", _) => {
                if scope.changed().next().is_some() {
                    self.refuse(
                        function.span,
                        "`pack_all` packs other columns in the other dialect".to_owned(),
                    );
                }
            }
            (name, _) => {
                let is_exact = is_exact || keeps_kinds(name);
                self.expressions(arguments, scope, is_exact);
            }
        }
    }

    /// Items of a list whose results get names: a name that would follow the column is written out.
    fn named_items(&mut self, items: &[Expr], scope: &Scope) {
        for item in items {
            self.named_item(item, scope);
        }
    }

    fn named_item(&mut self, item: &Expr, scope: &Scope) {
        if !matches!(item, Expr::Assign { .. }) && self.mentions(item.span(), scope) {
            match names_of(item).as_slice() {
                [] => {}
                [one] => self.insert(item.span().start, format!("{} = ", written_name(one))),
                many => {
                    let names = many
                        .iter()
                        .map(|name| written_name(name))
                        .collect::<Vec<_>>()
                        .join(", ");
                    self.insert(item.span().start, format!("({names}) = "));
                }
            }
        }
        self.item(item, scope);
    }

    fn item(&mut self, item: &Expr, scope: &Scope) {
        match item {
            Expr::Assign { value, .. } => self.item(value, scope),
            Expr::Call {
                function,
                arguments,
                ..
            } if has_star(item) => {
                // `arg_max(x, *)`: the star hands all columns on, under the names they have.
                self.call(function, &[], scope, false);
                for argument in arguments.iter().filter(|one| !matches!(one, Expr::Star(_))) {
                    self.expression(argument, scope, keeps_kinds(&function.text));
                }
            }
            item => self.expression(item, scope, false),
        }
    }

    /// Whether a changed column is named in a part of the text.
    fn mentions(&self, span: Span, scope: &Scope) -> bool {
        let part = span.of(self.text);
        tokens(part).0.iter().any(|token| {
            let word = match token.kind {
                TokenKind::Word => token.span.of(part).to_owned(),
                TokenKind::String => string_value(token.span.of(part)),
                _ => return false,
            };
            scope
                .0
                .get(&word)
                .is_some_and(|replacement| replacement.text != word)
        })
    }

    /// Takes the names that an item gives out of the scope.
    fn assign(&mut self, items: &[Expr], scope: &mut Scope) {
        for item in items {
            self.assign_one(item, scope);
        }
    }

    fn assign_one(&mut self, item: &Expr, scope: &mut Scope) {
        let names: Vec<(String, Span)> = match item {
            Expr::Assign { names, .. } => names
                .iter()
                .map(|name| (name.text.clone(), name.span))
                .collect(),
            item => names_of(item)
                .into_iter()
                .map(|name| (name, item.span()))
                .collect(),
        };
        for (name, span) in names {
            scope.forget(&name);
            let is_taken = scope
                .changed()
                .any(|(_, replacement)| replacement.column.as_deref() == Some(&name));
            if is_taken {
                self.refuse(
                    span,
                    format!("`{name}` is a column of its own in the other dialect"),
                );
            }
        }
    }

    fn operator(&mut self, operator: &Operator, mut scope: Scope) -> Scope {
        match operator {
            Operator::Where { predicate, .. } => self.expression(predicate, &scope, false),
            Operator::Take { count, .. } | Operator::Sample { count, .. } => {
                self.expression(count, &scope, false);
            }
            Operator::Sort { by, .. } => {
                for one in by {
                    self.expression(&one.value, &scope, false);
                }
            }
            Operator::Top { count, by, .. } => {
                self.expression(count, &scope, false);
                for one in by {
                    self.expression(&one.value, &scope, false);
                }
            }
            Operator::Extend { columns, .. } | Operator::Serialize { columns, .. } => {
                // A bare column in `extend` changes nothing.
                self.named_items(columns, &scope);
                for item in columns.iter().filter(|item| !matches!(item, Expr::Name(_))) {
                    self.assign_one(item, &mut scope);
                }
                for item in columns {
                    if let Expr::Name(name) = item {
                        scope.forget(&name.text);
                    }
                }
            }
            Operator::Project { columns, .. } | Operator::Print { columns, .. } => {
                self.named_items(columns, &scope);
                return Scope::default();
            }
            Operator::Distinct { columns, span, .. } => {
                if columns.iter().any(|column| matches!(column, Expr::Star(_))) {
                    self.expressions(columns, &scope, false);
                } else if self.mentions(*span, &scope) {
                    let keyword = Span::new(span.start, span.start + "distinct".len() as u32);
                    self.replace(keyword, "summarize by");
                    self.named_items(columns, &scope);
                }
                return Scope::default();
            }
            Operator::Summarize {
                properties,
                aggregates,
                by,
                ..
            } => {
                self.hints(properties, &scope);
                self.named_items(aggregates, &scope);
                self.named_items(by, &scope);
                if !aggregates.iter().any(has_star) {
                    return Scope::default();
                }
                self.assign(aggregates, &mut scope);
                self.assign(by, &mut scope);
            }
            Operator::MakeSeries {
                properties,
                aggregates,
                axis,
                from,
                to,
                step,
                in_range,
                by,
                ..
            } => {
                self.hints(properties, &scope);
                for one in aggregates {
                    self.named_items(std::slice::from_ref(&one.value), &scope);
                }
                self.named_items(std::slice::from_ref(axis), &scope);
                let ends = [from, to, step]
                    .into_iter()
                    .flatten()
                    .chain(in_range.iter().flatten());
                for end in ends {
                    self.expression(end, &scope, false);
                }
                self.named_items(by, &scope);
                return Scope::default();
            }
            Operator::Count { .. } => return Scope::default(),
            Operator::ProjectAway { columns, .. } | Operator::ProjectKeep { columns, .. } => {
                let is_keep = matches!(operator, Operator::ProjectKeep { .. });
                if is_keep && self.mentions(operator.span(), &scope) {
                    self.refuse(
                        operator.span(),
                        "`project-keep` keeps the names of the other dialect".to_owned(),
                    );
                }
                for column in columns {
                    self.pattern(&column.name, column.has_wildcard, &scope);
                }
            }
            Operator::ProjectReorder { columns, .. } => {
                for (column, _) in columns {
                    self.pattern(&column.name, column.has_wildcard, &scope);
                }
            }
            Operator::ProjectRename { columns, .. } => {
                for item in columns {
                    if let Expr::Assign { value, .. } = item
                        && let Expr::Name(old) = value.as_ref()
                    {
                        self.pattern(old, false, &scope);
                        scope.forget(&old.text);
                    }
                }
                self.assign(columns, &mut scope);
            }
            Operator::MvExpand { items, limit, .. } => {
                for item in items {
                    self.named_item(&item.value, &scope);
                }
                if let Some(limit) = limit {
                    self.expression(limit, &scope, false);
                }
                for item in items {
                    self.assign_one(&item.value, &mut scope);
                }
            }
            Operator::MvApply {
                items, limit, on, ..
            } => {
                for item in items {
                    self.named_item(&item.value, &scope);
                }
                if let Some(limit) = limit {
                    self.expression(limit, &scope, false);
                }
                for item in items {
                    self.assign_one(&item.value, &mut scope);
                }
                let mut inner = scope.clone();
                for operator in on {
                    inner = self.operator(operator, inner);
                }
            }
            Operator::Parse { value, pattern, .. } => {
                self.expression(value, &scope, false);
                for step in pattern {
                    if let ParseStep::Column { name, .. } = step {
                        scope.forget(&name.text);
                    }
                }
            }
            Operator::ParseKv { value, columns, .. } => {
                self.expression(value, &scope, false);
                for column in columns {
                    scope.forget(&column.name.text);
                }
            }
            Operator::Join {
                properties,
                right,
                on,
                ..
            }
            | Operator::Lookup {
                properties,
                right,
                on,
                ..
            } => {
                return self.join(properties, right, on, scope);
            }
            Operator::Union {
                properties,
                tables,
                span,
            } => return self.union(properties, tables, *span, scope),
            Operator::As { name, .. } => {
                self.lets.insert(name.text.clone(), scope.clone());
            }
            Operator::Partition {
                column,
                body,
                body_source,
                ..
            } => {
                if let Expr::Name(name) = column.as_ref() {
                    self.pattern(name, false, &scope);
                }
                if body_source.is_some() && self.mentions(operator.span(), &scope) {
                    self.refuse(
                        operator.span(),
                        "`partition` over another source is not translated".to_owned(),
                    );
                }
                for operator in body {
                    scope = self.operator(operator, scope);
                }
            }
            Operator::Range { from, to, step, .. } => {
                for end in [from, to, step] {
                    self.expression(end, &scope, false);
                }
            }
            Operator::Render { properties, .. } => self.hints(properties, &scope),
            Operator::Consume { .. } => {}
            Operator::Evaluate { arguments, .. } if scope.changed().next().is_none() => {
                self.expressions(arguments, &scope, false);
                return Scope::default();
            }
            Operator::Search { tables, .. } | Operator::Find { tables, .. } => {
                let is_mapped = tables.iter().any(|table| {
                    matches!(table, Expr::Name(name) if self.maps.iter().any(|map| map.table == name.text))
                });
                if is_mapped || scope.changed().next().is_some() {
                    self.not_translated(operator);
                }
            }
            Operator::TopNested { .. }
            | Operator::TopHitters { .. }
            | Operator::SampleDistinct { .. }
            | Operator::Reduce { .. }
            | Operator::ProjectByNames { .. }
            | Operator::Facet { .. }
            | Operator::Fork { .. }
            | Operator::Scan { .. }
                if !self.mentions(operator.span(), &scope) => {}
            _ if scope.changed().next().is_some() => self.not_translated(operator),
            _ => {}
        }
        scope
    }

    fn not_translated(&mut self, operator: &Operator) {
        let span = operator.span();
        let word = span
            .of(self.text)
            .split(|c: char| c.is_whitespace() || c == '(')
            .next()
            .unwrap_or("")
            .to_owned();
        self.refuse(
            span,
            format!("`{word}` over these columns cannot be translated exactly"),
        );
    }

    /// Columns in `hint.shufflekey = x` and `render … with (xcolumn = x)`.
    fn hints(&mut self, properties: &[Property], scope: &Scope) {
        for property in properties {
            if let Expr::Name(name) = &property.value {
                self.pattern(name, false, scope);
            }
        }
    }

    /// A name that must be a plain column.
    fn pattern(&mut self, name: &Name, has_wildcard: bool, scope: &Scope) {
        if has_wildcard {
            if scope.changed().next().is_some() {
                self.refuse(
                    name.span,
                    "a wildcard matches other columns in the other dialect".to_owned(),
                );
            }
            return;
        }
        match scope.0.get(&name.text) {
            Some(Replacement {
                column: Some(target),
                ..
            }) => {
                let target = target.clone();
                if target != name.text {
                    self.replace(name.span, &target);
                }
            }
            Some(_) => self.refuse(
                name.span,
                format!("`{}` is no plain column in the other dialect", name.text),
            ),
            None => {}
        }
    }

    /// Gives the columns of an operand their names back, so that they cannot meet those of another.
    fn close(&mut self, operand: &Expr, scope: &Scope) {
        let is_open = scope.changed().next().is_some();
        if !is_open {
            return;
        }
        let columns: Vec<String> = scope
            .0
            .iter()
            .filter(|(name, replacement)| {
                self.mentioned.contains(*name) && !replacement.text.is_empty()
            })
            .map(|(name, replacement)| match &replacement.text {
                text if text == name => name.clone(),
                text => format!("{name} = {text}"),
            })
            .collect();
        if columns.is_empty() {
            return;
        }
        let projection = format!(" | project {}", columns.join(", "));
        match operand {
            Expr::Paren(_, span) => self.insert(span.end - 1, projection),
            Expr::Name(name) => {
                let edit = self.edits.iter_mut().rfind(|edit| edit.span == name.span);
                match edit {
                    Some(edit) if edit.text.ends_with(')') => {
                        edit.text.pop();
                        edit.text.push_str(&projection);
                        edit.text.push(')');
                    }
                    Some(edit) => edit.text = format!("({}{projection})", edit.text),
                    None => {
                        self.insert(name.span.start, "(".to_owned());
                        self.insert(name.span.end, format!("{projection})"));
                    }
                }
            }
            other => {
                self.insert(other.span().start, "(".to_owned());
                self.insert(other.span().end, format!("{projection})"));
            }
        }
    }

    fn join(
        &mut self,
        properties: &[Property],
        right: &Expr,
        on: &[Expr],
        mut scope: Scope,
    ) -> Scope {
        let right_scope = self.tabular(right, true);
        self.close(right, &right_scope);
        for condition in on {
            self.condition(condition, &scope);
        }
        let kind = properties
            .iter()
            .find(|property| property.name.text == "kind")
            .map(|property| &property.value);
        if matches!(kind, Some(Expr::Name(kind)) if matches!(kind.text.as_str(), "rightsemi" | "rightanti"))
        {
            return Scope::default();
        }
        // A name of both sides: the right one, elsewhere called `X1`, is alone with its name here.
        let changed: Vec<String> = scope.changed().map(|(name, _)| name.clone()).collect();
        for name in changed {
            let second = format!("{name}1");
            if self.mentioned.contains(&second) {
                let plain = Replacement {
                    text: name.clone(),
                    column: Some(name.clone()),
                    exact: name,
                };
                scope.0.insert(second, plain);
            }
        }
        scope
    }

    /// One condition behind `on`.
    fn condition(&mut self, condition: &Expr, left: &Scope) {
        match condition {
            Expr::Name(name) => match left.0.get(&name.text) {
                Some(replacement) if replacement.text == name.text => {}
                Some(Replacement {
                    column: Some(target),
                    ..
                }) => {
                    let written = name.span.of(self.text);
                    let text = format!("$left.{target} == $right.{written}");
                    self.replace(name.span, &text);
                }
                Some(_) => self.refuse(
                    name.span,
                    format!("`{}` is no plain column in the other dialect", name.text),
                ),
                None => {}
            },
            Expr::Member { object, member, .. } => {
                if let (Expr::Name(side), Expr::Name(name)) = (object.as_ref(), member.as_ref())
                    && side.text == "$left"
                {
                    self.pattern(name, false, left);
                }
            }
            Expr::Binary {
                left: a, right: b, ..
            } => {
                self.condition(a, left);
                self.condition(b, left);
            }
            Expr::Logical { operands, .. } => {
                for operand in operands {
                    self.condition(operand, left);
                }
            }
            Expr::Paren(inner, _) => self.condition(inner, left),
            _ => {}
        }
    }

    fn union(
        &mut self,
        properties: &[Property],
        tables: &[Expr],
        span: Span,
        scope: Scope,
    ) -> Scope {
        let scopes: Vec<Scope> = tables
            .iter()
            .map(|table| self.tabular(table, true))
            .collect();
        let names_source = properties
            .iter()
            .any(|property| property.name.text.starts_with("with"));
        let is_open = scopes
            .iter()
            .chain([&scope])
            .any(|one| one.changed().next().is_some());
        if names_source && is_open {
            self.refuse(
                span,
                "`withsource` names other tables in the other dialect".to_owned(),
            );
        }
        let has_input = !scope.0.is_empty();
        let is_uniform = scopes.windows(2).all(|pair| pair.first() == pair.last())
            && (!has_input || scopes.first().is_none_or(|first| *first == scope));
        if is_uniform && (has_input || tables.len() > 1 || scope == Scope::default()) {
            let first = scopes.into_iter().next().unwrap_or_default();
            return if has_input { scope } else { first };
        }
        for (table, one) in tables.iter().zip(&scopes) {
            self.close(table, one);
        }
        if scope.changed().next().is_some() {
            self.refuse(
                span,
                "`union` of different tables requires columns under their own names".to_owned(),
            );
        }
        Scope::default()
    }
}

/// `name == "value"`
fn condition(expression: &Expr) -> Option<(String, String)> {
    match expression {
        Expr::Paren(inner, _) => condition(inner),
        Expr::Binary {
            operator: BinaryOperator::Equal | BinaryOperator::EqualIgnoreCase,
            left,
            right,
            ..
        } => match (left.as_ref(), right.as_ref()) {
            (Expr::Name(name), Expr::Literal(Literal::String(value), _))
            | (Expr::Literal(Literal::String(value), _), Expr::Name(name)) => {
                Some((name.text.clone(), value.clone()))
            }
            _ => None,
        },
        _ => None,
    }
}

/// The conditions that the first filters of a pipeline put.
fn asked_of_source(operators: &[Operator]) -> Implied {
    let filters = operators.iter().map_while(|operator| match operator {
        Operator::Where { predicate, .. } => Some(predicate.as_ref()),
        _ => None,
    });
    filters
        .flat_map(|predicate| match predicate {
            Expr::Logical {
                is_and: true,
                operands,
                ..
            } => operands.as_slice(),
            one => std::slice::from_ref(one),
        })
        .filter_map(condition)
        .collect()
}

/// Whether an aggregate hands on all columns.
fn has_star(item: &Expr) -> bool {
    match item {
        Expr::Assign { value, .. } => has_star(value),
        Expr::Call {
            function,
            arguments,
            ..
        } => {
            function.text != "count"
                && arguments
                    .iter()
                    .any(|argument| matches!(argument, Expr::Star(_)))
        }
        _ => false,
    }
}

/// Functions that show whether a number is whole.
fn keeps_kinds(function: &str) -> bool {
    matches!(
        function,
        "bag_pack"
            | "pack"
            | "pack_array"
            | "pack_dictionary"
            | "make_list"
            | "make_set"
            | "make_list_if"
            | "make_set_if"
            | "makelist"
            | "makeset"
            | "make_bag"
            | "gettype"
            | "make_list_with_nulls"
            | "todynamic"
            | "repeat"
            | "set_has_element"
            // The text of 200.0 is another than that of 200.
            | "tostring"
            | "strcat"
            | "strcat_delim"
            | "hash"
            | "hash_many"
            | "hash_md5"
            | "hash_sha1"
            | "hash_sha256"
            | "hash_xxhash64"
    )
}

/// The names that KQL gives to an expression without one, as far as they follow its columns.
fn names_of(item: &Expr) -> Vec<String> {
    match item {
        Expr::Call {
            function,
            arguments,
            ..
        } => names_of_call(&function.text, arguments),
        other => path_name(other).into_iter().collect(),
    }
}

/// `a`, `a_b` for `a.b`, `a_0` for `a[0]`.
fn path_name(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Name(name) => Some(name.text.clone()),
        Expr::Member { object, member, .. } => {
            Some(format!("{}_{}", path_name(object)?, path_name(member)?))
        }
        Expr::Index { object, index, .. } => {
            let key = match index.as_ref() {
                Expr::Literal(Literal::Long(Some(at)), _) => at.to_string(),
                Expr::Literal(Literal::String(key), _) => key.clone(),
                _ => return None,
            };
            Some(format!("{}_{key}", path_name(object)?))
        }
        Expr::Paren(inner, _) => path_name(inner),
        _ => None,
    }
}

fn names_of_call(function: &str, arguments: &[Expr]) -> Vec<String> {
    let first = arguments.first().and_then(path_name);
    let prefixed = |prefix: &str| {
        first
            .iter()
            .map(|name| format!("{prefix}_{name}"))
            .collect()
    };
    match function {
        "arg_max" | "arg_min" | "take_any" => {
            let plain = arguments
                .iter()
                .filter(|argument| !matches!(argument, Expr::Star(_)));
            let names: Option<Vec<String>> = plain.map(path_name).collect();
            names.unwrap_or_default()
        }
        "percentile" | "percentiles" => {
            let Some(name) = first else { return Vec::new() };
            let ranks = arguments.iter().skip(1).map(|rank| match rank {
                Expr::Literal(Literal::Long(Some(rank)), _) => {
                    Some(format!("percentile_{name}_{rank}"))
                }
                Expr::Literal(Literal::Real(Some(rank)), _) => {
                    let rank = number::real_text(*rank);
                    let rank = rank.strip_suffix(".0").unwrap_or(&rank);
                    Some(format!("percentile_{name}_{rank}").replace('.', "_"))
                }
                _ => None,
            });
            ranks.collect::<Option<Vec<String>>>().unwrap_or_default()
        }
        "make_list" | "makelist" | "make_list_if" | "make_list_with_nulls" => prefixed("list"),
        "make_set" | "makeset" | "make_set_if" => prefixed("set"),
        "make_bag" | "make_bag_if" => prefixed("bag"),
        "make_dictionary" => prefixed("dictionary"),
        "buildschema" => prefixed("schema"),
        "tdigest_merge" | "merge_tdigest" => prefixed("merge_tdigests"),
        "sum" | "sumif" | "cnt" | "count" | "dcount" | "dcountif" | "tdigest" | "hll"
        | "hll_if" | "hll_merge" | "min" | "minif" | "max" | "maxif" | "avg" | "avgif"
        | "count_distinct" | "count_distinctif" | "stdev" | "stdevif" | "stdevp" | "variance"
        | "varianceif" | "variancep" | "variancepif" | "covariance" | "covarianceif"
        | "covariancep" | "covariancepif" | "any" | "anyif" | "countif" | "strlen"
        | "string_size" => prefixed(function),
        "split" | "tohex" | "todynamic" | "toobject" | "tolong" | "toint" | "toreal"
        | "todouble" | "todatetime" | "totimespan" | "totime" | "tobool" | "toboolean"
        | "todecimal" | "tostring" | "toguid" | "parse_csv" | "parsejson" | "parse_json"
        | "parse_xml" | "format_datetime" | "format_timespan" | "startofday" | "bin" | "floor"
        | "bin_at" | "bin_auto" | "binary_and" | "binary_or" | "binary_xor" | "binary_not"
        | "binary_shift_right" | "binary_shift_left" | "bitset_count_ones" | "round"
        | "ceiling" | "pow" | "sqrt" | "log" | "log2" | "log10" | "exp" | "exp2" | "exp10"
        | "abs" | "format_bytes" | "take_anyif" => first.into_iter().collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GATEWAY: &[(&str, Type, &str)] = &[
        ("TimeGenerated", Type::DateTime, "TimeGenerated"),
        ("CorrelationId", Type::String, "CorrelationId"),
        ("ResponseCode", Type::Int, "responseCode_d"),
        ("TotalTime", Type::Long, "DurationMs"),
        ("BackendTime", Type::Long, "backendTime_d"),
        ("ApiId", Type::String, "apiId_s"),
        ("Url", Type::String, "url_s"),
        ("Errors", Type::Dynamic, "errors_s"),
        ("_BilledSize", Type::Real, ""),
    ];
    const LLM: &[(&str, Type, &str)] = &[
        ("TimeGenerated", Type::DateTime, "TimeGenerated"),
        ("CorrelationId", Type::String, "CorrelationId"),
        ("ModelName", Type::String, "modelName_s"),
        ("TotalTokens", Type::Int, "totalTokens_d"),
        ("RequestMessages", Type::Dynamic, "requestMessages_s"),
    ];

    fn to_diagnostics(text: &str) -> Result<String, Vec<Diagnostic>> {
        let pairs = |columns: &[(&'static str, Type, &'static str)]| -> Vec<ColumnPair<'static>> {
            columns
                .iter()
                .map(|&(name, kind, target)| ColumnPair::azure_diagnostics(name, kind, target))
                .collect()
        };
        let (gateway, llm) = (pairs(GATEWAY), pairs(LLM));
        let map = |table, filter, columns| ColumnMap {
            table,
            target: "AzureDiagnostics",
            filter,
            implied: &[],
            columns,
        };
        translate(
            text,
            &[
                map("ApiManagementGatewayLogs", "Category == 'G'", &gateway),
                map("ApiManagementGatewayLlmLog", "Category == 'L'", &llm),
            ],
        )
    }

    fn check(from: &str, to: &str) {
        let from = from
            .replace("GW", "ApiManagementGatewayLogs")
            .replace("LLM", "ApiManagementGatewayLlmLog");
        let to = to
            .replace("GW", "AzureDiagnostics | where Category == 'G'")
            .replace("LLM", "AzureDiagnostics | where Category == 'L'");
        assert_eq!(to_diagnostics(&from).as_deref(), Ok(to.as_str()), "{from}");
        assert!(parser::parse(&to).is_ok(), "{to}");
    }

    #[test]
    fn columns_are_replaced_and_results_keep_their_names() {
        check(
            "GW | where ResponseCode >= 400 and Url has 'x'",
            "GW | where responseCode_d >= 400 and url_s has 'x'",
        );
        check(
            "ApiManagementGatewayLogs\n  | summarize count() by ResponseCode, bin(TimeGenerated, 1h)",
            "AzureDiagnostics\n  | where Category == 'G'\n  | summarize count() by ResponseCode = responseCode_d, bin(TimeGenerated, 1h)",
        );
        check(
            "GW | project TimeGenerated, ApiId, Code = ResponseCode | where ApiId == 'a'",
            "GW | project TimeGenerated, ApiId = apiId_s, Code = responseCode_d | where ApiId == 'a'",
        );
        check(
            "GW | summarize max(TotalTime), n = avg(BackendTime) by ApiId | where max_TotalTime > 1",
            "GW | summarize max_TotalTime = max(DurationMs), n = avg(backendTime_d) by ApiId = apiId_s | where max_TotalTime > 1",
        );
        check(
            "GW | summarize percentiles(TotalTime, 50, 95), arg_max(TotalTime, Url)",
            "GW | summarize (percentile_TotalTime_50, percentile_TotalTime_95) = percentiles(DurationMs, 50, 95), (TotalTime, Url) = arg_max(DurationMs, url_s)",
        );
        check(
            "GW | distinct ApiId, CorrelationId",
            "GW | summarize by ApiId = apiId_s, CorrelationId",
        );
        check(
            "GW | top 5 by TotalTime desc | project-away Url",
            "GW | top 5 by DurationMs desc | project-away url_s",
        );
    }

    #[test]
    fn types_are_kept() {
        check(
            "GW | where Errors[0].message has 'x' and isempty(Errors)",
            "GW | where parse_json(errors_s)[0].message has 'x' and isempty(parse_json(errors_s))",
        );
        check(
            "GW | summarize count() by class = ResponseCode / 100",
            "GW | summarize count() by class = toint(responseCode_d) / 100",
        );
        check(
            "GW | project a = tostring(ResponseCode), b = strcat(Url, ' ', ResponseCode)",
            "GW | project a = tostring(toint(responseCode_d)), b = strcat(url_s, ' ', toint(responseCode_d))",
        );
        check(
            "GW | project b = bag_pack('code', ResponseCode)",
            "GW | project b = bag_pack('code', toint(responseCode_d))",
        );
        check(
            "LLM | mv-expand RequestMessages | project RequestMessages.content",
            "LLM | mv-expand RequestMessages = parse_json(requestMessages_s) | project RequestMessages.content",
        );
    }

    #[test]
    fn what_the_query_names_itself_stays() {
        check(
            "let ResponseCode = 1; T | where ResponseCode == 1 and ApiId == 'a'",
            "let ResponseCode = 1; T | where ResponseCode == 1 and ApiId == 'a'",
        );
        check(
            "GW | extend Url = tolower(Url) | where Url == 'a' | project Url, ApiId",
            "GW | extend Url = tolower(url_s) | where Url == 'a' | project Url, ApiId = apiId_s",
        );
        check(
            "let a = GW | where ResponseCode > 1; a | project Url",
            "let a = GW | where responseCode_d > 1; a | project Url = url_s",
        );
        check(
            "GW | parse Url with * '/' ApiId | where ApiId == ''",
            "GW | parse url_s with * '/' ApiId | where ApiId == ''",
        );
        check(
            "T | where x.ResponseCode == 1",
            "T | where x.ResponseCode == 1",
        );
    }

    #[test]
    fn joined_tables_do_not_meet() {
        check(
            "LLM | join kind=inner (GW | where ResponseCode == 200) on CorrelationId | project ModelName, ApiId",
            "LLM | join kind=inner (GW | where responseCode_d == 200 | project ApiId = apiId_s, CorrelationId, ResponseCode = responseCode_d) on CorrelationId | project ModelName = modelName_s, ApiId",
        );
        check(
            "LLM | lookup ApiManagementGatewayLogs on CorrelationId | summarize sum(TotalTokens) by ApiId",
            "LLM | lookup (AzureDiagnostics | where Category == 'G' | project ApiId = apiId_s, CorrelationId) on CorrelationId | summarize sum_TotalTokens = sum(totalTokens_d) by ApiId",
        );
        check(
            "GW | join (GW | where ResponseCode == 5) on ApiId | project Url, Url1",
            "GW | join (GW | where responseCode_d == 5 | project ApiId = apiId_s, ResponseCode = responseCode_d, Url = url_s) on $left.apiId_s == $right.ApiId | project Url = url_s, Url1 = Url",
        );
        check(
            "union ApiManagementGatewayLogs, T | where x",
            "union (AzureDiagnostics | where Category == 'G'), T | where x",
        );
        check(
            "union ApiManagementGatewayLogs, T | where Url == 'x'",
            "union (AzureDiagnostics | where Category == 'G' | project Url = url_s), T | where Url == 'x'",
        );
    }

    #[test]
    fn the_way_back_leaves_the_filter_out() {
        let pairs = |columns: &[(&'static str, Type, &'static str)]| -> Vec<ColumnPair<'static>> {
            let pair = |&(name, kind, target)| {
                ColumnPair::azure_diagnostics(name, kind, target).reversed()
            };
            columns
                .iter()
                .filter(|column| !column.2.is_empty())
                .map(pair)
                .collect()
        };
        let (gateway, llm) = (pairs(GATEWAY), pairs(LLM));
        let provider = ("ResourceProvider", "MICROSOFT.APIMANAGEMENT");
        let (g, l) = (
            [provider, ("Category", "GatewayLogs")],
            [provider, ("Category", "GatewayLlmLogs")],
        );
        let map = |target, implied, columns| ColumnMap {
            table: "AzureDiagnostics",
            target,
            filter: "",
            implied,
            columns,
        };
        let maps = [map("GW", &g[..], &gateway), map("LLM", &l[..], &llm)];
        for (from, to) in [
            (
                "AzureDiagnostics\n| where ResourceProvider == 'MICROSOFT.APIMANAGEMENT'\n| where Category == 'GatewayLogs'\n| where responseCode_d >= 400\n| summarize count() by lastError, responseCode_d",
                "GW\n| where ResponseCode >= 400\n| summarize count() by lastError, responseCode_d = ResponseCode",
            ),
            (
                "AzureDiagnostics | where a and Category == \"GatewayLlmLogs\" and b and ResourceProvider =~ 'Microsoft.ApiManagement' | project modelName_s",
                "LLM | where a and b | project modelName_s = ModelName",
            ),
            (
                "AzureDiagnostics | where Category == 'GatewayLogs' and url_s has 'x' | take 1",
                "GW | where Url has 'x' | take 1",
            ),
            (
                "AzureDiagnostics | where errors_s has 'x' and Category == 'GatewayLogs'",
                "GW | where tostring(Errors) has 'x'",
            ),
        ] {
            assert_eq!(translate(from, &maps).as_deref(), Ok(to), "{from}");
        }
        for refused in [
            "AzureDiagnostics | where url_s has 'x'",
            "AzureDiagnostics | where Category == 'Other'",
            "AzureDiagnostics | where Category == 'GatewayLogs' | summarize count() by ResourceProvider",
            "AzureDiagnostics | where Category == 'GatewayLogs' or Category == 'GatewayLlmLogs'",
        ] {
            assert!(translate(refused, &maps).is_err(), "{refused}");
        }
    }

    #[test]
    fn application_insights_goes_both_ways() {
        let pair = |name, kind, target, target_kind| ColumnPair {
            name,
            kind,
            target,
            target_kind,
        };
        let columns = [
            pair("timestamp", Type::DateTime, "TimeGenerated", Type::DateTime),
            pair("success", Type::String, "Success", Type::Bool),
            pair("resultCode", Type::String, "ResultCode", Type::String),
            pair("duration", Type::Real, "DurationMs", Type::Real),
            pair(
                "customDimensions",
                Type::Dynamic,
                "Properties",
                Type::Dynamic,
            ),
        ];
        let back: Vec<ColumnPair<'_>> = columns.iter().map(|pair| pair.reversed()).collect();
        let map = |table, target, columns| ColumnMap {
            table,
            target,
            filter: "",
            implied: &[],
            columns,
        };
        let there = "requests\n| where success == 'False' and customDimensions['a'] == 1\n| summarize avg(duration) by resultCode, bin(timestamp, 1h)";
        let here = "AppRequests\n| where tostring(Success) == 'False' and Properties['a'] == 1\n| summarize avg_duration = avg(DurationMs) by resultCode = ResultCode, timestamp = bin(TimeGenerated, 1h)";
        assert_eq!(
            translate(there, &[map("requests", "AppRequests", &columns)]).as_deref(),
            Ok(here)
        );
        let there = "union AppRequests, (AppRequests | where Success == true) | where ResultCode == '5' | project Properties";
        let here = "union requests, (requests | where tobool(success) == true) | where resultCode == '5' | project Properties = customDimensions";
        assert_eq!(
            translate(there, &[map("AppRequests", "requests", &back)]).as_deref(),
            Ok(here)
        );
    }

    #[test]
    fn what_is_not_exact_is_refused() {
        for text in [
            "ApiManagementGatewayLogs | where _BilledSize > 1",
            "ApiManagementGatewayLogs | where * has 'x'",
            "ApiManagementGatewayLogs | project-away Resp*",
            "ApiManagementGatewayLogs | getschema",
            "ApiManagementGatewayLogs | extend p = pack_all()",
            "search in (ApiManagementGatewayLogs) 'x'",
            "ApiManagementGatewayLogs | extend DurationMs = 1",
            "ApiManagementGatewayLogs | invoke f()",
            "ApiManagementGatewayLogs | where",
        ] {
            assert!(to_diagnostics(text).is_err(), "{text}");
        }
    }
}
