//! Graph operators: `make-graph` and what reads a graph.
//!
//! Arrows are written with the signs of arithmetic, so they are put together here, sign by sign.

use super::Parser;
use crate::kql::tree::{
    Expr, GraphDirection, GraphEdge, GraphOutput, GraphPath, Name, Operator, Property,
};
use crate::text::Span;

impl Parser<'_> {
    /// The graph operator of a word; `None` for words that nobody documents.
    pub(super) fn graph_operator(&mut self, word: &str, start: Span) -> Option<Operator> {
        Some(match word {
            "make-graph" => self.make_graph(start),
            "graph-match" => self.graph_match(start, false),
            "graph-shortest-paths" => self.graph_match(start, true),
            "graph-to-table" => {
                let outputs = self.list(Self::graph_output);
                Operator::GraphToTable {
                    outputs,
                    span: self.from(start),
                }
            }
            "graph-mark-components" => {
                let properties = self.properties(&["kind", "with_component_id"]);
                Operator::GraphMarkComponents {
                    properties,
                    span: self.from(start),
                }
            }
            _ => return None,
        })
    }

    fn make_graph(&mut self, start: Span) -> Operator {
        let source = self.name("a column behind `make-graph`");
        self.expect("-", "`make-graph`");
        self.expect("-", "`make-graph`");
        let is_directed = self.eat(">");
        let target = self.name("a column behind the arrow");
        let node_id = self.graph_option("with_node_id");
        let nodes = if self.eat("with") {
            self.list(|parser| {
                let table = parser.postfix();
                parser.expect("on", "the nodes of `make-graph`");
                (table, parser.name("the column of the node's id"))
            })
        } else {
            Vec::new()
        };
        let partition = if self.eat("partitioned-by") {
            let column = self.name("a column behind `partitioned-by`");
            Some((column, self.body("`partitioned-by`")))
        } else {
            None
        };
        Operator::MakeGraph {
            source,
            target,
            is_directed,
            node_id,
            nodes,
            partition,
            span: self.from(start),
        }
    }

    /// `name=column`
    fn graph_option(&mut self, name: &str) -> Option<Name> {
        let options = self.properties(&[name]);
        let mut names = options.into_iter().map(|option| match option.value {
            Expr::Name(name) => name,
            other => Name {
                text: String::new(),
                span: other.span(),
            },
        });
        names.next_back()
    }

    fn graph_output(&mut self) -> GraphOutput {
        let is_nodes = self.at("nodes");
        if is_nodes || self.at("edges") {
            self.bump();
        } else {
            self.expected("`nodes` or `edges`");
        }
        let name = if self.eat("as") {
            Some(self.name("a name behind `as`"))
        } else {
            None
        };
        let known = ["with_node_id", "with_source_id", "with_target_id"];
        let properties: Vec<Property> = self.properties(&known);
        GraphOutput {
            is_nodes,
            name,
            properties,
        }
    }

    fn graph_match(&mut self, start: Span, is_shortest: bool) -> Operator {
        let properties = self.properties(&["cycles", "output"]);
        let paths = self.list(Self::graph_path);
        let predicate = if self.eat("where") {
            Some(Box::new(self.expression()))
        } else {
            None
        };
        let project = if self.eat("project") {
            self.list(Self::item)
        } else {
            Vec::new()
        };
        Operator::GraphMatch {
            is_shortest,
            properties,
            paths,
            predicate,
            project,
            span: self.from(start),
        }
    }

    /// `(a)-[b]->(c)`
    fn graph_path(&mut self) -> GraphPath {
        let start = self.here();
        let first = self.graph_node();
        let mut hops = Vec::new();
        while !self.is_silent && (self.at("-") || self.at("<")) {
            let edge = self.graph_edge();
            hops.push((edge, self.graph_node()));
        }
        GraphPath {
            start: first,
            hops,
            span: self.from(start),
        }
    }

    /// `(a)` or `()`
    fn graph_node(&mut self) -> Option<Name> {
        let opened = self.here();
        if !self.expect("(", "a node of the pattern") {
            return None;
        }
        let name = if self.at(")") {
            None
        } else {
            Some(self.name("a node"))
        };
        self.close(")", opened);
        name
    }

    /// `-[a*1..3]->`, `<-[a]-`, `-[a]-`, `-->`, `<--`, `--`
    fn graph_edge(&mut self) -> GraphEdge {
        let is_backward = self.eat("<");
        self.expect("-", "an edge of the pattern");
        let (mut name, mut range) = (None, None);
        if self.at("[") {
            let opened = self.bump();
            if !self.at("*") && !self.at("]") {
                name = Some(self.name("an edge"));
            }
            if self.eat("*") {
                let fewest = self.postfix();
                self.expect("..", "the length of an edge");
                range = Some((fewest, self.postfix()));
            }
            self.close("]", opened);
        }
        self.expect("-", "an edge of the pattern");
        let is_forward = self.eat(">");
        GraphEdge {
            name,
            direction: match (is_forward, is_backward) {
                (true, false) => GraphDirection::Forward,
                (false, true) => GraphDirection::Backward,
                _ => GraphDirection::Any,
            },
            range,
        }
    }
}
