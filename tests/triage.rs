//! The triage over logs made for it: what a finding counts is what its KQL counts, however many kinds
//! of rows and however many different messages there are.

#![expect(clippy::unwrap_used, reason = "a test")]

use kqlens::dataset::{AddOptions, Dataset};
use kqlens::engine::Job;
use kqlens::signature::triage::{Report, Triage};
use kqlens::table::Tables;
use std::fmt::Write as _;
use std::rc::Rc;

/// A gateway row as a Storage account holds it.
fn row(minute: usize, code: u32, reason: &str, source: &str, message: &str) -> String {
    format!(
        r#"{{"time":"2026-03-03T10:{:02}:00Z","category":"GatewayLogs","operationName":"Microsoft.ApiManagement/GatewayLogs","properties":{{"apiId":"orders","method":"GET","url":"https://api.contoso.com/orders/{minute}","responseCode":{code},"lastError":{{"reason":"{reason}","source":"{source}","message":"{message}"}}}}}}
"#,
        minute % 60
    )
}

/// Ten calls without a key, four that ran into a limit, two with a broken backend.
fn incident() -> String {
    let mut log = String::new();
    for minute in 0..10 {
        log += &row(
            minute,
            401,
            "SubscriptionKeyNotFound",
            "authorization",
            "Access denied due to missing subscription key. Make sure to include subscription key when making requests to an API.",
        );
    }
    for minute in 0..4 {
        let message = format!("Rate limit is exceeded. Try again in {minute} seconds.");
        log += &row(minute, 429, "RateLimitExceeded", "rate-limit", &message);
    }
    for minute in 0..2 {
        log += &row(
            minute,
            500,
            "BackendConnectionFailure",
            "forward-request",
            "Error occured while calling backend service: No such host is known.",
        );
    }
    log
}

fn triage(log: &str) -> (Report, Rc<dyn Tables>) {
    let mut dataset = Dataset::new();
    dataset.add(log.as_bytes(), AddOptions::default()).unwrap();

    let tables: Rc<dyn Tables> = Rc::new(dataset.views());
    let report = Triage::start(Rc::clone(&tables), Vec::new(), 0)
        .run()
        .unwrap();
    (report, tables)
}

/// Signature and count of the findings of the incident, each counted again by its own KQL.
fn incident_counts(log: &str) -> Vec<(&'static str, u64)> {
    let (report, tables) = triage(log);
    for finding in &report.findings {
        let job = Job::start(&format!("{} | count", finding.kql), Rc::clone(&tables), 0).unwrap();
        let counted = job.run().unwrap().relation.value(0, 0).as_long().unwrap();
        assert_eq!(
            counted as u64, finding.count,
            "{}: {}",
            finding.signature.id, finding.kql
        );
    }
    let mut counts: Vec<(&str, u64)> = report
        .findings
        .iter()
        .map(|finding| (finding.signature.id, finding.count))
        .filter(|(id, _)| {
            [
                "auth.subscription-key-missing",
                "throttle.rate-limit",
                "dns.not-resolved",
            ]
            .contains(id)
        })
        .collect();
    counts.sort_unstable();
    counts
}

#[test]
fn noise_of_any_kind_changes_no_finding() {
    let expected = incident_counts(&incident());
    assert_eq!(expected.len(), 3, "{expected:?}");
    // More kinds of rows than are told apart.
    let mut kinds = incident();
    for number in 0..3000 {
        write!(
            kinds,
            "{}",
            row(number, 500, &format!("Odd{number}"), "odd", "It broke.")
        )
        .unwrap();
    }
    assert_eq!(incident_counts(&kinds), expected);
    // More messages than are kept.
    let mut messages = incident();
    for number in 0..3000 {
        let message =
            format!("It broke in a way of its own, number {number}, which nobody has seen.");
        write!(messages, "{}", row(number, 500, "Odd", "odd", &message)).unwrap();
    }
    assert_eq!(incident_counts(&messages), expected);
}

#[test]
fn metric_classes_count_codes() {
    let mut log = String::new();
    for (number, code) in [200, 200, 302, 304, 400, 401, 403, 404, 429, 500, 503, 0]
        .into_iter()
        .enumerate()
    {
        log += &row(number, code, "", "", "");
    }
    let (report, _) = triage(&log);
    assert_eq!((report.n_requests, report.n_failures), (12, 8));
    let classes = report.workbook;
    assert_eq!(
        (
            classes.successful,
            classes.unauthorized,
            classes.failed,
            classes.other
        ),
        (5, 3, 3, 1)
    );
    assert_eq!(report.documented_2017.successful, 4);
}
