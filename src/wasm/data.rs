//! Sources and their tables: handles that JavaScript holds.

use wasm_bindgen::prelude::*;

use super::{Answer, Failure, dto, json, option};
use crate::dataset;
use crate::input::InputError;
use crate::table::DateOrder;

fn date_order(order: &str) -> Result<DateOrder, Failure> {
    match order {
        "mdy" => Ok(DateOrder::MonthFirst),
        "dmy" => Ok(DateOrder::DayFirst),
        _ => Err(Failure::new(
            "usage",
            "the order of dates is `mdy` or `dmy`",
        )),
    }
}

impl From<InputError> for Failure {
    fn from(error: InputError) -> Self {
        Self::new(error.code, error.message).with_help(error.help)
    }
}

fn no_source() -> Failure {
    Failure::new("no-source", "there is no source of this id")
}

/// Tables made of log exports.
#[wasm_bindgen]
pub struct Dataset {
    pub(super) inner: dataset::Dataset,
}

#[wasm_bindgen]
impl Dataset {
    /// No sources; tables may not take more bytes than the limit.
    #[wasm_bindgen(constructor)]
    pub fn new(memory_limit_bytes: Option<f64>) -> Self {
        let inner = memory_limit_bytes.map_or_else(dataset::Dataset::new, |limit| {
            dataset::Dataset::with_memory_limit(limit.max(0.0) as usize)
        });
        Self { inner }
    }

    /// Begins a source that comes in chunks.
    pub fn open(&self, options: &JsValue) -> Answer<SourceWriter> {
        let text = |name| option(options, name, JsValue::as_string);
        let order = text("dateOrder")?;
        Ok(SourceWriter {
            inner: Some(self.inner.open(dataset::AddOptions {
                name: text("name")?,
                format: text("format")?,
                date_order: order.as_deref().map(date_order).transpose()?,
            })),
        })
    }

    /// Adds a source that was read to its end.
    pub fn finish(&mut self, writer: &mut SourceWriter) -> Answer {
        let report = writer
            .take()?
            .finish(&mut self.inner)
            .map_err(Failure::from)?;
        json::object(|json| dto::source_report(json, &report))
    }

    /// Whether rows that several sources have are shown once.
    #[wasm_bindgen(js_name = mergeDuplicates)]
    pub fn merge_duplicates(&mut self, is_merging: bool) {
        self.inner.merge_duplicates(is_merging);
    }

    /// The reports of all sources.
    pub fn sources(&self) -> Answer {
        json::list(self.inner.sources(), dto::source_report)
    }

    /// Takes a source out.
    pub fn remove(&mut self, source_id: u32) -> Answer<()> {
        if self.inner.remove(source_id) {
            Ok(())
        } else {
            Err(no_source().into())
        }
    }

    /// Reads the dates of a source that could be read in two ways.
    #[wasm_bindgen(js_name = settleDates)]
    pub fn settle_dates(&mut self, source_id: u32, order: &str) -> Answer {
        let report = self
            .inner
            .settle_dates(source_id, date_order(order)?)
            .ok_or_else(no_source)?;
        json::object(|json| dto::source_report(json, &report))
    }

    /// The tables by name.
    pub fn tables(&self) -> Answer {
        json::list(self.inner.tables(), |json, info| {
            dto::table(json, &self.inner, &info);
        })
    }
}

/// A source that is being read.
#[wasm_bindgen]
pub struct SourceWriter {
    inner: Option<dataset::SourceWriter>,
}

impl SourceWriter {
    fn take(&mut self) -> Result<dataset::SourceWriter, Failure> {
        self.inner
            .take()
            .ok_or_else(|| Failure::new("freed", "the source was finished or cancelled"))
    }
}

#[wasm_bindgen]
impl SourceWriter {
    /// Reads the next bytes, cut anywhere.
    pub fn push(&mut self, chunk: &[u8]) -> Answer {
        let Some(inner) = &mut self.inner else {
            return Err(no_source().into());
        };
        let progress = inner.push(chunk).map_err(Failure::from)?;
        json::object(|json| dto::read_progress(json, &progress))
    }

    /// Gives up; nothing is added.
    pub fn cancel(&mut self) {
        if let Some(inner) = self.inner.take() {
            inner.cancel();
        }
    }
}
