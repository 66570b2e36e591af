//! The loaded tables as queries see them: those of the sources, and the calls put together of them.
//!
//! Invariants: calls are put together once, when they are first asked for; a query that names them
//! before that waits. Absent on purpose: what is in the tables.

use crate::llm::{self, Calls, Reassembly};
use crate::schema::Views;
use crate::table::{Tables, View};
use std::cell::OnceCell;
use std::rc::Rc;

/// The tables of a dataset; a clone shares them.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    views: Views,
    calls: Rc<OnceCell<(Rc<Calls>, Rc<View>)>>,
}

impl Loaded {
    /// The tables of sources.
    pub(super) fn of(views: Views) -> Self {
        Self {
            views,
            calls: Rc::default(),
        }
    }

    /// A job that puts the calls together; what it gives goes to [`Loaded::keep`].
    pub fn reassembly(&self) -> Reassembly {
        Reassembly::start(&self.views)
    }

    /// Keeps the calls for queries.
    pub fn keep(&self, calls: Calls) {
        self.calls.get_or_init(|| with_view(calls));
    }

    /// Whether the calls were put together already.
    pub fn has_calls(&self) -> bool {
        self.calls.get().is_some()
    }

    /// The calls to language models.
    pub fn calls(&self) -> Rc<Calls> {
        Rc::clone(&self.made().0)
    }

    fn made(&self) -> &(Rc<Calls>, Rc<View>) {
        self.calls
            .get_or_init(|| with_view(self.reassembly().run()))
    }
}

fn with_view(calls: Calls) -> (Rc<Calls>, Rc<View>) {
    let calls = Rc::new(calls);
    let view = Rc::new(llm::table::view(Rc::clone(&calls)));
    (calls, view)
}

impl Tables for Loaded {
    fn find(&self, name: &str) -> Option<Rc<View>> {
        if name != llm::table::NAME {
            return self.views.find(name);
        }
        // A table of that name in the data is the data's.
        self.views
            .find(name)
            .or_else(|| Some(Rc::clone(&self.made().1)))
    }

    fn names(&self) -> Vec<String> {
        self.views.names()
    }
}
