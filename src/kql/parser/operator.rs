//! Tabular operators, one function each; the word behind `|` decides which.

use super::words::{self, Traits};
use super::{NOWHERE, Parser, Piece};
use crate::diagnostic::{Diagnostic, Edit, Fix, codes};
use crate::kql::token::{TokenKind, string_value};
use crate::kql::tree::{
    ExpandItem, Expr, Name, NamePattern, Operator, Ordered, ParseStep, Property, ScanStep,
    SeriesAggregate, Source, TopNestedClause,
};
use crate::text::{Span, cut};

impl Parser<'_> {
    /// The operator that starts here.
    pub(super) fn operator(&mut self) -> Operator {
        self.down(|span| Operator::Broken { span }, Self::operator_here)
    }

    fn operator_here(&mut self) -> Operator {
        let start = self.here();
        if self.kind() == Some(TokenKind::Placeholder) {
            let keyword = self.peek().to_owned();
            return Operator::Undocumented {
                keyword,
                span: self.bump(),
            };
        }
        if !self.traits().any(Traits::OPERATOR) {
            return self.no_operator();
        }
        let word = self.peek();
        self.bump();
        let operator = self.operator_called(word, start);
        self.grow();
        operator
    }

    fn operator_called(&mut self, word: &str, start: Span) -> Operator {
        match word {
            // The most frequent ones first: the words are compared one by one.
            "where" | "filter" => {
                let properties = self.properties(&[]);
                let predicate = Box::new(self.expression());
                Operator::Where {
                    properties,
                    predicate,
                    span: self.from(start),
                }
            }
            "extend" => Operator::Extend {
                columns: self.list(Self::item),
                span: self.from(start),
            },
            "project" => Operator::Project {
                columns: self.items_or_none(),
                span: self.from(start),
            },
            "summarize" => self.summarize(start),
            "sort" | "order" => {
                let properties = self.properties(&[]);
                self.expect("by", &format!("`{word}`"));
                let by = self.list(Self::ordered);
                Operator::Sort {
                    properties,
                    by,
                    span: self.from(start),
                }
            }
            "join" => {
                let (properties, right, on) = self.joined(&["kind", "isfuzzy"]);
                Operator::Join {
                    properties,
                    right,
                    on,
                    span: self.from(start),
                }
            }
            "take" | "limit" => Operator::Take {
                count: Box::new(self.expression()),
                span: self.from(start),
            },
            "union" => {
                let properties = self.properties(&["kind", "withsource", "with_source", "isfuzzy"]);
                let tables = self.tables();
                Operator::Union {
                    properties,
                    tables,
                    span: self.from(start),
                }
            }
            "as" => self.as_name(start),
            "consume" => {
                let properties = self.properties(&["decodeblocks"]);
                Operator::Consume {
                    properties,
                    span: self.from(start),
                }
            }
            "count" => {
                let name = if self.eat("as") {
                    Some(self.name("a name behind `as`"))
                } else {
                    None
                };
                Operator::Count {
                    name,
                    span: self.from(start),
                }
            }
            "distinct" => {
                let properties = self.properties(&[]);
                let columns = self.list(Self::item);
                Operator::Distinct {
                    properties,
                    columns,
                    span: self.from(start),
                }
            }
            "evaluate" => self.evaluate(start),
            "facet" => self.facet(start),
            "find" => self.find(start),
            "fork" => self.fork(start),
            "getschema" => {
                self.properties(&["kind"]);
                Operator::GetSchema {
                    span: self.from(start),
                }
            }
            "invoke" => self.invoke(start),
            "lookup" => {
                let (properties, right, on) = self.joined(&["kind"]);
                if on.is_empty() {
                    self.expected("`on` with the columns of `lookup`");
                }
                Operator::Lookup {
                    properties,
                    right,
                    on,
                    span: self.from(start),
                }
            }
            "macro-expand" => {
                self.skip(start, "a group of entities");
                Operator::MacroExpand {
                    span: self.from(start),
                }
            }
            "make-series" => self.make_series(start),
            "mv-apply" | "mvapply" => self.mv_apply(start),
            "mv-expand" | "mvexpand" => self.mv_expand(start, word == "mvexpand"),
            "parse" | "parse-where" => self.parse_operator(start, word == "parse-where"),
            "parse-kv" => self.parse_kv(start),
            "partition" => self.partition(start),
            "print" => Operator::Print {
                columns: self.list(Self::item),
                span: self.from(start),
            },
            "project-away" => Operator::ProjectAway {
                columns: self.list(Self::pattern),
                span: self.from(start),
            },
            "project-keep" => Operator::ProjectKeep {
                columns: self.list(Self::pattern),
                span: self.from(start),
            },
            "project-by-names" => {
                let columns = self.wild(|parser| parser.list(Self::item));
                Operator::ProjectByNames {
                    columns,
                    span: self.from(start),
                }
            }
            "project-rename" => Operator::ProjectRename {
                columns: self.list(Self::item),
                span: self.from(start),
            },
            "project-reorder" => Operator::ProjectReorder {
                columns: self.list(Self::ordered_pattern),
                span: self.from(start),
            },
            "range" => self.range(start),
            "reduce" => self.reduce(start),
            "render" => self.render(start),
            "sample" => Operator::Sample {
                count: Box::new(self.expression()),
                span: self.from(start),
            },
            "sample-distinct" => {
                let count = Box::new(self.expression());
                self.expect("of", "`sample-distinct`");
                let of = Box::new(self.expression());
                Operator::SampleDistinct {
                    count,
                    of,
                    span: self.from(start),
                }
            }
            "scan" => self.scan(start),
            "search" => self.search(start),
            "serialize" => Operator::Serialize {
                columns: self.items_or_none(),
                span: self.from(start),
            },
            "top" => {
                let properties = self.properties(&[]);
                let count = Box::new(self.expression());
                self.expect("by", "`top`");
                let by = vec![self.ordered()];
                if self.at(",") {
                    let error = Diagnostic::error(
                        codes::SYNTAX,
                        self.here(),
                        "`top` orders by one expression",
                    );
                    self.report(error.with_help("use `sort by …` and `take` for more"));
                }
                Operator::Top {
                    properties,
                    count,
                    by,
                    span: self.from(start),
                }
            }
            "top-hitters" => {
                let count = Box::new(self.expression());
                self.expect("of", "`top-hitters`");
                let of = Box::new(self.expression());
                let by = if self.eat("by") {
                    Some(Box::new(self.expression()))
                } else {
                    None
                };
                Operator::TopHitters {
                    count,
                    of,
                    by,
                    span: self.from(start),
                }
            }
            "top-nested" => self.top_nested(start),
            "assert-schema" | "execute-and-cache" => {
                self.skip_part(self.level_of(start));
                Operator::Undocumented {
                    keyword: word.to_owned(),
                    span: self.from(start),
                }
            }
            _ => {
                if let Some(operator) = self.graph_operator(word, start) {
                    return operator;
                }
                self.skip(start, "a condition");
                Operator::Graph {
                    keyword: word.to_owned(),
                    span: self.from(start),
                }
            }
        }
    }

    fn no_operator(&mut self) -> Operator {
        let start = self.here();
        let level = self.level();
        let found = self.peek();
        let message = if self.at_boundary() {
            format!("expected an operator behind `|`, found {}", self.found())
        } else {
            format!("no operator is called `{}`", cut(found, 24))
        };
        let mut error = Diagnostic::error(codes::SYNTAX, start, message);
        let lower = found.to_ascii_lowercase();
        let near = if self.at_word() {
            crate::kql::names::nearest(&lower, words::OPERATORS.iter().copied())
        } else {
            None
        };
        if let Some(name) = near {
            let edits = vec![Edit {
                span: start,
                text: name.to_owned(),
            }];
            error = error
                .with_help(format!("did you mean `{name}`?").replace("did you mean", "is it"))
                .with_fix(Fix {
                    title: format!("Write `{name}`"),
                    edits,
                    safe: lower == name,
                });
        } else if matches!(found, "inner" | "leftouter" | "leftanti" | "fullouter")
            && self.nth_is(1, "join")
        {
            error = error.with_help(format!("write `join kind={found} (…) on …`"));
        }
        self.report(error);
        if self.at("|") || self.at_end() {
            self.is_silent = false;
        } else {
            self.recover(level);
        }
        Operator::Broken {
            span: self.from(start),
        }
    }

    fn level_of(&self, start: Span) -> u32 {
        let at = self
            .tokens
            .partition_point(|token| token.span.start < start.start);
        self.tokens.get(at).map_or(0, |token| token.nesting)
    }

    /// Reads over the rest of an operator that the tree keeps as a whole.
    fn skip(&mut self, start: Span, what: &str) {
        if self.at_boundary() {
            self.expected(what);
            return;
        }
        let first = self.at;
        self.skip_part(self.level_of(start));
        let is_open = |token: &&Piece| {
            matches!(token.span.of(self.text), "(" | "[" | "{") && token.closing == NOWHERE
        };
        let read = self.tokens.get(first..self.at).unwrap_or(&[]);
        if let Some(open) = read.iter().find(is_open).map(|token| token.span) {
            let message = format!("`{}` is never closed", open.of(self.text));
            self.report(Diagnostic::error(codes::SYNTAX, open, message));
        }
    }

    fn items_or_none(&mut self) -> Vec<Expr> {
        if self.at_boundary() {
            Vec::new()
        } else {
            self.list(Self::item)
        }
    }

    fn wild<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> T {
        let outside = std::mem::replace(&mut self.allows_wildcards, true);
        let result = read(self);
        self.allows_wildcards = outside;
        result
    }

    /// The tables of `union`, `find` and `search`.
    fn tables(&mut self) -> Vec<Expr> {
        self.wild(|parser| parser.list(Self::table))
    }

    fn table(&mut self) -> Expr {
        if let Some(name) = self.wildcard_name() {
            Expr::Name(name)
        } else {
            self.postfix()
        }
    }

    /// `kind=inner hint.strategy=shuffle`, as far as the names are of the list or hints.
    pub(super) fn properties(&mut self, known: &[&str]) -> Vec<Property> {
        let mut found = Vec::new();
        loop {
            let start = self.here();
            if self.at("hint") && self.nth_is(1, ".") && self.nth_is(3, "=") {
                self.at += 3;
            } else if self.at_word() && self.nth_is(1, "=") && known.contains(&self.peek()) {
                self.at += 1;
            } else {
                return found;
            }
            let span = self.from(start);
            let text = span
                .of(self.text)
                .chars()
                .filter(|c| !c.is_whitespace())
                .collect();
            self.bump(); // the `=`
            found.push(Property {
                name: Name { text, span },
                value: self.property_value(),
            });
        }
    }

    /// A word or a literal; never a call, since `kind=inner(U)` has none.
    fn property_value(&mut self) -> Expr {
        if let Some(literal) = self.literal() {
            return literal;
        }
        if let Some(name) = self.bracketed_name() {
            return Expr::Name(name);
        }
        if self.kind() == Some(TokenKind::Placeholder) {
            return Expr::Placeholder {
                text: self.peek().to_owned(),
                span: self.bump(),
            };
        }
        if self.at_word() {
            return Expr::Name(self.bare_name());
        }
        self.expected("a value behind `=`");
        Self::missing(self.here())
    }

    /// `with (a=1, b=c, d)`: a value without a name belongs to the name before it.
    pub(super) fn with_properties(&mut self) -> Vec<Property> {
        self.bump();
        let opened = self.here();
        if !self.expect("(", "`with`") || self.eat(")") {
            return Vec::new();
        }
        let mut last: Option<Name> = None;
        let properties = self.list(|parser| {
            let is_named = parser.nth_is(1, "=");
            let name = match &last {
                Some(name) if !is_named => name.clone(),
                _ => {
                    let name = if parser.at_word() {
                        parser.bare_name()
                    } else {
                        parser.name("the name of an option")
                    };
                    parser.expect("=", "an option");
                    name
                }
            };
            last = Some(name.clone());
            let is_word = parser.at_word() && (parser.nth_is(1, ",") || parser.nth_is(1, ")"));
            let value = if is_word && parser.traits().is_no_value() {
                Expr::Name(parser.bare_name())
            } else {
                parser.expression()
            };
            Property { name, value }
        });
        self.close(")", opened);
        properties
    }

    /// Operators in parentheses that run over a part of the input.
    pub(super) fn body(&mut self, of: &str) -> Vec<Operator> {
        let opened = self.here();
        if !self.expect("(", of) {
            return Vec::new();
        }
        let level = self.level();
        let mut operators = vec![self.operator()];
        if self.is_silent {
            self.recover(level);
        }
        operators.extend(self.operators_behind(level));
        self.close(")", opened);
        operators
    }

    fn as_name(&mut self, start: Span) -> Operator {
        let properties = self.properties(&[]);
        let name = self.name("a name behind `as`");
        Operator::As {
            properties,
            name,
            span: self.from(start),
        }
    }

    fn evaluate(&mut self, start: Span) -> Operator {
        let properties = self.properties(&[]);
        let plugin = self.name("a plugin behind `evaluate`");
        let arguments = if self.at("(") {
            self.arguments()
        } else {
            self.expect("(", "a plugin");
            Vec::new()
        };
        let schema = if self.eat(":") {
            Some(self.columns())
        } else {
            None
        };
        Operator::Evaluate {
            properties,
            plugin,
            arguments,
            schema,
            span: self.from(start),
        }
    }

    fn facet(&mut self, start: Span) -> Operator {
        self.expect("by", "`facet`");
        let columns = self.list(Self::expression);
        let with = if !self.eat("with") {
            None
        } else if self.at("(") {
            Some(self.body("`facet`"))
        } else {
            Some(vec![self.operator()])
        };
        Operator::Facet {
            columns,
            with,
            span: self.from(start),
        }
    }

    fn find(&mut self, start: Span) -> Operator {
        let properties = self.properties(&["withsource", "with_source", "datascope", "isfuzzy"]);
        let tables = self.tables_of_search();
        if !self.eat("where") && !tables.is_empty() {
            self.expect("where", "`find in`");
        }
        let predicate = Box::new(self.expression());
        let project_smart = self.eat("project-smart");
        let is_listed = !project_smart && self.eat("project");
        let project = if is_listed {
            self.list(Self::found_column)
        } else {
            Vec::new()
        };
        Operator::Find {
            properties,
            tables,
            predicate,
            project,
            project_smart,
            span: self.from(start),
        }
    }

    /// `in (T, U*)`
    fn tables_of_search(&mut self) -> Vec<Expr> {
        if !(self.at("in") && self.nth_is(1, "(")) {
            return Vec::new();
        }
        self.bump();
        let opened = self.bump();
        let tables = self.tables();
        self.close(")", opened);
        tables
    }

    /// A column behind `find … project`: `a`, `a:string`, `pack(*)`.
    fn found_column(&mut self) -> Expr {
        if self.nth_is(1, ":") {
            let start = self.here();
            let columns = vec![self.column()];
            return Expr::TypeOf {
                columns,
                span: self.from(start),
            };
        }
        self.expression()
    }

    fn fork(&mut self, start: Span) -> Operator {
        let mut branches = Vec::new();
        loop {
            let name = if self.nth_is(1, "=") && self.at_word() {
                let name = self.bare_name();
                self.bump();
                Some(name)
            } else {
                None
            };
            branches.push((name, self.body("`fork`")));
            if self.at_boundary() || self.is_silent || self.is_too_deep {
                return Operator::Fork {
                    branches,
                    span: self.from(start),
                };
            }
        }
    }

    fn invoke(&mut self, start: Span) -> Operator {
        let function = self.name("a function behind `invoke`");
        let arguments = if self.at("(") {
            self.arguments()
        } else {
            self.expect("(", "`invoke`");
            Vec::new()
        };
        Operator::Invoke {
            function,
            arguments,
            span: self.from(start),
        }
    }

    fn joined(&mut self, known: &[&str]) -> (Vec<Property>, Box<Expr>, Vec<Expr>) {
        let properties = self.properties(known);
        let right = Box::new(self.postfix());
        let on = if self.eat("on") {
            self.list(Self::expression)
        } else {
            if self.at("where") {
                let error = Diagnostic::error(
                    codes::SYNTAX,
                    self.here(),
                    "`join` takes its condition behind `on`",
                );
                self.report(error.with_help("write `on $left.a == $right.b`"));
            }
            Vec::new()
        };
        (properties, right, on)
    }

    fn make_series(&mut self, start: Span) -> Operator {
        let properties = self.properties(&["kind"]);
        let aggregates = self.list(|parser| {
            let value = parser.item();
            let has_default = parser.at("default") && parser.nth_is(1, "=");
            let default = if has_default {
                parser.at += 2;
                Some(parser.expression())
            } else {
                None
            };
            SeriesAggregate { value, default }
        });
        self.expect("on", "`make-series`");
        let axis = Box::new(self.axis());
        let (mut from, mut to, mut step, mut in_range) = (None, None, None, None);
        if self.at("in") && self.nth_is(1, "range") {
            self.at += 2;
            let opened = self.here();
            self.expect("(", "`in range`");
            let first = Box::new(self.expression());
            self.expect(",", "`in range`");
            let last = Box::new(self.expression());
            self.expect(",", "`in range`");
            let width = Box::new(self.expression());
            self.close(")", opened);
            in_range = Some([first, last, width]);
        } else {
            from = if self.eat("from") {
                Some(Box::new(self.expression()))
            } else {
                None
            };
            to = if self.eat("to") {
                Some(Box::new(self.expression()))
            } else {
                None
            };
            step = if self.expect("step", "`make-series`") {
                Some(Box::new(self.expression()))
            } else {
                None
            };
        }
        let by = if self.eat("by") {
            self.list(Self::item)
        } else {
            Vec::new()
        };
        Operator::MakeSeries {
            properties,
            aggregates,
            axis,
            from,
            to,
            step,
            in_range,
            by,
            span: self.from(start),
        }
    }

    /// The axis of `make-series`: `in range(…)` behind it is no list.
    fn axis(&mut self) -> Expr {
        let start = self.here();
        let Some(names) = self.assigned_names() else {
            return self.postfix();
        };
        self.bump(); // the `=`
        let value = Box::new(self.postfix());
        Expr::Assign {
            names,
            is_tuple: false,
            value,
            span: self.from(start),
        }
    }

    fn expand_items(&mut self) -> Vec<ExpandItem> {
        self.list(|parser| {
            let value = parser.item();
            let to_type = if parser.eat("to") {
                parser.expect("typeof", "`to`");
                let opened = parser.here();
                parser.expect("(", "`typeof`");
                let name = parser.type_name();
                parser.close(")", opened);
                Some(name)
            } else {
                None
            };
            ExpandItem { value, to_type }
        })
    }

    fn mv_expand(&mut self, start: Span, is_legacy: bool) -> Operator {
        let properties = self.properties(&["kind", "bagexpansion", "with_itemindex"]);
        let items = self.expand_items();
        let limit = if self.eat("limit") {
            Some(Box::new(self.expression()))
        } else {
            None
        };
        Operator::MvExpand {
            properties,
            items,
            limit,
            is_legacy,
            span: self.from(start),
        }
    }

    fn mv_apply(&mut self, start: Span) -> Operator {
        let properties = self.properties(&["kind", "bagexpansion", "with_itemindex"]);
        let items = self.expand_items();
        let limit = if self.eat("limit") {
            Some(Box::new(self.expression()))
        } else {
            None
        };
        let id = if self.eat("id") {
            Some(Box::new(self.expression()))
        } else {
            None
        };
        self.expect("on", "`mv-apply`");
        let on = self.body("`mv-apply … on`");
        Operator::MvApply {
            properties,
            items,
            limit,
            id,
            on,
            span: self.from(start),
        }
    }

    fn parse_operator(&mut self, start: Span, is_where: bool) -> Operator {
        let properties = self.properties(&["kind", "flags"]);
        let value = Box::new(self.expression());
        self.expect("with", "`parse`");
        let mut pattern = Vec::new();
        while !self.at_boundary() && !self.is_silent {
            let span = self.here();
            match self.kind() {
                Some(TokenKind::String) => {
                    pattern.push(ParseStep::Text(string_value(self.peek()), self.bump()));
                }
                Some(TokenKind::Symbol) if self.at("*") => {
                    pattern.push(ParseStep::Star(self.bump()));
                }
                Some(TokenKind::Word | TokenKind::Placeholder) => {
                    if self.at_operator_without_bar() && !self.nth_is(1, ":") && self.nth_is_word(1)
                    {
                        break;
                    }
                    pattern.push(self.parsed_column());
                }
                _ if self.at("[") => pattern.push(self.parsed_column()),
                _ => self.expected("a text, a column or `*` in the pattern"),
            }
            if self.here() == span {
                break;
            }
        }
        if pattern.is_empty() {
            self.expected("a pattern behind `with`");
        }
        Operator::Parse {
            is_where,
            properties,
            value,
            pattern,
            span: self.from(start),
        }
    }

    fn parsed_column(&mut self) -> ParseStep {
        let name = self.name("a column in the pattern");
        let type_name = if self.eat(":") {
            Some(self.type_name())
        } else {
            None
        };
        ParseStep::Column { name, type_name }
    }

    fn parse_kv(&mut self, start: Span) -> Operator {
        let value = Box::new(self.expression());
        self.expect("as", "`parse-kv`");
        let columns = self.columns();
        let properties = if self.at("with") {
            self.with_properties()
        } else {
            Vec::new()
        };
        Operator::ParseKv {
            value,
            columns,
            properties,
            span: self.from(start),
        }
    }

    fn partition(&mut self, start: Span) -> Operator {
        let properties = self.properties(&[]);
        self.expect("by", "`partition`");
        let column = Box::new(self.partition_column());
        let (mut body, mut body_source, mut is_braced) = (Vec::new(), None, false);
        if self.at("{") {
            is_braced = true;
            let opened = self.bump();
            match self.tabular() {
                Expr::Pipe(pipeline) => {
                    body = pipeline.operators;
                    body_source = Some(Box::new(match *pipeline.source {
                        Source::Expr(source) => source,
                        Source::Operator(operator) => {
                            let span = operator.span();
                            let source = Box::new(Source::Operator(operator));
                            Expr::Pipe(crate::kql::tree::Pipeline {
                                source,
                                operators: Vec::new(),
                                span,
                            })
                        }
                    }));
                }
                source => body_source = Some(Box::new(source)),
            }
            self.close("}", opened);
        } else {
            body = self.body("`partition`");
        }
        Operator::Partition {
            properties,
            column,
            body,
            is_braced,
            body_source,
            span: self.from(start),
        }
    }

    /// The column of `partition by`: the parentheses behind it are the body, not a call.
    fn partition_column(&mut self) -> Expr {
        let start = self.here();
        let closing = if self.nth_is(1, "(") {
            self.closing(1).map(|(at, _)| at)
        } else {
            None
        };
        let is_call = closing.is_some_and(|at| {
            self.tokens
                .get(at + 1)
                .is_some_and(|token| matches!(token.span.of(self.text), "(" | "{"))
        });
        if is_call {
            let error = Diagnostic::error(
                codes::SYNTAX,
                start,
                "`partition by` takes a column, not a call",
            );
            self.slip(error.with_help("compute the column with `extend` before"));
            return self.postfix();
        }
        let mut column = Expr::Name(self.name("a column behind `partition by`"));
        while self.eat(".") {
            let member = Box::new(Expr::Name(self.name("a member behind `.`")));
            self.grow();
            column = Expr::Member {
                object: Box::new(column),
                member,
                span: self.from(start),
            };
        }
        column
    }

    /// `a`, `a*`, `*`, `['a b']`
    fn pattern(&mut self) -> NamePattern {
        if let Some(name) = self.wildcard_name() {
            return NamePattern {
                name,
                has_wildcard: true,
            };
        }
        if self.at_word() && (self.traits().is_no_value() || self.traits().is_kind()) {
            self.reserved_word("a column");
        }
        NamePattern {
            name: self.name("a column"),
            has_wildcard: false,
        }
    }

    fn ordered_pattern(&mut self) -> (NamePattern, Option<String>) {
        let pattern = self.pattern();
        let orders = ["asc", "desc", "granny-asc", "granny-desc"];
        let order = orders
            .iter()
            .find(|order| self.at(order))
            .map(|&order| order.to_owned());
        if order.is_some() {
            self.bump();
        }
        (pattern, order)
    }

    fn range(&mut self, start: Span) -> Operator {
        let column = self.name("a column behind `range`");
        self.expect("from", "`range`");
        let from = Box::new(self.expression());
        self.expect("to", "`range`");
        let to = Box::new(self.expression());
        self.expect("step", "`range`");
        let step = Box::new(self.expression());
        Operator::Range {
            column,
            from,
            to,
            step,
            span: self.from(start),
        }
    }

    fn reduce(&mut self, start: Span) -> Operator {
        let properties = self.properties(&["kind"]);
        self.expect("by", "`reduce`");
        let by = Box::new(self.expression());
        let with = if self.eat("with") {
            self.list(Self::property)
        } else {
            Vec::new()
        };
        Operator::Reduce {
            properties,
            by,
            with,
            span: self.from(start),
        }
    }

    /// `name = value`
    fn property(&mut self) -> Property {
        let name = if self.at_word() {
            self.bare_name()
        } else {
            self.name("the name of an option")
        };
        self.expect("=", "an option");
        Property {
            name,
            value: self.expression(),
        }
    }

    fn render(&mut self, start: Span) -> Operator {
        let is_chart = matches!(self.kind(), Some(TokenKind::Word | TokenKind::Placeholder))
            && !self.nth_is(1, "=")
            && !self.at_operator_without_bar();
        if !is_chart {
            self.expected("a chart, such as `timechart`");
            let span = Self::missing(self.here()).span();
            let chart = Name {
                text: String::new(),
                span,
            };
            return Operator::Render {
                chart,
                properties: Vec::new(),
                span: self.from(start),
            };
        }
        let chart = self.bare_name();
        let mut properties = Vec::new();
        while !self.at_boundary() && !self.is_silent {
            if self.at("with") {
                properties.extend(self.with_properties());
            } else if self.at("by") {
                let name = self.bare_name();
                properties.extend(self.list(|parser| Property {
                    name: name.clone(),
                    value: parser.expression(),
                }));
            } else if self.at_word() && self.nth_is(1, "=") {
                properties.push(self.property());
                self.eat(",");
            } else {
                break;
            }
        }
        Operator::Render {
            chart,
            properties,
            span: self.from(start),
        }
    }

    fn scan(&mut self, start: Span) -> Operator {
        let properties = self.properties(&["with_match_id", "with_step_name"]);
        let (mut order_by, mut partition_by, mut declare) = (Vec::new(), Vec::new(), Vec::new());
        if self.at("order") && self.nth_is(1, "by") {
            self.at += 2;
            order_by = self.list(Self::ordered);
        }
        if self.at("partition") && self.nth_is(1, "by") {
            self.at += 2;
            partition_by = self.list(Self::expression);
        }
        if self.eat("declare") {
            declare = self.parameters();
        }
        let mut steps = Vec::new();
        self.expect("with", "`scan`");
        let opened = self.here();
        if self.expect("(", "`scan with`") {
            while self.at("step") && !self.is_silent {
                steps.push(self.scan_step());
            }
            if steps.is_empty() {
                self.expected("`step` in `scan`");
            }
            self.close(")", opened);
        }
        Operator::Scan {
            properties,
            order_by,
            partition_by,
            declare,
            steps,
            span: self.from(start),
        }
    }

    fn scan_step(&mut self) -> ScanStep {
        self.bump();
        let name = self.name("the name of a step");
        let is_optional = self.eat("optional");
        let output = if self.at("output") && self.nth_is(1, "=") {
            self.at += 2;
            Some(self.bare_name())
        } else {
            None
        };
        self.expect(":", "a step");
        let condition = self.expression();
        let assignments = if self.eat("=>") {
            self.list(Self::item)
        } else {
            Vec::new()
        };
        self.expect(";", "a step of `scan`");
        ScanStep {
            name,
            is_optional,
            output,
            condition,
            assignments,
        }
    }

    fn search(&mut self, start: Span) -> Operator {
        let properties = self.properties(&["kind"]);
        let tables = self.tables_of_search();
        let predicate = Box::new(self.expression());
        Operator::Search {
            properties,
            tables,
            predicate,
            span: self.from(start),
        }
    }

    /// An expression with `asc`, `desc`, `nulls first`, `nulls last` behind it.
    fn ordered(&mut self) -> Ordered {
        let value = self.item();
        let ascending = if self.eat("asc") {
            Some(true)
        } else if self.eat("desc") {
            Some(false)
        } else {
            self.foreign_order()
        };
        let nulls_first = if self.at("nulls") && (self.nth_is(1, "first") || self.nth_is(1, "last"))
        {
            let is_first = self.nth_is(1, "first");
            self.at += 2;
            Some(is_first)
        } else {
            None
        };
        Ordered {
            value,
            ascending,
            nulls_first,
        }
    }

    /// `ASC`, `ascending`, `des` and their kin, reported with the right word.
    fn foreign_order(&mut self) -> Option<bool> {
        let lower = self.peek().to_ascii_lowercase();
        let is_ascending = match lower.as_str() {
            _ if !self.at_word() => return None,
            "asc" | "ascending" => true,
            "desc" | "descending" | "des" | "dsc" => false,
            _ => return None,
        };
        let right = if is_ascending { "asc" } else { "desc" };
        let span = self.bump();
        let edits = vec![Edit {
            span,
            text: right.to_owned(),
        }];
        let fix = Fix {
            title: format!("Write `{right}`"),
            edits,
            safe: true,
        };
        let message = format!("`{}` is no order, `{right}` is", span.of(self.text));
        self.slip(Diagnostic::error(codes::SYNTAX, span, message).with_fix(fix));
        Some(is_ascending)
    }

    fn summarize(&mut self, start: Span) -> Operator {
        let properties = self.properties(&[]);
        let aggregates = if self.at("by") {
            Vec::new()
        } else {
            self.items_or_none()
        };
        let by = if self.eat("by") {
            self.list(Self::item)
        } else {
            Vec::new()
        };
        Operator::Summarize {
            properties,
            aggregates,
            by,
            span: self.from(start),
        }
    }

    fn top_nested(&mut self, start: Span) -> Operator {
        let mut is_first = true;
        let clauses = self.list(|parser| {
            if !std::mem::take(&mut is_first) {
                parser.expect("top-nested", "another level");
            }
            let count = if parser.at("of") {
                None
            } else {
                Some(parser.expression())
            };
            parser.expect("of", "`top-nested`");
            let of = parser.item();
            let others = if parser.at("with") && parser.nth_is(1, "others") {
                parser.at += 2;
                parser.expect("=", "`with others`");
                Some(parser.expression())
            } else {
                None
            };
            parser.expect("by", "`top-nested`");
            TopNestedClause {
                count,
                of,
                others,
                by: parser.ordered(),
            }
        });
        Operator::TopNested {
            clauses,
            span: self.from(start),
        }
    }
}
