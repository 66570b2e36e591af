//! Which types an operator takes, and what it gives.
//!
//! Rules: `reference/KQL-SEMANTICS.md`, "Numbers" and "Datetime, timespan".

use crate::value::Type;

/// The type that all of some types turn into: equal types, or the widest of numbers.
pub fn common_type(kinds: impl IntoIterator<Item = Type>) -> Result<Type, String> {
    let mut common: Option<Type> = None;
    for kind in kinds {
        common = Some(match common {
            None => kind,
            Some(before) if before == kind => kind,
            Some(before) if before.is_numeric() && kind.is_numeric() => before.max(kind),
            Some(Type::Dynamic | _) if kind == Type::Dynamic || common == Some(Type::Dynamic) => {
                Type::Dynamic
            }
            Some(before) => {
                return Err(format!(
                    "the types `{}` and `{}` do not fit together",
                    before.name(),
                    kind.name()
                ));
            }
        });
    }
    common.ok_or_else(|| "at least one argument is required".to_owned())
}

/// What an arithmetic operator gives, and the types that its operands turn into before.
pub fn arithmetic(symbol: &str, left: Type, right: Type) -> Option<(Type, Type, Type)> {
    use Type::{DateTime, Int, Long, Real, TimeSpan};
    Some(match (symbol, left, right) {
        ("+" | "-", DateTime, TimeSpan) => (DateTime, DateTime, TimeSpan),
        ("+", TimeSpan, DateTime) => (DateTime, TimeSpan, DateTime),
        ("-", DateTime, DateTime) => (TimeSpan, DateTime, DateTime),
        ("+" | "-" | "%", TimeSpan, TimeSpan) => (TimeSpan, TimeSpan, TimeSpan),
        ("/", TimeSpan, TimeSpan) => (Real, TimeSpan, TimeSpan),
        ("*" | "/", TimeSpan, Int | Long | Real) => (TimeSpan, TimeSpan, right),
        ("*", Int | Long | Real, TimeSpan) => (TimeSpan, left, TimeSpan),
        (_, Int | Long, Int | Long) => (Long, left, right),
        (_, Real, Int | Long | Real) | (_, Int | Long, Real) => (Real, left, right),
        (_, a, b) if a.is_numeric() && b.is_numeric() => (Type::Decimal, left, right),
        _ => return None,
    })
}

/// Whether two types may be compared, for order or for equality alone.
pub fn are_comparable(left: Type, right: Type, is_equality: bool) -> bool {
    if left == right {
        return is_equality || !matches!(left, Type::Dynamic | Type::Bool);
    }
    let is_number_like = |kind: Type| kind.is_numeric();
    (is_number_like(left) && is_number_like(right))
        || left == Type::Dynamic
        || right == Type::Dynamic
        || (is_equality
            && matches!((left, right), (Type::Bool, b) | (b, Type::Bool) if b.is_integer()))
}
