//! Calls to language models: the conversation put back together, the tokens counted once.
//!
//! Input: the rows of `ApiManagementGatewayLlmLog`, several a call and in any order, and the gateway
//! rows. Output: [`Calls`], the table [`table::NAME`] that KQL queries, the messages of a call, what
//! it cost. Invariants: no text is invented; what the rows do not tell is marked, not guessed; texts
//! stay in the tables until they are asked for. Absent on purpose: sums, which are KQL.

mod arrangement;
mod assembly;
mod call;
pub mod conversation;
pub mod export;
mod ids;
mod json_text;
mod log;
pub mod price;
pub mod queries;
mod reassembly;
pub mod shape;
pub mod table;

pub use call::{Call, Calls, Completeness, Place, Problem, Problems, Side, Tokens};
pub use reassembly::{GATEWAY_LOG, LLM_LOG, Reassembly};
