//! The pretty printer: one operator a line, lists that do not fit one item a line.
//!
//! Input: a text, or a tree and the text it came from. Output: the same query in one style.
//! Invariants: formatting what was formatted changes nothing; the tree stays the same but for
//! spans; comments stay in order, each before or behind the item it stood at. Literals, names and
//! what the tree keeps as a whole (`macro-expand`, …) are written as they stand in the source.
//! Absent on purpose: the repair of broken texts ([`format`] hands back what is wrong).

use super::parser;
use super::token::{TokenKind, tokens};
use super::tree::{
    ColumnDeclaration, ExpandItem, Expr, Function, GraphDirection, LetValue, Name, Operator,
    Ordered, Parameter, ParameterKind, ParseStep, Pipeline, Property, Query, Source, Statement,
    UnaryOperator,
};
use crate::diagnostic::{Diagnostic, Severity};
use crate::text::Span;
use std::collections::VecDeque;

/// Longest line that is not broken, in characters.
const WIDTH: usize = 100;
/// Width of one step of indentation.
const STEP: usize = 4;
/// Most operators of a pipeline in parentheses that stay on one line.
const MAX_INLINE_OPERATORS: usize = 2;

/// Formats a text; a text with errors is handed back as its diagnostics.
pub fn format(text: &str) -> Result<String, Vec<Diagnostic>> {
    let parsed = parser::parse(text);
    if parsed
        .diagnostics
        .iter()
        .any(|d| d.severity == Severity::Error)
    {
        return Err(parsed.diagnostics);
    }
    Ok(Builder::new(text, comments(text)).query(&parsed.query))
}

/// The text of a tree that was read from `source`, without comments.
pub fn print(query: &Query, source: &str) -> String {
    Builder::new(source, Vec::new()).query(query)
}

struct Comment {
    span: Span,
    /// Whether code stands before it on its line.
    is_trailing: bool,
}

fn comments(text: &str) -> Vec<Comment> {
    let mut is_trailing = false;
    let mut found = Vec::new();
    for token in tokens(text).0 {
        match token.kind {
            TokenKind::Space => is_trailing &= !token.span.of(text).contains('\n'),
            TokenKind::Comment | TokenKind::Directive => found.push(Comment {
                span: token.span,
                is_trailing,
            }),
            _ => is_trailing = true,
        }
    }
    found
}

/// A piece of layout.
enum Doc {
    Text(String),
    /// A blank in a line, a line end in a broken group.
    Space,
    /// Nothing in a line, a line end in a broken group.
    Soft,
    /// A line end.
    Hard,
    /// Breaks the group that it stands in.
    Break,
    Comment {
        text: String,
        is_trailing: bool,
    },
    /// One step to the right.
    Nest(Vec<Doc>),
    /// On one line if it fits and nothing breaks it.
    Group(Vec<Doc>),
    /// Side by side; the groups inside break on their own.
    Row(Vec<Doc>),
}

/// The width on one line, or none when it must break.
fn flat_width(docs: &[Doc]) -> Option<usize> {
    docs.iter().try_fold(0, |width, doc| {
        Some(
            width
                + match doc {
                    Doc::Text(text) => text.chars().count(),
                    Doc::Space => 1,
                    Doc::Soft => 0,
                    Doc::Hard | Doc::Break | Doc::Comment { .. } => return None,
                    Doc::Nest(inner) | Doc::Group(inner) | Doc::Row(inner) => flat_width(inner)?,
                },
        )
    })
}

/// Writes layout into lines.
#[derive(Default)]
struct Lines {
    out: String,
    /// Characters in the current line.
    column: usize,
    ends_in_comment: bool,
}

impl Lines {
    fn line(&mut self) {
        if self.column > 0 {
            while self.out.ends_with(' ') {
                self.out.pop();
            }
            self.out.push('\n');
        }
        self.column = 0;
        self.ends_in_comment = false;
    }

    fn text(&mut self, text: &str, indent: usize) {
        if text.is_empty() {
            return;
        }
        if self.ends_in_comment {
            self.line();
        }
        let mut text = text;
        if self.column == 0 {
            self.out.push_str(&" ".repeat(indent));
            self.column = indent;
            text = text.trim_start_matches(' ');
        }
        self.out.push_str(text);
        self.column = match text.rsplit_once('\n') {
            Some((_, last)) => last.chars().count(),
            None => self.column + text.chars().count(),
        };
        self.column = self.column.max(1);
    }

    fn write(&mut self, docs: &[Doc], indent: usize, is_flat: bool) {
        for doc in docs {
            match doc {
                Doc::Text(text) => self.text(text, indent),
                Doc::Space if is_flat => self.text(" ", indent),
                Doc::Space | Doc::Hard => self.line(),
                Doc::Soft if !is_flat => self.line(),
                Doc::Soft | Doc::Break => {}
                Doc::Comment { text, is_trailing } => {
                    if *is_trailing && self.column > 0 && !self.ends_in_comment {
                        self.text(" ", indent);
                    } else {
                        self.line();
                    }
                    self.text(text, indent);
                    self.ends_in_comment = true;
                }
                Doc::Nest(inner) => self.write(inner, indent + STEP, is_flat),
                Doc::Row(inner) => self.write(inner, indent, true),
                Doc::Group(inner) => {
                    let start = if self.column == 0 {
                        indent
                    } else {
                        self.column
                    };
                    let fits = flat_width(inner).is_some_and(|width| start + width <= WIDTH);
                    self.write(inner, indent, fits);
                }
            }
        }
    }
}

/// Makes layout of a tree; reads the comments in step with it.
struct Builder<'t> {
    source: &'t str,
    comments: VecDeque<Comment>,
}

impl Builder<'_> {
    fn new(source: &str, comments: Vec<Comment>) -> Builder<'_> {
        Builder {
            source,
            comments: comments.into(),
        }
    }

    fn query(mut self, query: &Query) -> String {
        let mut docs = Vec::new();
        self.statements(&query.statements, &mut docs);
        self.comments_before(u32::MAX, &mut docs);
        let mut lines = Lines::default();
        lines.write(&docs, 0, false);
        lines.line();
        lines.out.truncate(lines.out.trim_end().len());
        lines.out
    }

    fn at(&self, span: Span) -> String {
        span.of(self.source).to_owned()
    }

    /// Puts the comments that stand before a place.
    fn comments_before(&mut self, place: u32, docs: &mut Vec<Doc>) {
        while self
            .comments
            .front()
            .is_some_and(|comment| comment.span.start < place)
            && let Some(comment) = self.comments.pop_front()
        {
            let text = comment.span.of(self.source).trim_end().to_owned();
            docs.push(Doc::Comment {
                text,
                is_trailing: comment.is_trailing,
            });
        }
    }

    /// A part that is written as it stands, its comments included.
    fn verbatim(&mut self, span: Span) -> Doc {
        self.comments
            .retain(|comment| comment.span.start < span.start || comment.span.start >= span.end);
        Doc::Text(self.at(span))
    }

    fn statements(&mut self, statements: &[Statement], docs: &mut Vec<Doc>) {
        for (at, statement) in statements.iter().enumerate() {
            if at > 0 {
                docs.push(text(";"));
            }
            self.comments_before(statement.span().start, docs);
            if at > 0 {
                docs.push(Doc::Hard);
            }
            self.statement(statement, docs);
        }
        if let [
            ..,
            Statement::Let { .. } | Statement::Set { .. } | Statement::DeclareParameters { .. },
        ] = statements
        {
            docs.push(text(";"));
        }
    }

    fn statement(&mut self, statement: &Statement, docs: &mut Vec<Doc>) {
        match statement {
            Statement::Let { name, value, .. } => {
                docs.push(Doc::Text(format!("let {} = ", self.name(name))));
                match value {
                    LetValue::Expr(Expr::Pipe(pipeline)) => {
                        let inner = self.pipeline(pipeline, true);
                        docs.push(Doc::Nest(vec![Doc::Group(inner)]));
                    }
                    LetValue::Expr(value) => docs.push(self.expr(value)),
                    LetValue::Function(function) => self.function(function, docs),
                }
            }
            Statement::Set { name, value, .. } => {
                docs.push(Doc::Text(format!("set {}", self.name(name))));
                if let Some(value) = value {
                    docs.push(text(" = "));
                    docs.push(self.expr(value));
                }
            }
            Statement::DeclareParameters { parameters, .. } => {
                docs.push(text("declare query_parameters"));
                docs.push(self.parameters(parameters));
            }
            Statement::Other { span, .. } => docs.push(self.verbatim(*span)),
            Statement::Expression(Expr::Pipe(pipeline)) => {
                let inner = self.pipeline(pipeline, true);
                docs.push(Doc::Group(inner));
            }
            Statement::Expression(expression) => docs.push(self.expr(expression)),
        }
    }

    fn function(&mut self, function: &Function, docs: &mut Vec<Doc>) {
        if function.is_view {
            docs.push(text("view "));
        }
        docs.push(self.parameters(&function.parameters));
        docs.push(text(" {"));
        let mut body = vec![Doc::Hard];
        self.statements(&function.body, &mut body);
        self.comments_before(function.span.end, &mut body);
        docs.push(Doc::Nest(body));
        docs.push(Doc::Hard);
        docs.push(text("}"));
    }

    fn parameters(&mut self, parameters: &[Parameter]) -> Doc {
        self.list("(", ")", parameters, |builder, parameter, docs| {
            let kind = match &parameter.kind {
                ParameterKind::Scalar(name) => name.text.clone(),
                ParameterKind::Table {
                    any_columns: true, ..
                } => "(*)".to_owned(),
                ParameterKind::Table { columns, .. } => builder.columns(columns),
            };
            docs.push(Doc::Text(format!(
                "{}:{kind}",
                builder.name(&parameter.name)
            )));
            if let Some(default) = &parameter.default {
                docs.push(text(" = "));
                docs.push(builder.expr(default));
            }
        })
    }

    /// Items in brackets, on one line or one a line.
    fn list<T>(
        &mut self,
        open: &str,
        close: &str,
        items: &[T],
        mut one: impl FnMut(&mut Self, &T, &mut Vec<Doc>),
    ) -> Doc {
        let mut inner = Vec::new();
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                inner.push(text(","));
            }
            inner.push(if at > 0 { Doc::Space } else { Doc::Soft });
            one(self, item, &mut inner);
        }
        let closing = if items.is_empty() {
            Vec::new()
        } else {
            vec![Doc::Soft]
        };
        let mut docs = vec![text(open), Doc::Nest(inner)];
        docs.extend(closing);
        docs.push(text(close));
        Doc::Group(docs)
    }

    /// `a, b` behind a keyword; comments before an item stay there.
    fn items<T>(
        &mut self,
        items: &[T],
        start: impl Fn(&T) -> u32,
        mut one: impl FnMut(&mut Self, &T) -> Doc,
    ) -> Vec<Doc> {
        let mut docs = Vec::new();
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                docs.push(text(","));
            }
            self.comments_before(start(item), &mut docs);
            docs.push(Doc::Space);
            docs.push(one(self, item));
        }
        docs
    }

    fn expressions(&mut self, items: &[Expr]) -> Vec<Doc> {
        self.items(items, |item| item.span().start, Self::expr)
    }

    fn name(&self, name: &Name) -> String {
        let written = name.span.of(self.source);
        if written.is_empty() || written.contains('\n') {
            name.text.clone()
        } else {
            written.to_owned()
        }
    }

    fn columns(&self, columns: &[ColumnDeclaration]) -> String {
        let one = |column: &ColumnDeclaration| {
            if column.type_name.text.is_empty() {
                return self.name(&column.name);
            }
            if column.name.text.is_empty() {
                return column.type_name.text.clone();
            }
            format!("{}:{}", self.name(&column.name), column.type_name.text)
        };
        format!(
            "({})",
            columns.iter().map(one).collect::<Vec<_>>().join(", ")
        )
    }

    fn expr(&mut self, expression: &Expr) -> Doc {
        let mut docs = Vec::new();
        self.write_expr(expression, &mut docs);
        if let [_] = docs.as_slice() {
            docs.remove(0)
        } else {
            Doc::Group(docs)
        }
    }

    fn write_expr(&mut self, expression: &Expr, docs: &mut Vec<Doc>) {
        match expression {
            Expr::Literal(_, span) => docs.push(self.literal(*span)),
            Expr::Name(name) => docs.push(Doc::Text(self.name(name))),
            Expr::Star(_) => docs.push(text("*")),
            Expr::Missing(_) => {}
            Expr::Placeholder { text, .. } => docs.push(Doc::Text(text.clone())),
            Expr::Call {
                function,
                arguments,
                ..
            } => {
                docs.push(Doc::Text(self.name(function)));
                let behind = Span::new(function.span.end, self.source.len() as u32);
                let is_group = behind.of(self.source).trim_start().starts_with('[');
                let (open, close) = if is_group { ("[", "]") } else { ("(", ")") };
                docs.push(self.arguments(open, close, arguments, expression.span().end));
            }
            Expr::Member { object, member, .. } => {
                self.write_expr(object, docs);
                docs.push(text("."));
                self.write_expr(member, docs);
            }
            Expr::Index { object, index, .. } => {
                self.write_expr(object, docs);
                docs.push(text("["));
                self.write_expr(index, docs);
                docs.push(text("]"));
            }
            Expr::Unary {
                operator, operand, ..
            } => {
                docs.push(text(if *operator == UnaryOperator::Minus {
                    "-"
                } else {
                    "+"
                }));
                self.write_expr(operand, docs);
            }
            Expr::Binary {
                operator_span,
                left,
                right,
                ..
            } => {
                docs.push(self.expr(left));
                let written = operator_span.of(self.source);
                let sign = if written.starts_with("matches") {
                    "matches regex"
                } else {
                    written
                };
                docs.push(Doc::Text(format!(" {sign} ")));
                docs.push(self.expr(right));
            }
            Expr::Logical {
                is_and, operands, ..
            } => {
                let word = if *is_and { "and " } else { "or " };
                let mut rest = Vec::new();
                for (at, operand) in operands.iter().enumerate() {
                    let out = if at == 0 { &mut *docs } else { &mut rest };
                    if at > 0 {
                        self.comments_before(operand.span().start, out);
                        out.push(Doc::Space);
                        out.push(text(word));
                    }
                    out.push(self.expr(operand));
                }
                docs.push(Doc::Nest(rest));
            }
            Expr::InList {
                operator_span,
                left,
                list,
                span,
                ..
            } => {
                docs.push(self.expr(left));
                docs.push(Doc::Text(format!(" {} ", operator_span.of(self.source))));
                docs.push(self.arguments("(", ")", list, span.end));
            }
            Expr::Between {
                is_negated,
                left,
                low,
                high,
                ..
            } => {
                docs.push(self.expr(left));
                docs.push(text(if *is_negated {
                    " !between ("
                } else {
                    " between ("
                }));
                docs.push(self.expr(low));
                docs.push(text(" .. "));
                docs.push(self.expr(high));
                docs.push(text(")"));
            }
            Expr::Assign {
                names,
                is_tuple,
                value,
                ..
            } => {
                let names = names
                    .iter()
                    .map(|name| self.name(name))
                    .collect::<Vec<_>>()
                    .join(", ");
                docs.push(Doc::Text(if *is_tuple {
                    format!("({names}) = ")
                } else {
                    format!("{names} = ")
                }));
                self.write_expr(value, docs);
            }
            Expr::Paren(inner, span) => {
                let mut body = vec![Doc::Soft];
                self.comments_before(inner.span().start, &mut body);
                match inner.as_ref() {
                    Expr::Pipe(pipeline) => body.extend(self.pipeline(pipeline, false)),
                    inner => body.push(self.expr(inner)),
                }
                self.comments_before(span.end, &mut body);
                docs.push(Doc::Group(vec![
                    text("("),
                    Doc::Nest(body),
                    Doc::Soft,
                    text(")"),
                ]));
            }
            Expr::Pipe(pipeline) => {
                let inner = self.pipeline(pipeline, false);
                docs.push(Doc::Group(inner));
            }
            Expr::Datatable {
                columns,
                values,
                span,
            } => self.datatable(columns, values, *span, docs),
            Expr::ExternalData {
                columns,
                sources,
                properties,
                span,
            } => {
                if span.of(self.source).starts_with("inline") {
                    docs.push(self.verbatim(*span));
                    return;
                }
                docs.push(Doc::Text(format!(
                    "externaldata {} ",
                    self.columns(columns)
                )));
                docs.push(self.arguments("[", "]", sources, span.end));
                if !properties.is_empty() {
                    docs.push(text(" with "));
                    docs.push(self.with(properties));
                }
            }
            Expr::TypeOf { columns, span } => {
                let columns = self.columns(columns);
                // A typed column of `find … project` stands without the word.
                if span.of(self.source).starts_with("typeof") {
                    docs.push(Doc::Text(format!("typeof{columns}")));
                } else {
                    docs.push(Doc::Text(columns.trim_matches(['(', ')']).to_owned()));
                }
            }
        }
    }

    /// A literal as it is written; strings side by side in one line.
    fn literal(&mut self, span: Span) -> Doc {
        let written = span.of(self.source);
        if !written.contains('\n') {
            return Doc::Text(written.to_owned());
        }
        if written.starts_with("dynamic") {
            return self.verbatim(span);
        }
        let pieces: Vec<&str> = tokens(written)
            .0
            .into_iter()
            .filter(|token| !token.is_trivia())
            .map(|token| token.span.of(written))
            .collect();
        Doc::Text(pieces.join(" "))
    }

    fn arguments(&mut self, open: &str, close: &str, arguments: &[Expr], end: u32) -> Doc {
        let mut inner = Vec::new();
        for (at, argument) in arguments.iter().enumerate() {
            if at > 0 {
                inner.push(text(","));
            }
            self.comments_before(argument.span().start, &mut inner);
            inner.push(if at > 0 { Doc::Space } else { Doc::Soft });
            match argument {
                Expr::Pipe(pipeline) => inner.extend(self.pipeline(pipeline, false)),
                argument => inner.push(self.expr(argument)),
            }
        }
        self.comments_before(end, &mut inner);
        if inner.is_empty() {
            return Doc::Text(format!("{open}{close}"));
        }
        Doc::Group(vec![text(open), Doc::Nest(inner), Doc::Soft, text(close)])
    }

    fn datatable(
        &mut self,
        columns: &[ColumnDeclaration],
        values: &[Expr],
        span: Span,
        docs: &mut Vec<Doc>,
    ) {
        docs.push(Doc::Text(format!("datatable {} ", self.columns(columns))));
        let mut rows = Vec::new();
        for (at, value) in values.iter().enumerate() {
            let is_row_start = at % columns.len().max(1) == 0;
            if at > 0 {
                rows.push(text(if is_row_start { "," } else { ", " }));
            }
            if is_row_start {
                self.comments_before(value.span().start, &mut rows);
                rows.push(if at > 0 { Doc::Space } else { Doc::Soft });
            }
            rows.push(self.expr(value));
        }
        self.comments_before(span.end, &mut rows);
        docs.push(if rows.is_empty() {
            text("[]")
        } else {
            Doc::Group(vec![text("["), Doc::Nest(rows), Doc::Soft, text("]")])
        });
    }

    /// Source and operators; the group around it decides whether they share a line.
    fn pipeline(&mut self, pipeline: &Pipeline, is_statement: bool) -> Vec<Doc> {
        let mut docs = Vec::new();
        match pipeline.source.as_ref() {
            Source::Expr(source) => docs.push(self.expr(source)),
            Source::Operator(operator) => docs.push(self.operator(operator)),
        }
        let most = if is_statement {
            0
        } else {
            MAX_INLINE_OPERATORS
        };
        if pipeline.operators.len() > most {
            docs.push(Doc::Break);
        }
        for operator in &pipeline.operators {
            self.comments_before(operator.span().start, &mut docs);
            docs.push(Doc::Space);
            docs.push(text("| "));
            docs.push(self.operator(operator));
        }
        docs
    }

    /// `(operator | operator)`
    fn body(&mut self, operators: &[Operator], end: u32) -> Doc {
        let mut inner = vec![Doc::Soft];
        if operators.len() > MAX_INLINE_OPERATORS {
            inner.push(Doc::Break);
        }
        for (at, operator) in operators.iter().enumerate() {
            self.comments_before(operator.span().start, &mut inner);
            if at > 0 {
                inner.push(Doc::Space);
                inner.push(text("| "));
            }
            inner.push(self.operator(operator));
        }
        self.comments_before(end, &mut inner);
        Doc::Group(vec![text("("), Doc::Nest(inner), Doc::Soft, text(")")])
    }

    fn properties(&mut self, properties: &[Property], docs: &mut Vec<Doc>) {
        for property in properties {
            docs.push(Doc::Text(format!(" {}=", property.name.text)));
            docs.push(self.expr(&property.value));
        }
    }

    /// `(a=1, b=c, d)`: values of one name follow each other.
    fn with(&mut self, properties: &[Property]) -> Doc {
        let mut last = "";
        let mut inner = Vec::new();
        for (at, property) in properties.iter().enumerate() {
            if at > 0 {
                inner.push(text(", "));
            }
            if property.name.text != last {
                inner.push(Doc::Text(format!("{}=", self.name(&property.name))));
            }
            last = &property.name.text;
            inner.push(self.expr(&property.value));
        }
        inner.insert(0, text("("));
        inner.push(text(")"));
        Doc::Group(inner)
    }

    fn ordered(&mut self, ordered: &Ordered) -> Doc {
        let mut docs = vec![self.expr(&ordered.value)];
        match ordered.ascending {
            Some(true) => docs.push(text(" asc")),
            Some(false) => docs.push(text(" desc")),
            None => {}
        }
        match ordered.nulls_first {
            Some(true) => docs.push(text(" nulls first")),
            Some(false) => docs.push(text(" nulls last")),
            None => {}
        }
        Doc::Group(docs)
    }

    fn expand_item(&mut self, item: &ExpandItem) -> Doc {
        let mut docs = vec![self.expr(&item.value)];
        if let Some(kind) = &item.to_type {
            docs.push(Doc::Text(format!(" to typeof({})", kind.text)));
        }
        Doc::Group(docs)
    }

    /// ` in (table, table)`, of `find` and `search`.
    fn in_tables(&mut self, tables: &[Expr], docs: &mut Vec<Doc>) {
        if let Some(last) = tables.last() {
            docs.push(text(" in "));
            docs.push(self.arguments("(", ")", tables, last.span().end));
        }
    }

    fn optional(&mut self, word: &str, value: Option<&Expr>, docs: &mut Vec<Doc>) {
        if let Some(value) = value {
            docs.push(Doc::Text(format!(" {word} ")));
            docs.push(self.expr(value));
        }
    }

    fn make_graph(&mut self, operator: &Operator, mut docs: Vec<Doc>) -> Doc {
        let Operator::MakeGraph {
            source,
            target,
            is_directed,
            node_id,
            nodes,
            partition,
            span,
        } = operator
        else {
            return Doc::Group(docs);
        };
        let (source, target) = (self.name(source), self.name(target));
        let arrow = if *is_directed { "-->" } else { "--" };
        docs.push(Doc::Text(format!(" {source} {arrow} {target}")));
        if let Some(name) = node_id {
            docs.push(Doc::Text(format!(" with_node_id={}", self.name(name))));
        }
        for (at, (table, id)) in nodes.iter().enumerate() {
            docs.push(text(if at > 0 { ", " } else { " with " }));
            docs.push(self.expr(table));
            docs.push(Doc::Text(format!(" on {}", self.name(id))));
        }
        if let Some((column, body)) = partition {
            let column = self.name(column);
            docs.push(Doc::Text(format!(" partitioned-by {column} ")));
            docs.push(self.body(body, span.end));
        }
        Doc::Row(docs)
    }

    fn graph_match(&mut self, operator: &Operator, docs: &mut Vec<Doc>) {
        let Operator::GraphMatch {
            properties,
            paths,
            predicate,
            project,
            ..
        } = operator
        else {
            return;
        };
        self.properties(properties, docs);
        for (at, path) in paths.iter().enumerate() {
            docs.push(text(if at > 0 { ", " } else { " " }));
            docs.push(self.graph_node(path.start.as_ref()));
            for (edge, node) in &path.hops {
                let is_backward = edge.direction == GraphDirection::Backward;
                docs.push(text(if is_backward { "<-" } else { "-" }));
                if edge.name.is_some() || edge.range.is_some() {
                    docs.push(text("["));
                    if let Some(name) = &edge.name {
                        docs.push(Doc::Text(self.name(name).clone()));
                    }
                    if let Some((fewest, most)) = &edge.range {
                        docs.push(text("*"));
                        docs.push(self.expr(fewest));
                        docs.push(text(".."));
                        docs.push(self.expr(most));
                    }
                    docs.push(text("]"));
                }
                let is_forward = edge.direction == GraphDirection::Forward;
                docs.push(text(if is_forward { "->" } else { "-" }));
                docs.push(self.graph_node(node.as_ref()));
            }
        }
        let mut inner = Vec::new();
        if let Some(predicate) = predicate {
            self.comments_before(predicate.span().start, &mut inner);
            inner.push(Doc::Space);
            inner.push(text("where "));
            inner.push(self.expr(predicate));
        }
        if let Some(first) = project.first() {
            self.comments_before(first.span().start, &mut inner);
            inner.push(Doc::Space);
            inner.push(text("project"));
            let items = self.expressions(project);
            inner.push(Doc::Group(vec![Doc::Nest(items)]));
        }
        docs.push(Doc::Nest(inner));
    }

    fn graph_node(&self, name: Option<&Name>) -> Doc {
        match name {
            Some(name) => Doc::Text(format!("({})", self.name(name))),
            None => text("()"),
        }
    }

    /// The operator without its bar.
    fn operator(&mut self, operator: &Operator) -> Doc {
        let span = operator.span();
        let keyword = tokens(span.of(self.source))
            .0
            .first()
            .map_or("", |token| token.span.of(span.of(self.source)));
        let mut docs = vec![text(keyword)];
        match operator {
            Operator::MacroExpand { .. }
            | Operator::Graph { .. }
            | Operator::Undocumented { .. }
            | Operator::Broken { .. } => return self.verbatim(span),
            Operator::GetSchema { .. } => return Doc::Text(one_line(span.of(self.source))),
            Operator::As {
                properties, name, ..
            } => {
                self.properties(properties, &mut docs);
                docs.push(Doc::Text(format!(" {}", self.name(name))));
            }
            Operator::Consume { properties, .. } => self.properties(properties, &mut docs),
            Operator::Count { name, .. } => {
                if let Some(name) = name {
                    docs.push(Doc::Text(format!(" as {}", self.name(name))));
                }
            }
            Operator::Distinct {
                properties,
                columns,
                ..
            } => {
                self.properties(properties, &mut docs);
                let items = self.expressions(columns);
                docs.push(Doc::Nest(items));
            }
            Operator::Evaluate {
                properties,
                plugin,
                arguments,
                schema,
                span,
            } => {
                self.properties(properties, &mut docs);
                docs.push(Doc::Text(format!(" {}", self.name(plugin))));
                docs.push(self.arguments("(", ")", arguments, span.end));
                if let Some(columns) = schema {
                    docs.push(Doc::Text(format!(" : {}", self.columns(columns))));
                }
            }
            Operator::Extend { columns, .. }
            | Operator::Print { columns, .. }
            | Operator::Project { columns, .. }
            | Operator::ProjectByNames { columns, .. }
            | Operator::ProjectRename { columns, .. }
            | Operator::Serialize { columns, .. } => {
                let items = self.expressions(columns);
                docs.push(Doc::Nest(items));
            }
            Operator::Facet {
                columns,
                with,
                span,
            } => {
                docs.push(text(" by"));
                let items = self.expressions(columns);
                docs.push(Doc::Nest(items));
                if let Some(operators) = with {
                    docs.push(text(" with "));
                    docs.push(self.body(operators, span.end));
                }
            }
            Operator::Find {
                properties,
                tables,
                predicate,
                project,
                project_smart,
                ..
            } => {
                self.properties(properties, &mut docs);
                self.in_tables(tables, &mut docs);
                docs.push(text(" where "));
                docs.push(self.expr(predicate));
                if *project_smart {
                    docs.push(text(" project-smart"));
                } else if !project.is_empty() {
                    docs.push(text(" project"));
                    let items = self.expressions(project);
                    docs.push(Doc::Nest(items));
                }
            }
            Operator::Fork { branches, span } => {
                let mut inner = Vec::new();
                for (at, (name, operators)) in branches.iter().enumerate() {
                    inner.push(Doc::Space);
                    if let Some(name) = name {
                        inner.push(Doc::Text(format!("{} = ", self.name(name))));
                    }
                    let next = branches
                        .get(at + 1)
                        .and_then(|(_, operators)| operators.first());
                    let end = next.map_or(span.end, |operator| {
                        operators
                            .last()
                            .map_or(0, |o| o.span().end)
                            .min(operator.span().start)
                    });
                    inner.push(self.body(operators, end));
                }
                docs.push(Doc::Nest(inner));
            }
            Operator::Invoke {
                function,
                arguments,
                span,
            } => {
                docs.push(Doc::Text(format!(" {}", self.name(function))));
                docs.push(self.arguments("(", ")", arguments, span.end));
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
                self.properties(properties, &mut docs);
                docs.push(text(" "));
                docs.push(self.expr(right));
                if !on.is_empty() {
                    docs.push(text(" on"));
                    let items = self.expressions(on);
                    docs.push(Doc::Group(vec![Doc::Nest(items)]));
                }
                return Doc::Row(docs);
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
                self.properties(properties, &mut docs);
                let mut inner = self.items(
                    aggregates,
                    |one| one.value.span().start,
                    |builder, one| {
                        let mut docs = vec![builder.expr(&one.value)];
                        if let Some(default) = &one.default {
                            docs.push(text(" default="));
                            docs.push(builder.expr(default));
                        }
                        Doc::Group(docs)
                    },
                );
                inner.push(Doc::Space);
                inner.push(text("on "));
                inner.push(self.expr(axis));
                if let Some([first, last, width]) = in_range {
                    inner.push(text(" in range("));
                    for (at, value) in [first, last, width].into_iter().enumerate() {
                        inner.push(text(if at > 0 { ", " } else { "" }));
                        inner.push(self.expr(value));
                    }
                    inner.push(text(")"));
                }
                self.optional("from", from.as_deref(), &mut inner);
                self.optional("to", to.as_deref(), &mut inner);
                self.optional("step", step.as_deref(), &mut inner);
                self.by(by, &mut inner);
                docs.push(Doc::Nest(inner));
            }
            Operator::MakeGraph { .. } => return self.make_graph(operator, docs),
            Operator::GraphMatch { .. } => self.graph_match(operator, &mut docs),
            Operator::GraphToTable { outputs, .. } => {
                for (at, output) in outputs.iter().enumerate() {
                    docs.push(text(if at > 0 { ", " } else { " " }));
                    docs.push(text(if output.is_nodes { "nodes" } else { "edges" }));
                    if let Some(name) = &output.name {
                        docs.push(Doc::Text(format!(" as {}", self.name(name))));
                    }
                    self.properties(&output.properties, &mut docs);
                }
            }
            Operator::GraphMarkComponents { properties, .. } => {
                self.properties(properties, &mut docs);
            }
            Operator::MvApply {
                properties,
                items,
                limit,
                id,
                on,
                span,
            } => {
                self.properties(properties, &mut docs);
                let inner = self.items(items, |item| item.value.span().start, Self::expand_item);
                docs.push(Doc::Group(vec![Doc::Nest(inner)]));
                self.optional("limit", limit.as_deref(), &mut docs);
                self.optional("id", id.as_deref(), &mut docs);
                docs.push(text(" on "));
                docs.push(self.body(on, span.end));
                return Doc::Row(docs);
            }
            Operator::MvExpand {
                properties,
                items,
                limit,
                ..
            } => {
                self.properties(properties, &mut docs);
                let inner = self.items(items, |item| item.value.span().start, Self::expand_item);
                docs.push(Doc::Nest(inner));
                self.optional("limit", limit.as_deref(), &mut docs);
            }
            Operator::Parse {
                properties,
                value,
                pattern,
                ..
            } => {
                self.properties(properties, &mut docs);
                docs.push(text(" "));
                docs.push(self.expr(value));
                docs.push(text(" with"));
                let mut inner = Vec::new();
                for step in pattern {
                    inner.push(Doc::Space);
                    inner.push(match step {
                        ParseStep::Star(_) => text("*"),
                        ParseStep::Text(_, span) => self.verbatim(*span),
                        ParseStep::Column {
                            name,
                            type_name: None,
                        } => Doc::Text(self.name(name)),
                        ParseStep::Column {
                            name,
                            type_name: Some(kind),
                        } => Doc::Text(format!("{}:{}", self.name(name), kind.text)),
                    });
                }
                docs.push(Doc::Nest(inner));
            }
            Operator::ParseKv {
                value,
                columns,
                properties,
                ..
            } => {
                docs.push(text(" "));
                docs.push(self.expr(value));
                docs.push(Doc::Text(format!(" as {}", self.columns(columns))));
                if !properties.is_empty() {
                    docs.push(text(" with "));
                    docs.push(self.with(properties));
                }
            }
            Operator::Partition {
                properties,
                column,
                body,
                is_braced,
                body_source,
                span,
            } => {
                self.properties(properties, &mut docs);
                docs.push(text(" by "));
                docs.push(self.expr(column));
                docs.push(text(" "));
                if *is_braced {
                    docs.push(self.braced(body_source.as_deref(), body, span.end));
                } else {
                    docs.push(self.body(body, span.end));
                }
                return Doc::Row(docs);
            }
            Operator::ProjectAway { columns, .. } | Operator::ProjectKeep { columns, .. } => {
                let items = self.items(
                    columns,
                    |one| one.name.span.start,
                    |builder, one| Doc::Text(builder.name(&one.name)),
                );
                docs.push(Doc::Nest(items));
            }
            Operator::ProjectReorder { columns, .. } => {
                let items = self.items(
                    columns,
                    |one| one.0.name.span.start,
                    |builder, (pattern, order)| {
                        let order = order
                            .as_ref()
                            .map_or_else(String::new, |order| format!(" {order}"));
                        Doc::Text(format!("{}{order}", builder.name(&pattern.name)))
                    },
                );
                docs.push(Doc::Nest(items));
            }
            Operator::Range {
                column,
                from,
                to,
                step,
                ..
            } => {
                docs.push(Doc::Text(format!(" {}", self.name(column))));
                self.optional("from", Some(from), &mut docs);
                self.optional("to", Some(to), &mut docs);
                self.optional("step", Some(step), &mut docs);
            }
            Operator::Reduce {
                properties,
                by,
                with,
                ..
            } => {
                self.properties(properties, &mut docs);
                self.optional("by", Some(by), &mut docs);
                for (at, property) in with.iter().enumerate() {
                    docs.push(text(if at > 0 { ", " } else { " with " }));
                    docs.push(Doc::Text(format!("{}=", self.name(&property.name))));
                    docs.push(self.expr(&property.value));
                }
            }
            Operator::Render {
                chart, properties, ..
            } => {
                docs.push(Doc::Text(format!(" {}", chart.text)));
                for run in
                    properties.chunk_by(|a, b| (a.name.text == "by") == (b.name.text == "by"))
                {
                    if run.first().is_some_and(|first| first.name.text == "by") {
                        docs.push(text(" by "));
                        for (at, property) in run.iter().enumerate() {
                            docs.push(text(if at > 0 { ", " } else { "" }));
                            docs.push(self.expr(&property.value));
                        }
                    } else {
                        docs.push(text(" with "));
                        docs.push(self.with(run));
                    }
                }
            }
            Operator::Sample { count, .. } | Operator::Take { count, .. } => {
                docs.push(text(" "));
                docs.push(self.expr(count));
            }
            Operator::SampleDistinct { count, of, .. } => {
                docs.push(text(" "));
                docs.push(self.expr(count));
                self.optional("of", Some(of), &mut docs);
            }
            Operator::Scan { .. } => self.scan(operator, &mut docs),
            Operator::Search {
                properties,
                tables,
                predicate,
                ..
            } => {
                self.properties(properties, &mut docs);
                self.in_tables(tables, &mut docs);
                docs.push(text(" "));
                docs.push(self.expr(predicate));
            }
            Operator::Sort { properties, by, .. } => {
                self.properties(properties, &mut docs);
                docs.push(text(" by"));
                let items = self.items(by, |one| one.value.span().start, Self::ordered);
                docs.push(Doc::Nest(items));
            }
            Operator::Summarize {
                properties,
                aggregates,
                by,
                ..
            } => {
                self.properties(properties, &mut docs);
                let mut inner = self.expressions(aggregates);
                self.by(by, &mut inner);
                docs.push(Doc::Nest(inner));
            }
            Operator::Top {
                properties,
                count,
                by,
                ..
            } => {
                self.properties(properties, &mut docs);
                docs.push(text(" "));
                docs.push(self.expr(count));
                docs.push(text(" by"));
                let items = self.items(by, |one| one.value.span().start, Self::ordered);
                docs.push(Doc::Nest(items));
            }
            Operator::TopHitters { count, of, by, .. } => {
                docs.push(text(" "));
                docs.push(self.expr(count));
                self.optional("of", Some(of), &mut docs);
                self.optional("by", by.as_deref(), &mut docs);
            }
            Operator::TopNested { clauses, .. } => {
                let start = |clause: &super::tree::TopNestedClause| {
                    clause
                        .count
                        .as_ref()
                        .map_or_else(|| clause.of.span().start, |count| count.span().start)
                };
                let mut is_first = true;
                let items = self.items(clauses, start, |builder, clause| {
                    let mut docs = Vec::new();
                    if !is_first {
                        docs.push(text("top-nested "));
                    }
                    is_first = false;
                    if let Some(count) = &clause.count {
                        docs.push(builder.expr(count));
                        docs.push(text(" "));
                    }
                    docs.push(text("of "));
                    docs.push(builder.expr(&clause.of));
                    builder.optional("with others =", clause.others.as_ref(), &mut docs);
                    docs.push(text(" by "));
                    docs.push(builder.ordered(&clause.by));
                    Doc::Group(docs)
                });
                docs.push(Doc::Nest(items));
            }
            Operator::Union {
                properties, tables, ..
            } => {
                self.properties(properties, &mut docs);
                let items = self.expressions(tables);
                docs.push(Doc::Nest(items));
            }
            Operator::Where {
                properties,
                predicate,
                ..
            } => {
                self.properties(properties, &mut docs);
                docs.push(text(" "));
                docs.push(self.expr(predicate));
            }
        }
        Doc::Group(docs)
    }

    /// ` by a, b` on a line of its own when the list before it is broken.
    fn by(&mut self, by: &[Expr], inner: &mut Vec<Doc>) {
        if by.is_empty() {
            return;
        }
        self.comments_before(by.first().map_or(0, |first| first.span().start), inner);
        inner.push(Doc::Space);
        inner.push(text("by"));
        let items = self.expressions(by);
        inner.push(Doc::Group(vec![Doc::Nest(items)]));
    }

    /// `{ source | operator }`
    fn braced(&mut self, source: Option<&Expr>, body: &[Operator], end: u32) -> Doc {
        let mut inner = vec![Doc::Space];
        if let Some(source) = source {
            self.comments_before(source.span().start, &mut inner);
            inner.push(self.expr(source));
        }
        for operator in body {
            self.comments_before(operator.span().start, &mut inner);
            inner.push(Doc::Space);
            inner.push(text("| "));
            inner.push(self.operator(operator));
        }
        self.comments_before(end, &mut inner);
        Doc::Group(vec![text("{"), Doc::Nest(inner), Doc::Space, text("}")])
    }

    fn scan(&mut self, operator: &Operator, docs: &mut Vec<Doc>) {
        let Operator::Scan {
            properties,
            order_by,
            partition_by,
            declare,
            steps,
            span,
        } = operator
        else {
            return;
        };
        self.properties(properties, docs);
        if !order_by.is_empty() {
            docs.push(text(" order by"));
            let items = self.items(order_by, |one| one.value.span().start, Self::ordered);
            docs.push(Doc::Group(vec![Doc::Nest(items)]));
        }
        if !partition_by.is_empty() {
            docs.push(text(" partition by"));
            let items = self.expressions(partition_by);
            docs.push(Doc::Group(vec![Doc::Nest(items)]));
        }
        if !declare.is_empty() {
            docs.push(text(" declare "));
            docs.push(self.parameters(declare));
        }
        docs.push(text(" with ("));
        let mut inner = Vec::new();
        for step in steps {
            self.comments_before(step.name.span.start, &mut inner);
            inner.push(Doc::Hard);
            inner.push(Doc::Text(format!("step {}", self.name(&step.name))));
            if step.is_optional {
                inner.push(text(" optional"));
            }
            if let Some(output) = &step.output {
                inner.push(Doc::Text(format!(" output={}", output.text)));
            }
            inner.push(text(": "));
            inner.push(self.expr(&step.condition));
            if !step.assignments.is_empty() {
                inner.push(text(" =>"));
                let items = self.expressions(&step.assignments);
                inner.push(Doc::Group(vec![Doc::Nest(items)]));
            }
            inner.push(text(";"));
        }
        self.comments_before(span.end, &mut inner);
        docs.push(Doc::Nest(inner));
        docs.push(Doc::Hard);
        docs.push(text(")"));
    }
}

fn text(text: &str) -> Doc {
    Doc::Text(text.to_owned())
}

/// The words of a text with one blank between them.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tree without places.
    fn shape(text: &str) -> String {
        let spans = regex_lite::Regex::new(r"Span \{ start: \d+, end: \d+ \}").unwrap();
        spans
            .replace_all(&format!("{:?}", parser::parse(text).query), "_")
            .into_owned()
    }

    fn check(text: &str) -> String {
        let once = format(text).unwrap_or_else(|errors| panic!("{text}: {errors:?}"));
        assert_eq!(shape(&once), shape(text), "{text}\n{once}");
        assert_eq!(format(&once).as_ref(), Ok(&once), "{text}");
        let count = |text: &str| comments(text).len();
        assert_eq!(count(&once), count(text), "{text}\n{once}");
        once
    }

    #[test]
    fn one_operator_a_line() {
        assert_eq!(
            check(
                "T|where a==1 and b  has 'x'|summarize n=count(),m=max( c ) by d,bin(t,1h)|take 5;"
            ),
            "T\n| where a == 1 and b has 'x'\n| summarize n = count(), m = max(c) by d, bin(t, 1h)\n| take 5"
        );
        assert_eq!(
            check("let a=T|where b;let f=(x:long=1){let y=x;T|where z==y};f(1)"),
            "let a = T\n    | where b;\nlet f = (x:long = 1) {\n    let y = x;\n    T\n    | where z == y\n};\nf(1)"
        );
        assert_eq!(
            check("T|join kind = inner(U|take 1)on a"),
            "T\n| join kind=inner (U | take 1) on a"
        );
    }

    #[test]
    fn what_does_not_fit_is_broken() {
        let items: Vec<String> = (0..12)
            .map(|n| std::format!("LongColumnName{n}=count()"))
            .collect();
        let broken = check(&std::format!("T | summarize {} by a, b", items.join(",")));
        assert!(
            broken.starts_with("T\n| summarize\n    LongColumnName0 = count(),\n"),
            "{broken}"
        );
        assert!(
            broken.ends_with(",\n    LongColumnName11 = count()\n    by a, b"),
            "{broken}"
        );
        let terms: Vec<String> = (0..9)
            .map(|n| std::format!("LongColumnName{n} == 1"))
            .collect();
        let broken = check(&std::format!("T | where {}", terms.join(" and ")));
        assert!(
            broken.contains("\n    and LongColumnName8 == 1"),
            "{broken}"
        );
        check(
            "T | join (U | where a | where b | where c) on x | mv-apply y on (where a | where b | take 1)",
        );
    }

    #[test]
    fn comments_stay_at_their_place() {
        assert_eq!(
            check(
                "// head\nT // the table\n// about where\n| where a == 1 // why\n| project a, // first\n b\n// end"
            ),
            "// head\nT // the table\n// about where\n| where a == 1 // why\n| project\n    a, // first\n    b\n// end"
        );
        for text in [
            "T | where a // x\n and b // y\n and f(c, // z\n d) // w\n| take 1",
            "let f = () { // a\n T // b\n };\n// c\nf() // d",
            "T | join ( // a\n U // b\n | take 1 // c\n ) on x // d",
            "datatable(a:long, b:string) [ // x\n 1, 'a', // y\n 2, 'b' // z\n]",
            "union // a\n T, // b\n U // c\n | count",
            "T | where a == // x\n 1 // y\n| where b in (1, // z\n 2) | summarize count() // w\n by c // v",
            "T | extend a = case(b, 1, // one\n // two\n c, 2, 3)",
            "// only a comment",
            "T | scan declare (x:long=0) with (// a\n step s: true => x = 1; // b\n )",
            "T | extend // first\n // second\n a = 1, // third\n b = 2 // fourth",
        ] {
            check(text);
        }
    }

    #[test]
    fn every_operator_prints_as_it_reads() {
        for text in [
            "T | as hint.materialized=true X | consume decodeblocks=true | count as n",
            "T | distinct * | evaluate hint.distribution=single pivot(a, sum(b)) : (c:long, *)",
            "T | facet by a, b with count",
            "find withsource=s in (T, U*) where a has 'x' project a, b:string, pack(*)",
            "find where a project-smart | getschema kind = csl",
            "T | fork (take 1 | count) x=(getschema) | invoke f(a, 1)",
            "T | lookup kind=leftouter U on a, $left.b == $right.c",
            "macro-expand entity_group [cluster('a').database('b')] as X (X.T | take 1)",
            "let e = entity_group [cluster('a').database('b')]; e",
            "T | make-series n=count() default=0, avg(x) on t from ago(1d) to now() step 1h by k | make-series c=count() on t in range(a, b, 1h)",
            "T | mv-apply with_itemindex=i x=a to typeof(long), y limit 3 on (top 1 by x | project x)",
            "T | mvexpand bagexpansion=array a, b=c to typeof(string) limit 10",
            "T | parse kind=regex flags=Ui a with * 'x' b:long * \"y\" ['c d'] * | parse-where e with 'x' f",
            "T | parse-kv b as (c:long, d:string) with (pair_delimiter=',', quote='\"')",
            "T | partition hint.strategy=native by a (top 1 by b) | partition by a.b { U | where x == a } | partition by c { U }",
            "print a = 1, 2 | project-away a*, *b, ['c d'] | project-keep c | project-by-names dynamic(['d*']), e*",
            "T | project-rename a = b | project-reorder c asc, d* granny-desc, * | project",
            "T | reduce kind=source by a with threshold=0.1, characters='x'",
            "T | render timechart with (title='x', ycolumns=a, b, series=c)",
            "T | render barchart kind=stacked title='x' | render table by a, b",
            "T | sample 5 | sample-distinct 3 of a | serialize n = row_number() | serialize",
            "T | scan with_match_id=m order by t partition by u declare (n:long=0) with (step s output=last: a > 1 => n = s.n + 1, o = 2; step e optional: true;)",
            "search kind=case_sensitive in (T, U*) a:'x' and * has 'y' | order by a asc nulls first, b | top 3 by c desc | limit 1",
            "T | summarize hint.shufflekey=k a = count(), (b, c) = arg_max(d, *) by bin(t, 1h), k | summarize by x",
            "T | top-hitters 3 of a by b | top-nested 2 of a with others='rest' by sum(b), top-nested of c=d by x=max(e) desc",
            "union kind=inner withsource=s isfuzzy=true T, U*, database('d').V*, (W | take 1) | filter a in~ ('x') or b !between (1 .. 2)",
            "T | where a matches   regex @'\\d' and not(b) and -c.d[0].['e f'][g] <> 1.5h and x notlike 'y' and {TimeRange}",
            "externaldata (a:long) [@'u', h'v'] with (format='csv', ignoreFirstRecord=true) | take 1",
            "let v = view () { T }; set notruncation; set a = 1; declare query_parameters(a:long = 1, t:(b:long), u:(*)); v",
            "declare pattern p = (a:string)[b:string] { ('x').['y'] = { T }; }; alias database d = cluster('c').database('d'); T",
            "G | graph-match (a)-[e*1..3]->(b) where a.x == 1 project b.y | T",
            "T | make-graph a-->b with N on id partitioned-by p(graph-match cycles=none (a)<-[e]-()--(b), (a)-->(c) // why\n where a.x==1 project b.y,c)",
            "G | graph-to-table nodes as n with_node_id=i,edges with_source_id=s",
            "T | make-graph a--b with_node_id=n",
            "print dynamic({'a':\n [1, 2]}), 'a' \n 'b', ```x\n y```, typeof(long), typeof(a:long, *), datatable (a:long) []",
        ] {
            let text = text.strip_suffix(" | T").unwrap_or(text);
            check(text);
        }
    }

    #[test]
    fn broken_texts_are_handed_back() {
        assert!(format("T | where").is_err());
    }
}
