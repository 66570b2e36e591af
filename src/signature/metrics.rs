//! The metric classes of requests, by both rules that API Management has had.
//!
//! Source: `reference/FORMATS.md` §6: the documented `httpStatusCodeCategory`, and the official
//! workbook. Output: conditions on gateway rows; the triage counts the rows that meet them.

/// Calls that failed, or had no answer.
pub const FAILURES: &str = "ResponseCode >= 400 or ResponseCode == 0";
/// What both rules call unauthorized.
pub const UNAUTHORIZED: &str = "ResponseCode in (401, 403, 429)";
/// What both rules call failed.
pub const FAILED: &str = "ResponseCode == 400 or ResponseCode between (500 .. 599)";
/// Successful by the rule of the current workbook.
pub const SUCCESSFUL: &str = "ResponseCode < 400";
/// Successful by the rule of the documentation (2017).
pub const SUCCESSFUL_2017: &str = "ResponseCode <= 301 or ResponseCode in (304, 307)";

/// What is counted of the gateway's rows, in the order of [`Counts`].
pub(super) const CONDITIONS: [&str; 5] =
    [FAILURES, UNAUTHORIZED, FAILED, SUCCESSFUL, SUCCESSFUL_2017];

/// How many rows meet each of [`CONDITIONS`].
pub(super) type Counts = [u64; CONDITIONS.len()];

/// Counts of the metric classes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Classes {
    /// Went well.
    pub successful: u64,
    /// Failed.
    pub failed: u64,
    /// Were refused.
    pub unauthorized: u64,
    /// The rest.
    pub other: u64,
}

impl Classes {
    /// The classes of the workbook and of the documentation, out of so many requests.
    pub(super) fn of(n_requests: u64, counts: Counts) -> (Self, Self) {
        let [_, unauthorized, failed, successful, successful_2017] = counts;
        let classes = |successful| Self {
            successful,
            failed,
            unauthorized,
            other: n_requests.saturating_sub(successful + unauthorized + failed),
        };
        (classes(successful), classes(successful_2017))
    }
}
