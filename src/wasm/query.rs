//! Queries: a job that runs in steps, and its answer.

use std::rc::Rc;

use js_sys::Array;
use wasm_bindgen::prelude::*;

use super::data::Dataset;
use super::{Answer, Failure, cells, dto, json, moment, option, redaction};
use crate::dataset::check;
use crate::engine::{self, Job, Step};
use crate::handoff::rows::{self, Rows};
use crate::redact;
use crate::value::Value;

#[wasm_bindgen]
impl Dataset {
    /// Reads and binds a query; nothing runs yet.
    pub fn start(&self, query: &str, options: &JsValue) -> Answer<QueryJob> {
        let now = moment(option(options, "now", JsValue::as_string)?.as_deref())?;
        let max_rows = option(options, "maxRows", JsValue::as_f64)?;
        let job = Job::start(query, Rc::new(self.inner.views()), now)
            .map_err(|finding| Failure::in_query(query, &check::explained(query, *finding)))?;
        let job = match max_rows {
            Some(limit) => job.with_max_rows(limit.max(0.0) as usize),
            None => job,
        };
        let job = job.with_watch(watch);
        Ok(QueryJob {
            query: query.to_owned(),
            inner: Some(job),
        })
    }
}

/// A query that runs in steps; freeing it cancels it.
#[wasm_bindgen]
pub struct QueryJob {
    query: String,
    inner: Option<Job>,
}

#[wasm_bindgen]
impl QueryJob {
    /// Does a bounded piece of work.
    pub fn step(&mut self) -> Answer {
        let job = self.inner.as_mut().ok_or_else(taken)?;
        let step = job
            .step()
            .map_err(|finding| Failure::in_query(&self.query, &finding))?;
        let progress = job.progress();
        json::object(|json| {
            let is_done = matches!(step, Step::Done);
            dto::job_progress(json, is_done, progress.rows_done, progress.rows_total);
        })
    }

    /// The stage that took most of the time so far.
    pub fn busiest(&self) -> Answer {
        let stages = self.inner.as_ref().map(Job::stages).unwrap_or_default();
        let longest = stages
            .iter()
            .max_by(|a, b| a.elapsed_ms.total_cmp(&b.elapsed_ms));
        match longest {
            Some(stage) => json::object(|json| dto::stage(json, &self.query, stage)),
            None => Ok(JsValue::NULL),
        }
    }

    /// The answer of a job that is done.
    pub fn result(&mut self) -> Answer<QueryResult> {
        let job = self.inner.take().ok_or_else(taken)?;
        let finished = job
            .into_result()
            .map_err(|finding| Failure::in_query(&self.query, &finding))?;
        Ok(QueryResult {
            query: self.query.clone(),
            finished,
        })
    }
}

#[wasm_bindgen]
unsafe extern "C" {
    /// Milliseconds since the page or process started.
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn watch_ms() -> f64;
}

/// The stop watch of stages.
fn watch() -> f64 {
    watch_ms()
}

fn taken() -> Failure {
    Failure::new("freed", "the result of this query was taken")
}

/// The answer of a query; its rows stay here.
#[wasm_bindgen]
pub struct QueryResult {
    query: String,
    finished: engine::job::Finished,
}

impl QueryResult {
    fn with_rows(&self, is_redacted: bool, write: &dyn Fn(&Rows<'_>) -> String) -> String {
        let relation = &self.finished.relation;
        let value = |row, column| relation.value(row, column);
        let options = redaction::session();
        let masked = |name: &str, text: &str| redact::apply_to(name, text, &options);
        let mask: rows::Mask<'_> = if is_redacted {
            &masked
        } else {
            &|_, text| text.to_owned()
        };
        write(&Rows {
            fields: &relation.fields,
            n_rows: relation.n_rows(),
            value: &value,
            mask,
        })
    }
}

#[wasm_bindgen]
impl QueryResult {
    /// Columns, number of rows, stages, and what to know of the answer.
    pub fn description(&self) -> Answer {
        json::object(|json| dto::description(json, &self.query, &self.finished))
    }

    /// Takes a further table of the answer, of `fork` and `facet`, by its place in the description.
    #[wasm_bindgen(js_name = takeFurther)]
    pub fn take_further(&mut self, index: usize) -> Answer<QueryResult> {
        let table = self.finished.further.get_mut(index);
        let table =
            table.ok_or_else(|| Failure::new("usage", "there is no table of this index"))?;
        Ok(Self {
            query: self.query.clone(),
            finished: engine::job::Finished::of(std::mem::take(&mut table.relation)),
        })
    }

    /// A window of rows, as arrays of cells.
    pub fn rows(&self, from: f64, to: f64) -> Array {
        let relation = &self.finished.relation;
        let to = (to.max(0.0) as usize).min(relation.n_rows());
        let row = |row| -> Array {
            (0..relation.fields.len())
                .map(|column| cells::cell(&relation.value(row, column)))
                .collect()
        };
        ((from.max(0.0) as usize)..to).map(row).collect()
    }

    /// A column, for charts.
    pub fn column(&self, index: usize) -> Answer {
        let relation = &self.finished.relation;
        let field = relation
            .fields
            .get(index)
            .ok_or_else(|| Failure::new("usage", "there is no column of this index"))?;
        let values = relation.batches.iter().flat_map(|batch| {
            let column = batch.column(index);
            (0..batch.n_rows).map(move |row| -> Value { column.value(row) })
        });
        cells::column(field.kind, values, relation.n_rows())
    }

    /// `{"columns":[…],"rows":[[…]]}`
    #[wasm_bindgen(js_name = toJson)]
    pub fn to_json(&self, redact: bool) -> String {
        self.with_rows(redact, &|rows| rows.to_json())
    }

    /// For spreadsheets: no cell is a formula.
    #[wasm_bindgen(js_name = toCsv)]
    pub fn to_csv(&self, redact: bool) -> String {
        self.with_rows(redact, &|rows| rows.to_csv())
    }

    /// A table of Markdown.
    #[wasm_bindgen(js_name = toMarkdown)]
    pub fn to_markdown(&self, redact: bool) -> String {
        self.with_rows(redact, &|rows| rows.to_markdown())
    }
}
