//! Rows that several sources have are shown once: against a count of the same rows by hand.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test")]

mod dice;

use dice::Dice;
use kqlens::dataset::{AddOptions, Dataset};
use kqlens::engine::Job;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A row by its number: the number decides its values.
fn line(number: u64) -> String {
    let body = if number.is_multiple_of(3) {
        String::new()
    } else {
        format!(r#","Trace":"step {number} of a long text""#)
    };
    format!(
        r#"{{"TimeGenerated":"2026-03-0{}T10:{:02}:{:02}.{:03}Z","CorrelationId":"00000000-0000-4000-8000-{:012x}","ResponseCode":{},"IsRequestSuccess":{},"BackendTime":{},"ApiId":"api-{}"{body}}}"#,
        1 + number % 3,
        number % 60,
        number / 60 % 60,
        number % 1000,
        number / 2,
        200 + number % 4,
        number.is_multiple_of(4),
        number % 17,
        number % 5,
    )
}

fn lines(numbers: &[u64]) -> String {
    numbers.iter().map(|&number| line(number) + "\n").collect()
}

fn add(dataset: &mut Dataset, text: &str) -> u32 {
    dataset
        .add(text.as_bytes(), AddOptions::default())
        .unwrap()
        .id
}

/// How often each row is shown, by all of its values.
fn shown(dataset: &Dataset, table: &str) -> BTreeMap<String, i64> {
    let query = format!(
        "{table} | extend Row = strcat(TimeGenerated, CorrelationId, ResponseCode, IsRequestSuccess, BackendTime, ApiId, column_ifexists('Trace', '')) | summarize Count = count() by Row"
    );
    let answer = Job::start(&query, Rc::new(dataset.views()), 0)
        .unwrap()
        .run()
        .unwrap()
        .relation;
    let text = |row, column| answer.value(row, column).to_text();
    (0..answer.n_rows())
        .map(|row| (text(row, 0), text(row, 1).parse().unwrap()))
        .collect()
}

const GATEWAY: &str = "ApiManagementGatewayLogs";

fn of(numbers: &[u64]) -> BTreeMap<String, i64> {
    let mut dataset = Dataset::new();
    add(&mut dataset, &lines(numbers));
    shown(&dataset, GATEWAY)
}

#[test]
fn each_row_is_shown_as_often_as_the_source_that_has_it_most() {
    let mut dice = Dice(7);
    let (mut n_hidden, mut n_rows) = (0, 0);
    for round in 0..40 {
        let mut sources: Vec<Vec<u64>> = Vec::new();
        for _ in 0..2 + dice.below(3) {
            let n = 1 + dice.below(400);
            sources.push((0..n).map(|_| dice.below(300) as u64).collect());
        }
        let mut expected: BTreeMap<String, i64> = BTreeMap::new();
        for numbers in &sources {
            for (row, count) in of(numbers) {
                let most = expected.entry(row).or_default();
                *most = count.max(*most);
            }
        }
        let mut dataset = Dataset::new();
        dataset.merge_duplicates(true);
        for numbers in &sources {
            add(&mut dataset, &lines(numbers));
        }
        assert_eq!(shown(&dataset, GATEWAY), expected, "round {round}");
        for report in dataset.sources() {
            n_hidden += report.duplicates;
            n_rows += report.rows;
            assert_eq!(report.rows + report.reject_count, report.records);
        }
    }
    println!("{n_hidden} of {n_rows} rows were hidden");
    assert!(n_hidden > 1_000);
}

#[test]
fn rows_of_several_segments_are_found_in_any_order() {
    let numbers: Vec<u64> = (0..150_000).collect();
    let mut shuffled = numbers.clone();
    let mut dice = Dice(11);
    dice.shuffle(&mut shuffled);
    shuffled.push(150_001);
    let mut dataset = Dataset::new();
    dataset.merge_duplicates(true);
    add(&mut dataset, &lines(&numbers));
    add(&mut dataset, &lines(&shuffled));
    let duplicates: Vec<u64> = dataset.sources().iter().map(|s| s.duplicates).collect();
    assert_eq!(duplicates, [0, 150_000]);
    assert_eq!(dataset.tables()[0].rows, 150_001);
}

#[test]
fn what_is_hidden_comes_back_when_its_twin_goes_or_nothing_is_merged() {
    let mut dataset = Dataset::new();
    let first = add(&mut dataset, &lines(&[1, 2, 3, 3]));
    add(&mut dataset, &lines(&[2, 3, 4]));
    let n_rows = |dataset: &Dataset| dataset.tables()[0].rows;
    assert_eq!(n_rows(&dataset), 7, "nothing is merged unless it is asked");
    dataset.merge_duplicates(true);
    assert_eq!(n_rows(&dataset), 5);
    dataset.merge_duplicates(false);
    assert_eq!(n_rows(&dataset), 7);
    assert_eq!(dataset.sources()[1].duplicates, 0);
    dataset.merge_duplicates(true);
    assert!(dataset.remove(first));
    assert_eq!(shown(&dataset, GATEWAY), of(&[2, 3, 4]));
}

#[test]
fn rows_that_differ_in_one_value_are_two() {
    let row = |more: &str| {
        format!(
            r#"{{"TimeGenerated":"2026-03-01T10:00:00Z","CorrelationId":"a","Category":"GatewayLogs"{more}}}"#
        ) + "\n"
    };
    let cases = [
        ("", "", 1),
        ("", r#","ApiId":"""#, 1),
        ("", r#","Trace":null"#, 1),
        ("", r#","ApiId":"x""#, 2),
        (r#","ResponseCode":200"#, r#","ResponseCode":201"#, 2),
        (r#","ResponseCode":200"#, "", 2),
        (
            r#","IsRequestSuccess":true"#,
            r#","IsRequestSuccess":false"#,
            2,
        ),
        (r#","ApiId":"x""#, r#","OperationId":"x""#, 2),
        (r#","Own":"x""#, r#","Own":"x""#, 1),
        (r#","Own":1"#, r#","Own":"1 ""#, 2),
        (r#","Own":1.5"#, r#","Own":1.25"#, 2),
        (r#","Own":{"a":1}"#, r#","Own":{"a":1}"#, 1),
        (r#","Own":{"a":1}"#, r#","Own":{"a":2}"#, 2),
    ];
    for (one, other, n_rows) in cases {
        let mut dataset = Dataset::new();
        dataset.merge_duplicates(true);
        add(&mut dataset, &row(one));
        add(&mut dataset, &row(other));
        let n_shown: usize = dataset.tables().iter().map(|table| table.rows).sum();
        assert_eq!(n_shown, n_rows, "{one} and {other}");
    }
}

#[test]
fn the_same_rows_as_lines_and_as_a_table_of_values_are_one() {
    let json = r#"{"TimeGenerated":"2026-03-01T10:00:00.0000000Z","CorrelationId":"a","ResponseCode":500,"ApiId":"x"}"#;
    let csv = "TimeGenerated,CorrelationId,ResponseCode,ApiId,Trace\n2026-03-01T10:00:00.0000000Z,a,500,x,\n";
    let mut dataset = Dataset::new();
    dataset.merge_duplicates(true);
    add(&mut dataset, &(json.to_owned() + "\n"));
    add(&mut dataset, csv);
    let names: Vec<String> = dataset
        .tables()
        .into_iter()
        .map(|table| table.name)
        .collect();
    assert_eq!(names, [GATEWAY]);
    assert_eq!(dataset.tables()[0].rows, 1);
}
