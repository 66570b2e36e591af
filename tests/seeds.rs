//! Queries as articles print them: they get the repairs that kqlens proposes, and then have an
//! answer.
//!
//! Reads two articles beside the suites. Slips of the same kinds, made here, are tested everywhere.
#![expect(clippy::unwrap_used, reason = "a test")]

mod outside;

use kqlens::dataset::{AddOptions, Dataset, check};
use kqlens::diagnostic::{Fix, Severity};
use kqlens::engine::{Job, Relation};
use kqlens::kql::check::Target;
use kqlens::kql::repair;
use kqlens::table::Tables;
use kqlens::value::datetime;
use std::rc::Rc;

/// The rule of functions that have a newer name.
const OLD_NAME: &str = "KQL0607";

fn now() -> i64 {
    datetime::parse("2026-04-20T15:00:00Z").unwrap()
}

/// Fixes that one query may need.
const MAX_FIXES: usize = 20;

/// Rows as `AzureDiagnostics` exports them: time, code, the rest as JSON members.
const DIAGNOSTICS: &[(&str, u16, &str)] = &[
    (
        "2026-04-20T14:31:10Z",
        500,
        r#""backendResponseCode_d":500,"backendUrl_s":"https://x.example.net/my-backend","lastError_source_s":"forward-request""#,
    ),
    (
        "2026-04-20T14:31:40Z",
        500,
        r#""backendResponseCode_d":502,"backendUrl_s":"https://x.example.net/my-backend""#,
    ),
    (
        "2026-04-20T14:32:00Z",
        503,
        r#""backendUrl_s":"https://x.example.net/my-backend","lastError_reason_s":"CircuitBreaker","lastError_message_s":"The CircuitBreaker of the backend is open""#,
    ),
    (
        "2026-04-20T14:40:00Z",
        500,
        r#""backendUrl_s":"https://old.example.net/","lastError_reason_s":"BackendConnectionFailure","lastError_message_s":"The remote certificate was rejected by the provided RemoteCertificateValidationCallback.""#,
    ),
    (
        "2026-04-20T14:55:00Z",
        401,
        r#""apimSubscriptionId_s":"team-a","lastError_source_s":"authorization","lastError_reason_s":"SubscriptionKeyInvalid","lastError_message_s":"Access denied due to invalid subscription key.""#,
    ),
    (
        "2026-04-20T14:56:00Z",
        200,
        r#""backendResponseCode_d":200,"backendUrl_s":"https://x.example.net/my-backend""#,
    ),
];

/// Rows of a call to a language model.
const LANGUAGE_MODEL: &str = r#"
{"TimeGenerated":"2026-04-20T14:58:00Z","CorrelationId":"c","SequenceNumber":0,"ModelName":"gpt","PromptTokens":3,"CompletionTokens":2,"TotalTokens":5}
{"TimeGenerated":"2026-04-20T14:58:00Z","CorrelationId":"c","SequenceNumber":1,"RequestMessages":[{"role":"user","content":"ping"}]}
{"TimeGenerated":"2026-04-20T14:58:01Z","CorrelationId":"c","SequenceNumber":2,"ResponseMessages":[{"role":"assistant","content":"pong"}]}
"#;

fn tables() -> Rc<dyn Tables> {
    let rows = DIAGNOSTICS.iter().enumerate().map(|(at, (time, code, rest))| {
        let head = format!(r#""TimeGenerated":"{time}","ResourceProvider":"MICROSOFT.APIMANAGEMENT","Category":"GatewayLogs""#);
        let request = r#""OperationName":"Microsoft.ApiManagement/GatewayLogs","CallerIPAddress":"10.0.0.1","apiId_s":"orders","method_s":"GET","url_s":"https://gw.example.net/orders""#;
        format!(r#"{{{head},{request},"CorrelationId":"c-{at}","responseCode_d":{code}.0,{rest}}}"#)
    });
    let mut dataset = Dataset::new();
    for text in [
        rows.collect::<Vec<_>>().join("\n"),
        LANGUAGE_MODEL.trim().to_owned(),
    ] {
        let report = dataset.add(text.as_bytes(), AddOptions::default()).unwrap();
        assert_eq!(
            (report.rows as usize, report.reject_count),
            (text.lines().count(), 0),
            "{report:?}"
        );
    }
    Rc::new(dataset.views())
}

/// The query with every repair that kqlens proposes: for names that are known to be wrong first, then
/// what the engine proposes, until it runs; the number of repairs, and the answer.
fn repaired(query: &str, tables: &Rc<dyn Tables>) -> (String, usize, Relation) {
    let mut text = query.to_owned();
    let mut n_fixes = 0;
    loop {
        let found = check::check(&text, tables.as_ref(), Target::LogAnalytics, now());
        let fixes: Vec<Fix> = found
            .into_iter()
            .filter(|finding| finding.severity == Severity::Error || finding.code == OLD_NAME)
            .filter_map(|finding| finding.fix)
            .collect();
        n_fixes += fixes.len();
        text = repair::apply(&text, &fixes);
        let error = match Job::start(&text, Rc::clone(tables), now()).and_then(Job::run) {
            Ok(finished) => return (text, n_fixes, finished.relation),
            Err(error) => error,
        };
        n_fixes += 1;
        let Some(fix) = error.fix.filter(|_| n_fixes < MAX_FIXES) else {
            panic!(
                "{} {} at {:?}\n{text}",
                error.code,
                error.message,
                error.span.of(&text)
            );
        };
        text = repair::apply(&text, &[fix]);
    }
}

/// The queries of an article: lines from one that can begin a query to the last that goes on with it.
fn queries(article: &str) -> Vec<String> {
    let mut found: Vec<Vec<&str>> = Vec::new();
    let mut is_open = false;
    for line in article.lines() {
        let last = found
            .last()
            .and_then(|query| query.last())
            .copied()
            .unwrap_or("");
        let is_table = matches!(
            line.trim(),
            "AzureDiagnostics" | "ApiManagementGatewayLlmLog"
        );
        let goes_on = line.starts_with(['|', ' '])
            || line.starts_with("by ")
            || last.ends_with([',', ';'])
            || last.ends_with("summarize")
            || last.starts_with("let ");
        if is_open && goes_on {
            found.last_mut().expect("a query is open").push(line);
        } else if is_table || line.starts_with("let ") {
            found.push(vec![line]);
            is_open = true;
        } else {
            is_open = false;
        }
    }
    found
        .into_iter()
        .filter(|query| query.len() > 2)
        .map(|query| query.join("\n"))
        .collect()
}

fn article(name: &str) -> Option<String> {
    let path = outside::path(&format!("../seeds/{name}"))?;
    Some(std::fs::read_to_string(path).unwrap())
}

#[test]
fn printed_queries_run_once_repaired() {
    let tables = tables();
    let mut n_run = 0;
    for (name, n_queries) in [
        ("002_a957b712fef4c167.txt", 1),
        ("004_e9fe1fb3036d15fc.txt", 7),
    ] {
        let Some(article) = article(name) else {
            continue;
        };
        let queries = queries(&article);
        assert_eq!(queries.len(), n_queries, "{name}: {queries:#?}");
        for query in &queries {
            let (text, n_fixes, answer) = repaired(query, &tables);
            assert!(n_fixes > 0 && text != *query, "{text}");
            assert!(answer.n_rows() > 0, "no rows: {text}");
        }
        n_run += n_queries;
    }
    outside::note("seeds", n_run, 8 - n_run);
}

#[test]
fn slips_of_the_same_kinds_are_repaired() {
    let tables = tables();
    for (wrong, right) in [
        (
            "AzureDiagnostics | where ResponseCode_d >= 500 | summarize n = count(), Sample = any(LastErrorMessage_s) by ApiId_s, ErrorReason_s",
            "AzureDiagnostics | where responseCode_d >= 500 | summarize n = count(), Sample = take_any(lastError_message_s) by apiId_s, lastError_reason_s",
        ),
        (
            "ApiManagementGatewayLogs | where responseCode_d == 401 | project SubscriptionId_g, CallerIpAddress_s, ISRequestSuccess",
            "ApiManagementGatewayLogs | where ResponseCode == 401 | project ApimSubscriptionId, CallerIpAddress, IsRequestSuccess",
        ),
        (
            "ApiManagementGatewayLlmLogs | summarize Text = strcat_aray(makelist(tostring(RequestMessages)), ' ') by CorrelationId",
            "ApiManagementGatewayLlmLog | summarize Text = strcat_array(make_list(tostring(RequestMessages)), ' ') by CorrelationId",
        ),
        (
            "AzureDiagnostics | where Categry == 'GatewayLogs' | top 3 by TotalTime_d",
            "AzureDiagnostics | where Category == 'GatewayLogs' | top 3 by DurationMs",
        ),
        (
            "requests | summarize avg_if(duraton, success == 'True')",
            "requests | summarize avgif(duration, success == 'True')",
        ),
    ] {
        let (text, _, answer) = repaired(wrong, &tables);
        assert_eq!(text, right);
        assert!(
            answer.n_rows() > 0 || text.starts_with("requests"),
            "no rows: {text}"
        );
    }
}
