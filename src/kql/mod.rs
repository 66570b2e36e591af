//! The KQL language: tokens, parser, tree, printer, checks, completion, explanation, translation.
//!
//! Input: a query text. Output: a [`tree::Query`] and diagnostics; a text back from a tree. What needs
//! names and types reads an [`analysis::Analysis`], which the binder of the engine makes. Invariant:
//! reading never fails; a broken part becomes a node and a diagnostic. Absent on purpose: data and the
//! running of queries (that is `engine`).

pub mod analysis;
pub mod check;
pub mod complete;
pub mod dropped;
pub mod edits;
pub mod explain;
pub mod names;
pub mod operators;
pub mod outline;
pub mod parser;
pub mod printer;
pub mod repair;
pub mod symbols;
pub mod token;
pub mod translate;
pub mod tree;
pub mod visit;
