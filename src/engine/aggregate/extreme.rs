//! `min`, `max`, `arg_min`, `arg_max`, `take_any`.

use super::{Aggregate, Naming, Shape, Signature, Start, State, for_each_row};
use crate::engine::eval::{Context, Vector};
use crate::engine::scalar::operators::order;
use crate::table::{Bitmap, Column, ColumnBuilder, Data};
use crate::value::{Type, Value};

/// The entries.
pub(super) static ENTRIES: &[Aggregate] = &[
    Aggregate::new(
        "min",
        ordered_type,
        "Smallest value.",
        ("min(x)", "1"),
        |s| extreme(s, false, None),
    ),
    Aggregate::new(
        "max",
        ordered_type,
        "Largest value.",
        ("max(x)", "4"),
        |s| extreme(s, true, None),
    ),
    Aggregate::new(
        "minif",
        ordered_type,
        "Smallest value of the rows where a condition is true.",
        ("minif(x, x > 2)", "3"),
        |s| extreme(s, false, Some(1)),
    )
    .with_condition(1),
    Aggregate::new(
        "maxif",
        ordered_type,
        "Largest value of the rows where a condition is true.",
        ("maxif(x, x < 3)", "2"),
        |s| extreme(s, true, Some(1)),
    )
    .with_condition(1),
    Aggregate::new(
        "arg_max",
        any_type,
        "The largest value, and columns of its row.",
        ("arg_max(x, x)", "4"),
        |s| arg_extreme(s, true),
    )
    .takes(1, 64, 64)
    .shaped(Shape::ArgExtreme)
    .also(&["argmax"]),
    Aggregate::new(
        "arg_min",
        any_type,
        "The smallest value, and columns of its row.",
        ("arg_min(x, x)", "1"),
        |s| arg_extreme(s, false),
    )
    .takes(1, 64, 64)
    .shaped(Shape::ArgExtreme)
    .also(&["argmin"]),
    Aggregate::new(
        "take_any",
        any_type,
        "Columns of the first row that has a value.",
        ("take_any(x)", "1"),
        any_row,
    )
    .takes(1, 64, 64)
    .shaped(Shape::TakeAny),
    Aggregate::new(
        "any",
        any_type,
        "An old name of `take_any`.",
        ("any(x)", "1"),
        |_| {
            Box::new(Any {
                condition_at: None,
                values: vec![],
                kind: Type::Dynamic,
            })
        },
    )
    .named(Naming::Prefixed("any")),
    Aggregate::new(
        "take_anyif",
        any_type,
        "A value of the rows where a condition is true.",
        ("take_anyif(x, x > 1)", "2"),
        |_| {
            Box::new(Any {
                condition_at: Some(1),
                values: vec![],
                kind: Type::Dynamic,
            })
        },
    )
    .with_condition(1)
    .named(Naming::First),
    Aggregate::new(
        "anyif",
        any_type,
        "An old name of `take_anyif`.",
        ("anyif(x, x > 1)", "2"),
        |_| {
            Box::new(Any {
                condition_at: Some(1),
                values: vec![],
                kind: Type::Dynamic,
            })
        },
    )
    .with_condition(1),
];

fn any_type(kinds: &[Type]) -> Signature {
    Ok((vec![], kinds.first().copied().unwrap_or(Type::Dynamic)))
}

fn ordered_type(kinds: &[Type]) -> Signature {
    match kinds.first() {
        Some(Type::Dynamic | Type::Guid) => {
            Err("this type has no order; convert it first".to_owned())
        }
        Some(kind) => Ok((vec![*kind], *kind)),
        None => Err("a column is required".to_owned()),
    }
}

fn extreme(start: &Start<'_>, is_max: bool, condition_at: Option<usize>) -> Box<dyn State> {
    let kind = start.results.first().copied().unwrap_or(Type::Long);
    if matches!(kind, Type::Long | Type::DateTime | Type::TimeSpan) {
        return Box::new(ExtremeLong {
            kind,
            is_max,
            condition_at,
            values: vec![],
            found: Vec::new(),
        });
    }
    Box::new(Extreme {
        kind,
        is_max,
        condition_at,
        values: vec![],
    })
}

struct ExtremeLong {
    kind: Type,
    is_max: bool,
    condition_at: Option<usize>,
    values: Vec<i64>,
    found: Vec<bool>,
}

impl State for ExtremeLong {
    fn update(&mut self, groups: &[u32], n_groups: usize, arguments: &[Vector], _: &Context) {
        let Some(argument) = arguments.first() else {
            return;
        };
        let worst = if self.is_max { i64::MIN } else { i64::MAX };
        self.values.resize(n_groups, worst);
        self.found.resize(n_groups, false);
        let column = argument.clone().into_column(groups.len());
        let Data::Long(input) = &column.data else {
            return;
        };
        let (values, found, is_max) = (&mut self.values, &mut self.found, self.is_max);
        for_each_row(groups, arguments, self.condition_at, |group, row| {
            if column.nulls.as_ref().is_some_and(|nulls| nulls.get(row)) {
                return;
            }
            if let (Some(best), Some(found), Some(&value)) =
                (values.get_mut(group), found.get_mut(group), input.get(row))
            {
                *found = true;
                *best = if is_max {
                    value.max(*best)
                } else {
                    value.min(*best)
                };
            }
        });
    }

    fn finish(&mut self, n_groups: usize, _: &Context) -> Vec<Column> {
        self.values.resize(n_groups, 0);
        self.found.resize(n_groups, false);
        let mut nulls = Bitmap::new(n_groups);
        for (group, found) in self.found.iter().enumerate() {
            if !found {
                nulls.set(group);
            }
        }
        vec![Column::with_nulls(
            self.kind,
            Data::Long(std::mem::take(&mut self.values)),
            nulls,
        )]
    }
}

struct Extreme {
    kind: Type,
    is_max: bool,
    condition_at: Option<usize>,
    values: Vec<Value>,
}

/// Whether a value beats the best so far; NaN beats every number, both ways.
fn beats(value: &Value, best: &Value, is_max: bool) -> bool {
    let is_nan = |value: &Value| matches!(value, Value::Real(number) if number.is_nan());
    if best.is_null() || is_nan(value) {
        return !value.is_null() && !is_nan(best);
    }
    order(value, best).is_some_and(|found| if is_max { found.is_gt() } else { found.is_lt() })
}

impl State for Extreme {
    fn update(&mut self, groups: &[u32], n_groups: usize, arguments: &[Vector], _: &Context) {
        let Some(argument) = arguments.first() else {
            return;
        };
        self.values.resize(n_groups, Value::Null);
        let (values, is_max) = (&mut self.values, self.is_max);
        for_each_row(groups, arguments, self.condition_at, |group, row| {
            let value = argument.value(row);
            if let Some(best) = values.get_mut(group)
                && beats(&value, best, is_max)
            {
                *best = value;
            }
        });
    }

    fn finish(&mut self, n_groups: usize, _: &Context) -> Vec<Column> {
        self.values.resize(n_groups, Value::Null);
        vec![column_of(self.kind, &self.values)]
    }
}

fn column_of(kind: Type, values: &[Value]) -> Column {
    let mut builder = ColumnBuilder::new(kind);
    for value in values {
        builder.push(value);
    }
    builder.finish()
}

fn arg_extreme(start: &Start<'_>, is_max: bool) -> Box<dyn State> {
    Box::new(ArgExtreme {
        kinds: start.results.to_vec(),
        is_max,
        rows: vec![],
    })
}

struct ArgExtreme {
    kinds: Vec<Type>,
    is_max: bool,
    rows: Vec<Option<Vec<Value>>>,
}

impl State for ArgExtreme {
    fn update(&mut self, groups: &[u32], n_groups: usize, arguments: &[Vector], _: &Context) {
        let Some(first) = arguments.first() else {
            return;
        };
        self.rows.resize(n_groups, None);
        for (row, &group) in groups.iter().enumerate() {
            let value = first.value(row);
            let Some(best) = self.rows.get_mut(group as usize) else {
                continue;
            };
            let is_better = match best {
                None => true,
                Some(best) => best
                    .first()
                    .is_some_and(|best| beats(&value, best, self.is_max)),
            };
            if is_better {
                *best = Some(
                    arguments
                        .iter()
                        .map(|argument| argument.value(row))
                        .collect(),
                );
            }
        }
    }

    fn finish(&mut self, n_groups: usize, _: &Context) -> Vec<Column> {
        self.rows.resize(n_groups, None);
        columns_of_rows(&self.kinds, &self.rows)
    }
}

fn columns_of_rows(kinds: &[Type], rows: &[Option<Vec<Value>>]) -> Vec<Column> {
    let column = |(at, kind): (usize, &Type)| {
        let values: Vec<Value> = rows
            .iter()
            .map(|row| {
                row.as_ref()
                    .and_then(|row| row.get(at))
                    .cloned()
                    .unwrap_or_default()
            })
            .collect();
        column_of(*kind, &values)
    };
    kinds.iter().enumerate().map(column).collect()
}

fn any_row(start: &Start<'_>) -> Box<dyn State> {
    Box::new(AnyRow {
        kinds: start.results.to_vec(),
        rows: vec![],
    })
}

/// One column: the first value that is not null. Several: the columns of the first row.
struct AnyRow {
    kinds: Vec<Type>,
    rows: Vec<Option<Vec<Value>>>,
}

fn is_missing(value: &Value) -> bool {
    value.is_null() || value.as_str() == Some("")
}

impl State for AnyRow {
    fn update(&mut self, groups: &[u32], n_groups: usize, arguments: &[Vector], _: &Context) {
        self.rows.resize(n_groups, None);
        for (row, &group) in groups.iter().enumerate() {
            let Some(taken) = self.rows.get_mut(group as usize) else {
                continue;
            };
            let may_improve = match taken {
                None => true,
                Some(values) => matches!(values.as_slice(), [only] if is_missing(only)),
            };
            if may_improve {
                *taken = Some(
                    arguments
                        .iter()
                        .map(|argument| argument.value(row))
                        .collect(),
                );
            }
        }
    }

    fn finish(&mut self, n_groups: usize, _: &Context) -> Vec<Column> {
        self.rows.resize(n_groups, None);
        columns_of_rows(&self.kinds, &self.rows)
    }
}

struct Any {
    condition_at: Option<usize>,
    values: Vec<Value>,
    kind: Type,
}

impl State for Any {
    fn update(&mut self, groups: &[u32], n_groups: usize, arguments: &[Vector], _: &Context) {
        let Some(argument) = arguments.first() else {
            return;
        };
        self.kind = argument.kind();
        self.values.resize(n_groups, Value::Null);
        let values = &mut self.values;
        for_each_row(groups, arguments, self.condition_at, |group, row| {
            if let Some(taken) = values.get_mut(group)
                && is_missing(taken)
            {
                *taken = argument.value(row);
            }
        });
    }

    fn finish(&mut self, n_groups: usize, _: &Context) -> Vec<Column> {
        self.values.resize(n_groups, Value::Null);
        vec![column_of(self.kind, &self.values)]
    }
}
