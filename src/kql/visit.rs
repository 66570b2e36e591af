//! Walking the tree: the parts of a node, each told for what it is.
//!
//! Input: a node. Output: calls with its direct parts in the order of the text. Absent on purpose:
//! scopes; who walks decides what a name means.

use super::tree::{Expr, Operator, Pipeline, Source};

/// A part of an operator.
#[derive(Clone, Copy, Debug)]
pub enum Part<'t> {
    /// A scalar over the rows of the input.
    Value(&'t Expr),
    /// Another table.
    Table(&'t Expr),
    /// An operator that runs over a part of the input.
    Operator(&'t Operator),
}

/// Calls with the direct parts of an expression; a pipeline's operators give their parts.
pub fn children<'t>(expression: &'t Expr, see: &mut dyn FnMut(&'t Expr)) {
    match expression {
        Expr::Call { arguments, .. } => arguments.iter().for_each(see),
        Expr::Member { object, member, .. } => {
            see(object);
            see(member);
        }
        Expr::Index { object, index, .. } => {
            see(object);
            see(index);
        }
        Expr::Unary { operand, .. } => see(operand),
        Expr::Binary { left, right, .. } => {
            see(left);
            see(right);
        }
        Expr::Logical { operands, .. } => operands.iter().for_each(see),
        Expr::InList { left, list, .. } => {
            see(left);
            list.iter().for_each(see);
        }
        Expr::Between {
            left, low, high, ..
        } => {
            see(left);
            see(low);
            see(high);
        }
        Expr::Assign { value, .. } => see(value),
        Expr::Paren(inner, _) => see(inner),
        Expr::Datatable { values, .. } => values.iter().for_each(see),
        Expr::ExternalData { sources, .. } => sources.iter().for_each(see),
        Expr::Pipe(Pipeline {
            source, operators, ..
        }) => {
            let mut part = |part: Part<'t>| match part {
                Part::Value(value) | Part::Table(value) => see(value),
                Part::Operator(operator) => operator_expressions(operator, see),
            };
            match source.as_ref() {
                Source::Expr(source) => part(Part::Table(source)),
                Source::Operator(operator) => part(Part::Operator(operator)),
            }
            for operator in operators {
                part(Part::Operator(operator));
            }
        }
        Expr::Literal(..)
        | Expr::Name(_)
        | Expr::Star(_)
        | Expr::Placeholder { .. }
        | Expr::TypeOf { .. }
        | Expr::Missing(_) => {}
    }
}

/// Calls with every expression of an operator and of the operators inside it.
pub fn operator_expressions<'t>(operator: &'t Operator, see: &mut dyn FnMut(&'t Expr)) {
    let mut inner = Vec::new();
    operator_children(operator, &mut |part| match part {
        Part::Value(value) | Part::Table(value) => see(value),
        Part::Operator(operator) => inner.push(operator),
    });
    for operator in inner {
        operator_expressions(operator, see);
    }
}

/// Calls with the direct parts of an operator.
pub fn operator_children<'t>(operator: &'t Operator, see: &mut dyn FnMut(Part<'t>)) {
    use Part::{Table, Value};
    match operator {
        Operator::As { .. }
        | Operator::Consume { .. }
        | Operator::Count { .. }
        | Operator::GetSchema { .. }
        | Operator::MacroExpand { .. }
        | Operator::ProjectAway { .. }
        | Operator::ProjectKeep { .. }
        | Operator::ProjectReorder { .. }
        | Operator::Render { .. }
        | Operator::Graph { .. }
        | Operator::GraphToTable { .. }
        | Operator::GraphMarkComponents { .. }
        | Operator::Undocumented { .. }
        | Operator::Broken { .. } => {}
        Operator::Distinct { columns, .. }
        | Operator::Extend { columns, .. }
        | Operator::Print { columns, .. }
        | Operator::Project { columns, .. }
        | Operator::ProjectByNames { columns, .. }
        | Operator::ProjectRename { columns, .. }
        | Operator::Serialize { columns, .. } => values(columns, see),
        Operator::Evaluate { arguments, .. } | Operator::Invoke { arguments, .. } => {
            values(arguments, see);
        }
        Operator::Facet { columns, with, .. } => {
            values(columns, see);
            operators_in(with.iter().flatten(), see);
        }
        Operator::Find {
            tables,
            predicate,
            project,
            ..
        } => {
            tables_in(tables, see);
            see(Value(predicate));
            values(project, see);
        }
        Operator::Fork { branches, .. } => {
            operators_in(branches.iter().flat_map(|(_, operators)| operators), see);
        }
        Operator::Join { right, on, .. } | Operator::Lookup { right, on, .. } => {
            see(Table(right));
            values(on, see);
        }
        Operator::MakeSeries {
            aggregates,
            axis,
            from,
            to,
            step,
            in_range,
            by,
            ..
        } => {
            for one in aggregates {
                see(Value(&one.value));
                values(one.default.iter(), see);
            }
            see(Value(axis));
            let ends = [from, to, step]
                .into_iter()
                .flatten()
                .chain(in_range.iter().flatten());
            values(ends.map(AsRef::as_ref), see);
            values(by, see);
        }
        Operator::MakeGraph {
            nodes, partition, ..
        } => {
            tables_in(nodes.iter().map(|(table, _)| table), see);
            operators_in(partition.iter().flat_map(|(_, body)| body), see);
        }
        Operator::GraphMatch {
            paths,
            predicate,
            project,
            ..
        } => {
            let edges = paths.iter().flat_map(|path| &path.hops);
            for (fewest, most) in edges.filter_map(|(edge, _)| edge.range.as_ref()) {
                see(Value(fewest));
                see(Value(most));
            }
            values(predicate.as_deref(), see);
            values(project, see);
        }
        Operator::MvApply {
            items, limit, on, ..
        } => {
            values(items.iter().map(|item| &item.value), see);
            values(limit.as_deref(), see);
            operators_in(on, see);
        }
        Operator::MvExpand { items, limit, .. } => {
            values(items.iter().map(|item| &item.value), see);
            values(limit.as_deref(), see);
        }
        Operator::Parse { value, .. } | Operator::ParseKv { value, .. } => see(Value(value)),
        Operator::Partition {
            column,
            body,
            body_source,
            ..
        } => {
            see(Value(column));
            tables_in(body_source.as_deref(), see);
            operators_in(body, see);
        }
        Operator::Range { from, to, step, .. } => values([from, to, step].map(AsRef::as_ref), see),
        Operator::Reduce { by, with, .. } => {
            see(Value(by));
            values(with.iter().map(|property| &property.value), see);
        }
        Operator::Sample { count, .. } | Operator::Take { count, .. } => see(Value(count)),
        Operator::SampleDistinct { count, of, .. } => {
            see(Value(count));
            see(Value(of));
        }
        Operator::Scan {
            order_by,
            partition_by,
            steps,
            ..
        } => {
            values(order_by.iter().map(|one| &one.value), see);
            values(partition_by, see);
            for step in steps {
                see(Value(&step.condition));
                values(step.assignments.iter(), see);
            }
        }
        Operator::Search {
            tables, predicate, ..
        } => {
            tables_in(tables, see);
            see(Value(predicate));
        }
        Operator::Sort { by, .. } => values(by.iter().map(|one| &one.value), see),
        Operator::Summarize {
            properties: hints,
            aggregates,
            by,
            ..
        } => {
            let keys = hints.iter().filter(|hint| hint.name.text.contains("key"));
            values(keys.map(|hint| &hint.value), see);
            values(aggregates.iter().chain(by), see);
        }
        Operator::Top { count, by, .. } => {
            see(Value(count));
            values(by.iter().map(|one| &one.value), see);
        }
        Operator::TopHitters { count, of, by, .. } => {
            see(Value(count));
            see(Value(of));
            values(by.as_deref(), see);
        }
        Operator::TopNested { clauses, .. } => {
            for clause in clauses {
                values(clause.count.iter(), see);
                see(Value(&clause.of));
                values(clause.others.iter(), see);
                see(Value(&clause.by.value));
            }
        }
        Operator::Union { tables, .. } => tables_in(tables, see),
        Operator::Where { predicate, .. } => see(Value(predicate)),
    }
}

fn values<'t>(items: impl IntoIterator<Item = &'t Expr>, see: &mut dyn FnMut(Part<'t>)) {
    for item in items {
        see(Part::Value(item));
    }
}

fn tables_in<'t>(items: impl IntoIterator<Item = &'t Expr>, see: &mut dyn FnMut(Part<'t>)) {
    for item in items {
        see(Part::Table(item));
    }
}

fn operators_in<'t>(items: impl IntoIterator<Item = &'t Operator>, see: &mut dyn FnMut(Part<'t>)) {
    for item in items {
        see(Part::Operator(item));
    }
}
