//! Objects for JavaScript as JSON text, written member by member and parsed there in one call.
//!
//! Input: names and values. Output: one JavaScript value. Invariant: what is written is JSON, since
//! every name is followed by its value and every text is escaped. Absent on purpose: a tree in
//! between, and numbers that JSON does not have (counts and shares are finite).

use std::fmt::Display;

use super::Answer;
use crate::value::dynamic::write_json_string;

/// The members of an object that is being written.
#[derive(Default)]
pub(super) struct Json {
    text: String,
}

/// An object of the members that are written.
pub(super) fn object(write: impl FnOnce(&mut Json)) -> Answer {
    let mut json = Json::default();
    json.braced(write);
    js_sys::JSON::parse(&json.text)
}

/// A list of one object for each item.
pub(super) fn list<T>(items: impl IntoIterator<Item = T>, write: impl Fn(&mut Json, T)) -> Answer {
    let mut items = items.into_iter().peekable();
    if items.peek().is_none() {
        return Ok(js_sys::Array::new().into());
    }
    let mut json = Json::default();
    json.items(items, write);
    js_sys::JSON::parse(&json.text)
}

impl Json {
    /// A text.
    pub(super) fn text(&mut self, name: &str, value: &str) -> &mut Self {
        self.name(name);
        write_json_string(value, &mut self.text);
        self
    }

    /// A text, or null where there is none.
    pub(super) fn text_or_null(&mut self, name: &str, value: Option<&str>) -> &mut Self {
        match value {
            Some(value) => self.text(name, value),
            None => self.put(name, &"null"),
        }
    }

    /// A list of texts.
    pub(super) fn texts<T: AsRef<str>>(&mut self, name: &str, values: &[T]) -> &mut Self {
        self.name(name);
        self.text.push('[');
        for value in values {
            self.comma();
            write_json_string(value.as_ref(), &mut self.text);
        }
        self.text.push(']');
        self
    }

    /// A number or a truth value, which print as JSON does.
    pub(super) fn put(&mut self, name: &str, value: &dyn Display) -> &mut Self {
        self.name(name);
        self.text.push_str(&value.to_string());
        self
    }

    /// An object.
    pub(super) fn object(&mut self, name: &str, write: impl FnOnce(&mut Self)) -> &mut Self {
        self.name(name);
        self.braced(write);
        self
    }

    /// A list of one object for each item.
    pub(super) fn list<T>(
        &mut self,
        name: &str,
        items: impl IntoIterator<Item = T>,
        write: impl Fn(&mut Self, T),
    ) -> &mut Self {
        self.name(name);
        self.items(items, write);
        self
    }

    fn items<T>(&mut self, items: impl IntoIterator<Item = T>, write: impl Fn(&mut Self, T)) {
        self.text.push('[');
        for item in items {
            self.comma();
            self.braced(|json| write(json, item));
        }
        self.text.push(']');
    }

    fn braced(&mut self, write: impl FnOnce(&mut Self)) {
        self.text.push('{');
        write(self);
        self.text.push('}');
    }

    fn name(&mut self, name: &str) {
        self.comma();
        write_json_string(name, &mut self.text);
        self.text.push(':');
    }

    /// Parts what follows from what stands before it in the same object or list.
    fn comma(&mut self) {
        if !self.text.ends_with(['{', '[']) {
            self.text.push(',');
        }
    }
}
