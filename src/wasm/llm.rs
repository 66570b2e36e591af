//! Calls to language models: a job that puts them together, their queries, one conversation.

use wasm_bindgen::prelude::*;

use super::data::Dataset;
use super::json::Json;
use super::{Answer, Failure, dto, json, redaction};
use crate::dataset::Loaded;
use crate::llm::conversation::{Conversation, Spoken};
use crate::llm::export::{self, Manner};
use crate::llm::price::{self, PriceTable};
use crate::llm::shape::{Message, Part};
use crate::llm::{Call, Problem, Reassembly, queries};
use crate::redact;
use crate::value::datetime;

#[wasm_bindgen]
impl Dataset {
    /// Begins to put the calls together.
    #[wasm_bindgen(js_name = startLlm)]
    pub fn start_llm(&self) -> LlmJob {
        let loaded = self.inner.views();
        LlmJob {
            reassembly: (!loaded.has_calls()).then(|| loaded.reassembly()),
            loaded,
        }
    }

    /// How many calls have each problem, and what that says of their being whole.
    #[wasm_bindgen(js_name = llmProblems)]
    pub fn llm_problems(&self) -> Answer {
        let calls = self.inner.views().calls();
        let count = |problem: Problem| {
            calls
                .calls
                .iter()
                .filter(|call| call.problems.has(problem))
                .count()
        };
        let found = Problem::ALL
            .iter()
            .map(|&problem| (problem, count(problem)));
        json::list(
            found.filter(|&(_, count)| count > 0),
            |json, (problem, count)| {
                json.text("code", problem.code())
                    .text("says", problem.weight().name())
                    .put("calls", &count);
            },
        )
    }

    /// Rows of the log of the models, and those that have no id.
    #[wasm_bindgen(js_name = llmRows)]
    pub fn llm_rows(&self) -> Answer {
        let calls = self.inner.views().calls();
        let is_unordered = |call: &&Call| {
            call.problems.has(Problem::RequestOrder) || call.problems.has(Problem::ResponseOrder)
        };
        json::object(|json| {
            json.put("calls", &calls.calls.len())
                .put("rows", &calls.n_rows)
                .put(
                    "rowsWithoutId",
                    &calls
                        .calls
                        .iter()
                        .filter(|call| call.problems.has(Problem::IdMissing))
                        .count(),
                )
                .put(
                    "orderUnknown",
                    &calls.calls.iter().filter(is_unordered).count(),
                );
        })
    }

    /// A query of a report here and, where it can run there, in a workspace: `argument` is a list of
    /// dimensions, a limit or a code; `prices` are the lines of a price table, empty without one.
    #[wasm_bindgen(js_name = llmKql)]
    pub fn llm_kql(&self, name: &str, argument: &str, prices: &str) -> Answer {
        let query = query(
            name,
            argument,
            Some(prices).filter(|lines| !lines.is_empty()),
        )?;
        let period = self.inner.views().calls().period.unwrap_or_default();
        json::object(|json| {
            json.text("local", &query).text_or_null(
                "resourceSpecific",
                queries::in_workspace(&query, period).as_deref(),
            );
        })
    }

    /// One call as a conversation.
    #[wasm_bindgen(js_name = llmConversation)]
    pub fn llm_conversation(&self, call: usize) -> Answer {
        let calls = self.inner.views().calls();
        let found = calls.calls.get(call).ok_or_else(no_call)?;
        json::object(|json| {
            conversation(json, Some((call, found)), &Conversation::of(&calls, found));
        })
    }

    /// What the logged bodies of a gateway row say; null where there is no such row.
    #[wasm_bindgen(js_name = llmBodies)]
    pub fn llm_bodies(&self, correlation_id: &str) -> Answer {
        let calls = self.inner.views().calls();
        match Conversation::of_bodies(&calls, correlation_id) {
            Some(found) => json::object(|json| conversation(json, None, &found)),
            None => Ok(JsValue::NULL),
        }
    }

    /// Calls as JSON lines, from one on to before another.
    #[wasm_bindgen(js_name = llmJsonLines)]
    pub fn llm_json_lines(&self, from: usize, to: usize, redact: bool, text: bool) -> String {
        let calls = self.inner.views().calls();
        let to = to.min(calls.calls.len());
        masked(redact, text, |manner| {
            export::json_lines(&calls, from.min(to)..to, manner)
        })
    }

    /// One call as Markdown.
    #[wasm_bindgen(js_name = llmMarkdown)]
    pub fn llm_markdown(&self, call: usize, redact: bool, text: bool) -> Answer<String> {
        let calls = self.inner.views().calls();
        let found = calls.calls.get(call).ok_or_else(no_call)?;
        Ok(masked(redact, text, |manner| {
            export::markdown(&calls, found, manner)
        }))
    }
}

fn no_call() -> Failure {
    Failure::new("usage", "there is no call of this number")
}

fn masked(is_redacted: bool, has_text: bool, write: impl FnOnce(&Manner<'_>) -> String) -> String {
    let options = redaction::session();
    let mask = |text: &str| {
        if is_redacted {
            redact::apply(text, &options)
        } else {
            text.to_owned()
        }
    };
    write(&Manner {
        mask: &mask,
        has_text,
    })
}

/// Calls on their way; freeing it cancels them.
#[wasm_bindgen]
pub struct LlmJob {
    /// None where the calls are there already.
    reassembly: Option<Reassembly>,
    loaded: Loaded,
}

#[wasm_bindgen]
impl LlmJob {
    /// Does a bounded piece of work.
    pub fn step(&mut self) -> Answer {
        let is_done = self.reassembly.as_mut().is_none_or(Reassembly::step);
        let (done, total) = self
            .reassembly
            .as_ref()
            .map_or((0, 0), Reassembly::progress);
        if is_done && let Some(reassembly) = self.reassembly.take() {
            self.loaded.keep(reassembly.finish());
        }
        json::object(|json| dto::job_progress(json, is_done, done, total))
    }
}

/// A query of a report: `argument` is a list of dimensions, a limit or a code; `prices` are the lines
/// of a price table.
fn query(name: &str, argument: &str, prices: Option<&str>) -> Result<String, Failure> {
    Ok(match name {
        "calls" => queries::calls(prices),
        "totals" => queries::totals(prices),
        "models" => queries::models(prices),
        "limits" => queries::limits(),
        "metrics" => queries::metrics(),
        "problem" => queries::with_problem(argument),
        "withoutGatewayRow" => queries::without_gateway_row(),
        "withoutLlmRow" => queries::without_llm_row(),
        "peaks" => {
            let limit = argument.parse().ok().filter(|limit| *limit > 0);
            queries::peaks(
                limit.ok_or_else(|| Failure::new("usage", "a limit is a whole number above 0"))?,
            )
        }
        "sums" => {
            let mut by = Vec::new();
            for id in argument.split(',').filter(|id| !id.is_empty()) {
                by.push(queries::dimension_of(id).ok_or_else(|| no_dimension(id))?);
            }
            queries::sums(&by, prices)
        }
        _ => return Err(Failure::new("usage", "there is no such query")),
    })
}

/// A price table, as JSON or CSV, as its currency and lines of KQL.
#[wasm_bindgen(js_name = llmPrices)]
pub fn llm_prices(text: &str) -> Answer {
    let table = PriceTable::parse(text).map_err(|error| Failure::new(error.code, error.message))?;
    json::object(|json| {
        json.text("currency", &table.currency)
            .text("kql", &table.extend_kql());
    })
}

/// A table of models and their deployments with empty prices.
#[wasm_bindgen(js_name = llmPriceTemplate)]
pub fn llm_price_template(
    models: Vec<String>,
    deployments: Vec<String>,
    format: &str,
) -> Answer<String> {
    let format = match format {
        "json" => price::Format::Json,
        "csv" => price::Format::Csv,
        _ => return Err(Failure::new("usage", "a template is written as `json` or `csv`").into()),
    };
    let models: Vec<(String, String)> = models.into_iter().zip(deployments).collect();
    Ok(price::template(&models, format))
}

fn no_dimension(id: &str) -> Failure {
    let known: Vec<&str> = queries::DIMENSIONS
        .iter()
        .map(|dimension| dimension.id)
        .collect();
    Failure::new(
        "usage",
        format!("sums are not made by `{}`", crate::text::cut(id, 40)),
    )
    .with_help(format!("they are made by {}", known.join(", ")))
}

fn conversation(json: &mut Json, call: Option<(usize, &Call)>, conversation: &Conversation) {
    let column = |name: &str| conversation.column(name).unwrap_or_default();
    let count = |json: &mut Json, name: &str, count: Option<i64>| {
        json.put(
            name,
            &count.map_or_else(|| "null".to_owned(), |count| count.to_string()),
        );
    };
    count(json, "call", call.map(|(at, _)| at as i64));
    let found = call.map(|(_, call)| call);
    let time = found.and_then(|call| call.time).map(datetime::text);
    json.text_or_null(
        "time",
        time.as_deref().or(conversation.column("TimeGenerated")),
    )
    .text("correlationId", column("CorrelationId"))
    .text("model", column("ModelName"))
    .text("deployment", column("DeploymentName"))
    .text("apiVersion", column("ApiVersion"));
    let streaming = conversation
        .column("IsStreamCompletion")
        .map(str::to_ascii_lowercase);
    json.put("streaming", &streaming.as_deref().unwrap_or("null"));
    let tokens = found.map(|call| call.tokens).unwrap_or_default();
    count(json, "promptTokens", tokens.prompt);
    count(json, "completionTokens", tokens.completion);
    count(json, "totalTokens", tokens.total);
    json.text_or_null("finishReason", conversation.finish_reason.as_deref())
        .text(
            "completeness",
            found.map_or("cannotTell", |call| call.problems.completeness().name()),
        );
    let missing = found.and_then(|call| call.missing_number).map(i64::from);
    count(json, "missingPart", missing);
    json.list(
        "problems",
        found.into_iter().flat_map(|call| call.problems.iter()),
        |json, problem| {
            json.text("code", problem.code())
                .text("says", problem.weight().name());
        },
    );
    json.list("gateway", &conversation.gateway, |json, (name, value)| {
        json.text("column", name).text("value", value);
    });
    json.object("request", |json| spoken(json, &conversation.request))
        .object("response", |json| spoken(json, &conversation.response));
    let speed = conversation
        .tokens_per_second
        .filter(|speed| speed.is_finite());
    json.put(
        "tokensPerSecond",
        &speed.map_or_else(|| "null".to_owned(), |speed| format!("{speed:.3}")),
    );
}

fn spoken(json: &mut Json, spoken: &Spoken) {
    json.text("shape", spoken.reading.shape)
        .text_or_null("raw", spoken.raw.as_deref())
        .texts("parts", &spoken.parts)
        .list("messages", &spoken.reading.messages, message);
}

fn message(json: &mut Json, message: &Message) {
    json.text("role", &message.role)
        .text_or_null("name", message.name.as_deref())
        .text_or_null("finishReason", message.finish_reason.as_deref())
        .list("parts", &message.parts, part);
}

fn part(json: &mut Json, part: &Part) {
    json.text("kind", part.kind.name())
        .text("text", &part.text)
        .text_or_null("id", part.id.as_deref())
        .text_or_null("name", part.name.as_deref())
        .text_or_null("mime", part.mime.as_deref())
        .text_or_null("url", part.url.as_deref())
        .put(
            "size",
            &part
                .size
                .map_or_else(|| "null".to_owned(), |size| size.to_string()),
        );
}
