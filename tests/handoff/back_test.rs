//! The back-test of alert rules against a plain implementation on generated series: every window is
//! counted anew from all rows, every alert is found by looking at all evaluations.

use crate::dice::Dice;
use kqlens::dataset::{AddOptions, Dataset};
use kqlens::handoff::back_test::{BackTest, BackTestError, Firing, Series, resolving_minutes};
use kqlens::handoff::log_alert::{Aggregation, Comparison, Condition, Dimension, LogRule};
use kqlens::value::datetime;
use std::collections::BTreeSet;
use std::rc::Rc;

const MINUTE: i64 = 600_000_000;

#[derive(Clone, Debug)]
struct Row {
    time: i64,
    api: &'static str,
    backend: &'static str,
    code: i64,
    total_ms: i64,
}

const START: i64 = 639_080_064_000_000_000;

/// Two hours of requests with quiet times and bursts of failures.
fn rows(dice: &mut Dice) -> Vec<Row> {
    let mut rows = Vec::new();
    for _ in 0..40 + dice.below(200) {
        let minute = dice.below(120) as i64;
        let is_burst = (minute / 20) % 2 == 1;
        rows.push(Row {
            time: START + minute * MINUTE + dice.below(MINUTE as usize) as i64,
            api: dice.one::<&str>(&["orders", "users", "search"]),
            backend: dice.one::<&str>(&["east", "west"]),
            code: if is_burst && dice.below(3) > 0 {
                503
            } else {
                *dice.one(&[200, 200, 404, 500])
            },
            total_ms: dice.below(900) as i64,
        });
    }
    // The ends of the time are always there.
    rows.push(Row {
        time: START,
        api: "orders",
        backend: "east",
        code: 200,
        total_ms: 1,
    });
    rows.push(Row {
        time: START + 120 * MINUTE,
        api: "users",
        backend: "west",
        code: 500,
        total_ms: 2,
    });
    rows
}

fn dataset(rows: &[Row]) -> Dataset {
    let mut text = String::new();
    for row in rows {
        let time = datetime::text(row.time);
        text.push_str(&format!(
            "{{\"Category\":\"GatewayLogs\",\"TimeGenerated\":\"{time}\",\"ApiId\":\"{}\",\"BackendId\":\"{}\",\"ResponseCode\":{},\"TotalTime\":{}}}\n",
            row.api, row.backend, row.code, row.total_ms
        ));
    }
    let mut dataset = Dataset::new();
    let report = dataset.add(text.as_bytes(), AddOptions::default()).unwrap();
    assert_eq!(report.rows as usize, rows.len());
    dataset
}

fn rule(dice: &mut Dice) -> LogRule {
    let n_periods = 1 + dice.below(4) as u32;
    let aggregation = *dice.one(&Aggregation::ALL);
    let dimensions = ["ApiId", "BackendId"].into_iter().take(dice.below(3));
    LogRule {
        query: String::from(
            "ApiManagementGatewayLogs\n| where ResponseCode >= 404\n| extend Half = TotalTime / 2",
        ),
        frequency_minutes: *dice.one(&[1, 5, 10, 15, 30]),
        window_minutes: *dice.one(&[1, 5, 10, 15, 30, 45]),
        aggregation,
        measure: (aggregation != Aggregation::Count).then(|| String::from("TotalTime")),
        dimensions: dimensions
            .map(|name| Dimension {
                name: name.to_owned(),
                is_excluded: dice.below(4) == 0,
                values: match dice.below(3) {
                    0 => vec![String::from("east"), String::from("orders")],
                    _ => vec![String::from("*")],
                },
            })
            .map(|one| Dimension {
                // All values left out would watch nothing.
                is_excluded: one.is_excluded && one.values != ["*"],
                ..one
            })
            .collect(),
        condition: Condition {
            comparison: *dice.one(&[
                Comparison::Equals,
                Comparison::GreaterThan,
                Comparison::GreaterThanOrEqual,
                Comparison::LessThan,
                Comparison::LessThanOrEqual,
            ]),
            threshold: match aggregation {
                Aggregation::Count => dice.below(6) as f64,
                _ => dice.below(900) as f64,
            },
            n_periods,
            n_failing: 1 + dice.below(n_periods as usize) as u32,
        },
        is_stateful: dice.below(3) > 0,
        ..LogRule::default()
    }
}

const RANGE: (i64, i64) = (START, START + 120 * MINUTE);

fn series(rule: &LogRule, dataset: &Dataset) -> Series {
    BackTest::start(rule.clone(), Rc::new(dataset.views()), Some(RANGE))
        .unwrap()
        .run()
        .unwrap()
}

fn values(rule: &LogRule, row: &Row) -> Vec<String> {
    let of = |dimension: &Dimension| {
        if dimension.name == "ApiId" {
            row.api
        } else {
            row.backend
        }
    };
    rule.dimensions
        .iter()
        .map(|dimension| of(dimension).to_owned())
        .collect()
}

fn is_watched(rule: &LogRule, values: &[String]) -> bool {
    rule.dimensions
        .iter()
        .zip(values)
        .all(|(dimension, value)| {
            let is_in = dimension
                .values
                .iter()
                .any(|name| name == value || name == "*");
            if dimension.is_excluded { !is_in } else { is_in }
        })
}

/// The number of one window, from all rows.
fn number(rule: &LogRule, rows: &[&Row], group: &[String], end: i64) -> Option<f64> {
    let from = end - i64::from(rule.window_minutes) * MINUTE;
    let of_window: Vec<f64> = rows
        .iter()
        .filter(|row| row.time >= from && row.time < end && values(rule, row) == group)
        .map(|row| row.total_ms as f64)
        .collect();
    let sum: f64 = of_window.iter().sum();
    match rule.aggregation {
        Aggregation::Count if of_window.is_empty() && !group.is_empty() => None,
        Aggregation::Count => Some(of_window.len() as f64),
        _ if of_window.is_empty() => None,
        Aggregation::Total => Some(sum),
        Aggregation::Average => Some(sum / of_window.len() as f64),
        Aggregation::Minimum => of_window.into_iter().reduce(f64::min),
        Aggregation::Maximum => of_window.into_iter().reduce(f64::max),
    }
}

/// When alerts are raised and resolved, from whether each evaluation met the condition.
fn states(
    times: &[i64],
    is_met: &[bool],
    is_stateful: bool,
    frequency: u32,
) -> Vec<(i64, Option<i64>)> {
    let met = || (0..times.len()).filter(|&at| is_met[at]);
    if !is_stateful {
        return met().map(|at| (times[at], None)).collect();
    }
    let wait = i64::from(resolving_minutes(frequency)) * MINUTE;
    let mut firings: Vec<(i64, Option<i64>)> = Vec::new();
    for at in met() {
        let is_open = firings
            .last()
            .is_some_and(|&(_, end)| end.is_none_or(|end| end > times[at]));
        if is_open {
            continue;
        }
        // The first evaluation behind a stretch of unmet ones that is long enough.
        let end = (at + 1..times.len()).find(|&end| {
            let start = (at..=end).rev().find(|&before| is_met[before]).unwrap() + 1;
            start <= end && times[end] - times[start] >= wait
        });
        firings.push((times[at], end.map(|end| times[end])));
    }
    firings
}

#[test]
fn every_rule_does_what_a_plain_count_does() {
    let mut dice = Dice(5);
    let (mut n_fired, mut n_resolved, mut n_none) = (0, 0, 0);
    for round in 0..400 {
        let rows = rows(&mut dice);
        let rule = rule(&mut dice);
        rule.check_evaluation().unwrap();
        let seen = series(&rule, &dataset(&rows));
        assert!(!seen.is_rerun);
        let chosen: Vec<&Row> = rows.iter().filter(|row| row.code >= 404).collect();
        let mut groups: BTreeSet<Vec<String>> =
            chosen.iter().map(|row| values(&rule, row)).collect();
        if rule.dimensions.is_empty() {
            groups.insert(Vec::new());
        }
        groups.retain(|group| is_watched(&rule, group));
        let step = i64::from(rule.frequency_minutes) * MINUTE;
        let times: Vec<i64> = (START / step + 1..=RANGE.1 / step + 1)
            .map(|at| at * step)
            .collect();
        assert_eq!(seen.evaluations, times, "round {round}");
        assert_eq!(seen.groups.len(), groups.len(), "round {round} {rule:?}");
        let mut expected: Vec<(i64, usize, Option<i64>)> = Vec::new();
        for (at, group) in groups.iter().enumerate() {
            assert_eq!(&seen.groups[at].values, group);
            let windows = |end: i64| {
                (0..rule.condition.n_periods)
                    .map(move |period| end - i64::from(period * rule.window_minutes) * MINUTE)
            };
            let mut is_met = Vec::new();
            let mut numbers = Vec::new();
            for &time in &times {
                let of_time: Vec<Option<f64>> = windows(time)
                    .map(|end| number(&rule, &chosen, group, end))
                    .collect();
                let n_met = of_time
                    .iter()
                    .flatten()
                    .filter(|&&n| {
                        rule.condition
                            .comparison
                            .is_met(n, rule.condition.threshold)
                    })
                    .count();
                is_met.push(n_met >= rule.condition.n_failing as usize);
                numbers.extend(of_time);
            }
            assert_eq!(seen.groups[at].numbers, numbers, "round {round} {rule:?}");
            let found = states(&times, &is_met, rule.is_stateful, rule.frequency_minutes);
            expected.extend(
                found
                    .into_iter()
                    .map(|(fired, resolved)| (fired, at, resolved)),
            );
        }
        expected.sort_unstable();
        let firings = seen.firings(rule.condition, rule.is_stateful, 0);
        let of = |firing: &Firing| (firing.fired, firing.group, firing.resolved);
        assert_eq!(
            firings.iter().map(of).collect::<Vec<_>>(),
            expected,
            "round {round} {rule:?}"
        );
        n_fired += expected.len();
        n_resolved += expected
            .iter()
            .filter(|(_, _, resolved)| resolved.is_some())
            .count();
        n_none += usize::from(expected.is_empty());
    }
    println!("{n_fired} alerts, {n_resolved} resolved, none in {n_none} of 400 rules");
    assert!(n_resolved > 200 && n_none > 20);
}

#[test]
fn a_query_that_sums_up_runs_for_each_evaluation_and_sees_the_same() {
    let mut dice = Dice(9);
    for _ in 0..25 {
        let dataset = dataset(&rows(&mut dice));
        let by_rows = LogRule {
            aggregation: Aggregation::Count,
            measure: None,
            ..rule(&mut dice)
        };
        let names = by_rows
            .dimensions
            .iter()
            .map(|dimension| dimension.name.as_str());
        let by: Vec<&str> = ["bin(TimeGenerated, 1m)"]
            .into_iter()
            .chain(names)
            .collect();
        let summed = LogRule {
            query: format!(
                "{}\n| summarize Failed = count() by {}",
                by_rows.query,
                by.join(", ")
            ),
            aggregation: Aggregation::Total,
            measure: Some(String::from("Failed")),
            ..by_rows.clone()
        };
        let (one, other) = (series(&by_rows, &dataset), series(&summed, &dataset));
        assert!(other.is_rerun && !one.is_rerun);
        assert_eq!(one.evaluations, other.evaluations);
        for group in &one.groups {
            // A sum of nothing is no number, a count of nothing is 0; rows between the windows are seen
            // by neither.
            let twin = other.groups.iter().find(|twin| twin.values == group.values);
            let plain = |numbers: &[Option<f64>]| -> Vec<f64> {
                numbers
                    .iter()
                    .map(|number| number.unwrap_or_default())
                    .collect()
            };
            let counted = plain(&group.numbers);
            let total = twin.map_or_else(|| vec![0.0; counted.len()], |twin| plain(&twin.numbers));
            assert_eq!(counted, total);
        }
    }
}

#[test]
fn the_clock_of_a_query_is_that_of_the_evaluation() {
    let dataset = dataset(&rows(&mut Dice(3)));
    let fixed = LogRule {
        query: String::from("ApiManagementGatewayLogs | where ResponseCode >= 500"),
        window_minutes: 30,
        ..LogRule::default()
    };
    let moving = LogRule {
        query: String::from(
            "ApiManagementGatewayLogs | where ResponseCode >= 500 and TimeGenerated > ago(30m)",
        ),
        window_minutes: 60,
        ..fixed.clone()
    };
    let (fixed, moving) = (series(&fixed, &dataset), series(&moving, &dataset));
    assert!(moving.is_rerun);
    assert_eq!(fixed.groups, moving.groups);
}

#[test]
fn what_cannot_be_replayed_is_refused_by_name() {
    let dataset = dataset(&rows(&mut Dice(4)));
    let base = LogRule {
        query: String::from("ApiManagementGatewayLogs | where ResponseCode >= 500"),
        ..LogRule::default()
    };
    let cases: [(LogRule, &str); 7] = [
        (
            LogRule {
                frequency_minutes: 7,
                ..base.clone()
            },
            "frequencyMinutes",
        ),
        (
            LogRule {
                aggregation: Aggregation::Total,
                ..base.clone()
            },
            "measure",
        ),
        (
            LogRule {
                aggregation: Aggregation::Total,
                measure: Some(String::from("ApiId")),
                ..base.clone()
            },
            "measure",
        ),
        (
            LogRule {
                range_minutes: Some(60),
                ..base.clone()
            },
            "rangeMinutes",
        ),
        (
            LogRule {
                query: String::from("print 1"),
                ..base.clone()
            },
            "query",
        ),
        (
            LogRule {
                query: String::from("ApiManagementGatewayLogs | summarize count() by ApiId"),
                condition: Condition {
                    n_periods: 2,
                    ..base.condition
                },
                ..base.clone()
            },
            "periods",
        ),
        (
            LogRule {
                dimensions: vec![Dimension {
                    name: String::from("Nothing"),
                    values: vec![String::from("*")],
                    ..Dimension::default()
                }],
                ..base.clone()
            },
            "dimensions[0].name",
        ),
    ];
    for (rule, field) in cases {
        let tested = BackTest::start(rule.clone(), Rc::new(dataset.views()), Some(RANGE))
            .and_then(BackTest::run);
        match tested {
            Err(BackTestError::Rule(error)) => {
                assert_eq!(error.field, field, "{rule:?}");
                assert!(error.message.chars().count() <= 90 && error.help.chars().count() <= 90);
            }
            other => panic!("{rule:?}: {other:?}"),
        }
    }
    let wrong = LogRule {
        query: String::from("ApiManagementGatewayLogs | where Nothing > 1"),
        ..base
    };
    let tested = BackTest::start(wrong, Rc::new(dataset.views()), Some(RANGE)).map(|_| ());
    assert!(matches!(tested, Err(BackTestError::Query(_))));
}

/// What is loaded beside the rows that a rule reads begins no evaluation.
#[test]
fn the_time_is_that_of_the_rows_that_are_read() {
    let mut loaded = dataset(&rows(&mut Dice(7)));
    let rule = |query: &str| LogRule {
        query: String::from(query),
        ..LogRule::default()
    };
    let start =
        |query: &str, loaded: &Dataset| BackTest::start(rule(query), Rc::new(loaded.views()), None);
    let evaluations = |loaded: &Dataset| {
        let tested = start("ApiManagementGatewayLogs", loaded).unwrap();
        tested.run().unwrap().evaluations
    };
    let alone = evaluations(&loaded);
    assert!(!alone.is_empty());
    let changes = r#"{"TimeGenerated":"2020-01-01T00:00:00Z","Type":"AzureActivity","OperationNameValue":"x"}"#;
    loaded
        .add(changes.as_bytes(), AddOptions::default())
        .unwrap();
    assert_eq!(evaluations(&loaded), alone);

    let mut timeless = Dataset::new();
    let changes = r#"{"Type":"AzureActivity","OperationNameValue":"x"}"#;
    timeless
        .add(changes.as_bytes(), AddOptions::default())
        .unwrap();
    let tested = start("AzureActivity", &timeless).map(|_| ());
    assert!(matches!(tested, Err(BackTestError::Rule(error)) if error.field == "query"));
}

#[test]
fn actions_rest_while_they_are_muted() {
    let dataset = dataset(&rows(&mut Dice(6)));
    let rule = LogRule {
        query: String::from("ApiManagementGatewayLogs"),
        is_stateful: false,
        ..LogRule::default()
    };
    let seen = series(&rule, &dataset);
    let condition = Condition {
        comparison: Comparison::GreaterThanOrEqual,
        ..rule.condition
    };
    let firings = seen.firings(condition, false, 15);
    assert_eq!(firings.len(), seen.evaluations.len());
    let muted: Vec<bool> = firings
        .iter()
        .take(7)
        .map(|firing| firing.is_muted)
        .collect();
    assert_eq!(muted, [false, true, true, false, true, true, false]);
}
