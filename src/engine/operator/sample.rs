//! `sample`: some rows, each as likely as any other, in the order of the input.
//!
//! Rows are drawn into a reservoir by numbers that always start from the same one, so that the same
//! rows give the same sample.

use super::{Machine, Poll, Run, hold};
use crate::engine::Outcome;
use crate::engine::batch::{Batch, Lazy};
use crate::engine::eval::Context;
use crate::table::SEGMENT_ROWS;
use crate::text::Span;
use crate::value::{Type, order};
use std::rc::Rc;

/// A bound `sample`.
#[derive(Clone, Debug)]
pub struct Sample {
    /// How many rows.
    pub n_rows: usize,
    /// Types of the columns.
    pub kinds: Vec<Type>,
    /// Where it stands.
    pub span: Span,
}

impl Machine for Sample {
    fn start(&self, inputs: Vec<Box<dyn Run>>) -> Box<dyn Run> {
        Box::new(Running {
            input: inputs.into_iter().next(),
            sample: self.clone(),
            batches: Vec::new(),
            shared: Rc::default(),
            drawn: Vec::new(),
            n_seen: 0,
            n_given: 0,
            state: 0x9E37_79B9_7F4A_7C15,
        })
    }
}

struct Running {
    input: Option<Box<dyn Run>>,
    sample: Sample,
    batches: Vec<Batch>,
    shared: Rc<Vec<Batch>>,
    /// Batches and rows.
    drawn: Vec<(u32, u32)>,
    n_seen: u64,
    n_given: usize,
    state: u64,
}

impl Running {
    /// The next number below another.
    fn below(&mut self, end: u64) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        ((u128::from(mixed) * u128::from(end)) >> 64) as u64
    }

    fn take(&mut self, batch: Batch) -> Outcome<()> {
        let at = self.batches.len() as u32;
        let mut is_drawn = false;
        for row in 0..batch.n_rows as u32 {
            self.n_seen += 1;
            if self.drawn.len() < self.sample.n_rows {
                self.drawn.push((at, row));
                is_drawn = true;
                continue;
            }
            let place = self.below(self.n_seen);
            if let Some(place) = self.drawn.get_mut(place as usize) {
                *place = (at, row);
                is_drawn = true;
            }
        }
        hold(self.drawn.len(), self.sample.span)?;
        // Batches of which nothing was drawn are not kept, but counted.
        self.batches
            .push(if is_drawn { batch } else { Batch::default() });
        Ok(())
    }
}

impl Run for Running {
    fn poll(&mut self, context: &Context) -> Outcome<Poll> {
        if let Some(input) = &mut self.input {
            match input.poll(context)? {
                Poll::Batch(batch) => self.take(batch)?,
                Poll::Pending => {}
                Poll::Done => {
                    self.input = None;
                    order::sort_by(&mut self.drawn, Ord::cmp);
                    self.shared = Rc::new(std::mem::take(&mut self.batches));
                }
            }
            return Ok(Poll::Pending);
        }
        let end = (self.n_given + SEGMENT_ROWS).min(self.drawn.len());
        let places = self.drawn.get(self.n_given..end).unwrap_or_default();
        if places.is_empty() {
            return Ok(Poll::Done);
        }
        let places = Rc::new(places.to_vec());
        self.n_given = end;
        let columns = self.sample.kinds.iter().enumerate();
        let columns = columns.map(|(at, kind)| Lazy::scattered(&self.shared, at, &places, *kind));
        Ok(Poll::Batch(Batch {
            columns: columns.collect(),
            n_rows: places.len(),
        }))
    }
}
