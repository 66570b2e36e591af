//! JSON as people paste it: read on behind its slips, each of which is located.
//!
//! Input: a cursor. Output: the values that stand one behind the other. Invariant: every turn of a
//! loop reads a character or ends. Absent on purpose: numbers in full precision, of which settings
//! have none.

use nom::Parser as _;
use nom::character::complete::anychar;
use nom::combinator::{opt, recognize};

use super::check::{Finding, codes};
use super::document::{Cursor, Kind, MAX_DEPTH, Member, Node, edit, escaped};
use crate::text::Span;

/// Members that stand by themselves, without the brackets of their object.
pub(super) fn bare_members(cursor: &mut Cursor<'_>) -> Node {
    let start = cursor.offset();
    let mut members = Vec::new();
    loop {
        members.extend(member(cursor));
        let span = cursor.span_from(start);
        skip_space(cursor);
        if !cursor.eat(",") {
            return Node::new(span, Kind::Object(members));
        }
        skip_space(cursor);
        if cursor.peek() != Some('"') {
            return Node::new(span, Kind::Object(members));
        }
    }
}

/// Reads blanks, and comments, which JSON does not have.
fn skip_space(cursor: &mut Cursor<'_>) {
    loop {
        cursor.blanks();
        let start = cursor.offset();
        if !cursor.comment() {
            return;
        }
        let span = cursor.span_from(start);
        cursor.slip(codes::COMMENT, span, edit(span, ""));
    }
}

/// The value that stands here.
pub(super) fn value(cursor: &mut Cursor<'_>) -> Node {
    let start = cursor.offset();
    let kind = match cursor.peek() {
        Some('{' | '[') if cursor.depth == MAX_DEPTH => {
            cursor.too_deep();
            Kind::Null
        }
        Some(open @ ('{' | '[')) => {
            cursor.next();
            cursor.depth += 1;
            let kind = if open == '{' {
                Kind::Object(items(cursor, start, '}', member))
            } else {
                Kind::List(items(cursor, start, ']', |cursor| Some(value(cursor))))
            };
            cursor.depth -= 1;
            kind
        }
        Some('"' | '\'') => Kind::Text(text(cursor)),
        _ => word(cursor),
    };
    Node::new(cursor.span_from(start), kind)
}

/// A number, `true`, `false`, `null`, or what is none of them.
fn word(cursor: &mut Cursor<'_>) -> Kind {
    let start = cursor.offset();
    match cursor.eat_while(|c| c.is_ascii_alphanumeric() || "+-.".contains(c)) {
        "true" => return Kind::Bool(true),
        "false" => return Kind::Bool(false),
        "null" => return Kind::Null,
        word => {
            let number = word.parse().unwrap_or(f64::NAN);
            if number.is_finite() {
                return Kind::Number(number);
            }
        }
    }
    cursor.eat_while(|c| !",]}\n\r".contains(c));
    cursor.slip(codes::BROKEN, cursor.span_from(start), Vec::new());
    Kind::Null
}

/// Members or items up to the closing mark.
fn items<T>(
    cursor: &mut Cursor<'_>,
    start: u32,
    close: char,
    mut one: impl FnMut(&mut Cursor<'_>) -> Option<T>,
) -> Vec<T> {
    let mut found = Vec::new();
    let mut comma: Option<Span> = None;
    let mut end = start;
    loop {
        skip_space(cursor);
        let is_line = cursor.of(Span::new(0, cursor.offset())).ends_with('\n');
        match cursor.peek() {
            Some(mark) if mark == close => {
                cursor.next();
                if let Some(span) = comma {
                    cursor.slip(codes::TRAILING_COMMA, span, edit(span, ""));
                }
                return found;
            }
            // The end of what stands around it.
            None | Some('}' | ']') => {
                cursor.unclosed(start, close);
                return found;
            }
            // A policy or the end of a block, where another part begins.
            Some('<' | '`') if is_line => {
                cursor.unclosed(start, close);
                return found;
            }
            Some(',') => {
                let at = cursor.offset();
                cursor.next();
                let span = cursor.span_from(at);
                if comma.is_some() || found.is_empty() {
                    cursor.slip(codes::BROKEN, span, edit(span, ""));
                }
                comma = Some(span);
            }
            Some(_) => {
                let at = cursor.offset();
                if !found.is_empty() && comma.is_none() {
                    missing_comma(cursor, end);
                }
                comma = None;
                found.extend(one(cursor));
                end = cursor.offset();
                if cursor.offset() == at {
                    cursor.next();
                }
            }
        }
    }
}

/// The comma belongs behind what was read last, before blanks.
fn missing_comma(cursor: &mut Cursor<'_>, end: u32) {
    let before = cursor.of(Span::new(0, end)).trim_end();
    let end = before.len() as u32;
    let last = before.chars().next_back().map_or(0, char::len_utf8) as u32;
    // Behind a text without its end the comma would be part of it.
    let slip = cursor.findings.last();
    let is_open = slip.is_some_and(|one| one.code == codes::UNCLOSED && one.span.end == end);
    let edits = if is_open {
        Vec::new()
    } else {
        edit(Span::new(end, end), ",")
    };
    // Of a long line its end.
    let from = before.char_indices().rev().nth(39).map_or(0, |(at, _)| at);
    let line = before.get(from..).unwrap_or_default();
    let line = line.rsplit('\n').next().unwrap_or_default().trim();
    let span = Span::new(end - last, end);
    let finding = Finding::new(codes::MISSING_COMMA, span, vec![line.to_owned()]);
    cursor.note(finding.with_edits(edits));
}

fn member(cursor: &mut Cursor<'_>) -> Option<Member> {
    let start = cursor.offset();
    let n_slips = cursor.findings.len();
    let key = if let Some('"' | '\'') = cursor.peek() {
        text(cursor)
    } else {
        let key = cursor.eat_while(|c| c.is_alphanumeric() || "_$-.".contains(c));
        let span = cursor.span_from(start);
        if key.is_empty() || !cursor.rest.trim_start().starts_with(':') {
            if key.is_empty() {
                cursor.next();
            }
            cursor.eat_while(|c| !"\",}\n".contains(c));
            cursor.slip(codes::BROKEN, cursor.span_from(start), Vec::new());
            return None;
        }
        cursor.slip(codes::UNQUOTED, span, edit(span, format!("\"{key}\"")));
        key.to_owned()
    };
    let key_span = cursor.span_from(start);
    skip_space(cursor);
    let has_colon = cursor.eat(":");
    skip_space(cursor);
    let at = cursor.offset();
    let value = match cursor.peek() {
        Some(next) if has_colon && !",}]".contains(next) => value(cursor),
        next => {
            // What is not closed is told, and told once.
            let mut told = cursor.findings.iter().skip(n_slips);
            if next.is_some() && !told.any(|one| one.code == codes::UNCLOSED) {
                cursor.slip(codes::NO_VALUE, key_span, Vec::new());
            }
            Node::new(Span::new(at, at), Kind::Null)
        }
    };
    Some(Member { key, value })
}

/// A text in quotes; it ends with its line at the latest.
fn text(cursor: &mut Cursor<'_>) -> String {
    let start = cursor.offset();
    let quote = cursor.next();
    let mut text = String::new();
    let mut is_closed = false;
    while let Some(character) = cursor.peek() {
        if character == '\n' {
            break;
        }
        cursor.next();
        match character {
            mark if Some(mark) == quote => {
                is_closed = true;
                break;
            }
            '\\' => match cursor.next() {
                Some('u') => text.push(code_unit(cursor)),
                other => text.extend(other.map(escaped)),
            },
            other => text.push(other),
        }
    }
    let span = cursor.span_from(start);
    if !is_closed {
        cursor.slip(codes::UNCLOSED, span, Vec::new());
    } else if quote == Some('\'') {
        let mut quoted = String::new();
        crate::value::dynamic::write_json_string(&text, &mut quoted);
        cursor.slip(codes::SINGLE_QUOTES, span, edit(span, quoted));
    }
    text
}

/// Four hexadecimal digits; halves of pairs are not put together, since no setting is told by them.
fn code_unit(cursor: &mut Cursor<'_>) -> char {
    let digits = opt(recognize((anychar, anychar, anychar, anychar)))
        .map(|digits: Option<&str>| u32::from_str_radix(digits.unwrap_or_default(), 16).ok());
    let code = cursor.parse(digits).flatten();
    code.and_then(char::from_u32).unwrap_or('\u{FFFD}')
}
