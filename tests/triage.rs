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

/// A call to a language model of a service, with rows of its API only.
fn model_call(resource: &str, api: &str, code: u32) -> String {
    format!(
        r#"{{"time":"2026-03-03T10:00:00Z","resourceId":"{resource}","category":"GatewayLogs","operationName":"Microsoft.ApiManagement/GatewayLogs","properties":{{"apiId":"{api}","method":"POST","url":"https://api.contoso.com/openai/deployments/x/chat/completions","responseCode":{code}}}}}
"#
    )
}

#[test]
fn gaps_name_the_setting_that_closes_them() {
    const SERVICE: &str = "/SUBSCRIPTIONS/00000000-0000-0000-0000-000000000001/RESOURCEGROUPS/RG/PROVIDERS/MICROSOFT.APIMANAGEMENT/SERVICE/CONTOSO";
    let log = model_call(SERVICE, "orders", 500)
        + &model_call(SERVICE, "openai", 200)
        + &model_call(SERVICE, "openai", 200)
        // A log can hold any text: what is no name does not get into a request.
        + &model_call("/x; rm", "a b", 500).repeat(3);
    let (report, _) = triage(&log);
    let fix = |code: &str| {
        let gap = report.cannot_conclude.iter().find(|gap| gap.code == code);
        let fix = gap.unwrap_or_else(|| panic!("no gap {code}")).fix.as_ref();
        let fix = fix.unwrap_or_else(|| panic!("{code} has no fix"));
        kqlens::handoff::make(fix.artefact, &fix.request)
            .unwrap_or_else(|error| panic!("{code}: {error:?}"));
        (fix.artefact, fix.request.to_json())
    };
    let of = |rest: &str| format!("{{{rest},\"service\":\"{SERVICE}\"");
    assert_eq!(
        fix("category-not-routed"),
        (
            "diagnosticSetting",
            of(r#""categories":["GatewayLogs","GatewayLlmLogs"]"#) + "}"
        )
    );
    assert_eq!(
        fix("llm-messages"),
        (
            "diagnostic",
            of(r#""entity":"azuremonitor","llm":{}"#) + r#","api":"openai"}"#
        )
    );
    assert_eq!(
        fix("no-bodies"),
        (
            "diagnostic",
            of(r#""entity":"azuremonitor","payloadBytes":8192"#) + r#","api":"orders"}"#
        )
    );
    let (report, _) = triage(&row(
        0,
        500,
        "BackendConnectionFailure",
        "forward-request",
        "x",
    ));
    let fixes = report
        .cannot_conclude
        .iter()
        .filter_map(|gap| gap.fix.as_ref());
    let requests: Vec<String> = fixes.map(|fix| fix.request.to_json()).collect();
    assert_eq!(
        requests,
        [r#"{"entity":"azuremonitor","payloadBytes":8192,"api":"orders"}"#]
    );
}

#[test]
fn every_fix_of_a_gap_is_a_request_that_can_be() {
    use kqlens::signature::conclude::FIXES;
    use kqlens::value::Dynamic;
    for (code, _, artefact, request, _) in FIXES {
        let request = Dynamic::parse(request).unwrap();
        let made = kqlens::handoff::make(artefact, &request);
        assert!(made.is_ok(), "{code}: {:?}", made.err());
    }
}
