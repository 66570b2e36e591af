//! The metric classes of requests, by both rules that API Management has had.
//!
//! Source: `reference/FORMATS.md` §6: the documented `httpStatusCodeCategory`, and the official
//! workbook.

use super::tables::GATEWAY;

/// Counts of requests by the rule of the documentation (2017).
pub fn documented_2017() -> String {
    classes("ResponseCode <= 301 or ResponseCode in (304, 307)")
}

/// Counts of requests by the rule of the current workbook.
pub fn workbook() -> String {
    classes("ResponseCode < 400")
}

fn classes(successful: &str) -> String {
    format!(
        "{GATEWAY}\n| summarize Requests = count(), Successful = countif({successful}), \
         Unauthorized = countif(ResponseCode in (401, 403, 429)), \
         Failed = countif(ResponseCode == 400 or ResponseCode between (500 .. 599))\n\
         | extend Other = Requests - Successful - Unauthorized - Failed"
    )
}

/// Requests, failures and the time they cover.
pub fn totals() -> String {
    format!(
        "{GATEWAY}\n| summarize Requests = count(), Failures = countif(ResponseCode >= 400 or ResponseCode == 0), \
         From = min(TimeGenerated), To = max(TimeGenerated)"
    )
}
