//! The job that puts calls together: whose each row is, the gateway row beside, then id after id.
//!
//! Input: the log of the language models and the gateway log. Output: [`Calls`]. Invariants: a step is
//! bounded; every row belongs to one call or is a duplicate of one that does; texts are read where
//! they lie. Absent on purpose: what makes a call of rows, which is `assembly`.

use super::assembly::{Assembly, Columns};
use super::call::{Call, Calls, Place};
use super::ids::{Ids, each_id};
use super::log::{Cells, Log};
use crate::table::{Column, Data, Tables, View};
use crate::value::order;
use std::rc::Rc;

/// The table of calls to language models.
pub const LLM_LOG: &str = "ApiManagementGatewayLlmLog";
/// The table of requests.
pub const GATEWAY_LOG: &str = "ApiManagementGatewayLogs";

/// Text that is read in one step.
const STEP_BYTES: usize = 8 << 20;
/// Calls that are put together in one step, however short.
const STEP_CALLS: usize = 16_384;

/// Where the job is.
#[derive(Debug)]
enum Phase {
    /// Reading the ids of a batch of the log.
    Index(usize),
    /// Reading the ids of a batch of gateway rows.
    Join(usize),
    /// Putting together the calls from this id on.
    Assemble(u32),
    Done,
}

/// A reassembly on its way.
#[derive(Debug)]
pub struct Reassembly {
    log: Log,
    gateway: Log,
    columns: Columns,
    phase: Phase,
    ids: Ids,
    /// The id of each row, batch by batch.
    id_of: Vec<u32>,
    /// The rows by id, and where the rows of each id begin.
    rows: Vec<Place>,
    starts: Vec<u32>,
    /// Gateway rows of known ids: id, time, place; sorted.
    gateway_rows: Vec<(u32, i64, Place)>,
    /// The status codes of the gateway rows.
    codes: Cells,
    calls: Vec<Call>,
    period: Option<(i64, i64)>,
    /// Rows whose ids are read, gateway rows that are joined, rows that are put together.
    rows_done: u64,
    rows_total: u64,
}

impl Reassembly {
    /// Starts over the tables that are loaded; no rows make no calls.
    pub fn start(tables: &dyn Tables) -> Self {
        let log = |name: &str| {
            let view = tables.find(name);
            Log::of(view.unwrap_or_else(|| {
                Rc::new(View {
                    name: name.to_owned(),
                    fields: Vec::new(),
                    parts: Vec::new(),
                })
            }))
        };
        let (llm, gateway) = (log(LLM_LOG), log(GATEWAY_LOG));

        // Rows of the language models are visited twice: for their ids, and to be put together.
        let rows_total = 2 * llm.n_rows() + gateway.n_rows();
        Self {
            columns: Columns::of(&llm),
            codes: gateway.cells("ResponseCode"),
            log: llm,
            gateway,
            phase: Phase::Index(0),
            ids: Ids::default(),
            id_of: Vec::new(),
            rows: Vec::new(),
            starts: Vec::new(),
            gateway_rows: Vec::new(),
            calls: Vec::new(),
            period: None,
            rows_done: 0,
            rows_total,
        }
    }

    /// Rows that are done, and all there are to do.
    pub const fn progress(&self) -> (u64, u64) {
        (self.rows_done, self.rows_total)
    }

    /// Does a bounded piece of work; true when the calls are there.
    pub fn step(&mut self) -> bool {
        self.phase = match self.phase {
            Phase::Index(batch) if batch < self.log.n_batches() => {
                self.index(batch);
                Phase::Index(batch + 1)
            }
            Phase::Index(_) => {
                self.group();
                Phase::Join(0)
            }
            Phase::Join(batch) if batch < self.gateway.n_batches() => {
                self.join(batch);
                Phase::Join(batch + 1)
            }
            Phase::Join(_) => {
                order::sort_by_key(&mut self.gateway_rows, |&row| row);
                Phase::Assemble(0)
            }
            Phase::Assemble(id) if id < self.ids.len() => Phase::Assemble(self.assemble_from(id)),
            Phase::Assemble(_) => {
                order::sort_by_key(&mut self.calls, |call| {
                    (call.time.unwrap_or(i64::MIN), call.first)
                });
                Phase::Done
            }
            Phase::Done => return true,
        };
        matches!(self.phase, Phase::Done)
    }

    /// Runs to the end.
    pub fn run(mut self) -> Calls {
        while !self.step() {}
        self.finish()
    }

    /// The calls that were put together so far; all of them when the job is done.
    pub fn finish(self) -> Calls {
        Calls {
            n_rows: self.id_of.len() as u64,
            period: self.period,
            calls: self.calls,
            log: self.log,
            gateway: self.gateway,
            requests: self.columns.requests,
            responses: self.columns.responses,
        }
    }

    fn index(&mut self, batch: usize) {
        let n_rows = self.log.n_rows_of(batch);
        let ids = &mut self.ids;
        let found = self.log.cell_column("CorrelationId", batch);
        match found.as_deref().map(|column| &column.data) {
            Some(Data::String(texts)) => {
                let of_rows = each_id(texts, |id| {
                    Some(match id {
                        Ok(word) => ids.of_guid(word),
                        Err(text) => ids.of_text(text),
                    })
                });
                self.id_of.extend(of_rows.into_iter().flatten());
            }
            _ => self.id_of.extend((0..n_rows).map(|_| ids.of_text(""))),
        }
        self.extend_period(self.log.cell_column("TimeGenerated", batch).as_deref());
        self.rows_done += n_rows as u64;
    }

    fn extend_period(&mut self, times: Option<&Column>) {
        let Some(Data::Long(ticks)) = times.map(|column| &column.data) else {
            return;
        };
        for (row, &tick) in ticks.iter().enumerate() {
            if times.is_some_and(|times| !times.is_null(row)) {
                let (from, to) = self.period.unwrap_or((tick, tick));
                self.period = Some((from.min(tick), to.max(tick)));
            }
        }
    }

    /// Rows by id, in the order in which they came.
    fn group(&mut self) {
        let mut starts = vec![0_u32; self.ids.len() as usize + 1];
        for &id in &self.id_of {
            if let Some(count) = starts.get_mut(id as usize + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut next = starts.clone();
        let mut rows = vec![(0, 0); self.id_of.len()];
        let mut ids = self.id_of.iter();
        for batch in 0..self.log.n_batches() {
            for (row, &id) in (0..self.log.n_rows_of(batch)).zip(ids.by_ref()) {
                let Some(place) = next.get_mut(id as usize) else {
                    continue;
                };
                if let Some(to) = rows.get_mut(*place as usize) {
                    *to = (batch as u32, row as u32);
                }
                *place += 1;
            }
        }
        (self.rows, self.starts) = (rows, starts);
    }

    fn join(&mut self, batch: usize) {
        let ids = &self.ids;
        let found = self.gateway.cell_column("CorrelationId", batch);
        let times = self.gateway.cell_column("TimeGenerated", batch);
        let time = |row: usize| match times.as_deref().map(|column| &column.data) {
            Some(Data::Long(ticks)) => ticks.get(row).copied().unwrap_or_default(),
            _ => 0,
        };
        if let Some(Data::String(texts)) = found.as_deref().map(|column| &column.data) {
            let of_rows = each_id(texts, |id| match id {
                Ok(word) => ids.find_guid(word),
                Err("") => None,
                Err(text) => ids.find_text(text),
            });
            let known = of_rows.into_iter().enumerate();
            self.gateway_rows.extend(
                known.filter_map(|(row, id)| Some((id?, time(row), (batch as u32, row as u32)))),
            );
        }
        self.extend_period(times.as_deref());
        self.rows_done += self.gateway.n_rows_of(batch) as u64;
    }

    /// Puts calls together until the step is long enough; the id to go on with.
    fn assemble_from(&mut self, first: u32) -> u32 {
        let (mut id, mut n_bytes) = (first, 0);
        while id < self.ids.len() && n_bytes < STEP_BYTES && ((id - first) as usize) < STEP_CALLS {
            n_bytes += self.assemble(id);
            id += 1;
        }
        id
    }

    /// The calls of one id; the bytes that were read for them.
    fn assemble(&mut self, id: u32) -> usize {
        let at = |id: u32| {
            self.starts
                .get(id as usize)
                .map_or(0, |&start| start as usize)
        };
        let places = self.rows.get(at(id)..at(id + 1)).unwrap_or_default();
        self.rows_done += places.len() as u64;
        let from = self.gateway_rows.partition_point(|row| row.0 < id);
        let to = self.gateway_rows.partition_point(|row| row.0 <= id);
        let assembly = Assembly {
            columns: &self.columns,
            log: &self.log,
            gateway: self.gateway_rows.get(from..to).unwrap_or_default(),
            codes: &self.codes,
            has_id: !self.ids.is_unnamed(id),
        };
        assembly.run(places, &mut self.calls)
    }
}
