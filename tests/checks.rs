//! Every rule finds the mistake of its example and is quiet about what was meant; the mistakes of
//! published queries are caught.

mod outside;

use kqlens::dataset::{Dataset, check};
use kqlens::diagnostic::{Diagnostic, Severity};
use kqlens::engine::{Job, bind};
use kqlens::kql::check::{RULES, Target};
use kqlens::kql::{parser, repair};
use kqlens::table::NoTables;
use kqlens::value::Dynamic;
use std::rc::Rc;

fn found(query: &str, target: Target) -> Vec<Diagnostic> {
    check::check(query, &Dataset::new().views(), target, 0)
}

fn codes(query: &str, target: Target) -> Vec<&'static str> {
    found(query, target).iter().map(|one| one.code).collect()
}

#[test]
fn every_rule_finds_its_example_and_nothing_in_the_good_one() {
    for rule in RULES {
        let bad = codes(rule.bad, rule.target);
        assert!(bad.contains(&rule.code), "{}: {bad:?}", rule.name);
        let good = codes(rule.good, rule.target);
        assert!(!good.contains(&rule.code), "{}: {good:?}", rule.name);
        for query in [rule.bad, rule.good] {
            assert!(parser::parse(query).is_ok(), "{query}");
        }
    }
}

#[test]
fn the_good_examples_are_clean() {
    for rule in RULES
        .iter()
        .filter(|rule| rule.target == Target::LogAnalytics)
    {
        assert_eq!(
            codes(rule.good, rule.target),
            Vec::<&str>::new(),
            "{}",
            rule.name
        );
    }
}

#[test]
fn a_fix_mends_what_it_was_made_for() {
    let mut n_fixed = 0;
    for rule in RULES {
        let finding = found(rule.bad, rule.target)
            .into_iter()
            .find(|one| one.code == rule.code)
            .unwrap();
        let Some(fix) = finding.fix else {
            continue;
        };
        let mended = repair::apply(rule.bad, &[fix]);
        assert!(parser::parse(&mended).is_ok(), "{mended}");
        assert!(
            !codes(&mended, rule.target).contains(&rule.code),
            "{mended}"
        );
        n_fixed += 1;
    }
    assert!(n_fixed * 2 > RULES.len(), "most rules have a fix");
}

#[test]
fn a_target_lacks_what_it_lacks_and_no_more() {
    let lacks = |query: &str, target: Target| codes(query, target).contains(&"KQL0801");
    let table = "ApiManagementGatewayLogs";
    for (query, lacking) in [
        (
            "cluster('c').database('d').T | take 1".to_owned(),
            &[
                Target::LogAnalytics,
                Target::BasicLogs,
                Target::LogAlert,
                Target::DcrTransformation,
            ][..],
        ),
        (
            "workspace('w').T | count".to_owned(),
            &[
                Target::BasicLogs,
                Target::DcrTransformation,
                Target::DataExplorer,
            ],
        ),
        (
            format!("{table} | join kind=inner (AppRequests) on $left.ApiId == $right.Name"),
            &[Target::BasicLogs, Target::DcrTransformation],
        ),
        (
            format!("{table} | evaluate python(typeof(*), 'x')"),
            &[
                Target::LogAnalytics,
                Target::BasicLogs,
                Target::LogAlert,
                Target::DcrTransformation,
            ],
        ),
        (
            format!("search in ({table}) 'x'"),
            &[
                Target::BasicLogs,
                Target::LogAlert,
                Target::DcrTransformation,
            ],
        ),
        (
            "source | extend a = replace_string(b, 'c', 'd')".to_owned(),
            &[Target::DcrTransformation],
        ),
        (
            "source | where a == 1 | project a, b = tostring(c)".to_owned(),
            &[],
        ),
    ] {
        for (target, name) in Target::ALL {
            assert_eq!(
                lacks(&query, target),
                lacking.contains(&target),
                "{query} in {name}"
            );
        }
    }
}

#[test]
fn rules_are_declared_once_and_in_order() {
    let numbers: Vec<&str> = RULES.iter().map(|rule| rule.code).collect();
    assert!(numbers.is_sorted_by(|a, b| a < b));
    for rule in RULES {
        assert!(
            rule.reason.len() > 40 && rule.reason.ends_with('.'),
            "{}",
            rule.name
        );
        assert!(
            !format!(" {}", rule.reason).contains(" you"),
            "{}",
            rule.name
        );
    }
}

#[test]
fn a_comment_keeps_a_rule_quiet() {
    let query = "ApiManagementGatewayLogs\n| where TimeGenerated > ago(1h)\n| where Url contains \"orders\"\n| where Method contains \"POST\"";
    assert_eq!(codes(query, Target::LogAnalytics), ["KQL0701", "KQL0701"]);
    let line = query.replace(
        "\n| where Url",
        "\n// kqlens: allow KQL0701 parts of words are meant\n| where Url",
    );
    assert_eq!(codes(&line, Target::LogAnalytics), ["KQL0701"]);
    let same = query.replace("\"POST\"", "\"POST\" // kqlens: allow KQL0701, KQL0706");
    assert_eq!(codes(&same, Target::LogAnalytics), ["KQL0701"]);
    let all = format!("// kqlens: allow KQL0701\n{query}");
    assert_eq!(codes(&all, Target::LogAnalytics), Vec::<&str>::new());
}

/// A mistake of a published query: the text, what is found, and where; whether it has a fix.
const MISTAKES: &[(&str, &str, bool)] = &[
    (
        "ApiManagementGatewayLlmLog | where TimeGenerated > ago(1h) | summarize strcat_aray(make_list(ModelName), ' ')",
        "strcat_aray",
        true,
    ),
    (
        "ApiManagementGatewayLogs | where TimeGenerated > ago(1h) | summarize countif(Cache == 'hit') / count()",
        "/",
        true,
    ),
    (
        "ApiManagementGatewayLogs | where TimeGenerated > ago(1h) | summarize count(CorrelationId) by ApiId",
        "CorrelationId",
        true,
    ),
    (
        "AzureDiagnostics | where url_s startsWith 'https'",
        "startsWith",
        true,
    ),
    (
        "ApiManagementGatewayLogs | where ISRequestSuccess == false",
        "ISRequestSuccess",
        true,
    ),
    (
        "ApiManagementGatewayLogs | summarize count() by SubscriptionId",
        "SubscriptionId",
        true,
    ),
    (
        "ApiManagementGatewayLogs | where isnotempty(LastError)",
        "LastError",
        true,
    ),
    (
        "ApiManagementGatewayLogs | where Timestamp > ago(1h)",
        "Timestamp",
        true,
    ),
    (
        "ApiManagementGatewayLogs | summarize avg_if(TotalTime, ResponseCode == 200)",
        "avg_if",
        true,
    ),
    (
        "ApiManagementGatewayLlmLogs | take 10",
        "ApiManagementGatewayLlmLogs",
        true,
    ),
    (
        "ApiManagementGatewayLogs | where IsRequestSuccess == \"false\"",
        "==",
        true,
    ),
    (
        "AzureDiagnostics | where isRequestSuccess_b =true",
        "=",
        true,
    ),
    (
        "ApiManagementGatewayLlmLog | where TimeGenerated > ago(1h) | summarize count() by ModelName",
        "count()",
        true,
    ),
    (
        "AzureDiagnostics | where TimeGenerated > ago(1h) | extend t = properties_s.promptTokens",
        "properties_s.promptTokens",
        true,
    ),
    (
        "ApiManagementGatewayLogs | where Url has \\\"orders\\\" and ApiId == \\\"a\\\"",
        "\\",
        true,
    ),
];

#[test]
fn mistakes_of_published_queries_are_caught() {
    for (query, place, has_fix) in MISTAKES {
        let found = found(query, Target::LogAnalytics);
        let at_place = found
            .iter()
            .find(|one| one.span.of(query).starts_with(place));
        let Some(finding) = at_place.filter(|one| one.severity <= Severity::Warning) else {
            let all: Vec<_> = found
                .iter()
                .map(|one| (one.code, one.span.of(query), &one.message))
                .collect();
            panic!("{query}: `{place}` is not found: {all:?}");
        };
        if *has_fix {
            let fix = finding
                .fix
                .clone()
                .unwrap_or_else(|| panic!("{query}: {finding:?}"));
            let mended = repair::apply(query, &[fix]);
            assert!(
                check::check(&mended, &Dataset::new().views(), Target::LogAnalytics, 0)
                    .iter()
                    .all(|one| one.code != finding.code || one.span.start != finding.span.start),
                "{mended}"
            );
        }
    }
}

/// What binds to run has no error in the analysis, and what does not has one.
fn agree(query: &str) {
    let parsed = parser::parse(query);
    if !parsed.is_ok() {
        return;
    }
    let analysis = bind::analyse(query, &parsed.query, &NoTables, 0);
    let mut found = analysis.diagnostics.iter();
    let first = found.find(|one| one.severity <= Severity::Warning);
    match Job::start(query, Rc::new(NoTables), 0) {
        Ok(_) => assert!(first.is_none(), "{query}: {first:?}"),
        // What the engine alone cannot run is no error of the query.
        Err(error) if error.code.starts_with("KQL03") => {}
        Err(error) => assert!(first.is_some(), "{query}: {error:?}"),
    }
}

#[test]
fn an_analysis_and_a_run_agree() {
    for query in [
        "print a = 1 + 'x'",
        "print a = strlen(1, 2), b = nope",
        "let f = (x:long) { x + 1 }; print f(1), f('a')",
        "let t = datatable(a:long, d:dynamic)[1, dynamic({})]; t | summarize count() by d",
        "datatable(a:long)[1] | extend b = a | where b has 'x' | take toscalar(print 3)",
        "range x from 1 to 10 step 1 | make-series count() on x from 1 to 10 step 1",
        "datatable(a:string)['{}'] | extend d = parse_json(a) | evaluate bag_unpack(d)",
        "datatable(a:long)[1] | as t | union (t | extend b = 2) | where b > 1",
        "print x = 1 | mv-apply y = range(1, 3, 1) to typeof(long) on (summarize sum(y))",
    ] {
        agree(query);
    }
    let (mut n_run, mut n_skipped) = (0, 0);
    for suite in ["kql/dev.jsonl", "kql/errors_dev.jsonl"] {
        let Some(path) = outside::path(suite) else {
            n_skipped += 1;
            continue;
        };
        for line in std::fs::read_to_string(path).unwrap().lines() {
            let case = Dynamic::parse(line).unwrap();
            agree(&case.member("query").to_text());
            n_run += 1;
        }
    }
    outside::note("kql-analysis", n_run, n_skipped);
}
