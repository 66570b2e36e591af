//! Plugins that give rows another shape: `bag_unpack`, `narrow`, and the spreading of `pivot`.

use super::{Groups, Input, MAX_ROWS, Made, Plugin, Rows, refuse, wrong};
use crate::engine::Relation;
use crate::engine::scalar::convert::convert;
use crate::table::Field;
use crate::text::documentation;
use crate::value::by_name::ByName;
use crate::value::{Dynamic, Type, Value};

/// Most columns that come out of bags or values.
const MAX_COLUMNS: usize = 1 << 12;

pub(super) const BAG_UNPACK: Plugin = Plugin {
    name: "bag_unpack",
    parameters: &[
        "Column",
        "OutputColumnPrefix",
        "columnsConflict",
        "ignoredProperties",
    ],
    takes_table: false,
    needs_order: false,
    about: documentation("One column for every key of a bag."),
    example: (
        documentation("print d = dynamic({'b': 1, 'a': 2}) | evaluate bag_unpack(d)"),
        documentation("2"),
    ),
    run: bag_unpack,
};

pub(super) const NARROW: Plugin = Plugin {
    name: "narrow",
    parameters: &[],
    takes_table: false,
    needs_order: false,
    about: documentation("One row for every cell."),
    example: (
        documentation("print a = 1, b = 2 | evaluate narrow() | where Row == 0 | count"),
        documentation("2"),
    ),
    run: |input| narrow(input),
};

pub(super) const PREVIEW: Plugin = Plugin {
    name: "preview",
    parameters: &["NumberOfRows"],
    takes_table: false,
    needs_order: false,
    about: documentation("The first rows, and beside them a table with the number of all."),
    example: (
        documentation("range x from 7 to 9 step 1 | evaluate preview(1)"),
        documentation("7"),
    ),
    run: preview,
};

/// Spreads grouped rows (kept columns, `$pivot`, `$value`) into one column a value.
pub fn spread(relation: &Relation, n_kept: usize, aggregate: &str) -> Made {
    let value_kind = relation
        .fields
        .get(n_kept + 1)
        .map_or(Type::Long, |field| field.kind);
    let mut names: ByName<usize> = ByName::default();
    let mut groups = Groups::default();
    // Place of the name and value, for every combination of the kept columns.
    let mut cells: Vec<Vec<(usize, Value)>> = Vec::new();
    for row in 0..relation.n_rows() {
        let kept = (0..n_kept).map(|at| relation.value(row, at)).collect();
        let group = groups.place_of(kept);
        cells.resize(groups.lists.len(), Vec::new());
        let name = relation.value(row, n_kept).to_text();
        let next = names.len();
        let name = *names.get_or_insert(&name, || next);
        if let Some(cells) = cells.get_mut(group) {
            cells.push((name, relation.value(row, n_kept + 1)));
        }
        if names.len() > MAX_COLUMNS || names.len() * groups.lists.len() > MAX_ROWS {
            return refuse("`pivot` would make more than 4,096 columns; filter first");
        }
    }
    let mut fields: Vec<Field> = relation.fields.iter().take(n_kept).cloned().collect();
    fields.extend(names.names().map(|name| Field::new(name, value_kind)));
    let empty = match aggregate {
        "count" | "countif" | "sum" | "sumif" | "dcount" | "dcountif" => match value_kind {
            Type::Real => Value::Real(0.0),
            Type::TimeSpan => Value::TimeSpan(0),
            Type::Decimal => convert(&Value::Long(0), Type::Decimal),
            _ => Value::Long(0),
        },
        _ => Value::missing(value_kind),
    };
    let is_settled = !matches!(empty, Value::Null)
        || ["min", "max", "minif", "maxif", "take_any", "any"].contains(&aggregate);
    let mut made = Rows::new(fields);
    for (kept, cells) in groups.lists.iter().zip(cells) {
        if !is_settled && cells.len() < names.len() {
            return refuse(
                "what `pivot` puts into empty cells is settled for counts, sums and extremes only",
            );
        }
        let mut by_place = vec![&empty; names.len()];
        for (place, value) in &cells {
            by_place[*place] = value;
        }
        let values = names.iter().map(|(_, place)| by_place[*place].clone());
        made.push(&kept.iter().cloned().chain(values).collect::<Vec<_>>());
    }
    Ok(made.finish())
}

/// What happens to a key that is the name of a column.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Conflict {
    Error,
    ReplaceSource,
    KeepSource,
}

/// `bag_unpack(column [, prefix [, conflict [, ignored]]])`
fn bag_unpack(input: &Input<'_>) -> Made {
    let bag_at = input.column(0)?;
    if input.field(bag_at).kind != Type::Dynamic {
        return wrong("`bag_unpack` requires a column of type `dynamic`");
    }
    let prefix = input.optional(1)?.map(Value::to_text).unwrap_or_default();
    let conflict = match input.optional(2)?.map(Value::to_text).as_deref() {
        None | Some("" | "error") => Conflict::Error,
        Some("replace_source") => Conflict::ReplaceSource,
        Some("keep_source") => Conflict::KeepSource,
        Some(_) => {
            return wrong("`columnsConflict` is error, replace_source or keep_source");
        }
    };
    let ignored: Vec<String> = match input.optional(3)? {
        Some(Value::Dynamic(keys)) => {
            let keys = keys.items().unwrap_or_default();
            keys.iter().map(Dynamic::to_text).collect()
        }
        _ => Vec::new(),
    };
    let source = input.fields();
    let mut kinds: ByName<Option<Type>> = ByName::default();
    let n_rows = input.n_rows();
    let bags: Vec<Value> = (0..n_rows).map(|row| input.value(row, bag_at)).collect();
    for bag in &bags {
        let Value::Dynamic(Dynamic::Bag(members)) = bag else {
            continue;
        };
        for (key, value) in members.iter() {
            let name = format!("{prefix}{key}");
            let is_kept = conflict == Conflict::KeepSource
                && (source.iter().enumerate())
                    .any(|(at, field)| at != bag_at && field.name == name);
            if is_kept || ignored.iter().any(|other| other == key.as_ref()) {
                continue;
            }
            let found = value.scalar_type().unwrap_or(Type::Dynamic);
            let kind = kinds.get_or_insert(&name, || None);
            *kind = match (*kind, value.is_null()) {
                (known, true) => known,
                (None, false) => Some(found),
                (Some(known), false) if known == found => Some(known),
                (Some(Type::Long), false) if found == Type::Real => Some(Type::Real),
                (Some(Type::Real), false) if found == Type::Long => Some(Type::Real),
                (Some(_), false) => Some(Type::Dynamic),
            };
            if kinds.len() > MAX_COLUMNS {
                return refuse("`bag_unpack` of more than 4,096 keys; name some in a schema");
            }
        }
    }
    // A key takes the place of its column; the others follow in the order of their names.
    let kind_of = |name: &str| {
        let found = kinds.iter().find(|(known, _)| known.as_str() == name);
        found.map(|(_, kind)| kind.unwrap_or(Type::String))
    };
    let mut columns: Vec<(Field, Option<usize>)> = Vec::new();
    for (at, field) in source.iter().enumerate() {
        match kind_of(&field.name) {
            Some(_) if at != bag_at && conflict == Conflict::Error => {
                return wrong(
                    "a key of the bag is the name of a column; give `bag_unpack` a prefix",
                );
            }
            Some(kind) => columns.push((Field::new(&field.name, kind), None)),
            None if at != bag_at => columns.push((field.clone(), Some(at))),
            None => {}
        }
    }
    for (name, _) in kinds.iter() {
        if let Some(kind) = kind_of(name)
            && !source.iter().any(|field| field.name == *name)
        {
            columns.push((Field::new(name, kind), None));
        }
    }
    let mut rows = Rows::new(columns.iter().map(|(field, _)| field.clone()).collect());
    for (row, bag) in bags.iter().enumerate() {
        let cell = |(field, at): &(Field, Option<usize>)| match (at, bag) {
            (Some(at), _) => input.value(row, *at),
            (None, Value::Dynamic(bag)) => {
                let value = bag.member(field.name.strip_prefix(&prefix).unwrap_or(&field.name));
                if field.kind == Type::Dynamic {
                    value.into()
                } else {
                    value.to_scalar()
                }
            }
            (None, _) => Value::Null,
        };
        rows.push(&columns.iter().map(cell).collect::<Vec<_>>());
    }
    Ok(rows.finish())
}

/// `preview(count)`
fn preview(input: &Input<'_>) -> Made {
    let n_rows = usize::try_from(input.whole(0)?).unwrap_or(0);
    let columns: Vec<usize> = (0..input.n_fields).collect();
    let mut rows = Rows::new(input.fields().to_vec());
    for row in 0..input.n_rows().min(n_rows) {
        rows.push(&input.values(row, &columns));
    }
    Ok(rows.finish())
}

/// `narrow()`: row number, column name and text of every cell.
fn narrow(input: &Input<'_>) -> Made {
    let mut rows = Rows::new(vec![
        Field::new("Row", Type::Long),
        Field::new("Column", Type::String),
        Field::new("Value", Type::String),
    ]);
    if input.n_rows().saturating_mul(input.n_fields) > MAX_ROWS {
        return refuse("`narrow` would make more than 16,777,216 rows");
    }
    for row in 0..input.n_rows() {
        for (at, field) in input.fields().iter().enumerate() {
            rows.push(&[
                Value::Long(row as i64),
                Value::string(&field.name),
                Value::string(&input.value(row, at).to_text()),
            ]);
        }
    }
    Ok(rows.finish())
}
