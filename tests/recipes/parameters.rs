//! What the parameters do, on rows made here: the answer is the one expected, and the same through
//! `AzureDiagnostics`.

use super::{run, shown, text_of};
use kqlens::dataset::{AddOptions, Dataset};
use kqlens::recipe::{self, Target};
use std::rc::Rc;

/// Gateway rows: time of day, code, the rest as JSON members.
const GATEWAY: &[(&str, u16, &str)] = &[
    (
        "14:20:00",
        200,
        r#""ApiId":"orders","BackendId":"b1","BackendUrl":"https://b1.example.net/o","BackendResponseCode":200,"BackendTime":40,"TotalTime":50,"ClientTime":4,"CorrelationId":"c-ok","CallerIpAddress":"10.0.0.1""#,
    ),
    (
        "14:31:05",
        500,
        r#""ApiId":"orders","BackendId":"b1","BackendUrl":"https://b1.example.net/o","BackendResponseCode":500,"BackendTime":90"#,
    ),
    (
        "14:31:20",
        500,
        r#""ApiId":"orders","BackendId":"b1","BackendUrl":"https://b1.example.net/o","BackendResponseCode":500,"BackendTime":110"#,
    ),
    ("14:32:01", 503, r#""ApiId":"orders","BackendId":"b1""#),
    (
        "14:32:02",
        503,
        r#""ApiId":"orders","BackendId":"b1","LastErrorMessage":"Backend pool b1 is temporarily unavailable""#,
    ),
    (
        "14:33:00",
        503,
        r#""ApiId":"orders","BackendId":"b2","BackendUrl":"https://b2.example.net/","BackendResponseCode":503"#,
    ),
    (
        "14:40:00",
        500,
        r#""ApiId":"invoices","BackendUrl":"https://old.example.net/a","Url":"https://gw/a","LastErrorSource":"forward-request","LastErrorReason":"BackendConnectionFailure","LastErrorMessage":"The remote certificate was rejected by the provided RemoteCertificateValidationCallback.""#,
    ),
    (
        "14:41:00",
        500,
        r#""ApiId":"invoices","BackendUrl":"https://old.example.net/b","Url":"https://gw/b","LastErrorSource":"forward-request","LastErrorReason":"BackendConnectionFailure","LastErrorMessage":"The remote certificate was rejected by the provided RemoteCertificateValidationCallback.""#,
    ),
    (
        "14:42:00",
        500,
        r#""ApiId":"invoices","BackendUrl":"https://far.example.net/","TotalTime":21040,"LastErrorSource":"forward-request","LastErrorReason":"BackendConnectionFailure","LastErrorMessage":"A connection attempt failed because the connected party did not properly respond after a period of time""#,
    ),
    (
        "14:43:00",
        500,
        r#""ApiId":"invoices","BackendUrl":"https://plain.example.net:80/","LastErrorSource":"forward-request","LastErrorReason":"BackendConnectionFailure","LastErrorMessage":"The handshake failed due to an unexpected packet format.""#,
    ),
    (
        "14:50:00",
        401,
        r#""ApiId":"orders","OperationId":"list","ProductId":"p","CallerIpAddress":"10.0.0.7","LastErrorSource":"authorization","LastErrorReason":"SubscriptionKeyInvalid","LastErrorMessage":"Access denied due to invalid subscription key.""#,
    ),
    (
        "14:51:00",
        401,
        r#""ApiId":"orders","OperationId":"list","CallerIpAddress":"10.0.0.8","LastErrorSource":"authorization","LastErrorReason":"SubscriptionKeyNotFound","LastErrorMessage":"Access denied due to missing subscription key.""#,
    ),
    (
        "14:52:00",
        401,
        r#""ApiId":"orders","CallerIpAddress":"10.0.0.8","BackendResponseCode":401"#,
    ),
    (
        "14:58:00",
        200,
        r#""ApiId":"chat","CorrelationId":"call-1","ApimSubscriptionId":"team-a""#,
    ),
    (
        "14:58:10",
        200,
        r#""ApiId":"chat","CorrelationId":"call-2","ApimSubscriptionId":"team-a""#,
    ),
];

/// LLM rows: call, sequence number, the rest. The messages of the first call are cut inside an
/// escape, and stand in the export in another order.
const LANGUAGE_MODEL: &[(&str, u32, &str)] = &[
    ("call-1", 3, r#""ResponseMessages":"0e9 \\\"yes\\\"\"}]""#),
    (
        "call-1",
        2,
        r#""ResponseMessages":"[{\"role\":\"assistant\",\"content\":\"caf\\u0""#,
    ),
    (
        "call-1",
        0,
        r#""DeploymentName":"gpt","ModelName":"gpt-4o","PromptTokens":11,"CompletionTokens":7,"TotalTokens":18"#,
    ),
    (
        "call-1",
        1,
        r#""RequestMessages":[{"role":"system","content":"be brief"},{"role":"user","content":"coffee?"}],"PromptTokens":0"#,
    ),
    (
        "call-2",
        0,
        r#""DeploymentName":"gpt","ModelName":"gpt-4o","PromptTokens":5,"CompletionTokens":0,"TotalTokens":5"#,
    ),
    (
        "call-2",
        1,
        r#""RequestMessages":[{"role":"user","content":"refused"}]"#,
    ),
    (
        "call-3",
        0,
        r#""DeploymentName":"mini","ModelName":"mini","PromptTokens":1,"CompletionTokens":2,"TotalTokens":3"#,
    ),
    (
        "call-3",
        1,
        r#""RequestMessages":[{"role":"user","content":"hello"}]"#,
    ),
    (
        "call-3",
        2,
        r#""ResponseMessages":{"role":"assistant","content":"world"}"#,
    ),
];

fn tables() -> Rc<dyn kqlens::table::Tables> {
    let gateway = GATEWAY.iter().enumerate().map(|(at, (time, code, rest))| {
        let id = if rest.contains("CorrelationId") {
            String::new()
        } else {
            format!("\"CorrelationId\":\"g-{at}\",")
        };
        format!("{{\"TimeGenerated\":\"2026-04-20T{time}Z\",\"ResponseCode\":{code},{id}{rest}}}")
    });
    let model = LANGUAGE_MODEL.iter().map(|(call, number, rest)| {
        format!("{{\"TimeGenerated\":\"2026-04-20T14:59:0{number}Z\",\"CorrelationId\":\"{call}\",\"SequenceNumber\":{number},{rest}}}")
    });
    let mut dataset = Dataset::new();
    for lines in [gateway.collect::<Vec<_>>(), model.collect()] {
        let report = dataset
            .add(lines.join("\n").as_bytes(), AddOptions::default())
            .unwrap();
        assert_eq!(
            (report.rows as usize, report.reject_count),
            (lines.len(), 0),
            "{report:?}"
        );
    }
    Rc::new(dataset.views())
}

fn answer(id: &str, values: &[(&str, &str)], target: Target) -> String {
    let text = recipe::build(id, values, target).unwrap();
    let relation =
        run(&text, &tables()).unwrap_or_else(|error| panic!("{id}: {}", shown(&error, &text)));
    text_of(&relation)
        .replace("2026-04-20T", "")
        .replace(".0000000Z", "")
}

/// The answer of a recipe in both dialects, without the line of names.
fn check(id: &str, values: &[(&str, &str)], expected: &[&str]) {
    let answers = [Target::ResourceSpecific, Target::AzureDiagnostics]
        .map(|target| answer(id, values, target));
    assert_eq!(answers[0], answers[1], "{id}");
    let lines: Vec<&str> = answers[0].lines().skip(1).collect();
    assert_eq!(
        lines,
        expected,
        "{id}: {}",
        answers[0].lines().next().unwrap()
    );
}

#[test]
fn failures_are_counted_by_what_they_are() {
    check(
        "triage",
        &[("period", "15m")],
        &[
            "401|||backend|1|14:52:00|14:52:00|1",
            "401|SubscriptionKeyInvalid|authorization|gateway|1|14:50:00|14:50:00|1",
            "401|SubscriptionKeyNotFound|authorization|gateway|1|14:51:00|14:51:00|1",
        ],
    );
    check(
        "triage",
        &[("api", "orders"), ("to", "2026-04-20T14:32:00Z")],
        &["500|||backend|2|14:31:05|14:31:20|1"],
    );
    check(
        "failures-by-column",
        &[],
        &["orders|9|8|14:52:00|88.89", "invoices|4|4|14:43:00|100"],
    );
    check(
        "failures-by-column",
        &[
            ("column", "backendId_s"),
            ("rows", "1"),
            ("to", "2026-04-20 14:35"),
        ],
        &["b1|5|4|14:32:02|80"],
    );
}

#[test]
fn requests_are_listed() {
    check(
        "requests",
        &[("least_code", "500"), ("rows", "2"), ("api", "orders")],
        &[
            "14:33:00||orders||||503|503||||||g-5",
            "14:32:02||orders||||503|||||Backend pool b1 is temporarily unavailable||g-4",
        ],
    );
    check(
        "one-request",
        &[("correlation_id", "c-ok")],
        &["14:20:00|10.0.0.1|||orders||||200|b1|https://b1.example.net/o|200|||||50|40|4|6|"],
    );
}

#[test]
fn connections_that_failed_are_told_apart() {
    check(
        "backend-tls-rejections",
        &[("period", "1d")],
        &["invoices||old.example.net|2|14:40:00|14:41:00|https://gw/b"],
    );
    check(
        "backend-connect-timeouts",
        &[],
        &["invoices||far.example.net|1|14:42:00|14:42:00|21040"],
    );
    check(
        "backend-broken-handshakes",
        &[],
        &[
            "invoices||plain.example.net|1|14:43:00|14:43:00|The handshake failed due to an unexpected packet format.",
        ],
    );
}

#[test]
fn refused_callers_are_told_apart() {
    check(
        "unauthorized-by-reason",
        &[],
        &[
            "401|backend|||1|1|1|14:52:00",
            "401|gateway|SubscriptionKeyInvalid|Access denied due to invalid subscription key.|1|1|1|14:50:00",
            "401|gateway|SubscriptionKeyNotFound|Access denied due to missing subscription key.|1|1|1|14:51:00",
        ],
    );
    check(
        "keys-out-of-scope",
        &[("rows", "5")],
        &["14:50:00|10.0.0.7|orders|list|p||Access denied due to invalid subscription key.|g-10"],
    );
}

#[test]
fn breakers_and_what_came_before() {
    check(
        "circuit-breaker-trips",
        &[],
        &["orders|b1|2|14:32:01|14:32:02|Backend pool b1 is temporarily unavailable"],
    );
    check(
        "run-up-to-a-trip",
        &[("trip", "2026-04-20T14:32:00Z"), ("backend", "b1")],
        &["14:31:00|500|500|2|100", "14:32:00|503||2|NaN"],
    );
    check(
        "run-up-to-a-trip",
        &[
            ("trip", "2026-04-20T14:32:00Z"),
            ("backend", ".example.net/o"),
            ("before", "40s"),
        ],
        &["14:31:00|500|500|1|110"],
    );
}

#[test]
fn pieces_become_conversations_and_rows_stay_calls() {
    check(
        "conversations",
        &[("rows", "2")],
        &[
            "14:59:00|call-1|gpt-4o|gpt|11|7|18|be brief",
            r#"coffee?|café "yes"||[{"role":"system","content":"be brief"},{"role":"user","content":"coffee?"}]|[{"role":"assistant","content":"caf\u00e9 \"yes\""}]"#,
            r#"14:59:00|call-2|gpt-4o|gpt|5|0|5|refused|||[{"role":"user","content":"refused"}]|"#,
        ],
    );
    check(
        "tokens-by-subscription",
        &[],
        &["team-a|chat|gpt|gpt-4o|2|16|7|23", "||mini|mini|1|1|2|3"],
    );
}
