//! Graphs: nodes and edges with numbers, made of tables when a query reads them.
//!
//! Input: the rows of edges and of nodes. Output: a [`Built`] graph for every partition, and the
//! tables of `graph-to-table`. Nodes are numbered in the order of the tables of nodes, then of the
//! edges that name them first; of several rows for a node the first counts. A graph is held as a
//! whole, so it is limited to [`MAX_ELEMENTS`].

use super::key::{Grouper, UNKNOWN};
use super::rows::column_of;
use super::{Machine, Poll, Run};
use crate::diagnostic::{Diagnostic, codes};
use crate::engine::Outcome;
use crate::engine::Relation;
use crate::engine::batch::{Batch, Lazy};
use crate::engine::eval::Context;
use crate::engine::scalar;
use crate::table::{Column, ColumnBuilder, Data, Field};
use crate::text::Span;
use crate::value::{Type, Value};
use std::rc::Rc;

/// Most nodes and most edges of a graph.
pub const MAX_ELEMENTS: usize = 1 << 20;

/// A bound graph.
#[derive(Clone, Debug)]
pub struct Graph {
    /// The edges.
    pub edges: Rc<Relation>,
    /// The columns with the nodes that an edge leaves and reaches.
    pub ends: [usize; 2],
    /// The tables of nodes.
    pub tables: Vec<NodeTable>,
    /// The columns of a node.
    pub fields: Vec<Field>,
    /// Those that hold its id.
    pub ids: Vec<usize>,
    /// Columns of a node that hold the number of its component, and whether edges count one way.
    pub components: Vec<(usize, bool)>,
    /// The column of the edges whose values tell graphs apart.
    pub partition: Option<usize>,
    /// Where it was made.
    pub span: Span,
}

/// Rows that describe nodes.
#[derive(Clone, Debug)]
pub struct NodeTable {
    /// The rows.
    pub rows: Rc<Relation>,
    /// The column of the id.
    pub id: usize,
    /// The place of every column among those of a node.
    pub places: Vec<usize>,
    /// The column that tells graphs apart.
    pub partition: Option<usize>,
}

/// Edges at every node.
#[derive(Debug, Default)]
pub(super) struct Adjacency {
    starts: Vec<u32>,
    edges: Vec<u32>,
}

impl Adjacency {
    fn new(nodes: &[u32], n_nodes: usize) -> Self {
        let mut starts = vec![0_u32; n_nodes + 1];
        for &node in nodes {
            if let Some(count) = starts.get_mut(node as usize + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut next = starts.clone();
        let mut edges = vec![0; nodes.len()];
        for (edge, &node) in nodes.iter().enumerate() {
            if let Some(at) = next.get_mut(node as usize) {
                if let Some(place) = edges.get_mut(*at as usize) {
                    *place = edge as u32;
                }
                *at += 1;
            }
        }
        Self { starts, edges }
    }

    pub(super) fn of(&self, node: u32) -> &[u32] {
        let at = |node: usize| self.starts.get(node).map_or(0, |&start| start as usize);
        let range = at(node as usize)..at(node as usize + 1);
        self.edges.get(range).unwrap_or_default()
    }
}

/// A graph to be read.
#[derive(Debug)]
pub(super) struct Built {
    /// The rows of the edges.
    pub(super) edges: Batch,
    /// The rows of the nodes.
    pub(super) nodes: Batch,
    /// Where every edge leaves and arrives.
    pub(super) ends: [Vec<u32>; 2],
    /// The edges that leave and that reach a node.
    pub(super) around: [Adjacency; 2],
    /// The ids of the nodes.
    ids: Option<Column>,
}

/// The graphs of the partitions, made one after the other.
pub(super) struct Parts {
    graph: Rc<Graph>,
    /// The rows of edges and of the tables of nodes, of every part.
    parts: std::vec::IntoIter<Rows>,
}

/// Rows of the edges, and of every table of nodes.
type Rows = (Vec<u32>, Vec<Vec<u32>>);

/// All rows of a relation in one batch.
fn whole(relation: &Relation) -> Batch {
    if let [only] = relation.batches.as_slice() {
        return only.clone();
    }
    let batches = Rc::new(relation.batches.clone());
    let mut places = Vec::with_capacity(relation.n_rows());
    for (at, batch) in batches.iter().enumerate() {
        places.extend((0..batch.n_rows as u32).map(|row| (at as u32, row)));
    }
    let (n_rows, places) = (places.len(), Rc::new(places));
    let fields = relation.fields.iter().enumerate();
    Batch {
        columns: fields
            .map(|(at, field)| Lazy::scattered(&batches, at, &places, field.kind))
            .collect(),
        n_rows,
    }
}

impl Parts {
    pub(super) fn new(graph: &Rc<Graph>) -> Outcome<Self> {
        let n_edges = graph.edges.n_rows();
        let n_nodes: usize = graph.tables.iter().map(|table| table.rows.n_rows()).sum();
        if n_edges.max(n_nodes) > MAX_ELEMENTS {
            let message =
                format!("a graph of {n_edges} edges and {n_nodes} nodes is too large here");
            let error = Diagnostic::error(codes::LIMIT, graph.span, message);
            return Err(Box::new(
                error.with_help("filter before; both are limited to 1,048,576"),
            ));
        }
        let all = |n_rows: usize| (0..n_rows as u32).collect::<Vec<u32>>();
        let parts = match graph.partition {
            None => {
                let tables = graph.tables.iter().map(|table| all(table.rows.n_rows()));
                vec![(all(n_edges), tables.collect())]
            }
            Some(column) => {
                let mut grouper = Grouper::new(1);
                let mut numbers = Vec::new();
                grouper.group(&[whole(&graph.edges).column(column)], &mut numbers);
                let mut parts: Vec<Rows> = vec![(Vec::new(), Vec::new()); grouper.len()];
                for (row, number) in numbers.iter().enumerate() {
                    if let Some((edges, _)) = parts.get_mut(*number as usize) {
                        edges.push(row as u32);
                    }
                }
                grouper.freeze();
                for table in &graph.tables {
                    let Some(column) = table.partition else {
                        for (_, tables) in &mut parts {
                            tables.push(all(table.rows.n_rows()));
                        }
                        continue;
                    };
                    for (_, tables) in &mut parts {
                        tables.push(Vec::new());
                    }
                    grouper.group(&[whole(&table.rows).column(column)], &mut numbers);
                    for (row, number) in numbers.iter().enumerate() {
                        let part = parts.get_mut(*number as usize);
                        if let Some(rows) = part.and_then(|(_, tables)| tables.last_mut()) {
                            rows.push(row as u32);
                        }
                    }
                }
                parts
            }
        };
        Ok(Self {
            graph: Rc::clone(graph),
            parts: parts.into_iter(),
        })
    }

    /// Makes the next graph.
    pub(super) fn next(&mut self) -> Option<Built> {
        let (edges, tables) = self.parts.next()?;
        Some(self.graph.build(edges, tables))
    }
}

impl Graph {
    fn build(&self, edge_rows: Vec<u32>, table_rows: Vec<Vec<u32>>) -> Built {
        let edges = whole(&self.edges).rows(edge_rows);
        let mut grouper = Grouper::new(1);
        let mut numbers = Vec::new();
        let tables: Vec<(Batch, &NodeTable)> = self
            .tables
            .iter()
            .zip(table_rows)
            .map(|(table, rows)| (whole(&table.rows).rows(rows), table))
            .collect();
        // The row of every node in every table.
        let mut origins: Vec<Vec<u32>> = Vec::new();
        for (batch, table) in &tables {
            grouper.group(&[batch.column(table.id)], &mut numbers);
            let mut rows = vec![UNKNOWN; grouper.len()];
            for (row, number) in numbers.iter().enumerate().rev() {
                if let Some(place) = rows.get_mut(*number as usize) {
                    *place = row as u32;
                }
            }
            origins.push(rows);
        }
        let ends = self.ends.map(|end| edges.column(end));
        let [from, to] = &ends;
        let mut both = ColumnBuilder::new(from.kind);
        for row in 0..edges.n_rows {
            both.push(&from.value(row));
            both.push(&to.value(row));
        }
        grouper.group(&[Rc::new(both.finish())], &mut numbers);
        let n_nodes = grouper.len();
        let every_second = |first: usize| numbers.iter().skip(first).step_by(2).copied();
        let ends: [Vec<u32>; 2] = [every_second(0).collect(), every_second(1).collect()];
        let around = [0, 1].map(|end| match ends.get::<usize>(end) {
            Some(nodes) => Adjacency::new(nodes, n_nodes),
            None => Adjacency::default(),
        });

        let ids = grouper.key_columns(&[from.kind]).into_iter().next();
        let mut columns: Vec<Option<Column>> = Vec::with_capacity(self.fields.len());
        for (place, field) in self.fields.iter().enumerate() {
            let sources: Vec<_> = tables
                .iter()
                .zip(&origins)
                .filter_map(|((batch, table), rows)| {
                    let at = table.places.iter().position(|&other| other == place)?;
                    Some((batch.column(at), rows))
                })
                .collect();
            let is_id = self.ids.contains(&place);
            let value = |node: usize| {
                let found = sources.iter().find_map(|(column, rows)| {
                    let row = rows.get(node).filter(|row| **row != UNKNOWN)?;
                    Some(column.value(*row as usize))
                });
                match (found, &ids) {
                    (Some(value), _) => value,
                    (None, Some(ids)) if is_id => ids.value(node),
                    _ => Value::missing(field.kind),
                }
            };
            columns.push(Some(column_of(field.kind, (0..n_nodes).map(value))));
        }
        for (place, is_strong) in &self.components {
            let numbers = if *is_strong {
                strong_components(&ends, &around, n_nodes)
            } else {
                weak_components(&ends, n_nodes)
            };
            let numbers = numbers.into_iter().map(i64::from).collect();
            if let Some(column) = columns.get_mut(*place) {
                *column = Some(Column::new(Type::Long, Data::Long(numbers)));
            }
        }
        let columns = columns.into_iter().flatten().map(Lazy::column);
        Built {
            edges,
            nodes: Batch {
                columns: columns.collect(),
                n_rows: n_nodes,
            },
            ends,
            around,
            ids,
        }
    }
}

/// Numbers of groups in the order of their first nodes.
fn in_order(of: &[u32]) -> Vec<u32> {
    let mut numbers = vec![UNKNOWN; of.len()];
    let mut next = 0;
    let numbered = of
        .iter()
        .map(|&group| match numbers.get_mut(group as usize) {
            Some(number) => {
                if *number == UNKNOWN {
                    *number = next;
                    next += 1;
                }
                *number
            }
            None => 0,
        });
    numbered.collect()
}

/// Nodes that are connected, whichever way the edges go.
fn weak_components(ends: &[Vec<u32>; 2], n_nodes: usize) -> Vec<u32> {
    let mut above: Vec<u32> = (0..n_nodes as u32).collect();
    let find = |above: &mut Vec<u32>, mut node: u32| {
        while let Some(&up) = above.get(node as usize)
            && up != node
        {
            let further = above.get(up as usize).copied().unwrap_or(up);
            if let Some(place) = above.get_mut(node as usize) {
                *place = further;
            }
            node = further;
        }
        node
    };
    let [from, to] = ends;
    for (&from, &to) in from.iter().zip(to) {
        let (a, b) = (find(&mut above, from), find(&mut above, to));
        if let Some(place) = above.get_mut(a.max(b) as usize) {
            *place = a.min(b);
        }
    }
    let groups: Vec<u32> = (0..n_nodes as u32)
        .map(|node| find(&mut above, node))
        .collect();
    in_order(&groups)
}

/// Nodes that reach each other: two passes over the edges, there and back, without recursion.
fn strong_components(ends: &[Vec<u32>; 2], around: &[Adjacency; 2], n_nodes: usize) -> Vec<u32> {
    let [leaving, reaching] = around;
    let [from, to] = ends;
    let end = |ends: &[u32], edge: u32| ends.get(edge as usize).copied().unwrap_or(0);
    let mut is_seen = vec![false; n_nodes];
    let mut finished: Vec<u32> = Vec::with_capacity(n_nodes);
    for root in 0..n_nodes as u32 {
        let was_seen = |seen: &mut bool| std::mem::replace(seen, true);
        if is_seen.get_mut(root as usize).is_none_or(was_seen) {
            continue;
        }
        let mut open = vec![(root, 0_usize)];
        while let Some((node, next)) = open.last_mut() {
            match leaving.of(*node).get(*next) {
                Some(&edge) => {
                    *next += 1;
                    let reached = end(to, edge);
                    let seen = is_seen.get_mut(reached as usize);
                    if !seen.is_none_or(was_seen) {
                        open.push((reached, 0));
                    }
                }
                None => {
                    finished.push(*node);
                    open.pop();
                }
            }
        }
    }
    let mut groups = vec![UNKNOWN; n_nodes];
    for &root in finished.iter().rev() {
        let mut open = vec![root];
        while let Some(node) = open.pop() {
            let Some(group) = groups.get_mut(node as usize) else {
                continue;
            };
            if *group != UNKNOWN {
                continue;
            }
            *group = root;
            open.extend(reaching.of(node).iter().map(|&edge| end(from, edge)));
        }
    }
    in_order(&groups)
}

/// A bound `graph-to-table`.
#[derive(Debug)]
pub struct ToTable {
    /// The graph.
    pub graph: Rc<Graph>,
    /// Nodes, else edges.
    pub is_nodes: bool,
    /// The columns.
    pub columns: Vec<Given>,
}

/// A column of `graph-to-table`.
#[derive(Clone, Copy, Debug)]
pub enum Given {
    /// A column of the node or edge.
    Column(usize, Type),
    /// The hash of the node's id, or of the node that the edge leaves (0) or reaches (1).
    Hash(usize),
}

impl Machine for ToTable {
    fn start(&self, _: Vec<Box<dyn Run>>) -> Box<dyn Run> {
        Box::new(RunningToTable {
            graph: Rc::clone(&self.graph),
            is_nodes: self.is_nodes,
            columns: self.columns.clone(),
            parts: None,
        })
    }
}

struct RunningToTable {
    graph: Rc<Graph>,
    is_nodes: bool,
    columns: Vec<Given>,
    parts: Option<Parts>,
}

impl Run for RunningToTable {
    fn poll(&mut self, context: &Context) -> Outcome<Poll> {
        let Some(parts) = &mut self.parts else {
            self.parts = Some(Parts::new(&self.graph)?);
            return Ok(Poll::Pending);
        };
        let Some(built) = parts.next() else {
            return Ok(Poll::Done);
        };
        let rows = if self.is_nodes {
            &built.nodes
        } else {
            &built.edges
        };
        let hash = |node: u32| {
            let id = built.ids.as_ref().map(|ids| ids.value(node as usize));
            let function = scalar::find("hash");
            function.map_or(Value::Null, |function| {
                (function.row)(context, &[id.unwrap_or_default()])
            })
        };
        let hashes = |end: usize| {
            let nodes: Vec<u32> = match (self.is_nodes, built.ends.get(end)) {
                (false, Some(ends)) => ends.clone(),
                _ => (0..rows.n_rows as u32).collect(),
            };
            Lazy::column(column_of(Type::Long, nodes.into_iter().map(hash)))
        };
        let missing = |kind| Lazy::constant(Value::missing(kind), kind, rows.n_rows);
        let columns = self.columns.iter().map(|column| match *column {
            Given::Hash(end) => hashes(end),
            Given::Column(at, kind) => match rows.columns.get(at) {
                Some(column) => column.clone(),
                None => missing(kind),
            },
        });
        Ok(Poll::Batch(Batch {
            columns: columns.collect(),
            n_rows: rows.n_rows,
        }))
    }
}
