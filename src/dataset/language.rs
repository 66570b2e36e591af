//! Help while a query is written: completion, hover, the call around the caret, explanation.
//!
//! Input: a query, a place, the tables it is meant for. Output: what `kql` finds there, with the
//! names of the engine and values that occur in the rows. Absent on purpose: what is wrong with the
//! query, which is `check`.

use crate::diagnostic::{Diagnostic, Fix, codes};
use crate::engine::bind;
use crate::engine::{self, Job};
use crate::kql::analysis::{Analysis, Meaning};
use crate::kql::complete::{self, Completion, Vocabulary};
use crate::kql::explain::{self, Step};
use crate::kql::token::{written_name, written_string};
use crate::kql::{parser, repair};
use crate::llm;
use crate::schema::translation;
use crate::table::Tables;
use crate::value::{Value, datetime};
use std::rc::Rc;

/// Most values of a column that completion offers.
const MAX_VALUES: usize = 20;

/// The tables that a translation is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// `ApiManagementGatewayLogs` and its kin.
    ResourceSpecific,
    /// `AzureDiagnostics`.
    AzureDiagnostics,
}

/// What a query's names mean; `now` is the clock in ticks.
pub fn analyse(query: &str, tables: &dyn Tables, now: i64) -> Analysis {
    bind::analyse(query, &parser::parse(query).query, tables, now)
}

/// What may stand at a byte offset, the likeliest first.
pub fn complete(query: &str, offset: u32, tables: &Rc<dyn Tables>, now: i64) -> Vec<Completion> {
    let analysis = analyse(query, tables.as_ref(), now);
    let mut names = tables.names();
    let has_rows = |name: &str| tables.find(name).is_some_and(|view| view.n_rows() > 0);
    if has_rows(llm::LLM_LOG) {
        names.push(llm::table::NAME.to_owned());
    }
    let callables = engine::callables();
    let values = |column: &str| values_of(query, column, &analysis, tables);
    let vocabulary = Vocabulary {
        tables: &names,
        callables: &callables,
        values: &values,
    };
    complete::complete(query, offset, &analysis, &vocabulary)
}

/// A query in sentences.
pub fn explain(query: &str, tables: &dyn Tables, now: i64) -> Vec<Step> {
    let parsed = parser::parse(query);
    let analysis = bind::analyse(query, &parsed.query, tables, now);
    explain::explain(query, &parsed.query, &analysis)
}

/// A query over the tables of another dialect. Columns that exist in neither are read as the nearest
/// one that does, and a comment above the query says so.
pub fn translate(query: &str, to: Dialect) -> Result<String, Vec<Diagnostic>> {
    let parsed = parser::parse(query);
    let repairs: Vec<Diagnostic> = super::check::repairs(&parsed.query)
        .into_iter()
        .filter(|finding| finding.code == codes::UNKNOWN_NAME && finding.fix.is_some())
        .collect();
    let fixes: Vec<Fix> = repairs.iter().filter_map(|one| one.fix.clone()).collect();
    let repaired = repair::apply(query, &fixes);
    let translated = match to {
        Dialect::ResourceSpecific => translation::to_resource_specific(&repaired),
        Dialect::AzureDiagnostics => translation::to_azure_diagnostics(&repaired),
    };
    let mut notes: Vec<String> = Vec::new();
    for (one, fix) in repairs.iter().zip(&fixes) {
        let right = fix.edits.first().map_or("", |edit| edit.text.as_str());
        let wrong = one.span.of(query);
        let note = format!("// {wrong} is a column of neither dialect; read as {right}\n");
        if !wrong.contains('\n') && !notes.contains(&note) {
            notes.push(note);
        }
    }
    Ok(notes.concat() + &translated?)
}

/// The most frequent values of a column of the first table of the query that has it, as literals.
fn values_of(
    query: &str,
    column: &str,
    analysis: &Analysis,
    tables: &Rc<dyn Tables>,
) -> Vec<String> {
    let named = analysis
        .uses
        .iter()
        .filter(|one| one.meaning == Meaning::Table);
    let table = named.map(|one| one.span.of(query)).find(|name| {
        tables
            .find(name)
            .is_some_and(|view| view.n_rows() > 0 && view.find(column).is_some())
    });
    let Some(table) = table else {
        return Vec::new();
    };
    let name = written_name(column);
    let text = format!(
        "{table} | summarize Rows = count() by Value = {name} | sort by Rows desc, Value asc | take {MAX_VALUES}"
    );
    let answer = Job::start(&text, Rc::clone(tables), 0).and_then(Job::run);
    let Ok(finished) = answer else {
        return Vec::new();
    };
    let relation = finished.relation;
    let values = (0..relation.n_rows()).map(|row| relation.value(row, 0));
    values.filter_map(|value| literal(&value)).collect()
}

/// A value as a query writes it; none for values that are no key.
fn literal(value: &Value) -> Option<String> {
    Some(match value {
        Value::Null | Value::Dynamic(_) => return None,
        Value::String(text) if text.is_empty() => return None,
        Value::String(text) => written_string(text),
        Value::DateTime(ticks) => format!("datetime({})", datetime::text(*ticks)),
        Value::Bool(value) => value.to_string(),
        Value::Guid(_) => format!("guid({})", value.to_text()),
        other => other.to_text().clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::{AddOptions, Dataset};
    use crate::kql::complete::CompletionKind;
    use crate::kql::symbols::{self, Named};

    fn tables() -> Rc<dyn Tables> {
        let rows = [
            r#"{"TimeGenerated":"2026-04-20T14:00:00Z","ResponseCode":200,"ApiId":"orders","CorrelationId":"a","Method":"GET","BackendId":"b","OperationId":"x","Url":"https://x/y"}"#,
            r#"{"TimeGenerated":"2026-04-20T14:00:01Z","ResponseCode":503,"ApiId":"say \"hi\"","CorrelationId":"b","Method":"GET","BackendId":"b","OperationId":"x","Url":"https://x/y"}"#,
            r#"{"TimeGenerated":"2026-04-20T14:00:02Z","ResponseCode":503,"ApiId":"orders","CorrelationId":"c","Method":"GET","BackendId":"b","OperationId":"x","Url":"https://x/y"}"#,
        ];
        let mut dataset = Dataset::new();
        let report = dataset
            .add(rows.join("\n").as_bytes(), AddOptions::default())
            .unwrap();
        assert_eq!(report.rows, 3, "{report:?}");
        Rc::new(dataset.views())
    }

    /// The labels at the `¦` of a text.
    fn labels(marked: &str) -> Vec<(CompletionKind, String)> {
        let offset = marked.find('¦').unwrap() as u32;
        let query = marked.replace('¦', "");
        let found = complete(&query, offset, &tables(), 0);
        found.into_iter().map(|one| (one.kind, one.label)).collect()
    }

    fn has(marked: &str, kind: CompletionKind, label: &str) -> bool {
        labels(marked).contains(&(kind, label.to_owned()))
    }

    #[test]
    fn what_may_stand_depends_on_the_place() {
        use CompletionKind::{Column, Function, Keyword, Name, Operator, Plugin, Table};
        assert!(has("¦", Table, "ApiManagementGatewayLogs"));
        assert!(has("Api¦", Table, "ApiManagementGatewayLogs"));
        assert!(has("let n = 1; ¦", Name, "n"));
        assert!(has("ApiManagementGatewayLogs | ¦", Operator, "summarize"));
        assert!(has("ApiManagementGatewayLogs | su¦", Operator, "summarize"));
        assert!(!has("ApiManagementGatewayLogs | ¦", Column, "ApiId"));
        assert!(has("ApiManagementGatewayLogs | where ¦", Column, "ApiId"));
        assert!(has(
            "ApiManagementGatewayLogs | where isnotempty(¦",
            Column,
            "ApiId"
        ));
        assert!(has(
            "ApiManagementGatewayLogs | where ¦\n| take 3",
            Column,
            "ApiId"
        ));
        assert!(!has(
            "ApiManagementGatewayLogs | where ¦",
            Function,
            "countif"
        ));
        assert!(has(
            "ApiManagementGatewayLogs | summarize ¦",
            Function,
            "countif"
        ));
        assert!(has(
            "ApiManagementGatewayLogs | summarize count() ¦",
            Keyword,
            "by"
        ));
        assert!(has(
            "ApiManagementGatewayLogs | summarize n = count() by ApiId | where ¦",
            Column,
            "n"
        ));
        assert!(!has(
            "ApiManagementGatewayLogs | summarize n = count() by ApiId | where ¦",
            Column,
            "Method"
        ));
        assert!(has(
            "ApiManagementGatewayLogs | join kind=¦",
            Keyword,
            "leftouter"
        ));
        assert!(has(
            "ApiManagementGatewayLogs | join kind=inner (¦",
            Table,
            "AppRequests"
        ));
        assert!(has(
            "ApiManagementGatewayLogs | join kind=inner (AppRequests | where ¦",
            Column,
            "ResultCode"
        ));
        let join = "ApiManagementGatewayLogs | join kind=inner (ApiManagementGatewayLlmLog | where TotalTokens > 1) on ";
        assert!(has(&format!("{join}¦"), Column, "CorrelationId"));
        assert!(!has(&format!("{join}¦"), Column, "ApiId"));
        assert!(has(&format!("{join}$left.¦"), Column, "ApiId"));
        assert!(has(
            &format!("{join}$left.CorrelationId == $right.¦"),
            Column,
            "TotalTokens"
        ));
        assert!(has(
            "ApiManagementGatewayLogs | evaluate ¦",
            Plugin,
            "pivot"
        ));
        assert!(has(
            "ApiManagementGatewayLogs | render ¦",
            Keyword,
            "timechart"
        ));
        assert!(labels("ApiManagementGatewayLogs // a comment ¦").is_empty());
    }

    #[test]
    fn values_are_those_that_occur() {
        let values = |marked: &str| -> Vec<String> {
            let found = labels(marked);
            let values = found
                .into_iter()
                .filter(|(kind, _)| *kind == CompletionKind::Value);
            values.map(|(_, label)| label).collect()
        };
        assert_eq!(
            values("ApiManagementGatewayLogs | where ResponseCode == ¦"),
            ["503", "200"]
        );
        assert_eq!(
            values("ApiManagementGatewayLogs | where ResponseCode in (200, ¦"),
            ["503", "200"]
        );
        assert_eq!(
            values("ApiManagementGatewayLogs | where ApiId == \"¦"),
            ["\"orders\"", "\"say \\\"hi\\\"\""]
        );
        assert_eq!(
            values("ApiManagementGatewayLogs | where ApiId¦"),
            Vec::<String>::new()
        );
    }

    #[test]
    fn names_of_neither_dialect_are_repaired_with_a_note() {
        let query = "ApiManagementGatewayLogs | where ISRequestSuccess == false | project Url";
        let text = translate(query, Dialect::AzureDiagnostics).unwrap();
        assert!(
            text.starts_with(
                "// ISRequestSuccess is a column of neither dialect; read as IsRequestSuccess\n"
            ),
            "{text}"
        );
        assert!(text.contains("isRequestSuccess_b == false"), "{text}");
        let fine = query.replace("ISR", "IsR");
        assert!(
            !translate(&fine, Dialect::AzureDiagnostics)
                .unwrap()
                .contains("//")
        );
    }

    #[test]
    fn any_place_of_any_text_is_no_panic() {
        let query = "let n = 1; ApiManagementGatewayLogs | where ApiId has_any ('ü', \"x\") | join kind=inner (T | take n) on $left.a == $right.b | summarize x = count() by bin(TimeGenerated, 5m)";
        let tables = tables();
        for end in (0..=query.len()).filter(|at| query.is_char_boundary(*at)) {
            let cut = query.get(..end).unwrap();
            complete(cut, end as u32, &tables, 0);
            let analysis = analyse(cut, tables.as_ref(), 0);
            symbols::hover(cut, end as u32, &analysis);
            symbols::call_at(cut, end as u32);
            symbols::references(&analysis, end as u32);
            explain(cut, tables.as_ref(), 0);
        }
    }

    #[test]
    fn names_are_found_and_renamed_together() {
        let query = "let n = 3; let f = (x:long) { x + n }; ApiManagementGatewayLogs | take n | extend y = f(n)";
        let analysis = analyse(query, tables().as_ref(), 0);
        let at = query.find("take n").unwrap() as u32 + 5;
        let spans = symbols::references(&analysis, at);
        let starts: Vec<u32> = spans.iter().map(|span| span.start).collect();
        assert_eq!(starts, [4, 34, at, 88]);
        assert!(spans.iter().all(|span| span.of(query) == "n"));
        let edits = symbols::rename(&analysis, at, "limit_").unwrap();
        assert_eq!(
            crate::kql::repair::apply_edits(query, &edits),
            "let limit_ = 3; let f = (x:long) { x + limit_ }; ApiManagementGatewayLogs | take limit_ | extend y = f(limit_)"
        );
        assert!(symbols::rename(&analysis, at, "a b").is_none());
        assert!(symbols::rename(&analysis, at, "where").is_none());
    }

    #[test]
    fn what_stands_there_is_told() {
        let query =
            "let n = 3; ApiManagementGatewayLogs | where ResponseCode > n | summarize count()";
        let analysis = analyse(query, tables().as_ref(), 0);
        let what = |word: &str| {
            let at = query.find(word).unwrap() as u32 + 1;
            symbols::hover(query, at, &analysis).unwrap().what
        };
        assert!(matches!(what("ResponseCode"), Named::Column(name, _) if name == "ResponseCode"));
        assert!(matches!(what("ApiManagement"), Named::Table(_, columns) if columns.len() > 50));
        assert!(matches!(what("summarize"), Named::Operator(entry) if entry.name == "summarize"));
        assert!(matches!(what("count"), Named::Call(name) if name == "count"));
        let at = query.find("> n").unwrap() as u32 + 2;
        let hover = symbols::hover(query, at, &analysis).unwrap();
        assert!(matches!(hover.what, Named::Declared(_, line) if line == "let n = 3"));
        let call = symbols::call_at("T | extend x = substring(a, strlen(b), ", 39).unwrap();
        assert_eq!((call.name.as_str(), call.argument), ("substring", 2));
    }
}
