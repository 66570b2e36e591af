//! JSON paths: `$.a.b`, `$['a'][0]`.
//!
//! Input: the text of a path. Output: its steps, and what they lead to. Absent on purpose: wildcards,
//! slices, filters and recursion, which the service has not either.

use super::Dynamic;
use std::rc::Rc;

/// Most steps of a path.
const MAX_STEPS: usize = super::dynamic::MAX_DEPTH as usize;

/// A step into a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// To the value of a key.
    Key(Rc<str>),
    /// To the item at an index.
    Index(i64),
}

/// Reads a path; `None` for what is none.
pub fn parse(text: &str) -> Option<Vec<Step>> {
    let mut rest = text.strip_prefix('$')?;
    let mut steps = Vec::new();
    while !rest.is_empty() {
        if steps.len() >= MAX_STEPS {
            return None;
        }
        if let Some(tail) = rest.strip_prefix('.') {
            let end = tail.find(['.', '[']).unwrap_or(tail.len());
            let (key, tail) = tail.split_at(end);
            if key.is_empty() || key == "*" {
                return None;
            }
            steps.push(Step::Key(Rc::from(key)));
            rest = tail;
            continue;
        }
        let inner = rest.strip_prefix('[')?;
        let quote = inner.chars().next().filter(|c| matches!(c, '\'' | '"'));
        match quote {
            Some(quote) => {
                let inner = inner.get(1..)?;
                let (key, tail) = inner.split_once(quote)?;
                steps.push(Step::Key(Rc::from(key)));
                rest = tail.strip_prefix(']')?;
            }
            None => {
                let (index, tail) = inner.split_once(']')?;
                steps.push(Step::Index(index.trim().parse().ok()?));
                rest = tail;
            }
        }
    }
    Some(steps)
}

/// The value that steps lead to; `None` when there is no such place.
pub fn find<'v>(value: &'v Dynamic, steps: &[Step]) -> Option<&'v Dynamic> {
    steps.iter().try_fold(value, |value, step| match step {
        Step::Key(key) => {
            let members = value.members()?;
            let member = members.iter().find(|(name, _)| name == key);
            member.map(|(_, value)| value)
        }
        Step::Index(index) => {
            let items = value.items()?;
            let at = if *index < 0 {
                index.checked_add(items.len() as i64)?
            } else {
                *index
            };
            items.get(usize::try_from(at).ok()?)
        }
    })
}

/// A copy with the value at some keys put, or taken away where there is none to put. Bags that are
/// missing on the way are made; `None` where something else than a bag stands on the way.
pub fn with(value: &Dynamic, steps: &[Step], put: Option<&Dynamic>) -> Option<Dynamic> {
    let (Step::Key(key), inner) = steps.split_first()? else {
        return None;
    };
    let mut members = match value {
        Dynamic::Bag(members) => members.as_ref().clone(),
        Dynamic::Null => Vec::new(),
        _ => return None,
    };
    let at = members.iter().position(|(name, _)| name == key);
    let new = if inner.is_empty() {
        put.cloned()
    } else {
        let before = at.and_then(|at| members.get(at)).map(|(_, value)| value);
        match (before, put) {
            (None, None) => None,
            (before, _) => Some(with(before.unwrap_or(&Dynamic::Null), inner, put)?),
        }
    };
    match (at, new) {
        (Some(at), Some(new)) => members.get_mut(at)?.1 = new,
        (Some(at), None) => {
            members.remove(at);
        }
        (None, Some(new)) => members.push((Rc::clone(key), new)),
        (None, None) => {}
    }
    Some(Dynamic::bag(members))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_into_values() {
        let value = Dynamic::parse(r#"{"a":{"b c":[1,{"d":2}]}}"#).unwrap();
        let find = |path| find(&value, &parse(path).unwrap()).map(Dynamic::to_json);
        assert_eq!(find("$.a['b c'][1].d").as_deref(), Some("2"));
        assert_eq!(find("$['a'][\"b c\"][-2]").as_deref(), Some("1"));
        assert_eq!(find("$"), Some(value.to_json()));
        assert_eq!(find("$.a.d"), None);
        assert_eq!(find("$.a[0]"), None);
        for wrong in ["", "a", "$.", "$..a", "$[", "$['a", "$[a]", "$.*", "$x"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
        assert_eq!(parse(&["$", &".a".repeat(1000)].concat()), None);
    }

    #[test]
    fn values_are_put_and_taken_away() {
        let value = Dynamic::parse(r#"{"a":{"b":1}}"#).unwrap();
        let two = Dynamic::Long(2);
        let put = |path, new| with(&value, &parse(path).unwrap(), new).map(|v| v.to_json());
        assert_eq!(
            put("$.a.b", Some(&two)).as_deref(),
            Some(r#"{"a":{"b":2}}"#)
        );
        assert_eq!(
            put("$.c.d", Some(&two)).as_deref(),
            Some(r#"{"a":{"b":1},"c":{"d":2}}"#)
        );
        assert_eq!(put("$.a.b", None).as_deref(), Some(r#"{"a":{}}"#));
        assert_eq!(put("$.c.d", None).as_deref(), Some(r#"{"a":{"b":1}}"#));
        assert_eq!(put("$.a.b.c", Some(&two)), None);
    }
}
