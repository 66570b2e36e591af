//! The check of set-ups: every rule's examples, the samples of the documentation, any text.

mod pastes;
mod repairs;

use crate::{Numbers, outside};
use kqlens::handoff::setup::check::{Finding, check};
use kqlens::handoff::setup::resources::Role;
use kqlens::handoff::setup::rules::RULES;
use std::collections::BTreeSet;
use std::fs;

fn codes(text: &str) -> Vec<&'static str> {
    check(text)
        .findings
        .iter()
        .map(|finding| finding.code)
        .collect()
}

/// A text with the repairs of a finding.
fn repaired(text: &str, finding: &Finding) -> String {
    let mut text = text.to_owned();
    for edit in finding.edits.iter().rev() {
        text.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
    }
    text
}

#[test]
fn examples_of_rules_hold() {
    let mut seen = BTreeSet::new();
    for rule in RULES {
        assert!(seen.insert(rule.code), "{} twice", rule.code);
        for words in [rule.message, rule.reason, rule.cure, rule.bad, rule.good] {
            assert!(!words.is_empty(), "{} has no words", rule.code);
        }
        assert!(rule.message.len() <= 90, "{} is long", rule.code);
        assert!(
            codes(rule.bad).contains(&rule.code),
            "{} is not found: {:?}",
            rule.code,
            codes(rule.bad)
        );
        assert!(
            !codes(rule.good).contains(&rule.code),
            "{} is found in its good example",
            rule.code
        );
        for finding in check(rule.bad).findings {
            let holes = rule.message.matches('{').count();
            if finding.code != rule.code {
                continue;
            }
            assert!(
                finding.values.len() >= holes,
                "{}: {:?}",
                rule.code,
                finding.values
            );
            assert!(finding.span.end as usize <= rule.bad.len());
            if !finding.edits.is_empty() {
                let text = repaired(rule.bad, &finding);
                assert!(
                    !codes(&text).contains(&rule.code),
                    "{} stays in {text}",
                    rule.code
                );
                assert!(
                    !codes(&text).contains(&"SET0106"),
                    "{} breaks {text}",
                    rule.code
                );
            }
        }
    }
}

/// The fenced texts of a document, with the language of each.
fn samples(document: &str) -> Vec<(String, String)> {
    let mut samples = Vec::new();
    let mut parts = document.split("```");
    parts.next();
    while let (Some(sample), _) = (parts.next(), parts.next()) {
        let (language, text) = sample.split_once('\n').unwrap_or_default();
        samples.push((language.trim().to_lowercase(), text.to_owned()));
    }
    samples
}

#[test]
fn samples_of_the_documentation_are_understood_and_their_faults_found() {
    let Some(path) = outside::path("../seeds/000_0e7dc34f8d87ef00.txt") else {
        println!("the documentation is not there");
        return;
    };
    let document = fs::read_to_string(path).unwrap();
    let mut n_samples = 0;
    let mut n_trailing = 0;
    for (language, text) in samples(&document) {
        if language != "json" && language != "bicep" {
            continue;
        }
        n_samples += 1;
        let report = check(&text);
        let [logger] = report.understood.as_slice() else {
            panic!("{language}: {:?} in {text}", report.understood);
        };
        assert_eq!(logger.role, Role::Logger);
        let has = |code: &str| report.findings.iter().any(|finding| finding.code == code);
        let is_template = text.contains("apiVersion");
        assert_eq!(
            has("SET0201"),
            language == "bicep",
            "parent as a text: {text}"
        );
        assert_eq!(
            has("SET0204"),
            is_template,
            "name without its parents: {text}"
        );
        assert_eq!(
            has("SET0203"),
            text.contains("'systemAssigned'"),
            "spelling: {text}"
        );
        assert!(has("SET0205"), "the connection string is cut: {text}");
        assert!(
            !has("SET0304") && !has("SET0106") && !has("SET0107"),
            "{:?} in {text}",
            report.findings
        );
        let has_identity = text.contains("identityClientId");
        assert_eq!(has("SET0302"), !has_identity, "{text}");
        assert_eq!(has("SET0303"), has_identity, "{text}");
        n_trailing += usize::from(has("SET0101"));
        // Planted: the type as the document spells it, and a key in the place of the string.
        let planted = text.replace("service/loggers", "service.workspace/loggers");
        assert_eq!(
            codes(&planted).contains(&"SET0202"),
            language == "bicep" || is_template
        );
        let planted = text.replace("connectionString", "instrumentationKey");
        assert!(codes(&planted).contains(&"SET0301"), "{planted}");
    }
    assert_eq!(n_samples, 9, "three credentials in three languages");
    assert_eq!(n_trailing, 1, "one sample has a trailing comma");
}

#[test]
fn slips_are_located_and_what_is_right_is_understood() {
    let text = "PUT https://management.azure.com/x?api-version=1\nContent-Type: application/json\n\n{ // the logger\n  properties: {\n    'loggerType': \"applicationInsights\"\n    \"credentials\": { \"connectionString\": \"ü\", },\n  }\n}";
    let report = check(text);
    assert_eq!(report.understood.len(), 1);
    let places: Vec<(&str, &str)> = report
        .findings
        .iter()
        .map(|one| (one.code, one.span.of(text)))
        .collect();
    assert_eq!(
        places,
        [
            ("SET0104", "// the logger"),
            ("SET0105", "properties"),
            ("SET0103", "'loggerType'"),
            ("SET0102", "\""),
            ("SET0302", "\"ü\""),
            ("SET0101", ","),
            ("SET0101", ","),
        ]
    );
}

#[test]
fn forms_of_one_diagnostic_say_the_same() {
    let body = r#"{ "loggerId": "/subscriptions/s/x/loggers/ai", "alwaysLog": "allErrors", "sampling": { "samplingType": "fixed", "percentage": 25 }, "verbosity": "error", "frontend": { "request": { "headers": ["A"], "body": { "bytes": 16 } } } }"#;
    let rest = format!(
        r#"{{ "id": "/subscriptions/s/apis/echo/diagnostics/applicationinsights", "type": "Microsoft.ApiManagement/service/apis/diagnostics", "name": "applicationinsights", "properties": {body} }}"#
    );
    let list = format!(r#"{{ "value": [{rest}] }}"#);
    let flat = format!(
        r#"{{ "$schema": "x", "resources": [{{ "type": "Microsoft.ApiManagement/service/apis/diagnostics", "apiVersion": "2024-05-01", "name": "[concat(parameters('s'), '/echo/applicationinsights')]", "properties": {body} }}] }}"#
    );
    let nested = format!(
        r#"{{ "resources": [{{ "type": "Microsoft.ApiManagement/service", "apiVersion": "2024-05-01", "name": "s", "resources": [{{ "type": "apis", "apiVersion": "2024-05-01", "name": "echo", "resources": [{{ "type": "diagnostics", "apiVersion": "2024-05-01", "name": "applicationinsights", "properties": {body} }}] }}] }}] }}"#
    );
    let bicep = "resource api 'Microsoft.ApiManagement/service/apis@2024-05-01' existing = {\n  parent: service\n  name: 'echo'\n}\n\n@description('kept')\nparam kept int = 25\nresource d 'Microsoft.ApiManagement/service/apis/diagnostics@2024-05-01' = if (kept > 0) {\n  parent: api\n  name: 'applicationinsights'\n  properties: {\n    loggerId: resourceId('x/loggers', 's', 'ai')\n    alwaysLog: 'allErrors' // errors\n    sampling: { samplingType: 'fixed', percentage: kept }\n    verbosity: 'error'\n    frontend: {\n      request: {\n        headers: [\n          'A'\n        ]\n        body: { bytes: 16 }\n      }\n    }\n  }\n}\n";
    let terraform = r#"{ "format_version": "1.0", "values": { "root_module": { "child_modules": [{ "resources": [{ "address": "a.b", "mode": "managed", "type": "azurerm_api_management_api_diagnostic", "name": "this", "values": { "identifier": "applicationinsights", "api_name": "echo", "api_management_logger_id": "/subscriptions/s/x/loggers/ai", "always_log_errors": true, "sampling_percentage": 25, "verbosity": "error", "frontend_request": [{ "body_bytes": 16, "headers_to_log": ["A"] }], "backend_request": [] } }] }] } } }"#;
    for text in [&rest, &list, &flat, &nested, bicep, terraform] {
        let report = check(text);
        let [one] = report.understood.as_slice() else {
            panic!("{:?} of {text}", report.understood);
        };
        assert_eq!(
            (one.role, one.name.as_str()),
            (Role::Diagnostic, "applicationinsights"),
            "{text}"
        );
        let mut facts = one.facts.clone();
        let logger = facts
            .iter()
            .position(|(name, _)| *name == "logger")
            .unwrap();
        let (_, logger) = facts.remove(logger);
        assert!(logger.contains("ai"), "{logger}");
        let expected = [
            ("api", "echo"),
            ("sampling", "25"),
            ("alwaysLog", "allErrors"),
            ("verbosity", "error"),
            ("payloadBytes", "16"),
        ];
        let facts: Vec<(&str, &str)> = facts
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        assert_eq!(facts, expected, "{text}");
        let found: Vec<&str> = report.findings.iter().map(|finding| finding.code).collect();
        let mut sorted = found.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, ["SET0402", "SET0403"], "{text}");
    }
}

#[test]
fn repairs_of_bicep_are_bicep() {
    let text = r#"
resource a 'Microsoft.ApiManagement/service.workspace/loggers@2024-05-01' = {
  parent: w
  name: 'ai'
  properties: {
    loggerType: 'applicationInsights'
    credentials: {
      connectionString: connection
      identityClientId: 'systemAssigned'
    }
  }
}
resource d 'Microsoft.ApiManagement/service/diagnostics@2024-05-01' = {
  parent: s
  name: 'applicationinsights'
  properties: {
    loggerId: a.id
    sampling: {
      samplingType: 'fixed'
      percentage: 50
    }
    metrics: false
  }
}
resource p 'Microsoft.ApiManagement/service/policies@2024-05-01' = {
  parent: s
  name: 'policy'
  properties: {
    value: '''<policies>
  <emit-metric name="n"><dimension name="API ID" /></emit-metric>
</policies>'''
  }
}
resource e 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: s
  name: 'e'
  properties: {
    workspaceId: logs.id
    logs: [
      {
        category: 'GatewayLogs'
        enabled: true
      }
    ]
  }
}
"#;
    let mut text = text.to_owned();
    for code in ["SET0202", "SET0203", "SET0401", "SET0404", "SET0502"] {
        let report = check(&text);
        let finding = report.findings.iter().find(|one| one.code == code);
        let finding = finding.unwrap_or_else(|| panic!("{code} is not in {:?}", report.findings));
        assert!(!finding.edits.is_empty(), "{code} has no repair");
        text = repaired(&text, finding);
    }
    assert_eq!(codes(&text), ["SET0303"], "{text}");
    assert_eq!(check(&text).understood.len(), 4, "{text}");
}

#[test]
fn a_plan_of_terraform_is_read_once_and_judged_like_the_rest() {
    let text = r#"{ "format_version": "1.2",
      "planned_values": { "root_module": { "resources": [
        { "type": "azurerm_api_management_logger", "name": "this", "values": { "name": "ai", "resource_id": null, "application_insights": [{ "instrumentation_key": "12345678-1234-1234-1234-123456789abc" }], "eventhub": [] } },
        { "type": "azurerm_api_management_diagnostic", "name": "all", "values": { "identifier": "applicationinsights", "api_management_logger_id": "/x/loggers/ai", "sampling_percentage": 5, "always_log_errors": false } },
        { "type": "azurerm_api_management_api_diagnostic", "name": "one", "values": { "identifier": "applicationinsights", "api_name": "echo", "api_management_logger_id": "/x/loggers/ai" } },
        { "type": "azurerm_monitor_diagnostic_setting", "name": "d", "values": { "name": "d", "target_resource_id": "/x", "log_analytics_workspace_id": "/x/workspaces/logs", "log_analytics_destination_type": null, "enabled_log": [{ "category": "WebSocketConnectionLogs", "category_group": "" }] } },
        { "type": "azurerm_api_management_api_policy", "name": "p", "values": { "api_name": "echo", "xml_content": "<policies><inbound><!-- <trace severity=\"verbose\" /> --><trace source=\"s\"><message>m</message></trace></inbound></policies>" } }
      ] } },
      "resource_changes": [{ "type": "azurerm_api_management_logger", "change": { "after": { "name": "ai" } } }],
      "prior_state": { "values": { "root_module": { "resources": [{ "type": "azurerm_api_management_logger", "values": { "name": "old" } }] } } } }"#;
    let report = check(text);
    let roles: Vec<&str> = report
        .understood
        .iter()
        .map(|one| one.role.name())
        .collect();
    assert_eq!(
        roles,
        [
            "logger",
            "diagnostic",
            "diagnostic",
            "diagnosticSetting",
            "policy"
        ]
    );
    let mut found: Vec<(&str, &str)> = report
        .findings
        .iter()
        .map(|one| (one.code, one.span.of(text)))
        .collect();
    found.sort_unstable();
    let found: Vec<&str> = found.into_iter().map(|(code, _)| code).collect();
    assert_eq!(
        found,
        [
            "SET0301", "SET0304", "SET0401", "SET0405", "SET0407", "SET0501", "SET0502"
        ]
    );
    assert!(
        report.findings.iter().all(|one| one.edits.is_empty()),
        "its text is made by Terraform"
    );
}

#[test]
fn what_the_builders_make_is_well() {
    use kqlens::handoff::make;
    use kqlens::value::Dynamic;
    let requests = [
        ("appInsightsLogger", r#"{ "service": "contoso" }"#),
        (
            "appInsightsLogger",
            r#"{ "apimWorkspace": "team", "identity": "none" }"#,
        ),
        ("diagnostic", r#"{ "service": "contoso" }"#),
        (
            "diagnostic",
            r#"{ "entity": "azuremonitor", "api": "echo", "llm": {} }"#,
        ),
        ("diagnosticSetting", r#"{ "service": "contoso" }"#),
    ];
    for (name, request) in requests {
        let artefact = make(name, &Dynamic::parse(request).unwrap()).unwrap();
        for format in ["arm", "bicep"] {
            let report = check(artefact.text(format).unwrap());
            assert!(!report.understood.is_empty(), "{name} {format}");
            // That the role of an identity stands elsewhere is told of every logger that has one.
            let others: Vec<&Finding> = report
                .findings
                .iter()
                .filter(|one| one.code != "SET0303")
                .collect();
            assert!(others.is_empty(), "{name} {format}: {others:?}");
        }
    }
}

#[test]
fn requests_that_cannot_be_are_told_at_the_field() {
    use kqlens::handoff::make;
    use kqlens::value::Dynamic;
    let wrong = [
        (
            "appInsightsLogger",
            r#"{ "connectionString": "00000000-0000-0000-0000-000000000000" }"#,
            "connectionString",
        ),
        (
            "appInsightsLogger",
            r#"{ "identity": "userAssigned" }"#,
            "clientId",
        ),
        (
            "appInsightsLogger",
            r#"{ "clientId": "00000000-0000-0000-0000-00000000000c" }"#,
            "clientId",
        ),
        (
            "appInsightsLogger",
            r#"{ "apimWorkspace": "w" }"#,
            "identity",
        ),
        (
            "appInsightsLogger",
            r#"{ "service": "/subscriptions/x" }"#,
            "service",
        ),
        (
            "diagnostic",
            r#"{ "entity": "azuremonitor", "metrics": true }"#,
            "metrics",
        ),
        ("diagnostic", r#"{ "llm": {} }"#, "llm"),
        ("diagnostic", r#"{ "sampling": 101 }"#, "sampling"),
        ("diagnostic", r#"{ "payloadBytes": 8193 }"#, "payloadBytes"),
        ("diagnostic", r#"{ "headers": ["a b"] }"#, "headers[0]"),
        (
            "diagnostic",
            r#"{ "entity": "azuremonitor", "llm": { "requestBytes": -1 } }"#,
            "llm.requestBytes",
        ),
        (
            "diagnosticSetting",
            r#"{ "categories": ["GatewayLog"] }"#,
            "categories[0]",
        ),
        (
            "diagnosticSetting",
            r#"{ "categories": ["GatewayLogs", "GatewayLogs"] }"#,
            "categories[1]",
        ),
        ("diagnosticSetting", r#"{ "api": "echo" }"#, "api"),
        ("tokenMetricPolicy", r#"{ "dimensions": [] }"#, "dimensions"),
        (
            "tokenMetricPolicy",
            r#"{ "dimensions": [{ "name": "Team" }] }"#,
            "dimensions[0].value",
        ),
        (
            "tokenMetricPolicy",
            r#"{ "dimensions": [{ "name": "API ID" }, { "name": "api id" }] }"#,
            "dimensions[1].name",
        ),
        (
            "tokenMetricPolicy",
            r#"{ "name": "n", "dimensions": [{ "name": "API ID" }] }"#,
            "name",
        ),
        (
            "tokenMetricPolicy",
            r#"{ "policy": "emit-metric", "dimensions": [{ "name": "API ID" }] }"#,
            "name",
        ),
        (
            "tokenMetricPolicy",
            r#"{ "dimensions": [{ "name": "API ID" }, { "name": "Operation ID" }, { "name": "Product ID" }, { "name": "User ID" }, { "name": "Location" }, { "name": "Gateway ID" }] }"#,
            "dimensions",
        ),
    ];
    for (name, request, field) in wrong {
        let error = make(name, &Dynamic::parse(request).unwrap()).unwrap_err();
        assert_eq!(error.field, field, "{name} {request}: {error:?}");
    }
}

const PIECES: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    "\"",
    "'",
    ",",
    ":",
    "\\",
    "\\u12",
    "//",
    "/*",
    "*/",
    "'''",
    "${",
    "\n",
    " ",
    "resource x 'Microsoft.ApiManagement/service/loggers@1' = ",
    "param a string = ",
    "var b = ",
    "\"type\": \"Microsoft.ApiManagement/service/apis/diagnostics\"",
    "\"properties\"",
    "properties: ",
    "\"loggerId\"",
    "name: 'a/b'",
    "parent: x",
    "loggers",
    "true",
    "null",
    "-",
    "1e9",
    "ü",
    "😀",
    "@(",
    ")",
    "\"connectionString\": \"InstrumentationKey=\"",
    "azurerm_api_management_logger",
    "<trace",
    "severity=",
    "\"value\": \"<!--<emit-metric\"",
    "#",
    "=",
    "\u{feff}",
    "enabled_log",
    "\"values\"",
    "<policies>",
    "</inbound>",
    "<emit-metric name=\"n\"",
    "<dimension name='a' />",
    "<trace severity=verbose>",
    "/>",
    "<",
    "&",
    "&quot;",
    "@{",
    "@\"",
    "<!--",
    "]]>",
    "<![CDATA[",
    "\"[concat(parameters('a'), variables('b'))]\"",
    "\"parameters\": {\"a\": {\"defaultValue\": \"[variables('b')]\"}}",
    "\"resources\": [",
    "module m './m.bicep' = ",
    "'${b}${a}'",
    "\n- name: x",
    "\nresource \"a\" \"b\" {\n",
];

#[test]
fn any_text_is_answered() {
    let mut numbers = Numbers(0x2545_F491_4F6C_DD1D);
    for _ in 0..20_000 {
        let n_pieces = 1 + numbers.below(40);
        let text: String = (0..n_pieces)
            .map(|_| PIECES[numbers.below(PIECES.len())])
            .collect();
        let report = check(&text);
        for finding in &report.findings {
            assert!(
                finding.values.iter().all(|value| !value.is_empty()),
                "{finding:?} of {text:?}"
            );
            assert!(
                text.get(finding.span.start as usize..finding.span.end as usize)
                    .is_some(),
                "{finding:?} of {text:?}"
            );
            for edit in &finding.edits {
                assert!(
                    text.get(edit.span.start as usize..edit.span.end as usize)
                        .is_some(),
                    "{finding:?} of {text:?}"
                );
            }
        }
    }
    // A list that nobody would read ends.
    let slips = check(&format!("[{}", "'ü' ".repeat(100_000)));
    assert_eq!(slips.findings.len(), 100);
    for deep in [
        "<a>",
        "[",
        "{\"a\":",
        "resource x 'y/z' = {a:[",
        "resource x 'y/z' = {a:{resource y 'x/y' = {",
    ] {
        assert!(!check(&deep.repeat(100_000)).findings.is_empty());
    }
}

#[test]
fn much_of_anything_ends() {
    const N_BYTES: usize = 200_000;
    let names = "param a string = 'x'\nvar b = '${c}${c}'\nvar c = '${b}${a}${a}'\n";
    let pieces = [
        "<a>",
        "</b>",
        "<a></b>",
        "<emit-metric name=\"@(\">",
        "<emit-metric><dimension ",
        "<a b=\"",
        "<a b=\"@(\"",
        "<a>@(",
        "<a>&amp",
        "<!--",
        "<b/>\n",
        "{}",
        "a{}",
        "a {[",
        "\"a\":",
        "\"a\": \"<a>\",",
        "//\n",
        "/*",
        "- a: b\n",
        "resource \"a\" \"b\" {\n}\n",
        "resource a 'Microsoft.ApiManagement/service/apis/diagnostics@1' = {\n  parent: a\n  properties: {\n    loggerId: b\n  }\n}\n",
        "resource a 'Microsoft.ApiManagement/service/policies@1' = {\n  properties: {\n    value: b\n  }\n}\n",
        "module a 'b' = {\n}\n",
        "var a = {\n  b: a\n}\n",
        "{\"properties\":{\"loggerId\":\"[parameters('a')]\"}}",
        "{\"type\":\"microsoft.insights/privateLinkScopes\",\"properties\":{\"accessModeSettings\":{\"ingestionAccessMode\":\"PrivateOnly\"}}}{\"type\":\"microsoft.insights/components\",\"name\":\"a\"}",
        "{\"parameters\":{\"a\":{\"value\":1}}}",
        "a\u{300}\n",
        "b/providers/",
    ];
    for piece in pieces {
        let mut bicep = names.to_owned();
        let mut json = "{\"a\": [".to_owned();
        let mut policy = "{\"properties\":{\"loggerType\":1}} <policies>".to_owned();
        for text in [&mut bicep, &mut json, &mut policy] {
            text.push_str(&piece.repeat(N_BYTES / piece.len()));
            text.push_str("\n{}");
            let start = std::time::Instant::now();
            check(text);
            let taken = start.elapsed();
            // What grows with the square of its size takes minutes here.
            assert!(taken.as_secs() < 10, "{taken:?} of {piece:?}");
        }
    }
}

#[test]
fn names_that_hold_each_other_end() {
    // A short text that names a long one often, and names that double what they name.
    let long = "a".repeat(200_000);
    let often = vec!["variables('long')"; 5_000].join(",");
    let mut variables = format!("\"long\": \"{long}\", \"v0\": \"b\"");
    for n in 1..64 {
        let before = format!("variables('v{}')", n - 1);
        variables.push_str(&format!(", \"v{n}\": \"[concat({before},{before})]\""));
    }
    let objects = vec!["\"[variables('o')]\""; 2_000].join(",");
    let text = format!(
        "{{ \"variables\": {{ {variables}, \"o\": [{objects}], \"self\": \"[variables('self')]\" }}, \"resources\": [\
         {{ \"properties\": {{ \"loggerType\": \"[concat({often})]\", \"a\": \"[variables('v63')]\", \"b\": \"[variables('o')]\", \"c\": \"[variables('self')]\" }} }},\
         {{ \"properties\": {{ \"loggerType\": \"[variables('v3')]\" }} }}] }}"
    );
    let start = std::time::Instant::now();
    let report = check(&text);
    assert!(start.elapsed().as_secs() < 10);
    let types: Vec<&str> = report
        .understood
        .iter()
        .map(|one| {
            one.facts
                .iter()
                .find(|(name, _)| *name == "type")
                .unwrap()
                .1
                .as_str()
        })
        .collect();
    assert_eq!(types.len(), 2);
    assert!(types[0].starts_with("[concat("), "{types:?}");
    let bicep = "var o = [\n  o\n  o\n]\nvar t = '${t}${t}'\nresource l 'Microsoft.ApiManagement/service/loggers@1' = {\n  name: t\n  properties: {\n    a: o\n  }\n}\n";
    assert_eq!(check(bicep).understood.len(), 1);
}
