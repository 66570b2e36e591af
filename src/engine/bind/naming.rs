//! Names of columns that the query does not name.
//!
//! Source: `reference/KQL-SEMANTICS.md` "Automatic names" and Kusto's `ResultNameKind`.

use super::super::aggregate;
use super::super::scalar::{self, Naming};
use super::{Bound, wrong};
use crate::diagnostic::codes;
use crate::kql::tree::{Expr, Literal, Name};
use crate::table::Field;

/// The name that an expression gives its column; `None` for `Column1` and its kin.
pub(super) fn automatic(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Name(name) => Some(name.text.clone()),
        Expr::Paren(inner, _) => automatic(inner),
        Expr::Member { object, member, .. } => match member.as_ref() {
            Expr::Name(name) => Some(format!("{}_{}", automatic(object)?, name.text)),
            _ => None,
        },
        Expr::Index { object, index, .. } => match index.as_ref() {
            Expr::Literal(Literal::String(key), _) => Some(format!("{}_{key}", automatic(object)?)),
            Expr::Literal(Literal::Long(Some(at)), _) => {
                Some(format!("{}_{at}", automatic(object)?))
            }
            _ => None,
        },
        Expr::Call {
            function,
            arguments,
            ..
        } => {
            let first = || arguments.first().and_then(column_name);
            if function.text == "bin_auto" {
                return first();
            }
            let Some(entry) = scalar::find(&function.text) else {
                let entry = aggregate::find(&function.text)?;
                let is_single = entry.shape == aggregate::Shape::Single;
                return is_single.then(|| of_aggregate(entry, arguments));
            };
            match entry.naming {
                Naming::Numbered => None,
                Naming::First => first(),
                Naming::Only => {
                    if arguments.len() == 1 {
                        first()
                    } else {
                        None
                    }
                }
                Naming::Prefixed(prefix) => {
                    Some(format!("{prefix}_{}", first().unwrap_or_default()))
                }
                Naming::Fixed(name) => Some(name.to_owned()),
            }
        }
        _ => None,
    }
}

/// The name of an argument, when it has one of its own.
pub(super) fn column_name(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Assign { value, .. } => column_name(value),
        Expr::Name(_) | Expr::Paren(..) | Expr::Member { .. } | Expr::Index { .. } => {
            automatic(expression)
        }
        Expr::Call { .. } => automatic(expression),
        _ => None,
    }
}

/// The name that an aggregate gives its one column.
pub(super) fn of_aggregate(entry: &aggregate::Aggregate, arguments: &[Expr]) -> String {
    let first = arguments.first().and_then(column_name).unwrap_or_default();
    match entry.naming {
        aggregate::Naming::Prefixed(prefix) => format!("{prefix}_{first}"),
        aggregate::Naming::Pair(prefix) => {
            let second = arguments.get(1).and_then(column_name).unwrap_or_default();
            format!("{prefix}_{first}_{second}")
        }
        aggregate::Naming::First => {
            if first.is_empty() {
                entry.name.to_owned() + "_"
            } else {
                first
            }
        }
    }
}

/// The names that `argmax` and `argmin` give: `max_a` and `max_a_b` for `a` and `b`.
pub(super) fn of_old_extreme(function: &str, names: &mut [String]) {
    let Some(prefix @ ("max" | "min")) = function.strip_prefix("arg") else {
        return;
    };
    let Some((first, others)) = names.split_first_mut() else {
        return;
    };
    // One without a name of its own is called so already.
    if *first != format!("{prefix}_") {
        *first = format!("{prefix}_{first}");
    }
    for other in others {
        *other = format!("{first}_{other}");
    }
}

/// Refuses a name that two columns of a list are given, or are by being columns of the input.
pub(super) fn must_differ(columns: &[&Expr], with_plain: bool) -> Bound<()> {
    let mut known: Vec<&Name> = Vec::new();
    for column in columns {
        let names = match column {
            Expr::Assign { names, .. } => names.as_slice(),
            Expr::Name(name) if with_plain => std::slice::from_ref(name),
            _ => &[],
        };
        for name in names {
            if known.iter().any(|other| other.text == name.text) {
                return wrong(
                    codes::AMBIGUOUS_NAME,
                    name.span,
                    format!(
                        "there are two columns `{}`",
                        crate::text::cut(&name.text, 40)
                    ),
                );
            }
            known.push(name);
        }
    }
    Ok(())
}

/// The name of the next column that has none of its own.
pub(super) fn numbered(n_unnamed: &mut usize) -> String {
    *n_unnamed += 1;
    format!("Column{n_unnamed}")
}

/// A name that no other column of the list has: itself, or itself and a number.
pub(super) fn unique(name: &str, is_taken: impl Fn(&str) -> bool) -> String {
    if !is_taken(name) {
        return name.to_owned();
    }
    let mut number = 1_u32;
    loop {
        let candidate = format!("{name}{number}");
        if !is_taken(&candidate) {
            return candidate;
        }
        number += 1;
    }
}

/// A name that no field has.
pub(super) fn unique_in(name: &str, fields: &[Field]) -> String {
    unique(name, |candidate| {
        fields.iter().any(|field| field.name == candidate)
    })
}
