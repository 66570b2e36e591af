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
/// First elements of policies that may say what is logged; others emit.
const ROOTS: [&str; 11] = [
    "policies",
    "fragment",
    "inbound",
    "outbound",
    "backend",
    "on-error",
    "trace",
    "choose",
    "when",
    "otherwise",
    "retry",
];

/// What stands before the type in an address.
const PROVIDERS: &str = "/providers/";
/// What blocks of Markdown stand between.
const FENCE: &str = "```";
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
    let mut reader = Reader {
        // Of Markdown the blocks in fences are read, and what stands between them where it is plain.
        is_markdown: cursor.rest.starts_with(FENCE) || cursor.rest.contains("\n```"),
        is_fenced: false,
        has_json: false,
        comments: Vec::new(),
        address: None,
        words: None,
        paste: Paste {
            nodes: Vec::new(),
            bicep: Bicep::default(),
        },
        cursor,
    };
    loop {
        reader.cursor.blanks();
        match reader.cursor.peek() {
            Some(first) => reader.part(first),
            None => return reader.end(),
        }
    }
}

struct Reader<'c, 't> {
    cursor: &'c mut Cursor<'t>,
    paste: Paste<'t>,
    is_markdown: bool,
    /// Whether a fence of Markdown is open.
    is_fenced: bool,
    has_json: bool,
    /// Comments between parts.
    comments: Vec<Span>,
    /// The line with the address of a call.
    address: Option<Span>,
    /// The first words behind the last part.
    words: Option<Span>,
}

impl<'t> Reader<'_, 't> {
    fn part(&mut self, first: char) {
        let start = self.cursor.offset();
        // Of parts of which there are many the first character tells.
        let line = if "{\"</".contains(first) {
            ""
        } else {
            self.cursor.line(LINE)
        };
        let is_prose = self.is_markdown && !self.is_fenced;
        // Of prose, links begin with a bracket too.
        let is_name = |c: char| c.is_alphanumeric() || c == '!';
        let is_link = first == '[' && line.get(1..).is_some_and(|rest| rest.starts_with(is_name))
            || first == '"';
        match first {
            '{' | '[' | '"' if !(is_prose && is_link) => {
                self.has_json = true;
                let node = if first == '"' {
                    json_text::bare_members(self.cursor)
                } else {
                    json_text::value(self.cursor)
                };
                self.push(node);
            }
            '<' if self.cursor.eat("<!--") => {
                self.cursor.skip_past("-->");
            }
            '<' if self.cursor.eat("<?") => {
                self.cursor.skip_past("?>");
            }
            // Other elements, and holes as `<name>`, are words.
            '<' if begins_policy(self.cursor.rest) => {
                self.paste.nodes.extend(policy(self.cursor));
            }
            '/' if self.cursor.comment() => {
                self.comments.push(self.cursor.span_from(start));
                return;
            }
            _ if line.starts_with(FENCE) => {
                self.is_fenced = !self.is_fenced;
                self.paste.bicep.goes_on = false;
                self.cursor.skip_past("\n");
            }
            _ if is_prose => return self.words(first, start),
            _ if BLOCKS.iter().any(|block| line.starts_with(block)) => {
                self.cursor.eat(line);
                self.tell_once(codes::HCL, self.cursor.span_from(start));
                if !line.trim_end().ends_with('}') {
                    self.cursor.skip_past("\n}");
                }
            }
            _ if self.paste.bicep.begins(line) => {
                let resource = self.paste.bicep.declaration(self.cursor);
                self.paste.nodes.extend(resource);
            }
            _ if is_yaml(self.cursor, line) => {
                let end = start + line.trim_end().len() as u32;
                self.tell_once(codes::YAML, Span::new(start, end));
                skip_yaml(self.cursor);
            }
            _ => return self.words(first, start),
        }
        self.words = None;
    }

    /// A value of JSON; the address of the call that it is the body of tells what it is.
    fn push(&mut self, mut node: Node) {
        let address = self.address.take();
        if let Kind::Object(members) = &mut node.kind
            && let Some(span) = address
            && !members
                .iter()
                .any(|member| matches!(member.key.as_str(), "id" | "type"))
        {
            let (_, path) = self
                .cursor
                .of(span)
                .split_once(PROVIDERS)
                .unwrap_or_default();
            let is_end = |c: char| c.is_whitespace() || "?\"'".contains(c);
            let path = path.split(is_end).next().unwrap_or_default();
            let mut parts = path.split('/');
            let mut kind = parts.next().unwrap_or_default().to_owned();
            let mut name = "";
            while let (Some(part), Some(named)) = (parts.next(), parts.next()) {
                kind.push('/');
                kind.push_str(part);
                name = named;
            }
            if name.is_empty() {
                return self.paste.nodes.push(node);
            }
            members.push(Member::text("id", span, &format!("/{path}")));
            members.push(Member::text("type", span, &kind));
            if node.get("name").is_none()
                && let Kind::Object(members) = &mut node.kind
            {
                members.push(Member::text("name", span, name));
            }
        }
        self.paste.nodes.push(node);
    }

    /// A language that is not read is told where it begins.
    fn tell_once(&mut self, code: &'static str, span: Span) {
        if !self.cursor.findings.iter().any(|one| one.code == code) {
            self.cursor.slip(code, span, Vec::new());
        }
    }

    /// Words of a line, or what is left of a value that ended too early.
    fn words(&mut self, first: char, start: u32) {
        let is_prose = self.is_markdown && !self.is_fenced;
        let is_rest = ",:}])".contains(first) && !is_prose;
        if is_prose {
            self.cursor.eat_while(|c| c != '\n');
        } else {
            words_of_line(self.cursor);
        }
        let span = self.cursor.span_from(start);
        if self.cursor.of(span).contains(PROVIDERS) {
            self.address = Some(span);
        }
        if is_rest {
            let is_mark = |c: char| c.is_whitespace() || ",}])".contains(c);
            let is_closing = self.cursor.of(span).chars().all(is_mark);
            let edits = if is_closing {
                edit(span, "")
            } else {
                Vec::new()
            };
            self.cursor.slip(codes::BROKEN, span, edits);
        } else if !self.is_markdown {
            self.words.get_or_insert(span);
        }
    }

    fn end(self) -> Paste<'t> {
        if self.has_json && !self.paste.bicep.is_there {
            for span in self.comments {
                self.cursor.slip(codes::COMMENT, span, edit(span, ""));
            }
        }
        if let Some(span) = self.words.filter(|_| !self.paste.nodes.is_empty()) {
            self.cursor.slip(codes::BROKEN, span, Vec::new());
        }
        self.paste
    }
}

/// Whether a policy begins here that may say what is logged.
fn begins_policy(rest: &str) -> bool {
    let rest = rest.get(1..).unwrap_or_default();
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let end = rest.find(|c: char| !is_name(c)).unwrap_or(rest.len());
    let name = rest.get(..end).unwrap_or_default();
    ROOTS.contains(&name) || name.contains("emit-")
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
