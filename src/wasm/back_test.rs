//! What an alert rule would have done, in steps.

use std::rc::Rc;

use wasm_bindgen::prelude::*;

use super::data::Dataset;
use super::handoff::request_of;
use super::{Answer, Failure, dto, json};
use crate::handoff::back_test::{BackTest, BackTestError, Series};
use crate::handoff::log_alert::LogRule;

impl From<BackTestError> for Failure {
    fn from(error: BackTestError) -> Self {
        match error {
            BackTestError::Rule(error) => error.into(),
            BackTestError::Query(finding) => Self::in_query("", &finding).with_field("query"),
        }
    }
}

fn rule_of(request: &str) -> Answer<LogRule> {
    Ok(LogRule::read(&request_of(request)?).map_err(Failure::from)?)
}

#[wasm_bindgen]
impl Dataset {
    /// Begins a test of a rule over the time of the rows that its query reads; the rule is an object as
    /// JSON.
    #[wasm_bindgen(js_name = startBackTest)]
    pub fn start_back_test(&self, rule: &str) -> Answer<BackTestJob> {
        let tables = Rc::new(self.inner.views());
        let inner = BackTest::start(rule_of(rule)?, tables, None).map_err(Failure::from)?;
        Ok(BackTestJob {
            inner,
            series: None,
        })
    }
}

/// A test that runs in steps; freeing it cancels it.
#[wasm_bindgen]
pub struct BackTestJob {
    inner: BackTest,
    series: Option<Series>,
}

#[wasm_bindgen]
impl BackTestJob {
    /// Does a bounded piece of work.
    pub fn step(&mut self) -> Answer {
        let is_done = self.inner.step().map_err(Failure::from)?;
        if is_done && self.series.is_none() {
            self.series = Some(self.inner.series());
        }
        let (n_done, n_all) = self.inner.progress();
        json::object(|json| dto::job_progress(json, is_done, n_done as u64, n_all as u64))
    }

    fn done(&self) -> Answer<&Series> {
        let series = self.series.as_ref();
        Ok(series.ok_or_else(|| Failure::new("pending", "the test has not come to its end"))?)
    }

    /// What the rule saw.
    pub fn series(&self) -> Answer {
        let series = self.done()?;
        json::object(|json| dto::back_test_series(json, series))
    }

    /// When a rule with another condition would have been raised.
    pub fn firings(&self, rule: &str) -> Answer {
        let (series, rule) = (self.done()?, rule_of(rule)?);
        rule.check_evaluation().map_err(Failure::from)?;
        let mute_minutes = rule.mute_minutes.unwrap_or(0);
        let firings = series.firings(rule.condition, rule.is_stateful, mute_minutes);
        json::list(&firings, |json, firing| {
            dto::firing(json, series, firing);
        })
    }
}
