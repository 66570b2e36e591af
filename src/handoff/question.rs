//! A query with its title, as packs, workbooks and dashboards take it.
//!
//! Input: an object of a request. Output: a [`Question`]; what its answer is drawn as, which columns
//! it has. Invariants: ids made here depend on nothing but their words. Absent on purpose: running.

use super::HandoffError;
use super::names;
use super::request::Request;
use crate::engine::bind;
use crate::engine::scalar::hash::sha1;
use crate::kql::analysis::Columns;
use crate::kql::parser;
use crate::kql::token::{self, TokenKind};
use crate::schema;
use crate::value::guid;

/// Longest title that the services take.
const TITLE_CHARS: usize = 200;

/// A query and its title.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// What names it among others, in kebab case.
    pub key: String,
    /// What it asks.
    pub title: String,
    /// What its answer shows; empty where nothing is said.
    pub about: String,
    /// The query.
    pub query: String,
    /// Words that it is found by.
    pub labels: Vec<String>,
}

const FIELDS: &[&str] = &["key", "title", "about", "query", "labels"];

impl Question {
    /// Reads the list of a field; its keys differ.
    pub fn list(request: &Request<'_>, name: &str) -> Result<Vec<Self>, HandoffError> {
        let mut found: Vec<Self> = Vec::new();
        for item in request.list(name, FIELDS)? {
            let one = Self::read(&item)?;
            if found.iter().any(|other| other.key == one.key) {
                let message = format!("`{}` stands there twice", one.key);
                return Err(item.wrong("key", &message, "a key of its own for each"));
            }
            found.push(one);
        }
        if found.is_empty() {
            return Err(request.wrong(name, "there is no query", "a list of queries with titles"));
        }
        Ok(found)
    }

    fn read(item: &Request<'_>) -> Result<Self, HandoffError> {
        let title = item.required("title")?;
        names::title(&item.field("title"), title, TITLE_CHARS)?;
        let query = names::query(&item.field("query"), item.required("query")?)?;
        let key = match item.text("key")? {
            Some(key) => {
                names::resource_name(&item.field("key"), key, 1..=100, "-_")?;
                key.to_owned()
            }
            None => kebab(title),
        };
        let labels = item.texts("labels")?;
        Ok(Self {
            key,
            title: title.to_owned(),
            about: item.text("about")?.unwrap_or_default().to_owned(),
            query: query.to_owned(),
            labels: labels.into_iter().map(str::to_owned).collect(),
        })
    }

    /// What `render` at its end draws: `timechart`, …; `None` of a table.
    pub fn chart(&self) -> Option<&str> {
        chart(&self.query)
    }

    /// The columns of its answer over the tables that are known.
    pub fn columns(&self) -> Columns {
        columns(&self.query)
    }
}

/// What `render` at the end of a query draws; `None` of a table.
pub fn chart(query: &str) -> Option<&str> {
    let (tokens, _) = token::tokens(query);
    let mut words = tokens
        .iter()
        .filter(|token| token.kind != TokenKind::Space)
        .map(|token| token.span.of(query))
        .rev();
    // Behind the last bar.
    let mut behind: Vec<&str> = words.by_ref().take_while(|word| *word != "|").collect();
    behind.reverse();
    match behind.as_slice() {
        ["render", kind, ..] if *kind != "table" => Some(kind),
        _ => None,
    }
}

/// The columns of the answer of a query over the tables that are known.
pub fn columns(query: &str) -> Columns {
    let parsed = parser::parse(query);
    let analysis = bind::analyse(query, &parsed.query, &schema::views(&[]), 0);
    // What is bound last stands around the others: its end is the query's.
    let last = analysis.stages.iter().max_by_key(|stage| stage.span.end);
    last.map(|stage| stage.output.clone()).unwrap_or_default()
}

/// Small letters, digits and hyphens of a title; never empty.
pub fn kebab(title: &str) -> String {
    let mut out = String::new();
    for character in title.chars() {
        if character.is_ascii_alphanumeric() {
            out.push(character.to_ascii_lowercase());
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
        if out.len() == 80 {
            break;
        }
    }
    let out = out.trim_end_matches('-');
    if out.is_empty() {
        // A title without such letters is named by what it says.
        format!("query-{}", &id(&[title])[..8])
    } else {
        out.to_owned()
    }
}

/// A GUID made of words: of version 5, over a name space of kqlens.
pub fn id(words: &[&str]) -> String {
    /// Any GUID that nobody else takes.
    const SPACE: [u8; 16] = *b"kqlens.handoff/1";
    let mut bytes = SPACE.to_vec();
    for word in words {
        bytes.extend(word.as_bytes());
        bytes.push(0);
    }
    let hash = sha1(&bytes);
    let first: [u8; 16] = hash.first_chunk().copied().unwrap_or_default();
    let bits = u128::from_be_bytes(first);
    let bits = bits & !(0xF << 76) | 5 << 76;
    guid::text(bits & !(0b11 << 62) | 0b10 << 62)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Dynamic;

    #[test]
    fn ids_are_guids_of_their_words() {
        let one = id(&["pack", "slow"]);
        assert_eq!(one, id(&["pack", "slow"]));
        assert!(one != id(&["packs", "low"]) && guid::parse(&one).is_some());
        assert!(
            one.as_bytes()[14] == b'5' && matches!(one.as_bytes()[19], b'8'..=b'b'),
            "{one}"
        );
        assert_eq!(kebab("  Who's slow? (P95)"), "who-s-slow-p95");
        assert!(kebab("日本").starts_with("query-"));
    }

    #[test]
    fn charts_and_columns() {
        assert_eq!(
            chart("T | render timechart with (title='|')"),
            Some("timechart")
        );
        assert_eq!(chart("T | render table"), None);
        assert_eq!(chart("T | where a == '| render x'"), None);
        let found =
            columns("ApiManagementGatewayLogs | summarize n = count() by ApiId | render piechart");
        let names: Vec<&str> = found
            .fields
            .iter()
            .map(|field| field.name.as_str())
            .collect();
        assert_eq!(names, ["ApiId", "n"]);
    }

    #[test]
    fn questions_are_read() {
        let read = |text: &str| {
            let value = Dynamic::parse(text).unwrap();
            let request = Request::new(&value, &["queries"]).unwrap();
            Question::list(&request, "queries")
        };
        let one = read(r#"{"queries": [{"title": "A b", "query": "T"}]}"#).unwrap();
        assert_eq!(one[0].key, "a-b");
        for (text, field) in [
            (r"{}", "queries"),
            (
                r#"{"queries": [{"title": "", "query": "T"}]}"#,
                "queries[0].title",
            ),
            (
                r#"{"queries": [{"title": "x", "query": " "}]}"#,
                "queries[0].query",
            ),
            (
                r#"{"queries": [{"title": "x", "query": "T", "key": "a b"}]}"#,
                "queries[0].key",
            ),
            (
                r#"{"queries": [{"title": "x", "query": "T"}, {"title": "X", "query": "T"}]}"#,
                "queries[1].key",
            ),
        ] {
            assert_eq!(read(text).unwrap_err().field, field, "{text}");
        }
    }
}
