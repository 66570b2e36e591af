//! `dcount`, `count_distinct`: exact here.

use super::{Aggregate, Signature, Start, State, for_each_row};
use crate::engine::eval::{Context, Vector};
use crate::engine::operator::key::{Interner, Pairs};
use crate::engine::operator::words::Words;
use crate::table::{Column, Data, Strings};
use crate::value::Type;

/// The entries.
pub(super) static ENTRIES: &[Aggregate] = &[
    Aggregate::new(
        "dcount",
        count_type,
        "Number of distinct values; the service estimates it, here it is exact.",
        ("dcount(x % 2)", "2"),
        |s| distinct(s, None),
    )
    .takes(1, 2, 1),
    Aggregate::new(
        "dcountif",
        count_type,
        "Number of distinct values of the rows where a condition is true.",
        ("dcountif(x, x > 2)", "2"),
        |s| distinct(s, Some(1)),
    )
    .takes(2, 3, 2)
    .with_condition(1),
    Aggregate::new(
        "count_distinct",
        count_type,
        "Number of distinct values.",
        ("count_distinct(x)", "4"),
        |s| distinct(s, None),
    ),
    Aggregate::new(
        "count_distinctif",
        count_type,
        "Number of distinct values of the rows where a condition is true.",
        ("count_distinctif(x, x > 2)", "2"),
        |s| distinct(s, Some(1)),
    )
    .with_condition(1),
];

fn count_type(_: &[Type]) -> Signature {
    Ok((vec![], Type::Long))
}

fn distinct(start: &Start<'_>, condition_at: Option<usize>) -> Box<dyn State> {
    if start.is_single_group && condition_at.is_none() {
        return Box::new(DistinctOfAll {
            guids: Words::default(),
            interner: Interner::default(),
            ids: vec![],
        });
    }
    Box::new(Distinct {
        condition_at,
        interner: Interner::default(),
        pairs: Pairs::default(),
        counts: vec![],
        ids: vec![],
    })
}

/// All rows are one group: what was seen is all that has to be remembered.
struct DistinctOfAll {
    /// Guids and texts that are guids, which logs have one of in every row.
    guids: Words,
    /// All other values.
    interner: Interner,
    ids: Vec<u32>,
}

impl State for DistinctOfAll {
    fn update(&mut self, groups: &[u32], _: usize, arguments: &[Vector], _: &Context) {
        let Some(argument) = arguments.first() else {
            return;
        };
        let column = argument.clone().into_column(groups.len());
        match &column.data {
            Data::String(Strings::Guids(words)) => self.guids.add(words),
            Data::Guid(words) if column.nulls.is_none() => self.guids.add(words),
            _ => self.interner.intern(&column, &mut self.ids),
        }
    }

    fn finish(&mut self, _: usize, _: &Context) -> Vec<Column> {
        self.guids.add(&self.interner.words());
        let count = self.guids.count() + self.interner.n_texts();
        vec![Column::new(Type::Long, Data::Long(vec![count as i64]))]
    }
}

struct Distinct {
    condition_at: Option<usize>,
    interner: Interner,
    /// Groups with the values seen in them.
    pairs: Pairs,
    counts: Vec<i64>,
    ids: Vec<u32>,
}

impl State for Distinct {
    fn update(&mut self, groups: &[u32], n_groups: usize, arguments: &[Vector], _: &Context) {
        let Some(argument) = arguments.first() else {
            return;
        };
        self.counts.resize(n_groups, 0);
        let column = argument.clone().into_column(groups.len());
        self.interner.intern(&column, &mut self.ids);
        let (mut seen, mut ids) = (Vec::new(), Vec::new());
        for_each_row(groups, arguments, self.condition_at, |group, row| {
            if let Some(&id) = self.ids.get(row) {
                seen.push(group as u32);
                ids.push(id);
            }
        });
        let n_before = self.pairs.len();
        let sizes = (n_groups, self.interner.len());
        self.pairs.combine(&mut seen, &ids, sizes, false);
        for (group, id) in self.pairs.from(n_before) {
            if !self.interner.is_missing(id)
                && let Some(count) = self.counts.get_mut(group as usize)
            {
                *count += 1;
            }
        }
    }

    fn finish(&mut self, n_groups: usize, _: &Context) -> Vec<Column> {
        self.counts.resize(n_groups, 0);
        vec![Column::new(
            Type::Long,
            Data::Long(std::mem::take(&mut self.counts)),
        )]
    }
}
