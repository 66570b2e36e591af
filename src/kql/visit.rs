//! Walking the tree: the parts of a node, each told for what it is.
//!
//! Input: a node. Output: calls with its direct parts in the order of the text. Absent on purpose:
//! scopes; who walks decides what a name means.

use super::tree::{Expr, Operator, Pipeline, Property, Source};

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
        Expr::Between { left, low, high, .. } => {
            see(left);
            see(low);
            see(high);
        }
        Expr::Assign { value, .. } => see(value),
        Expr::Paren(inner, _) => see(inner),
        Expr::Datatable { values, .. } => values.iter().for_each(see),
        Expr::ExternalData { sources, .. } => sources.iter().for_each(see),
        Expr::Pipe(Pipeline { source, operators, .. }) => {
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
    use Part::{Operator as Op, Table, Value};
    let properties = |properties: &'t [Property], see: &mut dyn FnMut(Part<'t>)| {
        for property in properties.iter().filter(|property| property.name.text.contains("key")) {
            see(Value(&property.value));
        }
    };
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
        | Operator::Undocumented { .. }
        | Operator::Broken { .. } => {}
        Operator::Distinct { columns, .. }
        | Operator::Extend { columns, .. }
        | Operator::Print { columns, .. }
        | Operator::Project { columns, .. }
        | Operator::ProjectByNames { columns, .. }
        | Operator::ProjectRename { columns, .. }
        | Operator::Serialize { columns, .. } => columns.iter().for_each(|column| see(Value(column))),
        Operator::Evaluate { arguments, .. } | Operator::Invoke { arguments, .. } => {
            arguments.iter().for_each(|argument| see(Value(argument)));
        }
        Operator::Facet { columns, with, .. } => {
            columns.iter().for_each(|column| see(Value(column)));
            with.iter().flatten().for_each(|operator| see(Op(operator)));
        }
        Operator::Find { tables, predicate, project, .. } => {
            tables.iter().for_each(|table| see(Table(table)));
            see(Value(predicate));
            project.iter().for_each(|column| see(Value(column)));
        }
        Operator::Fork { branches, .. } => {
            branches.iter().flat_map(|(_, operators)| operators).for_each(|operator| see(Op(operator)));
        }
        Operator::Join { right, on, .. } | Operator::Lookup { right, on, .. } => {
            see(Table(right));
            on.iter().for_each(|condition| see(Value(condition)));
        }
        Operator::MakeSeries { aggregates, axis, from, to, step, in_range, by, .. } => {
            for one in aggregates {
                see(Value(&one.value));
                one.default.iter().for_each(|value| see(Value(value)));
            }
            see(Value(axis));
            let ends = [from, to, step].into_iter().flatten().chain(in_range.iter().flatten());
            ends.for_each(|end| see(Value(end)));
            by.iter().for_each(|group| see(Value(group)));
        }
        Operator::MvApply { items, limit, on, .. } => {
            items.iter().for_each(|item| see(Value(&item.value)));
            limit.iter().for_each(|limit| see(Value(limit)));
            on.iter().for_each(|operator| see(Op(operator)));
        }
        Operator::MvExpand { items, limit, .. } => {
            items.iter().for_each(|item| see(Value(&item.value)));
            limit.iter().for_each(|limit| see(Value(limit)));
        }
        Operator::Parse { value, .. } | Operator::ParseKv { value, .. } => see(Value(value)),
        Operator::Partition { column, body, body_source, .. } => {
            see(Value(column));
            body_source.iter().for_each(|source| see(Table(source)));
            body.iter().for_each(|operator| see(Op(operator)));
        }
        Operator::Range { from, to, step, .. } => [from, to, step].into_iter().for_each(|end| see(Value(end))),
        Operator::Reduce { by, with, .. } => {
            see(Value(by));
            with.iter().for_each(|property| see(Value(&property.value)));
        }
        Operator::Sample { count, .. } | Operator::Take { count, .. } => see(Value(count)),
        Operator::SampleDistinct { count, of, .. } => {
            see(Value(count));
            see(Value(of));
        }
        Operator::Scan { order_by, partition_by, steps, .. } => {
            order_by.iter().for_each(|one| see(Value(&one.value)));
            partition_by.iter().for_each(|one| see(Value(one)));
            for step in steps {
                see(Value(&step.condition));
                step.assignments.iter().for_each(|assignment| see(Value(assignment)));
            }
        }
        Operator::Search { tables, predicate, .. } => {
            tables.iter().for_each(|table| see(Table(table)));
            see(Value(predicate));
        }
        Operator::Sort { by, .. } => by.iter().for_each(|one| see(Value(&one.value))),
        Operator::Summarize { properties: hints, aggregates, by, .. } => {
            properties(hints, see);
            aggregates.iter().chain(by).for_each(|item| see(Value(item)));
        }
        Operator::Top { count, by, .. } => {
            see(Value(count));
            by.iter().for_each(|one| see(Value(&one.value)));
        }
        Operator::TopHitters { count, of, by, .. } => {
            see(Value(count));
            see(Value(of));
            by.iter().for_each(|by| see(Value(by)));
        }
        Operator::TopNested { clauses, .. } => {
            for clause in clauses {
                clause.count.iter().for_each(|count| see(Value(count)));
                see(Value(&clause.of));
                clause.others.iter().for_each(|others| see(Value(others)));
                see(Value(&clause.by.value));
            }
        }
        Operator::Union { tables, .. } => tables.iter().for_each(|table| see(Table(table))),
        Operator::Where { predicate, .. } => see(Value(predicate)),
    }
}
