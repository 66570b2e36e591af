//! Values as Python prints them (`{'a': None, 'b': [True, 1]}`), turned into JSON.
//!
//! Input: a text. Output: JSON, or nothing when it is not a Python value. Tools that read JSON and
//! print what they hold leave such texts in exports. Nesting is bounded.

use crate::value::dynamic::write_json_string;
use nom::branch::alt;
use nom::bytes::complete::tag;
use nom::character::complete::{char, multispace0, none_of, one_of};
use nom::combinator::{recognize, value};
use nom::number::complete::recognize_float;
use nom::sequence::preceded;
use nom::{IResult, Parser};

/// Deepest nesting that is read.
const MAX_DEPTH: u32 = 64;

type Read<'t> = IResult<&'t str, (), ()>;

/// The JSON of a Python value; `None` when it is JSON already or neither.
pub(crate) fn to_json(text: &str) -> Option<String> {
    if !text.contains('\'')
        && !text.contains("None")
        && !text.contains("True")
        && !text.contains("False")
    {
        return None;
    }
    if crate::value::Dynamic::parse(text).is_some() {
        return None;
    }
    let mut json = String::with_capacity(text.len());
    let (rest, ()) = any(text, &mut json, 0).ok()?;
    rest.trim().is_empty().then_some(json)
}

fn any<'t>(text: &'t str, json: &mut String, depth: u32) -> Read<'t> {
    if depth > MAX_DEPTH {
        return Err(nom::Err::Failure(()));
    }
    let (text, _) = multispace0::<_, ()>(text)?;
    match text.as_bytes().first() {
        Some(b'{') => bag(text, json, depth),
        Some(b'[' | b'(') => list(text, json, depth),
        Some(b'\'' | b'"') => {
            let (rest, inside) = quoted(text)?;
            write_json_string(&inside, json);
            Ok((rest, ()))
        }
        _ => word(text, json),
    }
}

fn word<'t>(text: &'t str, json: &mut String) -> Read<'t> {
    let names = (
        value("null", tag("None")),
        value("true", tag("True")),
        value("false", tag("False")),
    );
    let same = alt((
        tag("null"),
        tag("true"),
        tag("false"),
        recognize_float::<&str, ()>,
    ));
    let (rest, spelled) = alt((alt(names), same)).parse(text)?;
    json.push_str(spelled);
    Ok((rest, ()))
}

/// A text in either quote, with Python's escapes.
fn quoted(text: &str) -> IResult<&str, String, ()> {
    let (mut rest, quote) = one_of("'\"")(text)?;
    let mut inside = String::new();
    loop {
        let (after, character) = none_of("")(rest)?;
        rest = after;
        match character {
            end if end == quote => return Ok((rest, inside)),
            '\\' => {
                let (after, escaped) = none_of("")(rest)?;
                rest = after;
                match escaped {
                    'n' => inside.push('\n'),
                    'r' => inside.push('\r'),
                    't' => inside.push('\t'),
                    '\\' | '\'' | '"' => inside.push(escaped),
                    'x' | 'u' => {
                        let n_digits = if escaped == 'x' { 2 } else { 4 };
                        let code = rest
                            .get(..n_digits)
                            .and_then(|digits| u32::from_str_radix(digits, 16).ok());
                        let Some(code) = code else {
                            return Err(nom::Err::Error(()));
                        };
                        inside.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
                        rest = rest.get(n_digits..).unwrap_or("");
                    }
                    other => inside.extend(['\\', other]),
                }
            }
            other => inside.push(other),
        }
    }
}

/// Members between brackets, with a comma after the last forgiven as Python does.
fn list<'t>(text: &'t str, json: &mut String, depth: u32) -> Read<'t> {
    let (mut rest, open) = one_of("[(")(text)?;
    let close = if open == '[' { ']' } else { ')' };
    json.push('[');
    let mut is_first = true;
    loop {
        if let Ok((after, _)) = blanks_and(close, rest) {
            json.push(']');
            return Ok((after, ()));
        }
        if !is_first {
            json.push(',');
        }
        is_first = false;
        (rest, ()) = any(rest, json, depth + 1)?;
        if let Ok((after, _)) = blanks_and(',', rest) {
            rest = after;
        } else {
            let (after, _) = blanks_and(close, rest)?;
            json.push(']');
            return Ok((after, ()));
        }
    }
}

fn bag<'t>(text: &'t str, json: &mut String, depth: u32) -> Read<'t> {
    let (mut rest, _) = char('{')(text)?;
    json.push('{');
    let mut is_first = true;
    loop {
        if let Ok((after, _)) = blanks_and('}', rest) {
            json.push('}');
            return Ok((after, ()));
        }
        if !is_first {
            json.push(',');
        }
        is_first = false;
        let (after, _) = multispace0::<_, ()>(rest)?;
        let (after, key) = quoted(after)?;
        write_json_string(&key, json);
        json.push(':');
        let (after, _) = blanks_and(':', after)?;
        (rest, ()) = any(after, json, depth + 1)?;
        if let Ok((after, _)) = blanks_and(',', rest) {
            rest = after;
        } else {
            let (after, _) = blanks_and('}', rest)?;
            json.push('}');
            return Ok((after, ()));
        }
    }
}

fn blanks_and(symbol: char, text: &str) -> IResult<&str, &str, ()> {
    recognize(preceded(multispace0, char(symbol))).parse(text)
}

#[cfg(test)]
mod tests {
    use super::to_json;

    #[test]
    fn python_becomes_json() {
        assert_eq!(
            to_json("{'a': None, 'b': [True, -1.5], 'c': \"it's\"}").as_deref(),
            Some(r#"{"a":null,"b":[true,-1.5],"c":"it's"}"#)
        );
        assert_eq!(
            to_json(r"{'a': 'x\'y\n'}").as_deref(),
            Some(r#"{"a":"x'y\n"}"#)
        );
        assert_eq!(to_json("('a', 1,)").as_deref(), Some(r#"["a",1]"#));
        for other in [
            r#"{"a":1}"#,
            "plain",
            "{'a'",
            "{'a': }",
            &"[".repeat(100_000),
            &format!("'{}", "[".repeat(10_000)),
        ] {
            assert_eq!(to_json(other), None);
        }
    }
}
