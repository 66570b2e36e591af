//! Expressions: operator precedence, calls, members, lists, pipelines in parentheses.
//!
//! From loose to tight: `or`; `and`; `== != in has_any between`; `< <= > >=`; `+ -`; `* / %`; the
//! string operators (`has`, `=~`, `matches regex`, …); signs; members, indexes and calls. Only
//! `and`, `or` and arithmetic chain.

use super::Parser;
use super::words::{self, EQUALITY, Infix, OR, RELATION, TEXT, Traits, infix};
use crate::diagnostic::{Diagnostic, Edit, Fix, codes};
use crate::kql::token::TokenKind;
use crate::kql::tree::{
    BinaryOperator, ColumnDeclaration, Expr, Name, Pipeline, Source, UnaryOperator,
};
use crate::text::Span;

/// A spelling that another language has for an operator.
struct Foreign {
    message: &'static str,
    right: String,
    n_tokens: usize,
}

/// Whether it is a literal, a sign and a literal, or what a template puts there.
fn is_constant(expression: &Expr) -> bool {
    match expression {
        Expr::Literal(..) | Expr::Placeholder { .. } | Expr::Missing(_) => true,
        Expr::Unary { operand, .. } => is_constant(operand),
        _ => false,
    }
}

impl Parser<'_> {
    /// A scalar expression.
    pub(super) fn expression(&mut self) -> Expr {
        self.binary(OR)
    }

    /// An expression or a pipeline, as statements, arguments and parentheses take it.
    pub(super) fn tabular(&mut self) -> Expr {
        self.down(Self::missing, Self::tabular_here)
    }

    fn tabular_here(&mut self) -> Expr {
        let start = self.here();
        let level = self.level();
        // A problem outside of it was reported before and is not this pipeline's to skip.
        let was_silent = self.is_silent;
        let source = if self.at_source_operator() {
            let operator = self.operator();
            if self.is_silent && !was_silent {
                self.recover(level);
            }
            Source::Operator(operator)
        } else {
            let source = self.item();
            if self.is_silent && !was_silent {
                self.recover(level);
            }
            if !self.at("|") && !self.at_operator_without_bar() {
                return source;
            }
            Source::Expr(source)
        };
        let operators = self.operators_behind(level);
        self.grow();
        Expr::Pipe(Pipeline {
            source: Box::new(source),
            operators,
            span: self.from(start),
        })
    }

    /// Whether an operator that needs no input starts here.
    fn at_source_operator(&self) -> bool {
        if !self.traits().any(Traits::SOURCE) || self.nth_is(1, "=") {
            return false;
        }
        match self.peek() {
            "range" => self.nth_is(2, "from") || (self.nth_is(1, "[") && self.nth_is(4, "from")),
            "evaluate" => self.nth_is_word(1),
            _ => true,
        }
    }

    /// Whether an operator stands here whose `|` was forgotten.
    pub(super) fn at_operator_without_bar(&self) -> bool {
        self.traits().any(Traits::OPERATOR) && !self.at("as") && !self.is_silent
    }

    /// `name = value`, `(a, b) = value`, or a plain expression.
    pub(super) fn item(&mut self) -> Expr {
        let start = self.here();
        if let Some(names) = self.assigned_names() {
            let is_tuple = start.of(self.text) == "(";
            self.bump(); // the `=`
            let beside = std::mem::take(&mut self.height);
            let value = Box::new(self.expression());
            self.grow();
            self.height = self.height.max(beside);
            return Expr::Assign {
                names,
                is_tuple,
                value,
                span: self.from(start),
            };
        }
        let value = self.expression();
        if self.at("as") && self.nth_is_word(1) && !self.is_silent {
            self.renamed(value, start)
        } else {
            value
        }
    }

    /// `value as name`, which KQL writes `name = value`.
    fn renamed(&mut self, value: Expr, start: Span) -> Expr {
        let word = self.bump();
        let name = self.bare_name();
        let edits = vec![
            Edit {
                span: Span::new(start.start, start.start),
                text: format!("{} = ", name.text),
            },
            Edit {
                span: Span::new(value.span().end, name.span.end),
                text: String::new(),
            },
        ];
        let fix = Fix {
            title: format!("Write `{} = …`", name.text),
            edits,
            safe: true,
        };
        let error = Diagnostic::error(codes::SYNTAX, word, "`as` gives no name to a column");
        self.slip(error.with_help("write `name = value`").with_fix(fix));
        Expr::Assign {
            names: vec![name],
            is_tuple: false,
            value: Box::new(value),
            span: self.from(start),
        }
    }

    /// The names before a `=`; reads nothing when there is none.
    pub(super) fn assigned_names(&mut self) -> Option<Vec<Name>> {
        let first = self.at;
        let is_list = self.at("(");
        if !is_list && !self.nth_is(1, "=") && !self.nth_is(3, "=") {
            return None;
        }
        if is_list {
            let mut names = Vec::new();
            self.at += 1;
            while let Some(name) = self.declared_name() {
                names.push(name);
                if !self.eat(",") {
                    break;
                }
            }
            if !names.is_empty() && self.eat(")") && self.at("=") {
                return Some(names);
            }
        } else if let Some(name) = self.declared_name()
            && self.at("=")
        {
            return Some(vec![name]);
        }
        self.at = first;
        None
    }

    /// A name that may be given to something, without a report.
    fn declared_name(&mut self) -> Option<Name> {
        if let Some(name) = self.bracketed_name() {
            return Some(name);
        }
        let is_name = match self.kind()? {
            TokenKind::Word => !self.traits().is_no_name() || self.nth_is(1, "="),
            TokenKind::Placeholder => true,
            _ => false,
        };
        if is_name && self.traits().is_no_name() {
            self.reserved_word("a name");
        }
        is_name.then(|| self.bare_name())
    }

    fn binary(&mut self, loosest: u8) -> Expr {
        self.down(Self::missing, |parser| parser.binary_here(loosest))
    }

    fn binary_here(&mut self, loosest: u8) -> Expr {
        let start = self.here();
        let mut left = self.unary();
        if self.kind() == Some(TokenKind::Placeholder) && self.is_template_filter() {
            // `TimeGenerated {TimeRange}`: the template puts an operator and its operand here.
            self.glued();
            let span = self.from(start);
            left = Expr::Placeholder {
                text: span.of(self.text).to_owned(),
                span,
            };
        }
        while self.at("is") {
            let Some(tested) = self.null_test(left, start) else {
                return Self::missing(start);
            };
            left = tested;
        }
        while let Some((operator, strength)) = self.infix_of(loosest) {
            let operator_span = self.take_infix();
            left = match operator {
                Infix::Or | Infix::And => self.logical(left, operator, strength, start),
                Infix::Binary(operator) => {
                    if operator == BinaryOperator::MatchesRegex {
                        self.expect("regex", "`matches`");
                    }
                    let operator_span = self.from(operator_span);
                    let right = self.binary(strength + 1);
                    self.grow();
                    let span = self.from(start);
                    Expr::Binary {
                        operator,
                        operator_span,
                        left: Box::new(left),
                        right: Box::new(right),
                        span,
                    }
                }
                Infix::List(operator) => {
                    let list = self.list_of_values(operator_span);
                    self.grow();
                    Expr::InList {
                        operator,
                        operator_span,
                        left: Box::new(left),
                        list,
                        span: self.from(start),
                    }
                }
                Infix::Between { is_negated } => {
                    let opened = self.here();
                    self.expect("(", "`between`");
                    let low = Box::new(self.expression());
                    if self.at(",") {
                        let comma = self.bump();
                        let edits = vec![Edit {
                            span: comma,
                            text: " ..".to_owned(),
                        }];
                        let fix = Fix {
                            title: "Write `..`".to_owned(),
                            edits,
                            safe: true,
                        };
                        let error = Diagnostic::error(
                            codes::SYNTAX,
                            comma,
                            "`between` takes `(low .. high)`",
                        );
                        self.slip(error.with_fix(fix));
                    } else {
                        self.expect("..", "`between`");
                    }
                    let high = Box::new(self.expression());
                    self.close(")", opened);
                    self.grow();
                    Expr::Between {
                        is_negated,
                        left: Box::new(left),
                        low,
                        high,
                        span: self.from(start),
                    }
                }
            };
            self.refuse_chain(strength);
        }
        left
    }

    /// `a is null` and `a is not null`, which KQL writes `isnull(a)` and `isnotnull(a)`.
    fn null_test(&mut self, operand: Expr, start: Span) -> Option<Expr> {
        let is_negated = self.nth_is(1, "not");
        let what = self
            .nth_text(if is_negated { 2 } else { 1 })
            .to_ascii_lowercase();
        if what != "null" && what != "empty" {
            self.expected("an operator");
            return None;
        }
        let span = self.here();
        self.at += if is_negated { 3 } else { 2 };
        let text = format!("{}{what}", if is_negated { "isnot" } else { "is" });
        let edits = vec![
            Edit {
                span: Span::new(start.start, start.start),
                text: format!("{text}("),
            },
            Edit {
                span: Span::new(operand.span().end, self.behind().end),
                text: ")".to_owned(),
            },
        ];
        let fix = Fix {
            title: format!("Write `{text}(…)`"),
            edits,
            safe: true,
        };
        self.slip(
            Diagnostic::error(
                codes::SYNTAX,
                span,
                format!("`is` is no operator, `{text}(…)` tests"),
            )
            .with_fix(fix),
        );
        self.grow();
        let function = Name { text, span };
        Some(Expr::Call {
            function,
            arguments: vec![operand],
            span: self.from(start),
        })
    }

    /// Whether the placeholder behind an operand stands on its line, so that it belongs to it.
    fn is_template_filter(&self) -> bool {
        let gap = Span::new(self.behind().end, self.here().start);
        self.at > 0 && !gap.of(self.text).contains('\n')
    }

    /// The operator that stands next, in its own or in a foreign spelling, if it binds so tightly.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn infix_of(&self, loosest: u8) -> Option<(Infix, u8)> {
        let next = self.nth(0)?;
        let found = match words::infix_at(next.infix) {
            None if next.traits.any(Traits::BOUNDARY) && !self.nth_is(1, "|") => None,
            None => self
                .foreign_operator()
                .and_then(|foreign| infix(&foreign.right)),
            found => found,
        };
        found.filter(|&(_, strength)| strength >= loosest)
    }

    /// Reads the operator; a foreign spelling is reported with its repair.
    fn take_infix(&mut self) -> Span {
        let start = self.here();
        if self.nth(0).is_some_and(|next| next.infix != 0) {
            return self.bump();
        }
        let Some(Foreign {
            message,
            right,
            n_tokens,
        }) = self.foreign_operator()
        else {
            return self.bump();
        };
        self.at += n_tokens;
        let place = self.from(start);
        let edits = vec![Edit {
            span: place,
            text: right.clone(),
        }];
        let fix = Fix {
            title: format!("Write `{right}`"),
            edits,
            safe: true,
        };
        self.slip(Diagnostic::error(codes::SYNTAX, place, message).with_fix(fix));
        place
    }

    /// Spellings of other languages: `&&`, `||`, `AND`, `=`, `not in`.
    fn foreign_operator(&self) -> Option<Foreign> {
        let word = match self.kind()? {
            TokenKind::Word | TokenKind::Symbol => self.peek(),
            _ => return None,
        };
        let (message, right, n_tokens) = match word {
            "&&" => ("`&&` is no operator of KQL", "and".to_owned(), 1),
            "=" if self.at("=") => ("`=` gives a name, `==` compares", "==".to_owned(), 1),
            "|" => {
                let end = self.here().end;
                if !self.nth_is(1, "|") || self.nth(1).is_none_or(|next| next.span.start != end) {
                    return None;
                }
                ("`||` is no operator of KQL", "or".to_owned(), 2)
            }
            _ if !self.at_word() => return None,
            "not" | "NOT" => {
                let right = format!("!{}", self.nth_text(1).to_ascii_lowercase());
                if !self.nth_is_word(1) {
                    return None;
                }
                ("`not` cannot stand before an operator", right, 2)
            }
            _ if !word.bytes().any(|byte| byte.is_ascii_uppercase()) => return None,
            _ => {
                let lower = word.to_ascii_lowercase();
                if lower == "matches" {
                    return None;
                }
                ("operators are written in lower case", lower, 1)
            }
        };
        infix(&right).map(|_| Foreign {
            message,
            right,
            n_tokens,
        })
    }

    /// `a and b and c` with `a` and the first operator read.
    fn logical(&mut self, first: Expr, operator: Infix, strength: u8, start: Span) -> Expr {
        let mut operands = vec![first];
        loop {
            operands.push(self.binary(strength + 1));
            if self
                .infix_of(strength)
                .is_none_or(|(next, _)| next != operator)
            {
                break;
            }
            self.take_infix();
        }
        self.grow();
        Expr::Logical {
            is_and: operator == Infix::And,
            operands,
            span: self.from(start),
        }
    }

    /// Reports `a == b == c`: comparisons do not chain.
    fn refuse_chain(&mut self, strength: u8) {
        let is_chain = matches!(strength, EQUALITY | RELATION | TEXT)
            && self
                .infix_of(strength)
                .is_some_and(|(_, next)| next == strength);
        if is_chain {
            let message = format!("`{}` cannot follow another comparison", self.peek());
            let error = Diagnostic::error(codes::SYNTAX, self.here(), message);
            self.slip(error.with_help("join comparisons with `and`, or put one in parentheses"));
        }
    }

    /// `(a, b)` behind `in` and its kin.
    fn list_of_values(&mut self, operator: Span) -> Vec<Expr> {
        let opened = self.here();
        if self.at("[")
            && let Some(close) = self.closing(0).map(|(_, close)| close.span)
        {
            let round = |span, text: &str| Edit {
                span,
                text: text.to_owned(),
            };
            let edits = vec![round(opened, "("), round(close, ")")];
            let fix = Fix {
                title: "Use parentheses".to_owned(),
                edits,
                safe: true,
            };
            let message = format!("`{}` takes its list in parentheses", operator.of(self.text));
            self.slip(Diagnostic::error(codes::SYNTAX, opened, message).with_fix(fix));
            self.bump();
            let list = self.list(Self::argument);
            self.close("]", opened);
            return list;
        }
        if !self.at("(") {
            let message = format!(
                "`{}` requires a list in parentheses, found {}",
                operator.of(self.text),
                self.found()
            );
            let mut error = Diagnostic::error(codes::SYNTAX, opened, message);
            let first = self.at;
            self.is_silent |= self.at_boundary();
            let was_silent = self.is_silent;
            let value = if self.at_boundary() {
                Self::missing(opened)
            } else {
                self.postfix()
            };
            if self.at > first && !self.is_silent {
                let end = self.behind().end;
                let edits = vec![
                    Edit {
                        span: Span::new(opened.start, opened.start),
                        text: "(".to_owned(),
                    },
                    Edit {
                        span: Span::new(end, end),
                        text: ")".to_owned(),
                    },
                ];
                error = error.with_fix(Fix {
                    title: "Add parentheses".to_owned(),
                    edits,
                    safe: true,
                });
            }
            self.is_silent = false;
            self.slip(error);
            self.is_silent = was_silent || self.is_silent;
            return vec![value];
        }
        self.bump();
        let list = self.list(Self::argument);
        self.close(")", opened);
        list
    }

    fn unary(&mut self) -> Expr {
        let start = self.here();
        let operator = if self.at("-") {
            UnaryOperator::Minus
        } else if self.at("+") {
            UnaryOperator::Plus
        } else {
            return self.postfix();
        };
        self.bump();
        let operand = Box::new(self.postfix());
        self.grow();
        Expr::Unary {
            operator,
            operand,
            span: self.from(start),
        }
    }

    /// A primary with the members, indexes and calls behind it.
    pub(super) fn postfix(&mut self) -> Expr {
        let start = self.here();
        let mut object = self.primary();
        loop {
            if self.at(".") {
                self.bump();
                if self.at("[") && self.bracketed_name_ahead().is_none() {
                    object = self.index(object, start);
                } else {
                    let member = Box::new(self.member());
                    self.grow();
                    object = Expr::Member {
                        object: Box::new(object),
                        member,
                        span: self.from(start),
                    };
                }
            } else if self.at("[") && !matches!(object, Expr::Missing(_)) {
                object = self.index(object, start);
            } else {
                return object;
            }
            if self.is_too_deep {
                return object;
            }
        }
    }

    fn bracketed_name_ahead(&self) -> Option<()> {
        let is_name = self
            .nth(1)
            .is_some_and(|token| token.kind == TokenKind::String)
            && self.nth_is(2, "]");
        is_name.then_some(())
    }

    fn index(&mut self, object: Expr, start: Span) -> Expr {
        let opened = self.bump();
        let index = Box::new(self.expression());
        self.close("]", opened);
        self.grow();
        Expr::Index {
            object: Box::new(object),
            index,
            span: self.from(start),
        }
    }

    /// What stands behind a dot: a name, a call, `['a b']`, and `T*` between the tables of a union.
    fn member(&mut self) -> Expr {
        if let Some(name) = self.bracketed_name() {
            return Expr::Name(name);
        }
        if self.allows_wildcards
            && let Some(name) = self.wildcard_name()
        {
            return Expr::Name(name);
        }
        if self.kind() == Some(TokenKind::Placeholder) {
            return self.glued();
        }
        if !self.at_word() {
            self.expected("a member behind `.`");
            return Self::missing(self.here());
        }
        let traits = self.traits();
        if traits.is_no_value() && !(self.nth_is(1, "(") && traits.is_callable()) {
            self.reserved_word("a member");
        }
        let name = self.bare_name();
        if self.at("(") {
            self.call(name)
        } else {
            Expr::Name(name)
        }
    }

    fn primary(&mut self) -> Expr {
        let start = self.here();
        if let Some(literal) = self.literal() {
            if self.is_adjacent() && self.kind() == Some(TokenKind::Placeholder) {
                self.at -= 1;
                return self.glued();
            }
            return literal;
        }
        match self.kind() {
            Some(TokenKind::Placeholder) => return self.glued(),
            Some(TokenKind::Word) => return self.word(),
            _ => {}
        }
        if self.at("(") {
            let opened = self.bump();
            let wildcards = std::mem::replace(&mut self.allows_wildcards, false);
            let inner = self.tabular();
            self.allows_wildcards = wildcards;
            self.close(")", opened);
            self.grow();
            return Expr::Paren(Box::new(inner), self.from(start));
        }
        if let Some(name) = self.bracketed_name() {
            return if self.at("(") {
                self.call(name)
            } else {
                Expr::Name(name)
            };
        }
        if self.at("[") && self.nth_is_word(1) && self.nth_is(2, "]") {
            self.bump();
            let text = self.peek().to_owned();
            self.bump();
            self.bump();
            return Expr::Name(Name {
                text,
                span: self.from(start),
            });
        }
        if self.at("*") {
            return Expr::Star(self.bump());
        }
        if self.at("{") && self.nth_is_word(1) && self.nth_is(2, "}") {
            self.at += 3;
            let span = self.from(start);
            return Expr::Placeholder {
                text: span.of(self.text).to_owned(),
                span,
            };
        }
        if self.at("!") {
            let edits = self.negation_fix(start);
            let mut error = Diagnostic::error(codes::SYNTAX, start, "`!` is no operator of KQL")
                .with_help("write `not(…)`, or an operator such as `!has`");
            error.fix = edits;
            self.slip(error);
            self.bump();
            return self.postfix_once();
        }
        self.expected("an expression");
        Self::missing(start)
    }

    /// What stands behind a stray `!`, one level down.
    fn postfix_once(&mut self) -> Expr {
        self.down(Self::missing, Self::postfix)
    }

    /// `!f(x)` becomes `not(f(x))` when the call ends on a bracket.
    fn negation_fix(&self, bang: Span) -> Option<Fix> {
        let opening = if self.nth_is(1, "(") { 1 } else { 2 };
        if !self.nth_is(opening, "(") {
            return None;
        }
        let end = self.closing(opening)?.1.span.end;
        let (from, to) = if opening == 1 {
            ("not", "")
        } else {
            ("not(", ")")
        };
        let edits = vec![
            Edit {
                span: bang,
                text: from.to_owned(),
            },
            Edit {
                span: Span::new(end, end),
                text: to.to_owned(),
            },
        ];
        Some(Fix {
            title: "Write `not(…)`".to_owned(),
            edits,
            safe: true,
        })
    }

    fn word(&mut self) -> Expr {
        let traits = self.traits();
        if traits.any(Traits::FORM)
            && let Some(form) = self.form()
        {
            return form;
        }
        let start = self.here();
        if self.nth_is(1, "(") {
            if !traits.is_callable() {
                self.reserved_word("a function");
            }
            let function = self.bare_name();
            return self.call(function);
        }
        if self.allows_wildcards
            && let Some(name) = self.wildcard_name()
        {
            return Expr::Name(name);
        }
        let next_is_glued = self.nth(1).is_some_and(|next| {
            next.kind == TokenKind::Placeholder && next.span.start == start.end
        });
        if next_is_glued {
            return self.glued();
        }
        if self.nth(0).is_some_and(|word| word.infix != 0) {
            let error = Diagnostic::error(
                codes::SYNTAX,
                start,
                format!("`{}` requires a value before it", self.peek()),
            );
            self.report(error.with_help("each comparison names its column"));
            return Self::missing(start);
        }
        if traits.is_no_value() {
            self.reserved_word("an expression");
            return Self::missing(start);
        }
        Expr::Name(self.bare_name())
    }

    /// What a word reads that has a grammar of its own; none where it is a name like others.
    fn form(&mut self) -> Option<Expr> {
        let start = self.here();
        Some(match self.peek() {
            "dynamic" if self.nth_is(1, "(") => self.dynamic(),
            "typeof" if self.nth_is(1, "(") => self.type_of(),
            "datatable" | "__contextual_datatable" if self.nth_is(1, "(") => self.datatable(),
            "externaldata" | "external_data" if self.nth_is(1, "(") => self.external_data(),
            "inline_external_table" if self.nth_is(1, "(") => {
                self.bump();
                let columns = self.columns();
                self.skip_part(self.level());
                Expr::ExternalData {
                    columns,
                    sources: Vec::new(),
                    properties: Vec::new(),
                    span: self.from(start),
                }
            }
            "entity_group" if self.nth_is(1, "[") => {
                let function = self.bare_name();
                let opened = self.bump();
                let arguments = if self.at("]") {
                    Vec::new()
                } else {
                    self.list(Self::argument)
                };
                self.close("]", opened);
                Expr::Call {
                    function,
                    arguments,
                    span: self.from(start),
                }
            }
            "not" if self.is_operand_ahead() => {
                self.slip(
                    Diagnostic::error(
                        codes::SYNTAX,
                        start,
                        "`not` is a function and requires parentheses",
                    )
                    .with_help("write `not(…)`"),
                );
                let function = self.bare_name();
                let arguments = vec![self.postfix_once()];
                Expr::Call {
                    function,
                    arguments,
                    span: self.from(start),
                }
            }
            _ => return None,
        })
    }

    /// Whether `not` stands here with an operand behind it instead of parentheses.
    fn is_operand_ahead(&self) -> bool {
        self.nth(1).is_some_and(|next| match next.kind {
            TokenKind::Word => next.infix == 0 && !next.traits.is_no_value(),
            TokenKind::String | TokenKind::Typed => true,
            _ => false,
        })
    }

    /// `T*`, `*_CL`, `*`: names and stars without a gap.
    pub(super) fn wildcard_name(&mut self) -> Option<Name> {
        let start = self.here();
        let is_piece = |parser: &Self, n: usize| parser.nth_is_word(n) || parser.nth_is(n, "*");
        let mut n_pieces = 0;
        let mut has_star = false;
        while is_piece(self, n_pieces)
            && (n_pieces == 0
                || self.nth(n_pieces).map(|token| token.span.start)
                    == self.nth(n_pieces - 1).map(|token| token.span.end))
        {
            has_star |= self.nth_is(n_pieces, "*");
            n_pieces += 1;
        }
        if !has_star {
            return None;
        }
        self.at += n_pieces;
        let span = self.from(start);
        Some(Name {
            text: span.of(self.text).to_owned(),
            span,
        })
    }

    /// Placeholders and the names and numbers without a gap around them: `{x}_CL`, `{n}d`.
    fn glued(&mut self) -> Expr {
        let start = self.bump();
        while self.is_adjacent()
            && matches!(
                self.kind(),
                Some(TokenKind::Placeholder | TokenKind::Word | TokenKind::Long)
            )
        {
            self.bump();
        }
        let span = self.from(start);
        let text = span.of(self.text).to_owned();
        if self.at("(") && self.is_adjacent() {
            return self.call(Name { text, span });
        }
        Expr::Placeholder { text, span }
    }

    /// The arguments of a call, with the next token at `(`.
    pub(super) fn call(&mut self, function: Name) -> Expr {
        let start = function.span;
        let wildcards = std::mem::replace(&mut self.allows_wildcards, false);
        let arguments = self.arguments();
        self.allows_wildcards = wildcards;
        self.grow();
        Expr::Call {
            function,
            arguments,
            span: self.from(start),
        }
    }

    /// `(a, b)`
    pub(super) fn arguments(&mut self) -> Vec<Expr> {
        let opened = self.bump();
        let arguments = if self.at(")") {
            Vec::new()
        } else {
            self.list(Self::argument)
        };
        self.close(")", opened);
        arguments
    }

    /// An argument: an expression, a named one, or a pipeline.
    fn argument(&mut self) -> Expr {
        self.tabular()
    }

    fn type_of(&mut self) -> Expr {
        let start = self.bump();
        let opened = self.bump();
        let is_row = self.at("*") || self.nth_is(1, ":") || self.at("[");
        let columns = if is_row {
            self.list(Self::row_column)
        } else {
            let span = self.here();
            let name = Name {
                text: String::new(),
                span: Span::new(span.start, span.start),
            };
            vec![ColumnDeclaration {
                name,
                type_name: self.type_name(),
            }]
        };
        self.close(")", opened);
        Expr::TypeOf {
            columns,
            span: self.from(start),
        }
    }

    /// `a:long`, or `*` for all columns of the input.
    pub(super) fn row_column(&mut self) -> ColumnDeclaration {
        if self.at("*") {
            let name = self.bare_name();
            let end = Span::new(name.span.end, name.span.end);
            return ColumnDeclaration {
                name,
                type_name: Name {
                    text: String::new(),
                    span: end,
                },
            };
        }
        self.column()
    }

    fn datatable(&mut self) -> Expr {
        let start = self.bump();
        let columns = self.columns();
        let opened = self.here();
        let mut values = Vec::new();
        if self.expect("[", "`datatable`") {
            self.eat(",");
            while !self.at("]") && !self.at_end() && !self.is_silent {
                let place = self.here();
                let value = self.unary();
                if !is_constant(&value) {
                    let error = Diagnostic::error(
                        codes::SYNTAX,
                        place,
                        "`datatable` takes constants alone",
                    );
                    self.slip(error.with_help("compute values with `extend` behind it"));
                }
                values.push(value);
                if !self.eat(",") {
                    break;
                }
            }
            self.close("]", opened);
        }
        Expr::Datatable {
            columns,
            values,
            span: self.from(start),
        }
    }

    fn external_data(&mut self) -> Expr {
        let start = self.bump();
        let columns = self.columns();
        let opened = self.here();
        self.expect("[", "`externaldata`");
        let sources = self.list(Self::expression);
        self.close("]", opened);
        let properties = if self.at("with") {
            self.with_properties()
        } else {
            Vec::new()
        };
        Expr::ExternalData {
            columns,
            sources,
            properties,
            span: self.from(start),
        }
    }
}
