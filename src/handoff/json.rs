//! JSON that is written: an ordered tree and its printer.
//!
//! Input: values. Output: text, in lines with two blanks a level or compact. Invariants: keys keep
//! their order; what is written is JSON. A leaf can be of a kind of its own, `E`: templates have
//! expressions there ([`super::arm`]), plain JSON has none, which its type says. Absent on purpose:
//! reading, for which there is `Dynamic::parse`.

use std::convert::Infallible;

use crate::value::dynamic::write_json_string;
use crate::value::number;

/// A value; `E` is the type of leaves that JSON does not know.
#[derive(Clone, Debug, PartialEq)]
pub enum Json<E = Infallible> {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A whole number
    Integer(i64),
    /// A number; one that JSON cannot write is `null`
    Real(f64),
    /// A text
    Text(String),
    /// `[…]`
    List(Vec<Json<E>>),
    /// `{…}`
    Object(Members<E>),
    /// A leaf of its own kind
    Leaf(E),
}

/// The members of an object, in order.
pub type Members<E = Infallible> = Vec<(String, Json<E>)>;

/// An object of members.
pub fn object<E, const N: usize>(members: [(&str, Json<E>); N]) -> Json<E> {
    of_members(Vec::from(members))
}

/// One copy for objects of all lengths: the module is small before it is fast.
#[inline(never)]
fn of_members<E>(members: Vec<(&str, Json<E>)>) -> Json<E> {
    let members = members.into_iter();
    Json::Object(
        members
            .map(|(key, value)| (key.to_owned(), value))
            .collect(),
    )
}

/// A list of values.
pub fn list<E, T: Into<Json<E>>>(items: impl IntoIterator<Item = T>) -> Json<E> {
    Json::List(items.into_iter().map(Into::into).collect())
}

/// How leaves and texts are written; brackets, commas and indents are the printer's.
pub(super) trait Style<E> {
    /// A text as a value.
    fn text(&self, text: &str, out: &mut String);
    /// A leaf as a value.
    fn leaf(&self, leaf: &E, out: &mut String);
    /// The key of a member, with what parts it from its value.
    fn key(&self, key: &str, out: &mut String);
    /// A number with a fraction.
    fn real(&self, text: &str, out: &mut String) {
        out.push_str(text);
    }
    /// What stands between two items, before the line ends.
    fn comma(&self) -> &'static str {
        ","
    }
    /// Ends a line within brackets and begins the next at an indent.
    fn line(&self, level: usize, out: &mut String) {
        new_line(level, out);
    }
}

impl<E> Json<E> {
    /// Writes a value that begins at an indent of `level`.
    pub(super) fn write(&self, style: &impl Style<E>, level: usize, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Integer(number) => out.push_str(&number.to_string()),
            Self::Real(number) => match number::real_json(*number) {
                Some(text) => style.real(&text, out),
                None => out.push_str("null"),
            },
            Self::Text(text) => style.text(text, out),
            Self::Leaf(leaf) => style.leaf(leaf, out),
            Self::List(items) => {
                let write = |item: &Self, out: &mut String| item.write(style, level + 1, out);
                write_items(items, ['[', ']'], style, level, out, write);
            }
            Self::Object(members) => {
                let write = |(key, value): &(String, Self), out: &mut String| {
                    style.key(key, out);
                    value.write(style, level + 1, out);
                };
                write_items(members, ['{', '}'], style, level, out, write);
            }
        }
    }
}

fn write_items<T, E>(
    items: &[T],
    [open, close]: [char; 2],
    style: &impl Style<E>,
    level: usize,
    out: &mut String,
    write: impl Fn(&T, &mut String),
) {
    out.push(open);
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push_str(style.comma());
        }
        style.line(level + 1, out);
        write(item, out);
    }
    if !items.is_empty() {
        style.line(level, out);
    }
    out.push(close);
}

/// A new line at an indent.
pub(super) fn new_line(level: usize, out: &mut String) {
    out.push('\n');
    out.push_str(&"  ".repeat(level));
}

/// JSON alone: in lines, or in one line without blanks.
struct Plain {
    is_compact: bool,
}

impl Style<Infallible> for Plain {
    fn text(&self, text: &str, out: &mut String) {
        write_json_string(text, out);
    }

    fn leaf(&self, leaf: &Infallible, _out: &mut String) {
        match *leaf {}
    }

    fn key(&self, key: &str, out: &mut String) {
        write_json_string(key, out);
        out.push_str(if self.is_compact { ":" } else { ": " });
    }

    fn line(&self, level: usize, out: &mut String) {
        if !self.is_compact {
            new_line(level, out);
        }
    }
}

impl Json {
    /// In lines, two blanks a level.
    pub fn pretty(&self) -> String {
        self.plain(false)
    }

    /// In one line without blanks, as it stands in a text of other JSON.
    pub fn compact(&self) -> String {
        self.plain(true)
    }

    fn plain(&self, is_compact: bool) -> String {
        let mut out = String::new();
        self.write(&Plain { is_compact }, 0, &mut out);
        out
    }

    /// The same value where leaves of another kind may stand.
    pub fn widen<E>(self) -> Json<E> {
        match self {
            Self::Null => Json::Null,
            Self::Bool(value) => Json::Bool(value),
            Self::Integer(number) => Json::Integer(number),
            Self::Real(number) => Json::Real(number),
            Self::Text(text) => Json::Text(text),
            Self::List(items) => Json::List(items.into_iter().map(Self::widen).collect()),
            Self::Object(members) => {
                let members = members.into_iter();
                Json::Object(members.map(|(key, value)| (key, value.widen())).collect())
            }
            Self::Leaf(leaf) => match leaf {},
        }
    }
}

impl<E> From<&str> for Json<E> {
    #[inline(never)]
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl<E> From<String> for Json<E> {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl<E> From<&String> for Json<E> {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl<E> From<bool> for Json<E> {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl<E> From<i64> for Json<E> {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl<E> From<f64> for Json<E> {
    fn from(number: f64) -> Self {
        Self::Real(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printed_in_lines_and_in_one() {
        let value: Json = object([
            ("a \"q\"", Json::Null),
            ("b", list([1_i64, 2])),
            ("c", Json::Object(Vec::new())),
            ("d", object([("e", Json::Real(0.5)), ("f", "x\ny".into())])),
            ("g", Json::Real(f64::NAN)),
        ]);
        assert_eq!(
            value.pretty(),
            "{\n  \"a \\\"q\\\"\": null,\n  \"b\": [\n    1,\n    2\n  ],\n  \"c\": {},\n  \"d\": {\n    \"e\": 0.5,\n    \"f\": \"x\\ny\"\n  },\n  \"g\": null\n}"
        );
        assert_eq!(
            value.compact(),
            "{\"a \\\"q\\\"\":null,\"b\":[1,2],\"c\":{},\"d\":{\"e\":0.5,\"f\":\"x\\ny\"},\"g\":null}"
        );
        let wide: Json<u8> = value.widen();
        assert!(matches!(wide, Json::Object(members) if members.len() == 5));
    }
}
