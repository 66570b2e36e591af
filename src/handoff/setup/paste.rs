//! What stands in a pasted text, part by part.
//!
//! Input: a cursor. Output: the tree of each part: values of JSON, resources of Bicep, policies.
//! Invariants: parts of any kind stand one behind the other in any order; words around them (requests
//! and their headers, commands, fences of Markdown) are passed over; what is of a language that is not
//! read is told. Absent on purpose: HCL and YAML, which have JSON beside them.

use super::bicep_text::Bicep;
use super::check::codes;
use super::document::{Cursor, Kind, Member, Node, edit};
use super::{json_text, xml_text};
use crate::text::Span;

/// Beginnings of blocks of HCL.
const BLOCKS: [&str; 8] = [
    "resource \"",
    "data \"",
    "module \"",
    "variable \"",
    "provider \"",
    "output \"",
    "locals {",
    "terraform {",
];
/// What names a policy that says what is logged, or a whole one.
const POLICIES: [&str; 8] = [
    "<policies",
    "<fragment",
    "<inbound",
    "<outbound",
    "<backend",
    "<on-error",
    "<trace",
    "emit-",
];

/// What tells a line apart stands in its first bytes.
const LINE: usize = 100;

/// What was read.
pub(super) struct Paste<'t> {
    /// The trees of the parts.
    pub(super) nodes: Vec<Node>,
    /// What Bicep declares beside resources.
    pub(super) bicep: Bicep<'t>,
}

/// Reads a text.
pub(super) fn read<'t>(cursor: &mut Cursor<'t>) -> Paste<'t> {
    let mut nodes = Vec::new();
    let mut bicep = Bicep::default();
    let mut comments: Vec<Span> = Vec::new();
    let mut has_json = false;
    let mut words: Option<Span> = None;
    let mut told = [false; 2];
    loop {
        cursor.blanks();
        let start = cursor.offset();
        let Some(first) = cursor.peek() else {
            break;
        };
        // Of parts of which there are many the first character tells.
        let line = if "{[\"</".contains(first) {
            ""
        } else {
            cursor.line(LINE)
        };
        match first {
            '{' | '[' | '"' => {
                has_json = true;
                let node = if first == '"' {
                    json_text::bare_members(cursor)
                } else {
                    json_text::value(cursor)
                };
                nodes.push(node);
            }
            '<' if xml_text::is_xml(cursor.rest) => nodes.extend(policy(cursor)),
            '/' if cursor.comment() => {
                comments.push(cursor.span_from(start));
                continue;
            }
            _ if BLOCKS.iter().any(|block| line.starts_with(block)) => {
                cursor.eat(line);
                let span = cursor.span_from(start);
                if !told[0] {
                    cursor.slip(codes::HCL, span, Vec::new());
                }
                told[0] = true;
                if !line.trim_end().ends_with('}') && !cursor.skip_past("\n}") {
                    break;
                }
            }
            _ if bicep.begins(line) => nodes.extend(bicep.declaration(cursor)),
            _ if is_yaml(cursor, line) => {
                if !told[1] {
                    let span = Span::new(start, start + line.trim_end().len() as u32);
                    cursor.slip(codes::YAML, span, Vec::new());
                }
                told[1] = true;
                skip_yaml(cursor);
            }
            _ => {
                let is_rest = ",:}])".contains(first);
                words_of_line(cursor);
                let span = cursor.span_from(start);
                if is_rest {
                    let is_mark = |c: char| c.is_whitespace() || ",}])".contains(c);
                    let is_closing = cursor.of(span).chars().all(is_mark);
                    let edits = if is_closing {
                        edit(span, "")
                    } else {
                        Vec::new()
                    };
                    cursor.slip(codes::BROKEN, span, edits);
                } else if words.is_none() && first != '`' {
                    words = Some(span);
                }
                continue;
            }
        }
        words = None;
    }
    if has_json && !bicep.is_there {
        for span in comments {
            cursor.slip(codes::COMMENT, span, edit(span, ""));
        }
    }
    if let Some(span) = words.filter(|_| !nodes.is_empty()) {
        cursor.slip(codes::BROKEN, span, Vec::new());
    }
    Paste { nodes, bicep }
}

/// A policy as the resource that holds it.
fn policy(cursor: &mut Cursor<'_>) -> Option<Node> {
    let start = cursor.offset();
    let n_slips = cursor.findings.len();
    let elements = xml_text::read(cursor);
    // They are found once more, with the policy of a template.
    cursor.findings.truncate(n_slips);
    let span = cursor.span_from(start);
    let text = cursor.of(span);
    let root = elements.first()?;
    if !POLICIES.iter().any(|name| text.contains(name)) {
        return None;
    }
    let properties = Kind::Object(vec![Member::text("value", span, text)]);
    let members = vec![
        Member::text("type", root.span, "/policies"),
        Member::text("name", root.span, &root.name),
        Member {
            key: "properties".to_owned(),
            value: Node::new(span, properties),
        },
    ];
    Some(Node::new(span, Kind::Object(members)))
}

/// Whether a line is of YAML, and not a header of a request, which is never set in.
fn is_yaml(cursor: &Cursor<'_>, line: &str) -> bool {
    let item = line.strip_prefix("- ");
    let before = cursor.of(Span::new(0, cursor.offset()));
    let is_set_in = item.is_some() || before.ends_with([' ', '\t']);
    let (key, value) = item.unwrap_or(line).split_once(':').unwrap_or_default();
    let is_key = key.starts_with(|c: char| c.is_ascii_lowercase())
        && key
            .chars()
            .all(|c| c.is_alphanumeric() || "_.-".contains(c));
    let is_alone = value.trim_end().is_empty();
    line.trim_end() == "---" || is_key && (is_alone || is_set_in && value.starts_with(' '))
}

/// Goes to the next line that begins another part.
fn skip_yaml(cursor: &mut Cursor<'_>) {
    while cursor.skip_past("\n") {
        if cursor.rest.starts_with(['{', '[', '<']) {
            return;
        }
    }
}

/// Words of a line up to a value that begins in it; in paths names stand in brackets.
fn words_of_line(cursor: &mut Cursor<'_>) {
    cursor.next();
    loop {
        let words = cursor.eat_while(|c| !"{[\n".contains(c));
        if cursor.peek().is_none_or(|c| c == '\n') || !words.ends_with('/') {
            return;
        }
        cursor.eat_while(|c| !"}\n".contains(c));
    }
}
