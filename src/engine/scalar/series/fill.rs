//! Missing items filled: `series_fill_*`.
//!
//! The item that stands for a missing one is null unless an argument says otherwise.

use super::super::{Naming, Returns, Scalar};
use super::{ANY, DYNAMIC, items, number};
use crate::value::{Dynamic, Type, Value};

const TO_DYNAMIC: Returns = Returns::Is(Type::Dynamic);

/// The entries.
pub static ENTRIES: &[Scalar] = &[
    Scalar::new(
        "series_fill_const",
        &[DYNAMIC, ANY, ANY],
        TO_DYNAMIC,
        "Missing items replaced by a constant.",
        ("series_fill_const(dynamic([1, null]), 0)", "[1,0]"),
        |_, a| {
            let constant = a.get(1).map_or(Dynamic::Null, Value::to_dynamic);
            fill(a, 2, |items, is_missing| {
                let filled = items.iter().map(|item| {
                    if is_missing(item) {
                        constant.clone()
                    } else {
                        item.clone()
                    }
                });
                filled.collect()
            })
        },
    )
    .optional(1)
    .sees_nulls()
    .named(Naming::First),
    Scalar::new(
        "series_fill_forward",
        &[DYNAMIC, ANY],
        TO_DYNAMIC,
        "Missing items replaced by the last one before them.",
        (
            "series_fill_forward(dynamic([null, 1, null]))",
            "[null,1,1]",
        ),
        |_, a| {
            fill(a, 1, |items, is_missing| {
                let mut filled = items.to_vec();
                carry(&mut filled.iter_mut(), is_missing);
                filled
            })
        },
    )
    .optional(1)
    .sees_nulls()
    .named(Naming::First),
    Scalar::new(
        "series_fill_backward",
        &[DYNAMIC, ANY],
        TO_DYNAMIC,
        "Missing items replaced by the next one behind them.",
        (
            "series_fill_backward(dynamic([null, 1, null]))",
            "[1,1,null]",
        ),
        |_, a| {
            fill(a, 1, |items, is_missing| {
                let mut filled = items.to_vec();
                carry(&mut filled.iter_mut().rev(), is_missing);
                filled
            })
        },
    )
    .optional(1)
    .sees_nulls()
    .named(Naming::First),
    Scalar::new(
        "series_fill_linear",
        &[DYNAMIC, ANY, ANY, ANY],
        TO_DYNAMIC,
        "Missing items replaced by those on the line between their neighbours.",
        (
            "series_fill_linear(dynamic([1, null, 4, null]))",
            "[1,2,4,4]",
        ),
        |_, a| {
            let fills_edges = super::is_true(a, 2).unwrap_or(true);
            let constant = a.get(3).map_or(Dynamic::Real(0.0), Value::to_dynamic);
            fill(a, 1, |items, is_missing| {
                linear(items, is_missing, fills_edges, &constant)
            })
        },
    )
    .optional(3)
    .sees_nulls()
    .named(Naming::First),
];

type IsMissing<'a> = &'a dyn Fn(&Dynamic) -> bool;

/// Fills an array; the argument at a place stands for what is missing.
fn fill(
    arguments: &[Value],
    placeholder_at: usize,
    f: impl Fn(&[Dynamic], IsMissing<'_>) -> Vec<Dynamic>,
) -> Value {
    let Some(items) = items(arguments, 0) else {
        return Value::Null;
    };
    let placeholder = arguments
        .get(placeholder_at)
        .map_or(Dynamic::Null, Value::to_dynamic);
    let is_nan = |item: &Dynamic| matches!(item, Dynamic::Real(number) if number.is_nan());
    let is_missing = |item: &Dynamic| *item == placeholder || is_nan(item) && is_nan(&placeholder);
    Dynamic::array(f(items, &is_missing)).into()
}

fn carry(items: &mut dyn Iterator<Item = &mut Dynamic>, is_missing: IsMissing<'_>) {
    let mut last: Option<Dynamic> = None;
    for item in items {
        match &last {
            Some(last) if is_missing(item) => *item = last.clone(),
            _ if !is_missing(item) => last = Some(item.clone()),
            _ => {}
        }
    }
}

fn linear(
    items: &[Dynamic],
    is_missing: IsMissing<'_>,
    fills_edges: bool,
    constant: &Dynamic,
) -> Vec<Dynamic> {
    let known = |at: usize| items.get(at).filter(|item| !is_missing(item));
    let places: Vec<usize> = (0..items.len()).filter(|&at| known(at).is_some()).collect();
    let (Some(&first), Some(&last)) = (places.first(), places.last()) else {
        return vec![constant.clone(); items.len()];
    };
    let is_whole = places
        .iter()
        .all(|&at| matches!(known(at), Some(Dynamic::Long(_))));
    let mut filled = items.to_vec();
    for (at, item) in filled.iter_mut().enumerate() {
        let edge = if at < first { first } else { last };
        if fills_edges && (at < first || at > last) {
            *item = known(edge).cloned().unwrap_or_default();
        }
    }
    for pair in places.windows(2) {
        let &[left, right] = pair else { continue };
        let ends = known(left)
            .and_then(number)
            .zip(known(right).and_then(number));
        for at in left + 1..right {
            let share = (at - left) as f64 / (right - left) as f64;
            let Some(item) = filled.get_mut(at) else {
                continue;
            };
            *item = match ends {
                Some((from, to)) if is_whole => Dynamic::Long((from + (to - from) * share) as i64),
                Some((from, to)) => Dynamic::Real(from + (to - from) * share),
                None => Dynamic::Null,
            };
        }
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_between_neighbours_and_at_edges() {
        let run = |text: &str, fills_edges| {
            let items = Dynamic::parse(text).unwrap();
            let items = items.items().unwrap().to_vec();
            Dynamic::array(linear(
                &items,
                &Dynamic::is_null,
                fills_edges,
                &Dynamic::Long(7),
            ))
            .to_json()
        };
        assert_eq!(
            run("[null,1.0,null,null,2.5,null]", true),
            "[1.0,1.0,1.5,2.0,2.5,2.5]"
        );
        assert_eq!(
            run("[null,1.0,null,3.0,null]", false),
            "[null,1.0,2.0,3.0,null]"
        );
        assert_eq!(run("[null,null]", true), "[7,7]");
        assert_eq!(run("[]", true), "[]");
        assert_eq!(run("[9,null,null,1]", true), "[9,6,3,1]");
    }
}
