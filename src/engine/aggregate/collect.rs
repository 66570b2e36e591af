//! `make_list`, `make_set`, `make_bag`.

use super::{Aggregate, Naming, Signature, Start, State, counts};
use crate::engine::eval::{Context, Vector};
use crate::table::{Column, Data, Dynamics};
use crate::value::dynamic::Members;
use crate::value::{Dynamic, Type, Value};
use rustc_hash::FxHashSet;
use std::rc::Rc;

/// Most items of one list or set.
const MAX_ITEMS: usize = 1 << 20;

/// The entries.
pub(super) static ENTRIES: &[Aggregate] = &[
    Aggregate::new(
        "make_list",
        list_type,
        "The values as an array, without nulls.",
        ("make_list(x)", "[1,2,3,4]"),
        |s| collect(s, Kind::List, None, 1),
    )
    .takes(1, 2, 1)
    .named(Naming::Prefixed("list"))
    .also(&["makelist"]),
    Aggregate::new(
        "make_list_if",
        list_type,
        "The values of the rows where a condition is true.",
        ("make_list_if(x, x > 2)", "[3,4]"),
        |s| collect(s, Kind::List, Some(1), 2),
    )
    .takes(2, 3, 2)
    .with_condition(1)
    .named(Naming::Prefixed("list")),
    Aggregate::new(
        "make_list_with_nulls",
        list_type,
        "The values as an array, nulls included.",
        ("make_list_with_nulls(x)", "[1,2,3,4]"),
        |s| collect(s, Kind::ListWithNulls, None, 1),
    )
    .named(Naming::Prefixed("list")),
    Aggregate::new(
        "make_set",
        list_type,
        "Every value once.",
        ("make_set(x % 2)", "[1,0]"),
        |s| collect(s, Kind::Set, None, 1),
    )
    .takes(1, 2, 1)
    .named(Naming::Prefixed("set"))
    .also(&["makeset"]),
    Aggregate::new(
        "make_set_if",
        list_type,
        "Every value of the rows where a condition is true, once.",
        ("make_set_if(x, x > 2)", "[3,4]"),
        |s| collect(s, Kind::Set, Some(1), 2),
    )
    .takes(2, 3, 2)
    .with_condition(1)
    .named(Naming::Prefixed("set")),
    Aggregate::new(
        "make_bag",
        bag_type,
        "One bag of the members of all bags.",
        (
            "make_bag(bag_pack(tostring(x), x))",
            "{\"1\":1,\"2\":2,\"3\":3,\"4\":4}",
        ),
        |s| collect(s, Kind::Bag, None, 1),
    )
    .takes(1, 2, 1)
    .named(Naming::Prefixed("bag")),
    Aggregate::new(
        "make_dictionary",
        bag_type,
        "An old name of `make_bag`.",
        (
            "make_dictionary(bag_pack(tostring(x), x))",
            "{\"1\":1,\"2\":2,\"3\":3,\"4\":4}",
        ),
        |s| collect(s, Kind::Bag, None, 1),
    )
    .takes(1, 2, 1)
    .named(Naming::Prefixed("dictionary")),
    Aggregate::new(
        "make_bag_if",
        bag_type,
        "One bag of the members of the bags where a condition is true.",
        ("make_bag_if(bag_pack(tostring(x), x), x > 3)", "{\"4\":4}"),
        |s| collect(s, Kind::Bag, Some(1), 2),
    )
    .takes(2, 3, 2)
    .with_condition(1)
    .named(Naming::Prefixed("bag")),
];

fn list_type(_: &[Type]) -> Signature {
    Ok((vec![], Type::Dynamic))
}

fn bag_type(kinds: &[Type]) -> Signature {
    if kinds.first() == Some(&Type::Dynamic) {
        Ok((vec![], Type::Dynamic))
    } else {
        Err("a bag requires values of type `dynamic`".to_owned())
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    List,
    ListWithNulls,
    Set,
    Bag,
}

fn collect(
    start: &Start<'_>,
    kind: Kind,
    condition_at: Option<usize>,
    limit_at: usize,
) -> Box<dyn State> {
    let limit = start
        .constants
        .get(limit_at)
        .and_then(Option::as_ref)
        .and_then(Value::as_long);
    let limit = limit.map_or(MAX_ITEMS, |limit| (limit.max(0) as usize).min(MAX_ITEMS));
    Box::new(Collect {
        kind,
        condition_at,
        limit,
        items: vec![],
        seen: vec![],
        bags: vec![],
    })
}

struct Collect {
    kind: Kind,
    condition_at: Option<usize>,
    limit: usize,
    items: Vec<Vec<Dynamic>>,
    seen: Vec<FxHashSet<String>>,
    bags: Vec<Members>,
}

impl State for Collect {
    fn update(&mut self, groups: &[u32], n_groups: usize, arguments: &[Vector], _: &Context) {
        let Some(argument) = arguments.first() else {
            return;
        };
        self.items.resize(n_groups, Vec::new());
        self.seen.resize(n_groups, FxHashSet::default());
        self.bags.resize(n_groups, Members::new());
        for (row, &group) in groups.iter().enumerate() {
            if !counts(arguments, self.condition_at, row) {
                continue;
            }
            let value = argument.value(row);
            // The null inside a `dynamic` is a value of a list.
            let keeps_null = self.kind == Kind::ListWithNulls
                || (self.kind == Kind::List && argument.kind() == Type::Dynamic);
            if value.is_null() && !keeps_null {
                continue;
            }
            let value = value.to_dynamic();
            let group = group as usize;
            let (Some(items), Some(seen), Some(bag)) = (
                self.items.get_mut(group),
                self.seen.get_mut(group),
                self.bags.get_mut(group),
            ) else {
                continue;
            };
            if self.kind == Kind::Bag {
                for (key, value) in value.members().unwrap_or_default() {
                    if bag.len() < self.limit && seen.insert(key.as_ref().to_owned()) {
                        bag.push((Rc::clone(key), value.clone()));
                    }
                }
            } else if let (Kind::Set, Some(members)) = (self.kind, value.items()) {
                // A set of arrays is the set of their items.
                for member in members {
                    if items.len() < self.limit && seen.insert(member.to_json()) {
                        items.push(member.clone());
                    }
                }
            } else if items.len() < self.limit
                && (self.kind != Kind::Set || seen.insert(value.to_json()))
            {
                items.push(value);
            }
        }
    }

    fn finish(&mut self, n_groups: usize, _: &Context) -> Vec<Column> {
        self.items.resize(n_groups, Vec::new());
        self.bags.resize(n_groups, Members::new());
        let values = if self.kind == Kind::Bag {
            self.bags.drain(..).map(Dynamic::bag).collect()
        } else {
            self.items.drain(..).map(Dynamic::array).collect()
        };
        vec![Column::new(
            Type::Dynamic,
            Data::Dynamic(Dynamics::Values(values)),
        )]
    }
}
