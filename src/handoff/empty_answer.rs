//! Why a query returns nothing in a workspace: what to look at, one thing after the other.
//!
//! Input: `{query}`. Output: a check list in Markdown, with a query for each step that a query can
//! settle, and the query that counts the rows behind each stage by itself. Invariants: every query of
//! the list is one that the workspace runs, over the tables that the query names. Absent on purpose:
//! answers, which only the workspace has; names that are wrong, for which there are the checks.

use super::request::Request;
use super::{Artefact, File, HandoffError, names};
use crate::kql::token::{self, TokenKind, written_string};
use crate::kql::tree::{Expr, Statement};
use crate::kql::{parser, printer};
use crate::schema;
use crate::text::cut;
use crate::value::Dynamic;

/// Most stages that are counted.
const MOST_STAGES: usize = 12;
const GATEWAY: &str = "ApiManagementGatewayLogs";

/// A check list for a query.
pub fn empty_answer(request: &Dynamic) -> Result<Artefact, HandoffError> {
    let request = Request::new(request, &["query"])?;
    let query = names::query("query", request.required("query")?)?;
    let stages = stage_counts(query);
    let mut files = vec![File::new(
        "markdown",
        "empty-answer.md",
        check_list(query, stages.as_deref()),
    )];
    files.extend(stages.map(|text| File::new("kql", "stages.kql", text)));
    Ok(Artefact {
        files,
        notes: Vec::new(),
    })
}

/// The known table that a query names first, the gateway's where it names none.
fn table_of(query: &str) -> &'static str {
    let (tokens, _) = token::tokens(query);
    let words = tokens.iter().filter(|token| token.kind == TokenKind::Word);
    let mut known = words.filter_map(|token| {
        let word = token.span.of(query);
        schema::TABLES.iter().find(|table| table.name == word)
    });
    known.next().map_or(GATEWAY, |table| table.name)
}

/// A query that counts the rows behind each stage; `None` when the query has no stages to count.
fn stage_counts(query: &str) -> Option<String> {
    let parsed = parser::parse(query);
    let Some(Statement::Expression(Expr::Pipe(pipeline))) = parsed.query.statements.last() else {
        return None;
    };
    let first = pipeline.operators.first()?;
    let start = pipeline.span.start as usize;
    let before = query.get(..start)?;
    let source = query.get(start..first.span().start as usize)?;
    let source = source.trim_end().trim_end_matches('|').trim_end();
    let mut counted = vec![(source.to_owned(), "the table".to_owned())];
    for operator in pipeline.operators.iter().take(MOST_STAGES) {
        let span = operator.span();
        let text = query.get(start..span.end as usize)?;
        let words: Vec<&str> = span.of(query).split_whitespace().collect();
        counted.push((text.to_owned(), cut(&words.join(" "), 60)));
    }
    // What is drawn has no rows of its own.
    counted.retain(|(_, stage)| !stage.starts_with("render"));
    let branches = counted.iter().enumerate().map(|(at, (text, stage))| {
        let stage = written_string(stage);
        format!("    ({text}\n    | summarize Rows = count()\n    | extend Step = {at}, Stage = {stage})")
    });
    let branches = branches.collect::<Vec<_>>().join(",\n");
    let text =
        format!("{before}union\n{branches}\n| project Step, Rows, Stage\n| order by Step asc");
    Some(printer::format(&text).unwrap_or(text).trim_end().to_owned())
}

fn check_list(query: &str, stages: Option<&str>) -> String {
    let table = table_of(query);
    let known = schema::table(table);
    let category = known.and_then(|table| table.categories.first().copied());
    let mut out = String::from(
        "# The query returns nothing\n\nOne step after the other; the first that says no is the reason.\n",
    );
    let mut n_steps = 0;
    let mut step = |title: &str, words: &str, kql: Option<String>| {
        n_steps += 1;
        out.push_str(&format!("\n## {n_steps}. {title}\n\n{words}\n"));
        if let Some(kql) = kql {
            out.push_str(&format!("\n```kusto\n{kql}\n```\n"));
        }
    };
    step(
        "The time",
        "The portal asks for its own time range, mostly 24 hours, unless the query names `TimeGenerated`. Times are UTC.",
        Some(format!(
            "{table}\n| summarize Rows = count(), First = min(TimeGenerated), Last = max(TimeGenerated)"
        )),
    );
    step(
        "The workspace",
        "Is it the one that the diagnostic setting of the service names? Rows of the service have its id.",
        Some(format!(
            "{table}\n| where TimeGenerated > ago(7d)\n| summarize Rows = count(), Last = max(TimeGenerated) by _ResourceId"
        )),
    );
    if let Some(category) = category {
        let quoted = written_string(category);
        step(
            "The category and the mode of its tables",
            &format!(
                "Rows under AzureDiagnostics alone: the setting sends to the common table, and the query is to be translated. \
                 Rows nowhere: the category `{category}` is not routed, or its setting is young."
            ),
            Some(format!(
                "union withsource=Table isfuzzy=true {table}, (AzureDiagnostics | where Category == {quoted})\n\
                 | where TimeGenerated > ago(7d)\n| summarize Rows = count(), Last = max(TimeGenerated) by Table"
            )),
        );
    }
    step(
        "The delay",
        "Rows can be asked for minutes after they were made; those of a new setting after up to two hours.",
        Some(format!(
            "{table}\n| where TimeGenerated > ago(1d)\n| extend Delay = ingestion_time() - TimeGenerated\n\
             | summarize Rows = count(), Half = percentile(Delay, 50), Most = max(Delay)"
        )),
    );
    step(
        "Sampling",
        "A diagnostic of the service may keep a part of the calls only; rows of Application Insights say for how many they stand.",
        known
            .is_some_and(|table| table.column("ItemCount").is_some())
            .then(|| format!("{table}\n| summarize Rows = count(), Stand = sum(ItemCount)")),
    );
    step(
        "The network",
        "A private link scope in the mode *private only* hides workspaces that are not part of it, from queries and from rows. \
         Ask from inside of the network, or look at the scope's resources.",
        None,
    );
    step(
        "Names and spelling",
        "Values compare with their case by `==`, without it by `=~`; `has` wants whole words. Wrong names of columns are errors, wrong values are not.",
        None,
    );
    if let Some(stages) = stages {
        step(
            "The stages",
            "The first stage behind which no row is left is the one to look at.",
            Some(stages.to_owned()),
        );
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kql::parser::parse;

    fn made(query: &str) -> Artefact {
        let request = format!("{{\"query\": {}}}", Dynamic::string(query).to_json());
        empty_answer(&Dynamic::parse(&request).unwrap()).unwrap()
    }

    #[test]
    fn every_query_of_the_list_can_be_read() {
        let queries = [
            "AppRequests | where Success == false | summarize count() by Name | render piechart",
            "let n = 5;\nApiManagementGatewayLogs\n| where Url has \"a\\\"b\" // why\n| top n by TotalTime",
            "ApiManagementGatewayLogs",
            "print 1",
            "T | where",
        ];
        for query in queries {
            let made = made(query);
            let list = made.text("markdown").unwrap();
            let blocks: Vec<&str> = list.split("```kusto\n").skip(1).collect();
            assert!(blocks.len() >= 3);
            for block in blocks {
                let (kql, _) = block.split_once("\n```").unwrap();
                let is_own = kql.contains("Step = 0");
                let found = parse(kql).diagnostics;
                assert!(
                    found.is_empty() || (is_own && query.ends_with("where")),
                    "{kql}: {found:?}"
                );
            }
        }
        assert!(made("print 1").text("kql").is_none());
        assert!(
            !made("T | where a | render piechart")
                .text("kql")
                .unwrap()
                .contains("render")
        );
    }
}
