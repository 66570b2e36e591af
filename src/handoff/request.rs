//! What a caller asks for, as an object of JSON: fields read by name and type.
//!
//! Input: a bag. Output: values, or an error at the field, which is told by its path
//! (`queries[2].title`). Invariant: a field that nobody knows is an error, so no option is ignored.
//! Absent on purpose: what a value must be beside its type; the builders know.

use super::HandoffError;
use super::names::{self, Cloud};
use crate::kql::names::nearest;
use crate::text::cut;
use crate::value::{Dynamic, datetime};

/// Most items of a list.
const MOST_ITEMS: usize = 10_000;

/// An object of a request.
pub struct Request<'d> {
    value: &'d Dynamic,
    path: String,
}

impl<'d> Request<'d> {
    /// The request itself, with the fields that it may have.
    pub fn new(value: &'d Dynamic, known: &[&str]) -> Result<Self, HandoffError> {
        Self::at(value, String::new(), known)
    }

    fn at(value: &'d Dynamic, path: String, known: &[&str]) -> Result<Self, HandoffError> {
        let request = Self { value, path };
        let Some(members) = value.members() else {
            return Err(request.wrong("", "this is no object", "an object with fields"));
        };
        let unknown = members
            .iter()
            .find(|(name, _)| !known.contains(&name.as_ref()));
        if let Some((name, _)) = unknown {
            let help = match nearest(name, known.iter().copied()) {
                Some(near) => format!("the field nearest to it is `{near}`"),
                None => format!("the fields are {}", known.join(", ")),
            };
            let shown = cut(name, 40);
            return Err(request.wrong(&shown, "there is no such field", &help));
        }
        Ok(request)
    }

    /// Where a field stands.
    pub fn field(&self, name: &str) -> String {
        match (self.path.as_str(), name) {
            ("", name) => name.to_owned(),
            (path, "") => path.to_owned(),
            (path, name) => format!("{path}.{name}"),
        }
    }

    /// An error at a field.
    pub fn wrong(&self, name: &str, message: &str, help: &str) -> HandoffError {
        HandoffError::new("request", self.field(name), message, help)
    }

    fn value(&self, name: &str) -> Option<&'d Dynamic> {
        let (_, value) = self
            .value
            .members()?
            .iter()
            .find(|(key, _)| key.as_ref() == name)?;
        Some(value).filter(|value| !value.is_null())
    }

    /// A value of any type.
    pub fn any(&self, name: &str) -> Option<&'d Dynamic> {
        self.value(name)
    }

    /// A text.
    pub fn text(&self, name: &str) -> Result<Option<&'d str>, HandoffError> {
        match self.value(name) {
            None => Ok(None),
            Some(Dynamic::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.wrong(name, "this is no text", "a text")),
        }
    }

    /// A time, in ticks.
    pub fn time(&self, name: &str) -> Result<Option<i64>, HandoffError> {
        let wrong = || self.wrong(name, "this is no time", "a time as 2026-01-31T12:00:00Z");
        let text = self.text(name)?;
        text.map(|text| datetime::parse(text).ok_or_else(wrong))
            .transpose()
    }

    /// A text that must be there.
    pub fn required(&self, name: &str) -> Result<&'d str, HandoffError> {
        self.text(name)?
            .ok_or_else(|| self.wrong(name, "this field is missing", "a text"))
    }

    /// A yes or no, with what it is where it is not said.
    pub fn flag(&self, name: &str, default: bool) -> Result<bool, HandoffError> {
        match self.value(name) {
            None => Ok(default),
            Some(Dynamic::Bool(value)) => Ok(*value),
            Some(_) => Err(self.wrong(name, "this is no truth value", "true or false")),
        }
    }

    /// A whole number.
    pub fn integer(&self, name: &str) -> Result<Option<i64>, HandoffError> {
        match self.value(name) {
            None => Ok(None),
            Some(Dynamic::Long(number)) => Ok(Some(*number)),
            Some(_) => Err(self.wrong(name, "this is no whole number", "a whole number")),
        }
    }

    /// A number.
    pub fn number(&self, name: &str) -> Result<Option<f64>, HandoffError> {
        match self.value(name) {
            None => Ok(None),
            Some(Dynamic::Long(number)) => Ok(Some(*number as f64)),
            Some(Dynamic::Real(number)) => Ok(Some(*number)),
            Some(_) => Err(self.wrong(name, "this is no number", "a number")),
        }
    }

    fn items(&self, name: &str) -> Result<&'d [Dynamic], HandoffError> {
        match self.value(name) {
            None => Ok(&[]),
            Some(Dynamic::Array(items)) if items.len() <= MOST_ITEMS => Ok(items),
            Some(Dynamic::Array(_)) => {
                Err(self.wrong(name, "the list is too long", "up to 10,000 items"))
            }
            Some(_) => Err(self.wrong(name, "this is no list", "a list")),
        }
    }

    /// A list of texts; an empty one where it is not there.
    pub fn texts(&self, name: &str) -> Result<Vec<&'d str>, HandoffError> {
        let items = self.items(name)?.iter().enumerate();
        let texts = items.map(|(at, item)| match item {
            Dynamic::String(text) => Ok(text.as_ref()),
            _ => Err(self.wrong(&format!("{name}[{at}]"), "this is no text", "a text")),
        });
        texts.collect()
    }

    /// A list of objects with the fields that each may have.
    pub fn list(&self, name: &str, known: &[&str]) -> Result<Vec<Self>, HandoffError> {
        let items = self.items(name)?.iter().enumerate();
        let objects =
            items.map(|(at, item)| Self::at(item, self.field(&format!("{name}[{at}]")), known));
        objects.collect()
    }

    /// An object with the fields that it may have.
    pub fn object(&self, name: &str, known: &[&str]) -> Result<Option<Self>, HandoffError> {
        let object = self
            .value(name)
            .map(|value| Self::at(value, self.field(name), known));
        object.transpose()
    }

    /// The text members of an object with names of the caller's.
    pub fn pairs(&self, name: &str) -> Result<Vec<(&'d str, &'d str)>, HandoffError> {
        let help = "an object of texts";
        let Some(value) = self.value(name) else {
            return Ok(Vec::new());
        };
        let members = value
            .members()
            .ok_or_else(|| self.wrong(name, "this is no object", help))?;
        let pairs = members.iter().map(|(key, value)| match value {
            Dynamic::String(text) => Ok((key.as_ref(), text.as_ref())),
            _ => {
                let place = format!("{name}.{}", cut(key, 40));
                Err(self.wrong(&place, "this is no text", help))
            }
        });
        pairs.collect()
    }

    /// One of some words, the first where it is not said.
    pub fn choice(&self, name: &str, words: &[&'static str]) -> Result<&'static str, HandoffError> {
        let Some(text) = self.text(name)? else {
            return Ok(words.first().copied().unwrap_or_default());
        };
        let found = words.iter().find(|word| **word == text);
        found.copied().ok_or_else(|| {
            let message = format!("`{}` is none of the choices", cut(text, 40));
            self.wrong(name, &message, &format!("one of {}", words.join(", ")))
        })
    }

    /// One of some values by their names, the first where it is not said.
    pub fn one_of<T: Copy>(
        &self,
        name: &str,
        all: &[T],
        name_of: fn(T) -> &'static str,
    ) -> Result<T, HandoffError> {
        let names: Vec<&'static str> = all.iter().copied().map(name_of).collect();
        let chosen = self.choice(name, &names)?;
        let found = all.iter().copied().find(|&one| name_of(one) == chosen);
        found.ok_or_else(|| self.wrong(name, "there is nothing to choose", &names.join(", ")))
    }

    /// The cloud, the public one where it is not said.
    pub fn cloud(&self, name: &str) -> Result<Cloud, HandoffError> {
        match self.text(name)? {
            None => Ok(Cloud::default()),
            Some(text) => names::cloud(&self.field(name), text),
        }
    }

    /// A region, where one is said.
    pub fn region(&self, name: &str) -> Result<Option<String>, HandoffError> {
        let region = self
            .text(name)?
            .map(|text| names::region(&self.field(name), text));
        region.transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_and_unknown_ones_told() {
        let value = Dynamic::parse(
            r#"{"t": "2026-01-31T12:00:00Z", "a": "x", "b": true, "n": 5, "none": null, "list": ["y"], "rows": [{"t": 1}], "m": {"k": "v"}}"#,
        )
        .unwrap();
        let known = ["t", "a", "b", "n", "none", "list", "rows", "m"];
        let request = Request::new(&value, &known).unwrap();
        assert_eq!(request.required("a").unwrap(), "x");
        assert!(request.flag("b", false).unwrap() && request.flag("none", true).unwrap());
        assert_eq!(
            request.time("t").unwrap(),
            datetime::parse("2026-01-31T12:00:00Z")
        );
        assert_eq!(request.time("a").unwrap_err().field, "a");
        assert_eq!(request.integer("n").unwrap(), Some(5));
        assert_eq!(request.texts("list").unwrap(), ["y"]);
        assert_eq!(request.pairs("m").unwrap(), [("k", "v")]);
        assert_eq!(request.required("none").unwrap_err().field, "none");
        let rows = request.list("rows", &["t"]).unwrap();
        assert_eq!(rows[0].text("t").unwrap_err().field, "rows[0].t");
        let error = request.list("rows", &["u"]).err().unwrap();
        assert_eq!(error.field, "rows[0].t");
        let error = Request::new(&value, &["t", "a", "b", "n", "none", "lists", "rows", "m"]);
        assert_eq!(
            error.err().unwrap().help,
            "the field nearest to it is `lists`"
        );
        assert!(Request::new(&Dynamic::Null, &[]).is_err());
        assert!(request.choice("a", &["z"]).is_err());
    }
}
