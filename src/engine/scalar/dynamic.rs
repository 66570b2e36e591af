//! Arrays and property bags.
//!
//! Rules: `reference/KQL-SEMANTICS.md`, "Dynamic".

use super::operators::order;
use super::{Naming, Parameter, Returns, Scalar};
use crate::engine::eval::Context;
use crate::value::dynamic::Members;
use crate::value::path::{self, Step};
use crate::value::{Dynamic, Type, Value};
use rustc_hash::{FxHashMap, FxHasher};
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::hash::{Hash as _, Hasher as _};
use std::rc::Rc;

const ANY: Parameter = Parameter::Any;
const DYNAMIC: Parameter = Parameter::Is(Type::Dynamic);
const LONG: Parameter = Parameter::Is(Type::Long);
const TEXT: Parameter = Parameter::Is(Type::String);
const TO_DYNAMIC: Returns = Returns::Is(Type::Dynamic);
const TO_LONG: Returns = Returns::Is(Type::Long);

/// Most items that `range` and `repeat` make.
const MAX_ITEMS: i64 = 1 << 20;

/// The entries.
pub static ENTRIES: &[Scalar] = &[
    Scalar::new(
        "member",
        &[DYNAMIC, ANY],
        TO_DYNAMIC,
        "The value of a key or the item at an index: `d.key`, `d[0]`.",
        ("dynamic({\"a\":1}).a", "1"),
        |_, a| member(a),
    ),
    Scalar::new(
        "array_length",
        &[DYNAMIC],
        TO_LONG,
        "Number of items; null when it is no array.",
        ("array_length(dynamic([1, 2]))", "2"),
        |_, a| items(a, 0).map_or(Value::Null, |items| Value::Long(items.len() as i64)),
    )
    .also(&["arraylength"]),
    Scalar::new(
        "array_concat",
        &[DYNAMIC],
        TO_DYNAMIC,
        "The items of all arrays, in order.",
        ("array_concat(dynamic([1]), dynamic([2]))", "[1,2]"),
        |_, a| concat(a),
    )
    .variadic(1)
    .sees_nulls(),
    Scalar::new(
        "array_slice",
        &[DYNAMIC, LONG, LONG],
        TO_DYNAMIC,
        "The items from one index to another, both included; negative ones count from the end.",
        ("array_slice(dynamic([1, 2, 3]), 1, 2)", "[2,3]"),
        |_, a| slice(a),
    ),
    Scalar::new(
        "array_reverse",
        &[DYNAMIC],
        TO_DYNAMIC,
        "The items from the last to the first.",
        ("array_reverse(dynamic([1, 2]))", "[2,1]"),
        |_, a| map_items(a, |items| items.iter().rev().cloned().collect()),
    ),
    Scalar::new(
        "array_sum",
        &[DYNAMIC],
        Returns::Is(Type::Real),
        "Sum of the numbers of an array.",
        ("array_sum(dynamic([1, 2, 3]))", "6.0"),
        |_, a| array_sum(a),
    ),
    Scalar::new(
        "array_index_of",
        &[DYNAMIC, ANY, LONG, LONG, LONG],
        TO_LONG,
        "The index of an item, or -1.",
        ("array_index_of(dynamic([\"a\", \"b\"]), \"b\")", "1"),
        |_, a| array_index_of(a),
    )
    .optional(3),
    Scalar::new(
        "array_sort_asc",
        &[DYNAMIC, ANY],
        TO_DYNAMIC,
        "The items from the smallest to the largest, nulls last.",
        ("array_sort_asc(dynamic([3, 1, 2]))", "[1,2,3]"),
        |c, a| array_sort(c, a, true),
    )
    .variadic(1)
    .sees_nulls(),
    Scalar::new(
        "array_sort_desc",
        &[DYNAMIC, ANY],
        TO_DYNAMIC,
        "The items from the largest to the smallest, nulls last.",
        ("array_sort_desc(dynamic([3, 1, 2]))", "[3,2,1]"),
        |c, a| array_sort(c, a, false),
    )
    .variadic(1)
    .sees_nulls(),
    Scalar::new(
        "array_rotate_left",
        &[DYNAMIC, LONG],
        TO_DYNAMIC,
        "The items moved toward the start, the first ones going to the end.",
        ("array_rotate_left(dynamic([1, 2, 3]), 1)", "[2,3,1]"),
        |_, a| rotate(a, 1),
    ),
    Scalar::new(
        "array_rotate_right",
        &[DYNAMIC, LONG],
        TO_DYNAMIC,
        "The items moved toward the end, the last ones going to the start.",
        ("array_rotate_right(dynamic([1, 2, 3]), 1)", "[3,1,2]"),
        |_, a| rotate(a, -1),
    ),
    Scalar::new(
        "array_shift_left",
        &[DYNAMIC, LONG, ANY],
        TO_DYNAMIC,
        "The items moved toward the start, a fill value coming in.",
        ("array_shift_left(dynamic([1, 2, 3]), 1, 0)", "[2,3,0]"),
        |c, a| shift(c, a, 1),
    )
    .optional(1)
    .sees_nulls(),
    Scalar::new(
        "array_shift_right",
        &[DYNAMIC, LONG, ANY],
        TO_DYNAMIC,
        "The items moved toward the end, a fill value coming in.",
        ("array_shift_right(dynamic([1, 2, 3]), 1, 0)", "[0,1,2]"),
        |c, a| shift(c, a, -1),
    )
    .optional(1)
    .sees_nulls(),
    Scalar::new(
        "array_split",
        &[DYNAMIC, ANY],
        TO_DYNAMIC,
        "The array cut before the indices.",
        ("array_split(dynamic([1, 2, 3]), 2)", "[[1,2],[3]]"),
        |_, a| array_split(a),
    ),
    Scalar::new(
        "array_iff",
        &[DYNAMIC, ANY, ANY],
        TO_DYNAMIC,
        "Items of one array or another, as the first says item by item.",
        (
            "array_iff(dynamic([true, false]), dynamic([1, 2]), dynamic([3, 4]))",
            "[1,4]",
        ),
        |_, a| array_iff(a),
    )
    .sees_nulls()
    .also(&["array_iif"]),
    Scalar::new(
        "pack_array",
        &[ANY],
        TO_DYNAMIC,
        "An array of the arguments.",
        ("pack_array(1, \"a\", true)", "[1,\"a\",true]"),
        |_, a| pack_array(a),
    )
    .variadic(0)
    .sees_nulls(),
    Scalar::new(
        "bag_pack",
        &[ANY],
        TO_DYNAMIC,
        "A bag of pairs of key and value.",
        ("bag_pack(\"a\", 1, \"b\", \"x\")", "{\"a\":1,\"b\":\"x\"}"),
        bag_pack,
    )
    .variadic(0)
    .sees_nulls()
    .also(&["pack", "pack_dictionary"]),
    Scalar::new(
        "bag_pack_filled",
        &[ANY],
        TO_DYNAMIC,
        "A bag of pairs of key and value, without values that are null or empty.",
        ("bag_pack_filled(\"a\", 1, \"b\", \"\")", "{\"a\":1}"),
        |context, a| {
            let is_filled = |pair: &&[Value]| {
                !matches!(pair, [_, Value::Null]) && pair.last().and_then(Value::as_str) != Some("")
            };
            let pairs: Vec<&[Value]> = a.chunks(2).filter(is_filled).collect();
            bag_pack(context, &pairs.concat())
        },
    )
    .variadic(0)
    .sees_nulls(),
    Scalar::new(
        "bag_keys",
        &[DYNAMIC],
        TO_DYNAMIC,
        "The keys of a bag.",
        ("bag_keys(dynamic({\"a\":1,\"b\":2}))", "[\"a\",\"b\"]"),
        |_, a| {
            bag(a, 0).map_or(Value::Null, |members| {
                Dynamic::array(
                    members
                        .iter()
                        .map(|(key, _)| Dynamic::String(Rc::clone(key)))
                        .collect(),
                )
                .into()
            })
        },
    ),
    Scalar::new(
        "bag_has_key",
        &[DYNAMIC, TEXT],
        Returns::Is(Type::Bool),
        "Whether a bag has a key.",
        ("bag_has_key(dynamic({\"a\":1}), \"a\")", "True"),
        bag_has_key,
    ),
    Scalar::new(
        "bag_merge",
        &[DYNAMIC],
        TO_DYNAMIC,
        "One bag of all members; the first of equal keys stays.",
        (
            "bag_merge(dynamic({\"a\":1}), dynamic({\"a\":2,\"b\":3}))",
            "{\"a\":1,\"b\":3}",
        ),
        |_, a| bag_merge(a),
    )
    .variadic(1)
    .sees_nulls(),
    Scalar::new(
        "bag_remove_keys",
        &[DYNAMIC, DYNAMIC],
        TO_DYNAMIC,
        "The bag without some keys.",
        (
            "bag_remove_keys(dynamic({\"a\":1,\"b\":2}), dynamic([\"a\"]))",
            "{\"b\":2}",
        ),
        bag_remove_keys,
    ),
    Scalar::new(
        "bag_set_key",
        &[DYNAMIC, TEXT, ANY],
        TO_DYNAMIC,
        "The bag with a key set.",
        (
            "bag_set_key(dynamic({\"a\":1}), \"b\", 2)",
            "{\"a\":1,\"b\":2}",
        ),
        bag_set_key,
    )
    .sees_nulls(),
    Scalar::new(
        "bag_zip",
        &[DYNAMIC, DYNAMIC],
        TO_DYNAMIC,
        "A bag of an array of keys and one of values.",
        (
            "bag_zip(dynamic([\"a\", \"b\"]), dynamic([1, 2]))",
            "{\"a\":1,\"b\":2}",
        ),
        |_, a| bag_zip(a),
    )
    .sees_nulls(),
    Scalar::new(
        "set_has_element",
        &[DYNAMIC, ANY],
        Returns::Is(Type::Bool),
        "Whether an array holds a value.",
        ("set_has_element(dynamic([1, 2]), 2)", "True"),
        |_, a| set_has(a),
    ),
    Scalar::new(
        "set_union",
        &[DYNAMIC],
        TO_DYNAMIC,
        "Every value of the arrays, once.",
        ("set_union(dynamic([1, 2]), dynamic([2, 3]))", "[1,2,3]"),
        |_, a| set_of(a, SetOperation::Union),
    )
    .variadic(2),
    Scalar::new(
        "set_intersect",
        &[DYNAMIC],
        TO_DYNAMIC,
        "The values that all arrays hold.",
        ("set_intersect(dynamic([1, 2]), dynamic([2, 3]))", "[2]"),
        |_, a| set_of(a, SetOperation::Intersect),
    )
    .variadic(2),
    Scalar::new(
        "set_difference",
        &[DYNAMIC],
        TO_DYNAMIC,
        "The values of the first array that no other holds.",
        ("set_difference(dynamic([1, 2]), dynamic([2, 3]))", "[1]"),
        |_, a| set_of(a, SetOperation::Difference),
    )
    .variadic(2),
    Scalar::new(
        "jaccard_index",
        &[DYNAMIC, DYNAMIC],
        Returns::Is(Type::Real),
        "The share of the values of two arrays that both hold.",
        (
            "jaccard_index(dynamic([1, 2]), dynamic([2, 3, 3]))",
            "0.3333333333333333",
        ),
        |_, a| jaccard_index(a),
    ),
    Scalar::new(
        "set_equals",
        &[DYNAMIC, DYNAMIC],
        Returns::Is(Type::Bool),
        "Whether two arrays hold the same values.",
        ("set_equals(dynamic([1, 2]), dynamic([2, 1, 1]))", "True"),
        |_, a| set_equals(a),
    ),
    Scalar::new(
        "zip",
        &[DYNAMIC],
        TO_DYNAMIC,
        "Arrays of the items that stand at the same index.",
        ("zip(dynamic([1, 2]), dynamic([3, 4]))", "[[1,3],[2,4]]"),
        |_, a| zip(a),
    )
    .variadic(2),
    Scalar::new(
        "range",
        &[ANY],
        Returns::By(range_type),
        "An array from a start to a stop by a step.",
        ("range(1, 8, 3)", "[1,4,7]"),
        range,
    )
    .variadic(2),
    Scalar::new(
        "repeat",
        &[ANY, LONG],
        Returns::By(repeat_type),
        "An array of one value, some times.",
        ("repeat(1, 3)", "[1,1,1]"),
        repeat,
    )
    .sees_nulls()
    .named(Naming::Prefixed("repeat")),
    Scalar::new(
        "extract_json",
        &[TEXT, TEXT],
        Returns::Is(Type::String),
        "The value at a path of a JSON text, as a third argument's type when one is given.",
        ("extract_json(\"$.a[1]\", '{\"a\":[1,\"b\"]}')", "b"),
        |_, a| extract_json(a),
    )
    .also(&["extractjson"]),
    Scalar::new(
        "treepath",
        &[DYNAMIC],
        TO_DYNAMIC,
        "The paths of all places inside.",
        (
            "treepath(parse_json('{\"a\":[1]}'))",
            "[\"['a']\",\"['a'][0]\"]",
        ),
        |_, a| treepath(a),
    )
    .named(Naming::Prefixed("tree")),
];

fn items(arguments: &[Value], at: usize) -> Option<&[Dynamic]> {
    match arguments.get(at) {
        Some(Value::Dynamic(value)) => value.items(),
        _ => None,
    }
}

fn bag(arguments: &[Value], at: usize) -> Option<&[(Rc<str>, Dynamic)]> {
    match arguments.get(at) {
        Some(Value::Dynamic(value)) => value.members(),
        _ => None,
    }
}

fn map_items(arguments: &[Value], f: impl Fn(&[Dynamic]) -> Vec<Dynamic>) -> Value {
    items(arguments, 0).map_or(Value::Null, |items| Dynamic::array(f(items)).into())
}

fn member(arguments: &[Value]) -> Value {
    let [Value::Dynamic(object), key] = arguments else {
        return Value::Null;
    };
    match key {
        Value::String(key) => object.member(key).into(),
        Value::Int(_) | Value::Long(_) => key
            .as_long()
            .map_or(Value::Null, |index| object.item(index).into()),
        Value::Dynamic(Dynamic::String(key)) => object.member(key).into(),
        Value::Dynamic(Dynamic::Long(index)) => object.item(*index).into(),
        _ => Value::Null,
    }
}

fn concat(arguments: &[Value]) -> Value {
    let mut all = Vec::new();
    for at in 0..arguments.len() {
        all.extend(items(arguments, at).unwrap_or_default().iter().cloned());
    }
    Dynamic::array(all).into()
}

fn slice(arguments: &[Value]) -> Value {
    let [_, Value::Long(start), Value::Long(end)] = arguments else {
        return Value::Null;
    };
    map_items(arguments, |items| {
        let n_items = items.len() as i64;
        let absolute = |index: i64| if index < 0 { index + n_items } else { index };
        let (start, end) = (absolute(*start).max(0), absolute(*end).min(n_items - 1));
        (start..=end)
            .filter_map(|at| items.get(at as usize).cloned())
            .collect()
    })
}

fn array_sum(arguments: &[Value]) -> Value {
    let Some(items) = items(arguments, 0).filter(|items| !items.is_empty()) else {
        return Value::Null;
    };
    let mut sum = 0.0;
    for item in items {
        match item {
            Dynamic::Long(number) => sum += *number as f64,
            Dynamic::Real(number) => sum += number,
            _ => return Value::Null,
        }
    }
    Value::Real(sum)
}

fn array_index_of(arguments: &[Value]) -> Value {
    let [_, wanted, options @ ..] = arguments else {
        return Value::Null;
    };
    let Some(items) = items(arguments, 0) else {
        return Value::Null;
    };
    let option = |at: usize| options.get(at).and_then(Value::as_long);
    let (start, length) = (option(0).unwrap_or(0), option(1).unwrap_or(-1));
    let occurrence = option(2).unwrap_or(1);
    if length < -1 || occurrence < 0 {
        return Value::Null;
    }
    let start = if start < 0 {
        (start.saturating_add(items.len() as i64)).max(0)
    } else {
        start
    } as usize;
    let n_examined = usize::try_from(length).unwrap_or(usize::MAX);
    let wanted = wanted.to_dynamic();
    let examined = items.iter().enumerate().skip(start).take(n_examined);
    let mut found = examined.filter(|(_, item)| **item == wanted);
    let nth = found.nth(usize::try_from(occurrence - 1).unwrap_or(0));
    Value::Long(nth.map_or(-1, |(at, _)| at as i64))
}

/// The classes of items that are sorted one behind the other.
const fn sort_class(item: &Dynamic) -> u8 {
    match item {
        Dynamic::Long(_) | Dynamic::Real(_) | Dynamic::DateTime(_) | Dynamic::TimeSpan(_) => 0,
        Dynamic::String(_) => 1,
        Dynamic::Guid(_) => 2,
        _ => 3,
    }
}

/// The first array sorted; of several, an array of all of them, the others in the order of the first.
fn array_sort(context: &Context, arguments: &[Value], is_ascending: bool) -> Value {
    let Some(keys) = items(arguments, 0) else {
        return Value::Null;
    };
    let (arguments, nulls_last) = match arguments.split_last() {
        Some((Value::Bool(nulls_last), arrays)) => (arrays, *nulls_last),
        _ => (arguments, true),
    };
    let is_number = |item: &Dynamic| matches!(item, Dynamic::Long(_) | Dynamic::Real(_));
    let kind = |item: &Dynamic| {
        if is_number(item) {
            Some(Type::Real)
        } else {
            item.scalar_type()
        }
    };
    // What has an order of its own, and which classes are there.
    let mut kinds: Vec<(u8, Option<Type>)> = Vec::new();
    let mut n_unordered = 0;
    for item in keys.iter().filter(|item| !item.is_null()) {
        let found = (sort_class(item), kind(item));
        n_unordered += usize::from(found.1.is_none());
        if !kinds.contains(&found) {
            kinds.push(found);
        }
    }
    let is_class_mixed = kinds
        .iter()
        .enumerate()
        .any(|(at, (class, _))| kinds.iter().skip(at + 1).any(|(other, _)| other == class));
    if is_class_mixed || n_unordered > 1 || kinds.len() > 1 && !is_ascending {
        return context.refuse("this mixture of types has no documented order; sort each alone");
    }
    let mut places: Vec<usize> = (0..keys.len()).collect();
    let compare = |a: &usize, b: &usize| {
        let (Some(a), Some(b)) = (keys.get(*a), keys.get(*b)) else {
            return Ordering::Equal;
        };
        if a.is_null() || b.is_null() {
            let found = a.is_null().cmp(&b.is_null());
            return if nulls_last { found } else { found.reverse() };
        }
        let found = sort_class(a)
            .cmp(&sort_class(b))
            .then_with(|| order(&a.to_scalar(), &b.to_scalar()).unwrap_or(Ordering::Equal));
        if is_ascending { found } else { found.reverse() }
    };
    crate::value::order::sort_by(&mut places, compare);
    let arranged = |at: usize| match items(arguments, at) {
        Some(items) if items.len() == keys.len() => Dynamic::array(
            places
                .iter()
                .filter_map(|&place| items.get(place).cloned())
                .collect(),
        ),
        _ => Dynamic::Null,
    };
    if arguments.len() == 1 {
        return arranged(0).into();
    }
    Dynamic::array((0..arguments.len()).map(arranged).collect()).into()
}

fn rotate(arguments: &[Value], sign: i64) -> Value {
    let count = arguments.get(1).and_then(Value::as_long).unwrap_or(0);
    map_items(arguments, |items| {
        let mut rotated = items.to_vec();
        if !rotated.is_empty() {
            let n_items = rotated.len() as i64;
            rotated.rotate_left((sign * (count % n_items)).rem_euclid(n_items) as usize);
        }
        rotated
    })
}

/// What comes in without a fill value: an empty text between texts, otherwise null.
fn default_fill(context: &Context, arguments: &[Value]) -> Dynamic {
    let items = items(arguments, 0).unwrap_or_default();
    let is_text = |item: &&Dynamic| matches!(item, Dynamic::String(_));
    match items.iter().filter(is_text).count() {
        0 => Dynamic::Null,
        n_texts if n_texts == items.len() => Dynamic::string(""),
        _ => {
            context.refuse("what fills an array of texts and others is not settled; give a value");
            Dynamic::Null
        }
    }
}

fn shift(context: &Context, arguments: &[Value], sign: i64) -> Value {
    let count = arguments.get(1).and_then(Value::as_long).unwrap_or(0);
    let count = count.saturating_mul(sign);
    let fill = match arguments.get(2) {
        Some(fill) => fill.to_dynamic(),
        None => default_fill(context, arguments),
    };
    map_items(arguments, |items| {
        let at = |index: i64| {
            usize::try_from(index)
                .ok()
                .and_then(|index| items.get(index))
                .cloned()
        };
        (0..items.len() as i64)
            .map(|index| {
                index
                    .checked_add(count)
                    .and_then(at)
                    .unwrap_or_else(|| fill.clone())
            })
            .collect()
    })
}

fn array_split(arguments: &[Value]) -> Value {
    let Some(items) = items(arguments, 0) else {
        return Value::Null;
    };
    let places: Vec<i64> = match arguments.get(1) {
        Some(Value::Dynamic(places)) => places
            .items()
            .unwrap_or_default()
            .iter()
            .filter_map(|place| place.to_scalar().as_long())
            .collect(),
        Some(value) => value.as_long().into_iter().collect(),
        None => Vec::new(),
    };
    let n_items = items.len() as i64;
    let mut parts = Vec::new();
    let mut start = 0;
    for place in places {
        let place = if place < 0 {
            (place + n_items).max(0)
        } else {
            place.min(n_items)
        } as usize;
        parts.push(Dynamic::array(
            items
                .get(start..place.max(start))
                .unwrap_or_default()
                .to_vec(),
        ));
        start = place.max(start);
    }
    parts.push(Dynamic::array(
        items.get(start..).unwrap_or_default().to_vec(),
    ));
    Dynamic::array(parts).into()
}

fn array_iff(arguments: &[Value]) -> Value {
    let [_, yes, no] = arguments else {
        return Value::Null;
    };
    let pick = |value: &Value, at: usize| match value {
        Value::Dynamic(Dynamic::Array(items)) => items.get(at).cloned().unwrap_or_default(),
        other => other.to_dynamic(),
    };
    map_items(arguments, |conditions| {
        let is_true = |condition: &Dynamic| match condition {
            Dynamic::Bool(value) => Some(*value),
            Dynamic::Long(number) => Some(*number != 0),
            Dynamic::Real(number) => Some(*number != 0.0),
            _ => None,
        };
        let choose = |(at, condition): (usize, &Dynamic)| match is_true(condition) {
            Some(true) => pick(yes, at),
            Some(false) => pick(no, at),
            None => Dynamic::Null,
        };
        conditions.iter().enumerate().map(choose).collect()
    })
}

fn pack_array(arguments: &[Value]) -> Value {
    Dynamic::array(arguments.iter().map(Value::to_dynamic).collect()).into()
}

fn bag_pack(context: &Context, arguments: &[Value]) -> Value {
    if arguments.len() % 2 == 1 {
        return context.refuse("`bag_pack` requires pairs of key and value");
    }
    let mut members = Members::new();
    for pair in arguments.chunks_exact(2) {
        if let [key, value] = pair {
            members.push((Rc::from(key.to_text().as_str()), value.to_dynamic()));
        }
    }
    Dynamic::bag(members).into()
}

/// The steps to a key: a path when it looks like one, else the key alone.
fn steps_to(context: &Context, key: &str) -> Option<Vec<Step>> {
    if !key.starts_with("$.") && !key.starts_with("$[") {
        return Some(vec![Step::Key(Rc::from(key))]);
    }
    let steps = path::parse(key);
    if steps.is_none()
        || steps
            .iter()
            .flatten()
            .any(|step| matches!(step, Step::Index(_)))
    {
        context.refuse("a path to a key has the form `$.a.b` or `$['a']['b']`, without indices");
        return None;
    }
    steps
}

fn bag_has_key(context: &Context, arguments: &[Value]) -> Value {
    let [Value::Dynamic(bag @ Dynamic::Bag(_)), Value::String(key)] = arguments else {
        return Value::Null;
    };
    steps_to(context, key).map_or(Value::Null, |steps| {
        Value::Bool(path::find(bag, &steps).is_some())
    })
}

fn bag_merge(arguments: &[Value]) -> Value {
    let mut merged = Members::new();
    for at in 0..arguments.len() {
        for (key, value) in bag(arguments, at).unwrap_or_default() {
            if !merged.iter().any(|(name, _)| name == key) {
                merged.push((Rc::clone(key), value.clone()));
            }
        }
    }
    if arguments.iter().all(Value::is_null) {
        Value::Null
    } else {
        Dynamic::bag(merged).into()
    }
}

fn bag_remove_keys(context: &Context, arguments: &[Value]) -> Value {
    let (Some(Value::Dynamic(bag @ Dynamic::Bag(_))), Some(keys)) =
        (arguments.first(), items(arguments, 1))
    else {
        return Value::Null;
    };
    let mut kept = bag.clone();
    for key in keys {
        let Some(steps) = steps_to(context, &key.to_text()) else {
            return Value::Null;
        };
        // A path through what is no bag leads to no key.
        kept = path::with(&kept, &steps, None).unwrap_or(kept);
    }
    kept.into()
}

fn bag_set_key(context: &Context, arguments: &[Value]) -> Value {
    let [
        Value::Dynamic(bag @ Dynamic::Bag(_)),
        Value::String(key),
        value,
    ] = arguments
    else {
        return Value::Null;
    };
    let Some(steps) = steps_to(context, key) else {
        return Value::Null;
    };
    match path::with(bag, &steps, Some(&value.to_dynamic())) {
        Some(changed) => changed.into(),
        None => context.refuse("`bag_set_key` goes through bags only; another value is in the way"),
    }
}

fn bag_zip(arguments: &[Value]) -> Value {
    let Some(keys) = items(arguments, 0) else {
        return Value::Null;
    };
    let values = items(arguments, 1).unwrap_or_default();
    let mut members = Members::new();
    for (at, key) in keys.iter().enumerate() {
        if let Dynamic::String(key) = key {
            members.push((Rc::clone(key), values.get(at).cloned().unwrap_or_default()));
        }
    }
    Dynamic::bag(members).into()
}

fn set_has(arguments: &[Value]) -> Value {
    let [_, wanted] = arguments else {
        return Value::Null;
    };
    let wanted = wanted.to_dynamic();
    items(arguments, 0).map_or(Value::Null, |items| Value::Bool(items.contains(&wanted)))
}

#[derive(Clone, Copy)]
enum SetOperation {
    Union,
    Intersect,
    Difference,
}

fn set_of(arguments: &[Value], operation: SetOperation) -> Value {
    let mut arrays = Vec::new();
    for at in 0..arguments.len() {
        match items(arguments, at) {
            Some(items) => arrays.push(items),
            None => return Value::Null,
        }
    }
    let Some((first, others)) = arrays.split_first() else {
        return Value::Null;
    };
    let others: Vec<Distinct> = match operation {
        SetOperation::Union => Vec::new(),
        _ => others.iter().map(|items| Distinct::of(items)).collect(),
    };
    let mut set = Distinct::default();
    match operation {
        SetOperation::Union => arrays
            .iter()
            .for_each(|items| items.iter().for_each(|item| set.add(item))),
        SetOperation::Intersect => first
            .iter()
            .filter(|item| others.iter().all(|other| other.has(item)))
            .for_each(|item| set.add(item)),
        SetOperation::Difference => first
            .iter()
            .filter(|item| !others.iter().any(|other| other.has(item)))
            .for_each(|item| set.add(item)),
    }
    Dynamic::array(set.items).into()
}

/// So many values are looked through one by one.
const FEW_ITEMS: usize = 16;

/// Values, each once, in their order; one is found again in a time that does not grow with them.
#[derive(Default)]
struct Distinct {
    items: Vec<Dynamic>,
    /// Where the values of a key stand; empty while they are few.
    places: FxHashMap<u64, Vec<u32>>,
}

impl Distinct {
    fn of(items: &[Dynamic]) -> Self {
        let mut set = Self::default();
        for item in items {
            set.add(item);
        }
        set
    }

    fn has(&self, item: &Dynamic) -> bool {
        if self.items.len() <= FEW_ITEMS {
            return self.items.contains(item);
        }
        let places = self.places.get(&key_of(item));
        let mut same = places.into_iter().flatten();
        same.any(|&place| self.items.get(place as usize) == Some(item))
    }

    fn add(&mut self, item: &Dynamic) {
        if self.has(item) {
            return;
        }
        self.items.push(item.clone());
        let from = match self.items.len() {
            0..=FEW_ITEMS => return,
            n_items if self.places.is_empty() => n_items - FEW_ITEMS - 1,
            n_items => n_items - 1,
        };
        for (place, item) in self.items.iter().enumerate().skip(from) {
            // What holds a NaN is not found again.
            if *item != item.clone() {
                continue;
            }
            let places = self.places.entry(key_of(item)).or_default();
            places.push(place as u32);
        }
    }
}

/// A number that equal values share.
fn key_of(value: &Dynamic) -> u64 {
    let hash = |parts: &dyn Fn(&mut FxHasher)| {
        let mut hasher = FxHasher::default();
        parts(&mut hasher);
        hasher.finish()
    };
    // A long equals the real next to it, and 0 equals -0.
    let number = |number: f64| hash(&|hasher| (number + 0.0).to_bits().hash(hasher));
    match value {
        Dynamic::Null => 0,
        Dynamic::Bool(value) => 1 + u64::from(*value),
        Dynamic::Long(value) => number(*value as f64),
        Dynamic::Real(value) => number(*value),
        Dynamic::DateTime(ticks) | Dynamic::TimeSpan(ticks) => hash(&|hasher| ticks.hash(hasher)),
        Dynamic::Guid(bits) => hash(&|hasher| bits.hash(hasher)),
        Dynamic::String(text) => hash(&|hasher| text.hash(hasher)),
        Dynamic::Array(items) => hash(&|hasher| {
            items.iter().for_each(|item| key_of(item).hash(hasher));
        }),
        // Members may stand in any order.
        Dynamic::Bag(members) => members
            .iter()
            .map(|(key, value)| hash(&|hasher| (key, key_of(value)).hash(hasher)))
            .fold(3, u64::wrapping_add),
    }
}

fn jaccard_index(arguments: &[Value]) -> Value {
    let n_items = |operation| match set_of(arguments, operation) {
        Value::Dynamic(Dynamic::Array(items)) => Some(items.len() as f64),
        _ => None,
    };
    match (
        n_items(SetOperation::Intersect),
        n_items(SetOperation::Union),
    ) {
        (Some(n_shared), Some(n_all)) => Value::Real(n_shared / n_all),
        _ => Value::Null,
    }
}

fn set_equals(arguments: &[Value]) -> Value {
    let (Some(a), Some(b)) = (items(arguments, 0), items(arguments, 1)) else {
        return Value::Null;
    };
    let (a, b) = (Distinct::of(a), Distinct::of(b));
    Value::Bool(a.items.iter().all(|item| b.has(item)) && b.items.iter().all(|item| a.has(item)))
}

fn zip(arguments: &[Value]) -> Value {
    let mut arrays = Vec::new();
    for at in 0..arguments.len() {
        match items(arguments, at) {
            Some(items) => arrays.push(items),
            None => return Value::Null,
        }
    }
    let longest = arrays.iter().map(|items| items.len()).max().unwrap_or(0);
    let row = |at: usize| {
        Dynamic::array(
            arrays
                .iter()
                .map(|items| items.get(at).cloned().unwrap_or_default())
                .collect(),
        )
    };
    Dynamic::array((0..longest).map(row).collect()).into()
}

fn range_type(kinds: &[Type]) -> Result<Type, String> {
    let is_step = |start: Type, step: Type| {
        step == Type::TimeSpan || (start.is_numeric() && step.is_numeric())
    };
    match kinds {
        [start, stop] if start.is_numeric() && stop.is_numeric() => Ok(Type::Dynamic),
        [Type::DateTime, Type::DateTime] | [Type::TimeSpan, Type::TimeSpan] => Ok(Type::Dynamic),
        [start, stop, step]
            if (start == stop || (start.is_numeric() && stop.is_numeric()))
                && is_step(*start, *step) =>
        {
            Ok(Type::Dynamic)
        }
        _ => Err("`range` requires a start, a stop and a step of fitting types".to_owned()),
    }
}

fn range(context: &Context, arguments: &[Value]) -> Value {
    let too_many = || context.refuse("`range` would make more than 1,048,576 items");
    match arguments {
        [Value::DateTime(start), Value::DateTime(stop), step @ ..]
        | [Value::TimeSpan(start), Value::TimeSpan(stop), step @ ..] => {
            let step = match step.first() {
                Some(Value::TimeSpan(step)) => *step,
                _ => crate::value::datetime::HOUR,
            };
            let Some(numbers) = steps(*start, *stop, step) else {
                return too_many();
            };
            let is_time = matches!(arguments.first(), Some(Value::DateTime(_)));
            let item = |ticks: i64| {
                if is_time {
                    Dynamic::DateTime(ticks)
                } else {
                    Dynamic::TimeSpan(ticks)
                }
            };
            Dynamic::array(numbers.into_iter().map(item).collect()).into()
        }
        [start, stop, step @ ..] => {
            let step = step.first().cloned().unwrap_or(Value::Long(1));
            if let (Some(start), Some(stop), Some(step)) =
                (start.as_long(), stop.as_long(), step.as_long())
            {
                let Some(numbers) = steps(start, stop, step) else {
                    return too_many();
                };
                return Dynamic::array(numbers.into_iter().map(Dynamic::Long).collect()).into();
            }
            let (Some(start), Some(stop), Some(step)) =
                (start.as_real(), stop.as_real(), step.as_real())
            else {
                return Value::Null;
            };
            if step == 0.0 || !step.is_finite() {
                return Value::Null;
            }
            let mut numbers = Vec::new();
            let mut number = start;
            // A step that is small beside the start never ends.
            while (step > 0.0 && number <= stop) || (step < 0.0 && number >= stop) {
                if numbers.len() as i64 >= MAX_ITEMS {
                    return too_many();
                }
                numbers.push(Dynamic::Real(number));
                number += step;
            }
            Dynamic::array(numbers).into()
        }
        _ => Value::Null,
    }
}

/// The numbers from `start` to `stop`; `None` when there are too many.
fn steps(start: i64, stop: i64, step: i64) -> Option<Vec<i64>> {
    if step == 0 {
        return Some(Vec::new());
    }
    let count = (i128::from(stop) - i128::from(start)) / i128::from(step);
    if count >= i128::from(MAX_ITEMS) {
        return None;
    }
    let mut numbers = Vec::new();
    let mut number = start;
    while (step > 0 && number <= stop) || (step < 0 && number >= stop) {
        numbers.push(number);
        match number.checked_add(step) {
            Some(next) => number = next,
            None => break,
        }
    }
    Some(numbers)
}

fn repeat_type(kinds: &[Type]) -> Result<Type, String> {
    if kinds.first() == Some(&Type::Dynamic) {
        Err("`repeat` of a `dynamic` is not possible".to_owned())
    } else {
        Ok(Type::Dynamic)
    }
}

fn repeat(context: &Context, arguments: &[Value]) -> Value {
    let [value, count] = arguments else {
        return Value::Null;
    };
    let Some(count) = count.as_long() else {
        return Value::Null;
    };
    if count > MAX_ITEMS {
        return context.refuse("`repeat` would make more than 1,048,576 items");
    }
    match usize::try_from(count) {
        Ok(count) => Dynamic::array(vec![value.to_dynamic(); count]).into(),
        Err(_) => Value::Null,
    }
}

fn extract_json(arguments: &[Value]) -> Value {
    let [Value::String(path), Value::String(text)] = arguments else {
        return Value::Null;
    };
    let value = Dynamic::parse(text);
    let steps = path::parse(path);
    let found = value
        .as_ref()
        .zip(steps)
        .and_then(|(value, steps)| path::find(value, &steps));
    Value::string(&found.map_or_else(String::new, Dynamic::to_text))
}

/// Paths to all that an object holds; the items of an array share one path.
fn treepath(arguments: &[Value]) -> Value {
    fn walk(value: &Dynamic, path: &str, known: &mut BTreeSet<String>, paths: &mut Vec<Dynamic>) {
        let mut visit = |path: String, inner: &Dynamic| {
            if known.insert(path.clone()) {
                paths.push(Dynamic::string(&path));
            }
            walk(inner, &path, known, paths);
        };
        match value {
            Dynamic::Bag(members) => members
                .iter()
                .for_each(|(key, inner)| visit(format!("{path}['{key}']"), inner)),
            Dynamic::Array(items) => items
                .iter()
                .for_each(|inner| visit(format!("{path}[0]"), inner)),
            _ => {}
        }
    }
    let Some(Value::Dynamic(value)) = arguments.first() else {
        return Value::Null;
    };
    let mut paths = Vec::new();
    walk(value, "", &mut BTreeSet::new(), &mut paths);
    Dynamic::array(paths).into()
}
