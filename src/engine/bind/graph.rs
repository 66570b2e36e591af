//! Binding of graphs: `make-graph`, and the operators and functions that read one.
//!
//! The tables of a graph are run first, so a graph is bound with its rows. It is a plan without
//! columns, which only graph operators take; a job refuses to run it as a table.

use super::summarize::split_assignment;
use super::tabular::{conjuncts, word};
use super::{Binder, Bound, Environment, Row, naming, wrong, wrong_with_help};
use crate::diagnostic::codes;
use crate::engine::operator::graph::{Given, Graph, NodeTable, ToTable};
use crate::engine::operator::graph_match::{
    Cycles, Fold, GraphCall, Hop, Match, Source, Step, kind_of,
};
use crate::engine::plan::{Expr, Node, Operator as Made, Plan};
use crate::kql::tree::{self, GraphDirection, Operator, Property, property};
use crate::table::Field;
use crate::text::{Span, cut};
use crate::value::{Type, Value};
use std::rc::Rc;

/// Longest list of edges that an edge of a pattern may stand for.
const MAX_LENGTH: usize = 1 << 16;

/// Functions that look at a match of a graph pattern.
pub(super) const FUNCTIONS: &[&str] = &[
    "all",
    "any",
    "inner_nodes",
    "labels",
    "map",
    "node_degree_in",
    "node_degree_out",
    "node_id",
];

/// A name of a graph pattern.
struct Variable {
    name: String,
    is_node: bool,
    /// Its number among the nodes or the edges.
    at: usize,
    is_ranged: bool,
}

/// What the expressions of a graph pattern may name.
pub(super) struct Pattern {
    variables: Vec<Variable>,
    graph: Rc<Graph>,
    calls: Vec<GraphCall>,
}

impl<'q> Binder<'q> {
    /// Binds an operator that makes or reads a graph.
    pub(super) fn graph_operator(
        &mut self,
        operator: &'q Operator,
        input: Plan,
        environment: &Environment<'q>,
    ) -> Bound<Plan> {
        if let Operator::MakeGraph { .. } = operator {
            return self.make_graph(operator, input, environment);
        }
        let span = operator.span();
        let Made::Graph(graph) = input.operator else {
            return wrong_with_help(
                codes::TYPE,
                span,
                "this operator requires a graph before it",
                "put `| make-graph source --> target` before",
            );
        };
        match operator {
            Operator::GraphMatch { .. } => self.graph_match(operator, &graph, environment),
            Operator::GraphToTable { outputs, .. } => self.graph_to_table(outputs, &graph, span),
            Operator::GraphMarkComponents { properties, .. } => {
                self.mark_components(properties, &graph, span)
            }
            _ => wrong(codes::SYNTAX, span, "this is no graph operator"),
        }
    }

    fn make_graph(
        &mut self,
        operator: &'q Operator,
        input: Plan,
        environment: &Environment<'q>,
    ) -> Bound<Plan> {
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
            return wrong(codes::SYNTAX, operator.span(), "this is no `make-graph`");
        };
        let span = *span;
        if !is_directed {
            return wrong_with_help(
                codes::NOT_SUPPORTED,
                span,
                "a graph without directions is not documented and not supported",
                "write `-->`, and `-[e]-` in the pattern",
            );
        }
        let edge_fields = input.fields.clone();
        let (from, kind) = self.id_column(source, &edge_fields, environment)?;
        let (to, _) = self.id_of_kind(target, &edge_fields, kind, environment)?;
        let edges = self.need(input)?;
        let mut fields: Vec<Field> = Vec::new();
        let mut ids = Vec::new();
        let mut tables = Vec::with_capacity(nodes.len());
        for (table, id) in nodes {
            let plan = self.tabular(table, environment)?;
            let (id, _) = self.id_of_kind(id, &plan.fields, kind, environment)?;
            let rows = self.need(plan)?;
            let mut places = Vec::with_capacity(rows.fields.len());
            for (at, field) in rows.fields.iter().enumerate() {
                let known = fields.iter().position(|known| known.name == field.name);
                let place = match known {
                    Some(place) => place,
                    None => {
                        fields.push(field.clone());
                        fields.len() - 1
                    }
                };
                if fields.get(place).map(|known| known.kind) != Some(field.kind) {
                    return wrong(
                        codes::TYPE,
                        table.span(),
                        format!(
                            "two tables of nodes have a column `{}`",
                            cut(&field.name, 40)
                        ),
                    );
                }
                if at == id && !ids.contains(&place) {
                    ids.push(place);
                }
                places.push(place);
            }
            tables.push(NodeTable {
                rows,
                id,
                places,
                partition: None,
            });
        }
        if let Some(name) = node_id {
            if !tables.is_empty() {
                return wrong(
                    codes::SYNTAX,
                    name.span,
                    "`with_node_id` does not go together with tables of nodes",
                );
            }
            ids.push(0);
            fields.push(Field::new(&name.text, kind));
        }
        let mut graph = Graph {
            edges,
            ends: [from, to],
            tables,
            fields,
            ids,
            components: Vec::new(),
            partition: None,
            span,
        };
        let Some((column, body)) = partition else {
            return Ok(plan_of(graph, span));
        };
        let (at, kind) = self.id_column(column, &edge_fields, environment)?;
        graph.partition = Some(at);
        for table in &mut graph.tables {
            let mut fields = table.rows.fields.iter();
            table.partition =
                fields.position(|field| field.name == column.text && field.kind == kind);
        }
        if let Some(other) = body.iter().find(|operator| {
            !matches!(
                operator,
                Operator::GraphMatch { .. }
                    | Operator::GraphToTable { .. }
                    | Operator::GraphMarkComponents { .. }
            )
        }) {
            return wrong_with_help(
                codes::NOT_SUPPORTED,
                other.span(),
                "only graph operators can stand inside `partitioned-by` here",
                "put the others behind it",
            );
        }
        let plan = plan_of(graph, span);
        self.nested(span, |binder| binder.operators(body, plan, environment))
    }

    /// A column that holds ids.
    fn id_column(
        &mut self,
        name: &'q tree::Name,
        fields: &[Field],
        environment: &Environment<'q>,
    ) -> Bound<(usize, Type)> {
        let bound = self.name(name, environment, &Row::of(fields))?;
        self.refuse_key(&bound, "a column that is not `dynamic` is required here")?;
        match bound.node {
            Node::Column(at) => Ok((at, bound.kind)),
            _ => wrong(codes::TYPE, name.span, "a column is required here"),
        }
    }

    fn id_of_kind(
        &mut self,
        name: &'q tree::Name,
        fields: &[Field],
        kind: Type,
        environment: &Environment<'q>,
    ) -> Bound<(usize, Type)> {
        let (at, own) = self.id_column(name, fields, environment)?;
        if own != kind {
            return wrong_with_help(
                codes::TYPE,
                name.span,
                format!(
                    "ids of type `{}` and `{}` do not meet",
                    kind.name(),
                    own.name()
                ),
                "convert one of the columns before",
            );
        }
        Ok((at, own))
    }

    fn mark_components(
        &mut self,
        properties: &'q [Property],
        graph: &Rc<Graph>,
        span: Span,
    ) -> Bound<Plan> {
        let is_strong = match property(properties, "kind").and_then(word) {
            None | Some("weak") => false,
            Some("strong") => true,
            Some(_) => {
                return wrong(
                    codes::BAD_VALUE,
                    span,
                    "the kinds of components are weak and strong",
                );
            }
        };
        let name = property(properties, "with_component_id").and_then(word);
        let name = name.unwrap_or("ComponentId");
        let mut graph = graph.as_ref().clone();
        if graph.fields.iter().any(|field| field.name == name) {
            return wrong(
                codes::AMBIGUOUS_NAME,
                span,
                format!("the nodes have a column `{}` already", cut(name, 40)),
            );
        }
        graph.components.push((graph.fields.len(), is_strong));
        graph.fields.push(Field::new(name, Type::Long));
        Ok(plan_of(graph, span))
    }

    fn graph_to_table(
        &mut self,
        outputs: &'q [tree::GraphOutput],
        graph: &Rc<Graph>,
        span: Span,
    ) -> Bound<Plan> {
        let mut tables = Vec::with_capacity(outputs.len());
        for output in outputs {
            let mut fields = Vec::new();
            let mut columns = Vec::new();
            let numbers: &[(&str, usize)] = if output.is_nodes {
                &[("with_node_id", 0)]
            } else {
                &[("with_source_id", 0), ("with_target_id", 1)]
            };
            for (option, end) in numbers {
                if let Some(name) = property(&output.properties, option).and_then(word) {
                    fields.push(Field::new(name, Type::Long));
                    columns.push(Given::Hash(*end));
                }
            }
            let own = if output.is_nodes {
                &graph.fields
            } else {
                &graph.edges.fields
            };
            for (at, field) in own.iter().enumerate() {
                fields.push(Field {
                    name: naming::unique_in(&field.name, &fields),
                    kind: field.kind,
                });
                columns.push(Given::Column(at, field.kind));
            }
            let name = output.name.as_ref().map_or_else(
                || if output.is_nodes { "nodes" } else { "edges" }.to_owned(),
                |name| name.text.clone(),
            );
            let machine = ToTable {
                graph: Rc::clone(graph),
                is_nodes: output.is_nodes,
                columns,
            };
            let plan = Plan {
                operator: Made::Machine {
                    inputs: Vec::new(),
                    machine: Rc::new(machine),
                },
                fields,
                span,
                keyword: "graph-to-table",
                is_serialized: false,
            };
            tables.push((name, plan));
        }
        if tables.len() > 1 {
            self.must_be_query(span)?;
            return self.several(tables, span);
        }
        match tables.pop() {
            Some((_, plan)) => Ok(plan),
            None => wrong(codes::SYNTAX, span, "`nodes` or `edges` is required here"),
        }
    }

    fn graph_match(
        &mut self,
        operator: &'q Operator,
        graph: &Rc<Graph>,
        environment: &Environment<'q>,
    ) -> Bound<Plan> {
        let Operator::GraphMatch {
            is_shortest,
            properties,
            paths,
            predicate,
            project,
            span,
        } = operator
        else {
            return wrong(codes::SYNTAX, operator.span(), "this is no `graph-match`");
        };
        let span = *span;
        let cycles = match property(properties, "cycles").and_then(word) {
            Some("all") => Cycles::All,
            None | Some("unique_edges") => Cycles::UniqueEdges,
            Some("none") => Cycles::None,
            Some(_) => {
                return wrong(
                    codes::BAD_VALUE,
                    span,
                    "the values of `cycles` are all, none and unique_edges",
                );
            }
        };
        let shortest = match (is_shortest, property(properties, "output").and_then(word)) {
            (false, None) => None,
            (true, None | Some("any")) => Some(false),
            (true, Some("all")) => Some(true),
            _ => {
                return wrong(
                    codes::BAD_VALUE,
                    span,
                    "the values of `output` of `graph-shortest-paths` are any and all",
                );
            }
        };
        if project.is_empty() {
            return wrong_with_help(
                codes::SYNTAX,
                span,
                "a graph pattern requires columns to give",
                "add `project` with properties of its names",
            );
        }
        let mut variables: Vec<Variable> = Vec::new();
        let (mut n_nodes, mut are_ranged) = (0, Vec::new());
        let mut steps: Vec<Step> = Vec::new();
        for (at, path) in paths.iter().enumerate() {
            let first = path.start.as_ref();
            let (mut before, is_new) = node_of(first, &mut variables, &mut n_nodes)?;
            if is_new {
                steps.push(Step::Node(before));
            }
            for (edge, node) in &path.hops {
                let (next, _) = node_of(node.as_ref(), &mut variables, &mut n_nodes)?;
                let range = match &edge.range {
                    None => (1, 1),
                    Some((fewest, most)) => {
                        let range = (
                            self.constant_count(fewest, environment)?,
                            self.constant_count(most, environment)?,
                        );
                        if range.0 > range.1 || range.1 > MAX_LENGTH {
                            return wrong(
                                codes::BAD_VALUE,
                                most.span(),
                                "the most edges are from the fewest to 65,536",
                            );
                        }
                        range
                    }
                };
                if let Some(name) = &edge.name {
                    if variables.iter().any(|known| known.name == name.text) {
                        return twice(name);
                    }
                    variables.push(Variable {
                        name: name.text.clone(),
                        is_node: false,
                        at: are_ranged.len(),
                        is_ranged: edge.range.is_some(),
                    });
                }
                steps.push(Step::Hop(Hop {
                    edge: are_ranged.len(),
                    nodes: [before, next],
                    directions: [
                        edge.direction != GraphDirection::Backward,
                        edge.direction != GraphDirection::Forward,
                    ],
                    range,
                    path: at,
                }));
                are_ranged.push(edge.range.is_some());
                before = next;
            }
        }
        if *is_shortest && (paths.len() > 1 || !are_ranged.contains(&true)) {
            return wrong(
                codes::SYNTAX,
                span,
                "`graph-shortest-paths` takes one path with an edge such as `-[e*1..5]->`",
            );
        }
        let (mut row, sources) = row_of(variables, graph);
        let mut found = Match {
            graph: Rc::clone(graph),
            steps,
            n_nodes,
            are_ranged,
            cycles,
            shortest,
            of_nodes: Vec::new(),
            of_edges: Vec::new(),
            of_inner: Vec::new(),
            conditions: Vec::new(),
            project: Vec::new(),
            sources,
            calls: Vec::new(),
        };
        for condition in predicate.iter().flat_map(|predicate| conjuncts(predicate)) {
            let bound = self.scalar(condition, environment, &mut row)?;
            let bound = self.condition(bound)?;
            let calls = row.pattern.as_ref().map(|pattern| pattern.calls.as_slice());
            settle(&mut found, bound, calls.unwrap_or_default());
        }
        let mut fields: Vec<Field> = Vec::with_capacity(project.len());
        let mut n_unnamed = 0;
        for column in project {
            let (given, value) = split_assignment(column);
            let bound = self.scalar(value, environment, &mut row)?;
            let name = given
                .map(str::to_owned)
                .or_else(|| naming::automatic(value))
                .unwrap_or_else(|| naming::numbered(&mut n_unnamed));
            fields.push(Field {
                name: naming::unique_in(&name, &fields),
                kind: bound.kind,
            });
            found.project.push(bound);
        }
        if let Some(pattern) = row.pattern {
            found.calls = pattern.calls;
        }
        Ok(Plan {
            operator: Made::Machine {
                inputs: Vec::new(),
                machine: Rc::new(found),
            },
            fields,
            span,
            keyword: if *is_shortest {
                "graph-shortest-paths"
            } else {
                "graph-match"
            },
            is_serialized: false,
        })
    }

    /// A function over a match; its column stands behind those of the row.
    pub(super) fn graph_call(
        &mut self,
        name: &str,
        arguments: &'q [tree::Expr],
        span: Span,
        environment: &Environment<'q>,
        row: &mut Row,
    ) -> Bound<Expr> {
        let Some(pattern) = &row.pattern else {
            return wrong(codes::SYNTAX, span, "this function reads a graph pattern");
        };
        let variable = |argument: Option<&tree::Expr>| match argument {
            Some(tree::Expr::Name(name)) => pattern
                .variables
                .iter()
                .find(|variable| variable.name == name.text)
                .map(|variable| (variable.is_node, variable.at)),
            _ => None,
        };
        let call = match name {
            "node_degree_in" | "node_degree_out" => {
                let ([argument], end) = (arguments, usize::from(name == "node_degree_in")) else {
                    return wrong(
                        codes::ARGUMENT_COUNT,
                        span,
                        format!("`{name}` requires a node of the pattern"),
                    );
                };
                match variable(Some(argument)) {
                    Some((true, node)) => GraphCall::Degree { node, end },
                    _ => {
                        return wrong(
                            codes::TYPE,
                            argument.span(),
                            format!("`{name}` requires a node of the pattern"),
                        );
                    }
                }
            }
            "labels" => {
                return wrong_with_help(
                    codes::NEEDS_SERVICE,
                    span,
                    "`labels` requires a graph model of a cluster",
                    "put the label into a column of the nodes or edges",
                );
            }
            "node_id" => {
                return wrong_with_help(
                    codes::NOT_SUPPORTED,
                    span,
                    "`node_id` is not supported here",
                    "name the column of the id, as in `a.Id`, or say `with_node_id=`",
                );
            }
            "inner_nodes" => {
                return wrong(
                    codes::SYNTAX,
                    span,
                    "`inner_nodes` stands first in `map`, `all` or `any`",
                );
            }
            _ => {
                let [of, body] = arguments else {
                    return wrong(
                        codes::ARGUMENT_COUNT,
                        span,
                        format!("`{name}` requires an edge of the pattern and an expression"),
                    );
                };
                let (edge, is_inner) = match of {
                    tree::Expr::Call {
                        function,
                        arguments,
                        ..
                    } if function.text == "inner_nodes" => (variable(arguments.first()), true),
                    other => (variable(Some(other)), false),
                };
                let Some((false, edge)) = edge else {
                    return wrong(
                        codes::TYPE,
                        of.span(),
                        format!("`{name}` requires an edge of the pattern"),
                    );
                };
                let fields = if is_inner {
                    &pattern.graph.fields
                } else {
                    &pattern.graph.edges.fields
                };
                let n_own = fields.len();
                let mut inner = Row::of(fields);
                inner.n_named = n_own;
                inner.fields.extend_from_slice(&row.fields);
                let sides = row
                    .sides
                    .iter()
                    .map(|(name, places)| (name.clone(), places.start + n_own..places.end + n_own));
                inner.sides = sides.collect();
                let body = self.scalar(body, environment, &mut inner)?;
                let fold = match name {
                    "map" => Fold::Map,
                    "all" => Fold::All,
                    _ => Fold::Any,
                };
                let body = if fold == Fold::Map {
                    body
                } else {
                    self.condition(body)?
                };
                GraphCall::Each {
                    fold,
                    edge,
                    is_inner,
                    body,
                }
            }
        };
        let kind = kind_of(&call);
        let n_fields = row.fields.len();
        let Some(pattern) = &mut row.pattern else {
            return wrong(codes::SYNTAX, span, "this function reads a graph pattern");
        };
        pattern.calls.push(call);
        Ok(Expr::column(n_fields + pattern.calls.len() - 1, kind, span))
    }
}

fn plan_of(graph: Graph, span: Span) -> Plan {
    Plan {
        operator: Made::Graph(Rc::new(graph)),
        fields: Vec::new(),
        span,
        keyword: "make-graph",
        is_serialized: false,
    }
}

fn twice<T>(name: &tree::Name) -> Bound<T> {
    wrong(
        codes::AMBIGUOUS_NAME,
        name.span,
        format!("the pattern has two parts called `{}`", cut(&name.text, 40)),
    )
}

/// The number of a node, and whether the pattern names it here first.
fn node_of(
    name: Option<&tree::Name>,
    variables: &mut Vec<Variable>,
    n_nodes: &mut usize,
) -> Bound<(usize, bool)> {
    if let Some(name) = name {
        match variables.iter().find(|known| known.name == name.text) {
            Some(known) if known.is_node => return Ok((known.at, false)),
            Some(_) => return twice(name),
            None => variables.push(Variable {
                name: name.text.clone(),
                is_node: true,
                at: *n_nodes,
                is_ranged: false,
            }),
        }
    }
    *n_nodes += 1;
    Ok((*n_nodes - 1, true))
}

/// The columns of a match: every name as a whole, then the columns of each.
fn row_of(variables: Vec<Variable>, graph: &Rc<Graph>) -> (Row, Vec<Source>) {
    let mut row = Row::none();
    let mut sources = Vec::new();
    for variable in &variables {
        row.fields.push(Field::new(&variable.name, Type::Dynamic));
        sources.push(if variable.is_node {
            Source::Node(variable.at)
        } else {
            Source::Edge(variable.at)
        });
    }
    row.n_named = variables.len();
    for variable in &variables {
        let fields = if variable.is_node {
            &graph.fields
        } else {
            &graph.edges.fields
        };
        let start = row.fields.len();
        for (at, field) in fields.iter().enumerate() {
            let kind = if variable.is_ranged {
                Type::Dynamic
            } else {
                field.kind
            };
            row.fields.push(Field::new(&field.name, kind));
            sources.push(if variable.is_node {
                Source::NodeColumn(variable.at, at)
            } else {
                Source::EdgeColumn(variable.at, at)
            });
        }
        row.sides
            .push((variable.name.clone(), start..row.fields.len()));
    }
    row.pattern = Some(Pattern {
        variables,
        graph: Rc::clone(graph),
        calls: Vec::new(),
    });
    (row, sources)
}

/// Puts a condition where it is decided soonest: of a node or edge alone, else of the match.
fn settle(found: &mut Match, mut condition: Expr, calls: &[GraphCall]) {
    let mut columns = Vec::new();
    condition.for_each_column(&mut |at| columns.push(at));
    let n_sources = found.sources.len();
    if let Node::Column(at) = condition.node
        && let Some(GraphCall::Each {
            fold: Fold::All,
            edge,
            is_inner,
            body,
        }) = at.checked_sub(n_sources).and_then(|at| calls.get(at))
    {
        let n_own = if *is_inner {
            found.graph.fields.len()
        } else {
            found.graph.edges.fields.len()
        };
        let mut is_own = true;
        body.for_each_column(&mut |at| is_own &= at < n_own);
        if is_own {
            let list = if *is_inner {
                &mut found.of_inner
            } else {
                &mut found.of_edges
            };
            list.push((*edge, body.clone()));
            return;
        }
    }
    let mut alone: Option<(bool, usize)> = None;
    let is_alone = columns.iter().all(|&at| {
        let of = match found.sources.get(at) {
            Some(Source::NodeColumn(node, _)) => (true, *node),
            Some(Source::EdgeColumn(edge, _)) if found.are_ranged.get(*edge) == Some(&false) => {
                (false, *edge)
            }
            _ => return false,
        };
        *alone.get_or_insert(of) == of
    });
    match alone.filter(|_| is_alone) {
        Some((is_node, variable)) => {
            let sources = found.sources.clone();
            condition.map_columns(&|at| match sources.get(at) {
                Some(Source::NodeColumn(_, column) | Source::EdgeColumn(_, column)) => *column,
                _ => at,
            });
            let list = if is_node {
                &mut found.of_nodes
            } else {
                &mut found.of_edges
            };
            list.push((variable, condition));
        }
        None if matches!(condition.as_constant(), Some(Value::Bool(true))) => {}
        None => found.conditions.push(condition),
    }
}
