use super::*;
use crate::handoff::make;

fn guide_of(query: &str) -> Guide {
    let members = vec![
        ("query".into(), Dynamic::string(query)),
        ("service".into(), Dynamic::string("contoso")),
        ("now".into(), Dynamic::string("2026-03-01T12:00:00Z")),
    ];
    guide(&Dynamic::bag(members)).unwrap()
}

#[test]
fn every_query_of_the_steps_can_be_read() {
    let queries = [
        "AppRequests | where Success == false | summarize count() by Name | render piechart",
        "let n = 5;\nApiManagementGatewayLogs\n| where Url has \"a\\\"b\" // why\n| top n by TotalTime",
        "ApiManagementGatewayLogs",
        "ApiManagementGatewayLogs | where TimeGenerated > ago(1h) and (ApiId == 'a' // c\n or ApiId == 'b')",
        "AzureDiagnostics | where Category == 'GatewayLlmLogs' and modelName_s == 'gpt'",
        "Own_CL | where Name == 'x'",
        "AzureMetrics | where MetricName == 'Capacity'",
        "print 1",
        "T | where",
    ];
    for query in queries {
        let guide = guide_of(query);
        let mut n_queries = 0;
        for step in &guide.steps {
            let then = step.then.as_ref().map(|(_, kql)| kql);
            for kql in step.kql.iter().chain(then) {
                n_queries += 1;
                let found = parser::parse(kql).diagnostics;
                let is_broken = query.ends_with("where") && step.id == "stages";
                assert!(
                    found.is_empty() || is_broken,
                    "{} {kql}: {found:?}",
                    step.id
                );
            }
        }
        assert!(n_queries >= 3, "{query}");
        let artefact = guide.artefact();
        let list = artefact.text("markdown").unwrap();
        for (at, step) in guide.steps.iter().enumerate() {
            let heading = format!("## {}. {}\n\n{}", at + 1, step.title, step.text);
            assert!(list.contains(&heading), "{list}");
            assert!(list.contains(step.if_no));
            assert!(step.kql.is_some() || step.answer == Answer::Known);
        }
        let stages = guide.steps.iter().find(|step| step.id == "stages");
        assert_eq!(
            artefact.text("kql"),
            stages.and_then(|step| step.kql.as_deref())
        );
    }
    assert!(guide_of("print 1").artefact().text("kql").is_none());
    let drawn = guide_of("T | where a | render piechart").artefact();
    assert!(!drawn.text("kql").unwrap().contains("render"));
}

fn ids(query: &str) -> Vec<&'static str> {
    guide_of(query).steps.iter().map(|step| step.id).collect()
}

#[test]
fn steps_are_those_of_the_table() {
    assert_eq!(
        ids("ApiManagementGatewayLogs | where ApiId == 'a'"),
        [
            "category",
            "mode",
            "workspace",
            "network",
            "time",
            "delay",
            "sampling",
            "names",
            "stages"
        ]
    );
    assert_eq!(
        ids("Own_CL"),
        ["category", "workspace", "network", "time", "delay"]
    );
    assert!(!ids("ApiManagementGatewayLlmLog | take 1").contains(&"sampling"));
    assert!(!ids("AppRequests | take 1").contains(&"mode"));
    let guide = guide_of("AppRequests | take 1");
    let sampling = guide.steps.iter().find(|step| step.id == "sampling");
    let kql = sampling.and_then(|step| step.kql.as_deref());
    assert!(kql.unwrap().contains("sum(ItemCount)"));
}

#[test]
fn the_query_is_written_for_the_other_table() {
    let then = |query: &str| {
        let mut steps = guide_of(query).steps.into_iter();
        let mode = steps.find(|step| step.id == "mode").unwrap();
        mode.then.map(|(_, kql)| kql).unwrap_or_default()
    };
    let there = then("ApiManagementGatewayLogs | where ApiId == 'a'");
    assert!(
        there.contains("AzureDiagnostics") && there.contains("apiId_s == 'a'"),
        "{there}"
    );
    let back = then("AzureDiagnostics | where Category == 'GatewayLogs' and apiId_s == 'a'");
    assert!(
        back.contains("ApiManagementGatewayLogs") && back.contains("ApiId == 'a'"),
        "{back}"
    );
    let guide = guide_of("AzureDiagnostics | where Category == 'GatewayLlmLogs'");
    assert_eq!(guide.table, "AzureDiagnostics");
    assert!(guide.steps[0].text.contains("GatewayLlmLogs"));
    let kql = guide.steps[0].kql.as_ref().unwrap();
    assert!(kql.contains("ApiManagementGatewayLlmLog"));
}

#[test]
fn settings_are_made_as_they_are_asked_for() {
    let place = "/subscriptions/0a0b0c0d-1111-2222-3333-444455556666/resourceGroups/r/providers/Microsoft.OperationalInsights/workspaces/w";
    for table in schema::TABLES {
        let members = vec![
            ("query".into(), Dynamic::string(table.name)),
            ("service".into(), Dynamic::string("contoso")),
            ("workspace".into(), Dynamic::string(place)),
        ];
        let guide = guide(&Dynamic::bag(members)).unwrap();
        for (artefact, request) in guide.steps.iter().filter_map(|step| step.fix.as_ref()) {
            let made = make(artefact, request).unwrap();
            let text = made.text("bicep").unwrap();
            assert!(text.contains("contoso"), "{artefact}");
            assert_eq!(text.contains(place), *artefact == "diagnosticSetting");
        }
    }
    let first = |query: &str| {
        guide_of(query)
            .steps
            .remove(0)
            .fix
            .map(|(artefact, _)| artefact)
    };
    assert_eq!(first("ApiManagementGatewayLogs"), Some("diagnosticSetting"));
    assert_eq!(
        first("AzureDiagnostics | take 5"),
        Some("diagnosticSetting")
    );
    assert_eq!(first("AzureMetrics"), Some("diagnosticSetting"));
    assert_eq!(first("AppTraces"), Some("diagnostic"));
    assert_eq!(first("Own_CL"), None);
}

/// The doubts of a query: the step, the place and what is odd there.
fn doubts(query: &str) -> Vec<(&'static str, String, String)> {
    let mut found = Vec::new();
    for step in guide_of(query).steps {
        for doubt in step.doubts {
            found.push((step.id, doubt.span.of(query).to_owned(), doubt.message));
        }
    }
    found
}

#[test]
fn what_the_query_itself_shows_has_its_place() {
    for (rest, id, place, words) in [
        (
            "TimeGenerated > ago(-1d)",
            "time",
            "TimeGenerated > ago(-1d)",
            "future",
        ),
        (
            "TimeGenerated >= datetime(2027-01-01)",
            "time",
            "TimeGenerated >= datetime(2027-01-01)",
            "future",
        ),
        (
            "TimeGenerated between (now() .. ago(1d))",
            "time",
            "TimeGenerated between (now() .. ago(1d))",
            "the end lies before",
        ),
        (
            "TimeGenerated > ago(1h) | where ago(2h) > TimeGenerated",
            "time",
            "ago(2h) > TimeGenerated",
            "no row can meet",
        ),
        (
            "TimeGenerated > ago(1d) and TimeGenerated < datetime(2026-02-01)",
            "time",
            "TimeGenerated < datetime(2026-02-01)",
            "no row can meet",
        ),
        (
            "ResponseCode > 499 and ResponseCode < 400",
            "stages",
            "ResponseCode < 400",
            "no row can meet",
        ),
        (
            "ApiId == 'a' | where ApiId == 'b'",
            "stages",
            "ApiId == 'b'",
            "no row can meet",
        ),
        ("Method == 'get'", "names", "'get'", "another case"),
        ("Cache in ('Hit')", "names", "'Hit'", "another case"),
        ("ApiId == ' orders'", "names", "' orders'", "blank"),
        ("ApiId == 'a' and false", "stages", "false", "never true"),
        ("ApiId == 'a' and 1 == 2", "stages", "1 == 2", "never true"),
        ("ApiId == 'a' | take 0", "stages", "take 0", "no row"),
        ("NoColumn == 'a'", "names", "NoColumn", "NoColumn"),
    ] {
        let query = format!("ApiManagementGatewayLogs | where {rest}");
        let found = doubts(&query);
        let is_it = |(of, at, message): &(&str, String, String)| {
            *of == id && at == place && message.contains(words)
        };
        assert!(found.iter().any(is_it), "{query}: {found:?}");
    }
    let shared = "AzureDiagnostics | where Category == 'gatewaylogs'";
    let place = (
        "names",
        "'gatewaylogs'".to_owned(),
        "`Category` is written in another case".to_owned(),
    );
    assert_eq!(doubts(shared), [place]);
    let lets = "let from = datetime(2026-02-01); let until = from - 1d;\nApiManagementGatewayLogs | where TimeGenerated between (from .. until)";
    assert_eq!(doubts(lets).len(), 1, "{:?}", doubts(lets));
}

#[test]
fn what_may_have_rows_is_not_doubted() {
    for rest in [
        "TimeGenerated > ago(1d) and TimeGenerated < ago(1h)",
        "TimeGenerated between (ago(2d) .. ago(1d))",
        "TimeGenerated >= datetime(2026-02-01)",
        "ResponseCode > 399 and ResponseCode < 500",
        "ResponseCode >= 400 and ResponseCode <= 400",
        "Method == 'GET' or Method =~ 'get'",
        "Method in~ ('get', 'post')",
        "ApiId == 'a' or ApiId == 'b'",
        "ApiId == 'a' | extend ApiId = 'b' | where ApiId == 'b'",
        "true and 1 == 1 | take 10",
        "TimeGenerated > toscalar(ApiManagementGatewayLogs | summarize max(TimeGenerated))",
    ] {
        let query = format!("ApiManagementGatewayLogs | where {rest}");
        assert_eq!(doubts(&query), [], "{query}");
    }
    // Tables and columns of one's own are not known here.
    assert_eq!(doubts("Own_CL | where Name_s == 'get'"), []);
    // Without a clock a day of the calendar may be over.
    let request =
        r#"{"query": "ApiManagementGatewayLogs | where TimeGenerated > datetime(2999-01-01)"}"#;
    let guide = guide(&Dynamic::parse(request).unwrap()).unwrap();
    assert!(guide.steps.iter().all(|step| step.doubts.is_empty()));
}

#[test]
fn long_queries_end() {
    let many = " | where 1 == 1 and ApiId == 'a'".repeat(3000);
    assert!(
        !guide_of(&format!("ApiManagementGatewayLogs{many}"))
            .steps
            .is_empty()
    );
    let lets: Vec<String> = (0..2000).map(|at| format!("let a{at} = {at};\n")).collect();
    let lets = lets.concat();
    assert!(
        !guide_of(&format!("{lets}T | where 1 == 1 and x > a5"))
            .steps
            .is_empty()
    );
    let deep = format!("T | where {}1{} == 1", "(".repeat(200), ")".repeat(200));
    assert!(!guide_of(&deep).steps.is_empty());
}
