//! Ways out: what kqlens found, in the form in which it is taken elsewhere.
//!
//! Input: answers and queries. Output: text. Invariants: log text is hostile, so it is never a
//! formula for a spreadsheet and never markup; secrets leave only when the caller says so.

pub mod rows;
