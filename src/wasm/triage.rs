//! The triage, in steps.

use std::rc::Rc;

use wasm_bindgen::prelude::*;

use super::data::Dataset;
use super::{Answer, Failure, dto, json, moment};
use crate::dataset::SourceReport;
use crate::signature::triage::Triage;

#[wasm_bindgen]
impl Dataset {
    /// Begins a triage of what is loaded.
    #[wasm_bindgen(js_name = startTriage)]
    pub fn start_triage(&self, now: &str) -> Answer<TriageJob> {
        let sources: Vec<SourceReport> = self.inner.sources().into_iter().cloned().collect();
        let inner = Triage::start(
            Rc::new(self.inner.views()),
            sources.clone(),
            moment(Some(now))?,
        );
        Ok(TriageJob { inner, sources })
    }
}

/// A triage that runs in steps; freeing it cancels it.
#[wasm_bindgen]
pub struct TriageJob {
    inner: Triage,
    sources: Vec<SourceReport>,
}

#[wasm_bindgen]
impl TriageJob {
    /// Does a bounded piece of work.
    pub fn step(&mut self) -> Answer {
        let is_done = self
            .inner
            .step()
            .map_err(|finding| Failure::in_query("", &finding))?;
        let progress = self.inner.progress();
        json::object(|json| {
            dto::job_progress(json, is_done, progress.rows_done, progress.rows_total);
        })
    }

    /// The report of a triage that is done.
    pub fn report(&self) -> Answer {
        json::object(|json| {
            dto::triage_report(json, self.inner.report(), &self.sources);
        })
    }
}
