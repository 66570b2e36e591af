//! kqlens reads log exports of Azure API Management, says what broke and why, and runs KQL over
//! them. One crate, compiled to one WebAssembly module; nothing leaves the machine it runs on.
//!
//! ```text
//! bytes ─▶ input ─▶ schema ─▶ table ─▶ engine ─▶ signature · llm · recipe ─▶ wasm
//!                                        ▲
//!               text ─▶ kql (tokens, tree, printer, checks, completion, explanation, translation)
//! ```
//!
//! The folders are the stages in that order. `text`, `diagnostic` and `value` know nobody; `kql`
//! knows no data; `table` knows no JSON; only `wasm` knows JavaScript. `tests/tidy.rs` keeps it so.

pub mod dataset;
pub mod diagnostic;
pub mod engine;
pub mod handoff;
pub mod input;
pub mod kql;
pub mod llm;
pub mod recipe;
pub mod redact;
pub mod schema;
pub mod signature;
pub mod table;
pub mod text;
pub mod value;

#[cfg(target_arch = "wasm32")]
pub mod wasm;
