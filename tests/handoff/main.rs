//! Ways out of kqlens: links that come back, artefacts that match their shapes and their golden files.
#![expect(
    clippy::print_stdout,
    reason = "the test tells how much of the suites ran"
)]
#![expect(clippy::unwrap_used, reason = "a test")]

mod artefacts;
mod back_test;
#[path = "../dice/mod.rs"]
mod dice;
mod hostile;
mod ingestion;
mod links;
#[path = "../outside/mod.rs"]
mod outside;
mod setup;
mod shape;

/// Numbers that are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number below another.
    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }
}

const PIECES: &[&str] = &[
    "ApiManagementGatewayLogs",
    "| where ",
    "\n",
    "\r\n",
    "ResponseCode >= 400",
    " ",
    "'",
    "\"",
    "\\",
    "${",
    "}",
    "[",
    "]",
    "%20",
    "%",
    "+",
    "&",
    "#",
    "/",
    "?",
    "=",
    "ü",
    "日本",
    "😀",
    "\t",
    "`",
    "@'\\d+'",
    "'''",
    "//x",
    "\u{2028}",
    "\u{feff}",
    "summarize count() by bin(TimeGenerated, 5m)",
    "{",
    "<b>",
    "$",
    "\u{1}",
    "\u{85}",
    "/timespan/",
    "/q/",
    "%2F",
    "H4sI",
];

/// Queries of any characters; none is blank.
fn queries(n_queries: usize) -> Vec<String> {
    let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15);
    let queries = (0..n_queries).map(|_| {
        let n_pieces = 1 + numbers.below(60);
        let pieces = (0..n_pieces).map(|_| PIECES[numbers.below(PIECES.len())]);
        format!("T{}", pieces.collect::<String>())
    });
    queries.collect()
}
