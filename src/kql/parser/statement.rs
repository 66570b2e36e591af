//! Statements: `let`, `set`, `declare`, and the expression that answers.

use super::Parser;
use crate::diagnostic::{Diagnostic, Edit, Fix, codes};
use crate::kql::token::TokenKind;
use crate::kql::tree::{
    ColumnDeclaration, Expr, Function, LetValue, Name, Operator, Parameter, ParameterKind, Query,
    Statement,
};
use crate::text::Span;
use crate::value::Type;

impl Parser<'_> {
    /// The whole text.
    pub(super) fn query(&mut self) -> Query {
        if self.at(".") {
            let span = self.here();
            self.report(
                Diagnostic::error(
                    codes::SYNTAX,
                    span,
                    "a text that starts with `.` is a command, not a query",
                )
                .with_help("commands manage a cluster; they cannot run on loaded data"),
            );
            return Query {
                statements: Vec::new(),
            };
        }
        let mut statements = Vec::new();
        while !self.at_end() {
            self.statement_of("", &mut statements);
        }
        Query { statements }
    }

    /// One statement and the `;` behind it; `end` closes the body that it stands in.
    fn statement_of(&mut self, end: &str, statements: &mut Vec<Statement>) {
        let level = self.level();
        let span = self.here();
        if self.eat(";") {
            let edits = vec![Edit {
                span,
                text: String::new(),
            }];
            let fix = Fix {
                title: "Remove the `;`".to_owned(),
                edits,
                safe: true,
            };
            let error =
                Diagnostic::error(codes::SYNTAX, span, "no statement stands before this `;`")
                    .with_fix(fix);
            self.slip(error);
            return;
        }
        if self.at("|") {
            self.report(
                Diagnostic::error(
                    codes::SYNTAX,
                    span,
                    "a pipeline requires a table before its first `|`",
                )
                .with_help("start with the name of a table, or remove a `;` above"),
            );
            self.recover_statement(level, end);
            return;
        }
        let first = self.at;
        statements.push(self.statement());
        if self.at_end() || self.at(end) || self.eat(";") {
            self.is_silent = false;
            return;
        }
        let is_open = matches!(
            statements.last(),
            Some(Statement::Let { .. } | Statement::Set { .. })
        );
        if is_open && self.is_new_line() && self.at_word() && !self.is_silent && self.at > first {
            let edits = vec![Edit {
                span: self.behind(),
                text: ";".to_owned(),
            }];
            let fix = Fix {
                title: "Insert `;`".to_owned(),
                edits,
                safe: true,
            };
            let error = Diagnostic::error(
                codes::SYNTAX,
                self.behind(),
                "a `let` statement ends with `;`",
            );
            self.slip(error.with_fix(fix));
            return;
        }
        if !self.is_silent {
            self.unexpected();
        }
        if self.at == first {
            self.at += 1;
        }
        self.recover_statement(level, end);
    }

    fn recover_statement(&mut self, level: u32, end: &str) {
        loop {
            let before = self.at;
            self.recover(level);
            if self.at_end() || (!end.is_empty() && self.at(end)) {
                return;
            }
            if self.eat(";") {
                return;
            }
            self.at = self.at.max(before) + 1;
        }
    }

    /// Reports a token that nothing in reach can take.
    pub(super) fn unexpected(&mut self) {
        let span = self.here();
        let text = self.peek();
        let mut error = Diagnostic::error(
            codes::SYNTAX,
            span,
            format!("{} is not expected here", self.found()),
        );
        if let ")" | "]" | "}" = text {
            error = Diagnostic::error(codes::SYNTAX, span, format!("`{text}` closes nothing"));
            let edits = vec![Edit {
                span,
                text: String::new(),
            }];
            error = error.with_fix(Fix {
                title: format!("Remove `{text}`"),
                edits,
                safe: false,
            });
        } else if text == "group" && self.nth_is(1, "by") {
            let edits = vec![Edit {
                span: Span::new(span.start, self.nth(1).map_or(span.end, |by| by.span.start)),
                text: String::new(),
            }];
            let fix = Fix {
                title: "Remove `group`".to_owned(),
                edits,
                safe: true,
            };
            error = error
                .with_help("`summarize … by …` groups with `by` alone")
                .with_fix(fix);
        } else if self.at_word() || matches!(self.kind(), Some(TokenKind::String | TokenKind::Long))
        {
            error = error.with_help("an operator, `,`, `|` or `;` is missing before it");
        }
        self.report(error);
    }

    fn statement(&mut self) -> Statement {
        let names_next = self.nth_is_word(1) || self.nth_is(1, "[");
        match self.peek() {
            "let" if self.at_word() && names_next && !self.nth_is(1, "|") => self.let_statement(),
            "set" if self.at_word() && names_next => self.set_statement(),
            "declare" if self.nth_is(1, "query_parameters") => self.declare_parameters(),
            "declare" if self.nth_is(1, "pattern") => self.other("declare pattern"),
            "alias" if self.nth_is(1, "database") || self.nth_is(1, "cluster") => {
                self.other("alias")
            }
            "restrict" if self.nth_is(1, "access") => self.other("restrict access"),
            _ => {
                let expression = self.tabular();
                if let Expr::Assign { span, .. } = &expression {
                    let start = Span::new(span.start, span.start);
                    let edits = vec![Edit {
                        span: start,
                        text: "let ".to_owned(),
                    }];
                    let fix = Fix {
                        title: "Insert `let`".to_owned(),
                        edits,
                        safe: true,
                    };
                    let error = Diagnostic::error(
                        codes::SYNTAX,
                        *span,
                        "a name is given with `let name = value;`",
                    );
                    self.slip(error.with_fix(fix));
                }
                Statement::Expression(expression)
            }
        }
    }

    fn let_statement(&mut self) -> Statement {
        let start = self.bump();
        let name = self.name("a name behind `let`");
        let value = if self.expect("=", "`let`") {
            self.let_value()
        } else {
            LetValue::Expr(Self::missing(self.here()))
        };
        Statement::Let {
            name,
            value,
            span: self.from(start),
        }
    }

    fn let_value(&mut self) -> LetValue {
        let start = self.here();
        let is_view = self.at("view") && self.nth_is(1, "(") && self.has_body(1);
        if is_view || (self.at("(") && self.has_body(0)) {
            if is_view {
                self.bump();
            }
            let function = self.down(|_| None, |parser| Some(parser.function(is_view, start)));
            if let Some(function) = function {
                return LetValue::Function(function);
            }
        }
        LetValue::Expr(self.tabular())
    }

    /// Whether a `{` stands behind the parentheses that open at the n-th token.
    fn has_body(&self, n: usize) -> bool {
        self.closing(n)
            .and_then(|(at, _)| self.tokens.get(at + 1))
            .is_some_and(|token| {
                let text = token.span.of(self.text);
                text == "{" || (token.kind == TokenKind::Placeholder && text.starts_with('{'))
            })
    }

    fn function(&mut self, is_view: bool, start: Span) -> Function {
        let parameters = self.parameters();
        let mut body = Vec::new();
        let opened = self.here();
        if self.kind() == Some(TokenKind::Placeholder) {
            // `{T}` right behind the parameters is a body that holds one name.
            self.bump();
            let inner = Span::new(opened.start + 1, opened.end - 1);
            body.push(Statement::Expression(Expr::Name(Name {
                text: inner.of(self.text).to_owned(),
                span: inner,
            })));
        } else if self.expect("{", "a function") {
            while !self.at_end() && !self.at("}") && !self.at(")") {
                self.statement_of("}", &mut body);
            }
            self.close("}", opened);
        }
        Function {
            is_view,
            parameters,
            body,
            span: self.from(start),
        }
    }

    /// `(a:long = 1, t:(x:long))`
    pub(super) fn parameters(&mut self) -> Vec<Parameter> {
        let opened = self.here();
        if !self.expect("(", "a list of parameters") {
            return Vec::new();
        }
        let parameters = if self.at(")") {
            Vec::new()
        } else {
            self.list(Self::parameter)
        };
        self.close(")", opened);
        parameters
    }

    fn parameter(&mut self) -> Parameter {
        let name = self.name("the name of a parameter");
        self.expect(":", "a parameter");
        let kind = if self.at("(") {
            let opened = self.bump();
            if self.eat("*") {
                self.close(")", opened);
                ParameterKind::Table {
                    columns: Vec::new(),
                    any_columns: true,
                }
            } else {
                let columns = self.list(Self::column);
                self.close(")", opened);
                ParameterKind::Table {
                    columns,
                    any_columns: false,
                }
            }
        } else {
            ParameterKind::Scalar(self.type_name())
        };
        let default = if self.eat("=") {
            Some(self.expression())
        } else {
            None
        };
        Parameter {
            name,
            kind,
            default,
        }
    }

    /// `(a:long, b:string)`
    pub(super) fn columns(&mut self) -> Vec<ColumnDeclaration> {
        let opened = self.here();
        if !self.expect("(", "a list of columns") {
            return Vec::new();
        }
        let columns = if self.at(")") {
            Vec::new()
        } else {
            self.list(Self::row_column)
        };
        self.close(")", opened);
        columns
    }

    pub(super) fn column(&mut self) -> ColumnDeclaration {
        let name = self.name("the name of a column");
        self.expect(":", "a column");
        ColumnDeclaration {
            name,
            type_name: self.type_name(),
        }
    }

    /// The name of a scalar type.
    pub(super) fn type_name(&mut self) -> Name {
        let span = self.here();
        if !self.at_word() {
            self.expected("the name of a type");
            return Name {
                text: String::new(),
                span: Span::new(span.start, span.start),
            };
        }
        if Type::from_name(self.peek()).is_none() {
            let message = format!("`{}` is no type", self.peek());
            self.slip(Diagnostic::error(codes::SYNTAX, span, message).with_help(
                "types: bool, int, long, real, decimal, string, datetime, timespan, guid, dynamic",
            ));
        }
        self.bare_name()
    }

    fn set_statement(&mut self) -> Statement {
        let start = self.bump();
        let name = self.name("the name of an option");
        let value = if self.eat("=") {
            Some(self.expression())
        } else {
            None
        };
        Statement::Set {
            name,
            value,
            span: self.from(start),
        }
    }

    fn declare_parameters(&mut self) -> Statement {
        let start = self.bump();
        self.bump();
        if self.at("(") && self.nth_is(1, ")") {
            self.at += 1;
            self.expected("a parameter");
            self.at += 1;
            return Statement::DeclareParameters {
                parameters: Vec::new(),
                span: self.from(start),
            };
        }
        let parameters = self.parameters();
        Statement::DeclareParameters {
            parameters,
            span: self.from(start),
        }
    }

    /// A statement that is kept and never run: read to its `;`.
    fn other(&mut self, keyword: &'static str) -> Statement {
        let start = self.here();
        let level = self.level();
        while !self.at_end() && !self.at(";") && self.level() >= level {
            self.bump();
            self.skip_part(level);
        }
        Statement::Other {
            keyword,
            span: self.from(start),
        }
    }

    /// The operators behind a source that was read at a nesting of `level`.
    pub(super) fn operators_behind(&mut self, level: u32) -> Vec<Operator> {
        let mut operators = Vec::new();
        loop {
            if self.at("|") {
                self.bump();
            } else if self.at_operator_without_bar() {
                self.missing_bar();
            } else if self.kind() == Some(TokenKind::Placeholder) {
                // A template puts whole operators in its place.
            } else if self.at_boundary() || self.at(",") || self.at_statement_without_end() {
                return operators;
            } else {
                self.unexpected();
                self.recover(level);
                if !self.at("|") {
                    return operators;
                }
                continue;
            }
            let before = self.at;
            operators.push(self.operator());
            if self.is_silent {
                self.recover(level);
            }
            if self.is_too_deep || (self.at == before && !self.at("|")) {
                return operators;
            }
        }
    }

    /// Whether the next token stands on a line below the last.
    fn is_new_line(&self) -> bool {
        Span::new(self.behind().end, self.here().start)
            .of(self.text)
            .contains('\n')
    }

    /// Whether a new line starts a pipeline or a `let`, so that only the `;` before it is missing.
    fn at_statement_without_end(&self) -> bool {
        let starts_pipeline = self.nth_is(1, "|") || self.nth(1).is_none();
        let starts_let = self.at("let") && self.nth_is(2, "=");
        self.at_word() && self.is_new_line() && (starts_pipeline || starts_let)
    }

    fn missing_bar(&mut self) {
        let place = self.here();
        let message = format!("`|` is missing before `{}`", self.peek());
        let edits = vec![Edit {
            span: Span::new(place.start, place.start),
            text: "| ".to_owned(),
        }];
        let fix = Fix {
            title: "Insert `|`".to_owned(),
            edits,
            safe: true,
        };
        self.slip(Diagnostic::error(codes::SYNTAX, place, message).with_fix(fix));
    }
}
