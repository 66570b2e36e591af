//! Loads exports and prints how long the work of the benchmark takes: `query_speed FILE… [--rounds N]`.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for the terminal"
)]

use kqlens::dataset::{AddOptions, Dataset};
use kqlens::engine::Job;
use kqlens::signature::triage::Triage;
use kqlens::table::Tables;
use kqlens::value::datetime;
use std::rc::Rc;
use std::time::Instant;

const QUERIES: &[(&str, &str)] = &[
    (
        "W2",
        "ApiManagementGatewayLogs | where ResponseCode >= 400 | summarize count() by ResponseCode, LastErrorReason, LastErrorSource | order by count_ desc",
    ),
    (
        "W3",
        "ApiManagementGatewayLogs | summarize Requests = count(), Errors = countif(ResponseCode >= 400), percentiles(TotalTime, 50, 95, 99) by ApiId, bin(TimeGenerated, 5m)",
    ),
    (
        "W4",
        "ApiManagementGatewayLogs | where LastErrorMessage contains \"RemoteCertificateValidationCallback\" | summarize count() by ApiId, BackendId",
    ),
    (
        "W5a",
        "ApiManagementGatewayLogs | summarize dcount(CorrelationId)",
    ),
    (
        "W5b",
        "ApiManagementGatewayLlmLog | join kind=inner ApiManagementGatewayLogs on CorrelationId | summarize count(), sum(TotalTokens) by ApiId",
    ),
];

fn main() {
    let mut dataset = Dataset::new();
    for path in std::env::args().skip(1) {
        match std::fs::read(&path) {
            Ok(bytes) => {
                let start = Instant::now();
                match dataset.add(&bytes, AddOptions::default()) {
                    Ok(report) => println!(
                        "{path}: {} rows in {:.0} ms, {:?}",
                        report.rows,
                        start.elapsed().as_secs_f64() * 1e3,
                        report.tables
                    ),
                    Err(error) => eprintln!("{path}: {error:?}"),
                }
            }
            Err(error) => eprintln!("{path}: {error}"),
        }
    }
    println!("heap {} MB", dataset.heap_bytes() / 1_000_000);
    let tables: Rc<dyn Tables> = Rc::new(dataset.views());
    let now = datetime::parse("2026-11-20").unwrap_or_default();
    for (name, query) in QUERIES {
        let mut best = f64::MAX;
        let mut n_rows = 0;
        for _ in 0..5 {
            let start = Instant::now();
            match Job::start(query, Rc::clone(&tables), now).and_then(Job::run) {
                Ok(finished) => n_rows = finished.relation.n_rows(),
                Err(error) => eprintln!("{name}: {}", error.message),
            }
            best = best.min(start.elapsed().as_secs_f64() * 1e3);
        }
        println!("{name}: {best:.1} ms, {n_rows} rows");
    }
    let mut triage = Triage::start(Rc::clone(&tables), Vec::new(), now);
    let mut at = 0;
    loop {
        let start = Instant::now();
        let is_done = triage.step().unwrap_or(true);
        let elapsed_ms = start.elapsed().as_secs_f64() * 1e3;
        if elapsed_ms > 5.0 {
            println!(
                "triage step {at}: {elapsed_ms:.1} ms at {} rows",
                triage.progress().rows_done
            );
        }
        at += 1;
        if is_done {
            break;
        }
    }
    for _ in 0..3 {
        let start = Instant::now();
        match Triage::start(Rc::clone(&tables), Vec::new(), now).run() {
            Ok(report) => println!(
                "triage: {:.1} ms, {} findings, {} unclassified",
                start.elapsed().as_secs_f64() * 1e3,
                report.findings.len(),
                report.n_unclassified
            ),
            Err(error) => eprintln!("triage: {}", error.message),
        }
    }
}
