//! Rows of 1 byte to 2 MB become calls that are small enough and hold them all; what the service
//! would refuse is told at its field.

use crate::Numbers;
use kqlens::handoff::{Artefact, HandoffError, make};
use kqlens::value::Dynamic;
use std::io::Write;

/// The documented limit of a call, packed and unpacked.
const MOST_BYTES: usize = 1_000_000;

fn asked(text: &str) -> Result<Artefact, HandoffError> {
    make(
        "logsIngestion",
        &Dynamic::parse(text).expect("the request is JSON"),
    )
}

/// A row's text: of few letters, so that it packs, or of any, so that it does not.
fn text(numbers: &mut Numbers, n_bytes: usize) -> String {
    let letters: &[u8] = if n_bytes.is_multiple_of(2) {
        b"ab \n"
    } else {
        b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/\"\\"
    };
    let letter = |_| char::from(letters[numbers.below(letters.len())]);
    (0..n_bytes).map(letter).collect()
}

#[test]
fn calls_are_small_enough_and_hold_every_row() {
    let mut numbers = Numbers(7);
    let mut rows: Vec<String> = Vec::new();
    for n_bytes in [
        1,
        2,
        3,
        10,
        1000,
        64 << 10,
        (64 << 10) + 1,
        300_000,
        900_001,
        940_001,
        1_100_001,
        2_000_000,
    ] {
        for _ in 0..3 {
            rows.push(text(&mut numbers, n_bytes));
        }
    }
    for _ in 0..5000 {
        let n_bytes = 1 + numbers.below(400);
        rows.push(text(&mut numbers, n_bytes));
    }
    let cells = rows
        .iter()
        .map(|row| Dynamic::array(vec![Dynamic::string(row)]));
    let cells = Dynamic::array(cells.collect());
    let artefact = asked(&format!(
        r#"{{"name": "T", "answer": {{"columns": [{{"name": "a", "type": "string"}}], "rows": {}}}}}"#,
        cells.to_json()
    ))
    .unwrap();
    let mut sent: Vec<String> = Vec::new();
    let mut n_calls = 0;
    for file in artefact.files.iter().filter(|file| file.format == "body") {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
        packer.write_all(file.text.as_bytes()).unwrap();
        // Even bytes that cannot be packed fit.
        assert!(file.text.len() < MOST_BYTES && packer.finish().unwrap().len() < MOST_BYTES);
        let body = Dynamic::parse(&file.text).unwrap();
        sent.extend(
            body.items()
                .unwrap()
                .iter()
                .map(|row| row.member("a").to_text()),
        );
        n_calls += 1;
    }
    let is_kept = |row: &&String| {
        row.len() < 1_000_000 && {
            let json = Dynamic::string(row).to_json();
            json.len() + "[{\"a\":}]".len() <= 998_000
        }
    };
    let kept: Vec<&String> = rows.iter().filter(is_kept).collect();
    assert_eq!(sent.len(), kept.len());
    assert!(sent.iter().eq(kept.iter().copied()));
    let n_left_out = rows.len() - kept.len();
    assert!(n_left_out >= 6 && n_calls > 5);
    let notes = artefact.notes.join("\n");
    assert!(
        notes.contains(&format!("larger than a call may be: {n_left_out} rows")),
        "{notes}"
    );
    assert!(
        notes.contains("Longer than 64 KB, so cut by the service: "),
        "{notes}"
    );
}

#[test]
fn what_cannot_be_is_told_at_its_field() {
    let answer = r#""answer": {"columns": [{"name": "t", "type": "datetime"}, {"name": "d", "type": "timespan"}]}"#;
    for (fields, field, message) in [
        (r#""name": "1T""#, "name", "`1T` is no name of a table"),
        (
            r#""name": "T", "timeColumn": "d""#,
            "timeColumn",
            "`d` is no column of time",
        ),
        (
            r#""name": "T", "transformKql": "source | project d""#,
            "transformKql",
            "`TimeGenerated` is missing",
        ),
        (
            r#""name": "T", "transformKql": "source | extend TimeGenerated = 'x'""#,
            "transformKql",
            "`TimeGenerated` is no datetime",
        ),
        (
            r#""name": "T", "transformKql": "source | extend TimeGenerated = t, e = totimespan(d)""#,
            "transformKql",
            "`e` is a timespan, which tables do not have",
        ),
        (
            r#""name": "T", "location": "westeurope", "workspaceLocation": "eastus""#,
            "workspaceLocation",
            "the workspace is in `eastus`, the rule in `westeurope`",
        ),
        (
            r#""name": "T", "location": "westeurope", "endpointLocation": "eastus""#,
            "endpointLocation",
            "the endpoint is in `eastus`, the rule in `westeurope`",
        ),
        (
            r#""name": "T", "rule": "dcr-1""#,
            "rule",
            "`dcr-1` is no immutable id of a rule",
        ),
        (
            r#""name": "T", "endpoint": "https://a.b/$(x)""#,
            "endpoint",
            "`https://a.b/$(x)` is no endpoint",
        ),
        (r#""name": "T", "now": "soon""#, "now", "this is no time"),
    ] {
        let error = asked(&format!("{{{fields}, {answer}}}")).unwrap_err();
        assert_eq!(
            (error.field.as_str(), error.message.as_str()),
            (field, message),
            "{fields}"
        );
        assert!(error.help.chars().count() <= 90, "{error:?}");
    }
    // What a transformation may not do is told with its place.
    for transform in [
        "source | summarize count()",
        "source | extend",
        "Other",
        "source | take 5 | join source on t",
    ] {
        let error = asked(&format!(
            r#"{{"name": "T", "transformKql": "{transform}", {answer}}}"#
        ))
        .unwrap_err();
        assert_eq!(error.field, "transformKql", "{transform}");
        assert!(error.message.chars().count() <= 90, "{error:?}");
    }
}

#[test]
fn clients_of_a_cloud_ask_its_own_hosts() {
    for (cloud, audience, login) in [
        (
            "public",
            "https://monitor.azure.com",
            "login.microsoftonline.com",
        ),
        (
            "usGovernment",
            "https://monitor.azure.us",
            "login.microsoftonline.us",
        ),
        (
            "china",
            "https://monitor.azure.cn",
            "login.partner.microsoftonline.cn",
        ),
    ] {
        let artefact = asked(&format!(
            r#"{{"name": "T", "cloud": "{cloud}", "answer": {{"columns": [{{"name": "a", "type": "string"}}]}}}}"#
        ))
        .unwrap();
        for format in [
            "curl",
            "powershell",
            "javascript",
            "python",
            "dotnet",
            "java",
            "go",
        ] {
            let text = artefact.text(format).unwrap();
            assert!(text.contains(&format!("{audience}//.default")), "{format}");
            assert!(text.contains(&format!("https://{login}")), "{format}");
            assert!(
                text.contains("streams/Custom-Json-T_CL?api-version=2023-01-01"),
                "{format}"
            );
            assert!(
                !text.contains('@') || !text.contains("@STREAM@"),
                "{format}"
            );
        }
    }
}
