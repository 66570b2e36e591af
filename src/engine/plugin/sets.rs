//! `dcount_intersect` over what `hll` gathered, and `schema_merge` over what `getschema` gave.

use super::{Input, Made, Plugin, Rows, refuse, wrong};
use crate::engine::scalar::sketch;
use crate::table::Field;
use crate::text::documentation;
use crate::value::{Dynamic, Type, Value, order};

pub(super) const DCOUNT_INTERSECT: Plugin = Plugin {
    name: "dcount_intersect",
    parameters: &[],
    takes_table: false,
    needs_order: false,
    about: documentation(
        "How many values one, two, three … of some sets of `hll` share; exact here.",
    ),
    example: (
        documentation(
            "range x from 1 to 4 step 1 | summarize a = hll(x), b = hll(x % 2) | evaluate dcount_intersect(a, b) | project s1",
        ),
        documentation("1"),
    ),
    run: dcount_intersect,
};

pub(super) const SCHEMA_MERGE: Plugin = Plugin {
    name: "schema_merge",
    parameters: &["PreserveOrder"],
    takes_table: false,
    needs_order: false,
    about: documentation("One schema of several that `getschema` gave."),
    example: (
        documentation(
            "print a = 1 | getschema | union (print a = 1.5 | getschema) | evaluate schema_merge() | project ColumnType",
        ),
        documentation("real"),
    ),
    run: schema_merge,
};

fn dcount_intersect(input: &Input<'_>) -> Made {
    let columns = input.columns_from(0)?;
    if !(2..=16).contains(&columns.len()) {
        return wrong("`dcount_intersect` requires 2 to 16 columns of `hll`");
    }
    let field = |at| Field::new(&format!("s{at}"), Type::Long);
    let mut rows = Rows::new((0..columns.len()).map(field).collect());
    for row in 0..input.n_rows() {
        let mut shared: Option<Vec<String>> = None;
        let mut counts = Vec::with_capacity(columns.len());
        for &column in &columns {
            let Value::Dynamic(state) = input.value(row, column) else {
                return wrong("`dcount_intersect` requires what `hll` gave");
            };
            let Some(hashes) = sketch::hashes(&state) else {
                return wrong("`dcount_intersect` requires what `hll` gave");
            };
            let mut both: Vec<String> = hashes.iter().map(Dynamic::to_text).collect();
            order::sort_by(&mut both, String::cmp);
            both.dedup();
            if let Some(before) = shared {
                both.retain(|hash| before.binary_search(hash).is_ok());
            }
            counts.push(Value::Long(both.len() as i64));
            shared = Some(both);
        }
        rows.push(&counts);
    }
    Ok(rows.finish())
}

/// The type that two turn into, if there is one.
fn common(left: Type, right: Type) -> Option<Type> {
    if left == right {
        Some(left)
    } else if left.is_numeric() && right.is_numeric() {
        Some(left.max(right))
    } else {
        None
    }
}

fn schema_merge(input: &Input<'_>) -> Made {
    let preserves_order = !matches!(input.optional(0)?, Some(Value::Bool(false)));
    let place = |name: &str| input.fields().iter().position(|field| field.name == name);
    let (Some(name_at), Some(ordinal_at), Some(type_at)) = (
        place("ColumnName"),
        place("ColumnOrdinal"),
        place("ColumnType"),
    ) else {
        return wrong("`schema_merge` requires what `getschema` gave");
    };
    let mut merged: Vec<(String, i64, Type)> = Vec::new();
    for row in 0..input.n_rows() {
        let name = input.value(row, name_at).to_text();
        let ordinal = input.value(row, ordinal_at).as_long().unwrap_or(-1);
        let Some(kind) = Type::from_name(&input.value(row, type_at).to_text()) else {
            return wrong("`schema_merge` requires the types that `getschema` gave");
        };
        match merged.iter_mut().find(|(known, _, _)| *known == name) {
            None => merged.push((name, ordinal, kind)),
            Some((_, before, _)) if preserves_order && *before != ordinal => {
                return refuse("the columns are out of order; use `PreserveOrder = false`");
            }
            Some((_, place, before)) => {
                *place = ordinal.max(*place);
                match common(*before, kind) {
                    Some(common) => *before = common,
                    None => return refuse("the types of a column do not fit together"),
                }
            }
        }
    }
    // The documentation shows columns behind those that precede them in any schema.
    merged.sort_by_key(|(_, place, _)| *place);
    if merged.windows(2).any(|pair| pair[0].1 == pair[1].1) {
        return refuse("the order of these columns is not settled; reorder them first");
    }
    let mut rows = Rows::new(vec![
        Field::new("ColumnName", Type::String),
        Field::new("ColumnOrdinal", Type::Int),
        Field::new("DataType", Type::String),
        Field::new("ColumnType", Type::String),
    ]);
    for (at, (name, _, kind)) in merged.into_iter().enumerate() {
        rows.push(&[
            Value::string(&name),
            Value::Int(at as i32),
            Value::string(kind.dotnet_name()),
            Value::string(kind.name()),
        ]);
    }
    Ok(rows.finish())
}
