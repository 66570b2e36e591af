//! The bound query: expressions with types and columns by number, operators with their inputs.
//!
//! Input: what the binder made of a tree. Output: what [`super::operator`] runs. Invariant: a plan
//! refers to nothing by name; every column number lies in the fields of the input below.

use super::aggregate::Aggregate;
use super::batch::Batch;
use super::eval::Memo;
use super::scalar::Scalar;
use crate::table::{Field, View};
use crate::text::Span;
use crate::value::{Type, Value};
use std::rc::Rc;

/// A bound scalar expression.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it is.
    pub node: Node,
    /// Its type.
    pub kind: Type,
    /// Where it stands.
    pub span: Span,
}

/// What an expression is.
#[derive(Clone, Debug)]
pub enum Node {
    /// A column of the input.
    Column(usize),
    /// A constant.
    Constant(Value),
    /// A function or operator.
    Call(Box<Call>),
}

/// A function with its arguments.
#[derive(Clone, Debug)]
pub struct Call {
    /// The catalogue entry.
    pub function: &'static Scalar,
    /// The arguments, converted to the types that the entry takes.
    pub arguments: Vec<Expr>,
    /// Answers for the texts of a dictionary.
    pub memo: Memo,
}

impl Expr {
    /// A constant.
    pub const fn constant(value: Value, kind: Type, span: Span) -> Self {
        Self {
            node: Node::Constant(value),
            kind,
            span,
        }
    }

    /// A column of the input.
    pub const fn column(at: usize, kind: Type, span: Span) -> Self {
        Self {
            node: Node::Column(at),
            kind,
            span,
        }
    }

    /// The value of a constant.
    pub const fn as_constant(&self) -> Option<&Value> {
        match &self.node {
            Node::Constant(value) => Some(value),
            _ => None,
        }
    }

    /// Changes every column number.
    pub fn map_columns(&mut self, map: &impl Fn(usize) -> usize) {
        match &mut self.node {
            Node::Column(at) => *at = map(*at),
            Node::Constant(_) => {}
            Node::Call(call) => call
                .arguments
                .iter_mut()
                .for_each(|argument| argument.map_columns(map)),
        }
    }

    /// Calls `visit` with every column number.
    pub fn for_each_column(&self, visit: &mut impl FnMut(usize)) {
        match &self.node {
            Node::Column(at) => visit(*at),
            Node::Constant(_) => {}
            Node::Call(call) => call
                .arguments
                .iter()
                .for_each(|argument| argument.for_each_column(visit)),
        }
    }
}

/// A bound tabular expression.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The operator.
    pub operator: Operator,
    /// Its columns.
    pub fields: Vec<Field>,
    /// Where it stands in the query.
    pub span: Span,
    /// The keyword that made it, for the list of stages; empty for steps that the binder added.
    pub keyword: &'static str,
    /// Whether its rows have an order that window functions may rely on.
    pub is_serialized: bool,
}

/// One key of an order.
#[derive(Clone, Debug)]
pub struct SortKey {
    /// The column.
    pub column: usize,
    /// Smallest first.
    pub is_ascending: bool,
    /// Nulls before all others.
    pub is_nulls_first: bool,
}

/// An aggregate with its arguments.
#[derive(Clone, Debug)]
pub struct AggregateCall {
    /// The catalogue entry.
    pub function: &'static Aggregate,
    /// The arguments over the rows of the input.
    pub arguments: Vec<Expr>,
    /// Types of the columns it makes (`arg_max` and `percentiles` make several).
    pub results: Vec<Type>,
    /// Where it stands.
    pub span: Span,
}

/// How a join pairs rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JoinKind {
    /// Pairs, after the left side lost all but one row of each key.
    InnerUnique,
    /// Pairs.
    Inner,
    /// Pairs, and left rows without one.
    LeftOuter,
    /// Pairs, and right rows without one.
    RightOuter,
    /// Pairs, and rows of both sides without one.
    FullOuter,
    /// Left rows with a pair.
    LeftSemi,
    /// Left rows without one.
    LeftAnti,
    /// Right rows with a pair.
    RightSemi,
    /// Right rows without one.
    RightAnti,
}

/// A function that looks at neighbouring rows.
#[derive(Clone, Debug)]
pub struct WindowCall {
    /// Which.
    pub function: super::operator::window::Window,
    /// Its arguments.
    pub arguments: Vec<Expr>,
    /// The type of its column.
    pub kind: Type,
}

/// One expanded column of `mv-expand`.
#[derive(Clone, Debug)]
pub struct Expansion {
    /// What is expanded.
    pub value: Expr,
    /// The place of the new column in the output.
    pub column: usize,
    /// The type of the new column.
    pub kind: Type,
}

/// The operators.
#[expect(
    missing_docs,
    reason = "the fields are the words of the operator that the line above names"
)]
#[derive(Clone, Debug)]
pub enum Operator {
    /// The rows of a table.
    Scan(Rc<View>),
    /// Rows that are there.
    Rows(Rc<Vec<Batch>>),
    /// `range`: from, to, step.
    Range {
        from: Value,
        to: Value,
        step: Value,
        kind: Type,
    },
    /// `where`
    Filter { input: Box<Plan>, predicate: Expr },
    /// `project`, `extend`, `project-away`, …
    Project {
        input: Box<Plan>,
        columns: Vec<Expr>,
    },
    /// Columns of window functions behind the input's own.
    Window {
        input: Box<Plan>,
        calls: Vec<WindowCall>,
    },
    /// `summarize`, `distinct`, `count`: groups first, then the results of the aggregates.
    Summarize {
        input: Box<Plan>,
        groups: Vec<Expr>,
        aggregates: Vec<AggregateCall>,
    },
    /// `sort`, and `top` with a limit.
    Sort {
        input: Box<Plan>,
        keys: Vec<SortKey>,
        limit: Option<usize>,
    },
    /// `take`
    Take { input: Box<Plan>, n_rows: usize },
    /// `join`, `lookup`: keys are column pairs; `columns` picks from left then right.
    Join {
        left: Box<Plan>,
        right: Box<Plan>,
        kind: JoinKind,
        keys: Vec<(Expr, Expr)>,
    },
    /// `union`: every input projected to the same columns already.
    Union { inputs: Vec<Plan> },
    /// `mv-expand`
    Expand {
        input: Box<Plan>,
        items: Vec<Expansion>,
        index: Option<usize>,
        is_array_kind: bool,
        limit: Option<usize>,
    },
    /// `make-series`
    MakeSeries(Box<super::operator::series::MakeSeries>),
    /// `parse`, `parse-where`, `parse-kv`
    Parse {
        input: Box<Plan>,
        value: Expr,
        pattern: Rc<super::operator::parse::Pattern>,
        columns: Vec<(usize, Type)>,
        is_where: bool,
    },
    /// The rows of the group in force, inside the body of [`Operator::Each`] of this number.
    Group(usize),
    /// `mv-apply`, `partition`, …: a body that runs once for every group of rows.
    Each {
        input: Box<Plan>,
        body: Box<Plan>,
        each: super::operator::each::Each,
    },
    /// A graph, which only graph operators take.
    Graph(Rc<super::operator::graph::Graph>),
    /// An operator that is whole in its own file.
    Machine {
        inputs: Vec<Plan>,
        machine: Rc<dyn super::operator::Machine>,
    },
}

impl Plan {
    /// The plans below.
    pub fn inputs(&self) -> Vec<&Self> {
        match &self.operator {
            Operator::Scan(_)
            | Operator::Rows(_)
            | Operator::Range { .. }
            | Operator::Graph(_)
            | Operator::Group(_) => Vec::new(),
            Operator::Filter { input, .. }
            | Operator::Project { input, .. }
            | Operator::Window { input, .. }
            | Operator::Summarize { input, .. }
            | Operator::Sort { input, .. }
            | Operator::Take { input, .. }
            | Operator::Expand { input, .. }
            | Operator::Parse { input, .. } => vec![input],
            Operator::Join { left, right, .. } => vec![left, right],
            Operator::Each { input, body, .. } => vec![input, body],
            Operator::Union { inputs } | Operator::Machine { inputs, .. } => {
                inputs.iter().collect()
            }
            Operator::MakeSeries(series) => vec![&series.input],
        }
    }

    /// The plans below, to be changed.
    pub fn inputs_mut(&mut self) -> Vec<&mut Self> {
        match &mut self.operator {
            Operator::Scan(_)
            | Operator::Rows(_)
            | Operator::Range { .. }
            | Operator::Graph(_)
            | Operator::Group(_) => Vec::new(),
            Operator::Filter { input, .. }
            | Operator::Project { input, .. }
            | Operator::Window { input, .. }
            | Operator::Summarize { input, .. }
            | Operator::Sort { input, .. }
            | Operator::Take { input, .. }
            | Operator::Expand { input, .. }
            | Operator::Parse { input, .. } => vec![input],
            Operator::Join { left, right, .. } => vec![left, right],
            Operator::Each { input, body, .. } => vec![input, body],
            Operator::Union { inputs } | Operator::Machine { inputs, .. } => {
                inputs.iter_mut().collect()
            }
            Operator::MakeSeries(series) => vec![&mut series.input],
        }
    }

    /// Whether a group's rows are read below that no [`Operator::Each`] below gives.
    pub fn reads_group(&self) -> bool {
        let mut missing = Vec::new();
        self.missing_groups(&mut Vec::new(), &mut missing);
        !missing.is_empty()
    }

    fn missing_groups(&self, given: &mut Vec<usize>, missing: &mut Vec<usize>) {
        if let Operator::Group(group) = self.operator
            && !given.contains(&group)
        {
            missing.push(group);
        }
        let own = match &self.operator {
            Operator::Each { each, .. } => Some(each.group),
            _ => None,
        };
        given.extend(own);
        for input in self.inputs() {
            input.missing_groups(given, missing);
        }
        if own.is_some() {
            given.pop();
        }
    }

    /// Puts rows where a group is read.
    pub fn put_group(&mut self, group: usize, rows: &Rc<Vec<Batch>>) {
        if matches!(self.operator, Operator::Group(read) if read == group) {
            self.operator = Operator::Rows(Rc::clone(rows));
        }
        for input in self.inputs_mut() {
            input.put_group(group, rows);
        }
    }
}
