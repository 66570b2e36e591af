//! Ways out of kqlens: artefacts of a request, links that are read, set-ups that are checked.

use wasm_bindgen::prelude::*;

use super::json::Json;
use super::{Answer, Failure, dto, json};
use crate::handoff::names::Cloud;
use crate::handoff::setup::check;
use crate::handoff::{self, Artefact, HandoffError, decode, empty_answer};
use crate::text::{Span, Utf16Marks};
use crate::value::Dynamic;

impl From<HandoffError> for Failure {
    fn from(error: HandoffError) -> Self {
        Self::new(error.code, error.message.as_str())
            .with_help(error.help.as_str())
            .with_field(error.field.as_str())
    }
}

/// Longest request: what is made of its rows is one text of JavaScript, which has half a gigabyte.
const MOST_BYTES: usize = 256 << 20;
/// Shortest request for which memory is taken in one step, and how much of it a byte needs.
const LONG_BYTES: usize = 1 << 20;
const ROOM: usize = 4;

/// A request as JSON has it.
pub(super) fn request_of(text: &str) -> Result<Dynamic, Failure> {
    if text.len() > LONG_BYTES {
        // The memory of a module grows by what is asked for, and each time its host looks through all
        // of its own.
        let mut room: Vec<u8> = Vec::new();
        let is_there = room.try_reserve_exact(text.len().saturating_mul(ROOM));
        std::hint::black_box(&room);
        if text.len() > MOST_BYTES || is_there.is_err() {
            let n = text.len() >> 20;
            let words = format!("the request is {n} MB, more than is taken at once");
            let help = "a part of the rows, as those of a day";
            return Err(Failure::new("request", words.as_str()).with_help(help));
        }
    }
    let words = "the request is no JSON or nests too deep";
    Dynamic::parse(text).ok_or_else(|| Failure::new("request", words))
}

/// An artefact by its name; the request is an object as JSON.
#[wasm_bindgen(js_name = handoffMake)]
pub fn make(name: &str, request: &str) -> Answer {
    let made = handoff::make(name, &request_of(request)?).map_err(Failure::from)?;
    json::object(|json| artefact(json, &made))
}

fn artefact(json: &mut Json, made: &Artefact) {
    json.list("files", &made.files, |json, file| {
        json.text("format", file.format)
            .text("name", &file.name)
            .text("text", &file.text);
    })
    .texts("notes", &made.notes);
}

/// Why a query returns nothing: the artefact and its steps as data.
#[wasm_bindgen(js_name = handoffEmptyAnswer)]
pub fn guide(request: &str) -> Answer {
    let guide = empty_answer::guide(&request_of(request)?).map_err(Failure::from)?;
    let marks = Utf16Marks::new(&guide.query);
    json::object(|json| {
        artefact(json, &guide.artefact());
        json.text("table", &guide.table)
            .list("steps", &guide.steps, |json, step| {
                json.text("id", step.id)
                    .text("title", step.title)
                    .text("text", &step.text)
                    .text("answer", step.answer.name())
                    .text("ifNo", step.if_no);
                if let Some(kql) = &step.kql {
                    json.text("kql", kql);
                }
                if let Some((title, kql)) = &step.then {
                    json.object("then", |json| {
                        json.text("title", title).text("kql", kql);
                    });
                }
                if let Some((artefact, request)) = &step.fix {
                    dto::fix(json, artefact, request);
                }
                json.list("doubts", &step.doubts, |json, doubt| {
                    json.text("message", &doubt.message)
                        .text("help", &doubt.help);
                    range(json, &marks, doubt.span);
                });
            })
            .list("compared", &guide.compared, |json, one| {
                json.text("column", &one.column)
                    .text("value", &one.value)
                    .put("isExact", &one.is_exact);
                range(json, &marks, one.span);
            });
    })
}

/// What a link opens.
#[wasm_bindgen(js_name = handoffDecodeLink)]
pub fn decode_link(link: &str) -> Answer {
    let link = decode::decode_link(link).map_err(Failure::from)?;
    json::object(|json| {
        json.text("form", link.form.name())
            .text_or_null("cloud", link.cloud.map(Cloud::name))
            .text("query", &link.query)
            .texts("scope", &link.scope)
            .text_or_null("cluster", link.cluster.as_deref())
            .text_or_null("database", link.database.as_deref())
            .text_or_null("tenant", link.tenant.as_deref())
            .text_or_null("timeSpan", link.time_span.as_deref())
            .put("codings", &link.codings);
    })
}

fn range(json: &mut Json, marks: &Utf16Marks<'_>, span: Span) {
    json.object("range", |json| {
        json.put("start", &marks.utf16(span.start))
            .put("end", &marks.utf16(span.end));
    });
}

/// What a pasted set-up says, and what is wrong with it; words of the codes are in `catalogues.js`.
#[wasm_bindgen(js_name = handoffCheckSetup)]
pub fn check_setup(text: &str) -> Answer {
    let report = check::check(text);
    let marks = Utf16Marks::new(text);
    json::object(|json| {
        json.list("understood", &report.understood, |json, one| {
            json.text("kind", one.role.name()).text("name", &one.name);
            range(json, &marks, one.span);
            json.object("facts", |json| {
                for (name, value) in &one.facts {
                    json.text(name, value);
                }
            });
        })
        .list("findings", &report.findings, |json, finding| {
            json.text("code", finding.code)
                .text("severity", finding.severity().name())
                .texts("values", &finding.values);
            range(json, &marks, finding.span);
            if !finding.edits.is_empty() {
                json.list("edits", &finding.edits, |json, edit| {
                    range(json, &marks, edit.span);
                    json.text("text", &edit.text);
                });
            }
        });
    })
}
