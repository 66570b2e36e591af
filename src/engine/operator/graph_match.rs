//! `graph-match` and `graph-shortest-paths`: walks over a graph that fit a pattern.
//!
//! A pattern is a list of steps: choose a node, or go along an edge to the next. The search goes
//! deep first and holds its way on a stack of its own, so that it can stop after any step. What a
//! condition says of one node or one edge alone is decided for all of them before the search; the
//! rest is asked of every match. Shortest paths are searched by length, shorter ones first.

use super::graph::{Built, Graph, Parts};
use super::key::UNKNOWN;
use super::rows::column_of;
use super::{Machine, Poll, Run};
use crate::engine::Outcome;
use crate::engine::batch::{Batch, Lazy};
use crate::engine::eval::{Context, evaluate, evaluate_row, true_rows};
use crate::engine::plan::Expr;
use crate::table::Field;
use crate::value::{Dynamic, Type, Value};
use rustc_hash::FxHashMap;
use std::collections::VecDeque;
use std::rc::Rc;

/// Steps of the search in one poll.
const MAX_STEPS: usize = 1 << 15;
/// Rows given in one poll.
const MAX_ROWS: usize = 4096;

/// What a walk may come to again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cycles {
    /// Nodes and edges.
    All,
    /// Nodes.
    UniqueEdges,
    /// Nothing.
    None,
}

/// A step of the pattern.
#[derive(Clone, Debug)]
pub enum Step {
    /// Any node, for a variable that has none yet.
    Node(usize),
    /// Along an edge.
    Hop(Hop),
}

/// An edge of the pattern.
#[derive(Clone, Debug)]
pub struct Hop {
    /// Its number among the edges.
    pub edge: usize,
    /// The nodes at its ends.
    pub nodes: [usize; 2],
    /// Whether it may be gone along its direction, and against it.
    pub directions: [bool; 2],
    /// Fewest and most edges one behind the other.
    pub range: (usize, usize),
    /// The path it belongs to; what must be unique is so within a path.
    pub path: usize,
}

/// What stands in a column of an expression over a match.
#[derive(Clone, Copy, Debug)]
pub enum Source {
    /// A node with all its columns.
    Node(usize),
    /// An edge with all its columns.
    Edge(usize),
    /// A column of a node.
    NodeColumn(usize, usize),
    /// A column of an edge.
    EdgeColumn(usize, usize),
}

/// A function over the edges or inner nodes of a walk, or of a node's edges.
#[derive(Clone, Debug)]
pub enum GraphCall {
    /// `map`, `all`, `any`
    Each {
        /// Which of them.
        fold: Fold,
        /// The edge.
        edge: usize,
        /// Its inner nodes, not its edges.
        is_inner: bool,
        /// What is evaluated: over the columns of the element, then those of the match.
        body: Expr,
    },
    /// `node_degree_out` (0) and `node_degree_in` (1)
    Degree {
        /// The node.
        node: usize,
        /// The end of the edges that are counted.
        end: usize,
    },
}

/// What is made of the answers for every element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fold {
    /// A list of them.
    Map,
    /// Whether all are true.
    All,
    /// Whether one is true.
    Any,
}

/// A bound `graph-match` or `graph-shortest-paths`.
#[derive(Clone, Debug)]
pub struct Match {
    /// The graph.
    pub graph: Rc<Graph>,
    /// The pattern.
    pub steps: Vec<Step>,
    /// Number of nodes of the pattern.
    pub n_nodes: usize,
    /// Whether every edge of the pattern stands for a list of edges.
    pub are_ranged: Vec<bool>,
    /// What may be come to again.
    pub cycles: Cycles,
    /// Shortest paths only: all of them, or any one.
    pub shortest: Option<bool>,
    /// Conditions on one node, over its columns.
    pub of_nodes: Vec<(usize, Expr)>,
    /// Conditions on every single edge of one, over its columns.
    pub of_edges: Vec<(usize, Expr)>,
    /// Conditions on every inner node of an edge, over its columns.
    pub of_inner: Vec<(usize, Expr)>,
    /// Conditions on a match.
    pub conditions: Vec<Expr>,
    /// The columns of the answer.
    pub project: Vec<Expr>,
    /// The columns of those expressions, and the calls behind them.
    pub sources: Vec<Source>,
    /// See `sources`.
    pub calls: Vec<GraphCall>,
}

impl Machine for Match {
    fn start(&self, _: Vec<Box<dyn Run>>) -> Box<dyn Run> {
        Box::new(Running {
            plan: Rc::new(self.clone()),
            parts: None,
            search: None,
        })
    }
}

struct Running {
    plan: Rc<Match>,
    parts: Option<Parts>,
    search: Option<Search>,
}

impl Run for Running {
    fn poll(&mut self, context: &Context) -> Outcome<Poll> {
        let Some(parts) = &mut self.parts else {
            self.parts = Some(Parts::new(&self.plan.graph)?);
            return Ok(Poll::Pending);
        };
        let Some(search) = &mut self.search else {
            let Some(built) = parts.next() else {
                return Ok(Poll::Done);
            };
            self.search = Some(Search::new(Rc::clone(&self.plan), built, context)?);
            return Ok(Poll::Pending);
        };
        let mut rows: Vec<Vec<Value>> = Vec::new();
        for _ in 0..MAX_STEPS {
            if rows.len() >= MAX_ROWS {
                break;
            }
            match search.step() {
                Progress::Going => {}
                Progress::Match => rows.extend(search.row(context)?),
                Progress::Over => {
                    self.search = None;
                    break;
                }
            }
        }
        if rows.is_empty() {
            return Ok(Poll::Pending);
        }
        let columns = self.plan.project.iter().enumerate().map(|(at, column)| {
            let values = rows
                .iter()
                .map(|row| row.get(at).cloned().unwrap_or_default());
            Lazy::column(column_of(column.kind, values))
        });
        Ok(Poll::Batch(Batch {
            columns: columns.collect(),
            n_rows: rows.len(),
        }))
    }
}

enum Progress {
    Going,
    Match,
    Over,
}

/// A choice that the search came to.
enum Frame {
    /// The next node to try.
    Node { step: usize, next: u32 },
    /// A walk along a hop has come to a node.
    Hop {
        step: usize,
        node: u32,
        /// The next edge around the node.
        next: usize,
        /// Whether the walk was tried as it ends here, and whether that bound its last node.
        is_tried: bool,
        is_bound: bool,
    },
}

/// Which nodes or edges fit, by their number; all where there is no mask.
type Mask = Option<Vec<bool>>;

fn is_in(mask: &Mask, at: u32) -> bool {
    mask.as_ref()
        .is_none_or(|mask| mask.get(at as usize).copied().unwrap_or(false))
}

struct Search {
    plan: Rc<Match>,
    built: Built,
    of_nodes: Vec<Mask>,
    of_edges: Vec<Mask>,
    of_inner: Vec<Mask>,
    frames: Vec<Frame>,
    /// The node of every variable.
    nodes: Vec<u32>,
    /// The edges of every hop, and the nodes they come by, the first included.
    walks: Vec<(Vec<u32>, Vec<u32>)>,
    /// Of shortest paths: the length in force, the longest, and that of the pairs found.
    length: usize,
    longest: usize,
    found: FxHashMap<(u32, u32), usize>,
    /// Fewest edges from a node to one that can be the last, of a pattern with one hop.
    to_last: Option<Vec<u32>>,
    /// Whether nothing but the graph decides what is shortest: then only edges are gone along that
    /// lead further away, and these are the distances from the node in force.
    is_plain: bool,
    from_first: Vec<u32>,
    /// Number of pairs that can be found.
    n_pairs: usize,
}

/// Puts conditions together, one mask a variable.
fn masks(
    n_variables: usize,
    conditions: &[(usize, Expr)],
    rows: &Batch,
    context: &Context,
) -> Outcome<Vec<Mask>> {
    let mut masks: Vec<Mask> = vec![None; n_variables];
    for (variable, condition) in conditions {
        let truth = evaluate(condition, rows, context)?;
        let Some(fitting) = true_rows(&truth, rows.n_rows) else {
            continue;
        };
        let mut mask = vec![false; rows.n_rows];
        for row in fitting {
            if let Some(place) = mask.get_mut(row as usize) {
                *place = true;
            }
        }
        if let Some(place) = masks.get_mut(*variable) {
            *place = Some(match place.take() {
                Some(before) => before.iter().zip(&mask).map(|(a, b)| *a && *b).collect(),
                None => mask,
            });
        }
    }
    Ok(masks)
}

impl Search {
    fn new(plan: Rc<Match>, built: Built, context: &Context) -> Outcome<Self> {
        let n_edges = plan.are_ranged.len();
        let of_nodes = masks(plan.n_nodes, &plan.of_nodes, &built.nodes, context)?;
        let of_edges = masks(n_edges, &plan.of_edges, &built.edges, context)?;
        let of_inner = masks(n_edges, &plan.of_inner, &built.nodes, context)?;
        let hops = plan.steps.iter().filter_map(|step| match step {
            Step::Hop(hop) => Some(hop.range),
            Step::Node(_) => None,
        });
        let (shortest, longest) = hops.fold((0_usize, 0_usize), |(low, high), range| {
            (low.saturating_add(range.0), high.saturating_add(range.1))
        });
        let mut search = Self {
            nodes: vec![UNKNOWN; plan.n_nodes],
            walks: vec![(Vec::new(), Vec::new()); n_edges],
            of_nodes,
            of_edges,
            of_inner,
            frames: Vec::new(),
            length: shortest,
            // A shortest path comes to no node twice.
            longest: longest.min(built.nodes.n_rows.max(shortest)),
            found: FxHashMap::default(),
            to_last: None,
            is_plain: false,
            from_first: Vec::new(),
            n_pairs: usize::MAX,
            built,
            plan,
        };
        let plan = Rc::clone(&search.plan);
        if plan.shortest.is_some()
            && let Some(hop) = search.only_hop().cloned()
        {
            let [first, last] = hop.nodes.map(|node| search.fitting(node));
            search.n_pairs = first.len().saturating_mul(last.len());
            search.is_plain = hop.range.0 <= 1 && plan.conditions.is_empty();
            search.to_last = Some(search.distances(&hop, &last, true));
        }
        search.enter(0);
        Ok(search)
    }

    /// The hop of a pattern that has one only.
    fn only_hop(&self) -> Option<&Hop> {
        match self.plan.steps.as_slice() {
            [Step::Node(_), Step::Hop(hop)] => Some(hop),
            _ => None,
        }
    }

    /// Fewest edges between each node and the nearest of some, along a hop or against it.
    fn distances(&self, hop: &Hop, nodes: &[u32], is_backward: bool) -> Vec<u32> {
        let mut distances = vec![UNKNOWN; self.built.nodes.n_rows];
        let mut waiting: VecDeque<u32> = VecDeque::new();
        for &node in nodes {
            if let Some(place) = distances.get_mut(node as usize) {
                *place = 0;
                waiting.push_back(node);
            }
        }
        let inner = self.of_inner.get(hop.edge).unwrap_or(&None);
        let mask = self.of_edges.get(hop.edge).unwrap_or(&None);
        let [forward, backward] = hop.directions;
        while let Some(node) = waiting.pop_front() {
            let length = distances.get(node as usize).copied().unwrap_or(0);
            if length > 0 && !is_in(inner, node) || length as usize >= hop.range.1 {
                continue;
            }
            for (end, is_allowed) in [(0_usize, forward), (1, backward)] {
                let end = if is_backward { 1 - end } else { end };
                let (Some(around), Some(others)) =
                    (self.built.around.get(end), self.built.ends.get(1 - end))
                else {
                    continue;
                };
                for &edge in around.of(node).iter().filter(|_| is_allowed) {
                    let reached = others.get(edge as usize).copied().unwrap_or(UNKNOWN);
                    if let Some(place) = distances.get_mut(reached as usize)
                        && *place == UNKNOWN
                        && is_in(mask, edge)
                    {
                        *place = length + 1;
                        waiting.push_back(reached);
                    }
                }
            }
        }
        distances
    }

    /// Nodes that a variable can stand for.
    fn fitting(&self, variable: usize) -> Vec<u32> {
        let mask = self.of_nodes.get(variable).unwrap_or(&None);
        let nodes = 0..self.built.nodes.n_rows as u32;
        nodes.filter(|&node| is_in(mask, node)).collect()
    }

    /// Comes to a step; behind the last one there is a match.
    fn enter(&mut self, step: usize) -> Progress {
        match self.plan.steps.get(step) {
            None => return self.matched(),
            Some(Step::Node(_)) => self.frames.push(Frame::Node { step, next: 0 }),
            Some(Step::Hop(hop)) => {
                let node = self.node(hop.nodes[0]);
                if let Some(walk) = self.walks.get_mut(hop.edge) {
                    *walk = (Vec::new(), vec![node]);
                }
                self.frames.push(Frame::Hop {
                    step,
                    node,
                    next: 0,
                    is_tried: false,
                    is_bound: false,
                });
            }
        }
        Progress::Going
    }

    fn node(&self, variable: usize) -> u32 {
        self.nodes.get(variable).copied().unwrap_or(UNKNOWN)
    }

    fn n_edges(&self) -> usize {
        self.walks.iter().map(|(edges, _)| edges.len()).sum()
    }

    /// The first and the last node of the pattern.
    fn pair(&self) -> (u32, u32) {
        let mut ends = (0, 0);
        for (at, step) in self.plan.steps.iter().enumerate() {
            match step {
                Step::Node(node) if at == 0 => ends = (*node, *node),
                Step::Node(_) => {}
                Step::Hop(hop) => ends.1 = hop.nodes[1],
            }
        }
        (self.node(ends.0), self.node(ends.1))
    }

    fn matched(&self) -> Progress {
        let Some(is_all) = self.plan.shortest else {
            return Progress::Match;
        };
        let (pair, length) = (self.pair(), self.n_edges());
        let is_known = self.found.get(&pair);
        let fits = (self.is_plain || length == self.length)
            // A path that comes back is no way to another node.
            && (pair.0 != pair.1 || length == 0)
            && is_known.is_none_or(|&known| is_all && known == length);
        if fits {
            Progress::Match
        } else {
            Progress::Going
        }
    }

    /// Does a step of the search.
    fn step(&mut self) -> Progress {
        let plan = Rc::clone(&self.plan);
        let Some(frame) = self.frames.pop() else {
            let goes_on = plan.shortest.is_some()
                && !self.is_plain
                && self.length < self.longest
                && self.found.len() < self.n_pairs;
            if !goes_on {
                return Progress::Over;
            }
            self.length += 1;
            self.nodes.fill(UNKNOWN);
            self.walks
                .iter_mut()
                .for_each(|walk| *walk = Default::default());
            return self.enter(0);
        };
        match frame {
            Frame::Node { step, next } => {
                let Some(Step::Node(variable)) = plan.steps.get(step) else {
                    return Progress::Going;
                };
                let mask = self.of_nodes.get(*variable).unwrap_or(&None);
                let n_nodes = self.built.nodes.n_rows as u32;
                let found = (next..n_nodes).find(|&node| is_in(mask, node));
                if let Some(place) = self.nodes.get_mut(*variable) {
                    *place = found.unwrap_or(UNKNOWN);
                }
                let Some(found) = found else {
                    return Progress::Going;
                };
                let next = found + 1;
                self.frames.push(Frame::Node { step, next });
                if self.is_plain
                    && let Some(Step::Hop(hop)) = plan.steps.get(step + 1)
                {
                    self.from_first = self.distances(hop, &[found], false);
                }
                self.enter(step + 1)
            }
            Frame::Hop {
                step,
                node,
                next,
                is_tried,
                is_bound,
            } => {
                let Some(Step::Hop(hop)) = plan.steps.get(step) else {
                    return Progress::Going;
                };
                let [_, last] = hop.nodes;
                if is_bound && let Some(place) = self.nodes.get_mut(last) {
                    *place = UNKNOWN;
                }
                let length = self.walks.get(hop.edge).map_or(0, |(edges, _)| edges.len());
                if !is_tried && length >= hop.range.0 {
                    let before = self.node(last);
                    let fits = if before == UNKNOWN {
                        is_in(self.of_nodes.get(last).unwrap_or(&None), node)
                    } else {
                        before == node
                    };
                    self.frames.push(Frame::Hop {
                        step,
                        node,
                        next,
                        is_tried: true,
                        is_bound: fits && before == UNKNOWN,
                    });
                    if !fits {
                        return Progress::Going;
                    }
                    if let Some(place) = self.nodes.get_mut(last) {
                        *place = node;
                    }
                    return self.enter(step + 1);
                }
                let inner = self.of_inner.get(hop.edge).unwrap_or(&None);
                let can_go_on = length < hop.range.1 && (length == 0 || is_in(inner, node));
                let found = if can_go_on {
                    self.next_edge(hop, node, next)
                } else {
                    None
                };
                let Some((edge, reached, next)) = found else {
                    if let Some((edges, nodes)) = self.walks.get_mut(hop.edge) {
                        edges.pop();
                        nodes.pop();
                    }
                    return Progress::Going;
                };
                self.frames.push(Frame::Hop {
                    step,
                    node,
                    next,
                    is_tried: true,
                    is_bound: false,
                });
                if let Some((edges, nodes)) = self.walks.get_mut(hop.edge) {
                    edges.push(edge);
                    nodes.push(reached);
                }
                self.frames.push(Frame::Hop {
                    step,
                    node: reached,
                    next: 0,
                    is_tried: false,
                    is_bound: false,
                });
                Progress::Going
            }
        }
    }

    /// The next edge around a node that can be gone along, where it leads, and where to go on.
    fn next_edge(&self, hop: &Hop, node: u32, from: usize) -> Option<(u32, u32, usize)> {
        let [leaving, reaching] = &self.built.around;
        let [sources, targets] = &self.built.ends;
        let (out, into) = (leaving.of(node), reaching.of(node));
        for at in from..out.len() + into.len() {
            let (edge, reached, direction) = match out.get(at) {
                Some(&edge) => (edge, targets.get(edge as usize), 0_usize),
                None => {
                    let edge = *into.get(at - out.len())?;
                    (edge, sources.get(edge as usize), 1)
                }
            };
            let reached = *reached?;
            // An edge from a node to itself stands on both lists.
            let is_repeated = direction == 1 && reached == node && hop.directions[0];
            let is_allowed = hop.directions.get(direction).copied().unwrap_or(false)
                && !is_repeated
                && is_in(self.of_edges.get(hop.edge).unwrap_or(&None), edge)
                && self.is_new(hop, edge, reached)
                && self.is_short(reached);
            if is_allowed {
                return Some((edge, reached, at + 1));
            }
        }
        None
    }

    /// Whether an edge and the node it leads to may be come to.
    fn is_new(&self, hop: &Hop, edge: u32, reached: u32) -> bool {
        if self.plan.cycles == Cycles::All {
            return true;
        }
        let same_path = |step: &&Step| matches!(step, Step::Hop(other) if other.path == hop.path);
        self.plan.steps.iter().filter(same_path).all(|step| {
            let Step::Hop(other) = step else {
                return true;
            };
            let Some((edges, nodes)) = self.walks.get(other.edge) else {
                return true;
            };
            !edges.contains(&edge)
                && (self.plan.cycles != Cycles::None || !nodes.contains(&reached))
        })
    }

    /// Whether a shortest path of the length in force can go by a node.
    fn is_short(&self, reached: u32) -> bool {
        if self.plan.shortest.is_none() {
            return true;
        }
        let of = |distances: &[u32]| distances.get(reached as usize).copied();
        let rest = self.to_last.as_deref().and_then(of).unwrap_or(0);
        let length = self.n_edges() + 1;
        if self.is_plain {
            return rest != UNKNOWN
                && of(&self.from_first).map(|known| known as usize) == Some(length);
        }
        length.saturating_add(rest as usize) <= self.length
    }

    /// The row of a match; none when a condition does not hold.
    fn row(&mut self, context: &Context) -> Outcome<Option<Vec<Value>>> {
        let plan = Rc::clone(&self.plan);
        for condition in &plan.conditions {
            let truth = self.evaluate(condition, context)?;
            if !matches!(truth, Value::Bool(true)) {
                return Ok(None);
            }
        }
        if plan.shortest.is_some() {
            self.found.insert(self.pair(), self.n_edges());
        }
        let row = plan.project.iter();
        let row = row.map(|column| self.evaluate(column, context));
        Ok(Some(row.collect::<Outcome<_>>()?))
    }

    fn evaluate(&self, expr: &Expr, context: &Context) -> Outcome<Value> {
        // Calls are made before, since an expression cannot fail while it asks for a column.
        let mut calls: Vec<(usize, Value)> = Vec::new();
        let mut wanted = Vec::new();
        let n_sources = self.plan.sources.len();
        expr.for_each_column(&mut |at| wanted.extend(at.checked_sub(n_sources)));
        for call in wanted {
            if !calls.iter().any(|(known, _)| *known == call) {
                calls.push((call, self.call(call, context)?));
            }
        }
        let column = |at: usize| match at.checked_sub(n_sources) {
            None => self.value(at),
            Some(call) => calls
                .iter()
                .find(|(known, _)| *known == call)
                .map(|(_, value)| value.clone())
                .unwrap_or_default(),
        };
        evaluate_row(expr, &column, context)
    }

    fn value(&self, at: usize) -> Value {
        let graph = &self.plan.graph;
        let node = |variable: usize, column: usize| {
            self.built.nodes.value(column, self.node(variable) as usize)
        };
        let edges = |variable: usize| {
            let walk = self.walks.get(variable);
            walk.map(|(edges, _)| edges.as_slice()).unwrap_or_default()
        };
        let cell = |edge: u32, column: usize| self.built.edges.value(column, edge as usize);
        let of_edges = |variable: usize, make: &dyn Fn(u32) -> Value| {
            let edges = edges(variable);
            if self.plan.are_ranged.get(variable) == Some(&true) {
                let items = edges.iter().map(|&edge| make(edge).to_dynamic());
                return Value::Dynamic(Dynamic::array(items.collect()));
            }
            edges.first().map_or(Value::Null, |&edge| make(edge))
        };
        match self.plan.sources.get(at) {
            None => Value::Null,
            Some(Source::NodeColumn(variable, column)) => node(*variable, *column),
            Some(Source::EdgeColumn(variable, column)) => {
                of_edges(*variable, &|edge| cell(edge, *column))
            }
            Some(Source::Node(variable)) => bag(&graph.fields, |column| node(*variable, column)),
            Some(Source::Edge(variable)) => of_edges(*variable, &|edge| {
                bag(&graph.edges.fields, |column| cell(edge, column))
            }),
        }
    }

    fn call(&self, at: usize, context: &Context) -> Outcome<Value> {
        match self.plan.calls.get(at) {
            None => Ok(Value::Null),
            Some(GraphCall::Degree { node, end }) => {
                let edges = self
                    .built
                    .around
                    .get(*end)
                    .map_or(0, |around| around.of(self.node(*node)).len());
                Ok(Value::Long(edges as i64))
            }
            Some(GraphCall::Each {
                fold,
                edge,
                is_inner,
                body,
            }) => {
                let Some((edges, nodes)) = self.walks.get(*edge) else {
                    return Ok(Value::Null);
                };
                let (elements, rows, n_columns) = if *is_inner {
                    let inner = nodes.get(1..nodes.len().saturating_sub(1));
                    let n_columns = self.plan.graph.fields.len();
                    (inner.unwrap_or_default(), &self.built.nodes, n_columns)
                } else {
                    let n_columns = self.plan.graph.edges.fields.len();
                    (edges.as_slice(), &self.built.edges, n_columns)
                };
                let mut items = Vec::with_capacity(elements.len());
                for &element in elements {
                    let column = |at: usize| match at.checked_sub(n_columns) {
                        None => rows.value(at, element as usize),
                        Some(at) => self.value(at),
                    };
                    items.push(evaluate_row(body, &column, context)?);
                }
                let is_true = |item: &Value| matches!(item, Value::Bool(true));
                Ok(match fold {
                    Fold::Map => {
                        let items = items.iter().map(Value::to_dynamic);
                        Value::Dynamic(Dynamic::array(items.collect()))
                    }
                    Fold::All => Value::Bool(items.iter().all(is_true)),
                    Fold::Any => Value::Bool(items.iter().any(is_true)),
                })
            }
        }
    }
}

/// All columns of a row in a bag.
fn bag(fields: &[Field], value: impl Fn(usize) -> Value) -> Value {
    let members = fields
        .iter()
        .enumerate()
        .map(|(at, field)| (Rc::from(field.name.as_str()), value(at).to_dynamic()));
    Value::Dynamic(Dynamic::bag(members.collect()))
}

/// The type of a call's column.
pub const fn kind_of(call: &GraphCall) -> Type {
    match call {
        GraphCall::Degree { .. } => Type::Long,
        GraphCall::Each {
            fold: Fold::Map, ..
        } => Type::Dynamic,
        GraphCall::Each { .. } => Type::Bool,
    }
}
