//! Whether texts that stand one behind the other are JSON, without joining them.
//!
//! Input: parts of a text, one after the other. Output: whether a JSON document can begin so, and
//! whether it ends there. Invariants: a part may end anywhere, inside an escape or a number too; the
//! time is linear in the text; strings are searched, not stepped through. Absent on purpose: values.

use crate::table::{Lanes, first_marked};

/// Deepest nesting that is followed.
const MAX_DEPTH: usize = 256;

/// Where in a document the text read so far ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct JsonText {
    place: Place,
    /// The open containers: true is an object.
    open: Vec<bool>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Before a value; `]` may stand here too.
    Value { may_close: bool },
    /// Before a key; `}` may stand here too.
    Key { may_close: bool },
    /// Behind a key.
    Colon,
    /// Behind a value.
    After,
    /// In a string.
    Text { is_key: bool, escape: Escape },
    /// In a number.
    Number(Number),
    /// In `true`, `false` or `null`: what is left of it.
    Word(&'static [u8]),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Escape {
    None,
    /// Behind a backslash.
    Begun,
    /// Behind `\u` and this many digits.
    Digits(u8),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Number {
    Minus,
    Zero,
    Whole,
    Point,
    Fraction,
    Exponent,
    Sign,
    Power,
}

impl Number {
    /// The place behind one more byte; `None` where the number ends before it.
    const fn next(self, byte: u8) -> Option<Self> {
        Some(match (self, byte) {
            (Self::Minus, b'0') => Self::Zero,
            (Self::Minus | Self::Whole, b'0'..=b'9') => Self::Whole,
            (Self::Zero | Self::Whole, b'.') => Self::Point,
            (Self::Point | Self::Fraction, b'0'..=b'9') => Self::Fraction,
            (Self::Zero | Self::Whole | Self::Fraction, b'e' | b'E') => Self::Exponent,
            (Self::Exponent, b'+' | b'-') => Self::Sign,
            (Self::Exponent | Self::Sign | Self::Power, b'0'..=b'9') => Self::Power,
            _ => return None,
        })
    }

    const fn may_end(self) -> bool {
        matches!(
            self,
            Self::Zero | Self::Whole | Self::Fraction | Self::Power
        )
    }
}

impl JsonText {
    /// Before the first byte.
    pub(super) const fn new() -> Self {
        Self {
            place: Place::Value { may_close: false },
            open: Vec::new(),
        }
    }

    /// Whether a document can end here.
    pub(super) fn is_whole(&self) -> bool {
        self.open.is_empty()
            && match self.place {
                Place::After => true,
                Place::Number(number) => number.may_end(),
                _ => false,
            }
    }

    /// Whether nothing but blanks has come.
    pub(super) fn is_at_start(&self) -> bool {
        *self == Self::new()
    }

    /// Whether the text ends inside a number that is the whole document, which could go on.
    pub(super) fn is_open_ended(&self) -> bool {
        self.open.is_empty() && matches!(self.place, Place::Number(_))
    }

    /// Reads on; false when no document goes on so.
    pub(super) fn read(&mut self, text: &str) -> bool {
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            match self.place {
                Place::Text {
                    is_key,
                    escape: Escape::None,
                } => {
                    at = text_end(bytes, at);
                    self.place = match (bytes.get(at), is_key) {
                        (None, _) => return true,
                        (Some(b'\\'), _) => Place::Text {
                            is_key,
                            escape: Escape::Begun,
                        },
                        (_, true) => Place::Colon,
                        (_, false) => Place::After,
                    };
                    at += 1;
                    continue;
                }
                Place::Text { is_key, escape } => {
                    let escape = match (escape, byte) {
                        (Escape::Begun, b'u') => Escape::Digits(0),
                        (Escape::Begun, b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
                            Escape::None
                        }
                        (Escape::Digits(3), b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F') => {
                            Escape::None
                        }
                        (Escape::Digits(n_digits), b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F') => {
                            Escape::Digits(n_digits + 1)
                        }
                        _ => return false,
                    };
                    self.place = Place::Text { is_key, escape };
                }
                Place::Number(number) => match number.next(byte) {
                    Some(next) => self.place = Place::Number(next),
                    None if number.may_end() => {
                        // The byte belongs to what follows the number.
                        self.place = Place::After;
                        continue;
                    }
                    None => return false,
                },
                Place::Word(rest) => match rest.split_first() {
                    Some((&first, [])) if first == byte => self.place = Place::After,
                    Some((&first, rest)) if first == byte => self.place = Place::Word(rest),
                    _ => return false,
                },
                _ if matches!(byte, b' ' | b'\t' | b'\n' | b'\r') => {}
                _ => match self.behind_symbol(byte) {
                    Some(place) => self.place = place,
                    None => return false,
                },
            }
            at += 1;
        }
        true
    }

    fn behind_symbol(&mut self, byte: u8) -> Option<Place> {
        match (self.place, byte) {
            (Place::Value { .. }, b'"') => Some(Place::Text {
                is_key: false,
                escape: Escape::None,
            }),
            (Place::Value { .. }, b'{' | b'[') => {
                if self.open.len() == MAX_DEPTH {
                    return None;
                }
                let is_object = byte == b'{';
                self.open.push(is_object);
                Some(if is_object {
                    Place::Key { may_close: true }
                } else {
                    Place::Value { may_close: true }
                })
            }
            (Place::Value { .. }, b't') => Some(Place::Word(b"rue")),
            (Place::Value { .. }, b'f') => Some(Place::Word(b"alse")),
            (Place::Value { .. }, b'n') => Some(Place::Word(b"ull")),
            (Place::Value { .. }, b'-') => Some(Place::Number(Number::Minus)),
            (Place::Value { .. }, b'0') => Some(Place::Number(Number::Zero)),
            (Place::Value { .. }, b'1'..=b'9') => Some(Place::Number(Number::Whole)),
            (Place::Key { .. }, b'"') => Some(Place::Text {
                is_key: true,
                escape: Escape::None,
            }),
            (Place::Colon, b':') => Some(Place::Value { may_close: false }),
            (Place::After, b',') => match self.open.last()? {
                true => Some(Place::Key { may_close: false }),
                false => Some(Place::Value { may_close: false }),
            },
            (Place::After | Place::Key { may_close: true }, b'}') => self.close(true),
            (Place::After | Place::Value { may_close: true }, b']') => self.close(false),
            _ => None,
        }
    }

    fn close(&mut self, is_object: bool) -> Option<Place> {
        (self.open.pop()? == is_object).then_some(Place::After)
    }
}

/// The quote that ends a text, or a backslash whose escape is none or not all there; else the length.
fn text_end(bytes: &[u8], mut at: usize) -> usize {
    let (quote, backslash) = (Lanes::splat(b'"'), Lanes::splat(b'\\'));
    loop {
        at = first_marked(bytes, at, |lanes| {
            lanes.equal(quote).or(lanes.equal(backslash))
        });
        let is_digit = |place| bytes.get(place).is_some_and(u8::is_ascii_hexdigit);
        at += match bytes.get(at..at + 2) {
            Some(
                [
                    b'\\',
                    b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't',
                ],
            ) => 2,
            Some(b"\\u") if (at + 2..at + 6).all(is_digit) => 6,
            _ => return at,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Dynamic;

    fn read(parts: &[&str]) -> Option<bool> {
        let mut json = JsonText::new();
        parts
            .iter()
            .all(|part| json.read(part))
            .then(|| json.is_whole())
    }

    #[test]
    fn a_document_may_be_cut_anywhere() {
        let text = r#" [{"role":"user","content":"a \"b\" \u00e9 \\"},-1.5e+3,0,true,false,null,{},[ ],""] "#;
        assert!(Dynamic::parse(text).is_some());
        for at in (0..=text.len()).filter(|&at| text.is_char_boundary(at)) {
            for to in (at..=text.len()).filter(|&to| text.is_char_boundary(to)) {
                let parts = [&text[..at], &text[at..to], &text[to..]];
                assert_eq!(read(&parts), Some(true), "{at} {to}");
            }
        }
    }

    #[test]
    fn what_cannot_be_json_is_told_and_what_is_unfinished_too() {
        for text in [
            "]",
            "{]",
            "[}",
            "{1:2}",
            r#"{"a" 1}"#,
            "[1 2]",
            "[1,]",
            "{,}",
            "tru e",
            "nul1",
            "-a",
            "1.e",
            r#""\x""#,
            r#""\u12g""#,
            "01",
            "1]",
            "[] []",
            "hello",
        ] {
            assert_eq!(read(&[text]), None, "{text}");
        }
        for text in [
            "", " ", "[", "{\"a\"", "\"", "-", "1.", "1e", "tru", "[1,", r#""\u12"#,
        ] {
            assert_eq!(read(&[text]), Some(false), "{text}");
        }
        assert_eq!(read(&[&"[".repeat(100_000)]), None);
    }
}
