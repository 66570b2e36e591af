//! `hll`, `tdigest` and their merges: all values, in the form of the service's sketches.

use super::{Aggregate, Naming, Signature, State, counts};
use crate::engine::eval::{Context, Vector};
use crate::engine::scalar::{hash, sketch};
use crate::table::{Column, ColumnBuilder};
use crate::value::{Dynamic, Type, Value};

/// Values of a group that are kept before equal ones are put together.
const MIN_COMBINED: usize = 4096;

/// The entries.
pub(super) static ENTRIES: &[Aggregate] = &[
    Aggregate::new(
        "hll",
        |_| Ok((vec![], Type::Dynamic)),
        "The distinct values, for `dcount_hll` and `hll_merge`.",
        ("a = dcount_hll(hll(x % 3))", "3"),
        |_| hll(None, false),
    )
    .takes(1, 2, 1),
    Aggregate::new(
        "hll_if",
        |_| Ok((vec![], Type::Dynamic)),
        "The distinct values of the rows where a condition is true.",
        ("a = dcount_hll(hll_if(x, x > 2))", "2"),
        |_| hll(Some(1), false),
    )
    .takes(2, 3, 2)
    .with_condition(1),
    Aggregate::new(
        "hll_merge",
        state_type,
        "What `hll` would have gathered from all values of several.",
        (
            "a = dcount_hll(hll_merge(dynamic([[1024, 14], [\"1\"], []])))",
            "1",
        ),
        |_| hll(None, true),
    ),
    Aggregate::new(
        "tdigest",
        value_type,
        "The values with their weights, for `percentile_tdigest`.",
        ("tdigest(x % 2)", "[[7],[0,1],[2,2]]"),
        |_| digest(false),
    )
    .takes(1, 2, 2),
    Aggregate::new(
        "tdigest_merge",
        state_type,
        "What `tdigest` would have gathered from all values of several.",
        ("tdigest_merge(dynamic([[7], [1], [2]]))", "[[7],[1],[8]]"),
        |_| digest(true),
    )
    .also(&["merge_tdigest"])
    .named(Naming::Prefixed("merge_tdigests")),
];

fn state_type(kinds: &[Type]) -> Signature {
    match kinds.first() {
        Some(Type::Dynamic) => Ok((vec![], Type::Dynamic)),
        _ => Err("what `hll` or `tdigest` gave is required here".to_owned()),
    }
}

fn value_type(kinds: &[Type]) -> Signature {
    let weights = vec![Type::Long; kinds.len().saturating_sub(1)];
    match kinds.first() {
        Some(Type::Int | Type::Long) => Ok(([vec![Type::Long], weights].concat(), Type::Dynamic)),
        Some(kind @ (Type::Real | Type::DateTime | Type::TimeSpan)) => {
            Ok(([vec![*kind], weights].concat(), Type::Dynamic))
        }
        _ => Err("a digest requires numbers, datetimes or timespans".to_owned()),
    }
}

fn hll(condition_at: Option<usize>, is_merge: bool) -> Box<dyn State> {
    Box::new(Hll {
        condition_at,
        is_merge,
        hashes: vec![],
    })
}

struct Hll {
    condition_at: Option<usize>,
    is_merge: bool,
    hashes: Vec<Vec<Dynamic>>,
}

impl State for Hll {
    fn update(&mut self, groups: &[u32], n_groups: usize, arguments: &[Vector], _: &Context) {
        let Some(argument) = arguments.first() else {
            return;
        };
        self.hashes.resize(n_groups, Vec::new());
        let mut last: Option<(u32, Dynamic)> = None;
        for (row, &group) in groups.iter().enumerate() {
            let value = argument.value(row);
            let Some(hashes) = self.hashes.get_mut(group as usize) else {
                continue;
            };
            if value.is_null() || !counts(arguments, self.condition_at, row) {
                continue;
            }
            if self.is_merge {
                if let Value::Dynamic(state) = &value {
                    hashes.extend_from_slice(sketch::hashes(state).unwrap_or_default());
                }
                continue;
            }
            let hash = hash::hash_of(&value)
                .unwrap_or_else(|| hash::xxhash64(value.to_text().as_bytes()) as i64);
            let hash = Dynamic::string(&hash.to_string());
            if last.as_ref() != Some(&(group, hash.clone())) {
                hashes.push(hash.clone());
                last = Some((group, hash));
            }
        }
    }

    fn finish(&mut self, n_groups: usize, context: &Context) -> Vec<Column> {
        self.hashes.resize(n_groups, Vec::new());
        let states = self.hashes.drain(..);
        vec![column(
            states.map(|hashes| sketch::hll_state(context, hashes)),
        )]
    }
}

fn digest(is_merge: bool) -> Box<dyn State> {
    Box::new(Digest {
        is_merge,
        groups: vec![],
    })
}

struct Digest {
    is_merge: bool,
    /// The values of every group, and at how many of them equal ones are put together.
    groups: Vec<(Vec<(Dynamic, i64)>, usize)>,
}

impl State for Digest {
    fn update(&mut self, groups: &[u32], n_groups: usize, arguments: &[Vector], context: &Context) {
        let Some(argument) = arguments.first() else {
            return;
        };
        self.groups.resize(n_groups, (Vec::new(), MIN_COMBINED));
        for (row, &group) in groups.iter().enumerate() {
            let value = argument.value(row).to_dynamic();
            let Some((values, limit)) = self.groups.get_mut(group as usize) else {
                continue;
            };
            let is_nan = matches!(value, Dynamic::Real(number) if number.is_nan());
            if self.is_merge {
                values.extend(sketch::weighted(&value).unwrap_or_default());
            } else if !value.is_null() && !is_nan {
                let weight = arguments
                    .get(1)
                    .map_or(Some(1), |weights| weights.value(row).as_long());
                values.extend(
                    weight
                        .filter(|weight| *weight > 0)
                        .map(|weight| (value, weight)),
                );
            }
            if values.len() > *limit {
                *values = sketch::combined(std::mem::take(values));
                *limit = (2 * values.len()).max(MIN_COMBINED);
                if values.len() > sketch::MAX_VALUES {
                    context.refuse(sketch::TOO_MANY);
                }
            }
        }
    }

    fn finish(&mut self, n_groups: usize, context: &Context) -> Vec<Column> {
        self.groups.resize(n_groups, (Vec::new(), MIN_COMBINED));
        let states = self.groups.drain(..);
        vec![column(
            states.map(|(values, _)| sketch::digest_state(context, values)),
        )]
    }
}

fn column(values: impl Iterator<Item = Value>) -> Column {
    let mut builder = ColumnBuilder::new(Type::Dynamic);
    for value in values {
        builder.push(&value);
    }
    builder.finish()
}
