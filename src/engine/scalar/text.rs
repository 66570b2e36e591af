//! Texts: length, parts, case, search, replacement, joining.
//!
//! Rules: `reference/KQL-SEMANTICS.md`, "Strings". Lengths and places count code points.

use super::{Naming, NullRule, Parameter, Returns, Scalar};
use crate::engine::eval::Context;
use crate::text::case;
use crate::value::{Dynamic, Type, Value};
use std::rc::Rc;

const TEXT: Parameter = Parameter::Is(Type::String);
const LONG: Parameter = Parameter::Is(Type::Long);
const DYNAMIC: Parameter = Parameter::Is(Type::Dynamic);
const PRINTED: Parameter = Parameter::Printed;
const TO_TEXT: Returns = Returns::Is(Type::String);
const TO_LONG: Returns = Returns::Is(Type::Long);
const TO_DYNAMIC: Returns = Returns::Is(Type::Dynamic);

/// Longest text that a function makes, in bytes.
const MAX_TEXT_BYTES: usize = 64 << 20;

/// The entries.
pub static ENTRIES: &[Scalar] = &[
    Scalar::new(
        "strlen",
        &[PRINTED],
        TO_LONG,
        "Number of code points.",
        ("strlen(\"⒦⒰⒮⒯⒪\")", "5"),
        |_, a| text_of(a).map_or(Value::Null, |text| Value::Long(text.chars().count() as i64)),
    )
    .named(Naming::Prefixed("strlen")),
    Scalar::new(
        "string_size",
        &[PRINTED],
        TO_LONG,
        "Number of UTF-8 bytes.",
        ("string_size(\"⒦⒰⒮⒯⒪\")", "15"),
        |_, a| text_of(a).map_or(Value::Null, |text| Value::Long(text.len() as i64)),
    )
    .named(Naming::Prefixed("string_size")),
    Scalar::new(
        "toupper",
        &[PRINTED],
        TO_TEXT,
        "In upper case.",
        ("toupper(\"hello\")", "HELLO"),
        |_, a| map_text(a, |text| text.chars().map(case::upper).collect()),
    ),
    Scalar::new(
        "tolower",
        &[PRINTED],
        TO_TEXT,
        "In lower case.",
        ("tolower(\"HELLO\")", "hello"),
        |_, a| map_text(a, lower),
    ),
    Scalar::new(
        "substring",
        &[PRINTED, LONG, LONG],
        TO_TEXT,
        "The code points from a place on, counted from 0, or from the end when negative.",
        ("substring(\"abcdefg\", 1, 2)", "bc"),
        |_, a| substring(a),
    )
    .optional(1),
    Scalar::new(
        "strcat",
        &[PRINTED],
        TO_TEXT,
        "The texts of all arguments, one behind the other.",
        ("strcat(\"a\", 1, true)", "a1True"),
        |_, a| joined(a.iter(), ""),
    )
    .variadic(1),
    Scalar::new(
        "strcat_delim",
        &[PRINTED, PRINTED],
        TO_TEXT,
        "The texts of the arguments with a delimiter between.",
        ("strcat_delim(\"-\", 1, 2)", "1-2"),
        |_, a| {
            a.split_first().map_or(Value::Null, |(delimiter, rest)| {
                joined(rest.iter(), delimiter.as_str().unwrap_or(""))
            })
        },
    )
    .variadic(2),
    Scalar::new(
        "strcat_array",
        &[DYNAMIC, TEXT],
        TO_TEXT,
        "The items of an array with a delimiter between.",
        ("strcat_array(dynamic([1, 2, 3]), \"->\")", "1->2->3"),
        |_, a| strcat_array(a),
    )
    .also(&["array_strcat"]),
    Scalar::new(
        "strcmp",
        &[TEXT, TEXT],
        TO_LONG,
        "-1, 0 or 1 as the first text comes before, with or behind the second.",
        ("strcmp(\"ABC\", \"abc\")", "-1"),
        |_, a| match a {
            [Value::String(x), Value::String(y)] => Value::Long(x.cmp(y) as i64),
            _ => Value::Null,
        },
    ),
    Scalar::new(
        "strrep",
        &[PRINTED, LONG, TEXT],
        TO_TEXT,
        "The text repeated, with a delimiter between.",
        ("strrep(\"ab\", 2, \".\")", "ab.ab"),
        strrep,
    )
    .optional(1),
    Scalar::new(
        "reverse",
        &[PRINTED],
        TO_TEXT,
        "The code points from the last to the first.",
        ("reverse(\"abc\")", "cba"),
        |_, a| map_text(a, |text| text.chars().rev().collect()),
    ),
    Scalar::new(
        "replace_string",
        &[TEXT, TEXT, TEXT],
        TO_TEXT,
        "Every place of a text replaced by another.",
        ("replace_string(\"a.b.c\", \".\", \"-\")", "a-b-c"),
        |_, a| replace_string(a),
    ),
    Scalar::new(
        "replace_strings",
        &[TEXT, DYNAMIC, DYNAMIC],
        TO_TEXT,
        "Every place of several texts replaced by their others.",
        (
            "replace_strings(\"ab\", dynamic([\"a\", \"b\"]), dynamic([\"x\", \"y\"]))",
            "xy",
        ),
        replace_strings,
    ),
    Scalar::new(
        "replace_regex",
        &[TEXT, TEXT, TEXT],
        TO_TEXT,
        "Every match of a regular expression replaced; `\\1` is its first group.",
        (
            "replace_regex(\"x=1\", @\"(\\w)=(\\d)\", @\"\\2:\\1\")",
            "1:x",
        ),
        replace_regex,
    ),
    Scalar::new(
        "translate",
        &[TEXT, TEXT, TEXT],
        TO_TEXT,
        "Characters of a list replaced by those of another.",
        ("translate(\"krasp\", \"otsku\", \"spark\")", "kusto"),
        |_, a| translate(a),
    ),
    Scalar::new(
        "split",
        &[TEXT, TEXT, LONG],
        TO_DYNAMIC,
        "The parts between a delimiter; with an index, that part alone in an array.",
        ("split(\"aa_bb\", \"_\")", "[\"aa\",\"bb\"]"),
        |_, a| split(a),
    )
    .optional(1)
    .named(Naming::First),
    Scalar::new(
        "trim",
        &[TEXT, TEXT],
        TO_TEXT,
        "Without a match of the regular expression at each end.",
        ("trim(\"--\", \"--a--\")", "a"),
        |c, a| trim(c, a, true, true),
    ),
    Scalar::new(
        "trim_start",
        &[TEXT, TEXT],
        TO_TEXT,
        "Without a match of the regular expression at the start.",
        ("trim_start(\"--\", \"--a--\")", "a--"),
        |c, a| trim(c, a, true, false),
    ),
    Scalar::new(
        "trim_end",
        &[TEXT, TEXT],
        TO_TEXT,
        "Without a match of the regular expression at the end.",
        ("trim_end(\"--\", \"--a--\")", "--a"),
        |c, a| trim(c, a, false, true),
    ),
    Scalar::new(
        "indexof",
        &[PRINTED, PRINTED, LONG, LONG, LONG],
        TO_LONG,
        "The place of a text in another, or -1.",
        ("indexof(\"abcdefg\", \"cde\")", "2"),
        indexof,
    )
    .optional(3),
    Scalar::new(
        "indexof_regex",
        &[PRINTED, TEXT, LONG, LONG, LONG],
        TO_LONG,
        "The place of a match of a regular expression, or -1.",
        ("indexof_regex(\"abcdefg\", \"c.e\")", "2"),
        indexof_regex,
    )
    .optional(3),
    Scalar::new(
        "countof",
        &[TEXT, TEXT, TEXT],
        TO_LONG,
        "How often a text (overlapping) or a regular expression stands in another.",
        ("countof(\"aaa\", \"aa\")", "2"),
        countof,
    )
    .optional(1),
    Scalar::new(
        "extract",
        &[TEXT, LONG, TEXT, Parameter::Any],
        Returns::Is(Type::String),
        "The group of the first match of a regular expression; empty when there is none.",
        ("extract(@\"x=(\\d+)\", 1, \"x=45\")", "45"),
        extract,
    )
    .optional(1),
    Scalar::new(
        "extract_all",
        &[TEXT, Parameter::Any, TEXT],
        TO_DYNAMIC,
        "The groups of every match of a regular expression; null when there is none.",
        ("extract_all(@\"(\\d)\", \"a1b2\")", "[\"1\",\"2\"]"),
        extract_all,
    )
    .optional(1)
    .also(&["extractall"]),
    Scalar::new(
        "make_string",
        &[Parameter::Any],
        TO_TEXT,
        "The text of code points.",
        ("make_string(75, 117)", "Ku"),
        |_, a| make_string(a),
    )
    .variadic(1)
    .also(&["unicode_codepoints_to_string"]),
    Scalar::new(
        "to_utf8",
        &[TEXT],
        TO_DYNAMIC,
        "The code points of a text.",
        ("to_utf8(\"Ku\")", "[75,117]"),
        |_, a| {
            text_of(a).map_or(Value::Null, |text| {
                Dynamic::array(
                    text.chars()
                        .map(|c| Dynamic::Long(i64::from(u32::from(c))))
                        .collect(),
                )
                .into()
            })
        },
    )
    .also(&["unicode_codepoints_from_string"]),
    Scalar::new(
        "has_any_index",
        &[TEXT, DYNAMIC],
        TO_LONG,
        "The place of the first item that the text holds as a term, or -1.",
        ("has_any_index(\"this is\", dynamic([\"x\", \"is\"]))", "1"),
        |_, a| has_any_index(a),
    ),
    Scalar::new(
        "regex_quote",
        &[TEXT],
        TO_TEXT,
        "The text with the signs of regular expressions escaped.",
        ("regex_quote(\"a.b\")", "a\\.b"),
        |_, a| map_text(a, regex_lite::escape),
    ),
];

pub(super) fn text_of(arguments: &[Value]) -> Option<&str> {
    arguments.first().and_then(Value::as_str)
}

pub(super) fn map_text(arguments: &[Value], f: impl Fn(&str) -> String) -> Value {
    text_of(arguments).map_or(Value::Null, |text| Value::string(&f(text)))
}

fn lower(text: &str) -> String {
    text.chars().map(case::lower).collect()
}

fn substring(arguments: &[Value]) -> Value {
    let Some(text) = text_of(arguments) else {
        return Value::Null;
    };
    let n_chars = if text.is_ascii() {
        text.len()
    } else {
        text.chars().count()
    } as i64;
    let start = arguments.get(1).and_then(Value::as_long).unwrap_or(0);
    let start = if start < 0 { start + n_chars } else { start };
    let length = arguments
        .get(2)
        .and_then(Value::as_long)
        .unwrap_or(i64::MAX)
        .max(0);
    if start >= n_chars || start < 0 {
        return Value::string("");
    }
    if text.is_ascii() {
        let end = start.saturating_add(length).min(n_chars);
        return Value::string(text.get(start as usize..end as usize).unwrap_or(""));
    }
    let taken = text
        .chars()
        .skip(start as usize)
        .take(usize::try_from(length).unwrap_or(usize::MAX));
    Value::string(&taken.collect::<String>())
}

fn joined<'v>(values: impl Iterator<Item = &'v Value>, delimiter: &str) -> Value {
    let mut out = String::new();
    for (at, value) in values.enumerate() {
        if at > 0 {
            out.push_str(delimiter);
        }
        match value {
            Value::String(text) => out.push_str(text),
            other => out.push_str(&other.to_text()),
        }
    }
    Value::string(&out)
}

fn strcat_array(arguments: &[Value]) -> Value {
    let [Value::Dynamic(array), Value::String(delimiter)] = arguments else {
        return Value::string("");
    };
    let Some(items) = array.items() else {
        return Value::string("");
    };
    let texts: Vec<String> = items.iter().map(Dynamic::to_text).collect();
    Value::string(&texts.join(delimiter))
}

fn strrep(context: &Context, arguments: &[Value]) -> Value {
    let Some(text) = text_of(arguments) else {
        return Value::Null;
    };
    let count = arguments
        .get(1)
        .and_then(Value::as_long)
        .unwrap_or(0)
        .clamp(0, 1024) as usize;
    let delimiter = arguments.get(2).and_then(Value::as_str).unwrap_or("");
    if (text.len() + delimiter.len()) * count > MAX_TEXT_BYTES {
        return context.refuse("`strrep` would make a text of more than 64 MB");
    }
    Value::string(&vec![text; count].join(delimiter))
}

fn replace_string(arguments: &[Value]) -> Value {
    let [
        Value::String(text),
        Value::String(wanted),
        Value::String(instead),
    ] = arguments
    else {
        return Value::Null;
    };
    if wanted.is_empty() {
        return Value::String(Rc::clone(text));
    }
    Value::string(&text.replace(wanted.as_ref(), instead))
}

fn replace_strings(context: &Context, arguments: &[Value]) -> Value {
    let [
        Value::String(text),
        Value::Dynamic(wanted),
        Value::Dynamic(instead),
    ] = arguments
    else {
        return Value::Null;
    };
    let (Some(wanted), Some(instead)) = (wanted.items(), instead.items()) else {
        return Value::Null;
    };
    if wanted.len() != instead.len() {
        return context.refuse("`replace_strings` requires as many replacements as texts");
    }
    // One pair after the other, and what one put in the next ones do not touch.
    let mut pieces: Vec<(String, bool)> = vec![(text.as_ref().to_owned(), false)];
    for (wanted, instead) in wanted.iter().zip(instead) {
        let (wanted, instead) = (wanted.to_text(), instead.to_text());
        if wanted.is_empty() {
            continue;
        }
        let mut next = Vec::with_capacity(pieces.len());
        for (piece, is_replaced) in pieces {
            if is_replaced {
                next.push((piece, true));
                continue;
            }
            for (at, part) in piece.split(wanted.as_str()).enumerate() {
                if at > 0 {
                    next.push((instead.clone(), true));
                }
                next.push((part.to_owned(), false));
            }
        }
        pieces = next;
    }
    Value::string(
        &pieces
            .iter()
            .map(|(piece, _)| piece.as_str())
            .collect::<String>(),
    )
}

fn replace_regex(context: &Context, arguments: &[Value]) -> Value {
    let [
        Value::String(text),
        Value::String(pattern),
        Value::String(instead),
    ] = arguments
    else {
        return Value::Null;
    };
    let Some(regex) = context.regex(pattern, text) else {
        return Value::Null;
    };
    let replaced = regex.replace_all(text, |captures: &regex_lite::Captures<'_>| {
        let mut out = String::new();
        let mut characters = instead.chars();
        while let Some(character) = characters.next() {
            if character != '\\' {
                out.push(character);
                continue;
            }
            match characters.next() {
                Some(digit @ '0'..='9') => {
                    let group = digit as usize - '0' as usize;
                    out.push_str(captures.get(group).map_or("", |found| found.as_str()));
                }
                Some(other) => out.push(other),
                None => out.push('\\'),
            }
        }
        out
    });
    Value::string(&replaced)
}

fn translate(arguments: &[Value]) -> Value {
    // The arguments are: characters to find, characters instead, text.
    let [
        Value::String(search),
        Value::String(instead),
        Value::String(text),
    ] = arguments
    else {
        return Value::Null;
    };
    let instead: Vec<char> = instead.chars().collect();
    let mut out = String::new();
    for character in text.chars() {
        match search.chars().position(|wanted| wanted == character) {
            None => out.push(character),
            Some(at) => {
                if let Some(&replacement) = instead.get(at).or(instead.last()) {
                    out.push(replacement);
                }
            }
        }
    }
    Value::string(&out)
}

fn split(arguments: &[Value]) -> Value {
    let [Value::String(text), Value::String(delimiter), index @ ..] = arguments else {
        return Value::Null;
    };
    let parts: Vec<Dynamic> = if delimiter.is_empty() {
        vec![Dynamic::String(Rc::clone(text))]
    } else {
        text.split(delimiter.as_ref())
            .map(Dynamic::string)
            .collect()
    };
    match index.first().and_then(Value::as_long) {
        None => Dynamic::array(parts).into(),
        Some(index) => {
            let all = Dynamic::array(parts);
            let part = all.item(index);
            if part.is_null() {
                Value::Null
            } else {
                Dynamic::array(vec![part]).into()
            }
        }
    }
}

fn trim(context: &Context, arguments: &[Value], at_start: bool, at_end: bool) -> Value {
    let [Value::String(pattern), Value::String(text)] = arguments else {
        return Value::Null;
    };
    let mut rest: &str = text;
    if at_start {
        let Some(regex) = context.regex(&format!("^(?:{pattern})"), text) else {
            return Value::Null;
        };
        if let Some(found) = regex.find(rest) {
            rest = rest.get(found.end()..).unwrap_or("");
        }
    }
    if at_end {
        let Some(regex) = context.regex(&format!("(?:{pattern})$"), text) else {
            return Value::Null;
        };
        if let Some(found) = regex.find(rest) {
            rest = rest.get(..found.start()).unwrap_or("");
        }
    }
    Value::string(rest)
}

fn indexof(context: &Context, arguments: &[Value]) -> Value {
    let [Value::String(text), Value::String(wanted), options @ ..] = arguments else {
        return Value::Null;
    };
    if wanted.is_empty() {
        return Value::Null;
    }
    let option = |at: usize| options.get(at).and_then(Value::as_long);
    let n_chars = text.chars().count() as i64;
    let start = option(0).unwrap_or(0);
    let start = if start < 0 {
        (start + n_chars).max(0)
    } else {
        start
    };
    let length = option(1).unwrap_or(-1);
    let occurrence = option(2).unwrap_or(1);
    if occurrence < 1 {
        return context.refuse("`indexof` requires an occurrence of 1 or more");
    }
    let mut places = text
        .match_indices(wanted.as_ref())
        .map(|(at, _)| at)
        .collect::<Vec<_>>();
    if occurrence > 1 || !text.is_ascii() {
        // Occurrences may overlap; places count code points.
        places = text
            .char_indices()
            .filter(|(at, _)| {
                text.get(*at..)
                    .is_some_and(|tail| tail.starts_with(wanted.as_ref()))
            })
            .map(|(at, _)| at)
            .collect();
    }
    let in_chars = |at: usize| text.get(..at).map_or(0, |head| head.chars().count()) as i64;
    let found = places
        .into_iter()
        .map(in_chars)
        .filter(|&at| at >= start && (length < 0 || at < start + length))
        .nth(occurrence as usize - 1);
    Value::Long(found.unwrap_or(-1))
}

fn indexof_regex(context: &Context, arguments: &[Value]) -> Value {
    let [Value::String(text), Value::String(pattern), options @ ..] = arguments else {
        return Value::Null;
    };
    let option = |at: usize| options.get(at).and_then(Value::as_long);
    let (start, length) = (option(0).unwrap_or(0), option(1).unwrap_or(-1));
    let occurrence = option(2).unwrap_or(1);
    if start < 0 || length < -1 || occurrence < 0 {
        return Value::Null;
    }
    let Some(regex) = context.regex(pattern, text) else {
        return Value::Null;
    };
    // Characters are counted, and matches do not overlap.
    let byte_of = |at: i64| {
        let mut places = text.char_indices().map(|(place, _)| place);
        usize::try_from(at).ok().and_then(|at| places.nth(at))
    };
    let from = byte_of(start).unwrap_or(text.len());
    let to = if length < 0 {
        None
    } else {
        byte_of(start.saturating_add(length))
    };
    let examined = text.get(from..to.unwrap_or(text.len())).unwrap_or("");
    let nth = usize::try_from(occurrence - 1).unwrap_or(0);
    let found = regex.find_iter(examined).nth(nth);
    Value::Long(found.map_or(-1, |found| {
        let before = examined.get(..found.start()).unwrap_or("");
        start + before.chars().count() as i64
    }))
}

fn countof(context: &Context, arguments: &[Value]) -> Value {
    let [Value::String(text), Value::String(wanted), kind @ ..] = arguments else {
        return Value::Null;
    };
    if kind.first().and_then(Value::as_str) == Some("regex") {
        let Some(regex) = context.regex(wanted, text) else {
            return Value::Null;
        };
        return Value::Long(regex.find_iter(text).count() as i64);
    }
    if wanted.is_empty() {
        return context.refuse("`countof` of an empty text is not supported here");
    }
    let places = text.char_indices().filter(|(at, _)| {
        text.get(*at..)
            .is_some_and(|tail| tail.starts_with(wanted.as_ref()))
    });
    Value::Long(places.count() as i64)
}

fn extract(context: &Context, arguments: &[Value]) -> Value {
    let [
        Value::String(pattern),
        Value::Long(group),
        Value::String(text),
        ..,
    ] = arguments
    else {
        return Value::Null;
    };
    let Some(regex) = context.regex(pattern, text) else {
        return Value::Null;
    };
    let found = usize::try_from(*group).ok().and_then(|group| {
        regex
            .captures(text)
            .and_then(|captures| captures.get(group))
    });
    Value::string(found.map_or("", |found| found.as_str()))
}

fn extract_all(context: &Context, arguments: &[Value]) -> Value {
    let (pattern, wanted, text) = match arguments {
        [Value::String(pattern), Value::String(text)] => (pattern, None, text),
        [
            Value::String(pattern),
            Value::Dynamic(wanted),
            Value::String(text),
        ] => (pattern, wanted.items(), text),
        _ => return Value::Null,
    };
    let Some(regex) = context.regex(pattern, text) else {
        return Value::Null;
    };
    let n_groups = regex.captures_len();
    let groups: Vec<usize> = match wanted {
        None => (1..n_groups).collect(),
        Some(items) => {
            let mut groups = Vec::new();
            for item in items {
                let found = match item {
                    Dynamic::Long(number) => usize::try_from(*number).ok(),
                    Dynamic::String(name) => regex
                        .capture_names()
                        .position(|group| group == Some(name.as_ref())),
                    _ => None,
                };
                let Some(group) = found.filter(|group| *group < n_groups) else {
                    return context
                        .refuse("a group of `extract_all` does not exist in its pattern");
                };
                groups.push(group);
            }
            groups
        }
    };
    if groups.is_empty() {
        return context.refuse("`extract_all` requires a pattern with a group in parentheses");
    }
    let of = |captures: &regex_lite::Captures<'_>, group: usize| {
        Dynamic::string(captures.get(group).map_or("", |found| found.as_str()))
    };
    let matches: Vec<Dynamic> = regex
        .captures_iter(text)
        .map(|captures| match groups.as_slice() {
            [single] => of(&captures, *single),
            several => Dynamic::array(several.iter().map(|&group| of(&captures, group)).collect()),
        })
        .collect();
    if matches.is_empty() {
        Value::Null
    } else {
        Dynamic::array(matches).into()
    }
}

fn make_string(arguments: &[Value]) -> Value {
    let points = arguments.iter().flat_map(|argument| match argument {
        Value::Dynamic(list) => list
            .items()
            .unwrap_or_default()
            .iter()
            .filter_map(|item| item.to_scalar().as_long())
            .collect(),
        other => other.as_long().into_iter().collect::<Vec<_>>(),
    });
    let characters = points.filter_map(|point| u32::try_from(point).ok().and_then(char::from_u32));
    Value::string(&characters.collect::<String>())
}

fn has_any_index(arguments: &[Value]) -> Value {
    let [Value::String(text), Value::Dynamic(items)] = arguments else {
        return Value::Null;
    };
    let Some(has) = super::find("has") else {
        return Value::Null;
    };
    debug_assert_eq!(has.nulls, NullRule::Sticky);
    let test = has.text_test.unwrap_or(|_, _| false);
    let found = items
        .items()
        .unwrap_or_default()
        .iter()
        .position(|item| test(text, &item.to_text()));
    Value::Long(found.map_or(-1, |at| at as i64))
}
