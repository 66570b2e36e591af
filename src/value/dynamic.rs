//! `dynamic`: JSON values, and the JSON reader and writer of the engine.
//!
//! Invariants: reading never recurses deeper than [`MAX_DEPTH`]; a bag keeps the order of its keys
//! and one value a key (the last). Datetimes, timespans and guids that a query puts into a dynamic
//! keep their type and print as their text.

use super::{Type, Value, datetime, guid, number, real, timespan};
use std::rc::Rc;

/// Deepest nesting that is read.
pub const MAX_DEPTH: u32 = 128;

/// The members of a bag, in order.
pub type Members = Vec<(Rc<str>, Dynamic)>;

/// A JSON value.
#[derive(Clone, Debug, Default)]
pub enum Dynamic {
    /// `null`
    #[default]
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number without fraction and exponent that fits
    Long(i64),
    /// Any other number
    Real(f64),
    /// A text
    String(Rc<str>),
    /// A datetime made by the query
    DateTime(i64),
    /// A timespan made by the query
    TimeSpan(i64),
    /// A guid made by the query
    Guid(u128),
    /// `[…]`
    Array(Rc<Vec<Dynamic>>),
    /// `{…}`
    Bag(Rc<Members>),
}

impl Dynamic {
    /// A text.
    pub fn string(text: &str) -> Self {
        Self::String(Rc::from(text))
    }

    /// An array.
    pub fn array(items: Vec<Self>) -> Self {
        Self::Array(Rc::new(items))
    }

    /// A bag; of a key that comes twice the last value stays, at the place of the first.
    pub fn bag(members: Members) -> Self {
        let mut unique: Members = Vec::with_capacity(members.len());
        let mut places = rustc_hash::FxHashMap::default();
        for (key, value) in members {
            match places.get(&key) {
                Some(&at) => {
                    if let Some(member) = unique.get_mut::<usize>(at) {
                        member.1 = value;
                    }
                }
                None => {
                    places.insert(Rc::clone(&key), unique.len());
                    unique.push((key, value));
                }
            }
        }
        Self::Bag(Rc::new(unique))
    }

    /// Whether it is `null`.
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The items of an array.
    pub fn items(&self) -> Option<&[Self]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The members of a bag.
    pub fn members(&self) -> Option<&[(Rc<str>, Self)]> {
        match self {
            Self::Bag(members) => Some(members),
            _ => None,
        }
    }

    /// The value of a key; null when there is none.
    #[must_use]
    pub fn member(&self, key: &str) -> Self {
        let found = self
            .members()
            .and_then(|members| members.iter().find(|(name, _)| name.as_ref() == key));
        found.map_or(Self::Null, |(_, value)| value.clone())
    }

    /// The item at an index, counted from the end when negative; null when there is none.
    #[must_use]
    pub fn item(&self, index: i64) -> Self {
        let Some(items) = self.items() else {
            return Self::Null;
        };
        let at = if index < 0 {
            index + items.len() as i64
        } else {
            index
        };
        usize::try_from(at)
            .ok()
            .and_then(|at| items.get(at))
            .cloned()
            .unwrap_or_default()
    }

    /// What `tostring` gives: a text as it is, anything else as compact JSON, null as nothing.
    pub fn to_text(&self) -> String {
        match self {
            Self::Null => String::new(),
            Self::String(text) => text.as_ref().to_owned(),
            Self::DateTime(ticks) => datetime::text(*ticks),
            Self::TimeSpan(ticks) => timespan::text(*ticks),
            Self::Guid(bits) => guid::text(*bits),
            _ => {
                let mut out = String::new();
                self.write_json(&mut out, &|number| {
                    number.is_finite().then(|| number::service_text(number))
                });
                out
            }
        }
    }

    /// Whether it is known how the service writes every real inside.
    pub fn has_known_text(&self) -> bool {
        match self {
            Self::Real(number) => number::has_known_text(*number),
            Self::Array(items) => items.iter().all(Self::has_known_text),
            Self::Bag(members) => members.iter().all(|(_, value)| value.has_known_text()),
            _ => true,
        }
    }

    /// Compact JSON.
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        self.write_json(&mut out, &number::real_json);
        out
    }

    fn write_json(&self, out: &mut String, real: &dyn Fn(f64) -> Option<String>) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Long(number) => out.push_str(&number.to_string()),
            Self::Real(number) => match real(*number) {
                Some(text) => out.push_str(&text),
                None => write_json_string(&number_name(*number), out),
            },
            Self::String(text) => write_json_string(text, out),
            Self::DateTime(_) | Self::TimeSpan(_) | Self::Guid(_) => {
                write_json_string(&self.to_text(), out);
            }
            Self::Array(items) => {
                out.push('[');
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    item.write_json(out, real);
                }
                out.push(']');
            }
            Self::Bag(members) => {
                out.push('{');
                for (at, (key, value)) in members.iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    write_json_string(key, out);
                    out.push(':');
                    value.write_json(out, real);
                }
                out.push('}');
            }
        }
    }

    /// Reads a whole JSON text; `None` when it is not JSON or nests too deep.
    pub fn parse(text: &str) -> Option<Self> {
        let mut reader = Reader {
            text,
            bytes: text.as_bytes(),
            at: 0,
        };
        reader.blanks();
        let value = reader.value(0)?;
        reader.blanks();
        (reader.at == text.len()).then_some(value)
    }

    /// Whether a text is JSON as [`Dynamic::to_json`] writes it, so that reading and writing it would
    /// change nothing. Says no when in doubt: for numbers with a fraction, rare escapes, large bags.
    pub fn is_compact_json(text: &str) -> bool {
        is_compact(text.as_bytes())
    }

    /// The value as a scalar of a type, as `tolong(dynamic)` and its kin convert it.
    pub fn to_scalar(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(*value),
            Self::Long(number) => Value::Long(*number),
            Self::Real(number) => Value::Real(*number),
            Self::String(text) => Value::String(Rc::clone(text)),
            Self::DateTime(ticks) => Value::DateTime(*ticks),
            Self::TimeSpan(ticks) => Value::TimeSpan(*ticks),
            Self::Guid(bits) => Value::Guid(*bits),
            Self::Array(_) | Self::Bag(_) => Value::Dynamic(self.clone()),
        }
    }

    /// The scalar type inside, for comparisons.
    pub const fn scalar_type(&self) -> Option<Type> {
        Some(match self {
            Self::Bool(_) => Type::Bool,
            Self::Long(_) => Type::Long,
            Self::Real(_) => Type::Real,
            Self::String(_) => Type::String,
            Self::DateTime(_) => Type::DateTime,
            Self::TimeSpan(_) => Type::TimeSpan,
            Self::Guid(_) => Type::Guid,
            Self::Null | Self::Array(_) | Self::Bag(_) => return None,
        })
    }
}

/// Equality of values: numbers by value, bags without regard to order.
impl PartialEq for Dynamic {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Long(a), Self::Long(b))
            | (Self::DateTime(a), Self::DateTime(b))
            | (Self::TimeSpan(a), Self::TimeSpan(b)) => a == b,
            (Self::Real(a), Self::Real(b)) => a == b,
            (Self::Long(a), Self::Real(b)) | (Self::Real(b), Self::Long(a)) => *a as f64 == *b,
            (Self::String(a), Self::String(b)) => a == b,
            (Self::Guid(a), Self::Guid(b)) => a == b,
            (Self::Array(a), Self::Array(b)) => a == b,
            (Self::Bag(a), Self::Bag(b)) => {
                a.len() == b.len()
                    && a.iter()
                        .all(|(key, value)| b.iter().any(|(k, v)| k == key && v == value))
            }
            _ => false,
        }
    }
}

fn number_name(number: f64) -> String {
    if number.is_nan() {
        "NaN".to_owned()
    } else if number > 0.0 {
        "Infinity".to_owned()
    } else {
        "-Infinity".to_owned()
    }
}

/// Writes a JSON string with the escapes that JSON requires.
pub fn write_json_string(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            control if control < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(control))),
            other => out.push(other),
        }
    }
    out.push('"');
}

/// Most keys of a bag that [`Dynamic::is_compact_json`] compares with each other.
const MAX_COMPARED_KEYS: usize = 32;

/// One pass over a JSON text that was written compactly; see [`Dynamic::is_compact_json`].
fn is_compact(bytes: &[u8]) -> bool {
    if !matches!(bytes.first(), Some(b'{' | b'[')) {
        return false;
    }
    // The keys of every open bag; an array has none.
    let mut open: Vec<(bool, Vec<&[u8]>)> = Vec::new();
    let mut at = 0;
    let mut is_key_next = false;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'{' | b'[' => {
                if open.len() as u32 >= MAX_DEPTH {
                    return false;
                }
                open.push((byte == b'{', Vec::new()));
                is_key_next = byte == b'{';
                at += 1;
            }
            b'}' | b']' => {
                if open
                    .pop()
                    .is_none_or(|(is_bag, _)| is_bag != (byte == b'}'))
                {
                    return false;
                }
                is_key_next = false;
                at += 1;
                if open.is_empty() {
                    return at == bytes.len();
                }
            }
            b',' => {
                is_key_next = open.last().is_some_and(|(is_bag, _)| *is_bag);
                at += 1;
            }
            b':' => {
                is_key_next = false;
                at += 1;
            }
            b'"' => {
                let start = at + 1;
                let Some(end) = compact_string_end(bytes, start) else {
                    return false;
                };
                if is_key_next
                    && let (Some((_, keys)), Some(key)) = (open.last_mut(), bytes.get(start..end))
                {
                    if keys.len() >= MAX_COMPARED_KEYS || keys.contains(&key) {
                        return false;
                    }
                    keys.push(key);
                }
                at = end + 1;
            }
            b'0'..=b'9' | b'-' | b'a'..=b'z' => {
                let rest = bytes.get(at..).unwrap_or_default();
                let length = rest
                    .iter()
                    .position(|byte| matches!(byte, b',' | b'}' | b']'))
                    .unwrap_or(rest.len());
                let word = rest
                    .get(..length)
                    .and_then(|word| std::str::from_utf8(word).ok())
                    .unwrap_or("");
                let is_plain = matches!(word, "true" | "false" | "null")
                    || word
                        .parse::<i64>()
                        .is_ok_and(|number| number.to_string() == word);
                if !is_plain {
                    return false;
                }
                at += length;
            }
            _ => return false,
        }
    }
    false
}

/// Where a string ends whose escapes are those that the writer makes.
fn compact_string_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    loop {
        at += memchr::memchr2(b'"', b'\\', bytes.get(at..)?)?;
        if bytes.get(at) == Some(&b'"') {
            return bytes
                .get(start..at)
                .filter(|text| !text.iter().any(|byte| *byte < b' '))
                .map(|_| at);
        }
        if !matches!(
            bytes.get(at + 1),
            Some(b'"' | b'\\' | b'n' | b'r' | b't' | b'b' | b'f')
        ) {
            return None;
        }
        at += 2;
    }
}

/// A cursor over JSON text.
struct Reader<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn symbol(&mut self, wanted: u8) -> Option<()> {
        (self.peek() == Some(wanted)).then(|| self.at += 1)
    }

    fn word(&mut self, word: &str, value: Dynamic) -> Option<Dynamic> {
        self.text.get(self.at..)?.starts_with(word).then(|| {
            self.at += word.len();
            value
        })
    }

    fn value(&mut self, depth: u32) -> Option<Dynamic> {
        if depth > MAX_DEPTH {
            return None;
        }
        match self.peek()? {
            b'"' => self.string().map(Dynamic::String),
            b'{' => self.bag(depth),
            b'[' => self.array(depth),
            b't' => self.word("true", Dynamic::Bool(true)),
            b'f' => self.word("false", Dynamic::Bool(false)),
            b'n' => self.word("null", Dynamic::Null),
            _ => self.number(),
        }
    }

    fn array(&mut self, depth: u32) -> Option<Dynamic> {
        self.symbol(b'[')?;
        let mut items = Vec::new();
        self.blanks();
        if self.symbol(b']').is_some() {
            return Some(Dynamic::array(items));
        }
        loop {
            self.blanks();
            items.push(self.value(depth + 1)?);
            self.blanks();
            if self.symbol(b']').is_some() {
                return Some(Dynamic::array(items));
            }
            self.symbol(b',')?;
        }
    }

    fn bag(&mut self, depth: u32) -> Option<Dynamic> {
        self.symbol(b'{')?;
        let mut members = Vec::new();
        self.blanks();
        if self.symbol(b'}').is_some() {
            return Some(Dynamic::bag(members));
        }
        loop {
            self.blanks();
            let key = self.string()?;
            self.blanks();
            self.symbol(b':')?;
            self.blanks();
            members.push((key, self.value(depth + 1)?));
            self.blanks();
            if self.symbol(b'}').is_some() {
                return Some(Dynamic::bag(members));
            }
            self.symbol(b',')?;
        }
    }

    fn number(&mut self) -> Option<Dynamic> {
        let start = self.at;
        while matches!(
            self.peek(),
            Some(b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E')
        ) {
            self.at += 1;
        }
        let text = self.text.get(start..self.at)?;
        let digits = text.strip_prefix('-').unwrap_or(text);
        if !digits.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        match text.parse::<i64>() {
            Ok(whole) => Some(Dynamic::Long(whole)),
            Err(_) => real::read(text).map(Dynamic::Real),
        }
    }

    fn string(&mut self) -> Option<Rc<str>> {
        self.symbol(b'"')?;
        let start = self.at;
        let rest = self.bytes.get(start..)?;
        let length = memchr::memchr2(b'"', b'\\', rest)?;
        if rest.get(length) == Some(&b'"') {
            self.at = start + length + 1;
            return self.text.get(start..start + length).map(Rc::from);
        }
        let mut out = String::new();
        loop {
            let rest = self.bytes.get(self.at..)?;
            let length = memchr::memchr2(b'"', b'\\', rest)?;
            out.push_str(self.text.get(self.at..self.at + length)?);
            self.at += length + 1;
            if rest.get(length) == Some(&b'"') {
                return Some(Rc::from(out.as_str()));
            }
            out.push(self.escape()?);
        }
    }

    /// The character behind a backslash; half a surrogate pair becomes U+FFFD.
    fn escape(&mut self) -> Option<char> {
        let byte = self.peek()?;
        self.at += 1;
        Some(match byte {
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'"' | b'\\' | b'/' => char::from(byte),
            b'u' => {
                let high = self.hex4()?;
                if !(0xD800..0xDC00).contains(&high) {
                    return Some(char::from_u32(high).unwrap_or('\u{fffd}'));
                }
                let before = self.at;
                if self
                    .symbol(b'\\')
                    .and_then(|()| self.symbol(b'u'))
                    .is_some()
                    && let Some(low) = self.hex4()
                    && (0xDC00..0xE000).contains(&low)
                {
                    let code = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
                    return char::from_u32(code);
                }
                self.at = before;
                '\u{fffd}'
            }
            _ => return None,
        })
    }

    fn hex4(&mut self) -> Option<u32> {
        let code = u32::from_str_radix(self.text.get(self.at..self.at + 4)?, 16).ok()?;
        self.at += 4;
        Some(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_goes_there_and_back() {
        for text in [
            r#"{"a":[1,-2.5,true,null,"x\"\\\n"],"b":{}}"#,
            "[]",
            r#""é😀""#,
            "1e300",
            "-0.5",
        ] {
            let value = Dynamic::parse(text).unwrap();
            assert_eq!(Dynamic::parse(&value.to_json()), Some(value));
        }
        assert_eq!(Dynamic::parse(r#""😀""#), Some(Dynamic::string("😀")));
        assert_eq!(
            Dynamic::parse(r#""\ud83d!""#),
            Some(Dynamic::string("\u{fffd}!"))
        );
    }

    #[test]
    fn what_is_not_json_is_none() {
        for text in [
            "", "{", "[1,]", "{'a':1}", "nul", "01x", "\"a", "[1] 2", "-",
        ] {
            assert_eq!(Dynamic::parse(text), None, "{text}");
        }
        assert_eq!(Dynamic::parse(&"[".repeat(100_000)), None);
    }

    #[test]
    fn compact_json_is_what_the_writer_makes() {
        for (text, is_compact) in [
            (r#"[{"role":"user","content":"a \"b\"\n"}]"#, true),
            (r#"{"a":{"b":[1,-2,true,null]}}"#, true),
            (r#"{"a": 1}"#, false),
            (r#"{"a":1.50}"#, false),
            (r#"{"a":1,"a":2}"#, false),
            (r#"["\u0041"]"#, false),
            (r"[1", false),
            (r#""a""#, false),
        ] {
            assert_eq!(Dynamic::is_compact_json(text), is_compact, "{text}");
            if is_compact {
                assert_eq!(Dynamic::parse(text).unwrap().to_json(), text);
            }
        }
    }

    #[test]
    fn the_last_of_two_keys_stays() {
        assert_eq!(
            Dynamic::parse(r#"{"a":1,"b":2,"a":3}"#).unwrap().to_json(),
            r#"{"a":3,"b":2}"#
        );
    }
}
